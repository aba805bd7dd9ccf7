//! Notices as they leave the house: one notice to show or print, and the proof of its sending, one row a way.

use super::{Conn, case::NoticeRow, from_sqlx, inconsistent};
use crate::{
    error::Result,
    kernel::{
        CaseId,
        words::{CaseKind, Delivery, Way},
    },
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// One notice of a case; another case's notice is not there.
///
/// # Errors
/// The database is away.
pub async fn notice_of_case(conn: &mut Conn, case: CaseId, id: Uuid) -> Result<Option<NoticeRow>> {
    sqlx::query_as("SELECT id, form, at, body, body_hash FROM notice WHERE id = ? AND case_id = ?")
        .bind(id)
        .bind(case.0)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// What sending a notice needs to know of it and its case.
pub struct Outgoing {
    /// The notice.
    pub id: Uuid,
    /// When it was made, UTC.
    pub at: OffsetDateTime,
    /// SHA-256 of its text.
    pub body_hash: Vec<u8>,
    /// Its case.
    pub case: CaseId,
    /// The case's number.
    pub number: String,
    /// Complaint or report.
    pub kind: CaseKind,
    /// Who filed, sealed.
    pub contact: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct OutgoingRow {
    id: Uuid,
    at: OffsetDateTime,
    body_hash: Vec<u8>,
    case_id: Uuid,
    number: String,
    kind: String,
    contact: Option<Vec<u8>>,
}

impl TryFrom<OutgoingRow> for Outgoing {
    type Error = crate::error::Error;

    fn try_from(r: OutgoingRow) -> Result<Self> {
        Ok(Self {
            id: r.id,
            at: r.at,
            body_hash: r.body_hash,
            case: CaseId(r.case_id),
            number: r.number,
            kind: CaseKind::from_code(&r.kind)
                .ok_or_else(|| inconsistent("case_file.kind", &r.kind))?,
            contact: r.contact,
        })
    }
}

/// Notices with an id from `since` on whose sending nobody has taken in hand yet, at most 100.
///
/// # Errors
/// The database is away.
pub async fn notices_unsent(conn: &mut Conn, since: Uuid) -> Result<Vec<Outgoing>> {
    let rows: Vec<OutgoingRow> = sqlx::query_as(
        "SELECT n.id, n.at, n.body_hash, n.case_id, c.number, c.kind, s.contact FROM notice n \
         JOIN case_file c ON c.id = n.case_id JOIN case_secret s ON s.case_id = n.case_id \
         LEFT JOIN notice_delivery d ON d.notice_id = n.id AND d.channel = 'track' \
         WHERE n.id >= ? AND n.given_by = 'track' AND d.notice_id IS NULL ORDER BY n.id LIMIT 100",
    )
    .bind(since)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(Outgoing::try_from).collect()
}

/// A notice to send.
///
/// # Errors
/// The database is away.
pub async fn notice_outgoing(conn: &mut Conn, id: Uuid) -> Result<Option<Outgoing>> {
    let row: Option<OutgoingRow> = sqlx::query_as(
        "SELECT n.id, n.at, n.body_hash, n.case_id, c.number, c.kind, s.contact FROM notice n \
         JOIN case_file c ON c.id = n.case_id JOIN case_secret s ON s.case_id = n.case_id WHERE n.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(Outgoing::try_from).transpose()
}

/// The proof of one sending.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    /// The notice.
    pub notice: Uuid,
    /// By which way.
    pub way: Way,
    /// Of the state, UTC.
    pub at: OffsetDateTime,
    /// How far.
    pub state: Delivery,
    /// SHA-256 of what was sent by this way.
    pub content_hash: Vec<u8>,
    /// What the other side answered, without addresses.
    pub detail: String,
}

#[derive(FromRow)]
struct StoredDelivery {
    notice_id: Uuid,
    channel: String,
    at: OffsetDateTime,
    state: String,
    content_hash: Vec<u8>,
    detail: String,
}

impl TryFrom<StoredDelivery> for DeliveryRow {
    type Error = crate::error::Error;

    fn try_from(r: StoredDelivery) -> Result<Self> {
        Ok(Self {
            notice: r.notice_id,
            way: Way::from_code(&r.channel)
                .ok_or_else(|| inconsistent("notice_delivery.channel", &r.channel))?,
            at: r.at,
            state: Delivery::from_code(&r.state)
                .ok_or_else(|| inconsistent("notice_delivery.state", &r.state))?,
            content_hash: r.content_hash,
            detail: r.detail,
        })
    }
}

/// Opens the proof of a sending, or leaves the one that is there.
///
/// # Errors
/// The database is away.
pub async fn delivery_open(conn: &mut Conn, d: &DeliveryRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO notice_delivery (notice_id, channel, at, state, content_hash, detail) VALUES (?, ?, ?, ?, ?, ?) \
         ON DUPLICATE KEY UPDATE channel = VALUES(channel)",
    )
    .bind(d.notice)
    .bind(d.way.code())
    .bind(d.at)
    .bind(d.state.code())
    .bind(&d.content_hash)
    .bind(&d.detail)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Writes the state of a sending. What was sent stays sent: a later word changes nothing.
///
/// # Errors
/// The database is away.
pub async fn delivery_save(conn: &mut Conn, d: &DeliveryRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO notice_delivery (notice_id, channel, at, state, content_hash, detail) VALUES (?, ?, ?, ?, ?, ?) \
         ON DUPLICATE KEY UPDATE at = IF(state = 'sent', at, VALUES(at)), \
         content_hash = IF(state = 'sent', content_hash, VALUES(content_hash)), \
         detail = IF(state = 'sent', detail, VALUES(detail)), state = IF(state = 'sent', state, VALUES(state))",
    )
    .bind(d.notice)
    .bind(d.way.code())
    .bind(d.at)
    .bind(d.state.code())
    .bind(&d.content_hash)
    .bind(&d.detail)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// How far a notice came by one way.
///
/// # Errors
/// The database is away.
pub async fn delivery(conn: &mut Conn, notice: Uuid, way: Way) -> Result<Option<DeliveryRow>> {
    let row: Option<StoredDelivery> = sqlx::query_as(
        "SELECT notice_id, channel, at, state, content_hash, detail FROM notice_delivery \
         WHERE notice_id = ? AND channel = ?",
    )
    .bind(notice)
    .bind(way.code())
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(DeliveryRow::try_from).transpose()
}

/// Every sending of the notices of a case.
///
/// # Errors
/// The database is away.
pub async fn deliveries(conn: &mut Conn, case: CaseId) -> Result<Vec<DeliveryRow>> {
    let rows: Vec<StoredDelivery> = sqlx::query_as(
        "SELECT d.notice_id, d.channel, d.at, d.state, d.content_hash, d.detail FROM notice n \
         JOIN notice_delivery d ON d.notice_id = n.id WHERE n.case_id = ? ORDER BY d.notice_id, d.channel LIMIT 300",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(DeliveryRow::try_from).collect()
}

/// A sending whose job was given up is not waiting any more; how many there were.
///
/// # Errors
/// The database is away.
pub async fn deliveries_settle(conn: &mut Conn, now: OffsetDateTime) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE notice_delivery d JOIN job j ON j.subject = d.notice_id \
         AND ((j.kind = 'notice_mail' AND d.channel = 'mail') OR (j.kind = 'notice_sms' AND d.channel = 'sms')) \
         SET d.state = 'failed', d.at = ?, d.detail = j.last_error WHERE j.state = 'dead' AND d.state = 'queued'",
    )
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected())
}
