//! People who sign in at the desk: password, second factor, session. Pure rules here, use cases in `flow`.

pub mod flow;
pub mod password;
pub mod token;

use time::Duration;
use totp_rs::{Builder, Secret, Totp};

/// A session without a request for so long ends.
pub const IDLE: Duration = Duration::minutes(30);
/// A session ends after so long whatever happens.
pub const ABSOLUTE: Duration = Duration::hours(10);
/// The password's half of a sign-in waits so long for the second factor.
pub const FACTOR_WAIT: Duration = Duration::minutes(10);
/// Wrong tries after which a login is locked (P-14).
pub const TRIES: i32 = 8;
/// How long it stays locked; doubles with each further wrong try, at most an hour.
pub const LOCK: Duration = Duration::minutes(2);

/// The generator of a secret's six-digit codes (SHA-1, 30 s, one step of skew: what every authenticator app speaks).
///
/// # Errors
/// The secret is too short.
pub fn totp(secret: &[u8], login: &str, issuer: &str) -> Result<Totp, totp_rs::TotpError> {
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .with_account_name(login.to_owned())
        .with_issuer(Some(issuer.replace(':', " ")))
        .build()
}

/// How long a login is locked after `failed` wrong tries in a row, `None` while it is not.
#[must_use]
pub fn lock_after(failed: i32) -> Option<Duration> {
    let over = failed - TRIES;
    (over >= 0).then(|| (LOCK * 2_i32.pow(over.min(5).unsigned_abs())).min(Duration::hours(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_grows_and_is_bounded() {
        assert_eq!(lock_after(TRIES - 1), None);
        assert_eq!(lock_after(TRIES), Some(Duration::minutes(2)));
        assert_eq!(lock_after(TRIES + 1), Some(Duration::minutes(4)));
        assert_eq!(lock_after(500), Some(Duration::hours(1)));
    }
}
