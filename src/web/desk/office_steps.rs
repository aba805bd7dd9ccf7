//! The handlers of the forms that the office keeps to itself: notes, links, the report in a complaint, recusals, consents
//! of a joint complaint. Read the form, call the flow, show.

use super::{
    case_office::Typed,
    case_page::{build, with_office},
};
use crate::{
    casework::flow,
    error::{Error, Result},
    intake::flow as intake,
    web::{
        ctx::{Answer, Ctx, Pairs},
        pages::{see_other, status},
    },
};
use axum::{extract::Path, http::StatusCode};

/// After a form: the case again, or its page with what was typed and why it was not carried out.
async fn after(
    ctx: &Ctx,
    number: &str,
    form: &'static str,
    pairs: &Pairs,
    result: Result<()>,
) -> Answer {
    let (code, errors, conflict) = match result {
        Ok(()) => {
            let to = format!("/desk/cases/{number}?done={form}");
            return Ok(see_other(&to));
        }
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors, ""),
        Err(Error::Conflict(why)) => (StatusCode::CONFLICT, Vec::new(), why),
        Err(e) => return Err(e.into()),
    };
    let actor = &ctx.signed_in()?.actor;
    let case = flow::open(&ctx.app, actor, number).await?;
    let typed = Typed::of(form, pairs, errors.clone());
    let mut page = build(ctx, actor, case, None, conflict).await?;
    with_office(ctx, &mut page, typed, errors).await?;
    status(code, &page)
}

/// The number of a case that this person sees, in its one form.
async fn known(ctx: &Ctx, number: &str) -> Result<String> {
    let actor = &ctx.signed_in()?.actor;
    Ok(flow::open(&ctx.app, actor, number).await?.number)
}

fn version(pairs: &Pairs) -> i32 {
    pairs.get("version").parse().unwrap_or(-1)
}

/// The places that were ticked.
fn places(pairs: &Pairs, name: &str) -> Vec<i32> {
    let ticked = pairs.0.iter().filter(|(k, _)| k == name);
    ticked.filter_map(|(_, v)| v.parse().ok()).collect()
}

/// Text as it was written.
fn text(pairs: &Pairs, name: &str) -> String {
    pairs.get(name).replace("\r\n", "\n")
}

/// Declares the handler of one form.
macro_rules! form {
    ($(#[$doc:meta])* $name:ident, $form:literal, |$app:ident, $actor:ident, $number:ident, $pairs:ident| $call:expr) => {
        $(#[$doc])*
        pub async fn $name(ctx: Ctx, Path(number): Path<String>, $pairs: Pairs) -> Answer {
            let number = known(&ctx, &number).await?;
            let ($app, $actor, $number) = (&ctx.app, &ctx.signed_in()?.actor, number.as_str());
            let result = $call.await;
            after(&ctx, &number, $form, &$pairs, result).await
        }
    };
}

form! {
    /// `POST /desk/cases/{number}/note`.
    note, "note", |app, actor, number, pairs| async {
        flow::note(app, actor, number, &text(&pairs, "note"), pairs.get("page")).await
    }
}
form! {
    /// `POST …/link`.
    link, "link", |app, actor, number, pairs| async {
        flow::link(app, actor, number, pairs.get("link_number"), pairs.get("link_reason"))
            .await
            .map_err(|e| named(e, "reason", "link_reason"))
    }
}
form! {
    /// `POST …/unlink`.
    unlink, "unlink", |app, actor, number, pairs| {
        flow::unlink(app, actor, number, pairs.get("unlink"), pairs.get("unlink_reason"))
    }
}
form! {
    /// `POST …/recuse`: for oneself.
    recuse, "recuse", |app, actor, number, pairs| {
        flow::recuse(app, actor, number, pairs.get("recuse_reason"))
    }
}
form! {
    /// `POST …/recusal`: a side applied by another way.
    recusal, "recusal", |app, actor, number, pairs| {
        let (side, why) = (pairs.get("recusal_side"), pairs.get("recusal_text"));
        flow::recusal_apply_for(app, actor, number, version(&pairs), side, why)
    }
}
form! {
    /// `POST …/recusal-decide`.
    recusal_decide, "recusal-decide", |app, actor, number, pairs| {
        let grant = match pairs.get("recusal_decision") {
            "grant" => Some(true),
            "dismiss" => Some(false),
            _ => None,
        };
        let (who, why) = (pairs.get("recusal_staff"), pairs.get("recusal_why"));
        flow::recusal_decide(app, actor, number, version(&pairs), grant, who, why)
    }
}
form! {
    /// `POST …/consent`.
    consent, "consent", |app, actor, number, pairs| async {
        let by = places(&pairs, "consent_by");
        let (matter, how) = (pairs.get("consent_matter"), pairs.get("consent_how"));
        flow::consent(app, actor, number, version(&pairs), matter, &by, how).await
    }
}
form! {
    /// `POST …/speakers`: other representatives.
    speakers, "speakers", |app, actor, number, pairs| async {
        let (chosen, by) = (places(&pairs, "speakers_new"), places(&pairs, "speakers_by"));
        flow::represent(app, actor, number, version(&pairs), &chosen, &by, pairs.get("speakers_how")).await
    }
}
form! {
    /// `POST …/papers`: the letter of authorisation or the election was shown.
    papers, "papers", |app, actor, number, pairs| {
        flow::papers_shown(app, actor, number, version(&pairs))
    }
}

/// A message beside another field.
fn named(e: Error, from: &str, to: &'static str) -> Error {
    match e {
        Error::Invalid(mut errors) => {
            for e in errors.iter_mut().filter(|e| e.field == from) {
                e.field = to;
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}

/// `POST …/split`: the report becomes a case of its own; its number and query code are shown to who took it out.
pub async fn split(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let number = known(&ctx, &number).await?;
    let actor = &ctx.signed_in()?.actor;
    let name = match pairs.get("split_named") {
        "named" => Some(true),
        "anonymous" => Some(false),
        _ => None,
    };
    let why = pairs.get("split_reason");
    match intake::split(&ctx.app, actor, &number, version(&pairs), name, why).await {
        Ok(report) => Ok(see_other(&format!("/desk/intake/{}", report.number))),
        Err(e) => after(&ctx, &number, "split", &pairs, Err(e)).await,
    }
}
