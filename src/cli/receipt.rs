//! `minsheng receipt verify`: says in one JSON line whether a receipt (the token, or a text that holds it) was signed by
//! one of the published keys. Needs neither database nor network; what it needs is handed in.

use crate::receipts::{hex, keys::parse_public, sign};
use serde::Serialize;
use std::io::{Error, ErrorKind, Result, Write};
use time::format_description::well_known::Rfc3339;

/// What is printed of a receipt that holds.
#[derive(Serialize)]
struct Holds {
    valid: bool,
    number: String,
    received_at: String,
    promise: String,
    promised: String,
    content_hash: String,
    files: Vec<FileLine>,
    key: String,
}

#[derive(Serialize)]
struct FileLine {
    name: String,
    sha256: String,
}

/// What is printed of one that does not.
#[derive(Serialize)]
struct Fails {
    valid: bool,
    reason: String,
}

/// Verifies the first token in `token_or_text` against `keys` (published keys, `<id> <base64>` lines or PEM), prints one JSON
/// line and returns whether it holds.
///
/// # Errors
/// `InvalidInput` when `keys` cannot be read, which says nothing about the receipt; or what writing to `out` gave.
pub fn verify(token_or_text: &str, keys: &str, mut out: impl Write) -> Result<bool> {
    let keys = parse_public(keys).map_err(|cause| Error::new(ErrorKind::InvalidInput, cause))?;
    let checked = sign::find(token_or_text)
        .ok_or(sign::VerifyError::Shape)
        .and_then(|token| sign::verify_with_key(&token, &keys));
    match &checked {
        Ok((receipt, key)) => serde_json::to_writer(
            &mut out,
            &Holds {
                valid: true,
                number: receipt.number.to_string(),
                received_at: receipt.received_at.format(&Rfc3339).unwrap_or_default(),
                promise: receipt.promise.clone(),
                promised: receipt.promised.to_string(),
                content_hash: hex(&receipt.content_hash),
                files: receipt
                    .files
                    .iter()
                    .map(|file| FileLine {
                        name: file.name.clone(),
                        sha256: hex(&file.sha256),
                    })
                    .collect(),
                key: key.clone(),
            },
        )?,
        Err(reason) => serde_json::to_writer(
            &mut out,
            &Fails {
                valid: false,
                reason: reason.to_string(),
            },
        )?,
    }
    writeln!(out)?;
    Ok(checked.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipts::{
        keys::{SigningKeys, key_id, public_pem},
        tests::sample,
    };

    fn run(text: &str, keys: &str) -> (bool, serde_json::Value) {
        let mut out = Vec::new();
        let valid = verify(text, keys, &mut out).unwrap();
        assert_eq!(out.iter().filter(|b| **b == b'\n').count(), 1);
        (valid, serde_json::from_slice(&out).unwrap())
    }

    #[test]
    fn one_json_line_either_way() {
        let keys = SigningKeys::parse(&SigningKeys::line(&[1; 32])).unwrap();
        let public = public_pem(&keys.verifying());
        let text = sample().readable(
            &keys.sign(&sample()),
            "最迟 2026年11月24日 前告知您是否受理",
        );
        let (valid, line) = run(&text, &public);
        assert!(valid);
        assert_eq!(line["valid"], true);
        assert_eq!(line["number"], sample().number.to_string());
        assert_eq!(line["received_at"], "2026-11-13T02:03:04.123456Z");
        assert_eq!(line["promised"], "2026-11-24");
        assert_eq!(line["key"], key_id(&keys.verifying()[0]));
        let (valid, line) = run("没有回执", &public);
        assert!(!valid);
        assert_eq!(line["valid"], false);
        assert!(line["reason"].as_str().unwrap().contains("MSR1."));
        let fault = verify(&text, "no keys here", Vec::new()).unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::InvalidInput);
    }
}
