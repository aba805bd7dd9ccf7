//! A case from receipt to close: mediation that ends well, one that is terminated, a report with an extension, what two
//! persons decide, and the two cases of one submission that never end each other.

use crate::support::{
    TestApp,
    desk::signed_in,
    filing::{self, CONTACT, with},
    steps::{act, filed, page, people, seen, stale, told},
};
use minsheng::kernel::access::Role;
use time::Duration;

#[tokio::test]
async fn a_complaint_is_mediated_rests_for_a_test_and_ends_in_an_agreement() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "agree", &[]).await.expect(422);
    act(
        &mut handler,
        &keys,
        "materials",
        &[
            ("materials_due", "2027-03-01"),
            ("materials", "身份证明的复印件"),
        ],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &keys,
        "materials",
        &[
            ("materials_due", "2026-11-27"),
            ("materials", "身份证明的复印件"),
        ],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(
        page_of.contains("限期提供材料通知书") && page_of.contains("最迟 2026年12月3日"),
        "C-22: acceptance goes on\n{page_of}"
    );
    act(&mut handler, &keys, "materials-done", &[])
        .await
        .expect(303);
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let arrangement = (
        "arrangement",
        "11月27日上午十点，华阳所调解室，调解人员李示例",
    );
    let refused = act(
        &mut handler,
        &keys,
        "mediate",
        &[("consent", "no"), arrangement],
    )
    .await
    .expect(422)
    .text();
    assert!(refused.contains("有一方不同意的不能调解"), "C-23");
    act(
        &mut handler,
        &keys,
        "mediate",
        &[("consent", "both"), arrangement],
    )
    .await
    .expect(303);
    act(
        &mut handler,
        &keys,
        "suspend",
        &[("suspend_reason", "r22_2")],
    )
    .await
    .expect(422);
    act(&mut handler, &keys, "suspend", &[("suspend_reason", "c27")])
        .await
        .expect(303);
    let rests = page(&mut handler, &keys).await.text();
    assert!(rests.contains("暂停计算"), "{rests}");
    let list = handler.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains(&keys.0),
        "what rests stays in the list\n{list}"
    );
    t.app.clock.advance(Duration::days(10));
    let mut handler = signed_in(&t, "handler2", Role::Handler, Some("market")).await;
    act(&mut handler, &keys, "resume", &[]).await.expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(
        page_of.contains("最迟 2027年2月2日"),
        "C-27: 60 days from 2026-11-24 and ten days of testing\n{page_of}"
    );
    act(
        &mut handler,
        &keys,
        "agree",
        &[
            ("agreement_form", "document"),
            ("agreement", "商家七日内退还三千元"),
        ],
    )
    .await
    .expect(303);
    act(
        &mut handler,
        &keys,
        "close",
        &[("close_note", "双方当场签收调解书")],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    for words in [
        "已办结",
        "投诉调解通知书",
        "投诉调解书",
        "商家七日内退还三千元",
    ] {
        assert!(page_of.contains(words), "{words}\n{page_of}");
    }
    assert!(
        !page_of.contains("最迟 2027"),
        "nothing runs after the close\n{page_of}"
    );
    stale(
        &mut handler,
        &keys,
        "terminate",
        "1",
        &[
            ("termination", "c29_3"),
            ("terminate_reason", "商家不同意退款"),
        ],
    )
    .await
    .expect(409);
}

#[tokio::test]
async fn c29_a_termination_names_its_ground_and_both_are_told_in_time() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let early = act(
        &mut handler,
        &keys,
        "terminate",
        &[
            ("termination", "c29_5"),
            ("terminate_reason", "商家一直不同意退款"),
        ],
    )
    .await
    .expect(422)
    .text();
    assert!(early.contains("调解期限还没有过"), "C-29(5)\n{early}");
    act(
        &mut handler,
        &keys,
        "terminate",
        &[
            ("termination", "c29_3"),
            ("terminate_reason", "商家一直不同意退款"),
        ],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    for words in [
        "投诉终止调解决定书",
        "第（三）项",
        "商家一直不同意退款",
        "第三十九条",
        "最迟 2026年12月3日",
    ] {
        assert!(page_of.contains(words), "C-30: {words}\n{page_of}");
    }
    act(&mut handler, &keys, "close", &[]).await.expect(422);
    let note = ("close_note", "电话告知商家，投诉人网上查阅");
    let early = act(&mut handler, &keys, "close", &[note])
        .await
        .expect(409)
        .text();
    assert!(early.contains("还没有告知经营者"), "C-30\n{early}");
    told(&mut handler, &keys).await;
    act(&mut handler, &keys, "close", &[note]).await.expect(303);
    assert!(seen(&t, &keys).await.contains("已办结"));
}

#[tokio::test]
async fn a_withdrawal_after_acceptance_still_gets_its_form() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let mut resident = t.client();
    resident
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    resident
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    assert!(!seen(&t, &keys).await.contains("投诉终止调解决定书"));
    let note = [("close_note", "电话告知商家调解终止")];
    act(&mut handler, &keys, "close", &note).await.expect(409);
    act(&mut handler, &keys, "issue", &[]).await.expect(303);
    act(&mut handler, &keys, "issue", &[]).await.expect(409);
    act(&mut handler, &keys, "close", &note).await.expect(409);
    told(&mut handler, &keys).await;
    act(
        &mut handler,
        &keys,
        "close",
        &[("close_note", "电话告知商家调解终止")],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(
        page_of.contains("投诉终止调解决定书") && page_of.contains("第（一）项"),
        "{page_of}"
    );
}

#[tokio::test]
async fn a_report_is_verified_extended_by_two_persons_filed_decided_and_closed() {
    let t = TestApp::new().await;
    let keys = filed(&t, "report").await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    act(&mut handler, &keys, "verify", &[]).await.expect(303);
    let before = seen(&t, &keys).await;
    assert!(before.contains("最迟 2026年12月15日"), "R-20\n{before}");
    for days in ["16", "0", "x"] {
        act(
            &mut handler,
            &keys,
            "extend",
            &[
                ("extension", days),
                ("extend_reason", "商家搬走了，要再找人"),
            ],
        )
        .await
        .expect(422);
    }
    act(
        &mut supervisor,
        &keys,
        "extend",
        &[
            ("extension", "15"),
            ("extend_reason", "商家搬走了，要再找人"),
        ],
    )
    .await
    .expect(303);
    let alone = act(&mut supervisor, &keys, "extension-grant", &[])
        .await
        .expect(409)
        .text();
    assert!(alone.contains("要由另一个人决定"), "{alone}");
    act(&mut handler, &keys, "extension-grant", &[])
        .await
        .expect(404);
    let mut other = signed_in(&t, "supervisor2", Role::Supervisor, Some("market")).await;
    act(
        &mut other,
        &keys,
        "extension-deny",
        &[("deny_reason", "人手够，请抓紧办")],
    )
    .await
    .expect(303);
    assert!(seen(&t, &keys).await.contains("最迟 2026年12月15日"));
    act(
        &mut handler,
        &keys,
        "extend",
        &[
            ("extension", "15"),
            ("extend_reason", "商家搬走了，要再找人"),
        ],
    )
    .await
    .expect(303);
    assert!(
        page(&mut supervisor, &keys)
            .await
            .text()
            .contains("延到2027年1月6日"),
        "the second person reads what the grant would do"
    );
    act(&mut supervisor, &keys, "extension-grant", &[])
        .await
        .expect(303);
    let after = seen(&t, &keys).await;
    assert!(
        after.contains("最迟 2027年1月6日") && after.contains("经批准延长"),
        "15 more working days\n{after}"
    );
    assert!(!after.contains("搬走"), "why stays in the office");
    act(
        &mut handler,
        &keys,
        "extend",
        &[("extension", "1"), ("extend_reason", "还是没有找到人")],
    )
    .await
    .expect(409);
    act(
        &mut supervisor,
        &keys,
        "extension-revoke",
        &[("revoke_reason", "人已经找到了")],
    )
    .await
    .expect(303);
    assert!(
        seen(&t, &keys).await.contains("最迟 2026年12月15日"),
        "the date that it would have been"
    );
    act(&mut handler, &keys, "file", &[]).await.expect(404);
    act(&mut supervisor, &keys, "file", &[]).await.expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(
        page_of.contains("已立案") && page_of.contains("2027年2月22日"),
        "R-22: 90 days\n{page_of}"
    );
    act(&mut handler, &keys, "investigate", &[])
        .await
        .expect(303);
    act(
        &mut handler,
        &keys,
        "decide",
        &[("outcome", "penalty"), ("decision", "责令改正并处罚款")],
    )
    .await
    .expect(303);
    act(
        &mut handler,
        &keys,
        "close",
        &[("close_note", "结案审批表已经填好")],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    assert!(page_of.contains("已办结"), "{page_of}");
    assert!(
        !page_of.contains("举报处理结果告知书") && !page_of.contains("责令改正并处罚款"),
        "R-25: no law makes the office tell the result of this one\n{page_of}"
    );
}

#[tokio::test]
async fn a_refusal_takes_two_persons() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    let form = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    act(&mut supervisor, &keys, "refuse", &form)
        .await
        .expect(303);
    let list = supervisor.get("/desk/cases?waits=1").await.expect(200);
    assert!(list.text().contains(&keys.0) && list.text().contains("待审批"));
    let waits = page(&mut supervisor, &keys).await.text();
    assert!(
        waits.contains("等科长批准") && !waits.contains("act-refusal-approve"),
        "{waits}"
    );
    assert!(
        !seen(&t, &keys).await.contains("不予受理"),
        "nothing is said before the decision"
    );
    act(&mut supervisor, &keys, "refusal-approve", &[])
        .await
        .expect(409);
    act(&mut handler, &keys, "refusal-approve", &[])
        .await
        .expect(404);
    act(&mut handler, &keys, "refuse", &form).await.expect(409);
    let mut elsewhere = signed_in(&t, "builder", Role::Supervisor, Some("construction")).await;
    stale(&mut elsewhere, &keys, "refusal-approve", "2", &[])
        .await
        .expect(404);
    let mut other = signed_in(&t, "supervisor2", Role::Supervisor, Some("market")).await;
    act(
        &mut other,
        &keys,
        "refusal-back",
        &[("back_reason", "先问清楚法院立案了没有")],
    )
    .await
    .expect(303);
    act(&mut handler, &keys, "refuse", &form).await.expect(303);
    let proposed = page(&mut supervisor, &keys).await;
    assert!(
        proposed.text().contains("同一纠纷法院已经立案审理"),
        "the second person reads what would go out"
    );
    // both press at once: one decides, the other one is told
    let version = proposed.field("version");
    let mut third = other.clone();
    let (a, b) = tokio::join!(
        stale(&mut supervisor, &keys, "refusal-approve", &version, &[]),
        stale(
            &mut third,
            &keys,
            "refusal-back",
            &version,
            &[("back_reason", "再想一想这一件")]
        ),
    );
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409]);
    if b.status == 303 {
        act(&mut handler, &keys, "refuse", &form).await.expect(303);
        act(&mut supervisor, &keys, "refusal-approve", &[])
            .await
            .expect(303);
    }
    let list = supervisor.get("/desk/cases?waits=1").await.expect(200);
    assert!(!list.text().contains(&keys.0));
    let page_of = seen(&t, &keys).await;
    assert!(
        page_of.contains("投诉不予受理决定书") && page_of.contains("第三十九条"),
        "{page_of}"
    );
    assert!(!page_of.contains("提请不予受理"), "{page_of}");
}

#[tokio::test]
async fn m01_the_end_of_a_complaint_leaves_its_report_alone() {
    let t = TestApp::new().await;
    let keys = filed(&t, "both").await;
    let (mut handler, mut supervisor) = people(&t).await;
    act(
        &mut handler,
        &keys[0],
        "refuse",
        &[
            ("ground", "c07_4"),
            ("refuse_reason", "知道受损已经超过三年"),
        ],
    )
    .await
    .expect(303);
    act(&mut supervisor, &keys[0], "refusal-approve", &[])
        .await
        .expect(303);
    let report = seen(&t, &keys[1]).await;
    assert!(
        report.contains("已收到") && report.contains("最迟 2026年12月15日"),
        "{report}"
    );
    act(&mut handler, &keys[1], "verify", &[]).await.expect(303);
}

#[tokio::test]
async fn r25_a_reporter_is_told_where_a_law_says_so() {
    let t = TestApp::new().await;
    let mut sender = t.client();
    let contact = with(CONTACT, &[("named", "named")]);
    filing::fill(&mut sender, "report", &contact).await;
    sender
        .post("/file/what", &with(filing::WHAT, &[("problem", "p_ad")]))
        .await
        .expect(303);
    sender.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&sender.get("/file/receipt").await.expect(200)).remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    act(&mut handler, &keys, "verify", &[]).await.expect(303);
    act(&mut supervisor, &keys, "not-file", &[])
        .await
        .expect(422);
    act(
        &mut supervisor,
        &keys,
        "not-file",
        &[
            ("not_filed", "r21_1"),
            ("not_file_reason", "广告已经撤下，没有造成后果"),
        ],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &keys).await;
    for words in ["不予立案", "举报处理结果告知书", "广告法", "广告已经撤下"]
    {
        assert!(page_of.contains(words), "{words}\n{page_of}");
    }
}

#[tokio::test]
async fn r03_r04_what_is_not_ours_or_was_reported_before() {
    let t = TestApp::new().await;
    let first = filed(&t, "report").await.remove(0);
    t.app.clock.advance(Duration::minutes(5));
    let second = filed(&t, "report").await.remove(0);
    let (mut handler, _) = people(&t).await;
    for wrong in ["", "JB-2611-99999-9", second.0.as_str()] {
        act(&mut handler, &second, "duplicate", &[("earlier", wrong)])
            .await
            .expect(422);
    }
    act(
        &mut handler,
        &second,
        "duplicate",
        &[("earlier", first.0.as_str())],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &second).await;
    assert!(
        page_of.contains("重复举报") && !page_of.contains(&first.0),
        "{page_of}"
    );
    act(&mut handler, &first, "verify", &[]).await.expect(303);
    act(
        &mut handler,
        &first,
        "no-authority",
        &[("competent", "成都市锦江区市场监管局，电话 12315")],
    )
    .await
    .expect(303);
    let page_of = seen(&t, &first).await;
    assert!(
        page_of.contains("无处理权限告知书") && page_of.contains("锦江区"),
        "{page_of}"
    );
}
