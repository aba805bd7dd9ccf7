//! Whether a reporter must be told of the result. Since 2026-04-15 only where a law says so (投办36); what is not
//! our duty is otherwise only named to the reporter. Pure.

/// A duty to tell, with the law it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duty {
    /// The law as it is cited to people.
    pub article: &'static str,
    /// Only a reporter who gave a name.
    pub named_only: bool,
}

/// The duty to tell the result, by what was reported.
#[must_use]
pub fn result_duty(category: &str, subject: &str, problem: &str) -> Option<Duty> {
    let (article, named_only) = match (category, subject, problem) {
        (_, _, "p_ad") => ("《中华人民共和国广告法》第五十三条", false),
        (_, _, "p_competition") => ("《中华人民共和国反不正当竞争法》第二十条", true),
        (_, "privacy", _) | (_, _, "p_privacy") => {
            ("《中华人民共和国个人信息保护法》第六十五条", false)
        }
        ("g_device", ..) => ("《医疗器械监督管理条例》第七十九条", false),
        ("g_drug", ..) => ("《中华人民共和国药品管理法》第一百零六条", false),
        ("g_cosmetic", ..) => ("《化妆品监督管理条例》第五十八条", false),
        _ => return None,
    };
    Some(Duty {
        article,
        named_only,
    })
}

/// The law that makes the office hand a report over and say so in writing, instead of only naming who is competent.
#[must_use]
pub fn handover_duty(subject: &str) -> Option<&'static str> {
    match subject {
        "food" => Some("《中华人民共和国食品安全法》第一百一十五条"),
        "farm" => Some("《中华人民共和国农产品质量安全法》第五十六条"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r25_only_where_a_law_says_so() {
        assert_eq!(result_duty("g_appliance", "general", "p_quality"), None);
        assert_eq!(
            result_duty("g_food", "food", "p_food_safety"),
            None,
            "food: only the handover"
        );
        assert!(
            !result_duty("g_phone", "general", "p_ad")
                .unwrap()
                .named_only
        );
        assert!(
            result_duty("g_phone", "general", "p_competition")
                .unwrap()
                .named_only
        );
        assert!(handover_duty("food").is_some() && handover_duty("general").is_none());
    }
}
