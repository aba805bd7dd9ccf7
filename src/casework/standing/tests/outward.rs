//! Ways out of the department and what runs beside the main line: every standing can be left, and no side clock outlives
//! its matter.

use super::*;

/// What the office does to be done with a case, whatever stands in the way: first what waits, then the shortest way out.
const WAY_OUT: &[Verb] = &[
    Verb::CrimeDeny,
    Verb::CrimeSend,
    Verb::PoliceRefuse,
    Verb::CrimeEnd,
    Verb::CrimeGoods,
    Verb::ReviewRefuse,
    Verb::TransferReceipt,
    Verb::Issue,
    Verb::TellTrader,
    Verb::Close,
    Verb::Resume,
    Verb::Terminate,
    Verb::RefusalApprove,
    Verb::Refuse,
    Verb::NoAuthority,
    Verb::Investigate,
    Verb::Decide,
];

proptest! {
    #[test]
    fn every_standing_has_a_way_out_that_the_office_can_take_alone(origin in any_origin(), steps in any_steps()) {
        let mut history = walk(&origin, &steps);
        let mut day = 1500;
        for _ in 0..20 {
            let s = stand_at(&origin, &history);
            if !s.state.is_open() {
                break;
            }
            // two persons, so that each can decide what the other one asked for
            let found = WAY_OUT.iter().find_map(|verb| {
                let row = cases::edge(origin.kind, s.state, *verb)?;
                let who = [3, 4].map(Uuid::from_u128).into_iter().find(|w| s.obstacle(*verb, *w).is_none())?;
                // told once is enough
                (*verb != Verb::TellTrader || !s.trader_told).then_some((row, who))
            });
            prop_assert!(found.is_some(), "stuck in {} with {:?}", s.state, s.crime);
            let (row, who) = found.unwrap();
            day += 1;
            let data = if row.event == EventKind::TraderTold { json!({ "form": 8 }) } else { json!({}) };
            history.push(Past { staff: Some(who), ..past(day, row.event, data) });
        }
        let s = stand_at(&origin, &history);
        prop_assert!(!s.state.is_open(), "still {}", s.state);
        prop_assert!(s.clocks.iter().all(|c| c.stopped.is_some()));
    }
}

#[test]
fn r04_new_facts_of_the_same_reporter_let_the_term_begin_again_while_it_is_verified() {
    let verify = past(1, EventKind::Verifying, json!({}));
    let plain = stand(CaseKind::Report, std::slice::from_ref(&verify));
    let merged =
        |day, received: &str| past(day, EventKind::MergedIn, json!({ "received": received }));
    let first = due(&plain, ClockKind::Verification);
    let one = merged(10, "2026-11-20");
    let s = stand(CaseKind::Report, &[verify.clone(), one.clone()]);
    assert_eq!(
        s.clock(ClockKind::Verification)
            .unwrap()
            .started
            .to_string(),
        "2026-11-20"
    );
    assert!(
        due(&s, ClockKind::Verification) > first,
        "from the last report, not from the merging"
    );
    // an older one merged later does not turn it back
    let older = stand(
        CaseKind::Report,
        &[verify.clone(), one.clone(), merged(11, "2026-11-16")],
    );
    assert_eq!(
        due(&older, ClockKind::Verification),
        due(&s, ClockKind::Verification)
    );
    // an extension belonged to the term before, and the new term may be extended
    let granted = past(
        5,
        EventKind::ExtensionGranted,
        json!({ "clock": "verification", "term": { "working_days": 15 } }),
    );
    let again = stand(CaseKind::Report, &[verify.clone(), granted, one.clone()]);
    assert_eq!(
        due(&again, ClockKind::Verification),
        due(&s, ClockKind::Verification)
    );
    assert!(again.extendable().is_some());
    // after the filing there is nothing to begin again
    let filed = past(12, EventKind::Filed, json!({}));
    let decides = stand(CaseKind::Report, &[verify.clone(), filed.clone()]);
    assert_eq!(
        stand(CaseKind::Report, &[verify, filed, merged(13, "2026-11-24")]),
        decides
    );
}

#[test]
fn r04_a_rest_for_a_test_goes_on_over_a_merging() {
    let history = [
        past(1, EventKind::Verifying, json!({})),
        past(2, EventKind::Suspended, json!({ "reason": "r20" })),
        past(6, EventKind::MergedIn, json!({ "received": "2026-11-18" })),
    ];
    let s = stand(CaseKind::Report, &history);
    assert_eq!(s.state, State::Testing);
    assert!(
        s.clock(ClockKind::Verification)
            .unwrap()
            .basis
            .paused
            .is_some()
    );
}

#[test]
fn what_another_authority_sends_back_never_stood_still() {
    for (kind, clock) in [
        (CaseKind::Complaint, ClockKind::Acceptance),
        (CaseKind::Report, ClockKind::Verification),
    ] {
        let before = stand(kind, &[]);
        let mut history = vec![
            past(1, EventKind::TransferAsked, json!({})),
            past(2, EventKind::Transferred, json!({})),
        ];
        let away = stand(kind, &history);
        assert_eq!(away.state, State::Transferring);
        assert!(
            away.state.is_open() && away.next().is_none(),
            "every clock has stopped"
        );
        history.push(past(4, EventKind::TransferReturned, json!({})));
        let back = stand(kind, &history);
        assert_eq!(back.state, State::Submitted);
        assert_eq!(due(&back, clock), due(&before, clock));
        history.pop();
        history.push(past(4, EventKind::TransferReceived, json!({})));
        assert_eq!(stand(kind, &history).state, State::Transferred);
    }
}

#[test]
fn form_12_a_handover_has_one_working_day_and_no_longer_than_it_is_proposed() {
    let asked = past(1, EventKind::HandoverAsked, json!({}));
    let s = stand(CaseKind::Report, std::slice::from_ref(&asked));
    assert_eq!(s.next().unwrap().0, ClockKind::Handover);
    assert_eq!(
        due(&s, ClockKind::Handover).to_string(),
        "2026-11-16",
        "Saturday is not counted"
    );
    for ends in [
        EventKind::TransferDenied,
        EventKind::Transferred,
        EventKind::Returned,
    ] {
        let s = stand(CaseKind::Report, &[asked.clone(), past(2, ends, json!({}))]);
        assert!(s.clock(ClockKind::Handover).is_none(), "{ends}");
    }
}

#[test]
fn c06_a_dispute_has_seven_working_days_and_the_terms_run_on() {
    let raised = past(1, EventKind::DisputeRaised, json!({}));
    let s = stand(CaseKind::Complaint, std::slice::from_ref(&raised));
    assert_eq!(
        due(&s, ClockKind::JurisdictionDispute).to_string(),
        "2026-11-24"
    );
    assert_eq!(
        due(&s, ClockKind::Acceptance),
        due(&stand(CaseKind::Complaint, &[]), ClockKind::Acceptance)
    );
    assert_eq!(s.dispute, Some(false));
    let referred = past(9, EventKind::DisputeReferred, json!({}));
    let s = stand(CaseKind::Complaint, &[raised.clone(), referred]);
    assert_eq!(s.dispute, Some(true));
    assert!(s.clock(ClockKind::JurisdictionDispute).is_none());
    let accepted = past(3, EventKind::Accepted, json!({}));
    let s = stand(CaseKind::Complaint, &[raised, accepted]);
    assert!(s.dispute.is_none() && s.clock(ClockKind::JurisdictionDispute).is_none());
}

#[test]
fn order_310_its_terms_are_natural_days_and_hours() {
    let mut history = vec![past(0, EventKind::Verifying, json!({}))];
    let mut step = |day, event, clock: Option<(ClockKind, &str)>| {
        history.push(past(day, event, json!({})));
        let s = stand(CaseKind::Report, &history);
        if let Some((kind, end)) = clock {
            assert_eq!(due(&s, kind).to_string(), end, "{event}");
        }
        s
    };
    step(
        1,
        EventKind::CrimeReported,
        Some((ClockKind::CrimeTransfer, "2026-11-17")),
    );
    let s = step(
        2,
        EventKind::CrimeApproved,
        Some((ClockKind::CrimeSend, "2026-11-16")),
    );
    let why = &s.clock(ClockKind::CrimeSend).unwrap().due.steps[0].text;
    assert!(
        why.contains("24 小时") && why.contains("2026-11-16 10:00"),
        "{why}"
    );
    let s = step(
        3,
        EventKind::CrimeSent,
        Some((ClockKind::PoliceDecision, "2026-11-19")),
    );
    assert_eq!(
        s.next().unwrap().0,
        ClockKind::Verification,
        "the police's own term is not ours"
    );
    step(
        4,
        EventKind::PoliceRefused,
        Some((ClockKind::CrimeReview, "2026-11-20")),
    );
    step(
        5,
        EventKind::CrimeReviewAsked,
        Some((ClockKind::PoliceReview, "2026-11-21")),
    );
    step(
        6,
        EventKind::ReviewRefused,
        Some((ClockKind::CrimeSupervision, "2026-11-22")),
    );
    step(7, EventKind::CrimeSupervised, None);
    let s = step(
        8,
        EventKind::PoliceAccepted,
        Some((ClockKind::CrimeGoods, "2026-11-24")),
    );
    let anybody = Uuid::from_u128(9);
    assert!(
        s.obstacle(Verb::NotFile, anybody).is_some(),
        "no penalty, and no end, instead of a transfer"
    );
    let s = step(9, EventKind::CrimeGoods, None);
    assert_eq!(s.obstacle(Verb::NotFile, anybody), None);
    assert_eq!(
        due(&s, ClockKind::Verification),
        due(&stand(CaseKind::Report, &[]), ClockKind::Verification)
    );
}

#[test]
fn c32_a_clue_is_verified_from_the_day_of_its_discovery() {
    let clue = past(
        0,
        EventKind::Submitted,
        json!({ "channel": "mediation", "discovered": "2026-11-11" }),
    );
    let s = stand_at(
        &origin(CaseKind::Report, "p_ad"),
        std::slice::from_ref(&clue),
    );
    assert_eq!(s.clocks.len(), 1, "nobody reported it, nobody is told");
    assert_eq!(
        due(&s, ClockKind::ClueVerification).to_string(),
        "2026-12-02"
    );
    assert_eq!(s.extendable().unwrap().most, Term::WorkingDays(15));
    let filed = [
        clue,
        past(1, EventKind::Verifying, json!({})),
        past(2, EventKind::Filed, json!({})),
    ];
    assert!(
        stand(CaseKind::Report, &filed)
            .clock(ClockKind::ClueVerification)
            .is_none()
    );
}

#[test]
fn r22_a_further_extension_is_decided_together_and_taken_back_alone() {
    let mut history = vec![
        past(1, EventKind::Verifying, json!({})),
        past(2, EventKind::Filed, json!({})),
        past(3, EventKind::Investigating, json!({})),
    ];
    let extend = |n: u16| {
        past(
            4,
            EventKind::ExtensionGranted,
            json!({ "clock": "decision", "term": { "days": n } }),
        )
    };
    history.push(extend(30));
    let once = stand(CaseKind::Report, &history);
    let e = once.extendable().unwrap();
    assert!(e.collective && e.most == Term::Days(90));
    history.push(extend(60));
    let twice = stand(CaseKind::Report, &history);
    assert!(
        twice.extendable().is_none()
            && due(&twice, ClockKind::Decision) > due(&once, ClockKind::Decision)
    );
    history.push(past(
        5,
        EventKind::ExtensionRevoked,
        json!({ "clock": "decision" }),
    ));
    let back = stand(CaseKind::Report, &history);
    assert_eq!(
        due(&back, ClockKind::Decision),
        due(&once, ClockKind::Decision)
    );
}

#[test]
fn a_hotlines_term_lies_beside_the_laws_and_is_met_by_its_own_answer() {
    let opens = |data| past(0, EventKind::Submitted, data);
    let filed = opens(json!({ "channel": "import", "hotline": "enquiry" }));
    let s = stand(CaseKind::Complaint, std::slice::from_ref(&filed));
    assert_eq!(due(&s, ClockKind::HotlineEnquiry).to_string(), "2026-11-18");
    assert_eq!(s.next().unwrap().0, ClockKind::HotlineEnquiry);
    let plain = opens(json!({ "channel": "12345" }));
    let mut history = vec![plain, past(1, EventKind::Accepted, json!({}))];
    let s = stand(CaseKind::Complaint, &history);
    assert_eq!(
        due(&s, ClockKind::HotlineComplaint).to_string(),
        "2026-12-04",
        "15 working days"
    );
    assert_eq!(
        s.next().unwrap().0,
        ClockKind::HotlineComplaint,
        "before the sixty days"
    );
    assert!(
        !ClockKind::HotlineComplaint.is_promised(),
        "never told to a resident as the law's"
    );
    history.push(past(2, EventKind::HotlineReplied, json!({})));
    let s = stand(CaseKind::Complaint, &history);
    assert_eq!(s.next().unwrap().0, ClockKind::Mediation);
    assert!(
        stand(CaseKind::Complaint, &[opens(json!({ "channel": "web" }))])
            .clocks
            .len()
            == 1
    );
    // a setting moves it
    let eager = Origin {
        hotline: HotlineDays {
            complaint: 5,
            ..HotlineDays::default()
        },
        ..origin(CaseKind::Report, "p_quality")
    };
    let s = stand_at(&eager, &[opens(json!({ "channel": "import" }))]);
    assert_eq!(
        due(&s, ClockKind::HotlineComplaint).to_string(),
        "2026-11-20"
    );
    let kept = Basis::read(
        s.clock(ClockKind::HotlineComplaint)
            .unwrap()
            .basis
            .write()
            .as_deref(),
    );
    assert_eq!(
        kept.term,
        Some(Term::WorkingDays(5)),
        "the store computes it again"
    );
}
