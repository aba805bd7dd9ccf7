//! What the office keeps to itself on a case: notes, links, the report in a complaint, recusals, joint complaints, what
//! looks alike.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    database::everything,
    desk::{csrf, person, signed_in, signed_in_as},
    filing::{self, CONTACT, PROOF, START, WHAT, WHOM, with},
};
use minsheng::{jobs, kernel::access::Role, store::reference};

type Keys = (String, String);

async fn filed(t: &TestApp, way: &str) -> Vec<Keys> {
    let contact = with(CONTACT, &[("named", "anonymous")]);
    filing::keys(&filing::file(&mut t.client(), way, &contact).await)
}

/// Files a complaint with some answers of the steps changed.
async fn complaint(t: &TestApp, what: &[(&str, &str)], contact: &[(&str, &str)]) -> Keys {
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    for (path, pairs) in [
        ("/file/whom", WHOM.to_vec()),
        ("/file/what", with(WHAT, what)),
        ("/file/proof", PROOF.to_vec()),
        ("/file/contact", with(CONTACT, contact)),
    ] {
        c.post(path, &pairs).await.expect(303);
    }
    c.post("/file/check", &[]).await.expect(303);
    filing::keys(&c.get("/file/receipt").await.expect(200)).remove(0)
}

async fn page(c: &mut Client, keys: &Keys) -> Answer {
    c.get(&format!("/desk/cases/{}", keys.0)).await.expect(200)
}

async fn act(c: &mut Client, keys: &Keys, verb: &str, pairs: &[(&str, &str)]) -> Answer {
    let version = page(c, keys).await.field("version");
    stale(c, keys, verb, &version, pairs).await
}

/// Takes a step with a version that somebody else read.
async fn stale(
    c: &mut Client,
    keys: &Keys,
    verb: &str,
    version: &str,
    pairs: &[(&str, &str)],
) -> Answer {
    let token = csrf();
    let base: &[(&str, &str)] = &[("csrf", &token), ("version", version), ("do", "send")];
    c.post(
        &format!("/desk/cases/{}/{verb}", keys.0),
        &with(base, pairs),
    )
    .await
}

async fn tracked(t: &TestApp, keys: &Keys) -> Client {
    let mut c = t.client();
    c.post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    c
}

async fn seen(t: &TestApp, keys: &Keys) -> String {
    let mut c = tracked(t, keys).await;
    c.get("/track/case").await.expect(200).text()
}

async fn handler(t: &TestApp) -> Client {
    signed_in(t, "handler", Role::Handler, Some("market")).await
}

async fn supervisor(t: &TestApp) -> Client {
    signed_in(t, "supervisor", Role::Supervisor, Some("market")).await
}

const ARRANGEMENT: &[(&str, &str)] = &[
    ("consent", "both"),
    (
        "arrangement",
        "11月27日上午十点，华阳所调解室，调解人员李示例",
    ),
];

async fn mediating(handler: &mut Client, keys: &Keys) {
    act(handler, keys, "accept", &[]).await.expect(303);
    act(handler, keys, "mediate", ARRANGEMENT).await.expect(303);
}

#[tokio::test]
async fn a_note_stays_in_the_office_and_is_never_lost_or_doubled() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut handler = handler(&t).await;
    let first = page(&mut handler, &keys).await.field("page");
    let long = "记".repeat(1001);
    let refused = act(
        &mut handler,
        &keys,
        "note",
        &[("note", &long), ("page", &first)],
    )
    .await
    .expect(422)
    .text();
    assert!(refused.contains(&long), "what was typed is kept");
    for _ in 0..2 {
        let pairs = [("note", "商家老板姓周，只在下午接电话"), ("page", &*first)];
        act(&mut handler, &keys, "note", &pairs).await.expect(303);
    }
    let shown = page(&mut handler, &keys).await.text();
    assert_eq!(shown.matches("只在下午接电话").count(), 1, "{shown}");
    assert!(shown.contains("测试承办人"));
    assert!(!seen(&t, &keys).await.contains("只在下午接电话"));
    assert!(
        !everything(&t.app).await.contains("只在下午接电话"),
        "sealed"
    );
    let mut other = signed_in(&t, "handler2", Role::Handler, Some("culture")).await;
    let token = csrf();
    other
        .post(
            &format!("/desk/cases/{}/note", keys.0),
            &[("csrf", &token), ("note", "外部门")],
        )
        .await
        .expect(404);
}

#[tokio::test]
async fn links_are_for_the_office_and_a_report_is_joined_by_intake_alone() {
    let t = TestApp::new().await;
    let one = filed(&t, "complaint").await.remove(0);
    let two = complaint(&t, &[], &[("phone", "13800138077")]).await;
    let report = filed(&t, "report").await.remove(0);
    let mut handler = handler(&t).await;
    for (number, words) in [
        (one.0.as_str(), "不能和自己关联"),
        ("TS-2611-99999-0", "没有这一件"),
        (report.0.as_str(), "只能由受理岗关联"),
    ] {
        let pairs = [
            ("link_number", number),
            ("link_reason", "同一家店的同一批货"),
        ];
        let refused = act(&mut handler, &one, "link", &pairs).await.expect(422);
        assert!(
            refused.text().contains(words),
            "{words}\n{}",
            refused.text()
        );
    }
    let pairs = [
        ("link_number", two.0.as_str()),
        ("link_reason", "同一家店的同一批货"),
    ];
    act(&mut handler, &one, "link", &pairs).await.expect(303);
    act(
        &mut handler,
        &two,
        "link",
        &[("link_number", one.0.as_str()), pairs[1]],
    )
    .await
    .expect(422);
    let shown = page(&mut handler, &two).await.text();
    assert!(
        shown.contains(&one.0) && shown.contains("同一批货"),
        "from both sides\n{shown}"
    );
    for keys in [&one, &two] {
        let outside = seen(&t, keys).await;
        assert!(
            !outside.contains("同一批货") && !outside.contains("关联"),
            "{outside}"
        );
    }
    // intake joins a report with a complaint; a handler of both does not learn of it
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let pairs = [
        ("link_number", report.0.as_str()),
        ("link_reason", "反映的是同一家店"),
    ];
    act(&mut intake, &one, "link", &pairs).await.expect(303);
    assert!(page(&mut intake, &one).await.text().contains(&report.0));
    let shown = page(&mut handler, &one).await.text();
    assert!(
        !shown.contains(&report.0) && !shown.contains("反映的是同一家店"),
        "{shown}"
    );
    assert!(!page(&mut handler, &report).await.text().contains(&one.0));
    // ended with a reason
    let shown = page(&mut handler, &one).await.text();
    let select = shown.split("id=\"unlink\"").nth(1).unwrap();
    let id = select
        .split("value=\"")
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    act(
        &mut handler,
        &one,
        "unlink",
        &[("unlink", &id), ("unlink_reason", "不")],
    )
    .await
    .expect(422);
    let pairs = [
        ("unlink", id.as_str()),
        ("unlink_reason", "核实后不是同一批"),
    ];
    act(&mut handler, &one, "unlink", &pairs).await.expect(303);
    let shown = page(&mut handler, &two).await.text();
    assert!(
        shown.contains("没有关联的案件") && !shown.contains("同一批货"),
        "{shown}"
    );
    act(&mut handler, &one, "unlink", &pairs).await.expect(409);
}

#[tokio::test]
async fn m01_a_complaint_gives_its_report_a_number_and_a_clock_of_its_own() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    t.app.clock.advance(time::Duration::days(2));
    let mut handler = handler(&t).await;
    act(
        &mut handler,
        &keys,
        "split",
        &[("split_reason", "没有标生产日期")],
    )
    .await
    .expect(422);
    let pairs = [
        ("split_named", "anonymous"),
        ("split_reason", "没有标生产日期"),
    ];
    let done = act(&mut handler, &keys, "split", &pairs).await.expect(303);
    let ticket = handler.get(done.location()).await.expect(200);
    let report = filing::keys(&ticket).remove(0);
    assert!(report.0.starts_with("JB-2611-"));
    let theirs = seen(&t, &report).await;
    assert!(
        theirs.contains("最迟 2026年12月15日"),
        "R-20 from the first receipt\n{theirs}"
    );
    assert!(!theirs.contains("张示例"));
    // no name went over, and neither case names the other but for intake
    let form = handler
        .get(&format!("{}/form", done.location()))
        .await
        .expect(200)
        .text();
    assert!(form.contains("匿名") && !form.contains("张示例"), "{form}");
    let shown = page(&mut handler, &keys).await.text();
    assert!(
        shown.contains("已另立举报") && !shown.contains(&report.0),
        "{shown}"
    );
    assert!(!page(&mut handler, &report).await.text().contains(&keys.0));
    let outside = seen(&t, &keys).await;
    for words in [report.0.as_str(), "另立", "拆", "没有标生产日期"] {
        assert!(
            !outside.contains(words),
            "on the complaint's public side: {words}\n{outside}"
        );
    }
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert!(page(&mut intake, &keys).await.text().contains(&report.0));
    // once
    act(&mut handler, &keys, "split", &pairs).await.expect(409);
    // the complaint ends, the report goes on
    let mut c = tracked(&t, &keys).await;
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    assert!(seen(&t, &report).await.contains("已收到"));
    // a complaint that came with its report has one already
    let both = filed(&t, "both").await;
    act(&mut handler, &both[0], "split", &pairs)
        .await
        .expect(409);
}

#[tokio::test]
async fn m01_a_named_reporter_is_sealed_anew() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let pairs = [("split_named", "named"), ("split_reason", "没有标生产日期")];
    let done = act(&mut intake, &keys, "split", &pairs).await.expect(303);
    let form = intake
        .get(&format!("{}/form", done.location()))
        .await
        .expect(200)
        .text();
    assert!(
        form.contains("举报登记表") && form.contains("张示例"),
        "{form}"
    );
    let mut handler = handler(&t).await;
    let report = done.location().rsplit('/').next().unwrap().to_owned();
    let shown = handler
        .get(&format!("/desk/cases/{report}"))
        .await
        .expect(200)
        .text();
    assert!(
        shown.contains("举报人身份保密") && !shown.contains("张*"),
        "{shown}"
    );
}

#[tokio::test]
async fn c26_who_is_recused_cannot_act_and_another_one_goes_on() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut one = handler(&t).await;
    act(&mut one, &keys, "recuse", &[("recuse_reason", "无")])
        .await
        .expect(422);
    act(
        &mut one,
        &keys,
        "recuse",
        &[("recuse_reason", "商家老板是我表弟")],
    )
    .await
    .expect(303);
    let shown = page(&mut one, &keys).await.text();
    assert!(
        !shown.contains("id=\"act-accept\"") && shown.contains("您已回避这一件"),
        "{shown}"
    );
    for (verb, pairs) in [
        ("accept", &[][..]),
        ("reply", &[("reply", "您好")][..]),
        ("note", &[("note", "试试")][..]),
    ] {
        stale(&mut one, &keys, verb, "1", pairs).await.expect(409);
    }
    let reveal = format!("/desk/cases/{}/reveal", keys.0);
    let token = csrf();
    one.post(&reveal, &[("csrf", &token), ("why", "verify")])
        .await
        .expect(409);
    let mut boss = supervisor(&t).await;
    let shown = page(&mut boss, &keys).await.text();
    assert!(shown.contains("测试承办人：商家老板是我表弟"), "{shown}");
    let mut two = signed_in(&t, "handler2", Role::Handler, Some("market")).await;
    act(&mut two, &keys, "accept", &[]).await.expect(303);
    assert!(!seen(&t, &keys).await.contains("表弟"));
    assert!(!everything(&t.app).await.contains("表弟"), "sealed");
}

#[tokio::test]
async fn c26_an_application_suspends_the_mediation_until_somebody_else_decided() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mediator, _) = person(&t, "handler", Role::Handler, Some("market")).await;
    let mut handler = signed_in_as(&t, &mediator).await;
    let mut resident = tracked(&t, &keys).await;
    resident
        .post("/track/recusal", &[("recusal", "调解人是商家亲戚")])
        .await
        .expect(409);
    mediating(&mut handler, &keys).await;
    resident
        .post("/track/recusal", &[("recusal", "")])
        .await
        .expect(422);
    resident
        .post("/track/recusal", &[("recusal", "调解人是商家亲戚")])
        .await
        .expect(303);
    let shown = seen(&t, &keys).await;
    assert!(
        shown.contains("已中止") && shown.contains("申请回避：调解人是商家亲戚"),
        "{shown}"
    );
    resident
        .post("/track/recusal", &[("recusal", "再申请一次")])
        .await
        .expect(409);
    // the mediator cannot go on by itself, nor decide
    let shown = page(&mut handler, &keys).await.text();
    assert!(
        !shown.contains("id=\"act-resume\""),
        "what is not allowed is not shown\n{shown}"
    );
    act(&mut handler, &keys, "resume", &[]).await.expect(409);
    let mut boss = supervisor(&t).await;
    let list = boss.get("/desk/cases?waits=1").await.expect(200).text();
    assert!(
        list.contains(&keys.0),
        "it waits for the supervisor\n{list}"
    );
    act(
        &mut boss,
        &keys,
        "recusal-decide",
        &[
            ("recusal_decision", "grant"),
            ("recusal_why", "确系近亲属关系"),
        ],
    )
    .await
    .expect(422);
    let id = mediator.id.0.simple().to_string();
    let grant = [
        ("recusal_decision", "grant"),
        ("recusal_staff", id.as_str()),
        ("recusal_why", "确系近亲属关系"),
    ];
    act(&mut boss, &keys, "recusal-decide", &grant)
        .await
        .expect(303);
    let shown = seen(&t, &keys).await;
    assert!(
        shown.contains("调解中") && shown.contains("同意，这件改由别的工作人员办理"),
        "{shown}"
    );
    act(&mut boss, &keys, "recusal-decide", &grant)
        .await
        .expect(409);
    let version = page(&mut boss, &keys).await.field("version");
    let rest = [("suspend_reason", "c27")];
    stale(&mut handler, &keys, "suspend", &version, &rest)
        .await
        .expect(409);
    let mut two = signed_in(&t, "handler2", Role::Handler, Some("market")).await;
    // the other side applies on paper; dismissed, it goes on
    let paper = [
        ("recusal_side", "trader"),
        ("recusal_text", "称承办人偏向消费者"),
    ];
    act(&mut two, &keys, "recusal", &paper).await.expect(303);
    act(
        &mut boss,
        &keys,
        "recusal-decide",
        &[
            ("recusal_decision", "dismiss"),
            ("recusal_why", "没有利害关系"),
        ],
    )
    .await
    .expect(303);
    act(&mut two, &keys, "suspend", &[("suspend_reason", "c27")])
        .await
        .expect(303);
}

const OTHERS: &str =
    "李样本，138 0013 8001，华阳街道示例路2号\n王例文 028-80000000 万安街道示例路3号";

/// A joint complaint of three, the sender and 李样本 representing.
async fn joint(t: &TestApp, speakers: &str) -> Keys {
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    for (path, pairs) in [
        ("/file/whom", WHOM.to_vec()),
        ("/file/what", WHAT.to_vec()),
        ("/file/proof", PROOF.to_vec()),
    ] {
        c.post(path, &pairs).await.expect(303);
    }
    let contact = with(CONTACT, &[("acting", "joint")]);
    let next = c.post("/file/contact", &contact).await.expect(303);
    assert_eq!(next.location(), "/file/with", "the light step");
    let many = [
        ("others", OTHERS),
        ("speakers", "张示例 李样本 王例文"),
        ("joint_consent", ""),
    ];
    let refused = c.post("/file/with", &many).await.expect(422).text();
    assert!(
        refused.contains("代表最多 2 位") && refused.contains("请问过每一位再打勾"),
        "{refused}"
    );
    assert!(
        refused.contains("万安街道示例路3号"),
        "what was typed is kept"
    );
    let good = [
        ("others", OTHERS),
        ("speakers", speakers),
        ("joint_consent", "yes"),
    ];
    c.post("/file/with", &good).await.expect(303);
    let check = c.get("/file/check").await.expect(200).text();
    assert!(
        check.contains("一起投诉的人") && check.contains("李样本"),
        "{check}"
    );
    c.post("/file/check", &[]).await.expect(303);
    filing::keys(&c.get("/file/receipt").await.expect(200)).remove(0)
}

#[tokio::test]
async fn c05_a_joint_complaint_ends_only_with_the_consent_of_the_represented() {
    let t = TestApp::new().await;
    let keys = joint(&t, "张示例").await;
    let whole = everything(&t.app).await;
    for words in ["李样本", "13800138001", "王例文", "万安街道示例路3号"] {
        assert!(!whole.contains(words), "{words} is sealed");
    }
    let mut handler = handler(&t).await;
    let shown = page(&mut handler, &keys).await.text();
    assert!(
        shown.contains("李**") && shown.contains("代表人") && !shown.contains("李样本"),
        "{shown}"
    );
    assert!(
        shown.contains("还没有出示：全体投诉人签名的代表人推选书"),
        "{shown}"
    );
    assert!(
        shown.contains("全体投诉人签名的代表人推选书</textarea>"),
        "C-22 asks for it\n{shown}"
    );
    act(&mut handler, &keys, "papers", &[]).await.expect(303);
    assert!(
        !page(&mut handler, &keys)
            .await
            .text()
            .contains("还没有出示")
    );
    let token = csrf();
    let shown = handler
        .post(
            &format!("/desk/cases/{}/reveal", keys.0),
            &[("csrf", &token), ("why", "verify")],
        )
        .await
        .expect(200)
        .text();
    assert!(
        shown.contains("李样本") && shown.contains("13800138001"),
        "with a reason\n{shown}"
    );
    mediating(&mut handler, &keys).await;
    let agree = [
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
    ];
    let shown = page(&mut handler, &keys).await.text();
    assert!(!shown.contains("id=\"act-agree\""), "{shown}");
    act(&mut handler, &keys, "agree", &agree).await.expect(409);
    let mut resident = tracked(&t, &keys).await;
    let mine = resident.get("/track/case").await.expect(200).text();
    assert!(
        mine.contains("这是共同投诉，要先登记被代表的人都同意"),
        "{mine}"
    );
    resident
        .post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(409);
    let terminate = [
        ("termination", "c29_1"),
        ("terminate_reason", "双方自行和解"),
    ];
    act(&mut handler, &keys, "terminate", &terminate)
        .await
        .expect(409);
    // one of two has consented
    act(
        &mut handler,
        &keys,
        "consent",
        &[("consent_matter", "settle")],
    )
    .await
    .expect(422);
    let one = [
        ("consent_matter", "settle"),
        ("consent_by", "1"),
        ("consent_how", "11月26日在窗口签字"),
    ];
    act(&mut handler, &keys, "consent", &one).await.expect(303);
    act(&mut handler, &keys, "agree", &agree).await.expect(409);
    let shown = page(&mut handler, &keys).await.text();
    assert!(shown.contains("和解还差 1 位"), "{shown}");
    let two = with(&one, &[("consent_by", "2")]);
    act(&mut handler, &keys, "consent", &two).await.expect(303);
    act(&mut handler, &keys, "agree", &agree).await.expect(303);
}

#[tokio::test]
async fn c05_representatives_change_with_the_consent_of_the_represented() {
    let t = TestApp::new().await;
    let keys = joint(&t, "张示例、李样本").await;
    let mut handler = handler(&t).await;
    let how = ("speakers_how", "11月26日全体签了推选书");
    let three = [
        ("speakers_new", "0"),
        ("speakers_new", "1"),
        ("speakers_new", "2"),
        ("speakers_by", "2"),
        how,
    ];
    let refused = act(&mut handler, &keys, "speakers", &three)
        .await
        .expect(422)
        .text();
    assert!(refused.contains("代表人要有 1 到 2 位"), "{refused}");
    let silent = [("speakers_new", "2"), how];
    let refused = act(&mut handler, &keys, "speakers", &silent)
        .await
        .expect(422)
        .text();
    assert!(
        refused.contains("被代表的人都要同意，还差 1 位"),
        "{refused}"
    );
    let good = [("speakers_new", "2"), ("speakers_by", "2"), how];
    act(&mut handler, &keys, "speakers", &good)
        .await
        .expect(303);
    let shown = page(&mut handler, &keys).await.text();
    assert!(shown.contains("同意更换代表人"), "{shown}");
    assert_eq!(shown.matches("class=\"tag\">代表人").count(), 1, "{shown}");
}

#[tokio::test]
async fn c04_an_agent_shows_the_letter_and_ends_nothing_without_the_power() {
    let t = TestApp::new().await;
    let mut c = t.client();
    filing::fill(&mut c, "complaint", &with(CONTACT, &[("acting", "agent")])).await;
    let agent = [
        ("agent_name", "赵代理"),
        ("agent_phone", "13800138009"),
        ("agent_matter", "就这台热水器投诉并参加调解"),
        ("agent_powers", "general"),
        ("agent_until", "2027-05-31"),
    ];
    let refused = c.post("/file/with", &agent[..2]).await.expect(422).text();
    assert!(
        refused.contains("请选择代理权限") && refused.contains("赵代理"),
        "{refused}"
    );
    c.post("/file/with", &agent).await.expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&c.get("/file/receipt").await.expect(200)).remove(0);
    let mut handler = handler(&t).await;
    let shown = page(&mut handler, &keys).await.text();
    for words in [
        "委托代理人",
        "赵**",
        "投诉人（本人）",
        "一般代理",
        "到2027年5月31日",
        "授权委托书原件",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    mediating(&mut handler, &keys).await;
    let agree = [
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
    ];
    let refused = act(&mut handler, &keys, "agree", &agree)
        .await
        .expect(409)
        .text();
    assert!(refused.contains("代理人没有这项权限"), "{refused}");
    let consent = [
        ("consent_matter", "settle"),
        ("consent_by", "0"),
        ("consent_how", "电话里本人同意，有录音"),
    ];
    act(&mut handler, &keys, "consent", &consent)
        .await
        .expect(303);
    act(&mut handler, &keys, "agree", &agree).await.expect(303);
}

#[tokio::test]
async fn c08_what_looks_alike_is_counted_and_linked_and_never_of_a_report() {
    let t = TestApp::with(|c| c.c08.phone = 2).await;
    let one = filed(&t, "complaint").await.remove(0);
    let mut handler = handler(&t).await;
    assert!(
        !page(&mut handler, &one).await.text().contains("同类线索"),
        "nothing alike yet"
    );
    let both = filed(&t, "both").await;
    let other = complaint(
        &t,
        &[("category", "s_fitness"), ("goods", "健身年卡"), ("story", "健身房关门了，教练说也没有领到工资，剩下的钱一直不退给我们，打店里的电话没有人接。")],
        &[("address", "万安街道示例巷9号")],
    )
    .await;
    let report = filed(&t, "report").await.remove(0);
    let shown = page(&mut handler, &one).await.text();
    assert!(shown.contains("同一电话：另有 2 件（较多）"), "{shown}");
    for words in [
        "同一地址：另有 1 件",
        "经过的文字相近：另有 1 件",
        "同一商家：另有 2 件",
        "同一商品或服务：另有 1 件",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(shown.contains(&both[0].0), "linked for who sees it");
    assert!(
        !shown.contains(&other.0),
        "another department's: a count only\n{shown}"
    );
    assert!(shown.contains("另有 1 件更早，或者由别的部门办"), "{shown}");
    assert!(
        !shown.contains(&both[1].0) && !shown.contains(&report.0),
        "R-05"
    );
    for keys in [&both[1], &report] {
        let shown = page(&mut handler, keys).await.text();
        assert!(
            !shown.contains("同类线索"),
            "R-05: a report looks like nothing\n{shown}"
        );
    }
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert!(page(&mut intake, &one).await.text().contains(&other.0));
    // a flag, never a refusal
    act(&mut handler, &one, "accept", &[]).await.expect(303);
    // older than the window
    t.app.clock.advance(time::Duration::days(200));
    let late = filed(&t, "complaint").await.remove(0);
    let mut handler = signed_in(&t, "handler3", Role::Handler, Some("market")).await;
    assert!(!page(&mut handler, &late).await.text().contains("同类线索"));
}

#[tokio::test]
async fn c08_older_complaints_get_their_keys_from_the_sweep() {
    let t = TestApp::new().await;
    let one = filed(&t, "complaint").await.remove(0);
    let two = filed(&t, "complaint").await.remove(0);
    {
        let mut conn = t.app.store.conn().await.unwrap();
        sqlx::query("DELETE FROM case_alike")
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let mut handler = handler(&t).await;
    assert!(!page(&mut handler, &one).await.text().contains("同类线索"));
    for _ in 0..2 {
        jobs::sweep(&t.app).await.unwrap();
    }
    assert!(page(&mut handler, &one).await.text().contains(&two.0));
    let mut conn = t.app.store.conn().await.unwrap();
    let upto = reference::meta(&mut conn, "alike_upto").await.unwrap();
    assert_eq!(
        upto,
        reference::meta(&mut conn, "alike_until").await.unwrap()
    );
}
