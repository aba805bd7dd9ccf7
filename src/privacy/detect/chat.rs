//! QQ numbers QQ号, found by the word before them in the dresses that people use to get past filters (扣扣, 企鹅), and
//! what is shared with WeChat ids.

use super::checks::is_mobile;
use super::context::{self, UNIT};
use super::digits::{Class, Token};
use super::groups::{Group, soft_gap, values};
use super::stream::Stream;
use super::{Found, PiiKind};

const QQ: &[&str] = &[
    "qq",
    "q q",
    "扣扣",
    "叩叩",
    "蔻蔻",
    "抠抠",
    "球球",
    "企鹅",
    "🐧",
    "扣号",
    "秋秋",
    "丘丘",
    "口口",
    "小企鹅",
    "鹅号",
    "企俄",
    "企饿",
    "起鹅",
    "气鹅",
    "企额",
    "qiuqiu",
    "koukou",
    "qiu qiu",
    "qie",
    "蔲蔲",
    "寇寇",
    "q-q",
    "q.q",
    "q号",
    "q群",
    "q",
    "扣",
    "球",
];

/// What may stand between the word and the id.
const FILL: &[&str] = &[
    "联系方式",
    "同号",
    "手机",
    "电话",
    "一下",
    "🆔",
    ".",
    "丶",
    "/",
    "+",
    "➡",
    "⇒",
    "搜一下",
    "搜索",
    "添加",
    "号码",
    "名字",
    "邮箱",
    "账号",
    "帐号",
    "联系",
    "方式",
    "号",
    "群",
    "是",
    "为",
    "加",
    "我",
    "的",
    "id",
    "就",
    "叫",
    "搜",
    "名",
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
    "~",
];

/// The cell behind filling words, at most `most` cells on.
pub(super) fn fill(stream: &Stream, mut at: usize, most: usize) -> usize {
    let end = at + most;
    while at < end {
        match stream.any(at, FILL) {
            Some(n) => at += n,
            None => break,
        }
    }
    at
}

/// Two signs that sound like Q, apart or not: 扣Q, q-扣, 秋秋.
fn twice(stream: &Stream, i: usize) -> Option<usize> {
    let sounds = |i: usize| "q扣叩蔻寇抠口球秋丘蔲鸠".contains(stream.at(i)) && i < stream.len();
    let gap = usize::from(matches!(
        stream.at(i + 1),
        ' ' | '-' | '_' | '.' | '/' | '+' | ',' | '·' | '~' | '|' | '*' | '。'
    ));
    (sounds(i) && sounds(i + 1 + gap)).then_some(2 + gap)
}

/// Adds QQ numbers.
pub(super) fn find_qq(stream: &Stream, groups: &[Group], tokens: &[Token], found: &mut Found) {
    for i in 0..stream.len() {
        if !matches!(
            stream.at(i),
            'q' | 'k'
                | '起'
                | '气'
                | '鸠'
                | '小'
                | '鹅'
                | '蔲'
                | '寇'
                | '扣'
                | '叩'
                | '蔻'
                | '抠'
                | '球'
                | '企'
                | '🐧'
                | '秋'
                | '丘'
                | '口'
        ) {
            continue;
        }
        let Some(n) = twice(stream, i).or_else(|| stream.any(i, QQ)) else {
            continue;
        };
        let weak = n == 1 && stream.at(i) != '🐧';
        if stream.before(i).is_ascii_alphanumeric() {
            continue;
        }
        let cjk_weak = weak && stream.at(i) != 'q';
        let alone = !('\u{4e00}'..='\u{9fff}').contains(&stream.before(i));
        if cjk_weak && !(stream.before(i) == '加' || stream.at(i + n) == ':' || alone) {
            continue;
        }
        let at = fill(stream, i + n, 10);
        if let Some((end, d)) = digits_at(stream, groups, tokens, at, 11) {
            // A single Q before a short number is a model, a quarter or a steel grade.
            let least = if weak { 6 } else { 5 };
            let paid = cjk_weak && context::after(stream, end, 2, UNIT);
            if (least..=11).contains(&d.len()) && !(d.len() == 11 && is_mobile(&d)) && !paid {
                found.add(at, end, PiiKind::Qq);
            }
        }
    }
}

/// The number that starts at a cell, with soft separators; at most `most` digits. A whole group that makes it too
/// long is left out.
pub(super) fn digits_at(
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
            .all(|c| {
                !matches!(c, ',' | '。' | ';' | '、')
                    && (*c != '\n' || first.len() == 1 && next.len() == 1)
            })
        && (next.len() <= first.len() || next.len() >= 2 && first.len() >= 2)
        && len + next.len() <= most
    {
        len += next.len();
        n += 1;
    }
    let all_letters = tokens[first.first..groups[n - 1].last]
        .iter()
        .all(|t| t.class == Class::Letter && t.end - t.start == 1);
    (!all_letters).then(|| (groups[n - 1].end, values(tokens, &groups[i..n])))
}
