//! Use cases of signing in: password, enrolment or second factor, session, sign-out.

use super::{ABSOLUTE, FACTOR_WAIT, IDLE, lock_after, password, token as form_token, totp};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    kernel::{
        DepartmentId, StaffId,
        access::{Actor, Role},
    },
    privacy::{Purpose, keys},
    receipts::hex,
    store::{
        Conn,
        security::{self, AuditLine},
        staff::{self as rows, SessionRow, Staff},
    },
    tx,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What the sign-in page says to every wrong combination.
pub const WRONG: &str = "登录名、密码或验证码不对，请核对后再试";

/// A signed-in browser: the actor, and what forms need.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person.
    pub actor: Actor,
    /// Login name.
    pub login: String,
    /// Form token.
    pub csrf: String,
    /// Both factors were given.
    pub full: bool,
    /// A second factor is enrolled.
    pub enrolled: bool,
}

fn wrong() -> Error {
    Error::field("login", "wrong", WRONG)
}

/// Checks login name and password and opens a session that still lacks the second factor. Gives the cookie.
///
/// # Errors
/// [`Error::Invalid`] with the same words whatever was wrong; locked logins say so after a right password only.
pub async fn sign_in(app: &App, login: &str, pass: &str, agent: &str) -> Result<String> {
    let login = login.trim().to_ascii_lowercase();
    let person = {
        let mut conn = app.store.conn().await?;
        rows::staff_by_login(&mut conn, &login)
            .await?
            .filter(|s| !s.disabled)
    };
    let fits = password::fits(
        pass.to_owned(),
        person.as_ref().map(|s| s.password_hash.clone()),
    )
    .await?;
    let Some(person) = person else {
        return Err(wrong());
    };
    let now = app.now();
    if let Some(until) = person.locked_until.filter(|u| *u > now) {
        let mut conn = app.store.conn().await?;
        noted(app, &mut conn, person.id, Deed::SignInFailed, "locked").await?;
        drop(conn);
        let minutes = (until - now).whole_minutes() + 1;
        return Err(if fits {
            Error::field(
                "login",
                "locked",
                format!("输错次数太多，请 {minutes} 分钟后再试，或请管理员重置"),
            )
        } else {
            wrong()
        });
    }
    if !fits {
        failed(app, &person, "password").await?;
        return Err(wrong());
    }
    open_session(app, &person, "password", agent).await
}

/// Counts a wrong try of a known login; what was typed is kept nowhere.
async fn failed(app: &App, person: &Staff, what: &str) -> Result<()> {
    let count = person.failed.saturating_add(1);
    let until = lock_after(count).map(|d| app.now() + d);
    let detail = format!("{what}, try {count}");
    tx!(app.store, conn => {
        rows::staff_failed(conn, person.id, until).await?;
        noted(app, conn, person.id, Deed::SignInFailed, &detail).await
    })
}

/// Keeps what a person did to the own account in the audit trail.
async fn noted(app: &App, conn: &mut Conn, who: StaffId, act: Deed, detail: &str) -> Result<()> {
    let line = AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: Some(who.0),
        act: act.code(),
        case: None,
        detail: detail.to_owned(),
        reason: None,
    };
    security::audit_insert(conn, &line).await
}

async fn open_session(app: &App, person: &Staff, stage: &str, agent: &str) -> Result<String> {
    let now = app.now();
    let token: [u8; 32] = app.dice.bytes();
    let csrf = form_token::fresh(app.sealer.ring(), person.id, app.dice.bytes());
    let life = if stage == "full" {
        ABSOLUTE
    } else {
        FACTOR_WAIT
    };
    let row = SessionRow {
        token_hash: keys::token_hash(&token).to_vec(),
        staff_id: person.id.0,
        stage: stage.to_owned(),
        csrf: csrf.to_vec(),
        agent: agent.chars().take(80).collect(),
        created_at: now,
        seen_at: now,
        expires_at: now + life,
    };
    let mut conn = app.store.conn().await?;
    rows::session_insert(&mut conn, &row).await?;
    Ok(URL_SAFE_NO_PAD.encode(token))
}

fn token_of(cookie: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD
        .decode(cookie)
        .ok()
        .filter(|t| t.len() == 32)
}

/// The session of a cookie, `None` when there is none or it has ended.
///
/// # Errors
/// The database is away.
pub async fn session(app: &App, cookie: &str) -> Result<Option<SignedIn>> {
    let Some(token) = token_of(cookie) else {
        return Ok(None);
    };
    let hash = keys::token_hash(&token);
    let mut conn = app.store.conn().await?;
    let Some(s) = rows::session(&mut conn, &hash).await? else {
        return Ok(None);
    };
    let now = app.now();
    if s.expires_at < now || s.seen_at + IDLE < now {
        rows::session_end(&mut conn, &hash, StaffId(s.staff_id)).await?;
        return Ok(None);
    }
    // One write a minute is enough for an idle limit of half an hour.
    if now - s.seen_at > time::Duration::minutes(1) {
        rows::session_seen(&mut conn, &hash, now).await?;
    }
    let role = Role::from_code(&s.role)
        .ok_or_else(|| Error::Internal(format!("unknown role {}", s.role)))?;
    Ok(Some(SignedIn {
        actor: Actor {
            staff: StaffId(s.staff_id),
            name: s.name,
            role,
            department: s.department_id.map(DepartmentId),
        },
        login: s.login,
        csrf: form_token::text(&s.csrf),
        full: s.stage == "full",
        enrolled: s.enrolled,
    }))
}

/// A fresh secret for enrolment: sealed for the form to carry, as text to type, as `otpauth:` address for the QR code.
pub struct Enrolment {
    /// Goes into a hidden field; only this server opens it, only for this person.
    pub sealed: String,
    /// To type by hand, base32.
    pub secret: String,
    /// For the QR code.
    pub url: String,
}

/// Begins enrolment of a second factor.
///
/// # Errors
/// Our own fault only.
pub fn enrolment(app: &App, person: &SignedIn) -> Result<Enrolment> {
    let secret: [u8; 20] = app.dice.bytes();
    let sealed = app.sealer.seal(
        Purpose::Totp,
        person.actor.staff.0,
        &secret,
        app.dice.bytes(),
    );
    enrolment_of(app, person, &secret, URL_SAFE_NO_PAD.encode(sealed))
}

fn enrolment_of(app: &App, person: &SignedIn, secret: &[u8], sealed: String) -> Result<Enrolment> {
    let code = totp(secret, &person.login, &app.config.site_name).map_err(Error::internal)?;
    Ok(Enrolment {
        sealed,
        secret: totp_rs::Secret::from(secret.to_vec()).to_base32(),
        url: code.to_url().map_err(Error::internal)?,
    })
}

/// The enrolment that a form carried, shown again after a wrong code so that the phone need not scan anew; a fresh one
/// when the form carried none of ours.
///
/// # Errors
/// Our own fault only.
pub fn enrolment_again(app: &App, person: &SignedIn, sealed: &str) -> Result<Enrolment> {
    let opened = URL_SAFE_NO_PAD.decode(sealed).ok().and_then(|s| {
        app.sealer
            .open(Purpose::Totp, person.actor.staff.0, &s)
            .ok()
    });
    match opened {
        Some(secret) => enrolment_of(app, person, &secret, sealed.to_owned()),
        None => enrolment(app, person),
    }
}

/// Checks the second factor and replaces the half session with a full one (a new cookie: no fixation). `sealed` is the
/// enrolment's secret at the first sign-in.
///
/// # Errors
/// [`Error::Invalid`] for a wrong, used or missing code.
pub async fn second_factor(
    app: &App,
    cookie: &str,
    person: &SignedIn,
    code: &str,
    sealed: Option<&str>,
    agent: &str,
) -> Result<String> {
    let bad = || {
        Error::field(
            "code",
            "wrong",
            "验证码不对或已经用过，请等下一个 6 位数字再输入",
        )
    };
    let staff = {
        let mut conn = app.store.conn().await?;
        rows::staff_by_login(&mut conn, &person.login)
            .await?
            .ok_or_else(bad)?
    };
    let now = app.now();
    if staff.locked_until.is_some_and(|u| u > now) {
        let mut conn = app.store.conn().await?;
        noted(app, &mut conn, staff.id, Deed::SignInFailed, "locked").await?;
        return Err(Error::field(
            "code",
            "locked",
            "输错次数太多，请过几分钟再试，或请管理员重置",
        ));
    }
    let enrolling = if staff.totp_secret.is_none() {
        sealed.and_then(|s| URL_SAFE_NO_PAD.decode(s).ok())
    } else {
        None
    };
    let kept = staff
        .totp_secret
        .clone()
        .or_else(|| enrolling.clone())
        .ok_or_else(bad)?;
    let secret = app
        .sealer
        .open(Purpose::Totp, staff.id.0, &kept)
        .map_err(|_| bad())?;
    let plain: String = crate::kernel::words::halfwidth(code)
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let unix = u64::try_from(now.unix_timestamp()).map_err(Error::internal)?;
    let step = (plain.len() == 6)
        .then(|| {
            totp(&secret, &staff.login, &app.config.site_name)
                .ok()?
                .check(&plain, unix)
        })
        .flatten();
    let Some(step) = step else {
        failed(app, &staff, "code").await?;
        return Err(bad());
    };
    let step = i64::try_from(step).map_err(Error::internal)?;
    let fresh = tx!(app.store, conn => {
        if let Some(sealed) = &enrolling {
            if !rows::staff_enrol(conn, staff.id, sealed).await? {
                return Ok(false);
            }
            noted(app, conn, staff.id, Deed::FactorEnrol, "").await?;
        }
        let fresh = rows::staff_use_step(conn, staff.id, step).await?;
        let (act, detail) = if fresh { (Deed::SignIn, "") } else { (Deed::SignInFailed, "code used before") };
        noted(app, conn, staff.id, act, detail).await?;
        Ok(fresh)
    })?;
    if !fresh {
        return Err(bad());
    }
    if let Some(token) = token_of(cookie) {
        let mut conn = app.store.conn().await?;
        rows::session_end(&mut conn, &keys::token_hash(&token), staff.id).await?;
    }
    open_session(app, &staff, "full", agent).await
}

/// A signed-in browser as its owner sees it.
pub struct OpenSession {
    /// Names it among the owner's sessions.
    pub id: String,
    /// The browser.
    pub agent: String,
    /// Signed in.
    pub since: time::OffsetDateTime,
    /// Last request.
    pub last: time::OffsetDateTime,
    /// The one that asks.
    pub here: bool,
    hash: Vec<u8>,
}

/// The living sessions of a person, newest first.
///
/// # Errors
/// The database is away.
pub async fn sessions(app: &App, person: &SignedIn, cookie: &str) -> Result<Vec<OpenSession>> {
    let here = token_of(cookie)
        .map(|t| keys::token_hash(&t).to_vec())
        .unwrap_or_default();
    let now = app.now();
    let mut conn = app.store.conn().await?;
    let rows = rows::sessions(&mut conn, person.actor.staff).await?;
    Ok(rows
        .into_iter()
        .filter(|s| s.stage == "full" && s.expires_at >= now && s.seen_at + IDLE >= now)
        .map(|s| OpenSession {
            // eight bytes of a hash: enough among fifty, nothing to sign in with
            id: hex(&s.token_hash[..s.token_hash.len().min(8)]),
            agent: s.agent,
            since: s.created_at,
            last: s.seen_at,
            here: s.token_hash == here,
            hash: s.token_hash,
        })
        .collect())
}

/// Ends one of a person's own sessions by its id, or every other one (`others`). Gives how many ended.
///
/// # Errors
/// The database is away.
pub async fn session_end(app: &App, person: &SignedIn, cookie: &str, id: &str) -> Result<usize> {
    let all = sessions(app, person, cookie).await?;
    let gone: Vec<_> = all
        .iter()
        .filter(|s| if id == "others" { !s.here } else { s.id == id })
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let detail = format!("{} ended", gone.len());
    let staff = person.actor.staff;
    tx!(app.store, conn => {
        for session in &gone {
            rows::session_end(conn, &session.hash, staff).await?;
        }
        noted(app, conn, staff, Deed::SessionEnd, &detail).await
    })?;
    Ok(gone.len())
}

/// Ends the session of a cookie.
///
/// # Errors
/// The database is away.
pub async fn sign_out(app: &App, cookie: &str, staff: StaffId) -> Result<()> {
    if let Some(token) = token_of(cookie) {
        let hash = keys::token_hash(&token);
        tx!(app.store, conn => {
            rows::session_end(conn, &hash, staff).await?;
            noted(app, conn, staff, Deed::SignOut, "").await
        })?;
    }
    Ok(())
}
