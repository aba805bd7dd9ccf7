//! Who is told that a date comes near, is today, or has passed 逐级提醒: a ladder of levels, each so many working days
//! before or after the office's day. The ladder is a setting; which dates are due for a level is computed here. Also
//! when a resident may ask to hurry 催办. Pure.

use super::deadline::Remaining;
use crate::kernel::calendar::WorkCalendar;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// One level of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Its code, ASCII, as it is stored.
    pub level: String,
    /// Its name, as the desk reads it.
    pub label: String,
    /// Working days after the office's day on which it is told; before it when negative.
    pub days: i16,
    /// Where letters go: a department's code, or `*` for all of them, and an address. Empty: none are sent.
    #[serde(default)]
    pub mail: BTreeMap<String, String>,
}

impl Rung {
    fn new(level: &str, label: &str, days: i16) -> Self {
        Self {
            level: level.to_owned(),
            label: label.to_owned(),
            days,
            mail: BTreeMap::new(),
        }
    }

    /// The latest date of which this level is to know today.
    #[must_use]
    pub fn bound(&self, today: Date, calendar: &WorkCalendar) -> Date {
        let n = self.days.unsigned_abs();
        if self.days <= 0 {
            return calendar.add_working_days(today, n);
        }
        let mut due = today;
        while calendar.add_working_days(due, n) > today {
            match due.previous_day() {
                Some(day) => due = day,
                None => break,
            }
        }
        due
    }

    /// The address of a department at this level, `None` when nothing is sent.
    #[must_use]
    pub fn address(&self, department: Option<&str>) -> Option<&str> {
        department
            .and_then(|d| self.mail.get(d))
            .or_else(|| self.mail.get("*"))
            .map(String::as_str)
            .filter(|a| !a.trim().is_empty())
    }
}

/// The ladder that is shipped: the handler two working days before, the supervisor on the day, the leader in charge when
/// a working day has passed, the list of what is watched over when five have.
#[must_use]
pub fn ladder() -> Vec<Rung> {
    vec![
        Rung::new("handler", "承办人", -2),
        Rung::new("supervisor", "科长", 0),
        Rung::new("head", "分管领导", 1),
        Rung::new("watch", "督办名单", 5),
    ]
}

/// What is wrong with a ladder, as a sentence for whom sets it; `None` for nothing.
#[must_use]
pub fn fault(ladder: &[Rung]) -> Option<&'static str> {
    let code = |r: &Rung| {
        (1..=24).contains(&r.level.len())
            && r.level
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let levels: BTreeSet<&str> = ladder.iter().map(|r| r.level.as_str()).collect();
    if !ladder.iter().all(code) {
        Some("a level is a word of a to z, 0 to 9 and _, at most 24 characters")
    } else if levels.len() != ladder.len() {
        Some("each level stands once")
    } else if !ladder.iter().all(|r| (-30..=60).contains(&r.days)) {
        Some("days are -30 to 60 working days")
    } else if !ladder.is_sorted_by_key(|r| r.days) {
        Some("levels stand in the order of their days")
    } else {
        None
    }
}

/// Whether a resident may ask to hurry: what was promised is late, and nobody asked today.
///
/// # Errors
/// Why not, as a sentence for the resident.
pub fn may_urge(left: Option<Remaining>, asked_today: bool) -> Result<(), &'static str> {
    match left {
        Some(left) if left.late() && asked_today => Err("今天已经催过了，明天可以再催"),
        Some(left) if left.late() => Ok(()),
        _ => Err("还没有过承诺的日期，暂时不用催"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::deadline::{Unit, remaining};
    use proptest::prelude::*;
    use time::{Duration, macros::date};

    const TODAY: Date = date!(2026 - 11 - 24);

    fn bound(days: i16, today: Date) -> Date {
        Rung::new("x", "", days).bound(today, &WorkCalendar::official())
    }

    #[test]
    fn the_shipped_ladder_is_told_before_on_and_after_the_day() {
        // a Tuesday: two working days on is Thursday
        assert_eq!(bound(-2, TODAY), date!(2026 - 11 - 26));
        assert_eq!(bound(0, TODAY), TODAY);
        // what was due on Monday is one working day late
        assert_eq!(bound(1, TODAY), date!(2026 - 11 - 23));
        assert_eq!(bound(5, TODAY), date!(2026 - 11 - 17));
        // on a Monday, Friday and the weekend after it are one working day past
        assert_eq!(bound(1, date!(2026 - 11 - 23)), date!(2026 - 11 - 22));
        assert_eq!(fault(&ladder()), None);
    }

    #[test]
    fn a_ladder_that_nobody_means_is_named() {
        let mut twice = ladder();
        twice[1].level = "handler".into();
        assert!(fault(&twice).is_some());
        let mut turned = ladder();
        turned.reverse();
        assert!(fault(&turned).is_some());
        let mut odd = ladder();
        odd[0].level = "科长".into();
        assert!(fault(&odd).is_some());
        assert_eq!(fault(&[]), None, "nobody is told");
    }

    #[test]
    fn a_department_has_its_own_address_or_the_common_one() {
        let mut rung = Rung::new("head", "", 1);
        assert_eq!(rung.address(Some("market")), None);
        rung.mail.insert("*".into(), "duty@example.com".into());
        rung.mail.insert("market".into(), "m@example.com".into());
        assert_eq!(rung.address(Some("market")), Some("m@example.com"));
        assert_eq!(rung.address(Some("construction")), Some("duty@example.com"));
        assert_eq!(rung.address(None), Some("duty@example.com"));
    }

    #[test]
    fn a_resident_hurries_what_is_late_once_a_day() {
        let calendar = WorkCalendar::official();
        let left = |due| Some(remaining(TODAY, due, Unit::WorkingDays, &calendar));
        assert!(may_urge(None, false).is_err());
        assert!(may_urge(left(TODAY), false).is_err());
        assert!(may_urge(left(date!(2026 - 11 - 23)), false).is_ok());
        assert!(may_urge(left(date!(2026 - 11 - 23)), true).is_err());
    }

    proptest! {
        #[test]
        fn later_levels_know_of_fewer_dates_and_no_level_forgets(ahead in 0_i64..400) {
            let today = date!(2026 - 01 - 05) + Duration::days(ahead);
            let calendar = WorkCalendar::official();
            let bounds: Vec<Date> = ladder().iter().map(|r| r.bound(today, &calendar)).collect();
            prop_assert!(bounds.is_sorted_by(|a, b| a >= b), "{:?}", bounds);
            for rung in ladder() {
                prop_assert!(rung.bound(today + Duration::days(1), &calendar) >= rung.bound(today, &calendar));
            }
        }
    }
}
