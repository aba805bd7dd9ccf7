//! A text as lines of print: measured with the font, wrapped by the rules of Chinese print, indented by two characters,
//! signature (the last two lines, department and date) on the right.

use crate::{
    error::{Error, Result},
    receipts::picture::may_break,
};
use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

/// Size of running text, 小四.
const BODY: f32 = 12.0;
/// Size of the title, 二号 and a little less.
const TITLE: f32 = 20.0;
/// From base line to base line.
const LEADING: f32 = 22.0;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// A line of print; empty text is an empty line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub text: String,
    pub size: f32,
    pub align: Align,
    pub indent: f32,
    pub height: f32,
}

impl Line {
    fn body(text: String, indent: f32) -> Self {
        Self {
            text,
            size: BODY,
            align: Align::Left,
            indent,
            height: LEADING,
        }
    }
}

/// Measures with the font that draws.
pub(super) struct Ruler<'a> {
    map: Charmap<'a>,
    metrics: GlyphMetrics<'a>,
}

impl<'a> Ruler<'a> {
    pub fn new(font: &'a [u8]) -> Result<Self> {
        let font = FontRef::new(font).map_err(|e| Error::Internal(format!("font: {e}")))?;
        Ok(Self {
            map: font.charmap(),
            metrics: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
        })
    }

    /// Whether the font has no glyph for a character that should be seen.
    pub fn lacks(&self, c: char) -> bool {
        !c.is_whitespace() && !c.is_control() && self.map.map(c).is_none()
    }

    /// Glyph and advance in em; the box of the font (glyph 0) for what it lacks.
    pub fn glyph(&self, c: char) -> (u32, f32) {
        let id = self.map.map(c).unwrap_or(GlyphId::new(0));
        (id.to_u32(), self.metrics.advance_width(id).unwrap_or(1.0))
    }

    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).1 * size).sum()
    }

    /// Lines of at most `width` points, the first shorter by `indent`.
    fn wrap(&self, text: &str, size: f32, width: f32, indent: f32) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut rest = chars.as_slice();
        let mut lines = Vec::new();
        while !rest.is_empty() {
            let mut room = width - if lines.is_empty() { indent } else { 0.0 };
            let fits = rest
                .iter()
                .take_while(|c| {
                    room -= self.glyph(**c).1 * size;
                    room >= 0.0
                })
                .count()
                .max(1);
            let end = if fits == rest.len() {
                fits
            } else {
                (1..=fits)
                    .rev()
                    .find(|&at| may_break(rest[at - 1], rest[at]))
                    .unwrap_or(fits)
            };
            let (line, next) = rest.split_at(end);
            lines.push(line.iter().collect::<String>().trim_end().to_owned());
            rest = next.strip_prefix(&[' ']).unwrap_or(next);
        }
        lines
    }
}

/// What the font can draw or what is at least seen: tabs become spaces, other controls go.
fn clean(line: &str) -> String {
    line.chars()
        .map(|c| {
            if c.is_whitespace() && c != '\u{3000}' {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !c.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The lines of a text whose first line is its title.
pub(super) fn lay_out(ruler: &Ruler<'_>, text: &str, width: f32) -> Vec<Line> {
    let all: Vec<String> = text.trim_end().lines().map(clean).collect();
    let signed = match all.as_slice() {
        [.., gap, _, date] => gap.is_empty() && date.ends_with('日') && date.contains('年'),
        _ => false,
    };
    let body_end = all.len() - if signed { 2 } else { 0 };
    let mut lines = Vec::new();
    for (i, line) in all.iter().enumerate() {
        if i == 0 {
            for text in ruler.wrap(line, TITLE, width, 0.0) {
                lines.push(Line {
                    text,
                    size: TITLE,
                    align: Align::Centre,
                    indent: 0.0,
                    height: TITLE * 1.5,
                });
            }
        } else if line.is_empty() {
            let mut gap = Line::body(String::new(), 0.0);
            gap.height = LEADING / 2.0;
            lines.push(gap);
        } else if i >= body_end {
            for text in ruler.wrap(line, BODY, width, 0.0) {
                let mut line = Line::body(text, 0.0);
                line.align = Align::Right;
                lines.push(line);
            }
        } else {
            // whom a letter is to stands at the margin, below the number
            let addressee = i == 4 && line.ends_with('：');
            let indent = if addressee || line.starts_with("编号") {
                0.0
            } else {
                2.0 * BODY
            };
            for (n, text) in ruler
                .wrap(line, BODY, width, indent)
                .into_iter()
                .enumerate()
            {
                lines.push(Line::body(text, if n == 0 { indent } else { 0.0 }));
            }
        }
    }
    lines
}

/// The note below a text with characters that the font lacks.
pub(super) fn note(ruler: &Ruler<'_>, missing: usize, width: f32) -> Vec<Line> {
    let text = format!("注：有 {missing} 个字字库里没有，用方框代替，以网页上的文字为准。");
    let mut lines = vec![Line::body(String::new(), 0.0)];
    for text in ruler.wrap(&text, 9.0, width, 0.0) {
        let mut line = Line::body(text, 0.0);
        line.size = 9.0;
        line.height = 14.0;
        lines.push(line);
    }
    lines
}
