//! What `minsheng doctor` and the seeding ask of the database server and of nearly empty tables.

use super::{Conn, from_sqlx};
use crate::error::Result;
use sqlx::FromRow;

/// What the server says of itself and of a session of the pool.
#[derive(Debug, Clone)]
pub struct ServerFacts {
    /// `VERSION()`, e.g. `11.8.3-MariaDB` or `8.4.6`.
    pub version: String,
    /// `READ-COMMITTED` in a healthy session.
    pub isolation: String,
    /// The SQL mode of the session.
    pub sql_mode: String,
}

#[derive(FromRow)]
struct Variable(String, String);

/// Facts of the server, seen through a session of the pool.
///
/// # Errors
/// The database is away.
pub async fn server(conn: &mut Conn) -> Result<ServerFacts> {
    let version = sqlx::query_scalar("SELECT VERSION()")
        .fetch_one(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    // MariaDB before 11.1 knows the first by its older name only.
    let rows: Vec<Variable> = sqlx::query_as(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', 'sql_mode')",
    )
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)?;
    let value = |ending: &str| {
        rows.iter()
            .find(|v| v.0.ends_with(ending))
            .map(|v| v.1.clone())
            .unwrap_or_default()
    };
    Ok(ServerFacts {
        version,
        isolation: value("isolation"),
        sql_mode: value("sql_mode"),
    })
}

/// People at the desk who are not switched off, by role code.
///
/// # Errors
/// The database is away.
pub async fn staff_by_role(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "SELECT role, COUNT(*) FROM staff WHERE disabled_at IS NULL GROUP BY role ORDER BY role",
    )
    .fetch_all(conn)
    .await
    .map_err(from_sqlx)
}

/// How many communities are loaded.
///
/// # Errors
/// The database is away.
pub async fn community_count(conn: &mut Conn) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM community")
        .fetch_one(conn)
        .await
        .map_err(from_sqlx)
}
