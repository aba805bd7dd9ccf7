//! The sealer of the audit trail: each two seconds it links what was committed, and once a day it signs the chain's
//! head. A lease lets one node do it; two at once would only waste work.

use crate::{app::App, audit::flow, error::Result, store::lease};
use std::time::{Duration as Wait, Instant};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The lease's name.
const LEASE: &str = "audit_sealer";
/// How long the lease holds; a node that dies is followed by another after it.
const HOLD: Duration = Duration::seconds(5);
/// Between two runs.
const PAUSE: Wait = Wait::from_secs(2);
/// Between two looks at the whole trail, for lines that were committed very late.
const WHOLE: Wait = Wait::from_secs(3600);

/// One run, if this owner holds the lease: how many lines were linked. `None` while another node seals.
///
/// # Errors
/// The database is away; the next run does the work.
pub async fn pass(app: &App, owner: Uuid, whole: bool) -> Result<Option<usize>> {
    let now = app.now();
    let mut conn = app.store.conn().await?;
    let ours = lease::lease_take(&mut conn, LEASE, owner, now, now + HOLD).await?;
    drop(conn);
    if !ours {
        return Ok(None);
    }
    let sealed = flow::seal(app, whole).await?;
    flow::anchor(app).await?;
    Ok(Some(sealed))
}

/// Seals until told to stop, and once more then.
pub async fn run(app: App, stop: CancellationToken) {
    let owner = app.ids.next();
    let mut whole_at: Option<Instant> = None;
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        let whole = whole_at.is_none_or(|at| at.elapsed() > WHOLE);
        match pass(&app, owner, whole).await {
            Ok(Some(sealed)) => {
                metrics::counter!("minsheng_audit_sealed_total").increment(sealed as u64);
                if whole {
                    whole_at = Some(Instant::now());
                }
            }
            // a node that takes over looks at everything first
            Ok(None) => whole_at = None,
            Err(e) => tracing::warn!(error = %e, "audit sealing postponed"),
        }
        if ended {
            break;
        }
    }
    if let Ok(mut conn) = app.store.conn().await {
        let _ = lease::lease_drop(&mut conn, LEASE, owner).await;
    }
}
