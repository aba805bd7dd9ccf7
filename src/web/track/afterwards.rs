//! After the end, on the tracked case: three plain questions, and asking once that the case be taken up again 重新办理.
//! Works without an account; a reporter gets the same form, and nothing on it asks who that is.

use super::{current, view::case_page};
use crate::{
    casework::{
        afterwards::{Rating, Responded, Satisfied, Solved},
        flow,
    },
    error::{Error, FieldError},
    kernel::words::CaseKind,
    store::case::Case,
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::Choice,
        pages::{see_other, status},
    },
};
use axum::http::StatusCode;

/// The box of the page.
pub(super) struct After {
    /// What was answered, in one line; empty when nothing was.
    pub(super) rated: String,
    pub(super) may_rate: bool,
    pub(super) responded: Vec<Choice>,
    pub(super) solved: Vec<Choice>,
    pub(super) satisfied: Vec<Choice>,
    pub(super) responded_error: String,
    pub(super) solved_error: String,
    pub(super) satisfied_error: String,
    /// Until when it may be asked for, empty when it cannot be.
    pub(super) until: String,
    /// By when a request that waits is answered, empty for none.
    pub(super) reply: String,
    pub(super) report: bool,
    pub(super) reason: String,
    pub(super) reason_error: String,
    pub(super) reason_max: usize,
}

/// The box of a case that ended with an answer; `None` for every other one.
pub(super) async fn after_box(
    ctx: &Ctx,
    case: &Case,
    errors: &[FieldError],
) -> Result<Option<After>, Error> {
    let view = flow::after_view(&ctx.app, case).await?;
    let rated = view.rating.map(|r| r.words()).unwrap_or_default();
    if rated.is_empty() && !view.may_rate {
        return Ok(None);
    }
    let of = |field: &str| {
        let found = errors.iter().find(|e| e.field == field);
        found.map(|e| e.message.clone()).unwrap_or_default()
    };
    let choices = |all: Vec<(&'static str, &'static str)>| {
        let choice = |(code, label): (&str, &str)| Choice {
            code: code.to_owned(),
            label: label.to_owned(),
            note: "",
            on: false,
        };
        all.into_iter().map(choice).collect()
    };
    Ok(Some(After {
        rated,
        may_rate: view.may_rate,
        responded: choices(
            Responded::ALL
                .iter()
                .map(|a| (a.code(), a.label()))
                .collect(),
        ),
        solved: choices(Solved::ALL.iter().map(|a| (a.code(), a.label())).collect()),
        satisfied: choices(
            Satisfied::ALL
                .iter()
                .map(|a| (a.code(), a.label()))
                .collect(),
        ),
        responded_error: of("responded"),
        solved_error: of("solved"),
        satisfied_error: of("satisfied"),
        until: view.until.unwrap_or_default(),
        reply: view.reply.unwrap_or_default(),
        report: case.kind == CaseKind::Report,
        reason: String::new(),
        reason_error: of("reopen"),
        reason_max: flow::REOPEN_MAX,
    }))
}

fn keep(choices: &mut [Choice], code: &str) {
    for choice in choices {
        choice.on = choice.code == code;
    }
}

/// The page again with what was typed and why it was not taken.
async fn again(
    ctx: &Ctx,
    case: &Case,
    pairs: &Pairs,
    (code, errors): (StatusCode, Vec<FieldError>),
) -> Answer {
    let mut page = case_page(ctx, case, String::new(), errors).await?;
    if let Some(after) = &mut page.after {
        keep(&mut after.responded, pairs.get("responded"));
        keep(&mut after.solved, pairs.get("solved"));
        keep(&mut after.satisfied, pairs.get("satisfied"));
        pairs.get("reopen").clone_into(&mut after.reason);
    }
    status(code, &page)
}

/// `POST /track/rate`.
pub async fn rate(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let read = Rating::read(
        pairs.get("responded"),
        pairs.get("solved"),
        pairs.get("satisfied"),
    );
    let rating = match read {
        Ok(rating) => rating,
        Err((field, why)) => {
            let errors = vec![FieldError::new(field, "required", why)];
            let wrong = (StatusCode::UNPROCESSABLE_ENTITY, errors);
            return again(&ctx, &case, &pairs, wrong).await;
        }
    };
    match flow::rate(&ctx.app, number, &code, rating).await {
        Ok(()) => Ok(see_other("/track/case?rated=1#after")),
        Err(Error::Conflict(why)) => {
            let errors = vec![FieldError::new("after", "conflict", why)];
            again(&ctx, &case, &pairs, (StatusCode::CONFLICT, errors)).await
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /track/reopen`.
pub async fn reopen(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let reason = pairs.get("reopen").replace("\r\n", "\n");
    match flow::ask_reopening(&ctx.app, number, &code, &reason).await {
        Ok(()) => Ok(see_other("/track/case?reopen=1#after")),
        Err(Error::Invalid(errors)) => {
            let wrong = (StatusCode::UNPROCESSABLE_ENTITY, errors);
            again(&ctx, &case, &pairs, wrong).await
        }
        Err(Error::Conflict(why)) => {
            let errors = vec![FieldError::new("after", "conflict", why)];
            again(&ctx, &case, &pairs, (StatusCode::CONFLICT, errors)).await
        }
        Err(e) => Err(e.into()),
    }
}
