//! Submissions 提交: the row that makes a retry recognisable.

use super::super::{Conn, from_sqlx, is_duplicate};
use crate::error::Result;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// Writes the submission's row. `false`: this submission was made before.
///
/// # Errors
/// The database is away.
pub async fn submission_insert(
    conn: &mut Conn,
    id: Uuid,
    idem: &[u8; 32],
    body: &[u8; 32],
    channel: &str,
    answer: &[u8],
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO submission (id, idem_hash, body_hash, channel, answer, at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&idem[..])
    .bind(&body[..])
    .bind(channel)
    .bind(answer)
    .bind(at)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// A submission made before.
#[derive(FromRow)]
pub struct SubmissionRow {
    /// Its id, the owner of the sealed answer.
    pub id: Uuid,
    /// SHA-256 of what was filed.
    pub body_hash: Vec<u8>,
    /// The sealed receipts, gone after some days.
    pub answer: Option<Vec<u8>>,
}

/// The submission with this idempotency key.
///
/// # Errors
/// The database is away.
pub async fn submission(conn: &mut Conn, idem: &[u8; 32]) -> Result<Option<SubmissionRow>> {
    sqlx::query_as("SELECT id, body_hash, answer FROM submission WHERE idem_hash = ?")
        .bind(&idem[..])
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// A submission as the counter looks it up.
#[derive(FromRow)]
pub struct SubmissionTaken {
    /// When it was stored, UTC: not when a letter arrived.
    pub at: OffsetDateTime,
    /// The sealed receipts, gone after some days.
    pub answer: Option<Vec<u8>>,
}

/// The submission with this id.
///
/// # Errors
/// [`crate::error::Error::NotFound`]; the database is away.
pub async fn submission_by_id(conn: &mut Conn, id: Uuid) -> Result<SubmissionTaken> {
    sqlx::query_as("SELECT at, answer FROM submission WHERE id = ?")
        .bind(id)
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}

/// Forgets the sealed receipts of submissions made from `from` to before `before` (ids carry their time; their hash stays, so that a late retry makes no second case).
///
/// # Errors
/// The database is away.
pub async fn submission_forget(conn: &mut Conn, from: Uuid, before: Uuid) -> Result<u64> {
    let done = sqlx::query("UPDATE submission SET answer = NULL WHERE id >= ? AND id < ? AND answer IS NOT NULL LIMIT 500")
        .bind(from)
        .bind(before)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}
