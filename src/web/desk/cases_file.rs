//! The worklist as a file: the same view as its address says it, without the person who sent a case and without what
//! happened. Noted in the trail before its first line goes out.

use super::{filter::View, reports::trader};
use crate::{
    app::App,
    audit::Deed,
    casework::{State, deadline::ClockKind},
    error::{Error, Result},
    figures::flow,
    kernel::{access::Act, clock::china_date, words::CaseKind},
    reference::Reference,
    sheet::{Cell, Row},
    store::lists::{self, Filter, Line},
    web::{
        ctx::{Answer, Ctx},
        sheet::{self, Rows},
    },
};
use tokio::sync::mpsc;

/// Lines read at once.
const CHUNK: usize = 1000;
/// Most lines of one export.
const CAP: usize = 100_000;

const HEADING: [&str; 10] = [
    "编号",
    "类型",
    "状态",
    "被反映方",
    "类别",
    "街道",
    "部门",
    "收到日期",
    "下一步",
    "期限",
];

fn line(l: &Line, known: &Reference) -> Row {
    let clock = l.next_clock.as_deref().and_then(ClockKind::from_code);
    let department = known.department(l.department_id);
    vec![
        Cell::text(l.number.clone()),
        Cell::text(CaseKind::from_code(&l.kind).map_or("", CaseKind::label)),
        Cell::text(State::from_code(&l.state).map_or("", State::label)),
        Cell::Text(trader(&l.trader_name, &l.trader_kind)),
        Cell::text(known.category_name(&l.category)),
        Cell::text(known.street_name(l.street.as_deref())),
        Cell::text(department.map_or("受理岗", |d| &d.name)),
        Cell::text(china_date(l.received_at).to_string()),
        Cell::text(clock.map_or("", ClockKind::label)),
        // a case without a clock has a date that never comes
        match (clock, l.due) {
            (Some(_), Some(due)) => Cell::text(due.to_string()),
            _ => Cell::Empty,
        },
    ]
}

/// Sends the lines of a view, page by page.
async fn pour(app: &App, mut filter: Filter, to: &mpsc::Sender<Result<Vec<Row>>>) -> Result<()> {
    let known = app.reference();
    let (mut written, mut whole) = (0, false);
    while written < CAP && !whole {
        let limit = CHUNK.min(CAP - written);
        let page = {
            let mut conn = app.store.conn().await?;
            lists::worklist(&mut conn, &filter, limit).await?
        };
        whole = page.next.is_none();
        written += page.lines.len();
        filter.after = page.next;
        let rows = page.lines.iter().map(|l| line(l, &known)).collect();
        to.send(Ok(rows)).await.map_err(Error::internal)?;
    }
    let last = vec![sheet::end(written, whole)];
    to.send(Ok(last)).await.map_err(Error::internal)
}

async fn begin(ctx: &Ctx, kind: &str) -> Result<(Vec<String>, Rows)> {
    let actor = &ctx.signed_in()?.actor;
    if !actor.may(Act::Figures) {
        return Err(Error::NotFound);
    }
    let known = ctx.app.reference();
    let today = ctx.app.today();
    let (view, _) = View::read(&ctx.query, actor, &known);
    let view = View {
        after: None,
        ..view
    };
    let soon = known.calendar.add_working_days(today, super::SOON);
    // what was searched for may be a name: the trail says only that something was
    let named = view.pairs().into_iter().map(|(name, value)| match name {
        "q" => "q".to_owned(),
        _ => format!("{name} {value}"),
    });
    let asked: Vec<String> = [format!("{kind}, worklist")]
        .into_iter()
        .chain(named)
        .collect();
    flow::export_note(&ctx.app, Some(actor), Deed::CasesExport, &asked.join(", ")).await?;
    let filter = view.filter(actor, &known, today, soon);
    let (to, rows) = mpsc::channel(2);
    let app = ctx.app.clone();
    tokio::spawn(async move {
        if let Err(e) = pour(&app, filter, &to).await {
            let _ = to.send(Err(e)).await;
        }
    });
    Ok((HEADING.map(str::to_owned).to_vec(), rows))
}

/// `GET /desk/cases.csv`.
pub async fn csv(ctx: Ctx) -> Answer {
    let (heading, rows) = begin(&ctx, "csv").await?;
    let name = format!("worklist-{}.csv", ctx.app.today());
    sheet::csv(&name, heading, rows).await
}

/// `GET /desk/cases.xlsx`.
pub async fn xlsx(ctx: Ctx) -> Answer {
    let (heading, rows) = begin(&ctx, "xlsx").await?;
    let name = format!("worklist-{}.xlsx", ctx.app.today());
    sheet::xlsx(&name, "案件", heading, rows).await
}
