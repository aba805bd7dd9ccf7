//! A case arrives: what a filing must satisfy (rules 3), the wizard's draft, hotline files.

pub mod check;
pub mod counter;
pub mod draft;
pub mod fields;
pub mod filing;
pub mod flow;
pub mod import;
pub mod joint;
pub mod json;
pub mod shape;

pub use check::{Known, check_all, check_step};
pub use fields::{Answers, FIELDS, Step};
pub use filing::{Contact, Filing, Story, Way};
