//! What is done with a file after it came, off the request: the look for malware, the clean copies, what a photo says of
//! itself. The job may run again; it does what is still to be done.

use super::{
    custody,
    open::{Read, content},
    unwrap,
};
use crate::{
    app::App,
    error::{Error, Result},
    evidence::{Copies, Custody, Part, Scan, Stage, clean::noted},
    jobs::queue::Outcome,
    outside::{SendError, sandbox::Failure, scan::Verdict},
    privacy::Purpose,
    store::evidence::{self as rows, File, MadeRow},
    tx,
};
use tokio_util::io::StreamReader;
use uuid::Uuid;

/// Why a file has no copy, for the handler.
const NOT_MADE: &str = "没有做成可看的副本，只有原件";

/// Makes the copies of a file and has it looked at.
///
/// # Errors
/// The database or the storage is away.
pub async fn make(app: &App, id: Uuid) -> Result<Outcome> {
    let file = {
        let mut conn = app.store.conn().await?;
        rows::file(&mut conn, id).await?
    };
    let Some(file) = file.filter(|f| matches!(f.stage, Stage::Stored | Stage::Kept)) else {
        return Ok(Outcome::Done);
    };
    if file.made == Copies::Waiting {
        copy(app, &file).await?;
    }
    if file.scan == Scan::Waiting {
        return scan(app, &file).await;
    }
    Ok(Outcome::Done)
}

/// Has the original looked at; without an answer it stays closed and is tried again.
async fn scan(app: &App, file: &File) -> Result<Outcome> {
    let (scan, found) = match &app.scanner {
        None => (Scan::Off, String::new()),
        Some(scanner) => {
            let bytes = content(app, file, Part::Original, file.bytes).await?;
            match scanner.scan(bytes).await {
                Ok(Verdict::Clean) => (Scan::Clean, String::new()),
                Ok(Verdict::Found(name)) => (Scan::Found, name.chars().take(100).collect()),
                Err(SendError::Later(why)) => return Ok(Outcome::Later(why)),
                Err(SendError::Never(why)) => return Ok(Outcome::Dead(why)),
            }
        }
    };
    tx!(app.store, conn => {
        rows::scan_set(conn, file.id, scan, &found).await?;
        let detail = if found.is_empty() { scan.code().to_owned() } else { found.clone() };
        let line = custody(app, file.id, Custody::Scanned, None, detail);
        rows::custody_insert(conn, &line).await
    })?;
    metrics::counter!("minsheng_evidence_scans_total", "verdict" => scan.code()).increment(1);
    Ok(Outcome::Done)
}

/// Makes and keeps the copies. A file of which none can be made keeps its original and a word about why.
async fn copy(app: &App, file: &File) -> Result<()> {
    let kind = file
        .kind
        .ok_or_else(|| Error::internal("a whole file without a kind"))?;
    let bytes = content(app, file, Part::Original, file.bytes).await?;
    let input = StreamReader::new(bytes);
    let made = match app.workshop.make(kind, &app.config.evidence, input).await {
        Ok(made) => made,
        // the machine's trouble, not the file's
        Err(e @ (Failure::Start(_) | Failure::Input(_))) => {
            return Err(Error::Unavailable(format!("copies of evidence: {e}")));
        }
        Err(why) => {
            tracing::warn!(file = %file.id, %why, "no copies made");
            noted(NOT_MADE)
        }
    };
    let away = |e: std::io::Error| Error::Unavailable(format!("evidence storage: {e}"));
    let mut read = Read {
        facts: made.facts.clone(),
        note: made.note.clone(),
        ..Read::default()
    };
    for copy in &made.copies {
        let code = copy.part.code();
        let place = unwrap(app, file)?.0.of(file.id, &code);
        let sealed = place.seal_all(&copy.bytes, || app.dice.bytes());
        app.blobs.put(file.id, &code, sealed).await.map_err(away)?;
        read.forms
            .insert(code, (copy.kind, copy.bytes.len() as u64));
    }
    let clean = made
        .copies
        .iter()
        .find(|c| c.part == Part::Clean)
        .map(|c| c.kind);
    let pages = made
        .copies
        .iter()
        .filter(|c| matches!(c.part, Part::Page(_)))
        .count();
    let facts = serde_json::to_vec(&read).map_err(Error::internal)?;
    let row = MadeRow {
        made: if made.copies.is_empty() {
            Copies::None
        } else {
            Copies::Done
        },
        clean,
        pages: u16::try_from(pages).unwrap_or(u16::MAX),
        facts: app
            .sealer
            .seal(Purpose::Blob, file.id, &facts, app.dice.bytes()),
    };
    tx!(app.store, conn => {
        rows::made_set(conn, file.id, &row).await?;
        let line = custody(app, file.id, Custody::Copied, None, format!("{} copies", made.copies.len()));
        rows::custody_insert(conn, &line).await
    })
}
