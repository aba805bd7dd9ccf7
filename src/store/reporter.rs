//! Requests to learn who reported. A decision and a look are conditional updates: of two at once one finds
//! nothing left to change.

use super::{Conn, from_sqlx, inconsistent};
use crate::{
    casework::reporter::{Request, Stage},
    error::{Error, Result},
    kernel::CaseId,
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A stored request with the names of its people.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Its id, the owner of the seals.
    pub id: Uuid,
    /// Asker, stage, end.
    pub request: Request,
    /// The asker's name.
    pub asker_name: String,
    /// When it was asked, UTC.
    pub asked_at: OffsetDateTime,
    /// Why, sealed.
    pub reason: Vec<u8>,
    /// The name of who decided.
    pub decider_name: Option<String>,
    /// When it was decided, taken back or given up, UTC.
    pub decided_at: Option<OffsetDateTime>,
    /// Why it was denied or taken back, sealed.
    pub note: Option<Vec<u8>>,
    /// How often the asker looked.
    pub views: i32,
    /// The last look, UTC.
    pub viewed_at: Option<OffsetDateTime>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    asker_id: Uuid,
    asker_name: Option<String>,
    asked_at: OffsetDateTime,
    reason: Vec<u8>,
    stage: String,
    decider_name: Option<String>,
    decided_at: Option<OffsetDateTime>,
    note: Option<Vec<u8>>,
    until: Option<OffsetDateTime>,
    views: i32,
    viewed_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for RequestRow {
    type Error = Error;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            request: Request {
                asker: r.asker_id,
                stage: Stage::from_code(&r.stage)
                    .ok_or_else(|| inconsistent("reporter_request.stage", &r.stage))?,
                until: r.until,
            },
            asker_name: r.asker_name.unwrap_or_default(),
            asked_at: r.asked_at,
            reason: r.reason,
            decider_name: r.decider_name,
            decided_at: r.decided_at,
            note: r.note,
            views: r.views,
            viewed_at: r.viewed_at,
        })
    }
}

/// The requests on a case, newest first, at most 50.
///
/// # Errors
/// The database is away.
pub async fn requests(conn: &mut Conn, case: CaseId) -> Result<Vec<RequestRow>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT r.id, r.asker_id, a.name AS asker_name, r.asked_at, r.reason, r.stage, d.name AS decider_name, \
         r.decided_at, r.note, r.until, r.views, r.viewed_at FROM reporter_request r \
         LEFT JOIN staff a ON a.id = r.asker_id LEFT JOIN staff d ON d.id = r.decider_id \
         WHERE r.case_id = ? ORDER BY r.id DESC LIMIT 50",
    )
    .bind(case.0)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    rows.into_iter().map(RequestRow::try_from).collect()
}

/// How many requests on a case wait for a second person.
///
/// # Errors
/// The database is away.
pub async fn requests_waiting(conn: &mut Conn, case: CaseId) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM reporter_request WHERE case_id = ? AND stage = 'asked'",
    )
    .bind(case.0)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)
}

/// Adds a request that waits.
///
/// # Errors
/// The database is away.
pub async fn request_insert(
    conn: &mut Conn,
    case: CaseId,
    id: Uuid,
    asker: Uuid,
    reason: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO reporter_request (id, case_id, asker_id, asked_at, reason, stage, views) \
         VALUES (?, ?, ?, ?, ?, 'asked', 0)",
    )
    .bind(id)
    .bind(case.0)
    .bind(asker)
    .bind(now)
    .bind(reason)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// What a decision changes.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The stage it was in.
    pub from: Stage,
    /// The stage from now on.
    pub to: Stage,
    /// Who decides.
    pub by: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// The end of a grant.
    pub until: Option<OffsetDateTime>,
    /// Why, sealed.
    pub note: Option<Vec<u8>>,
}

/// Saves a decision if the request is still in the stage that was read; whether it was.
///
/// # Errors
/// The database is away.
pub async fn request_decide(conn: &mut Conn, id: Uuid, d: &Decision) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE reporter_request SET stage = ?, decider_id = ?, decided_at = ?, until = ?, note = ? \
         WHERE id = ? AND stage = ?",
    )
    .bind(d.to.code())
    .bind(d.by)
    .bind(d.at)
    .bind(d.until)
    .bind(&d.note)
    .bind(id)
    .bind(d.from.code())
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Counts a look of the asker if the grant still holds; whether it does.
///
/// # Errors
/// The database is away.
pub async fn request_viewed(
    conn: &mut Conn,
    id: Uuid,
    asker: Uuid,
    now: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE reporter_request SET views = views + 1, viewed_at = ? \
         WHERE id = ? AND asker_id = ? AND stage = 'granted' AND until > ?",
    )
    .bind(now)
    .bind(id)
    .bind(asker)
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Ends what waits or holds on a case that goes to another department.
///
/// # Errors
/// The database is away.
pub async fn requests_lapse(conn: &mut Conn, case: CaseId) -> Result<()> {
    sqlx::query("UPDATE reporter_request SET stage = 'lapsed' WHERE case_id = ? AND stage IN ('asked', 'granted')")
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Marks on the case whether something waits for a second person, for the worklist. The version stays: nobody's form
/// grows old by it.
///
/// # Errors
/// The database is away.
pub async fn case_waits(conn: &mut Conn, case: CaseId, waits: bool) -> Result<()> {
    sqlx::query("UPDATE case_file SET waits = ? WHERE id = ?")
        .bind(waits)
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
