//! The guard of each route: its limit, then its permission; on the way back its compression. Owns who is let in and what
//! happens to what was typed by somebody who is not.

use super::{
    ctx::{CookieName, Ctx, Failure},
    desk,
    front::BODY_LIMIT,
    routes::{Gate, Route},
    upload, zip,
};
use crate::{
    app::App,
    error::Error,
    identity::{self, flow::SignedIn},
    limits::Op,
};
use axum::{
    body::Body,
    extract::Request,
    http::{Method, header},
    response::{IntoResponse, Redirect, Response},
};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// Puts the guard before the handlers of a route.
#[derive(Clone)]
pub struct GuardLayer {
    /// The parts.
    pub app: App,
    /// The route.
    pub route: &'static Route,
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guard<S>;

    fn layer(&self, inner: S) -> Guard<S> {
        Guard {
            of: self.clone(),
            inner,
        }
    }
}

/// A guarded handler. One service for limit, permission and compression: each layer of its own would copy those below
/// it for every request.
#[derive(Clone)]
pub struct Guard<S> {
    of: GuardLayer,
    inner: S,
}

impl<S> Service<Request> for Guard<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (GuardLayer { app, route }, inner) = (self.of.clone(), self.inner.clone());
        Box::pin(async move {
            let wanted = route.compress.then(|| zip::wanted(&request));
            let response = guard(&app, route, inner, request).await;
            Ok(match wanted {
                Some(wanted) => zip::pack(wanted, response).await,
                None => response,
            })
        })
    }
}

/// The limit, the permission, the handler. A limited form keeps what was typed.
async fn guard<S>(app: &App, route: &'static Route, mut inner: S, mut request: Request) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let net = request.extensions().get::<Ctx>().map(|ctx| ctx.net);
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
        Gate::Half | Gate::Desk(_) => match admit(app, route, &mut request).await {
            Ok(()) => {}
            Err(response) => return *response,
        },
        Gate::Token => {
            if let Err(e) = super::api::authenticate(app, request.headers()).await {
                return Failure::from(e).into_response();
            }
        }
    }
    let staff = request.extensions().get::<SignedIn>().cloned();
    let Ok(mut response) = inner.call(request).await;
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
    if request.method() != Method::POST {
        return;
    }
    if !form {
        return keep_parts(request).await;
    }
    let most = if route.path.starts_with(desk::ROOT) {
        desk::BODY_LIMIT
    } else {
        BODY_LIMIT
    };
    let body = std::mem::take(request.body_mut());
    if let (Some(ctx), Ok(bytes)) = (
        request.extensions().get::<Ctx>(),
        axum::body::to_bytes(body, most).await,
    ) {
        ctx.kept.fill(&bytes);
    }
}

/// The text of a form with files; the files are read and dropped, so that the page with the message arrives.
async fn keep_parts(request: &mut Request<Body>) {
    let Some(ctx) = request.extensions().get::<Ctx>().cloned() else {
        return;
    };
    let mut form = Request::new(std::mem::take(request.body_mut()));
    form.headers_mut().clone_from(request.headers());
    *form.method_mut() = Method::POST;
    if form
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"))
    {
        let _ = upload::read(&ctx, form, None).await;
    }
}

/// Lets in who may come to a route of the desk, with the session for the handler.
async fn admit(app: &App, route: &Route, request: &mut Request<Body>) -> Result<(), Box<Response>> {
    let failed = |e: Error| Box::new(Failure::from(e).into_response());
    let ctx = request.extensions().get::<Ctx>();
    let cookie = ctx.and_then(|ctx| ctx.cookie(CookieName::Desk));
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
        if let Some(ctx) = request.extensions().get::<Ctx>()
            && let Some(page) = desk::kept::ended(ctx, route.gate, &ctx.kept)
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
