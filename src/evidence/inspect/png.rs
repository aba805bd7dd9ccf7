//! PNG: every chunk with its checksum up to `IEND`; `IHDR` gives the size.

use super::{Refusal, window::Window};
use flate2::Crc;
use std::io::{Read, Seek};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Walks a PNG; gives width and height in pixels.
///
/// # Errors
/// `Truncated` without an end, `Broken` for a wrong checksum or an order that makes no picture.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<(u32, u32), Refusal> {
    if file.take(0)? != SIGNATURE {
        return Err(Refusal::Broken);
    }
    let (mut at, mut size, mut data) = (8, None, false);
    loop {
        let length = u64::from(u32::from_be_bytes(file.take(at)?));
        let name: [u8; 4] = file.take(at + 4)?;
        if length > 0x7fff_ffff || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refusal::Broken);
        }
        checksum(file, at + 4, length + 4)?;
        match (&name, size) {
            (b"IHDR", None) if length == 13 => size = Some(header(file, at + 8)?),
            // The header comes first and once.
            (b"IHDR", _) | (_, None) => return Err(Refusal::Broken),
            (b"IDAT", _) => data = true,
            (b"IEND", Some(size)) if length == 0 && data => return Ok(size),
            (b"IEND", _) => return Err(Refusal::Broken),
            _ => {}
        }
        at += 12 + length;
    }
}

/// The size, if the header names a form of pixels that exists.
fn header<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<(u32, u32), Refusal> {
    let width = u32::from_be_bytes(file.take(at)?);
    let height = u32::from_be_bytes(file.take(at + 4)?);
    let [depth, colour, packing, filter, interlace] = file.take(at + 8)?;
    let fits = matches!(
        (colour, depth),
        (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) | (2 | 4 | 6, 8 | 16)
    );
    if !fits || packing != 0 || filter != 0 || interlace > 1 {
        return Err(Refusal::Broken);
    }
    Ok((width, height))
}

/// Compares `length` bytes from `from` on with the checksum behind them.
fn checksum<R: Read + Seek>(
    file: &mut Window<'_, R>,
    from: u64,
    length: u64,
) -> Result<(), Refusal> {
    if from + length + 4 > file.len() {
        return Err(Refusal::Truncated);
    }
    let (mut crc, end, mut at) = (Crc::new(), from + length, from);
    while at < end {
        let rest = file.rest(at)?;
        let n = usize::try_from(end - at).map_or(rest.len(), |left| rest.len().min(left));
        crc.update(&rest[..n]);
        at += n as u64;
    }
    if crc.sum() == u32::from_be_bytes(file.take(end)?) {
        Ok(())
    } else {
        Err(Refusal::Broken)
    }
}
