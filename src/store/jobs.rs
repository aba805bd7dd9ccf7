//! The queue's table. A claim is the `UPDATE` itself (no row lock that an engine may ignore is trusted): whoever set
//! the lease owns the job until `lease_until`. What a job does is the worker's matter.

use super::{Conn, from_sqlx};
use crate::error::Result;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A job to add.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// Its id.
    pub id: Uuid,
    /// Kind code.
    pub kind: &'a str,
    /// The row it is about.
    pub subject: Uuid,
    /// Two jobs with one key are one job.
    pub dedup_key: String,
    /// Smaller first.
    pub priority: i32,
    /// Not before, UTC.
    pub due_at: OffsetDateTime,
}

/// A job that this worker owns.
#[derive(Debug, Clone, FromRow)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// Kind code.
    pub kind: String,
    /// The row it is about.
    pub subject: Uuid,
    /// Which try this is, from 1.
    pub attempts: i32,
}

/// A job that was given up.
#[derive(Debug, Clone, FromRow)]
pub struct DeadJob {
    /// Its id.
    pub id: Uuid,
    /// Kind code.
    pub kind: String,
    /// The row it is about.
    pub subject: Uuid,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: String,
    /// When it was given up, UTC.
    pub finished_at: Option<OffsetDateTime>,
}

/// Adds a job, or nothing when one with its key is there.
///
/// # Errors
/// The database is away.
pub async fn job_insert(conn: &mut Conn, job: &NewJob<'_>, now: OffsetDateTime) -> Result<()> {
    sqlx::query(
        "INSERT INTO job (id, kind, subject, dedup_key, state, priority, due_at, attempts, last_error, created_at) \
         VALUES (?, ?, ?, ?, 'ready', ?, ?, 0, '', ?) ON DUPLICATE KEY UPDATE kind = VALUES(kind)",
    )
    .bind(job.id)
    .bind(job.kind)
    .bind(job.subject)
    .bind(&job.dedup_key)
    .bind(job.priority)
    .bind(job.due_at)
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Takes back what a dead worker held: tried too often it dies, else it is ready again.
///
/// # Errors
/// The database is away.
pub async fn jobs_return(conn: &mut Conn, now: OffsetDateTime, most: i32) -> Result<()> {
    sqlx::query(
        "UPDATE job SET state = 'dead', lease = NULL, lease_until = NULL, finished_at = ?, \
         last_error = 'the worker stopped in the middle, too often' \
         WHERE state = 'running' AND lease_until < ? AND attempts >= ?",
    )
    .bind(now)
    .bind(now)
    .bind(most)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    sqlx::query(
        "UPDATE job SET state = 'ready', lease = NULL, lease_until = NULL \
         WHERE state = 'running' AND lease_until < ? AND attempts < ?",
    )
    .bind(now)
    .bind(most)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Claims up to `most` jobs that are due. Claiming counts as a try, so that a job which kills its worker dies too.
///
/// # Errors
/// The database is away.
pub async fn jobs_claim(
    conn: &mut Conn,
    lease: Uuid,
    now: OffsetDateTime,
    until: OffsetDateTime,
    most: i32,
) -> Result<Vec<JobRow>> {
    let claimed = sqlx::query(
        "UPDATE job SET state = 'running', lease = ?, lease_until = ?, attempts = attempts + 1 \
         WHERE state = 'ready' AND due_at <= ? ORDER BY priority, due_at LIMIT ?",
    )
    .bind(lease)
    .bind(until)
    .bind(now)
    .bind(most)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    if claimed.rows_affected() == 0 {
        return Ok(Vec::new());
    }
    sqlx::query_as(
        "SELECT id, kind, subject, attempts FROM job WHERE lease = ? AND state = 'running' \
         ORDER BY priority, due_at, id",
    )
    .bind(lease)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Heartbeat: keeps everything under a lease until `until`; whether this job is still under it.
///
/// # Errors
/// The database is away.
pub async fn lease_extend(
    conn: &mut Conn,
    lease: Uuid,
    job: Uuid,
    until: OffsetDateTime,
) -> Result<bool> {
    sqlx::query("UPDATE job SET lease_until = ? WHERE lease = ? AND state = 'running'")
        .bind(until)
        .bind(lease)
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    let mine: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM job WHERE id = ? AND lease = ? AND state = 'running'",
    )
    .bind(job)
    .bind(lease)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(mine == 1)
}

/// A job was done.
///
/// # Errors
/// The database is away.
pub async fn job_done(conn: &mut Conn, job: Uuid, lease: Uuid, now: OffsetDateTime) -> Result<()> {
    sqlx::query(
        "UPDATE job SET state = 'done', lease = NULL, lease_until = NULL, finished_at = ?, last_error = '' \
         WHERE id = ? AND lease = ? AND state = 'running'",
    )
    .bind(now)
    .bind(job)
    .bind(lease)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A job is tried again at `due_at`.
///
/// # Errors
/// The database is away.
pub async fn job_later(
    conn: &mut Conn,
    job: Uuid,
    lease: Uuid,
    due_at: OffsetDateTime,
    why: &str,
) -> Result<()> {
    sqlx::query(
        "UPDATE job SET state = 'ready', lease = NULL, lease_until = NULL, due_at = ?, last_error = ? \
         WHERE id = ? AND lease = ? AND state = 'running'",
    )
    .bind(due_at)
    .bind(why)
    .bind(job)
    .bind(lease)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A job is given up.
///
/// # Errors
/// The database is away.
pub async fn job_dead(
    conn: &mut Conn,
    job: Uuid,
    lease: Uuid,
    now: OffsetDateTime,
    why: &str,
) -> Result<()> {
    sqlx::query(
        "UPDATE job SET state = 'dead', lease = NULL, lease_until = NULL, finished_at = ?, last_error = ? \
         WHERE id = ? AND lease = ? AND state = 'running'",
    )
    .bind(now)
    .bind(why)
    .bind(job)
    .bind(lease)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The dead letters, newest first.
///
/// # Errors
/// The database is away.
pub async fn jobs_dead(conn: &mut Conn) -> Result<Vec<DeadJob>> {
    sqlx::query_as(
        "SELECT id, kind, subject, attempts, last_error, finished_at FROM job WHERE state = 'dead' \
         ORDER BY finished_at DESC LIMIT 200",
    )
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Gives a dead job a new round of tries; whether it was there.
///
/// # Errors
/// The database is away.
pub async fn job_again(conn: &mut Conn, job: Uuid, now: OffsetDateTime) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE job SET state = 'ready', attempts = 0, due_at = ?, finished_at = NULL WHERE id = ? AND state = 'dead'",
    )
    .bind(now)
    .bind(job)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Forgets jobs done before `before`, at most 500; how many there were. Dead letters stay.
///
/// # Errors
/// The database is away.
pub async fn job_sweep(conn: &mut Conn, before: OffsetDateTime) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM job WHERE state = 'done' AND finished_at < ? LIMIT 500")
        .bind(before)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(gone.rows_affected())
}
