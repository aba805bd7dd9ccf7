//! Our categories and problems as the 12315 platform names them (X-01: codes are mapped on export). The table is
//! `ops/district/tianfu/12315-map.csv`, embedded and read once. Pure.

use crate::kernel::words::CaseKind;
use serde::Deserialize;
use std::{collections::HashMap, sync::LazyLock};

const TABLE: &str = include_str!("../../ops/district/tianfu/12315-map.csv");

#[derive(Deserialize)]
struct Line {
    code: String,
    complaint: String,
    report: String,
}

static MAP: LazyLock<HashMap<String, Line>> = LazyLock::new(|| {
    csv::Reader::from_reader(TABLE.as_bytes())
        .deserialize()
        .filter_map(Result::<Line, _>::ok)
        .map(|line| (line.code.clone(), line))
        .collect()
});

fn line(code: &str, problem: bool) -> Option<&'static Line> {
    MAP.get(code).filter(|_| code.starts_with("p_") == problem)
}

/// The platform's name of a category of goods or services.
pub(super) fn object(category: &str) -> Option<&'static str> {
    line(category, false).map(|l| l.complaint.as_str())
}

/// The platform's name of a problem: complaints and reports have their own lists.
pub(super) fn problem(code: &str, kind: CaseKind) -> Option<&'static str> {
    line(code, true).map(|l| match kind {
        CaseKind::Complaint => l.complaint.as_str(),
        CaseKind::Report => l.report.as_str(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_ours_has_a_name_there() {
        let categories = include_str!("../../ops/district/tianfu/categories.csv");
        let rows: Vec<_> = csv::Reader::from_reader(categories.as_bytes())
            .into_records()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), MAP.len(), "no line too many");
        for row in rows {
            let (code, family) = (&row[0], &row[1]);
            let named = if family == "problem" {
                CaseKind::ALL
                    .iter()
                    .all(|k| problem(code, *k).is_some_and(|n| !n.is_empty()))
                    && object(code).is_none()
            } else {
                object(code).is_some_and(|n| !n.is_empty())
            };
            assert!(named, "{code}");
        }
    }
}
