//! What stands in the way of a step besides the table: who proposed it, what it would leave undone, what has not been done
//! yet. Pure.

use super::{Part, Proposal, State, Verb, crime, deadline::ClockKind, standing::Standing};
use uuid::Uuid;

impl Standing {
    /// What stands in the way of a verb for this person; `None`: nothing. A step that needs two persons is decided by
    /// another one than asked for it.
    #[must_use]
    pub fn obstacle(&self, verb: Verb, staff: Uuid) -> Option<&'static str> {
        self.second_person(verb, staff)
            .or_else(|| self.after.obstacle(verb, staff))
            .or_else(|| crime::obstacle(self.crime, verb))
            .or_else(|| self.undone(verb))
    }

    fn second_person(&self, verb: Verb, staff: Uuid) -> Option<&'static str> {
        let (proposal, part) = Proposal::of_verb(verb)?;
        match (part, self.proposed(proposal)) {
            (Part::Ask, Some(_)) => Some(proposal.waits()),
            (Part::Ask, None) => None,
            (_, None) => Some(proposal.none()),
            (_, Some(asked)) if asked.by == Some(staff) => {
                Some("这是您自己提出的，要由另一个人决定")
            }
            (_, Some(_)) => None,
        }
    }

    fn undone(&self, verb: Verb) -> Option<&'static str> {
        match verb {
            Verb::Extend | Verb::ExtensionGrant if self.extendable().is_none() => {
                Some("现在没有可以延长的期限")
            }
            Verb::ExtensionRevoke if self.extended().is_none() => Some("没有可以撤销的延长"),
            Verb::Issue if self.owed.is_none() => Some("终止调解决定书已经发出"),
            // both sides are told before the case is closed (C-30)
            Verb::Close if self.owed.is_some() => Some("要先发出终止调解决定书，并告知经营者"),
            Verb::Close if self.state == State::Terminated && !self.trader_told => {
                Some("终止调解决定书还没有告知经营者，告知并记录后才能办结")
            }
            Verb::Withdraw if self.wish.is_some() => Some("您已经说过希望撤回，工作人员会看到"),
            Verb::Carry if self.wish.is_none() => Some("举报人没有要求撤回"),
            Verb::Dispute if self.dispute.is_some() => Some("管辖争议已经登记，还没有结果"),
            Verb::DisputeRefer if self.dispute != Some(false) => Some("没有正在协商的管辖争议"),
            Verb::DisputeSettle if self.dispute.is_none() => Some("没有登记管辖争议"),
            Verb::Assist if self.clock(ClockKind::Assistance).is_some() => {
                Some("已经登记了一件协助请求，先办完")
            }
            Verb::Assisted if self.clock(ClockKind::Assistance).is_none() => {
                Some("没有登记协助请求")
            }
            Verb::HotlineReply if !self.on_hotline() => Some("没有在走的 12345 期限"),
            _ => None,
        }
    }
}
