//! Finds personal data 个人信息 in Chinese free text, disguised or not, and replaces it by a word. Pure and deterministic
//! (P-16). Two ways: [`find`] and [`redact`] go by patterns and contexts, are fast, and are what a request may call;
//! [`find_with_names`] and [`redact_with_names`] also look for names of persons and belong to work in the background.
//!
//! The text becomes a stream of canonical characters that remember where they came from ([`stream`]); digits in every
//! dress become numbers ([`digits`], [`groups`]); then each kind looks for its shape and its context. Prices, dates,
//! public hotlines and model numbers stay. Names need a small tagger ([`lac`]) and are judged in [`names`].

mod address;
mod chat;
mod checks;
mod context;
mod digits;
mod edges;
mod groups;
mod lac;
mod loose;
mod names;
mod nearby;
mod number;
mod plate;
mod stream;
mod web;
mod wechat;

use crate::kernel::words::words;
use stream::Stream;

words! {
    /// A kind of personal data 个人信息种类; its label stands in the redacted text.
    PiiKind {
        Mobile = "mobile", "手机号";
        Landline = "landline", "固定电话";
        ResidentId = "resident_id", "身份证号";
        Passport = "passport", "护照号";
        BankCard = "bank_card", "银行卡号";
        Plate = "plate", "车牌号";
        Email = "email", "电子邮箱";
        Wechat = "wechat", "微信号";
        Qq = "qq", "QQ号";
        Address = "address", "住址";
        Name = "name", "姓名";
        Order = "order", "单号";
        Url = "url", "网址";
    }
}

/// A place in a text, in characters (Unicode scalar values) from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    /// What it is.
    pub kind: PiiKind,
}

/// A text without the personal data that was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text with words like 〔手机号〕.
    pub text: String,
    /// What was replaced, by its place in the original.
    pub spans: Vec<Span>,
}

/// Spans in cells of the stream; the first finder of a cell keeps it.
struct Found {
    taken: Vec<bool>,
    spans: Vec<(usize, usize, PiiKind)>,
}

impl Found {
    fn add(&mut self, start: usize, end: usize, kind: PiiKind) -> bool {
        if start >= end || self.touches(start, end) {
            return false;
        }
        self.taken[start..end].fill(true);
        self.spans.push((start, end, kind));
        true
    }

    fn touches(&self, start: usize, end: usize) -> bool {
        self.taken[start..end].iter().any(|t| *t)
    }
}

/// Every place of personal data, in order, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = search(&Stream::new(text, &[]));
    // What was found may have hidden something weaker that overlaps it: look again until nothing is left, so that a
    // redacted text is redacted no further. Bounded for texts made to be slow.
    for _ in 0..ROUNDS {
        let more = if spans.is_empty() {
            Vec::new()
        } else {
            search(&Stream::new(text, &spans))
        };
        if more.is_empty() {
            break;
        }
        spans.extend(more);
        spans.sort_unstable();
    }
    spans
}

/// How often a text is looked at again at most; two is the most that was ever seen.
const ROUNDS: usize = 8;

fn search(stream: &Stream) -> Vec<Span> {
    let mut found = Found {
        taken: vec![false; stream.len()],
        spans: Vec::new(),
    };
    let tokens = digits::tokens(stream);
    let groups = groups::groups(&tokens);
    web::find(stream, &mut found);
    plate::find_plates(stream, &mut found);
    chat::find_qq(stream, &groups, &tokens, &mut found);
    number::find(stream, &tokens, &groups, &mut found);
    wechat::find(stream, &groups, &tokens, &mut found);
    plate::find_passports(stream, &mut found);
    address::find_addresses(stream, &mut found);
    address::find_names(stream, &mut found);
    let mut spans: Vec<Span> = found
        .spans
        .iter()
        .map(|&(a, b, kind)| Span {
            start: stream.from(a),
            end: stream.to(b - 1),
            kind,
        })
        .collect();
    spans.sort_unstable();
    // One input character may be two cells (⑩); two spans must not share it.
    spans.dedup_by(|next, last| next.start < last.end);
    spans
}

/// What becomes of a surname with a title (王经理).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titles {
    /// It stays: mostly somebody in office, and many share the surname.
    Stay,
    /// It is a name.
    Hide,
}

/// As [`find`], and the names of persons besides. Slow (milliseconds for a text) and never run in a request.
#[must_use]
pub fn find_with_names(text: &str, titles: Titles) -> Vec<Span> {
    let mut spans = find(text);
    let visible = text
        .chars()
        .enumerate()
        .filter(|(_, c)| !stream::invisible(*c));
    let (places, chars): (Vec<usize>, Vec<char>) = visible.unzip();
    for (start, end) in names::find(&chars, titles == Titles::Hide) {
        let mut name = Span {
            start: places[start],
            end: places[end - 1] + 1,
            kind: PiiKind::Name,
        };
        let meets = |s: &Span, name: &Span| s.start < name.end && name.start < s.end;
        if spans
            .iter()
            .any(|s| s.kind != PiiKind::Name && meets(s, &name))
        {
            continue;
        }
        spans.retain(|s| {
            let apart = !meets(s, &name);
            if !apart {
                name.start = name.start.min(s.start);
                name.end = name.end.max(s.end);
            }
            apart
        });
        spans.push(name);
    }
    spans.sort_unstable();
    spans
}

/// The text with every place that [`find`] finds replaced by its kind, as in 〔手机号〕.
#[must_use]
pub fn redact(text: &str) -> Redacted {
    replaced(text, find(text))
}

/// The same with the places of [`find_with_names`].
#[must_use]
pub fn redact_with_names(text: &str, titles: Titles) -> Redacted {
    replaced(text, find_with_names(text, titles))
}

fn replaced(text: &str, spans: Vec<Span>) -> Redacted {
    let mut out = String::with_capacity(text.len());
    let mut next = spans.iter().peekable();
    for (i, c) in text.chars().enumerate() {
        while next.peek().is_some_and(|s| s.end <= i) {
            next.next();
        }
        match next.peek() {
            Some(s) if s.start == i => {
                out.push('〔');
                out.push_str(s.kind.label());
                out.push('〕');
            }
            Some(s) if s.start < i => {}
            _ => out.push(c),
        }
    }
    Redacted { text: out, spans }
}

#[cfg(test)]
mod tests;
