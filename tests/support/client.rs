//! A browser without scripts: cookies, forms, redirects that are looked at one by one.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use std::collections::BTreeMap;
use tower::ServiceExt;

/// A browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    /// Extra headers of every request.
    pub extra: Vec<(String, String)>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |v| v.to_str().unwrap())
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{:?}\n{}",
            self.headers,
            self.text()
        );
        self
    }

    /// The value of a form field on the page.
    pub fn field(&self, name: &str) -> String {
        let page = self.text();
        let at = page
            .find(&format!("name=\"{name}\""))
            .unwrap_or_else(|| panic!("no field {name} in {page}"));
        let tag_start = page[..at].rfind('<').unwrap();
        let tag_end = at + page[at..].find('>').unwrap();
        let tag = &page[tag_start..tag_end];
        let value = tag
            .split("value=\"")
            .nth(1)
            .map_or("", |v| v.split('"').next().unwrap());
        value.replace("&#38;", "&").replace("&amp;", "&")
    }
}

/// Percent-encodes pairs as a form does.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let enc = |s: &str| {
        s.bytes()
            .map(|b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(b).to_string()
                }
                b => format!("%{b:02X}"),
            })
            .collect::<String>()
    };
    pairs
        .iter()
        .map(|(k, v)| format!("{}={}", enc(k), enc(v)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The boundary of [`parts`].
pub const PARTS: &str = "multipart/form-data; boundary=----a-boundary-of-ours";

/// A form with files as a browser sends it, text first.
pub fn parts(pairs: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (k, v) in pairs {
        out.extend(
            format!("------a-boundary-of-ours\r\nContent-Disposition: form-data; name=\"{k}\"\r\n\r\n{v}\r\n")
                .as_bytes(),
        );
    }
    for (name, bytes) in files {
        out.extend(
            format!(
                "------a-boundary-of-ours\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .as_bytes(),
        );
        out.extend(*bytes);
        out.extend(b"\r\n");
    }
    out.extend(b"------a-boundary-of-ours--\r\n");
    out
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            extra: Vec::new(),
        }
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let cookie = self
                .cookies
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect::<Vec<_>>()
                .join("; ");
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        for (k, v) in &self.extra {
            request.headers_mut().append(
                axum::http::HeaderName::from_bytes(k.as_bytes()).unwrap(),
                v.parse().unwrap(),
            );
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, flags) = text.split_once(';').unwrap();
            let (k, v) = pair.split_once('=').unwrap();
            if flags.contains("Max-Age=0") {
                self.cookies.remove(k);
            } else {
                self.cookies.insert(k.to_owned(), v.to_owned());
            }
        }
        let bytes = to_bytes(body, 64 << 20).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.raw(
            Method::POST,
            path,
            "application/x-www-form-urlencoded",
            form(pairs),
        )
        .await
    }

    /// Sends a form with files.
    pub async fn upload(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Answer {
        self.raw(Method::POST, path, PARTS, parts(pairs, files))
            .await
    }

    pub async fn raw(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .body(body.into())
            .unwrap();
        self.send(request).await
    }
}
