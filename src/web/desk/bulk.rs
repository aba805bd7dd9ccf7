//! Many cases at once 批量: the bar under the worklist, the page that says what would change, what cannot and why, and the
//! page that says what came of each. The form carries the version of each case as the preview showed it.

use super::{filter, message, titled};
use crate::{
    app::App,
    casework::flow::{self, BULK_MOST, Bulk, Item, Outcome},
    error::{Error, FieldError, Result},
    kernel::access::{Act, Actor},
    reference::Reference,
    store::case::Case,
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::Choice,
        layout::Layout,
        pages::{page, status},
    },
};
use askama::Template;
use axum::http::StatusCode;
use uuid::Uuid;

/// What a person does to many cases: who dispatches does not assign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Assign,
    Dispatch,
}

impl Kind {
    fn of(actor: &Actor) -> Result<Self> {
        if actor.may(Act::Dispatch) {
            Ok(Self::Dispatch)
        } else if actor.may(Act::Handle) {
            Ok(Self::Assign)
        } else {
            Err(Error::Forbidden)
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Assign => "批量指定承办人",
            Self::Dispatch => "批量分送",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Assign => "由谁承办",
            Self::Dispatch => "分送到",
        }
    }
}

/// The form that says what is to be done.
pub(super) struct Bar {
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
    pub(super) to_error: String,
    /// A reason is asked for.
    pub(super) why: bool,
    pub(super) reason: String,
    pub(super) reason_error: String,
}

fn choice(code: String, label: &str, chosen: &str) -> Choice {
    Choice {
        on: code == chosen,
        code,
        label: label.to_owned(),
        note: "",
    }
}

/// Who can be chosen: everybody of the department for who decides, else oneself, or nobody.
fn handlers(actor: &Actor, people: &[(Uuid, String)], chosen: &str) -> Vec<Choice> {
    let me = actor.staff.0;
    let mut out: Vec<Choice> = people
        .iter()
        .filter(|(id, _)| *id == me || actor.may(Act::Assign))
        .map(|(id, name)| {
            let label = if *id == me { "我来办" } else { name };
            choice(id.simple().to_string(), label, chosen)
        })
        .collect();
    let nobody = if actor.may(Act::Assign) {
        "不指定"
    } else {
        "不再由我办"
    };
    out.push(choice("none".to_owned(), nobody, chosen));
    out
}

fn departments(known: &Reference, chosen: &str) -> Vec<Choice> {
    let inside = known.departments.iter().filter(|d| d.inside);
    inside
        .map(|d| choice(d.code.clone(), &d.name, chosen))
        .collect()
}

/// The bar for this person among these of the department, `None` for who does nothing to many cases.
pub(super) fn bar(app: &App, actor: &Actor, people: &[(Uuid, String)]) -> Option<Bar> {
    let kind = Kind::of(actor).ok()?;
    Some(filled(app, actor, kind, people, ("", ""), &[]))
}

fn filled(
    app: &App,
    actor: &Actor,
    kind: Kind,
    people: &[(Uuid, String)],
    (to, reason): (&str, &str),
    errors: &[FieldError],
) -> Bar {
    Bar {
        label: kind.label(),
        choices: match kind {
            Kind::Assign => handlers(actor, people, to),
            Kind::Dispatch => departments(&app.reference(), to),
        },
        to_error: message(errors, "to"),
        why: kind == Kind::Dispatch,
        reason: reason.to_owned(),
        reason_error: message(errors, "reason"),
    }
}

/// A case of the page.
struct Row {
    number: String,
    href: String,
    subject: String,
    before: String,
    after: String,
    note: String,
}

#[derive(Template)]
#[template(path = "desk/bulk.html")]
struct BulkPage {
    l: Layout,
    heading: &'static str,
    errors: Vec<FieldError>,
    /// The acts are behind us.
    over: bool,
    /// What changes or changed.
    go: Vec<Row>,
    /// What stays, and why.
    stay: Vec<Row>,
    /// To be sent with the confirmation: what, why, the cases with their versions.
    to: String,
    reason: String,
    cases: Vec<String>,
    /// Everything ticked, for another preview.
    ticked: Vec<String>,
    bar: Bar,
    back: (String, &'static str),
}

/// The ticked numbers, each once, with the version where the form carries it.
fn ticked(pairs: &Pairs) -> Vec<(String, i32)> {
    let mut out: Vec<(String, i32)> = Vec::new();
    for (_, value) in pairs.0.iter().filter(|(k, _)| k == "case") {
        let value = value.trim();
        let (number, version) = value.split_once(' ').unwrap_or((value, ""));
        if !number.is_empty() && out.iter().all(|(n, _)| n != number) {
            // a version that is not there is nobody's
            out.push((number.to_owned(), version.parse().unwrap_or(-1)));
        }
    }
    out
}

/// Where a case stands to the act, in words.
fn stands(kind: Kind, case: &Case, people: &[(Uuid, String)], known: &Reference) -> String {
    match kind {
        Kind::Dispatch if case.department.is_none() => "受理岗".to_owned(),
        Kind::Dispatch => known.holder(case.department).to_owned(),
        Kind::Assign => who(case.assignee, people),
    }
}

fn who(id: Option<Uuid>, people: &[(Uuid, String)]) -> String {
    match id {
        None => "没有指定".to_owned(),
        Some(id) => people
            .iter()
            .find(|(other, _)| *other == id)
            .map_or_else(|| "已经离开本部门的人".to_owned(), |(_, n)| n.clone()),
    }
}

fn target(what: &Bulk, people: &[(Uuid, String)], known: &Reference) -> String {
    match what {
        Bulk::Assign(to) => who(*to, people),
        Bulk::Dispatch { department, .. } => known.holder(Some(*department)).to_owned(),
    }
}

/// `POST /desk/bulk`: the preview; with `do=send` the acts.
pub async fn bulk(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let app = &ctx.app;
    let kind = Kind::of(actor)?;
    let seen = ticked(&pairs);
    let (to, reason) = (pairs.get("to").trim(), pairs.get("reason").trim());
    let people = flow::candidates(app, actor).await?;
    let asked = match kind {
        Kind::Assign => Bulk::assign(app, actor, to).await,
        Kind::Dispatch => Bulk::dispatch(app, to, reason),
    };
    let known = app.reference();
    let blank = |errors: Vec<FieldError>| BulkPage {
        l: ctx.layout(titled(kind.heading(), &errors), "cases"),
        heading: kind.heading(),
        over: false,
        go: Vec::new(),
        stay: Vec::new(),
        to: to.to_owned(),
        reason: reason.to_owned(),
        cases: Vec::new(),
        ticked: seen.iter().map(|(n, _)| n.clone()).collect(),
        bar: filled(app, actor, kind, &people, (to, reason), &errors),
        back: filter::back(&ctx, actor, &known),
        errors,
    };
    // without cases there is nothing to choose for
    let errors = number_of(&seen);
    let what = match asked {
        Ok(what) if errors.is_empty() => what,
        Err(Error::Invalid(wrong)) if errors.is_empty() => {
            return status(StatusCode::UNPROCESSABLE_ENTITY, &blank(wrong));
        }
        Ok(_) | Err(Error::Invalid(_)) => {
            return status(StatusCode::UNPROCESSABLE_ENTITY, &blank(errors));
        }
        Err(e) => return Err(e.into()),
    };
    let over = pairs.get("do") == "send";
    let items = if over {
        flow::bulk(app, actor, &what, &seen).await?
    } else {
        let numbers: Vec<String> = seen.iter().map(|(n, _)| n.clone()).collect();
        flow::bulk_preview(app, actor, &what, &numbers).await?
    };
    let mut shown = BulkPage {
        over,
        ..blank(Vec::new())
    };
    for item in items {
        let go = matches!(item.outcome, Outcome::Can | Outcome::Done);
        if let (Outcome::Can, Some(case)) = (&item.outcome, &item.case) {
            shown
                .cases
                .push(format!("{} {}", case.number, case.version));
        }
        let row = row(item, kind, &what, &people, &known);
        if go {
            shown.go.push(row);
        } else {
            shown.stay.push(row);
        }
    }
    page(&shown)
}

/// None ticked, or too many.
fn number_of(seen: &[(String, i32)]) -> Vec<FieldError> {
    let wrong = match seen.len() {
        0 => "还没有勾选案件。请回到列表，在编号前面勾选",
        1..=BULK_MOST => return Vec::new(),
        _ => {
            let message = format!("一次最多 {BULK_MOST} 件，请少勾选一些");
            return vec![FieldError::new("case", "too_many", message)];
        }
    };
    vec![FieldError::new("case", "required", wrong)]
}

fn row(item: Item, kind: Kind, what: &Bulk, people: &[(Uuid, String)], known: &Reference) -> Row {
    let (before, subject, href) = item.case.as_ref().map_or_else(Default::default, |c| {
        (
            stands(kind, c, people, known),
            c.title.clone(),
            format!("/desk/cases/{}", c.number),
        )
    });
    let after = target(what, people, known);
    Row {
        number: item.number,
        href,
        subject,
        before,
        note: match (&item.outcome, kind) {
            (Outcome::Can | Outcome::Done, _) => String::new(),
            (Outcome::Already, Kind::Assign) => format!("已经是：{after}"),
            (Outcome::Already, Kind::Dispatch) => format!("已经在{after}"),
            (Outcome::Cannot(why), _) => why.clone(),
        },
        after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_is_ticked_once_with_its_version() {
        let pair = |v: &str| ("case".to_owned(), v.to_owned());
        let pairs = Pairs(vec![
            pair("TS-1 4"),
            pair("TS-2"),
            pair(" TS-1 5"),
            pair(""),
            ("to".to_owned(), "x".to_owned()),
        ]);
        let found = ticked(&pairs);
        assert_eq!(found, [("TS-1".to_owned(), 4), ("TS-2".to_owned(), -1)]);
        assert_eq!(number_of(&found), []);
        assert_eq!(number_of(&[])[0].code, "required");
        let many = vec![("TS-1".to_owned(), 1); BULK_MOST + 1];
        assert_eq!(number_of(&many)[0].code, "too_many");
    }
}
