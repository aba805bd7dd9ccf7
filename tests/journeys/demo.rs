//! The demo plays through the same use cases as real filings: every invented case takes its steps.

use crate::support::TestApp;
use minsheng::{seed, store::traders};

#[tokio::test]
async fn the_demo_plays_and_plays_only_once() {
    let t = TestApp::new().await;
    let mut out = Vec::new();
    seed::seed_demo(&t.app, &mut out).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("supervisor") && text.contains("查询码"),
        "{text}"
    );
    // somebody rated, a case runs again, a request waits
    {
        let mut conn = t.app.store.conn().await.unwrap();
        let count: Vec<(String, i64)> = sqlx::query_as(
            "SELECT kind, COUNT(*) FROM case_event WHERE kind IN ('rated', 'reopen_asked', 'reopened', 'urged') GROUP BY kind ORDER BY kind",
        )
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        let count: Vec<(&str, i64)> = count.iter().map(|(k, n)| (k.as_str(), *n)).collect();
        assert_eq!(
            count,
            [
                ("rated", 7),
                ("reopen_asked", 2),
                ("reopened", 1),
                ("urged", 2)
            ]
        );
    }
    // traders that are waited for, and an offer that a resident has still to decide
    {
        let mut conn = t.app.store.conn().await.unwrap();
        let far = time::macros::date!(2027 - 12 - 31);
        let waiting = traders::invitations_late(&mut conn, far).await.unwrap();
        let offered = traders::offers_late(&mut conn, far).await.unwrap();
        assert!(waiting.len() >= 2, "{waiting:?}");
        assert!(!offered.is_empty());
    }
    let mut again = Vec::new();
    seed::seed_demo(&t.app, &mut again).await.unwrap();
    assert!(!String::from_utf8(again).unwrap().contains("查询码"));
    // who asked who reported, alerts that were looked at, views that are kept: once
    let mut conn = t.app.store.conn().await.unwrap();
    for (what, count) in [
        ("SELECT COUNT(*) FROM saved_view", 6..7),
        ("SELECT COUNT(*) FROM reporter_request", 2..4),
        ("SELECT COUNT(*) FROM alert WHERE stage = 'closed'", 1..9),
        ("SELECT COUNT(*) FROM alert WHERE stage = 'new'", 1..9),
    ] {
        let found: i64 = sqlx::query_scalar(what)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        assert!(count.contains(&found), "{what}: {found}");
    }
}
