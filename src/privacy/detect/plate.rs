//! Number plates 车牌 (rules §11.4) and travel documents: passports 护照 and permits 通行证.

use super::context;
use super::stream::Stream;
use super::{Found, PiiKind, digits};

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const CUES: &[&str] = &[
    "车牌",
    "牌号",
    "肇事",
    "号牌",
    "车号",
    "的车",
    "车主",
    "轿车",
    "货车",
    "面包车",
    "越野车",
    "出租车",
];

/// Adds number plates.
pub(super) fn find_plates(stream: &Stream, found: &mut Found) {
    for (i, c) in stream.chars().iter().enumerate() {
        if *c < '\u{4e00}' || !PROVINCES.contains(*c) {
            continue;
        }
        if let Some(end) = plate(stream, i) {
            let police = i >= 2 && stream.word(i - 2, "wj");
            let opens = stream.chars()[i..end]
                .iter()
                .any(|c| "【[(「《".contains(*c));
            let end = end
                + usize::from(opens && end < stream.len() && "】])」》".contains(stream.at(end)));
            found.add(if police { i - 2 } else { i }, end, PiiKind::Plate);
        }
    }
}

fn separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\n'
            | '·'
            | '.'
            | '-'
            | '_'
            | '*'
            | ','
            | '/'
            | '—'
            | '~'
            | '、'
            | '|'
            | '牌'
            | ':'
            | '='
            | '+'
            | '#'
            | ')'
            | ']'
            | '】'
            | '点'
            | '【'
            | '['
            | '('
            | '「'
            | '《'
            | '\''
            | '"'
    )
}

fn next(stream: &Stream, mut at: usize) -> usize {
    let from = at;
    while at - from < 3 && separator(stream.at(at)) && at < stream.len() {
        at += 1;
    }
    at
}

fn sign(stream: &Stream, at: usize) -> Option<char> {
    let c = stream.at(at);
    if at >= stream.len() {
        return None;
    }
    if c.is_ascii_alphanumeric() {
        return Some(c);
    }
    digits::chinese(c).map(|d| char::from(b'0' + d))
}

fn plate(stream: &Stream, i: usize) -> Option<usize> {
    let letter = next(stream, i + 1);
    if !stream.at(letter).is_ascii_alphabetic() {
        return None;
    }
    let mut at = letter + 1;
    let mut signs = Vec::new();
    let mut ends = Vec::new();
    let mut gaps = 0;
    while signs.len() < 7 {
        let here = next(stream, at);
        // The sixth sign of a green plate touches the fifth, unless all stand apart.
        if here > at && signs.len() >= 5 && gaps < 5 {
            break;
        }
        let Some(c) = sign(stream, here) else { break };
        gaps += usize::from(here > at);
        signs.push(c);
        at = here + 1;
        ends.push(at);
    }
    let cue = context::before(stream, i, 10, CUES);
    let tail = |at: usize| "学警港澳挂领".contains(stream.at(at)) && at < stream.len();
    let digits = |n: usize| signs[..n].iter().filter(|c| c.is_ascii_digit()).count();
    match signs.len() {
        4 if tail(at) && digits(4) >= 2 => Some(at + 1),
        5 if digits(5) >= 1 || cue => Some(at + usize::from(tail(at) && cue)),
        6 => {
            let green = matches!(signs[0], 'a'..='k') || signs[5].is_ascii_alphabetic();
            if green && digits(6) >= 3 || cue {
                Some(at)
            } else if gaps >= 5 && digits(5) >= 1 {
                Some(ends[4])
            } else {
                None
            }
        }
        7 if cue && gaps >= 5 => Some(ends[4]),
        _ => None,
    }
}

/// Adds passports and permits.
pub(super) fn find_passports(stream: &Stream, found: &mut Found) {
    for i in 0..stream.len() {
        if !stream.at(i).is_ascii_alphabetic()
            || stream.before(i).is_ascii_alphanumeric()
            || found.taken[i]
        {
            continue;
        }
        let mut at = i;
        let (mut letters, mut digits, mut gap) = (0, 0, 0);
        while at < stream.len() {
            let c = stream.at(at);
            if c.is_ascii_alphabetic() && digits == 0 {
                letters += 1;
            } else if sign(stream, at).is_some_and(|c| c.is_ascii_digit()) {
                digits += 1;
            } else if matches!(c, ' ' | '-' | '·' | '.')
                && sign(stream, at + 1).is_some()
                && letters > 0
            {
                gap += 1;
            } else {
                break;
            }
            at += 1;
            if letters > 2 {
                break;
            }
        }
        if letters > 2 || stream.at(at).is_ascii_alphabetic() {
            continue;
        }
        let cue = context::before(
            stream,
            i,
            12,
            &[
                "护照",
                "passport",
                "通行证",
                "回乡证",
                "台胞证",
                "永居证",
                "证件号",
                "军官证",
            ],
        );
        let thing = context::before(stream, i, 10, context::THING);
        let bare =
            gap == 0 && letters == 1 && digits == 8 && matches!(stream.at(i), 'e' | 'g') && !thing;
        if (cue && (6..=10).contains(&digits)) || bare {
            found.add(i, at, PiiKind::Passport);
        }
    }
}
