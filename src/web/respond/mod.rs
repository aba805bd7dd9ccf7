//! 经营者答复: a trader opens the masked complaint by number and answer code and answers it, without an account. The
//! browser keeps both sealed until it leaves; the code is never in an address.

mod files;
mod pages;

pub use files::Invited;

use super::{
    ctx::{Answer as Page, CookieName, Ctx, Pairs},
    pages::{page, public, see_other, status},
    upload::{self, Refused, SEEN, Sent, seen_word},
};
use crate::{
    app::App,
    error::{Error, FieldError},
    evidence::flow::{self as evidence, Held},
    kernel::{
        code::{CodeError, QueryCode},
        number::{CaseNumber, NumberError},
    },
    privacy::Purpose,
    traders::{
        answer::Answer,
        flow::{self, Entry, Open},
    },
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use pages::{CasePage, CheckPage, EndedPage, FormPage, ReceiptPage};
use uuid::Uuid;

/// `GET /respond`: `n` carries the number from the QR code, never the answer code.
pub async fn form(ctx: Ctx) -> Page {
    let number: String = ctx
        .param("n")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(24)
        .collect();
    public(&FormPage::new(&ctx, &number, "", Vec::new()))
}

/// The same words for an unknown number, a wrong code, another case's code and a number that nobody was invited to.
const NO_MATCH: &str = "编号和答复码对不上，请对着收到的邀请再核对一遍";

/// Reads number and code; slips of the pen are told apart by their check digits.
fn read(number: &str, code: &str) -> Result<(CaseNumber, QueryCode), Vec<FieldError>> {
    let mut errors = Vec::new();
    let number = CaseNumber::parse(number)
        .map_err(|e| {
            let (kind, text) = match e {
                NumberError::Check => {
                    ("mistyped", "编号打错了：有一个字打错或者颠倒了，请再看一遍")
                }
                NumberError::Shape => ("shape", "编号像 TS-2611-00517-3，请对着邀请填写"),
            };
            errors.push(FieldError::new("number", kind, text));
        })
        .ok();
    let code = QueryCode::parse(code)
        .map_err(|e| {
            let (kind, text) = match e {
                CodeError::Check => (
                    "mistyped",
                    "答复码打错了：有一个数字打错或者颠倒了，请再看一遍",
                ),
                CodeError::Shape => ("shape", "答复码是 16 个数字，请对着邀请填写"),
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
        Purpose::Trader,
        Uuid::nil(),
        plain.as_bytes(),
        app.dice.bytes(),
    ))
}

/// The number and code that this browser answers with.
fn key(ctx: &Ctx) -> Option<(CaseNumber, QueryCode)> {
    let sealed = URL_SAFE_NO_PAD
        .decode(ctx.cookie(CookieName::Respond)?)
        .ok()?;
    let plain = ctx
        .app
        .sealer
        .open_text(Purpose::Trader, Uuid::nil(), &sealed)
        .ok()?;
    let (number, code) = plain.split_once(' ')?;
    Some((
        CaseNumber::parse(number).ok()?,
        QueryCode::parse(code).ok()?,
    ))
}

/// `POST /respond`.
pub async fn open(ctx: Ctx, pairs: Pairs) -> Page {
    let (number, code) = (pairs.get("number"), pairs.get("code"));
    let wrong = |errors| {
        status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &FormPage::new(&ctx, number, code, errors),
        )
    };
    let (parsed, secret) = match read(number, code) {
        Ok(both) => both,
        Err(errors) => return wrong(errors),
    };
    let to = match flow::enter(&ctx.app, parsed, &secret).await {
        Ok(Entry::Open(_)) => "/respond/case",
        Ok(Entry::Used(_)) => "/respond/receipt",
        Ok(ended) => return page(&EndedPage::new(&ctx, &ended)),
        Err(Error::NotFound) => {
            return wrong(vec![FieldError::new("number", "no_match", NO_MATCH)]);
        }
        Err(e) => return Err(e.into()),
    };
    let mut response = see_other(to);
    let sealed = seal_key(&ctx.app, parsed, &secret);
    let cookie = ctx.set_cookie(CookieName::Respond, &sealed, None);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What this browser may open now, or the way back to the form.
async fn current(ctx: &Ctx) -> Result<Result<(CaseNumber, QueryCode, Entry), Response>, Error> {
    let Some((number, code)) = key(ctx) else {
        return Ok(Err(see_other("/respond")));
    };
    match flow::enter(&ctx.app, number, &code).await {
        Ok(entry) => Ok(Ok((number, code, entry))),
        Err(Error::NotFound) => Ok(Err(see_other("/respond"))),
        Err(e) => Err(e),
    }
}

/// `GET /respond/case`: the masked complaint and the form for the answer.
pub async fn case(ctx: Ctx) -> Page {
    match current(&ctx).await? {
        Ok((_, _, Entry::Open(open))) => {
            let held = files::held(&ctx, &open).await?;
            let field = files::field(&ctx, &held, Vec::new());
            page(&CasePage::new(&ctx, &open, &[], Vec::new(), field))
        }
        Ok((_, _, Entry::Used(_))) => Ok(see_other("/respond/receipt")),
        Ok((_, _, ended)) => page(&EndedPage::new(&ctx, &ended)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// The answer that a form holds.
fn answer_of(ctx: &Ctx, pairs: &Pairs) -> Result<Answer, Vec<FieldError>> {
    let what: Vec<&str> = pairs
        .0
        .iter()
        .filter(|(k, _)| k == "what")
        .map(|(_, v)| v.as_str())
        .collect();
    Answer::read(|name| pairs.get(name), &what, ctx.app.today())
}

/// What a form asks for.
enum Wish {
    /// To keep or give back files, and the form again.
    Files,
    /// To see the answer as it would be sent, to send it, or to change it: `do` says which.
    Answer,
}

/// `POST /respond/case`: checks the answer (`do=check`), gives the form back (`do=back`), or sends it (`do=send`).
pub async fn answer(ctx: Ctx, request: Request) -> Page {
    take(ctx, request, Wish::Answer).await
}

/// `POST /respond/files`: keeps the chosen files, or gives one back, and shows the form with what was typed.
pub async fn take_files(ctx: Ctx, request: Request) -> Page {
    take(ctx, request, Wish::Files).await
}

async fn take(ctx: Ctx, request: Request, wish: Wish) -> Page {
    let found = current(&ctx).await?;
    let sender = match &found {
        Ok((_, _, Entry::Open(open))) => Some(files::of(open)),
        _ => None,
    };
    let Sent { pairs, refused, .. } = upload::read(&ctx, request, sender.as_ref()).await?;
    let (number, code, open) = match found {
        Ok((number, code, Entry::Open(open))) => (number, code, open),
        Ok((_, _, Entry::Used(_))) => return used(&ctx, &pairs).await,
        Ok((_, _, ended)) => {
            let page = EndedPage::new(&ctx, &ended).with_typed(pairs.get("explanation"));
            return status(StatusCode::CONFLICT, &page);
        }
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let (Some(sender), Ok(id)) = (&sender, Uuid::try_parse(pairs.get(upload::DROP))) {
        evidence::remove(&ctx.app, sender, id).await?;
    }
    let held = files::held(&ctx, &open).await?;
    let form = |mut errors: Vec<FieldError>, refused: Vec<Refused>| {
        errors.extend(upload::errors(&refused));
        let code = if errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let field = files::field(&ctx, &held, refused);
        status(code, &CasePage::new(&ctx, &open, &pairs.0, errors, field))
    };
    if matches!(wish, Wish::Files) || pairs.get("do") == "back" {
        return form(Vec::new(), refused);
    }
    let parsed = match answer_of(&ctx, &pairs) {
        Ok(answer) => Answer {
            files: evidence::marks(&held),
            ..answer
        },
        Err(errors) => return form(errors, refused),
    };
    if !refused.is_empty() {
        return form(Vec::new(), refused);
    }
    match pairs.get("do") {
        "send" => send(&ctx, number, &code, &open, &parsed, &pairs, &held).await,
        _ => page(&CheckPage::new(&ctx, &open, &parsed, &pairs.0, &held)),
    }
}

async fn send(
    ctx: &Ctx,
    number: CaseNumber,
    code: &QueryCode,
    open: &Open,
    answer: &Answer,
    pairs: &Pairs,
    held: &[Held],
) -> Page {
    // what is sent is what was shown
    let seen = pairs.get(SEEN);
    if !seen.is_empty() && seen != seen_word(held) {
        let mut page = CheckPage::new(ctx, open, answer, &pairs.0, held);
        page.changed = true;
        return status(StatusCode::CONFLICT, &page);
    }
    match flow::answer(&ctx.app, number, code, answer).await {
        Ok(()) => Ok(see_other("/respond/receipt")),
        // somebody else with the same code was faster, or the office took it back in between
        Err(Error::Conflict(why)) => {
            let page = EndedPage::conflict(ctx, &open.case.number, why);
            status(
                StatusCode::CONFLICT,
                &page.with_typed(pairs.get("explanation")),
            )
        }
        Err(e) => Err(e.into()),
    }
}

/// The code was used up: the same answer once more (a double click, a reload) finds its receipt, another one is told.
async fn used(ctx: &Ctx, pairs: &Pairs) -> Page {
    let Ok((_, _, Entry::Used(used))) = current(ctx).await? else {
        return Ok(see_other("/respond"));
    };
    let same = answer_of(ctx, pairs).is_ok_and(|a| {
        let number = &used.number;
        let a = Answer {
            files: used.files.clone(),
            ..a
        };
        a.text(number, &used.trader, used.at) == used.text
    });
    if same {
        return Ok(see_other("/respond/receipt"));
    }
    let why = "这个答复码已经用过了，先发出的那一份有效";
    let page = EndedPage::conflict(ctx, &used.number, why).with_receipt();
    status(
        StatusCode::CONFLICT,
        &page.with_typed(pairs.get("explanation")),
    )
}

/// `GET /respond/receipt`: what was received, when, and its hash.
pub async fn receipt(ctx: Ctx) -> Page {
    match current(&ctx).await? {
        Ok((_, _, Entry::Used(used))) => page(&ReceiptPage::new(&ctx, &used)),
        Ok(_) => Ok(see_other("/respond/case")),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /respond/leave`: this browser forgets the complaint.
pub async fn leave(ctx: Ctx) -> Page {
    let mut response = see_other("/respond");
    let headers = response.headers_mut();
    headers.append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Respond, "", Some(0)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
