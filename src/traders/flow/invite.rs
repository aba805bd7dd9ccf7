//! The handler invites the trader to answer, takes an invitation back, and notes what has come. The code exists in clear
//! only in the answer to the step that makes it, and sealed in a letter or message until that is sent.

use super::{inside, tell};
use crate::{
    app::App,
    casework::{
        EventKind, Verb,
        flow::{Step, free, notice_facts, open_led, unchanged},
    },
    error::{Error, Result},
    intake::check::date,
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        code::QueryCode,
        number::CaseNumber,
    },
    notices::{NoticeKind, trader as words},
    privacy::Purpose,
    store::{
        case::{self as cases, Case},
        traders::{self as rows, Invitation},
    },
    traders::{InvitationState, OfferState, Way, answer_days, masked},
    tx,
};
use serde_json::json;
use time::{Date, OffsetDateTime};

/// What the form says, as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// The last day for an answer.
    pub due: &'a str,
    /// What the trader reads in place of the story, may be empty.
    pub summary: &'a str,
    /// Where to send the letter, may be empty.
    pub mail: &'a str,
    /// Where to send a short message, may be empty.
    pub phone: &'a str,
}

/// A new invitation with its code, to be shown once.
pub struct Made {
    /// The complaint.
    pub number: CaseNumber,
    /// The code.
    pub code: QueryCode,
    /// The last day for an answer.
    pub due: Date,
    /// The letter, code included.
    pub letter: String,
}

/// Where a trader answers.
fn address(app: &App) -> String {
    format!("{}/respond", app.config.public_url.trim_end_matches('/'))
}

fn letter_text(app: &App, case: &Case, made: OffsetDateTime, due: Date, code: &str) -> String {
    let reference = app.reference();
    let facts = notice_facts(case, reference.holder(case.department), china_date(made));
    words::invitation(facts, due, &address(app), code)
}

/// The letter as it would be made today, its code left blank.
#[must_use]
pub(crate) fn letter_preview(app: &App, case: &Case, due: Date) -> String {
    letter_text(app, case, app.now(), due, words::CODE_BLANK)
}

/// The days from which the last one for an answer is chosen.
#[must_use]
pub(crate) fn days(app: &App, case: &Case) -> Vec<Date> {
    let owed = case.next_due.filter(|_| case.next_clock.is_some());
    answer_days(app.today(), owed, &app.reference().calendar)
}

/// Invites the trader 请经营者答复: one invitation at a time, until a day that is told to everybody.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Conflict`] while an invitation or an offer is
/// open; [`Error::Invalid`] for a day outside the list, a summary that is missing or not clean, an address that is none.
pub async fn invite(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    wish: Wish<'_>,
) -> Result<Made> {
    let parsed = CaseNumber::parse(number).map_err(|_| Error::NotFound)?;
    let step = Step::of(app, actor);
    let code = QueryCode::make(|n| app.dice.below(n));
    let id = app.ids.next();
    let code_hash = app.sealer.ring().respond_code_hash(parsed, code.digits());
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Invite, Act::Handle).await?;
        alone(conn, &case, app).await?;
        let due = date(wish.due).filter(|d| days(app, &case).contains(d))
            .ok_or_else(|| Error::field("due", "unknown_value", "请从列出的日期里选择"))?;
        let inside = inside(app, conn, &case).await?;
        let summary = match wish.summary.trim() {
            "" if !inside.needs_summary(&case) => None,
            text => Some(masked::summary(text, &inside.people).map_err(|e| Error::Invalid(vec![e]))?),
        };
        let invitation = Invitation {
            id,
            case: case.id,
            state: InvitationState::Open,
            code_hash: code_hash.to_vec(),
            due,
            made_at: step.now,
            staff: actor.staff.0,
            summary: summary.map(|s| app.sealer.seal(Purpose::Narrative, id, s.as_bytes(), app.dice.bytes())),
            ended_at: None,
            news: 0,
        };
        rows::invitation_insert(conn, &invitation).await?;
        let kept = letter_text(app, &case, step.now, due, words::CODE_BLANK);
        let notice = step.trader_copy(conn, &case, NoticeKind::Invitation, &kept, Some(id)).await?;
        for (way, to) in [(Way::Mail, wish.mail), (Way::Sms, wish.phone)] {
            if !to.trim().is_empty() {
                let to = tell::addressed(app, way, to)?;
                tell::queue(&step, conn, &case, notice, way, to, Some(code.grouped())).await?;
            }
        }
        let data = json!({ "due": due.to_string() });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::TraderInvited, data)).await?;
        let letter = letter_text(app, &case, step.now, due, &code.grouped());
        Ok(Made { number: parsed, code: code.clone(), due, letter })
    })
}

/// Nothing else waits for the trader or for the complainant.
async fn alone(conn: &mut crate::store::Conn, case: &Case, app: &App) -> Result<()> {
    for before in rows::invitations(conn, case.id).await? {
        if before.state != InvitationState::Open {
            continue;
        }
        if before.due >= app.today() {
            return Err(Error::Conflict(
                "已经有一份邀请在等经营者答复，撤回后才能再发",
            ));
        }
        // the sweep was not here yet
        rows::invitation_end(conn, before.id, InvitationState::Expired, app.now(), 0).await?;
    }
    let waits = rows::answers(conn, case.id)
        .await?
        .iter()
        .any(|a| a.offer == OfferState::Open && a.until.is_some_and(|d| d >= app.today()));
    if waits {
        return Err(Error::Conflict("经营者的方案还在等消费者决定"));
    }
    Ok(())
}

/// Takes the open invitation back; its code opens nothing any more.
///
/// # Errors
/// As [`invite`]; [`Error::Conflict`] when none is open.
pub async fn revoke(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::InviteRevoke, Act::Handle).await?;
        let open = rows::invitations(conn, case.id).await?.into_iter().find(|i| i.state == InvitationState::Open);
        let open = open.ok_or(Error::Conflict("没有在等答复的邀请"))?;
        rows::invitation_end(conn, open.id, InvitationState::Revoked, step.now, 0).await?;
        let event = step.event(EventKind::TraderUninvited, json!({}));
        step.finish(conn, &case, &unchanged(&case)?, event).await
    })
}

/// The handler has seen what came from the trader: the mark goes.
///
/// # Errors
/// Not visible, not allowed, kept from the case (C-26).
pub async fn seen(app: &App, actor: &Actor, number: &str) -> Result<()> {
    let number = open_led(app, actor, number).await?.number;
    if !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &number).await?.ok_or(Error::NotFound)?;
        free(conn, actor, &case).await?;
        let news = rows::news_seen(conn, case.id).await?;
        let mut change = unchanged(&case)?;
        change.unread = (change.unread - news).max(0);
        if news > 0 { cases::case_save(conn, &case, &change).await } else { Ok(()) }
    })
}

/// The letter of an open invitation once more, for whoever still holds its code; a handler who closed the page has none.
///
/// # Errors
/// Not visible, not allowed, kept from the case (C-26); [`Error::NotFound`] for another code or an invitation that is no longer open.
pub async fn letter(
    app: &App,
    actor: &Actor,
    number: &str,
    code: &str,
) -> Result<(Case, OffsetDateTime, String)> {
    let case = open_led(app, actor, number).await?;
    if !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    free(&mut *app.store.conn().await?, actor, &case).await?;
    let parsed = CaseNumber::parse(&case.number).map_err(|_| Error::NotFound)?;
    let code = QueryCode::parse(code).map_err(|_| Error::NotFound)?;
    let invitation = super::respond::find(app, parsed, &code).await?;
    if invitation.state != InvitationState::Open {
        return Err(Error::NotFound);
    }
    let text = letter_text(
        app,
        &case,
        invitation.made_at,
        invitation.due,
        &code.grouped(),
    );
    Ok((case, invitation.made_at, text))
}
