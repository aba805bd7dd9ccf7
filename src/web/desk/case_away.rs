//! The forms of the steps by which a case leaves the department: merged, transferred, disputed, to the police. Data for the
//! one template.

use super::{
    case_acts::{Act, Desk, MARK, Paper, Part, pieces},
    case_more::{PENALTY, asked, choice, drawn},
};
use crate::{
    app::App,
    casework::{
        Proposal, Verb,
        flow::{self, Settlement},
        law::Matter,
        telling::handover_duty,
    },
    notices::{
        EXPLANATION_MAX, NoticeKind,
        out::{self, Target},
    },
    store::case::Case,
};

const ORDER_310: &str = "《行政执法机关移送涉嫌犯罪案件的规定》";

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
        Verb::Merge => Act {
            explain: "同一举报人就同一对象补充新事实的，并入先前那件一起核查，核查期限从最后一次举报重新计算。是不是同一个人，由人核对；匿名举报只凭您的判断。两件的内容不会让对方的举报人看到。",
            article: desk.cite(Matter::Repeated),
            choices_label: "两件是同一个举报人吗",
            choices: vec![
                choice("yes", "核对过，是同一个举报人", chosen),
                choice("no", "不是，或者不能确定", chosen),
            ],
            text_label: "先前那件举报的编号",
            text_max: 20,
            text,
            ..base
        },
        Verb::Transfer | Verb::HandOver => transfer(desk, verb, base, text, sender),
        Verb::TransferApprove => Act {
            explain: "批准后告知书随即发出，给对方的移送函一并做好，可以在文书里打印。提请的人不能自己批准。",
            detail: asked(desk, Proposal::Transfer),
            to: sender,
            danger: true,
            notice_title: form(desk).label(),
            notice: proposed(desk, flow::transfer_text),
            more: vec![Paper {
                title: NoticeKind::TransferLetter.label(),
                to: "对方机关（打印后连同材料移送）",
                parts: proposed(desk, flow::transfer_letter),
            }],
            ..base
        },
        Verb::TransferDeny => Act {
            detail: asked(desk, Proposal::Transfer),
            text_label: "不批准的理由",
            text,
            ..base
        },
        Verb::TransferReceipt => Act {
            explain: "对方签收后，这件就移送完了。",
            to: sender,
            text_label: "谁签收的，回执文号",
            text_hint: "只在工作台能看到。",
            text,
            ..base
        },
        Verb::TransferReturned => Act {
            explain: "对方退回的，接着由本部门办，期限照原来的算，没有停过。",
            to: sender,
            text_label: "对方退回的理由",
            text_hint: "只在工作台能看到。",
            text,
            ..base
        },
        Verb::Dispute => Act {
            explain: "七个工作日内协商；协商不成的，报共同的上级指定。案件的期限照走。",
            article: desk.cite(Matter::Jurisdiction),
            text_label: "争议在哪里",
            text,
            ..base
        },
        Verb::DisputeRefer => Act {
            explain: "协商不成的，报共同的上级指定。",
            article: desk.cite(Matter::Jurisdiction),
            text_label: "报给哪个上级，怎样报的",
            text,
            ..base
        },
        _ => Act {
            explain: "定给对方的，接着退回受理岗或者提请移送。",
            article: desk.cite(Matter::Jurisdiction),
            choices_label: "结果",
            choices: Settlement::ALL
                .iter()
                .map(|s| choice(s.code(), s.label(), chosen))
                .collect(),
            text_label: "怎样定下来的",
            text,
            ..base
        },
    }
}

/// The form that tells the resident.
fn form(desk: &Desk<'_>) -> NoticeKind {
    match handover_duty(&desk.case.subject) {
        Some(_) => NoticeKind::Handover,
        None => NoticeKind::Transfer,
    }
}

fn transfer(desk: &Desk<'_>, verb: Verb, base: Act, text: String, sender: &'static str) -> Act {
    let typed = |name: &str, blank: &'static str| {
        let found = base.extras.iter().find(|e| e.name == name);
        found
            .map(|e| e.value.trim().to_owned())
            .filter(|v| !v.is_empty())
            .unwrap_or_else(|| blank.to_owned())
    };
    let (authority, contact) = (
        typed("authority", "〔移送给的机关〕"),
        typed("contact", "〔对方的联系方式〕"),
    );
    let to = Target {
        authority: &authority,
        contact: &contact,
        reason: MARK,
    };
    let notice = pieces(
        &flow::transfer_text(desk.app, desk.case, to),
        None,
        &text,
        base.text_name,
    );
    Act {
        explain: match verb {
            Verb::HandOver => {
                "食品、农产品的事项不归本部门的，一个工作日内移交，并书面通知。由科长批准后发出。"
            }
            _ => "不归本区管的，移送给有权处理的机关。由科长批准后发出，期限停止。",
        },
        article: handover_duty(&desk.case.subject)
            .unwrap_or_default()
            .to_owned(),
        to: sender,
        danger: true,
        text_label: "为什么归对方管",
        text_hint: "对方和提交的人会看到，不要写出他人的信息。",
        text_max: EXPLANATION_MAX,
        notice_title: form(desk).label(),
        notice,
        text,
        ..base
    }
}

/// What would go out, drawn by the flow.
fn proposed(desk: &Desk<'_>, draw: fn(&App, &Case, Target<'_>) -> String) -> Vec<Part> {
    let Some(asked) = desk.now.proposed(Proposal::Transfer) else {
        return Vec::new();
    };
    flow::proposed_transfer(desk.app, asked).map_or_else(
        |_| Vec::new(),
        |wanted| {
            let text = draw(desk.app, desk.case, wanted.target());
            pieces(&text, None, "", "")
        },
    )
}

/// The steps of the transfer to the police. What they send stays between the authorities.
pub(super) fn crime(desk: &Desk<'_>, verb: Verb, base: Act, text: String) -> Act {
    let order = |article: &str| format!("{ORDER_310}{article}");
    let noted = |explain, article: &str, label| Act {
        explain,
        article: order(article),
        text_label: label,
        text_hint: "记录在案，只在工作台能看到。",
        text: text.clone(),
        ..Act::default()
    };
    let form = match verb {
        Verb::CrimeReport => Act {
            explain: "发现涉嫌犯罪的，两名以上执法人员核实后写出书面报告，负责人三日内决定。不得以罚代刑。",
            article: format!("{ORDER_310}第五条、第十一条；{PENALTY}第十七条"),
            text_label: "涉嫌犯罪的事实和依据",
            text_hint: "封存保管，只有能看这件案件的人看得到。",
            text_max: 1000,
            text,
            ..Act::default()
        },
        Verb::CrimeApprove => Act {
            explain: "批准后二十四小时内移送同级公安机关。提请的人不能自己批准。",
            article: order("第五条"),
            detail: asked(desk, Proposal::Crime),
            danger: true,
            to: "公安机关（打印后连同材料移送）",
            notice_title: NoticeKind::CrimeLetter.label(),
            notice: crime_letter(desk),
            ..Act::default()
        },
        Verb::CrimeDeny => Act {
            detail: asked(desk, Proposal::Crime),
            ..noted("不批准的，理由记录在案。", "第五条", "不批准的理由")
        },
        Verb::CrimeSend => noted(
            "移送书、调查报告、物品清单、检验或者鉴定意见等材料已经送到。",
            "第五条、第六条",
            "谁签收的，什么时候",
        ),
        Verb::PoliceAccept => noted(
            "公安机关立案的，三日内移交涉案物品和材料。",
            "第八条、第十二条",
            "立案通知的文号",
        ),
        Verb::PoliceRefuse => noted(
            "不予立案的，三日内可以提请复议。",
            "第八条、第九条",
            "不予立案通知的文号和理由",
        ),
        Verb::CrimeReview => noted("公安机关三日内决定。", "第九条", "提请复议的文号"),
        Verb::ReviewRefuse => noted(
            "维持不予立案的，三日内可以建议检察院立案监督。",
            "第九条",
            "复议决定的文号",
        ),
        Verb::CrimeSupervise => noted("建议检察院依法进行立案监督。", "第九条", "建议书的文号"),
        Verb::CrimeGoods => noted("移送到此完成。", "第十二条", "交给谁的，清单文号"),
        _ => noted(
            "公安机关不立案、也不再提请的，案件按行政处罚程序继续办。",
            "第九条、第十条",
            "为什么不再提请",
        ),
    };
    Act {
        verb: base.verb,
        action: base.action,
        label: base.label,
        button: base.button,
        open: base.open,
        text_name: base.text_name,
        text_error: base.text_error,
        text_max: if form.text_max == 0 {
            200
        } else {
            form.text_max
        },
        extras: base.extras,
        ..form
    }
}

fn crime_letter(desk: &Desk<'_>) -> Vec<Part> {
    let Some(asked) = desk.now.proposed(Proposal::Crime) else {
        return Vec::new();
    };
    flow::proposed_crime(desk.app, asked).map_or_else(
        |_| Vec::new(),
        |report| {
            drawn(desk, "", "", None, |f| {
                Ok::<_, ()>(out::crime_letter(f, &report.police, &report.facts))
            })
        },
    )
}
