//! What the standing of a case asks of the person at the desk, and the cases that it is tied to by its steps.

use super::{case_page::Fact, reopenings};
use crate::{
    casework::{
        EventKind, Proposal,
        flow::Request,
        standing::Standing,
        telling::{Duty, Limit},
    },
    kernel::clock::china_date,
    notices::chinese_date,
    store::case::Event,
};

/// What the standing of a case asks for: who waits for whom, whom the law makes us tell, a reporter's wish.
pub(super) fn standing_hints(
    now: &Standing,
    waits: &[(Proposal, Request)],
    duty: Option<&Duty>,
) -> Vec<String> {
    let mut out = Vec::from_iter(reopenings::rating(now));
    if let Some(wish) = &now.wish {
        out.push(format!(
            "举报人 {} 说希望撤回。办不办由部门决定：继续办的用“不因撤回意愿停办”告诉举报人，不办的按规定作出决定。",
            chinese_date(china_date(wish.at))
        ));
    }
    for (proposal, _) in waits {
        out.push(match proposal {
            Proposal::Refusal => "已经提请不予受理，等科长批准。".to_owned(),
            Proposal::Extension => "已经申请延长，等科长批准。".to_owned(),
            Proposal::Reopening => "居民申请重新办理，等没有办结它的科长决定。".to_owned(),
            Proposal::Transfer => "已经提请移送其他机关，等科长批准。".to_owned(),
            Proposal::Crime => "已经提请移送公安机关，等负责人三日内决定。".to_owned(),
        });
    }
    if let Some(stage) = now.crime {
        out.push(format!("移送公安机关：{stage}。"));
    }
    match now.dispute {
        Some(false) => out.push("管辖有争议，正在协商。".to_owned()),
        Some(true) => out.push("管辖有争议，已经报共同的上级指定。".to_owned()),
        None => {}
    }
    if let Some(duty) = duty.filter(|_| now.state.is_open()) {
        let when = match duty.limit {
            Limit::Promptly => "及时",
            Limit::Within(_) => "在期限内",
        };
        out.push(format!(
            "{}：要{when}把结果告诉举报人（{}）。",
            duty.matter, duty.article
        ));
    }
    out
}

/// Cases that this one is tied to by its steps: merged reports, a report made from a clue (C-32). Who may not see
/// one of them finds nothing behind its link.
pub(super) fn ties(events: &[Event]) -> Vec<Fact> {
    let tied = |e: &Event| {
        let (label, name) = match e.kind {
            EventKind::Merged => ("并入了先前的举报", "lead"),
            EventKind::MergedIn => ("并进来的举报，留言和材料在那一件里", "from"),
            EventKind::ClueFound => ("由线索另立的举报", "report"),
            EventKind::Submitted => ("线索来自投诉", "complaint"),
            EventKind::Duplicate => ("先前的举报", "earlier"),
            _ => return None,
        };
        let value = e.data.get(name)?.as_str()?.to_owned();
        Some(Fact { label, value })
    };
    events.iter().filter_map(tied).collect()
}
