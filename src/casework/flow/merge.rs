//! The same reporter reports the same trader again with new facts: the later report is closed into the earlier one,
//! whose term of verification begins again from the last. That it is the same reporter is a person's word: nothing of
//! either report is shown to the reporter of the other.

use super::{Step, complaint::invalid, record, stands, unchanged, visible};
use crate::{
    app::App,
    casework::{EventKind, Verb, deadline::ClockKind, next},
    error::{Error, FieldError, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        number::CaseNumber,
        words::{CaseKind, Channel},
    },
    store::{
        Conn,
        case::{self as rows, Case},
    },
    tx,
};
use serde_json::json;

fn wrong(message: &'static str) -> Error {
    invalid(FieldError::new("text", "unknown_value", message))
}

/// The earlier report, locked, if this one may be merged into it.
async fn lead(conn: &mut Conn, actor: &Actor, number: &str, later: &Case) -> Result<Case> {
    let lead = match rows::case_lock(conn, number).await? {
        Some(case) => visible(actor, case).ok(),
        None => None,
    };
    let lead = lead
        .filter(|c| c.kind == CaseKind::Report && c.id != later.id)
        .ok_or_else(|| wrong("请填先前那件举报的编号，要是本部门在办的"))?;
    if lead.received_at > later.received_at {
        return Err(wrong("那一件收到得更晚，请从那一件并入这一件"));
    }
    if lead.channel == Channel::Mediation.code() {
        return Err(wrong("那一件是调解中发现的线索，没有举报人，不能并案"));
    }
    if next(lead.kind, lead.state, Verb::MergeIn).is_none() {
        return Err(wrong(
            "那一件已经核查完，不能再并入；事实相同的按重复举报办结，不同的单独核查",
        ));
    }
    Ok(lead)
}

/// Merges a report into an earlier one of the same reporter (R-04, 投办35(2)). `same` says that a person has compared the
/// two reporters.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] when nobody compared the reporters or
/// the earlier report does not fit; [`Error::Conflict`] while a law makes the office tell this one first.
pub async fn merge(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    same: &str,
    earlier: &str,
) -> Result<()> {
    if same != "yes" {
        let why = "要由人核对两件是不是同一个举报人；不能确定的，不要并案";
        return Err(Error::field("choice", "required", why));
    }
    let earlier = CaseNumber::parse(earlier.trim())
        .map_err(|_| wrong("请填先前那件举报的编号，像 JB-2611-00517-3"))?
        .to_string();
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Merge, Act::Handle).await?;
        let lead = lead(conn, actor, &earlier, &case).await?;
        let owes = stands(app, conn, &case).await?.clock(ClockKind::AdvertisingReply).is_some();
        if owes && stands(app, conn, &lead).await?.clock(ClockKind::AdvertisingReply).is_none() {
            return Err(Error::Conflict("这件涉及广告，法律要求七个工作日内告知，请先告知处理情况再并案"));
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        let data = json!({ "lead": lead.number });
        step.finish(conn, &case, &change, step.event(EventKind::Merged, data)).await?;
        let received = china_date(case.received_at).to_string();
        let data = json!({ "from": case.number, "received": received });
        let event = step.event(EventKind::MergedIn, data);
        record(app, conn, &lead, unchanged(&lead)?, event, step.now).await?;
        step.audit(conn, &lead, EventKind::MergedIn.code(), String::new(), None).await
    })
}
