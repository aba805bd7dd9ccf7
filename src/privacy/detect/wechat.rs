//! WeChat ids 微信号 behind the many words for WeChat.

use super::chat::{digits_at, fill};
use super::digits::Token;
use super::groups::Group;
use super::stream::Stream;
use super::{Found, PiiKind, digits};

/// Signs for the first half of the word: characters that sound or look like 微, and letters.
const FIRST: &str = "微薇威维徽围唯魏溦葳嶶徵卫喂玮炜薇巍韦维惟违危味伟";
/// Signs for the second half: what sounds like 信, hearts, letters.
const SECOND: &str = "信芯心新星讯伩鑫欣辛昕忻薪馨杺伈訫x❤♥💗💕💖💙💚💛🧡💜❣💓♡♡💘💝💟";

/// Words that need no more than an id behind them.
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
    "薇xin",
    "威xin",
    "徽xin",
    "vxin",
    "weixin",
    "wei xin",
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
    "威❤",
    "徽❤",
    "w❤",
    "w♥",
    "we信",
    "微伈",
    "微言",
    "wxh",
    "vxh",
    "微名",
    "加卫",
    "微:",
    "薇:",
    "v:",
    "威:",
];

/// Words that need a digit in the id.
const WEAK: &[&str] = &[
    "我的v",
    "我的微",
    "我的薇",
    "加一下v",
    "加一下微",
    "扣v",
    "扣微",
    "扫v",
    "扫微",
    "+❤v",
    "+❤微",
    "v+",
    "微+",
    "v型号",
    "v账号",
    "wx账号",
    "我微",
    "我v",
    "我薇",
    "私微",
    "私信微",
    "同微",
    "同v",
    "绿色软件",
    "绿色app",
    "绿色图标",
    "绿色聊天",
    "绿标",
    "小绿",
    "💚",
    "🟢",
    "个人微",
    "微",
    "薇",
    "薇薇",
    "vv",
    "vvx",
    "wwx",
    "威",
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

/// A word for WeChat at a cell: its length, and whether an id behind it may be of letters alone.
fn word(stream: &Stream, i: usize) -> Option<(usize, bool)> {
    let c = stream.at(i);
    let longest = |words: &[&str]| {
        let here = words.iter().filter(|w| stream.word(i, w));
        here.map(|w| w.chars().count()).max()
    };
    if let Some(n) = longest(STRONG) {
        // V❤x, 微❤信
        let next = stream.at(i + n);
        let heart = n > 1 && SECOND.contains(next) && SECOND.contains(stream.at(i + n - 1));
        let more =
            usize::from(heart && (next != 'x' || !stream.at(i + n + 1).is_ascii_alphanumeric()));
        return Some((n + more, true));
    }
    // Two halves, apart or not: 微-信, 维芯, v❤x, wei❤.
    let first = if FIRST.contains(c) || matches!(c, 'v' | 'w') {
        Some(1)
    } else {
        None
    };
    let first = if stream.word(i, "wei") {
        Some(3)
    } else {
        first
    };
    if let Some(n) = first {
        let mut at = i + n;
        let heart = at < stream.len()
            && matches!(stream.at(at), '❤' | '♥')
            && !SECOND.contains(stream.at(at + 1));
        let blanks = |c: char| {
            matches!(
                c,
                ' ' | '-'
                    | '_'
                    | '.'
                    | '·'
                    | '/'
                    | '*'
                    | '~'
                    | '+'
                    | ','
                    | '\''
                    | '('
                    | ')'
                    | '|'
                    | '〇'
                    | '0'
                    | 'o'
                    | '❤'
                    | '♥'
            )
        };
        while !heart && at < i + n + 2 && blanks(stream.at(at)) && at < stream.len() {
            at += 1;
        }
        let second = if stream.word(at, "xin") {
            3
        } else {
            usize::from(at < stream.len() && SECOND.contains(stream.at(at)))
        };
        if second > 0 {
            let common = matches!(c, '微' | '薇') && matches!(stream.at(at), '信' | '芯');
            return Some((at + second - i, common));
        }
    }
    // A single character amid others is part of a word: 荣威RX5.
    let joined = ('\u{4e00}'..='\u{9fff}').contains(&stream.before(i))
        && !"我的是加扫同扣号".contains(stream.before(i));
    longest(WEAK)
        .filter(|n| *n > 1 || !joined)
        .map(|n| (n, false))
}

/// Adds WeChat ids.
pub(super) fn find(stream: &Stream, groups: &[Group], tokens: &[Token], found: &mut Found) {
    for i in 0..stream.len() {
        let c = stream.at(i);
        let first = matches!(c, 'v' | 'w' | '+' | '💬' | '💚' | '🟢')
            || (c > '\u{4e00}' && (FIRST.contains(c) || "加绿我私同个小扣扫".contains(c)));
        if !first
            || found.taken[i]
            || (c.is_ascii_alphabetic() && stream.before(i).is_ascii_alphanumeric())
        {
            continue;
        }
        let Some((n, strong)) = word(stream, i) else {
            continue;
        };
        // A second word may follow: 加微信, 加V信, 微信vx.
        let mut at = fill(stream, i + n, 10);
        let mut strong = strong;
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        for _ in 0..2 {
            let more = [
                "信号", "信", "x号", "x:", "星", "星号", "❤", "♥", "心", "芯", "软件", "图标",
            ];
            match stream
                .any(at, &more)
                .map(|k| (k, false))
                .or_else(|| word(stream, at).filter(|(k, _)| *k >= 2 && !inside(stream.at(at + k))))
            {
                Some((k, sure)) => {
                    at = fill(stream, at + k, 10);
                    strong |= sure;
                }
                None => break,
            }
        }
        let sure = strong && (at > i + n || c > '\u{4e00}' || c == '+');
        if let Some(end) = id(stream, at, strong, sure) {
            found.add(at, end, PiiKind::Wechat);
        } else if strong
            && let Some((end, d)) = digits_at(stream, groups, tokens, at, 11)
            && (6..=11).contains(&d.len())
            && !found.touches(at, end)
        {
            found.add(at, end, PiiKind::Wechat);
        }
    }
}

/// An id from a cell on: a letter and five to nineteen letters, digits, `-`, `_`; or the same with one blank or dot
/// between all of them. Chinese digits count behind two letters, two or more together. `strong`: a hyphen
/// is as good as a digit; `sure`: letters alone will do.
fn id(stream: &Stream, at: usize, strong: bool, sure: bool) -> Option<usize> {
    // The circled a is an @ elsewhere.
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@');
    if !stream.at(at).is_ascii_alphabetic() && stream.at(at) != '_' {
        return None;
    }
    let mut end = at;
    while end - at < 40 {
        let spelled = |i: usize| digits::chinese(stream.at(i)).is_some();
        let number = end > at + 1 && spelled(end) && (spelled(end + 1) || spelled(end - 1));
        if (inside(stream.at(end)) || number) && end < stream.len() {
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
    if len < 6 {
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
    let digit = word
        .iter()
        .any(|c| c.is_ascii_digit() || digits::chinese(*c).is_some());
    if odd && (strong || digit) {
        return Some(end);
    }
    let stop = STOP.iter().any(|w| stream.word(at, w) && w.len() == len);
    (sure && (6..=20).contains(&len) && !stop).then_some(end)
}
