//! Files handed in from outside: with the wizard's form, in pieces, on /track, with a trader's answer. Text is never lost,
//! limits hold, nobody reaches what is another's.

use crate::support::{
    TestApp,
    client::{Answer, Client, PARTS, parts},
    desk::signed_in,
    filing::{self, CONTACT, PROOF, with},
    proof::{heic, pdf, photo},
    steps::{Keys, act, filed, resident},
};
use axum::{body::Body, http::Method};
use minsheng::{
    kernel::access::Role,
    limits::Rate,
    receipts::{hex, sha256},
    web::upload::DROP,
};
use serde_json::Value;

/// The wizard up to the step with the files.
async fn at_proof(t: &TestApp) -> Client {
    let mut c = t.client();
    filing::fill(&mut c, "complaint", CONTACT).await;
    c
}

fn hash(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

/// Ids of the files on a page, in order.
fn ids(page: &str) -> Vec<String> {
    let parts = page.split("data-id=\"").skip(1);
    parts
        .map(|p| p.split('"').next().unwrap().to_owned())
        .collect()
}

async fn proof_page(c: &mut Client) -> String {
    c.get("/file/proof").await.expect(200).text()
}

/// Begins a file; its id.
async fn begin(c: &mut Client, root: &str, name: &str, size: usize) -> String {
    let size = size.to_string();
    let begun = c
        .post(
            &format!("{root}/upload"),
            &[("name", name), ("size", &size)],
        )
        .await
        .expect(200)
        .json();
    assert_eq!(begun["offset"], 0);
    begun["id"].as_str().unwrap().to_owned()
}

async fn piece(c: &mut Client, root: &str, id: &str, offset: usize, bytes: &[u8]) -> Answer {
    let path = format!("{root}/upload/{id}?offset={offset}");
    c.raw(
        Method::POST,
        &path,
        "application/octet-stream",
        bytes.to_vec(),
    )
    .await
}

/// A whole file in pieces.
async fn send(c: &mut Client, root: &str, name: &str, bytes: &[u8]) -> Value {
    let id = begin(c, root, name, bytes.len()).await;
    let half = bytes.len() / 2;
    let step = piece(c, root, &id, 0, &bytes[..half])
        .await
        .expect(200)
        .json();
    let at = usize::try_from(step["offset"].as_u64().unwrap()).unwrap();
    piece(c, root, &id, at, &bytes[at..])
        .await
        .expect(200)
        .json()
}

#[tokio::test]
async fn files_go_with_the_form_and_stand_on_check_page_and_receipt() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    let (first, second) = (photo(1), pdf());
    let files: [(&str, &[u8]); 2] = [("小票.jpg", &first), ("合同.pdf", &second)];
    let next = c.upload("/file/proof", PROOF, &files).await.expect(303);
    assert_eq!(next.location(), "/file/contact");
    let check = c.get("/file/check").await.expect(200);
    let text = check.text();
    assert!(
        text.contains("小票.jpg") && text.contains("合同.pdf"),
        "{text}"
    );
    let sent = [
        ("version", &*check.field("version")),
        ("files_seen", &*check.field("files_seen")),
    ];
    c.post("/file/check", &sent).await.expect(303);
    let receipt = c.get("/file/receipt").await.expect(200);
    let page = receipt.text();
    for (name, bytes) in &files {
        assert!(page.contains(name) && page.contains(&hash(bytes)), "{page}");
    }
    // the token says the same to anybody
    let token = page
        .split("MSR1.")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let checked = t
        .client()
        .post("/receipt/verify", &[("token", &format!("MSR1.{token}"))])
        .await
        .expect(200)
        .text();
    assert!(
        checked.contains("合同.pdf") && checked.contains(&hash(&second)),
        "{checked}"
    );
    // and the owner finds them again
    let keys = filing::keys(&receipt).remove(0);
    let mut owner = resident(&t, &keys).await;
    let case = owner.get("/track/case").await.expect(200).text();
    assert!(
        case.contains("小票.jpg") && case.contains(&hash(&first)),
        "{case}"
    );
}

#[tokio::test]
async fn a_refused_file_costs_no_text_and_the_others_stay() {
    let t = TestApp::with(|c| c.evidence.bytes = 200_000).await;
    let mut c = at_proof(&t).await;
    let typed = with(PROOF, &[("order_no", "订单 20261108-1")]);
    let (good, long) = (photo(1), vec![7; 3_000_000]);
    for (name, bytes, words) in [
        ("a.heic", heic(), "兼容性最佳"),
        ("b.mp4", long, "每个文件最多 196 KB"),
        ("c.svg", b"<svg onload=alert(1)>".to_vec(), "只收照片"),
        ("d.jpg", photo(3)[..photo(3).len() / 2].to_vec(), "不完整"),
        ("e.pdf", Vec::new(), "是空的"),
    ] {
        for path in ["/file/proof", "/file/files"] {
            let page = c.upload(path, &typed, &[(name, &bytes)]).await.expect(422);
            let page = page.text();
            assert!(page.contains(words), "{name}: {words}\n{page}");
            assert!(page.contains("错误：") && page.contains("订单 20261108-1"));
            assert_eq!(ids(&page).len(), 0, "{name} is not kept");
        }
    }
    let both: [(&str, &[u8]); 2] = [("a.heic", &heic()), ("好.jpg", &good)];
    let page = c
        .upload("/file/files", &typed, &both)
        .await
        .expect(422)
        .text();
    assert!(page.contains("好.jpg") && ids(&page).len() == 1, "{page}");
    // no file chosen: the browser sends an empty part
    c.upload("/file/proof", &typed, &[("", b"")])
        .await
        .expect(303);
    let page = proof_page(&mut c).await;
    assert!(page.contains("订单 20261108-1") && ids(&page).len() == 1);
    let drop = [(DROP, &*ids(&page)[0])];
    let gone = c
        .upload("/file/files", &with(&typed, &drop), &[])
        .await
        .expect(303);
    assert_eq!(gone.location(), "/file/proof#files");
    assert_eq!(ids(&proof_page(&mut c).await).len(), 0);
}

#[tokio::test]
async fn four_files_and_the_last_place_is_taken_once() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    let three = [photo(1), photo(2), photo(3)];
    let files: Vec<(&str, &[u8])> = three.iter().map(|p| ("a.jpg", &**p)).collect();
    c.upload("/file/files", PROOF, &files).await.expect(303);
    let race: Vec<_> = (10..16)
        .map(|n| {
            let mut c = c.clone();
            tokio::spawn(async move {
                c.upload("/file/files", PROOF, &[("b.jpg", &photo(n))])
                    .await
            })
        })
        .collect();
    let mut codes = Vec::new();
    for one in race {
        codes.push(one.await.unwrap().status.as_u16());
    }
    assert_eq!(codes.iter().filter(|c| **c == 303).count(), 1, "{codes:?}");
    let page = proof_page(&mut c).await;
    assert_eq!(ids(&page).len(), 4);
    assert!(
        !page.contains("type=\"file\""),
        "nothing more can be chosen\n{page}"
    );
    let page = c
        .upload("/file/proof", PROOF, &[("e.jpg", &photo(5))])
        .await;
    assert!(page.expect(422).text().contains("最多 4 个"));
    let size = [("name", "f.jpg"), ("size", "100")];
    let json = c.post("/file/upload", &size).await.expect(422).json();
    assert_eq!(json["code"], "too_many");
    assert!(json["message"].as_str().unwrap().contains("最多 4 个"));
}

#[tokio::test]
async fn a_file_in_pieces_goes_on_where_it_stopped() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    let bytes = crate::support::proof::photo_of(1, 640, 480);
    assert!(bytes.len() > 200_000, "several pieces: {}", bytes.len());
    let id = begin(&mut c, "/file", "大图.jpg", bytes.len()).await;
    // the line breaks after 100,000 bytes: what is whole stays
    let cut = futures_util::stream::iter([
        Ok(hyper::body::Bytes::copy_from_slice(&bytes[..100_000])),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    let path = format!("/file/upload/{id}?offset=0");
    let body = Body::from_stream(cut);
    c.raw(Method::POST, &path, "application/octet-stream", body)
        .await;
    let status = format!("/file/upload/{id}");
    let at = c.get(&status).await.expect(200).json()["offset"]
        .as_u64()
        .unwrap();
    assert_eq!(at, 65_536);
    let page = proof_page(&mut c).await;
    assert!(page.contains("没有传完"), "{page}");
    let check = c.get("/file/check").await.expect(200).text();
    assert!(check.contains("还没有传完"), "{check}");
    // from a wrong place nothing is taken, and the right one is told
    let told = piece(&mut c, "/file", &id, 70_000, &bytes[70_000..]).await;
    assert_eq!(told.expect(200).json()["offset"], at);
    let at = usize::try_from(at).unwrap();
    let whole = piece(&mut c, "/file", &id, at, &bytes[at..])
        .await
        .expect(200)
        .json();
    assert_eq!(whole["whole"], true);
    assert_eq!(whole["sha256"], hash(&bytes));
    assert_eq!(
        c.get(&status).await.expect(200).json()["sha256"],
        hash(&bytes)
    );
    // more than was announced is refused, and nothing stays
    let id = begin(&mut c, "/file", "b.jpg", 10).await;
    let json = piece(&mut c, "/file", &id, 0, &[1; 20])
        .await
        .expect(422)
        .json();
    assert_eq!(json["code"], "too_large");
    c.get(&format!("/file/upload/{id}")).await.expect(404);
    let json = c
        .post("/file/upload", &[("name", "c.mp4"), ("size", "9000000")])
        .await
        .expect(422)
        .json();
    assert!(json["message"].as_str().unwrap().contains("5 MB"), "{json}");
    let json = send(&mut c, "/file", "d.pdf", &pdf()).await;
    let gone = format!("/file/upload/{}/remove", json["id"].as_str().unwrap());
    c.post(&gone, &[]).await.expect(204);
    assert_eq!(ids(&proof_page(&mut c).await).len(), 1);
}

#[tokio::test]
async fn what_comes_in_while_the_filing_is_sent_is_asked_about() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    let check = c.get("/file/check").await.expect(200);
    let (version, seen) = (check.field("version"), check.field("files_seen"));
    send(&mut c, "/file", "晚到.jpg", &photo(1)).await;
    let form = [("version", &*version), ("files_seen", &*seen)];
    let page = c.post("/file/check", &form).await.expect(409);
    assert!(page.text().contains("晚到.jpg"), "the page is shown again");
    // a file that is half here is left behind, and goes nowhere after the sending
    let id = begin(&mut c, "/file", "半个.jpg", 200_000).await;
    let (version, seen) = (page.field("version"), page.field("files_seen"));
    let form = [("version", &*version), ("files_seen", &*seen)];
    c.post("/file/check", &form).await.expect(303);
    let late = piece(&mut c, "/file", &id, 0, &[1; 1000]).await.expect(404);
    assert_eq!(late.json()["code"], "gone");
    let page = c.get("/file/receipt").await.expect(200).text();
    assert!(
        page.contains("晚到.jpg") && !page.contains("半个.jpg"),
        "{page}"
    );
    // many at once, a file and the sending: never a case that names what it has not
    let mut c = at_proof(&t).await;
    let mut other = c.clone();
    let bytes = photo(2);
    let files: [(&str, &[u8]); 1] = [("a.jpg", &bytes)];
    let (sent, _) = tokio::join!(
        c.post("/file/check", &[]),
        other.upload("/file/files", PROOF, &files)
    );
    assert!(
        [303, 409].contains(&sent.status.as_u16()),
        "{}",
        sent.text()
    );
}

#[tokio::test]
async fn a_draft_that_is_gone_gives_the_text_back_and_takes_no_file() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    c.post("/file/discard", &[]).await.expect(303);
    let typed = with(PROOF, &[("order_no", "订单 7")]);
    for path in ["/file/files", "/file/proof"] {
        let page = c
            .upload(path, &typed, &[("a.jpg", &photo(1))])
            .await
            .expect(422);
        assert!(page.text().contains("订单 7"));
    }
    let size = [("name", "f.jpg"), ("size", "100")];
    assert_eq!(
        c.post("/file/upload", &size).await.expect(404).json()["code"],
        "gone"
    );
}

#[tokio::test]
async fn p19_a_limit_keeps_the_text_of_a_form_with_files() {
    let t = TestApp::with(|c| c.limits.upload = Rate::new(1, 1)).await;
    let mut c = at_proof(&t).await;
    let typed = with(PROOF, &[("order_no", "订单 429")]);
    c.upload("/file/files", &typed, &[("a.jpg", &photo(1))])
        .await
        .expect(303);
    let page = c
        .upload("/file/files", &typed, &[("b.jpg", &vec![0; 3_000_000])])
        .await;
    let page = page.expect(429).text();
    assert!(
        page.contains("订单 429") && page.contains("12315"),
        "{page}"
    );
}

#[tokio::test]
async fn broken_forms_with_files_are_a_4xx_and_take_nothing() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    let typed = with(PROOF, &[("order_no", "没坏")]);
    c.upload("/file/proof", &typed, &[]).await.expect(303);
    let whole = parts(&with(PROOF, &[("order_no", "坏了")]), &[]);
    let long = "很".repeat(50_000);
    for body in [
        Vec::new(),
        b"nonsense".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        [
            &b"------a-boundary-of-ours\r\nX: "[..],
            &vec![b'x'; 3_000_000],
        ]
        .concat(),
        parts(&[("order_no", &long)], &[]),
    ] {
        for path in [
            "/file/proof",
            "/file/files",
            "/track/files",
            "/respond/files",
        ] {
            let answer = c.raw(Method::POST, path, PARTS, body.clone()).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
    }
    assert!(
        proof_page(&mut c).await.contains("没坏"),
        "half a form wipes nothing"
    );
    // broken in the middle of a file: the text before it is whole, and kept
    let cut = parts(
        &with(PROOF, &[("order_no", "断在文件里")]),
        &[("a.jpg", &photo(1))],
    );
    let cut = cut[..cut.len() - 3000].to_vec();
    let page = c
        .raw(Method::POST, "/file/proof", PARTS, cut)
        .await
        .expect(422)
        .text();
    assert!(
        page.contains("断在文件里") && page.contains("不完整"),
        "{page}"
    );
}

/// Unread for the handler, as the desk's list says it.
async fn desk_page(t: &TestApp, login: &str, keys: &Keys) -> String {
    let mut desk = signed_in(t, login, Role::Handler, Some("market")).await;
    let path = format!("/desk/cases/{}", keys.0);
    desk.get(&path).await.expect(200).text()
}

#[tokio::test]
async fn more_proof_comes_to_a_case_by_its_owner_alone() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let mut owner = resident(&t, &keys).await;
    let none = owner
        .upload("/track/files", &[], &[("", b"")])
        .await
        .expect(422);
    assert!(none.text().contains("还没有选择文件"));
    let added = owner
        .upload(
            "/track/files",
            &[],
            &[("a.heic", &heic()), ("验货.jpg", &photo(4))],
        )
        .await
        .expect(422)
        .text();
    assert!(
        added.contains("兼容性最佳") && added.contains("1 个文件已经交上来"),
        "{added}"
    );
    let sent = owner
        .upload("/track/files", &[], &[("合同.pdf", &pdf())])
        .await
        .expect(303);
    assert_eq!(sent.location(), "/track/case?added=1#proofs");
    let json = send(&mut owner, "/track", "录像.jpg", &photo(6)).await;
    let page = owner.get("/track/case").await.expect(200).text();
    for bytes in [photo(4), pdf(), photo(6)] {
        assert!(page.contains(&hash(&bytes)), "{page}");
    }
    assert!(
        page.contains("您补充了一份凭证"),
        "the timeline says so\n{page}"
    );
    // what is proof of a case is not taken back
    let gone = format!("/track/upload/{}/remove", json["id"].as_str().unwrap());
    assert_eq!(
        owner.post(&gone, &[]).await.expect(409).json()["code"],
        "busy"
    );
    assert!(desk_page(&t, "reader", &keys).await.contains("补充凭证"));
    // another case's owner, and nobody
    let other = filed(&t, "complaint").await.remove(0);
    let mut other = resident(&t, &other).await;
    let id = begin(&mut owner, "/track", "半.jpg", 1000).await;
    for c in [&mut other, &mut t.client()] {
        for root in ["/track", "/file", "/respond"] {
            c.get(&format!("{root}/upload/{id}")).await.expect(404);
            piece(c, root, &id, 0, &[1; 10]).await.expect(404);
        }
        let page = c.get("/track/case").await;
        assert!(!page.text().contains("验货.jpg"));
    }
    let sent = t
        .client()
        .upload("/track/files", &[], &[("a.jpg", &photo(1))])
        .await
        .expect(303);
    assert_eq!(sent.location(), "/track");
    let page = owner.get("/track/case").await.expect(200).text();
    assert!(page.contains("没有传完") && page.contains("半.jpg"));
}

const ANSWER: &[(&str, &str)] = &[
    ("stance", "denies"),
    ("explanation", "师傅上门看过，是水压不够"),
    ("offers", "no"),
    ("person", "刘示店"),
    ("person_phone", "028-80000021"),
];

/// A trader's browser at an open invitation.
async fn invited(t: &TestApp, keys: &Keys) -> Client {
    let mut desk = signed_in(t, "inviter", Role::Handler, Some("market")).await;
    act(&mut desk, keys, "accept", &[]).await.expect(303);
    let wish = [
        ("due", "2026-12-01"),
        ("summary", "消费者称热水器漏水，要求退款"),
    ];
    let page = act(&mut desk, keys, "invite", &wish).await;
    let page = page.expect(200).text();
    let code = page.split("<dt>答复码</dt><dd class=\"num\">").nth(1);
    let code = code.unwrap().split('<').next().unwrap().to_owned();
    let mut trader = t.client();
    let form = [("number", &*keys.0), ("code", &*code)];
    trader.post("/respond", &form).await.expect(303);
    trader
}

#[tokio::test]
async fn a_trader_hands_in_files_with_its_answer() {
    let t = TestApp::new().await;
    let mut c = at_proof(&t).await;
    c.upload("/file/proof", PROOF, &[("居民的.jpg", &photo(1))])
        .await
        .expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&c.get("/file/receipt").await).remove(0);
    let mut trader = invited(&t, &keys).await;
    let page = trader.get("/respond/case").await.expect(200).text();
    assert!(
        !page.contains("居民的.jpg"),
        "the other side's files are not the trader's to see"
    );
    let page = trader
        .upload(
            "/respond/files",
            ANSWER,
            &[("检测.pdf", &pdf()), ("a.heic", &heic())],
        )
        .await
        .expect(422)
        .text();
    for words in ["检测.pdf", "兼容性最佳", "水压不够", "刘示店"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let check = trader
        .upload(
            "/respond/case",
            &with(ANSWER, &[("do", "check")]),
            &[("上门.jpg", &photo(2))],
        )
        .await
        .expect(200);
    let text = check.text();
    for words in ["检测.pdf", "上门.jpg", &hash(&photo(2))] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    // a file that came after the page was drawn is asked about
    let late = send(&mut trader, "/respond", "晚到.jpg", &photo(3)).await;
    let seen = check.field("files_seen");
    let form = with(ANSWER, &[("do", "send"), ("files_seen", &seen)]);
    let again = trader.post("/respond/case", &form).await.expect(409).text();
    assert!(again.contains("晚到.jpg"), "{again}");
    let drop = [(DROP, late["id"].as_str().unwrap())];
    let page = trader
        .post("/respond/files", &with(ANSWER, &drop))
        .await
        .expect(200)
        .text();
    assert!(page.contains("水压不够") && !page.contains("晚到.jpg"));
    trader.post("/respond/case", &form).await.expect(303);
    // a double click finds the receipt
    let twice = trader.post("/respond/case", &form).await.expect(303);
    assert_eq!(twice.location(), "/respond/receipt");
    let receipt = trader.get("/respond/receipt").await.expect(200).text();
    assert!(
        receipt.contains("检测.pdf") && receipt.contains(&hash(&pdf())),
        "{receipt}"
    );
    // used up: nothing more comes in
    let size = [("name", "f.jpg"), ("size", "100")];
    trader.post("/respond/upload", &size).await.expect(404);
    trader
        .upload("/respond/files", ANSWER, &[("g.jpg", &photo(9))])
        .await;
    // the complainant reads name and hash, and finds its own files alone among its proof
    let mut owner = resident(&t, &keys).await;
    let case = owner.get("/track/case").await.expect(200).text();
    assert!(
        case.contains("检测.pdf") && case.contains(&hash(&pdf())),
        "{case}"
    );
    assert!(
        case.contains("居民的.jpg") && !case.contains("g.jpg"),
        "{case}"
    );
    let proofs = case.split("id=\"proofs\"").nth(1).unwrap();
    let proofs = proofs.split("办到哪一步").next().unwrap();
    assert!(
        proofs.contains("居民的.jpg") && !proofs.contains("检测.pdf"),
        "{proofs}"
    );
}

#[tokio::test]
async fn r05_nothing_of_a_reports_files_is_for_the_trader() {
    let t = TestApp::new().await;
    let mut c = t.client();
    filing::fill(&mut c, "both", &with(CONTACT, &[("named", "anonymous")])).await;
    c.upload("/file/proof", PROOF, &[("店里拍的.jpg", &photo(1))])
        .await
        .expect(303);
    c.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&c.get("/file/receipt").await);
    assert_eq!(keys.len(), 2);
    let mut reporter = resident(&t, &keys[1]).await;
    reporter
        .upload("/track/files", &[], &[("举报的.jpg", &photo(2))])
        .await
        .expect(303);
    // both cases have the file of the filing, the later one belongs to the report alone
    let report = reporter.get("/track/case").await.expect(200).text();
    assert!(report.contains("店里拍的.jpg") && report.contains("举报的.jpg"));
    let mut owner = resident(&t, &keys[0]).await;
    let complaint = owner.get("/track/case").await.expect(200).text();
    assert!(complaint.contains("店里拍的.jpg") && !complaint.contains("举报的.jpg"));
    let mut trader = invited(&t, &keys[0]).await;
    let sent = trader
        .post("/respond/case", &with(ANSWER, &[("do", "check")]))
        .await
        .expect(200);
    for page in [
        trader.get("/respond/case").await.expect(200).text(),
        sent.text(),
    ] {
        for words in ["店里拍的", "举报的", &hash(&photo(1)), &hash(&photo(2))] {
            assert!(!page.contains(words), "{words}\n{page}");
        }
    }
}
