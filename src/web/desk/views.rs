//! Saved views 我的视图 at the desk: the row of links above the worklist, the form that keeps the present filters, the page
//! where a person renames, moves and removes the own ones.

use super::{filter::View, message, titled};
use crate::{
    app::App,
    casework::{
        State,
        flow::{self, SavedView, VIEWS_MOST, ViewMove},
    },
    error::{Error, FieldError, Result},
    kernel::{access::Actor, words::CaseKind},
    reference::Reference,
    web::{
        ctx::{Answer, Ctx, Pairs, url_pairs},
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{extract::Path, http::StatusCode};
use uuid::Uuid;

/// A saved view as a link.
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) on: bool,
}

/// What the worklist shows of saved views.
pub(super) struct Strip {
    pub(super) links: Vec<Link>,
    /// The present filters, for the form that keeps them; empty where they are kept already.
    pub(super) query: String,
    /// The form would be refused.
    pub(super) full: bool,
}

/// The filters of a view as an address has them; where a page begins is no filter.
fn query(view: &View) -> String {
    let whole = View {
        after: None,
        ..view.clone()
    };
    let href = whole.href();
    href.split_once('?').map_or("", |(_, q)| q).to_owned()
}

/// A stored view, read like an address.
fn read(view: &SavedView, actor: &Actor, known: &Reference) -> View {
    View::read(&url_pairs(&view.query), actor, known).0
}

/// The row of a person's views above the worklist that shows `now`.
pub(super) async fn strip(app: &App, actor: &Actor, now: &View) -> Result<Strip> {
    let known = app.reference();
    let here = query(now);
    let links: Vec<Link> = flow::views(app, actor)
        .await?
        .into_iter()
        .map(|v| {
            let view = read(&v, actor, &known);
            Link {
                on: query(&view) == here,
                href: view.href(),
                label: v.name,
            }
        })
        .collect();
    let kept = links.iter().any(|l| l.on);
    Ok(Strip {
        full: links.len() >= VIEWS_MOST,
        query: if kept { String::new() } else { here },
        links,
    })
}

/// The filters in words.
fn words(view: &View, people: &[(Uuid, String)], known: &Reference) -> String {
    let mut out: Vec<String> = view
        .pairs()
        .into_iter()
        .map(|(name, value)| match name {
            "q" => format!("搜索「{value}」"),
            "kind" => CaseKind::from_code(&value).map_or(value, |k| k.label().to_owned()),
            "state" => State::from_code(&value).map_or(value, |s| s.label().to_owned()),
            "street" => known.street_name(Some(&value)).to_owned(),
            "department" => known.inside(&value).map_or(value, |d| d.name.clone()),
            "due" => view.due.map_or(value, |d| d.label().to_owned()),
            "urgent" => "紧急".to_owned(),
            "unread" => "新留言".to_owned(),
            "waits" => "待审批".to_owned(),
            "fresh" => "新到".to_owned(),
            "back" if view.at_intake => "部门退回".to_owned(),
            "back" => "被退回".to_owned(),
            "mine" => "我承办".to_owned(),
            "nobody" => "无人承办".to_owned(),
            "handler" => people
                .iter()
                .find(|(id, _)| Some(*id) == view.handler)
                .map_or_else(
                    || "已经离开本部门的人".to_owned(),
                    |(_, n)| format!("{n}承办"),
                ),
            "often" => "退回两次以上".to_owned(),
            "co" => "协办".to_owned(),
            "at_intake" => "在受理岗".to_owned(),
            "closed" => "已办结".to_owned(),
            other => format!("{other} {value}"),
        })
        .collect();
    if out.is_empty() {
        out.push("全部在办".to_owned());
    }
    out.join("，")
}

/// A view that can be changed.
struct Row {
    id: String,
    href: String,
    name: String,
    words: String,
    /// What was typed as its new name, or its name.
    typed: String,
    error: String,
    first: bool,
}

/// A view that is not kept yet.
struct New {
    name: String,
    error: String,
    query: String,
    words: String,
}

#[derive(Template)]
#[template(path = "desk/views.html")]
struct ViewsPage {
    l: Layout,
    rows: Vec<Row>,
    new: Option<New>,
    errors: Vec<FieldError>,
    done: &'static str,
    most: usize,
}

/// What was typed and could not be carried out: a new view, or another name of one that is there.
enum Typed {
    New { name: String, query: String },
    Name { id: Uuid, name: String },
}

async fn build(ctx: &Ctx, typed: Option<Typed>, errors: Vec<FieldError>) -> Result<ViewsPage> {
    let actor = &ctx.signed_in()?.actor;
    let known = ctx.app.reference();
    let wrong = message(&errors, "name");
    let people = flow::candidates(&ctx.app, actor).await?;
    let rows = flow::views(&ctx.app, actor).await?;
    let rows = rows.into_iter().enumerate().map(|(nth, v)| {
        let view = read(&v, actor, &known);
        let typed = match &typed {
            Some(Typed::Name { id, name }) if *id == v.id => Some(name.clone()),
            _ => None,
        };
        Row {
            id: v.id.simple().to_string(),
            href: view.href(),
            words: words(&view, &people, &known),
            error: typed.as_ref().map(|_| wrong.clone()).unwrap_or_default(),
            typed: typed.unwrap_or_else(|| v.name.clone()),
            name: v.name,
            first: nth == 0,
        }
    });
    Ok(ViewsPage {
        l: ctx.layout(titled("我的视图", &errors), "cases"),
        rows: rows.collect(),
        new: match &typed {
            Some(Typed::New { name, query }) => Some(New {
                words: words(
                    &View::read(&url_pairs(query), actor, &known).0,
                    &people,
                    &known,
                ),
                name: name.clone(),
                error: wrong.clone(),
                query: query.clone(),
            }),
            _ => None,
        },
        errors,
        done: match ctx.param("done") {
            "rename" => "已经改名。",
            "up" => "已经上移。",
            "remove" => "已经删除。",
            _ => "",
        },
        most: VIEWS_MOST,
    })
}

/// `GET /desk/views`.
pub async fn list(ctx: Ctx) -> Answer {
    page(&build(&ctx, None, Vec::new()).await?)
}

/// `POST /desk/views`: keeps the filters that the worklist showed.
pub async fn save(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    // kept as this portal writes it, whatever came
    let asked = url_pairs(pairs.get("query"));
    let view = View::read(&asked, actor, &ctx.app.reference()).0;
    let query = query(&view);
    match flow::view_save(&ctx.app, actor, pairs.get("name"), &query).await {
        Ok(()) => Ok(see_other(&format!("/desk/cases?{query}&done=view"))),
        Err(Error::Invalid(errors)) => {
            let name = pairs.get("name").to_owned();
            let typed = Typed::New { name, query };
            status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &build(&ctx, Some(typed), errors).await?,
            )
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/views/{id}`: another name, one place up, or away.
pub async fn change(ctx: Ctx, Path(id): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = Uuid::try_parse(&id).map_err(|_| Error::NotFound)?;
    let name = pairs.get("name");
    let (to, done) = match pairs.get("do") {
        "up" => (ViewMove::Up, "up"),
        "remove" => (ViewMove::Remove, "remove"),
        _ => (ViewMove::Rename(name), "rename"),
    };
    match flow::view_move(&ctx.app, actor, id, to).await {
        Ok(()) => Ok(see_other(&format!("/desk/views?done={done}"))),
        Err(Error::Invalid(errors)) => {
            let name = name.to_owned();
            let typed = Typed::Name { id, name };
            status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &build(&ctx, Some(typed), errors).await?,
            )
        }
        Err(e) => Err(e.into()),
    }
}
