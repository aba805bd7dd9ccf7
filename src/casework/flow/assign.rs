//! Who of a department handles a case 承办人: a supervisor says so; a handler takes what nobody has.

use super::{Step, unchanged};
use crate::{
    app::App,
    casework::{EventKind, Verb, may_assign},
    error::{Error, Result},
    kernel::access::{Act, Actor},
    store::{Conn, case::Case, recusal, staff},
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// The people of the case's department who can handle it: id and name.
///
/// # Errors
/// The database is away.
pub async fn colleagues(app: &App, case: &Case) -> Result<Vec<(Uuid, String)>> {
    let Some(department) = case.department else {
        return Ok(Vec::new());
    };
    let mut conn = app.store.conn().await?;
    staff::staff_of_department(&mut conn, department).await
}

/// Makes somebody the handler of a case, `None`: nobody. Saying again what is so already changes nothing.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, closed; [`Error::Invalid`] for somebody of another department;
/// [`Error::Conflict`] for a handler who would take another one's case.
pub async fn assign(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    to: Option<Uuid>,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let Some(case) = checked(conn, &step, number, version, to).await? else {
            return Ok(());
        };
        let mut change = unchanged(&case)?;
        change.assignee = to;
        let data = json!({ "to": to });
        step.finish(conn, &case, &change, step.event(EventKind::Assigned, data)).await
    })
}

/// The locked case when nothing speaks against it, `None` when it is so already.
pub(super) async fn checked(
    conn: &mut Conn,
    step: &Step<'_>,
    number: &str,
    version: i32,
    to: Option<Uuid>,
) -> Result<Option<Case>> {
    let actor = step.actor;
    let act = if actor.may(Act::Assign) {
        Act::Assign
    } else {
        Act::Handle
    };
    let (case, _) = step.begin(conn, number, version, Verb::Assign, act).await?;
    if case.assignee == to {
        return Ok(None);
    }
    if !may_assign(act == Act::Assign, actor.staff.0, case.assignee, to) {
        return Err(Error::Conflict("别人承办的案件，由科长改派"));
    }
    if let Some(to) = to {
        let department = case
            .department
            .ok_or(Error::Conflict("这件案件还在受理岗"))?;
        let known = staff::staff_of_department(conn, department).await?;
        if !known.iter().any(|(id, _)| *id == to) {
            return Err(Error::field(
                "choice",
                "unknown_value",
                "请从本部门的人里选择",
            ));
        }
        // C-26
        if recusal::recused(conn, case.id, to).await? {
            return Err(Error::field(
                "choice",
                "recused",
                "这位同事已回避这一件，请选别人",
            ));
        }
    }
    Ok(Some(case))
}
