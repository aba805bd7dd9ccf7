//! K-02, K-05: an injury or a danger is looked at on the same day; health data is for the risk officer, each look noted;
//! who is on duty is told without a word of it.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    database::everything,
    desk::{csrf, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::{
    jobs::{alarm, queue},
    kernel::access::Role,
    outside::fake::Letters,
};
use std::sync::Arc;
use time::Duration;

/// Files something with other answers about what happened; the numbers.
async fn filed(t: &TestApp, way: &str, what: &[(&str, &str)]) -> Vec<String> {
    let mut c = t.client();
    let contact = with(CONTACT, &[("named", "anonymous")]);
    filing::fill(&mut c, way, &contact).await;
    c.post("/file/what", &with(filing::WHAT, what))
        .await
        .expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let receipt = c.get("/file/receipt").await.expect(200);
    filing::keys(&receipt).into_iter().map(|k| k.0).collect()
}

const HURT: &[(&str, &str)] = &[
    ("injury", "yes"),
    ("injury_consent", "yes"),
    ("injury_count", "5"),
    ("injury_hospital", "示例市第一医院"),
];

async fn rows(t: &TestApp) -> Vec<(String, String)> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_as(
        "SELECT c.number, a.cause FROM alert a JOIN case_file c ON c.id = a.case_id ORDER BY a.id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap()
}

async fn acts(t: &TestApp) -> Vec<String> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT act FROM audit WHERE act LIKE 'alert%' ORDER BY id")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

/// The address of the first alert on the list.
fn first(list: &str) -> String {
    let part = list.split("href=\"/desk/alerts/").nth(1).unwrap();
    format!("/desk/alerts/{}", part.split('"').next().unwrap())
}

async fn post(c: &mut Client, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let token = csrf();
    c.post(path, &with(&[("csrf", &token)], pairs)).await
}

#[tokio::test]
async fn k02_an_injury_is_looked_at_on_the_same_day_and_followed_to_its_end() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint", HURT).await.remove(0);
    filed(&t, "complaint", &[]).await;
    assert_eq!(
        rows(&t).await,
        [(number.clone(), "injury".to_owned())],
        "who is unharmed raises none"
    );
    let mut risk = signed_in(&t, "risk", Role::Risk, None).await;
    assert_eq!(
        risk.get("/desk").await.expect(303).location(),
        "/desk/alerts"
    );
    let list = risk.get("/desk/alerts").await.expect(200).text();
    assert!(
        list.contains(&number) && list.contains("今天要确认"),
        "{list}"
    );
    assert!(
        !list.contains("第一医院"),
        "a list opens nothing of an injury"
    );
    assert!(acts(&t).await.is_empty());
    let at = first(&list);
    let page = risk.get(&at).await.expect(200);
    assert_eq!(page.headers["cache-control"], "no-store");
    let page = page.text();
    for words in ["示例市第一医院", "受伤人数", "燃气热水器", "漏水"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for secret in ["张示例", "13800138000", "示例小区2栋"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert_eq!(acts(&t).await, ["alert_view"], "each look is noted");
    // nobody else opens it; the supervisor sees that it is there, in the own department only
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let mut other = signed_in(&t, "other", Role::Supervisor, Some("construction")).await;
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    for c in [&mut head, &mut other, &mut handler] {
        c.get(&at).await.expect(404);
        post(c, &format!("{at}/acknowledge"), &[]).await.expect(404);
    }
    handler.get("/desk/alerts").await.expect(404);
    let seen = head.get("/desk/alerts").await.expect(200).text();
    assert!(seen.contains(&number) && !seen.contains("第一医院"));
    assert!(
        !other
            .get("/desk/alerts")
            .await
            .expect(200)
            .text()
            .contains(&number)
    );
    // nothing is closed that nobody looked at; then acknowledge, mark, close with a note
    post(&mut risk, &format!("{at}/close"), &[("note", "已经查过")])
        .await
        .expect(409);
    post(&mut risk, &format!("{at}/acknowledge"), &[])
        .await
        .expect(303);
    post(&mut risk, &format!("{at}/acknowledge"), &[])
        .await
        .expect(409);
    post(&mut risk, &format!("{at}/defect"), &[])
        .await
        .expect(303);
    let page = risk.get(&at).await.expect(200).text();
    for words in [
        "最迟 2026年11月26日",
        "第八条",
        "最迟 2026年12月1日",
        "第九条",
        "最迟 2026年12月15日",
        "第十七条",
    ] {
        assert!(page.contains(words), "K-02: {words}\n{page}");
    }
    let kept = post(&mut risk, &format!("{at}/close"), &[("note", "短")])
        .await
        .expect(422)
        .text();
    assert!(
        kept.contains("至少 4 个字") && kept.contains("短"),
        "{kept}"
    );
    let note = ("note", "已通知停止销售，送检中");
    post(&mut risk, &format!("{at}/close"), &[note])
        .await
        .expect(303);
    let page = risk.get(&at).await.expect(200).text();
    assert!(page.contains("已通知停止销售"), "{page}");
    let closed = risk.get("/desk/alerts?stage=closed").await.expect(200);
    assert!(closed.text().contains(&number));
    let all = acts(&t).await;
    let steps: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|a| *a != "alert_view")
        .collect();
    assert_eq!(steps, ["alert_seen", "alert_defect", "alert_close"]);
    assert!(!everything(&t.app).await.contains("已通知停止销售"));
}

#[tokio::test]
async fn dangers_alert_too_and_a_mixed_filing_alerts_once_on_its_complaint() {
    let t = TestApp::new().await;
    let told = [("story", "一家三口吃了以后食物中毒，请快来查")];
    let both = filed(&t, "both", &told).await;
    let gas = filed(
        &t,
        "report",
        &[("story", "热水器装好就闻到煤气味，快爆炸了")],
    )
    .await;
    let expected = [
        (both[0].clone(), "poisoning".to_owned()),
        (gas[0].clone(), "gas".to_owned()),
    ];
    assert_eq!(rows(&t).await, expected);
    // the alert goes with its case, and who had it before does not see it any more
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    assert!(head.get("/desk/alerts").await.text().contains(&gas[0]));
    let case = format!("/desk/cases/{}", gas[0]);
    let version = head.get(&case).await.expect(200).field("version");
    let why = ("return_reason", "属于燃气管理，不归我局");
    let sent = [("version", version.as_str()), why, ("do", "send")];
    post(&mut head, &format!("{case}/return"), &sent)
        .await
        .expect(303);
    assert!(!head.get("/desk/alerts").await.text().contains(&gas[0]));
    let mut risk = signed_in(&t, "risk", Role::Risk, None).await;
    assert!(risk.get("/desk/alerts").await.text().contains(&gas[0]));
}

#[tokio::test]
async fn what_nobody_looked_at_on_its_day_is_said_to_those_who_must_see_to_it() {
    let t = TestApp::new().await;
    filed(&t, "complaint", HURT).await;
    let banner = "没有在当天确认";
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let today = head.get("/desk/cases").await.expect(200).text();
    assert!(!today.contains(banner));
    t.app.clock.advance(Duration::hours(14));
    let mut head = signed_in(&t, "head2", Role::Supervisor, Some("market")).await;
    let mut other = signed_in(&t, "other", Role::Supervisor, Some("construction")).await;
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut admin = signed_in(&t, "admin", Role::Admin, None).await;
    let mut risk = signed_in(&t, "risk", Role::Risk, None).await;
    assert!(head.get("/desk/cases").await.text().contains(banner));
    assert!(!other.get("/desk/cases").await.text().contains(banner));
    assert!(!handler.get("/desk/cases").await.text().contains(banner));
    assert!(admin.get("/desk/admin/rules").await.text().contains(banner));
    let list = risk.get("/desk/alerts").await.expect(200).text();
    assert!(list.contains(banner), "{list}");
    let at = first(&list);
    post(&mut risk, &format!("{at}/acknowledge"), &[])
        .await
        .expect(303);
    assert!(!head.get("/desk/cases").await.text().contains(banner));
}

#[tokio::test]
async fn of_two_who_acknowledge_at_once_one_does() {
    let t = TestApp::new().await;
    filed(&t, "complaint", HURT).await;
    let mut one = signed_in(&t, "risk1", Role::Risk, None).await;
    let mut two = signed_in(&t, "risk2", Role::Risk, None).await;
    let at = first(&one.get("/desk/alerts").await.text());
    let path = format!("{at}/acknowledge");
    let (a, b) = tokio::join!(post(&mut one, &path, &[]), post(&mut two, &path, &[]));
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409]);
    let seen = acts(&t).await.iter().filter(|a| *a == "alert_seen").count();
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn who_is_on_duty_is_told_once_and_without_a_word_of_it() {
    let t = TestApp::with(|c| {
        c.duty_email = "duty@example.gov.cn".into();
        c.duty_phone = "13900139000".into();
    })
    .await;
    let (letters, messages) = (Arc::new(Letters::default()), Arc::new(Letters::default()));
    let app = t.app.with(|p| {
        p.mailer = Some(letters.clone());
        p.sms = Some(messages.clone());
    });
    let numbers = [
        filed(&t, "complaint", HURT).await.remove(0),
        filed(&t, "report", HURT).await.remove(0),
    ];
    assert_eq!(alarm::reconcile(&app).await.unwrap(), 2);
    assert_eq!(alarm::reconcile(&app).await.unwrap(), 0, "once");
    while queue::pass(&app).await.unwrap() > 0 {}
    for (given, to) in [
        (&letters, "duty@example.gov.cn"),
        (&messages, "13900139000"),
    ] {
        let given = given.given.lock().unwrap().clone();
        assert_eq!(given.len(), 1, "{given:?}");
        assert_eq!(given[0].0, to);
        let text = &given[0].1;
        assert!(
            text.contains("2 条风险预警") && text.contains("/desk/alerts"),
            "{text}"
        );
        for secret in [numbers[0].as_str(), &numbers[1], "医院", "热水器", "张示例"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
    // acknowledged before the message goes out: nothing is sent any more
    filed(&t, "complaint", HURT).await;
    assert_eq!(alarm::reconcile(&app).await.unwrap(), 1);
    let mut risk = signed_in(&t, "risk", Role::Risk, None).await;
    for _ in 0..3 {
        let at = first(&risk.get("/desk/alerts").await.text());
        post(&mut risk, &format!("{at}/acknowledge"), &[])
            .await
            .expect(303);
    }
    while queue::pass(&app).await.unwrap() > 0 {}
    assert_eq!(letters.given.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_list_is_paged_by_key() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint", HURT).await.remove(0);
    let mut conn = t.app.store.conn().await.unwrap();
    // alerts of other cases, several of one moment
    for n in 0..119_i64 {
        let id = t.app.ids.next();
        sqlx::query("INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, channel, received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, injury, unread, returns, dispatch_reason, co_codes) SELECT ?, ?, kind, state, is_open, version, submission_id, query_hash, channel, received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, injury, unread, returns, dispatch_reason, co_codes FROM case_file WHERE number = ?")
            .bind(id)
            .bind(format!("TS-X-{n:03}"))
            .bind(&number)
            .execute(&mut *conn)
            .await
            .unwrap();
        let raised = t.app.now() + Duration::seconds(n / 7 + 1);
        let cause = minsheng::signals::Cause::Injury;
        minsheng::store::alerts::alert_insert(&mut conn, t.app.ids.next(), id, None, cause, raised)
            .await
            .unwrap();
    }
    drop(conn);
    let mut risk = signed_in(&t, "risk", Role::Risk, None).await;
    let (mut at, mut seen) = ("/desk/alerts".to_owned(), Vec::new());
    for _ in 0..3 {
        let page = risk.get(&at).await.expect(200).text();
        seen.extend(
            page.split("TS-X-")
                .skip(1)
                .map(|s| s.split('<').next().unwrap().to_owned()),
        );
        at = page
            .split("href=\"")
            .map(|s| s.split('"').next().unwrap())
            .find(|s| s.contains("after="))
            .unwrap_or_default()
            .replace("&#38;", "&");
    }
    assert_eq!(at, "", "the third page is the last");
    let all: Vec<String> = (0..119).map(|n| format!("{n:03}")).collect();
    assert_eq!(seen, all);
    risk.get("/desk/alerts?stage=x&after=%00").await.expect(200);
    risk.get("/desk/alerts/nonsense").await.expect(404);
}
