//! The schema of a filing, from the table of fields, their shapes and the check.

use crate::{
    intake::{
        Answers, FIELDS, check,
        check::Known,
        fields::Field,
        shape::{Shape, Table, shape},
    },
    reference::Reference,
};
use serde_json::{Map, Value, json};
use time::Date;

/// A filing as an example, invented.
#[must_use]
pub fn example_filing() -> Value {
    json!({
        "way": "complaint",
        "age": "adult",
        "agreed": "yes",
        "trader_name": "示例家电商行",
        "trader_kind": "shop",
        "trader_address": "华阳街道示例路1号",
        "street": "510116003",
        "category": "g_appliance",
        "goods": "热水器",
        "problem": "p_quality",
        "story": "买了三个月的热水器漏水，商家上门看过，说不保修。",
        "happened_on": "2026-01-12",
        "demands": ["repair", "refund"],
        "injury": "no",
        "amount": "3600.50",
        "bought_on": "2025-10-10",
        "sale_channel": "on_site",
        "own_scheme": "failed",
        "proofs": ["invoice", "photo"],
        "name": "张示例",
        "phone": "028-80000000",
        "address": "华阳街道示例巷1号",
        "publish": "no",
        "entrust": "yes"
    })
}

/// The answer to it.
#[must_use]
pub fn example_reply() -> Value {
    json!({
        "cases": [{
            "kind": "complaint",
            "number": "TS-2601-00517-3",
            "query_code": "1234567890123450",
            "received_at": "2026-01-13T10:03:04+08:00",
            "promised": "2026-01-22",
            "clock": "acceptance",
            "department": "市场监督管理局",
            "receipt": "MSR1.…",
            "track_url": "https://ts.example.gov.cn/track?n=TS-2601-00517-3"
        }],
        "repeated": false
    })
}

/// The rows of a code table of the district, code and name.
#[must_use]
pub fn codes(reference: &Reference, table: Table) -> Vec<(String, String)> {
    match table {
        Table::Category | Table::Problem => reference
            .categories
            .iter()
            .filter(|c| (c.family == "problem") == (table == Table::Problem))
            .map(|c| (c.code.clone(), c.name.clone()))
            .collect(),
        Table::Street => reference
            .streets
            .iter()
            .map(|s| (s.code.clone(), s.name.clone()))
            .chain([
                (
                    check::STREET_UNKNOWN.to_owned(),
                    "不清楚，或者在网上".to_owned(),
                ),
                (check::STREET_OUTSIDE.to_owned(), "不在本区".to_owned()),
            ])
            .collect(),
    }
}

fn words<A: AsRef<str>, B: AsRef<str>>(label: &str, all: &[(A, B)]) -> String {
    let list: Vec<_> = all
        .iter()
        .map(|(code, name)| format!("{} {}", code.as_ref(), name.as_ref()))
        .collect();
    format!("{label}。{}", list.join("；"))
}

/// The schema of one field.
fn field_schema(field: &Field, reference: &Reference) -> Value {
    let label = field.label;
    let list = |all: &[(&'static str, &'static str)]| all.iter().map(|c| c.0).collect::<Vec<_>>();
    match shape(field.name) {
        Shape::Text => {
            json!({ "type": ["string", "number"], "description": label, "maxLength": field.max })
        }
        Shape::Date => json!({ "type": "string", "format": "date", "description": label }),
        Shape::Amount => json!({
            "type": ["string", "number"], "description": format!("{label}，最多两位小数"), "minimum": 0,
            "maxLength": field.max,
        }),
        Shape::Count => json!({
            "type": ["string", "integer"], "description": label, "minimum": 1, "maximum": 9999, "maxLength": field.max,
        }),
        Shape::YesNo => json!({
            "type": ["string", "boolean"], "enum": ["yes", "no", true, false], "description": label,
        }),
        Shape::One(all) => {
            let all = all();
            json!({ "type": "string", "enum": list(&all), "description": words(label, &all) })
        }
        Shape::Many(all) => {
            let all = all();
            json!({
                "type": "array", "items": { "type": "string", "enum": list(&all) }, "uniqueItems": true,
                "description": words(label, &all),
            })
        }
        Shape::Code(table) => {
            let all = codes(reference, table);
            let mut schema = json!({ "type": "string", "description": words(label, &all) });
            // no list yet (an empty district): any text, and the check decides
            if !all.is_empty() {
                schema["enum"] = all.into_iter().map(|c| Value::from(c.0)).collect();
            }
            schema
        }
    }
}

/// Knows nothing: only what is missing matters here.
struct Nothing;

impl Known for Nothing {
    fn subject(&self, _: &str) -> Option<String> {
        None
    }
    fn problem(&self, _: &str) -> bool {
        false
    }
    fn street(&self, _: &str) -> bool {
        false
    }
}

/// The fields that the check misses in a filing that answers only `given`, and those given.
fn required(given: &[(&str, &str)]) -> Vec<&'static str> {
    let mut answers = Answers::default();
    for (name, value) in given {
        answers.set(name, value);
    }
    let errors = check::check_all(&answers, &Nothing, Date::MAX);
    let missed = |name: &str| {
        errors
            .iter()
            .any(|e| e.field == name && e.code == "required")
    };
    FIELDS
        .iter()
        .map(|f| f.name)
        .filter(|n| missed(n) || !answers.get(n).is_empty())
        .collect()
}

/// What is always required, and what more under a condition: `(field, values, fields)`.
pub(super) fn requirements() -> (Vec<&'static str>, Vec<Value>) {
    let complaint = required(&[("way", "complaint")]);
    let report = required(&[("way", "report")]);
    let always: Vec<_> = complaint
        .iter()
        .copied()
        .filter(|f| report.contains(f))
        .collect();
    let when = |name: &str, values: &[&str], given: &[(&str, &str)], base: &[&'static str]| {
        let more: Vec<_> = required(given)
            .into_iter()
            .filter(|f| !base.contains(f))
            .collect();
        json!({
            "if": { "properties": { name: { "enum": values } }, "required": [name] },
            "then": { "required": more },
        })
    };
    let conditions = vec![
        when(
            "way",
            &["complaint", "both"],
            &[("way", "complaint")],
            &always,
        ),
        when("way", &["report", "both"], &[("way", "report")], &always),
        when(
            "named",
            &["named"],
            &[("way", "report"), ("named", "named")],
            &report,
        ),
        when(
            "trader_kind",
            &["merchant"],
            &[("way", "report"), ("trader_kind", "merchant")],
            &report,
        ),
    ];
    (always, conditions)
}

pub(super) fn filing_schema(reference: &Reference) -> Value {
    let properties: Map<String, Value> = FIELDS
        .iter()
        .map(|f| (f.name.to_owned(), field_schema(f, reference)))
        .collect();
    let (always, conditions) = requirements();
    json!({
        "type": "object",
        "description": "一份反映。agreed 和 age 表示：接入方已经向当事人展示个人信息处理告知、当事人已经同意，并确认了年龄。\
                        way 为 both 时立两件，各有编号、查询码和期限。",
        "properties": properties,
        "required": always,
        "allOf": conditions,
        "additionalProperties": false,
        "examples": [example_filing()],
    })
}
