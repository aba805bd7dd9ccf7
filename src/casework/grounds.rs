//! Grounds that a decision names 情形, each with its article; a person chooses exactly one. Pure.

use crate::kernel::words::words;

words! {
    /// Refusal grounds 不予受理情形 (C-07, 投办16), exactly one of which a person chooses.
    Ground {
        Duty = "c07_1", "投诉事项不属于市场监督管理部门职责，或者本行政机关不具有处理权限";
        Handled = "c07_2", "法院、仲裁机构、市场监督管理部门或者其他行政机关、消费者协会已经受理或者处理过同一消费者权益争议";
        NotConsumer = "c07_3", "不是为生活消费需要购买、使用商品或者接受服务，或者不能证明与被投诉人之间存在消费者权益争议";
        TooLate = "c07_4", "除法律另有规定外，投诉人知道或者应当知道自己的权益受到被投诉人侵害之日起超过三年";
        Materials = "c07_5", "未提供规定的材料，或者提供虚假材料";
        Identity = "c07_6", "冒用他人身份，或者拒不配合身份核实";
        Other = "c07_7", "法律、法规、规章规定不予受理的其他情形";
    }
}

impl Ground {
    /// The article it rests on.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Duty => "《市场监督管理投诉举报处理办法》第十六条第（一）项",
            Self::Handled => "《市场监督管理投诉举报处理办法》第十六条第（二）项",
            Self::NotConsumer => "《市场监督管理投诉举报处理办法》第十六条第（三）项",
            Self::TooLate => "《市场监督管理投诉举报处理办法》第十六条第（四）项",
            Self::Materials => "《市场监督管理投诉举报处理办法》第十六条第（五）项",
            Self::Identity => "《市场监督管理投诉举报处理办法》第十六条第（六）项",
            Self::Other => "《市场监督管理投诉举报处理办法》第十六条第（七）项",
        }
    }
}

words! {
    /// Termination grounds 终止调解情形 (C-29, 投办23(1)).
    TerminationGround {
        Withdrawn = "c29_1", "投诉人撤回投诉或者双方自行和解";
        Absent = "c29_2", "一方无正当理由不参加调解，或者明确拒绝调解";
        NoAgreement = "c29_3", "一方明确表示无法达成调解协议";
        TestCost = "c29_4", "双方对鉴定、检测的费用承担不能协商一致";
        Elapsed = "c29_5", "受理之日起六十日内未能达成调解协议";
        Unfit = "c29_6", "受理后发现有不予受理的情形，或者有弄虚作假、敲诈勒索等情形";
        PartyGone = "c29_7", "一方当事人死亡或者终止";
        Other = "c29_8", "应当终止调解的其他情形";
    }
}

impl TerminationGround {
    /// The article it rests on.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Withdrawn => "《市场监督管理投诉举报处理办法》第二十三条第一款第（一）项",
            Self::Absent => "《市场监督管理投诉举报处理办法》第二十三条第一款第（二）项",
            Self::NoAgreement => "《市场监督管理投诉举报处理办法》第二十三条第一款第（三）项",
            Self::TestCost => "《市场监督管理投诉举报处理办法》第二十三条第一款第（四）项",
            Self::Elapsed => "《市场监督管理投诉举报处理办法》第二十三条第一款第（五）项",
            Self::Unfit => "《市场监督管理投诉举报处理办法》第二十三条第一款第（六）项",
            Self::PartyGone => "《市场监督管理投诉举报处理办法》第二十三条第一款第（七）项",
            Self::Other => "《市场监督管理投诉举报处理办法》第二十三条第一款第（八）项",
        }
    }
}

words! {
    /// Reasons for which the law lets a case rest 中止理由. Without one there is no suspension.
    SuspendReason {
        /// C-27.
        MediationTest = "c27", "鉴定、检测（第二十二条，时间不计入调解期限）";
        /// C-26.
        Recusal = "c26", "等待回避申请的决定（第二十一条，调解期限照走）";
        ///
        VerificationTest = "r20", "检测、检验、检疫、鉴定（程序规定第十八条，时间不计入）";
        ///
        CaseTest = "r22_1", "检测、检验、检疫、鉴定（程序规定第六十四条，时间不计入）";
        ///
        Hearing = "r22_2", "听证、公告（程序规定第六十四条，时间不计入）";
        ///
        Stayed = "r22_3", "案件中止（程序规定第六十四条，时间不计入）";
    }
}

impl SuspendReason {
    /// Whether its days are not counted. 投办21 stops the mediation while a recusal is decided but, unlike 投办22, does
    /// not take the time out of the sixty days: the office works by the strict reading.
    #[must_use]
    pub const fn stops_the_clock(self) -> bool {
        !matches!(self, Self::Recusal)
    }

    /// Whether the law knows it in this state.
    #[must_use]
    pub const fn lawful_in(self, state: super::State) -> bool {
        use super::State;
        match self {
            Self::MediationTest | Self::Recusal => matches!(state, State::Mediating),
            Self::VerificationTest => matches!(state, State::Verifying),
            Self::CaseTest | Self::Hearing | Self::Stayed => matches!(state, State::Investigating),
        }
    }
}

words! {
    /// Grounds not to file a case 不予立案情形 (R-21, 程序规定19, 20).
    NotFiledGround {
        Unfounded = "r21_0", "经核查，不符合立案条件";
        Minor = "r21_1", "违法行为轻微并及时改正，没有造成危害后果";
        First = "r21_2", "初次违法且危害后果轻微并及时改正";
        NoFault = "r21_3", "当事人有证据足以证明没有主观过错";
        Other = "r21_4", "依法可以不予立案的其他情形";
    }
}

words! {
    /// What a filed case ended with 处理决定.
    Outcome {
        Penalty = "penalty", "给予行政处罚";
        NoPenalty = "no_penalty", "依法不予行政处罚";
        Unfounded = "unfounded", "违法事实不能成立";
        Elsewhere = "elsewhere", "移送其他行政机关";
    }
}

words! {
    /// How an agreement is kept (C-31, 投办24).
    AgreementForm {
        Document = "document", "制作调解书，双方签字后生效";
        Performed = "performed", "当场履行完毕，不制作调解书，留调解记录";
        Waived = "waived", "双方同意不制作调解书，留调解记录";
    }
}
