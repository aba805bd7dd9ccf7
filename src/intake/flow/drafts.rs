//! Use cases of a draft: begin, open, keep, move to another device, throw away.

use crate::{
    app::App,
    error::{Error, Result},
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
        reached: 0,
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
    Ok(OpenDraft { key, draft })
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
        key,
    })
}

/// Keeps what was typed.
///
/// # Errors
/// The database is away.
pub async fn draft_save(app: &App, open: &OpenDraft) -> Result<()> {
    let body = seal_draft(app, open.key.id, &open.draft)?;
    let mut conn = app.store.conn().await?;
    if drafts::draft_save(&mut conn, open.key.id, &body, app.now()).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
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
    Ok(OpenDraft {
        draft: open_draft(app, row.id, &row.body)?,
        key,
    })
}

/// Throws a draft away.
///
/// # Errors
/// The database is away.
pub async fn draft_discard(app: &App, key: &DraftKey) -> Result<()> {
    let open = draft_open(app, key.clone()).await?;
    let mut conn = app.store.conn().await?;
    drafts::draft_take(&mut conn, open.key.id).await.map(|_| ())
}
