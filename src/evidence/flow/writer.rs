//! The way of a file's bytes to this machine's disk: hashed, counted and sealed piece by piece, so that no more than one
//! piece of it is in memory and no plain byte on the disk.

use crate::{
    kernel::clock::Dice,
    privacy::vault::{Filling, HEAD, PIECE, Place, Reader, SEALED},
};
use sha2::{Digest, Sha256};
use std::{
    io::{self, Read, SeekFrom},
    path::Path,
};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncSeekExt, AsyncWriteExt},
};

/// A file that is being written.
pub(super) struct Writer {
    file: File,
    place: Place,
    filling: Filling,
    dice: Dice,
    /// Plain bytes taken, those of earlier requests too.
    bytes: u64,
    /// Hash of the plain bytes, while all of them came in this request.
    hash: Option<Sha256>,
}

impl Writer {
    /// Begins a file.
    pub(super) async fn create(path: &Path, place: Place, dice: Dice) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .await?;
        file.write_all(&place.head()).await?;
        Ok(Self {
            file,
            place,
            filling: Filling::default(),
            dice,
            bytes: 0,
            hash: Some(Sha256::new()),
        })
    }

    /// Goes on with a file behind the last whole piece of it; a piece that was cut off is written again.
    pub(super) async fn resume(path: &Path, place: Place, dice: Dice) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).open(path).await?;
        let pieces = whole_pieces(file.metadata().await?.len());
        let end = HEAD as u64 + u64::from(pieces) * SEALED as u64;
        if pieces == 0 {
            file.set_len(0).await?;
            file.write_all(&place.head()).await?;
        } else {
            file.set_len(end).await?;
            file.seek(SeekFrom::Start(end)).await?;
        }
        Ok(Self {
            file,
            place,
            filling: Filling::after(pieces),
            dice,
            bytes: u64::from(pieces) * PIECE as u64,
            hash: (pieces == 0).then(Sha256::new),
        })
    }

    /// Plain bytes taken so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes some bytes.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.filling.is_full() {
                self.flush(false).await?;
            }
            rest = self.filling.fill(rest);
        }
        Ok(())
    }

    async fn flush(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.filling.seal(&self.place, last, self.dice.bytes());
        self.file.write_all(sealed).await
    }

    /// Stops before the end: what is whole stays, and a later request goes on behind it.
    pub(super) async fn pause(mut self) -> io::Result<u64> {
        if self.filling.is_full() {
            self.flush(false).await?;
        } else {
            self.bytes -= self.bytes % PIECE as u64;
        }
        self.file.flush().await?;
        Ok(self.bytes)
    }

    /// Ends the file and syncs it: its length, and its hash when all of it came at once.
    pub(super) async fn finish(mut self) -> io::Result<(u64, Option<[u8; 32]>)> {
        self.flush(true).await?;
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok((self.bytes, self.hash.map(|h| h.finalize().into())))
    }
}

/// Whole pieces in a file of so many bytes on the disk.
fn whole_pieces(bytes: u64) -> u32 {
    let pieces = bytes.saturating_sub(HEAD as u64) / SEALED as u64;
    u32::try_from(pieces).unwrap_or(0)
}

/// Plain bytes that have come in and stay; 0 for a file that has not begun.
pub(super) async fn progress(path: &Path) -> io::Result<u64> {
    match tokio::fs::metadata(path).await {
        Ok(meta) => Ok(u64::from(whole_pieces(meta.len())) * PIECE as u64),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(e),
    }
}

/// SHA-256 of a sealed file's plain bytes, read piece by piece.
pub(super) fn hash<R: io::Read + io::Seek>(reader: &mut Reader<R>) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; PIECE];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            n => hash.update(&buffer[..n]),
        }
    }
}
