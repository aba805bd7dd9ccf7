//! One line of the worklist: what it is, who has it, what comes next and by when, the terms that run beside.

use super::{stamp, tone};
use crate::{
    casework::{
        State,
        clocks::Basis,
        deadline::{ClockKind, Unit, remaining, rule_for},
    },
    kernel::{clock::china_date, words::CaseKind},
    notices::chinese_date,
    reference::Reference,
    store::lists::{Beside, Line},
    triage::danger::Danger,
};
use time::Date;

/// A line.
pub(super) struct Row {
    pub(super) number: String,
    pub(super) href: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) trader: String,
    pub(super) street: String,
    pub(super) handler: String,
    pub(super) next: String,
    pub(super) due_text: String,
    pub(super) due_title: String,
    pub(super) tone: &'static str,
    pub(super) unread: bool,
    pub(super) fresh: bool,
    pub(super) co: bool,
    pub(super) danger: String,
    /// Returned so often that somebody above must settle whose it is; empty below twice.
    pub(super) returned: String,
    /// The terms that run beside the one it is listed by, each with its colour.
    pub(super) beside: Vec<(String, &'static str)>,
}

/// The tag of a case that is dangerous, empty for the others.
pub(super) fn danger(urgent: Option<&str>, injury: bool) -> String {
    match urgent.and_then(Danger::from_code) {
        Some(danger) => danger.label().to_owned(),
        None if injury => "有人受伤".to_owned(),
        None => String::new(),
    }
}

/// The terms beside the one that a line is listed by: that of 12345 beside the law's, advertising beside verification.
fn beside(
    line: &Line,
    all: &[Beside],
    reference: &Reference,
    today: Date,
) -> Vec<(String, &'static str)> {
    let received = china_date(line.received_at);
    all.iter()
        .filter(|k| {
            k.case_id == line.id && !line.co && Basis::read(k.basis.as_deref()).paused.is_none()
        })
        .filter_map(|k| Some((ClockKind::from_code(&k.clock)?, k.agency_due)))
        .map(|(clock, due)| {
            let unit = rule_for(clock, received).term.unit();
            let left = remaining(today, due, unit, &reference.calendar);
            let colour = tone(left, today, due, &reference.calendar);
            (format!("{clock} {left}"), colour)
        })
        .collect()
}

/// What comes next and by when: its name, how long is left, the date, the colour.
fn due(
    line: &Line,
    reference: &Reference,
    today: Date,
) -> (&'static str, String, String, &'static str) {
    let clock = line.next_clock.as_deref().and_then(ClockKind::from_code);
    let received = china_date(line.received_at);
    let what = match clock {
        _ if line.co => "协办",
        Some(clock) => clock.label(),
        None => State::from_code(&line.state).map_or("", State::label),
    };
    let unit = match clock {
        Some(clock) if !line.co => rule_for(clock, received).term.unit(),
        _ => Unit::WorkingDays,
    };
    match line.due.filter(|due| due.year() < 9999) {
        Some(due) => {
            let left = remaining(today, due, unit, &reference.calendar);
            (
                what,
                left.to_string(),
                format!("最迟 {}", chinese_date(due)),
                tone(left, today, due, &reference.calendar),
            )
        }
        None => (
            what,
            String::new(),
            format!("收到 {}", stamp(line.received_at)),
            "",
        ),
    }
}

/// Who has it: for intake the department, within a department the person, for a co-handler who leads.
fn handler(line: &Line, reference: &Reference, intake: bool) -> String {
    match (line.department_id, line.returns) {
        (None, n) if n > 0 => format!("受理岗（退回 {n} 次）"),
        (None, _) => "受理岗".to_owned(),
        (id, _) if intake || line.co => reference.holder(id).to_owned(),
        _ => line.assignee.clone().unwrap_or_default(),
    }
}

pub(super) fn row(
    line: &Line,
    clocks: &[Beside],
    reference: &Reference,
    today: Date,
    intake: bool,
) -> Row {
    let (next, due_text, due_title, colour) = due(line, reference, today);
    Row {
        number: line.number.clone(),
        href: format!("/desk/cases/{}", line.number),
        kind: CaseKind::from_code(&line.kind)
            .map_or("", CaseKind::label)
            .to_owned(),
        subject: line.title.clone(),
        trader: line.trader_name.clone(),
        street: reference.street_name(line.street.as_deref()).to_owned(),
        handler: handler(line, reference, intake),
        next: next.to_owned(),
        due_text,
        due_title,
        tone: colour,
        unread: line.unread > 0 && !line.co,
        fresh: line.fresh,
        co: line.co,
        danger: danger(line.urgent.as_deref(), line.injury),
        returned: match line.returns {
            0 | 1 => String::new(),
            n => format!("退回 {n} 次"),
        },
        beside: beside(line, clocks, reference, today),
    }
}
