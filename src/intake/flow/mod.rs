//! Use cases of intake: keep a draft, submit once.

mod drafts;

pub use drafts::{OpenDraft, draft_discard, draft_open, draft_resume, draft_save, draft_start};

use super::{Answers, Contact, Filing};
use crate::{
    app::App,
    casework::{self, EventKind, deadline},
    error::{Error, Result},
    kernel::{
        CaseId, SubmissionId,
        clock::china_date,
        code::QueryCode,
        number::CaseNumber,
        words::{CaseKind, Channel},
    },
    privacy::{IndexColumn, Purpose, detect},
    receipts::{Receipt, sha256},
    store::{
        case::{self as rows, ClockRow, NewCase, NewEvent},
        draft as draft_rows,
    },
    triage::rules::{Facts, decide},
    tx,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
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
    /// The draft it ends, for the web.
    pub draft: Option<Uuid>,
}

/// Submits a filing: one or two cases, acknowledged only after the commit, made once whatever is retried.
///
/// # Errors
/// [`Error::Invalid`] with every field message; [`Error::Conflict`] when the idempotency key was used for something
/// else; the database is away.
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
    let prepared = Prepared::make(app, &filing, now, body_hash, phone_index).await?;
    let answer = serde_json::to_vec(&prepared.issued).map_err(Error::internal)?;
    let answer = app
        .sealer
        .seal(Purpose::Receipt, submission.0, &answer, app.dice.bytes());
    let fresh = tx!(app.store, conn => {
        let fresh = rows::submission_insert(
            conn, submission.0, &source.idempotency, &body_hash, source.channel.code(), &answer, now,
        )
        .await?;
        if fresh {
            // One draft ends in one submission, whatever device sends it.
            if let Some(draft) = source.draft
                && !draft_rows::draft_take(conn, draft).await?
            {
                return Err(Error::NotFound);
            }
            // asked here, because a double click is no second submission
            if let (Channel::Web, Some(index)) = (source.channel, phone_index) {
                app.limits.check_phone(&index)?;
            }
            for case in &prepared.cases {
                rows::case_insert(conn, &case.row(&filing, source, submission, now)).await?;
            }
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

struct PreparedCase {
    id: CaseId,
    number: CaseNumber,
    kind: CaseKind,
    query_hash: [u8; 32],
    department: Option<Uuid>,
    reason: String,
    co: String,
    contact: Option<Vec<u8>>,
    story: Vec<u8>,
    phone_index: Option<[u8; 16]>,
    clock: ClockRow,
    title: String,
    redacted: String,
}

struct Prepared {
    cases: Vec<PreparedCase>,
    issued: Vec<Issued>,
}

impl Prepared {
    /// All that can be computed before the transaction: numbers, codes, seals, dates, signatures.
    async fn make(
        app: &App,
        filing: &Filing,
        now: time::OffsetDateTime,
        body_hash: [u8; 32],
        phone_index: Option<[u8; 16]>,
    ) -> Result<Self> {
        let reference = app.reference();
        let today = china_date(now);
        let story = serde_json::to_vec(&filing.story).map_err(Error::internal)?;
        let redacted = detect::redact(&filing.story.text).text;
        let title = title_of(&filing.goods, &redacted);
        let mut out = Self {
            cases: Vec::new(),
            issued: Vec::new(),
        };
        for kind in filing.way.kinds().iter().copied() {
            let number = app.next_number(kind, today).await?;
            let code = QueryCode::make(|n| app.dice.below(n));
            let id = CaseId(app.ids.next());
            let decision = decide(
                &reference.rules,
                Facts {
                    kind,
                    subject: &filing.subject,
                    street: filing.street.as_deref().unwrap_or(""),
                    trader_kind: filing.trader_kind.code(),
                },
            );
            let department = decision
                .lead
                .as_deref()
                .and_then(|c| reference.inside(c))
                .map(|d| d.id);
            let clock_kind = casework::clock_at_receipt(kind);
            let clock = clock_row(clock_kind, today, today, &reference.calendar);
            // A report carries the sender's contact only when the reporter gives a name.
            let with_contact = kind == CaseKind::Complaint || filing.named_report;
            let who = filing
                .contact
                .as_ref()
                .and_then(|c| match (kind, with_contact) {
                    // R-06 is for the reward officer of the report, not for the complaint
                    (CaseKind::Complaint, _) => Some(Contact {
                        insider: false,
                        ..c.clone()
                    }),
                    (CaseKind::Report, true) => Some(c.clone()),
                    (CaseKind::Report, false) => c.insider.then(|| Contact {
                        insider: true,
                        ..Contact::default()
                    }),
                });
            let contact = match who {
                Some(c) => Some(app.sealer.seal(
                    Purpose::Contact,
                    id.0,
                    &serde_json::to_vec(&c).map_err(Error::internal)?,
                    app.dice.bytes(),
                )),
                None => None,
            };
            let receipt = Receipt {
                number,
                received_at: now,
                content_hash: body_hash,
                promised: clock.citizen_due,
                promise: clock_kind.code().to_owned(),
                files: Vec::new(),
            };
            out.issued.push(Issued {
                kind,
                number: number.to_string(),
                code: code.digits().to_owned(),
                token: app.signer.sign(&receipt),
                promised: clock.citizen_due,
                clock: clock.clock.clone(),
                department,
                received_unix: now.unix_timestamp(),
            });
            out.cases.push(PreparedCase {
                id,
                number,
                kind,
                query_hash: app.sealer.ring().query_code_hash(number, code.digits()),
                department,
                reason: decision.reason,
                co: decision.co.join(","),
                phone_index: phone_index.filter(|_| with_contact),
                contact,
                story: app
                    .sealer
                    .seal(Purpose::Narrative, id.0, &story, app.dice.bytes()),
                clock,
                title: title.clone(),
                redacted: redacted.clone(),
            });
        }
        Ok(out)
    }
}

impl PreparedCase {
    fn row<'a>(
        &'a self,
        filing: &'a Filing,
        source: &Source,
        submission: SubmissionId,
        now: time::OffsetDateTime,
    ) -> NewCase<'a> {
        let resident = |kind, data| NewEvent {
            kind,
            actor: "resident",
            staff: None,
            data,
        };
        let system = |kind, data| NewEvent {
            kind,
            actor: "system",
            staff: None,
            data,
        };
        NewCase {
            id: self.id.0,
            number: self.number.to_string(),
            kind: self.kind,
            submission: submission.0,
            query_hash: self.query_hash,
            channel: source.channel.code(),
            received_at: now,
            department: self.department,
            street: filing.street.as_deref(),
            category: &filing.category,
            subject: &filing.subject,
            problem: &filing.problem,
            trader_name: &filing.trader_name,
            trader_kind: filing.trader_kind.code(),
            title: &self.title,
            redacted: &self.redacted,
            amount_fen: filing.amount.map(|f| f.0),
            publish: filing.publish.filter(|_| self.kind == CaseKind::Complaint),
            entrust: filing.entrust.filter(|_| self.kind == CaseKind::Complaint),
            urgent: filing.danger.map(crate::triage::danger::Danger::code),
            injury: filing.injury,
            dispatch_reason: &self.reason,
            co_codes: self.co.clone(),
            contact: self.contact.clone(),
            story: self.story.clone(),
            phone_index: self.phone_index,
            clock: self.clock.clone(),
            events: vec![
                resident(EventKind::Submitted, json!({ "channel": source.channel })),
                system(
                    EventKind::Dispatched,
                    json!({ "department": self.department, "reason": self.reason }),
                ),
            ],
        }
    }
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

/// The line that a worklist shows: the goods and the first words of the redacted story.
fn title_of(goods: &str, redacted: &str) -> String {
    let sentence = redacted
        .split(['。', '！', '？', '\n', '；'])
        .map(str::trim)
        .find(|s| s.chars().count() > 3)
        .unwrap_or(redacted);
    let mut first: String = sentence.chars().take(48).collect();
    if first.len() < sentence.len() {
        first.push('…');
    }
    let goods = detect::redact(goods).text;
    // what was typed as the goods often opens the story word for word, but for a full stop
    let words = |s: &str| {
        s.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let (said, told) = (words(&goods), words(&first));
    if told.contains(&said) || said.contains(&told) {
        if told.len() < said.len() {
            goods
        } else {
            first
        }
    } else {
        format!("{goods}：{first}")
    }
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_subject_says_nothing_twice() {
        assert_eq!(
            title_of("热水器", "用了三天就漏水。没人管"),
            "热水器：用了三天就漏水"
        );
        assert_eq!(
            title_of("热水器", "热水器用了三天就漏水"),
            "热水器用了三天就漏水"
        );
        assert_eq!(
            title_of(
                "电视质量问题，我能退吗？",
                "电视质量问题，我能退吗？去年买的"
            ),
            "电视质量问题，我能退吗"
        );
    }
}
