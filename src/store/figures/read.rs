//! What the pages and exports read: cells of a period, the cases behind a number.

use super::{Place, from_sqlx, inconsistent};
use crate::{
    error::Result,
    figures::{Month, Period, Slot},
    store::Conn,
};
use sqlx::{FromRow, MySql, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows a page shows.
pub const PAGE: usize = 50;

/// Which cases are asked for.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The months.
    pub period: Period,
    /// Only this department's, nil for what waits at intake; `None`: all.
    pub department: Option<Uuid>,
    /// Only this street's, empty for outside.
    pub street: Option<String>,
    /// Only this category's.
    pub category: Option<String>,
}

#[derive(FromRow)]
pub(super) struct CellRow {
    month: i32,
    department: Uuid,
    street: String,
    category: String,
    tally: String,
}

impl CellRow {
    pub(super) fn read(self) -> Result<(Month, Place, String)> {
        let month = Month::from_number(self.month)
            .ok_or_else(|| inconsistent("figure_cell.month", &self.month.to_string()))?;
        let place = Place {
            department: self.department,
            street: self.street,
            category: self.category,
        };
        Ok((month, place, self.tally))
    }
}

fn places(q: &mut QueryBuilder<MySql>, scope: &Scope) {
    if let Some(department) = scope.department {
        q.push(" AND m.department = ").push_bind(department);
    }
    if let Some(street) = &scope.street {
        q.push(" AND m.street = ").push_bind(street.clone());
    }
    if let Some(category) = &scope.category {
        q.push(" AND m.category = ").push_bind(category.clone());
    }
}

/// Every cell of a scope, as it was at one instant.
///
/// # Errors
/// The database is away.
pub async fn cells_in(conn: &mut Conn, scope: &Scope) -> Result<Vec<(Month, Place, String)>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT m.month, m.department, m.street, m.category, m.tally FROM figure_cell m WHERE m.month BETWEEN ",
    );
    q.push_bind(scope.period.from.number())
        .push(" AND ")
        .push_bind(scope.period.to.number());
    places(&mut q, scope);
    let rows: Vec<CellRow> = q
        .build_query_as()
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)?;
    rows.into_iter().map(CellRow::read).collect()
}

/// How many cases wait to be counted, at most `limit`.
///
/// # Errors
/// The database is away.
pub async fn waiting(conn: &mut Conn, limit: u32) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT id FROM case_file WHERE recount = 1 LIMIT ?) t",
    )
    .bind(limit)
    .fetch_one(conn)
    .await
    .map_err(from_sqlx)
}

/// A case behind a number.
#[derive(Debug, Clone, FromRow)]
pub struct Behind {
    /// The day that decides to which month it belongs.
    pub on_day: Date,
    /// Its id.
    pub case_id: Uuid,
    /// The slot's code.
    pub slot: String,
    /// Days since receipt.
    pub days: Option<i32>,
    /// Money.
    pub fen: i64,
    /// Its number.
    pub number: String,
    /// Kind code.
    pub kind: String,
    /// State code.
    pub state: String,
    /// Redacted first words.
    pub title: String,
    /// Trader.
    pub trader_name: String,
    /// Kind of trader.
    pub trader_kind: String,
    /// Where it is counted.
    pub department: Uuid,
    /// Street code, may be empty.
    pub street: String,
    /// Category code.
    pub category: String,
    /// Receipt.
    pub received_at: OffsetDateTime,
}

/// The cases of a scope in these slots, newest day first, at most `limit` after a row. Each slot is read in the order of
/// its index and the first ones of all are kept, so that a page costs the same however many cases there are.
///
/// # Errors
/// The database is away.
pub async fn behind(
    conn: &mut Conn,
    scope: &Scope,
    slots: &[Slot],
    after: Option<(Date, Uuid)>,
    limit: u32,
) -> Result<Vec<Behind>> {
    let mut q = QueryBuilder::<MySql>::new(
        "SELECT k.on_day, k.case_id, k.slot, k.days, k.fen, c.number, c.kind, c.state, c.title, c.trader_name, \
         c.trader_kind, k.department, k.street, k.category, c.received_at FROM (",
    );
    for (i, slot) in slots.iter().enumerate() {
        q.push(if i == 0 { "(" } else { " UNION ALL (" });
        q.push(
            "SELECT m.on_day, m.case_id, m.slot, m.days, m.fen, m.department, m.street, m.category FROM case_mark m \
             WHERE m.slot = ",
        )
        .push_bind(slot.code())
        .push(" AND m.on_day >= ")
        .push_bind(scope.period.from.first())
        .push(" AND m.on_day <= ")
        .push_bind(after.map_or(scope.period.to.last(), |a| a.0.min(scope.period.to.last())));
        places(&mut q, scope);
        if let Some((day, id)) = after {
            q.push(" AND (m.on_day < ").push_bind(day);
            q.push(" OR m.case_id < ").push_bind(id).push(")");
        }
        q.push(" ORDER BY m.on_day DESC, m.case_id DESC LIMIT ")
            .push_bind(limit)
            .push(")");
    }
    q.push(" ORDER BY on_day DESC, case_id DESC LIMIT ")
        .push_bind(limit)
        .push(") k JOIN case_file c ON c.id = k.case_id ORDER BY k.on_day DESC, k.case_id DESC");
    q.build_query_as().fetch_all(conn).await.map_err(from_sqlx)
}
