//! The official arrangement of rules §13 and the behaviour of years that are not loaded (N-05).

use super::*;
use time::macros::date;

/// Working days of one year.
fn working(calendar: &WorkCalendar, year: i32) -> i32 {
    let last = |y| Date::from_calendar_date(y, Month::December, 31).unwrap();
    calendar.working_days_between(last(year - 1), last(year))
}

#[test]
fn official_years_are_complete() {
    let calendar = WorkCalendar::official();
    assert_eq!(
        calendar.years().map(|(y, _)| y).collect::<Vec<_>>(),
        [2024, 2025, 2026]
    );
    assert!(
        calendar
            .years()
            .all(|(_, source)| source.starts_with("https://www.gov.cn/"))
    );
    for (year, days) in [(2024, 251), (2025, 248), (2026, 248)] {
        assert_eq!(working(&calendar, year), days, "{year}");
    }
    for (day, kind) in [
        (date!(2026 - 02 - 12), DayKind::Working),
        (date!(2026 - 02 - 14), DayKind::MakeUp("春节")),
        (date!(2026 - 02 - 15), DayKind::Holiday("春节")),
        (date!(2026 - 03 - 07), DayKind::Weekend),
        (date!(2024 - 02 - 04), DayKind::MakeUp("春节")),
        (date!(2025 - 10 - 08), DayKind::Holiday("国庆节、中秋节")),
    ] {
        assert_eq!(calendar.kind(day), kind, "{day}");
        assert!(!calendar.provisional(day));
    }
}

#[test]
fn years_not_loaded_are_provisional() {
    let calendar = WorkCalendar::official();
    assert!(calendar.provisional(date!(2027 - 01 - 04)));
    assert_eq!(
        calendar.kind(date!(2027 - 01 - 01)),
        DayKind::Holiday("元旦")
    );
    assert_eq!(calendar.kind(date!(2027 - 01 - 02)), DayKind::Weekend);
    assert_eq!(calendar.kind(date!(2031 - 10 - 01)), DayKind::Working);
    for (today, alarm) in [
        (date!(2026 - 10 - 31), None),
        (date!(2026 - 11 - 01), Some(2027)),
        (date!(2026 - 12 - 31), Some(2027)),
        (date!(2025 - 12 - 01), None),
        (date!(2027 - 03 - 01), Some(2027)),
    ] {
        assert_eq!(calendar.missing_year_alarm(today), alarm, "{today}");
    }
}

#[test]
fn loading_a_year() {
    let mut calendar = WorkCalendar::official();
    let empty = r#"{"year":2027,"papers":[],"days":[]}"#;
    assert!(matches!(
        calendar.add_year_json(empty),
        Err(CalendarError::Empty(2027))
    ));
    assert!(calendar.provisional(date!(2027 - 01 - 01)));
    assert!(matches!(
        calendar.add_year_json("{"),
        Err(CalendarError::Json(_))
    ));
    let twice = r#"{"year":2027,"days":[{"name":"a","date":"2027-01-01","isOffDay":true},
        {"name":"a","date":"2027-01-01","isOffDay":false}]}"#;
    assert!(matches!(
        calendar.add_year_json(twice),
        Err(CalendarError::Twice(2027, _))
    ));
    let astray = r#"{"year":2027,"days":[{"name":"a","date":"2027-01-01","isOffDay":true},
        {"name":"a","date":"2028-01-01","isOffDay":true}]}"#;
    assert!(matches!(
        calendar.add_year_json(astray),
        Err(CalendarError::Outside(2027, _))
    ));

    let full = r#"{"year":2027,"papers":["p"],"days":[{"name":"元旦","date":"2026-12-26","isOffDay":false},
        {"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2027-01-04","isOffDay":true}]}"#;
    assert_eq!(calendar.add_year_json(full).unwrap(), 2027);
    assert_eq!(
        calendar.kind(date!(2026 - 12 - 26)),
        DayKind::MakeUp("元旦")
    );
    assert_eq!(
        calendar.kind(date!(2027 - 02 - 05)),
        DayKind::Working,
        "the official word wins over the statutory days"
    );
    assert!(!calendar.provisional(date!(2027 - 01 - 04)));
    assert_eq!(calendar.missing_year_alarm(date!(2026 - 11 - 05)), None);

    let rest = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
    assert_eq!(calendar.add_year_json(rest).unwrap(), 2027);
    assert_eq!(
        calendar.kind(date!(2026 - 12 - 26)),
        DayKind::Weekend,
        "a corrected file replaces the first"
    );
}

#[test]
fn rows_of_the_store_give_the_same_calendar() {
    let official = WorkCalendar::official();
    let years = official
        .years()
        .map(|(y, s)| (y, s.to_owned()))
        .chain([(2027, String::new())]);
    let rows = [2024, 2025, 2026].into_iter().flat_map(|y| {
        official
            .rows(y)
            .map(|(d, off, n)| (d, off, n.to_owned()))
            .collect::<Vec<_>>()
    });
    let stored = WorkCalendar::from_rows(years, rows);
    let mut day = date!(2023 - 12 - 01);
    while day < date!(2028 - 02 - 01) {
        assert_eq!(stored.kind(day), official.kind(day), "{day}");
        assert_eq!(stored.provisional(day), official.provisional(day), "{day}");
        day = day.next_day().unwrap();
    }
}

#[test]
fn counting_matches_a_walk() {
    let calendar = WorkCalendar::official();
    assert_eq!(
        calendar.add_working_days(date!(2026 - 02 - 12), 7),
        date!(2026 - 02 - 28)
    );
    assert_eq!(
        calendar.working_days_between(date!(2026 - 02 - 12), date!(2026 - 02 - 28)),
        7
    );
    assert_eq!(
        calendar.add_working_days(date!(2026 - 02 - 15), 0),
        date!(2026 - 02 - 15)
    );
    assert_eq!(
        calendar.working_day_from(date!(2026 - 02 - 15)),
        date!(2026 - 02 - 24)
    );
    assert_eq!(
        calendar.working_days_between(date!(2026 - 03 - 02), date!(2026 - 02 - 02)),
        0
    );
}
