//! Many invented cases for measurements: the demo's texts, spread over departments, streets and months, each with the
//! events of a lawful way and the clocks that follow from them, sealed as real ones. In batches, so that memory stays
//! the same whatever the number; only in a database that holds nothing real.

use super::{demo::claim, script::entries};
use crate::{
    app::App,
    casework::{
        AgreementForm, EventKind, Ground, NotFiledGround, Outcome, TerminationGround,
        clocks::Past,
        flow::row_of,
        standing::{Origin, standing},
    },
    error::{Error, Result},
    intake::{Filing, flow::title_of},
    kernel::{
        calendar::WorkCalendar,
        clock::{CHINA, china_date},
        code::QueryCode,
        number::CaseNumber,
        words::{CaseKind, Channel},
    },
    privacy::{IndexColumn, Purpose, detect},
    reference::Reference,
    store::{
        case::{BATCH, MessageRow, NewCase, NewEvent, Whole, whole_insert},
        reference as rows,
    },
    triage::rules::{Facts, decide},
    tx,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use time::{Duration, OffsetDateTime, Time, UtcOffset};
use uuid::{NoContext, Timestamp, Uuid};

/// How far back the first case lies: the years whose calendars ship with the program.
const DAYS: i64 = 1000;
/// Batches written at the same time.
const WRITERS: usize = 2;

/// Makes `n` cases and says on `out` how far it is.
///
/// # Errors
/// The database holds something that is no demo; or is away.
pub async fn seed_cases(app: &App, n: usize, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    claim(app).await?;
    app.refresh().await?;
    let plan = Arc::new(Plan::make(app, n)?);
    let next = Arc::new(AtomicUsize::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let (app, plan, next) = (app.clone(), Arc::clone(&plan), Arc::clone(&next));
        writers.spawn(async move {
            loop {
                let first = next.fetch_add(BATCH, Ordering::Relaxed);
                if first >= n {
                    return Result::<()>::Ok(());
                }
                plan.batch(&app, first, n.min(first + BATCH)).await?;
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    writeln!(out, "{n} invented cases over {DAYS} days")?;
    Ok(())
}

/// Numbers drawn one after the other, the same for the same start.
struct Draw(u64);

impl Draw {
    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to below `high`.
    fn within(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % width).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.next() % u64::try_from(all.len()).ok()?.max(1);
        all.get(usize::try_from(at).ok()?)
    }
}

/// One text of the demo, read once.
struct Template {
    filing: Filing,
    story: Vec<u8>,
    redacted: String,
    title: String,
    kinds: &'static [CaseKind],
}

struct Plan {
    templates: Vec<Template>,
    reference: Arc<Reference>,
    now: OffsetDateTime,
    n: usize,
}

/// One case before it has a number.
struct Sketch<'a> {
    template: &'a Template,
    kind: CaseKind,
    received: OffsetDateTime,
    draw: Draw,
}

impl Plan {
    fn make(app: &App, n: usize) -> anyhow::Result<Self> {
        let reference = app.reference();
        let mut templates = Vec::new();
        for entry in entries()? {
            let today = app.today();
            let Ok(filing) = Filing::read(&entry.answers(today), &*reference, today) else {
                continue;
            };
            let redacted = detect::redact(&filing.story.text).text;
            templates.push(Template {
                story: serde_json::to_vec(&filing.story)?,
                title: title_of(&filing.goods, &redacted),
                kinds: filing.way.kinds(),
                redacted,
                filing,
            });
        }
        anyhow::ensure!(!templates.is_empty(), "the demo has no texts");
        Ok(Self {
            templates,
            reference,
            now: app.now(),
            n,
        })
    }

    /// When the case with this place is received: evenly over the days, in the hours in which people file.
    fn received(&self, place: usize, draw: &mut Draw) -> OffsetDateTime {
        let part = i64::try_from(place * 86_400 / self.n.max(1)).unwrap_or(0);
        let at = self.now - Duration::seconds(DAYS * (86_400 - part));
        let hour = u8::try_from(draw.within(7, 22)).unwrap_or(9);
        let minute = u8::try_from(draw.within(0, 60)).unwrap_or(0);
        let time = Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT);
        let at = at.to_offset(CHINA).replace_time(time);
        at.min(self.now - Duration::minutes(1))
            .to_offset(UtcOffset::UTC)
    }

    /// The cases of these places, in one transaction with numbers of their own.
    async fn batch(&self, app: &App, first: usize, end: usize) -> Result<()> {
        let mut sketches = Vec::with_capacity(end - first);
        let mut wanted: BTreeMap<(CaseKind, u16), i64> = BTreeMap::new();
        for place in first..end {
            let mut draw = Draw(u64::try_from(place).unwrap_or(0));
            let received = self.received(place, &mut draw);
            let Some(template) = draw.of(&self.templates) else {
                continue;
            };
            let kind = draw.of(template.kinds).copied();
            let sketch = Sketch {
                template,
                kind: kind.unwrap_or(CaseKind::Complaint),
                received,
                draw,
            };
            *wanted.entry((sketch.kind, month(received))).or_default() += 1;
            sketches.push(sketch);
        }
        let mut numbers = BTreeMap::new();
        for ((kind, month), n) in wanted {
            let name = format!("case/{}/{month:04}", kind.prefix());
            let serial = tx!(app.store, conn => { rows::counter_take(conn, &name, n).await })?;
            numbers.insert((kind, month), serial);
        }
        let mut whole = Vec::with_capacity(sketches.len());
        for sketch in &mut sketches {
            let month = month(sketch.received);
            let serial = numbers.entry((sketch.kind, month)).or_insert(1);
            let number = u32::try_from(*serial).map_err(Error::internal)?;
            *serial += 1;
            whole.push(self.whole(app, sketch, CaseNumber::new(sketch.kind, month, number))?);
        }
        tx!(app.store, conn => { whole_insert(conn, &whole).await })
    }

    /// Everything that is stored of one case.
    fn whole<'a>(
        &'a self,
        app: &App,
        sketch: &mut Sketch<'a>,
        number: CaseNumber,
    ) -> Result<Whole<'a>> {
        let (template, kind, received) = (sketch.template, sketch.kind, sketch.received);
        let draw = &mut sketch.draw;
        let filing = &template.filing;
        let seconds = u64::try_from(received.unix_timestamp()).unwrap_or(0);
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0));
        let street = draw.of(&self.reference.streets).map(|s| &*s.code);
        let decision = decide(
            &self.reference.rules,
            Facts {
                kind,
                subject: &filing.subject,
                street: street.unwrap_or(""),
                trader_kind: filing.trader_kind.code(),
            },
        );
        let lead = decision.lead.as_deref();
        let department = lead
            .and_then(|code| self.reference.inside(code))
            .map(|d| d.id);
        let events = events(
            kind,
            department,
            received,
            self.now,
            draw,
            &self.reference.calendar,
        );
        let history: Vec<Past> = events
            .iter()
            .filter(|(_, e)| e.kind != EventKind::Asked)
            .map(|(at, e)| Past {
                at: *at,
                kind: e.kind,
                staff: None,
                data: e.data.clone(),
            })
            .collect();
        let origin = Origin {
            kind,
            received_at: received,
            problem: &filing.problem,
            hotline: app.config.hotline,
        };
        let stands = standing(&origin, &history, &self.reference.calendar);
        let last = events.last().map(|(at, _)| *at);
        let message = events
            .iter()
            .rfind(|(_, e)| e.kind == EventKind::Asked)
            .filter(|_| stands.state.is_open())
            .map(|(at, _)| message(app, *at));
        let mut contact = filing.contact.clone();
        let with_contact = kind == CaseKind::Complaint || filing.named_report;
        if let Some(contact) = contact.as_mut() {
            // an exchange that does not exist, as in the demo
            contact.phone = format!("0288{:07}", draw.within(0, 10_000_000));
        }
        let contact = contact.filter(|_| with_contact);
        let index = |phone: &str| app.sealer.ring().index(IndexColumn::Phone, phone);
        let code = QueryCode::make(|n| app.dice.below(n));
        let sealed = match &contact {
            Some(contact) => Some(app.sealer.seal(
                Purpose::Contact,
                id,
                &serde_json::to_vec(contact).map_err(Error::internal)?,
                app.dice.bytes(),
            )),
            None => None,
        };
        Ok(Whole {
            idempotency: app.dice.bytes(),
            state: stands.state,
            next: stands.next().map(|(clock, due)| (clock.code(), due)),
            closed_at: last.filter(|_| !stands.state.is_open()),
            clocks: stands.clocks.iter().map(row_of).collect(),
            new: NewCase {
                id,
                number: number.to_string(),
                kind,
                submission: app.ids.next(),
                query_hash: app.sealer.ring().query_code_hash(number, code.digits()),
                channel: channel(draw).code(),
                received_at: received,
                department,
                street,
                category: &filing.category,
                subject: &filing.subject,
                problem: &filing.problem,
                trader_name: &filing.trader_name,
                trader_kind: filing.trader_kind.code(),
                title: &template.title,
                redacted: &template.redacted,
                amount_fen: filing.amount.map(|_| draw.within(10, 3_000) * 100),
                publish: filing.publish.filter(|_| kind == CaseKind::Complaint),
                entrust: filing.entrust.filter(|_| kind == CaseKind::Complaint),
                urgent: filing
                    .danger
                    .filter(|_| draw.within(0, 10) == 0)
                    .map(crate::triage::danger::Danger::code),
                injury: filing.injury,
                dispatch_reason: "按分送规则",
                // alone and unlike any other: what hangs on a case besides its clocks is left to the demo
                co_codes: String::new(),
                co: Vec::new(),
                alike: Vec::new(),
                parties: Vec::new(),
                story: app
                    .sealer
                    .seal(Purpose::Narrative, id, &template.story, app.dice.bytes()),
                phone_index: contact.as_ref().map(|c| index(&c.phone)),
                contact: sealed,
                clocks: Vec::new(),
                events: Vec::new(),
            },
            events,
            message,
        })
    }
}

/// Two digits of the year and two of the month, in China.
fn month(received: OffsetDateTime) -> u16 {
    let day = china_date(received);
    u16::try_from(day.year() % 100).unwrap_or(0) * 100 + u16::from(u8::from(day.month()))
}

fn channel(draw: &mut Draw) -> Channel {
    match draw.within(0, 10) {
        0..6 => Channel::Web,
        6..9 => Channel::Api,
        _ => Channel::Import,
    }
}

fn message(app: &App, at: OffsetDateTime) -> MessageRow {
    let id = app.ids.next();
    let text = "请问现在办到哪一步了？";
    MessageRow {
        id,
        at,
        author: "resident".into(),
        body: app
            .sealer
            .seal(Purpose::Message, id, text.as_bytes(), app.dice.bytes()),
    }
}

/// A step of a way: after so many days (from, to), what it leaves.
type Step = (i64, i64, EventKind);

/// Ways through the table of each kind, with how many of a hundred cases take them.
const COMPLAINTS: &[(i64, &[Step])] = &[
    (
        50,
        &[
            (1, 8, EventKind::Accepted),
            (1, 6, EventKind::MediationStarted),
            (8, 45, EventKind::Agreed),
            (1, 6, EventKind::Closed),
        ],
    ),
    (
        25,
        &[
            (1, 8, EventKind::Accepted),
            (20, 60, EventKind::Terminated),
            (1, 6, EventKind::Closed),
        ],
    ),
    (
        15,
        &[(2, 7, EventKind::RefusalAsked), (1, 3, EventKind::Refused)],
    ),
    (10, &[(1, 6, EventKind::Withdrawn)]),
];
const REPORTS: &[(i64, &[Step])] = &[
    (
        45,
        &[
            (1, 6, EventKind::Verifying),
            (4, 16, EventKind::Filed),
            (1, 6, EventKind::Investigating),
            (20, 80, EventKind::Decided),
            (2, 20, EventKind::Closed),
        ],
    ),
    (
        45,
        &[(1, 6, EventKind::Verifying), (4, 16, EventKind::NotFiled)],
    ),
    (10, &[(2, 6, EventKind::NoAuthority)]),
];

/// What happened to a case until now. One of two hundred was forgotten on the way and is late.
fn events(
    kind: CaseKind,
    department: Option<Uuid>,
    received: OffsetDateTime,
    now: OffsetDateTime,
    draw: &mut Draw,
    calendar: &WorkCalendar,
) -> Vec<(OffsetDateTime, NewEvent)> {
    let event = |kind, actor, data| NewEvent {
        kind,
        actor,
        staff: None,
        data,
    };
    let mut out = vec![
        (
            received,
            event(
                EventKind::Submitted,
                "resident",
                json!({ "channel": "web" }),
            ),
        ),
        (
            received,
            event(
                EventKind::Dispatched,
                "system",
                json!({ "department": department, "reason": "按分送规则" }),
            ),
        ),
    ];
    let ways = match kind {
        CaseKind::Complaint => COMPLAINTS,
        CaseKind::Report => REPORTS,
    };
    let mut lot = draw.within(0, 100);
    let way = ways.iter().find(|(share, _)| {
        lot -= share;
        lot < 0
    });
    let forgotten = draw.within(0, 200) == 0;
    let mut at = received;
    for (from, to, step) in way.map_or(&[][..], |w| w.1).iter().copied() {
        at = office_hour(at, draw.within(from, to + 1), draw, calendar);
        // a case without a department waits at intake
        if at >= now || department.is_none() || (forgotten && draw.within(0, 2) == 0) {
            break;
        }
        let actor = if step == EventKind::Withdrawn {
            "resident"
        } else {
            "staff"
        };
        out.push((at, event(step, actor, facts(step))));
    }
    // a request that waits has a draft, which is not made here
    out.pop_if(|(_, e)| e.kind == EventKind::RefusalAsked);
    let asked = out.last().map_or(received, |(at, _)| *at) + Duration::minutes(40);
    if draw.within(0, 40) == 0 && asked < now {
        out.push((asked, event(EventKind::Asked, "resident", json!({}))));
    }
    out
}

/// What the history tells of a step.
fn facts(step: EventKind) -> Value {
    match step {
        EventKind::RefusalAsked | EventKind::Refused => {
            json!({ "ground": Ground::NotConsumer })
        }
        EventKind::Agreed => json!({ "form": AgreementForm::ALL.first() }),
        EventKind::Terminated => json!({ "ground": TerminationGround::NoAgreement }),
        EventKind::NotFiled => json!({ "ground": NotFiledGround::Unfounded, "note": "" }),
        EventKind::Decided => json!({ "outcome": Outcome::ALL.first(), "note": "" }),
        EventKind::Closed => json!({ "note": "已电话告知双方" }),
        _ => json!({}),
    }
}

/// A moment of office hours so many days later.
fn office_hour(
    at: OffsetDateTime,
    days: i64,
    draw: &mut Draw,
    calendar: &WorkCalendar,
) -> OffsetDateTime {
    let mut then = (at + Duration::days(days)).to_offset(CHINA);
    while !calendar.is_working(then.date()) {
        then += Duration::DAY;
    }
    let hour = u8::try_from(draw.within(9, 17)).unwrap_or(9);
    let minute = u8::try_from(draw.within(0, 60)).unwrap_or(0);
    let time = Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT);
    then.replace_time(time).to_offset(UtcOffset::UTC)
}
