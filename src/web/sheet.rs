//! Tables as downloads: rows come in pages from a producer that holds no connection while the reader is slow; CSV goes
//! out as it comes, a workbook goes out when its file is whole. Neither ever lies in memory as a whole.

use super::ctx::Answer;
use crate::{
    error::{Error, Result},
    sheet::{self, Cell, Row, xlsx},
};
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use tokio::{io::AsyncWriteExt, sync::mpsc};
use tokio_util::io::ReaderStream;

/// Pages of rows on their way.
pub type Rows = mpsc::Receiver<Result<Vec<Row>>>;

/// Rows of a table that is in memory already.
#[must_use]
pub fn ready(rows: Vec<Row>) -> Rows {
    let (to, from) = mpsc::channel(1);
    let _ = to.try_send(Ok(rows));
    from
}

/// The last row of a list: a file that was cut off lacks it.
#[must_use]
pub fn end(written: usize, whole: bool) -> Row {
    vec![Cell::Text(if whole {
        format!("完，共 {written} 条")
    } else {
        format!("只导出前 {written} 条，其余请缩小范围再导出")
    })]
}

fn headers(response: &mut Response, kind: &'static str, name: &str) -> Result<()> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(Error::internal)?,
    );
    Ok(())
}

/// A CSV file `name` (ASCII).
///
/// # Errors
/// Our own fault only; a producer that fails ends the file early.
pub async fn csv(name: &str, heading: Vec<String>, mut rows: Rows) -> Answer {
    let (mut here, there) = tokio::io::duplex(64 * 1024);
    let heading: Row = heading.into_iter().map(Cell::Text).collect();
    let mut head = sheet::BOM.as_bytes().to_vec();
    head.extend(sheet::csv([&heading])?);
    tokio::spawn(async move {
        let pour = async {
            here.write_all(&head).await.map_err(Error::internal)?;
            while let Some(page) = rows.recv().await {
                let bytes = sheet::csv(&page?)?;
                here.write_all(&bytes).await.map_err(Error::internal)?;
            }
            here.shutdown().await.map_err(Error::internal)
        };
        let done: Result<()> = pour.await;
        if let Err(e) = done {
            tracing::warn!(error = %e, "an export ended early");
        }
    });
    let mut response = Response::new(Body::from_stream(ReaderStream::new(there)));
    headers(&mut response, "text/csv; charset=utf-8", name)?;
    Ok(response)
}

/// An XLSX file `name` (ASCII) with one sheet.
///
/// # Errors
/// What the producer fails with; no room for the file.
pub async fn xlsx(name: &str, title: &'static str, heading: Vec<String>, mut rows: Rows) -> Answer {
    let made = tokio::task::spawn_blocking(move || {
        let mut failed = None;
        let pages = std::iter::from_fn(|| match rows.blocking_recv()? {
            Ok(page) => Some(page),
            Err(e) => {
                failed = Some(e);
                None
            }
        });
        let file = xlsx::write(title, &heading, pages)?;
        failed.map_or(Ok(file), Err)
    });
    let file = made.await.map_err(Error::internal)??;
    let file = tokio::fs::File::from_std(file);
    let mut response = Response::new(Body::from_stream(ReaderStream::new(file)));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    headers(&mut response, kind, name)?;
    Ok(response)
}
