//! Co-handling 协办 on the case page: who works on it beside the lead, by when, what came of it, and the steps that
//! arrange it; and who of the department handles the case.

use super::{
    case_acts::{Act, Desk},
    case_history::Clock,
    case_more::choice,
    tone,
};
use crate::{
    casework::{
        CoState, Verb,
        deadline::{Unit, remaining},
        flow::{MESSAGE_MAX, side_of},
    },
    kernel::access::{Act as Permission, Actor},
    notices::chinese_date,
    reference::Reference,
    store::{case::Case, co::CoRow},
    web::file::Choice,
};
use time::Date;
use uuid::Uuid;

/// A co-handler on the page.
pub(super) struct CoLine {
    pub(super) department: String,
    pub(super) state: &'static str,
    pub(super) due: String,
    pub(super) tone: &'static str,
    pub(super) results: Vec<String>,
}

/// A task's date in words and its colour; nothing while no clock runs.
fn due(row: &CoRow, reference: &Reference, today: Date) -> (String, &'static str) {
    if row.state != CoState::Open || row.due.year() >= 9999 {
        return (String::new(), "");
    }
    let left = remaining(today, row.due, Unit::WorkingDays, &reference.calendar);
    (
        format!("{left}（最迟 {}）", chinese_date(row.due)),
        tone(left, today, row.due, &reference.calendar),
    )
}

/// The co-handlers with what they wrote.
pub(super) fn lines(
    all: &[CoRow],
    results: &[(Uuid, String)],
    reference: &Reference,
    today: Date,
) -> Vec<CoLine> {
    all.iter()
        .map(|row| {
            let (due, tone) = due(row, reference, today);
            CoLine {
                department: reference.holder(Some(row.department)).to_owned(),
                state: row.state.label(),
                due,
                tone,
                results: results
                    .iter()
                    .filter(|(department, _)| *department == row.department)
                    .map(|(_, text)| text.clone())
                    .collect(),
            }
        })
        .collect()
}

/// The own task of a person's department, drawn like a clock.
pub(super) fn own(
    actor: &Actor,
    all: &[CoRow],
    reference: &Reference,
    today: Date,
) -> Option<Clock> {
    let own = actor.department?.0;
    let row = all.iter().find(|c| c.department == own)?;
    let (left, tone) = due(row, reference, today);
    let open = row.state == CoState::Open;
    Some(Clock {
        label: "本部门协办",
        due_text: match (open, row.own_due) {
            (true, true) => "期限由主办部门指定".to_owned(),
            (true, false) => "期限随主办部门".to_owned(),
            _ => String::new(),
        },
        left_text: if open && !left.is_empty() {
            left
        } else {
            row.state.label().to_owned()
        },
        article: "",
        tone,
        why: Vec::new(),
        provisional: false,
        stopped: !open,
    })
}

/// Who handles the case, in words.
pub(super) fn assignee(case: &Case, people: &[(Uuid, String)]) -> String {
    let name = |id: Uuid| people.iter().find(|(other, _)| *other == id);
    match case.assignee {
        None => String::new(),
        Some(id) => name(id).map_or_else(|| "已经离开本部门的人".to_owned(), |(_, n)| n.clone()),
    }
}

/// Steps that stand in the card of the people, not among the legal steps.
pub(super) fn in_card(verb: &str) -> bool {
    [Verb::Assign, Verb::CoAdd, Verb::CoDue, Verb::CoRemove]
        .iter()
        .any(|v| v.code() == verb)
}

fn tasks<'a>(desk: &'a Desk<'_>, open: bool) -> impl Iterator<Item = &'a CoRow> {
    desk.co
        .iter()
        .filter(move |c| !open || c.state == CoState::Open)
}

/// Whom a person may make the handler, as choices: everybody for who decides, else oneself.
fn people(desk: &Desk<'_>, chosen: &str) -> Vec<Choice> {
    let (me, now) = (desk.actor.staff.0, desk.case.assignee);
    let fits = |to| {
        now != to && crate::casework::may_assign(desk.actor.may(Permission::Assign), me, now, to)
    };
    let mut out: Vec<Choice> = desk
        .people
        .iter()
        .filter(|(id, _)| fits(Some(*id)))
        .map(|(id, name)| {
            let label = if *id == me { "我来办" } else { name };
            choice(&id.simple().to_string(), label, chosen)
        })
        .collect();
    if fits(None) {
        out.push(choice("none", "不指定", chosen));
    }
    out
}

/// Whether a step of this file has something to be taken on; others always have.
pub(super) fn has_object(desk: &Desk<'_>, verb: Verb) -> bool {
    match verb {
        Verb::CoDue => tasks(desk, true).next().is_some(),
        Verb::CoRemove => tasks(desk, false).next().is_some(),
        Verb::CoDone => {
            let own = desk.actor.department.map(|d| d.0);
            tasks(desk, true).any(|c| Some(c.department) == own)
        }
        Verb::Assign => desk.case.department.is_some() && !people(desk, "").is_empty(),
        _ => true,
    }
}

fn departments<'a>(
    desk: &Desk<'_>,
    chosen: &str,
    some: impl IntoIterator<Item = &'a CoRow>,
) -> Vec<Choice> {
    let reference = desk.app.reference();
    some.into_iter()
        .filter_map(|c| reference.department(Some(c.department)))
        .map(|d| choice(&d.code, &d.name, chosen))
        .collect()
}

/// The form of a step, filled into `base`.
pub(super) fn act(desk: &Desk<'_>, verb: Verb, base: Act, chosen: &str, text: String) -> Act {
    debug_assert!(side_of(desk.actor, desk.case).takes(verb));
    let lead = desk.case.next_clock.as_ref().and(desk.case.next_due);
    let date_hint = lead.map_or_else(String::new, |day| {
        format!("不填就跟着本件的期限走，现在是 {}。", chinese_date(day))
    });
    match verb {
        Verb::CoAdd => Act {
            explain: "请别的部门一起办。主办不变，协办部门看得到案情，看不到联系方式，不能代主办作决定。",
            list: true,
            choices_label: "请哪个部门",
            choices: {
                let reference = desk.app.reference();
                let busy = |id| tasks(desk, true).any(|c| c.department == id);
                reference
                    .departments
                    .iter()
                    .filter(|d| d.inside && Some(d.id) != desk.case.department && !busy(d.id))
                    .map(|d| choice(&d.code, &d.name, chosen))
                    .collect()
            },
            date_label: "最迟哪一天",
            date_hint,
            text_label: "请它办什么",
            text,
            ..base
        },
        Verb::CoDue => Act {
            list: true,
            choices_label: "哪个部门",
            choices: departments(desk, chosen, tasks(desk, true)),
            date_label: "最迟哪一天",
            date_hint,
            text_label: "为什么改",
            text,
            ..base
        },
        Verb::CoRemove => Act {
            explain: "取消后该部门不再看到这一件。",
            list: true,
            choices_label: "哪个部门",
            choices: departments(desk, chosen, tasks(desk, false)),
            text_label: "为什么取消",
            text,
            ..base
        },
        Verb::CoDone => Act {
            explain: "写明查了什么、结果怎样。主办部门看到后接着办，居民看不到。",
            text_label: "协办结果",
            text_hint: "不要写出能让人认出举报人的内容。",
            text_max: MESSAGE_MAX,
            text,
            ..base
        },
        _ => Act {
            list: true,
            choices_label: "由谁承办",
            choices: people(desk, chosen),
            ..base
        },
    }
}
