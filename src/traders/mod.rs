//! The other side 经营者: it is invited to answer a complaint without an account, may offer a settlement, and gets its
//! own copies of the notices. Owns the states of an invitation and of an offer, and the days for an answer; what the
//! answer must hold stands in `answer`, what the trader may read in `masked`. Nothing of a report ever comes here
//! . Pure but for `flow`.

pub mod answer;
pub mod flow;
pub mod masked;

use crate::{
    casework::deadline::{ClockKind, rule_for},
    kernel::{calendar::WorkCalendar, words::words},
};
use time::Date;

words! {
    /// State of an invitation 邀请. It is used up by the first answer that is sent, not by opening it.
    InvitationState {
        Open = "open", "等待答复";
        Answered = "answered", "已答复";
        Revoked = "revoked", "已撤回";
        Expired = "expired", "过期未答复";
    }
}

words! {
    /// State of the offer in an answer 解决方案.
    OfferState {
        None = "none", "没有提出方案";
        Open = "open", "等待消费者决定";
        Accepted = "accepted", "消费者同意";
        Declined = "declined", "消费者不同意";
        Lapsed = "lapsed", "过了保留期";
    }
}

words! {
    /// Way on which a trader was told 告知经营者的方式 (rules §5: forms 5 to 8 may be given by any of these).
    Way {
        Handed = "handed", "当面交给";
        Letter = "letter", "邮寄";
        Phone = "phone", "电话告知";
        Mail = "mail", "电子邮件";
        Sms = "sms", "短信";
        /// Nobody is there any more to be told (C-29(7)), or nobody can be reached.
        Nobody = "nobody", "无法告知";
    }
}

impl Way {
    /// Whether the program sends it, instead of the handler saying that it was done.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Mail | Self::Sms)
    }

    /// The kind of job that sends it.
    #[must_use]
    pub const fn job(self) -> &'static str {
        match self {
            Self::Sms => "trader_sms",
            _ => "trader_mail",
        }
    }
}

/// Longest short message, in characters: ten pieces of a Chinese one.
pub const SMS_MAX: usize = 670;

/// Days from which a handler chooses the last one for an answer.
const MOST_DAYS: usize = 10;

/// The days that may be set for an answer: working days after today, none after the day that the office itself owes
/// (`owed`), because the answer should serve its decision. A case that is late still gets the usual term.
#[must_use]
pub fn answer_days(today: Date, owed: Option<Date>, calendar: &WorkCalendar) -> Vec<Date> {
    let days = |n: usize| -> Vec<Date> {
        (1..=u16::try_from(n).unwrap_or(1))
            .map(|n| calendar.add_working_days(today, n))
            .collect()
    };
    let mut within = days(MOST_DAYS);
    if let Some(owed) = owed {
        within.retain(|d| *d <= owed);
    }
    if within.is_empty() {
        days(usual_days(today))
    } else {
        within
    }
}

/// The usual number of working days for an answer, a setting of the portal and no term of the law.
fn usual_days(today: Date) -> usize {
    usize::from(rule_for(ClockKind::TraderAnswer, today).term.count())
}

/// The day that is proposed: the usual term, or the last day that may be set.
#[must_use]
pub fn usual_day(today: Date, days: &[Date]) -> Option<Date> {
    days.get(usual_days(today) - 1).or(days.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn an_answer_is_due_on_a_working_day_before_the_office_decides() {
        let calendar = WorkCalendar::official();
        let today = date!(2026 - 11 - 24);
        let free = answer_days(today, None, &calendar);
        assert_eq!(free.len(), 10);
        assert_eq!(usual_day(today, &free), Some(date!(2026 - 12 - 01)));
        let owed = answer_days(today, Some(date!(2026 - 11 - 27)), &calendar);
        assert_eq!(owed.last(), Some(&date!(2026 - 11 - 27)));
        assert_eq!(usual_day(today, &owed), owed.last().copied());
        let late = answer_days(today, Some(date!(2026 - 11 - 20)), &calendar);
        assert_eq!(late.last(), Some(&date!(2026 - 12 - 01)));
        assert!(free.iter().all(|d| *d > today && calendar.is_working(*d)));
    }

    #[test]
    fn codes_fit_their_columns() {
        assert!(InvitationState::ALL.iter().all(|s| s.code().len() <= 12));
        assert!(OfferState::ALL.iter().all(|s| s.code().len() <= 12));
        assert!(Way::ALL.iter().all(|s| s.code().len() <= 12));
    }
}
