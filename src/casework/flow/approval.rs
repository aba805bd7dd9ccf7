//! What needs two persons of a department: a refusal and an extension. One asks, another one decides; the lock on the
//! case and its version keep a race from letting one person be both.

use super::{Step, complaint::invalid, notice_facts, reason_of, unchanged, verdict};
use crate::{
    app::App,
    casework::{
        EventKind, Ground, Proposal, Verb,
        deadline::{ClockKind, Term, Unit},
        law::Version,
        standing::{Asked, Extendable, Standing},
        telling::handover_duty,
    },
    error::{Error, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
    },
    notices::{self, NoticeKind, chinese_date},
    privacy::Purpose,
    store::case::Case,
    tx,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use time::Date;
use uuid::Uuid;

/// Asks for a refusal 提请不予受理 with exactly one ground (C-07). Nothing is sent yet; the explanation stays sealed in
/// the history until the decision.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] without a reason.
pub async fn refuse(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    ground: Ground,
    explanation: &str,
) -> Result<()> {
    let step = Step::of(app, actor);
    let id = app.ids.next();
    let sealed = app.sealer.seal(
        Purpose::Notice,
        id,
        explanation.trim().as_bytes(),
        app.dice.bytes(),
    );
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Refuse, Act::Handle).await?;
        step.unhindered(conn, &case, Verb::Refuse).await?;
        if ground.number(Version::of(china_date(case.received_at))).is_none() {
            return Err(Error::field("choice", "unknown_value", "收到这件投诉时的规章没有这一种情形"));
        }
        // 食品安全法115: what is not our duty is not only refused
        if ground == Ground::Duty && handover_duty(&case.subject).is_some() {
            return Err(Error::field("choice", "handover", "食品、农产品的事项不属于本部门职责的，要移交并书面通知，请用“移交并书面通知”"));
        }
        // what could not be sent later is not asked for
        refusal_text(app, &case, ground, explanation)?;
        let data = json!({ "ground": ground, "draft": id, "sealed": STANDARD.encode(&sealed) });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::RefusalAsked, data)).await
    })
}

/// What waits for a second person in this matter.
fn waiting(now: &Standing, proposal: Proposal) -> Result<&Asked> {
    now.proposed(proposal)
        .ok_or(Error::Conflict(proposal.none()))
}

fn refusal_text(app: &App, case: &Case, ground: Ground, explanation: &str) -> Result<String> {
    let reference = app.reference();
    let facts = notice_facts(case, reference.holder(case.department), app.today());
    notices::refused(facts, ground, explanation).map_err(invalid)
}

/// Ground and explanation of a refusal that somebody asked for.
///
/// # Errors
/// The key ring lacks a key.
pub fn proposed_refusal(app: &App, asked: &Asked) -> Result<(Ground, String)> {
    let text = |name: &str| asked.data.get(name).and_then(Value::as_str).unwrap_or("");
    let ground = Ground::from_code(text("ground"))
        .ok_or_else(|| Error::internal("a refusal without a ground"))?;
    let id = Uuid::parse_str(text("draft")).map_err(Error::internal)?;
    let sealed = STANDARD.decode(text("sealed")).map_err(Error::internal)?;
    let words = app
        .sealer
        .open_text(Purpose::Notice, id, &sealed)
        .map_err(Error::internal)?;
    Ok((ground, words.to_string()))
}

/// Approves a refusal, which sends form 6 (C-21), or sends it back with a reason (`Some`).
///
/// # Errors
/// As [`refuse`]; [`Error::Conflict`] when nothing waits, or for the person who asked.
pub async fn decide_refusal(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    back: Option<&str>,
) -> Result<()> {
    let (verb, back) = verdict(
        back,
        "请写明退回的理由，承办人会看到",
        Verb::RefusalApprove,
        Verb::RefusalBack,
    )?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, Act::Approve).await?;
        let now = step.unhindered(conn, &case, verb).await?;
        let asked = waiting(&now, Proposal::Refusal)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        if let Some(why) = back {
            let event = step.event(EventKind::RefusalSentBack, json!({ "reason": why }));
            step.finish(conn, &case, &change, event).await
        } else {
            let (ground, explanation) = proposed_refusal(app, asked)?;
            let text = refusal_text(app, &case, ground, &explanation)?;
            step.notice(conn, &case, NoticeKind::Refused, &text).await?;
            let data = json!({ "ground": ground, "asked_by": asked.by });
            step.finish(conn, &case, &change, step.event(EventKind::Refused, data)).await
        }
    })
}

const fn term(unit: Unit, n: u16) -> Term {
    match unit {
        Unit::WorkingDays => Term::WorkingDays(n),
        Unit::Days => Term::Days(n),
        Unit::Hours => Term::Hours(n),
    }
}

/// Asks for an extension 申请延长 of the clock that runs, within what the law allows. A further one is decided
/// by the heads together: it names the minutes of their meeting (程序规定64).
///
/// # Errors
/// As [`refuse`]; [`Error::Invalid`] for more than the law allows or no reason; too late when the day has passed.
pub async fn ask_extension(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    days: &str,
    minutes: &str,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明为什么要延长")?;
    let minutes = minutes.trim();
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Extend, Act::Handle).await?;
        let now = step.unhindered(conn, &case, Verb::Extend).await?;
        let Extendable { clock, most, collective } = now.extendable().ok_or(Error::Conflict("现在没有可以延长的期限"))?;
        if collective && !(4..=60).contains(&minutes.chars().count()) {
            let why = "再延长要由负责人集体讨论决定，请写明会议纪要的文号或者日期（4 到 60 个字）";
            return Err(Error::field("minutes", "required", why));
        }
        let n = days.parse::<u16>().ok().filter(|n| (1..=most.count()).contains(n))
            .ok_or_else(|| Error::field("choice", "out_of_range", format!("最多延长 {most}")))?;
        in_time(clock.due.citizen, app.today())?;
        let mut data = json!({ "clock": clock.kind, "term": term(most.unit(), n), "reason": reason });
        if collective {
            data["minutes"] = json!(minutes);
        }
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::ExtensionAsked, data)).await
    })
}

/// An extension is approved within the term, not after it.
fn in_time(due: Date, today: Date) -> Result<()> {
    if today <= due {
        Ok(())
    } else {
        Err(Error::Conflict("期限已经过了，不能再延长"))
    }
}

/// Grants an extension, or denies it with a reason (`Some`).
///
/// # Errors
/// As [`refuse`]; [`Error::Conflict`] when nothing waits, for the person who asked, or after the day has passed.
pub async fn decide_extension(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    denied: Option<&str>,
) -> Result<()> {
    let (verb, denied) = verdict(
        denied,
        "请写明不批准的理由，承办人会看到",
        Verb::ExtensionGrant,
        Verb::ExtensionDeny,
    )?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, verb, Act::Approve).await?;
        let now = step.unhindered(conn, &case, verb).await?;
        let asked = waiting(&now, Proposal::Extension)?;
        let change = unchanged(&case)?;
        if let Some(why) = denied {
            let event = step.event(EventKind::ExtensionDenied, json!({ "reason": why }));
            step.finish(conn, &case, &change, event).await
        } else {
        let (kind, days) = wanted(asked)?;
        let Extendable { clock, most, .. } = now.extendable().filter(|e| e.clock.kind == kind).ok_or(Error::Conflict("现在没有可以延长的期限"))?;
        if days.unit() != most.unit() || days.count() > most.count() {
            return Err(Error::Conflict("超过了法律允许的延长"));
        }
        in_time(clock.due.citizen, app.today())?;
        let data = json!({ "clock": kind, "term": days, "asked_by": asked.by });
        step.finish(conn, &case, &change, step.event(EventKind::ExtensionGranted, data)).await
        }
    })
}

/// The clock and the term of a request.
fn wanted(asked: &Asked) -> Result<(ClockKind, Term)> {
    let part = |name: &str| asked.data.get(name).cloned().unwrap_or_default();
    Ok((
        serde_json::from_value(part("clock")).map_err(Error::internal)?,
        serde_json::from_value(part("term")).map_err(Error::internal)?,
    ))
}

/// Takes an extension back: the date is again what it would have been.
///
/// # Errors
/// As [`refuse`]; [`Error::Invalid`] without a reason; nothing is extended.
pub async fn revoke_extension(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明为什么撤销延长")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::ExtensionRevoke, Act::Approve).await?;
        let now = step.unhindered(conn, &case, Verb::ExtensionRevoke).await?;
        let clock = now.extended().ok_or(Error::Conflict("没有可以撤销的延长"))?.kind;
        let data = json!({ "clock": clock, "reason": reason });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::ExtensionRevoked, data)).await
    })
}

/// A request that waits, as a person reads it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asked.
    pub by: Option<Uuid>,
    /// The day of asking in China.
    pub on: Date,
    /// What and why.
    pub text: String,
}

/// The requests of a case that wait for a second person.
///
/// # Errors
/// The key ring lacks a key.
pub fn requests(app: &App, case: &Case, now: &Standing) -> Result<Vec<(Proposal, Request)>> {
    let text = |proposal, asked: &Asked| match proposal {
        Proposal::Refusal => {
            let version = Version::of(china_date(case.received_at));
            proposed_refusal(app, asked).map(|(g, words)| format!("{}。{words}", g.words(version)))
        }
        Proposal::Extension => extension_words(app, now, asked),
        Proposal::Transfer => super::away::proposed_transfer(app, asked)
            .map(|w| format!("移送给{}（{}）。{}", w.authority, w.contact, w.reason)),
        Proposal::Crime => super::crime::proposed_crime(app, asked)
            .map(|r| format!("移送{}。专案组：{}。{}", r.police, r.team, r.facts)),
        // the page puts the words of the message in its place
        Proposal::Reopening => Ok("理由见留言。".to_owned()),
    };
    now.proposals
        .iter()
        .map(|(proposal, asked)| {
            let request = Request {
                by: asked.by,
                on: china_date(asked.at),
                text: text(*proposal, asked)?,
            };
            Ok((*proposal, request))
        })
        .collect()
}

/// A wanted extension in words, with the day to which it would move the end.
fn extension_words(app: &App, now: &Standing, asked: &Asked) -> Result<String> {
    let (clock, days) = wanted(asked)?;
    let reason = asked.data.get("reason").and_then(Value::as_str);
    let calendar = &app.reference().calendar;
    let moved = now.clock(clock).map_or_else(String::new, |c| {
        let mut basis = c.basis.clone();
        basis.adjust.extended.push(days);
        let due = basis.due(c.started, c.rule.term, calendar).agency;
        format!(
            "，由{}延到{}",
            chinese_date(c.due.agency),
            chinese_date(due)
        )
    });
    let together = match asked.data.get("minutes").and_then(Value::as_str) {
        Some(minutes) => format!("集体讨论决定（{minutes}）："),
        None => String::new(),
    };
    Ok(format!(
        "{together}{clock}期限延长 {days}{moved}。{}",
        reason.unwrap_or("")
    ))
}
