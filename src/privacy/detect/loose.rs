//! Numbers broken up by anything: the same word each time, one character each, or homophones for digits.

use super::checks::{checked, is_birth, is_identity, is_mobile};
use super::context::{self, BANK, CALL, CALL_AFTER, IDENTITY};
use super::digits::Class;
use super::groups::{Group, counts_up, soft, values};
use super::number::Look;
use super::{Found, PiiKind};

impl Look<'_> {
    /// Digits with anything between them: the same thing each time, or one character each, or the usual grouping with
    /// a word before it.
    pub(super) fn junk_runs(&self, found: &mut Found) {
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
                && self.groups[n].start - self.groups[n - 1].end <= 10
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
            g.first()
                .is_some_and(|c| "元年月日号栋楼层米个人次平吨斤万%户台℃路条块".contains(*c))
        });
        let near = gaps.iter().all(|g| g.len() <= 6);
        let told = gaps.iter().all(|g| told(g));
        let called =
            || self.cue(start, CALL, 14) || context::after(self.stream, end, 8, CALL_AFTER);
        // Soft separators have been judged with stricter shapes: IP addresses and rows of prices.
        let plain = gaps.iter().all(|g| g.iter().all(|c| soft(*c)));
        if counts_up(self.tokens, part) || (units && !single) || (plain && !single) {
            return false;
        }
        if d.len() == 17 && (same || single) {
            // 1的1的…的x: the check sign stands behind one more gap.
            let x = if self.stream.at(end) == 'x' {
                end
            } else {
                end + gaps[0].len()
            };
            let is_x = matches!(self.stream.at(x), 'x' | '叉') && x < self.stream.len();
            if is_x && is_identity(&d, true, false) {
                return found.add(start, x + 1, PiiKind::ResidentId);
            }
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
            if !(same || single || usual && (told || called())) {
                return false;
            }
            PiiKind::Mobile
        } else if (same || single || near && (checked(&d) || self.cue(start, IDENTITY, 12)))
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
    pub(super) fn homophones(&self, found: &mut Found) {
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
                // Eleven such characters in a row, or with the same sign between all of them, are no sentence.
                let alike = gap == 0
                    || window
                        .windows(2)
                        .all(|w| self.stream.at(w[0].end) == self.stream.at(window[0].end));
                let called =
                    self.cue(start, CALL, 14) || context::after(self.stream, end, 8, CALL_AFTER);
                let wanted = if called || sure == 0 && alike { 0 } else { 4 };
                if sure >= wanted && found.add(start, end, PiiKind::Mobile) {
                    i += 11;
                    continue;
                }
            }
            i += 1;
        }
    }
}

/// Words that join the parts of a number, or say what to leave out of it.
fn told(gap: &[char]) -> bool {
    let words = [
        "前", "后", "中间", "再", "然后", "接着", "加上", "最后", "末", "接", "删", "去掉", "去除",
        "不要", "括号", "空格", "连", "拼", "尾",
    ];
    let text: String = gap.iter().collect();
    words.iter().any(|w| text.contains(w))
}
