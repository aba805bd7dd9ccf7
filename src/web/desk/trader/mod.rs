//! The trader's side of a complaint at the desk: the invitation to answer and what the trader would read, the answers,
//! the trader's copies of the notices and how it was told of them.

mod answers;
mod invite;
mod papers;

pub use invite::{invite, letter};

use super::titled;
use crate::{
    casework::{Verb, edge, flow as casework},
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act as Permission, Actor},
        words::CaseKind,
    },
    store::{
        case::Case,
        traders::{self as store, notices as rows},
    },
    traders::{
        InvitationState,
        flow::{self, Telling},
    },
    web::{
        ctx::{Answer, Ctx, Pairs},
        layout::Layout,
        notice::{pdf, unseal},
        pages::{page, see_other, status},
    },
};
use answers::Shown;
use askama::Template;
use axum::{extract::Path, http::StatusCode};
use invite::{InviteForm, Masked, Waiting};
use papers::{Copy, TellForm, copies, tell_form};
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
    /// What came and was not marked as seen.
    news: bool,
    /// The newest invitation.
    waiting: Option<Waiting>,
    answers: Vec<Shown>,
    masked: Masked,
    copies: Vec<Copy>,
    invite: Option<InviteForm>,
    revoke: bool,
    tell: Option<TellForm>,
}

/// A form of this page that was not carried out: whose, what was typed, what is wrong.
#[derive(Default)]
struct Typed {
    form: &'static str,
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
    conflict: &'static str,
    /// Only a look at what the trader would read.
    preview: bool,
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
        if self.form != form {
            return "";
        }
        let found = self.values.iter().find(|(k, _)| k == field);
        found.map_or("", |(_, v)| v)
    }
}

/// The complaint of this number, for who may see it; a report has no such page.
async fn complaint(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Case> {
    let case = casework::open_led(&ctx.app, actor, number).await?;
    if case.kind == CaseKind::Complaint {
        Ok(case)
    } else {
        Err(Error::NotFound)
    }
}

async fn build(ctx: &Ctx, actor: &Actor, case: &Case, typed: &Typed) -> Result<TraderPage> {
    let app = &ctx.app;
    let (notices, told, invitations) = {
        let mut conn = app.store.conn().await?;
        (
            rows::notices(&mut conn, case.id).await?,
            rows::told(&mut conn, case.id).await?,
            store::invitations(&mut conn, case.id).await?,
        )
    };
    // leaves the line of a view in the trail (P-11)
    let _ = casework::inside(app, Some(actor), case).await?;
    let may = |verb| actor.may(Permission::Handle) && edge(case.kind, case.state, verb).is_some();
    let copies = copies(app, notices, &told)?;
    let tell = (may(Verb::TellTrader) && !copies.is_empty()).then(|| {
        let ways = (app.mailer.is_some(), app.sms.is_some());
        tell_form(&copies, typed, app.today(), ways)
    });
    let newest = invitations.first();
    let open = newest.is_some_and(|i| i.state == InvitationState::Open && i.due >= app.today());
    // what is blocked is not shown as if the trader read it
    let wrong = typed.errors.iter().any(|e| e.field == "summary");
    let summary = match typed.get("invite", "summary").trim() {
        _ if wrong => None,
        "" => newest
            .map(|i| flow::summary_of(app, i))
            .transpose()?
            .flatten(),
        text => Some(text.to_owned()),
    };
    let (masked, needs) = flow::preview(app, case, summary).await?;
    Ok(TraderPage {
        l: ctx.layout(
            titled(&format!("{} 经营者", case.number), &typed.errors),
            "cases",
        ),
        name: case.trader_name.clone(),
        href: format!("/desk/cases/{}", case.number),
        version: case.version,
        done: match ctx.param("done") {
            "tell-trader" => "已记下怎样告知经营者。",
            "invite-revoke" => "已撤回邀请，原来的答复码不能再用。",
            "trader-seen" => "已标为看过。",
            _ => "",
        },
        conflict: if typed.conflict.is_empty() {
            String::new()
        } else {
            format!("{}。您填写的内容还在。", typed.conflict)
        },
        errors: typed.errors.clone(),
        news: actor.may(Permission::Handle) && invitations.iter().any(|i| i.news > 0),
        waiting: newest.map(|i| Waiting::of(app, case, i)),
        answers: answers::shown(app, case).await?,
        masked: Masked::of(app, masked),
        copies,
        invite: (may(Verb::Invite) && !open).then(|| InviteForm::of(app, case, typed, needs)),
        revoke: may(Verb::InviteRevoke) && open,
        tell,
        number: case.number.clone(),
    })
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
        Ok(()) if typed.preview => StatusCode::OK,
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

/// `POST /desk/cases/{number}/invite-revoke`.
pub async fn revoke(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let result = flow::revoke(&ctx.app, actor, &number, version(&pairs)).await;
    after(&ctx, &number, Typed::new("invite-revoke", pairs), result).await
}

/// `POST /desk/cases/{number}/trader-seen`: the mark of news goes.
pub async fn seen(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let result = flow::seen(&ctx.app, actor, &number).await;
    after(&ctx, &number, Typed::new("trader-seen", pairs), result).await
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
    let notice = unseal(&ctx.app, row.ok_or(Error::NotFound)?)?;
    casework::paper_opened(&ctx.app, actor, &case, notice.row.form).await?;
    pdf(&case, notice).await
}
