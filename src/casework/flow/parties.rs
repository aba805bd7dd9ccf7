//! Who stands beside the sender of a complaint: joint complainants with their representatives (C-05), the agent (C-04).
//! The desk records consents; a settlement, a withdrawal and a change of representative wait for them.

use super::{Step, audit_line, reason_of, view};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    intake::{
        Contact,
        joint::{Agent, Matter, PartyRole, Person, Place, REPRESENTATIVES, missing, needed},
    },
    kernel::access::{Act, Actor},
    privacy::{Purpose, mask},
    store::{
        Conn,
        case::{self as cases, Case},
        parties::{self as rows, ConsentRow, PartyRow},
        security,
    },
    tx,
};
use time::{Date, OffsetDateTime};

/// Somebody of a complaint, opened.
pub struct Party {
    /// Place in the list; 0 is the sender.
    pub ord: i32,
    /// Sender, joint complainant, agent.
    pub role: PartyRole,
    /// Chosen to represent the others.
    pub represents: bool,
    /// The paper was shown.
    pub paper: bool,
    /// Name, telephone and address; an agent has no address.
    pub person: Person,
    /// What the letter of authorisation says.
    pub agent: Option<Agent>,
}

impl Party {
    const fn place(&self) -> Place {
        Place {
            ord: self.ord,
            role: self.role,
            represents: self.represents,
        }
    }
}

/// A consent that the desk recorded, opened.
pub struct Given {
    /// To what.
    pub matter: Matter,
    /// Who gave it, masked.
    pub names: String,
    /// When it was recorded, UTC.
    pub at: OffsetDateTime,
    /// Who recorded it.
    pub author: String,
    /// How it was given.
    pub how: String,
}

/// Who stands in a complaint, masked, with what is still missing.
pub struct PartyView {
    /// Everybody, the sender first.
    pub people: Vec<Party>,
    /// What was recorded.
    pub consents: Vec<Given>,
    /// The paper that the law asks for and nobody has shown; empty for none.
    pub papers: &'static str,
    /// Whose consent a settlement, a withdrawal needs.
    pub needed: Vec<i32>,
    /// Who has not consented to a settlement.
    pub settle: Vec<i32>,
    /// Who has not consented to a withdrawal.
    pub waive: Vec<i32>,
}

/// Opens the people of a case; the sender's contact lies with the case.
pub(super) fn opened(app: &App, all: &[PartyRow], sender: &Contact) -> Result<Vec<Party>> {
    let open = |row: &PartyRow| {
        app.sealer
            .open(Purpose::Party, row.id, &row.body)
            .map_err(Error::internal)
    };
    all.iter()
        .map(|row| {
            let (person, agent) = match row.role {
                PartyRole::Sender => {
                    let person = Person {
                        name: sender.name.clone(),
                        phone: sender.phone.clone(),
                        address: sender.address.clone(),
                    };
                    (person, None)
                }
                PartyRole::Joint => (
                    serde_json::from_slice(&open(row)?).map_err(Error::internal)?,
                    None,
                ),
                PartyRole::Agent => {
                    let agent: Agent =
                        serde_json::from_slice(&open(row)?).map_err(Error::internal)?;
                    let person = Person {
                        name: agent.name.clone(),
                        phone: agent.phone.clone(),
                        address: String::new(),
                    };
                    (person, Some(agent))
                }
            };
            Ok(Party {
                ord: row.ord,
                role: row.role,
                represents: row.represents,
                paper: row.paper,
                person,
                agent,
            })
        })
        .collect()
}

/// The people of a case, opened whole for who took it down.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn sides_of(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    sender: Option<&Contact>,
) -> Result<Vec<Party>> {
    let people = rows::parties(conn, case.id).await?;
    opened(app, &people, sender.unwrap_or(&Contact::default()))
}

/// The joint complainants of a case, for its keys (C-08).
pub(super) fn persons(app: &App, all: &[PartyRow]) -> Result<Vec<Person>> {
    let joint: Vec<PartyRow> = all
        .iter()
        .filter(|p| p.role == PartyRole::Joint)
        .cloned()
        .collect();
    let sides = opened(app, &joint, &Contact::default())?;
    Ok(sides.into_iter().map(|s| s.person).collect())
}

/// Whose consent a step of this case needs today.
fn whose(all: &[Party], today: Date) -> Vec<i32> {
    let places: Vec<Place> = all.iter().map(Party::place).collect();
    let agent = all.iter().find_map(|s| s.agent.as_ref());
    needed(&places, agent.is_none_or(|a| a.may_end(today)))
}

/// Who of them has consented to one of these matters.
fn given(consents: &[ConsentRow], matter: Matter) -> Vec<i32> {
    let of = consents.iter().filter(|c| c.matter == matter);
    of.flat_map(|c| c.given_by.iter().copied()).collect()
}

/// Passes when nobody is represented, or when everybody who is has consented to one of these matters.
///
/// # Errors
/// [`Error::Conflict`] that says what the desk has to record first.
pub(crate) async fn consented(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    matters: &[Matter],
) -> Result<()> {
    let people = rows::parties(conn, case.id).await?;
    if people.is_empty() {
        return Ok(());
    }
    let sides = opened(app, &people, &Contact::default())?;
    let need = whose(&sides, app.today());
    let consents = rows::consents(conn, case.id).await?;
    let met = |m: &Matter| missing(&need, &given(&consents, *m)).is_empty();
    if matters.iter().any(met) {
        Ok(())
    } else if sides.iter().any(|s| s.agent.is_some()) {
        Err(Error::Conflict(
            "代理人没有这项权限，要先登记投诉人本人的同意（办法第十一条）",
        ))
    } else {
        Err(Error::Conflict(
            "这是共同投诉，要先登记被代表的人都同意（办法第十二条）",
        ))
    }
}

/// Why a resident cannot withdraw a joint complaint alone, `None` when it can.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn withdrawal_waits(app: &App, case: &Case) -> Result<Option<&'static str>> {
    let mut conn = app.store.conn().await?;
    match consented(app, &mut conn, case, &[Matter::Waive]).await {
        Ok(()) => Ok(None),
        Err(Error::Conflict(why)) => Ok(Some(why)),
        Err(e) => Err(e),
    }
}

fn masked(mut side: Party) -> Party {
    side.person.name = mask::mask_name(&side.person.name);
    side.person.phone = mask::mask_phone(&side.person.phone);
    side.person.address = if side.person.address.is_empty() {
        String::new()
    } else {
        mask::mask_address(&side.person.address)
    };
    side
}

/// The paper that the law asks for and nobody has shown.
fn papers(all: &[Party]) -> &'static str {
    if all.iter().all(|s| s.paper) {
        ""
    } else if all.iter().any(|s| s.agent.is_some()) {
        "授权委托书原件（写明委托事项、权限和期限，有投诉人签名）和代理人的身份证明"
    } else {
        "全体投诉人签名的代表人推选书"
    }
}

/// Who stands in a complaint, masked; `None` for a person alone and for a report.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn sides(app: &App, case: &Case) -> Result<Option<PartyView>> {
    let mut conn = app.store.conn().await?;
    let people = rows::parties(&mut conn, case.id).await?;
    if people.is_empty() {
        return Ok(None);
    }
    let secret = cases::secret(&mut conn, case.id).await?;
    let sender = view::contact(app, case, &secret)?.unwrap_or_default();
    let recorded = rows::consents(&mut conn, case.id).await?;
    let all = opened(app, &people, &sender)?;
    let need = whose(&all, app.today());
    let without = |matter| missing(&need, &given(&recorded, matter));
    let (settle, waive) = (without(Matter::Settle), without(Matter::Waive));
    let papers = papers(&all);
    let people: Vec<Party> = all.into_iter().map(masked).collect();
    let consents: Result<Vec<Given>> = recorded
        .into_iter()
        .map(|c| {
            let how = app
                .sealer
                .open_text(Purpose::Note, c.id, &c.body)
                .map_err(Error::internal)?;
            let gave = people.iter().filter(|p| c.given_by.contains(&p.ord));
            let names: Vec<&str> = gave.map(|p| p.person.name.as_str()).collect();
            Ok(Given {
                matter: c.matter,
                names: names.join("、"),
                at: c.at,
                author: c.author,
                how: how.to_string(),
            })
        })
        .collect();
    Ok(Some(PartyView {
        consents: consents?,
        needed: need,
        people,
        papers,
        settle,
        waive,
    }))
}

fn renamed(e: Error, field: &'static str) -> Error {
    match e {
        Error::Invalid(mut errors) => {
            errors.iter_mut().for_each(|e| e.field = field);
            Error::Invalid(errors)
        }
        other => other,
    }
}

/// The people of a held case that the desk acts on.
async fn of_case(app: &App, conn: &mut Conn, case: &Case) -> Result<Vec<Party>> {
    let people = rows::parties(conn, case.id).await?;
    if people.is_empty() {
        return Err(Error::Conflict("这件投诉只有一个投诉人，没有代理人"));
    }
    opened(app, &people, &Contact::default())
}

fn consent_row(app: &App, matter: Matter, given_by: Vec<i32>, how: &str) -> ConsentRow {
    let id = app.ids.next();
    ConsentRow {
        id,
        matter,
        given_by,
        at: app.now(),
        author: String::new(),
        body: app
            .sealer
            .seal(Purpose::Note, id, how.as_bytes(), app.dice.bytes()),
    }
}

/// Records that represented persons consent to a settlement or to a withdrawal (C-05), or the principal of an agent
/// without that power (C-04).
///
/// # Errors
/// Not visible, not allowed, changed meanwhile; [`Error::Invalid`] for nobody, a stranger, or no word on how.
pub async fn consent(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    matter: &str,
    by: &[i32],
    how: &str,
) -> Result<()> {
    let matter = Matter::from_code(matter)
        .filter(|m| *m != Matter::Change)
        .ok_or_else(|| Error::field("consent_matter", "required", "请选择同意什么"))?;
    let how = reason_of(how, "请写明怎样表示同意的，例如：11月20日三人在窗口签字")
        .map_err(|e| renamed(e, "consent_how"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let case = step.hold(conn, number, version, Act::Handle).await?;
        let need = whose(&of_case(app, conn, &case).await?, app.today());
        let by: Vec<i32> = by.iter().copied().filter(|p| need.contains(p)).collect();
        if by.is_empty() {
            return Err(Error::field("consent_by", "required", "请选择谁表示了同意"));
        }
        rows::consent_insert(conn, case.id, &consent_row(app, matter, by, how), actor.staff.0).await?;
        let line = audit_line(app, actor, &case, Deed::ConsentRecord, Some(how));
        security::audit_insert(conn, &line).await
    })
}

/// Changes who represents (C-05): at most two, with the consent of everybody who is represented now.
///
/// # Errors
/// As [`consent`]; [`Error::Invalid`] for more than two, for none, and while somebody has not consented.
pub async fn represent(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    chosen: &[i32],
    by: &[i32],
    how: &str,
) -> Result<()> {
    let how = reason_of(how, "请写明怎样推选的，例如：11月20日全体签了推选书")
        .map_err(|e| renamed(e, "speakers_how"))?;
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let case = step.hold(conn, number, version, Act::Handle).await?;
        let people = rows::parties(conn, case.id).await?;
        let sides = of_case(app, conn, &case).await?;
        let joint = |p: &i32| sides.iter().any(|s| s.ord == *p && s.role != PartyRole::Agent);
        let chosen: Vec<i32> = chosen.iter().copied().filter(|p| joint(p)).collect();
        if !sides.iter().any(|s| s.role == PartyRole::Joint) {
            return Err(Error::Conflict("这件不是共同投诉，没有代表人"));
        }
        if chosen.is_empty() || chosen.len() > REPRESENTATIVES {
            let words = format!("代表人要有 1 到 {REPRESENTATIVES} 位（办法第十二条）");
            return Err(Error::field("speakers_new", "speakers", words));
        }
        let lacks = missing(&whose(&sides, app.today()), by);
        if !lacks.is_empty() {
            let words = format!("被代表的人都要同意，还差 {} 位", lacks.len());
            return Err(Error::field("speakers_by", "consent", words));
        }
        for p in &people {
            rows::party_represents(conn, p.id, chosen.contains(&p.ord)).await?;
        }
        let row = consent_row(app, Matter::Change, by.to_vec(), how);
        rows::consent_insert(conn, case.id, &row, actor.staff.0).await?;
        let line = audit_line(app, actor, &case, Deed::RepresentativeChange, Some(how));
        security::audit_insert(conn, &line).await
    })
}

/// The letter of authorisation or the written election was shown.
///
/// # Errors
/// As [`consent`].
pub async fn papers_shown(app: &App, actor: &Actor, number: &str, version: i32) -> Result<()> {
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let case = step.hold(conn, number, version, Act::Handle).await?;
        of_case(app, conn, &case).await?;
        rows::parties_paper(conn, case.id).await?;
        let line = audit_line(app, actor, &case, Deed::PapersShown, None);
        security::audit_insert(conn, &line).await
    })
}
