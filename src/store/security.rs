//! Machine tokens, the audit trail, the sealed network log.

use super::{Conn, from_sqlx, is_duplicate};
use crate::{
    audit,
    error::{Error, Result},
};
use sqlx::{FromRow, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Adds a machine token.
///
/// # Errors
/// [`Error::Conflict`] when the name is taken.
pub async fn token_insert(
    conn: &mut Conn,
    id: Uuid,
    name: &str,
    hash: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    let done =
        sqlx::query("INSERT INTO api_token (id, name, token_hash, created_at) VALUES (?, ?, ?, ?)")
            .bind(id)
            .bind(name)
            .bind(hash)
            .bind(now)
            .execute(conn)
            .await;
    match done {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::Conflict("这个名称已经有令牌了")),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// Revokes the token with this name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn token_revoke(conn: &mut Conn, name: &str, now: OffsetDateTime) -> Result<()> {
    let done =
        sqlx::query("UPDATE api_token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL")
            .bind(now)
            .bind(name)
            .execute(conn)
            .await
            .map_err(from_sqlx)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The id of the living token with this hash.
///
/// # Errors
/// The database is away.
pub async fn token(conn: &mut Conn, hash: &[u8]) -> Result<Option<Uuid>> {
    sqlx::query_scalar("SELECT id FROM api_token WHERE token_hash = ? AND revoked_at IS NULL")
        .bind(hash)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// A line of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub staff: Option<Uuid>,
    /// What, a code.
    pub act: &'static str,
    /// On which case.
    pub case: Option<Uuid>,
    /// Facts, nothing personal.
    pub detail: String,
    /// The sealed reason a person typed.
    pub reason: Option<Vec<u8>>,
}

impl AuditLine {
    /// The line as it is hashed.
    fn line(&self) -> audit::Line<'_> {
        audit::Line {
            id: self.id,
            at: self.at,
            staff: self.staff,
            act: self.act,
            case: self.case,
            detail: &self.detail,
            reason: self.reason.as_deref(),
        }
    }
}

/// Appends a line with its own hash, in the transaction of the act. The sealer links it into the chain afterwards.
///
/// # Errors
/// The database is away.
pub async fn audit_insert(conn: &mut Conn, a: &AuditLine) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (id, at, staff_id, act, case_id, detail, reason, row_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(a.id)
    .bind(a.at)
    .bind(a.staff)
    .bind(a.act)
    .bind(a.case)
    .bind(&a.detail)
    .bind(&a.reason)
    .bind(a.line().hash().to_vec())
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Appends lines as one statement, with their own hashes, in the transaction of the act.
///
/// # Errors
/// The database is away.
pub async fn audit_insert_all(conn: &mut Conn, lines: &[AuditLine]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new(
        "INSERT INTO audit (id, at, staff_id, act, case_id, detail, reason, row_hash) ",
    );
    q.push_values(lines, |mut row, a| {
        row.push_bind(a.id)
            .push_bind(a.at)
            .push_bind(a.staff)
            .push_bind(a.act)
            .push_bind(a.case)
            .push_bind(&a.detail)
            .push_bind(&a.reason)
            .push_bind(a.line().hash().to_vec());
    });
    q.build().execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

/// A line as the case page shows it.
#[derive(Debug, Clone, FromRow)]
pub struct AuditRow {
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub act: String,
    /// Who.
    pub staff_name: Option<String>,
    /// Facts.
    pub detail: String,
}

/// Who did one act (a look at sealed data) on a case, newest first.
///
/// # Errors
/// The database is away.
pub async fn audit_of_case(conn: &mut Conn, case: Uuid, act: &str) -> Result<Vec<AuditRow>> {
    sqlx::query_as(
        "SELECT a.at, a.act, s.name AS staff_name, a.detail FROM audit a LEFT JOIN staff s ON s.id = a.staff_id \
         WHERE a.case_id = ? AND a.act = ? ORDER BY a.id DESC LIMIT 50",
    )
    .bind(case)
    .bind(act)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Writes a sealed batch of the network log (P-13).
///
/// # Errors
/// The database is away.
pub async fn access_log_insert(
    conn: &mut Conn,
    id: Uuid,
    at: OffsetDateTime,
    entries: &[u8],
) -> Result<()> {
    sqlx::query("INSERT INTO access_log (id, at, entries) VALUES (?, ?, ?)")
        .bind(id)
        .bind(at)
        .bind(entries)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Removes batches of the network log written before `id`.
///
/// # Errors
/// The database is away.
pub async fn access_log_sweep(conn: &mut Conn, before: Uuid) -> Result<u64> {
    let done = sqlx::query("DELETE FROM access_log WHERE id < ? LIMIT 500")
        .bind(before)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}
