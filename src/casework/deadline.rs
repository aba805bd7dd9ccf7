//! When something must be done 期限: counting a term from its start with everything that moves its end, and the
//! derivation that people are shown (rules §13). The terms themselves are data in [`rules`].
//!
//! Pure: the start, the calendar and today are parameters. A due date is never stored without its rule's id, so that
//! the derivation can be computed again when it is shown.

mod count;
pub mod rules;

pub use rules::{ClockKind, DeadlineRule, RULES, current_rule, rule_by_id, rule_for};

use crate::kernel::{calendar::WorkCalendar, words::words};
use time::{Date, Month};

words! {
    /// What a term is counted in 期限单位.
    Unit {
        WorkingDays = "working_days", "个工作日";
        Days = "days", "天";
        Hours = "hours", "小时";
    }
}

/// A length of time of the law 期限.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Working days 工作日.
    WorkingDays(u16),
    /// Natural days 日.
    Days(u16),
    /// Hours 小时, from an instant and not from a day.
    Hours(u16),
}

impl Term {
    /// What it is counted in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::WorkingDays(_) => Unit::WorkingDays,
            Self::Days(_) => Unit::Days,
            Self::Hours(_) => Unit::Hours,
        }
    }

    /// How many.
    #[must_use]
    pub const fn count(self) -> u16 {
        match self {
            Self::WorkingDays(n) | Self::Days(n) | Self::Hours(n) => n,
        }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.count(), self.unit())
    }
}

/// What moves the end of a term.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Adjust {
    /// Days that are not counted 暂停 (appraisal, testing: C-27, R-20), both ends included; an interval whose end lies
    /// before its beginning is ignored. Only days inside the running term have an effect.
    #[serde(default)]
    pub suspended: Vec<(Date, Date)>,
    /// Approved extensions 延长, counted on from the unrolled end.
    #[serde(default)]
    pub extended: Vec<Term>,
}

words! {
    /// Kind of a step in the derivation.
    StepKind {
        Received = "received", "收到";
        FirstDay = "first_day", "起算";
        SkipHoliday = "skip_holiday", "放假不计";
        MakeUpDay = "make_up_day", "调休计入";
        Suspended = "suspended", "暂停";
        Extended = "extended", "延长";
        LastDay = "last_day", "最后一天";
        Rolled = "rolled", "顺延";
        Provisional = "provisional", "暂定";
    }
}

/// One step of the derivation, as a person would explain it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// The day it is about (the first day of a run).
    pub date: Date,
    /// Plain Chinese.
    pub text: String,
    /// Its kind.
    pub what: StepKind,
}

/// When a term ends, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Due {
    /// The earliest lawful reading, by which the office works 内部期限.
    pub agency: Date,
    /// The most generous lawful reading, which a citizen may rely on 对外期限 (N-03). Equal for working days.
    pub citizen: Date,
    /// A day that mattered lies in a year without an official arrangement (N-05).
    pub provisional: bool,
    /// What the term was counted in.
    pub unit: Unit,
    /// The derivation, by date.
    pub steps: Vec<Step>,
}

/// The end of a term that begins on `start` (day 0, not counted: N-01).
///
/// Working days skip everything that is not worked and what is suspended. Natural days skip what is suspended only;
/// a last day within an official holiday rolls to the first day after it, and for the citizen also over an ordinary
/// weekend (N-03).
#[must_use]
pub fn compute(start: Date, term: Term, adjust: &Adjust, cal: &WorkCalendar) -> Due {
    count::compute(start, term, adjust, cal)
}

/// How far away a due date is 剩余.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Remaining {
    /// Days left, 0 on the last day, negative when late. Late or early by less than one working day counts as one.
    pub count: i32,
    /// What is counted.
    pub unit: Unit,
}

/// How far `due` is from `today`, in working days or natural days.
#[must_use]
pub fn remaining(today: Date, due: Date, unit: Unit, cal: &WorkCalendar) -> Remaining {
    let days = i32::try_from((due - today).whole_days()).unwrap_or(i32::MAX);
    let count = match unit {
        // a term of hours ends at an instant; of the day on which it does, only days can be said
        Unit::Days | Unit::Hours => days,
        Unit::WorkingDays if days > 0 => cal.working_days_between(today, due).max(1),
        Unit::WorkingDays if days < 0 => -cal.working_days_between(due, today).max(1),
        Unit::WorkingDays => 0,
    };
    let unit = if unit == Unit::Hours {
        Unit::Days
    } else {
        unit
    };
    Remaining { count, unit }
}

impl Remaining {
    /// Whether the last day has passed.
    #[must_use]
    pub const fn late(self) -> bool {
        self.count < 0
    }
}

impl std::fmt::Display for Remaining {
    /// 「还剩 2 个工作日」, 「今天」, 「逾期 1 个工作日」.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            0 => f.write_str("今天"),
            n if n > 0 => write!(f, "还剩 {n} {}", self.unit),
            n => write!(f, "逾期 {} {}", n.unsigned_abs(), self.unit),
        }
    }
}

/// C-09: the last day of the three years of 民法典 第二百零二条: the same calendar day three years later, the last day
/// of the month if there is none. A complaint received on that day is in time. A warning, never a refusal by machine.
#[must_use]
pub fn three_years(known: Date) -> Date {
    let year = known.year() + 3;
    known
        .replace_year(year)
        .or_else(|_| Date::from_calendar_date(year, Month::February, 28))
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests;
