//! Telephone numbers (rules §11.3). A complainant gives a mobile or a landline; 400/800 and short numbers are those of
//! a respondent only.

use super::{Fault, Reason, compact, plain, reason};

/// Mobile: `^1[3-9]\d{9}$` once +86 or 86 is taken off.
///
/// # Errors
/// `charset`, `length`, `shape`.
pub fn mobile(text: &str) -> Result<String, Reason> {
    let mut number = compact(text);
    if let Some(rest) = number.strip_prefix("+86") {
        number = rest.to_owned();
    } else if number.len() == 13 && number.starts_with("86") {
        number.drain(..2);
    }
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(reason(Fault::Charset, "手机号码只含数字"));
    }
    if number.len() != 11 {
        return Err(reason(Fault::Length, "手机号码应为 11 位数字"));
    }
    if number.as_bytes()[0] != b'1' || number.as_bytes()[1] < b'3' {
        return Err(reason(Fault::Shape, "手机号码以 13 至 19 开头，请核对"));
    }
    Ok(number)
}

/// Landline with area code, `^0\d{2,3}-?[2-8]\d{6,7}$`; Chengdu 028 has 8 digits. Normalised with one hyphen.
///
/// # Errors
/// `charset`, `shape`.
pub fn landline(text: &str) -> Result<String, Reason> {
    const WRONG: Reason = reason(
        Fault::Shape,
        "固定电话写成区号加号码，例如 028-80000000（成都号码为 8 位）",
    );
    let number = plain(text)
        .replace(['（', '('], "")
        .replace([')', '）', ' '], "-");
    if !number.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(reason(Fault::Charset, "固定电话只含数字和一个短横"));
    }
    // 010 and 02x have three digits, all others four; a hyphen in the text says where the area code ends.
    let (area, local) = number.split_once('-').unwrap_or_else(|| {
        let short = matches!(number.as_bytes(), [b'0', b'1' | b'2', ..]);
        number.split_at(number.len().min(if short { 3 } else { 4 }))
    });
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let area_ok = area.starts_with('0') && (3..=4).contains(&area.len()) && digits(area);
    let length_ok = if area == "028" {
        local.len() == 8
    } else {
        (7..=8).contains(&local.len())
    };
    let local_ok = length_ok && digits(local) && matches!(local.as_bytes(), [b'2'..=b'8', ..]);
    if area_ok && local_ok {
        Ok(format!("{area}-{local}"))
    } else {
        Err(WRONG)
    }
}

/// A number at which a complainant can be reached: mobile or landline.
///
/// # Errors
/// The reason of the kind that it looks like.
pub fn phone(text: &str) -> Result<String, Reason> {
    if plain(text).starts_with(['0', '(']) {
        landline(text)
    } else {
        mobile(text)
    }
}

/// 400 or 800 number of a respondent, normalised `400-123-4567`.
///
/// # Errors
/// `charset`, `length`, `shape`.
pub fn service_number(text: &str) -> Result<String, Reason> {
    let number = compact(text);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(reason(Fault::Charset, "400、800 电话只含数字和短横"));
    }
    if number.len() != 10 {
        return Err(reason(Fault::Length, "400、800 电话应为 10 位数字"));
    }
    if !(number.starts_with("400") || number.starts_with("800")) {
        return Err(reason(
            Fault::Shape,
            "以 400 或 800 开头，例如 400-123-4567",
        ));
    }
    Ok(format!(
        "{}-{}-{}",
        &number[..3],
        &number[3..6],
        &number[6..]
    ))
}

/// Short number of a respondent: 10086, 95xxx, 96xxx, 12315, 110.
///
/// # Errors
/// `charset`, `shape`.
pub fn short_number(text: &str) -> Result<String, Reason> {
    let number = compact(text);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(reason(Fault::Charset, "短号码只含数字"));
    }
    let good = match number.as_bytes() {
        [b'1', ..] => (3..=6).contains(&number.len()),
        [b'9', b'5' | b'6', ..] => (5..=8).contains(&number.len()),
        _ => false,
    };
    if good {
        Ok(number)
    } else {
        Err(reason(Fault::Shape, "不是短号码，例如 10086、95588、12315"))
    }
}

/// Any number by which a respondent may be reached.
///
/// # Errors
/// The reason of a complainant's number, when it is none of a respondent's either.
pub fn respondent_phone(text: &str) -> Result<String, Reason> {
    phone(text).or_else(|why| {
        service_number(text)
            .or_else(|_| short_number(text))
            .map_err(|_| why)
    })
}
