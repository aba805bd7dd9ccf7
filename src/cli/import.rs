//! `minsheng import FILE`: files each row of a hotline's file as the wizard would. Rows that were filed before are
//! found again by their key, so that a run that stopped is simply started anew. Prints one JSON line for each row that
//! cannot be filed and a last one with the counts; no contact and no query code is ever printed.

use crate::{
    app::App,
    error::Error,
    intake::{
        Answers, Known,
        flow::{self, Source},
        import::{self, Row, RowError},
        json::Mistake,
    },
    kernel::words::Channel,
    reference::Reference,
};
use anyhow::Context;
use serde::Serialize;
use std::{
    fs::File,
    io::{BufReader, Write},
    path::Path,
};
use time::{Duration, OffsetDateTime};

/// What a run did. With `errors` above 0 the command ends with exit code 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows with content.
    pub rows: u64,
    /// Rows that made cases now.
    pub filed: u64,
    /// Rows that an earlier run or row had filed.
    pub repeated: u64,
    /// Rows that were not filed.
    pub errors: u64,
}

/// Files the rows of `file`; see the head of this file.
///
/// # Errors
/// The file cannot be read or is no table of ours; the database is away (start again later: nothing is filed twice).
pub async fn run(app: &App, file: &Path, mut out: impl Write) -> anyhow::Result<Summary> {
    let input = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let rows = import::open(BufReader::with_capacity(1 << 16, input))
        .with_context(|| file.display().to_string())?;
    let mut summary = Summary::default();
    for row in rows {
        summary.rows += 1;
        match row {
            Ok(row) => match submit(app, &row).await {
                Ok(true) => summary.repeated += 1,
                Ok(false) => summary.filed += 1,
                Err(error) => {
                    let errors =
                        messages(error).with_context(|| format!("stopped at line {}", row.line))?;
                    let said = RowError {
                        line: row.line,
                        external_id: row.external_id,
                        errors,
                    };
                    summary.errors += 1;
                    line(&mut out, &said)?;
                }
            },
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

/// The messages of a row that was refused.
///
/// # Errors
/// What concerns the run and not the row.
fn messages(error: Error) -> anyhow::Result<Vec<Mistake>> {
    match error {
        Error::Invalid(fields) => Ok(fields.into_iter().map(Mistake::from).collect()),
        Error::Conflict(_) => {
            let message =
                "这个外部编号已经用另一份内容立过件；内容更正请在案件里留言，新的反映请用新的编号";
            Ok(vec![Mistake::new("external_id", "conflict", message)])
        }
        other => Err(other.into()),
    }
}

/// Files a row; `true` when it had been filed before.
async fn submit(app: &App, row: &Row) -> Result<bool, Error> {
    let mut answers = row.answers.clone();
    name_codes(&mut answers, &app.reference());
    let source = Source {
        channel: Channel::Import,
        idempotency: row.idempotency,
        draft: None,
        received_at: row
            .received_at
            .map(|at| received(at, app.now()))
            .transpose()?,
        taken: None,
        hotline: row.hotline,
    };
    let done = flow::submit(app, &source, &answers).await?;
    Ok(done.repeated)
}

/// The instant from which the law counts (N-04): when the department received it, which lies neither ahead nor beyond
/// what a file of open cases can hold.
fn received(at: OffsetDateTime, now: OffsetDateTime) -> Result<OffsetDateTime, Error> {
    if at > now {
        return Err(Error::field(
            "received_at",
            "future",
            "收到时间不能晚于现在",
        ));
    }
    if at < now - Duration::days(3 * 366) {
        return Err(Error::field(
            "received_at",
            "date",
            "收到时间在三年以前，请核对",
        ));
    }
    Ok(at)
}

/// Hotlines write the names of categories and streets: brings them to codes.
fn name_codes(answers: &mut Answers, reference: &Reference) {
    let code = |wanted: &str, problem: bool| {
        let named = reference
            .categories
            .iter()
            .find(|c| c.name == wanted && (c.family == "problem") == problem);
        named.map(|c| c.code.clone())
    };
    let category = answers.get("category");
    if reference.subject(category).is_none()
        && let Some(found) = code(category, false)
    {
        answers.set("category", &found);
    }
    let problem = answers.get("problem");
    if !reference.problem(problem)
        && let Some(found) = code(problem, true)
    {
        answers.set("problem", &found);
    }
    let street = answers.get("street");
    if !reference.street(street)
        && let Some(found) = reference.streets.iter().find(|s| s.name == street)
    {
        answers.set("street", &found.code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn what_concerns_the_row_and_what_the_run() {
        let invalid = messages(Error::field("goods", "required", "请填写")).unwrap();
        assert_eq!((&*invalid[0].field, invalid[0].code), ("goods", "required"));
        assert_eq!(messages(Error::Conflict("x")).unwrap()[0].code, "conflict");
        assert!(messages(Error::Unavailable("gone".into())).is_err());
        let summary = Summary {
            rows: 3,
            filed: 1,
            repeated: 1,
            errors: 1,
        };
        assert_eq!(
            serde_json::to_string(&summary).unwrap(),
            r#"{"rows":3,"filed":1,"repeated":1,"errors":1}"#
        );
    }

    #[test]
    fn a_received_time_lies_in_the_recent_past() {
        let now = datetime!(2026-11-20 0:00 UTC);
        assert!(received(datetime!(2026-11-19 23:59 UTC), now).is_ok());
        assert!(received(datetime!(2026-11-20 0:01 UTC), now).is_err());
        assert!(received(datetime!(2020-11-20 0:00 UTC), now).is_err());
    }
}
