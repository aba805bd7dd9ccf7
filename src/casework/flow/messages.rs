//! Messages 留言 between the office and a resident: how long, how sealed, and the office's reply.

use super::{Step, unchanged};
use crate::{
    app::App,
    casework::{EventKind, Verb},
    error::{Error, FieldError, Result},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    store::{
        case::{self as rows, MessageRow},
        traders,
    },
    tx,
};
use serde_json::json;
use time::OffsetDateTime;

/// Longest message, in characters.
pub const MESSAGE_MAX: usize = 2000;

/// Writes to the resident; what waited is answered.
///
/// # Errors
/// As [`super::accept`]; [`Error::Invalid`] for an empty or too long text.
pub async fn reply(app: &App, actor: &Actor, number: &str, version: i32, text: &str) -> Result<()> {
    let text = message_of(text)?;
    let step = Step::of(app, actor);
    let row = message_row(app, "office", text, step.now);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Reply, Act::Handle).await?;
        rows::message_insert(conn, case.id, &row, Some(actor.staff.0)).await?;
        let mut change = unchanged(&case)?;
        change.unread = 0;
        traders::news_seen(conn, case.id).await?;
        step.finish(conn, &case, &change, step.event(EventKind::Answered, json!({}))).await
    })
}

pub(crate) fn message_of(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::field("text", "required", "请先写下要说的话")),
        n if n > MESSAGE_MAX => Err(Error::Invalid(vec![FieldError::too_long(
            "text",
            MESSAGE_MAX,
            n,
        )])),
        _ => Ok(text),
    }
}

pub(crate) fn message_row(app: &App, author: &str, text: &str, now: OffsetDateTime) -> MessageRow {
    let id = app.ids.next();
    MessageRow {
        id,
        at: now,
        author: author.to_owned(),
        body: app
            .sealer
            .seal(Purpose::Message, id, text.as_bytes(), app.dice.bytes()),
    }
}
