//! Cases for the national 12315 platform 全国12315平台 (投办40, rules 3.4): a case in the limits of its form, the whole
//! of what does not fit as an attachment. Pure; who takes cases there and keeps their numbers is `flow`.

pub mod flow;
mod map;
pub mod numbers;

use crate::{
    intake::{
        Contact, Story,
        filing::{Demand, SaleChannel, TraderKind},
    },
    kernel::{
        Fen,
        clock::china_date,
        words::{CaseKind, Channel},
    },
};
use std::fmt::Write as _;
use time::OffsetDateTime;

/// Longest text, in characters.
pub const TEXT: usize = 400;
/// Longest address of the sender.
pub const ADDRESS: usize = 40;
/// Longest name of a platform.
pub const PLATFORM: usize = 20;
/// Longest name of a merchant.
pub const MERCHANT: usize = 50;

/// The columns of the file: key (JSON lines), heading (CSV).
pub const COLUMNS: [(&str, &str); 38] = [
    ("number", "登记编号"),
    ("kind", "类型"),
    ("received_on", "登记日期"),
    ("channel", "接收方式"),
    ("department", "处理单位"),
    ("anonymous", "是否匿名"),
    ("name", "姓名"),
    ("phone", "电话"),
    ("address", "通讯地址"),
    ("email", "电子邮箱"),
    ("merchant", "被反映主体名称"),
    ("uscc", "统一社会信用代码"),
    ("merchant_address", "经营地址"),
    ("merchant_phone", "被反映方电话"),
    ("merchant_kind", "市场主体类型"),
    ("goods", "商品或服务名称"),
    ("brand", "品牌"),
    ("model", "型号规格"),
    ("batch", "产品批号"),
    ("object", "客体类别"),
    ("problem", "问题类别"),
    ("sale", "销售方式"),
    ("platform", "网购平台"),
    ("order_no", "订单号"),
    ("bought_on", "购买日期"),
    ("happened_on", "争议发生时间"),
    ("amount", "涉及金额（元）"),
    ("demands", "诉求"),
    ("text", "内容"),
    ("corruption", "是否医药腐败"),
    ("injury", "有无人身伤害"),
    ("injury_count", "受伤人数"),
    ("publish", "是否同意公示"),
    ("entrust", "是否同意委托调解"),
    ("project", "项目或楼栋"),
    ("state", "办理状态"),
    ("attachment", "附件"),
    ("cut", "附件里有全文的栏目"),
];

/// A case as it lies in the store, opened.
#[derive(Debug, Clone)]
pub struct Opened<'a> {
    /// Its number here.
    pub number: &'a str,
    /// Complaint or report.
    pub kind: CaseKind,
    /// When it was received.
    pub received_at: OffsetDateTime,
    /// How it came in, a code.
    pub channel: &'a str,
    /// Who handles it, in words.
    pub department: &'a str,
    /// Its state, in words.
    pub state: &'a str,
    /// Trader.
    pub trader_name: &'a str,
    /// Kind of trader, a code.
    pub trader_kind: &'a str,
    /// Category code.
    pub category: &'a str,
    /// Problem code.
    pub problem: &'a str,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Somebody was hurt.
    pub injury: bool,
    /// Consent to publish.
    pub publish: Option<bool>,
    /// Consent to entrusted mediation.
    pub entrust: Option<bool>,
    /// The story.
    pub story: &'a Story,
    /// Who sent it, `None` for an anonymous report.
    pub contact: Option<&'a Contact>,
}

/// A case for the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The values of [`COLUMNS`].
    pub values: Vec<String>,
    /// The text of the attachment, `None` when everything fits.
    pub attachment: Option<String>,
}

/// Why a case cannot go to the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    /// The column.
    pub field: &'static str,
    /// What to do.
    pub message: &'static str,
}

/// The name of the attachment of a case.
#[must_use]
pub fn attachment_name(number: &str) -> String {
    format!("files/{number}.pdf")
}

/// Cuts texts to their limits and keeps those that were cut.
#[derive(Default)]
struct Cutter {
    whole: Vec<(&'static str, String)>,
}

impl Cutter {
    fn cut(&mut self, heading: &'static str, text: &str, most: usize) -> String {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        self.whole.push((heading, text.to_owned()));
        text.chars().take(most).collect()
    }
}

/// How it was bought, as the platform names it; without an answer, as such traders sell.
fn sale(code: &str, trader: Option<TraderKind>) -> &'static str {
    match SaleChannel::from_code(code) {
        Some(SaleChannel::OnSite | SaleChannel::None) => "现场购买",
        Some(SaleChannel::Online) => "网购（电子商务）",
        Some(SaleChannel::Phone) => "电话购物",
        Some(SaleChannel::Tv) => "电视购物",
        Some(SaleChannel::Mail) => "邮购",
        None => match trader {
            Some(TraderKind::Merchant | TraderKind::Platform | TraderKind::Website) => {
                "网购（电子商务）"
            }
            _ => "现场购买",
        },
    }
}

/// Where it was bought online: the platform must be named.
fn platform<'a>(named: &'a str, trader: Option<TraderKind>, name: &'a str) -> &'a str {
    match (named, trader) {
        ("", Some(TraderKind::Platform)) => name,
        ("", Some(TraderKind::Website)) => "商家自有网站",
        ("", _) => "其他平台",
        (named, _) => named,
    }
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "是" } else { "否" }
}

/// The case in the limits of the platform's form.
///
/// # Errors
/// What the platform asks for and the case does not have.
pub fn record(case: &Opened<'_>) -> Result<Record, Vec<Mistake>> {
    let fact = |name| case.story.facts.get(name);
    let trader = TraderKind::from_code(case.trader_kind);
    let contact = case.contact.filter(|c| !c.name.is_empty());
    let mut cutter = Cutter::default();
    let mut mistakes = Vec::new();
    let mut need = |field, found: Option<&str>, message| {
        let found = found.filter(|f| !f.is_empty()).map(str::to_owned);
        if found.is_none() {
            mistakes.push(Mistake { field, message });
        }
        found.unwrap_or_default()
    };
    let goods = need("goods", Some(fact("goods")), "没有商品或服务名称");
    let object = map::object(case.category);
    let object = need(
        "object",
        object,
        "类别没有对应的12315类别，请补 12315-map.csv",
    );
    let problem = map::problem(case.problem, case.kind);
    let problem = need(
        "problem",
        problem,
        "问题没有对应的12315问题类别，请补 12315-map.csv",
    );
    let text = need("text", Some(case.story.text.trim()), "没有内容");
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let sale = sale(fact("sale_channel"), trader);
    let platform = if sale.starts_with("网购") {
        platform(fact("platform"), trader, case.trader_name)
    } else {
        ""
    };
    let demands: Vec<&str> = case
        .story
        .facts
        .many("demands")
        .filter_map(|d| Demand::from_code(d).map(Demand::label))
        .collect();
    let complaint = case.kind == CaseKind::Complaint;
    let consent = |c: Option<bool>| c.filter(|_| complaint).map_or("", yes_no).to_owned();
    let of = |f: fn(&Contact) -> &String| contact.map(|c| f(c).clone()).unwrap_or_default();
    let mut values = vec![
        case.number.to_owned(),
        case.kind.label().to_owned(),
        china_date(case.received_at).to_string(),
        Channel::from_code(case.channel)
            .map_or("", Channel::label)
            .to_owned(),
        case.department.to_owned(),
        yes_no(contact.is_none()).to_owned(),
        of(|c| &c.name),
        of(|c| &c.phone),
        cutter.cut("通讯地址", &of(|c| &c.address), ADDRESS),
        of(|c| &c.email),
        cutter.cut("被反映主体名称", case.trader_name, MERCHANT),
        fact("trader_uscc").to_owned(),
        fact("trader_address").to_owned(),
        fact("trader_phone").to_owned(),
        trader.map_or("", TraderKind::label).to_owned(),
        goods,
        fact("brand").to_owned(),
        fact("model").to_owned(),
        fact("batch").to_owned(),
        object,
        problem,
        sale.to_owned(),
        cutter.cut("网购平台", platform, PLATFORM),
        fact("order_no").to_owned(),
        fact("bought_on").to_owned(),
        fact("happened_on").to_owned(),
        case.amount_fen.map(plain_yuan).unwrap_or_default(),
        if complaint {
            demands.join("、")
        } else {
            String::new()
        },
        cutter.cut("内容", &text, TEXT),
        yes_no(false).to_owned(),
        yes_no(case.injury).to_owned(),
        fact("injury_count").to_owned(),
        consent(case.publish),
        consent(case.entrust),
        fact("project").to_owned(),
        case.state.to_owned(),
    ];
    let cut: Vec<&str> = cutter.whole.iter().map(|(heading, _)| *heading).collect();
    let attachment = (!cut.is_empty()).then(|| whole(case, &cutter.whole));
    values.push(if attachment.is_some() {
        attachment_name(case.number)
    } else {
        String::new()
    });
    values.push(cut.join("、"));
    Ok(Record { values, attachment })
}

fn plain_yuan(fen: i64) -> String {
    Fen(fen).yuan().replace(',', "")
}

/// The attachment: everything that was cut, whole.
fn whole(case: &Opened<'_>, cut: &[(&'static str, String)]) -> String {
    let mut out = format!(
        "{}全文\n\n编号：{}\n收到日期：{}",
        case.kind.label(),
        case.number,
        china_date(case.received_at)
    );
    for (heading, text) in cut {
        let _ = write!(out, "\n\n{heading}\n{text}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Answers;
    use time::macros::datetime;

    fn story(text: &str, facts: &[(&str, &str)]) -> Story {
        let mut answers = Answers::default();
        for (name, value) in facts {
            answers.set(name, value);
        }
        Story {
            text: text.to_owned(),
            facts: answers,
        }
    }

    fn contact() -> Contact {
        Contact {
            name: "张示例".into(),
            phone: "13800138000".into(),
            address: "四川天府新区".repeat(8),
            email: String::new(),
            insider: true,
        }
    }

    fn opened<'a>(story: &'a Story, contact: Option<&'a Contact>) -> Opened<'a> {
        Opened {
            number: "TS-2611-00517-3",
            kind: CaseKind::Complaint,
            received_at: datetime!(2026-11-24 23:30 UTC),
            channel: "web",
            department: "市场监管部门",
            state: "已受理",
            trader_name: "成都示例电器有限公司",
            trader_kind: "merchant",
            category: "g_appliance",
            problem: "p_quality",
            amount_fen: Some(360_050),
            injury: false,
            publish: Some(true),
            entrust: Some(false),
            story,
            contact,
        }
    }

    fn value(record: &Record, key: &str) -> String {
        let at = COLUMNS.iter().position(|c| c.0 == key).unwrap();
        record.values[at].clone()
    }

    #[test]
    fn a_case_fits_into_the_form_and_nothing_is_lost() {
        let long = "热水器漏水。".repeat(100);
        let story = story(
            &long,
            &[
                ("goods", "热水器"),
                ("platform", "这是一个名字超过了二十个字的网络购物平台呀呀"),
                ("demands", "refund,repair"),
            ],
        );
        let who = contact();
        let made = record(&opened(&story, Some(&who))).unwrap();
        assert_eq!(made.values.len(), COLUMNS.len());
        for (key, most) in [("text", TEXT), ("address", ADDRESS), ("platform", PLATFORM)] {
            assert_eq!(value(&made, key).chars().count(), most, "{key}");
        }
        assert!(long.starts_with(&value(&made, "text")));
        let attachment = made.attachment.clone().unwrap();
        assert!(attachment.contains(&long) && attachment.contains(&who.address));
        assert_eq!(value(&made, "attachment"), "files/TS-2611-00517-3.pdf");
        assert_eq!(value(&made, "cut"), "通讯地址、网购平台、内容");
        for (key, expected) in [
            ("received_on", "2026-11-25"),
            ("object", "家用电器"),
            ("problem", "质量"),
            ("sale", "网购（电子商务）"),
            ("amount", "3600.50"),
            ("demands", "退还货款或服务费用、修理"),
            ("publish", "是"),
            ("entrust", "否"),
            ("anonymous", "否"),
            ("name", "张示例"),
        ] {
            assert_eq!(value(&made, key), expected, "{key}");
        }
        assert!(
            !made.values.iter().any(|v| v.contains("内部")),
            "R-06 stays here"
        );
    }

    #[test]
    fn a_short_case_has_no_attachment_and_an_anonymous_report_no_name() {
        let story = story(
            "买到过期的牛奶",
            &[("goods", "牛奶"), ("sale_channel", "on_site")],
        );
        let insider = Contact {
            insider: true,
            ..Contact::default()
        };
        for who in [None, Some(&insider)] {
            let case = Opened {
                kind: CaseKind::Report,
                publish: None,
                problem: "p_food_safety",
                ..opened(&story, who)
            };
            let made = record(&case).unwrap();
            assert_eq!(made.attachment, None);
            assert_eq!(value(&made, "problem"), "违反食品安全法法规");
            for (key, expected) in [
                ("anonymous", "是"),
                ("name", ""),
                ("platform", ""),
                ("publish", ""),
                ("cut", ""),
            ] {
                assert_eq!(value(&made, key), expected, "{key}");
            }
        }
    }

    #[test]
    fn what_the_platform_asks_for_is_named() {
        let story = story("漏水", &[]);
        let case = Opened {
            category: "g_gone",
            problem: "g_food",
            ..opened(&story, None)
        };
        let fields: Vec<_> = record(&case).unwrap_err().iter().map(|m| m.field).collect();
        assert_eq!(fields, ["goods", "object", "problem"]);
    }

    #[test]
    fn online_always_names_a_platform() {
        assert_eq!(platform("", Some(TraderKind::Website), "x"), "商家自有网站");
        assert_eq!(platform("", Some(TraderKind::Platform), "某某网"), "某某网");
        assert_eq!(platform("", None, "x"), "其他平台");
        assert_eq!(platform("某某购", None, "x"), "某某购");
        assert_eq!(sale("", Some(TraderKind::Shop)), "现场购买");
        assert_eq!(sale("tv", Some(TraderKind::Merchant)), "电视购物");
    }
}
