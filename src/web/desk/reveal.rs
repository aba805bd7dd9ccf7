//! Who reported: asking with a reason, the second person's decision, the page that shows it and folds again (R-05, P-11).

use super::{
    case::{Shown, shown},
    message, stamp, titled,
};
use crate::{
    casework::{
        flow::{self, NAMELESS, Opened},
        reporter::{Move, Stage},
    },
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act, Actor},
        number::CaseNumber,
    },
    web::{
        ctx::{Answer, Ctx, Pairs},
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
};
use time::OffsetDateTime;
use uuid::Uuid;

/// How long a page with a reporter's name stays open, seconds, at most to the end of the grant.
const OPEN: i64 = 300;

/// A request as the page draws it.
struct Line {
    id: String,
    /// Who asked and when.
    asked: String,
    stage: &'static str,
    tone: &'static str,
    reason: String,
    /// What became of it.
    facts: Vec<String>,
    may_revoke: bool,
    may_view: bool,
    may_withdraw: bool,
}

#[derive(Template)]
#[template(path = "desk/reporter.html")]
struct ReporterPage {
    l: Layout,
    number: String,
    href: String,
    errors: Vec<FieldError>,
    conflict: String,
    done: &'static str,
    nameless: &'static str,
    hours: String,
    may_ask: bool,
    reason: String,
    reason_error: String,
    /// The oldest request that this person may decide on.
    decide: Option<Line>,
    note: String,
    note_error: String,
    lines: Vec<Line>,
    contact: Vec<Shown>,
    until: String,
}

/// A length of time as people say it.
fn hours(minutes: u32) -> String {
    if minutes.is_multiple_of(60) {
        format!("{} 小时", minutes / 60)
    } else {
        format!("{minutes} 分钟")
    }
}

/// What became of a request, each fact a sentence.
fn facts(one: &Opened, now: OffsetDateTime) -> Vec<String> {
    let (row, request) = (&one.row, one.row.request);
    let mut out = Vec::new();
    if let (Some(at), Some(who)) = (row.decided_at, &row.decider_name) {
        let what = match request.stage {
            Stage::Granted => "批准",
            Stage::Denied => "不批准",
            Stage::Revoked => "收回",
            _ => "撤回",
        };
        out.push(format!("{} {who} {what}", stamp(at)));
    }
    if !one.note.is_empty() {
        out.push(format!("理由：{}", one.note));
    }
    if let (Stage::Granted, Some(until)) = (request.stage, request.until) {
        let when = stamp(until);
        out.push(if request.holds(now) {
            format!("有效到 {when}")
        } else {
            format!("{when} 已经到期")
        });
    }
    if let Some(at) = row.viewed_at {
        out.push(format!("看过 {} 次，最近一次 {}", row.views, stamp(at)));
    }
    out
}

fn line(one: &Opened, actor: &Actor, now: OffsetDateTime) -> Line {
    let request = one.row.request;
    let may = |step| request.obstacle(step, actor.staff.0, now).is_none();
    Line {
        id: one.row.id.simple().to_string(),
        asked: format!("{} {}", one.row.asker_name, stamp(one.row.asked_at)),
        stage: request.stage.label(),
        tone: match request.stage {
            Stage::Asked => "soon",
            Stage::Granted if request.holds(now) => "done",
            _ => "",
        },
        reason: one.reason.clone(),
        facts: facts(one, now),
        may_revoke: actor.may(Act::Approve) && may(Move::Revoke),
        may_view: may(Move::View),
        may_withdraw: may(Move::Withdraw),
    }
}

/// What a form sent that was not carried out, and why.
#[derive(Default)]
struct Typed {
    text: String,
    errors: Vec<FieldError>,
    conflict: &'static str,
}

async fn build(ctx: &Ctx, number: &str, typed: Typed) -> Result<ReporterPage> {
    let actor = &ctx.signed_in()?.actor;
    let found = flow::reporter(&ctx.app, actor, number).await?;
    let now = ctx.app.now();
    let mine = |one: &Opened| one.row.request.asker == actor.staff.0;
    let asked = found
        .requests
        .iter()
        .any(|one| mine(one) && one.row.request.is_open(now));
    let may_decide = |one: &&Opened| {
        let obstacle = one.row.request.obstacle(Move::Grant, actor.staff.0, now);
        actor.may(Act::Approve) && obstacle.is_none()
    };
    // newest first in the list; who waits longest is decided on first
    let next = found.requests.iter().rfind(may_decide);
    let has = |field: &str| typed.errors.iter().any(|e| e.field == field);
    let text = |field: &str| {
        if has(field) {
            typed.text.clone()
        } else {
            String::new()
        }
    };
    let rest = found
        .requests
        .iter()
        .filter(|one| next.is_none_or(|n| n.row.id != one.row.id));
    Ok(ReporterPage {
        lines: rest.map(|one| line(one, actor, now)).collect(),
        decide: next.map(|one| line(one, actor, now)),
        l: ctx.layout(titled("举报人身份", &typed.errors), "cases"),
        href: format!("/desk/cases/{}", found.case.number),
        number: found.case.number,
        conflict: typed.conflict.to_owned(),
        done: Move::from_code(ctx.param("done")).map_or(
            if ctx.param("done") == "ask" {
                "已经申请，等本部门另一位负责人批准。"
            } else {
                ""
            },
            done,
        ),
        nameless: if found.named { "" } else { NAMELESS },
        hours: hours(ctx.app.config.reveal_minutes),
        may_ask: found.named && !asked,
        reason: text("reason"),
        reason_error: message(&typed.errors, "reason"),
        note: text("note"),
        note_error: message(&typed.errors, "note"),
        errors: typed.errors,
        contact: Vec::new(),
        until: String::new(),
    })
}

const fn done(step: Move) -> &'static str {
    match step {
        Move::Grant => "已经批准，申请人现在可以查看。",
        Move::Deny => "已经退回申请，理由申请人会看到。",
        Move::Revoke => "已经收回，申请人不能再看。",
        Move::Withdraw => "已经撤回申请。",
        Move::View => "",
    }
}

/// `GET /desk/cases/{number}/reporter`.
pub async fn form(ctx: Ctx, Path(number): Path<String>) -> Answer {
    page(&build(&ctx, &number, Typed::default()).await?)
}

/// After a step: the page anew, or with what was typed and why it was not carried out.
async fn after(ctx: &Ctx, number: &str, what: &str, text: &str, result: Result<()>) -> Answer {
    let (code, typed) = match result {
        Ok(()) => {
            let number = CaseNumber::parse(number).map_err(|_| Error::NotFound)?;
            let to = format!("/desk/cases/{number}/reporter?done={what}");
            return Ok(see_other(&to));
        }
        Err(Error::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Typed {
                text: text.to_owned(),
                errors: errors
                    .into_iter()
                    .map(|e| FieldError {
                        field: if what == "ask" { "reason" } else { "note" },
                        ..e
                    })
                    .collect(),
                conflict: "",
            },
        ),
        Err(Error::Conflict(conflict)) => (
            StatusCode::CONFLICT,
            Typed {
                conflict,
                ..Typed::default()
            },
        ),
        Err(e) => return Err(e.into()),
    };
    status(code, &build(ctx, number, typed).await?)
}

/// `POST /desk/cases/{number}/reporter`: asks, with a reason.
pub async fn ask(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let text = pairs.get("reason").trim();
    let result = flow::ask_reporter(&ctx.app, actor, &number, text).await;
    after(&ctx, &number, "ask", text, result).await
}

async fn decide(ctx: Ctx, number: String, pairs: Pairs, step: Move) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = Uuid::try_parse(pairs.get("id")).map_err(|_| Error::NotFound)?;
    let text = pairs.get("note").trim();
    let result = flow::decide_reporter(&ctx.app, actor, &number, id, step, text).await;
    after(&ctx, &number, step.code(), text, result).await
}

/// `POST …/reporter/grant`: the second person.
pub async fn grant(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    decide(ctx, number, pairs, Move::Grant).await
}

/// `POST …/reporter/deny`.
pub async fn deny(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    decide(ctx, number, pairs, Move::Deny).await
}

/// `POST …/reporter/revoke`.
pub async fn revoke(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    decide(ctx, number, pairs, Move::Revoke).await
}

/// `POST …/reporter/withdraw`: the asker gives up.
pub async fn withdraw(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    decide(ctx, number, pairs, Move::Withdraw).await
}

/// `POST …/reporter/view`: shows the name for some minutes; the browser then asks for the page that hides it again.
pub async fn view(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = Uuid::try_parse(pairs.get("id")).map_err(|_| Error::NotFound)?;
    match flow::view_reporter(&ctx.app, actor, &number, id).await {
        Ok((contact, until)) => {
            let left = (until - ctx.app.now()).whole_seconds().clamp(1, OPEN);
            let built = build(&ctx, &number, Typed::default()).await?;
            let back = format!("{left}; url={}/reporter", built.href);
            let mut response = page(&ReporterPage {
                contact: shown(contact),
                until: if left < 60 {
                    format!("本页 {left} 秒后自动收起")
                } else {
                    format!("本页 {} 分钟后自动收起", left / 60)
                },
                ..built
            })?;
            let value = HeaderValue::from_str(&back).map_err(Error::internal)?;
            response.headers_mut().insert(header::REFRESH, value);
            Ok(response)
        }
        Err(e) => after(&ctx, &number, "view", "", Err(e)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn a_setting_in_words() {
        assert_eq!(hours(120), "2 小时");
        assert_eq!(hours(90), "90 分钟");
    }
}
