//! The two versions of the rule on complaints and reports, and the article of each matter in each (rules §14). A case
//! lives under the version of its day of receipt (N-06): texts, grounds and articles are asked for here and nowhere
//! else. Pure.
//!
//! Articles 9, 12, 14, 15, 16, 17, 21, 29 and 31 of the repealed rule were read; 18, 19, 20, 22 and 23 are \[mem\].

use crate::kernel::words::words;
use time::{Date, macros::date};

words! {
    /// Version of the rule 规章版本.
    Version {
        /// 《市场监督管理投诉举报处理暂行办法》, 总局令第20号, for cases received before 2026-04-15.
        Interim = "2020", "《市场监督管理投诉举报处理暂行办法》";
        /// 《市场监督管理投诉举报处理办法》, 总局令第121号.
        Measures = "2026", "《市场监督管理投诉举报处理办法》";
    }
}

/// First day of receipt under [`Version::Measures`].
pub const SINCE: Date = date!(2026 - 04 - 15);

impl Version {
    /// The version for a case received on this day (N-06).
    #[must_use]
    pub fn of(received: Date) -> Self {
        if received < SINCE {
            Self::Interim
        } else {
            Self::Measures
        }
    }

    /// The article of a matter without the rule's name, 「第十五条」.
    #[must_use]
    pub const fn article(self, matter: Matter) -> &'static str {
        let (interim, measures) = matter.articles();
        match self {
            Self::Interim => interim,
            Self::Measures => measures,
        }
    }

    /// The article as it is cited to people, with the rule's name.
    #[must_use]
    pub fn cite(self, matter: Matter) -> String {
        format!("{}{}", self.label(), self.article(matter))
    }
}

/// What an article is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// What a complaint must hold (C-01).
    Materials,
    /// Accept or refuse, and tell (C-20).
    Acceptance,
    /// Grounds of a refusal (C-07).
    Refusal,
    /// Mediation needs both sides' consent (C-23).
    Consent,
    /// Another body mediates (C-24).
    Entrusted,
    /// Mediation face to face is announced (C-25).
    OnSite,
    /// Recusal (C-26).
    Recusal,
    /// Appraisal and testing (C-27).
    Testing,
    /// Grounds of a termination (C-29).
    Termination,
    /// The document of an agreement (C-31).
    Agreement,
    /// A clue found in mediation (C-32).
    Clue,
    /// Spot checks and call-backs (C-33); no such article before.
    CallBack,
    /// Arbitration or a court after the mediation; no such article before.
    Court,
    /// No authority over a report.
    NoAuthority,
    /// The same report again; no such article before.
    Repeated,
    /// Two departments disagree who is competent (C-06).
    Jurisdiction,
    /// Reports are handled by the penalty procedure; whether the reporter is told.
    Telling,
    /// Sending to the competent unit 分送, never onwards (T-02).
    Dispatch,
}

impl Matter {
    /// The article under the old version and under the new one; empty where that version says nothing.
    const fn articles(self) -> (&'static str, &'static str) {
        match self {
            Self::Materials => ("第九条", "第十条"),
            Self::Acceptance => ("第十四条", "第十五条"),
            Self::Refusal => ("第十五条", "第十六条"),
            Self::Consent => ("第十六条", "第十八条"),
            Self::Entrusted => ("第十七条", "第十九条"),
            Self::OnSite => ("第十八条", "第二十条"),
            Self::Recusal => ("第十九条", "第二十一条"),
            Self::Testing => ("第二十条", "第二十二条"),
            Self::Termination => ("第二十一条", "第二十三条"),
            Self::Agreement => ("第二十二条", "第二十四条"),
            Self::Clue => ("第二十三条", "第二十七条"),
            Self::CallBack => ("", "第二十六条"),
            Self::Court => ("", "第二十五条"),
            Self::NoAuthority => ("第二十九条", "第三十四条"),
            Self::Repeated => ("", "第三十五条第二款"),
            Self::Jurisdiction => ("", "第三十三条"),
            Self::Telling => ("第三十一条第二款", "第三十六条"),
            Self::Dispatch => ("", "第四十一条"),
        }
    }
}

/// A number of a list in an article, 「第（三）项」; 1 to 8.
#[must_use]
pub const fn item(n: u8) -> &'static str {
    match n {
        1 => "第（一）项",
        2 => "第（二）项",
        3 => "第（三）项",
        4 => "第（四）项",
        5 => "第（五）项",
        6 => "第（六）项",
        7 => "第（七）项",
        _ => "第（八）项",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n06_the_day_of_receipt_decides() {
        assert_eq!(Version::of(date!(2026 - 04 - 14)), Version::Interim);
        assert_eq!(Version::of(date!(2026 - 04 - 15)), Version::Measures);
        assert!(
            Version::of(date!(2026 - 04 - 14))
                .cite(Matter::Acceptance)
                .ends_with("暂行办法》第十四条")
        );
        assert!(
            Version::of(SINCE)
                .cite(Matter::Acceptance)
                .ends_with("处理办法》第十五条")
        );
    }

    #[test]
    fn every_matter_has_an_article_in_force() {
        for matter in [
            Matter::Materials,
            Matter::Court,
            Matter::Repeated,
            Matter::Jurisdiction,
            Matter::Dispatch,
        ] {
            assert!(!Version::Measures.article(matter).is_empty());
        }
    }
}
