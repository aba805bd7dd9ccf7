//! The parts of which the clocks of a case are made: events as the derivation reads them, a clock, and what moves its
//! end. The derivation stands in `standing`. Pure.

use super::{
    EventKind,
    deadline::{Adjust, ClockKind, DeadlineRule, Due, Step, StepKind, Term, Unit, compute},
};
use crate::kernel::{
    calendar::WorkCalendar,
    clock::{CHINA, china_date},
};
use serde_json::Value;
use time::{Date, Duration, OffsetDateTime, macros::format_description};
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
    /// A text among its facts, empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// One of its facts, `None` when it is missing or cannot be read.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
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
    /// The term that the office set instead of the rule's (12345).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// The instant at which a term of hours began, UTC.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub at: Option<OffsetDateTime>,
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
        let term = self.term.unwrap_or(term);
        if let (Some(at), Term::Hours(hours)) = (self.at, term) {
            return within_hours(at, hours);
        }
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

/// The end of a term of hours: an instant, of which the lists keep the day.
fn within_hours(at: OffsetDateTime, hours: u16) -> Due {
    let minute = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let words = |t: OffsetDateTime| t.to_offset(CHINA).format(minute).unwrap_or_default();
    let end = at + Duration::hours(i64::from(hours));
    let day = china_date(end);
    Due {
        agency: day,
        citizen: day,
        provisional: false,
        unit: Unit::Hours,
        steps: vec![Step {
            date: day,
            text: format!("从 {} 起 {hours} 小时，到 {} 止", words(at), words(end)),
            what: StepKind::LastDay,
        }],
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
