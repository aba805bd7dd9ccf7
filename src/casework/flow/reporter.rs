//! The two-person look at who reported (R-05, P-11): ask, decide, look, give up. Each is one transaction with the case
//! locked, so that of two at once the second finds the first one's result; each leaves a line in the audit trail.

use super::{Step, open_led, reason_of, stands, view};
use crate::{
    app::App,
    audit::Deed,
    casework::{
        State,
        reporter::{Move, Stage, after},
    },
    error::{Error, Result},
    intake::Contact,
    kernel::{
        access::{Act, Actor},
        number::CaseNumber,
        words::CaseKind,
    },
    privacy::Purpose,
    store::{
        Conn,
        case::{self as rows, Case},
        recusal as recusals,
        reporter::{self as requests, Decision, RequestRow},
    },
    tx,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What everybody reads about a report without a name, whatever else its sender said.
pub const NAMELESS: &str = "这件是匿名举报，没有身份可以查看";

/// A request with its words opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The row.
    pub row: RequestRow,
    /// Why it was asked.
    pub reason: String,
    /// Why it was denied or taken back, may be empty.
    pub note: String,
}

/// A report as the page of its reporter shows it.
pub struct Reporter {
    /// The case.
    pub case: Case,
    /// The reporter gave a name.
    pub named: bool,
    /// What was asked, newest first: everything for who decides, the own requests for others.
    pub requests: Vec<Opened>,
}

fn is_report(case: &Case) -> Result<()> {
    if case.kind == CaseKind::Report {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Whether a name was given. A nameless report whose sender says to be an insider is like any other nameless one.
pub(super) async fn named(app: &App, conn: &mut Conn, case: &Case) -> Result<bool> {
    let sealed = rows::secret(conn, case.id).await?;
    let contact = view::contact(app, case, &sealed)?;
    Ok(contact.is_some_and(|c| !c.name.is_empty()))
}

fn words(app: &App, id: Uuid, sealed: Option<&Vec<u8>>) -> Result<String> {
    sealed.map_or_else(
        || Ok(String::new()),
        |sealed| {
            let text = app.sealer.open_text(Purpose::Audit, id, sealed);
            text.map(|t| t.to_string()).map_err(Error::internal)
        },
    )
}

/// The page of a report's reporter, without who that is.
///
/// # Errors
/// Not visible, no report, not allowed: [`Error::NotFound`].
pub async fn reporter(app: &App, actor: &Actor, number: &str) -> Result<Reporter> {
    let case = open_led(app, actor, number).await?;
    is_report(&case)?;
    if !actor.may(Act::AskReporter) {
        return Err(Error::NotFound);
    }
    let mut conn = app.store.conn().await?;
    let named = named(app, &mut conn, &case).await?;
    let all = requests::requests(&mut conn, case.id).await?;
    let mine = |row: &RequestRow| row.request.asker == actor.staff.0;
    let requests = all
        .into_iter()
        .filter(|row| actor.may(Act::Approve) || mine(row))
        .map(|row| {
            Ok(Opened {
                reason: words(app, row.id, Some(&row.reason))?,
                note: words(app, row.id, row.note.as_ref())?,
                row,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Reporter {
        case,
        named,
        requests,
    })
}

impl Step<'_> {
    async fn report(&self, conn: &mut Conn, number: &str, act: Act) -> Result<Case> {
        let case = self.lock(conn, number, act).await?;
        is_report(&case)?;
        Ok(case)
    }

    /// Keeps the mark for the worklist true.
    async fn mark(&self, conn: &mut Conn, case: &Case) -> Result<()> {
        let waits = stands(self.app, conn, case).await?.waits()
            || recusals::request_waits(conn, case.id).await?
            || requests::requests_waiting(conn, case.id).await? > 0;
        requests::case_waits(conn, case.id, waits).await
    }

    /// The sealed words of a request.
    fn sealed(&self, id: Uuid, words: &str) -> Vec<u8> {
        let nonce = self.app.dice.bytes();
        self.app
            .sealer
            .seal(Purpose::Audit, id, words.as_bytes(), nonce)
    }
}

/// Asks to learn who reported, with a reason.
///
/// # Errors
/// Not visible, not allowed; [`Error::Invalid`] without a reason; [`Error::Conflict`] for a nameless report or while the
/// same person's earlier request waits or holds.
pub async fn ask_reporter(app: &App, actor: &Actor, number: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason, "请写明为什么必须知道举报人是谁")?;
    let step = Step::of(app, actor);
    let id = app.ids.next();
    let sealed = step.sealed(id, reason);
    tx!(app.store, conn => {
        let case = step.report(conn, number, Act::AskReporter).await?;
        if !named(app, conn, &case).await? {
            return Err(Error::Conflict(NAMELESS));
        }
        let all = requests::requests(conn, case.id).await?;
        if all.iter().any(|r| r.request.asker == actor.staff.0 && r.request.is_open(step.now)) {
            return Err(Error::Conflict("您已经申请过，还在等待批准或者在有效时间内"));
        }
        requests::request_insert(conn, case.id, id, actor.staff.0, &sealed, step.now).await?;
        step.mark(conn, &case).await?;
        step.audit(conn, &case, Deed::ReporterAsk.code(), about(id), Some(reason)).await
    })
}

/// What ties the audit lines of one request together.
fn about(id: Uuid) -> String {
    format!("request {}", id.simple())
}

const fn deed(step: Move) -> Deed {
    match step {
        Move::Grant => Deed::ReporterGrant,
        Move::Deny => Deed::ReporterDeny,
        Move::Revoke => Deed::ReporterRevoke,
        Move::Withdraw => Deed::ReporterWithdraw,
        Move::View => Deed::ReporterView,
    }
}

/// The request with this id on the case, if nothing stands in the way of the move.
async fn fitting(
    conn: &mut Conn,
    step: &Step<'_>,
    case: &Case,
    id: Uuid,
    what: Move,
) -> Result<RequestRow> {
    let all = requests::requests(conn, case.id).await?;
    let row = all
        .into_iter()
        .find(|r| r.id == id)
        .ok_or(Error::NotFound)?;
    match row.request.obstacle(what, step.actor.staff.0, step.now) {
        None => Ok(row),
        Some(why) => Err(Error::Conflict(why)),
    }
}

/// Decides on a request, takes a grant back, or gives the own request up. A grant is good for that asker, that case and
/// the time of the setting; a denial says why. Taking back needs no words: it only protects.
///
/// # Errors
/// Not visible, not allowed, no such request; [`Error::Invalid`] without a reason where one is needed;
/// [`Error::Conflict`] for the asker (of a grant or denial), and when somebody else was faster.
pub async fn decide_reporter(
    app: &App,
    actor: &Actor,
    number: &str,
    id: Uuid,
    what: Move,
    note: &str,
) -> Result<()> {
    let Some(to) = after(what) else {
        return Err(Error::NotFound);
    };
    let act = if what == Move::Withdraw {
        Act::AskReporter
    } else {
        Act::Approve
    };
    let note = (what == Move::Deny)
        .then(|| reason_of(note, "请写明不批准的理由，申请人会看到"))
        .transpose()?;
    let step = Step::of(app, actor);
    let sealed = note.map(|n| step.sealed(id, n));
    tx!(app.store, conn => {
        let case = step.report(conn, number, act).await?;
        let row = fitting(conn, &step, &case, id, what).await?;
        let decision = Decision {
            from: row.request.stage,
            to,
            by: actor.staff.0,
            at: step.now,
            until: (to == Stage::Granted).then(|| step.now + term(app)),
            note: sealed.clone(),
        };
        if !requests::request_decide(conn, id, &decision).await? {
            return Err(Error::Conflict("这个申请已经有了结果，请看过最新情况再办"));
        }
        step.mark(conn, &case).await?;
        step.audit(conn, &case, deed(what).code(), about(id), note).await
    })
}

/// How long a grant holds.
fn term(app: &App) -> Duration {
    Duration::minutes(i64::from(app.config.reveal_minutes))
}

/// Shows who reported, on a grant that holds; counted, with a line in the audit trail. Also gives the end of the grant.
///
/// # Errors
/// Not visible, not allowed, no such request; [`Error::Conflict`] without a grant that holds.
pub async fn view_reporter(
    app: &App,
    actor: &Actor,
    number: &str,
    id: Uuid,
) -> Result<(Contact, OffsetDateTime)> {
    let step = Step::of(app, actor);
    let (case, sealed, until) = tx!(app.store, conn => {
        let case = step.report(conn, number, Act::AskReporter).await?;
        let row = fitting(conn, &step, &case, id, Move::View).await?;
        let until = row.request.until.ok_or(Error::NotFound)?;
        if !requests::request_viewed(conn, id, actor.staff.0, step.now).await? {
            return Err(Error::Conflict("没有批准，或者已经过了时间，请重新申请"));
        }
        let detail = format!("{}, view {}", about(id), row.views + 1);
        step.audit(conn, &case, Deed::ReporterView.code(), detail, None).await?;
        let sealed = rows::secret(conn, case.id).await?;
        Ok((case, sealed, until))
    })?;
    let contact = view::contact(app, &case, &sealed)?.ok_or(Error::NotFound)?;
    Ok((contact, until))
}

/// Whether the sender of a report that is decided says to work for the reported party: the reward officer alone,
/// with a reason that stays in the audit trail.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] without a reason, and for a number that is no report for which a reward could be asked.
pub async fn insider(app: &App, actor: &Actor, number: &str, reason: &str) -> Result<bool> {
    if !actor.may(Act::Reward) {
        return Err(Error::NotFound);
    }
    let reason = reason_of(reason, "请写明为哪一项奖励核对")?;
    let none = || {
        Error::field(
            "number",
            "unknown_value",
            "没有可以核对的举报，请核对编号；办结以后才能核对",
        )
    };
    let number = CaseNumber::parse(number).map_err(|_| none())?.to_string();
    let step = Step::of(app, actor);
    let (case, sealed) = tx!(app.store, conn => {
        let case = rows::case(conn, &number).await?.ok_or_else(none)?;
        let over = !case.state.is_open() || case.state == State::Decided;
        if case.kind != CaseKind::Report || !over {
            return Err(none());
        }
        step.audit(conn, &case, Deed::InsiderView.code(), String::new(), Some(reason)).await?;
        let sealed = rows::secret(conn, case.id).await?;
        Ok((case, sealed))
    })?;
    let contact = view::contact(app, &case, &sealed)?;
    Ok(contact.is_some_and(|c| c.insider))
}
