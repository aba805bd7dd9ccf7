//! What a page weighs on the way to a phone with a slow line: HTML, stylesheet and script as they are sent.

use crate::support::{
    TestApp,
    client::Client,
    filing::{self, CONTACT, with},
};

/// Bytes of one page with what it loads, on a first visit.
async fn bytes(c: &mut Client, path: &str) -> usize {
    let page = c.get(path).await;
    let mut plain = c.clone();
    plain.extra.clear();
    let text = plain.get(path).await.text();
    let mut sum = page.bytes.len();
    for part in text.split("/static/").skip(1) {
        let name = format!("/static/{}", part.split('"').next().unwrap());
        let file = c.get(&name).await.expect(200);
        let packed = file.headers.get("content-encoding").is_some();
        assert!(
            packed || file.bytes.len() < 1000,
            "{name} is not compressed"
        );
        sum += file.bytes.len();
    }
    sum
}

#[tokio::test]
async fn a_page_is_light_enough_for_a_slow_line() {
    let t = TestApp::new().await;
    let mut c = t.client();
    c.extra.push(("accept-encoding".into(), "gzip".into()));
    let first = bytes(&mut c, "/").await;
    assert!(first < 30_000, "the first page weighs {first} bytes");
    let mut all = vec![("/".to_owned(), first)];
    for path in [
        "/guide",
        "/privacy",
        "/accessibility",
        "/file",
        "/file/resume",
        "/track",
        "/receipt/verify",
        "/api",
        "/none",
    ] {
        all.push((path.to_owned(), bytes(&mut c, path).await));
    }
    let contact = with(CONTACT, &[("named", "named")]);
    let mut filer = c.clone();
    filing::fill(&mut filer, "both", &contact).await;
    for path in [
        "/file/whom",
        "/file/what",
        "/file/proof",
        "/file/contact",
        "/file/check",
    ] {
        all.push((path.to_owned(), bytes(&mut filer, path).await));
    }
    filer.post("/file/check", &[]).await.expect(303);
    all.push((
        "/file/receipt".into(),
        bytes(&mut filer, "/file/receipt").await,
    ));
    let mut plain = filer.clone();
    plain.extra.clear();
    let keys = filing::keys(&plain.get("/file/receipt").await);
    filer
        .post("/track", &[("number", &keys[0].0), ("code", &keys[0].1)])
        .await
        .expect(303);
    all.push(("/track/case".into(), bytes(&mut filer, "/track/case").await));
    let heavy: Vec<_> = all.iter().filter(|(_, n)| *n >= 60_000).collect();
    assert!(heavy.is_empty(), "{heavy:?} of {all:?}");
}
