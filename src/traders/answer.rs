//! A trader's answer 答复: what it thinks of the facts, its explanation, an offer, whom the office may call. Read from a
//! form with a message for each field; written out as the one text whose hash the receipt names. Pure.

use crate::{
    error::FieldError,
    intake::check::phone,
    kernel::{
        Fen,
        words::{halfwidth, words},
    },
    notices::chinese_date,
    receipts::{FileMark, china_time, hex},
};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

/// Longest explanation, in characters.
pub const EXPLANATION_MAX: usize = 2000;
/// Longest description of an offer, in characters.
pub const TERMS_MAX: usize = 500;
/// Longest name of a contact person, in characters.
pub const NAME_MAX: usize = 40;
/// Most days in which a trader may promise to do what it offers.
pub const DO_MAX: u16 = 60;
/// For how many days an offer may stand.
pub const KEEP: [u16; 5] = [3, 5, 7, 10, 15];

words! {
    /// What the trader says to the facts.
    Stance {
        Accepts = "accepts", "认可消费者说的事实";
        Partly = "partly", "部分认可";
        Denies = "denies", "不认可";
    }
}

words! {
    /// What a trader can offer 解决方案: the demands of C-03, and what they do not name.
    Offering {
        Refund = "refund", "退还货款或者服务费用";
        Return = "return", "退货";
        Replace = "replace", "更换";
        Repair = "repair", "修理";
        Redo = "redo", "重作";
        Supplement = "supplement", "补足商品数量";
        Compensate = "compensate", "赔偿损失";
        Other = "other", "其他办法";
    }
}

impl Offering {
    /// Whether it is money, so that the amount must be said.
    const fn is_money(self) -> bool {
        matches!(self, Self::Refund | Self::Compensate)
    }
}

/// An offer that the complainant may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What, at least one.
    pub what: Vec<Offering>,
    /// How much, where money is offered.
    pub amount: Option<Fen>,
    /// More words, may be empty.
    pub terms: String,
    /// Within how many days after it is taken.
    pub within: u16,
    /// The last day on which it can be taken.
    pub until: Date,
}

impl Offer {
    /// What is offered, in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let what: Vec<&str> = self.what.iter().map(|w| w.label()).collect();
        match self.amount {
            Some(fen) => format!("{}（共 {} 元）", what.join("、"), fen.yuan()),
            None => what.join("、"),
        }
    }
}

/// Whom the office may call about the answer; never shown to the complainant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Telephone, digits.
    pub phone: String,
}

/// An answer whose every part is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the trader says to the facts.
    pub stance: Stance,
    /// In its own words, 1 to [`EXPLANATION_MAX`] characters.
    pub explanation: String,
    /// What it offers.
    pub offer: Option<Offer>,
    /// Whom the office may call.
    pub person: Person,
    /// The files that came with it.
    #[serde(default)]
    pub files: Vec<FileMark>,
}

/// The names of the form's fields.
pub const FIELDS: [&str; 10] = [
    "stance",
    "explanation",
    "offers",
    "what",
    "amount",
    "terms",
    "within",
    "keep",
    "person",
    "person_phone",
];

fn text(
    errors: &mut Vec<FieldError>,
    field: &'static str,
    value: &str,
    max: usize,
    missing: Option<&str>,
) -> String {
    let value = value.trim().replace("\r\n", "\n");
    let clean: String = value
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    match (clean.chars().count(), missing) {
        (0, Some(missing)) => errors.push(FieldError::new(field, "required", missing)),
        (n, _) if n > max => errors.push(FieldError::new(
            field,
            "too_long",
            format!("最多 {max} 个字，现在有 {n} 个字"),
        )),
        _ => {}
    }
    clean
}

fn number(value: &str) -> Option<u16> {
    halfwidth(value.trim()).trim_end_matches('天').parse().ok()
}

fn offer<'a>(
    get: &impl Fn(&str) -> &'a str,
    what: &[Offering],
    today: Date,
    errors: &mut Vec<FieldError>,
) -> Offer {
    if what.is_empty() {
        errors.push(FieldError::new(
            "what",
            "required",
            "请选择愿意怎样解决，可以选几项",
        ));
    }
    let money = what.iter().any(|w| w.is_money());
    let amount = Fen::parse_yuan(get("amount")).filter(|f| f.0 > 0);
    if money && amount.is_none() {
        let why = "请写一共给多少钱，例如 3600 或者 99.50";
        errors.push(FieldError::new("amount", "amount", why));
    }
    let needs = what.contains(&Offering::Other);
    let missing = needs.then_some("选了“其他办法”，请写明是什么办法");
    let terms = text(errors, "terms", get("terms"), TERMS_MAX, missing);
    let within = number(get("within")).filter(|n| *n <= DO_MAX);
    if within.is_none() {
        let why = format!("请写消费者同意后几天内做到，0 到 {DO_MAX} 天");
        errors.push(FieldError::new("within", "out_of_range", why));
    }
    let keep = number(get("keep")).filter(|n| KEEP.contains(n));
    if keep.is_none() {
        errors.push(FieldError::new(
            "keep",
            "required",
            "请选择这个方案保留几天",
        ));
    }
    Offer {
        what: what.to_vec(),
        amount: amount.filter(|_| money),
        terms,
        within: within.unwrap_or(0),
        until: today + Duration::days(i64::from(keep.unwrap_or(0))),
    }
}

impl Answer {
    /// Reads a form: `get` gives a field as typed, `what` the offerings that were ticked.
    ///
    /// # Errors
    /// A message for each field that is not right, in the order of the form.
    pub fn read<'a>(
        get: impl Fn(&str) -> &'a str,
        what: &[&str],
        today: Date,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let stance = Stance::from_code(get("stance"));
        if stance.is_none() {
            let why = "请选择是否认可消费者说的事实";
            errors.push(FieldError::new("stance", "required", why));
        }
        let missing = Some("请写明情况，消费者会看到");
        let explanation = text(
            &mut errors,
            "explanation",
            get("explanation"),
            EXPLANATION_MAX,
            missing,
        );
        let what: Vec<Offering> = Offering::ALL
            .iter()
            .copied()
            .filter(|o| what.contains(&o.code()))
            .collect();
        let offer = match get("offers") {
            "yes" => Some(offer(&get, &what, today, &mut errors)),
            "no" => None,
            _ => {
                errors.push(FieldError::new(
                    "offers",
                    "required",
                    "请选择要不要提出解决方案",
                ));
                None
            }
        };
        let missing = Some("请写一位联系人，只给承办人看");
        let name = text(&mut errors, "person", get("person"), NAME_MAX, missing);
        let called = phone(get("person_phone"));
        if called.is_none() {
            let why = "请写联系人的手机或者座机，座机带区号，例如 028-80000000";
            errors.push(FieldError::new("person_phone", "phone", why));
        }
        match (stance, called) {
            (Some(stance), Some(phone)) if errors.is_empty() => Ok(Self {
                stance,
                explanation,
                offer,
                person: Person { name, phone },
                files: Vec::new(),
            }),
            _ => Err(errors),
        }
    }

    /// The answer as the one text that the receipt's hash covers. The contact person is not in it.
    #[must_use]
    pub fn text(&self, number: &str, trader: &str, at: OffsetDateTime) -> String {
        let mut out = format!(
            "经营者答复\n\n编号：{number}\n\n经营者：{trader}\n收到时间：{}\n\n对消费者所说的事实：{}\n\n{}\n",
            china_time(at),
            self.stance,
            self.explanation
        );
        match &self.offer {
            None => out.push_str("\n没有提出解决方案。\n"),
            Some(offer) => {
                out.push_str(&format!("\n解决方案：{}。", offer.summary()));
                if !offer.terms.is_empty() {
                    out.push_str(&format!("\n{}", offer.terms));
                }
                out.push_str(&format!(
                    "\n\n消费者同意后 {} 天内做到。方案保留到 {}。\n",
                    offer.within,
                    chinese_date(offer.until)
                ));
            }
        }
        if !self.files.is_empty() {
            out.push_str("\n一起交来的凭证：\n");
            for (n, file) in self.files.iter().enumerate() {
                out.push_str(&format!(
                    "{}. {}（SHA-256 {}）\n",
                    n + 1,
                    file.name,
                    hex(&file.sha256)
                ));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 24);

    fn read(pairs: &[(&str, &str)], what: &[&str]) -> Result<Answer, Vec<FieldError>> {
        let get = |name: &str| {
            let found = pairs.iter().find(|(k, _)| *k == name);
            found.map_or("", |(_, v)| v)
        };
        Answer::read(get, what, TODAY)
    }

    const PLAIN: [(&str, &str); 5] = [
        ("stance", "denies"),
        ("explanation", "师傅上门看过，是水压不够"),
        ("offers", "no"),
        ("person", "刘示例"),
        ("person_phone", "028-80000021"),
    ];

    fn fields(errors: &[FieldError]) -> Vec<&str> {
        errors.iter().map(|e| e.field).collect()
    }

    #[test]
    fn every_part_is_asked_for() {
        let errors = read(&[], &[]).unwrap_err();
        assert_eq!(
            fields(&errors),
            ["stance", "explanation", "offers", "person", "person_phone"]
        );
        let errors = read(&[("offers", "yes")], &["other"]).unwrap_err();
        assert_eq!(
            fields(&errors),
            [
                "stance",
                "explanation",
                "terms",
                "within",
                "keep",
                "person",
                "person_phone"
            ]
        );
        assert!(errors.iter().all(|e| FIELDS.contains(&e.field)));
        let long = "字".repeat(EXPLANATION_MAX + 1);
        let pairs: Vec<_> = PLAIN
            .iter()
            .map(|(k, v)| (*k, if *k == "explanation" { &*long } else { *v }))
            .collect();
        assert_eq!(fields(&read(&pairs, &[]).unwrap_err()), ["explanation"]);
    }

    #[test]
    fn money_needs_an_amount_and_nothing_else_keeps_one() {
        let mut pairs = PLAIN.to_vec();
        pairs[2].1 = "yes";
        pairs.extend([("within", "7天"), ("keep", "5")]);
        let errors = read(&pairs, &["refund"]).unwrap_err();
        assert_eq!(fields(&errors), ["amount"]);
        pairs.push(("amount", "３,000"));
        let offer = read(&pairs, &["refund", "return", "gold"])
            .unwrap()
            .offer
            .unwrap();
        assert_eq!(offer.what, [Offering::Refund, Offering::Return]);
        assert_eq!(offer.amount, Some(Fen(300_000)));
        assert_eq!((offer.within, offer.until), (7, date!(2026 - 11 - 29)));
        let repair = read(&pairs, &["repair"]).unwrap().offer.unwrap();
        assert_eq!(repair.amount, None);
        // an offer that is not made leaves nothing behind
        pairs[2].1 = "no";
        assert_eq!(read(&pairs, &["refund"]).unwrap().offer, None);
    }

    #[test]
    fn the_text_says_everything_but_whom_to_call() {
        let mut answer = read(&PLAIN, &[]).unwrap();
        let at = datetime!(2026-11-24 10:00 +8);
        let text = answer.text("TS-2611-00517-3", "示例电器", at);
        assert!(text.contains("水压不够") && text.contains("没有提出解决方案"));
        assert!(!text.contains("刘示例") && !text.contains("80000021"));
        answer.offer = Some(Offer {
            what: vec![Offering::Refund, Offering::Other],
            amount: Some(Fen(300_050)),
            terms: "旧机不用寄回".into(),
            within: 7,
            until: date!(2026 - 11 - 29),
        });
        let text = answer.text("TS-2611-00517-3", "示例电器", at);
        for words in ["3,000.50 元", "旧机不用寄回", "7 天内", "2026年11月29日"] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let kept = serde_json::to_vec(&answer).unwrap();
        assert_eq!(serde_json::from_slice::<Answer>(&kept).unwrap(), answer);
    }
}
