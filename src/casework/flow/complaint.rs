//! The complaint's steps: materials, acceptance, mediation with its rests, agreement, termination, close.

use super::{Step, consented, notice_facts, recusal, unchanged};
use crate::{
    app::App,
    casework::{
        AgreementForm, EventKind, SuspendReason, TerminationGround, Verb,
        deadline::{ClockKind, rule_for},
        law::Version,
        standing::Owed,
    },
    error::{Error, FieldError, Result},
    intake::{flow::clock_row, joint::Matter},
    kernel::{
        Fen,
        access::{Act, Actor},
        clock::china_date,
    },
    notices::{self, NoticeKind, trader},
    store::case::Case,
    tx,
};
use serde_json::json;
use time::Date;

/// A field message as a refusal of the whole step.
pub(super) fn invalid(e: FieldError) -> Error {
    Error::Invalid(vec![e])
}

/// The text of the acceptance notice, as previewed and as sent.
#[must_use]
pub fn acceptance_text(app: &App, case: &Case) -> String {
    let today = app.today();
    let reference = app.reference();
    let received = china_date(case.received_at);
    let clock = clock_row(ClockKind::Mediation, received, today, &reference.calendar);
    notices::accepted(
        notice_facts(case, reference.holder(case.department), today),
        rule_for(ClockKind::Mediation, received),
        clock.citizen_due,
    )
}

/// Accepts a complaint 受理 (投办15): stops the acceptance clock, starts mediation (C-28), sends form 5.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now.
pub async fn accept(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Accept, Act::Handle).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::Accepted, &acceptance_text(app, &case)).await?;
        step.finish(conn, &case, &change, step.event(EventKind::Accepted, json!({}))).await
    })
}

/// Asks for materials (C-22, form 4) until a day inside the acceptance term, which goes on.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] for a day outside the term or nothing asked for.
pub async fn request_materials(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    due: &str,
    what: &str,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Materials, Act::Handle).await?;
        let wrong = || Error::field("choice", "unknown_value", "请从列出的日期里选择，须在受理期限之内");
        let due = material_days(app, &case).into_iter().find(|d| d.to_string() == due).ok_or_else(wrong)?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::materials(facts, what, due).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::Materials, &text).await?;
        let data = json!({ "due": due.to_string() });
        step.finish(conn, &case, &change, step.event(EventKind::MaterialsAsked, data)).await
    })
}

/// The days that may be set for materials: working days after today within the acceptance term.
#[must_use]
pub fn material_days(app: &App, case: &Case) -> Vec<Date> {
    let reference = app.reference();
    let calendar = &reference.calendar;
    let received = china_date(case.received_at);
    let last = clock_row(ClockKind::Acceptance, received, received, calendar).agency_due;
    let mut days = Vec::new();
    let mut day = app.today();
    while let Some(next) = day.next_day().filter(|d| *d <= last) {
        day = next;
        if calendar.is_working(day) {
            days.push(day);
        }
    }
    days
}

/// The materials are complete: the case waits for the decision again.
///
/// # Errors
/// As [`accept`].
pub async fn received_materials(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::MaterialsDone, Act::Handle).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::MaterialsReceived, json!({}))).await
    })
}

/// Begins to mediate with the consent of both sides (C-23), form 7.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] when one side does not agree, or without an arrangement.
pub async fn mediate(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    consent: &str,
    arrangement: &str,
) -> Result<()> {
    match consent {
        "both" => {}
        "" => {
            return Err(Error::field(
                "choice",
                "required",
                "请选择双方是否都同意调解",
            ));
        }
        _ => {
            let why = "有一方不同意的不能调解，请终止调解";
            return Err(Error::field("choice", "refused", why));
        }
    }
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Mediate, Act::Handle).await?;
        recusal::decided(conn, &case).await?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::mediation(facts, arrangement).map_err(invalid)?;
        trader::for_both(arrangement).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::Mediation, &text).await?;
        step.trader_copy(conn, &case, NoticeKind::Mediation, &trader::mediation(facts, arrangement), None).await?;
        let data = json!({ "consent": "both" });
        step.finish(conn, &case, &change, step.event(EventKind::MediationStarted, data)).await
    })
}

/// Lets a case rest for a reason of the law (C-26, C-27, R-20, R-22).
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] without a reason that the law knows in this state.
pub async fn suspend(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    reason: &str,
) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Suspend, Act::Handle).await?;
        let reason = SuspendReason::from_code(reason)
            .filter(|r| r.lawful_in(case.state))
            .ok_or_else(|| Error::field("choice", "required", "请选择法律允许的中止理由"))?;
        let mut change = unchanged(&case)?;
        change.state = state;
        let data = json!({ "reason": reason });
        step.finish(conn, &case, &change, step.event(EventKind::Suspended, data)).await
    })
}

/// Goes on after a rest; the days between are not counted where the law says so.
///
/// # Errors
/// As [`accept`].
pub async fn resume(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Resume, Act::Handle).await?;
        recusal::decided(conn, &case).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::Resumed, json!({}))).await
    })
}

/// What the consumer gets back by an agreement, in yuan as typed; nothing typed is nothing counted (rules 6.4).
fn recovered(yuan: &str) -> Result<Option<Fen>> {
    match yuan.trim() {
        "" => Ok(None),
        yuan => Fen::parse_yuan(yuan).map(Some).ok_or_else(|| {
            let how = "金额请写成 3600 或者 3600.50 这样，没有就不填";
            Error::field("recovered", "out_of_range", how)
        }),
    }
}

/// Both sides agree (C-31): form 9, or the record that is kept instead. `yuan`: what the consumer gets back, may be empty.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] without the agreement, or for an amount that is none.
pub async fn agree(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    form: &str,
    terms: &str,
    yuan: &str,
) -> Result<()> {
    let fen = recovered(yuan)?;
    let form = AgreementForm::from_code(form)
        .ok_or_else(|| Error::field("choice", "required", "请选择协议怎样留存"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Agree, Act::Handle).await?;
        consented(app, conn, &case, &[Matter::Settle]).await?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::agreement(facts, form, terms).map_err(invalid)?;
        trader::for_both(terms).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        let kind = if form == AgreementForm::Document { NoticeKind::Agreement } else { NoticeKind::Record };
        step.notice(conn, &case, kind, &text).await?;
        if form == AgreementForm::Document {
            // three copies: both sides and the file (C-31)
            step.trader_copy(conn, &case, kind, &text, None).await?;
        }
        step.finish(conn, &case, &change, step.event(EventKind::Agreed, json!({ "form": form, "fen": fen }))).await
    })
}

/// Terminates the mediation with exactly one ground (C-29) and form 8; both sides are then told within C-30.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] without a reason, or for the sixty days before they have passed.
pub async fn terminate(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    ground: &str,
    explanation: &str,
) -> Result<()> {
    let ground = TerminationGround::from_code(ground)
        .ok_or_else(|| Error::field("choice", "required", "请选择一种终止调解的情形"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Terminate, Act::Handle).await?;
        if ground.number(Version::of(china_date(case.received_at))).is_none() {
            return Err(Error::field("choice", "unknown_value", "收到这件投诉时的规章没有这一种情形"));
        }
        let now = step.unhindered(conn, &case, Verb::Terminate).await?;
        let passed = now.clock(ClockKind::Mediation).is_some_and(|c| c.counts() && c.due.agency < app.today());
        if ground == TerminationGround::Withdrawn {
            consented(app, conn, &case, &[Matter::Settle, Matter::Waive]).await?;
        }
        if ground == TerminationGround::Elapsed && !passed {
            return Err(Error::field("choice", "too_early", "调解期限还没有过，不能按这一项终止"));
        }
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::terminated(facts, ground, explanation).map_err(invalid)?;
        trader::for_both(explanation).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::Terminated, &text).await?;
        step.trader_copy(conn, &case, NoticeKind::Terminated, &trader::terminated(facts, ground, explanation), None).await?;
        let data = json!({ "ground": ground });
        step.finish(conn, &case, &change, step.event(EventKind::Terminated, data)).await
    })
}

/// What form 8 says when the two sides ended the mediation without the office.
#[must_use]
pub const fn owed_reason(owed: Owed) -> &'static str {
    match owed {
        Owed::Withdrawal => "投诉人撤回了投诉。",
        Owed::Settlement => "双方自行和解：投诉人同意了经营者提出的解决方案。",
    }
}

/// Issues form 8 to both sides when the complainant withdrew or settled after acceptance (C-29(1), C-30).
///
/// # Errors
/// As [`accept`]; [`Error::Conflict`] when it was issued.
pub async fn issue(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Issue, Act::Handle).await?;
        let owed = step.unhindered(conn, &case, Verb::Issue).await?.owed.ok_or(Error::Conflict("终止调解决定书已经发出"))?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let (form, ground, reason) = (NoticeKind::Terminated, TerminationGround::Withdrawn, owed_reason(owed));
        let text = notices::terminated(facts, ground, reason).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, form, &text).await?;
        step.trader_copy(conn, &case, form, &trader::terminated(facts, ground, reason), None).await?;
        step.finish(conn, &case, &change, step.event(EventKind::TerminationIssued, json!({}))).await
    })
}

/// Closes what is decided. After a termination both sides were told before (C-30).
///
/// # Errors
/// As [`accept`]; [`Error::Conflict`] while a side was not told; [`Error::Invalid`] when it does not say how it ended.
pub async fn close(app: &App, actor: &Actor, number: &str, version: i32, note: &str) -> Result<()> {
    let note = super::reason_of(note, "请写明怎样告知、什么时候办结")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Close, Act::Handle).await?;
        step.unhindered(conn, &case, Verb::Close).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::Closed, json!({ "note": note }))).await
    })
}
