//! Sending notices 送达: every notice is given on /track at once; a complainant who left an e-mail or a telephone is
//! told as well that there is news. The message names the case and the page, nothing else; the proof keeps way, time,
//! hash and answer. A reporter is never written to outside of /track.

use super::{
    id_at,
    queue::{JobKind, Outcome, enqueue},
};
use crate::{
    app::App,
    error::{Error, Result},
    intake::Contact,
    kernel::{
        number::CaseNumber,
        words::{CaseKind, Delivery, Way},
    },
    outside::{Mail, SendError, Sms},
    privacy::Purpose,
    receipts::{qr::track_url, sha256},
    store::notices::{self as rows, DeliveryRow, Outgoing},
    tx,
};
use time::Duration;
use uuid::Uuid;

/// Subject of every letter.
pub const SUBJECT: &str = "您反映的事项有新进展";
/// How far back notices are looked for whose sending nobody took in hand.
const BACK: Duration = Duration::days(3);

/// Takes every new notice in hand: proves the way by /track, and enqueues the other ways, in one transaction a notice.
///
/// # Errors
/// The database is away; the next pass does the work.
pub async fn reconcile(app: &App) -> Result<usize> {
    let now = app.now();
    let fresh = {
        let mut conn = app.store.conn().await?;
        rows::deliveries_settle(&mut conn, now).await?;
        rows::notices_unsent(&mut conn, id_at(now - BACK)).await?
    };
    for notice in &fresh {
        let who = match contact(app, notice) {
            Ok(who) => who,
            Err(e) => {
                // one case that cannot be opened must not hold up the others
                tracing::error!(notice = %notice.id, error = %e, "contact not opened");
                None
            }
        };
        let row = |way, at, state| DeliveryRow {
            notice: notice.id,
            way,
            at,
            state,
            content_hash: notice.body_hash.clone(),
            detail: String::new(),
        };
        let by_mail = app.mailer.is_some() && who.as_ref().is_some_and(|c| !c.email.is_empty());
        let by_sms = app.sms.is_some() && who.as_ref().is_some_and(|c| mobile(&c.phone));
        tx!(app.store, conn => {
            rows::delivery_open(conn, &row(Way::Track, notice.at, Delivery::Sent)).await?;
            if by_mail {
                rows::delivery_open(conn, &row(Way::Mail, now, Delivery::Queued)).await?;
                enqueue(app, conn, JobKind::NoticeMail, notice.id).await?;
            }
            if by_sms {
                rows::delivery_open(conn, &row(Way::Sms, now, Delivery::Queued)).await?;
                enqueue(app, conn, JobKind::NoticeSms, notice.id).await?;
            }
            Ok(())
        })?;
    }
    Ok(fresh.len())
}

/// Only a mobile telephone takes short messages.
fn mobile(phone: &str) -> bool {
    phone.len() == 11 && phone.starts_with('1') && phone.bytes().all(|b| b.is_ascii_digit())
}

/// The complainant's contact; a reporter's is not opened.
fn contact(app: &App, notice: &Outgoing) -> Result<Option<Contact>> {
    let Some(sealed) = notice
        .contact
        .as_ref()
        .filter(|_| notice.kind == CaseKind::Complaint)
    else {
        return Ok(None);
    };
    let plain = app
        .sealer
        .open(Purpose::Contact, notice.case.0, sealed)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain)
        .map(Some)
        .map_err(Error::internal)
}

fn address(app: &App, number: &str) -> String {
    CaseNumber::parse(number).map_or_else(
        |_| format!("{}/track", app.config.public_url.trim_end_matches('/')),
        |n| track_url(&app.config.public_url, n),
    )
}

/// Body of the letter.
#[must_use]
pub fn letter(app: &App, number: &str) -> String {
    format!(
        "您反映的事项（编号 {number}）有新进展，有一份文书请您查看。\n\n\
请打开 {} ，填写编号和查询码，就能看到全文。\n\n\
这封信由系统发出，不用回复。我们不会在信里向您要查询码、验证码、银行卡号，也不会让您转账。\n\n{}\n",
        address(app, number),
        app.config.site_name,
    )
}

/// Text of the short message.
#[must_use]
pub fn text_message(app: &App, number: &str) -> String {
    format!(
        "【{}】您反映的事项（编号 {number}）有新进展，请到 {} 用查询码查看。",
        app.config.site_name,
        address(app, number),
    )
}

/// What is to be sent by one way, or the end if there is nothing to do.
async fn waiting(
    app: &App,
    id: Uuid,
    way: Way,
) -> Result<std::result::Result<(Outgoing, Contact), Outcome>> {
    let notice = {
        let mut conn = app.store.conn().await?;
        let before = rows::delivery(&mut conn, id, way).await?;
        // sent by a run that could not say so to the queue
        if before.is_some_and(|d| d.state == Delivery::Sent) {
            return Ok(Err(Outcome::Done));
        }
        rows::notice_outgoing(&mut conn, id).await?
    };
    let Some(notice) = notice else {
        return Ok(Err(Outcome::Dead("no such notice".into())));
    };
    Ok(match contact(app, &notice)? {
        Some(who) => Ok((notice, who)),
        None => Err(Outcome::Dead("nobody to write to".into())),
    })
}

/// Keeps the proof.
async fn prove(
    app: &App,
    notice: Uuid,
    way: Way,
    content: &str,
    sent: std::result::Result<String, SendError>,
) -> Result<Outcome> {
    let (state, detail, outcome) = match sent {
        Ok(answer) => (Delivery::Sent, answer, Outcome::Done),
        Err(SendError::Never(why)) => (Delivery::Failed, why.clone(), Outcome::Dead(why)),
        Err(SendError::Later(why)) => return Ok(Outcome::Later(why)),
    };
    let row = DeliveryRow {
        notice,
        way,
        at: app.now(),
        state,
        content_hash: sha256(content.as_bytes()).to_vec(),
        detail,
    };
    let mut conn = app.store.conn().await?;
    rows::delivery_save(&mut conn, &row).await?;
    Ok(outcome)
}

/// Sends the letter about a notice.
///
/// # Errors
/// The database is away, a key is missing.
pub async fn mail(app: &App, id: Uuid) -> Result<Outcome> {
    let Some(mailer) = &app.mailer else {
        return Ok(Outcome::Later("smtp_url is not set".into()));
    };
    let (notice, who) = match waiting(app, id, Way::Mail).await? {
        Ok(both) => both,
        Err(end) => return Ok(end),
    };
    let mail = Mail {
        id,
        to: who.email,
        subject: SUBJECT,
        body: letter(app, &notice.number),
        at: app.now(),
    };
    let sent = mailer.send(&mail).await;
    let content = format!("{SUBJECT}\n{}", mail.body);
    prove(app, id, Way::Mail, &content, sent).await
}

/// Sends the short message about a notice.
///
/// # Errors
/// The database is away, a key is missing.
pub async fn sms(app: &App, id: Uuid) -> Result<Outcome> {
    let Some(sender) = &app.sms else {
        return Ok(Outcome::Later("sms_gateway_url is not set".into()));
    };
    let (notice, who) = match waiting(app, id, Way::Sms).await? {
        Ok(both) => both,
        Err(end) => return Ok(end),
    };
    let sms = Sms {
        id,
        to: who.phone,
        text: text_message(app, &notice.number),
    };
    let sent = sender.send(&sms).await;
    prove(app, id, Way::Sms, &sms.text, sent).await
}
