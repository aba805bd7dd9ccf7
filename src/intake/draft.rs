//! The wizard's memory 草稿: a cookie secret, a resume code to read out, the sealed answers. Pure.

use super::fields::Answers;
use crate::kernel::{clock::Dice, words::halfwidth};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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
}
