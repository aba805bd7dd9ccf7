//! A filing that satisfies the rules: what the answers mean. Made only by [`Filing::read`] after the checks. Pure.

use super::{
    check,
    fields::Answers,
    joint::{Acting, Parties, acting},
};
use crate::{
    error::FieldError,
    kernel::{
        Fen,
        words::{CaseKind, words},
    },
    triage::danger::{self, Danger},
};
use time::Date;

words! {
    /// What the resident wants to do.
    Way {
        Complaint = "complaint", "投诉：和商家有纠纷，要退、换、修、赔";
        Report = "report", "举报：发现商家违法或产品有危险";
        Both = "both", "两件都要：既要解决我的纠纷，也要查处商家";
    }
}

impl Way {
    /// The cases it becomes (M-01: two when both).
    #[must_use]
    pub const fn kinds(self) -> &'static [CaseKind] {
        match self {
            Self::Complaint => &[CaseKind::Complaint],
            Self::Report => &[CaseKind::Report],
            Self::Both => &[CaseKind::Complaint, CaseKind::Report],
        }
    }

    /// Whether it holds a complaint.
    #[must_use]
    pub const fn complains(self) -> bool {
        !matches!(self, Self::Report)
    }

    /// Whether it holds a report.
    #[must_use]
    pub const fn reports(self) -> bool {
        !matches!(self, Self::Complaint)
    }
}

words! {
    /// Kind of trader 经营者类型, which decides the competent department (C-06, R-02).
    TraderKind {
        Shop = "shop", "实体店、公司、摊位";
        Merchant = "merchant", "网购平台上的店铺";
        Platform = "platform", "网购平台本身";
        Website = "website", "商家自己的网站、小程序、直播间";
        Unknown = "unknown", "个人卖家，或者说不清";
    }
}

words! {
    /// How it was bought 销售方式.
    SaleChannel {
        OnSite = "on_site", "在店里、现场";
        Online = "online", "网上（网购）";
        Phone = "phone", "电话购物";
        Tv = "tv", "电视购物";
        Mail = "mail", "邮购";
        None = "none", "没有买，只是发现";
    }
}

words! {
    /// Demands 投诉请求 (C-03).
    Demand {
        Refund = "refund", "退还货款或服务费用";
        Return = "return", "退货";
        Replace = "replace", "更换";
        Repair = "repair", "修理";
        Redo = "redo", "重作";
        Supplement = "supplement", "补足商品数量";
        Compensate = "compensate", "赔偿损失";
    }
}

words! {
    /// Whether the trader's own scheme was tried first (投办6).
    OwnScheme {
        Failed = "failed", "找过，没有解决";
        Unanswered = "unanswered", "找过，没有回应";
        Not = "not", "还没有找过";
    }
}

words! {
    /// Proof that the resident holds.
    Proof {
        Invoice = "invoice", "发票、小票、收据";
        Payment = "payment", "付款记录";
        Contract = "contract", "合同、订单";
        Photo = "photo", "照片、视频";
        Chat = "chat", "聊天记录、录音";
        Goods = "goods", "商品实物";
    }
}

/// Who filed; sealed apart from the story, and absent for an anonymous report.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contact {
    /// Full name 姓名.
    pub name: String,
    /// Telephone, normalised digits.
    pub phone: String,
    /// Postal address 通讯地址.
    pub address: String,
    /// E-mail, empty when not given.
    pub email: String,
    /// Reporter says to work for the reported party (R-06; the reward officer alone sees it).
    pub insider: bool,
}

/// The story as the office needs it; sealed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Story {
    /// What happened, 1 to 4,000 characters.
    pub text: String,
    /// Everything else that was answered and is not personal, by field name.
    pub facts: Answers,
}

/// A filing whose every answer satisfies the rules.
#[derive(Debug, Clone)]
pub struct Filing {
    /// Complaint, report or both.
    pub way: Way,
    /// Trader's name.
    pub trader_name: String,
    /// Kind of trader.
    pub trader_kind: TraderKind,
    /// Street code, `None` when outside of the district or unknown.
    pub street: Option<String>,
    /// Category code.
    pub category: String,
    /// Subject for dispatch.
    pub subject: String,
    /// Problem code.
    pub problem: String,
    /// Goods or service.
    pub goods: String,
    /// Amount paid.
    pub amount: Option<Fen>,
    /// Consent to publish (C-02), for complaints.
    pub publish: Option<bool>,
    /// Consent to entrusted mediation (C-02), for complaints.
    pub entrust: Option<bool>,
    /// Somebody was hurt (K-02).
    pub injury: bool,
    /// Gravest danger the story speaks of.
    pub danger: Option<Danger>,
    /// The reporter gives a name.
    pub named_report: bool,
    /// Who filed, if anybody says.
    pub contact: Option<Contact>,
    /// The story.
    pub story: Story,
    /// Who files beside the sender (C-04, C-05).
    pub parties: Parties,
}

impl Filing {
    /// Reads answers that pass every check.
    ///
    /// # Errors
    /// All field messages, in the order of the form.
    pub fn read(
        answers: &Answers,
        known: &dyn check::Known,
        today: Date,
    ) -> Result<Self, Vec<FieldError>> {
        let errors = check::check_all(answers, known, today);
        if !errors.is_empty() {
            return Err(errors);
        }
        let missing = |field| vec![FieldError::new(field, "unknown_value", "请重新选择")];
        let way = Way::from_code(answers.get("way")).ok_or_else(|| missing("way"))?;
        let category = answers.get("category").to_owned();
        let subject = known
            .subject(&category)
            .ok_or_else(|| missing("category"))?;
        let named_report = way.reports() && answers.get("named") == "named";
        let insider = way.reports() && answers.get("insider") == "yes";
        let gives = |name: &str| {
            if applies(name, answers) {
                answers.get(name)
            } else {
                ""
            }
        };
        let contact = (way.complains() || named_report || insider).then(|| Contact {
            name: gives("name").to_owned(),
            phone: check::phone(gives("phone")).unwrap_or_default(),
            address: gives("address").to_owned(),
            email: gives("email").to_owned(),
            insider,
        });
        let text = answers.get("story").replace("\r\n", "\n");
        let mut facts = Answers::default();
        for (name, value) in answers.iter() {
            let kept = super::fields::field(name).is_some_and(|f| !f.personal && f.name != "story");
            if kept && applies(name, answers) {
                facts.set(name, value);
            }
        }
        let yes_no = |name: &str| way.complains().then(|| answers.get(name) == "yes");
        Ok(Self {
            way,
            trader_name: answers.get("trader_name").to_owned(),
            trader_kind: TraderKind::from_code(answers.get("trader_kind"))
                .ok_or_else(|| missing("trader_kind"))?,
            street: Some(answers.get("street"))
                .filter(|s| known.street(s))
                .map(str::to_owned),
            category,
            subject,
            problem: answers.get("problem").to_owned(),
            goods: answers.get("goods").to_owned(),
            amount: Fen::parse_yuan(answers.get("amount")),
            publish: yes_no("publish"),
            entrust: yes_no("entrust"),
            injury: answers.get("injury") == "yes",
            danger: danger::find(&text),
            named_report,
            contact,
            story: Story { text, facts },
            parties: Parties::read(answers),
        })
    }
}

/// Whether an optional answer still applies: what was typed under a choice that was changed later is not stored.
#[must_use]
pub fn applies(name: &str, answers: &Answers) -> bool {
    match name {
        "injury_consent" => answers.get("injury") == "yes",
        // P-03: details of an injury are kept only with a consent of their own
        "injury_count" | "injury_hospital" => {
            answers.get("injury") == "yes" && answers.get("injury_consent") == "yes"
        }
        // an anonymous report keeps nothing that leads to its sender
        "name" | "phone" | "address" | "email" => {
            matches!(answers.get("way"), "complaint" | "both") || answers.get("named") == "named"
        }
        "platform" => matches!(answers.get("trader_kind"), "merchant" | "platform"),
        "others" | "speakers" | "joint_consent" => acting(answers) == Acting::Joint,
        "agent_name" | "agent_phone" | "agent_matter" | "agent_powers" | "agent_until" => {
            acting(answers) == Acting::Agent
        }
        "paper" => acting(answers) != Acting::Own,
        "demands" | "publish" | "entrust" | "acting" => {
            matches!(answers.get("way"), "complaint" | "both")
        }
        "named" | "insider" => matches!(answers.get("way"), "report" | "both"),
        _ => true,
    }
}
