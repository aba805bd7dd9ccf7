//! `validate`: numbers of people and traders, checked one by one or in a batch (rules §11).

use crate::cli::lines::{each_line, write_line};
use crate::kernel::{
    clock::{Clock, china_date},
    identifiers::{self, Fault, IdentifierKind},
};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};
use time::Date;

/// A number to check.
#[derive(Debug, Deserialize)]
pub struct ValidateQuestion {
    kind: IdentifierKind,
    value: String,
}

/// Whether the number is one; the order of the fields is the order of the keys.
#[derive(Debug, Serialize)]
pub struct ValidateAnswer {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normalised: Option<String>,
}

/// Answers one question; `today` in China.
#[must_use]
pub fn answer_validate(ask: &ValidateQuestion, today: Date) -> ValidateAnswer {
    match identifiers::check(ask.kind, &ask.value, today) {
        Ok(good) => ValidateAnswer {
            valid: true,
            reason: None,
            code: None,
            warning: good.warning,
            normalised: Some(good.normalised),
        },
        Err(why) => ValidateAnswer {
            valid: false,
            reason: Some(why.message),
            code: Some(why.code),
            warning: None,
            normalised: None,
        },
    }
}

/// Answers a batch of numbers.
///
/// # Errors
/// Reading or writing failed.
pub fn validate_batch(input: impl BufRead, output: impl Write, today: Date) -> io::Result<()> {
    each_line(input, output, |ask: ValidateQuestion| {
        Ok(answer_validate(&ask, today))
    })
}

/// Checks a number: credit code 统一社会信用代码, resident id 身份证号, telephone 电话, plate 车牌, bank card 银行卡.
///
/// With --batch, one JSON object a line on standard input: {"kind":"uscc","value":"91350100M000100Y43"}; one answer a
/// line, {"valid":true} or {"valid":false,"reason":"…"} with more keys.
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// Read questions from standard input, one JSON object a line 批量
    #[arg(long, conflicts_with_all = ["kind", "value"])]
    batch: bool,
    /// uscc, resident_id, mobile, landline, phone, service_number, short_number, plate or bank_card 种类
    #[arg(long, value_name = "CODE", value_parser = kind, required_unless_present = "batch")]
    kind: Option<IdentifierKind>,
    /// The number 号码
    #[arg(long, required_unless_present = "batch")]
    value: Option<String>,
}

fn kind(code: &str) -> Result<IdentifierKind, String> {
    IdentifierKind::from_code(code).ok_or_else(|| {
        let all: Vec<_> = IdentifierKind::ALL.iter().map(|k| k.code()).collect();
        format!("one of {}", all.join(", "))
    })
}

impl ValidateArgs {
    /// Runs the command on standard input and output.
    ///
    /// # Errors
    /// Reading or writing failed.
    pub fn run(self) -> anyhow::Result<()> {
        let today = china_date(Clock::System.now());
        if let (Some(kind), Some(value)) = (self.kind, self.value) {
            let answer = answer_validate(&ValidateQuestion { kind, value }, today);
            return Ok(write_line(io::stdout().lock(), &Ok(answer))?);
        }
        Ok(validate_batch(
            io::stdin().lock(),
            io::stdout().lock(),
            today,
        )?)
    }
}
