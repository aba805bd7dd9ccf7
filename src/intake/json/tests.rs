//! What JSON says, good and bad.

use super::*;

fn codes(object: &Object) -> Vec<(&str, &str)> {
    object
        .mistakes
        .iter()
        .map(|m| (&*m.field, m.code))
        .collect()
}

#[test]
fn values_of_every_kind_become_answers() {
    let text = r#"{"way":"complaint","agreed":true,"injury":false,"amount":3600.5,"injury_count":2,"phone":13800000000,
        "demands":["refund"," return "],"proofs":"invoice,photo","email":null,"story":"一行\n二行\u0000","insider":"no"}"#;
    let object = read(text, &[]).unwrap();
    assert_eq!(object.mistakes, []);
    let a = &object.answers;
    assert_eq!(a.get("agreed"), "yes");
    assert_eq!(a.get("injury"), "no");
    assert_eq!(a.get("amount"), "3600.5");
    assert_eq!(a.get("injury_count"), "2");
    assert_eq!(a.get("phone"), "13800000000");
    assert_eq!(a.get("demands"), "refund,return");
    assert_eq!(a.get("proofs"), "invoice,photo");
    assert_eq!(a.get("email"), "");
    assert_eq!(a.get("story"), "一行\n二行");
}

#[test]
fn bad_types_unknown_and_repeated_keys_are_named() {
    let text = r#"{"story":true,"goods":["a"],"demands":{"a":1},"proofs":[1.5],"agreed":1,"way":7,"extra":[[1]],
        "Story":"","goods":"b","name":{},"happened_on":20261108,"id":{}}"#;
    let object = read(text, &["id"]).unwrap();
    assert_eq!(
        codes(&object),
        [
            ("story", "wrong_type"),
            ("goods", "wrong_type"),
            ("demands", "wrong_type"),
            ("proofs", "wrong_type"),
            ("agreed", "wrong_type"),
            ("way", "wrong_type"),
            ("extra", "unknown_field"),
            ("Story", "unknown_field"),
            ("goods", "duplicate_field"),
            ("name", "wrong_type"),
            ("happened_on", "wrong_type"),
            ("id", "wrong_type"),
        ]
    );
}

#[test]
fn keys_that_a_caller_asks_for() {
    let object = read(r#"{"id":"7","at":42,"goods":"x"}"#, &["id", "at"]).unwrap();
    assert_eq!(
        (object.extra("id"), object.extra("at"), object.extra("no")),
        (Some("7"), Some("42"), None)
    );
    assert_eq!(
        codes(&read(r#"{"id":"7"}"#, &[]).unwrap()),
        [("id", "unknown_field")]
    );
}

#[test]
fn what_is_no_json_or_no_object() {
    for text in [
        "",
        "{",
        "{\"a\":1",
        "{\"a\":1}x",
        "{\"story\":\"\\ud800\"}",
        "{'a':1}",
        "{\"amount\":1e999}",
    ] {
        assert!(!read(text, &[]).unwrap_err().is_data(), "{text}");
    }
    for text in ["[]", "1", "null", "\"a\"", "true"] {
        assert!(read(text, &[]).unwrap_err().is_data(), "{text}");
    }
    // deep nesting is refused or read over, never a stack overflow
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!(
            "{{\"story\":{}1{}}}",
            open.repeat(60_000),
            close.repeat(60_000)
        );
        let _ = read(&deep, &[]);
        let _ = read(&deep.replace("story", "nobody"), &[]);
    }
    let many: String = (0..500).map(|i| format!("\"k{i}\":1,")).collect();
    assert_eq!(
        read(&format!("{{{many}\"z\":1}}"), &[])
            .unwrap()
            .mistakes
            .len(),
        MOST
    );
}

#[test]
fn the_keys_fit_the_mask_of_seen_ones() {
    assert!(fields::FIELDS.len() < 64);
}
