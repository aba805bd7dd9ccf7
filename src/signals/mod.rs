//! Early warning 风险预警: an injury or a word of danger in a filing is an alert that the risk officer looks at on the same
//! day, with an owner, an acknowledgement and a closing note (K-02, K-05). Pure; use cases in `flow`.

pub mod flow;

use crate::{
    casework::deadline::{Adjust, ClockKind, DeadlineRule, Due, compute, rule_for},
    kernel::{calendar::WorkCalendar, clock::china_date, words::words},
    triage::danger::Danger,
};
use time::{Date, OffsetDateTime};

words! {
    /// Why somebody must look today 预警原因. The codes of dangers are those of [`Danger`].
    Cause {
        SelfHarm = "self_harm", "可能伤害自己";
        Gas = "gas", "燃气泄漏";
        Explosion = "explosion", "爆炸、起火";
        Poisoning = "poisoning", "中毒";
        Violence = "violence", "人身威胁";
        Injury = "injury", "有人受伤";
    }
}

impl Cause {
    /// The cause of a filing, the danger before the injury; `None`: nobody need look today.
    #[must_use]
    pub fn of(injury: bool, danger: Option<Danger>) -> Option<Self> {
        danger
            .and_then(|d| Self::from_code(d.code()))
            .or_else(|| injury.then_some(Self::Injury))
    }
}

words! {
    /// How far an alert came 预警情况.
    Stage {
        New = "new", "待确认";
        Seen = "seen", "处理中";
        Closed = "closed", "已结束";
    }
}

words! {
    /// What the risk officer does with an alert. Its code is the last part of the form's address.
    Step {
        Acknowledge = "acknowledge", "确认已看";
        Defect = "defect", "标记为缺陷线索";
        Close = "close", "结束";
    }
}

/// What stands in the way of a step; `None`: nothing. Nothing is closed that nobody looked at.
#[must_use]
pub const fn obstacle(stage: Stage, defect: bool, step: Step) -> Option<&'static str> {
    match (step, stage) {
        (Step::Acknowledge, Stage::New) => None,
        (Step::Acknowledge, _) => Some("已经有人确认过了"),
        (_, Stage::New) => Some("请先确认已看"),
        (_, Stage::Closed) => Some("这条预警已经结束"),
        (Step::Defect, Stage::Seen) if defect => Some("已经标记为缺陷线索"),
        (Step::Defect | Step::Close, Stage::Seen) => None,
    }
}

/// Nobody looked on the day on which it was raised (China).
#[must_use]
pub fn overdue(stage: Stage, raised: OffsetDateTime, now: OffsetDateTime) -> bool {
    matches!(stage, Stage::New) && china_date(raised) < china_date(now)
}

/// The terms of a recall (K-02), in their order.
pub const RECALL: [ClockKind; 3] = [
    ClockKind::RecallReport,
    ClockKind::RecallNotice,
    ClockKind::RecallPlan,
];

/// One term of a recall: its rule, its day 0, its end.
#[derive(Debug, Clone)]
pub struct RecallClock {
    /// The term.
    pub rule: &'static DeadlineRule,
    /// Day 0.
    pub from: Date,
    /// Its end.
    pub due: Due,
}

/// The terms of a recall for a clue that was marked on this day: each counted from the last day of the one before, since
/// the portal does not learn when others did their part.
#[must_use]
pub fn recall(marked: Date, calendar: &WorkCalendar) -> Vec<RecallClock> {
    let mut from = marked;
    RECALL
        .into_iter()
        .map(|kind| {
            let rule = rule_for(kind, marked);
            let due = compute(from, rule.term, &Adjust::default(), calendar);
            let clock = RecallClock { rule, from, due };
            from = clock.due.agency;
            clock
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn every_danger_and_every_injury_is_somebodys_today() {
        for danger in Danger::ALL {
            let cause = Cause::of(true, Some(*danger)).unwrap();
            assert_eq!(
                (cause.code(), cause.label()),
                (danger.code(), danger.label())
            );
        }
        assert_eq!(Cause::of(true, None), Some(Cause::Injury));
        assert_eq!(Cause::of(false, None), None);
    }

    #[test]
    fn k05_nothing_is_closed_that_nobody_looked_at() {
        for stage in Stage::ALL.iter().copied() {
            for step in Step::ALL.iter().copied() {
                let lawful = matches!(
                    (stage, step),
                    (Stage::New, Step::Acknowledge) | (Stage::Seen, Step::Defect | Step::Close)
                );
                assert_eq!(
                    obstacle(stage, false, step).is_none(),
                    lawful,
                    "{stage:?} {step:?}"
                );
            }
        }
        assert!(obstacle(Stage::Seen, true, Step::Defect).is_some());
    }

    #[test]
    fn k02_the_same_day_is_the_day_in_china() {
        let raised = datetime!(2026-11-24 23:50 +8);
        assert!(!overdue(Stage::New, raised, datetime!(2026-11-24 23:59 +8)));
        assert!(overdue(Stage::New, raised, datetime!(2026-11-25 0:00 +8)));
        assert!(!overdue(Stage::Seen, raised, datetime!(2026-11-25 0:00 +8)));
    }

    #[test]
    fn k02_the_terms_of_a_recall() {
        let clocks = recall(date!(2026 - 11 - 24), &WorkCalendar::official());
        let days: Vec<Date> = clocks.iter().map(|c| c.due.agency).collect();
        // two, three and ten working days, one after the other
        assert_eq!(
            days,
            [
                date!(2026 - 11 - 26),
                date!(2026 - 12 - 01),
                date!(2026 - 12 - 15)
            ]
        );
        let counts: Vec<u16> = clocks.iter().map(|c| c.rule.term.count()).collect();
        assert_eq!(counts, [2, 3, 10]);
    }
}
