//! The complaint's state machine (rules 4.1, C-20…C-31): one table. Pure.

use super::{
    EventKind as E, State as S, Verb as V,
    cases::{Edge, HOTLINE, Stops},
    deadline::ClockKind as K,
};
use crate::notices::NoticeKind as N;

const BEFORE: &[S] = &[S::Submitted, S::MaterialsRequested];
const AFTER: &[S] = &[S::Accepted, S::Mediating, S::Suspended];
/// While nothing is decided, the two sides may still find each other.
const OPEN: &[S] = &[
    S::Submitted,
    S::MaterialsRequested,
    S::Accepted,
    S::Mediating,
    S::Suspended,
];
/// Where a trader may have to be told of something.
const TOLD: &[S] = &[
    S::Submitted,
    S::MaterialsRequested,
    S::Accepted,
    S::Mediating,
    S::Suspended,
    S::Agreed,
    S::Terminated,
];
/// What is met when the complainant is told whether the complaint is accepted; 广告法53 asks for no more than that it is
/// handled and told.
const DECIDED: Stops = Stops::Only(&[K::Acceptance, K::Materials, K::AdvertisingReply]);
/// Ended by an answer of the office, which the complainant may rate and ask to look at again.
const ANSWERED: &[S] = &[S::Refused, S::Closed];
/// Out of the hands of this office for good, when a call-back may still be made (C-33).
const ENDED: &[S] = &[S::Refused, S::Withdrawn, S::Transferred, S::Closed];
/// While the mediation is in our hands a clue may be found in it (C-32).
const IN_MEDIATION: &[S] = &[
    S::Accepted,
    S::Mediating,
    S::Suspended,
    S::Agreed,
    S::Terminated,
];
/// While the case waits for an act of the office.
const PENDING: &[S] = &[
    S::Submitted,
    S::MaterialsRequested,
    S::Accepted,
    S::Mediating,
    S::Suspended,
    S::Agreed,
    S::Terminated,
    S::Transferring,
];
const MEDIATED: Stops = Stops::Only(&[K::Mediation]);

/// Every step of a complaint. Asking for a refusal moves nothing: the approval by a second person does.
#[rustfmt::skip]
pub(super) const EDGES: &[Edge] = &[
    // C-22: the acceptance clock goes on, the day for the materials lies inside it
    Edge::go(&[S::Submitted], V::Materials, S::MaterialsRequested, E::MaterialsAsked).starts(&[K::Materials]).sends(N::Materials),
    Edge::go(&[S::MaterialsRequested], V::MaterialsDone, S::Submitted, E::MaterialsReceived).stops(Stops::Only(&[K::Materials])),
    // C-20, C-28
    Edge::go(BEFORE, V::Accept, S::Accepted, E::Accepted).stops(DECIDED).starts(&[K::Mediation]).sends(N::Accepted),
    // C-07, C-21
    Edge::stay(BEFORE, V::Refuse, E::RefusalAsked),
    Edge::stay(BEFORE, V::RefusalBack, E::RefusalSentBack),
    Edge::go(BEFORE, V::RefusalApprove, S::Refused, E::Refused).stops(Stops::All).sends(N::Refused),
    Edge::go(BEFORE, V::Withdraw, S::Withdrawn, E::Withdrawn).stops(Stops::All),
    // another authority: proposed, approved by a second person, signed for, or sent back, when the terms of receipt go on
    Edge::stay(BEFORE, V::Transfer, E::TransferAsked),
    Edge::stay(BEFORE, V::HandOver, E::HandoverAsked).starts(&[K::Handover]),
    Edge::stay(BEFORE, V::TransferDeny, E::TransferDenied),
    Edge::go(BEFORE, V::TransferApprove, S::Transferring, E::Transferred).stops(Stops::All).sends(N::Transfer),
    Edge::go(&[S::Transferring], V::TransferReceipt, S::Transferred, E::TransferReceived).stops(Stops::All),
    Edge::go(&[S::Transferring], V::TransferReturned, S::Submitted, E::TransferReturned),
    // C-06
    Edge::stay(BEFORE, V::Dispute, E::DisputeRaised).starts(&[K::JurisdictionDispute]),
    Edge::stay(BEFORE, V::DisputeRefer, E::DisputeReferred).stops(Stops::Only(&[K::JurisdictionDispute])),
    Edge::stay(BEFORE, V::DisputeSettle, E::DisputeSettled).stops(Stops::Only(&[K::JurisdictionDispute])),
    // C-23, C-25
    Edge::go(&[S::Accepted], V::Mediate, S::Mediating, E::MediationStarted).sends(N::Mediation),
    // C-24
    Edge::go(&[S::Accepted, S::Mediating], V::Entrust, S::Mediating, E::Entrusted).sends(N::Mediation),
    // C-32
    Edge::stay(IN_MEDIATION, V::Clue, E::ClueFound),
    // C-26, C-27
    Edge::go(&[S::Mediating], V::Suspend, S::Suspended, E::Suspended),
    Edge::go(&[S::Suspended], V::Resume, S::Mediating, E::Resumed),
    // C-31
    Edge::go(&[S::Mediating], V::Agree, S::Agreed, E::Agreed).stops(MEDIATED).sends(N::Agreement),
    // C-29, C-30; a withdrawal after acceptance is C-29(1)
    Edge::go(AFTER, V::Terminate, S::Terminated, E::Terminated).stops(MEDIATED).starts(&[K::TerminationNotice]).sends(N::Terminated),
    Edge::go(AFTER, V::Withdraw, S::Terminated, E::Terminated).stops(MEDIATED).starts(&[K::TerminationNotice]),
    Edge::go(&[S::Agreed], V::Close, S::Closed, E::Closed).stops(Stops::All),
    Edge::go(&[S::Terminated], V::Close, S::Closed, E::Closed).stops(Stops::All),
    // C-30: who withdrew or settled after acceptance ended the mediation; the office still issues form 8, and tells both
    Edge::stay(&[S::Terminated], V::Issue, E::TerminationIssued).sends(N::Terminated),
    Edge::stay(TOLD, V::TellTrader, E::TraderTold),
    // the trader answers; a settlement then goes the way of a withdrawal, as the law has it in one item (C-29(1))
    Edge::stay(OPEN, V::Invite, E::TraderInvited),
    Edge::stay(OPEN, V::InviteRevoke, E::TraderUninvited),
    Edge::stay(OPEN, V::TraderAnswer, E::TraderAnswered),
    Edge::stay(OPEN, V::TraderSilent, E::TraderSilent),
    Edge::stay(OPEN, V::OfferAccept, E::OfferAccepted),
    Edge::stay(OPEN, V::OfferDecline, E::OfferDeclined),
    Edge::stay(OPEN, V::OfferLapse, E::OfferLapsed),
    Edge::stay(&[S::Submitted, S::MaterialsRequested, S::Accepted], V::Return, E::Returned),
    Edge::stay(&[S::Submitted, S::MaterialsRequested, S::Accepted], V::Dispatch, E::Dispatched),
    // a second look (`afterwards`): both sides are asked anew whether they mediate
    Edge::stay(ANSWERED, V::Rate, E::Rated),
    Edge::stay(ANSWERED, V::ReopenAsk, E::ReopenAsked),
    Edge::stay(ANSWERED, V::ReopenDecline, E::ReopenDeclined),
    Edge::go(&[S::Closed], V::ReopenGrant, S::Accepted, E::Reopened).starts(&[K::Mediation]),
    Edge::go(&[S::Refused], V::ReopenGrant, S::Submitted, E::Reopened).starts(&[K::Acceptance]),
    // C-33
    Edge::stay(ENDED, V::CallBack, E::CalledBack),
    // rules 4.5
    Edge::stay(PENDING, V::HotlineReply, E::HotlineReplied).stops(Stops::Only(HOTLINE)),
    Edge::stay(S::ALL, V::Reply, E::Answered),
    Edge::stay(S::ALL, V::Write, E::Asked),
];
