//! The work calendar's rows and the clocks that hang on it.

use super::{Conn, from_sqlx};
use crate::{error::Result, kernel::CaseId};
use sqlx::{FromRow, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A day of an arrangement.
#[derive(Debug, Clone, FromRow)]
pub struct DayRow {
    /// The date.
    pub day: Date,
    /// Day off (or make-up working day).
    pub is_off: bool,
    /// The holiday's name.
    pub name: String,
}

/// A running clock, as recomputation needs it.
#[derive(Debug, Clone, FromRow)]
pub struct RunningClock {
    /// The case.
    pub case_id: Uuid,
    /// Which clock.
    pub clock: String,
    /// The rule's id, e.g. `C-20`.
    pub rule: String,
    /// Day 0.
    pub started_on: Date,
    /// Strict reading.
    pub agency_due: Date,
    /// Generous reading.
    pub citizen_due: Date,
    /// Computed without an official arrangement.
    pub provisional: bool,
    /// What moves its end.
    pub basis: Option<String>,
}

/// Years loaded, with their source.
///
/// # Errors
/// The database is away.
pub async fn years(conn: &mut Conn) -> Result<Vec<(i32, String)>> {
    sqlx::query_as("SELECT year, source FROM calendar_year ORDER BY year")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// When each year was loaded.
///
/// # Errors
/// The database is away.
pub async fn years_loaded(conn: &mut Conn) -> Result<Vec<(i32, OffsetDateTime)>> {
    sqlx::query_as("SELECT year, loaded_at FROM calendar_year ORDER BY year")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// Every day of every loaded arrangement.
///
/// # Errors
/// The database is away.
pub async fn days(conn: &mut Conn) -> Result<Vec<DayRow>> {
    sqlx::query_as("SELECT day, is_off, name FROM calendar_day ORDER BY day")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// Replaces one year's arrangement.
///
/// # Errors
/// The database is away.
pub async fn year_replace(
    conn: &mut Conn,
    year: i32,
    source: &str,
    rows: &[DayRow],
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query("DELETE FROM calendar_day WHERE day >= ? AND day < ?")
        .bind(Date::from_ordinal_date(year, 1).map_err(crate::error::Error::internal)?)
        .bind(Date::from_ordinal_date(year + 1, 1).map_err(crate::error::Error::internal)?)
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    if !rows.is_empty() {
        let mut q = QueryBuilder::new("INSERT INTO calendar_day (day, is_off, name) ");
        q.push_values(rows, |mut b, r| {
            b.push_bind(r.day)
                .push_bind(r.is_off)
                .push_bind(r.name.clone());
        });
        // an arrangement may speak of the December before, which is loaded already
        q.push(" ON DUPLICATE KEY UPDATE is_off = VALUES(is_off), name = VALUES(name)");
        q.build()
            .persistent(false)
            .execute(&mut *conn)
            .await
            .map_err(from_sqlx)?;
    }
    sqlx::query(
        "INSERT INTO calendar_year (year, source, loaded_at) VALUES (?, ?, ?) \
         ON DUPLICATE KEY UPDATE source = VALUES(source), loaded_at = VALUES(loaded_at)",
    )
    .bind(year)
    .bind(source)
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Clocks still running, from the first due date onwards, by key: at most `limit` after `(case_id, clock)`.
///
/// # Errors
/// The database is away.
pub async fn clocks_running(
    conn: &mut Conn,
    after: (Uuid, &str),
    limit: u32,
) -> Result<Vec<RunningClock>> {
    sqlx::query_as(
        "SELECT case_id, clock, rule, started_on, agency_due, citizen_due, provisional, basis \
         FROM case_clock WHERE stopped_at IS NULL AND (case_id > ? OR (case_id = ? AND clock > ?)) ORDER BY case_id, clock LIMIT ?",
    )
    .bind(after.0)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Writes a recomputed clock.
///
/// # Errors
/// The database is away.
pub async fn clock_move(
    conn: &mut Conn,
    load: Uuid,
    old: &RunningClock,
    agency: Date,
    citizen: Date,
    provisional: bool,
) -> Result<()> {
    let done = sqlx::query(
        "UPDATE case_clock SET agency_due = ?, citizen_due = ?, provisional = ? \
         WHERE case_id = ? AND clock = ? AND stopped_at IS NULL",
    )
    .bind(agency)
    .bind(citizen)
    .bind(provisional)
    .bind(old.case_id)
    .bind(&old.clock)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    // stopped since it was read: what was met stays as it was
    if done.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("UPDATE case_file SET recount = 1 WHERE id = ?")
        .bind(old.case_id)
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    let leads = sqlx::query("UPDATE case_file SET next_due = ? WHERE id = ? AND next_clock = ?")
        .bind(agency)
        .bind(old.case_id)
        .bind(&old.clock)
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    if leads.rows_affected() > 0 {
        super::co::co_follow(conn, CaseId(old.case_id), true, Some(agency)).await?;
    }
    if (agency, citizen) != (old.agency_due, old.citizen_due) {
        sqlx::query(
            "INSERT INTO clock_move (load_id, case_id, clock, old_agency, new_agency, old_citizen, new_citizen) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(load)
        .bind(old.case_id)
        .bind(&old.clock)
        .bind(old.agency_due)
        .bind(agency)
        .bind(old.citizen_due)
        .bind(citizen)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    }
    Ok(())
}

/// One loading of an arrangement.
#[derive(Debug, Clone, FromRow)]
pub struct LoadRow {
    /// Its id.
    pub id: Uuid,
    /// The year.
    pub year: i32,
    /// When.
    pub at: OffsetDateTime,
    /// Due dates moved.
    pub moved: i32,
}

/// Records a loading.
///
/// # Errors
/// The database is away.
pub async fn load_insert(conn: &mut Conn, load: &LoadRow, staff: Option<Uuid>) -> Result<()> {
    sqlx::query("INSERT INTO calendar_load (id, year, at, staff_id, moved) VALUES (?, ?, ?, ?, ?)")
        .bind(load.id)
        .bind(load.year)
        .bind(load.at)
        .bind(staff)
        .bind(load.moved)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// The latest loadings.
///
/// # Errors
/// The database is away.
pub async fn loads(conn: &mut Conn) -> Result<Vec<LoadRow>> {
    sqlx::query_as("SELECT id, year, at, moved FROM calendar_load ORDER BY id DESC LIMIT 20")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// A moved due date with its case's number.
#[derive(Debug, Clone, FromRow)]
pub struct MoveRow {
    /// The case's number.
    pub number: String,
    /// Which clock.
    pub clock: String,
    /// Before, strict reading.
    pub old_agency: Date,
    /// After, strict reading.
    pub new_agency: Date,
}

/// What one loading moved, at most 500 rows.
///
/// # Errors
/// The database is away.
pub async fn moves(conn: &mut Conn, load: Uuid) -> Result<Vec<MoveRow>> {
    sqlx::query_as(
        "SELECT f.number, m.clock, m.old_agency, m.new_agency FROM clock_move m JOIN case_file f ON f.id = m.case_id \
         WHERE m.load_id = ? ORDER BY m.new_agency, f.number LIMIT 500",
    )
    .bind(load)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// What was before a recomputation, for one case's page.
///
/// # Errors
/// The database is away.
pub async fn moves_of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<MoveRow>> {
    sqlx::query_as(
        "SELECT f.number, m.clock, m.old_agency, m.new_agency FROM clock_move m JOIN case_file f ON f.id = m.case_id \
         WHERE m.case_id = ? ORDER BY m.load_id LIMIT 50",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
