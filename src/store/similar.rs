//! Keys of complaints that look alike (C-08): written at filing, found by one range of the primary key each.

use super::{Conn, from_sqlx};
use crate::{error::Result, triage::similar::Key};
use sqlx::{FromRow, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Others that one likeness looks at; more than these are said to be 「more」.
pub const MOST: usize = 50;

/// Writes the keys of a complaint; keys that are there stay.
///
/// # Errors
/// The database is away.
pub async fn alike_insert(conn: &mut Conn, case: Uuid, on: Date, keys: &[Key]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new("INSERT INTO case_alike (sort, hash, received_on, case_id) ");
    q.push_values(keys, |mut b, k| {
        b.push_bind(k.sort.number())
            .push_bind(k.hash)
            .push_bind(on)
            .push_bind(case);
    });
    q.push(" ON DUPLICATE KEY UPDATE case_id = case_alike.case_id");
    q.build().execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

/// A complaint found under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Hit {
    /// Number of the sort.
    pub sort: i8,
    /// Day of receipt.
    pub received_on: Date,
    /// The complaint.
    pub case_id: Uuid,
}

/// Complaints received on `since` or later under these keys, newest first for each key, at most `MOST + 2` a key: a
/// trader with ten thousand complaints costs no more than one with fifty.
///
/// # Errors
/// The database is away.
pub async fn alike(conn: &mut Conn, keys: &[Key], since: Date) -> Result<Vec<Hit>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut q = QueryBuilder::new("SELECT sort, received_on, case_id FROM (");
    for (i, key) in keys.iter().enumerate() {
        q.push(if i == 0 { "(" } else { " UNION ALL (" });
        q.push("SELECT sort, received_on, case_id FROM case_alike WHERE sort = ")
            .push_bind(key.sort.number())
            .push(" AND hash = ")
            .push_bind(key.hash)
            .push(" AND received_on >= ")
            .push_bind(since)
            .push(" ORDER BY received_on DESC, case_id DESC LIMIT ")
            .push_bind(i64::try_from(MOST + 2).unwrap_or(i64::MAX))
            .push(")");
    }
    q.push(") a");
    q.build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// A complaint that is alike, as the panel shows it.
#[derive(Debug, Clone, FromRow)]
pub struct AlikeRow {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its department.
    pub department_id: Option<Uuid>,
    /// Its trader.
    pub trader_name: String,
    /// Its redacted story.
    pub redacted: String,
    /// Its state.
    pub state: String,
    /// When it was received, UTC.
    pub received_at: OffsetDateTime,
}

/// The complaints with these ids.
///
/// # Errors
/// The database is away.
pub async fn alike_rows(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<AlikeRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut q = QueryBuilder::new(
        "SELECT id, number, department_id, trader_name, redacted, state, received_at FROM case_file WHERE id IN (",
    );
    let mut list = q.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    q.push(")");
    q.build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// A complaint whose keys are not known yet.
#[derive(FromRow)]
pub struct Unkeyed {
    /// Its id.
    pub id: Uuid,
    /// Its category code.
    pub category: String,
    /// Its trader.
    pub trader_name: String,
    /// Its redacted story.
    pub redacted: String,
    /// When it was received, UTC.
    pub received_at: OffsetDateTime,
    /// The sealed contact.
    pub contact: Option<Vec<u8>>,
    /// The sealed story.
    pub story: Vec<u8>,
}

/// Complaints made after `from` and before `until` (ids carry their time), in this order.
///
/// # Errors
/// The database is away.
pub async fn alike_behind(
    conn: &mut Conn,
    from: Uuid,
    until: Uuid,
    most: u32,
) -> Result<Vec<Unkeyed>> {
    sqlx::query_as(
        "SELECT c.id, c.category, c.trader_name, c.redacted, c.received_at, s.contact, s.story FROM case_file c \
         JOIN case_secret s ON s.case_id = c.id WHERE c.id > ? AND c.id < ? AND c.kind = 'complaint' \
         ORDER BY c.id LIMIT ?",
    )
    .bind(from)
    .bind(until)
    .bind(most)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
