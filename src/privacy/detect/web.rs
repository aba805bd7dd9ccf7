//! E-mail addresses, however the @ and the dots are written, and links that carry a token or lead to one person.

use super::stream::Stream;
use super::{Found, PiiKind, digits};

/// Adds e-mail addresses and links.
pub(super) fn find(stream: &Stream, found: &mut Found) {
    for i in 0..stream.len() {
        match stream.at(i) {
            '@'
            | '艾'
            | '爱'
            | 'a'
            | '('
            | '['
            | '{'
            | '#'
            | '圈'
            | '小'
            | '埃'
            | '【'
            | '<'
            | '\u{1f001}'..='\u{1faff}' => {
                if let Some((start, end)) = email(stream, i) {
                    found.add(start, end, PiiKind::Email);
                }
            }
            _ if (stream.at(i).is_ascii_alphanumeric())
                && !found.taken[i]
                && anchored(stream, i).is_some() =>
            {
                if let Some((start, end)) = anchored(stream, i) {
                    found.add(start, end, PiiKind::Email);
                }
            }
            'h' | 'w' | 't' | 'd' | 'u' | 'm' | 'f'
                if !stream.before(i).is_ascii_alphanumeric() && !found.taken[i] =>
            {
                if let Some(end) = link(stream, i) {
                    found.add(i, end, PiiKind::Url);
                }
            }
            _ => {}
        }
    }
}

/// An address before and behind the name of a known provider, however @ and the dot are dressed.
fn anchored(stream: &Stream, host: usize) -> Option<(usize, usize)> {
    let n = HOSTS
        .iter()
        .filter(|h| stream.word(host, h))
        .map(|h| h.len())
        .max()?;
    let dot = blanks(stream, host + n, 2);
    let spoken = stream
        .any(dot, &["dot", "dian", "点", "."])
        .map(|n| blanks(stream, dot + n, 2));
    let top = dressed_dot(stream, host + n).or(spoken)?;
    let length = TOP
        .iter()
        .filter(|t| stream.word(top, t))
        .map(|t| t.len())
        .max()?;
    if stream.at(top + length).is_ascii_alphanumeric() {
        return None;
    }
    let back = |mut at: usize| {
        let from = at;
        while at > 0 && from - at < 2 && (dressing(stream.before(at)) || stream.before(at) == ' ') {
            at -= 1;
        }
        at
    };
    let ends = |at: usize, word: &&&str| {
        at.checked_sub(word.chars().count())
            .is_some_and(|i| stream.word(i, word))
    };
    let signs = [
        "艾特符号",
        "at符号",
        "艾特",
        "爱特",
        "埃特",
        "圈圈a",
        "圈a",
        "a圈",
        "小老鼠",
        "老鼠",
        "a t",
        "at",
        "@",
        "在",
        "圈",
    ];
    let inner = back(host);
    let sign = signs
        .iter()
        .find(|w| ends(inner, w))
        .map(|w| w.chars().count());
    let last = match sign {
        Some(n) => back(inner - n),
        None if stream.before(host) == '#' || stream.before(host) > '\u{1f000}' => host - 1,
        None => return None,
    };
    let mut start = last;
    while start > 0 && last - start < 64 && user(stream, start - 1) {
        start -= 1;
    }
    while start < last && matches!(stream.at(start), '.' | '-' | '+') {
        start += 1;
    }
    (last - start >= 3).then_some((start, top + length))
}

const AT: &[&str] = &[
    "@@",
    "@",
    "艾特符号",
    "艾特",
    "爱特",
    "埃特",
    "(at)",
    "[at]",
    "{at}",
    "<at>",
    "【at】",
    "(a)",
    "[a]",
    "(@)",
    "[@]",
    "圈a",
    "圈 a",
    "小老鼠",
    "at符号",
    "at",
    "#at#",
    "#",
    "a圈",
];
const DOT: &[&str] = &[
    ".",
    "点",
    "。",
    "·",
    "(dot)",
    "[dot]",
    "(点)",
    "[点]",
    "【点】",
    "dot",
    "丶",
    ",",
    "、",
];
const TOP: &[&str] = &[
    "com", "cn", "net", "org", "gov", "edu", "cc", "vip", "top", "me", "info", "hk", "tw", "jp",
    "io", "co", "xyz", "club",
];
const HOSTS: &[&str] = &[
    "qq", "163", "126", "sina", "gmail", "foxmail", "outlook", "hotmail", "139", "189", "sohu",
    "yeah", "icloud", "aliyun", "tom", "21cn", "vip", "live", "yahoo", "wo", "msn", "me",
];

fn blanks(stream: &Stream, mut at: usize, most: usize) -> usize {
    let from = at;
    while at - from < most && stream.at(at) == ' ' && at < stream.len() {
        at += 1;
    }
    at
}

fn user(stream: &Stream, at: usize) -> bool {
    let c = stream.at(at);
    at < stream.len()
        && (c.is_ascii_alphanumeric()
            || matches!(c, '.' | '_' | '-' | '+' | '%')
            || digits::chinese(c).is_some())
}

/// The address around the sign at `at`.
fn email(stream: &Stream, at: usize) -> Option<(usize, usize)> {
    let picture = stream.at(at) > '\u{1f000}';
    let mut n = if picture { 1 } else { stream.any(at, AT)? };
    let word = stream.at(at) == 'a' || stream.at(at) == '#';
    let around = |c: char| c == ' ' || word && matches!(c, '*' | '_' | '-' | '~' | '/' | '|');
    let mut last = at;
    while last > 0 && at - last < 3 && around(stream.at(last - 1)) {
        last -= 1;
    }
    while n < 6 && last < at && around(stream.at(at + n)) && stream.at(at + n) != ' ' {
        n += 1;
    }
    // `at` amid letters, or a picture, counts only before a provider's name.
    let loose = picture
        || word
            && last == at
            && stream.at(at) == 'a'
            && !stream.word(at, "at符")
            && !stream.word(at, "a圈");
    let mut start = last;
    let mut seen = 0;
    while start > 0 && last - start < 64 {
        if user(stream, start - 1) {
            start -= 1;
            seen += 1;
        } else if seen > 0
            && stream.at(start - 1) == ' '
            && start >= 2
            && user(stream, start - 2)
            && single(stream, start, last)
        {
            start -= 1;
        } else {
            break;
        }
    }
    while start < last && matches!(stream.at(start), '.' | '-' | '+') {
        start += 1;
    }
    if start >= last {
        return None;
    }
    let mut here = blanks(stream, at + n, 3);
    let mut labels = 0;
    let mut end = None;
    loop {
        let from = here;
        while here < stream.len()
            && (stream.at(here).is_ascii_alphanumeric()
                || stream.at(here) == '-'
                || digits::chinese(stream.at(here)).is_some())
        {
            // `qqdotcom` in one word.
            if labels == 0 && here > from && stream.word(here, "dot") {
                break;
            }
            here += 1;
        }
        if here == from {
            break;
        }
        let known = |words: &[&str]| {
            words
                .iter()
                .any(|w| w.len() == here - from && stream.word(from, w))
        };
        if (labels > 0 && known(TOP)) || (labels == 0 && known(HOSTS) && !word && !picture) {
            end = Some(here);
        } else if labels > 2 {
            break;
        }
        if labels == 0 && loose && !known(HOSTS) {
            return None;
        }
        labels += 1;
        let dot = blanks(stream, here, 2);
        let dressed = (labels == 1).then(|| dressed_dot(stream, here)).flatten();
        match stream.any(dot, DOT).filter(|_| dressed.is_none()) {
            Some(n) => here = blanks(stream, dot + n, 2),
            None if dressed.is_some() => here = dressed.unwrap_or(here),
            // A blank for a dot: qq com.
            None if dot > here
                && TOP.iter().any(|t| {
                    stream.word(dot, t) && !stream.at(dot + t.len()).is_ascii_alphanumeric()
                }) =>
            {
                here = dot
            }
            None => break,
        }
    }
    end.map(|end| (start, end))
}

/// What people put around or in place of the signs of an address.
fn dressing(c: char) -> bool {
    "_-*{}[]()<>【】《》「」«»〈〉~/|\\+=^#!:;'\"“”‘’,、·｡".contains(c)
}

/// Where the last part of an address starts behind a dot in brackets or between signs, `_dot_`, `{点}`, or a sign in its
/// place, `qq*com`.
fn dressed_dot(stream: &Stream, at: usize) -> Option<usize> {
    let skip = |mut at: usize| {
        let from = at;
        while at - from < 2
            && at < stream.len()
            && (dressing(stream.at(at)) || stream.at(at) == ' ')
        {
            at += 1;
        }
        at
    };
    let inner = skip(at);
    let word = stream.any(
        inner,
        &["dot", "点", "dian", ".", "·", "。", "小数点", "句号"],
    );
    let end = skip(inner + word.unwrap_or(0));
    let top = TOP
        .iter()
        .any(|t| stream.word(end, t) && !stream.at(end + t.len()).is_ascii_alphanumeric());
    (inner > at && top).then_some(end)
}

/// Whether what was read so far are single characters with blanks (z h a n g @ …).
fn single(stream: &Stream, start: usize, last: usize) -> bool {
    (start..last).step_by(2).all(|i| stream.at(i) != ' ')
        && (start + 1..last).step_by(2).all(|i| stream.at(i) == ' ')
        && last - start >= 1
        && (last - start == 1 || stream.at(start + 1) == ' ')
}

/// A link from `at` on that has a query, user information, a long token in its path, or a shortener for a host.
fn link(stream: &Stream, at: usize) -> Option<usize> {
    let short = [
        "t.cn/",
        "dwz.cn/",
        "u.jd.com/",
        "m.tb.cn/",
        "url.cn/",
        "tb.cn/",
        "mr.baidu.com/",
        "dwz.win/",
        "u.nu/",
    ];
    let scheme = ["https://", "http://", "ftp://", "www."];
    let host = match stream.any(at, &scheme) {
        Some(n) => at + n,
        None if stream.any(at, &short).is_some() => at,
        None => return None,
    };
    let inside = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    // Longer links are nobody's: a bound keeps the scan linear.
    let most = stream.len().min(host + 1000);
    let mut end = (host..most)
        .find(|i| !inside(stream.at(*i)))
        .unwrap_or(most);
    while end > host && matches!(stream.before(end), '.' | ',' | ';' | ')' | '!' | '?' | ':') {
        end -= 1;
    }
    let rest: String = stream.chars()[host..end].iter().collect();
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let token = |part: &str| {
        part.len() >= 10
            && part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().filter(u8::is_ascii_alphanumeric).count() >= 10
            && !part.ends_with("html")
    };
    let personal = rest.contains('=')
        || rest.contains('@')
        || stream.any(host, &short).is_some()
        || path.split(['/', '#', '?', '&']).any(token);
    (personal && end > host + 3).then_some(end)
}
