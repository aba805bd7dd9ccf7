//! The forms of what happens beside the main line: another body mediates, a clue becomes a report, a call-back, help for
//! another authority, the answer to 12345. Data for the one template.

use super::{
    case_acts::{Act, Desk, MARK},
    case_more::{PENALTY, choice, drawn, trader_copy},
};
use crate::{
    casework::{
        CallBackResult, Verb,
        law::{Matter, Version},
    },
    notices::{self, EXPLANATION_MAX, NoticeKind, trader},
    web::file::Choice,
};

/// Who agrees to an entrusted mediation, as the rule of the day of receipt asks (C-24).
fn consents(desk: &Desk<'_>, chosen: &str) -> Vec<Choice> {
    let mut out = vec![
        choice("both", "双方都同意", chosen),
        choice("no", "有一方不同意", chosen),
    ];
    if desk.version() == Version::Interim {
        out.push(choice(
            "office",
            "由本部门决定委托（收到时的规章允许）",
            chosen,
        ));
    }
    out
}

/// The form of a step, filled into `base`.
pub(super) fn act(desk: &Desk<'_>, verb: Verb, base: Act, chosen: &str, text: String) -> Act {
    match verb {
        Verb::Entrust => {
            let body = base
                .extras
                .first()
                .map(|e| e.value.trim().to_owned())
                .filter(|v| !v.is_empty())
                .unwrap_or_else(|| "〔受托的组织〕".to_owned());
            Act {
                explain: match desk.case.entrust {
                    Some(true) => {
                        "投诉人提交时同意委托调解，还要经营者同意。受托的组织以本部门的名义调解，不得再委托。"
                    }
                    Some(false) => {
                        "投诉人提交时不同意委托调解，要重新问过并且同意了才能办。还要经营者同意。"
                    }
                    None => "双方都同意才能委托。受托的组织以本部门的名义调解，不得再委托。",
                },
                article: desk.cite(Matter::Entrusted),
                to: "投诉人（凭编号和查询码）",
                choices_label: "双方是否同意委托调解",
                choices: consents(desk, chosen),
                text_label: "调解安排",
                text_hint: "时间、地点或者方式、联系人。",
                text_max: EXPLANATION_MAX,
                notice_title: NoticeKind::Mediation.label(),
                notice: drawn(desk, &text, base.text_name, None, |f| {
                    notices::entrusted(f, &body, MARK)
                }),
                more: trader_copy(
                    desk,
                    NoticeKind::Mediation,
                    &text,
                    base.text_name,
                    None,
                    |f| trader::entrusted(f, &body, MARK),
                ),
                text,
                ..base
            }
        }
        Verb::Clue => Act {
            explain: "调解中发现违法线索的，另立一件举报，十五个工作日内核查。投诉照办，互不影响。",
            article: desk.cite(Matter::Clue),
            text_label: "发现了什么线索",
            text_hint: "不要写投诉人的姓名、电话和住址。",
            text_max: 1000,
            text,
            ..base
        },
        Verb::CallBack => Act {
            explain: "办结后抽查、回访，记在案里。",
            article: match desk.version().article(Matter::CallBack) {
                "" => String::new(),
                _ => desk.cite(Matter::CallBack),
            },
            choices_label: "回访结果",
            choices: CallBackResult::ALL
                .iter()
                .map(|r| choice(r.code(), r.label(), chosen))
                .collect(),
            text_label: "对方怎么说",
            text_hint: "只在工作台能看到，不要写电话和姓名。",
            text,
            ..base
        },
        Verb::Assist => Act {
            explain: "别的机关就这件事请求协助的，十五个工作日内协助；不能协助的也要答复。",
            article: format!("{PENALTY}第四十五条"),
            text_label: "要协助什么",
            text,
            ..base
        },
        Verb::Assisted => Act {
            explain: "协助期限到此为止。",
            article: format!("{PENALTY}第四十五条"),
            text_label: "怎样协助的，复函文号",
            text,
            ..base
        },
        _ => Act {
            explain: "12345 的办理期限到此为止，法定期限照走。",
            text_label: "怎样回复的",
            text_hint: "只在工作台能看到，不要写个人信息。",
            text,
            ..base
        },
    }
}
