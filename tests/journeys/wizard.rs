//! A resident files without scripts and without an account; nothing typed is lost; one submission makes its cases once.

use crate::support::{
    TestApp,
    client::Client,
    filing::{self, CONTACT, PROOF, START, WHAT, WHOM, with},
};
use minsheng::store::reference;

async fn case_count(t: &TestApp) -> i64 {
    let mut conn = t.app.store.conn().await.unwrap();
    reference::case_count(&mut conn).await.unwrap()
}

#[tokio::test]
async fn a_complaint_from_first_page_to_receipt() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let first = c.get("/file").await.expect(200).text();
    assert!(
        first.contains("个人信息处理告知"),
        "P-01 comes before the first field"
    );
    let receipt = filing::file(&mut c, "complaint", CONTACT).await;
    let keys = filing::keys(&receipt);
    assert_eq!(keys.len(), 1);
    assert!(keys[0].0.starts_with("TS-2611-"), "{}", keys[0].0);
    let page = receipt.text();
    assert!(
        page.contains("最迟 2026年12月3日 前告诉您是否受理"),
        "C-20: 7 working days from 2026-11-24\n{page}"
    );
    assert!(page.contains("办法》第十五条"));
    assert!(!page.contains("13800138000"));
    assert_eq!(case_count(&t).await, 1);
}

#[tokio::test]
async fn m01_one_story_becomes_two_linked_cases() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let contact = with(CONTACT, &[("named", "anonymous")]);
    let keys = filing::keys(&filing::file(&mut c, "both", &contact).await);
    assert_eq!(keys.len(), 2);
    assert!(keys[0].0.starts_with("TS-") && keys[1].0.starts_with("JB-"));
    assert_ne!(keys[0].1, keys[1].1, "each case has its own query code");
    assert_eq!(case_count(&t).await, 2);
}

#[tokio::test]
async fn a_report_needs_no_name() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.post("/file", &with(START, &[("way", "report")]))
        .await
        .expect(303);
    c.post("/file/whom", &with(WHOM, &[("trader_address", "")]))
        .await
        .expect(303);
    c.post("/file/what", WHAT).await.expect(303);
    c.post("/file/proof", &[("sale_channel", "none")])
        .await
        .expect(303);
    c.post("/file/contact", &[("named", "anonymous")])
        .await
        .expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let receipt = c.get("/file/receipt").await.expect(200);
    assert!(
        receipt.text().contains("最迟 2026年12月15日"),
        "R-20: 15 working days"
    );
}

#[tokio::test]
async fn a_double_click_a_refresh_and_a_retry_make_one_case() {
    let t = TestApp::new().await;
    let mut c = t.client();
    filing::fill(&mut c, "complaint", CONTACT).await;
    let send = |mut c: Client| async move { c.post("/file/check", &[]).await };
    let clicks = futures(8, || send(c.clone())).await;
    for a in &clicks {
        assert_eq!(
            (a.status.as_u16(), a.location()),
            (303, "/file/receipt"),
            "{}",
            a.text()
        );
    }
    assert_eq!(case_count(&t).await, 1);
    // this browser lost the answers of all those clicks; a further one finds the receipt
    c.post("/file/check", &[]).await.expect(303);
    let first = filing::keys(&c.get("/file/receipt").await.expect(200));
    c.post("/file/check", &[]).await.expect(303);
    assert_eq!(
        filing::keys(&c.get("/file/receipt").await.expect(200)),
        first,
        "the same receipt again"
    );
    assert_eq!(case_count(&t).await, 1);
}

async fn futures<F: Future<Output = T> + Send + 'static, T: Send + 'static>(
    n: usize,
    f: impl Fn() -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..n).map(|_| tokio::spawn(f())).collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap());
    }
    out
}

#[tokio::test]
async fn a_422_says_what_to_do_and_keeps_everything_typed() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    c.post("/file/whom", WHOM).await.expect(303);
    let long = "很".repeat(4001);
    let wrong = with(
        WHAT,
        &[
            ("story", &long),
            ("happened_on", "2026-12-31"),
            ("injury", ""),
        ],
    );
    let page = c.post("/file/what", &wrong).await.expect(422).text();
    assert!(page.contains("错误："), "the title says so");
    assert!(page.contains("最多 4000 个字，多了 1 个字"));
    assert!(page.contains("日期不能晚于今天"));
    assert!(page.contains("请选择有没有人受伤"));
    assert!(page.contains(&long), "what was typed is still there");
    assert!(page.contains("燃气热水器"));
    let again = c.get("/file/what").await.expect(200).text();
    assert!(again.contains(&long), "and it survives a closed tab");
}

#[tokio::test]
async fn each_required_answer_has_its_own_message() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let start = c.post("/file", &[]).await.expect(422).text();
    for words in [
        "请选择您要办的事",
        "请选择填写人的年龄情况",
        "请先阅读个人信息处理告知并打勾",
    ] {
        assert!(start.contains(words), "{words}");
    }
    c.post("/file", START).await.expect(303);
    for (path, field, value, words) in [
        ("whom", "trader_name", "", "请填写商家名称"),
        ("whom", "trader_address", "", "请填写商家地址"),
        ("whom", "trader_kind", "casino", "请从列出的选项里选择"),
        (
            "whom",
            "trader_uscc",
            "91350100M000100Y44",
            "统一社会信用代码不对",
        ),
        ("whom", "street", "999", "请从列出的选项里选择"),
        ("what", "category", "nonsense", "请从列出的选项里选择"),
        ("what", "story", "  ", "请把经过写下来"),
        ("what", "demands", "", "请至少选择一项诉求"),
        ("proof", "amount", "", "请填写花了多少钱，没有花钱填 0"),
        ("proof", "amount", "12.345", "最多两位小数"),
        ("proof", "bought_on", "2026-11-20", "购买日期不应晚于"),
        ("contact", "name", "", "请填写您的真实姓名"),
        ("contact", "phone", "12345678901", "请核对电话号码"),
        ("contact", "publish", "", "没有默认选项"),
        ("contact", "email", "somebody", "请核对邮箱地址"),
    ] {
        let base: &[(&str, &str)] = match path {
            "whom" => WHOM,
            "what" => WHAT,
            "proof" => PROOF,
            _ => CONTACT,
        };
        c.post("/file/what", WHAT).await;
        let page = c
            .post(&format!("/file/{path}"), &with(base, &[(field, value)]))
            .await
            .expect(422)
            .text();
        assert!(page.contains(words), "{field}={value}: {words}\n{page}");
        c.post(&format!("/file/{path}"), base).await.expect(303);
    }
}

#[tokio::test]
async fn a_draft_comes_back_by_cookie_and_on_another_device_by_its_code() {
    let t = TestApp::new().await;
    let mut phone = t.client();
    phone.post("/file", START).await.expect(303);
    phone.post("/file/whom", WHOM).await.expect(303);
    let page = phone.get("/file/what").await.expect(200).text();
    let code = page
        .split("续填码：<b class=\"num\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    assert!(
        phone
            .get("/file")
            .await
            .expect(200)
            .text()
            .contains("还没有交的草稿")
    );

    let mut desktop = t.client();
    let wrong = desktop
        .post("/file/resume", &[("code", "2222-2222-22")])
        .await
        .expect(422)
        .text();
    assert!(wrong.contains("没有找到这个续填码"));
    let moved = desktop
        .post("/file/resume", &[("code", &code.to_lowercase())])
        .await
        .expect(303);
    assert_eq!(moved.location(), "/file/what");
    assert!(
        desktop
            .get("/file/whom")
            .await
            .expect(200)
            .text()
            .contains("成都示例电器")
    );

    // the phone's next save does not lose what was typed there
    let gone = phone.post("/file/what", WHAT).await.expect(422).text();
    assert!(gone.contains("已转到别的设备") && gone.contains("联系三次都说等师傅"));
}

#[tokio::test]
async fn answers_of_an_expired_draft_are_carried_into_a_new_one() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let page = c.post("/file/what", WHAT).await.expect(422);
    assert!(page.text().contains("您刚才填的内容还在"));
    let carried = with(WHAT, START);
    c.post("/file", &carried).await.expect(303);
    assert!(
        c.get("/file/what")
            .await
            .expect(200)
            .text()
            .contains("联系三次都说等师傅")
    );
}

#[tokio::test]
async fn words_of_danger_show_emergency_numbers_at_once() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    c.post("/file/whom", WHOM).await.expect(303);
    c.post(
        "/file/what",
        &with(WHAT, &[("story", "新装的灶台漏气，满屋煤气味")]),
    )
    .await
    .expect(303);
    let page = c.get("/file/proof").await.expect(200).text();
    assert!(page.contains("119") && page.contains("先顾安全"), "{page}");
}

#[tokio::test]
async fn what_is_not_for_us_names_the_right_office() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    let away = c
        .post("/file/whom", &with(WHOM, &[("street", "outside")]))
        .await
        .expect(303);
    assert_eq!(away.location(), "/file/elsewhere?step=whom");
    let page = c.get("/file/elsewhere?step=whom").await.expect(200).text();
    assert!(
        page.contains("12315") && page.contains("/file/what"),
        "{page}"
    );
    let away = c
        .post("/file/what", &with(WHAT, &[("category", "s_post")]))
        .await
        .expect(303);
    assert_eq!(away.location(), "/file/elsewhere?step=what");
    let page = c.get("/file/elsewhere?step=what").await.expect(200).text();
    assert!(
        page.contains("12305") && page.contains("/file/proof"),
        "parcels: 邮政管理部门 12305, and the way on\n{page}"
    );
    let guide = c.get("/guide/discipline").await.expect(200).text();
    assert!(
        guide.contains("12388") && guide.contains("12315") && guide.contains("12345"),
        "M-02"
    );
}

#[tokio::test]
async fn a_draft_that_went_to_another_device_is_not_called_sent() {
    let t = TestApp::new().await;
    let mut phone = t.client();
    filing::fill(&mut phone, "complaint", CONTACT).await;
    let page = phone.get("/file/contact").await.expect(200).text();
    let code = page
        .split("续填码：<b class=\"num\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let mut desktop = t.client();
    desktop
        .post("/file/resume", &[("code", &code)])
        .await
        .expect(303);
    let page = phone.post("/file/check", &[]).await.expect(409).text();
    assert!(page.contains("没有交上去"));
    assert_eq!(case_count(&t).await, 0);
    desktop.post("/file/check", &[]).await.expect(303);
    assert_eq!(case_count(&t).await, 1);
    // and whoever comes next is told of a receipt, not of a draft
    let home = desktop.get("/").await.expect(200).text();
    assert!(home.contains("回执还在") && !home.contains("还没有交的草稿"));
}

#[tokio::test]
async fn the_next_person_at_a_shared_phone_begins_anew() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    c.post("/file/whom", WHOM).await.expect(303);
    // back from the first step: the draft goes on
    let start = c.get("/file?edit=1").await.expect(200);
    assert_eq!(start.field("go_on"), "yes");
    c.post("/file", &with(START, &[("go_on", "yes")]))
        .await
        .expect(303);
    assert!(
        c.get("/file/whom")
            .await
            .expect(200)
            .text()
            .contains("成都示例电器")
    );
    // a fresh start: nothing of the other person's
    c.post("/file", START).await.expect(303);
    assert!(
        !c.get("/file/whom")
            .await
            .expect(200)
            .text()
            .contains("成都示例电器")
    );
}

#[tokio::test]
async fn p01_form_15_names_who_why_how_what_how_long_and_the_rights() {
    let t = TestApp::with(|c| {
        c.operator = "示例区市场监管局".into();
        c.retention.report_years = 12;
    })
    .await;
    let page = t.client().get("/privacy").await.expect(200).text();
    for words in [
        "<h1>个人信息处理告知</h1>",
        "示例区市场监管局",
        "联系方式",
        "为履行法定职责",
        "收哪些信息",
        "怎么处理",
        "没有立案的举报</th><td>12 年",
        "立案查处的举报，连同行政处罚案卷</th><td>30 年",
        "举报奖励案卷</th><td>30 年",
        "没有交的草稿</th><td>7 天",
        "查看、复制",
        "data-print",
    ] {
        assert!(page.contains(words), "P-01, P-12: {words}");
    }
    let start = t.client().get("/file").await.expect(200).text();
    assert!(start.contains("举报 12 年") && start.contains("看全文（可以打印）"));
}

#[tokio::test]
async fn the_receipt_says_truly_how_long_it_can_be_seen() {
    let t = TestApp::new().await;
    let mut c = t.client();
    let page = filing::file(&mut c, "complaint", CONTACT).await.text();
    assert!(page.contains("三天内还能用这个浏览器再打开"), "{page}");
    c.get("/file/receipt").await.expect(200);
    let done = c
        .post("/file/receipt/done", &[("saved", "yes")])
        .await
        .expect(200)
        .text();
    assert!(done.contains("离开这一页，就看不到查询码了"));
    assert_eq!(
        c.get("/file/receipt").await.expect(303).location(),
        "/track"
    );
}
