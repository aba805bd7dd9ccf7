//! A resident asks to hurry 催办: what was promised is late; once a day, seen by handler and supervisor, counted.

use super::{promised, record, resident::line, track, unchanged};
use crate::{
    app::App,
    casework::{EventKind, Verb, deadline::remaining, edge, escalation::may_urge},
    error::{Error, Result},
    kernel::{clock::china_date, code::QueryCode, number::CaseNumber},
    store::{
        case::{self as rows, Case, NewEvent},
        escalation, security,
    },
    tx,
};
use serde_json::json;
use time::Date;

/// Asks to hurry.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when nothing is late, or for the second time on a day.
pub async fn urge(app: &App, number: CaseNumber, code: &QueryCode) -> Result<()> {
    track(app, number, code).await?;
    let now = app.now();
    let today = china_date(now);
    tx!(app.store, conn => {
        let case = rows::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        edge(case.kind, case.state, Verb::Urge).ok_or(Error::Conflict("这件已经办结，不用再催"))?;
        let clocks = rows::clocks(conn, case.id).await?;
        let left = promised(&clocks).map(|(clock, rule)| {
            remaining(today, clock.citizen_due, rule.term.unit(), &app.reference().calendar)
        });
        may_urge(left, false).map_err(Error::Conflict)?;
        if !escalation::urge_insert(conn, case.id.0, today, now).await? {
            may_urge(left, true).map_err(Error::Conflict)?;
        }
        let event = NewEvent { kind: EventKind::Urged, actor: "resident", staff: None, data: json!({}) };
        record(app, conn, &case, unchanged(&case)?, event, now).await?;
        security::audit_insert(conn, &line(app, &case, EventKind::Urged.code())).await
    })
}

/// How often the resident asked to hurry, and the last day of it.
///
/// # Errors
/// The database is away.
pub async fn urges(app: &App, case: &Case) -> Result<(i64, Option<Date>)> {
    let mut conn = app.store.conn().await?;
    escalation::urges(&mut conn, case.id.0).await
}
