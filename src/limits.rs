//! Rate limits 限流, per process: one named limiter for each kind of operation, keyed by the client's network, and a few
//! keyed by phone or token or by nothing. Owns the quotas and the bound on memory. A limit never takes a right away:
//! the page that shows it names the time to retry, 12315 and 12345, and keeps the draft (P-19).

mod bounded;
mod connections;
mod net;

pub use bounded::Ticker;
pub use connections::{Connections, Full, Place, Places};
pub use net::{Cidr, CidrError, ClientNet};

use crate::kernel::words::words;
use bounded::{Direct, Tiers, direct};
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;

words! {
    /// What is limited for each network 限流对象.
    Op {
        Page = "page", "浏览页面";
        Draft = "draft", "保存草稿";
        Submit = "submit", "提交";
        Track = "track", "查询进度";
        Login = "login", "登录";
        Api = "api", "接口";
        Upload = "upload", "上传";
        Receipt = "receipt", "回执";
        Message = "message", "留言";
        Respond = "respond", "经营者答复";
    }
}

/// So many requests a minute in the long run, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a minute in the long run.
    pub per_minute: NonZeroU32,
    /// Requests at once after a rest.
    pub burst: NonZeroU32,
}

impl Rate {
    /// A rate; zero counts as one.
    #[must_use]
    pub const fn new(per_minute: u32, burst: u32) -> Self {
        const fn one_or_more(n: u32) -> NonZeroU32 {
            match NonZeroU32::new(n) {
                Some(n) => n,
                None => NonZeroU32::MIN,
            }
        }
        Self {
            per_minute: one_or_more(per_minute),
            burst: one_or_more(burst),
        }
    }

    const fn quota(self) -> Quota {
        Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }

    const fn times(self, n: NonZeroU32) -> Self {
        Self {
            per_minute: self.per_minute.saturating_mul(n),
            burst: self.burst.saturating_mul(n),
        }
    }
}

/// The quotas. The shipped ones are generous for each network: in China hundreds of honest phones share one IPv4
/// address, and a hall's kiosks share another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Pages read.
    pub page: Rate,
    /// Steps of the wizard saved.
    pub draft: Rate,
    /// Cases submitted.
    pub submit: Rate,
    /// Look-ups by number and query code: a guess at 50 bits costs more than any attacker has at this rate.
    pub track: Rate,
    /// Sign-ins of staff; the lock of an account is another rule.
    pub login: Rate,
    /// Requests to the API.
    pub api: Rate,
    /// Files uploaded.
    pub upload: Rate,
    /// Receipts drawn as pictures.
    pub receipt: Rate,
    /// Messages on a case.
    pub message: Rate,
    /// Look-ups by number and a trader's answer code, as strong as a query code.
    pub respond: Rate,
    /// Cases submitted with one phone number.
    pub phone: Rate,
    /// Requests with one API token.
    pub token: Rate,
    /// Cases submitted by everybody.
    pub all_submits: Rate,
    /// Requests by everybody.
    pub everything: Rate,
    /// Networks remembered for each operation before new ones share a bucket with their neighbours; about 100 bytes
    /// each.
    pub remembered: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            page: Rate::new(1200, 400),
            draft: Rate::new(600, 200),
            submit: Rate::new(60, 30),
            track: Rate::new(60, 30),
            login: Rate::new(20, 10),
            api: Rate::new(600, 200),
            upload: Rate::new(600, 200),
            receipt: Rate::new(120, 60),
            message: Rate::new(60, 30),
            respond: Rate::new(60, 30),
            phone: Rate::new(1, 5),
            token: Rate::new(1200, 400),
            all_submits: Rate::new(60_000, 10_000),
            everything: Rate::new(600_000, 50_000),
            remembered: 100_000,
        }
    }
}

impl Quotas {
    const fn of(&self, op: Op) -> Rate {
        match op {
            Op::Page => self.page,
            Op::Draft => self.draft,
            Op::Submit => self.submit,
            Op::Track => self.track,
            Op::Login => self.login,
            Op::Api => self.api,
            Op::Upload => self.upload,
            Op::Receipt => self.receipt,
            Op::Message => self.message,
            Op::Respond => self.respond,
        }
    }
}

/// Too many requests; whole seconds until the next one is welcome, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub u64);

impl From<RetryAfter> for crate::error::Error {
    fn from(wait: RetryAfter) -> Self {
        Self::Limited(wait.0)
    }
}

/// Every limiter of the process.
pub struct Limits {
    nets: Vec<Tiers<ClientNet>>,
    phone: Tiers<[u8; 16]>,
    token: Tiers<[u8; 16]>,
    all_submits: Direct,
    everything: Direct,
    ticker: Ticker,
}

impl Limits {
    /// Limiters with these quotas, full of patience.
    #[must_use]
    pub fn new(quotas: &Quotas, ticker: Ticker) -> Self {
        let most = quotas.remembered.max(16);
        let hashed: fn(&[u8; 16]) -> [u8; 16] = |hash| {
            let mut wide = [0; 16];
            wide[..2].copy_from_slice(&hash[..2]);
            wide
        };
        let net =
            |op: &Op| Tiers::new(quotas.of(*op), most, &ticker, |net: &ClientNet| net.wider());
        let whole = |rate: Rate| RateLimiter::direct_with_clock(rate.quota(), ticker.clone());
        Self {
            nets: Op::ALL.iter().map(net).collect(),
            phone: Tiers::new(quotas.phone, most, &ticker, hashed),
            token: Tiers::new(quotas.token, most, &ticker, hashed),
            all_submits: whole(quotas.all_submits),
            everything: whole(quotas.everything),
            ticker,
        }
    }

    /// One more operation of a network.
    ///
    /// # Errors
    /// [`RetryAfter`] when its quota is used up.
    pub fn check_net(&self, op: Op, net: ClientNet) -> Result<(), RetryAfter> {
        self.nets
            .get(op as usize)
            .map_or(Ok(()), |tiers| tiers.check(&net))
    }

    /// One more submission with a phone number, by its blind index.
    ///
    /// # Errors
    /// [`RetryAfter`] when its quota is used up.
    pub fn check_phone(&self, index: &[u8; 16]) -> Result<(), RetryAfter> {
        self.phone.check(index)
    }

    /// One more request with an API token, by the start of its hash.
    ///
    /// # Errors
    /// [`RetryAfter`] when its quota is used up.
    pub fn check_token(&self, hash: &[u8; 16]) -> Result<(), RetryAfter> {
        self.token.check(hash)
    }

    /// One more submission of anybody.
    ///
    /// # Errors
    /// [`RetryAfter`] when the process takes no more.
    pub fn check_all_submits(&self) -> Result<(), RetryAfter> {
        direct(&self.all_submits, &self.ticker)
    }

    /// One more request of anybody.
    ///
    /// # Errors
    /// [`RetryAfter`] when the process takes no more.
    pub fn check_everything(&self) -> Result<(), RetryAfter> {
        direct(&self.everything, &self.ticker)
    }

    /// Forgets every key that has its whole quota again; to be called each minute.
    pub fn sweep(&self) {
        self.nets.iter().for_each(Tiers::sweep);
        self.phone.sweep();
        self.token.sweep();
    }

    /// Keys remembered, for the metrics.
    #[must_use]
    pub fn keys(&self) -> usize {
        let nets: usize = self.nets.iter().map(Tiers::keys).sum();
        nets + self.phone.keys() + self.token.keys()
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("keys", &self.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests;
