//! Cases: the file itself, written and read; its parts in `parts`, its submission in `submission`,
//! many at once in `bulk`.

mod bulk;
mod parts;
mod submission;

pub use bulk::*;
pub use parts::*;
pub use submission::*;

use super::{
    Conn, from_sqlx, inconsistent,
    lists::NEVER,
    parties::{self, PartyRow},
    similar,
};
use crate::{
    casework::{State, deadline::ClockKind},
    error::{Error, Result},
    kernel::{CaseId, words::CaseKind},
    triage::similar::Key,
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
    /// Co-handlers, as the rules named them.
    pub co_codes: String,
    /// The ones of this house, who get a task (T-05).
    pub co: Vec<Uuid>,
    /// Sealed contact.
    pub contact: Option<Vec<u8>>,
    /// Sealed story.
    pub story: Vec<u8>,
    /// Blind index of the telephone.
    pub phone_index: Option<[u8; 16]>,
    /// The clocks that begin at receipt, the ordinary one first.
    pub clocks: Vec<ClockRow>,
    /// First events.
    pub events: Vec<NewEvent>,
    /// Keys under which alike complaints are found (C-08); none for a report.
    pub alike: Vec<Key>,
    /// Joint complainants, an agent (C-04, C-05).
    pub parties: Vec<PartyRow>,
}

/// Writes a new case with its sealed part, first clocks and first events, and for a complaint its keys: five statements,
/// one more for each further clock, for its co-handlers and for those who file with the sender.
///
/// # Errors
/// The database is away.
pub async fn case_insert(conn: &mut Conn, c: &NewCase<'_>) -> Result<()> {
    let next = c.clocks.iter().min_by_key(|k| k.agency_due);
    sqlx::query(
        "INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, channel, \
         received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, \
         amount_fen, publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, returns, \
         dispatch_reason, co_codes, fresh) VALUES (?, ?, ?, 'submitted', 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
         ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, 1)",
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
    .bind(next.map(|k| &k.clock))
    .bind(next.map(|k| k.agency_due))
    .bind(c.dispatch_reason)
    .bind(&c.co_codes)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    sqlx::query(
        "INSERT INTO case_secret (case_id, contact, story, phone_index) VALUES (?, ?, ?, ?)",
    )
    .bind(c.id)
    .bind(&c.contact)
    .bind(&c.story)
    .bind(c.phone_index.as_ref().map(|i| &i[..]))
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    for clock in &c.clocks {
        clock_put(conn, c.id, clock).await?;
    }
    let due = c.clocks.first().map(|k| k.agency_due);
    super::co::co_put(conn, c.id, &c.co, due, None, c.received_at).await?;
    if let Some(first) = c.clocks.first() {
        similar::alike_insert(conn, c.id, first.started_on, &c.alike).await?;
    }
    parties::parties_insert(conn, c.id, &c.parties).await?;
    events_append(conn, c.id, 1, &c.events, c.received_at).await
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
    /// Something waits for a second person.
    pub waits: bool,
    /// Who of the department handles it.
    pub assignee: Option<Uuid>,
    /// Nobody where it lies has looked at it yet.
    pub fresh: bool,
    /// A request was sent back and nobody has acted since.
    pub sent_back: bool,
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
    waits: bool,
    assignee_id: Option<Uuid>,
    fresh: bool,
    sent_back: bool,
}

impl TryFrom<CaseRow> for Case {
    type Error = Error;

    fn try_from(r: CaseRow) -> Result<Self> {
        Ok(Self {
            kind: CaseKind::from_code(&r.kind)
                .ok_or_else(|| inconsistent("case_file.kind", &r.kind))?,
            state: State::from_code(&r.state)
                .ok_or_else(|| inconsistent("case_file.state", &r.state))?,
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
            waits: r.waits,
            assignee: r.assignee_id,
            fresh: r.fresh,
            sent_back: r.sent_back,
        })
    }
}

/// A query over all columns of a case.
macro_rules! select_case {
    ($which:literal) => {
        concat!(
            "SELECT id, number, kind, state, version, submission_id, query_hash, channel, received_at, \
             department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, amount_fen, \
             publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, returns, dispatch_reason, \
             co_codes, waits, assignee_id, fresh, sent_back FROM case_file ",
            $which
        )
    };
}

const CASE: &str = select_case!("WHERE number = ?");

/// The case with this id.
///
/// # Errors
/// The database is away.
pub async fn case_by_id(conn: &mut Conn, id: CaseId) -> Result<Option<Case>> {
    let row: Option<CaseRow> = sqlx::query_as(select_case!("WHERE id = ?"))
        .bind(id.0)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(Case::try_from).transpose()
}

/// The case with this number.
///
/// # Errors
/// The database is away.
pub async fn case(conn: &mut Conn, number: &str) -> Result<Option<Case>> {
    let row: Option<CaseRow> = sqlx::query_as(CASE)
        .bind(number)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(Case::try_from).transpose()
}

/// The case with this number, locked until the transaction ends.
///
/// # Errors
/// The database is away.
pub async fn case_lock(conn: &mut Conn, number: &str) -> Result<Option<Case>> {
    let mut q = QueryBuilder::new(CASE.trim_end_matches('?'));
    q.push_bind(number).push(" FOR UPDATE");
    let row: Option<CaseRow> = q
        .build_query_as()
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
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
    /// Something waits for a second person.
    pub waits: bool,
    /// Who of the department handles it from now on.
    pub assignee: Option<Uuid>,
    /// Nobody where it lies has looked at it yet.
    pub fresh: bool,
    /// A request was sent back and nobody has acted since.
    pub sent_back: bool,
    /// Closing time, `None` leaves it.
    pub closed_at: Option<OffsetDateTime>,
}

/// Saves a change if the version is still the one that was read.
///
/// # Errors
/// [`Error::Conflict`] when somebody else changed the case in between.
pub async fn case_save(conn: &mut Conn, case: &Case, change: &CaseChange) -> Result<()> {
    // an open case without a running clock stands at the end of the worklist, which is paged by this date
    let due = change.next.map(|n| n.1);
    let due = if change.state.is_open() {
        due.or(Some(NEVER))
    } else {
        None
    };
    let done = sqlx::query(
        "UPDATE case_file SET state = ?, is_open = ?, version = version + 1, recount = 1, department_id = ?, next_clock = ?, \
         next_due = ?, waits = ?, unread = ?, returns = ?, dispatch_reason = ?, assignee_id = ?, fresh = ?, sent_back = ?, \
         closed_at = CASE WHEN ? THEN NULL ELSE COALESCE(?, closed_at) END WHERE id = ? AND version = ?",
    )
    .bind(change.state.code())
    .bind(change.state.is_open())
    .bind(change.department)
    .bind(change.next.map(|n| n.0.code()))
    .bind(due)
    .bind(change.waits)
    .bind(change.unread)
    .bind(change.returns)
    .bind(&change.dispatch_reason)
    .bind(change.assignee)
    .bind(change.fresh)
    .bind(change.sent_back)
    .bind(change.state.is_open())
    .bind(change.closed_at)
    .bind(case.id.0)
    .bind(case.version)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(
            "这件案件刚刚被别人改动了，请看过最新情况再办",
        ))
    }
}

/// The other case of the same submission (M-01), by number and kind.
///
/// # Errors
/// The database is away.
pub async fn sibling(
    conn: &mut Conn,
    case: &Case,
) -> Result<Option<(String, String, Option<Uuid>)>> {
    sqlx::query_as("SELECT number, kind, department_id FROM case_file WHERE submission_id = ? AND id <> ? LIMIT 1")
        .bind(case.submission)
        .bind(case.id.0)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}
