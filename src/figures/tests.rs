//! Formulas against tables worked by hand, and the slots of cases that took every way.

use super::*;
use crate::{
    casework::{EventKind as E, clocks::Past, deadline::ClockKind as K},
    kernel::words::CaseKind,
};
use serde_json::{Value as Json, json};
use time::{
    Duration, OffsetDateTime,
    macros::{date, datetime},
};

const AT: OffsetDateTime = datetime!(2026-11-02 10:00 +8);

fn past(day: i64, kind: E, data: Json) -> Past {
    Past {
        at: AT + Duration::days(day),
        kind,
        staff: None,
        data,
    }
}

fn clock(kind: K, due: i64, stopped: Option<i64>) -> Clocked {
    let day = |n: i64| date!(2026 - 11 - 02) + Duration::days(n);
    Clocked {
        kind,
        due: day(due),
        stopped: stopped.map(day),
        rests: false,
    }
}

/// The slots of a case on the so-many-th day, with days and money where they are counted.
fn stands(kind: CaseKind, clocks: &[Clocked], history: &[Past], day: i64) -> Vec<String> {
    let case = Subject {
        kind,
        subject: "general",
        received: date!(2026 - 11 - 02),
    };
    marks(
        &case,
        clocks,
        history,
        date!(2026 - 11 - 02) + Duration::days(day),
    )
    .iter()
    .map(|s| {
        let days = s.days.map_or_else(String::new, |d| format!(" {d}d"));
        let fen = if s.fen > 0 {
            format!(" {}f", s.fen)
        } else {
            String::new()
        };
        format!("{}{days}{fen}", s.slot.code())
    })
    .collect()
}

#[test]
fn a_complaint_in_every_way() {
    let c = CaseKind::Complaint;
    let acceptance = |stopped| clock(K::Acceptance, 9, stopped);
    let mediation = |stopped| clock(K::Mediation, 65, stopped);
    assert_eq!(
        stands(c, &[acceptance(None)], &[], 9),
        ["complaint", "check_pending"]
    );
    assert_eq!(
        stands(c, &[acceptance(None)], &[], 10),
        ["complaint", "check_overdue"],
        "C-20"
    );
    let accepted = [past(5, E::Accepted, json!({}))];
    assert_eq!(
        stands(c, &[acceptance(Some(5)), mediation(None)], &accepted, 6),
        ["complaint", "check_in_time 5d", "close_pending"]
    );
    let mut resting = mediation(None);
    resting.rests = true;
    assert_eq!(
        stands(c, &[acceptance(Some(9)), resting], &accepted, 90),
        ["complaint", "check_in_time 9d", "close_resting"],
        "C-27: a test does not make a case late"
    );
    let mut history = accepted.to_vec();
    history.push(past(
        70,
        E::Agreed,
        json!({ "form": "document", "fen": 360_050 }),
    ));
    assert_eq!(
        stands(
            c,
            &[acceptance(Some(10)), mediation(Some(70))],
            &history,
            90
        ),
        [
            "complaint",
            "check_late 10d",
            "close_late",
            "agreed 70d 360050f"
        ]
    );
    for (ground, slot) in [
        ("c29_1", "withdrawn"),
        ("c29_2", "failed"),
        ("c29_3", "failed"),
        ("c29_4", "failed"),
        ("c29_5", "failed"),
        ("c29_6", "unfit"),
        ("c29_7", "party_gone"),
        ("c29_8", "failed"),
    ] {
        let history = [
            past(5, E::Accepted, json!({})),
            past(20, E::Terminated, json!({ "ground": ground })),
            past(25, E::Closed, json!({})),
        ];
        let clocks = [acceptance(Some(5)), mediation(Some(20))];
        assert_eq!(
            stands(c, &clocks, &history, 30)[3],
            format!("{slot} 20d"),
            "{ground}: the close is no other result"
        );
    }
    let offer = json!({ "ground": "c29_1", "settled": true, "fen": 5_000 });
    for kind in [E::Withdrawn, E::Terminated] {
        let taken = [past(3, kind, offer.clone())];
        let said = stands(c, &[acceptance(Some(3))], &taken, 30);
        assert_eq!(
            said.last().unwrap(),
            "settled 3d 5000f",
            "先行和解 before and after acceptance"
        );
    }
    let gone = [past(3, E::Withdrawn, json!({}))];
    assert_eq!(
        stands(c, &[acceptance(Some(3))], &gone, 5),
        ["complaint", "check_exempt", "withdrawn_early 3d"]
    );
    assert_eq!(
        stands(c, &[acceptance(Some(12))], &gone, 20)[1],
        "check_late",
        "nobody had answered in time, and no time is counted for an answer that never came"
    );
    let sent = past(4, E::Transferred, json!({}));
    assert_eq!(
        stands(c, &[acceptance(Some(4))], std::slice::from_ref(&sent), 20),
        ["complaint", "check_exempt", "transferred 4d"],
        "nobody here had to decide any more"
    );
    let back = past(6, E::TransferReturned, json!({}));
    assert_eq!(
        stands(c, &[acceptance(None)], &[sent.clone(), back.clone()], 8),
        ["complaint", "check_pending"],
        "sent back: the term goes on, and there is no result"
    );
    let history = [sent, back, past(8, E::Accepted, json!({}))];
    assert_eq!(
        stands(c, &[acceptance(Some(8))], &history, 20)[1],
        "check_in_time 8d"
    );
    let refused = [past(6, E::Refused, json!({ "ground": "c07_4" }))];
    assert_eq!(
        stands(c, &[acceptance(Some(6))], &refused, 20),
        ["complaint", "check_in_time 6d", "refused 6d", "unrated"]
    );
}

#[test]
fn a_report_in_every_way() {
    let r = CaseKind::Report;
    let verification = |stopped| clock(K::Verification, 21, stopped);
    let said = |kind, day| {
        stands(
            r,
            &[verification(Some(day))],
            &[past(day, kind, json!({}))],
            40,
        )
    };
    assert_eq!(
        said(E::NotFiled, 20),
        ["report", "verify_in_time 20d", "not_filed 20d", "unrated"]
    );
    assert_eq!(
        said(E::Filed, 22),
        ["report", "verify_late 22d"],
        "R-20; no result yet"
    );
    assert_eq!(
        said(E::Duplicate, 2),
        ["report", "verify_exempt", "duplicate 2d", "unrated"],
        "R-04"
    );
    assert_eq!(
        said(E::NoAuthority, 2),
        ["report", "verify_exempt", "no_authority 2d", "unrated"],
        "R-03"
    );
    assert_eq!(
        said(E::Merged, 2),
        ["report", "verify_exempt", "merged 2d"],
        "R-04"
    );
    assert_eq!(
        said(E::Transferred, 2),
        ["report", "verify_exempt", "transferred 2d"]
    );
    assert_eq!(
        stands(
            r,
            &[clock(K::ClueVerification, 21, Some(9))],
            &[past(9, E::Filed, json!({}))],
            40
        ),
        ["report", "verify_in_time 9d"],
        "C-32"
    );
    assert_eq!(
        said(E::Withdrawn, 2)[1..],
        ["verify_exempt", "report_withdrawn 2d"]
    );
    assert_eq!(
        said(E::NoAuthority, 22)[1],
        "verify_late",
        "R-03: at the latest by R-20"
    );
    assert_eq!(
        stands(r, &[verification(None)], &[], 22),
        ["report", "verify_overdue"]
    );
    let history = [
        past(10, E::Filed, json!({})),
        past(50, E::Decided, json!({ "outcome": "penalty" })),
    ];
    assert_eq!(
        stands(r, &[verification(Some(10))], &history, 60),
        ["report", "verify_in_time 10d", "decided 50d"]
    );
}

#[test]
fn what_was_taken_up_again_stands_where_it_stands_now_and_is_counted_apart() {
    let c = CaseKind::Complaint;
    let acceptance = clock(K::Acceptance, 9, Some(5));
    let mut history = vec![
        past(5, E::Accepted, json!({})),
        past(20, E::Agreed, json!({ "fen": 100_000 })),
        past(21, E::Closed, json!({})),
    ];
    let first = clock(K::Mediation, 65, Some(20));
    let said = |history: &[Past]| stands(c, &[acceptance, first], history, 80);
    assert_eq!(
        said(&history)[3..],
        ["agreed 20d 100000f", "unrated"],
        "no answer is no opinion"
    );
    history.push(past(
        22,
        E::Rated,
        json!({ "responded": "yes", "solved": "no" }),
    ));
    assert_eq!(
        said(&history)[4..],
        ["rated", "responded_yes", "solved_no"],
        "what was left out is counted nowhere"
    );
    history.push(past(23, E::ReopenAsked, json!({})));
    assert_eq!(said(&history).len(), 7, "a request alone changes nothing");
    history.push(past(25, E::Reopened, json!({})));
    let second = |stopped| clock(K::Mediation, 85, stopped);
    assert_eq!(
        stands(c, &[acceptance, second(None)], &history, 80),
        ["complaint", "reopened", "check_in_time 5d", "close_pending"],
        "the first result is void"
    );
    history.push(past(40, E::Terminated, json!({ "ground": "c29_3" })));
    history.push(past(41, E::Closed, json!({})));
    assert_eq!(
        stands(c, &[acceptance, second(Some(40))], &history, 80)[1..],
        [
            "reopened",
            "check_in_time 5d",
            "close_in_time",
            "failed 40d",
            "unrated"
        ]
    );
}

#[test]
fn the_formulas_by_hand() {
    let mut t = Tally::default();
    let mut put = |slot, n: i64, days: Option<u16>, fen: i64| {
        for _ in 0..n {
            let on = date!(2026 - 11 - 24);
            t.put(
                &Standing {
                    slot,
                    on,
                    days,
                    fen,
                },
                1,
            );
        }
    };
    put(Slot::Complaint, 38, None, 0);
    put(Slot::Construction, 2, None, 0);
    put(Slot::Report, 9, None, 0);
    put(Slot::CheckInTime, 24, Some(4), 0);
    put(Slot::CheckLate, 1, Some(30), 0);
    put(Slot::CheckOverdue, 1, None, 0);
    put(Slot::CheckPending, 9, None, 0);
    put(Slot::CheckExempt, 5, None, 0);
    put(Slot::CloseInTime, 7, None, 0);
    put(Slot::CloseOverdue, 2, None, 0);
    put(Slot::CloseResting, 3, None, 0);
    put(Slot::VerifyInTime, 4, Some(10), 0);
    put(Slot::VerifyLate, 1, Some(25), 0);
    put(Slot::VerifyOverdue, 1, None, 0);
    put(Slot::Agreed, 5, Some(20), 100_000);
    put(Slot::Failed, 2, Some(50), 0);
    put(Slot::Withdrawn, 3, Some(8), 0);
    put(Slot::Unfit, 1, Some(8), 0);
    put(Slot::PartyGone, 1, Some(8), 0);
    put(Slot::Settled, 2, Some(3), 5_050);
    put(Slot::Reopened, 1, None, 0);
    put(Slot::Rated, 4, None, 0);
    put(Slot::Unrated, 12, None, 0);
    put(Slot::RespondedYes, 3, None, 0);
    put(Slot::SolvedYes, 1, None, 0);
    put(Slot::SolvedPartly, 1, None, 0);
    put(Slot::SolvedNo, 2, None, 0);
    put(Slot::SatisfiedYes, 2, None, 0);
    put(Slot::SatisfiedFair, 1, None, 0);
    let said: Vec<String> = Figure::ALL
        .iter()
        .map(|f| format!("{} {}", f.code(), f.value(&t)))
        .collect();
    assert_eq!(
        said,
        [
            "complaints 40 件",
            "reports 9 件",
            "unanswered 2 件",
            "reopened 1 件",
            "check_rate 92.3%",
            "close_rate 77.8%",
            "verify_on_time 66.7%",
            "verify_rate 83.3%",
            "mediation_rate 71.4%",
            "settled 2 件",
            "recovered 5,101 元",
            "construction_rate 5.0%",
            "check_days 4 天",
            "close_days 8 天",
            "verify_days 10 天",
            "rated_rate 25.0%",
            "responded_rate 100.0%",
            "solved_rate 25.0%",
            "satisfied_rate 66.7%",
        ]
    );
    let Value::Days {
        median,
        ninth,
        cases,
    } = Figure::CloseDays.value(&t)
    else {
        panic!()
    };
    assert_eq!((median, ninth, cases), (Some(8), Some(50), 14));
    let none = Tally::default();
    assert_eq!(Figure::CheckRate.value(&none).to_string(), "—");
    assert_eq!(Figure::CheckDays.value(&none).to_string(), "—");
}

#[test]
fn a_change_is_said_in_words() {
    let rate = |of, all| Value::Rate { of, all };
    assert_eq!(rate(9, 10).change(&rate(8, 10)), "高 10.0 个百分点");
    assert_eq!(rate(2, 3).change(&rate(3, 4)), "低 8.3 个百分点");
    assert_eq!(rate(1, 2).change(&rate(2, 4)), "持平");
    assert_eq!(rate(1, 2).change(&rate(0, 0)), "");
    assert_eq!(Value::Count(3).change(&Value::Count(5)), "少 2 件");
    let days = |median| Value::Days {
        median,
        ninth: median,
        cases: 1,
    };
    assert_eq!(days(Some(3)).change(&days(Some(5))), "快 2 天");
    assert_eq!(days(Some(3)).change(&days(None)), "");
    let money = |fen| Value::Money { fen, cases: 1 };
    assert_eq!(money(360_050).change(&money(60_050)), "多 3,000 元");
}

#[test]
fn rates_are_rounded_to_a_tenth() {
    for (of, all, mille) in [
        (1, 3, 333),
        (2, 3, 667),
        (1, 2000, 1),
        (1, 2001, 0),
        (0, 5, 0),
        (5, 5, 1000),
    ] {
        assert_eq!(per_mille(of, all), Some(mille), "{of}/{all}");
    }
    assert_eq!(per_mille(0, 0), None);
}

#[test]
fn every_slot_of_a_formula_belongs_to_one_mark_and_all_holds_of() {
    for figure in Figure::ALL {
        assert!(!figure.definition().is_empty());
        let shape = figure.shape();
        let (of, all) = (shape.slots(Part::Of), shape.slots(Part::All));
        assert!(of.iter().all(|s| all.contains(s)), "{figure}");
        assert!(
            all.iter().all(|s| s.mark() == all[0].mark()),
            "{figure}: a case is behind a number once"
        );
    }
    for (i, slot) in Slot::ALL.iter().enumerate() {
        assert_eq!(slot.index(), i);
        assert!(slot.code().len() <= 20 && slot.mark().code().len() <= 12);
    }
}
