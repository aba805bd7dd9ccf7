//! The receipt as a picture to keep on a telephone: number, query code, dates, department, hotlines and QR code on one
//! portrait PNG. Owns the facts, the fonts and the rendering; draws with fonts of its own, never with those of the machine.
//! It is handed texts that are ready to show and knows neither keys nor cases. [`layout`] draws, [`text`] measures and wraps.

mod layout;
mod text;

use super::qr::Qr;
use crate::error::{Error, Result};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};
pub(super) use text::escape;
pub(crate) use text::may_break;

/// Width of the picture in pixels.
pub const WIDTH: u32 = 750;
/// Height of the picture in pixels, without files.
pub const HEIGHT: u32 = 1100;

/// Subsets of Noto Sans CJK SC (OFL-1.1, see font/OFL.txt), made by ops/font-subset.py.
/// The first is the one for running text.
pub(crate) static FONTS: [&[u8]; 2] = [
    include_bytes!("font/minsheng-regular.otf"),
    include_bytes!("font/minsheng-bold.otf"),
];
const FAMILY: &str = "Noto Sans CJK SC";

/// What the picture says. Not `Debug`: it holds the query code in the clear.
#[derive(Clone, Copy)]
pub struct PictureFacts<'a> {
    /// Name of the portal, under 「民声」.
    pub portal_name: &'a str,
    /// 投诉 or 举报.
    pub kind_label: &'a str,
    /// The case number as shown.
    pub number: &'a str,
    /// The query code in its groups, `1234 5678 9012 3456`.
    pub query_code: &'a str,
    /// When it was received, time in China.
    pub received_text: &'a str,
    /// The promise in plain words, 「最迟 2026年11月24日 前告知您是否受理」.
    pub promise_text: &'a str,
    /// Who answers.
    pub department: &'a str,
    /// First hex digits of the content hash or the signature, to compare by eye.
    pub verify_short: &'a str,
    /// The code that opens the progress page.
    pub qr: &'a Qr,
    /// Name and SHA-256 in hexadecimal digits of each file that was handed in.
    pub files: &'a [(String, String)],
}

impl PictureFacts<'_> {
    /// Height of the picture in pixels: files stand below everything else.
    fn height(&self) -> u32 {
        HEIGHT + layout::files_height(self.files.len())
    }
}

/// The picture as PNG, [`WIDTH`] × [`HEIGHT`], higher with files.
///
/// # Errors
/// Our own fault only: the drawing is made here and its texts are escaped.
pub fn render(facts: &PictureFacts<'_>) -> Result<Vec<u8>> {
    let tree = tree(&layout::svg(facts))?;
    let mut pixmap = tiny_skia::Pixmap::new(WIDTH, facts.height())
        .ok_or_else(|| Error::internal("picture without size"))?;
    resvg::render(
        &tree,
        tiny_skia::Transform::identity(),
        &mut pixmap.as_mut(),
    );
    pixmap.encode_png().map_err(Error::internal)
}

fn tree(svg: &str) -> Result<usvg::Tree> {
    let options = usvg::Options {
        font_family: FAMILY.into(),
        languages: vec!["zh-CN".into()],
        fontdb: Arc::clone(fonts()),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(Error::internal)
}

/// The two faces, read once.
fn fonts() -> &'static Arc<usvg::fontdb::Database> {
    static FACES: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    FACES.get_or_init(|| {
        let mut faces = usvg::fontdb::Database::new();
        for font in FONTS {
            faces.load_font_source(usvg::fontdb::Source::Binary(Arc::new(font)));
        }
        faces.set_sans_serif_family(FAMILY);
        Arc::new(faces)
    })
}

#[cfg(test)]
mod tests;
