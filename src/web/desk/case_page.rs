//! The case page: the story with its facts, the clocks with their derivation, what happened, what may be done now.

use super::{
    case_acts::{Act, Typed, acts},
    cases, stamp, tone,
};
use crate::{
    app::App,
    casework::{
        EventKind, Ground,
        deadline::{Adjust, ClockKind, compute, remaining, rule_by_id, three_years},
        flow::{self, Inside},
    },
    error::{Error, FieldError},
    kernel::{
        DepartmentId,
        access::{Act as Permission, Actor, Role},
        clock::china_date,
        words::{CaseKind, Channel},
    },
    notices::{NoticeKind, chinese_date},
    reference::Reference,
    store::{
        calendar::{self, MoveRow},
        case::{self as rows, Case, ClockRow, Event, MessageRow, NoticeRow},
        security::{self, AuditRow},
    },
    web::{ctx::Ctx, file::story_facts, layout::Layout},
};
use askama::Template;
use time::{Date, OffsetDateTime, macros::format_description};
use uuid::Uuid;

/// A labelled value.
pub(super) struct Fact {
    label: &'static str,
    value: String,
}

struct TimelineEvent {
    at: String,
    title: String,
    text: String,
    who: String,
}

struct Message {
    mine: bool,
    who: &'static str,
    at: String,
    text: String,
}

struct Notice {
    title: &'static str,
    at: String,
    text: String,
}

struct Clock {
    label: &'static str,
    due_text: String,
    left_text: String,
    article: &'static str,
    tone: &'static str,
    why: Vec<String>,
    provisional: bool,
    stopped: bool,
}

#[derive(Template)]
#[template(path = "desk/case.html")]
pub(super) struct CasePage {
    l: Layout,
    number: String,
    kind_label: &'static str,
    state_label: &'static str,
    title: String,
    story: String,
    done: String,
    conflict: String,
    typed: String,
    back: &'static str,
    errors: Vec<FieldError>,
    version: i32,
    facts: Vec<Fact>,
    contact: Vec<Fact>,
    contact_note: &'static str,
    sibling: String,
    sibling_href: String,
    reveal_href: String,
    danger: String,
    hints: Vec<String>,
    dispatch_text: String,
    dispatch_why: Vec<String>,
    events: Vec<TimelineEvent>,
    messages: Vec<Message>,
    notices: Vec<Notice>,
    now: Option<Clock>,
    clocks: Vec<Clock>,
    acts: Vec<Act>,
}

/// Everything the store keeps of a case for its page.
struct Kept {
    events: Vec<Event>,
    messages: Vec<MessageRow>,
    notices: Vec<NoticeRow>,
    clocks: Vec<ClockRow>,
    moves: Vec<MoveRow>,
    audit: Vec<AuditRow>,
    sibling: Option<(String, String, Option<Uuid>)>,
}

async fn load(app: &App, case: &Case) -> Result<Kept, Error> {
    let mut conn = app.store.conn().await?;
    Ok(Kept {
        events: rows::events(&mut conn, case.id).await?,
        messages: rows::messages(&mut conn, case.id).await?,
        notices: rows::notices(&mut conn, case.id).await?,
        clocks: rows::clocks(&mut conn, case.id).await?,
        moves: calendar::moves_of_case(&mut conn, case.id).await?,
        audit: security::audit_of_case(&mut conn, case.id.0).await?,
        sibling: rows::sibling(&mut conn, case).await?,
    })
}

/// The page of a case for this person: after nothing, after a step (`done`), or with a form that was not carried out.
pub(super) async fn build(
    ctx: &Ctx,
    actor: &Actor,
    case: Case,
    typed: Option<Typed>,
    conflict: &str,
) -> Result<CasePage, Error> {
    let app = &ctx.app;
    let reference = app.reference();
    let kept = load(app, &case).await?;
    let inside = flow::inside(app, &case).await?;
    let (now, clocks) = clocks(&kept.clocks, &kept.moves, &reference, app.today());
    let (sibling, sibling_href) = sibling(actor, kept.sibling.as_ref());
    let contact = contact(&inside);
    let may_reveal = actor.may(Permission::Reveal) && !contact.is_empty();
    let errors = typed.as_ref().map(|t| t.errors.clone()).unwrap_or_default();
    let acts = acts(app, actor, &case, typed.as_ref());
    // what was written for a step that somebody else made impossible is shown, so that it can be copied
    let orphan = typed.filter(|_| !acts.iter().any(|a| a.open)).map(|t| t.text).unwrap_or_default();
    let wrong = if errors.is_empty() && conflict.is_empty() { "" } else { "错误：" };
    Ok(CasePage {
        l: ctx.layout(format!("{wrong}{} {}", case.number, case.title), "cases"),
        kind_label: case.kind.label(),
        state_label: case.state.label(),
        done: done(ctx.param("done")),
        conflict: if conflict.is_empty() { String::new() } else { format!("{conflict}。您填写的内容还在。") },
        typed: orphan,
        back: "/desk/cases",
        version: case.version,
        facts: facts(app, &case, &inside),
        contact_note: match (case.kind, inside.named) {
            (CaseKind::Report, true) => "举报人身份保密，只能通过留言联系。",
            _ => "匿名，没有留联系方式，只能通过留言联系，对方凭查询码能看到。",
        },
        reveal_href: if may_reveal { format!("/desk/cases/{}/reveal", case.number) } else { String::new() },
        contact,
        sibling,
        sibling_href,
        danger: cases::danger(case.urgent.as_deref(), case.injury),
        hints: hints(&case, &inside, app.today()),
        dispatch_text: holders(&case, &reference),
        dispatch_why: dispatch_why(&case),
        events: timeline(&kept.events, &kept.audit, actor, &reference),
        messages: messages(flow::open_messages(app, kept.messages)?, case.kind),
        notices: notices(flow::open_notices(app, kept.notices)?),
        now,
        clocks,
        acts,
        errors,
        title: case.title,
        story: case.redacted,
        number: case.number,
    })
}

/// What was just done.
fn done(code: &str) -> String {
    crate::casework::Verb::from_code(code).map_or_else(String::new, |verb| format!("已办：{verb}。"))
}

fn facts(app: &App, case: &Case, inside: &Inside) -> Vec<Fact> {
    let channel = Channel::from_code(&case.channel).map_or("", Channel::label);
    let mut out = vec![Fact { label: "收到", value: format!("{} · {channel}", stamp(case.received_at)) }];
    let mut story = inside.story.clone();
    if case.kind == CaseKind::Report {
        // answers that belong to the complaint of a mixed submission
        for name in ["demands", "publish", "entrust"] {
            story.facts.set(name, "");
        }
    }
    out.extend(story_facts(app, &story).into_iter().map(|(label, value)| Fact { label, value }));
    out
}

fn contact(inside: &Inside) -> Vec<Fact> {
    let Some((name, phone, address)) = inside.masked.clone() else { return Vec::new() };
    [("姓名", name), ("电话", phone), ("地址", address)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| Fact { label, value })
        .collect()
}

/// The other case of a mixed submission: a link for who may see it, its existence for everybody else.
fn sibling(actor: &Actor, other: Option<&(String, String, Option<Uuid>)>) -> (String, String) {
    let Some((number, kind, department)) = other else { return (String::new(), String::new()) };
    let kind = CaseKind::from_code(kind).map_or("", CaseKind::label);
    if actor.sees(department.map(DepartmentId)) {
        (format!("同一次提交的{kind}：{number}"), format!("/desk/cases/{number}"))
    } else {
        (format!("同一次提交还有一件{kind}，由别的部门单独办理。"), String::new())
    }
}

/// Flags for the person who decides; never reasons by themselves (C-08, C-09).
fn hints(case: &Case, inside: &Inside, today: Date) -> Vec<String> {
    let mut out = Vec::new();
    let day = format_description!("[year]-[month]-[day]");
    let happened = Date::parse(inside.story.facts.get("happened_on"), day).ok();
    if case.kind == CaseKind::Complaint
        && let Some(last) = happened.map(three_years).filter(|last| *last < china_date(case.received_at))
    {
        out.push(format!("争议发生已超过三年（到 {} 止），请核实他何时知道权益受损。", chinese_date(last)));
    }
    if case.unread > 0 {
        out.push(format!("有 {} 条留言等着回复。", case.unread));
    }
    if case.returns > 0 {
        out.push(format!("已被部门退回 {} 次。", case.returns));
    }
    if case.next_due.is_some_and(|due| due < today) {
        out.push("内部期限已过，请马上办理并报告主管。".to_owned());
    }
    out
}

fn holders(case: &Case, reference: &Reference) -> String {
    let name = |code: &str| {
        let found = reference.departments.iter().find(|d| d.code == code);
        found.map_or_else(|| code.to_owned(), |d| d.name.clone())
    };
    let co: Vec<String> = case.co_codes.split(',').filter(|c| !c.is_empty()).map(name).collect();
    let lead = reference.holder(case.department);
    if co.is_empty() { format!("主办：{lead}") } else { format!("主办：{lead}；协办：{}", co.join("、")) }
}

fn dispatch_why(case: &Case) -> Vec<String> {
    Some(case.dispatch_reason.clone()).filter(|r| !r.is_empty()).into_iter().collect()
}

/// The clock that runs, then the other ones. Each shows how its date came about.
fn clocks(all: &[ClockRow], moves: &[MoveRow], reference: &Reference, today: Date) -> (Option<Clock>, Vec<Clock>) {
    let (mut running, stopped): (Vec<_>, Vec<_>) = all.iter().partition(|c| c.stopped_at.is_none());
    running.sort_by_key(|c| c.agency_due);
    let mut views = running.into_iter().map(|c| clock(c, moves, reference, today));
    let now = views.next();
    let rest: Vec<_> = views.collect();
    (now, rest.into_iter().chain(stopped.into_iter().map(|c| clock(c, moves, reference, today))).collect())
}

fn clock(row: &ClockRow, moves: &[MoveRow], reference: &Reference, today: Date) -> Clock {
    let calendar = &reference.calendar;
    let rule = rule_by_id(&row.rule);
    let due_text = if row.citizen_due == row.agency_due {
        format!("最迟 {}", chinese_date(row.agency_due))
    } else {
        format!("内部 {}，对外最迟 {}", chinese_date(row.agency_due), chinese_date(row.citizen_due))
    };
    let computed = rule.map(|r| compute(row.started_on, r.term, &Adjust::default(), calendar));
    let mut why = match &computed {
        Some(due) if due.agency == row.agency_due => due.steps.iter().map(|s| s.text.clone()).collect(),
        _ => vec!["按当时的放假安排计算。".to_owned()],
    };
    why.extend(moves.iter().filter(|m| m.clock == row.clock).map(|m| {
        format!("放假安排公布后重算：{} 改为 {}", chinese_date(m.old_agency), chinese_date(m.new_agency))
    }));
    let (left_text, colour) = match (row.stopped_at, rule) {
        (Some(at), _) => {
            let day = china_date(at);
            let late = day > row.agency_due;
            let words = if late { "逾期办结" } else { "按期办结" };
            (format!("{words}（{}）", chinese_date(day)), if late { "late" } else { "done" })
        }
        (None, Some(rule)) => {
            let left = remaining(today, row.agency_due, rule.term.unit(), calendar);
            (left.to_string(), tone(left, today, row.agency_due, calendar))
        }
        (None, None) => (String::new(), ""),
    };
    Clock {
        label: ClockKind::from_code(&row.clock).map_or("期限", ClockKind::label),
        due_text,
        left_text,
        article: rule.map_or("", |r| r.article),
        tone: colour,
        why,
        provisional: row.provisional,
        stopped: row.stopped_at.is_some(),
    }
}

/// What happened, oldest first; the supervisor also sees who looked at sealed data.
fn timeline(
    events: &[Event],
    audit: &[AuditRow],
    actor: &Actor,
    reference: &Reference,
) -> Vec<TimelineEvent> {
    let mut all: Vec<(OffsetDateTime, TimelineEvent)> = events
        .iter()
        .map(|e| {
            let who = match e.actor.as_str() {
                "staff" => e.staff_name.clone().unwrap_or_default(),
                "resident" => "居民".to_owned(),
                _ => "系统".to_owned(),
            };
            let line =
                TimelineEvent { at: stamp(e.at), title: e.kind.label().to_owned(), text: event_text(e, reference), who };
            (e.at, line)
        })
        .collect();
    let looked = audit.iter().filter(|a| actor.role == Role::Supervisor && a.act == "reveal_contact");
    all.extend(looked.map(|a| {
        let who = a.staff_name.clone().unwrap_or_default();
        let title = "查看了完整联系方式".to_owned();
        (a.at, TimelineEvent { at: stamp(a.at), title, text: String::new(), who })
    }));
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}

fn event_text(e: &Event, reference: &Reference) -> String {
    let get = |name: &str| e.data.get(name).and_then(|v| v.as_str()).unwrap_or("");
    let department = |name: &str| reference.holder(Uuid::parse_str(get(name)).ok());
    match e.kind {
        EventKind::Dispatched => format!("{}。{}", department("department"), get("reason")),
        EventKind::Returned => format!("{}：{}", department("from"), get("reason")),
        EventKind::Refused => Ground::from_code(get("ground")).map_or("", Ground::label).to_owned(),
        _ => String::new(),
    }
}

fn messages(all: Vec<(MessageRow, String)>, kind: CaseKind) -> Vec<Message> {
    let sender = if kind == CaseKind::Report { "举报人" } else { "投诉人" };
    all.into_iter()
        .map(|(m, text)| {
            let mine = m.author == "office";
            Message { mine, who: if mine { "我们" } else { sender }, at: stamp(m.at), text }
        })
        .collect()
}

fn notices(all: Vec<(NoticeRow, String)>) -> Vec<Notice> {
    all.into_iter()
        .map(|(n, text)| Notice {
            title: NoticeKind::from_form(n.form).map_or("文书", NoticeKind::label),
            at: stamp(n.at),
            text,
        })
        .collect()
}
