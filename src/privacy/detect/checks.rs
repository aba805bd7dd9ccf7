//! Check rules of numbers: what a mobile, an identity or a card number must satisfy. Pure arithmetic on digits.

/// `1[3-9]` and nine more digits.
pub(super) fn is_mobile(d: &[u8]) -> bool {
    d.len() == 11 && d[0] == 1 && d[1] >= 3
}

/// Eight digits that are a date of birth.
pub(super) fn is_birth(d: &[u8]) -> bool {
    let n = |r: std::ops::Range<usize>| d[r].iter().fold(0_u32, |n, v| n * 10 + u32::from(*v));
    (1900..=2099).contains(&n(0..4)) && (1..=12).contains(&n(4..6)) && (1..=31).contains(&n(6..8))
}

/// A resident identity number 公民身份号码 (GB 11643); `x`: seventeen digits with an X behind them.
pub(super) fn is_identity(d: &[u8], x: bool, cue: bool) -> bool {
    let full = if x { 17 } else { 18 };
    if d.len() != full || !(1..=9).contains(&d[0]) {
        return false;
    }
    if !is_birth(&d[6..14]) {
        return cue;
    }
    let check = check_sign(d);
    let given = if x { 10 } else { u32::from(d[17]) };
    // A slip of the pen in a real number is personal too: a region and a date are enough.
    cue || check == given || (1..=8).contains(&d[0])
}

/// Whether the last of eighteen digits is the check sign of the rest.
pub(super) fn checked(d: &[u8]) -> bool {
    d.len() == 18 && check_sign(d) == u32::from(d[17])
}

/// The check sign of the first seventeen digits of an identity number, ten for X.
pub(super) fn check_sign(d: &[u8]) -> u32 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS.iter().zip(d).map(|(w, v)| w * u32::from(*v)).sum();
    (12 - sum % 11) % 11
}

/// The check of bank cards (rules §11.4).
pub(super) fn luhn(d: &[u8]) -> bool {
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, v)| {
            let n = u32::from(*v) << (i % 2);
            n / 10 + n % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A bank card by length, prefix and check, or by length beside its word.
pub(super) fn is_card(d: &[u8], cue: bool) -> bool {
    match d.len() {
        12..=14 | 20..=21 => false,
        15..=19 if cue => true,
        16..=19 => {
            (d[0] == 6 && d[1] == 2) || (luhn(d) && (3..=6).contains(&d[0]) && d.len() != 18)
        }
        _ => false,
    }
}
