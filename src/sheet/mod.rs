//! Tables that leave the desk: as CSV that a spreadsheet opens as it is (UTF-8 with its mark), or as XLSX. No cell is
//! ever taken for a formula. Knows nothing of what stands in the cells.

pub mod xlsx;

use crate::error::{Error, Result};
use std::fmt;

/// What a CSV file begins with, so that Excel reads it as UTF-8.
pub const BOM: &str = "\u{feff}";

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Money in fen, shown in yuan.
    Fen(i64),
    /// Tenths of a percent, empty out of nothing.
    PerMille(Option<i64>),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number that may be missing.
    #[must_use]
    pub fn number(n: Option<impl Into<i64>>) -> Self {
        n.map_or(Self::Empty, |n| Self::Int(n.into()))
    }
}

/// Words that no spreadsheet takes for a formula, nor a text file for a new column.
#[must_use]
pub fn guarded(text: &str) -> String {
    let risky = |c| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'
        )
    };
    // a formula is also found behind blanks
    if text.starts_with(['\t', '\r']) || text.trim_start().starts_with(risky) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

impl fmt::Display for Cell {
    /// As CSV writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&guarded(text)),
            Self::Int(n) => write!(f, "{n}"),
            Self::Fen(fen) => {
                let sign = if *fen < 0 { "-" } else { "" };
                let abs = fen.unsigned_abs();
                write!(f, "{sign}{}.{:02}", abs / 100, abs % 100)
            }
            Self::PerMille(Some(n)) => write!(f, "{}.{}", n / 10, n % 10),
            Self::PerMille(None) | Self::Empty => Ok(()),
        }
    }
}

/// A row.
pub type Row = Vec<Cell>;

/// Rows as CSV.
///
/// # Errors
/// Our own fault only.
pub fn csv<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        out.write_record(row.iter().map(Cell::to_string))
            .map_err(Error::internal)?;
    }
    out.into_inner().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "\n=1", "＝1"] {
            assert_eq!(guarded(bad), format!("'{bad}"));
        }
        for good in ["普通", "", "a=1", "2026-11-24"] {
            assert_eq!(guarded(good), good);
        }
        let row = vec![Cell::text("=HYPERLINK(\"x\")"), Cell::text("a\nb")];
        let text = String::from_utf8(csv([&row]).unwrap()).unwrap();
        assert_eq!(text, "\"'=HYPERLINK(\"\"x\"\")\",\"a\nb\"\r\n");
    }

    #[test]
    fn numbers_are_numbers() {
        let row = vec![
            Cell::Int(-3),
            Cell::Fen(360_050),
            Cell::Fen(-5),
            Cell::PerMille(Some(923)),
            Cell::PerMille(None),
            Cell::number(Some(7_i32)),
            Cell::number(None::<i32>),
        ];
        let text = String::from_utf8(csv([&row]).unwrap()).unwrap();
        assert_eq!(text, "-3,3600.50,-0.05,92.3,,7,\r\n");
    }
}
