//! (c) The bare client: the rows of one submission, as the portal wrote them through the API, written again and again
//! with ids of their own: prepared statements, one transaction each, committed; no HTTP, no rules, no seals. What the
//! database alone can do on this machine.

use super::{
    filing,
    stats::{Client, Times},
};
use minsheng::{
    audit::Line,
    kernel::clock::{Clock, Dice, Ids},
    triage::similar::Sort,
};
use sqlx::{Connection, Executor, FromRow, MySqlConnection};
use std::{sync::Arc, time::Instant};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The rows of one case that came through the API.
pub struct Rows {
    body_hash: Vec<u8>,
    answer: Vec<u8>,
    file: File,
    contact: Option<Vec<u8>>,
    story: Vec<u8>,
    clock: ClockRow,
    co: Vec<CoRow>,
    alike: Vec<AlikeRow>,
    events: Vec<EventRow>,
    audit: AuditRow,
}

#[derive(FromRow)]
struct File {
    id: Uuid,
    submission_id: Uuid,
    kind: String,
    state: String,
    channel: String,
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
    dispatch_reason: String,
    co_codes: String,
}

#[derive(FromRow)]
struct ClockRow {
    clock: String,
    rule: String,
    started_on: Date,
    agency_due: Date,
    citizen_due: Date,
    provisional: bool,
}

#[derive(FromRow)]
struct CoRow {
    department_id: Uuid,
    state: String,
    due: Date,
    own_due: bool,
    fresh: bool,
}

#[derive(FromRow)]
struct AlikeRow {
    sort: i8,
    hash: i64,
    received_on: Date,
}

#[derive(FromRow)]
struct AuditRow {
    act: String,
    detail: String,
}

#[derive(FromRow)]
struct EventRow {
    kind: String,
    actor: String,
    data: String,
}

/// A connection as the portal opens it.
pub async fn connect(url: &str) -> sqlx::Result<MySqlConnection> {
    let mut conn = MySqlConnection::connect(url).await?;
    conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        .await?;
    Ok(conn)
}

/// The rows of the newest case that came through the API.
pub async fn rows(conn: &mut MySqlConnection) -> sqlx::Result<Rows> {
    let file: File = sqlx::query_as(
        "SELECT id, submission_id, kind, state, channel, department_id, street, category, subject, problem, \
         trader_name, trader_kind, title, redacted, amount_fen, publish_consent, entrust_consent, urgent, injury, \
         next_clock, next_due, dispatch_reason, co_codes FROM case_file WHERE channel = 'api' ORDER BY id DESC LIMIT 1",
    )
    .fetch_one(&mut *conn)
    .await?;
    let (body_hash, answer) =
        sqlx::query_as("SELECT body_hash, answer FROM submission WHERE id = ?")
            .bind(file.submission_id)
            .fetch_one(&mut *conn)
            .await?;
    let (contact, story) =
        sqlx::query_as("SELECT contact, story FROM case_secret WHERE case_id = ?")
            .bind(file.id)
            .fetch_one(&mut *conn)
            .await?;
    let clock = sqlx::query_as(
        "SELECT clock, rule, started_on, agency_due, citizen_due, provisional FROM case_clock WHERE case_id = ?",
    )
    .bind(file.id)
    .fetch_one(&mut *conn)
    .await?;
    let co = sqlx::query_as(
        "SELECT department_id, state, due, own_due, fresh FROM case_co WHERE case_id = ?",
    )
    .bind(file.id)
    .fetch_all(&mut *conn)
    .await?;
    let alike = sqlx::query_as("SELECT sort, hash, received_on FROM case_alike WHERE case_id = ?")
        .bind(file.id)
        .fetch_all(&mut *conn)
        .await?;
    let events =
        sqlx::query_as("SELECT kind, actor, data FROM case_event WHERE case_id = ? ORDER BY seq")
            .bind(file.id)
            .fetch_all(&mut *conn)
            .await?;
    let audit =
        sqlx::query_as("SELECT act, detail FROM audit WHERE case_id = ? AND act = 'submitted'")
            .bind(file.id)
            .fetch_one(&mut *conn)
            .await?;
    Ok(Rows {
        body_hash,
        answer,
        file,
        contact,
        story,
        clock,
        co,
        alike,
        events,
        audit,
    })
}

/// What must be different in each submission, drawn before the clock starts.
struct Fresh {
    submission: Uuid,
    case: Uuid,
    line: Uuid,
    number: String,
    idem: [u8; 32],
    query: [u8; 32],
    phone: [u8; 16],
    at: OffsetDateTime,
}

impl Fresh {
    fn draw() -> Self {
        Self {
            submission: Ids.next(),
            case: Ids.next(),
            line: Ids.next(),
            // no number of the portal looks like this one
            number: format!("XX-{:012}", filing::serial()),
            idem: Dice.bytes(),
            query: Dice.bytes(),
            phone: Dice.bytes(),
            at: Clock::System.now(),
        }
    }

    /// The key of its telephone among the keys of likeness.
    fn phone_key(&self) -> i64 {
        self.phone
            .iter()
            .take(8)
            .fold(0, |key, &byte| key << 8 | i64::from(byte))
    }
}

/// A connection that writes them.
pub struct Writer {
    conn: MySqlConnection,
    rows: Arc<Rows>,
    /// The channel that marks these rows.
    channel: &'static str,
    many: Many,
}

/// The statements that write several rows of one case.
struct Many {
    co: String,
    alike: String,
    events: String,
}

/// The channel of the rows written here, so that they can be counted apart.
pub const CHANNEL: &str = "bare";

impl Writer {
    /// Opens its connection.
    pub async fn new(url: &str, rows: &Arc<Rows>) -> sqlx::Result<Self> {
        Ok(Self {
            conn: connect(url).await?,
            rows: Arc::clone(rows),
            channel: CHANNEL,
            many: Many::of(rows),
        })
    }

    async fn write(&mut self, fresh: &Fresh) -> sqlx::Result<()> {
        let rows = &*self.rows;
        let mut tx = self.conn.begin().await?;
        sqlx::query("INSERT INTO submission (id, idem_hash, body_hash, channel, answer, at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(fresh.submission)
            .bind(&fresh.idem[..])
            .bind(&rows.body_hash)
            .bind(self.channel)
            .bind(&rows.answer)
            .bind(fresh.at)
            .execute(&mut *tx)
            .await?;
        let f = &rows.file;
        debug_assert_eq!(f.channel, "api");
        sqlx::query(
            "INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, channel, \
             received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, \
             redacted, amount_fen, publish_consent, entrust_consent, urgent, injury, next_clock, next_due, unread, \
             returns, dispatch_reason, co_codes) VALUES (?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
             ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)",
        )
        .bind(fresh.case)
        .bind(&fresh.number)
        .bind(&f.kind)
        .bind(&f.state)
        .bind(fresh.submission)
        .bind(&fresh.query[..])
        .bind(self.channel)
        .bind(fresh.at)
        .bind(f.department_id)
        .bind(&f.street)
        .bind(&f.category)
        .bind(&f.subject)
        .bind(&f.problem)
        .bind(&f.trader_name)
        .bind(&f.trader_kind)
        .bind(&f.title)
        .bind(&f.redacted)
        .bind(f.amount_fen)
        .bind(f.publish_consent)
        .bind(f.entrust_consent)
        .bind(&f.urgent)
        .bind(f.injury)
        .bind(&f.next_clock)
        .bind(f.next_due)
        .bind(&f.dispatch_reason)
        .bind(&f.co_codes)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO case_secret (case_id, contact, story, phone_index) VALUES (?, ?, ?, ?)",
        )
        .bind(fresh.case)
        .bind(&rows.contact)
        .bind(&rows.story)
        .bind(&fresh.phone[..])
        .execute(&mut *tx)
        .await?;
        let k = &rows.clock;
        sqlx::query(
            "INSERT INTO case_clock (case_id, clock, rule, started_on, agency_due, citizen_due, provisional) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(fresh.case)
        .bind(&k.clock)
        .bind(&k.rule)
        .bind(k.started_on)
        .bind(k.agency_due)
        .bind(k.citizen_due)
        .bind(k.provisional)
        .execute(&mut *tx)
        .await?;
        self.many.write(&mut tx, rows, fresh).await?;
        let line = Line {
            id: fresh.line,
            at: fresh.at,
            staff: None,
            act: &rows.audit.act,
            case: Some(fresh.case),
            detail: &rows.audit.detail,
            reason: None,
        };
        sqlx::query(
            "INSERT INTO audit (id, at, staff_id, act, case_id, detail, reason, row_hash) \
             VALUES (?, ?, NULL, ?, ?, ?, NULL, ?)",
        )
        .bind(line.id)
        .bind(line.at)
        .bind(line.act)
        .bind(line.case)
        .bind(line.detail)
        .bind(line.hash().to_vec())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}

impl Many {
    fn of(rows: &Rows) -> Self {
        let many = |insert: &str, tuple: &str, rows: usize| {
            format!(
                "INSERT INTO {insert} VALUES {}",
                vec![tuple; rows].join(", ")
            )
        };
        Self {
            co: many(
                "case_co (case_id, department_id, state, due, own_due, fresh, added_at)",
                "(?, ?, ?, ?, ?, ?, ?)",
                rows.co.len(),
            ),
            alike: many(
                "case_alike (sort, hash, received_on, case_id)",
                "(?, ?, ?, ?)",
                rows.alike.len(),
            ),
            events: many(
                "case_event (case_id, seq, at, kind, actor, staff_id, data)",
                "(?, ?, ?, ?, ?, ?, ?)",
                rows.events.len(),
            ),
        }
    }

    /// Writes them, a statement for each table.
    async fn write(
        &self,
        conn: &mut MySqlConnection,
        rows: &Rows,
        fresh: &Fresh,
    ) -> sqlx::Result<()> {
        if !rows.co.is_empty() {
            let mut co = sqlx::query(sqlx::AssertSqlSafe(self.co.as_str()));
            for row in &rows.co {
                co = co
                    .bind(fresh.case)
                    .bind(row.department_id)
                    .bind(&row.state)
                    .bind(row.due)
                    .bind(row.own_due)
                    .bind(row.fresh)
                    .bind(fresh.at);
            }
            co.execute(&mut *conn).await?;
        }
        if !rows.alike.is_empty() {
            let mut alike = sqlx::query(sqlx::AssertSqlSafe(self.alike.as_str()));
            for row in &rows.alike {
                // each call has a telephone of its own, and what follows from the story may be shared
                let hash = if row.sort == Sort::Phone.number() {
                    fresh.phone_key()
                } else {
                    row.hash
                };
                alike = alike
                    .bind(row.sort)
                    .bind(hash)
                    .bind(row.received_on)
                    .bind(fresh.case);
            }
            alike.execute(&mut *conn).await?;
        }
        let mut events = sqlx::query(sqlx::AssertSqlSafe(self.events.as_str()));
        for (event, seq) in rows.events.iter().zip(1_i32..) {
            events = events
                .bind(fresh.case)
                .bind(seq)
                .bind(fresh.at)
                .bind(&event.kind)
                .bind(&event.actor)
                .bind(None::<Uuid>)
                .bind(&event.data);
        }
        events.execute(&mut *conn).await?;
        Ok(())
    }
}

impl Client for Writer {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let fresh = Fresh::draw();
        let began = Instant::now();
        self.write(&fresh).await.map_err(|e| e.to_string())?;
        times.push(began.elapsed());
        Ok(())
    }
}
