//! `minsheng serve`: the portal and, on a private address, its metrics; stopped by SIGINT or SIGTERM with requests
//! finished, in bounded time. Owns how many connections the process can hold.

use crate::{
    app::App,
    config::Config,
    jobs,
    kernel::clock::Clock,
    limits::Connections,
    seed::{self, KeyCheck},
    store::migrate,
    web::{self, listen::Door},
};
use anyhow::Context;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

/// Descriptors for what is no connection of a client: files, the two listeners, the metrics, those sent away.
const OTHER_DESCRIPTORS: usize = 160;
/// Connections to the private address.
const PRIVATE: usize = 32;
/// For jobs and the pool to end after the last connection.
const LAST: Duration = Duration::from_secs(10);

/// How many descriptors this process may open; `None` where the system does not say.
#[must_use]
pub fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|l| l.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// How many connections of clients fit in so many descriptors.
#[must_use]
pub fn room(config: &Config, descriptors: usize) -> usize {
    let database = usize::try_from(config.database_connections).unwrap_or(0);
    descriptors.saturating_sub(database + OTHER_DESCRIPTORS)
}

/// The limits of the public address: never more connections than descriptors for them.
fn connections(config: &Config) -> Connections {
    let wanted = &config.connections;
    match descriptors().map(|d| room(config, d)) {
        Some(room) if room < wanted.most => {
            tracing::warn!(
                most = room,
                wanted = wanted.most,
                "fewer connections than set: the process may open too few descriptors (ulimit -n, LimitNOFILE)"
            );
            wanted.at_most(room)
        }
        _ => wanted.clone(),
    }
}

/// Serves until told to stop.
///
/// # Errors
/// A setting, an address that is taken, a database whose schema is older than this binary.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let handle = metrics_exporter_prometheus::PrometheusBuilder::new()
        .install_recorder()
        .context("metrics")?;
    if !config.secure() {
        tracing::warn!(
            "public_url is plain http: cookies have no Secure flag; fine on a local network, use https for residents"
        );
    }
    let app = App::new(config, Clock::System)?;
    match migrate::missing(&app.store).await {
        Ok(missing) if missing.is_empty() => {
            keys_fit(&app).await?;
            app.refresh().await.context("reference data")?;
        }
        Ok(missing) => {
            anyhow::bail!("the database lacks migrations {missing:?}; run: minsheng migrate")
        }
        Err(e) => tracing::warn!(error = %e, "database away; serving 503 until it is back"),
    }
    let listen: SocketAddr = app.config.listen.parse()?;
    let public = TcpListener::bind(listen)
        .await
        .with_context(|| format!("listen on {listen}"))?;
    let ops_listen: SocketAddr = app.config.ops_listen.parse()?;
    let private = TcpListener::bind(ops_listen)
        .await
        .with_context(|| format!("listen on {ops_listen}"))?;
    let stop = CancellationToken::new();
    let sweeps = tokio::spawn(jobs::run(app.clone(), stop.clone()));
    let queue = tokio::spawn(jobs::queue::run(app.clone(), stop.clone()));
    // the network log ends after the last request
    let quiet = CancellationToken::new();
    let log = tokio::spawn(web::access_log::run(app.clone(), quiet.clone()));
    tokio::spawn(signals(stop.clone()));
    tracing::info!(%listen, %ops_listen, url = %app.config.public_url, "serving");
    let door = Door::new("public", connections(&app.config), app.trusted.clone());
    // Samples of times wait in memory until they are summed up, whether or not anybody reads the metrics.
    let (summed, sums_stop, counted) = (handle.clone(), stop.clone(), door.clone());
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        while sums_stop.run_until_cancelled(every.tick()).await.is_some() {
            metrics::gauge!("minsheng_connections")
                .set(u32::try_from(counted.open()).map_or(0.0, f64::from));
            summed.run_upkeep();
        }
    });
    let private_door = Door::new(
        "private",
        app.config.connections.at_most(PRIVATE),
        app.trusted.clone(),
    );
    let ops = tokio::spawn(web::listen::serve(
        private,
        web::ops::router(&app, handle),
        private_door,
        stop.clone(),
    ));
    let left = web::listen::serve(public, web::service(&app), door, stop.clone()).await;
    if left > 0 {
        tracing::warn!(left, "connections were ended before their requests were");
    }
    quiet.cancel();
    let ended = timeout(LAST, async {
        let _ = tokio::join!(sweeps, queue, log, ops);
        app.store.close().await;
    });
    if ended.await.is_err() {
        tracing::warn!("work was still going on when the portal stopped");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Refuses to serve with a key ring that cannot open what is stored.
async fn keys_fit(app: &App) -> anyhow::Result<()> {
    let mut conn = app.store.conn().await?;
    match seed::key_check(&mut conn, app.sealer.ring()).await? {
        KeyCheck::Other => anyhow::bail!(
            "the keys in {} are not the ones this database was sealed with; put the right seal.keys there \
             (keys_dir), nothing can be opened without it",
            app.config.keys_dir.display()
        ),
        KeyCheck::Same | KeyCheck::Absent => Ok(()),
    }
}

async fn signals(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = async |kind| match signal(kind) {
        Ok(mut s) => {
            s.recv().await;
        }
        Err(_) => std::future::pending().await,
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => {}
        () = wait(SignalKind::terminate()) => {}
    }
    stop.cancel();
}
