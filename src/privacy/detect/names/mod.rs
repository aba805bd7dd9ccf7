//! Names of persons, for work in the background: the probabilities of the tagger ([`super::lac`]), words around names,
//! surnames and a dictionary. What a person's name is here is a guess: a person can lift each mask.
//!
//! The tagger reads the whole text and each sentence; the surer answer counts. A name is what it holds likely, or what
//! looks like one where it is less sure, or what stands behind a word that announces one; places, shops and words are
//! filtered out; a sure name counts everywhere in the text.

mod filters;
mod lexicon;
mod others;
mod words;

use super::lac::{Cache, Mark, model};
use lexicon::Lexicon;
use others::PLACES;
use words::{CUES, FOLLOW, FUNCTION, STRONG, TITLES};

/// From this mean logarithm on given names like a character.
const LIKED: f32 = 0.8;

/// How many times as many people have two given names as one.
const LONGER: f32 = 3.0;
/// The same for a third character that nothing else speaks for.
const LIKED_LAST: f32 = 0.4;

/// A name: characters of the text from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    start: usize,
    end: usize,
    /// Found surely enough to be masked wherever it occurs.
    repeat: bool,
    /// Announced in so many words: 我叫, 联系人：.
    told: bool,
}

/// A text with what the tagger says.
struct Reading {
    text: Vec<char>,
    marks: Vec<Mark>,
    lexicon: &'static Lexicon,
}

/// The places of names in a text of visible characters, in order, not overlapping. `titles`: also a surname with a
/// title behind it (王经理).
pub(super) fn find(text: &[char], titles: bool) -> Vec<(usize, usize)> {
    let reading = Reading {
        marks: read(text),
        text: text.to_vec(),
        lexicon: Lexicon::get(),
    };
    let mut names = reading.likely();
    names.extend(reading.less_likely());
    names.extend(reading.announced());
    for name in &mut names {
        *name = reading.third(*name);
    }
    names.retain(|n| reading.kept(n));
    let mut names = reading.without_firms(names);
    names.extend(reading.repeats(&names));
    if titles {
        names.extend(reading.titled());
    }
    merged(names)
}

/// The marks of the whole text and of each sentence without its blanks: the surer person, the mean of the rest.
fn read(text: &[char]) -> Vec<Mark> {
    let mut cache = Cache::new();
    let mut marks = model().marks(text, &mut cache);
    let ends = |c: char| matches!(c, '。' | '!' | '?' | ';' | '！' | '？' | '；' | '\n' | '\r');
    let mut from = 0;
    for sentence in text.split_inclusive(|c| ends(*c)) {
        let (places, chars): (Vec<usize>, Vec<char>) = sentence
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.is_whitespace())
            .map(|(i, c)| (from + i, *c))
            .unzip();
        for (i, again) in places.iter().zip(model().marks(&chars, &mut cache)) {
            let mark = &mut marks[*i];
            mark.person = mark.person.max(again.person);
            mark.place = (mark.place + again.place) / 2.0;
            mark.start = (mark.start + again.start) / 2.0;
        }
        from += sentence.len();
    }
    marks
}

const fn han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2ffff}')
}

impl Reading {
    fn at(&self, i: usize) -> char {
        self.text.get(i).copied().unwrap_or('\n')
    }

    fn is(&self, i: usize, word: &str) -> bool {
        let mut cells = self.text[i.min(self.text.len())..].iter();
        word.chars().all(|c| cells.next() == Some(&c))
    }

    /// The length of the longest of these words at a place.
    fn any(&self, i: usize, words: &[&str]) -> Option<usize> {
        words
            .iter()
            .filter(|w| self.is(i, w))
            .map(|w| w.chars().count())
            .max()
    }

    /// How likely a word starts at a place; surely at what is no ideograph.
    fn start(&self, i: usize) -> f32 {
        if han(self.at(i)) {
            self.marks[i].start
        } else {
            1.0
        }
    }

    fn mean(&self, start: usize, end: usize, of: fn(&Mark) -> f32) -> f32 {
        self.marks[start..end].iter().map(of).sum::<f32>() / (end - start).max(1) as f32
    }

    /// What the tagger takes for a person.
    fn likely(&self) -> Vec<Name> {
        let mut names = Vec::new();
        let mut i = 0;
        while i < self.text.len() {
            let inside = |i: usize| {
                i < self.text.len()
                    && self.marks[i].person > 0.5
                    && (han(self.text[i]) || self.text[i] == '·')
            };
            if !inside(i) {
                i += 1;
                continue;
            }
            let mut end = i + 1;
            while inside(end) && self.marks[end].start < 0.7 {
                end += 1;
            }
            let start = i;
            i = end;
            let mut last = end;
            while let Some(n) = (1..=3.min(last - start)).rev().find(|n| {
                self.any(last - n, TITLES) == Some(*n)
                    && (*n > 1 || last - start == 2 || last - start > 3)
            }) {
                last -= n;
            }
            if last - start >= 2 {
                names.push(Name {
                    start,
                    end: last,
                    repeat: true,
                    told: false,
                });
            }
        }
        names
    }

    /// A surname at a place and one or two characters that could be given names, the better of both; `least`: how
    /// likely they must be a person, by `measure`.
    fn candidate(&self, i: usize, least: impl Fn(bool, &[Mark]) -> bool) -> Option<Name> {
        let (n, common) = self.lexicon.surname(self.text.get(i..)?)?;
        let best = (1..=2)
            .map(|given| (i, i + n + given))
            .filter(|(_, end)| *end <= self.text.len())
            .filter(|(start, end)| {
                let given = &self.text[start + n..*end];
                given.iter().all(|c| han(*c) && !FUNCTION.contains(*c))
                    && self
                        .any(start + n, TITLES)
                        .is_none_or(|t| t < given.len().min(2))
                    && least(common, &self.marks[*start..*end])
                    && self.goes_on(*end)
            })
            .map(|(start, end)| {
                let p = self.mean(start, end, |m| m.person) + 0.05;
                let given = &self.text[start + n..end];
                let usual = if given.len() == 2 { LONGER } else { 1.0 };
                (
                    p * self.start(end) * usual * (0.3 * self.lexicon.given(given)).exp(),
                    start,
                    end,
                )
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Name {
            start: best.1,
            end: best.2,
            repeat: false,
            told: false,
        })
    }

    /// Whether a name may end before a place.
    fn goes_on(&self, i: usize) -> bool {
        !han(self.at(i))
            || self.start(i) > 0.5
            || self.any(i, FOLLOW).is_some()
            || self.any(i, TITLES).is_some_and(|n| n > 1)
    }

    /// What looks like a name where the tagger is less sure.
    fn less_likely(&self) -> Vec<Name> {
        let mut names = Vec::new();
        for i in 0..self.text.len() {
            if !han(self.text[i]) || self.start(i) < 0.3 || self.marks[i].person > 0.9 {
                continue;
            }
            let low = |common: bool, marks: &[Mark]| {
                let least = marks.iter().map(|m| m.person).fold(1.0, f32::min);
                least > if common { 0.15 } else { 0.25 }
            };
            let liked = |common: bool, marks: &[Mark]| {
                let p = marks.iter().map(|m| m.person).sum::<f32>() / marks.len() as f32;
                let given = &self.text[i + 1..i + marks.len()];
                common && p > 0.05 && self.lexicon.given(given) > LIKED
            };
            let found = self.candidate(i, low).or_else(|| self.candidate(i, liked));
            names.extend(found.filter(|n| self.mean(n.start, n.end, |m| m.place) < 0.6));
        }
        names
    }

    /// What stands behind a word that announces a name.
    fn announced(&self) -> Vec<Name> {
        let mut names = Vec::new();
        for i in 0..self.text.len() {
            let strong = self.any(i, STRONG);
            let Some(n) = strong.or_else(|| self.any(i, CUES)) else {
                continue;
            };
            let mut at = i + n;
            let most = at + 4;
            while at < most
                && matches!(
                    self.at(at),
                    '：' | ':' | ' ' | '　' | '是' | '为' | '叫' | '“' | '"' | '（' | '(' | '【'
                )
            {
                at += 1;
            }
            let least = |common: bool, marks: &[Mark]| {
                let mut p: Vec<f32> = marks.iter().map(|m| m.person).collect();
                p.sort_by(f32::total_cmp);
                strong.is_some() || p[p.len() / 2] > if common { 0.02 } else { 0.05 }
            };
            let told = strong.is_some() && (at > i + n || self.at(at - 1) == '叫');
            let found = self.candidate(at, least).map(|n| Name {
                repeat: true,
                told,
                ..n
            });
            names.extend(found.filter(|n| strong.is_some() || self.start(n.start) > 0.3));
        }
        names
    }

    /// A name of two characters with the third that belongs to it.
    fn third(&self, name: Name) -> Name {
        let end = name.end;
        let surname = self.lexicon.surname(&self.text[name.start..end]);
        if surname.is_none_or(|(n, _)| name.start + n + 1 != end)
            || !han(self.at(end))
            || FUNCTION.contains(self.at(end))
        {
            return name;
        }
        let titled = self.any(end, TITLES).is_some() || self.any(end, PLACES).is_some();
        let next = self.lexicon.surname(&self.text[end..]).is_some()
            && self.start(end) > 0.5
            && self.marks[end].person > 0.5;
        let opens = self
            .text
            .get(end..end + 2)
            .is_some_and(|w| self.lexicon.word(w))
            && self.start(end) > 0.3;
        let free = self.any(end, FOLLOW).is_none() && !titled && !opens;
        let liked = self.lexicon.given(&self.text[end..=end]) > LIKED_LAST && self.goes_on(end + 1);
        let open_end = free && (self.start(end) < 0.7 || liked);
        if !next && (self.marks[end].person > 0.1 && !titled || open_end) {
            return Name {
                end: end + 1,
                ..name
            };
        }
        name
    }

    /// Every other place of the names that were found surely.
    fn repeats(&self, names: &[Name]) -> Vec<Name> {
        let sure: std::collections::BTreeSet<&[char]> = names
            .iter()
            .filter(|n| n.repeat)
            .map(|n| &self.text[n.start..n.end])
            .filter(|w| w.len() > 2 || !self.lexicon.word(w))
            .collect();
        let mut more = Vec::new();
        for word in sure {
            let places = self
                .text
                .windows(word.len())
                .enumerate()
                .filter(|(_, w)| *w == word);
            more.extend(places.map(|(start, w)| Name {
                start,
                end: start + w.len(),
                repeat: true,
                told: true,
            }));
        }
        more
    }

    /// Surnames with a title.
    fn titled(&self) -> Vec<Name> {
        let mut names = Vec::new();
        for i in 0..self.text.len() {
            if !han(self.text[i]) || self.start(i) < 0.5 {
                continue;
            }
            let Some((n, true)) = self.lexicon.surname(&self.text[i..]) else {
                continue;
            };
            if let Some(title) = self.any(i + n, TITLES).filter(|t| *t > 1)
                && !self.lexicon.word(&self.text[i..i + n + title])
            {
                names.push(Name {
                    start: i,
                    end: i + n + title,
                    repeat: false,
                    told: true,
                });
            }
        }
        names
    }
}

/// The names in order, those that overlap made one.
fn merged(mut names: Vec<Name>) -> Vec<(usize, usize)> {
    names.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for n in names {
        match out.last_mut() {
            Some(last) if n.start < last.1 => last.1 = last.1.max(n.end),
            _ => out.push((n.start, n.end)),
        }
    }
    out
}

#[cfg(test)]
mod tests;
