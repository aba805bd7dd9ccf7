//! What somebody typed at the desk and could not be carried out: a limit, a database that is away, a session that has
//! ended. It stays on the page that says so, and goes through the sign-in as a sealed field. Owns those pages. Nothing
//! is stored, and a form comes back to the person whose it was, to nobody else.

use super::login;
use crate::{
    app::App,
    error::Error,
    identity::{flow::SignedIn, token},
    privacy::Purpose,
    web::{
        ctx::{Ctx, Kept},
        layout::Layout,
        routes::Gate,
    },
};
use askama::Template;
use axum::{
    http::{Method, StatusCode},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a sealed form waits for its person.
const LIFE: Duration = Duration::hours(12);

/// Fields that never go out again.
const SECRET: [&str; 2] = ["password", "code"];

/// Fields that carry no words of a person.
const CARRIED: [&str; 4] = ["csrf", "kept", "sealed", "version"];

/// A form that was sent in vain.
#[derive(Serialize, Deserialize)]
pub(super) struct Form {
    #[serde(with = "time::serde::timestamp")]
    at: OffsetDateTime,
    action: String,
    pairs: Vec<(String, String)>,
}

impl Form {
    fn get(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(k, _)| k == name)
            .map_or("", |(_, v)| v)
    }

    /// Sealed, for a hidden field of the sign-in pages.
    fn seal(&self, app: &App) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        let sealed = app
            .sealer
            .seal(Purpose::DeskForm, Uuid::nil(), &plain, app.dice.bytes());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// From the hidden field, `None` for anything that this server did not seal, or too long ago.
    pub(super) fn open(app: &App, field: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(field).ok()?;
        let plain = app
            .sealer
            .open(Purpose::DeskForm, Uuid::nil(), &sealed)
            .ok()?;
        let form: Self = serde_json::from_slice(&plain).ok()?;
        (app.now() - form.at < LIFE).then_some(form)
    }

    fn is_of(&self, app: &App, person: &SignedIn) -> bool {
        token::is_of(app.sealer.ring(), person.actor.staff, self.get("csrf"))
    }
}

/// What a person wrote, told from codes and numbers by its look.
fn words(pairs: &[(String, String)]) -> Vec<String> {
    pairs
        .iter()
        .filter(|(k, v)| !CARRIED.contains(&k.as_str()) && (!v.is_ascii() || v.len() > 40))
        .map(|(_, v)| v.clone())
        .collect()
}

/// The sign-in page in place of a form's answer when its session has ended; `None` when nothing would be lost.
pub(in crate::web) fn ended(ctx: &Ctx, gate: Gate, kept: &Kept) -> Option<Response> {
    let pairs = kept.without(&SECRET);
    let field = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v);
    let sealed = match gate {
        // the second factor came too late: what the sign-in carried goes on
        Gate::Half => field("kept")?.clone(),
        _ => {
            field("csrf")?;
            let form = Form {
                at: ctx.app.now(),
                action: ctx.path.to_string(),
                pairs: pairs.clone(),
            };
            form.seal(&ctx.app)
        }
    };
    login::again(ctx, &sealed)
        .ok()
        .map(|page| (StatusCode::FORBIDDEN, page).into_response())
}

#[derive(Template)]
#[template(path = "desk/failed.html")]
struct FailedPage {
    l: Layout,
    heading: String,
    message: String,
    hints: Vec<String>,
    typed: Vec<String>,
    action: String,
    fields: Vec<(String, String)>,
    back: bool,
    again: &'static str,
    request_id: String,
}

/// The form with a token that counts now. A step on a case can also be looked at first.
fn offer(page: FailedPage, mut pairs: Vec<(String, String)>, csrf: Option<&str>) -> FailedPage {
    if let Some(csrf) = csrf {
        pairs.retain(|(k, _)| k != "csrf");
        pairs.push(("csrf".to_owned(), csrf.to_owned()));
    }
    let steps = pairs.iter().any(|(k, v)| k == "do" && v == "send");
    if steps {
        pairs.retain(|(k, _)| k != "do");
    }
    FailedPage {
        fields: pairs,
        back: steps,
        ..page
    }
}

/// The page of a failure at the desk, with what was typed: to send again where that can help, to copy everywhere.
pub(in crate::web) fn failed(
    ctx: &Ctx,
    error: &Error,
    code: StatusCode,
    said: (&str, String),
    kept: &Kept,
    method: &Method,
) -> Response {
    let pairs = if method == Method::POST {
        kept.without(&SECRET)
    } else {
        Vec::new()
    };
    let form = Form {
        at: ctx.app.now(),
        action: ctx.path.to_string(),
        pairs,
    };
    let stale = matches!(error, Error::Forbidden)
        && ctx
            .staff
            .as_ref()
            .is_some_and(|person| person.csrf != form.get("csrf") && form.is_of(&ctx.app, person));
    let (heading, message) = match error {
        Error::Limited(seconds) => ("操作太快，请稍等", format!("请 {seconds} 秒后再试。")),
        Error::Unavailable(_) => ("系统正在恢复，请稍后再试", "刚才没有办成。".to_owned()),
        Error::Internal(_) => ("系统出了点问题", "刚才没有办成，问题已经记录。".to_owned()),
        Error::Forbidden if stale => (
            "请再确认一次",
            "这个页面是您上次登录时打开的，刚才没有办成。".to_owned(),
        ),
        Error::NotFound if !form.pairs.is_empty() => (
            said.0,
            "这一件可能刚刚转给了别的部门，或者地址写错了。".to_owned(),
        ),
        _ => said,
    };
    let again = matches!(
        error,
        Error::Limited(_) | Error::Unavailable(_) | Error::Internal(_)
    ) || stale;
    let page = FailedPage {
        l: ctx.layout(format!("错误：{heading}"), ""),
        heading: heading.to_owned(),
        message,
        hints: match error {
            Error::Invalid(fields) => fields.iter().map(|f| f.message.clone()).collect(),
            _ => Vec::new(),
        },
        typed: words(&form.pairs),
        action: form.action,
        fields: Vec::new(),
        back: false,
        again: "再试一次",
        request_id: if code.is_server_error() {
            ctx.id.to_string()
        } else {
            String::new()
        },
    };
    let page = if again && !form.pairs.is_empty() {
        let csrf = ctx.staff.as_ref().map(|s| s.csrf.clone());
        offer(page, form.pairs, csrf.as_deref())
    } else {
        page
    };
    render(code, &page)
}

fn render(code: StatusCode, page: &FailedPage) -> Response {
    match page.render() {
        Ok(html) => (code, Html(html)).into_response(),
        Err(_) => (code, page.heading.clone()).into_response(),
    }
}

/// After the sign-in: what was typed before, with a token of the new session. Who signs in as somebody else does not
/// see it.
pub(super) fn back(ctx: &Ctx, person: SignedIn, form: Form) -> Response {
    let mine = form.is_of(&ctx.app, &person);
    let csrf = person.csrf.clone();
    let ctx = Ctx {
        staff: Some(person),
        ..ctx.clone()
    };
    let heading = if mine {
        "内容还在"
    } else {
        "没有带过来"
    };
    let page = FailedPage {
        l: ctx.layout(heading, ""),
        heading: heading.to_owned(),
        message: if mine {
            "登录过期前您填写的内容在这里，还没有提交。".to_owned()
        } else {
            "刚才那一页是用另一个账号填写的，内容没有带过来，也没有提交。".to_owned()
        },
        hints: Vec::new(),
        typed: if mine { words(&form.pairs) } else { Vec::new() },
        action: form.action,
        fields: Vec::new(),
        back: false,
        again: "提交",
        request_id: String::new(),
    };
    let page = if mine {
        offer(page, form.pairs, Some(&csrf))
    } else {
        page
    };
    render(StatusCode::OK, &page)
}
