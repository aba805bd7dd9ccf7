//! Enums that are stored and shown: each value has one ASCII code (stored, sent by forms and the API) and one Chinese
//! label. `words!` declares them in one place, so that no code or label is written twice.

/// Declares an enum with a stored code and a Chinese label for each value.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $label] $(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration (the order of the form).
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code that the store, the form and the API use.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// The Chinese word people read.
            #[must_use]
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label,)+ } }

            /// The value with this code, `None` if there is none.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> { match code { $($code => Some(Self::$variant),)+ _ => None } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.label()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.code()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::from_code(&code).ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|v| v.code()).collect();
                    serde::de::Error::custom(format!("unknown value {:?}, one of {}", code.chars().take(40).collect::<String>(), all.join(", ")))
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Kind of case 案件种类.
    CaseKind {
        Complaint = "complaint", "投诉";
        Report = "report", "举报";
    }
}

impl CaseKind {
    /// The two letters that open its number.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Complaint => "TS",
            Self::Report => "JB",
        }
    }
}

words! {
    /// How the case came in 接收方式.
    Channel {
        Web = "web", "网页";
        Api = "api", "接口";
        Import = "import", "热线导入";
        Counter = "counter", "窗口";
        Phone = "phone", "电话";
        /// A clue that the office found itself (C-32).
        Mediation = "mediation", "调解中发现";
        Letter = "letter", "来信";
        Hotline = "12345", "12345 转来";
    }
}

words! {
    /// Way on which a notice reaches somebody 送达方式.
    Way {
        Track = "track", "查进度网页";
        Mail = "mail", "电子邮件提醒";
        Sms = "sms", "短信提醒";
    }
}

words! {
    /// How far a sending came 送达情况.
    Delivery {
        Queued = "queued", "正在发送";
        Sent = "sent", "已送出";
        Failed = "failed", "没有送出";
    }
}

/// Full-width ASCII (and the ideographic space) to half-width, everything else untouched.
#[must_use]
pub fn halfwidth(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}
