//! From intake to a department and back: a department sends a case back, intake sends it on (T-02, 投办41).

use super::{Step, reason_of, unchanged};
use crate::{
    app::App,
    casework::{EventKind, State, Verb},
    error::{Error, Result},
    kernel::access::{Act, Actor},
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

/// Sends a case to a department 分送 (投办41), by hand, with a reason.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] for an unknown department or no reason.
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
        .ok_or_else(|| Error::field("department", "unknown_value", "请从列出的部门里选择"))?
        .id;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = checked(conn, &step, number, version, target).await?;
        // who leads does not work beside itself
        store_co::co_remove(conn, case.id, target).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        change.department = Some(target);
        change.assignee = None;
        change.dispatch_reason = format!("受理员分送：{reason}").chars().take(200).collect();
        let data = json!({ "department": target, "reason": reason });
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
