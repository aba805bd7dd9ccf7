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

fn encrypt<C: AeadInOut<NonceSize = U12>>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    body: &mut [u8],
) -> Option<Tag<C>> {
    cipher
        .encrypt_inout_detached(nonce.into(), aad, body.into())
        .ok()
}

fn decrypt<C: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16>>(
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
mod tests {
    use super::*;
    use crate::privacy::keys::Sm4Gcm;
    use aes_gcm::KeyInit as _;

    const ROW: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);
    const OTHER: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0002);

    fn sealer(text: &str, suite: Suite) -> Sealer {
        Sealer::new(KeyRing::parse(text).unwrap(), suite)
    }

    #[test]
    fn round_trip_and_every_tampered_byte() {
        for suite in Suite::ALL {
            let s = sealer(&KeyRing::generate([3; 32]), *suite);
            for plain in ["", "x", "张三 13800000000"] {
                let sealed = s.seal(Purpose::Contact, ROW, plain.as_bytes(), [5; 12]);
                assert_eq!(sealed.len(), plain.len() + OVERHEAD);
                let open = |p, o, b: &[u8]| s.open(p, o, b);
                assert_eq!(
                    **open(Purpose::Contact, ROW, &sealed).unwrap(),
                    *plain.as_bytes()
                );
                for purpose in Purpose::ALL.iter().filter(|p| **p != Purpose::Contact) {
                    assert_eq!(open(*purpose, ROW, &sealed), Err(SealError::Forged));
                }
                assert_eq!(
                    open(Purpose::Contact, OTHER, &sealed),
                    Err(SealError::Forged)
                );
                for i in 0..sealed.len() {
                    let mut bad = sealed.clone();
                    bad[i] ^= 1;
                    assert!(open(Purpose::Contact, ROW, &bad).is_err(), "{suite} {i}");
                    assert!(open(Purpose::Contact, ROW, &sealed[..i]).is_err());
                }
            }
        }
    }

    #[test]
    fn rotation_and_mixed_suites() {
        let old = sealer(&KeyRing::line(1, [1; 32]), Suite::Aes256Gcm);
        let both = format!(
            "{}\n* {}",
            *KeyRing::line(1, [1; 32]),
            *KeyRing::line(2, [2; 32])
        );
        let new = sealer(&both, Suite::Sm4Gcm);
        let first = old.sealed(Purpose::Draft, ROW, b"a", [1; 12]);
        let second = new.sealed(Purpose::Draft, ROW, b"b", [2; 12]);
        assert_eq!(
            (first.key_number(), second.key_number()),
            (Some(1), Some(2))
        );
        assert_eq!(
            **new.open(Purpose::Draft, ROW, first.as_bytes()).unwrap(),
            *b"a"
        );
        assert_eq!(
            *new.open_text(Purpose::Draft, ROW, second.as_bytes())
                .unwrap(),
            "b"
        );
        assert_eq!(
            old.open(Purpose::Draft, ROW, second.as_bytes()),
            Err(SealError::UnknownKey(2))
        );
    }

    #[test]
    fn sm4_gcm_as_in_rfc_8998() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
                .collect()
        };
        let key: [u8; 16] = bytes("0123456789ABCDEFFEDCBA9876543210")
            .try_into()
            .unwrap();
        let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().unwrap();
        let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let mut body = bytes(concat!(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
        ));
        let cipher = Sm4Gcm::new((&key).into());
        let tag = encrypt(&cipher, &nonce, &aad, &mut body).unwrap();
        assert_eq!(
            body,
            bytes(concat!(
                "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735",
                "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            ))
        );
        assert_eq!(tag[..], bytes("83DE3541E4C2B58177E065A9BF7B62EC"));
    }

    #[test]
    fn debug_never_shows() {
        let s = sealer(&KeyRing::generate([0x41; 32]), Suite::Sm4Gcm);
        let sealed = s.sealed(Purpose::Totp, ROW, b"secret", [0; 12]);
        assert_eq!(format!("{sealed:?}"), "‹sealed›");
        let shown = format!("{s:?}");
        assert!(!shown.contains("65") && !shown.contains("QUFB"), "{shown}");
    }
}
