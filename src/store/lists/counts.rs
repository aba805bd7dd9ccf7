//! The counts beside the worklist, over open cases alone and read off its indexes.

use crate::{
    error::Result,
    store::{Conn, from_sqlx},
};
use sqlx::{FromRow, MySql, QueryBuilder};
use time::Date;
use uuid::Uuid;

/// Open cases that are counted; beyond that a count says how many there are at least.
pub const COUNTED: i64 = 2_000;

/// Counts over open cases for chips and sections.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Counts {
    /// Open cases; [`COUNTED`] or more are not counted further.
    pub open: i64,
    /// Due today.
    pub today: i64,
    /// Due before today.
    pub late: i64,
    /// Due soon, after today.
    pub soon: i64,
    /// Urgent.
    pub urgent: i64,
    /// With a request that waits for a second person.
    pub waits: i64,
    /// New where they lie.
    pub fresh: i64,
    /// With a request that was sent back.
    pub back: i64,
    /// Handled by the person who looks.
    pub mine: i64,
    /// Waiting at intake.
    pub intake: i64,
    /// Given back, waiting at intake.
    pub returned: i64,
    /// New at intake.
    pub arrived: i64,
}

/// Days that counts are taken by: today, and the last one that is soon.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// Today in China.
    pub today: Date,
    /// Until this day a date counts as close.
    pub soon: Date,
}

fn sums(q: &mut QueryBuilder<MySql>, due: &str, days: Days) {
    for (condition, day, name) in [
        ("= ", days.today, "today"),
        ("< ", days.today, "late"),
        ("<= ", days.soon, "soon"),
    ] {
        q.push(format!(", CAST(COALESCE(SUM({due} {condition}"))
            .push_bind(day);
        if name == "soon" {
            q.push(format!(" AND {due} > ")).push_bind(days.today);
        }
        q.push(format!("), 0) AS SIGNED) AS {name}"));
    }
}

/// Counts over the open cases that a department leads (`None`: all), of one handler when `mine` is set.
///
/// # Errors
/// The database is away.
pub async fn counts(
    conn: &mut Conn,
    department: Option<Uuid>,
    me: Uuid,
    mine: bool,
    days: Days,
) -> Result<Counts> {
    let mut q = QueryBuilder::new("SELECT COUNT(*) AS open");
    sums(&mut q, "next_due", days);
    for (name, condition) in [
        ("urgent", "urgent IS NOT NULL OR injury = 1"),
        ("waits", "waits = 1"),
        ("fresh", "fresh = 1"),
        ("back", "sent_back = 1"),
        ("intake", "department_id IS NULL"),
        ("returned", "department_id IS NULL AND returns > 0"),
        ("arrived", "department_id IS NULL AND fresh = 1"),
    ] {
        q.push(format!(
            ", CAST(COALESCE(SUM({condition}), 0) AS SIGNED) AS {name}"
        ));
    }
    q.push(", CAST(COALESCE(SUM(assignee_id = ")
        .push_bind(me)
        .push("), 0) AS SIGNED) AS mine");
    // in the order of the index, so that what is due first is counted whatever happens; nothing but the index is read
    q.push(" FROM (SELECT next_due, urgent, injury, waits, fresh, sent_back, department_id, ");
    q.push(if department.is_some() {
        "0 AS returns, assignee_id"
    } else {
        "returns, NULL AS assignee_id"
    });
    q.push(" FROM case_file WHERE is_open = 1");
    if let Some(department) = department {
        q.push(" AND department_id = ").push_bind(department);
    }
    if mine {
        q.push(" AND assignee_id = ").push_bind(me);
    }
    q.push(format!(" ORDER BY next_due, id LIMIT {COUNTED}) t"));
    q.build_query_as().fetch_one(conn).await.map_err(from_sqlx)
}

/// Counts over the open tasks that a department co-handles; what has no meaning there is 0.
///
/// # Errors
/// The database is away.
pub async fn co_counts(conn: &mut Conn, department: Uuid, days: Days) -> Result<Counts> {
    let mut q = QueryBuilder::new("SELECT COUNT(*) AS open");
    sums(&mut q, "due", days);
    q.push(
        ", CAST(COALESCE(SUM(fresh = 1), 0) AS SIGNED) AS fresh, 0 AS urgent, 0 AS waits, 0 AS back, 0 AS mine, \
         0 AS intake, 0 AS returned, 0 AS arrived FROM (SELECT due, fresh FROM case_co WHERE department_id = ",
    );
    q.push_bind(department).push(format!(
        " AND state = 'open' ORDER BY due, case_id LIMIT {COUNTED}) t"
    ));
    q.build_query_as().fetch_one(conn).await.map_err(from_sqlx)
}

/// Cases with messages that wait, open or closed, of a department (`None`: all).
///
/// # Errors
/// The database is away.
pub async fn unread(conn: &mut Conn, department: Option<Uuid>, mine: Option<Uuid>) -> Result<i64> {
    let mut q = QueryBuilder::new("SELECT COUNT(*) FROM case_file WHERE unread > 0");
    if let Some(department) = department {
        q.push(" AND department_id = ").push_bind(department);
    }
    if let Some(mine) = mine {
        q.push(" AND assignee_id = ").push_bind(mine);
    }
    q.build_query_scalar()
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}
