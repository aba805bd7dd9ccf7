//! A notice of the tracked case: as a page to print, and as PDF. Another case's notice does not exist.

use super::current;
use crate::{
    error::Error,
    notices::NoticeKind,
    web::{
        ctx::{Answer, Ctx},
        layout::Layout,
        notice::{open, pdf},
        pages::page,
    },
};
use askama::Template;
use axum::extract::Path;

#[derive(Template)]
#[template(path = "notice/print.html")]
struct PrintPage {
    l: Layout,
    title: String,
    text: String,
    pdf_href: String,
    back: String,
}

/// `GET /track/notice/{id}` and `GET /track/notice/{id}.pdf`.
pub async fn show(ctx: Ctx, Path(name): Path<String>) -> Answer {
    let case = match current(&ctx).await? {
        Ok((_, _, case)) => case,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (id, as_pdf) = name
        .strip_suffix(".pdf")
        .map_or((&*name, false), |id| (id, true));
    let notice = open(&ctx.app, &case, id).await?;
    if NoticeKind::from_form(notice.row.form).is_some_and(NoticeKind::is_internal) {
        return Err(Error::NotFound.into());
    }
    if as_pdf {
        return pdf(&case, notice).await;
    }
    let whole = notice.text.as_str();
    let (title, text) = whole.split_once('\n').unwrap_or((notice.title, whole));
    page(&PrintPage {
        l: ctx.layout(format!("{} {}", notice.title, case.number), "track"),
        title: title.to_owned(),
        text: text.trim_start().to_owned(),
        pdf_href: format!("/track/notice/{}.pdf", notice.row.id.simple()),
        back: format!("/track/case#notice-{}", notice.row.id.simple()),
    })
}
