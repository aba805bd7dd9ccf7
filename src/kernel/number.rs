//! The case number 案件编号 a resident reads out: `TS-2611-00517-3` = kind, year and month of receipt, running number,
//! check digit (Damm: finds every single wrong digit and every swap of neighbours).

use super::words::{CaseKind, halfwidth};

/// A case number whose check digit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    kind: CaseKind,
    /// Two-digit year and month, `2611`.
    month: u16,
    serial: u32,
}

/// Why a text is not a case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// Not of the form `TS-2611-00517-3`.
    Shape,
    /// The form is right, the check digit is not: probably a slip of the pen.
    Check,
}

/// The totally anti-symmetric quasigroup of Damm's thesis (order 10).
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The Damm check digit of some decimal digits; a text followed by its check digit gives 0.
#[must_use]
pub fn damm(digits: impl IntoIterator<Item = u8>) -> u8 {
    digits
        .into_iter()
        .fold(0, |row, d| DAMM[row as usize][(d % 10) as usize])
}

impl CaseNumber {
    /// The number `serial` of month `yymm` (both as the counter gave them).
    #[must_use]
    pub const fn new(kind: CaseKind, month: u16, serial: u32) -> Self {
        Self {
            kind,
            month,
            serial,
        }
    }

    /// The kind of case it names.
    #[must_use]
    pub const fn kind(self) -> CaseKind {
        self.kind
    }

    fn check(self) -> u8 {
        let kind = match self.kind {
            CaseKind::Complaint => 1,
            CaseKind::Report => 2,
        };
        let digits = format!("{kind}{:04}{:05}", self.month, self.serial);
        damm(digits.bytes().map(|b| b - b'0'))
    }

    /// Reads a number as people type it: any case, full-width, with blanks, dots or no hyphens.
    ///
    /// # Errors
    /// [`NumberError::Check`] when only the check digit is wrong, [`NumberError::Shape`] otherwise.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let plain: String = halfwidth(text)
            .to_ascii_uppercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(24)
            .collect();
        let (kind, rest) = CaseKind::ALL
            .iter()
            .find_map(|k| plain.strip_prefix(k.prefix()).map(|rest| (*k, rest)))
            .ok_or(NumberError::Shape)?;
        if rest.len() < 10 || rest.len() > 14 || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumberError::Shape);
        }
        let (month, rest) = rest.split_at(4);
        let (serial, check) = rest.split_at(rest.len() - 1);
        let number = Self {
            kind,
            month: month.parse().map_err(|_| NumberError::Shape)?,
            serial: serial.parse().map_err(|_| NumberError::Shape)?,
        };
        if check.as_bytes() == [number.check() + b'0'] {
            Ok(number)
        } else {
            Err(NumberError::Check)
        }
    }
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}-{:04}-{:05}-{}",
            self.kind.prefix(),
            self.month,
            self.serial,
            self.check()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_slips() {
        let number = CaseNumber::new(CaseKind::Complaint, 2611, 517);
        let text = number.to_string();
        assert_eq!(CaseNumber::parse(&text), Ok(number));
        assert_eq!(
            CaseNumber::parse(&text.to_lowercase().replace('-', " ")),
            Ok(number)
        );
        for (i, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for d in '0'..='9' {
                if d != c {
                    let mut slip = text.clone();
                    slip.replace_range(i..=i, &d.to_string());
                    assert_eq!(CaseNumber::parse(&slip), Err(NumberError::Check), "{slip}");
                }
            }
        }
        assert_eq!(
            CaseNumber::parse("XX-2611-00517-3"),
            Err(NumberError::Shape)
        );
        let big = CaseNumber::new(CaseKind::Report, 2612, 1_234_567);
        assert_eq!(CaseNumber::parse(&big.to_string()), Ok(big));
    }
}
