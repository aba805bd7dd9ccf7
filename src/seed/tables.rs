//! The files of `ops/district/tianfu`, embedded and read once: reference data of the district, and texts that tell
//! residents of other ways. Pure; `SOURCE-tables.txt` beside the files says where they come from.

use crate::{intake::check::Known, kernel::words::CaseKind, triage::rules::Rule};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::sync::LazyLock;
use uuid::Uuid;

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../ops/district/tianfu/", $name))
    };
}

/// The invented cases.
pub(super) const DEMO: &str = file!("demo.json");

/// A street 街道.
#[derive(Debug, Clone, Deserialize)]
pub struct StreetLine {
    /// Statistical code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A community 社区.
#[derive(Debug, Clone, Deserialize)]
pub struct CommunityLine {
    /// Statistical code.
    pub code: String,
    /// Code of its street.
    pub street: String,
    /// Name.
    pub name: String,
}

/// A department 部门 or an office outside.
#[derive(Debug, Clone, Deserialize)]
pub struct DepartmentLine {
    /// Its function.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where residents call.
    pub phone: String,
    /// Handles cases here.
    #[serde(deserialize_with = "flag")]
    pub inside: bool,
}

/// A line of a code table.
#[derive(Debug, Clone, Deserialize)]
pub struct CategoryLine {
    /// Code.
    pub code: String,
    /// `goods`, `service`, `problem`.
    pub family: String,
    /// Name.
    pub name: String,
    /// Subject for dispatch, for goods and services.
    pub subject: Option<String>,
    /// Where the line comes from.
    pub source: String,
}

/// A dispatch rule 分送规则 as shipped.
#[derive(Debug, Clone, Deserialize)]
pub struct DispatchLine {
    ord: i32,
    kind: Option<CaseKind>,
    subject: Option<String>,
    street: Option<String>,
    trader_kind: Option<String>,
    lead: Option<String>,
    co: String,
    reason: String,
}

impl DispatchLine {
    /// The rule, with a new id.
    #[must_use]
    pub fn rule(&self, id: Uuid) -> Rule {
        Rule {
            id,
            ord: self.ord,
            kind: self.kind,
            subject: self.subject.clone(),
            street: self.street.clone(),
            trader_kind: self.trader_kind.clone(),
            lead: self.lead.clone(),
            co: self
                .co
                .split('|')
                .filter(|c| !c.is_empty())
                .map(str::to_owned)
                .collect(),
            reason: self.reason.clone(),
            active: true,
        }
    }
}

/// Another way than filing here 其他渠道.
#[derive(Debug, Clone, Deserialize)]
pub struct Elsewhere {
    /// Code.
    pub code: String,
    /// What the resident wants, in the resident's words.
    pub title: String,
    /// Who does it.
    pub office: String,
    /// Public hotline.
    pub phone: String,
    /// What to do.
    pub text: String,
}

/// A subject 事项 that dispatch knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Subject {
    /// Code, as categories and rules name it.
    pub subject: String,
    /// Name.
    pub name: String,
    /// Code of the office outside that handles it, empty when it is handled here.
    pub outside_code: String,
    /// What residents should know, may be empty.
    pub note: String,
}

/// Everything that is embedded.
#[derive(Debug)]
pub struct District {
    /// Streets.
    pub streets: Vec<StreetLine>,
    /// Communities.
    pub communities: Vec<CommunityLine>,
    /// Departments and offices outside.
    pub departments: Vec<DepartmentLine>,
    /// Code tables in form order.
    pub categories: Vec<CategoryLine>,
    /// Dispatch rules in order.
    pub dispatch: Vec<DispatchLine>,
    /// Subjects.
    pub subjects: Vec<Subject>,
    /// Other ways.
    pub elsewhere: Vec<Elsewhere>,
}

/// The district, read once.
pub static DISTRICT: LazyLock<District> = LazyLock::new(|| District {
    streets: lines(file!("streets.csv")),
    communities: lines(file!("communities.csv")),
    departments: lines(file!("departments.csv")),
    categories: lines(file!("categories.csv")),
    dispatch: lines(file!("dispatch.csv")),
    subjects: lines(file!("subjects.csv")),
    elsewhere: lines(file!("elsewhere.csv")),
});

/// Other ways, in the order of the page.
#[must_use]
pub fn elsewhere() -> &'static [Elsewhere] {
    &DISTRICT.elsewhere
}

/// All subjects.
#[must_use]
pub fn subjects() -> &'static [Subject] {
    &DISTRICT.subjects
}

impl Known for District {
    fn subject(&self, category: &str) -> Option<String> {
        self.categories
            .iter()
            .find(|c| c.code == category && c.family != "problem")?
            .subject
            .clone()
    }

    fn problem(&self, code: &str) -> bool {
        self.categories
            .iter()
            .any(|c| c.code == code && c.family == "problem")
    }

    fn street(&self, code: &str) -> bool {
        self.streets.iter().any(|s| s.code == code)
    }
}

/// The lines of a table. A test reads every file and fails on a line that cannot be read.
fn lines<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .filter_map(Result::ok)
        .collect()
}

fn flag<'de, D: Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    match u8::deserialize(d)? {
        0 => Ok(false),
        1 => Ok(true),
        n => Err(serde::de::Error::custom(format!("{n} is neither 0 nor 1"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::filing::TraderKind;
    use std::collections::HashSet;

    #[test]
    fn every_line_of_every_table_is_read() {
        let d = &*DISTRICT;
        for (name, text, read) in [
            ("streets", file!("streets.csv"), d.streets.len()),
            ("communities", file!("communities.csv"), d.communities.len()),
            ("departments", file!("departments.csv"), d.departments.len()),
            ("categories", file!("categories.csv"), d.categories.len()),
            ("dispatch", file!("dispatch.csv"), d.dispatch.len()),
            ("subjects", file!("subjects.csv"), d.subjects.len()),
            ("elsewhere", file!("elsewhere.csv"), d.elsewhere.len()),
        ] {
            assert_eq!(
                read,
                csv::Reader::from_reader(text.as_bytes()).records().count(),
                "{name}"
            );
        }
        assert_eq!((d.streets.len(), d.communities.len()), (9, 119));
    }

    #[test]
    fn lines_name_only_what_exists() {
        let d = &*DISTRICT;
        let subjects: HashSet<&str> = d.subjects.iter().map(|s| s.subject.as_str()).collect();
        let inside: HashSet<&str> = d
            .departments
            .iter()
            .filter(|d| d.inside)
            .map(|d| d.code.as_str())
            .collect();
        assert!(d.communities.iter().all(|c| d.street(&c.street)));
        for c in &d.categories {
            match c.family.as_str() {
                "problem" => assert_eq!(c.subject, None, "{}", c.code),
                "goods" | "service" => {
                    assert!(
                        c.subject.as_deref().is_some_and(|s| subjects.contains(s)),
                        "{}",
                        c.code
                    );
                }
                other => panic!("family {other}"),
            }
        }
        for line in &d.dispatch {
            let rule = line.rule(Uuid::nil());
            let known =
                |code: &Option<String>, is: &dyn Fn(&str) -> bool| code.as_deref().is_none_or(is);
            assert!(
                known(&rule.subject, &|s| subjects.contains(s)),
                "rule {}: subject",
                rule.ord
            );
            assert!(
                known(&rule.street, &|s| d.street(s)),
                "rule {}: street",
                rule.ord
            );
            assert!(
                known(&rule.trader_kind, &|k| TraderKind::from_code(k).is_some()),
                "rule {}: trader",
                rule.ord
            );
            assert!(
                known(&rule.lead, &|l| inside.contains(l)),
                "rule {}: lead",
                rule.ord
            );
            assert!(
                rule.co.iter().all(|c| inside.contains(c.as_str())),
                "rule {}: co",
                rule.ord
            );
            assert!(
                rule.reason.chars().count() <= 200,
                "rule {}: reason too long",
                rule.ord
            );
        }
        for s in &d.subjects {
            if !s.outside_code.is_empty() {
                let office = d
                    .departments
                    .iter()
                    .find(|d| d.code == s.outside_code && !d.inside);
                assert!(office.is_some_and(|o| !o.phone.is_empty()), "{}", s.subject);
                assert!(!s.note.is_empty(), "{}: what to do", s.subject);
            }
        }
    }

    #[test]
    fn codes_are_unique_and_other_ways_complete() {
        let d = &*DISTRICT;
        let unique = |codes: Vec<&str>| codes.iter().collect::<HashSet<_>>().len() == codes.len();
        assert!(unique(d.streets.iter().map(|x| x.code.as_str()).collect()));
        assert!(unique(
            d.communities.iter().map(|x| x.code.as_str()).collect()
        ));
        assert!(unique(
            d.departments.iter().map(|x| x.code.as_str()).collect()
        ));
        assert!(unique(
            d.categories.iter().map(|x| x.code.as_str()).collect()
        ));
        assert!(unique(
            d.subjects.iter().map(|x| x.subject.as_str()).collect()
        ));
        assert!(unique(
            d.elsewhere.iter().map(|x| x.code.as_str()).collect()
        ));
        for way in elsewhere() {
            assert!(
                ![&way.title, &way.office, &way.phone, &way.text]
                    .iter()
                    .any(|t| t.is_empty()),
                "{}",
                way.code
            );
        }
    }
}
