//! The machine interface and hotline files: who may file, what a retry gives, what bad input is told, one answer for
//! every wrong query code.

use crate::support::{
    TestApp,
    client::{Answer, Client},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use minsheng::{
    cli::import,
    kernel::{number::CaseNumber, words::CaseKind},
    store::security,
    web::api::{openapi::example_filing, token_hash},
};
use serde_json::{Value, json};

const TOKEN: &str = "test-token-0123456789abcdef";
const CASES: &str = "/api/v1/cases";

async fn token(t: &TestApp, name: &str, token: &str) {
    let mut conn = t.app.store.conn().await.unwrap();
    security::token_insert(
        &mut conn,
        t.app.ids.next(),
        name,
        &token_hash(token),
        t.app.now(),
    )
    .await
    .unwrap();
}

async fn send(client: &mut Client, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(Method::POST).uri(CASES);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(body.into()).unwrap()).await
}

async fn file(client: &mut Client, token: &str, key: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", &*bearer),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    send(client, &headers, body.to_string()).await
}

async fn progress(client: &mut Client, number: &str, code: &str) -> Answer {
    let request = Request::builder()
        .uri(format!("{CASES}/{number}"))
        .header("x-query-code", code);
    client.send(request.body(Body::empty()).unwrap()).await
}

/// The kind of a problem, with the members that every problem has.
#[track_caller]
fn problem(answer: &Answer) -> String {
    assert_eq!(
        answer.headers["content-type"],
        "application/problem+json",
        "{}",
        answer.text()
    );
    let document = answer.json();
    assert_eq!(document["status"], answer.status.as_u16());
    assert_eq!(
        document["request_id"],
        answer.headers["x-request-id"].to_str().unwrap()
    );
    assert!(!document["title"].as_str().unwrap().is_empty());
    assert!(!document["detail"].as_str().unwrap().is_empty());
    document["type"]
        .as_str()
        .unwrap()
        .trim_start_matches("/api#")
        .to_owned()
}

fn both() -> Value {
    let mut filing = example_filing();
    filing["way"] = json!("both");
    filing["named"] = json!("anonymous");
    filing
}

#[tokio::test]
async fn a_machine_files_once_however_often_it_asks_and_the_sender_follows() {
    let t = TestApp::new().await;
    token(&t, "热线", TOKEN).await;
    let mut c = t.client();
    let first = file(&mut c, TOKEN, "hotline-1", &both()).await.expect(201);
    let said = first.json();
    assert_eq!(said["repeated"], false);
    assert_eq!(said["cases"].as_array().unwrap().len(), 2);
    let case = &said["cases"][0];
    assert_eq!(
        (&case["kind"], &case["clock"], &case["promised"]),
        (
            &json!("complaint"),
            &json!("acceptance"),
            &json!("2026-12-03")
        )
    );
    assert!(
        case["received_at"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-24T10:00:00")
    );
    assert!(case["receipt"].as_str().unwrap().starts_with("MSR1."));
    assert!(
        !case["track_url"]
            .as_str()
            .unwrap()
            .contains(case["query_code"].as_str().unwrap())
    );
    assert_eq!(
        first.location(),
        format!("{CASES}/{}", case["number"].as_str().unwrap())
    );

    let again = file(&mut c, TOKEN, "hotline-1", &both())
        .await
        .expect(200)
        .json();
    assert_eq!(again["repeated"], true);
    assert_eq!(again["cases"], said["cases"]);
    let mut other = both();
    other["goods"] = json!("电饭锅");
    let conflict = file(&mut c, TOKEN, "hotline-1", &other).await.expect(409);
    assert_eq!(problem(&conflict), "conflict");
    // the key belongs to the token
    token(&t, "商会", "another-token-0123456789").await;
    file(&mut c, "another-token-0123456789", "hotline-1", &other)
        .await
        .expect(201);

    let (number, code) = (
        case["number"].as_str().unwrap(),
        case["query_code"].as_str().unwrap(),
    );
    let seen = progress(
        &mut c,
        &number.to_lowercase(),
        &format!("{} {}", &code[..8], &code[8..]),
    )
    .await
    .expect(200)
    .json();
    assert_eq!(
        (&seen["state"], &seen["messages"], &seen["open"]),
        (&json!("submitted"), &json!(0), &json!(true))
    );
    assert_eq!(seen["due"]["date"], "2026-12-03");
    assert!(
        seen["due"]["article"]
            .as_str()
            .unwrap()
            .contains("第十五条")
    );
    assert_eq!(seen["events"][0]["kind"], "submitted");
    let text = seen.to_string();
    for secret in ["张示例", "028", "示例巷", code] {
        assert!(!text.contains(secret), "{secret}");
    }

    let second = said["cases"][1]["query_code"].as_str().unwrap();
    let unknown = CaseNumber::new(CaseKind::Complaint, 2611, 99_999).to_string();
    let mut answers = Vec::new();
    for (number, code) in [(number, second), (&*unknown, code)] {
        let answer = progress(&mut c, number, code).await.expect(404);
        assert_eq!(problem(&answer), "not_found");
        let mut document = answer.json();
        document["request_id"] = Value::Null;
        answers.push(document);
    }
    assert_eq!(
        answers[0], answers[1],
        "another case's code and an unknown number are one answer"
    );
    let last = (code.as_bytes()[15] - b'0' + 1) % 10;
    let slip = progress(&mut c, number, &format!("{}{last}", &code[..15]))
        .await
        .expect(422);
    assert_eq!(
        (problem(&slip), &slip.json()["errors"][0]["code"]),
        ("invalid".into(), &json!("mistyped"))
    );
    assert_eq!(
        problem(&progress(&mut c, number, "").await.expect(422)),
        "invalid"
    );
    progress(&mut c, "%ff", code).await.expect(422);
}

#[tokio::test]
async fn who_has_no_token_and_who_sends_what_cannot_be_read() {
    let t = TestApp::new().await;
    token(&t, "热线", TOKEN).await;
    let mut c = t.client();
    let body = example_filing().to_string();
    let bearer = format!("Bearer {TOKEN}");
    let good = [
        ("authorization", &*bearer),
        ("content-type", "application/json"),
        ("idempotency-key", "12345678"),
    ];
    let with = |name: &str, value: Option<&'static str>| -> Vec<(&str, &str)> {
        let mut all: Vec<(&str, &str)> = good.iter().copied().filter(|(n, _)| *n != name).collect();
        if let Some(value) = value {
            all.push((good.iter().find(|(n, _)| *n == name).unwrap().0, value));
        }
        all
    };
    for value in [
        None,
        Some("Bearer wrong-token-0123456789"),
        Some("Basic eDp5"),
        Some("Bearer x"),
    ] {
        let answer = send(&mut c, &with("authorization", value), body.clone())
            .await
            .expect(401);
        assert_eq!(problem(&answer), "unauthorized");
        assert!(
            answer.headers["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
    }
    for value in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
    ] {
        let answer = send(&mut c, &with("content-type", value), body.clone())
            .await
            .expect(415);
        assert_eq!(problem(&answer), "media_type");
    }
    for value in [None, Some("short"), Some("with a blank")] {
        let answer = send(&mut c, &with("idempotency-key", value), body.clone())
            .await
            .expect(400);
        assert_eq!(problem(&answer), "idempotency_key");
    }
    for bytes in [
        &b""[..],
        b"{",
        b"{\"story\":\"\xff\"}",
        b"{} x",
        b"\xef\xbb\xbf{]",
    ] {
        assert_eq!(
            problem(&send(&mut c, &good, bytes).await.expect(400)),
            "malformed"
        );
    }
    let large = format!("{{\"story\":\"{}\"}}", "长".repeat(60_000));
    assert_eq!(
        problem(&send(&mut c, &good, large).await.expect(413)),
        "too_large"
    );
    let deep = format!("{{\"story\":{}}}", "[".repeat(100_000));
    assert_eq!(
        problem(&send(&mut c, &good, deep).await.expect(400)),
        "malformed"
    );
    for bytes in [
        "[]",
        "7",
        r#"{"stroy":"x"}"#,
        r#"{"story":{"a":[1]}}"#,
        "{}",
    ] {
        assert_eq!(
            problem(&send(&mut c, &good, bytes).await.expect(422)),
            "invalid"
        );
    }
    let named = send(&mut c, &good, r#"{"stroy":"x","demands":"fly"}"#)
        .await
        .json();
    let errors = named["errors"].as_array().unwrap();
    assert!(
        errors
            .iter()
            .any(|e| e["field"] == "stroy" && e["code"] == "unknown_field")
    );
    assert!(
        errors
            .iter()
            .any(|e| e["field"] == "story" && e["code"] == "required")
    );
    // nothing of all this used the key up
    send(&mut c, &good, body).await.expect(201);
    let get = Request::builder()
        .uri(CASES)
        .header("authorization", &*bearer);
    let wrong = c.send(get.body(Body::empty()).unwrap()).await.expect(405);
    assert_eq!(problem(&wrong), "method_not_allowed");
    let nowhere = c
        .send(
            Request::builder()
                .uri("/api/v2")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .expect(404);
    assert_eq!(problem(&nowhere), "not_found");
}

#[tokio::test]
async fn the_description_serves_the_codes_of_the_district() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let doc = c.get("/api/openapi.json").await.expect(200).json();
    let list = |name: &str| {
        doc["components"]["schemas"]["Filing"]["properties"][name]["enum"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert!(
        list("category").contains(&json!("g_appliance"))
            && !list("category").contains(&json!("p_quality"))
    );
    assert!(
        list("problem").contains(&json!("p_quality"))
            && list("street").contains(&json!("510116003"))
    );
    let page = c.get("/api").await.expect(200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("style-src 'self'"),
        "the page has its stylesheet: {policy}"
    );
    for words in [
        "Idempotency-Key",
        "g_appliance",
        "rate_limited",
        "trader_name",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_hotline_file_resumes_and_makes_no_double() {
    let t = TestApp::new().await;
    let row = |id: &str, goods: &str, received: &str| {
        format!(
            "{id},示例商行,实体店、公司、摊位,示例路1号,华阳街道,家用电器,{goods},东西不好、坏了（质量）,漏水没人修,修理,\
             否,100,在店里、现场,找过，没有解决,张示例,028-80000000,示例巷1号,否,是,{received}\n"
        )
    };
    let head = "工单编号,商家名称,是哪一类商家,商家地址,事情发生在哪里,商品或服务类别,商品或服务名称,主要问题,事情经过,诉求,\
                有没有人受伤或身体不适,花了多少钱（元）,怎么买的,是否先找过商家,姓名,手机号码,通讯地址,是否同意公示投诉信息,是否同意委托调解,收到时间\n";
    let path =
        std::env::temp_dir().join(format!("minsheng-import-{}.csv", t.app.ids.next().simple()));
    let import = async |text: String| {
        std::fs::write(&path, text).unwrap();
        let mut out = Vec::new();
        let summary = import::run(&t.app, &path, &mut out).await.unwrap();
        let lines: Vec<Value> = String::from_utf8(out)
            .unwrap()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(
            lines.last().unwrap(),
            &serde_json::to_value(summary).unwrap()
        );
        (summary, lines)
    };
    let (one, two, bad) = (
        row("A-1", "热水器", "2026/11/20 9:00"),
        row("A-2", "空调", ""),
        row("A-3", "", ""),
    );
    let (summary, lines) = import(format!("{head}{one}{bad}")).await;
    assert_eq!((summary.filed, summary.errors), (1, 1), "{lines:?}");
    assert_eq!(
        (&lines[0]["line"], &lines[0]["external_id"]),
        (&json!(3), &json!("A-3"))
    );
    assert_eq!(
        (
            &lines[0]["errors"][0]["field"],
            &lines[0]["errors"][0]["code"]
        ),
        (&json!("goods"), &json!("required"))
    );
    let (summary, lines) = import(format!("\u{feff}{head}{two}{one}")).await;
    assert_eq!(
        (summary.filed, summary.repeated, summary.errors),
        (1, 1, 0),
        "{lines:?}"
    );
    let (summary, lines) = import(format!("{head}{}", row("A-1", "冰箱", "2026/11/20 9:00"))).await;
    assert_eq!(
        (summary.errors, &lines[0]["errors"][0]["code"]),
        (1, &json!("conflict"))
    );
    let _ = std::fs::remove_file(&path);
    let mut conn = t.app.store.conn().await.unwrap();
    let clocks: Vec<(time::Date, time::Date)> =
        sqlx::query_as("SELECT started_on, agency_due FROM case_clock ORDER BY started_on")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let day = time::macros::date!(2026 - 11 - 20);
    assert_eq!(
        (clocks.len(), clocks[0].0),
        (4, day),
        "the law's term and the hotline's run from the receipt that the file names"
    );
}
