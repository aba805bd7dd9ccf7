//! Notes 内部备注 of the office on a case. There is no statement that changes or removes one.

use super::{Conn, from_sqlx, is_duplicate};
use crate::{error::Result, kernel::CaseId};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// Notes that a case page shows.
pub const MOST: u32 = 200;

/// Adds a note; `false` when this page of the form was sent before.
///
/// # Errors
/// The database is away.
pub async fn note_insert(
    conn: &mut Conn,
    case: CaseId,
    n: &NoteRow,
    staff: Uuid,
    page: [u8; 16],
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO case_note (id, case_id, at, staff_id, body, page) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(n.id)
    .bind(case.0)
    .bind(n.at)
    .bind(staff)
    .bind(&n.body)
    .bind(&page[..])
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// A note, sealed.
#[derive(FromRow)]
pub struct NoteRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Name of the author.
    pub author: String,
    /// The sealed text.
    pub body: Vec<u8>,
}

/// The newest notes of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn notes(conn: &mut Conn, case: CaseId) -> Result<Vec<NoteRow>> {
    let mut rows: Vec<NoteRow> = sqlx::query_as(
        "SELECT n.id, n.at, s.name AS author, n.body FROM case_note n JOIN staff s ON s.id = n.staff_id \
         WHERE n.case_id = ? ORDER BY n.id DESC LIMIT ?",
    )
    .bind(case.0)
    .bind(MOST)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.reverse();
    Ok(rows)
}
