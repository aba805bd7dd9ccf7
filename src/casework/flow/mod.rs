//! Use cases of a case's life. Here what both kinds share: open, lock, save; the way to a department and back in
//! `dispatch`, the complaint's steps in `complaint`, the report's in `report`, what two persons decide in `approval`, who
//! works beside the lead in `co`, the resident's in `resident`; the office's own in `notes`, `links`, `likeness`,
//! `parties`, `recusal`.
//! Each is one transaction: lock, ask `may`, apply the pure table, derive the clocks, save, append event and audit line.

mod afterwards;
mod approval;
mod assign;
mod away;
mod beside;
mod bulk;
mod co;
mod complaint;
mod crime;
mod dispatch;
mod dispute;
mod likeness;
mod links;
mod merge;
mod messages;
mod notes;
mod parties;
mod plain;
mod recusal;
mod report;
mod reporter;
mod resident;
mod reveal;
mod urge;
mod view;
mod views;

pub use afterwards::{
    AfterView, REOPEN_HEAD, REOPEN_MAX, after_view, ask_reopening, decide_reopening, rate,
};
pub use approval::{
    Request, ask_extension, decide_extension, decide_refusal, proposed_refusal, refuse, requests,
    revoke_extension,
};
pub use assign::{assign, colleagues};
pub use away::{
    Away, Wanted, ask_transfer, decide_transfer, proposed_transfer, transfer_letter,
    transfer_received, transfer_returned, transfer_text,
};
pub use beside::{assist, call_back, clue, entrust};
pub use bulk::{BULK_MOST, Bulk, Item, Outcome, bulk, bulk_preview, candidates};
pub use co::{co_add, co_done, co_due, co_remove, co_results, side_of};
pub use complaint::{
    accept, acceptance_text, agree, close, issue, material_days, mediate, owed_reason,
    received_materials, request_materials, resume, suspend, terminate,
};
pub use crime::{
    CrimeStep, Report as CrimeReport, crime_decide, crime_report, crime_step, proposed_crime,
};
pub use dispatch::{dispatch, dispatch_text, return_to_intake};
pub use dispute::{Settlement, dispute, dispute_settle};
pub use likeness::{Alike, Other, alike, key_older, keys_of, same_phone};
pub(crate) use links::audit_line;
pub use links::{Link, LinkKind, link, links, unlink};
pub use merge::merge;
pub use messages::{MESSAGE_MAX, reply};
pub(crate) use messages::{message_of, message_row};
pub use notes::{NOTE_MAX, Note, note, notes};
pub(crate) use parties::consented;
pub use parties::{
    Party, PartyView, consent, papers_shown, represent, sides, sides_of, withdrawal_waits,
};
pub use plain::noted;
use plain::{Plain, named, opened_words, plain, sealed_words, verdict};
pub(crate) use recusal::free;
pub use recusal::{
    Recusals, Request as RecusalRequest, apply as recusal_apply, apply_for as recusal_apply_for,
    decide as recusal_decide, declare as recuse, recusals, waits as recusal_waits,
};
pub use report::{
    FILED_WORDS, carry_on, decide, duplicate, file, investigate, no_authority, not_file, tell,
    told, verify,
};
pub use reporter::{
    NAMELESS, Opened, Reporter, ask_reporter, decide_reporter, insider, reporter, view_reporter,
};
pub use resident::{track, withdraw, write};
pub use reveal::reveal;
pub use urge::{urge, urges};
pub use view::{Inside, inside, open_messages, open_notices, opened, paper_opened, promised};
pub use views::{SavedView, VIEWS_MOST, ViewMove, view_move, view_save, views};

use super::{
    EventKind, Side, State, Verb,
    clocks::{ClockState, Past},
    deadline::ClockKind,
    marks, next,
    standing::{Origin, Standing, standing},
};
use crate::{
    app::App,
    error::{Error, FieldError, Result},
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
        Conn, alerts,
        case::{self as rows, Case, CaseChange, ClockRow, NewEvent, NoticeRow},
        co as store_co, recusal as recusals, reporter as requests,
        security::{self, AuditLine},
        traders::notices as trader_rows,
    },
};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The case with this number if the person may see it, as its lead, as a co-handler or at intake; 404 otherwise.
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
    co::side(&mut conn, actor, &case)
        .await?
        .map(|_| case)
        .ok_or(Error::NotFound)
}

/// The case with this number for its lead or intake; a co-handler sees the case, and not what this opens.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn open_led(app: &App, actor: &Actor, number: &str) -> Result<Case> {
    let case = open(app, actor, number).await?;
    match side_of(actor, &case) {
        Side::Lead => Ok(case),
        Side::Co => Err(Error::Forbidden),
    }
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
pub(crate) struct Step<'a> {
    pub(crate) app: &'a App,
    pub(crate) actor: &'a Actor,
    pub(crate) now: OffsetDateTime,
}

impl<'a> Step<'a> {
    /// By this person, now.
    pub(crate) fn of(app: &'a App, actor: &'a Actor) -> Self {
        Self {
            app,
            actor,
            now: app.now(),
        }
    }

    /// Locks the case, checks sight, permission, and that the person was not kept from it (C-26); gives the case and where the person stands to it.
    async fn sight(&self, conn: &mut Conn, number: &str, act: Act) -> Result<(Case, Side)> {
        let number = CaseNumber::parse(number)
            .map_err(|_| Error::NotFound)?
            .to_string();
        let case = rows::case_lock(conn, &number)
            .await?
            .ok_or(Error::NotFound)?;
        let side = co::side(conn, self.actor, &case)
            .await?
            .ok_or(Error::NotFound)?;
        if !self.actor.may(act) {
            return Err(Error::Forbidden);
        }
        recusal::free(conn, self.actor, &case).await?;
        Ok((case, side))
    }

    /// Locks the case for its lead, checks sight and permission.
    async fn lock(&self, conn: &mut Conn, number: &str, act: Act) -> Result<Case> {
        match self.sight(conn, number, act).await? {
            (case, Side::Lead) => Ok(case),
            (_, Side::Co) => Err(Error::Forbidden),
        }
    }

    /// As [`Self::lock`], checks the version too.
    async fn hold(&self, conn: &mut Conn, number: &str, version: i32, act: Act) -> Result<Case> {
        let case = self.lock(conn, number, act).await?;
        if case.version != version {
            return Err(Error::Conflict(
                "这件案件刚刚被别人改动了，请看过最新情况再办",
            ));
        }
        Ok(case)
    }

    /// Locks the case, checks sight, permission, version and table; gives the case and its next state.
    pub(crate) async fn begin(
        &self,
        conn: &mut Conn,
        number: &str,
        version: i32,
        verb: Verb,
        act: Act,
    ) -> Result<(Case, State)> {
        let (case, side) = self.sight(conn, number, act).await?;
        if !side.takes(verb) {
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
        if verb != Verb::Reply {
            self.unhindered(conn, &case, verb).await?;
        }
        Ok((case, state))
    }

    /// Where the locked case stands, when nothing but the table speaks against the verb.
    async fn unhindered(&self, conn: &mut Conn, case: &Case, verb: Verb) -> Result<Standing> {
        let now = stands(self.app, conn, case).await?;
        match now.obstacle(verb, self.actor.staff.0) {
            None => Ok(now),
            Some(why) => Err(Error::Conflict(why)),
        }
    }

    /// Saves the change with its event, clocks and audit line.
    pub(crate) async fn finish(
        &self,
        conn: &mut Conn,
        case: &Case,
        change: &CaseChange,
        event: NewEvent,
    ) -> Result<()> {
        let act = event.kind.code();
        record(self.app, conn, case, change.clone(), event, self.now).await?;
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

    pub(crate) fn event(&self, kind: EventKind, data: serde_json::Value) -> NewEvent {
        NewEvent {
            kind,
            actor: "staff",
            staff: Some(self.actor.staff.0),
            data,
        }
    }

    /// Makes a notice: for the resident on /track, or an internal one for the file and the other authority.
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
        let given_by = if kind.is_internal() { "desk" } else { "track" };
        rows::notice_insert(conn, case.id, &row, self.actor.staff.0, given_by).await
    }

    /// The trader's copy of a notice; the complainant never reads it, nor the trader the complainant's.
    pub(crate) async fn trader_copy(
        &self,
        conn: &mut Conn,
        case: &Case,
        kind: NoticeKind,
        text: &str,
        invitation: Option<Uuid>,
    ) -> Result<Uuid> {
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
        trader_rows::notice_insert(conn, case.id, &row, self.actor.staff.0, invitation).await?;
        Ok(id)
    }
}

/// The change that leaves everything as it is.
pub(crate) fn unchanged(case: &Case) -> Result<CaseChange> {
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
        waits: case.waits,
        unread: case.unread,
        returns: case.returns,
        dispatch_reason: case.dispatch_reason.clone(),
        assignee: case.assignee,
        fresh: case.fresh,
        sent_back: case.sent_back,
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

/// What decides which clocks began when the case was received.
fn origin<'a>(app: &App, case: &'a Case) -> Origin<'a> {
    Origin {
        kind: case.kind,
        received_at: case.received_at,
        problem: &case.problem,
        hotline: app.config.hotline,
    }
}

/// Where a case stands after its stored history.
///
/// # Errors
/// The database is away.
pub async fn stands(app: &App, conn: &mut Conn, case: &Case) -> Result<Standing> {
    let past = rows::history(conn, case.id).await?;
    let calendar = &app.reference().calendar;
    Ok(standing(&origin(app, case), &past, calendar))
}

/// A clock as the store keeps it.
#[must_use]
pub fn row_of(clock: &ClockState) -> ClockRow {
    ClockRow {
        clock: clock.kind.code().to_owned(),
        rule: clock.rule.id.to_owned(),
        started_on: clock.started,
        agency_due: clock.due.agency,
        citizen_due: clock.due.citizen,
        provisional: clock.due.provisional,
        stopped_at: clock.stopped,
        basis: clock.basis.write(),
    }
}

/// Saves a change with its event, and the clocks as the history gives them. A clock that the step does not move keeps
/// its date: only the loading of an arrangement moves it (N-05).
pub(crate) async fn record(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    mut change: CaseChange,
    event: NewEvent,
    now: OffsetDateTime,
) -> Result<()> {
    let seq = rows::next_seq(conn, case.id).await?;
    if !matches!(
        event.kind,
        EventKind::Asked | EventKind::Answered | EventKind::EvidenceAdded
    ) {
        let mut past = rows::history(conn, case.id).await?;
        past.push(Past {
            at: now,
            kind: event.kind,
            staff: event.staff,
            data: event.data.clone(),
        });
        let calendar = &app.reference().calendar;
        let mut after = standing(&origin(app, case), &past, calendar);
        let stored = rows::clocks(conn, case.id).await?;
        for clock in &mut after.clocks {
            let basis = clock.basis.write();
            let kept = stored.iter().find(|r| {
                r.clock == clock.kind.code() && r.started_on == clock.started && r.basis == basis
            });
            if let Some(r) = kept {
                (clock.due.agency, clock.due.citizen) = (r.agency_due, r.citizen_due);
                clock.due.provisional = r.provisional;
                if r.stopped_at.is_some() == clock.stopped.is_some() {
                    continue;
                }
            }
            rows::clock_put(conn, case.id.0, &row_of(clock)).await?;
        }
        change.next = after.next();
        change.waits = after.waits() || recusals::request_waits(conn, case.id).await?;
    }
    if change.department != case.department && (case.injury || case.urgent.is_some()) {
        alerts::alert_moves(conn, case.id, change.department).await?;
    }
    if case.kind == CaseKind::Report {
        if change.department != case.department {
            requests::requests_lapse(conn, case.id).await?;
        }
        change.waits |= requests::requests_waiting(conn, case.id).await? > 0;
    }
    (change.fresh, change.sent_back) = marks(
        event.kind,
        event.staff.is_some(),
        (change.fresh, change.sent_back),
    );
    if !change.state.is_open() && case.state.is_open() {
        change.closed_at = Some(now);
    }
    rows::case_save(conn, case, &change).await?;
    let due = change.next.map(|n| n.1);
    if due != case.next_due || !change.state.is_open() {
        store_co::co_follow(conn, case.id, change.state.is_open(), due).await?;
    }
    rows::events_append(conn, case.id.0, seq, &[event], now).await
}

/// A reason of 4 to 200 characters, or what is missing.
pub(crate) fn reason_of<'a>(reason: &'a str, message: &'static str) -> Result<&'a str> {
    let reason = reason.trim();
    match reason.chars().count() {
        0..4 => Err(Error::field(
            "reason",
            "required",
            format!("{message}（至少 4 个字）"),
        )),
        4..=200 => Ok(reason),
        n => Err(Error::Invalid(vec![FieldError::too_long("reason", 200, n)])),
    }
}
