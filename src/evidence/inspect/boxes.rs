//! MP4 and M4A: the tree of boxes of an ISO media file, as deep as is needed to know that it holds film or sound and is
//! whole. Pictures of a phone in the same container (HEIC, AVIF) are told by their brand.

use super::{FileKind, Refusal, window::Window};
use std::io::{Read, Seek};

/// Boxes looked at in one file; a long film of a phone has some hundreds.
const MOST: u32 = 20_000;

/// What was met on the way.
#[derive(Default)]
struct Found {
    boxes: u32,
    movie: bool,
    data: bool,
    film: bool,
    sound: bool,
}

/// A box: its name, where its content begins and where it ends.
struct Box4 {
    name: [u8; 4],
    from: u64,
    end: u64,
}

/// Walks the boxes; gives the kind.
///
/// # Errors
/// `Heic` and `Mov` for what an iPhone makes, `Kind` for other brands, `Truncated` when a box of the top is longer than
/// the file, `Broken` when the boxes make no film and no sound.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<'_, R>) -> Result<FileKind, Refusal> {
    let first = open(file, 0, file.len())?.ok_or(Refusal::Truncated)?;
    let sound_brand = brands(file, &first)?;
    let (mut at, mut found) = (first.end, Found::default());
    while at < file.len() {
        // Behind the film a careless program leaves a few bytes; `hidden` looks at them.
        if found.movie && found.data && !names(file, at)? {
            break;
        }
        let next = open(file, at, file.len())?.ok_or(Refusal::Truncated)?;
        found.count()?;
        match &next.name {
            b"ftyp" => return Err(Refusal::Broken),
            b"moov" if found.movie => return Err(Refusal::Broken),
            b"moov" => {
                found.movie = true;
                descend(file, &next, &mut found)?;
            }
            b"mdat" => found.data = true,
            _ => {}
        }
        at = next.end;
    }
    match found {
        Found { movie: false, .. } | Found { data: false, .. } => Err(Refusal::Truncated),
        Found { film: true, .. } if !sound_brand => Ok(FileKind::Mp4),
        Found { sound: true, .. } => Ok(FileKind::M4a),
        _ => Err(Refusal::Broken),
    }
}

impl Found {
    fn count(&mut self) -> Result<(), Refusal> {
        self.boxes += 1;
        if self.boxes > MOST {
            return Err(Refusal::Broken);
        }
        Ok(())
    }
}

/// Whether the brand is one of sound alone; refuses brands that are neither film nor sound.
fn brands<R: Read + Seek>(file: &mut Window<'_, R>, first: &Box4) -> Result<bool, Refusal> {
    let content = first.end - first.from;
    if !(8..=1024).contains(&content) {
        return Err(Refusal::Broken);
    }
    let main: [u8; 4] = file.take(first.from)?;
    match &main {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            return Err(Refusal::Heic);
        }
        b"qt  " => return Err(Refusal::Mov),
        b"avif" | b"avis" => return Err(Refusal::Kind),
        b"M4A " | b"M4B " => return Ok(true),
        _ => {}
    }
    let (mut at, mut plain) = (first.from + 8, known(main));
    let mut picture = matches!(&main, b"mif1" | b"msf1" | b"mif2");
    let mut avif = false;
    while at + 4 <= first.end {
        let brand: [u8; 4] = file.take(at)?;
        plain |= known(brand);
        picture |= matches!(&brand, b"heic" | b"heix" | b"mif1");
        avif |= matches!(&brand, b"avif" | b"avis");
        at += 4;
    }
    match (picture && !known(main), avif) {
        (true, false) => Err(Refusal::Heic),
        (_, true) => Err(Refusal::Kind),
        _ if plain => Ok(false),
        _ => Err(Refusal::Kind),
    }
}

/// Brands of an MP4.
const fn known(brand: [u8; 4]) -> bool {
    matches!(
        &brand,
        b"isom"
            | b"iso2"
            | b"iso3"
            | b"iso4"
            | b"iso5"
            | b"iso6"
            | b"iso7"
            | b"iso8"
            | b"iso9"
            | b"mp41"
            | b"mp42"
            | b"avc1"
            | b"M4V "
            | b"M4VH"
            | b"dash"
            | b"MSNV"
            | b"f4v "
    )
}

/// Whether the name of a box could stand at `at`.
fn names<R: Read + Seek>(file: &mut Window<'_, R>, at: u64) -> Result<bool, Refusal> {
    if at + 8 > file.len() {
        return Ok(false);
    }
    let head: [u8; 8] = file.take(at)?;
    Ok(head[..4] != [0; 4] && head[4..].iter().all(|c| c.is_ascii_graphic() || *c == b' '))
}

/// The box at `at`, which may reach as far as `limit`; `None` when it reaches further.
fn open<R: Read + Seek>(
    file: &mut Window<'_, R>,
    at: u64,
    limit: u64,
) -> Result<Option<Box4>, Refusal> {
    if at + 8 > limit {
        return Ok(None);
    }
    let short = u32::from_be_bytes(file.take(at)?);
    let name = file.take(at + 4)?;
    let (from, size) = match short {
        // To the end of the file: allowed for the data alone, which is then last.
        0 if &name == b"mdat" && limit == file.len() => (at + 8, limit - at),
        0 => return Err(Refusal::Broken),
        1 if at + 16 > limit => return Ok(None),
        1 => (at + 16, u64::from_be_bytes(file.take(at + 8)?)),
        n => (at + 8, u64::from(n)),
    };
    let end = at.checked_add(size).ok_or(Refusal::Broken)?;
    if end < from {
        return Err(Refusal::Broken);
    }
    Ok((end <= limit).then_some(Box4 { name, from, end }))
}

/// Which boxes may stand in a box that is looked into.
const fn inside(name: [u8; 4]) -> &'static [&'static [u8; 4]] {
    match &name {
        b"moov" => &[b"trak"],
        b"trak" => &[b"mdia"],
        b"mdia" => &[b"minf"],
        b"minf" => &[b"stbl"],
        _ => &[],
    }
}

/// Looks into a box. The depth is that of [`inside`], five.
fn descend<R: Read + Seek>(
    file: &mut Window<'_, R>,
    outer: &Box4,
    found: &mut Found,
) -> Result<(), Refusal> {
    let mut at = outer.from;
    while at < outer.end {
        // Some cameras close a list with four zeros.
        if outer.end - at < 8 {
            return Ok(());
        }
        let next = open(file, at, outer.end)?.ok_or(Refusal::Broken)?;
        found.count()?;
        if matches!(&next.name, b"moov" | b"trak" | b"mdia" | b"mdat")
            && !inside(outer.name).contains(&&next.name)
        {
            return Err(Refusal::Broken);
        }
        if &outer.name == b"mdia" && &next.name == b"hdlr" && next.end - next.from >= 12 {
            match &file.take::<4>(next.from + 8)? {
                b"vide" => found.film = true,
                b"soun" => found.sound = true,
                _ => {}
            }
        }
        if inside(outer.name).contains(&&next.name) {
            descend(file, &next, found)?;
        }
        at = next.end;
    }
    Ok(())
}
