//! The pages of the trader. They get the masked complaint and nothing else of the case than number, trader and
//! department, so that no template can show more.

use crate::{
    casework::deadline::{Unit, remaining},
    error::FieldError,
    evidence::flow::Held,
    intake::Story,
    kernel::clock::china_date,
    notices::chinese_date,
    receipts::{china_time, hex},
    traders::{
        OfferState,
        answer::{Answer, EXPLANATION_MAX, FIELDS, KEEP, Offering, Stance, TERMS_MAX},
        flow::{Account, Entry, Open, Used},
    },
    web::{
        ctx::Ctx,
        file::{Choice, story_facts},
        layout::Layout,
        upload::{Field, seen_word},
    },
};
use askama::Template;

fn titled(title: &str, errors: &[FieldError]) -> String {
    if errors.is_empty() {
        title.to_owned()
    } else {
        format!("错误：{title}")
    }
}

fn of(errors: &[FieldError], field: &str) -> String {
    errors
        .iter()
        .find(|e| e.field == field)
        .map(|e| e.message.clone())
        .unwrap_or_default()
}

/// Number and code.
#[derive(Template)]
#[template(path = "public/respond.html")]
pub(super) struct FormPage {
    l: Layout,
    number: String,
    code: String,
    number_error: String,
    code_error: String,
    errors: Vec<FieldError>,
}

impl FormPage {
    pub(super) fn new(ctx: &Ctx, number: &str, code: &str, errors: Vec<FieldError>) -> Self {
        Self {
            l: ctx.layout(titled("商家答复", &errors), "respond"),
            number: number.to_owned(),
            code: code.to_owned(),
            number_error: of(&errors, "number"),
            code_error: of(&errors, "code"),
            errors,
        }
    }
}

/// A labelled value.
pub(super) struct Fact {
    label: &'static str,
    value: String,
}

/// What every page about an open invitation says of it.
pub(super) struct Head {
    number: String,
    trader: String,
    department: String,
    phone: String,
    received: String,
    due: String,
    left: String,
    late: bool,
}

impl Head {
    fn new(ctx: &Ctx, open: &Open) -> Self {
        let reference = ctx.app.reference();
        let today = ctx.app.today();
        let left = remaining(today, open.due, Unit::WorkingDays, &reference.calendar);
        let department = reference.department(open.case.department);
        Self {
            number: open.case.number.clone(),
            trader: open.case.trader_name.clone(),
            department: reference.holder(open.case.department).to_owned(),
            phone: department.map(|d| d.phone.clone()).unwrap_or_default(),
            received: chinese_date(china_date(open.case.received_at)),
            due: chinese_date(open.due),
            left: left.to_string(),
            late: open.due == today,
        }
    }
}

/// The masked complaint and the form.
#[derive(Template)]
#[template(path = "public/respond_case.html")]
pub(super) struct CasePage {
    l: Layout,
    head: Head,
    facts: Vec<Fact>,
    story: String,
    by_office: bool,
    errors: Vec<FieldError>,
    stances: Vec<Choice>,
    offers: Vec<Choice>,
    what: Vec<Choice>,
    keep: Vec<Choice>,
    typed: Vec<(String, String)>,
    explanation_max: usize,
    terms_max: usize,
    upload: Field,
}

fn choice(code: &str, label: impl Into<String>, on: bool) -> Choice {
    Choice {
        code: code.to_owned(),
        label: label.into(),
        note: "",
        on,
    }
}

impl CasePage {
    pub(super) fn new(
        ctx: &Ctx,
        open: &Open,
        typed: &[(String, String)],
        errors: Vec<FieldError>,
        upload: Field,
    ) -> Self {
        let on = |name: &str, code: &str| typed.iter().any(|(k, v)| k == name && v == code);
        let story = Story {
            text: String::new(),
            facts: open.masked.facts.clone(),
        };
        let (account, by_office) = match &open.masked.account {
            Account::Story(text) => (text.clone(), false),
            Account::Summary(text) => (text.clone(), true),
            Account::Nothing => (String::new(), true),
        };
        Self {
            l: ctx.layout(titled("消费者对贵方的投诉", &errors), "respond"),
            head: Head::new(ctx, open),
            facts: story_facts(&ctx.app, &story)
                .into_iter()
                .map(|(label, value)| Fact { label, value })
                .collect(),
            story: account,
            by_office,
            stances: Stance::ALL
                .iter()
                .map(|s| choice(s.code(), s.label(), on("stance", s.code())))
                .collect(),
            offers: [
                ("yes", "提出解决方案，由消费者决定同意不同意"),
                ("no", "这次不提方案，只作说明"),
            ]
            .iter()
            .map(|(code, label)| choice(code, *label, on("offers", code)))
            .collect(),
            what: Offering::ALL
                .iter()
                .map(|o| choice(o.code(), o.label(), on("what", o.code())))
                .collect(),
            keep: KEEP
                .iter()
                .map(|n| {
                    let until = ctx.app.today() + time::Duration::days(i64::from(*n));
                    let label = format!("{n} 天，到 {}", chinese_date(until));
                    choice(&n.to_string(), label, on("keep", &n.to_string()))
                })
                .collect(),
            typed: typed.to_vec(),
            errors,
            explanation_max: EXPLANATION_MAX,
            terms_max: TERMS_MAX,
            upload,
        }
    }

    /// What was typed into a field.
    fn v(&self, name: &str) -> &str {
        let found = self.typed.iter().find(|(k, _)| k == name);
        found.map_or("", |(_, v)| v)
    }

    /// What is wrong with a field.
    fn e(&self, name: &str) -> String {
        of(&self.errors, name)
    }
}

/// The answer as it would be sent.
#[derive(Template)]
#[template(path = "public/respond_check.html")]
pub(super) struct CheckPage {
    l: Layout,
    head: Head,
    text: String,
    person: String,
    offers: bool,
    kept: Vec<(String, String)>,
    /// Names of files that have not come whole.
    halves: Vec<String>,
    files_word: String,
    /// A file came or went since the page was shown.
    pub(super) changed: bool,
}

impl CheckPage {
    pub(super) fn new(
        ctx: &Ctx,
        open: &Open,
        answer: &Answer,
        typed: &[(String, String)],
        held: &[Held],
    ) -> Self {
        let text = answer.text(&open.case.number, &open.case.trader_name, ctx.app.now());
        // from what was said on: title, number, trader and time stand above it
        let said = text.find("对消费者").map_or(&*text, |at| &text[at..]);
        Self {
            l: ctx.layout("核对并发出答复", "respond"),
            head: Head::new(ctx, open),
            text: said.to_owned(),
            person: format!("{}，{}", answer.person.name, answer.person.phone),
            offers: answer.offer.is_some(),
            kept: typed
                .iter()
                .filter(|(k, _)| FIELDS.contains(&k.as_str()))
                .cloned()
                .collect(),
            halves: held
                .iter()
                .filter(|f| !f.whole())
                .map(|f| f.name.clone())
                .collect(),
            files_word: seen_word(held),
            changed: false,
        }
    }
}

/// Nothing can be answered any more, and why.
#[derive(Template)]
#[template(path = "public/respond_ended.html")]
pub(super) struct EndedPage {
    l: Layout,
    heading: &'static str,
    text: String,
    typed: String,
    receipt: bool,
}

impl EndedPage {
    pub(super) fn new(ctx: &Ctx, entry: &Entry) -> Self {
        let (heading, text) = match entry {
            Entry::Revoked => (
                "这份邀请已经撤回",
                "承办部门撤回了这份邀请，原来的答复码不能再用。有疑问的，请和承办部门联系。"
                    .to_owned(),
            ),
            Entry::Expired(due) => (
                "答复的期限已经过了",
                format!(
                    "这份邀请请贵方在 {} 前答复。过期不影响依法办理，仍想说明情况或者提出方案的，请和承办部门联系。",
                    chinese_date(*due)
                ),
            ),
            _ => (
                "这件投诉已经结束",
                "不用再答复了。有疑问的，请和承办部门联系。".to_owned(),
            ),
        };
        Self {
            l: ctx.layout(heading, "respond"),
            heading,
            text,
            typed: String::new(),
            receipt: false,
        }
    }

    /// An answer came too late.
    pub(super) fn conflict(ctx: &Ctx, number: &str, why: &str) -> Self {
        Self {
            l: ctx.layout("错误：没有发出", "respond"),
            heading: "您的答复没有发出",
            text: format!("编号 {number}：{why}。"),
            typed: String::new(),
            receipt: false,
        }
    }

    /// With what was written, to be copied.
    pub(super) fn with_typed(mut self, text: &str) -> Self {
        text.trim().clone_into(&mut self.typed);
        self
    }

    /// With the way to the answer that counts.
    pub(super) fn with_receipt(mut self) -> Self {
        self.receipt = true;
        self
    }
}

/// What was received.
#[derive(Template)]
#[template(path = "public/respond_receipt.html")]
pub(super) struct ReceiptPage {
    l: Layout,
    number: String,
    at: String,
    text: String,
    hash: String,
    offer: String,
    tone: &'static str,
}

impl ReceiptPage {
    pub(super) fn new(ctx: &Ctx, used: &Used) -> Self {
        let until = used.until.map_or_else(String::new, chinese_date);
        let (offer, tone) = match used.offer {
            OfferState::None => (String::new(), ""),
            OfferState::Open => (
                format!("消费者可以在 {until} 前决定同意不同意，结果会写在这里。"),
                "soon",
            ),
            OfferState::Accepted => (
                "消费者同意了贵方的方案，双方和解。请按方案做到，承办部门会和贵方联系。".to_owned(),
                "done",
            ),
            OfferState::Declined => (
                "消费者没有同意贵方的方案，承办部门继续办理。".to_owned(),
                "late",
            ),
            OfferState::Lapsed => (
                format!("消费者没有在 {until} 前决定，方案已经过期，承办部门继续办理。"),
                "late",
            ),
        };
        Self {
            l: ctx.layout("答复已经收到", "respond"),
            number: used.number.clone(),
            at: china_time(used.at),
            text: used.text.clone(),
            hash: hex(&used.hash),
            offer,
            tone,
        }
    }
}
