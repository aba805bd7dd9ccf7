//! Hotline files 热线导入: a CSV whose header names fields (or their Chinese labels), or one JSON object a line. Turns
//! each row into answers with what makes it recognisable on a rerun, or into messages with its line number. One row in
//! memory at a time. Files nothing: `cli::import` does. Pure but for the reader it is handed.

mod table;

use super::{
    check,
    fields::{Answers, field},
    json::{self, Mistake},
    shape::shape,
};
use crate::{casework::hotline::HotlineKind, kernel::clock::CHINA, receipts::sha256};
use std::io::{self, BufRead, Read};
use table::Table;
use time::{OffsetDateTime, Time, format_description::well_known::Rfc3339};

/// No row is longer; a quote that is never closed would otherwise swallow the file.
const LONGEST: usize = 1 << 20;

/// Columns beside the fields, with the headings that hotlines use.
const EXTERNAL_ID: (&str, &[&str]) = (
    "external_id",
    &["external_id", "外部编号", "工单编号", "工单号", "编号"],
);
const RECEIVED_AT: (&str, &[&str]) = ("received_at", &["received_at", "收到时间", "接收时间"]);
const HOTLINE: (&str, &[&str]) = ("hotline", &["hotline", "工单类型", "诉求类型"]);
const EXTRA: &[&str] = &[EXTERNAL_ID.0, RECEIVED_AT.0, HOTLINE.0];

/// What to do about a file of another encoding.
const SAVE_AS_UTF8: &str = "不是 UTF-8 编码（Excel 直接存的 CSV 常是 GBK）。请在 Excel 里「另存为」选「CSV UTF-8（逗号分隔）」，再导入";

/// A row that can be filed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    /// The hotline's own number, if the file has one.
    pub external_id: Option<String>,
    /// What was answered, with the defaults.
    pub answers: Answers,
    /// When the department received it, if not now.
    pub received_at: Option<OffsetDateTime>,
    /// What 12345 calls it: its own term goes by this (rules 4.5).
    pub hotline: Option<HotlineKind>,
    /// The same for the same row of any file: the hotline's number, else the content.
    pub idempotency: [u8; 32],
}

/// What makes the same order of a hotline recognisable, in whatever way it comes.
#[must_use]
pub fn idempotency_of(external_id: &str) -> [u8; 32] {
    sha256(format!("import\0id\0{external_id}").as_bytes())
}

/// A row that cannot.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RowError {
    /// Line in the file, from 1.
    pub line: u64,
    /// The hotline's own number, if it could be read.
    pub external_id: Option<String>,
    /// What is wrong.
    pub errors: Vec<Mistake>,
}

impl RowError {
    fn one(line: u64, field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            line,
            external_id: None,
            errors: vec![Mistake::new(field, code, message)],
        }
    }
}

/// A file that cannot be read at all; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Reading failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Not a table of ours.
    #[error("{0}")]
    Shape(String),
}

enum Source<R> {
    Table(Box<Table<R>>),
    Lines(Lines<R>),
}

/// The rows of a file, one at a time.
pub struct Rows<R>(Source<R>);

/// Opens a file: a first `{` means JSON lines, anything else a table.
///
/// # Errors
/// It cannot be read, is empty, of another encoding, or a heading is unknown.
pub fn open<R: BufRead>(mut input: R) -> Result<Rows<R>, FileError> {
    let head = input.fill_buf()?;
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(FileError::Shape(format!(
            "文件是 UTF-16 编码，{SAVE_AS_UTF8}"
        )));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let head = input.fill_buf()?;
    let Some(first) = head.iter().find(|b| !b.is_ascii_whitespace()) else {
        return Err(FileError::Shape("文件是空的".into()));
    };
    if *first == b'{' {
        return Ok(Rows(Source::Lines(Lines {
            input,
            line: 0,
            buffer: Vec::new(),
            broken: false,
        })));
    }
    let heading = head.split(|b| *b == b'\n').next().unwrap_or(head);
    let tabs = heading.contains(&b'\t') && !heading.contains(&b',');
    Ok(Rows(Source::Table(Box::new(Table::open(
        input,
        if tabs { b'\t' } else { b',' },
    )?))))
}

/// An instant as hotlines write it: RFC 3339, or a date with an optional time, meant in China.
#[must_use]
pub fn instant(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(at);
    }
    let (day, hour) = text.split_once([' ', 'T']).unwrap_or((text, "0:0"));
    let mut parts = hour.trim().split([':', '：']).map(str::parse::<u8>);
    let (h, m) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let s = parts.next().unwrap_or(Ok(0)).ok()?;
    if parts.next().is_some() {
        return None;
    }
    Some(
        check::date(day)?
            .with_time(Time::from_hms(h, m, s).ok()?)
            .assume_offset(CHINA),
    )
}

/// The cells of a row beside the fields.
#[derive(Clone, Copy, Default)]
struct Beside<'a> {
    external_id: Option<&'a str>,
    received: Option<&'a str>,
    hotline: Option<&'a str>,
}

/// What a row is when its cells have been read.
fn finish(
    line: u64,
    answers: Answers,
    beside: Beside<'_>,
    mut errors: Vec<Mistake>,
) -> Result<Row, RowError> {
    let Beside {
        external_id,
        received,
        ..
    } = beside;
    let hotline = beside.hotline.and_then(HotlineKind::read);
    if beside.hotline.is_some_and(|h| !h.trim().is_empty()) && hotline.is_none() {
        errors.push(Mistake::new(
            HOTLINE.0,
            "unknown_value",
            "工单类型请写咨询、求助、意见建议、投诉或者举报",
        ));
    }
    let external_id = external_id.map(|id| {
        id.chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect::<String>()
    });
    let received_at = received.and_then(instant);
    if received.is_some() && received_at.is_none() {
        errors.push(Mistake::new(
            RECEIVED_AT.0,
            "date",
            "收到时间请写成 2026-11-08 10:03 这样",
        ));
    }
    if !errors.is_empty() {
        return Err(RowError {
            line,
            external_id,
            errors,
        });
    }
    let idempotency = match &external_id {
        Some(id) => idempotency_of(id),
        None => {
            let cells: String = answers.iter().map(|(k, v)| format!("{k}\0{v}\0")).collect();
            sha256(format!("import\0row\0{}\0{cells}", received.unwrap_or("")).as_bytes())
        }
    };
    let mut answers = answers;
    // The hotline's agent read the notice to the caller and asked for the age.
    for (name, value) in [("way", "complaint"), ("age", "adult"), ("agreed", "yes")] {
        if answers.get(name).is_empty() {
            answers.set(name, value);
        }
    }
    Ok(Row {
        line,
        external_id,
        answers,
        received_at,
        hotline,
        idempotency,
    })
}

fn json_row(line: u64, bytes: &[u8]) -> Result<Row, RowError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| RowError::one(line, "row", "encoding", "这一行不是 UTF-8 编码"))?;
    let object = json::read(text, EXTRA).map_err(|e| {
        RowError::one(
            line,
            "row",
            "malformed",
            format!("这一行不是 JSON 对象：{e}"),
        )
    })?;
    let mut answers = Answers::default();
    for (name, value) in object.answers.iter() {
        if field(name).is_some() {
            answers.set(name, &shape(name).code_of(value));
        }
    }
    finish(
        line,
        answers,
        Beside {
            external_id: object.extra(EXTERNAL_ID.0),
            received: object.extra(RECEIVED_AT.0),
            hotline: object.extra(HOTLINE.0),
        },
        object.mistakes.clone(),
    )
}

/// Reads a line of at most [`LONGEST`] bytes; `None` at the end, `false` when it was longer and has been skipped.
fn read_line(input: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<bool>> {
    buffer.clear();
    let read = input
        .by_ref()
        .take(LONGEST as u64)
        .read_until(b'\n', buffer)?;
    if read == 0 {
        return Ok(None);
    }
    if read < LONGEST || buffer.ends_with(b"\n") {
        return Ok(Some(true));
    }
    loop {
        let chunk = input.fill_buf()?;
        let end = chunk.iter().position(|b| *b == b'\n');
        let used = end.map_or(chunk.len(), |i| i + 1);
        let over = end.is_some() || chunk.is_empty();
        input.consume(used);
        if over {
            return Ok(Some(false));
        }
    }
}

/// JSON lines that are being read.
struct Lines<R> {
    input: R,
    line: u64,
    buffer: Vec<u8>,
    broken: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            self.line += 1;
            match read_line(&mut self.input, &mut self.buffer) {
                Ok(None) => return None,
                Ok(Some(false)) => {
                    return Some(Err(RowError::one(
                        self.line,
                        "row",
                        "too_long",
                        "这一行太长",
                    )));
                }
                Ok(Some(true)) if self.buffer.trim_ascii().is_empty() => {}
                Ok(Some(true)) => return Some(json_row(self.line, self.buffer.trim_ascii())),
                Err(e) => {
                    self.broken = true;
                    return Some(Err(RowError::one(
                        self.line,
                        "row",
                        "unreadable",
                        format!("读不下去：{e}"),
                    )));
                }
            }
        }
        None
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Table(table) => table.next(),
            Source::Lines(lines) => lines.next(),
        }
    }
}

#[cfg(test)]
mod tests;
