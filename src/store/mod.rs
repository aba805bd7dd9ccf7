//! The only room with SQL. `Store` owns the pool; functions are named object first (`case_insert`, `draft_save`) and
//! take a connection, so that a flow can put several into one transaction with [`tx!`].
//! It turns rows into domain types and back and holds no rule of law.

pub mod alerts;
pub mod audit;
pub mod calendar;
pub mod case;
pub mod co;
pub mod draft;
pub mod escalation;
pub mod evidence;
pub mod exchange;
pub mod facts;
pub mod figures;
pub mod jobs;
pub mod lease;
pub mod links;
pub mod lists;
pub mod migrate;
pub mod notes;
pub mod notices;
pub mod parties;
mod pool;
pub mod recusal;
pub mod reference;
pub mod reporter;
pub mod security;
pub mod similar;
pub mod staff;
pub mod traders;
pub mod views;

use crate::error::Error;
pub use pool::Lease;
use sqlx::{MySqlConnection, mysql::MySqlConnectOptions};
use std::str::FromStr;

/// The database: a pool whose connections all speak READ COMMITTED, strict SQL, UTC.
#[derive(Clone, Debug)]
pub struct Store {
    pool: pool::Pool,
}

/// What each new connection runs once: the same rules on both engines (MariaDB lacks ONLY_FULL_GROUP_BY by default).
const SESSION: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT'",
];

impl Store {
    /// Makes the pool. It connects lazily, so that a server can start before its database does.
    ///
    /// # Errors
    /// The URL cannot be read.
    pub fn new(url: &str, connections: u32) -> anyhow::Result<Self> {
        let options = MySqlConnectOptions::from_str(url)?.statement_cache_capacity(256);
        let pool = pool::Pool::new(options, connections, &SESSION);
        Ok(Self { pool })
    }

    /// A connection for statements that stand alone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database is away.
    pub async fn conn(&self) -> Result<Lease, Error> {
        self.pool.acquire().await.map_err(from_sqlx)
    }

    /// Opens a transaction; use [`tx!`] instead, which retries.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database is away.
    pub async fn begin(&self) -> Result<Lease, Error> {
        let mut lease = self.conn().await?;
        lease.begin().await.map_err(from_sqlx)?;
        Ok(lease)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        sqlx::query("SELECT 1")
            .execute(&mut *conn)
            .await
            .map_err(from_sqlx)?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Connections in use and in the pool, for metrics.
    #[must_use]
    pub fn pool_size(&self) -> (u32, usize) {
        self.pool.size()
    }
}

/// Runs a block in one transaction, commit included, and runs the whole of it again on a deadlock or lock wait
/// (1213, 1205; Galera reports conflicts as 1213 at COMMIT). The block must have no effect outside the database.
///
/// `tx!(store, conn => { … Ok(value) })`
#[macro_export]
macro_rules! tx {
    ($store:expr, $conn:ident => $body:block) => {{
        let mut tries = 0_u32;
        loop {
            let attempt: $crate::error::Result<_> = async {
                let mut transaction = $store.begin().await?;
                let out: $crate::error::Result<_> = {
                    let $conn: &mut sqlx::MySqlConnection = &mut transaction;
                    $body
                };
                let out = out?;
                $crate::store::commit(transaction).await?;
                Ok(out)
            }
            .await;
            match attempt {
                Err(ref e) if tries < 5 && $crate::store::is_retry(e) => {
                    tries += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(u64::from(
                        3 * tries * tries,
                    )))
                    .await;
                }
                other => break other,
            }
        }
    }};
}

/// Commits, with the error mapped.
///
/// # Errors
/// [`Error::Unavailable`] or a retry mark.
pub async fn commit(transaction: Lease) -> Result<(), Error> {
    transaction.commit().await.map_err(from_sqlx)
}

/// The mark of an error after which the whole transaction may run again.
const RETRY: &str = "retry the transaction: ";

/// Whether the whole transaction should run again.
#[must_use]
pub fn is_retry(e: &Error) -> bool {
    matches!(e, Error::Unavailable(m) if m.starts_with(RETRY))
}

/// Maps a driver's error: deadlocks to a retry, lost connections and full pools to `Unavailable`, the rest to
/// `Internal`.
#[must_use]
pub fn from_sqlx(e: sqlx::Error) -> Error {
    use sqlx::Error as E;
    if let E::Database(db) = &e
        && let Some(my) = db.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
    {
        // shutting down, killed, gone
        if matches!(my.number(), 1053 | 1927 | 1152 | 1184 | 4031) {
            pool::trouble();
        }
        return match my.number() {
            1213 | 1205 | 8002 | 8022 | 9007 => {
                Error::Unavailable(format!("{RETRY}{}", my.number()))
            }
            // read only, shutting down, too many connections, disk full, unknown database, access denied
            1290 | 1792 | 1836 | 1053 | 1040 | 1021 | 1049 | 1044 | 1045 | 1203 | 3 | 1114 => {
                Error::Unavailable(my.message().to_owned())
            }
            _ => Error::Internal(format!("database {}: {}", my.number(), my.message())),
        };
    }
    if matches!(e, E::Io(_) | E::Tls(_) | E::Protocol(_)) {
        pool::trouble();
    }
    match e {
        E::Io(_)
        | E::PoolTimedOut
        | E::PoolClosed
        | E::WorkerCrashed
        | E::Tls(_)
        | E::Protocol(_) => Error::Unavailable(e.to_string()),
        E::RowNotFound => Error::NotFound,
        other => Error::Internal(other.to_string()),
    }
}

/// Whether an error is a violated unique key (both engines; the key's name is in the message only).
#[must_use]
pub fn is_duplicate(e: &sqlx::Error) -> bool {
    matches!(e, sqlx::Error::Database(db) if db.is_unique_violation())
}

/// A stored value that no enum knows: our own fault, named with its column.
pub(crate) fn inconsistent(column: &'static str, value: &str) -> Error {
    Error::Internal(format!("stored value {value:?} in {column} is not known"))
}

/// Shorthand of the store's functions: a connection inside or outside of a transaction.
pub type Conn = MySqlConnection;
