//! A window on a file: sixteen kilobytes at a time, filled where they are asked for. Reading past the end is a truncated
//! file; a reader that fails is a broken one.

use super::Refusal;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

/// Bytes held at a time.
const SIZE: u64 = 16 * 1024;

/// See the file's paragraph.
pub(super) struct Window<'a, R> {
    file: &'a mut R,
    len: u64,
    /// Where in the file `held` begins.
    from: u64,
    held: Vec<u8>,
}

impl<'a, R: Read + Seek> Window<'a, R> {
    pub(super) const fn new(file: &'a mut R, len: u64) -> Self {
        Self {
            file,
            len,
            from: 0,
            held: Vec::new(),
        }
    }

    /// Bytes of the file.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// The opening of the file, up to a window full.
    pub(super) fn head(&mut self) -> Result<&[u8], Refusal> {
        self.rest(0)
    }

    /// What is held from `at` on: one byte at least.
    pub(super) fn rest(&mut self, at: u64) -> Result<&[u8], Refusal> {
        let end = self.from + self.held.len() as u64;
        if at < self.from || at >= end {
            self.fill(at)?;
        }
        let skip = usize::try_from(at - self.from).map_err(|_| Refusal::Broken)?;
        self.held.get(skip..).ok_or(Refusal::Truncated)
    }

    /// A whole window from `at` on, shorter only at the end of the file.
    pub(super) fn full(&mut self, at: u64) -> Result<&[u8], Refusal> {
        if self.from != at || self.held.is_empty() {
            self.fill(at)?;
        }
        Ok(&self.held)
    }

    /// The byte at `at`.
    pub(super) fn byte(&mut self, at: u64) -> Result<u8, Refusal> {
        self.rest(at)?.first().copied().ok_or(Refusal::Truncated)
    }

    /// `N` bytes from `at` on; `N` is small.
    pub(super) fn take<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Refusal> {
        if let Some(found) = self.rest(at)?.first_chunk() {
            return Ok(*found);
        }
        self.fill(at)?;
        self.held.first_chunk().copied().ok_or(Refusal::Truncated)
    }

    fn fill(&mut self, at: u64) -> Result<(), Refusal> {
        let left = self.len.checked_sub(at).filter(|n| *n > 0);
        let want = left.ok_or(Refusal::Truncated)?.min(SIZE);
        self.held.clear();
        self.from = at;
        let seek = self.file.seek(SeekFrom::Start(at));
        seek.map_err(|_| Refusal::Broken)?;
        match self.file.by_ref().take(want).read_to_end(&mut self.held) {
            Ok(n) if n as u64 == want => Ok(()),
            Ok(_) => Err(Refusal::Truncated),
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => Err(Refusal::Truncated),
            Err(_) => Err(Refusal::Broken),
        }
    }
}
