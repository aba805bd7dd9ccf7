//! Files handed in 凭证: their rows and which case they belong to. Who had them in hand, and who asks to let one out of
//! quarantine, is in `custody`; what the sweep asks for, in `sweep`.

/// A query over all columns of a file, `e`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.holder, e.holder_kind, e.slot, e.stage, e.uploader, e.staff_id, e.secret, e.kind, e.bytes, \
             e.sha256, e.scan, e.found, e.made, e.clean_kind, e.pages, e.facts, e.at ",
            $rest
        )
    };
}

mod custody;
mod sweep;

pub use custody::{
    CustodyLine, CustodyRow, Release, custody, custody_insert, release_insert, release_take,
    releases_of,
};
pub use sweep::{Old, abandoned, file_delete, file_gone, known, old, removed, whole_after};

use super::{Conn, from_sqlx, inconsistent, is_duplicate};
use crate::{
    error::Result,
    evidence::{Copies, FileKind, HolderKind, Scan, Stage, Uploader},
    kernel::CaseId,
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// Files that a page shows of one case at most.
pub const MOST: u32 = 60;

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// What it came with: a draft, a case, an invitation.
    pub holder: Uuid,
    /// Which of those.
    pub holder_kind: HolderKind,
    /// Its place there, from 0.
    pub slot: i32,
    /// Where it stands.
    pub stage: Stage,
    /// Who handed it in.
    pub uploader: Uploader,
    /// The person at the desk who did.
    pub staff: Option<Uuid>,
    /// Key and name, sealed.
    pub secret: Vec<u8>,
    /// Its kind; `None` while it comes in.
    pub kind: Option<FileKind>,
    /// Plain bytes; while it comes in, those that are announced.
    pub bytes: u64,
    /// SHA-256 of the plain bytes.
    pub sha256: Option<Vec<u8>>,
    /// What the scanner said.
    pub scan: Scan,
    /// What it found.
    pub found: String,
    /// Whether copies were made.
    pub made: Copies,
    /// The kind of the clean copy.
    pub clean_kind: Option<FileKind>,
    /// Pages drawn as pictures.
    pub pages: u16,
    /// What it says of itself, sealed.
    pub facts: Option<Vec<u8>>,
    /// When it came, UTC.
    pub at: OffsetDateTime,
}

#[derive(FromRow)]
struct FileRow {
    id: Uuid,
    holder: Uuid,
    holder_kind: String,
    slot: i32,
    stage: String,
    uploader: String,
    staff_id: Option<Uuid>,
    secret: Vec<u8>,
    kind: Option<String>,
    bytes: i64,
    sha256: Option<Vec<u8>>,
    scan: String,
    found: String,
    made: String,
    clean_kind: Option<String>,
    pages: i32,
    facts: Option<Vec<u8>>,
    at: OffsetDateTime,
}

fn kind_of(column: &'static str, code: Option<String>) -> Result<Option<FileKind>> {
    code.map(|c| FileKind::from_code(&c).ok_or_else(|| inconsistent(column, &c)))
        .transpose()
}

impl TryFrom<FileRow> for File {
    type Error = crate::error::Error;

    fn try_from(r: FileRow) -> Result<Self> {
        let word =
            |column, found: Option<_>, code: &str| found.ok_or_else(|| inconsistent(column, code));
        Ok(Self {
            id: r.id,
            holder: r.holder,
            holder_kind: HolderKind::from_code(&r.holder_kind)
                .ok_or_else(|| inconsistent("evidence.holder_kind", &r.holder_kind))?,
            slot: r.slot,
            stage: word("evidence.stage", Stage::from_code(&r.stage), &r.stage)?,
            uploader: Uploader::from_code(&r.uploader)
                .ok_or_else(|| inconsistent("evidence.uploader", &r.uploader))?,
            staff: r.staff_id,
            secret: r.secret,
            kind: kind_of("evidence.kind", r.kind)?,
            bytes: u64::try_from(r.bytes).unwrap_or(0),
            sha256: r.sha256,
            scan: Scan::from_code(&r.scan).ok_or_else(|| inconsistent("evidence.scan", &r.scan))?,
            found: r.found,
            made: Copies::from_code(&r.made)
                .ok_or_else(|| inconsistent("evidence.made", &r.made))?,
            clean_kind: kind_of("evidence.clean_kind", r.clean_kind)?,
            pages: u16::try_from(r.pages).unwrap_or(0),
            facts: r.facts,
            at: r.at,
        })
    }
}

fn files(rows: Vec<FileRow>) -> Result<Vec<File>> {
    rows.into_iter().map(File::try_from).collect()
}

/// Locks what a file is to be kept with, so that places are taken and filings are sent one after the other; `false` when
/// it is gone, or an invitation is answered.
///
/// # Errors
/// The database is away.
pub async fn holder_lock(conn: &mut Conn, kind: HolderKind, id: Uuid) -> Result<bool> {
    let sql = match kind {
        HolderKind::Draft => "SELECT id FROM draft WHERE id = ? FOR UPDATE",
        HolderKind::Case => "SELECT id FROM case_file WHERE id = ? FOR UPDATE",
        HolderKind::Answer => {
            "SELECT id FROM trader_invitation WHERE id = ? AND state = 'open' FOR UPDATE"
        }
    };
    let found: Option<(Uuid,)> = sqlx::query_as(sql)
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(found.is_some())
}

/// The files of a holder that are not removed, in their order.
///
/// # Errors
/// The database is away.
pub async fn held(conn: &mut Conn, holder: Uuid) -> Result<Vec<File>> {
    let sql = select!(
        "FROM evidence e WHERE e.holder = ? AND e.stage <> 'removed' ORDER BY e.slot LIMIT 60"
    );
    let rows = sqlx::query_as(sql)
        .bind(holder)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    files(rows)
}

/// The places of a holder that are taken.
///
/// # Errors
/// The database is away.
pub async fn slots(conn: &mut Conn, holder: Uuid) -> Result<Vec<i32>> {
    let rows: Vec<(i32,)> =
        sqlx::query_as("SELECT slot FROM evidence WHERE holder = ? ORDER BY slot")
            .bind(holder)
            .fetch_all(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

/// Adds a file; `false` when its place is taken.
///
/// # Errors
/// The database is away.
pub async fn file_insert(conn: &mut Conn, f: &File) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO evidence (id, holder, slot, holder_kind, stage, uploader, staff_id, secret, kind, bytes, sha256, scan, \
         found, made, pages, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, 0, ?)",
    )
    .bind(f.id)
    .bind(f.holder)
    .bind(f.slot)
    .bind(f.holder_kind.code())
    .bind(f.stage.code())
    .bind(f.uploader.code())
    .bind(f.staff)
    .bind(&f.secret)
    .bind(f.kind.map(FileKind::code))
    .bind(i64::try_from(f.bytes).unwrap_or(i64::MAX))
    .bind(&f.sha256)
    .bind(f.scan.code())
    .bind(f.made.code())
    .bind(f.at)
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(e) if is_duplicate(&e) => Ok(false),
        Err(e) => Err(from_sqlx(e)),
    }
}

/// Says of a file that came in pieces what it is; `false` when it is gone.
///
/// # Errors
/// The database is away.
pub async fn file_whole(
    conn: &mut Conn,
    id: Uuid,
    stage: Stage,
    kind: FileKind,
    sha256: &[u8],
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE evidence SET stage = ?, kind = ?, sha256 = ? WHERE id = ? AND stage = 'receiving'",
    )
    .bind(stage.code())
    .bind(kind.code())
    .bind(sha256)
    .bind(id)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// A file.
///
/// # Errors
/// The database is away.
pub async fn file(conn: &mut Conn, id: Uuid) -> Result<Option<File>> {
    let sql = select!("FROM evidence e WHERE e.id = ?");
    let row: Option<FileRow> = sqlx::query_as(sql)
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(File::try_from).transpose()
}

/// A file of a case, removed ones too.
///
/// # Errors
/// The database is away.
pub async fn file_of(conn: &mut Conn, case: CaseId, id: Uuid) -> Result<Option<File>> {
    let sql = select!(
        "FROM evidence_case c JOIN evidence e ON e.id = c.evidence_id WHERE c.case_id = ? AND c.evidence_id = ?"
    );
    let row: Option<FileRow> = sqlx::query_as(sql)
        .bind(case.0)
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)?;
    row.map(File::try_from).transpose()
}

/// The files of a case in the order in which they came, removed ones too.
///
/// # Errors
/// The database is away.
pub async fn files_of(conn: &mut Conn, case: CaseId) -> Result<Vec<File>> {
    let sql = select!(
        "FROM evidence_case c JOIN evidence e ON e.id = c.evidence_id WHERE c.case_id = ? \
         ORDER BY c.evidence_id LIMIT 60"
    );
    let rows = sqlx::query_as(sql)
        .bind(case.0)
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    files(rows)
}

/// The cases that a file belongs to.
///
/// # Errors
/// The database is away.
pub async fn cases_of(conn: &mut Conn, id: Uuid) -> Result<Vec<CaseId>> {
    let rows: Vec<(Uuid,)> =
        sqlx::query_as("SELECT case_id FROM evidence_case WHERE evidence_id = ?")
            .bind(id)
            .fetch_all(conn)
            .await
            .map_err(from_sqlx)?;
    Ok(rows.into_iter().map(|r| CaseId(r.0)).collect())
}

/// Puts a file into a case; once.
///
/// # Errors
/// The database is away.
pub async fn case_add(conn: &mut Conn, case: CaseId, id: Uuid) -> Result<()> {
    sqlx::query("INSERT INTO evidence_case (case_id, evidence_id) VALUES (?, ?)")
        .bind(case.0)
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Moves a file to another stage; `false` when it is not in the one it was read in.
///
/// # Errors
/// The database is away.
pub async fn file_move(conn: &mut Conn, id: Uuid, from: Stage, to: Stage) -> Result<bool> {
    let done = sqlx::query("UPDATE evidence SET stage = ? WHERE id = ? AND stage = ?")
        .bind(to.code())
        .bind(id)
        .bind(from.code())
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what the scanner said, unless two persons decided otherwise meanwhile.
///
/// # Errors
/// The database is away.
pub async fn scan_set(conn: &mut Conn, id: Uuid, scan: Scan, found: &str) -> Result<()> {
    sqlx::query("UPDATE evidence SET scan = ?, found = ? WHERE id = ? AND scan <> 'released'")
        .bind(scan.code())
        .bind(found)
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// What was made of a file.
pub struct MadeRow {
    /// Whether there are copies.
    pub made: Copies,
    /// Kind of the clean copy.
    pub clean: Option<FileKind>,
    /// Pages drawn.
    pub pages: u16,
    /// What it says of itself, sealed.
    pub facts: Vec<u8>,
}

/// Keeps what was made of a file.
///
/// # Errors
/// The database is away.
pub async fn made_set(conn: &mut Conn, id: Uuid, row: &MadeRow) -> Result<()> {
    sqlx::query("UPDATE evidence SET made = ?, clean_kind = ?, pages = ?, facts = ? WHERE id = ?")
        .bind(row.made.code())
        .bind(row.clean.map(FileKind::code))
        .bind(i32::from(row.pages))
        .bind(&row.facts)
        .bind(id)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}
