//! Looks at the drawing before it is pixels: every character has a glyph, nothing leaves the paper; then at the PNG.

use super::{layout::svg, *};
use usvg::{Group, Node, Text};

fn qr() -> Qr {
    Qr::of("https://minsheng.example.gov.cn/track?n=TS-2611-00517-3").unwrap()
}

fn sample(qr: &Qr) -> PictureFacts<'_> {
    PictureFacts {
        portal_name: "四川天府新区消费投诉与质量举报",
        kind_label: "投诉",
        number: "TS-2611-00517-3",
        query_code: "4821 0937 5560 1284",
        received_text: "2026年11月13日 10:03:04",
        promise_text: "最迟 2026年11月24日 前告知您是否受理",
        department: "华阳街道市场监督管理所",
        verify_short: "9f3a22c1d07be845",
        qr,
        files: &[],
    }
}

fn texts<'a>(group: &'a Group, out: &mut Vec<&'a Text>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => texts(inner, out),
            Node::Text(text) => out.push(text),
            _ => {}
        }
    }
}

/// Characters shown as the box of a missing glyph.
fn missing(facts: &PictureFacts<'_>) -> usize {
    let tree = tree(&svg(facts)).unwrap();
    let mut all = Vec::new();
    texts(tree.root(), &mut all);
    assert!(all.len() > 10, "{} texts", all.len());
    for text in &all {
        let (chars, area) = (text.chunks()[0].text(), text.abs_bounding_box());
        assert!(area.left() >= 36.0 && area.right() <= 714.0, "{chars}");
        assert!(area.bottom() <= facts.height() as f32 - 8.0, "{chars}");
    }
    all.iter()
        .flat_map(|text| text.layouted())
        .flat_map(|span| &span.positioned_glyphs)
        .filter(|glyph| glyph.id.0 == 0)
        .count()
}

#[test]
fn every_character_has_a_glyph_and_stays_on_the_paper() {
    let qr = qr();
    let mut facts = sample(&qr);
    assert_eq!(missing(&facts), 0);
    facts.kind_label = "举报";
    facts.department = "四川天府新区公园城市建设局、社区治理和社会事业局会同太平街道、籍田街道、永兴街道（联合承办）綜合窗口";
    facts.department = &facts.department[..facts.department.find('綜').unwrap()];
    facts.promise_text =
        "最迟 2026年12月31日 前告知您是否立案；情况复杂的经批准可以延长十五个工作日";
    facts.portal_name = "民声 · 中国（四川）自由贸易试验区天府新区片区消费投诉与质量举报服务门户";
    facts.number = "JB-2612-1234567-8";
    assert_eq!(missing(&facts), 0);
    facts.department = "铧芯社区、郫都、邛崃、龘";
    assert_eq!(missing(&facts), 1, "a character outside the subset is seen");
    facts.department = "<b>&\u{1}</b>";
    assert_eq!(missing(&facts), 0);
}

#[test]
fn files_make_the_picture_higher_and_nothing_leaves_the_paper() {
    let qr = qr();
    let long = "这是一个很长很长的文件名".repeat(6);
    let files: Vec<_> = ["小票 1.jpg", &format!("{long}.pdf"), "c.mp4", "d.m4a"]
        .iter()
        .map(|name| ((*name).to_owned(), "a4".repeat(32)))
        .collect();
    let facts = PictureFacts {
        files: &files,
        ..sample(&qr)
    };
    assert_eq!(missing(&facts), 0);
    let png = render(&facts).unwrap();
    let pixels = tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!(pixels.height(), facts.height());
    assert!(facts.height() > HEIGHT);
}

#[test]
fn the_png_has_its_size_and_is_not_blank() {
    let qr = qr();
    let png = render(&sample(&qr)).unwrap();
    if let Some(path) = option_env!("MINSHENG_RECEIPT_PNG") {
        std::fs::write(path, &png).unwrap();
    }
    let pixels = tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (WIDTH, HEIGHT));
    let dark = pixels
        .pixels()
        .iter()
        .filter(|p| p.red() < 0x40 && p.blue() < 0x40)
        .count();
    assert!((10_000..200_000).contains(&dark), "{dark} dark pixels");
    assert!(png.len() < 200_000, "{} bytes", png.len());
}
