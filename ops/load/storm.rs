//! A storm of submissions that outlives kills of the server and of its database: every key is sent again until it is
//! acknowledged, some are sent without waiting for the answer, some once more after it. At the end the database must
//! hold each acknowledged number once, one submission for each key, and no case without its submission and parts.

use super::{
    api, filing,
    floor::connect,
    http::{Conn, Jar, Request},
};
use sqlx::{Connection, MySqlConnection};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// After the storm each client still has this long to get its last key acknowledged.
const LAST_CHANCE: Duration = Duration::from_secs(25);

#[derive(Default)]
struct Log {
    /// Key: the number it was acknowledged with, and how often.
    acknowledged: BTreeMap<String, (String, u32)>,
    unanswered: u64,
    refused: BTreeMap<u16, u64>,
    left: u64,
    again: u64,
    violations: Vec<String>,
    given_up: Vec<String>,
}

struct Machine {
    conn: Conn,
    tokens: Arc<[String]>,
    end: Instant,
    log: Log,
}

impl Machine {
    async fn work(mut self) -> Log {
        while Instant::now() < self.end {
            let n = filing::serial();
            let key = format!("storm-{n:012}");
            let turn = usize::try_from(n).unwrap_or(0) % self.tokens.len();
            let headers = api::headers(n, &self.tokens[turn], &key);
            let body = filing::json(n);
            let request = Request {
                method: "POST",
                path: "/api/v1/cases",
                headers: &headers,
                body: body.as_bytes(),
            };
            if n.is_multiple_of(17) {
                self.log.left += 1;
                self.conn.send_and_leave(&request).await;
            }
            if !self.until_acknowledged(&key, &request).await {
                self.log.given_up.push(key);
                break;
            }
            if n.is_multiple_of(13) && Instant::now() < self.end {
                self.log.again += 1;
                self.until_acknowledged(&key, &request).await;
            }
        }
        self.log
    }

    /// Sends until the answer is an acknowledgement; false when the time is over.
    async fn until_acknowledged(&mut self, key: &str, request: &Request<'_>) -> bool {
        let mut wait = Duration::from_millis(20);
        while Instant::now() < self.end + LAST_CHANCE {
            let sent = tokio::time::timeout(
                Duration::from_secs(8),
                self.conn.send(request, &mut Jar::default()),
            )
            .await;
            match sent {
                Ok(Ok(answer)) if matches!(answer.status, 200 | 201) => {
                    self.acknowledge(key, &answer.body);
                    return true;
                }
                Ok(Ok(answer)) => {
                    *self.log.refused.entry(answer.status).or_default() += 1;
                    if matches!(answer.status, 400..=428) {
                        let text: String = answer.text().chars().take(300).collect();
                        self.log
                            .violations
                            .push(format!("{key} was refused with {}: {text}", answer.status));
                    }
                }
                Ok(Err(_)) => self.log.unanswered += 1,
                Err(_) => {
                    self.log.unanswered += 1;
                    self.conn.hang_up();
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_millis(500));
        }
        false
    }

    fn acknowledge(&mut self, key: &str, body: &[u8]) {
        let number = serde_json::from_slice::<serde_json::Value>(body)
            .ok()
            .and_then(|v| Some(v.get("cases")?.get(0)?.get("number")?.as_str()?.to_owned()));
        let Some(number) = number else {
            self.log
                .violations
                .push(format!("{key}: an acknowledgement without a number"));
            return;
        };
        let known = self
            .log
            .acknowledged
            .entry(key.to_owned())
            .or_insert_with(|| (number.clone(), 0));
        known.1 += 1;
        if known.0 != number {
            self.log.violations.push(format!(
                "{key} was acknowledged as {} and as {number}",
                known.0
            ));
        }
    }
}

async fn one(conn: &mut MySqlConnection, sql: &'static str) -> Result<i64, String> {
    sqlx::query_scalar(sql)
        .fetch_one(conn)
        .await
        .map_err(|e| e.to_string())
}

/// Storms for so long, then checks; false on a violation. With `planted`, losses and doubles are planted afterwards in
/// the database, and it is false unless each of them is found.
pub async fn run(
    server: SocketAddr,
    database: &str,
    tokens: &Arc<[String]>,
    clients: usize,
    seconds: f64,
    planted: bool,
) -> Result<bool, String> {
    let mut conn = connect(database).await.map_err(|e| e.to_string())?;
    let before = one(&mut conn, "SELECT COUNT(*) FROM submission").await?;
    if before != 0 {
        return Err("the storm wants a database without submissions".into());
    }
    drop(conn);
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let machines: Vec<_> = (0..clients)
        .map(|_| Machine {
            conn: Conn::new(server),
            tokens: Arc::clone(tokens),
            end,
            log: Log::default(),
        })
        .map(|machine| tokio::spawn(machine.work()))
        .collect();
    let mut all = Log::default();
    for machine in machines {
        let log = machine.await.map_err(|e| e.to_string())?;
        all.acknowledged.extend(log.acknowledged);
        all.unanswered += log.unanswered;
        all.left += log.left;
        all.again += log.again;
        log.refused
            .into_iter()
            .for_each(|(status, n)| *all.refused.entry(status).or_default() += n);
        all.violations.extend(log.violations);
        all.given_up.extend(log.given_up);
    }
    let mut conn = connect(database).await.map_err(|e| e.to_string())?;
    judge(&mut all, &mut conn).await?;
    drop(conn);
    println!("keys acknowledged          {}", all.acknowledged.len());
    println!(
        "acknowledgements           {}",
        all.acknowledged
            .values()
            .map(|v| u64::from(v.1))
            .sum::<u64>()
    );
    println!("sent again after success   {}", all.again);
    println!("left before the answer     {}", all.left);
    println!("requests without answer    {}", all.unanswered);
    println!("answers that were no       {:?}", all.refused);
    println!("keys given up              {}", all.given_up.len());
    for violation in all.violations.iter().take(20) {
        println!("VIOLATION  {violation}");
    }
    println!("violations                 {}", all.violations.len());
    if planted && all.violations.is_empty() {
        return plant(&mut all, database).await;
    }
    Ok(all.violations.is_empty())
}

/// What is planted, one after the other: its name, the statements, words of the violation that must be found.
type Crime = (&'static str, &'static [&'static str], &'static str);

/// A copy of the oldest case: `@id` its new id, the number and the submission as given.
const DOUBLE: &str = "INSERT INTO case_file (id, number, kind, state, is_open, version, submission_id, query_hash, \
     channel, received_at, department_id, street, category, subject, problem, trader_name, trader_kind, title, redacted, \
     injury, unread, returns, dispatch_reason, co_codes) SELECT @id, 'XX-0000-00000-0', kind, state, is_open, version, \
     @submission, query_hash, channel, received_at, department_id, street, category, subject, problem, trader_name, \
     trader_kind, title, redacted, injury, unread, returns, dispatch_reason, co_codes FROM case_file ORDER BY id LIMIT 1";
const FIRST: &str = "SET @old = (SELECT MIN(id) FROM case_file), @id = UNHEX(REPEAT('ab', 16)), @submission = \
     (SELECT submission_id FROM case_file ORDER BY id LIMIT 1)";

const CRIMES: &[Crime] = &[
    (
        "a filing that made two cases",
        &[FIRST, DOUBLE],
        "cases too many",
    ),
    (
        "a key that was submitted twice",
        &[
            FIRST,
            "SET @submission = UNHEX(REPEAT('cd', 16))",
            "INSERT INTO submission (id, idem_hash, body_hash, channel, at) SELECT @submission, \
             UNHEX(REPEAT('cd', 32)), body_hash, channel, at FROM submission ORDER BY id LIMIT 1",
            DOUBLE,
        ],
        "keys, but",
    ),
    (
        "an acknowledged case that is gone",
        &[FIRST, "DELETE FROM case_file WHERE id = @old"],
        "exists 0 times",
    ),
    (
        "a case without its sealed part",
        &[FIRST, "DELETE FROM case_secret WHERE case_id = @old"],
        "without their sealed part",
    ),
];

/// Plants each crime in a transaction that is rolled back, and lets the same judge look.
async fn plant(all: &mut Log, database: &str) -> Result<bool, String> {
    let mut good = true;
    for (name, statements, words) in CRIMES {
        let mut conn = connect(database).await.map_err(|e| e.to_string())?;
        let mut tx = conn.begin().await.map_err(|e| e.to_string())?;
        for sql in *statements {
            sqlx::raw_sql(*sql)
                .execute(&mut *tx)
                .await
                .map_err(|e| format!("{name}: {e}"))?;
        }
        judge(all, &mut tx).await?;
        let found = all.violations.iter().any(|v| v.contains(words));
        all.violations.clear();
        good &= found;
        println!(
            "planted: {name}: {}",
            if found { "found" } else { "NOT FOUND" }
        );
        tx.rollback().await.map_err(|e| e.to_string())?;
    }
    Ok(good)
}

async fn judge(all: &mut Log, conn: &mut MySqlConnection) -> Result<(), String> {
    let cases: Vec<(String,)> = sqlx::query_as("SELECT number FROM case_file")
        .fetch_all(&mut *conn)
        .await
        .map_err(|e| e.to_string())?;
    let mut stored: BTreeMap<String, u32> = BTreeMap::new();
    cases
        .into_iter()
        .for_each(|(number,)| *stored.entry(number).or_default() += 1);
    let mut keys_of: BTreeMap<&str, u32> = BTreeMap::new();
    for (key, (number, _)) in &all.acknowledged {
        *keys_of.entry(number).or_default() += 1;
        let times = stored.get(number).copied().unwrap_or(0);
        if times != 1 {
            all.violations.push(format!(
                "{number}, acknowledged for {key}, exists {times} times"
            ));
        }
    }
    for (number, keys) in keys_of.into_iter().filter(|(_, keys)| *keys > 1) {
        all.violations
            .push(format!("{number} was given to {keys} keys"));
    }
    let submissions = one(conn, "SELECT COUNT(*) FROM submission").await?;
    let hashes = one(conn, "SELECT COUNT(DISTINCT idem_hash) FROM submission").await?;
    let keys = i64::try_from(all.acknowledged.len()).unwrap_or(i64::MAX);
    // a key that was given up may have been written or not
    let open = i64::try_from(all.given_up.len()).unwrap_or(i64::MAX);
    println!("submissions stored         {submissions}");
    println!("cases stored               {}", stored.len());
    if submissions != hashes || submissions < keys || submissions > keys + open {
        all.violations.push(format!(
            "{keys} keys, but {submissions} submissions with {hashes} keys"
        ));
    }
    if !all.given_up.is_empty() {
        all.violations.push(format!(
            "{open} keys were never acknowledged, first {}",
            all.given_up[0]
        ));
    }
    for (sql, what) in [
        (
            "SELECT COUNT(*) FROM case_file c LEFT JOIN submission s ON s.id = c.submission_id WHERE s.id IS NULL",
            "cases without a submission",
        ),
        (
            "SELECT COUNT(*) FROM submission s LEFT JOIN case_file c ON c.submission_id = s.id WHERE c.id IS NULL",
            "submissions without a case",
        ),
        (
            "SELECT COUNT(*) - COUNT(DISTINCT submission_id) FROM case_file",
            "cases too many (each filing makes one)",
        ),
        (
            "SELECT COUNT(*) FROM case_file c LEFT JOIN case_secret x ON x.case_id = c.id LEFT JOIN case_clock k ON \
             k.case_id = c.id LEFT JOIN case_event e ON e.case_id = c.id AND e.seq = 1 \
             WHERE x.case_id IS NULL OR k.case_id IS NULL OR e.case_id IS NULL",
            "cases without their sealed part, clock or first event",
        ),
        (
            "SELECT COUNT(*) FROM case_secret x LEFT JOIN case_file c ON c.id = x.case_id WHERE c.id IS NULL",
            "sealed parts without a case",
        ),
    ] {
        let n = one(conn, sql).await?;
        if n != 0 {
            all.violations.push(format!("{n} {what}"));
        }
    }
    Ok(())
}
