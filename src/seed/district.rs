//! Writes the district's reference data. May run again at any time: what an administrator can edit (departments,
//! streets, dispatch rules, calendar) is only added where it is missing; code tables and communities are brought up to
//! the program's version.

pub use super::tables::{Elsewhere, Subject, elsewhere, subjects};

use super::tables::DISTRICT;
use crate::{
    app::App,
    error::{Error, Result},
    kernel::calendar::WorkCalendar,
    privacy::KeyRing,
    receipts::hex,
    store::{
        Conn,
        calendar::{self, DayRow},
        reference::{self as rows, Category, Department},
    },
    triage::rules::Rule,
    tx,
};
use std::fmt;
use time::OffsetDateTime;

/// Name of the fact that ties a database to its key ring.
const KEY_CHECK: &str = "key_check";

/// What the seeding did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Streets added.
    pub streets: usize,
    /// Communities written.
    pub communities: usize,
    /// Departments added.
    pub departments: usize,
    /// Lines of code tables written.
    pub categories: usize,
    /// Dispatch rules added.
    pub rules: usize,
    /// Years of the calendar added.
    pub years: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "added {} streets, {} departments, {} dispatch rules, {} calendar years; wrote {} communities, {} categories",
            self.streets,
            self.departments,
            self.rules,
            self.years,
            self.communities,
            self.categories
        )
    }
}

/// Whether a key ring belongs to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCheck {
    /// Nothing has been sealed yet.
    Absent,
    /// The ring sealed this database.
    Same,
    /// Another ring did: nothing in this database would open.
    Other,
}

/// Compares the ring with the mark in the database.
///
/// # Errors
/// The database is away.
pub async fn key_check(conn: &mut Conn, ring: &KeyRing) -> Result<KeyCheck> {
    Ok(match rows::meta(conn, KEY_CHECK).await? {
        None => KeyCheck::Absent,
        Some(kept) if kept == hex(&ring.key_check()) => KeyCheck::Same,
        Some(_) => KeyCheck::Other,
    })
}

/// Writes the reference data of the district and the mark of the key ring, and reads them into memory.
///
/// # Errors
/// The database is away; [`Error::Conflict`] when another key ring sealed it.
pub async fn seed_district(app: &App) -> Result<Summary> {
    let now = app.now();
    let departments: Vec<Department> = DISTRICT
        .departments
        .iter()
        .map(|d| Department {
            id: app.ids.next(),
            code: d.code.clone(),
            name: d.name.clone(),
            phone: d.phone.clone(),
            inside: d.inside,
        })
        .collect();
    let rules: Vec<Rule> = DISTRICT
        .dispatch
        .iter()
        .map(|l| l.rule(app.ids.next()))
        .collect();
    let summary = tx!(app.store, conn => {
        match key_check(conn, app.sealer.ring()).await? {
            KeyCheck::Same => {}
            KeyCheck::Absent => rows::meta_set(conn, KEY_CHECK, &hex(&app.sealer.ring().key_check())).await?,
            KeyCheck::Other => {
                return Err(Error::Conflict("seal.keys is not the key ring of this database: put the right file back"));
            }
        }
        let mut done = Summary::default();
        let kept = rows::departments(conn).await?;
        for d in departments.iter().filter(|d| kept.iter().all(|k| k.code != d.code)) {
            rows::department_save(conn, d).await?;
            done.departments += 1;
        }
        places(conn, &mut done).await?;
        for (c, ord) in DISTRICT.categories.iter().zip(1..) {
            let line = Category {
                code: c.code.clone(),
                family: c.family.clone(),
                name: c.name.clone(),
                subject: c.subject.clone(),
            };
            rows::category_save(conn, &line, &c.source, ord).await?;
            done.categories += 1;
        }
        if rows::rules(conn).await?.is_empty() {
            for rule in &rules {
                rows::rule_save(conn, rule, now).await?;
                done.rules += 1;
            }
        }
        years(conn, &mut done, now).await?;
        Ok(done)
    })?;
    app.refresh().await?;
    Ok(summary)
}

async fn places(conn: &mut Conn, done: &mut Summary) -> Result<()> {
    let kept = rows::streets(conn).await?;
    for s in DISTRICT
        .streets
        .iter()
        .filter(|s| kept.iter().all(|k| k.code != s.code))
    {
        rows::street_save(conn, &s.code, &s.name).await?;
        done.streets += 1;
    }
    for c in &DISTRICT.communities {
        rows::community_save(conn, &c.code, &c.street, &c.name).await?;
        done.communities += 1;
    }
    Ok(())
}

/// Adds the official arrangements of days off that ship with the program, where a year is not loaded yet.
async fn years(conn: &mut Conn, done: &mut Summary, now: OffsetDateTime) -> Result<()> {
    let loaded = calendar::years(conn).await?;
    let official = WorkCalendar::official();
    for (year, source) in official
        .years()
        .filter(|(y, _)| loaded.iter().all(|l| l.0 != *y))
    {
        let days: Vec<DayRow> = official
            .rows(year)
            .map(|(day, is_off, name)| DayRow {
                day,
                is_off,
                name: name.to_owned(),
            })
            .collect();
        calendar::year_replace(conn, year, source, &days, now).await?;
        done.years += 1;
    }
    Ok(())
}
