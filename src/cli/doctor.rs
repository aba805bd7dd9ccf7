//! `minsheng doctor`: looks at settings, keys, database, calendar and reference data, and says in one line a check what
//! is well, what is doubtful and what must be mended. It changes nothing.

use super::keys::{RECEIPT, SEAL};
use crate::{
    config::Config,
    error::Error,
    kernel::clock::{Clock, china_date},
    privacy::KeyRing,
    receipts::keys::SigningKeys,
    reference::Reference,
    seed::{KeyCheck, key_check},
    store::{Store, facts, migrate},
};
use std::{
    fmt::Display,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};
use time::{Date, Month};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    Ok,
    Warn,
    Bad,
}

/// The lines printed so far, and the worst of them.
struct Report(Finding);

impl Report {
    fn line(&mut self, finding: Finding, check: &str, found: impl Display, advice: &str) {
        let word = match finding {
            Finding::Ok => "ok",
            Finding::Warn => "warn",
            Finding::Bad => "bad",
        };
        let advice = if advice.is_empty() {
            String::new()
        } else {
            format!("; {advice}")
        };
        println!("{word:<5} {check:<10} {found}{advice}");
        self.0 = self.0.max(finding);
    }

    fn ok(&mut self, check: &str, found: impl Display) {
        self.line(Finding::Ok, check, found, "");
    }

    fn warn(&mut self, check: &str, found: impl Display, advice: &str) {
        self.line(Finding::Warn, check, found, advice);
    }

    fn bad(&mut self, check: &str, found: impl Display, advice: &str) {
        self.line(Finding::Bad, check, found, advice);
    }

    fn code(&self) -> ExitCode {
        if self.0 == Finding::Bad {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

/// Runs every check.
///
/// # Errors
/// None: what goes wrong is a line.
pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut report = Report(Finding::Ok);
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(e) => {
            report.bad(
                "settings",
                format_args!("{e:#}"),
                "nothing else can be checked before",
            );
            return Ok(report.code());
        }
    };
    settings(&mut report, &config);
    let ring = keys(&mut report, &config.keys_dir);
    match config.database().and_then(|url| Store::new(url, 2)) {
        Ok(store) => {
            if let Err(e) = database(&mut report, &store, ring.as_ref()).await {
                report.bad(
                    "database",
                    e,
                    "check that it runs and that MINSHENG_DATABASE_URL is right",
                );
            }
            store.close().await;
        }
        Err(e) => report.bad("database", format_args!("{e:#}"), ""),
    }
    Ok(report.code())
}

fn settings(report: &mut Report, config: &Config) {
    if config.secure() {
        report.ok("address", &config.public_url);
    } else {
        let advice = "residents need https: put a proxy with a certificate in front and set public_url (fine for a trial)";
        report.warn("address", &config.public_url, advice);
    }
    let inside = |address: &str| {
        address
            .parse::<std::net::SocketAddr>()
            .is_ok_and(|a| a.ip().is_loopback())
    };
    if inside(&config.ops_listen) {
        report.ok("metrics", &config.ops_listen);
    } else {
        report.warn(
            "metrics",
            &config.ops_listen,
            "must not be reachable from outside; see ops_listen",
        );
    }
}

/// Checks the key files; gives the ring when it can be read.
fn keys(report: &mut Report, dir: &Path) -> Option<KeyRing> {
    let ring = key_file(report, &dir.join(SEAL), |text| {
        KeyRing::parse(text).map_err(|e| e.to_string())
    });
    key_file(report, &dir.join(RECEIPT), |text| {
        SigningKeys::parse(text).map_err(|e| e.to_string())
    });
    match fs::metadata(dir) {
        Ok(m) if m.permissions().mode() & 0o077 != 0 => {
            let advice = format!("close it with: chmod 700 {}", dir.display());
            report.warn(
                "keys",
                format_args!("{} is open to others", dir.display()),
                &advice,
            );
        }
        _ => {}
    }
    ring
}

fn key_file<T>(
    report: &mut Report,
    path: &PathBuf,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => {
            let advice =
                "set keys_dir, put the backup back, or for a new portal run: minsheng keys init";
            report.bad("keys", format_args!("{shown}: {e}"), advice);
            return None;
        }
    };
    let parsed = match parse(&text) {
        Ok(parsed) => parsed,
        Err(e) => {
            report.bad(
                "keys",
                format_args!("{shown}: {e}"),
                "put the backup of this file back",
            );
            return None;
        }
    };
    match fs::metadata(path) {
        Ok(m) if m.permissions().mode() & 0o077 != 0 => {
            let advice = format!("close it with: chmod 600 {shown}");
            report.bad(
                "keys",
                format_args!("{shown} can be read by others"),
                &advice,
            );
        }
        _ => report.ok("keys", shown),
    }
    Some(parsed)
}

async fn database(report: &mut Report, store: &Store, ring: Option<&KeyRing>) -> Result<(), Error> {
    let mut conn = store.conn().await?;
    let server = facts::server(&mut conn).await?;
    let name = if server.version.contains("MariaDB") {
        "MariaDB"
    } else {
        "MySQL"
    };
    match supported(&server.version) {
        Some(true) => report.ok("database", format_args!("{name} {}", server.version)),
        _ => report.bad(
            "database",
            format_args!("{name} {}", server.version),
            "the portal needs MySQL 8.4 or later, or MariaDB 10.11 or later",
        ),
    }
    if server.isolation == "READ-COMMITTED" && server.sql_mode.contains("STRICT_TRANS_TABLES") {
        report.ok("session", "READ COMMITTED, strict");
    } else {
        let found = format!(
            "isolation {}, sql_mode {}",
            server.isolation, server.sql_mode
        );
        report.bad(
            "session",
            found,
            "a proxy may be swallowing SET SESSION; connect without it",
        );
    }
    let missing = migrate::missing(store).await?;
    if !missing.is_empty() {
        report.bad(
            "schema",
            format_args!("{} steps are missing", missing.len()),
            "run: minsheng migrate",
        );
        return Ok(());
    }
    report.ok("schema", "up to date");
    if let Some(ring) = ring {
        match key_check(&mut conn, ring).await? {
            KeyCheck::Same => report.ok("key check", "seal.keys belongs to this database"),
            KeyCheck::Absent => report.warn(
                "key check",
                "the database has no mark of its keys",
                "run: minsheng seed",
            ),
            KeyCheck::Other => {
                report.bad(
                    "key check",
                    "another seal.keys sealed this database",
                    "put that file back before serving",
                );
            }
        }
    }
    let reference = Reference::load(store).await?;
    contents(report, &reference, facts::community_count(&mut conn).await?);
    calendar(report, &reference, china_date(Clock::System.now()));
    let staff = facts::staff_by_role(&mut conn).await?;
    let has = |role: &str| staff.iter().any(|(r, n)| r == role && *n > 0);
    let lacking: Vec<&str> = ["intake", "handler", "admin"]
        .into_iter()
        .filter(|r| !has(r))
        .collect();
    if lacking.is_empty() {
        report.ok(
            "staff",
            staff
                .iter()
                .map(|(r, n)| format!("{n} {r}"))
                .collect::<Vec<_>>()
                .join(", "),
        );
    } else {
        report.warn(
            "staff",
            format_args!("nobody is {}", lacking.join(", ")),
            "run: minsheng staff add --help",
        );
    }
    if reference.demo {
        report.warn(
            "demo",
            "the database holds invented cases and demo logins",
            "never open it to residents",
        );
    }
    Ok(())
}

fn contents(report: &mut Report, reference: &Reference, communities: i64) {
    let inside = reference.departments.iter().filter(|d| d.inside).count();
    let problems = reference
        .categories
        .iter()
        .filter(|c| c.family == "problem")
        .count();
    let goods = reference.categories.len() - problems;
    let counts = [
        (reference.streets.len(), "streets"),
        (usize::try_from(communities).unwrap_or(0), "communities"),
        (inside, "departments"),
        (goods, "categories"),
        (problems, "problems"),
        (
            reference.rules.iter().filter(|r| r.active).count(),
            "dispatch rules",
        ),
    ];
    let all: Vec<String> = counts
        .iter()
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    if counts.iter().any(|(n, _)| *n == 0) {
        report.bad("reference", all.join(", "), "run: minsheng seed");
    } else {
        report.ok("reference", all.join(", "));
    }
    for rule in reference.rules.iter().filter(|r| r.active) {
        if let Some(lead) = rule
            .lead
            .as_deref()
            .filter(|l| reference.inside(l).is_none())
        {
            let found = format!(
                "rule {} sends to {lead}, which handles no cases here",
                rule.ord
            );
            report.warn(
                "dispatch",
                found,
                "its cases wait at intake; mend the rule at /desk/admin/rules",
            );
        }
    }
}

/// This year's arrangement must be there; next year's is usually published in November.
fn calendar(report: &mut Report, reference: &Reference, today: Date) {
    let loaded: Vec<i32> = reference.calendar.years().map(|(year, _)| year).collect();
    let load = "load the State Council's arrangement at /desk/admin/calendar; until then dates are provisional";
    for year in [today.year(), today.year() + 1] {
        if loaded.contains(&year) {
            report.ok("calendar", format_args!("{year} is loaded"));
        } else if year == today.year() {
            report.bad("calendar", format_args!("{year} is not loaded"), load);
        } else if today.month() >= Month::November {
            report.warn("calendar", format_args!("{year} is not loaded"), load);
        } else {
            report.ok(
                "calendar",
                format_args!("{year} is not loaded; it is usually published in November"),
            );
        }
    }
}

/// Whether a server's version is one the portal is tried on; `None` when it cannot be read.
fn supported(version: &str) -> Option<bool> {
    // Some MariaDB servers put 5.5.5- in front for very old clients.
    let plain = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut parts = plain.split(['.', '-']).map(|p| p.parse::<u32>().ok());
    let found = (parts.next()??, parts.next()??);
    Some(
        found
            >= if version.contains("MariaDB") {
                (10, 11)
            } else {
                (8, 4)
            },
    )
}

#[cfg(test)]
mod tests {
    use super::supported;

    #[test]
    fn versions_as_servers_write_them() {
        for (version, fits) in [
            ("11.8.3-MariaDB-0+deb13u1 from Debian", Some(true)),
            ("5.5.5-10.11.6-MariaDB", Some(true)),
            ("10.6.18-MariaDB", Some(false)),
            ("8.4.6", Some(true)),
            ("9.7.0-commercial", Some(true)),
            ("8.0.43-0ubuntu0.24.04.1", Some(false)),
            ("8.0.11-TiDB-v8.5.0", Some(false)),
            ("unknown", None),
        ] {
            assert_eq!(supported(version), fits, "{version}");
        }
    }
}
