//! Cases summed up: for each slot how many, how much money, and how many of each number of days, so that percentiles
//! are exact. Added and taken away one case at a time; the store keeps it as one short text. Pure.

use super::{Slot, Standing};
use std::fmt::Write as _;

/// Longer times are counted as this many days.
const LONGEST: u16 = 999;

/// One slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// Cases.
    pub n: i64,
    /// Money.
    pub fen: i64,
    /// Cases by the number of days.
    days: Vec<i64>,
}

impl Count {
    fn is_zero(&self) -> bool {
        self.n == 0 && self.fen == 0 && self.days.iter().all(|n| *n == 0)
    }

    fn day(&mut self, days: u16, n: i64) {
        let at = usize::from(days.min(LONGEST));
        if self.days.len() <= at {
            self.days.resize(at + 1, 0);
        }
        self.days[at] += n;
    }
}

/// Every slot.
#[derive(Debug, Clone)]
pub struct Tally(Vec<Count>);

impl Default for Tally {
    fn default() -> Self {
        Self(vec![Count::default(); Slot::ALL.len()])
    }
}

impl PartialEq for Tally {
    fn eq(&self, other: &Self) -> bool {
        self.write() == other.write()
    }
}

impl Tally {
    /// Adds a standing (`by` 1) or takes it away (`by` -1).
    pub fn put(&mut self, s: &Standing, by: i64) {
        let count = &mut self.0[s.slot.index()];
        count.n += by;
        count.fen += by * s.fen;
        if let Some(days) = s.days {
            count.day(days, by);
        }
    }

    /// Adds everything of another one.
    pub fn add(&mut self, other: &Self) {
        for (here, there) in self.0.iter_mut().zip(&other.0) {
            here.n += there.n;
            here.fen += there.fen;
            if here.days.len() < there.days.len() {
                here.days.resize(there.days.len(), 0);
            }
            for (a, b) in here.days.iter_mut().zip(&there.days) {
                *a += b;
            }
        }
    }

    /// Cases in these slots.
    #[must_use]
    pub fn count(&self, slots: &[Slot]) -> i64 {
        slots.iter().map(|s| self.0[s.index()].n).sum()
    }

    /// Money in these slots.
    #[must_use]
    pub fn fen(&self, slots: &[Slot]) -> i64 {
        slots.iter().map(|s| self.0[s.index()].fen).sum()
    }

    /// The smallest number of days within which `percent` of the cases in these slots were done (nearest rank), `None`
    /// without any.
    #[must_use]
    pub fn percentile(&self, slots: &[Slot], percent: i64) -> Option<u16> {
        let counts: Vec<&Count> = slots.iter().map(|s| &self.0[s.index()]).collect();
        let total: i64 = counts.iter().flat_map(|c| &c.days).sum();
        if total == 0 {
            return None;
        }
        let rank = (total * percent + 99) / 100;
        let mut seen = 0;
        for day in 0..=LONGEST {
            let at = usize::from(day);
            seen += counts
                .iter()
                .map(|c| c.days.get(at).copied().unwrap_or(0))
                .sum::<i64>();
            if seen >= rank.max(1) {
                return Some(day);
            }
        }
        None
    }

    /// As the store keeps it: `agreed 3 360050 12:2,15:1;failed 1 0 20:1`.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        for (slot, count) in Slot::ALL.iter().zip(&self.0) {
            if count.is_zero() {
                continue;
            }
            if !out.is_empty() {
                out.push(';');
            }
            let _ = write!(out, "{} {} {} ", slot.code(), count.n, count.fen);
            let mut mark = "";
            for (day, n) in count.days.iter().enumerate().filter(|(_, n)| **n != 0) {
                let _ = write!(out, "{mark}{day}:{n}");
                mark = ",";
            }
        }
        out
    }

    /// Adds what was kept. Slots of another version of the program are left out.
    pub fn read(&mut self, kept: &str) {
        for part in kept.split(';') {
            let mut words = part.splitn(4, ' ');
            let Some(slot) = words.next().and_then(Slot::from_code) else {
                continue;
            };
            let mut number = || {
                words
                    .next()
                    .and_then(|w| w.parse::<i64>().ok())
                    .unwrap_or(0)
            };
            let (n, fen) = (number(), number());
            let count = &mut self.0[slot.index()];
            count.n += n;
            count.fen += fen;
            for pair in words.next().unwrap_or("").split(',') {
                let Some((day, n)) = pair.split_once(':') else {
                    continue;
                };
                if let (Ok(day), Ok(n)) = (day.parse(), n.parse()) {
                    count.day(day, n);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn standing(slot: Slot, days: Option<u16>, fen: i64) -> Standing {
        Standing {
            slot,
            on: date!(2026 - 11 - 24),
            days,
            fen,
        }
    }

    #[test]
    fn percentiles_are_exact_by_nearest_rank() {
        let of = |days: &[u16]| {
            let mut t = Tally::default();
            for d in days {
                t.put(&standing(Slot::Agreed, Some(*d), 0), 1);
            }
            let slots = &[Slot::Agreed, Slot::Failed];
            (t.percentile(slots, 50), t.percentile(slots, 90))
        };
        assert_eq!(of(&[]), (None, None));
        assert_eq!(of(&[7]), (Some(7), Some(7)));
        assert_eq!(of(&[0, 0, 5]), (Some(0), Some(5)));
        assert_eq!(of(&[1, 2, 3, 4]), (Some(2), Some(4)));
        assert_eq!(of(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), (Some(5), Some(9)));
        assert_eq!(of(&[2000, 3]), (Some(3), Some(LONGEST)));
    }

    #[test]
    fn the_text_says_everything_and_zero_says_nothing() {
        let mut t = Tally::default();
        assert_eq!(t.write(), "");
        let agreed = standing(Slot::Agreed, Some(12), 360_050);
        t.put(&agreed, 1);
        t.put(&standing(Slot::Agreed, Some(15), 0), 1);
        t.put(&standing(Slot::Report, None, 0), 1);
        assert_eq!(t.write(), "report 1 0 ;agreed 2 360050 12:1,15:1");
        let mut back = Tally::default();
        back.read(&t.write());
        back.read("gone_slot 5 0 1:1");
        assert_eq!(back, t);
        t.put(&agreed, -1);
        assert_eq!(t.write(), "report 1 0 ;agreed 1 0 15:1");
    }

    proptest! {
        #[test]
        fn adding_and_taking_away_leave_what_was_there(
            all in proptest::collection::vec((0..Slot::ALL.len(), proptest::option::of(0_u16..1200), 0_i64..100_000), 0..60),
            cut in 0_usize..60,
        ) {
            let all: Vec<Standing> = all.iter().map(|(s, d, f)| standing(Slot::ALL[*s], *d, *f)).collect();
            let cut = cut.min(all.len());
            let sum = |part: &[Standing]| {
                let mut t = Tally::default();
                part.iter().for_each(|s| t.put(s, 1));
                t
            };
            let mut both = sum(&all[..cut]);
            both.add(&sum(&all[cut..]));
            prop_assert_eq!(&both, &sum(&all));
            all[cut..].iter().for_each(|s| both.put(s, -1));
            prop_assert_eq!(&both, &sum(&all[..cut]));
            let mut kept = Tally::default();
            kept.read(&both.write());
            prop_assert_eq!(kept, both);
        }
    }
}
