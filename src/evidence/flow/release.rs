//! Out of quarantine by two persons 放行: one of the department asks, with a reason, another one decides.

use super::custody;
use crate::{
    app::App,
    audit::Deed,
    casework::flow::{audit_line, free, open_led, reason_of},
    error::{Error, Result},
    evidence::{Custody, Scan, Stage},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    store::{
        Conn,
        evidence::{self as rows, File, Release},
        security,
    },
    tx,
};
use uuid::Uuid;

/// The file of a case, if it can be let out.
async fn quarantined(conn: &mut Conn, case: crate::kernel::CaseId, id: Uuid) -> Result<File> {
    let file = rows::file_of(conn, case, id)
        .await?
        .ok_or(Error::NotFound)?;
    let closed = matches!(file.scan, Scan::Waiting | Scan::Found | Scan::Off);
    if file.stage != Stage::Kept || !closed {
        return Err(Error::Conflict("这份凭证不用放行"));
    }
    Ok(file)
}

/// Asks to let a file out of quarantine.
///
/// # Errors
/// Not visible, not allowed, kept from the case, no reason; [`Error::Conflict`] when it is open or asked for.
pub async fn ask_release(
    app: &App,
    actor: &Actor,
    number: &str,
    id: Uuid,
    reason: &str,
) -> Result<()> {
    let case = open_led(app, actor, number).await?;
    if !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    let reason = reason_of(reason, "请写明为什么要放行")?;
    let sealed = app
        .sealer
        .seal(Purpose::Blob, id, reason.as_bytes(), app.dice.bytes());
    tx!(app.store, conn => {
        free(conn, actor, &case).await?;
        quarantined(conn, case.id, id).await?;
        let row = Release {
            evidence_id: id,
            asked_by: actor.staff.0,
            asked_at: app.now(),
            reason: sealed.clone(),
        };
        if !rows::release_insert(conn, &row).await? {
            return Err(Error::Conflict("已经有人申请放行，请等另一位同事决定"));
        }
        let mut line = custody(app, id, Custody::ReleaseAsked, None, String::new());
        line.staff = Some(actor.staff.0);
        line.reason = Some(app.sealer.seal(Purpose::Audit, line.id, reason.as_bytes(), app.dice.bytes()));
        rows::custody_insert(conn, &line).await?;
        let mut audit = audit_line(app, actor, &case, Deed::EvidenceReleaseAsk, Some(reason));
        audit.detail = format!("file {}", id.simple());
        security::audit_insert(conn, &audit).await
    })
}

/// Decides on a request, by somebody else than who asked.
///
/// # Errors
/// Not visible, not allowed, kept from the case; [`Error::Conflict`] for one's own request, or one that is decided.
pub async fn decide_release(
    app: &App,
    actor: &Actor,
    number: &str,
    id: Uuid,
    grant: bool,
) -> Result<()> {
    let case = open_led(app, actor, number).await?;
    if !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    tx!(app.store, conn => {
        free(conn, actor, &case).await?;
        quarantined(conn, case.id, id).await?;
        let waiting = rows::releases_of(conn, case.id).await?;
        let request = waiting.iter().find(|r| r.evidence_id == id);
        let asked_by = request.ok_or(Error::Conflict("没有等待决定的放行申请"))?.asked_by;
        if asked_by == actor.staff.0 {
            return Err(Error::Conflict("放行要由另一位同事决定，自己申请的不能自己同意"));
        }
        if !rows::release_take(conn, id, asked_by).await? {
            return Err(Error::Conflict("这份申请已经有人决定了"));
        }
        if grant {
            rows::scan_set(conn, id, Scan::Released, "").await?;
        }
        let (act, deed) = if grant {
            (Custody::Released, Deed::EvidenceRelease)
        } else {
            (Custody::ReleaseDenied, Deed::EvidenceReleaseDeny)
        };
        let mut line = custody(app, id, act, None, String::new());
        line.staff = Some(actor.staff.0);
        rows::custody_insert(conn, &line).await?;
        let mut audit = audit_line(app, actor, &case, deed, None);
        audit.detail = format!("file {}", id.simple());
        security::audit_insert(conn, &audit).await
    })
}
