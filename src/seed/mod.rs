//! What a new database is filled with: the district's reference data, and for a trial a demo of invented cases.
//! `tables` are the files of `ops/district/tianfu`, part of the program; `district` writes them; `demo` files the
//! invented cases through the same use cases as real ones; `bulk` makes very many for measurements.

mod after;
mod bulk;
mod cast;
mod deeds;
pub mod demo;
pub mod district;
mod scenes;
mod script;
pub mod tables;
mod trader;

pub use bulk::seed_cases;
pub use demo::seed_demo;
pub use district::{KeyCheck, Summary, key_check, seed_district};
