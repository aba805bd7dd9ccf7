//! Use cases of a draft: begin, open, keep, move to another device, throw away.

use crate::{
    app::App,
    error::{Error, Result},
    evidence::flow as evidence,
    intake::{
        Answers,
        draft::{Draft, DraftKey, resume_code, resume_plain},
    },
    privacy::{IndexColumn, Purpose, keys},
    store::draft as drafts,
};
use uuid::Uuid;

/// A draft with its key.
pub struct OpenDraft {
    /// The key (the cookie).
    pub key: DraftKey,
    /// What it holds.
    pub draft: Draft,
    /// Grows with each writing.
    pub version: i64,
}

fn resume_index(app: &App, plain: &str) -> [u8; 16] {
    app.sealer.ring().index(IndexColumn::Resume, plain)
}

fn seal_draft(app: &App, id: Uuid, draft: &Draft) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(draft).map_err(Error::internal)?;
    Ok(app.sealer.seal(Purpose::Draft, id, &body, app.dice.bytes()))
}

fn open_draft(app: &App, id: Uuid, body: &[u8]) -> Result<Draft> {
    let plain = app
        .sealer
        .open(Purpose::Draft, id, body)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// Starts a draft.
///
/// # Errors
/// The database is away.
pub async fn draft_start(app: &App, answers: Answers) -> Result<OpenDraft> {
    let key = DraftKey {
        id: app.ids.next(),
        secret: app.dice.bytes(),
    };
    let draft = Draft {
        answers,
        resume: resume_code(app.dice),
        ..Draft::default()
    };
    let index = resume_index(app, &resume_plain(&draft.resume).unwrap_or_default());
    let body = seal_draft(app, key.id, &draft)?;
    let mut conn = app.store.conn().await?;
    drafts::draft_insert(
        &mut conn,
        key.id,
        &keys::token_hash(&key.secret),
        &index,
        &body,
        app.now(),
    )
    .await?;
    Ok(OpenDraft {
        key,
        draft,
        version: 0,
    })
}

/// The draft of a cookie.
///
/// # Errors
/// [`Error::NotFound`] when it is gone or the key is not its key.
pub async fn draft_open(app: &App, key: DraftKey) -> Result<OpenDraft> {
    let mut conn = app.store.conn().await?;
    let row = drafts::draft(&mut conn, key.id)
        .await?
        .ok_or(Error::NotFound)?;
    if !keys::same(&row.secret_hash, &keys::token_hash(&key.secret)) {
        return Err(Error::NotFound);
    }
    Ok(OpenDraft {
        draft: open_draft(app, row.id, &row.body)?,
        version: row.version,
        key,
    })
}

/// Whether a change of a draft is to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Write it.
    Yes,
    /// Leave the draft as it was.
    No,
}

/// Most writers that one writing lets pass before it.
const TRIES: u32 = 20;

/// Changes a draft as it stands now: the change is made again on what somebody wrote in between.
///
/// # Errors
/// [`Error::NotFound`] when it is gone or the key is not its key; the database is away.
pub async fn draft_change<T>(
    app: &App,
    key: &DraftKey,
    change: impl Fn(&mut OpenDraft) -> (Keep, T),
) -> Result<(OpenDraft, T)> {
    for _ in 0..TRIES {
        let mut open = draft_open(app, key.clone()).await?;
        let (keep, out) = change(&mut open);
        if keep == Keep::No {
            return Ok((open, out));
        }
        let body = seal_draft(app, open.key.id, &open.draft)?;
        let mut conn = app.store.conn().await?;
        if drafts::draft_save(&mut conn, open.key.id, open.version, &body, app.now()).await? {
            open.version += 1;
            return Ok((open, out));
        }
    }
    Err(Error::Unavailable("a draft with too many writers".into()))
}

/// Takes a draft over to this device by its resume code; the other device's cookie stops working.
///
/// # Errors
/// [`Error::NotFound`] for an unknown code.
pub async fn draft_resume(app: &App, code: &str) -> Result<OpenDraft> {
    let plain = resume_plain(code).ok_or(Error::NotFound)?;
    let index = resume_index(app, &plain);
    let mut conn = app.store.conn().await?;
    let row = drafts::draft_by_resume(&mut conn, &index)
        .await?
        .ok_or(Error::NotFound)?;
    let key = DraftKey {
        id: row.id,
        secret: app.dice.bytes(),
    };
    drafts::draft_move(&mut conn, row.id, &keys::token_hash(&key.secret), app.now()).await?;
    drop(conn);
    // read again: a writing of the other device may have come in between
    draft_open(app, key).await
}

/// Throws a draft away.
///
/// # Errors
/// The database is away.
pub async fn draft_discard(app: &App, key: &DraftKey) -> Result<()> {
    loop {
        let open = draft_open(app, key.clone()).await?;
        let mut conn = app.store.conn().await?;
        if drafts::draft_take(&mut conn, open.key.id, open.version).await? {
            drop(conn);
            return evidence::discard(app, open.key.id).await;
        }
    }
}
