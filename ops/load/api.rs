//! (b) Submissions through the API, each with a key of its own. Tokens and addresses take turns so that the shipped
//! limits hold: a token may send 1200 a minute and 400 at once, an address 600 and 200.

use super::{
    filing,
    http::{Conn, Jar, Request},
    stats::{Client, Times},
};
use std::{net::SocketAddr, sync::Arc, time::Instant};

/// Calls from one address.
const CALLS_PER_ADDRESS: u64 = 20;

/// A machine that submits.
pub struct Machine {
    conn: Conn,
    tokens: Arc<[String]>,
}

impl Machine {
    /// At this portal, with these tokens in turn.
    pub fn new(server: SocketAddr, tokens: &Arc<[String]>) -> Self {
        Self {
            conn: Conn::new(server),
            tokens: Arc::clone(tokens),
        }
    }
}

/// The headers of a submission.
pub fn headers(n: u64, token: &str, key: &str) -> String {
    let from = filing::address(n / CALLS_PER_ADDRESS);
    format!(
        "X-Forwarded-For: {from}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\n"
    )
}

impl Client for Machine {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let n = filing::serial();
        let turn = usize::try_from(n).unwrap_or(0) % self.tokens.len();
        let headers = headers(n, &self.tokens[turn], &format!("load-{n:012}"));
        let body = filing::json(n);
        let began = Instant::now();
        let request = Request {
            method: "POST",
            path: "/api/v1/cases",
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer = self.conn.send(&request, &mut Jar::default()).await?;
        times.push(began.elapsed());
        let answer = answer.expect(201, "a submission")?;
        if find(&answer.body, b"\"TS-").is_none() {
            return Err("an answer without a number".into());
        }
        Ok(())
    }
}

/// Where bytes stand in a body.
pub fn find(body: &[u8], what: &[u8]) -> Option<usize> {
    body.windows(what.len()).position(|w| w == what)
}
