//! Where sealed files lie 凭证存储: a folder, or a bucket that speaks S3. A file comes in at `incoming/` on this machine's
//! disk, in pieces and over several requests; when it is whole it is adopted by the storage. What lies here is sealed
//! before it comes: this file knows no key.
//!
//! ```text
//! incoming/<id>                 not whole yet
//! objects/<two digits>/<id>.<form>      in the folder, or under the same name in the bucket
//! ```

use anyhow::Context as _;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use hyper::body::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, buffered::BufWriter, local::LocalFileSystem,
    path::Path,
};
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use time::OffsetDateTime;
use tokio::{fs, io::AsyncWriteExt};
use uuid::Uuid;

/// A bucket, `[evidence_s3]`; without an endpoint the folder is used.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// `https://s3.example.gov.cn`; plain `http` on a private network. Empty: none.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// Its region, `us-east-1` where there is none.
    pub region: String,
    /// The name of the access key.
    pub key_id: String,
    /// The access key.
    pub secret: String,
}

/// The storage.
#[derive(Clone, Debug)]
pub struct Blobs {
    incoming: PathBuf,
    /// The folder that holds the objects, where it is one.
    folder: Option<PathBuf>,
    store: Arc<dyn ObjectStore>,
}

/// An object as the storage lists it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The file it is of; `None`: a name that is none of ours.
    pub file: Option<(Uuid, String)>,
    /// Its name in the storage.
    pub name: String,
    /// When it was written, UTC.
    pub at: OffsetDateTime,
}

fn other(e: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(e)
}

fn name(file: Uuid, part: &str) -> Path {
    let shard = file.as_bytes()[15];
    Path::from(format!("{shard:02x}/{}.{part}", file.simple()))
}

fn read_name(path: &Path) -> Option<(Uuid, String)> {
    let (file, part) = path.filename()?.split_once('.')?;
    let file = Uuid::try_parse(file).ok()?;
    (name(file, part) == *path).then(|| (file, part.to_owned()))
}

impl Blobs {
    /// A storage in a folder, or in the bucket with only what comes in on this disk. Makes the folders.
    ///
    /// # Errors
    /// The folder cannot be made; the bucket's settings cannot be used.
    pub fn new(dir: &FilePath, s3: &S3) -> anyhow::Result<Self> {
        let incoming = dir.join("incoming");
        let made = |path: &FilePath| {
            std::fs::create_dir_all(path)
                .with_context(|| format!("evidence_dir: folder {}", path.display()))
        };
        made(&incoming)?;
        if !s3.endpoint.is_empty() {
            // the client of the bucket asks for it; one that is there already stays
            let _ = rustls::crypto::ring::default_provider().install_default();
            let region = if s3.region.is_empty() {
                "us-east-1"
            } else {
                &s3.region
            };
            let store = AmazonS3Builder::new()
                .with_endpoint(&s3.endpoint)
                .with_allow_http(s3.endpoint.starts_with("http://"))
                .with_bucket_name(&s3.bucket)
                .with_region(region)
                .with_access_key_id(&s3.key_id)
                .with_secret_access_key(&s3.secret)
                .build()
                .context("evidence_s3")?;
            return Ok(Self {
                incoming,
                folder: None,
                store: Arc::new(store),
            });
        }
        let folder = dir.join("objects");
        for shard in 0..=255_u8 {
            made(&folder.join(format!("{shard:02x}")))?;
        }
        let store = LocalFileSystem::new_with_prefix(&folder)
            .context("evidence_dir")?
            .with_fsync(true);
        Ok(Self {
            incoming,
            folder: Some(folder),
            store: Arc::new(store),
        })
    }

    /// Where a file lies on this disk while it comes in.
    #[must_use]
    pub fn incoming(&self, file: Uuid) -> PathBuf {
        self.incoming.join(file.simple().to_string())
    }

    /// Takes a file that has come in, and was synced, into the storage. After that it survives a loss of power.
    ///
    /// # Errors
    /// The disk or the bucket.
    pub async fn adopt(&self, file: Uuid, part: &str) -> io::Result<()> {
        let from = self.incoming(file);
        let to = name(file, part);
        if let Some(folder) = &self.folder {
            let to = folder.join(to.as_ref());
            return tokio::task::spawn_blocking(move || {
                std::fs::rename(&from, &to)?;
                to.parent()
                    .map_or(Ok(()), |dir| std::fs::File::open(dir)?.sync_all())
            })
            .await?;
        }
        let mut source = fs::File::open(&from).await?;
        let mut target = BufWriter::new(Arc::clone(&self.store), to);
        match tokio::io::copy(&mut source, &mut target).await {
            Ok(_) => target.shutdown().await?,
            Err(e) => {
                target.abort().await?;
                return Err(e);
            }
        }
        fs::remove_file(&from).await
    }

    /// Writes a sealed form that is in memory; one that is there already is replaced.
    ///
    /// # Errors
    /// The disk or the bucket.
    pub async fn put(&self, file: Uuid, part: &str, sealed: Vec<u8>) -> io::Result<()> {
        let done = self.store.put(&name(file, part), sealed.into()).await;
        done.map(drop).map_err(other)
    }

    /// The bytes of a sealed form as they come from the storage.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`]; the disk or the bucket.
    pub async fn get(
        &self,
        file: Uuid,
        part: &str,
    ) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
        match self.store.get(&name(file, part)).await {
            Ok(found) => Ok(found.into_stream().map_err(other)),
            Err(e @ object_store::Error::NotFound { .. }) => {
                Err(io::Error::new(io::ErrorKind::NotFound, e))
            }
            Err(e) => Err(other(e)),
        }
    }

    /// Whether a form is there.
    ///
    /// # Errors
    /// The disk or the bucket.
    pub async fn has(&self, file: Uuid, part: &str) -> io::Result<bool> {
        match self.store.head(&name(file, part)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(other(e)),
        }
    }

    /// Removes a form; one that is gone already is no error.
    ///
    /// # Errors
    /// The disk or the bucket.
    pub async fn remove(&self, file: Uuid, part: &str) -> io::Result<()> {
        self.remove_name(name(file, part)).await
    }

    /// Removes an object by the name it is listed under.
    ///
    /// # Errors
    /// The disk or the bucket.
    pub async fn remove_listed(&self, stored: &Stored) -> io::Result<()> {
        self.remove_name(Path::parse(&stored.name).map_err(other)?)
            .await
    }

    async fn remove_name(&self, name: Path) -> io::Result<()> {
        match self.store.delete(&name).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(other(e)),
        }
    }

    /// Removes what has come in of a file.
    ///
    /// # Errors
    /// The disk.
    pub async fn forget(&self, file: Uuid) -> io::Result<()> {
        match fs::remove_file(self.incoming(file)).await {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Every object of the storage, a shard after the other.
    pub fn walk(&self) -> impl Stream<Item = io::Result<Stored>> + Send + use<> {
        let store = Arc::clone(&self.store);
        stream::iter(0..=255_u8).flat_map(move |shard| {
            let prefix = Path::from(format!("{shard:02x}"));
            store.list(Some(&prefix)).map(|found| {
                let meta = found.map_err(other)?;
                Ok(Stored {
                    file: read_name(&meta.location),
                    name: meta.location.to_string(),
                    at: OffsetDateTime::from_unix_timestamp(meta.last_modified.timestamp())
                        .map_err(other)?,
                })
            })
        })
    }

    /// The files that have been coming in on this disk and were last written to longer ago than `age`.
    ///
    /// # Errors
    /// The disk.
    pub async fn stale(&self, now: SystemTime, age: Duration) -> io::Result<Vec<Uuid>> {
        let mut out = Vec::new();
        let mut dir = fs::read_dir(&self.incoming).await?;
        while let Some(entry) = dir.next_entry().await? {
            let written = entry.metadata().await?.modified()?;
            let old = now.duration_since(written).is_ok_and(|past| past >= age);
            let file = entry
                .file_name()
                .to_str()
                .and_then(|n| Uuid::try_parse(n).ok());
            out.extend(file.filter(|_| old));
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(stream: impl Stream<Item = io::Result<Bytes>>) -> Vec<u8> {
        let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
        parts.concat()
    }

    #[tokio::test]
    async fn a_file_comes_in_is_adopted_listed_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path(), &S3::default()).unwrap();
        let file = Uuid::from_u128(0x1234);
        std::fs::write(blobs.incoming(file), b"sealed").unwrap();
        blobs.adopt(file, "original").await.unwrap();
        blobs
            .put(file, "page-2", b"picture".to_vec())
            .await
            .unwrap();
        assert!(!blobs.incoming(file).exists());
        assert_eq!(
            all(blobs.get(file, "original").await.unwrap()).await,
            b"sealed"
        );
        let mut listed: Vec<Stored> = blobs.walk().try_collect().await.unwrap();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        let names: Vec<_> = listed.iter().map(|s| s.file.clone().unwrap()).collect();
        assert_eq!(
            names,
            [(file, "original".to_owned()), (file, "page-2".to_owned())]
        );
        blobs.remove(file, "original").await.unwrap();
        blobs.remove(file, "original").await.unwrap();
        blobs.remove_listed(&listed[1]).await.unwrap();
        assert!(!blobs.has(file, "page-2").await.unwrap());
        let gone = blobs.get(file, "original").await.map(drop).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn what_came_in_half_is_found_by_its_age() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path(), &S3::default()).unwrap();
        let file = Uuid::from_u128(7);
        std::fs::write(blobs.incoming(file), b"half").unwrap();
        std::fs::write(dir.path().join("incoming/notes.txt"), b"not ours").unwrap();
        let written = std::fs::metadata(blobs.incoming(file))
            .unwrap()
            .modified()
            .unwrap();
        let hour = Duration::from_secs(3600);
        assert!(blobs.stale(written, hour).await.unwrap().is_empty());
        assert_eq!(blobs.stale(written + hour, hour).await.unwrap(), [file]);
        blobs.forget(file).await.unwrap();
        blobs.forget(file).await.unwrap();
        assert!(blobs.stale(written + hour, hour).await.unwrap().is_empty());
    }
}
