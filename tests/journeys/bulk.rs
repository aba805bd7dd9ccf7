//! Many invented cases: lawful, sealed like any other, and never beside real ones.

use crate::support::{TestApp, filing};
use minsheng::{casework::flow, kernel::words::CaseKind, seed, store::case as rows};
use std::collections::BTreeSet;

#[tokio::test]
async fn invented_cases_stand_where_their_history_says_and_open_with_their_keys() {
    let t = TestApp::new().await;
    let n = 1_100;
    seed::seed_cases(&t.app, n, &mut Vec::new()).await.unwrap();
    let mut conn = t.app.store.conn().await.unwrap();
    let all: Vec<(String, String, bool)> =
        sqlx::query_as("SELECT number, state, is_open FROM case_file ORDER BY number")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let numbers: BTreeSet<&str> = all.iter().map(|c| &*c.0).collect();
    assert_eq!((all.len(), numbers.len()), (n, n));
    let states: BTreeSet<&str> = all.iter().map(|c| &*c.1).collect();
    assert!(states.len() >= 8, "{states:?}");
    let open = all.iter().filter(|c| c.2).count();
    assert!((10..n / 4).contains(&open), "{open} open");
    for (number, ..) in all.iter().step_by(23) {
        let case = rows::case(&mut conn, number).await.unwrap().unwrap();
        let stands = flow::stands(&t.app, &mut conn, &case).await.unwrap();
        assert_eq!(case.state, stands.state, "{number}");
        let next = stands
            .next()
            .map(|(clock, due)| (clock.code().to_owned(), due));
        let stored = case.next_clock.clone().zip(case.next_due);
        assert_eq!(stored, next, "{number}");
        let clocks = rows::clocks(&mut conn, case.id).await.unwrap();
        assert_eq!(clocks.len(), stands.clocks.len(), "{number}");
        let inside = flow::inside(&t.app, None, &case).await.unwrap();
        assert!(!inside.story.text.is_empty(), "{number}");
        if case.kind == CaseKind::Complaint {
            assert!(inside.masked.is_some(), "{number}");
        }
    }
    // a second run goes on where the numbers ended
    drop(conn);
    seed::seed_cases(&t.app, 10, &mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn invented_cases_never_go_beside_real_ones() {
    let t = TestApp::new().await;
    filing::file(&mut t.client(), "complaint", filing::CONTACT).await;
    let refused = seed::seed_cases(&t.app, 10, &mut Vec::new()).await;
    assert!(refused.unwrap_err().to_string().contains("not a demo"));
}
