//! The complaint's state machine (rules 4.1): one table. Pure.

use super::{State, Verb};

/// The state after a verb, `None` when the verb is not lawful now.
#[must_use]
pub const fn next(state: State, verb: Verb) -> Option<State> {
    match (state, verb) {
        (State::Submitted, Verb::Accept) => Some(State::Accepted),
        (State::Submitted, Verb::Refuse) => Some(State::Refused),
        (State::Submitted, Verb::Withdraw) => Some(State::Withdrawn),
        // after acceptance a withdrawal terminates the mediation: C-29(1)
        (State::Accepted, Verb::Withdraw) => Some(State::Terminated),
        (
            State::Submitted | State::Accepted,
            Verb::Return | Verb::Dispatch | Verb::Reply | Verb::Write,
        ) => Some(state),
        (_, Verb::Write) => Some(state),
        _ => None,
    }
}
