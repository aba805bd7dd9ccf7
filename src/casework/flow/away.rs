//! To another authority 移送 and back: one person proposes, another one approves, the resident and the other authority are
//! written to, the other one signs for it or sends it back. Food and farm produce go by their own law and within a
//! working day.

use super::{
    Plain, Step, complaint::invalid, notice_facts, opened_words, plain, reason_of, sealed_words,
    unchanged, verdict,
};
use crate::{
    app::App,
    casework::{EventKind, Proposal, Verb, standing::Asked, telling::handover_duty},
    error::{Error, Result},
    intake::check,
    kernel::{
        access::{Act, Actor},
        clock::china_date,
    },
    notices::{
        NoticeKind,
        out::{self, Target},
    },
    store::case::Case,
    tx,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where a case is to go, as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Away<'a> {
    /// The other authority.
    pub authority: &'a str,
    /// How to reach it.
    pub contact: &'a str,
    /// Why it is competent.
    pub reason: &'a str,
}

/// Where a case is to go, as it waits for approval.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// The other authority.
    pub authority: String,
    /// How to reach it.
    pub contact: String,
    /// Why it is competent.
    pub reason: String,
}

impl Wanted {
    /// As the notices take it.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        Target {
            authority: &self.authority,
            contact: &self.contact,
            reason: &self.reason,
        }
    }
}

/// The notice for the resident: form 12 where a law names it.
#[must_use]
pub fn transfer_text(app: &App, case: &Case, to: Target<'_>) -> String {
    let reference = app.reference();
    let facts = notice_facts(case, reference.holder(case.department), app.today());
    out::transferred(facts, case.kind, handover_duty(&case.subject), to)
}

/// The letter that goes with the case to the other authority.
#[must_use]
pub fn transfer_letter(app: &App, case: &Case, to: Target<'_>) -> String {
    let reference = app.reference();
    let facts = notice_facts(case, reference.holder(case.department), app.today());
    out::transfer_letter(facts, case.kind, handover_duty(&case.subject), to)
}

/// Proposes a transfer to another authority, or the handover that the law orders for food and farm produce (`verb`).
/// Nothing is sent yet.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] when it does not say where and why.
pub async fn ask_transfer(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    verb: Verb,
    away: Away<'_>,
) -> Result<()> {
    let to = Target::read(away.authority, away.contact, away.reason).map_err(invalid)?;
    let wanted = Wanted {
        authority: to.authority.to_owned(),
        contact: to.contact.to_owned(),
        reason: to.reason.to_owned(),
    };
    let data = sealed_words(app, &wanted)?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, Act::Handle).await?;
        let event = match (verb, handover_duty(&case.subject)) {
            (Verb::HandOver, Some(_)) => EventKind::HandoverAsked,
            (Verb::HandOver, None) => {
                return Err(Error::Conflict("只有食品、农产品的事项按移交办，别的用“移送其他机关”"));
            }
            (_, Some(_)) => {
                return Err(Error::Conflict("食品、农产品的事项要移交并书面通知，请用“移交并书面通知”"));
            }
            (_, None) => EventKind::TransferAsked,
        };
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(event, data.clone())).await
    })
}

/// Where a case is to go by a proposal that waits.
///
/// # Errors
/// The key ring lacks a key.
pub fn proposed_transfer(app: &App, asked: &Asked) -> Result<Wanted> {
    opened_words(app, &asked.data)
}

/// Approves a transfer: the resident reads where it went, the other authority gets its letter, every clock stops; or
/// denies it with a reason (`Some`).
///
/// # Errors
/// As [`ask_transfer`]; [`Error::Conflict`] when nothing waits, or for the person who asked.
pub async fn decide_transfer(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    denied: Option<&str>,
) -> Result<()> {
    let (verb, denied) = verdict(
        denied,
        "请写明不批准的理由，承办人会看到",
        Verb::TransferApprove,
        Verb::TransferDeny,
    )?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, Act::Approve).await?;
        let now = step.unhindered(conn, &case, verb).await?;
        let asked = now.proposed(Proposal::Transfer).ok_or(Error::Conflict(Proposal::Transfer.none()))?;
        let mut change = unchanged(&case)?;
        change.state = state;
        // no early return: the transaction would not be committed
        let event = if let Some(why) = denied {
            step.event(EventKind::TransferDenied, json!({ "reason": why }))
        } else {
            let wanted = proposed_transfer(app, asked)?;
            let law = handover_duty(&case.subject);
            let form = if law.is_some() { NoticeKind::Handover } else { NoticeKind::Transfer };
            step.notice(conn, &case, form, &transfer_text(app, &case, wanted.target())).await?;
            let letter = transfer_letter(app, &case, wanted.target());
            step.notice(conn, &case, NoticeKind::TransferLetter, &letter).await?;
            let data = json!({ "authority": wanted.authority, "asked_by": asked.by });
            step.event(EventKind::Transferred, data)
        };
        step.finish(conn, &case, &change, event).await
    })
}

/// The other authority has signed for it, on a day of its own; the case is out of the office's hands.
///
/// # Errors
/// As [`ask_transfer`]; [`Error::Invalid`] for a day before the transfer or ahead.
pub async fn transfer_received(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    day: &str,
    note: &str,
) -> Result<()> {
    let note = reason_of(note, "请写明谁签收的，或者回执的文号")?;
    let on = check::date(day).ok_or_else(|| {
        Error::field("received_on", "date", "请填对方签收的日期，例如 2026-11-08")
    })?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::TransferReceipt, Act::Handle).await?;
        let sent = step.unhindered(conn, &case, Verb::TransferReceipt).await?.sent_away();
        if sent.is_some_and(|at| on < china_date(at)) || on > app.today() {
            return Err(Error::field("received_on", "out_of_range", "签收日期要在移送之后，不能晚于今天"));
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        let data = json!({ "on": on.to_string(), "note": note });
        step.finish(conn, &case, &change, step.event(EventKind::TransferReceived, data)).await
    })
}

/// The other authority sends it back: the case is open again, and its terms never stood still.
///
/// # Errors
/// As [`ask_transfer`]; [`Error::Invalid`] without the reason.
pub async fn transfer_returned(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明对方退回的理由")?;
    let step = Plain {
        verb: Verb::TransferReturned,
        event: EventKind::TransferReturned,
        data: json!({ "reason": reason }),
    };
    plain(app, actor, number, version, step).await
}
