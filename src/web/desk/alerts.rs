//! Alerts at the desk: the list for the risk officer and for a department's supervisor, one alert with what was said of the
//! injury for the risk officer alone, its steps.

use super::{message, stamp, titled};
use crate::{
    app::App,
    casework::State,
    error::{Error, FieldError, Result},
    kernel::{access::Act, access::Actor, clock::china_date, words::CaseKind},
    notices::chinese_date,
    signals::{self, Stage, Step, flow, obstacle, overdue},
    store::alerts::{Alert, PAGE},
    web::{
        ctx::{Answer, Ctx, Pairs},
        file::fact_shown,
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::{extract::Path, http::StatusCode};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

/// The banner of alerts that nobody looked at on their day, empty for none and for who has nothing to do with it.
///
/// # Errors
/// The database is away.
pub(super) async fn missed(app: &App, actor: &Actor) -> Result<String> {
    Ok(match flow::missed(app, actor).await? {
        None => String::new(),
        Some(n) if actor.may(Act::HandleAlerts) => {
            format!("有 {n} 条风险预警没有在当天确认，请马上查看。")
        }
        Some(n) if actor.may(Act::ViewAlerts) => {
            format!("本部门有 {n} 条风险预警没有在当天确认，请催风险专员查看，并先看看案件。")
        }
        Some(n) => format!("有 {n} 条风险预警没有在当天确认，请联系风险专员。"),
    })
}

/// A stage as a link.
struct Chip {
    href: String,
    label: &'static str,
    on: bool,
}

/// A line of the list.
struct Row {
    href: String,
    number: String,
    kind: &'static str,
    cause: &'static str,
    subject: String,
    trader: String,
    street: String,
    holder: String,
    raised: String,
    state: String,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "desk/alerts.html")]
struct AlertsPage {
    l: Layout,
    missed: String,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    empty: &'static str,
    next_href: String,
}

fn after_code((at, id): (OffsetDateTime, Uuid)) -> String {
    let mut bytes = at.unix_timestamp_nanos().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A place in the list; what cannot be read begins at the beginning.
fn after_read(code: &str) -> Option<(OffsetDateTime, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(code).ok()?;
    let (at, id) = bytes.split_first_chunk::<16>()?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from_be_bytes(*at)).ok()?;
    let near = (1971..=2999).contains(&at.year());
    Some((at, Uuid::from_slice(id).ok()?)).filter(|_| near)
}

fn href(stage: Stage, after: Option<(OffsetDateTime, Uuid)>) -> String {
    let mut href = format!("/desk/alerts?stage={}", stage.code());
    if let Some(after) = after {
        href.push_str("&after=");
        href.push_str(&after_code(after));
    }
    href
}

fn row(ctx: &Ctx, actor: &Actor, a: &Alert) -> Row {
    let reference = ctx.app.reference();
    let late = overdue(a.stage, a.raised_at, ctx.app.now());
    Row {
        href: if actor.may(Act::HandleAlerts) {
            format!("/desk/alerts/{}", a.id.simple())
        } else {
            format!("/desk/cases/{}", a.number)
        },
        number: a.number.clone(),
        kind: CaseKind::from_code(&a.kind).map_or("", CaseKind::label),
        cause: a.cause.label(),
        subject: a.title.clone(),
        trader: a.trader.clone(),
        street: reference.street_name(a.street.as_deref()).to_owned(),
        holder: reference.holder(a.department).to_owned(),
        raised: stamp(a.raised_at),
        state: match (a.seen_at, a.closed_at) {
            (_, Some(at)) => format!("{} 结束", stamp(at)),
            (Some(at), None) => format!("{} 确认", stamp(at)),
            (None, None) if late => "没有当天确认".to_owned(),
            (None, None) => "今天要确认".to_owned(),
        },
        tone: match a.stage {
            Stage::New if late => "late",
            Stage::New => "soon",
            Stage::Seen | Stage::Closed => "",
        },
    }
}

/// `GET /desk/alerts`.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let stage = Stage::from_code(ctx.param("stage")).unwrap_or(Stage::New);
    let mut found = flow::list(&ctx.app, actor, stage, after_read(ctx.param("after"))).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| more).map(|a| (a.raised_at, a.id));
    page(&AlertsPage {
        l: ctx.layout("风险预警", "alerts"),
        missed: missed(&ctx.app, actor).await?,
        chips: Stage::ALL
            .iter()
            .map(|s| Chip {
                href: href(*s, None),
                label: s.label(),
                on: *s == stage,
            })
            .collect(),
        rows: found.iter().map(|a| row(&ctx, actor, a)).collect(),
        empty: match stage {
            Stage::New => "没有等待确认的预警。",
            Stage::Seen => "没有正在处理的预警。",
            Stage::Closed => "还没有结束的预警。",
        },
        next_href: last.map_or_else(String::new, |after| href(stage, Some(after))),
    })
}

/// A labelled value.
struct Fact {
    label: &'static str,
    value: String,
}

/// A term of a recall.
struct Term {
    what: &'static str,
    article: &'static str,
    due: String,
    why: Vec<String>,
    provisional: bool,
}

#[derive(Template)]
#[template(path = "desk/alert.html")]
struct AlertPage {
    l: Layout,
    id: String,
    number: String,
    kind: &'static str,
    state: &'static str,
    cause: &'static str,
    stage: &'static str,
    tone: &'static str,
    title: String,
    story: String,
    injury: Vec<Fact>,
    facts: Vec<Fact>,
    past: Vec<String>,
    recall: Vec<Term>,
    may_see: bool,
    may_mark: bool,
    may_close: bool,
    note: String,
    note_error: String,
    errors: Vec<FieldError>,
    conflict: &'static str,
    done: &'static str,
}

/// What of the story the risk officer needs: the goods and where they are, not who bought them.
const FACTS: [&str; 8] = [
    "trader_name",
    "trader_address",
    "goods",
    "brand",
    "model",
    "batch",
    "project",
    "happened_on",
];

fn past(a: &Alert, note: &str) -> Vec<String> {
    let by = |who: &Option<String>| who.clone().unwrap_or_default();
    let mut out = vec![format!("{} 提醒", stamp(a.raised_at))];
    if let Some(at) = a.seen_at {
        out.push(format!("{} {} 确认", stamp(at), by(&a.seen_by)));
    }
    if let Some(at) = a.defect_at {
        out.push(format!("{} 标记为缺陷线索", stamp(at)));
    }
    if let Some(at) = a.closed_at {
        out.push(format!("{} {} 结束：{note}", stamp(at), by(&a.closed_by)));
    }
    out
}

async fn build(
    ctx: &Ctx,
    id: Uuid,
    note: &str,
    errors: Vec<FieldError>,
    conflict: &'static str,
) -> Result<AlertPage> {
    let app = &ctx.app;
    let actor = &ctx.signed_in()?.actor;
    let opened = flow::open(app, actor, id).await?;
    let a = &opened.alert;
    let reference = app.reference();
    let fact = |name: &'static str| fact_shown(app, &opened.story, name);
    let facts = |names: &[&'static str]| -> Vec<Fact> {
        names
            .iter()
            .filter_map(|name| fact(name))
            .map(|(label, value)| Fact { label, value })
            .collect()
    };
    let injury = facts(&["injury_count", "injury_hospital"]);
    let may = |step| obstacle(a.stage, a.defect_at.is_some(), step).is_none();
    let mut rest = facts(&FACTS);
    rest.push(Fact {
        label: "承办",
        value: reference.holder(a.department).to_owned(),
    });
    Ok(AlertPage {
        l: ctx.layout(titled("风险预警", &errors), "alerts"),
        id: a.id.simple().to_string(),
        kind: CaseKind::from_code(&a.kind).map_or("", CaseKind::label),
        state: State::from_code(&a.state).map_or("", State::label),
        cause: a.cause.label(),
        stage: a.stage.label(),
        tone: if overdue(a.stage, a.raised_at, app.now()) {
            "late"
        } else if a.stage == Stage::New {
            "soon"
        } else {
            ""
        },
        past: past(a, &opened.note),
        recall: a.defect_at.map_or_else(Vec::new, |at| {
            signals::recall(china_date(at), &reference.calendar)
                .into_iter()
                .map(|c| Term {
                    what: c.rule.summary,
                    article: c.rule.article,
                    due: format!("最迟 {}", chinese_date(c.due.agency)),
                    why: c.due.steps.iter().map(|s| s.text.clone()).collect(),
                    provisional: c.due.provisional,
                })
                .collect()
        }),
        may_see: may(Step::Acknowledge),
        may_mark: may(Step::Defect),
        may_close: may(Step::Close),
        note: note.to_owned(),
        note_error: message(&errors, "note"),
        errors,
        conflict,
        done: match Step::from_code(ctx.param("done")) {
            Some(Step::Acknowledge) => "已经确认，请接着查看处理。",
            Some(Step::Defect) => "已经标记为缺陷线索。",
            Some(Step::Close) => "已经结束。",
            None => "",
        },
        number: a.number.clone(),
        title: a.title.clone(),
        story: opened.redacted.clone(),
        injury,
        facts: rest,
    })
}

fn id_of(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound)
}

/// `GET /desk/alerts/{id}`: a look at health data, noted in the trail.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    page(&build(&ctx, id_of(&id)?, "", Vec::new(), "").await?)
}

async fn step(ctx: Ctx, id: String, pairs: Pairs, what: Step) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = id_of(&id)?;
    let note = pairs.get("note").trim().replace("\r\n", "\n");
    match flow::step(&ctx.app, actor, id, what, &note).await {
        Ok(()) => {
            let to = format!("/desk/alerts/{}?done={}", id.simple(), what.code());
            Ok(see_other(&to))
        }
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &build(&ctx, id, &note, errors, "").await?,
        ),
        Err(Error::Conflict(why)) => status(
            StatusCode::CONFLICT,
            &build(&ctx, id, &note, Vec::new(), why).await?,
        ),
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/alerts/{id}/acknowledge`.
pub async fn acknowledge(ctx: Ctx, Path(id): Path<String>, pairs: Pairs) -> Answer {
    step(ctx, id, pairs, Step::Acknowledge).await
}

/// `POST /desk/alerts/{id}/defect`.
pub async fn defect(ctx: Ctx, Path(id): Path<String>, pairs: Pairs) -> Answer {
    step(ctx, id, pairs, Step::Defect).await
}

/// `POST /desk/alerts/{id}/close`.
pub async fn close(ctx: Ctx, Path(id): Path<String>, pairs: Pairs) -> Answer {
    step(ctx, id, pairs, Step::Close).await
}
