//! Who may not handle a case 回避, and the applications that ask for it (C-26).

use super::{Conn, from_sqlx};
use crate::{error::Result, kernel::CaseId};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A person who may not handle a case.
pub struct NewRecused {
    /// Owner of the seal.
    pub id: Uuid,
    /// The person.
    pub staff: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Who said so: the person, or who decided an application.
    pub decided_by: Uuid,
    /// Why, sealed.
    pub reason: Vec<u8>,
}

/// Keeps a person from a case; a second time changes nothing.
///
/// # Errors
/// The database is away.
pub async fn recused_insert(conn: &mut Conn, case: CaseId, r: &NewRecused) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_recused (case_id, staff_id, at, decided_by, id, reason) VALUES (?, ?, ?, ?, ?, ?) \
         ON DUPLICATE KEY UPDATE staff_id = case_recused.staff_id",
    )
    .bind(case.0)
    .bind(r.staff)
    .bind(r.at)
    .bind(r.decided_by)
    .bind(r.id)
    .bind(&r.reason)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Whether a person is kept from a case.
///
/// # Errors
/// The database is away.
pub async fn recused(conn: &mut Conn, case: CaseId, staff: Uuid) -> Result<bool> {
    let found: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM case_recused WHERE case_id = ? AND staff_id = ?")
            .bind(case.0)
            .bind(staff)
            .fetch_one(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(found > 0)
}

/// A person kept from a case, for the page.
#[derive(FromRow)]
pub struct RecusedRow {
    /// Owner of the seal.
    pub id: Uuid,
    /// The person.
    pub staff_id: Uuid,
    /// The person's name.
    pub name: String,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Why, sealed.
    pub reason: Vec<u8>,
}

/// Everybody who is kept from a case.
///
/// # Errors
/// The database is away.
pub async fn all_recused(conn: &mut Conn, case: CaseId) -> Result<Vec<RecusedRow>> {
    sqlx::query_as(
        "SELECT r.id, r.staff_id, s.name, r.at, r.reason FROM case_recused r JOIN staff s ON s.id = r.staff_id \
         WHERE r.case_id = ? ORDER BY r.at LIMIT 50",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// An application, sealed.
#[derive(FromRow)]
pub struct RequestRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Which side asks: `complainant` or `trader`.
    pub side: String,
    /// The sealed words.
    pub body: Vec<u8>,
    /// When it was decided, UTC.
    pub decided_at: Option<OffsetDateTime>,
    /// How.
    pub granted: Option<bool>,
}

/// Adds an application.
///
/// # Errors
/// The database is away.
pub async fn request_insert(conn: &mut Conn, case: CaseId, r: &RequestRow) -> Result<()> {
    sqlx::query("INSERT INTO recusal_request (id, case_id, at, side, body) VALUES (?, ?, ?, ?, ?)")
        .bind(r.id)
        .bind(case.0)
        .bind(r.at)
        .bind(&r.side)
        .bind(&r.body)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Whether an application waits for its decision.
///
/// # Errors
/// The database is away.
pub async fn request_waits(conn: &mut Conn, case: CaseId) -> Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM recusal_request WHERE case_id = ? AND decided_at IS NULL",
    )
    .bind(case.0)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(found > 0)
}

/// The applications of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn requests(conn: &mut Conn, case: CaseId) -> Result<Vec<RequestRow>> {
    sqlx::query_as(
        "SELECT id, at, side, body, decided_at, granted FROM recusal_request WHERE case_id = ? ORDER BY id LIMIT 20",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Decides what waits; `false` when nothing does.
///
/// # Errors
/// The database is away.
pub async fn request_decide(
    conn: &mut Conn,
    case: CaseId,
    granted: bool,
    by: Uuid,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE recusal_request SET decided_at = ?, decided_by = ?, granted = ? WHERE case_id = ? \
         AND decided_at IS NULL",
    )
    .bind(at)
    .bind(by)
    .bind(granted)
    .bind(case.0)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() > 0)
}
