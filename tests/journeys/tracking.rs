//! `/track`: number and code open the case; slips are told apart from unknown ones, which are all one answer.

use crate::support::{
    TestApp,
    filing::{self, CONTACT},
};

#[tokio::test]
async fn the_resident_sees_who_has_it_by_when_and_writes() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let keys = filing::keys(&filing::file(&mut c, "complaint", CONTACT).await);
    let mut other = t.client();
    let (number, code) = (&keys[0].0, &keys[0].1);
    let opened = other
        .post("/track", &[("number", number), ("code", code)])
        .await
        .expect(303);
    assert_eq!(opened.location(), "/track/case");
    let page = other.get("/track/case").await.expect(200).text();
    assert!(page.contains("市场监管"), "the department holds it");
    assert!(page.contains("最迟 2026年12月3日"));
    assert!(page.contains("为什么是这一天"));
    assert!(
        !page.contains(&code.replace(' ', "")),
        "the code is never on the page"
    );
    let empty = other
        .post("/track/message", &[("text", "  ")])
        .await
        .expect(422)
        .text();
    assert!(empty.contains("请先写下要说的话"));
    other
        .post("/track/message", &[("text", "补充：商家今天又推到下周")])
        .await
        .expect(303);
    assert!(
        other
            .get("/track/case")
            .await
            .expect(200)
            .text()
            .contains("商家今天又推到下周")
    );
    other.post("/track/leave", &[]).await.expect(303);
    assert_eq!(
        other.get("/track/case").await.expect(303).location(),
        "/track"
    );
}

#[tokio::test]
async fn unknown_number_wrong_code_and_another_case_are_one_answer() {
    let t = TestApp::new().await;
    let mut a = t.client();
    let first = filing::keys(&filing::file(&mut a, "complaint", CONTACT).await).remove(0);
    let mut b = t.client();
    let second = filing::keys(&filing::file(&mut b, "complaint", CONTACT).await).remove(0);
    let unknown = minsheng::kernel::number::CaseNumber::new(
        minsheng::kernel::words::CaseKind::Complaint,
        2611,
        99_999,
    );
    let wrong = minsheng::kernel::code::QueryCode::make(|n| 7 % n).grouped();
    let mut answers = Vec::new();
    for (number, code) in [
        (unknown.to_string(), &first.1),
        (first.0.clone(), &wrong),
        (first.0.clone(), &second.1),
    ] {
        let page = t
            .client()
            .post("/track", &[("number", &number), ("code", code)])
            .await
            .expect(422)
            .text();
        answers.push(page.replace(&number, "N").replace(code.as_str(), "C"));
    }
    let strip = |s: &str| s.split("<main").nth(1).unwrap().to_owned();
    assert_eq!(strip(&answers[0]), strip(&answers[1]));
    assert_eq!(strip(&answers[0]), strip(&answers[2]));
    let slip = first.1.replacen(
        first.1.chars().next().unwrap(),
        if first.1.starts_with('1') { "2" } else { "1" },
        1,
    );
    let page = t
        .client()
        .post("/track", &[("number", &first.0), ("code", &slip)])
        .await
        .expect(422)
        .text();
    assert!(
        page.contains("查询码打错了"),
        "a slip is told apart: {page}"
    );
}

#[tokio::test]
async fn the_qr_fills_in_the_number_and_nothing_else() {
    let t = TestApp::new().await;
    let page = t
        .client()
        .get("/track?n=TS-2611-00001-9&code=1234")
        .await
        .expect(200);
    assert_eq!(page.field("number"), "TS-2611-00001-9");
    assert_eq!(page.field("code"), "");
}

#[tokio::test]
async fn a_withdrawal_ends_the_case_and_its_clock() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let keys = filing::keys(&filing::file(&mut c, "complaint", CONTACT).await);
    c.post("/track", &[("number", &keys[0].0), ("code", &keys[0].1)])
        .await
        .expect(303);
    c.post("/track/withdraw", &[]).await.expect(422);
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    let page = c.get("/track/case").await.expect(200).text();
    assert!(
        page.contains("已撤回") && !page.contains("最迟 2026"),
        "{page}"
    );
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(409);
}

#[tokio::test]
async fn a_receipt_is_signed_and_a_page_checks_it() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let page = filing::file(&mut c, "complaint", CONTACT).await.text();
    let at = page.find("MSR1.").unwrap();
    let token: String = page[at..]
        .chars()
        .take_while(|c| c.is_ascii_graphic() && *c != '<' && *c != '"')
        .collect();
    let checked = t
        .client()
        .post("/receipt/verify", &[("token", &token)])
        .await
        .expect(200)
        .text();
    assert!(checked.contains("这是本网站发出的回执"), "{checked}");
    let forged = t
        .client()
        .post(
            "/receipt/verify",
            &[("token", &token.replacen('A', "B", 1))],
        )
        .await
        .expect(200)
        .text();
    assert!(forged.contains("核验没有通过") || forged.contains("没有回执凭证"));
    let number = filing::keys(&c.get("/file/receipt").await)[0].0.clone();
    let picture = c
        .get(&format!("/file/receipt/{number}.png"))
        .await
        .expect(200);
    assert!(picture.bytes.starts_with(b"\x89PNG"));
    t.client()
        .get(&format!("/file/receipt/{number}.png"))
        .await
        .expect(404);
    c.post("/file/receipt/done", &[]).await.expect(422);
    c.post("/file/receipt/done", &[("saved", "yes")])
        .await
        .expect(200);
    assert_eq!(
        c.get("/file/receipt").await.expect(303).location(),
        "/track"
    );
}
