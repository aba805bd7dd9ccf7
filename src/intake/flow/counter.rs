//! Use cases of the counter: take down what somebody says, and show its receipt and its form to who took it down, for a
//! while, so that they can be read out and printed.

use super::{Issued, Source, Submitted, Taken, submit};
use crate::{
    app::App,
    audit::Deed,
    casework::flow as cases,
    error::{Error, Result},
    intake::{
        Answers, Contact, Filing, Story,
        counter::{Slip, office_words},
        import,
    },
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        number::CaseNumber,
        words::Channel,
    },
    privacy::Purpose,
    receipts::sha256,
    store::{
        case::{self as rows, Case},
        security::{self, AuditLine},
    },
};
use time::Duration;

/// How long receipt and form are shown to the officer who took a case down.
pub const SHOWN_FOR: Duration = Duration::hours(12);

/// What makes a second click recognisable: the hotline's number, else the page it was typed on.
fn idempotency(actor: &Actor, slip: &Slip, page: &str) -> [u8; 32] {
    if slip.hotline_no.is_empty() {
        sha256(format!("counter\0{}\0{page}", actor.staff.0).as_bytes())
    } else {
        import::idempotency_of(&slip.hotline_no)
    }
}

/// Takes down a filing 登记, with the same checks as every other; `page` names the form it was typed on, `asked`: the
/// officer asked whether it is what this telephone complained about before (C-08). The messages of
/// the counter's own fields (`slip`) come together with those of the filing.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] with every field message; [`Error::Conflict`] when the page was used for
/// something else; the database is away.
pub async fn register(
    app: &App,
    actor: &Actor,
    slip: std::result::Result<Slip, Vec<crate::error::FieldError>>,
    answers: &Answers,
    page: &str,
    asked: bool,
) -> Result<Submitted> {
    if !actor.may(Act::Register) {
        return Err(Error::Forbidden);
    }
    let reference = app.reference();
    let filing = Filing::read(answers, &*reference, china_date(app.now()));
    let (slip, filing) = match (slip, filing) {
        (Ok(slip), Ok(filing)) => (slip, filing),
        (slip, filing) => {
            let mut all = slip.err().unwrap_or_default();
            for e in office_words(filing.err().unwrap_or_default()) {
                if !all.iter().any(|a| a.field == e.field) {
                    all.push(e);
                }
            }
            return Err(Error::Invalid(all));
        }
    };
    let same = if asked {
        0
    } else {
        others(app, &filing, &idempotency(actor, &slip, page)).await?
    };
    if same > 0 {
        let message = format!(
            "这个电话近 {} 天已有 {same} 件投诉。请问清是不是同一件事：是，就请对方凭原来的编号查；不是，打勾再登记",
            app.config.c08.days
        );
        return Err(Error::field("asked_same", "same_phone", message));
    }
    let source = Source {
        channel: slip.channel,
        idempotency: idempotency(actor, &slip, page),
        draft: None,
        received_at: Some(slip.received_at),
        taken: Some(Taken {
            by: actor.staff,
            hotline_no: slip.hotline_no.clone(),
        }),
        hotline: None,
    };
    match submit(app, &source, answers).await {
        Err(Error::Conflict(_)) if slip.channel == Channel::Hotline => Err(Error::field(
            "hotline_no",
            "taken",
            "这个工单号已经登记过，请按商家或编号在案件里找；工单号打错的请改正",
        )),
        other => other,
    }
}

/// How many complaints this telephone has made lately, for a complaint that was not taken down yet: a number and
/// nothing else, so that the officer can ask. Reports are neither counted nor asked about.
async fn others(app: &App, filing: &Filing, idempotency: &[u8; 32]) -> Result<usize> {
    let Some(contact) = filing.contact.as_ref().filter(|_| filing.way.complains()) else {
        return Ok(0);
    };
    let done = {
        let mut conn = app.store.conn().await?;
        rows::submission(&mut conn, idempotency).await?.is_some()
    };
    if done {
        return Ok(0);
    }
    cases::same_phone(app, &contact.phone).await
}

/// A case that this person took down not long ago, opened for reading out and printing.
pub struct Paper {
    /// The case.
    pub case: Case,
    /// Number and query code of every case of the submission.
    pub issued: Vec<Issued>,
    /// Who filed; `None` for an anonymous report.
    pub contact: Option<Contact>,
    /// The story.
    pub story: Story,
    /// Joint complainants, an agent.
    pub people: Vec<cases::Party>,
    /// The hotline's number, empty for none.
    pub hotline_no: String,
}

/// Receipt and form of a case for the person who took it down (or took it out of a complaint), also when it went to a
/// department that this person does not see. Each look leaves a line in the audit trail.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and when the time has passed.
pub async fn registered(app: &App, actor: &Actor, number: &str) -> Result<Paper> {
    let number = CaseNumber::parse(number).map_err(|_| Error::NotFound)?;
    let mut conn = app.store.conn().await?;
    let case = rows::case(&mut conn, &number.to_string())
        .await?
        .ok_or(Error::NotFound)?;
    let first = rows::first_event(&mut conn, case.id).await?;
    let submission = rows::submission_by_id(&mut conn, case.submission).await?;
    let now = app.now();
    let mine = first.staff == Some(actor.staff.0) && now - submission.at <= SHOWN_FOR;
    let sealed = submission.answer.filter(|_| mine).ok_or(Error::NotFound)?;
    let plain = app
        .sealer
        .open(Purpose::Receipt, case.submission, &sealed)
        .map_err(Error::internal)?;
    let secret = rows::secret(&mut conn, case.id).await?;
    let line = AuditLine {
        id: app.ids.next(),
        at: now,
        staff: Some(actor.staff.0),
        act: Deed::RegisterPaper.code(),
        case: Some(case.id.0),
        detail: String::new(),
        reason: None,
    };
    security::audit_insert(&mut conn, &line).await?;
    let (contact, story) = cases::opened(app, &case, &secret)?;
    let people = cases::sides_of(app, &mut conn, &case, contact.as_ref()).await?;
    Ok(Paper {
        people,
        issued: serde_json::from_slice(&plain).map_err(Error::internal)?,
        hotline_no: first.text("hotline_no"),
        contact,
        story,
        case,
    })
}
