//! What a resident does with number and query code: look, write, withdraw.

use super::{consented, message_of, message_row, record, stands, unchanged};
use crate::{
    app::App,
    casework::{EventKind, TerminationGround, Verb, edge},
    error::{Error, Result},
    intake::joint::Matter,
    kernel::{code::QueryCode, number::CaseNumber},
    privacy::keys,
    store::{
        case::{self as rows, Case, NewEvent},
        security::{self, AuditLine},
    },
    tx,
};
use serde_json::json;
use uuid::Uuid;

/// What a resident changed leaves a line in the audit trail too, so that nobody can invent a withdrawal later.
pub(super) fn line(app: &App, case: &Case, act: &'static str) -> AuditLine {
    AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: None,
        act,
        case: Some(case.id.0),
        detail: "resident".to_owned(),
        reason: None,
    }
}

/// The case of a number and query code. Unknown number, wrong code and another case's code are one answer after the
/// same work: one look-up, one hash, one comparison.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn track(app: &App, number: CaseNumber, code: &QueryCode) -> Result<Case> {
    let mut conn = app.store.conn().await?;
    let found = rows::case(&mut conn, &number.to_string()).await?;
    let hash = app.sealer.ring().query_code_hash(number, code.digits());
    let stored = found.as_ref().map_or(&[0_u8; 32][..], |c| &c.query_hash);
    let same = keys::same(stored, &hash);
    found.filter(|_| same).ok_or(Error::NotFound)
}

/// A resident writes to the office.
///
/// # Errors
/// [`Error::Invalid`] for an empty or too long text.
pub async fn write(app: &App, number: CaseNumber, code: &QueryCode, text: &str) -> Result<()> {
    let text = message_of(text)?;
    track(app, number, code).await?;
    let now = app.now();
    let row = message_row(app, "resident", text, now);
    tx!(app.store, conn => {
        let case = rows::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        rows::message_insert(conn, case.id, &row, None).await?;
        let mut change = unchanged(&case)?;
        change.unread += 1;
        let event = NewEvent { kind: EventKind::Asked, actor: "resident", staff: None, data: json!({}) };
        record(app, conn, &case, change, event, now).await?;
        security::audit_insert(conn, &line(app, &case, EventKind::Asked.code())).await
    })
}

/// A resident withdraws. A complaint ends before acceptance; after it the mediation is terminated (C-29(1)) and the
/// office still tells both sides (C-30). A report is no longer the reporter's alone: the wish is recorded and waits at
/// the desk like a message, the department decides.
///
/// # Errors
/// [`Error::Conflict`] when it cannot be withdrawn any more, or was wished already.
pub async fn withdraw(app: &App, number: CaseNumber, code: &QueryCode) -> Result<()> {
    track(app, number, code).await?;
    let now = app.now();
    tx!(app.store, conn => {
        let case = rows::case_lock(conn, &number.to_string()).await?.ok_or(Error::NotFound)?;
        consented(app, conn, &case, &[Matter::Waive]).await?;
        let edge = edge(case.kind, case.state, Verb::Withdraw).ok_or(Error::Conflict("按现在的状态不能撤回"))?;
        if let Some(why) = stands(app, conn, &case).await?.obstacle(Verb::Withdraw, Uuid::nil()) {
            return Err(Error::Conflict(why));
        }
        let mut change = unchanged(&case)?;
        change.state = edge.after(case.state);
        if edge.event == EventKind::WithdrawalWished {
            change.unread += 1;
        }
        let data = if edge.event == EventKind::Terminated { json!({ "ground": TerminationGround::Withdrawn }) } else { json!({}) };
        let event = NewEvent { kind: edge.event, actor: "resident", staff: None, data };
        record(app, conn, &case, change, event, now).await?;
        security::audit_insert(conn, &line(app, &case, edge.event.code())).await
    })
}
