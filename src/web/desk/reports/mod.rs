//! The figures of the desk: the page with its cards, chart and table, the cases behind each number, both as files.

mod cases;
mod chart;
mod files;
mod view;

pub use cases::cases;
pub(super) use files::trader;
pub use files::{cases_csv, cases_xlsx, figures_csv, figures_xlsx};

use super::stamp;
use crate::{
    error::Error,
    figures::{
        By, Figure, Month, Part, Period, Tally, Value,
        flow::{self, Key, table},
    },
    kernel::access::Actor,
    reference::Reference,
    store::figures::Scope,
    web::{
        ctx::{Answer, Ctx},
        file::Choice,
        layout::Layout,
        pages::page,
    },
};
use askama::Template;
use chart::Chart;
use view::{AT_INTAKE, Asked, OUTSIDE, View};

/// Where the page is.
const PATH: &str = "/desk/reports";
/// Where the cases behind a number are.
const CASES: &str = "/desk/reports/cases";

/// A number that opens the cases behind it; without address when there are none.
struct Number {
    text: String,
    href: String,
}

/// One figure.
struct Card {
    label: &'static str,
    value: Number,
    /// What it is made of: words before the number, the number.
    parts: Vec<(&'static str, Number)>,
    /// Against earlier periods.
    changes: Vec<String>,
    definition: &'static str,
    warn: bool,
}

/// A cell of the table.
struct Cell {
    numbers: Vec<Number>,
    /// Says nothing: left out where there is no room.
    nil: bool,
}

/// One row of the table.
struct Line {
    name: String,
    href: String,
    cells: Vec<Cell>,
}

/// A choice as a link.
struct Chip {
    label: &'static str,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "desk/reports.html")]
struct ReportsPage {
    l: Layout,
    whose: String,
    period: String,
    as_of: String,
    waiting: String,
    notes: Vec<String>,
    chips: Vec<Chip>,
    from: String,
    to: String,
    departments: Vec<Choice>,
    streets: Vec<Choice>,
    categories: Vec<Choice>,
    by: &'static str,
    clear_href: String,
    cards: Vec<Card>,
    chart: Option<Chart>,
    splits: Vec<Chip>,
    columns: Vec<&'static str>,
    first_column: &'static str,
    lines: Vec<Line>,
    sum: Line,
    csv_href: String,
    xlsx_href: String,
}

/// A number of cases with the address of the cases themselves.
fn number(view: &View, figure: Figure, part: Part, n: i64, text: String) -> Number {
    let asked = Asked {
        figure,
        part,
        after: None,
    };
    Number {
        text,
        href: if n > 0 {
            view.cases_href(CASES, &asked)
        } else {
            String::new()
        },
    }
}

fn card(view: &View, figure: Figure, now: &Tally, earlier: &[(&'static str, Tally)]) -> Card {
    let value = figure.value(now);
    let cases = |part, n: i64| number(view, figure, part, n, format!("{n} 件"));
    let plain = |text: String| Number {
        text,
        href: String::new(),
    };
    let (shown, parts) = match value {
        Value::Count(n) => (cases(Part::Of, n), Vec::new()),
        Value::Rate { of, all } => (
            plain(value.to_string()),
            vec![
                ("其中", cases(Part::Of, of)),
                ("应计", cases(Part::All, all)),
            ],
        ),
        Value::Money { cases: n, .. } => {
            (plain(value.to_string()), vec![("来自", cases(Part::Of, n))])
        }
        Value::Days {
            ninth, cases: n, ..
        } => {
            let parts = ninth.map_or_else(Vec::new, |d| {
                vec![
                    (
                        "一半的案件不超过这些天，九成不超过",
                        plain(format!("{d} 天")),
                    ),
                    ("共", cases(Part::Of, n)),
                ]
            });
            (plain(value.to_string()), parts)
        }
    };
    Card {
        label: figure.label(),
        value: shown,
        parts,
        changes: earlier
            .iter()
            .filter_map(|(name, tally)| {
                let change = value.change(&figure.value(tally));
                (!change.is_empty()).then(|| format!("{name}{change}"))
            })
            .collect(),
        definition: figure.definition(),
        warn: figure == Figure::Unanswered && value != Value::Count(0),
    }
}

/// The columns of the table: of what residents said one, so that it fits the window. Cards and files have all of it.
fn columns() -> impl Iterator<Item = Figure> {
    let narrow = [Figure::RatedRate, Figure::RespondedRate, Figure::SolvedRate];
    let all = Figure::ALL.iter().copied();
    all.filter(move |f| !narrow.contains(f))
}

/// The cells of one row: for each figure its numbers.
fn line(view: &View, name: String, href: String, tally: &Tally) -> Line {
    let cells = columns().map(|f| {
        let value = f.value(tally);
        let of = |n: i64, text: String| number(view, f, Part::Of, n, text);
        let (cases, numbers) = match value {
            Value::Count(n) => (n, vec![of(n, n.to_string())]),
            Value::Rate { of: n, all } => {
                let rate = Number {
                    text: value.to_string(),
                    href: String::new(),
                };
                let all_of = number(view, f, Part::All, all, all.to_string());
                (all, vec![rate, of(n, n.to_string()), all_of])
            }
            Value::Money { fen, cases } => (fen, vec![of(cases, value.to_string())]),
            Value::Days {
                median,
                ninth,
                cases,
            } => {
                let text = match (median, ninth) {
                    (Some(m), Some(n)) => format!("{m} / {n} 天"),
                    _ => "—".to_owned(),
                };
                (cases, vec![of(cases, text)])
            }
        };
        Cell {
            numbers,
            nil: cases == 0,
        }
    });
    Line {
        cells: cells.collect(),
        name,
        href,
    }
}

/// The periods that people ask for most.
fn chips(view: &View, this: Month) -> Vec<Chip> {
    let january = this.plus(1 - this.month());
    [
        ("本月", Period::new(this, this)),
        ("上月", Period::new(this.plus(-1), this.plus(-1))),
        ("今年", Period::new(january, this)),
        ("近十二个月", Period::year_to(this)),
    ]
    .into_iter()
    .map(|(label, period)| Chip {
        label,
        href: View {
            period,
            ..view.clone()
        }
        .href(PATH),
        on: period == view.period,
    })
    .collect()
}

fn choice(code: &str, label: &str, on: Option<&String>) -> Choice {
    Choice {
        code: code.to_owned(),
        label: label.to_owned(),
        note: "",
        on: on.is_some_and(|c| c == code),
    }
}

/// What can be narrowed to: departments (not for who belongs to one), streets, categories.
fn choices(view: &View, known: &Reference, own: bool) -> [Vec<Choice>; 3] {
    let mut departments = Vec::new();
    if !own {
        let on = view.department.as_ref();
        departments.push(choice(AT_INTAKE, "受理岗（未分派）", on));
        let inside = known.departments.iter().filter(|d| d.inside);
        departments.extend(inside.map(|d| choice(&d.code, &d.name, on)));
    }
    let on = view.street.as_ref();
    let streets = known.streets.iter().map(|s| choice(&s.code, &s.name, on));
    let streets = streets.chain([choice(OUTSIDE, "区外或者不清楚", on)]);
    let goods = known.categories.iter().filter(|c| c.family != "problem");
    let categories = goods.map(|c| choice(&c.code, &c.name, view.category.as_ref()));
    [departments, streets.collect(), categories.collect()]
}

/// Whose cases the figures are about, in words.
fn whose(actor: &Actor, view: &View, known: &Reference) -> String {
    let mut all = Vec::new();
    match (&view.department, actor.department) {
        (Some(code), _) => all.push(known.inside(code).map_or("受理岗（未分派）", |d| &d.name)),
        (None, Some(own)) => all.push(known.holder(Some(own.0))),
        (None, None) => all.push("全部部门"),
    }
    if let Some(street) = &view.street {
        all.push(if street == OUTSIDE {
            "区外或者不清楚"
        } else {
            known.street_name(Some(street))
        });
    }
    all.extend(view.category.as_deref().map(|c| known.category_name(c)));
    all.join("，")
}

/// Reads the view, with notes on what could not be read, and its scope.
fn asked(ctx: &Ctx) -> Result<(View, Vec<String>, Scope), Error> {
    let actor = &ctx.signed_in()?.actor;
    let known = ctx.app.reference();
    let (view, unread) = View::read(&ctx.query, actor, &known, ctx.app.today());
    let notes = unread
        .iter()
        .map(|label| format!("链接里的「{label}」看不懂，已经忽略。"))
        .collect();
    let scope = flow::scoped(actor, view.scope(&known))?;
    Ok((view, notes, scope))
}

/// The earlier periods to compare with, each with its name.
async fn earlier(ctx: &Ctx, scope: &Scope) -> Result<Vec<(&'static str, Tally)>, Error> {
    let period = scope.period;
    let mut out = vec![(
        "比上期",
        flow::total(&ctx.app, scope, period.before()).await?,
    )];
    if period.before() != period.year_before() {
        let year = flow::total(&ctx.app, scope, period.year_before()).await?;
        out.push(("比去年同期", year));
    }
    // a time without any case says nothing
    out.retain(|(_, tally)| *tally != Tally::default());
    Ok(out)
}

/// `GET /desk/reports`.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let known = ctx.app.reference();
    let (view, notes, scope) = asked(&ctx)?;
    let sums = flow::table(&ctx.app, &scope, view.by).await?;
    let before = earlier(&ctx, &scope).await?;
    let waiting = flow::waiting(&ctx.app).await?;
    let own = actor.role.has_department();
    let [departments, streets, categories] = choices(&view, &known, own);
    let lines = table::rows(&sums, view.by, view.period)
        .iter()
        .map(|(key, tally)| {
            let row = view.row_of(key, &known);
            let href = match key {
                Key::Month(_) if view.period.len() == 1 => String::new(),
                Key::Month(_) => row.href(PATH),
                _ => View {
                    by: By::Month,
                    ..row.clone()
                }
                .href(PATH),
            };
            line(&row, table::name(key, &known), href, tally)
        })
        .collect();
    let splits = By::ALL.iter().filter(|b| !(own && **b == By::Department));
    page(&ReportsPage {
        l: ctx.layout("统计", "reports"),
        whose: whose(actor, &view, &known),
        period: view.period.label(),
        as_of: stamp(ctx.app.now()),
        waiting: match waiting {
            0 => String::new(),
            n => format!("另有 {n} 件刚刚变动，还没有计入，过一会儿再刷新。"),
        },
        notes,
        chips: chips(&view, Month::of(ctx.app.today())),
        from: view.period.from.to_string(),
        to: view.period.to.to_string(),
        departments,
        streets,
        categories,
        by: view.by.code(),
        clear_href: if view.narrowed() {
            View {
                department: None,
                street: None,
                category: None,
                ..view.clone()
            }
            .href(PATH)
        } else {
            String::new()
        },
        cards: Figure::ALL
            .iter()
            .map(|f| card(&view, *f, &sums.all, &before))
            .collect(),
        chart: Chart::new(&sums, view.period),
        splits: splits
            .map(|by| Chip {
                label: by.label(),
                href: View {
                    by: *by,
                    ..view.clone()
                }
                .href(PATH),
                on: *by == view.by,
            })
            .collect(),
        columns: columns().map(Figure::label).collect(),
        first_column: view.by.label(),
        lines,
        sum: line(&view, "合计".to_owned(), String::new(), &sums.all),
        csv_href: view.href("/desk/reports.csv"),
        xlsx_href: view.href("/desk/reports.xlsx"),
    })
}
