//! Schema changes: one statement a file in `migrations/`, embedded, run by `minsheng migrate` only. The server checks
//! at start and never migrates.
//!
//! DDL commits by itself on both engines, so a file holds one statement, and a lock of our own keeps two runs apart
//! (sqlx's own lock is void on MariaDB).

use super::{Store, from_sqlx};
use crate::error::{Error, Result};
use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

#[derive(rust_embed::Embed)]
#[folder = "migrations"]
struct Files;

/// The embedded migrations in order.
fn migrations() -> Vec<Migration> {
    let mut all: Vec<Migration> = Files::iter()
        .filter_map(|name| {
            let (version, description) = name.strip_suffix(".sql")?.split_once('_')?;
            let sql = String::from_utf8(Files::get(&name)?.data.into_owned()).ok()?;
            Some(Migration::new(
                version.parse().ok()?,
                description.to_owned().into(),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                true,
            ))
        })
        .collect();
    all.sort();
    all
}

/// Brings the schema up to this binary's version.
///
/// # Errors
/// Another run holds the lock for a minute, or a statement fails (the message names the file to repair).
pub async fn run(store: &Store) -> Result<usize> {
    let all = migrations();
    let count = all.len();
    let mut migrator = Migrator::with_migrations(all);
    migrator.set_locking(false);
    let mut conn = store.conn().await?;
    let got: Option<i64> =
        sqlx::query_scalar("SELECT CAST(GET_LOCK('minsheng_migrate', 60) AS SIGNED)")
            .fetch_one(&mut *conn)
            .await
            .map_err(from_sqlx)?;
    if got != Some(1) {
        return Err(Error::Unavailable(
            "another process is migrating; try again".into(),
        ));
    }
    let done = migrator
        .run(&mut *conn)
        .await
        .map_err(|e| Error::Internal(format!("migration: {e}")));
    sqlx::query("SELECT RELEASE_LOCK('minsheng_migrate')")
        .execute(&mut *conn)
        .await
        .map_err(from_sqlx)?;
    done.map(|()| count)
}

/// The versions that this binary needs and the database lacks.
///
/// # Errors
/// The database is away.
pub async fn missing(store: &Store) -> Result<Vec<i64>> {
    let mut conn = store.conn().await?;
    let done: std::result::Result<Vec<i64>, _> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success = 1")
            .fetch_all(&mut *conn)
            .await;
    let done = match done {
        Ok(done) => done,
        // 1146: the table is not there yet
        Err(sqlx::Error::Database(e)) if e.message().contains("_sqlx_migrations") => Vec::new(),
        Err(e) => return Err(from_sqlx(e)),
    };
    Ok(migrations()
        .into_iter()
        .map(|m| m.version)
        .filter(|v| !done.contains(v))
        .collect())
}
