//! The edges of a number: the country code and the brackets that belong to it.

use super::number::Look;

impl Look<'_> {
    /// Takes in the brackets around parts of a number, 【139】0000【1234】.
    pub(super) fn brackets(&self, start: usize, end: usize) -> (usize, usize) {
        let inside = |set: &str| {
            self.stream.chars()[start..end]
                .iter()
                .any(|c| set.contains(*c))
        };
        let opens = start > 0
            && "【[(《<「“\"'‘".contains(self.stream.before(start))
            && inside("】])》>」”\"'’");
        let closes = end < self.stream.len()
            && "】])》>」”\"'’".contains(self.stream.at(end))
            && inside("【[(《<「“\"'‘");
        (start - usize::from(opens), end + usize::from(closes))
    }

    /// Moves a start over a `+` and a bracket.
    pub(super) fn plus(&self, start: usize) -> usize {
        let mut from = start;
        for sign in ['+', '('] {
            from -= usize::from(self.stream.before(from) == sign && from > 0);
        }
        from
    }

    /// Moves a start over `+86` and what stands between.
    pub(super) fn country(&self, start: usize) -> usize {
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
}
