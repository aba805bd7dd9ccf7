//! A notice leaves the house: on /track at once, by letter and short message that say nothing personal, with proof; as
//! paper only for whose case it is.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    database::everything,
    desk::{csrf, signed_in},
    filing::{self, CONTACT, with},
    outside::{Server, letter_subject, letter_text},
    steps::{Keys, act, resident, stale},
};
use minsheng::{
    jobs::{deliver, queue},
    kernel::{
        access::Role,
        number::CaseNumber,
        words::{Delivery, Way},
    },
    outside::fake::Letters,
    privacy::Purpose,
    store::{case, jobs, notices},
};
use std::sync::Arc;
use time::Duration;

const EMAIL: &str = "zhang.shili@example.com";

/// A complaint that left an e-mail, refused; number and query code.
async fn refused(t: &TestApp, desk: &mut Client) -> Keys {
    let contact = with(CONTACT, &[("email", EMAIL)]);
    let keys = filing::keys(&filing::file(&mut t.client(), "complaint", &contact).await).remove(0);
    let reason = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一争议法院已经立案，龘靐"),
    ];
    stale(desk, &keys, "refuse", "1", &reason).await.expect(303);
    // the second person agrees, and the notice goes out
    let login = format!("second-{}", keys.0.to_lowercase());
    let mut second = signed_in(t, &login, Role::Supervisor, Some("market")).await;
    act(&mut second, &keys, "refusal-approve", &[])
        .await
        .expect(303);
    keys
}

/// The id of the only notice on a resident's page.
fn notice_id(page: &Answer) -> String {
    let page = page.text();
    page.split("id=\"notice-")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

/// What the trail says of opened papers.
async fn papers_opened(t: &TestApp) -> Vec<String> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT detail FROM audit WHERE act = 'notice_paper' ORDER BY id")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

async fn proofs(t: &TestApp, number: &str) -> Vec<notices::DeliveryRow> {
    let mut conn = t.app.store.conn().await.unwrap();
    let number = CaseNumber::parse(number).unwrap().to_string();
    let case = case::case(&mut conn, &number).await.unwrap().unwrap();
    notices::deliveries(&mut conn, case.id).await.unwrap()
}

#[tokio::test]
async fn a_notice_is_announced_by_letter_and_message_with_proof() {
    let (smtp, gateway) = (Server::smtp().await, Server::http().await);
    let t = TestApp::with(|c| {
        c.smtp_url = format!("smtp://127.0.0.1:{}", smtp.port);
        c.mail_from = "民声 <noreply@example.gov.cn>".into();
        c.sms_gateway_url = format!("http://127.0.0.1:{}/send", gateway.port);
        c.sms_gateway_token = "gateway-secret".into();
    })
    .await;
    let mut desk = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let keys = refused(&t, &mut desk).await;
    assert_eq!(deliver::reconcile(&t.app).await.unwrap(), 1);
    assert_eq!(deliver::reconcile(&t.app).await.unwrap(), 0, "once");
    assert_eq!(queue::pass(&t.app).await.unwrap(), 2);
    assert_eq!(queue::pass(&t.app).await.unwrap(), 0);

    let letters = smtp.got();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains(&format!("RCPT TO:<{EMAIL}>")));
    assert!(
        letters[0].contains("@example.gov.cn>")
            && letters[0].contains("Auto-Submitted: auto-generated")
    );
    assert_eq!(letter_subject(&letters[0]), deliver::SUBJECT);
    let text = letter_text(&letters[0]);
    let messages = gateway.got();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].starts_with("POST /send "));
    assert!(
        messages[0].contains("Bearer gateway-secret") && messages[0].contains("\"13800138000\"")
    );
    for said in [&text, &messages[0]] {
        assert!(said.contains(&keys.0) && said.contains("/track"), "{said}");
        let code = keys.1.replace(' ', "");
        for never in [
            "张示例",
            "热水器",
            "示例电器",
            "法院",
            "不予受理",
            &keys.1,
            &code,
        ] {
            assert!(!said.contains(never), "{never} in {said}");
        }
    }

    let proofs = proofs(&t, &keys.0).await;
    let states: Vec<_> = proofs.iter().map(|p| (p.way, p.state)).collect();
    assert_eq!(
        states,
        [
            (Way::Mail, Delivery::Sent),
            (Way::Sms, Delivery::Sent),
            (Way::Track, Delivery::Sent)
        ]
    );
    assert!(
        proofs[0].detail.contains("queued as 4F2A1"),
        "{:?}",
        proofs[0]
    );
    assert!(proofs[1].detail.starts_with("202"), "{:?}", proofs[1]);
    let hash = minsheng::receipts::sha256(format!("{}\n{text}", deliver::SUBJECT).as_bytes());
    assert_eq!(proofs[0].content_hash, hash);
    let page = desk
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("电子邮件提醒") && page.contains("4F2A1"),
        "{page}"
    );
    let stored = everything(&t.app).await;
    assert!(!stored.contains(EMAIL) && !stored.contains("gateway-secret"));
}

#[tokio::test]
async fn a_busy_server_is_tried_again_and_a_refusal_is_shown() {
    let smtp = Server::smtp().await;
    let t = TestApp::with(|c| {
        c.smtp_url = format!("smtp://127.0.0.1:{}", smtp.port);
        c.mail_from = "noreply@example.gov.cn".into();
    })
    .await;
    let mut desk = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    smtp.answer_badly("451 4.3.0 busy");
    let first = refused(&t, &mut desk).await;
    deliver::reconcile(&t.app).await.unwrap();
    queue::pass(&t.app).await.unwrap();
    assert_eq!(proofs(&t, &first.0).await[0].state, Delivery::Queued);
    assert_eq!(queue::pass(&t.app).await.unwrap(), 0, "not before its time");
    t.app.clock.advance(Duration::seconds(31));
    assert_eq!(queue::pass(&t.app).await.unwrap(), 1);
    assert_eq!(proofs(&t, &first.0).await[0].state, Delivery::Sent);

    smtp.answer_badly(&format!("550 5.1.1 <{EMAIL}> unknown"));
    let second = refused(&t, &mut desk).await;
    deliver::reconcile(&t.app).await.unwrap();
    queue::pass(&t.app).await.unwrap();
    let proof = proofs(&t, &second.0).await.remove(0);
    assert_eq!(proof.state, Delivery::Failed);
    assert!(
        proof.detail.contains("unknown") && !proof.detail.contains('@'),
        "{proof:?}"
    );
    let mut conn = t.app.store.conn().await.unwrap();
    assert_eq!(jobs::jobs_dead(&mut conn).await.unwrap().len(), 1, "seen");
    let page = desk
        .get(&format!("/desk/cases/{}", second.0))
        .await
        .expect(200)
        .text();
    assert!(page.contains("没有送出"), "{page}");
    assert_eq!(smtp.got().len(), 1);

    // the administrator sees it, mends the cause and has it tried once more
    let mut admin = signed_in(&t, "admin", Role::Admin, None).await;
    let list = admin.get("/desk/admin/jobs").await.expect(200);
    assert!(list.text().contains("unknown") && !list.text().contains(&second.0));
    let id = list.field("id");
    let form = [("csrf", csrf()), ("id", id)];
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    admin.post("/desk/admin/jobs", &form).await.expect(303);
    admin.post("/desk/admin/jobs", &form).await.expect(404);
    assert_eq!(queue::pass(&t.app).await.unwrap(), 1);
    assert_eq!(smtp.got().len(), 2);
    assert_eq!(proofs(&t, &second.0).await[0].state, Delivery::Sent);
}

#[tokio::test]
async fn without_settings_a_notice_is_given_on_track_alone() {
    let t = TestApp::new().await;
    let mut desk = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let keys = refused(&t, &mut desk).await;
    deliver::reconcile(&t.app).await.unwrap();
    assert_eq!(queue::pass(&t.app).await.unwrap(), 0);
    let proofs = proofs(&t, &keys.0).await;
    assert_eq!(proofs.len(), 1);
    assert_eq!(
        (proofs[0].way, proofs[0].state),
        (Way::Track, Delivery::Sent)
    );
}

#[tokio::test]
async fn the_paper_is_for_whose_case_it_is() {
    let t = TestApp::new().await;
    let mut desk = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let first = refused(&t, &mut desk).await;
    let second = refused(&t, &mut desk).await;
    let mut a = resident(&t, &first).await;
    let mut b = resident(&t, &second).await;
    let id = notice_id(&a.get("/track/case").await.expect(200));
    let page = a
        .get(&format!("/track/notice/{id}"))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("<h1>投诉不予受理决定书</h1>") && page.contains("第三十九条"),
        "{page}"
    );
    let pdf = a.get(&format!("/track/notice/{id}.pdf")).await.expect(200);
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    assert_eq!(pdf.headers["cache-control"], "no-store");
    for path in [
        format!("/track/notice/{id}"),
        format!("/track/notice/{id}.pdf"),
    ] {
        b.get(&path).await.expect(404);
        assert_eq!(t.client().get(&path).await.expect(303).location(), "/track");
    }
    let desk_path = |number: &str| format!("/desk/cases/{number}/notice/{id}.pdf");
    let kept = desk.get(&desk_path(&first.0)).await.expect(200);
    assert_eq!(kept.bytes, pdf.bytes, "one text, one paper");
    // P-11: a paper that is opened at the desk leaves a line, a resident's own look does not
    assert_eq!(papers_opened(&t).await, ["form 6"]);
    desk.get(&desk_path(&second.0)).await.expect(404);
    desk.get(&format!("/desk/cases/{}/notice/{id}", first.0))
        .await
        .expect(404);
    let mut other = signed_in(&t, "other", Role::Handler, Some("construction")).await;
    other.get(&desk_path(&first.0)).await.expect(404);
    let mut admin = signed_in(&t, "admin", Role::Admin, None).await;
    admin.get(&desk_path(&first.0)).await.expect(404);
}

#[tokio::test]
async fn a_reporter_is_never_written_to() {
    let mut t = TestApp::new().await;
    let letters = Arc::new(Letters::default());
    t.app = t.app.with(|parts| {
        parts.mailer = Some(letters.clone());
        parts.sms = Some(letters.clone());
    });
    let contact = with(CONTACT, &[("email", EMAIL), ("named", "named")]);
    let keys = filing::keys(&filing::file(&mut t.client(), "report", &contact).await).remove(0);
    let staff = t.app.ids.next();
    let id = t.app.ids.next();
    let text = "举报处理结果告知书\n\n编号";
    let row = case::NoticeRow {
        id,
        form: 10,
        at: t.app.now(),
        body: t
            .app
            .sealer
            .seal(Purpose::Notice, id, text.as_bytes(), t.app.dice.bytes()),
        body_hash: minsheng::receipts::sha256(text.as_bytes()).to_vec(),
    };
    {
        let mut conn = t.app.store.conn().await.unwrap();
        let found = case::case(&mut conn, &keys.0).await.unwrap().unwrap();
        case::notice_insert(&mut conn, found.id, &row, staff, "track")
            .await
            .unwrap();
    }
    assert_eq!(deliver::reconcile(&t.app).await.unwrap(), 1);
    assert_eq!(queue::pass(&t.app).await.unwrap(), 0);
    assert!(letters.given.lock().unwrap().is_empty(), "R-05");
    let proofs = proofs(&t, &keys.0).await;
    assert_eq!(proofs.len(), 1);
    assert_eq!(
        (proofs[0].way, &proofs[0].content_hash),
        (Way::Track, &row.body_hash)
    );
}
