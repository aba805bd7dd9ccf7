//! Working days 工作日 of China: which days are worked, off 放假 or made up for 调休, by the State Council's yearly
//! arrangement (rules §13, N-02). It owns the days and nothing else: how a term is counted is `casework::deadline`'s.
//!
//! A year whose arrangement is not loaded is never silently taken as Monday to Friday (N-05): its days are reckoned
//! with the statutory days if these are known, and every answer about it is [`WorkCalendar::provisional`].

use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Month, Weekday};

/// What a day is in the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// Monday to Friday, nothing special 工作日.
    Working,
    /// An ordinary Saturday or Sunday 周末.
    Weekend,
    /// A day off of the official arrangement 放假, weekend or not, with the holiday's name.
    Holiday(&'a str),
    /// A weekend day that is worked 调休上班, with the name of the holiday that it makes up for.
    MakeUp(&'a str),
}

impl DayKind<'_> {
    /// Whether the office works on it.
    #[must_use]
    pub const fn works(self) -> bool {
        matches!(self, Self::Working | Self::MakeUp(_))
    }
}

/// Why an arrangement cannot be loaded; the text is for the administrator who loads it.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not a holiday-cn file.
    #[error("放假安排文件读不懂：{0}")]
    Json(#[from] serde_json::Error),
    /// No day off in it: not published yet, so the year stays unloaded (N-05).
    #[error("{0} 年的放假安排里没有放假日，可能尚未公布")]
    Empty(i32),
    /// A day that cannot belong to this year's arrangement (only the December before may).
    #[error("{0} 年的放假安排里有不属于该年的日期 {1}")]
    Outside(i32, Date),
    /// The same day twice.
    #[error("{0} 年的放假安排里日期 {1} 重复")]
    Twice(i32, Date),
}

#[derive(serde::Deserialize)]
struct YearFile {
    year: i32,
    #[serde(default)]
    papers: Vec<String>,
    days: Vec<FileDay>,
}

#[derive(serde::Deserialize)]
struct FileDay {
    name: String,
    date: Date,
    #[serde(rename = "isOffDay")]
    is_off: bool,
}

#[derive(Debug, Clone)]
struct Day {
    is_off: bool,
    name: Box<str>,
    /// The arrangement it came with; that of 2019 moved days of December 2018.
    of: i32,
}

/// The loaded arrangements 工作日历. Cheap to ask, not cheap to clone: share it behind an `Arc`.
#[derive(Debug, Clone, Default)]
pub struct WorkCalendar {
    /// Loaded years and the notice each came from.
    years: BTreeMap<i32, String>,
    days: BTreeMap<Date, Day>,
    /// Statutory days of years that are not loaded (N-05).
    statutory: BTreeMap<Date, Box<str>>,
}

/// The arrangements that ship with the program.
const OFFICIAL: [&str; 3] = [
    include_str!("../../ops/district/tianfu/calendar/2024.json"),
    include_str!("../../ops/district/tianfu/calendar/2025.json"),
    include_str!("../../ops/district/tianfu/calendar/2026.json"),
];
const STATUTORY: [&str; 1] = [include_str!(
    "../../ops/district/tianfu/calendar/provisional-2027.json"
)];

impl WorkCalendar {
    /// No year loaded: every answer is provisional. Knows the statutory days that ship with the program.
    #[must_use]
    pub fn unloaded() -> Self {
        let mut calendar = Self::default();
        for file in STATUTORY
            .iter()
            .filter_map(|t| serde_json::from_str::<YearFile>(t).ok())
        {
            let days = file.days.into_iter().filter(|d| d.is_off);
            calendar
                .statutory
                .extend(days.map(|d| (d.date, d.name.into())));
        }
        calendar
    }

    /// The arrangements 2024-2026 that ship with the program. A file that could not be read would leave its year
    /// unloaded, hence provisional; a test reads them all.
    #[must_use]
    pub fn official() -> Self {
        let mut calendar = Self::unloaded();
        for text in OFFICIAL {
            let _ = calendar.add_year_json(text);
        }
        calendar
    }

    /// From the rows of the store: the years marked as loaded and `(day, is off, name)`. A year without any day off
    /// is not loaded, whatever the mark says.
    #[must_use]
    pub fn from_rows(
        years: impl IntoIterator<Item = (i32, String)>,
        rows: impl IntoIterator<Item = (Date, bool, String)>,
    ) -> Self {
        let mut calendar = Self::unloaded();
        let marked: BTreeMap<i32, String> = years.into_iter().collect();
        let mut with_days = BTreeSet::new();
        for (date, is_off, name) in rows {
            // A day of December may belong to next year's arrangement only when this year's is missing.
            let of = if marked.contains_key(&date.year()) {
                date.year()
            } else {
                date.year() + 1
            };
            if is_off {
                with_days.insert(date.year());
            }
            let name = name.into();
            calendar.days.insert(date, Day { is_off, name, of });
        }
        calendar.years = marked
            .into_iter()
            .filter(|(y, _)| with_days.contains(y))
            .collect();
        calendar
    }

    /// Loads one year of holiday-cn JSON; a year loaded before is replaced. Returns the year.
    ///
    /// # Errors
    /// [`CalendarError`]: nothing is loaded then, in particular for a file without days off (not published yet).
    pub fn add_year_json(&mut self, text: &str) -> Result<i32, CalendarError> {
        let file: YearFile = serde_json::from_str(text)?;
        let year = file.year;
        if !file.days.iter().any(|d| d.is_off && d.date.year() == year) {
            return Err(CalendarError::Empty(year));
        }
        let mut fresh = BTreeMap::new();
        for FileDay { name, date, is_off } in file.days {
            let before = date.year() == year - 1 && date.month() == Month::December;
            if date.year() != year && !before {
                return Err(CalendarError::Outside(year, date));
            }
            let day = Day {
                is_off,
                name: name.into(),
                of: year,
            };
            if fresh.insert(date, day).is_some() {
                return Err(CalendarError::Twice(year, date));
            }
        }
        self.days.retain(|_, day| day.of != year);
        self.days.extend(fresh);
        self.years
            .insert(year, file.papers.into_iter().next().unwrap_or_default());
        Ok(year)
    }

    /// The loaded years with the notice each came from.
    pub fn years(&self) -> impl Iterator<Item = (i32, &str)> {
        self.years.iter().map(|(y, source)| (*y, source.as_str()))
    }

    /// The special days `(day, is off, name)` of one year, as the store keeps them.
    pub fn rows(&self, year: i32) -> impl Iterator<Item = (Date, bool, &str)> {
        self.days
            .iter()
            .filter(move |(_, day)| day.of == year)
            .map(|(date, day)| (*date, day.is_off, &*day.name))
    }

    /// What the day is (N-02; in a year that is not loaded, N-05).
    #[must_use]
    pub fn kind(&self, date: Date) -> DayKind<'_> {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.days.get(&date) {
            Some(day) if day.is_off => return DayKind::Holiday(&day.name),
            Some(day) if weekend => return DayKind::MakeUp(&day.name),
            Some(_) => return DayKind::Working,
            None => {}
        }
        if self.provisional(date)
            && let Some(name) = self.statutory.get(&date)
        {
            return DayKind::Holiday(name);
        }
        if weekend {
            DayKind::Weekend
        } else {
            DayKind::Working
        }
    }

    /// Whether the office works on this day.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        self.kind(date).works()
    }

    /// Whether what is said about this day may change, because its year's arrangement is not loaded (N-05).
    #[must_use]
    pub fn provisional(&self, date: Date) -> bool {
        !self.years.contains_key(&date.year())
    }

    /// The `n`-th working day after `start`; `start` itself is not counted (N-01). 0 gives `start`.
    #[must_use]
    pub fn add_working_days(&self, start: Date, n: u16) -> Date {
        let mut day = start;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.next_day() else { break };
            day = next;
            left -= u16::from(self.is_working(day));
        }
        day
    }

    /// The first working day on or after `date`.
    #[must_use]
    pub fn working_day_from(&self, date: Date) -> Date {
        let mut day = date;
        while !self.is_working(day) {
            let Some(next) = day.next_day() else { break };
            day = next;
        }
        day
    }

    /// Working days after `from` up to and including `to`; 0 when `to` is not later.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> i32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            let Some(next) = day.next_day() else { break };
            day = next;
            count += i32::from(self.is_working(day));
        }
        count
    }

    /// The year whose missing arrangement must be announced to the administrator: this year's at once, next year's
    /// from 1 November (N-05).
    #[must_use]
    pub fn missing_year_alarm(&self, today: Date) -> Option<i32> {
        let year = today.year();
        if !self.years.contains_key(&year) {
            return Some(year);
        }
        let late = matches!(today.month(), Month::November | Month::December);
        (late && !self.years.contains_key(&(year + 1))).then_some(year + 1)
    }
}

#[cfg(test)]
mod tests;
