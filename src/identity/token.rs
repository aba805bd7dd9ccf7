//! Form tokens 表单令牌 of the desk: unguessable, one a session, and made out to one person, so that a form that was
//! opened in a session that has ended still says whose it was. Pure.

use crate::{
    kernel::StaffId,
    privacy::{IndexColumn, KeyRing, keys},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Bytes of a token as the store keeps it.
pub const BYTES: usize = 16;

/// A token of this person: eight random bytes, then a keyed tag over them and the person.
#[must_use]
pub fn fresh(ring: &KeyRing, person: StaffId, random: [u8; 8]) -> [u8; BYTES] {
    let mut token = [0; BYTES];
    token[..8].copy_from_slice(&random);
    token[8..].copy_from_slice(&tag(ring, person, &random));
    token
}

/// A token as forms carry it.
#[must_use]
pub fn text(token: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(token)
}

/// Whether a form's token was made out to this person, in whichever session.
#[must_use]
pub fn is_of(ring: &KeyRing, person: StaffId, text: &str) -> bool {
    let token = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    match token.split_first_chunk::<8>() {
        Some((random, rest)) => keys::same(rest, &tag(ring, person, random)),
        None => false,
    }
}

fn tag(ring: &KeyRing, person: StaffId, random: &[u8; 8]) -> [u8; 8] {
    let words = format!("{:016x}/{}", u64::from_be_bytes(*random), person.0);
    let full = ring.index(IndexColumn::FormToken, &words);
    let mut out = [0; 8];
    out.copy_from_slice(&full[..8]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_token_tells_its_person_and_nobody_else() {
        let ring = KeyRing::parse(&KeyRing::generate([3; 32])).unwrap();
        let (me, other) = (StaffId(Uuid::from_u128(1)), StaffId(Uuid::from_u128(2)));
        let token = fresh(&ring, me, [9; 8]);
        assert!(is_of(&ring, me, &text(&token)));
        assert!(!is_of(&ring, other, &text(&token)));
        let mut forged = token;
        forged[0] ^= 1;
        for wrong in [text(&forged), text(&token[..8]), String::new(), "%".into()] {
            assert!(!is_of(&ring, me, &wrong), "{wrong}");
        }
    }
}
