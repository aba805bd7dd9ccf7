//! Use cases of the audit trail: seal what was committed, sign the day's anchor, verify the chain, read and export.

use super::{Deed, Fault, Head, floor};
use crate::{
    app::App,
    error::{Error, Result},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    receipts::{hex, keys::verify_bytes},
    store::{
        Conn,
        audit::{self as rows, Anchor, End, Filter, NewLink, Shown},
        security::{self, AuditLine},
    },
    tx,
};
use ed25519_dalek::VerifyingKey;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Lines linked in one transaction, or checked at once.
const BATCH: u32 = 1000;

/// Links every committed line that is not in the chain yet, late ones too; gives how many. `whole` looks at the whole
/// trail, otherwise at what is not older than some minutes before the newest sealed line. Two at once never fork the
/// chain: the slower one finds its numbers taken and stops.
///
/// # Errors
/// The database is away; the next run does the work.
pub async fn seal(app: &App, whole: bool) -> Result<usize> {
    let mut after = {
        let mut conn = app.store.conn().await?;
        let newest = rows::end(&mut conn).await?.map(|e| e.line);
        if whole {
            Uuid::nil()
        } else {
            floor(newest, app.ids.next())
        }
    };
    let mut total = 0;
    loop {
        let now = app.now();
        let done = tx!(app.store, conn => {
            let mut head = rows::end(conn).await?.map_or(Head::START, |e| e.head);
            let found = rows::unsealed(conn, after, BATCH).await?;
            let mut links = Vec::with_capacity(found.len());
            for record in &found {
                let row_hash = record.hash()?;
                head = head.next(&row_hash);
                links.push(NewLink { head, line: record.id, row_hash });
            }
            rows::links_insert(conn, &links, now).await?;
            Ok((found.len(), found.last().map(|r| r.id)))
        });
        match done {
            Ok((count, last)) => {
                total += count;
                match last {
                    Some(last) if count == BATCH as usize => after = last,
                    _ => return Ok(total),
                }
            }
            // another sealer was faster, it goes on
            Err(Error::Conflict(_)) => return Ok(total),
            Err(e) => return Err(e),
        }
    }
}

/// Signs the head of the chain once a day (China). The log gets it too, so that it lies outside of the database.
///
/// # Errors
/// The database is away.
pub async fn anchor(app: &App) -> Result<bool> {
    let mut conn = app.store.conn().await?;
    let day = app.today();
    let last = rows::anchor_last(&mut conn).await?;
    if last.is_some_and(|a| a.day >= day) {
        return Ok(false);
    }
    let Some(End { head, .. }) = rows::end(&mut conn).await? else {
        return Ok(false);
    };
    let anchor = Anchor {
        day,
        head,
        signature: app.signer.sign_bytes(&head.anchor(day)),
    };
    let done = rows::anchor_insert(&mut conn, &anchor).await?;
    if done {
        tracing::info!(
            %day,
            seq = head.seq,
            link = hex(&head.link),
            signature = hex(&anchor.signature),
            "audit anchor"
        );
    }
    Ok(done)
}

/// What verification found.
#[derive(Debug)]
pub struct Verdict {
    /// Where the chain is good up to.
    pub head: Head,
    /// Anchors that fit.
    pub anchors: usize,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
    /// Lines that are not sealed yet.
    pub unsealed: i64,
    /// The newest of them.
    pub newest: Option<OffsetDateTime>,
}

/// Walks the whole chain: every line against its hash, every link against the one before, every anchor against its
/// signature.
///
/// # Errors
/// The database is away.
pub async fn verify(app: &App) -> Result<Verdict> {
    let mut conn = app.store.conn().await?;
    let mut anchors: BTreeMap<i64, Vec<Anchor>> = BTreeMap::new();
    for anchor in rows::anchors(&mut conn).await? {
        anchors.entry(anchor.head.seq).or_default().push(anchor);
    }
    let mut verdict = Verdict {
        head: Head::START,
        anchors: 0,
        fault: None,
        unsealed: 0,
        newest: None,
    };
    'walk: loop {
        let links = rows::links(&mut conn, verdict.head.seq, BATCH).await?;
        let count = links.len();
        for link in links {
            match verdict.head.check(&link.linked()?) {
                Ok(head) => verdict.head = head,
                Err(fault) => {
                    verdict.fault = Some(fault);
                    break 'walk;
                }
            }
            for anchor in anchors.remove(&link.seq()).unwrap_or_default() {
                if anchor.head != verdict.head || !signed(app, &anchor) {
                    verdict.fault = Some(Fault::Anchor(anchor.day, link.seq()));
                    break 'walk;
                }
                verdict.anchors += 1;
            }
        }
        if count < BATCH as usize {
            break;
        }
    }
    if verdict.fault.is_none()
        && let Some(anchor) = anchors.into_values().flatten().next()
    {
        let fault = Fault::Cut(anchor.day, anchor.head.seq, verdict.head.seq);
        verdict.fault = Some(fault);
    }
    (verdict.unsealed, verdict.newest) = rows::unsealed_count(&mut conn, Uuid::nil()).await?;
    Ok(verdict)
}

fn signed(app: &App, anchor: &Anchor) -> bool {
    verify_bytes(
        &app.signer.verifying(),
        &anchor.head.anchor(anchor.day),
        &anchor.signature,
    )
}

/// The state of the chain as the auditor's page shows it.
#[derive(Debug)]
pub struct State {
    /// Its end.
    pub end: Option<End>,
    /// Lines that wait, among the newest.
    pub unsealed: i64,
    /// The newest anchor, and whether its signature holds.
    pub anchor: Option<(Anchor, bool)>,
}

/// The state of the chain.
///
/// # Errors
/// The database is away.
pub async fn state(app: &App) -> Result<State> {
    let mut conn = app.store.conn().await?;
    let end = rows::end(&mut conn).await?;
    let from = floor(end.map(|e| e.line), app.ids.next());
    let (unsealed, _) = rows::unsealed_count(&mut conn, from).await?;
    let anchor = rows::anchor_last(&mut conn).await?.map(|a| {
        let holds = signed(app, &a);
        (a, holds)
    });
    Ok(State {
        end,
        unsealed,
        anchor,
    })
}

fn allowed(actor: &Actor) -> Result<()> {
    if actor.may(Act::Audit) {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

fn note(app: &App, actor: &Actor, act: Deed, detail: &str) -> AuditLine {
    AuditLine {
        id: app.ids.next(),
        at: app.now(),
        staff: Some(actor.staff.0),
        act: act.code(),
        case: None,
        detail: detail.chars().take(240).collect(),
        reason: None,
    }
}

/// One page of the trail, each line with its opened reason. Opening reasons is itself a look at sealed data.
///
/// # Errors
/// [`Error::NotFound`] for who may not audit, the database is away, the key ring lacks a key.
pub async fn read(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    limit: u32,
    view: &str,
) -> Result<Vec<(Shown, String)>> {
    allowed(actor)?;
    let mut conn = app.store.conn().await?;
    let lines = rows::page(&mut conn, filter, limit).await?;
    if lines.iter().any(|l| l.reason.is_some()) {
        security::audit_insert(&mut conn, &note(app, actor, Deed::AuditView, view)).await?;
    }
    drop(conn);
    lines
        .into_iter()
        .map(|line| {
            let reason = match &line.reason {
                Some(sealed) => app
                    .sealer
                    .open_text(Purpose::Audit, line.id, sealed)
                    .map_err(Error::internal)?
                    .to_string(),
                None => String::new(),
            };
            Ok((line, reason))
        })
        .collect()
}

/// Notes that the trail is exported, before the first line goes out.
///
/// # Errors
/// [`Error::NotFound`] for who may not audit, the database is away.
pub async fn export_begin(app: &App, actor: &Actor, view: &str) -> Result<()> {
    allowed(actor)?;
    let mut conn = app.store.conn().await?;
    security::audit_insert(&mut conn, &note(app, actor, Deed::AuditExport, view)).await
}

/// The next lines of an export; reasons stay sealed.
///
/// # Errors
/// The database is away.
pub async fn export_next(app: &App, filter: &Filter, limit: u32) -> Result<Vec<Shown>> {
    let mut conn = app.store.conn().await?;
    rows::page(&mut conn, filter, limit).await
}

/// The end of the trail, as a check-up sees it.
#[derive(Debug)]
pub struct Tail {
    /// Lines in the chain.
    pub sealed: i64,
    /// How many of the last ones were checked.
    pub checked: i64,
    /// The first thing that is wrong among them.
    pub fault: Option<Fault>,
    /// Lines that wait for their seal.
    pub unsealed: i64,
    /// The oldest of them.
    pub oldest: Option<OffsetDateTime>,
    /// The newest anchor, and whether its signature holds (`None`: no key to check it).
    pub anchor: Option<(Anchor, Option<bool>)>,
}

/// Checks the last `most` links of the chain, from the one before them on, without walking the whole. `now` is an id made
/// this moment.
///
/// # Errors
/// The database is away.
pub async fn tail(
    conn: &mut Conn,
    key: Option<&[VerifyingKey]>,
    most: i64,
    now: Uuid,
) -> Result<Tail> {
    let end = rows::end(conn).await?;
    let last = end.map_or(0, |e| e.head.seq);
    let first = (last - most).max(0);
    let mut out = Tail {
        sealed: last,
        checked: 0,
        fault: None,
        unsealed: 0,
        oldest: None,
        anchor: None,
    };
    let from = floor(end.map(|e| e.line), now);
    (out.unsealed, out.oldest) = rows::unsealed_oldest(conn, from).await?;
    let anchor = rows::anchor_last(conn).await?;
    let start = if first == 0 {
        Some(Head::START)
    } else {
        rows::head_at(conn, first).await?
    };
    let mut head = match start {
        Some(head) => head,
        None => {
            out.fault = Some(Fault::Gap(first, first + 1));
            return Ok(out);
        }
    };
    'walk: while head.seq < last {
        let links = rows::links(conn, head.seq, BATCH).await?;
        if links.is_empty() {
            break;
        }
        for link in links {
            match head.check(&link.linked()?) {
                Ok(next) => head = next,
                Err(fault) => {
                    out.fault = Some(fault);
                    break 'walk;
                }
            }
            let fits = anchor
                .as_ref()
                .is_none_or(|a| a.head.seq != head.seq || a.head == head);
            if let (false, Some(a)) = (fits, &anchor) {
                out.fault = Some(Fault::Anchor(a.day, head.seq));
                break 'walk;
            }
        }
    }
    out.checked = head.seq - first;
    if let Some(a) = anchor
        .as_ref()
        .filter(|a| out.fault.is_none() && a.head.seq > last)
    {
        out.fault = Some(Fault::Cut(a.day, a.head.seq, last));
    }
    out.anchor = anchor.map(|a| {
        let holds = key.map(|k| verify_bytes(k, &a.head.anchor(a.day), &a.signature));
        (a, holds)
    });
    Ok(out)
}
