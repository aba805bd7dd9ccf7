//! Use cases of a case's life: accept, refuse, verify, return, dispatch, reply, reveal; track, write, withdraw.
//! Each is one transaction: lock, ask `may`, apply the pure table, save, append event and audit line.

mod resident;
mod view;

pub use resident::{track, withdraw, write};
pub use view::{Inside, inside, open_messages, open_notices};

use super::{EventKind, Ground, State, Verb, clock_of, deadline::ClockKind, next};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    intake::{Contact, flow::clock_row},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        number::CaseNumber,
        words::CaseKind,
    },
    notices::{self, NoticeKind},
    privacy::Purpose,
    receipts::sha256,
    store::{
        Conn,
        case::{self as rows, Case, CaseChange, MessageRow, NewEvent, NoticeRow},
        security::{self, AuditLine},
    },
    tx,
};
use serde_json::json;
use time::{Date, OffsetDateTime};

/// Longest message, in characters.
pub const MESSAGE_MAX: usize = 2000;

/// The case with this number if the person may see it; 404 otherwise.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn open(app: &App, actor: &Actor, number: &str) -> Result<Case> {
    let number = CaseNumber::parse(number)
        .map_err(|_| Error::NotFound)?
        .to_string();
    let mut conn = app.store.conn().await?;
    let case = rows::case(&mut conn, &number)
        .await?
        .ok_or(Error::NotFound)?;
    visible(actor, case)
}

fn visible(actor: &Actor, case: Case) -> Result<Case> {
    let department = case.department.map(crate::kernel::DepartmentId);
    if actor.may(Act::ViewCases) && actor.sees(department) {
        Ok(case)
    } else {
        Err(Error::NotFound)
    }
}

/// A step at the desk, in one transaction.
struct Step<'a> {
    app: &'a App,
    actor: &'a Actor,
    now: OffsetDateTime,
}

impl Step<'_> {
    /// Locks the case, checks sight, permission, version and the table; gives the case and its next state.
    async fn begin(
        &self,
        conn: &mut Conn,
        number: &str,
        version: i32,
        verb: Verb,
        act: Act,
    ) -> Result<(Case, State)> {
        let number = CaseNumber::parse(number)
            .map_err(|_| Error::NotFound)?
            .to_string();
        let case = visible(
            self.actor,
            rows::case_lock(conn, &number)
                .await?
                .ok_or(Error::NotFound)?,
        )?;
        if !self.actor.may(act) {
            return Err(Error::Forbidden);
        }
        if case.version != version {
            return Err(Error::Conflict(
                "这件案件刚刚被别人改动了，请看过最新情况再办",
            ));
        }
        let state = next(case.kind, case.state, verb).ok_or(Error::Conflict(
            "按现在的状态不能办这一步，请看过最新情况再办",
        ))?;
        Ok((case, state))
    }

    /// Saves the change with its event and audit line.
    async fn finish(
        &self,
        conn: &mut Conn,
        case: &Case,
        change: &CaseChange,
        event: NewEvent,
    ) -> Result<()> {
        let seq = rows::next_seq(conn, case.id).await?;
        let act = event.kind.code();
        rows::case_save(conn, case, change).await?;
        rows::events_append(conn, case.id.0, seq, &[event], self.now).await?;
        self.audit(conn, case, act, String::new(), None).await
    }

    async fn audit(
        &self,
        conn: &mut Conn,
        case: &Case,
        act: &'static str,
        detail: String,
        reason: Option<&str>,
    ) -> Result<()> {
        let id = self.app.ids.next();
        let reason = reason.map(|r| {
            self.app
                .sealer
                .seal(Purpose::Audit, id, r.as_bytes(), self.app.dice.bytes())
        });
        let line = AuditLine {
            id,
            at: self.now,
            staff: Some(self.actor.staff.0),
            act,
            case: Some(case.id.0),
            detail,
            reason,
        };
        security::audit_insert(conn, &line).await
    }

    fn event(&self, kind: EventKind, data: serde_json::Value) -> NewEvent {
        NewEvent {
            kind,
            actor: "staff",
            staff: Some(self.actor.staff.0),
            data,
        }
    }

    async fn notice(
        &self,
        conn: &mut Conn,
        case: &Case,
        kind: NoticeKind,
        text: &str,
    ) -> Result<()> {
        let id = self.app.ids.next();
        let row = NoticeRow {
            id,
            form: kind.form(),
            at: self.now,
            body: self
                .app
                .sealer
                .seal(Purpose::Notice, id, text.as_bytes(), self.app.dice.bytes()),
            body_hash: sha256(text.as_bytes()).to_vec(),
        };
        rows::notice_insert(conn, case.id, &row, self.actor.staff.0).await
    }
}

/// The change that leaves everything as it is.
fn unchanged(case: &Case) -> Result<CaseChange> {
    let clock = match (&case.next_clock, case.next_due) {
        (Some(code), Some(due)) => Some((
            ClockKind::from_code(code)
                .ok_or_else(|| Error::Internal(format!("unknown clock {code}")))?,
            due,
        )),
        _ => None,
    };
    Ok(CaseChange {
        state: case.state,
        department: case.department,
        next: clock,
        unread: case.unread,
        returns: case.returns,
        dispatch_reason: case.dispatch_reason.clone(),
        closed_at: None,
    })
}

/// The facts that a notice of this case names.
#[must_use]
pub fn notice_facts<'a>(case: &'a Case, department: &'a str, today: Date) -> notices::Facts<'a> {
    notices::Facts {
        number: &case.number,
        department,
        trader: &case.trader_name,
        received: china_date(case.received_at),
        today,
    }
}

/// The text of the acceptance notice, as previewed and as sent.
#[must_use]
pub fn acceptance_text(app: &App, case: &Case) -> String {
    let today = app.today();
    let reference = app.reference();
    let rule = super::deadline::rule_for(ClockKind::Mediation, china_date(case.received_at));
    let clock = clock_row(
        ClockKind::Mediation,
        china_date(case.received_at),
        today,
        &reference.calendar,
    );
    notices::accepted(
        notice_facts(case, reference.holder(case.department), today),
        rule,
        clock.citizen_due,
    )
}

/// Accepts a complaint 受理 (投办15): stops the acceptance clock, starts mediation (C-28), sends form 5.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now.
pub async fn accept(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    let today = app.today();
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Accept, Act::Handle).await?;
        let calendar = app.reference();
        rows::clocks_stop(conn, case.id.0, step.now).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        change.next = None;
        if let Some(kind) = clock_of(state) {
            let clock = clock_row(kind, china_date(case.received_at), today, &calendar.calendar);
            rows::clock_start(conn, case.id.0, &clock).await?;
            change.next = Some((kind, clock.agency_due));
        }
        step.notice(conn, &case, NoticeKind::Accepted, &acceptance_text(app, &case)).await?;
        step.finish(conn, &case, &change, step.event(EventKind::Accepted, json!({}))).await
    })
}

/// Refuses a complaint 不予受理 with exactly one ground (C-07) and form 6 (C-21).
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] without a reason.
pub async fn refuse(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    ground: Ground,
    explanation: &str,
) -> Result<()> {
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Refuse, Act::Handle).await?;
        let reference = app.reference();
        let facts = notice_facts(&case, reference.holder(case.department), app.today());
        let text = notices::refused(facts, ground, explanation).map_err(|e| Error::Invalid(vec![e]))?;
        rows::clocks_stop(conn, case.id.0, step.now).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        change.next = None;
        change.closed_at = Some(step.now);
        step.notice(conn, &case, NoticeKind::Refused, &text).await?;
        step.finish(conn, &case, &change, step.event(EventKind::Refused, json!({ "ground": ground }))).await
    })
}

/// Begins to verify a report 核查; its clock goes on.
///
/// # Errors
/// As [`accept`].
pub async fn verify(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Verify, Act::Handle).await?;
        let mut change = unchanged(&case)?;
        change.state = state;
        step.finish(conn, &case, &change, step.event(EventKind::Verifying, json!({}))).await
    })
}

/// Sends a case back to intake 退回 with a reason; there is no way to another department (T-02, 投办41).
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] without a reason; already at intake.
pub async fn return_to_intake(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明退回的理由，受理员会据此改派")?;
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Return, Act::Handle).await?;
        if case.department.is_none() {
            return Err(Error::Conflict("这件案件已经在受理岗"));
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        change.department = None;
        change.returns += 1;
        change.dispatch_reason = format!("部门退回：{reason}").chars().take(200).collect();
        let data = json!({ "from": case.department, "reason": reason });
        step.finish(conn, &case, &change, step.event(EventKind::Returned, data)).await
    })
}

/// Sends a case to a department 分送 (投办41), by hand, with a reason.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] for an unknown department or no reason.
pub async fn dispatch(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    department: &str,
    reason: &str,
) -> Result<()> {
    let reason = reason_of(reason, "请写明分送的理由")?;
    let reference = app.reference();
    let target = reference
        .inside(department)
        .ok_or_else(|| Error::field("department", "unknown_value", "请从列出的部门里选择"))?
        .id;
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    tx!(app.store, conn => {
        let (case, state) = step.begin(conn, number, version, Verb::Dispatch, Act::Dispatch).await?;
        if case.department == Some(target) {
            return Err(Error::field("department", "same", "已经在这个部门"));
        }
        let mut change = unchanged(&case)?;
        change.state = state;
        change.department = Some(target);
        change.dispatch_reason = format!("受理员分送：{reason}").chars().take(200).collect();
        let data = json!({ "department": target, "reason": reason });
        step.finish(conn, &case, &change, step.event(EventKind::Dispatched, data)).await
    })
}

fn reason_of<'a>(reason: &'a str, message: &'static str) -> Result<&'a str> {
    let reason = reason.trim();
    match reason.chars().count() {
        0..4 => Err(Error::field(
            "reason",
            "required",
            format!("{message}（至少 4 个字）"),
        )),
        4..=200 => Ok(reason),
        n => Err(Error::field(
            "reason",
            "too_long",
            format!("最多 200 个字，现在有 {n} 个字"),
        )),
    }
}

/// Writes to the resident; what waited is answered.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] for an empty or too long text.
pub async fn reply(app: &App, actor: &Actor, number: &str, version: i32, text: &str) -> Result<()> {
    let text = message_of(text)?;
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    let row = message_row(app, "office", text, step.now);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::Reply, Act::Handle).await?;
        rows::message_insert(conn, case.id, &row, Some(actor.staff.0)).await?;
        let mut change = unchanged(&case)?;
        change.unread = 0;
        step.finish(conn, &case, &change, step.event(EventKind::Answered, json!({}))).await
    })
}

/// Shows the sealed contact of a complainant, with a reason that stays in the audit trail (P-11). A report's
/// reporter is never shown here.
///
/// # Errors
/// Not visible, not allowed, no reason.
pub async fn reveal(app: &App, actor: &Actor, number: &str, reason: &str) -> Result<Contact> {
    let reason = reason_of(reason, "请写明为什么要查看")?;
    let case = open(app, actor, number).await?;
    if case.kind != CaseKind::Complaint || !actor.may(Act::Reveal) {
        return Err(Error::Forbidden);
    }
    let step = Step {
        app,
        actor,
        now: app.now(),
    };
    let sealed = tx!(app.store, conn => {
        step.audit(conn, &case, Deed::RevealContact.code(), String::new(), Some(reason)).await?;
        rows::secret(conn, case.id).await
    })?;
    view::contact(app, &case, &sealed)?.ok_or(Error::NotFound)
}

fn message_of(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::field("text", "required", "请先写下要说的话")),
        n if n > MESSAGE_MAX => Err(Error::field(
            "text",
            "too_long",
            format!("最多 {MESSAGE_MAX} 个字，现在有 {n} 个字"),
        )),
        _ => Ok(text),
    }
}

fn message_row(app: &App, author: &str, text: &str, now: OffsetDateTime) -> MessageRow {
    let id = app.ids.next();
    MessageRow {
        id,
        at: now,
        author: author.to_owned(),
        body: app
            .sealer
            .seal(Purpose::Message, id, text.as_bytes(), app.dice.bytes()),
    }
}
