//! The navigation of the desk: one list of pages, each with the act that opens it, so that a role is shown what it may
//! open and nothing else. A role that has no page yet begins its day on a page that says what will come to it.

use crate::kernel::access::{Act, Role, may};

/// One page of the navigation.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Key that the page's layout names.
    pub key: &'static str,
    /// Its address.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    act: Act,
}

const fn item(key: &'static str, href: &'static str, label: &'static str, act: Act) -> Item {
    Item {
        key,
        href,
        label,
        act,
    }
}

/// The pages that are somebody's work, in the order of the navigation.
static PAGES: &[Item] = &[
    item("day", "/desk", "今日", Act::ViewCases),
    item("cases", "/desk/cases", "案件", Act::ViewCases),
    item("intake", "/desk/intake", "登记", Act::Register),
    item("reports", "/desk/reports", "统计", Act::Figures),
    item("alerts", "/desk/alerts", "风险预警", Act::ViewAlerts),
    item("rules", "/desk/admin/rules", "分派规则", Act::Administer),
    item(
        "calendar",
        "/desk/admin/calendar",
        "工作日历",
        Act::Administer,
    ),
    item("jobs", "/desk/admin/jobs", "发送", Act::Administer),
    item("audit", "/desk/audit", "审计留痕", Act::Audit),
    item(LATE, "/desk/late", "到期督办", Act::SeeLate),
];

/// Key of the page of what is late.
pub const LATE: &str = "late";

/// Where a role without a page of its own begins.
static HOME: Item = item("home", "/desk", "首页", Act::UseDesk);

/// What stands beside the work.
static BESIDE: &[Item] = &[
    item("insider", "/desk/insider", "内部举报核对", Act::Reward),
    item("sessions", "/desk/sessions", "登录设备", Act::UseDesk),
];

fn open(pages: &'static [Item], role: Role) -> impl Iterator<Item = &'static Item> {
    pages.iter().filter(move |i| may(role, i.act))
}

/// The page that a role's day begins with, `None` when it has none of its own yet.
#[must_use]
pub fn first(role: Role) -> Option<&'static Item> {
    open(PAGES, role).next()
}

/// The navigation of a role.
#[must_use]
pub fn menu(role: Role) -> Vec<&'static Item> {
    let home = first(role).is_none().then_some(&HOME);
    home.into_iter()
        .chain(open(PAGES, role))
        .chain(open(BESIDE, role))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::routes::{Gate, ROUTES};

    #[test]
    fn every_role_has_a_beginning_and_no_dead_link() {
        for role in Role::ALL.iter().copied() {
            let menu = menu(role);
            assert!(menu.len() >= 2, "{role}");
            for item in menu {
                let route = ROUTES
                    .iter()
                    .find(|r| r.method == "GET" && r.path == item.href)
                    .expect(item.href);
                let Gate::Desk(act) = route.gate else {
                    panic!("{} is not of the desk", item.href)
                };
                assert!(may(role, act), "{role} {}", item.href);
            }
        }
    }
}
