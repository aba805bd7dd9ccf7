//! Check your answers, and send.

use super::{StepLink, draft_key, files, idempotency, not_sent, open, step_links};
use crate::{
    app::App,
    casework::{
        deadline::{ClockKind, rule_by_id},
        promise,
        standing::{Opening, Origin},
    },
    error::{Error, FieldError},
    evidence::flow::Held,
    intake::{
        Answers, Step, Way, check,
        draft::DraftKey,
        fields,
        filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind},
        flow::{self, OpenDraft, Source, first_clocks},
        joint::{Acting, Powers},
    },
    kernel::words::Channel,
    notices::chinese_date,
    triage::danger,
    web::{
        ctx::{Answer, CookieName, Ctx, Failure, Pairs},
        layout::Layout,
        pages::{page, see_other, status},
        upload::{self, Row},
    },
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::Response,
};

/// One answered line of the check page.
pub struct Line {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// One step's answers on the check page.
pub struct Section {
    label: &'static str,
    href: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "public/file_check.html")]
struct CheckPage {
    l: Layout,
    steps: Vec<StepLink>,
    errors: Vec<FieldError>,
    way: &'static str,
    both: bool,
    sections: Vec<Section>,
    promises: Vec<String>,
    danger: Option<danger::Danger>,
    /// The draft's version that is shown.
    version: i64,
    /// Something was written since this page was shown.
    changed: bool,
    /// The files that go with it.
    files: Vec<Row>,
    /// Names of files that have not come whole.
    halves: Vec<String>,
    /// The files that are shown, in one word.
    files_word: String,
}

/// How an answer reads: codes as their words.
#[must_use]
pub fn shown(app: &App, name: &str, value: &str) -> String {
    let reference = app.reference();
    let many = |label: &dyn Fn(&str) -> Option<&'static str>| {
        value
            .split(',')
            .filter_map(label)
            .collect::<Vec<_>>()
            .join("、")
    };
    match name {
        "street" => match value {
            check::STREET_UNKNOWN => "不清楚，或者是网上买的".into(),
            check::STREET_OUTSIDE => "不在本区".into(),
            code => reference.street_name(Some(code)).to_owned(),
        },
        "category" | "problem" => reference.category_name(value).to_owned(),
        "trader_kind" => many(&|v| TraderKind::from_code(v).map(TraderKind::label)),
        "sale_channel" => many(&|v| SaleChannel::from_code(v).map(SaleChannel::label)),
        "demands" => many(&|v| Demand::from_code(v).map(Demand::label)),
        "proofs" => many(&|v| Proof::from_code(v).map(Proof::label)),
        "own_scheme" => many(&|v| OwnScheme::from_code(v).map(OwnScheme::label)),
        "acting" => many(&|v| Acting::from_code(v).map(Acting::label)),
        "agent_powers" => many(&|v| Powers::from_code(v).map(Powers::label)),
        "paper" => (if value == "yes" {
            "写好了"
        } else {
            "还没有"
        })
        .into(),
        "named" => (if value == "named" { "署名" } else { "匿名" }).into(),
        "injury" | "publish" | "entrust" | "insider" | "injury_consent" | "joint_consent" => {
            (if value == "yes" { "是" } else { "否" }).into()
        }
        _ => value.to_owned(),
    }
}

/// One fact of a stored story with its label, `None` when it was not answered.
#[must_use]
pub fn fact_shown(
    app: &App,
    story: &crate::intake::Story,
    name: &str,
) -> Option<(&'static str, String)> {
    let value = story.facts.get(name);
    let field = fields::field(name).filter(|_| !value.is_empty())?;
    Some((field.label, shown(app, name, value)))
}

/// The facts of a stored story with their labels, codes as words; the story itself is not among them.
#[must_use]
pub fn story_facts(app: &App, story: &crate::intake::Story) -> Vec<(&'static str, String)> {
    fields::FIELDS
        .iter()
        .filter(|f| f.step.is_some() && !story.facts.get(f.name).is_empty())
        .map(|f| (f.label, shown(app, f.name, story.facts.get(f.name))))
        .collect()
}

fn sections(app: &App, answers: &Answers) -> Vec<Section> {
    Step::of(answers)
        .filter(|s| *s != Step::Check)
        .map(|step| Section {
            label: step.label(),
            href: format!("{}?back=check", step.path()),
            lines: fields::FIELDS
                .iter()
                .filter(|f| f.step == Some(step) && !answers.get(f.name).is_empty())
                .filter(|f| crate::intake::filing::applies(f.name, answers))
                .map(|f| Line {
                    label: f.label,
                    value: shown(app, f.name, answers.get(f.name)),
                })
                .collect(),
        })
        .collect()
}

async fn check_page(
    ctx: &Ctx,
    open: &OpenDraft,
    errors: Vec<FieldError>,
) -> Result<CheckPage, Error> {
    let held = files::held(ctx, open.key.id).await?;
    let answers = &open.draft.answers;
    let way = Way::from_code(answers.get("way")).unwrap_or(Way::Complaint);
    let reference = ctx.app.reference();
    let promises = way
        .kinds()
        .iter()
        .map(|kind| {
            let origin = Origin {
                kind: *kind,
                received_at: ctx.app.now(),
                problem: answers.get("problem"),
                hotline: ctx.app.config.hotline,
            };
            let row = first_clocks(&origin, Opening::default(), &reference.calendar).swap_remove(0);
            let article = rule_by_id(&row.rule).map_or("", |r| r.article);
            let words = ClockKind::from_code(&row.clock).map_or("", promise);
            let due = chinese_date(row.citizen_due);
            format!("{kind}：今天提交，最迟 {due} {words}（{article}）")
        })
        .collect();
    let (whole, halves): (Vec<&Held>, Vec<&Held>) = held.iter().partition(|f| f.whole());
    Ok(CheckPage {
        l: ctx.layout(
            if errors.is_empty() {
                "核对并提交"
            } else {
                "错误：核对并提交"
            },
            "file",
        ),
        steps: step_links(Step::Check, answers, open.draft.reached),
        errors,
        way: way.label(),
        both: way == Way::Both,
        sections: sections(&ctx.app, answers),
        promises,
        danger: danger::find(answers.get("story")),
        version: open.version,
        changed: false,
        files: whole.into_iter().map(Row::of).collect(),
        halves: halves.into_iter().map(|f| f.name.clone()).collect(),
        files_word: upload::seen_word(&held),
    })
}

/// The page again: the draft is not the one that was checked.
async fn changed_page(ctx: &Ctx, open: &OpenDraft) -> Answer {
    let reference = ctx.app.reference();
    let errors = check::check_all(&open.draft.answers, &*reference, ctx.app.today());
    let mut template = check_page(ctx, open, errors).await?;
    template.changed = true;
    status(StatusCode::CONFLICT, &template)
}

/// `GET /file/check`.
pub async fn check(ctx: Ctx) -> Answer {
    let Some(open) = open(&ctx).await? else {
        return match draft_key(&ctx) {
            Some(key) => sent_before(&ctx, &key).await,
            None => Ok(see_other("/file")),
        };
    };
    let reference = ctx.app.reference();
    let errors = check::check_all(&open.draft.answers, &*reference, ctx.app.today());
    page(&check_page(&ctx, &open, errors).await?)
}

/// `POST /file/check`: send what was shown. A double click, a refresh and a retry all end at the same receipt.
pub async fn send(ctx: Ctx, pairs: Pairs) -> Answer {
    let Some(key) = draft_key(&ctx) else {
        let sent = ctx.cookie(CookieName::Receipt).is_some();
        return Ok(see_other(if sent { "/file/receipt" } else { "/file" }));
    };
    let Some(open) = open(&ctx).await? else {
        return sent_before(&ctx, &key).await;
    };
    if pairs
        .get("version")
        .parse()
        .is_ok_and(|v: i64| v != open.version)
    {
        return changed_page(&ctx, &open).await;
    }
    let word = pairs.get(upload::SEEN);
    if !word.is_empty() && word != upload::seen_word(&files::held(&ctx, key.id).await?) {
        return changed_page(&ctx, &open).await;
    }
    let source = Source {
        channel: Channel::Web,
        idempotency: idempotency(&key),
        draft: Some((key.id, open.version)),
        received_at: None,
        taken: None,
        hotline: None,
    };
    match flow::submit(&ctx.app, &source, &open.draft.answers).await {
        Ok(_) => Ok(to_receipt(&ctx, &key)),
        // another click sent it, another device has it, or another page wrote in it
        Err(Error::NotFound) => match self::open(&ctx).await? {
            Some(now) => changed_page(&ctx, &now).await,
            None => sent_before(&ctx, &key).await,
        },
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &check_page(&ctx, &open, errors).await?,
        ),
        Err(e) => Err(Failure::from(e)),
    }
}

/// To the receipt; the draft's cookie becomes the receipt's, so that nobody is told that it waits to be sent.
fn to_receipt(ctx: &Ctx, key: &DraftKey) -> Response {
    let mut response = see_other("/file/receipt");
    for cookie in [
        ctx.set_cookie(CookieName::Receipt, &key.cookie(), Some(3)),
        ctx.set_cookie(CookieName::Draft, "", Some(0)),
    ] {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The receipt of a draft that was sent before; without one, a page that says that nothing was sent.
async fn sent_before(ctx: &Ctx, key: &DraftKey) -> Answer {
    match flow::repeated(&ctx.app, &idempotency(key), None).await {
        Ok(_) => Ok(to_receipt(ctx, key)),
        Err(Error::NotFound) => not_sent(ctx),
        Err(e) => Err(e.into()),
    }
}
