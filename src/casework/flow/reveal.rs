//! Showing sealed contacts to who has a reason.

use super::{Party, Step, open_led, parties, reason_of, recusal, view};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    intake::Contact,
    kernel::{
        access::{Act, Actor},
        words::CaseKind,
    },
    store::{case as rows, parties as party_rows},
    tx,
};

/// Shows the sealed contacts of a complaint: the sender's, and those of joint complainants and of the agent (C-04,
/// C-05), with a reason that stays in the audit trail (P-11). A report's reporter is never shown here.
///
/// # Errors
/// Not visible, not allowed, kept from the case, no reason.
pub async fn reveal(
    app: &App,
    actor: &Actor,
    number: &str,
    reason: &str,
) -> Result<(Contact, Vec<Party>)> {
    let reason = reason_of(reason, "请写明为什么要查看")?;
    let case = open_led(app, actor, number).await?;
    if case.kind != CaseKind::Complaint || !actor.may(Act::Reveal) {
        return Err(Error::Forbidden);
    }
    let step = Step::of(app, actor);
    let (sealed, people) = tx!(app.store, conn => {
        recusal::free(conn, actor, &case).await?;
        step.audit(conn, &case, Deed::RevealContact.code(), String::new(), Some(reason)).await?;
        Ok((rows::secret(conn, case.id).await?, party_rows::parties(conn, case.id).await?))
    })?;
    let contact = view::contact(app, &case, &sealed)?.ok_or(Error::NotFound)?;
    let people = parties::opened(app, &people, &contact)?;
    Ok((contact, people))
}
