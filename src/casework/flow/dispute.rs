//! Two departments disagree who is competent 管辖争议 (C-06, 投办33): seven working days to agree, else the superior of both
//! designates. The terms of the case run on.

use super::{Plain, named, plain, reason_of};
use crate::{
    app::App,
    casework::{EventKind, Verb},
    error::{Error, Result},
    kernel::{access::Actor, words::words},
};
use serde_json::json;

words! {
    /// How a dispute ended.
    Settlement {
        Ours = "ours", "协商确定由本部门办";
        Theirs = "theirs", "协商确定由对方办";
        DesignatedUs = "designated_us", "上级指定由本部门办";
        DesignatedThem = "designated_them", "上级指定由对方办";
    }
}

/// Records that another department claims or denies the case too.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] when it does not say with whom and why.
pub async fn dispute(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    other: &str,
    reason: &str,
) -> Result<()> {
    let other = named(
        other,
        "disputed_with",
        "请写明和哪个部门有争议（4 到 60 个字）",
    )?;
    let reason = reason_of(reason, "请写明争议在哪里")?;
    let step = Plain {
        verb: Verb::Dispute,
        event: EventKind::DisputeRaised,
        data: json!({ "with": other, "reason": reason }),
    };
    plain(app, actor, number, version, step).await
}

/// How it ended. A case of the other side is transferred or returned afterwards, by a step of its own.
///
/// # Errors
/// As [`dispute`]; [`Error::Invalid`] without a result.
pub async fn dispute_settle(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    result: &str,
    note: &str,
) -> Result<()> {
    let result = Settlement::from_code(result)
        .ok_or_else(|| Error::field("choice", "required", "请选择管辖的结果"))?;
    let note = reason_of(note, "请写明怎样定下来的")?;
    let step = Plain {
        verb: Verb::DisputeSettle,
        event: EventKind::DisputeSettled,
        data: json!({ "result": result, "reason": note }),
    };
    plain(app, actor, number, version, step).await
}
