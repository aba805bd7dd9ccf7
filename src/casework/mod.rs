//! From receipt to answer: what may happen to a case, and by when.

pub mod afterwards;
pub mod calendar_flow;
pub mod cases;
pub mod clocks;
mod co;
mod complaint;
pub mod crime;
pub mod deadline;
pub mod escalation;
pub mod flow;
mod grounds;
pub mod hotline;
pub mod law;
mod obstacles;
mod origin;
mod proposals;
mod report;
pub mod reporter;
pub mod standing;
pub mod telling;

pub use cases::{Edge, EventKind, State, Verb, clocks_at_receipt, edge, edges, next, promise};
pub use co::{CoState, Side, day_fits, marks, may_assign};
pub use grounds::{
    AgreementForm, CallBackResult, Ground, NotFiledGround, Outcome, SuspendReason,
    TerminationGround,
};
pub use proposals::{Part, Proposal};
