//! The queue of outside effects: enqueued in the transaction of what causes them, claimed by a lease, tried again with
//! growing pauses, given up visibly. A handler must be idempotent: a job may run again after a crash, never twice at once.

use super::{alarm, deliver, escalate, trader};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    evidence::flow as evidence,
    kernel::{
        access::{Act, Actor},
        words::words,
    },
    store::{
        Conn,
        jobs::{self as rows, JobRow, NewJob},
        security::{self, AuditLine},
    },
    tx,
};
use std::time::Duration as Wait;
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

words! {
    /// Kind of job.
    JobKind {
        NoticeMail = "notice_mail", "文书的邮件提醒";
        NoticeSms = "notice_sms", "文书的短信提醒";
        AlertMail = "alert_mail", "风险预警的邮件";
        AlertSms = "alert_sms", "风险预警的短信";
        TraderMail = "trader_mail", "给经营者的邮件";
        TraderSms = "trader_sms", "给经营者的短信";
        Escalation = "escalation", "期限提醒的邮件";
        Evidence = "evidence", "凭证的查毒和副本";
    }
}

/// How long a claim holds without a heartbeat; longer than [`PATIENCE`].
pub const LEASE: Duration = Duration::seconds(120);
/// Longest run of one job.
const PATIENCE: Wait = Wait::from_secs(60);
/// The same of work on a file, which has a bound of its own.
const FILE_PATIENCE: Wait = Wait::from_secs(110);
/// Tries before a job is given up: the last one about seven hours after the first.
pub const TRIES: i32 = 8;
/// Jobs claimed at once.
const BATCH: i32 = 4;
/// How often the worker looks without being nudged.
const POLL: Wait = Wait::from_secs(5);

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or nothing left to do.
    Done,
    /// Worth another try, and why.
    Later(String),
    /// Not worth another try, and why.
    Dead(String),
}

/// The pause after a try: half a minute, then four times as long each time, two hours at most.
#[must_use]
pub fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    Duration::seconds((30_i64 << (doublings.min(8) * 2).min(16)).min(7200))
}

/// Adds a job about `subject`, in the caller's transaction. The same kind for the same subject is one job.
///
/// # Errors
/// The database is away.
pub async fn enqueue(app: &App, conn: &mut Conn, kind: JobKind, subject: Uuid) -> Result<()> {
    let now = app.now();
    let job = NewJob {
        id: app.ids.next(),
        kind: kind.code(),
        subject,
        dedup_key: format!("{}/{}", kind.code(), subject.simple()),
        priority: 0,
        due_at: now,
    };
    rows::job_insert(conn, &job, now).await
}

/// Takes back expired claims, claims what is due and runs it; how many jobs ran.
///
/// # Errors
/// The database is away; what was claimed returns when its lease ends.
pub async fn pass(app: &App) -> Result<usize> {
    let lease = app.ids.next();
    let mine = {
        let now = app.now();
        let mut conn = app.store.conn().await?;
        rows::jobs_return(&mut conn, now, TRIES).await?;
        rows::jobs_claim(&mut conn, lease, now, now + LEASE, BATCH).await?
    };
    let mut ran = 0;
    for job in mine {
        let held = {
            let mut conn = app.store.conn().await?;
            rows::lease_extend(&mut conn, lease, job.id, app.now() + LEASE).await?
        };
        // not ours any more: this worker was held up, another one has it
        if held {
            run_one(app, lease, &job).await?;
            ran += 1;
        }
    }
    Ok(ran)
}

async fn run_one(app: &App, lease: Uuid, job: &JobRow) -> Result<()> {
    let work = async {
        match JobKind::from_code(&job.kind) {
            Some(JobKind::NoticeMail) => deliver::mail(app, job.subject).await,
            Some(JobKind::NoticeSms) => deliver::sms(app, job.subject).await,
            Some(JobKind::AlertMail) => alarm::mail(app, job.subject).await,
            Some(JobKind::AlertSms) => alarm::sms(app, job.subject).await,
            Some(JobKind::TraderMail | JobKind::TraderSms) => trader::send(app, job.subject).await,
            Some(JobKind::Evidence) => evidence::make(app, job.subject).await,
            Some(JobKind::Escalation) => escalate::mail(app, job.subject).await,
            // of a newer version of this program, perhaps
            None => Ok(Outcome::Later("no handler for this kind".into())),
        }
    };
    let patience = if job.kind == JobKind::Evidence.code() {
        FILE_PATIENCE
    } else {
        PATIENCE
    };
    let outcome = match tokio::time::timeout(patience, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(e)) => Outcome::Later(e.to_string()),
        Err(_) => Outcome::Later("took too long".into()),
    };
    let now = app.now();
    let mut conn = app.store.conn().await?;
    let short = |why: &str| why.chars().take(200).collect::<String>();
    match outcome {
        Outcome::Done => {
            metrics::counter!("minsheng_jobs_total", "kind" => job.kind.clone(), "end" => "done")
                .increment(1);
            rows::job_done(&mut conn, job.id, lease, now).await
        }
        Outcome::Later(why) if job.attempts < TRIES => {
            tracing::warn!(job = %job.id, kind = %job.kind, attempts = job.attempts, why = %short(&why), "job put off");
            let due = now + pause(job.attempts);
            rows::job_later(&mut conn, job.id, lease, due, &short(&why)).await
        }
        Outcome::Later(why) | Outcome::Dead(why) => {
            metrics::counter!("minsheng_jobs_total", "kind" => job.kind.clone(), "end" => "dead")
                .increment(1);
            tracing::error!(job = %job.id, kind = %job.kind, attempts = job.attempts, why = %short(&why), "job given up");
            rows::job_dead(&mut conn, job.id, lease, now, &short(&why)).await
        }
    }
}

/// Gives a dead job a new round of tries, with a line in the audit trail.
///
/// # Errors
/// Not allowed; not dead (any more).
pub async fn again(app: &App, actor: &Actor, job: Uuid) -> Result<()> {
    if !actor.may(Act::Administer) {
        return Err(Error::Forbidden);
    }
    let now = app.now();
    let line = AuditLine {
        id: app.ids.next(),
        at: now,
        staff: Some(actor.staff.0),
        act: Deed::JobAgain.code(),
        case: None,
        detail: job.simple().to_string(),
        reason: None,
    };
    tx!(app.store, conn => {
        if !rows::job_again(conn, job, now).await? {
            return Err(Error::NotFound);
        }
        security::audit_insert(conn, &line).await
    })?;
    app.nudge.notify_one();
    Ok(())
}

/// The worker: looks every few seconds, at once when nudged, until told to stop. Any number of them may run.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        // not in step with the other nodes
        let jitter = Wait::from_millis(u64::from(app.dice.below(100)) * 10);
        tokio::select! {
            () = stop.cancelled() => break,
            () = app.nudge.notified() => {}
            () = tokio::time::sleep(POLL + jitter) => {}
        }
        if let Err(e) = work(&app, &stop).await {
            tracing::warn!(error = %e, "jobs postponed");
        }
    }
}

async fn work(app: &App, stop: &CancellationToken) -> Result<()> {
    deliver::reconcile(app).await?;
    alarm::reconcile(app).await?;
    while !stop.is_cancelled() && pass(app).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let seconds: Vec<i64> = (1..=TRIES).map(|n| pause(n).whole_seconds()).collect();
        assert_eq!(seconds, [30, 120, 480, 1920, 7200, 7200, 7200, 7200]);
        assert_eq!(pause(0), pause(1));
        assert!(LEASE > Duration::seconds(60));
    }
}
