//! What the process says to the portal: a mark, the length of a head, the head as JSON with the length of each copy, then the
//! copies. The portal believes none of it: lengths, names and kinds are checked, and each copy is looked at like a file that
//! came from outside.

use crate::evidence::{Copy, Facts, FileKind, Limits, Made, Part, inspect::probe};
use std::{
    collections::HashSet,
    io::{self, Cursor, Write},
};

const MARK: &[u8; 8] = b"MSCOPY1\n";
/// Bytes of a head.
const HEAD: usize = 64 * 1024;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// Whether the file system was shut off.
    caged: bool,
    facts: Facts,
    note: String,
    copies: Vec<Entry>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    part: String,
    kind: FileKind,
    bytes: usize,
}

/// Writes what was made.
pub(super) fn write(made: &Made, caged: bool, out: &mut impl Write) -> io::Result<()> {
    let copies = made.copies.iter().map(|c| Entry {
        part: c.part.code(),
        kind: c.kind,
        bytes: c.bytes.len(),
    });
    let head = serde_json::to_vec(&Head {
        caged,
        facts: made.facts.clone(),
        note: made.note.clone(),
        copies: copies.collect(),
    })?;
    out.write_all(MARK)?;
    let length = u32::try_from(head.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&head)?;
    for copy in &made.copies {
        out.write_all(&copy.bytes)?;
    }
    out.flush()
}

/// Reads what was made of a file of `kind`, and whether the file system was shut off.
///
/// # Errors
/// What does not hold up.
pub(super) fn read(
    output: Vec<u8>,
    kind: FileKind,
    limits: &Limits,
) -> Result<(Made, bool), &'static str> {
    let rest = output.strip_prefix(MARK).ok_or("no mark")?;
    let (length, rest) = rest.split_first_chunk().ok_or("no head")?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| "head")?;
    let (head, mut rest) = rest
        .split_at_checked(length)
        .filter(|_| length <= HEAD)
        .ok_or("length of the head")?;
    let head: Head = serde_json::from_slice(head).map_err(|_| "head")?;
    if !sensible(&head.facts) || !line(&head.note, 500) {
        return Err("facts");
    }
    let (mut copies, mut seen) = (Vec::new(), HashSet::new());
    for entry in head.copies {
        let (bytes, behind) = rest.split_at_checked(entry.bytes).ok_or("length")?;
        rest = behind;
        let part = Part::from_code(&entry.part).ok_or("part")?;
        if !seen.insert(part) || !fits(kind, part, entry.kind, limits) {
            return Err("part");
        }
        let wide = Limits {
            bytes: u64::MAX,
            ..limits.clone()
        };
        let found = probe(&mut Cursor::new(bytes), bytes.len() as u64, &wide);
        if found.map(|f| f.kind) != Ok(entry.kind) {
            return Err("a copy is not what it is said to be");
        }
        copies.push(Copy {
            part,
            kind: entry.kind,
            bytes: bytes.to_vec(),
        });
    }
    if !rest.is_empty() {
        return Err("more than was said");
    }
    let made = Made {
        copies,
        facts: head.facts,
        note: head.note,
    };
    Ok((made, head.caged))
}

/// Whether a file of this kind has such a part, and the part such a kind.
fn fits(of: FileKind, part: Part, kind: FileKind, limits: &Limits) -> bool {
    let picture = matches!(kind, FileKind::Jpeg | FileKind::Png);
    match part {
        Part::Original => false,
        Part::Thumb => !of.is_media() && kind == FileKind::Jpeg,
        Part::Page(n) => of == FileKind::Pdf && n <= limits.pages && picture,
        Part::Clean if of.is_media() => kind == of,
        Part::Clean => of.is_picture() && picture,
    }
}

fn sensible(facts: &Facts) -> bool {
    let place = |(north, east): (f64, f64)| north.abs() <= 90.0 && east.abs() <= 180.0;
    facts.taken.as_deref().is_none_or(|t| line(t, 19))
        && facts.camera.as_deref().is_none_or(|t| line(t, 130))
        && facts.place.is_none_or(place)
}

/// A line of text of at most so many characters.
fn line(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::evidence::{Copy, Facts, FileKind, Limits, Made, Part};
    use image::{DynamicImage, ImageFormat};
    use std::io::Cursor;

    fn picture(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(8, 6)
            .write_to(&mut out, format)
            .unwrap();
        out.into_inner()
    }

    fn copy(part: Part, kind: FileKind, bytes: Vec<u8>) -> Copy {
        Copy { part, kind, bytes }
    }

    fn honest() -> Made {
        Made {
            copies: vec![
                copy(Part::Clean, FileKind::Png, picture(ImageFormat::Png)),
                copy(Part::Thumb, FileKind::Jpeg, picture(ImageFormat::Jpeg)),
            ],
            facts: Facts {
                taken: Some("2026-11-08 14:03:22".into()),
                place: Some((30.657, 104.063)),
                ..Facts::default()
            },
            note: String::new(),
        }
    }

    fn sent(made: &Made) -> Vec<u8> {
        let mut out = Vec::new();
        write(made, true, &mut out).unwrap();
        out
    }

    fn got(output: Vec<u8>) -> Result<(Made, bool), &'static str> {
        read(output, FileKind::Png, &Limits::default())
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(got(sent(&honest())), Ok((honest(), true)));
        let whole = sent(&honest());
        for end in 0..whole.len() {
            assert!(got(whole[..end].to_vec()).is_err(), "{end}");
        }
        assert!(got([whole, vec![0]].concat()).is_err());
    }

    #[test]
    fn a_process_that_lies_is_not_believed() {
        let lies: [fn(&mut Made); 9] = [
            |m| m.copies[0].part = Part::Original,
            |m| m.copies[0].part = Part::Page(1),
            |m| m.copies[0].part = Part::Thumb,
            |m| m.copies[0].kind = FileKind::Jpeg,
            |m| m.copies[0].kind = FileKind::Pdf,
            |m| m.copies[1].bytes = b"<html><script>alert(1)</script>".to_vec(),
            |m| m.facts.place = Some((f64::INFINITY, 0.0)),
            |m| m.facts.camera = Some("x".repeat(9000)),
            |m| m.note = "a\u{1b}[2J".into(),
        ];
        for (n, lie) in lies.iter().enumerate() {
            let mut made = honest();
            lie(&mut made);
            assert!(got(sent(&made)).is_err(), "{n}");
        }
        let long = [&b"MSCOPY1\n\xff\xff\xff\xff"[..], &[b'{'; 100]].concat();
        assert_eq!(got(long), Err("length of the head"));
    }
}
