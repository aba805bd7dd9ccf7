//! Files as hotlines write them.

use super::*;
use time::macros::datetime;

fn rows(input: &[u8]) -> Vec<Result<Row, RowError>> {
    open(input).unwrap_or_else(|e| panic!("{e}")).collect()
}

fn failure(input: &[u8]) -> String {
    match open(input) {
        Ok(_) => panic!("opened"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn a_table_with_labels_and_one_with_names_say_the_same() {
    let labels = "\u{feff}工单编号,商家名称,诉求,是否同意公示投诉信息,收到时间,#备注\r\n\
                  A-1,示例商行,\"退货，更换\",否,2026/11/8 10:03,x\r\n";
    let names = "external_id\ttrader_name\tdemands\tpublish\treceived_at\n\
                 A-1\t示例商行\treturn;replace\tno\t2026-11-08T10:03:00+08:00\n";
    let json = r#"{"external_id":"A-1","trader_name":"示例商行","demands":["return","更换"],"publish":false,
        "received_at":"2026年11月8日 10:03:00"}"#
        .replace('\n', " ");
    let all: Vec<Row> = [labels, names, &json]
        .iter()
        .map(|t| rows(t.as_bytes()).remove(0).unwrap())
        .collect();
    for row in &all {
        assert_eq!(row.answers, all[0].answers);
        assert_eq!(row.received_at, Some(datetime!(2026-11-08 10:03 +8)));
        assert_eq!(
            row.idempotency, all[0].idempotency,
            "the hotline's number, not the file, makes the key"
        );
    }
    let a = &all[0].answers;
    assert_eq!(
        (a.get("demands"), a.get("publish")),
        ("return,replace", "no")
    );
    assert_eq!(
        (a.get("way"), a.get("age"), a.get("agreed")),
        ("complaint", "adult", "yes")
    );
    assert_eq!((all[0].line, all[2].line), (2, 1));
}

#[test]
fn without_a_number_the_content_makes_the_key() {
    let file = |goods: &str| {
        rows(format!("goods,story\n{goods},坏了\n").as_bytes())
            .remove(0)
            .unwrap()
            .idempotency
    };
    assert_eq!(file("热水器"), file(" 热水器 "));
    assert_ne!(file("热水器"), file("热水壶"));
}

#[test]
fn bad_rows_are_named_by_line_and_do_not_end_the_file() {
    let mut input = "goods,story\n锅,\"两\n行\"\n,\n".as_bytes().to_vec();
    input.extend(b"\xb9\xf8,\xbb\xb5\n");
    input.extend("锅,坏了,太,多\n锅\n".as_bytes());
    let all = rows(&input);
    assert_eq!(all.len(), 4);
    assert_eq!(all[0].as_ref().unwrap().answers.get("story"), "两\n行");
    let error = |i: usize| all[i].as_ref().unwrap_err();
    assert_eq!((error(1).line, error(1).errors[0].code), (5, "encoding"));
    assert!(error(1).errors[0].message.contains("CSV UTF-8"));
    assert_eq!((error(2).line, error(2).errors[0].code), (6, "columns"));
    assert_eq!(all[3].as_ref().unwrap().line, 7);

    let all = rows(b"{\"goods\":1}\n\n{\"goods\":\n{\"x\":1,\"received_at\":\"soon\",\"external_id\":\"7\"}\n[]\n");
    let codes: Vec<_> = all
        .iter()
        .filter_map(|r| r.as_ref().err())
        .map(|e| (e.line, e.errors[0].code))
        .collect();
    assert_eq!(
        codes,
        [(3, "malformed"), (4, "unknown_field"), (5, "malformed")]
    );
    let both = all[2].as_ref().unwrap_err();
    assert_eq!(
        (both.external_id.as_deref(), both.errors[1].code),
        (Some("7"), "date")
    );
}

#[test]
fn line_numbers_hold_whatever_ends_the_lines() {
    let lines = "goods,story\n\n锅,\"两\n\n行\"\n\n\n盆,坏\n,\n碗,碎";
    for text in [
        lines.to_owned(),
        lines.replace('\n', "\r\n"),
        format!("{lines}\n"),
        format!("{lines}\r\n"),
    ] {
        let at: Vec<_> = rows(text.as_bytes())
            .into_iter()
            .map(|r| r.unwrap().line)
            .collect();
        assert_eq!(at, [3, 8, 10], "{text:?}");
    }
}

#[test]
fn files_that_are_not_ours_say_what_to_do() {
    assert!(failure(b"").contains("空"));
    assert!(failure(b"\xef\xbb\xbf \n").contains("空"));
    assert!(failure(b"\xff\xfeg\0").contains("UTF-16"));
    assert!(failure(b"\xc9\xcc\xbc\xd2\xc3\xfb\xb3\xc6\n").contains("GBK"));
    assert!(failure("商家\n".as_bytes()).contains("「商家」"));
    assert!(failure(b"goods,goods\n").contains("goods"));
}

#[test]
fn a_row_cannot_take_all_memory() {
    let mut input = b"goods,story\n\"".to_vec();
    input.resize(3 << 20, b'a');
    let all = rows(&input);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].as_ref().unwrap_err().errors[0].code, "unreadable");

    let mut input = b"{\"story\":\"".to_vec();
    input.resize(3 << 20, b'a');
    input.extend(b"\"}\n{\"goods\":\"x\"}\n");
    let all = rows(&input);
    assert_eq!(all[0].as_ref().unwrap_err().errors[0].code, "too_long");
    assert_eq!(all[1].as_ref().unwrap().line, 2);
}

#[test]
fn instants() {
    assert_eq!(instant("2026-11-08"), Some(datetime!(2026-11-08 0:00 +8)));
    assert_eq!(
        instant("2026-11-08T02:03:04Z"),
        Some(datetime!(2026-11-08 02:03:04 UTC))
    );
    for bad in [
        "",
        "昨天",
        "2026-13-01",
        "2026-11-08 25:00",
        "2026-11-08 1",
        "2026-11-08 1:2:3:4",
    ] {
        assert_eq!(instant(bad), None, "{bad}");
    }
}
