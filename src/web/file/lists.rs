//! The choices of a filing's fields as forms show them: one list for the wizard and for the counter.

use super::{Choice, Form, choices};
use crate::{
    app::App,
    intake::{
        check,
        filing::{Demand, OwnScheme, Proof, SaleChannel, TraderKind},
        joint::{Acting, Powers},
    },
};

/// Every list of choices, with what was chosen.
pub(in crate::web) struct Lists {
    pub(in crate::web) streets: Vec<Choice>,
    pub(in crate::web) kinds: Vec<Choice>,
    pub(in crate::web) goods: Vec<Choice>,
    pub(in crate::web) services: Vec<Choice>,
    pub(in crate::web) problems: Vec<Choice>,
    pub(in crate::web) demands: Vec<Choice>,
    pub(in crate::web) injury: Vec<Choice>,
    pub(in crate::web) channels: Vec<Choice>,
    pub(in crate::web) schemes: Vec<Choice>,
    pub(in crate::web) proofs: Vec<Choice>,
    pub(in crate::web) publish: Vec<Choice>,
    pub(in crate::web) entrust: Vec<Choice>,
    pub(in crate::web) insider: Vec<Choice>,
    pub(in crate::web) acting: Vec<Choice>,
    pub(in crate::web) powers: Vec<Choice>,
    pub(in crate::web) papers: Vec<Choice>,
}

/// Streets, and what people say who are in none.
pub(in crate::web) fn streets(app: &App, f: &Form) -> Vec<Choice> {
    let reference = app.reference();
    let streets = reference
        .streets
        .iter()
        .map(|s| (s.code.as_str(), s.name.as_str(), ""));
    let rest = [
        (check::STREET_UNKNOWN, "不清楚，或者是网上买的", ""),
        (
            check::STREET_OUTSIDE,
            "不在本区",
            "也可以提交，由工作人员告诉您找谁",
        ),
    ];
    f.pick("street", streets.chain(rest))
}

/// The rows of a code table: `goods`, `service` or `problem`.
pub(in crate::web) fn family(app: &App, f: &Form, name: &str, family: &str) -> Vec<Choice> {
    let reference = app.reference();
    let rows = reference.categories.iter().filter(|c| c.family == family);
    f.pick(name, rows.map(|c| (c.code.as_str(), c.name.as_str(), "")))
}

/// Yes and no in the words of the question.
pub(in crate::web) fn yes_no(
    f: &Form,
    name: &str,
    yes: &'static str,
    no: &'static str,
) -> Vec<Choice> {
    f.pick(name, [("yes", yes, ""), ("no", no, "")])
}

impl Lists {
    /// All of them, for a form of one page.
    pub(in crate::web) fn of(app: &App, f: &Form) -> Self {
        Self {
            streets: streets(app, f),
            kinds: choices!(f, "trader_kind", TraderKind),
            goods: family(app, f, "category", "goods"),
            services: family(app, f, "category", "service"),
            problems: family(app, f, "problem", "problem"),
            demands: choices!(f, "demands", Demand),
            injury: yes_no(f, "injury", "有", "没有"),
            channels: choices!(f, "sale_channel", SaleChannel),
            schemes: choices!(f, "own_scheme", OwnScheme),
            proofs: choices!(f, "proofs", Proof),
            publish: yes_no(f, "publish", "同意", "不同意"),
            entrust: yes_no(f, "entrust", "同意", "不同意"),
            insider: yes_no(f, "insider", "是", "不是"),
            acting: choices!(f, "acting", Acting),
            powers: choices!(f, "agent_powers", Powers),
            papers: yes_no(f, "paper", "看过原件", "还没有"),
        }
    }
}
