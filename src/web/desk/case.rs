//! A case at the desk: its page, the steps on it, the reveal of a complainant's contact.

use super::{
    case_acts::{AMOUNT, Typed, date_field},
    case_page::build,
    case_verbs::{fields, further},
    filter, message, titled,
};
use crate::{
    casework::{
        Ground, Verb,
        flow::{self, Party},
    },
    error::{Error, FieldError, Result},
    intake::{Contact, joint::PartyRole},
    kernel::{access::Act, words::CaseKind},
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::Choice,
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{extract::Path, http::StatusCode};

/// `GET /desk/cases/{number}`.
pub async fn show(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let case = flow::open(&ctx.app, actor, &number).await?;
    page(&build(&ctx, actor, case, None, "").await?)
}

/// What a step's form sent.
pub(super) struct Sent<'a> {
    pub(super) version: i32,
    pub(super) choice: &'a str,
    pub(super) text: String,
    pub(super) date: &'a str,
    /// Money, where the step asks for it.
    pub(super) amount: String,
    pub(super) since: i32,
    pub(super) preview: bool,
    pairs: &'a Pairs,
}

impl<'a> Sent<'a> {
    pub(super) fn read(verb: Verb, pairs: &'a Pairs) -> Self {
        let (choice, text) = fields(verb);
        Self {
            // a broken version is nobody's: the page comes back with the present one
            version: pairs.get("version").parse().unwrap_or(-1),
            choice: pairs.get(choice).trim(),
            text: pairs.get(text).replace("\r\n", "\n"),
            date: pairs.get(date_field(verb)).trim(),
            amount: pairs.get(AMOUNT).trim().to_owned(),
            since: pairs.get("since").parse().unwrap_or(0),
            preview: pairs.get("do") == "preview",
            pairs,
        }
    }

    /// A further field of the step.
    pub(super) fn extra(&self, name: &str) -> &'a str {
        self.pairs.get(name).trim()
    }
}

/// The messages of a flow beside the fields of this form.
fn placed(verb: Verb, errors: Vec<FieldError>) -> Vec<FieldError> {
    let (choice, text) = fields(verb);
    errors
        .into_iter()
        .map(|e| match e.field {
            "choice" => FieldError { field: choice, ..e },
            "explanation" | "reason" | "text" => FieldError { field: text, ..e },
            "date" => FieldError {
                field: date_field(verb),
                ..e
            },
            _ => e,
        })
        .collect()
}

/// After a step: the case again, or its page with what was typed and why it was not carried out.
pub(super) async fn after(
    ctx: &Ctx,
    number: &str,
    verb: Verb,
    sent: Sent<'_>,
    result: Option<Result<()>>,
) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let (code, errors, conflict) = match result {
        None => (StatusCode::OK, Vec::new(), ""),
        Some(Ok(())) => {
            // a notice may wait to be sent
            ctx.app.nudge.notify_one();
            let seen = flow::open(&ctx.app, actor, number).await;
            let gone = matches!(seen, Err(Error::NotFound));
            let to = if gone {
                filter::back(ctx, actor, &ctx.app.reference()).0
            } else {
                format!("/desk/cases/{}", seen?.number)
            };
            let mark = if to.contains('?') { '&' } else { '?' };
            return Ok(see_other(&format!("{to}{mark}done={}", verb.code())));
        }
        Some(Err(Error::Invalid(errors))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, placed(verb, errors), "")
        }
        Some(Err(Error::Conflict(why))) => (StatusCode::CONFLICT, Vec::new(), why),
        Some(Err(e)) => return Err(e.into()),
    };
    let case = flow::open(&ctx.app, actor, number).await?;
    let typed = Typed {
        verb,
        choice: sent.choice.to_owned(),
        extras: further(verb)
            .iter()
            .map(|f| (f.name, sent.extra(f.name).to_owned()))
            .collect(),
        text: sent.text,
        date: sent.date.to_owned(),
        amount: sent.amount,
        since: sent.since,
        errors,
    };
    status(code, &build(ctx, actor, case, Some(typed), conflict).await?)
}

/// Declares the handler of one step: read the form, call the flow unless only a preview was asked for.
macro_rules! step {
    ($(#[$doc:meta])* $name:ident, $verb:expr, |$app:ident, $actor:ident, $number:ident, $sent:ident| $call:expr) => {
        $(#[$doc])*
        pub async fn $name(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
            let $sent = Sent::read($verb, &pairs);
            let result = if $sent.preview {
                None
            } else {
                let ($app, $actor, $number) = (&ctx.app, &ctx.signed_in()?.actor, number.as_str());
                Some($call.await)
            };
            after(&ctx, &number, $verb, $sent, result).await
        }
    };
}
pub(super) use step;

step! {
    /// `POST /desk/cases/{number}/accept`.
    accept, Verb::Accept, |app, actor, number, sent| flow::accept(app, actor, number, sent.version)
}
step! {
    /// `POST /desk/cases/{number}/refuse`: asks for a refusal, exactly one ground, the reason in words.
    refuse, Verb::Refuse, |app, actor, number, sent| async {
        let Some(ground) = Ground::from_code(sent.choice) else {
            return Err(Error::field("ground", "required", "请选择一种不予受理的情形"));
        };
        flow::refuse(app, actor, number, sent.version, ground, &sent.text).await
    }
}
step! {
    /// `POST /desk/cases/{number}/verify`.
    verify, Verb::Verify, |app, actor, number, sent| flow::verify(app, actor, number, sent.version)
}
step! {
    /// `POST /desk/cases/{number}/return`.
    back, Verb::Return, |app, actor, number, sent| {
        flow::return_to_intake(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST /desk/cases/{number}/reply`.
    reply, Verb::Reply, |app, actor, number, sent| flow::reply(app, actor, number, sent.version, &sent.text)
}
step! {
    /// `POST /desk/cases/{number}/dispatch`.
    dispatch, Verb::Dispatch, |app, actor, number, sent| {
        flow::dispatch(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}

/// Ready-made reasons to look at a contact; the last asks for words.
const REASONS: [(&str, &str); 4] = [
    ("verify", "联系投诉人核实情况"),
    ("mediate", "联系投诉人组织调解"),
    ("deliver", "送达文书"),
    ("other", "其他（请写明）"),
];

/// A line of the contact.
pub(super) struct Shown {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) tel: String,
}

#[derive(Template)]
#[template(path = "desk/reveal.html")]
struct RevealPage {
    l: Layout,
    number: String,
    href: String,
    errors: Vec<FieldError>,
    reason: String,
    reason_error: String,
    why_error: String,
    reasons: Vec<Choice>,
    sealed: bool,
    contact: Vec<Shown>,
    until: &'static str,
}

fn reveal_page(
    ctx: &Ctx,
    number: &str,
    why: &str,
    reason: &str,
    errors: Vec<FieldError>,
) -> RevealPage {
    let choice = |(code, label): &(&str, &str)| Choice {
        code: (*code).to_owned(),
        label: (*label).to_owned(),
        note: "",
        on: *code == why,
    };
    RevealPage {
        l: ctx.layout(titled("查看联系方式", &errors), "cases"),
        number: number.to_owned(),
        href: format!("/desk/cases/{number}"),
        reason: reason.to_owned(),
        reason_error: message(&errors, "reason"),
        why_error: message(&errors, "why"),
        reasons: REASONS.iter().map(choice).collect(),
        sealed: true,
        contact: Vec::new(),
        until: "",
        errors,
    }
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// Everybody who stands beside the sender (C-04, C-05), in lines.
fn beside(people: Vec<Party>) -> Vec<Shown> {
    let others = people.into_iter().filter(|p| p.role != PartyRole::Sender);
    others
        .flat_map(|p| {
            let tel = digits(&p.person.phone);
            [
                (p.role.label(), p.person.name, String::new()),
                ("电话", p.person.phone, tel),
                ("通讯地址", p.person.address, String::new()),
            ]
        })
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(label, value, tel)| Shown { label, value, tel })
        .collect()
}

/// A contact in lines; whether its owner says to be an insider is not among them.
pub(super) fn shown(contact: Contact) -> Vec<Shown> {
    let tel = digits(&contact.phone);
    [
        ("姓名", contact.name, String::new()),
        ("电话", contact.phone, tel),
        ("通讯地址", contact.address, String::new()),
        ("电子邮箱", contact.email, String::new()),
    ]
    .into_iter()
    .filter(|(_, value, _)| !value.is_empty())
    .map(|(label, value, tel)| Shown { label, value, tel })
    .collect()
}

/// `GET /desk/cases/{number}/reveal`: asks for a reason. A reporter's contact is not shown to anybody here.
pub async fn reveal_form(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let case = flow::open_led(&ctx.app, actor, &number).await?;
    if case.kind != CaseKind::Complaint || !actor.may(Act::Reveal) {
        return Err(Error::Forbidden.into());
    }
    page(&reveal_page(&ctx, &case.number, "", "", Vec::new()))
}

/// The reason as the audit trail keeps it.
fn reason(why: &str, words: &str) -> Result<String> {
    match REASONS.iter().find(|(code, _)| *code == why) {
        None if words.is_empty() => Err(Error::field(
            "why",
            "required",
            "请选择为什么要看，或者自己写明",
        )),
        None => Ok(words.to_owned()),
        Some(("other", _)) => Ok(words.to_owned()),
        Some((_, label)) if words.is_empty() => Ok((*label).to_owned()),
        Some((_, label)) => Ok(format!("{label}：{words}")),
    }
}

/// `POST /desk/cases/{number}/reveal`: shows the contact once and keeps who asked and why.
pub async fn reveal(ctx: Ctx, Path(number): Path<String>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let number = flow::open(&ctx.app, actor, &number).await?.number;
    let (why, words) = (pairs.get("why"), pairs.get("reason").trim());
    let found = match reason(why, words) {
        Ok(reason) => flow::reveal(&ctx.app, actor, &number, &reason)
            .await
            .map(|(contact, people)| (contact, people, reason)),
        Err(e) => Err(e),
    };
    match found {
        Ok((contact, people, reason)) => page(&RevealPage {
            sealed: false,
            contact: shown(contact).into_iter().chain(beside(people)).collect(),
            until: "离开本页后要再看，须重新填写理由。",
            ..reveal_page(&ctx, &number, why, &reason, Vec::new())
        }),
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &reveal_page(&ctx, &number, why, words, errors),
        ),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_chosen_and_other_asks_for_words() {
        assert!(matches!(reason("", ""), Err(Error::Invalid(e)) if e[0].field == "why"));
        assert_eq!(reason("deliver", "").unwrap(), "送达文书");
        assert_eq!(reason("deliver", "第二次").unwrap(), "送达文书：第二次");
        assert_eq!(reason("other", "核对身份").unwrap(), "核对身份");
    }
}
