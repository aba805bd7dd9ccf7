//! A notice 文书 as a PDF answer, for the resident and for the desk. Who may have it is asked before.

use super::ctx::Answer;
use crate::{
    app::App,
    error::{Error, Result},
    kernel::number::CaseNumber,
    notices::NoticeKind,
    print::{self, Code, Paper},
    privacy::Purpose,
    receipts::qr::respond_url,
    store::{
        case::{Case, NoticeRow},
        notices as rows,
    },
};
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Papers made at once: each takes a core for some milliseconds.
static PAPERS: Semaphore = Semaphore::const_new(2);

/// A notice of a case, opened.
pub(super) struct Opened {
    pub(super) row: NoticeRow,
    pub(super) title: &'static str,
    pub(super) text: String,
}

/// The notice with this id, if it belongs to the case.
pub(super) async fn open(app: &App, case: &Case, id: &str) -> Result<Opened> {
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let row = {
        let mut conn = app.store.conn().await?;
        rows::notice_of_case(&mut conn, case.id, id).await?
    }
    .ok_or(Error::NotFound)?;
    unseal(app, row)
}

/// A sealed notice, for who may read it.
pub(super) fn unseal(app: &App, row: NoticeRow) -> Result<Opened> {
    let text = app
        .sealer
        .open_text(Purpose::Notice, row.id, &row.body)
        .map_err(Error::internal)?
        .to_string();
    Ok(Opened {
        title: NoticeKind::from_form(row.form).map_or("文书", NoticeKind::label),
        row,
        text,
    })
}

/// The notice as a file to keep.
pub(super) async fn pdf(case: &Case, notice: Opened) -> Answer {
    let name = format!("{}-{}.pdf", case.number, notice.row.form);
    paper(case.number.clone(), notice.text, notice.row.at, &name, None).await
}

/// Where a trader's QR code leads, with what stands beside it: the number, never the answer code.
pub(super) fn to_respond(app: &App, number: CaseNumber) -> (String, &'static str) {
    (
        respond_url(&app.config.public_url, number),
        "扫一扫打开答复的网页，再填答复码",
    )
}

/// An official text as a file to keep; `code`: what a QR code under it opens, with the words beside it.
pub(super) async fn paper(
    number: String,
    text: String,
    at: OffsetDateTime,
    name: &str,
    code: Option<(String, &'static str)>,
) -> Answer {
    let _place = PAPERS.acquire().await.map_err(Error::internal)?;
    let printed = tokio::task::spawn_blocking(move || {
        print::pdf(&Paper {
            text: &text,
            number: &number,
            at,
            code: code.as_ref().map(|(url, words)| Code { url, words }),
        })
    })
    .await
    .map_err(Error::internal)??;
    if printed.missing > 0 {
        tracing::warn!(
            name,
            missing = printed.missing,
            "characters that the font of the paper lacks"
        );
    }
    let mut response = printed.pdf.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
            .map_err(Error::internal)?,
    );
    Ok(response)
}
