//! Use cases of intake: keep a draft, submit once; `prepare` makes what a new case needs, `counter` takes down what
//! somebody says, `split` takes the report out of a complaint.

mod counter;
mod drafts;
mod prepare;
mod split;

pub use counter::{Paper, register, registered};
pub use drafts::{
    Keep, OpenDraft, draft_change, draft_discard, draft_open, draft_resume, draft_start,
};
pub use prepare::title_of;
pub use split::split;

use super::{Answers, Filing};
use crate::{
    app::App,
    audit::Deed,
    casework::{
        EventKind, deadline,
        hotline::HotlineKind,
        standing::{Opening, Origin},
    },
    error::{Error, Result},
    evidence::flow as evidence,
    kernel::{
        CaseId, StaffId, SubmissionId,
        clock::china_date,
        words::{CaseKind, Channel},
    },
    privacy::{IndexColumn, Purpose},
    receipts::sha256,
    signals::{self, Cause},
    store::{
        case::{self as rows, ClockRow},
        draft as draft_rows,
        security::{self, AuditLine},
    },
    tx,
};
pub use prepare::mark;
use prepare::{Body, Prepared};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What the sender gets for one case: shown, printed, and repeated when a retry asks again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Issued {
    /// Complaint or report.
    pub kind: CaseKind,
    /// Case number.
    pub number: String,
    /// Query code, digits only.
    pub code: String,
    /// Signed receipt token.
    pub token: String,
    /// The promised date.
    pub promised: Date,
    /// The clock it rests on, a code.
    pub clock: String,
    /// Lead department's id at receipt.
    pub department: Option<Uuid>,
    /// Receipt, seconds since 1970 UTC.
    pub received_unix: i64,
}

/// The answer to a submission.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// One or two cases.
    pub cases: Vec<Issued>,
    /// A retry: the cases had been made before.
    pub repeated: bool,
}

/// Where a submission came from and what makes a retry recognisable.
pub struct Source {
    /// How it came in.
    pub channel: Channel,
    /// Bytes that are the same for a retry and for nothing else.
    pub idempotency: [u8; 32],
    /// The draft it ends, for the web, with the version that was read.
    pub draft: Option<(Uuid, i64)>,
    /// When the office received it, `None`: now. The clocks run from there (T-01, N-04).
    pub received_at: Option<OffsetDateTime>,
    /// Who took it down at the desk, `None` when it came by itself.
    pub taken: Option<Taken>,
    /// What 12345 called it, where it said so.
    pub hotline: Option<HotlineKind>,
}

/// A filing that somebody at the desk took down.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The person at the desk.
    pub by: StaffId,
    /// The hotline's own number of it, empty for none.
    pub hotline_no: String,
}

impl Source {
    /// What the first event says of the receipt, as the derivation will read it.
    fn opening(&self) -> Opening {
        let by_hotline = matches!(self.channel, Channel::Import | Channel::Hotline);
        Opening {
            discovered: None,
            hotline: by_hotline.then(|| self.hotline.unwrap_or(HotlineKind::Complaint)),
        }
    }
}

/// Submits a filing: one or two cases, acknowledged only after the commit, made once whatever is retried.
///
/// # Errors
/// [`Error::Invalid`] with every field message; [`Error::Conflict`] when the idempotency key was used for something
/// else; [`Error::NotFound`] when the draft is gone or was written in since; the database is away.
pub async fn submit(app: &App, source: &Source, answers: &Answers) -> Result<Submitted> {
    let now = app.now();
    let today = china_date(now);
    let reference = app.reference();
    let filing = Filing::read(answers, &*reference, today).map_err(Error::Invalid)?;
    let body_hash = sha256(&serde_json::to_vec(answers).map_err(Error::internal)?);
    let phone_index = filing
        .contact
        .as_ref()
        .filter(|c| !c.phone.is_empty())
        .map(|c| app.sealer.ring().index(IndexColumn::Phone, &c.phone));
    let submission = SubmissionId(app.ids.next());
    let received = source.received_at.unwrap_or(now);
    let files = match source.draft {
        Some((draft, _)) => evidence::held(app, draft).await?,
        None => Vec::new(),
    };
    let body = Body {
        hash: body_hash,
        files: evidence::marks(&files),
    };
    let prepared = Prepared::make(app, &filing, source, received, &body, phone_index).await?;
    let answer = serde_json::to_vec(&prepared.issued).map_err(Error::internal)?;
    let answer = app
        .sealer
        .seal(Purpose::Receipt, submission.0, &answer, app.dice.bytes());
    let mut counted = false;
    let fresh = tx!(app.store, conn => {
        let fresh = rows::submission_insert(
            conn, submission.0, &source.idempotency, &body_hash, source.channel.code(), &answer, now,
        )
        .await?;
        if fresh {
            // One draft ends in one submission, whatever device sends it, and with nothing but what was read.
            if let Some((draft, version)) = source.draft
                && !draft_rows::draft_take(conn, draft, version).await?
            {
                return Err(Error::NotFound);
            }
            // a double click is no second submission, and a transaction that runs again is no third
            if let (Channel::Web, Some(index), false) = (source.channel, phone_index, counted) {
                app.limits.check_phone(&index)?;
                counted = true;
            }
            for case in &prepared.cases {
                rows::case_insert(conn, &case.row(&filing, source, submission, received)).await?;
            }
            if let Some((draft, _)) = source.draft {
                let cases: Vec<CaseId> = prepared.cases.iter().map(|c| CaseId(c.id())).collect();
                evidence::keep(app, conn, draft, &files, &cases).await?;
            }
            // one alert a filing: the complaint's, so that two numbers side by side name no anonymous reporter
            if let (Some(cause), Some(first)) = (Cause::of(filing.injury, filing.danger), prepared.cases.first()) {
                signals::flow::raise(app, conn, first.id(), first.department(), cause).await?;
            }
            security::audit_insert_all(conn, &lines(app, source, &prepared, now)).await?;
        }
        Ok(fresh)
    })?;
    if fresh {
        metrics::counter!("minsheng_cases_total", "channel" => source.channel.code())
            .increment(prepared.cases.len() as u64);
        return Ok(Submitted {
            cases: prepared.issued,
            repeated: false,
        });
    }
    repeated(app, &source.idempotency, Some(&body_hash)).await
}

/// A line of the audit trail for each case: how it came in, and who took it down; nothing of who filed it.
fn lines(app: &App, source: &Source, prepared: &Prepared, now: OffsetDateTime) -> Vec<AuditLine> {
    let taken = source.taken.as_ref();
    let cases = prepared.cases.iter();
    cases
        .map(|case| AuditLine {
            id: app.ids.next(),
            at: now,
            staff: taken.map(|t| t.by.0),
            act: taken.map_or(EventKind::Submitted.code(), |_| Deed::Register.code()),
            case: Some(case.id()),
            detail: format!("channel {}", source.channel.code()),
            reason: None,
        })
        .collect()
}

/// The receipts of a submission made before.
///
/// # Errors
/// [`Error::NotFound`] for an unknown key, [`Error::Conflict`] when the key belongs to another text or the receipt is
/// no longer kept.
pub async fn repeated(
    app: &App,
    idempotency: &[u8; 32],
    body_hash: Option<&[u8; 32]>,
) -> Result<Submitted> {
    let mut conn = app.store.conn().await?;
    let row = rows::submission(&mut conn, idempotency)
        .await?
        .ok_or(Error::NotFound)?;
    if body_hash.is_some_and(|h| h[..] != row.body_hash[..]) {
        return Err(Error::Conflict(
            "同一个幂等键已经用于另一份内容，请换一个新的键",
        ));
    }
    let sealed = row.answer.ok_or(Error::Conflict(
        "这份内容早已提交，回执已过保留期，请用编号和查询码查询",
    ))?;
    let plain = app
        .sealer
        .open(Purpose::Receipt, row.id, &sealed)
        .map_err(Error::internal)?;
    Ok(Submitted {
        cases: serde_json::from_slice(&plain).map_err(Error::internal)?,
        repeated: true,
    })
}

/// The clocks of a case as it begins: first what the resident is promised, by date, then the office's own.
#[must_use]
pub fn first_clocks(
    origin: &Origin<'_>,
    opening: Opening,
    calendar: &crate::kernel::calendar::WorkCalendar,
) -> Vec<ClockRow> {
    let received = origin.received();
    let mut clocks: Vec<_> = origin
        .clocks(opening)
        .into_iter()
        .map(|(kind, started, basis)| {
            let rule = deadline::rule_for(kind, received);
            let due = basis.due(started, rule.term, calendar);
            let row = ClockRow {
                clock: kind.code().to_owned(),
                rule: rule.id.to_owned(),
                started_on: started,
                agency_due: due.agency,
                citizen_due: due.citizen,
                provisional: due.provisional,
                stopped_at: None,
                basis: basis.write(),
            };
            (!kind.is_promised(), row)
        })
        .collect();
    // stable: of two that end on one day the ordinary one is named
    clocks.sort_by_key(|(own, c)| (*own, c.citizen_due));
    clocks.into_iter().map(|(_, row)| row).collect()
}

/// A clock row for a clock that starts on `start` in a case received on `received`.
#[must_use]
pub fn clock_row(
    clock: deadline::ClockKind,
    received: Date,
    start: Date,
    calendar: &crate::kernel::calendar::WorkCalendar,
) -> ClockRow {
    let rule = deadline::rule_for(clock, received);
    let due = deadline::compute(start, rule.term, &deadline::Adjust::default(), calendar);
    ClockRow {
        clock: clock.code().to_owned(),
        rule: rule.id.to_owned(),
        started_on: start,
        agency_due: due.agency,
        citizen_due: due.citizen,
        provisional: due.provisional,
        stopped_at: None,
        basis: None,
    }
}
