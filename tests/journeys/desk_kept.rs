//! Nothing typed at the desk is lost: a limit, a database that is away, a session that ended, a form that is far too
//! long, a case that went elsewhere meanwhile.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{self, code, csrf, person, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::{kernel::access::Role, limits::Rate, store::Store, web};
use time::Duration;

const WHY: &str = "同一纠纷法院已经立案审理，案号附后，投诉人电话里也确认了";

async fn complaint(t: &TestApp) -> String {
    filing::keys(&filing::file(&mut t.client(), "complaint", CONTACT).await)
        .remove(0)
        .0
}

/// Every hidden field of a page, as its browser would send it.
fn hidden(page: &Answer) -> Vec<(String, String)> {
    let plain = |s: &str| {
        let s = s.replace("&#34;", "\"").replace("&quot;", "\"");
        s.replace("&#38;", "&").replace("&amp;", "&")
    };
    let part = |tag: &str, name: &str| {
        let rest = tag.split(&format!("{name}=\"")).nth(1)?;
        Some(plain(rest.split('"').next()?))
    };
    page.text()
        .split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|tag| Some((part(tag, "name")?, part(tag, "value")?)))
        .collect()
}

/// Posts what a page carries, with the button that was pressed.
async fn press(c: &mut Client, path: &str, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let fields = hidden(page);
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (&**k, &**v)).collect();
    pairs.extend_from_slice(more);
    c.post(path, &pairs).await
}

/// A refusal with a long reason, as its form sends it.
fn refusal<'a>(token: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", token),
        ("version", version),
        ("ground", "c07_2"),
        ("refuse_reason", WHY),
        ("do", "send"),
    ]
}

async fn asked(c: &mut Client, number: &str) -> bool {
    let page = c.get(&format!("/desk/cases/{number}")).await.expect(200);
    page.text().contains("已经提请不予受理")
}

/// Signs in by hand; a form that the pages carry goes along. Gives the last answer.
async fn by_hand(
    t: &TestApp,
    c: &mut Client,
    login: &str,
    secret: &[u8],
    first: &Answer,
) -> Answer {
    let who = [("login", login), ("password", desk::PASSWORD)];
    let factor = press(c, "/desk/login", first, &who).await;
    let factor = if factor.status == 303 {
        c.get("/desk/login/factor").await.expect(200)
    } else {
        factor.expect(200)
    };
    let now = code(t, secret, login);
    press(c, "/desk/login/factor", &factor, &[("code", &now)]).await
}

#[tokio::test]
async fn a_limit_at_the_desk_gives_the_form_back_and_it_can_be_sent() {
    let t = TestApp::with(|c| c.limits.page = Rate::new(1, 40)).await;
    let number = complaint(&t).await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let case = format!("/desk/cases/{number}");
    let version = c.get(&case).await.expect(200).field("version");
    let refuse = format!("{case}/refuse");
    let token = csrf();
    let limited = loop {
        // until this network has used up its quota
        if c.get("/desk/sessions").await.status == 429 {
            break c
                .post(&refuse, &refusal(&token, &version))
                .await
                .expect(429);
        }
    };
    assert!(limited.headers.contains_key("retry-after"));
    let page = limited.text();
    assert!(page.contains(WHY) && page.contains("内容都还在"), "{page}");
    assert!(
        !page.contains("12345"),
        "a handler is not sent to a hotline"
    );
    // later, here from another network
    c.extra
        .push(("x-forwarded-for".into(), "198.51.100.7".into()));
    let form = press(&mut c, &refuse, &limited, &[("do", "preview")]).await;
    assert!(form.expect(200).text().contains(WHY), "back in its form");
    press(&mut c, &refuse, &limited, &[("do", "send")])
        .await
        .expect(303);
    assert!(asked(&mut c, &number).await);
}

#[tokio::test]
async fn a_database_that_is_away_gives_the_form_back_and_it_can_be_sent_later() {
    let t = TestApp::new().await;
    let number = complaint(&t).await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let case = format!("/desk/cases/{number}");
    let version = c.get(&case).await.expect(200).field("version");
    let refuse = format!("{case}/refuse");
    // the same house without its database
    let nowhere = Store::new("mysql://root@127.0.0.1:1/none", 1).unwrap();
    let sick = t.app.with(|parts| parts.store = nowhere);
    let mut away = Client::new(web::router(&sick));
    away.cookies.clone_from(&c.cookies);
    let token = csrf();
    let page = away
        .post(&refuse, &refusal(&token, &version))
        .await
        .expect(503);
    assert!(page.headers.contains_key("retry-after"));
    assert!(page.text().contains(WHY), "{}", page.text());
    press(&mut c, &refuse, &page, &[("do", "send")])
        .await
        .expect(303);
    assert!(asked(&mut c, &number).await);
}

#[tokio::test]
async fn after_a_session_has_ended_the_form_comes_back_with_the_sign_in() {
    let t = TestApp::new().await;
    let number = complaint(&t).await;
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let mut c = t.client();
    let door = c.get("/desk/login").await.expect(200);
    by_hand(&t, &mut c, "handler", &secret, &door)
        .await
        .expect(303);
    let case = format!("/desk/cases/{number}");
    let page = c.get(&case).await.expect(200);
    let (token, version) = (page.field("csrf"), page.field("version"));
    let refuse = format!("{case}/refuse");
    t.app.clock.advance(Duration::minutes(31));
    let ended = c
        .post(&refuse, &refusal(&token, &version))
        .await
        .expect(403);
    assert!(ended.text().contains("登录已过期"), "{}", ended.text());
    assert!(
        !ended.text().contains(WHY),
        "sealed: somebody else may sit here now"
    );
    // mistakes on the way lose nothing
    let wrong = press(
        &mut c,
        "/desk/login",
        &ended,
        &[("login", "handler"), ("password", "nonsense")],
    )
    .await
    .expect(422);
    let who = [("login", "handler"), ("password", desk::PASSWORD)];
    let factor = press(&mut c, "/desk/login", &wrong, &who).await.expect(200);
    let factor = press(&mut c, "/desk/login/factor", &factor, &[("code", "000000")])
        .await
        .expect(422);
    // too late for the second factor: from the password again
    t.app.clock.advance(Duration::minutes(11));
    let now = code(&t, &secret, "handler");
    let door = press(&mut c, "/desk/login/factor", &factor, &[("code", &now)])
        .await
        .expect(403);
    let back = by_hand(&t, &mut c, "handler", &secret, &door)
        .await
        .expect(200);
    assert!(back.text().contains(WHY), "{}", back.text());
    let form = press(&mut c, &refuse, &back, &[("do", "preview")])
        .await
        .expect(200);
    assert!(form.text().contains(WHY), "the form is filled");
    assert!(!asked(&mut c, &number).await, "nothing was sent by itself");
    press(&mut c, &refuse, &back, &[("do", "send")])
        .await
        .expect(303);
    assert!(asked(&mut c, &number).await);
}

#[tokio::test]
async fn what_one_person_typed_is_not_shown_to_the_next_one() {
    let t = TestApp::new().await;
    let number = complaint(&t).await;
    let (_, first) = person(&t, "first", Role::Handler, Some("market")).await;
    let (_, second) = person(&t, "second", Role::Handler, Some("market")).await;
    let mut c = t.client();
    let door = c.get("/desk/login").await.expect(200);
    by_hand(&t, &mut c, "first", &first, &door)
        .await
        .expect(303);
    let case = format!("/desk/cases/{number}");
    let page = c.get(&case).await.expect(200);
    let (token, version) = (page.field("csrf"), page.field("version"));
    let refuse = format!("{case}/refuse");
    c.post("/desk/logout", &[("csrf", &token)])
        .await
        .expect(303);
    let ended = c
        .post(&refuse, &refusal(&token, &version))
        .await
        .expect(403);
    let other = by_hand(&t, &mut c, "second", &second, &ended)
        .await
        .expect(200);
    assert!(
        other.text().contains("另一个账号") && !other.text().contains(WHY),
        "{}",
        other.text()
    );
    // nor by the token alone
    let stale = c
        .post(&refuse, &refusal(&token, &version))
        .await
        .expect(403);
    assert!(hidden(&stale).iter().all(|(k, _)| k != "refuse_reason"));
    // the person whose form it was gets it, also in a page that is still open from before
    let mut c = t.client();
    t.app.clock.advance(Duration::minutes(1));
    let door = c.get("/desk/login").await.expect(200);
    by_hand(&t, &mut c, "first", &first, &door)
        .await
        .expect(303);
    let stale = c
        .post(&refuse, &refusal(&token, &version))
        .await
        .expect(403);
    assert!(stale.text().contains("请再确认一次") && stale.text().contains(WHY));
    press(&mut c, &refuse, &stale, &[("do", "send")])
        .await
        .expect(303);
    assert!(asked(&mut c, &number).await);
}

#[tokio::test]
async fn a_form_that_nobody_sealed_opens_nothing() {
    let t = TestApp::new().await;
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let mut c = t.client();
    let half = c
        .post(
            "/desk/login",
            &[
                ("login", "handler"),
                ("password", desk::PASSWORD),
                ("kept", "forged"),
            ],
        )
        .await
        .expect(200);
    let now = code(&t, &secret, "handler");
    let done = press(&mut c, "/desk/login/factor", &half, &[("code", &now)])
        .await
        .expect(303);
    assert_eq!(done.location(), "/desk");
}

#[tokio::test]
async fn a_text_that_is_far_too_long_comes_back_with_its_message() {
    let t = TestApp::new().await;
    let number = complaint(&t).await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let case = format!("/desk/cases/{number}");
    let version = c.get(&case).await.expect(200).field("version");
    let refuse = format!("{case}/refuse");
    let token = csrf();
    let long = "长".repeat(40_000);
    let sent = with(&refusal(&token, &version), &[("refuse_reason", &long)]);
    let page = c.post(&refuse, &sent).await.expect(422).text();
    assert!(page.contains(&long) && page.contains("请删短一些"));
    let more = "长".repeat(200_000);
    let sent = with(&refusal(&token, &version), &[("refuse_reason", &more)]);
    let page = c.post(&refuse, &sent).await.expect(413).text();
    assert!(page.contains("删短"), "{page}");
}

#[tokio::test]
async fn what_was_written_for_a_case_that_went_elsewhere_can_be_copied() {
    let t = TestApp::new().await;
    let number = complaint(&t).await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let case = format!("/desk/cases/{number}");
    let version = c.get(&case).await.expect(200).field("version");
    let token = csrf();
    intake
        .post(
            &format!("{case}/dispatch"),
            &[
                ("csrf", &token),
                ("version", &version),
                ("department", "construction"),
                ("dispatch_reason", "新房渗水，住建主管"),
                ("do", "send"),
            ],
        )
        .await
        .expect(303);
    let gone = c
        .post(&format!("{case}/refuse"), &refusal(&token, &version))
        .await
        .expect(404);
    assert!(gone.text().contains(WHY), "{}", gone.text());
    assert!(
        !gone.text().contains("住建") && hidden(&gone).iter().all(|(k, _)| k != "refuse_reason"),
        "what was written, nothing about the case"
    );
}
