//! The forms of a complaint's own steps: materials, mediation, its rest and its end. Data for the one template.

use super::{
    case_acts::{Act, Desk, MARK, Paper, TRADER},
    case_more::{choice, drawn, trader_copy},
};
use crate::{
    casework::{AgreementForm, SuspendReason, TerminationGround, Verb, flow, law::Matter},
    kernel::words::CaseKind,
    notices::{self, EXPLANATION_MAX, NoticeKind, chinese_date, trader},
};

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
        Verb::Materials => {
            // C-04, C-05: what is missing is known
            let text = if text.is_empty() {
                desk.papers.to_owned()
            } else {
                text
            };
            let days = flow::material_days(desk.app, desk.case);
            let due = days
                .iter()
                .find(|d| d.to_string() == chosen)
                .or(days.last())
                .copied()
                .unwrap_or_else(|| desk.app.today());
            Act {
                explain: "日期须在受理期限之内，受理期限不因此停止。",
                article: desk.cite(Matter::Materials),
                to: sender,
                list: true,
                choices_label: "最迟哪一天",
                choices: days
                    .iter()
                    .map(|d| choice(&d.to_string(), &chinese_date(*d), chosen))
                    .collect(),
                text_label: "要补充什么",
                text_max: EXPLANATION_MAX,
                notice_title: NoticeKind::Materials.label(),
                notice: drawn(desk, &text, base.text_name, None, |f| {
                    notices::materials(f, MARK, due)
                }),
                text,
                ..base
            }
        }
        Verb::MaterialsDone => Act {
            explain: "材料齐了，接着决定是否受理。",
            to: sender,
            ..base
        },
        Verb::Mediate => Act {
            explain: "双方都同意才能调解。现场调解要提前告知时间、地点和调解人员。",
            article: format!(
                "{}、{}",
                desk.cite(Matter::Consent),
                desk.version().article(Matter::OnSite)
            ),
            to: sender,
            choices_label: "双方是否同意调解",
            choices: vec![
                choice("both", "双方都同意", chosen),
                choice("no", "有一方不同意", chosen),
            ],
            text_label: "调解安排",
            text_hint: "时间、地点或者方式、调解人员。",
            text_max: EXPLANATION_MAX,
            notice_title: NoticeKind::Mediation.label(),
            notice: drawn(desk, &text, base.text_name, None, |f| {
                notices::mediation(f, MARK)
            }),
            more: trader_copy(
                desk,
                NoticeKind::Mediation,
                &text,
                base.text_name,
                None,
                |f| trader::mediation(f, MARK),
            ),
            text,
            ..base
        },
        Verb::Suspend => Act {
            explain: "只能依据法律规定的理由中止。理由消失后马上恢复。",
            choices_label: "中止的理由",
            choices: SuspendReason::ALL
                .iter()
                .filter(|r| r.lawful_in(desk.case.state))
                .map(|r| choice(r.code(), r.label(), chosen))
                .collect(),
            to: sender,
            ..base
        },
        Verb::Resume => Act {
            explain: "恢复后期限接着算，不计入的天数自动扣除。",
            to: sender,
            ..base
        },
        Verb::Agree => {
            let form = AgreementForm::from_code(chosen).unwrap_or(AgreementForm::Document);
            Act {
                explain: "双方自愿达成协议。调解不判断谁对谁错。",
                article: desk.cite(Matter::Agreement),
                to: sender,
                choices_label: "协议怎样留存",
                choices: AgreementForm::ALL
                    .iter()
                    .map(|f| choice(f.code(), f.label(), chosen))
                    .collect(),
                text_label: "协议内容",
                amount_label: "消费者拿回多少钱（元）",
                text_max: EXPLANATION_MAX,
                notice_title: if form == AgreementForm::Document {
                    NoticeKind::Agreement.label()
                } else {
                    NoticeKind::Record.label()
                },
                notice: drawn(desk, &text, base.text_name, None, |f| {
                    notices::agreement(f, form, MARK)
                }),
                more: if form == AgreementForm::Document {
                    vec![Paper {
                        title: NoticeKind::Agreement.label(),
                        to: TRADER,
                        parts: drawn(desk, &text, base.text_name, None, |f| {
                            notices::agreement(f, form, MARK)
                        }),
                    }]
                } else {
                    Vec::new()
                },
                text,
                ..base
            }
        }
        Verb::Terminate => {
            let ground = TerminationGround::from_code(chosen);
            let shown = ground.unwrap_or(TerminationGround::Withdrawn);
            let version = desk.version();
            let words =
                |g: TerminationGround| format!("{}（{}）", g.words(version), g.article(version));
            let shown_words = words(shown);
            let place = Some((shown_words.as_str(), ground.is_some(), base.choices_name));
            Act {
                explain: "只能依据下列情形之一。决定后七个工作日内告知双方。",
                article: desk.cite(Matter::Termination),
                to: sender,
                danger: true,
                choices_label: "属于哪一种情形",
                choices: TerminationGround::all(version)
                    .into_iter()
                    .map(|g| choice(g.code(), &words(g), chosen))
                    .collect(),
                text_label: "具体情况",
                text_hint: "用自己的话写，双方会看到。",
                text_max: EXPLANATION_MAX,
                notice_title: NoticeKind::Terminated.label(),
                notice: drawn(desk, &text, base.text_name, place, |f| {
                    notices::terminated(f, shown, MARK)
                }),
                more: trader_copy(
                    desk,
                    NoticeKind::Terminated,
                    &text,
                    base.text_name,
                    place,
                    |f| trader::terminated(f, shown, MARK),
                ),
                text,
                ..base
            }
        }
        Verb::Issue => {
            let (ground, why) = (
                TerminationGround::Withdrawn,
                desk.now.owed.map_or("", flow::owed_reason),
            );
            Act {
                explain: "投诉人撤回或者双方和解的，由承办人发出决定书，并在“经营者”页面告知经营者。",
                article: desk.cite(Matter::Termination),
                to: sender,
                notice_title: NoticeKind::Terminated.label(),
                notice: drawn(desk, "", "", None, |f| notices::terminated(f, ground, why)),
                more: trader_copy(desk, NoticeKind::Terminated, "", "", None, |f| {
                    trader::terminated(f, ground, why)
                }),
                ..base
            }
        }
        Verb::Close => Act {
            explain: if desk.case.kind == CaseKind::Complaint {
                "双方都已告知后办结。"
            } else {
                "结案手续办完后办结。"
            },
            text_label: "怎样告知的、什么时候办结",
            text_hint: "只在工作台能看到。",
            text,
            ..base
        },
        _ => base,
    }
}
