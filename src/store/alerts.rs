//! Alerts: raised in the transaction of a filing, changed only from the stage that was read, listed by key.

use super::{Conn, from_sqlx, inconsistent};
use crate::{
    error::{Error, Result},
    kernel::CaseId,
    signals::{Cause, Stage},
};
use sqlx::{FromRow, MySql, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Rows a page shows.
pub const PAGE: usize = 50;

/// Raises an alert.
///
/// # Errors
/// The database is away.
pub async fn alert_insert(
    conn: &mut Conn,
    id: Uuid,
    case: Uuid,
    department: Option<Uuid>,
    cause: Cause,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert (id, case_id, department_id, cause, stage, raised_at, told) VALUES (?, ?, ?, ?, 'new', ?, 0)",
    )
    .bind(id)
    .bind(case)
    .bind(department)
    .bind(cause.code())
    .bind(now)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// The case of an alert went to another department.
///
/// # Errors
/// The database is away.
pub async fn alert_moves(conn: &mut Conn, case: CaseId, department: Option<Uuid>) -> Result<()> {
    sqlx::query("UPDATE alert SET department_id = ? WHERE case_id = ?")
        .bind(department)
        .bind(case.0)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// An alert beside its case.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its id, the owner of the seal.
    pub id: Uuid,
    /// Its case.
    pub case: CaseId,
    /// The case's number.
    pub number: String,
    /// Kind code of the case.
    pub kind: String,
    /// State code of the case.
    pub state: String,
    /// Redacted first words.
    pub title: String,
    /// Trader.
    pub trader: String,
    /// Street code.
    pub street: Option<String>,
    /// Lead department.
    pub department: Option<Uuid>,
    /// Why.
    pub cause: Cause,
    /// How far it came.
    pub stage: Stage,
    /// When it was raised, UTC.
    pub raised_at: OffsetDateTime,
    /// When somebody acknowledged it, UTC.
    pub seen_at: Option<OffsetDateTime>,
    /// Who, by name.
    pub seen_by: Option<String>,
    /// When it was marked as a clue of a defect, UTC.
    pub defect_at: Option<OffsetDateTime>,
    /// When it was closed, UTC.
    pub closed_at: Option<OffsetDateTime>,
    /// Who closed it, by name.
    pub closed_by: Option<String>,
    /// The sealed closing note.
    pub note: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    number: String,
    kind: String,
    state: String,
    title: String,
    trader_name: String,
    street: Option<String>,
    department_id: Option<Uuid>,
    cause: String,
    stage: String,
    raised_at: OffsetDateTime,
    seen_at: Option<OffsetDateTime>,
    seen_name: Option<String>,
    defect_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    closed_name: Option<String>,
    note: Option<Vec<u8>>,
}

impl TryFrom<Row> for Alert {
    type Error = Error;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            cause: Cause::from_code(&r.cause)
                .ok_or_else(|| inconsistent("alert.cause", &r.cause))?,
            stage: Stage::from_code(&r.stage)
                .ok_or_else(|| inconsistent("alert.stage", &r.stage))?,
            id: r.id,
            case: CaseId(r.case_id),
            number: r.number,
            kind: r.kind,
            state: r.state,
            title: r.title,
            trader: r.trader_name,
            street: r.street,
            department: r.department_id,
            raised_at: r.raised_at,
            seen_at: r.seen_at,
            seen_by: r.seen_name,
            defect_at: r.defect_at,
            closed_at: r.closed_at,
            closed_by: r.closed_name,
            note: r.note,
        })
    }
}

const ALERT: &str = "SELECT a.id, a.case_id, c.number, c.kind, c.state, c.title, c.trader_name, c.street, \
     a.department_id, a.cause, a.stage, a.raised_at, a.seen_at, s.name AS seen_name, a.defect_at, a.closed_at, \
     t.name AS closed_name, a.note FROM alert a JOIN case_file c ON c.id = a.case_id \
     LEFT JOIN staff s ON s.id = a.seen_by LEFT JOIN staff t ON t.id = a.closed_by WHERE ";

/// The alert with this id.
///
/// # Errors
/// The database is away.
pub async fn alert(conn: &mut Conn, id: Uuid) -> Result<Option<Alert>> {
    let mut q: QueryBuilder<MySql> = QueryBuilder::new(ALERT);
    q.push("a.id = ").push_bind(id);
    let row: Option<Row> = q
        .build_query_as()
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(Alert::try_from).transpose()
}

/// The alert of a case.
///
/// # Errors
/// The database is away.
pub async fn alert_of_case(conn: &mut Conn, case: CaseId) -> Result<Option<Alert>> {
    let mut q: QueryBuilder<MySql> = QueryBuilder::new(ALERT);
    q.push("a.case_id = ").push_bind(case.0);
    let row: Option<Row> = q
        .build_query_as()
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(Alert::try_from).transpose()
}

/// What a list shows.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Only this department's; `None`: all.
    pub department: Option<Uuid>,
    /// Only this stage.
    pub stage: Stage,
    /// Continue after this row.
    pub after: Option<(OffsetDateTime, Uuid)>,
}

/// One page of alerts, who waits longest first (closed ones: newest first); `PAGE + 1` rows when more follow.
///
/// # Errors
/// The database is away.
pub async fn alerts(conn: &mut Conn, f: &Filter) -> Result<Vec<Alert>> {
    let mut q: QueryBuilder<MySql> = QueryBuilder::new(ALERT);
    q.push("a.stage = ").push_bind(f.stage.code());
    if let Some(department) = f.department {
        q.push(" AND a.department_id = ").push_bind(department);
    }
    let (sign, order) = if f.stage == Stage::Closed {
        ("<", " DESC")
    } else {
        (">", "")
    };
    if let Some((at, id)) = f.after {
        // the first condition alone is what the index can use
        q.push(" AND a.raised_at ").push(sign).push("= ");
        q.push_bind(at)
            .push(" AND (a.raised_at ")
            .push(sign)
            .push(" ");
        q.push_bind(at).push(" OR a.id ").push(sign).push(" ");
        q.push_bind(id).push(")");
    }
    q.push(" ORDER BY a.raised_at").push(order);
    q.push(", a.id").push(order).push(" LIMIT ");
    q.push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    let rows: Vec<Row> = q
        .build_query_as()
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    rows.into_iter().map(Alert::try_from).collect()
}

/// How many alerts nobody acknowledged that were raised before `before`.
///
/// # Errors
/// The database is away.
pub async fn alerts_unseen(
    conn: &mut Conn,
    department: Option<Uuid>,
    before: OffsetDateTime,
) -> Result<i64> {
    let mut q: QueryBuilder<MySql> =
        QueryBuilder::new("SELECT COUNT(*) FROM alert WHERE stage = 'new' AND raised_at < ");
    q.push_bind(before);
    if let Some(department) = department {
        q.push(" AND department_id = ").push_bind(department);
    }
    q.build_query_scalar()
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}

/// Acknowledges; whether nobody had before.
///
/// # Errors
/// The database is away.
pub async fn alert_seen(conn: &mut Conn, id: Uuid, by: Uuid, now: OffsetDateTime) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE alert SET stage = 'seen', seen_at = ?, seen_by = ? WHERE id = ? AND stage = 'new'",
    )
    .bind(now)
    .bind(by)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Marks a clue of a defect; whether it was acknowledged, open and not marked.
///
/// # Errors
/// The database is away.
pub async fn alert_defect(conn: &mut Conn, id: Uuid, now: OffsetDateTime) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE alert SET defect_at = ? WHERE id = ? AND stage = 'seen' AND defect_at IS NULL",
    )
    .bind(now)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Closes with a sealed note; whether it was acknowledged and open.
///
/// # Errors
/// The database is away.
pub async fn alert_close(
    conn: &mut Conn,
    id: Uuid,
    by: Uuid,
    note: &[u8],
    now: OffsetDateTime,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE alert SET stage = 'closed', closed_at = ?, closed_by = ?, note = ? WHERE id = ? AND stage = 'seen'",
    )
    .bind(now)
    .bind(by)
    .bind(note)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Alerts of which nobody on duty was told, raised at or after `since`, oldest first, at most 100.
///
/// # Errors
/// The database is away.
pub async fn alerts_untold(conn: &mut Conn, since: OffsetDateTime) -> Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT id FROM alert WHERE told = 0 AND raised_at >= ? ORDER BY raised_at LIMIT 100",
    )
    .bind(since)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// Marks an alert as told; whether it was not.
///
/// # Errors
/// The database is away.
pub async fn alert_told(conn: &mut Conn, id: Uuid) -> Result<bool> {
    let done = sqlx::query("UPDATE alert SET told = 1 WHERE id = ? AND told = 0")
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}
