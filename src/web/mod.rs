//! The only HTTP. Handlers parse, call a flow, and show; the list of routes says who may come.

pub mod access_log;
pub mod api;
pub mod ctx;
pub mod desk;
pub mod file;
pub mod front;
pub mod home;
pub mod layout;
pub mod listen;
mod notice;
pub mod ops;
pub mod pages;
pub mod receipt;
pub mod respond;
pub mod routes;
pub mod statics;
pub mod track;
pub mod zip;

use crate::app::App;
use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::csrf::CsrfLayer;

/// The whole site as one service.
pub fn router(app: &App) -> Router {
    let mut router: Router<App> = Router::new();
    for (route, mut handler) in routes::all() {
        if route.path.starts_with(desk::ROOT) {
            handler = handler.layer(DefaultBodyLimit::max(desk::BODY_LIMIT));
        }
        let guarded = handler.layer(middleware::from_fn_with_state(
            (app.clone(), route),
            front::guard,
        ));
        let small = if route.compress {
            guarded.layer(middleware::from_fn(zip::layer))
        } else {
            guarded
        };
        router = router.route(route.path, small);
    }
    router
        .fallback(home::missing)
        .layer(DefaultBodyLimit::max(front::BODY_LIMIT))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), front::dress))
        .layer(middleware::from_fn(front::detach))
        .with_state(app.clone())
}
