//! The words every room shares: typed ids, kinds of case, numbers a resident can read out, money.
//! Pure: no clock, no randomness of its own, no I/O.

pub mod access;
pub mod calendar;
pub mod clock;
pub mod code;
pub mod identifiers;
pub mod number;
pub mod words;

use uuid::Uuid;

/// Declares an id type over a `UUIDv7`, so that a staff id never stands where a case id belongs.
macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id whose 128 bits are given (ids are made by [`crate::kernel::clock::Ids`]).
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self { Self(id) }
            /// The bytes as the store keeps them (BINARY(16)).
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
        }
    )+};
}

typed_id! {
    /// A case 案件.
    CaseId,
    /// One submission 提交; two cases when a story holds both a complaint and a report (M-01).
    SubmissionId,
    /// A person who works at the desk 工作人员.
    StaffId,
    /// A department 部门.
    DepartmentId,
    /// A draft 草稿 of the wizard.
    DraftId,
    /// A message 留言 on a case.
    MessageId,
    /// A notice 文书.
    NoticeId,
}

/// Money in whole fen 分 (never a float).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// The largest amount a form accepts, 99 999 999.99 yuan (rules §11.3).
    pub const MAX: Self = Self(9_999_999_999);

    /// Reads yuan with at most two decimals (`3,600.5`, `３６００`), as a person types them.
    ///
    /// Returns `None` for anything else, for negatives and above [`Fen::MAX`].
    #[must_use]
    pub fn parse_yuan(text: &str) -> Option<Self> {
        let plain: String = words::halfwidth(text)
            .chars()
            .filter(|c| !matches!(c, ',' | ' ' | '元' | '¥' | '￥'))
            .collect();
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || whole.len() > 8 || part.len() > 2 || !digits(whole) || !digits(part)
        {
            return None;
        }
        let cents = format!("{part:0<2}");
        Some(Self(
            whole.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?,
        ))
    }

    /// As shown to people: `3,600.50`, without decimals when they are zero.
    #[must_use]
    pub fn yuan(self) -> String {
        let (sign, abs) = if self.0 < 0 {
            ("-", -self.0)
        } else {
            ("", self.0)
        };
        let whole = (abs / 100).to_string();
        let mut out = String::from(sign);
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(c);
        }
        if abs % 100 != 0 {
            out.push_str(&format!(".{:02}", abs % 100));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn yuan_as_people_type_it() {
        for (text, fen) in [
            ("0", 0),
            ("3,600.5", 360_050),
            ("３６００", 360_000),
            ("12 元", 1200),
            ("99999999.99", Fen::MAX.0),
        ] {
            assert_eq!(Fen::parse_yuan(text), Some(Fen(fen)), "{text}");
        }
        for text in ["", "-1", "1.234", "100000000", "一百", ".5", "1e3"] {
            assert_eq!(Fen::parse_yuan(text), None, "{text}");
        }
        assert_eq!(Fen(360_050).yuan(), "3,600.50");
        assert_eq!(Fen(123_456_700).yuan(), "1,234,567");
    }
}
