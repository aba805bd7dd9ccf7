//! The counter of the figures: every few seconds it counts the cases that changed. When many did it works a part of the
//! time only, so that it takes nothing from those who wait for a page. A lease lets one node do it; two at once would
//! only wait for each other.

use crate::{app::App, error::Result, figures::flow, store::lease};
use std::time::{Duration as Wait, Instant};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The lease's name.
const LEASE: &str = "figure_counter";
/// How long the lease holds; a node that dies is followed by another after it.
const HOLD: Duration = Duration::seconds(30);
/// Between two turns when nothing waits.
const PAUSE: Wait = Wait::from_secs(5);
/// With a backlog it rests so many times as long as a turn took.
const REST: u32 = 3;

/// One turn, if this owner holds the lease: whether there may be more to count. `None` while another node counts.
///
/// # Errors
/// The database is away; the next turn does the work.
pub async fn pass(app: &App, owner: Uuid) -> Result<Option<bool>> {
    let now = app.now();
    let mut conn = app.store.conn().await?;
    let ours = lease::lease_take(&mut conn, LEASE, owner, now, now + HOLD).await?;
    drop(conn);
    if !ours {
        return Ok(None);
    }
    flow::turn(app).await.map(Some)
}

/// Counts until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let owner = app.ids.next();
    let mut rest = PAUSE;
    while stop
        .run_until_cancelled(tokio::time::sleep(rest))
        .await
        .is_some()
    {
        let start = Instant::now();
        rest = match pass(&app, owner).await {
            Ok(Some(true)) => start.elapsed() * REST,
            Ok(_) => PAUSE,
            Err(e) => {
                tracing::warn!(error = %e, "counting of figures postponed");
                PAUSE
            }
        };
    }
    if let Ok(mut conn) = app.store.conn().await {
        let _ = lease::lease_drop(&mut conn, LEASE, owner).await;
    }
}
