//! The worklist: what a department leads and what it co-handles, by filters that stand in the URL, paged by key, with
//! the counts beside it. Only open cases and one bounded stretch of closed ones are ever read.

mod counts;
mod reopenings;

pub use counts::*;
pub use reopenings::*;

use super::{Conn, from_sqlx};
use crate::error::Result;
use sqlx::{FromRow, MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows a page of the worklist shows.
pub const PAGE: usize = 50;

/// Closed cases that one page looks through for the ones that fit; the next page goes on after them.
pub const STRETCH: i64 = 4000;

/// Which cases of a department.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Those it leads, and those it co-handles.
    #[default]
    Both,
    /// Those it leads.
    Lead,
    /// Those it co-handles.
    Co,
}

/// What the worklist shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this department's cases; `None`: all (intake).
    pub department: Option<Uuid>,
    /// Led, co-handled, or both.
    pub part: Part,
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
    /// That nobody where they lie has looked at.
    pub fresh: bool,
    /// With a request that was sent back; at intake: what departments gave back.
    pub back: bool,
    /// Handled by this person.
    pub assignee: Option<Uuid>,
    /// Handled by nobody.
    pub nobody: bool,
    /// Exactly this number, open or closed.
    pub number: Option<String>,
    /// Returned by departments twice or more (T-02).
    pub often: bool,
    /// Trader, title or number contains this.
    pub text: Option<String>,
    /// Continue after this row: due date (9999-12-31 for none) and id.
    pub after: Option<(Date, Uuid)>,
}

impl Filter {
    /// Closed cases and messages have no date to go by: newest first.
    const fn newest_first(&self) -> bool {
        self.closed || self.unread || self.number.is_some()
    }

    /// What only the lead of a case has.
    const fn lead_only(&self) -> bool {
        self.at_intake
            || self.unread
            || self.waits
            || self.back
            || self.assignee.is_some()
            || self.nobody
    }

    /// A filter that few closed cases may fit.
    const fn picks(&self) -> bool {
        self.kind.is_some()
            || self.state.is_some()
            || self.street.is_some()
            || self.text.is_some()
            || self.urgent
            || self.assignee.is_some()
            || self.nobody
    }
}

/// One line of the worklist.
#[derive(Debug, Clone, FromRow)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Grows with each change.
    pub version: i32,
    /// Kind code.
    pub kind: String,
    /// State code.
    pub state: String,
    /// Redacted first words.
    pub title: String,
    /// Trader.
    pub trader_name: String,
    /// Kind of trader.
    pub trader_kind: String,
    /// Category code.
    pub category: String,
    /// Street code.
    pub street: Option<String>,
    /// Lead department.
    pub department_id: Option<Uuid>,
    /// The running clock.
    pub next_clock: Option<String>,
    /// By when: the clock's date, or the co-handler's own.
    pub due: Option<Date>,
    /// Danger code.
    pub urgent: Option<String>,
    /// Somebody was hurt.
    pub injury: bool,
    /// Messages waiting.
    pub unread: i32,
    /// Returned so often.
    pub returns: i32,
    /// Nobody where it lies has looked at it.
    pub fresh: bool,
    /// Who handles it.
    pub assignee: Option<String>,
    /// Co-handled, not led.
    pub co: bool,
    /// Receipt.
    pub received_at: OffsetDateTime,
}

/// A page of the worklist.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Where the next one starts, `None`: nothing follows.
    pub next: Option<(Date, Uuid)>,
    /// Only a stretch of the closed cases was looked through, older ones may fit too.
    pub partial: bool,
}

/// A date after every due date: rows without a clock sort last.
pub(super) const NEVER: Date = time::macros::date!(9999 - 12 - 31);

const COLUMNS: &str = "f.id, f.number, f.version, f.kind, f.state, f.title, f.trader_name, f.trader_kind, f.category, f.street, f.department_id, \
     f.next_clock, f.urgent, f.injury, f.unread, f.returns, s.name AS assignee, f.received_at, ";

/// The rows of one part, as far as its index narrows them.
fn from(q: &mut QueryBuilder<MySql>, f: &Filter, co: bool) {
    if co {
        // tasks first: there are few, in the order of their own dates
        q.push(" FROM case_co c STRAIGHT_JOIN case_file f ON f.id = c.case_id");
    } else {
        q.push(" FROM case_file f");
    }
    q.push(" LEFT JOIN staff s ON s.id = f.assignee_id WHERE ");
    match (co, f.department) {
        (true, department) => {
            q.push("c.department_id = ")
                .push_bind(department.unwrap_or(Uuid::nil()));
        }
        (false, Some(department)) if !f.at_intake => {
            q.push("f.department_id = ").push_bind(department);
        }
        (false, _) if f.at_intake => {
            q.push("f.department_id IS NULL");
        }
        (false, _) => {
            q.push("1 = 1");
        }
    }
    if let Some(number) = &f.number {
        q.push(" AND f.number = ").push_bind(number.clone());
    } else if co {
        q.push(if f.closed {
            " AND c.state <> 'open'"
        } else {
            " AND c.state = 'open'"
        });
    } else if f.unread && !f.closed {
        // a message on a closed case waits like any other
    } else {
        q.push(" AND f.is_open = ").push_bind(!f.closed);
        if f.closed {
            q.push(" AND f.next_due IS NULL");
        }
    }
}

fn conditions(q: &mut QueryBuilder<MySql>, f: &Filter, co: bool) {
    for (column, value) in [
        ("f.kind", &f.kind),
        ("f.state", &f.state),
        ("f.street", &f.street),
    ] {
        if let Some(value) = value {
            q.push(" AND ")
                .push(column)
                .push(" = ")
                .push_bind(value.clone());
        }
    }
    let (due, fresh) = if co {
        ("c.due", "c.fresh")
    } else {
        ("f.next_due", "f.fresh")
    };
    if let Some(by) = f.due_by {
        q.push(" AND ").push(due).push(" <= ").push_bind(by);
    }
    if let Some(from) = f.due_from {
        q.push(" AND ").push(due).push(" >= ").push_bind(from);
    }
    if f.urgent {
        q.push(" AND (f.urgent IS NOT NULL OR f.injury = 1)");
    }
    if f.unread {
        q.push(" AND f.unread > 0");
    }
    if f.waits {
        q.push(" AND f.waits = 1");
    }
    if f.fresh {
        q.push(" AND ").push(fresh).push(" = 1");
    }
    if f.back {
        q.push(if f.at_intake {
            " AND f.returns > 0"
        } else {
            " AND f.sent_back = 1"
        });
    }
    if let Some(person) = f.assignee {
        q.push(" AND f.assignee_id = ").push_bind(person);
    }
    if f.often {
        q.push(" AND f.returns >= 2");
    }
    if f.nobody {
        q.push(" AND f.assignee_id IS NULL");
    }
    if let Some(text) = &f.text {
        let like = format!(
            "%{}%",
            text.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        q.push(" AND (f.trader_name LIKE ").push_bind(like.clone());
        // the number's column is ASCII: compared with other text, MySQL refuses to mix collations
        if text.is_ascii() {
            q.push(" OR f.number LIKE ")
                .push_bind(like.to_ascii_uppercase());
            // or the number on the 12315 platform, whole
            q.push(" OR f.id = (SELECT x.case_id FROM case_12315 x WHERE x.number = ")
                .push_bind(text.to_ascii_uppercase())
                .push(")");
        }
        q.push(" OR f.title LIKE ").push_bind(like).push(")");
    }
}

/// The key at which a stretch of closed cases ends, `None` when fewer are left.
async fn stretch(conn: &mut Conn, f: &Filter, co: bool) -> Result<Option<Uuid>> {
    let mut q = QueryBuilder::new("SELECT ");
    let id = if co { "c.case_id" } else { "f.id" };
    q.push(id);
    if co {
        q.push(" FROM case_co c WHERE c.state <> 'open' AND c.department_id = ")
            .push_bind(f.department.unwrap_or(Uuid::nil()));
    } else {
        q.push(" FROM case_file f WHERE f.is_open = 0 AND f.next_due IS NULL");
        if let Some(department) = f.department {
            q.push(" AND f.department_id = ").push_bind(department);
        }
    }
    if let Some((_, after)) = f.after {
        q.push(format!(" AND {id} < ")).push_bind(after);
    }
    q.push(format!(
        " ORDER BY {id} DESC LIMIT 1 OFFSET {}",
        STRETCH - 1
    ));
    q.build_query_scalar()
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

async fn part(
    conn: &mut Conn,
    f: &Filter,
    co: bool,
    floor: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Line>> {
    let mut q = QueryBuilder::new("SELECT ");
    let (due, fresh, id) = if co {
        ("c.due", "c.fresh", "c.case_id")
    } else {
        ("f.next_due", "f.fresh", "f.id")
    };
    q.push(COLUMNS).push(format!(
        "{due} AS due, {fresh} AS fresh, {} AS co",
        u8::from(co)
    ));
    from(&mut q, f, co);
    conditions(&mut q, f, co);
    if let Some(floor) = floor {
        q.push(format!(" AND {id} >= ")).push_bind(floor);
    }
    if f.newest_first() {
        if let Some((_, after)) = f.after {
            q.push(format!(" AND {id} < ")).push_bind(after);
        }
        q.push(format!(" ORDER BY {id} DESC"));
    } else {
        if let Some((day, after)) = f.after {
            q.push(format!(" AND ({due} > ")).push_bind(day);
            q.push(format!(" OR ({due} = "))
                .push_bind(day)
                .push(format!(" AND {id} > "))
                .push_bind(after)
                .push("))");
        }
        q.push(format!(" ORDER BY {due}, {id}"));
    }
    q.push(" LIMIT ")
        .push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}

/// One page of the worklist of at most `limit` lines, soonest due first (newest first for closed cases).
///
/// # Errors
/// The database is away.
pub async fn worklist(conn: &mut Conn, f: &Filter, limit: usize) -> Result<Page> {
    let bounded = f.closed && f.picks() && f.number.is_none();
    let mut lines: Vec<Line> = Vec::new();
    let mut floors = Vec::new();
    let co = f.department.is_some() && f.part != Part::Lead && !f.lead_only();
    for (wanted, co) in [(f.part != Part::Co, false), (co, true)] {
        if !wanted {
            continue;
        }
        let floor = if bounded {
            stretch(conn, f, co).await?
        } else {
            None
        };
        lines.extend(part(conn, f, co, floor, limit).await?);
        floors.extend(floor);
    }
    // both parts were looked through down to the higher end: below it only one of them was
    let floor = floors.into_iter().max();
    if let Some(floor) = floor {
        lines.retain(|l| l.id >= floor);
    }
    if f.newest_first() {
        lines.sort_by_key(|l| std::cmp::Reverse(l.id));
    } else {
        lines.sort_by_key(key_after);
    }
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = match (more, floor) {
        (true, _) => lines.last().map(key_after),
        (false, Some(floor)) => Some((NEVER, floor)),
        (false, None) => None,
    };
    Ok(Page {
        lines,
        next,
        partial: !more && floor.is_some(),
    })
}

/// A clock of a line that runs beside the one it is listed by.
#[derive(Debug, Clone, FromRow)]
pub struct Beside {
    /// Its case.
    pub case_id: Uuid,
    /// Which clock.
    pub clock: String,
    /// Its last day.
    pub agency_due: Date,
    /// What moves its end.
    pub basis: Option<String>,
}

/// The running clocks of a page's lines but those they are listed by: the term of 12345 beside the law's (rules 4.5),
/// advertising beside verification.
///
/// # Errors
/// The database is away.
pub async fn beside(conn: &mut Conn, lines: &[Line]) -> Result<Vec<Beside>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let mut q = QueryBuilder::new(
        "SELECT k.case_id, k.clock, k.agency_due, k.basis FROM case_clock k JOIN case_file f ON f.id = k.case_id \
         WHERE k.stopped_at IS NULL AND k.clock <> f.next_clock AND k.case_id IN (",
    );
    let mut ids = q.separated(", ");
    for line in lines {
        ids.push_bind(line.id);
    }
    q.push(") ORDER BY k.agency_due, k.clock");
    q.build_query_as()
        .persistent(false)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// The key after which the next page starts.
#[must_use]
pub fn key_after(line: &Line) -> (Date, Uuid) {
    (line.due.unwrap_or(NEVER), line.id)
}
