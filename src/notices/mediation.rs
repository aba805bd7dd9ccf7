//! Forms 4, 7, 8, 9 and the record: what both sides of a mediation read. The department mediates, it never decides who
//! is liable. Pure.

use super::{Facts, REMEDIES, chinese_date, written};
use crate::{
    casework::{
        AgreementForm, TerminationGround,
        law::{Matter, Version},
    },
    error::FieldError,
};
use time::Date;

/// 限期提供材料通知书 (form 4): what, and by when. The acceptance term goes on (C-22).
///
/// # Errors
/// A field message when it does not say what is missing.
pub fn materials(f: Facts<'_>, what: &str, due: Date) -> Result<String, FieldError> {
    let what = written(what, "请写明要补充什么材料（至少 6 个字），投诉人会看到")?;
    Ok(format!(
        "限期提供材料通知书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，我们已经收到。根据{}，\
请您在 {} 前补充下列材料：\n\n{}\n\n可以在查进度的页面留言说明，也可以按承办部门的电话联系。逾期不提供的，可能依照{}不予受理。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        f.cite(Matter::Materials),
        chinese_date(due),
        what,
        f.version().article(Matter::Refusal),
        f.signed(),
    ))
}

/// 投诉调解通知书 (form 7): time, place, mediators (C-25), and the right to ask for a recusal (C-26).
///
/// # Errors
/// A field message when the arrangement is missing.
pub fn mediation(f: Facts<'_>, arrangement: &str) -> Result<String, FieldError> {
    let arrangement = written(
        arrangement,
        "请写明调解的时间、地点（或者方式）和调解人员（至少 6 个字），双方会看到",
    )?;
    Ok(format!(
        "投诉调解通知书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，双方同意调解。根据{}、{}，现将调解安排通知如下：\n\n\
{}\n\n您认为调解人员与投诉事项或者当事人有利害关系，可能影响公正处理的，可以在调解开始前申请回避（{}）。\n\
不能参加的，请提前告诉我们；无正当理由不参加的，终止调解（{}）。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        f.cite(Matter::Consent),
        f.version().article(Matter::OnSite),
        arrangement,
        f.version().article(Matter::Recusal),
        f.version().article(Matter::Termination),
        f.signed(),
    ))
}

/// 投诉调解通知书 (form 7) when another body mediates in the department's name (C-24): it may not pass it on.
///
/// # Errors
/// A field message when the arrangement is missing.
pub fn entrusted(f: Facts<'_>, body: &str, arrangement: &str) -> Result<String, FieldError> {
    let arrangement = written(
        arrangement,
        "请写明调解的时间、地点（或者方式）和联系人（至少 6 个字），双方会看到",
    )?;
    let consent = match f.version() {
        Version::Measures => "双方同意，",
        Version::Interim => "",
    };
    Ok(format!(
        "投诉调解通知书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，{consent}根据{}，委托{body}以本部门的名义调解，受托的组织不得再委托别人：\n\n\
{}\n\n您认为调解人员与投诉事项或者当事人有利害关系，可能影响公正处理的，可以在调解开始前申请回避（{}）。\n\
不能参加的，请提前告诉调解人员；无正当理由不参加的，终止调解（{}）。调解期限不因委托而改变。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        f.cite(Matter::Entrusted),
        arrangement,
        f.version().article(Matter::Recusal),
        f.version().article(Matter::Termination),
        f.signed(),
    ))
}

/// 投诉终止调解决定书 (form 8): exactly one ground (C-29), the reason in words, the other ways (C-21, C-25).
///
/// # Errors
/// A field message when the reason is missing.
pub fn terminated(
    f: Facts<'_>,
    ground: TerminationGround,
    explanation: &str,
) -> Result<String, FieldError> {
    let explanation = written(
        explanation,
        "请用自己的话写明理由（至少 6 个字），双方会看到",
    )?;
    Ok(format!(
        "投诉终止调解决定书\n\n编号：{}\n\n您于{}提出的对「{}」的投诉，经调解，属于下列情形：\n\n{}（{}）。\n\n具体情况：{}\n\n\
根据{}，决定终止调解。\n\n{}\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        ground.words(f.version()),
        ground.article(f.version()),
        explanation,
        f.cite(Matter::Termination),
        REMEDIES,
        f.signed(),
    ))
}

/// 投诉调解书 (form 9), or the record that is kept instead (C-31).
///
/// # Errors
/// A field message when the agreement is missing.
pub fn agreement(f: Facts<'_>, form: AgreementForm, terms: &str) -> Result<String, FieldError> {
    let terms = written(terms, "请写明双方达成的协议（至少 6 个字），双方会看到")?;
    let (title, end) = match form {
        AgreementForm::Document => (
            "投诉调解书",
            "本调解书一式三份，双方当事人各执一份，存档一份，经双方签字或者盖章后生效。",
        ),
        AgreementForm::Performed => ("投诉调解记录", "上述协议已经当场履行完毕，不再制作调解书。"),
        AgreementForm::Waived => ("投诉调解记录", "双方同意不制作调解书。"),
    };
    // the repealed rule had no such article
    let court = match f.version().article(Matter::Court) {
        "" => String::new(),
        _ => format!("（{}）", f.cite(Matter::Court)),
    };
    Ok(format!(
        "{title}\n\n编号：{}\n\n{}提出的对「{}」的投诉，经{}组织调解，双方自愿达成如下协议：\n\n{terms}\n\n{end}\n\
一方不履行的，另一方可以依法申请仲裁或者向人民法院提起诉讼{}。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        f.department,
        court,
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
    fn n06_forms_4_7_8_9_cite_the_rule_of_the_day_of_receipt() {
        let all = |f| {
            [
                materials(f, "身份证明的复印件", f.today).unwrap(),
                mediation(f, "11月27日上午十点，华阳所调解室").unwrap(),
                terminated(f, TerminationGround::Elapsed, "商家一直不同意退款").unwrap(),
                agreement(f, AgreementForm::Document, "商家退还三千元").unwrap(),
            ]
            .join("\n")
        };
        let (old, new) = (all(BEFORE), all(F));
        for words in [
            "暂行办法》第九条",
            "依照第十五条",
            "暂行办法》第十六条、第十八条",
            "（第十九条）",
            "暂行办法》第二十一条",
            "四十五个工作日",
        ] {
            assert!(old.contains(words), "{words}\n{old}");
        }
        for words in [
            "处理办法》第十条",
            "依照第十六条",
            "处理办法》第十八条、第二十条",
            "（第二十一条）",
            "处理办法》第二十三条",
            "六十日",
            "处理办法》第二十五条",
        ] {
            assert!(new.contains(words), "{words}\n{new}");
        }
        assert!(!old.contains("处理办法》") && !new.contains("暂行办法"));
    }

    #[test]
    fn c29_a_termination_names_its_ground_its_reason_and_the_five_ways() {
        for f in [F, BEFORE] {
            for ground in TerminationGround::all(f.version()) {
                let text = terminated(f, ground, "商家明确表示不同意退款").unwrap();
                assert!(text.contains(ground.words(f.version())));
                assert!(text.contains(&ground.article(f.version())));
                assert!(text.contains("第三十九条") && text.contains("诉讼"));
            }
        }
        assert!(terminated(F, TerminationGround::Other, "短").is_err());
    }

    #[test]
    fn the_office_never_decides_who_is_liable() {
        let mut texts = vec![
            materials(F, "身份证明的复印件", F.today).unwrap(),
            mediation(F, "11月27日上午十点，华阳所调解室").unwrap(),
            entrusted(F, "天府新区消费者协会", "11月27日上午十点，消协调解室").unwrap(),
        ];
        assert!(
            texts[2].contains("第十九条") && texts[2].contains("不得再委托"),
            "C-24"
        );
        for form in AgreementForm::ALL.iter().copied() {
            texts.push(agreement(F, form, "商家退还三千元").unwrap());
        }
        assert!(texts[1].contains("回避"));
        for text in texts {
            assert!(!text.contains("裁定") && !text.contains("判定"), "{text}");
        }
    }
}
