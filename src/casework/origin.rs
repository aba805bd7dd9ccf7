//! How a case begins: which clocks run from its receipt, by its kind, its matter, the way it came and what its first event
//! says. Pure.

use super::{
    EventKind,
    clocks::{Basis, Past},
    clocks_at_receipt,
    deadline::{ClockKind, rule_for},
    hotline::{HotlineDays, HotlineKind},
};
use crate::kernel::{
    clock::china_date,
    words::{CaseKind, Channel},
};
use time::{Date, OffsetDateTime};

/// What decides which clocks begin when a case is received.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Complaint or report.
    pub kind: CaseKind,
    /// Receipt, UTC.
    pub received_at: OffsetDateTime,
    /// Declared problem code: advertising has a term of its own.
    pub problem: &'a str,
    /// What 12345 gives, a setting (rules 4.5).
    pub hotline: HotlineDays,
}

/// What the first event of a case says of its receipt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opening {
    /// A clue found in mediation is verified from the day of its discovery (C-32).
    pub discovered: Option<Date>,
    /// It came by 12345, as this.
    pub hotline: Option<HotlineKind>,
}

impl Opening {
    /// What the case's own first event says; a hotline's case without a word of its kind is a complaint or report.
    pub(super) fn of(history: &[Past]) -> Self {
        let Some(first) = history.first().filter(|p| p.kind == EventKind::Submitted) else {
            return Self::default();
        };
        let by_hotline = matches!(
            first.read("channel"),
            Some(Channel::Import | Channel::Hotline)
        );
        Self {
            discovered: first.read("discovered"),
            hotline: by_hotline.then(|| first.read("hotline").unwrap_or(HotlineKind::Complaint)),
        }
    }
}

/// A clock as it begins at receipt: which, on what day, and what moves its end.
pub type Begun = (ClockKind, Date, Basis);

impl Origin<'_> {
    /// The day of receipt in China, which decides the version of the rule (N-06).
    #[must_use]
    pub fn received(&self) -> Date {
        china_date(self.received_at)
    }

    /// The clocks that begin at receipt.
    #[must_use]
    pub fn clocks(&self, opening: Opening) -> Vec<Begun> {
        let received = self.received();
        let plain = |kind| (kind, received, Basis::default());
        let mut begun: Vec<Begun> = match opening.discovered {
            // a clue of the office's own: there is no reporter to tell
            Some(day) => vec![(ClockKind::ClueVerification, day, Basis::default())],
            None => clocks_at_receipt(self.kind, self.problem)
                .into_iter()
                .map(plain)
                .collect(),
        };
        begun.extend(opening.hotline.map(|kind| {
            let (kind, term) = self.hotline.of(kind);
            let basis = Basis {
                term: Some(term).filter(|t| *t != rule_for(kind, received).term),
                ..Basis::default()
            };
            (kind, received, basis)
        }));
        begun
    }
}
