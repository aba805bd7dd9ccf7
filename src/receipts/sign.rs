//! The token `MSR1.<payload>.<signature>` a resident can save and paste anywhere: the payload is [`Receipt::canonical`], the
//! signature Ed25519 over it, both base64url without padding. Signs, verifies, and finds a token in pasted text.

use super::{
    Receipt,
    keys::{SigningKeys, key_id},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};

/// What every token begins with.
pub const MARK: &str = "MSR1.";
/// Base64url characters of a 64-byte signature.
const SIGNATURE_CHARS: usize = 86;
/// No receipt is longer; what is longer is not decoded.
const PAYLOAD_CHARS: usize = 65_536;
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

impl SigningKeys {
    /// The token of a receipt, signed by the first key.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> String {
        // `parse` gives at least one key
        let Some(key) = self.signing() else {
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
}
