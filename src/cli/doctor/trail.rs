//! What `minsheng doctor` says of the audit trail: how far it is sealed, whether its last lines are what was written, the
//! day's anchor. `minsheng audit verify` walks the whole of it.

use super::Report;
use crate::{
    audit::flow::{Tail, tail},
    error::Error,
    kernel::clock::Ids,
    receipts::keys::SigningKeys,
    store::Conn,
};
use time::{Duration, OffsetDateTime};

/// Lines that are checked.
const LAST: i64 = 1000;
/// A line that waits longer says that nobody seals.
const PATIENCE: Duration = Duration::minutes(1);

/// How long ago, in words.
fn ago(since: Duration) -> String {
    match since.whole_seconds() {
        s if s < 120 => format!("{s} s"),
        s if s < 7200 => format!("{} min", s / 60),
        s => format!("{} h", s / 3600),
    }
}

/// Checks the end of the trail.
///
/// # Errors
/// The database is away.
pub(super) async fn trail(
    report: &mut Report,
    conn: &mut Conn,
    keys: Option<&SigningKeys>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let key = keys.map(SigningKeys::verifying);
    let found = tail(conn, key.as_deref(), LAST, Ids.next()).await?;
    said(report, &found, now);
    Ok(())
}

fn said(report: &mut Report, found: &Tail, now: OffsetDateTime) {
    if let Some(fault) = &found.fault {
        report.bad(
            "audit",
            fault,
            "run: minsheng audit verify, keep the database as it is, and tell who is responsible",
        );
        return;
    }
    report.ok(
        "audit",
        format_args!(
            "{} lines are sealed, the last {} are what was written",
            found.sealed, found.checked
        ),
    );
    match found.oldest {
        None => report.ok("sealing", "nothing waits"),
        Some(oldest) => {
            let age = now - oldest;
            let words = format!("{} lines wait, the oldest for {}", found.unsealed, ago(age));
            if age > PATIENCE {
                let advice = "the server seals while it runs: minsheng serve";
                report.warn("sealing", words, advice);
            } else {
                report.ok("sealing", words);
            }
        }
    }
    match &found.anchor {
        None if found.sealed > 0 => {
            report.warn(
                "anchor",
                "none yet",
                "the server signs one a day while it runs",
            );
        }
        None => report.ok("anchor", "none yet, nothing is sealed"),
        Some((anchor, Some(false))) => report.bad(
            "anchor",
            format_args!("the signature of {} does not hold", anchor.day),
            "put the backup of receipt.key back, or find out who changed the anchor",
        ),
        Some((anchor, _)) => {
            report.ok(
                "anchor",
                format_args!("{}, seq {}", anchor.day, anchor.head.seq),
            );
        }
    }
}
