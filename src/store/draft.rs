//! Drafts 草稿: one sealed blob a draft, found by id and secret (cookie) or by the hash of its resume code.

use super::{Conn, from_sqlx};
use crate::error::Result;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A stored draft.
#[derive(FromRow)]
pub struct DraftRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the cookie's secret.
    pub secret_hash: Vec<u8>,
    /// The sealed answers.
    pub body: Vec<u8>,
    /// Grows with each writing.
    pub version: i64,
}

/// The draft with this id.
///
/// # Errors
/// The database is away.
pub async fn draft(conn: &mut Conn, id: Uuid) -> Result<Option<DraftRow>> {
    sqlx::query_as("SELECT id, secret_hash, body, version FROM draft WHERE id = ?")
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// The draft whose resume code hashes to this.
///
/// # Errors
/// The database is away.
pub async fn draft_by_resume(conn: &mut Conn, resume: &[u8]) -> Result<Option<DraftRow>> {
    sqlx::query_as("SELECT id, secret_hash, body, version FROM draft WHERE resume_hash = ?")
        .bind(resume)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// Adds a draft.
///
/// # Errors
/// The database is away.
pub async fn draft_insert(
    conn: &mut Conn,
    id: Uuid,
    secret_hash: &[u8],
    resume: &[u8],
    body: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO draft (id, secret_hash, resume_hash, body, updated_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(secret_hash)
    .bind(resume)
    .bind(body)
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Overwrites a draft's answers as they were read; `false` when the draft is gone or somebody else was faster.
///
/// # Errors
/// The database is away.
pub async fn draft_save(
    conn: &mut Conn,
    id: Uuid,
    version: i64,
    body: &[u8],
    now: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE draft SET body = ?, updated_at = ?, version = version + 1 WHERE id = ? AND version = ?",
    )
    .bind(body)
    .bind(now)
    .bind(id)
    .bind(version)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Hands a draft to another device: the old cookie stops working, also for what is under way with it.
///
/// # Errors
/// The database is away.
pub async fn draft_move(
    conn: &mut Conn,
    id: Uuid,
    secret_hash: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query(
        "UPDATE draft SET secret_hash = ?, updated_at = ?, version = version + 1 WHERE id = ?",
    )
    .bind(secret_hash)
    .bind(now)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Removes a draft as it was read; `false` when it was gone already or somebody wrote in it since.
///
/// # Errors
/// The database is away.
pub async fn draft_take(conn: &mut Conn, id: Uuid, version: i64) -> Result<bool> {
    let done = sqlx::query("DELETE FROM draft WHERE id = ? AND version = ?")
        .bind(id)
        .bind(version)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Removes drafts made before `id` (ids carry their time) and untouched since `before`; at most 500 a call.
///
/// # Errors
/// The database is away.
pub async fn draft_sweep(conn: &mut Conn, id: Uuid, before: OffsetDateTime) -> Result<u64> {
    let done = sqlx::query("DELETE FROM draft WHERE id < ? AND updated_at < ? LIMIT 500")
        .bind(id)
        .bind(before)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}
