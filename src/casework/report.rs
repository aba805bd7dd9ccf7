//! The report's state machine (rules 4.2, R-20…R-25): one table. A report is verified, never accepted or refused. Pure.

use super::{
    EventKind as E, State as S, Verb as V,
    cases::{Edge, Stops},
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
    Edge::go(&[S::Verifying], V::Suspend, S::Testing, E::Suspended),
    Edge::go(&[S::Testing], V::Resume, S::Verifying, E::Resumed),
    //
    Edge::stay(UNDECIDED, V::Tell, E::Told).stops(Stops::Only(&[K::AdvertisingReply])).sends(N::ReportResult),
    // whom 广告法53 makes us tell is told of the filing too
    Edge::go(&[S::Verifying], V::File, S::Filed, E::Filed).stops(Stops::Only(&[K::Verification, K::AdvertisingReply])).starts(&[K::Decision]).sends(N::ReportResult),
    Edge::go(&[S::Verifying], V::NotFile, S::NotFiled, E::NotFiled).stops(Stops::All).sends(N::ReportResult),
    Edge::go(&[S::Filed], V::Investigate, S::Investigating, E::Investigating),
    Edge::go(&[S::Investigating], V::Suspend, S::Suspended, E::Suspended),
    Edge::go(&[S::Suspended], V::Resume, S::Investigating, E::Resumed),
    //
    Edge::go(&[S::Investigating], V::Decide, S::Decided, E::Decided).stops(Stops::Only(&[K::Decision])).starts(&[K::CaseClosing]).sends(N::ReportResult),
    Edge::go(&[S::Decided], V::Close, S::Closed, E::Closed).stops(Stops::All),
    // an extension is asked for, and granted or not by somebody else
    Edge::stay(TIMED, V::Extend, E::ExtensionAsked),
    Edge::stay(TIMED, V::ExtensionGrant, E::ExtensionGranted),
    Edge::stay(TIMED, V::ExtensionDeny, E::ExtensionDenied),
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
