//! Processor time, read off `/proc`: what a unit of work costs the portal, the database and these clients, and how much
//! of the machine others took meanwhile. On a busy machine this says more than requests a second.

use std::ops::{Add, Sub};

/// Processes whose time is told apart.
#[derive(Clone, Copy, Default)]
pub struct Watched {
    /// The portal.
    pub portal: Option<u32>,
    /// Its database.
    pub database: Option<u32>,
}

/// Time used so far, in ticks of 10 ms.
#[derive(Clone, Copy, Default)]
pub struct Used {
    portal: u64,
    database: u64,
    clients: u64,
    busy: u64,
    all: u64,
}

fn of_process(pid: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // the name in brackets may hold blanks; user and system time are the 12th and 13th field after it
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<u64>().ok())
        .sum()
}

impl Watched {
    /// Reads all of it.
    pub fn read(&self) -> Used {
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let fields: Vec<u64> = stat
            .lines()
            .next()
            .unwrap_or("")
            .split_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|t| t.parse().ok())
            .collect();
        let all: u64 = fields.iter().sum();
        let idle: u64 = fields.iter().skip(3).take(2).sum();
        let of = |pid: Option<u32>| pid.map_or(0, |pid| of_process(&pid.to_string()));
        Used {
            portal: of(self.portal),
            database: of(self.database),
            clients: of_process("self"),
            busy: all - idle,
            all,
        }
    }
}

impl Sub for Used {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        let less = u64::saturating_sub;
        Self {
            portal: less(self.portal, before.portal),
            database: less(self.database, before.database),
            clients: less(self.clients, before.clients),
            busy: less(self.busy, before.busy),
            all: less(self.all, before.all),
        }
    }
}

impl Add for Used {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            portal: self.portal + more.portal,
            database: self.database + more.database,
            clients: self.clients + more.clients,
            busy: self.busy + more.busy,
            all: self.all + more.all,
        }
    }
}

impl Used {
    /// Microseconds of the portal and of these clients for each of so many units.
    #[expect(clippy::cast_precision_loss, reason = "ticks of a run are few")]
    pub fn each(&self, units: u64) -> (f64, f64) {
        let each = |ticks: u64| ticks as f64 * 10_000.0 / units.max(1) as f64;
        (each(self.portal), each(self.clients))
    }

    /// A line about so many units.
    #[expect(clippy::cast_precision_loss, reason = "ticks of a run are few")]
    pub fn line(&self, units: u64) -> String {
        let each = |ticks: u64| ticks as f64 * 10.0 / units.max(1) as f64;
        let ours = self.portal + self.database + self.clients;
        let percent = |ticks: u64| ticks as f64 * 100.0 / self.all.max(1) as f64;
        format!(
            "  processor time a unit: portal {:.3} ms, database {:.3} ms, clients {:.3} ms; the machine: {:.0} % for \
             this, {:.0} % for others, {:.0} % idle",
            each(self.portal),
            each(self.database),
            each(self.clients),
            percent(ours),
            percent(self.busy.saturating_sub(ours)),
            percent(self.all.saturating_sub(self.busy))
        )
    }
}
