//! Errors of the API as RFC 9457 problem documents. One table of kinds: the document, `GET /api` and the OpenAPI
//! description all read it.

use crate::{error::Error, intake::json::Mistake, web::ctx::RequestId};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

/// A kind of problem.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The last part of its type, and the anchor on `/api` that explains it.
    pub code: &'static str,
    /// Status it comes with.
    pub status: u16,
    /// Title.
    pub title: &'static str,
    /// What the caller should do.
    pub advice: &'static str,
}

const fn k(code: &'static str, status: u16, title: &'static str, advice: &'static str) -> Kind {
    Kind {
        code,
        status,
        title,
        advice,
    }
}

/// Every kind of problem.
pub const KINDS: &[Kind] = &[
    k(
        "malformed",
        400,
        "请求读不出来",
        "地址必须能按 UTF-8 解码，请求体必须是 UTF-8 编码、语法正确的 JSON。改正后再发，不要原样重试。",
    ),
    k(
        "idempotency_key",
        400,
        "缺少幂等键",
        "请带上请求头 Idempotency-Key：8 到 128 个可见 ASCII 字符，每份反映一个，重试时不变。",
    ),
    k(
        "unauthorized",
        401,
        "令牌无效",
        "请带上请求头 Authorization: Bearer 令牌。令牌由管理员发放，作废后最多 30 秒失效。",
    ),
    k(
        "forbidden",
        403,
        "不允许",
        "请求带着别的网站的来源，被拦下了。接口不接受浏览器跨站请求。",
    ),
    k(
        "not_found",
        404,
        "没有找到",
        "编号不存在、查询码不对、或者查询码属于另一件，回答都一样。请对着回执核对。",
    ),
    k(
        "method_not_allowed",
        405,
        "不支持这种请求方式",
        "响应头 Allow 写明了支持的方式。",
    ),
    k(
        "too_slow",
        408,
        "请求体没有收完整",
        "请求体太久没有传完，没有立件。请用原来的幂等键再发。",
    ),
    k(
        "conflict",
        409,
        "情况冲突",
        "同一个幂等键已经用于另一份内容。内容变了就要换一个新的键。",
    ),
    k("too_large", 413, "请求体太大", "请求体最多 128 KiB。"),
    k(
        "media_type",
        415,
        "内容类型不对",
        "请用 Content-Type: application/json，编码 UTF-8。",
    ),
    k(
        "invalid",
        422,
        "有内容需要改正",
        "errors 逐条写明字段、原因和怎么改。改正后可以用原来的幂等键再发。",
    ),
    k(
        "rate_limited",
        429,
        "请求太多",
        "请等响应头 Retry-After 写的秒数后用原来的幂等键再发。",
    ),
    k(
        "internal",
        500,
        "系统出了点问题",
        "是我们的问题，已经记录。请稍后用原来的幂等键再发；联系我们时请报 request_id。",
    ),
    k(
        "unavailable",
        503,
        "系统正在恢复",
        "请等响应头 Retry-After 写的秒数后用原来的幂等键再发，不会重复立件。",
    ),
];

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[Mistake]>::is_empty")]
    errors: &'a [Mistake],
}

/// A problem document with messages about keys.
#[must_use]
pub fn document(
    code: StatusCode,
    kind: &'static str,
    detail: &str,
    mistakes: &[Mistake],
    id: &RequestId,
) -> Response {
    let title = KINDS
        .iter()
        .find(|k| k.code == kind)
        .map_or("出错了", |k| k.title);
    let document = Document {
        r#type: format!("/api#{kind}"),
        title,
        status: code.as_u16(),
        detail,
        request_id: &id.0,
        errors: mistakes,
    };
    let mut response = Response::new(Body::from(
        serde_json::to_vec(&document).unwrap_or_default(),
    ));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if code == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"minsheng\""),
        );
    }
    response
}

/// An error as a problem document.
#[must_use]
pub fn problem(
    code: StatusCode,
    kind: &'static str,
    detail: &str,
    error: &Error,
    id: &RequestId,
) -> Response {
    match error {
        Error::Invalid(fields) => {
            let mistakes: Vec<Mistake> = fields.iter().cloned().map(Mistake::from).collect();
            // the words of a page speak of going back; a program has nowhere to go back to
            document(
                code,
                kind,
                "内容没有通过检查，没有立件。请按 errors 逐条改正后再发。",
                &mistakes,
                id,
            )
        }
        _ => document(code, kind, detail, &[], id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(response: Response) -> (StatusCode, String, serde_json::Value) {
        let (parts, body) = response.into_parts();
        let kind = parts.headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        let bytes = axum::body::to_bytes(body, 65536).await.unwrap();
        (parts.status, kind, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn the_members_of_rfc_9457_and_our_own() {
        let id = RequestId("abc".into());
        let error = Error::field("goods", "required", "请填写商品");
        let (status, kind, doc) = read(problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "…",
            &error,
            &id,
        ))
        .await;
        assert_eq!(
            (status.as_u16(), kind.as_str()),
            (422, "application/problem+json")
        );
        assert_eq!(doc["type"], "/api#invalid");
        assert_eq!(doc["status"], 422);
        assert_eq!(doc["title"], "有内容需要改正");
        assert_eq!(doc["request_id"], "abc");
        assert_eq!(
            doc["errors"][0],
            serde_json::json!({"field":"goods","code":"required","message":"请填写商品"})
        );
        let (_, _, doc) = read(problem(
            StatusCode::NOT_FOUND,
            "not_found",
            "没有",
            &Error::NotFound,
            &id,
        ))
        .await;
        assert_eq!(doc["detail"], "没有");
        assert!(doc.get("errors").is_none());
        let secret = Error::Internal("password of the database".into());
        let (_, _, doc) = read(problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "坏了",
            &secret,
            &id,
        ))
        .await;
        assert!(!doc.to_string().contains("password"));
        let bare = problem(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "",
            &Error::Unauthorized,
            &id,
        );
        assert!(bare.headers().contains_key(header::WWW_AUTHENTICATE));
    }

    #[test]
    fn kinds_are_unique_and_known_statuses() {
        for (i, kind) in KINDS.iter().enumerate() {
            assert!(
                KINDS[..i].iter().all(|k| k.code != kind.code),
                "{}",
                kind.code
            );
            assert!(
                StatusCode::from_u16(kind.status)
                    .unwrap()
                    .canonical_reason()
                    .is_some()
            );
        }
    }
}
