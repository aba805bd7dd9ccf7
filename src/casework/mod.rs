//! From receipt to answer: what may happen to a case, and by when.

pub mod calendar_flow;
pub mod cases;
mod complaint;
pub mod deadline;
pub mod flow;
mod report;

pub use cases::{EventKind, Ground, State, Verb, clock_at_receipt, clock_of, next, promise};
