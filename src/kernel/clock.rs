//! Time and randomness as parameters. The only room that may ask the machine for either; everybody else is handed a
//! `now`, an [`Ids`] or a [`Dice`].

use std::sync::{Arc, Mutex};
use time::{Date, Duration, OffsetDateTime, UtcOffset, macros::offset};
use uuid::Uuid;

/// China has one zone without daylight saving.
pub const CHINA: UtcOffset = offset!(+8);

/// The calendar date on which an instant falls in China (Asia/Shanghai), the date the law reads.
#[must_use]
pub fn china_date(at: OffsetDateTime) -> Date {
    at.to_offset(CHINA).date()
}

/// Where `now` comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that a test moves by hand.
    Fixed(Arc<Mutex<OffsetDateTime>>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The present instant in UTC, cut to microseconds (what the store keeps).
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn now(&self) -> OffsetDateTime {
        let now = match self {
            Self::System => OffsetDateTime::now_utc(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        };
        now.replace_nanosecond(now.nanosecond() / 1000 * 1000)
            .unwrap_or(now)
    }

    /// Moves a fixed clock; the machine's clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }
}

/// Makes ids: `UUIDv7`, so that rows of one time lie together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids;

impl Ids {
    /// A new id.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn next(self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Randomness from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dice;

impl Dice {
    /// Fresh random bytes.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws random bytes"
    )]
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        rand::random()
    }

    /// A uniform number below `limit` (1 to 100).
    #[must_use]
    pub fn below(self, limit: u8) -> u8 {
        let top = u8::MAX - u8::MAX % limit;
        loop {
            let [byte] = self.bytes::<1>();
            if byte < top {
                return byte % limit;
            }
        }
    }
}
