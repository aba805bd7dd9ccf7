//! Between intake and the departments: sent by hand with form 3 (投办41), sent back with a reason (T-02).

use super::{Step, notice_facts, reason_of, stands, unchanged};
use crate::{
    app::App,
    casework::{EventKind, State, Verb, law::Version},
    error::{Error, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
    },
    notices::{NoticeKind, chinese_date, out},
    store::{Conn, case::Case, co as store_co},
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// Sends a case back to intake 退回 with a reason; there is no way to another department (T-02, 投办41).
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] without a reason; already at intake.
pub async fn return_to_intake(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明退回的理由，受理员会据此改派")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Return, Act::Handle).await?;
        if case.department.is_none() {
            return Err(Error::Conflict("这件案件已经在受理岗"));
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        change.department = None;
        change.assignee = None;
        change.returns += 1;
        change.dispatch_reason = format!("部门退回：{reason}").chars().take(200).collect();
        let data = json!({ "from": case.department, "reason": reason });
        step.finish(conn, &case, &change, step.event(EventKind::Returned, data)).await
    })
}

/// The text of form 3 for the department that would get the case, with the term that the office must meet first.
///
/// # Errors
/// The database is away.
pub async fn dispatch_text(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    department: &str,
    reason: &str,
) -> Result<String> {
    let due = stands(app, conn, case).await?.next();
    let due = due.map(|(clock, day)| format!("{clock}最迟 {}", chinese_date(day)));
    let facts = notice_facts(case, department, app.today());
    Ok(out::dispatched(facts, case.kind, reason, due.as_deref()))
}

/// Sends a case to a department 分送 (投办41), by hand, with a reason and form 3. The repealed rule knew no such form.
///
/// # Errors
/// As [`super::accept`]; [`Error::Invalid`] for an unknown department or no reason.
pub async fn dispatch(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    department: &str,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明分送的理由")?;
    let reference = app.reference();
    let target = reference
        .inside(department)
        .ok_or_else(|| Error::field("department", "unknown_value", "请从列出的部门里选择"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = checked(conn, &step, number, version, target.id).await?;
        // who leads does not work beside itself
        store_co::co_remove(conn, case.id, target.id).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        change.department = Some(target.id);
        change.assignee = None;
        change.dispatch_reason = format!("受理员分送：{reason}").chars().take(200).collect();
        if Version::of(china_date(case.received_at)) == Version::Measures {
            let text = dispatch_text(app, conn, &case, &target.name, reason).await?;
            step.notice(conn, &case, NoticeKind::Dispatch, &text).await?;
        }
        let data = json!({ "department": target.id, "reason": reason });
        step.finish(conn, &case, &change, step.event(EventKind::Dispatched, data)).await
    })
}

/// The locked case and its next state when nothing speaks against dispatching it there.
pub(super) async fn checked(
    conn: &mut Conn,
    step: &Step<'_>,
    number: &str,
    version: i32,
    target: Uuid,
) -> Result<(Case, State)> {
    let (case, state) = step
        .begin(conn, number, version, Verb::Dispatch, Act::Dispatch)
        .await?;
    if case.department == Some(target) {
        return Err(Error::field("department", "same", "已经在这个部门"));
    }
    Ok((case, state))
}
