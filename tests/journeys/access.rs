//! Every route with every role against a committed table: who gets in, who is sent to sign in, for whom the page does
//! not exist.

use crate::support::{
    TestApp,
    desk::signed_in,
    filing::{self, CONTACT, with},
};
use axum::http::Method;
use minsheng::{
    kernel::access::Role,
    limits::{Quotas, Rate},
    signals::Cause,
    store::{alerts::alert_insert, case},
    web::routes::ROUTES,
};

#[tokio::test]
async fn every_route_for_every_role() {
    // one address makes all of these requests
    let t = TestApp::with(|c| {
        let many = Rate::new(600_000, 10_000);
        c.limits = Quotas {
            page: many,
            draft: many,
            submit: many,
            track: many,
            login: many,
            api: many,
            upload: many,
            receipt: many,
            message: many,
            ..Quotas::default()
        };
    })
    .await;
    let contact = with(CONTACT, &[("named", "named")]);
    let keys = filing::keys(&filing::file(&mut t.client(), "both", &contact).await);
    let alert = t.app.ids.next();
    {
        let mut conn = t.app.store.conn().await.unwrap();
        let case = case::case(&mut conn, &keys[0].0).await.unwrap().unwrap();
        alert_insert(
            &mut conn,
            alert,
            case.id.0,
            case.department,
            Cause::Injury,
            t.app.now(),
        )
        .await
        .unwrap();
    }
    let mut people = vec![("nobody", t.client())];
    for role in Role::ALL.iter().copied() {
        let department = matches!(role, Role::Handler | Role::Supervisor).then_some("market");
        people.push((
            role.code(),
            signed_in(&t, role.code(), role, department).await,
        ));
    }
    let mut table = String::new();
    for route in ROUTES {
        // only a report has a reporter
        let case = usize::from(route.path.contains("/reporter"));
        let id = if route.path.starts_with("/desk/alerts") {
            alert.to_string()
        } else {
            "0.pdf".to_owned()
        };
        let path = route
            .path
            .replace("{number}", &keys[case].0)
            .replace("{step}", "whom")
            .replace("{code}", "petition")
            .replace("{id}", &id)
            .replace("{name}", "app.css");
        let mut line = format!("{:4} {:34}", route.method, route.path);
        for (who, client) in &people {
            // a browser of its own each time: signing out must not end the next one's session
            let mut client = client.clone();
            let leaves = path.ends_with("/logout");
            let answer = if leaves && *who != "nobody" {
                line.push_str(&format!(" {who}:yes"));
                continue;
            } else if route.method == "GET" {
                client.get(&path).await
            } else {
                client
                    .raw(
                        Method::POST,
                        &path,
                        "application/x-www-form-urlencoded",
                        "x=1",
                    )
                    .await
            };
            assert!(
                answer.status.as_u16() < 500,
                "{} {path} as {who}: {}",
                route.method,
                answer.status
            );
            assert_ne!(answer.status.as_u16(), 429, "a limit hides who may come");
            let verdict = match (answer.status.as_u16(), answer.location()) {
                (303, "/desk/login") => "login",
                (401, _) => "token",
                (404, _) => "404",
                _ => "yes",
            };
            line.push_str(&format!(" {who}:{verdict}"));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/access.txt");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed != table {
        std::fs::write(format!("{path}.new"), &table).unwrap();
        panic!("the table of access changed; compare tests/access.txt with tests/access.txt.new");
    }
}
