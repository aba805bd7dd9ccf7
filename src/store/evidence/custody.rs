//! Who had a file in hand 保管记录, and who asks to let one out of quarantine 放行.

use crate::{
    error::Result,
    evidence::{Custody, Uploader},
    kernel::CaseId,
    store::{Conn, from_sqlx, is_duplicate},
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A line of the custody log.
pub struct CustodyRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// The file.
    pub file: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What.
    pub act: Custody,
    /// Who of outside.
    pub uploader: Option<Uploader>,
    /// Who of the desk.
    pub staff: Option<Uuid>,
    /// Facts, nothing personal.
    pub detail: String,
    /// The sealed reason.
    pub reason: Option<Vec<u8>>,
}

/// Appends a line to the custody log.
///
/// # Errors
/// The database is away.
pub async fn custody_insert(conn: &mut Conn, row: &CustodyRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO evidence_custody (id, evidence_id, at, act, uploader, staff_id, detail, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(row.file)
    .bind(row.at)
    .bind(row.act.code())
    .bind(row.uploader.map(Uploader::code))
    .bind(row.staff)
    .bind(&row.detail)
    .bind(&row.reason)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A line of the custody log as the desk shows it.
#[derive(FromRow)]
pub struct CustodyLine {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What, a code.
    pub act: String,
    /// Who of outside, a code.
    pub uploader: Option<String>,
    /// Who of the desk.
    pub staff: Option<String>,
    /// Facts.
    pub detail: String,
    /// The sealed reason.
    pub reason: Option<Vec<u8>>,
}

/// The custody log of a file, oldest first.
///
/// # Errors
/// The database is away.
pub async fn custody(conn: &mut Conn, file: Uuid) -> Result<Vec<CustodyLine>> {
    sqlx::query_as(
        "SELECT c.id, c.at, c.act, c.uploader, s.name AS staff, c.detail, c.reason FROM evidence_custody c \
         LEFT JOIN staff s ON s.id = c.staff_id WHERE c.evidence_id = ? ORDER BY c.id LIMIT 200",
    )
    .bind(file)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Who asks to let a file out of quarantine.
#[derive(FromRow)]
pub struct Release {
    /// The file.
    pub evidence_id: Uuid,
    /// Who asks.
    pub asked_by: Uuid,
    /// When, UTC.
    pub asked_at: OffsetDateTime,
    /// Why, sealed for the file.
    pub reason: Vec<u8>,
}

/// Adds a request; `false` when one waits.
///
/// # Errors
/// The database is away.
pub async fn release_insert(conn: &mut Conn, r: &Release) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO evidence_release (evidence_id, asked_by, asked_at, reason) VALUES (?, ?, ?, ?)",
    )
    .bind(r.evidence_id)
    .bind(r.asked_by)
    .bind(r.asked_at)
    .bind(&r.reason)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// The requests that wait on files of a case.
///
/// # Errors
/// The database is away.
pub async fn releases_of(conn: &mut Conn, case: CaseId) -> Result<Vec<Release>> {
    sqlx::query_as(
        "SELECT r.evidence_id, r.asked_by, r.asked_at, r.reason FROM evidence_case c \
         JOIN evidence_release r ON r.evidence_id = c.evidence_id WHERE c.case_id = ? LIMIT 100",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Takes a request away as it is decided; `false` when it is decided already.
///
/// # Errors
/// The database is away.
pub async fn release_take(conn: &mut Conn, file: Uuid, asked_by: Uuid) -> Result<bool> {
    let done = sqlx::query("DELETE FROM evidence_release WHERE evidence_id = ? AND asked_by = ?")
        .bind(file)
        .bind(asked_by)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}
