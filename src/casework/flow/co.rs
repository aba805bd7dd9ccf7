//! Co-handling 协办 (T-05): the lead or intake asks other departments to work on a case beside the lead, each by its own
//! day; each says in writing what came of it. A co-handler sees the case, never the contact, and takes no step of the
//! lead's.

use super::{Step, message_of, reason_of, unchanged};
use crate::{
    app::App,
    casework::{CoState, EventKind, Side, Verb, day_fits},
    error::{Error, Result},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    store::{
        Conn,
        case::{Case, Event},
        co::{self as rows, CoRow},
    },
    tx,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use time::{Date, macros::format_description};
use uuid::Uuid;

/// Where a person stands to a case, `None`: it does not exist for this person.
///
/// # Errors
/// The database is away.
pub(super) async fn side(conn: &mut Conn, actor: &Actor, case: &Case) -> Result<Option<Side>> {
    if !actor.may(Act::ViewCases) {
        return Ok(None);
    }
    if actor.sees(case.department.map(crate::kernel::DepartmentId)) {
        return Ok(Some(Side::Lead));
    }
    match actor.department.filter(|_| actor.role.has_department()) {
        Some(own) if rows::co_is(conn, case.id, own.0).await? => Ok(Some(Side::Co)),
        _ => Ok(None),
    }
}

/// Where a person stands to a case that was opened for this person, whose co-handlers are known.
#[must_use]
pub fn side_of(actor: &Actor, case: &Case) -> Side {
    if actor.sees(case.department.map(crate::kernel::DepartmentId)) {
        Side::Lead
    } else {
        Side::Co
    }
}

/// Who arranges co-handling: the lead by handling, intake by dispatching.
const fn arranging(actor: &Actor) -> Act {
    if actor.may(Act::Dispatch) {
        Act::Dispatch
    } else {
        Act::Handle
    }
}

/// The day that was typed: `None` leaves it to the lead's clock.
fn day_of(app: &App, case: &Case, text: &str) -> Result<Option<Date>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |message: &str| Error::field("date", "out_of_range", message);
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| wrong("请按年-月-日填写，例如 2026-12-01"))?;
    let lead = case.next_clock.as_ref().and(case.next_due);
    if day_fits(day, app.today(), lead) {
        Ok(Some(day))
    } else {
        Err(wrong("要在今天以后，不晚于本件现在的期限"))
    }
}

/// The department with this code, and its task when it has one.
async fn chosen(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    code: &str,
) -> Result<(Uuid, Option<CoRow>)> {
    let reference = app.reference();
    let department = reference
        .inside(code)
        .ok_or_else(|| Error::field("choice", "unknown_value", "请从列出的部门里选择"))?
        .id;
    let all = rows::co_of_case(conn, case.id).await?;
    Ok((
        department,
        all.into_iter().find(|c| c.department == department),
    ))
}

fn open_task(row: Option<CoRow>) -> Result<CoRow> {
    row.filter(|c| c.state == CoState::Open)
        .ok_or_else(|| Error::field("choice", "no_task", "这个部门现在没有协办任务"))
}

/// Asks a department to co-handle, with a reason; a finished task is opened again.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, closed; [`Error::Invalid`] for a department that leads or works on it
/// already, a day outside the lead's, no reason.
pub async fn co_add(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    (department, day): (&str, &str),
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明请它办什么")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::CoAdd, arranging(actor)).await?;
        let (department, task) = chosen(app, conn, &case, department).await?;
        let taken = case.department == Some(department)
            || task.is_some_and(|t| t.state == CoState::Open);
        if taken {
            return Err(Error::field("choice", "same", "这个部门已经在办这一件"));
        }
        let day = day_of(app, &case, day)?;
        rows::co_put(conn, case.id.0, &[department], case.next_due, day, step.now).await?;
        let data = json!({ "department": department, "due": day.map(|d| d.to_string()), "reason": reason });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::CoAdded, data)).await
    })
}

/// Gives a co-handler another day, or none of its own (it follows the lead's clock again).
///
/// # Errors
/// As [`co_add`].
pub async fn co_due(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    (department, day): (&str, &str),
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明为什么改期限")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::CoDue, arranging(actor)).await?;
        let (department, task) = chosen(app, conn, &case, department).await?;
        open_task(task)?;
        let day = day_of(app, &case, day)?;
        rows::co_due(conn, case.id, department, case.next_due, day).await?;
        let data = json!({ "department": department, "due": day.map(|d| d.to_string()), "reason": reason });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::CoDueSet, data)).await
    })
}

/// Takes a co-handler off a case, with a reason: it no longer sees it.
///
/// # Errors
/// As [`co_add`].
pub async fn co_remove(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    department: &str,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明为什么取消")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::CoRemove, arranging(actor)).await?;
        let (department, task) = chosen(app, conn, &case, department).await?;
        if task.is_none() {
            return Err(Error::field("choice", "no_task", "这个部门没有协办这一件"));
        }
        rows::co_remove(conn, case.id, department).await?;
        let data = json!({ "department": department, "reason": reason });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::CoRemoved, data)).await
    })
}

/// A co-handler finishes its task with a written result, which stays sealed in the history and is read by the lead.
///
/// # Errors
/// As [`co_add`]; [`Error::Conflict`] when the task is not open.
pub async fn co_done(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    result: &str,
) -> Result<()> {
    let result = message_of(result)?;
    let step = Step::of(app, actor);
    let id = app.ids.next();
    let sealed = app
        .sealer
        .seal(Purpose::Message, id, result.as_bytes(), app.dice.bytes());
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::CoDone, Act::Handle).await?;
        let own = actor.department.ok_or(Error::Forbidden)?.0;
        let task = rows::co_of_case(conn, case.id).await?.into_iter().find(|c| c.department == own);
        if task.is_none_or(|t| t.state != CoState::Open) {
            return Err(Error::Conflict("本部门的协办任务已经办结"));
        }
        rows::co_done(conn, case.id, own, step.now).await?;
        let data = json!({ "department": own, "result": id, "sealed": STANDARD.encode(&sealed) });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::CoDone, data)).await
    })
}

/// What co-handlers wrote on a case, opened: department and text, oldest first.
///
/// # Errors
/// The key ring lacks a key.
pub fn co_results(app: &App, events: &[Event]) -> Result<Vec<(Uuid, String)>> {
    events
        .iter()
        .filter(|e| e.kind == EventKind::CoDone)
        .map(|e| {
            let text = |name: &str| e.data.get(name).and_then(|v| v.as_str()).unwrap_or("");
            let id = |name: &str| Uuid::parse_str(text(name)).map_err(Error::internal);
            let sealed = STANDARD.decode(text("sealed")).map_err(Error::internal)?;
            let words = app
                .sealer
                .open_text(Purpose::Message, id("result")?, &sealed)
                .map_err(Error::internal)?;
            Ok((id("department")?, words.to_string()))
        })
        .collect()
}
