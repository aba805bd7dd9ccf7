//! Telling who is on duty that an alert waits (K-02): by letter and short message to the addresses of the settings, one
//! for all alerts of a moment. The message says that something waits and where, nothing of what it is.

use super::queue::{JobKind, Outcome, enqueue};
use crate::{
    app::App,
    error::Result,
    kernel::clock::CHINA,
    outside::{Mail, SendError, Sms},
    store::alerts as rows,
    tx,
};
use time::Duration;
use uuid::Uuid;

/// Subject of the letter.
const SUBJECT: &str = "有风险预警等您当天查看";
/// What is older was missed anyway: the desk says so, no message helps.
const BACK: Duration = Duration::days(1);

/// Takes new alerts in hand: one job a way for all that came since the last look, in one transaction.
///
/// # Errors
/// The database is away; the next pass does the work.
pub async fn reconcile(app: &App) -> Result<usize> {
    let by_mail = app.mailer.is_some() && !app.config.duty_email.is_empty();
    let by_sms = app.sms.is_some() && !app.config.duty_phone.is_empty();
    if !by_mail && !by_sms {
        return Ok(0);
    }
    let fresh = {
        let mut conn = app.store.conn().await?;
        rows::alerts_untold(&mut conn, app.now() - BACK).await?
    };
    let Some(last) = fresh.last().copied() else {
        return Ok(0);
    };
    tx!(app.store, conn => {
        let mut ours = 0;
        for id in &fresh {
            ours += usize::from(rows::alert_told(conn, *id).await?);
        }
        // another node was faster with all of them
        if ours == 0 {
            return Ok(0);
        }
        if by_mail {
            enqueue(app, conn, JobKind::AlertMail, last).await?;
        }
        if by_sms {
            enqueue(app, conn, JobKind::AlertSms, last).await?;
        }
        Ok(ours)
    })
}

/// How many alerts wait; none: there is nothing to say any more.
async fn waiting(app: &App) -> Result<i64> {
    let tomorrow = app.today().midnight().assume_offset(CHINA) + Duration::DAY;
    let mut conn = app.store.conn().await?;
    rows::alerts_unseen(&mut conn, None, tomorrow).await
}

fn words(app: &App, count: i64) -> String {
    let desk = format!(
        "{}/desk/alerts",
        app.config.public_url.trim_end_matches('/')
    );
    format!("现在有 {count} 条风险预警等待确认，请今天登录工作台查看：{desk}")
}

fn outcome(sent: std::result::Result<String, SendError>) -> Outcome {
    match sent {
        Ok(_) => Outcome::Done,
        Err(SendError::Never(why)) => Outcome::Dead(why),
        Err(SendError::Later(why)) => Outcome::Later(why),
    }
}

/// Sends the letter.
///
/// # Errors
/// The database is away.
pub async fn mail(app: &App, id: Uuid) -> Result<Outcome> {
    let Some(mailer) = &app.mailer else {
        return Ok(Outcome::Later("smtp_url is not set".into()));
    };
    if app.config.duty_email.is_empty() {
        return Ok(Outcome::Dead("duty_email is not set".into()));
    }
    let count = waiting(app).await?;
    if count == 0 {
        return Ok(Outcome::Done);
    }
    let mail = Mail {
        id,
        to: app.config.duty_email.clone(),
        subject: SUBJECT,
        body: format!("{}\n\n这封信由系统发出，不用回复。\n", words(app, count)),
        at: app.now(),
    };
    Ok(outcome(mailer.send(&mail).await))
}

/// Sends the short message.
///
/// # Errors
/// The database is away.
pub async fn sms(app: &App, id: Uuid) -> Result<Outcome> {
    let Some(sender) = &app.sms else {
        return Ok(Outcome::Later("sms_gateway_url is not set".into()));
    };
    if app.config.duty_phone.is_empty() {
        return Ok(Outcome::Dead("duty_phone is not set".into()));
    }
    let count = waiting(app).await?;
    if count == 0 {
        return Ok(Outcome::Done);
    }
    let sms = Sms {
        id,
        to: app.config.duty_phone.clone(),
        text: format!("【{}】{}", app.config.site_name, words(app, count)),
    };
    Ok(outcome(sender.send(&sms).await))
}
