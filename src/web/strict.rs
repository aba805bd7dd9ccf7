//! Strict headers of every answer: nothing is loaded from elsewhere, nothing frames us, nothing is guessed. Owns the
//! policies; a page's policy carries the nonce of its scripts.

use super::ctx::Nonce;
use crate::app::App;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Names one request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// On every answer that has none of its own.
const FIXED: [(HeaderName, HeaderValue); 7] = [
    fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    fixed(header::REFERRER_POLICY, "same-origin"),
    fixed(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    fixed(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    fixed(header::X_FRAME_OPTIONS, "DENY"),
    fixed(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), interest-cohort=()",
    ),
    fixed(header::CACHE_CONTROL, "no-store"),
];

const fn fixed(name: HeaderName, value: &'static str) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_static(value))
}

/// A page's policy before and after the nonce.
const POLICY: [&str; 2] = [
    "default-src 'none'; style-src 'self'; script-src 'nonce-",
    "'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
];

/// Adds what is missing.
pub fn dress(app: &App, nonce: &Nonce, headers: &mut HeaderMap) {
    headers.reserve(12);
    for (name, value) in &FIXED {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if app.config.secure() {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static(
                "max-age=31536000; includeSubDomains",
            ));
    }
    let html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let policy = if html {
        let [before, after] = POLICY;
        HeaderValue::try_from([before, &nonce.0, after].concat())
            .unwrap_or(HeaderValue::from_static("default-src 'none'"))
    } else {
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")
    };
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(policy);
}
