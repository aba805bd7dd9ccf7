//! What needs two persons is never done by one, whatever runs at the same time: three people, each in two sessions, press
//! every button at once on one case through real transactions; afterwards the history is read.

use crate::support::{
    TestApp,
    desk::person,
    filing::{self, CONTACT, with},
};
use minsheng::{
    casework::{
        EventKind, Ground,
        flow::{self, ask_reporter, decide_reporter, view_reporter},
        reporter::Move,
    },
    error::{Error, Result},
    kernel::access::{Actor, Role},
    store::{case as rows, reporter::requests},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Tries of each session.
const TRIES: usize = 12;

/// Numbers that look random and are the same in every run.
struct Lots(u64);

impl Lots {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

async fn supervisors(t: &TestApp) -> Vec<Actor> {
    let mut out = Vec::new();
    for n in 0..3 {
        let role = if n == 2 {
            Role::Handler
        } else {
            Role::Supervisor
        };
        let (staff, _) = person(t, &format!("person{n}"), role, Some("market")).await;
        out.push(Actor {
            staff: staff.id,
            name: staff.name,
            role,
            department: staff.department,
        });
    }
    out
}

async fn filed(t: &TestApp, way: &str) -> String {
    let contact = with(CONTACT, &[("named", "named")]);
    filing::keys(&filing::file(&mut t.client(), way, &contact).await)
        .remove(0)
        .0
}

/// Only the expected refusals may come; anything else is a fault of the program.
fn lawful(result: Result<()>) -> bool {
    match result {
        Ok(()) => true,
        Err(Error::Conflict(_) | Error::Forbidden | Error::NotFound) => false,
        Err(e) => panic!("{e}"),
    }
}

/// Each person in two sessions, all at once; how many steps were taken.
async fn storm<F, R>(people: &[Actor], seed: u64, step: F) -> usize
where
    F: Fn(Actor, usize) -> R + Clone + Send + 'static,
    R: Future<Output = Result<()>> + Send,
{
    let sessions: Vec<_> = people
        .iter()
        .chain(people)
        .zip(seed..)
        .map(|(actor, seed)| {
            let (actor, step) = (actor.clone(), step.clone());
            tokio::spawn(async move {
                let (mut lots, mut done) = (Lots(seed), 0);
                for _ in 0..TRIES {
                    done += usize::from(lawful(step(actor.clone(), lots.below(6)).await));
                }
                done
            })
        })
        .collect();
    let mut all = 0;
    for session in sessions {
        all += session.await.unwrap();
    }
    all
}

/// Every decision of the history was asked for by somebody else, and each request was decided once.
async fn decided_by_others(
    t: &TestApp,
    number: &str,
    asks: EventKind,
    ends: &[EventKind],
) -> usize {
    let mut conn = t.app.store.conn().await.unwrap();
    let case = rows::case(&mut conn, number).await.unwrap().unwrap();
    let (mut waits, mut decided) = (None, 0);
    for past in rows::history(&mut conn, case.id).await.unwrap() {
        if past.kind == asks {
            assert!(
                waits.is_none(),
                "{number}: asked while another request waits"
            );
            waits = Some(past.staff);
        } else if ends.contains(&past.kind) {
            let asker = waits
                .take()
                .unwrap_or_else(|| panic!("{number}: nobody asked"));
            assert_ne!(asker, past.staff, "{number}: {:?} alone", past.kind);
            decided += 1;
        }
    }
    decided
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_is_never_one_persons() {
    let t = TestApp::new().await;
    let people = supervisors(&t).await;
    let mut decided = 0;
    for round in 0..5 {
        let number = filed(&t, "complaint").await;
        let (app, case) = (t.app.clone(), number.clone());
        storm(&people, round * 100, move |actor, lot| {
            let (app, number) = (app.clone(), case.clone());
            async move {
                let version = flow::open(&app, &actor, &number).await?.version;
                let why = "同一纠纷法院已经立案审理";
                match lot {
                    0..3 => {
                        flow::refuse(&app, &actor, &number, version, Ground::Handled, why).await
                    }
                    3 => flow::decide_refusal(&app, &actor, &number, version, None).await,
                    _ => {
                        flow::decide_refusal(&app, &actor, &number, version, Some("再问问法院"))
                            .await
                    }
                }
            }
        })
        .await;
        let ends = [EventKind::Refused, EventKind::RefusalSentBack];
        decided += decided_by_others(&t, &number, EventKind::RefusalAsked, &ends).await;
    }
    assert!(decided > 0, "the storm decided nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_extension_is_never_one_persons() {
    let t = TestApp::new().await;
    let people = supervisors(&t).await;
    let mut decided = 0;
    for round in 0..5 {
        let number = filed(&t, "report").await;
        let (app, case) = (t.app.clone(), number.clone());
        storm(&people, round * 100, move |actor, lot| {
            let (app, number) = (app.clone(), case.clone());
            async move {
                let version = flow::open(&app, &actor, &number).await?.version;
                let why = "商家搬走了，要再找人";
                match lot {
                    0..3 => flow::ask_extension(&app, &actor, &number, version, "5", "", why).await,
                    3 => flow::decide_extension(&app, &actor, &number, version, None).await,
                    4 => flow::decide_extension(&app, &actor, &number, version, Some(why)).await,
                    _ => flow::revoke_extension(&app, &actor, &number, version, why).await,
                }
            }
        })
        .await;
        let ends = [EventKind::ExtensionGranted, EventKind::ExtensionDenied];
        decided += decided_by_others(&t, &number, EventKind::ExtensionAsked, &ends).await;
    }
    assert!(decided > 0, "the storm decided nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_learns_alone_who_reported() {
    let t = TestApp::new().await;
    let people = supervisors(&t).await;
    let number = filed(&t, "report").await;
    let (app, case) = (t.app.clone(), number.clone());
    storm(&people, 7, move |actor, lot| {
        let (app, number) = (app.clone(), case.clone());
        async move {
            let all = flow::reporter(&app, &actor, &number).await?.requests;
            let why = "要当面核对样品";
            let Some(newest) = all.first() else {
                return ask_reporter(&app, &actor, &number, why).await;
            };
            let id = newest.row.id;
            match lot {
                0 => ask_reporter(&app, &actor, &number, why).await,
                1 => decide_reporter(&app, &actor, &number, id, Move::Grant, "").await,
                2 => decide_reporter(&app, &actor, &number, id, Move::Deny, why).await,
                3 => decide_reporter(&app, &actor, &number, id, Move::Revoke, "").await,
                _ => view_reporter(&app, &actor, &number, id).await.map(|_| ()),
            }
        }
    })
    .await;
    // when it is quiet again, it works as it should
    let (late, _) = person(&t, "late", Role::Handler, Some("market")).await;
    let late = Actor {
        staff: late.id,
        name: late.name,
        role: Role::Handler,
        department: late.department,
    };
    ask_reporter(&t.app, &late, &number, "要当面核对样品")
        .await
        .unwrap();
    let id = flow::reporter(&t.app, &late, &number)
        .await
        .unwrap()
        .requests[0]
        .row
        .id;
    decide_reporter(&t.app, &people[0], &number, id, Move::Grant, "")
        .await
        .unwrap();
    view_reporter(&t.app, &late, &number, id).await.unwrap();
    // the trail in the order of the lock on the case
    let mut conn = t.app.store.conn().await.unwrap();
    let trail: Vec<(String, Option<Uuid>, String)> = sqlx::query_as(
        "SELECT act, staff_id, detail FROM audit WHERE act LIKE 'reporter%' ORDER BY id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let (mut askers, mut granted, mut looks) = (HashMap::new(), HashMap::new(), 0);
    for (act, staff, detail) in trail {
        let request = detail.split(',').next().unwrap().to_owned();
        match act.as_str() {
            "reporter_ask" => assert!(askers.insert(request, staff).is_none()),
            "reporter_grant" => {
                assert_ne!(askers[&request], staff);
                assert!(granted.insert(request, true).is_none(), "granted once");
            }
            "reporter_deny" => {
                assert_ne!(askers[&request], staff);
                assert!(granted.insert(request, false).is_none());
            }
            "reporter_revoke" => assert_eq!(granted.insert(request, false), Some(true)),
            "reporter_view" => {
                assert_eq!((askers[&request], granted[&request]), (staff, true));
                looks += 1;
            }
            other => panic!("{other}"),
        }
    }
    let case = rows::case(&mut conn, &number).await.unwrap().unwrap();
    let counted: i32 = requests(&mut conn, case.id)
        .await
        .unwrap()
        .iter()
        .map(|r| r.views)
        .sum();
    assert_eq!(counted, looks, "every look is counted and has its line");
    assert!(looks > 0 && !granted.is_empty());
}
