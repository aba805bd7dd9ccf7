//! P-11: who reported is learned by two persons or not at all, and the insider's mark by the reward officer.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, person, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::{
    casework::{
        flow::{self, ask_reporter, decide_reporter, view_reporter},
        reporter::{Move, Stage},
    },
    error::Error,
    kernel::{
        DepartmentId,
        access::{Actor, Role},
    },
    store::reporter::requests,
};
use time::Duration;
use uuid::Uuid;

type Keys = (String, String);

async fn report(t: &TestApp, named: &str, insider: &str) -> Keys {
    let contact = with(CONTACT, &[("named", named), ("insider", insider)]);
    filing::keys(&filing::file(&mut t.client(), "report", &contact).await).remove(0)
}

fn at(keys: &Keys, part: &str) -> String {
    format!("/desk/cases/{}/reporter{part}", keys.0)
}

async fn post(c: &mut Client, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let token = csrf();
    c.post(path, &with(&[("csrf", &token)], pairs)).await
}

const WHY: (&str, &str) = ("reason", "要当面核对他交来的样品");

async fn people(t: &TestApp) -> (Client, Client) {
    (
        signed_in(t, "handler", Role::Handler, Some("market")).await,
        signed_in(t, "supervisor", Role::Supervisor, Some("market")).await,
    )
}

/// The id of the newest request.
async fn newest(t: &TestApp, number: &str) -> Uuid {
    let mut conn = t.app.store.conn().await.unwrap();
    let case = minsheng::store::case::case(&mut conn, number)
        .await
        .unwrap()
        .unwrap();
    requests(&mut conn, case.id).await.unwrap()[0].id
}

#[tokio::test]
async fn a_reporter_is_shown_to_who_asked_when_another_one_granted_and_for_a_time() {
    let t = TestApp::new().await;
    let keys = report(&t, "named", "").await;
    let (mut handler, mut supervisor) = people(&t).await;
    let case = handler
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(case.contains("举报人身份保密") && case.contains(&at(&keys, "")));
    // the ordinary reveal does not know reports
    for c in [&mut handler, &mut supervisor] {
        let path = format!("/desk/cases/{}/reveal", keys.0);
        post(c, &path, &[("why", "verify")]).await.expect(403);
    }
    let bare = post(&mut handler, &at(&keys, ""), &[("reason", "短")])
        .await
        .expect(422);
    assert!(bare.text().contains("至少 4 个字") && bare.text().contains("短"));
    post(&mut handler, &at(&keys, ""), &[WHY]).await.expect(303);
    post(&mut handler, &at(&keys, ""), &[WHY]).await.expect(409);
    let id = newest(&t, &keys.0).await.simple().to_string();
    let request: &[(&str, &str)] = &[("id", &id)];
    let early = post(&mut handler, &at(&keys, "/view"), request)
        .await
        .expect(409)
        .text();
    assert!(!early.contains("张示例"), "{early}");
    // not alone, not from another department, not by the wrong role
    post(&mut handler, &at(&keys, "/grant"), request)
        .await
        .expect(404);
    let mut elsewhere = signed_in(&t, "builder", Role::Supervisor, Some("construction")).await;
    for part in ["", "/grant", "/view"] {
        post(&mut elsewhere, &at(&keys, part), request)
            .await
            .expect(404);
    }
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    intake.get(&at(&keys, "")).await.expect(404);
    // the supervisor finds it among what waits, reads why, and decides
    let list = supervisor
        .get("/desk/cases?waits=1")
        .await
        .expect(200)
        .text();
    assert!(list.contains(&keys.0), "{list}");
    let page = supervisor.get(&at(&keys, "")).await.expect(200).text();
    assert!(
        page.contains("等您决定") && page.contains("当面核对他交来的样品"),
        "{page}"
    );
    assert!(!page.contains("张示例"));
    post(&mut supervisor, &at(&keys, "/grant"), request)
        .await
        .expect(303);
    assert!(
        !supervisor
            .get("/desk/cases?waits=1")
            .await
            .expect(200)
            .text()
            .contains(&keys.0)
    );
    // who granted may not look by that grant
    post(&mut supervisor, &at(&keys, "/view"), request)
        .await
        .expect(409);
    let shown = post(&mut handler, &at(&keys, "/view"), request)
        .await
        .expect(200);
    let text = shown.text();
    assert!(
        text.contains("张示例") && text.contains("13800138000"),
        "{text}"
    );
    assert_eq!(shown.headers["cache-control"], "no-store");
    let fold = shown.headers["refresh"].to_str().unwrap();
    assert_eq!(fold, format!("300; url={}", at(&keys, "")));
    let folded = handler.get(&at(&keys, "")).await.expect(200).text();
    assert!(
        !folded.contains("张示例") && folded.contains("看过 1 次"),
        "{folded}"
    );
    // shortly before the end the page folds with it, then nothing is shown any more
    t.app.clock.advance(Duration::minutes(119));
    let mut handler = signed_in(&t, "h2", Role::Handler, Some("market")).await;
    post(&mut handler, &at(&keys, "/view"), request)
        .await
        .expect(409);
    t.app.clock.advance(Duration::minutes(2));
    let acts = acts(&t).await;
    assert_eq!(
        acts.iter()
            .filter(|a| a.starts_with("reporter_"))
            .collect::<Vec<_>>(),
        ["reporter_ask", "reporter_grant", "reporter_view"]
    );
    let all = crate::support::database::everything(&t.app).await;
    assert!(!all.contains("当面核对他交来的样品"), "reasons are sealed");
}

async fn acts(t: &TestApp) -> Vec<String> {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT act FROM audit ORDER BY id")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

/// People as the flows know them, so that a clock that is moved ends no session.
async fn actor(t: &TestApp, login: &str, role: Role) -> Actor {
    let (staff, _) = person(t, login, role, Some("market")).await;
    Actor {
        staff: staff.id,
        name: staff.name,
        role,
        department: staff.department.map(|d| DepartmentId(d.0)),
    }
}

fn conflict<T: std::fmt::Debug>(r: Result<T, Error>) {
    assert!(matches!(r, Err(Error::Conflict(_))), "{r:?}");
}

#[tokio::test]
async fn a_grant_ends_by_time_by_taking_back_and_with_the_department() {
    let t = TestApp::new().await;
    let keys = report(&t, "named", "").await;
    let number = keys.0.as_str();
    let me = actor(&t, "handler", Role::Handler).await;
    let head = actor(&t, "supervisor", Role::Supervisor).await;
    let ask = async || {
        ask_reporter(&t.app, &me, number, "要当面核对样品")
            .await
            .unwrap();
        newest(&t, number).await
    };
    let go = async |by: &Actor, id, step, why: &str| {
        decide_reporter(&t.app, by, number, id, step, why).await
    };
    let look = async |id| {
        view_reporter(&t.app, &me, number, id)
            .await
            .map(|(c, _)| c.name)
    };
    // the last second and the first one after
    let id = ask().await;
    go(&head, id, Move::Grant, "").await.unwrap();
    t.app
        .clock
        .advance(Duration::minutes(120) - Duration::seconds(1));
    assert_eq!(look(id).await.unwrap(), "张示例");
    t.app.clock.advance(Duration::seconds(1));
    conflict(look(id).await);
    conflict(go(&head, id, Move::Revoke, "").await);
    // denied with a reason
    let id = ask().await;
    assert!(matches!(
        go(&head, id, Move::Deny, "").await,
        Err(Error::Invalid(_))
    ));
    go(&head, id, Move::Deny, "先用留言问他").await.unwrap();
    conflict(look(id).await);
    let page = flow::reporter(&t.app, &me, number).await.unwrap();
    assert_eq!(
        (page.requests.len(), page.requests[0].note.as_str()),
        (2, "先用留言问他")
    );
    // taken back, given back
    let id = ask().await;
    go(&head, id, Move::Grant, "").await.unwrap();
    look(id).await.unwrap();
    go(&head, id, Move::Revoke, "").await.unwrap();
    conflict(look(id).await);
    let id = ask().await;
    conflict(go(&head, id, Move::Withdraw, "").await);
    go(&me, id, Move::Withdraw, "").await.unwrap();
    conflict(go(&head, id, Move::Grant, "").await);
    // a grant is for this case: with another one's number it does not exist
    let id = ask().await;
    go(&head, id, Move::Grant, "").await.unwrap();
    let other = report(&t, "named", "").await;
    let wrong = view_reporter(&t.app, &me, &other.0, id).await;
    assert!(matches!(wrong, Err(Error::NotFound)), "{wrong:?}");
    // the case goes elsewhere and comes back: what was granted here is over
    flow::return_to_intake(&t.app, &me, number, 1, "不归本部门管")
        .await
        .unwrap();
    assert!(matches!(look(id).await, Err(Error::NotFound)));
    let (mut intake, _) = (actor(&t, "intake", Role::Intake).await, ());
    intake.department = None;
    flow::dispatch(&t.app, &intake, number, 2, "market", "还是归市场监管")
        .await
        .unwrap();
    conflict(look(id).await);
    let page = flow::reporter(&t.app, &me, number).await.unwrap();
    assert_eq!(page.requests[0].row.request.stage, Stage::Lapsed);
}

#[tokio::test]
async fn nameless_reports_look_alike_whatever_else_their_senders_said() {
    let t = TestApp::new().await;
    let plain = report(&t, "anonymous", "").await;
    let insider = report(&t, "anonymous", "yes").await;
    let (mut handler, _) = people(&t).await;
    let mut seen = Vec::new();
    for keys in [&plain, &insider] {
        let page = handler
            .get(&format!("/desk/cases/{}", keys.0))
            .await
            .expect(200)
            .text();
        assert!(
            !page.contains("/reporter") && !page.contains("内部"),
            "{page}"
        );
        let page = handler.get(&at(keys, "")).await.expect(200).text();
        assert!(page.contains("匿名举报，没有身份可以查看"), "{page}");
        let asked = post(&mut handler, &at(keys, ""), &[WHY])
            .await
            .expect(409)
            .text();
        let plain = |text: &str| text.replace(&keys.0, "N").replace(nonce(text), "X");
        seen.push((plain(&page), plain(&asked)));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(!acts(&t).await.iter().any(|a| a.starts_with("reporter_")));
}

/// The script nonce of a page.
fn nonce(page: &str) -> &str {
    page.split("nonce=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
}

#[tokio::test]
async fn r06_the_insiders_mark_is_for_the_reward_officer_alone() {
    let t = TestApp::new().await;
    let (yes, no) = (
        report(&t, "named", "yes").await,
        report(&t, "anonymous", "").await,
    );
    let (mut handler, mut supervisor) = people(&t).await;
    let mut reward = signed_in(&t, "reward", Role::Reward, None).await;
    let why = ("reason", "核对奖励等级");
    let open = post(&mut reward, "/desk/insider", &[("number", &yes.0), why])
        .await
        .expect(422);
    assert!(open.text().contains("办结以后才能核对"));
    for keys in [&yes, &no] {
        let version = handler
            .get(&format!("/desk/cases/{}", keys.0))
            .await
            .field("version");
        let path = format!("/desk/cases/{}/no-authority", keys.0);
        let told = [
            ("version", version.as_str()),
            ("competent", "请找城市管理部门，电话 12345"),
            ("do", "send"),
        ];
        post(&mut handler, &path, &told).await.expect(303);
    }
    for (keys, words) in [
        (&yes, "说自己是被举报方的内部人员"),
        (&no, "没有说自己是内部人员"),
    ] {
        let page = post(&mut reward, "/desk/insider", &[("number", &keys.0), why])
            .await
            .expect(200)
            .text();
        assert!(page.contains(words) && !page.contains("张示例"), "{page}");
    }
    post(&mut reward, "/desk/insider", &[("number", &yes.0)])
        .await
        .expect(422);
    for c in [&mut handler, &mut supervisor] {
        c.get("/desk/insider").await.expect(404);
        let page = c
            .get(&format!("/desk/cases/{}", yes.0))
            .await
            .expect(200)
            .text();
        assert!(!page.contains("内部人员"), "{page}");
    }
    assert_eq!(
        acts(&t)
            .await
            .iter()
            .filter(|a| *a == "insider_view")
            .count(),
        2
    );
}
