//! Steps that only keep their facts, and the facts that are sealed.

use super::{Step, unchanged};
use crate::{
    app::App,
    casework::{EventKind, Verb},
    error::{Error, Result},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    tx,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use uuid::Uuid;

/// What officers write of a step that is not for everybody, sealed among the facts of its event.
pub(super) fn sealed_words(app: &App, words: &impl serde::Serialize) -> Result<serde_json::Value> {
    let id = app.ids.next();
    let plain = serde_json::to_vec(words).map_err(Error::internal)?;
    let sealed = app
        .sealer
        .seal(Purpose::Notice, id, &plain, app.dice.bytes());
    Ok(json!({ "draft": id, "sealed": STANDARD.encode(sealed) }))
}

/// Opens what [`sealed_words`] sealed.
pub(super) fn opened_words<T: serde::de::DeserializeOwned>(
    app: &App,
    data: &serde_json::Value,
) -> Result<T> {
    let text = |name: &str| data.get(name).and_then(|v| v.as_str()).unwrap_or("");
    let id = Uuid::parse_str(text("draft")).map_err(Error::internal)?;
    let sealed = STANDARD.decode(text("sealed")).map_err(Error::internal)?;
    let plain = app
        .sealer
        .open(Purpose::Notice, id, &sealed)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// A step that keeps its facts and changes nothing but what its row says.
pub(super) struct Plain {
    /// The step.
    pub verb: Verb,
    /// What its person must be allowed.
    pub act: Act,
    /// What it leaves in the history.
    pub event: EventKind,
    /// Its facts.
    pub data: serde_json::Value,
}

/// Takes such a step.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now.
pub(super) async fn plain(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    p: Plain,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, p.verb, p.act).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(p.event, p.data.clone())).await
    })
}
