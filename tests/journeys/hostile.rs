//! Hostile files and honest ones: what each is taken for (rules 3.4), and that no input makes the look at it panic, hang
//! or read past its end.

use crate::support::files::*;
use minsheng::evidence::{
    FileKind, Limits, Refusal,
    inspect::{Probe, probe},
};
use proptest::prelude::*;
use std::io::Cursor;

const EICAR: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

fn look(bytes: &[u8]) -> Result<Probe, Refusal> {
    let limits = Limits::default();
    probe(&mut Cursor::new(bytes), bytes.len() as u64, &limits)
}

fn joined(a: &[u8], b: &[u8]) -> Vec<u8> {
    [a, b].concat()
}

/// A film behind a photo, as phones store a moving picture.
fn motion_photo() -> Vec<u8> {
    joined(&photo(80, 60, 1), &mp4())
}

fn half(bytes: Vec<u8>) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

/// What is taken: name, bytes, kind.
fn honest() -> Vec<(&'static str, Vec<u8>, FileKind)> {
    use FileKind::{Jpeg, M4a, Mp3, Mp4, Pdf, Png, Webp};
    let two = joined(&jpeg(64, 48), &jpeg(32, 24));
    let sound = [ftyp(b"mp42"), boxed(b"mdat", &[1; 90]), moov(b"soun", b"")];
    let fast = [ftyp(b"mp42"), moov(b"vide", b""), boxed(b"mdat", &[1; 90])];
    vec![
        ("photo", jpeg(64, 48), Jpeg),
        ("photo of a phone with its place", photo(64, 48, 6), Jpeg),
        ("photo with a second picture behind", two, Jpeg),
        ("moving photo", motion_photo(), Jpeg),
        ("padded photo", joined(&jpeg(64, 48), &[0; 5000]), Jpeg),
        (
            "photo with a comment",
            jpeg_with(&jpeg(64, 48), 0xfe, "购于天府新区 <3".as_bytes()),
            Jpeg,
        ),
        ("screenshot", png(64, 48), Png),
        ("transparent picture", png_clear(64, 48), Png),
        (
            "screenshot that names its program",
            png_with_text(&png(64, 48), "Screenshot by GNOME"),
            Png,
        ),
        ("webp", webp(64, 48), Webp),
        ("scan", pdf(2), Pdf),
        ("scan, padded", joined(&pdf(1), b"\r\n\0\0\0\0"), Pdf),
        // Its pages are shown as pictures, so nothing in it runs; a locked one is only kept.
        (
            "PDF with JavaScript",
            pdf_showing(
                1,
                stream("", b""),
                "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
            ),
            Pdf,
        ),
        ("locked PDF", pdf_locked(), Pdf),
        ("PDF of thousands of pages", pdf(5000), Pdf),
        ("film, index behind", mp4(), Mp4),
        ("film, index in front", fast.concat(), Mp4),
        (
            "film with its place",
            [
                ftyp(b"isom"),
                boxed(b"mdat", &[7; 40]),
                moov(
                    b"vide",
                    &boxed(
                        b"udta",
                        &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+30.6573+104.0639/"),
                    ),
                ),
            ]
            .concat(),
            Mp4,
        ),
        (
            "film whose data reach to the end",
            [
                ftyp(b"isom"),
                moov(b"vide", b""),
                b"\0\0\0\0mdat frames".to_vec(),
            ]
            .concat(),
            Mp4,
        ),
        ("sound in a film's container", sound.concat(), M4a),
        (
            "voice memo",
            [ftyp(b"M4A "), moov(b"soun", b""), boxed(b"mdat", &[1; 9])].concat(),
            M4a,
        ),
        ("sound", mp3(), Mp3),
        (
            "sound with a picture in its tag",
            joined(
                &id3(b"APIC", &joined(b"\0image/jpeg\0\x03\0", &jpeg(16, 16))),
                &mp3(),
            ),
            Mp3,
        ),
    ]
}

/// What is refused: name, bytes, why.
fn hostile() -> Vec<(&'static str, Vec<u8>, Refusal)> {
    use Refusal::{Broken, Dimensions, Empty, Heic, Hidden, Kind, Mov, Truncated};
    let archive = zip("run.exe", b"MZ");
    let bomb = zip("bomb.zip", &zip("bomb", &vec![0; 1 << 20]));
    let html = b"<html><body><script>alert(document.domain)</script>";
    let xml: &[u8] = b"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]><b>&b;</b>";
    let track = boxed(b"trak", &boxed(b"trak", &boxed(b"trak", b"")));
    let mut deep = Vec::new();
    for _ in 0..10_000 {
        deep = boxed(b"moov", &deep);
    }
    let mut wrong_sum = png(64, 48);
    wrong_sum[60] ^= 1;
    vec![
        ("nothing", vec![], Empty),
        ("one byte", vec![0xff], Kind),
        ("EICAR", EICAR.to_vec(), Kind),
        ("EICAR behind a photo", joined(&jpeg(64, 48), EICAR), Hidden),
        ("text", "没有收到货".into(), Kind),
        ("zip", archive.clone(), Kind),
        ("nested zip", bomb, Kind),
        (
            "document of an office program",
            zip("word/document.xml", b"<w:document/>"),
            Kind,
        ),
        (
            "SVG with script",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(),
            Kind,
        ),
        ("HTML", html.to_vec(), Kind),
        ("XML bomb", xml.to_vec(), Kind),
        ("program of Windows", joined(b"MZ\x90\0", &[0; 200]), Kind),
        (
            "program of Linux",
            joined(b"\x7fELF\x02\x01\x01", &[0; 200]),
            Kind,
        ),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), Kind),
        (
            "GIF with an archive",
            joined(b"GIF89a\x01\0\x01\0\0\0\0;", &archive),
            Kind,
        ),
        (
            "photo of an iPhone",
            joined(&ftyp(b"heic"), &boxed(b"mdat", &[0; 90])),
            Heic,
        ),
        (
            "film of an iPhone",
            joined(&ftyp(b"qt  "), &boxed(b"mdat", &[0; 90])),
            Mov,
        ),
        ("AVIF", boxed(b"ftyp", b"avif\0\0\0\0avifmif1"), Kind),
        (
            "photo with an archive behind",
            joined(&jpeg(64, 48), &archive),
            Hidden,
        ),
        (
            "photo with a page behind",
            joined(&jpeg(64, 48), html),
            Hidden,
        ),
        (
            "photo with a PDF behind",
            joined(&jpeg(64, 48), &pdf(1)),
            Hidden,
        ),
        (
            "photo with an archive in a comment",
            jpeg_with(&jpeg(64, 48), 0xfe, &archive),
            Hidden,
        ),
        (
            "photo with a page in a comment",
            jpeg_with(&jpeg(64, 48), 0xfe, html),
            Hidden,
        ),
        (
            "screenshot with PHP behind",
            joined(&png(64, 48), b"<?php system($_GET['c']); ?>"),
            Hidden,
        ),
        (
            "screenshot with PHP in a text",
            png_with_text(&png(64, 48), "<?php system($_GET['c']); ?>"),
            Hidden,
        ),
        (
            "screenshot with a page in a text",
            png_with_text(&png(64, 48), "<script>alert(1)</script>"),
            Hidden,
        ),
        (
            "webp with an archive behind",
            joined(&webp(64, 48), &archive),
            Hidden,
        ),
        (
            "PDF with an archive behind",
            joined(&pdf(1), &archive),
            Hidden,
        ),
        (
            "PDF behind something else",
            joined(b"GIF89a......", &pdf(1)),
            Kind,
        ),
        (
            "PDF with a page in front",
            joined(b"%PDF-1.4\n<script>alert(1)</script>\n", &pdf(1)),
            Hidden,
        ),
        (
            "film with an archive behind",
            joined(&mp4(), &archive),
            Hidden,
        ),
        (
            "sound with a page in its tag",
            joined(&id3(b"COMM", html), &mp3()),
            Hidden,
        ),
        (
            "picture of 60000 by 60000",
            png_claiming(60_000, 60_000, 0),
            Dimensions,
        ),
        (
            "picture of 19000 by 19000",
            png_claiming(19_000, 19_000, 0),
            Dimensions,
        ),
        ("picture without a row", png_claiming(0, 100, 0), Broken),
        ("screenshot with a wrong checksum", wrong_sum, Broken),
        ("half a photo", half(jpeg(64, 48)), Truncated),
        ("half a screenshot", half(png(64, 48)), Truncated),
        ("half a webp", half(webp(64, 48)), Truncated),
        ("half a PDF", half(pdf(3)), Truncated),
        ("half a film, index behind", half(mp4()), Truncated),
        (
            "half a tag of sound",
            id3(b"APIC", &[0; 900])[..300].to_vec(),
            Truncated,
        ),
        (
            "film whose index is cut",
            mp4()[..mp4().len() - 9].to_vec(),
            Truncated,
        ),
        (
            "a box of size 0",
            [ftyp(b"isom"), b"\0\0\0\0moov".to_vec(), mp4()].concat(),
            Broken,
        ),
        (
            "a box of size 4",
            joined(&ftyp(b"isom"), b"\0\0\0\x04moovmoov"),
            Broken,
        ),
        (
            "a box longer than all files",
            joined(
                &ftyp(b"isom"),
                b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff",
            ),
            Broken,
        ),
        (
            "a box longer than the file",
            joined(&ftyp(b"isom"), b"\0\xff\0\0mdat...."),
            Truncated,
        ),
        (
            "tracks in tracks",
            [ftyp(b"isom"), boxed(b"mdat", b"1"), moov(b"vide", &track)].concat(),
            Broken,
        ),
        (
            "ten thousand boxes in one another",
            joined(&ftyp(b"isom"), &deep),
            Broken,
        ),
        (
            "film without film",
            [ftyp(b"isom"), boxed(b"mdat", b"1"), moov(b"text", b"")].concat(),
            Broken,
        ),
        (
            "another sound behind a tag",
            joined(&id3(b"TIT2", b"\0song"), b"fLaC\0\0\0\x22 and so on and on"),
            Kind,
        ),
    ]
}

#[test]
fn honest_files_are_taken_for_what_they_are() {
    for (name, bytes, kind) in honest() {
        assert_eq!(look(&bytes).map(|p| p.kind), Ok(kind), "{name}");
    }
    let size = look(&photo(64, 48, 6)).unwrap().size;
    assert_eq!(size, Some((64, 48)), "as stored, not yet turned");
}

#[test]
fn hostile_files_are_refused_for_what_they_are() {
    for (name, bytes, why) in hostile() {
        assert_eq!(look(&bytes), Err(why), "{name}");
    }
    let small = Limits {
        bytes: 100,
        ..Limits::default()
    };
    let found = probe(&mut Cursor::new(jpeg(64, 48)), 101, &small);
    assert_eq!(found, Err(Refusal::TooLarge));
}

/// A reader shorter than it was said to be, as when a part of the storage is lost.
#[test]
fn a_file_shorter_than_its_length_is_truncated() {
    let bytes = png(64, 48);
    let found = probe(
        &mut Cursor::new(&bytes),
        bytes.len() as u64 + 1,
        &Limits::default(),
    );
    assert_eq!(found, Err(Refusal::Truncated));
}

#[test]
fn a_file_cut_anywhere_is_never_taken_for_a_whole_picture() {
    for bytes in [photo(24, 16, 1), png(24, 16), webp(24, 16), mp4()] {
        for end in 0..bytes.len() {
            assert!(look(&bytes[..end]).is_err(), "{end} of {}", bytes.len());
        }
    }
    for bytes in [pdf(1), mp3(), joined(&id3(b"TIT2", b"\0song"), &mp3())] {
        for end in 0..bytes.len() {
            let _ = look(&bytes[..end]);
        }
    }
}

fn any_honest() -> impl Strategy<Value = Vec<u8>> {
    let files: Vec<Vec<u8>> = vec![
        photo(24, 16, 3),
        png(24, 16),
        webp(24, 16),
        pdf(1),
        mp4(),
        mp3(),
    ];
    prop::sample::select(files)
}

proptest! {
    #[test]
    fn any_bytes_have_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let _ = look(&bytes);
    }

    #[test]
    fn any_bytes_behind_an_honest_opening_have_a_verdict(
        file in any_honest(), keep in 0usize..200, tail in prop::collection::vec(any::<u8>(), 0..1024),
    ) {
        let _ = look(&joined(&file[..keep.min(file.len())], &tail));
    }

    #[test]
    fn an_honest_file_with_wrong_bytes_has_a_verdict(
        mut file in any_honest(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = look(&file);
    }
}
