//! What each step of a filing must satisfy (C-01 to C-03, R-01, M-01, K-02, P-03, P-04), with messages in plain Chinese.
//! Pure: the calendar date and the code tables are parameters.

use super::{
    fields::{Answers, FIELDS, Step},
    filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind, Way},
    joint,
};
use crate::{
    error::FieldError,
    kernel::{Fen, identifiers},
};
use time::{Date, macros::format_description};

/// The code tables a filing refers to.
pub trait Known {
    /// The dispatch subject of a category, `None` for an unknown code.
    fn subject(&self, category: &str) -> Option<String>;
    /// Whether a problem code exists.
    fn problem(&self, code: &str) -> bool;
    /// Whether a street code exists.
    fn street(&self, code: &str) -> bool;
}

/// Street value of somebody who does not know, or who bought online.
pub const STREET_UNKNOWN: &str = "unknown";
/// Street value for outside of the district (T-04).
pub const STREET_OUTSIDE: &str = "outside";

/// Reads a date as the form sends it (`2026-11-08`) or as people type it (`2026/11/8`, `2026年11月8日`).
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let plain: String = crate::kernel::words::halfwidth(text)
        .chars()
        .map(|c| {
            if matches!(c, '年' | '月' | '/' | '.') {
                '-'
            } else {
                c
            }
        })
        .filter(|c| !matches!(c, '日' | ' '))
        .collect();
    let mut parts = plain.split('-').map(str::parse::<u16>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    if parts.next().is_some() {
        return None;
    }
    Date::parse(
        &format!("{year:04}-{month:02}-{day:02}"),
        format_description!("[year]-[month]-[day]"),
    )
    .ok()
}

/// A telephone number as digits (mobile or landline), `None` when it is neither.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    identifiers::mobile(text)
        .or_else(|_| identifiers::landline(text))
        .ok()
}

struct Checker<'a> {
    answers: &'a Answers,
    errors: Vec<FieldError>,
}

impl Checker<'_> {
    fn bad(&mut self, field: &'static str, code: &'static str, message: impl Into<String>) {
        self.wrong(FieldError::new(field, code, message));
    }

    fn wrong(&mut self, error: FieldError) {
        if !self.errors.iter().any(|e| e.field == error.field) {
            self.errors.push(error);
        }
    }

    fn required(&mut self, field: &'static str, message: &str) {
        if self.answers.get(field).is_empty() {
            self.bad(field, "required", message);
        }
    }

    fn choice(&mut self, field: &'static str, known: impl Fn(&str) -> bool, required: &str) {
        let value = self.answers.get(field);
        if value.is_empty() {
            self.bad(field, "required", required);
        } else if !known(value) {
            self.bad(field, "unknown_value", "请从列出的选项里选择");
        }
    }

    fn optional_choices(&mut self, field: &'static str, known: impl Fn(&str) -> bool) {
        if !self.answers.many(field).all(known) {
            self.bad(field, "unknown_value", "请从列出的选项里选择");
        }
    }

    fn lengths(&mut self, step: Option<Step>) {
        for field in FIELDS.iter().filter(|f| f.step == step) {
            let length = self.answers.get(field.name).chars().count();
            if length > field.max {
                self.wrong(FieldError::too_long(field.name, field.max, length));
            }
        }
    }

    fn past_date(&mut self, field: &'static str, today: Date) -> Option<Date> {
        let text = self.answers.get(field);
        if text.is_empty() {
            return None;
        }
        match date(text) {
            None => self.bad(field, "date", "请写成 2026-11-08 这样的日期"),
            Some(d) if d > today => self.bad(field, "future", "日期不能晚于今天"),
            Some(d) if d.year() < 1990 => self.bad(field, "date", "请核对年份"),
            Some(d) => return Some(d),
        }
        None
    }
}

/// The messages for the page before the first step: what to do, age, notice read.
#[must_use]
pub fn check_start(answers: &Answers) -> Vec<FieldError> {
    let mut c = Checker {
        answers,
        errors: Vec::new(),
    };
    c.choice("way", |v| Way::from_code(v).is_some(), "请选择您要办的事");
    c.choice(
        "age",
        |v| matches!(v, "adult" | "guardian"),
        "请选择填写人的年龄情况",
    );
    if answers.get("agreed") != "yes" {
        c.bad("agreed", "required", "请先阅读个人信息处理告知并打勾");
    }
    c.errors
}

/// The messages for one step.
#[must_use]
pub fn check_step(
    step: Step,
    answers: &Answers,
    known: &dyn Known,
    today: Date,
) -> Vec<FieldError> {
    let mut c = Checker {
        answers,
        errors: Vec::new(),
    };
    c.lengths(Some(step));
    let way = Way::from_code(answers.get("way")).unwrap_or(Way::Both);
    match step {
        Step::Whom => whom(&mut c, way, known),
        Step::What => what(&mut c, way, known, today),
        Step::Proof => proof(&mut c, way, today),
        Step::Contact => contact(&mut c, way),
        Step::With => {
            for e in joint::check(answers, today) {
                c.bad(e.field, e.code, e.message);
            }
        }
        Step::Check => {}
    }
    c.errors
        .sort_by_key(|e| FIELDS.iter().position(|f| f.name == e.field));
    c.errors
}

/// Every message of the whole filing, in the order of the form.
#[must_use]
pub fn check_all(answers: &Answers, known: &dyn Known, today: Date) -> Vec<FieldError> {
    let mut errors = check_start(answers);
    for step in Step::ALL.iter().copied() {
        errors.extend(check_step(step, answers, known, today));
    }
    errors
}

fn whom(c: &mut Checker<'_>, way: Way, known: &dyn Known) {
    c.required(
        "trader_name",
        "请填写商家名称，不知道全称可以写招牌上的名字",
    );
    c.choice(
        "trader_kind",
        |v| TraderKind::from_code(v).is_some(),
        "请选择是哪一类商家",
    );
    if c.answers.get("trader_kind") == "merchant" {
        c.required("platform", "请填写平台名称，例如淘宝、拼多多、抖音");
    }
    if way.complains() {
        c.required(
            "trader_address",
            "请填写商家地址；网店请填写店铺公示的地址或店铺链接",
        );
    }
    c.choice(
        "street",
        |v| v == STREET_UNKNOWN || v == STREET_OUTSIDE || known.street(v),
        "请选择街道；不知道请选「不清楚」",
    );
    let uscc = c.answers.get("trader_uscc");
    if !uscc.is_empty()
        && let Err(reason) = identifiers::uscc(uscc)
    {
        c.bad(
            "trader_uscc",
            "uscc",
            format!("统一社会信用代码不对：{}。可以不填", reason.message),
        );
    }
    let phone = c.answers.get("trader_phone");
    if !phone.is_empty() && identifiers::respondent_phone(phone).is_err() {
        c.bad(
            "trader_phone",
            "phone",
            "请核对商家电话，例如 028-80000000、400-800-0000 或手机号码",
        );
    }
}

fn what(c: &mut Checker<'_>, way: Way, known: &dyn Known, today: Date) {
    c.choice(
        "category",
        |v| known.subject(v).is_some(),
        "请选择商品或服务的类别",
    );
    c.required("goods", "请填写商品或服务的名称，例如：热水器");
    c.choice("problem", |v| known.problem(v), "请选择主要是哪方面的问题");
    c.required("story", "请把经过写下来，一句话也可以");
    c.past_date("happened_on", today);
    if way.complains() {
        if c.answers.get("demands").is_empty() {
            c.bad("demands", "required", "请至少选择一项诉求");
        }
        c.optional_choices("demands", |v| Demand::from_code(v).is_some());
    }
    c.choice(
        "injury",
        |v| matches!(v, "yes" | "no"),
        "请选择有没有人受伤或身体不适",
    );
    if c.answers.get("injury") == "yes" {
        let count = c.answers.get("injury_count");
        if !count.is_empty() && !count.parse::<u16>().is_ok_and(|n| (1..=9999).contains(&n)) {
            c.bad("injury_count", "range", "人数请填 1 到 9999 的数字");
        }
    }
}

fn proof(c: &mut Checker<'_>, way: Way, today: Date) {
    let amount = c.answers.get("amount");
    if amount.is_empty() {
        if way.complains() {
            c.bad("amount", "required", "请填写花了多少钱，没有花钱填 0");
        }
    } else if Fen::parse_yuan(amount).is_none() {
        c.bad(
            "amount",
            "amount",
            "金额请填数字，最多两位小数，例如 3600 或 3600.50",
        );
    }
    let bought = c.past_date("bought_on", today);
    if let (Some(bought), Some(happened)) = (bought, date(c.answers.get("happened_on")))
        && bought > happened
    {
        c.bad(
            "bought_on",
            "order",
            "购买日期不应晚于前面填的争议发生日期，请核对",
        );
    }
    c.choice(
        "sale_channel",
        |v| SaleChannel::from_code(v).is_some(),
        "请选择怎么买的",
    );
    if way.complains() {
        c.choice(
            "own_scheme",
            |v| OwnScheme::from_code(v).is_some(),
            "请选择是否先找过商家",
        );
    }
    c.optional_choices("proofs", |v| Proof::from_code(v).is_some());
}

fn contact(c: &mut Checker<'_>, way: Way) {
    if way.reports() {
        c.choice(
            "named",
            |v| matches!(v, "named" | "anonymous"),
            "请选择举报是否署名",
        );
        c.optional_choices("insider", |v| matches!(v, "yes" | "no"));
    }
    let named = way.complains() || c.answers.get("named") == "named";
    if named {
        c.required(
            "name",
            "请填写您的真实姓名，法律要求投诉和署名举报留真实身份",
        );
        c.required("phone", "请填写能联系到您的电话");
    }
    let telephone = c.answers.get("phone");
    if !telephone.is_empty() && phone(telephone).is_none() {
        c.bad(
            "phone",
            "phone",
            "请核对电话号码：手机 11 位，座机带区号，例如 028-80000000",
        );
    }
    if way.complains() {
        c.optional_choices("acting", |v| joint::Acting::from_code(v).is_some());
        c.required("address", "请填写您的通讯地址，精确到街道或小区即可收信");
        c.choice(
            "publish",
            |v| matches!(v, "yes" | "no"),
            "请选择是否同意公示，没有默认选项",
        );
        c.choice(
            "entrust",
            |v| matches!(v, "yes" | "no"),
            "请选择是否同意委托调解，没有默认选项",
        );
    }
    let email = c.answers.get("email");
    if !email.is_empty() && !validator::ValidateEmail::validate_email(&email) {
        c.bad("email", "email", "请核对邮箱地址，也可以不填");
    }
}
