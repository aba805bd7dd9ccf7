//! Sign-in: password, then enrolment or second factor, then the desk. Sign-out.

use super::{message, titled};
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
    errors: Vec<FieldError>,
    login_error: String,
    password_error: String,
}

fn login_page(ctx: &Ctx, login: &str, errors: Vec<FieldError>) -> LoginPage {
    LoginPage {
        l: ctx.layout(titled("登录", &errors), ""),
        login: login.chars().take(64).collect(),
        login_error: message(&errors, "login"),
        password_error: message(&errors, "password"),
        errors,
    }
}

/// The way on with the desk's cookie: a session cookie, gone with the browser.
fn with_cookie(ctx: &Ctx, to: &str, value: &str, days: Option<u32>) -> Response {
    let mut response = see_other(to);
    response.headers_mut().append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Desk, value, days),
    );
    response
}

/// `GET /desk/login`.
pub async fn form(ctx: Ctx) -> Answer {
    page(&login_page(&ctx, "", Vec::new()))
}

/// `POST /desk/login`: the password opens half a session.
pub async fn password(ctx: Ctx, pairs: Pairs) -> Answer {
    let login = pairs.get("login").trim();
    match flow::sign_in(&ctx.app, login, pairs.get("password"), &ctx.agent()).await {
        Ok(cookie) => Ok(with_cookie(&ctx, "/desk/login/factor", &cookie, None)),
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &login_page(&ctx, login, errors),
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
    enrol: Option<Enrol>,
}

fn factor_page(
    ctx: &Ctx,
    person: &SignedIn,
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
    let fresh = if person.enrolled {
        None
    } else {
        Some(flow::enrolment(&ctx.app, person)?)
    };
    page(&factor_page(&ctx, person, fresh, Vec::new())?)
}

/// `POST /desk/login/factor`: the second factor opens the desk with a new cookie.
pub async fn factor(ctx: Ctx, pairs: Pairs) -> Answer {
    let person = ctx.signed_in()?;
    if person.full {
        return Ok(see_other("/desk"));
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
        Ok(cookie) => Ok(with_cookie(&ctx, "/desk", &cookie, None)),
        Err(Error::Invalid(errors)) => {
            let again = if person.enrolled {
                None
            } else {
                Some(flow::enrolment_again(&ctx.app, person, sealed)?)
            };
            status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &factor_page(&ctx, person, again, errors)?,
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
