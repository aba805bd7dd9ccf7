//! The terms of the law as rows with effective dates (rules §4, §6, §14). Law changes by adding a row: the old row gets
//! an end, cases received before keep it (N-06). A row is never edited after cases have used it.

use super::Term;
use crate::kernel::words::words;
use time::{Date, macros::date};

words! {
    /// What is being waited for 期限种类.
    ClockKind {
        /// Accept or refuse, and tell the complainant (C-20).
        Acceptance = "acceptance", "受理告知";
        /// Proof of identity (C-22): the officer sets a day inside the acceptance term.
        Materials = "materials", "补充材料";
        /// Mediation ends (C-28).
        Mediation = "mediation", "调解";
        /// Tell both sides of a termination (C-30).
        TerminationNotice = "termination_notice", "终止调解告知";
        /// A clue found in mediation (C-32).
        ClueVerification = "clue_verification", "线索核查";
        /// The trader's answer to an invitation (a setting).
        TraderAnswer = "trader_answer", "经营者答复";
        /// Departments agree who is competent (C-06).
        JurisdictionDispute = "jurisdiction_dispute", "管辖协商";
        /// Verify a report and decide on filing.
        Verification = "verification", "核查";
        /// Tell the reporter that another department is competent.
        NoAuthorityNotice = "no_authority", "无处理权限告知";
        /// Tell a real-name reporter of the filing decision; no such duty since 2026-04-15.
        ReporterNotice = "reporter_notice", "告知举报人";
        /// Decision in the case.
        Decision = "decision", "处理决定";
        /// Closing form.
        CaseClosing = "case_closing", "结案";
        /// Another authority asks for help.
        Assistance = "assistance", "协助调查";
        /// Advertising: handle and tell.
        AdvertisingReply = "advertising_reply", "广告举报答复";
        /// Food, farm produce: hand over and notify in writing.
        Handover = "handover", "移交并书面通知";
        /// The head decides on a transfer to the police.
        CrimeTransfer = "crime_transfer", "涉嫌犯罪移送决定";
        /// Hand the case to the police once the head has approved.
        CrimeSend = "crime_send", "移送公安机关";
        /// The police decide whether to open a case.
        PoliceDecision = "police_decision", "公安机关决定";
        /// Ask the police to reconsider.
        CrimeReview = "crime_review", "提请复议";
        /// The police answer to that.
        PoliceReview = "police_review", "公安机关复议答复";
        /// Ask the procuratorate to supervise.
        CrimeSupervision = "crime_supervision", "建议立案监督";
        /// Hand over the goods once the police have opened a case.
        CrimeGoods = "crime_goods", "移交涉案物品";
        /// 12345: enquiry.
        HotlineEnquiry = "hotline_enquiry", "热线咨询办理";
        /// 12345: request for help, suggestion.
        HotlineRequest = "hotline_request", "热线求助办理";
        /// 12345: complaint, report.
        HotlineComplaint = "hotline_complaint", "热线投诉举报办理";
        /// Tell the reporter about the reward (W-05).
        RewardNotice = "reward_notice", "奖励告知";
        /// Collect the reward (W-07).
        RewardCollect = "reward_collect", "奖励领取";
        /// Objection to the amount (W-08).
        RewardReview = "reward_review", "奖励复核申请";
        /// Publish a closed complaint (D-05).
        Publication = "publication", "投诉公示";
        /// Decide on an objection to a publication (D-08).
        Objection = "objection", "公示异议处理";
        /// The operator reports a possible defect (K-02).
        RecallReport = "recall_report", "缺陷报告";
        /// The provincial department tells the producer to investigate (K-02).
        RecallNotice = "recall_notice", "通知生产者调查";
        /// The producer's recall plan (K-02).
        RecallPlan = "recall_plan", "召回计划";
    }
}

impl ClockKind {
    /// Whether a resident is promised its date: what the law owes the resident, nothing of how the office gets there.
    #[must_use]
    pub const fn is_promised(self) -> bool {
        matches!(
            self,
            Self::Acceptance
                | Self::Mediation
                | Self::TerminationNotice
                | Self::Verification
                | Self::Decision
                | Self::CaseClosing
                | Self::AdvertisingReply
        )
    }

    /// Whether somebody else must meet it: shown, and never the office's own next date.
    #[must_use]
    pub const fn is_of_others(self) -> bool {
        matches!(self, Self::PoliceDecision | Self::PoliceReview)
    }

    /// Whether it is a term of 12345, which lies beside the law's (rules 4.5).
    #[must_use]
    pub const fn is_of_hotline(self) -> bool {
        matches!(
            self,
            Self::HotlineEnquiry | Self::HotlineRequest | Self::HotlineComplaint
        )
    }
}

/// One term of the law in force for some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct DeadlineRule {
    /// Stable id that is stored with the clock: the rule's id, with its version when it was replaced (`C-20/2020`).
    pub id: &'static str,
    /// What is being waited for.
    pub clock: ClockKind,
    /// How long.
    pub term: Term,
    /// The article as it is cited to people.
    pub article: &'static str,
    /// First day of receipt to which it applies, `None` = always before.
    pub effective_from: Option<Date>,
    /// Last day of receipt to which it applies, `None` = still in force.
    pub effective_until: Option<Date>,
    /// The longest extension that may be approved.
    pub max_extension: Option<Term>,
    /// The longest further extension by collective decision, once the first has been used.
    pub collective: Option<Term>,
    /// What must be done, in plain words.
    pub summary: &'static str,
}

impl DeadlineRule {
    /// Whether it applies to a case received on this day (N-06).
    #[must_use]
    pub fn applies(&self, received: Date) -> bool {
        self.effective_from.is_none_or(|from| from <= received)
            && self.effective_until.is_none_or(|until| received <= until)
    }

    /// In force without end on either side; narrowed with [`Self::since_2026`] and [`Self::until_2026`].
    const fn new(
        id: &'static str,
        clock: ClockKind,
        term: Term,
        article: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            id,
            clock,
            term,
            article,
            effective_from: None,
            effective_until: None,
            max_extension: None,
            collective: None,
            summary,
        }
    }

    const fn extend(mut self, by: Term) -> Self {
        self.max_extension = Some(by);
        self
    }

    const fn then_collectively(mut self, by: Term) -> Self {
        self.collective = Some(by);
        self
    }

    const fn since_2026(mut self) -> Self {
        self.effective_from = Some(date!(2026 - 04 - 15));
        self
    }

    const fn until_2026(mut self) -> Self {
        self.effective_until = Some(date!(2026 - 04 - 14));
        self
    }
}

use ClockKind as K;
use Term::{Days, Hours, WorkingDays};

const fn rule(
    id: &'static str,
    clock: K,
    term: Term,
    article: &'static str,
    summary: &'static str,
) -> DeadlineRule {
    DeadlineRule::new(id, clock, term, article, summary)
}

/// Every term, newest version of a clock first. Rows marked \[mem\] in the rules are defaults for the legal office.
#[rustfmt::skip]
pub static RULES: &[DeadlineRule] = &[
    rule("C-20", K::Acceptance, WorkingDays(7), "《市场监督管理投诉举报处理办法》第十五条", "收到投诉后七个工作日内决定是否受理，并告知投诉人").since_2026(),
    rule("C-20/2020", K::Acceptance, WorkingDays(7), "《市场监督管理投诉举报处理暂行办法》第十四条", "收到投诉后七个工作日内决定是否受理，并告知投诉人").until_2026(),
    rule("C-22", K::Materials, WorkingDays(7), "《市场监督管理投诉举报处理办法》第十条", "补充身份证明的日期由承办人确定，须在受理期限之内，受理期限不因此停止").since_2026(),
    rule("C-22/2020", K::Materials, WorkingDays(7), "《市场监督管理投诉举报处理暂行办法》第九条", "补充材料的日期由承办人确定，须在受理期限之内，受理期限不因此停止").until_2026(),
    rule("C-28", K::Mediation, Days(60), "《市场监督管理投诉举报处理办法》第二十三条", "受理后六十日内未能达成调解协议的，终止调解；鉴定、检测的时间不计入").since_2026(),
    rule("C-28/2020", K::Mediation, WorkingDays(45), "《市场监督管理投诉举报处理暂行办法》第二十一条", "受理后四十五个工作日内未能达成调解协议的，终止调解；鉴定、检测的时间不计入").until_2026(),
    rule("C-30", K::TerminationNotice, WorkingDays(7), "《市场监督管理投诉举报处理办法》第二十三条第二款", "作出终止调解决定后七个工作日内告知双方").since_2026(),
    rule("C-30/2020", K::TerminationNotice, WorkingDays(7), "《市场监督管理投诉举报处理暂行办法》第二十一条第二款", "作出终止调解决定后七个工作日内告知双方").until_2026(),
    rule("C-32", K::ClueVerification, WorkingDays(15), "《市场监督管理投诉举报处理办法》第二十七条", "调解中发现违法线索，十五个工作日内核查，经批准可以延长十五个工作日").since_2026().extend(WorkingDays(15)),
    rule("C-32/2020", K::ClueVerification, WorkingDays(15), "《市场监督管理投诉举报处理暂行办法》第二十三条", "调解中发现违法线索，十五个工作日内核查，经批准可以延长十五个工作日").until_2026().extend(WorkingDays(15)),
    rule("S-TRADER", K::TraderAnswer, WorkingDays(5), "本平台设置", "请经营者在五个工作日内答复，逾期不影响法定程序"),
    rule("C-06", K::JurisdictionDispute, WorkingDays(7), "《市场监督管理投诉举报处理办法》第三十三条", "发生管辖争议后七个工作日内协商，协商不成报共同的上级指定"),
    rule("R-20", K::Verification, WorkingDays(15), "《市场监督管理行政处罚程序规定》第十八条", "收到举报后十五个工作日内核查并决定是否立案，经批准可以延长十五个工作日；检测、鉴定的时间不计入").extend(WorkingDays(15)),
    rule("R-03", K::NoAuthorityNotice, WorkingDays(15), "《市场监督管理投诉举报处理办法》第三十四条", "没有处理权限的，告知举报人；法律未定期限，最迟按核查期限办理").since_2026(),
    rule("R-03/2020", K::NoAuthorityNotice, WorkingDays(15), "《市场监督管理投诉举报处理暂行办法》第二十九条", "没有处理权限的，告知举报人；法律未定期限，最迟按核查期限办理").until_2026(),
    rule("R-25/2020", K::ReporterNotice, WorkingDays(5), "《市场监督管理投诉举报处理暂行办法》第三十一条第二款", "作出是否立案的决定后五个工作日内告知实名举报人").until_2026(),
    rule("R-22", K::Decision, Days(90), "《市场监督管理行政处罚程序规定》第六十四条", "立案后九十日内作出处理决定，经批准可以延长三十日，仍不能作出的由负责人集体讨论决定再延长；中止、听证、公告、检测的时间不计入").extend(Days(30)).then_collectively(Days(90)),
    rule("R-23", K::CaseClosing, WorkingDays(15), "《市场监督管理行政处罚程序规定》第七十七条", "十五个工作日内填写结案审批表"),
    rule("R-24", K::Assistance, WorkingDays(15), "《市场监督管理行政处罚程序规定》第四十五条", "收到协助请求后十五个工作日内协助"),
    rule("R-25", K::AdvertisingReply, WorkingDays(7), "《中华人民共和国广告法》第五十三条", "广告投诉举报，收到后七个工作日内处理并告知投诉、举报人"),
    rule("R-25/HAND", K::Handover, WorkingDays(1), "《中华人民共和国食品安全法》第一百一十五条、《中华人民共和国农产品质量安全法》第五十六条", "不属于本部门职责的，移交有权处理的部门并书面通知；法律未定期限，本平台按一个工作日"),
    rule("R-310", K::CrimeTransfer, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第五条", "收到报告后三日内决定是否移送公安机关"),
    rule("R-310/24H", K::CrimeSend, Hours(24), "《行政执法机关移送涉嫌犯罪案件的规定》第五条", "批准后二十四小时内向同级公安机关移送"),
    rule("R-310/POLICE", K::PoliceDecision, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第八条", "公安机关接受移送后三日内决定是否立案"),
    rule("R-310/REVIEW", K::CrimeReview, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第九条", "接到不予立案通知后三日内可以提请公安机关复议"),
    rule("R-310/ANSWER", K::PoliceReview, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第九条", "公安机关收到复议提请后三日内决定"),
    rule("R-310/SUPER", K::CrimeSupervision, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第九条", "接到复议决定后三日内可以建议检察院立案监督"),
    rule("R-310/GOODS", K::CrimeGoods, Days(3), "《行政执法机关移送涉嫌犯罪案件的规定》第十二条", "接到立案通知后三日内移交涉案物品和材料"),
    rule("H-12345/3", K::HotlineEnquiry, WorkingDays(3), "四川省12345热线办理规定（省政府办公厅2025年12月印发）", "热线咨询三个工作日内办理"),
    rule("H-12345/7", K::HotlineRequest, WorkingDays(7), "四川省12345热线办理规定（省政府办公厅2025年12月印发）", "热线求助、意见建议七个工作日内办理"),
    rule("H-12345/15", K::HotlineComplaint, WorkingDays(15), "四川省12345热线办理规定（省政府办公厅2025年12月印发）", "热线投诉、举报十五个工作日内办理；法定的受理期限另行计算"),
    rule("W-05", K::RewardNotice, WorkingDays(15), "《市场监管领域重大违法行为举报奖励暂行办法》", "结案或者移送后十五个工作日内告知举报人"),
    rule("W-07", K::RewardCollect, WorkingDays(30), "《市场监管领域重大违法行为举报奖励暂行办法》", "接到奖励决定通知后三十个工作日内领取，可以延长十个工作日，无正当理由逾期视为放弃").extend(WorkingDays(10)),
    rule("W-08", K::RewardReview, WorkingDays(10), "《市场监管领域重大违法行为举报奖励暂行办法》", "对奖励金额有异议的，接到通知后十个工作日内申请复核"),
    rule("D-05", K::Publication, WorkingDays(7), "《市场监督管理投诉信息公示暂行规则》", "办结后七个工作日内公示，最迟不超过二十个工作日").extend(WorkingDays(13)),
    rule("K-02/8", K::RecallReport, WorkingDays(2), "《消费品召回管理暂行规定》第八条", "经营者知道产品造成死亡、严重伤害或者重大财产损失的，两个工作日内向省级市场监督管理部门报告"),
    rule("K-02/9", K::RecallNotice, WorkingDays(3), "《消费品召回管理暂行规定》第九条", "省级市场监督管理部门接到报告后三个工作日内通知生产者调查分析"),
    rule("K-02/17", K::RecallPlan, WorkingDays(10), "《消费品召回管理暂行规定》第十七条", "生产者实施召回的，十个工作日内提交召回计划"),
    rule("D-08", K::Objection, WorkingDays(7), "《市场监督管理投诉信息公示暂行规则》", "收到异议后七个工作日内核实处理"),
];

/// The rule in force for this clock in a case received on that day; `None` when the law knew no such duty.
#[must_use]
pub fn current_rule(clock: ClockKind, received: Date) -> Option<&'static DeadlineRule> {
    RULES
        .iter()
        .find(|r| r.clock == clock && r.applies(received))
}

/// Like [`current_rule`] for clocks that always have one (all but [`ClockKind::ReporterNotice`], a test holds it);
/// for that one its last rule.
#[must_use]
pub fn rule_for(clock: ClockKind, received: Date) -> &'static DeadlineRule {
    current_rule(clock, received)
        .or_else(|| RULES.iter().find(|r| r.clock == clock))
        .unwrap_or(&RULES[0])
}

/// The rule with this stored id.
#[must_use]
pub fn rule_by_id(id: &str) -> Option<&'static DeadlineRule> {
    RULES.iter().find(|r| r.id == id)
}
