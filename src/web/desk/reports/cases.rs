//! The cases behind a number: exactly as many as the number says, newest day first.

use super::{CASES, PATH, asked, view::Asked, whose};
use crate::{
    casework::State,
    error::Error,
    figures::{Figure, Part, Slot, flow},
    kernel::{Fen, words::CaseKind},
    reference::Reference,
    store::figures::{Behind, PAGE},
    web::{
        ctx::{Answer, Ctx},
        desk::stamp,
        layout::Layout,
        pages::page,
    },
};
use askama::Template;

/// A line.
struct Row {
    number: String,
    href: String,
    kind: &'static str,
    subject: String,
    trader: String,
    street: String,
    department: String,
    state: &'static str,
    slot: &'static str,
    day: String,
    days: String,
    money: String,
}

#[derive(Template)]
#[template(path = "desk/report_cases.html")]
struct CasesPage {
    l: Layout,
    figure: &'static str,
    part: &'static str,
    definition: &'static str,
    whose: String,
    period: String,
    count: i64,
    as_of: String,
    notes: Vec<String>,
    back: String,
    rows: Vec<Row>,
    money: bool,
    csv_href: String,
    xlsx_href: String,
    next_href: String,
    first_href: String,
}

fn row(line: &Behind, known: &Reference) -> Row {
    Row {
        href: format!("/desk/cases/{}", line.number),
        number: line.number.clone(),
        kind: CaseKind::from_code(&line.kind).map_or("", CaseKind::label),
        subject: line.title.clone(),
        trader: line.trader_name.clone(),
        street: known
            .street_name(
                Some(&line.street)
                    .filter(|s| !s.is_empty())
                    .map(String::as_str),
            )
            .to_owned(),
        department: known
            .department(Some(line.department))
            .map_or_else(|| "受理岗".to_owned(), |d| d.name.clone()),
        state: State::from_code(&line.state).map_or("", State::label),
        slot: Slot::from_code(&line.slot).map_or("", Slot::label),
        day: line.on_day.to_string(),
        days: line.days.map(|d| format!("{d} 天")).unwrap_or_default(),
        money: if line.fen > 0 {
            format!("{} 元", Fen(line.fen).yuan())
        } else {
            String::new()
        },
    }
}

/// What the part is called, where a figure has two.
pub(super) fn part_label(figure: Figure, part: Part) -> &'static str {
    let shape = figure.shape();
    if shape.slots(Part::Of) == shape.slots(Part::All) {
        ""
    } else {
        part.label()
    }
}

/// `GET /desk/reports/cases`.
pub async fn cases(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let known = ctx.app.reference();
    let (view, notes, scope) = asked(&ctx)?;
    let wanted = Asked::read(&ctx.query).ok_or(Error::NotFound)?;
    let Asked {
        figure,
        part,
        after,
    } = wanted;
    let limit = u32::try_from(PAGE + 1).map_err(Error::internal)?;
    let mut lines = flow::behind(&ctx.app, &scope, figure, part, after, limit).await?;
    let count = flow::total(&ctx.app, &scope, view.period)
        .await?
        .count(figure.shape().slots(part));
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().filter(|_| more).map(|l| (l.on_day, l.case_id));
    let to = |after| view.cases_href(CASES, &Asked { after, ..wanted });
    let file = |path| {
        view.cases_href(
            path,
            &Asked {
                after: None,
                ..wanted
            },
        )
    };
    page(&CasesPage {
        l: ctx.layout(figure.label(), "reports"),
        figure: figure.label(),
        part: part_label(figure, part),
        definition: figure.definition(),
        whose: whose(actor, &view, &known),
        period: view.period.label(),
        count,
        as_of: stamp(ctx.app.now()),
        notes,
        back: view.href(PATH),
        rows: lines.iter().map(|l| row(l, &known)).collect(),
        money: figure == Figure::Recovered,
        csv_href: file("/desk/reports/cases.csv"),
        xlsx_href: file("/desk/reports/cases.xlsx"),
        next_href: last.map_or_else(String::new, |l| to(Some(l))),
        first_href: if after.is_some() {
            to(None)
        } else {
            String::new()
        },
    })
}
