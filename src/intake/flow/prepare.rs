//! Everything of a new case that can be computed before its transaction: number, query code, seals, dates, signature.

use super::{Issued, Source, first_clocks};
use crate::{
    app::App,
    casework::{self, EventKind, standing::Origin},
    error::{Error, Result},
    intake::{
        Contact, Filing,
        joint::{Parties, PartyRole},
    },
    kernel::{
        CaseId, SubmissionId, clock::china_date, code::QueryCode, number::CaseNumber,
        words::CaseKind,
    },
    privacy::{Purpose, detect},
    receipts::{FileMark, Receipt},
    store::{
        case::{ClockRow, NewCase, NewEvent},
        parties::PartyRow,
    },
    triage::{
        rules::{Facts, decide},
        similar::{Key, Traits},
    },
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// One case of a filing, sealed and signed.
pub(super) struct PreparedCase {
    id: CaseId,
    number: CaseNumber,
    kind: CaseKind,
    query_hash: [u8; 32],
    department: Option<Uuid>,
    reason: String,
    co: String,
    co_ids: Vec<Uuid>,
    contact: Option<Vec<u8>>,
    story: Vec<u8>,
    phone_index: Option<[u8; 16]>,
    clocks: Vec<ClockRow>,
    title: String,
    redacted: String,
    alike: Vec<Key>,
    parties: Vec<PartyRow>,
}

/// What was handed in, as its receipt names it.
pub(super) struct Body {
    /// SHA-256 of the canonical filing.
    pub(super) hash: [u8; 32],
    /// The files.
    pub(super) files: Vec<FileMark>,
}

/// The cases of a filing, with what their sender gets.
pub(super) struct Prepared {
    pub(super) cases: Vec<PreparedCase>,
    pub(super) issued: Vec<Issued>,
}

impl Prepared {
    /// All that can be computed before the transaction: numbers, codes, seals, dates, signatures. The clocks run from
    /// `received`.
    pub(super) async fn make(
        app: &App,
        filing: &Filing,
        source: &Source,
        received: OffsetDateTime,
        body: &Body,
        phone_index: Option<[u8; 16]>,
    ) -> Result<Self> {
        let reference = app.reference();
        let day = china_date(received);
        let story = serde_json::to_vec(&filing.story).map_err(Error::internal)?;
        let redacted = detect::redact(&filing.story.text).text;
        let title = title_of(&filing.goods, &redacted);
        let mut out = Self {
            cases: Vec::new(),
            issued: Vec::new(),
        };
        for kind in filing.way.kinds().iter().copied() {
            let number = app.next_number(kind, day).await?;
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
            let origin = Origin {
                kind,
                received_at: received,
                problem: &filing.problem,
                hotline: app.config.hotline,
            };
            let clocks = first_clocks(&origin, source.opening(), &reference.calendar);
            let clock = &clocks[0];
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
                received_at: received,
                content_hash: body.hash,
                promised: clock.citizen_due,
                promise: clock.clock.clone(),
                files: body.files.clone(),
            };
            out.issued.push(Issued {
                kind,
                number: number.to_string(),
                code: code.digits().to_owned(),
                token: app.signer.sign(&receipt),
                promised: clock.citizen_due,
                clock: clock.clock.clone(),
                department,
                received_unix: received.unix_timestamp(),
            });
            let complaint = kind == CaseKind::Complaint;
            out.cases.push(PreparedCase {
                alike: if complaint {
                    alike(app, filing, &redacted)
                } else {
                    Vec::new()
                },
                parties: if complaint {
                    parties(app, &filing.parties)?
                } else {
                    Vec::new()
                },
                id,
                number,
                kind,
                query_hash: app.sealer.ring().query_code_hash(number, code.digits()),
                department,
                reason: decision.reason,
                co_ids: {
                    let ids = decision.co.iter().filter_map(|c| reference.inside(c));
                    ids.map(|d| d.id)
                        .filter(|d| Some(*d) != department)
                        .collect()
                },
                co: decision.co.join(","),
                phone_index: phone_index.filter(|_| with_contact),
                contact,
                story: app
                    .sealer
                    .seal(Purpose::Narrative, id.0, &story, app.dice.bytes()),
                clocks,
                title: title.clone(),
                redacted: redacted.clone(),
            });
        }
        Ok(out)
    }
}

impl PreparedCase {
    /// Its id.
    pub(super) const fn id(&self) -> Uuid {
        self.id.0
    }

    /// Its lead department.
    pub(super) const fn department(&self) -> Option<Uuid> {
        self.department
    }

    /// Its rows.
    pub(super) fn row<'a>(
        &'a self,
        filing: &'a Filing,
        source: &Source,
        submission: SubmissionId,
        received: OffsetDateTime,
    ) -> NewCase<'a> {
        let mut facts = json!({ "channel": source.channel });
        if let Some(taken) = source.taken.as_ref().filter(|t| !t.hotline_no.is_empty()) {
            facts["hotline_no"] = json!(taken.hotline_no);
        }
        if let Some(kind) = source.hotline {
            facts["hotline"] = json!(kind);
        }
        let submitted = NewEvent {
            kind: EventKind::Submitted,
            actor: if source.taken.is_some() {
                "staff"
            } else {
                "resident"
            },
            staff: source.taken.as_ref().map(|t| t.by.0),
            data: facts,
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
            received_at: received,
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
            co: self.co_ids.clone(),
            contact: self.contact.clone(),
            story: self.story.clone(),
            phone_index: self.phone_index,
            clocks: self.clocks.clone(),
            alike: self.alike.clone(),
            parties: self.parties.clone(),
            events: vec![
                submitted,
                system(
                    EventKind::Dispatched,
                    json!({ "department": self.department, "reason": self.reason }),
                ),
            ],
        }
    }
}

/// The keys under which alike complaints find this one (C-08).
fn alike(app: &App, filing: &Filing, redacted: &str) -> Vec<Key> {
    let who = filing.contact.as_ref();
    let others = filing.parties.others.iter();
    let mut phones: Vec<&str> = who.map(|c| c.phone.as_str()).into_iter().collect();
    phones.extend(others.map(|p| p.phone.as_str()));
    casework::flow::keys_of(
        app,
        &Traits {
            phones,
            address: who.map_or("", |c| &c.address),
            trader: &filing.trader_name,
            category: &filing.category,
            goods: &filing.goods,
            text: redacted,
        },
    )
}

/// The rows of everybody beside the sender, each sealed alone; none for a person who files alone.
fn parties(app: &App, all: &Parties) -> Result<Vec<PartyRow>> {
    let row = |ord: usize, role, body: Option<Vec<u8>>| {
        let id = app.ids.next();
        let seal = |b: Vec<u8>| app.sealer.seal(Purpose::Party, id, &b, app.dice.bytes());
        PartyRow {
            id,
            ord: i32::try_from(ord).unwrap_or(i32::MAX),
            role,
            represents: all.representatives.contains(&ord),
            paper: all.paper,
            body: body.map(seal).unwrap_or_default(),
        }
    };
    let mut out = Vec::new();
    if !all.others.is_empty() || all.agent.is_some() {
        out.push(row(0, PartyRole::Sender, None));
    }
    for (n, person) in all.others.iter().enumerate() {
        let body = serde_json::to_vec(person).map_err(Error::internal)?;
        out.push(row(n + 1, PartyRole::Joint, Some(body)));
    }
    if let Some(agent) = &all.agent {
        let body = serde_json::to_vec(agent).map_err(Error::internal)?;
        out.push(row(1, PartyRole::Agent, Some(body)));
    }
    Ok(out)
}

/// The first words of a redacted text under a heading of the office's own.
#[must_use]
pub fn mark(heading: &str, redacted: &str) -> String {
    title_of(heading, redacted)
}

/// The line that a worklist shows: the goods and the first words of the redacted story.
#[must_use]
pub fn title_of(goods: &str, redacted: &str) -> String {
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
