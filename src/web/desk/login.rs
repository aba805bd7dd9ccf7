//! Sign-in: password, then enrolment or second factor, then the desk. Sign-out.

use super::{
    kept::{self, Form},
    message, titled,
};
use crate::{
    error::{Error, FieldError},
    identity::flow::{self, Enrolment, SignedIn},
    receipts::qr::Qr,
    web::{
        ctx::{Answer, CookieName, Ctx, Pairs},
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::Response,
};

#[derive(Template)]
#[template(path = "desk/login.html")]
struct LoginPage {
    l: Layout,
    login: String,
    kept: String,
    errors: Vec<FieldError>,
    login_error: String,
    password_error: String,
}

fn login_page(ctx: &Ctx, login: &str, kept: &str, errors: Vec<FieldError>) -> LoginPage {
    LoginPage {
        kept: kept.to_owned(),
        l: ctx.layout(titled("登录", &errors), ""),
        login: login.chars().take(64).collect(),
        login_error: message(&errors, "login"),
        password_error: message(&errors, "password"),
        errors,
    }
}

/// The way on with the desk's cookie: a session cookie, gone with the browser.
fn with_cookie(ctx: &Ctx, to: &str, value: &str, days: Option<u32>) -> Response {
    cookied(ctx, see_other(to), value, days)
}

/// `GET /desk/login`.
pub async fn form(ctx: Ctx) -> Answer {
    page(&login_page(&ctx, "", "", Vec::new()))
}

/// The sign-in page that carries a form whose session has ended.
pub(super) fn again(ctx: &Ctx, kept: &str) -> Answer {
    page(&login_page(ctx, "", kept, Vec::new()))
}

/// Adds the desk's cookie to a page that is shown in place of the way on.
fn cookied(ctx: &Ctx, mut response: Response, value: &str, days: Option<u32>) -> Response {
    response.headers_mut().append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Desk, value, days),
    );
    response
}

/// `POST /desk/login`: the password opens half a session.
pub async fn password(ctx: Ctx, pairs: Pairs) -> Answer {
    let (login, kept) = (pairs.get("login").trim(), pairs.get("kept"));
    match flow::sign_in(&ctx.app, login, pairs.get("password"), &ctx.agent()).await {
        // a form that is carried along goes with the page: an address must not hold it
        Ok(cookie) if !kept.is_empty() => {
            let half = flow::session(&ctx.app, &cookie).await?;
            let person = half.ok_or(Error::NotFound)?;
            let fresh = fresh(&ctx, &person)?;
            let ctx = Ctx {
                staff: Some(person.clone()),
                ..ctx
            };
            let asks = page(&factor_page(&ctx, &person, kept, fresh, Vec::new())?)?;
            Ok(cookied(&ctx, asks, &cookie, None))
        }
        Ok(cookie) => Ok(with_cookie(&ctx, "/desk/login/factor", &cookie, None)),
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &login_page(&ctx, login, kept, errors),
        ),
        Err(e) => Err(e.into()),
    }
}

/// What a phone needs at the first sign-in.
struct Enrol {
    qr_svg: String,
    secret: String,
    account: String,
    sealed: String,
}

#[derive(Template)]
#[template(path = "desk/factor.html")]
struct FactorPage {
    l: Layout,
    errors: Vec<FieldError>,
    code_error: String,
    kept: String,
    enrol: Option<Enrol>,
}

/// The enrolment of who has no second factor yet.
fn fresh(ctx: &Ctx, person: &SignedIn) -> Result<Option<Enrolment>, Error> {
    if person.enrolled {
        Ok(None)
    } else {
        flow::enrolment(&ctx.app, person).map(Some)
    }
}

fn factor_page(
    ctx: &Ctx,
    person: &SignedIn,
    kept: &str,
    fresh: Option<Enrolment>,
    errors: Vec<FieldError>,
) -> Result<FactorPage, Error> {
    let enrol = fresh
        .map(|e| {
            let qr = Qr::of(&e.url).map_err(Error::internal)?;
            let account = person.login.clone();
            Ok::<_, Error>(Enrol {
                qr_svg: qr.svg("动态口令的二维码"),
                secret: e.secret,
                account,
                sealed: e.sealed,
            })
        })
        .transpose()?;
    Ok(FactorPage {
        l: ctx.layout(titled("动态口令", &errors), ""),
        code_error: message(&errors, "code"),
        kept: kept.to_owned(),
        errors,
        enrol,
    })
}

/// `GET /desk/login/factor`: the first time a phone is enrolled.
pub async fn factor_form(ctx: Ctx) -> Answer {
    let person = ctx.signed_in()?;
    if person.full {
        return Ok(see_other("/desk"));
    }
    page(&factor_page(
        &ctx,
        person,
        "",
        fresh(&ctx, person)?,
        Vec::new(),
    )?)
}

/// `POST /desk/login/factor`: the second factor opens the desk with a new cookie.
pub async fn factor(ctx: Ctx, pairs: Pairs) -> Answer {
    let person = ctx.signed_in()?;
    let kept = pairs.get("kept");
    let form = Form::open(&ctx.app, kept);
    if person.full {
        return Ok(match form {
            Some(form) => kept::back(&ctx, person.clone(), form),
            None => see_other("/desk"),
        });
    }
    let cookie = ctx.cookie(CookieName::Desk).unwrap_or_default();
    let sealed = pairs.get("sealed");
    let carried = Some(sealed).filter(|s| !s.is_empty());
    match flow::second_factor(
        &ctx.app,
        &cookie,
        person,
        pairs.get("code"),
        carried,
        &ctx.agent(),
    )
    .await
    {
        Ok(cookie) => {
            let full = match form {
                Some(form) => flow::session(&ctx.app, &cookie).await?.zip(Some(form)),
                None => None,
            };
            Ok(match full {
                Some((person, form)) => {
                    cookied(&ctx, kept::back(&ctx, person, form), &cookie, None)
                }
                None => with_cookie(&ctx, "/desk", &cookie, None),
            })
        }
        Err(Error::Invalid(errors)) => {
            let again = if person.enrolled {
                None
            } else {
                Some(flow::enrolment_again(&ctx.app, person, sealed)?)
            };
            status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &factor_page(&ctx, person, kept, again, errors)?,
            )
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/logout`.
pub async fn logout(ctx: Ctx, _: Pairs) -> Answer {
    let person = ctx.signed_in()?;
    let cookie = ctx.cookie(CookieName::Desk).unwrap_or_default();
    flow::sign_out(&ctx.app, &cookie, person.actor.staff).await?;
    Ok(with_cookie(&ctx, "/desk/login", "", Some(0)))
}
