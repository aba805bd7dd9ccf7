//! Files as people hand them in by the public pages, each another one by its seed.

use super::files;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};

/// A phone's photo with camera, time and place in it.
pub fn photo(seed: u8) -> Vec<u8> {
    files::photo(320 + u32::from(seed), 240, 1)
}

/// The same so wide and high, and full of grain: some hundred kilobytes for 640 × 480.
pub fn photo_of(seed: u8, width: u32, height: u32) -> Vec<u8> {
    let mut grain = u32::from(seed) + 1;
    let pixels: Vec<u8> = (0..width * height * 3)
        .map(|_| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (grain >> 24) as u8
        })
        .collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    files::jpeg_with(&jpeg, 0xe1, &files::exif(1))
}

/// A PDF of one page.
pub fn pdf() -> Vec<u8> {
    files::pdf(1)
}

/// The beginning of a photo as an iPhone keeps it.
pub fn heic() -> Vec<u8> {
    let mut out = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    out.extend([0; 4000]);
    out
}
