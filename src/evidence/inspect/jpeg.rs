//! JPEG: from marker to marker up to the end of the image; the frame header gives the size.

use super::{Refusal, window::Window};
use std::io::{Read, Seek};

/// Walks a JPEG; gives width and height in pixels.
///
/// # Errors
/// `Truncated` without an end of image, `Broken` when the order of the markers makes no picture.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<(u32, u32), Refusal> {
    if file.take::<2>(0)? != [0xff, 0xd8] {
        return Err(Refusal::Broken);
    }
    let (mut at, mut size, mut scanned) = (2, None, false);
    loop {
        if file.byte(at)? != 0xff {
            return Err(Refusal::Broken);
        }
        let marker = file.byte(at + 1)?;
        match marker {
            // Fill bytes may stand before a marker.
            0xff => {
                at += 1;
                continue;
            }
            0xd9 => return size.filter(|_| scanned).ok_or(Refusal::Broken),
            // A marker without a length that has no place here.
            0x00 | 0x01 | 0xd0..=0xd8 => return Err(Refusal::Broken),
            _ => {}
        }
        let length = u64::from(u16::from_be_bytes(file.take(at + 2)?));
        if length < 2 {
            return Err(Refusal::Broken);
        }
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            if size.is_some() || length < 8 {
                return Err(Refusal::Broken);
            }
            let [_, h1, h2, w1, w2, parts] = file.take(at + 4)?;
            if !matches!(parts, 1..=4) {
                return Err(Refusal::Broken);
            }
            let side = |hi, lo| u32::from(u16::from_be_bytes([hi, lo]));
            size = Some((side(w1, w2), side(h1, h2)));
        }
        at += 2 + length;
        if marker == 0xda {
            if size.is_none() {
                return Err(Refusal::Broken);
            }
            at = behind_scan(file, at)?;
            scanned = true;
        }
    }
}

/// Where the marker behind a scan stands: a scan may hold FF only before 00 or as a restart.
fn behind_scan<R: Read + Seek>(file: &mut Window<'_, R>, from: u64) -> Result<u64, Refusal> {
    let mut at = from;
    loop {
        let rest = file.rest(at)?;
        match rest.iter().position(|b| *b == 0xff) {
            None => at += rest.len() as u64,
            Some(n) => {
                at += n as u64;
                match file.byte(at + 1)? {
                    0x00 | 0xd0..=0xd7 => at += 2,
                    0xff => at += 1,
                    _ => return Ok(at),
                }
            }
        }
    }
}
