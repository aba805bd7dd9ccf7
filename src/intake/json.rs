//! A filing as one flat JSON object whose keys are the names of [`FIELDS`](super::FIELDS): the body of the API and a
//! line of a hotline file. Read straight into [`Answers`] in one pass; nested values are never descended into, so that
//! no depth of input costs a stack. Pure.

use super::{
    fields::{self, Answers, Field},
    shape::{Shape, shape},
};
use crate::error::FieldError;
use serde::{
    Deserializer as _, Serialize,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// A message about one key; unlike a [`FieldError`] the key may be one that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The key.
    pub field: Cow<'static, str>,
    /// Machine-readable reason.
    pub code: &'static str,
    /// Plain Chinese.
    pub message: String,
}

impl Mistake {
    /// A message.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

impl From<FieldError> for Mistake {
    fn from(e: FieldError) -> Self {
        Self::new(e.field, e.code, e.message)
    }
}

/// What an object said.
#[derive(Debug, Default)]
pub struct Object {
    /// The answers that could be read.
    pub answers: Answers,
    /// Values of the keys that the caller asked for beside the fields.
    pub extra: Vec<(&'static str, String)>,
    /// Unknown and repeated keys, values of a wrong type.
    pub mistakes: Vec<Mistake>,
}

impl Object {
    /// The value of an extra key.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extra
            .iter()
            .find(|(k, _)| *k == name)
            .map(|(_, v)| v.trim())
            .filter(|v| !v.is_empty())
    }
}

/// Reads an object. `extra` names keys that are taken beside the fields.
///
/// # Errors
/// The text is not JSON, or not an object (`is_data`).
pub fn read(text: &str, extra: &'static [&'static str]) -> Result<Object, serde_json::Error> {
    let mut object = Object::default();
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Whole {
        object: &mut object,
        extra,
    })?;
    json.end()?;
    Ok(object)
}

/// More mistakes than this say nothing new.
const MOST: usize = 40;

enum Key {
    Field(usize),
    Extra(&'static str),
    Unknown(String),
}

struct KeySeed(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: de::Deserializer<'de>>(self, d: D) -> Result<Key, D::Error> {
        d.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(
            if let Some(i) = fields::FIELDS.iter().position(|f| f.name == key) {
                Key::Field(i)
            } else if let Some(name) = self.0.iter().find(|n| **n == key) {
                Key::Extra(name)
            } else {
                Key::Unknown(key.chars().filter(|c| !c.is_control()).take(60).collect())
            },
        )
    }
}

struct Whole<'a> {
    object: &'a mut Object,
    extra: &'static [&'static str],
}

impl Whole<'_> {
    fn mistake(&mut self, field: impl Into<Cow<'static, str>>, code: &'static str, message: &str) {
        if self.object.mistakes.len() < MOST {
            self.object
                .mistakes
                .push(Mistake::new(field, code, message));
        }
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen = 0_u64;
        while let Some(key) = map.next_key_seed(KeySeed(self.extra))? {
            match key {
                Key::Field(i) => {
                    let field = &fields::FIELDS[i];
                    let bit = 1_u64
                        .checked_shl(u32::try_from(i).unwrap_or(u32::MAX))
                        .unwrap_or(0);
                    if seen & bit != 0 {
                        self.mistake(
                            field.name,
                            "duplicate_field",
                            "同一个字段出现了两次，请只写一次",
                        );
                    }
                    seen |= bit;
                    if let Err(message) = map.next_value_seed(Slot {
                        field,
                        answers: &mut self.object.answers,
                    })? {
                        self.mistake(field.name, "wrong_type", message);
                    }
                }
                Key::Extra(name) => match map.next_value_seed(Plain)? {
                    Some(text) => self.object.extra.push((name, text)),
                    None => self.mistake(name, "wrong_type", "应为文字或数字"),
                },
                Key::Unknown(name) => {
                    map.next_value::<IgnoredAny>()?;
                    self.mistake(name, "unknown_field", "没有这个字段，请核对名称");
                }
            }
        }
        Ok(())
    }
}

/// Takes the value of one field.
struct Slot<'a> {
    field: &'static Field,
    answers: &'a mut Answers,
}

/// `Err`: the value was read over and is of a wrong type.
type Taken = Result<(), &'static str>;

impl Slot<'_> {
    const fn wants(shape: Shape) -> &'static str {
        match shape {
            Shape::YesNo => "应为 \"yes\"、\"no\" 或布尔值",
            Shape::Many(_) => "应为文字组成的数组",
            Shape::Amount | Shape::Count => "应为数字或写成文字的数字",
            _ => "应为文字",
        }
    }

    fn wrong<E>(&self) -> Result<Taken, E> {
        Ok(Err(Self::wants(shape(self.field.name))))
    }

    fn number<E>(self, text: &str) -> Result<Taken, E> {
        match shape(self.field.name) {
            Shape::Text | Shape::Amount | Shape::Count | Shape::Code(_) => {
                self.answers.set(self.field.name, text);
                Ok(Ok(()))
            }
            _ => self.wrong(),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = Taken;

    fn deserialize<D: de::Deserializer<'de>>(self, d: D) -> Result<Taken, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = Taken;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, v: &str) -> Result<Taken, E> {
        self.answers.set(self.field.name, v);
        Ok(Ok(()))
    }

    fn visit_bool<E>(self, v: bool) -> Result<Taken, E> {
        if matches!(shape(self.field.name), Shape::YesNo) {
            self.answers
                .set(self.field.name, if v { "yes" } else { "no" });
            return Ok(Ok(()));
        }
        self.wrong()
    }

    fn visit_u64<E>(self, v: u64) -> Result<Taken, E> {
        self.number(&v.to_string())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Taken, E> {
        self.number(&v.to_string())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Taken, E> {
        self.number(&v.to_string())
    }

    /// `null`: not answered.
    fn visit_unit<E>(self) -> Result<Taken, E> {
        Ok(Ok(()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Taken, A::Error> {
        let mut joined = String::new();
        let mut good = self.field.many;
        while let Some(item) = seq.next_element_seed(Plain)? {
            match item {
                Some(item) if good => {
                    if !joined.is_empty() {
                        joined.push(',');
                    }
                    joined.push_str(item.trim());
                }
                _ => good = false,
            }
        }
        if good {
            self.answers.set(self.field.name, &joined);
            return Ok(Ok(()));
        }
        self.wrong()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Taken, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong()
    }
}

/// A text or whole number; `None` for anything else, which is read over.
struct Plain;

impl<'de> DeserializeSeed<'de> for Plain {
    type Value = Option<String>;

    fn deserialize<D: de::Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Some(v.to_owned()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
