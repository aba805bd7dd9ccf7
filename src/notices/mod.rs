//! The forms of the office 文书 (rules §5): which, and their text with the legal blocks that may not be missing. Pure.
//! Acceptance and refusal stand here, mediation in `mediation`, what a reporter is told in `report`, the trader's
//! copies in `trader`, what the counter takes down in `registration`, what leaves the department in `out`.

mod mediation;
pub mod out;
mod registration;
mod report;
pub mod trader;

pub use mediation::{agreement, entrusted, materials, mediation, terminated};
pub use registration::{Registration, registration};
pub use report::{no_authority, progress, result};

use crate::{
    casework::{
        Ground,
        deadline::DeadlineRule,
        law::{Matter, Version},
    },
    error::FieldError,
    kernel::words::words,
};
use time::Date;

words! {
    /// Kind of notice.
    NoticeKind {
        /// To the department that handles the case (投办41); stays in the office.
        Dispatch = "dispatch", "分送通知书";
        Materials = "materials", "限期提供材料通知书";
        Accepted = "accepted", "投诉受理决定书";
        Refused = "refused", "投诉不予受理决定书";
        Mediation = "mediation", "投诉调解通知书";
        Terminated = "terminated", "投诉终止调解决定书";
        Agreement = "agreement", "投诉调解书";
        /// Kept when no 调解书 is made (C-31); no form of the set.
        Record = "record", "投诉调解记录";
        ReportResult = "report_result", "举报处理结果告知书";
        NoAuthority = "no_authority", "无处理权限告知书";
        Handover = "handover", "移交告知书";
        /// To the trader; no form of the set.
        Invitation = "invitation", "经营者答复邀请函";
        /// To the resident, where no law names a form.
        Transfer = "transfer", "移送告知书";
        /// To the other authority.
        TransferLetter = "transfer_letter", "案件移送函";
        /// To the police.
        CrimeLetter = "crime_letter", "涉嫌犯罪案件移送书";
    }
}

impl NoticeKind {
    /// Its number in rules §5; above 100 it is no form of the set.
    #[must_use]
    pub const fn form(self) -> i32 {
        match self {
            Self::Dispatch => 3,
            Self::Materials => 4,
            Self::Accepted => 5,
            Self::Refused => 6,
            Self::Mediation => 7,
            Self::Terminated => 8,
            Self::Agreement => 9,
            Self::ReportResult => 10,
            Self::NoAuthority => 11,
            Self::Handover => 12,
            Self::Record => 109,
            Self::Invitation => 110,
            Self::Transfer => 111,
            Self::TransferLetter => 112,
            Self::CrimeLetter => 113,
        }
    }

    /// Between authorities: no resident ever reads it.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::Dispatch | Self::TransferLetter | Self::CrimeLetter
        )
    }

    /// The kind with this form number.
    #[must_use]
    pub fn from_form(form: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.form() == form)
    }
}

/// The other ways of 消保法39, which every refusal must name (C-21).
pub const REMEDIES: &str = "您还可以通过下列途径解决（《中华人民共和国消费者权益保护法》第三十九条）：\n\
（一）与经营者协商和解；\n\
（二）请求消费者协会或者依法成立的其他调解组织调解；\n\
（三）向有关行政部门投诉；\n\
（四）根据与经营者达成的仲裁协议提请仲裁机构仲裁；\n\
（五）向人民法院提起诉讼。";

/// Longest reason of a refusal, in characters.
pub const EXPLANATION_MAX: usize = 1000;

/// What an officer wrote for a notice, checked: nobody is told nothing.
fn written<'a>(text: &'a str, missing: &'static str) -> Result<&'a str, FieldError> {
    let text = text.trim();
    match text.chars().count() {
        0..6 => Err(FieldError::new("explanation", "required", missing)),
        n if n > EXPLANATION_MAX => Err(FieldError::too_long("explanation", EXPLANATION_MAX, n)),
        _ => Ok(text),
    }
}

/// What every notice needs to know of its case.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Case number.
    pub number: &'a str,
    /// Department that acts.
    pub department: &'a str,
    /// Trader.
    pub trader: &'a str,
    /// Date of receipt in China.
    pub received: Date,
    /// Date of the act in China.
    pub today: Date,
}

impl Facts<'_> {
    /// The version of the rule that the case lives under (N-06).
    #[must_use]
    pub fn version(&self) -> Version {
        Version::of(self.received)
    }

    /// An article of that version as it is cited to people.
    fn cite(&self, matter: Matter) -> String {
        self.version().cite(matter)
    }

    /// The last lines of every notice: who, and when.
    fn signed(&self) -> String {
        format!("{}\n{}", self.department, chinese_date(self.today))
    }
}

/// A date as an official text writes it.
#[must_use]
pub fn chinese_date(d: Date) -> String {
    format!("{}年{}月{}日", d.year(), u8::from(d.month()), d.day())
}

/// 投诉受理决定书 (form 5).
#[must_use]
pub fn accepted(f: Facts<'_>, mediation: &DeadlineRule, mediation_due: Date) -> String {
    format!(
        "投诉受理决定书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，我们已经收到。经审查，符合受理条件，根据{}，决定予以受理。\n\n\
调解需要双方同意。{}我们最迟于 {} 终结调解，并把结果告诉您。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        f.cite(Matter::Acceptance),
        if mediation.summary.is_empty() {
            String::new()
        } else {
            format!("{}（{}）。", mediation.summary, mediation.article)
        },
        chinese_date(mediation_due),
        f.signed(),
    )
}

/// 投诉不予受理决定书 (form 6): exactly one ground, the reason in words, the remedies.
///
/// # Errors
/// A field message when the reason is missing or too long: a refusal without a reason cannot be made (C-21).
pub fn refused(f: Facts<'_>, ground: Ground, explanation: &str) -> Result<String, FieldError> {
    let explanation = written(
        explanation,
        "请用自己的话写明理由（至少 6 个字），投诉人会看到",
    )?;
    Ok(format!(
        "投诉不予受理决定书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，经审查，属于下列情形：\n\n{}（{}）。\n\n具体理由：{}\n\n\
根据{}、{}，决定不予受理。\n\n{}\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        ground.words(f.version()),
        ground.article(f.version()),
        explanation,
        f.cite(Matter::Acceptance),
        f.version().article(Matter::Refusal),
        REMEDIES,
        f.signed(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const F: Facts<'static> = Facts {
        number: "TS-2611-00517-3",
        department: "市场监管部门",
        trader: "示例电器",
        received: date!(2026 - 11 - 13),
        today: date!(2026 - 11 - 24),
    };

    const BEFORE: Facts<'static> = Facts {
        received: date!(2026 - 04 - 10),
        ..F
    };

    #[test]
    fn n06_a_notice_cites_the_rule_of_the_day_of_receipt() {
        let old = refused(BEFORE, Ground::Handled, "同一争议法院已经立案").unwrap();
        assert!(old.contains("暂行办法》第十四条、第十五条，决定不予受理"));
        assert!(old.contains("其他调解组织已经受理") && !old.contains("处理办法》"));
        let new = refused(F, Ground::Handled, "同一争议法院已经立案").unwrap();
        assert!(new.contains("处理办法》第十五条、第十六条，决定不予受理"));
        assert!(!new.contains("暂行办法"));
    }

    #[test]
    fn c21_a_refusal_names_its_ground_its_reason_and_the_five_ways() {
        for f in [F, BEFORE] {
            for ground in Ground::all(f.version()) {
                let text = refused(f, ground, "同一争议法院已经立案").unwrap();
                assert!(text.contains(ground.words(f.version())));
                assert!(text.contains(&ground.article(f.version())));
                for way in [
                    "协商和解",
                    "调解组织调解",
                    "有关行政部门投诉",
                    "仲裁",
                    "诉讼",
                ] {
                    assert!(text.contains(way), "{way}");
                }
            }
        }
        assert_eq!(
            refused(F, Ground::Duty, "  ").unwrap_err().field,
            "explanation"
        );
    }
}
