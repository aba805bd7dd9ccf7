//! Stylesheet, script, icon: embedded, addressed with the hash of their content, cached for a year.

use super::ctx::{Answer, Ctx};
use crate::{
    error::Error,
    receipts::{hex, sha256},
};
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use std::sync::LazyLock;

#[derive(rust_embed::Embed)]
#[folder = "static"]
struct Files;

fn address(name: &str) -> String {
    let hash = Files::get(name)
        .map(|f| hex(&sha256(&f.data)[..6]))
        .unwrap_or_default();
    format!("/static/{name}?v={hash}")
}

/// Address of the stylesheet.
pub static CSS: LazyLock<String> = LazyLock::new(|| address("app.css"));
/// Address of the script.
pub static JS: LazyLock<String> = LazyLock::new(|| address("app.js"));

/// Address of the script of pages with a file field.
pub static UPLOAD: LazyLock<String> = LazyLock::new(|| address("upload.js"));

/// `GET /static/{name}`.
pub async fn file(ctx: Ctx, Path(name): Path<String>) -> Answer {
    let file = Files::get(&name).ok_or(Error::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let cache = if ctx.param("v").is_empty() {
        "public, max-age=300"
    } else {
        "public, max-age=31536000, immutable"
    };
    let mut response = file.data.into_owned().into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}
