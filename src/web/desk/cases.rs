//! The worklist: what is due first, filters that stand in the address.

use super::{
    SOON,
    bulk::{self, Bar},
    case_line::{Row, row},
    filter::{Due, View, remember},
    views::{self, Strip},
};
use crate::{
    casework::{State, Verb, flow},
    error::Result,
    kernel::{
        access::{Act as Permission, Actor, Role},
        words::CaseKind,
    },
    reference::Reference,
    store::{
        Conn,
        lists::{self, COUNTED, Counts, Days, PAGE},
    },
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

#[derive(Template)]
#[template(path = "desk/cases.html")]
struct CasesPage {
    l: Layout,
    heading: &'static str,
    total: String,
    alarm: String,
    intake: bool,
    /// Alerts that nobody looked at on their day.
    missed: String,
    notes: Vec<String>,
    done: String,
    chips: Vec<Chip>,
    saved: Strip,
    /// What can be done to many at once.
    many: Option<Bar>,
    hidden: Vec<(&'static str, String)>,
    q: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    streets: Vec<Choice>,
    departments: Vec<Choice>,
    handlers: Vec<Choice>,
    filtered: bool,
    rows: Vec<Row>,
    next_href: String,
    first_href: String,
    csv_href: String,
    xlsx_href: String,
}

/// The alarm of a year without an arrangement (N-05), empty when there is none.
pub(super) fn alarm(reference: &Reference, today: Date) -> String {
    reference.calendar.missing_year_alarm(today).map_or_else(String::new, |year| {
        format!("{year} 年的放假安排还没有载入，涉及该年的期限都是暂定的。国务院办公厅公布后，请管理员在“工作日历”里载入。")
    })
}

/// What a person's chips count.
pub(super) struct Tally {
    /// Over what the department leads, or over everything for intake.
    pub(super) lead: Counts,
    /// Over what it co-handles.
    pub(super) co: Counts,
    /// Cases with messages that wait.
    pub(super) unread: i64,
}

impl Tally {
    /// Counts for this person; only the own cases with `mine`.
    pub(super) async fn of(conn: &mut Conn, actor: &Actor, days: Days, mine: bool) -> Result<Self> {
        let me = actor.staff.0;
        let whose =
            (actor.role != Role::Intake).then(|| actor.department.map_or(Uuid::nil(), |d| d.0));
        let co = match whose {
            Some(own) if !mine => lists::co_counts(conn, own, days).await?,
            _ => Counts::default(),
        };
        Ok(Self {
            lead: lists::counts(conn, whose, me, mine, days).await?,
            unread: lists::unread(conn, whose, mine.then_some(me)).await?,
            co,
        })
    }

    /// A count of a led and a co-handled part as people read it: with a plus where counting stopped.
    pub(super) fn text(&self, of: impl Fn(&Counts) -> i64) -> String {
        let sum = of(&self.lead) + of(&self.co);
        let more = self.lead.open >= COUNTED || self.co.open >= COUNTED;
        format!("{sum}{}", if more && sum > 0 { "+" } else { "" })
    }
}

fn chips(view: &View, actor: &Actor, tally: &Tally) -> Vec<Chip> {
    // a chip replaces the other chips and keeps the search form
    let base = View {
        due: None,
        urgent: false,
        unread: false,
        waits: false,
        fresh: false,
        back: false,
        mine: false,
        nobody: false,
        co: false,
        often: false,
        at_intake: false,
        closed: false,
        after: None,
        ..view.clone()
    };
    let here = View {
        after: None,
        ..view.clone()
    };
    let chip = |label, count: Option<String>, tone, to: View| Chip {
        on: to == here,
        href: to.href(),
        label,
        tone: if count.as_deref() == Some("0") {
            ""
        } else {
            tone
        },
        count: count.unwrap_or_default(),
    };
    let with = |change: &dyn Fn(&mut View)| {
        let mut view = base.clone();
        change(&mut view);
        view
    };
    let count = |of: &dyn Fn(&Counts) -> i64| Some(tally.text(of));
    let due = |due: Due| with(&|v| v.due = Some(due));
    let intake = actor.role == Role::Intake;
    let mut out = Vec::new();
    if intake {
        let here = with(&|v| v.at_intake = true);
        out.push(chip("在受理岗", count(&|c| c.intake), "", here));
        let back = with(&|v| (v.at_intake, v.back) = (true, true));
        out.push(chip("部门退回", count(&|c| c.returned), "", back));
    }
    if actor.may(Permission::Approve) {
        let waits = with(&|v| v.waits = true);
        out.push(chip("待审批", count(&|c| c.waits), "", waits));
    }
    out.push(chip("全部在办", count(&|c| c.open), "", base.clone()));
    if !intake {
        let mine = with(&|v| v.mine = true);
        out.push(chip("我承办", count(&|c| c.mine), "", mine));
        let nobody = with(&|v| v.nobody = true);
        out.push(chip("无人承办", None, "", nobody));
        let co = with(&|v| v.co = true);
        out.push(chip("协办", Some(tally.co.open.to_string()), "", co));
        let fresh = with(&|v| v.fresh = true);
        out.push(chip("新到", count(&|c| c.fresh), "", fresh));
    }
    if intake || actor.may(Permission::Approve) {
        let often = with(&|v| v.often = true);
        out.push(chip("退回两次以上", None, "", often));
    }
    out.push(chip(
        Due::Late.label(),
        count(&|c| c.late),
        "late",
        due(Due::Late),
    ));
    out.push(chip(
        Due::Today.label(),
        count(&|c| c.today),
        "soon",
        due(Due::Today),
    ));
    out.push(chip(
        Due::Soon.label(),
        count(&|c| c.soon),
        "",
        due(Due::Soon),
    ));
    if !intake {
        let back = with(&|v| v.back = true);
        out.push(chip("被退回", count(&|c| c.back), "", back));
    }
    let unread = with(&|v| v.unread = true);
    out.push(chip("新留言", Some(tally.unread.to_string()), "", unread));
    let urgent = with(&|v| v.urgent = true);
    out.push(chip("紧急", count(&|c| c.urgent), "late", urgent));
    out.push(chip("已办结", None, "", with(&|v| v.closed = true)));
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
pub(super) fn done(code: &str) -> String {
    match Verb::from_code(code) {
        Some(Verb::Return) => "已退回受理岗，由受理员改派。".to_owned(),
        Some(verb) => format!("已办：{verb}。"),
        None if code == "view" => "视图已经保存，点上面的名字就能打开。".to_owned(),
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
    let days = Days { today, soon };
    let (found, clocks, tally) = {
        let mut conn = ctx.app.store.conn().await?;
        let filter = view.filter(actor, &reference, today, soon);
        let found = lists::worklist(&mut conn, &filter, PAGE).await?;
        let clocks = lists::beside(&mut conn, &found.lines).await?;
        (
            found,
            clocks,
            Tally::of(&mut conn, actor, days, false).await?,
        )
    };
    let first = View {
        after: None,
        ..view.clone()
    };
    let departments = reference.departments.iter().filter(|d| d.inside && intake);
    let file = |ending: &str| {
        if actor.may(Permission::Figures) {
            first
                .href()
                .replacen("/desk/cases", &format!("/desk/cases.{ending}"), 1)
        } else {
            String::new()
        }
    };
    let people = flow::candidates(&ctx.app, actor).await?;
    let shown = view.clone();
    let mut response = page(&CasesPage {
        csv_href: file("csv"),
        xlsx_href: file("xlsx"),
        l: ctx.layout("案件", "cases"),
        heading: match (intake, view.at_intake) {
            (true, true) => "受理岗",
            (true, false) => "全部案件",
            _ if view.mine => "我承办的案件",
            _ if view.co => "协办的案件",
            _ if view.nobody => "还没有人承办的案件",
            _ => "本部门案件",
        },
        total: format!("{} 件在办", tally.text(|c| c.open)),
        intake,
        alarm: alarm(&reference, today),
        missed: super::alerts::missed(&ctx.app, actor).await?,
        notes: unread
            .iter()
            .map(|label| format!("链接里的「{label}」看不懂，已经忽略。"))
            .chain(found.partial.then(|| {
                format!(
                    "这一页只在 {} 件办结的案件里找过，更早的请点下面的“后面的案件”接着找。",
                    lists::STRETCH
                )
            }))
            .collect(),
        done: done(ctx.param("done")),
        chips: chips(&view, actor, &tally),
        many: if view.closed || found.lines.iter().all(|l| l.co) {
            None
        } else {
            bulk::bar(&ctx.app, actor, &people)
        },
        saved: views::strip(&ctx.app, actor, &view).await?,
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
        handlers: people
            .iter()
            .map(|(id, name)| Choice {
                code: id.simple().to_string(),
                label: name.clone(),
                note: "",
                on: view.handler == Some(*id),
            })
            .collect(),
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
        rows: found
            .lines
            .iter()
            .map(|line| row(line, &clocks, &reference, today, intake))
            .collect(),
        next_href: found.next.map_or_else(String::new, |after| {
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
    })?;
    remember(&ctx, Some(&shown), &mut response);
    Ok(response)
}

/// The chips that are on, for the search form to carry.
fn kept(view: &View, intake: bool) -> Vec<(&'static str, String)> {
    let form = [
        "q",
        "kind",
        "state",
        "street",
        "department",
        "handler",
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
