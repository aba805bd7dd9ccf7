//! The trader's copies of notices, and how each reached the trader.

use super::super::{Conn, case::NoticeRow, from_sqlx, inconsistent};
use crate::{
    error::{Error, Result},
    kernel::{CaseId, words::Delivery},
    traders::{InvitationState, Way},
};
use sqlx::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Adds the trader's copy of a notice, or the letter of an invitation.
///
/// # Errors
/// The database is away.
pub async fn notice_insert(
    conn: &mut Conn,
    case: CaseId,
    n: &NoticeRow,
    staff: Uuid,
    invitation: Option<Uuid>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO trader_notice (id, case_id, invitation_id, form, at, staff_id, body, body_hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(n.id)
    .bind(case.0)
    .bind(invitation)
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

/// The trader's copies of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn notices(conn: &mut Conn, case: CaseId) -> Result<Vec<NoticeRow>> {
    sqlx::query_as(
        "SELECT id, form, at, body, body_hash FROM trader_notice WHERE case_id = ? ORDER BY id LIMIT 100",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// One copy of a case; another case's is not there.
///
/// # Errors
/// The database is away.
pub async fn notice(conn: &mut Conn, case: CaseId, id: Uuid) -> Result<Option<NoticeRow>> {
    sqlx::query_as(
        "SELECT id, form, at, body, body_hash FROM trader_notice WHERE id = ? AND case_id = ?",
    )
    .bind(id)
    .bind(case.0)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)
}

/// How the trader was told, once.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// Which copy.
    pub notice: Uuid,
    /// Whose case.
    pub case: CaseId,
    /// By which way.
    pub way: Way,
    /// How far it came.
    pub state: Delivery,
    /// On which day in China, as the handler says or as it was sent.
    pub day: Date,
    /// Of the state, UTC.
    pub at: OffsetDateTime,
    /// Who recorded or ordered it.
    pub staff: Uuid,
    /// SHA-256 of what was given.
    pub content_hash: Vec<u8>,
    /// What the other side's server answered, without addresses.
    pub detail: String,
    /// Sealed: where to, or what the handler noted.
    pub secret: Vec<u8>,
}

#[derive(FromRow)]
struct ToldRow {
    id: Uuid,
    notice_id: Uuid,
    case_id: Uuid,
    way: String,
    state: String,
    day: Date,
    at: OffsetDateTime,
    staff_id: Uuid,
    content_hash: Vec<u8>,
    detail: String,
    secret: Vec<u8>,
}

impl TryFrom<ToldRow> for Told {
    type Error = Error;

    fn try_from(r: ToldRow) -> Result<Self> {
        Ok(Self {
            id: r.id,
            notice: r.notice_id,
            case: CaseId(r.case_id),
            way: Way::from_code(&r.way)
                .ok_or_else(|| inconsistent("trader_delivery.way", &r.way))?,
            state: Delivery::from_code(&r.state)
                .ok_or_else(|| inconsistent("trader_delivery.state", &r.state))?,
            day: r.day,
            at: r.at,
            staff: r.staff_id,
            content_hash: r.content_hash,
            detail: r.detail,
            secret: r.secret,
        })
    }
}

/// Records how the trader was told, or that something is to be sent.
///
/// # Errors
/// The database is away.
pub async fn told_insert(conn: &mut Conn, t: &Told) -> Result<()> {
    sqlx::query(
        "INSERT INTO trader_delivery (id, notice_id, case_id, way, state, day, at, staff_id, content_hash, detail, \
         secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(t.id)
    .bind(t.notice)
    .bind(t.case.0)
    .bind(t.way.code())
    .bind(t.state.code())
    .bind(t.day)
    .bind(t.at)
    .bind(t.staff)
    .bind(&t.content_hash)
    .bind(&t.detail)
    .bind(&t.secret)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Every telling of a case, oldest first.
///
/// # Errors
/// The database is away.
pub async fn told(conn: &mut Conn, case: CaseId) -> Result<Vec<Told>> {
    let rows: Vec<ToldRow> = sqlx::query_as(
        "SELECT id, notice_id, case_id, way, state, day, at, staff_id, content_hash, detail, secret \
         FROM trader_delivery WHERE case_id = ? ORDER BY id LIMIT 200",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(Told::try_from).collect()
}

/// What sending a copy needs to know.
pub struct Outgoing {
    /// The telling.
    pub told: Told,
    /// Number of the case.
    pub number: String,
    /// Form number of the copy.
    pub form: i32,
    /// The sealed copy.
    pub body: Vec<u8>,
    /// The state of the invitation whose letter it is.
    pub invitation: Option<InvitationState>,
    /// The last day of that invitation.
    pub due: Option<Date>,
}

#[derive(FromRow)]
struct OutgoingRow {
    #[sqlx(flatten)]
    told: ToldRow,
    number: String,
    form: i32,
    body: Vec<u8>,
    invitation_state: Option<String>,
    due_on: Option<Date>,
}

/// A telling with its copy, to be sent.
///
/// # Errors
/// The database is away.
pub async fn outgoing(conn: &mut Conn, id: Uuid) -> Result<Option<Outgoing>> {
    let row: Option<OutgoingRow> = sqlx::query_as(
        "SELECT d.id, d.notice_id, d.case_id, d.way, d.state, d.day, d.at, d.staff_id, d.content_hash, d.detail, \
         d.secret, c.number, n.form, n.body, i.state AS invitation_state, i.due_on FROM trader_delivery d \
         JOIN trader_notice n ON n.id = d.notice_id JOIN case_file c ON c.id = d.case_id \
         LEFT JOIN trader_invitation i ON i.id = n.invitation_id WHERE d.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(|r| {
        let state = r.invitation_state.as_deref();
        let state = state.map(|s| {
            InvitationState::from_code(s).ok_or_else(|| inconsistent("trader_invitation.state", s))
        });
        Ok(Outgoing {
            told: Told::try_from(r.told)?,
            number: r.number,
            form: r.form,
            body: r.body,
            invitation: state.transpose()?,
            due: r.due_on,
        })
    })
    .transpose()
}

/// Writes how far a telling came. What was sent stays sent.
///
/// # Errors
/// The database is away.
pub async fn told_save(conn: &mut Conn, t: &Told) -> Result<()> {
    sqlx::query(
        "UPDATE trader_delivery SET state = ?, day = ?, at = ?, content_hash = ?, detail = ?, secret = ? \
         WHERE id = ? AND state <> 'sent'",
    )
    .bind(t.state.code())
    .bind(t.day)
    .bind(t.at)
    .bind(&t.content_hash)
    .bind(&t.detail)
    .bind(&t.secret)
    .bind(t.id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A telling whose job was given up is not waiting any more; how many there were.
///
/// # Errors
/// The database is away.
pub async fn told_settle(conn: &mut Conn, now: OffsetDateTime) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE trader_delivery d JOIN job j ON j.subject = d.id AND j.kind IN ('trader_mail', 'trader_sms') \
         SET d.state = 'failed', d.at = ?, d.detail = j.last_error WHERE j.state = 'dead' AND d.state = 'queued'",
    )
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}
