//! A notice of a case as PDF, for the file. Who does not see the case does not see its notices.

use crate::{
    casework::flow,
    error::Error,
    web::{
        ctx::{Answer, Ctx},
        notice,
    },
};
use axum::extract::Path;

/// `GET /desk/cases/{number}/notice/{id}.pdf`.
pub async fn pdf(ctx: Ctx, Path((number, name)): Path<(String, String)>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = name.strip_suffix(".pdf").ok_or(Error::NotFound)?;
    let case = flow::open(&ctx.app, actor, &number).await?;
    let notice = notice::open(&ctx.app, &case, id).await?;
    flow::paper_opened(&ctx.app, actor, &case, notice.row.form).await?;
    notice::pdf(&case, notice).await
}
