//! What a trader may read of a complaint: goods, purchase, amount, dates and requests, and the story without personal
//! data. The complainant is 消费者 and nothing more. A story that is also a report's, or speaks of one, is never shown:
//! the handler writes a summary instead. Pure.

use crate::{
    error::FieldError,
    intake::{Answers, Contact},
    notices::trader::names_a_report,
    privacy::detect,
};

/// Shortest and longest summary, in characters.
pub const SUMMARY: std::ops::RangeInclusive<usize> = 10..=1000;

/// The facts that a trader needs to find the sale, and no other. Not among them: everything of the complainant, order
/// number and address, injuries, proofs, the house (项目或楼栋).
const SHOWN: [&str; 11] = [
    "category",
    "goods",
    "brand",
    "model",
    "batch",
    "bought_on",
    "sale_channel",
    "platform",
    "amount",
    "happened_on",
    "demands",
];

/// Facts that people typed: they may hold anything.
const TYPED: [&str; 5] = ["goods", "brand", "model", "batch", "platform"];

/// Whether the trader must not read the story, so that a summary is needed: it is also a report's (`mixed`, M-01), or it
/// speaks of reporting.
#[must_use]
pub fn needs_summary(mixed: bool, redacted: &str) -> bool {
    mixed || names_a_report(redacted)
}

/// A text without personal data: what patterns find, and name, address, telephone and e-mail of everybody on the
/// complainant's side (C-04, C-05), wherever they stand.
#[must_use]
pub fn without_person(text: &str, who: &[Contact]) -> String {
    let mut out = detect::redact(text).text;
    for (value, word) in own(who) {
        out = out.replace(value, word);
    }
    out
}

fn own(who: &[Contact]) -> Vec<(&str, &'static str)> {
    let mut all: Vec<(&str, &'static str)> = who
        .iter()
        .flat_map(|c| {
            [
                (&c.address, "〔住址〕"),
                (&c.email, "〔电子邮箱〕"),
                (&c.phone, "〔电话〕"),
                (&c.name, "〔姓名〕"),
            ]
        })
        .map(|(value, word)| (value.trim(), word))
        .filter(|(value, _)| value.chars().count() > 1)
        .collect();
    // a name that is a part of another one is replaced after it
    all.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    all
}

/// The facts that the trader reads, by field name. The problem is told only together with the story: in a mixed
/// submission it may be the report's.
#[must_use]
pub fn facts(all: &Answers, with_story: bool, who: &[Contact]) -> Answers {
    let mut out = Answers::default();
    for name in SHOWN {
        let value = all.get(name);
        if TYPED.contains(&name) {
            out.set(name, &without_person(value, who));
        } else {
            out.set(name, value);
        }
    }
    if with_story {
        out.set("problem", all.get("problem"));
    }
    out
}

/// A handler's summary, clean: long enough, without personal data, without a word of a report.
///
/// # Errors
/// A message that says what was found.
pub fn summary<'a>(text: &'a str, who: &[Contact]) -> Result<&'a str, FieldError> {
    let text = text.trim();
    let wrong = |code, message: String| Err(FieldError::new("summary", code, message));
    match text.chars().count() {
        n if n < *SUMMARY.start() => {
            let why = format!(
                "请用自己的话写明是什么争议（至少 {} 个字），经营者会看到",
                SUMMARY.start()
            );
            return wrong("required", why);
        }
        n if n > *SUMMARY.end() => {
            return wrong(
                "too_long",
                format!("最多 {} 个字，现在有 {n} 个字", SUMMARY.end()),
            );
        }
        _ => {}
    }
    if names_a_report(text) {
        return wrong("names_a_report", "经营者会看到，不能提到举报".to_owned());
    }
    let mut found: Vec<&str> = detect::find(text).iter().map(|s| s.kind.label()).collect();
    if own(who).iter().any(|(value, _)| text.contains(value)) {
        found.push("投诉人的信息");
    }
    found.dedup();
    if found.is_empty() {
        Ok(text)
    } else {
        wrong(
            "personal",
            format!("里面有{}，请删掉再发", found.join("、")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Contact> {
        let sender = Contact {
            name: "张示例".into(),
            phone: "13800138000".into(),
            address: "示例小区2栋".into(),
            email: "z@example.com".into(),
            insider: false,
        };
        let other = Contact {
            name: "李例文".into(),
            ..Contact::default()
        };
        vec![sender, other]
    }

    fn story() -> Answers {
        let mut all = Answers::default();
        for (name, value) in [
            ("goods", "燃气热水器（张示例订的）"),
            ("amount", "3600"),
            ("demands", "refund"),
            ("problem", "p_counterfeit"),
            ("order_no", "E2026110812345678"),
            ("project", "示例小区2栋1单元"),
            ("injury", "yes"),
            ("injury_hospital", "示例医院"),
            ("trader_phone", "028-80000021"),
        ] {
            all.set(name, value);
        }
        all
    }

    #[test]
    fn r05_a_story_that_is_or_names_a_report_needs_a_summary() {
        assert!(needs_summary(true, "热水器漏水"));
        assert!(needs_summary(false, "我还要举报他们"));
        assert!(!needs_summary(false, "热水器漏水"));
        assert!(!needs_summary(false, "我在投诉举报平台上查过"));
    }

    #[test]
    fn only_what_the_trader_needs_and_nobody_in_it() {
        let who = people();
        let shown = facts(&story(), true, &who);
        let names: Vec<&str> = shown.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["amount", "demands", "goods", "problem"]);
        assert_eq!(shown.get("goods"), "燃气热水器（〔姓名〕订的）");
        assert_eq!(facts(&story(), false, &who).get("problem"), "");
        assert_eq!(without_person("我和李例文一起", &who), "我和〔姓名〕一起");
        let text = "我是张示例，住示例小区2栋，电话13800138000，微信同号";
        let clean = without_person(text, &who);
        for never in ["张示例", "示例小区2栋", "13800138000"] {
            assert!(!clean.contains(never), "{clean}");
        }
    }

    #[test]
    fn a_summary_is_blocked_until_it_is_clean() {
        let who = people();
        let check = |text: &str| {
            let clean = summary(text, &who).map(str::to_owned);
            clean.map_err(|e| (e.code, e.message))
        };
        assert_eq!(check("漏水").unwrap_err().0, "required");
        assert_eq!(check(&"字".repeat(1001)).unwrap_err().0, "too_long");
        let (code, why) = check("消费者电话13912345678，请直接联系退款").unwrap_err();
        assert!(code == "personal" && why.contains("手机号"), "{why}");
        let (code, why) = check("张示例买的热水器三天就漏水，要求退款").unwrap_err();
        assert!(code == "personal" && why.contains("投诉人的信息"), "{why}");
        assert_eq!(
            check("热水器漏水，消费者同时举报了虚假宣传").unwrap_err().0,
            "names_a_report"
        );
        assert_eq!(
            check(" 热水器用了三天就漏水，联系三次没人上门 "),
            Ok("热水器用了三天就漏水，联系三次没人上门".to_owned())
        );
    }
}
