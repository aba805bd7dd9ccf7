//! After the end 办结以后: what a resident answers to three plain questions, and what lets a case be taken up again 重新办理.
//! No text knows either: who is not content with the end of a complaint goes to court or to arbitration (投办25), and a
//! reporter is owed no more than R-25. Taking a case up again is the office's own second look, asked for once with a
//! reason and decided by another person than ended the case. Owns the answers, the terms around a request, and what of
//! the history both need. Pure.
//!
//! Where a granted case goes, and by which clock, stands in the tables of `complaint` and `report`; no text says it, so
//! that it gets the ordinary term of the stage that it goes back to, by the rule of its receipt (N-06):
//! - a closed complaint is accepted again, with C-28 from the day of the grant: it is the department's, but both sides
//!   are asked anew whether they mediate (C-23);
//! - a refused complaint is received again, with C-20 from the day of the grant;
//! - a report is verified again, with R-20 from the day of the request, which is when the material came: the earlier of
//!   the two readings. What was decided in it stands.
//!
//! Who withdrew before anything was decided files again; the complaint and the report of one filing never move each other.

use super::{EventKind, Verb, clocks::Past, deadline::Term};
use crate::kernel::words::words;
use serde_json::Value;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

words! {
    /// Did anybody answer?
    Responded {
        Yes = "yes", "有";
        No = "no", "没有";
    }
}

words! {
    /// Is it solved?
    Solved {
        Yes = "yes", "解决了";
        Partly = "partly", "解决了一部分";
        No = "no", "没有解决";
    }
}

words! {
    /// Is the resident content?
    Satisfied {
        Yes = "yes", "满意";
        Fair = "fair", "一般";
        No = "no", "不满意";
    }
}

/// What a resident answered; each question may be left out. Holds nothing that would name anybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rating {
    /// Did anybody answer?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responded: Option<Responded>,
    /// Is it solved?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<Solved>,
    /// Is the resident content?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<Satisfied>,
}

impl Rating {
    /// From the codes of a form, empty for a question that was left out.
    ///
    /// # Errors
    /// Which question, and what to do: a code that is none, or nothing answered at all.
    pub fn read(
        responded: &str,
        solved: &str,
        satisfied: &str,
    ) -> Result<Self, (&'static str, &'static str)> {
        fn one<T>(
            code: &str,
            name: &'static str,
            parse: fn(&str) -> Option<T>,
        ) -> Result<Option<T>, (&'static str, &'static str)> {
            match code {
                "" => Ok(None),
                code => parse(code).map(Some).ok_or((name, "请从列出的答案里选择")),
            }
        }
        let rating = Self {
            responded: one(responded, "responded", Responded::from_code)?,
            solved: one(solved, "solved", Solved::from_code)?,
            satisfied: one(satisfied, "satisfied", Satisfied::from_code)?,
        };
        if rating == Self::default() {
            return Err(("responded", "三个问题至少选一个；不想评价的，不用提交"));
        }
        Ok(rating)
    }

    /// From the facts of an event.
    #[must_use]
    pub fn of(data: &Value) -> Self {
        serde_json::from_value(data.clone()).unwrap_or_default()
    }

    /// In one line.
    #[must_use]
    pub fn words(&self) -> String {
        let said = [
            self.responded.map(|r| format!("{r}人回应")),
            self.solved.map(|s| s.label().to_owned()),
            self.satisfied.map(|s| s.label().to_owned()),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        said.join("，")
    }
}

/// The terms around a request: settings, because no text sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reopening {
    /// Days after the end within which a resident may ask.
    pub within_days: u16,
    /// Working days within which the resident is told the decision.
    pub reply_days: u16,
}

impl Default for Reopening {
    fn default() -> Self {
        Self {
            within_days: 30,
            reply_days: 7,
        }
    }
}

impl Reopening {
    /// Both terms are ones that somebody means.
    #[must_use]
    pub fn sane(&self) -> bool {
        (1..=365).contains(&self.within_days) && (1..=30).contains(&self.reply_days)
    }

    /// The last day on which a resident may ask.
    #[must_use]
    pub fn until(&self, ended: Date) -> Date {
        ended + Duration::days(i64::from(self.within_days))
    }

    /// By when a request is answered.
    #[must_use]
    pub const fn reply(&self) -> Term {
        Term::WorkingDays(self.reply_days)
    }
}

/// What the history says about the end of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct After {
    /// When it ended, UTC; `None` while it is open.
    pub ended: Option<OffsetDateTime>,
    /// What the resident answered since then.
    pub rating: Option<Rating>,
    /// It was asked to be taken up again, which can be done once.
    pub asked: bool,
    /// It was taken up again.
    pub reopened: bool,
    /// Who ended it, and who proposed that.
    by: Vec<Uuid>,
}

impl After {
    /// Reads on: an event, and whether the case was open before it and is open now.
    pub(super) fn apply(&mut self, past: &Past, was_open: bool, open: bool) {
        match past.kind {
            EventKind::Rated => self.rating = Some(Rating::of(&past.data)),
            EventKind::ReopenAsked => self.asked = true,
            EventKind::Reopened => self.reopened = true,
            _ => {}
        }
        if was_open == open {
            return;
        }
        self.rating = None;
        self.ended = (!open).then_some(past.at);
        self.by = if open {
            Vec::new()
        } else {
            past.staff
                .into_iter()
                .chain(past.read("asked_by"))
                .collect()
        };
    }

    /// What stands in the way of a step for this person.
    pub(super) fn obstacle(&self, verb: Verb, staff: Uuid) -> Option<&'static str> {
        match verb {
            Verb::Rate if self.rating.is_some() => Some("您已经评价过了，谢谢"),
            Verb::ReopenAsk if self.asked => Some("重新办理只能申请一次，您已经申请过了"),
            Verb::ReopenGrant | Verb::ReopenDecline if self.by.contains(&staff) => {
                Some("这件是您办结的，重不重新办理要由另一个人决定")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
