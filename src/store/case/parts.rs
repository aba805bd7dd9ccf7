//! What hangs on a case: clocks, events, the sealed part, messages, notices.

use super::super::{Conn, from_sqlx, inconsistent};
use crate::{
    casework::{EventKind, clocks::Past},
    error::{Error, Result},
    kernel::CaseId,
};
use sqlx::{FromRow, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A clock 期限.
#[derive(Debug, Clone, FromRow)]
pub struct ClockRow {
    /// Which clock ([`ClockKind::code`]).
    pub clock: String,
    /// Rule id, e.g. `C-20`.
    pub rule: String,
    /// Day 0.
    pub started_on: Date,
    /// Strict reading.
    pub agency_due: Date,
    /// Generous reading.
    pub citizen_due: Date,
    /// Computed without an official arrangement (N-05).
    pub provisional: bool,
    /// When it was met, UTC.
    pub stopped_at: Option<OffsetDateTime>,
    /// What moves its end, `None` for nothing (`casework::clocks::Basis`).
    pub basis: Option<String>,
}

/// An event to append.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What.
    pub kind: EventKind,
    /// `resident`, `staff`, `system`.
    pub actor: &'static str,
    /// Which person, for `staff`.
    pub staff: Option<Uuid>,
    /// Facts, nothing personal.
    pub data: serde_json::Value,
}

/// Writes a clock as the case's history gives it.
///
/// # Errors
/// The database is away.
pub async fn clock_put(conn: &mut Conn, case: Uuid, k: &ClockRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_clock (case_id, clock, rule, started_on, agency_due, citizen_due, provisional, stopped_at, \
         basis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE rule = VALUES(rule), \
         started_on = VALUES(started_on), agency_due = VALUES(agency_due), citizen_due = VALUES(citizen_due), \
         provisional = VALUES(provisional), stopped_at = VALUES(stopped_at), basis = VALUES(basis)",
    )
    .bind(case)
    .bind(&k.clock)
    .bind(&k.rule)
    .bind(k.started_on)
    .bind(k.agency_due)
    .bind(k.citizen_due)
    .bind(k.provisional)
    .bind(k.stopped_at)
    .bind(&k.basis)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The clocks of a case, in the order of their start.
///
/// # Errors
/// The database is away.
pub async fn clocks(conn: &mut Conn, case: CaseId) -> Result<Vec<ClockRow>> {
    sqlx::query_as(
        "SELECT clock, rule, started_on, agency_due, citizen_due, provisional, stopped_at, basis \
         FROM case_clock WHERE case_id = ? ORDER BY started_on, clock",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Appends events, the first with number `seq`.
///
/// # Errors
/// The database is away; a taken number (somebody else was faster).
pub async fn events_append(
    conn: &mut Conn,
    case: Uuid,
    seq: i32,
    events: &[NewEvent],
    at: OffsetDateTime,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new(
        "INSERT INTO case_event (case_id, seq, at, kind, actor, staff_id, data) ",
    );
    q.push_values(events.iter().zip(seq..), |mut b, (e, seq)| {
        b.push_bind(case)
            .push_bind(seq)
            .push_bind(at)
            .push_bind(e.kind.code())
            .push_bind(e.actor)
            .push_bind(e.staff)
            .push_bind(e.data.to_string());
    });
    q.build().execute(conn).await.map_err(from_sqlx)?;
    Ok(())
}

/// An event as stored.
#[derive(Debug, Clone)]
pub struct Event {
    /// Number within the case.
    pub seq: i32,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What.
    pub kind: EventKind,
    /// `resident`, `staff`, `system`.
    pub actor: String,
    /// Name of the person at the desk, for the desk only.
    pub staff_name: Option<String>,
    /// Facts.
    pub data: serde_json::Value,
}

#[derive(FromRow)]
struct EventRow {
    seq: i32,
    at: OffsetDateTime,
    kind: String,
    actor: String,
    staff_name: Option<String>,
    data: String,
}

/// The history of a case.
///
/// # Errors
/// The database is away.
pub async fn events(conn: &mut Conn, case: CaseId) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = sqlx::query_as(
        "SELECT e.seq, e.at, e.kind, e.actor, s.name AS staff_name, e.data FROM case_event e \
         LEFT JOIN staff s ON s.id = e.staff_id WHERE e.case_id = ? ORDER BY e.seq LIMIT 500",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter()
        .map(|r| {
            Ok(Event {
                seq: r.seq,
                at: r.at,
                kind: EventKind::from_code(&r.kind)
                    .ok_or_else(|| inconsistent("case_event.kind", &r.kind))?,
                actor: r.actor,
                staff_name: r.staff_name,
                data: serde_json::from_str(&r.data).map_err(Error::internal)?,
            })
        })
        .collect()
}

#[derive(FromRow)]
struct PastRow {
    at: OffsetDateTime,
    kind: String,
    staff_id: Option<Uuid>,
    data: String,
}

/// The steps of a case as its state and clocks are derived from them: messages leave no trace there.
///
/// # Errors
/// The database is away; more steps than any case has.
pub async fn history(conn: &mut Conn, case: CaseId) -> Result<Vec<Past>> {
    const MOST: usize = 2000;
    let rows: Vec<PastRow> = sqlx::query_as(
        "SELECT at, kind, staff_id, data FROM case_event WHERE case_id = ? \
         AND kind NOT IN ('asked', 'answered', 'recomputed') ORDER BY seq LIMIT 2000",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    if rows.len() >= MOST {
        return Err(Error::internal("a case with too long a history"));
    }
    rows.into_iter()
        .map(|r| {
            Ok(Past {
                at: r.at,
                kind: EventKind::from_code(&r.kind)
                    .ok_or_else(|| inconsistent("case_event.kind", &r.kind))?,
                staff: r.staff_id,
                data: serde_json::from_str(&r.data).map_err(Error::internal)?,
            })
        })
        .collect()
}

/// How a case came in: who took it down, and the facts of its first event.
pub struct FirstEvent {
    /// The person at the desk, `None` when it came by itself.
    pub staff: Option<Uuid>,
    data: serde_json::Value,
}

impl FirstEvent {
    /// A fact, empty when it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let value = self.data.get(name).and_then(serde_json::Value::as_str);
        value.unwrap_or("").to_owned()
    }
}

/// The event that opened a case.
///
/// # Errors
/// The database is away.
pub async fn first_event(conn: &mut Conn, case: CaseId) -> Result<FirstEvent> {
    let (staff, data): (Option<Uuid>, String) =
        sqlx::query_as("SELECT staff_id, data FROM case_event WHERE case_id = ? AND seq = 1")
            .bind(case.0)
            .fetch_one(conn)
            .await
            .map_err(from_sqlx)?;
    let data = serde_json::from_str(&data).map_err(Error::internal)?;
    Ok(FirstEvent { staff, data })
}

/// The number that the next event of a case gets.
///
/// # Errors
/// The database is away.
pub async fn next_seq(conn: &mut Conn, case: CaseId) -> Result<i32> {
    let last: Option<i32> = sqlx::query_scalar("SELECT MAX(seq) FROM case_event WHERE case_id = ?")
        .bind(case.0)
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(last.unwrap_or(0) + 1)
}

/// The sealed part of a case.
#[derive(FromRow)]
pub struct SecretRow {
    /// Sealed contact.
    pub contact: Option<Vec<u8>>,
    /// Sealed story.
    pub story: Vec<u8>,
}

/// The sealed part of a case.
///
/// # Errors
/// The database is away.
pub async fn secret(conn: &mut Conn, case: CaseId) -> Result<SecretRow> {
    sqlx::query_as("SELECT contact, story FROM case_secret WHERE case_id = ?")
        .bind(case.0)
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}

/// A message 留言, sealed.
#[derive(FromRow)]
pub struct MessageRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// `resident` or `office`.
    pub author: String,
    /// The sealed text.
    pub body: Vec<u8>,
}

/// Adds a message.
///
/// # Errors
/// The database is away.
pub async fn message_insert(
    conn: &mut Conn,
    case: CaseId,
    m: &MessageRow,
    staff: Option<Uuid>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO message (id, case_id, at, author, staff_id, body) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(m.id)
    .bind(case.0)
    .bind(m.at)
    .bind(&m.author)
    .bind(staff)
    .bind(&m.body)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The messages of a case, oldest first, at most 500.
///
/// # Errors
/// The database is away.
pub async fn messages(conn: &mut Conn, case: CaseId) -> Result<Vec<MessageRow>> {
    sqlx::query_as(
        "SELECT id, at, author, body FROM message WHERE case_id = ? ORDER BY id LIMIT 500",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// A notice 文书, sealed.
#[derive(FromRow)]
pub struct NoticeRow {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// Form number of rules §5.
    pub form: i32,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// The sealed text.
    pub body: Vec<u8>,
    /// SHA-256 of the text.
    pub body_hash: Vec<u8>,
}

/// Whether a form was sent already.
///
/// # Errors
/// The database is away.
pub async fn notice_sent(conn: &mut Conn, case: CaseId, form: i32) -> Result<bool> {
    let found: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM notice WHERE case_id = ? AND form = ?")
            .bind(case.0)
            .bind(form)
            .fetch_one(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(found > 0)
}

/// Adds a notice; `given_by` is `track` for the resident, `desk` for what stays between authorities.
///
/// # Errors
/// The database is away.
pub async fn notice_insert(
    conn: &mut Conn,
    case: CaseId,
    n: &NoticeRow,
    staff: Uuid,
    given_by: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO notice (id, case_id, form, at, staff_id, body, body_hash, given_by) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(n.id)
    .bind(case.0)
    .bind(n.form)
    .bind(n.at)
    .bind(staff)
    .bind(&n.body)
    .bind(&n.body_hash)
    .bind(given_by)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The notices of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn notices(conn: &mut Conn, case: CaseId) -> Result<Vec<NoticeRow>> {
    sqlx::query_as(
        "SELECT id, form, at, body, body_hash FROM notice WHERE case_id = ? ORDER BY id LIMIT 100",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
