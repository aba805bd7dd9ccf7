//! Who may do what: roles, acts and the one table `may`. The route list names an [`Act`] for each route; flows ask
//! again with the case in hand. What one may not see is answered 404 (rules P-11).

use super::{DepartmentId, StaffId, words::words};

words! {
    /// Role of a person at the desk 岗位.
    Role {
        Intake = "intake", "受理员";
        Handler = "handler", "承办人";
        Supervisor = "supervisor", "科长";
        Admin = "admin", "管理员";
        Auditor = "auditor", "审计员";
        /// Second pair of eyes before a closed complaint is published (D-07).
        Discloser = "discloser", "公示审核";
        /// Grades claims and fixes amounts (W-06); alone sees who says to be an insider.
        Reward = "reward", "奖励专员";
        /// Pays what was decided (W-09).
        Finance = "finance", "财务";
        /// Looks at injuries and dangers on the day they come in (K-02).
        Risk = "risk", "风险专员";
    }
}

impl Role {
    /// Whether a person of this role belongs to a department; the others work for the whole district.
    #[must_use]
    pub const fn has_department(self) -> bool {
        matches!(self, Self::Handler | Self::Supervisor)
    }
}

words! {
    /// Something that can be done at the desk.
    Act {
        /// Open the desk at all (every role).
        UseDesk = "use_desk", "使用工作台";
        /// See the worklist and case pages.
        ViewCases = "view_cases", "查看案件";
        /// See what is late: the own department's cases, or the numbers of all departments.
        SeeLate = "see_late", "到期督办";
        /// Accept, ask for a refusal, mediate, verify, reply, return to intake (投办15, 16, 41).
        Handle = "handle", "办理案件";
        /// Decide what another person of the department asked for: refusal, extension; filing (C-07, R-20, R-22).
        Approve = "approve", "审批";
        /// Say who of the department handles a case.
        Assign = "assign", "指定承办人";
        /// Send a case to a department 分送 (投办41).
        Dispatch = "dispatch", "分送案件";
        /// Take down what somebody says on the phone, at the counter or in a letter 登记 (T-01).
        Register = "register", "登记来电来访";
        /// See a complainant's sealed contact with a reason (P-11).
        Reveal = "reveal", "查看联系方式";
        /// Ask to learn who reported, and look when another person granted it.
        AskReporter = "ask_reporter", "申请查看举报人身份";
        /// See figures and export lists (rules 6.4): the own department's, intake's of all.
        Figures = "figures", "统计和导出";
        /// See the alerts: all, or those of the own department (K-02).
        ViewAlerts = "view_alerts", "查看风险预警";
        /// Open an alert with what was said of the injury, acknowledge, mark, close (K-05).
        HandleAlerts = "handle_alerts", "处理风险预警";
        /// Dispatch rules, calendar, departments, streets.
        Administer = "administer", "系统管理";
        /// Read and export the audit trail; nobody who handles or administers (P-14).
        Audit = "audit", "审计留痕";
        /// Review what is to be published (D-07).
        Disclose = "disclose", "公示审核";
        /// Reward claims: grade, amount, decision (W-06).
        Reward = "reward", "办理奖励";
        /// Pay rewards out (W-09).
        Pay = "pay", "发放奖励";
    }
}

/// The one table of permissions. A case's own limits (own department) come on top: [`Actor::sees`].
#[must_use]
#[expect(
    clippy::match_like_matches_macro,
    reason = "one row an act reads as a table"
)]
pub const fn may(role: Role, act: Act) -> bool {
    match (act, role) {
        (Act::UseDesk, _)
        | (Act::ViewCases | Act::Reveal, Role::Intake | Role::Handler | Role::Supervisor)
        | (Act::SeeLate, Role::Intake | Role::Handler | Role::Supervisor | Role::Admin)
        | (Act::Handle | Act::AskReporter, Role::Handler | Role::Supervisor)
        | (Act::Approve | Act::Assign, Role::Supervisor)
        | (Act::Dispatch | Act::Register, Role::Intake)
        | (Act::Figures, Role::Intake | Role::Supervisor)
        | (Act::Administer, Role::Admin)
        | (Act::Audit, Role::Auditor)
        | (Act::Disclose, Role::Discloser)
        | (Act::Reward, Role::Reward)
        | (Act::ViewAlerts, Role::Supervisor | Role::Risk)
        | (Act::HandleAlerts, Role::Risk)
        | (Act::Pay, Role::Finance) => true,
        _ => false,
    }
}

/// A signed-in person at the desk.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person.
    pub staff: StaffId,
    /// Shown in the desk's header and in the timeline of the desk (never to residents).
    pub name: String,
    /// What the person does.
    pub role: Role,
    /// The person's department; intake officers and administrators have none.
    pub department: Option<DepartmentId>,
}

impl Actor {
    /// Whether the role allows the act.
    #[must_use]
    pub const fn may(&self, act: Act) -> bool {
        may(self.role, act)
    }

    /// Whether a case of this department (`None` = waiting at intake) may be seen: intake sees all, others only
    /// their own department's.
    #[must_use]
    pub fn sees(&self, department: Option<DepartmentId>) -> bool {
        match self.role {
            Role::Intake => true,
            role if role.has_department() => {
                self.department.is_some() && self.department == department
            }
            _ => false,
        }
    }
}
