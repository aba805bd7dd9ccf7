//! The table of figures, the same on the page and in a file: one row a month, department, street or category, one column
//! a figure.

use super::{
    super::{By, Figure, Part, Period, Tally, Value, per_mille},
    Key, Table,
};
use crate::{
    reference::Reference,
    sheet::{Cell, Row},
};

/// The name of a row.
#[must_use]
pub fn name(key: &Key, known: &Reference) -> String {
    match key {
        Key::Month(month) => month.label(),
        Key::Department(id) => known
            .department(Some(*id))
            .map_or_else(|| "受理岗（未分派）".to_owned(), |d| d.name.clone()),
        Key::Street(code) if code.is_empty() => "区外或者不清楚".to_owned(),
        Key::Street(code) => known.street_name(Some(code)).to_owned(),
        Key::Category(code) => known.category_name(code).to_owned(),
    }
}

/// The rows of a table in the order in which people look for them: months as they come, all others by how many cases.
/// Months without any case have a row too.
#[must_use]
pub fn rows(table: &Table, by: By, period: Period) -> Vec<(Key, Tally)> {
    if by == By::Month {
        return period
            .months()
            .map(|m| {
                let tally = table.months.get(&m).cloned().unwrap_or_default();
                (Key::Month(m), tally)
            })
            .collect();
    }
    let received = |t: &Tally| {
        let n = |f: Figure| t.count(f.shape().slots(Part::Of));
        n(Figure::Complaints) + n(Figure::Reports)
    };
    let mut rows: Vec<(Key, Tally)> = table
        .split
        .iter()
        .map(|(k, t)| (k.clone(), t.clone()))
        .collect();
    rows.sort_by_key(|(key, t)| (-received(t), key.clone()));
    rows
}

/// The heading of a file.
#[must_use]
pub fn heading(by: By) -> Vec<String> {
    let mut out = vec![by.label().to_owned()];
    for figure in Figure::ALL {
        let name = figure.label();
        match figure.value(&Tally::default()) {
            Value::Count(_) => out.push(format!("{name}（件）")),
            Value::Rate { .. } => out.extend([
                format!("{name}（%）"),
                format!("{name}：符合的件数"),
                format!("{name}：应计的件数"),
            ]),
            Value::Money { .. } => {
                out.extend([format!("{name}（元）"), format!("{name}：件数")]);
            }
            Value::Days { .. } => out.extend([
                format!("{name}中位数（天）"),
                format!("{name}九成以内（天）"),
                format!("{name}：件数"),
            ]),
        }
    }
    out
}

/// One row of a file, under [`heading`].
#[must_use]
pub fn cells(name: String, tally: &Tally) -> Row {
    let mut out = vec![Cell::Text(name)];
    for figure in Figure::ALL {
        match figure.value(tally) {
            Value::Count(n) => out.push(Cell::Int(n)),
            Value::Rate { of, all } => out.extend([
                Cell::PerMille(per_mille(of, all)),
                Cell::Int(of),
                Cell::Int(all),
            ]),
            Value::Money { fen, cases } => out.extend([Cell::Fen(fen), Cell::Int(cases)]),
            Value::Days {
                median,
                ninth,
                cases,
            } => out.extend([Cell::number(median), Cell::number(ninth), Cell::Int(cases)]),
        }
    }
    out
}

/// A whole file: every row, and the sum.
#[must_use]
pub fn file(table: &Table, by: By, period: Period, known: &Reference) -> Vec<Row> {
    let mut out: Vec<Row> = rows(table, by, period)
        .iter()
        .map(|(key, tally)| cells(name(key, known), tally))
        .collect();
    out.push(cells("合计".to_owned(), &table.all));
    out
}
