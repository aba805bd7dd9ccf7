//! What journeys stand on: a leased, migrated database; the whole app with a clock that is moved by hand; a client
//! with cookies.

pub mod client;
pub mod database;
pub mod desk;
pub mod files;
pub mod filing;
pub mod outside;
pub mod proof;
pub mod steps;

use minsheng::{
    app::App,
    config::Config,
    kernel::clock::{Clock, Dice},
    outside::sandbox::Settings,
    privacy::KeyRing,
    receipts::keys::SigningKeys,
    seed, web,
};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};
use time::{OffsetDateTime, macros::datetime};

/// The whole app over a leased database.
pub struct TestApp {
    pub app: App,
    pub router: axum::Router,
    _lease: database::Lease,
    keys: PathBuf,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.keys);
    }
}

/// A Tuesday morning without a holiday near.
pub const NOW: OffsetDateTime = datetime!(2026-11-24 10:00 +8);

static FOLDERS: AtomicU32 = AtomicU32::new(0);

impl TestApp {
    /// The app on [`NOW`].
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The app with settings changed.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let lease = database::Lease::take().await;
        let n = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let keys = std::env::temp_dir().join(format!("minsheng-test-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(
            keys.join("seal.keys"),
            KeyRing::generate(Dice.bytes()).as_str(),
        )
        .unwrap();
        std::fs::write(
            keys.join("receipt.key"),
            SigningKeys::line(&Dice.bytes()).as_str(),
        )
        .unwrap();
        let mut config = Config {
            database_url: lease.url.clone(),
            database_connections: 8,
            keys_dir: keys.clone(),
            evidence_dir: keys.join("evidence"),
            evidence_copies: Settings {
                program: env!("CARGO_BIN_EXE_minsheng").into(),
                ..Settings::default()
            },
            trusted_proxies: "127.0.0.1".into(),
            ..Config::default()
        };
        change(&mut config);
        let app = App::new(config, Clock::fixed(NOW)).unwrap();
        seed::seed_district(&app).await.unwrap();
        app.refresh().await.unwrap();
        let router = web::router(&app);
        Self {
            app,
            router,
            _lease: lease,
            keys,
        }
    }

    /// A browser without cookies.
    pub fn client(&self) -> client::Client {
        client::Client::new(self.router.clone())
    }
}
