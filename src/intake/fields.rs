//! Every field of a filing in one table: name (form and API), label, limit, wizard step. Pages, the check-your-answers
//! page, the API and the hotline import all read it. Pure.

use super::joint::{Acting, acting};
use crate::kernel::words::words;
use std::collections::BTreeMap;

words! {
    /// Steps of the wizard 填写步骤, in order.
    Step {
        Whom = "whom", "对谁";
        What = "what", "什么事";
        Proof = "proof", "凭证";
        Contact = "contact", "联系方式";
        /// Only for who files with others or for somebody else.
        With = "with", "一起投诉、委托";
        Check = "check", "核对";
    }
}

impl Step {
    /// The steps that these answers ask for, in order.
    pub fn of(answers: &Answers) -> impl Iterator<Item = Self> {
        let alone = acting(answers) == Acting::Own;
        let all = Self::ALL.iter().copied();
        all.filter(move |s| *s != Self::With || !alone)
    }

    /// Place among all steps, by which a draft remembers how far it came.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }

    /// The step before, `None` at the first.
    #[must_use]
    pub fn before(self, answers: &Answers) -> Option<Self> {
        Self::of(answers).take_while(|s| *s != self).last()
    }

    /// The step after, the last after the last.
    #[must_use]
    pub fn after(self, answers: &Answers) -> Self {
        let mut rest = Self::of(answers).skip_while(|s| s.place() <= self.place());
        rest.next().unwrap_or(Self::Check)
    }

    /// Its page.
    #[must_use]
    pub fn path(self) -> String {
        format!("/file/{}", self.code())
    }
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name in the form and the API.
    pub name: &'static str,
    /// Chinese label.
    pub label: &'static str,
    /// Where it is asked; `None`: before the first step.
    pub step: Option<Step>,
    /// Most characters.
    pub max: usize,
    /// May be chosen more than once (joined by commas in storage, an array in the API).
    pub many: bool,
    /// Personal data of the sender: sealed apart from the story.
    pub personal: bool,
}

const fn f(name: &'static str, label: &'static str, step: Step, max: usize) -> Field {
    Field {
        name,
        label,
        step: Some(step),
        max,
        many: false,
        personal: false,
    }
}

const fn p(name: &'static str, label: &'static str, max: usize) -> Field {
    Field {
        name,
        label,
        step: Some(Step::Contact),
        max,
        many: false,
        personal: true,
    }
}

/// A field about others than the sender.
const fn w(name: &'static str, label: &'static str, max: usize) -> Field {
    Field {
        step: Some(Step::With),
        ..p(name, label, max)
    }
}

/// All fields, in the order in which they are asked.
pub const FIELDS: &[Field] = &[
    Field {
        name: "way",
        label: "要办的事",
        step: None,
        max: 16,
        many: false,
        personal: false,
    },
    Field {
        name: "age",
        label: "年龄",
        step: None,
        max: 16,
        many: false,
        personal: false,
    },
    Field {
        name: "agreed",
        label: "已阅读个人信息处理告知",
        step: None,
        max: 8,
        many: false,
        personal: false,
    },
    f("trader_name", "商家名称", Step::Whom, 80),
    f("trader_kind", "是哪一类商家", Step::Whom, 24),
    f("platform", "平台名称", Step::Whom, 40),
    f("trader_address", "商家地址", Step::Whom, 120),
    f("street", "事情发生在哪里", Step::Whom, 12),
    f("trader_phone", "商家电话", Step::Whom, 24),
    f("trader_uscc", "统一社会信用代码", Step::Whom, 24),
    f("category", "商品或服务类别", Step::What, 32),
    f("goods", "商品或服务名称", Step::What, 60),
    f("problem", "主要问题", Step::What, 32),
    f("story", "事情经过", Step::What, 4000),
    f("happened_on", "争议发生日期", Step::What, 16),
    Field {
        name: "demands",
        label: "诉求",
        step: Some(Step::What),
        max: 120,
        many: true,
        personal: false,
    },
    f("injury", "有没有人受伤或身体不适", Step::What, 8),
    f("injury_consent", "同意记录伤情", Step::What, 8),
    f("injury_count", "受伤人数", Step::What, 4),
    f("injury_hospital", "就诊医院", Step::What, 60),
    f("amount", "花了多少钱（元）", Step::Proof, 16),
    f("bought_on", "购买日期", Step::Proof, 16),
    f("sale_channel", "怎么买的", Step::Proof, 16),
    f("order_no", "订单号", Step::Proof, 60),
    f("brand", "品牌", Step::Proof, 40),
    f("model", "型号规格", Step::Proof, 60),
    f("batch", "批号或生产日期", Step::Proof, 60),
    f("project", "项目或楼栋", Step::Proof, 80),
    f("own_scheme", "是否先找过商家", Step::Proof, 16),
    Field {
        name: "proofs",
        label: "手里有哪些凭证",
        step: Some(Step::Proof),
        max: 120,
        many: true,
        personal: false,
    },
    p("named", "是否署名", 12),
    p("name", "姓名", 40),
    p("phone", "手机号码", 24),
    p("address", "通讯地址", 120),
    p("email", "电子邮箱", 80),
    p("insider", "是否内部人员", 8),
    f("acting", "替谁投诉", Step::Contact, 8),
    Field {
        name: "publish",
        label: "是否同意公示投诉信息",
        step: Some(Step::Contact),
        max: 4,
        many: false,
        personal: false,
    },
    Field {
        name: "entrust",
        label: "是否同意委托调解",
        step: Some(Step::Contact),
        max: 4,
        many: false,
        personal: false,
    },
    w("others", "一起投诉的人", 4000),
    w("speakers", "代表人", 80),
    w("joint_consent", "其他人都同意", 8),
    w("agent_name", "代理人姓名", 40),
    w("agent_phone", "代理人电话", 24),
    w("agent_matter", "委托办什么事", 200),
    w("agent_powers", "代理权限", 12),
    w("agent_until", "委托到哪一天", 10),
    w("paper", "推选书或者授权委托书写好了吗", 8),
];

/// The field with this name.
#[must_use]
pub fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.name == name)
}

/// Raw answers as typed: kept even when wrong, so that nothing typed is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// The trimmed answer, empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |v| v.trim())
    }

    /// The chosen values of a field that may be chosen more than once.
    pub fn many(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).split(',').filter(|v| !v.is_empty())
    }

    /// Whether a field was chosen with this value.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.many(name).any(|v| v == value)
    }

    /// Keeps an answer. Unknown names are ignored; control characters go. A value over its limit stays whole, for its
    /// writer to shorten: the check says by how much, and what comes in at all is bounded by the form's size.
    pub fn set(&mut self, name: &str, value: &str) {
        if field(name).is_some() {
            let clean: String = value
                .chars()
                .filter(|c| *c == '\n' || !c.is_control())
                .collect();
            if clean.trim().is_empty() {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), clean);
            }
        }
    }

    /// Takes one step's form: fields of the step that the form did not send (unticked boxes) are cleared.
    pub fn set_step(&mut self, step: Step, pairs: &[(String, String)]) {
        for field in FIELDS.iter().filter(|f| f.step == Some(step)) {
            let values: Vec<&str> = pairs
                .iter()
                .filter(|(k, _)| k == field.name)
                .map(|(_, v)| v.as_str())
                .collect();
            if field.many {
                self.set(field.name, &values.join(","));
            } else {
                self.set(field.name, values.first().copied().unwrap_or(""));
            }
        }
    }

    /// What a form of one page sent, every field of the table.
    #[must_use]
    pub fn of_form(pairs: &[(String, String)]) -> Self {
        let mut out = Self::default();
        for field in FIELDS {
            let values = pairs.iter().filter(|(k, _)| k == field.name);
            let values: Vec<&str> = values.map(|(_, v)| v.as_str()).collect();
            out.set(field.name, &values.join(","));
        }
        out
    }

    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every answer in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}
