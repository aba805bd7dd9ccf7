//! Where a case stands, derived from its history: each event starts, stops, rests or extends clocks by the row of the
//! table that it came from, and leaves what waits for a second person. A due date is never patched: what the store keeps
//! is a copy of what this gives. Pure.

use super::{
    EventKind, Part, Proposal, State, SuspendReason, Verb,
    afterwards::After,
    cases::{self, Stops},
    clocks::{Basis, ClockState, Past},
    crime::Stage,
    deadline::{ClockKind, Due, Term, Unit, rule_for},
};
use crate::{
    kernel::{calendar::WorkCalendar, clock::china_date, words::CaseKind},
    notices::NoticeKind,
};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub use super::origin::{Opening, Origin};

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

/// An extension that the law allows now.
#[derive(Debug, Clone, Copy)]
pub struct Extendable<'a> {
    /// Of this clock.
    pub clock: &'a ClockState,
    /// By this much at the longest.
    pub most: Term,
    /// Only the heads together may decide it (程序规定64).
    pub collective: bool,
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
    /// How far a transfer to the police is (rules 4.4).
    pub crime: Option<Stage>,
    /// A dispute about jurisdiction is being negotiated, or was referred upwards (`true`).
    pub dispute: Option<bool>,
    /// When another authority was sent the case.
    sent_away: Option<OffsetDateTime>,
    received: Date,
}

/// Side clocks, each with the step that ends it: where the table has no such step any more, the clock has none either.
const SIDE: &[(ClockKind, Verb)] = &[
    (ClockKind::Handover, Verb::TransferApprove),
    (ClockKind::JurisdictionDispute, Verb::DisputeRefer),
    (ClockKind::Assistance, Verb::Assisted),
];

/// What begins to run again when another authority sends a case back: the terms of receipt never stood still.
const RECEIPT: &[ClockKind] = &[
    ClockKind::Acceptance,
    ClockKind::Verification,
    ClockKind::ClueVerification,
    ClockKind::AdvertisingReply,
    ClockKind::HotlineEnquiry,
    ClockKind::HotlineRequest,
    ClockKind::HotlineComplaint,
];

impl Standing {
    /// A case just received.
    fn new(origin: &Origin<'_>, opening: Opening) -> Self {
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
            crime: None,
            dispute: None,
            sent_away: None,
            received,
        };
        for (kind, on, basis) in origin.clocks(opening) {
            new.start(kind, on, basis);
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
            let hours = matches!(rule_for(*kind, self.received).term, Term::Hours(_));
            let basis = Basis {
                fixed,
                at: hours.then_some(past.at),
                ..Basis::default()
            };
            self.start(*kind, from, basis);
        }
        self.crime = Stage::after(self.crime, past.kind);
        let before = self.state;
        self.state = row.after(before);
        self.after
            .apply(past, before.is_open(), self.state.is_open());
        if before != self.state {
            self.drop_outlived();
        }
        self.end_side_clocks(past.at);
    }

    /// A side clock runs as long as its step can be taken; a handover's as long as it is proposed, a dispute's as long as
    /// it is negotiated.
    fn end_side_clocks(&mut self, at: OffsetDateTime) {
        let (kind, state) = (self.kind, self.state);
        let handing = self.proposed(Proposal::Transfer).is_some();
        for (clock, verb) in SIDE {
            let wanted = match clock {
                ClockKind::Handover => handing,
                ClockKind::JurisdictionDispute => self.dispute == Some(false),
                _ => true,
            };
            let lawful = wanted && cases::edge(kind, state, *verb).is_some();
            if !lawful {
                self.running()
                    .filter(|c| c.kind == *clock)
                    .for_each(|c| c.stopped = Some(at));
            }
        }
        if cases::edge(kind, state, Verb::DisputeSettle).is_none() {
            self.dispute = None;
        }
    }

    /// The term of verification begins again with a later report of the same reporter, and never earlier than it
    /// had begun. A rest goes on, an extension belonged to the term before.
    fn restart(&mut self, received: Date) {
        let verifies = [ClockKind::Verification, ClockKind::ClueVerification];
        for clock in self.running().filter(|c| verifies.contains(&c.kind)) {
            if received > clock.started {
                clock.started = received;
                clock.basis = Basis {
                    paused: clock.basis.paused,
                    ..Basis::default()
                };
            }
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
                // the last one is taken back, an earlier one stays
                let last = |c: &ClockState| c.basis.adjust.extended.len().saturating_sub(1);
                self.running()
                    .filter(|c| Some(c.kind) == kind)
                    .for_each(|c| c.basis.adjust.extended.truncate(last(c)));
            }
            EventKind::MergedIn => {
                if let Some(received) = past.read("received") {
                    self.restart(received);
                }
            }
            EventKind::Transferred => self.sent_away = Some(past.at),
            EventKind::TransferReturned => {
                let sent = self.sent_away.take();
                let again = |c: &&mut ClockState| c.stopped == sent && RECEIPT.contains(&c.kind);
                let away = self.clocks.iter_mut().filter(|c| c.stopped.is_some());
                away.filter(again).for_each(|c| c.stopped = None);
            }
            EventKind::DisputeRaised => self.dispute = Some(false),
            EventKind::DisputeReferred => self.dispute = Some(true),
            EventKind::DisputeSettled => self.dispute = None,
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
            EventKind::Returned | EventKind::Dispatched => {
                self.proposals.clear();
                self.dispute = None;
            }
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
        let (kind, state) = (self.kind, self.state);
        let running: Vec<ClockKind> = self.running().map(|c| c.kind).collect();
        self.proposals.retain(|(proposal, asked)| match proposal {
            Proposal::Extension => asked
                .data
                .get("clock")
                .and_then(|c| serde_json::from_value::<ClockKind>(c.clone()).ok())
                .is_some_and(|kind| running.contains(&kind)),
            Proposal::Transfer | Proposal::Crime => proposal
                .grants()
                .any(|grant| cases::edge(kind, state, grant).is_some()),
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
            .filter(|c| c.counts() && !c.kind.is_of_others())
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

    /// The clock that the law lets be extended now, resting or not, with the longest extension: once by the head, and where the law
    /// knows it once more by a collective decision.
    #[must_use]
    pub fn extendable(&self) -> Option<Extendable<'_>> {
        let mut running = self.clocks.iter().filter(|c| c.stopped.is_none());
        running.find_map(|clock| {
            let (most, collective) = match clock.basis.adjust.extended.len() {
                0 => (clock.rule.max_extension, false),
                1 => (clock.rule.collective, true),
                _ => (None, false),
            };
            Some(Extendable {
                clock,
                most: most?,
                collective,
            })
        })
    }

    /// When the case was sent to another authority that has not answered.
    #[must_use]
    pub const fn sent_away(&self) -> Option<OffsetDateTime> {
        self.sent_away
    }

    /// Whether a clock of 12345 runs.
    #[must_use]
    pub fn on_hotline(&self) -> bool {
        self.clocks
            .iter()
            .any(|c| c.stopped.is_none() && c.kind.is_of_hotline())
    }

    /// The clock that runs on an extension.
    #[must_use]
    pub fn extended(&self) -> Option<&ClockState> {
        self.clocks
            .iter()
            .find(|c| c.stopped.is_none() && !c.basis.adjust.extended.is_empty())
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
    let mut out = Standing::new(origin, Opening::of(history));
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
