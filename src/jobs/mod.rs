//! Background sweeps: reconcilers that take no input, may run twice, and do the same work each time. The queue of
//! outside effects is in [`queue`], the sending of notices in [`deliver`], to traders in [`trader`],
//! telling whom it concerns that a date comes near in [`escalate`].

pub mod alarm;
pub mod counter;
pub mod deliver;
pub mod escalate;
pub mod queue;
pub mod sealer;
pub mod trader;

use crate::{
    app::App,
    casework::flow,
    evidence::flow as evidence,
    identity::IDLE,
    intake::draft::DRAFT_DAYS,
    store::{case, draft, jobs as job_rows, security, staff},
    traders::flow as traders,
};
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::{NoContext, Timestamp, Uuid};

/// How long the sealed receipts of a submission can be shown again to its sender's browser.
const RECEIPT_DAYS: i64 = 3;
/// How long the network log is kept (P-13: at least six months).
const ACCESS_LOG_DAYS: i64 = 184;
/// How long a job that was done is remembered; its effect has its own proof.
const JOB_DAYS: i64 = 30;

/// A day and a quarter of an hour in passes of ten seconds.
const DAY: u32 = 8640;
const SOON: u32 = 90;

/// The smallest id that a row made at `at` can have.
fn id_at(at: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    let mut bytes = *Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0)).as_bytes();
    for b in &mut bytes[6..] {
        *b = 0;
    }
    Uuid::from_bytes(bytes)
}

/// One pass of every sweep.
///
/// # Errors
/// The database is away; the next pass does the work.
pub async fn sweep(app: &App) -> crate::error::Result<()> {
    let now = app.now();
    app.limits.sweep();
    let mut conn = app.store.conn().await?;
    let drafts = now - Duration::days(DRAFT_DAYS);
    let receipts = id_at(now - Duration::days(RECEIPT_DAYS));
    // a server that was off for a month still finds what it left
    let old = id_at(now - Duration::days(RECEIPT_DAYS + 60));
    while draft::draft_sweep(&mut conn, id_at(drafts), drafts).await? == 500 {}
    while case::submission_forget(&mut conn, old, receipts).await? == 500 {}
    while security::access_log_sweep(&mut conn, id_at(now - Duration::days(ACCESS_LOG_DAYS)))
        .await?
        == 500
    {}
    while staff::session_sweep(&mut conn, now, now - IDLE).await? == 500 {}
    let late = traders::expire(app).await?;
    if late.invitations + late.offers > 0 {
        tracing::info!(
            late.invitations,
            late.offers,
            "invitations and offers ended"
        );
    }
    trader::settle(app).await?;
    escalate::pass(app).await?;
    flow::key_older(app).await?;
    evidence::light(app).await?;
    while job_rows::job_sweep(&mut conn, now - Duration::days(JOB_DAYS)).await? == 500 {}
    Ok(())
}

/// Runs the sweeps each minute and reads the reference data again each ten seconds, and the sealer of the audit trail
/// and the counter of the figures beside them, until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let sealer = tokio::spawn(sealer::run(app.clone(), stop.clone()));
    let counter = tokio::spawn(counter::run(app.clone(), stop.clone()));
    let mut ticks = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(std::time::Duration::from_secs(10)) => {}
        }
        ticks += 1;
        if let Err(e) = app.refresh().await {
            tracing::warn!(error = %e, "reference data not refreshed");
        }
        if ticks.is_multiple_of(6)
            && let Err(e) = sweep(&app).await
        {
            tracing::warn!(error = %e, "sweep postponed");
        }
        // the whole storage once a day, first soon after the start
        if ticks % DAY == SOON
            && let Err(e) = evidence::sweep(&app, app.now()).await
        {
            tracing::warn!(error = %e, "sweep of the evidence postponed");
        }
    }
    let _ = sealer.await;
    let _ = counter.await;
}
