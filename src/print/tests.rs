//! The paper: pages, text that can be copied out, nothing that vanishes.

use super::*;
use std::fmt::Write;
use time::macros::datetime;

const TEXT: &str = "投诉不予受理决定书\n\n编号：TS-2611-00517-3\n\n您于2026年11月13日提出的对「示例电器」的投诉，经审查，属于下列情形：\n\n\
具体理由：同一争议法院已经立案\n\n市场监管部门\n2026年11月24日";

fn paper(text: &str) -> Paper<'_> {
    Paper {
        text,
        number: "TS-2611-00517-3",
        at: datetime!(2026-11-24 02:00 UTC),
        code: None,
    }
}

fn count(pdf: &[u8], what: &str) -> usize {
    pdf.windows(what.len())
        .filter(|w| *w == what.as_bytes())
        .count()
}

/// The code units that the file's ToUnicode tables name, as they are written there.
fn has(pdf: &[u8], c: char) -> bool {
    let mut units = [0; 2];
    let mut hex = String::from("<");
    for unit in c.encode_utf16(&mut units) {
        write!(hex, "{unit:04x}").unwrap();
    }
    hex.push('>');
    let text = String::from_utf8_lossy(pdf).to_lowercase();
    text.contains(&hex)
}

#[test]
fn a_text_is_one_page_and_can_be_copied_out() {
    let printed = render(&paper(TEXT), false).unwrap();
    assert!(printed.pdf.starts_with(b"%PDF-"));
    assert_eq!((printed.pages, printed.missing), (1, 0));
    for c in TEXT.chars().filter(|c| !c.is_whitespace()) {
        assert!(has(&printed.pdf, c), "{c} cannot be copied out");
    }
    let small = pdf(&paper(TEXT)).unwrap().pdf;
    assert!(
        small.len() < 200_000,
        "{} bytes: the font is not cut down",
        small.len()
    );
    assert_eq!(
        small,
        pdf(&paper(TEXT)).unwrap().pdf,
        "the same text, the same bytes"
    );
}

#[test]
fn a_long_text_goes_on_with_its_number() {
    let mut long = TEXT.to_owned();
    for n in 0..60 {
        long = long.replace("具体理由", &format!("（{n}）一个很长的理由，写了又写，写了又写，写了又写，写了又写，写了又写。\n具体理由"));
    }
    let printed = render(&paper(&long), false).unwrap();
    assert!(printed.pages >= 2);
    let of = |what: &str| {
        count(&printed.pdf, &format!("/Type /{what}"))
            + count(&printed.pdf, &format!("/Type/{what}"))
    };
    // the tree that holds the pages is /Pages, their labels /PageLabel
    let others = of("Pages") + of("PageLabel");
    assert_eq!(of("Page") - others, printed.pages);
}

#[test]
fn a_rare_character_is_a_box_with_a_note() {
    let text = TEXT.replace("示例", "龘靐");
    let printed = render(&paper(&text), false).unwrap();
    assert_eq!(printed.missing, 2);
    assert!(has(&printed.pdf, '注') && has(&printed.pdf, '框'));
    // what the note and the foot say can itself be drawn
    let ruler = Ruler::new(FONTS[0]).unwrap();
    for line in lines::note(&ruler, 2, 400.0) {
        assert!(!line.text.chars().any(|c| ruler.lacks(c)), "{}", line.text);
    }
    assert!(!"编号　第页，共".chars().any(|c| ruler.lacks(c)));
}

#[test]
fn lines_fit_and_the_signature_stands_on_the_right() {
    let ruler = Ruler::new(FONTS[0]).unwrap();
    let lines = lines::lay_out(&ruler, TEXT, 425.0);
    for line in &lines {
        assert!(
            ruler.width(&line.text, line.size) + line.indent <= 425.5,
            "{}",
            line.text
        );
    }
    assert_eq!(lines[0].align, Align::Centre);
    assert!(
        lines[lines.len() - 2..]
            .iter()
            .all(|l| l.align == Align::Right)
    );
    assert_eq!(lines.iter().filter(|l| l.align == Align::Right).count(), 2);
}

#[test]
fn a_qr_code_stands_under_the_text_and_takes_a_page_when_there_is_no_room() {
    let code = Code {
        url: "https://minsheng.example.gov.cn/respond?n=TS-2611-00517-3",
        words: "扫一扫打开答复的网页",
    };
    let with = |text: &str| {
        let paper = Paper {
            code: Some(code),
            ..paper(text)
        };
        render(&paper, false).unwrap()
    };
    let (plain, drawn) = (render(&paper(TEXT), false).unwrap(), with(TEXT));
    assert_eq!(drawn.pages, 1);
    assert!(has(&drawn.pdf, '扫'));
    let runs = Qr::of(code.url).unwrap().runs.len();
    assert!(
        drawn.pdf.len() > plain.pdf.len() + runs * 8,
        "every run of modules is drawn"
    );
    // a text that fills its page to the last line
    let full = (1..80)
        .map(|n| format!("{TEXT}\n{}", "一行\n".repeat(n)))
        .find(|text| with(text).pages == 2)
        .unwrap();
    assert_eq!(render(&paper(&full), false).unwrap().pages, 1);
}
