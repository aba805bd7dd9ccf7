//! The commands of the binary, one file a family. A command parses its flags, calls the rules or a flow, and prints;
//! it holds no rule of its own.

pub mod admin;
mod audit;
mod doctor;
mod export;
pub mod export_12315;
pub mod import;
mod keys;
pub mod lines;
pub mod numbers;
mod people;
pub mod receipt;
pub mod redact;
pub mod rules;
pub mod serve;
pub mod worker;
