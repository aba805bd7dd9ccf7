//! Forms 10 and 11: what a reporter is told, and only where a law says so or nobody here is competent. Pure.

use super::{Facts, chinese_date, written};
use crate::{
    casework::{law::Matter, telling::Duty},
    error::FieldError,
};

/// 举报处理结果告知书 (form 10).
///
/// # Errors
/// A field message when the result is missing.
pub fn result(
    f: Facts<'_>,
    duty: &Duty,
    outcome: &str,
    explanation: &str,
) -> Result<String, FieldError> {
    let explanation = written(
        explanation,
        "请写明处理结果（至少 6 个字），举报人会看到，不要写出他人的信息",
    )?;
    Ok(format!(
        "举报处理结果告知书\n\n编号：{}\n\n您于{}对「{}」的举报，处理结果是：{}。\n\n{}\n\n根据{}，现予告知。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        outcome,
        explanation,
        duty.article,
        f.signed(),
    ))
}

/// 举报处理结果告知书 (form 10) before the end: how far it is, where a law gives the telling a term (广告法53).
///
/// # Errors
/// A field message when it says nothing.
pub fn progress(f: Facts<'_>, duty: &Duty, words: &str) -> Result<String, FieldError> {
    let words = written(
        words,
        "请写明处理情况（至少 6 个字），举报人会看到，不要写出他人的信息",
    )?;
    Ok(format!(
        "举报处理结果告知书\n\n编号：{}\n\n您于{}对「{}」的举报，处理情况如下：\n\n{}\n\n根据{}，现予告知。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        words,
        duty.article,
        f.signed(),
    ))
}

/// 无处理权限告知书 (form 11); what the law makes the office hand over gets form 12 instead ([`super::out`]).
///
/// # Errors
/// A field message when it does not say who is competent.
pub fn no_authority(f: Facts<'_>, competent: &str) -> Result<String, FieldError> {
    let competent = written(
        competent,
        "请写明哪个部门有权处理、怎样联系（至少 6 个字），举报人会看到",
    )?;
    Ok(format!(
        "无处理权限告知书\n\n编号：{}\n\n您于{}对「{}」的举报，经核对，我们没有处理权限。请您直接向有权处理的部门举报：\n\n{}\n\n根据{}，现予告知。\n\n{}",
        f.number,
        chinese_date(f.received),
        f.trader,
        competent,
        f.cite(Matter::NoAuthority),
        f.signed(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::telling::{About, result_duty};
    use time::macros::date;

    #[test]
    fn a_reporter_reads_the_law_that_makes_us_tell() {
        let f = Facts {
            number: "JB-2611-00517-3",
            department: "市场监管部门",
            trader: "示例超市",
            received: date!(2026 - 11 - 13),
            today: date!(2026 - 11 - 24),
        };
        let about = About {
            category: "g_phone",
            subject: "general",
            problem: "p_ad",
        };
        let duty = result_duty(about, f.received, false).unwrap();
        let text = result(f, duty, "给予行政处罚", "已经责令改正并处以罚款").unwrap();
        assert!(text.contains("广告法") && text.contains("给予行政处罚"));
        let far = progress(f, duty, "已经责令商家先撤下广告，正在调查").unwrap();
        assert!(far.contains("广告法") && far.contains("先撤下广告"));
        assert!(progress(f, duty, "快了").is_err());
        let other = no_authority(f, "成都市锦江区市场监管局").unwrap();
        assert!(other.contains("第三十四条") && !other.contains("移交"));
        let before = Facts {
            received: date!(2026 - 04 - 10),
            ..f
        };
        let old = no_authority(before, "成都市锦江区市场监管局").unwrap();
        assert!(old.contains("暂行办法》第二十九条"), "N-06");
    }
}
