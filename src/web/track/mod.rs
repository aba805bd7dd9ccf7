//! 查进度: number and query code open the case; the browser keeps both sealed until it leaves.

pub mod afterwards;
mod files;
pub mod notice;
pub mod recusal;
pub mod trader;
pub mod urge;
mod view;
mod words;

pub use files::{Tracked, add as add_files};
pub use words::{event_words, plain};

use view::case_page;

use super::{
    ctx::{Answer, CookieName, Ctx, Failure, Pairs},
    layout::Layout,
    pages::{page, public, see_other, status},
};
use crate::{
    app::App,
    casework::flow,
    error::{Error, FieldError},
    kernel::{
        code::{CodeError, QueryCode},
        number::{CaseNumber, NumberError},
    },
    privacy::Purpose,
    store::case::Case,
};
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

#[derive(Template)]
#[template(path = "public/track.html")]
struct TrackPage {
    l: Layout,
    number: String,
    code: String,
    number_error: String,
    code_error: String,
    errors: Vec<FieldError>,
}

fn form_page(ctx: &Ctx, number: &str, code: &str, errors: Vec<FieldError>) -> TrackPage {
    let of = |name: &str| {
        errors
            .iter()
            .find(|e| e.field == name)
            .map(|e| e.message.clone())
            .unwrap_or_default()
    };
    TrackPage {
        l: ctx.layout(
            if errors.is_empty() {
                "查进度"
            } else {
                "错误：查进度"
            },
            "track",
        ),
        number: number.to_owned(),
        code: code.to_owned(),
        number_error: of("number"),
        code_error: of("code"),
        errors,
    }
}

/// `GET /track`: `n` carries the number from the QR code, never the query code.
pub async fn form(ctx: Ctx) -> Answer {
    let number: String = ctx
        .param("n")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(24)
        .collect();
    public(&form_page(&ctx, &number, "", Vec::new()))
}

/// What the form says: the same words for an unknown number, a wrong code and another case's code.
const NO_MATCH: &str = "编号和查询码对不上，请对着回执再核对一遍";

/// Reads number and code; slips of the pen are told apart from unknown ones by their check digits.
///
/// # Errors
/// Field messages.
pub fn read(number: &str, code: &str) -> Result<(CaseNumber, QueryCode), Vec<FieldError>> {
    let mut errors = Vec::new();
    let number = CaseNumber::parse(number)
        .map_err(|e| {
            let (kind, text) = match e {
                NumberError::Check => (
                    "mistyped",
                    "编号打错了：有一个字打错或者颠倒了，请对着回执再看",
                ),
                NumberError::Shape => ("shape", "编号像 TS-2611-00517-3，请对着回执填写"),
            };
            errors.push(FieldError::new("number", kind, text));
        })
        .ok();
    let code = QueryCode::parse(code)
        .map_err(|e| {
            let (kind, text) = match e {
                CodeError::Check => (
                    "mistyped",
                    "查询码打错了：有一个数字打错或者颠倒了，请对着回执再看",
                ),
                CodeError::Shape => ("shape", "查询码是 16 个数字，请对着回执填写"),
            };
            errors.push(FieldError::new("code", kind, text));
        })
        .ok();
    match (number, code) {
        (Some(number), Some(code)) => Ok((number, code)),
        _ => Err(errors),
    }
}

fn seal_key(app: &App, number: CaseNumber, code: &QueryCode) -> String {
    let plain = format!("{number} {}", code.digits());
    URL_SAFE_NO_PAD.encode(app.sealer.seal(
        Purpose::Receipt,
        Uuid::nil(),
        plain.as_bytes(),
        app.dice.bytes(),
    ))
}

/// The number and code that this browser tracks.
fn tracked(ctx: &Ctx) -> Option<(CaseNumber, QueryCode)> {
    let sealed = URL_SAFE_NO_PAD
        .decode(ctx.cookie(CookieName::Track)?)
        .ok()?;
    let plain = ctx
        .app
        .sealer
        .open_text(Purpose::Receipt, Uuid::nil(), &sealed)
        .ok()?;
    let (number, code) = plain.split_once(' ')?;
    Some((
        CaseNumber::parse(number).ok()?,
        QueryCode::parse(code).ok()?,
    ))
}

/// `POST /track`.
pub async fn open(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code) = (pairs.get("number"), pairs.get("code"));
    let wrong = |errors| {
        status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form_page(&ctx, number, code, errors),
        )
    };
    let (parsed, secret) = match read(number, code) {
        Ok(both) => both,
        Err(errors) => return wrong(errors),
    };
    match flow::track(&ctx.app, parsed, &secret).await {
        Ok(_) => {
            let mut response = see_other("/track/case");
            let cookie = ctx.set_cookie(
                CookieName::Track,
                &seal_key(&ctx.app, parsed, &secret),
                None,
            );
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(Error::NotFound) => wrong(vec![FieldError::new("number", "no_match", NO_MATCH)]),
        Err(e) => Err(e.into()),
    }
}

/// The case that this browser tracks, or the way back to the form.
async fn current(ctx: &Ctx) -> Result<Result<(CaseNumber, QueryCode, Case), Response>, Failure> {
    let Some((number, code)) = tracked(ctx) else {
        return Ok(Err(see_other("/track")));
    };
    match flow::track(&ctx.app, number, &code).await {
        Ok(case) => Ok(Ok((number, code, case))),
        Err(Error::NotFound) => Ok(Err(see_other("/track"))),
        Err(e) => Err(e.into()),
    }
}

/// `GET /track/case`.
pub async fn case(ctx: Ctx) -> Answer {
    match current(&ctx).await? {
        Ok((_, _, case)) => page(&case_page(&ctx, &case, String::new(), Vec::new()).await?),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /track/message`.
pub async fn message(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    match flow::write(&ctx.app, number, &code, pairs.get("text")).await {
        Ok(()) => Ok(see_other("/track/case?written=1#messages")),
        Err(Error::Invalid(errors)) => {
            let template = case_page(&ctx, &case, pairs.get("text").to_owned(), errors).await?;
            status(StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /track/withdraw`.
pub async fn withdraw(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, case) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if pairs.get("confirm") != "yes" {
        let errors = vec![FieldError::new(
            "confirm",
            "required",
            "要撤回，请先打勾确认",
        )];
        return status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &case_page(&ctx, &case, String::new(), errors).await?,
        );
    }
    flow::withdraw(&ctx.app, number, &code).await?;
    Ok(see_other("/track/case"))
}

/// `POST /track/leave`: this browser forgets the case.
pub async fn leave(ctx: Ctx) -> Answer {
    let mut response = see_other("/track");
    let headers = response.headers_mut();
    headers.append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Track, "", Some(0)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
