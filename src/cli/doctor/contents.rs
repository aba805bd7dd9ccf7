//! What `minsheng doctor` says of the database's contents: reference data and the work calendar.

use super::Report;
use crate::reference::Reference;
use time::{Date, Month};

/// Reference data: nothing may be missing, and every rule must lead to somebody.
pub(super) fn tables(report: &mut Report, reference: &Reference, communities: i64) {
    let inside = reference.departments.iter().filter(|d| d.inside).count();
    let problems = reference
        .categories
        .iter()
        .filter(|c| c.family == "problem")
        .count();
    let goods = reference.categories.len() - problems;
    let counts = [
        (reference.streets.len(), "streets"),
        (usize::try_from(communities).unwrap_or(0), "communities"),
        (inside, "departments"),
        (goods, "categories"),
        (problems, "problems"),
        (
            reference.rules.iter().filter(|r| r.active).count(),
            "dispatch rules",
        ),
    ];
    let all: Vec<String> = counts
        .iter()
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    if counts.iter().any(|(n, _)| *n == 0) {
        report.bad("reference", all.join(", "), "run: minsheng seed");
    } else {
        report.ok("reference", all.join(", "));
    }
    for rule in reference.rules.iter().filter(|r| r.active) {
        if let Some(lead) = rule
            .lead
            .as_deref()
            .filter(|l| reference.inside(l).is_none())
        {
            let found = format!(
                "rule {} sends to {lead}, which handles no cases here",
                rule.ord
            );
            report.warn(
                "dispatch",
                found,
                "its cases wait at intake; mend the rule at /desk/admin/rules",
            );
        }
    }
}

/// This year's arrangement must be there; next year's is usually published in November.
pub(super) fn calendar(report: &mut Report, reference: &Reference, today: Date) {
    let loaded: Vec<i32> = reference.calendar.years().map(|(year, _)| year).collect();
    let load = "load the State Council's arrangement at /desk/admin/calendar or with minsheng calendar load; until then dates are provisional";
    for year in [today.year(), today.year() + 1] {
        if loaded.contains(&year) {
            report.ok("calendar", format_args!("{year} is loaded"));
        } else if year == today.year() {
            report.bad("calendar", format_args!("{year} is not loaded"), load);
        } else if today.month() >= Month::November {
            report.warn("calendar", format_args!("{year} is not loaded"), load);
        } else {
            report.ok(
                "calendar",
                format_args!("{year} is not loaded; it is usually published in November"),
            );
        }
    }
}
