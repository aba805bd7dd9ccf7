//! Steps that only keep their facts, the facts that are sealed, and what the forms of several steps have in common.

use super::{Step, reason_of, unchanged};
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
        let (case, state) = step.begin(conn, number, version, p.verb, Act::Handle).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(p.event, p.data.clone())).await
    })
}

/// The name of a body of 4 to 60 characters, or what is missing beside the field.
pub(super) fn named<'a>(name: &'a str, field: &'static str, why: &'static str) -> Result<&'a str> {
    let name = name.trim();
    if (4..=60).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(Error::field(field, "required", why))
    }
}

/// What a second person says to a request: which step that is, and the reason of who does not agree (`Some`), for which
/// `ask` asks when it is missing.
pub(super) fn verdict<'a>(
    no: Option<&'a str>,
    ask: &'static str,
    agreed: Verb,
    denied: Verb,
) -> Result<(Verb, Option<&'a str>)> {
    let why = no.map(|why| reason_of(why, ask)).transpose()?;
    Ok((if why.is_some() { denied } else { agreed }, why))
}

/// Takes a step that leaves one word in the file: the other side's dispute is referred to the superior of both (C-06),
/// help was given, 12345 got its answer (its own term is met, the law's run on).
///
/// # Errors
/// As [`plain`]; [`Error::Invalid`] without the word.
pub async fn noted(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    verb: Verb,
    note: &str,
) -> Result<()> {
    let (event, ask) = match verb {
        Verb::DisputeRefer => (EventKind::DisputeReferred, "请写明报给哪个上级、怎样报的"),
        Verb::Assisted => (EventKind::Assisted, "请写明怎样协助的、复函的文号"),
        Verb::HotlineReply => (
            EventKind::HotlineReplied,
            "请写明怎样回复的，不要写个人信息",
        ),
        _ => return Err(Error::internal("a step with more than a word")),
    };
    let data = json!({ "reason": reason_of(note, ask)? });
    plain(app, actor, number, version, Plain { verb, event, data }).await
}
