//! What happens beside the main line: another body mediates (C-24), a clue found in mediation becomes a report (C-32), a
//! call-back (C-33), another authority asks for help, the hotline gets its answer (rules 4.5).

use super::{
    Plain, Step, complaint::invalid, named, notice_facts, plain, reason_of, recusal, unchanged,
    view,
};
use crate::{
    app::App,
    casework::{
        CallBackResult, EventKind, Verb,
        law::Version,
        standing::{Opening, Origin},
    },
    error::{Error, FieldError, Result},
    intake::{
        Answers, Story, check,
        flow::{first_clocks, mark},
    },
    kernel::{
        CaseId,
        access::{Act, Actor},
        clock::china_date,
        code::QueryCode,
        words::{CaseKind, Channel},
    },
    notices::{self, NoticeKind, trader},
    privacy::{Purpose, detect},
    store::{
        case::{self as rows, NewCase, NewEvent},
        security::{self, AuditLine},
    },
    tx,
};
use serde_json::json;

/// The body that mediates in the department's name, with the consent of both sides (C-24); under the repealed rule the
/// department alone could decide it.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] without the consents, the body or the
/// arrangement.
pub async fn entrust(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    consent: &str,
    body: &str,
    arrangement: &str,
) -> Result<()> {
    let body = named(body, "entrusted_to", "请写明委托给哪个组织（4 到 60 个字）")?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Entrust, Act::Handle).await?;
        recusal::decided(conn, &case).await?;
        let rule = Version::of(china_date(case.received_at));
        match (consent, rule) {
            ("both", _) | ("office", Version::Interim) => {}
            ("", _) => return Err(Error::field("choice", "required", "请选择双方是否都同意委托调解")),
            _ => {
                let why = "委托调解要双方都同意；有一方不同意的，由本部门自己调解";
                return Err(Error::field("choice", "refused", why));
            }
        }
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::entrusted(facts, body, arrangement).map_err(invalid)?;
        trader::for_both(arrangement).map_err(invalid)?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.notice(conn, &case, NoticeKind::Mediation, &text).await?;
        let copy = trader::entrusted(facts, body, arrangement);
        step.trader_copy(conn, &case, NoticeKind::Mediation, &copy, None).await?;
        let data = json!({ "consent": consent, "body": body });
        step.finish(conn, &case, &change, step.event(EventKind::Entrusted, data)).await
    })
}

/// Answers of a complaint that say nothing of its complainant: a report made from a clue takes them over.
const OF_THE_TRADER: [&str; 6] = [
    "trader_name",
    "trader_kind",
    "trader_address",
    "category",
    "goods",
    "problem",
];

/// A clue of a violation found in mediation (C-32): opens a report of its own, verified within fifteen working days of the
/// discovery. Nobody reported it, so nobody is told; the complaint goes on. Gives the new report's number.
///
/// # Errors
/// As [`entrust`]; [`Error::Invalid`] without a clue, or for a day of discovery outside the mediation.
pub async fn clue(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    found_on: &str,
    words: &str,
) -> Result<()> {
    let words = words.trim();
    if !(10..=1000).contains(&words.chars().count()) {
        let why = "请写明发现了什么违法线索（10 到 1000 个字），不要写投诉人的信息";
        return Err(invalid(FieldError::new("text", "required", why)));
    }
    let day = check::date(found_on)
        .ok_or_else(|| Error::field("found_on", "date", "请填发现线索的日期，例如 2026-11-08"))?;
    let today = app.today();
    let report = app.next_number(CaseKind::Report, today).await?;
    let step = Step::of(app, actor);
    let (id, submission) = (CaseId(app.ids.next()), app.ids.next());
    // nobody holds its code: there is no reporter who could look it up
    let code = QueryCode::make(|n| app.dice.below(n));
    let idempotency: [u8; 32] = app.dice.bytes();
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Clue, Act::Handle).await?;
        if day < china_date(case.received_at) || day > today {
            let why = "发现日期要在收到投诉之后，不能晚于今天";
            return Err(Error::field("found_on", "out_of_range", why));
        }
        let sealed = rows::secret(conn, case.id).await?;
        let told = view::story(app, &case, &sealed)?;
        let mut facts = Answers::default();
        for name in OF_THE_TRADER {
            facts.set(name, told.facts.get(name));
        }
        let story = Story { text: words.to_owned(), facts };
        let story = serde_json::to_vec(&story).map_err(Error::internal)?;
        let redacted = detect::redact(words).text;
        let reference = app.reference();
        let origin = Origin {
            kind: CaseKind::Report,
            received_at: step.now,
            problem: &case.problem,
            hotline: app.config.hotline,
        };
        let opening = Opening { discovered: Some(day), hotline: None };
        let holder = reference.holder(case.department);
        let reason = format!("{holder}在调解中发现的线索，由{holder}核查");
        let facts = json!({ "channel": Channel::Mediation, "discovered": day.to_string(), "complaint": case.number });
        let new = NewCase {
            id: id.0,
            number: report.to_string(),
            kind: CaseKind::Report,
            submission,
            query_hash: app.sealer.ring().query_code_hash(report, code.digits()),
            channel: Channel::Mediation.code(),
            received_at: step.now,
            department: case.department,
            street: case.street.as_deref(),
            category: &case.category,
            subject: &case.subject,
            problem: &case.problem,
            trader_name: &case.trader_name,
            trader_kind: &case.trader_kind,
            title: &mark("调解中发现", &redacted),
            redacted: &redacted,
            amount_fen: None,
            publish: None,
            entrust: None,
            urgent: None,
            injury: false,
            dispatch_reason: &reason,
            co_codes: String::new(),
            co: Vec::new(),
            contact: None,
            story: app.sealer.seal(Purpose::Narrative, id.0, &story, app.dice.bytes()),
            phone_index: None,
            alike: Vec::new(),
            parties: Vec::new(),
            clocks: first_clocks(&origin, opening, &reference.calendar),
            events: vec![
                step.event(EventKind::Submitted, facts),
                NewEvent {
                    kind: EventKind::Dispatched,
                    actor: "system",
                    staff: None,
                    data: json!({ "department": case.department, "reason": reason }),
                },
            ],
        };
        rows::submission_insert(conn, submission, &idempotency, &[0; 32], Channel::Mediation.code(), &[], step.now).await?;
        rows::case_insert(conn, &new).await?;
        let line = AuditLine {
            id: app.ids.next(),
            at: step.now,
            staff: Some(actor.staff.0),
            act: EventKind::Submitted.code(),
            case: Some(id.0),
            detail: String::new(),
            reason: None,
        };
        security::audit_insert(conn, &line).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        let data = json!({ "report": report.to_string(), "on": day.to_string() });
        step.finish(conn, &case, &change, step.event(EventKind::ClueFound, data)).await
    })
}

/// A call-back after the end (C-33): what the complainant says of it.
///
/// # Errors
/// As [`entrust`]; [`Error::Invalid`] without a result or a word.
pub async fn call_back(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    result: &str,
    note: &str,
) -> Result<()> {
    let result = CallBackResult::from_code(result)
        .ok_or_else(|| Error::field("choice", "required", "请选择回访的结果"))?;
    let note = reason_of(note, "请写明对方怎么说，不要写电话和姓名")?;
    let step = Plain {
        verb: Verb::CallBack,
        event: EventKind::CalledBack,
        data: json!({ "result": result, "note": note }),
    };
    plain(app, actor, number, version, step).await
}

/// Another authority asks for help in this matter: fifteen working days.
///
/// # Errors
/// As [`entrust`]; [`Error::Invalid`] when it does not say who asks for what.
pub async fn assist(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    by: &str,
    what: &str,
) -> Result<()> {
    let by = named(by, "asked_by", "请写明哪个机关请求协助（4 到 60 个字）")?;
    let what = reason_of(what, "请写明要协助什么")?;
    let step = Plain {
        verb: Verb::Assist,
        event: EventKind::AssistAsked,
        data: json!({ "by": by, "reason": what }),
    };
    plain(app, actor, number, version, step).await
}
