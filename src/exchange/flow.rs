//! Use cases of the exchange with the 12315 platform: take the next cases for an export, with an audit line each before
//! anything leaves; open them; keep the numbers that come back.

use super::{Mistake, Opened, Record, numbers::Row, record};
use crate::{
    app::App,
    audit::Deed,
    error::{Error, Result},
    intake::{Contact, Story},
    privacy::Purpose,
    store::{
        case::{self as cases, Case},
        exchange::{self as rows, Wanted},
        security::{self, AuditLine},
    },
    tx,
};
use uuid::Uuid;

/// Cases taken in one transaction.
const BATCH: u32 = 100;

/// A case of an export.
pub struct Taken {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// As the platform wants it; or what is missing: then it was not taken.
    pub record: std::result::Result<Record, Vec<Mistake>>,
}

/// Which cases are to go: those of the market-supervision departments in the settings.
///
/// # Errors
/// [`Error::Invalid`] for a setting that names a department that is not here.
pub fn wanted(app: &App, since: Option<time::OffsetDateTime>, again: bool) -> Result<Wanted> {
    let known = app.reference();
    let departments = app
        .config
        .departments_12315
        .split(',')
        .map(str::trim)
        .filter(|c| !c.is_empty())
        .map(|code| {
            let found = known.inside(code).map(|d| d.id);
            let text = format!("no department {code}");
            found.ok_or_else(|| Error::field("departments_12315", "unknown_value", text))
        })
        .collect::<Result<_>>()?;
    Ok(Wanted {
        departments,
        since,
        again,
    })
}

fn line(app: &App, deed: Deed, case: Option<Uuid>, detail: &str) -> AuditLine {
    AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: None,
        act: deed.code(),
        case,
        detail: detail.chars().take(240).collect(),
        reason: None,
    }
}

/// Opens a case as the platform wants it.
async fn opened(app: &App, number: &str) -> Result<std::result::Result<Record, Vec<Mistake>>> {
    let mut conn = app.store.conn().await?;
    let case: Case = cases::case(&mut conn, number)
        .await?
        .ok_or(Error::NotFound)?;
    let sealed = cases::secret(&mut conn, case.id).await?;
    drop(conn);
    let story = app
        .sealer
        .open(Purpose::Narrative, case.id.0, &sealed.story)
        .map_err(Error::internal)?;
    let story: Story = serde_json::from_slice(&story).map_err(Error::internal)?;
    let contact: Option<Contact> = match &sealed.contact {
        None => None,
        Some(bytes) => {
            let plain = app
                .sealer
                .open(Purpose::Contact, case.id.0, bytes)
                .map_err(Error::internal)?;
            serde_json::from_slice(&plain).map_err(Error::internal)?
        }
    };
    let known = app.reference();
    Ok(record(&Opened {
        number: &case.number,
        kind: case.kind,
        received_at: case.received_at,
        channel: &case.channel,
        department: known.holder(case.department),
        state: case.state.label(),
        trader_name: &case.trader_name,
        trader_kind: &case.trader_kind,
        category: &case.category,
        problem: &case.problem,
        amount_fen: case.amount_fen,
        injury: case.injury,
        publish: case.publish,
        entrust: case.entrust,
        story: &story,
        contact: contact.as_ref(),
    }))
}

/// Takes the next cases after `after` for a batch. A case that lacks what the platform wants is given back with what is
/// missing and may go another time. Empty: there are no more.
///
/// # Errors
/// The database is away, the key ring lacks a key; what was taken stays in the batch.
pub async fn take(app: &App, wanted: &Wanted, batch: &str, after: Uuid) -> Result<Vec<Taken>> {
    let next = {
        let mut conn = app.store.conn().await?;
        rows::next(&mut conn, wanted, batch, after, BATCH).await?
    };
    let mut all = Vec::with_capacity(next.len());
    for (id, number) in next {
        let record = opened(app, &number).await?;
        all.push(Taken { id, number, record });
    }
    let now = app.now();
    let taken = tx!(app.store, conn => {
        let mut taken = Vec::new();
        for case in all.iter().filter(|c| c.record.is_ok()) {
            if rows::take(conn, case.id, batch, wanted.again, now).await? {
                security::audit_insert(conn, &line(app, Deed::Export12315, Some(case.id), batch)).await?;
                taken.push(case.id);
            }
        }
        Ok(taken)
    })?;
    // what another export took in between is in its file
    for case in all
        .iter_mut()
        .filter(|c| c.record.is_ok() && !taken.contains(&c.id))
    {
        case.record = Err(vec![Mistake {
            field: "number",
            message: "另一次报送刚刚已经带走这件",
        }]);
    }
    Ok(all)
}

/// The cases of a batch again, after a run that did not end: they were taken and noted then.
///
/// # Errors
/// As [`take`].
pub async fn retake(app: &App, batch: &str, after: Uuid) -> Result<Vec<Taken>> {
    let mut conn = app.store.conn().await?;
    let found = rows::of_batch(&mut conn, batch, after, BATCH).await?;
    drop(conn);
    let mut all = Vec::with_capacity(found.len());
    for (id, number) in found {
        let record = opened(app, &number).await?;
        all.push(Taken { id, number, record });
    }
    Ok(all)
}

/// Notes that the files of a batch are written again.
///
/// # Errors
/// The database is away.
pub async fn resumed(app: &App, batch: &str) -> Result<()> {
    let mut conn = app.store.conn().await?;
    let detail = format!("{batch} resumed");
    security::audit_insert(&mut conn, &line(app, Deed::Export12315, None, &detail)).await
}

/// Keeps the number that a case got on the platform; `false` when it has this number already.
///
/// # Errors
/// [`Error::NotFound`] for a case that is not here; [`Error::Conflict`] when the case has another number or the number
/// stands on another case.
pub async fn keep_number(app: &App, row: &Row) -> Result<bool> {
    let now = app.now();
    tx!(app.store, conn => {
        let case = cases::case_lock(conn, &row.ours).await?.ok_or(Error::NotFound)?;
        match rows::there(conn, case.id.0).await?.and_then(|t| t.1) {
            Some(number) if number == row.theirs => return Ok(false),
            Some(_) => return Err(Error::Conflict("这件案件已经有另一个12315编号")),
            None => {}
        }
        rows::number_set(conn, case.id.0, &row.theirs, now).await?;
        security::audit_insert(conn, &line(app, Deed::Number12315, Some(case.id.0), &row.theirs)).await?;
        Ok(true)
    })
}
