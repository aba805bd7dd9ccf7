//! Requests to take a case up again: a copy of what the histories say, small however many cases have ended.

use super::{COLUMNS, Line};
use crate::{
    error::{Error, Result},
    kernel::CaseId,
    store::{Conn, from_sqlx, is_duplicate},
};
use sqlx::{MySql, QueryBuilder};
use time::Date;
use uuid::Uuid;

/// Notes a request with the day by which it is answered.
///
/// # Errors
/// [`Error::Conflict`] for the second one of a case; the database is away.
pub async fn reopening_insert(conn: &mut Conn, case: CaseId, reply_by: Date) -> Result<()> {
    let done =
        sqlx::query("INSERT INTO case_reopening (case_id, reply_by, waits) VALUES (?, ?, 1)")
            .bind(case.0)
            .bind(reply_by)
            .execute(conn)
            .await;
    match done {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::Conflict("重新办理只能申请一次，您已经申请过了")),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// The request of a case was decided.
///
/// # Errors
/// The database is away.
pub async fn reopening_decided(conn: &mut Conn, case: CaseId) -> Result<()> {
    sqlx::query("UPDATE case_reopening SET waits = 0 WHERE case_id = ?")
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// By when the request of a case is answered, `None` for a case without one that waits.
///
/// # Errors
/// The database is away.
pub async fn reopening_reply(conn: &mut Conn, case: CaseId) -> Result<Option<Date>> {
    sqlx::query_scalar("SELECT reply_by FROM case_reopening WHERE case_id = ? AND waits = 1")
        .bind(case.0)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// Cases of a department (`None`: all) whose requests wait, soonest answered first, after a key; one more than `limit`
/// when more follow.
///
/// # Errors
/// The database is away.
pub async fn reopenings(
    conn: &mut Conn,
    department: Option<Uuid>,
    after: Option<(Date, Uuid)>,
    limit: usize,
) -> Result<Vec<Line>> {
    let mut q = QueryBuilder::<MySql>::new("SELECT ");
    q.push(COLUMNS).push(
        "r.reply_by AS due, f.fresh AS fresh, 0 AS co FROM case_reopening r STRAIGHT_JOIN case_file f \
         ON f.id = r.case_id LEFT JOIN staff s ON s.id = f.assignee_id WHERE r.waits = 1",
    );
    if let Some(department) = department {
        q.push(" AND f.department_id = ").push_bind(department);
    }
    if let Some((day, id)) = after {
        q.push(" AND (r.reply_by > ").push_bind(day);
        q.push(" OR (r.reply_by = ")
            .push_bind(day)
            .push(" AND r.case_id > ")
            .push_bind(id)
            .push("))");
    }
    q.push(" ORDER BY r.reply_by, r.case_id LIMIT ")
        .push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}

/// How many requests of a department (`None`: all) wait.
///
/// # Errors
/// The database is away.
pub async fn reopenings_count(conn: &mut Conn, department: Option<Uuid>) -> Result<i64> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT COUNT(*) FROM case_reopening r JOIN case_file f ON f.id = r.case_id WHERE r.waits = 1",
    );
    if let Some(department) = department {
        q.push(" AND f.department_id = ").push_bind(department);
    }
    q.build_query_scalar()
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}
