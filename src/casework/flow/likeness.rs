//! The panel of complaints that look alike 同类线索 (C-08): counts for the person who decides, never a refusal. Only
//! complaints, only among complaints: it says nothing of reports or reporters.

use super::view;
use crate::{
    app::App,
    casework::State,
    error::{Error, Result},
    intake::{Contact, Story},
    kernel::{CaseId, DepartmentId, access::Actor, clock::china_date, words::CaseKind},
    privacy::{IndexColumn, Purpose},
    store::{
        case::{self as cases, Case},
        parties as party_rows, reference as meta,
        similar::{self as rows, AlikeRow, Hit, MOST},
    },
    triage::similar::{Key, Sort, Traits, keys, nearness},
};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};
use time::{Date, Duration};
use uuid::Uuid;

/// Another complaint that this person may see.
pub struct Other {
    /// Its number.
    pub number: String,
    /// Its trader.
    pub trader: String,
    /// Day of receipt in China.
    pub received: Date,
    /// Its state.
    pub state: &'static str,
}

/// In what others are alike.
pub struct Alike {
    /// In what.
    pub sort: Sort,
    /// How many others, at most [`MOST`] are counted.
    pub count: usize,
    /// There may be more.
    pub more: bool,
    /// As many as the settings mark.
    pub marked: bool,
    /// Those of them that this person may see, newest first, a few.
    pub seen: Vec<Other>,
    /// How many more there are: older ones, and those of other departments.
    pub rest: usize,
}

/// How many are looked up to be listed by number.
const LISTED: usize = 8;
/// How many texts are compared word for word.
const COMPARED: usize = 24;

/// The keys of a complaint, made with this server's keys.
#[must_use]
pub fn keys_of(app: &App, traits: &Traits<'_>) -> Vec<Key> {
    let column = |sort| match sort {
        Sort::Phone => IndexColumn::Phone,
        Sort::Address => IndexColumn::Address,
        Sort::Text => IndexColumn::Text,
        Sort::Trader => IndexColumn::Trader,
        Sort::Goods => IndexColumn::Goods,
    };
    keys(traits, |sort, text| {
        app.sealer.ring().index(column(sort), text)
    })
}

/// The day from which complaints are looked at.
fn since(app: &App) -> Date {
    app.today() - Duration::days(i64::from(app.config.c08.days))
}

/// Complaints of this telephone within the time that the settings give.
///
/// # Errors
/// The database is away.
pub async fn same_phone(app: &App, phone: &str) -> Result<usize> {
    let traits = Traits {
        phones: vec![phone],
        ..Traits::default()
    };
    let keys = keys_of(app, &traits);
    let mut conn = app.store.conn().await?;
    let found = rows::alike(&mut conn, &keys, since(app)).await?;
    Ok(found.len().min(MOST))
}

/// What of a complaint is alike in others, the telling ones first; nothing for a report.
///
/// # Errors
/// The database is away; the key ring lacks a key.
pub async fn alike(app: &App, actor: &Actor, case: &Case) -> Result<Vec<Alike>> {
    if case.kind != CaseKind::Complaint {
        return Ok(Vec::new());
    }
    let mut conn = app.store.conn().await?;
    let secret = cases::secret(&mut conn, case.id).await?;
    let (contact, story) = view::opened(app, case, &secret)?;
    let contact = contact.unwrap_or_default();
    let people = party_rows::parties(&mut conn, case.id).await?;
    let people = super::parties::persons(app, &people)?;
    let mut phones = vec![contact.phone.as_str()];
    phones.extend(people.iter().map(|p| p.phone.as_str()));
    let mine = keys_of(
        app,
        &Traits {
            phones,
            address: &contact.address,
            trader: &case.trader_name,
            category: &case.category,
            goods: story.facts.get("goods"),
            text: &case.redacted,
        },
    );
    let hits = rows::alike(&mut conn, &mine, since(app)).await?;
    let of = |sort: Sort| others(&hits, sort, case.id.0);
    let wanted: HashSet<Uuid> = Sort::ALL
        .iter()
        .flat_map(|s| of(*s).into_iter().take(looked_at(*s)))
        .collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let known: HashMap<Uuid, AlikeRow> = rows::alike_rows(&mut conn, &wanted)
        .await?
        .into_iter()
        .map(|r| (r.id, r))
        .collect();
    let near = app.config.c08.text_percent;
    let groups = Sort::ALL.iter().map(|sort| {
        let mut ids = of(*sort);
        if *sort == Sort::Text {
            // the sketch only proposes
            ids.retain(|id| {
                known
                    .get(id)
                    .is_some_and(|o| nearness(&case.redacted, &o.redacted) >= near)
            });
        }
        group(app, actor, *sort, &ids, &known)
    });
    Ok(groups.filter(|g| g.count > 0).collect())
}

/// How many of a sort are looked up: those that are listed, and for texts those that are compared.
const fn looked_at(sort: Sort) -> usize {
    match sort {
        Sort::Text => COMPARED,
        _ => LISTED,
    }
}

/// The others found under the keys of a sort, newest first, each once.
fn others(hits: &[Hit], sort: Sort, case: Uuid) -> Vec<Uuid> {
    let mut some: Vec<&Hit> = hits
        .iter()
        .filter(|h| h.sort == sort.number() && h.case_id != case)
        .collect();
    some.sort_by_key(|h| Reverse((h.received_on, h.case_id)));
    let mut ids: Vec<Uuid> = some.into_iter().map(|h| h.case_id).collect();
    ids.dedup();
    ids
}

fn group(
    app: &App,
    actor: &Actor,
    sort: Sort,
    ids: &[Uuid],
    known: &HashMap<Uuid, AlikeRow>,
) -> Alike {
    let count = ids.len().min(MOST);
    let seen: Vec<Other> = ids
        .iter()
        .take(LISTED)
        .filter_map(|id| known.get(id))
        .filter(|o| actor.sees(o.department_id.map(DepartmentId)))
        .map(|o| Other {
            number: o.number.clone(),
            trader: o.trader_name.clone(),
            received: china_date(o.received_at),
            state: State::from_code(&o.state).map_or("", State::label),
        })
        .collect();
    Alike {
        sort,
        count,
        more: ids.len() > MOST,
        marked: count >= usize::from(app.config.c08.of(sort)),
        rest: count - seen.len(),
        seen,
    }
}

/// Complaints that one pass of the sweep gives keys to, at most.
const A_PASS: u32 = 1000;
/// Until which id older complaints need keys; later ones get theirs at filing.
const UNTIL: &str = "alike_until";
/// Up to which id they have them.
const UPTO: &str = "alike_upto";

/// Gives keys to complaints that were filed before there were any, some at a time. May run twice and do the same.
///
/// # Errors
/// The database is away; the next pass goes on.
pub async fn key_older(app: &App) -> Result<()> {
    let mut conn = app.store.conn().await?;
    let id = |text: Option<String>| text.and_then(|t| Uuid::try_parse(&t).ok());
    let until = match id(meta::meta(&mut conn, UNTIL).await?) {
        Some(until) => until,
        None => {
            let now = app.ids.next();
            meta::meta_set(&mut conn, UNTIL, &now.simple().to_string()).await?;
            now
        }
    };
    let from = id(meta::meta(&mut conn, UPTO).await?).unwrap_or(Uuid::nil());
    if from >= until {
        return Ok(());
    }
    let behind = rows::alike_behind(&mut conn, from, until, A_PASS).await?;
    let last = behind.last().map(|c| c.id);
    for c in &behind {
        let open = |purpose, bytes: &[u8]| {
            app.sealer
                .open(purpose, c.id, bytes)
                .map_err(Error::internal)
        };
        let contact: Contact = match &c.contact {
            Some(sealed) => {
                serde_json::from_slice(&open(Purpose::Contact, sealed)?).map_err(Error::internal)?
            }
            None => Contact::default(),
        };
        let story: Story = serde_json::from_slice(&open(Purpose::Narrative, &c.story)?)
            .map_err(Error::internal)?;
        let people = party_rows::parties(&mut conn, CaseId(c.id)).await?;
        let people = super::parties::persons(app, &people)?;
        let mut phones = vec![contact.phone.as_str()];
        phones.extend(people.iter().map(|p| p.phone.as_str()));
        let traits = Traits {
            phones,
            address: &contact.address,
            trader: &c.trader_name,
            category: &c.category,
            goods: story.facts.get("goods"),
            text: &c.redacted,
        };
        let on = china_date(c.received_at);
        rows::alike_insert(&mut conn, c.id, on, &keys_of(app, &traits)).await?;
    }
    let full = behind.len() == A_PASS as usize;
    let upto = if full { last.unwrap_or(until) } else { until };
    meta::meta_set(&mut conn, UPTO, &upto.simple().to_string()).await
}
