//! Files that residents send and files that attackers send, all made here: none is fetched, none lies in the repository.

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use std::io::{Cursor, Write};

/// A picture with something to see: a gradient with a dark square in its upper left corner.
pub fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if x < width / 4 && y < height / 4 {
            image::Rgb([20, 20, 20])
        } else {
            let part = |n: u32, of: u32| u8::try_from(60 + n * 180 / of.max(1)).unwrap_or(255);
            image::Rgb([part(x, width), part(y, height), 200])
        }
    })
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A photo without metadata.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode(scene(width, height), ImageFormat::Jpeg)
}

/// A screenshot.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encode(scene(width, height), ImageFormat::Png)
}

/// A picture that is half transparent.
pub fn png_clear(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbaImage::from_fn(width, height, |x, y| {
        image::Rgba([x as u8, y as u8, 90, if x < width / 2 { 0 } else { 255 }])
    });
    encode(picture, ImageFormat::Png)
}

/// A WebP without loss.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encode(scene(width, height), ImageFormat::WebP)
}

/// A segment right behind the start of a JPEG: a comment is FE, EXIF is E1.
pub fn jpeg_with(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [
        &jpeg[..2],
        &[0xff, marker],
        &length.to_be_bytes(),
        content,
        &jpeg[2..],
    ]
    .concat()
}

/// What a phone writes into a photo: camera, time, orientation, and N 30°39'26.4" E 104°3'50".
pub fn exif(orientation: u16) -> Vec<u8> {
    let text = |s: &str| [s.as_bytes(), b"\0"].concat();
    let ratio = |parts: &[(u32, u32)]| -> Vec<u8> {
        parts
            .iter()
            .flat_map(|(n, d)| [n.to_be_bytes(), d.to_be_bytes()].concat())
            .collect()
    };
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    // Three directories, each with a fixed number of entries, so that the next one's place is known.
    let (main, camera, place) = (5, 1, 4);
    let size = |entries: u32| 2 + 12 * entries + 4;
    let at_camera = 8 + size(main);
    let at_place = at_camera + size(camera);
    let mut far = Vec::new();
    let far_from = at_place + size(place);
    let mut entries: Vec<(u32, Vec<u8>)> = Vec::new();
    let mut entry = |n: u32, tag: u16, kind: u16, count: u32, value: Vec<u8>| {
        let held = if value.len() <= 4 {
            let mut held = value;
            held.resize(4, 0);
            held
        } else {
            let at = far_from + u32::try_from(far.len()).unwrap();
            far.extend(value);
            at.to_be_bytes().to_vec()
        };
        entries.push((
            n,
            [
                &tag.to_be_bytes()[..],
                &kind.to_be_bytes(),
                &count.to_be_bytes(),
                &held,
            ]
            .concat(),
        ));
    };
    entry(0, 0x010f, 2, 7, text("HUAWEI"));
    entry(0, 0x0110, 2, 9, text("ALN-AL00"));
    entry(0, 0x0112, 3, 1, orientation.to_be_bytes().to_vec());
    entry(0, 0x8769, 4, 1, at_camera.to_be_bytes().to_vec());
    entry(0, 0x8825, 4, 1, at_place.to_be_bytes().to_vec());
    entry(
        1,
        0x9003,
        2,
        20,
        text("2026:11-08 14:03:22".replace('-', ":").as_str()),
    );
    entry(2, 0x0001, 2, 2, text("N"));
    entry(2, 0x0002, 5, 3, ratio(&[(30, 1), (39, 1), (264, 10)]));
    entry(2, 0x0003, 2, 2, text("E"));
    entry(2, 0x0004, 5, 3, ratio(&[(104, 1), (3, 1), (50, 1)]));
    for n in 0..3 {
        let mine: Vec<_> = entries.iter().filter(|(d, _)| *d == n).collect();
        tiff.extend(u16::try_from(mine.len()).unwrap().to_be_bytes());
        tiff.extend(mine.iter().flat_map(|(_, e)| e.clone()));
        tiff.extend([0; 4]);
    }
    tiff.extend(far);
    [b"Exif\0\0", &tiff[..]].concat()
}

/// A photo of a phone with [`exif`].
pub fn photo(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    jpeg_with(&jpeg(width, height), 0xe1, &exif(orientation))
}

/// A chunk of a PNG with its checksum.
pub fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(content);
    let length = u32::try_from(content.len()).unwrap();
    [
        &length.to_be_bytes()[..],
        name,
        content,
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

/// A PNG that says it is this large and holds `rows` rows of zeros, packed.
pub fn png_claiming(width: u32, height: u32, rows: u32) -> Vec<u8> {
    let head = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    let row = vec![0; 1 + 3 * width as usize];
    for _ in 0..rows {
        packed.write_all(&row).unwrap();
    }
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"IDAT", &packed.finish().unwrap()),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A PNG with a chunk of text before its end.
pub fn png_with_text(png: &[u8], text: &str) -> Vec<u8> {
    let end = png.len() - 12;
    let content = [b"Comment\0", text.as_bytes()].concat();
    [&png[..end], &chunk(b"tEXt", &content), &png[end..]].concat()
}

/// A zip with one stored entry.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(content);
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &crc.sum().to_le_bytes(),
        &size,
        &size,
        &length,
        &[0, 0],
    ]
    .concat();
    let entry = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let list = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], name.as_bytes()].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &u32::try_from(list.len()).unwrap().to_le_bytes()[..],
        &u32::try_from(entry.len()).unwrap().to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [entry, list, end].concat()
}

/// A PDF of these objects (the first is number 1, the catalogue), with a table of places and what more the trailer says.
pub fn pdf_of(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", n + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    out.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n")
            .bytes(),
    );
    out
}

/// A stream with what its dictionary says besides its length.
pub fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {dictionary} /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// A PDF of `pages` A4 pages that all show the same content; `catalogue` adds to the catalogue.
pub fn pdf_showing(pages: usize, content: Vec<u8>, catalogue: &str) -> Vec<u8> {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 5)).collect();
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>").into_bytes(),
        format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>").into_bytes(),
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R \
                /Resources << /Font << /F1 4 0 R >> >> >>";
    objects.extend((0..pages).map(|_| page.as_bytes().to_vec()));
    pdf_of(&objects, "")
}

/// A PDF with a line of text on each page.
pub fn pdf(pages: usize) -> Vec<u8> {
    let text = b"BT /F1 48 Tf 72 700 Td (RECEIPT 8.50) Tj ET";
    pdf_showing(pages, stream("", text), "")
}

/// A PDF that asks for a password nobody knows.
pub fn pdf_locked() -> Vec<u8> {
    let whole = pdf(1);
    let text = String::from_utf8_lossy(&whole).into_owned();
    let secret = "5a".repeat(32);
    let lock = format!(
        "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] \
         /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{secret}> /U <{secret}> >> >>\nstartxref"
    );
    // Only the trailer changes, so the places of the objects stay right; the bytes of the second line do not matter.
    let (head, tail) = text.rsplit_once(">>\nstartxref").unwrap();
    format!("{head}{lock}{tail}")
        .replacen("%\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n", "%abcd\n", 1)
        .into_bytes()
}

/// A box of an ISO media file.
pub fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], name, content].concat()
}

/// The opening box with a main brand.
pub fn ftyp(brand: &[u8; 4]) -> Vec<u8> {
    boxed(
        b"ftyp",
        &[brand, &b"\0\0\x02\0"[..], brand, b"isom"].concat(),
    )
}

/// The movie box with a track of this sort, `vide` or `soun`, and what more it holds.
pub fn moov(sort: &[u8; 4], more: &[u8]) -> Vec<u8> {
    let hdlr = boxed(b"hdlr", &[&[0; 8], &sort[..], &[0; 13]].concat());
    let mdia = boxed(b"mdia", &[boxed(b"mdhd", &[0; 24]), hdlr].concat());
    let trak = boxed(b"trak", &[boxed(b"tkhd", &[0; 84]), mdia].concat());
    boxed(
        b"moov",
        &[&boxed(b"mvhd", &[0; 100])[..], &trak, more].concat(),
    )
}

/// A film in structure: what it shows is noise.
pub fn mp4() -> Vec<u8> {
    [ftyp(b"isom"), boxed(b"mdat", &[7; 400]), moov(b"vide", b"")].concat()
}

/// Half a second of silence.
pub fn mp3() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc4];
    frame.resize(417, 0);
    frame.repeat(20)
}

/// A tag of ID3v2 with a frame.
pub fn id3(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let frame = [
        name,
        &u32::try_from(content.len()).unwrap().to_be_bytes()[..],
        &[0, 0],
        content,
    ]
    .concat();
    let n = u32::try_from(frame.len()).unwrap();
    let size = [n >> 21, n >> 14, n >> 7, n].map(|b| (b & 0x7f) as u8);
    [b"ID3\x03\0\0", &size[..], &frame].concat()
}
