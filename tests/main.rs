//! Journeys through HTTP with a real database, one module each; `house` holds the rules of the house itself.
//!
//! `ops/test` starts the database and sets `MINSHENG_TEST_DATABASE_URL`; the browser's journeys need `chromedriver`
//! too. Without them the tests fail: nothing is skipped silently.

#![expect(
    clippy::disallowed_methods,
    reason = "tests take their settings from the environment that ops/test makes"
)]

mod support;

mod browser;
mod house;
mod journeys;
