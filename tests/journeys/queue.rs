//! The queue: a claim is exclusive, a crashed worker's job comes back, what fails too often dies where it is seen.

use crate::support::TestApp;
use minsheng::{
    jobs::queue::{self, JobKind, LEASE, TRIES, enqueue},
    store::jobs,
    tx,
};
use std::collections::BTreeSet;
use time::Duration;

async fn add(t: &TestApp, n: usize) {
    for _ in 0..n {
        let subject = t.app.ids.next();
        tx!(t.app.store, conn => {
            enqueue(&t.app, conn, JobKind::NoticeMail, subject).await?;
            // the same again is the same job
            enqueue(&t.app, conn, JobKind::NoticeMail, subject).await
        })
        .unwrap();
    }
}

#[tokio::test]
async fn two_workers_never_hold_one_job() {
    let t = TestApp::new().await;
    add(&t, 24).await;
    let claim = async || {
        let mut mine = Vec::new();
        let lease = t.app.ids.next();
        loop {
            let mut conn = t.app.store.conn().await.unwrap();
            let now = t.app.now();
            match jobs::jobs_claim(&mut conn, lease, now, now + LEASE, 3).await {
                Ok(rows) => {
                    // the select gives back what is held from earlier claims too
                    let before = mine.len();
                    for row in rows {
                        if !mine.contains(&row.id) {
                            mine.push(row.id);
                        }
                    }
                    if mine.len() == before {
                        break mine;
                    }
                }
                Err(e) => assert!(minsheng::store::is_retry(&e), "{e}"),
            }
        }
    };
    let (a, b, c) = tokio::join!(claim(), claim(), claim());
    let all: BTreeSet<_> = a.iter().chain(&b).chain(&c).collect();
    assert_eq!(all.len(), 24, "every job once");
    assert_eq!(a.len() + b.len() + c.len(), 24, "nobody's twice");
}

#[tokio::test]
async fn a_crashed_workers_job_comes_back_and_the_late_worker_changes_nothing() {
    let t = TestApp::new().await;
    add(&t, 1).await;
    let mut conn = t.app.store.conn().await.unwrap();
    let now = t.app.now();
    let (first, second) = (t.app.ids.next(), t.app.ids.next());
    let held = jobs::jobs_claim(&mut conn, first, now, now + LEASE, 5)
        .await
        .unwrap();
    assert_eq!((held.len(), held[0].attempts), (1, 1));
    jobs::jobs_return(&mut conn, now + LEASE / 2, TRIES)
        .await
        .unwrap();
    let none = jobs::jobs_claim(&mut conn, second, now, now + LEASE, 5)
        .await
        .unwrap();
    assert!(none.is_empty(), "still held");
    // a heartbeat holds it longer
    let later = now + LEASE + Duration::seconds(1);
    assert!(
        jobs::lease_extend(&mut conn, first, held[0].id, later + LEASE)
            .await
            .unwrap()
    );
    jobs::jobs_return(&mut conn, later, TRIES).await.unwrap();
    assert!(
        jobs::jobs_claim(&mut conn, second, later, later + LEASE, 5)
            .await
            .unwrap()
            .is_empty()
    );
    // then the worker dies
    let much_later = later + LEASE + Duration::seconds(1);
    jobs::jobs_return(&mut conn, much_later, TRIES)
        .await
        .unwrap();
    let again = jobs::jobs_claim(&mut conn, second, much_later, much_later + LEASE, 5)
        .await
        .unwrap();
    assert_eq!((again.len(), again[0].attempts), (1, 2));
    // it was not dead, only slow: its word does not count any more
    assert!(
        !jobs::lease_extend(&mut conn, first, held[0].id, much_later + LEASE)
            .await
            .unwrap()
    );
    jobs::job_dead(&mut conn, held[0].id, first, much_later, "late")
        .await
        .unwrap();
    assert!(jobs::jobs_dead(&mut conn).await.unwrap().is_empty());
    jobs::job_done(&mut conn, again[0].id, second, much_later)
        .await
        .unwrap();
    assert_eq!(
        jobs::job_sweep(&mut conn, much_later + Duration::seconds(1))
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn what_fails_too_often_dies_where_it_is_seen() {
    let t = TestApp::new().await;
    // no server is set up, so that every try fails
    add(&t, 1).await;
    for n in 1..=TRIES {
        assert_eq!(queue::pass(&t.app).await.unwrap(), 1, "try {n}");
        assert_eq!(queue::pass(&t.app).await.unwrap(), 0, "a pause after {n}");
        t.app.clock.advance(queue::pause(n) + Duration::seconds(1));
    }
    assert_eq!(queue::pass(&t.app).await.unwrap(), 0);
    let mut conn = t.app.store.conn().await.unwrap();
    let dead = jobs::jobs_dead(&mut conn).await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, TRIES));
    assert!(dead[0].last_error.contains("smtp_url"));
    // a job that kills its worker each time dies too
    add(&t, 1).await;
    for _ in 0..TRIES {
        let now = t.app.now();
        let lease = t.app.ids.next();
        let held = jobs::jobs_claim(&mut conn, lease, now, now + LEASE, 5)
            .await
            .unwrap();
        assert_eq!(held.len(), 1);
        t.app.clock.advance(LEASE + Duration::seconds(1));
        jobs::jobs_return(&mut conn, t.app.now(), TRIES)
            .await
            .unwrap();
    }
    assert_eq!(jobs::jobs_dead(&mut conn).await.unwrap().len(), 2);
}
