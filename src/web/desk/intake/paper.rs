//! After a filing was taken down: the receipt to read out, and forms 1 and 2 as a page to print and as PDF. Only for the
//! officer who took it down, and for some hours.

use crate::{
    app::App,
    casework::flow::Party,
    error::Error,
    intake::{
        Step, fields,
        flow::{self, Paper},
        joint::PartyRole,
    },
    kernel::{
        clock::china_date,
        words::{CaseKind, Channel},
    },
    notices::{self, Registration, chinese_date},
    store::case::Case,
    triage::danger::Danger,
    web::{
        ctx::{Answer, Ctx},
        file::shown,
        home,
        layout::Layout,
        notice,
        pages::page,
        receipt::{ReceiptCase, receipt_cases},
    },
};
use askama::Template;
use axum::extract::Path;

#[derive(Template)]
#[template(path = "desk/intake_done.html")]
struct DonePage {
    l: Layout,
    cases: Vec<ReceiptCase>,
    danger: Option<Danger>,
    elsewhere: Option<home::Elsewhere>,
}

/// `GET /desk/intake/{number}`.
pub async fn ticket(ctx: Ctx, Path(number): Path<String>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let paper = flow::registered(&ctx.app, actor, &number).await?;
    let cases = receipt_cases(&ctx.app, &paper.issued);
    page(&DonePage {
        l: ctx.layout(format!("已登记 {}", paper.case.number), "intake"),
        cases: cases
            .into_iter()
            .map(ReceiptCase::without_picture)
            .collect(),
        danger: paper.case.urgent.as_deref().and_then(Danger::from_code),
        elsewhere: home::elsewhere_of_category(&ctx.app, &paper.case.category),
    })
}

/// The labelled answers of one step.
fn lines(app: &App, paper: &Paper, step: Step, skip: &[&str]) -> Vec<(&'static str, String)> {
    let facts = &paper.story.facts;
    fields::FIELDS
        .iter()
        .filter(|f| f.step == Some(step) && !skip.contains(&f.name))
        .filter(|f| !facts.get(f.name).is_empty())
        .map(|f| (f.label, shown(app, f.name, facts.get(f.name))))
        .collect()
}

/// Somebody beside the sender, as the form names it (C-04, C-05).
fn beside(side: &Party) -> Option<(&'static str, String)> {
    let p = &side.person;
    let speaks = if side.represents {
        "（代表人）"
    } else {
        ""
    };
    match &side.agent {
        Some(a) => Some((
            "委托代理人",
            format!(
                "{}，电话 {}；委托事项：{}；权限：{}；期限：到{}",
                p.name,
                p.phone,
                a.matter,
                a.powers,
                chinese_date(a.until)
            ),
        )),
        None if side.role == PartyRole::Sender => {
            side.represents.then(|| ("代表人", p.name.clone()))
        }
        None => Some((
            "共同投诉人",
            format!("{}，电话 {}，住址 {}{speaks}", p.name, p.phone, p.address),
        )),
    }
}

/// The form of a case.
fn text(app: &App, officer: &str, paper: &Paper) -> String {
    let case: &Case = &paper.case;
    let complaint = case.kind == CaseKind::Complaint;
    let value = |name: &str| shown(app, name, paper.story.facts.get(name));
    let channel = Channel::from_code(&case.channel).map_or("", Channel::label);
    let sender = paper.contact.as_ref().map(|c| {
        [
            ("姓名", &c.name),
            ("电话", &c.phone),
            ("通讯地址", &c.address),
            ("电子邮箱", &c.email),
        ]
        .into_iter()
        .filter(|(_, v)| !v.is_empty())
        .map(|(k, v)| (k, v.clone()))
        .collect()
    });
    let mut sender: Vec<_> = sender.unwrap_or_default();
    sender.extend(paper.people.iter().filter_map(beside));
    let mut facts = lines(app, paper, Step::What, &["demands"]);
    facts.extend(lines(app, paper, Step::Proof, &[]));
    let consents = [
        ("是否同意公示投诉信息", value("publish")),
        ("是否同意委托调解", value("entrust")),
    ];
    notices::registration(&Registration {
        kind: case.kind,
        number: &case.number,
        channel: if paper.hotline_no.is_empty() {
            channel.to_owned()
        } else {
            format!("{channel}，工单号 {}", paper.hotline_no)
        },
        received: china_date(case.received_at),
        officer,
        sender,
        trader: lines(app, paper, Step::Whom, &[]),
        demands: if complaint {
            value("demands")
        } else {
            String::new()
        },
        story: &paper.story.text,
        facts,
        consents: consents.into_iter().filter(|_| complaint).collect(),
        department: &app.config.operator,
        today: app.today(),
    })
}

#[derive(Template)]
#[template(path = "desk/paper.html")]
struct SheetPage {
    l: Layout,
    title: String,
    text: String,
    back: String,
    pdf_href: String,
}

/// `GET /desk/intake/{number}/form` and `…/form.pdf`.
pub async fn part(ctx: Ctx, Path((number, name)): Path<(String, String)>) -> Answer {
    if !matches!(&*name, "form" | "form.pdf") {
        return Err(Error::NotFound.into());
    }
    let actor = &ctx.signed_in()?.actor;
    let paper = flow::registered(&ctx.app, actor, &number).await?;
    let text = text(&ctx.app, &actor.name, &paper);
    let number = paper.case.number;
    if name == "form.pdf" {
        let name = format!("{number}-form.pdf");
        return notice::paper(number, text, ctx.app.now(), &name, None).await;
    }
    let (title, body) = text.split_once('\n').unwrap_or(("登记表", &text));
    page(&SheetPage {
        l: ctx.layout(format!("{title} {number}"), "intake"),
        title: title.to_owned(),
        text: body.trim_start().to_owned(),
        back: format!("/desk/intake/{number}"),
        pdf_href: format!("/desk/intake/{number}/form.pdf"),
    })
}
