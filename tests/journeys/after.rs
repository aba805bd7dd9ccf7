//! After the end: a resident rates once, or not at all; asks once that the case be taken up again; a supervisor who did
//! not end it decides; a complaint and its report never move each other.

use crate::support::{
    TestApp,
    client::Client,
    desk::signed_in,
    steps::{Keys, act, complaint, filed, page, people, resident, seen, stale, told_on},
};
use minsheng::{
    figures::{Figure, Value, flow as figures},
    kernel::access::Role,
    store::figures::Scope,
};
use sqlx::Row;
use time::Duration;

const REASON: &str = "说好三天退款，到今天没有退，请再催一次";

/// A complaint that was accepted and terminated, of which both sides were told, closed by the handler.
async fn closed(t: &TestApp, handler: &mut Client) -> Keys {
    let keys = complaint(t).await;
    close(t, handler, &keys).await;
    keys
}

async fn close(t: &TestApp, handler: &mut Client, keys: &Keys) {
    act(handler, keys, "accept", &[]).await.expect(303);
    end(t, handler, keys).await;
}

async fn end(t: &TestApp, handler: &mut Client, keys: &Keys) {
    let ground = [
        ("termination", "c29_3"),
        ("terminate_reason", "双方差距太大，谈不成"),
    ];
    act(handler, keys, "terminate", &ground).await.expect(303);
    told_on(handler, keys, &t.app.today().to_string()).await;
    let note = [("close_note", "两边都已经告知，办结归档")];
    act(handler, keys, "close", &note).await.expect(303);
}

async fn ask(t: &TestApp, keys: &Keys) {
    let mut c = resident(t, keys).await;
    c.post("/track/reopen", &[("reopen", REASON)])
        .await
        .expect(303);
}

async fn running(t: &TestApp, keys: &Keys) -> Vec<(String, String)> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query(
        "SELECT k.clock, CAST(k.started_on AS CHAR) AS day FROM case_clock k JOIN case_file f ON f.id = k.case_id \
         WHERE f.number = ? AND k.stopped_at IS NULL",
    )
    .bind(&keys.0)
    .fetch_all(&mut *conn)
    .await
    .unwrap()
    .iter()
    .map(|r| (r.get("clock"), r.get("day")))
    .collect()
}

async fn state(t: &TestApp, keys: &Keys) -> (String, bool) {
    let mut conn = t.app.store.conn().await.unwrap();
    let row =
        sqlx::query("SELECT state, closed_at IS NULL AS open FROM case_file WHERE number = ?")
            .bind(&keys.0)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    (row.get("state"), row.get("open"))
}

#[tokio::test]
async fn a_resident_rates_once_and_may_leave_questions_out() {
    let t = TestApp::new().await;
    let (mut handler, _) = people(&t).await;
    let keys = complaint(&t).await;
    let mut c = resident(&t, &keys).await;
    assert!(!seen(&t, &keys).await.contains("/track/rate"));
    c.post("/track/rate", &[("solved", "no")]).await.expect(409);
    close(&t, &mut handler, &keys).await;
    let text = seen(&t, &keys).await;
    assert!(
        text.contains("有没有人回应您")
            && text.contains("问题解决了吗")
            && text.contains("您满意吗")
    );
    let empty = c.post("/track/rate", &[]).await.expect(422).text();
    assert!(empty.contains("三个问题至少选一个"), "{empty}");
    let odd = [("solved", "no"), ("satisfied", "very")];
    let odd = c.post("/track/rate", &odd).await.expect(422).text();
    assert!(
        odd.contains("请从列出的答案里选择")
            && odd.contains("value=\"no\" id=\"solved\"").eq(&false)
    );
    assert!(odd.contains("checked"), "what was chosen is still chosen");
    let rating = [("responded", "yes"), ("solved", "no")];
    c.post("/track/rate", &rating).await.expect(303);
    let again = c.post("/track/rate", &rating).await.expect(409).text();
    assert!(again.contains("您已经评价过了"));
    let text = seen(&t, &keys).await;
    assert!(
        text.contains("您的评价：有人回应，没有解决") && !text.contains("action=\"/track/rate\"")
    );
    let desk = page(&mut handler, &keys).await.text();
    assert!(desk.contains("居民评价：有人回应，没有解决。"));
    assert_eq!(running(&t, &keys).await, [], "no clock runs after closing");
}

#[tokio::test]
async fn rates_at_once_are_one() {
    let t = TestApp::new().await;
    let (mut handler, _) = people(&t).await;
    let keys = closed(&t, &mut handler).await;
    let c = resident(&t, &keys).await;
    for (path, pair) in [
        ("/track/rate", ("satisfied", "no")),
        ("/track/reopen", ("reopen", REASON)),
    ] {
        let clicks: Vec<_> = (0..5)
            .map(|_| {
                let mut c = c.clone();
                tokio::spawn(async move { c.post(path, &[pair]).await.status.as_u16() })
            })
            .collect();
        let mut status = Vec::new();
        for click in clicks {
            status.push(click.await.unwrap());
        }
        status.sort_unstable();
        assert_eq!(status, [303, 409, 409, 409, 409], "{path}");
    }
}

#[tokio::test]
async fn another_person_takes_a_complaint_up_again_and_it_runs_with_a_new_clock() {
    let t = TestApp::new().await;
    let (mut handler, mut supervisor) = people(&t).await;
    let keys = closed(&t, &mut handler).await;
    let mut c = resident(&t, &keys).await;
    let short = c.post("/track/reopen", &[("reopen", "不行")]).await;
    let short = short.expect(422).text();
    assert!(short.contains("至少 4 个字") && short.contains("不行"));
    ask(&t, &keys).await;
    assert_eq!(running(&t, &keys).await, [], "a request starts no clock");
    let mine = seen(&t, &keys).await;
    assert!(
        mine.contains("最迟 2026年12月3日 在留言里答复您") && mine.contains(REASON),
        "{mine}"
    );
    let twice = c.post("/track/reopen", &[("reopen", REASON)]).await;
    assert!(twice.expect(409).text().contains("正等决定"));

    let day = supervisor.get("/desk").await.expect(200).text();
    assert!(
        day.contains("申请重新办理") && day.contains(&keys.0),
        "my day"
    );
    let list = supervisor.get("/desk/reopenings").await.expect(200).text();
    assert!(
        list.contains(&keys.0) && list.contains("还剩 7 个工作日"),
        "{list}"
    );
    handler.get("/desk/reopenings").await.expect(404);
    let mut builder = signed_in(&t, "builder", Role::Supervisor, Some("construction")).await;
    let other = builder.get("/desk/reopenings").await.expect(200).text();
    assert!(!other.contains(&keys.0));

    // who handles cannot decide; who decides says why
    let token = page(&mut handler, &keys).await;
    assert!(!token.text().contains("reopen-grant"));
    let text = page(&mut supervisor, &keys).await.text();
    assert!(text.contains("reopen-grant") && text.contains(REASON));
    let none = act(&mut supervisor, &keys, "reopen-grant", &[]).await;
    assert!(none.expect(422).text().contains("请写明理由"));
    t.app.clock.advance(Duration::days(2));
    let mut supervisor = signed_in(&t, "another", Role::Supervisor, Some("market")).await;
    let mut handler = signed_in(&t, "worker", Role::Handler, Some("market")).await;
    let why = [("reopen_reason", "退款没有到账属实，换人再调解一次")];
    act(&mut supervisor, &keys, "reopen-grant", &why)
        .await
        .expect(303);
    assert_eq!(state(&t, &keys).await, ("accepted".into(), true));
    assert_eq!(
        running(&t, &keys).await,
        [("mediation".to_owned(), "2026-11-26".to_owned())],
        "C-28 anew"
    );
    let mine = seen(&t, &keys).await;
    assert!(
        mine.contains("同意重新办理")
            && mine.contains("退款没有到账属实")
            && !mine.contains("/track/rate")
    );
    let list = supervisor.get("/desk/reopenings").await.expect(200).text();
    assert!(!list.contains(&keys.0));

    // the second end is told anew (C-30), may be rated, and is the last one
    end(&t, &mut handler, &keys).await;
    let mine = seen(&t, &keys).await;
    assert!(mine.contains("/track/rate") && !mine.contains("action=\"/track/reopen\""));
    c.post("/track/rate", &[("satisfied", "fair")])
        .await
        .expect(303);
    c.post("/track/reopen", &[("reopen", REASON)])
        .await
        .expect(409);
    figures::count_all(&t.app).await.unwrap();
    let scope = Scope {
        period: minsheng::figures::Period::year_to(minsheng::figures::Month::of(t.app.today())),
        department: None,
        street: None,
        category: None,
    };
    let all = figures::total(&t.app, &scope, scope.period).await.unwrap();
    assert_eq!(Figure::Reopened.value(&all), Value::Count(1));
    assert_eq!(Figure::RatedRate.value(&all), Value::Rate { of: 1, all: 1 });
    assert_eq!(
        Figure::SatisfiedRate.value(&all),
        Value::Rate { of: 0, all: 1 }
    );
    let reports = supervisor.get("/desk/reports").await.expect(200).text();
    assert!(reports.contains("居民满意率") && reports.contains("重新办理"));
}

#[tokio::test]
async fn who_ended_a_case_does_not_decide_not_even_by_race() {
    let t = TestApp::new().await;
    let (_, mut supervisor) = people(&t).await;
    // the supervisor works on the case alone
    let keys = closed(&t, &mut supervisor).await;
    ask(&t, &keys).await;
    let text = page(&mut supervisor, &keys).await;
    assert!(!text.text().contains("/reopen-grant"));
    let version = text.field("version");
    let why = [
        ("reopen_reason", "看过材料，同意再办"),
        ("reopen_decline_reason", "看过材料，不再办"),
    ];
    for verb in ["reopen-grant", "reopen-decline"] {
        let own = stale(&mut supervisor, &keys, verb, &version, &why).await;
        assert!(own.expect(409).text().contains("要由另一个人决定"));
    }
    // two others at once: one of them decides
    let mut others = Vec::new();
    for (name, verb) in [("second", "reopen-grant"), ("third", "reopen-decline")] {
        let mut c = signed_in(&t, name, Role::Supervisor, Some("market")).await;
        let (keys, version) = (keys.clone(), version.clone());
        others.push(tokio::spawn(async move {
            let done = stale(&mut c, &keys, verb, &version, &why).await;
            done.status.as_u16()
        }));
    }
    let mut status = Vec::new();
    for other in others {
        status.push(other.await.unwrap());
    }
    status.sort_unstable();
    assert_eq!(status, [303, 409]);
}

#[tokio::test]
async fn a_declined_request_leaves_the_case_ended_and_is_not_asked_again() {
    let t = TestApp::new().await;
    let (mut handler, mut supervisor) = people(&t).await;
    let keys = closed(&t, &mut handler).await;
    ask(&t, &keys).await;
    let why = [("reopen_decline_reason", "商家已经退款，凭证在档")];
    act(&mut supervisor, &keys, "reopen-decline", &why)
        .await
        .expect(303);
    assert_eq!(state(&t, &keys).await, ("closed".into(), false));
    assert_eq!(running(&t, &keys).await, []);
    let mine = seen(&t, &keys).await;
    assert!(
        mine.contains("没有同意重新办理")
            && mine.contains("商家已经退款，凭证在档")
            && !mine.contains("action=\"/track/reopen\"")
            && mine.contains("/track/rate"),
        "{mine}"
    );
}

#[tokio::test]
async fn a_request_comes_soon_after_the_end_and_never_to_an_open_case() {
    let t = TestApp::with(|c| c.reopening.within_days = 10).await;
    let (mut handler, _) = people(&t).await;
    let open = complaint(&t).await;
    let mut c = resident(&t, &open).await;
    c.post("/track/reopen", &[("reopen", REASON)])
        .await
        .expect(409);
    let keys = closed(&t, &mut handler).await;
    assert!(
        seen(&t, &keys)
            .await
            .contains("2026年12月4日 前可以申请一次")
    );
    t.app.clock.advance(Duration::days(11));
    let mut c = resident(&t, &keys).await;
    let late = c.post("/track/reopen", &[("reopen", REASON)]).await;
    assert!(late.expect(409).text().contains("时间已经过了"));
    let text = seen(&t, &keys).await;
    assert!(!text.contains("action=\"/track/reopen\"") && text.contains("/track/rate"));
}

#[tokio::test]
async fn a_report_is_verified_again_from_the_request_and_nobody_is_named() {
    let t = TestApp::new().await;
    let (mut handler, _) = people(&t).await;
    let keys = filed(&t, "report").await.remove(0);
    let earlier = filed(&t, "report").await.remove(0);
    let same = [("earlier", earlier.0.as_str())];
    act(&mut handler, &keys, "duplicate", &same)
        .await
        .expect(303);
    let mut c = resident(&t, &keys).await;
    let text = c.get("/track/case").await.expect(200).text();
    assert!(text.contains("不用写您是谁") && text.contains("别写能认出您的内容"));
    c.post("/track/rate", &[("satisfied", "no")])
        .await
        .expect(303);
    ask(&t, &keys).await;
    t.app.clock.advance(Duration::days(3));
    let mut supervisor = signed_in(&t, "another", Role::Supervisor, Some("market")).await;
    let why = [("reopen_reason", "有新的线索，重新核查")];
    act(&mut supervisor, &keys, "reopen-grant", &why)
        .await
        .expect(303);
    assert_eq!(state(&t, &keys).await, ("verifying".into(), true));
    assert_eq!(
        running(&t, &keys).await,
        [("verification".to_owned(), "2026-11-24".to_owned())],
        "R-20 from the material"
    );
    let mut conn = t.app.store.conn().await.unwrap();
    let kept: Vec<String> = sqlx::query_scalar(
        "SELECT e.data FROM case_event e JOIN case_file f ON f.id = e.case_id WHERE f.number = ? \
         AND e.kind IN ('rated', 'reopen_asked', 'reopened')",
    )
    .bind(&keys.0)
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    assert_eq!(kept.len(), 3);
    assert!(
        kept.iter()
            .all(|d| !d.contains("退款") && !d.contains("线索")),
        "R-05: {kept:?}"
    );
}

#[tokio::test]
async fn a_complaint_that_is_taken_up_again_leaves_its_report_alone() {
    let t = TestApp::new().await;
    let (mut handler, mut supervisor) = people(&t).await;
    let mut both = filed(&t, "both").await;
    let (first, second) = (both.remove(0), both.remove(0));
    let (complaint, report) = if first.0.starts_with("TS") {
        (first, second)
    } else {
        (second, first)
    };
    close(&t, &mut handler, &complaint).await;
    let before = (state(&t, &report).await, running(&t, &report).await);
    ask(&t, &complaint).await;
    let why = [("reopen_reason", "退款没有到账，再办一次")];
    act(&mut supervisor, &complaint, "reopen-grant", &why)
        .await
        .expect(303);
    assert_eq!(state(&t, &complaint).await, ("accepted".into(), true));
    assert_eq!(
        (state(&t, &report).await, running(&t, &report).await),
        before,
        "M-01"
    );
}

#[tokio::test]
async fn a_refusal_is_looked_at_again_and_decided_anew_within_seven_working_days() {
    let t = TestApp::new().await;
    let (mut handler, mut supervisor) = people(&t).await;
    let keys = complaint(&t).await;
    let ground = [
        ("ground", "c07_2"),
        ("refuse_reason", "消费者协会已经处理过同一件事"),
    ];
    act(&mut handler, &keys, "refuse", &ground)
        .await
        .expect(303);
    act(&mut supervisor, &keys, "refusal-approve", &[])
        .await
        .expect(303);
    ask(&t, &keys).await;
    // neither who approved the refusal nor who proposed it
    let why = [("reopen_reason", "消协处理的是另一件，重新看")];
    act(&mut supervisor, &keys, "reopen-grant", &why)
        .await
        .expect(409);
    t.app.clock.advance(Duration::days(1));
    let mut second = signed_in(&t, "second", Role::Supervisor, Some("market")).await;
    let mut handler = signed_in(&t, "worker", Role::Handler, Some("market")).await;
    act(&mut second, &keys, "reopen-grant", &why)
        .await
        .expect(303);
    assert_eq!(state(&t, &keys).await, ("submitted".into(), true));
    assert_eq!(
        running(&t, &keys).await,
        [("acceptance".to_owned(), "2026-11-25".to_owned())],
        "C-20 anew"
    );
    close(&t, &mut handler, &keys).await;
}
