//! The transfer to the police 行刑衔接 (rules 4.4, 国务院令310号) step by step: a written report of two people, the head's
//! decision as a second person, and what the police and the procuratorate answer. Nothing of it is shown outside.

use super::{
    Step, complaint::invalid, notice_facts, opened_words, reason_of, sealed_words, unchanged,
    verdict,
};
use crate::{
    app::App,
    casework::{EventKind, Proposal, Verb, standing::Asked},
    error::{Error, FieldError, Result},
    kernel::access::{Act, Actor},
    notices::{NoticeKind, out},
    tx,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The written report (Art. 5), sealed until and after the decision.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// The two people or more who wrote it.
    pub team: String,
    /// The police to whom it would go.
    pub police: String,
    /// The facts that look like a crime.
    pub facts: String,
}

fn long_enough(
    field: &'static str,
    text: &str,
    least: usize,
    most: usize,
    what: &'static str,
) -> Result<String> {
    let text = text.trim();
    if (least..=most).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(invalid(FieldError::new(
            field,
            "required",
            format!("{what}（{least} 到 {most} 个字）"),
        )))
    }
}

/// Proposes the transfer with the written report of at least two people; the head decides within three days.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] for a report that lacks something.
pub async fn crime_report(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    report: Report,
) -> Result<()> {
    let two = report
        .team
        .split(['、', '，', ',', ' ', '；'])
        .filter(|n| n.trim().chars().count() > 1);
    if two.count() < 2 {
        let why = "专案组要有两名以上执法人员，用顿号隔开";
        return Err(Error::field("team", "required", why));
    }
    let report = Report {
        team: long_enough("team", &report.team, 5, 60, "请写明专案组的人员")?,
        police: long_enough("police", &report.police, 4, 60, "请写明移送给哪个公安机关")?,
        facts: long_enough(
            "text",
            &report.facts,
            10,
            1000,
            "请写明涉嫌犯罪的事实和依据",
        )?,
    };
    let data = sealed_words(app, &report)?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::CrimeReport, Act::Handle).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::CrimeReported, data.clone())).await
    })
}

/// The report that waits for the head.
///
/// # Errors
/// The key ring lacks a key.
pub fn proposed_crime(app: &App, asked: &Asked) -> Result<Report> {
    opened_words(app, &asked.data)
}

/// The head decides (Art. 5): approved, the letter to the police is made and 24 hours begin; or not, with the reason for
/// the file (`Some`).
///
/// # Errors
/// As [`crime_report`]; [`Error::Conflict`] when nothing waits, or for the person who reported.
pub async fn crime_decide(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    denied: Option<&str>,
) -> Result<()> {
    let (verb, denied) = verdict(
        denied,
        "请写明不批准的理由，记录在案",
        Verb::CrimeApprove,
        Verb::CrimeDeny,
    )?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, Act::Approve).await?;
        let now = step.unhindered(conn, &case, verb).await?;
        let asked = now.proposed(Proposal::Crime).ok_or(Error::Conflict(Proposal::Crime.none()))?;
        let mut change = unchanged(&case)?;
        change.state = state;
        let event = if let Some(why) = denied {
            step.event(EventKind::CrimeDenied, json!({ "reason": why }))
        } else {
            let report = proposed_crime(app, asked)?;
            let reference = app.reference();
            let facts = notice_facts(&case, reference.holder(case.department), app.today());
            let letter = out::crime_letter(facts, &report.police, &report.facts);
            step.notice(conn, &case, NoticeKind::CrimeLetter, &letter).await?;
            step.event(EventKind::CrimeApproved, json!({ "asked_by": asked.by }))
        };
        step.finish(conn, &case, &change, event).await
    })
}

/// A step of the branch that only records what was done or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrimeStep {
    /// Handed to the police.
    Sent,
    /// The police opened a case.
    Accepted,
    /// The police did not.
    Refused,
    /// Reconsideration was asked for.
    Review,
    /// The police stayed with it.
    Upheld,
    /// The procuratorate was asked to supervise.
    Supervised,
    /// The goods were handed over.
    Goods,
    /// Given up: the case goes on as a matter of penalty.
    Ended,
}

impl CrimeStep {
    const fn verb(self) -> (Verb, EventKind) {
        match self {
            Self::Sent => (Verb::CrimeSend, EventKind::CrimeSent),
            Self::Accepted => (Verb::PoliceAccept, EventKind::PoliceAccepted),
            Self::Refused => (Verb::PoliceRefuse, EventKind::PoliceRefused),
            Self::Review => (Verb::CrimeReview, EventKind::CrimeReviewAsked),
            Self::Upheld => (Verb::ReviewRefuse, EventKind::ReviewRefused),
            Self::Supervised => (Verb::CrimeSupervise, EventKind::CrimeSupervised),
            Self::Goods => (Verb::CrimeGoods, EventKind::CrimeGoods),
            Self::Ended => (Verb::CrimeEnd, EventKind::CrimeEnded),
        }
    }
}

/// Records a step of the branch with a word for the file.
///
/// # Errors
/// As [`crime_report`]; [`Error::Conflict`] out of its order.
pub async fn crime_step(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    which: CrimeStep,
    note: &str,
) -> Result<()> {
    let note = reason_of(note, "请写明文号、经手人等，记录在案")?;
    let (verb, event) = which.verb();
    let step = super::Plain {
        verb,
        event,
        data: json!({ "reason": note }),
    };
    super::plain(app, actor, number, version, step).await
}
