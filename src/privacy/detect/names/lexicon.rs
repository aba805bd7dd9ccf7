//! Surnames, dictionary words that begin like a name, and characters that given names like (`lexicon.txt.gz`, made by
//! `ops/names_lexicon.py`; see `NOTICE`).

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::OnceLock;

/// From this weight on a surname is common.
const COMMON: f32 = 15.0;

/// The word list of the finder of names.
pub(super) struct Lexicon {
    surnames: HashMap<String, f32>,
    words: HashSet<String>,
    given: HashMap<char, (f32, f32)>,
}

impl Lexicon {
    /// The list of this binary, read at first use.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(|| {
            let mut text = String::new();
            let packed: &[u8] = include_bytes!("lexicon.txt.gz");
            flate2::read::GzDecoder::new(packed)
                .read_to_string(&mut text)
                .expect("the word list is whole: the tests read it");
            Self::parse(&text)
        })
    }

    fn parse(text: &str) -> Self {
        let mut parts = text.split("\n\n");
        let mut lines = || parts.next().unwrap_or_default().lines();
        let number = |n: &str| n.parse().unwrap_or(0.0_f32);
        let surnames = lines()
            .filter_map(|l| l.split_once(' '))
            .map(|(s, w)| (s.to_owned(), number(w)))
            .collect();
        let words = lines().map(str::to_owned).collect();
        let given = lines()
            .filter_map(|l| {
                let mut fields = l.split(' ');
                let c = fields.next()?.chars().next()?;
                Some((
                    c,
                    (number(fields.next()?) / 10.0, number(fields.next()?) / 10.0),
                ))
            })
            .collect();
        Self {
            surnames,
            words,
            given,
        }
    }

    /// How many characters of these are a surname (the longer one first) and whether it is a common one.
    pub(super) fn surname(&self, text: &[char]) -> Option<(usize, bool)> {
        [2, 1]
            .into_iter()
            .filter(|n| text.len() >= *n)
            .find_map(|n| {
                let weight = *self.surnames.get(&text[..n].iter().collect::<String>())?;
                Some((n, weight >= COMMON))
            })
    }

    /// Whether the dictionary has this word, and it is nobody's name.
    pub(super) fn word(&self, text: &[char]) -> bool {
        self.words.contains(&text.iter().collect::<String>())
    }

    /// How much more often these characters stand in a given name than elsewhere: the mean logarithm of the ratio.
    pub(super) fn given(&self, text: &[char]) -> f32 {
        let last = text.len().saturating_sub(1);
        let of = |(i, c): (usize, &char)| {
            let (middle, end) = self.given.get(c).copied().unwrap_or((0.0, 0.0));
            if i < last { middle } else { end }
        };
        text.iter().enumerate().map(of).sum::<f32>() / text.len().max(1) as f32
    }
}
