//! Administration: the work calendar, the dispatch rules, what was not sent.

mod calendar;
mod jobs;
mod rules;

pub use calendar::{calendar, calendar_load};
pub use jobs::{job_again, jobs};
pub use rules::{rule_save, rules};
