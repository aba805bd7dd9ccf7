//! The right side and the history of the case page: clocks with their derivation, what happened, messages, notices.

use super::{stamp, tone};
use crate::{
    audit::Deed,
    casework::{
        AgreementForm, CallBackResult, EventKind, Ground, NotFiledGround, Outcome, SuspendReason,
        TerminationGround,
        afterwards::Rating,
        clocks::Basis,
        deadline::{ClockKind, Term, remaining, rule_by_id},
        flow,
        law::Version,
    },
    kernel::{
        access::{Actor, Role},
        clock::china_date,
        words::{CaseKind, Delivery},
    },
    notices::{NoticeKind, chinese_date},
    reference::Reference,
    store::{
        calendar::MoveRow,
        case::{ClockRow, Event, MessageRow, NoticeRow},
        notices::DeliveryRow,
        security::AuditRow,
    },
    traders::Way,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// One thing that happened.
pub(super) struct TimelineEvent {
    pub(super) at: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) who: String,
}

/// A message, ours or the resident's.
pub(super) struct Message {
    pub(super) mine: bool,
    pub(super) who: &'static str,
    pub(super) at: String,
    pub(super) text: String,
}

/// A notice that went out.
pub(super) struct Notice {
    pub(super) id: String,
    pub(super) title: &'static str,
    pub(super) at: String,
    pub(super) text: String,
    pub(super) ways: Vec<WayLine>,
}

/// By which way a notice was given, and the proof.
pub(super) struct WayLine {
    pub(super) text: String,
    pub(super) late: bool,
}

/// A clock with the derivation of its date.
pub(super) struct Clock {
    pub(super) label: &'static str,
    pub(super) due_text: String,
    pub(super) left_text: String,
    pub(super) article: &'static str,
    pub(super) tone: &'static str,
    pub(super) why: Vec<String>,
    pub(super) provisional: bool,
    pub(super) stopped: bool,
}

/// The clock that runs, then the other ones. Each shows how its date came about.
pub(super) fn clocks(
    all: &[ClockRow],
    moves: &[MoveRow],
    reference: &Reference,
    now: OffsetDateTime,
) -> (Option<Clock>, Vec<Clock>) {
    let (mut running, stopped): (Vec<_>, Vec<_>) = all.iter().partition(|c| c.stopped_at.is_none());
    running.sort_by_key(|c| c.agency_due);
    let mut views = running.into_iter().map(|c| clock(c, moves, reference, now));
    let first = views.next();
    let rest: Vec<_> = views.collect();
    (
        first,
        rest.into_iter()
            .chain(stopped.into_iter().map(|c| clock(c, moves, reference, now)))
            .collect(),
    )
}

/// How much is left of a term of hours, `None` for every other one.
fn hours_left(basis: &Basis, term: Term, now: OffsetDateTime) -> Option<(String, &'static str)> {
    let (Some(at), Term::Hours(hours)) = (basis.at, term) else {
        return None;
    };
    let left = at + Duration::hours(i64::from(hours)) - now;
    let late = -left;
    Some(if left.is_negative() {
        // hours are of no use to who is late by days
        let words = match (late.whole_days(), late.whole_hours()) {
            (0..3, hours) => format!("逾期 {} 小时", hours.max(1)),
            (days, _) => format!("逾期 {days} 天"),
        };
        (words, "late")
    } else {
        (format!("还剩 {} 小时", left.whole_hours()), "soon")
    })
}

fn clock(row: &ClockRow, moves: &[MoveRow], reference: &Reference, now: OffsetDateTime) -> Clock {
    let today = china_date(now);
    let calendar = &reference.calendar;
    let rule = rule_by_id(&row.rule);
    let due_text = if row.citizen_due == row.agency_due {
        format!("最迟 {}", chinese_date(row.agency_due))
    } else {
        format!(
            "内部 {}，对外最迟 {}",
            chinese_date(row.agency_due),
            chinese_date(row.citizen_due)
        )
    };
    let basis = Basis::read(row.basis.as_deref());
    let computed = rule.map(|r| basis.due(row.started_on, r.term, calendar));
    let mut why = match &computed {
        Some(due) if due.agency == row.agency_due => {
            due.steps.iter().map(|s| s.text.clone()).collect()
        }
        _ => vec!["按当时的放假安排计算。".to_owned()],
    };
    why.extend(moves.iter().filter(|m| m.clock == row.clock).map(|m| {
        format!(
            "放假安排公布后重算：{} 改为 {}",
            chinese_date(m.old_agency),
            chinese_date(m.new_agency)
        )
    }));
    let (left_text, colour) = match (row.stopped_at, rule) {
        (Some(at), _) => {
            let day = china_date(at);
            let late = day > row.agency_due;
            let words = if late { "逾期办结" } else { "按期办结" };
            (
                format!("{words}（{}）", chinese_date(day)),
                if late { "late" } else { "done" },
            )
        }
        (None, _) if basis.paused.is_some() => {
            let since = basis.paused.map_or_else(String::new, chinese_date);
            (format!("{since}起暂停计算"), "")
        }
        (None, Some(rule)) => hours_left(&basis, rule.term, now).unwrap_or_else(|| {
            let left = remaining(today, row.agency_due, rule.term.unit(), calendar);
            (
                left.to_string(),
                tone(left, today, row.agency_due, calendar),
            )
        }),
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
pub(super) fn timeline(
    events: &[Event],
    audit: &[AuditRow],
    actor: &Actor,
    version: Version,
    reference: &Reference,
) -> Vec<TimelineEvent> {
    let mut all: Vec<(OffsetDateTime, TimelineEvent)> = events
        .iter()
        .map(|e| {
            let who = match e.actor.as_str() {
                "staff" => e.staff_name.clone().unwrap_or_default(),
                "resident" => "居民".to_owned(),
                "trader" => "经营者".to_owned(),
                _ => "系统".to_owned(),
            };
            let line = TimelineEvent {
                at: stamp(e.at),
                title: e.kind.label().to_owned(),
                text: event_text(e, version, reference),
                who,
            };
            (e.at, line)
        })
        .collect();
    let looked = audit
        .iter()
        .filter(|a| actor.role == Role::Supervisor && a.act == Deed::RevealContact.code());
    all.extend(looked.map(|a| {
        let who = a.staff_name.clone().unwrap_or_default();
        let title = "查看了完整联系方式".to_owned();
        (
            a.at,
            TimelineEvent {
                at: stamp(a.at),
                title,
                text: String::new(),
                who,
            },
        )
    }));
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}

fn event_text(e: &Event, version: Version, reference: &Reference) -> String {
    let get = |name: &str| e.data.get(name).and_then(|v| v.as_str()).unwrap_or("");
    let department = |name: &str| reference.holder(Uuid::parse_str(get(name)).ok());
    match e.kind {
        EventKind::Dispatched => format!("{}。{}", department("department"), get("reason")),
        EventKind::Returned => format!("{}：{}", department("from"), get("reason")),
        EventKind::Refused | EventKind::RefusalAsked => Ground::from_code(get("ground"))
            .map_or("", |g| g.words(version))
            .to_owned(),
        EventKind::MaterialsAsked => format!("最迟 {}", get("due")),
        EventKind::Suspended => SuspendReason::from_code(get("reason"))
            .map_or("", SuspendReason::label)
            .to_owned(),
        EventKind::Agreed => AgreementForm::from_code(get("form"))
            .map_or("", AgreementForm::label)
            .to_owned(),
        EventKind::Terminated => TerminationGround::from_code(get("ground"))
            .map_or("", |g| g.words(version))
            .to_owned(),
        EventKind::NotFiled => with_note(
            NotFiledGround::from_code(get("ground")).map_or("", NotFiledGround::label),
            get("note"),
        ),
        EventKind::Decided => with_note(
            Outcome::from_code(get("outcome")).map_or("", Outcome::label),
            get("note"),
        ),
        EventKind::Duplicate => format!("先前的举报：{}", get("earlier")),
        EventKind::Merged => format!("并入 {}", get("lead")),
        EventKind::MergedIn => format!("{}，核查期限从 {} 重新计算", get("from"), get("received")),
        EventKind::Transferred => get("authority").to_owned(),
        EventKind::TransferReceived => with_note(get("on"), get("note")),
        EventKind::DisputeRaised => format!("和{}：{}", get("with"), get("reason")),
        EventKind::DisputeSettled => with_note(
            flow::Settlement::from_code(get("result")).map_or("", flow::Settlement::label),
            get("reason"),
        ),
        EventKind::Entrusted => get("body").to_owned(),
        EventKind::ClueFound => get("report").to_owned(),
        EventKind::CalledBack => with_note(
            CallBackResult::from_code(get("result")).map_or("", CallBackResult::label),
            get("note"),
        ),
        EventKind::AssistAsked => format!("{}：{}", get("by"), get("reason")),
        EventKind::ExtensionAsked => format!("{}。{}", term(e), get("reason")),
        EventKind::ExtensionGranted => term(e),
        EventKind::RefusalSentBack
        | EventKind::ExtensionDenied
        | EventKind::ExtensionRevoked
        | EventKind::TransferDenied
        | EventKind::TransferReturned
        | EventKind::DisputeReferred
        | EventKind::CrimeDenied
        | EventKind::CrimeSent
        | EventKind::PoliceAccepted
        | EventKind::PoliceRefused
        | EventKind::CrimeReviewAsked
        | EventKind::ReviewRefused
        | EventKind::CrimeSupervised
        | EventKind::CrimeGoods
        | EventKind::CrimeEnded
        | EventKind::Assisted
        | EventKind::HotlineReplied => get("reason").to_owned(),
        EventKind::Closed => get("note").to_owned(),
        EventKind::Rated => Rating::of(&e.data).words(),
        EventKind::ReopenAsked => format!("最迟 {} 答复，理由见留言", get("reply_by")),
        EventKind::Reopened | EventKind::ReopenDeclined => "理由见留言".to_owned(),
        EventKind::TraderTold => {
            let form = e.data.get("form").and_then(serde_json::Value::as_i64);
            let kind = form.and_then(|f| NoticeKind::from_form(i32::try_from(f).ok()?));
            let way = Way::from_code(get("way")).map_or("", Way::label);
            format!(
                "{}，{way}，{}",
                kind.map_or("文书", NoticeKind::label),
                get("on")
            )
        }
        EventKind::TraderInvited => format!("最迟 {}", get("due")),
        EventKind::Withdrawn
            if e.data.get("settled").and_then(serde_json::Value::as_bool) == Some(true) =>
        {
            "双方自行和解".to_owned()
        }
        EventKind::CoAdded | EventKind::CoDueSet => match get("due") {
            "" => format!("{}：{}", department("department"), get("reason")),
            day => format!("{}，{day} 前：{}", department("department"), get("reason")),
        },
        EventKind::CoRemoved => format!("{}：{}", department("department"), get("reason")),
        EventKind::CoDone => department("department").to_owned(),
        _ => String::new(),
    }
}

fn with_note(what: &str, note: &str) -> String {
    format!("{what}。{note}")
}

/// The length of an extension.
fn term(e: &Event) -> String {
    let term = e.data.get("term").cloned().unwrap_or_default();
    serde_json::from_value::<Term>(term).map_or_else(|_| String::new(), |t| t.to_string())
}

pub(super) fn messages(all: Vec<(MessageRow, String)>, kind: CaseKind) -> Vec<Message> {
    let sender = if kind == CaseKind::Report {
        "举报人"
    } else {
        "投诉人"
    };
    all.into_iter()
        .map(|(m, text)| {
            let mine = m.author == "office";
            Message {
                mine,
                who: if mine { "我们" } else { sender },
                at: stamp(m.at),
                text,
            }
        })
        .collect()
}

fn way_line(d: &DeliveryRow) -> WayLine {
    let hash: String = crate::receipts::hex(&d.content_hash)
        .chars()
        .take(16)
        .collect();
    let answer = match (d.state, &*d.detail) {
        (_, "") => String::new(),
        (Delivery::Failed, why) => format!("：{why}"),
        (_, answer) => format!(" · 对方应答 {answer}"),
    };
    WayLine {
        text: format!(
            "{} {} {} · 内容指纹 {hash}{answer}",
            d.way.label(),
            stamp(d.at),
            d.state.label(),
        ),
        late: d.state == Delivery::Failed,
    }
}

pub(super) fn notices(all: Vec<(NoticeRow, String)>, deliveries: &[DeliveryRow]) -> Vec<Notice> {
    all.into_iter()
        .map(|(n, text)| Notice {
            id: n.id.simple().to_string(),
            ways: deliveries
                .iter()
                .filter(|d| d.notice == n.id)
                .map(way_line)
                .collect(),
            title: NoticeKind::from_form(n.form).map_or("文书", NoticeKind::label),
            at: stamp(n.at),
            text,
        })
        .collect()
}
