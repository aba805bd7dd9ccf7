//! One step of the wizard: show, keep and judge, keep unjudged.

use super::{
    Choice, Form, StepLink, check::Line, choices, draft_gone, draft_key, files, lists, open, shown,
    step_links,
};
use crate::{
    error::{Error, FieldError},
    intake::{
        Step, check,
        draft::{By, Seen},
        filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind},
        flow::{self, Keep, OpenDraft},
        joint::{Acting, Powers},
    },
    triage::danger,
    web::{
        ctx::{Answer, Ctx, Failure, Pairs},
        home,
        layout::Layout,
        pages::{page, see_other, status},
        upload::{self, Field, Refused, Sent},
    },
};
use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};

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
    acting: Vec<Choice>,
    powers: Vec<Choice>,
    papers: Vec<Choice>,
    danger: Option<danger::Danger>,
    elsewhere: Option<home::Elsewhere>,
    outside: bool,
    /// The page and the version it is drawn from ([`Seen`]).
    seen: String,
    /// What another page has written into this step meanwhile, where it differs from what is typed here.
    others: Vec<Line>,
    /// The file field, where the step has one.
    upload: Option<Field>,
}

async fn step_page(
    ctx: &Ctx,
    step: Step,
    open: &OpenDraft,
    mut errors: Vec<FieldError>,
    refused: Vec<Refused>,
) -> Result<StepPage, Error> {
    errors.extend(upload::errors(&refused));
    let upload = if step == Step::Proof {
        let held = files::held(ctx, open.key.id).await?;
        Some(files::field(ctx, &held, refused))
    } else {
        None
    };
    Ok(draw(ctx, step, open, errors, upload))
}

fn draw(
    ctx: &Ctx,
    step: Step,
    open: &OpenDraft,
    errors: Vec<FieldError>,
    upload: Option<Field>,
) -> StepPage {
    let f = Form {
        answers: open.draft.answers.clone(),
        errors,
    };
    let title = format!(
        "{}{}",
        if f.errors.is_empty() { "" } else { "错误：" },
        step.label()
    );
    let family = |name: &str, family: &str| lists::family(&ctx.app, &f, name, family);
    let only =
        |s: Step, make: &dyn Fn() -> Vec<Choice>| if s == step { make() } else { Vec::new() };
    let yes_no = |name: &str, yes, no| lists::yes_no(&f, name, yes, no);
    StepPage {
        l: ctx.layout(title, "file"),
        step,
        steps: step_links(step, &open.draft.answers, open.draft.reached),
        back: step
            .before(&open.draft.answers)
            .map_or_else(|| "/file?edit=1".to_owned(), Step::path),
        resume: open.draft.resume.clone(),
        streets: only(Step::Whom, &|| lists::streets(&ctx.app, &f)),
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
                    (
                        "named",
                        "署名举报",
                        "留姓名和电话，便于联系您核实；对被举报人保密",
                    ),
                    (
                        "anonymous",
                        "匿名举报",
                        "不留姓名，凭编号和查询码在网上看回复、补充情况",
                    ),
                ],
            )
        }),
        publish: only(Step::Contact, &|| yes_no("publish", "同意", "不同意")),
        entrust: only(Step::Contact, &|| yes_no("entrust", "同意", "不同意")),
        insider: only(Step::Contact, &|| yes_no("insider", "是", "不是")),
        acting: only(Step::Contact, &|| choices!(f, "acting", Acting)),
        powers: only(Step::With, &|| choices!(f, "agent_powers", Powers)),
        papers: only(Step::With, &|| yes_no("paper", "写好了", "还没有")),
        danger: danger::find(f.answers.get("story")),
        elsewhere: home::elsewhere_of_category(&ctx.app, f.answers.get("category")),
        outside: f.answers.get("street") == check::STREET_OUTSIDE,
        seen: Seen::word(open.version, ctx.app.dice.bytes()),
        others: Vec::new(),
        upload,
        f,
    }
}

fn step_of(code: &str) -> Result<Step, Error> {
    Step::from_code(code)
        .filter(|s| *s != Step::Check)
        .ok_or(Error::NotFound)
}

/// `GET /file/{step}`.
pub async fn step(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let step = step_of(&code)?;
    match open(&ctx).await? {
        Some(draft) => page(&step_page(&ctx, step, &draft, Vec::new(), Vec::new()).await?),
        None => Ok(see_other("/file")),
    }
}

/// What becomes of a form.
enum Taken {
    /// Kept; what the check says.
    Kept(Vec<FieldError>),
    /// Another page was faster.
    Late,
}

/// Takes a step's form into the draft, if it does not come too late. What was pressed is also judged. `None`: there is no draft.
async fn take(
    ctx: &Ctx,
    step: Step,
    pairs: &Pairs,
    by: By,
) -> Result<Option<(OpenDraft, Taken)>, Error> {
    let Some(key) = draft_key(ctx) else {
        return Ok(None);
    };
    let seen = Seen::read(pairs.get("seen"), pairs.get("tick"));
    let reference = ctx.app.reference();
    let taken = flow::draft_change(&ctx.app, &key, |open| {
        let draft = &mut open.draft;
        if draft.late(step, seen.as_ref(), by) {
            let mut typed = draft.answers.clone();
            typed.set_step(step, &pairs.0);
            if by == By::Script || typed != draft.answers {
                return (Keep::No, Taken::Late);
            }
        }
        draft.take(step, seen.clone(), open.version, &pairs.0);
        if by == By::Script {
            return (Keep::Yes, Taken::Kept(Vec::new()));
        }
        let errors = check::check_step(step, &draft.answers, &*reference, ctx.app.today());
        if errors.is_empty() {
            let next = step.after(&draft.answers).place();
            draft.reached = draft.reached.max(u8::try_from(next).unwrap_or(u8::MAX));
        }
        (Keep::Yes, Taken::Kept(errors))
    });
    match taken.await {
        Ok(taken) => Ok(Some(taken)),
        Err(Error::NotFound) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The step again with what is typed here, not kept yet, and what another page has kept: the next press decides.
async fn overtaken(
    ctx: &Ctx,
    step: Step,
    mut open: OpenDraft,
    pairs: &Pairs,
    refused: Vec<Refused>,
) -> Answer {
    let mut typed = open.draft.answers.clone();
    typed.set_step(step, &pairs.0);
    let others = open
        .draft
        .differences(step, &typed)
        .into_iter()
        .map(|(field, value)| Line {
            label: field.label,
            value: match value {
                "" => "（没有填）".to_owned(),
                value => shown(&ctx.app, field.name, value),
            },
        })
        .collect();
    open.draft.answers = typed;
    let mut template = step_page(ctx, step, &open, Vec::new(), refused).await?;
    if template.l.title.starts_with("错误：") {
        template.l.title = step.label().to_owned();
    }
    template.l.title = format!("错误：{}", template.l.title);
    template.others = others;
    status(StatusCode::CONFLICT, &template)
}

/// Keeps a step's text unjudged; the page again when another page was faster or a file was not taken.
pub(super) async fn keep(ctx: &Ctx, step: Step, sent: &Sent) -> Result<Option<Response>, Failure> {
    let refused = sent.refused.clone();
    let page = match take(ctx, step, &sent.pairs, By::Button).await? {
        None => draft_gone(ctx, &sent.pairs)?,
        Some((open, Taken::Late)) => overtaken(ctx, step, open, &sent.pairs, refused).await?,
        Some((_, Taken::Kept(_))) if refused.is_empty() => return Ok(None),
        Some((open, Taken::Kept(_))) => {
            let template = step_page(ctx, step, &open, Vec::new(), refused).await?;
            status(StatusCode::UNPROCESSABLE_ENTITY, &template)?
        }
    };
    Ok(Some(page))
}

/// `POST /file/{step}`: keep, then check, then go on.
pub async fn save(ctx: Ctx, Path(code): Path<String>, request: Request) -> Answer {
    let step = step_of(&code)?;
    let sender = match step {
        Step::Proof => files::sender(&ctx).await?,
        _ => None,
    };
    let Sent { pairs, refused, .. } = upload::read(&ctx, request, sender.as_ref()).await?;
    let (open, errors) = match take(&ctx, step, &pairs, By::Button).await? {
        None => return draft_gone(&ctx, &pairs),
        Some((open, Taken::Late)) => return overtaken(&ctx, step, open, &pairs, refused).await,
        Some((open, Taken::Kept(errors))) => (open, errors),
    };
    if !errors.is_empty() || !refused.is_empty() {
        let template = step_page(&ctx, step, &open, errors, refused).await?;
        return status(StatusCode::UNPROCESSABLE_ENTITY, &template);
    }
    let answers = &open.draft.answers;
    let reference = ctx.app.reference();
    let back_to_check =
        ctx.param("back") == "check" && usize::from(open.draft.reached) >= Step::Check.place();
    // who says only now that others are with it is asked about them
    let asks_more = step == Step::Contact
        && !check::check_step(Step::With, answers, &*reference, ctx.app.today()).is_empty();
    let next = if back_to_check && !asks_more {
        Step::Check
    } else {
        step.after(answers)
    };
    // T-04, M-02: whose it is, is said at once; going on stays possible
    if not_for_us(&ctx, step, &open).is_some() {
        return Ok(see_other(&format!("/file/elsewhere?step={}", step.code())));
    }
    Ok(see_other(&next.path()))
}

/// The office that is the right one for what a step says, `None` when it is ours.
fn not_for_us(ctx: &Ctx, step: Step, open: &OpenDraft) -> Option<home::Elsewhere> {
    let answers = &open.draft.answers;
    match step {
        Step::Whom if answers.get("street") == check::STREET_OUTSIDE => home::outside_district(),
        Step::What => home::elsewhere_of_category(&ctx.app, answers.get("category")),
        _ => None,
    }
}

/// `GET /file/elsewhere`: the right office and its number, between two steps.
pub async fn elsewhere(ctx: Ctx) -> Answer {
    let step = step_of(ctx.param("step"))?;
    let Some(open) = open(&ctx).await? else {
        return Ok(see_other("/file"));
    };
    let next = step.after(&open.draft.answers).path();
    match not_for_us(&ctx, step, &open) {
        Some(item) => home::elsewhere_page(&ctx, item, next),
        None => Ok(see_other(&next)),
    }
}

/// `POST /file/{step}/auto`: the script keeps what is typed, unjudged; 409 when the step was written since.
pub async fn autosave(ctx: Ctx, Path(code): Path<String>, pairs: Pairs) -> Answer {
    let step = step_of(&code)?;
    match take(&ctx, step, &pairs, By::Script).await? {
        None => Err(Error::NotFound.into()),
        Some((_, Taken::Kept(_))) => Ok(StatusCode::NO_CONTENT.into_response()),
        Some((_, Taken::Late)) => Ok(StatusCode::CONFLICT.into_response()),
    }
}
