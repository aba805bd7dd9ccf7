//! Keyed limiters over governor that remember a bounded number of keys. Owns the clock they run on and the bound; which
//! operation has which quota is `limits`' matter.

use super::{Rate, RetryAfter};
use governor::clock::{Clock, DefaultClock, FakeRelativeClock, QuantaInstant, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{NotUntil, RateLimiter};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// What counts the time between requests.
#[derive(Debug, Clone)]
pub enum Ticker {
    /// The machine's monotonic clock, from a start.
    Machine(DefaultClock, QuantaInstant),
    /// A clock that a test moves.
    Fake(FakeRelativeClock),
}

impl Ticker {
    /// The machine's clock.
    #[must_use]
    pub fn machine() -> Self {
        let clock = DefaultClock::default();
        let start = clock.now();
        Self::Machine(clock, start)
    }
}

impl Clock for Ticker {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match self {
            Self::Machine(clock, start) => clock.now().duration_since(*start),
            Self::Fake(clock) => clock.now(),
        }
    }
}

/// A limiter without keys.
pub(super) type Direct = RateLimiter<NotKeyed, InMemoryState, Ticker, NoOpMiddleware<Nanos>>;

/// A store that can be asked whether it knows a key.
struct Shared<K: Hash + Eq>(Arc<DashMapStateStore<K>>);

impl<K: Hash + Eq + Clone> StateStore for Shared<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Shared<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        ShrinkableKeyedStateStore::retain_recent(&*self.0, drop_below);
    }
    fn shrink_to_fit(&self) {
        ShrinkableKeyedStateStore::shrink_to_fit(&*self.0);
    }
    fn len(&self) -> usize {
        ShrinkableKeyedStateStore::len(&*self.0)
    }
    fn is_empty(&self) -> bool {
        ShrinkableKeyedStateStore::is_empty(&*self.0)
    }
}

/// A keyed limiter that remembers at most `most` keys.
struct Bounded<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Shared<K>, Ticker, NoOpMiddleware<Nanos>>,
    map: Arc<DashMapStateStore<K>>,
    /// Keys, never below the truth: asking the map takes every one of its locks.
    count: AtomicUsize,
    most: usize,
    swept: AtomicU64,
    ticker: Ticker,
}

impl<K: Hash + Eq + Clone> Bounded<K> {
    /// At most one sweep in this time when the map is full, for a sweep walks all of it.
    const SWEEP_NANOS: u64 = 1_000_000_000;

    fn new(rate: Rate, most: usize, ticker: &Ticker) -> Self {
        let map = Arc::new(DashMapStateStore::default());
        Self {
            limiter: RateLimiter::new(rate.quota(), Shared(Arc::clone(&map)), ticker.clone()),
            map,
            count: AtomicUsize::new(0),
            most,
            swept: AtomicU64::new(0),
            ticker: ticker.clone(),
        }
    }

    /// `None`: the key is new and there is no room for it.
    fn check(&self, key: &K) -> Option<Result<(), RetryAfter>> {
        if !self.map.contains_key(key) {
            if self.count.load(Relaxed) >= self.most {
                let now = self.ticker.now().as_u64();
                let last = self.swept.load(Relaxed);
                if now.saturating_sub(last) < Self::SWEEP_NANOS
                    || self
                        .swept
                        .compare_exchange(last, now, Relaxed, Relaxed)
                        .is_err()
                {
                    return None;
                }
                self.sweep();
                if self.count.load(Relaxed) >= self.most {
                    return None;
                }
            }
            self.count.fetch_add(1, Relaxed);
        }
        Some(
            self.limiter
                .check_key(key)
                .map_err(|no| wait(&no, &self.ticker)),
        )
    }

    fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
        self.count.store(self.limiter.len(), Relaxed);
    }
}

/// A bounded limiter, then one for wider keys, then one for all others: memory is bounded, and a flood of new keys
/// is slowed down without touching those already known.
pub(super) struct Tiers<K: Hash + Eq + Clone> {
    fine: Bounded<K>,
    wide: Bounded<K>,
    rest: Direct,
    widen: fn(&K) -> K,
}

impl<K: Hash + Eq + Clone> Tiers<K> {
    /// A wider network holds so many honest ones at a time.
    const WIDE: NonZeroU32 = Rate::new(8, 1).per_minute;
    /// And the rest of the world so many.
    const REST: NonZeroU32 = Rate::new(256, 1).per_minute;

    pub(super) fn new(rate: Rate, most: usize, ticker: &Ticker, widen: fn(&K) -> K) -> Self {
        Self {
            fine: Bounded::new(rate, most, ticker),
            wide: Bounded::new(rate.times(Self::WIDE), most / 4, ticker),
            rest: RateLimiter::direct_with_clock(rate.times(Self::REST).quota(), ticker.clone()),
            widen,
        }
    }

    pub(super) fn check(&self, key: &K) -> Result<(), RetryAfter> {
        self.fine
            .check(key)
            .or_else(|| self.wide.check(&(self.widen)(key)))
            .unwrap_or_else(|| direct(&self.rest, &self.fine.ticker))
    }

    pub(super) fn sweep(&self) {
        self.fine.sweep();
        self.wide.sweep();
    }

    pub(super) fn keys(&self) -> usize {
        self.fine.limiter.len() + self.wide.limiter.len()
    }
}

fn wait(no: &NotUntil<Nanos>, ticker: &Ticker) -> RetryAfter {
    let wait = no.wait_time_from(ticker.now());
    RetryAfter((wait.as_nanos().div_ceil(1_000_000_000) as u64).max(1))
}

/// Asks a limiter without keys.
pub(super) fn direct(limiter: &Direct, ticker: &Ticker) -> Result<(), RetryAfter> {
    limiter.check().map_err(|no| wait(&no, ticker))
}
