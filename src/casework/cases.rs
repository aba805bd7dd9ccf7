//! The aggregate: states, verbs, events, and what a step does to the clocks. Pure; the edges stand in `complaint` and
//! `report`, the grounds in `grounds`.

use super::{co, complaint, deadline::ClockKind, report, telling::clock_beside};
use crate::{
    kernel::words::{CaseKind, words},
    notices::NoticeKind,
};

words! {
    /// State of a case 状态.
    State {
        Submitted = "submitted", "已收到";
        MaterialsRequested = "materials_requested", "待补材料";
        Accepted = "accepted", "已受理";
        Mediating = "mediating", "调解中";
        Suspended = "suspended", "已中止";
        Agreed = "agreed", "已达成协议";
        Refused = "refused", "不予受理";
        Verifying = "verifying", "核查中";
        Testing = "testing", "核查中（检测鉴定）";
        NoAuthority = "no_authority", "无处理权限";
        Duplicate = "duplicate", "重复举报";
        Merged = "merged", "已并案";
        /// Another authority has it and has not signed for it.
        Transferring = "transferring", "已移送，等对方签收";
        Transferred = "transferred", "已移送";
        Filed = "filed", "已立案";
        NotFiled = "not_filed", "不予立案";
        Investigating = "investigating", "调查中";
        Decided = "decided", "已作处理决定";
        Withdrawn = "withdrawn", "已撤回";
        Terminated = "terminated", "已终止调解";
        Closed = "closed", "已办结";
    }
}

impl State {
    /// Still waiting for an act of the office. A terminated mediation waits until both sides were told (C-30).
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Refused
                | Self::NoAuthority
                | Self::Duplicate
                | Self::Merged
                | Self::Transferred
                | Self::NotFiled
                | Self::Withdrawn
                | Self::Closed
        )
    }
}

words! {
    /// A step somebody takes. Its code is the last part of the form's address.
    Verb {
        Accept = "accept", "受理";
        Refuse = "refuse", "提请不予受理";
        RefusalApprove = "refusal-approve", "批准不予受理";
        RefusalBack = "refusal-back", "退回不予受理的提请";
        Materials = "materials", "要求补充材料";
        MaterialsDone = "materials-done", "材料已补齐";
        Mediate = "mediate", "开始调解";
        Suspend = "suspend", "中止";
        Resume = "resume", "恢复";
        Agree = "agree", "达成协议";
        Terminate = "terminate", "终止调解";
        Verify = "verify", "开始核查";
        NoAuthority = "no-authority", "告知无处理权限";
        Duplicate = "duplicate", "按重复举报办结";
        File = "file", "立案";
        NotFile = "not-file", "不予立案";
        Investigate = "investigate", "开始调查";
        Decide = "decide", "作出处理决定";
        Extend = "extend", "申请延长";
        ExtensionGrant = "extension-grant", "批准延长";
        ExtensionDeny = "extension-deny", "不批准延长";
        ExtensionRevoke = "extension-revoke", "撤销延长";
        Close = "close", "办结";
        Return = "return", "退回受理岗";
        Dispatch = "dispatch", "分送";
        Reply = "reply", "回复";
        CoAdd = "co-add", "请部门协办";
        CoDue = "co-due", "改协办期限";
        CoRemove = "co-remove", "取消协办";
        CoDone = "co-done", "办结协办";
        Assign = "assign", "指定承办人";
        Withdraw = "withdraw", "撤回";
        Issue = "issue", "发出终止调解决定书";
        TellTrader = "tell-trader", "告知经营者";
        Invite = "invite", "请经营者答复";
        InviteRevoke = "invite-revoke", "撤回邀请";
        TraderAnswer = "trader-answer", "经营者答复";
        TraderSilent = "trader-silent", "经营者没有答复";
        OfferAccept = "offer-accept", "同意经营者的方案";
        OfferDecline = "offer-decline", "不同意经营者的方案";
        OfferLapse = "offer-lapse", "经营者的方案过期";
        Write = "write", "留言";
        Urge = "urge", "催办";
        Rate = "rate", "评价";
        ReopenAsk = "reopen-ask", "申请重新办理";
        ReopenGrant = "reopen-grant", "同意重新办理";
        ReopenDecline = "reopen-decline", "不重新办理";
        /// R-25, before the case has ended.
        Tell = "tell", "告知处理情况";
        /// A report goes on although its reporter would like to take it back.
        Carry = "carry", "不因撤回意愿停办";
        ///
        Merge = "merge", "并入先前的举报";
        /// The other half of [`Self::Merge`], on the earlier report.
        MergeIn = "merge-in", "并入新的举报";
        Transfer = "transfer", "提请移送其他机关";
        /// Food and farm produce.
        HandOver = "hand-over", "提请移交并书面通知";
        TransferApprove = "transfer-approve", "批准移送";
        TransferDeny = "transfer-deny", "不批准移送";
        TransferReceipt = "transfer-receipt", "登记对方签收";
        TransferReturned = "transfer-returned", "登记对方退回";
        /// C-06.
        Dispute = "dispute", "登记管辖争议";
        DisputeRefer = "dispute-refer", "报共同上级指定管辖";
        DisputeSettle = "dispute-settle", "登记管辖结果";
        /// Rules 4.4, with what follows.
        CrimeReport = "crime-report", "提请移送公安机关";
        CrimeApprove = "crime-approve", "批准移送公安机关";
        CrimeDeny = "crime-deny", "不批准移送公安机关";
        CrimeSend = "crime-send", "登记已移送公安机关";
        PoliceAccept = "police-accept", "登记公安机关立案";
        PoliceRefuse = "police-refuse", "登记公安机关不予立案";
        CrimeReview = "crime-review", "提请公安机关复议";
        ReviewRefuse = "review-refuse", "登记复议维持不予立案";
        CrimeSupervise = "crime-supervise", "建议检察院立案监督";
        CrimeGoods = "crime-goods", "登记已移交涉案物品";
        CrimeEnd = "crime-end", "结束移送，继续行政处理";
        /// C-24.
        Entrust = "entrust", "委托调解";
        /// C-32.
        Clue = "clue", "登记违法线索，另立举报";
        /// C-33.
        CallBack = "call-back", "登记回访";
        ///
        Assist = "assist", "登记协助请求";
        Assisted = "assisted", "登记已协助";
        /// Rules 4.5.
        HotlineReply = "hotline-reply", "登记已回复 12345";
    }
}

words! {
    /// What a case's history can hold. What waits for a second person stays in the office.
    EventKind {
        Submitted = "submitted", "提交";
        Dispatched = "dispatched", "分送";
        Returned = "returned", "退回受理岗";
        MaterialsAsked = "materials_asked", "要求补充材料";
        MaterialsReceived = "materials_received", "材料已补齐";
        Accepted = "accepted", "受理";
        RefusalAsked = "refusal_asked", "提请不予受理";
        RefusalSentBack = "refusal_sent_back", "退回不予受理的提请";
        Refused = "refused", "不予受理";
        MediationStarted = "mediation_started", "开始调解";
        Suspended = "suspended", "中止";
        Resumed = "resumed", "恢复";
        Agreed = "agreed", "达成协议";
        Verifying = "verifying", "开始核查";
        NoAuthority = "no_authority", "告知无处理权限";
        Duplicate = "duplicate", "重复举报，不再处理";
        ExtensionAsked = "extension_asked", "申请延长";
        ExtensionGranted = "extension_granted", "批准延长";
        ExtensionDenied = "extension_denied", "不批准延长";
        ExtensionRevoked = "extension_revoked", "撤销延长";
        Filed = "filed", "立案";
        NotFiled = "not_filed", "不予立案";
        Investigating = "investigating", "开始调查";
        Decided = "decided", "作出处理决定";
        Withdrawn = "withdrawn", "撤回";
        Terminated = "terminated", "终止调解";
        Closed = "closed", "办结";
        TerminationIssued = "termination_issued", "发出终止调解决定书";
        TraderTold = "trader_told", "告知经营者";
        TraderInvited = "trader_invited", "请经营者答复";
        TraderUninvited = "trader_uninvited", "撤回答复邀请";
        TraderAnswered = "trader_answered", "经营者答复";
        TraderSilent = "trader_silent", "经营者没有按时答复";
        OfferAccepted = "offer_accepted", "同意经营者的方案，先行和解";
        OfferDeclined = "offer_declined", "不同意经营者的方案";
        OfferLapsed = "offer_lapsed", "经营者的方案过期";
        CoAdded = "co_added", "请部门协办";
        CoDueSet = "co_due_set", "改协办期限";
        CoRemoved = "co_removed", "取消协办";
        CoDone = "co_done", "办结协办";
        Assigned = "assigned", "指定承办人";
        Asked = "asked", "居民留言";
        EvidenceAdded = "evidence_added", "补充凭证";
        Urged = "urged", "居民催办";
        Rated = "rated", "居民评价";
        ReopenAsked = "reopen_asked", "居民申请重新办理";
        Reopened = "reopened", "重新办理";
        ReopenDeclined = "reopen_declined", "不重新办理";
        Answered = "answered", "回复";
        Recomputed = "recomputed", "期限重算";
        Told = "told", "告知处理情况";
        WithdrawalWished = "withdrawal_wished", "希望撤回";
        CarriedOn = "carried_on", "不因撤回意愿停办";
        Merged = "merged", "并入先前的举报";
        MergedIn = "merged_in", "并入新的举报，核查期限重新计算";
        TransferAsked = "transfer_asked", "提请移送其他机关";
        HandoverAsked = "handover_asked", "提请移交并书面通知";
        TransferDenied = "transfer_denied", "不批准移送";
        Transferred = "transferred", "移送其他机关";
        TransferReceived = "transfer_received", "对方签收";
        TransferReturned = "transfer_returned", "对方退回";
        DisputeRaised = "dispute_raised", "发生管辖争议";
        DisputeReferred = "dispute_referred", "报共同上级指定管辖";
        DisputeSettled = "dispute_settled", "管辖确定";
        CrimeReported = "crime_reported", "提请移送公安机关";
        CrimeApproved = "crime_approved", "批准移送公安机关";
        CrimeDenied = "crime_denied", "不批准移送公安机关";
        CrimeSent = "crime_sent", "移送公安机关";
        PoliceAccepted = "police_accepted", "公安机关立案";
        PoliceRefused = "police_refused", "公安机关不予立案";
        CrimeReviewAsked = "crime_review_asked", "提请公安机关复议";
        ReviewRefused = "review_refused", "复议维持不予立案";
        CrimeSupervised = "crime_supervised", "建议检察院立案监督";
        CrimeGoods = "crime_goods", "移交涉案物品";
        CrimeEnded = "crime_ended", "结束移送，继续行政处理";
        Entrusted = "entrusted", "委托调解";
        ClueFound = "clue_found", "调解中发现违法线索，另立举报";
        CalledBack = "called_back", "回访";
        AssistAsked = "assist_asked", "收到协助请求";
        Assisted = "assisted", "已协助";
        HotlineReplied = "hotline_replied", "已回复 12345";
    }
}

/// Which clocks a step stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// None.
    Nothing,
    /// These.
    Only(&'static [ClockKind]),
    /// Every one that runs.
    All,
}

/// The terms of 12345, met by one answer to it.
pub(super) const HOTLINE: &[ClockKind] = &[
    ClockKind::HotlineEnquiry,
    ClockKind::HotlineRequest,
    ClockKind::HotlineComplaint,
];

/// One row of a state machine: what a verb does in these states.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Where it is lawful.
    pub from: &'static [State],
    /// The step.
    pub verb: Verb,
    /// Where it leads, `None`: the state stays.
    pub to: Option<State>,
    /// Clocks that begin on its day.
    pub starts: &'static [ClockKind],
    /// Clocks that are met by it.
    pub stops: Stops,
    /// The form it sends; some only under their own condition.
    pub notice: Option<NoticeKind>,
    /// What it leaves in the history.
    pub event: EventKind,
}

impl Edge {
    /// The state afterwards.
    #[must_use]
    pub fn after(&self, state: State) -> State {
        self.to.unwrap_or(state)
    }

    /// A step that leads somewhere and touches no clock.
    pub(super) const fn go(
        from: &'static [State],
        verb: Verb,
        to: State,
        event: EventKind,
    ) -> Self {
        let to = Some(to);
        Self {
            to,
            ..Self::stay(from, verb, event)
        }
    }

    /// A step that changes no state and no clock.
    pub(super) const fn stay(from: &'static [State], verb: Verb, event: EventKind) -> Self {
        Self {
            from,
            verb,
            to: None,
            starts: &[],
            stops: Stops::Nothing,
            notice: None,
            event,
        }
    }

    pub(super) const fn starts(mut self, clocks: &'static [ClockKind]) -> Self {
        self.starts = clocks;
        self
    }

    pub(super) const fn stops(mut self, stops: Stops) -> Self {
        self.stops = stops;
        self
    }

    pub(super) const fn sends(mut self, notice: NoticeKind) -> Self {
        self.notice = Some(notice);
        self
    }
}

/// The table of a kind of case.
#[must_use]
pub const fn edges(kind: CaseKind) -> &'static [Edge] {
    match kind {
        CaseKind::Complaint => complaint::EDGES,
        CaseKind::Report => report::EDGES,
    }
}

/// The row of a verb in a state, `None` when it is not lawful now.
#[must_use]
pub fn edge(kind: CaseKind, state: State, verb: Verb) -> Option<&'static Edge> {
    let inside = || co::EDGES.iter().find(|e| e.verb == verb && state.is_open());
    edges(kind)
        .iter()
        .find(|e| e.verb == verb && e.from.contains(&state))
        .or_else(inside)
}

/// The state after a verb, by the table of the case's kind.
#[must_use]
pub fn next(kind: CaseKind, state: State, verb: Verb) -> Option<State> {
    edge(kind, state, verb).map(|e| e.after(state))
}

/// The clocks that start when a case is received: the ordinary one of its kind, then what its matter adds (广告法53).
#[must_use]
pub fn clocks_at_receipt(kind: CaseKind, problem: &str) -> Vec<ClockKind> {
    let ordinary = match kind {
        CaseKind::Complaint => ClockKind::Acceptance,
        CaseKind::Report => ClockKind::Verification,
    };
    std::iter::once(ordinary)
        .chain(clock_beside(problem))
        .collect()
}

/// What a resident is promised by a clock, after 「最迟 某日」.
#[must_use]
pub const fn promise(clock: ClockKind) -> &'static str {
    match clock {
        ClockKind::Acceptance => "前告诉您是否受理",
        ClockKind::Materials => "前请您补齐材料",
        ClockKind::Verification | ClockKind::ClueVerification => "前核查完，并决定是否立案",
        ClockKind::Mediation => "前结束调解，并告诉您结果",
        ClockKind::TerminationNotice => "前把终止调解的决定告诉双方",
        ClockKind::Decision => "前作出处理决定",
        ClockKind::AdvertisingReply => "前处理，并告诉您处理情况",
        _ => "前办完这一步",
    }
}

#[cfg(test)]
mod tests;
