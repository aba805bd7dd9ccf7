//! The chain over the audit trail, its anchors, and the trail as the auditor reads it. Lines themselves are written by
//! [`super::security::audit_insert`], links by the sealer only.

use super::{Conn, from_sqlx, inconsistent, is_duplicate};
use crate::{
    audit::{Hash, Head, Line, Linked},
    error::{Error, Result},
};
use sqlx::{FromRow, MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

fn hash(column: &'static str, bytes: &[u8]) -> Result<Hash> {
    Hash::try_from(bytes).map_err(|_| inconsistent(column, &format!("{} bytes", bytes.len())))
}

/// A stored line.
#[derive(Debug, Clone, FromRow)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    at: OffsetDateTime,
    staff_id: Option<Uuid>,
    act: String,
    case_id: Option<Uuid>,
    detail: String,
    reason: Option<Vec<u8>>,
    row_hash: Option<Vec<u8>>,
}

impl Record {
    /// The line as it is hashed.
    #[must_use]
    pub fn line(&self) -> Line<'_> {
        Line {
            id: self.id,
            at: self.at,
            staff: self.staff_id,
            act: &self.act,
            case: self.case_id,
            detail: &self.detail,
            reason: self.reason.as_deref(),
        }
    }

    /// The hash that came with the line; lines of an older program get theirs now.
    ///
    /// # Errors
    /// A hash of another length.
    pub fn hash(&self) -> Result<Hash> {
        self.row_hash
            .as_deref()
            .map_or_else(|| Ok(self.line().hash()), |h| hash("audit.row_hash", h))
    }
}

/// The end of the chain.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// Number and hash.
    pub head: Head,
    /// The line that it seals.
    pub line: Uuid,
    /// When it was sealed.
    pub at: OffsetDateTime,
}

/// The end of the chain, `None` before the first link.
///
/// # Errors
/// The database is away.
pub async fn end(conn: &mut Conn) -> Result<Option<End>> {
    let row: Option<(i64, Vec<u8>, Uuid, OffsetDateTime)> = sqlx::query_as(
        "SELECT seq, link_hash, audit_id, at FROM audit_link ORDER BY seq DESC LIMIT 1",
    )
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(|(seq, link, line, at)| {
        let link = hash("audit_link.link_hash", &link)?;
        Ok(End {
            head: Head { seq, link },
            line,
            at,
        })
    })
    .transpose()
}

/// Lines that no link seals, with an id above `after`, in the order of their ids.
///
/// # Errors
/// The database is away.
pub async fn unsealed(conn: &mut Conn, after: Uuid, limit: u32) -> Result<Vec<Record>> {
    sqlx::query_as(
        "SELECT a.id, a.at, a.staff_id, a.act, a.case_id, a.detail, a.reason, a.row_hash FROM audit a \
         LEFT JOIN audit_link l ON l.audit_id = a.id WHERE a.id > ? AND l.seq IS NULL ORDER BY a.id LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// How many lines with an id above `after` no link seals, and when the newest of them was written.
///
/// # Errors
/// The database is away.
pub async fn unsealed_count(conn: &mut Conn, after: Uuid) -> Result<(i64, Option<OffsetDateTime>)> {
    sqlx::query_as(
        "SELECT COUNT(*), MAX(a.at) FROM audit a LEFT JOIN audit_link l ON l.audit_id = a.id \
         WHERE a.id > ? AND l.seq IS NULL",
    )
    .bind(after)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)
}

/// How many lines with an id above `after` no link seals, and when the oldest of them was written.
///
/// # Errors
/// The database is away.
pub async fn unsealed_oldest(
    conn: &mut Conn,
    after: Uuid,
) -> Result<(i64, Option<OffsetDateTime>)> {
    sqlx::query_as(
        "SELECT COUNT(*), MIN(a.at) FROM audit a LEFT JOIN audit_link l ON l.audit_id = a.id \
         WHERE a.id > ? AND l.seq IS NULL",
    )
    .bind(after)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)
}

/// The chain as it was after the link with this number, `None` when there is none.
///
/// # Errors
/// The database is away.
pub async fn head_at(conn: &mut Conn, seq: i64) -> Result<Option<Head>> {
    let link: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT link_hash FROM audit_link WHERE seq = ?")
            .bind(seq)
            .fetch_optional(conn)
            .await
            .map_err(from_sqlx)?;
    link.map(|link| {
        let link = hash("audit_link.link_hash", &link)?;
        Ok(Head { seq, link })
    })
    .transpose()
}

/// A new link.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// The chain after it.
    pub head: Head,
    /// The line.
    pub line: Uuid,
    /// The line's hash.
    pub row_hash: Hash,
}

/// Appends links.
///
/// # Errors
/// [`Error::Conflict`] when another sealer was there first: nobody forks the chain.
pub async fn links_insert(conn: &mut Conn, links: &[NewLink], at: OffsetDateTime) -> Result<()> {
    // a bounded number of shapes of this statement
    for part in links.chunks(100) {
        let mut q: QueryBuilder<MySql> =
            QueryBuilder::new("INSERT INTO audit_link (seq, audit_id, row_hash, link_hash, at) ");
        q.push_values(part, |mut row, link| {
            row.push_bind(link.head.seq)
                .push_bind(link.line)
                .push_bind(link.row_hash.to_vec())
                .push_bind(link.head.link.to_vec())
                .push_bind(at);
        });
        match q.build().persistent(false).execute(&mut *conn).await {
            Ok(_) => {}
            Err(e) if is_duplicate(&e) => {
                return Err(Error::Conflict("另一个进程已经封存了这些留痕"));
            }
            Err(e) => return Err(from_sqlx(e)),
        }
    }
    Ok(())
}

/// A link beside its line, as verification reads it.
#[derive(Debug, FromRow)]
pub struct LinkRow {
    seq: i64,
    linked: Vec<u8>,
    link_hash: Vec<u8>,
    id: Option<Uuid>,
    at: Option<OffsetDateTime>,
    staff_id: Option<Uuid>,
    act: Option<String>,
    case_id: Option<Uuid>,
    detail: Option<String>,
    reason: Option<Vec<u8>>,
    row_hash: Option<Vec<u8>>,
}

impl LinkRow {
    /// Its number.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// As the chain checks it.
    ///
    /// # Errors
    /// A hash of another length.
    pub fn linked(&self) -> Result<Linked<'_>> {
        let line = match (self.id, self.at, &self.act, &self.detail) {
            (Some(id), Some(at), Some(act), Some(detail)) => Some(Line {
                id,
                at,
                staff: self.staff_id,
                act,
                case: self.case_id,
                detail,
                reason: self.reason.as_deref(),
            }),
            _ => None,
        };
        let written = self.row_hash.as_deref();
        Ok(Linked {
            seq: self.seq,
            row_hash: hash("audit_link.row_hash", &self.linked)?,
            link_hash: hash("audit_link.link_hash", &self.link_hash)?,
            line,
            written: written.map(|h| hash("audit.row_hash", h)).transpose()?,
        })
    }
}

/// Links after a number, each with its line.
///
/// # Errors
/// The database is away.
pub async fn links(conn: &mut Conn, after: i64, limit: u32) -> Result<Vec<LinkRow>> {
    sqlx::query_as(
        "SELECT l.seq, l.row_hash AS linked, l.link_hash, a.id, a.at, a.staff_id, a.act, a.case_id, a.detail, \
         a.reason, a.row_hash FROM audit_link l LEFT JOIN audit a ON a.id = l.audit_id WHERE l.seq > ? \
         ORDER BY l.seq LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// The signed head of a day.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The day, in China.
    pub day: Date,
    /// The head.
    pub head: Head,
    /// The signature over [`Head::anchor`].
    pub signature: Vec<u8>,
}

type AnchorRow = (Date, i64, Vec<u8>, Vec<u8>);

fn anchor((day, seq, link, signature): AnchorRow) -> Result<Anchor> {
    let link = hash("audit_anchor.link_hash", &link)?;
    Ok(Anchor {
        day,
        head: Head { seq, link },
        signature,
    })
}

/// Adds the anchor of a day; `false` when the day has one.
///
/// # Errors
/// The database is away.
pub async fn anchor_insert(conn: &mut Conn, a: &Anchor) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO audit_anchor (day, seq, link_hash, signature) VALUES (?, ?, ?, ?)",
    )
    .bind(a.day)
    .bind(a.head.seq)
    .bind(a.head.link.to_vec())
    .bind(&a.signature)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// Every anchor in the order of the chain: one a day.
///
/// # Errors
/// The database is away.
pub async fn anchors(conn: &mut Conn) -> Result<Vec<Anchor>> {
    let rows: Vec<AnchorRow> =
        sqlx::query_as("SELECT day, seq, link_hash, signature FROM audit_anchor ORDER BY seq, day")
            .fetch_all(conn)
            .await
            .map_err(from_sqlx)?;
    rows.into_iter().map(anchor).collect()
}

/// The newest anchor.
///
/// # Errors
/// The database is away.
pub async fn anchor_last(conn: &mut Conn) -> Result<Option<Anchor>> {
    let row: Option<AnchorRow> = sqlx::query_as(
        "SELECT day, seq, link_hash, signature FROM audit_anchor ORDER BY day DESC LIMIT 1",
    )
    .fetch_optional(conn)
    .await
    .map_err(from_sqlx)?;
    row.map(anchor).transpose()
}

/// What the auditor looks for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At or after this instant.
    pub from: Option<OffsetDateTime>,
    /// Before this instant.
    pub until: Option<OffsetDateTime>,
    /// By this person.
    pub staff: Option<Uuid>,
    /// This act.
    pub act: Option<String>,
    /// On this case.
    pub case: Option<Uuid>,
    /// Continue after this line.
    pub after: Option<(OffsetDateTime, Uuid)>,
}

/// A line as the auditor reads it.
#[derive(Debug, Clone, FromRow)]
pub struct Shown {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub act: String,
    /// Facts.
    pub detail: String,
    /// The sealed reason.
    pub reason: Option<Vec<u8>>,
    /// Who.
    pub login: Option<String>,
    /// Who, by name.
    pub staff_name: Option<String>,
    /// On which case.
    pub number: Option<String>,
    /// Its place in the chain, `None` while it is not sealed.
    pub seq: Option<i64>,
}

/// Lines of the trail, newest first.
///
/// # Errors
/// The database is away.
pub async fn page(conn: &mut Conn, f: &Filter, limit: u32) -> Result<Vec<Shown>> {
    let mut q: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT a.id, a.at, a.act, a.detail, a.reason, s.login, s.name AS staff_name, c.number, l.seq FROM audit a \
         LEFT JOIN staff s ON s.id = a.staff_id LEFT JOIN case_file c ON c.id = a.case_id \
         LEFT JOIN audit_link l ON l.audit_id = a.id WHERE a.id IS NOT NULL",
    );
    if let Some(from) = f.from {
        q.push(" AND a.at >= ").push_bind(from);
    }
    if let Some(until) = f.until {
        q.push(" AND a.at < ").push_bind(until);
    }
    if let Some(staff) = f.staff {
        q.push(" AND a.staff_id = ").push_bind(staff);
    }
    if let Some(act) = &f.act {
        q.push(" AND a.act = ").push_bind(act.clone());
    }
    if let Some(case) = f.case {
        q.push(" AND a.case_id = ").push_bind(case);
    }
    if let Some((at, id)) = f.after {
        // the first condition alone is what the index can use
        q.push(" AND a.at <= ").push_bind(at);
        q.push(" AND (a.at < ").push_bind(at);
        q.push(" OR a.id < ").push_bind(id).push(")");
    }
    q.push(" ORDER BY a.at DESC, a.id DESC LIMIT ")
        .push_bind(limit);
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}
