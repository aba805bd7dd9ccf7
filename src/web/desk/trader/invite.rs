//! The invitation at the desk: its form with what the trader would read, and the page that shows the new code once, with
//! the letter to print.

use super::{Typed, after, complaint, version};
use crate::{
    app::App,
    casework::{Verb, edge},
    error::{Error, Result},
    intake::Story,
    kernel::number::CaseNumber,
    notices::chinese_date,
    receipts::qr::Qr,
    store::{case::Case, traders::Invitation},
    traders::{
        InvitationState,
        flow::{self, Account, Wish},
        masked::{self, SUMMARY},
        usual_day,
    },
    web::{
        ctx::{Answer, Ctx, Pairs},
        desk::{message, stamp},
        file::{Choice, story_facts},
        layout::Layout,
        notice::{paper, to_respond},
        pages::page,
    },
};
use askama::Template;
use axum::extract::Path;

/// The newest invitation.
pub(super) struct Waiting {
    pub(super) state: &'static str,
    pub(super) made: String,
    pub(super) due: String,
    pub(super) ended: String,
    pub(super) tone: &'static str,
}

impl Waiting {
    pub(super) fn of(app: &App, case: &Case, i: &Invitation) -> Self {
        let late = i.due < app.today();
        let over = edge(case.kind, case.state, Verb::TraderAnswer).is_none();
        Self {
            state: match i.state {
                InvitationState::Open if over => "案件已经结束，不再等答复",
                InvitationState::Open if late => InvitationState::Expired.label(),
                state => state.label(),
            },
            made: stamp(i.made_at),
            due: chinese_date(i.due),
            ended: i.ended_at.map_or_else(String::new, stamp),
            tone: match i.state {
                InvitationState::Open if !late && !over => "soon",
                InvitationState::Answered => "done",
                _ => "",
            },
        }
    }
}

/// A labelled value.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// The complaint as the trader reads it.
pub(super) struct Masked {
    pub(super) facts: Vec<Fact>,
    pub(super) story: String,
    pub(super) by_office: bool,
}

impl Masked {
    pub(super) fn of(app: &App, m: flow::Masked) -> Self {
        let story = Story {
            text: String::new(),
            facts: m.facts,
        };
        let (text, by_office) = match m.account {
            Account::Story(text) => (text, false),
            Account::Summary(text) => (text, true),
            Account::Nothing => (String::new(), true),
        };
        Self {
            facts: story_facts(app, &story)
                .into_iter()
                .map(|(label, value)| Fact { label, value })
                .collect(),
            story: text,
            by_office,
        }
    }
}

/// The form.
pub(super) struct InviteForm {
    pub(super) days: Vec<Choice>,
    pub(super) due_error: String,
    pub(super) summary: String,
    pub(super) summary_error: String,
    pub(super) summary_max: usize,
    pub(super) needs_summary: bool,
    pub(super) by_mail: bool,
    pub(super) mail: String,
    pub(super) mail_error: String,
    pub(super) by_sms: bool,
    pub(super) phone: String,
    pub(super) phone_error: String,
    pub(super) open: bool,
    /// The letter with its code left blank.
    pub(super) letter: String,
}

impl InviteForm {
    pub(super) fn of(app: &App, case: &Case, typed: &Typed, needs_summary: bool) -> Self {
        let days = flow::days(app, case);
        let usual = usual_day(app.today(), &days).map(|d| d.to_string());
        let v = |name| typed.get("invite", name).to_owned();
        let e = |name| message(&typed.errors, name);
        let chosen = Some(v("due")).filter(|d| !d.is_empty()).or(usual);
        Self {
            days: days
                .iter()
                .map(|d| Choice {
                    code: d.to_string(),
                    label: chinese_date(*d),
                    note: "",
                    on: chosen.as_deref() == Some(&d.to_string()),
                })
                .collect(),
            due_error: e("due"),
            summary: v("summary"),
            summary_error: e("summary"),
            summary_max: *SUMMARY.end(),
            needs_summary,
            by_mail: app.mailer.is_some(),
            mail: v("mail"),
            mail_error: e("mail"),
            by_sms: app.sms.is_some(),
            phone: v("phone"),
            phone_error: e("phone"),
            open: typed.form == "invite",
            letter: days
                .iter()
                .find(|d| chosen.as_deref() == Some(&d.to_string()))
                .or(days.last())
                .map(|due| flow::letter_preview(app, case, *due))
                .unwrap_or_default(),
        }
    }
}

/// The new code, shown once.
#[derive(Template)]
#[template(path = "desk/invited.html")]
struct InvitedPage {
    l: Layout,
    number: String,
    href: String,
    code: String,
    due: String,
    url: String,
    qr_svg: String,
    title: String,
    text: String,
    sent: Vec<&'static str>,
}

/// `POST /desk/cases/{number}/invite`: invites and shows the code once; `do=preview` only shows what the trader would
/// read.
pub async fn invite(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    if pairs.get("do") == "preview" {
        let result = preview(pairs.get("summary"));
        let mut typed = Typed::new("invite", pairs);
        typed.preview = true;
        return after(&ctx, &number, typed, result).await;
    }
    let wish = Wish {
        due: pairs.get("due"),
        summary: pairs.get("summary"),
        mail: pairs.get("mail"),
        phone: pairs.get("phone"),
    };
    let made = match flow::invite(&ctx.app, actor, &number, version(&pairs), wish).await {
        Ok(made) => made,
        Err(e) => return after(&ctx, &number, Typed::new("invite", pairs), Err(e)).await,
    };
    ctx.app.nudge.notify_one();
    let (url, _) = to_respond(&ctx.app, made.number);
    let (title, text) = made.letter.split_once('\n').unwrap_or(("", &made.letter));
    let sent = [("电子邮件", wish.mail), ("短信", wish.phone)];
    page(&InvitedPage {
        l: ctx.layout(format!("{} 答复码", made.number), "cases"),
        number: made.number.to_string(),
        href: format!("/desk/cases/{}", made.number),
        code: made.code.grouped(),
        due: chinese_date(made.due),
        qr_svg: Qr::of(&url)
            .map(|q| q.svg(&format!("商家答复，编号 {}", made.number)))
            .unwrap_or_default(),
        url,
        title: title.to_owned(),
        text: text.trim_start().to_owned(),
        sent: sent
            .into_iter()
            .filter(|(_, to)| !to.trim().is_empty())
            .map(|(way, _)| way)
            .collect(),
    })
}

/// A look at what the trader would read: an empty summary is looked at too.
fn preview(summary: &str) -> Result<()> {
    if summary.trim().is_empty() {
        return Ok(());
    }
    masked::summary(summary, &[]).map_err(|e| Error::Invalid(vec![e]))?;
    Ok(())
}

/// `POST /desk/cases/{number}/invite-letter`: the letter with its code as PDF, for the page that still shows the code.
pub async fn letter(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    complaint(&ctx, actor, &number).await?;
    let (case, at, text) = flow::letter(&ctx.app, actor, &number, pairs.get("code")).await?;
    let number = CaseNumber::parse(&case.number).map_err(|_| Error::NotFound)?;
    let name = format!("{number}-respond.pdf");
    let code = Some(to_respond(&ctx.app, number));
    paper(number.to_string(), text, at, &name, code).await
}
