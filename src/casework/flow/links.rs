//! Links 关联 between cases, for the office alone: nobody outside ever sees one. A report and a complaint side by side
//! would name an anonymous reporter: only intake joins them, and only intake sees them joined.

use super::{co, free, open_led, reason_of};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    kernel::{
        DepartmentId,
        access::{Actor, Role},
        number::CaseNumber,
        words::{CaseKind, words},
    },
    privacy::Purpose,
    store::{
        case::{self as cases, Case},
        links::{self as rows, LinkRow, NewLink},
        security::{self, AuditLine},
    },
    tx,
};
use time::OffsetDateTime;
use uuid::Uuid;

words! {
    /// Why two cases belong together.
    LinkKind {
        Related = "related", "相关";
        /// A report that was taken out of a complaint (M-01).
        Split = "split", "拆分";
    }
}

/// A link as one person sees it.
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: LinkKind,
    /// Number of the other case, `None` for who may not know it.
    pub number: Option<String>,
    /// Whether the other case is a complaint or a report.
    pub what: CaseKind,
    /// Redacted first words of the other case, empty for who may not see it.
    pub title: String,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Who made it.
    pub author: String,
    /// Why, empty for who may not see it.
    pub reason: String,
}

/// A line of the audit trail on a case; the reason is sealed.
pub(crate) fn audit_line(
    app: &App,
    actor: &Actor,
    case: &Case,
    deed: Deed,
    reason: Option<&str>,
) -> AuditLine {
    let id = app.ids.next();
    let seal = |r: &str| {
        app.sealer
            .seal(Purpose::Audit, id, r.as_bytes(), app.dice.bytes())
    };
    AuditLine {
        id,
        at: app.now(),
        staff: Some(actor.staff.0),
        act: deed.code(),
        case: Some(case.id.0),
        detail: String::new(),
        reason: reason.map(seal),
    }
}

/// Whether a person may know that these two belong together.
fn may_join(actor: &Actor, one: CaseKind, other: CaseKind) -> bool {
    one == other || actor.role == Role::Intake
}

/// Links two cases with a reason.
///
/// # Errors
/// Not visible, kept from the case; [`Error::Invalid`] for another case that is not there for this person, of the other
/// kind (but for intake), or linked already.
pub async fn link(app: &App, actor: &Actor, number: &str, other: &str, reason: &str) -> Result<()> {
    let wrong = |code, message: &str| Error::field("link_number", code, message);
    let none = || wrong("unknown_value", "没有这一件，或者不归您看，请核对编号");
    let reason = reason_of(reason, "请写明为什么关联")?;
    let case = open_led(app, actor, number).await?;
    let other = CaseNumber::parse(other.trim())
        .map_err(|_| none())?
        .to_string();
    if other == case.number {
        return Err(wrong("same", "不能和自己关联"));
    }
    let id = app.ids.next();
    let sealed = app
        .sealer
        .seal(Purpose::Note, id, reason.as_bytes(), app.dice.bytes());
    tx!(app.store, conn => {
        // both, in one order, so that two people who link them at once make one link
        let mut both = [case.number.as_str(), other.as_str()];
        both.sort_unstable();
        let mut found = Vec::new();
        for number in both {
            found.extend(cases::case_lock(conn, number).await?);
        }
        let that = found.into_iter().find(|c| c.number == other).ok_or_else(none)?;
        co::side(conn, actor, &that).await?.ok_or_else(none)?;
        if !may_join(actor, case.kind, that.kind) {
            return Err(wrong("kind", "投诉和举报之间只能由受理岗关联，举报要保密"));
        }
        free(conn, actor, &case).await?;
        let there = rows::links(conn, case.id).await?;
        if there.iter().any(|l| l.other_id == that.id.0) {
            return Err(wrong("taken", "这两件已经关联"));
        }
        if there.len() >= rows::MOST as usize {
            return Err(wrong("too_many", "关联的案件太多，请先解除一些"));
        }
        let new = NewLink {
            id,
            case: case.id,
            other: that.id,
            kind: LinkKind::Related.code(),
            at: app.now(),
            staff: actor.staff.0,
            reason: sealed.clone(),
        };
        rows::link_insert(conn, &new).await?;
        let line = audit_line(app, actor, &case, Deed::CaseLink, Some(reason));
        security::audit_insert(conn, &line).await
    })
}

/// Ends a link with a reason. The report of a complaint stays with it.
///
/// # Errors
/// As [`link`]; [`Error::Conflict`] when it has ended already.
pub async fn unlink(
    app: &App,
    actor: &Actor,
    number: &str,
    link: &str,
    reason: &str,
) -> Result<()> {
    let id = Uuid::try_parse(link)
        .map_err(|_| Error::field("unlink", "required", "请选择要解除哪一件"))?;
    let reason = match reason_of(reason, "请写明为什么解除") {
        Err(Error::Invalid(mut errors)) => {
            errors.iter_mut().for_each(|e| e.field = "unlink_reason");
            return Err(Error::Invalid(errors));
        }
        other => other?,
    };
    let case = open_led(app, actor, number).await?;
    let seen = links(app, actor, &case).await?;
    let known = seen.iter().any(|l| l.id == id && l.number.is_some());
    tx!(app.store, conn => {
        free(conn, actor, &case).await?;
        if !known || !rows::link_end(conn, case.id, id, actor.staff.0, app.now()).await? {
            return Err(Error::Conflict("这个关联已经解除了"));
        }
        let line = audit_line(app, actor, &case, Deed::CaseUnlink, Some(reason));
        security::audit_insert(conn, &line).await
    })
}

/// The links of a case as this person may know them: what belongs to another department has no number, and a report
/// is joined with a complaint for intake alone.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn links(app: &App, actor: &Actor, case: &Case) -> Result<Vec<Link>> {
    let rows = {
        let mut conn = app.store.conn().await?;
        rows::links(&mut conn, case.id).await?
    };
    let view = |row: LinkRow| -> Result<Option<Link>> {
        let kind = LinkKind::from_code(&row.kind).unwrap_or(LinkKind::Related);
        let what = CaseKind::from_code(&row.other_kind).unwrap_or(case.kind);
        let joined = may_join(actor, case.kind, what);
        if !joined && kind == LinkKind::Related {
            return Ok(None);
        }
        let seen = joined && actor.sees(row.department_id.map(DepartmentId));
        let reason = app
            .sealer
            .open_text(Purpose::Note, row.id, &row.reason)
            .map_err(Error::internal)?;
        let known = |text: String| if seen { text } else { String::new() };
        Ok(Some(Link {
            id: row.id,
            kind,
            what,
            number: seen.then_some(row.number),
            title: known(row.title),
            at: row.at,
            author: row.author,
            reason: known(reason.to_string()),
        }))
    };
    let all: Result<Vec<_>> = rows.into_iter().map(view).collect();
    Ok(all?.into_iter().flatten().collect())
}
