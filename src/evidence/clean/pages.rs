//! The pages of a PDF as pictures: nothing in it runs, nothing in it is followed, no metadata cross over. Text in a font
//! that the file does not bring is set in ours, Chinese with the font of the receipts.

use super::{PAGE, noted, picture};
use crate::{
    evidence::{Copy, Facts, FileKind, Limits, Made, Part},
    receipts::picture::FONTS,
};
use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{InterpreterSettings, font::FontQuery},
    hayro_syntax::{LoadPdfError, Pdf, page::Page},
    render,
    vello_cpu::{Pixmap, color::palette::css::WHITE},
};
use image::{DynamicImage, ImageFormat, RgbImage};
use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Up to here a page stays a PNG, as text and lines do; a scan is larger and becomes a JPEG.
const SHARP: usize = 400 * 1024;
const QUALITY: u8 = 85;
/// The longer side of a page to the shorter; a till roll is 1 to 20.
const SHAPE: f32 = 40.0;

const LOCKED: &str = "这份 PDF 设了密码，看不到页面，只保存了原件；可以请提交人另交一份不设密码的";
const NOT_OPENED: &str = "这份 PDF 打不开，看不到页面，只保存了原件";

/// Draws the pages, up to the limit, and a thumbnail of the first.
pub(super) fn make(bytes: Vec<u8>, limits: &Limits) -> Made {
    // A library that meets an impossible file may panic; the file then counts as one that does not open.
    let made = catch_unwind(AssertUnwindSafe(|| match Pdf::new(bytes) {
        Ok(pdf) => draw(&pdf, limits),
        Err(LoadPdfError::Decryption(_)) => noted(LOCKED),
        Err(LoadPdfError::Invalid) => noted(NOT_OPENED),
    }));
    made.unwrap_or_else(|_| noted(NOT_OPENED))
}

fn draw(pdf: &Pdf, limits: &Limits) -> Made {
    let all = pdf.pages();
    let (cache, settings) = (RenderCache::new(), settings());
    let (mut copies, mut failed) = (Vec::new(), Vec::new());
    for (page, n) in all.iter().zip(1..=limits.pages) {
        let drawn = catch_unwind(AssertUnwindSafe(|| picture_of(page, &cache, &settings)));
        let Some(shown) = drawn.ok().flatten() else {
            failed.push(n.to_string());
            continue;
        };
        if copies.is_empty()
            && let Some(bytes) = picture::thumb(&shown)
        {
            copies.push(Copy {
                part: Part::Thumb,
                kind: FileKind::Jpeg,
                bytes,
            });
        }
        match encoded(&shown) {
            Some((kind, bytes)) => copies.push(Copy {
                part: Part::Page(n),
                kind,
                bytes,
            }),
            None => failed.push(n.to_string()),
        }
    }
    let count = all.len();
    let note = if copies.is_empty() {
        NOT_OPENED.into()
    } else {
        remark(count, &failed, limits)
    };
    Made {
        copies,
        facts: Facts {
            pages: u16::try_from(count).ok(),
            ..Facts::default()
        },
        note,
    }
}

/// What is not shown, for the handler.
fn remark(count: usize, failed: &[String], limits: &Limits) -> String {
    let mut parts = Vec::new();
    if count > usize::from(limits.pages) {
        parts.push(format!("共 {count} 页，只显示前 {} 页", limits.pages));
    }
    if !failed.is_empty() {
        parts.push(format!("第 {} 页画不出来", failed.join("、")));
    }
    if !parts.is_empty() {
        parts.push("全文见原件".into());
    }
    parts.join("；")
}

fn settings() -> InterpreterSettings {
    InterpreterSettings {
        font_resolver: Arc::new(|query| {
            Some(match query {
                FontQuery::Standard(font) => font.get_font_data(),
                // A character collection is named by fonts of Chinese, Japanese and Korean alone.
                FontQuery::Fallback(wanted) if wanted.character_collection.is_some() => {
                    (Arc::new(FONTS[0]), 0)
                }
                FontQuery::Fallback(wanted) => wanted.pick_standard_font().get_font_data(),
            })
        }),
        ..InterpreterSettings::default()
    }
}

fn picture_of<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
) -> Option<DynamicImage> {
    let (width, height) = page.render_dimensions();
    let (long, short) = (width.max(height), width.min(height));
    if !long.is_finite() || short <= 0.0 || long / short > SHAPE {
        return None;
    }
    let scale = PAGE as f32 / long;
    let pixmap = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    let drawn = render(page, cache, settings, &RenderSettings::default(), &pixmap);
    opaque(&drawn).map(DynamicImage::ImageRgb8)
}

/// The pixels on white paper.
fn opaque(drawn: &Pixmap) -> Option<RgbImage> {
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let bytes = drawn.data().iter().flat_map(|p| [p.r, p.g, p.b]).collect();
    RgbImage::from_raw(width, height, bytes)
}

fn encoded(shown: &DynamicImage) -> Option<(FileKind, Vec<u8>)> {
    let mut out = Cursor::new(Vec::new());
    shown.write_to(&mut out, ImageFormat::Png).ok()?;
    if out.get_ref().len() <= SHARP {
        return Some((FileKind::Png, out.into_inner()));
    }
    Some((FileKind::Jpeg, picture::jpeg(shown, QUALITY)?))
}
