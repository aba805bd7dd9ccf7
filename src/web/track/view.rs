//! What a resident sees of a case: state and holder in plain words, the date with its derivation, timeline, messages.

use super::{
    afterwards::{After, after_box},
    files::{self, Proof},
    recusal, trader,
    urge::{Urge, urge_box},
    words::{ended_settled, event_words, label_settled, plain, plain_settled},
};
use crate::{
    app::App,
    casework::{EventKind, Verb, clocks::Basis, edge, flow, promise},
    error::{Error, FieldError},
    kernel::{clock::china_date, words::CaseKind},
    notices::{NoticeKind, chinese_date},
    receipts::china_time,
    store::case::{self as rows, Case, ClockRow, Event, NoticeRow},
    web::{ctx::Ctx, file, layout::Layout, upload::Field},
};
use askama::Template;

/// A line of the timeline.
pub struct TimelineEvent {
    at: String,
    title: String,
    text: String,
    later: bool,
}

/// A message.
pub struct Message {
    mine: bool,
    who: &'static str,
    at: String,
    text: String,
}

/// A labelled value.
pub struct Fact {
    label: &'static str,
    value: String,
}

/// A notice to read.
pub struct NoticeText {
    id: String,
    title: &'static str,
    at: String,
    text: String,
}

#[derive(Template)]
#[template(path = "public/case.html")]
pub(super) struct CasePage {
    l: Layout,
    number: String,
    kind_label: &'static str,
    state_label: &'static str,
    plain: String,
    tone: &'static str,
    department: String,
    department_contact: String,
    received_text: String,
    due_text: String,
    article: String,
    clock_steps: Vec<String>,
    provisional: bool,
    late_text: String,
    urge: Option<Urge>,
    urged: bool,
    pub(super) after: Option<After>,
    /// What was just said of the end.
    said: &'static str,
    events: Vec<TimelineEvent>,
    messages: Vec<Message>,
    can_write: bool,
    text: String,
    text_error: String,
    errors: Vec<FieldError>,
    written: bool,
    facts: Vec<Fact>,
    story: String,
    notices: Vec<NoticeText>,
    side: Option<trader::Side>,
    withdraw: Option<Withdrawal>,
    withdraw_waits: &'static str,
    can_recuse: bool,
    recusal_waits: bool,
    pub(super) recusal: String,
    recusal_error: String,
    /// What the resident handed in.
    proofs: Vec<Proof>,
    /// How many files were just added.
    pub(super) added: usize,
    pub(super) upload: Field,
}

/// The form by which a resident takes a case back.
pub struct Withdrawal {
    label: &'static str,
    note: &'static str,
    tick: &'static str,
    button: &'static str,
    danger: bool,
    error: String,
}

/// What taking back means now, `None` when it cannot be done, or was wished already and nobody has answered.
fn withdrawal(case: &Case, events: &[Event], error: String) -> Option<Withdrawal> {
    let row = edge(case.kind, case.state, Verb::Withdraw)?;
    let said = |e: &&Event| matches!(e.kind, EventKind::WithdrawalWished | EventKind::CarriedOn);
    let last = events.iter().rev().find(said);
    if last.is_some_and(|e| e.kind == EventKind::WithdrawalWished) {
        return None;
    }
    Some(match row.event {
        EventKind::WithdrawalWished => Withdrawal {
            label: "希望撤回这件举报",
            note: "举报反映的是违法线索，撤不撤回都由部门依法决定办不办。您的意愿会记下来，承办部门会看到，决定会在这里告诉您。您的身份照样保密。",
            tick: "我希望撤回这件举报",
            button: "提交我的意愿",
            danger: false,
            error,
        },
        event => Withdrawal {
            label: "撤回这一件",
            note: if event == EventKind::Terminated {
                "已经受理的投诉，撤回后调解随即终止，以后就同一件事再投诉，可能不再受理。"
            } else {
                "撤回后我们不再办理。问题还没解决的话，不用撤回。"
            },
            tick: "我确定要撤回，撤回后不能恢复",
            button: "撤回",
            danger: true,
            error,
        },
    })
}

struct DueWords {
    text: String,
    article: String,
    steps: Vec<String>,
    provisional: bool,
    late: String,
    tone: &'static str,
}

/// What is written between authorities is nobody's on /track.
fn for_resident(mut all: Vec<NoticeRow>) -> Vec<NoticeRow> {
    all.retain(|n| !NoticeKind::from_form(n.form).is_some_and(NoticeKind::is_internal));
    all
}

/// The running clock in words.
fn due_words(app: &App, clocks: &[ClockRow]) -> DueWords {
    let none = DueWords {
        text: String::new(),
        article: String::new(),
        steps: Vec::new(),
        provisional: false,
        late: String::new(),
        tone: "",
    };
    let Some((clock, rule)) = flow::promised(clocks) else {
        return none;
    };
    let basis = Basis::read(clock.basis.as_deref());
    let due = basis.due(clock.started_on, rule.term, &app.reference().calendar);
    if let Some(since) = basis.paused {
        return DueWords {
            text: format!("{} 起暂停计算期限，恢复后接着算", chinese_date(since)),
            article: rule.article.to_owned(),
            ..none
        };
    }
    let today = app.today();
    let late = today > clock.citizen_due;
    DueWords {
        text: format!(
            "最迟 {} {}",
            chinese_date(clock.citizen_due),
            promise(rule.clock)
        ),
        article: rule.article.to_owned(),
        steps: due.steps.into_iter().map(|s| s.text).collect(),
        provisional: clock.provisional,
        late: if late {
            "已经过了这个日期，这是我们的问题，不用您做什么，期限也不会因此重算。您可以催办，也可以拨打 12315 或 12345 反映。"
                .into()
        } else {
            String::new()
        },
        tone: if late { "late" } else { "" },
    }
}

pub(super) async fn case_page(
    ctx: &Ctx,
    case: &Case,
    text: String,
    errors: Vec<FieldError>,
) -> Result<CasePage, Error> {
    let app = &ctx.app;
    let (events, messages, notices, clocks) = {
        let mut conn = app.store.conn().await?;
        (
            rows::events(&mut conn, case.id).await?,
            rows::messages(&mut conn, case.id).await?,
            rows::notices(&mut conn, case.id).await?,
            rows::clocks(&mut conn, case.id).await?,
        )
    };
    let inside = flow::inside(app, None, case).await?;
    let side = match case.kind {
        CaseKind::Complaint => trader::side(app, case).await?,
        CaseKind::Report => None,
    };
    let reference = app.reference();
    let due = due_words(app, &clocks);
    let department = reference.department(case.department);
    let message_of = |field: &str| {
        errors
            .iter()
            .find(|e| e.field == field)
            .map(|e| e.message.clone())
            .unwrap_or_default()
    };
    let (text_error, confirm_error) = (message_of("text"), message_of("confirm"));
    let recusal_error = message_of("recusal");
    let withdraw = withdrawal(case, &events, confirm_error);
    let withdraw_waits = if withdraw.is_some() {
        flow::withdrawal_waits(app, case).await?.unwrap_or("")
    } else {
        ""
    };
    let can_recuse = recusal::offered(case);
    let recusal_waits = can_recuse && flow::recusal_waits(app, case).await?;
    let settled = ended_settled(&events)
        .then(|| plain_settled(case.state))
        .flatten();
    let closed_tone = if case.state.is_open() { "" } else { "done" };
    Ok(CasePage {
        l: ctx.layout(
            if errors.is_empty() {
                "查进度"
            } else {
                "错误：查进度"
            },
            "track",
        ),
        number: case.number.clone(),
        kind_label: case.kind.label(),
        state_label: settled
            .and_then(|_| label_settled(case.state))
            .unwrap_or_else(|| case.state.label()),
        plain: settled
            .unwrap_or_else(|| plain(case.kind, case.state))
            .to_owned(),
        side,
        tone: if due.tone.is_empty() {
            closed_tone
        } else {
            due.tone
        },
        department: reference.holder(case.department).to_owned(),
        department_contact: department
            .map(|d| format!("电话 {}", d.phone))
            .unwrap_or_default(),
        received_text: china_time(case.received_at),
        due_text: due.text,
        article: due.article,
        clock_steps: due.steps,
        provisional: due.provisional,
        urge: urge_box(ctx, case, !due.late.is_empty()).await?,
        urged: ctx.param("urged") == "1",
        after: after_box(ctx, case, &errors).await?,
        said: match (ctx.param("rated"), ctx.param("reopen")) {
            ("1", _) => "您的评价已经记下，谢谢。",
            (_, "1") => "您的申请已经送到，会有人答复您。",
            _ => "",
        },
        late_text: due.late,
        events: events
            .iter()
            .filter_map(|e| {
                let (title, text) = event_words(app, case, e)?;
                Some(TimelineEvent {
                    at: china_time(e.at),
                    title,
                    text,
                    later: false,
                })
            })
            .collect(),
        messages: flow::open_messages(app, messages)?
            .into_iter()
            .map(|(m, text)| {
                let mine = m.author == "resident";
                Message {
                    mine,
                    who: if mine { "我" } else { "工作人员" },
                    at: china_time(m.at),
                    text,
                }
            })
            .collect(),
        can_write: true,
        text_error,
        text,
        written: ctx.param("written") == "1",
        errors,
        facts: file::story_facts(app, &inside.story)
            .into_iter()
            .map(|(label, value)| Fact { label, value })
            .collect(),
        story: inside.story.text,
        // the letter of the last step stands first, and open
        notices: flow::open_notices(app, for_resident(notices))?
            .into_iter()
            .rev()
            .map(|(n, text)| NoticeText {
                id: n.id.simple().to_string(),
                title: NoticeKind::from_form(n.form).map_or("文书", NoticeKind::label),
                at: chinese_date(china_date(n.at)),
                text,
            })
            .collect(),
        withdraw,
        withdraw_waits,
        can_recuse: can_recuse && !recusal_waits,
        recusal_waits,
        recusal: String::new(),
        recusal_error,
        proofs: files::proofs(app, case).await?,
        added: ctx.param("added").parse().unwrap_or(0),
        upload: files::field(ctx, case, Vec::new()).await?,
    })
}
