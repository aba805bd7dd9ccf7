//! The other ends of evidence, the real ones: a bucket that speaks S3, and ClamAV's daemon over its socket.

use crate::support::{
    TestApp, files,
    steps::{filed, people},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use futures_util::{StreamExt, stream};
use hyper_util::rt::TokioIo;
use minsheng::{
    evidence::Scan,
    jobs::queue,
    outside::{
        blobs::S3,
        scan::{Clamd, Scanner, Verdict},
    },
    store::evidence as rows,
};
use std::{io, path::Path, process::Stdio, time::Duration};
use tokio::process::{Child, Command};
use uuid::Uuid;

/// A bucket in a folder, served over HTTP on a free port.
async fn bucket(root: &Path) -> S3 {
    std::fs::create_dir_all(root.join("evidence")).unwrap();
    let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(s3s::auth::SimpleAuth::from_single(
        "key",
        "a-secret-of-the-test",
    ));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    S3 {
        endpoint: format!("http://{address}"),
        bucket: "evidence".into(),
        region: String::new(),
        key_id: "key".into(),
        secret: "a-secret-of-the-test".into(),
    }
}

async fn hand_in(t: &TestApp, keys: &(String, String), bytes: &[u8]) -> Uuid {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/cases/{}/evidence", keys.0))
        .header("x-query-code", &keys.1)
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    let answer = t.client().send(request).await.expect(201);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_what_a_folder_would() {
    let root = tempfile::tempdir().unwrap();
    let s3 = bucket(root.path()).await;
    let t = TestApp::with(|c| c.evidence_s3 = s3).await;
    let keys = filed(&t, "complaint").await.remove(0);
    let photo = files::photo(320, 240, 1);
    let id = hand_in(&t, &keys, &photo).await;
    while queue::pass(&t.app).await.unwrap() > 0 {}
    let shard = root
        .path()
        .join("evidence")
        .join(format!("{:02x}", id.as_bytes()[15]));
    let names: Vec<_> = std::fs::read_dir(shard)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.contains(&format!("{}.original", id.simple())),
        "{names:?}"
    );
    let incoming = t.app.config.evidence_dir.join("incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
    let (mut handler, _) = people(&t).await;
    let path = format!("/desk/cases/{}/evidence/{}/clean", keys.0, id.simple());
    let clean = handler.get(&path).await.expect(200);
    assert_eq!(clean.headers["content-type"], "image/jpeg");
    let listed: Vec<_> = t.app.blobs.walk().collect().await;
    let ours = listed
        .iter()
        .filter(|s| s.as_ref().is_ok_and(|s| s.file.is_some()))
        .count();
    assert!(ours >= 3, "original, copy, thumbnail: {listed:?}");
    t.app.blobs.remove(id, "original").await.unwrap();
    assert!(!t.app.blobs.has(id, "original").await.unwrap());
    let gone = t.app.blobs.get(id, "original").await.map(drop).unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::NotFound);
}

/// ClamAV's daemon with one signature of its own, since none can be fetched here.
async fn daemon(dir: &Path) -> (Child, String) {
    let eicar = eicar()
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    let mark = MARK.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let signatures = dir.join("signatures");
    std::fs::create_dir_all(&signatures).unwrap();
    std::fs::write(
        signatures.join("test.ndb"),
        format!("Eicar-Of-The-Test:0:*:{eicar}\nMark-Of-The-Test:0:*:{mark}\n"),
    )
    .unwrap();
    let socket = dir.join("clamd.ctl");
    let settings = format!(
        "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\n",
        socket.display(),
        signatures.display(),
        dir.display()
    );
    let file = dir.join("clamd.conf");
    std::fs::write(&file, settings).unwrap();
    let child = Command::new("clamd")
        .arg(format!("--config-file={}", file.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("clamd of the package clamav-daemon");
    (child, format!("unix:{}", socket.display()))
}

/// What stands for a virus that only the daemon knows.
const MARK: &str = "a mark that only the daemon of the test knows";

/// The test virus, in two halves, so that this file is none.
fn eicar() -> String {
    [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD",
        "-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
}

#[tokio::test]
async fn clamav_finds_what_it_knows_and_its_absence_keeps_files_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = daemon(dir.path()).await;
    let clamd = Clamd::new(&url).unwrap();
    let ready = async {
        while clamd.version().await.is_err() {
            assert!(child.try_wait().unwrap().is_none(), "clamd ended");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ready)
        .await
        .expect("clamd answers");
    let content = |text: String| stream::iter([Ok(text.into())]).boxed();
    assert_eq!(
        clamd.scan(content("nothing to see".into())).await,
        Ok(Verdict::Clean)
    );
    let found = clamd.scan(content(eicar())).await.unwrap();
    assert!(
        matches!(&found, Verdict::Found(name) if name.starts_with("Eicar-Of-The-Test")),
        "{found:?}"
    );

    // in a portal: a good picture opens, one with something in it that the daemon knows waits
    let t = TestApp::with(|c| c.scanner_url = url).await;
    let keys = filed(&t, "complaint").await.remove(0);
    let good = hand_in(&t, &keys, &files::png(40, 30)).await;
    let bad = files::png_with_text(&files::png(42, 30), MARK);
    let bad = hand_in(&t, &keys, &bad).await;
    while queue::pass(&t.app).await.unwrap() > 0 {}
    let scan = async |id: Uuid| {
        let mut conn = t.app.store.conn().await.unwrap();
        rows::file(&mut conn, id).await.unwrap().unwrap().scan
    };
    assert_eq!(
        (scan(good).await, scan(bad).await),
        (Scan::Clean, Scan::Found)
    );

    // the daemon goes: files are still taken, and stay closed
    child.kill().await.unwrap();
    let late = hand_in(&t, &keys, &files::png(41, 30)).await;
    while queue::pass(&t.app).await.unwrap() > 0 {}
    assert_eq!(scan(late).await, Scan::Waiting);
    let (mut handler, _) = people(&t).await;
    let path = |id: Uuid| format!("/desk/cases/{}/evidence/{}/clean", keys.0, id.simple());
    handler.get(&path(good)).await.expect(200);
    handler.get(&path(late)).await.expect(404);
}
