//! Many cases at once 批量: one act on each of the ticked cases. Each is a transaction of its own with the permission,
//! version check and audit line of the single act; one that cannot be done holds up no other. Sent twice, it does nothing
//! the second time and says what is so.

use super::{Step, assign, dispatch, open, reason_of};
use crate::{
    app::App,
    error::{Error, Result},
    kernel::access::{Act, Actor},
    store::{case::Case, staff},
    tx,
};
use uuid::Uuid;

/// Most cases of one go.
pub const BULK_MOST: usize = 100;

/// What is done to each case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bulk {
    /// Makes somebody the handler, `None`: nobody.
    Assign(Option<Uuid>),
    /// Sends it to a department, with a reason.
    Dispatch {
        /// Its id.
        department: Uuid,
        /// Its code.
        code: String,
        /// Why.
        reason: String,
    },
}

/// What comes of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It can be done.
    Can,
    /// It was done.
    Done,
    /// It is so already.
    Already,
    /// It cannot be done; why.
    Cannot(String),
}

/// One case of many.
pub struct Item {
    /// Its number as it was ticked.
    pub number: String,
    /// The case before the act; `None` for one that this person does not see.
    pub case: Option<Case>,
    /// What came or would come of it.
    pub outcome: Outcome,
}

impl Bulk {
    /// Dispatching by code, from a form.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown department (`to`) or no reason (`reason`).
    pub fn dispatch(app: &App, code: &str, reason: &str) -> Result<Self> {
        let reference = app.reference();
        let found = reference
            .inside(code)
            .ok_or_else(|| Error::field("to", "required", "请选择分送到哪个部门"))?;
        let reason = reason_of(reason, "请写明分送的理由")?.to_owned();
        Ok(Self::Dispatch {
            department: found.id,
            code: found.code.clone(),
            reason,
        })
    }

    /// Assigning to one of the own department, `none` for nobody, from a form.
    ///
    /// # Errors
    /// [`Error::Invalid`] for nobody of the department (`to`); the database is away.
    pub async fn assign(app: &App, actor: &Actor, to: &str) -> Result<Self> {
        if to == "none" {
            return Ok(Self::Assign(None));
        }
        let known = candidates(app, actor).await?;
        let found = Uuid::try_parse(to)
            .ok()
            .filter(|id| known.iter().any(|(other, _)| other == id));
        match found {
            Some(id) => Ok(Self::Assign(Some(id))),
            None => Err(Error::field("to", "required", "请选择由谁承办")),
        }
    }

    /// Whether it is so already.
    fn already(&self, case: &Case) -> bool {
        match self {
            Self::Assign(to) => case.assignee == *to,
            Self::Dispatch { department, .. } => case.department == Some(*department),
        }
    }

    const fn act(&self) -> Act {
        match self {
            Self::Assign(_) => Act::Handle,
            Self::Dispatch { .. } => Act::Dispatch,
        }
    }
}

/// The people of a person's own department who handle cases: id and name.
///
/// # Errors
/// The database is away.
pub async fn candidates(app: &App, actor: &Actor) -> Result<Vec<(Uuid, String)>> {
    let Some(department) = actor.department else {
        return Ok(Vec::new());
    };
    let mut conn = app.store.conn().await?;
    staff::staff_of_department(&mut conn, department.0).await
}

/// Why a case cannot be done, as its line says it; what is wrong with the whole portal is no case's matter.
fn why(e: Error) -> Result<String> {
    match e {
        Error::NotFound => Ok("没有这一件，或者已经转到别处".to_owned()),
        Error::Forbidden => Ok("本部门不是主办，由主办部门办".to_owned()),
        Error::Conflict(why) => Ok(why.to_owned()),
        Error::Invalid(errors) => Ok(errors
            .into_iter()
            .map(|e| e.message)
            .collect::<Vec<_>>()
            .join("；")),
        other => Err(other),
    }
}

/// What would come of each case now. Nothing is changed.
///
/// # Errors
/// [`Error::Forbidden`] for who may not do this at all; the database is away.
pub async fn bulk_preview(
    app: &App,
    actor: &Actor,
    what: &Bulk,
    numbers: &[String],
) -> Result<Vec<Item>> {
    if !actor.may(what.act()) {
        return Err(Error::Forbidden);
    }
    let mut out = Vec::with_capacity(numbers.len());
    for number in numbers.iter().take(BULK_MOST) {
        let (case, outcome) = match open(app, actor, number).await {
            Ok(case) if what.already(&case) => (Some(case), Outcome::Already),
            Ok(case) => {
                let outcome = match checked(app, actor, what, &case).await {
                    Ok(()) => Outcome::Can,
                    Err(e) => Outcome::Cannot(why(e)?),
                };
                (Some(case), outcome)
            }
            Err(e) => (None, Outcome::Cannot(why(e)?)),
        };
        out.push(Item {
            number: number.clone(),
            case,
            outcome,
        });
    }
    Ok(out)
}

/// Asks what the act itself asks, on the locked case, and leaves it as it is.
async fn checked(app: &App, actor: &Actor, what: &Bulk, case: &Case) -> Result<()> {
    let step = Step::of(app, actor);
    let (number, version) = (case.number.as_str(), case.version);
    match what {
        Bulk::Assign(to) => tx!(app.store, conn => {
            assign::checked(conn, &step, number, version, *to).await.map(|_| ())
        }),
        Bulk::Dispatch { department, .. } => tx!(app.store, conn => {
            dispatch::checked(conn, &step, number, version, *department).await.map(|_| ())
        }),
    }
}

/// Does it to each case that still has the version that was seen. When the database goes away half-way, the rest is left
/// and says so.
///
/// # Errors
/// [`Error::Forbidden`] for who may not do this at all.
pub async fn bulk(
    app: &App,
    actor: &Actor,
    what: &Bulk,
    seen: &[(String, i32)],
) -> Result<Vec<Item>> {
    if !actor.may(what.act()) {
        return Err(Error::Forbidden);
    }
    let mut out = Vec::with_capacity(seen.len());
    let mut away = false;
    for (number, version) in seen.iter().take(BULK_MOST) {
        let done = if away {
            None
        } else {
            match one(app, actor, what, number, *version).await {
                Ok(done) => Some(done),
                Err(e) => {
                    tracing::error!(error = %e, "many cases at once: stopped");
                    away = true;
                    None
                }
            }
        };
        let (case, outcome) = done.unwrap_or_else(|| {
            let rest = "系统正在恢复，这一件还没有办，请稍后再试";
            (None, Outcome::Cannot(rest.to_owned()))
        });
        out.push(Item {
            number: number.clone(),
            case,
            outcome,
        });
    }
    Ok(out)
}

async fn one(
    app: &App,
    actor: &Actor,
    what: &Bulk,
    number: &str,
    version: i32,
) -> Result<(Option<Case>, Outcome)> {
    let case = match open(app, actor, number).await {
        Ok(case) if what.already(&case) => return Ok((Some(case), Outcome::Already)),
        Ok(case) => case,
        Err(e) => return Ok((None, Outcome::Cannot(why(e)?))),
    };
    let number = case.number.as_str();
    let done = match what {
        Bulk::Assign(to) => assign::assign(app, actor, number, version, *to).await,
        Bulk::Dispatch { code, reason, .. } => {
            dispatch::dispatch(app, actor, number, version, code, reason).await
        }
    };
    let outcome = match done {
        Ok(()) => Outcome::Done,
        // the same form, sent a moment ago, was faster
        Err(Error::Conflict(_))
            if open(app, actor, number)
                .await
                .is_ok_and(|c| what.already(&c)) =>
        {
            Outcome::Already
        }
        Err(e) => Outcome::Cannot(why(e)?),
    };
    Ok((Some(case), outcome))
}
