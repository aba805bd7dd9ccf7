//! Cases that came by 12345 (rules 4.5): what the hotline calls them, and its own term beside the law's. The legal clock
//! still runs from receipt; the hotline's is the office's business and never shown to a resident as the law's. Pure.

use super::deadline::{ClockKind, Term};
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What 12345 calls a work order 工单类型.
    HotlineKind {
        Enquiry = "enquiry", "咨询";
        Request = "request", "求助、意见建议";
        Complaint = "complaint", "投诉举报";
    }
}

impl HotlineKind {
    /// Its clock.
    #[must_use]
    pub const fn clock(self) -> ClockKind {
        match self {
            Self::Enquiry => ClockKind::HotlineEnquiry,
            Self::Request => ClockKind::HotlineRequest,
            Self::Complaint => ClockKind::HotlineComplaint,
        }
    }

    /// The kind that a hotline's file names, in its own words or by our code.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text.trim() {
            "" => None,
            "咨询" => Some(Self::Enquiry),
            "求助" | "意见" | "建议" | "意见建议" => Some(Self::Request),
            "投诉" | "举报" | "投诉举报" => Some(Self::Complaint),
            code => Self::from_code(code),
        }
    }
}

/// Working days that 12345 gives, a setting: the Sichuan rule of 2025-12 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HotlineDays {
    /// 咨询.
    pub enquiry: u16,
    /// 求助、意见建议.
    pub request: u16,
    /// 投诉举报.
    pub complaint: u16,
}

impl Default for HotlineDays {
    fn default() -> Self {
        Self {
            enquiry: 3,
            request: 7,
            complaint: 15,
        }
    }
}

impl HotlineDays {
    /// The clock and term of a kind.
    #[must_use]
    pub const fn of(self, kind: HotlineKind) -> (ClockKind, Term) {
        let days = match kind {
            HotlineKind::Enquiry => self.enquiry,
            HotlineKind::Request => self.request,
            HotlineKind::Complaint => self.complaint,
        };
        (kind.clock(), Term::WorkingDays(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::deadline::{RULES, rule_for};
    use time::macros::date;

    #[test]
    fn the_defaults_are_those_of_the_sichuan_rule() {
        for kind in HotlineKind::ALL.iter().copied() {
            let (clock, term) = HotlineDays::default().of(kind);
            assert_eq!(rule_for(clock, date!(2026 - 11 - 24)).term, term);
            assert!(RULES.iter().any(|r| r.clock == clock));
        }
    }

    #[test]
    fn a_file_may_say_it_in_the_hotlines_words() {
        assert_eq!(HotlineKind::read(" 意见建议 "), Some(HotlineKind::Request));
        assert_eq!(HotlineKind::read("enquiry"), Some(HotlineKind::Enquiry));
        assert_eq!(HotlineKind::read("表扬"), None);
    }
}
