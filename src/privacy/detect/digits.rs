//! Digits in every dress: ASCII ones (after the canonical stream), 一二三, 壹贰叁, 幺洞拐勾, letters that stand for
//! digits inside a number, pinyin and English words, and homophones that count only in a second look.

use super::stream::Stream;

/// How sure a token is a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// `0` to `9`.
    Plain,
    /// 一二三, 壹贰叁, 幺.
    Chinese,
    /// A letter in a word that otherwise is a number, or a spelled word.
    Letter,
    /// A homophone such as 吧 for 8.
    Homophone,
}

/// A digit and its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) value: u8,
    pub(super) class: Class,
    pub(super) start: usize,
    pub(super) end: usize,
}

const SPELLED: &[(&str, u8)] = &[
    ("ling", 0),
    ("dong", 0),
    ("zero", 0),
    ("yi", 1),
    ("yao", 1),
    ("one", 1),
    ("er", 2),
    ("liang", 2),
    ("two", 2),
    ("san", 3),
    ("three", 3),
    ("si", 4),
    ("four", 4),
    ("wu", 5),
    ("five", 5),
    ("liu", 6),
    ("six", 6),
    ("qi", 7),
    ("guai", 7),
    ("seven", 7),
    ("ba", 8),
    ("eight", 8),
    ("jiu", 9),
    ("gou", 9),
    ("nine", 9),
];

/// The digit a character is without any doubt about its meaning in a number.
pub(super) const fn chinese(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' | '洞' => 0,
        '一' | '壹' | '幺' | '弌' | '么' => 1,
        '二' | '贰' | '弐' | '两' | '貳' | '弍' => 2,
        '三' | '叁' | '参' | '參' | '仨' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' | '拐' => 7,
        '八' | '捌' => 8,
        '九' | '玖' | '勾' => 9,
        _ => return None,
    })
}

const fn homophone(c: char) -> Option<u8> {
    Some(match c {
        '灵' | '圈' | '蛋' | '欧' | '哦' | '陵' | '岭' | '羚' | '玲' | '凌' | '铃' | '令'
        | '另' | '菱' | '领' | '龄' | '林' | '栋' | '动' | '懂' => 0,
        '衣' | '溢' | '翼' | '忆' | '乙' | '邀' | '医' | '依' | '伊' | '壱' | '以' | '亿'
        | '易' | '腰' | '妖' | '要' | '夭' => 1,
        '儿' | '爱' | '饿' | '亮' | '凉' | '尔' | '而' | '耳' | '饵' | '量' | '俩' => 2,
        '山' | '删' | '善' | '衫' | '珊' | '伞' | '散' | '叄' | '闪' => 3,
        '是' | '私' | '撕' | '市' | '世' | '死' | '思' | '丝' | '斯' | '司' | '寺' | '似'
        | '事' => 4,
        '吾' | '呜' | '唔' | '物' | '务' | '误' | '勿' | '舞' | '午' | '武' | '无' | '吴'
        | '屋' | '污' | '雾' | '我' => 5,
        '留' | '遛' | '碌' | '鹿' | '绿' | '溜' | '刘' | '流' | '柳' | '牛' | '路' => 6,
        '起' | '欺' | '骑' | '企' | '器' | '切' | '奇' | '妻' | '其' | '气' | '棋' | '旗'
        | '漆' | '齐' | '期' => 7,
        '吧' | '叭' | '罢' | '拜' | '疤' | '跋' | '爸' | '扒' | '把' | '巴' | '芭' | '霸'
        | '拔' | '发' => 8,
        '就' | '究' | '纠' | '臼' | '咎' | '揪' | '久' | '酒' | '旧' | '救' | '舅' | '韭'
        | '狗' => 9,
        _ => return None,
    })
}

const fn shaped(c: char) -> Option<u8> {
    Some(match c {
        'o' => 0,
        'l' | 'i' => 1,
        'z' => 2,
        's' => 5,
        'b' => 8,
        _ => return None,
    })
}

/// Every token of a stream, in order.
pub(super) fn tokens(stream: &Stream) -> Vec<Token> {
    let mut out = Vec::new();
    let chars = stream.chars();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_ascii_alphanumeric() {
            let end = i + chars[i..]
                .iter()
                .take_while(|c| c.is_ascii_alphanumeric())
                .count();
            ascii_word(&chars[i..end], i, &mut out);
            i = end;
            continue;
        }
        let one = |value, class| Token {
            value,
            class,
            start: i,
            end: i + 1,
        };
        if c >= '\u{3000}' {
            if let Some(v) = chinese(c).filter(|_| !counted(stream, i)) {
                if let Some(times) = repeated(stream, i) {
                    out.extend(times);
                    i += 3;
                    continue;
                }
                out.push(one(v, Class::Chinese));
            } else if let Some(v) = homophone(c) {
                out.push(one(v, Class::Homophone));
            }
        }
        i += 1;
    }
    out
}

/// 前三位, 后四位: which digits are meant, not a digit.
fn counted(stream: &Stream, i: usize) -> bool {
    matches!(stream.before(i), '前' | '后' | '间' | '末' | '头' | '首')
        && matches!(stream.at(i + 1), '位' | '个' | '码' | '数' | ')')
}

/// 三个零 inside a number is 000.
fn repeated(stream: &Stream, i: usize) -> Option<impl Iterator<Item = Token> + use<>> {
    let times = chinese(stream.at(i)).filter(|n| (2..=8).contains(n))?;
    if stream.at(i + 1) != '个'
        || !(stream.before(i).is_ascii_digit() || chinese(stream.before(i)).is_some())
    {
        return None;
    }
    let c = stream.at(i + 2);
    let value = c.to_digit(10).map(|d| d as u8).or_else(|| chinese(c))?;
    Some((0..times as usize).map(move |n| Token {
        value,
        class: Class::Chinese,
        // The copies share the cells without gaps: 三, 个, then 零 for all that are left.
        start: i + n.min(2) + usize::from(n > 2),
        end: i + (n + 1).min(3),
    }))
}

fn ascii_word(word: &[char], at: usize, out: &mut Vec<Token>) {
    let digits = word.iter().filter(|c| c.is_ascii_digit()).count();
    if digits == 0 && word.len() > 1 {
        let spoken = spelled(word, at);
        if spoken.len() == 1 || spoken.len() >= 6 {
            out.extend(spoken);
            return;
        }
        if !word.iter().all(|c| matches!(c, 'o' | 'l' | 'i')) || word.len() > 6 {
            return;
        }
    }
    // An identity number may end in X.
    let body = match word {
        [body @ .., 'x'] if digits >= 8 => body,
        _ => word,
    };
    let all = body
        .iter()
        .all(|c| c.is_ascii_digit() || shaped(*c).is_some());
    for (i, c) in word.iter().enumerate() {
        let (value, class) = match c.to_digit(10) {
            Some(d) => (d as u8, Class::Plain),
            None if all => match shaped(*c) {
                Some(v) => (v, Class::Letter),
                None => continue,
            },
            None => continue,
        };
        out.push(Token {
            value,
            class,
            start: at + i,
            end: at + i + 1,
        });
    }
}

/// A word that is nothing but spelled digits, `yi` or `yisanjiu`; empty otherwise.
fn spelled(word: &[char], at: usize) -> Vec<Token> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < word.len() {
        // The longest: six begins like si.
        let here = SPELLED
            .iter()
            .filter(|(w, _)| {
                w.len() <= word.len() - i && w.chars().eq(word[i..i + w.len()].iter().copied())
            })
            .max_by_key(|(w, _)| w.len());
        let Some(&(w, value)) = here else {
            return Vec::new();
        };
        out.push(Token {
            value,
            class: Class::Letter,
            start: at + i,
            end: at + i + w.len(),
        });
        i += w.len();
    }
    out
}
