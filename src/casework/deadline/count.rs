//! The walk over the days of a term. Writes down why as it goes; hot (once per clock of each submission), so it looks
//! at a day once and builds a sentence only for days that explain something.

use super::{Adjust, Due, Step, StepKind, Term, Unit};
use crate::kernel::calendar::{DayKind, WorkCalendar};
use std::fmt::Write as _;
use time::{Date, Duration, Weekday};

/// See [`super::compute`].
pub(super) fn compute(start: Date, term: Term, adjust: &Adjust, cal: &WorkCalendar) -> Due {
    let mut walk = Walk {
        cal,
        pauses: merged(&adjust.suspended),
        year: start.year(),
        at: start,
        counted: 0,
        started: false,
        provisional: None,
        steps: Vec::with_capacity(8),
    };
    walk.step(start, StepKind::Received, |text, day| {
        let _ = write!(text, "以 {day}为起点，当日不计入");
    });
    walk.run(term);
    let mut unit = term.unit();
    for extension in &adjust.extended {
        walk.step(walk.at, StepKind::Extended, |text, day| {
            let _ = write!(text, "原期限到 {day}，经批准延长 {extension}");
        });
        if extension.unit() != unit {
            (unit, walk.counted) = (extension.unit(), 0);
        }
        walk.run(*extension);
    }
    walk.finish(unit)
}

struct Walk<'a> {
    cal: &'a WorkCalendar,
    /// Suspended intervals, sorted, not touching.
    pauses: Vec<(Date, Date)>,
    /// Year of the start: dates of other years are written with the year.
    year: i32,
    /// The last day counted so far.
    at: Date,
    /// Days counted in the present unit.
    counted: u32,
    started: bool,
    /// The first day that mattered in a year that is not loaded.
    provisional: Option<Date>,
    steps: Vec<Step>,
}

impl<'a> Walk<'a> {
    fn step(&mut self, date: Date, what: StepKind, write: impl FnOnce(&mut String, Day)) {
        let mut text = String::with_capacity(96);
        write(&mut text, self.day(date));
        self.steps.push(Step { date, text, what });
    }

    const fn day(&self, date: Date) -> Day {
        Day {
            date,
            with_year: date.year() != self.year,
        }
    }

    /// What the day is; remembers when the answer is provisional.
    fn look(&mut self, date: Date) -> DayKind<'a> {
        if self.provisional.is_none() && self.cal.provisional(date) {
            self.provisional = Some(date);
        }
        self.cal.kind(date)
    }

    /// Moves past the days of one term.
    fn run(&mut self, term: Term) {
        match term {
            Term::WorkingDays(n) => self.run_working(n),
            Term::Days(n) => self.run_natural(n),
            Term::Hours(n) => self.run_natural(n.div_ceil(24)),
        }
    }

    fn run_working(&mut self, n: u16) {
        let mut left = n;
        while left > 0 {
            let Some(day) = self.at.next_day() else { break };
            if let Some((from, to)) = self.pause(day) {
                self.suspend(from, to);
                continue;
            }
            self.at = day;
            match self.look(day) {
                DayKind::Weekend => continue,
                DayKind::Holiday(name) => {
                    self.skip_holiday(day, name);
                    continue;
                }
                DayKind::Working => self.count_first(day, 1),
                DayKind::MakeUp(_) => {
                    self.count_first(day, 1);
                    let nth = self.counted;
                    self.step(day, StepKind::MakeUpDay, |text, day| {
                        let _ = write!(text, "{day}调休上班，计入，是第 {nth} 个工作日");
                    });
                }
            }
            left -= 1;
        }
    }

    fn run_natural(&mut self, n: u16) {
        let mut left = i64::from(n);
        while left > 0 {
            let Some(next) = self.at.next_day() else {
                break;
            };
            if let Some((from, to)) = self.pause(next) {
                self.suspend(from, to);
                continue;
            }
            // Free days until the next pause, or all that are left.
            let upcoming = self.pauses.iter().find(|(from, _)| *from > next);
            let free = upcoming.map_or(left, |(from, _)| {
                left.min((*from - self.at).whole_days() - 1)
            });
            self.count_first(next, u32::try_from(free).unwrap_or(0));
            self.at = self.at.saturating_add(Duration::days(free));
            left -= free;
        }
    }

    /// The pause that holds the day.
    fn pause(&self, day: Date) -> Option<(Date, Date)> {
        let holds = |p: &&(Date, Date)| p.0 <= day && day <= p.1;
        self.pauses.iter().find(holds).copied()
    }

    fn suspend(&mut self, from: Date, to: Date) {
        let first = from.max(self.at.next_day().unwrap_or(from));
        let (last, days) = (self.day(to), (to - first).whole_days() + 1);
        self.step(first, StepKind::Suspended, |text, day| {
            let _ = write!(
                text,
                "{day}至 {last}暂停计算 {days} 天（鉴定、检测等时间不计入）"
            );
        });
        self.at = to;
    }

    fn count_first(&mut self, day: Date, days: u32) {
        self.counted += days;
        if !self.started {
            self.started = true;
            self.step(day, StepKind::FirstDay, |text, day| {
                let _ = write!(text, "从 {day}起算，这一天是第 1 天");
            });
        }
    }

    /// Skips the run of days off that begins on `first`.
    fn skip_holiday(&mut self, first: Date, name: &str) {
        let mut last = first;
        while let Some(next) = last.next_day() {
            if self.pause(next).is_some() || self.cal.kind(next) != DayKind::Holiday(name) {
                break;
            }
            last = next;
        }
        self.at = last;
        let (end, days) = (self.day(last), (last - first).whole_days() + 1);
        self.step(first, StepKind::SkipHoliday, |text, day| {
            let _ = match days {
                1 => write!(text, "{day}{name}放假，不计入"),
                _ => write!(text, "{day}至 {end}{name}放假 {days} 天，不计入"),
            };
        });
    }

    fn finish(mut self, unit: Unit) -> Due {
        let (last, nth) = (self.at, self.counted);
        self.step(last, StepKind::LastDay, |text, day| {
            let _ = match unit {
                Unit::WorkingDays => write!(text, "第 {nth} 个工作日是 {day}，为最后一天"),
                Unit::Days | Unit::Hours => write!(text, "第 {nth} 天是 {day}"),
            };
        });
        let (agency, citizen) = match unit {
            Unit::WorkingDays | Unit::Hours => (last, last),
            Unit::Days => self.roll(last),
        };
        if let Some(first) = self.provisional {
            self.step(first, StepKind::Provisional, |text, day| {
                let year = day.date.year();
                let _ = write!(
                    text,
                    "{year} 年放假安排尚未载入，暂按法定节假日推算，安排公布后可能改变"
                );
            });
        }
        self.steps.sort_by_key(|step| step.date);
        Due {
            agency,
            citizen,
            provisional: self.provisional.is_some(),
            unit,
            steps: self.steps,
        }
    }

    /// N-01 and N-03: over a holiday for both readings, over an ordinary weekend for the citizen only.
    fn roll(&mut self, last: Date) -> (Date, Date) {
        let cal = self.cal;
        let mut agency = last;
        while let DayKind::Holiday(_) = self.look(agency) {
            let Some(next) = agency.next_day() else { break };
            agency = next;
        }
        if let (DayKind::Holiday(name), true) = (cal.kind(last), agency != last) {
            self.step(agency, StepKind::Rolled, |text, day| {
                let _ = write!(
                    text,
                    "最后一天在{name}放假期间，顺延到放假后的第一天：{day}"
                );
            });
        }
        let mut citizen = agency;
        while !self.look(citizen).works() {
            let Some(next) = citizen.next_day() else {
                break;
            };
            citizen = next;
        }
        if citizen != agency {
            let kept = self.day(agency);
            self.step(citizen, StepKind::Rolled, |text, day| {
                let _ = write!(
                    text,
                    "{kept}不是工作日：内部按这一天办结，对群众可算到 {day}"
                );
            });
        }
        (agency, citizen)
    }
}

/// A date as people read it: `2 月 28 日（周六）`, with the year when it is not the year of the start.
#[derive(Clone, Copy)]
struct Day {
    date: Date,
    with_year: bool,
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let weekday = match self.date.weekday() {
            Weekday::Monday => "周一",
            Weekday::Tuesday => "周二",
            Weekday::Wednesday => "周三",
            Weekday::Thursday => "周四",
            Weekday::Friday => "周五",
            Weekday::Saturday => "周六",
            Weekday::Sunday => "周日",
        };
        if self.with_year {
            write!(f, "{} 年 ", self.date.year())?;
        }
        let (month, day) = (u8::from(self.date.month()), self.date.day());
        write!(f, "{month} 月 {day} 日（{weekday}）")
    }
}

/// Sorted, overlapping and touching intervals joined, reversed ones dropped.
fn merged(intervals: &[(Date, Date)]) -> Vec<(Date, Date)> {
    let mut sorted: Vec<_> = intervals
        .iter()
        .copied()
        .filter(|(from, to)| from <= to)
        .collect();
    sorted.sort_unstable();
    let mut out: Vec<(Date, Date)> = Vec::with_capacity(sorted.len());
    for (from, to) in sorted {
        match out.last_mut() {
            Some(last) if from <= last.1.saturating_add(Duration::DAY) => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}
