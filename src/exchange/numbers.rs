//! The file with the numbers that cases got on the 12315 platform: a CSV with our number and theirs, read row by row.
//! Pure but for the reader it is handed.

use crate::kernel::number::CaseNumber;
use std::io::{self, Read};

/// Headings of our number.
const OURS: &[&str] = &["登记编号", "编号", "案件编号", "number"];
/// Headings of theirs.
const THEIRS: &[&str] = &["12315编号", "12315平台编号", "平台编号", "number_12315"];

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    /// Our number.
    pub ours: String,
    /// Theirs.
    pub theirs: String,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RowError {
    /// Line in the file, from 1.
    pub line: u64,
    /// Our number, as it stands there.
    pub number: String,
    /// What is wrong, a code.
    pub code: &'static str,
    /// The same in words.
    pub message: &'static str,
}

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FileError(String);

/// The rows of a file, read one by one.
pub struct Rows<R> {
    reader: csv::Reader<io::Chain<R, &'static [u8]>>,
    record: csv::ByteRecord,
    ours: usize,
    theirs: usize,
    broken: bool,
}

/// Opens a file.
///
/// # Errors
/// No heading of ours or theirs, another encoding.
pub fn open<R: Read>(input: R) -> Result<Rows<R>, FileError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        // so that line numbers do not depend on how lines end
        .terminator(csv::Terminator::Any(b'\n'))
        // the last row ends like every other one
        .from_reader(input.chain(&b"\n"[..]));
    let heading = reader
        .byte_headers()
        .map_err(|e| FileError(format!("文件读不了：{e}")))?;
    let mut columns = Vec::new();
    for cell in heading {
        let text = std::str::from_utf8(cell).map_err(|_| {
            FileError("不是 UTF-8 编码，请在 Excel 里「另存为」选「CSV UTF-8（逗号分隔）」".into())
        })?;
        columns.push(text.trim_start_matches('\u{feff}').trim().to_owned());
    }
    let find = |names: &[&str]| {
        let at = columns.iter().position(|c| names.contains(&c.as_str()));
        at.ok_or_else(|| FileError(format!("第一行要有「{}」和「{}」两栏", OURS[0], THEIRS[0])))
    };
    Ok(Rows {
        ours: find(OURS)?,
        theirs: find(THEIRS)?,
        reader,
        record: csv::ByteRecord::new(),
        broken: false,
    })
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return None,
                Ok(true) => {
                    if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                        return Some(row(&self.record, self.line(), self.ours, self.theirs));
                    }
                }
                Err(_) => {
                    self.broken = true;
                    return Some(Err(RowError {
                        line: self.reader.position().line(),
                        number: String::new(),
                        code: "unreadable",
                        message: "从这一行起读不下去",
                    }));
                }
            }
        }
        None
    }
}

impl<R: Read> Rows<R> {
    /// The line on which the record begins, counted back from its end: blank lines before it do not mislead.
    fn line(&self) -> u64 {
        let breaks = |cell: &[u8]| cell.iter().filter(|b| **b == b'\n').count() as u64;
        let inside: u64 = self.record.iter().map(breaks).sum();
        self.reader.position().line().saturating_sub(inside + 1)
    }
}

fn row(record: &csv::ByteRecord, line: u64, ours: usize, theirs: usize) -> Result<Row, RowError> {
    let text = |at: usize| {
        let cell = record.get(at).unwrap_or_default();
        // our own export writes a mark before what looks like a formula
        String::from_utf8_lossy(cell)
            .trim()
            .trim_start_matches('\'')
            .to_owned()
    };
    let (mine, other) = (text(ours), text(theirs));
    let wrong = |code, message| {
        Err(RowError {
            line,
            number: mine.chars().take(40).collect(),
            code,
            message,
        })
    };
    let Ok(number) = CaseNumber::parse(&mine) else {
        return wrong("number", "编号不对，请核对有没有抄错");
    };
    let plain = other
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match other.len() {
        0 => wrong("required", "没有12315编号"),
        6..=40 if plain => Ok(Row {
            line,
            ours: number.to_string(),
            theirs: other.to_ascii_uppercase(),
        }),
        _ => wrong("number_12315", "12315编号应当是 6 到 40 位的字母、数字"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::words::CaseKind;

    #[test]
    fn rows_and_mistakes_have_their_lines() {
        let number = CaseNumber::new(CaseKind::Complaint, 2611, 517).to_string();
        let file = format!(
            "\u{feff}登记编号,处理单位,12315编号\n{number},x,1510116002026112400001\n\n{number},x,\nTS-1,\"x\ny\",1510116002026112400002\r\n{number},x,=1+1\n{number}"
        );
        let rows: Vec<_> = open(file.as_bytes()).unwrap().collect();
        assert_eq!(
            rows[0],
            Ok(Row {
                line: 2,
                ours: number.clone(),
                theirs: "1510116002026112400001".into()
            })
        );
        let codes: Vec<_> = rows[1..]
            .iter()
            .map(|r| {
                let e = r.as_ref().unwrap_err();
                (e.line, e.code)
            })
            .collect();
        assert_eq!(
            codes,
            [
                (4, "required"),
                (5, "number"),
                (7, "number_12315"),
                (8, "required")
            ]
        );
    }

    #[test]
    fn a_file_without_the_columns_says_which() {
        for bad in ["a,b\n1,2\n", "登记编号\n", ""] {
            let e = open(bad.as_bytes()).err().unwrap().to_string();
            assert!(e.contains("12315编号"), "{e}");
        }
        let gbk: &[u8] = b"\xb1\xe0\xba\xc5,x\n";
        assert!(open(gbk).err().unwrap().to_string().contains("UTF-8"));
    }
}
