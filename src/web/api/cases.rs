//! File a case. The body is read straight into answers; what they must satisfy is the wizard's check.

use super::problem::document;
use crate::{
    app::App,
    error::Error,
    intake::{
        check,
        flow::{self, Issued, Source, Submitted},
        json::{self, Mistake},
    },
    kernel::{
        clock::CHINA,
        number::CaseNumber,
        words::{CaseKind, Channel},
    },
    receipts::{qr::track_url, sha256},
    reference::Reference,
    web::ctx::{Answer, Ctx, RequestId},
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

/// Carries the key that makes a retry recognisable.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn id_of(extensions: &Extensions) -> RequestId {
    extensions
        .get::<Ctx>()
        .map(|ctx| ctx.id.clone())
        .unwrap_or_else(|| RequestId("-".into()))
}

pub(super) fn json_answer(status: StatusCode, body: &impl Serialize) -> Result<Response, Error> {
    let mut response = Response::new(Body::from(
        serde_json::to_vec(body).map_err(Error::internal)?,
    ));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

/// Whether the body says to be JSON in UTF-8.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
    else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|t| t.eq_ignore_ascii_case("application/json"));
    json && parts
        .filter_map(|p| p.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, value)| value.trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// The bytes that make a retry of this machine recognisable.
fn idempotency(headers: &HeaderMap, token: &[u8; 32]) -> Option<[u8; 32]> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = keys.next()?.as_bytes();
    if keys.next().is_some()
        || !(8..=128).contains(&key.len())
        || !key.iter().all(u8::is_ascii_graphic)
    {
        return None;
    }
    let mut bytes = Vec::with_capacity(4 + 32 + key.len());
    bytes.extend_from_slice(b"api\0");
    bytes.extend_from_slice(token);
    bytes.extend_from_slice(key);
    Some(sha256(&bytes))
}

/// Why a body gives no answers.
enum Unread {
    /// Not even JSON.
    Malformed(&'static str),
    /// JSON with keys or types that are not ours.
    Mistakes(Vec<Mistake>),
}

/// The answers of a body; the messages about its keys come together with those of the rules.
fn answers(body: &[u8], known: &Reference, today: Date) -> Result<crate::intake::Answers, Unread> {
    let text =
        std::str::from_utf8(body).map_err(|_| Unread::Malformed("请求体不是 UTF-8 编码。"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let object = json::read(text, &[]).map_err(|e| {
        if e.is_data() {
            Unread::Mistakes(vec![Mistake::new(
                "",
                "wrong_type",
                "请求体应为一个 JSON 对象",
            )])
        } else {
            Unread::Malformed("请求体不是语法正确的 JSON。")
        }
    })?;
    let mut mistakes = object.mistakes;
    if mistakes.is_empty() {
        return Ok(object.answers);
    }
    for e in check::check_all(&object.answers, known, today) {
        if mistakes.iter().all(|m| m.field != e.field) {
            mistakes.push(e.into());
        }
    }
    Err(Unread::Mistakes(mistakes))
}

#[derive(Serialize)]
struct IssuedCase<'a> {
    kind: CaseKind,
    number: &'a str,
    query_code: &'a str,
    received_at: String,
    promised: String,
    clock: &'a str,
    department: &'a str,
    receipt: &'a str,
    track_url: String,
}

#[derive(Serialize)]
struct Acknowledged<'a> {
    cases: Vec<IssuedCase<'a>>,
    repeated: bool,
}

/// An instant as the law reads it: time in China, with the offset.
pub(super) fn instant(at: OffsetDateTime) -> String {
    at.to_offset(CHINA).format(&Rfc3339).unwrap_or_default()
}

fn issued<'a>(
    app: &App,
    reference: &'a Reference,
    case: &'a Issued,
) -> Result<IssuedCase<'a>, Error> {
    let received =
        OffsetDateTime::from_unix_timestamp(case.received_unix).map_err(Error::internal)?;
    let number = CaseNumber::parse(&case.number)
        .map_err(|_| Error::internal("a number without its check digit"))?;
    Ok(IssuedCase {
        kind: case.kind,
        number: &case.number,
        query_code: &case.code,
        received_at: instant(received),
        promised: case.promised.to_string(),
        clock: &case.clock,
        department: reference.holder(case.department),
        receipt: &case.token,
        track_url: track_url(&app.config.public_url, number),
    })
}

fn acknowledge(app: &App, done: &Submitted) -> Result<Response, Error> {
    let reference = app.reference();
    let cases = done
        .cases
        .iter()
        .map(|c| issued(app, &reference, c))
        .collect::<Result<Vec<_>, _>>()?;
    let status = if done.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let mut response = json_answer(
        status,
        &Acknowledged {
            cases,
            repeated: done.repeated,
        },
    )?;
    if let Some(location) = done
        .cases
        .first()
        .and_then(|c| HeaderValue::from_str(&format!("/api/v1/cases/{}", c.number)).ok())
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `POST /api/v1/cases`: 201 after the commit; the same key with the same content again gives 200 and the same cases.
pub async fn submit(State(app): State<App>, request: Request) -> Answer {
    let id = id_of(request.extensions());
    let refuse = |code, kind, detail: &str| Ok(document(code, kind, detail, &[], &id));
    let headers = request.headers();
    let token = super::bearer(headers).ok_or(Error::Unauthorized)?;
    if !is_json(headers) {
        let detail = "请用 Content-Type: application/json，编码 UTF-8。";
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail);
    }
    let Some(idempotency) = idempotency(headers, &token) else {
        let detail = "请求头 Idempotency-Key 必须有且只有一个，8 到 128 个可见 ASCII 字符。";
        return refuse(StatusCode::BAD_REQUEST, "idempotency_key", detail);
    };
    let body = match Bytes::from_request(request, &app).await {
        Ok(body) => body,
        Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refuse(e.status(), "too_large", "请求体最多 128 KiB。");
        }
        Err(_) => return refuse(StatusCode::BAD_REQUEST, "malformed", "请求体没有收完整。"),
    };
    let answers = match answers(&body, &app.reference(), app.today()) {
        Ok(answers) => answers,
        Err(Unread::Malformed(why)) => return refuse(StatusCode::BAD_REQUEST, "malformed", why),
        Err(Unread::Mistakes(mistakes)) => {
            let detail = "内容没有通过检查，没有立件。请按 errors 逐条改正后再发。";
            return Ok(document(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                detail,
                &mistakes,
                &id,
            ));
        }
    };
    let source = Source {
        channel: Channel::Api,
        idempotency,
        draft: None,
        received_at: None,
        taken: None,
        hotline: None,
    };
    let done = flow::submit(&app, &source, &answers).await?;
    Ok(acknowledge(&app, &done)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| {
                (
                    HeaderName::from_static(k),
                    HeaderValue::from_str(v).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn content_types() {
        for (text, good) in [
            ("application/json", true),
            ("Application/JSON; charset=\"UTF-8\"", true),
            ("application/json;charset=gbk", false),
            ("application/x-www-form-urlencoded", false),
            ("text/plain", false),
            ("", false),
        ] {
            assert_eq!(is_json(&headers(&[("content-type", text)])), good, "{text}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn keys_are_scoped_by_token_and_must_be_sensible() {
        let key = |k: &str, token| idempotency(&headers(&[("idempotency-key", k)]), &[token; 32]);
        assert_eq!(key("12345678", 1), key("12345678", 1));
        assert_ne!(key("12345678", 1), key("12345678", 2));
        assert_ne!(key("12345678", 1), key("12345679", 1));
        for bad in ["", "1234567", "1234 5678", "1234567\t8"] {
            assert_eq!(key(bad, 1), None, "{bad}");
        }
        assert_eq!(key(&"a".repeat(129), 1), None);
        let mut raw = HeaderMap::new();
        raw.insert(
            IDEMPOTENCY_KEY,
            HeaderValue::from_bytes("幂等幂等幂等".as_bytes()).unwrap(),
        );
        assert_eq!(idempotency(&raw, &[1; 32]), None);
        let mut twice = headers(&[("idempotency-key", "12345678")]);
        twice.append(IDEMPOTENCY_KEY, HeaderValue::from_static("87654321"));
        assert_eq!(idempotency(&twice, &[1; 32]), None);
    }

    #[test]
    fn bodies_that_cannot_be_read_and_messages_of_both_kinds() {
        let read = |body: &[u8]| answers(body, &Reference::default(), date!(2026 - 11 - 20));
        assert!(matches!(
            read(b"{\"story\":\"\xff\"}"),
            Err(Unread::Malformed(_))
        ));
        assert!(matches!(read(b"{"), Err(Unread::Malformed(_))));
        assert!(matches!(read(b""), Err(Unread::Malformed(_))));
        let Err(Unread::Mistakes(mistakes)) = read(b"[1]") else {
            panic!("an array is no filing")
        };
        assert_eq!(mistakes[0].code, "wrong_type");
        assert!(read("\u{feff}{\"goods\":\"热水器\"}".as_bytes()).is_ok());
        let Err(Unread::Mistakes(mistakes)) = read(br#"{"goods":[1],"good":"x"}"#) else {
            panic!("unknown key")
        };
        let has = |field: &str, code: &str| {
            mistakes
                .iter()
                .filter(|m| m.field == field && m.code == code)
                .count()
        };
        assert_eq!(
            (has("goods", "wrong_type"), has("goods", "required")),
            (1, 0)
        );
        assert_eq!(
            (has("good", "unknown_field"), has("agreed", "required")),
            (1, 1)
        );
    }
}
