//! The counter: an officer takes down what somebody says, the clock runs from the day of receipt, the query code is read
//! out once, forms 1 and 2 are printed.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, person, signed_in, signed_in_as},
    filing::{self, CONTACT, PROOF, START, WHAT, WHOM, with},
};
use minsheng::{kernel::access::Role, store::reference};
use time::Duration;

/// Everything that the page asks for, for a complaint by phone.
fn sheet<'a>(token: &'a str, page: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("csrf", token),
        ("page", page),
        ("channel", "phone"),
        ("received_on", "2026-11-24"),
    ];
    for part in [START, WHOM, WHAT, PROOF, CONTACT] {
        all.extend_from_slice(part);
    }
    all
}

async fn open(c: &mut Client) -> String {
    c.get("/desk/intake").await.expect(200).field("page")
}

async fn case_count(t: &TestApp) -> i64 {
    let mut conn = t.app.store.conn().await.unwrap();
    reference::case_count(&mut conn).await.unwrap()
}

async fn saved(c: &mut Client, pairs: &[(&str, &str)]) -> (String, Answer) {
    let to = c.post("/desk/intake", pairs).await.expect(303);
    let to = to.location().to_owned();
    let page = c.get(&to).await.expect(200);
    (to, page)
}

#[tokio::test]
async fn a_call_is_taken_down_and_its_code_opens_the_case() {
    let t = TestApp::new().await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let page = open(&mut officer).await;
    let token = csrf();
    let (to, ticket) = saved(&mut officer, &sheet(&token, &page)).await;
    let keys = filing::keys(&ticket).remove(0);
    assert!(keys.0.starts_with("TS-2611-") && to.ends_with(&keys.0));
    assert!(ticket.text().contains("最迟 2026年12月3日"), "C-20");
    // what was read out works on the caller's phone
    let mut caller = t.client();
    caller
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    caller.get("/track/case").await.expect(200);
    // the desk says by which way it came and who wrote it down
    let case = officer
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(
        case.contains("· 电话") && case.contains("测试受理员"),
        "{case}"
    );
    // a second click and a refresh of the form make no second case
    officer
        .post("/desk/intake", &sheet(&token, &page))
        .await
        .expect(303);
    assert_eq!(case_count(&t).await, 1);
    // another matter on a page that was used already
    let other = with(&sheet(&token, &page), &[("goods", "电饭煲")]);
    let again = officer.post("/desk/intake", &other).await.expect(409);
    assert!(again.text().contains("电饭煲"), "what was typed is kept");
    let fresh = again.field("page");
    officer
        .post(
            "/desk/intake",
            &with(&other, &[("page", &fresh), ("asked_same", "yes")]),
        )
        .await
        .expect(303);
    assert_eq!(case_count(&t).await, 2);
}

#[tokio::test]
async fn everything_typed_is_kept_and_the_checks_are_those_of_every_filing() {
    let t = TestApp::new().await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let token = csrf();
    let wrong = with(
        &sheet(&token, "p1"),
        &[
            ("channel", ""),
            ("received_on", "2026-11-25"),
            ("agreed", ""),
            ("phone", "123"),
            ("publish", ""),
            ("demands", ""),
        ],
    );
    let page = officer
        .post("/desk/intake", &wrong)
        .await
        .expect(422)
        .text();
    for words in [
        "错误：来电来访登记",
        "请选择是怎么来的",
        "收到日期不能晚于今天",
        "请先把告知读给对方听",
        "请核对电话号码",
        "请问清是否同意公示",
        "请至少选择一项诉求",
        "成都示例电器有限公司华阳店",
        "用了三天就漏水",
        "张示例",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(case_count(&t).await, 0);
    let danger = with(
        &sheet(&token, "p1"),
        &[("story", "家里煤气泄漏，闻到很重的味道"), ("name", "")],
    );
    let page = officer
        .post("/desk/intake", &danger)
        .await
        .expect(422)
        .text();
    assert!(page.contains("先顾安全"), "{page}");
}

#[tokio::test]
async fn t01_a_letter_runs_from_the_day_it_arrived() {
    let t = TestApp::new().await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let token = csrf();
    let letter = with(
        &sheet(&token, "p1"),
        &[
            ("channel", "letter"),
            ("received_on", "2026-11-17"),
            ("bought_on", "2026-11-08"),
        ],
    );
    let (_, ticket) = saved(&mut officer, &letter).await;
    assert!(
        ticket.text().contains("最迟 2026年11月26日"),
        "7 working days from the 17th\n{}",
        ticket.text()
    );
    let keys = filing::keys(&ticket).remove(0);
    let case = officer
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(
        case.contains("2026-11-17") && case.contains("来信"),
        "{case}"
    );
    let old = with(&letter, &[("page", "p2"), ("received_on", "2026-10-01")]);
    let page = officer.post("/desk/intake", &old).await.expect(422).text();
    assert!(page.contains("收到日期最早填 30 天以前的"), "{page}");
}

#[tokio::test]
async fn an_order_of_the_hotline_is_taken_down_once() {
    let t = TestApp::new().await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let token = csrf();
    let order = with(
        &sheet(&token, "p1"),
        &[("channel", "12345"), ("hotline_no", "SC20261124001")],
    );
    let (to, _) = saved(&mut officer, &order).await;
    let form = officer.get(&format!("{to}/form")).await.expect(200).text();
    assert!(form.contains("12345 转来，工单号 SC20261124001"), "{form}");
    let mut second = signed_in(&t, "intake2", Role::Intake, None).await;
    let again = with(&order, &[("page", "p9"), ("goods", "电饭煲")]);
    let page = second.post("/desk/intake", &again).await.expect(422).text();
    assert!(page.contains("这个工单号已经登记过"), "{page}");
    assert_eq!(case_count(&t).await, 1);
}

#[tokio::test]
async fn forms_1_and_2_are_for_who_took_it_down_and_for_some_hours() {
    let t = TestApp::new().await;
    let (person, _) = person(&t, "intake", Role::Intake, None).await;
    let mut officer = signed_in_as(&t, &person).await;
    let token = csrf();
    let both = with(
        &sheet(&token, "p1"),
        &[("way", "both"), ("named", "anonymous")],
    );
    let (to, ticket) = saved(&mut officer, &both).await;
    let keys = filing::keys(&ticket);
    let form = officer.get(&format!("{to}/form")).await.expect(200).text();
    for words in [
        "投诉登记表",
        "张示例",
        "13800138000",
        "退还货款或服务费用",
        "登记人：测试受理员",
    ] {
        assert!(form.contains(words), "{words}\n{form}");
    }
    assert!(
        !form.contains("同意记录伤情"),
        "what was not asked is not answered"
    );
    let report = format!("/desk/intake/{}/form", keys[1].0);
    let form = officer.get(&report).await.expect(200).text();
    assert!(
        form.contains("举报登记表") && form.contains("匿名，没有留姓名"),
        "{form}"
    );
    assert!(!form.contains("张示例"), "R-05: {form}");
    let pdf = officer.get(&format!("{to}/form.pdf")).await.expect(200);
    assert!(pdf.bytes.starts_with(b"%PDF"));
    // somebody else at intake sees the case, not the code
    let mut second = signed_in(&t, "intake2", Role::Intake, None).await;
    second
        .get(&format!("/desk/cases/{}", keys[0].0))
        .await
        .expect(200);
    second.get(&to).await.expect(404);
    second.get(&format!("{to}/form")).await.expect(404);
    // a handler does not register at all
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    handler.get("/desk/intake").await.expect(404);
    handler
        .post("/desk/intake", &sheet(&token, "p3"))
        .await
        .expect(404);
    handler.get(&to).await.expect(404);
    t.app.clock.advance(Duration::hours(13));
    let mut later = signed_in_as(&t, &person).await;
    later.get(&to).await.expect(404);
}

#[tokio::test]
async fn c08_a_telephone_that_complained_before_is_asked_about_first() {
    let t = TestApp::new().await;
    filing::file(&mut t.client(), "complaint", CONTACT).await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let token = csrf();
    let call = with(&sheet(&token, "p1"), &[("goods", "电饭煲")]);
    let page = officer.post("/desk/intake", &call).await.expect(422).text();
    assert!(page.contains("这个电话近 180 天已有 1 件投诉"), "{page}");
    assert!(
        page.contains("电饭煲") && !page.contains("TS-2611"),
        "a count only"
    );
    assert_eq!(case_count(&t).await, 1);
    // a report of the same person asks nothing: it would link a reporter to a complaint
    let report = with(
        &call,
        &[("way", "report"), ("named", "named"), ("page", "p2")],
    );
    officer.post("/desk/intake", &report).await.expect(303);
    let asked = with(&call, &[("asked_same", "yes")]);
    officer.post("/desk/intake", &asked).await.expect(303);
    officer.post("/desk/intake", &call).await.expect(303);
    assert_eq!(case_count(&t).await, 3, "and a second click asks nothing");
}

#[tokio::test]
async fn c05_a_joint_complaint_is_taken_down_with_everybody_on_the_form() {
    let t = TestApp::new().await;
    let mut officer = signed_in(&t, "intake", Role::Intake, None).await;
    let token = csrf();
    let call = with(
        &sheet(&token, "p1"),
        &[
            ("channel", "counter"),
            ("acting", "joint"),
            ("others", "李样本 13800138001 华阳街道示例路2号"),
            ("speakers", "李样本"),
            ("joint_consent", "yes"),
            ("paper", "yes"),
        ],
    );
    let wrong = with(&call, &[("others", "李样本 华阳街道示例路2号")]);
    let page = officer
        .post("/desk/intake", &wrong)
        .await
        .expect(422)
        .text();
    assert!(page.contains("第 1 位：没有找到电话号码"), "{page}");
    let (to, _) = saved(&mut officer, &call).await;
    let form = officer.get(&format!("{to}/form")).await.expect(200).text();
    assert!(
        form.contains("共同投诉人：李样本，电话 13800138001") && form.contains("（代表人）"),
        "{form}"
    );
}
