//! Cases go to the 12315 platform once, whole and noted; a run that stopped is taken up; the numbers come back.

use crate::support::{
    TestApp,
    desk::signed_in,
    filing::{self, CONTACT, PROOF, START, WHAT, WHOM, with},
};
use minsheng::{
    cli::{
        export_12315::{PlatformArgs, Shape},
        numbers,
    },
    exchange::flow,
    kernel::access::Role,
    receipts::{hex, sha256},
    store::audit,
};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(t: &TestApp, name: &str) -> Self {
        let path = t.app.config.keys_dir.join(name);
        Self(path)
    }

    fn args(&self) -> PlatformArgs {
        PlatformArgs {
            out: self.0.clone(),
            since: None,
            again: false,
            format: Shape::Jsonl,
        }
    }

    fn cases(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.0.join("cases.jsonl")).unwrap();
        text.lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    }

    fn manifest(&self) -> Value {
        serde_json::from_slice(&fs::read(self.0.join("manifest.json")).unwrap()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn file(
    t: &TestApp,
    way: &str,
    what: &[(&str, &str)],
    contact: &[(&str, &str)],
) -> Vec<String> {
    let mut c = t.client();
    c.post("/file", &with(START, &[("way", way)]))
        .await
        .expect(303);
    for (path, pairs) in [
        ("/file/whom", WHOM.to_vec()),
        ("/file/what", with(WHAT, what)),
        ("/file/proof", PROOF.to_vec()),
        ("/file/contact", with(CONTACT, contact)),
    ] {
        c.post(path, &pairs).await.expect(303);
    }
    c.post("/file/check", &[]).await.expect(303);
    let keys = filing::keys(&c.get("/file/receipt").await.expect(200));
    keys.into_iter().map(|k| k.0).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Three cases of market supervision, one of them with a long story, and one of another department.
async fn filed(t: &TestApp) -> Vec<String> {
    let long = "热水器漏水，商家不管。".repeat(60);
    let mut all = file(t, "complaint", &[("story", &long)], &[]).await;
    all.extend(file(t, "report", &[], &[("named", "anonymous")]).await);
    all.extend(file(t, "complaint", &[], &[("name", "李示例")]).await);
    let house: &[(&str, &str)] = &[("category", "g_house"), ("goods", "新房")];
    file(t, "complaint", house, &[]).await;
    all
}

#[tokio::test]
async fn cases_go_once_whole_and_noted() {
    let t = TestApp::new().await;
    let all = filed(&t).await;
    let folder = Folder::new(&t, "first");
    let mut said = Vec::new();
    let summary = folder.args().write(&t.app, &mut said).await.unwrap();
    assert_eq!(
        (summary.cases, summary.attachments, summary.refused),
        (3, 1, 0)
    );
    let cases = folder.cases();
    let numbers: Vec<&str> = cases
        .iter()
        .map(|c| c["number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, all, "market supervision's only, in order");
    for case in &cases {
        for (key, most) in [
            ("text", 400),
            ("address", 40),
            ("platform", 20),
            ("merchant", 50),
        ] {
            assert!(case[key].as_str().unwrap().chars().count() <= most, "{key}");
        }
        for key in ["goods", "object", "problem", "sale", "text", "kind"] {
            assert!(!case[key].as_str().unwrap().is_empty(), "{key}");
        }
    }
    assert_eq!(cases[0]["name"], "张示例");
    assert_eq!(cases[0]["phone"], "13800138000");
    assert_eq!(
        (&cases[1]["anonymous"], &cases[1]["name"]),
        (&"是".into(), &"".into()),
        "R-05"
    );
    assert_eq!(cases[0]["attachment"], format!("files/{}.pdf", all[0]));
    let manifest = folder.manifest();
    assert_eq!(manifest["cases"], 3);
    let files = manifest["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for listed in files {
        let bytes = fs::read(folder.0.join(listed["name"].as_str().unwrap())).unwrap();
        assert_eq!(listed["sha256"], hex(&sha256(&bytes)));
        assert_eq!(listed["bytes"], bytes.len());
        assert_eq!(
            mode(&folder.0.join(listed["name"].as_str().unwrap())),
            0o600
        );
    }
    assert!(
        fs::read(folder.0.join(format!("files/{}.pdf", all[0])))
            .unwrap()
            .starts_with(b"%PDF")
    );
    assert_eq!(
        (mode(&folder.0), mode(&folder.0.join("manifest.json"))),
        (0o700, 0o600)
    );
    assert!(!folder.0.join("BATCH").exists());
    let mut conn = t.app.store.conn().await.unwrap();
    let filter = audit::Filter {
        act: Some("export_12315".into()),
        ..audit::Filter::default()
    };
    let trail = audit::page(&mut conn, &filter, 10).await.unwrap();
    let mut noted: Vec<String> = trail.into_iter().filter_map(|l| l.number).collect();
    noted.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(noted, sorted, "a line a case");
    drop(conn);
    // nothing goes twice unless asked, and no finished folder is written over
    assert!(folder.args().write(&t.app, &mut said).await.is_err());
    let second = Folder::new(&t, "second");
    let more = file(&t, "complaint", &[], &[]).await;
    assert_eq!(
        second.args().write(&t.app, &mut said).await.unwrap().cases,
        1
    );
    assert_eq!(second.cases()[0]["number"], more[0].as_str());
    let third = Folder::new(&t, "third");
    let again = PlatformArgs {
        again: true,
        format: Shape::Csv,
        ..third.args()
    };
    assert_eq!(again.write(&t.app, &mut said).await.unwrap().cases, 4);
    let table = fs::read_to_string(third.0.join("cases.csv")).unwrap();
    assert!(
        table.starts_with("\u{feff}登记编号,类型,登记日期"),
        "{table}"
    );
    let later = Folder::new(&t, "later");
    let since = PlatformArgs {
        since: Some("2026-11-25".into()),
        again: true,
        ..later.args()
    };
    assert_eq!(since.write(&t.app, &mut said).await.unwrap().cases, 0);
}

#[tokio::test]
async fn a_run_that_stopped_is_taken_up_and_loses_nothing() {
    let t = TestApp::new().await;
    let all = filed(&t).await;
    // the run stops after it has taken the cases and before a line is written
    let batch = "0199-stopped";
    let wanted = flow::wanted(&t.app, None, false).unwrap();
    let taken = flow::take(&t.app, &wanted, batch, Uuid::nil())
        .await
        .unwrap();
    assert_eq!(taken.len(), 3);
    let folder = Folder::new(&t, "stopped");
    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join("BATCH"), batch).unwrap();
    fs::write(folder.0.join("cases.jsonl"), "half a li").unwrap();
    let other = Folder::new(&t, "other");
    let mut said = Vec::new();
    assert_eq!(
        other.args().write(&t.app, &mut said).await.unwrap().cases,
        0,
        "taken is taken"
    );
    let more = file(&t, "complaint", &[], &[]).await;
    let summary = folder.args().write(&t.app, &mut said).await.unwrap();
    assert_eq!(summary.cases, 4);
    let numbers: Vec<String> = folder
        .cases()
        .iter()
        .map(|c| c["number"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(numbers, [all, more].concat());
    // two at once share the cases
    let late = file(&t, "complaint", &[], &[]).await;
    let (a, b) = (Folder::new(&t, "a"), Folder::new(&t, "b"));
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let (left, right) = (a.args(), b.args());
    let (left, right) = tokio::join!(left.write(&t.app, &mut x), right.write(&t.app, &mut y));
    assert_eq!(
        left.unwrap().cases + right.unwrap().cases,
        late.len() as u64
    );
}

#[tokio::test]
async fn numbers_come_back_are_shown_and_belong_to_one_case() {
    let t = TestApp::new().await;
    let all = filed(&t).await;
    let folder = Folder::new(&t, "numbers");
    fs::create_dir_all(&folder.0).unwrap();
    let path = folder.0.join("numbers.csv");
    let file = format!(
        "登记编号,12315编号\n{},1510116002026112400001\n{},1510116002026112400001\nTS-2611-00000-0,1510116002026112400002\n{},x\n",
        all[0], all[1], all[2]
    );
    fs::write(&path, file).unwrap();
    let mut said = Vec::new();
    let first = numbers::run(&t.app, &path, &mut said).await.unwrap();
    assert_eq!(
        (first.rows, first.kept, first.repeated, first.errors),
        (4, 1, 0, 3)
    );
    let lines: Vec<Value> = String::from_utf8(said)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let told: Vec<(u64, &str)> = lines[..3]
        .iter()
        .map(|l| (l["line"].as_u64().unwrap(), l["code"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(3, "conflict"), (4, "number"), (5, "number_12315")]);
    // run again: what was kept is found again; another number for the same case is refused
    fs::write(
        &path,
        format!(
            "编号,12315编号\n{0},1510116002026112400001\n{0},1510116002026112400009\n",
            all[0]
        ),
    )
    .unwrap();
    let second = numbers::run(&t.app, &path, &mut Vec::new()).await.unwrap();
    assert_eq!((second.kept, second.repeated, second.errors), (0, 1, 1));
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let page = head
        .get(&format!("/desk/cases/{}", all[0]))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("12315 编号") && page.contains("1510116002026112400001"),
        "{page}"
    );
    let list = head
        .get("/desk/cases?q=1510116002026112400001")
        .await
        .expect(200)
        .text();
    assert!(
        list.contains(&all[0]) && !list.contains(&all[2]),
        "found by the number there"
    );
    // what has a number is there already
    let out = Folder::new(&t, "rest");
    assert_eq!(
        out.args()
            .write(&t.app, &mut Vec::new())
            .await
            .unwrap()
            .cases,
        2
    );
    let page = head
        .get(&format!("/desk/cases/{}", all[1]))
        .await
        .expect(200)
        .text();
    assert!(page.contains("已报送 12315"), "{page}");
}
