//! What leaves the department: form 3 to the department that gets a case, form 12 and its like to the resident whose
//! matter went to another authority, and the letters to that authority. Pure.

use super::{Facts, REMEDIES, chinese_date, written};
use crate::{
    casework::law::{Matter, Version},
    error::FieldError,
    kernel::words::CaseKind,
};

/// Where a case goes, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The other authority.
    pub authority: &'a str,
    /// How to reach it.
    pub contact: &'a str,
    /// Why it is competent.
    pub reason: &'a str,
}

impl<'a> Target<'a> {
    /// What was typed, checked.
    ///
    /// # Errors
    /// The first field message.
    pub fn read(authority: &'a str, contact: &'a str, reason: &'a str) -> Result<Self, FieldError> {
        let named = |field, text: &'a str, message: &'static str| {
            let text = text.trim();
            match text.chars().count() {
                0..4 => Err(FieldError::new(field, "required", message)),
                4..=60 => Ok(text),
                _ => Err(FieldError::new(field, "too_long", "最多 60 个字")),
            }
        };
        Ok(Self {
            authority: named(
                "authority",
                authority,
                "请写明移送给哪个机关（至少 4 个字）",
            )?,
            contact: named(
                "contact",
                contact,
                "请写明对方的电话或者地址（至少 4 个字）",
            )?,
            reason: written(
                reason,
                "请写明为什么归对方管（至少 6 个字），对方和提交的人会看到",
            )?,
        })
    }
}

/// What the resident calls what was filed, and what the law calls the resident.
const fn filed(kind: CaseKind) -> (&'static str, &'static str) {
    match kind {
        CaseKind::Complaint => ("投诉", "投诉人"),
        CaseKind::Report => ("举报", "举报人"),
    }
}

/// 移交告知书 (form 12) where a law makes the office hand over and say so in writing, else 移送告知书: to whom, why, what
/// goes along (个人信息保护法23, P-05), and for a complaint the other ways.
#[must_use]
pub fn transferred(f: Facts<'_>, kind: CaseKind, law: Option<&str>, to: Target<'_>) -> String {
    let (what, _) = filed(kind);
    let title = if law.is_some() {
        "移交告知书"
    } else {
        "移送告知书"
    };
    let ground = match (kind, law) {
        (_, Some(law)) => law.to_owned(),
        (CaseKind::Complaint, None) => f.cite(Matter::Refusal),
        (CaseKind::Report, None) => f.cite(Matter::NoAuthority),
    };
    let (along, ways) = match kind {
        CaseKind::Complaint => (
            "您提交的内容和联系方式一并提供给对方，只用于依法处理这件投诉。",
            format!("\n\n{REMEDIES}"),
        ),
        CaseKind::Report => (
            "您提交的内容一并提供给对方，只用于依法处理这件举报；留了姓名的，对方同样要为您保密。",
            String::new(),
        ),
    };
    format!(
        "{title}\n\n编号：{}\n\n您于{}对「{}」的{what}，经核对不属于我们的职责。根据{ground}，已经移送给有权处理的机关：\n\n\
{}\n联系方式：{}\n\n移送的理由：{}\n\n{along}以后的处理由对方告诉您。{ways}\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        to.authority,
        to.contact,
        to.reason,
        f.signed(),
    )
}

/// 案件移送函: to the authority that gets the case, with the slip to send back. The material goes along on paper or through
/// the authorities' own network, never by this letter.
#[must_use]
pub fn transfer_letter(f: Facts<'_>, kind: CaseKind, law: Option<&str>, to: Target<'_>) -> String {
    let (what, who) = filed(kind);
    let law = law.map_or(String::new(), |law| format!("根据{law}，"));
    format!(
        "案件移送函\n\n编号：{}\n\n{}：\n\n我们于{}收到对「{}」的{what}，经核对属于贵机关职责。{law}现予移送，请依法处理，并把结果直接告知{who}。\n\n\
移送的理由：{}\n\n附：{what}材料一份。材料里的个人信息只能用于处理这件{what}（《中华人民共和国个人信息保护法》第二十三条）{}。\n\n\
请收到后在回执上写明日期、签名，退回我们。认为不属于贵机关职责的，请写明理由，连同材料退回。\n\n\
回执：编号 {} 的移送材料已于      年   月   日收到。签收人：            （盖章）\n\n{}",
        f.number,
        to.authority,
        chinese_date(f.received),
        f.trader,
        to.reason,
        match kind {
            CaseKind::Complaint => "",
            CaseKind::Report => "，举报人的信息和举报的处理情况不得泄露给被举报人",
        },
        f.number,
        f.signed(),
    )
}

/// 涉嫌犯罪案件移送书: to the police, with what 国务院令310号 Art. 6 wants enclosed.
#[must_use]
pub fn crime_letter(f: Facts<'_>, police: &str, facts: &str) -> String {
    format!(
        "涉嫌犯罪案件移送书\n\n编号：{}\n\n{police}：\n\n我们在查处「{}」的案件中发现涉嫌犯罪的事实。根据《行政执法机关移送涉嫌犯罪案件的规定》第五条、第六条，经本机关负责人批准，现予移送，请在三日内决定是否立案，并书面告知我们（第八条）。\n\n\
涉嫌犯罪的事实：{}\n\n附：（一）案件移送书；（二）案件情况的调查报告；（三）涉案物品清单；（四）有关检验报告或者鉴定意见；（五）其他有关涉嫌犯罪的材料。\n\n{}",
        f.number,
        f.trader,
        facts.trim(),
        f.signed(),
    )
}

/// 投诉/举报分送通知书 (form 3): from the intake office to the department that handles the case, with its term (投办41); for
/// matters of other departments the rule is followed by analogy (投办43).
#[must_use]
pub fn dispatched(f: Facts<'_>, kind: CaseKind, reason: &str, due: Option<&str>) -> String {
    let (what, who) = filed(kind);
    let due = due.map_or(String::new(), |due| format!("期限从收到之日起算：{due}。"));
    format!(
        "{what}分送通知书\n\n编号：{}\n\n{}：\n\n统一受理岗于{}收到对「{}」的{what}，现分送你部门处理。{due}\n\n\
分送的理由：{}\n\n请依法处理，并告知{who}。认为不属于本部门职责的，退回受理岗，不得自行移送（{}）。\n\n受理岗\n{}",
        f.number,
        f.department,
        chinese_date(f.received),
        f.trader,
        reason.trim(),
        Version::Measures.cite(Matter::Dispatch),
        chinese_date(f.today),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::telling::handover_duty;
    use time::macros::date;

    const F: Facts<'static> = Facts {
        number: "TS-2611-00517-3",
        department: "市场监管部门",
        trader: "示例鱼庄",
        received: date!(2026 - 11 - 13),
        today: date!(2026 - 11 - 24),
    };

    fn target() -> Target<'static> {
        Target::read(
            "成都市锦江区市场监管局",
            "电话 12315，锦江区示例路1号",
            "鱼庄的经营地址在锦江区",
        )
        .unwrap()
    }

    #[test]
    fn t04_food_is_handed_over_in_writing_with_the_other_ways() {
        let told = transferred(F, CaseKind::Complaint, handover_duty("food"), target());
        for words in [
            "移交告知书",
            "食品安全法",
            "锦江区市场监管局",
            "12315",
            "第三十九条",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
        let other = transferred(F, CaseKind::Complaint, None, target());
        assert!(other.contains("移送告知书") && other.contains("第十六条"));
    }

    #[test]
    fn r05_a_letter_binds_the_other_side_to_keep_the_reporter_secret() {
        let letter = transfer_letter(F, CaseKind::Report, handover_duty("food"), target());
        assert!(letter.contains("不得泄露给被举报人") && letter.contains("回执"));
        let told = transferred(F, CaseKind::Report, None, target());
        assert!(told.contains("保密") && told.contains("第三十四条"));
        assert!(
            !told.contains("第三十九条"),
            "the ways of a dispute are no reporter's"
        );
    }

    #[test]
    fn a_transfer_says_to_whom_how_and_why() {
        for (authority, contact, reason, field) in [
            ("局", "电话 12315", "经营地址在锦江区", "authority"),
            ("锦江区市场监管局", "", "经营地址在锦江区", "contact"),
            ("锦江区市场监管局", "电话 12315", "不归", "explanation"),
        ] {
            assert_eq!(
                Target::read(authority, contact, reason).unwrap_err().field,
                field
            );
        }
    }

    #[test]
    fn form_3_names_the_term_and_forbids_the_sideways_way() {
        let text = dispatched(
            F,
            CaseKind::Report,
            "商家在华阳",
            Some("最迟 2026年12月15日"),
        );
        for words in [
            "举报分送通知书",
            "2026年12月15日",
            "不得自行移送",
            "第四十一条",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn order_310_the_transfer_to_the_police_lists_its_enclosures() {
        let text = crime_letter(F, "四川天府新区公安分局", "销售金额二十万元的假酒");
        for words in ["第五条", "第六条", "第八条", "涉案物品清单", "鉴定意见"] {
            assert!(text.contains(words), "{words}");
        }
    }
}
