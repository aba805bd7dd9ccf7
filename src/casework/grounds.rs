//! Grounds that a decision names 情形, each with its words and its article under the version of the rule that the case
//! lives under (N-06); a person chooses exactly one. Pure.

use super::{
    deadline::ClockKind,
    law::{Matter, Version, item},
};
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
    /// Its number in the list of a version, `None` where that version does not know it.
    #[must_use]
    pub const fn number(self, version: Version) -> Option<u8> {
        Some(match (self, version) {
            (Self::Duty, _) => 1,
            (Self::Handled, _) => 2,
            (Self::NotConsumer, _) => 3,
            (Self::TooLate, _) => 4,
            (Self::Materials, _) => 5,
            (Self::Identity, Version::Measures) | (Self::Other, Version::Interim) => 6,
            (Self::Other, Version::Measures) => 7,
            (Self::Identity, Version::Interim) => return None,
        })
    }

    /// The grounds of a version, in its order.
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let known = move |g: &Self| g.number(version).is_some();
        Self::ALL.iter().copied().filter(known)
    }

    /// Its words in a version.
    #[must_use]
    pub const fn words(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Handled, Version::Interim) => {
                "法院、仲裁机构、市场监督管理部门或者其他行政机关、消费者协会或者依法成立的其他调解组织已经受理或者处理过同一消费者权益争议"
            }
            (Self::Materials, Version::Interim) => "未提供规定的材料",
            _ => self.label(),
        }
    }

    /// The article it rests on.
    #[must_use]
    pub fn article(self, version: Version) -> String {
        let item = self.number(version).map_or("", item);
        format!("{}{item}", version.cite(Matter::Refusal))
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
    /// Its number in the list of a version, `None` where that version does not know it.
    #[must_use]
    pub const fn number(self, version: Version) -> Option<u8> {
        Some(match (self, version) {
            (Self::Withdrawn, _) => 1,
            (Self::Absent, Version::Measures) | (Self::TestCost, Version::Interim) => 2,
            (Self::NoAgreement, Version::Measures) | (Self::Absent, Version::Interim) => 3,
            (Self::TestCost, Version::Measures) | (Self::NoAgreement, Version::Interim) => 4,
            (Self::Elapsed, _) => 5,
            (Self::Unfit, _) => 6,
            (Self::PartyGone, Version::Measures) | (Self::Other, Version::Interim) => 7,
            (Self::Other, Version::Measures) => 8,
            (Self::PartyGone, Version::Interim) => return None,
        })
    }

    /// The grounds of a version, in its order.
    #[must_use]
    pub fn all(version: Version) -> Vec<Self> {
        let mut all: Vec<Self> = Self::ALL.to_vec();
        all.retain(|g| g.number(version).is_some());
        all.sort_by_key(|g| g.number(version));
        all
    }

    /// Its words in a version.
    #[must_use]
    pub const fn words(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Absent, Version::Interim) => {
                "一方无正当理由不参加调解，或者被投诉人明确拒绝调解"
            }
            (Self::TestCost, Version::Interim) => {
                "双方对承担鉴定、检测的技术机构或者费用承担不能协商一致"
            }
            (Self::Elapsed, Version::Interim) => "受理之日起四十五个工作日内未能达成调解协议",
            (Self::Unfit, Version::Interim) => "受理后发现有不予受理的情形",
            _ => self.label(),
        }
    }

    /// The article it rests on.
    #[must_use]
    pub fn article(self, version: Version) -> String {
        let item = self.number(version).map_or("", item);
        format!("{}第一款{item}", version.cite(Matter::Termination))
    }
}

words! {
    /// Reasons for which the law lets a case rest 中止理由. Without one there is no suspension.
    SuspendReason {
        /// C-27.
        MediationTest = "c27", "鉴定、检测（时间不计入调解期限）";
        /// C-26.
        Recusal = "c26", "等待回避申请的决定（调解期限照走）";
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
    /// The clocks whose days are not counted meanwhile. 投办21 stops the mediation while a recusal is decided but, unlike
    /// 投办22, does not take the time out of the sixty days: the office works by the strict reading. Nor does a test
    /// move the seven days of 广告法53 or a term of 12345.
    #[must_use]
    pub const fn rests(self) -> &'static [ClockKind] {
        match self {
            Self::MediationTest => &[ClockKind::Mediation],
            Self::Recusal => &[],
            Self::VerificationTest => &[ClockKind::Verification, ClockKind::ClueVerification],
            Self::CaseTest | Self::Hearing | Self::Stayed => &[ClockKind::Decision],
        }
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
        /// After the transfer to the police (rules 4.4).
        Crime = "crime", "移送公安机关";
    }
}

words! {
    /// What a call-back found 回访结果 (C-33, 投办26).
    CallBackResult {
        Satisfied = "satisfied", "满意";
        Unsatisfied = "unsatisfied", "不满意";
        Unreached = "unreached", "联系不上";
        Other = "other", "其他";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c07_c29_the_lists_follow_the_day_of_receipt() {
        assert_eq!(Ground::all(Version::Measures).count(), 7);
        assert_eq!(
            Ground::all(Version::Interim).count(),
            6,
            "six grounds before 2026-04-15"
        );
        assert_eq!(TerminationGround::all(Version::Measures).len(), 8);
        assert_eq!(TerminationGround::all(Version::Interim).len(), 7);
        for version in Version::ALL.iter().copied() {
            let numbers: Vec<_> = Ground::all(version)
                .filter_map(|g| g.number(version))
                .collect();
            assert_eq!(
                numbers,
                (1..=u8::try_from(numbers.len()).unwrap()).collect::<Vec<_>>()
            );
            let ends = TerminationGround::all(version);
            let numbers: Vec<_> = ends.iter().filter_map(|g| g.number(version)).collect();
            assert_eq!(
                numbers,
                (1..=u8::try_from(ends.len()).unwrap()).collect::<Vec<_>>()
            );
        }
        let old = TerminationGround::Elapsed;
        assert!(old.words(Version::Interim).contains("四十五个工作日"));
        assert!(old.words(Version::Measures).contains("六十日"));
        assert!(
            old.article(Version::Interim)
                .ends_with("暂行办法》第二十一条第一款第（五）项")
        );
        assert!(
            Ground::Other
                .article(Version::Interim)
                .ends_with("第十五条第（六）项")
        );
        assert!(
            Ground::Other
                .article(Version::Measures)
                .ends_with("第十六条第（七）项")
        );
        assert!(
            Ground::Handled
                .words(Version::Interim)
                .contains("其他调解组织"),
            "other mediation bodies counted until 2026-04-14"
        );
    }
}
