//! Rings as people write them, rotation, and what must not be printed.

use super::*;
use crate::kernel::words::CaseKind;

#[test]
fn reads_rings_and_names_bad_lines() {
    let one = KeyRing::parse(&KeyRing::generate([1; 32])).unwrap();
    assert_eq!(one.active(), 1);
    let two = format!(
        "# ring\n{}\n* {}",
        *KeyRing::line(1, [1; 32]),
        *KeyRing::line(2, [2; 32])
    );
    let two = KeyRing::parse(&two).unwrap();
    assert_eq!(two.active(), 2);
    assert_eq!(two.key_check(), one.key_check());
    assert_eq!(two.key_checks().len(), 2);
    let other = KeyRing::parse(&KeyRing::generate([9; 32])).unwrap();
    assert_ne!(other.key_check(), one.key_check());
    assert_eq!(KeyRing::parse("# none\n").err(), Some(KeyError::Empty));
    for bad in ["k1", "k1 AAAA", "x1 AAAA", "1 AAAA", "k99999999999 AAAA"] {
        assert_eq!(KeyRing::parse(bad).err(), Some(KeyError::Line(1)), "{bad}");
    }
    let line = KeyRing::line(1, [1; 32]);
    let twice = format!("{};{}", *line, *line);
    assert_eq!(KeyRing::parse(&twice).err(), Some(KeyError::Twice(1)));
}

#[test]
fn hmac_is_the_standard_one() {
    // RFC 4231 test case 1 has a key of 20 bytes, which zeros fill up without changing the result.
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let mac = hmac(&key, &[b"Hi ", b"There"]);
    assert_eq!(mac[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
}

#[test]
fn index_survives_rotation_and_differs_by_column() {
    let old = KeyRing::parse(&KeyRing::line(1, [1; 32])).unwrap();
    let new = format!(
        "* {}\n{}",
        *KeyRing::line(2, [2; 32]),
        *KeyRing::line(1, [1; 32])
    );
    let new = KeyRing::parse(&new).unwrap();
    let phone = |r: &KeyRing| r.index(IndexColumn::Phone, "13800000000");
    assert_eq!(phone(&old), phone(&new));
    assert_ne!(phone(&old), old.index(IndexColumn::Id, "13800000000"));
    let case = CaseNumber::new(CaseKind::Complaint, 2611, 1);
    let next = CaseNumber::new(CaseKind::Complaint, 2611, 2);
    let hash = old.query_code_hash(case, "1234567890123456");
    assert!(same(&hash, &new.query_code_hash(case, "1234567890123456")));
    assert!(!same(&hash, &old.query_code_hash(next, "1234567890123456")));
    assert_eq!(token_hash(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
}

#[test]
fn debug_shows_numbers_only() {
    let ring = KeyRing::parse(&KeyRing::line(7, [0xab; 32])).unwrap();
    assert_eq!(format!("{ring:?}"), "KeyRing { keys: [7], active: 7 }");
}
