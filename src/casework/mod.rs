//! From receipt to answer: what may happen to a case, and by when.

pub mod calendar_flow;
pub mod cases;
pub mod clocks;
mod complaint;
pub mod deadline;
pub mod flow;
mod grounds;
mod report;
pub mod telling;

pub use cases::{Edge, EventKind, State, Verb, clock_at_receipt, edge, next, promise};
pub use grounds::{
    AgreementForm, Ground, NotFiledGround, Outcome, SuspendReason, TerminationGround,
};
