//! The query code 查询码: 16 digits in four groups, the last a check digit. About 50 bits of entropy, so a keyed hash
//! is enough to store it; digits because they are read out on the telephone and typed on a number pad.

use super::{number::damm, words::halfwidth};

/// A query code whose check digit is right. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct QueryCode(String);

/// Why a text is not a query code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeError {
    /// Not 16 digits.
    Shape,
    /// 16 digits with a wrong check digit: mistyped, which is told apart from unknown.
    Check,
}

impl QueryCode {
    const DIGITS: usize = 15;

    /// Makes a code from random bytes (`draw` gives a uniform number below its argument).
    pub fn make(mut draw: impl FnMut(u8) -> u8) -> Self {
        let mut digits: Vec<u8> = (0..Self::DIGITS).map(|_| draw(10)).collect();
        digits.push(damm(digits.iter().copied()));
        Self(digits.iter().map(|d| char::from(b'0' + d)).collect())
    }

    /// Reads a code as people type it: blanks, hyphens and full-width digits are fine.
    ///
    /// # Errors
    /// [`CodeError::Check`] for 16 digits that cannot be a code, [`CodeError::Shape`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let plain: String = halfwidth(text)
            .chars()
            .filter(|c| !(c.is_whitespace() || matches!(c, '-' | '–' | '—' | '.' | '·')))
            .take(40)
            .collect();
        if plain.len() != Self::DIGITS + 1 || !plain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CodeError::Shape);
        }
        if damm(plain.bytes().map(|b| b - b'0')) == 0 {
            Ok(Self(plain))
        } else {
            Err(CodeError::Check)
        }
    }

    /// The bare digits, for hashing.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As shown to its owner: `1234 5678 9012 3456`.
    #[must_use]
    pub fn grouped(&self) -> String {
        self.0
            .as_bytes()
            .chunks(4)
            .map(|c| String::from_utf8_lossy(c))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl std::fmt::Debug for QueryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹query code›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_shows_and_finds_slips() {
        let mut n = 0;
        let code = QueryCode::make(|m| {
            n = (n * 7 + 3) % 251;
            n as u8 % m
        });
        let shown = code.grouped();
        assert_eq!(QueryCode::parse(&shown), Ok(code.clone()));
        assert_eq!(
            QueryCode::parse(&shown.replace(' ', "－")).map_err(|_| ()),
            QueryCode::parse(&shown).map_err(|_| ())
        );
        let digits = code.digits().to_owned();
        for i in 0..16 {
            let old = digits.as_bytes()[i];
            let new = b'0' + (old - b'0' + 1) % 10;
            let mut slip = digits.clone().into_bytes();
            slip[i] = new;
            assert_eq!(
                QueryCode::parse(std::str::from_utf8(&slip).unwrap()),
                Err(CodeError::Check)
            );
        }
        assert_eq!(QueryCode::parse("123"), Err(CodeError::Shape));
        assert_eq!(format!("{code:?}"), "‹query code›");
    }
}
