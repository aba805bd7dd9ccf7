//! The wording and the layout of the receipt picture, as SVG: a head, the card with number and query code, the rows of
//! dates, the card with the QR code, a foot. Colours are the tokens of the stylesheet; every text is fitted and escaped.

use super::text::{escape, fit, grouped};
use super::{FAMILY, PictureFacts, WIDTH};
use std::fmt::Write as _;

// the tokens of the stylesheet
const INK: &str = "#16232e";
const PAPER: &str = "#fbfaf6";
const CARD: &str = "#ffffff";
const LINE: &str = "#dcd9cf";
const MUTED: &str = "#5b6770";
const BRAND: &str = "#0b5d68";
const TINT: &str = "#e4f0f1";
const SOON: &str = "#9a5b00";
const SOON_TINT: &str = "#fdf1dc";

/// Draws one line of text after another.
struct Canvas(String);

impl Canvas {
    fn text(&mut self, x: f32, y: f32, size: f32, look: (&str, u16), text: &str) {
        let (fill, weight) = look;
        let _ = write!(
            self.0,
            r#"<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">{}</text>"#,
            escape(text)
        );
    }

    fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, look: &str) {
        let _ = write!(
            self.0,
            r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" {look}/>"#
        );
    }
}

const REGULAR: u16 = 400;
const BOLD: u16 = 700;
/// Left and right edge of what stands on a card.
const LEFT: f32 = 72.0;
const RIGHT: f32 = 678.0;

/// The whole drawing.
pub(super) fn svg(facts: &PictureFacts<'_>) -> String {
    let height = facts.height();
    let mut c = Canvas(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="{FAMILY}" xml:lang="zh-CN">"#
    ));
    c.rect(
        0.0,
        0.0,
        WIDTH as f32,
        height as f32,
        &format!(r#"fill="{PAPER}""#),
    );
    head(&mut c, facts);
    codes(&mut c, facts);
    rows(&mut c, facts);
    scan(&mut c, facts);
    files(&mut c, facts);
    foot(&mut c, facts);
    c.0.push_str("</svg>");
    c.0
}

fn card(c: &mut Canvas, y: f32, h: f32) {
    c.rect(
        40.5,
        y + 0.5,
        669.0,
        h - 1.0,
        &format!(r#"rx="10" fill="{CARD}" stroke="{LINE}""#),
    );
}

fn head(c: &mut Canvas, facts: &PictureFacts<'_>) {
    c.rect(0.0, 0.0, 750.0, 116.0, &format!(r#"fill="{BRAND}""#));
    // the mark of the portal, reversed
    let _ = write!(
        c.0,
        r#"<g transform="translate(40 28) scale(1.5)"><rect width="40" height="40" rx="8" fill="{PAPER}"/>
<g fill="none" stroke="{BRAND}" stroke-width="3" stroke-linecap="round"><path d="M9 25c0-8 5-14 11-14s11 6 11 14"/>
<path d="M14.500 25c0-5 2.300-8.500 5.500-8.500s5.500 3.500 5.500 8.500"/></g><circle cx="20" cy="27" r="3" fill="{BRAND}"/></g>"#
    );
    let kind: String = facts
        .kind_label
        .chars()
        .take(4)
        .chain("回执".chars())
        .collect();
    let kind_left = 702.0 - 32.0 * kind.chars().count() as f32;
    c.text(kind_left, 70.0, 32.0, (PAPER, BOLD), &kind);
    c.text(120.0, 64.0, 32.0, (PAPER, BOLD), "民声");
    let name = facts
        .portal_name
        .trim_start_matches("民声")
        .trim_start_matches([' ', '·', '-', '　']);
    let (size, lines) = fit(name, kind_left - 24.0 - 120.0, &[19.0, 17.0, 15.0], 1);
    for line in lines {
        c.text(121.0, 92.0, size, (TINT, REGULAR), &line);
    }
}

fn codes(c: &mut Canvas, facts: &PictureFacts<'_>) {
    card(c, 140.0, 376.0);
    c.text(LEFT, 184.0, 21.0, (MUTED, REGULAR), "案件编号");
    let (size, lines) = fit(facts.number, RIGHT - LEFT, &[54.0, 46.0, 38.0], 1);
    for line in lines {
        c.text(LEFT - 3.0, 248.0, size, (INK, BOLD), &line);
    }
    let _ = write!(
        c.0,
        r#"<path d="M72 277.500H678" stroke="{LINE}" stroke-dasharray="6 5"/>"#
    );
    c.text(LEFT, 317.0, 21.0, (MUTED, REGULAR), "查询码");
    let groups: Vec<_> = facts.query_code.split_whitespace().collect();
    if groups.len() == 4 && groups.iter().all(|g| g.len() == 4) {
        for (i, group) in groups.iter().enumerate() {
            let x = LEFT - 2.0 + 158.0 * i as f32;
            c.text(x, 382.0, 56.0, (BRAND, BOLD), group);
        }
    } else {
        let (size, lines) = fit(facts.query_code, RIGHT - LEFT, &[50.0, 40.0, 30.0, 22.0], 1);
        for line in lines {
            c.text(LEFT - 2.0, 382.0, size, (BRAND, BOLD), &line);
        }
    }
    c.rect(
        LEFT,
        408.0,
        606.0,
        86.0,
        &format!(r#"rx="6" fill="{SOON_TINT}""#),
    );
    c.text(
        92.0,
        444.0,
        23.0,
        (SOON, BOLD),
        "请保存这张图，查询码只显示这一次",
    );
    c.text(
        92.0,
        475.0,
        19.0,
        (SOON, REGULAR),
        "查进度要同时用编号和查询码；请不要把查询码告诉别人",
    );
}

/// The dates and the department share the height between the two cards, however many lines they need.
fn rows(c: &mut Canvas, facts: &PictureFacts<'_>) {
    const TOP: f32 = 524.0;
    const ROOM: f32 = 248.0;
    const STEP: f32 = 35.0;
    const VALUE: f32 = 196.0;
    let width = RIGHT - VALUE;
    let rows = [
        (
            "收到时间",
            fit(facts.received_text, width, &[25.0, 21.0], 1),
            INK,
        ),
        (
            "办理期限",
            fit(facts.promise_text, width, &[25.0, 22.0, 19.0], 2),
            BRAND,
        ),
        (
            "承办部门",
            fit(facts.department, width, &[25.0, 22.0, 19.0], 2),
            INK,
        ),
    ];
    let lines: usize = rows.iter().map(|(_, (_, lines), _)| lines.len()).sum();
    let pad = (ROOM - STEP * lines as f32) / rows.len() as f32;
    let mut y = TOP;
    for (i, (label, (size, lines), fill)) in rows.iter().enumerate() {
        if i > 0 {
            let y = y.round() + 0.5;
            let _ = write!(c.0, r#"<path d="M72 {y}H678" stroke="{LINE}"/>"#);
        }
        y += pad / 2.0;
        c.text(LEFT, y + 26.0, 21.0, (MUTED, REGULAR), label);
        for line in lines {
            c.text(VALUE, y + 26.0, *size, (fill, REGULAR), line);
            y += STEP;
        }
        y += pad / 2.0;
    }
}

fn scan(c: &mut Canvas, facts: &PictureFacts<'_>) {
    const TOP: f32 = 780.0;
    const SIZE: usize = 246;
    card(c, TOP, SIZE as f32);
    // whole pixels a module, so that every edge is sharp; the dark part begins where the text above it does
    let module = (SIZE / facts.qr.side.max(1)).max(1);
    let x = LEFT - (crate::receipts::qr::QUIET * module) as f32;
    let y = TOP + (SIZE.saturating_sub(facts.qr.side * module) / 2) as f32;
    let _ = write!(
        c.0,
        r#"<path transform="translate({x} {y}) scale({module})" d="{}" fill="{INK}" shape-rendering="crispEdges"/>"#,
        facts.qr.path
    );
    const TEXT: f32 = 308.0;
    c.text(TEXT, 836.0, 27.0, (INK, BOLD), "扫码查进度");
    for (i, line) in [
        "打开后输入查询码，可以看办到哪一步、",
        "补充材料、给经办人留言",
    ]
    .iter()
    .enumerate()
    {
        c.text(TEXT, 873.0 + 31.0 * i as f32, 20.0, (MUTED, REGULAR), line);
    }
    let _ = write!(c.0, r#"<path d="M308 932.500H678" stroke="{LINE}"/>"#);
    c.text(TEXT, 982.0, 20.0, (MUTED, REGULAR), "也可以打");
    c.text(406.0, 984.0, 31.0, (BRAND, BOLD), "12315");
    c.text(506.0, 982.0, 20.0, (MUTED, REGULAR), "或");
    c.text(540.0, 984.0, 31.0, (BRAND, BOLD), "12345");
}

/// Head of the card with the files, and each of them, in pixels.
const FILES_HEAD: u32 = 62;
const FILE: u32 = 56;

/// What the files add to the height, in pixels.
pub(super) fn files_height(count: usize) -> u32 {
    match u32::try_from(count).unwrap_or(0).min(60) {
        0 => 0,
        n => FILES_HEAD + FILE * n + 28,
    }
}

fn files(c: &mut Canvas, facts: &PictureFacts<'_>) {
    const TOP: f32 = 1050.0;
    let height = files_height(facts.files.len());
    if height == 0 {
        return;
    }
    card(c, TOP, height as f32 - 24.0);
    let title = "一起收到的凭证，下面是每个文件的指纹（SHA-256）";
    c.text(LEFT, TOP + 40.0, 21.0, (MUTED, REGULAR), title);
    for (n, (name, hash)) in facts.files.iter().enumerate() {
        let y = TOP + (FILES_HEAD + FILE * u32::try_from(n).unwrap_or(0)) as f32;
        let name = format!("{}. {name}", n + 1);
        let (size, lines) = fit(&name, RIGHT - LEFT, &[20.0, 17.0], 1);
        for line in lines.iter().take(1) {
            c.text(LEFT, y + 18.0, size, (INK, REGULAR), line);
        }
        c.text(LEFT, y + 41.0, 14.5, (MUTED, REGULAR), hash);
    }
}

fn foot(c: &mut Canvas, facts: &PictureFacts<'_>) {
    let down = files_height(facts.files.len()) as f32;
    c.text(
        LEFT - 32.0,
        1055.0 + down,
        18.0,
        (MUTED, REGULAR),
        "本回执表示内容已经收到，不表示已经受理。",
    );
    let (size, lines) = fit(
        &format!("核验码 {}", grouped(facts.verify_short)),
        670.0,
        &[18.0, 15.0],
        1,
    );
    for line in lines {
        c.text(LEFT - 32.0, 1082.0 + down, size, (MUTED, REGULAR), &line);
    }
}
