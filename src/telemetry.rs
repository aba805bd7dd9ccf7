//! Logs: one JSON object a line on standard error, no personal data, no client address, no path with a number.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging with this filter (`info`, `debug`, `minsheng=debug,info`).
///
/// # Errors
/// The filter cannot be read.
pub fn start(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{filter},sqlx=warn,hyper=warn"))
        .map_err(|e| anyhow::anyhow!("log is {filter:?}: {e}; write info, debug or a filter"))?;
    tracing_subscriber::registry()
        .with(filter)
        .with(
            fmt::layer()
                .json()
                .with_writer(std::io::stderr)
                .with_current_span(false)
                .with_span_list(false),
        )
        .try_init()
        .map_err(|e| anyhow::anyhow!("log: {e}"))
}
