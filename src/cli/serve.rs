//! `minsheng serve`: the portal and, on a private address, its metrics; stopped by SIGINT or SIGTERM with requests
//! finished.

use crate::{
    app::App,
    config::Config,
    jobs,
    kernel::clock::Clock,
    seed::{self, KeyCheck},
    store::migrate,
    web,
};
use anyhow::Context;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
    let log = tokio::spawn(web::access_log::run(app.clone(), stop.clone()));
    tokio::spawn(signals(stop.clone()));
    tracing::info!(%listen, %ops_listen, url = %app.config.public_url, "serving");
    // Samples of times wait in memory until they are summed up, whether or not anybody reads the metrics.
    let (summed, sums_stop) = (handle.clone(), stop.clone());
    tokio::spawn(async move {
        let mut every = tokio::time::interval(std::time::Duration::from_secs(5));
        while sums_stop.run_until_cancelled(every.tick()).await.is_some() {
            summed.run_upkeep();
        }
    });
    let ops = web::ops::router(&app, handle);
    let ops_stop = stop.clone();
    tokio::spawn(async move {
        axum::serve(private, ops)
            .with_graceful_shutdown(async move { ops_stop.cancelled().await })
            .await
    });
    let service = web::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let end = stop.clone();
    axum::serve(public, service)
        .with_graceful_shutdown(async move { end.cancelled().await })
        .await?;
    stop.cancel();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        let _ = sweeps.await;
        let _ = queue.await;
        let _ = log.await;
    })
    .await;
    app.store.close().await;
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
