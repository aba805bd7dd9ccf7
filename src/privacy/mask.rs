//! Masks 脱敏显示: as much of a value as its owner needs to recognise it and no more. Pure string work; what may be
//! shown whole is decided elsewhere (P-16).

const STARS: &str = "****";

fn keep(text: &str, first: usize, last: usize, stars: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= first + last {
        return STARS.to_owned();
    }
    let head: String = chars[..first].iter().collect();
    let tail: String = chars[chars.len() - last..].iter().collect();
    format!("{head}{stars}{tail}")
}

/// A telephone number: `138****5678`; a landline keeps its area code, `028-****5678`.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    let plain: String = phone.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some((area, rest)) = plain.split_once('-')
        && area.len() <= 4
        && rest.len() >= 7
    {
        return format!("{area}-{}", keep(rest, 0, 4, STARS));
    }
    match plain.chars().count() {
        0..=6 => STARS.to_owned(),
        7..=8 => keep(&plain, 0, 4, STARS),
        _ => keep(&plain, 3, 4, STARS),
    }
}

/// Surnames of two characters 复姓 that still occur.
const DOUBLE: &[&str] = &[
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛",
    "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容",
    "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "令狐", "呼延",
];

/// A name: the surname and stars, `张**`, `欧阳*`.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let name = name.trim();
    let chars: Vec<char> = name.chars().collect();
    let surname = if chars.len() > 2 && DOUBLE.iter().any(|d| name.starts_with(d)) {
        2
    } else {
        1
    };
    match chars.len() {
        0 => String::new(),
        1 => "*".to_owned(),
        n => {
            let head: String = chars[..surname].iter().collect();
            format!("{head}{}", "*".repeat((n - surname).min(2)))
        }
    }
}

/// An address: up to the last street or town, else the district, else the city; then `****`.
#[must_use]
pub fn mask_address(address: &str) -> String {
    let address = address.trim();
    for ends in [
        &["街道", "镇", "乡"] as &[&str],
        &["新区", "区", "县"],
        &["市", "州", "省"],
    ] {
        let end = ends
            .iter()
            .filter_map(|e| address.find(e).map(|at| at + e.len()))
            .min();
        if let Some(end) = end {
            return format!("{}{STARS}", &address[..end]);
        }
    }
    keep(address, 2, 0, STARS)
}

/// An identity number 公民身份号码: the first four and the last two, `5101************1X`.
#[must_use]
pub fn mask_id(id: &str) -> String {
    let id = id.trim();
    let hidden = id.chars().count().saturating_sub(6);
    keep(id, 4, 2, &"*".repeat(hidden))
}

/// An e-mail address: `z***@qq.com`.
#[must_use]
pub fn mask_email(email: &str) -> String {
    match email.trim().rsplit_once('@') {
        Some((user, domain)) if !user.is_empty() => {
            let first: String = user.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        _ => STARS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_little() {
        for (mask, plain, shown) in [
            (
                mask_phone as fn(&str) -> String,
                "13812345678",
                "138****5678",
            ),
            (mask_phone, "+86 13812345678", "+86****5678"),
            (mask_phone, "028-85551234", "028-****1234"),
            (mask_phone, "85551234", "****1234"),
            (mask_phone, "12345", "****"),
            (mask_name, "张三丰", "张**"),
            (mask_name, "张三", "张*"),
            (mask_name, "欧阳修", "欧阳*"),
            (mask_name, "买买提·吐尔逊", "买**"),
            (mask_name, "", ""),
            (
                mask_address,
                "四川天府新区华阳街道某路12号3栋",
                "四川天府新区华阳街道****",
            ),
            (mask_address, "成都市武侯区某路1号", "成都市武侯区****"),
            (mask_address, "某大厦", "某大****"),
            (mask_id, "51010419800101001X", "5101************1X"),
            (mask_id, "123", "****"),
            (mask_email, "zhang@qq.com", "z***@qq.com"),
            (mask_email, "@qq.com", "****"),
        ] {
            assert_eq!(mask(plain), shown, "{plain}");
        }
    }
}
