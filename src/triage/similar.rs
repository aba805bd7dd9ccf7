//! Whether complaints look alike 同类线索 (C-08): the keys under which others are found, and how near two texts are. What
//! comes out is a count for the person who decides, never a reason to refuse. Keys are made with a keyed hash that the
//! caller hands in. Only complaints have keys: a reporter is never linked to anything. Pure.

use crate::kernel::words::{halfwidth, words};
use std::collections::HashSet;

words! {
    /// In what two complaints are alike.
    Sort {
        Phone = "phone", "同一电话";
        Address = "address", "同一地址";
        Text = "text", "经过的文字相近";
        Trader = "trader", "同一商家";
        Goods = "goods", "同一商品或服务";
    }
}

impl Sort {
    /// Its number in the store.
    #[must_use]
    pub const fn number(self) -> i8 {
        match self {
            Self::Phone => 1,
            Self::Address => 2,
            Self::Text => 3,
            Self::Trader => 4,
            Self::Goods => 5,
        }
    }
}

/// From how many others on a likeness is marked, and how far back it looks [design]; the law leaves refining C-08 to
/// the departments of cities.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// How many days back.
    pub days: u16,
    /// Shared shingles of all, in percent, from which two texts are near.
    pub text_percent: u8,
    /// Others with the same telephone.
    pub phone: u16,
    /// Others with the same address.
    pub address: u16,
    /// Others with a near text.
    pub text: u16,
    /// Others against the same trader.
    pub trader: u16,
    /// Others about the same goods.
    pub goods: u16,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            days: 180,
            text_percent: 60,
            phone: 3,
            address: 3,
            text: 2,
            trader: 10,
            goods: 20,
        }
    }
}

impl Thresholds {
    /// From how many others on a likeness is marked.
    #[must_use]
    pub const fn of(&self, sort: Sort) -> u16 {
        match sort {
            Sort::Phone => self.phone,
            Sort::Address => self.address,
            Sort::Text => self.text,
            Sort::Trader => self.trader,
            Sort::Goods => self.goods,
        }
    }
}

/// What of a complaint is compared.
#[derive(Debug, Clone, Default)]
pub struct Traits<'a> {
    /// Telephones of the complainants, normalised digits.
    pub phones: Vec<&'a str>,
    /// Postal address of the complainant.
    pub address: &'a str,
    /// Trader's name.
    pub trader: &'a str,
    /// Category code.
    pub category: &'a str,
    /// Goods or service.
    pub goods: &'a str,
    /// Redacted story.
    pub text: &'a str,
}

/// A key under which a complaint is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// In what.
    pub sort: Sort,
    /// Its hash.
    pub hash: i64,
}

/// The letters and digits of a text, in one form.
fn plain(text: &str) -> String {
    let text = halfwidth(text);
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A trader's name without its legal form.
fn trader(name: &str) -> String {
    let mut out = plain(name);
    for form in ["有限责任公司", "股份有限公司", "有限公司"] {
        out = out.replace(form, "");
    }
    out
}

/// An address without what everybody here writes before it; empty when it is too vague to be one household's.
fn address(text: &str) -> String {
    let mut out = plain(text);
    for head in [
        "四川省",
        "四川",
        "成都市",
        "成都",
        "天府新区",
        "直管区",
        "双流区",
    ] {
        if let Some(rest) = out.strip_prefix(head) {
            out = rest.to_owned();
        }
    }
    for (from, to) in [("号楼", "栋"), ("幢", "栋"), ("座", "栋")] {
        out = out.replace(from, to);
    }
    let exact = out.chars().count() >= 6 && out.chars().any(|c| c.is_ascii_digit());
    if exact { out } else { String::new() }
}

/// Characters of a shingle.
const SHINGLE: usize = 3;
/// Shorter texts say too little to be alike.
const SHORTEST: usize = 24;
/// Longer texts are compared by their beginning.
const LONGEST: usize = 1200;
/// Bands of the sketch: two texts meet when one whole band is equal.
const BANDS: u64 = 6;
/// Smallest hashes of a band. With three, unlike texts hardly ever meet; texts that share two thirds nearly always do.
const ROWS: u64 = 3;

/// Scatters 64 bits (the finaliser of SplitMix64).
const fn scatter(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The shingles of a text: every run of three letters, without what was redacted.
fn shingles(text: &str, seed: u64) -> HashSet<u64> {
    let mut kept = String::with_capacity(text.len());
    let mut hidden = false;
    for c in text.chars() {
        match c {
            '〔' => hidden = true,
            '〕' => hidden = false,
            c if !hidden => kept.push(c),
            _ => {}
        }
    }
    let letters: Vec<char> = plain(&kept).chars().take(LONGEST).collect();
    if letters.len() < SHORTEST {
        return HashSet::new();
    }
    let mix = |h: u64, c: &char| scatter(h ^ u64::from(*c));
    let runs = letters.windows(SHINGLE);
    runs.map(|run| run.iter().fold(seed, mix)).collect()
}

/// The sketch of a text: one number a band.
fn sketch(text: &str, seed: u64) -> Vec<i64> {
    let all = shingles(text, seed);
    if all.is_empty() {
        return Vec::new();
    }
    let smallest = |n: u64| all.iter().map(|h| scatter(h ^ scatter(n))).min();
    (0..BANDS)
        .map(|band| {
            let least = (band * ROWS..(band + 1) * ROWS).filter_map(smallest);
            let hash = least.fold(scatter(seed ^ band), |h, m| scatter(h ^ m));
            hash.cast_signed()
        })
        .collect()
}

/// How much two texts share, in percent of what they hold together.
#[must_use]
pub fn nearness(a: &str, b: &str) -> u8 {
    let (a, b) = (shingles(a, 0), shingles(b, 0));
    let common = a.intersection(&b).count();
    let all = a.len() + b.len() - common;
    u8::try_from((common * 100).checked_div(all).unwrap_or(0)).unwrap_or(100)
}

fn number(hash: [u8; 16]) -> i64 {
    let (head, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    i64::from_be_bytes(*head)
}

/// The keys of a complaint, each once. `hash` is keyed and has a key of its own for each sort.
#[must_use]
pub fn keys(of: &Traits<'_>, hash: impl Fn(Sort, &str) -> [u8; 16]) -> Vec<Key> {
    let mut out: Vec<Key> = Vec::new();
    let mut add = |sort, hash| {
        let key = Key { sort, hash };
        if !out.contains(&key) {
            out.push(key);
        }
    };
    for phone in of.phones.iter().filter(|p| !p.is_empty()) {
        add(Sort::Phone, number(hash(Sort::Phone, phone)));
    }
    let goods = plain(of.goods);
    let goods = if goods.chars().count() < 2 {
        String::new()
    } else {
        format!("{} {goods}", of.category)
    };
    for (sort, text) in [
        (Sort::Address, address(of.address)),
        (Sort::Trader, trader(of.trader)),
        (Sort::Goods, goods),
    ] {
        if !text.is_empty() {
            add(sort, number(hash(sort, &text)));
        }
    }
    let seed = number(hash(Sort::Text, "")).cast_unsigned();
    for band in sketch(of.text, seed) {
        add(Sort::Text, band);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn hash(sort: Sort, text: &str) -> [u8; 16] {
        let full = Sha256::digest(format!("{sort}\0{text}").as_bytes());
        let mut out = [0; 16];
        out.copy_from_slice(&full[..16]);
        out
    }

    fn of_sort(all: &[Key], sort: Sort) -> Vec<i64> {
        let some = all.iter().filter(|k| k.sort == sort);
        some.map(|k| k.hash).collect()
    }

    fn meet(a: &str, b: &str) -> bool {
        let key = |text| {
            let traits = Traits {
                text,
                ..Traits::default()
            };
            of_sort(&keys(&traits, hash), Sort::Text)
        };
        let (a, b) = (key(a), key(b));
        a.iter().any(|k| b.contains(k))
    }

    const STORY: &str = "我在该店购买的白酒没有标明生产日期和生产厂家，违反食品安全法第六十七条的规定，要求退还货款并按十倍赔偿，\
        同时要求对该商家立案查处并书面答复本人，联系电话〔手机号〕。";

    #[test]
    fn c08_a_copied_text_is_found_again_and_another_one_is_not() {
        let copied = STORY.replace("白酒", "枸杞").replace("〔手机号〕", "");
        assert!(
            nearness(STORY, &copied) >= 80,
            "{}",
            nearness(STORY, &copied)
        );
        assert!(meet(STORY, &copied));
        let other = "11月8日在店里买了一台热水器，用了三天就漏水。联系三次都说等师傅，到今天没有人来，我要求退货退款。";
        assert!(nearness(STORY, other) < 10);
        assert!(!meet(STORY, other));
        assert!(
            !meet("太贵了，退钱", "太贵了，退钱"),
            "too short to say anything"
        );
    }

    #[test]
    fn what_people_write_in_different_ways_is_one_thing() {
        let one = Traits {
            phones: vec!["13800138000", "13800138000"],
            address: "四川省成都市天府新区华阳街道示例路 12 号楼3单元",
            trader: "成都示例电器有限公司（华阳店）",
            category: "g_appliance",
            goods: "燃气 热水器",
            text: "",
        };
        let two = Traits {
            phones: vec!["13800138000"],
            address: "华阳街道示例路12栋3单元",
            trader: "成都示例电器华阳店",
            goods: "燃气热水器",
            ..one.clone()
        };
        let (one, two) = (keys(&one, hash), keys(&two, hash));
        assert_eq!(one.len(), 4, "{one:?}");
        assert_eq!(one, two);
    }

    #[test]
    fn what_fits_everybody_is_no_key() {
        let vague = Traits {
            address: "华阳街道",
            trader: "",
            goods: "面",
            ..Traits::default()
        };
        assert_eq!(keys(&vague, hash), []);
    }
}
