//! Use case of the work calendar: load a year's arrangement and compute every running clock again (N-05). What was due
//! before stays readable beside what is due now.

use super::{clocks::Basis, deadline::rule_by_id};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    kernel::{
        access::{Act, Actor},
        calendar::WorkCalendar,
    },
    store::{
        Conn,
        calendar::{self as rows, DayRow, LoadRow, RunningClock},
        security::{self, AuditLine},
    },
    tx,
};
use time::Date;
use uuid::Uuid;

/// Clocks read at once.
const CHUNK: u32 = 1000;

/// A loaded year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// The loading, for the list of what it moved.
    pub load: Uuid,
    /// The year.
    pub year: i32,
    /// Due dates that moved.
    pub moved: i32,
}

/// What a loading would move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preview {
    /// The year.
    pub year: i32,
    /// Due dates that would come earlier.
    pub earlier: usize,
    /// Due dates that would come later.
    pub later: usize,
}

/// The due dates of a clock by a calendar: strict, generous, provisional. `None` for a rule that no longer exists: its
/// dates stay.
fn due_again(clock: &RunningClock, calendar: &WorkCalendar) -> Option<(Date, Date, bool)> {
    let term = rule_by_id(&clock.rule)?.term;
    let due = Basis::read(clock.basis.as_deref()).due(clock.started_on, term, calendar);
    Some((due.agency, due.citizen, due.provisional))
}

/// The calendar of the store with a year's arrangement added.
async fn with_year(conn: &mut Conn, json: &str) -> Result<(WorkCalendar, i32)> {
    let years = rows::years(conn).await?;
    let days = rows::days(conn).await?;
    let mut calendar =
        WorkCalendar::from_rows(years, days.into_iter().map(|d| (d.day, d.is_off, d.name)));
    let year = calendar
        .add_year_json(json)
        .map_err(|e| Error::field("json", "unreadable", e.to_string()))?;
    Ok((calendar, year))
}

fn allowed(actor: Option<&Actor>) -> Result<()> {
    if actor.is_none_or(|a| a.may(Act::Administer)) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// A year that is far off is a slip of the pen.
fn near(app: &App, year: i32) -> Result<()> {
    let this = app.today().year();
    if (this - 10..=this + 2).contains(&year) {
        Ok(())
    } else {
        Err(Error::field(
            "json",
            "out_of_range",
            format!("{year} 年离今年太远，请核对"),
        ))
    }
}

/// Counts what loading this arrangement would move; writes nothing.
///
/// # Errors
/// [`Error::Invalid`] for a file that cannot be read.
pub async fn preview_year(app: &App, actor: &Actor, json: &str) -> Result<Preview> {
    allowed(Some(actor))?;
    let mut conn = app.store.conn().await?;
    let (calendar, year) = with_year(&mut conn, json).await?;
    near(app, year)?;
    let mut out = Preview {
        year,
        ..Preview::default()
    };
    let mut after = (Uuid::nil(), String::new());
    loop {
        let clocks = rows::clocks_running(&mut conn, (after.0, &after.1), CHUNK).await?;
        for clock in &clocks {
            if let Some((agency, citizen, _)) = due_again(clock, &calendar) {
                let (was, is) = ((clock.agency_due, clock.citizen_due), (agency, citizen));
                out.earlier += usize::from(is < was);
                out.later += usize::from(is > was);
            }
        }
        match clocks.into_iter().last() {
            Some(last) => after = (last.case_id, last.clock),
            None => return Ok(out),
        }
    }
}

/// Computes every running clock again; gives how many due dates moved. Run twice it finds nothing the second time.
async fn recompute(conn: &mut Conn, load: Uuid, calendar: &WorkCalendar) -> Result<i32> {
    let mut moved = 0;
    let mut after = (Uuid::nil(), String::new());
    loop {
        let clocks = rows::clocks_running(conn, (after.0, &after.1), CHUNK).await?;
        for clock in &clocks {
            let Some((agency, citizen, provisional)) = due_again(clock, calendar) else {
                continue;
            };
            if (agency, citizen, provisional)
                != (clock.agency_due, clock.citizen_due, clock.provisional)
            {
                rows::clock_move(conn, load, clock, agency, citizen, provisional).await?;
                moved += i32::from((agency, citizen) != (clock.agency_due, clock.citizen_due));
            }
        }
        match clocks.into_iter().last() {
            Some(last) => after = (last.case_id, last.clock),
            None => return Ok(moved),
        }
    }
}

/// Loads a year's arrangement and moves every running clock that depends on it, in one transaction. `actor` is `None`
/// on the command line.
///
/// # Errors
/// [`Error::Invalid`] for a file that cannot be read or holds no day off, [`Error::Forbidden`].
pub async fn load_year(app: &App, actor: Option<&Actor>, json: &str) -> Result<Loaded> {
    allowed(actor)?;
    let (load, audit, now) = (app.ids.next(), app.ids.next(), app.now());
    let staff = actor.map(|a| a.staff.0);
    let (calendar, loaded) = tx!(app.store, conn => {
        let (calendar, year) = with_year(conn, json).await?;
        near(app, year)?;
        let source: String = calendar.years().find(|y| y.0 == year).map_or("", |y| y.1).chars().take(200).collect();
        let days: Vec<DayRow> = calendar
            .rows(year)
            .map(|(day, is_off, name)| DayRow { day, is_off, name: name.chars().take(40).collect() })
            .collect();
        rows::year_replace(conn, year, &source, &days, now).await?;
        let moved = recompute(conn, load, &calendar).await?;
        rows::load_insert(conn, &LoadRow { id: load, year, at: now, moved }, staff).await?;
        let detail = format!("{year} moved {moved}");
        let line = AuditLine { id: audit, at: now, staff, act: Deed::CalendarLoad.code(), case: None, detail, reason: None };
        security::audit_insert(conn, &line).await?;
        Ok((calendar, Loaded { load, year, moved }))
    })?;
    app.refresh().await?;
    // Cases that came in or were accepted meanwhile counted with the old calendar: once more, now that nobody does.
    let late = tx!(app.store, conn => { recompute(conn, load, &calendar).await })?;
    if late > 0 {
        tracing::info!(
            year = loaded.year,
            late,
            "clocks that started during the loading were moved too"
        );
    }
    Ok(Loaded {
        moved: loaded.moved + late,
        ..loaded
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_new_arrangement_keeps_extensions_and_days_that_an_officer_set() {
        let mut clock = RunningClock {
            case_id: Uuid::nil(),
            clock: "verification".into(),
            rule: "R-20".into(),
            started_on: date!(2026 - 11 - 24),
            agency_due: date!(2027 - 01 - 06),
            citizen_due: date!(2027 - 01 - 06),
            provisional: true,
            basis: Some(r#"{"adjust":{"extended":[{"working_days":15}]}}"#.into()),
        };
        let calendar = WorkCalendar::official();
        let due = due_again(&clock, &calendar).unwrap();
        assert_eq!(due, (clock.agency_due, clock.citizen_due, true));
        clock.basis = Some(r#"{"fixed":"2026-11-27"}"#.into());
        let day = date!(2026 - 11 - 27);
        assert_eq!(due_again(&clock, &calendar), Some((day, day, false)));
        clock.basis = None;
        assert_eq!(
            due_again(&clock, &calendar).unwrap().0,
            date!(2026 - 12 - 15)
        );
    }
}
