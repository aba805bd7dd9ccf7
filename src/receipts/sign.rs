//! The keys that sign receipts and the token `MSR1.<payload>.<signature>` a resident can paste anywhere. Ed25519; the
//! payload is [`Receipt::canonical`]. A key is named by the first 8 hex digits of SHA-256 of its public half.
//! Reads keys from text that others have loaded; no file, no clock, no randomness.

use super::{Receipt, hex, sha256};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// What every token begins with.
pub const MARK: &str = "MSR1.";
/// Base64url characters of a 64-byte signature.
const SIGNATURE_CHARS: usize = 86;
/// No receipt is longer; what is longer is not decoded.
const PAYLOAD_CHARS: usize = 65_536;
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

/// Why a token does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not a token, or only a part of one.
    #[error("没有找到完整的回执：请完整复制以 MSR1. 开头的一行")]
    Shape,
    /// Signed by a key that is not among the published ones.
    #[error("回执使用的签名密钥不在已公布的密钥之中，无法确认由本平台出具")]
    UnknownKey,
    /// The content was changed, or the signature does not belong to it.
    #[error("签名不符：回执内容被改动过，或不是由本平台出具")]
    Signature,
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

    /// The token of a receipt, signed by the first key.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> String {
        // `parse` gives at least one key
        let Some(key) = self.0.first() else {
            return String::new();
        };
        let payload = receipt.canonical(&key_id(&key.verifying_key()));
        let signature = key.sign(&payload).to_bytes();
        format!(
            "{MARK}{}.{}",
            URL_SAFE_NO_PAD.encode(payload),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }
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

/// The receipt in a token, if one of these keys signed it.
///
/// # Errors
/// [`VerifyError`], whose text a resident can read.
pub fn verify(token: &str, keys: &[VerifyingKey]) -> Result<Receipt, VerifyError> {
    verify_with_key(token, keys).map(|(receipt, _)| receipt)
}

/// Like [`verify`], and says which key signed.
///
/// # Errors
/// [`VerifyError`], whose text a resident can read.
pub fn verify_with_key(
    token: &str,
    keys: &[VerifyingKey],
) -> Result<(Receipt, String), VerifyError> {
    let (payload, signature) = token
        .trim()
        .strip_prefix(MARK)
        .and_then(|rest| rest.split_once('.'))
        .filter(|(payload, _)| payload.len() <= PAYLOAD_CHARS)
        .ok_or(VerifyError::Shape)?;
    let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| VerifyError::Shape);
    let payload = decode(payload)?;
    let signature = Signature::from_slice(&decode(signature)?).map_err(|_| VerifyError::Shape)?;
    let (id, receipt) = Receipt::from_canonical(&payload).ok_or(VerifyError::Shape)?;
    let mut known = keys.iter().filter(|key| key_id(key) == id).peekable();
    if known.peek().is_none() {
        return Err(VerifyError::UnknownKey);
    }
    if known.any(|key| key.verify_strict(&payload, &signature).is_ok()) {
        Ok((receipt, id))
    } else {
        Err(VerifyError::Signature)
    }
}

/// The first token in a pasted text, mended where a mail or chat program broke it into lines.
#[must_use]
pub fn find(text: &str) -> Option<String> {
    text.match_indices(MARK)
        .take(100)
        .find_map(|(at, mark)| token_at(text.get(at + mark.len()..)?))
}

/// The token whose mark ends where `rest` begins.
fn token_at(rest: &str) -> Option<String> {
    let base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut token = MARK.to_owned();
    let mut chars = rest.chars();
    for c in chars.by_ref().filter(|c| !c.is_whitespace()) {
        token.push(c);
        if c == '.' {
            break;
        }
        if !base64url(c) || token.len() > PAYLOAD_CHARS {
            return None;
        }
    }
    let whole = token.len() + SIGNATURE_CHARS;
    while token.len() < whole {
        let c = chars.by_ref().find(|c| !c.is_whitespace())?;
        if !base64url(c) {
            return None;
        }
        token.push(c);
    }
    (!chars.next().is_some_and(base64url)).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::sample, *};

    fn keys(seed: u8) -> SigningKeys {
        SigningKeys::parse(&SigningKeys::line(&[seed; 32])).unwrap()
    }

    #[test]
    fn round_trip_also_after_rotation() {
        let old = keys(1);
        let token = old.sign(&sample());
        assert_eq!(verify(&token, &old.verifying()), Ok(sample()));
        let both = format!(
            "# new\n{}\n\n{}\n",
            *SigningKeys::line(&[2; 32]),
            *SigningKeys::line(&[1; 32])
        );
        let both = SigningKeys::parse(&both).unwrap();
        assert_eq!(verify(&token, &both.verifying()), Ok(sample()));
        assert_ne!(both.sign(&sample()), token);
        assert_eq!(
            verify(&both.sign(&sample()), &old.verifying()),
            Err(VerifyError::UnknownKey)
        );
        assert_eq!(verify(&token, &[]), Err(VerifyError::UnknownKey));
    }

    #[test]
    fn every_changed_byte_fails() {
        let keys = keys(1);
        let public = keys.verifying();
        let token = keys.sign(&sample());
        for i in 0..token.len() {
            for bit in 0..7 {
                let mut bytes = token.clone().into_bytes();
                bytes[i] ^= 1 << bit;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(verify(&changed, &public).is_err(), "byte {i} bit {bit}");
            }
        }
        let (head, signature) = token.rsplit_once('.').unwrap();
        let mut receipt = sample();
        receipt.promised = receipt.promised.next_day().unwrap();
        let later = receipt.canonical(&key_id(&public[0]));
        let forged = format!("{MARK}{}.{signature}", URL_SAFE_NO_PAD.encode(later));
        assert_eq!(verify(&forged, &public), Err(VerifyError::Signature));
        assert_eq!(verify(head, &public), Err(VerifyError::Shape));
    }

    #[test]
    fn a_token_is_found_in_what_people_paste() {
        let keys = keys(1);
        let token = keys.sign(&sample());
        let text = sample().readable(&token, "最迟 2026年11月24日 前告知您是否受理");
        assert_eq!(
            find(&format!("您好，以 MSR1. 开头：\n{text}\n谢谢")),
            Some(token.clone())
        );
        let broken = token
            .as_bytes()
            .chunks(76)
            .map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap()))
            .collect::<String>();
        assert_eq!(find(&broken), Some(token.clone()));
        assert_eq!(find(&token[..token.len() - 1]), None);
        assert_eq!(find(&format!("{token}x")), None);
        assert_eq!(find("MSR1."), None);
    }

    #[test]
    fn keys_are_published_and_read_back_but_never_shown() {
        let keys = keys(1);
        let public = keys.verifying();
        assert_eq!(parse_public(&public_lines(&public)), Ok(public.clone()));
        assert_eq!(parse_public(&public_pem(&public)), Ok(public.clone()));
        let wrong = format!("00000000 {}", STANDARD.encode(public[0].as_bytes()));
        assert_eq!(parse_public(&wrong), Err(KeyError::Line(1)));
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
