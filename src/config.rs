//! Settings: flags, then environment (`MINSHENG_*`), then one TOML file, then these defaults. A wrong setting is named
//! at start with what to write instead. Secrets are never in `Debug`.

use crate::{
    casework::{
        afterwards::Reopening,
        escalation::{self, Rung},
        hotline::HotlineDays,
    },
    limits::{Cidr, Connections, Quotas, Rate},
    privacy::retention::Retention,
    web::layout::Site,
};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Every setting of the server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `mysql://…`, MySQL 8.4+ or MariaDB 10.11+.
    pub database_url: String,
    /// Most connections of the pool.
    pub database_connections: u32,
    /// Folder with `seal.keys` and `receipt.key`.
    pub keys_dir: PathBuf,
    /// Suite for new seals: `aes256gcm` or `sm4gcm`.
    pub seal_suite: String,
    /// Where the portal listens.
    pub listen: String,
    /// Private listener for `/metrics`; never reachable from outside.
    pub ops_listen: String,
    /// The address that residents see, e.g. `https://ts.example.gov.cn`; decides cookies and the QR code.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed, by comma (CIDR).
    pub trusted_proxies: String,
    /// Requests a second over all clients (0 = none).
    pub global_per_second: u32,
    /// Quotas for each network, phone and token; each field of `[limits]` has a default.
    pub limits: Quotas,
    /// How many years files are kept (P-12); each field of `[retention]` has a default.
    pub retention: Retention,
    /// Who is told that a date comes near or has passed, `[[escalation]]` in the order of the days.
    pub escalation: Vec<Rung>,
    /// How long a resident may ask that a case be taken up again, and by when that is answered.
    pub reopening: Reopening,
    /// How many connections there may be and how long each may take; each field of `[connections]` has a default.
    pub connections: Connections,
    /// The portal's name.
    pub site_name: String,
    /// The district's name.
    pub district: String,
    /// Who answers for the processing of personal data (P-01).
    pub operator: String,
    /// How to reach them.
    pub operator_contact: String,
    /// Whether the market-supervision department has published this portal as a channel (rules §0.2).
    pub portal_is_published_channel: bool,
    /// Departments of market supervision, codes by comma: their cases go to the 12315 platform (rules §0.2).
    pub departments_12315: String,
    /// 网站标识码 (P-18), empty: not shown.
    pub site_id: String,
    /// Address of the 「找错」 page (P-18), empty: not shown.
    pub report_error_url: String,
    /// Server that takes letters, `smtps://user:password@host`, `smtp://…?tls=required` or `smtp://localhost:25`;
    /// empty: none are sent.
    pub smtp_url: String,
    /// Sender of letters, `民声 <noreply@example.gov.cn>`.
    pub mail_from: String,
    /// Gateway for short messages on the private network, `http://host:port/path`; empty: none are sent.
    pub sms_gateway_url: String,
    /// Bearer token of the gateway.
    pub sms_gateway_token: String,
    /// How many days ago a letter or a hotline's order may have arrived when the counter takes it down [design].
    pub intake_back_days: u16,
    /// Where a letter goes when an alert waits (K-02), empty: none is sent. Needs `smtp_url`.
    pub duty_email: String,
    /// Mobile telephone of who is on duty for alerts, empty: none. Needs `sms_gateway_url`.
    pub duty_phone: String,
    /// Minutes for which a granted look at a reporter's identity is good, 5 to 1440.
    pub reveal_minutes: u32,
    /// From how many alike complaints on the desk marks it (C-08), `[c08]` with a field a likeness.
    pub c08: crate::triage::similar::Thresholds,
    /// Working days that 12345 gives (rules 4.5), shown at the desk beside the legal terms.
    pub hotline: HotlineDays,
    /// Folder of the files that people hand in, sealed; with a bucket, of those that are coming in.
    pub evidence_dir: PathBuf,
    /// What may be handed in, `[evidence]`.
    pub evidence: crate::evidence::Limits,
    /// A bucket for the sealed files instead of the folder, `[evidence_s3]`.
    pub evidence_s3: crate::outside::blobs::S3,
    /// Key of the bucket, for the environment rather than the file; wins over the one in `[evidence_s3]`.
    pub evidence_s3_secret: String,
    /// How the copies of files are made, `[evidence_copies]`.
    pub evidence_copies: crate::outside::sandbox::Settings,
    /// ClamAV's daemon, `unix:/run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`; empty: nobody looks for malware.
    pub scanner_url: String,
    /// `info`, `debug` or a tracing filter.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: String::new(),
            database_connections: 24,
            keys_dir: PathBuf::from("var/keys"),
            seal_suite: "aes256gcm".into(),
            listen: "127.0.0.1:8080".into(),
            ops_listen: "127.0.0.1:9090".into(),
            public_url: "http://127.0.0.1:8080".into(),
            trusted_proxies: String::new(),
            global_per_second: 2000,
            limits: Quotas::default(),
            retention: Retention::default(),
            escalation: escalation::ladder(),
            reopening: Reopening::default(),
            connections: Connections::default(),
            site_name: "民声".into(),
            district: "四川天府新区".into(),
            operator: "四川天府新区市场监管部门".into(),
            operator_contact: "电话 12315，或到辖区市场监管所窗口".into(),
            portal_is_published_channel: false,
            departments_12315: "market".into(),
            site_id: String::new(),
            report_error_url: String::new(),
            smtp_url: String::new(),
            mail_from: String::new(),
            sms_gateway_url: String::new(),
            sms_gateway_token: String::new(),
            intake_back_days: 30,
            duty_email: String::new(),
            duty_phone: String::new(),
            reveal_minutes: 120,
            c08: crate::triage::similar::Thresholds::default(),
            hotline: HotlineDays::default(),
            evidence_dir: PathBuf::from("var/evidence"),
            evidence: crate::evidence::Limits::default(),
            evidence_s3: crate::outside::blobs::S3::default(),
            evidence_s3_secret: String::new(),
            evidence_copies: crate::outside::sandbox::Settings::default(),
            scanner_url: String::new(),
            log: "info".into(),
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads file and environment over the defaults and checks the result.
    ///
    /// # Errors
    /// A sentence that names the setting and says what to write.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            anyhow::ensure!(
                file.is_file(),
                "settings file {} is not there",
                file.display()
            );
            figment = figment.merge(Toml::file(file));
        }
        // Names with another purpose (tests, scripts) share the prefix and are none of ours.
        let known: Vec<String> = serde_json::to_value(Self::default())?
            .as_object()
            .map(|o| o.keys().cloned().collect())
            .unwrap_or_default();
        let env = Env::prefixed("MINSHENG_").filter(move |k| known.iter().any(|n| k == n.as_str()));
        let config: Self = figment
            .merge(env)
            .extract()
            .map_err(|e| anyhow::anyhow!("settings: {e}"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            crate::privacy::Suite::from_code(&self.seal_suite).is_some(),
            "seal_suite is {:?}; write aes256gcm or sm4gcm",
            self.seal_suite
        );
        self.proxies()?;
        self.connections.check().map_err(anyhow::Error::msg)?;
        for (name, value) in [("listen", &self.listen), ("ops_listen", &self.ops_listen)] {
            anyhow::ensure!(
                value.parse::<std::net::SocketAddr>().is_ok(),
                "{name} is {value:?}; write an address and port such as 127.0.0.1:8080"
            );
        }
        anyhow::ensure!(
            self.public_url.starts_with("http://") || self.public_url.starts_with("https://"),
            "public_url is {:?}; write http://… or https://…",
            self.public_url
        );
        anyhow::ensure!(
            self.retention.sane(),
            "retention has a term that nobody means; write 1 to 100 years each"
        );
        anyhow::ensure!(
            self.reopening.sane(),
            "reopening has a term that nobody means; write within_days 1 to 365 and reply_days 1 to 30"
        );
        if let Some(fault) = escalation::fault(&self.escalation) {
            anyhow::bail!("escalation: {fault}");
        }
        if !self.smtp_url.is_empty() {
            crate::outside::mail::Smtp::new(&self.smtp_url, &self.mail_from)?;
        }
        if !self.sms_gateway_url.is_empty() {
            crate::outside::sms::Gateway::new(&self.sms_gateway_url, &self.sms_gateway_token)?;
        }
        for (name, days) in [
            ("hotline.enquiry", self.hotline.enquiry),
            ("hotline.request", self.hotline.request),
            ("hotline.complaint", self.hotline.complaint),
        ] {
            anyhow::ensure!(
                (1..=90).contains(&days),
                "{name} is {days}; write 1 to 90 working days"
            );
        }
        anyhow::ensure!(
            self.duty_email.is_empty() || self.duty_email.contains('@'),
            "duty_email is no address; write one such as duty@example.gov.cn, or leave it empty"
        );
        anyhow::ensure!(
            self.duty_phone.is_empty()
                || (self.duty_phone.len() == 11
                    && self.duty_phone.bytes().all(|b| b.is_ascii_digit())),
            "duty_phone is no mobile number; write 11 digits, or leave it empty"
        );
        anyhow::ensure!(
            (5..=1440).contains(&self.reveal_minutes),
            "reveal_minutes is {}; write 5 to 1440",
            self.reveal_minutes
        );
        anyhow::ensure!(
            (1..=500).contains(&self.database_connections),
            "database_connections is {}; write 1 to 500",
            self.database_connections
        );
        Ok(())
    }

    /// Whether residents come over HTTPS: then cookies are `__Host-` and Secure.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The quotas with the global one.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        let mut quotas = self.limits.clone();
        if self.global_per_second == 0 {
            quotas.everything = Rate::new(u32::MAX, u32::MAX);
            quotas.all_submits = Rate::new(u32::MAX, u32::MAX);
        } else {
            let per_minute = self.global_per_second.saturating_mul(60);
            quotas.everything = Rate::new(per_minute, self.global_per_second.saturating_mul(10));
        }
        quotas
    }

    /// The proxies that are believed.
    ///
    /// # Errors
    /// An entry that is neither an address nor a network.
    pub fn proxies(&self) -> anyhow::Result<Vec<Cidr>> {
        self.trusted_proxies
            .split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(|p| {
                p.parse().map_err(|e| {
                    anyhow::anyhow!("trusted_proxies has {p:?}: {e}; write addresses or networks such as 127.0.0.1,10.0.0.0/8")
                })
            })
            .collect()
    }

    /// The portal as pages name it.
    #[must_use]
    pub fn site(&self) -> Site {
        Site {
            name: self.site_name.clone(),
            district: self.district.clone(),
            site_id: self.site_id.clone(),
            report_error_url: self.report_error_url.clone(),
            published_channel: self.portal_is_published_channel,
        }
    }

    /// The database URL, or what to write.
    ///
    /// # Errors
    /// It is not set.
    pub fn database(&self) -> anyhow::Result<&str> {
        anyhow::ensure!(
            !self.database_url.is_empty(),
            "no database: set MINSHENG_DATABASE_URL=mysql://user:password@host/minsheng (or start with ops/up)"
        );
        Ok(&self.database_url)
    }
}
