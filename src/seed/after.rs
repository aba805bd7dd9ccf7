//! What residents of the demo say when their cases are late or have ended: some ask to hurry, some rate, some ask that the
//! case be taken up again, and the supervisor decides.

use super::demo::Stage;
use crate::{
    casework::{afterwards::Rating, flow},
    error::{Error, Result},
    kernel::{code::QueryCode, number::CaseNumber},
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

/// What is said of a late case, or after the end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Asks to hurry, if the case is late by then.
    #[serde(default)]
    urge: bool,
    /// The answers to the three questions, `None`: not rated.
    #[serde(default)]
    rate: Option<Rating>,
    /// Why it is to be taken up again, empty when nobody asks.
    #[serde(default)]
    pub reopen: String,
    /// Why it is; empty with `decline` empty too: it still waits.
    #[serde(default)]
    pub grant: String,
    /// Why it is not.
    #[serde(default)]
    pub decline: String,
}

impl Stage<'_> {
    /// Asks to hurry; or rates, asks and decides after `when`.
    pub(super) async fn afterwards(&self, when: OffsetDateTime, said: &Said) -> Result<()> {
        let number = CaseNumber::parse(&self.case.number).map_err(|_| Error::internal("number"))?;
        let code = QueryCode::parse(&self.case.code).map_err(|_| Error::internal("query code"))?;
        if said.urge {
            // whether it is late depends on the holidays before the day of seeding
            return match flow::urge(&self.at(self.later(self.now, -2)), number, &code).await {
                Err(Error::Conflict(_)) => Ok(()),
                done => done,
            };
        }
        let mut when = self.later(when, 20);
        if said.grant.is_empty() && said.decline.is_empty() && !said.reopen.is_empty() {
            // what still waits was asked for lately
            when = when.max(self.now - Duration::hours(30));
        }
        let app = self.at(when);
        if let Some(rating) = said.rate {
            flow::rate(&app, number, &code, rating).await?;
        }
        if said.reopen.is_empty() {
            return Ok(());
        }
        flow::ask_reopening(&app, number, &code, &said.reopen).await?;
        let (grant, reason) = match (&*said.grant, &*said.decline) {
            ("", "") => return Ok(()),
            ("", why) => (false, why),
            (why, _) => (true, why),
        };
        let app = self.at(self.office_hours(when, 20));
        let (actor, version) = self.holder(&app).await?;
        let second = self.cast.supervisor(actor.department)?;
        flow::decide_reopening(&app, second, &self.case.number, version, grant, reason).await
    }
}
