//! Saved views of the worklist, each person's own, in the person's order.

use super::{Conn, from_sqlx};
use crate::{error::Result, kernel::StaffId};
use sqlx::FromRow;
use uuid::Uuid;

/// A saved view, sealed.
#[derive(FromRow)]
pub struct ViewRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// Its place among the person's views, smallest first.
    pub place: i32,
    /// The sealed name and filters.
    pub body: Vec<u8>,
}

/// Holds the person's views until the transaction ends: changes of one person come one after another.
///
/// # Errors
/// The database is away.
pub async fn views_lock(conn: &mut Conn, staff: StaffId) -> Result<()> {
    sqlx::query("SELECT id FROM staff WHERE id = ? FOR UPDATE")
        .bind(staff.0)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// A person's views in order, at most `limit`.
///
/// # Errors
/// The database is away.
pub async fn views(conn: &mut Conn, staff: StaffId, limit: u32) -> Result<Vec<ViewRow>> {
    sqlx::query_as(
        "SELECT id, place, body FROM saved_view WHERE staff_id = ? ORDER BY place, id LIMIT ?",
    )
    .bind(staff.0)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Adds a view, or writes it anew.
///
/// # Errors
/// The database is away.
pub async fn view_put(conn: &mut Conn, staff: StaffId, row: &ViewRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO saved_view (staff_id, id, place, body) VALUES (?, ?, ?, ?) \
         ON DUPLICATE KEY UPDATE place = VALUES(place), body = VALUES(body)",
    )
    .bind(staff.0)
    .bind(row.id)
    .bind(row.place)
    .bind(&row.body)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Removes a view of this person, if it is there.
///
/// # Errors
/// The database is away.
pub async fn view_delete(conn: &mut Conn, staff: StaffId, id: Uuid) -> Result<()> {
    sqlx::query("DELETE FROM saved_view WHERE staff_id = ? AND id = ?")
        .bind(staff.0)
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
