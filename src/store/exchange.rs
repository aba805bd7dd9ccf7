//! Cases on the 12315 platform: which went there in which export, which number each got.

use super::{Conn, from_sqlx, is_duplicate};
use crate::error::{Error, Result};
use sqlx::{MySql, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which cases are to go.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Only these departments'.
    pub departments: Vec<Uuid>,
    /// Only those received from here on.
    pub since: Option<OffsetDateTime>,
    /// Also those that went before.
    pub again: bool,
}

/// The numbers of the next cases to go, with their ids, in the order of their ids after one.
///
/// # Errors
/// The database is away.
pub async fn next(
    conn: &mut Conn,
    wanted: &Wanted,
    batch: &str,
    after: Uuid,
    limit: u32,
) -> Result<Vec<(Uuid, String)>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT c.id, c.number FROM case_file c LEFT JOIN case_12315 x ON x.case_id = c.id WHERE c.id > ",
    );
    q.push_bind(after).push(" AND c.department_id IN (");
    let mut list = q.separated(", ");
    for department in &wanted.departments {
        list.push_bind(*department);
    }
    list.push_unseparated(")");
    if let Some(since) = wanted.since {
        q.push(" AND c.received_at >= ").push_bind(since);
    }
    if wanted.again {
        q.push(" AND (x.batch IS NULL OR x.batch <> ")
            .push_bind(batch.to_owned())
            .push(")");
    } else {
        // what has a number came from there or went there by other means
        q.push(" AND x.case_id IS NULL");
    }
    q.push(" ORDER BY c.id LIMIT ").push_bind(limit);
    q.build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// The cases of a batch, in the order of their ids after one.
///
/// # Errors
/// The database is away.
pub async fn of_batch(
    conn: &mut Conn,
    batch: &str,
    after: Uuid,
    limit: u32,
) -> Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "SELECT c.id, c.number FROM case_12315 x JOIN case_file c ON c.id = x.case_id \
         WHERE x.batch = ? AND x.case_id > ? ORDER BY x.case_id LIMIT ?",
    )
    .bind(batch)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Takes a case for a batch; `false` when another export has taken it meanwhile.
///
/// # Errors
/// The database is away.
pub async fn take(
    conn: &mut Conn,
    case: Uuid,
    batch: &str,
    again: bool,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = if again {
        sqlx::query(
            "INSERT INTO case_12315 (case_id, batch, exported_at) VALUES (?, ?, ?) \
             ON DUPLICATE KEY UPDATE batch = VALUES(batch), exported_at = VALUES(exported_at)",
        )
    } else {
        sqlx::query("INSERT INTO case_12315 (case_id, batch, exported_at) VALUES (?, ?, ?)")
    }
    .bind(case)
    .bind(batch)
    .bind(at)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// What is known of a case there: when it went, its number.
///
/// # Errors
/// The database is away.
pub async fn there(
    conn: &mut Conn,
    case: Uuid,
) -> Result<Option<(Option<OffsetDateTime>, Option<String>)>> {
    sqlx::query_as("SELECT exported_at, number FROM case_12315 WHERE case_id = ?")
        .bind(case)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// Keeps the number of a case there; the case is locked.
///
/// # Errors
/// [`Error::Conflict`] when another case has it.
pub async fn number_set(
    conn: &mut Conn,
    case: Uuid,
    number: &str,
    at: OffsetDateTime,
) -> Result<()> {
    // not an upsert: that would give the number of another case to this one's row
    let update = "UPDATE case_12315 SET number = ?, numbered_at = ? WHERE case_id = ?";
    let done = sqlx::query(update)
        .bind(number)
        .bind(at)
        .bind(case)
        .execute(&mut *conn)
        .await;
    let there = match done {
        Ok(done) => done.rows_affected() == 1,
        Err(e) if is_duplicate(&e) => {
            return Err(Error::Conflict("这个12315编号已经记在另一件案件上"));
        }
        Err(e) => return Err(from_sqlx(e)),
    };
    if there {
        return Ok(());
    }
    let insert = "INSERT INTO case_12315 (case_id, number, numbered_at) VALUES (?, ?, ?)";
    let done = sqlx::query(insert)
        .bind(case)
        .bind(number)
        .bind(at)
        .execute(conn)
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::Conflict("这个12315编号已经记在另一件案件上")),
        Err(e) => Err(from_sqlx(e)),
    }
}
