//! What happens to every request before and after its handler: detach from the client, request id, client network,
//! limits, a body that comes in good time, permission, CSRF, headers, error pages, metrics, the sealed network log.

use super::{
    ctx::{Ctx, Failure, Kept, Net, Nonce, RequestId},
    desk,
    listen::Timely,
    pages,
    routes::{Gate, Route},
};
use crate::{
    app::App,
    error::Error,
    identity::{self, flow::SignedIn},
    limits::{ClientNet, Op},
};
use axum::{
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::{
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

/// Most bytes of a resident's form or an API body; the desk has its own bound.
pub const BODY_LIMIT: usize = 128 * 1024;

/// The outermost layer: work that was begun is finished, so that a client that hangs up never cancels it half done (or
/// a database read half read). It runs in the connection's own task, and moves to one of its own only when the
/// connection goes away: a task for each request would cost more than many a page.
pub async fn detach(request: Request, next: Next) -> Response {
    Finish(Some(Box::pin(next.run(request)))).await
}

/// A request's work; dropped before its end, it goes on without the connection.
struct Finish(Option<Pin<Box<dyn Future<Output = Response> + Send>>>);

impl Future for Finish {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
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
        Poll::Ready(response)
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
pub async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|c| c.0);
    let net = client_net(&app, request.headers(), peer);
    let id = RequestId::new(app.dice);
    let nonce = Nonce::new(app.dice);
    let kept = Kept::default();
    let api = request.uri().path().starts_with("/api");
    let method = request.method().clone();
    request.extensions_mut().insert(Net(net));
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(nonce.clone());
    request.extensions_mut().insert(kept.clone());
    let ctx = Ctx::of(&app, request.uri(), request.headers(), request.extensions());
    request.extensions_mut().insert(ctx.clone());
    let mut given_up = None;
    if !request.body().is_end_stream() {
        request = request.map(|body| {
            let (body, slow) = Timely::watch(body, &app.config.connections);
            given_up = Some(slow);
            body
        });
    }
    let mut response = next.run(request).await;
    if given_up.is_some_and(|slow| slow.yes()) {
        response = pages::bare(&ctx, StatusCode::REQUEST_TIMEOUT, api);
        // what is still to come of the body is not waited for
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    } else if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        let staff = response.extensions_mut().remove::<SignedIn>();
        let ctx = Ctx { staff, ..ctx };
        response = pages::failure(&ctx, &failure, &kept, &method, api);
    } else if response
        .extensions()
        .get::<tower_http::csrf::ProtectionError>()
        .is_some()
    {
        response = pages::failure(&ctx, &Error::Forbidden.into(), &kept, &method, api);
    } else if unclothed(&response) {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = pages::bare(&ctx, response.status(), api);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    headers(&app, &nonce, response.headers_mut());
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-request-id"), id.header());
    let status = response.status().as_u16();
    app.access.push(app.now(), net, &method, status, &id);
    metrics::counter!("minsheng_http_requests_total", "status" => status_class(status))
        .increment(1);
    metrics::histogram!("minsheng_http_seconds").record(start.elapsed().as_secs_f64());
    if status >= 500 {
        tracing::error!(request = %id, %method, status, ms = start.elapsed().as_millis(), "request failed");
    } else {
        tracing::debug!(request = %id, %method, status, ms = start.elapsed().as_millis(), "request");
    }
    response
}

/// Whether the framework itself refused the request: with plain text or with nothing.
fn unclothed(response: &Response) -> bool {
    response.status().is_client_error()
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

const fn status_class(status: u16) -> &'static str {
    match status {
        0..300 => "2xx",
        300..400 => "3xx",
        429 => "429",
        400..500 => "4xx",
        _ => "5xx",
    }
}

/// Strict headers: nothing is loaded from elsewhere, nothing frames us, nothing is guessed.
fn headers(app: &App, nonce: &Nonce, headers: &mut HeaderMap) {
    headers.reserve(12);
    let mut fixed = |name: &'static str, value: &'static str| {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    };
    fixed("x-content-type-options", "nosniff");
    fixed("referrer-policy", "same-origin");
    fixed("cross-origin-opener-policy", "same-origin");
    fixed("cross-origin-resource-policy", "same-origin");
    fixed("x-frame-options", "DENY");
    fixed(
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), interest-cohort=()",
    );
    fixed("cache-control", "no-store");
    if app.config.secure() {
        fixed(
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        );
    }
    let html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let policy = if html {
        HeaderValue::from_str(&format!(
            "default-src 'none'; style-src 'self'; script-src 'nonce-{}'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            nonce.0
        ))
    } else {
        Ok(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ))
    };
    if let Ok(policy) = policy {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
}

/// The layer of one route: its limit, then its permission. A limited form keeps what was typed.
pub async fn guard(
    State((app, route)): State<(App, &'static Route)>,
    mut request: Request,
    next: Next,
) -> Response {
    let net = request.extensions().get::<Net>().map(|n| n.0);
    // a network's own quota first, so that one network cannot spend what belongs to all
    let limited = net
        .map_or(Ok(()), |net| app.limits.check_net(route.op, net))
        .and_then(|()| app.limits.check_everything())
        .and_then(|()| {
            if route.op == Op::Submit {
                app.limits.check_all_submits()
            } else {
                Ok(())
            }
        });
    if let Err(retry) = limited {
        keep(route, &mut request).await;
        metrics::counter!("minsheng_limited_total", "op" => route.op.code()).increment(1);
        return Failure::from(Error::Limited(retry.0)).into_response();
    }
    match route.gate {
        Gate::Public => {}
        Gate::Half | Gate::Desk(_) => match admit(&app, route, &mut request).await {
            Ok(()) => {}
            Err(response) => return *response,
        },
        Gate::Token => {
            if let Err(e) = super::api::authenticate(&app, request.headers()).await {
                return Failure::from(e).into_response();
            }
        }
    }
    let staff = request.extensions().get::<SignedIn>().cloned();
    let mut response = next.run(request).await;
    if let Some(staff) = staff.filter(|_| response.extensions().get::<Failure>().is_some()) {
        // the page of a failure is the page of who is signed in
        response.extensions_mut().insert(staff);
    }
    response
}

/// Reads what a form sent before it is turned away, so that the page that says so can offer it again.
async fn keep(route: &Route, request: &mut Request<Body>) {
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| {
            t.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
    if request.method() != Method::POST || !form {
        return;
    }
    let most = if route.path.starts_with(desk::ROOT) {
        desk::BODY_LIMIT
    } else {
        BODY_LIMIT
    };
    let body = std::mem::take(request.body_mut());
    if let (Some(kept), Ok(bytes)) = (
        request.extensions().get::<Kept>(),
        axum::body::to_bytes(body, most).await,
    ) {
        kept.fill(&bytes);
    }
}

/// Lets in who may come to a route of the desk, with the session for the handler.
async fn admit(app: &App, route: &Route, request: &mut Request<Body>) -> Result<(), Box<Response>> {
    let failed = |e: Error| Box::new(Failure::from(e).into_response());
    let cookie = super::ctx::cookie(
        request.headers(),
        super::ctx::CookieName::Desk,
        app.config.secure(),
    );
    let session = match &cookie {
        Some(cookie) => identity::flow::session(app, cookie).await,
        None => Ok(None),
    };
    let session = match session {
        Ok(session) => session,
        Err(e) => {
            keep(route, request).await;
            return Err(failed(e));
        }
    };
    let enough = |s: &SignedIn| s.full || route.gate == Gate::Half;
    let Some(session) = session.clone().filter(enough) else {
        keep(route, request).await;
        let extensions = request.extensions();
        if let (Some(ctx), Some(kept)) = (extensions.get::<Ctx>(), extensions.get::<Kept>())
            && let Some(page) = desk::kept::ended(ctx, route.gate, kept)
        {
            return Err(Box::new(page));
        }
        let half = session.is_some();
        let to = if half {
            "/desk/login/factor"
        } else {
            "/desk/login"
        };
        return Err(Box::new(Redirect::to(to).into_response()));
    };
    // a page that this role has nothing to do with does not exist for it
    if let Gate::Desk(act) = route.gate
        && !session.actor.may(act)
    {
        return Err(failed(Error::NotFound));
    }
    request.extensions_mut().insert(session);
    Ok(())
}
