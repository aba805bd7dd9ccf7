//! Numbers that are personal by their shape: resident identity 公民身份号码, mobile 手机, bank card 银行卡, landline 固话,
//! and the numbers of orders and parcels 单号 beside their words.

use super::context::{self, BANK, CALL, IDENTITY, ORDER, PUBLIC_AFTER, PUBLIC_BEFORE, THING, UNIT};
use super::digits::{Class, Token};
use super::groups::{Group, counts_up, plain_part, soft, soft_gap, values};
use super::stream::Stream;
use super::{Found, PiiKind};

struct Look<'a> {
    stream: &'a Stream,
    tokens: &'a [Token],
    groups: &'a [Group],
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
    look.service_free_landlines(found);
}

/// `1[3-9]` and nine more digits.
pub(super) fn is_mobile(d: &[u8]) -> bool {
    d.len() == 11 && d[0] == 1 && d[1] >= 3
}

fn is_birth(d: &[u8]) -> bool {
    let n = |r: std::ops::Range<usize>| d[r].iter().fold(0_u32, |n, v| n * 10 + u32::from(*v));
    (1900..=2099).contains(&n(0..4)) && (1..=12).contains(&n(4..6)) && (1..=31).contains(&n(6..8))
}

fn is_identity(d: &[u8], x: bool, cue: bool) -> bool {
    let full = if x { 17 } else { 18 };
    if d.len() != full || !(1..=9).contains(&d[0]) {
        return false;
    }
    if !is_birth(&d[6..14]) {
        return cue;
    }
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS.iter().zip(d).map(|(w, v)| w * u32::from(*v)).sum();
    let check = (12 - sum % 11) % 11;
    let given = if x { 10 } else { u32::from(d[17]) };
    // A slip of the pen in a real number is personal too: a region and a date are enough.
    cue || check == given || (1..=8).contains(&d[0])
}

fn luhn(d: &[u8]) -> bool {
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, v)| {
            let n = u32::from(*v) << (i % 2);
            n / 10 + n % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_card(d: &[u8], cue: bool) -> bool {
    match d.len() {
        12..=14 | 20..=21 => false,
        15..=19 if cue => true,
        16..=19 => {
            (d[0] == 6 && d[1] == 2) || (luhn(d) && (3..=6).contains(&d[0]) && d.len() != 18)
        }
        _ => false,
    }
}

impl Look<'_> {
    fn cue(&self, from: usize, words: &[&str], window: usize) -> bool {
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
        }
        // What touches the last group may belong to the next word (8930 012I4县).
        for &j in ends.iter().rev().filter(|j| **j > 1) {
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
            return found.add(start, end, PiiKind::ResidentId);
        }
        if let Some(skip) = self.mobile(&d, part) {
            let start = if skip == 0 {
                self.country(start)
            } else {
                self.plus(start)
            };
            return found.add(start, end, PiiKind::Mobile);
        }
        let cue = self.cue(start, BANK, 12);
        let thing = self.cue(start, THING, 10) && !cue;
        if !thing && is_card(&d, cue) && self.evenly(part, cue) {
            return found.add(start, end, PiiKind::BankCard);
        }
        if self.cue(start, IDENTITY, 10) && (d.len() == 15 || d.len() == 18 || d.len() == 17) {
            return found.add(start, end, PiiKind::ResidentId);
        }
        false
    }

    fn identity(&self, d: &[u8], start: usize, end: usize) -> Option<usize> {
        let cue = self.cue(start, IDENTITY, 12);
        if d.len() == 18 {
            let thing = !cue && self.cue(start, THING, 10);
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
            return None;
        }
        let (start, end) = (part[0].start, part[part.len() - 1].end);
        let cue = self.cue(start, CALL, 14)
            || context::after(
                self.stream,
                end,
                8,
                &["找我", "微信同", "联系", "同号", "打我"],
            );
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
        if letters > 6 || (next.is_ascii_alphabetic() && letters > 0) {
            return None;
        }
        (skip > 0 && part.len() == 1 || self.shape(part, skip, cue)).then_some(skip)
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
            g.iter()
                .all(|c| matches!(c, ' ' | '-' | '_' | '·' | '.' | '(' | ')' | '[' | ']' | '/'))
        });
        match lens[..] {
            [3, 4, 4] | [3, 3, 5] => same || tight,
            [3, 8] | [7, 4] | [4, 3, 4] | [3, 4, 2, 2] | [3, 2, 3, 3] | [3, 2, 2, 2, 2] => tight,
            _ => same && lens.iter().all(|n| *n <= 2) && lens.len() >= 6,
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

    /// Moves a start over a `+` and a bracket.
    fn plus(&self, start: usize) -> usize {
        let mut from = start;
        for sign in ['+', '('] {
            from -= usize::from(self.stream.before(from) == sign && from > 0);
        }
        from
    }

    /// Moves a start over `+86` and what stands between.
    fn country(&self, start: usize) -> usize {
        let mut i = start;
        while i > 0 && start - i < 4 && matches!(self.stream.at(i - 1), ' ' | '-' | ')' | '(' | '.')
        {
            i -= 1;
        }
        for code in ["+86", "0086", "86"] {
            if let Some(from) = i.checked_sub(code.len())
                && self.stream.word(from, code)
                && !self.stream.before(from).is_ascii_digit()
            {
                let bracket = self.stream.before(from) == '(';
                return from - usize::from(bracket);
            }
        }
        start
    }

    /// Digits with anything between them: the same thing each time, or one character each, or the usual grouping with
    /// a word before it.
    fn junk_runs(&self, found: &mut Found) {
        for i in 0..self.groups.len() {
            let first = &self.groups[i];
            let one = self.tokens[first.first].value;
            if first.len() > 8 || found.taken[first.start] || one == 0 {
                continue;
            }
            let mut n = i + 1;
            let mut len = first.len();
            let mut ends = Vec::new();
            while n < self.groups.len()
                && self.groups[n].start - self.groups[n - 1].end <= 6
                && len < 20
            {
                len += self.groups[n].len();
                n += 1;
                if matches!(len, 11 | 16..=19) {
                    ends.push(n);
                }
            }
            ends.iter()
                .rev()
                .any(|n| self.junk(&self.groups[i..*n], found));
        }
    }

    fn junk(&self, part: &[Group], found: &mut Found) -> bool {
        let d = values(self.tokens, part);
        let (start, end) = (part[0].start, part[part.len() - 1].end);
        let gaps: Vec<&[char]> = part
            .windows(2)
            .map(|w| &self.stream.chars()[w[0].end..w[1].start])
            .collect();
        let same = gaps.len() >= 2 && gaps.windows(2).all(|w| w[0] == w[1]) && gaps[0].len() <= 4;
        let single = gaps.len() >= 10 && gaps.iter().all(|g| g.len() == 1);
        let units = gaps.iter().any(|g| {
            g.iter()
                .any(|c| "元年月日号栋楼层米个人次平吨斤万%户台℃路条".contains(*c))
        });
        if counts_up(self.tokens, part) || (units && !single) {
            return false;
        }
        let kind = if is_mobile(&d) {
            let usual = matches!(
                part.iter().map(Group::len).collect::<Vec<_>>()[..],
                [3, 4, 4]
                    | [3, 3, 5]
                    | [3, 8]
                    | [7, 4]
                    | [4, 3, 4]
                    | [3, 2, 2, 2, 2]
                    | [3, 2, 2, 4]
            );
            if !(same || single || usual && self.cue(start, CALL, 14)) {
                return false;
            }
            PiiKind::Mobile
        } else if (same || single)
            && part.len() >= 3
            && d.len() == 18
            && is_identity(&d, false, false)
            && is_birth(&d[6..14])
        {
            PiiKind::ResidentId
        } else if (same || single)
            && d.len() >= 16
            && (self.cue(start, BANK, 12) || d[..2] == [6, 2] && part.len() >= 4)
        {
            PiiKind::BankCard
        } else {
            return false;
        };
        found.add(start, end, kind)
    }

    /// Eleven digits in a row of which some are homophones.
    fn homophones(&self, found: &mut Found) {
        let mut i = 0;
        while i + 11 <= self.tokens.len() {
            let window = &self.tokens[i..i + 11];
            let (start, end) = (window[0].start, window[10].end);
            let strange = window.iter().any(|t| t.class == Class::Homophone);
            // The same gap, none or one separator, between all of them.
            let gap = window[1].start.saturating_sub(window[0].end);
            let even = gap <= 1
                && window
                    .windows(2)
                    .all(|w| w[1].start.saturating_sub(w[0].end) == gap);
            let values: Vec<u8> = window.iter().map(|t| t.value).collect();
            if strange && even && is_mobile(&values) {
                let sure = window
                    .iter()
                    .filter(|t| t.class != Class::Homophone)
                    .count();
                let wanted = if self.cue(start, CALL, 14) { 0 } else { 4 };
                if sure >= wanted && found.add(start, end, PiiKind::Mobile) {
                    i += 11;
                    continue;
                }
            }
            i += 1;
        }
    }

    /// Numbers beside the words for orders and parcels, and couriers' own shapes.
    fn orders(&self, found: &mut Found) {
        for g in self.groups.iter().filter(|g| g.len() >= 5) {
            if found.taken[g.start] {
                continue;
            }
            let inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let start = (0..g.start)
                .rev()
                .take_while(|i| inside(self.stream.at(*i)))
                .last()
                .unwrap_or(g.start);
            let end = (g.end..self.stream.len())
                .find(|i| !inside(self.stream.at(*i)))
                .unwrap_or(self.stream.len());
            let digits = self.stream.chars()[start..end]
                .iter()
                .filter(|c| c.is_ascii_digit())
                .count()
                .max(g.len());
            let courier = [
                "sf", "yt", "jd", "jt", "zto", "sto", "yto", "ems", "dpk", "jdvb", "jdva",
            ];
            let shape = digits >= 10 && courier.iter().any(|p| self.stream.word(start, p));
            if shape || (digits >= 8 && self.cue(start, ORDER, 10)) {
                found.add(start, end, PiiKind::Order);
            }
        }
    }

    /// Landlines, but not those of an office, nor 400, 800 and 95xxx.
    fn service_free_landlines(&self, found: &mut Found) {
        for (i, g) in self.groups.iter().enumerate() {
            if found.taken[g.start] || self.stream.before(g.start).is_ascii_alphabetic() {
                continue;
            }
            for n in i..self.groups.len().min(i + 12) {
                if n > i && !(soft_gap(self.stream, &self.groups[n - 1], &self.groups[n])) {
                    break;
                }
                let part = &self.groups[i..=n];
                let d = values(self.tokens, part);
                if d.len() > 12 {
                    break;
                }
                let end = self.groups[n].end;
                let joined = n + 1 < self.groups.len()
                    && n > i
                    && part.iter().all(|g| g.len() == 1)
                    && soft_gap(self.stream, &self.groups[n], &self.groups[n + 1]);
                if !joined && self.landline(&d, part, g.start, end) {
                    let extension = n + 1 < self.groups.len()
                        && self.stream.at(end) == '-'
                        && self.groups[n + 1].len() <= 5
                        && self.groups[n + 1].start == end + 1;
                    let end = if extension {
                        self.groups[n + 1].end
                    } else {
                        end
                    };
                    found.add(g.start, end, PiiKind::Landline);
                    break;
                }
            }
        }
    }

    fn landline(&self, d: &[u8], part: &[Group], start: usize, end: usize) -> bool {
        let cue = self.cue(start, CALL, 8);
        let area = match d {
            [0, 1, 0, rest @ ..] | [0, 2, _, rest @ ..] => {
                rest.len() == 8 && (2..=8).contains(&rest[0])
            }
            [0, 3..=9, _, _, rest @ ..] => {
                matches!(rest.len(), 7 | 8) && (2..=8).contains(&rest[0])
            }
            _ => false,
        };
        let lens: Vec<usize> = part.iter().map(Group::len).collect();
        let usual = matches!(
            lens[..],
            [11 | 12] | [3 | 4, 7 | 8] | [3 | 4, 4, 4] | [3 | 4, 3, 4]
        );
        let local = cue
            && matches!(d.len(), 7 | 8)
            && (2..=8).contains(&d[0])
            && !(d[0] == 4 && d[1] == 0)
            && part.len() <= 2
            && self.cue(start, &["电话", "座机", "固话", "tel"], 6);
        (area && (cue || usual) || local)
            && !self.cue(start, PUBLIC_BEFORE, 10)
            && !context::after(self.stream, end, 6, PUBLIC_AFTER)
            && !(!cue && self.cue(start, THING, 8))
    }
}

fn len_of(part: &[Group]) -> usize {
    part.iter().map(Group::len).sum()
}
