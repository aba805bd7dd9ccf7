//! How long what is kept is kept 保存期限 (P-12). The years are the client's to decide (归档范围和保管期限表); these are
//! settings with the defaults of the rules, and the notice of personal data (form 15) names them. Pure.

use crate::{casework::State, kernel::words::CaseKind};

/// Years after the end of a case, each a setting of `[retention]`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Complaints that were refused or withdrawn before acceptance.
    pub refused_years: u16,
    /// Files of accepted complaints.
    pub complaint_years: u16,
    /// Reports that led to no case of their own.
    pub report_years: u16,
    /// Reports that were filed, with the file of the penalty (程序规定78, 79).
    pub penalty_years: u16,
    /// Files of rewards.
    pub reward_years: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            refused_years: 3,
            complaint_years: 10,
            report_years: 10,
            penalty_years: 30,
            reward_years: 30,
        }
    }
}

impl Retention {
    /// Whether every term is one that can be meant.
    #[must_use]
    pub fn sane(&self) -> bool {
        [
            self.refused_years,
            self.complaint_years,
            self.report_years,
            self.penalty_years,
            self.reward_years,
        ]
        .iter()
        .all(|years| (1..=100).contains(years))
    }

    /// How many years the files of an ended case are kept. Whether an investigated report led to a penalty is not told
    /// apart: its files are kept for as long as those of a penalty.
    #[must_use]
    pub const fn years_of(&self, kind: CaseKind, state: State) -> u16 {
        match (kind, state) {
            (CaseKind::Complaint, State::Refused | State::Withdrawn) => self.refused_years,
            (CaseKind::Complaint, _) => self.complaint_years,
            (
                CaseKind::Report,
                State::Closed | State::Decided | State::Filed | State::Investigating,
            ) => self.penalty_years,
            (CaseKind::Report, _) => self.report_years,
        }
    }

    /// The shortest of these years.
    #[must_use]
    pub fn shortest(&self) -> u16 {
        let all = [
            self.refused_years,
            self.complaint_years,
            self.report_years,
            self.penalty_years,
        ];
        all.into_iter().min().unwrap_or(1)
    }

    /// What is kept and for how long, as form 15 tells it; a draft for `draft_days`.
    #[must_use]
    pub fn table(&self, draft_days: i64) -> Vec<(&'static str, String)> {
        let years = |n: u16| format!("{n} 年");
        vec![
            ("没有交的草稿", format!("{draft_days} 天，过期自动删除")),
            ("不予受理的、受理前撤回的投诉", years(self.refused_years)),
            ("受理了的投诉案卷", years(self.complaint_years)),
            ("没有立案的举报", years(self.report_years)),
            (
                "立案查处的举报，连同行政处罚案卷",
                years(self.penalty_years),
            ),
            ("举报奖励案卷", years(self.reward_years)),
            ("网络访问日志", "6 个月".to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p12_every_kind_of_file_has_its_term() {
        let table = Retention::default().table(7);
        let of = |what: &str| {
            let found = table.iter().find(|(k, _)| k.contains(what));
            found.map_or("", |(_, v)| v)
        };
        assert_eq!(of("不予受理"), "3 年");
        assert_eq!(of("投诉案卷"), "10 年");
        assert_eq!(of("行政处罚"), "30 年");
        assert_eq!(of("奖励"), "30 年");
        assert!(of("草稿").starts_with("7 天"));
        let never = Retention {
            report_years: 0,
            ..Retention::default()
        };
        assert!(Retention::default().sane() && !never.sane());
    }
}
