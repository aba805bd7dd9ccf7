//! Text for an SVG that nobody looks over before it is sent: escaped, measured by rule of thumb (never too narrow) and
//! wrapped by the rules of Chinese print.

/// Text for XML; characters that XML cannot hold are left out.
pub(in crate::receipts) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// Hex digits in groups of four, for the eye.
pub(super) fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Width of a character in em, rounded up over both weights.
fn em(c: char) -> f32 {
    match c {
        ' ' => 0.23,
        '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.74,
        c if c.is_ascii() => 0.62,
        _ => 1.0,
    }
}

/// Whether a line may end between these two.
pub(crate) fn may_break(before: char, after: char) -> bool {
    let closes = "，。、；：！？）》」』”’】…,.;:!?)%";
    let opens = "（《「『“‘【(";
    let date = |a: char, b: char| {
        a.is_ascii_digit() && matches!(b, '年' | '月' | '日')
            || matches!(a, '年' | '月') && b.is_ascii_digit()
    };
    !(closes.contains(after)
        || opens.contains(before)
        || before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()
        || date(before, after))
}

fn wrap(text: &str, width: f32) -> Vec<String> {
    let chars: Vec<char> = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .collect();
    let mut lines = Vec::new();
    let mut rest = chars.as_slice();
    while !rest.is_empty() {
        let mut room = width;
        let fits = rest
            .iter()
            .take_while(|c| {
                room -= em(**c);
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
        lines.push(line.iter().collect::<String>().trim().to_owned());
        rest = next.strip_prefix(&[' ']).unwrap_or(next);
    }
    lines
}

/// The first of `sizes` (large to small) at which `text` fits `width` pixels in `most` lines, and those lines. What does
/// not fit even at the last size is cut with 「…」.
pub(super) fn fit(text: &str, width: f32, sizes: &[f32], most: usize) -> (f32, Vec<String>) {
    let mut best = (16.0, Vec::new());
    for &size in sizes {
        best = (size, wrap(text, width / size));
        if best.1.len() <= most {
            return best;
        }
    }
    best.1.truncate(most);
    if let Some(last) = best.1.last_mut() {
        let room = width / best.0 - 1.0;
        while last.chars().map(em).sum::<f32>() > room {
            last.pop();
        }
        last.push('…');
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_print_breaks_them() {
        assert_eq!(wrap("一二三四，五六", 4.0), ["一二三", "四，五六"]);
        assert_eq!(wrap("一二三（四）", 4.0), ["一二三", "（四）"]);
        assert_eq!(
            wrap("最迟 2026年11月24日 前告知", 6.0),
            ["最迟", "2026年11月", "24日 前告知"].to_vec()
        );
        assert_eq!(wrap("abcdefghij", 3.0).concat(), "abcdefghij");
        assert!(wrap("", 3.0).is_empty());
    }

    #[test]
    fn what_is_too_long_shrinks_then_is_cut() {
        assert_eq!(fit("一二三", 60.0, &[20.0, 10.0], 1).0, 20.0);
        assert_eq!(fit("一二三四", 60.0, &[20.0, 10.0], 1).0, 10.0);
        let (size, lines) = fit("一二三四五六七八九", 60.0, &[20.0, 10.0], 1);
        assert_eq!((size, lines), (10.0, vec!["一二三四五…".to_owned()]));
        assert_eq!(escape("<a&\u{0}\n\"'>"), "&lt;a&amp;&quot;&#39;&gt;");
        assert_eq!(grouped("1234567890"), "1234 5678 90");
    }
}
