//! The vectors of rules §13, laws of counting, and an oracle that counts day by day from the published lists.

use super::*;
use crate::kernel::calendar::DayKind;
use proptest::prelude::*;
use std::sync::LazyLock;
use time::{Duration, Weekday, macros::date};

static CAL: LazyLock<WorkCalendar> = LazyLock::new(WorkCalendar::official);

fn plain(start: Date, term: Term) -> Due {
    compute(start, term, &Adjust::default(), &CAL)
}

#[test]
fn working_day_vectors() {
    for (start, n, end) in [
        (date!(2026 - 04 - 15), 7, date!(2026 - 04 - 24)),
        (date!(2026 - 02 - 12), 7, date!(2026 - 02 - 28)),
        (date!(2026 - 02 - 14), 7, date!(2026 - 03 - 03)),
        (date!(2026 - 04 - 29), 7, date!(2026 - 05 - 12)),
        (date!(2026 - 09 - 18), 7, date!(2026 - 09 - 29)),
        (date!(2026 - 09 - 19), 7, date!(2026 - 09 - 29)),
        (date!(2026 - 09 - 23), 7, date!(2026 - 10 - 10)),
        (date!(2025 - 09 - 29), 7, date!(2025 - 10 - 15)),
        (date!(2025 - 01 - 24), 7, date!(2025 - 02 - 10)),
        (date!(2024 - 09 - 30), 7, date!(2024 - 10 - 15)),
        (date!(2026 - 09 - 28), 15, date!(2026 - 10 - 23)),
        (date!(2026 - 06 - 15), 30, date!(2026 - 07 - 28)),
        (date!(2026 - 08 - 05), 20, date!(2026 - 09 - 02)),
    ] {
        let due = plain(start, Term::WorkingDays(n));
        assert_eq!(
            (due.agency, due.citizen, due.provisional),
            (end, end, false),
            "{start} + {n} wd"
        );
    }
    let due = plain(date!(2026 - 12 - 24), Term::WorkingDays(7));
    assert_eq!(
        (due.agency, due.provisional),
        (date!(2027 - 01 - 05), true),
        "N-05"
    );
    assert!(due.steps.iter().any(|s| s.what == StepKind::Provisional));
}

#[test]
fn natural_day_vectors() {
    for (start, agency, citizen) in [
        (
            date!(2026 - 08 - 03),
            date!(2026 - 10 - 08),
            date!(2026 - 10 - 08),
        ),
        (
            date!(2026 - 04 - 20),
            date!(2026 - 06 - 22),
            date!(2026 - 06 - 22),
        ),
        (
            date!(2026 - 07 - 27),
            date!(2026 - 09 - 28),
            date!(2026 - 09 - 28),
        ),
        (
            date!(2026 - 06 - 02),
            date!(2026 - 08 - 01),
            date!(2026 - 08 - 03),
        ),
        (
            date!(2026 - 08 - 09),
            date!(2026 - 10 - 08),
            date!(2026 - 10 - 08),
        ),
    ] {
        let due = plain(start, Term::Days(60));
        assert_eq!(
            (due.agency, due.citizen, due.provisional),
            (agency, citizen, false),
            "{start}"
        );
    }
    let tested = Adjust {
        suspended: vec![(date!(2026 - 06 - 01), date!(2026 - 06 - 20))],
        extended: vec![],
    };
    let due = compute(date!(2026 - 05 - 06), Term::Days(60), &tested, &CAL);
    assert_eq!(
        (due.agency, due.citizen),
        (date!(2026 - 07 - 25), date!(2026 - 07 - 27)),
        "C-27"
    );
    assert!(plain(date!(2026 - 12 - 24), Term::Days(60)).provisional);
    // The roll lands on a made-up Sunday, which is a working day.
    let due = plain(date!(2024 - 04 - 03), Term::Days(1));
    assert_eq!(
        (due.agency, due.citizen),
        (date!(2024 - 04 - 07), date!(2024 - 04 - 07))
    );
}

#[test]
fn the_derivation_explains_itself() {
    let due = plain(date!(2026 - 02 - 12), Term::WorkingDays(7));
    let told: Vec<_> = due
        .steps
        .iter()
        .map(|s| (s.what.code(), s.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("received", "以 2 月 12 日（周四）为起点，当日不计入"),
            ("first_day", "从 2 月 13 日（周五）起算，这一天是第 1 天"),
            (
                "make_up_day",
                "2 月 14 日（周六）调休上班，计入，是第 2 个工作日"
            ),
            (
                "skip_holiday",
                "2 月 15 日（周日）至 2 月 23 日（周一）春节放假 9 天，不计入"
            ),
            (
                "make_up_day",
                "2 月 28 日（周六）调休上班，计入，是第 7 个工作日"
            ),
            ("last_day", "第 7 个工作日是 2 月 28 日（周六），为最后一天"),
        ]
    );
    let due = plain(date!(2026 - 08 - 03), Term::Days(60));
    let last = due.steps.last().unwrap();
    assert_eq!(
        (last.what, last.text.as_str()),
        (
            StepKind::Rolled,
            "最后一天在国庆节放假期间，顺延到放假后的第一天：10 月 8 日（周四）"
        )
    );
}

#[test]
fn extensions_count_on_from_the_unrolled_end() {
    let longer = |extended: Vec<Term>| Adjust {
        suspended: vec![],
        extended,
    };
    let start = date!(2026 - 08 - 03);
    let due = compute(start, Term::Days(60), &longer(vec![Term::Days(30)]), &CAL);
    assert_eq!(due.agency, plain(start, Term::Days(90)).agency);
    let due = compute(
        start,
        Term::WorkingDays(15),
        &longer(vec![Term::WorkingDays(15)]),
        &CAL,
    );
    assert_eq!(due.agency, plain(start, Term::WorkingDays(30)).agency);
    assert!(due.steps.iter().any(|s| s.what == StepKind::Extended));
}

#[test]
fn rules_cover_every_day_once() {
    for clock in ClockKind::ALL {
        for day in [
            date!(2019 - 06 - 01),
            date!(2026 - 04 - 14),
            date!(2026 - 04 - 15),
            date!(2030 - 01 - 01),
        ] {
            let found = RULES
                .iter()
                .filter(|r| r.clock == *clock && r.applies(day))
                .count();
            let gone = *clock == ClockKind::ReporterNotice && day >= date!(2026 - 04 - 15);
            assert_eq!(found, usize::from(!gone), "{clock} {day}");
            assert_eq!(rule_for(*clock, day).clock, *clock);
        }
        assert!(clock.code().len() <= 24, "fits the store's column");
    }
    for rule in RULES {
        assert!(
            rule.id.len() <= 16 && rule.id.is_ascii(),
            "fits the store's column: {}",
            rule.id
        );
        assert_eq!(rule_by_id(rule.id), Some(rule), "unique id");
    }
}

#[test]
fn the_law_of_the_day_of_receipt_applies() {
    let (old, new) = (date!(2026 - 04 - 14), date!(2026 - 04 - 15));
    assert_eq!(
        rule_for(ClockKind::Mediation, old).term,
        Term::WorkingDays(45)
    );
    assert_eq!(rule_for(ClockKind::Mediation, new).term, Term::Days(60));
    assert_eq!(
        rule_for(ClockKind::Acceptance, new).term,
        Term::WorkingDays(7)
    );
    assert!(
        rule_for(ClockKind::Acceptance, old)
            .article
            .contains("第十四条")
    );
    assert_eq!(
        current_rule(ClockKind::ReporterNotice, old).map(|r| r.term),
        Some(Term::WorkingDays(5))
    );
    assert_eq!(current_rule(ClockKind::ReporterNotice, new), None);
}

#[test]
fn remaining_in_words() {
    let say = |today, due, unit| remaining(today, due, unit, &CAL).to_string();
    let (wd, d) = (Unit::WorkingDays, Unit::Days);
    assert_eq!(
        say(date!(2026 - 11 - 24), date!(2026 - 11 - 26), wd),
        "还剩 2 个工作日"
    );
    assert_eq!(
        say(date!(2026 - 11 - 26), date!(2026 - 11 - 26), wd),
        "今天"
    );
    assert_eq!(
        say(date!(2026 - 11 - 27), date!(2026 - 11 - 26), wd),
        "逾期 1 个工作日"
    );
    assert_eq!(
        say(date!(2026 - 11 - 28), date!(2026 - 11 - 27), wd),
        "逾期 1 个工作日",
        "late on the Saturday after"
    );
    assert_eq!(
        say(date!(2026 - 02 - 13), date!(2026 - 02 - 28), wd),
        "还剩 6 个工作日"
    );
    assert_eq!(
        say(date!(2026 - 11 - 01), date!(2026 - 11 - 24), d),
        "还剩 23 天"
    );
    assert_eq!(
        say(date!(2026 - 11 - 26), date!(2026 - 11 - 24), d),
        "逾期 2 天"
    );
}

#[test]
fn three_years_of_the_civil_code() {
    assert_eq!(three_years(date!(2023 - 11 - 24)), date!(2026 - 11 - 24));
    assert_eq!(three_years(date!(2024 - 02 - 29)), date!(2027 - 02 - 28));
    assert_eq!(three_years(date!(2021 - 02 - 28)), date!(2024 - 02 - 28));
}

/// Days off and made-up days 2024-2026 as rules §13 prints them, typed again for the oracle.
const OFF: &[(Date, Date)] = &[
    (date!(2024 - 01 - 01), date!(2024 - 01 - 01)),
    (date!(2024 - 02 - 10), date!(2024 - 02 - 17)),
    (date!(2024 - 04 - 04), date!(2024 - 04 - 06)),
    (date!(2024 - 05 - 01), date!(2024 - 05 - 05)),
    (date!(2024 - 06 - 10), date!(2024 - 06 - 10)),
    (date!(2024 - 09 - 15), date!(2024 - 09 - 17)),
    (date!(2024 - 10 - 01), date!(2024 - 10 - 07)),
    (date!(2025 - 01 - 01), date!(2025 - 01 - 01)),
    (date!(2025 - 01 - 28), date!(2025 - 02 - 04)),
    (date!(2025 - 04 - 04), date!(2025 - 04 - 06)),
    (date!(2025 - 05 - 01), date!(2025 - 05 - 05)),
    (date!(2025 - 05 - 31), date!(2025 - 06 - 02)),
    (date!(2025 - 10 - 01), date!(2025 - 10 - 08)),
    (date!(2026 - 01 - 01), date!(2026 - 01 - 03)),
    (date!(2026 - 02 - 15), date!(2026 - 02 - 23)),
    (date!(2026 - 04 - 04), date!(2026 - 04 - 06)),
    (date!(2026 - 05 - 01), date!(2026 - 05 - 05)),
    (date!(2026 - 06 - 19), date!(2026 - 06 - 21)),
    (date!(2026 - 09 - 25), date!(2026 - 09 - 27)),
    (date!(2026 - 10 - 01), date!(2026 - 10 - 07)),
];
const MADE_UP: &[Date] = &[
    date!(2024 - 02 - 04),
    date!(2024 - 02 - 18),
    date!(2024 - 04 - 07),
    date!(2024 - 04 - 28),
    date!(2024 - 05 - 11),
    date!(2024 - 09 - 14),
    date!(2024 - 09 - 29),
    date!(2024 - 10 - 12),
    date!(2025 - 01 - 26),
    date!(2025 - 02 - 08),
    date!(2025 - 04 - 27),
    date!(2025 - 09 - 28),
    date!(2025 - 10 - 11),
    date!(2026 - 01 - 04),
    date!(2026 - 02 - 14),
    date!(2026 - 02 - 28),
    date!(2026 - 05 - 09),
    date!(2026 - 09 - 20),
    date!(2026 - 10 - 10),
];

fn off(day: Date) -> bool {
    OFF.iter().any(|(a, b)| *a <= day && day <= *b)
}

fn worked(day: Date) -> bool {
    let weekend = [Weekday::Saturday, Weekday::Sunday].contains(&day.weekday());
    MADE_UP.contains(&day) || (!off(day) && !weekend)
}

/// Counts day by day, one question a day; gives the agency's and the citizen's day.
fn oracle(start: Date, term: Term, paused: &[(Date, Date)]) -> (Date, Date) {
    let mut day = start;
    let mut left = term.count();
    while left > 0 {
        day += Duration::DAY;
        let counts = matches!(term, Term::Days(_)) || worked(day);
        if counts && !paused.iter().any(|(a, b)| *a <= day && day <= *b) {
            left -= 1;
        }
    }
    if let Term::WorkingDays(_) = term {
        return (day, day);
    }
    while off(day) {
        day += Duration::DAY;
    }
    let agency = day;
    while !worked(day) {
        day += Duration::DAY;
    }
    (agency, day)
}

#[test]
fn the_calendar_is_the_printed_list() {
    let mut day = date!(2024 - 01 - 01);
    while day < date!(2027 - 01 - 01) {
        assert_eq!(CAL.is_working(day), worked(day), "{day}");
        assert_eq!(
            matches!(CAL.kind(day), DayKind::Holiday(_)),
            off(day),
            "{day}"
        );
        day += Duration::DAY;
    }
}

#[test]
fn every_start_of_three_years_agrees_with_the_oracle() {
    let mut start = date!(2024 - 01 - 01);
    while start < date!(2026 - 08 - 01) {
        for term in [1, 3, 7, 15, 45]
            .map(Term::WorkingDays)
            .into_iter()
            .chain([3, 60, 90].map(Term::Days))
        {
            let due = plain(start, term);
            assert_eq!(
                (due.agency, due.citizen),
                oracle(start, term, &[]),
                "{start} {term}"
            );
        }
        start += Duration::DAY;
    }
}

prop_compose! {
    fn a_start()(n in 0i64..760) -> Date { date!(2024-01-01) + Duration::days(n) }
}

fn a_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1u16..60).prop_map(Term::WorkingDays),
        (1u16..90).prop_map(Term::Days)
    ]
}

prop_compose! {
    fn pauses(start: Date)(all in prop::collection::vec((-10i64..80, 0i64..25), 0..4)) -> Vec<(Date, Date)> {
        let day = |n| start + Duration::days(n);
        all.into_iter().map(|(from, more)| (day(from), day(from + more))).collect()
    }
}

proptest! {
    #[test]
    fn suspended_terms_agree_with_the_oracle(
        (start, paused) in a_start().prop_flat_map(|s| (Just(s), pauses(s))), term in a_term(),
    ) {
        let adjust = Adjust { suspended: paused.clone(), extended: vec![] };
        let due = compute(start, term, &adjust, &CAL);
        prop_assert_eq!((due.agency, due.citizen), oracle(start, term, &paused));
    }

    #[test]
    fn one_more_working_day_is_later(start in a_start(), n in 1u16..100) {
        let (one, two) = (plain(start, Term::WorkingDays(n)), plain(start, Term::WorkingDays(n + 1)));
        prop_assert!(start < one.agency && one.agency < two.agency);
        prop_assert!(CAL.is_working(one.agency));
        prop_assert_eq!(one.agency, CAL.add_working_days(start, n));
        prop_assert_eq!(CAL.working_days_between(start, one.agency), i32::from(n));
    }

    #[test]
    fn due_is_after_the_start_and_the_citizen_never_loses(start in a_start(), term in a_term()) {
        let due = plain(start, term);
        prop_assert!(start < due.agency && due.agency <= due.citizen);
        prop_assert!(CAL.is_working(due.citizen));
        prop_assert!(due.steps.is_sorted_by_key(|s| s.date));
        prop_assert_eq!(due.steps.iter().filter(|s| s.what == StepKind::LastDay).count(), 1);
    }

    #[test]
    fn a_pause_inside_moves_the_raw_end_by_its_length(start in a_start(), n in 30u16..90, from in 1i64..29, k in 1i64..25) {
        let raw = |due: &Due| due.steps.iter().find(|s| s.what == StepKind::LastDay).map(|s| s.date);
        let first = start + Duration::days(from);
        let adjust = Adjust { suspended: vec![(first, first + Duration::days(k - 1))], extended: vec![] };
        let (before, after) = (plain(start, Term::Days(n)), compute(start, Term::Days(n), &adjust, &CAL));
        prop_assert_eq!(raw(&before).map(|d| d + Duration::days(k)), raw(&after));
        prop_assert_eq!(compute(start, Term::Days(n), &Adjust::default(), &CAL), before);
    }

    #[test]
    fn remaining_counts_down_to_the_last_day(start in a_start(), n in 1u16..40) {
        let due = plain(start, Term::WorkingDays(n)).agency;
        prop_assert_eq!(remaining(start, due, Unit::WorkingDays, &CAL).count, i32::from(n));
        prop_assert_eq!(remaining(due, start, Unit::WorkingDays, &CAL).count, -i32::from(n));
    }
}
