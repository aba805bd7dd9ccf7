//! The report's state machine (rules 4.2, R-20…R-25): one table. A report is verified, never accepted or refused. Pure.

use super::{
    EventKind as E, State as S, Verb as V,
    cases::{Edge, HOTLINE, Stops},
    deadline::ClockKind as K,
};
use crate::notices::NoticeKind as N;

const EARLY: &[S] = &[S::Submitted, S::Verifying];
/// Where a clock runs that the law lets be extended.
const TIMED: &[S] = &[S::Submitted, S::Verifying, S::Filed, S::Investigating];
/// Before the end is decided: a reporter may be told how far it is, or may wish to take it back.
const UNDECIDED: &[S] = &[
    S::Submitted,
    S::Verifying,
    S::Testing,
    S::Filed,
    S::Investigating,
    S::Suspended,
];
/// Before it is decided whether a case is filed.
const UNFILED: &[S] = &[S::Submitted, S::Verifying, S::Testing];
/// Where facts may show that it looks like a crime (rules 4.4).
const PROBED: &[S] = &[
    S::Verifying,
    S::Testing,
    S::Filed,
    S::Investigating,
    S::Suspended,
];
/// While the case waits for an act of the office.
const PENDING: &[S] = &[
    S::Submitted,
    S::Verifying,
    S::Testing,
    S::Filed,
    S::Investigating,
    S::Suspended,
    S::Decided,
    S::Transferring,
];
const VERIFIED: Stops = Stops::Only(&[K::Verification, K::ClueVerification, K::AdvertisingReply]);

/// Ended by an answer of the office, which the reporter may rate and ask to look at again.
const ANSWERED: &[S] = &[S::NoAuthority, S::Duplicate, S::NotFiled, S::Closed];

/// Every step of a report. Asking for an extension moves nothing: the grant by a second person moves the date. The seven
/// days of 广告法53 are met by what tells the reporter: form 10 to 12, or a decision that sends one of them.
#[rustfmt::skip]
pub(super) const EDGES: &[Edge] = &[
    // its clock runs from receipt
    Edge::go(&[S::Submitted], V::Verify, S::Verifying, E::Verifying),
    //
    Edge::go(EARLY, V::NoAuthority, S::NoAuthority, E::NoAuthority).stops(Stops::All).sends(N::NoAuthority),
    //
    Edge::go(EARLY, V::Duplicate, S::Duplicate, E::Duplicate).stops(Stops::All),
    Edge::go(EARLY, V::Merge, S::Merged, E::Merged).stops(Stops::All),
    Edge::stay(UNFILED, V::MergeIn, E::MergedIn),
    // another authority, as for a complaint
    Edge::stay(EARLY, V::Transfer, E::TransferAsked),
    Edge::stay(EARLY, V::HandOver, E::HandoverAsked).starts(&[K::Handover]),
    Edge::stay(EARLY, V::TransferDeny, E::TransferDenied),
    Edge::go(EARLY, V::TransferApprove, S::Transferring, E::Transferred).stops(Stops::All).sends(N::Transfer),
    Edge::go(&[S::Transferring], V::TransferReceipt, S::Transferred, E::TransferReceived).stops(Stops::All),
    Edge::go(&[S::Transferring], V::TransferReturned, S::Submitted, E::TransferReturned),
    // C-06
    Edge::stay(UNFILED, V::Dispute, E::DisputeRaised).starts(&[K::JurisdictionDispute]),
    Edge::stay(UNFILED, V::DisputeRefer, E::DisputeReferred).stops(Stops::Only(&[K::JurisdictionDispute])),
    Edge::stay(UNFILED, V::DisputeSettle, E::DisputeSettled).stops(Stops::Only(&[K::JurisdictionDispute])),
    Edge::go(&[S::Verifying], V::Suspend, S::Testing, E::Suspended),
    Edge::go(&[S::Testing], V::Resume, S::Verifying, E::Resumed),
    //
    Edge::stay(UNDECIDED, V::Tell, E::Told).stops(Stops::Only(&[K::AdvertisingReply])).sends(N::ReportResult),
    // whom 广告法53 makes us tell is told of the filing too
    Edge::go(&[S::Verifying], V::File, S::Filed, E::Filed).stops(VERIFIED).starts(&[K::Decision]).sends(N::ReportResult),
    Edge::go(&[S::Verifying], V::NotFile, S::NotFiled, E::NotFiled).stops(Stops::All).sends(N::ReportResult),
    Edge::go(&[S::Filed], V::Investigate, S::Investigating, E::Investigating),
    Edge::go(&[S::Investigating], V::Suspend, S::Suspended, E::Suspended),
    Edge::go(&[S::Suspended], V::Resume, S::Investigating, E::Resumed),
    //
    Edge::go(&[S::Investigating], V::Decide, S::Decided, E::Decided).stops(Stops::Only(&[K::Decision])).starts(&[K::CaseClosing]).sends(N::ReportResult),
    Edge::go(&[S::Decided], V::Close, S::Closed, E::Closed).stops(Stops::All),
    // rules 4.4: in which order stands in `crime`
    Edge::stay(PROBED, V::CrimeReport, E::CrimeReported).starts(&[K::CrimeTransfer]),
    Edge::stay(PROBED, V::CrimeApprove, E::CrimeApproved).stops(Stops::Only(&[K::CrimeTransfer])).starts(&[K::CrimeSend]),
    Edge::stay(PROBED, V::CrimeDeny, E::CrimeDenied).stops(Stops::Only(&[K::CrimeTransfer])),
    Edge::stay(PROBED, V::CrimeSend, E::CrimeSent).stops(Stops::Only(&[K::CrimeSend])).starts(&[K::PoliceDecision]),
    Edge::stay(PROBED, V::PoliceRefuse, E::PoliceRefused).stops(Stops::Only(&[K::PoliceDecision])).starts(&[K::CrimeReview]),
    Edge::stay(PROBED, V::CrimeReview, E::CrimeReviewAsked).stops(Stops::Only(&[K::CrimeReview])).starts(&[K::PoliceReview]),
    Edge::stay(PROBED, V::ReviewRefuse, E::ReviewRefused).stops(Stops::Only(&[K::PoliceReview])).starts(&[K::CrimeSupervision]),
    Edge::stay(PROBED, V::CrimeSupervise, E::CrimeSupervised).stops(Stops::Only(&[K::CrimeSupervision])),
    Edge::stay(PROBED, V::PoliceAccept, E::PoliceAccepted).stops(Stops::Only(&[K::PoliceDecision, K::PoliceReview])).starts(&[K::CrimeGoods]),
    Edge::stay(PROBED, V::CrimeGoods, E::CrimeGoods).stops(Stops::Only(&[K::CrimeGoods])),
    Edge::stay(PROBED, V::CrimeEnd, E::CrimeEnded).stops(Stops::Only(&[K::CrimeReview, K::CrimeSupervision])),
    //
    Edge::stay(UNDECIDED, V::Assist, E::AssistAsked).starts(&[K::Assistance]),
    Edge::stay(UNDECIDED, V::Assisted, E::Assisted).stops(Stops::Only(&[K::Assistance])),
    // rules 4.5
    Edge::stay(PENDING, V::HotlineReply, E::HotlineReplied).stops(Stops::Only(HOTLINE)),
    // an extension is asked for, and granted or not by somebody else, while its clock rests too
    Edge::stay(TIMED, V::Extend, E::ExtensionAsked),
    Edge::stay(UNDECIDED, V::ExtensionGrant, E::ExtensionGranted),
    Edge::stay(UNDECIDED, V::ExtensionDeny, E::ExtensionDenied),
    Edge::stay(TIMED, V::ExtensionRevoke, E::ExtensionRevoked),
    // a reporter may wish it back; the department still decides whether it verifies, and ends it by another row
    Edge::stay(UNDECIDED, V::Withdraw, E::WithdrawalWished),
    Edge::stay(UNDECIDED, V::Carry, E::CarriedOn),
    Edge::stay(EARLY, V::Return, E::Returned),
    Edge::stay(EARLY, V::Dispatch, E::Dispatched),
    // a second look (`afterwards`): what came with the request is verified, what was decided stands
    Edge::stay(ANSWERED, V::Rate, E::Rated),
    Edge::stay(ANSWERED, V::ReopenAsk, E::ReopenAsked),
    Edge::stay(ANSWERED, V::ReopenDecline, E::ReopenDeclined),
    Edge::go(ANSWERED, V::ReopenGrant, S::Verifying, E::Reopened).starts(&[K::Verification]),
    Edge::stay(S::ALL, V::Reply, E::Answered),
    Edge::stay(S::ALL, V::Write, E::Asked),
];
