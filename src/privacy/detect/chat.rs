//! Names in chat programs: QQ numbers and WeChat ids, found by the word before them in the dresses that people use to
//! get past filters (扣扣, 企鹅, V信, 薇信, 卫星, 加V).

use super::digits::{Class, Token};
use super::groups::{Group, soft_gap, values};
use super::number::is_mobile;
use super::stream::Stream;
use super::{Found, PiiKind};

const QQ: &[&str] = &[
    "qq", "q q", "扣扣", "叩叩", "蔻蔻", "抠抠", "球球", "企鹅", "🐧", "扣号", "秋秋", "丘丘",
    "口口", "q-q", "q.q", "q号", "q群", "q", "扣", "球",
];

/// What may stand between the word and the id.
const FILL: &[&str] = &[
    "号码",
    "号",
    "群",
    "是",
    "为",
    "邮箱",
    "账号",
    "帐号",
    "联系",
    "加",
    "我",
    "的",
    "id",
    "就",
    "叫",
    "搜",
    "搜索",
    "添加",
    "联系方式",
    "方式",
    "：",
    ":",
    " ",
    "-",
    ">",
    "=",
    "→",
    "👉",
    "(",
    "[",
    "【",
    "\"",
    "“",
    "「",
    "《",
    "<",
    "\n",
    ",",
    "➡",
    "~",
];

fn fill(stream: &Stream, mut at: usize, most: usize) -> usize {
    let end = at + most;
    while at < end {
        match stream.any(at, FILL) {
            Some(n) => at += n,
            None => break,
        }
    }
    at
}

/// Adds QQ numbers.
pub(super) fn find_qq(stream: &Stream, groups: &[Group], tokens: &[Token], found: &mut Found) {
    for i in 0..stream.len() {
        if !matches!(
            stream.at(i),
            'q' | '扣' | '叩' | '蔻' | '抠' | '球' | '企' | '🐧' | '秋' | '丘' | '口'
        ) {
            continue;
        }
        let Some(n) = stream.any(i, QQ) else { continue };
        let weak = n == 1 && stream.at(i) != '🐧';
        if stream.before(i).is_ascii_alphanumeric() {
            continue;
        }
        let cjk_weak = weak && stream.at(i) != 'q';
        if cjk_weak && !(stream.before(i) == '加' || stream.at(i + n) == ':') {
            continue;
        }
        let at = fill(stream, i + n, 10);
        if let Some((end, d)) = digits_at(stream, groups, tokens, at, 11) {
            // A single Q before a short number is a model, a quarter or a steel grade.
            let least = if weak { 6 } else { 5 };
            if (least..=11).contains(&d.len()) && !(d.len() == 11 && is_mobile(&d)) {
                found.add(at, end, PiiKind::Qq);
            }
        }
    }
}

/// The number that starts at a cell, with soft separators; at most `most` digits. A whole group that makes it too
/// long is left out.
fn digits_at(
    stream: &Stream,
    groups: &[Group],
    tokens: &[Token],
    at: usize,
    most: usize,
) -> Option<(usize, Vec<u8>)> {
    let i = groups.partition_point(|g| g.start < at);
    let first = groups.get(i).filter(|g| g.start == at)?;
    let mut n = i + 1;
    let mut len = first.len();
    while let Some(next) = groups.get(n)
        && soft_gap(stream, &groups[n - 1], next)
        && stream.chars()[groups[n - 1].end..next.start]
            .iter()
            .all(|c| !matches!(c, ',' | '。' | ';' | '\n' | '、'))
        && (next.len() == first.len() || next.len() >= 2 && first.len() >= 2)
        && len + next.len() <= most
    {
        len += next.len();
        n += 1;
    }
    let all_letters = tokens[first.first..groups[n - 1].last]
        .iter()
        .all(|t| t.class == Class::Letter);
    (!all_letters).then(|| (groups[n - 1].end, values(tokens, &groups[i..n])))
}

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
pub(super) fn find_wechat(stream: &Stream, groups: &[Group], tokens: &[Token], found: &mut Found) {
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
        let Some(n) = STRONG
            .iter()
            .filter(|w| stream.word(i, w))
            .map(|w| w.chars().count())
            .max()
        else {
            continue;
        };
        // A second word may follow: 加微信, 加V信, 微信vx.
        let mut at = fill(stream, i + n, 10);
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        for _ in 0..2 {
            let more = [
                "信号", "信", "x号", "x:", "x ", "星", "星号", "微信", "薇信", "❤", "♥", "心", "芯",
            ];
            match stream.any(at, &more).or_else(|| {
                STRONG
                    .iter()
                    .filter(|w| {
                        stream.word(at, w)
                            && w.chars().count() >= 2
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
        } else if end > at && stream.at(end) == ' ' && matches!(stream.at(end + 1), '-' | '_') {
            end += 1;
        } else if end > at
            && matches!(stream.before(end), '-' | '_')
            && stream.at(end) == ' '
            && inside(stream.at(end + 1))
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
    (sure && len >= 6 && len <= 20 && !stop).then_some(end)
}
