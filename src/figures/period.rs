//! The time that figures are asked for: whole months, in China. Pure.

use time::{Date, Month as Name};

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(day.year() * 12 + i32::from(u8::from(day.month())) - 1)
    }

    /// Reads `2026-11`, between 2000 and 2999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    fn new(year: i32, month: i32) -> Option<Self> {
        ((2000..=2999).contains(&year) && (1..=12).contains(&month))
            .then(|| Self(year * 12 + month - 1))
    }

    /// The number that the store keeps: 202611.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.year() * 100 + self.month()
    }

    /// The month with this number.
    #[must_use]
    pub fn from_number(n: i32) -> Option<Self> {
        Self::new(n / 100, n % 100)
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// So many months later.
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Date {
        let name = u8::try_from(self.month())
            .ok()
            .and_then(|m| Name::try_from(m).ok());
        Date::from_calendar_date(self.year(), name.unwrap_or(Name::January), 1).unwrap_or(Date::MIN)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.plus(1).first().previous_day().unwrap_or(Date::MAX)
    }

    /// 「2026年11月」.
    #[must_use]
    pub fn label(self) -> String {
        format!("{}年{}月", self.year(), self.month())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// Some months in a row, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Month,
    /// The last.
    pub to: Month,
}

impl Period {
    /// No table is longer.
    pub const LONGEST: i32 = 36;

    /// The months from one to another, whichever is first; at most [`Period::LONGEST`], the newest ones.
    #[must_use]
    pub fn new(a: Month, b: Month) -> Self {
        let (from, to) = if a <= b { (a, b) } else { (b, a) };
        let from = from.max(to.plus(1 - Self::LONGEST));
        Self { from, to }
    }

    /// The twelve months up to this one.
    #[must_use]
    pub fn year_to(month: Month) -> Self {
        Self::new(month.plus(-11), month)
    }

    /// How many months.
    #[must_use]
    pub const fn len(self) -> i32 {
        self.to.0 - self.from.0 + 1
    }

    /// Never: a period has at least one month.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() < 1
    }

    /// Every month of it.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (self.from.0..=self.to.0).map(Month)
    }

    /// The period of the same length just before 环比.
    #[must_use]
    pub const fn before(self) -> Self {
        let n = -self.len();
        Self {
            from: self.from.plus(n),
            to: self.to.plus(n),
        }
    }

    /// The same months a year earlier 同比.
    #[must_use]
    pub const fn year_before(self) -> Self {
        Self {
            from: self.from.plus(-12),
            to: self.to.plus(-12),
        }
    }

    /// 「2026年11月」 or 「2025年12月至2026年11月」.
    #[must_use]
    pub fn label(self) -> String {
        if self.from == self.to {
            self.from.label()
        } else {
            format!("{}至{}", self.from.label(), self.to.label())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn months_have_days_neighbours_and_numbers() {
        let november = Month::of(date!(2026 - 11 - 24));
        assert_eq!(november.to_string(), "2026-11");
        assert_eq!(november.number(), 202_611);
        assert_eq!(Month::from_number(202_611), Some(november));
        assert_eq!(Month::parse("2026-11"), Some(november));
        assert_eq!(
            (november.first(), november.last()),
            (date!(2026 - 11 - 01), date!(2026 - 11 - 30))
        );
        let february = Month::parse("2024-02").unwrap();
        assert_eq!(february.last(), date!(2024 - 02 - 29));
        assert_eq!(
            Month::parse("2026-12").unwrap().plus(1).to_string(),
            "2027-01"
        );
        for bad in [
            "2026-13",
            "2026-0",
            "2026-00",
            "1999-12",
            "26-11",
            "2026",
            "",
            "2026-1１",
        ] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
        assert_eq!(Month::from_number(202_613), None);
    }

    #[test]
    fn a_period_is_in_order_bounded_and_has_its_earlier_ones() {
        let month = |t| Month::parse(t).unwrap();
        let p = Period::new(month("2026-11"), month("2026-09"));
        assert_eq!((p.len(), p.is_empty()), (3, false));
        assert_eq!(p.label(), "2026年9月至2026年11月");
        assert_eq!(p.before().label(), "2026年6月至2026年8月");
        assert_eq!(p.year_before().label(), "2025年9月至2025年11月");
        assert_eq!(p.months().count(), 3);
        let long = Period::new(month("2000-01"), month("2026-11"));
        assert_eq!((long.len(), long.to), (Period::LONGEST, month("2026-11")));
        let year = Period::year_to(month("2026-11"));
        assert_eq!(year.label(), "2025年12月至2026年11月");
        assert_eq!(year.before(), year.year_before());
    }
}
