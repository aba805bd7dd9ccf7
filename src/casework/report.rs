//! The report's state machine (rules 4.2): one table. A report is verified, never accepted or refused. Pure.

use super::{State, Verb};

/// The state after a verb, `None` when the verb is not lawful now.
#[must_use]
pub const fn next(state: State, verb: Verb) -> Option<State> {
    match (state, verb) {
        (State::Submitted, Verb::Verify) => Some(State::Verifying),
        (
            State::Submitted | State::Verifying,
            Verb::Return | Verb::Dispatch | Verb::Reply | Verb::Write,
        ) => Some(state),
        // a reporter may say so; the department still decides whether to verify
        (State::Submitted, Verb::Withdraw) => Some(State::Withdrawn),
        (_, Verb::Write) => Some(state),
        _ => None,
    }
}
