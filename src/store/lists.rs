//! The worklist: filters that stand in the URL, paged by key, counts for the chips.

use super::{Conn, from_sqlx};
use crate::error::Result;
use sqlx::{FromRow, MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows a page of the worklist shows.
pub const PAGE: usize = 50;

/// What the worklist shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this department's cases; `None`: all (intake).
    pub department: Option<Uuid>,
    /// Only cases that wait at intake.
    pub at_intake: bool,
    /// Open cases, or closed ones.
    pub closed: bool,
    /// Kind code.
    pub kind: Option<String>,
    /// State code.
    pub state: Option<String>,
    /// Street code.
    pub street: Option<String>,
    /// Due on or before this date.
    pub due_by: Option<Date>,
    /// Due on or after this date.
    pub due_from: Option<Date>,
    /// Marked urgent or with injury.
    pub urgent: bool,
    /// With messages that wait.
    pub unread: bool,
    /// With a request that waits for a second person.
    pub waits: bool,
    /// Number, trader or title contains this.
    pub text: Option<String>,
    /// Continue after this row: due date (9999-12-31 for none) and id.
    pub after: Option<(Date, Uuid)>,
}

/// One line of the worklist.
#[derive(Debug, Clone, FromRow)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Kind code.
    pub kind: String,
    /// State code.
    pub state: String,
    /// Redacted first words.
    pub title: String,
    /// Trader.
    pub trader_name: String,
    /// Street code.
    pub street: Option<String>,
    /// Department.
    pub department_id: Option<Uuid>,
    /// The running clock.
    pub next_clock: Option<String>,
    /// Its due date.
    pub next_due: Option<Date>,
    /// Danger code.
    pub urgent: Option<String>,
    /// Somebody was hurt.
    pub injury: bool,
    /// Messages waiting.
    pub unread: i32,
    /// Returned so often.
    pub returns: i32,
    /// Receipt.
    pub received_at: OffsetDateTime,
}

/// A date after every due date: rows without a clock sort last.
pub(super) const NEVER: Date = time::macros::date!(9999 - 12 - 31);

fn conditions(q: &mut QueryBuilder<MySql>, f: &Filter) {
    if f.unread && !f.closed {
        // a message on a closed case waits like any other
        q.push(" WHERE unread > 0");
    } else {
        q.push(" WHERE is_open = ").push_bind(!f.closed);
    }
    if f.at_intake {
        q.push(" AND department_id IS NULL");
    } else if let Some(department) = f.department {
        q.push(" AND department_id = ").push_bind(department);
    }
    for (column, value) in [
        ("kind", &f.kind),
        ("state", &f.state),
        ("street", &f.street),
    ] {
        if let Some(value) = value {
            q.push(" AND ")
                .push(column)
                .push(" = ")
                .push_bind(value.clone());
        }
    }
    if let Some(due) = f.due_by {
        q.push(" AND next_due <= ").push_bind(due);
    }
    if let Some(due) = f.due_from {
        q.push(" AND next_due >= ").push_bind(due);
    }
    if f.urgent {
        q.push(" AND (urgent IS NOT NULL OR injury = 1)");
    }
    if f.unread {
        q.push(" AND unread > 0");
    }
    if f.waits {
        q.push(" AND waits = 1");
    }
    if let Some(text) = &f.text {
        let like = format!(
            "%{}%",
            text.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        q.push(" AND (trader_name LIKE ").push_bind(like.clone());
        // the number's column is ASCII: compared with other text, MySQL refuses to mix collations
        if text.is_ascii() {
            q.push(" OR number LIKE ")
                .push_bind(like.to_ascii_uppercase());
        }
        q.push(" OR title LIKE ").push_bind(like).push(")");
    }
}

/// One page of the worklist, soonest due first (newest first for closed cases); `PAGE + 1` rows when more follow.
///
/// # Errors
/// The database is away.
pub async fn worklist(conn: &mut Conn, f: &Filter) -> Result<Vec<Line>> {
    let mut q = QueryBuilder::new(
        "SELECT id, number, kind, state, title, trader_name, street, department_id, next_clock, next_due, urgent, \
         injury, unread, returns, received_at FROM case_file",
    );
    conditions(&mut q, f);
    // closed cases have no date to go by
    if f.closed || f.unread {
        if let Some((_, id)) = f.after {
            q.push(" AND id < ").push_bind(id);
        }
        q.push(" ORDER BY id DESC");
    } else {
        if let Some((due, id)) = f.after {
            q.push(" AND (next_due > ").push_bind(due);
            q.push(" OR (next_due = ")
                .push_bind(due)
                .push(" AND id > ")
                .push_bind(id)
                .push("))");
        }
        q.push(" ORDER BY next_due, id");
    }
    q.push(" LIMIT ")
        .push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}

/// Counts for the chips: open, due today or earlier than tomorrow, late, with messages, urgent, at intake.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Counts {
    /// Open cases.
    pub open: i64,
    /// Due today.
    pub today: i64,
    /// Due before today.
    pub late: i64,
    /// With messages.
    pub unread: i64,
    /// Urgent.
    pub urgent: i64,
    /// With a request that waits for a second person.
    pub waits: i64,
    /// Waiting at intake.
    pub intake: i64,
}

/// Counts over the open cases of a department (`None`: all).
///
/// # Errors
/// The database is away.
pub async fn counts(conn: &mut Conn, department: Option<Uuid>, today: Date) -> Result<Counts> {
    let mut q = QueryBuilder::new("SELECT COUNT(*) AS open, CAST(COALESCE(SUM(next_due = ");
    q.push_bind(today)
        .push("), 0) AS SIGNED) AS today, CAST(COALESCE(SUM(next_due < ")
        .push_bind(today);
    q.push(
        "), 0) AS SIGNED) AS late, CAST(COALESCE(SUM(unread > 0), 0) AS SIGNED) AS unread, \
         CAST(COALESCE(SUM(urgent IS NOT NULL OR injury = 1), 0) AS SIGNED) AS urgent, \
         CAST(COALESCE(SUM(waits = 1), 0) AS SIGNED) AS waits, \
         CAST(COALESCE(SUM(department_id IS NULL), 0) AS SIGNED) AS intake FROM case_file WHERE is_open = 1",
    );
    if let Some(department) = department {
        q.push(" AND department_id = ").push_bind(department);
    }
    let mut counts: Counts = q
        .build_query_as()
        .fetch_one(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    let mut q = QueryBuilder::new("SELECT COUNT(*) FROM case_file WHERE unread > 0");
    if let Some(department) = department {
        q.push(" AND department_id = ").push_bind(department);
    }
    counts.unread = q
        .build_query_scalar()
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(counts)
}

/// The key after which the next page starts.
#[must_use]
pub fn key_after(line: &Line) -> (Date, Uuid) {
    (line.next_due.unwrap_or(NEVER), line.id)
}
