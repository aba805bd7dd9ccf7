//! Whom a law makes the office tell, by what was filed: one row a matter. Since 2026-04-15 a reporter is told only
//! where a law says so (投办36); what is not our duty is otherwise only named to the reporter. Pure.

use super::{
    deadline::ClockKind,
    law::{Matter, Version},
};
use time::Date;

/// By when somebody must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Within the term of this clock.
    Within(ClockKind),
    /// 及时: the law sets no number.
    Promptly,
}

/// What a filing is about, as its filer declared it.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Category code.
    pub category: &'a str,
    /// Dispatch subject.
    pub subject: &'a str,
    /// Problem code.
    pub problem: &'a str,
}

/// Which filings a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Category(&'static str),
    Subject(&'static str),
    Problem(&'static str),
    /// All of a report's matters.
    Any,
}

/// A duty to tell the result, with the law it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duty {
    of: Of,
    /// The matter in words.
    pub matter: &'static str,
    /// The law as it is cited to people.
    pub article: &'static str,
    /// Only a reporter who gave a name.
    pub named_only: bool,
    /// By when.
    pub limit: Limit,
    /// The decision whether to file a case is told as well, not only the end.
    pub at_filing: bool,
    /// Only for cases received under this version of the rule.
    version: Option<Version>,
}

const fn promptly(of: Of, matter: &'static str, article: &'static str) -> Duty {
    Duty {
        of,
        matter,
        article,
        named_only: false,
        limit: Limit::Promptly,
        at_filing: false,
        version: None,
    }
}

/// Every duty to tell a result; the first row that fits decides.
pub const DUTIES: &[Duty] = &[
    Duty {
        limit: Limit::Within(ClockKind::AdvertisingReply),
        at_filing: true,
        ..promptly(
            Of::Problem("p_ad"),
            "广告",
            "《中华人民共和国广告法》第五十三条",
        )
    },
    Duty {
        named_only: true,
        ..promptly(
            Of::Problem("p_competition"),
            "不正当竞争",
            "《中华人民共和国反不正当竞争法》第二十条",
        )
    },
    promptly(
        Of::Subject("privacy"),
        "个人信息",
        "《中华人民共和国个人信息保护法》第六十五条",
    ),
    promptly(
        Of::Problem("p_privacy"),
        "个人信息",
        "《中华人民共和国个人信息保护法》第六十五条",
    ),
    promptly(
        Of::Category("g_device"),
        "医疗器械",
        "《医疗器械监督管理条例》第七十九条",
    ),
    promptly(
        Of::Category("g_drug"),
        "药品",
        "《中华人民共和国药品管理法》第一百零六条",
    ),
    promptly(
        Of::Category("g_cosmetic"),
        "化妆品",
        "《化妆品监督管理条例》第五十八条",
    ),
    // told with the step that decides, so that the five days of the repealed rule never begin to run
    Duty {
        named_only: true,
        limit: Limit::Within(ClockKind::ReporterNotice),
        at_filing: true,
        version: Some(Version::Interim),
        ..promptly(
            Of::Any,
            "实名举报",
            "《市场监督管理投诉举报处理暂行办法》第三十一条第二款",
        )
    },
];

impl Duty {
    fn fits(&self, about: About<'_>, version: Version, named: bool) -> bool {
        let of = match self.of {
            Of::Category(code) => about.category == code,
            Of::Subject(code) => about.subject == code,
            Of::Problem(code) => about.problem == code,
            Of::Any => true,
        };
        of && (named || !self.named_only) && self.version.is_none_or(|v| v == version)
    }
}

/// The duty to tell a reporter the result of a report received on this day, `None`: nothing is sent.
#[must_use]
pub fn result_duty(about: About<'_>, received: Date, named: bool) -> Option<&'static Duty> {
    let version = Version::of(received);
    DUTIES.iter().find(|d| d.fits(about, version, named))
}

/// The clock that a matter starts at receipt beside the ordinary one, for complaints and reports alike (广告法53).
#[must_use]
pub fn clock_beside(problem: &str) -> Option<ClockKind> {
    DUTIES.iter().find_map(|d| match (d.of, d.limit) {
        (Of::Problem(code), Limit::Within(clock)) if code == problem => Some(clock),
        _ => None,
    })
}

/// The laws that make the office hand over what is not its duty and say so in writing, instead of only naming who is
/// competent: subject, article. The term is [`ClockKind::Handover`].
const HANDOVERS: &[(&str, &str)] = &[
    ("food", "《中华人民共和国食品安全法》第一百一十五条"),
    ("farm", "《中华人民共和国农产品质量安全法》第五十六条"),
];

/// The law of a handover, `None` where there is no such duty.
#[must_use]
pub fn handover_duty(subject: &str) -> Option<&'static str> {
    HANDOVERS
        .iter()
        .find(|(code, _)| *code == subject)
        .map(|(_, article)| *article)
}

/// The article by which a reporter is or is not told, for the desk.
#[must_use]
pub fn ground(received: Date) -> String {
    Version::of(received).cite(Matter::Telling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const NOW: Date = date!(2026 - 11 - 24);
    const BEFORE: Date = date!(2026 - 04 - 14);

    fn about(
        category: &'static str,
        subject: &'static str,
        problem: &'static str,
    ) -> About<'static> {
        About {
            category,
            subject,
            problem,
        }
    }

    #[test]
    fn r25_only_where_a_law_says_so() {
        let quality = about("g_appliance", "general", "p_quality");
        assert_eq!(result_duty(quality, NOW, true), None);
        let food = about("g_food", "food", "p_food_safety");
        assert_eq!(
            result_duty(food, NOW, true),
            None,
            "food: only the handover"
        );
        let ad = result_duty(about("g_phone", "general", "p_ad"), NOW, false).unwrap();
        assert_eq!(ad.limit, Limit::Within(ClockKind::AdvertisingReply));
        let unfair = about("g_phone", "general", "p_competition");
        assert_eq!(result_duty(unfair, NOW, false), None, "only a real name");
        assert_eq!(
            result_duty(unfair, NOW, true).unwrap().limit,
            Limit::Promptly
        );
        for (filed, law) in [
            (about("s_privacy", "privacy", "p_other"), "个人信息保护法"),
            (about("g_device", "drug", "p_quality"), "医疗器械"),
            (about("g_drug", "drug", "p_quality"), "药品管理法"),
            (about("g_cosmetic", "drug", "p_quality"), "化妆品"),
        ] {
            assert!(
                result_duty(filed, NOW, false)
                    .unwrap()
                    .article
                    .contains(law)
            );
        }
        assert!(handover_duty("food").is_some() && handover_duty("farm").is_some());
        assert_eq!(handover_duty("general"), None);
    }

    #[test]
    fn r25_a_named_reporter_of_before_is_told_of_the_filing() {
        let quality = about("g_appliance", "general", "p_quality");
        let duty = result_duty(quality, BEFORE, true).unwrap();
        assert!(duty.at_filing && duty.article.contains("第三十一条第二款"));
        assert_eq!(result_duty(quality, BEFORE, false), None);
    }

    #[test]
    fn r25_advertising_has_a_clock_from_receipt_and_nothing_else_does() {
        assert_eq!(clock_beside("p_ad"), Some(ClockKind::AdvertisingReply));
        assert_eq!(clock_beside("p_competition"), None);
        assert_eq!(clock_beside("p_quality"), None);
    }
}
