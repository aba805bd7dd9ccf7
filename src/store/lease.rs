//! Work that one node does at a time. A lease only saves the others the work: whatever runs under it must be right
//! when two run it at once.

use super::{Conn, from_sqlx, is_duplicate};
use crate::error::Result;
use time::OffsetDateTime;
use uuid::Uuid;

/// Takes a lease or keeps it; `false` while somebody else holds it.
///
/// # Errors
/// The database is away.
pub async fn lease_take(
    conn: &mut Conn,
    name: &str,
    owner: Uuid,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE lease SET owner = ?, until = ? WHERE name = ? AND (owner = ? OR until < ?)",
    )
    .bind(owner)
    .bind(until)
    .bind(name)
    .bind(owner)
    .bind(now)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 1 {
        return Ok(true);
    }
    let there: bool = sqlx::query_scalar("SELECT COUNT(*) > 0 FROM lease WHERE name = ?")
        .bind(name)
        .fetch_one(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    if there {
        return Ok(false);
    }
    let done = sqlx::query("INSERT INTO lease (name, owner, until) VALUES (?, ?, ?)")
        .bind(name)
        .bind(owner)
        .bind(until)
        .execute(conn)
        .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// Gives a lease back, so that the next one need not wait for its end.
///
/// # Errors
/// The database is away.
pub async fn lease_drop(conn: &mut Conn, name: &str, owner: Uuid) -> Result<()> {
    sqlx::query("DELETE FROM lease WHERE name = ? AND owner = ?")
        .bind(name)
        .bind(owner)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
