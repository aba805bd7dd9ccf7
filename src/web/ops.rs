//! What operators and supervisors of processes ask: alive, ready, metrics (the last on the private listener only).

use super::ctx::{Answer, Ctx};
use crate::{app::App, error::Error};
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;

/// `GET /healthz`: the process runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and its schema is this binary's.
pub async fn readyz(ctx: Ctx) -> Answer {
    ctx.app.store.ping().await?;
    let missing = crate::store::migrate::missing(&ctx.app.store).await?;
    if missing.is_empty() {
        Ok("ready\n".into_response())
    } else {
        Err(Error::Unavailable(format!("migrations missing: {missing:?}")).into())
    }
}

async fn render(State((app, handle)): State<(App, PrometheusHandle)>) -> String {
    let (size, idle) = app.store.pool_size();
    metrics::gauge!("minsheng_pool_size").set(f64::from(size));
    metrics::gauge!("minsheng_pool_idle").set(u32::try_from(idle).map_or(0.0, f64::from));
    metrics::gauge!("minsheng_limiter_keys")
        .set(u32::try_from(app.limits.keys()).map_or(0.0, f64::from));
    handle.render()
}

/// The private listener's service.
pub fn router(app: &App, handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/metrics", get(render))
        .with_state((app.clone(), handle))
        .route("/healthz", get(healthz))
}
