//! The machine interface: file a case with a token, follow a case with its query code, and what describes both. It
//! parses and shows; the rules are the wizard's own (`intake`), so that no door is wider than another.

pub mod cases;
pub mod evidence;
pub mod openapi;
pub mod problem;
pub mod progress;

pub use cases::submit;
pub use evidence::add as add_evidence;
pub use problem::problem;
pub use progress::track;

use super::{
    ctx::{Answer, Ctx},
    layout::Layout,
    pages,
};
use crate::{
    app::App,
    error::{Error, Result},
    intake::{
        FIELDS,
        shape::{Shape, Table, shape},
    },
    privacy::keys,
    store::security,
};
use askama::Template;
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, header},
    response::IntoResponse,
};
use std::time::Duration;
use uuid::Uuid;

/// How long a token that was found good is believed without asking the database: a revocation takes effect within
/// this time.
const TOKEN_BELIEVED: Duration = Duration::from_secs(30);

/// Tokens that were found good lately, by hash. Unknown ones are never kept: a new token works at once, and guesses
/// take no memory.
#[derive(Clone, Debug)]
pub struct TokenCache(moka::sync::Cache<[u8; 32], Uuid>);

impl Default for TokenCache {
    fn default() -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(1000)
                .time_to_live(TOKEN_BELIEVED)
                .build(),
        )
    }
}

/// The stored form of a token: SHA-256 of its text exactly as it is sent after `Bearer`.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    keys::token_hash(token.as_bytes())
}

/// The hash of the token that a request carries.
fn bearer(headers: &HeaderMap) -> Option<[u8; 32]> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && (16..=200).contains(&token.len()))
        .then(|| token_hash(token))
}

/// Lets a machine in whose token is known, within the token's quota. A revoked token is believed for up to 30 seconds
/// more, so that a request costs no look-up.
///
/// # Errors
/// [`Error::Unauthorized`] without a good token, [`Error::Limited`] above its quota, the database is away.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<()> {
    let hash = bearer(headers).ok_or(Error::Unauthorized)?;
    if app.tokens.0.get(&hash).is_none() {
        let mut conn = app.store.conn().await?;
        let id = security::token(&mut conn, &hash)
            .await?
            .ok_or(Error::Unauthorized)?;
        app.tokens.0.insert(hash, id);
    }
    let start = hash
        .first_chunk()
        .ok_or_else(|| Error::internal("short hash"))?;
    app.limits.check_token(start).map_err(Error::from)
}

/// A row of the table of fields.
struct FieldRow {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    max: usize,
    values: String,
}

fn field_rows() -> Vec<FieldRow> {
    FIELDS
        .iter()
        .map(|f| {
            let of = shape(f.name);
            let kind = match of {
                Shape::Text => "文字",
                Shape::Date => "日期 2026-11-08",
                Shape::Amount => "元，最多两位小数",
                Shape::Count => "数字",
                Shape::YesNo => "yes / no",
                Shape::One(_) => "选一项",
                Shape::Many(_) => "数组，可选几项",
                Shape::Code(_) => "代码，见下面的表",
            };
            let values = match of {
                Shape::One(all) | Shape::Many(all) => all()
                    .iter()
                    .map(|(code, label)| format!("{code} {label}"))
                    .collect::<Vec<_>>()
                    .join("；"),
                _ => String::new(),
            };
            FieldRow {
                name: f.name,
                label: f.label,
                kind,
                max: f.max,
                values,
            }
        })
        .collect()
}

/// A code table of the district as the page shows it.
struct Codes {
    title: &'static str,
    rows: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "public/api.html")]
struct Page {
    l: Layout,
    base: String,
    example: String,
    reply: String,
    fields: Vec<FieldRow>,
    codes: Vec<Codes>,
    kinds: &'static [problem::Kind],
}

/// `GET /api`: how to use the interface, for people.
pub async fn page(ctx: Ctx) -> Answer {
    let reference = ctx.app.reference();
    let codes = [
        (Table::Category, "category 商品或服务类别"),
        (Table::Problem, "problem 主要问题"),
        (Table::Street, "street 街道"),
    ]
    .into_iter()
    .map(|(table, title)| Codes {
        title,
        rows: openapi::codes(&reference, table),
    })
    .collect();
    let pretty = |v: &serde_json::Value| serde_json::to_string_pretty(v).map_err(Error::internal);
    pages::public(&Page {
        base: ctx.app.config.public_url.trim_end_matches('/').to_owned(),
        example: pretty(&openapi::example_filing())?,
        reply: pretty(&openapi::example_reply())?,
        fields: field_rows(),
        codes,
        kinds: problem::KINDS,
        l: ctx.layout("接口说明", ""),
    })
}

/// `GET /api/openapi.json`: the same for programs.
pub async fn openapi(ctx: Ctx) -> Answer {
    let document = openapi::document(&ctx.app.reference(), &ctx.app.config.public_url);
    let mut response = Json(document).into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_of_sensible_length_is_looked_up() {
        let with = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(text).unwrap());
            bearer(&headers)
        };
        let token = "0123456789abcdef0123";
        assert_eq!(with(&format!("Bearer {token}")), Some(token_hash(token)));
        assert_eq!(with(&format!("bearer  {token} ")), Some(token_hash(token)));
        for text in [
            "Bearer",
            "Bearer ",
            "Bearer short",
            "Basic 0123456789abcdef0123",
            token,
        ] {
            assert_eq!(with(text), None, "{text}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
        assert_eq!(with(&format!("Bearer {}", "a".repeat(201))), None);
    }
}
