//! P-11, P-14: every change leaves exactly one line with its act. The steps are taken as people take them; after each the
//! new lines are read. A route that changes something stands here, or says below why it leaves no line or is not walked.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{code, csrf, person, signed_in, signed_in_as},
    filing::with,
    steps::{Keys, act, filed, filed_with, page, people, resident},
};
use minsheng::{kernel::access::Role, limits::Rate, web::routes::ROUTES};
use std::collections::BTreeSet;

/// What a resident types before anything is filed, and looks that open nothing of an office.
const NO_LINE: &[&str] = &[
    "/senior",
    "/file",
    "/file/resume",
    "/file/discard",
    "/file/{step}",
    "/file/{step}/auto",
    // files that wait until a filing or an answer is sent
    "/file/files",
    "/file/upload",
    "/file/upload/{id}",
    "/file/upload/{id}/remove",
    "/respond/files",
    "/respond/upload",
    "/respond/upload/{id}",
    "/respond/upload/{id}/remove",
    // of a case, only what has not come whole
    "/track/upload",
    "/track/upload/{id}/remove",
    "/file/receipt/done",
    "/receipt/verify",
    "/track",
    "/track/leave",
    "/respond",
    "/respond/leave",
    // a bookmark of one's own
    "/desk/views",
    "/desk/views/{id}",
    // the password alone opens nothing; the second factor leaves the line
    "/desk/login",
];

/// Changes that are not walked here: what traders, agents, joint complainants, machines and administrators do stands in
/// their own journeys.
const NOT_WALKED: &[&str] = &[
    "/api/v1/cases",
    "/respond/case",
    "/track/offer",
    "/track/urge",
    "/desk/intake",
    "/desk/admin/calendar",
    "/desk/admin/jobs",
    "/desk/admin/rules",
    // two cases change, each has its line
    "/desk/cases/{number}/split",
    "/desk/cases/{number}/merge",
    "/desk/cases/{number}/clue",
    // comes with a case of the hotline
    "/desk/cases/{number}/hotline-reply",
    "/desk/cases/{number}/tell",
    "/desk/cases/{number}/carry",
    "/desk/cases/{number}/consent",
    "/desk/cases/{number}/speakers",
    "/desk/cases/{number}/papers",
    "/desk/cases/{number}/trader-seen",
    // files: the journeys of evidence
    "/track/files",
    "/track/upload/{id}",
    "/api/v1/cases/{number}/evidence",
    "/desk/cases/{number}/evidence",
    "/desk/cases/{number}/evidence/{id}/original",
    "/desk/cases/{number}/evidence/{id}/release",
    "/desk/cases/{number}/evidence/{id}/release-grant",
    "/desk/cases/{number}/evidence/{id}/release-deny",
    "/desk/cases/{number}/invite",
    "/desk/cases/{number}/invite-letter",
    "/desk/cases/{number}/invite-revoke",
];

/// Looks that a journey takes on its way to a form.
const LOOKS: [&str; 3] = ["case_view", "alert_view", "sign_in_failed"];

/// The trail so far, and the routes that were walked.
struct Walk<'a> {
    t: &'a TestApp,
    seen: usize,
    routes: BTreeSet<String>,
}

impl Walk<'_> {
    /// After a step on a route: it was carried out and left exactly this line.
    async fn left(&mut self, route: &str, answer: Answer, act: &str) {
        assert!(
            matches!(answer.status.as_u16(), 200 | 303),
            "{route}: {} {}",
            answer.status,
            answer.text()
        );
        let mut conn = self.t.app.store.conn().await.unwrap();
        let all: Vec<String> = sqlx::query_scalar("SELECT act FROM audit ORDER BY id")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        let fresh: Vec<&str> = all[self.seen..]
            .iter()
            .map(String::as_str)
            .filter(|a| !LOOKS.contains(a))
            .collect();
        assert_eq!(fresh, [act], "{route}");
        self.seen = all.len();
        self.routes.insert(route.to_owned());
    }

    /// A step on a case.
    async fn case(
        &mut self,
        c: &mut Client,
        keys: &Keys,
        verb: &str,
        pairs: &[(&str, &str)],
        line: &str,
    ) {
        let answer = act(c, keys, verb, pairs).await;
        self.left(&format!("/desk/cases/{{number}}/{verb}"), answer, line)
            .await;
    }

    /// A form that knows no version.
    async fn form(
        &mut self,
        c: &mut Client,
        route: &str,
        path: &str,
        pairs: &[(&str, &str)],
        line: &str,
    ) {
        let token = csrf();
        let answer = c.post(path, &with(&[("csrf", &token)], pairs)).await;
        self.left(route, answer, line).await;
    }

    /// What is filed meanwhile is not looked at.
    async fn skip(&mut self) {
        let mut conn = self.t.app.store.conn().await.unwrap();
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        self.seen = usize::try_from(count).unwrap();
    }

    /// The resident asks that the case be taken up again.
    async fn again(&mut self, keys: &Keys) {
        let mut c = resident(self.t, keys).await;
        let asked = c.post("/track/reopen", &[("reopen", "还没有办好")]).await;
        self.left("/track/reopen", asked, "reopen_asked").await;
    }

    async fn filed(&mut self, way: &str) -> Keys {
        let keys = filed(self.t, way).await.remove(0);
        self.skip().await;
        keys
    }
}

#[tokio::test]
async fn every_change_leaves_exactly_one_line() {
    // one person with one phone files all of it
    let t = TestApp::with(|c| {
        let many = Rate::new(600_000, 10_000);
        (c.limits.phone, c.limits.submit) = (many, many);
    })
    .await;
    let (mut handler, mut head) = people(&t).await;
    let mut second = signed_in(&t, "second", Role::Supervisor, Some("market")).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let mut w = Walk {
        t: &t,
        seen: 0,
        routes: BTreeSet::new(),
    };
    sign_in(&mut w).await;

    // a complaint that ends well
    let keys = w.filed("complaint").await;
    let h = &mut handler;
    let materials = [
        ("materials_due", "2026-11-27"),
        ("materials", "身份证明的复印件"),
    ];
    w.case(h, &keys, "materials", &materials, "materials_asked")
        .await;
    w.case(h, &keys, "materials-done", &[], "materials_received")
        .await;
    w.case(h, &keys, "accept", &[], "accepted").await;
    let arranged = [
        ("consent", "both"),
        ("arrangement", "11月27日上午十点，华阳所调解室"),
    ];
    w.case(h, &keys, "mediate", &arranged, "mediation_started")
        .await;
    let rest = [("suspend_reason", "c27")];
    w.case(h, &keys, "suspend", &rest, "suspended").await;
    w.case(h, &keys, "resume", &[], "resumed").await;
    let words = [("reply", "三个工作日内给您答复")];
    w.case(h, &keys, "reply", &words, "answered").await;
    let mut sender = resident(&t, &keys).await;
    let wrote = sender
        .post("/track/message", &[("text", "谢谢，等您的消息")])
        .await;
    w.left("/track/message", wrote, "asked").await;
    let reveal = format!("/desk/cases/{}/reveal", keys.0);
    let route = "/desk/cases/{number}/reveal";
    w.form(h, route, &reveal, &[("why", "verify")], "reveal_contact")
        .await;
    let agreed = [
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
    ];
    w.case(h, &keys, "agree", &agreed, "agreed").await;
    let note = [("close_note", "双方当场签收调解书")];
    w.case(h, &keys, "close", &note, "closed").await;
    let rated = sender.post("/track/rate", &[("solved", "no")]).await;
    w.left("/track/rate", rated, "rated").await;
    w.again(&keys).await;
    let why = [("reopen_reason", "钱还没有到账，再办一次")];
    w.case(&mut head, &keys, "reopen-grant", &why, "reopened")
        .await;

    // one that is refused by two, one that goes round and is terminated, one that is withdrawn
    let keys = w.filed("complaint").await;
    let refusal = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    w.case(h, &keys, "refuse", &refusal, "refusal_asked").await;
    let back = [("back_reason", "先问清楚法院立案了没有")];
    w.case(&mut head, &keys, "refusal-back", &back, "refusal_sent_back")
        .await;
    w.case(h, &keys, "refuse", &refusal, "refusal_asked").await;
    w.case(&mut head, &keys, "refusal-approve", &[], "refused")
        .await;
    w.again(&keys).await;
    let no = [("reopen_decline_reason", "法院已经判决，不再办")];
    w.case(&mut second, &keys, "reopen-decline", &no, "reopen_declined")
        .await;
    let keys = w.filed("complaint").await;
    let why = [("return_reason", "属于工程质量，不归我局")];
    w.case(h, &keys, "return", &why, "returned").await;
    let to = [
        ("department", "market"),
        ("dispatch_reason", "还是归市场监管部门"),
    ];
    w.case(&mut intake, &keys, "dispatch", &to, "dispatched")
        .await;
    w.case(h, &keys, "accept", &[], "accepted").await;
    let ground = [
        ("termination", "c29_3"),
        ("terminate_reason", "商家一直不同意退款"),
    ];
    w.case(h, &keys, "terminate", &ground, "terminated").await;
    let keys = w.filed("complaint").await;
    let mut sender = resident(&t, &keys).await;
    let gone = sender.post("/track/withdraw", &[("confirm", "yes")]).await;
    w.left("/track/withdraw", gone, "withdrawn").await;

    away(&mut w, h, &mut head).await;
    police(&mut w, h, &mut head).await;
    office(&mut w, h, &mut head, &mut intake).await;
    reports(&mut w, h, &mut head, &mut second).await;
    looks(&mut w).await;

    // nothing that changes something is forgotten
    for route in ROUTES.iter().filter(|r| r.method == "POST") {
        let lists = [NO_LINE, NOT_WALKED];
        let named = lists.iter().filter(|l| l.contains(&route.path)).count();
        let times = named + usize::from(w.routes.contains(route.path));
        assert_eq!(times, 1, "{}: walk it, or say why not", route.path);
    }
}

async fn sign_in(w: &mut Walk<'_>) {
    let (wang, secret) = person(w.t, "wang", Role::Handler, Some("market")).await;
    let mut c = w.t.client();
    let password = [
        ("login", "wang"),
        ("password", crate::support::desk::PASSWORD),
    ];
    c.post("/desk/login", &password).await.expect(303);
    let token = c.get("/desk/login/factor").await.expect(200).field("csrf");
    let digits = code(w.t, &secret, "wang");
    let answer = c
        .post("/desk/login/factor", &[("csrf", &token), ("code", &digits)])
        .await;
    w.left("/desk/login/factor", answer, "sign_in").await;
    let mut other = signed_in_as(w.t, &wang).await;
    let page = other.get("/desk/sessions").await.expect(200).text();
    let ended = other
        .post("/desk/sessions", &[("csrf", &csrf()), ("id", "others")])
        .await;
    assert!(page.contains("其他设备全部退出"), "{page}");
    w.left("/desk/sessions", ended, "session_end").await;
    c.post("/desk/login", &password).await.expect(303);
    let token = c.get("/desk/login/factor").await.expect(200).field("csrf");
    let answer = c.post("/desk/logout", &[("csrf", &token)]).await;
    w.left("/desk/logout", answer, "sign_out").await;
}

/// What the office arranges for itself: who works on a case, notes, links, recusals, a report in a complaint.
async fn office(w: &mut Walk<'_>, h: &mut Client, head: &mut Client, intake: &mut Client) {
    let t = w.t;
    let other = w.filed("complaint").await;
    let keys = w.filed("complaint").await;
    let text = page(h, &keys).await.text();
    let me = text
        .split("<option value=\"")
        .find(|o| o.contains("我来办"));
    let me = me.unwrap().split('"').next().unwrap().to_owned();
    let mine = [("assignee", me.as_str())];
    w.case(h, &keys, "assign", &mine, "assigned").await;
    let version = page(h, &other).await.field("version");
    let ticked = format!("{} {version}", other.0);
    let heap = [
        ("do", "send"),
        ("to", me.as_str()),
        ("case", ticked.as_str()),
    ];
    w.form(h, "/desk/bulk", "/desk/bulk", &heap, "assigned")
        .await;

    let ask = [
        ("co_department", "construction"),
        ("co_due", "2026-11-26"),
        ("co_reason", "请核实房屋质量"),
    ];
    w.case(h, &keys, "co-add", &ask, "co_added").await;
    let day = [
        ("co_whose", "construction"),
        ("co_due_reason", "随本件一起"),
    ];
    w.case(intake, &keys, "co-due", &day, "co_due_set").await;
    let off = [("co_off", "construction"), ("co_off_reason", "不涉及住建")];
    w.case(intake, &keys, "co-remove", &off, "co_removed").await;
    w.case(h, &keys, "co-add", &ask, "co_added").await;
    let mut builder = signed_in(t, "builder", Role::Handler, Some("construction")).await;
    let told = [("co_result", "房屋没有质量问题")];
    w.case(&mut builder, &keys, "co-done", &told, "co_done")
        .await;

    let note = [("note", "商家老板只在下午接电话")];
    w.case(h, &keys, "note", &note, "note_add").await;
    let link = [
        ("link_number", other.0.as_str()),
        ("link_reason", "反映的是同一批货"),
    ];
    w.case(h, &keys, "link", &link, "case_link").await;
    let text = page(h, &keys).await.text();
    let select = text.split("id=\"unlink\"").nth(1).unwrap();
    let id = select.split("value=\"").nth(2).unwrap();
    let id = id.split('"').next().unwrap();
    let unlink = [("unlink", id), ("unlink_reason", "核实后不是同一批")];
    w.case(h, &keys, "unlink", &unlink, "case_unlink").await;

    // a mediation that is asked to go to somebody else, one that is withdrawn from
    w.case(h, &keys, "accept", &[], "accepted").await;
    let arranged = [
        ("consent", "both"),
        ("arrangement", "11月27日上午十点，华阳所调解室"),
    ];
    w.case(h, &keys, "mediate", &arranged, "mediation_started")
        .await;
    let mut sender = resident(t, &keys).await;
    let asked = sender
        .post("/track/recusal", &[("recusal", "调解人是商家亲戚")])
        .await;
    w.left("/track/recusal", asked, "recusal_asked").await;
    let no = [
        ("recusal_decision", "dismiss"),
        ("recusal_why", "核实后并非亲属"),
    ];
    w.case(head, &keys, "recusal-decide", &no, "recusal_decided")
        .await;
    let said = [
        ("recusal_side", "trader"),
        ("recusal_text", "调解人员以前处罚过我们"),
    ];
    w.case(h, &keys, "recusal", &said, "recusal_asked").await;
    w.case(head, &keys, "recusal-decide", &no, "recusal_decided")
        .await;
    let gone = sender.post("/track/withdraw", &[("confirm", "yes")]).await;
    w.left("/track/withdraw", gone, "terminated").await;
    w.case(h, &keys, "issue", &[], "termination_issued").await;
    let trader = h.get(&format!("/desk/cases/{}/trader", keys.0)).await;
    let trader = trader.expect(200).text();
    let notice = trader.split("<option value=\"").nth(1).unwrap();
    let told = [
        ("notice", notice.split('"').next().unwrap()),
        ("way", "letter"),
        ("day", "2026-11-24"),
        ("note", "寄到店里，单号示例001"),
    ];
    w.case(h, &keys, "tell-trader", &told, "trader_told").await;
    let mut second = signed_in(t, "cousin", Role::Handler, Some("market")).await;
    let why = [("recuse_reason", "商家老板是我表弟")];
    w.case(&mut second, &other, "recuse", &why, "recuse").await;
}

/// A report through its life, the other ends of reports, and who reported.
async fn reports(w: &mut Walk<'_>, h: &mut Client, head: &mut Client, second: &mut Client) {
    let first = w.filed("report").await;
    w.case(h, &first, "verify", &[], "verifying").await;
    let more = [
        ("extension", "5"),
        ("extend_reason", "商家搬走了，要再找人"),
    ];
    w.case(h, &first, "extend", &more, "extension_asked").await;
    let no = [("deny_reason", "人手够，请抓紧办")];
    w.case(head, &first, "extension-deny", &no, "extension_denied")
        .await;
    w.case(h, &first, "extend", &more, "extension_asked").await;
    w.case(head, &first, "extension-grant", &[], "extension_granted")
        .await;
    let why = [("revoke_reason", "人已经找到了")];
    w.case(head, &first, "extension-revoke", &why, "extension_revoked")
        .await;
    w.case(head, &first, "file", &[], "filed").await;
    w.case(h, &first, "investigate", &[], "investigating").await;
    let outcome = [("outcome", "penalty"), ("decision", "责令改正并处罚款")];
    w.case(h, &first, "decide", &outcome, "decided").await;

    let keys = w.filed("report").await;
    let route = |part: &str| format!("/desk/cases/{{number}}/reporter{part}");
    let path = |part: &str| format!("/desk/cases/{}/reporter{part}", keys.0);
    let why = [("reason", "要当面核对他交来的样品")];
    let mut id = String::new();
    // denied, given back, taken back after a look
    for (part, line) in [
        ("/deny", "reporter_deny"),
        ("/withdraw", "reporter_withdraw"),
        ("/revoke", "reporter_revoke"),
    ] {
        w.form(h, &route(""), &path(""), &why, "reporter_ask").await;
        let page = h.get(&path("")).await.expect(200).text();
        let found = page.split("name=\"id\" value=\"").nth(1).unwrap();
        id = found.split('"').next().unwrap().to_owned();
        let sent = [("id", id.as_str()), ("note", "先用留言问他")];
        if part == "/revoke" {
            w.form(
                second,
                &route("/grant"),
                &path("/grant"),
                &sent,
                "reporter_grant",
            )
            .await;
            w.form(h, &route("/view"), &path("/view"), &sent, "reporter_view")
                .await;
        }
        let who = if part == "/withdraw" {
            &mut *h
        } else {
            &mut *head
        };
        w.form(who, &route(part), &path(part), &sent, line).await;
    }
    assert!(!id.is_empty());
    let duplicate = [("earlier", first.0.as_str())];
    w.case(h, &keys, "duplicate", &duplicate, "duplicate").await;
    let keys = w.filed("report").await;
    let told = [("competent", "请找城市管理部门，电话 12345")];
    w.case(h, &keys, "no-authority", &told, "no_authority")
        .await;
    let mut reward = signed_in(w.t, "reward", Role::Reward, None).await;
    let asked = [("number", keys.0.as_str()), ("reason", "核对奖励等级")];
    w.form(
        &mut reward,
        "/desk/insider",
        "/desk/insider",
        &asked,
        "insider_view",
    )
    .await;
    let keys = w.filed("report").await;
    w.case(h, &keys, "verify", &[], "verifying").await;
    let ground = [
        ("not_filed", "r21_1"),
        ("not_file_reason", "商家已经改正，没有造成后果"),
    ];
    w.case(head, &keys, "not-file", &ground, "not_filed").await;
}

/// To another authority and back, disputed, entrusted to another body, asked for help, called back.
async fn away(w: &mut Walk<'_>, h: &mut Client, head: &mut Client) {
    let keys = w.filed("complaint").await;
    let wanted = [
        ("authority", "成都市锦江区市场监管局"),
        ("contact", "电话 12315，锦江区示例路1号"),
        ("transfer_reason", "商家的经营地址在锦江区"),
    ];
    w.case(h, &keys, "transfer", &wanted, "transfer_asked")
        .await;
    let no = [("transfer_deny_reason", "先核实经营地址")];
    w.case(head, &keys, "transfer-deny", &no, "transfer_denied")
        .await;
    w.case(h, &keys, "transfer", &wanted, "transfer_asked")
        .await;
    w.case(head, &keys, "transfer-approve", &[], "transferred")
        .await;
    let back = [("returned_reason", "对方说不归他们管")];
    w.case(h, &keys, "transfer-returned", &back, "transfer_returned")
        .await;

    let raised = [
        ("disputed_with", "双流区市场监管局"),
        ("dispute_reason", "登记在双流，经营在华阳"),
    ];
    w.case(h, &keys, "dispute", &raised, "dispute_raised").await;
    let up = [("refer_note", "协商不成，报市局指定")];
    w.case(h, &keys, "dispute-refer", &up, "dispute_referred")
        .await;
    let ours = [
        ("settlement", "designated_us"),
        ("settle_note", "市局指定由我们办"),
    ];
    w.case(h, &keys, "dispute-settle", &ours, "dispute_settled")
        .await;
    w.case(h, &keys, "accept", &[], "accepted").await;
    let body = [
        ("entrust_consent", "both"),
        ("entrusted_to", "天府新区消费者协会"),
        ("entrust_arrangement", "11月27日上午十点，消协调解室"),
    ];
    w.case(h, &keys, "entrust", &body, "entrusted").await;

    let food = [("category", "g_food"), ("problem", "p_food_safety")];
    let keys = filed_with(w.t, "complaint", &food).await.remove(0);
    w.skip().await;
    w.case(h, &keys, "hand-over", &wanted, "handover_asked")
        .await;
    w.case(head, &keys, "transfer-approve", &[], "transferred")
        .await;
    let signed = [
        ("received_on", "2026-11-24"),
        ("receipt_note", "收发室签收，回执示例一号"),
    ];
    w.case(h, &keys, "transfer-receipt", &signed, "transfer_received")
        .await;
    let said = [
        ("call_back", "satisfied"),
        ("call_back_note", "说已经有人联系"),
    ];
    w.case(h, &keys, "call-back", &said, "called_back").await;
}

/// A report goes to the police, is refused for good, goes again and is taken; another authority asks for help.
async fn police(w: &mut Walk<'_>, h: &mut Client, head: &mut Client) {
    let keys = w.filed("report").await;
    w.case(h, &keys, "verify", &[], "verifying").await;
    let asked = [
        ("asked_by", "四川天府新区公安分局"),
        ("assist_what", "请提供进货台账的复印件"),
    ];
    w.case(h, &keys, "assist", &asked, "assist_asked").await;
    let given = [("assisted_note", "已经复函，附台账")];
    w.case(h, &keys, "assisted", &given, "assisted").await;
    let report = [
        ("team", "李示例、吴示例"),
        ("police", "四川天府新区公安分局"),
        ("crime_facts", "查获假冒热水器二百台，销售金额二十余万元"),
    ];
    w.case(h, &keys, "crime-report", &report, "crime_reported")
        .await;
    let no = [("crime_deny_reason", "数额还没有核实清楚")];
    w.case(head, &keys, "crime-deny", &no, "crime_denied").await;
    for refused in [true, false] {
        w.case(h, &keys, "crime-report", &report, "crime_reported")
            .await;
        w.case(head, &keys, "crime-approve", &[], "crime_approved")
            .await;
        let noted: &[(&str, &str, &str)] = if refused {
            &[
                ("crime-send", "crime_send_note", "crime_sent"),
                ("police-refuse", "police_refuse_note", "police_refused"),
                ("crime-review", "crime_review_note", "crime_review_asked"),
                ("review-refuse", "review_refuse_note", "review_refused"),
                (
                    "crime-supervise",
                    "crime_supervise_note",
                    "crime_supervised",
                ),
                ("crime-end", "crime_end_note", "crime_ended"),
            ]
        } else {
            &[
                ("crime-send", "crime_send_note", "crime_sent"),
                ("police-accept", "police_accept_note", "police_accepted"),
                ("crime-goods", "crime_goods_note", "crime_goods"),
            ]
        };
        for (verb, field, line) in noted {
            let note = [(*field, "文书示例一号，已经签收")];
            w.case(h, &keys, verb, &note, line).await;
        }
    }
}

/// A filing, an alert, and the auditor who is audited.
async fn looks(w: &mut Walk<'_>) {
    let t = w.t;
    let hurt = [("injury", "yes"), ("injury_consent", "yes")];
    filed_with(t, "complaint", &hurt).await;
    let sent = t.client().get("/").await;
    w.left("/file/check", sent, "submitted").await;
    let mut risk = signed_in(t, "risk", Role::Risk, None).await;
    let list = risk.get("/desk/alerts").await.expect(200).text();
    let id = list.split("href=\"/desk/alerts/").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    let note = [("note", "已经通知停止销售")];
    for (step, line) in [
        ("acknowledge", "alert_seen"),
        ("defect", "alert_defect"),
        ("close", "alert_close"),
    ] {
        let route = format!("/desk/alerts/{{id}}/{step}");
        let path = format!("/desk/alerts/{id}/{step}");
        w.form(&mut risk, &route, &path, &note, line).await;
    }
    let mut auditor = signed_in(t, "shen", Role::Auditor, None).await;
    let page = auditor.get("/desk/audit").await;
    w.left("GET /desk/audit", page, "audit_view").await;
    let file = auditor.get("/desk/audit.csv").await;
    w.left("GET /desk/audit.csv", file, "audit_export").await;
}
