//! The worklist: what is due first, filters that stand in the address.

use super::{
    SOON,
    filter::{Due, View},
    stamp, tone,
};
use crate::{
    casework::{
        State, Verb,
        deadline::{ClockKind, remaining, rule_for},
    },
    kernel::{
        access::{Act as Permission, Actor, Role},
        clock::china_date,
        words::CaseKind,
    },
    notices::chinese_date,
    reference::Reference,
    store::lists::{self, Counts, Line, PAGE},
    triage::danger::Danger,
    web::{
        ctx::{Answer, Ctx},
        file::Choice,
        layout::Layout,
        pages::page,
    },
};
use askama::Template;
use time::Date;
use uuid::Uuid;

/// A filter as a link.
struct Chip {
    href: String,
    label: &'static str,
    count: String,
    tone: &'static str,
    on: bool,
}

/// A line.
struct Row {
    number: String,
    href: String,
    kind: String,
    subject: String,
    trader: String,
    street: String,
    handler: String,
    next: String,
    due_text: String,
    due_title: String,
    tone: &'static str,
    unread: bool,
    danger: String,
}

#[derive(Template)]
#[template(path = "desk/cases.html")]
struct CasesPage {
    l: Layout,
    heading: &'static str,
    total: String,
    alarm: String,
    notes: Vec<String>,
    done: String,
    chips: Vec<Chip>,
    hidden: Vec<(&'static str, String)>,
    q: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    streets: Vec<Choice>,
    departments: Vec<Choice>,
    filtered: bool,
    rows: Vec<Row>,
    next_href: String,
    first_href: String,
}

/// The alarm of a year without an arrangement (N-05), empty when there is none.
pub(super) fn alarm(reference: &Reference, today: Date) -> String {
    reference.calendar.missing_year_alarm(today).map_or_else(String::new, |year| {
        format!("{year} 年的放假安排还没有载入，涉及该年的期限都是暂定的。国务院办公厅公布后，请管理员在“工作日历”里载入。")
    })
}

/// The tag of a case that is dangerous, empty for the others.
pub(super) fn danger(urgent: Option<&str>, injury: bool) -> String {
    match urgent.and_then(Danger::from_code) {
        Some(danger) => danger.label().to_owned(),
        None if injury => "有人受伤".to_owned(),
        None => String::new(),
    }
}

fn row(line: &Line, reference: &Reference, today: Date) -> Row {
    let clock = line.next_clock.as_deref().and_then(ClockKind::from_code);
    let state = State::from_code(&line.state).map_or("", State::label);
    let (next, due_text, due_title, colour) = match (clock, line.next_due) {
        (Some(clock), Some(due)) => {
            let unit = rule_for(clock, china_date(line.received_at)).term.unit();
            let left = remaining(today, due, unit, &reference.calendar);
            let title = format!("最迟 {}", chinese_date(due));
            (
                clock.label(),
                left.to_string(),
                title,
                tone(left, today, due, &reference.calendar),
            )
        }
        _ => (
            state,
            String::new(),
            format!("收到 {}", stamp(line.received_at)),
            "",
        ),
    };
    Row {
        number: line.number.clone(),
        href: format!("/desk/cases/{}", line.number),
        kind: CaseKind::from_code(&line.kind)
            .map_or("", CaseKind::label)
            .to_owned(),
        subject: line.title.clone(),
        trader: line.trader_name.clone(),
        street: reference.street_name(line.street.as_deref()).to_owned(),
        handler: match (line.department_id, line.returns) {
            (None, n) if n > 0 => format!("受理岗（退回 {n} 次）"),
            (None, _) => "受理岗".to_owned(),
            (id, _) => reference.holder(id).to_owned(),
        },
        next: next.to_owned(),
        due_text,
        due_title,
        tone: colour,
        unread: line.unread > 0,
        danger: danger(line.urgent.as_deref(), line.injury),
    }
}

fn chips(view: &View, actor: &Actor, counts: &Counts) -> Vec<Chip> {
    // a chip replaces the other chips and keeps the search form
    let base = View {
        due: None,
        urgent: false,
        unread: false,
        waits: false,
        at_intake: false,
        closed: false,
        after: None,
        ..view.clone()
    };
    let here = View {
        after: None,
        ..view.clone()
    };
    let chip = |label, count: Option<i64>, tone, to: View| Chip {
        on: to == here,
        href: to.href(),
        label,
        tone: if count == Some(0) { "" } else { tone },
        count: count.map(|n| n.to_string()).unwrap_or_default(),
    };
    let due = |due| View {
        due: Some(due),
        ..base.clone()
    };
    let mut out = Vec::new();
    if actor.role == Role::Intake {
        out.push(chip(
            "在受理岗",
            Some(counts.intake),
            "",
            View {
                at_intake: true,
                ..base.clone()
            },
        ));
    }
    if actor.may(Permission::Approve) {
        out.push(chip(
            "待审批",
            Some(counts.waits),
            "soon",
            View {
                waits: true,
                ..base.clone()
            },
        ));
    }
    out.push(chip("全部在办", Some(counts.open), "", base.clone()));
    out.push(chip(
        Due::Late.label(),
        Some(counts.late),
        "late",
        due(Due::Late),
    ));
    out.push(chip(
        Due::Today.label(),
        Some(counts.today),
        "soon",
        due(Due::Today),
    ));
    out.push(chip(Due::Soon.label(), None, "", due(Due::Soon)));
    out.push(chip(
        "新留言",
        Some(counts.unread),
        "",
        View {
            unread: true,
            ..base.clone()
        },
    ));
    out.push(chip(
        "紧急",
        Some(counts.urgent),
        "late",
        View {
            urgent: true,
            ..base.clone()
        },
    ));
    out.push(chip(
        "已办结",
        None,
        "",
        View {
            closed: true,
            ..base.clone()
        },
    ));
    out
}

fn choices<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>, on: Option<&str>) -> Vec<Choice> {
    all.into_iter()
        .map(|(code, label)| Choice {
            code: code.to_owned(),
            label: label.to_owned(),
            note: "",
            on: on == Some(code),
        })
        .collect()
}

/// What was just done to a case that is no longer in sight.
fn done(code: &str) -> String {
    match Verb::from_code(code) {
        Some(Verb::Return) => "已退回受理岗，由受理员改派。".to_owned(),
        Some(verb) => format!("已办：{verb}。"),
        None => String::new(),
    }
}

/// `GET /desk/cases`.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let reference = ctx.app.reference();
    let today = ctx.app.today();
    let intake = actor.role == Role::Intake;
    let (view, unread) = View::read(&ctx.query, actor, &reference);
    let soon = reference.calendar.add_working_days(today, SOON);
    let whose = if intake {
        None
    } else {
        Some(actor.department.map_or(Uuid::nil(), |d| d.0))
    };
    let (mut lines, counts) = {
        let mut conn = ctx.app.store.conn().await?;
        let lines =
            lists::worklist(&mut conn, &view.filter(actor, &reference, today, soon)).await?;
        (lines, lists::counts(&mut conn, whose, today).await?)
    };
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().filter(|_| more).map(lists::key_after);
    let first = View {
        after: None,
        ..view.clone()
    };
    let departments = reference.departments.iter().filter(|d| d.inside && intake);
    page(&CasesPage {
        l: ctx.layout("案件", "cases"),
        heading: match (intake, view.at_intake) {
            (true, true) => "受理岗",
            (true, false) => "全部案件",
            _ => "本部门案件",
        },
        total: format!("{} 件在办", counts.open),
        alarm: alarm(&reference, today),
        notes: unread
            .iter()
            .map(|label| format!("链接里的「{label}」看不懂，已经忽略。"))
            .collect(),
        done: done(ctx.param("done")),
        chips: chips(&view, actor, &counts),
        hidden: if ctx.query.is_empty() {
            Vec::new()
        } else {
            kept(&view, intake)
        },
        kinds: choices(
            CaseKind::ALL.iter().map(|k| (k.code(), k.label())),
            view.kind.map(CaseKind::code),
        ),
        states: choices(
            State::ALL.iter().map(|s| (s.code(), s.label())),
            view.state.map(State::code),
        ),
        streets: choices(
            reference
                .streets
                .iter()
                .map(|s| (s.code.as_str(), s.name.as_str())),
            view.street.as_deref(),
        ),
        departments: choices(
            departments.map(|d| (d.code.as_str(), d.name.as_str())),
            view.department.as_deref(),
        ),
        filtered: view.filtered(),
        rows: lines
            .iter()
            .map(|line| row(line, &reference, today))
            .collect(),
        next_href: last.map_or_else(String::new, |after| {
            View {
                after: Some(after),
                ..view.clone()
            }
            .href()
        }),
        first_href: if view.after.is_some() {
            first.href()
        } else {
            String::new()
        },
        q: view.q,
    })
}

/// The chips that are on, for the search form to carry.
fn kept(view: &View, intake: bool) -> Vec<(&'static str, String)> {
    let form = [
        "q",
        "kind",
        "state",
        "street",
        "department",
        "after",
        "closed",
    ];
    let mut on: Vec<_> = view
        .pairs()
        .into_iter()
        .filter(|(name, _)| !form.contains(name))
        .collect();
    if view.closed && view.state.is_none() {
        on.push(("closed", "1".to_owned()));
    }
    if intake && !view.at_intake {
        on.push(("at_intake", "0".to_owned()));
    }
    on
}
