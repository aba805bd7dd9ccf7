//! The complaint's state machine (rules 4.1, C-20…C-31): one table. Pure.

use super::{
    EventKind as E, State as S, Verb as V,
    cases::{Edge, Stops},
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
    // C-23, C-25
    Edge::go(&[S::Accepted], V::Mediate, S::Mediating, E::MediationStarted).sends(N::Mediation),
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
    Edge::stay(S::ALL, V::Reply, E::Answered),
    Edge::stay(S::ALL, V::Write, E::Asked),
];
