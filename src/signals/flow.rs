//! Use cases of alerts: raise with the filing, list, look, acknowledge, mark, close. A look opens health data and leaves a
//! line in the audit trail; so does each step.

use super::{Cause, Stage, Step, obstacle};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    intake::Story,
    kernel::{
        access::{Act, Actor, Role},
        clock::CHINA,
    },
    privacy::Purpose,
    store::{
        Conn,
        alerts::{self as rows, Alert, Filter},
        case,
        security::{self, AuditLine},
    },
    tx,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Longest closing note, in characters.
pub const NOTE_MAX: usize = 500;

/// Raises the alert of a filing, in its transaction.
///
/// # Errors
/// The database is away.
pub async fn raise(
    app: &App,
    conn: &mut Conn,
    case: Uuid,
    department: Option<Uuid>,
    cause: Cause,
) -> Result<()> {
    rows::alert_insert(conn, app.ids.next(), case, department, cause, app.now()).await
}

/// Whose alerts this person sees: all for the risk officer, a department's for its supervisor.
fn whose(actor: &Actor) -> Result<Option<Uuid>> {
    if actor.may(Act::HandleAlerts) {
        Ok(None)
    } else if actor.may(Act::ViewAlerts) {
        Ok(Some(actor.department.map_or(Uuid::nil(), |d| d.0)))
    } else {
        Err(Error::NotFound)
    }
}

/// One page of alerts; `PAGE + 1` when more follow. Nothing of an injury is opened here.
///
/// # Errors
/// [`Error::NotFound`] for who may not, the database is away.
pub async fn list(
    app: &App,
    actor: &Actor,
    stage: Stage,
    after: Option<(OffsetDateTime, Uuid)>,
) -> Result<Vec<Alert>> {
    let department = whose(actor)?;
    let mut conn = app.store.conn().await?;
    let filter = Filter {
        department,
        stage,
        after,
    };
    rows::alerts(&mut conn, &filter).await
}

/// How many alerts nobody looked at on their day, for those who must see to it; `None` for everybody else.
///
/// # Errors
/// The database is away.
pub async fn missed(app: &App, actor: &Actor) -> Result<Option<i64>> {
    let department = match actor.role {
        Role::Admin | Role::Risk => None,
        Role::Supervisor => Some(actor.department.map_or(Uuid::nil(), |d| d.0)),
        _ => return Ok(None),
    };
    let today = app.today().midnight().assume_offset(CHINA);
    let mut conn = app.store.conn().await?;
    let count = rows::alerts_unseen(&mut conn, department, today).await?;
    Ok((count > 0).then_some(count))
}

/// An alert opened for the risk officer.
pub struct Opened {
    /// The alert.
    pub alert: Alert,
    /// The redacted story.
    pub redacted: String,
    /// The facts of the story; what was answered about the injury is among them (P-03).
    pub story: Story,
    /// The closing note, empty while it is open.
    pub note: String,
}

fn line(app: &App, actor: &Actor, alert: &Alert, act: Deed) -> AuditLine {
    AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: Some(actor.staff.0),
        act: act.code(),
        case: Some(alert.case.0),
        detail: String::new(),
        reason: None,
    }
}

/// Opens an alert with what was said of the injury; each look leaves a line. Who filed is not opened, not even masked.
///
/// # Errors
/// [`Error::NotFound`] for who may not, or no such alert; the database is away.
pub async fn open(app: &App, actor: &Actor, id: Uuid) -> Result<Opened> {
    if !actor.may(Act::HandleAlerts) {
        return Err(Error::NotFound);
    }
    let (alert, file, secret) = tx!(app.store, conn => {
        let alert = rows::alert(conn, id).await?.ok_or(Error::NotFound)?;
        let file = case::case(conn, &alert.number).await?.ok_or(Error::NotFound)?;
        let secret = case::secret(conn, alert.case).await?;
        security::audit_insert(conn, &line(app, actor, &alert, Deed::AlertView)).await?;
        Ok((alert, file, secret))
    })?;
    let plain = app
        .sealer
        .open(Purpose::Narrative, alert.case.0, &secret.story)
        .map_err(Error::internal)?;
    let note = match &alert.note {
        None => String::new(),
        Some(sealed) => app
            .sealer
            .open_text(Purpose::Alert, alert.id, sealed)
            .map_err(Error::internal)?
            .to_string(),
    };
    Ok(Opened {
        story: serde_json::from_slice(&plain).map_err(Error::internal)?,
        redacted: file.redacted,
        note,
        alert,
    })
}

/// Takes a step on an alert; of two people at once one is told that the other was faster.
///
/// # Errors
/// [`Error::NotFound`] for who may not, or no such alert; [`Error::Conflict`] when it is not lawful now;
/// [`Error::Invalid`] for a close without a note.
pub async fn step(app: &App, actor: &Actor, id: Uuid, what: Step, note: &str) -> Result<()> {
    if !actor.may(Act::HandleAlerts) {
        return Err(Error::NotFound);
    }
    let note = note.trim();
    if what == Step::Close {
        let problem = match note.chars().count() {
            0..4 => Some("请写明查到什么、怎样处理的（至少 4 个字）".to_owned()),
            4..=NOTE_MAX => None,
            n => Some(format!("最多 {NOTE_MAX} 个字，现在有 {n} 个字")),
        };
        if let Some(problem) = problem {
            return Err(Error::field("note", "required", problem));
        }
    }
    let sealed = app
        .sealer
        .seal(Purpose::Alert, id, note.as_bytes(), app.dice.bytes());
    let (now, by) = (app.now(), actor.staff.0);
    tx!(app.store, conn => {
        let alert = rows::alert(conn, id).await?.ok_or(Error::NotFound)?;
        if let Some(why) = obstacle(alert.stage, alert.defect_at.is_some(), what) {
            return Err(Error::Conflict(why));
        }
        let (done, act) = match what {
            Step::Acknowledge => (rows::alert_seen(conn, id, by, now).await?, Deed::AlertSeen),
            Step::Defect => (rows::alert_defect(conn, id, now).await?, Deed::AlertDefect),
            Step::Close => (rows::alert_close(conn, id, by, &sealed, now).await?, Deed::AlertClose),
        };
        if !done {
            return Err(Error::Conflict("刚才已经有人办了这一步，请看过最新情况再办"));
        }
        security::audit_insert(conn, &line(app, actor, &alert, act)).await
    })
}
