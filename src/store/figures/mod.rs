//! The figures: what changed since they were counted, the marks of each case and the cells that sum them up, both
//! written by the counter only; what the pages read of them in `read`.

mod read;

use read::CellRow;
pub use read::*;

use super::{Conn, from_sqlx, inconsistent, reference};
use crate::{
    casework::{EventKind, clocks::Past},
    error::{Error, Result},
    figures::{Mark, Month, Slot, Standing},
    kernel::words::CaseKind,
};
use sqlx::{FromRow, MySql, QueryBuilder, query_builder::Separated};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The fact about the database that the counter locks: the version of the derivation.
const FACT: &str = "figures";
/// Cells looked up at once: the planner reads so many single rows, not a range.
const CELLS: usize = 50;
/// Rows that one statement writes: a statement has 65,535 places, and a mark takes nine.
const ROWS: usize = 2000;

/// Where cases are counted: department (nil: at intake), street (empty: outside), category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Lead department.
    pub department: Uuid,
    /// Street code.
    pub street: String,
    /// Category code.
    pub category: String,
}

/// The version with which the cases were counted, locked until the transaction ends: one counter at a time.
///
/// # Errors
/// The database is away.
pub async fn version_lock(conn: &mut Conn) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM meta WHERE name = ? FOR UPDATE")
        .bind(FACT)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// The version with which the cases were counted.
///
/// # Errors
/// The database is away.
pub async fn version(conn: &mut Conn) -> Result<Option<String>> {
    reference::meta(conn, FACT).await
}

/// Notes the version with which the cases are counted.
///
/// # Errors
/// The database is away.
pub async fn version_set(conn: &mut Conn, version: &str) -> Result<()> {
    reference::meta_set(conn, FACT, version).await
}

/// Has up to `limit` counted cases counted anew.
///
/// # Errors
/// The database is away.
pub async fn recount(conn: &mut Conn, limit: u32) -> Result<u64> {
    let done =
        sqlx::query("UPDATE case_file SET recount = 1 WHERE recount = 0 ORDER BY id LIMIT ?")
            .bind(limit)
            .execute(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}

/// Has up to `limit` cases counted anew that waited for a day which has passed.
///
/// # Errors
/// The database is away.
pub async fn recount_passed(conn: &mut Conn, today: Date, limit: u32) -> Result<u64> {
    let mut total = 0;
    for slot in Slot::WAITING {
        let cases: Vec<Uuid> = sqlx::query_scalar(
            "SELECT case_id FROM case_mark WHERE slot = ? AND on_day < ? ORDER BY on_day, case_id LIMIT ?",
        )
        .bind(slot.code())
        .bind(today)
        .bind(limit)
        .fetch_all(&mut *conn)
        .await
        .map_err(from_sqlx)?;
        if cases.is_empty() {
            continue;
        }
        let mut q = QueryBuilder::<MySql>::new("UPDATE case_file SET recount = 1 WHERE id IN (");
        ids(&mut q, &cases);
        let done = q.build().persistent(false).execute(&mut *conn).await;
        total += done.map_err(from_sqlx)?.rows_affected();
    }
    Ok(total)
}

fn ids(q: &mut QueryBuilder<MySql>, all: &[Uuid]) {
    let mut list = q.separated(", ");
    for id in all {
        list.push_bind(*id);
    }
    list.push_unseparated(")");
}

/// A case that waits to be counted.
#[derive(Debug)]
pub struct Changed {
    /// Its id.
    pub id: Uuid,
    /// Complaint or report.
    pub kind: CaseKind,
    /// Where it is counted.
    pub place: Place,
    /// Subject of dispatch.
    pub subject: String,
    /// Receipt, UTC.
    pub received_at: OffsetDateTime,
}

#[derive(FromRow)]
struct ChangedRow {
    id: Uuid,
    kind: String,
    department_id: Option<Uuid>,
    street: Option<String>,
    category: String,
    subject: String,
    received_at: OffsetDateTime,
}

/// The first cases that wait, locked until the transaction ends: nobody changes them while they are counted.
///
/// # Errors
/// The database is away.
pub async fn changed_lock(conn: &mut Conn, limit: u32) -> Result<Vec<Changed>> {
    let rows: Vec<ChangedRow> = sqlx::query_as(
        "SELECT id, kind, department_id, street, category, subject, received_at FROM case_file WHERE recount = 1 \
         ORDER BY id LIMIT ? FOR UPDATE",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter()
        .map(|r| {
            Ok(Changed {
                id: r.id,
                kind: CaseKind::from_code(&r.kind)
                    .ok_or_else(|| inconsistent("case_file.kind", &r.kind))?,
                place: Place {
                    department: r.department_id.unwrap_or_default(),
                    street: r.street.unwrap_or_default(),
                    category: r.category,
                },
                subject: r.subject,
                received_at: r.received_at,
            })
        })
        .collect()
}

/// Marks cases as counted.
///
/// # Errors
/// The database is away.
pub async fn counted(conn: &mut Conn, cases: &[Uuid]) -> Result<()> {
    let mut q = QueryBuilder::<MySql>::new("UPDATE case_file SET recount = 0 WHERE id IN (");
    ids(&mut q, cases);
    let done = q.build().persistent(false).execute(conn).await;
    done.map_err(from_sqlx).map(|_| ())
}

#[derive(FromRow)]
struct PastRow {
    case_id: Uuid,
    at: OffsetDateTime,
    kind: String,
    data: String,
}

/// The steps of some cases, each case's in their order; who took them is not asked.
///
/// # Errors
/// The database is away.
pub async fn histories(conn: &mut Conn, cases: &[Uuid]) -> Result<Vec<(Uuid, Past)>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT case_id, at, kind, data FROM case_event WHERE kind NOT IN ('asked', 'answered', 'recomputed', \
         'submitted', 'dispatched') AND case_id IN (",
    );
    ids(&mut q, cases);
    q.push(" ORDER BY case_id, seq");
    let rows: Vec<PastRow> = q
        .build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    rows.into_iter()
        .map(|r| {
            let past = Past {
                at: r.at,
                kind: EventKind::from_code(&r.kind)
                    .ok_or_else(|| inconsistent("case_event.kind", &r.kind))?,
                staff: None,
                data: serde_json::from_str(&r.data).map_err(Error::internal)?,
            };
            Ok((r.case_id, past))
        })
        .collect()
}

/// A clock as the figures read it.
#[derive(Debug, FromRow)]
pub struct ClockOf {
    /// Its case.
    pub case_id: Uuid,
    /// Which clock, a code.
    pub clock: String,
    /// Strict reading.
    pub agency_due: Date,
    /// When it was met, UTC.
    pub stopped_at: Option<OffsetDateTime>,
    /// What moves its end.
    pub basis: Option<String>,
}

/// The clocks of some cases.
///
/// # Errors
/// The database is away.
pub async fn clocks(conn: &mut Conn, cases: &[Uuid]) -> Result<Vec<ClockOf>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT case_id, clock, agency_due, stopped_at, basis FROM case_clock WHERE case_id IN (",
    );
    ids(&mut q, cases);
    let rows = q
        .build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(rows)
}

/// Where a case stands, and where it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The case.
    pub case: Uuid,
    /// Where it is counted.
    pub place: Place,
    /// Where it stands.
    pub standing: Standing,
}

impl Marked {
    /// The cell that it is summed up in.
    #[must_use]
    pub fn cell(&self) -> (Month, Place) {
        (Month::of(self.standing.on), self.place.clone())
    }
}

#[derive(FromRow)]
struct MarkRow {
    case_id: Uuid,
    slot: String,
    on_day: Date,
    department: Uuid,
    street: String,
    category: String,
    days: Option<i32>,
    fen: i64,
}

/// The marks of some cases, in the order of case and mark. Slots of another version of the program are left out: the
/// cells forgot them too.
///
/// # Errors
/// The database is away.
pub async fn marks(conn: &mut Conn, cases: &[Uuid]) -> Result<Vec<Marked>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT case_id, slot, on_day, department, street, category, days, fen FROM case_mark WHERE case_id IN (",
    );
    ids(&mut q, cases);
    q.push(" ORDER BY case_id, mark");
    let rows: Vec<MarkRow> = q
        .build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(Marked {
                case: r.case_id,
                standing: Standing {
                    slot: Slot::from_code(&r.slot)?,
                    on: r.on_day,
                    days: r.days.and_then(|d| u16::try_from(d).ok()),
                    fen: r.fen,
                },
                place: Place {
                    department: r.department,
                    street: r.street,
                    category: r.category,
                },
            })
        })
        .collect())
}

/// Replaces the marks of some cases.
///
/// # Errors
/// The database is away.
pub async fn marks_replace(conn: &mut Conn, cases: &[Uuid], all: &[Marked]) -> Result<()> {
    let mut q = QueryBuilder::<MySql>::new("DELETE FROM case_mark WHERE case_id IN (");
    ids(&mut q, cases);
    let done = q.build().persistent(false).execute(&mut *conn).await;
    done.map_err(from_sqlx)?;
    for part in all.chunks(ROWS) {
        marks_insert(conn, part).await?;
    }
    Ok(())
}

async fn marks_insert(conn: &mut Conn, some: &[Marked]) -> Result<()> {
    let mut q = QueryBuilder::<MySql>::new(
        "INSERT INTO case_mark (case_id, mark, slot, on_day, department, street, category, days, fen) ",
    );
    q.push_values(some, |mut row, m| {
        let mark: Mark = m.standing.slot.mark();
        row.push_bind(m.case)
            .push_bind(mark.code())
            .push_bind(m.standing.slot.code())
            .push_bind(m.standing.on)
            .push_bind(m.place.department)
            .push_bind(m.place.street.clone())
            .push_bind(m.place.category.clone())
            .push_bind(m.standing.days.map(i32::from))
            .push_bind(m.standing.fen);
    });
    let done = q.build().persistent(false).execute(conn).await;
    done.map_err(from_sqlx).map(|_| ())
}

fn cell_key(list: &mut Separated<'_, MySql, &str>, (month, place): &(Month, Place)) {
    list.push("(month = ")
        .push_bind_unseparated(month.number())
        .push_unseparated(" AND department = ")
        .push_bind_unseparated(place.department)
        .push_unseparated(" AND street = ")
        .push_bind_unseparated(place.street.clone())
        .push_unseparated(" AND category = ")
        .push_bind_unseparated(place.category.clone())
        .push_unseparated(")");
}

/// The stored tallies of some cells; a cell without one is left out.
///
/// # Errors
/// The database is away.
pub async fn cells(
    conn: &mut Conn,
    keys: &[(Month, Place)],
) -> Result<BTreeMap<(Month, Place), String>> {
    let mut out = BTreeMap::new();
    for part in keys.chunks(CELLS) {
        let mut q = QueryBuilder::<MySql>::new(
            "SELECT month, department, street, category, tally FROM figure_cell WHERE ",
        );
        let mut list = q.separated(" OR ");
        part.iter().for_each(|key| cell_key(&mut list, key));
        let rows: Vec<CellRow> = q
            .build_query_as()
            .persistent(false)
            .fetch_all(&mut *conn)
            .await
            .map_err(from_sqlx)?;
        for row in rows {
            let (month, place, tally) = row.read()?;
            out.insert((month, place), tally);
        }
    }
    Ok(out)
}

/// Writes cells.
///
/// # Errors
/// The database is away.
pub async fn cells_put(conn: &mut Conn, all: &BTreeMap<(Month, Place), String>) -> Result<()> {
    let all: Vec<_> = all.iter().collect();
    for part in all.chunks(ROWS) {
        let mut q = QueryBuilder::<MySql>::new(
            "INSERT INTO figure_cell (month, department, street, category, tally) ",
        );
        q.push_values(part, |mut row, ((month, place), tally)| {
            row.push_bind(month.number())
                .push_bind(place.department)
                .push_bind(place.street.clone())
                .push_bind(place.category.clone())
                .push_bind((*tally).clone());
        });
        q.push(" ON DUPLICATE KEY UPDATE tally = VALUES(tally)");
        let done = q.build().persistent(false).execute(&mut *conn).await;
        done.map_err(from_sqlx)?;
    }
    Ok(())
}
