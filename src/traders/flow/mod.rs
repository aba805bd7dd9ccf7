//! Use cases of the trader's side, each one transaction like those of the casework: the handler invites and tells in
//! `invite` and `tell`, the trader reads and answers in `respond`, the complainant takes an offer in `offer`, what is
//! late ends in `sweep`. Here what several of them need: opening what is sealed, the masked complaint.

mod invite;
mod offer;
mod respond;
mod sweep;
mod tell;

pub use invite::{Made, Wish, invite, letter, revoke, seen};
pub(crate) use invite::{days, letter_preview};
pub use offer::{Reply, decide, replies, taking_waits};
pub use respond::{Entry, Open, Used, answer, enter};
pub use sweep::{Late, expire};
pub(crate) use tell::Secret;
pub use tell::{NOTE_MAX, Telling, note_of_telling, tell};

use super::{answer::Answer, masked};
use crate::{
    app::App,
    casework::flow::sides_of,
    error::{Error, Result},
    intake::{Answers, Contact, Story},
    kernel::words::CaseKind,
    privacy::Purpose,
    store::{
        Conn,
        case::{self as cases, Case},
        links::links,
        security::AuditLine,
        traders::{Answered, Invitation},
    },
};

/// What a trader reads of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// The complainant's words without personal data.
    Story(String),
    /// What the handler wrote.
    Summary(String),
    /// Nothing: the story is or has become a report's, and nobody wrote a summary.
    Nothing,
}

/// A complaint as a trader may read it.
#[derive(Debug, Clone)]
pub struct Masked {
    /// Facts by field name.
    pub facts: Answers,
    /// What happened.
    pub account: Account,
}

/// A complaint's sealed part, opened for its masking; nothing of it leaves unmasked.
struct Inside {
    story: Story,
    /// Everybody on the complainant's side.
    people: Vec<Contact>,
    /// The story belongs to a report too (M-01), or the case is linked with one.
    mixed: bool,
}

async fn inside(app: &App, conn: &mut Conn, case: &Case) -> Result<Inside> {
    if case.kind != CaseKind::Complaint {
        return Err(Error::NotFound);
    }
    let sealed = cases::secret(conn, case.id).await?;
    let open = |purpose, bytes: &[u8]| {
        app.sealer
            .open(purpose, case.id.0, bytes)
            .map_err(Error::internal)
    };
    let story = open(Purpose::Narrative, &sealed.story)?;
    let contact: Option<Contact> = match &sealed.contact {
        Some(bytes) => {
            let plain = open(Purpose::Contact, bytes)?;
            Some(serde_json::from_slice(&plain).map_err(Error::internal)?)
        }
        None => None,
    };
    let mut people = Vec::new();
    for side in sides_of(app, conn, case, contact.as_ref()).await? {
        people.push(Contact {
            name: side.person.name,
            phone: side.person.phone,
            address: side.person.address,
            ..Contact::default()
        });
    }
    people.extend(contact);
    let report = CaseKind::Report.code();
    let linked = links(conn, case.id).await?;
    Ok(Inside {
        story: serde_json::from_slice(&story).map_err(Error::internal)?,
        people,
        mixed: linked.iter().any(|l| l.other_kind == report)
            || cases::sibling(conn, case).await?.is_some(),
    })
}

impl Inside {
    fn needs_summary(&self, case: &Case) -> bool {
        masked::needs_summary(self.mixed, &case.redacted)
    }

    fn masked(&self, case: &Case, summary: Option<String>) -> Masked {
        let who = &self.people;
        let account = match summary {
            Some(text) => Account::Summary(text),
            None if self.needs_summary(case) => Account::Nothing,
            None => Account::Story(masked::without_person(&case.redacted, who)),
        };
        let with_story = matches!(account, Account::Story(_));
        Masked {
            facts: masked::facts(&self.story.facts, with_story, who),
            account,
        }
    }
}

/// The complaint as the trader would read it, with a summary or with the story; and whether it needs a summary.
///
/// # Errors
/// [`Error::NotFound`] for a report; the database is away.
pub async fn preview(app: &App, case: &Case, summary: Option<String>) -> Result<(Masked, bool)> {
    let mut conn = app.store.conn().await?;
    let inside = inside(app, &mut conn, case).await?;
    Ok((inside.masked(case, summary), inside.needs_summary(case)))
}

/// Opens the handler's summary, `None` when there is none.
///
/// # Errors
/// The key ring lacks a key.
pub fn summary_of(app: &App, invitation: &Invitation) -> Result<Option<String>> {
    invitation
        .summary
        .as_ref()
        .map(|sealed| {
            let text = app
                .sealer
                .open_text(Purpose::Narrative, invitation.id, sealed);
            text.map(|t| t.to_string()).map_err(Error::internal)
        })
        .transpose()
}

/// Opens an answer.
///
/// # Errors
/// The key ring lacks a key.
pub fn answer_of(app: &App, answered: &Answered) -> Result<Answer> {
    let plain = app
        .sealer
        .open(Purpose::Trader, answered.invitation, &answered.body)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// The audit line of somebody who is not at the desk.
fn line(app: &App, case: &Case, act: &'static str, who: &str) -> AuditLine {
    AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: None,
        act,
        case: Some(case.id.0),
        detail: who.to_owned(),
        reason: None,
    }
}
