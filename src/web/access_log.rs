//! The network log that the law wants kept (P-13): client network, time, method, status, request id; sealed in batches,
//! never beside a case number, never a path with one.

use super::ctx::RequestId;
use crate::{app::App, limits::ClientNet, privacy::Purpose, store::security};
use axum::http::Method;
use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// Entries held at most; under a flood the rest is counted, not kept.
const MAX: usize = 200_000;

/// Entries that wait to be sealed.
#[derive(Clone, Default)]
pub struct AccessLog(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    lines: String,
    dropped: u64,
}

impl AccessLog {
    /// Notes one request.
    pub fn push(
        &self,
        now: OffsetDateTime,
        net: ClientNet,
        method: &Method,
        status: u16,
        id: &RequestId,
    ) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.lines.len() > MAX * 40 {
            waiting.dropped += 1;
            return;
        }
        let at = now.unix_timestamp();
        let _ = writeln!(waiting.lines, "{at} {net} {method} {status} {id}");
    }

    /// Seals and stores what waits; a batch is at most 60 KB.
    ///
    /// # Errors
    /// The database is away; what waited is kept for the next time.
    pub async fn flush(&self, app: &App) -> crate::error::Result<()> {
        let (lines, dropped) = {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            (
                std::mem::take(&mut waiting.lines),
                std::mem::take(&mut waiting.dropped),
            )
        };
        if dropped > 0 {
            tracing::warn!(dropped, "network log was full");
        }
        let mut rest = lines.as_str();
        while !rest.is_empty() {
            let cut = if rest.len() <= 60_000 {
                rest.len()
            } else {
                rest[..60_000].rfind('\n').map_or(rest.len(), |i| i + 1)
            };
            let (batch, tail) = rest.split_at(cut);
            let id = app.ids.next();
            let sealed =
                app.sealer
                    .seal(Purpose::AccessLog, id, batch.as_bytes(), app.dice.bytes());
            let stored = async {
                let mut conn = app.store.conn().await?;
                security::access_log_insert(&mut conn, id, app.now(), &sealed).await
            };
            if let Err(e) = stored.await {
                let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.lines.insert_str(0, rest);
                return Err(e);
            }
            rest = tail;
        }
        Ok(())
    }
}

/// Stores the log each two seconds until told to stop, and once more then.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(std::time::Duration::from_secs(2)) => false,
        };
        if let Err(e) = app.access.flush(&app).await {
            tracing::warn!(error = %e, "network log waits for the database");
        }
        if ended {
            break;
        }
    }
}
