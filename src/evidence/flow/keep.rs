//! From a draft or an answer into the case: in the transaction that files it, exactly the files that were read before.

use super::{custody, name_of};
use crate::{
    app::App,
    error::{Error, Result},
    evidence::{Custody, FileKind, Stage, Uploader},
    kernel::CaseId,
    receipts::FileMark,
    store::{
        Conn,
        evidence::{self as rows, File},
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

/// A file that waits with its draft or answer, as its sender sees it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its kind; `None` while it comes in.
    pub kind: Option<FileKind>,
    /// Its length.
    pub bytes: u64,
    /// SHA-256; empty while it comes in.
    pub sha256: Vec<u8>,
    /// Who hands it in.
    pub uploader: Uploader,
}

impl Held {
    /// All of it is here.
    #[must_use]
    pub const fn whole(&self) -> bool {
        self.kind.is_some()
    }

    fn of(app: &App, file: &File) -> Result<Self> {
        Ok(Self {
            id: file.id,
            name: name_of(app, file)?,
            kind: file.kind,
            bytes: file.bytes,
            sha256: file.sha256.clone().unwrap_or_default(),
            uploader: file.uploader,
        })
    }
}

/// The files that wait with a holder.
///
/// # Errors
/// The database is away.
pub async fn held(app: &App, holder: Uuid) -> Result<Vec<Held>> {
    let mut conn = app.store.conn().await?;
    let files = rows::held(&mut conn, holder).await?;
    files.iter().map(|f| Held::of(app, f)).collect()
}

/// What a receipt says of files.
#[must_use]
pub fn marks(files: &[Held]) -> Vec<FileMark> {
    files
        .iter()
        .filter_map(|f| {
            Some(FileMark {
                name: f.name.clone(),
                sha256: f.sha256.as_slice().try_into().ok()?,
            })
        })
        .collect()
}

/// Makes the files of a holder proof of these cases, in the caller's transaction, which holds the holder's lock. A file
/// that came or went since `expected` was read is a reason to show the page again; one that has not come whole is left.
///
/// # Errors
/// [`Error::NotFound`] when the files are not those that were read.
pub async fn keep(
    app: &App,
    conn: &mut Conn,
    holder: Uuid,
    expected: &[Held],
    cases: &[CaseId],
) -> Result<()> {
    let files = rows::held(conn, holder).await?;
    let now: Vec<Uuid> = files
        .iter()
        .filter(|f| f.kind.is_some())
        .map(|f| f.id)
        .collect();
    let then: Vec<Uuid> = expected
        .iter()
        .filter(|f| f.whole())
        .map(|f| f.id)
        .collect();
    if now != then {
        return Err(Error::NotFound);
    }
    for file in files.iter().filter(|f| f.kind.is_some()) {
        if !rows::file_move(conn, file.id, Stage::Stored, Stage::Kept).await? {
            return Err(Error::NotFound);
        }
        for case in cases {
            rows::case_add(conn, *case, file.id).await?;
        }
        let line = custody(
            app,
            file.id,
            Custody::Kept,
            Some(file.uploader),
            String::new(),
        );
        rows::custody_insert(conn, &line).await?;
    }
    Ok(())
}

/// A file that is proof of a case, as who handed it in sees it.
#[derive(Debug, Clone)]
pub struct HandedIn {
    /// Its name; empty when it is gone.
    pub name: String,
    /// Its kind.
    pub kind: Option<FileKind>,
    /// Its length.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: Vec<u8>,
    /// When it came, UTC.
    pub at: OffsetDateTime,
    /// Its bytes were let go.
    pub gone: bool,
}

/// The files of a case that one side handed in, in their order.
///
/// # Errors
/// The database is away.
pub async fn handed_in(app: &App, case: CaseId, by: Uploader) -> Result<Vec<HandedIn>> {
    let mut conn = app.store.conn().await?;
    let files = rows::files_of(&mut conn, case).await?;
    let mine = files.iter().filter(|f| f.uploader == by);
    mine.map(|file| {
        Ok(HandedIn {
            name: name_of(app, file)?,
            kind: file.kind,
            bytes: file.bytes,
            sha256: file.sha256.clone().unwrap_or_default(),
            at: file.at,
            gone: file.stage == Stage::Removed,
        })
    })
    .collect()
}
