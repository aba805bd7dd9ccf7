//! The other side of a complaint: invitations and answers here, the trader's copies of notices in `notices`.

pub mod notices;

use super::{Conn, from_sqlx, inconsistent};
use crate::{
    error::{Error, Result},
    kernel::CaseId,
    traders::{InvitationState, OfferState},
};
use sqlx::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An invitation of a trader to answer.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// The complaint.
    pub case: CaseId,
    /// Whether it can still be used.
    pub state: InvitationState,
    /// Keyed hash of its code.
    pub code_hash: Vec<u8>,
    /// The last day for an answer.
    pub due: Date,
    /// When it was made, UTC.
    pub made_at: OffsetDateTime,
    /// Who made it.
    pub staff: Uuid,
    /// Sealed: what the handler wrote in place of the story.
    pub summary: Option<Vec<u8>>,
    /// When it was answered, revoked or found expired, UTC.
    pub ended_at: Option<OffsetDateTime>,
    /// What the handler has not seen yet.
    pub news: i32,
}

#[derive(FromRow)]
struct InvitationRow {
    id: Uuid,
    case_id: Uuid,
    state: String,
    code_hash: Vec<u8>,
    due_on: Date,
    made_at: OffsetDateTime,
    staff_id: Uuid,
    summary: Option<Vec<u8>>,
    ended_at: Option<OffsetDateTime>,
    news: i32,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Error;

    fn try_from(r: InvitationRow) -> Result<Self> {
        Ok(Self {
            id: r.id,
            case: CaseId(r.case_id),
            state: InvitationState::from_code(&r.state)
                .ok_or_else(|| inconsistent("trader_invitation.state", &r.state))?,
            code_hash: r.code_hash,
            due: r.due_on,
            made_at: r.made_at,
            staff: r.staff_id,
            summary: r.summary,
            ended_at: r.ended_at,
            news: r.news,
        })
    }
}

/// Adds an invitation.
///
/// # Errors
/// The database is away.
pub async fn invitation_insert(conn: &mut Conn, i: &Invitation) -> Result<()> {
    sqlx::query(
        "INSERT INTO trader_invitation (id, case_id, state, code_hash, due_on, made_at, staff_id, summary, ended_at, \
         news) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(i.id)
    .bind(i.case.0)
    .bind(i.state.code())
    .bind(&i.code_hash)
    .bind(i.due)
    .bind(i.made_at)
    .bind(i.staff)
    .bind(&i.summary)
    .bind(i.ended_at)
    .bind(i.news)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// How many invitations of a case are kept in sight; a code of an older one is nobody's.
const LATEST: i64 = 20;

/// The invitations of a case, newest first.
///
/// # Errors
/// The database is away.
pub async fn invitations(conn: &mut Conn, case: CaseId) -> Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = sqlx::query_as(
        "SELECT id, case_id, state, code_hash, due_on, made_at, staff_id, summary, ended_at, news \
         FROM trader_invitation WHERE case_id = ? ORDER BY id DESC LIMIT ?",
    )
    .bind(case.0)
    .bind(LATEST)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// The invitations of the complaint with this number, newest first; none for an unknown number or a report.
///
/// # Errors
/// The database is away.
pub async fn invitations_of(conn: &mut Conn, number: &str) -> Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = sqlx::query_as(
        "SELECT i.id, i.case_id, i.state, i.code_hash, i.due_on, i.made_at, i.staff_id, i.summary, i.ended_at, i.news \
         FROM case_file c JOIN trader_invitation i ON i.case_id = c.id \
         WHERE c.number = ? AND c.kind = 'complaint' ORDER BY i.id DESC LIMIT ?",
    )
    .bind(number)
    .bind(LATEST)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// Ends an open invitation, with so much news for the handler; `false`: it was not open any more.
///
/// # Errors
/// The database is away.
pub async fn invitation_end(
    conn: &mut Conn,
    id: Uuid,
    state: InvitationState,
    at: OffsetDateTime,
    news: i32,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE trader_invitation SET state = ?, ended_at = ?, news = news + ? WHERE id = ? AND state = 'open'",
    )
    .bind(state.code())
    .bind(at)
    .bind(news)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// More news about an invitation for the handler.
///
/// # Errors
/// The database is away.
pub async fn news_add(conn: &mut Conn, id: Uuid) -> Result<()> {
    sqlx::query("UPDATE trader_invitation SET news = news + 1 WHERE id = ?")
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// The handler has seen the news of a case; how much there was.
///
/// # Errors
/// The database is away.
pub async fn news_seen(conn: &mut Conn, case: CaseId) -> Result<i32> {
    let news: i64 = sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(news), 0) AS SIGNED) FROM trader_invitation WHERE case_id = ?",
    )
    .bind(case.0)
    .fetch_one(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    sqlx::query("UPDATE trader_invitation SET news = 0 WHERE case_id = ? AND news <> 0")
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    i32::try_from(news).map_err(Error::internal)
}

/// Open invitations whose last day has passed: id and case number, at most 100.
///
/// # Errors
/// The database is away.
pub async fn invitations_late(conn: &mut Conn, today: Date) -> Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "SELECT i.id, c.number FROM trader_invitation i JOIN case_file c ON c.id = i.case_id \
         WHERE i.state = 'open' AND i.due_on < ? ORDER BY i.due_on, i.id LIMIT 100",
    )
    .bind(today)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// An answer of a trader, sealed.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The invitation that it uses up, the owner of the seal.
    pub invitation: Uuid,
    /// The complaint.
    pub case: CaseId,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// The sealed answer.
    pub body: Vec<u8>,
    /// SHA-256 of its text.
    pub body_hash: Vec<u8>,
    /// Where its offer stands.
    pub offer: OfferState,
    /// The last day on which the offer can be taken.
    pub until: Option<Date>,
    /// When the offer was taken, declined or found lapsed, UTC.
    pub offer_ended_at: Option<OffsetDateTime>,
}

#[derive(FromRow)]
struct AnsweredRow {
    invitation_id: Uuid,
    case_id: Uuid,
    at: OffsetDateTime,
    body: Vec<u8>,
    body_hash: Vec<u8>,
    offer: String,
    offer_until: Option<Date>,
    offer_ended_at: Option<OffsetDateTime>,
}

impl TryFrom<AnsweredRow> for Answered {
    type Error = Error;

    fn try_from(r: AnsweredRow) -> Result<Self> {
        Ok(Self {
            invitation: r.invitation_id,
            case: CaseId(r.case_id),
            at: r.at,
            body: r.body,
            body_hash: r.body_hash,
            offer: OfferState::from_code(&r.offer)
                .ok_or_else(|| inconsistent("trader_answer.offer", &r.offer))?,
            until: r.offer_until,
            offer_ended_at: r.offer_ended_at,
        })
    }
}

/// Keeps an answer; its invitation takes no second one.
///
/// # Errors
/// The database is away.
pub async fn answer_insert(conn: &mut Conn, a: &Answered) -> Result<()> {
    sqlx::query(
        "INSERT INTO trader_answer (invitation_id, case_id, at, body, body_hash, offer, offer_until, offer_ended_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(a.invitation)
    .bind(a.case.0)
    .bind(a.at)
    .bind(&a.body)
    .bind(&a.body_hash)
    .bind(a.offer.code())
    .bind(a.until)
    .bind(a.offer_ended_at)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The answers of a case, newest first.
///
/// # Errors
/// The database is away.
pub async fn answers(conn: &mut Conn, case: CaseId) -> Result<Vec<Answered>> {
    let rows: Vec<AnsweredRow> = sqlx::query_as(
        "SELECT invitation_id, case_id, at, body, body_hash, offer, offer_until, offer_ended_at FROM trader_answer \
         WHERE case_id = ? ORDER BY invitation_id DESC LIMIT ?",
    )
    .bind(case.0)
    .bind(LATEST)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(Answered::try_from).collect()
}

/// Ends an open offer; `false`: it was not open any more.
///
/// # Errors
/// The database is away.
pub async fn offer_end(
    conn: &mut Conn,
    invitation: Uuid,
    state: OfferState,
    at: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE trader_answer SET offer = ?, offer_ended_at = ? WHERE invitation_id = ? AND offer = 'open'",
    )
    .bind(state.code())
    .bind(at)
    .bind(invitation)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Open offers whose last day has passed: invitation and case number, at most 100.
///
/// # Errors
/// The database is away.
pub async fn offers_late(conn: &mut Conn, today: Date) -> Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "SELECT a.invitation_id, c.number FROM trader_answer a JOIN case_file c ON c.id = a.case_id \
         WHERE a.offer = 'open' AND a.offer_until < ? ORDER BY a.offer_until, a.invitation_id LIMIT 100",
    )
    .bind(today)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}
