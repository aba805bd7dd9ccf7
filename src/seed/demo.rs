//! The demo: invented cases, filed and handled through the same use cases as real ones, on a clock that is set back to
//! the day of each. Goes only into a database that holds nothing yet, or that was filled by it before.

use super::{
    cast::Cast,
    deeds::Deed,
    scenes,
    script::{Entry, Move, entries},
};
use crate::{
    app::App,
    casework::{State, flow},
    error::{Error, Result},
    intake::flow::{Issued, Source, Submitted, submit},
    kernel::{
        access::Actor,
        calendar::WorkCalendar,
        clock::{CHINA, Clock},
        code::QueryCode,
        number::CaseNumber,
        words::CaseKind,
    },
    receipts::sha256,
    store::{case as cases, facts, reference as rows},
};
use anyhow::Context;
use std::{collections::HashMap, fmt::Write as _, io::Write};
use time::{Duration, OffsetDateTime, Time, UtcOffset};

/// Fills the database and prints to `out` what is shown once: the demo logins and two cases to look up.
///
/// # Errors
/// The database holds something else; or is away.
pub async fn seed_demo(app: &App, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    claim(app).await?;
    app.refresh().await?;
    let cast = Cast::make(app).await.context("demo logins")?;
    let now = app.now();
    let mut queue: Vec<(OffsetDateTime, usize, Entry)> = entries()?
        .into_iter()
        .enumerate()
        .map(|(i, e)| (e.received(i, now), i, e))
        .collect();
    // In the order of receipt, so that numbers rise with the date.
    queue.sort_by_key(|(at, i, _)| (*at, *i));
    let (mut shown, mut ended) = (Vec::new(), None);
    let mut leads: HashMap<String, String> = HashMap::new();
    for (at, index, entry) in &queue {
        let filed = file(app, *at, *index, entry)
            .await
            .with_context(|| format!("demo case {index}"))?;
        let Some(filed) = filed else { continue };
        for case in &filed.cases {
            let lead = leads.get(entry.about()).cloned().unwrap_or_default();
            if case.kind == CaseKind::Report {
                leads
                    .entry(entry.about().to_owned())
                    .or_insert_with(|| case.number.clone());
            }
            let stage = Stage {
                app,
                cast: &cast,
                case,
                now,
                lead: &lead,
            };
            stage
                .play(*at, *index, entry)
                .await
                .with_context(|| format!("demo case {index}, {}", case.number))?;
        }
        if entry.can_be_rated() && ended.is_none() {
            ended = filed.cases.first().cloned();
        }
        if entry.worth_showing() {
            shown.extend(filed.cases);
        }
    }
    scenes::play(app, &cast).await.context("demo scenes")?;
    out.write_all(text(&cast, &shown, ended.as_ref()).as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Marks the database as a demo before anything is in it.
pub(super) async fn claim(app: &App) -> anyhow::Result<()> {
    let mut conn = app.store.conn().await?;
    if rows::meta(&mut conn, "demo").await?.is_none() {
        let staff = facts::staff_by_role(&mut conn).await?;
        anyhow::ensure!(
            rows::case_count(&mut conn).await? == 0 && staff.is_empty(),
            "this database holds cases or staff that are not a demo's; demo data goes only into an empty database \
             (make another one, or start ops/up, which has its own)"
        );
        rows::meta_set(&mut conn, "demo", "1").await?;
    }
    Ok(())
}

/// The app as it was at `at`.
fn at(app: &App, at: OffsetDateTime) -> App {
    app.under(Clock::fixed(at))
}

/// Files an entry; `None` when an earlier run did.
async fn file(
    app: &App,
    received: OffsetDateTime,
    index: usize,
    entry: &Entry,
) -> Result<Option<Submitted>> {
    let idempotency = sha256(format!("minsheng demo case {index}").as_bytes());
    let there = {
        let mut conn = app.store.conn().await?;
        cases::submission(&mut conn, &idempotency).await?
    };
    if there.is_some() {
        return Ok(None);
    }
    let source = Source {
        channel: entry.channel,
        idempotency,
        draft: None,
        received_at: None,
        taken: None,
        hotline: None,
    };
    let day = received.to_offset(CHINA).date();
    submit(&at(app, received), &source, &entry.answers(day))
        .await
        .map(Some)
}

/// When and where the demo mediates.
const ARRANGEMENT: &str = "下周二上午十点，市场监管所调解室，调解人员李示例";

/// One case and who acts on it.
pub(super) struct Stage<'a> {
    app: &'a App,
    pub(super) cast: &'a Cast,
    pub(super) case: &'a Issued,
    pub(super) now: OffsetDateTime,
    /// The earlier report against the same trader, which a later one is merged into.
    lead: &'a str,
}

impl Stage<'_> {
    /// The app as it was then.
    pub(super) fn at(&self, when: OffsetDateTime) -> App {
        at(self.app, when)
    }

    /// Office hours at least so many hours later, but before now.
    pub(super) fn office_hours(&self, from: OffsetDateTime, hours: i64) -> OffsetDateTime {
        office_hour(from, hours, &self.app.reference().calendar, self.now)
    }

    /// So many hours later, but before now.
    pub(super) fn later(&self, from: OffsetDateTime, hours: i64) -> OffsetDateTime {
        sooner(from, Duration::hours(hours), self.now)
    }

    /// Plays what happens to the case after its receipt, each step at its own time.
    async fn play(&self, received: OffsetDateTime, index: usize, entry: &Entry) -> Result<()> {
        let reference = self.app.reference();
        let mut when = received;
        let moves = entry.moves(self.case.kind);
        if self.case.department.is_none() && moves.iter().any(Move::is_of_the_office) {
            when = office_hour(when, 3, &reference.calendar, self.now);
            self.dispatch(&at(self.app, when)).await?;
        }
        for (nth, step) in moves.into_iter().enumerate() {
            let spread = i64::try_from((index * 5 + nth * 3) % 7).unwrap_or(0);
            when = match step {
                Move::Resident(_) | Move::Withdraw | Move::Recusal(_) => {
                    sooner(when, Duration::minutes(200 + spread * 11), self.now)
                }
                Move::Office(_) => office_hour(when, 2 + spread, &reference.calendar, self.now),
                Move::Return(_) => office_hour(when, 22 + spread, &reference.calendar, self.now),
                Move::Do(_) => office_hour(when, 18 + spread, &reference.calendar, self.now),
                Move::Accept | Move::Verify | Move::Mediate => {
                    office_hour(when, 30 + spread * 3, &reference.calendar, self.now)
                }
                Move::Refuse(..) => {
                    office_hour(when, 50 + spread * 3, &reference.calendar, self.now)
                }
            };
            self.step(&at(self.app, when), step).await?;
        }
        self.notes(&at(self.app, when), entry).await?;
        if let Some(side) = entry.trader(self.case.kind) {
            when = self.trader(when, side).await?;
        }
        let case = flow::open(self.app, &self.cast.intake, &self.case.number).await?;
        if case.state == State::Terminated {
            // withdrawn or settled after acceptance: both sides are told (C-30)
            when = office_hour(when, 20, &reference.calendar, self.now);
            let app = at(self.app, when);
            let (actor, version) = self.holder(&app).await?;
            flow::issue(&app, actor, &case.number, version).await?;
            self.tell(&app, actor, &case.number, version + 1).await?;
            let note = "已电话告知经营者，投诉人可在网上查阅";
            flow::close(&app, actor, &case.number, version + 2, note).await?;
        }
        match entry.after(self.case.kind) {
            Some(said) => self.afterwards(when, said).await,
            None => Ok(()),
        }
    }

    /// What the office writes to itself, by who handles the complaint.
    async fn notes(&self, app: &App, entry: &Entry) -> Result<()> {
        if self.case.kind != CaseKind::Complaint || entry.notes.is_empty() {
            return Ok(());
        }
        let (actor, _) = self.holder(app).await?;
        for note in &entry.notes {
            flow::note(app, actor, &self.case.number, note, "").await?;
        }
        Ok(())
    }

    async fn step(&self, app: &App, step: Move<'_>) -> Result<()> {
        let number = CaseNumber::parse(&self.case.number).map_err(|_| Error::internal("number"))?;
        let code = QueryCode::parse(&self.case.code).map_err(|_| Error::internal("query code"))?;
        match step {
            Move::Resident(text) => return flow::write(app, number, &code, text).await,
            Move::Recusal(text) => return flow::recusal_apply(app, number, &code, text).await,
            Move::Withdraw => return flow::withdraw(app, number, &code).await,
            _ => {}
        }
        let number = &self.case.number;
        let (actor, version) = self.holder(app).await?;
        match step {
            Move::Accept => flow::accept(app, actor, number, version).await,
            Move::Verify => flow::verify(app, actor, number, version).await,
            Move::Refuse(ground, why) => {
                flow::refuse(app, actor, number, version, ground, why).await?;
                let second = self.cast.supervisor(actor.department)?;
                flow::decide_refusal(app, second, number, version + 1, None).await
            }
            Move::Return(why) => flow::return_to_intake(app, actor, number, version, why).await,
            Move::Office(text) => flow::reply(app, actor, number, version, text).await,
            Move::Mediate => flow::mediate(app, actor, number, version, "both", ARRANGEMENT).await,
            Move::Do(verb) => {
                let deed = Deed {
                    app,
                    actor,
                    number,
                    version,
                    lead: self.lead,
                };
                deed.take(verb, self.cast).await
            }
            Move::Resident(_) | Move::Withdraw | Move::Recusal(_) => Ok(()),
        }
    }

    /// Sends what waits at intake to market supervision, as an intake officer does with what nobody here is
    /// competent for, so that it is refused with reasons (C-07).
    async fn dispatch(&self, app: &App) -> Result<()> {
        let number = &self.case.number;
        let case = flow::open(app, &self.cast.intake, number).await?;
        let reason = "由市场监管部门出具不予受理决定书，告知其他渠道";
        flow::dispatch(
            app,
            &self.cast.intake,
            number,
            case.version,
            "market",
            reason,
        )
        .await
    }

    /// Who handles the case now, and its version.
    pub(super) async fn holder(&self, app: &App) -> Result<(&Actor, i32)> {
        let case = flow::open(app, &self.cast.intake, &self.case.number).await?;
        let department = case
            .department
            .ok_or_else(|| Error::internal("nobody holds the case"))?;
        Ok((self.cast.handler(department)?, case.version))
    }
}

/// `by` after `at`, but before now.
fn sooner(at: OffsetDateTime, by: Duration, now: OffsetDateTime) -> OffsetDateTime {
    if at + by < now {
        at + by
    } else {
        at + (now - at) / 2
    }
}

/// The first moment of office hours at least `hours` after `at`, but before now.
fn office_hour(
    at: OffsetDateTime,
    hours: i64,
    calendar: &WorkCalendar,
    now: OffsetDateTime,
) -> OffsetDateTime {
    let mut then = (at + Duration::hours(hours)).to_offset(CHINA);
    let opens = |t: OffsetDateTime| {
        Time::from_hms(9, 5 + t.minute() / 2, 0).map_or(t, |open| t.replace_time(open))
    };
    if then.hour() >= 17 {
        then = opens(then + Duration::DAY);
    } else if then.hour() < 9 {
        then = opens(then);
    }
    while !calendar.is_working(then.date()) {
        then = opens(then + Duration::DAY);
    }
    let then = then.to_offset(UtcOffset::UTC);
    if then < now {
        then
    } else {
        sooner(at, now - at, now)
    }
}

/// What is printed once.
fn text(cast: &Cast, shown: &[Issued], ended: Option<&Issued>) -> String {
    let mut out = String::new();
    for l in &cast.logins {
        let _ = writeln!(out, "  {:<12} {}   {}", l.login, l.password, l.who);
    }
    let _ = writeln!(
        out,
        "  首次登录时用手机上的动态口令（TOTP）程序扫码绑定；重置：minsheng staff reset 登录名"
    );
    let kinds = CaseKind::ALL.iter().filter_map(|kind| {
        let case = shown.iter().find(|c| c.kind == *kind)?;
        Some((kind.label(), case))
    });
    for (what, case) in kinds.chain(ended.map(|case| ("办结，可以评价", case))) {
        let code = QueryCode::parse(&case.code).map_or_else(|_| case.code.clone(), |c| c.grouped());
        let _ = writeln!(
            out,
            "  查进度示例（{what}）：编号 {}  查询码 {code}",
            case.number
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn steps_fall_into_office_hours_and_never_into_the_future() {
        let calendar = WorkCalendar::official();
        let now = datetime!(2026-11-24 10:00 +8);
        let friday = datetime!(2026-11-13 16:30 +8);
        let step = office_hour(friday, 2, &calendar, now).to_offset(CHINA);
        assert_eq!(step.date(), datetime!(2026-11-16 0:00 +8).date(), "Monday");
        assert_eq!(step.hour(), 9);
        let holiday =
            office_hour(datetime!(2026-09-30 16:00 +8), 20, &calendar, now).to_offset(CHINA);
        assert!(
            calendar.is_working(holiday.date())
                && holiday.date() > datetime!(2026-10-06 0:00 +8).date()
        );
        let late = office_hour(datetime!(2026-11-24 09:00 +8), 30, &calendar, now);
        assert!(late < now && late > datetime!(2026-11-24 09:00 +8));
        assert_eq!(office_hour(now, 30, &calendar, now), now);
    }
}
