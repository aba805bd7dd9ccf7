//! Telling the levels of the ladder that a date comes near or has passed: a reconciler finds them from the stored
//! clocks, once for each level and date whoever sweeps; a letter goes out by the queue where an address is set. The
//! letter names the case and its date, nothing of what it is about.

use super::queue::{JobKind, Outcome, enqueue};
use crate::{
    app::App,
    casework::{
        clocks::Basis,
        deadline::{ClockKind, remaining, rule_for},
        escalation::Rung,
    },
    error::Result,
    kernel::{clock::china_date, words::CaseKind},
    notices::chinese_date,
    outside::{Mail, SendError},
    store::escalation::{self as rows, Told, Untold},
    tx,
};
use uuid::Uuid;

/// Subject of every letter.
pub const SUBJECT: &str = "办理期限提醒";
/// Clocks read at once.
const BATCH: i64 = 200;

/// Tells every level what it is to know today; how many tellings were new.
///
/// # Errors
/// The database is away; the next pass does the work.
pub async fn pass(app: &App) -> Result<usize> {
    let today = app.today();
    let reference = app.reference();
    let mut new = 0;
    for rung in &app.config.escalation {
        let bound = rung.bound(today, &reference.calendar);
        let mut after = None;
        loop {
            let found = {
                let mut conn = app.store.conn().await?;
                rows::untold(&mut conn, &rung.level, bound, after, BATCH).await?
            };
            for clock in found.iter().filter(|c| is_ours(c)) {
                new += usize::from(tell(app, rung, clock).await?);
            }
            match found.last() {
                Some(last) if i64::try_from(found.len()) == Ok(BATCH) => {
                    after = Some((last.due, last.case_id));
                }
                _ => break,
            }
        }
    }
    Ok(new)
}

/// A clock by which the office owes something and which does not rest.
fn is_ours(clock: &Untold) -> bool {
    ClockKind::from_code(&clock.clock).is_some_and(ClockKind::is_promised)
        && Basis::read(clock.basis.as_deref()).paused.is_none()
}

async fn tell(app: &App, rung: &Rung, clock: &Untold) -> Result<bool> {
    let id = app.ids.next();
    let at = app.now();
    let writes = app.mailer.is_some() && !rung.mail.is_empty();
    tx!(app.store, conn => {
        let new = rows::tell(conn, id, clock, &rung.level, at).await?;
        if new && writes {
            enqueue(app, conn, JobKind::Escalation, id).await?;
        }
        Ok(new)
    })
}

/// Sends the letter about a telling.
///
/// # Errors
/// The database is away.
pub async fn mail(app: &App, id: Uuid) -> Result<Outcome> {
    let Some(mailer) = &app.mailer else {
        return Ok(Outcome::Later("smtp_url is not set".into()));
    };
    let told = {
        let mut conn = app.store.conn().await?;
        rows::told(&mut conn, id).await?
    };
    let Some(told) = told else {
        return Ok(Outcome::Dead("no such telling".into()));
    };
    let reference = app.reference();
    let department = reference
        .department(told.department_id)
        .map(|d| d.code.clone());
    let rung = app.config.escalation.iter().find(|r| r.level == told.level);
    let Some(to) = rung.and_then(|r| r.address(department.as_deref())) else {
        return Ok(Outcome::Done);
    };
    // met in the meantime: nobody needs to hurry
    if !told.runs {
        return Ok(Outcome::Done);
    }
    let mail = Mail {
        id,
        to: to.to_owned(),
        subject: SUBJECT,
        body: letter(app, &told),
        at: app.now(),
    };
    Ok(match mailer.send(&mail).await {
        Ok(_) => Outcome::Done,
        Err(SendError::Later(why)) => Outcome::Later(why),
        Err(SendError::Never(why)) => Outcome::Dead(why),
    })
}

fn letter(app: &App, told: &Told) -> String {
    let reference = app.reference();
    let clock = ClockKind::from_code(&told.clock);
    let unit = clock.map(|c| rule_for(c, china_date(told.received_at)).term.unit());
    let left = unit.map_or_else(String::new, |unit| {
        remaining(app.today(), told.due, unit, &reference.calendar).to_string()
    });
    format!(
        "{}（编号 {}）的{}期限是 {}，{left}。\n承办：{}\n\n请登录工作台办理：{}/desk/cases/{}\n\n{}\n",
        CaseKind::from_code(&told.kind).map_or("案件", CaseKind::label),
        told.number,
        clock.map_or("办理", ClockKind::label),
        chinese_date(told.due),
        reference.holder(told.department_id),
        app.config.public_url.trim_end_matches('/'),
        told.number,
        app.config.site_name,
    )
}
