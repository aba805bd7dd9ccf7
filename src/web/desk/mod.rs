//! The desk: sign-in, worklist, case page, administration. Handlers parse, call a flow, and show.

pub mod admin;
pub mod alerts;
pub mod audit;
pub mod bulk;
pub mod case;
mod case_acts;
mod case_away;
mod case_beside;
mod case_co;
mod case_hints;
mod case_history;
mod case_line;
mod case_mediation;
mod case_more;
mod case_office;
pub mod case_out;
mod case_page;
pub mod case_steps;
mod case_verbs;
pub mod cases;
pub mod cases_file;
mod day;
pub mod evidence;
mod filter;
mod home;
pub mod insider;
pub mod intake;
pub(super) mod kept;
pub mod late;
pub mod login;
pub mod nav;
pub mod notice;
pub mod office_steps;
pub mod reopenings;
pub mod reports;
pub mod reveal;
pub mod sessions;
pub mod trader;
pub mod views;

pub use home::home;

use crate::{
    casework::deadline::Remaining,
    error::FieldError,
    kernel::{calendar::WorkCalendar, clock::CHINA},
};
use time::{Date, OffsetDateTime};

/// Where the desk's addresses begin.
pub(super) const ROOT: &str = "/desk";

/// Most bytes of a form of the desk: a text that is far too long comes back with its message instead of being lost.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// Working days before the last day from which a deadline counts as close.
const SOON: u16 = 3;

/// An instant as the desk writes it, time in China.
fn stamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// The colour of a due date: passed, close, or none.
fn tone(left: Remaining, today: Date, due: Date, calendar: &WorkCalendar) -> &'static str {
    if left.late() {
        "late"
    } else if due <= calendar.add_working_days(today, SOON) {
        "soon"
    } else {
        ""
    }
}

/// The message of a field, empty when there is none.
fn message(errors: &[FieldError], field: &str) -> String {
    errors
        .iter()
        .find(|e| e.field == field)
        .map(|e| e.message.clone())
        .unwrap_or_default()
}

/// A title that says when something is wrong.
fn titled(title: &str, errors: &[FieldError]) -> String {
    if errors.is_empty() {
        title.to_owned()
    } else {
        format!("错误：{title}")
    }
}
