//! The wizard's memory 草稿: a cookie secret, a resume code to read out, the sealed answers. Pure.
//!
//! A page can be late: an autosave that comes after the step was sent, a tab that was left open. Each page says which
//! draft it was drawn from ([`Seen`]), each step remembers who wrote it last ([`Mark`]), and [`Draft::late`] tells.

use super::fields::{Answers, FIELDS, Field, Step};
use crate::kernel::{clock::Dice, words::halfwidth};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Letters and digits of resume codes: none that are mistaken for each other.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// How long an untouched draft is kept (rules P-12).
pub const DRAFT_DAYS: i64 = 7;

/// What a draft holds.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Draft {
    /// Raw answers.
    pub answers: Answers,
    /// The resume code 续填码, shown to its owner only.
    pub resume: String,
    /// Steps that were passed once.
    pub reached: u8,
    /// Who wrote each step last, by the step's code.
    #[serde(default)]
    pub marks: BTreeMap<String, Mark>,
}

/// The last writing of a step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mark {
    /// The page it came from.
    page: String,
    /// The page's own count at that time.
    tick: u32,
    /// The draft's version from then on.
    version: i64,
}

/// What a form says about the page it stands on: `version-page`, and how often that page has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The draft's version when the page was drawn.
    version: i64,
    /// Random, a new one each time the page is drawn.
    page: String,
    /// The script's count of writings; 0 without a script.
    tick: u32,
}

impl Seen {
    /// The word that a page drawn from this version carries.
    #[must_use]
    pub fn word(version: i64, page: [u8; 6]) -> String {
        format!("{version}-{}", URL_SAFE_NO_PAD.encode(page))
    }

    /// Reads a form's word and count; `None` for a form that says nothing of the kind.
    #[must_use]
    pub fn read(word: &str, tick: &str) -> Option<Self> {
        let (version, page) = word.split_once('-')?;
        Some(Self {
            version: version.parse().ok()?,
            page: page.chars().take(16).collect(),
            tick: tick.parse().unwrap_or(0),
        })
    }
}

/// How a form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The script keeps what is typed.
    Script,
    /// Somebody pressed the button.
    Button,
}

impl Draft {
    /// Whether a form comes too late to be taken: its page has written something newer, or another page has written
    /// this step since its own was drawn. Whoever presses the button twice on one page means the second time.
    #[must_use]
    pub fn late(&self, step: Step, seen: Option<&Seen>, by: By) -> bool {
        let (Some(seen), Some(mark)) = (seen, self.marks.get(step.code())) else {
            return false;
        };
        if mark.page == seen.page {
            by == By::Script && seen.tick <= mark.tick
        } else {
            mark.version > seen.version
        }
    }

    /// Takes a step's form into the answers; `version` is the draft's before this writing.
    pub fn take(
        &mut self,
        step: Step,
        seen: Option<Seen>,
        version: i64,
        pairs: &[(String, String)],
    ) {
        self.answers.set_step(step, pairs);
        // of a form that says nothing we know only that it was another page
        let seen = seen.unwrap_or(Seen {
            version,
            page: String::new(),
            tick: 0,
        });
        let before = self.marks.get(step.code());
        let newest = before.filter(|m| m.page == seen.page).map_or(0, |m| m.tick);
        let mark = Mark {
            tick: seen.tick.max(newest),
            page: seen.page,
            version: version + 1,
        };
        self.marks.insert(step.code().to_owned(), mark);
    }

    /// The answers of a step that `other` has otherwise, as they stand here.
    #[must_use]
    pub fn differences(&self, step: Step, other: &Answers) -> Vec<(&'static Field, &str)> {
        FIELDS
            .iter()
            .filter(|f| f.step == Some(step) && self.answers.get(f.name) != other.get(f.name))
            .map(|f| (f, self.answers.get(f.name)))
            .collect()
    }
}

/// The key to a draft, as the cookie carries it: `id.secret`.
#[derive(Clone)]
pub struct DraftKey {
    /// Row.
    pub id: Uuid,
    /// 128 random bits.
    pub secret: [u8; 16],
}

impl DraftKey {
    /// The cookie's text.
    #[must_use]
    pub fn cookie(&self) -> String {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..].copy_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cookie, `None` for anything that was not written by [`DraftKey::cookie`].
    #[must_use]
    pub fn read(cookie: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(cookie).ok()?.try_into().ok()?;
        let (id, secret) = bytes.split_at(16);
        Some(Self {
            id: Uuid::from_slice(id).ok()?,
            secret: secret.try_into().ok()?,
        })
    }
}

/// A new resume code such as `7K4M-92QD-XW` (10 characters, about 49 bits).
#[must_use]
pub fn resume_code(dice: Dice) -> String {
    let mut code = String::with_capacity(12);
    for i in 0..10 {
        if i == 4 || i == 8 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(dice.below(31))]));
    }
    code
}

/// A resume code as typed, brought to its plain form; `None` when it cannot be one.
#[must_use]
pub fn resume_plain(text: &str) -> Option<String> {
    let plain: String = halfwidth(text)
        .to_ascii_uppercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c {
            'O' | '0' => 'Q',
            'I' | 'L' | '1' => 'J',
            other => other,
        })
        .take(20)
        .collect();
    (plain.len() == 10 && plain.bytes().all(|b| ALPHABET.contains(&b))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Ids;

    #[test]
    fn keys_and_codes_survive_the_trip() {
        let key = DraftKey {
            id: Ids.next(),
            secret: Dice.bytes(),
        };
        let back = DraftKey::read(&key.cookie()).unwrap();
        assert_eq!((back.id, back.secret), (key.id, key.secret));
        assert!(DraftKey::read("nonsense").is_none());
        let code = resume_code(Dice);
        assert_eq!(
            resume_plain(&code.to_lowercase().replace('-', " ")).unwrap(),
            code.replace('-', "")
        );
        assert_eq!(resume_plain("7K4M"), None);
    }

    fn story(text: &str) -> Vec<(String, String)> {
        vec![("story".to_owned(), text.to_owned())]
    }

    fn seen(version: i64, page: &str, tick: u32) -> Option<Seen> {
        Seen::read(&format!("{version}-{page}"), &tick.to_string())
    }

    /// A draft whose story was written by a page that was drawn from version 5.
    fn written(tick: u32) -> Draft {
        let mut draft = Draft::default();
        draft.take(Step::What, seen(5, "a", tick), 5, &story("漏水"));
        draft
    }

    #[test]
    fn an_autosave_that_comes_after_its_own_button_is_late() {
        let draft = written(4);
        let late = |tick, by| draft.late(Step::What, seen(5, "a", tick).as_ref(), by);
        assert!(late(3, By::Script) && late(4, By::Script));
        assert!(!late(5, By::Script), "back on the page, typing on");
        assert!(!late(0, By::Button), "pressed twice, without scripts");
        assert!(
            !draft.late(Step::Whom, seen(5, "a", 1).as_ref(), By::Script),
            "another step"
        );
        assert!(!draft.late(Step::What, None, By::Script));
    }

    #[test]
    fn another_page_is_late_when_the_step_was_written_since_it_was_drawn() {
        let draft = written(1);
        for by in [By::Script, By::Button] {
            assert!(draft.late(Step::What, seen(5, "b", 9).as_ref(), by));
            assert!(!draft.late(Step::What, seen(6, "b", 1).as_ref(), by));
        }
    }

    #[test]
    fn a_page_that_counts_less_does_not_open_the_door_to_what_it_sent_before() {
        let mut draft = written(4);
        draft.take(Step::What, seen(5, "a", 0), 6, &story("漏水三天"));
        assert!(draft.late(Step::What, seen(5, "a", 4).as_ref(), By::Script));
    }

    #[test]
    fn what_differs_is_named() {
        let draft = written(1);
        let mut other = draft.answers.clone();
        assert!(draft.differences(Step::What, &other).is_empty());
        other.set("story", "漏气");
        other.set("name", "张");
        let differ = draft.differences(Step::What, &other);
        assert_eq!(differ.len(), 1, "of this step only");
        assert_eq!((differ[0].0.name, differ[0].1), ("story", "漏水"));
    }

    #[test]
    fn the_word_of_a_page_survives_its_form() {
        let word = Seen::word(17, [255; 6]);
        let read = Seen::read(&word, "x").unwrap();
        assert_eq!((read.version, read.tick), (17, 0));
        assert_eq!(Seen::word(17, [255; 6]), word);
        assert_eq!(Seen::read("", "1"), None);
        assert_eq!(Seen::read("x-y", "1"), None);
    }
}
