//! 催办 on the tracked case: what was promised is late, so the resident may ask to hurry, once a day.

use super::{current, view::case_page};
use crate::{
    casework::flow,
    error::{Error, FieldError},
    notices::chinese_date,
    store::case::Case,
    web::{
        ctx::{Answer, Ctx},
        pages::{see_other, status},
    },
};
use axum::http::StatusCode;

/// The box of the page.
pub(super) struct Urge {
    /// The button is there.
    pub(super) can: bool,
    /// What came of asking before, empty for nothing.
    pub(super) note: String,
}

/// The box of a case that is late (`late`) or was asked to be hurried before; `None` when there is nothing to say.
pub(super) async fn urge_box(ctx: &Ctx, case: &Case, late: bool) -> Result<Option<Urge>, Error> {
    let (count, last) = flow::urges(&ctx.app, case).await?;
    let note = match last {
        Some(day) => format!(
            "您催过 {count} 次，最近一次是 {}。承办人和科长都能看到。",
            chinese_date(day)
        ),
        None => String::new(),
    };
    let can = late && last != Some(ctx.app.today());
    let shown = can || (late && count > 0);
    Ok(shown.then_some(Urge { can, note }))
}

/// `POST /track/urge`.
pub async fn urge(ctx: Ctx) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    match flow::urge(&ctx.app, number, &code).await {
        Ok(()) => Ok(see_other("/track/case?urged=1")),
        Err(Error::Conflict(why)) => {
            let errors = vec![FieldError::new("urge", "conflict", why)];
            let template = case_page(&ctx, &case, String::new(), errors).await?;
            status(StatusCode::CONFLICT, &template)
        }
        Err(e) => Err(e.into()),
    }
}
