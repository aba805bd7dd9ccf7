//! Phone and counter 来电来访登记: one page with every field of a filing, for somebody who speaks while an officer
//! writes; then the receipt to read out, and forms 1 and 2 to print.

mod paper;

pub use paper::{part, ticket};

use super::titled;
use crate::{
    error::{Error, FieldError},
    intake::{
        Answers,
        counter::{CHANNELS, Slip, Typed},
        flow,
    },
    receipts::hex,
    triage::danger,
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::{Choice, Form, Lists},
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::http::StatusCode;

#[derive(Template)]
#[template(path = "desk/intake.html")]
struct IntakePage {
    l: Layout,
    f: Form,
    errors: Vec<FieldError>,
    conflict: &'static str,
    page: String,
    came: Vec<Choice>,
    received_on: String,
    hotline_no: String,
    ways: Vec<Choice>,
    ages: Vec<Choice>,
    named: Vec<Choice>,
    lists: Lists,
    danger: Option<danger::Danger>,
    operator: String,
    operator_contact: String,
}

/// What was typed, as it goes back into the page.
#[derive(Default)]
struct Sheet {
    answers: Answers,
    channel: String,
    received_on: String,
    hotline_no: String,
    page: String,
}

impl Sheet {
    fn read(pairs: &Pairs) -> Self {
        let own = |name: &str| -> String { pairs.get(name).trim().chars().take(120).collect() };
        Self {
            answers: Answers::of_form(&pairs.0),
            channel: own("channel"),
            received_on: own("received_on"),
            hotline_no: own("hotline_no"),
            page: own("page"),
        }
    }

    fn typed(&self) -> Typed<'_> {
        Typed {
            channel: &self.channel,
            received_on: &self.received_on,
            hotline_no: &self.hotline_no,
        }
    }
}

/// A name for one page, so that a second click makes no second case.
fn fresh(ctx: &Ctx) -> String {
    hex(&ctx.app.dice.bytes::<16>())
}

fn intake_page(ctx: &Ctx, sheet: Sheet, errors: Vec<FieldError>) -> IntakePage {
    let app = &ctx.app;
    let f = Form::new(sheet.answers, errors.clone());
    let came = CHANNELS.iter().map(|c| Choice {
        code: c.code().to_owned(),
        label: c.label().to_owned(),
        note: "",
        on: c.code() == sheet.channel,
    });
    IntakePage {
        l: ctx.layout(titled("来电来访登记", &errors), "intake"),
        conflict: "",
        came: came.collect(),
        page: if sheet.page.is_empty() {
            fresh(ctx)
        } else {
            sheet.page
        },
        received_on: if sheet.received_on.is_empty() {
            app.today().to_string()
        } else {
            sheet.received_on
        },
        hotline_no: sheet.hotline_no,
        ways: f.pick(
            "way",
            [
                ("complaint", "投诉", ""),
                ("report", "举报", ""),
                ("both", "两件都要", ""),
            ],
        ),
        ages: f.pick(
            "age",
            [
                ("adult", "本人已满 14 周岁", ""),
                ("guardian", "监护人替不满 14 周岁的孩子办", ""),
            ],
        ),
        named: f.pick(
            "named",
            [("named", "署名举报", ""), ("anonymous", "匿名举报", "")],
        ),
        lists: Lists::of(app, &f),
        danger: danger::find(f.v("story")),
        operator: app.config.operator.clone(),
        operator_contact: app.config.operator_contact.clone(),
        errors,
        f,
    }
}

/// `GET /desk/intake`.
pub async fn form(ctx: Ctx) -> Answer {
    page(&intake_page(&ctx, Sheet::default(), Vec::new()))
}

/// `POST /desk/intake`: checks like the public filing and saves; what was typed stays on the page until it is saved.
pub async fn save(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let sheet = Sheet::read(&pairs);
    let back = ctx.app.config.intake_back_days;
    let asked = pairs.get("asked_same") == "yes";
    let slip = Slip::read(sheet.typed(), &sheet.answers, ctx.app.now(), back);
    match flow::register(&ctx.app, actor, slip, &sheet.answers, &sheet.page, asked).await {
        Ok(done) => {
            let first = done.cases.first();
            let number = first.map_or("", |c| &c.number);
            Ok(see_other(&format!("/desk/intake/{number}")))
        }
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &intake_page(&ctx, sheet, errors),
        ),
        Err(Error::Conflict(_)) => {
            let again = Sheet {
                page: String::new(),
                ..sheet
            };
            let mut template = intake_page(&ctx, again, Vec::new());
            template.conflict =
                "这一页刚才已经登记过一件，内容不一样。确实是另一件的，再点一次「登记」";
            status(StatusCode::CONFLICT, &template)
        }
        Err(e) => Err(e.into()),
    }
}
