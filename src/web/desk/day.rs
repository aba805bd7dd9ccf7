//! My day 今日: what is late, due, new, sent back or waiting, each with its count, its first rows and the list behind it.
//! Owns that page for whoever works on cases; only open cases are read.

use super::{
    SOON,
    case_line::{Row, row},
    cases::{Tally, alarm, done},
    filter::{Due, View, remember},
    reopenings,
};
use crate::{
    kernel::access::{Act as Permission, Actor, Role},
    notices::chinese_date,
    store::lists::{self, Counts, Days},
    web::{
        ctx::{Answer, Ctx},
        layout::Layout,
        pages::page,
    },
};
use askama::Template;

/// Rows that a section shows; the rest is behind its link.
const SHOWN: usize = 5;

/// One heap of work.
struct Section {
    label: &'static str,
    hint: &'static str,
    count: String,
    tone: &'static str,
    href: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "desk/day.html")]
struct DayPage {
    l: Layout,
    today: String,
    alarm: String,
    done: String,
    scopes: Vec<Scope>,
    idle: bool,
    sections: Vec<Section>,
}

/// Whose work is shown, as a link.
struct Scope {
    href: &'static str,
    label: &'static str,
    count: String,
    on: bool,
}

/// What a section counts and shows.
struct Heap {
    label: &'static str,
    hint: &'static str,
    tone: &'static str,
    count: String,
    view: View,
}

/// The heaps of a department, or of one handler in it.
fn of_department(actor: &Actor, all: &Tally, own: &Tally, mine: bool) -> Vec<Heap> {
    let view = |change: &dyn Fn(&mut View)| {
        let mut view = View {
            mine,
            ..View::default()
        };
        change(&mut view);
        view
    };
    let whole = |change: &dyn Fn(&mut View)| {
        let mut view = View::default();
        change(&mut view);
        view
    };
    let heap = |label, hint, tone, count: String, view| Heap {
        label,
        hint,
        tone,
        count,
        view,
    };
    let count = |of: &dyn Fn(&Counts) -> i64| own.text(of);
    let due = |due: Due| view(&|v| v.due = Some(due));
    let mut out = Vec::new();
    if actor.may(Permission::Approve) {
        let waits = whole(&|v| v.waits = true);
        out.push(heap(
            "待审批",
            "承办人提请的，等您决定",
            "soon",
            all.text(|c| c.waits),
            waits,
        ));
    }
    out.push(heap(
        "已逾期",
        "马上办，并报告主管",
        "late",
        count(&|c| c.late),
        due(Due::Late),
    ));
    out.push(heap(
        "今天到期",
        "",
        "soon",
        count(&|c| c.today),
        due(Due::Today),
    ));
    let back = view(&|v| v.back = true);
    out.push(heap(
        "被退回",
        "提请没有批准，看过理由再办",
        "",
        count(&|c| c.back),
        back,
    ));
    let unread = view(&|v| v.unread = true);
    out.push(heap(
        "新留言",
        "居民等着回复",
        "",
        own.unread.to_string(),
        unread,
    ));
    let fresh = whole(&|v| v.fresh = true);
    out.push(heap(
        "新到",
        "本部门还没有人看过",
        "",
        all.text(|c| c.fresh),
        fresh,
    ));
    out.push(heap(
        "快到期",
        "三个工作日内",
        "",
        count(&|c| c.soon),
        due(Due::Soon),
    ));
    let co = whole(&|v| v.co = true);
    out.push(heap(
        "协办",
        "别的部门主办，请本部门一起办",
        "",
        all.co.open.to_string(),
        co,
    ));
    out
}

/// The heaps of intake.
fn of_intake(all: &Tally) -> Vec<Heap> {
    let heap = |label, hint, tone, of: &dyn Fn(&Counts) -> i64, change: &dyn Fn(&mut View)| {
        let mut view = View {
            at_intake: true,
            ..View::default()
        };
        change(&mut view);
        Heap {
            label,
            hint,
            tone,
            count: all.text(of),
            view,
        }
    };
    vec![
        heap(
            "部门退回",
            "不归它管的，改派别的部门",
            "soon",
            &|c| c.returned,
            &|v| v.back = true,
        ),
        heap(
            "新到受理岗",
            "还没有人看过",
            "",
            &|c| c.arrived,
            &|v| v.fresh = true,
        ),
        heap("等着分派", "", "", &|c| c.intake, &|_| ()),
        heap("全区已逾期", "请催办", "late", &|c| c.late, &|v| {
            (v.at_intake, v.due) = (false, Some(Due::Late));
        }),
        heap("全区今天到期", "", "soon", &|c| c.today, &|v| {
            (v.at_intake, v.due) = (false, Some(Due::Today));
        }),
        heap(
            "紧急",
            "有危险或者有人受伤",
            "late",
            &|c| c.urgent,
            &|v| {
                (v.at_intake, v.urgent) = (false, true);
            },
        ),
    ]
}

/// The page of a person who works on cases.
pub(super) async fn show(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let reference = ctx.app.reference();
    let today = ctx.app.today();
    let days = Days {
        today,
        soon: reference.calendar.add_working_days(today, SOON),
    };
    let intake = actor.role == Role::Intake;
    let mut conn = ctx.app.store.conn().await?;
    let all = Tally::of(&mut conn, actor, days, false).await?;
    // a handler who has cases of the own begins with these; the department is one link away
    let mine = !intake
        && match ctx.param("mine") {
            "1" => true,
            "0" => false,
            _ => actor.role == Role::Handler && all.lead.mine > 0,
        };
    let own = if mine {
        &Tally::of(&mut conn, actor, days, true).await?
    } else {
        &all
    };
    let heaps = if intake {
        of_intake(&all)
    } else {
        of_department(actor, &all, own, mine)
    };
    let mut sections = Vec::new();
    if actor.may(Permission::Approve) {
        let whose = reopenings::whose(actor);
        let found = lists::reopenings(&mut conn, whose, None, SHOWN).await?;
        let count = lists::reopenings_count(&mut conn, whose).await?;
        let lines = found.iter().take(SHOWN);
        sections.push(Section {
            label: "申请重新办理",
            hint: "居民不满意办结的结果，等您决定",
            tone: if count > 0 { "soon" } else { "" },
            href: reopenings::PATH.to_owned(),
            count: count.to_string(),
            rows: lines
                .map(|l| row(l, &[], &reference, today, false))
                .collect(),
        });
    }
    for heap in heaps {
        let rows = if heap.count == "0" {
            Vec::new()
        } else {
            let filter = heap.view.filter(actor, &reference, today, days.soon);
            let found = lists::worklist(&mut conn, &filter, SHOWN).await?;
            let clocks = lists::beside(&mut conn, &found.lines).await?;
            let rows = found.lines.iter();
            rows.map(|line| row(line, &clocks, &reference, today, intake))
                .collect()
        };
        sections.push(Section {
            label: heap.label,
            hint: heap.hint,
            tone: if heap.count == "0" { "" } else { heap.tone },
            href: heap.view.href(),
            count: heap.count,
            rows,
        });
    }
    drop(conn);
    let scopes = if intake {
        Vec::new()
    } else {
        vec![
            Scope {
                href: "/desk?mine=1",
                label: "我承办",
                count: all.text(|c| c.mine),
                on: mine,
            },
            Scope {
                href: "/desk?mine=0",
                label: "全部门",
                count: all.text(|c| c.open),
                on: !mine,
            },
        ]
    };
    let mut response = page(&DayPage {
        l: ctx.layout("今日", "day"),
        today: chinese_date(today),
        alarm: alarm(&reference, today),
        done: done(ctx.param("done")),
        scopes,
        idle: sections.iter().all(|s| s.rows.is_empty()),
        sections,
    })?;
    remember(&ctx, None, &mut response);
    Ok(response)
}
