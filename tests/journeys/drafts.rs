//! Nothing typed is lost: not by a page that comes late, not by a second window, not by a story that is too long; and
//! nothing is counted twice when the database asks for the transaction again.

use crate::support::{
    TestApp,
    client::Client,
    filing::{self, CONTACT, START, WHAT, WHOM, with},
};
use minsheng::limits::Rate;
use sqlx::{Connection, MySqlConnection};

/// A browser on the second step, with the word of its page.
async fn on_the_story(t: &TestApp) -> (Client, String) {
    let mut c = t.client();
    c.post("/file", START).await.expect(303);
    c.post("/file/whom", WHOM).await.expect(303);
    let seen = c.get("/file/what").await.expect(200).field("seen");
    (c, seen)
}

/// What a form on a page sends.
fn typed<'a>(seen: &'a str, tick: &'a str, story: &'a str) -> Vec<(&'a str, &'a str)> {
    with(WHAT, &[("story", story), ("seen", seen), ("tick", tick)])
}

async fn stored(c: &mut Client) -> String {
    c.get("/file/what").await.expect(200).text()
}

#[tokio::test]
async fn an_autosave_that_comes_late_overwrites_nothing() {
    let t = TestApp::new().await;
    let (mut c, seen) = on_the_story(&t).await;
    c.post("/file/what/auto", &typed(&seen, "1", "漏水"))
        .await
        .expect(204);
    c.post("/file/what", &typed(&seen, "3", "漏水三天了"))
        .await
        .expect(303);
    // sent before the button was pressed, arrived after it
    c.post("/file/what/auto", &typed(&seen, "2", "漏水三"))
        .await
        .expect(409);
    assert!(stored(&mut c).await.contains("漏水三天了"));
    // back on the same page, typing on
    c.post("/file/what/auto", &typed(&seen, "4", "漏水三天了，没人管"))
        .await
        .expect(204);
    assert!(stored(&mut c).await.contains("漏水三天了，没人管"));
}

#[tokio::test]
async fn two_windows_on_one_step_lose_no_word_of_either() {
    let t = TestApp::new().await;
    let (mut c, first) = on_the_story(&t).await;
    let second = c.get("/file/what").await.expect(200).field("seen");
    c.post("/file/what", &typed(&first, "0", "甲窗口写的经过"))
        .await
        .expect(303);
    c.post("/file/what/auto", &typed(&second, "1", "乙窗口写的经过"))
        .await
        .expect(409);
    let told = c
        .post("/file/what", &typed(&second, "0", "乙窗口写的经过"))
        .await
        .expect(409);
    let page = told.text();
    assert!(
        page.contains("在别的窗口里改过") && page.contains("甲窗口写的经过"),
        "what the other window kept is shown\n{page}"
    );
    assert!(
        page.contains("乙窗口写的经过</textarea>"),
        "beside what is typed here"
    );
    assert!(
        stored(&mut c).await.contains("甲窗口写的经过</textarea>"),
        "nothing was overwritten yet"
    );
    // pressed again, knowing it
    c.post(
        "/file/what",
        &typed(&told.field("seen"), "0", "乙窗口写的经过"),
    )
    .await
    .expect(303);
    assert!(stored(&mut c).await.contains("乙窗口写的经过</textarea>"));
}

#[tokio::test]
async fn the_same_words_twice_are_no_quarrel() {
    let t = TestApp::new().await;
    let (mut c, seen) = on_the_story(&t).await;
    let other = c.get("/file/what").await.expect(200).field("seen");
    // pressed twice on one page without scripts, the second time with a correction
    c.post("/file/what", &typed(&seen, "0", "漏水"))
        .await
        .expect(303);
    c.post("/file/what", &typed(&seen, "0", "漏水三天"))
        .await
        .expect(303);
    // another window with the same words
    c.post("/file/what", &typed(&other, "0", "漏水三天"))
        .await
        .expect(303);
    // another step is another matter
    c.post("/file/whom", &with(WHOM, &[("seen", &other)]))
        .await
        .expect(303);
    assert!(stored(&mut c).await.contains("漏水三天</textarea>"));
}

#[tokio::test]
async fn writers_at_the_same_time_lose_nothing_of_other_steps() {
    let t = TestApp::new().await;
    let (c, _) = on_the_story(&t).await;
    let posts = [
        ("/file/whom", WHOM.to_vec()),
        ("/file/what", WHAT.to_vec()),
        ("/file/proof", filing::PROOF.to_vec()),
        ("/file/contact", CONTACT.to_vec()),
    ];
    let tasks: Vec<_> = posts
        .into_iter()
        .map(|(path, pairs)| {
            let mut c = c.clone();
            tokio::spawn(async move { c.post(path, &pairs).await.expect(303) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let page = c.clone().get("/file/check").await.expect(200).text();
    for words in ["成都示例电器", "联系三次都说等师傅", "3600.50", "张示例"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

#[tokio::test]
async fn what_is_sent_is_what_was_checked() {
    let t = TestApp::new().await;
    let mut c = t.client();
    filing::fill(&mut c, "complaint", CONTACT).await;
    let version = c.get("/file/check").await.expect(200).field("version");
    c.post("/file/proof", &with(filing::PROOF, &[("amount", "99")]))
        .await
        .expect(303);
    let again = c
        .post("/file/check", &[("version", &version)])
        .await
        .expect(409);
    assert!(again.text().contains("请再核对一遍") && again.text().contains(">99<"));
    c.post("/file/check", &[("version", &again.field("version"))])
        .await
        .expect(303);
}

#[tokio::test]
async fn a_story_over_the_limit_is_kept_whole_and_told_by_how_much() {
    let t = TestApp::new().await;
    let (mut c, _) = on_the_story(&t).await;
    // as much as a form may carry
    let long = "很".repeat(14_000);
    let page = c
        .post("/file/what", &with(WHAT, &[("story", &long)]))
        .await
        .expect(422)
        .text();
    assert!(page.contains("最多 4000 个字，多了 10000 个字，请删短一些"));
    assert!(page.contains(&long), "what was typed is still there");
    assert!(
        stored(&mut c).await.contains(&long),
        "also after a closed tab"
    );
    let fits = "很".repeat(4000);
    c.post("/file/what", &with(WHAT, &[("story", &fits)]))
        .await
        .expect(303);
}

/// Waits until a transaction of this database has written a submission, committed or not.
async fn somebody_submits(watch: &mut MySqlConnection) {
    sqlx::raw_sql("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED")
        .execute(&mut *watch)
        .await
        .unwrap();
    loop {
        let written: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM submission")
            .fetch_one(&mut *watch)
            .await
            .unwrap();
        if written > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transaction_that_runs_again_counts_once_for_its_telephone() {
    let t = TestApp::with(|c| c.limits.phone = Rate::new(1, 1)).await;
    let mut c = t.client();
    filing::fill(&mut c, "complaint", CONTACT).await;
    let url = &t.app.config.database_url;
    let mut rival = MySqlConnection::connect(url).await.unwrap();
    let mut watch = MySqlConnection::connect(url).await.unwrap();
    // the rival holds every place of a new case, and is the heavier of the two when they block each other
    for sql in [
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION",
        "INSERT INTO counter (name, next_value) SELECT CONCAT('rival', code), 1 FROM community",
        "SELECT id FROM case_file FOR UPDATE",
    ] {
        sqlx::raw_sql(sql).execute(&mut rival).await.unwrap();
    }
    let mut sender = c.clone();
    let sent = tokio::spawn(async move { sender.post("/file/check", &[]).await });
    // its next lock is one of the rival's
    somebody_submits(&mut watch).await;
    // each waits for the other: the submission is rolled back and runs again
    sqlx::raw_sql("SELECT id FROM submission FOR UPDATE")
        .execute(&mut rival)
        .await
        .unwrap();
    sqlx::raw_sql("ROLLBACK").execute(&mut rival).await.unwrap();
    sent.await.unwrap().expect(303);
    let again = c.post("/file/check", &[]).await.expect(303);
    assert_eq!(again.location(), "/file/receipt");
    assert_eq!(
        filing::keys(&c.get("/file/receipt").await.expect(200)).len(),
        1
    );
}
