//! The copies of a file that people may look at 可看的副本: pictures encoded anew, pages of a PDF drawn as pictures, and
//! the orders for rewriting the container of sound and film. What the original says of itself is gone by construction:
//! only pixels cross over. Runs in a process of its own that may do nothing else (`outside::sandbox`), on the whole file
//! in memory.

mod facts;
pub mod media;
mod pages;
mod picture;

use super::{FileKind, Limits, Made};

/// Longest side of a clean copy in pixels.
pub const SIDE: u32 = 4096;
/// Longest side of a thumbnail in pixels.
pub const THUMB: u32 = 320;
/// Longest side of a page of a PDF in pixels.
pub const PAGE: u32 = 1600;
/// Bytes that the pixels of one picture may take.
const MEMORY: u64 = 400 * 1024 * 1024;

/// Makes the copies of a picture or a PDF; for sound and film there is only a note, as their container is rewritten by
/// another program.
#[must_use]
pub fn make(kind: FileKind, bytes: Vec<u8>, limits: &Limits) -> Made {
    match kind {
        FileKind::Jpeg | FileKind::Png | FileKind::Webp => picture::make(kind, &bytes, limits),
        FileKind::Pdf => pages::make(bytes, limits),
        FileKind::Mp3 | FileKind::M4a | FileKind::Mp4 => noted(media::NO_PROGRAM),
    }
}

/// Nothing was made, and why.
#[must_use]
pub fn noted(note: &str) -> Made {
    Made {
        note: note.into(),
        ..Made::default()
    }
}

#[cfg(test)]
mod tests;
