//! Turning templates into responses, and errors into pages that help or problem documents.

use super::{
    ctx::{Answer, Ctx, Failure, Kept},
    desk,
    layout::Layout,
};
use crate::error::Error;
use askama::Template;
use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// A page with status 200.
///
/// # Errors
/// The template fails: our own fault.
pub fn page(template: &impl Template) -> Answer {
    status(StatusCode::OK, template)
}

/// A page with a status (422 for a form with messages).
///
/// # Errors
/// The template fails: our own fault.
pub fn status(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(Error::internal)?;
    Ok((status, Html(html)).into_response())
}

/// How long a page is kept that changes rarely and holds nothing personal.
pub const PUBLIC: HeaderValue = HeaderValue::from_static("private, no-cache");

/// A page that changes rarely and holds nothing personal.
///
/// # Errors
/// The template fails: our own fault.
pub fn public(template: &impl Template) -> Answer {
    let mut response = page(template)?;
    response.headers_mut().insert(header::CACHE_CONTROL, PUBLIC);
    Ok(response)
}

/// `303 See Other`.
#[must_use]
pub fn see_other(to: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(
            header::LOCATION,
            HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")),
        )],
    )
        .into_response()
}

#[derive(Template)]
#[template(path = "error/error.html")]
struct ErrorPage {
    l: Layout,
    heading: String,
    message: String,
    hints: Vec<String>,
    request_id: String,
    retry_after: Option<u64>,
    phones: bool,
    kept: Vec<(String, String)>,
    action: String,
}

/// Status, heading and sentence of an error, for pages and problem documents alike.
fn words(error: &Error) -> (StatusCode, &'static str, &'static str, String) {
    match error {
        Error::NotFound => (
            StatusCode::NOT_FOUND,
            "not_found",
            "没有找到这一页",
            "地址可能写错了，或者这里没有您要看的内容。".into(),
        ),
        Error::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "令牌无效",
            "请带上管理员发放的令牌：Authorization: Bearer 令牌。".into(),
        ),
        Error::Forbidden => (
            StatusCode::FORBIDDEN,
            "forbidden",
            "这一步不能办",
            "页面可能停留太久，或者您没有办理权限。请返回上一页刷新后再试。".into(),
        ),
        Error::Invalid(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "有内容需要改正",
            "请返回上一页，按提示改正后再提交。".into(),
        ),
        Error::Conflict(why) => (
            StatusCode::CONFLICT,
            "conflict",
            "情况有变化",
            format!("{why}。"),
        ),
        Error::Limited(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "现在办理的人太多，请稍等",
            format!(
                "请 {seconds} 秒后再试。您填写的内容都还在。着急的话可以直接拨打 12315 或 12345，您的权利不受影响。"
            ),
        ),
        Error::Unavailable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "系统正在恢复，请稍后再试",
            "刚才没有办成，您填写的内容都还在。也可以拨打 12315 或 12345。".into(),
        ),
        Error::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "系统出了点问题",
            "这是我们的问题，已经记录。您填写的内容都还在，请稍后再试，也可以拨打 12315 或 12345。"
                .into(),
        ),
    }
}

/// A failure as a page or, under `/api`, as a problem document.
#[must_use]
pub fn failure(ctx: &Ctx, failure: &Failure, kept: &Kept, method: &Method, api: bool) -> Response {
    let error = &*failure.0;
    match error {
        Error::Internal(cause) => tracing::error!(request = %ctx.id, cause, "internal error"),
        Error::Unavailable(cause) => tracing::warn!(request = %ctx.id, cause, "unavailable"),
        _ => {}
    }
    let (mut code, kind, heading, message) = words(error);
    let broken = |code| matches!(error, Error::Invalid(f) if f.iter().any(|f| f.code == code));
    if broken("malformed") {
        code = StatusCode::BAD_REQUEST;
    } else if broken("too_large") {
        code = StatusCode::PAYLOAD_TOO_LARGE;
    }
    let retry_after = match error {
        Error::Limited(seconds) => Some(*seconds),
        Error::Unavailable(_) => Some(5),
        _ => None,
    };
    let mut response = if api {
        super::api::problem(code, kind, &message, error, &ctx.id)
    } else if ctx.path.starts_with(desk::ROOT) {
        desk::kept::failed(ctx, error, code, (heading, message), kept, method)
    } else {
        let offer = method == Method::POST
            && (retry_after.is_some() || matches!(error, Error::Internal(_)));
        let template = ErrorPage {
            l: ctx.layout(format!("错误：{heading}"), ""),
            heading: heading.to_owned(),
            message,
            hints: match error {
                Error::Invalid(fields) => fields.iter().map(|f| f.message.clone()).collect(),
                _ => Vec::new(),
            },
            request_id: if code.is_server_error() {
                ctx.id.to_string()
            } else {
                String::new()
            },
            retry_after,
            phones: retry_after.is_some(),
            kept: if offer { kept.pairs() } else { Vec::new() },
            action: ctx.path.to_string(),
        };
        match template.render() {
            Ok(html) => (code, Html(html)).into_response(),
            Err(_) => (code, heading).into_response(),
        }
    };
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A refusal that no handler made: code of the problem, heading, sentence.
const fn refusal(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "请求方式不对",
            "这个地址不支持这种请求方式。",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "too_slow",
            "没有收完整",
            "您发来的内容太久没有传完，没有交上去。请检查网络，返回上一页再交一次；也可以拨打 12315 或 12345。",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            "内容太大",
            "发来的内容超过了这里能收的大小，没有交上去。请返回上一页删减后再交。",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "media_type",
            "内容的格式不对",
            "这里不收这种格式的内容。请从页面上的表单提交。",
        ),
        _ => (
            "malformed",
            "地址或内容读不出来",
            "地址可能写错了或者不完整。请从首页重新进入。",
        ),
    }
}

/// A status that no handler of ours gave (405, 408, a path that cannot be decoded) with a page or a problem document.
#[must_use]
pub fn bare(ctx: &Ctx, code: StatusCode, api: bool) -> Response {
    let (kind, heading, text) = refusal(code);
    if api {
        return super::api::problem(code, kind, text, &Error::NotFound, &ctx.id);
    }
    let template = ErrorPage {
        l: ctx.layout(format!("错误：{heading}"), ""),
        heading: heading.into(),
        message: text.into(),
        hints: Vec::new(),
        request_id: String::new(),
        retry_after: None,
        phones: false,
        kept: Vec::new(),
        action: String::new(),
    };
    (code, Html(template.render().unwrap_or_default())).into_response()
}
