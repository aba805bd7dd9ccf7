//! The receipt 回执 a resident keeps: what was received, when, and by which date the office must answer, signed so that
//! nobody, the office included, can later dispute it. This file owns what a receipt says and the one byte form that is
//! signed; [`keys`] the keys, [`sign`] the token, [`picture`] the PNG, [`qr`] the code that opens the progress page.
//! The query code is a secret of its owner: it is never part of a receipt's signed content nor of its token.

pub mod keys;
pub mod picture;
pub mod qr;
pub mod sign;

use crate::kernel::{clock::CHINA, number::CaseNumber};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use time::{Date, OffsetDateTime, UtcOffset, macros::format_description};

/// First line of the canonical bytes; a new layout gets a new version.
const VERSION: &str = "minsheng-receipt-v1";

/// What the office confirms to have received and promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The case.
    pub number: CaseNumber,
    /// When the complete filing was stored (N-04); microseconds, UTC.
    pub received_at: OffsetDateTime,
    /// SHA-256 of the canonical filing.
    pub content_hash: [u8; 32],
    /// The date by which the answer is due.
    pub promised: Date,
    /// Short code of the clock that runs, e.g. `acceptance`.
    pub promise: String,
    /// The files handed in, in the order of the filing.
    pub files: Vec<FileMark>,
}

/// A file that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileMark {
    /// Its name as the resident gave it.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// SHA-256, of a canonical filing or of a file.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; 32];
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}

/// Keeps a value on its line: control characters and `%` become `%XX` of their UTF-8 bytes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '%' || c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        out.push(if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(out).ok()
}

/// An instant as RFC 3339 in UTC with exactly six decimals, the only spelling that is signed.
fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micro) = at.time().as_hms_micro();
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z",
        at.date()
    )
}

impl Receipt {
    /// The bytes that are signed by the key named `key`. Lines end with `\n`, in this order, nothing else:
    /// ```text
    /// minsheng-receipt-v1
    /// key=1a2b3c4d                            first 8 hex digits of SHA-256 of the public key
    /// number=TS-2611-00517-3
    /// received=2026-11-13T02:03:04.123456Z    UTC, six decimals
    /// content=<64 hex digits>                 SHA-256 of the canonical filing
    /// promise=acceptance
    /// promised=2026-11-24                     a date in China
    /// file=<64 hex digits> <name>             none, one or more; control characters and % as %XX
    /// ```
    #[must_use]
    pub fn canonical(&self, key: &str) -> Vec<u8> {
        let mut out = format!(
            "{VERSION}\nkey={}\nnumber={}\nreceived={}\ncontent={}\npromise={}\npromised={}\n",
            escape(key),
            self.number,
            instant(self.received_at),
            hex(&self.content_hash),
            escape(&self.promise),
            self.promised,
        );
        for file in &self.files {
            let _ = writeln!(out, "file={} {}", hex(&file.sha256), escape(&file.name));
        }
        out.into_bytes()
    }

    /// Reads canonical bytes: the key's name and the receipt. Whatever [`Receipt::canonical`] would write otherwise is
    /// refused, so that one receipt has one spelling.
    fn from_canonical(bytes: &[u8]) -> Option<(String, Self)> {
        let mut lines = std::str::from_utf8(bytes).ok()?.lines();
        if lines.next()? != VERSION {
            return None;
        }
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix('=');
        let key = unescape(value("key")?)?;
        let number = CaseNumber::parse(value("number")?).ok()?;
        let received_at = OffsetDateTime::parse(
            value("received")?,
            &time::format_description::well_known::Rfc3339,
        )
        .ok()?;
        let content_hash = unhex(value("content")?)?;
        let promise = unescape(value("promise")?)?;
        let promised = Date::parse(
            value("promised")?,
            format_description!("[year]-[month]-[day]"),
        )
        .ok()?;
        let files = lines
            .map(|line| {
                let (hash, name) = line.strip_prefix("file=")?.split_once(' ')?;
                Some(FileMark {
                    name: unescape(name)?,
                    sha256: unhex(hash)?,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let receipt = Self {
            number,
            received_at,
            content_hash,
            promised,
            promise,
            files,
        };
        (receipt.canonical(&key) == bytes).then_some((key, receipt))
    }

    /// The receipt as a text to save and to paste: a readable block, then the token on a line of its own.
    /// `promise_text` is the promise in plain words, 「最迟 2026年11月24日 前告知您是否受理」.
    #[must_use]
    pub fn readable(&self, token: &str, promise_text: &str) -> String {
        let mut files = String::new();
        for (i, file) in self.files.iter().enumerate() {
            let _ = writeln!(
                files,
                "附件{}：{}（SHA-256 {}）",
                i + 1,
                file.name.replace(char::is_control, " "),
                hex(&file.sha256)
            );
        }
        format!(
            "{kind}回执\n案件编号：{number}\n收到时间：{received}（北京时间）\n办理期限：{promise_text}\n内容指纹：SHA-256 {hash}\n\
             {files}\n下面一行是带数字签名的回执，核验时请完整复制；其中不含查询码：\n{token}\n",
            kind = self.number.kind(),
            number = self.number,
            received = china_time(self.received_at),
            hash = hex(&self.content_hash),
        )
    }
}

/// An instant as a resident reads it: `2026年11月13日 10:03:04`, time in China.
#[must_use]
pub fn china_time(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!(
        "{}年{}月{}日 {:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::kernel::words::CaseKind;
    use time::macros::{date, datetime};

    /// A receipt for the tests of this room.
    pub(crate) fn sample() -> Receipt {
        Receipt {
            number: CaseNumber::new(CaseKind::Complaint, 2611, 517),
            received_at: datetime!(2026-11-13 02:03:04.123456 UTC),
            content_hash: sha256(b"filing"),
            promised: date!(2026 - 11 - 24),
            promise: "acceptance".into(),
            files: Vec::new(),
        }
    }

    #[test]
    fn the_canonical_bytes_do_not_change() {
        let text = String::from_utf8(sample().canonical("1a2b3c4d")).unwrap();
        let number = sample().number;
        assert_eq!(
            text,
            format!(
                "minsheng-receipt-v1\nkey=1a2b3c4d\nnumber={number}\nreceived=2026-11-13T02:03:04.123456Z\n\
                 content={}\npromise=acceptance\npromised=2026-11-24\n",
                hex(&sha256(b"filing"))
            )
        );
    }

    #[test]
    fn names_cannot_forge_lines_and_one_receipt_has_one_spelling() {
        let mut receipt = sample();
        receipt.promise = "a\npromised=2099-01-01".into();
        receipt.files = ["小票 100%.jpg", "a\r\nfile=b", "", " "]
            .map(|name| FileMark {
                name: name.into(),
                sha256: sha256(name.as_bytes()),
            })
            .to_vec();
        let bytes = receipt.canonical("k");
        assert_eq!(
            Receipt::from_canonical(&bytes),
            Some(("k".into(), receipt.clone()))
        );
        assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 7 + 4);
        let text = String::from_utf8(bytes).unwrap();
        for other in [
            text.trim_end().to_owned(),
            format!("{text}\n"),
            text.replace('\n', "\r\n"),
            text.replace("TS-", "ts-"),
            text.replace(".123456Z", ".1234560Z"),
            text.replace("%0D", "%0d"),
        ] {
            assert_ne!(other, text);
            assert_eq!(Receipt::from_canonical(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn times_are_read_in_china() {
        assert_eq!(
            china_time(datetime!(2026-11-13 18:03:04 UTC)),
            "2026年11月14日 02:03:04"
        );
        let text = sample().readable("MSR1.a.b", "最迟 2026年11月24日 前告知您是否受理");
        assert!(text.starts_with("投诉回执\n"), "{text}");
        assert!(text.ends_with("\nMSR1.a.b\n"), "{text}");
    }
}
