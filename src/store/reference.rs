//! Reference data: departments, streets, categories, dispatch rules, facts about the database, running numbers.

use super::{Conn, from_sqlx};
use crate::{
    error::Result,
    kernel::{DepartmentId, words::CaseKind},
    triage::rules::Rule,
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A department 部门 or an office outside.
#[derive(Debug, Clone, FromRow, serde::Serialize)]
pub struct Department {
    /// Its id.
    pub id: Uuid,
    /// Its function, e.g. `market`; dispatch rules name it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where residents call.
    pub phone: String,
    /// Handles cases in this portal.
    pub inside: bool,
}

/// A street 街道.
#[derive(Debug, Clone, FromRow)]
pub struct Street {
    /// Statistical code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A line of a code table (rules X-01).
#[derive(Debug, Clone, FromRow)]
pub struct Category {
    /// Code.
    pub code: String,
    /// `goods`, `service`, `problem`.
    pub family: String,
    /// Name.
    pub name: String,
    /// The subject that dispatch uses, for goods and services.
    pub subject: Option<String>,
}

/// All active departments.
///
/// # Errors
/// The database is away.
pub async fn departments(conn: &mut Conn) -> Result<Vec<Department>> {
    sqlx::query_as("SELECT id, code, name, phone, inside FROM department WHERE active = 1 ORDER BY inside DESC, code")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// All streets.
///
/// # Errors
/// The database is away.
pub async fn streets(conn: &mut Conn) -> Result<Vec<Street>> {
    sqlx::query_as("SELECT code, name FROM street ORDER BY code")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

/// All categories in form order.
///
/// # Errors
/// The database is away.
pub async fn categories(conn: &mut Conn) -> Result<Vec<Category>> {
    sqlx::query_as("SELECT code, family, name, subject FROM category ORDER BY family, ord")
        .fetch_all(conn)
        .await
        .map_err(from_sqlx)
}

#[derive(FromRow)]
struct RuleRow {
    id: Uuid,
    ord: i32,
    kind: Option<String>,
    subject: Option<String>,
    street: Option<String>,
    trader_kind: Option<String>,
    lead_code: Option<String>,
    co_codes: String,
    reason: String,
    active: bool,
}

impl From<RuleRow> for Rule {
    fn from(r: RuleRow) -> Self {
        Self {
            id: r.id,
            ord: r.ord,
            kind: r.kind.as_deref().and_then(CaseKind::from_code),
            subject: r.subject,
            street: r.street,
            trader_kind: r.trader_kind,
            lead: r.lead_code,
            co: r
                .co_codes
                .split(',')
                .filter(|c| !c.is_empty())
                .map(str::to_owned)
                .collect(),
            reason: r.reason,
            active: r.active,
        }
    }
}

/// Dispatch rules in order, inactive ones too.
///
/// # Errors
/// The database is away.
pub async fn rules(conn: &mut Conn) -> Result<Vec<Rule>> {
    let rows: Vec<RuleRow> = sqlx::query_as(
        "SELECT id, ord, kind, subject, street, trader_kind, lead_code, co_codes, reason, active \
         FROM dispatch_rule ORDER BY ord, id",
    )
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(rows.into_iter().map(Rule::from).collect())
}

/// Writes a rule, new or changed.
///
/// # Errors
/// The database is away.
pub async fn rule_save(conn: &mut Conn, rule: &Rule, at: OffsetDateTime) -> Result<()> {
    sqlx::query(
        "INSERT INTO dispatch_rule (id, ord, kind, subject, street, trader_kind, lead_code, co_codes, reason, active, changed_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE ord = VALUES(ord), kind = VALUES(kind), \
         subject = VALUES(subject), street = VALUES(street), trader_kind = VALUES(trader_kind), \
         lead_code = VALUES(lead_code), co_codes = VALUES(co_codes), reason = VALUES(reason), \
         active = VALUES(active), changed_at = VALUES(changed_at)",
    )
    .bind(rule.id)
    .bind(rule.ord)
    .bind(rule.kind.map(CaseKind::code))
    .bind(&rule.subject)
    .bind(&rule.street)
    .bind(&rule.trader_kind)
    .bind(&rule.lead)
    .bind(rule.co.join(","))
    .bind(&rule.reason)
    .bind(rule.active)
    .bind(at)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Adds or renames a department; the code is its identity.
///
/// # Errors
/// The database is away.
pub async fn department_save(conn: &mut Conn, d: &Department) -> Result<()> {
    sqlx::query(
        "INSERT INTO department (id, code, name, phone, inside, active) VALUES (?, ?, ?, ?, ?, 1) \
         ON DUPLICATE KEY UPDATE name = VALUES(name), phone = VALUES(phone), inside = VALUES(inside)",
    )
    .bind(d.id)
    .bind(&d.code)
    .bind(&d.name)
    .bind(&d.phone)
    .bind(d.inside)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Adds a street or renames it.
///
/// # Errors
/// The database is away.
pub async fn street_save(conn: &mut Conn, code: &str, name: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO street (code, name, station) VALUES (?, ?, NULL) ON DUPLICATE KEY UPDATE name = VALUES(name)",
    )
    .bind(code)
    .bind(name)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Adds a community or renames it.
///
/// # Errors
/// The database is away.
pub async fn community_save(conn: &mut Conn, code: &str, street: &str, name: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO community (code, street, name) VALUES (?, ?, ?) \
         ON DUPLICATE KEY UPDATE street = VALUES(street), name = VALUES(name)",
    )
    .bind(code)
    .bind(street)
    .bind(name)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// Adds a category or changes it.
///
/// # Errors
/// The database is away.
pub async fn category_save(conn: &mut Conn, c: &Category, source: &str, ord: i32) -> Result<()> {
    sqlx::query(
        "INSERT INTO category (code, family, name, subject, source, ord) VALUES (?, ?, ?, ?, ?, ?) \
         ON DUPLICATE KEY UPDATE family = VALUES(family), name = VALUES(name), subject = VALUES(subject), \
         source = VALUES(source), ord = VALUES(ord)",
    )
    .bind(&c.code)
    .bind(&c.family)
    .bind(&c.name)
    .bind(&c.subject)
    .bind(source)
    .bind(ord)
    .execute(conn)
    .await
    .map_err(from_sqlx)?;
    Ok(())
}

/// A fact about the database.
///
/// # Errors
/// The database is away.
pub async fn meta(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM meta WHERE name = ?")
        .bind(name)
        .fetch_optional(conn)
        .await
        .map_err(from_sqlx)
}

/// Sets a fact about the database.
///
/// # Errors
/// The database is away.
pub async fn meta_set(conn: &mut Conn, name: &str, value: &str) -> Result<()> {
    sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)")
        .bind(name)
        .bind(value)
        .execute(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(())
}

/// Takes a block of running numbers: the first of `size` numbers that nobody else gets.
///
/// Runs in a transaction of its own, so that a submission never waits for another's numbers.
///
/// # Errors
/// The database is away.
pub async fn counter_take(conn: &mut Conn, name: &str, size: i64) -> Result<i64> {
    sqlx::query(
        "INSERT INTO counter (name, next_value) VALUES (?, 1 + ?) \
         ON DUPLICATE KEY UPDATE next_value = next_value + VALUES(next_value) - 1",
    )
    .bind(name)
    .bind(size)
    .execute(&mut *conn)
    .await
    .map_err(from_sqlx)?;
    let next: i64 = sqlx::query_scalar("SELECT next_value FROM counter WHERE name = ?")
        .bind(name)
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)?;
    Ok(next - size)
}

/// How many cases are stored (for the demo's banner and the bench).
///
/// # Errors
/// The database is away.
pub async fn case_count(conn: &mut Conn) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM case_file")
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}

/// The id type of departments, from the store's bytes.
#[must_use]
pub const fn department_id(id: Uuid) -> DepartmentId {
    DepartmentId(id)
}
