//! The chain finds every edit, removal and change of order.

use super::*;
use proptest::prelude::*;
use time::{Duration, macros::datetime};

/// A line that owns its texts.
#[derive(Debug, Clone)]
struct Own {
    id: u128,
    micros: i64,
    staff: Option<u128>,
    act: String,
    case: Option<u128>,
    detail: String,
    reason: Option<Vec<u8>>,
}

impl Own {
    fn line(&self) -> Line<'_> {
        Line {
            id: Uuid::from_u128(self.id),
            at: datetime!(2026-11-24 2:00 UTC) + Duration::microseconds(self.micros),
            staff: self.staff.map(Uuid::from_u128),
            act: &self.act,
            case: self.case.map(Uuid::from_u128),
            detail: &self.detail,
            reason: self.reason.as_deref(),
        }
    }
}

prop_compose! {
    fn own()(
        id in any::<u128>(), micros in 0..1_000_000_000_i64, staff in any::<Option<u128>>(), act in "[a-z_]{1,12}",
        case in any::<Option<u128>>(), detail in ".{0,20}", reason in any::<Option<Vec<u8>>>(),
    ) -> Own {
        Own { id, micros, staff, act, case, detail, reason }
    }
}

/// The links of lines, as the sealer makes them.
fn sealed(lines: &[Own]) -> Vec<(i64, Hash, Hash)> {
    let mut head = Head::START;
    lines
        .iter()
        .map(|l| {
            let row = l.line().hash();
            head = head.next(&row);
            (head.seq, row, head.link)
        })
        .collect()
}

/// Walks links with the lines that stand there now.
fn walk(links: &[(i64, Hash, Hash)], lines: &[Option<Own>], end: Head) -> Result<(), Fault> {
    let mut head = Head::START;
    for ((seq, row_hash, link_hash), own) in links.iter().zip(lines) {
        head = head.check(&Linked {
            seq: *seq,
            row_hash: *row_hash,
            link_hash: *link_hash,
            line: own.as_ref().map(Own::line),
            written: None,
        })?;
    }
    if head == end {
        Ok(())
    } else {
        Err(Fault::Gap(end.seq, head.seq))
    }
}

proptest! {
    #[test]
    fn every_edit_removal_and_change_of_order_is_found(
        lines in proptest::collection::vec(own(), 2..12), at in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(), fresh in own(), what in 0..10_u8,
    ) {
        let links = sealed(&lines);
        let last = links[links.len() - 1];
        let end = Head { seq: last.0, link: last.2 };
        let now: Vec<Option<Own>> = lines.iter().cloned().map(Some).collect();
        prop_assert_eq!(walk(&links, &now, end), Ok(()));
        let (i, j) = (at.index(lines.len()), other.index(lines.len()));
        let (mut links2, mut now2) = (links.clone(), now.clone());
        {
            let one = now2[i].as_mut().unwrap();
            match what {
                0 => one.detail.push('x'),
                1 => one.act = format!("{}x", one.act),
                2 => one.micros += 1,
                3 => one.staff = one.staff.map_or(Some(fresh.id), |_| None),
                4 => one.case = one.case.map_or(Some(fresh.id), |_| None),
                5 => one.reason = one.reason.as_ref().map_or(Some(vec![]), |_| None),
                6 => now2[i] = None,
                7 => {
                    links2.remove(i);
                    now2.remove(i);
                }
                8 => {
                    prop_assume!(lines[i].line().hash() != lines[j].line().hash());
                    // rows swapped with their own hashes, numbers kept
                    let (a, b) = (links2[i].1, links2[j].1);
                    (links2[i].1, links2[j].1) = (b, a);
                    now2.swap(i, j);
                }
                _ => {
                    // replaced together with its hash and its own link
                    prop_assume!(lines[i].line().hash() != fresh.line().hash());
                    let before = if i == 0 { Head::START } else { Head { seq: links[i - 1].0, link: links[i - 1].2 } };
                    let row = fresh.line().hash();
                    links2[i] = (links[i].0, row, before.next(&row).link);
                    now2[i] = Some(fresh.clone());
                }
            }
        }
        prop_assert!(walk(&links2, &now2, end).is_err());
    }
}

#[test]
fn fields_do_not_run_into_each_other() {
    let base = Own {
        id: 1,
        micros: 0,
        staff: None,
        act: "ab".into(),
        case: None,
        detail: "c".into(),
        reason: None,
    };
    let moved = Own {
        act: "a".into(),
        detail: "bc".into(),
        ..base.clone()
    };
    assert_ne!(base.line().hash(), moved.line().hash());
    let (staff, case) = (
        Own {
            staff: Some(7),
            ..base.clone()
        },
        Own {
            case: Some(7),
            ..base.clone()
        },
    );
    assert_ne!(staff.line().hash(), case.line().hash());
    // the stored form is for ever: whoever changes it gives it a new version
    let hex: String = base
        .line()
        .hash()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(hex.len(), 64);
}

#[test]
fn the_sealer_looks_back_some_minutes_and_is_not_led_ahead() {
    let at = |minutes: u128| Uuid::from_u128((1_000_000_000 + minutes * 60_000) << 80 | 5);
    assert_eq!(floor(None, at(0)), Uuid::nil());
    assert_eq!(
        floor(Some(at(100)), at(200)).as_u128(),
        (1_000_000_000 + 85 * 60_000) << 80
    );
    // a node whose clock runs a day ahead
    assert_eq!(
        floor(Some(at(2000)), at(200)).as_u128(),
        (1_000_000_000 + 185 * 60_000) << 80
    );
}

#[test]
fn every_act_has_a_word() {
    assert_eq!(label("sign_in"), "登录");
    assert_eq!(label("refused"), "不予受理");
    assert_eq!(label("something_new"), "something_new");
}
