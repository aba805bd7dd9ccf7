//! What a resident sees of a case: state and holder in plain words, the date with its derivation, timeline, messages.

use super::{
    afterwards::{After, after_box},
    recusal, trader,
    urge::{Urge, urge_box},
};
use crate::{
    app::App,
    casework::{
        EventKind, State, Verb,
        clocks::Basis,
        edge, flow,
        law::{Matter, Version, item},
        promise,
    },
    error::{Error, FieldError},
    kernel::{clock::china_date, words::CaseKind},
    notices::{NoticeKind, chinese_date},
    receipts::china_time,
    store::case::{self as rows, Case, ClockRow, Event},
    web::{ctx::Ctx, file, layout::Layout},
};
use askama::Template;
use uuid::Uuid;

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

/// One sentence on what a state means for the resident.
#[must_use]
pub const fn plain(kind: CaseKind, state: State) -> &'static str {
    match (kind, state) {
        (CaseKind::Complaint, State::Submitted) => {
            "我们收到了，主管部门正在看，会按期告诉您受不受理。"
        }
        (CaseKind::Report, State::Submitted) => "我们收到了，正在安排人核查。",
        (_, State::MaterialsRequested) => "还缺一些材料，要补什么、补到哪一天，写在下面的文书里。",
        (_, State::Accepted) => "已经受理，接下来组织您和商家调解，调解要双方都愿意。",
        (_, State::Mediating) => "正在调解，时间和方式写在下面的文书里。",
        (CaseKind::Complaint, State::Suspended) => {
            "调解暂时停下，等鉴定、检测或者回避的决定，之后接着调解。"
        }
        (_, State::Agreed) => "您和商家已经达成协议，协议写在下面的文书里。",
        (_, State::Refused) => "这件没有受理，理由和别的办法写在下面的文书里。",
        (_, State::Terminated) => "调解已经终止。原因和别的办法会写在终止调解决定书里告诉您。",
        (_, State::Verifying | State::Testing) => "正在核查。为了不打草惊蛇，过程不能一一告诉您。",
        (_, State::NoAuthority) => "这件不归我们管，该找哪个部门写在下面的文书里。",
        (_, State::Duplicate) => "您以前就同一件事举报过，已经办过或者正在办，这件不再另办。",
        (_, State::NotFiled) => "核查完了，依法没有立案。",
        (_, State::Filed | State::Investigating | State::Suspended) => {
            "已经立案，正在调查。为了不打草惊蛇，过程不能一一告诉您。"
        }
        (_, State::Decided) => "调查完了，已经作出处理决定。",
        (_, State::Withdrawn) => "您已经撤回，这件不再办理。",
        (CaseKind::Complaint, State::Closed) => {
            "这件已经办结。对结果不满意的，可以依法申请仲裁或者向法院起诉。"
        }
        (CaseKind::Report, State::Closed) => "这件已经办结，谢谢您的举报。",
    }
}

/// The same for a complaint in which the trader's offer was taken.
pub(super) const fn plain_settled(state: State) -> Option<&'static str> {
    match state {
        State::Withdrawn | State::Terminated | State::Closed => Some(
            "您和商家已经和解，这件投诉到此结束。商家没有做到的，请告诉我们，您也可以依法申请仲裁或者向法院起诉。",
        ),
        _ => None,
    }
}

/// The timeline in plain words: departments, never persons; `None` for what stays in the office.
#[must_use]
pub fn event_words(app: &App, case: &Case, e: &Event) -> Option<(String, String)> {
    let reference = app.reference();
    let (kind, received) = (case.kind, china_date(case.received_at));
    let department = || {
        let id = e
            .data
            .get("department")
            .and_then(|d| d.as_str())
            .and_then(|d| Uuid::parse_str(d).ok());
        reference.holder(id).to_owned()
    };
    let (title, text) = match e.kind {
        EventKind::Submitted => ("收到您的反映".to_owned(), String::new()),
        EventKind::Dispatched => {
            let reason = e.data.get("reason").and_then(|r| r.as_str()).unwrap_or("");
            let text = if e.actor == "system" {
                reason.to_owned()
            } else {
                String::new()
            };
            (format!("分给 {}", department()), text)
        }
        EventKind::Returned => (
            "退回受理岗重新分派".to_owned(),
            "部门认为不归它管，由受理岗改派，期限照算。".to_owned(),
        ),
        EventKind::Accepted => ("决定受理".to_owned(), "见受理决定书。".to_owned()),
        EventKind::Refused => (
            "决定不予受理".to_owned(),
            "理由和别的办法见决定书。".to_owned(),
        ),
        EventKind::Verifying => ("开始核查".to_owned(), String::new()),
        EventKind::Withdrawn | EventKind::Terminated if settled(e) => {
            ("双方和解，这件投诉结束".to_owned(), String::new())
        }
        EventKind::Withdrawn => ("您撤回了这件".to_owned(), String::new()),
        EventKind::Terminated if e.actor == "resident" => (
            "您撤回了投诉，终止调解".to_owned(),
            format!(
                "{}第一款{}。",
                Version::of(received).cite(Matter::Termination),
                item(1)
            ),
        ),
        EventKind::Terminated => ("终止调解".to_owned(), "原因和别的办法见决定书。".to_owned()),
        EventKind::MaterialsAsked => ("请您补充材料".to_owned(), "见通知书。".to_owned()),
        EventKind::MaterialsReceived => ("材料补齐了".to_owned(), String::new()),
        EventKind::MediationStarted => ("开始调解".to_owned(), "安排见通知书。".to_owned()),
        EventKind::Suspended if kind == CaseKind::Complaint => {
            ("调解中止".to_owned(), String::new())
        }
        EventKind::Suspended => ("暂时停下，等检测鉴定等结果".to_owned(), String::new()),
        EventKind::Resumed => ("继续办理".to_owned(), String::new()),
        EventKind::Agreed => ("双方达成协议".to_owned(), "见文书。".to_owned()),
        EventKind::NoAuthority => ("我们没有处理权限".to_owned(), "该找谁见告知书。".to_owned()),
        EventKind::Duplicate => ("同一件事已经举报过，不再另办".to_owned(), String::new()),
        EventKind::ExtensionGranted => ("经批准延长了期限".to_owned(), String::new()),
        EventKind::ExtensionRevoked => ("撤销了期限的延长".to_owned(), String::new()),
        EventKind::Filed => ("决定立案".to_owned(), String::new()),
        EventKind::NotFiled => ("决定不予立案".to_owned(), String::new()),
        EventKind::Investigating => ("开始调查".to_owned(), String::new()),
        EventKind::Decided => ("作出处理决定".to_owned(), String::new()),
        EventKind::Closed => ("办结".to_owned(), String::new()),
        EventKind::TerminationIssued
        | EventKind::TraderTold
        | EventKind::TraderInvited
        | EventKind::TraderUninvited
        | EventKind::TraderAnswered
        | EventKind::TraderSilent
        | EventKind::OfferAccepted
        | EventKind::OfferDeclined
        | EventKind::OfferLapsed => return trader::event_words(e),
        EventKind::RefusalAsked
        | EventKind::RefusalSentBack
        | EventKind::ExtensionAsked
        | EventKind::ExtensionDenied
        | EventKind::CoAdded
        | EventKind::CoDueSet
        | EventKind::CoRemoved
        | EventKind::CoDone
        | EventKind::Assigned => return None,
        EventKind::Asked => ("您留了言".to_owned(), String::new()),
        EventKind::Urged => ("您催办了一次".to_owned(), String::new()),
        EventKind::Rated => ("您作了评价".to_owned(), String::new()),
        EventKind::ReopenAsked => ("您申请重新办理".to_owned(), String::new()),
        EventKind::Reopened => (
            "同意重新办理".to_owned(),
            "理由见留言，期限重新起算。".to_owned(),
        ),
        EventKind::ReopenDeclined => ("没有同意重新办理".to_owned(), "理由见留言。".to_owned()),
        EventKind::Answered => ("工作人员回复了您".to_owned(), String::new()),
        EventKind::Told => ("告诉您处理情况".to_owned(), "见告知书。".to_owned()),
        EventKind::WithdrawalWished => (
            "您说希望撤回这件举报".to_owned(),
            "举报的是违法线索，办不办由部门依法决定。".to_owned(),
        ),
        EventKind::CarriedOn => ("部门决定继续办理".to_owned(), "理由见留言。".to_owned()),
        EventKind::Recomputed => ("放假安排公布，期限重新计算".to_owned(), String::new()),
    };
    Some((title, text))
}

/// Whether an end came by the complainant taking the trader's offer.
fn settled(e: &Event) -> bool {
    e.data.get("settled").and_then(serde_json::Value::as_bool) == Some(true)
}

struct DueWords {
    text: String,
    article: String,
    steps: Vec<String>,
    provisional: bool,
    late: String,
    tone: &'static str,
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
        state_label: case.state.label(),
        plain: trader::plain(case, side.as_ref())
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
        notices: flow::open_notices(app, notices)?
            .into_iter()
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
    })
}
