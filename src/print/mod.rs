//! An official text as PDF: A4, title in the middle, paragraphs wrapped by the measured width of each glyph, signature
//! on the right, number and page below, and a QR code under the text where one is wanted. Pure: the same text gives the same bytes. A character that the font lacks is
//! drawn as a box and counted, and a note on the paper says so; it never vanishes.

mod lines;

use crate::{
    error::{Error, Result},
    receipts::{picture::FONTS, qr::Qr},
};
use krilla::{
    Document, SerializeSettings,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    page::PageSettings,
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};
use lines::{Align, Line, Ruler};
use time::{OffsetDateTime, UtcOffset};

/// A4 in points.
const SHEET: (f32, f32) = (595.28, 841.89);
/// Left and right margin.
const SIDE: f32 = 85.0;
/// Upper margin.
const TOP: f32 = 85.0;
/// Lowest base line of the text.
const BOTTOM: f32 = SHEET.1 - 85.0;
/// Base line of the foot.
const FOOT: f32 = SHEET.1 - 45.0;

/// Side of a QR code with its quiet zone, 3.5 cm: a telephone reads it at arm's length.
const CODE: f32 = 99.0;
/// Room between the text and a QR code.
const CODE_GAP: f32 = 10.0;

/// A QR code on a paper.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// What it opens; never with a secret in it.
    pub url: &'a str,
    /// What stands beside it.
    pub words: &'a str,
}

/// What is printed.
#[derive(Clone, Copy)]
pub struct Paper<'a> {
    /// The whole text; its first line is the title.
    pub text: &'a str,
    /// Number of the case, on every page.
    pub number: &'a str,
    /// When it was made.
    pub at: OffsetDateTime,
    /// Under the text.
    pub code: Option<Code<'a>>,
}

/// The result.
pub struct Printed {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// How many characters the font lacks.
    pub missing: usize,
}

/// The PDF of a text.
///
/// # Errors
/// Our own fault only: the font is part of the program.
pub fn pdf(paper: &Paper<'_>) -> Result<Printed> {
    render(paper, true)
}

fn render(paper: &Paper<'_>, compress: bool) -> Result<Printed> {
    let ruler = Ruler::new(FONTS[0])?;
    let font = Font::new(FONTS[0].into(), 0).ok_or_else(|| Error::internal("font"))?;
    let missing = paper.text.chars().filter(|c| ruler.lacks(*c)).count();
    let mut all = lines::lay_out(&ruler, paper.text, SHEET.0 - 2.0 * SIDE);
    if missing > 0 {
        all.extend(lines::note(&ruler, missing, SHEET.0 - 2.0 * SIDE));
    }
    let (mut pages, mut end) = pages(all);
    let code = paper
        .code
        .and_then(|c| Some((Qr::of(c.url).ok()?, c.words)));
    if code.is_some() && end + CODE_GAP + CODE > BOTTOM {
        pages.push(Vec::new());
        end = TOP;
    }
    let mut document = Document::new_with(SerializeSettings {
        compress_content_streams: compress,
        ..SerializeSettings::default()
    });
    let title = paper.text.lines().next().unwrap_or_default();
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language("zh-CN".into())
            .document_id(format!("{} {}", paper.number, paper.at.unix_timestamp()))
            .creation_date(date(paper.at)),
    );
    let total = pages.len();
    for (i, lines) in pages.into_iter().enumerate() {
        let settings = PageSettings::from_wh(SHEET.0, SHEET.1)
            .ok_or_else(|| Error::internal("page without size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let foot = Line {
            text: format!("编号 {}　第 {} 页，共 {total} 页", paper.number, i + 1),
            size: 9.0,
            align: Align::Centre,
            indent: 0.0,
            height: 0.0,
        };
        let last = i + 1 == total;
        let beside = code.as_ref().filter(|_| last).map(|(qr, words)| {
            let top = end + CODE_GAP;
            draw(&mut surface, qr, (SIDE, top));
            let line = Line {
                text: (*words).to_owned(),
                size: 9.0,
                align: Align::Left,
                indent: CODE + 6.0,
                height: 0.0,
            };
            (top + CODE / 2.0, line)
        });
        let beside = beside.iter().map(|(y, l)| (*y, l));
        for (y, line) in lines
            .iter()
            .map(|(y, l)| (*y, l))
            .chain(beside)
            .chain([(FOOT, &foot)])
        {
            let glyphs: Vec<KrillaGlyph> = line
                .text
                .char_indices()
                .map(|(at, c)| {
                    let (id, advance) = ruler.glyph(c);
                    let range = at..at + c.len_utf8();
                    KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, range, None)
                })
                .collect();
            let room = SHEET.0 - 2.0 * SIDE - ruler.width(&line.text, line.size);
            let x = SIDE
                + match line.align {
                    Align::Left => line.indent,
                    Align::Centre => room / 2.0,
                    Align::Right => room,
                };
            surface.draw_glyphs(
                Point::from_xy(x, y),
                &glyphs,
                font.clone(),
                &line.text,
                line.size,
                false,
            );
        }
        surface.finish();
        page.finish();
    }
    let pdf = document
        .finish()
        .map_err(|e| Error::Internal(format!("pdf: {e:?}")))?;
    Ok(Printed {
        pdf,
        pages: total,
        missing,
    })
}

/// Draws a QR code with its upper left corner at `at`; dark on the white of the paper.
fn draw(surface: &mut Surface<'_>, qr: &Qr, at: (f32, f32)) {
    let points = |modules: usize| f32::from(u16::try_from(modules).unwrap_or(0));
    let module = CODE / points(qr.side);
    let mut path = PathBuilder::new();
    for (x, y, n) in qr.runs.iter().copied() {
        let (x, y) = (at.0 + points(x) * module, at.1 + points(y) * module);
        if let Some(run) = Rect::from_xywh(x, y, points(n) * module, module) {
            path.push_rect(run);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Lines with their base lines, page by page, and where the last one ends; an empty line never opens a page.
fn pages(lines: Vec<Line>) -> (Vec<Vec<(f32, Line)>>, f32) {
    let mut pages = Vec::new();
    let mut page = Vec::new();
    let mut y = TOP;
    for line in lines {
        if y + line.height > BOTTOM {
            pages.push(std::mem::take(&mut page));
            y = TOP;
        }
        if page.is_empty() && line.text.is_empty() {
            continue;
        }
        y += line.height;
        if !line.text.is_empty() {
            page.push((y, line));
        }
    }
    pages.push(page);
    (pages, y)
}

fn date(at: OffsetDateTime) -> DateTime {
    let at = at.to_offset(UtcOffset::UTC);
    DateTime::new(u16::try_from(at.year()).unwrap_or(2026))
        .month(u8::from(at.month()))
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests;
