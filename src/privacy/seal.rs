//! Sealing 加密: one envelope for every sealed value, with the suite and the key number in front, so that suites may be
//! mixed and keys rotated. Owns the envelope; what is sealed and where it lies is the callers' matter (P-15, P-16).
//!
//! ```text
//! version 1 | suite 1 | key number 4 (big endian) | nonce 12 | ciphertext | tag 16
//! ```
//! The header, the purpose and the id of the row that owns the value are authenticated with it: bytes moved to another
//! row or column do not open.

use super::{KeyRing, Purpose, Suite};
use aes_gcm::aead::{AeadInOut, Tag, consts::U12};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER: usize = 6;
const NONCE: usize = 12;
const TAG: usize = 16;

/// How much longer a sealed value is than its plain form, in bytes.
pub const OVERHEAD: usize = HEADER + NONCE + TAG;

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short, or a version or suite that this program does not know.
    #[error("not a sealed value")]
    Shape,
    /// The ring lacks the key; its number.
    #[error("the key ring lacks k{0}")]
    UnknownKey(u32),
    /// Changed, moved to another row or purpose, or sealed by a key of the same number and another content.
    #[error("sealed value does not open")]
    Forged,
}

/// Bytes as [`Sealer::seal`] made them. Neither shown nor serialised: `Debug` prints `‹sealed›`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Wraps bytes from the store.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes for the store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes for the store, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The number of the key that seals it, to find what a rotation still has to rewrite.
    #[must_use]
    pub fn key_number(&self) -> Option<u32> {
        Header::read(&self.0).map(|h| h.key)
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

struct Header {
    suite: Suite,
    key: u32,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (head, _) = bytes.split_first_chunk::<HEADER>()?;
        let [version, suite, key @ ..] = head;
        if *version != VERSION || bytes.len() < OVERHEAD {
            return None;
        }
        Some(Self {
            suite: Suite::from_number(*suite)?,
            key: u32::from_be_bytes(*key),
        })
    }

    fn bytes(&self) -> [u8; HEADER] {
        let [a, b, c, d] = self.key.to_be_bytes();
        [VERSION, self.suite.number(), a, b, c, d]
    }

    fn associated(&self, purpose: Purpose, owner: Uuid) -> Vec<u8> {
        let code = purpose.code().as_bytes();
        [&self.bytes(), owner.as_bytes().as_slice(), code].concat()
    }
}

/// Seals and opens with one ring; cheap to clone.
#[derive(Clone, Debug)]
pub struct Sealer {
    ring: Arc<KeyRing>,
    suite: Suite,
}

impl Sealer {
    /// A sealer that seals with `suite` and opens whatever the ring has keys for.
    #[must_use]
    pub fn new(ring: KeyRing, suite: Suite) -> Self {
        Self {
            ring: Arc::new(ring),
            suite,
        }
    }

    /// The ring, for blind indexes and hashes.
    #[must_use]
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The suite for new seals.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// Seals `plain` for the row `owner`. The nonce must be fresh random bytes from `kernel::clock::Dice`; random 96-bit
    /// nonces are safe for 2³² values of one purpose and key, after that the key must have been rotated.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, owner: Uuid, plain: &[u8], nonce: [u8; NONCE]) -> Vec<u8> {
        let header = Header {
            suite: self.suite,
            key: self.ring.active(),
        };
        let mut out = Vec::with_capacity(OVERHEAD + plain.len());
        out.extend_from_slice(&header.bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let aad = header.associated(purpose, owner);
        let body = &mut out[HEADER + NONCE..];
        let tag = match header.suite {
            Suite::Aes256Gcm => self
                .ring
                .aes(header.key, purpose)
                .and_then(|c| encrypt(c, &nonce, &aad, body)),
            Suite::Sm4Gcm => self
                .ring
                .sm4(header.key, purpose)
                .and_then(|c| encrypt(c, &nonce, &aad, body)),
        };
        match tag {
            Some(tag) => out.extend_from_slice(&tag),
            // Only a value of 64 GiB gets here. Half a value must not reach the store as if it were sealed.
            None => out.clear(),
        }
        out
    }

    /// [`Sealer::seal`] as the newtype.
    #[must_use]
    pub fn sealed(
        &self,
        purpose: Purpose,
        owner: Uuid,
        plain: &[u8],
        nonce: [u8; NONCE],
    ) -> Sealed {
        Sealed(self.seal(purpose, owner, plain, nonce))
    }

    /// Opens what was sealed for this purpose and row; the result is wiped when dropped.
    ///
    /// # Errors
    /// [`SealError`]; a wrong purpose or row cannot be told from a forgery.
    pub fn open(
        &self,
        purpose: Purpose,
        owner: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let header = Header::read(sealed).ok_or(SealError::Shape)?;
        let (nonce, rest) = sealed[HEADER..]
            .split_first_chunk::<NONCE>()
            .ok_or(SealError::Shape)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(SealError::Shape)?;
        let aad = header.associated(purpose, owner);
        let mut plain = Zeroizing::new(body.to_vec());
        let missing = SealError::UnknownKey(header.key);
        let opened = match header.suite {
            Suite::Aes256Gcm => {
                let cipher = self.ring.aes(header.key, purpose).ok_or(missing)?;
                decrypt(cipher, nonce, &aad, &mut plain, tag)
            }
            Suite::Sm4Gcm => {
                let cipher = self.ring.sm4(header.key, purpose).ok_or(missing)?;
                decrypt(cipher, nonce, &aad, &mut plain, tag)
            }
        };
        opened.then_some(plain).ok_or(SealError::Forged)
    }

    /// Opens text.
    ///
    /// # Errors
    /// [`SealError`]; [`SealError::Shape`] when the content is not UTF-8.
    pub fn open_text(
        &self,
        purpose: Purpose,
        owner: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, SealError> {
        let plain = self.open(purpose, owner, sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::Shape)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

pub(super) fn encrypt<C: AeadInOut<NonceSize = U12>>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    body: &mut [u8],
) -> Option<Tag<C>> {
    cipher
        .encrypt_inout_detached(nonce.into(), aad, body.into())
        .ok()
}

pub(super) fn decrypt<C: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16>>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    body: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    cipher
        .decrypt_inout_detached(nonce.into(), aad, body.into(), tag.into())
        .is_ok()
}

#[cfg(test)]
mod tests;
