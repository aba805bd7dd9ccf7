//! Use cases of the trader's side. Each is one transaction, like those of the casework.

mod tell;

pub use tell::{NOTE_MAX, Telling, note_of_telling, tell};
