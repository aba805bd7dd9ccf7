//! The wizard 我要反映: before the first step, five steps, send. A page shows one step; what was typed is kept before it
//! is judged, so a 422 loses nothing.

use super::{
    ctx::{Answer, CookieName, Ctx, Failure, Pairs},
    layout::Layout,
    pages::{page, public, see_other, status},
};
use crate::{
    app::App,
    error::{Error, FieldError},
    intake::{
        Answers, Step, Way, check,
        draft::{DRAFT_DAYS, DraftKey},
        fields,
        filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind},
        flow::{self, OpenDraft, Source},
    },
    kernel::words::Channel,
    receipts::sha256,
    triage::danger,
};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// One choice of a list, as the form macros take it.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Value sent.
    pub code: String,
    /// Words shown.
    pub label: String,
    /// A smaller second line, may be empty.
    pub note: &'static str,
    /// Chosen.
    pub on: bool,
}

/// One step in the list above the form.
pub struct StepLink {
    label: &'static str,
    href: String,
    past: bool,
    here: bool,
}

/// Answers and messages, as the step templates ask for them.
pub struct Form {
    answers: Answers,
    errors: Vec<FieldError>,
}

impl Form {
    fn v(&self, name: &str) -> &str {
        self.answers.get(name)
    }

    fn e(&self, name: &str) -> &str {
        self.errors.iter().find(|e| e.field == name).map_or("", |e| &e.message)
    }

    fn pick<'a>(&self, name: &str, all: impl IntoIterator<Item = (&'a str, &'a str, &'static str)>) -> Vec<Choice> {
        all.into_iter()
            .map(|(code, label, note)| Choice {
                code: code.to_owned(),
                label: label.to_owned(),
                note,
                on: self.answers.has(name, code),
            })
            .collect()
    }

    fn complains(&self) -> bool {
        self.v("way") != "report"
    }

    fn reports(&self) -> bool {
        matches!(self.v("way"), "report" | "both")
    }
}

/// Choices of a `words!` enum without second lines.
macro_rules! choices {
    ($form:expr, $name:literal, $words:ty) => {
        $form.pick($name, <$words>::ALL.iter().map(|w| (w.code(), w.label(), "")))
    };
}

#[derive(Template)]
#[template(path = "public/file_start.html")]
struct StartPage {
    l: Layout,
    f: Form,
    ways: Vec<Choice>,
    ages: Vec<Choice>,
    resume_href: String,
    carried: Vec<(String, String)>,
    note: &'static str,
    operator: String,
    operator_contact: String,
}

impl StartPage {
    fn new(ctx: &Ctx, answers: Answers, errors: Vec<FieldError>) -> Self {
        let f = Form { answers, errors };
        let title = if f.errors.is_empty() { "我要反映" } else { "错误：我要反映" };
        Self {
            l: ctx.layout(title, "file"),
            ways: f.pick(
                "way",
                [
                    ("complaint", "我要投诉", "和商家有纠纷，要退货、退钱、换货、修理或赔偿。要留姓名和电话"),
                    ("report", "我要举报", "发现商家违法、产品有危险。可以不留姓名，替您保密"),
                    ("both", "两件都要", "只说一次，分成投诉和举报两件，各有编号，各算期限"),
                ],
            ),
            ages: f.pick(
                "age",
                [
                    ("adult", "我已满 14 周岁", ""),
                    ("guardian", "当事人不满 14 周岁，我是父母或其他监护人，由我填写并同意", ""),
                ],
            ),
            f,
            resume_href: String::new(),
            carried: Vec::new(),
            note: "",
            operator: ctx.app.config.operator.clone(),
            operator_contact: ctx.app.config.operator_contact.clone(),
        }
    }
}

fn draft_key(ctx: &Ctx) -> Option<DraftKey> {
    DraftKey::read(&ctx.cookie(CookieName::Draft)?)
}

fn with_draft_cookie(ctx: &Ctx, mut response: Response, open: &OpenDraft) -> Response {
    let cookie = ctx.set_cookie(CookieName::Draft, &open.key.cookie(), Some(u32::try_from(DRAFT_DAYS).unwrap_or(7)));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The first step that is not yet passed.
fn resume_step(open: &OpenDraft) -> Step {
    Step::ALL.get(usize::from(open.draft.reached)).copied().unwrap_or(Step::Check)
}

/// Where a browser's draft goes on, `None` without a draft. No look-up: the cookie alone tells.
#[must_use]
pub fn has_draft(ctx: &Ctx) -> bool {
    draft_key(ctx).is_some()
}

/// `GET /file`.
pub async fn start(ctx: Ctx) -> Answer {
    let mut answers = Answers::default();
    answers.set("way", ctx.param("way"));
    let mut template = StartPage::new(&ctx, answers, Vec::new());
    if let Some(key) = draft_key(&ctx)
        && let Ok(open) = flow::draft_open(&ctx.app, key).await
    {
        template.resume_href = resume_step(&open).path();
    }
    public(&template)
}

/// `GET /file/complaint`.
pub async fn start_complaint() -> Response {
    see_other("/file?way=complaint")
}

/// `GET /file/report`.
pub async fn start_report() -> Response {
    see_other("/file?way=report")
}

/// `POST /file`: notice read, age known; the draft begins.
pub async fn begin(ctx: Ctx, pairs: Pairs) -> Answer {
    let mut answers = Answers::default();
    for field in fields::FIELDS {
        let values: Vec<&str> = pairs.0.iter().filter(|(k, _)| k == field.name).map(|(_, v)| v.as_str()).collect();
        answers.set(field.name, &values.join(","));
    }
    let errors = check::check_start(&answers);
    if !errors.is_empty() {
        let mut template = StartPage::new(&ctx, answers, errors);
        template.carried = carried(&pairs);
        return status(StatusCode::UNPROCESSABLE_ENTITY, &template);
    }
    // A draft of this browser goes on unless the resident said to start anew.
    if pairs.get("fresh") != "yes"
        && let Some(key) = draft_key(&ctx)
        && let Ok(mut open) = flow::draft_open(&ctx.app, key).await
    {
        for name in ["way", "age", "agreed"] {
            open.draft.answers.set(name, pairs.get(name));
        }
        flow::draft_save(&ctx.app, &open).await?;
        return Ok(see_other(&Step::Whom.path()));
    }
    let open = flow::draft_start(&ctx.app, answers).await?;
    Ok(with_draft_cookie(&ctx, see_other(&Step::Whom.path()), &open))
}

/// What a form sent beyond the first page's own fields.
fn carried(pairs: &Pairs) -> Vec<(String, String)> {
    let own = |k: &str| matches!(k, "way" | "age" | "agreed" | "fresh");
    pairs.0.iter().filter(|(k, _)| !own(k) && fields::field(k).is_some()).cloned().collect()
}

#[derive(Template)]
#[template(path = "public/file_step.html")]
struct StepPage {
    l: Layout,
    f: Form,
    step: Step,
    steps: Vec<StepLink>,
    back: String,
    resume: String,
    streets: Vec<Choice>,
    kinds: Vec<Choice>,
    goods: Vec<Choice>,
    services: Vec<Choice>,
    problems: Vec<Choice>,
    demands: Vec<Choice>,
    yes_no: Vec<Choice>,
    channels: Vec<Choice>,
    schemes: Vec<Choice>,
    proofs: Vec<Choice>,
    named: Vec<Choice>,
    publish: Vec<Choice>,
    entrust: Vec<Choice>,
    insider: Vec<Choice>,
    danger: Option<danger::Danger>,
    elsewhere: Option<super::home::Elsewhere>,
    outside: bool,
}

fn step_links(current: Step, reached: u8) -> Vec<StepLink> {
    let here = Step::ALL.iter().position(|s| *s == current).unwrap_or(0);
    Step::ALL
        .iter()
        .enumerate()
        .map(|(i, s)| StepLink {
            label: s.label(),
            href: if i <= usize::from(reached) { s.path() } else { String::new() },
            past: i < here,
            here: i == here,
        })
        .collect()
}

fn step_page(ctx: &Ctx, step: Step, open: &OpenDraft, errors: Vec<FieldError>) -> StepPage {
    let reference = ctx.app.reference();
    let f = Form { answers: open.draft.answers.clone(), errors };
    let title = format!("{}{}", if f.errors.is_empty() { "" } else { "错误：" }, step.label());
    let family = |name: &str, family: &str| {
        reference
            .categories
            .iter()
            .filter(|c| c.family == family)
            .map(|c| Choice { code: c.code.clone(), label: c.name.clone(), note: "", on: f.answers.has(name, &c.code) })
            .collect::<Vec<_>>()
    };
    let only = |s: Step, make: &dyn Fn() -> Vec<Choice>| if s == step { make() } else { Vec::new() };
    let yes_no = |name: &str, yes: &'static str, no: &'static str| f.pick(name, [("yes", yes, ""), ("no", no, "")]);
    StepPage {
        l: ctx.layout(title, "file"),
        step,
        steps: step_links(step, open.draft.reached),
        back: step.before().map_or_else(|| "/file".to_owned(), Step::path),
        resume: open.draft.resume.clone(),
        streets: only(Step::Whom, &|| {
            let streets = reference.streets.iter().map(|s| (s.code.as_str(), s.name.as_str(), ""));
            let rest = [
                (check::STREET_UNKNOWN, "不清楚，或者是网上买的", ""),
                (check::STREET_OUTSIDE, "不在本区", "也可以提交，由工作人员告诉您找谁"),
            ];
            f.pick("street", streets.chain(rest))
        }),
        kinds: only(Step::Whom, &|| choices!(f, "trader_kind", TraderKind)),
        goods: only(Step::What, &|| family("category", "goods")),
        services: only(Step::What, &|| family("category", "service")),
        problems: only(Step::What, &|| family("problem", "problem")),
        demands: only(Step::What, &|| choices!(f, "demands", Demand)),
        yes_no: only(Step::What, &|| yes_no("injury", "有", "没有")),
        channels: only(Step::Proof, &|| choices!(f, "sale_channel", SaleChannel)),
        schemes: only(Step::Proof, &|| choices!(f, "own_scheme", OwnScheme)),
        proofs: only(Step::Proof, &|| choices!(f, "proofs", Proof)),
        named: only(Step::Contact, &|| {
            f.pick(
                "named",
                [
                    ("named", "署名举报", "留姓名和电话，便于联系您核实；对被举报人保密"),
                    ("anonymous", "匿名举报", "不留姓名，凭编号和查询码在网上看回复、补充情况"),
                ],
            )
        }),
        publish: only(Step::Contact, &|| yes_no("publish", "同意", "不同意")),
        entrust: only(Step::Contact, &|| yes_no("entrust", "同意", "不同意")),
        insider: only(Step::Contact, &|| yes_no("insider", "是", "不是")),
        danger: danger::find(f.answers.get("story")),
        elsewhere: super::home::elsewhere_of_category(&ctx.app, f.answers.get("category")),
        outside: f.answers.get("street") == check::STREET_OUTSIDE,
        f,
    }
}

fn step_of(code: &str) -> Result<Step, Error> {
    Step::from_code(code).filter(|s| *s != Step::Check).ok_or(Error::NotFound)
}

/// `GET /file/{step}`.
pub async fn step(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let step = step_of(&code)?;
    match open(&ctx).await? {
        Some(draft) => page(&step_page(&ctx, step, &draft, Vec::new())),
        None => Ok(see_other("/file")),
    }
}

/// The draft of this browser; `None` when there is none any more.
async fn open(ctx: &Ctx) -> Result<Option<OpenDraft>, Error> {
    match draft_key(ctx) {
        None => Ok(None),
        Some(key) => match flow::draft_open(&ctx.app, key).await {
            Ok(draft) => Ok(Some(draft)),
            Err(Error::NotFound) => Ok(None),
            Err(e) => Err(e),
        },
    }
}

/// The first page again, carrying what was typed into a draft that is gone (expired cookie, other device).
fn draft_gone(ctx: &Ctx, pairs: &Pairs) -> Answer {
    let mut template = StartPage::new(ctx, Answers::default(), Vec::new());
    template.carried = carried(pairs);
    template.note = "这份草稿已经过期，或者已转到别的设备上。您刚才填的内容还在，请在这里确认后继续。";
    status(StatusCode::UNPROCESSABLE_ENTITY, &template)
}

/// `POST /file/{step}`: keep, then check, then go on.
pub async fn save(ctx: Ctx, Path(code): Path<String>, pairs: Pairs) -> Answer {
    let step = step_of(&code)?;
    let Some(mut open) = open(&ctx).await? else { return draft_gone(&ctx, &pairs) };
    open.draft.answers.set_step(step, &pairs.0);
    let reference = ctx.app.reference();
    let errors = check::check_step(step, &open.draft.answers, &*reference, ctx.app.today());
    if errors.is_empty() {
        let here = Step::ALL.iter().position(|s| *s == step).unwrap_or(0);
        open.draft.reached = open.draft.reached.max(u8::try_from(here + 1).unwrap_or(u8::MAX));
    }
    flow::draft_save(&ctx.app, &open).await?;
    if !errors.is_empty() {
        return status(StatusCode::UNPROCESSABLE_ENTITY, &step_page(&ctx, step, &open, errors));
    }
    let back_to_check = ctx.param("back") == "check" && usize::from(open.draft.reached) >= Step::ALL.len() - 1;
    let next = if back_to_check { Step::Check } else { step.after().unwrap_or(Step::Check) };
    Ok(see_other(&next.path()))
}

/// `POST /file/{step}/auto`: the script keeps what is typed, unjudged.
pub async fn autosave(ctx: Ctx, Path(code): Path<String>, pairs: Pairs) -> Answer {
    let step = step_of(&code)?;
    let Some(mut open) = open(&ctx).await? else { return Err(Error::NotFound.into()) };
    open.draft.answers.set_step(step, &pairs.0);
    flow::draft_save(&ctx.app, &open).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// One answered line of the check page.
pub struct Line {
    label: &'static str,
    value: String,
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
}

/// How an answer reads: codes as their words.
#[must_use]
pub fn shown(app: &App, name: &str, value: &str) -> String {
    let reference = app.reference();
    let many = |label: &dyn Fn(&str) -> Option<&'static str>| {
        value.split(',').filter_map(label).collect::<Vec<_>>().join("、")
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
        "named" => (if value == "named" { "署名" } else { "匿名" }).into(),
        "injury" | "publish" | "entrust" | "insider" | "injury_consent" => {
            (if value == "yes" { "是" } else { "否" }).into()
        }
        _ => value.to_owned(),
    }
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
    Step::ALL
        .iter()
        .filter(|s| **s != Step::Check)
        .map(|step| Section {
            label: step.label(),
            href: format!("{}?back=check", step.path()),
            lines: fields::FIELDS
                .iter()
                .filter(|f| f.step == Some(*step) && !answers.get(f.name).is_empty())
                .filter(|f| crate::intake::filing::applies(f.name, answers))
                .map(|f| Line { label: f.label, value: shown(app, f.name, answers.get(f.name)) })
                .collect(),
        })
        .collect()
}

fn check_page(ctx: &Ctx, open: &OpenDraft, errors: Vec<FieldError>) -> CheckPage {
    use crate::{
        casework::{clock_at_receipt, deadline::rule_for, promise},
        intake::flow::clock_row,
        notices::chinese_date,
    };
    let answers = &open.draft.answers;
    let way = Way::from_code(answers.get("way")).unwrap_or(Way::Complaint);
    let today = ctx.app.today();
    let reference = ctx.app.reference();
    let promises = way
        .kinds()
        .iter()
        .map(|kind| {
            let clock = clock_at_receipt(*kind);
            let row = clock_row(clock, today, today, &reference.calendar);
            let article = rule_for(clock, today).article;
            format!("{kind}：今天提交，最迟 {} {}（{article}）", chinese_date(row.citizen_due), promise(clock))
        })
        .collect();
    CheckPage {
        l: ctx.layout(if errors.is_empty() { "核对并提交" } else { "错误：核对并提交" }, "file"),
        steps: step_links(Step::Check, open.draft.reached),
        errors,
        way: way.label(),
        both: way == Way::Both,
        sections: sections(&ctx.app, answers),
        promises,
        danger: danger::find(answers.get("story")),
    }
}

/// `GET /file/check`.
pub async fn check(ctx: Ctx) -> Answer {
    let Some(open) = open(&ctx).await? else {
        return Ok(see_other(if draft_key(&ctx).is_some() { "/file/receipt" } else { "/file" }));
    };
    let reference = ctx.app.reference();
    let errors = check::check_all(&open.draft.answers, &*reference, ctx.app.today());
    page(&check_page(&ctx, &open, errors))
}

/// What makes a retry of a draft's submission recognisable: only the owner of the cookie can compute it.
#[must_use]
pub fn idempotency(key: &DraftKey) -> [u8; 32] {
    let mut bytes = b"draft".to_vec();
    bytes.extend_from_slice(key.id.as_bytes());
    bytes.extend_from_slice(&key.secret);
    sha256(&bytes)
}

/// `POST /file/check`: send. A double click, a refresh and a retry all end at the same receipt.
pub async fn send(ctx: Ctx) -> Answer {
    let Some(key) = draft_key(&ctx) else { return Ok(see_other("/file")) };
    let Some(open) = open(&ctx).await? else { return Ok(see_other("/file/receipt")) };
    let source = Source { channel: Channel::Web, idempotency: idempotency(&key), draft: Some(key.id) };
    match flow::submit(&ctx.app, &source, &open.draft.answers).await {
        // gone in between: another click or device sent it
        Ok(_) | Err(Error::NotFound) => Ok(see_other("/file/receipt")),
        Err(Error::Invalid(errors)) => {
            status(StatusCode::UNPROCESSABLE_ENTITY, &check_page(&ctx, &open, errors))
        }
        Err(e) => Err(Failure::from(e)),
    }
}

#[derive(Template)]
#[template(path = "public/file_resume.html")]
struct ResumePage {
    l: Layout,
    code: String,
    error: String,
    errors: Vec<FieldError>,
}

/// `GET /file/resume`.
pub async fn resume_form(ctx: Ctx) -> Answer {
    public(&ResumePage {
        l: ctx.layout("换设备继续填写", "file"),
        code: String::new(),
        error: String::new(),
        errors: Vec::new(),
    })
}

/// `POST /file/resume`: the draft moves to this device.
pub async fn resume(ctx: Ctx, pairs: Pairs) -> Answer {
    let code = pairs.get("code").trim().to_owned();
    match flow::draft_resume(&ctx.app, &code).await {
        Ok(open) => Ok(with_draft_cookie(&ctx, see_other(&resume_step(&open).path()), &open)),
        Err(Error::NotFound) => {
            let message = "没有找到这个续填码，请核对；草稿保存 7 天，提交以后续填码就不能用了";
            status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ResumePage {
                    l: ctx.layout("错误：换设备继续填写", "file"),
                    code,
                    error: message.to_owned(),
                    errors: vec![FieldError::new("code", "unknown", message)],
                },
            )
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /file/discard`: throw the draft away.
pub async fn discard(ctx: Ctx) -> Answer {
    if let Some(key) = draft_key(&ctx) {
        match flow::draft_discard(&ctx.app, &key).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(e) => return Err(e.into()),
        }
    }
    let mut response = see_other("/file");
    response.headers_mut().append(header::SET_COOKIE, ctx.set_cookie(CookieName::Draft, "", Some(0)));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
