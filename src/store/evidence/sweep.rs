//! What the sweep asks for: bytes that are to go, files that nobody handed in, files whose time has passed, and what must be
//! in the storage.

use super::{File, files};
use crate::{
    error::Result,
    store::{Conn, from_sqlx},
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// Forgets a file that was never proof of anything, its custody log with it.
///
/// # Errors
/// The database is away.
pub async fn file_delete(conn: &mut Conn, id: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM evidence_custody WHERE evidence_id = ?",
        "DELETE FROM evidence WHERE id = ? AND stage = 'removed'",
    ] {
        sqlx::query(sql)
            .bind(id)
            .execute(&mut *conn)
            .await
            .map_err(from_sqlx)?;
    }
    Ok(())
}

/// Notes that the bytes of a removed file are gone; its key and name go with them.
///
/// # Errors
/// The database is away.
pub async fn file_gone(conn: &mut Conn, id: Uuid, now: OffsetDateTime) -> Result<()> {
    sqlx::query(
        "UPDATE evidence SET gone_at = ?, secret = '', facts = NULL WHERE id = ? AND stage = 'removed'",
    )
    .bind(now)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Removed files whose bytes may still be there, at most 200.
///
/// # Errors
/// The database is away.
pub async fn removed(conn: &mut Conn) -> Result<Vec<File>> {
    let sql = select!(
        "FROM evidence e WHERE e.stage = 'removed' AND e.gone_at IS NULL ORDER BY e.at LIMIT 200"
    );
    let rows = sqlx::query_as(sql)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    files(rows)
}

/// Files that wait since before `before` with a holder that is no more: a draft that was thrown away or has expired, an
/// invitation that has ended, or that never came whole; at most 200.
///
/// # Errors
/// The database is away.
pub async fn abandoned(conn: &mut Conn, before: OffsetDateTime) -> Result<Vec<File>> {
    let sql = select!(
        "FROM evidence e LEFT JOIN draft d ON d.id = e.holder \
         LEFT JOIN trader_invitation i ON i.id = e.holder AND i.state = 'open' \
         WHERE e.stage IN ('receiving', 'stored') AND e.gone_at IS NULL AND e.at < ? \
         AND (e.stage = 'receiving' OR (d.id IS NULL AND i.id IS NULL)) ORDER BY e.stage, e.at LIMIT 200"
    );
    let rows = sqlx::query_as(sql)
        .bind(before)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    files(rows)
}

/// A kept file whose cases are all over, with what decides how long it is kept.
#[derive(FromRow)]
pub struct Old {
    /// The file.
    pub evidence_id: Uuid,
    /// Kind of a case.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// When it ended, UTC; `None`: it has not.
    pub closed_at: Option<OffsetDateTime>,
}

/// The cases of kept files that came before `before`, behind the file `after`; whole files, at least `most` rows of them
/// if there are so many.
///
/// # Errors
/// The database is away.
pub async fn old(
    conn: &mut Conn,
    after: Uuid,
    before: OffsetDateTime,
    most: u32,
) -> Result<Vec<Old>> {
    sqlx::query_as(
        "SELECT e.id AS evidence_id, f.kind, f.state, f.closed_at FROM (SELECT id FROM evidence WHERE id > ? AND at < ? \
         AND stage = 'kept' ORDER BY id LIMIT ?) e JOIN evidence_case c ON c.evidence_id = e.id \
         JOIN case_file f ON f.id = c.case_id ORDER BY e.id",
    )
    .bind(after)
    .bind(before)
    .bind(most)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Which of these files the database knows with bytes that should be there.
///
/// # Errors
/// The database is away.
pub async fn known(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        sqlx::QueryBuilder::new("SELECT id FROM evidence WHERE gone_at IS NULL AND id IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
    let rows: Vec<(Uuid,)> = query
        .build_query_as()
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

/// Files whose bytes must be in the storage, behind `after`, at most `most`.
///
/// # Errors
/// The database is away.
pub async fn whole_after(conn: &mut Conn, after: Uuid, most: u32) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "SELECT id FROM evidence WHERE id > ? AND stage IN ('stored', 'kept') ORDER BY id LIMIT ?",
    )
    .bind(after)
    .bind(most)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}
