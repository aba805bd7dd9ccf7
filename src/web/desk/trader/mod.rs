//! The trader's side of a complaint at the desk: its copies of the notices and how it was told of them.

mod papers;

use super::{message, titled};
use crate::{
    casework::{Verb, edge, flow as casework},
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act as Permission, Actor},
        words::CaseKind,
    },
    store::{case::Case, traders::notices as rows},
    traders::{
        Way,
        flow::{self, Telling},
    },
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::Choice,
        layout::Layout,
        notice::{pdf, unseal},
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{extract::Path, http::StatusCode};
use papers::{Copy, copies};
use uuid::Uuid;

#[derive(Template)]
#[template(path = "desk/trader.html")]
struct TraderPage {
    l: Layout,
    number: String,
    name: String,
    href: String,
    version: i32,
    done: &'static str,
    conflict: String,
    errors: Vec<FieldError>,
    copies: Vec<Copy>,
    tell: Option<TellForm>,
}

/// The form that records how the trader was told.
struct TellForm {
    notices: Vec<Choice>,
    notice_error: String,
    ways: Vec<Choice>,
    way_error: String,
    day: String,
    day_error: String,
    note: String,
    note_error: String,
    open: bool,
}

/// A form of this page that was not carried out: whose, what was typed, what is wrong.
#[derive(Default)]
struct Typed {
    form: &'static str,
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
    conflict: &'static str,
}

impl Typed {
    fn new(form: &'static str, pairs: Pairs) -> Self {
        Self {
            form,
            values: pairs.0,
            ..Self::default()
        }
    }

    /// What was typed into a field of this form.
    fn get(&self, form: &str, field: &str) -> &str {
        let mine = self.values.iter().filter(|_| self.form == form);
        mine.into_iter()
            .find(|(k, _)| k == field)
            .map_or("", |(_, v)| v)
    }
}

/// The complaint of this number, for who may see it; a report has no such page.
async fn complaint(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Case> {
    let case = casework::open(&ctx.app, actor, number).await?;
    if case.kind == CaseKind::Complaint {
        Ok(case)
    } else {
        Err(Error::NotFound)
    }
}

async fn build(ctx: &Ctx, actor: &Actor, case: &Case, typed: &Typed) -> Result<TraderPage> {
    let (notices, told) = {
        let mut conn = ctx.app.store.conn().await?;
        (
            rows::notices(&mut conn, case.id).await?,
            rows::told(&mut conn, case.id).await?,
        )
    };
    let may = |verb| actor.may(Permission::Handle) && edge(case.kind, case.state, verb).is_some();
    let copies = copies(&ctx.app, notices, &told)?;
    let tell = (may(Verb::TellTrader) && !copies.is_empty())
        .then(|| tell_form(&copies, typed, ctx.app.today().to_string()));
    Ok(TraderPage {
        l: ctx.layout(
            titled(&format!("{} 经营者", case.number), &typed.errors),
            "cases",
        ),
        name: case.trader_name.clone(),
        href: format!("/desk/cases/{}", case.number),
        version: case.version,
        done: match ctx.param("done") {
            "tell-trader" => "已记录怎样告知经营者。",
            _ => "",
        },
        conflict: if typed.conflict.is_empty() {
            String::new()
        } else {
            format!("{}。您填写的内容还在。", typed.conflict)
        },
        errors: typed.errors.clone(),
        copies,
        tell,
        number: case.number.clone(),
    })
}

fn tell_form(copies: &[Copy], typed: &Typed, today: String) -> TellForm {
    let typed_in = |field| typed.get("tell-trader", field);
    let chosen = match typed_in("notice") {
        "" => copies.last().map_or("", |c| &c.id),
        id => id,
    };
    let day = typed_in("day");
    TellForm {
        notices: copies
            .iter()
            .rev()
            .map(|c| Choice {
                code: c.id.clone(),
                label: format!("{} {}", c.title, c.at),
                note: "",
                on: c.id == chosen,
            })
            .collect(),
        notice_error: message(&typed.errors, "notice"),
        ways: Way::ALL
            .iter()
            .filter(|w| !w.is_sent())
            .map(|w| Choice {
                code: w.code().to_owned(),
                label: w.label().to_owned(),
                note: "",
                on: typed_in("way") == w.code(),
            })
            .collect(),
        way_error: message(&typed.errors, "way"),
        day: if typed.form == "tell-trader" {
            day.to_owned()
        } else {
            today
        },
        day_error: message(&typed.errors, "day"),
        note: typed_in("note").to_owned(),
        note_error: message(&typed.errors, "note"),
        open: typed.form == "tell-trader",
    }
}

/// `GET /desk/cases/{number}/trader`.
pub async fn show(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let case = complaint(&ctx, actor, &number).await?;
    page(&build(&ctx, actor, &case, &Typed::default()).await?)
}

/// After a form of this page: the page again, or what was typed and why it was not carried out.
async fn after(ctx: &Ctx, number: &str, mut typed: Typed, result: Result<()>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let code = match result {
        Ok(()) => {
            ctx.app.nudge.notify_one();
            let case = complaint(ctx, actor, number).await?;
            let to = format!("/desk/cases/{}/trader?done={}", case.number, typed.form);
            return Ok(see_other(&to));
        }
        Err(Error::Invalid(errors)) => {
            typed.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Error::Conflict(why)) => {
            typed.conflict = why;
            StatusCode::CONFLICT
        }
        Err(e) => return Err(e.into()),
    };
    let case = complaint(ctx, actor, number).await?;
    status(code, &build(ctx, actor, &case, &typed).await?)
}

/// The version that a form was drawn from; a broken one is nobody's.
fn version(pairs: &Pairs) -> i32 {
    pairs.get("version").parse().unwrap_or(-1)
}

/// `POST /desk/cases/{number}/tell-trader`: how the trader was told of a copy.
pub async fn tell(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let telling = Telling {
        notice: pairs.get("notice"),
        way: pairs.get("way"),
        day: pairs.get("day"),
        note: pairs.get("note"),
    };
    let result = flow::tell(&ctx.app, actor, &number, version(&pairs), telling).await;
    after(&ctx, &number, Typed::new("tell-trader", pairs), result).await
}

/// `GET /desk/cases/{number}/trader/{id}.pdf`: a copy of the trader's, to print and hand over.
pub async fn paper(ctx: Ctx, Path((number, name)): Path<(String, String)>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let case = complaint(&ctx, actor, &number).await?;
    let id = name.strip_suffix(".pdf").ok_or(Error::NotFound)?;
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let row = {
        let mut conn = ctx.app.store.conn().await?;
        rows::notice(&mut conn, case.id, id).await?
    };
    pdf(&case, unseal(&ctx.app, row.ok_or(Error::NotFound)?)?).await
}
