//! Co-handlers 协办 of cases: their tasks, written and read. The worklist reads them in `lists`.

use super::{Conn, from_sqlx, inconsistent, lists::NEVER};
use crate::{
    casework::CoState,
    error::{Error, Result},
    kernel::CaseId,
};
use sqlx::{FromRow, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A co-handler's task.
#[derive(Debug, Clone)]
pub struct CoRow {
    /// The department.
    pub department: Uuid,
    /// How far it is.
    pub state: CoState,
    /// By when; 9999-12-31 while no clock of the lead runs.
    pub due: Date,
    /// The date was set by hand, it does not follow the lead's clock.
    pub own_due: bool,
    /// When the task was given, UTC.
    pub added_at: OffsetDateTime,
    /// When it was finished, UTC.
    pub done_at: Option<OffsetDateTime>,
}

#[derive(FromRow)]
struct Row {
    department_id: Uuid,
    state: String,
    due: Date,
    own_due: bool,
    added_at: OffsetDateTime,
    done_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for CoRow {
    type Error = Error;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            state: CoState::from_code(&r.state)
                .ok_or_else(|| inconsistent("case_co.state", &r.state))?,
            department: r.department_id,
            due: r.due,
            own_due: r.own_due,
            added_at: r.added_at,
            done_at: r.done_at,
        })
    }
}

/// The co-handlers of a case, in the order they were asked.
///
/// # Errors
/// The database is away.
pub async fn co_of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<CoRow>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT department_id, state, due, own_due, added_at, done_at FROM case_co WHERE case_id = ? \
         ORDER BY added_at, department_id LIMIT 50",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(CoRow::try_from).collect()
}

/// Whether a department is or was a co-handler of a case.
///
/// # Errors
/// The database is away.
pub async fn co_is(conn: &mut Conn, case: CaseId, department: Uuid) -> Result<bool> {
    let found: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM case_co WHERE case_id = ? AND department_id = ?")
            .bind(case.0)
            .bind(department)
            .fetch_one(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(found > 0)
}

/// Gives tasks to departments; one that had a task before gets it anew.
///
/// # Errors
/// The database is away.
pub async fn co_put(
    conn: &mut Conn,
    case: Uuid,
    departments: &[Uuid],
    due: Option<Date>,
    own: Option<Date>,
    at: OffsetDateTime,
) -> Result<()> {
    if departments.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new(
        "INSERT INTO case_co (case_id, department_id, state, due, own_due, fresh, added_at) ",
    );
    q.push_values(departments, |mut b, department| {
        b.push_bind(case)
            .push_bind(*department)
            .push_bind(CoState::Open.code())
            .push_bind(own.or(due).unwrap_or(NEVER))
            .push_bind(own.is_some())
            .push_bind(true)
            .push_bind(at);
    });
    q.push(
        " ON DUPLICATE KEY UPDATE state = VALUES(state), due = VALUES(due), own_due = VALUES(own_due), \
         fresh = VALUES(fresh), added_at = VALUES(added_at), done_at = NULL",
    );
    q.build().execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

/// Sets another date, `None`: it follows the lead's clock again.
///
/// # Errors
/// The database is away.
pub async fn co_due(
    conn: &mut Conn,
    case: CaseId,
    department: Uuid,
    lead: Option<Date>,
    own: Option<Date>,
) -> Result<()> {
    sqlx::query("UPDATE case_co SET due = ?, own_due = ? WHERE case_id = ? AND department_id = ?")
        .bind(own.or(lead).unwrap_or(NEVER))
        .bind(own.is_some())
        .bind(case.0)
        .bind(department)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Takes a task away: the department no longer sees the case.
///
/// # Errors
/// The database is away.
pub async fn co_remove(conn: &mut Conn, case: CaseId, department: Uuid) -> Result<()> {
    sqlx::query("DELETE FROM case_co WHERE case_id = ? AND department_id = ?")
        .bind(case.0)
        .bind(department)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Marks a task as finished.
///
/// # Errors
/// The database is away.
pub async fn co_done(
    conn: &mut Conn,
    case: CaseId,
    department: Uuid,
    at: OffsetDateTime,
) -> Result<()> {
    sqlx::query(
        "UPDATE case_co SET state = ?, fresh = 0, done_at = ? WHERE case_id = ? AND department_id = ?",
    )
    .bind(CoState::Done.code())
    .bind(at)
    .bind(case.0)
    .bind(department)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The open tasks of a case follow it: to the date of the clock that runs now, or to its end.
///
/// # Errors
/// The database is away.
pub async fn co_follow(conn: &mut Conn, case: CaseId, open: bool, due: Option<Date>) -> Result<()> {
    let done = if open {
        sqlx::query(
            "UPDATE case_co SET due = ? WHERE case_id = ? AND state = 'open' AND own_due = 0",
        )
        .bind(due.unwrap_or(NEVER))
    } else {
        sqlx::query("UPDATE case_co SET state = ?, fresh = 0 WHERE case_id = ? AND state = 'open'")
            .bind(CoState::Ended.code())
    };
    done.bind(case.0).execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

/// Somebody where a case lies has looked at it.
///
/// # Errors
/// The database is away.
pub async fn case_seen(conn: &mut Conn, case: CaseId) -> Result<()> {
    sqlx::query("UPDATE case_file SET fresh = 0 WHERE id = ? AND fresh = 1")
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Somebody of a co-handler has looked at its task.
///
/// # Errors
/// The database is away.
pub async fn co_seen(conn: &mut Conn, case: CaseId, department: Uuid) -> Result<()> {
    sqlx::query(
        "UPDATE case_co SET fresh = 0 WHERE case_id = ? AND department_id = ? AND fresh = 1",
    )
    .bind(case.0)
    .bind(department)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}
