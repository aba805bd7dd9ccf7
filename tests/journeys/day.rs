//! My day: what is late, due, new, sent back or waiting, each with its count and its first rows.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::kernel::access::Role;
use time::Duration;

async fn complaint(t: &TestApp) -> (String, String) {
    filing::keys(&filing::file(&mut t.client(), "complaint", CONTACT).await).remove(0)
}

async fn act(c: &mut Client, number: &str, verb: &str, pairs: &[(&str, &str)]) -> Answer {
    let case = format!("/desk/cases/{number}");
    let version = c.get(&case).await.expect(200).field("version");
    let token = csrf();
    let base: &[(&str, &str)] = &[("csrf", &token), ("version", &version), ("do", "send")];
    c.post(&format!("{case}/{verb}"), &with(base, pairs)).await
}

async fn day(c: &mut Client, query: &str) -> String {
    c.get(&format!("/desk{query}")).await.expect(200).text()
}

/// The count of a heap, as its chip says.
fn count(page: &str, label: &str) -> String {
    let chips = page.split("<ul class=\"chips\">").nth(1).unwrap();
    let chips = chips.split("</ul>").next().unwrap();
    chips
        .split(&format!(">{label} <b>"))
        .nth(1)
        .unwrap_or_else(|| panic!("no {label} in {chips}"))
        .split('<')
        .next()
        .unwrap()
        .to_owned()
}

/// Whether a heap shows this case among its first rows.
fn shows(page: &str, label: &str, number: &str) -> bool {
    page.split("<section class=\"card\"><h2")
        .skip(1)
        .filter(|s| {
            s.split("</h2>")
                .next()
                .unwrap()
                .contains(&format!(">{label} <a"))
        })
        .any(|s| s.split("</section>").next().unwrap().contains(number))
}

#[tokio::test]
async fn a_handlers_day_says_what_is_new_due_late_and_waiting() {
    let t = TestApp::new().await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    assert!(day(&mut c, "").await.contains("现在没有要您办的事"));
    let keys = complaint(&t).await;
    let page = day(&mut c, "").await;
    assert_eq!(count(&page, "新到"), "1");
    assert!(shows(&page, "新到", &keys.0), "{page}");
    assert_eq!(count(&page, "快到期"), "0", "seven working days are left");
    c.get(&format!("/desk/cases/{}", keys.0)).await.expect(200);
    let page = day(&mut c, "").await;
    assert_eq!(count(&page, "新到"), "0", "somebody has looked at it");
    let mut resident = t.client();
    resident
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    resident
        .post("/track/message", &[("text", "请问什么时候能答复")])
        .await
        .expect(303);
    assert!(shows(&day(&mut c, "").await, "新留言", &keys.0));
    // due 2026-12-03, a Thursday
    for (later, heap) in [(6, "快到期"), (3, "今天到期"), (1, "已逾期")] {
        t.app.clock.advance(Duration::days(later));
        // ten hours are the longest session
        let login = format!("handler{later}");
        let mut c = signed_in(&t, &login, Role::Handler, Some("market")).await;
        let page = day(&mut c, "").await;
        assert!(shows(&page, heap, &keys.0), "{heap}\n{page}");
        for other in ["快到期", "今天到期", "已逾期"] {
            assert_eq!(count(&page, other) == "1", other == heap, "{other}");
        }
        // a count opens its rows
        let list = c.get("/desk/cases").await.expect(200).text();
        let href = page
            .split("<a href=\"/desk/cases?")
            .find(|a| a.contains(&format!(">{heap} <b>")))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&");
        let rows = c
            .get(&format!("/desk/cases?{href}"))
            .await
            .expect(200)
            .text();
        assert!(rows.contains(&keys.0) && list.contains(&keys.0), "{href}");
    }
}

#[tokio::test]
async fn a_handler_begins_with_the_own_cases_and_a_supervisor_with_what_waits() {
    let t = TestApp::new().await;
    let first = complaint(&t).await.0;
    let second = complaint(&t).await.0;
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let page = handler.get(&format!("/desk/cases/{first}")).await.text();
    let me = page
        .split("<option value=\"")
        .find(|o| o.contains("我来办"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    act(&mut handler, &first, "assign", &[("assignee", &me)])
        .await
        .expect(303);
    let why = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    for number in [&first, &second] {
        act(&mut handler, number, "refuse", &why).await.expect(303);
    }
    let waiting = day(&mut head, "").await;
    assert_eq!(count(&waiting, "待审批"), "2");
    assert!(shows(&waiting, "待审批", &first));
    for number in [&first, &second] {
        act(
            &mut head,
            number,
            "refusal-back",
            &[("back_reason", "请补上案号再提")],
        )
        .await
        .expect(303);
    }
    let own = day(&mut handler, "").await;
    assert_eq!(count(&own, "我承办"), "1");
    assert_eq!(count(&own, "被退回"), "1", "what others handle is not mine");
    assert!(shows(&own, "被退回", &first) && !shows(&own, "被退回", &second));
    let all = day(&mut handler, "?mine=0").await;
    assert_eq!(count(&all, "被退回"), "2");
    assert!(!all.contains("待审批"), "a handler approves nothing");
}

#[tokio::test]
async fn intake_begins_with_what_came_back_and_a_co_handler_with_its_tasks() {
    let t = TestApp::new().await;
    let number = complaint(&t).await.0;
    let mut co = signed_in(&t, "beside", Role::Handler, Some("consumer")).await;
    let page = day(&mut co, "").await;
    assert_eq!(count(&page, "协办"), "1");
    assert!(shows(&page, "协办", &number) && shows(&page, "新到", &number));
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    act(
        &mut handler,
        &number,
        "return",
        &[("return_reason", "不归我们管")],
    )
    .await
    .expect(303);
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let page = day(&mut intake, "").await;
    for heap in ["部门退回", "新到受理岗", "等着分派"] {
        assert!(
            count(&page, heap) == "1" && shows(&page, heap, &number),
            "{heap}"
        );
    }
}

#[tokio::test]
async fn what_somebody_else_changed_is_shown_and_the_form_can_be_sent_again() {
    let t = TestApp::new().await;
    let keys = complaint(&t).await;
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut other = signed_in(&t, "other", Role::Handler, Some("market")).await;
    let case = format!("/desk/cases/{}", keys.0);
    let page = handler.get(&case).await.expect(200);
    let (version, since) = (page.field("version"), page.field("since"));
    act(
        &mut other,
        &keys.0,
        "reply",
        &[("reply", "我们正在核实情况")],
    )
    .await
    .expect(303);
    let mut resident = t.client();
    resident
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    resident
        .post("/track/message", &[("text", "好的，我等消息")])
        .await
        .expect(303);
    let token = csrf();
    let mut typed = vec![
        ("csrf", token.as_str()),
        ("version", version.as_str()),
        ("since", since.as_str()),
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
        ("do", "send"),
    ];
    let conflict = handler
        .post(&format!("{case}/refuse"), &typed)
        .await
        .expect(409);
    let text = conflict.text();
    let said = text.split("role=\"alert\"").nth(1).unwrap();
    let said = said.split("</div>").next().unwrap();
    assert!(
        said.contains("回复") && said.contains("居民留言") && said.contains("测试承办人"),
        "{said}"
    );
    assert!(!said.contains("分送"), "only what is new\n{said}");
    assert!(
        text.contains("同一纠纷法院已经立案审理"),
        "typed text stays"
    );
    let (version, since) = (conflict.field("version"), conflict.field("since"));
    typed[1].1 = &version;
    typed[2].1 = &since;
    handler
        .post(&format!("{case}/refuse"), &typed)
        .await
        .expect(303);
}

#[tokio::test]
async fn a_case_leads_back_to_the_list_it_was_opened_from() {
    let t = TestApp::new().await;
    let number = complaint(&t).await.0;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let case = format!("/desk/cases/{number}");
    let back = |page: String| {
        let link = page.split(" data-up").next().unwrap();
        link.rsplit("href=\"").next().unwrap().replace("&#38;", "&")
    };
    c.get("/desk/cases?kind=complaint&due=today&q=%E6%B0%B4&junk=1")
        .await
        .expect(200);
    let up = back(c.get(&case).await.expect(200).text());
    assert!(
        up.starts_with("/desk/cases?q=%E6%B0%B4&kind=complaint&due=today\""),
        "{up}"
    );
    c.get("/desk").await.expect(200);
    assert!(back(c.get(&case).await.text()).starts_with("/desk\""));
    // a step that takes the case out of sight leads there too
    let gone = act(
        &mut c,
        &number,
        "return",
        &[("return_reason", "不归我们管")],
    )
    .await
    .expect(303);
    assert_eq!(gone.location(), "/desk?done=return");
    assert!(c.get(gone.location()).await.text().contains("已退回受理岗"));
    c.cookies.insert("list".into(), "\"><script>&q=x".into());
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    intake
        .cookies
        .insert("list".into(), "\"><script>&q=x".into());
    assert!(
        !intake
            .get(&case)
            .await
            .expect(200)
            .text()
            .contains("\"><script>&q")
    );
}
