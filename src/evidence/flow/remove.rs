//! Letting go: a file taken back before it was handed in, all files of a draft that is thrown away. First the row says so,
//! then the bytes go; a stop between the two is mended by the sweep.

use super::receive::Sender;
use crate::{
    app::App,
    error::{Error, Result},
    evidence::{Part, Stage},
    store::evidence::{self as rows, File},
};
use uuid::Uuid;

/// Every form that a file may have in the storage.
pub(super) fn parts(file: &File) -> Vec<Part> {
    let mut parts = vec![Part::Original, Part::Clean, Part::Thumb];
    parts.extend((1..=file.pages).map(Part::Page));
    parts
}

/// Takes the bytes of a file out of the storage.
pub(super) async fn bytes_go(app: &App, file: &File) -> Result<()> {
    let away = |e: std::io::Error| Error::Unavailable(format!("evidence storage: {e}"));
    app.blobs.forget(file.id).await.map_err(away)?;
    for part in parts(file) {
        app.blobs
            .remove(file.id, &part.code())
            .await
            .map_err(away)?;
    }
    Ok(())
}

/// Takes a file away that was never proof of anything: no trace of it stays.
pub(super) async fn drop_row(app: &App, file: &File) -> Result<()> {
    {
        let mut conn = app.store.conn().await?;
        if !rows::file_move(&mut conn, file.id, file.stage, Stage::Removed).await? {
            return Ok(());
        }
    }
    bytes_go(app, file).await?;
    let mut conn = app.store.conn().await?;
    rows::file_delete(&mut conn, file.id).await
}

/// A sender takes a file back that was not handed in yet; one that is gone is no error.
///
/// # Errors
/// [`Error::Conflict`] for a file that is proof of a case; the database or the storage is away.
pub async fn remove(app: &App, sender: &Sender, id: Uuid) -> Result<()> {
    let file = {
        let mut conn = app.store.conn().await?;
        rows::file(&mut conn, id).await?
    };
    let Some(file) = file.filter(|f| f.holder == sender.holder && f.holder_kind == sender.kind)
    else {
        return Ok(());
    };
    if file.stage == Stage::Kept {
        return Err(Error::Conflict("已经交上来的凭证不能撤回"));
    }
    drop_row(app, &file).await
}

/// Takes away every file of a draft that is thrown away.
///
/// # Errors
/// The database or the storage is away; the sweep does the rest.
pub async fn discard(app: &App, holder: Uuid) -> Result<()> {
    let files = {
        let mut conn = app.store.conn().await?;
        rows::held(&mut conn, holder).await?
    };
    for file in files.iter().filter(|f| f.stage != Stage::Kept) {
        drop_row(app, file).await?;
    }
    Ok(())
}
