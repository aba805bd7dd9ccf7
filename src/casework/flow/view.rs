//! Opening what is sealed for somebody who may read the case.

use super::{audit_line, side_of};
use crate::{
    app::App,
    audit::Deed,
    casework::{
        Side,
        clocks::Basis,
        deadline::{DeadlineRule, rule_by_id},
    },
    error::{Error, Result},
    intake::{Contact, Story},
    kernel::{access::Actor, words::CaseKind},
    privacy::Purpose,
    store::{
        case::{self as rows, Case, ClockRow, MessageRow, NoticeRow},
        co,
        security::{self, AuditLine},
    },
};

/// Opens the contact of a case, `None` for an anonymous report.
pub(super) fn contact(app: &App, case: &Case, sealed: &rows::SecretRow) -> Result<Option<Contact>> {
    let Some(bytes) = &sealed.contact else {
        return Ok(None);
    };
    let plain = app
        .sealer
        .open(Purpose::Contact, case.id.0, bytes)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain)
        .map(Some)
        .map_err(Error::internal)
}

/// Contact and story of a case, opened for who may have both.
///
/// # Errors
/// The key ring lacks a key.
pub fn opened(
    app: &App,
    case: &Case,
    sealed: &rows::SecretRow,
) -> Result<(Option<Contact>, Story)> {
    Ok((contact(app, case, sealed)?, story(app, case, sealed)?))
}

pub(super) fn story(app: &App, case: &Case, sealed: &rows::SecretRow) -> Result<Story> {
    let plain = app
        .sealer
        .open(Purpose::Narrative, case.id.0, &sealed.story)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// What the desk shows of a case beside its row: facts of the story (masked text stays the redacted one) and whether
/// and how the sender can be reached, masked.
pub struct Inside {
    /// The story with its facts.
    pub story: Story,
    /// Masked contact: name, phone, address; `None` for an anonymous report or a report's named reporter.
    pub masked: Option<(String, String, String)>,
    /// Somebody gave a name.
    pub named: bool,
}

/// Opens the story of a case. The contact comes masked, and for a report not at all. A person at the desk (`viewer`)
/// leaves a line in the audit trail at each view (P-11); a resident who reads the own case does not.
///
/// # Errors
/// The database is away, the key ring lacks a key.
pub async fn inside(app: &App, viewer: Option<&Actor>, case: &Case) -> Result<Inside> {
    let mut conn = app.store.conn().await?;
    let sealed = rows::secret(&mut conn, case.id).await?;
    if let Some(viewer) = viewer {
        let line = AuditLine {
            id: app.ids.next(),
            at: app.now(),
            staff: Some(viewer.staff.0),
            act: Deed::CaseView.code(),
            case: Some(case.id.0),
            detail: String::new(),
            reason: None,
        };
        security::audit_insert(&mut conn, &line).await?;
        let own = viewer.department.map(|d| d.0);
        match own.filter(|_| side_of(viewer, case) == Side::Co) {
            Some(own) => co::co_seen(&mut conn, case.id, own).await?,
            None if case.fresh && own == case.department => {
                co::case_seen(&mut conn, case.id).await?;
            }
            None => {}
        }
    }
    let story = story(app, case, &sealed)?;
    let who = contact(app, case, &sealed)?;
    let masked = who
        .as_ref()
        .filter(|_| case.kind == CaseKind::Complaint)
        .map(|c| {
            use crate::privacy::mask;
            (
                mask::mask_name(&c.name),
                mask::mask_phone(&c.phone),
                mask::mask_address(&c.address),
            )
        });
    Ok(Inside {
        story,
        masked,
        named: who.is_some_and(|c| !c.name.is_empty()),
    })
}

/// Notes that a person at the desk opened a notice of the case as a paper (P-11); `form`: its number in rules §5.
///
/// # Errors
/// The database is away: the paper is then not opened either.
pub async fn paper_opened(app: &App, viewer: &Actor, case: &Case, form: i32) -> Result<()> {
    let mut conn = app.store.conn().await?;
    let line = AuditLine {
        detail: format!("form {form}"),
        ..audit_line(app, viewer, case, Deed::NoticePaper, None)
    };
    security::audit_insert(&mut conn, &line).await
}

/// Opens sealed messages for somebody who may read the case.
///
/// # Errors
/// The key ring lacks a key.
pub fn open_messages(app: &App, rows: Vec<MessageRow>) -> Result<Vec<(MessageRow, String)>> {
    rows.into_iter()
        .map(|m| {
            let text = app
                .sealer
                .open_text(Purpose::Message, m.id, &m.body)
                .map_err(Error::internal)?;
            Ok((m, text.to_string()))
        })
        .collect()
}

/// Opens sealed notices for somebody who may read the case.
///
/// # Errors
/// The key ring lacks a key.
pub fn open_notices(app: &App, rows: Vec<NoticeRow>) -> Result<Vec<(NoticeRow, String)>> {
    rows.into_iter()
        .map(|n| {
            let text = app
                .sealer
                .open_text(Purpose::Notice, n.id, &n.body)
                .map_err(Error::internal)?;
            Ok((n, text.to_string()))
        })
        .collect()
}

/// The clock whose date a resident is promised now: of those that the law owes the resident, the one that counts and ends
/// first; one that rests when there is no other.
#[must_use]
pub fn promised(clocks: &[ClockRow]) -> Option<(&ClockRow, &'static DeadlineRule)> {
    clocks
        .iter()
        .filter(|c| c.stopped_at.is_none())
        .filter_map(|c| Some((c, rule_by_id(&c.rule)?)))
        .filter(|(_, rule)| rule.clock.is_promised())
        .min_by_key(|(c, _)| {
            let rests = Basis::read(c.basis.as_deref()).paused.is_some();
            (rests, c.citizen_due)
        })
}
