//! The forms of a report's own steps and of what a second person decides; what the other forms draw with. Data for the
//! one template.

use super::{
    case_acts::{Act, Desk, MARK, Paper, Part, TRADER, pieces},
    case_mediation,
};
use crate::{
    casework::{
        NotFiledGround, Outcome, Proposal, State, Verb,
        crime::Stage,
        flow::{self, Request},
        law::Matter,
    },
    kernel::words::CaseKind,
    notices::{self, EXPLANATION_MAX, Facts, NoticeKind, chinese_date},
    web::file::Choice,
};

pub(super) const PENALTY: &str = "《市场监督管理行政处罚程序规定》";

pub(super) fn choice(code: &str, label: &str, chosen: &str) -> Choice {
    Choice {
        code: code.to_owned(),
        label: label.to_owned(),
        note: "",
        on: code == chosen,
    }
}

/// What somebody asked for, by whom not: the history names the person.
pub(super) fn asked(desk: &Desk<'_>, proposal: Proposal) -> String {
    desk.waits
        .iter()
        .find(|(p, _)| *p == proposal)
        .map_or_else(String::new, |(_, r): &(_, Request)| {
            format!("{}提出：{}", chinese_date(r.on), r.text)
        })
}

/// Draws a notice of this case with the officer's words marked.
pub(super) fn drawn<E>(
    desk: &Desk<'_>,
    typed: &str,
    mirror: &'static str,
    ground: Option<(&str, bool, &'static str)>,
    draw: impl FnOnce(Facts<'_>) -> Result<String, E>,
) -> Vec<Part> {
    let reference = desk.app.reference();
    let department = reference.holder(desk.case.department);
    draw(flow::notice_facts(desk.case, department, desk.app.today()))
        .map_or_else(|_| Vec::new(), |text| pieces(&text, ground, typed, mirror))
}

/// The trader's copy of a notice, drawn like the complainant's.
pub(super) fn trader_copy(
    desk: &Desk<'_>,
    kind: NoticeKind,
    typed: &str,
    mirror: &'static str,
    ground: Option<(&str, bool, &'static str)>,
    draw: impl FnOnce(Facts<'_>) -> String,
) -> Vec<Paper> {
    vec![Paper {
        title: kind.label(),
        to: TRADER,
        parts: drawn(desk, typed, mirror, ground, |f| Ok::<_, ()>(draw(f))),
    }]
}

/// The form of a step, filled into `base`.
pub(super) fn act(
    desk: &Desk<'_>,
    verb: Verb,
    base: Act,
    chosen: &str,
    text: String,
    sender: &'static str,
) -> Act {
    match verb {
        Verb::RefusalApprove
        | Verb::RefusalBack
        | Verb::Extend
        | Verb::ExtensionGrant
        | Verb::ExtensionDeny
        | Verb::ExtensionRevoke
        | Verb::ReopenGrant
        | Verb::ReopenDecline => approval(desk, verb, base, chosen, text, sender),
        Verb::NoAuthority
        | Verb::Duplicate
        | Verb::File
        | Verb::NotFile
        | Verb::Investigate
        | Verb::Decide
        | Verb::Tell
        | Verb::Carry => report(desk, verb, base, chosen, text, sender),
        _ => case_mediation::act(desk, verb, base, chosen, text, sender),
    }
}

/// What needs a second person.
fn approval(
    desk: &Desk<'_>,
    verb: Verb,
    base: Act,
    chosen: &str,
    text: String,
    sender: &'static str,
) -> Act {
    let further = desk.now.extendable();
    match verb {
        Verb::RefusalApprove => Act {
            explain: "批准后决定书随即发出。提请的人不能自己批准。",
            article: desk.cite(Matter::Refusal),
            detail: asked(desk, Proposal::Refusal),
            to: sender,
            danger: true,
            notice_title: NoticeKind::Refused.label(),
            notice: proposed(desk),
            ..base
        },
        Verb::RefusalBack => Act {
            explain: "退回给承办人再考虑，什么也不发出，受理期限照走。",
            detail: asked(desk, Proposal::Refusal),
            text_label: "退回的理由",
            text,
            ..base
        },
        Verb::ExtensionGrant => Act {
            explain: "批准后期限按申请延长。申请的人不能自己批准。",
            article: PENALTY.to_owned(),
            detail: asked(desk, Proposal::Extension),
            ..base
        },
        Verb::ExtensionDeny => Act {
            detail: asked(desk, Proposal::Extension),
            text_label: "不批准的理由",
            text,
            ..base
        },
        Verb::ReopenGrant => Act {
            explain: match (desk.case.kind, desk.case.state) {
                (CaseKind::Report, _) => {
                    "回到核查，核查期限从居民申请那天重新起算。已经作出的决定不变。"
                }
                (CaseKind::Complaint, State::Refused) => "回到待受理，今天起重新计算受理期限。",
                _ => "回到已受理，今天起重新计算调解期限，要再问双方是否同意调解。",
            },
            detail: asked(desk, Proposal::Reopening),
            to: sender,
            text_label: "同意的理由、接下来怎样办",
            text_hint: "居民会在留言里看到。",
            text,
            ..base
        },
        Verb::ReopenDecline => Act {
            explain: "案件维持办结。办结它的人不能自己决定。",
            detail: asked(desk, Proposal::Reopening),
            to: sender,
            text_label: "不同意的理由",
            text_hint: "居民会在留言里看到。",
            text,
            ..base
        },
        Verb::ExtensionRevoke => Act {
            explain: "撤销后期限回到没有延长时的日期。",
            text_label: "撤销的理由",
            text,
            ..base
        },
        _ => Act {
            explain: if further.is_some_and(|e| e.collective) {
                "延长过一次仍不能作出决定的，由负责人集体讨论决定再延长，同时定下合理的期限，只能再延长一次。"
            } else {
                "在期限届满前申请，由科长批准，只能延长一次。"
            },
            article: PENALTY.to_owned(),
            list: true,
            choices_label: "延长多久",
            choices: further.map_or_else(Vec::new, |e| {
                (1..=e.most.count())
                    .rev()
                    .map(|n| choice(&n.to_string(), &format!("{n} {}", e.most.unit()), chosen))
                    .collect()
            }),
            text_label: "延长的理由",
            text,
            // the minutes of a meeting that need not be held are not asked for
            extras: if further.is_some_and(|e| e.collective) {
                base.extras
            } else {
                Vec::new()
            },
            ..base
        },
    }
}

/// The refusal notice that would go out.
fn proposed(desk: &Desk<'_>) -> Vec<Part> {
    let Some(asked) = desk.now.proposed(Proposal::Refusal) else {
        return Vec::new();
    };
    let Ok((ground, words)) = flow::proposed_refusal(desk.app, asked) else {
        return Vec::new();
    };
    drawn(desk, "", "", None, |f| notices::refused(f, ground, &words))
}

fn report(
    desk: &Desk<'_>,
    verb: Verb,
    base: Act,
    chosen: &str,
    text: String,
    sender: &'static str,
) -> Act {
    // the result is told where a law says so, and only then
    let result = |outcome: &str, mirror| match desk.duty {
        Some(duty) => (
            sender,
            NoticeKind::ReportResult.label(),
            drawn(desk, &text, mirror, None, |f| {
                notices::result(f, duty, outcome, MARK)
            }),
        ),
        None => ("", "", Vec::new()),
    };
    // and the decision to file only where the law asks for it
    let filed = match desk.duty.filter(|d| d.at_filing) {
        Some(duty) => (
            sender,
            NoticeKind::ReportResult.label(),
            drawn(desk, "", "", None, |f| {
                notices::result(f, duty, "决定立案", flow::FILED_WORDS)
            }),
        ),
        None => ("", "", Vec::new()),
    };
    match verb {
        Verb::NoAuthority => Act {
            explain: "没有处理权限的，告诉举报人该找谁。",
            article: desk.cite(Matter::NoAuthority),
            to: sender,
            text_label: "哪个部门有权处理，怎样联系",
            text_max: EXPLANATION_MAX,
            notice_title: NoticeKind::NoAuthority.label(),
            notice: drawn(desk, &text, base.text_name, None, |f| {
                notices::no_authority(f, MARK)
            }),
            text,
            ..base
        },
        Verb::Tell => Act {
            explain: "法律要求告知的，办结前也可以先告知处理情况。",
            article: desk.duty.map_or("", |d| d.article).to_owned(),
            to: sender,
            text_label: "处理情况",
            text_hint: "不要写出能让人认出举报人的内容。",
            text_max: EXPLANATION_MAX,
            notice_title: NoticeKind::ReportResult.label(),
            notice: desk.duty.map_or_else(Vec::new, |duty| {
                drawn(desk, &text, base.text_name, None, |f| {
                    notices::progress(f, duty, MARK)
                })
            }),
            text,
            ..base
        },
        Verb::Carry => Act {
            explain: "举报反映的是违法线索，办不办由部门决定。不再办的，不用这一步，按规定作出决定。",
            to: sender,
            text_label: "告诉举报人",
            text_max: flow::MESSAGE_MAX,
            text,
            ..base
        },
        Verb::Duplicate => Act {
            explain: "同一举报人就同一事实举报同一对象的，不再处理；有新事实的不算重复。",
            article: desk.cite(Matter::Repeated),
            text_label: "先前那件举报的编号",
            text_max: 20,
            text,
            ..base
        },
        Verb::File => Act {
            explain: "符合立案条件的，由负责人批准立案。立案后九十日内作出处理决定。",
            article: format!("{PENALTY}第十九条"),
            to: filed.0,
            notice_title: filed.1,
            notice: filed.2,
            ..base
        },
        Verb::NotFile => {
            let (to, notice_title, notice) = result("不予立案", base.text_name);
            Act {
                explain: "只能依据下列情形之一，由负责人决定。",
                article: format!("{PENALTY}第二十条"),
                danger: true,
                choices_label: "属于哪一种情形",
                choices: NotFiledGround::ALL
                    .iter()
                    .map(|g| choice(g.code(), g.label(), chosen))
                    .collect(),
                text_label: "核查结果",
                text_hint: "不要写出能让人认出举报人的内容。",
                to,
                notice_title,
                notice,
                text,
                ..base
            }
        }
        Verb::Decide => {
            let shown = Outcome::from_code(chosen).map_or("〔选定的决定〕", Outcome::label);
            let (to, notice_title, notice) = result(shown, base.text_name);
            Act {
                explain: "作出决定后十五个工作日内办完结案手续。",
                article: format!("{PENALTY}第六十四条、第七十七条"),
                choices_label: "处理决定",
                choices: Outcome::ALL
                    .iter()
                    .filter(|o| **o != Outcome::Crime || desk.now.crime == Some(Stage::HandedOver))
                    .map(|o| choice(o.code(), o.label(), chosen))
                    .collect(),
                text_label: "结果和依据",
                text_hint: "不要写出能让人认出举报人的内容。",
                to,
                notice_title,
                notice,
                text,
                ..base
            }
        }
        _ => base,
    }
}
