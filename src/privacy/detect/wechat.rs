//! WeChat ids 微信号 behind the many words for WeChat.

use super::chat::{digits_at, fill};
use super::digits::Token;
use super::groups::Group;
use super::stream::Stream;
use super::{Found, PiiKind};

/// Words for WeChat: strong ones need no more than an id behind them.
const STRONG: &[&str] = &[
    "微信",
    "薇信",
    "威信",
    "围信",
    "徽信",
    "维信",
    "唯信",
    "微芯",
    "薇芯",
    "微心",
    "徵信",
    "溦信",
    "葳信",
    "嶶信",
    "v信",
    "v❤",
    "v♥",
    "v心",
    "v芯",
    "w信",
    "wei信",
    "微xin",
    "vxin",
    "weixin",
    "wechat",
    "we chat",
    "vx",
    "wx",
    "v x",
    "w x",
    "v-x",
    "v.x",
    "w-x",
    "加微",
    "加薇",
    "加威",
    "加围",
    "加v",
    "加w",
    "+v",
    "+微",
    "+w",
    "加 v",
    "+ v",
    "+薇",
    "+威",
    "绿泡泡",
    "绿泡",
    "绿色软件",
    "💬",
    "微❤",
    "微♥",
    "薇❤",
    "微亻言",
    "微星号",
    "v号",
    "微号",
    "薇号",
    "威号",
    "卫星号",
    "卫星:",
    "卫星",
    "微我",
    "v我",
    "魏信",
    "加我v",
    "加我微",
    "加我薇",
    "加我w",
    "加个v",
    "加个微",
    "微x",
    "微❤",
    "威❤",
    "徽❤",
    "w❤",
    "w♥",
    "we信",
    "微伈",
    "微言",
    "微 信",
    "wxh",
    "vxh",
    "微名",
    "唯心",
    "加卫",
    "微:",
    "薇:",
    "v:",
    "威:",
];

const STOP: &[&str] = &[
    "wechat",
    "weixin",
    "alipay",
    "wifi",
    "android",
    "iphone",
    "public",
    "official",
    "taobao",
    "number",
    "screenshot",
];

/// Adds WeChat ids.
pub(super) fn find(stream: &Stream, groups: &[Group], tokens: &[Token], found: &mut Found) {
    for i in 0..stream.len() {
        let c = stream.at(i);
        let first = matches!(c, 'v' | 'w' | '+' | '💬')
            || (c > '\u{4e00}' && "微薇威围徽维唯溦葳嶶徵加绿卫魏".contains(c));
        if !first
            || found.taken[i]
            || (c.is_ascii_alphabetic() && stream.before(i).is_ascii_alphanumeric())
        {
            continue;
        }
        let parted = "微薇威".contains(c)
            && stream.at(i + 2) == '信'
            && !('\u{4e00}'..='\u{9fff}').contains(&stream.at(i + 1));
        let Some(n) = parted.then_some(3).or_else(|| {
            STRONG
                .iter()
                .filter(|w| stream.word(i, w))
                .map(|w| w.chars().count())
                .max()
        }) else {
            continue;
        };
        // A second word may follow: 加微信, 加V信, 微信vx.
        let mut at = fill(stream, i + n, 10);
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        for _ in 0..2 {
            let more = [
                "信号", "信", "x号", "x:", "星", "星号", "微信", "薇信", "❤", "♥", "心", "芯",
            ];
            match stream.any(at, &more).or_else(|| {
                STRONG
                    .iter()
                    .filter(|w| {
                        stream.word(at, w)
                            && w.chars().count() >= 2
                            && !w.contains(' ')
                            && !inside(stream.at(at + w.chars().count()))
                    })
                    .map(|w| w.chars().count())
                    .max()
            }) {
                Some(k) => at = fill(stream, at + k, 10),
                None => break,
            }
        }
        let sure = at > i + n || c > '\u{4e00}' || c == '+';
        if let Some(end) = id(stream, at, sure) {
            found.add(at, end, PiiKind::Wechat);
        } else if let Some((end, d)) = digits_at(stream, groups, tokens, at, 11)
            && (6..=11).contains(&d.len())
            && !found.touches(at, end)
        {
            found.add(at, end, PiiKind::Wechat);
        }
    }
}

/// An id from a cell on: a letter and five to nineteen letters, digits, `-`, `_`; or the same with one blank or dot
/// between all of them.
fn id(stream: &Stream, at: usize, sure: bool) -> Option<usize> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !stream.at(at).is_ascii_alphabetic() && stream.at(at) != '_' {
        return None;
    }
    let mut end = at;
    while end - at < 40 {
        if inside(stream.at(end)) && end < stream.len() {
            end += 1;
        } else if stream.word(end, "下划线") {
            end += 3;
        } else if stream.word(end, "杠") || stream.word(end, "减号") {
            end += 1 + usize::from(stream.word(end, "减号"));
        } else if end > at
            && stream.at(end) == ' '
            && (matches!(stream.at(end + 1), '-' | '_')
                || matches!(stream.before(end), '-' | '_') && inside(stream.at(end + 1)))
        {
            end += 1;
        } else {
            break;
        }
    }
    while end > at && stream.before(end) == '-' {
        end -= 1;
    }
    let len = end - at;
    if len == 1 {
        let separator = stream.at(end);
        if !matches!(separator, ' ' | '.' | '-' | '·' | '/' | '*' | ',' | '、') {
            return None;
        }
        let mut last = at;
        while stream.at(last + 1) == separator
            && inside(stream.at(last + 2))
            && last + 2 < stream.len()
            && !inside(stream.at(last + 3))
        {
            last += 2;
        }
        return (last - at >= 10).then_some(last + 1);
    }
    if len < 5 {
        // A short piece may go on behind a blank: lao 4ae0d.
        let blank = len >= 2 && stream.at(end) == ' ' && inside(stream.at(end + 1));
        if blank {
            let more = (end + 1..stream.len())
                .find(|i| !inside(stream.at(*i)))
                .unwrap_or(stream.len());
            let digit = stream.chars()[at..more].iter().any(char::is_ascii_digit);
            return (digit && more - at >= 6).then_some(more);
        }
        return None;
    }
    let word = &stream.chars()[at..end];
    let odd = word.iter().any(|c| !c.is_ascii_alphabetic());
    if odd {
        return Some(end);
    }
    let stop = STOP.iter().any(|w| stream.word(at, w) && w.len() == len);
    (sure && (6..=20).contains(&len) && !stop).then_some(end)
}
