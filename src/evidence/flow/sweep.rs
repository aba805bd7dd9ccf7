//! What lies in the storage and what the database says, made one again, from both sides; and what is not kept any longer.
//! Each pass may stop anywhere and be made again.

use super::{
    custody,
    remove::{bytes_go, drop_row},
};
use crate::{
    app::App,
    casework::State,
    error::{Error, Result},
    evidence::{Custody, Stage},
    intake::draft::DRAFT_DAYS,
    kernel::words::CaseKind,
    store::evidence::{self as rows, Old},
    tx,
};
use futures_util::TryStreamExt;
use std::{collections::HashSet, time::Duration as Age};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a pass found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Files that were never handed in and are gone.
    pub abandoned: u64,
    /// Files whose time has passed (P-12).
    pub expired: u64,
    /// Objects of no file, removed.
    pub orphans: u64,
    /// Names in the storage that are none of ours; they are left.
    pub strange: u64,
    /// Files that have no bytes in the storage.
    pub missing: Vec<Uuid>,
}

/// Younger objects may belong to a file whose row is being written.
pub const SETTLED: Age = Age::from_secs(3600);
/// Files asked for at once.
const PAGE: u32 = 500;

/// What is cheap and done each minute: bytes that were to go, files that nobody handed in, what came in half.
///
/// # Errors
/// The database or the storage is away; the next pass does the work.
pub async fn light(app: &App) -> Result<Swept> {
    let mut swept = Swept::default();
    loop {
        let gone = {
            let mut conn = app.store.conn().await?;
            rows::removed(&mut conn).await?
        };
        for file in &gone {
            bytes_go(app, file).await?;
            let mut conn = app.store.conn().await?;
            if rows::cases_of(&mut conn, file.id).await?.is_empty() {
                rows::file_delete(&mut conn, file.id).await?;
            } else {
                rows::file_gone(&mut conn, file.id, app.now()).await?;
            }
        }
        if gone.len() < 200 {
            break;
        }
    }
    let before = app.now() - Duration::days(DRAFT_DAYS);
    loop {
        let left = {
            let mut conn = app.store.conn().await?;
            rows::abandoned(&mut conn, before).await?
        };
        for file in &left {
            drop_row(app, file).await?;
            swept.abandoned += 1;
        }
        if left.len() < 200 {
            break;
        }
    }
    Ok(swept)
}

/// Everything: what [`light`] does, the terms of keeping, and the whole storage compared with the database both ways.
/// `disk` is the present instant as the storage's own times count.
///
/// # Errors
/// The database or the storage is away; what was done stays done.
pub async fn sweep(app: &App, disk: OffsetDateTime) -> Result<Swept> {
    let mut swept = light(app).await?;
    swept.expired = expire(app).await?;
    halves(app, disk).await?;
    orphans(app, disk, &mut swept).await?;
    missing(app, &mut swept).await?;
    metrics::gauge!("minsheng_evidence_missing").set(f64::from(
        u32::try_from(swept.missing.len()).unwrap_or(u32::MAX),
    ));
    for file in &swept.missing {
        tracing::error!(%file, "evidence without bytes in the storage");
    }
    if swept.orphans + swept.strange > 0 {
        tracing::warn!(
            swept.orphans,
            swept.strange,
            "objects in the storage that belong to no file"
        );
    }
    Ok(swept)
}

fn away(e: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("evidence storage: {e}"))
}

/// What came in half and has no row any more.
async fn halves(app: &App, disk: OffsetDateTime) -> Result<()> {
    let stale = app.blobs.stale(disk.into(), SETTLED).await.map_err(away)?;
    for page in stale.chunks(PAGE as usize) {
        let known = known(app, page).await?;
        for file in page.iter().filter(|f| !known.contains(f)) {
            app.blobs.forget(*file).await.map_err(away)?;
        }
    }
    Ok(())
}

async fn known(app: &App, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut conn = app.store.conn().await?;
    Ok(rows::known(&mut conn, ids).await?.into_iter().collect())
}

/// Objects that belong to no file.
async fn orphans(app: &App, disk: OffsetDateTime, swept: &mut Swept) -> Result<()> {
    let settled = disk - SETTLED;
    let pages = app.blobs.walk().try_chunks(PAGE as usize);
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.try_next().await.map_err(away)? {
        let ids: Vec<Uuid> = page
            .iter()
            .filter_map(|s| s.file.as_ref())
            .map(|f| f.0)
            .collect();
        let known = known(app, &ids).await?;
        for stored in &page {
            match &stored.file {
                None => swept.strange += 1,
                Some((file, _)) if known.contains(file) || stored.at > settled => {}
                Some(_) => {
                    app.blobs.remove_listed(stored).await.map_err(away)?;
                    swept.orphans += 1;
                }
            }
        }
    }
    Ok(())
}

/// Files whose original is not in the storage.
async fn missing(app: &App, swept: &mut Swept) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let page = {
            let mut conn = app.store.conn().await?;
            rows::whole_after(&mut conn, after, PAGE).await?
        };
        for file in &page {
            if !app.blobs.has(*file, "original").await.map_err(away)? {
                swept.missing.push(*file);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = *last,
            _ => return Ok(()),
        }
    }
}

/// Whether a case has been over for as long as its files are kept (P-12).
fn over(app: &App, case: &Old, now: OffsetDateTime) -> bool {
    let (Some(kind), Some(state), Some(closed)) = (
        CaseKind::from_code(&case.kind),
        State::from_code(&case.state),
        case.closed_at,
    ) else {
        return false;
    };
    let years = app.config.retention.years_of(kind, state);
    // 366 days a year: a file is rather kept a few days too long
    closed + Duration::days(366 * i64::from(years)) <= now
}

/// Lets the bytes go of files whose time has passed in every case they belong to; their hashes stay.
async fn expire(app: &App) -> Result<u64> {
    let now = app.now();
    let before = now - Duration::days(365 * i64::from(app.config.retention.shortest()));
    let mut after = Uuid::nil();
    let mut count = 0;
    loop {
        let page = {
            let mut conn = app.store.conn().await?;
            rows::old(&mut conn, after, before, PAGE).await?
        };
        let Some(last) = page.last().map(|o| o.evidence_id) else {
            return Ok(count);
        };
        for cases in page.chunk_by(|a, b| a.evidence_id == b.evidence_id) {
            if !cases.iter().all(|c| over(app, c, now)) {
                continue;
            }
            let id = cases[0].evidence_id;
            tx!(app.store, conn => {
                if !rows::file_move(conn, id, Stage::Kept, Stage::Removed).await? {
                    return Ok(());
                }
                let line = custody(app, id, Custody::Removed, None, "retention".into());
                rows::custody_insert(conn, &line).await?;
                Ok(())
            })?;
            count += 1;
        }
        light(app).await?;
        after = last;
    }
}
