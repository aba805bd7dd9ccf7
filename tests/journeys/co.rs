//! Co-handling (T-05): a lead and departments beside it, each with its own day and task; who of a department handles a
//! case; what is new where it lies.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, person, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::kernel::access::Role;

type Keys = (String, String);

async fn filed(t: &TestApp, way: &str) -> Vec<Keys> {
    let contact = with(CONTACT, &[("named", "named")]);
    filing::keys(&filing::file(&mut t.client(), way, &contact).await)
}

async fn page(c: &mut Client, number: &str) -> Answer {
    c.get(&format!("/desk/cases/{number}")).await.expect(200)
}

/// Takes a step with the present version of the case.
async fn act(c: &mut Client, number: &str, verb: &str, pairs: &[(&str, &str)]) -> Answer {
    let version = page(c, number).await.field("version");
    let token = csrf();
    let base: &[(&str, &str)] = &[("csrf", &token), ("version", &version), ("do", "send")];
    c.post(&format!("/desk/cases/{number}/{verb}"), &with(base, pairs))
        .await
}

async fn list(c: &mut Client, query: &str) -> String {
    c.get(&format!("/desk/cases?{query}"))
        .await
        .expect(200)
        .text()
}

/// Ends a case that is not accepted yet: the lead asks, somebody else approves.
async fn refused(t: &TestApp, lead: &mut Client, number: &str) {
    let why = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    act(lead, number, "refuse", &why).await.expect(303);
    let mut head = signed_in(t, "approver", Role::Supervisor, Some("market")).await;
    act(&mut head, number, "refusal-approve", &[])
        .await
        .expect(303);
}

/// Lead, and the consumer association that the rules put beside it.
async fn two(t: &TestApp) -> (Client, Client) {
    (
        signed_in(t, "handler", Role::Handler, Some("market")).await,
        signed_in(t, "beside", Role::Handler, Some("consumer")).await,
    )
}

#[tokio::test]
async fn t05_a_co_handler_sees_the_case_and_writes_a_result_and_nothing_else() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (mut lead, mut co) = two(&t).await;
    for query in ["", "co=1", "co=1&fresh=1", "co=1&kind=complaint"] {
        let rows = list(&mut co, query).await;
        assert!(
            rows.contains(&number) && rows.contains("协办</span>"),
            "{query}"
        );
    }
    for query in ["unread=1", "mine=1", "closed=1", "co=1&due=late"] {
        assert!(!list(&mut co, query).await.contains(&number), "{query}");
    }
    assert!(
        !list(&mut lead, "co=1").await.contains(&number),
        "the lead leads"
    );
    let seen = page(&mut co, &number).await.text();
    assert!(seen.contains("138****8000") && !seen.contains("13800138000"));
    assert!(!seen.contains("/reveal") && !seen.contains("id=\"act-accept\""));
    assert!(seen.contains("id=\"act-co-done\""), "{seen}");
    assert!(
        !list(&mut co, "co=1&fresh=1").await.contains(&number),
        "seen is no longer new"
    );
    // the steps of the lead are not its steps, and the contact is not its business
    let case = format!("/desk/cases/{number}");
    let words = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
        ("return_reason", "不归我们管的事"),
        ("reply", "我们来答复您"),
        ("co_department", "construction"),
        ("co_reason", "请核实房屋质量"),
        ("co_off", "consumer"),
        ("co_off_reason", "我们不想办了"),
        ("assignee", "none"),
    ];
    for verb in [
        "accept",
        "refuse",
        "return",
        "reply",
        "co-add",
        "co-remove",
        "assign",
    ] {
        act(&mut co, &number, verb, &words).await.expect(403);
    }
    co.get(&format!("{case}/reveal")).await.expect(403);
    let token = csrf();
    let why = [("csrf", token.as_str()), ("reason", "想联系投诉人看看")];
    co.post(&format!("{case}/reveal"), &why).await.expect(403);
    // the lead does not finish another one's task
    act(&mut lead, &number, "co-done", &[("co_result", "替你办了")])
        .await
        .expect(403);
    act(&mut co, &number, "co-done", &[("co_result", " ")])
        .await
        .expect(422);
    let told = "已和商家联系，商家同意退一赔三，请主办核对。";
    act(&mut co, &number, "co-done", &[("co_result", told)])
        .await
        .expect(303);
    let seen = page(&mut lead, &number).await.text();
    assert!(seen.contains(told) && seen.contains("已办结"), "{seen}");
    assert!(!list(&mut co, "").await.contains(&number));
    assert!(list(&mut co, "closed=1").await.contains(&number));
    let version = page(&mut lead, &number).await.field("version");
    let again = [
        ("csrf", token.as_str()),
        ("version", version.as_str()),
        ("co_result", "再写一次结果"),
    ];
    co.post(&format!("{case}/co-done"), &again)
        .await
        .expect(409);
    // others still see nothing
    let mut other = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    other.get(&case).await.expect(404);
    let done = [("csrf", token.as_str()), ("co_result", "不是我的")];
    other
        .post(&format!("{case}/co-done"), &done)
        .await
        .expect(404);
    let dump = crate::support::database::everything(&t.app).await;
    assert!(
        !dump.contains("退一赔三"),
        "what a co-handler writes is sealed"
    );
}

#[tokio::test]
async fn t05_a_resident_reads_nothing_of_the_work_inside() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (_, mut co) = two(&t).await;
    act(
        &mut co,
        &keys.0,
        "co-done",
        &[("co_result", "查过了，没有别的")],
    )
    .await
    .expect(303);
    let mut resident = t.client();
    resident
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    let seen = resident.get("/track/case").await.expect(200).text();
    assert!(
        !seen.contains("办结协办") && !seen.contains("查过了"),
        "{seen}"
    );
}

#[tokio::test]
async fn t05_the_lead_or_intake_asks_by_a_day_and_takes_back() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (mut lead, _) = two(&t).await;
    let mut builder = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    let ask = |day| {
        [
            ("co_department", "construction"),
            ("co_due", day),
            ("co_reason", "请核实房屋质量"),
        ]
    };
    // due 2026-12-03: a day of its own lies before it and not in the past
    for day in ["2026-11-23", "2026-12-04", "明天"] {
        let kept = act(&mut lead, &number, "co-add", &ask(day))
            .await
            .expect(422);
        assert!(kept.text().contains("请核实房屋质量"), "typed text stays");
    }
    for (wrong, value) in [
        ("co_department", "market"),
        ("co_department", "consumer"),
        ("co_department", "finance"),
        ("co_reason", "短"),
    ] {
        let pairs = with(&ask("2026-11-26"), &[(wrong, value)]);
        act(&mut lead, &number, "co-add", &pairs).await.expect(422);
    }
    act(&mut lead, &number, "co-add", &ask("2026-11-26"))
        .await
        .expect(303);
    let rows = list(&mut builder, "").await;
    assert!(
        rows.contains(&number) && rows.contains("还剩 2 个工作日"),
        "{rows}"
    );
    let seen = page(&mut builder, &number).await.text();
    assert!(seen.contains("期限由主办部门指定") && seen.contains("请核实房屋质量"));
    // intake gives another day, or none
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let change = [
        ("co_whose", "construction"),
        ("co_due_reason", "随本件一起"),
    ];
    act(&mut intake, &number, "co-due", &change)
        .await
        .expect(303);
    assert!(list(&mut builder, "").await.contains("还剩 7 个工作日"));
    let off = [
        ("co_off", "construction"),
        ("co_off_reason", "已核实不涉及住建"),
    ];
    act(&mut intake, &number, "co-remove", &off)
        .await
        .expect(303);
    builder
        .get(&format!("/desk/cases/{number}"))
        .await
        .expect(404);
    assert!(!list(&mut builder, "").await.contains(&number));
    act(&mut lead, &number, "co-remove", &off).await.expect(422);
    let seen = page(&mut lead, &number).await.text();
    assert!(seen.contains("取消协办") && seen.contains("已核实不涉及住建"));
    // a finished task can be given again
    act(&mut lead, &number, "co-add", &ask(""))
        .await
        .expect(303);
    act(
        &mut builder,
        &number,
        "co-done",
        &[("co_result", "房屋没有问题")],
    )
    .await
    .expect(303);
    act(&mut lead, &number, "co-add", &ask(""))
        .await
        .expect(303);
    assert!(list(&mut builder, "").await.contains(&number));
}

#[tokio::test]
async fn t05_a_task_follows_the_leads_clock_and_ends_with_the_case() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (mut lead, mut co) = two(&t).await;
    assert!(list(&mut co, "").await.contains("最迟 2026年12月3日"));
    act(&mut lead, &number, "accept", &[]).await.expect(303);
    let rows = list(&mut co, "").await;
    assert!(
        rows.contains("最迟 2027年1月23日"),
        "C-28, the agency's reading\n{rows}"
    );
    let end = [
        ("termination", "c29_2"),
        ("terminate_reason", "经营者明确拒绝调解"),
    ];
    act(&mut lead, &number, "terminate", &end).await.expect(303);
    assert!(
        list(&mut co, "").await.contains("最迟 2026年12月3日"),
        "C-30"
    );
    let number = filed(&t, "complaint").await.remove(0).0;
    assert!(list(&mut co, "").await.contains(&number));
    refused(&t, &mut lead, &number).await;
    assert!(!list(&mut co, "").await.contains(&number));
    let seen = page(&mut co, &number).await.text();
    assert!(
        seen.contains("随案结束") && !seen.contains("id=\"act-"),
        "{seen}"
    );
}

#[tokio::test]
async fn t05_who_becomes_the_lead_no_longer_works_beside_it() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let (mut lead, mut co) = two(&t).await;
    let to = [
        ("department", "consumer"),
        ("dispatch_reason", "由消协调解"),
    ];
    act(&mut intake, &number, "dispatch", &to).await.expect(303);
    lead.get(&format!("/desk/cases/{number}")).await.expect(404);
    assert!(!list(&mut co, "co=1").await.contains(&number));
    assert!(
        list(&mut co, "fresh=1").await.contains(&number),
        "new there"
    );
    let seen = page(&mut co, &number).await.text();
    assert!(seen.contains("id=\"act-accept\"") && !seen.contains("act-co-done"));
}

#[tokio::test]
async fn r05_a_co_handler_of_a_report_learns_nothing_of_the_reporter() {
    let t = TestApp::new().await;
    let keys = filed(&t, "both").await;
    let (complaint, report) = (&keys[0].0, &keys[1]);
    let mut reporter = t.client();
    reporter
        .post("/track", &[("number", &report.0), ("code", &report.1)])
        .await
        .expect(303);
    reporter
        .post("/track/message", &[("text", "我是店里的会计，账本在二楼")])
        .await
        .expect(303);
    let (mut lead, mut beside) = two(&t).await;
    let ask = [
        ("co_department", "police"),
        ("co_reason", "请核实是否涉嫌犯罪"),
    ];
    act(&mut lead, &report.0, "co-add", &ask).await.expect(303);
    let mut co = signed_in(&t, "police", Role::Handler, Some("police")).await;
    let seen = page(&mut co, &report.0).await.text();
    for secret in ["会计", "张示例", "138****", "同一次提交", complaint] {
        assert!(!seen.contains(secret), "{secret}\n{seen}");
    }
    assert!(page(&mut lead, &report.0).await.text().contains("会计"));
    // the one beside the complaint is not told that there is a report
    let seen = page(&mut beside, complaint).await.text();
    assert!(
        !seen.contains("同一次提交") && !seen.contains(&report.0),
        "{seen}"
    );
}

#[tokio::test]
async fn a_case_has_a_handler_whom_the_supervisor_names() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (me, _) = person(&t, "first", Role::Handler, Some("market")).await;
    let (other, _) = person(&t, "other", Role::Handler, Some("construction")).await;
    let id = me.id.0.simple().to_string();
    let (mut handler, mut co) = two(&t).await;
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    assert!(list(&mut handler, "fresh=1").await.contains(&number));
    // of this department, and somebody who is there
    for wrong in [other.id.0.simple().to_string().as_str(), "nobody", ""] {
        act(&mut head, &number, "assign", &[("assignee", wrong)])
            .await
            .expect(422);
    }
    act(&mut head, &number, "assign", &[("assignee", &id)])
        .await
        .expect(303);
    assert!(
        page(&mut head, &number)
            .await
            .text()
            .contains("承办人：测试承办人")
    );
    assert!(!list(&mut handler, "mine=1").await.contains(&number));
    // a handler does not take it from another one
    let version = page(&mut handler, &number).await.field("version");
    let token = csrf();
    let take = |to| {
        vec![
            ("csrf", token.as_str()),
            ("version", version.as_str()),
            ("assignee", to),
            ("do", "send"),
        ]
    };
    let path = format!("/desk/cases/{number}/assign");
    handler.post(&path, &take("none")).await.expect(409);
    // nobody's case is taken by who wants it
    act(&mut head, &number, "assign", &[("assignee", "none")])
        .await
        .expect(303);
    let choices = page(&mut handler, &number).await.text();
    let mine = choices
        .split("<option value=\"")
        .find(|o| o.contains("我来办"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    act(&mut handler, &number, "assign", &[("assignee", &mine)])
        .await
        .expect(303);
    assert!(list(&mut handler, "mine=1").await.contains(&number));
    assert!(!list(&mut co, "mine=1").await.contains(&number));
    // given back to intake, it is nobody's again
    act(
        &mut handler,
        &number,
        "return",
        &[("return_reason", "不归我们管")],
    )
    .await
    .expect(303);
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert!(
        list(&mut intake, "at_intake=1&back=1")
            .await
            .contains(&number)
    );
    let to = [
        ("department", "market"),
        ("dispatch_reason", "还是归市场监管"),
    ];
    act(&mut intake, &number, "dispatch", &to).await.expect(303);
    assert!(!list(&mut handler, "mine=1").await.contains(&number));
    assert!(list(&mut handler, "fresh=1").await.contains(&number));
}

#[tokio::test]
async fn a_request_that_was_sent_back_is_found_until_somebody_acts() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (mut handler, _) = two(&t).await;
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let why = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    act(&mut handler, &number, "refuse", &why).await.expect(303);
    assert!(list(&mut head, "waits=1").await.contains(&number));
    act(
        &mut head,
        &number,
        "refusal-back",
        &[("back_reason", "请补上案号再提")],
    )
    .await
    .expect(303);
    assert!(list(&mut handler, "back=1").await.contains(&number));
    act(
        &mut handler,
        &number,
        "reply",
        &[("reply", "请补充法院案号")],
    )
    .await
    .expect(303);
    assert!(!list(&mut handler, "back=1").await.contains(&number));
}

#[tokio::test]
async fn a_whole_number_finds_its_case_wherever_it_stands() {
    let t = TestApp::new().await;
    let number = filed(&t, "complaint").await.remove(0).0;
    let (mut lead, mut co) = two(&t).await;
    let mut other = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    let find = format!("q={}", number.to_lowercase());
    assert!(list(&mut lead, &find).await.contains(&number));
    refused(&t, &mut lead, &number).await;
    for c in [&mut lead, &mut co] {
        let rows = list(c, &find).await;
        assert!(
            rows.contains(&format!("/desk/cases/{number}")),
            "closed too"
        );
    }
    assert!(
        !list(&mut other, &find)
            .await
            .contains(&format!("/desk/cases/{number}"))
    );
}
