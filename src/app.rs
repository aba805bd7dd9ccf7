//! The composition root: everything a use case needs, made once from the settings.

use crate::{
    config::Config,
    error::{Error, Result},
    kernel::{
        clock::{Clock, Dice, Ids, china_date},
        number::CaseNumber,
        words::CaseKind,
    },
    limits::{Cidr, Limits, Ticker},
    outside::{
        Mailer, SmsSender,
        blobs::Blobs,
        mail::Smtp,
        sandbox::Workshop,
        scan::{Clamd, Scanner},
        sms::Gateway,
    },
    privacy::{KeyRing, Sealer, Suite},
    receipts::keys::SigningKeys,
    reference::Reference,
    store::{Store, reference as ref_store},
    tx,
    web::{access_log::AccessLog, api::TokenCache, fixed::Fixed, layout::Site},
};
use anyhow::Context;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use time::{Date, OffsetDateTime};
use tokio::sync::Notify;
use uuid::Uuid;

/// Numbers taken from the counter at once; unused ones are lost at a restart, which is harmless.
const BLOCK: i64 = 64;

/// The parts, shared by every request and job: a clone is one pointer, since each request clones it several times.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the app is made of.
#[derive(Clone)]
pub struct Parts {
    /// Settings.
    pub config: Arc<Config>,
    /// The database.
    pub store: Store,
    /// Seals and opens.
    pub sealer: Sealer,
    /// Signs receipts.
    pub signer: Arc<SigningKeys>,
    /// Rate limits.
    pub limits: Arc<Limits>,
    /// Machine tokens that were found good lately.
    pub tokens: TokenCache,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub dice: Dice,
    /// Ids.
    pub ids: Ids,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted: Arc<[Cidr]>,
    /// The portal as pages name it.
    pub site: Arc<Site>,
    /// The sealed network log.
    pub access: AccessLog,
    /// Pages that are the same for everybody.
    pub fixed: Fixed,
    /// Sends letters, `None`: not set up.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Sends short messages, `None`: not set up.
    pub sms: Option<Arc<dyn SmsSender>>,
    /// The storage of files that were handed in.
    pub blobs: Blobs,
    /// Makes the copies of files.
    pub workshop: Arc<Workshop>,
    /// Looks for malware, `None`: not set up.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// Files that a request is writing to just now.
    pub receiving: Arc<Mutex<HashSet<Uuid>>>,
    /// Wakes the worker of the queue.
    pub nudge: Arc<Notify>,
    reference: Arc<RwLock<Arc<Reference>>>,
    numbers: Arc<[Mutex<NumberBlock>; 2]>,
}

#[derive(Default)]
struct NumberBlock {
    month: u16,
    next: i64,
    end: i64,
}

impl App {
    /// Builds the parts. Nothing is read from the database yet: [`App::refresh`].
    ///
    /// # Errors
    /// A setting, a key file; the message says what to do.
    pub fn new(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::new(config.database()?, config.database_connections)?;
        let read = |name: &str| {
            let path = config.keys_dir.join(name);
            std::fs::read_to_string(&path).with_context(|| {
                format!(
                    "key file {} (make one with: minsheng keys init)",
                    path.display()
                )
            })
        };
        let ring = KeyRing::parse(&read("seal.keys")?)?;
        let suite = Suite::from_code(&config.seal_suite).context("seal_suite")?;
        let signer = SigningKeys::parse(&read("receipt.key")?)?;
        let limits = Limits::new(&config.quotas(), Ticker::machine());
        let trusted = config.proxies()?;
        let mailer = match &*config.smtp_url {
            "" => None,
            url => Some(Arc::new(Smtp::new(url, &config.mail_from)?) as Arc<dyn Mailer>),
        };
        let sms = match &*config.sms_gateway_url {
            "" => None,
            url => {
                let gateway = Gateway::new(url, &config.sms_gateway_token)?;
                Some(Arc::new(gateway) as Arc<dyn SmsSender>)
            }
        };
        let mut s3 = config.evidence_s3.clone();
        if !config.evidence_s3_secret.is_empty() {
            s3.secret.clone_from(&config.evidence_s3_secret);
        }
        let scanner = match &*config.scanner_url {
            "" => None,
            url => Some(Arc::new(Clamd::new(url)?) as Arc<dyn Scanner>),
        };
        Ok(Self(Arc::new(Parts {
            blobs: Blobs::new(&config.evidence_dir, &s3)?,
            workshop: Arc::new(Workshop::new(config.evidence_copies.clone())),
            scanner,
            receiving: Arc::default(),
            store,
            sealer: Sealer::new(ring, suite),
            signer: Arc::new(signer),
            limits: Arc::new(limits),
            tokens: TokenCache::default(),
            clock,
            dice: Dice,
            ids: Ids,
            trusted: trusted.into(),
            site: Arc::new(config.site()),
            access: AccessLog::default(),
            fixed: Fixed::default(),
            mailer,
            sms,
            nudge: Arc::default(),
            reference: Arc::default(),
            numbers: Arc::default(),
            config: Arc::new(config),
        })))
    }

    /// The same parts with some changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Parts::clone(self);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The same parts under another clock (imports and demo cases that were received earlier).
    #[must_use]
    pub fn under(&self, clock: Clock) -> Self {
        self.with(|parts| parts.clock = clock)
    }

    /// The present instant, UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Today in China.
    #[must_use]
    pub fn today(&self) -> Date {
        china_date(self.now())
    }

    /// The reference data.
    #[must_use]
    pub fn reference(&self) -> Arc<Reference> {
        Arc::clone(
            &self
                .reference
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Reads the reference data again.
    ///
    /// # Errors
    /// The database is away; the old data stay.
    pub async fn refresh(&self) -> Result<()> {
        let fresh = Arc::new(Reference::load(&self.store).await?);
        *self
            .reference
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The next case number of a kind for a month of receipt; a block at a time comes from the database.
    ///
    /// # Errors
    /// The database is away.
    pub async fn next_number(&self, kind: CaseKind, received: Date) -> Result<CaseNumber> {
        let month = u16::try_from(received.year() % 100).unwrap_or(0) * 100
            + u16::from(u8::from(received.month()));
        let slot = &self.numbers[usize::from(kind == CaseKind::Report)];
        let take = || {
            let mut block = slot.lock().unwrap_or_else(PoisonError::into_inner);
            (block.month == month && block.next < block.end).then(|| {
                block.next += 1;
                block.next - 1
            })
        };
        let serial = match take() {
            Some(serial) => serial,
            None => {
                let name = format!("case/{}/{month:04}", kind.prefix());
                let first =
                    tx!(self.store, conn => { ref_store::counter_take(conn, &name, BLOCK).await })?;
                let mut block = slot.lock().unwrap_or_else(PoisonError::into_inner);
                // Another request may have fetched a block meanwhile; the shorter rest is given up.
                *block = NumberBlock {
                    month,
                    next: first + 1,
                    end: first + BLOCK,
                };
                first
            }
        };
        Ok(CaseNumber::new(
            kind,
            month,
            u32::try_from(serial).map_err(Error::internal)?,
        ))
    }
}
