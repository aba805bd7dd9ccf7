//! The reward officer's look at the insider's mark: one report that is decided, with a reason; nothing else of it.

use super::{message, titled};
use crate::{
    casework::flow,
    error::{Error, FieldError},
    web::{
        ctx::{Answer, Ctx, Pairs},
        layout::Layout,
        pages::{page, status},
    },
};
use askama::Template;
use axum::http::StatusCode;

#[derive(Template)]
#[template(path = "desk/insider.html")]
struct InsiderPage {
    l: Layout,
    errors: Vec<FieldError>,
    number: String,
    number_error: String,
    reason: String,
    reason_error: String,
    answer: &'static str,
}

fn build(ctx: &Ctx, number: &str, reason: &str, errors: Vec<FieldError>) -> InsiderPage {
    InsiderPage {
        l: ctx.layout(titled("内部举报核对", &errors), "insider"),
        number: number.to_owned(),
        number_error: message(&errors, "number"),
        reason: reason.to_owned(),
        reason_error: message(&errors, "reason"),
        answer: "",
        errors,
    }
}

/// `GET /desk/insider`.
pub async fn form(ctx: Ctx) -> Answer {
    page(&build(&ctx, "", "", Vec::new()))
}

/// `POST /desk/insider`.
pub async fn look(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let (number, reason) = (pairs.get("number").trim(), pairs.get("reason").trim());
    match flow::insider(&ctx.app, actor, number, reason).await {
        Ok(insider) => page(&InsiderPage {
            answer: if insider {
                "举报人说自己是被举报方的内部人员。"
            } else {
                "举报人没有说自己是内部人员。"
            },
            ..build(&ctx, number, "", Vec::new())
        }),
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &build(&ctx, number, reason, errors),
        ),
        Err(e) => Err(e.into()),
    }
}
