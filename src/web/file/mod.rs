//! The wizard 我要反映: before the first step, five steps, send. A page shows one step; what was typed is kept before it
//! is judged, so a 422 loses nothing.

mod check;
mod files;
mod lists;
mod step;

pub use check::{check, fact_shown, send, shown, story_facts};
pub use files::{Wizard, take as take_files};
pub(super) use lists::Lists;
pub use step::{autosave, elsewhere, save, step};

use super::{
    ctx::{Answer, CookieName, Ctx, Pairs},
    fixed,
    layout::Layout,
    pages::{public, see_other, status},
};
use crate::{
    error::{Error, FieldError},
    intake::{
        Answers, Step, check as rules,
        draft::{DRAFT_DAYS, DraftKey},
        fields,
        flow::{self, Keep, OpenDraft},
    },
    privacy::retention::Retention,
    receipts::sha256,
};
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
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
    pub(super) const fn new(answers: Answers, errors: Vec<FieldError>) -> Self {
        Self { answers, errors }
    }

    pub(super) fn v(&self, name: &str) -> &str {
        self.answers.get(name)
    }

    pub(super) fn e(&self, name: &str) -> &str {
        self.errors
            .iter()
            .find(|e| e.field == name)
            .map_or("", |e| &e.message)
    }

    pub(super) fn pick<'a>(
        &self,
        name: &str,
        all: impl IntoIterator<Item = (&'a str, &'a str, &'static str)>,
    ) -> Vec<Choice> {
        all.into_iter()
            .map(|(code, label, note)| Choice {
                code: code.to_owned(),
                label: label.to_owned(),
                note,
                on: self.answers.has(name, code),
            })
            .collect()
    }

    pub(super) fn complains(&self) -> bool {
        self.v("way") != "report"
    }

    pub(super) fn reports(&self) -> bool {
        matches!(self.v("way"), "report" | "both")
    }
}

/// Choices of a `words!` enum without second lines.
macro_rules! choices {
    ($form:expr, $name:literal, $words:ty) => {
        $form.pick(
            $name,
            <$words>::ALL.iter().map(|w| (w.code(), w.label(), "")),
        )
    };
}
use choices;

#[derive(Template)]
#[template(path = "public/file_start.html")]
struct StartPage {
    l: Layout,
    f: Form,
    ways: Vec<Choice>,
    ages: Vec<Choice>,
    resume_href: String,
    go_on: bool,
    carried: Vec<(String, String)>,
    note_title: &'static str,
    note: &'static str,
    operator: String,
    operator_contact: String,
    kept: Retention,
}

impl StartPage {
    fn new(ctx: &Ctx, answers: Answers, errors: Vec<FieldError>) -> Self {
        let f = Form { answers, errors };
        let title = if f.errors.is_empty() {
            "我要反映"
        } else {
            "错误：我要反映"
        };
        Self {
            l: ctx.layout(title, "file"),
            ways: f.pick(
                "way",
                [
                    (
                        "complaint",
                        "我要投诉",
                        "和商家有纠纷，要退货、退钱、换货、修理或赔偿。要留姓名和电话",
                    ),
                    (
                        "report",
                        "我要举报",
                        "发现商家违法、产品有危险。可以不留姓名，替您保密",
                    ),
                    (
                        "both",
                        "两件都要",
                        "只说一次，分成投诉和举报两件，各有编号，各算期限",
                    ),
                ],
            ),
            ages: f.pick(
                "age",
                [
                    ("adult", "我已满 14 周岁", ""),
                    (
                        "guardian",
                        "当事人不满 14 周岁，我是父母或其他监护人，由我填写并同意",
                        "",
                    ),
                ],
            ),
            f,
            resume_href: String::new(),
            go_on: false,
            carried: Vec::new(),
            note_title: "",
            note: "",
            operator: ctx.app.config.operator.clone(),
            operator_contact: ctx.app.config.operator_contact.clone(),
            kept: ctx.app.config.retention.clone(),
        }
    }
}

fn draft_key(ctx: &Ctx) -> Option<DraftKey> {
    DraftKey::read(&ctx.cookie(CookieName::Draft)?)
}

fn with_draft_cookie(ctx: &Ctx, mut response: Response, open: &OpenDraft) -> Response {
    let cookie = ctx.set_cookie(
        CookieName::Draft,
        &open.key.cookie(),
        Some(u32::try_from(DRAFT_DAYS).unwrap_or(7)),
    );
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The first step that is not yet passed.
fn resume_step(open: &OpenDraft) -> Step {
    let reached = usize::from(open.draft.reached);
    Step::of(&open.draft.answers)
        .find(|s| s.place() >= reached)
        .unwrap_or(Step::Check)
}

/// Where a browser's draft goes on, `None` without a draft. No look-up: the cookie alone tells.
#[must_use]
pub fn has_draft(ctx: &Ctx) -> bool {
    draft_key(ctx).is_some()
}

/// `GET /file`.
pub async fn start(ctx: Ctx) -> Answer {
    let ways = ["", "complaint", "report", "both"];
    let way = ways.into_iter().find(|way| *way == ctx.param("way"));
    if let Some(way) = way.filter(|_| !has_draft(&ctx)) {
        return fixed::page(&ctx, "/file", way, || {
            let mut answers = Answers::default();
            answers.set("way", way);
            StartPage::new(&ctx, answers, Vec::new())
        });
    }
    let mut answers = Answers::default();
    answers.set("way", ctx.param("way"));
    let draft = open(&ctx).await.ok().flatten();
    let go_on = ctx.param("edit") == "1" && draft.is_some();
    if let Some(open) = draft.as_ref().filter(|_| go_on) {
        for name in ["way", "age", "agreed"] {
            answers.set(name, open.draft.answers.get(name));
        }
    }
    let mut template = StartPage::new(&ctx, answers, Vec::new());
    template.go_on = go_on;
    if let Some(open) = draft.filter(|_| !go_on) {
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
        let values: Vec<&str> = pairs
            .0
            .iter()
            .filter(|(k, _)| k == field.name)
            .map(|(_, v)| v.as_str())
            .collect();
        answers.set(field.name, &values.join(","));
    }
    let errors = rules::check_start(&answers);
    if !errors.is_empty() {
        let mut template = StartPage::new(&ctx, answers, errors);
        template.carried = carried(&pairs);
        template.go_on = pairs.get("go_on") == "yes";
        return status(StatusCode::UNPROCESSABLE_ENTITY, &template);
    }
    // Somebody else may have used this browser: a draft goes on only for who came back from its first step.
    if pairs.get("go_on") == "yes"
        && let Some(key) = draft_key(&ctx)
    {
        let kept = flow::draft_change(&ctx.app, &key, |open| {
            for name in ["way", "age", "agreed"] {
                open.draft.answers.set(name, pairs.get(name));
            }
            (Keep::Yes, ())
        });
        match kept.await {
            Ok(_) => return Ok(see_other(&Step::Whom.path())),
            Err(Error::NotFound) => {}
            Err(e) => return Err(e.into()),
        }
    }
    let open = flow::draft_start(&ctx.app, answers).await?;
    Ok(with_draft_cookie(
        &ctx,
        see_other(&Step::Whom.path()),
        &open,
    ))
}

/// What a form sent beyond the first page's own fields.
fn carried(pairs: &Pairs) -> Vec<(String, String)> {
    let own = |k: &str| matches!(k, "way" | "age" | "agreed" | "go_on");
    pairs
        .0
        .iter()
        .filter(|(k, _)| !own(k) && fields::field(k).is_some())
        .cloned()
        .collect()
}

fn step_links(current: Step, answers: &Answers, reached: u8) -> Vec<StepLink> {
    Step::of(answers)
        .map(|s| StepLink {
            label: s.label(),
            href: if s.place() <= usize::from(reached) {
                s.path()
            } else {
                String::new()
            },
            past: s.place() < current.place(),
            here: s == current,
        })
        .collect()
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

/// The first page, saying that nothing was sent: the draft went to another device or is gone.
fn not_sent(ctx: &Ctx) -> Answer {
    let mut template = StartPage::new(ctx, Answers::default(), Vec::new());
    template.l.title = "错误：没有交上去".to_owned();
    template.note_title = "没有交上去";
    template.note = "这份草稿已转到别的设备上，或者放了七天已经过期。请在那台设备上提交，或者用续填码接着填，或者在下面重新填写。";
    status(StatusCode::CONFLICT, &template)
}

/// The first page again, carrying what was typed into a draft that is gone (expired cookie, other device).
fn draft_gone(ctx: &Ctx, pairs: &Pairs) -> Answer {
    let mut template = StartPage::new(ctx, Answers::default(), Vec::new());
    template.carried = carried(pairs);
    template.note_title = "草稿已经不在这里";
    template.note =
        "这份草稿已经过期，或者已转到别的设备上。您刚才填的内容还在，请在这里确认后继续。";
    status(StatusCode::UNPROCESSABLE_ENTITY, &template)
}

/// What makes a retry of a draft's submission recognisable: only the owner of the cookie can compute it.
#[must_use]
pub fn idempotency(key: &DraftKey) -> [u8; 32] {
    let mut bytes = b"draft".to_vec();
    bytes.extend_from_slice(key.id.as_bytes());
    bytes.extend_from_slice(&key.secret);
    sha256(&bytes)
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
    fixed::page(&ctx, "/file/resume", "", || ResumePage {
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
        Ok(open) => Ok(with_draft_cookie(
            &ctx,
            see_other(&resume_step(&open).path()),
            &open,
        )),
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
    response.headers_mut().append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Draft, "", Some(0)),
    );
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
