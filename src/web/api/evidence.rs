//! Hand in proof for a case that was filed: the raw bytes of one file, its name in a header, and the query code as for
//! the progress. The same bytes again are the same file.

use super::{
    cases::{id_of, json_answer},
    problem::document,
    progress,
};
use crate::{
    app::App,
    error::Error,
    evidence::{
        FileKind, HolderKind, Uploader,
        flow::{self, Sender},
    },
    intake::json::Mistake,
    receipts::hex,
    web::ctx::Answer,
};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderName, StatusCode},
};
use serde::Serialize;

/// Carries the name of the file, percent-encoded UTF-8.
const FILE_NAME: HeaderName = HeaderName::from_static("x-file-name");

#[derive(Serialize)]
struct Handed {
    id: String,
    name: String,
    kind: FileKind,
    bytes: u64,
    sha256: String,
}

/// The name a header gives, `%E5%B0%8F` and all.
fn name(headers: &HeaderMap) -> String {
    let text = headers.get(FILE_NAME).map_or(&b""[..], |v| v.as_bytes());
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|p| std::str::from_utf8(p).ok());
        let byte = pair.and_then(|p| u8::from_str_radix(p, 16).ok());
        rest = match (first, byte) {
            (b'%', Some(byte)) => {
                out.push(byte);
                &after[2..]
            }
            _ => {
                out.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `POST /api/v1/cases/{number}/evidence`: 201 when the file is kept, synced and proof of the case.
pub async fn add(
    State(app): State<App>,
    number: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let (parts, body) = request.into_parts();
    let case = match progress::open(&app, number, &parts.headers).await {
        Ok(case) => case,
        Err(Error::NotFound) => return Ok(progress::unknown(&parts.extensions)),
        Err(e) => return Err(e.into()),
    };
    let sender = Sender {
        kind: HolderKind::Case,
        holder: case.id.0,
        uploader: Uploader::Resident,
        staff: None,
    };
    match flow::whole(
        &app,
        &sender,
        &name(&parts.headers),
        body.into_data_stream(),
    )
    .await?
    {
        Ok(taken) => Ok(json_answer(
            StatusCode::CREATED,
            &Handed {
                id: taken.id.to_string(),
                name: taken.name,
                kind: taken.kind,
                bytes: taken.bytes,
                sha256: hex(&taken.sha256),
            },
        )?),
        Err(why) => {
            let mistake = Mistake::new("file", why.code(), why.label());
            let detail = "这个文件没有收。请按 errors 改正后再发。";
            Ok(document(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                detail,
                &[mistake],
                &id_of(&parts.extensions),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_meant() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(FILE_NAME, text.parse().unwrap());
            name(&headers)
        };
        assert_eq!(read("%E5%B0%8F%E7%A5%A8.jpg"), "小票.jpg");
        assert_eq!(read("100%.jpg"), "100%.jpg");
        assert_eq!(read("a%zz%4"), "a%zz%4");
        assert_eq!(name(&HeaderMap::new()), "");
    }
}
