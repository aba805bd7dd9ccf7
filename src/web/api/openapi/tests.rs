//! The description against the tables and the routes.

use super::{filing::requirements, *};
use crate::intake::{
    FIELDS,
    check::Known,
    shape::{Shape, shape},
};
use crate::intake::{Filing, json};
use time::macros::date;

/// The district's codes as committed.
struct District;

const CATEGORIES: &str = include_str!("../../../../ops/district/tianfu/categories.csv");
const STREETS: &str = include_str!("../../../../ops/district/tianfu/streets.csv");

impl Known for District {
    fn subject(&self, code: &str) -> Option<String> {
        let row = CATEGORIES
            .lines()
            .find(|l| l.starts_with(&format!("{code},")))?;
        (!row.contains(",problem,")).then(|| "general".to_owned())
    }
    fn problem(&self, code: &str) -> bool {
        CATEGORIES
            .lines()
            .any(|l| l.starts_with(&format!("{code},problem,")))
    }
    fn street(&self, code: &str) -> bool {
        STREETS.lines().any(|l| l.starts_with(&format!("{code},")))
    }
}

fn sample() -> Value {
    document(&Reference::default(), "https://ts.example.gov.cn/")
}

#[test]
fn every_field_and_every_code_is_described() {
    let doc = sample();
    let properties = &doc["components"]["schemas"]["Filing"]["properties"];
    assert_eq!(properties.as_object().unwrap().len(), FIELDS.len());
    for field in FIELDS {
        let schema = &properties[field.name];
        assert!(
            schema["description"]
                .as_str()
                .unwrap()
                .contains(field.label),
            "{}",
            field.name
        );
        let list = if field.many {
            &schema["items"]["enum"]
        } else {
            &schema["enum"]
        };
        for (code, label) in shape(field.name).choices() {
            assert!(
                list.as_array().unwrap().contains(&code.into()),
                "{} {code}",
                field.name
            );
            if !matches!(shape(field.name), Shape::YesNo) {
                assert!(
                    schema["description"].as_str().unwrap().contains(label),
                    "{} {label}",
                    field.name
                );
            }
        }
    }
    let states = doc["components"]["schemas"]["Case"]["properties"]["state"]["enum"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(states, State::ALL.len());
    assert!(
        properties["street"]["enum"]
            .as_array()
            .unwrap()
            .contains(&"unknown".into())
    );
}

#[test]
fn what_is_required_is_what_the_check_requires() {
    let (always, conditions) = requirements();
    for name in [
        "way",
        "age",
        "agreed",
        "trader_name",
        "category",
        "story",
        "injury",
        "sale_channel",
    ] {
        assert!(always.contains(&name), "{name}");
    }
    assert!(
        !always.contains(&"name") && !always.contains(&"amount") && !always.contains(&"platform")
    );
    let then = |i: usize| conditions[i]["then"]["required"].clone();
    for name in [
        "trader_address",
        "demands",
        "amount",
        "own_scheme",
        "name",
        "phone",
        "address",
        "publish",
        "entrust",
    ] {
        assert!(then(0).as_array().unwrap().contains(&name.into()), "{name}");
    }
    assert_eq!(then(1), json!(["named"]));
    assert_eq!(then(2), json!(["name", "phone"]));
    assert_eq!(then(3), json!(["platform"]));
}

#[test]
fn the_example_is_a_lawful_filing() {
    let object = json::read(&example_filing().to_string(), &[]).unwrap();
    assert_eq!(object.mistakes, []);
    let filing = Filing::read(&object.answers, &District, date!(2026 - 01 - 13)).unwrap();
    assert_eq!(filing.goods, "热水器");
    assert!(
        crate::kernel::code::QueryCode::parse(
            example_reply()["cases"][0]["query_code"].as_str().unwrap()
        )
        .is_ok()
    );
    assert!(
        crate::kernel::number::CaseNumber::parse(
            example_reply()["cases"][0]["number"].as_str().unwrap()
        )
        .is_ok()
    );
}

#[test]
fn references_resolve_and_a_typed_reader_understands_it() {
    let doc = sample();
    let text = doc.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(doc.pointer(pointer).is_some(), "{pointer}");
    }
    let typed: utoipa::openapi::OpenApi = serde_json::from_str(&text).unwrap();
    assert_eq!(typed.paths.paths.len(), 3);
    assert_eq!(doc["servers"][0]["url"], "https://ts.example.gov.cn");
    for (path, item) in doc["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let route = crate::web::routes::ROUTES
                .iter()
                .find(|r| r.path == path && r.method.eq_ignore_ascii_case(verb))
                .unwrap_or_else(|| panic!("{verb} {path} is no route"));
            let guarded = operation.get("security").is_some();
            assert_eq!(
                guarded,
                route.gate == crate::web::routes::Gate::Token,
                "{path}"
            );
            for response in operation["responses"].as_object().unwrap().values() {
                assert!(!response["description"].as_str().unwrap().is_empty());
            }
        }
    }
}
