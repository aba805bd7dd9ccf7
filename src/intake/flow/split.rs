//! A complaint that also holds a report (M-01, 投办9): the report becomes a case of its own, with its own number, query
//! code and confidentiality, and a clock that runs from the same receipt.

use super::{
    Issued, Source, Taken, lines,
    prepare::{Body, Prepared},
};
use crate::{
    app::App,
    audit::Deed,
    casework::flow::{self as cases, LinkKind},
    error::{Error, Result},
    intake::{Answers, Contact, Filing, Story},
    kernel::{
        SubmissionId,
        access::{Act, Actor},
        clock::china_date,
        words::{CaseKind, Channel},
    },
    privacy::{IndexColumn, Purpose},
    receipts::sha256,
    store::{
        case::{self as rows, Case},
        evidence,
        links::{self, NewLink},
        security,
    },
    tx,
};

/// What the report says: the same story and facts, without what belongs to the complaint. The sender stays a named
/// reporter only when it was asked and said so.
fn answers(story: &Story, contact: &Contact, named: bool) -> Answers {
    let mut out = story.facts.clone();
    for (name, value) in [
        ("way", "report"),
        ("age", "adult"),
        ("agreed", "yes"),
        ("named", if named { "named" } else { "anonymous" }),
        ("acting", ""),
        ("demands", ""),
        ("publish", ""),
        ("entrust", ""),
        ("story", &story.text),
    ] {
        out.set(name, value);
    }
    if named {
        out.set("name", &contact.name);
        out.set("phone", &contact.phone);
        out.set("address", &contact.address);
        out.set("email", &contact.email);
    }
    out
}

/// Takes the report out of a complaint 拆分. `named`: the sender was asked and wants to give the name for the report too;
/// otherwise nothing of the contact goes over.
///
/// # Errors
/// Not visible, not allowed, kept from the case, changed meanwhile; [`Error::Invalid`] without an answer on the name or a
/// reason; [`Error::Conflict`] when the complaint has its report already or is no complaint.
pub async fn split(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    named: Option<bool>,
    reason: &str,
) -> Result<Issued> {
    if !actor.may(Act::Register) && !actor.may(Act::Handle) {
        return Err(Error::Forbidden);
    }
    let named = named.ok_or_else(|| {
        Error::field(
            "split_named",
            "required",
            "请问过投诉人，再选择举报要不要署名",
        )
    })?;
    let reason = reason.trim();
    if !(4..=200).contains(&reason.chars().count()) {
        let message = "请写明里面有什么违法线索（4 到 200 个字）";
        return Err(Error::field("split_reason", "required", message));
    }
    let case = cases::open_led(app, actor, number).await?;
    if case.kind != CaseKind::Complaint || !case.state.is_open() {
        return Err(Error::Conflict("只有在办的投诉能拆出举报"));
    }
    let secret = {
        let mut conn = app.store.conn().await?;
        rows::secret(&mut conn, case.id).await?
    };
    let (contact, story) = cases::opened(app, &case, &secret)?;
    let answers = answers(&story, &contact.unwrap_or_default(), named);
    let filing = Filing::read(&answers, &*app.reference(), china_date(app.now()))
        .map_err(|_| Error::Conflict("这件投诉缺少举报要有的内容，请到登记页另行登记"))?;
    store(app, actor, &case, version, &filing, &answers, reason).await
}

/// Writes the report with its link, once.
async fn store(
    app: &App,
    actor: &Actor,
    case: &Case,
    version: i32,
    filing: &Filing,
    answers: &Answers,
    reason: &str,
) -> Result<Issued> {
    let now = app.now();
    let source = Source {
        channel: Channel::from_code(&case.channel).unwrap_or(Channel::Counter),
        idempotency: sha256(format!("split\0{}", case.id.0).as_bytes()),
        draft: None,
        received_at: Some(case.received_at),
        taken: Some(Taken {
            by: actor.staff,
            hotline_no: String::new(),
        }),
        hotline: None,
    };
    let body_hash = sha256(&serde_json::to_vec(answers).map_err(Error::internal)?);
    let phone = filing.contact.as_ref().map(|c| c.phone.as_str());
    let index = phone
        .filter(|p| !p.is_empty())
        .map(|p| app.sealer.ring().index(IndexColumn::Phone, p));
    let body = Body {
        hash: body_hash,
        files: Vec::new(),
    };
    let mut prepared = Prepared::make(app, filing, &source, case.received_at, &body, index).await?;
    let submission = SubmissionId(app.ids.next());
    let answer = serde_json::to_vec(&prepared.issued).map_err(Error::internal)?;
    let answer = app
        .sealer
        .seal(Purpose::Receipt, submission.0, &answer, app.dice.bytes());
    let link = app.ids.next();
    let sealed = app
        .sealer
        .seal(Purpose::Note, link, reason.as_bytes(), app.dice.bytes());
    tx!(app.store, conn => {
        let held = rows::case_lock(conn, &case.number).await?.ok_or(Error::NotFound)?;
        if held.version != version || held.state != case.state {
            return Err(Error::Conflict("这件案件刚刚被别人改动了，请看过最新情况再办"));
        }
        cases::free(conn, actor, &held).await?;
        if rows::sibling(conn, &held).await?.is_some() {
            return Err(Error::Conflict("提交的时候已经分成了投诉和举报两件"));
        }
        let fresh = rows::submission_insert(
            conn, submission.0, &source.idempotency, &body_hash, source.channel.code(), &answer, now,
        )
        .await?;
        if !fresh {
            return Err(Error::Conflict("这件投诉里的举报已经拆出去了"));
        }
        for new in &prepared.cases {
            rows::case_insert(conn, &new.row(filing, &source, submission, case.received_at)).await?;
            let joined = NewLink {
                id: link,
                case: held.id,
                other: crate::kernel::CaseId(new.id()),
                kind: LinkKind::Split.code(),
                at: now,
                staff: actor.staff.0,
                reason: sealed.clone(),
            };
            links::link_insert(conn, &joined).await?;
            for file in evidence::files_of(conn, held.id).await? {
                evidence::case_add(conn, crate::kernel::CaseId(new.id()), file.id).await?;
            }
        }
        security::audit_insert_all(conn, &lines(app, &source, &prepared, now)).await?;
        let line = cases::audit_line(app, actor, &held, Deed::CaseSplit, Some(reason));
        security::audit_insert(conn, &line).await
    })?;
    prepared
        .issued
        .pop()
        .ok_or_else(|| Error::internal("a split without a report"))
}
