//! The derivation: any lawful path leaves lawful clocks; suspensions and extensions move dates and give them back.

mod outward;

use super::*;
use crate::casework::hotline::HotlineDays;
use proptest::prelude::*;
use serde_json::json;
use time::{Duration, macros::datetime};

const RECEIVED: OffsetDateTime = datetime!(2026-11-13 10:00 +8);

fn past(day: i64, kind: EventKind, data: Value) -> Past {
    Past {
        at: RECEIVED + Duration::days(day),
        kind,
        staff: None,
        data,
    }
}

fn origin(kind: CaseKind, problem: &str) -> Origin<'_> {
    Origin {
        kind,
        received_at: RECEIVED,
        problem,
        hotline: HotlineDays::default(),
    }
}

fn stand_at(origin: &Origin<'_>, history: &[Past]) -> Standing {
    standing(origin, history, &WorkCalendar::official())
}

fn stand(kind: CaseKind, history: &[Past]) -> Standing {
    stand_at(&origin(kind, "p_quality"), history)
}

fn due(s: &Standing, kind: ClockKind) -> Date {
    s.clocks
        .iter()
        .find(|c| c.kind == kind)
        .map(|c| c.due.agency)
        .unwrap()
}

/// A case that takes lawful steps, chosen by numbers, with days between.
fn walk(origin: &Origin<'_>, steps: &[(usize, i64)]) -> Vec<Past> {
    let staff = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let calendar = WorkCalendar::official();
    let mut history = Vec::new();
    let mut day = 0;
    for (nth, (choice, gap)) in steps.iter().enumerate() {
        let now = standing(origin, &history, &calendar);
        let who = staff[nth % 2];
        let ways: Vec<_> = cases::edges(origin.kind)
            .iter()
            .filter(|e| e.from.contains(&now.state) && now.obstacle(e.verb, who).is_none())
            .collect();
        day += gap;
        let row = ways[choice % ways.len()];
        let data = match row.event {
            EventKind::Suspended => {
                let lawful: Vec<_> = SuspendReason::ALL
                    .iter()
                    .filter(|r| r.lawful_in(now.state))
                    .collect();
                json!({ "reason": lawful[choice % lawful.len()] })
            }
            EventKind::ExtensionAsked | EventKind::ExtensionGranted => {
                let e = now.extendable().unwrap();
                json!({ "clock": e.clock.kind, "term": e.most })
            }
            EventKind::ExtensionRevoked => json!({ "clock": now.extended().unwrap().kind }),
            EventKind::MergedIn => {
                json!({ "received": china_date(RECEIVED + Duration::days(day)) })
            }
            EventKind::TraderTold => json!({ "form": 7 + choice / ways.len() % 2 }),
            // a resident's own steps
            EventKind::Rated | EventKind::ReopenAsked => {
                history.push(past(day, row.event, json!({})));
                continue;
            }
            EventKind::Terminated if row.verb == Verb::Withdraw => {
                let past = past(day, row.event, json!({ "settled": choice % 2 == 0 }));
                history.push(past);
                continue;
            }
            _ => json!({}),
        };
        history.push(Past {
            staff: Some(who),
            ..past(day, row.event, data)
        });
    }
    history
}

fn any_kind() -> impl Strategy<Value = CaseKind> {
    prop_oneof![Just(CaseKind::Complaint), Just(CaseKind::Report)]
}

/// Cases of both kinds, with and without a term beside the ordinary one.
fn any_origin() -> impl Strategy<Value = Origin<'static>> {
    (any_kind(), prop_oneof![Just("p_quality"), Just("p_ad")])
        .prop_map(|(kind, problem)| origin(kind, problem))
}

fn any_steps() -> impl Strategy<Value = Vec<(usize, i64)>> {
    proptest::collection::vec((0_usize..64, 0_i64..40), 0..30)
}

proptest! {
    #[test]
    fn no_path_leaves_a_clock_running_after_closing_or_due_before_its_start(origin in any_origin(), steps in any_steps()) {
        let history = walk(&origin, &steps);
        for n in 0..=history.len() {
            let s = stand_at(&origin, &history[..n]);
            for clock in &s.clocks {
                prop_assert!(clock.due.agency >= clock.started && clock.due.citizen >= clock.due.agency);
                prop_assert!(clock.stopped.is_none_or(|at| china_date(at) >= clock.started));
                prop_assert!(s.state.is_open() || clock.stopped.is_some(), "{} runs in {}", clock.kind, s.state);
                let times = 1 + usize::from(clock.rule.collective.is_some());
                prop_assert!(clock.basis.adjust.extended.len() <= times, "{} times", clock.kind);
                prop_assert!(clock.stopped.is_none() || clock.basis.paused.is_none());
            }
            let asked = history[..n].iter().filter(|p| p.kind == EventKind::ReopenAsked).count();
            prop_assert!(asked <= 1, "asked for once");
            prop_assert_eq!(s.after.ended.is_none(), s.state.is_open());
            let own = |c: &ClockState| c.counts() && !c.kind.is_of_others();
            prop_assert_eq!(s.next().is_some(), s.clocks.iter().any(own));
            for (proposal, _) in &s.proposals {
                let grants: Vec<_> = proposal.grants().collect();
                prop_assert!(grants.iter().any(|v| cases::edge(s.kind, s.state, *v).is_some()), "{proposal} waits in {}", s.state);
            }
            prop_assert_eq!(s.clock(ClockKind::Handover).is_some() && s.proposed(Proposal::Transfer).is_none(), false);
            prop_assert!(s.crime.is_none_or(|c| !c.waits()) || s.state.is_open(), "the police wait for {}", s.state);
            prop_assert!(s.dispute.is_some() || s.clock(ClockKind::JurisdictionDispute).is_none());
            prop_assert!(!matches!(s.state, State::Submitted | State::Accepted | State::Verifying | State::Filed) || s.next().is_some(),
                "a waiting case has a date: {}", s.state);
        }
    }

    #[test]
    fn what_the_store_keeps_gives_the_date_again(origin in any_origin(), steps in any_steps()) {
        let calendar = WorkCalendar::official();
        for clock in stand_at(&origin, &walk(&origin, &steps)).clocks {
            let kept = Basis::read(clock.basis.write().as_deref());
            prop_assert_eq!(&kept, &clock.basis);
            prop_assert_eq!(kept.due(clock.started, clock.rule.term, &calendar), clock.due);
        }
    }

    #[test]
    fn a_complaints_end_never_touches_its_report(complaint in any_steps(), report in any_steps()) {
        // two cases of one submission: each is derived from its own history and nothing else
        let (first, second) = (origin(CaseKind::Complaint, "p_ad"), origin(CaseKind::Report, "p_ad"));
        let before = stand_at(&second, &walk(&second, &report));
        let _ended = stand_at(&first, &walk(&first, &complaint));
        prop_assert_eq!(before, stand_at(&second, &walk(&second, &report)));
    }

    #[test]
    fn taking_an_extension_back_restores_the_date(asked in 0_i64..10, granted in 0_i64..5, days in 1_u16..=15) {
        let verify = past(0, EventKind::Verifying, json!({}));
        let plain = due(&stand(CaseKind::Report, std::slice::from_ref(&verify)), ClockKind::Verification);
        let term = json!({ "clock": "verification", "term": { "working_days": days } });
        let mut history = vec![
            verify,
            past(asked, EventKind::ExtensionAsked, term.clone()),
            past(asked + granted, EventKind::ExtensionGranted, term),
        ];
        prop_assert!(due(&stand(CaseKind::Report, &history), ClockKind::Verification) > plain);
        history.push(past(asked + granted, EventKind::ExtensionRevoked, json!({ "clock": "verification" })));
        prop_assert_eq!(due(&stand(CaseKind::Report, &history), ClockKind::Verification), plain);
    }
}

proptest! {
    #[test]
    fn c30_no_terminated_complaint_closes_before_both_sides_were_told(steps in any_steps()) {
        let history = walk(&origin(CaseKind::Complaint, "p_quality"), &steps);
        let mut ended: Option<usize> = None;
        for (n, past) in history.iter().enumerate() {
            match past.kind {
                EventKind::Terminated => ended = Some(n),
                EventKind::Reopened => ended = None,
                EventKind::Closed => if let Some(ended) = ended {
                    let since = &history[ended..n];
                    prop_assert!(since[0].staff.is_some() || since.iter().any(|p| p.kind == EventKind::TerminationIssued));
                    prop_assert!(since.iter().any(|p| p.kind == EventKind::TraderTold && p.data["form"] == 8));
                },
                _ => {}
            }
        }
    }
}

#[test]
fn c29_a_settlement_owes_form_8_like_a_withdrawal() {
    let accepted = past(1, EventKind::Accepted, json!({}));
    for (data, owed) in [
        (json!({ "settled": true }), Owed::Settlement),
        (json!({ "ground": "c29_1" }), Owed::Withdrawal),
    ] {
        let ended = past(3, EventKind::Terminated, data);
        let mut history = vec![accepted.clone(), ended];
        let s = stand(CaseKind::Complaint, &history);
        assert_eq!((s.state, s.owed), (State::Terminated, Some(owed)));
        assert!(s.clock(ClockKind::TerminationNotice).is_some());
        let (issue, close) = (Verb::Issue, Verb::Close);
        assert!(
            s.obstacle(issue, Uuid::nil()).is_none() && s.obstacle(close, Uuid::nil()).is_some()
        );
        history.push(past(4, EventKind::TerminationIssued, json!({})));
        let s = stand(CaseKind::Complaint, &history);
        assert!(
            s.obstacle(issue, Uuid::nil()).is_some() && s.obstacle(close, Uuid::nil()).is_some()
        );
        history.push(past(
            4,
            EventKind::TraderTold,
            json!({ "form": 8, "way": "letter" }),
        ));
        assert!(
            stand(CaseKind::Complaint, &history)
                .obstacle(close, Uuid::nil())
                .is_none()
        );
    }
}

#[test]
fn c27_testing_is_not_counted_and_c26_a_recusal_is() {
    let begin = vec![
        past(1, EventKind::Accepted, json!({})),
        past(3, EventKind::MediationStarted, json!({})),
    ];
    let plain = due(&stand(CaseKind::Complaint, &begin), ClockKind::Mediation);
    for (reason, moved) in [("c27", 10), ("c26", 0)] {
        let mut history = begin.clone();
        history.push(past(5, EventKind::Suspended, json!({ "reason": reason })));
        let rests = stand(CaseKind::Complaint, &history);
        assert_eq!(rests.state, State::Suspended);
        assert_eq!(rests.next().is_none(), moved > 0, "{reason}");
        history.push(past(15, EventKind::Resumed, json!({})));
        let after = stand(CaseKind::Complaint, &history);
        assert_eq!(after.state, State::Mediating);
        let day = due(&after, ClockKind::Mediation);
        // a last day within a holiday rolls: only the unrolled distance is exact
        assert!((day - plain).whole_days() >= moved, "{reason}: {day}");
        assert!(moved > 0 || day == plain);
    }
}

#[test]
fn c22_the_day_for_materials_is_the_officers_and_acceptance_goes_on() {
    let asked = past(1, EventKind::MaterialsAsked, json!({ "due": "2026-11-20" }));
    let s = stand(CaseKind::Complaint, std::slice::from_ref(&asked));
    assert_eq!(due(&s, ClockKind::Materials).to_string(), "2026-11-20");
    assert_eq!(
        due(&s, ClockKind::Acceptance),
        due(&stand(CaseKind::Complaint, &[]), ClockKind::Acceptance)
    );
    let done = stand(
        CaseKind::Complaint,
        &[asked, past(3, EventKind::MaterialsReceived, json!({}))],
    );
    assert_eq!(done.state, State::Submitted);
    assert!(
        done.clock(ClockKind::Materials).is_none() && done.clock(ClockKind::Acceptance).is_some()
    );
}

#[test]
fn two_persons_decide_and_another_department_starts_afresh() {
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let asked = Past {
        staff: Some(first),
        ..past(1, EventKind::RefusalAsked, json!({ "ground": "c07_2" }))
    };
    let s = stand(CaseKind::Complaint, std::slice::from_ref(&asked));
    assert_eq!(s.state, State::Submitted);
    assert!(
        s.obstacle(Verb::RefusalApprove, first).is_some(),
        "nobody does both"
    );
    assert_eq!(s.obstacle(Verb::RefusalApprove, second), None);
    assert!(
        s.obstacle(Verb::Refuse, second).is_some(),
        "one request at a time"
    );
    let back = past(2, EventKind::Returned, json!({}));
    let s = stand(CaseKind::Complaint, &[asked, back]);
    assert!(s.obstacle(Verb::RefusalApprove, second).is_some());
}

#[test]
fn r25_advertising_is_told_within_seven_working_days_beside_the_ordinary_term() {
    let ad = |kind| origin(kind, "p_ad");
    let runs = |s: &Standing| s.clock(ClockKind::AdvertisingReply).is_some();
    // both terms of a complaint end on one day and are met by one answer
    let fresh = stand_at(&ad(CaseKind::Complaint), &[]);
    assert_eq!(
        due(&fresh, ClockKind::AdvertisingReply),
        due(&fresh, ClockKind::Acceptance)
    );
    assert_eq!(
        fresh.next().unwrap().0,
        ClockKind::Acceptance,
        "the ordinary one is named"
    );
    let accepted = [past(1, EventKind::Accepted, json!({}))];
    assert!(!runs(&stand_at(&ad(CaseKind::Complaint), &accepted)));

    // of a report the telling comes first: to begin to verify, or a rest for a test, does not meet it
    let report = ad(CaseKind::Report);
    let fresh = stand_at(&report, &[]);
    let seven = due(&fresh, ClockKind::AdvertisingReply);
    assert_eq!(seven.to_string(), "2026-11-24");
    assert_eq!(fresh.next(), Some((ClockKind::AdvertisingReply, seven)));
    let mut history = vec![
        past(1, EventKind::Verifying, json!({})),
        past(2, EventKind::Suspended, json!({ "reason": "r20" })),
    ];
    let rests = stand_at(&report, &history);
    assert_eq!(rests.next(), Some((ClockKind::AdvertisingReply, seven)));
    history.push(past(3, EventKind::Resumed, json!({})));
    let again = stand_at(&report, &history);
    assert_eq!(due(&again, ClockKind::AdvertisingReply), seven);
    for meets in [
        EventKind::Told,
        EventKind::Filed,
        EventKind::NotFiled,
        EventKind::NoAuthority,
    ] {
        let mut told = history.clone();
        told.push(past(4, meets, json!({})));
        assert!(!runs(&stand_at(&report, &told)), "{meets}");
    }
    history.push(past(4, EventKind::Told, json!({})));
    assert_eq!(
        stand_at(&report, &history).next().unwrap().0,
        ClockKind::Verification
    );
}

#[test]
fn a_reporters_wish_ends_nothing_and_waits_for_an_answer() {
    let verify = past(1, EventKind::Verifying, json!({}));
    let wish = past(2, EventKind::WithdrawalWished, json!({}));
    let s = stand(CaseKind::Report, &[verify.clone(), wish.clone()]);
    assert_eq!(s.state, State::Verifying);
    assert!(s.wish.is_some() && s.next().is_some());
    let anybody = Uuid::from_u128(1);
    assert!(s.obstacle(Verb::Withdraw, anybody).is_some(), "said once");
    assert_eq!(s.obstacle(Verb::Carry, anybody), None);
    assert_eq!(s.obstacle(Verb::NotFile, anybody), None);
    let on = past(3, EventKind::CarriedOn, json!({}));
    let s = stand(CaseKind::Report, &[verify.clone(), wish.clone(), on]);
    assert!(s.wish.is_none() && s.obstacle(Verb::Carry, anybody).is_some());
    let ended = past(3, EventKind::NotFiled, json!({}));
    assert!(
        stand(CaseKind::Report, &[verify, wish, ended])
            .wish
            .is_none()
    );
}

#[test]
fn n06_a_complaint_of_before_is_mediated_within_45_working_days() {
    let old = Origin {
        received_at: datetime!(2026-04-10 10:00 +8),
        ..origin(CaseKind::Complaint, "p_quality")
    };
    let accepted = Past {
        at: datetime!(2026-04-20 10:00 +8),
        ..past(0, EventKind::Accepted, json!({}))
    };
    let s = stand_at(&old, std::slice::from_ref(&accepted));
    assert_eq!(s.clock(ClockKind::Mediation).unwrap().rule.id, "C-28/2020");
    assert_eq!(due(&s, ClockKind::Mediation).to_string(), "2026-06-25");
}
