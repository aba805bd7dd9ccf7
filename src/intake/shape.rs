//! What the value of each field looks like: free text, a date, one of a list. One table for everybody who is not the
//! wizard: the JSON of the API, hotline files, the OpenAPI document. Says nothing about when a field is required: that
//! is [`super::check`]. Pure.

use super::{
    filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind, Way},
    joint::{Acting, Powers},
};

/// A code with the words people read.
pub type Choice = (&'static str, &'static str);

/// A code table of the district, known only at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Goods and services.
    Category,
    /// Problems.
    Problem,
    /// Streets.
    Street,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Free text.
    Text,
    /// A calendar date.
    Date,
    /// Yuan, at most two decimals.
    Amount,
    /// A small whole number.
    Count,
    /// `yes` or `no`.
    YesNo,
    /// One of a list.
    One(fn() -> Vec<Choice>),
    /// Any of a list.
    Many(fn() -> Vec<Choice>),
    /// A code of the district.
    Code(Table),
}

/// The words of yes and no.
pub const YES_NO: [Choice; 2] = [("yes", "是"), ("no", "否")];

macro_rules! list {
    ($words:ty) => {
        || {
            <$words>::ALL
                .iter()
                .map(|w| (w.code(), w.label()))
                .collect()
        }
    };
}

/// The shape of the field with this name; what is in no list is text.
#[must_use]
pub fn shape(name: &str) -> Shape {
    match name {
        "way" => Shape::One(list!(Way)),
        "age" => Shape::One(|| vec![("adult", "已满 14 周岁"), ("guardian", "监护人代填")]),
        "trader_kind" => Shape::One(list!(TraderKind)),
        "sale_channel" => Shape::One(list!(SaleChannel)),
        "own_scheme" => Shape::One(list!(OwnScheme)),
        "acting" => Shape::One(list!(Acting)),
        "agent_powers" => Shape::One(list!(Powers)),
        "named" => Shape::One(|| vec![("named", "署名"), ("anonymous", "匿名")]),
        "demands" => Shape::Many(list!(Demand)),
        "proofs" => Shape::Many(list!(Proof)),
        "agreed" | "joint_consent" | "paper" | "injury" | "injury_consent" | "insider"
        | "publish" | "entrust" => Shape::YesNo,
        "category" => Shape::Code(Table::Category),
        "problem" => Shape::Code(Table::Problem),
        "street" => Shape::Code(Table::Street),
        "happened_on" | "bought_on" | "agent_until" => Shape::Date,
        "amount" => Shape::Amount,
        "injury_count" => Shape::Count,
        _ => Shape::Text,
    }
}

impl Shape {
    /// The fixed list behind it, empty when there is none.
    #[must_use]
    pub fn choices(self) -> Vec<Choice> {
        match self {
            Self::One(all) | Self::Many(all) => all(),
            Self::YesNo => YES_NO.to_vec(),
            _ => Vec::new(),
        }
    }

    /// A value as people write it in a table, brought to codes: a label (or its part before 「：」) becomes its code,
    /// several are joined by commas; whatever is in no list stays as it is, for the check to name.
    #[must_use]
    pub fn code_of(self, text: &str) -> String {
        let choices = self.choices();
        let one = |word: &str| {
            let word = word.trim();
            choices
                .iter()
                .find(|(code, label)| {
                    *code == word
                        || *label == word
                        || label.split('：').next().is_some_and(|head| head == word)
                })
                .map_or_else(|| word.to_owned(), |(code, _)| (*code).to_owned())
        };
        match self {
            Self::Many(_) => {
                let words = text
                    .split([',', '，', ';', '；', '|'])
                    .map(one)
                    .filter(|w| !w.is_empty());
                words.collect::<Vec<_>>().join(",")
            }
            Self::One(_) | Self::YesNo => one(text),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::FIELDS;

    #[test]
    fn the_table_knows_every_list_and_no_field_that_is_gone() {
        for field in FIELDS {
            assert_eq!(
                field.many,
                matches!(shape(field.name), Shape::Many(_)),
                "{}",
                field.name
            );
        }
        let listed = FIELDS
            .iter()
            .filter(|f| !matches!(shape(f.name), Shape::Text))
            .count();
        assert_eq!(
            listed, 26,
            "a field was added or renamed: say in shape() what its value looks like"
        );
    }

    #[test]
    fn labels_become_codes() {
        assert_eq!(shape("way").code_of("投诉"), "complaint");
        assert_eq!(
            shape("demands").code_of("退货，赔偿损失;refund"),
            "return,compensate,refund"
        );
        assert_eq!(shape("proofs").code_of("发票、小票、收据"), "invoice");
        assert_eq!(shape("publish").code_of(" 否 "), "no");
        assert_eq!(shape("trader_kind").code_of("地摊"), "地摊");
        assert_eq!(shape("story").code_of("是"), "是");
    }
}
