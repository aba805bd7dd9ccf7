//! Files from the moment they come to the moment their bytes go: sealed as they come, copies without what a photo says of
//! itself, the original with a reason, quarantine until somebody looked, storage and database made one.

use crate::support::{
    TestApp,
    client::{Answer, Client},
    desk::{csrf, signed_in},
    files,
    filing::with,
    steps::{Keys, filed, people},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use futures_util::{StreamExt, stream};
use minsheng::{
    evidence::{
        HolderKind, Part, Refusal, Stage, Uploader,
        flow::{self, Sender, Step},
    },
    jobs::queue,
    kernel::{CaseId, access::Role},
    outside::{
        SendError,
        scan::{Content, Looking, Scanner, Verdict},
    },
    privacy::vault::PIECE,
    receipts::{hex, sha256},
    store::evidence as rows,
};
use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What the scanner of a test says.
#[derive(Clone, Default)]
struct Says(Arc<Mutex<Option<Verdict>>>);

impl Says {
    fn now(&self, verdict: Option<Verdict>) {
        *self.0.lock().unwrap() = verdict;
    }
}

impl Scanner for Says {
    fn scan<'a>(&'a self, content: Content) -> Looking<'a> {
        Box::pin(async move {
            let all: Vec<_> = content.collect().await;
            assert!(all.iter().all(Result::is_ok));
            let says = self.0.lock().unwrap().clone();
            says.ok_or_else(|| SendError::Later("away".into()))
        })
    }

    fn version<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<String, SendError>> + Send + 'a>> {
        Box::pin(async { Ok("a test".to_owned()) })
    }
}

/// A file by machine, to the case.
async fn hand_in(t: &TestApp, keys: &Keys, name: &str, bytes: &[u8]) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/cases/{}/evidence", keys.0))
        .header("x-query-code", &keys.1)
        .header("x-file-name", name)
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    t.client().send(request).await
}

async fn work(t: &TestApp) {
    while queue::pass(&t.app).await.unwrap() > 0 {}
}

async fn file(t: &TestApp, id: Uuid) -> rows::File {
    let mut conn = t.app.store.conn().await.unwrap();
    rows::file(&mut conn, id).await.unwrap().unwrap()
}

async fn case_of(t: &TestApp, keys: &Keys) -> CaseId {
    let mut conn = t.app.store.conn().await.unwrap();
    minsheng::store::case::case(&mut conn, &keys.0)
        .await
        .unwrap()
        .unwrap()
        .id
}

fn at(keys: &Keys, id: Uuid, rest: &str) -> String {
    format!("/desk/cases/{}/evidence/{}{rest}", keys.0, id.simple())
}

fn id_of(answer: &Answer) -> Uuid {
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn press(c: &mut Client, path: &str, reason: &str) -> Answer {
    let token = csrf();
    c.post(path, &with(&[("csrf", &token)], &[("reason", reason)]))
        .await
}

async fn lines(t: &TestApp, act: &str) -> i64 {
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE act = ?")
        .bind(act)
        .fetch_one(&mut *conn)
        .await
        .unwrap()
}

fn content(
    bytes: &[u8],
) -> impl futures_util::Stream<Item = Result<axum::body::Bytes, Infallible>> + use<> {
    let parts: Vec<_> = bytes
        .chunks(7000)
        .map(|c| Ok(axum::body::Bytes::copy_from_slice(c)))
        .collect();
    stream::iter(parts)
}

fn draft_of(holder: Uuid) -> Sender {
    Sender {
        kind: HolderKind::Draft,
        holder,
        uploader: Uploader::Resident,
        staff: None,
    }
}

async fn draft(t: &TestApp) -> Sender {
    let open = minsheng::intake::flow::draft_start(&t.app, minsheng::intake::Answers::default())
        .await
        .unwrap();
    draft_of(open.key.id)
}

#[tokio::test]
async fn a_photo_is_shown_without_its_place_and_the_original_is_the_same_bytes() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let photo = files::photo(640, 480, 6);
    assert!(photo.windows(4).any(|w| w == b"Exif"));
    let taken = hand_in(&t, &keys, "%E5%B0%8F%E7%A5%A8.jpg", &photo)
        .await
        .expect(201);
    assert_eq!(taken.json()["sha256"], hex(&sha256(&photo)));
    assert_eq!(taken.json()["name"], "小票.jpg");
    let again = hand_in(&t, &keys, "other.jpg", &photo).await.expect(201);
    assert_eq!(
        id_of(&again),
        id_of(&taken),
        "the same bytes are the same file"
    );
    let id = id_of(&taken);
    // no plain byte lies in the storage
    let stored = std::fs::read_dir(t.app.config.evidence_dir.join("objects")).unwrap();
    for shard in stored {
        for object in std::fs::read_dir(shard.unwrap().path()).unwrap() {
            let bytes = std::fs::read(object.unwrap().path()).unwrap();
            assert!(!bytes.windows(4).any(|w| w == b"Exif"));
        }
    }
    work(&t).await;
    let (mut handler, _) = people(&t).await;
    let page = handler
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("小票.jpg") && page.contains("拍摄地点"),
        "{page}"
    );
    let clean = handler.get(&at(&keys, id, "/clean")).await.expect(200);
    assert_eq!(clean.headers["content-type"], "image/jpeg");
    assert!(
        clean.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    assert!(
        !clean
            .bytes
            .windows(4)
            .any(|w| w == b"Exif" || w == b"GPS\0")
    );
    handler.get(&at(&keys, id, "/thumb")).await.expect(200);
    handler.get(&at(&keys, id, "/original")).await.expect(405);
    // nobody looked for malware here: the original waits for two persons, a picture drawn anew does not
    let refused = press(&mut handler, &at(&keys, id, "/original"), "核对真伪")
        .await
        .expect(409);
    assert!(refused.text().contains("隔离"));
}

#[tokio::test]
async fn the_original_opens_after_a_look_for_malware_with_a_reason_that_stays() {
    let mut t = TestApp::new().await;
    let says = Says::default();
    let scanner: Arc<dyn Scanner> = Arc::new(says.clone());
    t.app = t.app.with(|p| p.scanner = Some(scanner));
    t.router = minsheng::web::router(&t.app);
    let keys = filed(&t, "complaint").await.remove(0);
    let photo = files::photo(320, 240, 1);
    let id = id_of(&hand_in(&t, &keys, "a.jpg", &photo).await.expect(201));
    work(&t).await;
    let (mut handler, mut head) = people(&t).await;
    // without an answer everything is closed, the filing is not lost
    handler.get(&at(&keys, id, "/thumb")).await.expect(404);
    handler.get(&at(&keys, id, "/clean")).await.expect(404);
    press(&mut handler, &at(&keys, id, "/original"), "核对真伪")
        .await
        .expect(409);

    says.now(Some(Verdict::Clean));
    flow::make(&t.app, id).await.unwrap();
    handler.get(&at(&keys, id, "/thumb")).await.expect(200);
    press(&mut handler, &at(&keys, id, "/original"), "看")
        .await
        .expect(422);
    assert_eq!(lines(&t, "evidence_original").await, 0);
    let original = press(&mut handler, &at(&keys, id, "/original"), "送检前核对原图")
        .await
        .expect(200);
    assert_eq!(original.bytes, photo);
    assert_eq!(original.headers["content-type"], "application/octet-stream");
    assert!(
        original.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(lines(&t, "evidence_original").await, 1);
    let page = head.get(&at(&keys, id, "")).await.expect(200).text();
    assert!(page.contains("打开原件：送检前核对原图"), "{page}");
    // of another department: not even that it is there
    let mut other = signed_in(&t, "other", Role::Handler, Some("construction")).await;
    for rest in ["", "/clean", "/thumb"] {
        other.get(&at(&keys, id, rest)).await.expect(404);
    }
    press(&mut other, &at(&keys, id, "/original"), "送检前核对原图")
        .await
        .expect(404);
    let stranger = filed(&t, "complaint").await.remove(0);
    handler.get(&at(&stranger, id, "/clean")).await.expect(404);
}

#[tokio::test]
async fn what_was_found_stays_closed_until_two_persons_let_it_out() {
    let mut t = TestApp::new().await;
    let says = Says::default();
    says.now(Some(Verdict::Found("Test-Signature".into())));
    let scanner: Arc<dyn Scanner> = Arc::new(says);
    t.app = t.app.with(|p| p.scanner = Some(scanner));
    t.router = minsheng::web::router(&t.app);
    let keys = filed(&t, "complaint").await.remove(0);
    let id = id_of(
        &hand_in(&t, &keys, "a.png", &files::png(40, 30))
            .await
            .expect(201),
    );
    work(&t).await;
    let (mut handler, mut head) = people(&t).await;
    let page = handler.get(&at(&keys, id, "")).await.expect(200).text();
    assert!(
        page.contains("Test-Signature") && page.contains("已隔离"),
        "{page}"
    );
    handler.get(&at(&keys, id, "/clean")).await.expect(404);
    press(&mut handler, &at(&keys, id, "/release-grant"), "")
        .await
        .expect(409);
    press(&mut handler, &at(&keys, id, "/release"), "误报，厂家已确认")
        .await
        .expect(303);
    press(&mut handler, &at(&keys, id, "/release"), "再申请一次试试")
        .await
        .expect(409);
    let own = press(&mut handler, &at(&keys, id, "/release-grant"), "")
        .await
        .expect(409);
    assert!(own.text().contains("另一位同事"));
    press(&mut head, &at(&keys, id, "/release-deny"), "")
        .await
        .expect(303);
    handler.get(&at(&keys, id, "/clean")).await.expect(404);
    press(&mut handler, &at(&keys, id, "/release"), "误报，厂家已确认")
        .await
        .expect(303);
    press(&mut head, &at(&keys, id, "/release-grant"), "")
        .await
        .expect(303);
    press(&mut head, &at(&keys, id, "/release-grant"), "")
        .await
        .expect(409);
    handler.get(&at(&keys, id, "/clean")).await.expect(200);
    let acts = [
        ("evidence_release_ask", 2),
        ("evidence_release_deny", 1),
        ("evidence_release", 1),
    ];
    for (act, times) in acts {
        assert_eq!(lines(&t, act).await, times, "{act}");
    }
    // a later look does not close again what two persons let out
    flow::make(&t.app, id).await.unwrap();
    handler.get(&at(&keys, id, "/clean")).await.expect(200);
}

#[tokio::test]
async fn r05_a_reporters_file_has_a_neutral_name_and_a_closed_original() {
    let mut t = TestApp::new().await;
    let says = Says::default();
    says.now(Some(Verdict::Clean));
    let scanner: Arc<dyn Scanner> = Arc::new(says);
    t.app = t.app.with(|p| p.scanner = Some(scanner));
    t.router = minsheng::web::router(&t.app);
    let keys = filed(&t, "report").await.remove(0);
    let photo = files::photo(320, 240, 1);
    let name = "%E5%BC%A0%E4%B8%89%E7%9A%84%E5%B7%A5%E7%89%8C.jpg";
    let id = id_of(&hand_in(&t, &keys, name, &photo).await.expect(201));
    work(&t).await;
    let (mut handler, _) = people(&t).await;
    let page = handler.get(&at(&keys, id, "")).await.expect(200).text();
    assert!(
        page.contains("凭证1.jpg") && !page.contains("张三"),
        "{page}"
    );
    assert!(!page.contains("拍摄设备"));
    let refused = press(&mut handler, &at(&keys, id, "/original"), "核对原图真伪")
        .await
        .expect(409);
    assert!(refused.text().contains("举报人身份"));
    assert_eq!(lines(&t, "evidence_original").await, 0);
}

#[tokio::test]
async fn a_broken_upload_goes_on_from_where_it_stopped() {
    let t = TestApp::new().await;
    let sender = draft(&t).await;
    let bytes = files::png_with_text(&files::png(700, 500), &"长".repeat(80_000));
    assert!(bytes.len() > 3 * PIECE, "{}", bytes.len());
    let begun = flow::begin(&t.app, &sender, "截图.png", bytes.len() as u64)
        .await
        .unwrap()
        .unwrap();
    let cut = 2 * PIECE + 500;
    let first = flow::append(&t.app, &sender, begun.id, 0, content(&bytes[..cut]))
        .await
        .unwrap();
    assert_eq!(first, Ok(Step::Offset(2 * PIECE as u64)));
    assert_eq!(
        flow::progress(&t.app, &sender, begun.id).await.unwrap(),
        Step::Offset(2 * PIECE as u64)
    );
    // from a wrong place nothing is taken, and the right one is said
    let wrong = flow::append(&t.app, &sender, begun.id, 5, content(&bytes[5..]))
        .await
        .unwrap();
    assert_eq!(wrong, Ok(Step::Offset(2 * PIECE as u64)));
    // another draft does not know it
    let other = draft(&t).await;
    assert!(flow::progress(&t.app, &other, begun.id).await.is_err());
    let rest = flow::append(
        &t.app,
        &sender,
        begun.id,
        2 * PIECE as u64,
        content(&bytes[2 * PIECE..]),
    )
    .await;
    let Ok(Ok(Step::Whole(taken))) = rest else {
        panic!("{rest:?}")
    };
    assert_eq!(taken.sha256, sha256(&bytes));
    let held = flow::held(&t.app, sender.holder).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].name, "截图.png");
}

#[tokio::test]
async fn a_filing_takes_four_files_and_a_race_for_the_last_place_has_one_winner() {
    let t = TestApp::new().await;
    let sender = draft(&t).await;
    for n in 0..3 {
        let file = files::png(20 + n, 20);
        flow::whole(&t.app, &sender, "a.png", content(&file))
            .await
            .unwrap()
            .unwrap();
    }
    let (a, b) = (files::png(50, 20), files::png(51, 20));
    let (a, b) = tokio::join!(
        flow::whole(&t.app, &sender, "a.png", content(&a)),
        flow::whole(&t.app, &sender, "b.png", content(&b)),
    );
    let refused: Vec<_> = [a.unwrap(), b.unwrap()]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    assert_eq!(refused, [Refusal::TooMany]);
    // one is taken back: its bytes go, and there is a place again
    let held = flow::held(&t.app, sender.holder).await.unwrap();
    flow::remove(&t.app, &sender, held[1].id).await.unwrap();
    assert!(!t.app.blobs.has(held[1].id, "original").await.unwrap());
    let file = files::png(60, 20);
    flow::whole(&t.app, &sender, "c.png", content(&file))
        .await
        .unwrap()
        .unwrap();
    let long = vec![7_u8; usize::try_from(t.app.config.evidence.bytes).unwrap() + 1];
    let sender = draft(&t).await;
    let refused = flow::whole(&t.app, &sender, "long.bin", content(&long))
        .await
        .unwrap();
    assert_eq!(refused, Err(Refusal::TooLarge));
    let refused = flow::whole(&t.app, &sender, "none", content(&[]))
        .await
        .unwrap();
    assert_eq!(refused, Err(Refusal::Empty));
    let incoming = std::fs::read_dir(t.app.config.evidence_dir.join("incoming")).unwrap();
    assert_eq!(incoming.count(), 0, "a refused file leaves nothing");
}

#[tokio::test]
async fn the_sweep_makes_storage_and_database_one() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let kept = id_of(
        &hand_in(&t, &keys, "a.png", &files::png(40, 30))
            .await
            .expect(201),
    );
    let lost = id_of(
        &hand_in(&t, &keys, "b.png", &files::png(41, 30))
            .await
            .expect(201),
    );
    work(&t).await;
    let orphan = Uuid::from_u128(0xdead);
    t.app
        .blobs
        .put(orphan, "original", b"nobody's".to_vec())
        .await
        .unwrap();
    std::fs::write(t.app.blobs.incoming(orphan), b"half").unwrap();
    t.app.blobs.remove(lost, "original").await.unwrap();
    let disk = OffsetDateTime::from(std::time::SystemTime::now());
    // young ones may belong to a row that is just being written
    let young = flow::sweep(&t.app, disk).await.unwrap();
    assert_eq!((young.orphans, young.missing.as_slice()), (0, &[lost][..]));
    let later = disk + Duration::hours(2);
    let swept = flow::sweep(&t.app, later).await.unwrap();
    assert_eq!((swept.orphans, swept.missing.as_slice()), (1, &[lost][..]));
    assert!(!t.app.blobs.incoming(orphan).exists());
    assert!(t.app.blobs.has(kept, "original").await.unwrap());
    let again = flow::sweep(&t.app, later).await.unwrap();
    assert_eq!(again.orphans, 0);
}

#[tokio::test]
async fn p12_what_nobody_handed_in_goes_after_seven_days_and_a_closed_case_keeps_its_years() {
    let t = TestApp::new().await;
    let sender = draft(&t).await;
    let bytes = files::png(40, 30);
    let left = flow::whole(&t.app, &sender, "a.png", content(&bytes))
        .await
        .unwrap()
        .unwrap();
    let mut conn = t.app.store.conn().await.unwrap();
    sqlx::query("DELETE FROM draft WHERE id = ?")
        .bind(sender.holder)
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(flow::light(&t.app).await.unwrap().abandoned, 0);
    let keys = filed(&t, "complaint").await.remove(0);
    let kept = id_of(&hand_in(&t, &keys, "b.png", &bytes).await.expect(201));
    let later = |days: i64| {
        t.app.under(minsheng::kernel::clock::Clock::fixed(
            t.app.now() + Duration::days(days),
        ))
    };
    assert_eq!(flow::light(&later(8)).await.unwrap().abandoned, 1);
    assert!(!t.app.blobs.has(left.id, "original").await.unwrap());

    // withdrawn before acceptance: three years
    let mut c = crate::support::steps::resident(&t, &keys).await;
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
    let disk = OffsetDateTime::from(std::time::SystemTime::now());
    assert_eq!(flow::sweep(&later(3 * 365), disk).await.unwrap().expired, 0);
    assert!(t.app.blobs.has(kept, "original").await.unwrap());
    assert_eq!(
        flow::sweep(&later(3 * 366 + 1), disk)
            .await
            .unwrap()
            .expired,
        1
    );
    assert!(!t.app.blobs.has(kept, "original").await.unwrap());
    let file = file(&t, kept).await;
    assert_eq!(file.stage, Stage::Removed);
    assert!(
        file.secret.is_empty() && file.sha256.is_some(),
        "the hash stays, key and name go"
    );
}

#[tokio::test]
async fn a_story_of_two_cases_has_its_files_in_both_and_its_receipts_name_them() {
    let t = TestApp::new().await;
    let mut sender = t.client();
    let contact = with(crate::support::filing::CONTACT, &[("named", "named")]);
    crate::support::filing::fill(&mut sender, "both", &contact).await;
    let holder = {
        let mut conn = t.app.store.conn().await.unwrap();
        sqlx::query_scalar::<_, Uuid>("SELECT id FROM draft")
            .fetch_one(&mut *conn)
            .await
            .unwrap()
    };
    let bytes = files::jpeg(80, 60);
    flow::whole(&t.app, &draft_of(holder), "收据.jpg", content(&bytes))
        .await
        .unwrap()
        .unwrap();
    sender.post("/file/check", &[]).await.expect(303);
    let page = sender.get("/file/receipt").await.expect(200);
    let cases = crate::support::filing::keys(&page);
    assert_eq!(cases.len(), 2);
    for keys in &cases {
        let case = case_of(&t, keys).await;
        let mut conn = t.app.store.conn().await.unwrap();
        let files = rows::files_of(&mut conn, case).await.unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].stage, Stage::Kept);
    }
    let late = flow::whole(
        &t.app,
        &draft_of(holder),
        "late.jpg",
        content(&files::jpeg(81, 60)),
    )
    .await;
    assert!(late.is_err(), "the draft has been sent");
    assert_eq!(Part::from_code("original"), Some(Part::Original));
}

/// A form with one file.
async fn form_file(c: &mut Client, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = format!(
        "--zzz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--zzz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n",
        csrf()
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--zzz--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "multipart/form-data; boundary=zzz")
        .body(Body::from(body))
        .unwrap();
    c.send(request).await
}

#[tokio::test]
async fn the_office_puts_in_what_somebody_brought() {
    let t = TestApp::new().await;
    let keys = filed(&t, "complaint").await.remove(0);
    let (mut handler, _) = people(&t).await;
    let path = format!("/desk/cases/{}/evidence", keys.0);
    let none = form_file(&mut handler, &path, "", b"").await.expect(422);
    assert!(none.text().contains("请先选好"));
    let wrong = form_file(&mut handler, &path, "a.html", b"<html><script>1</script>")
        .await
        .expect(422);
    assert!(wrong.text().contains("只收照片"), "{}", wrong.text());
    form_file(&mut handler, &path, "现场.png", &files::png(60, 40))
        .await
        .expect(303);
    assert_eq!(lines(&t, "evidence_added").await, 1);
    let page = handler
        .get(&format!("/desk/cases/{}", keys.0))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("现场.png") && page.contains("工作人员"),
        "{page}"
    );
    // what the office put in is not told outside
    let seen = crate::support::steps::seen(&t, &keys).await;
    assert!(!seen.contains("现场.png"));
    let mut other = signed_in(&t, "other", Role::Handler, Some("construction")).await;
    form_file(&mut other, &path, "b.png", &files::png(61, 40))
        .await
        .expect(404);
}
