//! Follow a case: what its owner may read, for programs. Names, telephones and the story are never part of it.

use super::{
    cases::{id_of, instant, json_answer},
    problem::document,
};
use crate::{
    app::App,
    casework::{EventKind, clocks::Basis, flow, promise},
    error::Error,
    kernel::words::CaseKind,
    notices::chinese_date,
    store::case::{self as rows, Case, ClockRow},
    web::{ctx::Answer, track as page},
};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{Extensions, HeaderMap, HeaderName, StatusCode},
    response::Response,
};
use serde::Serialize;
use time::Date;

/// Carries the query code, which never stands in an address.
const QUERY_CODE: HeaderName = HeaderName::from_static("x-query-code");

#[derive(Serialize)]
struct Due {
    clock: &'static str,
    clock_label: &'static str,
    date: Date,
    text: String,
    article: &'static str,
    provisional: bool,
    overdue: bool,
}

#[derive(Serialize)]
struct EventLine {
    at: String,
    kind: &'static str,
    title: String,
    text: String,
}

#[derive(Serialize)]
struct Progress<'a> {
    kind: CaseKind,
    number: &'a str,
    state: &'static str,
    state_label: &'static str,
    meaning: &'static str,
    open: bool,
    received_at: String,
    department: &'a str,
    due: Option<Due>,
    events: Vec<EventLine>,
    messages: usize,
}

/// The date the office owes now, in the reading a resident may rely on (N-03).
fn due(clocks: &[ClockRow], today: Date) -> Option<Due> {
    let (clock, rule) = flow::promised(clocks)?;
    // while the time is not counted, nothing can be promised
    if Basis::read(clock.basis.as_deref()).paused.is_some() {
        return None;
    }
    let kind = rule.clock;
    Some(Due {
        clock: kind.code(),
        clock_label: kind.label(),
        date: clock.citizen_due,
        text: format!("最迟 {} {}", chinese_date(clock.citizen_due), promise(kind)),
        article: rule.article,
        provisional: clock.provisional,
        overdue: today > clock.citizen_due,
    })
}

async fn progress(app: &App, case: &Case) -> Result<Response, Error> {
    let (events, clocks) = {
        let mut conn = app.store.conn().await?;
        (
            rows::events(&mut conn, case.id).await?,
            rows::clocks(&mut conn, case.id).await?,
        )
    };
    let reference = app.reference();
    let body = Progress {
        kind: case.kind,
        number: &case.number,
        state: case.state.code(),
        state_label: case.state.label(),
        meaning: page::plain(case.kind, case.state),
        open: case.state.is_open(),
        received_at: instant(case.received_at),
        department: reference.holder(case.department),
        due: due(&clocks, app.today()),
        events: events
            .iter()
            .filter_map(|e| {
                let (title, text) = page::event_words(app, case, e)?;
                Some(EventLine {
                    at: instant(e.at),
                    kind: e.kind.code(),
                    title,
                    text,
                })
            })
            .collect(),
        // each message leaves an event, so that none has to be opened to be counted
        messages: events
            .iter()
            .filter(|e| matches!(e.kind, EventKind::Asked | EventKind::Answered))
            .count(),
    };
    json_answer(StatusCode::OK, &body)
}

/// The case of an address and its `X-Query-Code`.
pub(super) async fn open(
    app: &App,
    number: Result<Path<String>, PathRejection>,
    headers: &HeaderMap,
) -> Result<Case, Error> {
    let number = number.map_or_else(|_| String::new(), |Path(n)| n);
    let code = headers
        .get(QUERY_CODE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    let (number, code) = page::read(&number, code).map_err(Error::Invalid)?;
    flow::track(app, number, &code).await
}

/// Unknown number, wrong code and another case's code are one answer.
pub(super) fn unknown(extensions: &Extensions) -> Response {
    let detail = "编号和查询码对不上，请对着回执再核对一遍。";
    document(
        StatusCode::NOT_FOUND,
        "not_found",
        detail,
        &[],
        &id_of(extensions),
    )
}

/// `GET /api/v1/cases/{number}` with `X-Query-Code`.
pub async fn track(
    State(app): State<App>,
    number: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Answer {
    match open(&app, number, &headers).await {
        Ok(case) => Ok(progress(&app, &case).await?),
        Err(Error::NotFound) => Ok(unknown(&extensions)),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{OffsetDateTime, macros::date};

    #[test]
    fn the_date_that_is_owed() {
        let clock = ClockRow {
            clock: "acceptance".into(),
            rule: "C-20".into(),
            started_on: date!(2026 - 11 - 13),
            agency_due: date!(2026 - 11 - 24),
            citizen_due: date!(2026 - 11 - 24),
            provisional: false,
            stopped_at: None,
            basis: None,
        };
        let owed = due(std::slice::from_ref(&clock), date!(2026 - 11 - 25)).unwrap();
        assert!(
            owed.overdue && owed.article.contains("第十五条"),
            "{}",
            owed.article
        );
        assert!(
            due(
                &[ClockRow {
                    stopped_at: Some(OffsetDateTime::UNIX_EPOCH),
                    ..clock
                }],
                owed.date
            )
            .is_none()
        );
    }
}
