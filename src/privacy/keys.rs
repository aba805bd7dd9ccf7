//! The key ring 密钥环: master keys read from a file or a setting, and everything derived from them. Owns parsing,
//! derivation, the blind index and keyed hashes; never prints a key and never writes a file.

use super::{IndexColumn, Purpose, Suite};
use crate::kernel::number::CaseNumber;
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit as _, aead::consts::U12};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use sm4::Sm4;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

/// SM4 in GCM mode with a 96-bit nonce (RFC 8998).
pub(super) type Sm4Gcm = AesGcm<Sm4, U12>;

type Secret = Zeroizing<[u8; 32]>;

/// Why a text is not a key ring. No variant carries a part of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key at all.
    #[error("the key ring holds no key")]
    Empty,
    /// A line that is not `k<number> <base64 of 32 bytes>`; its number, from 1.
    #[error("line {0} of the key ring is not `k<number> <base64 of 32 bytes>`")]
    Line(usize),
    /// Two keys with one number.
    #[error("the key ring holds k{0} twice")]
    Twice(u32),
    /// More than one key is marked active by `*`.
    #[error("more than one key of the key ring is marked *")]
    TwoActive,
}

/// A master key with the ciphers of every purpose, made once so that sealing costs one pass over the data.
struct Entry {
    number: u32,
    aes: Vec<Aes256Gcm>,
    sm4: Vec<Sm4Gcm>,
    check: [u8; 16],
}

/// Master keys and what is derived from them. `Debug` shows the key numbers only.
///
/// The blind index and the keyed hashes hang on the key with the *lowest* number, so that adding a newer key (rotation
/// 密钥轮换) changes no lookup; that key leaves the ring only after every index has been rebuilt.
pub struct KeyRing {
    entries: Vec<Entry>,
    active: usize,
    index: Vec<Secret>,
    codes: Secret,
    invitations: Secret,
}

impl KeyRing {
    /// Reads a ring: one key a line (or `;` between them), `k1 <base64 of 32 bytes>`; `*` before a line marks the
    /// active key, otherwise the first is; blank lines and lines that open with `#` are skipped.
    ///
    /// # Errors
    /// [`KeyError`] names the line, never its content.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<(u32, Secret)> = Vec::new();
        let mut active = None;
        for (i, line) in text.split(['\n', ';']).enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (marked, line) = match line.strip_prefix('*') {
                Some(rest) => (true, rest.trim_start()),
                None => (false, line),
            };
            let (number, key) = parse_line(line).ok_or(KeyError::Line(i + 1))?;
            if keys.iter().any(|(n, _)| *n == number) {
                return Err(KeyError::Twice(number));
            }
            if marked && active.replace(keys.len()).is_some() {
                return Err(KeyError::TwoActive);
            }
            keys.push((number, key));
        }
        let root = keys
            .iter()
            .min_by_key(|(number, _)| *number)
            .map(|(_, key)| key)
            .ok_or(KeyError::Empty)?;
        let index = IndexColumn::ALL
            .iter()
            .map(|c| derive(root, &["minsheng/index/v1/", c.code()]))
            .collect();
        let codes = derive(root, &["minsheng/query-code/v1"]);
        let invitations = derive(root, &["minsheng/respond-code/v1"]);
        Ok(Self {
            index,
            codes,
            invitations,
            entries: keys.iter().map(|(n, key)| Entry::new(*n, key)).collect(),
            active: active.unwrap_or(0),
        })
    }

    /// The text of a new ring with one key made of these random bytes (to be written to a file only its owner reads).
    #[must_use]
    pub fn generate(random: [u8; 32]) -> Zeroizing<String> {
        let line = Self::line(1, random);
        Zeroizing::new(format!(
            "# minsheng key ring: one key a line, * marks the active one, never delete a key that is in use\n* {}\n",
            line.as_str()
        ))
    }

    /// One line of a ring, for rotation: add it, move the `*` to it, keep the old lines.
    #[must_use]
    pub fn line(number: u32, mut random: [u8; 32]) -> Zeroizing<String> {
        let text = Zeroizing::new(STANDARD.encode(random));
        random.zeroize();
        Zeroizing::new(format!("k{number} {}", text.as_str()))
    }

    /// The number of the key that seals new values.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.entries[self.active].number
    }

    /// A public value of the root key, kept in the database: another value at start means a wrong or lost ring.
    #[must_use]
    pub fn key_check(&self) -> [u8; 16] {
        self.entries
            .iter()
            .min_by_key(|e| e.number)
            .map_or([0; 16], |e| e.check)
    }

    /// The same value of every key, by number, to notice a lost younger key.
    #[must_use]
    pub fn key_checks(&self) -> Vec<(u32, [u8; 16])> {
        self.entries.iter().map(|e| (e.number, e.check)).collect()
    }

    /// The blind index 盲索引 of a value that the caller has normalised: HMAC-SHA256 with the column's key, cut to 16
    /// bytes.
    #[must_use]
    pub fn index(&self, column: IndexColumn, normalised: &str) -> [u8; 16] {
        let full = hmac(&self.index[column as usize], &[normalised.as_bytes()]);
        cut(&full)
    }

    /// The stored form of a query code 查询码: bound to its case number, so equal codes of two cases differ.
    #[must_use]
    pub fn query_code_hash(&self, case: CaseNumber, digits: &str) -> [u8; 32] {
        hmac(
            &self.codes,
            &[case.to_string().as_bytes(), b"\0", digits.as_bytes()],
        )
    }

    /// The stored form of a trader's answer code 答复码, bound to the case number; no query code has the same.
    #[must_use]
    pub fn respond_code_hash(&self, case: CaseNumber, digits: &str) -> [u8; 32] {
        hmac(
            &self.invitations,
            &[case.to_string().as_bytes(), b"\0", digits.as_bytes()],
        )
    }

    /// The ciphers of a key by number, with `None` for a key that the ring lacks.
    pub(super) fn aes(&self, number: u32, purpose: Purpose) -> Option<&Aes256Gcm> {
        self.entry(number)?.aes.get(purpose as usize)
    }

    /// See [`KeyRing::aes`].
    pub(super) fn sm4(&self, number: u32, purpose: Purpose) -> Option<&Sm4Gcm> {
        self.entry(number)?.sm4.get(purpose as usize)
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.iter().find(|e| e.number == number)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<u32> = self.entries.iter().map(|e| e.number).collect();
        f.debug_struct("KeyRing")
            .field("keys", &numbers)
            .field("active", &self.active())
            .finish()
    }
}

impl Entry {
    fn new(number: u32, master: &Secret) -> Self {
        let subkey = |suite: Suite, purpose: Purpose| {
            derive(
                master,
                &["minsheng/seal/v1/", suite.code(), "/", purpose.code()],
            )
        };
        Self {
            number,
            aes: Purpose::ALL
                .iter()
                .map(|p| Aes256Gcm::new((&*subkey(Suite::Aes256Gcm, *p)).into()))
                .collect(),
            sm4: Purpose::ALL
                .iter()
                .map(|p| {
                    let key = Zeroizing::new(cut(&subkey(Suite::Sm4Gcm, *p)));
                    Sm4Gcm::new((&*key).into())
                })
                .collect(),
            check: cut(&derive(master, &["minsheng/key-check/v1"])),
        }
    }
}

/// The stored form of a random 256-bit token (session, API): plain SHA-256, for there is nothing to guess.
#[must_use]
pub fn token_hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Compares two hashes in constant time.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

fn parse_line(line: &str) -> Option<(u32, Secret)> {
    let (id, key) = line.split_once(char::is_whitespace)?;
    let number = id.strip_prefix('k')?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(key.trim()).ok()?);
    let mut secret = Zeroizing::new([0; 32]);
    if bytes.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some((number.parse().ok()?, secret))
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // `KeyInit::new` takes a whole block, which pads the key with zeros as HMAC does.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn derive(master: &[u8; 32], label: &[&str]) -> Secret {
    let parts: Vec<&[u8]> = label.iter().map(|s| s.as_bytes()).collect();
    Zeroizing::new(hmac(master, &parts))
}

fn cut(full: &[u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&full[..16]);
    out
}

#[cfg(test)]
mod tests;
