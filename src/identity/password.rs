//! Passwords: argon2id off the request threads, at most two at once, the same work for unknown logins.

use crate::error::{Error, Result};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Hashing takes a core for tens of milliseconds: never more than two at once.
static PLACES: Semaphore = Semaphore::const_new(2);

/// A hash of nothing anybody knows, checked when the login is unknown.
static DUMMY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(&crate::kernel::clock::Dice.bytes::<16>())
        .map(|h| h.to_string())
        .unwrap_or_default()
});

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _place = PLACES.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}

/// Hashes a password for storage.
///
/// # Errors
/// Our own fault only.
pub async fn hash(password: String) -> Result<String> {
    off_thread(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
    })
    .await?
    .map_err(Error::internal)
}

/// Whether the password fits the hash; without a hash the same work is done and the answer is no.
///
/// # Errors
/// Our own fault only.
pub async fn fits(password: String, stored: Option<String>) -> Result<bool> {
    off_thread(move || {
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| DUMMY.clone());
        let fits = PasswordHash::new(&text).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        fits && known
    })
    .await
}

/// A random password that can be read out and typed: four groups of four.
#[must_use]
pub fn random(dice: crate::kernel::clock::Dice) -> String {
    const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut out = String::new();
    for i in 0..16 {
        if i > 0 && i % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(LETTERS[usize::from(dice.below(31))]));
    }
    out
}
