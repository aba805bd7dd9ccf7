//! What is late ends by itself: an invitation that nobody answered, an offer that nobody took. A reconciler: it takes no
//! input and may run twice.

use super::line;
use crate::{
    app::App,
    casework::{
        Verb, edge,
        flow::{record, unchanged},
    },
    error::{Error, Result},
    store::{
        Conn,
        case::{self as cases, NewEvent},
        security, traders as rows,
    },
    traders::{InvitationState, OfferState},
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// How much was late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Late {
    /// Invitations without an answer.
    pub invitations: usize,
    /// Offers without a decision.
    pub offers: usize,
}

/// One pass: at most a hundred of each.
///
/// # Errors
/// The database is away; the next pass does the work.
pub async fn expire(app: &App) -> Result<Late> {
    let (invitations, offers) = {
        let mut conn = app.store.conn().await?;
        (
            rows::invitations_late(&mut conn, app.today()).await?,
            rows::offers_late(&mut conn, app.today()).await?,
        )
    };
    for (id, number) in &invitations {
        tx!(app.store, conn => {
            let case = cases::case_lock(conn, number).await?.ok_or(Error::NotFound)?;
            let told = edge(case.kind, case.state, Verb::TraderSilent).is_some();
            if rows::invitation_end(conn, *id, InvitationState::Expired, app.now(), i32::from(told)).await? {
                tell(app, conn, &case, Verb::TraderSilent).await?;
            }
            Ok(())
        })?;
    }
    for (id, number) in &offers {
        tx!(app.store, conn => {
            let case = cases::case_lock(conn, number).await?.ok_or(Error::NotFound)?;
            if rows::offer_end(conn, *id, OfferState::Lapsed, app.now()).await? && tell(app, conn, &case, Verb::OfferLapse).await? {
                rows::news_add(conn, Uuid::clone(id)).await?;
            }
            Ok(())
        })?;
    }
    Ok(Late {
        invitations: invitations.len(),
        offers: offers.len(),
    })
}

/// Tells the handler, unless the case has ended.
async fn tell(app: &App, conn: &mut Conn, case: &cases::Case, verb: Verb) -> Result<bool> {
    let Some(edge) = edge(case.kind, case.state, verb) else {
        return Ok(false);
    };
    let mut change = unchanged(case)?;
    change.unread += 1;
    let event = NewEvent {
        kind: edge.event,
        actor: "system",
        staff: None,
        data: json!({}),
    };
    record(app, conn, case, change, event, app.now()).await?;
    security::audit_insert(conn, &line(app, case, edge.event.code(), "system")).await?;
    Ok(true)
}
