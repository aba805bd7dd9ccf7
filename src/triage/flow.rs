//! Use case of the dispatch rules: an administrator changes a row; later cases follow it, earlier ones stay.

use super::rules::Rule;
use crate::{
    app::App,
    audit::Deed,
    error::{Error, FieldError, Result},
    intake::{Known, filing::TraderKind},
    kernel::access::{Act, Actor},
    reference::Reference,
    store::{
        reference as rows,
        security::{self, AuditLine},
    },
    tx,
};

/// Longest reason of a rule.
pub const REASON_MAX: usize = 200;

/// What is wrong with a rule: every code must be known, the reason must be there.
#[must_use]
pub fn check_rule(rule: &Rule, known: &Reference) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |bad: bool, field, message: &str| {
        if bad {
            errors.push(FieldError::new(field, "unknown_value", message));
        }
    };
    let department = |code: &String| known.departments.iter().any(|d| d.code == *code);
    wrong(
        !(1..=9999).contains(&rule.ord),
        "ord",
        "次序是 1 到 9999 的整数",
    );
    let subject = |s: &String| {
        known
            .categories
            .iter()
            .any(|c| c.subject.as_ref() == Some(s))
    };
    wrong(
        rule.subject.as_ref().is_some_and(|s| !subject(s)),
        "subject",
        "请从列出的事项里选择",
    );
    wrong(
        rule.street.as_ref().is_some_and(|s| !known.street(s)),
        "street",
        "请从列出的街道里选择",
    );
    let trader = rule
        .trader_kind
        .as_deref()
        .is_some_and(|t| TraderKind::from_code(t).is_none());
    wrong(trader, "trader_kind", "请从列出的商家类型里选择");
    wrong(
        rule.lead
            .as_deref()
            .is_some_and(|l| known.inside(l).is_none()),
        "lead",
        "请从列出的部门里选择",
    );
    wrong(
        !rule.co.iter().all(department) || rule.co.join(",").len() > 200,
        "co",
        "请从列出的部门里选择",
    );
    match rule.reason.chars().count() {
        0..4 => errors.push(FieldError::new(
            "reason",
            "required",
            "请写明理由（至少 4 个字）",
        )),
        4..=REASON_MAX => {}
        n => errors.push(FieldError::too_long("reason", REASON_MAX, n)),
    }
    errors
}

/// Saves a rule, new or changed, and reads the reference data again.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Invalid`].
pub async fn rule_save(app: &App, actor: &Actor, rule: &Rule) -> Result<()> {
    if !actor.may(Act::Administer) {
        return Err(Error::Forbidden);
    }
    let errors = check_rule(rule, &app.reference());
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let (id, now) = (app.ids.next(), app.now());
    let detail = format!(
        "{} ord {} subject {} lead {} active {}",
        rule.id,
        rule.ord,
        rule.subject.as_deref().unwrap_or("-"),
        rule.lead.as_deref().unwrap_or("-"),
        rule.active
    );
    tx!(app.store, conn => {
        rows::rule_save(conn, rule, now).await?;
        let line = AuditLine {
            id,
            at: now,
            staff: Some(actor.staff.0),
            act: Deed::RuleSave.code(),
            case: None,
            detail: detail.chars().take(240).collect(),
            reason: None,
        };
        security::audit_insert(conn, &line).await
    })?;
    app.refresh().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_rule_names_only_what_is_known_and_says_why() {
        let rule = Rule {
            id: Uuid::nil(),
            ord: 0,
            kind: None,
            subject: Some("nothing".into()),
            street: Some("0".into()),
            trader_kind: Some("x".into()),
            lead: Some("x".into()),
            co: vec!["x".into()],
            reason: "因".into(),
            active: true,
        };
        let fields: Vec<_> = check_rule(&rule, &Reference::default())
            .iter()
            .map(|e| e.field)
            .collect();
        assert_eq!(
            fields,
            [
                "ord",
                "subject",
                "street",
                "trader_kind",
                "lead",
                "co",
                "reason"
            ]
        );
        let open = Rule {
            ord: 10,
            subject: None,
            street: None,
            trader_kind: None,
            lead: None,
            co: vec![],
            reason: "由受理员分送".into(),
            ..rule
        };
        assert_eq!(check_rule(&open, &Reference::default()), []);
    }
}
