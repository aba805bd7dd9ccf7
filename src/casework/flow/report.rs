//! The report's steps: verify, no authority, duplicate, file or not, investigate, decide. A reporter is told only where a
//! law says so.

use super::{Step, complaint::invalid, notice_facts, stands, unchanged};
use crate::{
    app::App,
    casework::{
        EventKind, NotFiledGround, Outcome, Verb,
        crime::Stage,
        telling::{About, Duty, handover_duty, result_duty},
    },
    error::{Error, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        number::CaseNumber,
        words::{CaseKind, Channel},
    },
    notices::{self, NoticeKind},
    store::{
        Conn,
        case::{self as rows, Case},
    },
    tx,
};
use serde_json::{Value, json};

/// A step that needs nothing but itself.
async fn plain(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    verb: Verb,
    act: Act,
    event: EventKind,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, verb, act).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(event, json!({}))).await
    })
}

/// Begins to verify a report 核查; its clock goes on.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now.
pub async fn verify(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let event = EventKind::Verifying;
    plain(
        app,
        actor,
        number,
        version,
        Verb::Verify,
        Act::Handle,
        event,
    )
    .await
}

/// What a reporter reads of the decision to file, where a law makes the office tell it.
pub const FILED_WORDS: &str = "案件正在调查。作出处理决定后，依法再告诉您结果。";

/// Files a case 立案: the head's decision; ninety days begin. The reporter reads form 10 where the law asks
/// for more than the end (广告法53, and a real name under the repealed rule).
///
/// # Errors
/// As [`verify`].
pub async fn file(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::File, Act::Approve).await?;
        if let Some(duty) = told(app, conn, &case).await?.filter(|d| d.at_filing) {
            let reference = app.reference();
            let facts = notice_facts(&case, reference.holder(case.department), app.today());
            let text = notices::result(facts, duty, "决定立案", FILED_WORDS).map_err(invalid)?;
            step.notice(conn, &case, NoticeKind::ReportResult, &text).await?;
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::Filed, json!({}))).await
    })
}

/// Tells the reporter how far it is (form 10), where a law makes the office tell: the seven days of 广告法53 are
/// met by it, the others are told 及时.
///
/// # Errors
/// As [`verify`]; [`Error::Conflict`] without such a duty, [`Error::Invalid`] when it says nothing.
pub async fn tell(app: &App, actor: &Actor, number: &str, version: i32, words: &str) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Tell, Act::Handle).await?;
        let duty = told(app, conn, &case).await?
            .ok_or(Error::Conflict("法律没有要求告知这件举报的处理情况，可以用“回复”"))?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::progress(facts, duty, words).map_err(invalid)?;
        step.notice(conn, &case, NoticeKind::ReportResult, &text).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::Told, json!({}))).await
    })
}

/// Goes on with a report although its reporter would like to take it back; the reporter reads why.
///
/// # Errors
/// As [`verify`]; [`Error::Conflict`] when nobody wished it, [`Error::Invalid`] without a word.
pub async fn carry_on(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    text: &str,
) -> Result<()> {
    let text = super::message_of(text)?;
    let step = Step::of(app, actor);
    let row = super::message_row(app, "office", text, step.now);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Carry, Act::Handle).await?;
        step.unhindered(conn, &case, Verb::Carry).await?;
        rows::message_insert(conn, case.id, &row, Some(actor.staff.0)).await?;
        let mut change = unchanged(&case)?;
        change.unread = 0;
        step.finish(conn, &case, &change, step.event(EventKind::CarriedOn, json!({}))).await
    })
}

/// Begins to investigate a filed case.
///
/// # Errors
/// As [`verify`].
pub async fn investigate(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let event = EventKind::Investigating;
    plain(
        app,
        actor,
        number,
        version,
        Verb::Investigate,
        Act::Handle,
        event,
    )
    .await
}

/// The duty to tell this reporter the result, `None`: nothing is sent.
///
/// # Errors
/// The database is away.
pub async fn told(app: &App, conn: &mut Conn, case: &Case) -> Result<Option<&'static Duty>> {
    // a clue of the office's own has no reporter (C-32)
    if case.channel == Channel::Mediation.code() {
        return Ok(None);
    }
    let about = About {
        category: &case.category,
        subject: &case.subject,
        problem: &case.problem,
    };
    let received = china_date(case.received_at);
    let (anonymous, named) = (
        result_duty(about, received, false),
        result_duty(about, received, true),
    );
    if anonymous == named {
        return Ok(named);
    }
    // an insider who gave no name has a contact too
    let sealed = rows::secret(conn, case.id).await?;
    let gave_name = super::view::contact(app, case, &sealed)?.is_some_and(|c| !c.name.is_empty());
    Ok(if gave_name { named } else { anonymous })
}

/// Ends a stage with a result; the reporter reads form 10 where a law says so.
struct Ending<'a> {
    verb: Verb,
    act: Act,
    event: EventKind,
    outcome: &'static str,
    data: Value,
    explanation: &'a str,
    /// Only after the police have it with its goods.
    of_the_police: bool,
}

async fn conclude(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    end: Ending<'_>,
) -> Result<()> {
    let explanation = super::reason_of(end.explanation, "请写明结果和依据")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, end.verb, end.act).await?;
        if end.of_the_police && stands(app, conn, &case).await?.crime != Some(Stage::HandedOver) {
            return Err(Error::field("choice", "too_early", "还没有移送完公安机关，不能按这一项决定"));
        }
        if let Some(duty) = told(app, conn, &case).await? {
            let reference = app.reference();
            let facts = notice_facts(&case, reference.holder(case.department), app.today());
            let text = notices::result(facts, duty, end.outcome, explanation).map_err(invalid)?;
            step.notice(conn, &case, NoticeKind::ReportResult, &text).await?;
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(end.event, end.data.clone())).await
    })
}

/// Does not file 不予立案 with exactly one ground: the head's decision.
///
/// # Errors
/// As [`verify`]; [`Error::Invalid`] without ground or explanation.
pub async fn not_file(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    ground: &str,
    explanation: &str,
) -> Result<()> {
    let ground = NotFiledGround::from_code(ground)
        .ok_or_else(|| Error::field("choice", "required", "请选择一种不予立案的情形"))?;
    let end = Ending {
        verb: Verb::NotFile,
        act: Act::Approve,
        event: EventKind::NotFiled,
        outcome: "不予立案",
        data: json!({ "ground": ground, "note": explanation.trim() }),
        explanation,
        of_the_police: false,
    };
    conclude(app, actor, number, version, end).await
}

/// Decides a filed case; the closing form is due.
///
/// # Errors
/// As [`verify`]; [`Error::Invalid`] without outcome or explanation.
pub async fn decide(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    outcome: &str,
    explanation: &str,
) -> Result<()> {
    let outcome = Outcome::from_code(outcome)
        .ok_or_else(|| Error::field("choice", "required", "请选择处理决定"))?;
    let end = Ending {
        verb: Verb::Decide,
        act: Act::Handle,
        event: EventKind::Decided,
        outcome: outcome.label(),
        data: json!({ "outcome": outcome, "note": explanation.trim() }),
        explanation,
        of_the_police: outcome == Outcome::Crime,
    };
    conclude(app, actor, number, version, end).await
}

/// Nobody here is competent: form 11 names who is. Food and farm produce are handed over instead.
///
/// # Errors
/// As [`verify`]; [`Error::Invalid`] when it does not say who is competent.
pub async fn no_authority(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    competent: &str,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::NoAuthority, Act::Handle).await?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        if handover_duty(&case.subject).is_some() {
            return Err(Error::Conflict("食品、农产品的事项要移交并书面通知，请用“移交并书面通知”"));
        }
        let text = notices::no_authority(facts, competent).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::NoAuthority, &text).await?;
        step.finish(conn, &case, &change, step.event(EventKind::NoAuthority, json!({}))).await
    })
}

/// Same reporter, same facts, same party: not handled again. The earlier report is named.
///
/// # Errors
/// As [`verify`]; [`Error::Invalid`] when the earlier report does not exist.
pub async fn duplicate(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    earlier: &str,
) -> Result<()> {
    let wrong = || {
        Error::field(
            "text",
            "unknown_value",
            "请填先前那件举报的编号，要是本部门办过或者在办的",
        )
    };
    let earlier = CaseNumber::parse(earlier.trim())
        .map_err(|_| wrong())?
        .to_string();
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Duplicate, Act::Handle).await?;
        let first = rows::case(conn, &earlier).await?.and_then(|c| super::visible(actor, c).ok());
        let fits = first.is_some_and(|c| c.kind == CaseKind::Report && c.id != case.id && c.received_at <= case.received_at);
        if !fits {
            return Err(wrong());
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        let data = json!({ "earlier": earlier });
        step.finish(conn, &case, &change, step.event(EventKind::Duplicate, data)).await
    })
}
