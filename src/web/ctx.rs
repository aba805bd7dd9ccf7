//! What a handler is given: the context of its request, forms as pairs, cookies; and how it fails.

use super::layout::{Layout, StaffBadge};
use crate::{
    app::App, error::Error, identity::flow::SignedIn, kernel::clock::Dice, limits::ClientNet,
};
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

/// `N` random bytes as hexadecimal digits, twice as many.
fn digits<const N: usize>(dice: Dice) -> Arc<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * N);
    for byte in dice.bytes::<N>() {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(half)]));
        }
    }
    text.into()
}

/// Names one request in the log, on error pages and in a header.
#[derive(Clone)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    /// A fresh id.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self(digits::<8>(dice))
    }

    /// As a header.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("-"))
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The script nonce of one response.
#[derive(Clone)]
pub struct Nonce(pub Arc<str>);

impl Nonce {
    /// A fresh nonce.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self(digits::<16>(dice))
    }
}

/// What a form sent, kept so that an error page can offer to send it again.
#[derive(Default)]
pub struct Kept(OnceLock<Vec<(String, String)>>);

impl Kept {
    /// Reads a form's body.
    pub fn fill(&self, body: &[u8]) {
        if let Ok(pairs) = serde_urlencoded_pairs(body) {
            let _ = self.0.set(pairs);
        }
    }

    /// Keeps the pairs of a form that was read otherwise.
    pub fn put(&self, pairs: &[(String, String)]) {
        let _ = self.0.set(pairs.to_vec());
    }

    /// The pairs of a resident's form, without codes and form tokens.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.without(&["password", "code", "csrf", "sealed"])
    }

    /// The pairs without the fields named.
    #[must_use]
    pub fn without(&self, secret: &[&str]) -> Vec<(String, String)> {
        let secret = |k: &str| secret.contains(&k);
        self.0
            .get()
            .map(|p| p.iter().filter(|(k, _)| !secret(k)).cloned().collect())
            .unwrap_or_default()
    }
}

fn serde_urlencoded_pairs(body: &[u8]) -> Result<Vec<(String, String)>, ()> {
    let text = std::str::from_utf8(body).map_err(|_| ())?;
    Ok(url_pairs(text))
}

/// Decodes `a=1&b=2`; broken escapes become replacement characters.
#[must_use]
pub fn url_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|p| !p.is_empty())
        .take(400)
        .map(|p| {
            let (k, v) = p.split_once('=').unwrap_or((p, ""));
            (percent_decode(k), percent_decode(v))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |b: u8| char::from(b).to_digit(16);
        match bytes[i] {
            b'+' => out.push(b' '),
            b'%' if i + 2 < bytes.len() => match (hex(bytes[i + 1]), hex(bytes[i + 2])) {
                (Some(a), Some(b)) => {
                    out.push(u8::try_from(a * 16 + b).unwrap_or(b'?'));
                    i += 2;
                }
                _ => out.push(b'%'),
            },
            b => out.push(b),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// How a handler fails: the error, turned into a page or a problem document by `front::dress`.
#[derive(Clone)]
pub struct Failure(pub Arc<Error>);

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self(Arc::new(e))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The result of a handler.
pub type Answer = Result<Response, Failure>;

/// Cookies the portal sets.
#[derive(Clone, Copy)]
pub enum CookieName {
    /// The draft's key.
    Draft,
    /// The key of the draft that was sent: shows its receipt again.
    Receipt,
    /// The desk's session.
    Desk,
    /// 长者模式.
    Senior,
    /// The list of the desk that was open last, to go back to: its filters, no names.
    List,
    /// The tracked case of this browser: number and query code, sealed.
    Track,
    /// The complaint that a trader answers in this browser: number and answer code, sealed.
    Respond,
}

impl CookieName {
    /// Over HTTPS the names carry the `__Host-` prefix.
    #[must_use]
    pub const fn text(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Draft, true) => "__Host-draft",
            (Self::Draft, false) => "draft",
            (Self::Receipt, true) => "__Host-receipt",
            (Self::Receipt, false) => "receipt",
            (Self::Desk, true) => "__Host-desk",
            (Self::Desk, false) => "desk",
            (Self::List, true) => "__Host-list",
            (Self::List, false) => "list",
            (Self::Track, true) => "__Host-track",
            (Self::Track, false) => "track",
            (Self::Respond, true) => "__Host-respond",
            (Self::Respond, false) => "respond",
            (Self::Senior, _) => "senior",
        }
    }
}

/// A `Set-Cookie` header: HttpOnly, SameSite=Lax, the whole site; `days` 0 removes it, `None` ends with the browser.
#[must_use]
pub fn set_cookie(name: CookieName, value: &str, days: Option<u32>, secure: bool) -> HeaderValue {
    let age = days
        .map(|d| format!("; Max-Age={}", u64::from(d) * 86_400))
        .unwrap_or_default();
    let secure_flag = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure_flag}",
        name.text(secure)
    ))
    .unwrap_or(HeaderValue::from_static(""))
}

/// What is known of a request before its handler runs; made once, by `front`.
pub struct Seen {
    /// The parts.
    pub app: App,
    /// The client's network, for limits and the sealed log only.
    pub net: ClientNet,
    /// Path of the request.
    pub path: Arc<str>,
    /// Query of the request, decoded.
    pub query: Vec<(String, String)>,
    /// Script nonce.
    pub nonce: Nonce,
    /// Request id.
    pub id: RequestId,
    /// What a form sent.
    pub kept: Kept,
    cookies: Vec<HeaderValue>,
    agent: Option<HeaderValue>,
}

/// The context of a request.
#[derive(Clone)]
pub struct Ctx {
    pub(super) seen: Arc<Seen>,
    /// Who is signed in, on desk routes.
    pub staff: Option<SignedIn>,
}

impl Deref for Ctx {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl Ctx {
    /// The context of a request that came from this network.
    #[must_use]
    pub fn new(app: &App, net: ClientNet, uri: &Uri, headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().cloned();
        let seen = Seen {
            net,
            path: uri.path().into(),
            query: uri.query().map(url_pairs).unwrap_or_default(),
            nonce: Nonce::new(app.dice),
            id: RequestId::new(app.dice),
            kept: Kept::default(),
            cookies: cookies.collect(),
            agent: headers.get(header::USER_AGENT).cloned(),
            app: app.clone(),
        };
        Self {
            seen: Arc::new(seen),
            staff: None,
        }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: CookieName) -> Option<String> {
        let name = name.text(self.app.config.secure());
        self.cookies
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    }

    /// A `Set-Cookie` header.
    #[must_use]
    pub fn set_cookie(&self, name: CookieName, value: &str, days: Option<u32>) -> HeaderValue {
        set_cookie(name, value, days, self.app.config.secure())
    }

    /// A query parameter, trimmed, empty when absent.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(k, _)| k == name)
            .map_or("", |(_, v)| v.trim())
    }

    /// The browser's name, for the session list.
    #[must_use]
    pub fn agent(&self) -> String {
        self.agent
            .as_ref()
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
            .chars()
            .take(80)
            .collect()
    }

    /// The signed-in person; desk routes have one.
    ///
    /// # Errors
    /// [`Error::NotFound`] elsewhere.
    pub fn signed_in(&self) -> Result<&SignedIn, Error> {
        self.staff.as_ref().ok_or(Error::NotFound)
    }

    /// What every page's frame needs.
    #[must_use]
    pub fn layout(&self, title: impl Into<String>, nav: &'static str) -> Layout {
        let badge = self.staff.as_ref().filter(|s| s.full).map(|s| StaffBadge {
            name: s.actor.name.clone(),
            role_label: s.actor.role.label(),
            menu: super::desk::nav::menu(s.actor.role),
            department: self
                .app
                .reference()
                .department(s.actor.department.map(|d| d.0))
                .map(|d| d.name.clone())
                .unwrap_or_default(),
        });
        Layout::new(self, title.into(), nav, badge)
    }
}

impl FromRequestParts<App> for Ctx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        // who is signed in is known only after the guard
        let made = parts.extensions.get::<Self>().cloned();
        let ctx =
            made.ok_or_else(|| Error::internal("a request that did not come by the front"))?;
        Ok(Self {
            staff: parts.extensions.get::<SignedIn>().cloned(),
            ..ctx
        })
    }
}

/// A form as pairs, in the order sent, repeated names kept. Broken forms are answered 400, never 5xx.
pub struct Pairs(pub Vec<(String, String)>);

impl Pairs {
    /// The first value of a name, untrimmed, empty when absent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(k, _)| k == name)
            .map_or("", |(_, v)| v)
    }
}

/// Why a form cannot be read.
fn unread(e: &FormRejection) -> Error {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = "一次提交的内容太多。请返回上一页，把长的内容删短再提交";
        Error::field("form", "too_large", message)
    } else {
        // not a form, or not all of it: the framework's words help nobody
        Error::field("form", "malformed", "表单没有读出来，可能没有传完整")
    }
}

impl FromRequest<App> for Pairs {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let ctx = request.extensions().get::<Ctx>().cloned();
        let session = request.extensions().get::<SignedIn>().cloned();
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, app)
            .await
            .map_err(|e| Failure::from(unread(&e)))?;
        if let Some(ctx) = ctx {
            let _ = ctx.kept.0.set(pairs.clone());
        }
        let pairs = Self(pairs);
        // second line of CSRF defence on desk forms: the token of the session
        if let Some(session) = session.filter(|s| s.csrf != pairs.get("csrf")) {
            tracing::warn!(login = %session.login, "form token missing or stale");
            return Err(Error::Forbidden.into());
        }
        Ok(pairs)
    }
}
