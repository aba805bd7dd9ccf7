//! Many cases at once: what would change and what cannot, then each on its own, with one line each, once.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, person, signed_in, signed_in_as},
    steps::{Keys, act, complaint, page},
};
use minsheng::{casework::flow::BULK_MOST, kernel::access::Role};

/// Sends the form with these cases.
async fn send(c: &mut Client, step: &str, to: &str, reason: &str, cases: &[String]) -> Answer {
    let token = csrf();
    let mut pairs = vec![
        ("csrf", &*token),
        ("do", step),
        ("to", to),
        ("reason", reason),
    ];
    pairs.extend(cases.iter().map(|n| ("case", n.as_str())));
    c.post("/desk/bulk", &pairs).await
}

/// The cases with their versions that a preview would send.
fn offered(page: &str) -> Vec<String> {
    let form = page.split("value=\"send\"").next().unwrap();
    let form = form.rsplit("<form").next().unwrap();
    form.split("name=\"case\" value=\"")
        .skip(1)
        .map(|v| v.split('"').next().unwrap().to_owned())
        .collect()
}

fn numbers(keys: &[Keys]) -> Vec<String> {
    keys.iter().map(|k| k.0.clone()).collect()
}

async fn lines(t: &TestApp, act: &str) -> i64 {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE act = ?")
        .bind(act)
        .fetch_one(&mut *conn)
        .await
        .unwrap()
}

async fn filed(t: &TestApp, n: usize) -> Vec<Keys> {
    let mut out = Vec::new();
    for _ in 0..n {
        out.push(complaint(t).await);
    }
    out
}

#[tokio::test]
async fn a_supervisor_gives_many_cases_to_a_handler_once() {
    let t = TestApp::new().await;
    let keys = filed(&t, 4).await;
    let (wang, _) = person(&t, "wang", Role::Handler, Some("market")).await;
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let mut handler = signed_in_as(&t, &wang).await;
    let to = wang.id.0.simple().to_string();
    // one has moved away, one is his already
    act(
        &mut handler,
        &keys[2],
        "return",
        &[("return_reason", "不归市场监管部门")],
    )
    .await
    .expect(303);
    act(&mut head, &keys[3], "assign", &[("assignee", &to)])
        .await
        .expect(303);
    let list = head.get("/desk/cases").await.expect(200).text();
    assert!(list.contains("action=\"/desk/bulk\"") && list.contains("form=\"bulk\""));
    let before = lines(&t, "assigned").await;
    let mut cases = numbers(&keys);
    cases.push("TS-2611-99999-9".into());
    let preview = send(&mut head, "preview", &to, "", &cases)
        .await
        .expect(200)
        .text();
    assert!(preview.contains("会改 2 件，3 件不改"), "{preview}");
    assert!(preview.contains("没有这一件") && preview.contains("已经是：测试承办人"));
    assert_eq!(lines(&t, "assigned").await, before, "nothing was changed");
    let seen = offered(&preview);
    assert_eq!(seen.len(), 2);
    // somebody changes one of them meanwhile
    act(
        &mut head,
        &keys[1],
        "reply",
        &[("reply", "三个工作日内给您答复")],
    )
    .await
    .expect(303);
    let result = send(&mut head, "send", &to, "", &seen)
        .await
        .expect(200)
        .text();
    assert!(result.contains("办好 1 件，另外 1 件没有改动"), "{result}");
    assert!(result.contains("刚刚被别人改动"), "{result}");
    assert_eq!(lines(&t, "assigned").await, before + 1);
    // the same form again does nothing and says what is so
    let again = send(&mut head, "send", &to, "", &seen)
        .await
        .expect(200)
        .text();
    assert!(
        again.contains("没有一件改动") && again.contains("已经是：测试承办人"),
        "{again}"
    );
    assert_eq!(lines(&t, "assigned").await, before + 1);
    // who has what, and what nobody has, is one link away
    let of_him = head.get(&format!("/desk/cases?handler={to}")).await;
    let of_him = of_him.expect(200).text();
    assert!(
        of_him.contains(&keys[3].0) && !of_him.contains(&keys[1].0),
        "{of_him}"
    );
    assert!(of_him.contains(" selected>测试承办人"), "{of_him}");
    let nobodys = head.get("/desk/cases?nobody=1").await.expect(200).text();
    assert!(
        nobodys.contains(&keys[1].0) && !nobodys.contains(&keys[0].0),
        "{nobodys}"
    );
    let mine = handler.get("/desk/cases?mine=1").await.expect(200).text();
    assert!(mine.contains(&keys[0].0) && mine.contains(&keys[3].0) && !mine.contains(&keys[1].0));
}

#[tokio::test]
async fn two_forms_at_once_make_one_change_each() {
    let t = TestApp::new().await;
    let keys = filed(&t, 3).await;
    let (wang, _) = person(&t, "wang", Role::Handler, Some("market")).await;
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let to = wang.id.0.simple().to_string();
    let preview = send(&mut head, "preview", &to, "", &numbers(&keys)).await;
    let seen = offered(&preview.expect(200).text());
    let mut other = head.clone();
    let (one, two) = tokio::join!(
        send(&mut head, "send", &to, "", &seen),
        send(&mut other, "send", &to, "", &seen)
    );
    for answer in [one, two] {
        let page = answer.expect(200).text();
        assert!(!page.contains("刚刚被别人改动"), "{page}");
    }
    assert_eq!(lines(&t, "assigned").await, 3);
}

#[tokio::test]
async fn a_handler_takes_what_nobody_has_and_no_one_elses() {
    let t = TestApp::new().await;
    let keys = filed(&t, 3).await;
    let (wang, _) = person(&t, "wang", Role::Handler, Some("market")).await;
    let (li, _) = person(&t, "li", Role::Handler, Some("market")).await;
    let mut w = signed_in_as(&t, &wang).await;
    let mut l = signed_in_as(&t, &li).await;
    let me = wang.id.0.simple().to_string();
    let her = li.id.0.simple().to_string();
    act(&mut l, &keys[0], "assign", &[("assignee", &her)])
        .await
        .expect(303);
    // C-26: who is kept from a case does not take it in a heap either
    act(
        &mut w,
        &keys[1],
        "recuse",
        &[("recuse_reason", "经营者是我的亲戚")],
    )
    .await
    .expect(303);
    let list = w.get("/desk/cases").await.expect(200).text();
    let list = list.split("id=\"bulk\"").nth(1).unwrap();
    assert!(
        list.contains("我来办") && !list.contains(&her),
        "only oneself"
    );
    let preview = send(&mut w, "preview", &me, "", &numbers(&keys))
        .await
        .expect(200)
        .text();
    assert!(preview.contains("会改 1 件，2 件不改"), "{preview}");
    assert!(preview.contains("由科长改派") && preview.contains("您已回避这一件"));
    // by hand, past the preview: refused one by one
    let by_hand: Vec<String> = {
        let mut out = Vec::new();
        for k in &keys {
            let version = page(&mut l, k).await.field("version");
            out.push(format!("{} {version}", k.0));
        }
        out
    };
    let result = send(&mut w, "send", &me, "", &by_hand)
        .await
        .expect(200)
        .text();
    assert!(result.contains("办好 1 件，另外 2 件没有改动"), "{result}");
    let result = send(&mut w, "send", &her, "", &by_hand)
        .await
        .expect(200)
        .text();
    assert!(
        !result.contains("办好"),
        "a handler gives nothing to others: {result}"
    );
}

#[tokio::test]
async fn intake_sends_many_cases_to_a_department_with_a_reason() {
    let t = TestApp::new().await;
    let keys = filed(&t, 3).await;
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    for k in &keys[..2] {
        act(
            &mut handler,
            k,
            "return",
            &[("return_reason", "属于工程质量，不归我局")],
        )
        .await
        .expect(303);
    }
    let list = intake.get("/desk/cases").await.expect(200).text();
    assert!(list.contains("分送到"), "{list}");
    let why = "新房渗水，住建主管";
    for (to, reason, message) in [
        ("", why, "请选择分送到哪个部门"),
        ("nowhere", why, "请选择分送到哪个部门"),
        ("construction", "", "请写明分送的理由"),
    ] {
        let page = send(&mut intake, "send", to, reason, &numbers(&keys)).await;
        let page = page.expect(422).text();
        assert!(page.contains(message), "{page}");
        assert!(
            keys.iter().all(|k| page.contains(&k.0)),
            "what was ticked stays"
        );
        assert!(page.contains(&format!("value=\"{reason}\"")), "{page}");
    }
    let none = send(&mut intake, "preview", "construction", why, &[]).await;
    assert!(none.expect(422).text().contains("还没有勾选案件"));
    let many: Vec<String> = (0..=BULK_MOST).map(|n| format!("TS-{n}")).collect();
    let many = send(&mut intake, "send", "construction", why, &many).await;
    assert!(many.expect(422).text().contains("一次最多 100 件"));
    let preview = send(&mut intake, "preview", "construction", why, &numbers(&keys)).await;
    let preview = preview.expect(200).text();
    assert!(
        preview.contains("会改 3 件") && preview.contains(why),
        "{preview}"
    );
    let result = send(&mut intake, "send", "construction", why, &offered(&preview)).await;
    assert!(result.expect(200).text().contains("办好 3 件。"));
    assert_eq!(lines(&t, "dispatched").await, 3);
    let mut there = signed_in(&t, "zhao", Role::Handler, Some("construction")).await;
    for k in &keys {
        assert!(page(&mut there, k).await.text().contains(why));
    }
}

#[tokio::test]
async fn who_does_not_handle_cases_sends_no_heap() {
    let t = TestApp::new().await;
    let keys = filed(&t, 1).await;
    for (login, role) in [("shen", Role::Auditor), ("admin", Role::Admin)] {
        let mut c = signed_in(&t, login, role, None).await;
        send(&mut c, "send", "none", "", &numbers(&keys))
            .await
            .expect(404);
    }
}
