//! How a case leaves the department, and what happens beside its main line: merged, transferred, disputed, to the police,
//! entrusted, a clue, a call-back, the hotline. What must stay between authorities never reaches /track.

use crate::support::{
    TestApp,
    client::Client,
    desk::signed_in,
    filing,
    steps::{Keys, act, filed, filed_with, page, people, resident, seen, stale},
};
use minsheng::{
    casework::hotline::HotlineKind,
    intake::{
        Answers,
        flow::{Source, submit},
    },
    kernel::{access::Role, words::Channel},
};
use time::Duration;

const FOOD: &[(&str, &str)] = &[("category", "g_food"), ("problem", "p_food_safety")];

const AWAY: &[(&str, &str)] = &[
    ("authority", "成都市锦江区市场监管局"),
    ("contact", "电话 12315，锦江区示例路1号"),
    ("transfer_reason", "商家的经营地址在锦江区"),
];

/// The PDF of every notice on a page of the desk.
async fn papers(c: &mut Client, keys: &Keys) -> Vec<String> {
    let text = page(c, keys).await.text();
    let start = format!("/desk/cases/{}/notice/", keys.0);
    text.split(&start)
        .skip(1)
        .map(|part| part.split('.').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn r04_new_facts_of_the_same_reporter_are_merged_and_nothing_crosses_over() {
    let t = TestApp::new().await;
    let first = filed(&t, "report").await.remove(0);
    t.app.clock.advance(Duration::days(3));
    let second = filed_with(&t, "report", &[("goods", "取暖器")])
        .await
        .remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &first, "verify", &[]).await.expect(303);
    assert!(seen(&t, &first).await.contains("最迟 2026年12月15日"));
    for (same, lead) in [
        ("", first.0.as_str()),
        ("no", first.0.as_str()),
        ("yes", ""),
        ("yes", "JB-2611-99999-9"),
        ("yes", second.0.as_str()),
    ] {
        act(
            &mut handler,
            &second,
            "merge",
            &[("same_reporter", same), ("lead", lead)],
        )
        .await
        .expect(422);
    }
    // the earlier one cannot go into the later one
    act(
        &mut handler,
        &first,
        "merge",
        &[("same_reporter", "yes"), ("lead", second.0.as_str())],
    )
    .await
    .expect(422);
    let mut elsewhere = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    stale(
        &mut elsewhere,
        &second,
        "merge",
        "1",
        &[("same_reporter", "yes"), ("lead", first.0.as_str())],
    )
    .await
    .expect(404);
    act(
        &mut handler,
        &second,
        "merge",
        &[("same_reporter", "yes"), ("lead", first.0.as_str())],
    )
    .await
    .expect(303);
    let later = seen(&t, &second).await;
    assert!(
        later.contains("已并案") && !later.contains(&first.0) && !later.contains("最迟"),
        "{later}"
    );
    let lead = seen(&t, &first).await;
    assert!(
        lead.contains("最迟 2026年12月18日") && lead.contains("收到补充的新情况"),
        "15 working days from the last report\n{lead}"
    );
    assert!(
        !lead.contains(&second.0) && !lead.contains("取暖器"),
        "{lead}"
    );
    // the handler goes from one to the other, and a message on the merged one waits there
    let desk = page(&mut handler, &first).await.text();
    assert!(
        desk.contains(&format!("/desk/cases/{}", second.0)),
        "{desk}"
    );
    let mut reporter = resident(&t, &second).await;
    reporter
        .post("/track/message", &[("text", "又拍到一段录像")])
        .await
        .expect(303);
    let list = handler.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(list.contains(&second.0), "{list}");
    // once filed, nothing is merged into it any more
    let third = filed(&t, "report").await.remove(0);
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    act(&mut head, &first, "file", &[]).await.expect(303);
    let late = act(
        &mut handler,
        &third,
        "merge",
        &[("same_reporter", "yes"), ("lead", first.0.as_str())],
    )
    .await
    .expect(422)
    .text();
    assert!(late.contains("已经核查完"), "{late}");
}

#[tokio::test]
async fn r04_an_advertising_report_is_told_before_it_is_merged() {
    let t = TestApp::new().await;
    let first = filed(&t, "report").await.remove(0);
    t.app.clock.advance(Duration::minutes(5));
    let second = filed_with(&t, "report", &[("problem", "p_ad")])
        .await
        .remove(0);
    let (mut handler, _) = people(&t).await;
    let form = [("same_reporter", "yes"), ("lead", first.0.as_str())];
    let early = act(&mut handler, &second, "merge", &form)
        .await
        .expect(409)
        .text();
    assert!(early.contains("请先告知"), "{early}");
    act(
        &mut handler,
        &second,
        "tell",
        &[("progress", "已经责令撤下广告，正在核查")],
    )
    .await
    .expect(303);
    act(&mut handler, &second, "merge", &form).await.expect(303);
}

#[tokio::test]
async fn a_transfer_takes_two_persons_a_receipt_or_comes_back() {
    let t = TestApp::new().await;
    let keys = filed(&t, "both").await;
    let (mut handler, mut supervisor) = people(&t).await;
    for wrong in [
        &[("authority", "局"), AWAY[1], AWAY[2]],
        &[AWAY[0], ("contact", ""), AWAY[2]],
        &[AWAY[0], AWAY[1], ("transfer_reason", "不归")],
    ] {
        let answer = act(&mut handler, &keys[0], "transfer", wrong)
            .await
            .expect(422)
            .text();
        assert!(
            answer.contains("锦江区") || wrong[0].1 == "局",
            "what was typed is still there"
        );
    }
    act(&mut handler, &keys[0], "hand-over", AWAY)
        .await
        .expect(409);
    act(&mut supervisor, &keys[0], "transfer", AWAY)
        .await
        .expect(303);
    act(&mut handler, &keys[0], "transfer", AWAY)
        .await
        .expect(409);
    act(&mut supervisor, &keys[0], "transfer-approve", &[])
        .await
        .expect(409);
    act(&mut handler, &keys[0], "transfer-approve", &[])
        .await
        .expect(404);
    assert!(
        !seen(&t, &keys[0]).await.contains("锦江"),
        "nothing is said before the decision"
    );
    let mut other = signed_in(&t, "supervisor2", Role::Supervisor, Some("market")).await;
    let waits = page(&mut other, &keys[0]).await.text();
    assert!(
        waits.contains("成都市锦江区市场监管局") && waits.contains("移送告知书"),
        "{waits}"
    );
    // both press at once: one decides
    let version = page(&mut other, &keys[0]).await.field("version");
    let mut third = other.clone();
    let (a, b) = tokio::join!(
        stale(&mut other, &keys[0], "transfer-approve", &version, &[]),
        stale(&mut third, &keys[0], "transfer-approve", &version, &[]),
    );
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409]);
    let told = seen(&t, &keys[0]).await;
    for words in ["移送告知书", "锦江区市场监管局", "第三十九条", "等对方签收"]
    {
        assert!(told.contains(words), "{words}\n{told}");
    }
    assert!(
        !told.contains("案件移送函") && !told.contains("最迟 2026"),
        "{told}"
    );
    // the letter is for the file: nobody outside can open it
    let desk = page(&mut handler, &keys[0]).await.text();
    assert!(desk.contains("案件移送函"), "{desk}");
    let mut sender = resident(&t, &keys[0]).await;
    let ids = papers(&mut handler, &keys[0]).await;
    let mut open = 0;
    for id in &ids {
        open += usize::from(sender.get(&format!("/track/notice/{id}")).await.status == 200);
    }
    assert_eq!((ids.len(), open), (2, 1));
    assert!(
        seen(&t, &keys[1]).await.contains("最迟 2026年12月15日"),
        "M-01: the report goes on"
    );
    // it comes back, and its term never stood still
    act(
        &mut handler,
        &keys[0],
        "transfer-returned",
        &[("returned_reason", "对方说门店其实在华阳")],
    )
    .await
    .expect(303);
    assert!(seen(&t, &keys[0]).await.contains("最迟 2026年12月3日"));
    act(&mut handler, &keys[0], "transfer", AWAY)
        .await
        .expect(303);
    act(&mut other, &keys[0], "transfer-approve", &[])
        .await
        .expect(303);
    for day in ["", "2026-11-23", "2026-12-31"] {
        act(
            &mut handler,
            &keys[0],
            "transfer-receipt",
            &[
                ("received_on", day),
                ("receipt_note", "锦江局签收，回执示例1号"),
            ],
        )
        .await
        .expect(422);
    }
    act(
        &mut handler,
        &keys[0],
        "transfer-receipt",
        &[
            ("received_on", "2026-11-24"),
            ("receipt_note", "锦江局签收，回执示例1号"),
        ],
    )
    .await
    .expect(303);
    let ended = seen(&t, &keys[0]).await;
    assert!(
        ended.contains("对方已经签收") && !ended.contains("回执示例1号"),
        "{ended}"
    );
}

#[tokio::test]
async fn form_12_food_that_is_not_ours_is_handed_over_within_a_working_day_and_never_only_refused()
{
    let t = TestApp::new().await;
    let keys = filed_with(&t, "both", FOOD).await;
    let (mut handler, mut supervisor) = people(&t).await;
    let refused = act(
        &mut handler,
        &keys[0],
        "refuse",
        &[
            ("ground", "c07_1"),
            ("refuse_reason", "商家不在天府新区经营"),
        ],
    )
    .await
    .expect(422)
    .text();
    assert!(refused.contains("要移交并书面通知"), "{refused}");
    act(
        &mut handler,
        &keys[1],
        "no-authority",
        &[("competent", "锦江区市场监管局")],
    )
    .await
    .expect(409);
    for key in &keys {
        let desk = page(&mut handler, key).await.text();
        assert!(
            desk.contains("act-hand-over") && !desk.contains("act-transfer\""),
            "{desk}"
        );
        act(&mut handler, key, "hand-over", AWAY).await.expect(303);
        let desk = page(&mut handler, key).await.text();
        assert!(
            desk.contains("最迟 2026年11月25日"),
            "one working day\n{desk}"
        );
        act(&mut supervisor, key, "transfer-approve", &[])
            .await
            .expect(303);
        let told = seen(&t, key).await;
        assert!(
            told.contains("移交告知书") && told.contains("食品安全法"),
            "{told}"
        );
    }
    // sent back to think about: the term of the handover ends with its proposal
    let again = filed_with(&t, "report", FOOD).await.remove(0);
    act(&mut handler, &again, "hand-over", AWAY)
        .await
        .expect(303);
    act(
        &mut supervisor,
        &again,
        "transfer-deny",
        &[("transfer_deny_reason", "先核对商家的地址")],
    )
    .await
    .expect(303);
    let desk = page(&mut handler, &again).await.text();
    assert!(desk.contains("移交并书面通知 · 已停"), "{desk}");
    assert!(seen(&t, &again).await.contains("最迟 2026年12月15日"));
}

#[tokio::test]
async fn order_310_a_crime_goes_to_the_police_step_by_step_and_no_word_gets_out() {
    let t = TestApp::new().await;
    let keys = filed(&t, "report").await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    act(&mut handler, &keys, "verify", &[]).await.expect(303);
    let before = seen(&t, &keys).await;
    let report = |team: &'static str| {
        [
            ("team", team),
            ("police", "四川天府新区公安分局"),
            ("crime_facts", "查获假冒热水器二百台，销售金额二十余万元"),
        ]
    };
    act(&mut handler, &keys, "crime-report", &report("李示例"))
        .await
        .expect(422);
    act(
        &mut handler,
        &keys,
        "crime-send",
        &[("crime_send_note", "已经送到")],
    )
    .await
    .expect(409);
    act(
        &mut supervisor,
        &keys,
        "crime-report",
        &report("李示例、吴示例"),
    )
    .await
    .expect(303);
    act(&mut supervisor, &keys, "crime-approve", &[])
        .await
        .expect(409);
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    act(
        &mut head,
        &keys,
        "crime-deny",
        &[("crime_deny_reason", "数额还没有核实清楚")],
    )
    .await
    .expect(303);
    let desk = page(&mut handler, &keys).await.text();
    assert!(
        desk.contains("没有移送成") && desk.contains("数额还没有核实清楚"),
        "{desk}"
    );
    act(
        &mut supervisor,
        &keys,
        "crime-report",
        &report("李示例、吴示例"),
    )
    .await
    .expect(303);
    let waits = page(&mut head, &keys).await.text();
    assert!(
        waits.contains("最迟 2026年11月27日") && waits.contains("二十余万元"),
        "{waits}"
    );
    act(&mut head, &keys, "crime-approve", &[])
        .await
        .expect(303);
    let desk = page(&mut handler, &keys).await.text();
    for words in ["还剩 24 小时", "涉嫌犯罪案件移送书", "已批准，等移送"] {
        assert!(desk.contains(words), "{words}\n{desk}");
    }
    act(&mut head, &keys, "file", &[]).await.expect(303);
    act(&mut handler, &keys, "investigate", &[])
        .await
        .expect(303);
    act(
        &mut handler,
        &keys,
        "crime-send",
        &[("crime_send_note", "分局经侦签收")],
    )
    .await
    .expect(303);
    let early = act(
        &mut handler,
        &keys,
        "decide",
        &[("outcome", "penalty"), ("decision", "责令改正并处罚款")],
    )
    .await
    .expect(409)
    .text();
    assert!(early.contains("正在移送公安机关"), "Art. 11\n{early}");
    for (step, field) in [
        ("police-refuse", "police_refuse_note"),
        ("crime-review", "crime_review_note"),
        ("review-refuse", "review_refuse_note"),
        ("crime-supervise", "crime_supervise_note"),
        ("police-accept", "police_accept_note"),
        ("crime-goods", "crime_goods_note"),
    ] {
        act(&mut handler, &keys, step, &[]).await.expect(422);
        act(
            &mut handler,
            &keys,
            step,
            &[(field, "示例文号一号，李示例经手")],
        )
        .await
        .expect(303);
    }
    let desk = page(&mut handler, &keys).await.text();
    assert!(desk.contains("移送公安机关：已移交公安机关"), "{desk}");
    act(
        &mut handler,
        &keys,
        "decide",
        &[
            ("outcome", "crime"),
            ("decision", "移送公安机关追究刑事责任"),
        ],
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
    let after = seen(&t, &keys).await;
    for secret in ["公安", "检察", "二十余万元", "移送"] {
        assert!(!after.contains(secret), "R-05: {secret}\n{after}");
    }
    assert!(before.contains("核查中") && after.contains("已办结"));
}

#[tokio::test]
async fn c06_a_dispute_is_negotiated_referred_and_settled() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(
        &mut handler,
        &keys,
        "dispute-settle",
        &[("settlement", "ours"), ("settle_note", "协商定了")],
    )
    .await
    .expect(409);
    act(
        &mut handler,
        &keys,
        "dispute",
        &[("dispute_reason", "两边都说归对方")],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &keys,
        "dispute",
        &[
            ("disputed_with", "双流区市场监管局"),
            ("dispute_reason", "门店在两区交界处"),
        ],
    )
    .await
    .expect(303);
    let desk = page(&mut handler, &keys).await.text();
    assert!(
        desk.contains("管辖协商") && desk.contains("正在协商"),
        "{desk}"
    );
    let outside = seen(&t, &keys).await;
    assert!(
        outside.contains("最迟 2026年12月3日") && !outside.contains("双流"),
        "{outside}"
    );
    act(
        &mut handler,
        &keys,
        "dispute-refer",
        &[("refer_note", "报成都市市场监管局指定")],
    )
    .await
    .expect(303);
    act(
        &mut handler,
        &keys,
        "dispute-settle",
        &[("settle_note", "市局指定由我们办")],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &keys,
        "dispute-settle",
        &[
            ("settlement", "designated_us"),
            ("settle_note", "市局指定由我们办"),
        ],
    )
    .await
    .expect(303);
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
}

#[tokio::test]
async fn t02_a_case_that_was_returned_twice_is_seen_from_above() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let mut builder = signed_in(&t, "builder", Role::Handler, Some("construction")).await;
    act(
        &mut handler,
        &keys,
        "return",
        &[("return_reason", "不归本部门管")],
    )
    .await
    .expect(303);
    let list = intake.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains(&keys.0) && !list.contains("退回 2 次"),
        "{list}"
    );
    let send = |to: &'static str| [("department", to), ("dispatch_reason", "按权责清单改派")];
    act(&mut intake, &keys, "dispatch", &send("construction"))
        .await
        .expect(303);
    let form_3 = page(&mut builder, &keys).await.text();
    assert!(
        form_3.contains("分送通知书") && form_3.contains("不得自行移送"),
        "投办41\n{form_3}"
    );
    assert!(
        !seen(&t, &keys).await.contains("分送通知书"),
        "it stays in the office"
    );
    act(
        &mut builder,
        &keys,
        "return",
        &[("return_reason", "也不归住建管")],
    )
    .await
    .expect(303);
    act(&mut intake, &keys, "dispatch", &send("market"))
        .await
        .expect(303);
    let list = supervisor
        .get("/desk/cases?often=1")
        .await
        .expect(200)
        .text();
    assert!(
        list.contains(&keys.0) && list.contains("退回 2 次"),
        "{list}"
    );
    assert!(
        supervisor
            .get("/desk/cases")
            .await
            .expect(200)
            .text()
            .contains("退回两次以上")
    );
    let desk = page(&mut supervisor, &keys).await.text();
    assert!(desk.contains("请主管协调定下由谁办"), "{desk}");
}

#[tokio::test]
async fn c24_another_body_mediates_with_the_consent_of_both() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let form = |consent: &'static str| {
        [
            ("entrust_consent", consent),
            ("entrusted_to", "天府新区消费者协会"),
            (
                "entrust_arrangement",
                "11月27日上午十点，消协调解室，联系人示例",
            ),
        ]
    };
    let desk = page(&mut handler, &keys).await.text();
    assert!(desk.contains("投诉人提交时不同意委托调解"), "{desk}");
    for wrong in ["", "no", "office"] {
        act(&mut handler, &keys, "entrust", &form(wrong))
            .await
            .expect(422);
    }
    act(&mut handler, &keys, "entrust", &form("both"))
        .await
        .expect(303);
    let told = seen(&t, &keys).await;
    for words in [
        "调解中",
        "委托天府新区消费者协会调解",
        "第十九条",
        "不得再委托",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

#[tokio::test]
async fn c32_a_clue_found_in_mediation_becomes_a_report_of_its_own() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    t.app.clock.advance(Duration::days(2));
    let mut handler = signed_in(&t, "handler2", Role::Handler, Some("market")).await;
    for day in ["", "2026-11-20", "2026-11-27"] {
        act(
            &mut handler,
            &keys,
            "clue",
            &[
                ("found_on", day),
                ("clue", "店里的热水器都没有能效标识和合格证"),
            ],
        )
        .await
        .expect(422);
    }
    act(
        &mut handler,
        &keys,
        "clue",
        &[
            ("found_on", "2026-11-25"),
            ("clue", "店里的热水器都没有能效标识和合格证"),
        ],
    )
    .await
    .expect(303);
    let desk = page(&mut handler, &keys).await.text();
    let number = desk.split("href=\"/desk/cases/JB-").nth(1).unwrap();
    let number = format!("JB-{}", number.split('"').next().unwrap());
    let report = (number.clone(), String::new());
    let text = page(&mut handler, &report).await.text();
    for words in ["最迟 2026年12月16日", "能效标识", &keys.0, "调解中发现"] {
        assert!(text.contains(words), "C-32: {words}\n{text}");
    }
    assert!(
        !text.contains("张示例") && !text.contains("act-merge"),
        "{text}"
    );
    let outside = seen(&t, &keys).await;
    assert!(
        !outside.contains(&number) && !outside.contains("线索"),
        "{outside}"
    );
    // the complaint ends, the report goes on
    let mut sender = resident(&t, &keys).await;
    sender
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    act(&mut handler, &report, "verify", &[]).await.expect(303);
    act(
        &mut handler,
        &report,
        "extend",
        &[("extension", "15"), ("extend_reason", "要找厂家核对标识")],
    )
    .await
    .expect(303);
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    act(&mut head, &report, "extension-grant", &[])
        .await
        .expect(303);
}

#[tokio::test]
async fn c33_r24_a_call_back_and_help_for_another_authority_are_kept() {
    let t = TestApp::new().await;
    let keys = filed(&t, "both").await;
    let (mut handler, _) = people(&t).await;
    act(
        &mut handler,
        &keys[0],
        "call-back",
        &[
            ("call_back", "satisfied"),
            ("call_back_note", "投诉人很满意"),
        ],
    )
    .await
    .expect(409);
    let mut sender = resident(&t, &keys[0]).await;
    sender
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    act(
        &mut handler,
        &keys[0],
        "call-back",
        &[("call_back_note", "没有说什么")],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &keys[0],
        "call-back",
        &[
            ("call_back", "satisfied"),
            ("call_back_note", "商家已经退款"),
        ],
    )
    .await
    .expect(303);
    assert!(
        page(&mut handler, &keys[0])
            .await
            .text()
            .contains("满意。商家已经退款")
    );
    assert!(
        !seen(&t, &keys[0]).await.contains("商家已经退款"),
        "it stays at the desk"
    );
    act(
        &mut handler,
        &keys[1],
        "assist",
        &[
            ("asked_by", "双流区市场监管局"),
            ("assist_what", "协查这家店的进货票据"),
        ],
    )
    .await
    .expect(303);
    let desk = page(&mut handler, &keys[1]).await.text();
    assert!(
        desk.contains("协助调查") && desk.contains("第四十五条"),
        "{desk}"
    );
    act(
        &mut handler,
        &keys[1],
        "assisted",
        &[("assisted_note", "票据已经寄去，复函示例一号")],
    )
    .await
    .expect(303);
    assert!(!seen(&t, &keys[1]).await.contains("双流"));
}

#[tokio::test]
async fn a_12345_case_shows_both_terms_at_the_desk_and_only_the_laws_outside() {
    let t = TestApp::new().await;
    let mut answers = Answers::default();
    let parts = [
        filing::START,
        filing::WHOM,
        filing::WHAT,
        filing::PROOF,
        filing::CONTACT,
    ];
    for (name, value) in parts.into_iter().flatten() {
        answers.set(name, value);
    }
    let source = Source {
        channel: Channel::Import,
        idempotency: [7; 32],
        draft: None,
        received_at: None,
        taken: None,
        hotline: Some(HotlineKind::Request),
    };
    let filed = submit(&t.app, &source, &answers)
        .await
        .unwrap()
        .cases
        .remove(0);
    let keys = (filed.number, filed.code);
    assert_eq!(
        filed.clock, "acceptance",
        "the law's term is the one that is promised"
    );
    let (mut handler, _) = people(&t).await;
    let list = handler.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains("受理告知") && list.contains("热线求助办理 还剩"),
        "{list}"
    );
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let list = handler.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains("热线求助办理") && list.contains("调解 还剩"),
        "{list}"
    );
    let desk = page(&mut handler, &keys).await.text();
    assert!(desk.contains("热线求助办理 · 最迟 2026年12月3日"), "{desk}");
    let outside = seen(&t, &keys).await;
    assert!(
        !outside.contains("热线求助") && outside.contains("前结束调解"),
        "{outside}"
    );
    act(
        &mut handler,
        &keys,
        "hotline-reply",
        &[("hotline_note", "已经受理，正在组织调解")],
    )
    .await
    .expect(303);
    act(
        &mut handler,
        &keys,
        "hotline-reply",
        &[("hotline_note", "已经受理，正在组织调解")],
    )
    .await
    .expect(409);
}
