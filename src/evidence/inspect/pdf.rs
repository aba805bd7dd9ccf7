//! PDF: a header at the first byte, `startxref` and `%%EOF` at the end. What lies between is looked at only by the
//! process that draws the pages.

use super::{Refusal, hidden, window::Window};
use std::io::{Read, Seek};

/// How far from its end a file may close: some senders pad it.
const TAIL: u64 = 8 * 1024;
/// The opening that programs for other kinds of file look at.
const FRONT: usize = 1024;

/// Walks a PDF.
///
/// # Errors
/// `Truncated` without a close, `Hidden` when another file stands in front or behind.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<(), Refusal> {
    let head = file.head()?;
    if head.len() < 8 {
        return Err(Refusal::Truncated);
    }
    if !matches!(head, [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', d, ..] if d.is_ascii_digit())
    {
        return Err(Refusal::Broken);
    }
    if hidden::suspicious(&head[7..head.len().min(FRONT)]) {
        return Err(Refusal::Hidden);
    }
    let from = file.len().saturating_sub(TAIL);
    let tail = file.full(from)?;
    let close = last(tail, b"%%EOF").ok_or(Refusal::Truncated)?;
    let start = last(&tail[..close], b"startxref").ok_or(Refusal::Truncated)?;
    let number = tail[start + 9..close].trim_ascii();
    let number = std::str::from_utf8(number).ok();
    let table: u64 = number
        .and_then(|n| n.split_ascii_whitespace().next()?.parse().ok())
        .ok_or(Refusal::Broken)?;
    if table >= file.len() {
        return Err(Refusal::Truncated);
    }
    hidden::scan(file, from + close as u64)
}

fn last(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).rposition(|w| w == word)
}
