//! What happens to every request before and after its handler: detach from the client, request id, client network, a
//! body that comes in good time, headers, error pages, metrics, the sealed network log. Limits and permission are the
//! `guard`'s, CSRF stands between the two.

use super::{
    ctx::{Ctx, Failure},
    listen::Timely,
    pages, strict,
};
use crate::{app::App, error::Error, identity::flow::SignedIn, limits::ClientNet};
use axum::{
    body::HttpBody,
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{
    convert::Infallible,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Instant,
};
use tower::Service;
use tower_http::csrf::ProtectionError;

/// Most bytes of a resident's form or an API body; the desk has its own bound.
pub const BODY_LIMIT: usize = 128 * 1024;

/// The outermost service. Work that was begun is finished, so that a client that hangs up never cancels it half done (or
/// a database read half read). It runs in the connection's own task, and moves to one of its own only when the
/// connection goes away: a task for each request would cost more than many a page.
#[derive(Clone)]
pub struct Front<S> {
    app: App,
    inner: S,
}

impl<S> Front<S> {
    /// In front of what routes requests to their handlers.
    pub const fn new(app: App, inner: S) -> Self {
        Self { app, inner }
    }
}

impl<S> Service<Request> for Front<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Finish;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Finish {
        let work = dress(self.app.clone(), self.inner.clone(), request);
        Finish(Some(Box::pin(work)))
    }
}

/// A request's work; dropped before its end, it goes on without the connection.
pub struct Finish(Option<Pin<Box<dyn Future<Output = Response> + Send>>>);

impl Future for Finish {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = self.0.as_mut() else {
            return Poll::Pending;
        };
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        let response = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(_) => {
                tracing::error!("a handler stopped");
                Failure::from(Error::Internal("a handler stopped".into())).into_response()
            }
        };
        self.0 = None;
        Poll::Ready(Ok(response))
    }
}

impl Drop for Finish {
    fn drop(&mut self) {
        if let Some(work) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

fn client_net(app: &App, headers: &HeaderMap, peer: Option<SocketAddr>) -> ClientNet {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok());
    let peer = peer.map_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), |p| {
        p.ip()
    });
    ClientNet::of(peer, forwarded, &app.trusted)
}

/// Request id, client network, nonce; afterwards error pages, headers, metrics and the network log.
async fn dress<S>(app: App, mut inner: S, mut request: Request) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let start = Instant::now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let net = client_net(&app, request.headers(), peer.map(|c| c.0));
    let ctx = Ctx::new(&app, net, request.uri(), request.headers());
    let api = ctx.path.starts_with("/api");
    let method = request.method().clone();
    request.extensions_mut().insert(ctx.clone());
    let mut given_up = None;
    if !request.body().is_end_stream() {
        request = request.map(|body| {
            let (body, slow) = Timely::watch(body, &app.config.connections);
            given_up = Some(slow);
            body
        });
    }
    let Ok(mut response) = inner.call(request).await;
    if given_up.is_some_and(|slow| slow.yes()) {
        response = pages::bare(&ctx, StatusCode::REQUEST_TIMEOUT, api);
        // what is still to come of the body is not waited for
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    } else if !response.status().is_success() {
        response = explain(&ctx, &method, api, response);
    }
    strict::dress(&app, &ctx.nonce, response.headers_mut());
    response
        .headers_mut()
        .insert(strict::REQUEST_ID, ctx.id.header());
    let status = response.status().as_u16();
    app.access.push(app.now(), net, &method, status, &ctx.id);
    ANSWERED[class(status)].increment(1);
    SECONDS.record(start.elapsed());
    if status >= 500 {
        tracing::error!(request = %ctx.id, %method, status, ms = start.elapsed().as_millis(), "request failed");
    } else {
        tracing::debug!(request = %ctx.id, %method, status, ms = start.elapsed().as_millis(), "request");
    }
    response
}

/// An answer that is no success, with our page or a problem document where it has none.
fn explain(ctx: &Ctx, method: &Method, api: bool, mut response: Response) -> Response {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        let staff = response.extensions_mut().remove::<SignedIn>();
        let ctx = Ctx {
            staff,
            ..ctx.clone()
        };
        return pages::failure(&ctx, &failure, &ctx.kept, method, api);
    }
    if response.extensions().get::<ProtectionError>().is_some() {
        return pages::failure(ctx, &Error::Forbidden.into(), &ctx.kept, method, api);
    }
    // the framework itself refused the request: with plain text or with nothing
    let kind = response.headers().get(header::CONTENT_TYPE);
    let unclothed = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if response.status().is_client_error() && unclothed {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = pages::bare(ctx, response.status(), api);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response
}

const CLASSES: [&str; 5] = ["2xx", "3xx", "429", "4xx", "5xx"];

/// Place of a status among the classes that are counted.
const fn class(status: u16) -> usize {
    match status {
        0..300 => 0,
        300..400 => 1,
        429 => 2,
        400..500 => 3,
        _ => 4,
    }
}

/// Counters and times, looked up once: a look-up for each request costs more than the counting.
static ANSWERED: LazyLock<[metrics::Counter; 5]> = LazyLock::new(|| {
    CLASSES.map(|class| metrics::counter!("minsheng_http_requests_total", "status" => class))
});
static SECONDS: LazyLock<metrics::Histogram> =
    LazyLock::new(|| metrics::histogram!("minsheng_http_seconds"));
