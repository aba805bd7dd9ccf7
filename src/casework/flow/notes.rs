//! Notes 内部备注: what the office writes to itself on a case. Sealed, with author and time; nobody changes one, and no
//! resident ever reads one.

use super::{audit_line, free, open};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    kernel::access::Actor,
    privacy::Purpose,
    store::{
        case::Case,
        notes::{self as rows, NoteRow},
        security,
    },
    tx,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Longest note, in characters.
pub const NOTE_MAX: usize = 1000;

/// A note, opened.
pub struct Note {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub text: String,
}

/// Adds a note. `page` names the form it was typed on: sent again, it makes no second one.
///
/// # Errors
/// Not visible, kept from the case; [`Error::Invalid`] for an empty or too long text.
pub async fn note(app: &App, actor: &Actor, number: &str, text: &str, page: &str) -> Result<()> {
    let text = text.trim();
    match text.chars().count() {
        0 => return Err(Error::field("note", "required", "请先写下要记的话")),
        n if n > NOTE_MAX => {
            let message = format!("最多 {NOTE_MAX} 个字，现在有 {n} 个字");
            return Err(Error::field("note", "too_long", message));
        }
        _ => {}
    }
    let case = open(app, actor, number).await?;
    let id = app.ids.next();
    let row = NoteRow {
        id,
        at: app.now(),
        author: String::new(),
        body: app
            .sealer
            .seal(Purpose::Note, id, text.as_bytes(), app.dice.bytes()),
    };
    let page = Uuid::try_parse(page).map_or_else(|_| app.dice.bytes(), Uuid::into_bytes);
    tx!(app.store, conn => {
        free(conn, actor, &case).await?;
        if rows::note_insert(conn, case.id, &row, actor.staff.0, page).await? {
            let line = audit_line(app, actor, &case, Deed::NoteAdd, None);
            security::audit_insert(conn, &line).await?;
        }
        Ok(())
    })
}

/// The notes of a case for somebody who may read it.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn notes(app: &App, case: &Case) -> Result<Vec<Note>> {
    let mut conn = app.store.conn().await?;
    let rows = rows::notes(&mut conn, case.id).await?;
    rows.into_iter()
        .map(|n| {
            let text = app
                .sealer
                .open_text(Purpose::Note, n.id, &n.body)
                .map_err(Error::internal)?;
            Ok(Note {
                at: n.at,
                author: n.author,
                text: text.to_string(),
            })
        })
        .collect()
}
