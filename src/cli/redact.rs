//! `minsheng redact`: replaces personal data in a batch of texts, one JSON object a line in and out. Reads and writes
//! what it is given; opens no file and no database.

use crate::privacy::detect::{Redacted, Span, Titles, redact, redact_with_names};
use std::io::{BufRead, Result, Write};

/// How `minsheng redact` looks.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct RedactArgs {
    /// Leave the names of persons, except behind words like 联系人: fast, as in a request
    #[arg(long)]
    patterns_only: bool,
    /// Mask surnames with a title too (王经理)
    #[arg(long, conflicts_with = "patterns_only")]
    titles: bool,
}

impl RedactArgs {
    fn redact(self, text: &str) -> Redacted {
        match (self.patterns_only, self.titles) {
            (true, _) => redact(text),
            (false, true) => redact_with_names(text, Titles::Hide),
            (false, false) => redact_with_names(text, Titles::Stay),
        }
    }
}

#[derive(serde::Deserialize)]
struct Row {
    id: serde_json::Value,
    text: String,
}

#[derive(serde::Serialize)]
struct Clean {
    id: serde_json::Value,
    text: String,
    spans: Vec<Span>,
}

#[derive(serde::Serialize)]
struct Bad {
    error: String,
}

/// Reads `{"id","text"}` lines and writes `{"id","text","spans":[{"start","end","kind"}]}` lines, where `text` is
/// redacted and the places count characters of the original. A line that is no such object gives `{"error"}` with the
/// line's number and never its content; blank lines are skipped.
///
/// # Errors
/// When reading or writing fails.
pub fn redact_batch(
    args: RedactArgs,
    mut input: impl BufRead,
    mut output: impl Write,
) -> Result<()> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Row>(&line) {
            Ok(row) => {
                let clean = args.redact(&row.text);
                let out = Clean {
                    id: row.id,
                    text: clean.text,
                    spans: clean.spans,
                };
                serde_json::to_writer(&mut output, &out)?;
            }
            Err(e) => {
                let error = format!(
                    "line {number}: not an object with id and text ({:?})",
                    e.classify()
                );
                serde_json::to_writer(&mut output, &Bad { error })?;
            }
        }
        output.write_all(b"\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::{RedactArgs, redact_batch};

    #[test]
    fn a_line_out_for_each_line_in() {
        let input = "{\"id\":7,\"text\":\"电话13800000000\"}\n\n{\"id\":\"x\"}\nnot json 13800000000\n\
                     {\"id\":null,\"text\":\"没有\"}";
        let mut out = Vec::new();
        redact_batch(RedactArgs::default(), input.as_bytes(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(
            lines[0],
            r#"{"id":7,"text":"电话〔手机号〕","spans":[{"start":2,"end":13,"kind":"mobile"}]}"#
        );
        assert!(
            lines[1].starts_with("{\"error\":\"line 3")
                && lines[2].starts_with("{\"error\":\"line 4")
        );
        assert!(!out.contains("138"));
        assert_eq!(lines[3], r#"{"id":null,"text":"没有","spans":[]}"#);
    }
    #[test]
    fn names_are_looked_for_unless_told_otherwise() {
        let run = |patterns_only, titles| {
            let args = RedactArgs {
                patterns_only,
                titles,
            };
            let input = "{\"id\":1,\"text\":\"张建国和王经理都说不退\"}";
            let mut out = Vec::new();
            redact_batch(args, input.as_bytes(), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(run(true, false).contains("\"text\":\"张建国和王经理都说不退\""));
        assert!(run(false, false).contains("\"text\":\"〔姓名〕和王经理都说不退\""));
        assert!(run(false, true).contains("\"text\":\"〔姓名〕和〔姓名〕都说不退\""));
    }
}
