//! Who may learn who reported (R-05, P-11): one person asks for one case with a reason, another person of the department
//! grants it to that asker for a short time, and every look is counted. Pure; the steps stand in `flow/reporter`.

use crate::kernel::words::words;
use time::OffsetDateTime;
use uuid::Uuid;

words! {
    /// How far a request came 申请情况.
    Stage {
        Asked = "asked", "等待批准";
        Granted = "granted", "已批准";
        Denied = "denied", "没有批准";
        Revoked = "revoked", "批准已收回";
        Withdrawn = "withdrawn", "已撤回";
        /// The case went to another department, which has not been asked.
        Lapsed = "lapsed", "案件已转出，申请失效";
    }
}

words! {
    /// What can be done with a request. Its code is the last part of the form's address.
    Move {
        Grant = "grant", "批准";
        Deny = "deny", "不批准";
        Revoke = "revoke", "收回批准";
        Withdraw = "withdraw", "撤回申请";
        View = "view", "查看举报人身份";
    }
}

/// A request to learn who reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Who asked, and alone may look.
    pub asker: Uuid,
    /// How far it came.
    pub stage: Stage,
    /// The end of a grant.
    pub until: Option<OffsetDateTime>,
}

impl Request {
    /// A grant that still holds.
    #[must_use]
    pub fn holds(&self, now: OffsetDateTime) -> bool {
        self.stage == Stage::Granted && self.until.is_some_and(|until| now < until)
    }

    /// It waits or holds: the same person cannot ask again.
    #[must_use]
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        self.stage == Stage::Asked || self.holds(now)
    }

    /// What stands in the way of a move by this person now; `None`: nothing. Nobody decides on the own request, nobody
    /// looks on the request of another one.
    #[must_use]
    pub fn obstacle(&self, step: Move, by: Uuid, now: OffsetDateTime) -> Option<&'static str> {
        let own = by == self.asker;
        match step {
            Move::Grant | Move::Deny if self.stage != Stage::Asked => {
                Some("这个申请已经有了结果，请看过最新情况再办")
            }
            Move::Grant | Move::Deny if own => Some("这是您自己提出的，要由另一个人决定"),
            Move::Revoke if !self.holds(now) => Some("没有可以收回的批准"),
            Move::Withdraw | Move::View if !own => Some("这是别人的申请"),
            Move::Withdraw if !self.is_open(now) => Some("没有可以撤回的申请"),
            Move::View if !self.holds(now) => Some("没有批准，或者已经过了时间，请重新申请"),
            _ => None,
        }
    }
}

/// The stage after a move; `None`: it stays, a look only counts.
#[must_use]
pub const fn after(step: Move) -> Option<Stage> {
    match step {
        Move::Grant => Some(Stage::Granted),
        Move::Deny => Some(Stage::Denied),
        Move::Revoke => Some(Stage::Revoked),
        Move::Withdraw => Some(Stage::Withdrawn),
        Move::View => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::{Duration, macros::datetime};

    const START: OffsetDateTime = datetime!(2026-11-24 2:00 UTC);

    fn asked(by: u128) -> Request {
        Request {
            asker: Uuid::from_u128(by),
            stage: Stage::Asked,
            until: None,
        }
    }

    #[test]
    fn r05_the_table_of_who_may_do_what() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let until = START + Duration::hours(2);
        for stage in Stage::ALL.iter().copied() {
            let request = Request {
                stage,
                until: Some(until),
                ..asked(1)
            };
            for step in Move::ALL.iter().copied() {
                let lawful = |by, now| request.obstacle(step, by, now).is_none();
                let (mine, theirs) = match (stage, step) {
                    (Stage::Asked, Move::Grant | Move::Deny) => (false, true),
                    (Stage::Granted, Move::Revoke) => (true, true),
                    (Stage::Asked | Stage::Granted, Move::Withdraw)
                    | (Stage::Granted, Move::View) => (true, false),
                    _ => (false, false),
                };
                assert_eq!(lawful(me, START), mine, "{stage:?} {step:?} by the asker");
                assert_eq!(
                    lawful(other, START),
                    theirs,
                    "{stage:?} {step:?} by another"
                );
                if stage == Stage::Granted {
                    assert!(
                        !lawful(me, until) && !lawful(other, until),
                        "{step:?} too late"
                    );
                }
            }
        }
    }

    proptest! {
        /// Whatever people do in whatever order: who looks asked for it, another one granted it, and the time was not over.
        #[test]
        fn r05_nobody_looks_alone(steps in prop::collection::vec((0..5_usize, 0..4_u128, 0..100_i64), 0..40)) {
            let (mut request, mut now, mut granted_by) = (asked(0), START, None);
            for (step, by, minutes) in steps {
                let (step, by) = (Move::ALL[step], Uuid::from_u128(by));
                now += Duration::minutes(minutes);
                if request.obstacle(step, by, now).is_some() {
                    continue;
                }
                if step == Move::View {
                    prop_assert_eq!(by, request.asker);
                    let (who, at) = granted_by.expect("a grant");
                    prop_assert_ne!(who, request.asker);
                    prop_assert!(now - at < Duration::hours(2));
                }
                if step == Move::Grant {
                    prop_assert!(granted_by.is_none(), "granted once");
                    granted_by = Some((by, now));
                    request.until = Some(now + Duration::hours(2));
                }
                if let Some(stage) = after(step) {
                    request.stage = stage;
                }
            }
        }
    }
}
