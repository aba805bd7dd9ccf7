//! The steps of the desk as its forms know them: their order, who may take them, and the names of their fields.

use crate::{
    casework::Verb,
    kernel::access::{Act as Permission, Actor},
};

/// The steps of the desk, the next legal one first; what a second person must decide goes before everything.
pub(super) const ORDER: &[Verb] = &[
    Verb::CoDone,
    Verb::RefusalApprove,
    Verb::RefusalBack,
    Verb::TransferApprove,
    Verb::TransferDeny,
    Verb::CrimeApprove,
    Verb::CrimeDeny,
    Verb::ExtensionGrant,
    Verb::ExtensionDeny,
    Verb::ReopenGrant,
    Verb::ReopenDecline,
    Verb::CrimeSend,
    Verb::CrimeGoods,
    Verb::Dispatch,
    Verb::Accept,
    Verb::Verify,
    Verb::Mediate,
    Verb::Agree,
    Verb::Resume,
    Verb::File,
    Verb::NotFile,
    Verb::Investigate,
    Verb::Decide,
    Verb::TransferReceipt,
    Verb::TransferReturned,
    Verb::Issue,
    Verb::Close,
    Verb::MaterialsDone,
    Verb::Materials,
    Verb::Refuse,
    Verb::Terminate,
    Verb::Tell,
    Verb::Carry,
    Verb::PoliceAccept,
    Verb::PoliceRefuse,
    Verb::CrimeReview,
    Verb::ReviewRefuse,
    Verb::CrimeSupervise,
    Verb::CrimeEnd,
    Verb::DisputeSettle,
    Verb::DisputeRefer,
    Verb::Assisted,
    Verb::HotlineReply,
    Verb::Reply,
    Verb::CallBack,
    Verb::Return,
    Verb::Assign,
    Verb::CoAdd,
    Verb::CoDue,
    Verb::CoRemove,
];

/// The steps that are seldom needed: under one heading, so that the usual ones stay in sight.
pub(super) const SELDOM: &[Verb] = &[
    Verb::Suspend,
    Verb::Extend,
    Verb::ExtensionRevoke,
    Verb::Entrust,
    Verb::Clue,
    Verb::NoAuthority,
    Verb::HandOver,
    Verb::Transfer,
    Verb::Duplicate,
    Verb::Merge,
    Verb::Dispute,
    Verb::CrimeReport,
    Verb::Assist,
];

/// What a role must be allowed for a step.
pub(super) const fn permission(verb: Verb, actor: &Actor) -> Permission {
    match verb {
        Verb::CoAdd | Verb::CoDue | Verb::CoRemove if actor.may(Permission::Dispatch) => {
            Permission::Dispatch
        }
        Verb::Dispatch => Permission::Dispatch,
        Verb::RefusalApprove
        | Verb::RefusalBack
        | Verb::TransferApprove
        | Verb::TransferDeny
        | Verb::CrimeApprove
        | Verb::CrimeDeny
        | Verb::ExtensionGrant
        | Verb::ExtensionDeny
        | Verb::ExtensionRevoke
        | Verb::ReopenGrant
        | Verb::ReopenDecline
        | Verb::File
        | Verb::NotFile => Permission::Approve,
        _ => Permission::Handle,
    }
}

/// The names of a step's choice and text fields, as its form posts them: names are ids too, so each step has its own.
pub(super) const fn fields(verb: Verb) -> (&'static str, &'static str) {
    match verb {
        Verb::Refuse => ("ground", "refuse_reason"),
        Verb::Dispatch => ("department", "dispatch_reason"),
        Verb::Return => ("", "return_reason"),
        Verb::Reply => ("", "reply"),
        Verb::RefusalBack => ("", "back_reason"),
        Verb::Materials => ("materials_due", "materials"),
        Verb::Mediate => ("consent", "arrangement"),
        Verb::Suspend => ("suspend_reason", ""),
        Verb::Agree => ("agreement_form", "agreement"),
        Verb::Terminate => ("termination", "terminate_reason"),
        Verb::NoAuthority => ("", "competent"),
        Verb::Duplicate => ("", "earlier"),
        Verb::NotFile => ("not_filed", "not_file_reason"),
        Verb::Decide => ("outcome", "decision"),
        Verb::Extend => ("extension", "extend_reason"),
        Verb::ExtensionDeny => ("", "deny_reason"),
        Verb::ExtensionRevoke => ("", "revoke_reason"),
        Verb::ReopenGrant => ("", "reopen_reason"),
        Verb::ReopenDecline => ("", "reopen_decline_reason"),
        Verb::Close => ("", "close_note"),
        Verb::Tell => ("", "progress"),
        Verb::Carry => ("", "carry_reason"),
        Verb::CoAdd => ("co_department", "co_reason"),
        Verb::CoDue => ("co_whose", "co_due_reason"),
        Verb::CoRemove => ("co_off", "co_off_reason"),
        Verb::CoDone => ("", "co_result"),
        Verb::Assign => ("assignee", ""),
        Verb::Merge => ("same_reporter", "lead"),
        Verb::Transfer | Verb::HandOver => ("", "transfer_reason"),
        Verb::TransferDeny => ("", "transfer_deny_reason"),
        Verb::TransferReceipt => ("", "receipt_note"),
        Verb::TransferReturned => ("", "returned_reason"),
        Verb::Dispute => ("", "dispute_reason"),
        Verb::DisputeRefer => ("", "refer_note"),
        Verb::DisputeSettle => ("settlement", "settle_note"),
        Verb::CrimeReport => ("", "crime_facts"),
        Verb::CrimeDeny => ("", "crime_deny_reason"),
        Verb::CrimeSend => ("", "crime_send_note"),
        Verb::PoliceAccept => ("", "police_accept_note"),
        Verb::PoliceRefuse => ("", "police_refuse_note"),
        Verb::CrimeReview => ("", "crime_review_note"),
        Verb::ReviewRefuse => ("", "review_refuse_note"),
        Verb::CrimeSupervise => ("", "crime_supervise_note"),
        Verb::CrimeGoods => ("", "crime_goods_note"),
        Verb::CrimeEnd => ("", "crime_end_note"),
        Verb::Entrust => ("entrust_consent", "entrust_arrangement"),
        Verb::Clue => ("", "clue"),
        Verb::CallBack => ("call_back", "call_back_note"),
        Verb::Assist => ("", "assist_what"),
        Verb::Assisted => ("", "assisted_note"),
        Verb::HotlineReply => ("", "hotline_note"),
        _ => ("", ""),
    }
}

/// A further short field of a step: name, label, hint.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
}

const fn field(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { name, label, hint }
}

/// The further fields of a step.
pub(super) const fn further(verb: Verb) -> &'static [Field] {
    match verb {
        Verb::Transfer | Verb::HandOver => {
            const {
                &[
                    field("authority", "移送给哪个机关", ""),
                    field("contact", "对方怎样联系", "电话或者地址，提交的人会看到。"),
                ]
            }
        }
        Verb::TransferReceipt => {
            const { &[field("received_on", "对方签收的日期", "例如 2026-11-08。")] }
        }
        Verb::Dispute => const { &[field("disputed_with", "和哪个部门有争议", "")] },
        Verb::CrimeReport => {
            const {
                &[
                    field("team", "专案组", "两名以上执法人员，用顿号隔开。"),
                    field("police", "移送给哪个公安机关", "同级公安机关。"),
                ]
            }
        }
        Verb::Entrust => {
            const {
                &[field(
                    "entrusted_to",
                    "委托给哪个组织",
                    "消费者协会或者依法成立的其他组织。",
                )]
            }
        }
        Verb::Clue => {
            const {
                &[field(
                    "found_on",
                    "发现线索的日期",
                    "例如 2026-11-08，期限从这一天算。",
                )]
            }
        }
        Verb::Assist => const { &[field("asked_by", "哪个机关请求协助", "")] },
        Verb::Extend => {
            const {
                &[field(
                    "minutes",
                    "集体讨论的会议纪要",
                    "文号或者日期；第一次延长不填。",
                )]
            }
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_step_stands_once_and_no_two_steps_share_a_field() {
        let all: Vec<Verb> = ORDER.iter().chain(SELDOM).copied().collect();
        let once: HashSet<Verb> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len());
        let mut names = HashSet::new();
        // of a transfer and a handover a case has only one
        for verb in all.into_iter().filter(|v| *v != Verb::HandOver) {
            let (choice, text) = fields(verb);
            let more = further(verb).iter().map(|f| f.name);
            for name in [choice, text]
                .into_iter()
                .chain(more)
                .filter(|n| !n.is_empty())
            {
                assert!(names.insert(name), "{name} of {verb}");
            }
        }
    }
}
