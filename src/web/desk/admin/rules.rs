//! The dispatch rules: the table in order, one row's form, saving it.

use crate::{
    error::{Error, FieldError, Result},
    intake::filing::TraderKind,
    kernel::words::CaseKind,
    reference::Reference,
    seed,
    triage::{flow, rules::Rule},
    web::{
        ctx::{Answer, Ctx, Pairs},
        desk::{alerts::missed, message, titled},
        file::Choice,
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::http::StatusCode;
use uuid::Uuid;

/// A row of the table.
struct RuleRow {
    ord: String,
    matches: String,
    lead: String,
    co: String,
    reason: String,
    active: bool,
    href: String,
}

/// The form of one row.
struct RuleEdit {
    id: String,
    heading: &'static str,
    ord: String,
    ord_error: String,
    kinds: Vec<Choice>,
    subjects: Vec<Choice>,
    streets: Vec<Choice>,
    trader_kinds: Vec<Choice>,
    leads: Vec<Choice>,
    co: Vec<Choice>,
    lead_error: String,
    reason: String,
    reason_error: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "desk/rules.html")]
struct RulesPage {
    l: Layout,
    done: String,
    /// Alerts that nobody looked at on their day.
    missed: String,
    errors: Vec<FieldError>,
    rules: Vec<RuleRow>,
    edit: Option<RuleEdit>,
}

/// A row that is being written: `id` is `None` for a new one.
struct Draft {
    id: Option<Uuid>,
    ord: String,
    rule: Rule,
}

fn subject_name(code: &str) -> &str {
    seed::tables::subjects()
        .iter()
        .find(|s| s.subject == code)
        .map_or(code, |s| s.name.as_str())
}

fn department_name<'a>(reference: &'a Reference, code: &'a str) -> &'a str {
    reference
        .departments
        .iter()
        .find(|d| d.code == code)
        .map_or(code, |d| &d.name)
}

fn row(rule: &Rule, reference: &Reference) -> RuleRow {
    let parts: Vec<&str> = [
        rule.kind.map(CaseKind::label),
        rule.subject.as_deref().map(subject_name),
        rule.street
            .as_deref()
            .map(|s| reference.street_name(Some(s))),
        rule.trader_kind
            .as_deref()
            .map(|t| TraderKind::from_code(t).map_or(t, |k| k.label())),
    ]
    .into_iter()
    .flatten()
    .collect();
    let co: Vec<&str> = rule
        .co
        .iter()
        .map(|c| department_name(reference, c))
        .collect();
    RuleRow {
        ord: rule.ord.to_string(),
        matches: if parts.is_empty() {
            "全部".to_owned()
        } else {
            parts.join(" · ")
        },
        lead: rule
            .lead
            .as_deref()
            .map_or("留在受理岗", |l| department_name(reference, l))
            .to_owned(),
        co: co.join("、"),
        reason: rule.reason.clone(),
        active: rule.active,
        href: format!("?edit={}", rule.id),
    }
}

fn choices<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>, on: &[&str]) -> Vec<Choice> {
    all.into_iter()
        .map(|(code, label)| Choice {
            code: code.to_owned(),
            label: label.to_owned(),
            note: "",
            on: on.contains(&code),
        })
        .collect()
}

/// The subjects that categories name, each once.
fn subjects(reference: &Reference) -> Vec<&str> {
    let mut codes: Vec<&str> = reference
        .categories
        .iter()
        .filter_map(|c| c.subject.as_deref())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn edit(draft: &Draft, reference: &Reference, errors: &[FieldError]) -> RuleEdit {
    let rule = &draft.rule;
    let one = |code: &Option<String>| code.clone().unwrap_or_default();
    let (subject, street, trader, lead) = (
        one(&rule.subject),
        one(&rule.street),
        one(&rule.trader_kind),
        one(&rule.lead),
    );
    let co: Vec<&str> = rule.co.iter().map(String::as_str).collect();
    let departments = || {
        reference
            .departments
            .iter()
            .map(|d| (d.code.as_str(), d.name.as_str()))
    };
    let inside = reference
        .departments
        .iter()
        .filter(|d| d.inside)
        .map(|d| (d.code.as_str(), d.name.as_str()));
    RuleEdit {
        id: draft.id.map(|id| id.to_string()).unwrap_or_default(),
        heading: if draft.id.is_some() {
            "修改规则"
        } else {
            "新增规则"
        },
        ord: draft.ord.clone(),
        ord_error: message(errors, "ord"),
        kinds: choices(
            CaseKind::ALL.iter().map(|k| (k.code(), k.label())),
            &[rule.kind.map_or("", CaseKind::code)],
        ),
        subjects: choices(
            subjects(reference)
                .into_iter()
                .map(|s| (s, subject_name(s))),
            &[&subject],
        ),
        streets: choices(
            reference
                .streets
                .iter()
                .map(|s| (s.code.as_str(), s.name.as_str())),
            &[&street],
        ),
        trader_kinds: choices(
            TraderKind::ALL.iter().map(|t| (t.code(), t.label())),
            &[&trader],
        ),
        leads: choices(inside, &[&lead]),
        co: choices(departments(), &co),
        lead_error: message(errors, "lead"),
        reason: rule.reason.clone(),
        reason_error: message(errors, "reason"),
        active: rule.active,
    }
}

fn rules_page(ctx: &Ctx, draft: Option<&Draft>, errors: Vec<FieldError>) -> RulesPage {
    let reference = ctx.app.reference();
    RulesPage {
        l: ctx.layout(titled("分派规则", &errors), "rules"),
        missed: String::new(),
        done: if ctx.param("done") == "1" {
            "已保存，以后的案件按新规则分派。".into()
        } else {
            String::new()
        },
        rules: reference.rules.iter().map(|r| row(r, &reference)).collect(),
        edit: draft.map(|d| edit(d, &reference, &errors)),
        errors,
    }
}

/// `GET /desk/admin/rules`: `edit` opens the form of one row, or of a new one.
pub async fn rules(ctx: Ctx) -> Answer {
    let reference = ctx.app.reference();
    let draft = match ctx.param("edit") {
        "" => None,
        "new" => Some(Draft {
            id: None,
            ord: String::new(),
            rule: Rule {
                active: true,
                ..blank()
            },
        }),
        id => {
            let rule = reference
                .rules
                .iter()
                .find(|r| r.id.to_string() == id)
                .ok_or(Error::NotFound)?;
            Some(Draft {
                id: Some(rule.id),
                ord: rule.ord.to_string(),
                rule: rule.clone(),
            })
        }
    };
    page(&RulesPage {
        missed: missed(&ctx.app, &ctx.signed_in()?.actor).await?,
        ..rules_page(&ctx, draft.as_ref(), Vec::new())
    })
}

const fn blank() -> Rule {
    Rule {
        id: Uuid::nil(),
        ord: 0,
        kind: None,
        subject: None,
        street: None,
        trader_kind: None,
        lead: None,
        co: Vec::new(),
        reason: String::new(),
        active: false,
    }
}

/// Reads the form. An order that is no number becomes 0, which the check refuses; an unknown id is nobody's row.
fn read(pairs: &Pairs, reference: &Reference) -> Result<Draft> {
    let some = |name: &str| Some(pairs.get(name).trim().to_owned()).filter(|v| !v.is_empty());
    let id = match some("id") {
        None => None,
        Some(id) => Some(
            reference
                .rules
                .iter()
                .find(|r| r.id.to_string() == id)
                .ok_or(Error::NotFound)?
                .id,
        ),
    };
    let kind = match some("kind") {
        None => None,
        // never widened to every kind in silence
        Some(code) => Some(
            CaseKind::from_code(&code)
                .ok_or_else(|| Error::field("kind", "unknown_value", "请从列出的类型里选择"))?,
        ),
    };
    let ord = pairs.get("ord").trim().chars().take(12).collect::<String>();
    let rule = Rule {
        id: id.unwrap_or_else(Uuid::nil),
        ord: crate::kernel::words::halfwidth(&ord).parse().unwrap_or(0),
        kind,
        subject: some("subject"),
        street: some("street"),
        trader_kind: some("trader_kind"),
        lead: some("lead"),
        co: pairs
            .0
            .iter()
            .filter(|(k, v)| k == "co" && !v.is_empty())
            .map(|(_, v)| v.clone())
            .collect(),
        reason: pairs.get("reason").trim().to_owned(),
        active: pairs.get("active") == "yes",
    };
    Ok(Draft { id, ord, rule })
}

/// `POST /desk/admin/rules`.
pub async fn rule_save(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let mut draft = read(&pairs, &ctx.app.reference())?;
    if draft.id.is_none() {
        draft.rule.id = ctx.app.ids.next();
    }
    match flow::rule_save(&ctx.app, actor, &draft.rule).await {
        Ok(()) => Ok(see_other("/desk/admin/rules?done=1")),
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &rules_page(&ctx, Some(&draft), errors),
        ),
        Err(e) => Err(e.into()),
    }
}
