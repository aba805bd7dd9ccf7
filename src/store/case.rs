//! Cases: the file, its sealed part, events, clocks, messages, notices.

use super::{Conn, from_sqlx, inconsistent, is_duplicate};
use crate::{
    casework::{EventKind, State, deadline::ClockKind},
    error::{Error, Result},
    kernel::{CaseId, words::CaseKind},
};
use sqlx::{FromRow, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Everything that one new case writes.
pub struct NewCase<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its number as text.
    pub number: String,
    /// Complaint or report.
    pub kind: CaseKind,
    /// Its submission.
    pub submission: Uuid,
    /// Keyed hash of the query code.
    pub query_hash: [u8; 32],
    /// How it came in.
    pub channel: &'a str,
    /// Receipt, UTC.
    pub received_at: OffsetDateTime,
    /// Lead department, `None`: waits at intake.
    pub department: Option<Uuid>,
    /// Street code.
    pub street: Option<&'a str>,
    /// Category code.
    pub category: &'a str,
    /// Dispatch subject.
    pub subject: &'a str,
    /// Problem code.
    pub problem: &'a str,
    /// Trader.
    pub trader_name: &'a str,
    /// Kind of trader.
    pub trader_kind: &'a str,
    /// Machine-redacted first words.
    pub title: &'a str,
    /// Machine-redacted story.
    pub redacted: &'a str,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Consent to publish.
    pub publish: Option<bool>,
    /// Consent to entrusted mediation.
    pub entrust: Option<bool>,
    /// Danger code.
    pub urgent: Option<&'a str>,
    /// Somebody was hurt.
    pub injury: bool,
    /// Why it went where it went.
    pub dispatch_reason: &'a str,
    /// Co-handlers.
    pub co_codes: String,
    /// Sealed contact.
    pub contact: Option<Vec<u8>>,
    /// Sealed story.
    pub story: Vec<u8>,
    /// Blind index of the telephone.
    pub phone_index: Option<[u8; 16]>,
    /// First clock.
    pub clock: ClockRow,
    /// First events.
    pub events: Vec<NewEvent>,
}

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

/// Writes the submission's row. `false`: this submission was made before.
///
/// # Errors
/// The database is away.
pub async fn submission_insert(
    conn: &mut Conn,
    id: Uuid,
    idem: &[u8; 32],
    body: &[u8; 32],
    channel: &str,
    answer: &[u8],
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO submission (id, idem_hash, body_hash, channel, answer, at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&idem[..])
    .bind(&body[..])
    .bind(channel)
    .bind(answer)
    .bind(at)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// A submission made before.
#[derive(FromRow)]
pub struct SubmissionRow {
    /// Its id, the owner of the sealed answer.
    pub id: Uuid,
    /// SHA-256 of what was filed.
    pub body_hash: Vec<u8>,
    /// The sealed receipts, gone after some days.
    pub answer: Option<Vec<u8>>,
}

/// The submission with this idempotency key.
///
/// # Errors
/// The database is away.
pub async fn submission(conn: &mut Conn, idem: &[u8; 32]) -> Result<Option<SubmissionRow>> {
    sqlx::query_as("SELECT id, body_hash, answer FROM submission WHERE idem_hash = ?")
        .bind(&idem[..])
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// Forgets the sealed receipts of submissions made from `from` to before `before` (ids carry their time; their hash stays, so that a late retry makes no second case).
///
/// # Errors
/// The database is away.
pub async fn submission_forget(conn: &mut Conn, from: Uuid, before: Uuid) -> Result<u64> {
    let done = sqlx::query("UPDATE submission SET answer = NULL WHERE id >= ? AND id < ? AND answer IS NOT NULL LIMIT 500")
        .bind(from)
        .bind(before)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}

/// Writes a new case with its sealed part, first clock and first events: four statements.
///
/// # Errors
/// The database is away.
pub async fn case_insert(conn: &mut Conn, c: &NewCase<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, channel, \
         received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, \
         amount_fen, publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, returns, \
         dispatch_reason, co_codes) VALUES (?, ?, ?, 'submitted', 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
         ?, ?, ?, ?, ?, 0, 0, ?, ?)",
    )
    .bind(c.id)
    .bind(&c.number)
    .bind(c.kind.code())
    .bind(c.submission)
    .bind(&c.query_hash[..])
    .bind(c.channel)
    .bind(c.received_at)
    .bind(c.department)
    .bind(c.street)
    .bind(c.category)
    .bind(c.subject)
    .bind(c.problem)
    .bind(c.trader_name)
    .bind(c.trader_kind)
    .bind(c.title)
    .bind(c.redacted)
    .bind(c.amount_fen)
    .bind(c.publish)
    .bind(c.entrust)
    .bind(c.urgent)
    .bind(c.injury)
    .bind(&c.clock.clock)
    .bind(c.clock.agency_due)
    .bind(c.dispatch_reason)
    .bind(&c.co_codes)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    sqlx::query("INSERT INTO case_secret (case_id, contact, story, phone_index) VALUES (?, ?, ?, ?)")
        .bind(c.id)
        .bind(&c.contact)
        .bind(&c.story)
        .bind(c.phone_index.as_ref().map(|i| &i[..]))
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    clock_start(conn, c.id, &c.clock).await?;
    events_append(conn, c.id, 1, &c.events, c.received_at).await
}

/// Starts a clock (or starts it anew).
///
/// # Errors
/// The database is away.
pub async fn clock_start(conn: &mut Conn, case: Uuid, k: &ClockRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_clock (case_id, clock, rule, started_on, agency_due, citizen_due, provisional, stopped_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON DUPLICATE KEY UPDATE rule = VALUES(rule), \
         started_on = VALUES(started_on), agency_due = VALUES(agency_due), citizen_due = VALUES(citizen_due), \
         provisional = VALUES(provisional), stopped_at = NULL",
    )
    .bind(case)
    .bind(&k.clock)
    .bind(&k.rule)
    .bind(k.started_on)
    .bind(k.agency_due)
    .bind(k.citizen_due)
    .bind(k.provisional)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Stops every running clock of a case.
///
/// # Errors
/// The database is away.
pub async fn clocks_stop(conn: &mut Conn, case: Uuid, at: OffsetDateTime) -> Result<()> {
    sqlx::query("UPDATE case_clock SET stopped_at = ? WHERE case_id = ? AND stopped_at IS NULL")
        .bind(at)
        .bind(case)
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
        "SELECT clock, rule, started_on, agency_due, citizen_due, provisional, stopped_at FROM case_clock \
         WHERE case_id = ? ORDER BY started_on, clock",
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
    let mut q = QueryBuilder::new("INSERT INTO case_event (case_id, seq, at, kind, actor, staff_id, data) ");
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
                kind: EventKind::from_code(&r.kind).ok_or_else(|| inconsistent("case_event.kind", &r.kind))?,
                actor: r.actor,
                staff_name: r.staff_name,
                data: serde_json::from_str(&r.data).map_err(Error::internal)?,
            })
        })
        .collect()
}

/// The case as flows and pages need it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Complaint or report.
    pub kind: CaseKind,
    /// Its state.
    pub state: State,
    /// Grows with each change.
    pub version: i32,
    /// Its submission.
    pub submission: Uuid,
    /// Keyed hash of the query code.
    pub query_hash: Vec<u8>,
    /// How it came in.
    pub channel: String,
    /// Receipt, UTC.
    pub received_at: OffsetDateTime,
    /// Lead department.
    pub department: Option<Uuid>,
    /// Street code.
    pub street: Option<String>,
    /// Category code.
    pub category: String,
    /// Dispatch subject.
    pub subject: String,
    /// Problem code.
    pub problem: String,
    /// Trader.
    pub trader_name: String,
    /// Kind of trader.
    pub trader_kind: String,
    /// Redacted first words.
    pub title: String,
    /// Redacted story.
    pub redacted: String,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Consent to publish.
    pub publish: Option<bool>,
    /// Consent to entrusted mediation.
    pub entrust: Option<bool>,
    /// Danger code.
    pub urgent: Option<String>,
    /// Somebody was hurt.
    pub injury: bool,
    /// The clock that runs now.
    pub next_clock: Option<String>,
    /// Its due date.
    pub next_due: Option<Date>,
    /// Messages of the resident that wait for an answer.
    pub unread: i32,
    /// How often a department returned it (T-02).
    pub returns: i32,
    /// Why it went where it went.
    pub dispatch_reason: String,
    /// Co-handlers' codes, by comma.
    pub co_codes: String,
}

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    kind: String,
    state: String,
    version: i32,
    submission_id: Uuid,
    query_hash: Vec<u8>,
    channel: String,
    received_at: OffsetDateTime,
    department_id: Option<Uuid>,
    street: Option<String>,
    category: String,
    subject: String,
    problem: String,
    trader_name: String,
    trader_kind: String,
    title: String,
    redacted: String,
    amount_fen: Option<i64>,
    publish_consent: Option<bool>,
    entrust_consent: Option<bool>,
    urgent: Option<String>,
    injury: bool,
    next_clock: Option<String>,
    next_due: Option<Date>,
    unread: i32,
    returns: i32,
    dispatch_reason: String,
    co_codes: String,
}

impl TryFrom<CaseRow> for Case {
    type Error = Error;

    fn try_from(r: CaseRow) -> Result<Self> {
        Ok(Self {
            kind: CaseKind::from_code(&r.kind).ok_or_else(|| inconsistent("case_file.kind", &r.kind))?,
            state: State::from_code(&r.state).ok_or_else(|| inconsistent("case_file.state", &r.state))?,
            id: CaseId(r.id),
            number: r.number,
            version: r.version,
            submission: r.submission_id,
            query_hash: r.query_hash,
            channel: r.channel,
            received_at: r.received_at,
            department: r.department_id,
            street: r.street,
            category: r.category,
            subject: r.subject,
            problem: r.problem,
            trader_name: r.trader_name,
            trader_kind: r.trader_kind,
            title: r.title,
            redacted: r.redacted,
            amount_fen: r.amount_fen,
            publish: r.publish_consent,
            entrust: r.entrust_consent,
            urgent: r.urgent,
            injury: r.injury,
            next_clock: r.next_clock,
            next_due: r.next_due,
            unread: r.unread,
            returns: r.returns,
            dispatch_reason: r.dispatch_reason,
            co_codes: r.co_codes,
        })
    }
}

const CASE: &str = "SELECT id, number, kind, state, version, submission_id, query_hash, channel, received_at, \
     department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, amount_fen, \
     publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, returns, dispatch_reason, \
     co_codes FROM case_file WHERE number = ?";

/// The case with this number.
///
/// # Errors
/// The database is away.
pub async fn case(conn: &mut Conn, number: &str) -> Result<Option<Case>> {
    let row: Option<CaseRow> = sqlx::query_as(CASE).bind(number).fetch_optional(conn).await.map_err(from_sqlx)?;
    row.map(Case::try_from).transpose()
}

/// The case with this number, locked until the transaction ends.
///
/// # Errors
/// The database is away.
pub async fn case_lock(conn: &mut Conn, number: &str) -> Result<Option<Case>> {
    let mut q = QueryBuilder::new(CASE.trim_end_matches('?'));
    q.push_bind(number).push(" FOR UPDATE");
    let row: Option<CaseRow> = q.build_query_as().fetch_optional(conn).await.map_err(from_sqlx)?;
    row.map(Case::try_from).transpose()
}

/// What a step changes on the case's row.
#[derive(Debug, Clone)]
pub struct CaseChange {
    /// New state.
    pub state: State,
    /// Department from now on.
    pub department: Option<Uuid>,
    /// Clock that runs from now on, with its due date.
    pub next: Option<(ClockKind, Date)>,
    /// Messages waiting.
    pub unread: i32,
    /// Returns so far.
    pub returns: i32,
    /// Reason of the last dispatch.
    pub dispatch_reason: String,
    /// Closing time.
    pub closed_at: Option<OffsetDateTime>,
}

/// Saves a change if the version is still the one that was read.
///
/// # Errors
/// [`Error::Conflict`] when somebody else changed the case in between.
pub async fn case_save(conn: &mut Conn, case: &Case, change: &CaseChange) -> Result<()> {
    let done = sqlx::query(
        "UPDATE case_file SET state = ?, is_open = ?, version = version + 1, department_id = ?, next_clock = ?, \
         next_due = ?, unread = ?, returns = ?, dispatch_reason = ?, closed_at = ? WHERE id = ? AND version = ?",
    )
    .bind(change.state.code())
    .bind(change.state.is_open())
    .bind(change.department)
    .bind(change.next.map(|n| n.0.code()))
    .bind(change.next.map(|n| n.1))
    .bind(change.unread)
    .bind(change.returns)
    .bind(&change.dispatch_reason)
    .bind(change.closed_at)
    .bind(case.id.0)
    .bind(case.version)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Conflict("这件案件刚刚被别人改动了，请看过最新情况再办")) }
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

/// The other case of the same submission (M-01), by number and kind.
///
/// # Errors
/// The database is away.
pub async fn sibling(conn: &mut Conn, case: &Case) -> Result<Option<(String, String, Option<Uuid>)>> {
    sqlx::query_as("SELECT number, kind, department_id FROM case_file WHERE submission_id = ? AND id <> ? LIMIT 1")
        .bind(case.submission)
        .bind(case.id.0)
        .fetch_optional(conn)
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
pub async fn message_insert(conn: &mut Conn, case: CaseId, m: &MessageRow, staff: Option<Uuid>) -> Result<()> {
    sqlx::query("INSERT INTO message (id, case_id, at, author, staff_id, body) VALUES (?, ?, ?, ?, ?, ?)")
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
    sqlx::query_as("SELECT id, at, author, body FROM message WHERE case_id = ? ORDER BY id LIMIT 500")
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

/// Adds a notice.
///
/// # Errors
/// The database is away.
pub async fn notice_insert(conn: &mut Conn, case: CaseId, n: &NoticeRow, staff: Uuid) -> Result<()> {
    sqlx::query(
        "INSERT INTO notice (id, case_id, form, at, staff_id, body, body_hash, given_by) \
         VALUES (?, ?, ?, ?, ?, ?, ?, 'track')",
    )
    .bind(n.id)
    .bind(case.0)
    .bind(n.form)
    .bind(n.at)
    .bind(staff)
    .bind(&n.body)
    .bind(&n.body_hash)
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
    sqlx::query_as("SELECT id, form, at, body, body_hash FROM notice WHERE case_id = ? ORDER BY id LIMIT 100")
        .bind(case.0)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}
