//! A date comes near and passes: each level is told once whoever sweeps, by letter where an address is set; the desk has
//! a list of it; the resident reads that it is late and asks to hurry, once a day.

use crate::support::{
    TestApp,
    desk::signed_in,
    steps::{act, complaint, filed, page, people, resident, seen},
};
use minsheng::{
    jobs::{escalate, queue},
    kernel::access::Role,
    outside::fake::Letters,
};
use sqlx::Row;
use std::sync::Arc;
use time::Duration;

/// Level and clock of every telling, in the order of levels.
async fn told(t: &TestApp) -> Vec<(String, String)> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_as("SELECT level, clock FROM escalation ORDER BY level, clock")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

#[tokio::test]
async fn each_level_is_told_once_before_on_and_after_the_day() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await; // received Tuesday 2026-11-24, due Thursday 2026-12-03
    assert_eq!(escalate::pass(&t.app).await.unwrap(), 0, "seven days left");
    let mut gone = 0;
    for (days, levels) in [
        (7, &["handler"][..]), // Tuesday 12-01: two working days
        (9, &["handler", "supervisor"]),
        (10, &["handler", "head", "supervisor"]),
        (15, &["handler", "head", "supervisor"]), // Wednesday 12-09: four
        (16, &["handler", "head", "supervisor", "watch"]),
    ] {
        t.app.clock.advance(Duration::days(days - gone));
        gone = days;
        escalate::pass(&t.app).await.unwrap();
        assert_eq!(escalate::pass(&t.app).await.unwrap(), 0, "once a level");
        let known: Vec<String> = told(&t).await.into_iter().map(|r| r.0).collect();
        assert_eq!(known, levels, "{days} days later");
    }
    let (mut handler, _) = people(&t).await;
    let text = page(&mut handler, &keys).await.text();
    assert!(
        text.contains("期限已提醒：承办人（2026年12月1日）"),
        "{text}"
    );
    // another clock is another matter
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    assert_eq!(escalate::pass(&t.app).await.unwrap(), 0, "sixty days left");
}

#[tokio::test]
async fn sweeps_at_once_tell_nobody_twice_and_what_rests_is_not_late() {
    let t = TestApp::new().await;
    for _ in 0..3 {
        complaint(&t).await;
    }
    let resting = filed(&t, "report").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &resting, "verify", &[]).await.expect(303);
    let reason = [("suspend_reason", "r20")];
    act(&mut handler, &resting, "suspend", &reason)
        .await
        .expect(303);
    t.app.clock.advance(Duration::days(60));
    let sweeps: Vec<_> = (0..4)
        .map(|_| {
            let app = t.app.clone();
            tokio::spawn(async move { escalate::pass(&app).await.unwrap() })
        })
        .collect();
    let mut new = 0;
    for sweep in sweeps {
        new += sweep.await.unwrap();
    }
    assert_eq!(new, 12, "three cases, four levels");
    assert_eq!(told(&t).await.len(), 12);
    assert!(told(&t).await.iter().all(|r| r.1 == "acceptance"));
}

#[tokio::test]
async fn a_letter_goes_where_an_address_is_set_and_says_nothing_of_the_matter() {
    let t = TestApp::with(|c| {
        c.escalation[1]
            .mail
            .insert("market".into(), "leader@example.com".into());
    })
    .await;
    let letters = Arc::new(Letters::default());
    let app = t.app.with(|p| p.mailer = Some(letters.clone()));
    let keys = complaint(&t).await;
    let met = complaint(&t).await;
    t.app.clock.advance(Duration::days(9));
    escalate::pass(&app).await.unwrap();
    // met before the letter left
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &met, "accept", &[]).await.expect(303);
    while queue::pass(&app).await.unwrap() > 0 {}
    let sent = letters.given.lock().unwrap().clone();
    assert_eq!(
        sent.len(),
        1,
        "one level has an address, one case is still due"
    );
    let (to, text) = &sent[0];
    assert_eq!(to, "leader@example.com");
    assert!(text.contains(&keys.0) && text.contains("今天"), "{text}");
    assert!(!text.contains("热水器") && !text.contains("张示例"));
}

#[tokio::test]
async fn a_resident_hurries_what_is_late_once_a_day_and_it_is_seen() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let mut c = resident(&t, &keys).await;
    assert!(!seen(&t, &keys).await.contains("/track/urge"));
    let early = c.post("/track/urge", &[]).await.expect(409).text();
    assert!(early.contains("还没有过承诺的日期"), "{early}");
    t.app.clock.advance(Duration::days(11));
    let late = seen(&t, &keys).await;
    assert!(
        late.contains("这是我们的问题") && late.contains("action=\"/track/urge\""),
        "{late}"
    );
    assert_eq!(
        c.post("/track/urge", &[]).await.expect(303).location(),
        "/track/case?urged=1"
    );
    let again = c.post("/track/urge", &[]).await.expect(409).text();
    assert!(again.contains("今天已经催过了"));
    t.app.clock.advance(Duration::days(1));
    c.post("/track/urge", &[]).await.expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(page_of.contains("您催过 2 次") && page_of.contains("您催办了一次"));
    let (mut handler, mut supervisor) = people(&t).await;
    for desk in [&mut handler, &mut supervisor] {
        let text = page(desk, &keys).await.text();
        assert!(text.contains("居民催办 2 次，最近一次是 2026年12月6日"));
        let list = desk.get("/desk/late").await.expect(200).text();
        assert!(list.contains(&keys.0) && list.contains("2 次，最近 2026年12月6日"));
    }
    let mut conn = t.app.store.conn().await.unwrap();
    let counted: i64 = sqlx::query("SELECT COUNT(*) AS n FROM case_event WHERE kind = 'urged'")
        .fetch_one(&mut *conn)
        .await
        .unwrap()
        .get("n");
    assert_eq!(counted, 2, "counted by the figures");
}

#[tokio::test]
async fn two_clicks_at_once_hurry_once() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let c = resident(&t, &keys).await;
    t.app.clock.advance(Duration::days(11));
    let clicks: Vec<_> = (0..6)
        .map(|_| {
            let mut c = c.clone();
            tokio::spawn(async move { c.post("/track/urge", &[]).await.status.as_u16() })
        })
        .collect();
    let mut status = Vec::new();
    for click in clicks {
        status.push(click.await.unwrap());
    }
    status.sort_unstable();
    assert_eq!(status, [303, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn the_list_is_the_own_departments_and_numbers_for_who_sees_no_case() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    t.app.clock.advance(Duration::days(17));
    escalate::pass(&t.app).await.unwrap();
    let (mut handler, _) = people(&t).await;
    let list = handler.get("/desk/late").await.expect(200).text();
    assert!(
        list.contains(&keys.0) && list.contains("督办名单"),
        "{list}"
    );
    let mut builder = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    let other = builder.get("/desk/late").await.expect(200).text();
    assert!(!other.contains(&keys.0));
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert!(
        intake
            .get("/desk/late")
            .await
            .expect(200)
            .text()
            .contains(&keys.0)
    );
    let mut admin = signed_in(&t, "admin", Role::Admin, None).await;
    let numbers = admin.get("/desk/late").await.expect(200).text();
    assert!(!numbers.contains(&keys.0) && numbers.contains("天府新区市场监管部门"));
    let mut auditor = signed_in(&t, "auditor", Role::Auditor, None).await;
    auditor.get("/desk/late").await.expect(404);
}
