//! What scripts use to send a file in pieces: begin, append from where it stopped, ask how far it came, take it back. The
//! answers are small JSON objects with the words that the person reads.

use super::{Place, size, words};
use crate::{
    app::App,
    error::Error,
    evidence::{
        HolderKind, Refusal,
        flow::{self, Sender, Step, places},
    },
    receipts::hex,
    web::ctx::{Answer, Ctx, Pairs},
};
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, axum::Json(body)).into_response()
}

fn refused(app: &App, kind: HolderKind, why: Refusal) -> Response {
    let message = words(why, &app.config.evidence, places(app, kind));
    let body = json!({ "code": why.code(), "message": message });
    answer(StatusCode::UNPROCESSABLE_ENTITY, &body)
}

fn stepped(step: &Step) -> Response {
    let body = match step {
        Step::Offset(offset) => json!({ "offset": offset }),
        Step::Whole(file) => json!({
            "whole": true,
            "id": file.id.simple().to_string(),
            "name": file.name,
            "kind": file.kind.label(),
            "size": size(file.bytes),
            "offset": file.bytes,
            "sha256": hex(&file.sha256),
        }),
    };
    answer(StatusCode::OK, &body)
}

/// What a person may do about, as JSON; all else as everywhere.
fn told(e: Error) -> Answer {
    let (status, code, message) = match e {
        Error::NotFound => (
            StatusCode::NOT_FOUND,
            "gone",
            "这个文件不在这里了，请重新选择",
        ),
        Error::Conflict(why) => (StatusCode::CONFLICT, "busy", why),
        other => return Err(other.into()),
    };
    Ok(answer(status, &json!({ "code": code, "message": message })))
}

fn file_id(id: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(id).map_err(|_| Error::NotFound)
}

/// `POST …/upload`: `name` and `size` of a file that will come in pieces.
pub async fn begin<P: Place>(ctx: Ctx, pairs: Pairs) -> Answer {
    let sender = match P::sender(&ctx).await {
        Ok(sender) => sender,
        Err(e) => return told(e),
    };
    begun(&ctx.app, &sender, &pairs).await
}

async fn begun(app: &App, sender: &Sender, pairs: &Pairs) -> Answer {
    let bytes = pairs.get("size").parse().unwrap_or(0);
    match flow::begin(app, sender, pairs.get("name"), bytes).await {
        Ok(Ok(file)) => {
            let body = json!({ "id": file.id.simple().to_string(), "offset": file.offset });
            Ok(answer(StatusCode::OK, &body))
        }
        Ok(Err(why)) => Ok(refused(app, sender.kind, why)),
        Err(e) => told(e),
    }
}

/// `GET …/upload/{id}`: how far it came.
pub async fn status<P: Place>(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let step = async {
        let sender = P::sender(&ctx).await?;
        flow::progress(&ctx.app, &sender, file_id(&id)?).await
    };
    match step.await {
        Ok(step) => Ok(stepped(&step)),
        Err(e) => told(e),
    }
}

/// `POST …/upload/{id}?offset=`: bytes from there on.
pub async fn append<P: Place>(ctx: Ctx, Path(id): Path<String>, request: Request) -> Answer {
    let offset = ctx.param("offset").parse().unwrap_or(u64::MAX);
    let content = request.into_body().into_data_stream().boxed();
    let step = async {
        let sender = P::sender(&ctx).await?;
        let step = flow::append(&ctx.app, &sender, file_id(&id)?, offset, content).await?;
        Ok((sender.kind, step))
    };
    match step.await {
        Ok((_, Ok(step))) => Ok(stepped(&step)),
        Ok((kind, Err(why))) => Ok(refused(&ctx.app, kind, why)),
        Err(e) => told(e),
    }
}

/// `POST …/upload/{id}/remove`: takes it back.
pub async fn remove<P: Place>(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let gone = async {
        let sender = P::sender(&ctx).await?;
        flow::remove(&ctx.app, &sender, file_id(&id)?).await
    };
    match gone.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(e) => told(e),
    }
}
