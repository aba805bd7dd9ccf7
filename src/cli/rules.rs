//! The rules that need no database, tried and measured from the command line: `deadline` and `validate`. With
//! `--batch` they read JSON lines from standard input and write JSON lines.

mod validate;

pub use validate::{
    ValidateAnswer, ValidateArgs, ValidateQuestion, answer_validate, validate_batch,
};

use super::lines::{each_line, write_line};
use crate::casework::deadline::{self, Adjust, ClockKind, Step, Term};
use crate::kernel::{calendar::WorkCalendar, words::words};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, BufRead, Write},
    str::FromStr,
};
use time::{Date, macros::format_description};

/// The longest term that is reckoned, about ten years.
const LONGEST: i64 = 3660;

words! {
    /// Whose reading of the law 哪一方.
    Side {
        Agency = "agency", "内部期限";
        Citizen = "citizen", "对外期限";
    }
}

/// A date `2026-02-12` between 2000 and 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(Date);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Date::parse(text, format_description!("[year]-[month]-[day]"))
            .ok()
            .filter(|date| (2000..=2100).contains(&date.year()))
            .map(Self)
            .ok_or_else(|| {
                let shown: String = text.chars().take(20).collect();
                format!("日期写作 2026-02-12，2000 年至 2100 年，且须真实存在：{shown}")
            })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        <Cow<'de, str>>::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// One suspended interval, both ends included.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Interval {
    from: Day,
    to: Day,
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or("暂停区间写作 2026-06-01..2026-06-20")?;
        Ok(Self {
            from: from.parse()?,
            to: to.parse()?,
        })
    }
}

/// A question about a deadline 期限.
#[derive(Debug, Default, Deserialize)]
pub struct DeadlineQuestion {
    from: Option<Day>,
    working_days: Option<i64>,
    days: Option<i64>,
    side: Option<Side>,
    clock: Option<ClockKind>,
    received: Option<Day>,
    #[serde(default)]
    suspended: Vec<Interval>,
    extend_working_days: Option<i64>,
    extend_days: Option<i64>,
    /// Keys that mean nothing are named in the answer: a slip of the pen must not pass as a plain term.
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// The answer; the order of the fields is the order of the keys.
#[derive(Debug, Serialize)]
pub struct DeadlineAnswer {
    due: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    agency: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citizen: Option<Date>,
    provisional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<&'static str>,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
}

/// A length of time that was given, in range.
fn term(make: fn(u16) -> Term, name: &str, given: Option<i64>) -> Result<Option<Term>, String> {
    let in_range = |n: i64| {
        u16::try_from(n)
            .ok()
            .filter(|n| (1..=LONGEST).contains(&i64::from(*n)))
            .ok_or_else(|| format!("{name} 须在 1 至 {LONGEST} 之间"))
    };
    given.map(|n| in_range(n).map(make)).transpose()
}

/// Answers one question with the given calendar.
///
/// # Errors
/// A Chinese sentence that says what is wrong with the question.
pub fn answer_deadline(
    ask: DeadlineQuestion,
    cal: &WorkCalendar,
) -> Result<DeadlineAnswer, String> {
    let start = ask.from.or(ask.received).ok_or("缺少起算日期 from")?.0;
    let working = term(Term::WorkingDays, "working_days", ask.working_days)?;
    let natural = term(Term::Days, "days", ask.days)?;
    let (length, rule) = match (working, natural, ask.clock) {
        (Some(term), None, None) | (None, Some(term), None) => (term, None),
        (None, None, Some(clock)) => {
            let received = ask.received.map_or(start, |day| day.0);
            let rule = deadline::current_rule(clock, received)
                .ok_or_else(|| format!("{received} 收到的案件没有「{clock}」这一期限"))?;
            (rule.term, Some(rule))
        }
        _ => return Err("working_days、days、clock 三者给一个，且只给一个".to_owned()),
    };
    if let Some(wrong) = ask.suspended.iter().find(|i| i.from.0 > i.to.0) {
        return Err(format!(
            "暂停区间的结束早于开始：{} 至 {}",
            wrong.from.0, wrong.to.0
        ));
    }
    let adjust = Adjust {
        suspended: ask.suspended.iter().map(|i| (i.from.0, i.to.0)).collect(),
        extended: [
            term(
                Term::WorkingDays,
                "extend_working_days",
                ask.extend_working_days,
            )?,
            term(Term::Days, "extend_days", ask.extend_days)?,
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let due = deadline::compute(start, length, &adjust, cal);
    let both = due.unit == deadline::Unit::Days;
    Ok(DeadlineAnswer {
        due: match ask.side.unwrap_or(Side::Agency) {
            Side::Agency => due.agency,
            Side::Citizen => due.citizen,
        },
        agency: both.then_some(due.agency),
        citizen: both.then_some(due.citizen),
        provisional: due.provisional,
        rule: rule.map(|r| r.id),
        article: rule.map(|r| r.article),
        steps: due.steps,
        ignored: ask.unknown.into_keys().collect(),
    })
}

/// Answers a batch of deadline questions with the official calendar.
///
/// # Errors
/// Reading or writing failed.
pub fn deadline_batch(input: impl BufRead, output: impl Write) -> io::Result<()> {
    let cal = WorkCalendar::official();
    each_line(input, output, |ask| answer_deadline(ask, &cal))
}

/// Computes a legal deadline 期限 and shows how it was counted.
///
/// With --batch, one JSON object a line on standard input, e.g. {"from":"2026-02-12","working_days":7} or
/// {"from":"2026-08-03","days":60,"side":"citizen"} or {"clock":"acceptance","received":"2026-04-29"}; further keys:
/// "suspended":[{"from":…,"to":…}], "extend_working_days", "extend_days". One answer a line.
#[derive(Debug, clap::Args)]
pub struct DeadlineArgs {
    /// Read questions from standard input, one JSON object a line 批量
    #[arg(long, conflicts_with_all = ["from", "working_days", "days", "clock", "received", "side", "suspended", "extend_working_days", "extend_days"])]
    batch: bool,
    /// Day 0, which is not counted 起算日期 (2026-02-12)
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// Term in working days 工作日
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    working_days: Option<i64>,
    /// Term in natural days 自然日
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    days: Option<i64>,
    /// Term of the law instead of a number 法定期限: acceptance, mediation, verification …
    #[arg(long, value_name = "CODE", value_parser = clock)]
    clock: Option<ClockKind>,
    /// Day the case was received 收到日期, which decides the version of the law
    #[arg(long, value_name = "DATE")]
    received: Option<Day>,
    /// agency 内部期限 (earliest lawful reading) or citizen 对外期限 (most generous)
    #[arg(long, value_parser = side)]
    side: Option<Side>,
    /// Suspended interval, both ends included 暂停 (2026-06-01..2026-06-20); may be repeated
    #[arg(long, value_name = "FROM..TO")]
    suspended: Vec<Interval>,
    /// Approved extension in working days 延长工作日
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    extend_working_days: Option<i64>,
    /// Approved extension in natural days 延长自然日
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    extend_days: Option<i64>,
}

fn clock(code: &str) -> Result<ClockKind, String> {
    ClockKind::from_code(code).ok_or_else(|| {
        let all: Vec<_> = ClockKind::ALL.iter().map(|k| k.code()).collect();
        format!("one of {}", all.join(", "))
    })
}

fn side(code: &str) -> Result<Side, String> {
    Side::from_code(code).ok_or_else(|| "agency or citizen".to_owned())
}

impl DeadlineArgs {
    /// Runs the command on standard input and output.
    ///
    /// # Errors
    /// The question is wrong, or reading or writing failed.
    pub fn run(self) -> anyhow::Result<()> {
        if self.batch {
            return Ok(deadline_batch(io::stdin().lock(), io::stdout().lock())?);
        }
        let ask = DeadlineQuestion {
            from: self.from,
            working_days: self.working_days,
            days: self.days,
            side: self.side,
            clock: self.clock,
            received: self.received,
            suspended: self.suspended,
            extend_working_days: self.extend_working_days,
            extend_days: self.extend_days,
            unknown: BTreeMap::new(),
        };
        let answer = answer_deadline(ask, &WorkCalendar::official()).map_err(anyhow::Error::msg)?;
        Ok(write_line(io::stdout().lock(), &Ok(answer))?)
    }
}

#[cfg(test)]
mod tests;
