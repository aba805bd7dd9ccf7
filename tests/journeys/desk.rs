//! The desk: sign in with two factors, find the case, decide; the other department's cases do not exist.

use crate::support::{
    TestApp,
    desk::{self, code, csrf, person, signed_in},
    filing::{self, CONTACT, with},
    steps::{act, complaint, filed, page, people, resident, seen, stale},
};
use minsheng::kernel::access::Role;
use time::Duration;

#[tokio::test]
async fn sign_in_takes_both_factors_and_a_code_works_once() {
    let t = TestApp::new().await;
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let mut c = t.client();
    let wrong = c
        .post(
            "/desk/login",
            &[("login", "handler"), ("password", "nonsense")],
        )
        .await
        .expect(422)
        .text();
    let unknown = c
        .post(
            "/desk/login",
            &[("login", "nobody"), ("password", "nonsense")],
        )
        .await
        .expect(422)
        .text();
    assert!(
        wrong.contains("登录名、密码或验证码不对") && unknown.contains("登录名、密码或验证码不对")
    );
    c.post(
        "/desk/login",
        &[("login", "handler"), ("password", desk::PASSWORD)],
    )
    .await
    .expect(303);
    assert_eq!(
        c.get("/desk/cases").await.expect(303).location(),
        "/desk/login/factor",
        "half a sign-in opens nothing"
    );
    let page = c.get("/desk/login/factor").await.expect(200);
    let token = page.field("csrf");
    c.post(
        "/desk/login/factor",
        &[("csrf", &token), ("code", "000000")],
    )
    .await
    .expect(422);
    let now = code(&t, &secret, "handler");
    c.post("/desk/login/factor", &[("csrf", &token), ("code", &now)])
        .await
        .expect(303);
    c.get("/desk/cases").await.expect(200);
    // the same six digits again, in another browser
    let mut thief = t.client();
    thief
        .post(
            "/desk/login",
            &[("login", "handler"), ("password", desk::PASSWORD)],
        )
        .await
        .expect(303);
    let token = thief
        .get("/desk/login/factor")
        .await
        .expect(200)
        .field("csrf");
    thief
        .post("/desk/login/factor", &[("csrf", &token), ("code", &now)])
        .await
        .expect(422);
    // idle for half an hour
    t.app.clock.advance(Duration::minutes(31));
    assert_eq!(
        c.get("/desk/cases").await.expect(303).location(),
        "/desk/login"
    );
}

#[tokio::test]
async fn wrong_tries_lock_the_login_for_a_while() {
    let t = TestApp::new().await;
    person(&t, "handler", Role::Handler, Some("market")).await;
    let mut c = t.client();
    for _ in 0..8 {
        c.post(
            "/desk/login",
            &[("login", "handler"), ("password", "nonsense")],
        )
        .await
        .expect(422);
    }
    let locked = c
        .post(
            "/desk/login",
            &[("login", "handler"), ("password", desk::PASSWORD)],
        )
        .await
        .expect(422)
        .text();
    assert!(locked.contains("输错次数太多"));
    t.app.clock.advance(Duration::minutes(3));
    c.post(
        "/desk/login",
        &[("login", "handler"), ("password", desk::PASSWORD)],
    )
    .await
    .expect(303);
}

#[tokio::test]
async fn a_handler_accepts_and_the_resident_reads_it() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let (mut handler, _) = people(&t).await;
    let list = handler.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains(&keys.0) && list.contains("还剩 7 个工作日"),
        "{list}"
    );
    let shown = page(&mut handler, &keys).await;
    let text = shown.text();
    assert!(
        !text.contains("13800138000") && !text.contains("138 0013 8000"),
        "contact and story are masked"
    );
    assert!(text.contains("138****8000"));
    assert!(text.contains("投诉受理决定书"), "the notice is previewed");
    let version = shown.field("version");
    handler
        .post(
            &format!("/desk/cases/{}/accept", keys.0),
            &[("version", &version), ("do", "send")],
        )
        .await
        .expect(403);
    for status in [303, 409] {
        // the second time the same form again: somebody changed the case
        stale(&mut handler, &keys, "accept", &version, &[])
            .await
            .expect(status);
    }
    let page = seen(&t, &keys).await;
    assert!(
        page.contains("已受理") && page.contains("投诉受理决定书"),
        "{page}"
    );
    assert!(
        page.contains("最迟 2027年1月25日"),
        "C-28: 60 days from 2026-11-24 end on Saturday 2027-01-23; the citizen's reading rolls\n{page}"
    );
    assert!(page.contains("暂定"), "N-05: no arrangement for 2027 yet");
}

#[tokio::test]
async fn a_refusal_needs_one_ground_and_a_reason_and_names_the_remedies() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let (mut handler, mut second) = people(&t).await;
    act(&mut handler, &keys, "refuse", &[]).await.expect(422);
    let short = [("ground", "c07_2"), ("refuse_reason", "短")];
    let kept = act(&mut handler, &keys, "refuse", &short)
        .await
        .expect(422)
        .text();
    assert!(kept.contains("至少 6 个字") && kept.contains("短"));
    let reason = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    act(&mut handler, &keys, "refuse", &reason)
        .await
        .expect(303);
    act(&mut second, &keys, "refusal-approve", &[])
        .await
        .expect(303);
    let page = seen(&t, &keys).await;
    for words in [
        "投诉不予受理决定书",
        "同一纠纷法院已经立案审理",
        "第三十九条",
        "仲裁",
        "诉讼",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn c09_a_dispute_of_more_than_three_years_is_flagged_however_its_date_is_written() {
    let t = TestApp::new().await;
    let (mut handler, _) = people(&t).await;
    let mut c = t.client();
    filing::fill(&mut c, "complaint", CONTACT).await;
    c.post(
        "/file/what",
        &with(filing::WHAT, &[("happened_on", "2023年11月23日")]),
    )
    .await
    .expect(303);
    c.post("/file/proof", &with(filing::PROOF, &[("bought_on", "")]))
        .await
        .expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&c.get("/file/receipt").await.expect(200)).remove(0);
    let text = page(&mut handler, &keys).await.text();
    assert!(
        text.contains("争议发生已超过三年（到 2026年11月23日 止）"),
        "{text}"
    );
}

#[tokio::test]
async fn another_departments_case_does_not_exist() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let mut other = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    assert!(
        !other
            .get("/desk/cases")
            .await
            .expect(200)
            .text()
            .contains(&keys.0)
    );
    other
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(404);
    other
        .post(
            &format!("/desk/cases/{}/accept", keys.0),
            &[("csrf", &csrf()), ("version", "1")],
        )
        .await
        .expect(404);
    other
        .get(&format!("/desk/cases/{}/reveal", keys.0))
        .await
        .expect(404);
}

#[tokio::test]
async fn t02_a_department_returns_to_intake_and_intake_sends_it_on() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "return", &[]).await.expect(422);
    let reason = [("return_reason", "属于工程质量，不归我局")];
    act(&mut handler, &keys, "return", &reason)
        .await
        .expect(303);
    handler
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(404);
    let to = [
        ("department", "construction"),
        ("dispatch_reason", "新房渗水，住建主管"),
    ];
    stale(&mut handler, &keys, "dispatch", "2", &to)
        .await
        .expect(404);
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert!(
        page(&mut intake, &keys)
            .await
            .text()
            .contains("属于工程质量")
    );
    act(&mut intake, &keys, "dispatch", &to).await.expect(303);
    let mut builder = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    page(&mut builder, &keys).await;
    let page = seen(&t, &keys).await;
    assert!(
        page.contains("住房") && page.contains("最迟 2026年12月3日"),
        "the clock went on\n{page}"
    );
}

#[tokio::test]
async fn a_contact_is_revealed_with_a_reason_that_stays_and_a_reporter_never() {
    let t = TestApp::new().await;
    let keys = filed(&t, "both").await;
    let (mut handler, _) = people(&t).await;
    let reveal = format!("/desk/cases/{}/reveal", keys[0].0);
    handler.get(&reveal).await.expect(200);
    handler
        .post(&reveal, &[("csrf", &csrf()), ("reason", "")])
        .await
        .expect(422);
    let page = handler
        .post(&reveal, &[("csrf", &csrf()), ("reason", "电话约调解时间")])
        .await
        .expect(200);
    assert!(page.text().contains("13800138000") && page.text().contains("张示例"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let report = format!("/desk/cases/{}", keys[1].0);
    let page = handler.get(&report).await.expect(200).text();
    assert!(
        !page.contains("张示例") && !page.contains("138****"),
        "R-05: a reporter is not shown, not even masked"
    );
    let refused = handler
        .post(
            &format!("{report}/reveal"),
            &[("csrf", &csrf()), ("reason", "想看看是谁")],
        )
        .await;
    assert!(
        matches!(refused.status.as_u16(), 403 | 404),
        "{}",
        refused.status
    );
    assert!(!refused.text().contains("13800138000"));
}

#[tokio::test]
async fn messages_go_both_ways() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let mut resident = resident(&t, &keys).await;
    resident
        .post("/track/message", &[("text", "请问什么时候能答复")])
        .await
        .expect(303);
    let (mut handler, _) = people(&t).await;
    let list = handler.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(list.contains(&keys.0));
    let shown = page(&mut handler, &keys).await.text();
    assert!(shown.contains("请问什么时候能答复"));
    let reply = [("reply", "三个工作日内给您答复")];
    act(&mut handler, &keys, "reply", &reply).await.expect(303);
    let page = resident.get("/track/case").await.expect(200).text();
    assert!(page.contains("三个工作日内给您答复"));
    assert!(
        !page.contains("测试承办人"),
        "a department answers, never a person"
    );
    assert!(
        !handler
            .get("/desk/cases?unread=1")
            .await
            .expect(200)
            .text()
            .contains(&keys.0)
    );
}

#[tokio::test]
async fn loading_an_arrangement_moves_what_it_touches_and_keeps_what_was() {
    let t = TestApp::new().await;
    t.app.clock.advance(Duration::days(30));
    let keys = complaint(&t).await; // received 2026-12-24: due 2027-01-05, provisional
    let mut resident = resident(&t, &keys).await;
    assert!(
        resident
            .get("/track/case")
            .await
            .expect(200)
            .text()
            .contains("最迟 2027年1月5日")
    );
    let mut admin = signed_in(&t, "admin", Role::Admin, None).await;
    let page = admin.get("/desk/admin/calendar").await.expect(200).text();
    assert!(page.contains("2027"), "the alarm of N-05");
    let json = r#"{"year":2027,"papers":["https://www.gov.cn/x"],"days":[
        {"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2027-01-02","isOffDay":true},
        {"name":"元旦","date":"2027-01-03","isOffDay":true},{"name":"元旦","date":"2027-01-04","isOffDay":true}]}"#;
    admin
        .post(
            "/desk/admin/calendar",
            &[("csrf", &csrf()), ("json", "{broken")],
        )
        .await
        .expect(422);
    let moved = admin
        .post("/desk/admin/calendar", &[("csrf", &csrf()), ("json", json)])
        .await;
    let shown = if moved.status == 303 {
        admin.get(moved.location()).await.text()
    } else {
        moved.text()
    };
    assert!(shown.contains(&keys.0), "what moved is listed: {shown}");
    assert!(
        resident
            .get("/track/case")
            .await
            .expect(200)
            .text()
            .contains("最迟 2027年1月6日")
    );
}
