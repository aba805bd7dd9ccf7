//! Numbers that are personal by their shape: resident identity 公民身份号码, mobile 手机, bank card 银行卡, written in
//! groups with separators. What is broken up otherwise is in `loose`, what only words tell is in `nearby`.

use super::checks::{checked, is_card, is_identity, is_mobile};
use super::context::{self, BANK, CALL, CALL_AFTER, IDENTITY, PRICE, THING, UNIT};
use super::digits::{Class, Token};
use super::groups::{Group, counts_up, plain_part, soft, soft_gap, values};
use super::stream::Stream;
use super::{Found, PiiKind};

/// A text as its numbers.
pub(super) struct Look<'a> {
    pub(super) stream: &'a Stream,
    pub(super) tokens: &'a [Token],
    pub(super) groups: &'a [Group],
}

/// Adds every number of these kinds.
pub(super) fn find(stream: &Stream, tokens: &[Token], groups: &[Group], found: &mut Found) {
    let look = Look {
        stream,
        tokens,
        groups,
    };
    look.soft_runs(found);
    look.junk_runs(found);
    look.homophones(found);
    look.orders(found);
    look.landlines(found);
}

impl Look<'_> {
    /// Whether one of the words stands shortly before a cell.
    pub(super) fn cue(&self, from: usize, words: &[&str], window: usize) -> bool {
        context::before(self.stream, from, window, words)
    }

    /// Groups with nothing but separators between them.
    fn soft_runs(&self, found: &mut Found) {
        let mut i = 0;
        while i < self.groups.len() {
            let mut n = i + 1;
            while n < self.groups.len()
                && n - i < 40
                && soft_gap(self.stream, &self.groups[n - 1], &self.groups[n])
            {
                n += 1;
            }
            self.run(&self.groups[i..n], found);
            i = n;
        }
    }

    fn run(&self, run: &[Group], found: &mut Found) {
        let mut i = 0;
        while i < run.len() {
            i += self.at(&run[i..], found).unwrap_or(1);
        }
    }

    /// A number from the first group on; how many groups it takes.
    fn at(&self, run: &[Group], found: &mut Found) -> Option<usize> {
        let mut len = 0;
        let mut ends = Vec::new();
        for (j, g) in run.iter().enumerate() {
            len += g.len();
            if len > 21 {
                break;
            }
            ends.push(j + 1);
        }
        // One whole group first, then the longest shape that ends at the end of a group.
        if self.whole(&run[..1], found) {
            return Some(1);
        }
        if let Some(part) = plain_part(self.tokens, &run[0])
            && part.len() >= 11
            && self.whole(&[part], found)
        {
            return Some(1);
        }
        for &j in ends.iter().rev().filter(|j| **j > 1) {
            if self.whole(&run[..j], found) {
                return Some(j);
            }
            // What touches the last group may belong to the next word (8930 012I4县).
            if let Some(part) = plain_part(self.tokens, &run[j - 1])
                && part.start == run[j - 1].start
            {
                let mut cut = run[..j].to_vec();
                cut[j - 1] = part;
                if self.whole(&cut, found) {
                    return Some(j);
                }
            }
        }
        // The number may start after a stray digit (二、138 …) or hold two numbers.
        if len_of(&run[..1]) == 22 && self.twins(&run[0], found) {
            return Some(1);
        }
        if let Some(part) = plain_part(self.tokens, &run[0]) {
            let mut run = run.to_vec();
            run[0] = part;
            for &j in ends.iter().rev().filter(|j| **j > 1) {
                if self.whole(&run[..j], found) {
                    return Some(j);
                }
            }
        }
        None
    }

    fn twins(&self, g: &Group, found: &mut Found) -> bool {
        let d = values(self.tokens, std::slice::from_ref(g));
        is_mobile(&d[..11]) && is_mobile(&d[11..]) && found.add(g.start, g.end, PiiKind::Mobile)
    }

    /// These groups as one number.
    fn whole(&self, part: &[Group], found: &mut Found) -> bool {
        let (Some(first), Some(last)) = (part.first(), part.last()) else {
            return false;
        };
        let len = len_of(part);
        if !(11..=21).contains(&len) || counts_up(self.tokens, part) {
            return false;
        }
        let d = values(self.tokens, part);
        let (start, end) = (first.start, last.end);
        if let Some(end) = self.identity(&d, start, end) {
            let (start, end) = self.brackets(start, end);
            return found.add(start, end, PiiKind::ResidentId);
        }
        if let Some(skip) = self.mobile(&d, part) {
            let start = if skip == 0 {
                self.country(start)
            } else {
                self.plus(start)
            };
            let (start, end) = self.brackets(start, end);
            return found.add(start, end, PiiKind::Mobile);
        }
        if !(15..=19).contains(&len) {
            return false;
        }
        let cue = self.cue(start, BANK, 12);
        let thing = self.cue(start, THING, 10) && !cue || self.cue(start, THING, 3);
        let row = part
            .windows(2)
            .any(|w| matches!(self.stream.at(w[0].end), ',' | '、'));
        let amounts =
            row && !cue && (d[..2] != [6, 2] || context::after(self.stream, end, 1, UNIT));
        if !thing && !amounts && is_card(&d, cue) && self.evenly(part, cue) {
            let (start, end) = self.brackets(start, end);
            return found.add(start, end, PiiKind::BankCard);
        }
        if self.cue(start, IDENTITY, 10) && (d.len() == 15 || d.len() == 18 || d.len() == 17) {
            return found.add(start, end, PiiKind::ResidentId);
        }
        false
    }

    fn identity(&self, d: &[u8], start: usize, end: usize) -> Option<usize> {
        if !matches!(d.len(), 15 | 17 | 18) {
            return None;
        }
        let cue = self.cue(start, IDENTITY, 12);
        if d.len() == 18 {
            let window = if checked(d) { 4 } else { 10 };
            let thing = !cue && self.cue(start, THING, window);
            return (!thing && is_identity(d, false, cue)).then_some(end);
        }
        if d.len() == 15 && cue {
            return Some(end);
        }
        if d.len() != 17 {
            return None;
        }
        let x = (end..end + 3).find(|i| !soft(self.stream.at(*i)))?;
        let is_x = matches!(self.stream.at(x), 'x' | '叉' | '✖' | '❌')
            && !self.stream.at(x + 1).is_ascii_alphanumeric();
        (is_x && is_identity(d, true, cue)).then_some(x + 1)
    }

    /// `Some(n)`: the last eleven digits are a mobile number behind a country code of `n` digits.
    fn mobile(&self, d: &[u8], part: &[Group]) -> Option<usize> {
        let skip = match d.len() {
            11 => 0,
            12 if d[0] == 0 => 1,
            13 if d[..2] == [8, 6] => 2,
            14 if d[..3] == [0, 8, 6] => 3,
            15 if d[..4] == [0, 0, 8, 6] => 4,
            _ => return None,
        };
        if !is_mobile(&d[skip..]) {
            return (skip == 0 && self.backwards(d, part)).then_some(0);
        }
        let (start, end) = (part[0].start, part[part.len() - 1].end);
        let cue = self.cue(start, CALL, 14) || context::after(self.stream, end, 8, CALL_AFTER);
        let (prev, next) = (self.stream.before(start), self.stream.at(end));
        if !cue {
            let unit = context::after(self.stream, end, 1, UNIT);
            let decimal =
                (next == '.' && self.stream.at(end + 1).is_ascii_digit() && part.len() == 1)
                    || prev == '.' && self.stream.before(start - 1).is_ascii_digit();
            let model = (prev.is_ascii_alphabetic() || next.is_ascii_alphabetic())
                && self.cue(start, THING, 12);
            if unit || decimal || model || self.cue(start, THING, 8) {
                return None;
            }
        }
        let letters = self.tokens[part[0].first..part[part.len() - 1].last]
            .iter()
            .filter(|t| t.class == Class::Letter && t.end - t.start == 1)
            .count();
        if letters > 7 || (next.is_ascii_alphabetic() && letters > 0) {
            return None;
        }
        (skip > 0 && part.len() == 1 || self.shape(part, skip, cue)).then_some(skip)
    }

    /// A mobile number written from its end, and a word that says so.
    fn backwards(&self, d: &[u8], part: &[Group]) -> bool {
        let turned: Vec<u8> = d.iter().rev().copied().collect();
        let words = ["倒", "反过来", "反着", "逆序", "逆着", "从后往前", "从右"];
        let (start, end) = (part[0].start, part[part.len() - 1].end);
        is_mobile(&turned)
            && (self.cue(start, &words, 14) || context::after(self.stream, end, 10, &words))
    }

    /// Whether the grouping is one that people use for a mobile number.
    fn shape(&self, part: &[Group], skip: usize, cue: bool) -> bool {
        let mut lens: Vec<usize> = part.iter().map(Group::len).collect();
        if skip > 0 && lens[0] == skip {
            lens.remove(0);
        }
        if lens.len() == 1 || cue {
            return true;
        }
        let gaps: Vec<&[char]> = part
            .windows(2)
            .map(|w| &self.stream.chars()[w[0].end..w[1].start])
            .collect();
        let same = gaps.windows(2).all(|w| w[0] == w[1]);
        let tight = gaps.iter().all(|g| {
            g.iter().all(|c| {
                matches!(
                    c,
                    ' ' | '-'
                        | '_'
                        | '·'
                        | '.'
                        | '('
                        | ')'
                        | '['
                        | ']'
                        | '/'
                        | '【'
                        | '】'
                        | '《'
                        | '》'
                )
            })
        });
        match lens[..] {
            [3, 4, 4] | [3, 3, 5] => same || tight,
            [5, 6]
            | [6, 5]
            | [3, 8]
            | [7, 4]
            | [4, 3, 4]
            | [3, 4, 2, 2]
            | [3, 2, 3, 3]
            | [3, 2, 2, 4]
            | [3, 2, 2, 2, 2] => tight,
            // Rows of prices look like it.
            [4, 4, 3] => tight && same && !self.cue(part[0].start, PRICE, 10),
            _ => {
                same && lens.iter().all(|n| *n <= 2) && lens.len() >= 6
                    || tight && lens.iter().all(|n| *n <= 4) && lens.len() >= 5
            }
        }
    }

    /// A card is written in fours, or whole, or digit by digit; with a cue anyhow.
    fn evenly(&self, part: &[Group], cue: bool) -> bool {
        cue || part.len() == 1
            || part[..part.len() - 1]
                .iter()
                .all(|g| g.len() == part[0].len())
            || part.iter().map(Group::len).eq([6, 13])
    }
}

fn len_of(part: &[Group]) -> usize {
    part.iter().map(Group::len).sum()
}
