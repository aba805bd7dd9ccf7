//! Staff and their sessions.

use super::{Conn, from_sqlx, inconsistent, is_duplicate};
use crate::{
    error::{Error, Result},
    kernel::{DepartmentId, StaffId, access::Role},
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A person who signs in.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Id.
    pub id: StaffId,
    /// Login name.
    pub login: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Department.
    pub department: Option<DepartmentId>,
    /// Argon2id hash.
    pub password_hash: String,
    /// Sealed TOTP secret, `None` before enrolment.
    pub totp_secret: Option<Vec<u8>>,
    /// Last TOTP step that was used; replays are refused.
    pub totp_step: i64,
    /// Wrong tries in a row.
    pub failed: i32,
    /// Locked until.
    pub locked_until: Option<OffsetDateTime>,
    /// Switched off.
    pub disabled: bool,
}

#[derive(FromRow)]
struct StaffRow {
    id: Uuid,
    login: String,
    name: String,
    role: String,
    department_id: Option<Uuid>,
    password_hash: String,
    totp_secret: Option<Vec<u8>>,
    totp_step: i64,
    failed: i32,
    locked_until: Option<OffsetDateTime>,
    disabled_at: Option<OffsetDateTime>,
}

impl TryFrom<StaffRow> for Staff {
    type Error = Error;

    fn try_from(r: StaffRow) -> Result<Self> {
        Ok(Self {
            role: Role::from_code(&r.role).ok_or_else(|| inconsistent("staff.role", &r.role))?,
            id: StaffId(r.id),
            login: r.login,
            name: r.name,
            department: r.department_id.map(DepartmentId),
            password_hash: r.password_hash,
            totp_secret: r.totp_secret,
            totp_step: r.totp_step,
            failed: r.failed,
            locked_until: r.locked_until,
            disabled: r.disabled_at.is_some(),
        })
    }
}

/// The person with this login name.
///
/// # Errors
/// The database is away.
pub async fn staff_by_login(conn: &mut Conn, login: &str) -> Result<Option<Staff>> {
    let row: Option<StaffRow> = sqlx::query_as(
        "SELECT id, login, name, role, department_id, password_hash, totp_secret, totp_step, failed, locked_until, \
         disabled_at FROM staff WHERE login = ?",
    )
    .bind(login)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(Staff::try_from).transpose()
}

/// Adds a person.
///
/// # Errors
/// [`Error::Conflict`] when the login name is taken.
pub async fn staff_insert(conn: &mut Conn, s: &Staff, now: OffsetDateTime) -> Result<()> {
    let done = sqlx::query(
        "INSERT INTO staff (id, login, name, role, department_id, password_hash, totp_secret, totp_step, failed, \
         created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
    )
    .bind(s.id.0)
    .bind(&s.login)
    .bind(&s.name)
    .bind(s.role.code())
    .bind(s.department.map(|d| d.0))
    .bind(&s.password_hash)
    .bind(&s.totp_secret)
    .bind(now)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::Conflict("这个登录名已经有人用了")),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// Sets a new password hash and forgets the second factor (the next sign-in enrols again).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn staff_reset(conn: &mut Conn, login: &str, hash: &str) -> Result<()> {
    let done = sqlx::query(
        "UPDATE staff SET password_hash = ?, totp_secret = NULL, failed = 0, locked_until = NULL, \
         disabled_at = NULL WHERE login = ?",
    )
    .bind(hash)
    .bind(login)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sessions_end_all(conn, login).await
}

/// Switches a person off and ends every session.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn staff_disable(conn: &mut Conn, login: &str, now: OffsetDateTime) -> Result<()> {
    let done = sqlx::query("UPDATE staff SET disabled_at = ? WHERE login = ?")
        .bind(now)
        .bind(login)
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sessions_end_all(conn, login).await
}

async fn sessions_end_all(conn: &mut Conn, login: &str) -> Result<()> {
    sqlx::query(
        "DELETE FROM staff_session WHERE staff_id IN (SELECT id FROM staff WHERE login = ?)",
    )
    .bind(login)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Counts a wrong try and locks when told to.
///
/// # Errors
/// The database is away.
pub async fn staff_failed(
    conn: &mut Conn,
    id: StaffId,
    locked: Option<OffsetDateTime>,
) -> Result<()> {
    // counted in the row, so that guesses at once do not count as one
    sqlx::query("UPDATE staff SET failed = failed + 1, locked_until = ? WHERE id = ?")
        .bind(locked)
        .bind(id.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Keeps a sealed TOTP secret; `false` when another one was kept meanwhile.
///
/// # Errors
/// The database is away.
pub async fn staff_enrol(conn: &mut Conn, id: StaffId, secret: &[u8]) -> Result<bool> {
    let done = sqlx::query("UPDATE staff SET totp_secret = ? WHERE id = ? AND totp_secret IS NULL")
        .bind(secret)
        .bind(id.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Uses up a TOTP step: `false` when this or a later step was used before (a replay).
///
/// # Errors
/// The database is away.
pub async fn staff_use_step(conn: &mut Conn, id: StaffId, step: i64) -> Result<bool> {
    let done = sqlx::query("UPDATE staff SET totp_step = ?, failed = 0, locked_until = NULL WHERE id = ? AND totp_step < ?")
        .bind(step)
        .bind(id.0)
        .bind(step)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// A signed-in browser.
#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    /// SHA-256 of the cookie.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub staff_id: Uuid,
    /// `password` (second factor missing) or `full`.
    pub stage: String,
    /// Form token.
    pub csrf: Vec<u8>,
    /// Browser, shortened.
    pub agent: String,
    /// Start.
    pub created_at: OffsetDateTime,
    /// Last request.
    pub seen_at: OffsetDateTime,
    /// Absolute end.
    pub expires_at: OffsetDateTime,
}

/// Adds a session.
///
/// # Errors
/// The database is away.
pub async fn session_insert(conn: &mut Conn, s: &SessionRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO staff_session (token_hash, staff_id, stage, csrf, agent, created_at, seen_at, expires_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&s.token_hash)
    .bind(s.staff_id)
    .bind(&s.stage)
    .bind(&s.csrf)
    .bind(&s.agent)
    .bind(s.created_at)
    .bind(s.seen_at)
    .bind(s.expires_at)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A session with its person.
#[derive(Debug, Clone, FromRow)]
pub struct SessionStaff {
    /// Whose.
    pub staff_id: Uuid,
    /// Login name.
    pub login: String,
    /// Name.
    pub name: String,
    /// Role code.
    pub role: String,
    /// Department.
    pub department_id: Option<Uuid>,
    /// Stage.
    pub stage: String,
    /// Form token.
    pub csrf: Vec<u8>,
    /// Last request.
    pub seen_at: OffsetDateTime,
    /// Absolute end.
    pub expires_at: OffsetDateTime,
    /// Whether a TOTP secret is kept.
    pub enrolled: bool,
}

/// The living session of a cookie, its person not switched off.
///
/// # Errors
/// The database is away.
pub async fn session(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<SessionStaff>> {
    sqlx::query_as(
        "SELECT x.staff_id, s.login, s.name, s.role, s.department_id, x.stage, x.csrf, x.seen_at, x.expires_at, \
         s.totp_secret IS NOT NULL AS enrolled FROM staff_session x JOIN staff s ON s.id = x.staff_id \
         WHERE x.token_hash = ? AND s.disabled_at IS NULL",
    )
    .bind(token_hash)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)
}

/// Marks a session as used.
///
/// # Errors
/// The database is away.
pub async fn session_seen(conn: &mut Conn, token_hash: &[u8], now: OffsetDateTime) -> Result<()> {
    sqlx::query("UPDATE staff_session SET seen_at = ? WHERE token_hash = ?")
        .bind(now)
        .bind(token_hash)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Ends a session, if it belongs to this person.
///
/// # Errors
/// The database is away.
pub async fn session_end(conn: &mut Conn, token_hash: &[u8], staff: StaffId) -> Result<()> {
    sqlx::query("DELETE FROM staff_session WHERE token_hash = ? AND staff_id = ?")
        .bind(token_hash)
        .bind(staff.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// The sessions of a person, newest first.
///
/// # Errors
/// The database is away.
pub async fn sessions(conn: &mut Conn, staff: StaffId) -> Result<Vec<SessionRow>> {
    sqlx::query_as(
        "SELECT token_hash, staff_id, stage, csrf, agent, created_at, seen_at, expires_at FROM staff_session \
         WHERE staff_id = ? ORDER BY created_at DESC LIMIT 50",
    )
    .bind(staff.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Removes sessions past their end.
///
/// # Errors
/// The database is away.
pub async fn session_sweep(
    conn: &mut Conn,
    now: OffsetDateTime,
    idle_before: OffsetDateTime,
) -> Result<u64> {
    let done =
        sqlx::query("DELETE FROM staff_session WHERE expires_at < ? OR seen_at < ? LIMIT 500")
            .bind(now)
            .bind(idle_before)
            .execute(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}

/// The people of a department who handle cases, by name: id and name.
///
/// # Errors
/// The database is away.
pub async fn staff_of_department(conn: &mut Conn, department: Uuid) -> Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "SELECT id, name FROM staff WHERE department_id = ? AND disabled_at IS NULL \
         AND role IN ('handler', 'supervisor') ORDER BY name, id LIMIT 200",
    )
    .bind(department)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
