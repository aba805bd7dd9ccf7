//! Figures and the cases behind them as files. Nothing personal stands in them: no sender, no story, and a trader that
//! may be a private person is not named. Every export is noted before its first line goes out.

use super::{asked, view::Asked};
use crate::{
    app::App,
    audit::Deed,
    casework::State,
    error::{Error, Result},
    figures::{
        Figure, Part, Slot,
        flow::{self, table},
    },
    intake::filing::TraderKind,
    kernel::{clock::china_date, words::CaseKind},
    privacy::detect,
    reference::Reference,
    sheet::{Cell, Row},
    store::figures::{Behind, Scope},
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

/// The table of the page.
async fn figures(ctx: &Ctx, kind: &str) -> Result<(Vec<String>, Rows)> {
    let actor = &ctx.signed_in()?.actor;
    let (view, _, scope) = asked(ctx)?;
    let detail = format!("{kind}, {}", view.detail());
    flow::export_note(&ctx.app, Some(actor), Deed::FiguresExport, &detail).await?;
    let sums = flow::table(&ctx.app, &scope, view.by).await?;
    let rows = table::file(&sums, view.by, view.period, &ctx.app.reference());
    Ok((table::heading(view.by), sheet::ready(rows)))
}

/// `GET /desk/reports.csv`.
pub async fn figures_csv(ctx: Ctx) -> Answer {
    let (heading, rows) = figures(&ctx, "csv").await?;
    let name = format!("figures-{}.csv", ctx.app.today());
    sheet::csv(&name, heading, rows).await
}

/// `GET /desk/reports.xlsx`.
pub async fn figures_xlsx(ctx: Ctx) -> Answer {
    let (heading, rows) = figures(&ctx, "xlsx").await?;
    let name = format!("figures-{}.xlsx", ctx.app.today());
    sheet::xlsx(&name, "统计", heading, rows).await
}

const HEADING: [&str; 12] = [
    "编号",
    "类型",
    "被反映方",
    "类别",
    "街道",
    "部门",
    "收到日期",
    "状态",
    "计入",
    "计入日期",
    "用时（天）",
    "挽回（元）",
];

/// A trader as an export names it: a private person is not named.
pub(in crate::web::desk) fn trader(name: &str, kind: &str) -> String {
    if TraderKind::from_code(kind) == Some(TraderKind::Unknown) {
        "（个人卖家或者不清楚）".to_owned()
    } else {
        detect::redact(name).text
    }
}

fn line(l: &Behind, known: &Reference) -> Row {
    let street = Some(l.street.as_str()).filter(|s| !s.is_empty());
    let department = known.department(Some(l.department));
    vec![
        Cell::text(l.number.clone()),
        Cell::text(CaseKind::from_code(&l.kind).map_or("", CaseKind::label)),
        Cell::Text(trader(&l.trader_name, &l.trader_kind)),
        Cell::text(known.category_name(&l.category)),
        Cell::text(known.street_name(street)),
        Cell::text(department.map_or("受理岗", |d| &d.name)),
        Cell::text(china_date(l.received_at).to_string()),
        Cell::text(State::from_code(&l.state).map_or("", State::label)),
        Cell::text(Slot::from_code(&l.slot).map_or("", Slot::label)),
        Cell::text(l.on_day.to_string()),
        Cell::number(l.days),
        if l.fen > 0 {
            Cell::Fen(l.fen)
        } else {
            Cell::Empty
        },
    ]
}

/// Sends the cases behind a number, page by page.
async fn pour(
    app: App,
    scope: Scope,
    (figure, part): (Figure, Part),
    to: &mpsc::Sender<Result<Vec<Row>>>,
) -> Result<()> {
    let known = app.reference();
    let (mut written, mut whole, mut after) = (0, false, None);
    while written < CAP && !whole {
        let limit = CHUNK.min(CAP - written);
        let wanted = u32::try_from(limit).map_err(Error::internal)?;
        let lines = flow::behind(&app, &scope, figure, part, after, wanted).await?;
        whole = lines.len() < limit;
        written += lines.len();
        after = lines.last().map(|l| (l.on_day, l.case_id));
        let page = lines.iter().map(|l| line(l, &known)).collect();
        to.send(Ok(page)).await.map_err(Error::internal)?;
    }
    let last = vec![sheet::end(written, whole)];
    to.send(Ok(last)).await.map_err(Error::internal)
}

async fn cases(ctx: &Ctx, kind: &str) -> Result<(Vec<String>, Rows)> {
    let actor = &ctx.signed_in()?.actor;
    let (view, _, scope) = asked(ctx)?;
    let wanted = Asked::read(&ctx.query).ok_or(Error::NotFound)?;
    let asked = (wanted.figure, wanted.part);
    let detail = format!(
        "{kind}, {} {}, {}",
        asked.0.code(),
        asked.1.code(),
        view.detail()
    );
    flow::export_note(&ctx.app, Some(actor), Deed::CasesExport, &detail).await?;
    let (to, rows) = mpsc::channel(2);
    let app = ctx.app.clone();
    tokio::spawn(async move {
        if let Err(e) = pour(app, scope, asked, &to).await {
            let _ = to.send(Err(e)).await;
        }
    });
    Ok((HEADING.map(str::to_owned).to_vec(), rows))
}

/// `GET /desk/reports/cases.csv`.
pub async fn cases_csv(ctx: Ctx) -> Answer {
    let (heading, rows) = cases(&ctx, "csv").await?;
    let name = format!("cases-{}.csv", ctx.app.today());
    sheet::csv(&name, heading, rows).await
}

/// `GET /desk/reports/cases.xlsx`.
pub async fn cases_xlsx(ctx: Ctx) -> Answer {
    let (heading, rows) = cases(&ctx, "xlsx").await?;
    let name = format!("cases-{}.xlsx", ctx.app.today());
    sheet::xlsx(&name, "案件", heading, rows).await
}
