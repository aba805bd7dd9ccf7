//! The steps that a person may take on a case now, each with what it will send to whom.

use super::{
    case_away, case_beside, case_co, case_more,
    case_verbs::{ORDER, SELDOM, fields, further, permission},
    message,
};
use crate::{
    app::App,
    casework::{
        Ground, Proposal, Verb,
        deadline::{ClockKind, rule_for},
        flow::{self, MESSAGE_MAX, Request},
        law::{Matter, Version},
        next,
        standing::Standing,
        telling::{Duty, handover_duty},
    },
    error::FieldError,
    kernel::{
        access::Actor,
        clock::china_date,
        words::{CaseKind, Channel},
    },
    notices::{self, EXPLANATION_MAX, NoticeKind, chinese_date, out},
    reference::Reference,
    store::{case::Case, co::CoRow},
    web::file::Choice,
};
use uuid::Uuid;

/// What a form sent that was not carried out (yet).
pub(super) struct Typed {
    /// Which step.
    pub(super) verb: Verb,
    /// The code chosen.
    pub(super) choice: String,
    /// The text written.
    pub(super) text: String,
    /// The day typed.
    pub(super) date: String,
    /// The money written.
    pub(super) amount: String,
    /// The last event that the page showed on which it was typed, 0: unknown.
    pub(super) since: i32,
    /// The further fields, by name.
    pub(super) extras: Vec<(&'static str, String)>,
    /// What is wrong with it.
    pub(super) errors: Vec<FieldError>,
}

impl Typed {
    /// What a further field holds.
    fn extra(&self, name: &str) -> String {
        let found = self.extras.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// A piece of a notice: fixed text, or what a field holds.
pub(super) struct Part {
    pub(super) text: String,
    pub(super) mirror: &'static str,
}

/// A further paper that a step makes beside the one for the resident.
pub(super) struct Paper {
    pub(super) title: &'static str,
    pub(super) to: &'static str,
    pub(super) parts: Vec<Part>,
}

/// Whose copy the trader's is: how it is told stands on its own page.
pub(super) const TRADER: &str = "经营者（怎样告知，在“经营者”页面登记）";

/// The name of the field for money.
pub(super) const AMOUNT: &str = "recovered";

/// One step, as the template draws it.
#[derive(Default)]
pub(super) struct Act {
    pub(super) verb: &'static str,
    pub(super) action: String,
    pub(super) label: &'static str,
    pub(super) explain: &'static str,
    /// What another person asked for, in words.
    pub(super) detail: String,
    pub(super) article: String,
    pub(super) to: &'static str,
    pub(super) button: &'static str,
    pub(super) first: bool,
    pub(super) danger: bool,
    pub(super) open: bool,
    /// The first of the seldom steps, and the last: they stand in a group.
    pub(super) opens_group: bool,
    pub(super) closes_group: bool,
    pub(super) choices_name: &'static str,
    pub(super) choices_label: &'static str,
    pub(super) choices: Vec<Choice>,
    pub(super) choices_error: String,
    pub(super) list: bool,
    /// Name of a field for a day, "" for none.
    pub(super) date_name: &'static str,
    pub(super) date_label: &'static str,
    pub(super) date_hint: String,
    pub(super) date: String,
    pub(super) date_error: String,
    pub(super) extras: Vec<Extra>,
    pub(super) text_name: &'static str,
    pub(super) text_label: &'static str,
    pub(super) text_hint: &'static str,
    pub(super) text: String,
    pub(super) text_error: String,
    pub(super) text_max: usize,
    pub(super) text_opt: bool,
    /// Money that the step may name, in yuan: "" for a step that does not ask.
    pub(super) amount_label: &'static str,
    pub(super) amount: String,
    pub(super) amount_error: String,
    pub(super) notice_title: &'static str,
    pub(super) notice: Vec<Part>,
    /// The further papers: the trader's copy, the letter to another authority.
    pub(super) more: Vec<Paper>,
}

/// A further field as the template draws it.
pub(super) struct Extra {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) value: String,
    pub(super) error: String,
}

/// The name of a step's field for a day, "" for none.
pub(super) const fn date_field(verb: Verb) -> &'static str {
    match verb {
        Verb::CoAdd => "co_due",
        Verb::CoDue => "co_new_due",
        _ => "",
    }
}

/// What the steps of a case are drawn from.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) actor: &'a Actor,
    pub(super) case: &'a Case,
    pub(super) now: &'a Standing,
    /// What waits for a second person.
    pub(super) waits: &'a [(Proposal, Request)],
    /// The duty to tell the reporter.
    pub(super) duty: Option<&'static Duty>,
    /// Its co-handlers.
    pub(super) co: &'a [CoRow],
    /// Who of the department can handle it: id and name.
    pub(super) people: &'a [(Uuid, String)],
    /// The paper of an agent or of joint complainants that nobody has shown; empty for none (C-04, C-05).
    pub(super) papers: &'static str,
}

impl Desk<'_> {
    /// The version of the rule that the case lives under (N-06).
    pub(super) fn version(&self) -> Version {
        Version::of(china_date(self.case.received_at))
    }

    /// An article of that version as it is cited.
    pub(super) fn cite(&self, matter: Matter) -> String {
        self.version().cite(matter)
    }
}

/// The steps allowed now, with what was typed into one of them: the usual ones, then the seldom ones in a group; and
/// whether that group stands open. `allows`: what the office's own part of the case leaves open (C-26).
pub(super) fn acts(
    desk: &Desk<'_>,
    typed: Option<&Typed>,
    allows: &dyn Fn(Verb) -> bool,
) -> (Vec<Act>, bool) {
    let (actor, case) = (desk.actor, desk.case);
    let side = flow::side_of(actor, case);
    let handover = handover_duty(&case.subject).is_some();
    let fits = |verb: Verb| match verb {
        Verb::Tell => desk.duty.is_some(),
        Verb::HandOver => handover,
        Verb::Transfer | Verb::NoAuthority => !handover,
        // a clue of the office's own has no reporter
        Verb::Merge | Verb::Duplicate => case.channel != Channel::Mediation.code(),
        _ => true,
    };
    let allowed = |verb: &Verb| {
        actor.may(permission(*verb, actor))
            && side.takes(*verb)
            && case_co::has_object(desk, *verb)
            && next(case.kind, case.state, *verb).is_some()
            && desk.now.obstacle(*verb, actor.staff.0).is_none()
            && fits(*verb)
            && allows(*verb)
    };
    let drawn = |verbs: &[Verb]| -> Vec<Act> {
        let allowed = verbs.iter().copied().filter(allowed);
        allowed
            .map(|verb| act(desk, verb, typed.filter(|t| t.verb == verb)))
            .collect()
    };
    let (mut all, mut seldom) = (drawn(ORDER), drawn(SELDOM));
    if let Some(first) = all.first_mut() {
        first.first = true;
    }
    if let Some(first) = seldom.first_mut() {
        first.opens_group = true;
    }
    if let Some(last) = seldom.last_mut() {
        last.closes_group = true;
    }
    let open = seldom.iter().any(|a| a.open);
    all.append(&mut seldom);
    (all, open)
}

fn act(desk: &Desk<'_>, verb: Verb, typed: Option<&Typed>) -> Act {
    let (app, case) = (desk.app, desk.case);
    let (choices_name, text_name) = fields(verb);
    let error = |field: &str| typed.map(|t| message(&t.errors, field)).unwrap_or_default();
    let chosen = typed.map_or("", |t| &t.choice);
    let text = typed.map(|t| t.text.clone()).unwrap_or_default();
    let base = Act {
        verb: verb.code(),
        action: format!("/desk/cases/{}/{}", case.number, verb.code()),
        label: verb.label(),
        button: verb.label(),
        open: typed.is_some(),
        choices_error: error(choices_name),
        date_name: date_field(verb),
        date: typed.map(|t| t.date.clone()).unwrap_or_default(),
        date_error: error(date_field(verb)),
        text_error: error(text_name),
        amount: typed.map(|t| t.amount.clone()).unwrap_or_default(),
        amount_error: error(AMOUNT),
        extras: further(verb)
            .iter()
            .map(|f| Extra {
                name: f.name,
                label: f.label,
                hint: f.hint,
                value: typed.map(|t| t.extra(f.name)).unwrap_or_default(),
                error: error(f.name),
            })
            .collect(),
        choices_name,
        text_name,
        text_max: 200,
        ..Act::default()
    };
    let sender = if case.kind == CaseKind::Report {
        "举报人（凭编号和查询码）"
    } else {
        "投诉人（凭编号和查询码）"
    };
    match verb {
        Verb::Accept => Act {
            explain: "符合受理条件就受理。受理后开始算调解期限。",
            article: desk.cite(Matter::Acceptance),
            to: sender,
            notice_title: NoticeKind::Accepted.label(),
            notice: vec![Part {
                text: flow::acceptance_text(app, case),
                mirror: "",
            }],
            ..base
        },
        Verb::Refuse => Act {
            explain: "只能依据下列情形之一，并写明理由。由科长批准后才发给投诉人。提示和机器的建议都不是理由。",
            article: desk.cite(Matter::Refusal),
            to: sender,
            danger: true,
            choices_label: "属于哪一种情形",
            choices: Ground::all(desk.version())
                .map(|g| Choice {
                    code: g.code().to_owned(),
                    label: fragment(g, desk.version()),
                    note: "",
                    on: chosen == g.code(),
                })
                .collect(),
            text_label: "具体理由",
            text_hint: "用自己的话写，投诉人会看到。",
            text_max: EXPLANATION_MAX,
            notice_title: NoticeKind::Refused.label(),
            notice: refusal(app, case, Ground::from_code(chosen), &text),
            text,
            ..base
        },
        Verb::Verify => Act {
            explain: "开始核查。核查期限从收到举报时起算，继续走。",
            article: rule_for(ClockKind::Verification, china_date(case.received_at))
                .article
                .to_owned(),
            to: sender,
            ..base
        },
        Verb::Reply => Act {
            to: sender,
            text_label: "回复内容",
            text_hint: if case.kind == CaseKind::Report {
                "不要写出能让人认出举报人的内容。"
            } else {
                ""
            },
            text_max: MESSAGE_MAX,
            text,
            ..base
        },
        Verb::Return => Act {
            explain: "不归本部门管的，退回受理岗改派，不能自行转给别的部门。期限照算。",
            article: Version::Measures.cite(Matter::Dispatch),
            to: "受理岗",
            text_label: "退回的理由",
            text_hint: "受理员据此改派。",
            text,
            ..base
        },
        Verb::Dispatch => Act {
            explain: "分给哪个部门办。期限从收到时起算，照走。",
            article: Version::Measures.cite(Matter::Dispatch),
            to: "选定的部门",
            list: true,
            choices_label: "分给",
            choices: departments(&app.reference(), case, chosen),
            text_label: "分送的理由",
            notice_title: form_3(desk).map_or("", NoticeKind::label),
            notice: form_3(desk).map_or_else(Vec::new, |_| dispatched(desk, chosen, &text)),
            text,
            ..base
        },
        Verb::CoAdd | Verb::CoDue | Verb::CoRemove | Verb::CoDone | Verb::Assign => {
            case_co::act(desk, verb, base, chosen, text)
        }
        Verb::Merge
        | Verb::Transfer
        | Verb::HandOver
        | Verb::TransferApprove
        | Verb::TransferDeny
        | Verb::TransferReceipt
        | Verb::TransferReturned
        | Verb::Dispute
        | Verb::DisputeRefer
        | Verb::DisputeSettle => case_away::act(desk, verb, base, chosen, text, sender),
        Verb::CrimeReport
        | Verb::CrimeApprove
        | Verb::CrimeDeny
        | Verb::CrimeSend
        | Verb::PoliceAccept
        | Verb::PoliceRefuse
        | Verb::CrimeReview
        | Verb::ReviewRefuse
        | Verb::CrimeSupervise
        | Verb::CrimeGoods
        | Verb::CrimeEnd => case_away::crime(desk, verb, base, text),
        Verb::Entrust
        | Verb::Clue
        | Verb::CallBack
        | Verb::Assist
        | Verb::Assisted
        | Verb::HotlineReply => case_beside::act(desk, verb, base, chosen, text),
        _ => case_more::act(desk, verb, base, chosen, text, sender),
    }
}

/// Form 3 goes with a case of the present rule (投办41).
fn form_3(desk: &Desk<'_>) -> Option<NoticeKind> {
    (desk.version() == Version::Measures).then_some(NoticeKind::Dispatch)
}

fn dispatched(desk: &Desk<'_>, chosen: &str, reason: &str) -> Vec<Part> {
    let reference = desk.app.reference();
    let target = reference
        .inside(chosen)
        .map_or("〔选定的部门〕", |d| &d.name);
    let due = desk.now.next();
    let due = due.map(|(clock, day)| format!("{clock}最迟 {}", chinese_date(day)));
    let facts = flow::notice_facts(desk.case, target, desk.app.today());
    let text = out::dispatched(facts, desk.case.kind, MARK, due.as_deref());
    pieces(&text, None, reason, "dispatch_reason")
}

fn departments(reference: &Reference, case: &Case, chosen: &str) -> Vec<Choice> {
    reference
        .departments
        .iter()
        .filter(|d| d.inside && Some(d.id) != case.department)
        .map(|d| Choice {
            code: d.code.clone(),
            label: d.name.clone(),
            note: "",
            on: d.code == chosen,
        })
        .collect()
}

/// A ground as the notice writes it, so that the page can put the chosen one into the preview.
fn fragment(ground: Ground, version: Version) -> String {
    format!("{}（{}）", ground.words(version), ground.article(version))
}

/// A mark that nobody types: it stands for the words of the officer while a notice is cut into pieces.
pub(super) const MARK: &str = "\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}";

/// A piece that says the same whatever is typed.
pub(super) fn fixed(text: &str) -> Part {
    Part {
        text: text.to_owned(),
        mirror: "",
    }
}

/// A piece that a field of the form fills; `blank` while it is empty.
fn filled(value: &str, blank: &str, mirror: &'static str) -> Part {
    let value = value.trim();
    Part {
        text: if value.is_empty() { blank } else { value }.to_owned(),
        mirror,
    }
}

/// A notice with [`MARK`] in it, cut where the chosen ground (`words`, whether it was chosen, its field) and the
/// officer's words (with their field) stand.
pub(super) fn pieces(
    text: &str,
    ground: Option<(&str, bool, &'static str)>,
    typed: &str,
    mirror: &'static str,
) -> Vec<Part> {
    let Some((head, end)) = text.split_once(MARK) else {
        return vec![fixed(text)];
    };
    let mut out = Vec::new();
    match ground
        .and_then(|(words, chosen, name)| Some((head.rsplit_once(words)?, words, chosen, name)))
    {
        Some(((start, middle), words, chosen, name)) => {
            let value = if chosen { words } else { "" };
            out.extend([
                fixed(start),
                filled(value, "〔选定的情形〕", name),
                fixed(middle),
            ]);
        }
        None => out.push(fixed(head)),
    }
    out.extend([filled(typed, "〔您写的内容〕", mirror), fixed(end)]);
    out
}

/// The refusal notice in pieces: what is chosen and typed stands in its place, blanks where nothing is yet.
fn refusal(app: &App, case: &Case, ground: Option<Ground>, explanation: &str) -> Vec<Part> {
    let reference = app.reference();
    let facts = flow::notice_facts(case, reference.holder(case.department), app.today());
    let shown = ground.unwrap_or(Ground::Duty);
    let words = fragment(shown, facts.version());
    notices::refused(facts, shown, MARK).map_or_else(
        |_| Vec::new(),
        |text| {
            let ground = Some((words.as_str(), ground.is_some(), "ground"));
            pieces(&text, ground, explanation, "refuse_reason")
        },
    )
}
