//! What a run gives: counts, times, and the closed loop that makes them: each client asks again as soon as it was answered.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Times, kept one by one: percentiles are exact.
#[derive(Default)]
pub struct Times(Vec<u32>);

impl Times {
    /// Notes one time.
    pub fn push(&mut self, time: Duration) {
        self.0
            .push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The given percentile in milliseconds, 0 without any.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(at).map_or(0.0, |t| f64::from(*t) / 1000.0)
    }
}

/// What one client or many together did.
#[derive(Default)]
pub struct Outcome {
    /// Units (journeys, submissions, transactions) that ended well.
    pub done: u64,
    /// Units that did not.
    pub errors: u64,
    /// The first thing that went wrong.
    pub first_error: Option<String>,
    /// Times of whole units.
    pub units: Times,
    /// Times of single requests.
    pub requests: Times,
    /// Length of the run.
    pub elapsed: Duration,
}

impl Outcome {
    /// Adds what another did at the same time.
    fn join(&mut self, other: Self) {
        self.count(other.done, other.errors, other.first_error);
        self.units.0.extend(other.units.0);
        self.requests.0.extend(other.requests.0);
        self.elapsed = self.elapsed.max(other.elapsed);
    }

    /// Adds another round of the same.
    pub fn and_then(&mut self, other: Self) {
        let before = self.elapsed;
        let after = other.elapsed;
        self.join(other);
        self.elapsed = before + after;
    }

    fn count(&mut self, done: u64, errors: u64, first: Option<String>) {
        self.done += done;
        self.errors += errors;
        self.first_error = self.first_error.take().or(first);
    }

    /// Units a second.
    pub fn rate(&self) -> f64 {
        per_second(self.done, self.elapsed)
    }

    /// Requests a second.
    pub fn request_rate(&self) -> f64 {
        per_second(self.requests.len() as u64, self.elapsed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
fn per_second(n: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() {
        0.0
    } else {
        n as f64 / elapsed.as_secs_f64()
    }
}

/// One client of a closed loop.
pub trait Client: Send + 'static {
    /// Does one unit of work and notes each request.
    fn once(&mut self, requests: &mut Times) -> impl Future<Output = Result<(), String>> + Send;
}

/// Lets every client work until the time is over; what was begun is finished and counted.
pub async fn closed_loop<C: Client>(clients: Vec<C>, length: Duration) -> Outcome {
    let start = Instant::now();
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                let mut out = Outcome::default();
                while start.elapsed() < length {
                    let began = Instant::now();
                    match client.once(&mut out.requests).await {
                        Ok(()) => {
                            out.done += 1;
                            out.units.push(began.elapsed());
                        }
                        Err(e) => {
                            out.count(0, 1, Some(e));
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                    }
                }
                out.elapsed = start.elapsed();
                out
            })
        })
        .collect();
    let mut all = Outcome::default();
    for task in tasks {
        match task.await {
            Ok(out) => all.join(out),
            Err(e) => all.count(0, 1, Some(e.to_string())),
        }
    }
    all
}

/// The lines that are printed at the end.
#[derive(Default)]
pub struct Table(String);

impl Table {
    /// A heading.
    pub fn heading(&mut self, title: &str) {
        let _ = writeln!(
            self.0,
            "\n{title:<44}{:>8}{:>10}{:>10}{:>9}{:>9}{:>9}{:>8}",
            "clients", "units/s", "req/s", "p50 ms", "p95 ms", "p99 ms", "errors"
        );
    }

    /// A line; `whole`: times of whole units, else of single requests.
    pub fn line(&mut self, name: &str, clients: usize, out: &mut Outcome, whole: bool) {
        let (rate, requests, errors) = (out.rate(), out.request_rate(), out.errors);
        let times = if whole {
            &mut out.units
        } else {
            &mut out.requests
        };
        let [p50, p95, p99] = [50, 95, 99].map(|p| times.percentile(p));
        let _ = writeln!(
            self.0,
            "{name:<44}{clients:>8}{rate:>10.0}{requests:>10.0}{p50:>9.2}{p95:>9.2}{p99:>9.2}{errors:>8}"
        );
        if let Some(e) = &out.first_error {
            let _ = writeln!(self.0, "    first error: {e}");
        }
    }

    /// A free line.
    pub fn note(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A goal, met or not.
    pub fn goal(&mut self, met: bool, text: &str) {
        let _ = writeln!(
            self.0,
            "  {} {text}",
            if met { "met    " } else { "NOT MET" }
        );
    }

    /// Prints all.
    pub fn print(&self) {
        println!("{}", self.0);
    }
}
