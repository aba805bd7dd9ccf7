//! The trader's copies of forms 7 and 8, and the letter that invites an answer. The complainant is 消费者 and nothing
//! more, and no word of a report stands in them. Pure.

use super::{Facts, chinese_date};
use crate::{
    casework::{
        TerminationGround,
        deadline::{ClockKind, rule_for},
        law::Matter,
    },
    error::FieldError,
};
use time::Date;

/// Whether a text names a report: nobody outside ever learns of one. The name of the law itself names none.
#[must_use]
pub fn names_a_report(text: &str) -> bool {
    text.replace("投诉举报", "").contains("举报")
}

/// What both sides will read names no report.
///
/// # Errors
/// A field message.
pub fn for_both(text: &str) -> Result<(), FieldError> {
    if names_a_report(text) {
        let why = "经营者也会看到这段话，不能提到举报";
        return Err(FieldError::new("explanation", "names_a_report", why));
    }
    Ok(())
}

fn head(title: &str, f: Facts<'_>) -> String {
    format!("{title}\n\n编号：{}\n\n{}：\n\n", f.number, f.trader)
}

fn foot(f: Facts<'_>) -> String {
    format!("\n\n{}\n{}", f.department, chinese_date(f.today))
}

/// 投诉调解通知书 (form 7) for the trader: time, place, mediators (C-25), the right to ask for a recusal (C-26). The
/// arrangement is the one that was checked for the complainant's copy.
#[must_use]
pub fn mediation(f: Facts<'_>, arrangement: &str) -> String {
    format!(
        "{}消费者于{}提出的对贵方的投诉，双方同意调解。根据{}、{}，现将调解安排通知如下：\n\n\
{}\n\n贵方认为调解人员与投诉事项或者当事人有利害关系，可能影响公正处理的，可以在调解开始前申请回避（{}）。\n\
不能参加的，请提前告诉我们；无正当理由不参加的，终止调解（{}）。{}",
        head("投诉调解通知书", f),
        chinese_date(f.received),
        f.cite(Matter::Consent),
        f.version().article(Matter::OnSite),
        arrangement.trim(),
        f.version().article(Matter::Recusal),
        f.version().article(Matter::Termination),
        foot(f),
    )
}

/// 投诉调解通知书 (form 7) for the trader when another body mediates in the department's name (C-24).
#[must_use]
pub fn entrusted(f: Facts<'_>, body: &str, arrangement: &str) -> String {
    format!(
        "{}消费者于{}提出的对贵方的投诉，根据{}，委托{body}以本部门的名义调解，受托的组织不得再委托别人：\n\n\
{}\n\n贵方认为调解人员与投诉事项或者当事人有利害关系，可能影响公正处理的，可以在调解开始前申请回避（{}）。\n\
不能参加的，请提前告诉调解人员；无正当理由不参加的，终止调解（{}）。{}",
        head("投诉调解通知书", f),
        chinese_date(f.received),
        f.cite(Matter::Entrusted),
        arrangement.trim(),
        f.version().article(Matter::Recusal),
        f.version().article(Matter::Termination),
        foot(f),
    )
}

/// 投诉终止调解决定书 (form 8) for the trader: the same ground and reason as in the complainant's copy (C-29, C-30).
#[must_use]
pub fn terminated(f: Facts<'_>, ground: TerminationGround, explanation: &str) -> String {
    format!(
        "{}消费者于{}提出的对贵方的投诉，属于下列情形：\n\n{}（{}）。\n\n具体情况：{}\n\n\
根据{}，决定终止调解。终止调解不说明谁对谁错。\n\n\
双方仍然可以协商和解；消费者还可以请求消费者协会等组织调解，向有关行政部门投诉，根据仲裁协议提请仲裁，或者向人民法院提起诉讼（《中华人民共和国消费者权益保护法》第三十九条）。{}",
        head("投诉终止调解决定书", f),
        chinese_date(f.received),
        ground.words(f.version()),
        ground.article(f.version()),
        explanation.trim(),
        f.cite(Matter::Termination),
        foot(f),
    )
}

/// What stands in the kept copy of a letter in place of the code.
pub const CODE_BLANK: &str = "（只在发出的那一份上）";

/// 经营者答复邀请函: what the law says, by when, where and with which code. `code` is [`CODE_BLANK`] in the copy that is
/// kept.
#[must_use]
pub fn invitation(f: Facts<'_>, due: Date, address: &str, code: &str) -> String {
    format!(
        "{}我们于{}收到一位消费者对贵方的投诉。消费者和经营者发生争议，可以先协商和解（《中华人民共和国消费者权益保护法》第三十九条第（一）项）。请贵方看过投诉内容后作出答复，也可以提出解决方案。\n\n\
请在 {} 前打开下面的网址，填写编号和答复码：\n\n网址：{address}\n答复码：{code}\n\n\
答复码只能用一次，打开看不算用，发出答复后失效。请不要转给无关的人。\n\n\
贵方提出的方案由消费者自己决定是否同意。同意的，双方先行和解，投诉随之结束；不同意的，我们按法定程序继续办理：决定受理后，双方都愿意才调解（{}），受理后{}内没有达成协议的终止调解（{}）。\n\n\
答复出于自愿。不答复不等于承认，也不影响我们依法办理。我们不会索要验证码、银行卡号，也不会要求转账。{}",
        head("经营者答复邀请函", f),
        chinese_date(f.received),
        chinese_date(due),
        f.cite(Matter::Consent),
        rule_for(ClockKind::Mediation, f.received).term,
        f.version().article(Matter::Termination),
        foot(f),
    )
}

/// The invitation as a short message.
#[must_use]
pub fn invitation_message(
    office: &str,
    number: &str,
    due: Date,
    portal: &str,
    code: &str,
) -> String {
    format!(
        "【{office}】我们收到一位消费者对贵方的投诉，编号 {number}。请在 {} 前打开 {}/respond ，凭编号和答复码 {code} 查看并答复。答复码只能用一次，请不要转给无关的人。",
        chinese_date(due),
        portal.trim_end_matches('/'),
    )
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

    #[test]
    fn c25_c30_the_trader_reads_the_same_facts_in_its_own_copy() {
        let seven = mediation(F, "11月27日上午十点，华阳所调解室");
        for words in ["第二十条", "回避", "11月27日上午十点", "示例电器：", "贵方"]
        {
            assert!(seven.contains(words), "{words}\n{seven}");
        }
        for ground in TerminationGround::all(F.version()) {
            let eight = terminated(F, ground, "双方对退款数额谈不拢");
            assert!(eight.contains(ground.words(F.version())));
            assert!(eight.contains(&ground.article(F.version())));
            assert!(eight.contains("第三十九条") && eight.contains("诉讼"));
            assert!(!eight.contains("裁定") && !eight.contains("判定"));
        }
    }

    #[test]
    fn n06_the_traders_copies_follow_the_day_of_receipt_too() {
        let before = Facts {
            received: date!(2026 - 04 - 10),
            ..F
        };
        let seven = mediation(before, "11月27日上午十点，华阳所调解室");
        assert!(seven.contains("暂行办法》第十六条、第十八条") && seven.contains("（第十九条）"));
        let eight = terminated(before, TerminationGround::Elapsed, "双方对退款数额谈不拢");
        assert!(eight.contains("四十五个工作日") && eight.contains("暂行办法》第二十一条"));
        let letter = invitation(
            before,
            before.today,
            "https://x.example/respond",
            CODE_BLANK,
        );
        assert!(
            letter.contains("45 个工作日") && !letter.contains("处理办法》"),
            "{letter}"
        );
    }

    #[test]
    fn r05_no_copy_names_a_report() {
        let letter = invitation(
            F,
            date!(2026 - 12 - 01),
            "https://x.example/respond",
            CODE_BLANK,
        );
        let all = [
            letter.clone(),
            mediation(F, "11月27日上午十点"),
            terminated(F, TerminationGround::Other, "双方不再联系我们"),
        ];
        for text in all {
            assert!(!names_a_report(&text), "{text}");
            assert!(!text.contains("您"), "written to a trader: {text}");
        }
        for words in [
            "2026年12月1日",
            "第三十九条",
            "第十八条",
            "第二十三条",
            CODE_BLANK,
        ] {
            assert!(letter.contains(words), "{words}");
        }
        assert!(for_both("消费者同时举报了贵方").is_err());
        assert!(for_both("按《市场监督管理投诉举报处理办法》办理").is_ok());
    }
}
