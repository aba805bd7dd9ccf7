//! A second file inside a file 夹带: archives, programs, scripts, markup, the test string of malware scanners. Phones put
//! honest things behind a picture (a motion photo's film, a second picture, padding); none of them looks like these. A
//! mark of a few bytes turns up by chance in megabytes of noise, so what follows it must make sense too.

use super::{Refusal, window::Window};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::{
    io::{Read, Seek},
    sync::LazyLock,
};

/// Bytes that a mark and what must follow it span at most; windows overlap by as much.
const SPAN: usize = 64;

/// A mark and whether what begins with it is one in earnest.
type Mark = (&'static str, fn(&[u8]) -> bool);

/// Compared without regard to case of letters; binary marks check themselves.
const MARKS: &[Mark] = &[
    ("PK\x03\x04", zip_entry),
    ("PK\x05\x06", zip_end),
    ("%PDF-", |b| b.starts_with(b"%PDF-") && digit(b, 5)),
    ("\x7fELF", |b| {
        matches!(b, [0x7f, b'E', b'L', b'F', 1 | 2, 1 | 2, 1, ..])
    }),
    ("PE\0\0", |b| {
        matches!(b, [b'P', b'E', 0, 0, 0x4c, 1, 1..=96, 0, ..])
            || matches!(b, [b'P', b'E', 0, 0, 0x64, 0x86 | 0xaa, 1..=96, 0, ..])
    }),
    ("this program cannot be run in dos mode", |_| true),
    ("Rar!\x1a\x07", |b| b.starts_with(b"Rar!")),
    ("EICAR-STANDARD-ANTIVIRUS-TEST-FILE", |_| true),
    ("<!doctype", |b| text(b, 9)),
    ("<html", |b| tag(b, 5)),
    ("<head", |b| tag(b, 5)),
    ("<body", |b| tag(b, 5)),
    ("<script", |b| tag(b, 7)),
    ("<iframe", |b| tag(b, 7)),
    ("<svg", |b| tag(b, 4)),
    ("<?php", |b| text(b, 5)),
    ("#!/bin/", |b| text(b, 7)),
    ("#!/usr/", |b| text(b, 7)),
];

/// Marks that are not text in any encoding.
const RAW: &[&[u8]] = &[
    b"7z\xbc\xaf\x27\x1c",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xca\xfe\xba\xbe\0\0\0\x34",
];

static MATCHER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let marks = MARKS.iter().map(|(m, _)| m.as_bytes());
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        // a few marks: the fastest form is small enough
        .kind(Some(AhoCorasickKind::DFA))
        .build(marks.chain(RAW.iter().copied()))
        .ok()
});

/// Looks from `from` to the end.
///
/// # Errors
/// `Hidden` when something is found.
pub(super) fn scan<R: Read + Seek>(file: &mut Window<'_, R>, from: u64) -> Result<(), Refusal> {
    let mut at = from;
    while at < file.len() {
        let piece = file.full(at)?;
        if suspicious(piece) {
            return Err(Refusal::Hidden);
        }
        let step = piece.len();
        if at + step as u64 >= file.len() {
            break;
        }
        at += step.saturating_sub(SPAN).max(1) as u64;
    }
    Ok(())
}

/// Whether a mark stands in these bytes.
pub(super) fn suspicious(piece: &[u8]) -> bool {
    let Some(matcher) = MATCHER.as_ref() else {
        return true;
    };
    // Every match is looked at, also one inside another.
    matcher.find_overlapping_iter(piece).any(|m| {
        let found = &piece[m.start()..];
        let n = m.pattern().as_usize();
        match MARKS.get(n) {
            Some((_, earnest)) => earnest(found),
            None => RAW
                .get(n - MARKS.len())
                .is_some_and(|r| found.starts_with(r)),
        }
    })
}

/// The head of an entry of a zip: a version and a method that exist, a name of sensible length.
fn zip_entry(b: &[u8]) -> bool {
    let Some(head) = b.first_chunk::<30>() else {
        return false;
    };
    let method = u16::from_le_bytes([head[8], head[9]]);
    let name = u16::from_le_bytes([head[26], head[27]]);
    head.starts_with(b"PK")
        && head[4] <= 63
        && matches!(method, 0..=10 | 12 | 14 | 19 | 93 | 95 | 97..=99)
        && (1..=1024).contains(&name)
}

/// The end of a zip: one disk, as many entries here as in all.
fn zip_end(b: &[u8]) -> bool {
    let Some(end) = b.first_chunk::<22>() else {
        return false;
    };
    end.starts_with(b"PK") && end[4..8] == [0; 4] && end[8..10] == end[10..12]
}

fn digit(b: &[u8], at: usize) -> bool {
    b.get(at).is_some_and(u8::is_ascii_digit)
}

/// A tag: its name ends here, and text follows.
fn tag(b: &[u8], at: usize) -> bool {
    b.get(at)
        .is_none_or(|c| c.is_ascii_whitespace() || matches!(c, b'>' | b'/'))
        && text(b, at)
}

/// What follows is text as far as it goes.
fn text(b: &[u8], at: usize) -> bool {
    b[at..]
        .iter()
        .take(8)
        .all(|c| c.is_ascii_graphic() || c.is_ascii_whitespace() || *c >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::{SPAN, Window, scan, suspicious};
    use crate::evidence::Refusal;
    use std::io::Cursor;

    #[test]
    fn a_mark_counts_only_with_what_must_follow_it() {
        let zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.txt";
        for (bytes, found) in [
            (&zip[..], true),
            (b"PK\x03\x04 by chance in the middle of noise", false),
            (b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0", true),
            (b"pk\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0", false),
            (b"..<ScRiPt>alert(1)</script>", true),
            (b"<script src=x>", true),
            (b"<scripture", false),
            (b"<html\0\x01\x02", false),
            (b"<?php system($_GET[0]);", true),
            (
                b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta>",
                false,
            ),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", true),
            (b"%PDF-1.7", true),
            (b"%PDF-is a word", false),
            (b"\x7fELF\x02\x01\x01\0", true),
            (b"\x7fELF\x09\x01\x01\0", false),
            (b"MZ... This program cannot be run in DOS mode.", true),
            (b"PE\0\0\x64\x86\x06\0", true),
            (b"Rar!\x1a\x07\x01\0", true),
            (b"7z\xbc\xaf\x27\x1c", true),
            (b"#!/bin/sh\nrm -rf", true),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", false),
            (b"", false),
        ] {
            assert_eq!(suspicious(bytes), found, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_mark_on_the_seam_of_two_windows_is_seen() {
        let mark = b"<script>alert(1)</script>";
        for shift in 0..2 * SPAN {
            let mut file = vec![0; 16 * 1024 - SPAN - 16 + shift];
            file.extend_from_slice(mark);
            file.extend_from_slice(&[0; 9000]);
            let len = file.len() as u64;
            let found = scan(&mut Window::new(&mut Cursor::new(file), len), 0);
            assert_eq!(found, Err(Refusal::Hidden), "{shift}");
        }
    }
}
