//! Guards: limits that keep the right, headers, forged origins, wrong methods, broken input, a database that is away.

use crate::support::{
    TestApp,
    client::form,
    filing::{START, WHAT, WHOM},
};
use axum::http::Method;
use minsheng::{limits::Rate, web::routes::ROUTES};

#[tokio::test]
async fn p19_a_limit_says_when_names_the_hotlines_and_keeps_what_was_typed() {
    let t = TestApp::with(|c| c.limits.draft = Rate::new(1, 2)).await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    c.post("/file/whom", WHOM).await.expect(303);
    let limited = c.post("/file/what", WHAT).await.expect(429);
    assert!(
        limited.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            >= 1
    );
    let page = limited.text();
    for words in ["12315", "12345", "联系三次都说等师傅", "再试一次"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    // another network is not touched
    let mut other = t.client();
    other
        .extra
        .push(("x-forwarded-for".into(), "198.51.100.7".into()));
    other.post("/file", START).await.expect(303);
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_that_keeps_the_form() {
    let t = TestApp::with(|c| {
        c.database_connections = 1;
    })
    .await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    t.app.store.close().await;
    let away = c.post("/file/whom", WHOM).await.expect(503);
    assert!(away.headers.contains_key("retry-after"));
    assert!(
        away.text().contains("成都示例电器有限公司华阳店"),
        "what was typed is in the form"
    );
    c.get("/readyz").await.expect(503);
    c.get("/healthz").await.expect(200);
    c.get("/").await.expect(200);
}

#[tokio::test]
async fn every_page_carries_strict_headers() {
    let t = TestApp::new().await;
    for path in ["/", "/file", "/track", "/guide", "/desk/login", "/nonsense"] {
        let answer = t.client().get(path).await;
        let csp = answer.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            csp.starts_with("default-src 'none'") && !csp.contains("unsafe-inline"),
            "{path}: {csp}"
        );
        let nonce = csp
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(
            answer.text().contains(&format!("nonce=\"{nonce}\"")),
            "{path}"
        );
        assert!(
            !answer.text().contains("style=\"") && !answer.text().contains("<style"),
            "{path} has inline style"
        );
        for header in [
            "x-content-type-options",
            "referrer-policy",
            "x-frame-options",
            "permissions-policy",
            "x-request-id",
        ] {
            assert!(answer.headers.contains_key(header), "{path}: {header}");
        }
    }
}

#[tokio::test]
async fn a_forged_origin_is_refused_on_every_post() {
    let t = TestApp::new().await;
    for route in ROUTES
        .iter()
        .filter(|r| r.method == "POST" && !r.path.starts_with("/api"))
    {
        let mut c = t.client();
        c.extra
            .push(("origin".into(), "https://evil.example".into()));
        c.extra.push(("host".into(), "portal.example".into()));
        let path = route
            .path
            .replace("{step}", "whom")
            .replace("{number}", "TS-2611-00001-9");
        c.raw(
            Method::POST,
            &path,
            "application/x-www-form-urlencoded",
            "a=1",
        )
        .await
        .expect(403);
    }
}

#[tokio::test]
async fn broken_input_is_a_4xx_everywhere() {
    let t = TestApp::with(|c| {
        c.limits.login = Rate::new(60_000, 1000);
        c.limits.page = Rate::new(600_000, 10_000);
        c.limits.message = Rate::new(60_000, 1000);
    })
    .await;
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    let broken: &[&[u8]] = &[
        b"\xff\xfe%zz=%",
        b"story=%ff%fe",
        b"=",
        b"&&&&",
        b"way=%00",
        &[b'a'; 300_000],
    ];
    for route in ROUTES.iter().filter(|r| r.method == "POST") {
        let path = route
            .path
            .replace("{step}", "what")
            .replace("{number}", "TS-2611-00001-9");
        for body in broken {
            let answer = c
                .clone()
                .raw(
                    Method::POST,
                    &path,
                    "application/x-www-form-urlencoded",
                    body.to_vec(),
                )
                .await;
            assert!(
                answer.status.as_u16() < 500,
                "{path} {:?}: {}",
                &body[..body.len().min(20)],
                answer.status
            );
        }
        let wrong = c.clone().raw(Method::DELETE, &path, "text/plain", "").await;
        let gated = matches!(wrong.status.as_u16(), 303 | 401);
        assert!(wrong.status == 405 || gated, "{path}: {}", wrong.status);
    }
    for path in [
        "/file/nonsense",
        "/desk/cases/%ff",
        "/static/../Cargo.toml",
        "/static/%2e%2e%2fCargo.toml",
        "/guide/x",
    ] {
        let answer = c.get(path).await;
        assert!(
            answer.status.is_client_error() || answer.status.is_redirection(),
            "{path}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_has_our_page_or_a_problem() {
    let t = TestApp::new().await;
    let mut c = t.client();
    for path in ["/guide/%FF", "/static/%ff", "/file/%C0%80"] {
        let answer = c.get(path).await.expect(400);
        let kind = answer.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/html"), "{path}: {kind}");
        let page = answer.text();
        assert!(
            page.contains("读不出来") && page.contains("回首页"),
            "{path}: {page}"
        );
        assert!(!page.contains("UTF-8"), "{path}: no words of the framework");
    }
    // the API reads its path itself: to it this is a number with a wrong shape
    let answer = c.get("/api/v1/cases/%FF").await.expect(422);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let kind = "application/x-www-form-urlencoded";
    let page = c
        .raw(Method::POST, "/file", kind, vec![b'a'; 300_000])
        .await
        .text();
    assert!(
        page.contains("回首页") && !page.contains("length limit"),
        "{page}"
    );
}

#[tokio::test]
async fn the_senior_switch_goes_back_to_our_own_pages_only() {
    let t = TestApp::new().await;
    let mut c = t.client();
    assert_eq!(
        c.post("/senior", &[("back", "/track")])
            .await
            .expect(303)
            .location(),
        "/track"
    );
    assert!(c.get("/track").await.text().contains("class=\"senior\""));
    for evil in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        assert_eq!(
            c.post("/senior", &[("back", evil)])
                .await
                .expect(303)
                .location(),
            "/",
            "{evil}"
        );
    }
}

#[tokio::test]
async fn nothing_personal_is_stored_in_clear() {
    use crate::support::filing::{self, CONTACT};
    let t = TestApp::new().await;
    filing::file(&mut t.client(), "complaint", CONTACT).await;
    let dump = crate::support::database::everything(&t.app).await;
    assert!(dump.contains("成都示例电器"), "the dump is not empty");
    for secret in ["13800138000", "138 0013 8000", "张示例", "示例小区2栋"] {
        assert!(
            !dump.contains(secret),
            "{secret} stands in the database in clear"
        );
    }
    let _ = form(&[]);
}
