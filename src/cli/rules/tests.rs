//! The two batches as their users see them.

use super::*;
use time::macros::date;

fn deadlines(input: &str) -> Vec<String> {
    let mut out = Vec::new();
    deadline_batch(input.as_bytes(), &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn first(input: &str) -> serde_json::Value {
    serde_json::from_str(&deadlines(input)[0]).unwrap()
}

#[test]
fn deadline_answers() {
    let line = &deadlines(r#"{"from":"2026-02-12","working_days":7}"#)[0];
    assert!(
        line.starts_with(
            r#"{"due":"2026-02-28","provisional":false,"steps":[{"date":"2026-02-12","text":""#
        ),
        "{line}"
    );
    let line = &deadlines(r#"{"from":"2026-08-03","days":60}"#)[0];
    assert!(line.starts_with(r#"{"due":"2026-10-08","agency":"2026-10-08","citizen":"2026-10-08","provisional":false,"#), "{line}");
    assert_eq!(
        first(r#"{"from":"2026-06-02","days":60}"#)["due"],
        "2026-08-01"
    );
    assert_eq!(
        first(r#"{"from":"2026-06-02","days":60,"side":"citizen"}"#)["due"],
        "2026-08-03"
    );
    let tested = first(
        r#"{"from":"2026-05-06","days":60,"suspended":[{"from":"2026-06-01","to":"2026-06-20"}]}"#,
    );
    assert_eq!(
        (&tested["agency"], &tested["citizen"]),
        (&"2026-07-25".into(), &"2026-07-27".into())
    );
    let answer = first(r#"{"clock":"acceptance","received":"2026-04-29"}"#);
    assert_eq!(
        (&answer["due"], &answer["rule"]),
        (&"2026-05-12".into(), &"C-20".into())
    );
    let old = first(r#"{"clock":"mediation","from":"2026-04-20","received":"2026-04-14"}"#);
    assert_eq!(old["rule"], "C-28/2020");
    assert_eq!(
        first(r#"{"from":"2026-09-28","working_days":10,"extend_working_days":5}"#)["due"],
        "2026-10-23"
    );
    assert_eq!(
        first(r#"{"from":"2026-12-24","working_days":7}"#)["provisional"],
        true
    );
    assert_eq!(
        first(r#"{"from":"2026-02-12","working_days":7,"suspend":[]}"#)["ignored"][0],
        "suspend"
    );
}

#[test]
fn wrong_questions_get_an_error_line_each() {
    let bad = [
        r#"{"from":"2026-02-30","working_days":7}"#,
        r#"{"from":"1999-12-31","working_days":7}"#,
        r#"{"from":"2101-01-01","working_days":7}"#,
        r#"{"from":"2026-2-3","working_days":7}"#,
        r#"{"from":20260203,"working_days":7}"#,
        r#"{"from":"2026-02-03","working_days":-7}"#,
        r#"{"from":"2026-02-03","working_days":0}"#,
        r#"{"from":"2026-02-03","days":3661}"#,
        r#"{"from":"2026-02-03","days":9223372036854775808}"#,
        r#"{"from":"2026-02-03","days":1.5}"#,
        r#"{"from":"2026-02-03"}"#,
        r#"{"working_days":7}"#,
        r#"{"from":"2026-02-03","days":1,"working_days":1}"#,
        r#"{"from":"2026-02-03","days":1,"side":"both"}"#,
        r#"{"from":"2026-02-03","days":1,"suspended":[{"from":"2026-03-02","to":"2026-03-01"}]}"#,
        r#"{"from":"2026-02-03","days":1,"extend_days":70000}"#,
        r#"{"clock":"reporter_notice","received":"2026-05-01"}"#,
        r#"{"clock":"nothing","received":"2026-05-01"}"#,
        "[]",
        "null",
        "x",
    ];
    let lines = deadlines(&bad.join("\n\n"));
    assert_eq!(lines.len(), bad.len());
    for (question, line) in bad.iter().zip(&lines) {
        assert!(line.starts_with(r#"{"error":""#), "{question} gave {line}");
    }
}

#[test]
fn the_ends_of_the_range_are_answered() {
    for question in [
        r#"{"from":"2100-12-31","working_days":3660,"extend_working_days":3660,"extend_days":3660}"#,
        r#"{"from":"2000-01-01","days":3660,"suspended":[{"from":"2000-01-01","to":"2100-12-31"}]}"#,
    ] {
        assert!(first(question)["due"].is_string());
    }
}

#[test]
fn validate_answers() {
    let mut out = Vec::new();
    let input = concat!(
        r#"{"kind":"uscc","value":"91350100m000100y43"}"#,
        "\n",
        r#"{"kind":"uscc","value":"91350100M000100Y44"}"#,
        "\n",
        r#"{"kind":"passport","value":"1"}"#,
        "\n",
        r#"{"kind":"resident_id","value":"510116201202290016"}"#,
        "\n",
    );
    validate_batch(input.as_bytes(), &mut out, date!(2012 - 02 - 28)).unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"valid":true,"normalised":"91350100M000100Y43"}"#
    );
    assert!(
        lines[1].starts_with(r#"{"valid":false,"reason":"统一"#)
            && lines[1].contains(r#""code":"check""#),
        "{out}"
    );
    assert!(lines[2].starts_with(r#"{"error":"#), "{out}");
    assert!(
        lines[3].contains(r#""code":"date""#),
        "born after today: {out}"
    );
}
