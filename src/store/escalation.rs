//! Dates that come near or have passed: which clocks a level is to know of, who was told, what residents asked to hurry,
//! and the list of it for the desk.

use super::{Conn, from_sqlx, is_duplicate};
use crate::error::Result;
use sqlx::{FromRow, MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows a page of the list shows.
pub const PAGE: usize = 50;

/// A running clock that a level has not been told of.
#[derive(Debug, FromRow)]
pub struct Untold {
    /// Its case.
    pub case_id: Uuid,
    /// Which clock.
    pub clock: String,
    /// The office's day.
    pub due: Date,
    /// What moves its end (`casework::clocks::Basis`).
    pub basis: Option<String>,
}

/// Running clocks that end on `bound` or before and of which `level` has not been told, by date, after a key; at most
/// `limit`.
///
/// # Errors
/// The database is away.
pub async fn untold(
    conn: &mut Conn,
    level: &str,
    bound: Date,
    after: Option<(Date, Uuid)>,
    limit: i64,
) -> Result<Vec<Untold>> {
    let mut q = QueryBuilder::new(
        "SELECT k.case_id, k.clock, k.agency_due AS due, k.basis FROM case_clock k \
         WHERE k.stopped_at IS NULL AND k.agency_due <= ",
    );
    q.push_bind(bound);
    if let Some((due, case)) = after {
        q.push(" AND (k.agency_due > ").push_bind(due);
        q.push(" OR (k.agency_due = ").push_bind(due);
        q.push(" AND k.case_id > ").push_bind(case).push("))");
    }
    q.push(
        " AND NOT EXISTS (SELECT 1 FROM escalation e WHERE e.case_id = k.case_id AND e.clock = k.clock \
         AND e.due = k.agency_due AND e.level = ",
    );
    q.push_bind(level.to_owned());
    q.push(") ORDER BY k.agency_due, k.case_id LIMIT ")
        .push_bind(limit);
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}

/// Notes that a level is told of a clock that still runs to that date; `false` when it was told before, or the clock has
/// been met or moved.
///
/// # Errors
/// The database is away.
pub async fn tell(
    conn: &mut Conn,
    id: Uuid,
    clock: &Untold,
    level: &str,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO escalation (id, case_id, clock, due, level, at) \
         SELECT ?, case_id, clock, agency_due, ?, ? FROM case_clock \
         WHERE case_id = ? AND clock = ? AND agency_due = ? AND stopped_at IS NULL",
    )
    .bind(id)
    .bind(level)
    .bind(at)
    .bind(clock.case_id)
    .bind(&clock.clock)
    .bind(clock.due)
    .execute(conn)
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// What a letter about a telling says.
#[derive(Debug, FromRow)]
pub struct Told {
    /// The case's number.
    pub number: String,
    /// Its kind.
    pub kind: String,
    /// Its department.
    pub department_id: Option<Uuid>,
    /// Receipt.
    pub received_at: OffsetDateTime,
    /// Which clock.
    pub clock: String,
    /// The office's day.
    pub due: Date,
    /// Who is told.
    pub level: String,
    /// The clock still runs to that date.
    pub runs: bool,
}

/// A telling with its case.
///
/// # Errors
/// The database is away.
pub async fn told(conn: &mut Conn, id: Uuid) -> Result<Option<Told>> {
    sqlx::query_as(
        "SELECT f.number, f.kind, f.department_id, f.received_at, e.clock, e.due, e.level, \
         EXISTS (SELECT 1 FROM case_clock k WHERE k.case_id = e.case_id AND k.clock = e.clock \
         AND k.agency_due = e.due AND k.stopped_at IS NULL) AS runs \
         FROM escalation e JOIN case_file f ON f.id = e.case_id WHERE e.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)
}

/// The levels told of the dates that a case had, in the order of telling, at most 200.
///
/// # Errors
/// The database is away.
pub async fn told_of_case(conn: &mut Conn, case: Uuid) -> Result<Vec<(String, OffsetDateTime)>> {
    sqlx::query_as("SELECT level, at FROM escalation WHERE case_id = ? ORDER BY at, id LIMIT 200")
        .bind(case)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// Notes that a resident asked to hurry; `false` when that was done today.
///
/// # Errors
/// The database is away.
pub async fn urge_insert(
    conn: &mut Conn,
    case: Uuid,
    day: Date,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query("INSERT INTO case_urge (case_id, day, at) VALUES (?, ?, ?)")
        .bind(case)
        .bind(day)
        .bind(at)
        .execute(conn)
        .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// How often a resident asked to hurry, and the last day of it.
///
/// # Errors
/// The database is away.
pub async fn urges(conn: &mut Conn, case: Uuid) -> Result<(i64, Option<Date>)> {
    sqlx::query_as("SELECT COUNT(*), MAX(day) FROM case_urge WHERE case_id = ?")
        .bind(case)
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}

/// A case whose date comes near or has passed.
#[derive(Debug, Clone, FromRow)]
pub struct LateLine {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Kind code.
    pub kind: String,
    /// Redacted first words.
    pub title: String,
    /// Department.
    pub department_id: Option<Uuid>,
    /// Receipt.
    pub received_at: OffsetDateTime,
    /// The clock that runs out.
    pub next_clock: String,
    /// The office's day.
    pub next_due: Date,
    /// Levels told of that day, by comma; empty when none was.
    pub levels: String,
    /// How often its resident asked to hurry.
    pub urges: i64,
    /// The last day of it.
    pub urged_on: Option<Date>,
}

/// Open cases of a department (`None`: all) that end on `bound` or before, soonest first, after a key;
/// `PAGE + 1` rows when more follow.
///
/// # Errors
/// The database is away.
pub async fn late(
    conn: &mut Conn,
    department: Option<Uuid>,
    bound: Date,
    after: Option<(Date, Uuid)>,
) -> Result<Vec<LateLine>> {
    let mut q: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT f.id, f.number, f.kind, f.title, f.department_id, f.received_at, f.next_clock, f.next_due, \
         COALESCE((SELECT GROUP_CONCAT(e.level) FROM escalation e WHERE e.case_id = f.id AND e.clock = f.next_clock \
         AND e.due = f.next_due), '') AS levels, \
         (SELECT COUNT(*) FROM case_urge u WHERE u.case_id = f.id) AS urges, \
         (SELECT MAX(u.day) FROM case_urge u WHERE u.case_id = f.id) AS urged_on \
         FROM case_file f WHERE f.is_open = 1 AND f.next_clock IS NOT NULL AND f.next_due <= ",
    );
    q.push_bind(bound);
    if let Some(department) = department {
        q.push(" AND f.department_id = ").push_bind(department);
    }
    if let Some((due, id)) = after {
        q.push(" AND (f.next_due > ").push_bind(due);
        q.push(" OR (f.next_due = ").push_bind(due);
        q.push(" AND f.id > ").push_bind(id).push("))");
    }
    q.push(" ORDER BY f.next_due, f.id LIMIT ")
        .push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}

/// How many cases a department has late.
#[derive(Debug, FromRow)]
pub struct LateCount {
    /// The department, `None`: at intake.
    pub department_id: Option<Uuid>,
    /// Late cases.
    pub late: i64,
    /// Of these, due on `bound` or before.
    pub long: i64,
    /// The oldest day.
    pub oldest: Date,
}

/// Late cases by department: due before `today`, and of these due on `bound` or before. Numbers alone.
///
/// # Errors
/// The database is away.
pub async fn late_counts(conn: &mut Conn, today: Date, bound: Date) -> Result<Vec<LateCount>> {
    sqlx::query_as(
        "SELECT department_id, COUNT(*) AS late, CAST(SUM(next_due <= ?) AS SIGNED) AS `long`, \
         MIN(next_due) AS oldest FROM case_file \
         WHERE is_open = 1 AND next_clock IS NOT NULL AND next_due < ? GROUP BY department_id ORDER BY late DESC LIMIT 200",
    )
    .bind(bound)
    .bind(today)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
