//! The complainant reads the trader's answers and takes an offer or not. Taking it is 先行和解: before acceptance the
//! complaint ends like a withdrawal, after it the mediation is terminated (C-29(1)) and both sides are told (C-30).

use super::{answer_of, line};
use crate::{
    app::App,
    casework::{
        EventKind, TerminationGround, Verb, edge,
        flow::{consented, record, track, unchanged},
    },
    error::{Error, Result},
    intake::joint::Matter,
    kernel::{code::QueryCode, number::CaseNumber},
    store::{
        case::{self as cases, Case, NewEvent},
        security,
        traders::{self as rows, Answered},
    },
    traders::{OfferState, answer::Answer},
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// An answer with where its offer stands.
pub struct Reply {
    /// The row.
    pub row: Answered,
    /// What the trader wrote.
    pub answer: Answer,
    /// The complainant may still take the offer or decline it.
    pub undecided: bool,
}

/// The answers to a complaint, newest first, for who may read it.
///
/// # Errors
/// The database is away, the key ring lacks a key.
pub async fn replies(app: &App, case: &Case) -> Result<Vec<Reply>> {
    let rows = {
        let mut conn = app.store.conn().await?;
        rows::answers(&mut conn, case.id).await?
    };
    let may = edge(case.kind, case.state, Verb::OfferAccept).is_some();
    rows.into_iter()
        .map(|row| {
            Ok(Reply {
                answer: answer_of(app, &row)?,
                undecided: may && is_open(app, &row),
                row,
            })
        })
        .collect()
}

fn is_open(app: &App, row: &Answered) -> bool {
    row.offer == OfferState::Open && row.until.is_some_and(|d| d >= app.today())
}

/// Why an offer cannot be taken by one person yet (C-04, C-05), `None`: it can.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn taking_waits(app: &App, case: &Case) -> Result<Option<&'static str>> {
    let mut conn = app.store.conn().await?;
    match consented(app, &mut conn, case, &[Matter::Settle]).await {
        Ok(()) => Ok(None),
        Err(Error::Conflict(why)) => Ok(Some(why)),
        Err(e) => Err(e),
    }
}

/// The complainant takes an offer (`take`) or declines it. The offer is named, so that nobody takes one that was not
/// read.
///
/// # Errors
/// [`Error::NotFound`] for number and code; [`Error::Conflict`] when it is no longer open or the complaint has ended.
pub async fn decide(
    app: &App,
    number: CaseNumber,
    code: &QueryCode,
    offer: &str,
    take: bool,
) -> Result<()> {
    track(app, number, code).await?;
    let wanted = Uuid::try_parse(offer).unwrap_or_default();
    let now = app.now();
    let verb = if take {
        Verb::OfferAccept
    } else {
        Verb::OfferDecline
    };
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        let edge_of = |verb| edge(case.kind, case.state, verb).ok_or(Error::Conflict("这件投诉已经结束，不用再决定"));
        let decided = edge_of(verb)?;
        let open = rows::answers(conn, case.id).await?.into_iter().find(|a| a.invitation == wanted && is_open(app, a));
        let open = open.ok_or(Error::Conflict("这个方案已经不能再选，请看最新的情况"))?;
        let state = if take { OfferState::Accepted } else { OfferState::Declined };
        rows::offer_end(conn, open.invitation, state, now).await?;
        rows::news_add(conn, open.invitation).await?;
        let mut change = unchanged(&case)?;
        change.unread += 1;
        let mut event = NewEvent { kind: decided.event, actor: "resident", staff: None, data: json!({}) };
        if take {
            // C-05: a settlement is not for the representatives alone
            consented(app, conn, &case, &[Matter::Settle]).await?;
            let seq = cases::next_seq(conn, case.id).await?;
            cases::events_append(conn, case.id.0, seq, &[event.clone()], now).await?;
            let ends = edge_of(Verb::Withdraw)?;
            // what the consumer gets back is counted (rules 6.4)
            let fen = answer_of(app, &open)?.offer.and_then(|o| o.amount);
            change.state = ends.after(case.state);
            event.kind = ends.event;
            event.data = if ends.event == EventKind::Terminated {
                json!({ "ground": TerminationGround::Withdrawn, "settled": true, "fen": fen })
            } else {
                json!({ "settled": true, "fen": fen })
            };
        }
        record(app, conn, &case, change, event, now).await?;
        security::audit_insert(conn, &line(app, &case, decided.event.code(), "resident")).await
    })
}
