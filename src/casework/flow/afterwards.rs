//! After the end: a resident rates, asks that the case be taken up again; a supervisor who did not end it decides. The
//! resident's reason and the decision's are messages, sealed like every other one.

use super::{Step, message_row, reason_of, record, resident::line, stands, track, unchanged};
use crate::{
    app::App,
    casework::{EventKind, Verb, afterwards::Rating, deadline::compute, edge},
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        code::QueryCode,
        number::CaseNumber,
    },
    notices::chinese_date,
    store::{
        case::{self as rows, Case, NewEvent},
        lists, security,
    },
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// Longest reason of a resident, in characters.
pub const REOPEN_MAX: usize = 500;
/// How the message begins that holds a resident's reason.
pub const REOPEN_HEAD: &str = "申请重新办理：";

/// A resident rates the end of a case, once for each end.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] before the end, or for the second time.
pub async fn rate(app: &App, number: CaseNumber, code: &QueryCode, rating: Rating) -> Result<()> {
    track(app, number, code).await?;
    let now = app.now();
    tx!(app.store, conn => {
        let case = rows::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        edge(case.kind, case.state, Verb::Rate).ok_or(Error::Conflict("办结以后才能评价"))?;
        if let Some(why) = stands(app, conn, &case).await?.obstacle(Verb::Rate, Uuid::nil()) {
            return Err(Error::Conflict(why));
        }
        let event = NewEvent { kind: EventKind::Rated, actor: "resident", staff: None, data: json!(rating) };
        record(app, conn, &case, unchanged(&case)?, event, now).await?;
        security::audit_insert(conn, &line(app, &case, EventKind::Rated.code())).await
    })
}

/// A resident asks that a case be taken up again, once in its life and soon after its end.
///
/// # Errors
/// As [`rate`]; [`Error::Invalid`] without a reason; [`Error::Conflict`] when the time for it has passed.
pub async fn ask_reopening(
    app: &App,
    number: CaseNumber,
    code: &QueryCode,
    reason: &str,
) -> Result<()> {
    let reason = wanted(reason)?;
    track(app, number, code).await?;
    let now = app.now();
    let terms = app.config.reopening;
    let row = message_row(app, "resident", &format!("{REOPEN_HEAD}{reason}"), now);
    tx!(app.store, conn => {
        let case = rows::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        edge(case.kind, case.state, Verb::ReopenAsk).ok_or(Error::Conflict("这件现在不能申请重新办理"))?;
        let stands = stands(app, conn, &case).await?;
        if let Some(why) = stands.obstacle(Verb::ReopenAsk, Uuid::nil()) {
            return Err(Error::Conflict(why));
        }
        let today = china_date(now);
        if stands.after.ended.is_none_or(|at| today > terms.until(china_date(at))) {
            return Err(Error::Conflict("申请重新办理的时间已经过了"));
        }
        let calendar = &app.reference().calendar;
        let reply_by = compute(today, terms.reply(), &<_>::default(), calendar).agency;
        lists::reopening_insert(conn, case.id, reply_by).await?;
        rows::message_insert(conn, case.id, &row, None).await?;
        let mut change = unchanged(&case)?;
        change.unread += 1;
        let data = json!({ "reply_by": reply_by.to_string() });
        let event = NewEvent { kind: EventKind::ReopenAsked, actor: "resident", staff: None, data };
        record(app, conn, &case, change, event, now).await?;
        security::audit_insert(conn, &line(app, &case, EventKind::ReopenAsked.code())).await
    })
}

fn wanted(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    match reason.chars().count() {
        0..4 => Err(Error::field(
            "reopen",
            "required",
            "请写明哪里没有办好、希望怎样（至少 4 个字）",
        )),
        4..=REOPEN_MAX => Ok(reason),
        n => Err(Error::Invalid(vec![FieldError::too_long(
            "reopen", REOPEN_MAX, n,
        )])),
    }
}

/// Takes a case up again, or declines to (`grant` false); the reason goes to the resident.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile; [`Error::Invalid`] without a reason; [`Error::Conflict`] when nobody asked,
/// or for a person who ended the case.
pub async fn decide_reopening(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    grant: bool,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明理由，居民会看到")?;
    let (verb, kind, head) = if grant {
        let (verb, kind) = (Verb::ReopenGrant, EventKind::Reopened);
        (verb, kind, "您申请的重新办理，我们同意了。")
    } else {
        let (verb, kind) = (Verb::ReopenDecline, EventKind::ReopenDeclined);
        (verb, kind, "您申请的重新办理，我们没有同意。理由：")
    };
    let step = Step::of(app, actor);
    let row = message_row(app, "office", &format!("{head}{reason}"), step.now);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, Act::Approve).await?;
        step.unhindered(conn, &case, verb).await?;
        lists::reopening_decided(conn, case.id).await?;
        rows::message_insert(conn, case.id, &row, Some(actor.staff.0)).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        // the request was one of the messages that wait
        change.unread = (case.unread - 1).max(0);
        step.finish(conn, &case, &change, step.event(kind, json!({}))).await
    })
}

/// What a resident sees after the end.
#[derive(Debug, Clone, Default)]
pub struct AfterView {
    /// What was answered.
    pub rating: Option<Rating>,
    /// The three questions may be answered now.
    pub may_rate: bool,
    /// The last day on which it may be asked to take the case up again; `None`: not any more, or not yet.
    pub until: Option<String>,
    /// By when a request that waits is answered.
    pub reply: Option<String>,
}

/// What a resident may still say about the end of a case.
///
/// # Errors
/// The database is away.
pub async fn after_view(app: &App, case: &Case) -> Result<AfterView> {
    if edge(case.kind, case.state, Verb::Rate).is_none() {
        return Ok(AfterView::default());
    }
    let mut conn = app.store.conn().await?;
    let now = stands(app, &mut conn, case).await?;
    let reply = lists::reopening_reply(&mut conn, case.id).await?;
    let last = now
        .after
        .ended
        .map(|at| app.config.reopening.until(china_date(at)))
        .filter(|last| app.today() <= *last)
        .filter(|_| now.obstacle(Verb::ReopenAsk, Uuid::nil()).is_none());
    Ok(AfterView {
        rating: now.after.rating,
        may_rate: now.after.rating.is_none(),
        until: last.map(chinese_date),
        reply: reply.map(chinese_date),
    })
}
