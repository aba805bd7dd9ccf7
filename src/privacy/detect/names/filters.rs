//! What speaks against a name: places, firms, words of the dictionary, titles without a name.

use super::others::{BRANDS, FIRMS, NOBODY, PLACE_ENDS, PLACES};
use super::words::{CUES, STRONG, TITLES};
use super::{Name, Reading};

impl Reading {
    /// Whether nothing speaks against a name.
    pub(super) fn kept(&self, name: &Name) -> bool {
        let text = &self.text[name.start..name.end];
        let word: String = text.iter().collect();
        let p = self.mean(name.start, name.end, |m| m.person);
        let listed = |words: &[&str]| words.iter().any(|w| *w == word);
        if listed(NOBODY)
            || listed(BRANDS)
            || listed(TITLES)
            || text.contains(&'某')
            || self.titles_only(name)
        {
            return false;
        }
        // A3区山公园: the 区 belongs to what is before it.
        let coded = name.start > 0 && self.text[name.start - 1].is_ascii_alphanumeric();
        if coded && matches!(text[0], '区' | '市' | '县' | '栋' | '号' | '路') {
            return false;
        }
        // 以及股东: a word that joins, taken for one of the rare surnames.
        if matches!(text[0], '及' | '和' | '与' | '又' | '从' | '于')
            && p < 0.9
            && !self.behind(name.start, CUES)
        {
            return false;
        }
        if self.lexicon.word(text) && p < 0.8 && !name.told {
            return false;
        }
        let place =
            text.len() > 2 && text.last().is_some_and(|c| PLACE_ENDS.contains(*c)) && p < 0.95;
        if place && !self.behind(name.start, STRONG) {
            return false;
        }
        if self.any(name.end, TITLES).is_some_and(|n| n > 1) {
            return true;
        }
        let firm = self.any(name.end, FIRMS).is_some() && !self.behind(name.start, CUES);
        !firm && (p >= 0.9 || self.any(name.end, PLACES).is_none())
    }

    /// Whether one of these words stands right before a place, blanks and colons left out.
    fn behind(&self, at: usize, words: &[&str]) -> bool {
        let mut end = at;
        while end > 0
            && matches!(
                self.text[end - 1],
                ' ' | '：' | ':' | '　' | '是' | '（' | '(' | '“'
            )
        {
            end -= 1;
        }
        words.iter().any(|w| {
            end.checked_sub(w.chars().count())
                .is_some_and(|i| self.is(i, w))
        })
    }

    /// Whether it is a surname with a title and no more.
    fn titles_only(&self, name: &Name) -> bool {
        let surname = self
            .lexicon
            .surname(&self.text[name.start..name.end])
            .map_or(1, |(n, _)| n);
        [surname, 1].iter().any(|n| {
            let rest = name.start + n;
            self.any(rest, TITLES)
                .is_some_and(|t| rest + t >= name.end && (t > 1 || name.end - rest == 1))
        })
    }

    /// Takes out words that are a firm or a place in at least half of their places, unless one of them is announced.
    pub(super) fn without_firms(&self, names: Vec<Name>) -> Vec<Name> {
        let firm = |w: &[char]| {
            let places: Vec<usize> = self
                .text
                .windows(w.len())
                .enumerate()
                .filter(|(_, v)| *v == w)
                .map(|(i, _)| i)
                .collect();
            let count = places
                .iter()
                .filter(|i| self.any(**i + w.len(), FIRMS).is_some())
                .count();
            2 * count >= places.len()
                && count > 1
                && !places.iter().any(|i| self.behind(*i, STRONG))
        };
        names
            .into_iter()
            .filter(|n| !firm(&self.text[n.start..n.end]))
            .collect()
    }
}
