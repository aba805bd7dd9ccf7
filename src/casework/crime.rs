//! The side branch of a report whose facts look like a crime 涉嫌犯罪移送 (rules 4.4, 国务院令310号): how far it is, and
//! which step may follow. What its steps do to the clocks stands in the report's table; the main line waits until the
//! branch has ended, because nobody may be fined instead of being transferred (Art. 11). Nothing of it is ever shown
//! outside. Pure.

use super::{EventKind, Verb};
use crate::kernel::words::words;

words! {
    /// How far a transfer to the police is.
    Stage {
        /// A written report by two people waits for the head (Art. 5).
        Reported = "reported", "等负责人决定";
        Approved = "approved", "已批准，等移送";
        /// The police decide (Art. 8).
        Sent = "sent", "已移送，等公安机关决定";
        Refused = "refused", "公安机关不予立案";
        /// Reconsideration was asked for (Art. 9).
        Review = "review", "已提请复议，等答复";
        Upheld = "upheld", "复议维持不予立案";
        /// The procuratorate was asked to supervise (Art. 9).
        Supervised = "supervised", "已建议检察院立案监督";
        /// The goods must follow (Art. 12).
        Accepted = "accepted", "公安机关已立案，等移交物品";
        HandedOver = "handed_over", "已移交公安机关";
        /// Not approved, or the police refused for good: the case goes on as a matter of penalty.
        Ended = "ended", "没有移送成";
    }
}

struct Row {
    verb: Verb,
    event: EventKind,
    from: &'static [Option<Stage>],
    to: Stage,
}

const fn row(verb: Verb, event: EventKind, from: &'static [Option<Stage>], to: Stage) -> Row {
    Row {
        verb,
        event,
        from,
        to,
    }
}

use EventKind as E;
use Stage as S;
use Verb as V;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(V::CrimeReport, E::CrimeReported, &[None, Some(S::Ended)], S::Reported),
    row(V::CrimeApprove, E::CrimeApproved, &[Some(S::Reported)], S::Approved),
    row(V::CrimeDeny, E::CrimeDenied, &[Some(S::Reported)], S::Ended),
    row(V::CrimeSend, E::CrimeSent, &[Some(S::Approved)], S::Sent),
    row(V::PoliceRefuse, E::PoliceRefused, &[Some(S::Sent)], S::Refused),
    row(V::CrimeReview, E::CrimeReviewAsked, &[Some(S::Refused)], S::Review),
    row(V::ReviewRefuse, E::ReviewRefused, &[Some(S::Review)], S::Upheld),
    row(V::CrimeSupervise, E::CrimeSupervised, &[Some(S::Upheld)], S::Supervised),
    row(V::PoliceAccept, E::PoliceAccepted, &[Some(S::Sent), Some(S::Review), Some(S::Supervised)], S::Accepted),
    row(V::CrimeGoods, E::CrimeGoods, &[Some(S::Accepted)], S::HandedOver),
    row(V::CrimeEnd, E::CrimeEnded, &[Some(S::Refused), Some(S::Upheld), Some(S::Supervised)], S::Ended),
];

impl Stage {
    /// The stage after an event; what is no event of the branch leaves it.
    #[must_use]
    pub fn after(stage: Option<Self>, event: EventKind) -> Option<Self> {
        ROWS.iter()
            .find(|r| r.event == event && r.from.contains(&stage))
            .map_or(stage, |r| Some(r.to))
    }

    /// The branch waits for somebody.
    #[must_use]
    pub const fn waits(self) -> bool {
        !matches!(self, Self::HandedOver | Self::Ended)
    }
}

/// What stands in the way of a step of the branch, or of a step that would leave it behind.
#[must_use]
pub fn obstacle(stage: Option<Stage>, verb: Verb) -> Option<&'static str> {
    if let Some(row) = ROWS.iter().find(|r| r.verb == verb) {
        return (!row.from.contains(&stage))
            .then_some("移送公安机关还没有到这一步，或者已经过了这一步");
    }
    let leaves = matches!(
        verb,
        V::NotFile
            | V::Decide
            | V::Close
            | V::NoAuthority
            | V::Duplicate
            | V::Merge
            | V::Transfer
            | V::HandOver
            | V::TransferApprove
            | V::Return
            | V::Dispatch
    );
    (leaves && stage.is_some_and(Stage::waits)).then_some("正在移送公安机关，先把移送办完或者结束")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(events: &[EventKind]) -> Option<Stage> {
        events.iter().fold(None, |s, e| Stage::after(s, *e))
    }

    #[test]
    fn order_310_leads_from_the_report_to_the_goods() {
        let accepted = [
            E::CrimeReported,
            E::CrimeApproved,
            E::CrimeSent,
            E::PoliceAccepted,
        ];
        assert_eq!(walk(&accepted), Some(S::Accepted));
        assert!(obstacle(Some(S::Accepted), V::Decide).is_some(), "Art. 11");
        assert_eq!(
            walk(&[&accepted[..], &[E::CrimeGoods]].concat()),
            Some(S::HandedOver)
        );
        assert_eq!(obstacle(Some(S::HandedOver), V::Decide), None);
    }

    #[test]
    fn a_refusal_of_the_police_leads_to_review_supervision_and_back() {
        let sent = [
            E::CrimeReported,
            E::CrimeApproved,
            E::CrimeSent,
            E::PoliceRefused,
        ];
        let review = [
            &sent[..],
            &[E::CrimeReviewAsked, E::ReviewRefused, E::CrimeSupervised],
        ]
        .concat();
        assert_eq!(walk(&review), Some(S::Supervised));
        assert_eq!(obstacle(Some(S::Supervised), V::PoliceAccept), None);
        let ended = [&sent[..], &[E::CrimeEnded]].concat();
        assert_eq!(walk(&ended), Some(S::Ended));
        assert_eq!(obstacle(Some(S::Ended), V::CrimeReport), None, "new facts");
        assert!(
            obstacle(None, V::CrimeSend).is_some(),
            "never without the head"
        );
    }

    #[test]
    fn every_stage_has_a_way_to_an_end() {
        for stage in Stage::ALL.iter().copied().filter(|s| s.waits()) {
            assert!(
                ROWS.iter().any(|r| r.from.contains(&Some(stage))),
                "{stage}"
            );
        }
    }
}
