//! The case page: the story with its facts, the clocks with their derivation, what happened, what may be done now.

use super::{
    case_acts::{Act, Desk, Typed, acts},
    case_co::{self, CoLine},
    case_hints::{standing_hints, ties},
    case_history::{Clock, Message, Notice, TimelineEvent, clocks, messages, notices, timeline},
    case_line,
    case_office::{self, Office, office},
    evidence, filter, late, reopenings, stamp,
};
use crate::{
    app::App,
    audit::Deed,
    casework::{
        Side, State,
        deadline::three_years,
        flow::{self, Inside},
        law::Version,
        standing::Standing,
        telling::Duty,
    },
    error::{Error, FieldError},
    evidence::flow::{View, views},
    intake::check,
    kernel::{
        DepartmentId,
        access::{Act as Permission, Actor, Role},
        clock::china_date,
        words::{CaseKind, Channel},
    },
    notices::chinese_date,
    store::{
        calendar::{self, MoveRow},
        case::{self as rows, Case, ClockRow, Event, MessageRow, NoticeRow},
        co::{self as co_rows, CoRow},
        exchange,
        notices::{self as store_notices, DeliveryRow},
        reporter as requests,
        security::{self, AuditRow},
        traders::{self, Answered, Invitation},
    },
    traders::InvitationState,
    web::{ctx::Ctx, file::story_facts, layout::Layout, upload},
};
use askama::Template;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A labelled value.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
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
    back: String,
    back_label: &'static str,
    changed: Vec<TimelineEvent>,
    since: i32,
    errors: Vec<FieldError>,
    version: i32,
    facts: Vec<Fact>,
    contact: Vec<Fact>,
    contact_note: &'static str,
    sibling: String,
    sibling_href: String,
    reveal_href: String,
    trader: Option<TraderCard>,
    /// Where to ask who reported, and what the link says; empty for none.
    reporter_href: String,
    reporter_link: String,
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
    co: Vec<CoLine>,
    co_acts: Vec<Act>,
    assignee: String,
    beside: bool,
    office: Office,
    seldom_open: bool,
    ties: Vec<Fact>,
    /// The files, for the card of the page.
    files: Vec<evidence::FileLine>,
    /// Files can be put in by this person.
    adds: bool,
    accept: &'static str,
}

/// The trader's side of a complaint in a few words; its page holds the rest.
struct TraderCard {
    href: String,
    lines: Vec<(String, &'static str)>,
}

/// Everything the store keeps of a case for its page.
struct Kept {
    events: Vec<Event>,
    messages: Vec<MessageRow>,
    notices: Vec<NoticeRow>,
    deliveries: Vec<DeliveryRow>,
    clocks: Vec<ClockRow>,
    moves: Vec<MoveRow>,
    audit: Vec<AuditRow>,
    sibling: Option<(String, String, Option<Uuid>)>,
    standing: Standing,
    /// Requests to learn who reported that wait.
    asked: i64,
    duty: Option<&'static Duty>,
    invitations: Vec<Invitation>,
    answers: Vec<Answered>,
    co: Vec<CoRow>,
    /// When it went to the 12315 platform, its number there.
    platform: Option<(Option<OffsetDateTime>, Option<String>)>,
    files: Vec<View>,
}

async fn load(app: &App, case: &Case) -> Result<Kept, Error> {
    let mut conn = app.store.conn().await?;
    Ok(Kept {
        events: rows::events(&mut conn, case.id).await?,
        messages: rows::messages(&mut conn, case.id).await?,
        notices: rows::notices(&mut conn, case.id).await?,
        deliveries: store_notices::deliveries(&mut conn, case.id).await?,
        clocks: rows::clocks(&mut conn, case.id).await?,
        moves: calendar::moves_of_case(&mut conn, case.id).await?,
        audit: security::audit_of_case(&mut conn, case.id.0, Deed::RevealContact.code()).await?,
        sibling: rows::sibling(&mut conn, case).await?,
        invitations: traders::invitations(&mut conn, case.id).await?,
        answers: traders::answers(&mut conn, case.id).await?,
        standing: flow::stands(app, &mut conn, case).await?,
        asked: match case.kind {
            CaseKind::Report => requests::requests_waiting(&mut conn, case.id).await?,
            CaseKind::Complaint => 0,
        },
        co: co_rows::co_of_case(&mut conn, case.id).await?,
        platform: exchange::there(&mut conn, case.id.0).await?,
        files: views(app, &mut conn, case).await?,
        duty: match case.kind {
            CaseKind::Report => flow::told(app, &mut conn, case).await?,
            CaseKind::Complaint => None,
        },
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
    let mut kept = load(app, &case).await?;
    let inside = flow::inside(app, Some(actor), &case).await?;
    let (mut now, mut clocks) = clocks(&kept.clocks, &kept.moves, &reference, app.now());
    let side = flow::side_of(actor, &case);
    let beside = side == Side::Co;
    let results = flow::co_results(app, &kept.events)?;
    let co = case_co::lines(&kept.co, &results, &reference, app.today());
    if let Some(own) = case_co::own(actor, &kept.co, &reference, app.today()).filter(|_| beside) {
        // a co-handler's own day goes before the lead's clocks
        clocks.splice(0..0, now.replace(own));
    }
    let people = if beside {
        Vec::new()
    } else {
        flow::colleagues(app, &case).await?
    };
    // that there is another case is nothing to a department beside the lead
    let (sibling, sibling_href) = sibling(actor, kept.sibling.as_ref().filter(|_| !beside));
    let contact = contact(&inside);
    let may_reveal = actor.may(Permission::Reveal) && !contact.is_empty() && !beside;
    let may_ask = case.kind == CaseKind::Report
        && inside.named
        && actor.may(Permission::AskReporter)
        && !beside;
    let errors = typed.as_ref().map(|t| t.errors.clone()).unwrap_or_default();
    let version = Version::of(china_date(case.received_at));
    let mut waits = flow::requests(app, &case, &kept.standing)?;
    let talk = reopenings::talk(app, std::mem::take(&mut kept.messages), &mut waits)?;
    let office = office(app, actor, &case, case_office::Typed::default()).await?;
    let me = office.me;
    let (back, back_label) = filter::back(ctx, actor, &reference);
    // what happened since the page was read on which the step was typed
    let since = typed
        .as_ref()
        .filter(|_| !conflict.is_empty())
        .map(|t| t.since);
    let changed = since
        .filter(|since| *since > 0)
        .map_or_else(Vec::new, |since| {
            let new = kept.events.partition_point(|e| e.seq <= since);
            timeline(&kept.events[new..], &[], actor, version, &reference)
        });
    let desk = Desk {
        papers: office.papers,
        app,
        actor,
        case: &case,
        now: &kept.standing,
        waits: &waits,
        duty: kept.duty,
        co: &kept.co,
        people: &people,
    };
    let mut desk_hints = case_office::hints(&office);
    desk_hints.extend(late::hints(ctx, &case).await?);
    desk_hints.extend(standing_hints(&kept.standing, &waits, kept.duty));
    let (acts, seldom_open) = acts(&desk, typed.as_ref(), &|verb| office.allows(verb));
    // what was written for a step that somebody else made impossible is shown, so that it can be copied
    let orphan = typed
        .filter(|_| !acts.iter().any(|a| a.open))
        .map(|t| t.text)
        .unwrap_or_default();
    let (co_acts, acts) = acts.into_iter().partition(|a| case_co::in_card(a.verb));
    let wrong = if errors.is_empty() && conflict.is_empty() {
        ""
    } else {
        "错误："
    };
    Ok(CasePage {
        l: ctx.layout(format!("{wrong}{} {}", case.number, case.title), "cases"),
        kind_label: case.kind.label(),
        state_label: case.state.label(),
        done: done(ctx.param("done")),
        conflict: if conflict.is_empty() {
            String::new()
        } else {
            format!("{conflict}。您填写的内容还在。")
        },
        typed: orphan,
        back,
        back_label,
        changed,
        since: kept.events.last().map_or(0, |e| e.seq),
        version: case.version,
        facts: facts(app, &case, &inside, kept.platform.as_ref()),
        contact_note: match (case.kind, inside.named) {
            (CaseKind::Report, true) => "举报人身份保密，只能通过留言联系。",
            _ => "匿名，没有留联系方式，只能通过留言联系，对方凭查询码能看到。",
        },
        reporter_href: if may_ask {
            format!("/desk/cases/{}/reporter", case.number)
        } else {
            String::new()
        },
        reporter_link: if kept.asked > 0 {
            format!("查看举报人身份的申请：{} 个等待批准", kept.asked)
        } else {
            "必须知道举报人是谁的，申请查看（要另一个人批准，会留痕）".to_owned()
        },
        reveal_href: if may_reveal {
            format!("/desk/cases/{}/reveal", case.number)
        } else {
            String::new()
        },
        trader: trader_card(&case, &kept, app.today()).filter(|_| !beside),
        contact,
        sibling,
        sibling_href,
        danger: case_line::danger(case.urgent.as_deref(), case.injury),
        hints: hints(&case, &inside, &desk_hints, app.today(), news(&kept)),
        dispatch_text: format!("主办：{}", reference.holder(case.department)),
        assignee: case_co::assignee(&case, &people),
        co,
        co_acts,
        beside,
        dispatch_why: dispatch_why(&case),
        events: timeline(&kept.events, &kept.audit, actor, version, &reference),
        // what a reporter writes stays with the lead
        messages: if beside && case.kind == CaseKind::Report {
            Vec::new()
        } else {
            messages(talk, case.kind)
        },
        notices: notices(flow::open_notices(app, kept.notices)?, &kept.deliveries),
        now,
        clocks,
        acts,
        office,
        seldom_open,
        adds: !beside && !me,
        accept: upload::ACCEPT,
        // who is kept from the case sees no proof of it
        files: if me {
            Vec::new()
        } else {
            evidence::lines(&case.number, kept.files)
        },
        ties: if beside {
            Vec::new()
        } else {
            ties(&kept.events)
        },
        errors,
        title: case.title,
        story: case.redacted,
        number: case.number,
    })
}

/// The page again, with what was not taken.
pub(super) fn with_errors(page: &mut CasePage, errors: Vec<FieldError>) {
    page.l.title = format!("错误：{}", page.l.title);
    page.errors = errors;
}

/// The page again, with a form of the office's own part that was not carried out.
pub(super) async fn with_office(
    ctx: &Ctx,
    page: &mut CasePage,
    typed: case_office::Typed,
    errors: Vec<FieldError>,
) -> Result<(), Error> {
    let actor = &ctx.signed_in()?.actor;
    let case = flow::open(&ctx.app, actor, &page.number).await?;
    page.office = office(&ctx.app, actor, &case, typed).await?;
    if !errors.is_empty() {
        with_errors(page, errors);
    }
    Ok(())
}

/// What came from the trader and nobody has marked as seen.
fn news(kept: &Kept) -> i32 {
    kept.invitations.iter().map(|i| i.news).sum()
}

fn trader_card(case: &Case, kept: &Kept, today: Date) -> Option<TraderCard> {
    let now = &kept.standing;
    let mut lines = Vec::new();
    if let Some(i) = kept.invitations.first() {
        let answer = kept.answers.iter().find(|a| a.invitation == i.id);
        let waits = i.state == InvitationState::Open && i.due >= today;
        lines.push(match (i.state, answer) {
            (_, Some(a)) => (format!("经营者已经答复，{}。", a.offer), ""),
            (InvitationState::Revoked, _) => ("邀请已经撤回。".to_owned(), ""),
            (InvitationState::Open, _)
                if !case.state.is_open() || case.state == State::Terminated =>
            {
                ("案件已经结束，不再等经营者答复。".to_owned(), "")
            }
            _ if waits => {
                let tone = if i.due == today { "soon" } else { "" };
                (format!("请经营者在 {} 前答复。", chinese_date(i.due)), tone)
            }
            _ => ("经营者没有按时答复。".to_owned(), "soon"),
        });
    }
    if case.state == State::Terminated && now.owed.is_none() {
        lines.push(if now.trader_told {
            ("终止调解决定书已经告知经营者。".to_owned(), "")
        } else {
            let words = "终止调解决定书还没有告知经营者，告知并记录后才能办结。";
            (words.to_owned(), "soon")
        });
    }
    (case.kind == CaseKind::Complaint).then(|| TraderCard {
        href: format!("/desk/cases/{}/trader", case.number),
        lines,
    })
}

/// What was just done.
fn done(code: &str) -> String {
    match (
        case_office::done(code),
        crate::casework::Verb::from_code(code),
    ) {
        _ if code == "evidence" => "已收进案卷，副本正在制作。".to_owned(),
        (Some(words), _) => format!("{words}。"),
        (None, Some(verb)) => format!("已办：{verb}。"),
        (None, None) => String::new(),
    }
}

fn facts(
    app: &App,
    case: &Case,
    inside: &Inside,
    platform: Option<&(Option<OffsetDateTime>, Option<String>)>,
) -> Vec<Fact> {
    let channel = Channel::from_code(&case.channel).map_or("", Channel::label);
    let mut out = vec![Fact {
        label: "收到",
        value: format!("{} · {channel}", stamp(case.received_at)),
    }];
    if let Some((sent, number)) = platform {
        let number = number.clone().map(|n| ("12315 编号", n));
        let sent = sent.map(|at| ("已报送 12315", stamp(at)));
        let known = number.or(sent);
        out.extend(known.map(|(label, value)| Fact { label, value }));
    }
    let mut story = inside.story.clone();
    if case.kind == CaseKind::Report {
        // answers that belong to the complaint of a mixed submission
        for name in ["demands", "publish", "entrust"] {
            story.facts.set(name, "");
        }
    }
    out.extend(
        story_facts(app, &story)
            .into_iter()
            .map(|(label, value)| Fact { label, value }),
    );
    out
}

fn contact(inside: &Inside) -> Vec<Fact> {
    let Some((name, phone, address)) = inside.masked.clone() else {
        return Vec::new();
    };
    [("姓名", name), ("电话", phone), ("地址", address)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| Fact { label, value })
        .collect()
}

/// The other case of a mixed submission: a link for who may see it, its existence for everybody else.
fn sibling(actor: &Actor, other: Option<&(String, String, Option<Uuid>)>) -> (String, String) {
    let Some((number, kind, department)) = other else {
        return (String::new(), String::new());
    };
    let kind = CaseKind::from_code(kind).map_or("", CaseKind::label);
    // the two numbers side by side would name an anonymous reporter: intake alone connects them
    if actor.role == Role::Intake && actor.sees(department.map(DepartmentId)) {
        (
            format!("同一次提交的{kind}：{number}"),
            format!("/desk/cases/{number}"),
        )
    } else {
        (
            format!("同一次提交还有一件{kind}，单独办理。"),
            String::new(),
        )
    }
}

/// Flags for the person who decides; never reasons by themselves (C-08, C-09).
fn hints(case: &Case, inside: &Inside, more: &[String], today: Date, news: i32) -> Vec<String> {
    let mut out = more.to_vec();
    // as people write it: the form takes more than ISO
    let happened = check::date(inside.story.facts.get("happened_on"));
    if case.kind == CaseKind::Complaint
        && let Some(last) = happened
            .map(three_years)
            .filter(|last| *last < china_date(case.received_at))
    {
        out.push(format!(
            "争议发生已超过三年（到 {} 止），请核实他何时知道权益受损。",
            chinese_date(last)
        ));
    }
    if case.unread > news {
        out.push(format!("有 {} 条留言等着回复。", case.unread - news));
    }
    if news > 0 {
        out.push("经营者一侧有新情况，请到“经营者”页面看。".to_owned());
    }
    match case.returns {
        0 => {}
        1 => out.push("已被部门退回 1 次。".to_owned()),
        n => out.push(format!(
            "已被部门退回 {n} 次，请主管协调定下由谁办，不要再退。"
        )),
    }
    if case.next_due.is_some_and(|due| due < today) {
        out.push("内部期限已过，请马上办理并报告主管。".to_owned());
    }
    out
}

fn dispatch_why(case: &Case) -> Vec<String> {
    Some(case.dispatch_reason.clone())
        .filter(|r| !r.is_empty())
        .into_iter()
        .collect()
}
