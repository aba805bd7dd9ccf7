//! WebP: the chunks of its RIFF container; the first of them gives the size.

use super::{Refusal, window::Window};
use std::io::{Read, Seek};

/// Walks a WebP; gives width and height in pixels, the larger of what the canvas and a picture on it say.
///
/// # Errors
/// `Truncated` when the container is longer than the file, `Broken` when its chunks make no picture.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<(u32, u32), Refusal> {
    if file.take(0)? != *b"RIFF" || file.take(8)? != *b"WEBP" {
        return Err(Refusal::Broken);
    }
    let end = 8 + u64::from(u32::from_le_bytes(file.take(4)?));
    if end > file.len() {
        return Err(Refusal::Truncated);
    }
    let (mut at, mut size, mut picture) = (12, (0, 0), false);
    while at < end {
        let name: [u8; 4] = file.take(at)?;
        let length = u64::from(u32::from_le_bytes(file.take(at + 4)?));
        let next = at + 8 + length + (length & 1);
        // The last chunk of a careless encoder lacks its padding byte.
        if at + 8 + length > end {
            return Err(Refusal::Broken);
        }
        let found = match &name {
            b"VP8X" if at == 12 && length >= 10 => canvas(file, at + 8)?,
            b"VP8 " if length >= 10 => lossy(file, at + 8)?,
            b"VP8L" if length >= 5 => lossless(file, at + 8)?,
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(Refusal::Broken),
            _ if at == 12 => return Err(Refusal::Broken),
            _ => (0, 0),
        };
        picture |= matches!(&name, b"VP8 " | b"VP8L" | b"ANMF");
        size = (size.0.max(found.0), size.1.max(found.1));
        at = next;
    }
    if picture {
        Ok(size)
    } else {
        Err(Refusal::Broken)
    }
}

fn canvas<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<(u32, u32), Refusal> {
    let [_, _, _, _, w0, w1, w2, h0, h1, h2] = file.take(at)?;
    let side = |bytes| u32::from_le_bytes(bytes) + 1;
    Ok((side([w0, w1, w2, 0]), side([h0, h1, h2, 0])))
}

fn lossy<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<(u32, u32), Refusal> {
    let [tag, _, _, a, b, c, w0, w1, h0, h1] = file.take(at)?;
    if tag & 1 != 0 || [a, b, c] != [0x9d, 0x01, 0x2a] {
        return Err(Refusal::Broken);
    }
    let side = |lo, hi| u32::from(u16::from_le_bytes([lo, hi]) & 0x3fff);
    Ok((side(w0, w1), side(h0, h1)))
}

fn lossless<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<(u32, u32), Refusal> {
    let [mark, a, b, c, d] = file.take(at)?;
    let bits = u32::from_le_bytes([a, b, c, d]);
    if mark != 0x2f || bits >> 29 != 0 {
        return Err(Refusal::Broken);
    }
    Ok(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}
