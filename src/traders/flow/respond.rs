//! The trader without an account: number and code open the masked complaint; the first answer that is sent uses the
//! code up. Unknown number, wrong code, another case's code and a report's number are one answer after the same work.

use super::{Masked, answer_of, inside, line, summary_of};
use crate::{
    app::App,
    casework::{
        EventKind, Verb, edge,
        flow::{record, unchanged},
    },
    error::{Error, Result},
    evidence::flow as evidence,
    kernel::{clock::china_date, code::QueryCode, number::CaseNumber},
    privacy::{Purpose, keys},
    receipts::{FileMark, sha256},
    store::{
        case::{self as cases, Case, NewEvent},
        security,
        traders::{self as rows, Answered, Invitation},
    },
    traders::{InvitationState, OfferState, answer::Answer},
    tx,
};
use serde_json::json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An invitation that can be answered.
pub struct Open {
    /// The complaint; a page shows of it what is named here and in `masked`, nothing else.
    pub case: Case,
    /// The last day for an answer.
    pub due: Date,
    /// What the trader reads.
    pub masked: Masked,
    /// The invitation, which the files of the answer wait with.
    pub invitation: Uuid,
}

/// An invitation that was answered.
pub struct Used {
    /// Number of the complaint.
    pub number: String,
    /// The trader.
    pub trader: String,
    /// When the answer came, UTC.
    pub at: OffsetDateTime,
    /// The answer as the text that was hashed.
    pub text: String,
    /// SHA-256 of the text.
    pub hash: Vec<u8>,
    /// Where the offer stands.
    pub offer: OfferState,
    /// The last day on which it can be taken.
    pub until: Option<Date>,
    /// The files that came with it.
    pub files: Vec<FileMark>,
}

/// What a right code opens.
pub enum Entry {
    /// To be answered.
    Open(Box<Open>),
    /// Answered.
    Used(Box<Used>),
    /// Taken back by the office.
    Revoked,
    /// Its day has passed.
    Expired(Date),
    /// The complaint has ended otherwise.
    Over,
}

/// The invitation of a number and code: one look-up, one hash, and every invitation of the case compared.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn find(app: &App, number: CaseNumber, code: &QueryCode) -> Result<Invitation> {
    let all = {
        let mut conn = app.store.conn().await?;
        rows::invitations_of(&mut conn, &number.to_string()).await?
    };
    let hash = app.sealer.ring().respond_code_hash(number, code.digits());
    // an unknown number costs a comparison too
    let none = keys::same(&[0; 32], &hash);
    let mut found = None;
    for invitation in all {
        if keys::same(&invitation.code_hash, &hash) && !none {
            found = Some(invitation);
        }
    }
    found.ok_or(Error::NotFound)
}

/// What number and code open now.
///
/// # Errors
/// [`Error::NotFound`] when they do not belong together.
pub async fn enter(app: &App, number: CaseNumber, code: &QueryCode) -> Result<Entry> {
    let invitation = find(app, number, code).await?;
    let mut conn = app.store.conn().await?;
    let case = cases::case(&mut conn, &number.to_string())
        .await?
        .ok_or(Error::NotFound)?;
    match invitation.state {
        InvitationState::Answered => {
            let answered = rows::answers(&mut conn, case.id)
                .await?
                .into_iter()
                .find(|a| a.invitation == invitation.id)
                .ok_or_else(|| Error::internal("an answered invitation without an answer"))?;
            let answer = answer_of(app, &answered)?;
            Ok(Entry::Used(Box::new(Used {
                text: answer.text(&case.number, &case.trader_name, answered.at),
                number: case.number,
                trader: case.trader_name,
                at: answered.at,
                hash: answered.body_hash,
                files: answer.files,
                offer: answered.offer,
                until: answered.until,
            })))
        }
        InvitationState::Revoked => Ok(Entry::Revoked),
        _ if edge(case.kind, case.state, Verb::TraderAnswer).is_none() => Ok(Entry::Over),
        InvitationState::Expired => Ok(Entry::Expired(invitation.due)),
        InvitationState::Open if invitation.due < app.today() => Ok(Entry::Expired(invitation.due)),
        InvitationState::Open => {
            let summary = summary_of(app, &invitation)?;
            let masked = inside(app, &mut conn, &case).await?.masked(&case, summary);
            Ok(Entry::Open(Box::new(Open {
                due: invitation.due,
                invitation: invitation.id,
                masked,
                case,
            })))
        }
    }
}

/// Takes an answer with the files that wait for it: the invitation is used up, the handler is told, the complainant reads
/// it.
///
/// # Errors
/// [`Error::NotFound`] as [`enter`]; [`Error::Conflict`] when somebody was faster, when it was taken back, when its day
/// has passed or the complaint has ended.
pub async fn answer(
    app: &App,
    number: CaseNumber,
    code: &QueryCode,
    answer: &Answer,
) -> Result<()> {
    let wanted = find(app, number, code).await?.id;
    let now = app.now();
    let files = evidence::held(app, wanted).await?;
    let answer = &Answer {
        files: evidence::marks(&files),
        ..answer.clone()
    };
    let body = serde_json::to_vec(answer).map_err(Error::internal)?;
    let body = app
        .sealer
        .seal(Purpose::Trader, wanted, &body, app.dice.bytes());
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        let invitation = rows::invitations(conn, case.id).await?.into_iter().find(|i| i.id == wanted).ok_or(Error::NotFound)?;
        match invitation.state {
            InvitationState::Open if invitation.due >= china_date(now) => {}
            InvitationState::Answered => return Err(Error::Conflict("这个答复码已经用过了，先发出的那一份有效")),
            InvitationState::Revoked => return Err(Error::Conflict("承办部门已经撤回这份邀请")),
            _ => return Err(Error::Conflict("答复的期限已经过了")),
        }
        let edge = edge(case.kind, case.state, Verb::TraderAnswer).ok_or(Error::Conflict("这件投诉已经结束，不用再答复"))?;
        let text = answer.text(&case.number, &case.trader_name, now);
        let row = Answered {
            invitation: wanted,
            case: case.id,
            at: now,
            body: body.clone(),
            body_hash: sha256(text.as_bytes()).to_vec(),
            offer: if answer.offer.is_some() { OfferState::Open } else { OfferState::None },
            until: answer.offer.as_ref().map(|o| o.until),
            offer_ended_at: None,
        };
        rows::invitation_end(conn, wanted, InvitationState::Answered, now, 1).await?;
        rows::answer_insert(conn, &row).await?;
        evidence::keep(app, conn, wanted, &files, &[case.id]).await.map_err(|e| match e {
            Error::NotFound => Error::Conflict("刚才又有文件上传或者撤回，请再核对一遍再发出"),
            other => other,
        })?;
        let mut change = unchanged(&case)?;
        change.unread += 1;
        let data = json!({ "stance": answer.stance, "offer": answer.offer.is_some() });
        let event = NewEvent { kind: edge.event, actor: "trader", staff: None, data };
        record(app, conn, &case, change, event, now).await?;
        security::audit_insert(conn, &line(app, &case, EventKind::TraderAnswered.code(), "trader")).await
    })
}
