//! Pages that change rarely: home, guide, where else to go, privacy, accessibility; the senior switch; not found.

use super::{
    ctx::{Answer, CookieName, Ctx, Failure, Pairs},
    file, fixed,
    layout::Layout,
    pages::{public, see_other},
};
use crate::{app::App, error::Error, intake::draft::DRAFT_DAYS, seed};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// An office that residents are pointed to (T-04, M-02).
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Key of its page.
    pub code: String,
    /// What it is about.
    pub title: String,
    /// Who does it.
    pub office: String,
    /// Its number.
    pub phone: String,
    /// What to do.
    pub text: String,
}

fn all_elsewhere() -> Vec<Elsewhere> {
    seed::tables::elsewhere()
        .iter()
        .map(|e| Elsewhere {
            code: e.code.clone(),
            title: e.title.clone(),
            office: e.office.clone(),
            phone: e.phone.clone(),
            text: e.text.clone(),
        })
        .collect()
}

/// The outside office that leads the subject of a category, `None` when it is handled here.
#[must_use]
pub fn elsewhere_of_category(app: &App, category: &str) -> Option<Elsewhere> {
    let reference = app.reference();
    let subject = reference.category(category)?.subject.clone()?;
    let facts = seed::tables::subjects()
        .iter()
        .find(|s| s.subject == subject)?;
    let office = reference
        .departments
        .iter()
        .find(|d| d.code == facts.outside_code && !d.inside)?;
    Some(Elsewhere {
        code: subject,
        title: format!("「{}」由别的部门主管", facts.name),
        office: office.name.clone(),
        phone: office.phone.clone(),
        text: facts.note.clone(),
    })
}

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    l: Layout,
    has_draft: bool,
    has_receipt: bool,
    draft_href: String,
}

/// `GET /`.
pub async fn home(ctx: Ctx) -> Answer {
    let has_draft = file::has_draft(&ctx);
    let has_receipt = ctx.cookie(CookieName::Receipt).is_some();
    let template = || HomePage {
        l: ctx.layout("首页", "home"),
        has_draft,
        has_receipt,
        draft_href: "/file".into(),
    };
    if has_draft || has_receipt {
        public(&template())
    } else {
        fixed::page(&ctx, "/", "", template)
    }
}

#[derive(Template)]
#[template(path = "public/guide.html")]
struct GuidePage {
    l: Layout,
    elsewhere: Vec<Elsewhere>,
}

/// `GET /guide`.
pub async fn guide(ctx: Ctx) -> Answer {
    fixed::page(&ctx, "/guide", "", || GuidePage {
        l: ctx.layout("办事指南", "guide"),
        elsewhere: all_elsewhere(),
    })
}

#[derive(Template)]
#[template(path = "public/elsewhere.html")]
struct ElsewherePage {
    l: Layout,
    item: Elsewhere,
    next_href: String,
}

/// The page of the right office; `next` goes on with the filing, empty outside of one.
///
/// # Errors
/// The template fails: our own fault.
pub fn elsewhere_page(ctx: &Ctx, item: Elsewhere, next: String) -> Answer {
    let nav = if next.is_empty() { "guide" } else { "file" };
    public(&ElsewherePage {
        l: ctx.layout(item.title.clone(), nav),
        item,
        next_href: next,
    })
}

/// What to do about something outside of the district (T-04).
#[must_use]
pub fn outside_district() -> Option<Elsewhere> {
    all_elsewhere()
        .into_iter()
        .find(|e| e.code == "outside_district")
}

/// `GET /guide/{code}`: what is not for us, and whose it is.
pub async fn elsewhere(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let code = if code == "outside" {
        "outside_district".to_owned()
    } else {
        code
    };
    let item = all_elsewhere()
        .into_iter()
        .find(|e| e.code == code)
        .ok_or(Error::NotFound)?;
    elsewhere_page(&ctx, item, String::new())
}

#[derive(Template)]
#[template(path = "public/privacy.html")]
struct PrivacyPage {
    l: Layout,
    operator: String,
    operator_contact: String,
    updated: String,
    kept: Vec<(&'static str, String)>,
}

/// `GET /privacy`: form 15 个人信息处理告知 (P-01).
pub async fn privacy(ctx: Ctx) -> Answer {
    public(&PrivacyPage {
        l: ctx.layout("个人信息处理告知", ""),
        operator: ctx.app.config.operator.clone(),
        operator_contact: ctx.app.config.operator_contact.clone(),
        updated: "2026年11月24日".into(),
        kept: ctx.app.config.retention.table(DRAFT_DAYS),
    })
}

#[derive(Template)]
#[template(path = "public/accessibility.html")]
struct AccessibilityPage {
    l: Layout,
    operator_contact: String,
}

/// `GET /accessibility` (P-17).
pub async fn accessibility(ctx: Ctx) -> Answer {
    let operator_contact = ctx.app.config.operator_contact.clone();
    public(&AccessibilityPage {
        l: ctx.layout("无障碍说明", ""),
        operator_contact,
    })
}

/// `POST /senior`: switches 长者模式 and goes back to the page.
pub async fn senior(ctx: Ctx, pairs: Pairs) -> Answer {
    let back = pairs.get("back");
    // only a path of our own: no scheme, no host, no second slash
    let local =
        back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    let mut response = see_other(if local { back } else { "/" });
    let on = ctx.cookie(CookieName::Senior).as_deref() == Some("1");
    let cookie = if on {
        ctx.set_cookie(CookieName::Senior, "", Some(0))
    } else {
        ctx.set_cookie(CookieName::Senior, "1", Some(365))
    };
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// `GET /favicon.ico`.
pub async fn favicon() -> Response {
    see_other("/static/favicon.svg")
}

/// `GET /robots.txt`.
pub async fn robots() -> Response {
    let mut response = "User-agent: *\nDisallow: /desk\nDisallow: /file\nDisallow: /track\nDisallow: /api/v1/cases\n".into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    response
}

/// Every other address.
pub async fn missing() -> Failure {
    Error::NotFound.into()
}
