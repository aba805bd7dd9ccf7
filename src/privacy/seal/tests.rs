//! Envelopes of both suites: round trips, forgeries, rotation and the published SM4-GCM vector.

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
