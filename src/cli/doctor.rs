//! `minsheng doctor`: looks at settings, keys, database, calendar and reference data, and says in one line a check what
//! is well, what is doubtful and what must be mended. It changes nothing.

mod contents;
mod trail;
mod workshop;

use super::{
    keys::{RECEIPT, SEAL},
    serve,
};
use crate::{
    config::Config,
    error::Error,
    kernel::clock::{Clock, china_date},
    privacy::KeyRing,
    receipts::keys::SigningKeys,
    reference::Reference,
    seed::{KeyCheck, key_check},
    store::{Store, facts, jobs, migrate},
};
use std::{
    fmt::Display,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

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
    workshop::workshop(&mut report, &config.evidence_copies).await;
    workshop::scanner(&mut report, &config.scanner_url).await;
    let (ring, signer) = keys(&mut report, &config.keys_dir);
    match config.database().and_then(|url| Store::new(url, 2)) {
        Ok(store) => {
            if let Err(e) = database(&mut report, &store, ring.as_ref(), signer.as_ref()).await {
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
    let set = |url: &str| {
        if url.is_empty() {
            "not set up"
        } else {
            "set up"
        }
    };
    report.ok("letters", set(&config.smtp_url));
    report.ok("messages", set(&config.sms_gateway_url));
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
    let wanted = config.connections.most;
    match serve::descriptors() {
        Some(descriptors) if serve::room(config, descriptors) < wanted => report.warn(
            "clients",
            format_args!(
                "{} connections of the {wanted} that are set: the limit of open files is {descriptors} here",
                serve::room(config, descriptors)
            ),
            "raise it for the service: LimitNOFILE=, or ulimit -n before the start",
        ),
        _ => report.ok("clients", format_args!("up to {wanted} connections")),
    }
}

/// Checks the key files; gives the ring when it can be read.
fn keys(report: &mut Report, dir: &Path) -> (Option<KeyRing>, Option<SigningKeys>) {
    let ring = key_file(report, &dir.join(SEAL), |text| {
        KeyRing::parse(text).map_err(|e| e.to_string())
    });
    let signer = key_file(report, &dir.join(RECEIPT), |text| {
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
    (ring, signer)
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

async fn database(
    report: &mut Report,
    store: &Store,
    ring: Option<&KeyRing>,
    signer: Option<&SigningKeys>,
) -> Result<(), Error> {
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
    contents::tables(report, &reference, facts::community_count(&mut conn).await?);
    contents::calendar(report, &reference, china_date(Clock::System.now()));
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
    if !has("risk") {
        report.warn(
            "alerts",
            "nobody is risk officer, injuries and dangers are looked at by nobody",
            "run: minsheng staff add --role risk …",
        );
    }
    trail::trail(report, &mut conn, signer, Clock::System.now()).await?;
    let dead = jobs::jobs_dead(&mut conn).await?.len();
    if dead == 0 {
        report.ok("jobs", "nothing was given up");
    } else {
        report.warn(
            "jobs",
            format_args!("{dead} letters or messages were given up"),
            "see 发送 at the desk of an administrator",
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
