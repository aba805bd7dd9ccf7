//! MP3: a tag of ID3 if there is one, then frames of MPEG sound, layer III, several in a row: a mark of eleven bits turns
//! up anywhere. A head that counts the bytes of the whole tells whether the end is missing.

use super::{Refusal, window::Window};
use std::io::{Read, Seek};

/// Frames in a row that must fit together.
const FRAMES: u32 = 4;
/// Zeros that may stand between a tag and the sound.
const PADDING: u64 = 64 * 1024;

/// Whether a file may begin so.
pub(super) fn begins(head: &[u8]) -> bool {
    head.starts_with(b"ID3")
        || head
            .first_chunk()
            .is_some_and(|h| Frame::read(*h).is_some())
}

/// Walks an MP3.
///
/// # Errors
/// `Kind` when the sound is another, `Truncated` when the file ends before its tag or its count, `Broken` for a tag that
/// makes no sense.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<(), Refusal> {
    let start = behind_tags(file)?;
    let (mut at, mut first) = (start, None::<Frame>);
    for n in 0..FRAMES {
        // A sound of a few frames ends earlier, at an ID3v1 tag or at the end.
        if n >= 2 && (at == file.len() || ends(file, at)?) {
            break;
        }
        let frame = Frame::read(file.take(at)?).ok_or(Refusal::Kind)?;
        if first.is_some_and(|f| (f.version, f.rate) != (frame.version, frame.rate)) {
            return Err(Refusal::Kind);
        }
        first.get_or_insert(frame);
        at += frame.length;
        if at > file.len() {
            return Err(Refusal::Truncated);
        }
    }
    let told = first.map_or(Ok(None), |f| bytes_told(file, start, f))?;
    match told {
        Some(bytes) if start + bytes > file.len() => Err(Refusal::Truncated),
        _ => Ok(()),
    }
}

/// Where the sound begins.
fn behind_tags<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<u64, Refusal> {
    let mut at = 0;
    // Careless programs write a second tag behind the first.
    for _ in 0..4 {
        if file.take(at)? != *b"ID3" {
            break;
        }
        let [version, _, flags, a, b, c, d] = file.take(at + 3)?;
        if !(2..=4).contains(&version) || [a, b, c, d].iter().any(|b| *b >= 0x80) {
            return Err(Refusal::Broken);
        }
        let size = [a, b, c, d]
            .iter()
            .fold(0u64, |sum, b| sum << 7 | u64::from(*b));
        at += 10 + size + if flags & 0x10 == 0 { 0 } else { 10 };
        if at + 4 > file.len() {
            return Err(Refusal::Truncated);
        }
    }
    let end = file.len().min(at + PADDING);
    while at < end && file.byte(at)? == 0 {
        at += 1;
    }
    Ok(at)
}

fn ends<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<bool, Refusal> {
    Ok(file.len() - at == 128 && file.take(at)? == *b"TAG")
}

/// How many bytes the sound has by its own count, from the frame that holds it.
fn bytes_told<R: Read + Seek>(
    file: &mut Window<'_, R>,
    start: u64,
    first: Frame,
) -> Result<Option<u64>, Refusal> {
    let at = start + first.side;
    if at + 16 > file.len() {
        return Ok(None);
    }
    let (mark, flags): ([u8; 4], u32) = (file.take(at)?, u32::from_be_bytes(file.take(at + 4)?));
    // Bit 0: a count of frames comes first; bit 1: a count of bytes.
    if !matches!(&mark, b"Xing" | b"Info") || flags & 2 == 0 {
        return Ok(None);
    }
    let bytes = u32::from_be_bytes(file.take(at + if flags & 1 == 0 { 8 } else { 12 })?);
    Ok(Some(u64::from(bytes)))
}

/// The head of a frame.
#[derive(Clone, Copy)]
struct Frame {
    /// MPEG 1 = 3, 2 = 2, 2.5 = 0, as written.
    version: u8,
    /// Samples a second, as written.
    rate: u8,
    /// Bytes with its head.
    length: u64,
    /// Bytes up to the first byte behind the side information.
    side: u64,
}

impl Frame {
    fn read([a, b, c, d]: [u8; 4]) -> Option<Self> {
        // Thousands of bits a second.
        const ONE: [u64; 14] = [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ];
        const TWO: [u64; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let (version, layer) = (b >> 3 & 3, b >> 1 & 3);
        let (rate, bits) = (c >> 2 & 3, usize::from(c >> 4));
        if a != 0xff || b & 0xe0 != 0xe0 || version == 1 || layer != 1 || rate == 3 {
            return None;
        }
        let one = version == 3;
        let kilobits = *if one { &ONE } else { &TWO }.get(bits.checked_sub(1)?)?;
        let base = [44_100, 48_000, 32_000][usize::from(rate)];
        let hertz = match version {
            3 => base,
            2 => base / 2,
            _ => base / 4,
        };
        let padding = u64::from(c >> 1 & 1);
        let single = d >> 6 == 3;
        Some(Self {
            version,
            rate,
            length: if one { 144 } else { 72 } * kilobits * 1000 / hertz + padding,
            side: 4 + match (one, single) {
                (true, false) => 32,
                (true, true) | (false, false) => 17,
                (false, true) => 9,
            },
        })
    }
}
