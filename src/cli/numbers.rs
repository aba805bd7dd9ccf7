//! `minsheng import --numbers-12315 FILE`: keeps the numbers that cases got on the 12315 platform. A row that was kept
//! before is found again, so that a run that stopped is simply started anew. Prints one JSON line for each row that
//! cannot be used and a last one with the counts.

use crate::{
    app::App,
    error::Error,
    exchange::{
        flow,
        numbers::{self, Row, RowError},
    },
};
use anyhow::Context;
use serde::Serialize;
use std::{
    fs::File,
    io::{BufReader, Write},
    path::Path,
};

/// What a run did. With `errors` above 0 the command ends with exit code 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows with content.
    pub rows: u64,
    /// Numbers kept now.
    pub kept: u64,
    /// Numbers that were there already.
    pub repeated: u64,
    /// Rows that could not be used.
    pub errors: u64,
}

/// Keeps the numbers of `file`; see the head of this file.
///
/// # Errors
/// The file cannot be read or lacks the columns; the database is away (start again later).
pub async fn run(app: &App, file: &Path, mut out: impl Write) -> anyhow::Result<Summary> {
    let input = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let rows = numbers::open(BufReader::with_capacity(1 << 16, input))
        .with_context(|| file.display().to_string())?;
    let mut summary = Summary::default();
    for row in rows {
        summary.rows += 1;
        let done = match row {
            Ok(row) => keep(app, &row)
                .await
                .with_context(|| format!("stopped at line {}", row.line))?,
            Err(said) => Err(said),
        };
        match done {
            Ok(true) => summary.kept += 1,
            Ok(false) => summary.repeated += 1,
            Err(said) => {
                summary.errors += 1;
                line(&mut out, &said)?;
            }
        }
    }
    line(&mut out, &summary)?;
    out.flush()?;
    Ok(summary)
}

fn line(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Keeps a row's number; the inner error concerns the row, the outer one the run.
async fn keep(app: &App, row: &Row) -> anyhow::Result<Result<bool, RowError>> {
    let wrong = |code, message| {
        Ok(Err(RowError {
            line: row.line,
            number: row.ours.clone(),
            code,
            message,
        }))
    };
    match flow::keep_number(app, row).await {
        Ok(new) => Ok(Ok(new)),
        Err(Error::NotFound) => wrong("unknown", "这里没有这个编号的案件"),
        Err(Error::Conflict(why)) => wrong("conflict", why),
        Err(other) => Err(super::admin::explain(other)),
    }
}
