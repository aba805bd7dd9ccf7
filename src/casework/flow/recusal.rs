//! Recusal 回避 (C-26, 投办21): who has a near relationship or an interest does not handle the case. A person says so for
//! itself; a party may apply, and then the mediation rests until somebody else has decided.

use super::{
    Step, audit_line, message_of, message_row, open, reason_of, record, resident::line, track,
    unchanged,
};
use crate::{
    app::App,
    audit::Deed,
    casework::{EventKind, State, SuspendReason, Verb, edge},
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act, Actor},
        code::QueryCode,
        number::CaseNumber,
        words::{CaseKind, words},
    },
    privacy::Purpose,
    store::{
        Conn,
        case::{self as cases, Case, NewEvent},
        recusal::{self as rows, NewRecused, RequestRow},
        security, staff,
    },
    tx,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

words! {
    /// Which side applies.
    Party {
        Complainant = "complainant", "投诉人";
        Trader = "trader", "经营者";
    }
}

/// An application, opened.
pub struct Request {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Which side.
    pub side: &'static str,
    /// Why.
    pub text: String,
    /// Granted or not; `None` while it waits.
    pub granted: Option<bool>,
}

/// What the case page shows of recusals.
#[derive(Default)]
pub struct Recusals {
    /// Everybody kept from the case: id, name, since when, why.
    pub people: Vec<(Uuid, String, OffsetDateTime, String)>,
    /// Applications, oldest first.
    pub requests: Vec<Request>,
    /// One of them waits.
    pub waits: bool,
    /// This person is kept from the case.
    pub me: bool,
}

/// Refuses every act to a person who is kept from the case.
///
/// # Errors
/// [`Error::Conflict`].
pub(crate) async fn free(conn: &mut Conn, actor: &Actor, case: &Case) -> Result<()> {
    if rows::recused(conn, case.id, actor.staff.0).await? {
        Err(Error::Conflict(
            "您已回避这一件，不能再办理，请由科长另派人",
        ))
    } else {
        Ok(())
    }
}

/// Whether an application stands in the way of mediating.
pub(super) async fn decided(conn: &mut Conn, case: &Case) -> Result<()> {
    if rows::request_waits(conn, case.id).await? {
        Err(Error::Conflict(
            "回避申请还没有决定，调解要等决定以后再进行",
        ))
    } else {
        Ok(())
    }
}

fn kept(app: &App, staff: Uuid, by: Uuid, reason: &str) -> NewRecused {
    let id = app.ids.next();
    NewRecused {
        id,
        staff,
        at: app.now(),
        decided_by: by,
        reason: app
            .sealer
            .seal(Purpose::Note, id, reason.as_bytes(), app.dice.bytes()),
    }
}

fn renamed(e: Error, field: &'static str) -> Error {
    match e {
        Error::Invalid(errors) => Error::Invalid(
            errors
                .into_iter()
                .map(|e| FieldError { field, ..e })
                .collect(),
        ),
        other => other,
    }
}

/// A person says that it has a near relationship or an interest: from then on it cannot act on the case.
///
/// # Errors
/// Not visible, not somebody who handles; [`Error::Invalid`] without a reason.
pub async fn declare(app: &App, actor: &Actor, number: &str, reason: &str) -> Result<()> {
    let reason =
        reason_of(reason, "请写明和谁有什么关系").map_err(|e| renamed(e, "recuse_reason"))?;
    let case = open(app, actor, number).await?;
    if !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    let row = kept(app, actor.staff.0, actor.staff.0, reason);
    tx!(app.store, conn => {
        let held = cases::case_lock(conn, &case.number).await?.ok_or(Error::NotFound)?;
        free(conn, actor, &held).await?;
        rows::recused_insert(conn, case.id, &row).await?;
        if held.assignee == Some(actor.staff.0) {
            let step = Step::of(app, actor);
            let mut change = unchanged(&held)?;
            change.assignee = None;
            let event = step.event(EventKind::Assigned, json!({ "to": null }));
            record(app, conn, &held, change, event, step.now).await?;
        }
        let line = audit_line(app, actor, &case, Deed::Recuse, Some(reason));
        security::audit_insert(conn, &line).await
    })
}

/// Where a party may apply: from the acceptance on, while the mediation has not ended.
const OPEN: [State; 3] = [State::Accepted, State::Mediating, State::Suspended];

/// Writes an application; a mediation that goes on rests from now (`by` says who wrote it down).
async fn applied(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    side: Party,
    text: &str,
    by: Option<&Actor>,
) -> Result<()> {
    if case.kind != CaseKind::Complaint || !OPEN.contains(&case.state) {
        return Err(Error::Conflict("现在没有在进行的调解，不用申请回避"));
    }
    if rows::request_waits(conn, case.id).await? {
        return Err(Error::Conflict("已经有一个回避申请在等决定"));
    }
    let (id, now) = (app.ids.next(), app.now());
    let row = RequestRow {
        id,
        at: now,
        side: side.code().to_owned(),
        body: app
            .sealer
            .seal(Purpose::Message, id, text.as_bytes(), app.dice.bytes()),
        decided_at: None,
        granted: None,
    };
    rows::request_insert(conn, case.id, &row).await?;
    let mut change = unchanged(case)?;
    let (actor, staff) = by.map_or(("resident", None), |a| ("staff", Some(a.staff.0)));
    let mut event = NewEvent {
        kind: EventKind::Asked,
        actor,
        staff,
        data: json!({}),
    };
    if by.is_none() {
        change.unread += 1;
        let words = format!("申请回避：{text}");
        cases::message_insert(
            conn,
            case.id,
            &message_row(app, "resident", &words, now),
            None,
        )
        .await?;
    }
    if let Some(edge) = edge(case.kind, case.state, Verb::Suspend) {
        change.state = edge.after(case.state);
        event.kind = EventKind::Suspended;
        event.data = json!({ "reason": SuspendReason::Recusal });
    } else if by.is_some() {
        // nothing to suspend and nothing said by the resident: the application alone is kept
        change.waits = true;
        return cases::case_save(conn, case, &change).await;
    }
    change.waits = true;
    record(app, conn, case, change, event, now).await
}

/// A complainant applies for a recusal: the mediation rests until it is decided.
///
/// # Errors
/// [`Error::Invalid`] for an empty text; [`Error::Conflict`] when nothing is mediated or one waits.
pub async fn apply(app: &App, number: CaseNumber, code: &QueryCode, text: &str) -> Result<()> {
    let text = message_of(text).map_err(|e| renamed(e, "recusal"))?;
    track(app, number, code).await?;
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        applied(app, conn, &case, Party::Complainant, text, None).await?;
        security::audit_insert(conn, &line(app, &case, Deed::RecusalAsked.code())).await
    })
}

/// The desk writes down the application of a side that came by another way.
///
/// # Errors
/// As [`apply`]; not visible, not allowed, changed meanwhile.
pub async fn apply_for(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    side: &str,
    text: &str,
) -> Result<()> {
    let side = Party::from_code(side)
        .ok_or_else(|| Error::field("recusal_side", "required", "请选择是哪一方申请"))?;
    let text =
        reason_of(text, "请写明申请谁回避、为什么").map_err(|e| renamed(e, "recusal_text"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let case = step.hold(conn, number, version, Act::Handle).await?;
        applied(app, conn, &case, side, text, Some(actor)).await?;
        let line = audit_line(app, actor, &case, Deed::RecusalAsked, Some(text));
        security::audit_insert(conn, &line).await
    })
}

/// Decides the application that waits: grants it against a person of the department, or dismisses it. The mediation
/// goes on by the same act, and the complainant reads how it was decided.
///
/// # Errors
/// Not visible, not somebody who approves, changed meanwhile; [`Error::Conflict`] when nothing waits, and for the person
/// whom it is about; [`Error::Invalid`] without a person or a reason.
pub async fn decide(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    grant: Option<bool>,
    person: &str,
    why: &str,
) -> Result<()> {
    let grant =
        grant.ok_or_else(|| Error::field("recusal_decision", "required", "请选择同意还是驳回"))?;
    let why =
        reason_of(why, "请写明决定的理由，申请人会看到").map_err(|e| renamed(e, "recusal_why"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let case = step.hold(conn, number, version, Act::Approve).await?;
        let mut said = format!("回避申请的决定：不予回避。{why}");
        let mut let_go = false;
        if grant {
            let department = case.department.ok_or(Error::Conflict("这件案件还在受理岗"))?;
            let there = staff::staff_of_department(conn, department).await?;
            let person = Uuid::try_parse(person).ok().filter(|p| there.iter().any(|s| s.0 == *p))
                .ok_or_else(|| Error::field("recusal_staff", "required", "请选择由谁回避"))?;
            if person == actor.staff.0 {
                return Err(Error::Conflict("这是申请您本人回避，要由另一个人决定"));
            }
            rows::recused_insert(conn, case.id, &kept(app, person, actor.staff.0, why)).await?;
            let_go = case.assignee == Some(person);
            said = format!("回避申请的决定：同意，这件改由别的工作人员办理。{why}");
        }
        if !rows::request_decide(conn, case.id, grant, actor.staff.0, step.now).await? {
            return Err(Error::Conflict("没有等待决定的回避申请"));
        }
        let mut change = unchanged(&case)?;
        let mut event = step.event(EventKind::Answered, json!({}));
        if case.state == State::Suspended && rests_for_it(conn, &case).await?
            && let Some(edge) = edge(case.kind, case.state, Verb::Resume)
        {
            change.state = edge.after(case.state);
            event.kind = EventKind::Resumed;
        }
        let row = message_row(app, "office", &said, step.now);
        cases::message_insert(conn, case.id, &row, Some(actor.staff.0)).await?;
        change.waits = false;
        if let_go {
            change.assignee = None;
        }
        record(app, conn, &case, change, event, step.now).await?;
        let line = audit_line(app, actor, &case, Deed::RecusalDecided, Some(why));
        security::audit_insert(conn, &line).await
    })
}

/// Whether the mediation rests because of an application, and not for a test.
async fn rests_for_it(conn: &mut Conn, case: &Case) -> Result<bool> {
    let past = cases::history(conn, case.id).await?;
    let last = past.iter().rfind(|p| p.kind == EventKind::Suspended);
    let reason = last.and_then(|p| p.data.get("reason").cloned());
    Ok(reason == serde_json::to_value(SuspendReason::Recusal).ok())
}

/// Whether an application waits for its decision.
///
/// # Errors
/// The database is away.
pub async fn waits(app: &App, case: &Case) -> Result<bool> {
    let mut conn = app.store.conn().await?;
    rows::request_waits(&mut conn, case.id).await
}

/// What the case page shows of recusals.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn recusals(app: &App, actor: &Actor, case: &Case) -> Result<Recusals> {
    let mut conn = app.store.conn().await?;
    let kept = rows::all_recused(&mut conn, case.id).await?;
    let asked = rows::requests(&mut conn, case.id).await?;
    let open = |purpose, id, body: &[u8]| {
        app.sealer
            .open_text(purpose, id, body)
            .map(|t| t.to_string())
            .map_err(Error::internal)
    };
    let people: Result<Vec<_>> = kept
        .into_iter()
        .map(|r| {
            let why = open(Purpose::Note, r.id, &r.reason)?;
            Ok((r.staff_id, r.name, r.at, why))
        })
        .collect();
    let requests: Result<Vec<_>> = asked
        .into_iter()
        .map(|r| {
            Ok(Request {
                at: r.at,
                side: Party::from_code(&r.side).map_or("", Party::label),
                text: open(Purpose::Message, r.id, &r.body)?,
                granted: r.granted,
            })
        })
        .collect();
    let (people, requests) = (people?, requests?);
    Ok(Recusals {
        me: people.iter().any(|p| p.0 == actor.staff.0),
        waits: requests.iter().any(|r| r.granted.is_none()),
        people,
        requests,
    })
}
