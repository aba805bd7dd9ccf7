//! The keys that sign receipts. Ed25519; a key is named by the first 8 hex digits of SHA-256 of its public half. Reads
//! secret keys from text that others have loaded, and writes and reads the public halves for publication; no file, no
//! clock, no randomness.

use super::{hex, sha256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// DER of a `SubjectPublicKeyInfo` for Ed25519 before its 32 key bytes (RFC 8410).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key at all.
    #[error("没有找到密钥")]
    None,
    /// This line (from 1) is not a key.
    #[error("第 {0} 行不是密钥")]
    Line(usize),
}

/// The keys of the office: the first signs, all of them verify.
pub struct SigningKeys(Vec<SigningKey>);

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids = self.verifying().iter().map(key_id).collect::<Vec<_>>();
        f.debug_tuple("SigningKeys").field(&ids).finish()
    }
}

impl SigningKeys {
    /// Reads a key file: one line a key, base64 of its 32-byte seed; empty lines and lines after `#` do not count. A new key
    /// is put on top, the old one stays below it so that old receipts still verify.
    ///
    /// # Errors
    /// [`KeyError`], which names the line and never its content.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for (i, line) in content_lines(text) {
            let bytes = Zeroizing::new(STANDARD.decode(line).map_err(|_| KeyError::Line(i))?);
            let seed = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::Line(i))?;
            keys.push(SigningKey::from_bytes(seed));
        }
        if keys.is_empty() {
            return Err(KeyError::None);
        }
        Ok(Self(keys))
    }

    /// The line of a key file for fresh random bytes.
    #[must_use]
    pub fn line(seed: &[u8; 32]) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(seed))
    }

    /// The public halves, the signing one first.
    #[must_use]
    pub fn verifying(&self) -> Vec<VerifyingKey> {
        self.0.iter().map(SigningKey::verifying_key).collect()
    }

    /// The signature of the first key over bytes that are no receipt; they begin with a mark of their own kind.
    #[must_use]
    pub fn sign_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        // `parse` gives at least one key
        self.signing()
            .map(|key| key.sign(bytes).to_bytes().to_vec())
            .unwrap_or_default()
    }

    /// The key that signs now.
    pub(super) fn signing(&self) -> Option<&SigningKey> {
        self.0.first()
    }
}

/// Whether one of the keys made this signature over these bytes.
#[must_use]
pub fn verify_bytes(keys: &[VerifyingKey], bytes: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature)
        .is_ok_and(|s| keys.iter().any(|key| key.verify_strict(bytes, &s).is_ok()))
}

/// Lines that hold something, with their number from 1.
fn content_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The name of a key: first 8 hex digits of SHA-256 of its 32 bytes.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> String {
    hex(&sha256(key.as_bytes())[..4])
}

/// The keys for publication, one a line: `<key id> <base64 of 32 bytes>`.
#[must_use]
pub fn public_lines(keys: &[VerifyingKey]) -> String {
    keys.iter().fold(String::new(), |mut out, key| {
        let _ = writeln!(out, "{} {}", key_id(key), STANDARD.encode(key.as_bytes()));
        out
    })
}

/// The keys for publication as PEM (`SubjectPublicKeyInfo`), each under a comment with its id; `openssl` reads it.
#[must_use]
pub fn public_pem(keys: &[VerifyingKey]) -> String {
    keys.iter().fold(String::new(), |mut out, key| {
        let der = STANDARD.encode([&SPKI[..], key.as_bytes()].concat());
        let _ = writeln!(
            out,
            "# key {}\n-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----",
            key_id(key)
        );
        out
    })
}

/// Reads published keys as [`public_lines`] or [`public_pem`] wrote them.
///
/// # Errors
/// [`KeyError`] for a text without keys, a line that is none, or an id that does not belong to its key.
pub fn parse_public(text: &str) -> Result<Vec<VerifyingKey>, KeyError> {
    let mut keys = Vec::new();
    for (i, line) in content_lines(text).filter(|(_, line)| !line.starts_with("-----")) {
        let (id, base64) = line.split_once(' ').unwrap_or(("", line));
        let bytes = STANDARD
            .decode(base64.trim())
            .map_err(|_| KeyError::Line(i))?;
        let bytes = bytes.strip_prefix(&SPKI).unwrap_or(&bytes);
        let key = <&[u8; 32]>::try_from(bytes)
            .ok()
            .and_then(|bytes| VerifyingKey::from_bytes(bytes).ok())
            .filter(|key| id.is_empty() || id == key_id(key))
            .ok_or(KeyError::Line(i))?;
        keys.push(key);
    }
    if keys.is_empty() {
        return Err(KeyError::None);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_published_and_read_back_but_never_shown() {
        let keys = SigningKeys::parse(&SigningKeys::line(&[1; 32])).unwrap();
        let public = keys.verifying();
        assert_eq!(parse_public(&public_lines(&public)), Ok(public.clone()));
        assert_eq!(parse_public(&public_pem(&public)), Ok(public.clone()));
        let wrong = format!("00000000 {}", STANDARD.encode(public[0].as_bytes()));
        assert_eq!(parse_public(&wrong), Err(KeyError::Line(1)));
        let signature = keys.sign_bytes(b"kind: a");
        assert!(verify_bytes(&public, b"kind: a", &signature));
        assert!(!verify_bytes(&public, b"kind: b", &signature));
        assert!(!verify_bytes(&public, b"kind: a", &signature[1..]));
        assert_eq!(parse_public("# nothing\n"), Err(KeyError::None));
        assert_eq!(
            SigningKeys::parse("\nshort\n").err(),
            Some(KeyError::Line(2))
        );
        assert_eq!(
            format!("{keys:?}"),
            format!("SigningKeys([{:?}])", key_id(&public[0]))
        );
    }
}
