//! A valid filing, the same for the wizard and the API; each one with a telephone number and a story of its own.

use minsheng::kernel::clock::{Clock, china_date};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use time::Duration;

const START: &[(&str, &str)] = &[("way", "complaint"), ("age", "adult"), ("agreed", "yes")];
const WHOM: &[(&str, &str)] = &[
    ("trader_name", "成都示例电器有限公司华阳店"),
    ("trader_kind", "shop"),
    ("trader_address", "华阳街道示例路1号"),
    ("street", "510116003"),
];
const WHAT: &[(&str, &str)] = &[
    ("category", "g_appliance"),
    ("goods", "燃气热水器"),
    ("problem", "p_quality"),
    ("demands", "refund"),
    ("demands", "compensate"),
    ("injury", "no"),
];
const PROOF: &[(&str, &str)] = &[
    ("amount", "3600.50"),
    ("sale_channel", "on_site"),
    ("own_scheme", "failed"),
    ("proofs", "invoice"),
    ("brand", "示例牌"),
];
const CONTACT: &[(&str, &str)] = &[
    ("name", "张示例"),
    ("address", "四川天府新区示例小区2栋"),
    ("publish", "yes"),
    ("entrust", "no"),
];

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that no other call gets.
pub fn serial() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An address of its own for each number, spread over the networks of 10.0.0.0/8.
pub fn address(n: u64) -> String {
    let spread = n.wrapping_mul(0x9E_3779) & 0xFF_FFFF;
    format!(
        "10.{}.{}.{}",
        spread >> 16,
        (spread >> 8) & 255,
        spread & 255
    )
}

/// What differs between filings.
struct Own {
    story: String,
    happened: String,
    bought: String,
    phone: String,
}

impl Own {
    fn of(n: u64) -> Self {
        let today = china_date(Clock::System.now());
        let phone = format!("138{:08}", n % 100_000_000);
        Self {
            story: format!(
                "第{n}件：在店里买了一台热水器，用了三天就漏水。\n联系三次都说等师傅，到今天没有人来。我的电话{phone}。"
            ),
            happened: (today - Duration::days(3)).to_string(),
            bought: (today - Duration::days(9)).to_string(),
            phone,
        }
    }
}

/// The forms of the wizard, path and encoded body, in order.
pub fn forms(n: u64) -> [(&'static str, String); 5] {
    let own = Own::of(n);
    let with =
        |base: &[(&str, &str)], more: &[(&str, &str)]| encode(base.iter().chain(more).copied());
    [
        ("/file", with(START, &[])),
        ("/file/whom", with(WHOM, &[])),
        (
            "/file/what",
            with(
                WHAT,
                &[("story", &own.story), ("happened_on", &own.happened)],
            ),
        ),
        ("/file/proof", with(PROOF, &[("bought_on", &own.bought)])),
        ("/file/contact", with(CONTACT, &[("phone", &own.phone)])),
    ]
}

/// The body of an API submission.
pub fn json(n: u64) -> String {
    let own = Own::of(n);
    let mut object = Map::new();
    let more = [
        ("story", own.story.as_str()),
        ("happened_on", &own.happened),
        ("bought_on", &own.bought),
        ("phone", &own.phone),
    ];
    for (name, value) in [START, WHOM, WHAT, PROOF, CONTACT]
        .concat()
        .into_iter()
        .chain(more)
    {
        if matches!(name, "demands" | "proofs") {
            let list = object.entry(name).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(value.into());
            }
        } else {
            object.insert(name.to_owned(), value.into());
        }
    }
    Value::Object(object).to_string()
}

fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(1024);
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        for b in value.bytes() {
            if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                out.push(char::from(b));
            } else {
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}
