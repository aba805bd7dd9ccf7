//! The whole measurement of submissions: journeys, API and the bare client in one run, rows counted afterwards.

use super::{
    api::Machine,
    cpu::{Used, Watched},
    floor::{self, Writer},
    journey::{Plan, Visitors},
    stats::{Outcome, Table, closed_loop},
};
use sqlx::MySqlConnection;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// What is measured where.
pub struct Setting {
    /// The portal.
    pub server: SocketAddr,
    /// The database that the portal writes into.
    pub database: String,
    /// API tokens.
    pub tokens: Arc<[String]>,
    /// Length of each measurement.
    pub seconds: f64,
    /// The processes of portal and database.
    pub watched: Watched,
}

/// Rows of a channel: submissions, cases.
async fn count(conn: &mut MySqlConnection, channel: &str) -> Result<(u64, u64), String> {
    let counts: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM submission WHERE channel = ?), (SELECT COUNT(*) FROM case_file c \
         JOIN submission s ON s.id = c.submission_id JOIN case_secret x ON x.case_id = c.id WHERE c.channel = ?)",
    )
    .bind(channel)
    .bind(channel)
    .fetch_one(conn)
    .await
    .map_err(|e| e.to_string())?;
    Ok((counts.0.unsigned_abs(), counts.1.unsigned_abs()))
}

/// The most memory a process had, in MB.
fn most_memory(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

struct Run {
    setting: Setting,
    conn: MySqlConnection,
    table: Table,
    good: bool,
}

impl Run {
    /// Says when rows and accepted units differ, or anything failed.
    async fn check(
        &mut self,
        channel: &str,
        before: (u64, u64),
        accepted: u64,
        errors: u64,
    ) -> Result<(), String> {
        let now = count(&mut self.conn, channel).await?;
        let (submissions, cases) = (now.0 - before.0, now.1 - before.1);
        let same = submissions == accepted && cases == accepted;
        self.good &= same && errors == 0;
        self.table.note(&format!(
            "  rows: {accepted} accepted, {submissions} submissions, {cases} cases{}",
            if same { "" } else { "  <-- DIFFERENT" }
        ));
        Ok(())
    }

    fn length(&self) -> Duration {
        Duration::from_secs_f64(self.setting.seconds)
    }

    async fn journeys(
        &mut self,
        plan: &Arc<Plan>,
        clients: usize,
        name: &str,
    ) -> Result<Outcome, String> {
        let visitors = (0..clients).map(|_| Visitors::new(plan)).collect();
        let before = count(&mut self.conn, "web").await?;
        let used = self.setting.watched.read();
        let mut out = closed_loop(visitors, self.length()).await;
        let used = self.setting.watched.read() - used;
        self.table.line(name, clients, &mut out, false);
        self.table
            .line("  a whole journey", clients, &mut out, true);
        self.table.note(&used.line(out.done));
        self.check("web", before, out.done, out.errors).await?;
        Ok(out)
    }

    /// API and bare client by turns, two rounds each.
    async fn pairs(&mut self, clients: usize) -> Result<(Outcome, Outcome), String> {
        let half = self.length() / 2;
        let (mut api, mut bare) = (Outcome::default(), Outcome::default());
        let before = (
            count(&mut self.conn, "api").await?,
            count(&mut self.conn, floor::CHANNEL).await?,
        );
        let (mut api_used, mut bare_used) = (Used::default(), Used::default());
        let watched = self.setting.watched;
        for _ in 0..2 {
            let machines = (0..clients)
                .map(|_| Machine::new(self.setting.server, &self.setting.tokens))
                .collect();
            let used = watched.read();
            api.and_then(closed_loop(machines, half).await);
            api_used = api_used + (watched.read() - used);
            let rows = Arc::new(
                floor::rows(&mut self.conn)
                    .await
                    .map_err(|e| e.to_string())?,
            );
            let mut writers = Vec::new();
            for _ in 0..clients {
                writers.push(
                    Writer::new(&self.setting.database, &rows)
                        .await
                        .map_err(|e| e.to_string())?,
                );
            }
            let used = watched.read();
            bare.and_then(closed_loop(writers, half).await);
            bare_used = bare_used + (watched.read() - used);
        }
        self.table
            .line("(b) API submissions", clients, &mut api, false);
        self.table.note(&api_used.line(api.done));
        self.check("api", before.0, api.done, api.errors).await?;
        self.table.line(
            "(c) the same rows by a bare client",
            clients,
            &mut bare,
            false,
        );
        self.table.note(&bare_used.line(bare.done));
        self.check(floor::CHANNEL, before.1, bare.done, bare.errors)
            .await?;
        self.table
            .note(&format!("  (b) is {:.2} of (c)", api.rate() / bare.rate()));
        Ok((api, bare))
    }
}

/// Measures and prints; false when anything failed, was lost or came twice.
pub async fn run(setting: Setting) -> Result<bool, String> {
    let conn = floor::connect(&setting.database)
        .await
        .map_err(|e| e.to_string())?;
    let mut plan = Plan::look(setting.server).await?;
    let plain = Arc::new(Plan {
        assets: plan.assets.clone(),
        ..plan
    });
    plan.autosaves = 1;
    let typing = Arc::new(plan);

    // Warm up: pools, caches, tables that are no longer empty.
    let warm = Duration::from_secs_f64((setting.seconds / 3.0).min(1.5));
    closed_loop((0..8).map(|_| Visitors::new(&plain)).collect(), warm).await;
    closed_loop(
        (0..8)
            .map(|_| Machine::new(setting.server, &setting.tokens))
            .collect(),
        warm,
    )
    .await;

    let mut run = Run {
        setting,
        conn,
        table: Table::default(),
        good: true,
    };
    run.table.heading("Journeys (times of single requests)");
    let mut eight = None;
    let mut errors = 0;
    for clients in [1, 8, 64] {
        let out = run.journeys(&plain, clients, "(a) journeys").await?;
        errors += if clients == 64 { out.errors } else { 0 };
        if clients == 8 {
            eight = Some(out);
        }
    }
    run.journeys(&typing, 8, "(a) and the script saves once a step")
        .await?;

    run.table.heading("Submissions");
    let mut ratio = f64::INFINITY;
    let mut api_eight = None;
    let mut best = 0.0_f64;
    for clients in [1, 8, 64] {
        let (api, bare) = run.pairs(clients).await?;
        ratio = ratio.min(api.rate() / bare.rate());
        best = best.max(api.rate());
        errors += if clients == 64 { api.errors } else { 0 };
        if clients == 8 {
            api_eight = Some(api);
        }
    }

    run.table.note("\nGoals on 2 cores");
    let (mut eight, mut api) = (eight.unwrap_or_default(), api_eight.unwrap_or_default());
    let (rate, p95, whole) = (
        eight.rate(),
        eight.requests.percentile(95),
        eight.units.percentile(95),
    );
    run.table.goal(
        rate >= 250.0,
        &format!("(a) at least 250 journeys/s at 8 clients: {rate:.0}"),
    );
    run.table.goal(
        p95 < 50.0,
        &format!("(a) p95 under 50 ms at 8 clients: {p95:.1} a request, {whole:.1} a journey"),
    );
    run.table.goal(
        best >= 800.0,
        &format!(
            "(b) at least 800/s: {:.0} at 8 clients, best {best:.0}",
            api.rate()
        ),
    );
    run.table.goal(
        ratio >= 0.5,
        &format!("(b) at least 0.5 of (c) at 1, 8 and 64 clients: at least {ratio:.2}"),
    );
    let p95 = api.requests.percentile(95);
    run.table.goal(
        p95 < 50.0,
        &format!("(b) p95 under 50 ms at 8 clients: {p95:.1}"),
    );
    run.table
        .goal(errors == 0, &format!("no error at 64 clients: {errors}"));
    if let Some(mb) = run.setting.watched.portal.and_then(most_memory) {
        run.table.goal(
            mb < 150.0,
            &format!("memory of the server under 150 MB: most {mb:.0} MB"),
        );
    }
    run.table.print();
    Ok(run.good)
}
