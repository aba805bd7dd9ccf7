//! The only HTTP. Handlers parse, call a flow, and show; the list of routes says who may come.

pub mod access_log;
pub mod api;
pub mod ctx;
pub mod desk;
pub mod file;
pub mod fixed;
pub mod front;
mod guard;
pub mod home;
pub mod layout;
pub mod listen;
mod notice;
pub mod ops;
pub mod pages;
pub mod receipt;
pub mod respond;
pub mod routes;
mod sheet;
pub mod statics;
mod strict;
pub mod track;
pub mod upload;
pub mod zip;

use crate::app::App;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::Response,
};
use front::Front;
use guard::GuardLayer;
use std::convert::Infallible;
use tower::{Layer, Service};
use tower_http::csrf::CsrfLayer;

/// The whole site as one service. The layers are its own types and not the router's, which would copy each of them with
/// all below it for every request.
pub fn service(
    app: &App,
) -> impl Service<Request, Response = Response, Error = Infallible, Future = front::Finish> + Clone + use<>
{
    let mut router: Router<App> = Router::new();
    for (route, mut handler) in routes::all() {
        if route.path.starts_with(desk::ROOT) {
            handler = handler.layer(DefaultBodyLimit::max(desk::BODY_LIMIT));
        }
        let guard = GuardLayer {
            app: app.clone(),
            route,
        };
        router = router.route(route.path, handler.layer(guard));
    }
    let router: Router = router.fallback(home::missing).with_state(app.clone());
    let limited = DefaultBodyLimit::max(front::BODY_LIMIT).layer(router);
    Front::new(app.clone(), CsrfLayer::new().layer(limited))
}

/// The same as a router.
pub fn router(app: &App) -> Router {
    Router::new().fallback_service(service(app))
}
