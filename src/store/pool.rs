//! Connections kept for the next request. sqlx's own pool asks the server for a sign of life each time a connection
//! comes back (twice with a hook), which is more than the work itself for a page that reads one row. Here a
//! connection comes back at once; it is asked only when there is a reason to doubt it: an open transaction, a lost
//! connection anywhere in the process since it was taken, a long rest.

use sqlx::{ConnectOptions, Connection, Executor, MySqlConnection, mysql::MySqlConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a request waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a doubtful connection may take to answer.
const PULSE: Duration = Duration::from_millis(500);
/// After this rest a connection is asked before it is used.
const RESTED: Duration = Duration::from_secs(30);
/// After this rest it is closed.
const IDLE: Duration = Duration::from_secs(300);

/// Grows whenever a connection was found broken: every other one is asked before its next use.
static TROUBLE: AtomicU64 = AtomicU64::new(0);

/// Notes that a connection broke.
pub(super) fn trouble() {
    TROUBLE.fetch_add(1, Ordering::Relaxed);
}

struct Idle {
    conn: MySqlConnection,
    since: Instant,
    trouble: u64,
}

struct Inner {
    options: MySqlConnectOptions,
    session: &'static [&'static str],
    most: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
}

/// Connections, opened when needed, at most so many at once.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("most", &self.0.most)
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool that connects when first asked; each new connection runs `session` once.
    pub(super) fn new(
        options: MySqlConnectOptions,
        most: u32,
        session: &'static [&'static str],
    ) -> Self {
        let free = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self(Arc::new(Inner {
            options,
            session,
            most,
            free,
            idle: Mutex::default(),
        }))
    }

    /// A connection, waited for at most five seconds.
    pub(super) async fn acquire(&self) -> sqlx::Result<Lease> {
        timeout(PATIENCE, async {
            let permit = Arc::clone(&self.0.free)
                .acquire_owned()
                .await
                .map_err(|_| sqlx::Error::PoolClosed)?;
            let trouble = TROUBLE.load(Ordering::Relaxed);
            let conn = match self.rested(trouble).await {
                Some(conn) => conn,
                None => self.connect().await?,
            };
            Ok(Lease {
                conn: Some(conn),
                permit: Some(permit),
                pool: self.clone(),
                trouble,
                open: false,
            })
        })
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// The connection that came back last and is alive.
    async fn rested(&self, trouble: u64) -> Option<MySqlConnection> {
        loop {
            let mut idle = self
                .0
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()?;
            if idle.trouble == trouble && idle.since.elapsed() < RESTED {
                return Some(idle.conn);
            }
            if idle.since.elapsed() < IDLE && alive(&mut idle.conn).await {
                return Some(idle.conn);
            }
        }
    }

    async fn connect(&self) -> sqlx::Result<MySqlConnection> {
        let mut conn = self.0.options.connect().await?;
        for statement in self.0.session {
            conn.execute(*statement).await?;
        }
        Ok(conn)
    }

    fn give_back(&self, conn: MySqlConnection, trouble: u64) {
        let now = Instant::now();
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle {
            conn,
            since: now,
            trouble,
        });
        // the ones that nobody needed for long lie at the bottom
        let old = idle
            .iter()
            .take_while(|i| now.duration_since(i.since) > IDLE)
            .count();
        idle.drain(..old);
    }

    /// Closes what rests, and what is still in use when it comes back.
    pub(super) async fn close(&self) {
        let _ = timeout(
            PATIENCE,
            Arc::clone(&self.0.free).acquire_many_owned(self.0.most),
        )
        .await;
        self.0.free.close();
        let rest = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for idle in rest {
            let _ = timeout(PULSE, idle.conn.close()).await;
        }
    }

    /// Connections that are open, and those of them that rest.
    pub(super) fn size(&self) -> (u32, usize) {
        let idle = self
            .0
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        let used = self
            .0
            .most
            .saturating_sub(u32::try_from(self.0.free.available_permits()).unwrap_or(0));
        (used + u32::try_from(idle).unwrap_or(0), idle)
    }
}

async fn alive(conn: &mut MySqlConnection) -> bool {
    matches!(timeout(PULSE, conn.ping()).await, Ok(Ok(())))
}

/// A connection in use; goes back when dropped.
pub struct Lease {
    conn: Option<MySqlConnection>,
    permit: Option<OwnedSemaphorePermit>,
    pool: Pool,
    trouble: u64,
    /// A transaction was begun and neither committed nor rolled back.
    open: bool,
}

#[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
impl Deref for Lease {
    type Target = MySqlConnection;

    fn deref(&self) -> &MySqlConnection {
        self.conn
            .as_ref()
            .expect("a lease in use has its connection")
    }
}

#[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut MySqlConnection {
        self.conn
            .as_mut()
            .expect("a lease in use has its connection")
    }
}

impl Lease {
    /// Opens a transaction; dropped without [`Lease::commit`] it is rolled back.
    pub(super) async fn begin(&mut self) -> sqlx::Result<()> {
        self.open = true;
        self.execute("BEGIN").await.map(|_| ())
    }

    /// Commits and gives the connection back.
    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        self.execute("COMMIT").await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        let trouble = TROUBLE.load(Ordering::Relaxed);
        if !self.open && trouble == self.trouble && !std::thread::panicking() {
            self.pool.give_back(conn, trouble);
            return;
        }
        // Doubtful: rolled back and asked apart from the request; without an answer it is closed.
        let (pool, permit, open) = (self.pool.clone(), self.permit.take(), self.open);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let clean = async {
                    if open {
                        conn.execute("ROLLBACK").await?;
                    }
                    conn.ping().await
                };
                if matches!(timeout(PULSE, clean).await, Ok(Ok(()))) {
                    pool.give_back(conn, trouble);
                }
                drop(permit);
            });
        }
    }
}
