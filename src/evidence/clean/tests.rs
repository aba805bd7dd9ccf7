//! The copies of honest pictures, made without the process around them.

use super::{SIDE, THUMB, make, media};
use crate::evidence::{Copy, FileKind, Limits, Made, Part};
use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage, RgbaImage, load_from_memory};
use std::io::Cursor;

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn copy(made: &Made, part: Part) -> &Copy {
    made.copies.iter().find(|c| c.part == part).unwrap()
}

#[test]
fn a_large_picture_is_made_smaller_and_keeps_its_shape() {
    let wide = RgbImage::from_fn(6000, 1500, |x, _| image::Rgb([(x / 24) as u8, 90, 30]));
    let made = make(
        FileKind::Jpeg,
        encoded(wide, ImageFormat::Jpeg),
        &Limits::default(),
    );
    assert_eq!(made.facts.size, Some((6000, 1500)), "as it came");
    let clean = load_from_memory(&copy(&made, Part::Clean).bytes).unwrap();
    assert_eq!(clean.dimensions(), (SIDE, SIDE / 4));
    let thumb = load_from_memory(&copy(&made, Part::Thumb).bytes).unwrap();
    assert_eq!(thumb.dimensions(), (THUMB, THUMB / 4));
    let [r, g, b, _] = thumb.get_pixel(THUMB - 2, 40).0;
    assert!(
        r > 235 && g.abs_diff(90) < 12 && b.abs_diff(30) < 12,
        "{r} {g} {b}"
    );
}

#[test]
fn each_kind_becomes_what_the_office_can_pass_on() {
    let photo = RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 99]));
    let clear = RgbaImage::from_fn(40, 30, |x, _| image::Rgba([9, 9, 9, x as u8]));
    let solid = RgbaImage::from_pixel(40, 30, image::Rgba([9, 9, 9, 255]));
    let deep = DynamicImage::ImageRgb8(photo.clone()).into_rgb16();
    for (name, kind, bytes, becomes) in [
        (
            "photo",
            FileKind::Jpeg,
            encoded(photo.clone(), ImageFormat::Jpeg),
            FileKind::Jpeg,
        ),
        (
            "webp",
            FileKind::Webp,
            encoded(photo.clone(), ImageFormat::WebP),
            FileKind::Jpeg,
        ),
        (
            "solid webp",
            FileKind::Webp,
            encoded(solid, ImageFormat::WebP),
            FileKind::Jpeg,
        ),
        (
            "clear webp",
            FileKind::Webp,
            encoded(clear.clone(), ImageFormat::WebP),
            FileKind::Png,
        ),
        (
            "screenshot",
            FileKind::Png,
            encoded(photo, ImageFormat::Png),
            FileKind::Png,
        ),
        (
            "clear png",
            FileKind::Png,
            encoded(clear, ImageFormat::Png),
            FileKind::Png,
        ),
        (
            "deep png",
            FileKind::Png,
            encoded(deep, ImageFormat::Png),
            FileKind::Png,
        ),
    ] {
        let made = make(kind, bytes, &Limits::default());
        assert_eq!(copy(&made, Part::Clean).kind, becomes, "{name}");
        assert_eq!(copy(&made, Part::Thumb).kind, FileKind::Jpeg, "{name}");
        assert_eq!(made.note, "", "{name}");
    }
}

#[test]
fn a_screenshot_that_grows_too_large_becomes_a_photo() {
    // Noise does not pack.
    let mut seed = 1u32;
    let noise = RgbImage::from_fn(200, 200, |_, _| {
        image::Rgb([0; 3].map(|_: u8| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        }))
    });
    let bytes = encoded(noise, ImageFormat::Png);
    let limits = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let made = make(FileKind::Png, bytes, &limits);
    assert_eq!(copy(&made, Part::Clean).kind, FileKind::Jpeg);
}

#[test]
fn what_does_not_open_has_a_note_and_no_copies() {
    for (kind, bytes) in [
        (FileKind::Jpeg, b"\xff\xd8\xff\xd9".to_vec()),
        (FileKind::Png, vec![0; 99]),
        (FileKind::Webp, vec![]),
        (FileKind::Pdf, b"%PDF-1.7 nothing".to_vec()),
        (FileKind::Mp4, vec![1]),
    ] {
        let made = make(kind, bytes, &Limits::default());
        assert!(
            made.copies.is_empty() && made.note.contains("原件"),
            "{kind}"
        );
    }
}

#[test]
fn what_had_to_go_is_noticed_when_it_stays() {
    let boxed = |name: &[u8], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name, content].concat()
    };
    let place = boxed(
        b"moov",
        &boxed(b"udta", &boxed(b"\xa9xyz", b"+30.6573+104.0639/")),
    );
    let clean = [
        boxed(b"ftyp", b"isom"),
        boxed(b"moov", &boxed(b"trak", b"")),
    ]
    .concat();
    let noise = [clean.clone(), boxed(b"mdat", b"..udta..")].concat();
    let list = |tags: &[u8]| boxed(b"moov", &boxed(b"udta", &boxed(b"ilst", tags)));
    assert!(!media::residue(FileKind::Mp4, &list(b"")));
    assert!(media::residue(
        FileKind::Mp4,
        &list(&boxed(b"desc", b"Wang"))
    ));
    assert!(media::residue(FileKind::Mp4, &place));
    assert!(!media::residue(FileKind::Mp4, &clean));
    assert!(
        !media::residue(FileKind::M4a, &noise),
        "four letters in the sound itself"
    );
    assert!(media::residue(FileKind::Mp4, b"\0\0\0\x99moov"), "cut off");
    assert!(media::residue(FileKind::Mp3, b"ID3\x03\0\0\0\0\0\0"));
    assert!(media::residue(
        FileKind::Mp3,
        &[&[0xffu8; 9][..], b"TAG", &[0; 125]].concat()
    ));
    assert!(!media::residue(FileKind::Mp3, &[0xff, 0xfb, 0x90, 0xc4]));
}
