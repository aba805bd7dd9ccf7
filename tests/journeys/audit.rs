//! The audit trail: acts leave lines, the sealer chains them, late ones too, and whatever is changed afterwards is found.

use crate::support::{
    TestApp,
    client::Client,
    desk::{self, code, csrf, person, signed_in},
    filing::{self, CONTACT},
};
use minsheng::{
    audit::{
        Fault,
        flow::{anchor, seal, tail, verify},
    },
    intake::{
        Answers,
        flow::{Source, submit},
    },
    jobs::sealer,
    kernel::{access::Role, words::Channel},
    store::{
        self,
        security::{AuditLine, audit_insert},
    },
};
use time::Duration;
use uuid::Uuid;

async fn filed(t: &TestApp) -> String {
    let keys = filing::keys(&filing::file(&mut t.client(), "complaint", CONTACT).await);
    keys[0].0.clone()
}

#[tokio::test]
async fn what_a_resident_changes_leaves_a_line_without_a_name() {
    let t = TestApp::new().await;
    let keys = filing::keys(&filing::file(&mut t.client(), "complaint", CONTACT).await).remove(0);
    let mut c = t.client();
    c.post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    c.get("/track/case").await.expect(200);
    assert_eq!(
        acts(&t).await,
        ["submitted"],
        "reading the own case leaves none"
    );
    c.post("/track/message", &[("text", "师傅今天来了")])
        .await
        .expect(303);
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    assert_eq!(acts(&t).await, ["submitted", "asked", "withdrawn"]);
    let mut auditor = signed_in(&t, "shen", Role::Auditor, None).await;
    let page = auditor.get("/desk/audit").await.expect(200).text();
    assert!(
        page.contains("居民") && !page.contains("张示例") && !page.contains("师傅"),
        "{page}"
    );
}

fn line(t: &TestApp, id: Uuid, detail: &str) -> AuditLine {
    AuditLine {
        id,
        at: t.app.now(),
        staff: None,
        act: "staff_add",
        case: None,
        detail: detail.to_owned(),
        reason: None,
    }
}

async fn acts(t: &TestApp) -> Vec<String> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT act FROM audit ORDER BY id")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

async fn run(t: &TestApp, sql: &'static str) -> u64 {
    let mut conn = t.app.store.conn().await.unwrap();
    let done = sqlx::query(sql).execute(&mut *conn).await.unwrap();
    done.rows_affected()
}

async fn reveal(client: &mut Client, number: &str) {
    client
        .post(
            &format!("/desk/cases/{number}/reveal"),
            &[
                ("csrf", &csrf()),
                ("why", "other"),
                ("reason", "核对送达地址"),
            ],
        )
        .await
        .expect(200);
}

#[tokio::test]
async fn what_people_do_leaves_lines_and_what_is_changed_is_found() {
    let t = TestApp::new().await;
    let number = filed(&t).await;
    let (_, secret) = person(&t, "wang", Role::Handler, Some("market")).await;
    let mut c = t.client();
    for (login, password) in [
        ("nobody", "nonsense"),
        ("wang", "nonsense"),
        ("wang", desk::PASSWORD),
    ] {
        c.post("/desk/login", &[("login", login), ("password", password)])
            .await;
    }
    let token = c.get("/desk/login/factor").await.expect(200).field("csrf");
    let digits = code(&t, &secret, "wang");
    c.post("/desk/login/factor", &[("csrf", &token), ("code", &digits)])
        .await
        .expect(303);
    let page = c.get(&format!("/desk/cases/{number}")).await.expect(200);
    let (token, version) = (page.field("csrf"), page.field("version"));
    c.post(
        &format!("/desk/cases/{number}/accept"),
        &[("csrf", &token), ("version", &version), ("do", "send")],
    )
    .await
    .expect(303);
    c.post("/desk/logout", &[("csrf", &token)])
        .await
        .expect(303);
    assert_eq!(
        acts(&t).await,
        [
            "submitted",
            "sign_in_failed",
            "sign_in",
            "case_view",
            "accepted",
            "sign_out"
        ]
    );
    let before = verify(&t.app).await.unwrap();
    assert_eq!((before.head.seq, before.unsealed), (0, 6));
    assert_eq!(seal(&t.app, false).await.unwrap(), 6);
    assert_eq!(seal(&t.app, true).await.unwrap(), 0);
    assert!(anchor(&t.app).await.unwrap());
    assert!(!anchor(&t.app).await.unwrap(), "once a day");
    let good = verify(&t.app).await.unwrap();
    assert_eq!(
        (good.head.seq, good.unsealed, good.anchors, good.fault),
        (6, 0, 1, None)
    );

    // each of these is found, and undone
    run(&t, "UPDATE audit SET detail = 'x' WHERE act = 'accepted'").await;
    let fault = verify(&t.app).await.unwrap().fault;
    assert!(matches!(fault, Some(Fault::Changed(5, _))), "{fault:?}");
    run(&t, "UPDATE audit SET detail = '' WHERE act = 'accepted'").await;
    run(&t, "UPDATE audit_link SET seq = 9 WHERE seq = 3").await;
    assert_eq!(verify(&t.app).await.unwrap().fault, Some(Fault::Gap(3, 4)));
    run(&t, "UPDATE audit_link SET seq = 3 WHERE seq = 9").await;
    run(&t, "UPDATE audit_anchor SET signature = REVERSE(signature)").await;
    let fault = verify(&t.app).await.unwrap().fault;
    assert!(matches!(fault, Some(Fault::Anchor(_, 6))), "{fault:?}");
    run(&t, "UPDATE audit_anchor SET signature = REVERSE(signature)").await;
    assert_eq!(verify(&t.app).await.unwrap().fault, None);
    // the end cut off, with its lines
    run(&t, "DELETE FROM audit WHERE act = 'sign_out'").await;
    assert_eq!(verify(&t.app).await.unwrap().fault, Some(Fault::Missing(6)));
    run(&t, "DELETE FROM audit_link WHERE seq = 6").await;
    let fault = verify(&t.app).await.unwrap().fault;
    assert!(matches!(fault, Some(Fault::Cut(_, 6, 5))), "{fault:?}");
}

#[tokio::test]
async fn a_line_that_is_committed_late_is_sealed_too() {
    let t = TestApp::new().await;
    let early = t.app.ids.next();
    let mut slow = t.app.store.begin().await.unwrap();
    audit_insert(&mut slow, &line(&t, early, "late"))
        .await
        .unwrap();
    let mut conn = t.app.store.conn().await.unwrap();
    audit_insert(&mut conn, &line(&t, t.app.ids.next(), "in time"))
        .await
        .unwrap();
    assert_eq!(seal(&t.app, false).await.unwrap(), 1);
    store::commit(slow).await.unwrap();
    assert_eq!(verify(&t.app).await.unwrap().unsealed, 1);
    assert_eq!(seal(&t.app, false).await.unwrap(), 1);
    // much later than the sealer looks back: only the look at everything finds it
    let ancient = Uuid::from_u128(early.as_u128() - (3_600_000_u128 << 80));
    audit_insert(&mut conn, &line(&t, ancient, "very late"))
        .await
        .unwrap();
    assert_eq!(seal(&t.app, false).await.unwrap(), 0);
    assert_eq!(verify(&t.app).await.unwrap().unsealed, 1);
    assert_eq!(seal(&t.app, true).await.unwrap(), 1);
    let good = verify(&t.app).await.unwrap();
    assert_eq!((good.head.seq, good.unsealed, good.fault), (3, 0, None));
    // a line of an older program brings no hash and gets one
    run(
        &t,
        "INSERT INTO audit (id, at, act, detail) VALUES (X'FF000000000000000000000000000001', '2026-11-24 02:00:00', 'sign_in', '')",
    )
    .await;
    assert_eq!(seal(&t.app, false).await.unwrap(), 1);
    assert_eq!(verify(&t.app).await.unwrap().fault, None);
}

#[tokio::test]
async fn sealers_at_once_never_fork_the_chain() {
    let t = TestApp::new().await;
    let mut slow = t.app.store.begin().await.unwrap();
    for n in 0..1200 {
        let one = line(&t, t.app.ids.next(), &n.to_string());
        audit_insert(&mut slow, &one).await.unwrap();
    }
    store::commit(slow).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let app = t.app.clone();
            tokio::spawn(async move { seal(&app, n % 2 == 0).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // whoever lost left the rest to the next run
    seal(&t.app, false).await.unwrap();
    let good = verify(&t.app).await.unwrap();
    assert_eq!((good.head.seq, good.unsealed, good.fault), (1200, 0, None));
}

#[tokio::test]
async fn one_node_seals_and_another_takes_over() {
    let t = TestApp::new().await;
    let (one, two) = (t.app.ids.next(), t.app.ids.next());
    assert_eq!(sealer::pass(&t.app, one, true).await.unwrap(), Some(0));
    assert_eq!(sealer::pass(&t.app, two, true).await.unwrap(), None);
    t.app.clock.advance(Duration::seconds(4));
    assert_eq!(sealer::pass(&t.app, one, false).await.unwrap(), Some(0));
    t.app.clock.advance(Duration::seconds(4));
    assert_eq!(sealer::pass(&t.app, two, true).await.unwrap(), None);
    t.app.clock.advance(Duration::seconds(2));
    assert_eq!(sealer::pass(&t.app, two, true).await.unwrap(), Some(0));
    assert_eq!(sealer::pass(&t.app, one, false).await.unwrap(), None);
}

#[tokio::test]
async fn the_auditor_reads_filters_and_exports_and_is_audited() {
    let t = TestApp::new().await;
    let number = filed(&t).await;
    let mut handler = signed_in(&t, "wang", Role::Handler, Some("market")).await;
    handler
        .get(&format!("/desk/cases/{number}"))
        .await
        .expect(200);
    reveal(&mut handler, &number).await;
    handler.get("/desk/audit").await.expect(404);
    handler.get("/desk/audit.csv").await.expect(404);
    let mut conn = t.app.store.conn().await.unwrap();
    audit_insert(&mut conn, &line(&t, t.app.ids.next(), "=1+1"))
        .await
        .unwrap();
    seal(&t.app, false).await.unwrap();
    anchor(&t.app).await.unwrap();

    let mut c = signed_in(&t, "shen", Role::Auditor, None).await;
    assert_eq!(c.get("/desk").await.expect(303).location(), "/desk/audit");
    c.get("/desk/cases").await.expect(404);
    c.get("/desk/admin/rules").await.expect(404);
    let page = c.get("/desk/audit").await.expect(200).text();
    for words in [
        "查看联系方式",
        "核对送达地址",
        "（wang）",
        number.as_str(),
        "命令行",
        "第 4 条",
        "签名有效",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(acts(&t).await.last().unwrap(), "audit_view");
    let page = c
        .get("/desk/audit?staff=wang&act=case_view&from=2026-11-24&to=2026-11-24")
        .await
        .expect(200)
        .text();
    assert!(page.contains(&number) && !page.contains("核对送达地址"));
    let other_day = c.get("/desk/audit?to=2026-11-23").await.expect(200).text();
    assert!(other_day.contains("没有符合条件的留痕"));
    let unknown = c
        .get("/desk/audit?staff=nobody&from=x")
        .await
        .expect(200)
        .text();
    assert!(unknown.contains("没有这个登录名") && unknown.contains("「起始日期」看不懂"));

    let csv = c
        .get(&format!("/desk/audit.csv?case={number}"))
        .await
        .expect(200)
        .text();
    assert!(
        csv.starts_with("\u{feff}时间,") && csv.contains("完，共 3 条"),
        "{csv}"
    );
    assert!(!csv.contains("核对送达地址"), "reasons stay sealed");
    let csv = c.get("/desk/audit.csv").await.expect(200).text();
    assert!(csv.contains(",'=1+1,"), "{csv}");
    let page = c
        .get("/desk/audit?act=audit_export")
        .await
        .expect(200)
        .text();
    assert!(page.contains(&format!("case {number}")), "{page}");
}

#[tokio::test]
async fn the_trail_is_paged_by_key() {
    let t = TestApp::new().await;
    let mut conn = t.app.store.conn().await.unwrap();
    for n in 0..120 {
        if n % 7 == 0 {
            t.app.clock.advance(Duration::seconds(1));
        }
        let one = line(&t, t.app.ids.next(), &format!("line-{n}."));
        audit_insert(&mut conn, &one).await.unwrap();
    }
    let mut c = signed_in(&t, "shen", Role::Auditor, None).await;
    let (mut at, mut seen) = ("/desk/audit".to_owned(), Vec::new());
    for _ in 0..3 {
        let page = c.get(&at).await.expect(200).text();
        seen.extend(
            page.split("line-")
                .skip(1)
                .map(|s| s.split('.').next().unwrap().to_owned()),
        );
        at = page
            .split("href=\"")
            .map(|s| s.split('"').next().unwrap())
            .find(|s| s.contains("/desk/audit?after="))
            .unwrap_or_default()
            .replace("&#38;", "&");
    }
    assert_eq!(at, "", "the third page is the last");
    let all: Vec<String> = (0..120).rev().map(|n| n.to_string()).collect();
    assert_eq!(seen, all);
}

/// A filing on each way leaves one line a case, in its own transaction, and nothing of who filed.
#[tokio::test]
async fn a_filing_leaves_a_line_a_case_with_its_channel_alone() {
    type Line = (String, String, Option<Uuid>, Option<Uuid>, bool);
    let t = TestApp::new().await;
    let contact = filing::with(CONTACT, &[("named", "named")]);
    filing::file(&mut t.client(), "both", &contact).await;
    let source = |channel, mark| Source {
        channel,
        idempotency: [mark; 32],
        draft: None,
        received_at: None,
        taken: None,
        hotline: None,
    };
    let answers = || {
        let mut answers = Answers::default();
        for (name, value) in [
            filing::START,
            filing::WHOM,
            filing::WHAT,
            filing::PROOF,
            CONTACT,
        ]
        .concat()
        {
            answers.set(name, value);
        }
        answers
    };
    for (channel, mark) in [(Channel::Api, 1), (Channel::Import, 2), (Channel::Api, 1)] {
        submit(&t.app, &source(channel, mark), &answers())
            .await
            .unwrap();
    }
    let mut conn = t.app.store.conn().await.unwrap();
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT act, detail, case_id, staff_id, reason IS NOT NULL AS r FROM audit ORDER BY id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let said: Vec<&str> = lines.iter().map(|l| l.1.as_str()).collect();
    assert_eq!(
        said,
        [
            "channel web",
            "channel web",
            "channel api",
            "channel import"
        ],
        "a retry leaves none"
    );
    let mut cases: Vec<_> = lines.iter().filter_map(|l| l.2).collect();
    cases.dedup();
    assert_eq!(cases.len(), 4);
    assert!(
        lines
            .iter()
            .all(|l| l.0 == "submitted" && l.3.is_none() && !l.4)
    );
    // a transaction that does not come about leaves no line either
    let mut gone = source(Channel::Web, 9);
    gone.draft = Some((t.app.ids.next(), 1));
    assert!(submit(&t.app, &gone, &answers()).await.is_err());
    assert_eq!(acts(&t).await.len(), 4);
    assert_eq!(seal(&t.app, false).await.unwrap(), 4);
    assert_eq!(verify(&t.app).await.unwrap().fault, None);
    let mut auditor = signed_in(&t, "shen", Role::Auditor, None).await;
    let page = auditor
        .get("/desk/audit?act=submitted")
        .await
        .expect(200)
        .text();
    for who in ["居民", "接口", "热线导入"] {
        assert!(page.contains(&format!("data-th=\"人员\">{who}")), "{who}");
    }
}

/// What the check-up says of the end of the trail, without walking the whole.
#[tokio::test]
async fn the_end_of_the_trail_is_checked_and_what_waits_is_counted() {
    let t = TestApp::new().await;
    let mut conn = t.app.store.conn().await.unwrap();
    for n in 0..30 {
        let one = line(&t, t.app.ids.next(), &n.to_string());
        audit_insert(&mut conn, &one).await.unwrap();
    }
    let keys = t.app.signer.verifying();
    let look = async || {
        let mut conn = t.app.store.conn().await.unwrap();
        tail(&mut conn, Some(&keys), 10, t.app.ids.next())
            .await
            .unwrap()
    };
    let before = look().await;
    assert_eq!((before.sealed, before.unsealed), (0, 30));
    assert_eq!(before.oldest, Some(t.app.now()));
    seal(&t.app, false).await.unwrap();
    anchor(&t.app).await.unwrap();
    let good = look().await;
    assert_eq!((good.sealed, good.checked, good.unsealed), (30, 10, 0));
    assert!(good.fault.is_none() && good.anchor.unwrap().1 == Some(true));
    // what lies before the end is for the whole walk
    run(&t, "UPDATE audit SET detail = 'x' WHERE detail = '3'").await;
    assert!(look().await.fault.is_none());
    run(&t, "UPDATE audit SET detail = 'x' WHERE detail = '25'").await;
    let fault = look().await.fault;
    assert!(matches!(fault, Some(Fault::Changed(26, _))), "{fault:?}");
    run(&t, "UPDATE audit SET detail = '25' WHERE detail = 'x' AND id > (SELECT audit_id FROM audit_link WHERE seq = 20)").await;
    run(&t, "DELETE FROM audit_link WHERE seq = 30").await;
    let fault = look().await.fault;
    assert!(matches!(fault, Some(Fault::Cut(_, 30, 29))), "{fault:?}");
}
