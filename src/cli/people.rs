//! `minsheng staff …` and `minsheng token …`: who may come in. Passwords and tokens are printed once and kept as hashes.

use super::admin::explain;
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    identity::password,
    kernel::{DepartmentId, StaffId, access::Role},
    privacy::keys,
    store::{
        Conn,
        security::{self, AuditLine},
        staff::{self as rows, Staff},
    },
    tx,
};
use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::{Args, Subcommand};
use std::io;

/// Shortest password that an operator may choose; the ones made here are 16 random letters.
const PASSWORD_MIN: usize = 12;

/// People at the desk.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Add a person and print a random password once; the second factor is enrolled at the first sign-in
    Add(StaffAdd),
    /// Switch a login off and end its sessions
    Disable {
        /// Login name 登录名
        #[arg(value_parser = login_name)]
        login: String,
    },
    /// Print a new password once, forget the second factor, unlock, switch on again
    Reset {
        /// Login name 登录名
        #[arg(value_parser = login_name)]
        login: String,
    },
}

/// A new person.
#[derive(Debug, Args)]
pub struct StaffAdd {
    /// Login name 登录名: 2 to 40 of a-z 0-9 . - _, beginning with a letter
    #[arg(long, value_parser = login_name)]
    login: String,
    /// The person's name 姓名
    #[arg(long)]
    name: String,
    /// Role 岗位: intake 受理员, handler 承办人, supervisor 科长, admin 管理员, auditor 审计员, discloser 公示审核,
    /// reward 奖励专员, finance 财务, risk 风险专员
    #[arg(long, value_parser = role)]
    role: Role,
    /// Code of the department 部门, for handler and supervisor, e.g. market
    #[arg(long)]
    department: Option<String>,
    /// Read the password from the first line of standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
}

fn login_name(text: &str) -> std::result::Result<String, String> {
    let fits = (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("2 to 40 of a-z 0-9 . - _, beginning with a letter".to_owned())
    }
}

fn role(text: &str) -> std::result::Result<Role, String> {
    Role::from_code(text)
        .or_else(|| Role::ALL.iter().copied().find(|r| r.label() == text))
        .ok_or_else(|| {
            let all: Vec<String> = Role::ALL
                .iter()
                .map(|r| format!("{} {}", r.code(), r.label()))
                .collect();
            format!("one of: {}", all.join(", "))
        })
}

impl StaffCommand {
    /// Runs the command.
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(app).await,
            Self::Disable { login } => {
                let done = tx!(app.store, conn => {
                    rows::staff_disable(conn, &login, app.now()).await?;
                    noted(app, conn, Deed::StaffDisable, &login).await
                });
                known(done, &login)?;
                println!("{login} is switched off; its sessions have ended");
                Ok(())
            }
            Self::Reset { login } => {
                let password = password::random(app.dice);
                let hash = password::hash(password.clone()).await?;
                let done = tx!(app.store, conn => {
                    rows::staff_reset(conn, &login, &hash).await?;
                    noted(app, conn, Deed::StaffReset, &login).await
                });
                known(done, &login)?;
                println!("{login}  {password}");
                eprintln!("shown once; the second factor is enrolled again at the next sign-in");
                Ok(())
            }
        }
    }
}

fn known(done: Result<()>, login: &str) -> anyhow::Result<()> {
    match done {
        Err(Error::NotFound) => {
            anyhow::bail!("there is no login {login:?}; add one with: minsheng staff add")
        }
        other => other.map_err(explain),
    }
}

impl StaffAdd {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let department = self.department(app)?;
        let name = self.name.trim();
        anyhow::ensure!(
            (1..=40).contains(&name.chars().count()),
            "--name takes 1 to 40 characters"
        );
        let password = if self.password_stdin {
            chosen()?
        } else {
            password::random(app.dice)
        };
        let staff = Staff {
            id: StaffId(app.ids.next()),
            login: self.login.clone(),
            name: name.to_owned(),
            role: self.role,
            department,
            password_hash: password::hash(password.clone()).await?,
            totp_secret: None,
            totp_step: 0,
            failed: 0,
            locked_until: None,
            disabled: false,
        };
        let done = tx!(app.store, conn => {
            rows::staff_insert(conn, &staff, app.now()).await?;
            noted(app, conn, Deed::StaffAdd, &staff.login).await
        });
        match done {
            Err(Error::Conflict(_)) => anyhow::bail!(
                "the login {:?} is taken; choose another, or give that person a new password with: minsheng staff reset {}",
                self.login,
                self.login
            ),
            other => other.map_err(explain)?,
        }
        if self.password_stdin {
            println!("{} is added", self.login);
        } else {
            println!("{}  {password}", self.login);
            eprintln!("shown once; the second factor is enrolled at the first sign-in");
        }
        Ok(())
    }

    /// Handlers and supervisors belong to a department inside, the others to none.
    fn department(&self, app: &App) -> anyhow::Result<Option<DepartmentId>> {
        let reference = app.reference();
        let codes = || {
            let all: Vec<&str> = reference
                .departments
                .iter()
                .filter(|d| d.inside)
                .map(|d| d.code.as_str())
                .collect();
            if all.is_empty() {
                "none is loaded, run: minsheng seed".to_owned()
            } else {
                all.join(", ")
            }
        };
        let role = self.role;
        match (role.has_department(), self.department.as_deref()) {
            (false, None) => Ok(None),
            (false, Some(_)) => anyhow::bail!(
                "{} {role} has no department; leave --department out",
                role.code()
            ),
            (true, None) => anyhow::bail!(
                "{} {role} needs --department, one of: {}",
                role.code(),
                codes()
            ),
            (true, Some(code)) => match reference.inside(code) {
                Some(d) => Ok(Some(DepartmentId(d.id))),
                None => anyhow::bail!(
                    "no department {code:?} handles cases here; one of: {}",
                    codes()
                ),
            },
        }
    }
}

/// The password on the first line of standard input.
fn chosen() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .context("cannot read standard input")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(
        (PASSWORD_MIN..=200).contains(&password.chars().count()),
        "a password has {PASSWORD_MIN} to 200 characters; leave --password-stdin out to have one made"
    );
    Ok(password)
}

/// Machine tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a system that files cases through the API, and print it once
    Add {
        /// What the token is for, e.g. the name of the hotline
        name: String,
    },
    /// Make a token void
    Revoke {
        /// The name it was made with
        name: String,
    },
}

impl TokenCommand {
    /// Runs the command.
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        match self {
            Self::Add { name } => {
                let name = name.trim();
                anyhow::ensure!(
                    (1..=60).contains(&name.chars().count()),
                    "a token's name has 1 to 60 characters"
                );
                let token = format!("mst_{}", URL_SAFE_NO_PAD.encode(app.dice.bytes::<32>()));
                let hash = keys::token_hash(token.as_bytes());
                let id = app.ids.next();
                let done = tx!(app.store, conn => {
                    security::token_insert(conn, id, name, &hash, app.now()).await?;
                    noted(app, conn, Deed::TokenAdd, name).await
                });
                match done {
                    Err(Error::Conflict(_)) => {
                        anyhow::bail!(
                            "a token named {name:?} was made before (revoked ones count); choose another name"
                        )
                    }
                    other => other.map_err(explain)?,
                }
                println!("{token}");
                eprintln!("shown once; send it as: Authorization: Bearer mst_…");
            }
            Self::Revoke { name } => {
                let done = tx!(app.store, conn => {
                    security::token_revoke(conn, &name, app.now()).await?;
                    noted(app, conn, Deed::TokenRevoke, &name).await
                });
                match done {
                    Err(Error::NotFound) => anyhow::bail!("no living token is named {name:?}"),
                    other => other.map_err(explain)?,
                }
                println!("the token {name} is void; servers notice within 30 seconds");
            }
        }
        Ok(())
    }
}

/// Keeps the act in the audit trail, in its transaction; nobody is signed in on a command line.
async fn noted(app: &App, conn: &mut Conn, act: Deed, whom: &str) -> Result<()> {
    let line = AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: None,
        act: act.code(),
        case: None,
        detail: format!("command line: {whom}"),
        reason: None,
    };
    security::audit_insert(conn, &line).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_and_roles_as_operators_type_them() {
        assert_eq!(login_name("li.wei-2").unwrap(), "li.wei-2");
        for bad in ["", "a", "Li", "2li", "li wei", "李", &"a".repeat(41)] {
            assert!(login_name(bad).is_err(), "{bad}");
        }
        assert_eq!(role("handler"), Ok(Role::Handler));
        assert_eq!(role("科长"), Ok(Role::Supervisor));
        assert_eq!(role("风险专员"), Ok(Role::Risk));
        assert!(role("boss").unwrap_err().contains("intake 受理员"));
    }
}
