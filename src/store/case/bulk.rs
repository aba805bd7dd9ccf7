//! Many invented cases at once, for measurements: statements of many rows, one transaction a batch. Real cases come one
//! by one through `case_insert`.

use super::{super::Conn, ClockRow, MessageRow, NewCase, NewEvent};
use crate::{casework::State, error::Result, store::from_sqlx};
use sqlx::{MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An invented case with all that happened to it.
pub struct Whole<'a> {
    /// As it was received; its first clock and events are left out for those below.
    pub new: NewCase<'a>,
    /// Makes its submission unique.
    pub idempotency: [u8; 32],
    /// Where it stands.
    pub state: State,
    /// The running clock, by its code, and its due date.
    pub next: Option<(&'static str, Date)>,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
    /// Every clock.
    pub clocks: Vec<ClockRow>,
    /// Every event with its time.
    pub events: Vec<(OffsetDateTime, NewEvent)>,
    /// A message of the resident that waits for an answer.
    pub message: Option<MessageRow>,
}

/// Most cases of one batch: the widest statement stays far below the 65,535 parameters of the protocol.
pub const BATCH: usize = 500;

/// Writes a batch; to be called in a transaction.
///
/// # Errors
/// The database is away.
pub async fn whole_insert(conn: &mut Conn, cases: &[Whole<'_>]) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new(
        "INSERT INTO submission (id, idem_hash, body_hash, channel, answer, at) ",
    );
    q.push_values(cases, |mut b, c| {
        b.push_bind(c.new.submission)
            .push_bind(&c.idempotency[..])
            .push_bind(&c.idempotency[..])
            .push_bind(c.new.channel)
            .push_bind(None::<Vec<u8>>)
            .push_bind(c.new.received_at);
    });
    run(conn, q).await?;
    files(conn, cases).await?;
    let mut q =
        QueryBuilder::new("INSERT INTO case_secret (case_id, contact, story, phone_index) ");
    q.push_values(cases, |mut b, c| {
        b.push_bind(c.new.id)
            .push_bind(&c.new.contact)
            .push_bind(&c.new.story)
            .push_bind(c.new.phone_index.as_ref().map(|i| &i[..]));
    });
    run(conn, q).await?;
    let mut q = QueryBuilder::new(
        "INSERT INTO case_clock (case_id, clock, rule, started_on, agency_due, citizen_due, provisional, stopped_at, \
         basis) ",
    );
    let clocks = cases
        .iter()
        .flat_map(|c| c.clocks.iter().map(|k| (c.new.id, k)));
    q.push_values(clocks, |mut b, (id, k)| {
        b.push_bind(id)
            .push_bind(&k.clock)
            .push_bind(&k.rule)
            .push_bind(k.started_on)
            .push_bind(k.agency_due)
            .push_bind(k.citizen_due)
            .push_bind(k.provisional)
            .push_bind(k.stopped_at)
            .push_bind(&k.basis);
    });
    run(conn, q).await?;
    let mut q = QueryBuilder::new(
        "INSERT INTO case_event (case_id, seq, at, kind, actor, staff_id, data) ",
    );
    let events = cases.iter().flat_map(|c| {
        c.events
            .iter()
            .zip(1_i32..)
            .map(|(e, seq)| (c.new.id, seq, e))
    });
    q.push_values(events, |mut b, (id, seq, (at, e))| {
        b.push_bind(id)
            .push_bind(seq)
            .push_bind(*at)
            .push_bind(e.kind.code())
            .push_bind(e.actor)
            .push_bind(e.staff)
            .push_bind(e.data.to_string());
    });
    run(conn, q).await?;
    messages(conn, cases).await
}

async fn files(conn: &mut Conn, cases: &[Whole<'_>]) -> Result<()> {
    let mut q = QueryBuilder::new(
        "INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, channel, \
         received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, \
         amount_fen, publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, returns, \
         dispatch_reason, co_codes, closed_at) ",
    );
    q.push_values(cases, |mut b, c| {
        let n = &c.new;
        let open = c.state.is_open();
        let due = c.next.map(|n| n.1);
        b.push_bind(n.id)
            .push_bind(&n.number)
            .push_bind(n.kind.code())
            .push_bind(c.state.code())
            .push_bind(open)
            .push_bind(i32::try_from(c.events.len()).unwrap_or(1))
            .push_bind(n.submission)
            .push_bind(&n.query_hash[..])
            .push_bind(n.channel)
            .push_bind(n.received_at)
            .push_bind(n.department)
            .push_bind(n.street)
            .push_bind(n.category)
            .push_bind(n.subject)
            .push_bind(n.problem)
            .push_bind(n.trader_name)
            .push_bind(n.trader_kind)
            .push_bind(n.title)
            .push_bind(n.redacted)
            .push_bind(n.amount_fen)
            .push_bind(n.publish)
            .push_bind(n.entrust)
            .push_bind(n.urgent)
            .push_bind(n.injury)
            .push_bind(c.next.map(|n| n.0))
            .push_bind(due.or(open.then_some(super::NEVER)))
            .push_bind(i32::from(c.message.is_some()))
            .push_bind(0)
            .push_bind(n.dispatch_reason)
            .push_bind(&n.co_codes)
            .push_bind(c.closed_at);
    });
    run(conn, q).await
}

async fn messages(conn: &mut Conn, cases: &[Whole<'_>]) -> Result<()> {
    let waiting: Vec<(Uuid, &MessageRow)> = cases
        .iter()
        .filter_map(|c| Some((c.new.id, c.message.as_ref()?)))
        .collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new("INSERT INTO message (id, case_id, at, author, body) ");
    q.push_values(waiting, |mut b, (case, m)| {
        b.push_bind(m.id)
            .push_bind(case)
            .push_bind(m.at)
            .push_bind(&m.author)
            .push_bind(&m.body);
    });
    run(conn, q).await
}

/// Statements of a length of their own are not kept: they would fill the cache.
async fn run(conn: &mut Conn, mut q: QueryBuilder<MySql>) -> Result<()> {
    q.build()
        .persistent(false)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
