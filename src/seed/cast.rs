//! The people of the demo: one for each role that works for the whole district, handlers of every department that leads in
//! the invented cases. Passwords are random and leave only through the list that is printed once.

use crate::{
    app::App,
    error::{Error, Result},
    identity::password,
    kernel::{
        DepartmentId, StaffId,
        access::{Actor, Role},
    },
    store::staff::{self as rows, Staff},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Login, name, role, department, whether the password is printed.
type Part = (&'static str, &'static str, Role, Option<&'static str>, bool);

const PARTS: &[Part] = &[
    ("intake", "陈示例", Role::Intake, None, true),
    ("handler", "李示例", Role::Handler, Some("market"), true),
    (
        "supervisor",
        "王示例",
        Role::Supervisor,
        Some("market"),
        true,
    ),
    (
        "handler2",
        "赵示例",
        Role::Handler,
        Some("construction"),
        true,
    ),
    (
        "supervisor2",
        "周示例",
        Role::Supervisor,
        Some("construction"),
        true,
    ),
    ("handler3", "吴示例", Role::Handler, Some("culture"), true),
    ("handler4", "郑示例", Role::Handler, Some("commerce"), true),
    ("admin", "孙示例", Role::Admin, None, true),
    ("auditor", "卫示例", Role::Auditor, None, true),
    ("discloser", "褚示例", Role::Discloser, None, true),
    ("reward", "尤示例", Role::Reward, None, true),
    ("finance", "施示例", Role::Finance, None, true),
    ("risk", "魏示例", Role::Risk, None, true),
    ("farm", "冯示例", Role::Handler, Some("farm"), false),
    (
        "education",
        "蒋示例",
        Role::Handler,
        Some("education"),
        false,
    ),
    (
        "transport",
        "沈示例",
        Role::Handler,
        Some("transport"),
        false,
    ),
    ("civil", "韩示例", Role::Handler, Some("civil"), false),
    ("labour", "杨示例", Role::Handler, Some("labour"), false),
    ("police", "朱示例", Role::Handler, Some("police"), false),
    ("health", "秦示例", Role::Handler, Some("health"), false),
    ("urban", "许示例", Role::Handler, Some("urban"), false),
    (
        "environment",
        "何示例",
        Role::Handler,
        Some("environment"),
        false,
    ),
];

/// A login as it is printed, once.
pub(super) struct Login {
    /// Login name.
    pub login: &'static str,
    /// Random password.
    pub password: String,
    /// Role, and department's name.
    pub who: String,
}

/// The people as actors.
pub(super) struct Cast {
    /// Sends cases to departments.
    pub intake: Actor,
    handlers: HashMap<Uuid, Actor>,
    supervisors: HashMap<Uuid, Actor>,
    /// Looks at alerts.
    pub risk: Actor,
    /// To be printed.
    pub logins: Vec<Login>,
}

impl Cast {
    /// Makes the people, or gives them new passwords when they are there.
    pub async fn make(app: &App) -> Result<Self> {
        let reference = app.reference();
        let (mut intake, mut risk) = (None, None);
        let (mut handlers, mut supervisors) = (HashMap::new(), HashMap::new());
        let mut logins = Vec::new();
        for (login, name, role, code, printed) in PARTS.iter().copied() {
            let department = match code {
                Some(code) => {
                    let found = reference.inside(code);
                    // A district may have switched one off: then nobody works there.
                    let Some(found) = found else { continue };
                    Some(found)
                }
                None => None,
            };
            let password = password::random(app.dice);
            let id = person(
                app,
                login,
                name,
                role,
                department.map(|d| d.id),
                password.clone(),
            )
            .await?;
            let actor = Actor {
                staff: id,
                name: name.to_owned(),
                role,
                department: department.map(|d| DepartmentId(d.id)),
            };
            match (role, department) {
                (Role::Intake, _) => intake = Some(actor),
                (Role::Risk, _) => risk = Some(actor),
                (Role::Handler, Some(d)) => {
                    handlers.insert(d.id, actor);
                }
                (Role::Supervisor, Some(d)) => {
                    supervisors.insert(d.id, actor);
                }
                _ => {}
            }
            if printed {
                let who = department.map_or(role.label().to_owned(), |d| {
                    format!("{}，{}", role.label(), d.name)
                });
                logins.push(Login {
                    login,
                    password,
                    who,
                });
            }
        }
        let intake = intake.ok_or_else(|| Error::internal("the demo has no intake officer"))?;
        Ok(Self {
            intake,
            handlers,
            supervisors,
            risk: risk.ok_or_else(|| Error::internal("the demo has no risk officer"))?,
            logins,
        })
    }

    /// Who handles the cases of a department.
    pub fn handler(&self, department: Uuid) -> Result<&Actor> {
        self.handlers
            .get(&department)
            .ok_or_else(|| Error::internal("the demo has nobody in a department that must act"))
    }
}

impl Cast {
    /// Who decides what a handler of the department asked for.
    pub fn supervisor(&self, department: Option<DepartmentId>) -> Result<&Actor> {
        department
            .and_then(|d| self.supervisors.get(&d.0))
            .ok_or_else(|| Error::internal("the demo has nobody who approves in a department"))
    }
}

async fn person(
    app: &App,
    login: &str,
    name: &str,
    role: Role,
    department: Option<Uuid>,
    password: String,
) -> Result<StaffId> {
    let password_hash = password::hash(password).await?;
    let mut conn = app.store.conn().await?;
    if let Some(there) = rows::staff_by_login(&mut conn, login).await? {
        rows::staff_reset(&mut conn, login, &password_hash).await?;
        return Ok(there.id);
    }
    let staff = Staff {
        id: StaffId(app.ids.next()),
        login: login.to_owned(),
        name: name.to_owned(),
        role,
        department: department.map(DepartmentId),
        password_hash,
        totp_secret: None,
        totp_step: 0,
        failed: 0,
        locked_until: None,
        disabled: false,
    };
    rows::staff_insert(&mut conn, &staff, app.now()).await?;
    Ok(staff.id)
}
