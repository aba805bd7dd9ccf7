//! What the law makes the office do and say, by the day of receipt and by the matter: advertising, a reporter who would
//! take the report back, cases of before 2026-04-15.

use crate::support::{
    TestApp,
    steps::{act, filed, filed_with, page, people, resident, seen},
};
use time::Duration;

/// Answers of a filing on 2026-04-10.
const BEFORE: &[(&str, &str)] = &[("happened_on", "2026-04-01"), ("bought_on", "2026-03-28")];

#[tokio::test]
async fn r25_an_advertising_report_is_told_within_seven_working_days() {
    let t = TestApp::new().await;
    let keys = filed_with(&t, "both", &[("problem", "p_ad")]).await;
    let (mut handler, _) = people(&t).await;
    let complaint = seen(&t, &keys[0]).await;
    assert!(
        complaint.contains("最迟 2026年12月3日 前告诉您是否受理"),
        "{complaint}"
    );
    let report = seen(&t, &keys[1]).await;
    assert!(
        report.contains("最迟 2026年12月3日 前处理，并告诉您处理情况") && report.contains("广告法"),
        "the earlier term is promised\n{report}"
    );
    let desk = page(&mut handler, &keys[1]).await.text();
    for words in ["广告举报答复", "核查", "要在期限内把结果告诉举报人"] {
        assert!(desk.contains(words), "{words}\n{desk}");
    }
    act(&mut handler, &keys[1], "verify", &[]).await.expect(303);
    assert!(
        seen(&t, &keys[1]).await.contains("前处理，并告诉您"),
        "not met by beginning"
    );
    act(&mut handler, &keys[1], "tell", &[("progress", "短")])
        .await
        .expect(422);
    act(
        &mut handler,
        &keys[1],
        "tell",
        &[("progress", "已经责令商家先撤下广告，正在核查")],
    )
    .await
    .expect(303);
    let report = seen(&t, &keys[1]).await;
    for words in ["举报处理结果告知书", "先撤下广告", "最迟 2026年12月15日"] {
        assert!(report.contains(words), "{words}\n{report}");
    }
    act(&mut handler, &keys[0], "accept", &[]).await.expect(303);
    let desk = page(&mut handler, &keys[0]).await.text();
    assert!(desk.contains("广告举报答复 · 已停"), "{desk}");
}

#[tokio::test]
async fn r25_nobody_is_told_by_form_10_without_a_law() {
    let t = TestApp::new().await;
    let keys = filed(&t, "report").await.remove(0);
    let (mut handler, _) = people(&t).await;
    assert!(!page(&mut handler, &keys).await.text().contains("act-tell"));
    act(
        &mut handler,
        &keys,
        "tell",
        &[("progress", "已经责令商家改正，正在核查")],
    )
    .await
    .expect(409);
}

#[tokio::test]
async fn a_reporter_may_wish_a_report_back_and_the_department_decides() {
    let t = TestApp::new().await;
    let keys = filed(&t, "report").await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    act(&mut handler, &keys, "verify", &[]).await.expect(303);
    let mut reporter = resident(&t, &keys).await;
    let before = reporter.get("/track/case").await.expect(200).text();
    assert!(before.contains("由部门依法决定办不办"), "{before}");
    reporter
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    let after = reporter.get("/track/case").await.expect(200).text();
    assert!(
        after.contains("您说希望撤回这件举报") && after.contains("核查中"),
        "{after}"
    );
    assert!(
        after.contains("最迟 2026年12月15日"),
        "the clock goes on\n{after}"
    );
    reporter
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(409);
    let list = handler.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(list.contains(&keys.0), "it waits like a message");
    let desk = page(&mut handler, &keys).await.text();
    assert!(
        desk.contains("说希望撤回") && desk.contains("act-carry"),
        "{desk}"
    );
    act(&mut handler, &keys, "carry", &[]).await.expect(422);
    act(
        &mut handler,
        &keys,
        "carry",
        &[("carry_reason", "商家还在卖，我们继续核查，您的身份照样保密")],
    )
    .await
    .expect(303);
    let told = seen(&t, &keys).await;
    assert!(
        told.contains("部门决定继续办理") && told.contains("商家还在卖"),
        "{told}"
    );
    act(
        &mut handler,
        &keys,
        "carry",
        &[("carry_reason", "商家还在卖，我们继续核查")],
    )
    .await
    .expect(409);
    // said again, and this time the department ends it by a lawful row
    reporter
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    act(
        &mut supervisor,
        &keys,
        "not-file",
        &[
            ("not_filed", "r21_0"),
            ("not_file_reason", "经核查没有发现违法事实"),
        ],
    )
    .await
    .expect(303);
    let ended = page(&mut handler, &keys).await.text();
    assert!(!ended.contains("act-carry"), "{ended}");
}

#[tokio::test]
async fn n06_a_case_of_before_lives_under_the_repealed_rule() {
    let t = TestApp::new().await;
    t.app.clock.advance(Duration::days(-228));
    let keys = filed_with(&t, "complaint", BEFORE).await.remove(0);
    let other = filed_with(&t, "complaint", BEFORE).await.remove(0);
    t.app.clock.advance(Duration::days(7));
    let (mut handler, mut supervisor) = people(&t).await;
    let desk = page(&mut handler, &keys).await.text();
    assert!(
        desk.contains("暂行办法》第十五条第（六）项") && !desk.contains("冒用他人身份"),
        "six grounds\n{desk}"
    );
    act(
        &mut handler,
        &keys,
        "refuse",
        &[
            ("ground", "c07_6"),
            ("refuse_reason", "冒用了别人的名字来投诉"),
        ],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &keys,
        "refuse",
        &[
            ("ground", "c07_2"),
            ("refuse_reason", "消协已经调解过这一件"),
        ],
    )
    .await
    .expect(303);
    act(&mut supervisor, &keys, "refusal-approve", &[])
        .await
        .expect(303);
    let told = seen(&t, &keys).await;
    for words in [
        "暂行办法》第十四条、第十五条",
        "其他调解组织已经受理",
        "第三十九条",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    act(&mut handler, &other, "accept", &[]).await.expect(303);
    let told = seen(&t, &other).await;
    assert!(
        told.contains("暂行办法》第十四条") && told.contains("四十五个工作日"),
        "{told}"
    );
    act(
        &mut handler,
        &other,
        "terminate",
        &[
            ("termination", "c29_7"),
            ("terminate_reason", "商家已经注销了登记"),
        ],
    )
    .await
    .expect(422);
    act(
        &mut handler,
        &other,
        "terminate",
        &[
            ("termination", "c29_2"),
            ("terminate_reason", "商家明确拒绝调解"),
        ],
    )
    .await
    .expect(303);
    let told = seen(&t, &other).await;
    assert!(
        told.contains("暂行办法》第二十一条第一款第（三）项"),
        "{told}"
    );
}

#[tokio::test]
async fn r25_a_named_reporter_of_before_is_told_of_the_filing() {
    let t = TestApp::new().await;
    t.app.clock.advance(Duration::days(-228));
    let keys = filed_with(&t, "report", BEFORE).await.remove(0);
    let (mut handler, mut supervisor) = people(&t).await;
    act(&mut handler, &keys, "verify", &[]).await.expect(303);
    act(&mut supervisor, &keys, "file", &[]).await.expect(303);
    let told = seen(&t, &keys).await;
    assert!(
        told.contains("决定立案") && told.contains("第三十一条第二款"),
        "{told}"
    );
}
