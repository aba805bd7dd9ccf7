//! What a resident reads of a state and of each event, in plain words: departments, never persons; nothing of what the
//! office prepares or shares with other authorities.

use super::trader;
use crate::{
    app::App,
    casework::{
        EventKind, State,
        law::{Matter, Version, item},
    },
    kernel::{clock::china_date, words::CaseKind},
    store::case::{Case, Event},
};
use uuid::Uuid;

/// One sentence on what a state means for the resident.
#[must_use]
pub const fn plain(kind: CaseKind, state: State) -> &'static str {
    match (kind, state) {
        (CaseKind::Complaint, State::Submitted) => {
            "我们收到了，主管部门正在看，会按期告诉您受不受理。"
        }
        (CaseKind::Report, State::Submitted) => "我们收到了，正在安排人核查。",
        (_, State::MaterialsRequested) => "还缺一些材料，要补什么、补到哪一天，写在下面的文书里。",
        (_, State::Accepted) => "已经受理，接下来组织您和商家调解，调解要双方都愿意。",
        (_, State::Mediating) => "正在调解，时间和方式写在下面的文书里。",
        (CaseKind::Complaint, State::Suspended) => {
            "调解暂时停下，等鉴定、检测或者回避的决定，之后接着调解。"
        }
        (_, State::Agreed) => "您和商家已经达成协议，协议写在下面的文书里。",
        (_, State::Refused) => "这件没有受理，理由和别的办法写在下面的文书里。",
        (_, State::Terminated) => "调解已经终止。原因和别的办法会写在终止调解决定书里告诉您。",
        (_, State::Verifying | State::Testing) => "正在核查。为了不打草惊蛇，过程不能一一告诉您。",
        (_, State::NoAuthority) => "这件不归我们管，该找哪个部门写在下面的文书里。",
        (_, State::Duplicate) => "您以前就同一件事举报过，已经办过或者正在办，这件不再另办。",
        (_, State::Merged) => {
            "您后来补充的情况，已经并入先前的举报一起核查。查进度请用先前那件的编号和查询码。"
        }
        (_, State::Transferring) => {
            "这件不归我们管，已经移送给有权处理的机关，是哪个机关写在下面的文书里。"
        }
        (_, State::Transferred) => "已经移送，对方签收了。以后的处理由对方告诉您。",
        (_, State::NotFiled) => "核查完了，依法没有立案。",
        (_, State::Filed | State::Investigating | State::Suspended) => {
            "已经立案，正在调查。为了不打草惊蛇，过程不能一一告诉您。"
        }
        (_, State::Decided) => "调查完了，已经作出处理决定。",
        (_, State::Withdrawn) => "您已经撤回，这件不再办理。",
        (CaseKind::Complaint, State::Closed) => {
            "这件已经办结。对结果不满意的，可以依法申请仲裁或者向法院起诉。"
        }
        (CaseKind::Report, State::Closed) => "这件已经办结，谢谢您的举报。",
    }
}

/// The same for a complaint in which the trader's offer was taken.
pub(super) const fn plain_settled(state: State) -> Option<&'static str> {
    match state {
        State::Withdrawn | State::Terminated | State::Closed => Some(
            "您和商家已经和解，这件投诉到此结束。商家没有做到的，请告诉我们，您也可以依法申请仲裁或者向法院起诉。",
        ),
        _ => None,
    }
}

/// Who settled has not withdrawn anything: the state as its heading, where the law has both in one (C-29(1)).
pub(super) const fn label_settled(state: State) -> Option<&'static str> {
    match state {
        State::Withdrawn | State::Terminated => Some("双方已和解"),
        _ => None,
    }
}

/// The timeline in plain words: departments, never persons; `None` for what stays in the office.
#[must_use]
pub fn event_words(app: &App, case: &Case, e: &Event) -> Option<(String, String)> {
    let reference = app.reference();
    let (kind, received) = (case.kind, china_date(case.received_at));
    let department = || {
        let id = e
            .data
            .get("department")
            .and_then(|d| d.as_str())
            .and_then(|d| Uuid::parse_str(d).ok());
        reference.holder(id).to_owned()
    };
    let (title, text) = match e.kind {
        EventKind::Submitted => ("收到您的反映".to_owned(), String::new()),
        EventKind::Dispatched => {
            let reason = e.data.get("reason").and_then(|r| r.as_str()).unwrap_or("");
            let text = if e.actor == "system" {
                reason.to_owned()
            } else {
                String::new()
            };
            (format!("分给 {}", department()), text)
        }
        EventKind::Returned => (
            "退回受理岗重新分派".to_owned(),
            "部门认为不归它管，由受理岗改派，期限照算。".to_owned(),
        ),
        EventKind::Accepted => ("决定受理".to_owned(), "见受理决定书。".to_owned()),
        EventKind::Refused => (
            "决定不予受理".to_owned(),
            "理由和别的办法见决定书。".to_owned(),
        ),
        EventKind::Verifying => ("开始核查".to_owned(), String::new()),
        EventKind::Withdrawn | EventKind::Terminated if settled(e) => {
            ("双方和解，这件投诉结束".to_owned(), String::new())
        }
        EventKind::Withdrawn => ("您撤回了这件".to_owned(), String::new()),
        EventKind::Terminated if e.actor == "resident" => (
            "您撤回了投诉，终止调解".to_owned(),
            format!(
                "{}第一款{}。",
                Version::of(received).cite(Matter::Termination),
                item(1)
            ),
        ),
        EventKind::Terminated => ("终止调解".to_owned(), "原因和别的办法见决定书。".to_owned()),
        EventKind::MaterialsAsked => ("请您补充材料".to_owned(), "见通知书。".to_owned()),
        EventKind::MaterialsReceived => ("材料补齐了".to_owned(), String::new()),
        EventKind::MediationStarted => ("开始调解".to_owned(), "安排见通知书。".to_owned()),
        EventKind::Suspended if kind == CaseKind::Complaint => {
            ("调解中止".to_owned(), String::new())
        }
        EventKind::Suspended => ("暂时停下，等检测鉴定等结果".to_owned(), String::new()),
        EventKind::Resumed => ("继续办理".to_owned(), String::new()),
        EventKind::Agreed => ("双方达成协议".to_owned(), "见文书。".to_owned()),
        EventKind::NoAuthority => ("我们没有处理权限".to_owned(), "该找谁见告知书。".to_owned()),
        EventKind::Duplicate => ("同一件事已经举报过，不再另办".to_owned(), String::new()),
        EventKind::ExtensionGranted => ("经批准延长了期限".to_owned(), String::new()),
        EventKind::ExtensionRevoked => ("撤销了期限的延长".to_owned(), String::new()),
        EventKind::Filed => ("决定立案".to_owned(), String::new()),
        EventKind::NotFiled => ("决定不予立案".to_owned(), String::new()),
        EventKind::Investigating => ("开始调查".to_owned(), String::new()),
        EventKind::Decided => ("作出处理决定".to_owned(), String::new()),
        EventKind::Closed => ("办结".to_owned(), String::new()),
        EventKind::TerminationIssued
        | EventKind::TraderTold
        | EventKind::TraderInvited
        | EventKind::TraderUninvited
        | EventKind::TraderAnswered
        | EventKind::TraderSilent
        | EventKind::OfferAccepted
        | EventKind::OfferDeclined
        | EventKind::OfferLapsed => return trader::event_words(e),
        EventKind::Merged => (
            "并入您先前的举报".to_owned(),
            "和先前那件一起核查，查进度请用先前那件的编号和查询码。".to_owned(),
        ),
        EventKind::MergedIn => (
            "收到补充的新情况".to_owned(),
            "核查期限从收到之日重新计算。".to_owned(),
        ),
        EventKind::Transferred => {
            let authority = e.data.get("authority").and_then(|a| a.as_str());
            (
                format!("移送给{}", authority.unwrap_or("有权处理的机关")),
                "见告知书。".to_owned(),
            )
        }
        EventKind::TransferReceived => (
            "对方已经签收".to_owned(),
            "以后由对方处理，并把结果告诉您。".to_owned(),
        ),
        EventKind::TransferReturned => (
            "对方退回，由我们接着办".to_owned(),
            "期限照原来的算，没有停过。".to_owned(),
        ),
        EventKind::Entrusted => {
            let body = e.data.get("body").and_then(|b| b.as_str()).unwrap_or("");
            (format!("委托{body}调解"), "安排见通知书。".to_owned())
        }
        // what the office prepares, and all that concerns the police, stays in the office
        EventKind::RefusalAsked
        | EventKind::RefusalSentBack
        | EventKind::ExtensionAsked
        | EventKind::ExtensionDenied
        | EventKind::CoAdded
        | EventKind::CoDueSet
        | EventKind::CoRemoved
        | EventKind::CoDone
        | EventKind::Assigned
        | EventKind::TransferAsked
        | EventKind::HandoverAsked
        | EventKind::TransferDenied
        | EventKind::DisputeRaised
        | EventKind::DisputeReferred
        | EventKind::DisputeSettled
        | EventKind::CrimeReported
        | EventKind::CrimeApproved
        | EventKind::CrimeDenied
        | EventKind::CrimeSent
        | EventKind::PoliceAccepted
        | EventKind::PoliceRefused
        | EventKind::CrimeReviewAsked
        | EventKind::ReviewRefused
        | EventKind::CrimeSupervised
        | EventKind::CrimeGoods
        | EventKind::CrimeEnded
        | EventKind::ClueFound
        | EventKind::CalledBack
        | EventKind::AssistAsked
        | EventKind::Assisted
        | EventKind::HotlineReplied => return None,
        // what the office or the other side put in is theirs to tell
        EventKind::EvidenceAdded if e.actor != "resident" => return None,
        EventKind::EvidenceAdded => ("您补充了一份凭证".to_owned(), String::new()),
        EventKind::Asked => ("您留了言".to_owned(), String::new()),
        EventKind::Urged => ("您催办了一次".to_owned(), String::new()),
        EventKind::Rated => ("您作了评价".to_owned(), String::new()),
        EventKind::ReopenAsked => ("您申请重新办理".to_owned(), String::new()),
        EventKind::Reopened => (
            "同意重新办理".to_owned(),
            "理由见留言，期限重新起算。".to_owned(),
        ),
        EventKind::ReopenDeclined => ("没有同意重新办理".to_owned(), "理由见留言。".to_owned()),
        EventKind::Answered => ("工作人员回复了您".to_owned(), String::new()),
        EventKind::Told => ("告诉您处理情况".to_owned(), "见告知书。".to_owned()),
        EventKind::WithdrawalWished => (
            "您说希望撤回这件举报".to_owned(),
            "举报的是违法线索，办不办由部门依法决定。".to_owned(),
        ),
        EventKind::CarriedOn => ("部门决定继续办理".to_owned(), "理由见留言。".to_owned()),
        EventKind::Recomputed => ("放假安排公布，期限重新计算".to_owned(), String::new()),
    };
    Some((title, text))
}

/// Whether the last end was a settlement: a complaint that was taken up again may end another way.
pub(super) fn ended_settled(events: &[Event]) -> bool {
    let ends = |e: &&Event| {
        matches!(
            e.kind,
            EventKind::Withdrawn | EventKind::Terminated | EventKind::Agreed | EventKind::Reopened
        )
    };
    events.iter().rev().find(ends).is_some_and(settled)
}

/// Whether an end came by the complainant taking the trader's offer.
fn settled(e: &Event) -> bool {
    e.data.get("settled").and_then(serde_json::Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_last_end_says_whether_it_was_a_settlement() {
        let at = time::macros::datetime!(2026-11-24 10:00 +8);
        let event = |kind, data| Event {
            seq: 0,
            at,
            kind,
            actor: String::new(),
            staff_name: None,
            data,
        };
        let mut events = vec![
            event(EventKind::Accepted, json!({})),
            event(EventKind::Terminated, json!({ "settled": true })),
            event(EventKind::Closed, json!({})),
        ];
        assert!(ended_settled(&events));
        events.push(event(EventKind::Reopened, json!({})));
        assert!(!ended_settled(&events));
        events.push(event(EventKind::Terminated, json!({ "ground": "c29_3" })));
        assert!(!ended_settled(&events));
    }
}
