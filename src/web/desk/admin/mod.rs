//! Administration: the work calendar and the dispatch rules.

mod calendar;
mod rules;

pub use calendar::{calendar, calendar_load};
pub use rules::{rule_save, rules};
