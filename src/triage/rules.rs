//! Dispatch rules 分送规则 (rules 8.2, C-06, R-02): rows that an administrator edits. The first active row in order
//! whose conditions all fit decides; the decision keeps the row's reason. Pure.

use crate::kernel::words::CaseKind;
use uuid::Uuid;

/// One row. An empty condition fits everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: Uuid,
    /// Position; lower goes first.
    pub ord: i32,
    /// Only this kind of case.
    pub kind: Option<CaseKind>,
    /// Only this declared subject.
    pub subject: Option<String>,
    /// Only this street code.
    pub street: Option<String>,
    /// Only this kind of trader.
    pub trader_kind: Option<String>,
    /// Code of the lead department 主办; `None` leaves the case at intake.
    pub lead: Option<String>,
    /// Codes of co-handlers 协办 (T-05).
    pub co: Vec<String>,
    /// Why, in plain Chinese with the source.
    pub reason: String,
    /// Switched on.
    pub active: bool,
}

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Complaint or report.
    pub kind: CaseKind,
    /// Declared subject.
    pub subject: &'a str,
    /// Street code, empty when unknown.
    pub street: &'a str,
    /// Kind of trader.
    pub trader_kind: &'a str,
}

/// Where a case goes and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Lead department's code; `None`: the intake office decides by hand.
    pub lead: Option<String>,
    /// Co-handlers' codes.
    pub co: Vec<String>,
    /// The rule that decided, `None` when none fitted.
    pub rule: Option<Uuid>,
    /// Why.
    pub reason: String,
}

impl Rule {
    /// Whether every condition of this row fits.
    #[must_use]
    pub fn fits(&self, facts: Facts<'_>) -> bool {
        let same = |want: &Option<String>, have: &str| want.as_deref().is_none_or(|w| w == have);
        self.active
            && self.kind.is_none_or(|k| k == facts.kind)
            && same(&self.subject, facts.subject)
            && same(&self.street, facts.street)
            && same(&self.trader_kind, facts.trader_kind)
    }
}

/// Applies the rows in the order given.
#[must_use]
pub fn decide(rules: &[Rule], facts: Facts<'_>) -> Decision {
    match rules.iter().find(|r| r.fits(facts)) {
        Some(r) => Decision {
            lead: r.lead.clone(),
            co: r.co.clone(),
            rule: Some(r.id),
            reason: r.reason.clone(),
        },
        None => Decision {
            lead: None,
            co: Vec::new(),
            rule: None,
            reason: "没有合适的分送规则，由受理员分送".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(ord: i32, subject: Option<&str>, street: Option<&str>, lead: &str) -> Rule {
        Rule {
            id: Uuid::nil(),
            ord,
            kind: None,
            subject: subject.map(str::to_owned),
            street: street.map(str::to_owned),
            trader_kind: None,
            lead: Some(lead.to_owned()),
            co: vec![],
            reason: format!("r{ord}"),
            active: true,
        }
    }

    #[test]
    fn first_fitting_row_decides_and_says_why() {
        let mut rules = vec![
            rule(1, Some("food"), Some("510116003"), "huayang"),
            rule(2, Some("food"), None, "market"),
            rule(9, None, None, "intake"),
        ];
        let facts = |subject, street| Facts {
            kind: CaseKind::Report,
            subject,
            street,
            trader_kind: "shop",
        };
        assert_eq!(
            decide(&rules, facts("food", "510116003")).lead.as_deref(),
            Some("huayang")
        );
        assert_eq!(decide(&rules, facts("food", "")).reason, "r2");
        assert_eq!(decide(&rules, facts("school", "")).reason, "r9");
        rules[0].active = false;
        assert_eq!(
            decide(&rules, facts("food", "510116003")).lead.as_deref(),
            Some("market")
        );
        assert_eq!(decide(&[], facts("food", "")).lead, None);
    }
}
