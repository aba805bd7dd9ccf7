//! The aggregate: states, verbs, refusal grounds, events, and which clocks a step starts and stops. Pure.

use super::{complaint, deadline::ClockKind, report};
use crate::kernel::words::{CaseKind, words};

words! {
    /// State of a case 状态.
    State {
        Submitted = "submitted", "已收到";
        Accepted = "accepted", "已受理";
        Refused = "refused", "不予受理";
        Verifying = "verifying", "核查中";
        Withdrawn = "withdrawn", "已撤回";
        Terminated = "terminated", "已终止调解";
    }
}

impl State {
    /// Still waiting for an act of the office.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Verifying)
    }
}

words! {
    /// A step somebody takes.
    Verb {
        Accept = "accept", "受理";
        Refuse = "refuse", "不予受理";
        Verify = "verify", "开始核查";
        Return = "return", "退回受理岗";
        Dispatch = "dispatch", "分送";
        Reply = "reply", "回复";
        Withdraw = "withdraw", "撤回";
        Write = "write", "留言";
    }
}

words! {
    /// Refusal grounds 不予受理情形 (C-07, 投办16), exactly one of which a person chooses.
    Ground {
        Duty = "c07_1", "投诉事项不属于市场监督管理部门职责，或者本行政机关不具有处理权限";
        Handled = "c07_2", "法院、仲裁机构、市场监督管理部门或者其他行政机关、消费者协会已经受理或者处理过同一消费者权益争议";
        NotConsumer = "c07_3", "不是为生活消费需要购买、使用商品或者接受服务，或者不能证明与被投诉人之间存在消费者权益争议";
        TooLate = "c07_4", "除法律另有规定外，投诉人知道或者应当知道自己的权益受到被投诉人侵害之日起超过三年";
        Materials = "c07_5", "未提供规定的材料，或者提供虚假材料";
        Identity = "c07_6", "冒用他人身份，或者拒不配合身份核实";
        Other = "c07_7", "法律、法规、规章规定不予受理的其他情形";
    }
}

impl Ground {
    /// The article it rests on.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Duty => "《市场监督管理投诉举报处理办法》第十六条第（一）项",
            Self::Handled => "《市场监督管理投诉举报处理办法》第十六条第（二）项",
            Self::NotConsumer => "《市场监督管理投诉举报处理办法》第十六条第（三）项",
            Self::TooLate => "《市场监督管理投诉举报处理办法》第十六条第（四）项",
            Self::Materials => "《市场监督管理投诉举报处理办法》第十六条第（五）项",
            Self::Identity => "《市场监督管理投诉举报处理办法》第十六条第（六）项",
            Self::Other => "《市场监督管理投诉举报处理办法》第十六条第（七）项",
        }
    }
}

words! {
    /// What a case's history can hold.
    EventKind {
        Submitted = "submitted", "提交";
        Dispatched = "dispatched", "分送";
        Returned = "returned", "退回受理岗";
        Accepted = "accepted", "受理";
        Refused = "refused", "不予受理";
        Verifying = "verifying", "开始核查";
        Withdrawn = "withdrawn", "撤回";
        Terminated = "terminated", "终止调解";
        Asked = "asked", "居民留言";
        Answered = "answered", "回复";
        Recomputed = "recomputed", "期限重算";
    }
}

/// The state after a verb, by the table of the case's kind.
#[must_use]
pub const fn next(kind: CaseKind, state: State, verb: Verb) -> Option<State> {
    match kind {
        CaseKind::Complaint => complaint::next(state, verb),
        CaseKind::Report => report::next(state, verb),
    }
}

/// The clock that starts when a case of this kind is received.
#[must_use]
pub const fn clock_at_receipt(kind: CaseKind) -> ClockKind {
    match kind {
        CaseKind::Complaint => ClockKind::Acceptance,
        CaseKind::Report => ClockKind::Verification,
    }
}

/// The clock that entering a state starts (C-28: mediation runs from acceptance).
#[must_use]
pub const fn clock_of(state: State) -> Option<ClockKind> {
    match state {
        State::Accepted => Some(ClockKind::Mediation),
        _ => None,
    }
}

/// What a resident is promised by a clock, after 「最迟 某日」.
#[must_use]
pub const fn promise(clock: ClockKind) -> &'static str {
    match clock {
        ClockKind::Acceptance => "前告诉您是否受理",
        ClockKind::Verification => "前核查完，并决定是否立案",
        ClockKind::Mediation => "前结束调解，并告诉您结果",
        _ => "前办完这一步",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_state_has_a_way_out_and_closed_ones_stay_closed() {
        for kind in CaseKind::ALL.iter().copied() {
            for state in State::ALL.iter().copied() {
                let ways: Vec<_> = Verb::ALL
                    .iter()
                    .filter_map(|v| next(kind, state, *v))
                    .collect();
                if !state.is_open() {
                    assert!(ways.iter().all(|w| *w == state), "{kind} {state} reopens");
                }
            }
        }
        assert_eq!(
            next(CaseKind::Report, State::Submitted, Verb::Accept),
            None,
            "a report is never accepted"
        );
        assert_eq!(
            next(CaseKind::Report, State::Submitted, Verb::Refuse),
            None,
            "a report is never refused"
        );
        assert_eq!(
            next(CaseKind::Complaint, State::Accepted, Verb::Withdraw),
            Some(State::Terminated),
            "C-29(1)"
        );
        assert_eq!(
            next(CaseKind::Complaint, State::Accepted, Verb::Refuse),
            None
        );
    }
}
