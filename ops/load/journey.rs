//! (a) A resident's whole way: every request that a browser makes from the first page of the wizard to the receipt.
//! Each journey is a visitor of its own: an empty cache, no cookies, an address of its own; the connection is the
//! proxy's, which keeps it open.

use super::{
    filing,
    http::{Answer, Conn, Jar, Request},
    stats::{Client, Times},
};
use std::{net::SocketAddr, sync::Arc, time::Instant};

/// What all visitors know.
pub struct Plan {
    /// The portal.
    pub server: SocketAddr,
    /// Stylesheet, script and icon, as the first page names them.
    pub assets: Vec<String>,
    /// Times that the script keeps the draft in each step.
    pub autosaves: usize,
}

impl Plan {
    /// Asks the first page for what it names.
    pub async fn look(server: SocketAddr) -> Result<Self, String> {
        let mut conn = Conn::new(server);
        let request = Request {
            method: "GET",
            path: "/file",
            headers: "",
            body: &[],
        };
        let page = conn
            .send(&request, &mut Jar::default())
            .await?
            .expect(200, "the first page")?
            .text();
        let assets: Vec<String> = page
            .split(['"', '\''])
            .filter(|part| part.starts_with("/static/"))
            .map(|part| part.replace("&#38;", "&").replace("&amp;", "&"))
            .collect();
        if assets.is_empty() {
            return Err("the first page names no stylesheet".into());
        }
        Ok(Self {
            server,
            assets,
            autosaves: 0,
        })
    }
}

/// A client that is one visitor after another.
pub struct Visitors {
    plan: Arc<Plan>,
    conn: Conn,
}

impl Visitors {
    /// Of this plan.
    pub fn new(plan: &Arc<Plan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            conn: Conn::new(plan.server),
        }
    }
}

/// One visitor under way.
struct Visit<'a> {
    conn: &'a mut Conn,
    times: &'a mut Times,
    jar: Jar,
    get: String,
    post: String,
}

impl Visit<'_> {
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        status: u16,
    ) -> Result<Answer, String> {
        let headers = if method == "POST" {
            &self.post
        } else {
            &self.get
        };
        let began = Instant::now();
        let request = Request {
            method,
            path,
            headers,
            body: body.as_bytes(),
        };
        let answer = self.conn.send(&request, &mut self.jar).await?;
        self.times.push(began.elapsed());
        answer.expect(status, path)
    }
}

impl Client for Visitors {
    async fn once(&mut self, times: &mut Times) -> Result<(), String> {
        let n = filing::serial();
        let browser = format!(
            "X-Forwarded-For: {}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: zh-CN\r\n\
             User-Agent: Mozilla/5.0 (load)\r\nSec-Fetch-Site: same-origin\r\n",
            filing::address(n)
        );
        let post = format!(
            "{browser}Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            self.plan.server
        );
        let mut visit = Visit {
            conn: &mut self.conn,
            times,
            jar: Jar::default(),
            get: browser,
            post,
        };
        let mut next = "/file".to_owned();
        for (i, (path, form)) in filing::forms(n).iter().enumerate() {
            if next != *path {
                return Err(format!("sent to {next} instead of {path}"));
            }
            visit.send("GET", path, "", 200).await?;
            if i == 0 {
                for asset in &self.plan.assets {
                    visit.send("GET", asset, "", 200).await?;
                }
            } else {
                for _ in 0..self.plan.autosaves {
                    visit
                        .send("POST", &format!("{path}/auto"), form, 204)
                        .await?;
                }
            }
            next = visit.send("POST", path, form, 303).await?.location;
        }
        visit.send("GET", &next, "", 200).await?;
        let receipt = visit.send("POST", &next, "", 303).await?.location;
        let page = visit.send("GET", &receipt, "", 200).await?;
        if super::api::find(&page.body, b"TS-").is_none() {
            return Err("a receipt without a number".into());
        }
        Ok(())
    }
}
