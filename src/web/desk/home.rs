//! Where each role's day begins: the day of who works on cases, another role's first page, or, while it has none, what will come to it in plain words.

use super::{day, nav};
use crate::{
    kernel::access::{Act, Role, may},
    web::{
        ctx::{Answer, Ctx},
        layout::Layout,
        pages::{page, see_other},
    },
};
use askama::Template;

#[derive(Template)]
#[template(path = "desk/home.html")]
struct HomePage {
    l: Layout,
    role: &'static str,
    duties: &'static [&'static str],
    limits: &'static str,
}

/// What a role does, and what it is not shown, as it reads it on its first page.
const fn words(role: Role) -> (&'static [&'static str], &'static str) {
    match role {
        Role::Discloser => (
            &[
                "投诉办结后，要公示的先到这里，由您复核。",
                "您核对两件事：该公示的都公示了；谁也不能从公示的内容认出投诉人。",
                "不公示的，要写明依据哪一条、由谁决定。举报一律不公示。",
            ],
            "您看不到投诉人的姓名、电话和地址，复核也用不着。",
        ),
        Role::Reward => (
            &[
                "举报查实结案后，举报人提出的奖励申请先到这里。",
                "您核对条件、评定等级、计算金额，由另一个人批准后通知举报人。",
            ],
            "举报人是不是内部人员，只有您能核对，每次都留痕。",
        ),
        Role::Finance => (
            &[
                "奖励决定生效后，要发放的奖励到这里。",
                "您核对决定书和收款账户，发放后登记日期和凭证号。",
            ],
            "您只看到金额、决定书和收款账户，看不到举报的内容。",
        ),
        _ => (&[], ""),
    }
}

/// `GET /desk`.
pub async fn home(ctx: Ctx) -> Answer {
    let role = ctx.signed_in()?.actor.role;
    if may(role, Act::ViewCases) {
        return day::show(ctx).await;
    }
    if let Some(first) = nav::first(role) {
        return Ok(see_other(first.href));
    }
    let (duties, limits) = words(role);
    page(&HomePage {
        l: ctx.layout(role.label(), "home"),
        role: role.label(),
        duties,
        limits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_page_is_told_what_will_come() {
        for role in Role::ALL.iter().copied() {
            if nav::first(role).is_none() {
                assert!(!words(role).0.is_empty(), "{role}");
            }
        }
    }
}
