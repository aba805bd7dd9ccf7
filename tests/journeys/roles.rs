//! Roles: each begins its day on a page of its own, and is shown only what it may open.

use crate::support::{TestApp, desk::signed_in};
use minsheng::kernel::access::Role;

/// Addresses of the navigation.
fn menu(page: &str) -> Vec<String> {
    let nav = page.split("<nav").nth(1).unwrap();
    let nav = nav.split("</nav>").next().unwrap();
    nav.split("href=\"")
        .skip(1)
        .map(|s| s.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn each_role_begins_where_its_work_is_and_sees_nothing_else() {
    let t = TestApp::new().await;
    for role in Role::ALL.iter().copied() {
        let department = role.has_department().then_some("market");
        let mut c = signed_in(&t, role.code(), role, department).await;
        let mut page = c.get("/desk").await;
        if page.status == 303 {
            page = c.get(page.location()).await;
        }
        let page = page.expect(200).text();
        let links = menu(&page);
        assert!(
            links.last().unwrap() == "/desk/sessions",
            "{role} {links:?}"
        );
        for link in links {
            let answer = c.get(&link).await;
            assert!(matches!(answer.status.as_u16(), 200 | 303), "{role} {link}");
        }
        if matches!(role, Role::Discloser | Role::Reward | Role::Finance) {
            assert!(page.contains("还没有开通") && page.contains(role.label()));
            c.get("/desk/cases").await.expect(404);
        }
    }
}
