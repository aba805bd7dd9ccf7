//! A complainant applies for the recusal of a mediator 申请回避 (C-26) from the page of the tracked case.

use super::{case_page, current};
use crate::{
    casework::{State, flow},
    error::Error,
    kernel::words::CaseKind,
    store::case::Case,
    web::{
        ctx::{Answer, Ctx, Pairs},
        pages::{see_other, status},
    },
};
use axum::http::StatusCode;

/// Whether the page offers it: from the acceptance on, while the mediation has not ended.
pub(super) const fn offered(case: &Case) -> bool {
    matches!(case.kind, CaseKind::Complaint)
        && matches!(
            case.state,
            State::Accepted | State::Mediating | State::Suspended
        )
}

/// `POST /track/recusal`.
pub async fn apply(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let text = pairs.get("recusal").replace("\r\n", "\n");
    match flow::recusal_apply(&ctx.app, number, &code, &text).await {
        Ok(()) => Ok(see_other("/track/case?written=1#messages")),
        Err(Error::Invalid(errors)) => {
            let mut page = case_page(&ctx, &case, String::new(), errors).await?;
            page.recusal = text;
            status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(e) => Err(e.into()),
    }
}
