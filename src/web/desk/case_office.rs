//! What the office keeps to itself on a case page: people of a joint complaint, notes, linked cases, recusals, and what
//! looks alike. Nothing of it is shown outside.

use super::stamp;
use crate::{
    app::App,
    casework::{
        Side, Verb,
        flow::{self, Alike, LinkKind, PartyView, Recusals},
    },
    error::{Error, FieldError},
    intake::joint::{Matter, PartyRole},
    kernel::{
        access::{Act, Actor},
        words::CaseKind,
    },
    notices::chinese_date,
    receipts::hex,
    store::case::Case,
    web::{ctx::Pairs, file::Choice},
};
use uuid::Uuid;

/// The forms of this part, by the last part of their address.
pub(super) const FORMS: [(&str, &str); 10] = [
    ("note", "已记下备注"),
    ("link", "已关联"),
    ("unlink", "已解除关联"),
    ("split", "已拆出举报"),
    ("recuse", "已声明回避"),
    ("recusal", "已登记回避申请"),
    ("recusal-decide", "已决定回避申请"),
    ("consent", "已登记同意"),
    ("speakers", "已更换代表人"),
    ("papers", "已登记材料出示"),
];

/// A form that was not carried out.
#[derive(Default)]
pub(super) struct Typed {
    form: &'static str,
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Typed {
    pub(super) fn of(form: &'static str, pairs: &Pairs, errors: Vec<FieldError>) -> Self {
        Self {
            form,
            pairs: pairs.0.clone(),
            errors,
        }
    }
}

/// Somebody of a joint complaint, or an agent.
pub(super) struct PersonLine {
    pub(super) label: &'static str,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) speaks: bool,
    pub(super) note: String,
}

/// A note, a link, a consent, a recusal: text with who and when.
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) who: String,
    pub(super) href: String,
    pub(super) link: String,
}

/// In what others are alike.
pub(super) struct AlikeLine {
    pub(super) label: &'static str,
    pub(super) count: String,
    pub(super) marked: bool,
    pub(super) others: Vec<(String, String)>,
    pub(super) rest: String,
}

/// This part of the page.
#[derive(Default)]
pub(super) struct Office {
    typed: Typed,
    pub(super) page: String,
    pub(super) people: Vec<PersonLine>,
    pub(super) joint: bool,
    pub(super) papers: &'static str,
    pub(super) consent_text: String,
    unsettled: bool,
    pub(super) consents: Vec<Entry>,
    pub(super) matters: Vec<Choice>,
    pub(super) represented: Vec<Choice>,
    pub(super) speakers: Vec<Choice>,
    pub(super) agreed: Vec<Choice>,
    pub(super) notes: Vec<Entry>,
    pub(super) links: Vec<Entry>,
    pub(super) unlinks: Vec<Choice>,
    pub(super) can_split: bool,
    pub(super) split_named: Vec<Choice>,
    pub(super) recused: Vec<Entry>,
    pub(super) applications: Vec<Entry>,
    pub(super) waits: bool,
    pub(super) me: bool,
    pub(super) can_recuse: bool,
    pub(super) can_apply: bool,
    pub(super) can_decide: bool,
    pub(super) can_record: bool,
    pub(super) sides: Vec<Choice>,
    pub(super) decisions: Vec<Choice>,
    pub(super) colleagues: Vec<Choice>,
    pub(super) alike: Vec<AlikeLine>,
    pub(super) alike_days: u16,
}

impl Office {
    /// What was typed into a field of the form that was not carried out.
    pub(super) fn v(&self, name: &str) -> &str {
        let found = self.typed.pairs.iter().find(|(k, _)| k == name);
        found.map_or("", |(_, v)| v)
    }

    /// The message of a field.
    pub(super) fn e(&self, name: &str) -> &str {
        let found = self.typed.errors.iter().find(|e| e.field == name);
        found.map_or("", |e| &e.message)
    }

    /// Whether a step that the table allows is open to this person now: nothing to who is kept from the case, no
    /// mediating while an application for recusal waits, no settlement before the represented have consented.
    pub(super) fn allows(&self, verb: Verb) -> bool {
        match verb {
            _ if self.me => false,
            Verb::Resume | Verb::Mediate | Verb::Entrust => !self.waits,
            Verb::Agree => !self.unsettled,
            _ => true,
        }
    }

    /// Whether a form was not carried out and stays open.
    pub(super) fn open(&self, form: &str) -> bool {
        self.typed.form == form
    }

    fn choice(&self, name: &str, code: String, label: String) -> Choice {
        let on = self
            .typed
            .pairs
            .iter()
            .any(|(k, v)| k == name && *v == code);
        Choice {
            code,
            label,
            note: "",
            on,
        }
    }

    fn choices(&self, name: &str, all: &[(&str, &str)]) -> Vec<Choice> {
        let all = all.iter();
        all.map(|(code, label)| self.choice(name, (*code).to_owned(), (*label).to_owned()))
            .collect()
    }

    fn parties(&mut self, view: &PartyView) {
        self.joint = view.people.iter().any(|p| p.role == PartyRole::Joint);
        self.papers = view.papers;
        for p in &view.people {
            self.people.push(PersonLine {
                label: match (p.role, self.joint) {
                    (PartyRole::Sender, true) => "投诉人（提交）",
                    (PartyRole::Sender, false) => "投诉人（本人）",
                    (role, _) => role.label(),
                },
                name: p.person.name.clone(),
                phone: p.person.phone.clone(),
                speaks: p.represents,
                note: p.agent.as_ref().map_or_else(String::new, |a| {
                    let until = chinese_date(a.until);
                    format!("{}；{}；到{until}", a.matter, a.powers)
                }),
            });
        }
        let name = |ord: i32| {
            let found = view.people.iter().find(|p| p.ord == ord);
            found.map_or_else(String::new, |p| {
                format!("{} {}", p.person.name, p.person.phone)
            })
        };
        self.unsettled = !view.settle.is_empty();
        if !view.needed.is_empty() {
            let lack = |all: &[i32]| match all.len() {
                0 => "已经齐了".to_owned(),
                n => format!("还差 {n} 位"),
            };
            self.consent_text = format!(
                "达成协议、撤回之前，要先登记{}的同意：和解{}，撤回{}。",
                if self.joint {
                    "被代表的人"
                } else {
                    "投诉人本人"
                },
                lack(&view.settle),
                lack(&view.waive)
            );
        }
        let people = |name_of_field: &str, which: &mut dyn Iterator<Item = i32>| -> Vec<Choice> {
            which
                .map(|ord| self.choice(name_of_field, ord.to_string(), name(ord)))
                .collect()
        };
        let represented = people("consent_by", &mut view.needed.iter().copied());
        let agreed = people("speakers_by", &mut view.needed.iter().copied());
        let mut joint = view
            .people
            .iter()
            .filter(|p| p.role != PartyRole::Agent)
            .map(|p| p.ord);
        let speakers = people("speakers_new", &mut joint);
        (self.represented, self.agreed, self.speakers) = (represented, agreed, speakers);
        let matters = [Matter::Settle, Matter::Waive].map(|m| (m.code(), m.label()));
        self.matters = self.choices("consent_matter", &matters);
        self.consents = view
            .consents
            .iter()
            .map(|c| Entry {
                text: format!("{}同意{}：{}", c.names, c.matter, c.how),
                who: format!("{} · {}", stamp(c.at), c.author),
                href: String::new(),
                link: String::new(),
            })
            .collect();
    }

    fn recusals(&mut self, all: Recusals, case: &Case, actor: &Actor, lead: bool) {
        self.me = all.me;
        self.waits = all.waits;
        self.recused = all
            .people
            .into_iter()
            .map(|(_, name, at, why)| Entry {
                text: format!("{name}：{why}"),
                who: stamp(at),
                href: String::new(),
                link: String::new(),
            })
            .collect();
        self.applications = all
            .requests
            .into_iter()
            .map(|r| Entry {
                text: format!(
                    "{}申请：{}（{}）",
                    r.side,
                    r.text,
                    match r.granted {
                        None => "等待决定",
                        Some(true) => "已同意",
                        Some(false) => "已驳回",
                    }
                ),
                who: stamp(r.at),
                href: String::new(),
                link: String::new(),
            })
            .collect();
        let works = actor.may(Act::Handle) && !self.me && case.state.is_open();
        self.can_recuse = works;
        self.can_record = works && lead;
        self.can_apply = works && lead && case.kind == CaseKind::Complaint && !self.waits;
        self.can_decide = self.waits && lead && actor.may(Act::Approve) && !self.me;
        self.sides = self.choices(
            "recusal_side",
            &[("complainant", "投诉人"), ("trader", "经营者")],
        );
        self.decisions = self.choices(
            "recusal_decision",
            &[("grant", "同意回避"), ("dismiss", "驳回申请")],
        );
    }
}

fn alike_line(a: Alike) -> AlikeLine {
    AlikeLine {
        label: a.sort.label(),
        count: if a.more {
            format!("{} 件以上", a.count)
        } else {
            format!("{} 件", a.count)
        },
        marked: a.marked,
        rest: if a.rest > 0 {
            format!("另有 {} 件更早，或者由别的部门办", a.rest)
        } else {
            String::new()
        },
        others: a
            .seen
            .into_iter()
            .map(|o| {
                let words = format!("{} · {} · {}", o.received, o.trader, o.state);
                (o.number, words)
            })
            .collect(),
    }
}

/// This part of the page, for this person.
pub(super) async fn office(
    app: &App,
    actor: &Actor,
    case: &Case,
    typed: Typed,
) -> Result<Office, Error> {
    let mut out = Office {
        typed,
        page: hex(&app.dice.bytes::<16>()),
        alike_days: app.config.c08.days,
        ..Office::default()
    };
    // a co-handler works on the case, not with the people (T-05)
    let lead = flow::side_of(actor, case) == Side::Lead;
    if lead && let Some(view) = flow::sides(app, case).await? {
        out.parties(&view);
    }
    let recusals = flow::recusals(app, actor, case).await?;
    out.recusals(recusals, case, actor, lead);
    if out.can_decide {
        let all = flow::colleagues(app, case).await?;
        let others = all.into_iter().filter(|(id, _)| *id != actor.staff.0);
        let others: Vec<_> = others.collect();
        out.colleagues = others
            .into_iter()
            .map(|(id, name): (Uuid, String)| {
                out.choice("recusal_staff", id.simple().to_string(), name)
            })
            .collect();
    }
    let notes = flow::notes(app, case).await?;
    out.notes = notes
        .into_iter()
        .map(|n| Entry {
            text: n.text,
            who: format!("{} · {}", stamp(n.at), n.author),
            href: String::new(),
            link: String::new(),
        })
        .collect();
    links(app, actor, case, &mut out, lead).await?;
    if lead {
        let alike = flow::alike(app, actor, case).await?;
        out.alike = alike.into_iter().map(alike_line).collect();
    }
    Ok(out)
}

/// Linked cases, and the report that was taken out of a complaint.
async fn links(
    app: &App,
    actor: &Actor,
    case: &Case,
    out: &mut Office,
    lead: bool,
) -> Result<(), Error> {
    let all = flow::links(app, actor, case).await?;
    let split = all.iter().any(|l| l.kind == LinkKind::Split);
    for l in all {
        let words = match (l.kind, l.what) {
            (LinkKind::Split, CaseKind::Report) => "这件投诉里的举报线索已另立举报，单独办理。",
            (LinkKind::Split, CaseKind::Complaint) => "这件举报是从一件投诉里拆出来的，单独办理。",
            (LinkKind::Related, _) => "",
        };
        if let (LinkKind::Related, Some(number)) = (l.kind, &l.number) {
            let label = format!("{number} {}", l.title);
            let choice = out.choice("unlink", l.id.simple().to_string(), label);
            out.unlinks.push(choice);
        }
        let elsewhere = if words.is_empty() {
            "一件相关案件，由别的部门办。"
        } else {
            words
        };
        out.links.push(Entry {
            text: match (&l.number, words) {
                (Some(_), "") => format!("{}。理由：{}", l.title, l.reason),
                (Some(_), words) => format!("{words}理由：{}", l.reason),
                (None, _) => elsewhere.to_owned(),
            },
            who: format!("{} · {}", stamp(l.at), l.author),
            href: l
                .number
                .as_ref()
                .map(|n| format!("/desk/cases/{n}"))
                .unwrap_or_default(),
            link: l.number.unwrap_or_default(),
        });
    }
    let works = (actor.may(Act::Handle) || actor.may(Act::Register)) && lead && !out.me;
    out.can_split = works && !split && case.kind == CaseKind::Complaint && case.state.is_open();
    out.split_named = out.choices(
        "split_named",
        &[
            ("anonymous", "匿名：不带姓名和联系方式"),
            ("named", "署名：问过投诉人，愿意署名举报"),
        ],
    );
    Ok(())
}

/// What was just done, for the address that a form of this part leads to.
pub(super) fn done(code: &str) -> Option<&'static str> {
    FORMS
        .iter()
        .find(|(f, _)| *f == code)
        .map(|(_, words)| *words)
}

/// Flags for the person who decides.
pub(super) fn hints(office: &Office) -> Vec<String> {
    let mut out = Vec::new();
    if office.me {
        out.push("您已回避这一件，不能办理。".to_owned());
    }
    if office.waits {
        out.push("有回避申请等科长决定，调解先停下。".to_owned());
    }
    if !office.papers.is_empty() {
        out.push(format!(
            "还没有出示：{}。可以「要求补充材料」。",
            office.papers
        ));
    }
    if !office.consent_text.is_empty() {
        out.push(office.consent_text.clone());
    }
    let marked = office.alike.iter().filter(|a| a.marked);
    let marked: Vec<String> = marked.map(|a| format!("{} {}", a.label, a.count)).collect();
    if !marked.is_empty() {
        out.push(format!(
            "同类线索较多：{}，请核实是否为生活消费（第十七条）。",
            marked.join("，")
        ));
    }
    out
}
