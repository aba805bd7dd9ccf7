//! Use cases of the figures: count what changed, read a table, list the cases behind a number. The counter is a
//! reconciler: a case whose row says `recount` is looked at anew, its old marks leave the sums and its new ones enter
//! them in one transaction, so that sums and cases never differ.

pub mod table;

use super::{By, Clocked, Figure, Month, Part, Period, Subject, Tally, VERSION, marks};
use crate::{
    app::App,
    audit::Deed,
    casework::{
        clocks::{Basis, Past},
        deadline::ClockKind,
    },
    error::{Error, Result},
    kernel::{
        access::{Act, Actor},
        clock::china_date,
    },
    store::{
        Conn,
        figures::{self as rows, Behind, Marked, Place, Scope},
        security::{self, AuditLine},
    },
    tx,
};
use std::collections::{BTreeMap, HashMap};
use time::Date;
use uuid::Uuid;

/// Cases counted in one transaction: few enough that nobody waits long for one of them.
const BATCH: u32 = 100;
/// Cases in one transaction when everything is counted for an export or after a seeding: a cell is then read and written
/// once for many of them.
const WHOLE: u32 = 2000;
/// Cases marked at once to be counted anew.
const MARK_AT_ONCE: u32 = 1000;
/// More waiting cases than this are not counted for the page.
const WAITING_MAX: u32 = 10_000;

/// Has everything counted anew that a new version of the derivation or the passing of a day changes. Gives whether there
/// may be more.
async fn stir(app: &App) -> Result<bool> {
    let mut conn = app.store.conn().await?;
    if rows::version(&mut conn).await?.as_deref() != Some(VERSION) {
        while rows::recount(&mut conn, MARK_AT_ONCE).await? > 0 {}
        rows::version_set(&mut conn, VERSION).await?;
    }
    let passed = rows::recount_passed(&mut conn, app.today(), MARK_AT_ONCE).await?;
    Ok(passed >= u64::from(MARK_AT_ONCE))
}

/// Counts some cases that changed, few at once; gives how many.
///
/// # Errors
/// The database is away; the next run does the work.
pub async fn count_some(app: &App) -> Result<usize> {
    count_up_to(app, BATCH).await
}

async fn count_up_to(app: &App, limit: u32) -> Result<usize> {
    let today = app.today();
    tx!(app.store, conn => {
        rows::version_lock(conn).await?;
        let changed = rows::changed_lock(conn, limit).await?;
        if changed.is_empty() {
            return Ok(0);
        }
        let ids: Vec<Uuid> = changed.iter().map(|c| c.id).collect();
        let new = derive(conn, &changed, &ids, today).await?;
        let old = rows::marks(conn, &ids).await?;
        if old != new {
            carry(conn, &old, &new).await?;
            rows::marks_replace(conn, &ids, &new).await?;
        }
        rows::counted(conn, &ids).await?;
        Ok(ids.len())
    })
}

/// Counts everything that changed; gives how many cases.
///
/// # Errors
/// As [`count_some`].
pub async fn count_all(app: &App) -> Result<usize> {
    let mut total = 0;
    loop {
        let more = stir(app).await?;
        loop {
            let done = count_up_to(app, WHOLE).await?;
            total += done;
            if done < WHOLE as usize {
                break;
            }
        }
        if !more {
            return Ok(total);
        }
    }
}

/// One turn of the background counter: what the day changed, and one batch. Gives whether there may be more.
///
/// # Errors
/// As [`count_some`].
pub async fn turn(app: &App) -> Result<bool> {
    let more = stir(app).await?;
    let done = count_some(app).await?;
    Ok(more || done >= BATCH as usize)
}

/// The marks of some cases as their histories say, in the order of case and mark.
async fn derive(
    conn: &mut Conn,
    changed: &[rows::Changed],
    ids: &[Uuid],
    today: Date,
) -> Result<Vec<Marked>> {
    let mut histories: HashMap<Uuid, Vec<Past>> = HashMap::new();
    for (case, past) in rows::histories(conn, ids).await? {
        histories.entry(case).or_default().push(past);
    }
    let mut clocks: HashMap<Uuid, Vec<Clocked>> = HashMap::new();
    for clock in rows::clocks(conn, ids).await? {
        let kind = ClockKind::from_code(&clock.clock)
            .ok_or_else(|| Error::Internal(format!("unknown clock {}", clock.clock)))?;
        clocks.entry(clock.case_id).or_default().push(Clocked {
            kind,
            due: clock.agency_due,
            stopped: clock.stopped_at.map(china_date),
            rests: Basis::read(clock.basis.as_deref()).paused.is_some(),
        });
    }
    let mut out = Vec::new();
    for case in changed {
        let subject = Subject {
            kind: case.kind,
            subject: &case.subject,
            received: china_date(case.received_at),
        };
        let clocks = clocks.remove(&case.id).unwrap_or_default();
        let history = histories.remove(&case.id).unwrap_or_default();
        let mut standings = marks(&subject, &clocks, &history, today);
        standings.sort_by_key(|s| s.slot.mark().code());
        out.extend(standings.into_iter().map(|standing| Marked {
            case: case.id,
            place: case.place.clone(),
            standing,
        }));
    }
    Ok(out)
}

/// Carries the difference between old and new marks into the cells.
async fn carry(conn: &mut Conn, old: &[Marked], new: &[Marked]) -> Result<()> {
    let mut cells: BTreeMap<(Month, Place), Tally> = BTreeMap::new();
    for (marks, by) in [(old, -1), (new, 1)] {
        for m in marks {
            cells.entry(m.cell()).or_default().put(&m.standing, by);
        }
    }
    let nothing = Tally::default();
    cells.retain(|_, change| *change != nothing);
    let keys: Vec<(Month, Place)> = cells.keys().cloned().collect();
    for (key, kept) in rows::cells(conn, &keys).await? {
        cells.entry(key).or_default().read(&kept);
    }
    let texts = cells.into_iter().map(|(key, t)| (key, t.write())).collect();
    rows::cells_put(conn, &texts).await
}

/// What a person may ask for: an own department sees its own cases, intake sees all.
///
/// # Errors
/// [`Error::NotFound`] for who may see no figures.
pub fn scoped(actor: &Actor, mut scope: Scope) -> Result<Scope> {
    if !actor.may(Act::Figures) {
        return Err(Error::NotFound);
    }
    if actor.role.has_department() {
        scope.department = Some(actor.department.map_or(Uuid::nil(), |d| d.0));
        if scope.department == Some(Uuid::nil()) {
            return Err(Error::NotFound);
        }
    }
    Ok(scope)
}

/// How a table is split.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A month.
    Month(Month),
    /// A department, nil for intake.
    Department(Uuid),
    /// A street code, empty for outside.
    Street(String),
    /// A category code.
    Category(String),
}

impl Key {
    fn of(by: By, month: Month, place: &Place) -> Self {
        match by {
            By::Month => Self::Month(month),
            By::Department => Self::Department(place.department),
            By::Street => Self::Street(place.street.clone()),
            By::Category => Self::Category(place.category.clone()),
        }
    }
}

/// Sums of a scope: all together, and split.
#[derive(Debug, Default)]
pub struct Table {
    /// All together.
    pub all: Tally,
    /// By the asked key.
    pub split: BTreeMap<Key, Tally>,
    /// By month.
    pub months: BTreeMap<Month, Tally>,
}

/// The sums of a scope.
///
/// # Errors
/// The database is away.
pub async fn table(app: &App, scope: &Scope, by: By) -> Result<Table> {
    let mut conn = app.store.conn().await?;
    let cells = rows::cells_in(&mut conn, scope).await?;
    drop(conn);
    let mut out = Table::default();
    for (month, place, kept) in cells {
        let mut tally = Tally::default();
        tally.read(&kept);
        out.all.add(&tally);
        out.months.entry(month).or_default().add(&tally);
        let key = Key::of(by, month, &place);
        out.split.entry(key).or_default().add(&tally);
    }
    Ok(out)
}

/// The sum of a scope in another period, for comparison.
///
/// # Errors
/// The database is away.
pub async fn total(app: &App, scope: &Scope, period: Period) -> Result<Tally> {
    let scope = Scope {
        period,
        ..scope.clone()
    };
    let mut conn = app.store.conn().await?;
    let mut out = Tally::default();
    for (_, _, kept) in rows::cells_in(&mut conn, &scope).await? {
        out.read(&kept);
    }
    Ok(out)
}

/// How many changed cases are not counted yet.
///
/// # Errors
/// The database is away.
pub async fn waiting(app: &App) -> Result<i64> {
    let mut conn = app.store.conn().await?;
    rows::waiting(&mut conn, WAITING_MAX).await
}

/// The cases behind a part of a figure.
///
/// # Errors
/// The database is away.
pub async fn behind(
    app: &App,
    scope: &Scope,
    figure: Figure,
    part: Part,
    after: Option<(Date, Uuid)>,
    limit: u32,
) -> Result<Vec<Behind>> {
    let mut conn = app.store.conn().await?;
    rows::behind(&mut conn, scope, figure.shape().slots(part), after, limit).await
}

/// Notes an export before its first line goes out. `actor` is `None` on the command line.
///
/// # Errors
/// The database is away.
pub async fn export_note(app: &App, actor: Option<&Actor>, deed: Deed, detail: &str) -> Result<()> {
    let line = AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: actor.map(|a| a.staff.0),
        act: deed.code(),
        case: None,
        detail: detail.chars().take(240).collect(),
        reason: None,
    };
    let mut conn = app.store.conn().await?;
    security::audit_insert(&mut conn, &line).await
}
