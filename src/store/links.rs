//! Links 关联 between cases, for the office alone. A link that ended stays, with who ended it.

use super::{Conn, from_sqlx};
use crate::{error::Result, kernel::CaseId};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// Links that a case has at most.
pub const MOST: u32 = 50;

/// A new link.
pub struct NewLink {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// From this case.
    pub case: CaseId,
    /// To that one.
    pub other: CaseId,
    /// Code of its kind.
    pub kind: &'static str,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// By whom.
    pub staff: Uuid,
    /// Why, sealed.
    pub reason: Vec<u8>,
}

/// Adds a link.
///
/// # Errors
/// The database is away.
pub async fn link_insert(conn: &mut Conn, l: &NewLink) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_link (id, case_id, other_id, kind, at, staff_id, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(l.id)
    .bind(l.case.0)
    .bind(l.other.0)
    .bind(l.kind)
    .bind(l.at)
    .bind(l.staff)
    .bind(&l.reason)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A link as one of its cases sees it.
#[derive(FromRow)]
pub struct LinkRow {
    /// Its id.
    pub id: Uuid,
    /// Code of its kind.
    pub kind: String,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Who made it.
    pub author: String,
    /// Why, sealed.
    pub reason: Vec<u8>,
    /// The other case's id.
    pub other_id: Uuid,
    /// Its number.
    pub number: String,
    /// Its kind code.
    pub other_kind: String,
    /// Its department.
    pub department_id: Option<Uuid>,
    /// Its redacted first words.
    pub title: String,
}

/// The links of a case that have not ended, by their age.
///
/// # Errors
/// The database is away.
pub async fn links(conn: &mut Conn, case: CaseId) -> Result<Vec<LinkRow>> {
    sqlx::query_as(
        "SELECT l.id, l.kind, l.at, s.name AS author, l.reason, c.id AS other_id, c.number, c.kind AS other_kind, \
         c.department_id, c.title FROM (SELECT id, other_id AS that, kind, at, staff_id, reason FROM case_link \
         WHERE case_id = ? AND ended_at IS NULL UNION ALL SELECT id, case_id AS that, kind, at, staff_id, reason \
         FROM case_link WHERE other_id = ? AND ended_at IS NULL) l JOIN case_file c ON c.id = l.that \
         JOIN staff s ON s.id = l.staff_id ORDER BY l.id LIMIT ?",
    )
    .bind(case.0)
    .bind(case.0)
    .bind(MOST)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Ends a link of this case; `false` when there is none (any more).
///
/// # Errors
/// The database is away.
pub async fn link_end(
    conn: &mut Conn,
    case: CaseId,
    link: Uuid,
    staff: Uuid,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE case_link SET ended_at = ?, ended_by = ? WHERE id = ? AND (case_id = ? OR other_id = ?) \
         AND kind = 'related' AND ended_at IS NULL",
    )
    .bind(at)
    .bind(staff)
    .bind(link)
    .bind(case.0)
    .bind(case.0)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}
