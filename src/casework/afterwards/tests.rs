//! Taken up again once, by another person, with a clock of its own; no answer to a question is invented.

use super::*;
use crate::{
    casework::{
        Proposal, State,
        clocks::ClockState,
        deadline::ClockKind,
        hotline::HotlineDays,
        standing::{Origin, Standing, standing},
    },
    kernel::{calendar::WorkCalendar, clock::china_date, words::CaseKind},
};
use serde_json::json;
use time::macros::datetime;

const RECEIVED: OffsetDateTime = datetime!(2026-09-01 10:00 +8);
const CLOSER: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn past(day: i64, kind: EventKind, staff: Option<Uuid>) -> Past {
    Past {
        at: RECEIVED + Duration::days(day),
        kind,
        staff,
        data: json!({}),
    }
}

fn stand(kind: CaseKind, history: &[Past]) -> Standing {
    let origin = Origin {
        kind,
        received_at: RECEIVED,
        problem: "p_quality",
        hotline: HotlineDays::default(),
    };
    standing(&origin, history, &WorkCalendar::official())
}

/// A case of each kind that ended in each way that is an answer, on the tenth day, by `CLOSER`.
fn ended() -> Vec<(CaseKind, Vec<Past>)> {
    use EventKind as E;
    let by = |kind| past(10, kind, Some(CLOSER));
    let (c, r) = (CaseKind::Complaint, CaseKind::Report);
    let agreed = [
        past(2, E::Accepted, Some(CLOSER)),
        past(3, E::MediationStarted, Some(CLOSER)),
        past(9, E::Agreed, Some(CLOSER)),
    ];
    let verified = past(2, E::Verifying, Some(CLOSER));
    let decided = [
        verified.clone(),
        past(3, E::Filed, Some(OTHER)),
        past(4, E::Investigating, Some(CLOSER)),
        past(9, E::Decided, Some(CLOSER)),
    ];
    vec![
        (c, [&agreed[..], &[by(E::Closed)]].concat()),
        (c, vec![by(E::Refused)]),
        (r, vec![by(E::NoAuthority)]),
        (r, vec![by(E::Duplicate)]),
        (r, vec![verified, by(E::NotFiled)]),
        (r, [&decided[..], &[by(E::Closed)]].concat()),
    ]
}

#[test]
fn every_answer_can_be_rated_and_taken_up_again_once_by_another_person() {
    for (kind, mut history) in ended() {
        let s = stand(kind, &history);
        assert!(!s.state.is_open());
        assert_eq!(
            s.after.ended.map(china_date),
            Some(china_date(RECEIVED) + Duration::days(10))
        );
        assert_eq!(s.obstacle(Verb::Rate, Uuid::nil()), None);
        assert!(
            s.obstacle(Verb::ReopenGrant, OTHER).is_some(),
            "nobody asked"
        );
        history.push(past(12, EventKind::ReopenAsked, None));
        let s = stand(kind, &history);
        assert!(s.proposed(Proposal::Reopening).is_some() && !s.state.is_open());
        assert!(
            s.clocks.iter().all(|k| k.stopped.is_some()),
            "a request starts no clock"
        );
        assert!(s.obstacle(Verb::ReopenAsk, Uuid::nil()).is_some());
        for verb in [Verb::ReopenGrant, Verb::ReopenDecline] {
            assert!(
                s.obstacle(verb, CLOSER).is_some(),
                "{kind} {}: who ended it",
                s.state
            );
            assert_eq!(s.obstacle(verb, OTHER), None);
        }
        let mut declined = history.clone();
        declined.push(past(14, EventKind::ReopenDeclined, Some(OTHER)));
        let d = stand(kind, &declined);
        assert!(d.state == s.state && !d.waits());
        assert!(d.obstacle(Verb::ReopenAsk, Uuid::nil()).is_some(), "once");
        history.push(past(14, EventKind::Reopened, Some(OTHER)));
        let s = stand(kind, &history);
        assert!(s.state.is_open() && s.after.reopened && s.after.ended.is_none());
        assert!(!s.waits() && s.next().is_some(), "it has a date again");
    }
}

#[test]
fn the_clock_of_a_case_taken_up_again_is_the_one_of_its_stage() {
    let day = |n: i64| china_date(RECEIVED) + Duration::days(n);
    for (kind, mut history) in ended() {
        let before = stand(kind, &history).state;
        history.push(past(12, EventKind::ReopenAsked, None));
        history.push(past(14, EventKind::Reopened, Some(OTHER)));
        let s = stand(kind, &history);
        let (state, clock, from) = match (kind, before) {
            (CaseKind::Complaint, State::Closed) => (State::Accepted, ClockKind::Mediation, 14),
            (CaseKind::Complaint, _) => (State::Submitted, ClockKind::Acceptance, 14),
            // the material came with the request
            (CaseKind::Report, _) => (State::Verifying, ClockKind::Verification, 12),
        };
        assert_eq!(s.state, state, "{kind} {before}");
        let running: Vec<&ClockState> = s.clocks.iter().filter(|k| k.counts()).collect();
        assert_eq!(running.len(), 1);
        assert_eq!((running[0].kind, running[0].started), (clock, day(from)));
    }
}

#[test]
fn a_second_end_may_be_rated_and_not_be_taken_up_again() {
    let (kind, mut history) = ended().remove(0);
    history.push(Past {
        data: json!({ "solved": "no" }),
        ..past(11, EventKind::Rated, None)
    });
    let s = stand(kind, &history);
    assert_eq!(s.after.rating.and_then(|r| r.solved), Some(Solved::No));
    assert!(s.obstacle(Verb::Rate, Uuid::nil()).is_some());
    history.push(past(12, EventKind::ReopenAsked, None));
    history.push(past(14, EventKind::Reopened, Some(OTHER)));
    assert_eq!(stand(kind, &history).after.rating, None);
    history.push(past(15, EventKind::Terminated, Some(CLOSER)));
    let s = stand(kind, &history);
    assert!(
        s.obstacle(Verb::Close, CLOSER).is_some(),
        "C-30 anew: the trader was not told of this end"
    );
    history.push(Past {
        data: json!({ "form": 8 }),
        ..past(16, EventKind::TraderTold, Some(CLOSER))
    });
    history.push(past(16, EventKind::Closed, Some(CLOSER)));
    let s = stand(kind, &history);
    assert_eq!(s.obstacle(Verb::Rate, Uuid::nil()), None);
    assert!(s.obstacle(Verb::ReopenAsk, Uuid::nil()).is_some());
}

#[test]
fn answers_are_read_or_left_out_and_never_invented() {
    let some = Rating::read("yes", "", "no").unwrap();
    assert_eq!(some.words(), "有人回应，不满意");
    assert_eq!(Rating::of(&json!(some)), some);
    assert_eq!(
        json!(some),
        json!({ "responded": "yes", "satisfied": "no" })
    );
    assert_eq!(Rating::read("", "", "").unwrap_err().0, "responded");
    assert_eq!(Rating::read("yes", "5", "").unwrap_err().0, "solved");
    assert_eq!(
        Rating::of(&json!({ "responded": "perhaps" })),
        Rating::default()
    );
    let terms = Reopening::default();
    assert!(terms.sane());
    assert_eq!(terms.until(china_date(RECEIVED)).to_string(), "2026-10-01");
}
