//! What residents of the demo say when their cases have ended: some rate, some ask that the case be taken up again, and
//! the supervisor decides.

use super::demo::Stage;
use crate::{
    casework::{afterwards::Rating, flow},
    error::{Error, Result},
    kernel::{code::QueryCode, number::CaseNumber},
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

/// What is said after the end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
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
    /// Rates, asks and decides after `when`.
    pub(super) async fn afterwards(&self, when: OffsetDateTime, said: &Said) -> Result<()> {
        let number = CaseNumber::parse(&self.case.number).map_err(|_| Error::internal("number"))?;
        let code = QueryCode::parse(&self.case.code).map_err(|_| Error::internal("query code"))?;
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
