//! 到期督办: open cases whose day comes near or has passed, which level of the ladder knows, how often the resident asked
//! to hurry. Who watches over the whole without seeing cases reads numbers alone.

use super::{
    filter::{after_code, after_read},
    nav, tone,
};
use crate::{
    casework::{
        deadline::{ClockKind, remaining, rule_for},
        escalation::Rung,
    },
    error::Error,
    kernel::{
        access::{Act, Role},
        clock::china_date,
        words::CaseKind,
    },
    notices::chinese_date,
    reference::Reference,
    store::escalation::{self as rows, LateCount, LateLine, PAGE},
    web::{
        ctx::{Answer, Ctx},
        layout::Layout,
        pages::page,
    },
};
use askama::Template;
use time::Date;
use uuid::Uuid;

/// A line.
struct Row {
    number: String,
    href: String,
    kind: &'static str,
    subject: String,
    handler: String,
    next: &'static str,
    due_text: String,
    due_title: String,
    tone: &'static str,
    level: String,
    urged: String,
}

/// A department in numbers.
struct Total {
    department: String,
    late: i64,
    long: i64,
    oldest: String,
}

#[derive(Template)]
#[template(path = "desk/late.html")]
struct LatePage {
    l: Layout,
    ladder: Vec<String>,
    rows: Vec<Row>,
    totals: Vec<Total>,
    counted: bool,
    long_days: i16,
    next_href: String,
    first_href: String,
}

/// The ladder in words.
fn words(ladder: &[Rung]) -> Vec<String> {
    ladder
        .iter()
        .map(|r| match r.days {
            0 => format!("当天：{}", r.label),
            n if n < 0 => format!("到期前 {} 个工作日：{}", -n, r.label),
            n => format!("逾期 {n} 个工作日：{}", r.label),
        })
        .collect()
}

fn row(line: &LateLine, ladder: &[Rung], reference: &Reference, today: Date) -> Option<Row> {
    let clock = ClockKind::from_code(&line.next_clock)?;
    let unit = rule_for(clock, china_date(line.received_at)).term.unit();
    let left = remaining(today, line.next_due, unit, &reference.calendar);
    let told: Vec<&str> = line.levels.split(',').collect();
    let highest = ladder.iter().rev().find(|r| told.contains(&&*r.level));
    Some(Row {
        number: line.number.clone(),
        href: format!("/desk/cases/{}", line.number),
        kind: CaseKind::from_code(&line.kind).map_or("", CaseKind::label),
        subject: line.title.clone(),
        handler: reference.holder(line.department_id).to_owned(),
        next: clock.label(),
        due_text: left.to_string(),
        due_title: format!("最迟 {}", chinese_date(line.next_due)),
        tone: tone(left, today, line.next_due, &reference.calendar),
        level: highest.map_or_else(String::new, |r| r.label.clone()),
        urged: match line.urged_on {
            Some(day) => format!("{} 次，最近 {}", line.urges, chinese_date(day)),
            None => String::new(),
        },
    })
}

fn total(count: &LateCount, reference: &Reference) -> Total {
    Total {
        department: reference.holder(count.department_id).to_owned(),
        late: count.late,
        long: count.long,
        oldest: chinese_date(count.oldest),
    }
}

/// `GET /desk/late`: `after` pages.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let reference = ctx.app.reference();
    let ladder = &ctx.app.config.escalation;
    let today = ctx.app.today();
    let calendar = &reference.calendar;
    let cases = actor.may(Act::ViewCases);
    let after = after_read(ctx.param("after"));
    let first = ladder.first().map_or(today, |r| r.bound(today, calendar));
    let last = ladder.last().map_or(today, |r| r.bound(today, calendar));
    let mut conn = ctx.app.store.conn().await?;
    let mut lines = Vec::new();
    let mut totals = Vec::new();
    if cases {
        let whose =
            (actor.role != Role::Intake).then(|| actor.department.map_or(Uuid::nil(), |d| d.0));
        lines = rows::late(&mut conn, whose, first.max(today), after).await?;
    } else {
        totals = rows::late_counts(&mut conn, today, last).await?;
    }
    drop(conn);
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    page(&LatePage {
        l: ctx.layout("到期督办", nav::LATE),
        ladder: words(ladder),
        next_href: lines.last().filter(|_| more).map_or_else(String::new, |l| {
            format!("/desk/late?after={}", after_code((l.next_due, l.id)))
        }),
        first_href: after.map_or("", |_| "/desk/late").to_owned(),
        rows: lines
            .iter()
            .filter_map(|l| row(l, ladder, &reference, today))
            .collect(),
        totals: totals.iter().map(|c| total(c, &reference)).collect(),
        counted: !cases,
        long_days: ladder.last().map_or(0, |r| r.days),
    })
}

/// What the page of a case says about its date: which levels know, how often the resident asked to hurry.
pub(super) async fn hints(
    ctx: &Ctx,
    case: &crate::store::case::Case,
) -> Result<Vec<String>, Error> {
    let (told, (urges, last)) = {
        let mut conn = ctx.app.store.conn().await?;
        (
            rows::told_of_case(&mut conn, case.id.0).await?,
            rows::urges(&mut conn, case.id.0).await?,
        )
    };
    let mut out = Vec::new();
    if let Some(day) = last {
        out.push(format!(
            "居民催办 {urges} 次，最近一次是 {}，请先回复。",
            chinese_date(day)
        ));
    }
    let label = |level: &str| {
        let rung = ctx.app.config.escalation.iter().find(|r| r.level == level);
        rung.map_or_else(|| level.to_owned(), |r| r.label.clone())
    };
    let told: Vec<String> = told
        .iter()
        .map(|(level, at)| format!("{}（{}）", label(level), chinese_date(china_date(*at))))
        .collect();
    if case.state.is_open() && !told.is_empty() {
        out.push(format!("期限已提醒：{}。", told.join("、")));
    }
    Ok(out)
}
