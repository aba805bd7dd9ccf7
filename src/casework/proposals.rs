//! What one person proposes and another one decides 提请与批准: which steps ask, grant and deny, and what is said when
//! nothing waits. The derivation and the obstacles read this table, so that a new two-person act is one row. Pure.

use super::{EventKind, Verb};
use crate::kernel::words::words;

words! {
    /// A matter for two persons.
    Proposal {
        /// C-07.
        Refusal = "refusal", "不予受理";
        ///
        Extension = "extension", "延长期限";
        /// Asked for by a resident.
        Reopening = "reopening", "重新办理";
    }
}

/// A person's part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Proposes.
    Ask,
    /// Grants.
    Grant,
    /// Denies, or sends back.
    Deny,
}

struct Row {
    proposal: Proposal,
    steps: [(Verb, EventKind); 3],
    waits: &'static str,
    none: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        proposal: Proposal::Refusal,
        steps: [
            (Verb::Refuse, EventKind::RefusalAsked),
            (Verb::RefusalApprove, EventKind::Refused),
            (Verb::RefusalBack, EventKind::RefusalSentBack),
        ],
        waits: "已经提请不予受理，正等另一个人决定",
        none: "没有等待决定的不予受理提请",
    },
    Row {
        proposal: Proposal::Extension,
        steps: [
            (Verb::Extend, EventKind::ExtensionAsked),
            (Verb::ExtensionGrant, EventKind::ExtensionGranted),
            (Verb::ExtensionDeny, EventKind::ExtensionDenied),
        ],
        waits: "已经申请延长，正等另一个人决定",
        none: "没有等待决定的延长申请",
    },
    Row {
        proposal: Proposal::Reopening,
        steps: [
            (Verb::ReopenAsk, EventKind::ReopenAsked),
            (Verb::ReopenGrant, EventKind::Reopened),
            (Verb::ReopenDecline, EventKind::ReopenDeclined),
        ],
        waits: "已经申请重新办理，正等决定",
        none: "没有等待决定的重新办理申请",
    },
];

const PARTS: [Part; 3] = [Part::Ask, Part::Grant, Part::Deny];

fn find(fits: impl Fn(&(Verb, EventKind)) -> bool) -> Option<(Proposal, Part)> {
    ROWS.iter().find_map(|row| {
        let at = row.steps.iter().position(&fits)?;
        Some((row.proposal, PARTS[at]))
    })
}

impl Proposal {
    /// The part that a verb plays.
    #[must_use]
    pub fn of_verb(verb: Verb) -> Option<(Self, Part)> {
        find(|s| s.0 == verb)
    }

    /// The part that an event played.
    #[must_use]
    pub fn of_event(event: EventKind) -> Option<(Self, Part)> {
        find(|s| s.1 == event)
    }

    fn row(self) -> &'static Row {
        ROWS.iter().find(|r| r.proposal == self).unwrap_or(&ROWS[0])
    }

    /// Said to whom proposes again what waits already.
    #[must_use]
    pub fn waits(self) -> &'static str {
        self.row().waits
    }

    /// Said to whom would decide what nobody proposed.
    #[must_use]
    pub fn none(self) -> &'static str {
        self.row().none
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proposal_has_a_row_and_no_step_plays_two_parts() {
        let mut seen = Vec::new();
        for proposal in Proposal::ALL.iter().copied() {
            let row = proposal.row();
            assert_eq!(row.proposal, proposal);
            for (verb, event) in row.steps {
                assert!(!seen.contains(&verb), "{verb}");
                seen.push(verb);
                assert_eq!(Proposal::of_event(event).map(|p| p.0), Some(proposal));
            }
        }
        assert_eq!(Proposal::of_verb(Verb::Accept), None);
    }
}
