//! The table form of a hotline file: headings, cells, line numbers, and a leash on the length of a row.

use super::{
    Beside, EXTERNAL_ID, FileError, HOTLINE, LONGEST, RECEIVED_AT, Row, RowError, SAVE_AS_UTF8,
    finish,
};
use crate::intake::{
    fields::{Answers, FIELDS},
    shape::shape,
};
use std::io::{self, Read};

/// Ends a row that is too long (`left` is filled again before each row), and knows the last byte that was read.
struct Leash<R> {
    inner: R,
    left: usize,
    total: u64,
    last: u8,
}

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("row too long"));
        }
        let room = buf.len().min(self.left);
        let n = self.inner.read(&mut buf[..room])?;
        self.left -= n;
        self.total += n as u64;
        self.last = buf[..n].last().copied().unwrap_or(self.last);
        Ok(n)
    }
}

enum Column {
    Field(&'static str),
    ExternalId,
    ReceivedAt,
    Hotline,
    Ignored,
}

fn column(heading: &[u8]) -> Result<Column, FileError> {
    let heading = std::str::from_utf8(heading)
        .map_err(|_| FileError::Shape(format!("标题行{SAVE_AS_UTF8}")))?
        .trim();
    if heading.is_empty() || heading.starts_with('#') {
        return Ok(Column::Ignored);
    }
    if EXTERNAL_ID.1.contains(&heading) {
        return Ok(Column::ExternalId);
    }
    if RECEIVED_AT.1.contains(&heading) {
        return Ok(Column::ReceivedAt);
    }
    if HOTLINE.1.contains(&heading) {
        return Ok(Column::Hotline);
    }
    FIELDS.iter().find(|f| f.name == heading || f.label == heading).map(|f| Column::Field(f.name)).ok_or_else(|| {
        let all: Vec<_> = FIELDS.iter().map(|f| format!("{}（{}）", f.name, f.label)).collect();
        let heading: String = heading.chars().take(40).collect();
        FileError::Shape(format!(
            "不认识标题「{heading}」。不导入的列请在标题前加 #；能用的标题：external_id（外部编号）、received_at（收到时间）、hotline（工单类型）、{}",
            all.join("、")
        ))
    })
}

/// A table that is being read.
pub(super) struct Table<R> {
    reader: csv::Reader<Leash<R>>,
    columns: Vec<Column>,
    record: csv::ByteRecord,
    broken: bool,
}

impl<R: Read> Table<R> {
    /// Reads the headings.
    pub(super) fn open(input: R, delimiter: u8) -> Result<Self, FileError> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(true)
            // so that line numbers do not depend on how lines end; a carriage return goes when the cell is trimmed
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(Leash {
                inner: input,
                left: LONGEST,
                total: 0,
                last: 0,
            });
        let headings = reader
            .byte_headers()
            .map_err(|e| FileError::Shape(format!("标题行读不出来：{e}")))?;
        let columns = headings.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        for (i, c) in columns.iter().enumerate() {
            if let Column::Field(name) = c
                && columns[..i]
                    .iter()
                    .any(|other| matches!(other, Column::Field(n) if n == name))
            {
                return Err(FileError::Shape(format!("标题行里「{name}」出现了两次")));
            }
        }
        Ok(Self {
            reader,
            columns,
            record: csv::ByteRecord::new(),
            broken: false,
        })
    }

    /// The line on which the record begins, counted back from its end: blank lines before it do not mislead.
    fn line(&self) -> u64 {
        let (end, leash) = (self.reader.position(), self.reader.get_ref());
        let closed = end.byte() != leash.total || leash.last == b'\n';
        let inside: usize = self
            .record
            .iter()
            .map(|cell| cell.iter().filter(|b| **b == b'\n').count())
            .sum();
        end.line().saturating_sub(inside as u64 + u64::from(closed))
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            self.reader.get_mut().left = LONGEST;
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return None,
                Ok(true) => {
                    if let Some(row) = table_row(self.line(), &self.columns, &self.record) {
                        return Some(row);
                    }
                }
                Err(e) => {
                    self.broken = true;
                    let message = format!("从这一行起读不下去：{e}。可能有引号没有配对");
                    return Some(Err(RowError::one(
                        self.reader.position().line(),
                        "row",
                        "unreadable",
                        message,
                    )));
                }
            }
        }
        None
    }
}

fn table_row(
    line: u64,
    columns: &[Column],
    record: &csv::ByteRecord,
) -> Option<Result<Row, RowError>> {
    let mut answers = Answers::default();
    let mut beside = Beside::default();
    for (i, cell) in record.iter().enumerate() {
        let Ok(cell) = std::str::from_utf8(cell).map(str::trim) else {
            return Some(Err(RowError::one(
                line,
                "row",
                "encoding",
                format!("这一行{SAVE_AS_UTF8}"),
            )));
        };
        if cell.is_empty() {
            continue;
        }
        match columns.get(i) {
            Some(Column::Field(name)) => answers.set(name, &shape(name).code_of(cell)),
            Some(Column::ExternalId) => beside.external_id = Some(cell),
            Some(Column::ReceivedAt) => beside.received = Some(cell),
            Some(Column::Hotline) => beside.hotline = Some(cell),
            Some(Column::Ignored) => {}
            None => {
                let message = format!(
                    "标题有 {} 列，这一行有 {} 列：可能有逗号没有加引号",
                    columns.len(),
                    record.len()
                );
                return Some(Err(RowError::one(line, "row", "columns", message)));
            }
        }
    }
    let empty = answers.is_empty() && beside.external_id.is_none() && beside.received.is_none();
    (!empty).then(|| finish(line, answers, beside, Vec::new()))
}
