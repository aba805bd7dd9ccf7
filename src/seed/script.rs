//! The script of the demo: `demo.json` read into what was filed, when, and what happened then. Pure.

use super::{after::Said, tables::DEMO};
use crate::{
    casework::{self, Ground},
    intake::Answers,
    kernel::{
        clock::CHINA,
        words::{CaseKind, Channel},
    },
};
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};

/// One invented filing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    answers: BTreeMap<String, OneOrMany>,
    /// How it came in.
    pub channel: Channel,
    age_days: i64,
    hour: u8,
    then: Then,
    #[serde(default)]
    then_report: Then,
    #[serde(default)]
    explain: String,
    #[serde(default)]
    messages: Vec<Message>,
    /// What the office writes to itself.
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    trader: Option<TraderSide>,
    #[serde(default)]
    after: Option<Said>,
}

/// What the trader is asked and answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraderSide {
    /// The handler's summary in place of the story.
    #[serde(default)]
    pub summary: String,
    /// The answer's fields, `None`: it still waits.
    #[serde(default)]
    pub answer: Option<BTreeMap<String, String>>,
    /// Whether the complainant takes the offer, `None`: has not decided.
    #[serde(default)]
    pub takes: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    from: Author,
    text: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Author {
    Resident,
    Office,
}

/// What happens to a case: the steps in order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "String")]
struct Then(Vec<Verb>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Accept,
    Verify,
    Mediate,
    Recusal,
    Withdraw,
    Return,
    Refuse(Ground),
    /// A step of the desk by its own code, with words of its own (`deeds`).
    Do(casework::Verb),
}

impl TryFrom<String> for Then {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::default());
        }
        text.split('+')
            .map(|word| match word {
                "accept" => Ok(Verb::Accept),
                "verify" => Ok(Verb::Verify),
                "mediate" => Ok(Verb::Mediate),
                "recusal" => Ok(Verb::Recusal),
                "withdraw" => Ok(Verb::Withdraw),
                "return" => Ok(Verb::Return),
                other => other
                    .strip_prefix("refuse:")
                    .and_then(Ground::from_code)
                    .map(Verb::Refuse)
                    .or_else(|| casework::Verb::from_code(other).map(Verb::Do))
                    .ok_or_else(|| format!("unknown step {other}")),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// One step with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move<'a> {
    /// A complaint is accepted.
    Accept,
    /// A report begins to be verified.
    Verify,
    /// Both sides agree to mediate.
    Mediate,
    /// The resident applies for a recusal, with the reason.
    Recusal(&'a str),
    /// The resident withdraws.
    Withdraw,
    /// Back to intake, with the reason.
    Return(&'a str),
    /// A complaint is refused, with ground and explanation.
    Refuse(Ground, &'a str),
    /// The resident writes.
    Resident(&'a str),
    /// The office writes.
    Office(&'a str),
    /// A further step of the desk.
    Do(casework::Verb),
}

impl Move<'_> {
    /// Whether somebody at the desk takes the step.
    pub const fn is_of_the_office(&self) -> bool {
        !matches!(self, Self::Withdraw | Self::Resident(_) | Self::Recusal(_))
    }
}

/// The invented filings.
///
/// # Errors
/// The embedded file does not fit its description; a test reads it.
pub(super) fn entries() -> anyhow::Result<Vec<Entry>> {
    serde_json::from_str(DEMO).context("demo.json")
}

impl Entry {
    /// When it was received, never later than now.
    pub fn received(&self, index: usize, now: OffsetDateTime) -> OffsetDateTime {
        let day = now.to_offset(CHINA).date() - Duration::days(self.age_days);
        let minute = u8::try_from(index * 7 % 60).unwrap_or(0);
        let time = Time::from_hms(self.hour, minute, 0).unwrap_or(Time::MIDNIGHT);
        day.with_time(time)
            .assume_offset(CHINA)
            .to_offset(UtcOffset::UTC)
            .min(now)
    }

    /// The answers, with dates counted back from the day of receipt.
    pub fn answers(&self, received: Date) -> Answers {
        let mut out = Answers::default();
        for (name, value) in &self.answers {
            match value {
                OneOrMany::Many(values) => out.set(name, &values.join(",")),
                OneOrMany::One(text) => match days_before(text) {
                    Some(days) => out.set(name, &(received - Duration::days(days)).to_string()),
                    None => out.set(name, text),
                },
            }
        }
        out
    }

    /// Steps and messages in order. Messages belong to the complaint of a filing of both kinds; they come before the
    /// step after which nobody would answer any more.
    pub fn moves(&self, kind: CaseKind) -> Vec<Move<'_>> {
        let both = matches!(self.answers.get("way"), Some(OneOrMany::One(way)) if way == "both");
        let second = both && kind == CaseKind::Report;
        let verbs = if second {
            &self.then_report.0
        } else {
            &self.then.0
        };
        let mut moves: Vec<Move<'_>> = verbs
            .iter()
            .map(|verb| match verb {
                Verb::Accept => Move::Accept,
                Verb::Verify => Move::Verify,
                Verb::Mediate => Move::Mediate,
                Verb::Recusal => Move::Recusal(&self.explain),
                Verb::Withdraw => Move::Withdraw,
                Verb::Return => Move::Return(&self.explain),
                Verb::Refuse(ground) => Move::Refuse(*ground, &self.explain),
                Verb::Do(verb) => Move::Do(*verb),
            })
            .collect();
        if !second {
            let last = moves
                .iter()
                .position(|m| !matches!(m, Move::Accept | Move::Verify | Move::Mediate))
                .unwrap_or(moves.len());
            let messages = self.messages.iter().map(|m| match m.from {
                Author::Resident => Move::Resident(m.text.as_str()),
                Author::Office => Move::Office(m.text.as_str()),
            });
            moves.splice(last..last, messages);
        }
        moves
    }

    /// The trader's side, which only a complaint has.
    pub fn trader(&self, kind: CaseKind) -> Option<&TraderSide> {
        self.trader.as_ref().filter(|_| kind == CaseKind::Complaint)
    }

    /// What the resident says after the end; of a filing of both kinds, to the complaint.
    pub fn after(&self, kind: CaseKind) -> Option<&Said> {
        let report =
            matches!(self.answers.get("way"), Some(OneOrMany::One(way)) if way == "report");
        self.after
            .as_ref()
            .filter(|_| report == (kind == CaseKind::Report))
    }

    /// Whether it has ended and nobody has said anything to that yet.
    pub fn can_be_rated(&self) -> bool {
        matches!(self.then.0.as_slice(), [Verb::Refuse(_)]) && self.after.is_none()
    }

    /// The name of the trader whom it is about.
    pub fn about(&self) -> &str {
        match self.answers.get("trader_name") {
            Some(OneOrMany::One(name)) => name,
            _ => "",
        }
    }

    /// Whether it makes a good example: both sides have said something and it goes on.
    pub fn worth_showing(&self) -> bool {
        matches!(self.then.0.as_slice(), [Verb::Accept | Verb::Verify]) && self.messages.len() > 1
    }
}

/// `-12d` is 12 days before, `+12d` 12 days after.
fn days_before(text: &str) -> Option<i64> {
    let days = text.strip_suffix('d')?;
    match days.strip_prefix('+') {
        Some(after) => after.parse::<i64>().ok().map(|n| -n),
        None => days.strip_prefix('-')?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        intake::{Filing, check_all},
        seed::tables::DISTRICT,
    };
    use time::macros::datetime;

    #[test]
    fn every_demo_filing_satisfies_the_rules() {
        for now in [
            datetime!(2026-11-24 10:00 +8),
            datetime!(2026-03-01 00:30 +8),
            datetime!(2027-01-02 23:59 +8),
        ] {
            for (i, entry) in entries().unwrap().iter().enumerate() {
                let day = entry.received(i, now).to_offset(CHINA).date();
                assert!(entry.received(i, now) <= now);
                let answers = entry.answers(day);
                assert_eq!(check_all(&answers, &*DISTRICT, day), [], "demo case {i}");
                Filing::read(&answers, &*DISTRICT, day).unwrap();
                assert_eq!(
                    answers.iter().count(),
                    entry.answers.len(),
                    "demo case {i} has an unknown or empty field"
                );
            }
        }
    }

    #[test]
    fn every_step_has_its_words() {
        for (i, entry) in entries().unwrap().iter().enumerate() {
            for kind in CaseKind::ALL {
                for step in entry.moves(*kind) {
                    match step {
                        Move::Return(text)
                        | Move::Refuse(_, text)
                        | Move::Resident(text)
                        | Move::Recusal(text)
                        | Move::Office(text) => {
                            assert!(
                                (4..=200).contains(&text.chars().count()),
                                "demo case {i}: {text}"
                            );
                        }
                        Move::Accept
                        | Move::Verify
                        | Move::Mediate
                        | Move::Withdraw
                        | Move::Do(_) => {}
                    }
                }
            }
        }
        assert!(entries().unwrap().iter().any(Entry::worth_showing));
        for (i, entry) in entries().unwrap().iter().enumerate() {
            let Some(said) = &entry.after else { continue };
            for text in [&said.reopen, &said.grant, &said.decline] {
                let length = text.chars().count();
                assert!(
                    length == 0 || (4..=200).contains(&length),
                    "demo case {i}: {text}"
                );
            }
        }
    }

    #[test]
    fn messages_come_before_what_ends_the_talk() {
        let entry: Entry = serde_json::from_str(
            r#"{"answers":{"way":"both"},"channel":"web","age_days":1,"hour":9,"then":"accept+withdraw",
                "then_report":"verify","messages":[{"from":"office","text":"退了吗"}]}"#,
        )
        .unwrap();
        assert_eq!(
            entry.moves(CaseKind::Complaint),
            [Move::Accept, Move::Office("退了吗"), Move::Withdraw]
        );
        assert_eq!(entry.moves(CaseKind::Report), [Move::Verify]);
        assert_eq!(
            Then::try_from("refuse:c07_9".to_owned()).unwrap_err(),
            "unknown step refuse:c07_9"
        );
    }
}
