//! Where one case stands in the figures: read off its clocks and its history. Pure.

use super::{CONSTRUCTION, Slot, Standing};
use crate::{
    casework::{
        EventKind, TerminationGround,
        afterwards::{Rating, Responded, Satisfied, Solved},
        clocks::Past,
        deadline::ClockKind,
    },
    kernel::{clock::china_date, words::CaseKind},
};
use serde_json::Value;
use time::Date;

/// What of the case itself is counted.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Complaint or report.
    pub kind: CaseKind,
    /// The subject of dispatch.
    pub subject: &'a str,
    /// Day of receipt in China.
    pub received: Date,
}

/// A clock of the case.
#[derive(Debug, Clone, Copy)]
pub struct Clocked {
    /// Which.
    pub kind: ClockKind,
    /// The strict reading, by which the office works (N-03).
    pub due: Date,
    /// The day on which it was met, in China.
    pub stopped: Option<Date>,
    /// Does not run now (C-27, R-20).
    pub rests: bool,
}

/// How a clock was met or not.
enum Met {
    InTime,
    Late,
    Overdue,
    Pending,
    Resting,
}

impl Clocked {
    fn met(&self, today: Date) -> Met {
        match self.stopped {
            Some(day) if day <= self.due => Met::InTime,
            Some(_) => Met::Late,
            None if self.rests => Met::Resting,
            None if self.due < today => Met::Overdue,
            None => Met::Pending,
        }
    }
}

fn days(from: Date, to: Date) -> Option<u16> {
    u16::try_from((to - from).whole_days().max(0)).ok()
}

/// Where the case stands today: at most one place for each mark. History in its order; messages need not be in it.
#[must_use]
pub fn marks(
    case: &Subject<'_>,
    clocks: &[Clocked],
    history: &[Past],
    today: Date,
) -> Vec<Standing> {
    let mut out = vec![Standing {
        slot: match case.kind {
            CaseKind::Report => Slot::Report,
            CaseKind::Complaint if case.subject == CONSTRUCTION => Slot::Construction,
            CaseKind::Complaint => Slot::Complaint,
        },
        on: case.received,
        days: None,
        fen: 0,
    }];
    // a case that was taken up again stands where it stands now; that it was is counted apart
    let again = history.iter().rposition(|p| p.kind == EventKind::Reopened);
    if let Some(n) = again {
        out.push(on_day(Slot::Reopened, china_date(history[n].at)));
    }
    let history = &history[again.map_or(0, |n| n + 1)..];
    let clock = |kind| clocks.iter().find(|c| c.kind == kind);
    let happened = |kinds: &[EventKind]| history.iter().any(|p| kinds.contains(&p.kind));
    match case.kind {
        CaseKind::Complaint => {
            let gone = happened(&[EventKind::Withdrawn]) || away(history);
            out.extend(clock(ClockKind::Acceptance).map(|c| first(case, c, gone, today)));
            out.extend(clock(ClockKind::Mediation).map(|c| finish(c, today)));
        }
        CaseKind::Report => {
            let gone = happened(&[
                EventKind::Withdrawn,
                EventKind::Duplicate,
                EventKind::NoAuthority,
                EventKind::Merged,
            ]) || away(history);
            // a clue of the office's own is verified from its discovery (C-32)
            let verified = clock(ClockKind::Verification).or(clock(ClockKind::ClueVerification));
            out.extend(verified.map(|c| first(case, c, gone, today)));
        }
    }
    out.extend(ended(case, history));
    out.extend(rated(history));
    out
}

/// A place that counts a case and nothing else of it.
const fn on_day(slot: Slot, on: Date) -> Standing {
    Standing {
        slot,
        on,
        days: None,
        fen: 0,
    }
}

/// What the resident said of the office's answer, on the day of that answer; a question left out is counted nowhere.
fn rated(history: &[Past]) -> Vec<Standing> {
    let answers = [
        EventKind::Closed,
        EventKind::Refused,
        EventKind::NoAuthority,
        EventKind::Duplicate,
        EventKind::NotFiled,
    ];
    let Some(end) = history.iter().rev().find(|p| answers.contains(&p.kind)) else {
        return Vec::new();
    };
    let said = history.iter().rev().find(|p| p.kind == EventKind::Rated);
    let Some(said) = said.map(|p| Rating::of(&p.data)) else {
        return vec![on_day(Slot::Unrated, china_date(end.at))];
    };
    let slots = [
        Some(Slot::Rated),
        said.responded.map(|r| match r {
            Responded::Yes => Slot::RespondedYes,
            Responded::No => Slot::RespondedNo,
        }),
        said.solved.map(|s| match s {
            Solved::Yes => Slot::SolvedYes,
            Solved::Partly => Slot::SolvedPartly,
            Solved::No => Slot::SolvedNo,
        }),
        said.satisfied.map(|s| match s {
            Satisfied::Yes => Slot::SatisfiedYes,
            Satisfied::Fair => Slot::SatisfiedFair,
            Satisfied::No => Slot::SatisfiedNo,
        }),
    ];
    let on = china_date(end.at);
    slots.into_iter().flatten().map(|s| on_day(s, on)).collect()
}

/// Another authority has it: it was sent away and did not come back.
fn away(history: &[Past]) -> bool {
    let moved = [EventKind::Transferred, EventKind::TransferReturned];
    let last = history.iter().rev().find(|p| moved.contains(&p.kind));
    last.is_some_and(|p| p.kind == EventKind::Transferred)
}

/// The first decision: accept or refuse a complaint (C-20), file or not file a report.
fn first(case: &Subject<'_>, clock: &Clocked, gone: bool, today: Date) -> Standing {
    let complaint = case.kind == CaseKind::Complaint;
    let slot = match (clock.met(today), complaint) {
        // nobody had to decide any more; after the last day somebody should have
        (Met::InTime, true) if gone => Slot::CheckExempt,
        (Met::InTime, false) if gone => Slot::VerifyExempt,
        (Met::InTime, true) => Slot::CheckInTime,
        (Met::Late, true) => Slot::CheckLate,
        (Met::Overdue, true) => Slot::CheckOverdue,
        (Met::Pending | Met::Resting, true) => Slot::CheckPending,
        (Met::InTime, false) => Slot::VerifyInTime,
        (Met::Late, false) => Slot::VerifyLate,
        (Met::Overdue, false) => Slot::VerifyOverdue,
        (Met::Pending, false) => Slot::VerifyPending,
        (Met::Resting, false) => Slot::VerifyResting,
    };
    let decided = clock.stopped.filter(|_| !gone);
    Standing {
        slot,
        on: clock.due,
        days: decided.and_then(|day| days(case.received, day)),
        fen: 0,
    }
}

/// The end of the mediation (C-28).
fn finish(clock: &Clocked, today: Date) -> Standing {
    Standing {
        slot: match clock.met(today) {
            Met::InTime => Slot::CloseInTime,
            Met::Late => Slot::CloseLate,
            Met::Overdue => Slot::CloseOverdue,
            Met::Pending => Slot::ClosePending,
            Met::Resting => Slot::CloseResting,
        },
        on: clock.due,
        days: None,
        fen: 0,
    }
}

/// The result, the last one.
fn ended(case: &Subject<'_>, history: &[Past]) -> Option<Standing> {
    let (slot, past) = history
        .iter()
        .rev()
        .filter(|p| p.kind != EventKind::Transferred || away(history))
        .find_map(|p| Some((result(case.kind, p)?, p)))?;
    let on = china_date(past.at);
    Some(Standing {
        slot,
        on,
        days: days(case.received, on),
        fen: past
            .data
            .get("fen")
            .and_then(Value::as_i64)
            .unwrap_or(0)
            .max(0),
    })
}

fn result(kind: CaseKind, past: &Past) -> Option<Slot> {
    // an accepted offer of the trader ends the complaint like a withdrawal 先行和解
    let settled = past.data.get("settled").and_then(Value::as_bool) == Some(true);
    Some(match past.kind {
        EventKind::Withdrawn | EventKind::Terminated if settled => Slot::Settled,
        EventKind::Refused => Slot::Refused,
        EventKind::Withdrawn if kind == CaseKind::Report => Slot::ReportWithdrawn,
        EventKind::Withdrawn => Slot::WithdrawnEarly,
        EventKind::Agreed => Slot::Agreed,
        EventKind::Terminated => {
            let ground = past.data.get("ground").and_then(Value::as_str);
            match ground.and_then(TerminationGround::from_code) {
                Some(TerminationGround::Withdrawn) => Slot::Withdrawn,
                Some(TerminationGround::Unfit) => Slot::Unfit,
                Some(TerminationGround::PartyGone) => Slot::PartyGone,
                _ => Slot::Failed,
            }
        }
        EventKind::NoAuthority => Slot::NoAuthority,
        EventKind::Duplicate => Slot::Duplicate,
        EventKind::NotFiled => Slot::NotFiled,
        EventKind::Decided => Slot::Decided,
        EventKind::Transferred => Slot::Transferred,
        EventKind::Merged => Slot::Merged,
        _ => return None,
    })
}
