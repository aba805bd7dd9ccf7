//! Where a case stands, derived from its history: each event starts, stops, rests or extends clocks by the row of the
//! table that it came from, and leaves what waits for a second person. A due date is never patched: what the store keeps
//! is a copy of what this gives. Pure.

use super::{
    EventKind, Part, Proposal, State, SuspendReason, Verb,
    afterwards::After,
    cases::{self, Stops},
    clocks::{Basis, ClockState, Past},
    clocks_at_receipt,
    deadline::{ClockKind, Due, Term, Unit, rule_for},
};
use crate::{
    kernel::{calendar::WorkCalendar, clock::china_date, words::CaseKind},
    notices::NoticeKind,
};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What decides which clocks begin when a case is received.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Complaint or report.
    pub kind: CaseKind,
    /// Receipt, UTC.
    pub received_at: OffsetDateTime,
    /// Declared problem code: advertising has a term of its own.
    pub problem: &'a str,
}

impl Origin<'_> {
    /// The day of receipt in China, which decides the version of the rule (N-06).
    #[must_use]
    pub fn received(&self) -> Date {
        china_date(self.received_at)
    }
}

/// A step that one person asked for and another one decides, or that a resident asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Who asked at the desk.
    pub by: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
    /// The facts of the request.
    pub data: Value,
}

impl Asked {
    fn of(past: &Past) -> Self {
        Self {
            by: past.staff,
            at: past.at,
            data: past.data.clone(),
        }
    }
}

/// How the two sides ended a mediation without the office, which has not issued form 8 yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The complainant withdrew.
    Withdrawal,
    /// The complainant took the trader's offer 先行和解.
    Settlement,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its kind.
    pub kind: CaseKind,
    /// Its state.
    pub state: State,
    /// Its clocks in the order of their start.
    pub clocks: Vec<ClockState>,
    /// What waits for a second person.
    pub proposals: Vec<(Proposal, Asked)>,
    /// A reporter's wish to take the report back that nobody has answered.
    pub wish: Option<Asked>,
    /// Form 8 is still to be issued (C-30).
    pub owed: Option<Owed>,
    /// The trader was told of the termination (C-30).
    pub trader_told: bool,
    /// How it ended, and what the resident said to that.
    pub after: After,
    received: Date,
}

impl Standing {
    /// A case just received.
    fn new(origin: &Origin<'_>) -> Self {
        let received = origin.received();
        let mut new = Self {
            kind: origin.kind,
            state: State::Submitted,
            clocks: Vec::new(),
            proposals: Vec::new(),
            wish: None,
            owed: None,
            trader_told: false,
            after: After::default(),
            received,
        };
        for kind in clocks_at_receipt(origin.kind, origin.problem) {
            new.start(kind, received, Basis::default());
        }
        new
    }

    fn start(&mut self, kind: ClockKind, on: Date, basis: Basis) {
        self.clocks.retain(|c| c.kind != kind);
        self.clocks.push(ClockState {
            kind,
            rule: rule_for(kind, self.received),
            started: on,
            stopped: None,
            basis,
            // counted at the end, when everything that moves it is known
            due: Due {
                agency: on,
                citizen: on,
                provisional: false,
                unit: Unit::Days,
                steps: Vec::new(),
            },
        });
    }

    fn running(&mut self) -> impl Iterator<Item = &mut ClockState> {
        self.clocks.iter_mut().filter(|c| c.stopped.is_none())
    }

    fn apply(&mut self, past: &Past) {
        let row = cases::edges(self.kind)
            .iter()
            .find(|e| e.event == past.kind && e.from.contains(&self.state));
        let Some(row) = row else { return };
        let on = china_date(past.at);
        let from = self.begins(past, on);
        match Proposal::of_event(past.kind) {
            Some((proposal, Part::Ask)) => {
                self.proposals.retain(|(p, _)| *p != proposal);
                self.proposals.push((proposal, Asked::of(past)));
            }
            Some((proposal, _)) => self.proposals.retain(|(p, _)| *p != proposal),
            None => {}
        }
        self.moved(past, on);
        for clock in self.running() {
            let met = match row.stops {
                Stops::Nothing => false,
                Stops::Only(kinds) => kinds.contains(&clock.kind),
                Stops::All => true,
            };
            if met {
                end_pause(clock, on);
                clock.stopped = Some(past.at);
            }
        }
        for kind in row.starts {
            let fixed = past.read("due").filter(|_| *kind == ClockKind::Materials);
            let basis = Basis {
                fixed,
                ..Basis::default()
            };
            self.start(*kind, from, basis);
        }
        let (was_open, open) = (self.state.is_open(), row.after(self.state).is_open());
        self.after.apply(past, was_open, open);
        if let Some(to) = row.to {
            self.state = to;
            self.drop_outlived();
        }
    }

    /// Day 0 of the clocks that an event starts: its own, but a report that is taken up again is verified from the day
    /// on which the request brought the material.
    fn begins(&self, past: &Past, on: Date) -> Date {
        match self.proposed(Proposal::Reopening) {
            Some(asked) if past.kind == EventKind::Reopened && self.kind == CaseKind::Report => {
                china_date(asked.at)
            }
            _ => on,
        }
    }

    /// What an event does to the ends of clocks, and to what waits, beside its row.
    fn moved(&mut self, past: &Past, on: Date) {
        match past.kind {
            EventKind::Suspended => {
                let rests = SuspendReason::from_code(past.text("reason"))
                    .map_or(&[][..], SuspendReason::rests);
                self.running()
                    .filter(|c| rests.contains(&c.kind))
                    .for_each(|c| c.basis.paused = Some(on));
            }
            EventKind::Resumed => self.running().for_each(|c| end_pause(c, on)),
            EventKind::ExtensionGranted => {
                if let (Some(kind), Some(term)) =
                    (past.read::<ClockKind>("clock"), past.read("term"))
                {
                    self.running()
                        .filter(|c| c.kind == kind)
                        .for_each(|c| c.basis.adjust.extended.push(term));
                }
            }
            EventKind::ExtensionRevoked => {
                let kind = past.read::<ClockKind>("clock");
                self.running()
                    .filter(|c| Some(c.kind) == kind)
                    .for_each(|c| c.basis.adjust.extended.clear());
            }
            EventKind::Terminated => {
                self.trader_told = false;
                let settled = past.data.get("settled").and_then(Value::as_bool) == Some(true);
                self.owed = match (past.staff, settled) {
                    (Some(_), _) => None,
                    (None, true) => Some(Owed::Settlement),
                    (None, false) => Some(Owed::Withdrawal),
                };
            }
            EventKind::TerminationIssued => self.owed = None,
            EventKind::TraderTold => {
                let form = past.data.get("form").and_then(Value::as_i64);
                self.trader_told |= form == Some(i64::from(NoticeKind::Terminated.form()));
            }
            // another department has not been asked
            EventKind::Returned | EventKind::Dispatched => self.proposals.clear(),
            // what was told of the first end is not told of the next one (C-30)
            EventKind::Reopened => {
                self.owed = None;
                self.trader_told = false;
            }
            EventKind::WithdrawalWished => self.wish = Some(Asked::of(past)),
            EventKind::CarriedOn => self.wish = None,
            _ => {}
        }
    }

    /// What was proposed belonged to the state that has ended; an extension belongs to its clock.
    fn drop_outlived(&mut self) {
        let running: Vec<ClockKind> = self.running().map(|c| c.kind).collect();
        self.proposals.retain(|(proposal, asked)| match proposal {
            Proposal::Extension => asked
                .data
                .get("clock")
                .and_then(|c| serde_json::from_value::<ClockKind>(c.clone()).ok())
                .is_some_and(|kind| running.contains(&kind)),
            Proposal::Refusal | Proposal::Reopening => false,
        });
        if !self.state.is_open() {
            self.wish = None;
        }
    }

    /// What waits for a second person in this matter.
    #[must_use]
    pub fn proposed(&self, proposal: Proposal) -> Option<&Asked> {
        self.proposals
            .iter()
            .find(|(p, _)| *p == proposal)
            .map(|(_, asked)| asked)
    }

    /// Something waits for a second person.
    #[must_use]
    pub const fn waits(&self) -> bool {
        !self.proposals.is_empty()
    }

    /// The clock that the office must meet first.
    #[must_use]
    pub fn next(&self) -> Option<(ClockKind, Date)> {
        self.clocks
            .iter()
            .filter(|c| c.counts())
            .map(|c| (c.kind, c.due.agency))
            .min_by_key(|(_, due)| *due)
    }

    /// A clock of this kind that has not been stopped.
    #[must_use]
    pub fn clock(&self, kind: ClockKind) -> Option<&ClockState> {
        self.clocks
            .iter()
            .find(|c| c.kind == kind && c.stopped.is_none())
    }

    /// The clock that the law lets be extended, once, with the longest extension.
    #[must_use]
    pub fn extendable(&self) -> Option<(&ClockState, Term)> {
        self.clocks
            .iter()
            .filter(|c| c.counts() && c.basis.adjust.extended.is_empty())
            .find_map(|c| Some((c, c.rule.max_extension?)))
    }

    /// The clock that runs on an extension.
    #[must_use]
    pub fn extended(&self) -> Option<&ClockState> {
        self.clocks
            .iter()
            .find(|c| c.stopped.is_none() && !c.basis.adjust.extended.is_empty())
    }

    /// What stands in the way of a verb besides the table, for this person; `None`: nothing. A step that needs two
    /// persons is decided by another one than asked for it.
    #[must_use]
    pub fn obstacle(&self, verb: Verb, staff: Uuid) -> Option<&'static str> {
        if let Some((proposal, part)) = Proposal::of_verb(verb) {
            let there = self.proposed(proposal);
            let why = match (part, there) {
                (Part::Ask, Some(_)) => Some(proposal.waits()),
                (Part::Ask, None) => None,
                (_, None) => Some(proposal.none()),
                (_, Some(asked)) if asked.by == Some(staff) => {
                    Some("这是您自己提出的，要由另一个人决定")
                }
                (_, Some(_)) => None,
            };
            if why.is_some() {
                return why;
            }
        }
        if let Some(why) = self.after.obstacle(verb, staff) {
            return Some(why);
        }
        match verb {
            Verb::Extend | Verb::ExtensionGrant if self.extendable().is_none() => {
                Some("现在没有可以延长的期限")
            }
            Verb::ExtensionRevoke if self.extended().is_none() => Some("没有可以撤销的延长"),
            Verb::Issue if self.owed.is_none() => Some("终止调解决定书已经发出"),
            // both sides are told before the case is closed (C-30)
            Verb::Close if self.owed.is_some() => Some("要先发出终止调解决定书，并告知经营者"),
            Verb::Close if self.state == State::Terminated && !self.trader_told => {
                Some("终止调解决定书还没有告知经营者，告知并记录后才能办结")
            }
            Verb::Withdraw if self.wish.is_some() => Some("您已经说过希望撤回，工作人员会看到"),
            Verb::Carry if self.wish.is_none() => Some("举报人没有要求撤回"),
            _ => None,
        }
    }
}

/// Ends a rest: like any term (N-01) the day of the step itself is not counted, the last one is.
fn end_pause(clock: &mut ClockState, on: Date) {
    let first = clock.basis.paused.take().and_then(Date::next_day);
    if let Some(first) = first.filter(|first| *first <= on) {
        clock.basis.adjust.suspended.push((first, on));
    }
}

/// Where a case stands after its history.
#[must_use]
pub fn standing(origin: &Origin<'_>, history: &[Past], calendar: &WorkCalendar) -> Standing {
    let mut out = Standing::new(origin);
    for past in history {
        out.apply(past);
    }
    for clock in &mut out.clocks {
        clock.due = clock.basis.due(clock.started, clock.rule.term, calendar);
    }
    out
}

#[cfg(test)]
mod tests;
