//! Co-handling 协办 (T-05) and who of a department handles a case: one lead department, others beside it, each with its
//! own task and date. Owns the states of a task, who may take which step, the rows of the steps that move nothing but
//! these, and what a task's date may be. Pure.

use super::{EventKind as E, Verb as V, cases::Edge};
use crate::kernel::words::words;
use time::Date;
use uuid::Uuid;

words! {
    /// State of a co-handler's task 协办任务.
    CoState {
        Open = "open", "待办";
        Done = "done", "已办结";
        /// The case ended first.
        Ended = "ended", "随案结束";
    }
}

/// Where a person stands to a case that may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The lead department, or intake.
    Lead,
    /// A department that works beside it.
    Co,
}

impl Side {
    /// Whether a step is this side's: a co-handler finishes the own task, everything else is the lead's.
    #[must_use]
    pub const fn takes(self, verb: V) -> bool {
        matches!(verb, V::CoDone) == matches!(self, Self::Co)
    }
}

/// Steps lawful while a case is open; they move neither its state nor its clocks. All but the resident's asking to hurry
/// stay inside the office.
pub(super) const EDGES: &[Edge] = &[
    Edge::stay(&[], V::Urge, E::Urged),
    Edge::stay(&[], V::CoAdd, E::CoAdded),
    Edge::stay(&[], V::CoDue, E::CoDueSet),
    Edge::stay(&[], V::CoRemove, E::CoRemoved),
    Edge::stay(&[], V::CoDone, E::CoDone),
    Edge::stay(&[], V::Assign, E::Assigned),
];

/// Whether a co-handler may be given this day: not in the past, and not after the lead's own day, which it serves. When
/// the lead's day has passed, any coming day will do.
#[must_use]
pub fn day_fits(day: Date, today: Date, lead: Option<Date>) -> bool {
    day >= today && lead.is_none_or(|lead| day <= lead || lead < today)
}

/// The marks of a case after an event: whether it is new where it lies, and whether a request was sent back and nobody
/// has acted since. What a resident does and what is arranged inside the office leave them.
#[must_use]
pub const fn marks(event: E, by_staff: bool, before: (bool, bool)) -> (bool, bool) {
    match event {
        E::Dispatched | E::Returned | E::Reopened => (true, false),
        E::RefusalSentBack | E::ExtensionDenied => (false, true),
        E::CoAdded | E::CoDueSet | E::CoRemoved | E::CoDone | E::Assigned => before,
        _ if by_staff => (false, false),
        _ => before,
    }
}

/// Whether somebody may make `to` the handler of a case that `now` handles: a supervisor decides; a handler takes what
/// nobody has, and gives back the own.
#[must_use]
pub fn may_assign(decides: bool, me: Uuid, now: Option<Uuid>, to: Option<Uuid>) -> bool {
    decides || (now.is_none() && to == Some(me)) || (now == Some(me) && to.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        casework::{State, edge},
        kernel::words::CaseKind,
    };
    use time::macros::date;

    #[test]
    fn t05_a_co_handler_finishes_its_own_task_and_takes_no_step_of_the_lead() {
        for verb in V::ALL.iter().copied() {
            assert_eq!(Side::Co.takes(verb), verb == V::CoDone, "{verb}");
            assert_eq!(Side::Lead.takes(verb), verb != V::CoDone, "{verb}");
        }
    }

    #[test]
    fn t05_the_steps_of_co_handling_belong_to_open_cases_and_move_nothing() {
        for kind in CaseKind::ALL.iter().copied() {
            for state in State::ALL.iter().copied() {
                for row in EDGES {
                    let found = edge(kind, state, row.verb);
                    assert_eq!(found.is_some(), state.is_open(), "{kind} {state}");
                    assert!(found.is_none_or(|e| e.after(state) == state && e.starts.is_empty()));
                }
            }
        }
    }

    #[test]
    fn a_case_is_new_until_somebody_there_acts_and_a_request_comes_back_once() {
        for (event, staff, before, after) in [
            (E::Dispatched, true, (false, true), (true, false)),
            (E::Returned, true, (false, false), (true, false)),
            (E::Assigned, true, (true, false), (true, false)),
            (E::CoAdded, true, (true, false), (true, false)),
            (E::Asked, false, (true, true), (true, true)),
            (E::RefusalSentBack, true, (false, false), (false, true)),
            (E::Answered, true, (true, true), (false, false)),
        ] {
            assert_eq!(marks(event, staff, before), after, "{event}");
        }
    }

    #[test]
    fn a_handler_takes_what_nobody_has_and_gives_back_the_own() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(may_assign(false, me, None, Some(me)));
        assert!(may_assign(false, me, Some(me), None));
        for (now, to) in [
            (Some(other), Some(me)),
            (None, Some(other)),
            (Some(other), None),
            (Some(me), Some(other)),
        ] {
            assert!(!may_assign(false, me, now, to) && may_assign(true, me, now, to));
        }
    }

    #[test]
    fn a_day_lies_between_today_and_the_leads_day() {
        let today = date!(2026 - 11 - 24);
        for (day, lead, fits) in [
            (date!(2026 - 11 - 23), Some(date!(2026 - 12 - 3)), false),
            (today, Some(date!(2026 - 12 - 3)), true),
            (date!(2026 - 12 - 3), Some(date!(2026 - 12 - 3)), true),
            (date!(2026 - 12 - 4), Some(date!(2026 - 12 - 3)), false),
            (date!(2026 - 12 - 4), Some(date!(2026 - 11 - 20)), true),
            (date!(2026 - 12 - 4), None, true),
        ] {
            assert_eq!(day_fits(day, today, lead), fits, "{day} {lead:?}");
        }
    }
}
