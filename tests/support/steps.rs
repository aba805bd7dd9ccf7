//! Steps of a case in a journey: filed, taken at the desk with the present version, read by the resident.

use super::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, signed_in},
    filing::{self, CONTACT, with},
};
use minsheng::kernel::access::Role;

/// Number and query code of a case.
pub type Keys = (String, String);

/// Files through the wizard with a name; the keys of every case.
pub async fn filed(t: &TestApp, way: &str) -> Vec<Keys> {
    let contact = with(CONTACT, &[("named", "named")]);
    filing::keys(&filing::file(&mut t.client(), way, &contact).await)
}

/// Files a complaint through the wizard.
pub async fn complaint(t: &TestApp) -> Keys {
    filed(t, "complaint").await.remove(0)
}

/// A handler and a supervisor of market supervision.
pub async fn people(t: &TestApp) -> (Client, Client) {
    (
        signed_in(t, "handler", Role::Handler, Some("market")).await,
        signed_in(t, "supervisor", Role::Supervisor, Some("market")).await,
    )
}

/// The case page at the desk.
pub async fn page(c: &mut Client, keys: &Keys) -> Answer {
    c.get(&format!("/desk/cases/{}", keys.0)).await.expect(200)
}

/// Takes a step with the present version of the case.
pub async fn act(c: &mut Client, keys: &Keys, verb: &str, pairs: &[(&str, &str)]) -> Answer {
    let version = page(c, keys).await.field("version");
    stale(c, keys, verb, &version, pairs).await
}

/// Takes a step with a version that was read before.
pub async fn stale(
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

/// What the resident reads with number and code.
pub async fn seen(t: &TestApp, keys: &Keys) -> String {
    let mut c = resident(t, keys).await;
    c.get("/track/case").await.expect(200).text()
}

/// Files through the wizard with some answers of the steps 「什么事」 and 「凭证」 changed; the keys of every case.
pub async fn filed_with(t: &TestApp, way: &str, more: &[(&str, &str)]) -> Vec<Keys> {
    let mut sender = t.client();
    sender
        .post("/file", &with(filing::START, &[("way", way)]))
        .await
        .expect(303);
    let later: Vec<_> = more
        .iter()
        .copied()
        .filter(|m| m.0 == "bought_on")
        .collect();
    let what: Vec<_> = more
        .iter()
        .copied()
        .filter(|m| m.0 != "bought_on")
        .collect();
    for (path, pairs) in [
        ("/file/whom", filing::WHOM.to_vec()),
        ("/file/what", with(filing::WHAT, &what)),
        ("/file/proof", with(filing::PROOF, &later)),
        ("/file/contact", with(CONTACT, &[("named", "named")])),
    ] {
        sender.post(path, &pairs).await.expect(303);
    }
    sender.post("/file/check", &[]).await.expect(303);
    filing::keys(&sender.get("/file/receipt").await.expect(200))
}

/// A browser of the resident on the case.
pub async fn resident(t: &TestApp, keys: &Keys) -> Client {
    let mut c = t.client();
    c.post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    c
}

/// Records that the trader was told of its newest notice.
pub async fn told(c: &mut Client, keys: &Keys) {
    told_on(c, keys, "2026-11-24").await;
}

/// The same on another day.
pub async fn told_on(c: &mut Client, keys: &Keys, day: &str) {
    let trader = c.get(&format!("/desk/cases/{}/trader", keys.0)).await;
    let notice = trader.expect(200).text();
    let notice = notice.split("<option value=\"").nth(1).unwrap();
    let notice = notice.split('"').next().unwrap().to_owned();
    let form = [
        ("notice", notice.as_str()),
        ("way", "letter"),
        ("day", day),
        ("note", "寄到店里，单号示例001"),
    ];
    act(c, keys, "tell-trader", &form).await.expect(303);
}
