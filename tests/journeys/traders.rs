//! The trader answers without an account: invited with a code that is used once, it reads a masked complaint, offers a
//! settlement, and the complainant decides. Nobody outside ever learns of a report.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    database::everything,
    desk::{csrf, signed_in},
    filing::{self, CONTACT, with},
    outside::{Server, letter_text},
    steps::{Keys, act, filed, resident},
};
use minsheng::{
    jobs::{self, queue},
    kernel::access::Role,
    limits::Rate,
    store::{case as cases, links},
};
use time::Duration;

const ANSWER: &[(&str, &str)] = &[
    ("stance", "partly"),
    ("explanation", "师傅上门看过，是接口没有拧紧，已经重新安装"),
    ("offers", "yes"),
    ("what", "refund"),
    ("what", "other"),
    ("amount", "3000"),
    ("terms", "旧机由我们上门取走"),
    ("within", "7"),
    ("keep", "5"),
    ("person", "刘示店"),
    ("person_phone", "028-80000021"),
];

async fn handler(t: &TestApp) -> Client {
    signed_in(t, "handler", Role::Handler, Some("market")).await
}

/// Invites the trader; the code that is shown once.
async fn invite(c: &mut Client, keys: &Keys, more: &[(&str, &str)]) -> String {
    let wish = with(&[("due", "2026-12-01")], more);
    let page = act(c, keys, "invite", &wish).await.expect(200).text();
    let code = page.split("<dt>答复码</dt><dd class=\"num\">").nth(1);
    code.unwrap().split('<').next().unwrap().to_owned()
}

async fn trader_page(c: &mut Client, keys: &Keys) -> String {
    let path = format!("/desk/cases/{}/trader", keys.0);
    c.get(&path).await.expect(200).text()
}

/// A trader's browser at the masked complaint.
async fn entered(t: &TestApp, keys: &Keys, code: &str) -> Client {
    let mut c = t.client();
    let opened = c
        .post("/respond", &[("number", &keys.0), ("code", code)])
        .await
        .expect(303);
    assert_eq!(opened.location(), "/respond/case");
    c
}

async fn sent(c: &mut Client, pairs: &[(&str, &str)]) -> Answer {
    c.post("/respond/case", &with(pairs, &[("do", "send")]))
        .await
}

async fn case(c: &mut Client) -> String {
    c.get("/track/case").await.expect(200).text()
}

/// The id of the offer that can be taken.
fn offer_id(page: &str) -> String {
    let link = page.split("/track/offer?id=").nth(1).expect("an offer");
    link.split('&').next().unwrap().to_owned()
}

async fn tell_newest(c: &mut Client, keys: &Keys) {
    let page = trader_page(c, keys).await;
    let notice = page
        .split("<select class=\"in\" id=\"notice\"")
        .nth(1)
        .unwrap()
        .split("<option value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let form = [
        ("notice", notice.as_str()),
        ("way", "handed"),
        ("day", "2026-11-24"),
        ("note", "店长刘示店签收"),
    ];
    act(c, keys, "tell-trader", &form).await.expect(303);
}

#[tokio::test]
async fn an_offer_is_taken_after_acceptance_and_both_sides_are_told() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    act(&mut desk, &keys, "accept", &[]).await.expect(303);
    let code = invite(&mut desk, &keys, &[]).await;
    let mut owner = resident(&t, &keys).await;
    let waits = case(&mut owner).await;
    assert!(
        waits.contains("请商家在 2026年12月1日 前答复"),
        "the deadline is shown to everybody\n{waits}"
    );

    let mut trader = entered(&t, &keys, &code).await;
    let read = trader.get("/respond/case").await.expect(200).text();
    for words in [
        "2026年12月1日",
        "燃气热水器",
        "用了三天就漏水",
        "退还货款",
        "3600.50",
        "2026-11-08",
        "市场监管",
    ] {
        assert!(read.contains(words), "{words}\n{read}");
    }
    for never in ["张示例", "13800138000", "138****8000", "示例小区", &keys.1] {
        assert!(!read.contains(never), "{never} in {read}");
    }
    // opening uses nothing up; what is typed survives a mistake and the way back
    entered(&t, &keys, &code).await;
    let wrong = sent(&mut trader, &with(ANSWER, &[("amount", "很多")])).await;
    let wrong = wrong.expect(422).text();
    assert!(wrong.contains("请写一共给多少钱") && wrong.contains("旧机由我们上门取走"));
    let check = trader.post("/respond/case", ANSWER).await.expect(200);
    assert!(check.text().contains("共 3,000 元") && check.text().contains("刘示店"));
    let back = trader
        .post("/respond/case", &with(ANSWER, &[("do", "back")]))
        .await
        .expect(200);
    assert!(back.field("amount") == "3000" && back.field("person") == "刘示店");
    assert!(
        !case(&mut owner).await.contains("接口没有拧紧"),
        "nothing is sent yet"
    );
    let done = sent(&mut trader, ANSWER).await.expect(303);
    assert_eq!(done.location(), "/respond/receipt");
    let receipt = trader.get("/respond/receipt").await.expect(200).text();
    let hash = receipt
        .split("id=\"hash\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let text = receipt
        .split("<div class=\"paper\">")
        .nth(1)
        .unwrap()
        .split("</div>")
        .next()
        .unwrap();
    assert_eq!(
        hash,
        minsheng::receipts::hex(&minsheng::receipts::sha256(text.as_bytes())),
        "the receipt proves its text"
    );
    assert!(!text.contains("刘示店") && !text.contains("80000021"));

    let list = desk.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(list.contains(&keys.0), "the handler is reminded\n{list}");
    let answered = trader_page(&mut desk, &keys).await;
    for words in [
        "部分认可",
        "接口没有拧紧",
        "共 3,000 元",
        "刘示店 028-80000021",
        "等待消费者决定",
    ] {
        assert!(answered.contains(words), "{words}\n{answered}");
    }
    let token = csrf();
    let seen = format!("/desk/cases/{}/trader-seen", keys.0);
    desk.post(&seen, &[("csrf", &token)]).await.expect(303);
    let list = desk.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(!list.contains(&keys.0), "{list}");

    let page = case(&mut owner).await;
    for words in [
        "商家答复了您，提出了方案，请在 2026年11月29日 前决定",
        "商家部分认可",
        "接口没有拧紧",
        "共 3,000 元",
        "旧机由我们上门取走",
        "2026年11月29日",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(
        !page.contains("刘示店") && !page.contains("80000021"),
        "{page}"
    );
    let id = offer_id(&page);
    let asked = owner
        .get(&format!("/track/offer?id={id}&do=accept"))
        .await
        .expect(200)
        .text();
    assert!(
        asked.contains("确定同意") && asked.contains("调解随之终止"),
        "{asked}"
    );
    owner
        .post("/track/offer", &[("id", &id), ("choice", "accept")])
        .await
        .expect(303);
    let page = case(&mut owner).await;
    for words in ["双方已和解", "双方和解", "您已经同意", "最迟 2026年12月3日"] {
        assert!(page.contains(words), "C-29(1), C-30: {words}\n{page}");
    }
    owner
        .post("/track/offer", &[("id", &id), ("choice", "accept")])
        .await
        .expect(409);
    let receipt = trader.get("/respond/receipt").await.expect(200).text();
    assert!(receipt.contains("消费者同意了贵方的方案"), "{receipt}");

    // form 8 to both, the record for both, and only then the end
    let note = [("close_note", "双方和解，已告知双方")];
    act(&mut desk, &keys, "close", &note).await.expect(409);
    act(&mut desk, &keys, "issue", &[]).await.expect(303);
    let page = case(&mut owner).await;
    assert!(
        page.contains("投诉终止调解决定书") && page.contains("双方自行和解"),
        "{page}"
    );
    let copies = trader_page(&mut desk, &keys).await;
    assert!(
        copies.contains("对贵方的投诉") && copies.contains("还没有告知"),
        "{copies}"
    );
    act(&mut desk, &keys, "close", &note).await.expect(409);
    tell_newest(&mut desk, &keys).await;
    act(&mut desk, &keys, "close", &note).await.expect(303);
    let page = case(&mut owner).await;
    assert!(
        page.contains("已办结") && page.contains("已经和解"),
        "{page}"
    );
    assert!(page.contains("投诉终止调解决定书已告知商家"), "{page}");
    let stored = everything(&t.app).await;
    let digits = code.replace(' ', "");
    for never in ["接口没有拧紧", "刘示店", "旧机由我们", &code, &digits] {
        assert!(!stored.contains(never), "{never} is sealed");
    }
}

#[tokio::test]
async fn an_offer_taken_before_acceptance_ends_the_complaint_like_a_withdrawal() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    sent(&mut trader, ANSWER).await.expect(303);
    let mut owner = resident(&t, &keys).await;
    let id = offer_id(&case(&mut owner).await);
    owner
        .post("/track/offer", &[("id", &id), ("choice", "accept")])
        .await
        .expect(303);
    let page = case(&mut owner).await;
    assert!(
        page.contains("双方已和解") && page.contains("您和商家已经和解"),
        "{page}"
    );
    assert!(
        !page.contains("最迟 2026年12月3日"),
        "no clock runs\n{page}"
    );
    let history = desk.get(&format!("/desk/cases/{}", keys.0)).await.text();
    assert!(
        history.contains("先行和解") && history.contains("双方自行和解"),
        "{history}"
    );
    minsheng::figures::flow::count_all(&t.app).await.unwrap();
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    for figure in ["settled", "recovered"] {
        let path = format!("/desk/reports/cases?figure={figure}");
        let page = head.get(&path).await.expect(200).text();
        assert!(page.contains(&keys.0), "{figure}");
    }
    let page = head.get("/desk/reports").await.expect(200).text();
    assert!(
        page.contains("3,000 元"),
        "what the consumer gets back is counted"
    );
}

#[tokio::test]
async fn an_offer_declined_or_lapsed_leaves_the_case_with_the_handler() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    act(&mut desk, &keys, "accept", &[]).await.expect(303);
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    sent(&mut trader, ANSWER).await.expect(303);
    let again = act(&mut desk, &keys, "invite", &[("due", "2026-12-01")]).await;
    assert!(again.expect(409).text().contains("还在等消费者决定"));
    let mut owner = resident(&t, &keys).await;
    let id = offer_id(&case(&mut owner).await);
    owner
        .post("/track/offer", &[("id", &id), ("choice", "decline")])
        .await
        .expect(303);
    let page = case(&mut owner).await;
    assert!(
        page.contains("已受理") && page.contains("您没有同意"),
        "{page}"
    );
    assert!(page.contains("最迟 2027年1月"), "C-28 goes on\n{page}");
    let receipt = trader.get("/respond/receipt").await.expect(200).text();
    assert!(receipt.contains("没有同意"), "{receipt}");

    // the handler asks once more; this time the offer runs out
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    sent(&mut trader, &with(ANSWER, &[("keep", "3")]))
        .await
        .expect(303);
    let id = offer_id(&case(&mut owner).await);
    t.app.clock.advance(Duration::days(4));
    owner
        .post("/track/offer", &[("id", &id), ("choice", "accept")])
        .await
        .expect(409);
    assert!(!case(&mut owner).await.contains("/track/offer?id="));
    jobs::sweep(&t.app).await.unwrap();
    let page = case(&mut owner).await;
    assert!(
        page.contains("过了期限") && page.contains("不能再选"),
        "{page}"
    );
    jobs::sweep(&t.app).await.unwrap();
    assert_eq!(
        case(&mut owner).await.matches("过了期限").count(),
        1,
        "once"
    );
}

#[tokio::test]
async fn a_used_code_says_so_and_a_race_takes_one_answer() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    let code = invite(&mut desk, &keys, &[]).await;
    let mut first = entered(&t, &keys, &code).await;
    let mut second = entered(&t, &keys, &code).await;
    let other = with(
        ANSWER,
        &[("explanation", "我们没有卖过这台机器"), ("offers", "no")],
    );
    let (a, b) = tokio::join!(sent(&mut first, ANSWER), sent(&mut second, &other));
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [303, 409], "{}\n{}", a.text(), b.text());
    let (loser, typed) = if a.status == 409 {
        (a, "接口没有拧紧")
    } else {
        (b, "没有卖过这台机器")
    };
    assert!(loser.text().contains("已经用过") && loser.text().contains(typed));
    let page = trader_page(&mut desk, &keys).await;
    assert_eq!(page.matches("刘示店").count(), 1, "one answer\n{page}");

    // a double click finds its own receipt, another answer is told
    let (winner, answer) = if loser.text().contains("接口没有拧紧") {
        (&mut second, other.as_slice())
    } else {
        (&mut first, ANSWER)
    };
    let repeated = sent(winner, answer).await.expect(303);
    assert_eq!(repeated.location(), "/respond/receipt");
    sent(winner, &with(answer, &[("explanation", "改了主意")]))
        .await
        .expect(409);
    let mut late = t.client();
    let form = [("number", keys.0.as_str()), ("code", code.as_str())];
    let replay = late.post("/respond", &form).await.expect(303);
    assert_eq!(replay.location(), "/respond/receipt");
    let shown = late.get("/respond/receipt").await.expect(200).text();
    assert!(
        !shown.contains("漏水"),
        "the complaint is closed to it\n{shown}"
    );
    let gone = late.get("/respond/case").await.expect(303);
    assert_eq!(gone.location(), "/respond/receipt");
    late.post("/respond/leave", &[]).await.expect(303);
    assert_eq!(
        late.get("/respond/receipt").await.expect(303).location(),
        "/respond"
    );
}

#[tokio::test]
async fn wrong_unknown_and_anothers_are_one_answer_and_a_right_code_says_what_happened() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let elsewhere = filed(&t, "complaint").await.remove(0);
    let report = filed(&t, "report").await.remove(0);
    let uninvited = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    let code = invite(&mut desk, &keys, &[]).await;
    let others = invite(&mut desk, &elsewhere, &[]).await;
    let unknown = minsheng::kernel::number::CaseNumber::new(
        minsheng::kernel::words::CaseKind::Complaint,
        2611,
        99_999,
    )
    .to_string();
    let mut answers = Vec::new();
    for (number, code) in [
        (&unknown, &code),
        (&keys.0, &others),
        (&keys.0, &keys.1),
        (&uninvited.0, &code),
        (&report.0, &code),
        (&report.0, &report.1),
    ] {
        let page = t
            .client()
            .post("/respond", &[("number", number), ("code", code)])
            .await
            .expect(422)
            .text();
        let main = page.split("<main").nth(1).unwrap();
        answers.push(
            main.replace(number.as_str(), "N")
                .replace(code.as_str(), "C"),
        );
    }
    assert!(answers.iter().all(|a| *a == answers[0]), "{answers:#?}");
    assert!(answers[0].contains("对不上"));

    act(&mut desk, &keys, "invite", &[("due", "2026-12-01")])
        .await
        .expect(409);
    act(&mut desk, &keys, "invite-revoke", &[])
        .await
        .expect(303);
    let form = [("number", keys.0.as_str()), ("code", code.as_str())];
    let revoked = t.client().post("/respond", &form).await.expect(200).text();
    assert!(
        revoked.contains("已经撤回") && !revoked.contains("漏水"),
        "{revoked}"
    );
    let fresh = invite(&mut desk, &keys, &[]).await;
    assert_ne!(fresh, code);
    let mut trader = entered(&t, &keys, &fresh).await;
    t.app.clock.advance(Duration::days(7));
    trader.get("/respond/case").await.expect(200);
    t.app.clock.advance(Duration::days(1));
    let late = sent(&mut trader, ANSWER).await.expect(409).text();
    assert!(
        late.contains("期限已经过了") && late.contains("接口没有拧紧"),
        "nothing typed is lost\n{late}"
    );
    jobs::sweep(&t.app).await.unwrap();
    jobs::sweep(&t.app).await.unwrap();
    let mut desk = signed_in(&t, "handler2", Role::Handler, Some("market")).await;
    let list = desk.get("/desk/cases?unread=1").await.expect(200).text();
    assert!(list.contains(&keys.0), "the handler is reminded\n{list}");
    let page = trader_page(&mut desk, &keys).await;
    assert!(page.contains("过期未答复"), "{page}");
    let mut owner = resident(&t, &keys).await;
    assert_eq!(
        case(&mut owner).await.matches("商家没有按时答复").count(),
        1
    );
}

#[tokio::test]
async fn r05_a_linked_report_never_leaks() {
    let (smtp, gateway) = (Server::smtp().await, Server::http().await);
    let t = TestApp::with(|c| {
        c.smtp_url = format!("smtp://127.0.0.1:{}", smtp.port);
        c.mail_from = "民声 <noreply@example.gov.cn>".into();
        c.sms_gateway_url = format!("http://127.0.0.1:{}/send", gateway.port);
    })
    .await;
    let both = filed(&t, "both").await;
    let (keys, report) = (both[0].clone(), both[1].clone());
    assert!(keys.0.starts_with("TS") && report.0.starts_with("JB"));
    let mut desk = handler(&t).await;
    // a report has no such page, and takes no invitation
    desk.get(&format!("/desk/cases/{}/trader", report.0))
        .await
        .expect(404);
    act(&mut desk, &report, "invite", &[("due", "2026-12-01")])
        .await
        .expect(404);
    let clean = "消费者称购买的热水器使用三天后漏水，要求退款";
    for (summary, why) in [
        ("", "请用自己的话写明"),
        ("热水器漏水，消费者同时举报虚假宣传", "不能提到举报"),
        ("请直接打13912345678联系消费者退款", "手机号"),
        ("张示例买的热水器三天就漏水，要退款", "投诉人的信息"),
    ] {
        let wish = [("due", "2026-12-01"), ("summary", summary)];
        let page = act(&mut desk, &keys, "invite", &wish).await.expect(422);
        assert!(page.text().contains(why), "{why}\n{}", page.text());
    }
    let preview = [("due", "2026-12-01"), ("summary", clean), ("do", "preview")];
    let page = act(&mut desk, &keys, "invite", &preview)
        .await
        .expect(200)
        .text();
    assert!(
        page.contains(clean) && page.contains("经营者能看到的投诉"),
        "{page}"
    );
    let wish = [
        ("due", "2026-12-01"),
        ("summary", clean),
        ("mail", "shop@example.com"),
        ("phone", "13900139000"),
    ];
    let made = act(&mut desk, &keys, "invite", &wish).await.expect(200);
    let code = made.text();
    let code = code
        .split("<dt>答复码</dt><dd class=\"num\">")
        .nth(1)
        .unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    let token = csrf();
    let letter = format!("/desk/cases/{}/invite-letter", keys.0);
    let pdf = desk
        .post(&letter, &[("csrf", &token), ("code", &code)])
        .await
        .expect(200);
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    // C-26: who declared an interest does nothing here any more
    let mut cousin = signed_in(&t, "cousin", Role::Handler, Some("market")).await;
    let why = [("recuse_reason", "商家老板是我表弟")];
    act(&mut cousin, &keys, "recuse", &why).await.expect(303);
    cousin
        .post(&letter, &[("csrf", &token), ("code", &code)])
        .await
        .expect(409);
    let seen = format!("/desk/cases/{}/trader-seen", keys.0);
    let token_only = [("csrf", token.as_str())];
    cousin.post(&seen, &token_only).await.expect(409);
    let wrong = minsheng::kernel::code::QueryCode::make(|n| 7 % n).grouped();
    for wrong in [&wrong, &keys.1, &String::new()] {
        desk.post(&letter, &[("csrf", &token), ("code", wrong)])
            .await
            .expect(404);
    }
    let stored = everything(&t.app).await;
    assert!(!stored.contains("shop@example.com") && !stored.contains(&code));
    assert_eq!(queue::pass(&t.app).await.unwrap(), 2);
    let (letters, messages) = (smtp.got(), gateway.got());
    let sent_letter = letter_text(&letters[0]);
    assert!(sent_letter.contains(&code) && messages[0].contains(&code));

    let mut trader = entered(&t, &keys, &code).await;
    let mut outside = vec![("letter", sent_letter), ("message", messages[0].clone())];
    for path in ["/respond/case", "/respond"] {
        let page = trader.get(path).await.expect(200);
        outside.push((path, format!("{:?}\n{}", page.headers, page.text())));
    }
    let bad = sent(&mut trader, &[]).await.expect(422);
    outside.push(("422", bad.text()));
    let check = trader.post("/respond/case", ANSWER).await.expect(200);
    outside.push(("check", check.text()));
    sent(&mut trader, ANSWER).await.expect(303);
    let receipt = trader.get("/respond/receipt").await.expect(200);
    outside.push(("receipt", receipt.text()));
    let print = made.text();
    let print = print.split("<article").nth(1).unwrap();
    outside.push(("letter on paper", print.to_owned()));
    for (name, bytes) in &outside {
        // the frame of every page names the site's subject, consumer complaints and reports
        let said = bytes.replace("消费投诉<i>与质量</i>举报", "");
        for never in [
            "张示例",
            "13800138000",
            "示例小区",
            "用了三天就漏水",
            "联系三次",
            &report.0,
            &report.0[3..],
            &report.1,
            "举报人",
            "质量问题",
            &keys.1,
        ] {
            assert!(!said.contains(never), "{never} in {name}: {said}");
        }
        let in_main = said
            .split("<main")
            .last()
            .unwrap()
            .split("<footer")
            .next()
            .unwrap();
        let in_main = in_main.replace("投诉举报", "");
        assert!(!in_main.contains("举报"), "{name}: {in_main}");
    }
    assert!(outside[2].1.contains(clean));
}

#[tokio::test]
async fn a_story_that_speaks_of_reporting_is_not_shown_either() {
    let t = TestApp::new().await;
    let mut sender = t.client();
    filing::fill(&mut sender, "complaint", CONTACT).await;
    let story = [("story", "热水器漏水，不退款我就举报他们偷税")];
    sender
        .post("/file/what", &with(filing::WHAT, &story))
        .await
        .expect(303);
    sender.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&sender.get("/file/receipt").await.expect(200)).remove(0);
    let mut desk = handler(&t).await;
    act(&mut desk, &keys, "invite", &[("due", "2026-12-01")])
        .await
        .expect(422);
    let summary = ("summary", "消费者称热水器漏水，要求退款");
    let code = invite(&mut desk, &keys, &[summary]).await;
    let mut trader = entered(&t, &keys, &code).await;
    let page = trader.get("/respond/case").await.expect(200).text();
    assert!(page.contains(summary.1) && !page.contains("偷税"), "{page}");
}

#[tokio::test]
async fn p19_a_limit_keeps_the_right_and_what_was_typed() {
    let t = TestApp::with(|c| {
        c.limits.respond = Rate::new(1, 2);
        c.limits.message = Rate::new(1, 1);
    })
    .await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    let form = [("number", keys.0.as_str()), ("code", keys.1.as_str())];
    t.client().post("/respond", &form).await.expect(422);
    let limited = t.client().post("/respond", &form).await.expect(429);
    assert!(limited.headers.contains_key("retry-after"));
    let page = limited.text();
    assert!(page.contains("12315") && page.contains(&keys.0) && !page.contains(&keys.1));
    // tracking has a quota of its own
    resident(&t, &keys).await;
    trader.post("/respond/case", ANSWER).await.expect(200);
    let limited = sent(&mut trader, ANSWER).await.expect(429).text();
    assert!(limited.contains("旧机由我们上门取走"), "{limited}");
}

#[tokio::test]
async fn a_withdrawn_complaint_takes_no_answer_and_a_copy_is_sent_by_letter() {
    let smtp = Server::smtp().await;
    let t = TestApp::with(|c| {
        c.smtp_url = format!("smtp://127.0.0.1:{}", smtp.port);
        c.mail_from = "noreply@example.gov.cn".into();
    })
    .await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    act(&mut desk, &keys, "accept", &[]).await.expect(303);
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    let mut owner = resident(&t, &keys).await;
    owner
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    let over = sent(&mut trader, ANSWER).await.expect(409).text();
    assert!(over.contains("已经结束"), "{over}");
    let over = trader.get("/respond/case").await.expect(200).text();
    assert!(
        over.contains("已经结束") && !over.contains("漏水"),
        "{over}"
    );
    act(&mut desk, &keys, "issue", &[]).await.expect(303);
    let page = trader_page(&mut desk, &keys).await;
    let ids: Vec<&str> = page.split("<option value=\"").skip(1).collect();
    let id = |n: usize| ids[n].split('"').next().unwrap();
    let form = [
        ("notice", id(0)),
        ("way", "mail"),
        ("note", "not an address"),
    ];
    act(&mut desk, &keys, "tell-trader", &form)
        .await
        .expect(422);
    // the code of a letter is gone with it
    let form = [
        ("notice", id(1)),
        ("way", "mail"),
        ("note", "shop@example.com"),
    ];
    act(&mut desk, &keys, "tell-trader", &form)
        .await
        .expect(422);
    let form = [("notice", id(0)), ("way", "sms"), ("note", "13900139000")];
    act(&mut desk, &keys, "tell-trader", &form)
        .await
        .expect(422);
    let form = [
        ("notice", id(0)),
        ("way", "mail"),
        ("note", "shop@example.com"),
    ];
    act(&mut desk, &keys, "tell-trader", &form)
        .await
        .expect(303);
    let note = [("close_note", "双方都已经告知了")];
    act(&mut desk, &keys, "close", &note).await.expect(409);
    smtp.answer_badly("451 4.3.0 busy");
    queue::pass(&t.app).await.unwrap();
    let page = trader_page(&mut desk, &keys).await;
    assert!(page.contains("正在发送"), "{page}");
    t.app.clock.advance(Duration::seconds(31));
    assert_eq!(queue::pass(&t.app).await.unwrap(), 1);
    let text = letter_text(&smtp.got()[0]);
    assert!(
        text.contains("投诉终止调解决定书") && text.contains("第三十九条"),
        "{text}"
    );
    assert!(
        !text.contains("张示例") && !text.contains(&keys.1),
        "{text}"
    );
    let page = trader_page(&mut desk, &keys).await;
    assert!(page.contains("queued as 4F2A1"), "the proof\n{page}");
    act(&mut desk, &keys, "close", &note).await.expect(303);
}

#[tokio::test]
async fn who_does_not_see_the_case_sees_no_trader() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut desk = handler(&t).await;
    invite(&mut desk, &keys, &[]).await;
    let mut other = signed_in(&t, "other", Role::Handler, Some("construction")).await;
    let path = format!("/desk/cases/{}/trader", keys.0);
    other.get(&path).await.expect(404);
    let token = csrf();
    for verb in [
        "invite",
        "invite-revoke",
        "trader-seen",
        "tell-trader",
        "invite-letter",
    ] {
        let form = [
            ("csrf", token.as_str()),
            ("version", "2"),
            ("due", "2026-12-01"),
            ("way", "handed"),
            ("note", "店长签收了"),
        ];
        other
            .post(&format!("/desk/cases/{}/{verb}", keys.0), &form)
            .await
            .expect(404);
    }
    let page = trader_page(&mut desk, &keys).await;
    let copy = page
        .split("/trader/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    desk.get(&format!("{path}/{copy}")).await.expect(200);
    other.get(&format!("{path}/{copy}")).await.expect(404);
    // the complainant's page holds none of the trader's copies
    let mut owner = resident(&t, &keys).await;
    assert!(!case(&mut owner).await.contains("邀请函"));
    owner
        .get(&format!("/track/notice/{copy}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn r05_a_report_that_is_linked_later_takes_the_story_away() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let report = filed(&t, "report").await.remove(0);
    let mut desk = handler(&t).await;
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    let page = trader.get("/respond/case").await.expect(200).text();
    assert!(page.contains("用了三天就漏水"));
    {
        let mut conn = t.app.store.conn().await.unwrap();
        let case = cases::case(&mut conn, &keys.0).await.unwrap().unwrap();
        let other = cases::case(&mut conn, &report.0).await.unwrap().unwrap();
        let staff = minsheng::store::traders::invitations(&mut conn, case.id)
            .await
            .unwrap()[0]
            .staff;
        let link = links::NewLink {
            id: t.app.ids.next(),
            case: other.id,
            other: case.id,
            kind: "related",
            at: t.app.now(),
            staff,
            reason: vec![1],
        };
        links::link_insert(&mut conn, &link).await.unwrap();
    }
    let page = trader.get("/respond/case").await.expect(200).text();
    assert!(
        !page.contains("漏水") && !page.contains("质量</dd>"),
        "{page}"
    );
    assert!(page.contains("请向承办部门了解情况"), "{page}");
}

#[tokio::test]
async fn c05_a_settlement_of_a_joint_complaint_waits_for_those_represented() {
    let t = TestApp::new().await;
    let mut sender = t.client();
    let joint = with(CONTACT, &[("acting", "joint")]);
    filing::fill(&mut sender, "complaint", &joint).await;
    let others = [
        ("others", "李例文，13800138001，华阳街道示例巷2号"),
        ("speakers", "张示例"),
        ("joint_consent", "yes"),
    ];
    sender.post("/file/with", &others).await.expect(303);
    sender.post("/file/check", &[]).await.expect(303);
    let receipt = sender.get("/file/receipt").await.expect(200);
    let keys = filing::keys(&receipt).remove(0);
    let mut desk = handler(&t).await;
    let summary = ("summary", "李例文和另一位消费者买的热水器漏水");
    let wish = [("due", "2026-12-01"), summary];
    let page = act(&mut desk, &keys, "invite", &wish).await.expect(422);
    assert!(page.text().contains("投诉人的信息"), "{}", page.text());
    let code = invite(&mut desk, &keys, &[]).await;
    let mut trader = entered(&t, &keys, &code).await;
    sent(&mut trader, ANSWER).await.expect(303);
    let mut owner = resident(&t, &keys).await;
    let id = offer_id(&case(&mut owner).await);
    let asked = format!("/track/offer?id={id}&do=accept");
    let asked = owner.get(&asked).await.expect(200).text();
    assert!(
        asked.contains("共同投诉") && !asked.contains("确定同意"),
        "{asked}"
    );
    owner
        .post("/track/offer", &[("id", &id), ("choice", "accept")])
        .await
        .expect(409);
    owner
        .post("/track/offer", &[("id", &id), ("choice", "decline")])
        .await
        .expect(303);
}
