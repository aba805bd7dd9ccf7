//! Numbers as written: tokens that touch form a group, groups with separators between them may form one number.

use super::digits::{Class, Token};
use super::stream::Stream;

/// Tokens that touch each other, as a range of the token list, homophones left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    /// First token, index into the list that [`groups`] was given.
    pub(super) first: usize,
    /// One after the last token.
    pub(super) last: usize,
    /// First cell.
    pub(super) start: usize,
    /// One after the last cell.
    pub(super) end: usize,
}

impl Group {
    /// Digits.
    pub(super) const fn len(&self) -> usize {
        self.last - self.first
    }
}

/// The groups of a token list.
pub(super) fn groups(tokens: &[Token]) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for (i, t) in tokens.iter().enumerate() {
        if t.class == Class::Homophone {
            continue;
        }
        match out.last_mut() {
            Some(g) if g.last == i && g.end >= t.start => {
                g.last = i + 1;
                g.end = t.end;
            }
            _ => out.push(Group {
                first: i,
                last: i + 1,
                start: t.start,
                end: t.end,
            }),
        }
    }
    out
}

/// The same place with the leading tokens of another class than its plain digits cut off (唯一138…).
pub(super) fn plain_part(tokens: &[Token], g: &Group) -> Option<Group> {
    let part = &tokens[g.first..g.last];
    let first = g.first + part.iter().position(|t| t.class == Class::Plain)?;
    let count = tokens[first..g.last]
        .iter()
        .take_while(|t| t.class == Class::Plain)
        .count();
    let last = first + count;
    (count < g.len()).then(|| Group {
        first,
        last,
        start: tokens[first].start,
        end: tokens[last - 1].end,
    })
}

/// Whether a character may stand inside a number without ending it.
pub(super) const fn soft(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '\n'
            | '\r'
            | '-'
            | '_'
            | '.'
            | '。'
            | '·'
            | ','
            | '、'
            | '/'
            | '\\'
            | '|'
            | '~'
            | '*'
            | '+'
            | '='
            | '^'
            | '\''
            | '"'
            | ';'
            | ':'
            | '('
            | ')'
            | '['
            | ']'
            | '【'
            | '】'
            | '<'
            | '>'
            | '《'
            | '》'
            | '#'
            | '!'
            | '…'
            | '“'
            | '”'
            | '「'
            | '」'
            | '〔'
            | '〕'
    )
}

/// Whether what lies between two groups is at most three soft separators.
pub(super) fn soft_gap(stream: &Stream, a: &Group, b: &Group) -> bool {
    b.start - a.end <= 3 && stream.chars()[a.end..b.start].iter().all(|c| soft(*c))
}

/// The digits of consecutive groups.
pub(super) fn values(tokens: &[Token], groups: &[Group]) -> Vec<u8> {
    groups
        .iter()
        .flat_map(|g| tokens[g.first..g.last].iter().map(|t| t.value))
        .collect()
}

/// An enumeration such as 13、14、15 or 1, 3, 5: short groups that only grow.
pub(super) fn counts_up(tokens: &[Token], groups: &[Group]) -> bool {
    let numbers: Vec<u32> = groups
        .iter()
        .map(|g| {
            tokens[g.first..g.last]
                .iter()
                .fold(0, |n: u32, t| n.wrapping_mul(10) + u32::from(t.value))
        })
        .collect();
    groups.len() >= 3
        && groups.iter().all(|g| g.len() <= 2)
        && numbers.windows(2).all(|w| w[0] < w[1])
}
