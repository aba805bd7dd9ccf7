//! The tables: every state has a way out, closed ones stay closed, and what the law forbids has no row.

use super::*;
use crate::casework::SuspendReason;
use std::collections::HashSet;

/// States that can be reached from receipt.
fn reached(kind: CaseKind) -> HashSet<State> {
    let mut seen = HashSet::from([State::Submitted]);
    loop {
        let more: Vec<State> = seen
            .iter()
            .flat_map(|s| Verb::ALL.iter().filter_map(|v| next(kind, *s, *v)))
            .filter(|s| !seen.contains(s))
            .collect();
        if more.is_empty() {
            return seen;
        }
        seen.extend(more);
    }
}

#[test]
fn every_open_state_has_a_way_out_and_a_closed_one_only_by_a_second_look() {
    for kind in CaseKind::ALL.iter().copied() {
        for state in reached(kind) {
            let out: Vec<State> = Verb::ALL
                .iter()
                .filter(|v| **v != Verb::ReopenGrant)
                .filter_map(|v| next(kind, state, *v))
                .filter(|to| *to != state)
                .collect();
            let again = next(kind, state, Verb::ReopenGrant);
            assert!(
                again.is_none_or(|to| to.is_open() && !state.is_open()),
                "{kind} {state}"
            );
            for verb in [Verb::Rate, Verb::ReopenAsk, Verb::ReopenDecline] {
                assert_eq!(
                    next(kind, state, verb).is_some(),
                    again.is_some(),
                    "{kind} {state} {verb}"
                );
            }
            assert_eq!(state.is_open(), !out.is_empty(), "{kind} {state}: {out:?}");
        }
    }
}

#[test]
fn every_open_state_can_be_closed_by_the_office_alone() {
    for kind in CaseKind::ALL.iter().copied() {
        let all = reached(kind);
        let mut ends: HashSet<State> = all.iter().filter(|s| !s.is_open()).copied().collect();
        for _ in 0..all.len() {
            let leads = |s: &&State| {
                edges(kind)
                    .iter()
                    .filter(|e| e.verb != Verb::Withdraw && e.from.contains(s))
                    .any(|e| ends.contains(&e.after(**s)))
            };
            let more: Vec<&State> = all.iter().filter(leads).collect();
            ends.extend(more);
        }
        assert_eq!(ends, all, "{kind}");
    }
}

#[test]
fn each_step_has_one_row_in_a_state_and_each_event_one_effect() {
    for kind in CaseKind::ALL.iter().copied() {
        for state in State::ALL {
            let rows: Vec<&Edge> = edges(kind)
                .iter()
                .filter(|e| e.from.contains(state))
                .collect();
            for (i, a) in rows.iter().enumerate() {
                for b in &rows[i + 1..] {
                    assert_ne!(a.verb, b.verb, "{kind} {state}");
                    // the history is read back by its events
                    if a.event == b.event {
                        assert_eq!(
                            (a.to, a.starts, a.stops),
                            (b.to, b.starts, b.stops),
                            "{kind} {state} {}",
                            a.event
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_law_forbids_has_no_row() {
    assert_eq!(next(CaseKind::Report, State::Submitted, Verb::Accept), None);
    assert_eq!(next(CaseKind::Report, State::Submitted, Verb::Refuse), None);
    assert_eq!(
        next(CaseKind::Complaint, State::Accepted, Verb::Withdraw),
        Some(State::Terminated),
        "C-29(1)"
    );
    for state in State::ALL.iter().copied() {
        let after = next(CaseKind::Report, state, Verb::Withdraw);
        assert!(
            after.is_none_or(|to| to == state),
            "a wish never ends a report"
        );
    }
    assert_eq!(
        next(CaseKind::Complaint, State::Accepted, Verb::Refuse),
        None
    );
    for state in State::ALL.iter().copied() {
        assert_eq!(
            next(CaseKind::Complaint, state, Verb::Extend),
            None,
            "no text lets the office extend the terms of a complaint"
        );
        for kind in CaseKind::ALL.iter().copied() {
            if next(kind, state, Verb::Suspend).is_some() {
                assert!(SuspendReason::ALL.iter().any(|r| r.lawful_in(state)));
            }
        }
    }
}

#[test]
fn codes_fit_their_columns() {
    assert!(EventKind::ALL.iter().all(|e| e.code().len() <= 24));
    assert!(State::ALL.iter().all(|s| s.code().len() <= 24));
}
