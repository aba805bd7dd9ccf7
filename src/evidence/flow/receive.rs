//! Taking files in: whole with a form, or in pieces that can be taken up again after a broken connection. Bytes are on
//! the disk and synced before a row says so; what a row does not say, the sweep removes.

use super::{
    settle::{Row, settle},
    unwrap, wrap,
    writer::{self, Writer},
};
use crate::{
    app::App,
    error::{Error, Result},
    evidence::{Copies, FileKind, HolderKind, Refusal, Scan, Stage, Uploader, tidy_name},
    kernel::StaffId,
    privacy::vault::FileKey,
    store::{
        Conn,
        evidence::{self as rows, File},
    },
    tx,
};
use futures_util::{Stream, StreamExt};
use hyper::body::Bytes;
use std::io;
use uuid::Uuid;

/// Who hands a file in, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// What it comes with.
    pub kind: HolderKind,
    /// The draft, the case or the invitation.
    pub holder: Uuid,
    /// Who.
    pub uploader: Uploader,
    /// The person at the desk.
    pub staff: Option<StaffId>,
}

/// A file that was taken, as its sender sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: FileKind,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A file that comes in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: Uuid,
    /// Bytes that are here.
    pub offset: u64,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// So many bytes are here.
    Offset(u64),
    /// All of it.
    Whole(Taken),
}

/// Most places of a holder.
#[must_use]
pub fn places(app: &App, kind: HolderKind) -> u8 {
    match kind {
        HolderKind::Draft | HolderKind::Answer => app.config.evidence.files,
        HolderKind::Case => app.config.evidence.case_files,
    }
}

/// The first place that is free.
fn free(taken: &[i32], most: u8) -> Option<i32> {
    (0..i32::from(most)).find(|slot| !taken.contains(slot))
}

/// A file that is about to come, with its key.
struct Fresh {
    key: FileKey,
    row: File,
}

fn fresh(app: &App, sender: &Sender, name: &str, bytes: u64) -> Result<Fresh> {
    let id = app.ids.next();
    let key = FileKey::new(app.sealer.suite(), app.dice.bytes());
    Ok(Fresh {
        row: File {
            id,
            holder: sender.holder,
            holder_kind: sender.kind,
            slot: 0,
            stage: Stage::Receiving,
            uploader: sender.uploader,
            staff: sender.staff.map(|s| s.0),
            secret: wrap(app, id, &key, &tidy_name(name))?,
            kind: None,
            bytes,
            sha256: None,
            scan: Scan::Waiting,
            found: String::new(),
            made: Copies::Waiting,
            clean_kind: None,
            pages: 0,
            facts: None,
            at: app.now(),
        },
        key,
    })
}

/// Takes a place for a file; the holder is locked, so that two at once do not take the last one.
pub(super) async fn place(
    app: &App,
    conn: &mut Conn,
    sender: &Sender,
    row: &File,
) -> Result<Option<Refusal>> {
    if !rows::holder_lock(conn, sender.kind, sender.holder).await? {
        return Err(Error::NotFound);
    }
    let taken = rows::slots(conn, sender.holder).await?;
    let Some(slot) = free(&taken, places(app, sender.kind)) else {
        return Ok(Some(Refusal::TooMany));
    };
    let row = File {
        slot,
        ..row.clone()
    };
    if !rows::file_insert(conn, &row).await? {
        return Err(Error::internal("a place of a locked holder is taken"));
    }
    Ok(None)
}

/// Begins a file that comes in pieces; its place is taken from now on.
///
/// # Errors
/// [`Error::NotFound`] when the holder is gone; the disk, the database.
pub async fn begin(
    app: &App,
    sender: &Sender,
    name: &str,
    bytes: u64,
) -> Result<Result<Begun, Refusal>> {
    if bytes == 0 {
        return Ok(Err(Refusal::Empty));
    }
    if bytes > app.config.evidence.bytes {
        return Ok(Err(Refusal::TooLarge));
    }
    let fresh = fresh(app, sender, name, bytes)?;
    let id = fresh.row.id;
    let refused = tx!(app.store, conn => { place(app, conn, sender, &fresh.row).await })?;
    if let Some(why) = refused {
        return Ok(Err(why));
    }
    let place = fresh.key.of(id, "original");
    let begun = Writer::create(&app.blobs.incoming(id), place, app.dice).await;
    begun.map_err(disk)?.pause().await.map_err(disk)?;
    Ok(Ok(Begun { id, offset: 0 }))
}

/// The disk's trouble is not the client's fault: try again soon.
pub(super) fn disk(e: io::Error) -> Error {
    Error::Unavailable(format!("evidence storage: {e}"))
}

/// The file that this sender began, not whole yet.
async fn begun(app: &App, sender: &Sender, id: Uuid) -> Result<File> {
    let mut conn = app.store.conn().await?;
    let file = rows::file(&mut conn, id).await?;
    file.filter(|f| f.holder == sender.holder && f.holder_kind == sender.kind)
        .filter(|f| f.stage != Stage::Removed)
        .ok_or(Error::NotFound)
}

pub(super) fn taken_of(app: &App, file: &File) -> Result<Taken> {
    let (_, name) = unwrap(app, file)?;
    let hash = file.sha256.as_deref().and_then(|h| h.try_into().ok());
    Ok(Taken {
        id: file.id,
        name,
        kind: file
            .kind
            .ok_or_else(|| Error::internal("a whole file without a kind"))?,
        bytes: file.bytes,
        sha256: hash.ok_or_else(|| Error::internal("a whole file without a hash"))?,
    })
}

/// How far a file has come.
///
/// # Errors
/// [`Error::NotFound`] for a file that is not this sender's.
pub async fn progress(app: &App, sender: &Sender, id: Uuid) -> Result<Step> {
    let file = begun(app, sender, id).await?;
    if file.stage != Stage::Receiving {
        return taken_of(app, &file).map(Step::Whole);
    }
    let offset = writer::progress(&app.blobs.incoming(id)).await;
    Ok(Step::Offset(offset.map_err(disk)?.min(file.bytes)))
}

/// One request at a time writes to a file.
struct Turn<'a> {
    app: &'a App,
    id: Uuid,
}

impl<'a> Turn<'a> {
    fn take(app: &'a App, id: Uuid) -> Result<Self> {
        let fresh = app
            .receiving
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(id);
        fresh
            .then_some(Self { app, id })
            .ok_or(Error::Conflict("这个文件正在上传，请稍等几秒再试"))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self
            .app
            .receiving
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        all.remove(&self.id);
    }
}

/// Takes bytes of a begun file from `offset` on. When the connection breaks, what is whole stays.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] while another request writes to it; the disk.
pub async fn append<E>(
    app: &App,
    sender: &Sender,
    id: Uuid,
    offset: u64,
    content: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Result<Step, Refusal>> {
    let file = begun(app, sender, id).await?;
    if file.stage != Stage::Receiving {
        return taken_of(app, &file).map(|t| Ok(Step::Whole(t)));
    }
    let _turn = Turn::take(app, id)?;
    let path = app.blobs.incoming(id);
    let (key, _) = unwrap(app, &file)?;
    let resumed = Writer::resume(&path, key.of(id, "original"), app.dice).await;
    let mut writer = match resumed {
        // it came in on another machine, or too long ago
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let (key, _) = unwrap(app, &file)?;
            Writer::create(&path, key.of(id, "original"), app.dice)
                .await
                .map_err(disk)?
        }
        other => other.map_err(disk)?,
    };
    if writer.bytes() != offset {
        let here = writer.pause().await.map_err(disk)?;
        return Ok(Ok(Step::Offset(here)));
    }
    let mut content = std::pin::pin!(content);
    while let Some(Ok(bytes)) = content.next().await {
        if writer.bytes() + bytes.len() as u64 > file.bytes {
            drop(writer);
            super::remove::drop_row(app, &file).await?;
            return Ok(Err(Refusal::TooLarge));
        }
        writer.take(&bytes).await.map_err(disk)?;
    }
    if writer.bytes() < file.bytes {
        let here = writer.pause().await.map_err(disk)?;
        return Ok(Ok(Step::Offset(here)));
    }
    settle(app, sender, file, writer, Row::There)
        .await
        .map(|r| r.map(Step::Whole))
}

/// Takes a whole file, as a form or a machine sends it. A file that is too long is read to its end and not kept.
///
/// # Errors
/// [`Error::NotFound`] when the holder is gone; the disk, the database.
pub async fn whole<E>(
    app: &App,
    sender: &Sender,
    name: &str,
    content: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Result<Taken, Refusal>> {
    let Fresh { key, mut row } = fresh(app, sender, name, 0)?;
    let path = app.blobs.incoming(row.id);
    let most = app.config.evidence.bytes;
    let place = key.of(row.id, "original");
    let mut writer = Writer::create(&path, place, app.dice).await.map_err(disk)?;
    let mut too_long = false;
    let mut content = std::pin::pin!(content);
    while let Some(next) = content.next().await {
        let Ok(bytes) = next else {
            app.blobs.forget(row.id).await.map_err(disk)?;
            return Ok(Err(Refusal::Truncated));
        };
        too_long |= writer.bytes() + bytes.len() as u64 > most;
        if !too_long {
            writer.take(&bytes).await.map_err(disk)?;
        }
    }
    let empty = writer.bytes() == 0;
    if too_long || empty {
        app.blobs.forget(row.id).await.map_err(disk)?;
        return Ok(Err(if too_long {
            Refusal::TooLarge
        } else {
            Refusal::Empty
        }));
    }
    row.bytes = writer.bytes();
    settle(app, sender, row, writer, Row::Missing).await
}

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn the_first_free_place_is_taken() {
        assert_eq!(free(&[], 4), Some(0));
        assert_eq!(free(&[0, 2], 4), Some(1));
        assert_eq!(free(&[0, 1, 2, 3], 4), None);
        assert_eq!(free(&[], 0), None);
    }
}
