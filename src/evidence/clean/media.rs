//! The orders for rewriting the container of sound and film with `ffmpeg`: the streams are copied as they are, and only
//! those that are sound or film; what the container says (place, time, device, name, cover, chapters) is not. A clean copy
//! of an M4A lies in the container of an MP4 with the brand of one, so that the 12315 platform, which takes no m4a
//! (rules 3.4), gets the same bytes under a name that ends in `.mp4`.

use crate::evidence::FileKind;

/// Nobody has set up the program.
pub const NO_PROGRAM: &str = "没有安装音视频处理程序，没有可播放的副本，只保存了原件";
/// The program gave the file back.
pub const NOT_REWRITTEN: &str = "这段音视频打不开，没有可播放的副本，只保存了原件";

/// Boxes and tags that say where and by whom a film was made.
const RESIDUE: &[&[u8]] = &[
    b"\xa9xyz", b"\xa9day", b"\xa9mak", b"\xa9mod", b"\xa9nam", b"\xa9ART", b"loci", b"gpmd",
];

/// The words for `ffmpeg`, reading from one path and writing to another.
#[must_use]
pub fn orders(kind: FileKind, from: &str, to: &str) -> Vec<String> {
    let (opened, written, streams): (_, _, &[&str]) = match kind {
        FileKind::Mp3 => ("mp3", "mp3", &["0:a"]),
        FileKind::M4a => ("mov", "mp4", &["0:a"]),
        // V: film, without the pictures that some files carry as a cover.
        _ => ("mov", "mp4", &["0:V", "0:a?"]),
    };
    let mut words = vec!["-nostdin", "-hide_banner", "-loglevel", "error", "-y"];
    // The container is named, so that none is guessed that opens further files.
    words.extend(["-protocol_whitelist", "file", "-f", opened, "-i", from]);
    for stream in streams {
        words.extend(["-map", stream]);
    }
    words.extend(["-c", "copy", "-map_metadata", "-1", "-map_metadata:s", "-1"]);
    words.extend(["-map_chapters", "-1", "-fflags", "+bitexact"]);
    words.extend(["-flags:v", "+bitexact", "-flags:a", "+bitexact"]);
    match kind {
        FileKind::Mp3 => words.extend(["-id3v2_version", "0", "-write_id3v1", "0"]),
        // The index in front, so that it plays before all of it is there.
        _ => words.extend(["-movflags", "+faststart"]),
    }
    words.extend(["-f", written, to]);
    words.into_iter().map(str::to_owned).collect()
}

/// Whether something of what had to go is still there. Sound and film themselves are noise in which four letters may turn up:
/// of an MP4 only the index is looked at, of an MP3 the two ends.
#[must_use]
pub fn residue(kind: FileKind, bytes: &[u8]) -> bool {
    if kind == FileKind::Mp3 {
        let tail = bytes
            .len()
            .checked_sub(128)
            .map_or(&[][..], |at| &bytes[at..]);
        return bytes.starts_with(b"ID3") || tail.starts_with(b"TAG");
    }
    let mut rest = bytes;
    while let Some((size, name)) = head(rest) {
        let Some((found, behind)) = rest.split_at_checked(size) else {
            return true;
        };
        let noise = matches!(name, b"mdat" | b"free");
        if !noise && (0..found.len()).any(|n| tells(&found[n..])) {
            return true;
        }
        rest = behind;
    }
    !rest.is_empty()
}

/// Whether one of the tags begins here, or a list of tags that is not empty: the program leaves the empty one.
fn tells(from: &[u8]) -> bool {
    RESIDUE.iter().any(|r| from.starts_with(r))
        || from.get(4..8) == Some(b"ilst") && !from.starts_with(&[0, 0, 0, 8])
}

/// Size and name of the box at the front.
fn head(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?);
    let name = bytes.get(4..8)?;
    let size = match size {
        1 => u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?),
        n => u64::from(n),
    };
    let size = usize::try_from(size).ok()?;
    (size >= 8).then_some((size, name))
}
