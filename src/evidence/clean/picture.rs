//! The clean copy of a picture: decoded within limits, made smaller if it is very large, turned as it was held, encoded
//! anew. A photo becomes a JPEG (also a WebP: the 12315 platform takes none, rules 3.4); a screenshot stays a PNG, so that
//! its letters stay sharp, unless that would be larger than any file may be.

use super::{MEMORY, SIDE, THUMB, facts, noted};
use crate::evidence::{Copy, FileKind, Limits, Made, Part};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use std::io::Cursor;

/// Quality of a clean copy: no difference to be seen in a photo.
const QUALITY: u8 = 88;
/// Quality of a thumbnail.
const THUMB_QUALITY: u8 = 80;
const NOT_OPENED: &str = "这张图片打不开，没有可看的副本，只保存了原件";

/// Makes clean copy and thumbnail.
pub(super) fn make(kind: FileKind, bytes: &[u8], limits: &Limits) -> Made {
    copies(kind, bytes, limits).unwrap_or_else(|| noted(NOT_OPENED))
}

fn copies(kind: FileKind, bytes: &[u8], limits: &Limits) -> Option<Made> {
    let format = match kind {
        FileKind::Jpeg => ImageFormat::Jpeg,
        FileKind::Png => ImageFormat::Png,
        FileKind::Webp => ImageFormat::WebP,
        _ => return None,
    };
    let mut decoder = {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut bounds = image::Limits::no_limits();
        bounds.max_image_width = Some(limits.side);
        bounds.max_image_height = Some(limits.side);
        bounds.max_alloc = Some(MEMORY);
        reader.limits(bounds);
        reader.into_decoder().ok()?
    };
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > limits.pixels || decoder.total_bytes() > MEMORY {
        return None;
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut facts = facts::read(decoder.exif_metadata().ok().flatten());
    let whole = DynamicImage::from_decoder(decoder).ok()?;
    let mut shown = shrunk(plain(whole), SIDE);
    shown.apply_orientation(turned);
    facts.size = Some(if lies_down(turned) {
        (height, width)
    } else {
        (width, height)
    });
    let thumb = Copy {
        part: Part::Thumb,
        kind: FileKind::Jpeg,
        bytes: thumb(&shown)?,
    };
    let (kind, bytes) = clean(kind, &shown, limits)?;
    let clean = Copy {
        part: Part::Clean,
        kind,
        bytes,
    };
    Some(Made {
        copies: vec![clean, thumb],
        facts,
        note: String::new(),
    })
}

/// Whether width and height change places.
const fn lies_down(turned: Orientation) -> bool {
    matches!(
        turned,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Eight bits a channel, and transparency only where something is transparent.
fn plain(picture: DynamicImage) -> DynamicImage {
    use DynamicImage::{ImageLuma8, ImageRgb8, ImageRgba8};
    match picture {
        ImageLuma8(_) | ImageRgb8(_) => picture,
        _ if !picture.color().has_color() && !picture.color().has_alpha() => {
            ImageLuma8(picture.into_luma8())
        }
        _ if !picture.color().has_alpha() => ImageRgb8(picture.into_rgb8()),
        _ => {
            let clear = picture.into_rgba8();
            if clear.pixels().all(|p| p[3] == u8::MAX) {
                ImageRgb8(ImageRgba8(clear).into_rgb8())
            } else {
                ImageRgba8(clear)
            }
        }
    }
}

/// Not larger than `side`; averages over the pixels that fall together, which needs no second picture in memory.
fn shrunk(picture: DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > side {
        picture.thumbnail(side, side)
    } else {
        picture
    }
}

fn clean(kind: FileKind, shown: &DynamicImage, limits: &Limits) -> Option<(FileKind, Vec<u8>)> {
    if kind == FileKind::Png || shown.color().has_alpha() {
        let mut out = Cursor::new(Vec::new());
        shown.write_to(&mut out, ImageFormat::Png).ok()?;
        let bytes = out.into_inner();
        if bytes.len() as u64 <= limits.bytes {
            return Some((FileKind::Png, bytes));
        }
    }
    Some((FileKind::Jpeg, jpeg(shown, QUALITY)?))
}

/// A thumbnail as JPEG.
pub(super) fn thumb(shown: &DynamicImage) -> Option<Vec<u8>> {
    let (width, height) = (shown.width(), shown.height());
    let small = if width.max(height) > THUMB {
        shown.thumbnail(THUMB, THUMB)
    } else {
        shown.clone()
    };
    jpeg(&small, THUMB_QUALITY)
}

/// A JPEG; what is transparent becomes white paper.
pub(super) fn jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, quality);
    let done = match picture {
        DynamicImage::ImageRgba8(clear) => encoder.encode_image(&on_white(clear)),
        DynamicImage::ImageLuma8(gray) => encoder.encode_image(gray),
        DynamicImage::ImageRgb8(colours) => encoder.encode_image(colours),
        other => encoder.encode_image(&other.to_rgb8()),
    };
    done.ok()?;
    Some(out)
}

fn on_white(clear: &image::RgbaImage) -> RgbImage {
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [r, g, b, a] = clear.get_pixel(x, y).0;
        let mix = |c: u8| {
            let sum = u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a));
            u8::try_from(sum / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([mix(r), mix(g), mix(b)])
    })
}
