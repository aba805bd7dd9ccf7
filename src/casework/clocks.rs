//! The clocks of a case, derived from its history: each event starts, stops, rests or extends them by the row of the
//! table that it came from. A due date is never patched: what the store keeps is a copy of what this gives. Pure.

use super::{
    EventKind, State, SuspendReason, Verb, cases,
    cases::Stops,
    clock_at_receipt,
    deadline::{
        Adjust, ClockKind, DeadlineRule, Due, Step, StepKind, Term, Unit, compute, rule_for,
    },
};
use crate::{
    kernel::{calendar::WorkCalendar, clock::china_date, words::CaseKind},
    notices::NoticeKind,
};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An event as the derivation reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What.
    pub kind: EventKind,
    /// Which person at the desk.
    pub staff: Option<Uuid>,
    /// Its facts.
    pub data: Value,
}

impl Past {
    fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Value::as_str).unwrap_or("")
    }

    fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.data.get(name)?.clone()).ok()
    }
}

/// What moves the end of one clock, as the store keeps it beside the date.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Basis {
    /// Days not counted, extensions.
    #[serde(default)]
    pub adjust: Adjust,
    /// The day that an officer set (C-22), instead of the rule's term.
    #[serde(default)]
    pub fixed: Option<Date>,
    /// Rests since this day.
    #[serde(default)]
    pub paused: Option<Date>,
}

impl Basis {
    /// From the store; what cannot be read moves nothing.
    #[must_use]
    pub fn read(stored: Option<&str>) -> Self {
        stored
            .and_then(|s| serde_json::from_str(s).ok())
            .unwrap_or_default()
    }

    /// For the store, `None` when nothing moves the end.
    #[must_use]
    pub fn write(&self) -> Option<String> {
        (*self != Self::default())
            .then(|| serde_json::to_string(self).ok())
            .flatten()
    }

    /// When a term from `start` ends by this. While the clock rests: as if it went on the same day.
    #[must_use]
    pub fn due(&self, start: Date, term: Term, calendar: &WorkCalendar) -> Due {
        match self.fixed {
            None => compute(start, term, &self.adjust, calendar),
            Some(day) => Due {
                agency: day,
                citizen: day,
                provisional: false,
                unit: Unit::Days,
                steps: vec![Step {
                    date: day,
                    text: "由承办人确定的日期，在受理期限之内".to_owned(),
                    what: StepKind::LastDay,
                }],
            },
        }
    }
}

/// One clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockState {
    /// Which.
    pub kind: ClockKind,
    /// Its term, by the day of receipt (N-06).
    pub rule: &'static DeadlineRule,
    /// Day 0.
    pub started: Date,
    /// When it was met, UTC.
    pub stopped: Option<OffsetDateTime>,
    /// What moves its end.
    pub basis: Basis,
    /// Its end in both readings.
    pub due: Due,
}

impl ClockState {
    /// Runs and does not rest.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.stopped.is_none() && self.basis.paused.is_none()
    }
}

/// A step that one person asked for and another one decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Who asked.
    pub by: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
    /// The facts of the request.
    pub data: Value,
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
    /// A refusal that waits for approval.
    pub refusal: Option<Asked>,
    /// An extension that waits for approval.
    pub extension: Option<Asked>,
    /// Form 8 is still to be issued (C-30).
    pub owed: Option<Owed>,
    /// The trader was told of the termination (C-30).
    pub trader_told: bool,
}

impl Standing {
    /// A case just received.
    fn new(kind: CaseKind, received: Date) -> Self {
        let mut new = Self {
            kind,
            state: State::Submitted,
            clocks: Vec::new(),
            refusal: None,
            extension: None,
            owed: None,
            trader_told: false,
        };
        new.start(clock_at_receipt(kind), received, received, Basis::default());
        new
    }

    fn start(&mut self, kind: ClockKind, received: Date, on: Date, basis: Basis) {
        self.clocks.retain(|c| c.kind != kind);
        self.clocks.push(ClockState {
            kind,
            rule: rule_for(kind, received),
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

    fn end_pause(&mut self, on: Date) {
        for clock in self.running() {
            // like any term (N-01): the day of the step itself is not counted, the last one is
            let first = clock.basis.paused.take().and_then(Date::next_day);
            if let Some(first) = first.filter(|first| *first <= on) {
                clock.basis.adjust.suspended.push((first, on));
            }
        }
    }

    fn apply(&mut self, past: &Past, received: Date) {
        let on = china_date(past.at);
        let row = cases::edges(self.kind)
            .iter()
            .find(|e| e.event == past.kind && e.from.contains(&self.state));
        let Some(row) = row else { return };
        let asked = || {
            Some(Asked {
                by: past.staff,
                at: past.at,
                data: past.data.clone(),
            })
        };
        match past.kind {
            EventKind::Suspended => {
                let stops = SuspendReason::from_code(past.text("reason"))
                    .is_some_and(SuspendReason::stops_the_clock);
                if stops {
                    self.running().for_each(|c| c.basis.paused = Some(on));
                }
            }
            EventKind::Resumed => self.end_pause(on),
            EventKind::RefusalAsked => self.refusal = asked(),
            EventKind::RefusalSentBack => self.refusal = None,
            EventKind::ExtensionAsked => self.extension = asked(),
            EventKind::ExtensionDenied => self.extension = None,
            EventKind::ExtensionGranted => {
                self.extension = None;
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
            EventKind::Returned | EventKind::Dispatched => {
                (self.refusal, self.extension) = (None, None);
            }
            _ => {}
        }
        let stops = |c: &ClockState| match row.stops {
            Stops::Nothing => false,
            Stops::One(kind) => c.kind == kind,
            Stops::All => true,
        };
        if row.stops != Stops::Nothing {
            self.end_pause(on);
        }
        self.running()
            .filter(|c| stops(c))
            .for_each(|c| c.stopped = Some(past.at));
        for kind in row.starts {
            let fixed = past.read("due").filter(|_| *kind == ClockKind::Materials);
            let basis = Basis {
                fixed,
                ..Basis::default()
            };
            self.start(*kind, received, on, basis);
        }
        if let Some(to) = row.to {
            self.state = to;
            // what was asked for belonged to the state that has ended; a clock that was met needs no extension
            self.refusal = None;
            let wanted = self
                .extension
                .as_ref()
                .and_then(|a| a.data.get("clock").cloned());
            let wanted = wanted.and_then(|c| serde_json::from_value::<ClockKind>(c).ok());
            if wanted.is_none_or(|kind| self.clock(kind).is_none()) {
                self.extension = None;
            }
        }
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
        let decide = |asked: &Option<Asked>, none| match asked {
            None => Some(none),
            Some(a) if a.by == Some(staff) => Some("这是您自己提出的，要由另一个人决定"),
            Some(_) => None,
        };
        match verb {
            Verb::Refuse if self.refusal.is_some() => Some("已经提请不予受理，正等另一个人决定"),
            Verb::RefusalApprove | Verb::RefusalBack => {
                decide(&self.refusal, "没有等待决定的不予受理提请")
            }
            Verb::Extend if self.extension.is_some() => Some("已经申请延长，正等另一个人决定"),
            Verb::Extend if self.extendable().is_none() => Some("现在没有可以延长的期限"),
            Verb::ExtensionGrant if self.extendable().is_none() => Some("现在没有可以延长的期限"),
            Verb::ExtensionGrant | Verb::ExtensionDeny => {
                decide(&self.extension, "没有等待决定的延长申请")
            }
            Verb::ExtensionRevoke if self.extended().is_none() => Some("没有可以撤销的延长"),
            Verb::Issue if self.owed.is_none() => Some("终止调解决定书已经发出"),
            // both sides are told before the case is closed (C-30)
            Verb::Close if self.owed.is_some() => Some("要先发出终止调解决定书，并告知经营者"),
            Verb::Close if self.state == State::Terminated && !self.trader_told => {
                Some("终止调解决定书还没有告知经营者，告知并记录后才能办结")
            }
            _ => None,
        }
    }
}

/// Where a case stands after its history.
#[must_use]
pub fn standing(
    kind: CaseKind,
    received_at: OffsetDateTime,
    history: &[Past],
    calendar: &WorkCalendar,
) -> Standing {
    let received = china_date(received_at);
    let mut out = Standing::new(kind, received);
    for past in history {
        out.apply(past, received);
    }
    for clock in &mut out.clocks {
        clock.due = clock.basis.due(clock.started, clock.rule.term, calendar);
    }
    out
}

/// The clocks of a case.
#[must_use]
pub fn clocks_of(
    kind: CaseKind,
    received_at: OffsetDateTime,
    history: &[Past],
    calendar: &WorkCalendar,
) -> Vec<ClockState> {
    standing(kind, received_at, history, calendar).clocks
}

#[cfg(test)]
mod tests;
