//! Sending to traders: a copy of a notice, or the letter of an invitation with its code. Unlike what a complainant gets,
//! the text itself is sent, since a trader has no page to read it on; it names no complainant. The code is forgotten
//! when the letter has left.

use super::queue::Outcome;
use crate::{
    app::App,
    casework::{
        EventKind, Verb, edge,
        flow::{record, unchanged},
    },
    error::{Error, Result},
    kernel::{clock::china_date, words::Delivery},
    notices::trader as words,
    outside::{Mail, SendError, Sms},
    privacy::Purpose,
    receipts::sha256,
    store::{
        case::{self as cases, NewEvent},
        traders::notices::{self as rows, Outgoing},
    },
    traders::{InvitationState, SMS_MAX, Way, flow::Secret},
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// Subject of every letter to a trader.
pub const SUBJECT: &str = "一份与投诉有关的文书，请查看";

/// Sends what is to be sent, and keeps the proof; a telling counts when the other side took it.
///
/// # Errors
/// The database is away, a key is missing.
pub async fn send(app: &App, id: Uuid) -> Result<Outcome> {
    let found = {
        let mut conn = app.store.conn().await?;
        rows::outgoing(&mut conn, id).await?
    };
    let Some(out) = found else {
        return Ok(Outcome::Dead("no such telling".into()));
    };
    // sent by a run that could not say so to the queue
    if out.told.state == Delivery::Sent {
        return Ok(Outcome::Done);
    }
    let secret = Secret::open(app, &out.told)?;
    if out.invitation.is_some_and(|s| s != InvitationState::Open) {
        let why = "the invitation is no longer open";
        fail(app, out, secret, why).await?;
        return Ok(Outcome::Dead(why.into()));
    }
    let text = text(app, &out, &secret)?;
    let sent = match out.told.way {
        Way::Mail => mail(app, id, &secret.note, &text).await,
        _ => sms(app, id, &secret.note, &text).await,
    };
    match sent {
        Ok(answer) => {
            prove(app, out, secret, &text, answer).await?;
            Ok(Outcome::Done)
        }
        Err(SendError::Later(why)) => Ok(Outcome::Later(why)),
        Err(SendError::Never(why)) => {
            // the code is kept: an administrator may mend the cause and have it tried again
            let mut told = out.told;
            told.state = Delivery::Failed;
            told.at = app.now();
            told.detail.clone_from(&why);
            let mut conn = app.store.conn().await?;
            rows::told_save(&mut conn, &told).await?;
            Ok(Outcome::Dead(why))
        }
    }
}

/// What is sent: the copy itself with the code in its place; an invitation by short message in short words.
fn text(app: &App, out: &Outgoing, secret: &Secret) -> Result<String> {
    let kept = app
        .sealer
        .open_text(Purpose::Notice, out.told.notice, &out.body)
        .map_err(Error::internal)?;
    let code = secret.code.as_deref().unwrap_or(words::CODE_BLANK);
    let name = &app.config.site_name;
    Ok(match (out.told.way, out.due) {
        (Way::Mail, _) => format!("{}\n", kept.replace(words::CODE_BLANK, code)),
        (_, Some(due)) => {
            words::invitation_message(name, &out.number, due, &app.config.public_url, code)
        }
        (_, None) => {
            let lines: Vec<&str> = kept
                .lines()
                .map(str::trim)
                .filter(|l| !l.is_empty())
                .collect();
            format!("【{name}】{}", lines.join(" "))
        }
    })
}

async fn mail(app: &App, id: Uuid, to: &str, text: &str) -> std::result::Result<String, SendError> {
    let Some(mailer) = &app.mailer else {
        return Err(SendError::Later("smtp_url is not set".into()));
    };
    let mail = Mail {
        id,
        to: to.to_owned(),
        subject: SUBJECT,
        body: text.to_owned(),
        at: app.now(),
    };
    mailer.send(&mail).await
}

async fn sms(app: &App, id: Uuid, to: &str, text: &str) -> std::result::Result<String, SendError> {
    let Some(sender) = &app.sms else {
        return Err(SendError::Later("sms_gateway_url is not set".into()));
    };
    if text.chars().count() > SMS_MAX {
        return Err(SendError::Never("too long for a short message".into()));
    }
    let sms = Sms {
        id,
        to: to.to_owned(),
        text: text.to_owned(),
    };
    sender.send(&sms).await
}

/// Keeps that it was sent, forgets the code, and notes the telling in the case's history (C-25, C-30).
async fn prove(app: &App, out: Outgoing, secret: Secret, text: &str, answer: String) -> Result<()> {
    let now = app.now();
    let mut told = out.told;
    told.state = Delivery::Sent;
    told.at = now;
    told.day = china_date(now);
    told.content_hash = sha256(text.as_bytes()).to_vec();
    told.detail = answer;
    told.secret = Secret {
        code: None,
        ..secret
    }
    .seal(app, told.id)?;
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &out.number).await?.ok_or(Error::NotFound)?;
        rows::told_save(conn, &told).await?;
        let data = json!({ "form": out.form, "way": told.way, "on": told.day.to_string() });
        let event = NewEvent { kind: EventKind::TraderTold, actor: "system", staff: None, data };
        // the case may have been closed while the letter waited
        if edge(case.kind, case.state, Verb::TellTrader).is_some() {
            record(app, conn, &case, unchanged(&case)?, event, now).await
        } else {
            Ok(())
        }
    })
}

/// Keeps that it was not sent and will not be; the code is forgotten.
async fn fail(app: &App, out: Outgoing, secret: Secret, why: &str) -> Result<()> {
    let mut told = out.told;
    told.state = Delivery::Failed;
    told.at = app.now();
    why.clone_into(&mut told.detail);
    told.secret = Secret {
        code: None,
        ..secret
    }
    .seal(app, told.id)?;
    let mut conn = app.store.conn().await?;
    rows::told_save(&mut conn, &told).await
}

/// A telling whose job was given up is not waiting any more.
///
/// # Errors
/// The database is away.
pub async fn settle(app: &App) -> Result<u64> {
    let mut conn = app.store.conn().await?;
    rows::told_settle(&mut conn, app.now()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::queue::JobKind;

    #[test]
    fn each_way_that_is_sent_has_its_job() {
        for way in Way::ALL.iter().copied().filter(|w| w.is_sent()) {
            assert!(JobKind::from_code(way.job()).is_some(), "{way}");
        }
    }
}
