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
        /// To another authority, the handover of food and farm produce included.
        Transfer = "transfer", "移送其他机关";
        /// Rules 4.4.
        Crime = "crime", "移送公安机关";
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
    steps: &'static [(Part, Verb, EventKind)],
    waits: &'static str,
    none: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        proposal: Proposal::Refusal,
        steps: &[
            (Part::Ask, Verb::Refuse, EventKind::RefusalAsked),
            (Part::Grant, Verb::RefusalApprove, EventKind::Refused),
            (Part::Deny, Verb::RefusalBack, EventKind::RefusalSentBack),
        ],
        waits: "已经提请不予受理，正等另一个人决定",
        none: "没有等待决定的不予受理提请",
    },
    Row {
        proposal: Proposal::Extension,
        steps: &[
            (Part::Ask, Verb::Extend, EventKind::ExtensionAsked),
            (
                Part::Grant,
                Verb::ExtensionGrant,
                EventKind::ExtensionGranted,
            ),
            (Part::Deny, Verb::ExtensionDeny, EventKind::ExtensionDenied),
        ],
        waits: "已经申请延长，正等另一个人决定",
        none: "没有等待决定的延长申请",
    },
    Row {
        proposal: Proposal::Transfer,
        steps: &[
            (Part::Ask, Verb::Transfer, EventKind::TransferAsked),
            (Part::Ask, Verb::HandOver, EventKind::HandoverAsked),
            (Part::Grant, Verb::TransferApprove, EventKind::Transferred),
            (Part::Deny, Verb::TransferDeny, EventKind::TransferDenied),
        ],
        waits: "已经提请移送，正等另一个人决定",
        none: "没有等待决定的移送提请",
    },
    Row {
        proposal: Proposal::Crime,
        steps: &[
            (Part::Ask, Verb::CrimeReport, EventKind::CrimeReported),
            (Part::Grant, Verb::CrimeApprove, EventKind::CrimeApproved),
            (Part::Deny, Verb::CrimeDeny, EventKind::CrimeDenied),
        ],
        waits: "已经提请移送公安机关，正等负责人决定",
        none: "没有等待决定的移送公安机关提请",
    },
    Row {
        proposal: Proposal::Reopening,
        steps: &[
            (Part::Ask, Verb::ReopenAsk, EventKind::ReopenAsked),
            (Part::Grant, Verb::ReopenGrant, EventKind::Reopened),
            (Part::Deny, Verb::ReopenDecline, EventKind::ReopenDeclined),
        ],
        waits: "已经申请重新办理，正等决定",
        none: "没有等待决定的重新办理申请",
    },
];

fn find(fits: impl Fn(&(Part, Verb, EventKind)) -> bool) -> Option<(Proposal, Part)> {
    ROWS.iter().find_map(|row| {
        let step = row.steps.iter().find(|s| fits(s))?;
        Some((row.proposal, step.0))
    })
}

impl Proposal {
    /// The part that a verb plays.
    #[must_use]
    pub fn of_verb(verb: Verb) -> Option<(Self, Part)> {
        find(|s| s.1 == verb)
    }

    /// The part that an event played.
    #[must_use]
    pub fn of_event(event: EventKind) -> Option<(Self, Part)> {
        find(|s| s.2 == event)
    }

    fn row(self) -> &'static Row {
        ROWS.iter().find(|r| r.proposal == self).unwrap_or(&ROWS[0])
    }

    /// The steps by which it is granted.
    pub fn grants(self) -> impl Iterator<Item = Verb> {
        let granted = |s: &&(Part, Verb, EventKind)| s.0 == Part::Grant;
        self.row().steps.iter().filter(granted).map(|s| s.1)
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
            for (part, verb, event) in row.steps.iter().copied() {
                assert!(!seen.contains(&verb), "{verb}");
                seen.push(verb);
                assert_eq!(Proposal::of_verb(verb), Some((proposal, part)));
                assert_eq!(Proposal::of_event(event), Some((proposal, part)));
            }
            assert_eq!(proposal.grants().count(), 1);
        }
        assert_eq!(Proposal::of_verb(Verb::Accept), None);
    }
}
