//! The desk with very many cases: pages as a handler and an intake officer open them, each beside a floor, the health
//! page of the same portal, so that the figure says what the page itself costs. Rounds take turns.

use super::{
    cpu::Watched,
    filing,
    http::{Answer, Conn, Jar, Request},
    stats::{Client, Outcome, Table, Times, closed_loop},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use minsheng::{
    kernel::clock::{Clock, Dice},
    privacy::keys::token_hash,
};
use sqlx::{Connection, MySqlConnection};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use time::OffsetDateTime;
use uuid::Uuid;

/// Clients of each measurement.
const CLIENTS: usize = 8;
/// The goal for each page, in milliseconds.
const GOAL: f64 = 50.0;

/// Pages of the desk that one role opens; those that this portal does not have are left out.
const PAGES: &[(&str, &str)] = &[
    ("handler", "/desk"),
    ("handler", "/desk/cases"),
    ("handler", "/desk/cases?due=late"),
    ("handler", "/desk/cases?kind=report&state=investigating"),
    ("handler", "/desk/cases?closed=1"),
    ("intake", "/desk/cases"),
    ("supervisor", "/desk/reports"),
];

/// A signed-in browser: a session straight into its table.
async fn sign_in(conn: &mut MySqlConnection, login: &str) -> Result<Option<String>, String> {
    let staff: Option<Uuid> = sqlx::query_scalar("SELECT id FROM staff WHERE login = ?")
        .bind(login)
        .fetch_optional(&mut *conn)
        .await
        .map_err(|e| e.to_string())?;
    let Some(staff) = staff else { return Ok(None) };
    let token: [u8; 32] = Dice.bytes();
    let csrf: [u8; 16] = Dice.bytes();
    let now: OffsetDateTime = Clock::System.now();
    sqlx::query(
        "INSERT INTO staff_session (token_hash, staff_id, stage, csrf, agent, created_at, seen_at, expires_at) \
         VALUES (?, ?, 'full', ?, 'bench', ?, ?, ?)",
    )
    .bind(&token_hash(&token)[..])
    .bind(staff)
    .bind(&csrf[..])
    .bind(now)
    .bind(now)
    .bind(now + Duration::from_secs(3600))
    .execute(conn)
    .await
    .map_err(|e| e.to_string())?;
    Ok(Some(format!(
        "Cookie: desk={}\r\n",
        URL_SAFE_NO_PAD.encode(token)
    )))
}

/// Opens the pages of a list in turn, each time from another address of the network.
struct Person {
    conn: Conn,
    cookie: Arc<str>,
    paths: Arc<[String]>,
    turn: Arc<AtomicUsize>,
}

impl Person {
    async fn get(&mut self) -> Result<Answer, String> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let path = &self.paths[turn % self.paths.len()];
        // one count for all pages: those of one page would meet the addresses of another, and their limits
        let address = filing::address(filing::serial() / 100);
        let headers = format!("X-Forwarded-For: {address}\r\n{}", self.cookie);
        let request = Request {
            method: "GET",
            path,
            headers: &headers,
            body: &[],
        };
        self.conn.send(&request, &mut Jar::default()).await
    }
}

impl Client for Person {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let began = Instant::now();
        self.get().await?.expect(200, "a page")?;
        times.push(began.elapsed());
        Ok(())
    }
}

/// One page or a list of pages of a kind, measured in rounds.
struct Subject {
    name: String,
    cookie: Arc<str>,
    paths: Arc<[String]>,
    turn: Arc<AtomicUsize>,
    out: Outcome,
}

impl Subject {
    fn new(name: String, cookie: &str, paths: Vec<String>) -> Self {
        Self {
            name,
            cookie: cookie.into(),
            paths: paths.into(),
            turn: Arc::default(),
            out: Outcome::default(),
        }
    }

    fn person(&self, server: SocketAddr) -> Person {
        Person {
            conn: Conn::new(server),
            cookie: Arc::clone(&self.cookie),
            paths: Arc::clone(&self.paths),
            turn: Arc::clone(&self.turn),
        }
    }
}

/// The address of a page's next page, `None` on the last.
fn next_of(page: &str) -> Option<String> {
    let at = page.rfind("after=")?;
    let start = page[..at].rfind("href=\"")? + 6;
    let end = start + page[start..].find('"')?;
    Some(page[start..end].replace("&amp;", "&").replace("&#38;", "&"))
}

/// Numbers of cases that this person may open, open and closed.
async fn numbers(conn: &mut MySqlConnection, login: &str) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for open in [1, 0] {
        let some: Vec<String> = sqlx::query_scalar(
            "SELECT number FROM case_file WHERE is_open = ? AND department_id = \
             (SELECT department_id FROM staff WHERE login = ?) LIMIT 200",
        )
        .bind(open)
        .bind(login)
        .fetch_all(&mut *conn)
        .await
        .map_err(|e| e.to_string())?;
        all.extend(some);
    }
    Ok(all)
}

async fn subjects(
    server: SocketAddr,
    conn: &mut MySqlConnection,
    table: &mut Table,
) -> Result<Vec<Subject>, String> {
    let mut all = Vec::new();
    for (login, path) in PAGES {
        let Some(cookie) = sign_in(conn, login).await? else {
            table.note(&format!("  nobody is {login} here: run seed --demo"));
            continue;
        };
        let name = format!("{login} {path}");
        let subject = Subject::new(name.clone(), &cookie, vec![(*path).to_owned()]);
        let mut answer = subject.person(server).get().await?;
        if answer.status == 303 {
            // the desk's home may lead to a list
            let to = answer.location.clone();
            table.note(&format!("  {name} leads to {to}"));
            continue;
        }
        if answer.status != 200 {
            table.note(&format!("  {name}: {}, left out", answer.status));
            continue;
        }
        all.push(subject);
        if *path == "/desk/cases" {
            // far down the list a page must cost no more than the first
            let mut far = None;
            for _ in 0..20 {
                let Some(next) = next_of(&answer.text()) else {
                    break;
                };
                far = Some(next.clone());
                let at = Subject::new(String::new(), &cookie, vec![next]);
                answer = at.person(server).get().await?;
            }
            if let Some(far) = far {
                let name = format!("{login} {path}, page 20");
                all.push(Subject::new(name, &cookie, vec![far]));
            }
        }
        if (*login, *path) == ("handler", "/desk/cases") {
            let paths: Vec<String> = numbers(conn, login)
                .await?
                .into_iter()
                .map(|n| format!("/desk/cases/{n}"))
                .collect();
            if !paths.is_empty() {
                all.push(Subject::new("handler, case pages".into(), &cookie, paths));
            }
        }
    }
    all.push(Subject::new(
        "floor: /healthz".into(),
        "",
        vec!["/healthz".into()],
    ));
    Ok(all)
}

/// Measures and prints; false when something failed.
pub async fn run(
    server: SocketAddr,
    database: &str,
    seconds: f64,
    watched: Watched,
) -> Result<bool, String> {
    let mut conn = MySqlConnection::connect(database)
        .await
        .map_err(|e| e.to_string())?;
    let mut table = Table::default();
    let (all, open): (i64, i64) =
        sqlx::query_as("SELECT COUNT(*), CAST(COALESCE(SUM(is_open), 0) AS SIGNED) FROM case_file")
            .fetch_one(&mut conn)
            .await
            .map_err(|e| e.to_string())?;
    table.note(&format!("{all} cases, {open} of them open"));
    let mut subjects = subjects(server, &mut conn, &mut table).await?;
    let before = watched.read();
    for round in 0..4 {
        for subject in &mut subjects {
            let people = (0..CLIENTS).map(|_| subject.person(server)).collect();
            let out = closed_loop(people, Duration::from_secs_f64(seconds / 3.0)).await;
            // the first round warms up
            if round > 0 {
                subject.out.and_then(out);
            }
        }
    }
    let used = watched.read() - before;
    table.heading("Pages of the desk, 8 clients");
    let (mut good, mut done) = (true, 0);
    for subject in &mut subjects {
        good &= subject.out.errors == 0;
        done += subject.out.done;
        table.line(&subject.name, CLIENTS, &mut subject.out, false);
    }
    table.note(&used.line(done));
    for subject in subjects.iter_mut().filter(|s| !s.cookie.is_empty()) {
        let p95 = subject.out.requests.percentile(95);
        let name = &subject.name;
        let goal = if name.ends_with("/reports") {
            1000.0
        } else {
            GOAL
        };
        table.goal(
            p95 < goal,
            &format!("{name}: p95 under {goal} ms: {p95:.1} ms"),
        );
    }
    table.print();
    Ok(good)
}
