//! Numbers that people and traders are known by, read as they are typed and checked (rules §11): credit code, resident
//! id, telephone, plate, bank card. A validator gives the normalised text or the [`Reason`] why not; it never looks
//! anything up and keeps nothing. What is personal is sealed elsewhere.

mod phone;

pub use phone::{landline, mobile, phone, respondent_phone, service_number, short_number};

use super::words::{halfwidth, words};
use time::{Date, Month};

words! {
    /// Kind of number 号码种类.
    IdentifierKind {
        Uscc = "uscc", "统一社会信用代码";
        ResidentId = "resident_id", "公民身份号码";
        Mobile = "mobile", "手机号码";
        Landline = "landline", "固定电话";
        /// Mobile or landline.
        Phone = "phone", "电话号码";
        /// 400 and 800.
        ServiceNumber = "service_number", "400、800 电话";
        /// 10086, 95xxx, 12315.
        ShortNumber = "short_number", "短号码";
        Plate = "plate", "车牌号";
        BankCard = "bank_card", "银行卡号";
    }
}

words! {
    /// What is wrong with a number.
    Fault {
        Length = "length", "位数不对";
        Charset = "charset", "有不该出现的字符";
        Check = "check", "校验码不对";
        Province = "province", "地区代码不对";
        Date = "date", "日期不对";
        Shape = "shape", "格式不对";
        Luhn = "luhn", "校验位不对";
    }
}

/// Why a number is not accepted: for the machine and for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// Machine-readable.
    pub code: Fault,
    /// Plain Chinese, says what to do.
    pub message: &'static str,
}

const fn reason(code: Fault, message: &'static str) -> Reason {
    Reason { code, message }
}

/// An accepted number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As it is kept and compared.
    pub normalised: String,
    /// Accepted, but look again.
    pub warning: Option<&'static str>,
}

/// Checks a number of any kind; `today` in China, for the birthday in a resident id.
///
/// # Errors
/// The [`Reason`] why it is not one.
pub fn check(kind: IdentifierKind, text: &str, today: Date) -> Result<Checked, Reason> {
    let normalised = match kind {
        IdentifierKind::Uscc => uscc(text),
        IdentifierKind::ResidentId => resident_id(text, today),
        IdentifierKind::Mobile => mobile(text),
        IdentifierKind::Landline => landline(text),
        IdentifierKind::Phone => phone(text),
        IdentifierKind::ServiceNumber => service_number(text),
        IdentifierKind::ShortNumber => short_number(text),
        IdentifierKind::Plate => plate(text),
        IdentifierKind::BankCard => bank_card(text),
    }?;
    let warning = match kind {
        IdentifierKind::Uscc => uscc_warning(&normalised),
        _ => None,
    };
    Ok(Checked {
        normalised,
        warning,
    })
}

/// Trimmed, half-width, upper-case.
fn plain(text: &str) -> String {
    let mut half = halfwidth(text);
    half.make_ascii_uppercase();
    half.trim().to_owned()
}

/// Like [`plain`], without the blanks and hyphens that people put between groups.
fn compact(text: &str) -> String {
    let mut half = halfwidth(text);
    half.make_ascii_uppercase();
    half.retain(|c| !(c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−')));
    half
}

/// The 31 symbols of GB 32100-2015; the value of a symbol is its index.
const USCC_SYMBOLS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

/// 统一社会信用代码 (GB 32100-2015): 18 symbols with a check symbol.
///
/// # Errors
/// `length`, `charset`, `check`; `shape` for a first digit 0, which no registration department has.
pub fn uscc(text: &str) -> Result<String, Reason> {
    let code = plain(text);
    if code.chars().count() != 18 {
        return Err(reason(Fault::Length, "统一社会信用代码应为 18 位"));
    }
    let mut sum = 0;
    let mut last = 0;
    for (i, byte) in code.bytes().enumerate() {
        let Some(value) = USCC_SYMBOLS.iter().position(|s| *s == byte) else {
            return Err(reason(
                Fault::Charset,
                "统一社会信用代码只含数字和大写字母，不含 I、O、S、V、Z",
            ));
        };
        match USCC_WEIGHTS.get(i) {
            Some(weight) => sum += value * weight,
            None => last = value,
        }
    }
    if (31 - sum % 31) % 31 != last {
        return Err(reason(
            Fault::Check,
            "统一社会信用代码校验不通过，请核对是否抄错",
        ));
    }
    if code.starts_with('0') {
        return Err(reason(Fault::Shape, "统一社会信用代码的第一位不会是 0"));
    }
    Ok(code)
}

/// The second check, of the organisation code 组织机构代码 (GB 11714) in positions 9-17: a warning only.
#[must_use]
pub fn uscc_warning(normalised: &str) -> Option<&'static str> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let organisation = normalised.get(8..17)?;
    let (body, check) = organisation.split_at(8);
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(c, w)| c.to_digit(36).unwrap_or(0) * w)
        .sum();
    let expected = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        d => char::from_digit(d, 10)?,
    };
    (!check.starts_with(expected))
        .then_some("代码中的组织机构代码（第 9 至 17 位）校验不通过，请再核对")
}

/// Province codes of the first two digits.
const fn is_province(code: u32) -> bool {
    matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

/// 公民身份号码 (GB 11643-1999), also of the residence permits of Hong Kong, Macao and Taiwan residents.
///
/// # Errors
/// `length`, `charset`, `date` (impossible or after `today`), `province`, `check`.
pub fn resident_id(text: &str, today: Date) -> Result<String, Reason> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let id = plain(text);
    if id.chars().count() != 18 {
        return Err(reason(Fault::Length, "身份证号应为 18 位"));
    }
    let bytes = id.as_bytes();
    let digits_ok = id.len() == 18 && bytes[..17].iter().all(u8::is_ascii_digit);
    if !digits_ok || !(bytes[17].is_ascii_digit() || bytes[17] == b'X') {
        return Err(reason(
            Fault::Charset,
            "身份证号前 17 位是数字，最后一位是数字或 X",
        ));
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .fold(0, |n, b| n * 10 + u32::from(b - b'0'))
    };
    let (year, month, day) = (number(6..10), number(10..12), number(12..14));
    let born = u8::try_from(month)
        .ok()
        .and_then(|m| Month::try_from(m).ok())
        .and_then(|m| Date::from_calendar_date(year.cast_signed(), m, day as u8).ok());
    if born.is_none_or(|born| born > today) {
        return Err(reason(Fault::Date, "身份证号里的出生日期不存在，请核对"));
    }
    if !is_province(number(0..2)) {
        return Err(reason(
            Fault::Province,
            "身份证号开头的地区代码不存在，请核对",
        ));
    }
    let sum: u32 = bytes
        .iter()
        .zip(WEIGHTS)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    if CHECKS[(sum % 11) as usize] != bytes[17] {
        return Err(reason(Fault::Check, "身份证号校验不通过，请核对是否抄错"));
    }
    Ok(id)
}

/// Bank card: 15 to 19 digits, Luhn; no test of the prefix (tables are old).
///
/// # Errors
/// `charset`, `length`, `luhn`.
pub fn bank_card(text: &str) -> Result<String, Reason> {
    let card = compact(text);
    if !card.bytes().all(|b| b.is_ascii_digit()) {
        return Err(reason(Fault::Charset, "银行卡号只含数字"));
    }
    if !(15..=19).contains(&card.len()) {
        return Err(reason(Fault::Length, "银行卡号应为 15 至 19 位数字"));
    }
    let sum: u32 = card
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') << (i % 2);
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    if !sum.is_multiple_of(10) {
        return Err(reason(Fault::Luhn, "银行卡号校验不通过，请核对是否抄错"));
    }
    Ok(card)
}

/// Provinces on plates.
const PLATE_PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";

/// Plate 车牌号, written without the dot: ordinary, new energy, embassy and consulate, WJ.
///
/// # Errors
/// `length` when no kind of plate has so many characters, else `shape`.
pub fn plate(text: &str) -> Result<String, Reason> {
    let mut plate = compact(text);
    plate.retain(|c| !matches!(c, '·' | '•' | '・' | '‧' | '∙' | '.'));
    let chars: Vec<char> = plate.chars().take(16).collect();
    let province = |c: &char| PLATE_PROVINCES.contains(*c);
    let symbol =
        |c: &char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'));
    let digits = |s: &[char]| s.iter().all(char::is_ascii_digit);
    let energy = |c: &char| matches!(c, 'D' | 'F');
    if !(7..=8).contains(&chars.len()) {
        return Err(reason(
            Fault::Length,
            "车牌号位数不对，例如 川A12345，新能源车多一位",
        ));
    }
    let good = match chars.as_slice() {
        ['使' | '领', rest @ ..] => rest.len() == 6 && digits(rest),
        ['W', 'J', place, rest @ ..] => {
            province(place) && rest.len() == 5 && rest.iter().all(symbol)
        }
        [place, letter, rest @ .., last] if province(place) && letter.is_ascii_uppercase() => {
            match rest {
                [a, b, c, d] => {
                    [a, b, c, d].into_iter().all(symbol)
                        && (symbol(last) || matches!(last, '学' | '警' | '港' | '澳' | '挂' | '领'))
                }
                [first, ..] => {
                    rest.iter().all(symbol) && symbol(last) && (energy(first) || energy(last))
                }
                [] => false,
            }
        }
        _ => false,
    };
    if good {
        Ok(plate)
    } else {
        Err(reason(
            Fault::Shape,
            "车牌号格式不对，例如 川A12345，不含字母 I 和 O",
        ))
    }
}

#[cfg(test)]
mod tests;
