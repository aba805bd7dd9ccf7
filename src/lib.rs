//! 民声 Minsheng: the public portal of a district for consumer complaints 投诉, quality reports 举报 and, later, reward
//! claims, and the desk of the people who must answer them in time.
//!
//! # The map
//! ```text
//! kernel/     shared words: ids, numbers, query codes, calendar, access table; pure
//! intake/     a case arrives: what a filing must satisfy, the wizard's draft, hotline files
//! triage/     words of danger, dispatch rules
//! casework/   from receipt to answer: states, deadline rules, clocks
//! figures/    how many, how fast, how well: sums over cases
//! exchange/   cases for the national 12315 platform, and their numbers there
//! signals/    alerts that somebody looks at on the same day
//! notices/    the forms of the office
//! receipts/   signed receipts, as page, picture and QR
//! privacy/    sealed personal data, finding personal data in text
//! identity/   staff: passwords, TOTP, sessions
//! audit/      what was looked at and done, as a hash chain
//! print/      an official text as A4 PDF
//! outside/    letters and short messages, behind traits
//! sheet/      tables that leave the desk: CSV, XLSX
//! jobs/       background sweeps, the queue of outside effects, sending notices
//! seed/       the district's reference data and the demo
//! evidence/   files handed in as proof: what they are, sealed originals, clean copies
//! traders/    the other side: invitation, answer, offer
//! store/      the only SQL
//! web/        the only HTTP
//! cli/        the commands of the binary
//! ```
//! # Direction
//! `kernel ← pure feature files ← store ← */flow.rs ← web, jobs ← app, main`; `tests/house.rs` fails on a `use`
//! against the arrow and on SQL outside `store/`.

pub mod app;
pub mod audit;
pub mod casework;
pub mod cli;
pub mod config;
pub mod error;
pub mod evidence;
pub mod exchange;
pub mod figures;
pub mod identity;
pub mod intake;
pub mod jobs;
pub mod kernel;
pub mod limits;
pub mod notices;
pub mod outside;
pub mod print;
pub mod privacy;
pub mod receipts;
pub mod reference;
pub mod seed;
pub mod sheet;
pub mod signals;
pub mod store;
pub mod telemetry;
pub mod traders;
pub mod triage;
pub mod web;
