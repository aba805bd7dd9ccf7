//! `minsheng audit verify`: says whether the audit trail is what was written, and where it is not.

use super::admin::explain;
use crate::{app::App, audit::flow};
use clap::Subcommand;
use std::process::ExitCode;
use time::format_description::well_known::Rfc3339;

/// The audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the whole chain: every line against its hash, every link, every day's signed anchor
    ///
    /// Prints one line. Ends with code 1 at the first thing that is wrong. Lines of the last seconds are not sealed yet;
    /// they are counted.
    Verify,
}

impl AuditCommand {
    /// Runs the command.
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let Self::Verify = self;
        let verdict = flow::verify(app).await.map_err(explain)?;
        app.store.close().await;
        let newest = verdict
            .newest
            .and_then(|at| at.format(&Rfc3339).ok())
            .map_or_else(String::new, |at| format!(" (newest {at})"));
        let tail = format!("{} unsealed{newest}", verdict.unsealed);
        Ok(match verdict.fault {
            None => {
                println!(
                    "ok {} rows to seq {}, {} anchors; {tail}",
                    verdict.head.seq, verdict.head.seq, verdict.anchors
                );
                ExitCode::SUCCESS
            }
            Some(fault) => {
                println!("bad {fault}; good to seq {}; {tail}", verdict.head.seq);
                ExitCode::FAILURE
            }
        })
    }
}
