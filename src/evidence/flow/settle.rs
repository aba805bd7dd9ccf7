//! The end of taking a file in: all bytes are on the disk; what they are is looked at, the storage takes them, and then the
//! database says so, with the first line of custody and the work that follows.

use super::{
    custody,
    receive::{Sender, Taken, disk, place, taken_of},
    unwrap,
    writer::{self, Writer},
};
use crate::{
    app::App,
    casework::{
        EventKind,
        flow::{record, unchanged},
    },
    error::{Error, Result},
    evidence::{
        Custody, FileKind, HolderKind, Refusal, Stage, Uploader,
        inspect::{Probe, probe},
    },
    jobs::queue::{JobKind, enqueue},
    kernel::CaseId,
    privacy::vault::{FileKey, Reader},
    store::{
        Conn,
        case::{self as cases, NewEvent},
        evidence::{self as rows, File},
        security::{self, AuditLine},
    },
    tx,
};
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};

/// Files looked at at a time: it is work for a core, and takes some memory.
static LOOKS: Semaphore = Semaphore::const_new(4);

/// Whether a row was written before the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    There,
    Missing,
}

/// All bytes are here: looks what they are, gives the file to the storage, and then says so in the database.
pub(super) async fn settle(
    app: &App,
    sender: &Sender,
    mut file: File,
    writer: Writer,
    there: Row,
) -> Result<Result<Taken, Refusal>> {
    let hash = writer.finish().await.map_err(disk)?.1;
    let (key, name) = unwrap(app, &file)?;
    let (probe, sha256) = match look(app, &file, key, hash).await? {
        Ok(found) => found,
        Err(why) => {
            metrics::counter!("minsheng_evidence_refused_total", "why" => why.code()).increment(1);
            match there {
                Row::There => super::remove::drop_row(app, &file).await?,
                Row::Missing => app.blobs.forget(file.id).await.map_err(disk)?,
            }
            return Ok(Err(why));
        }
    };
    if let Some(twin) = twin(app, sender, &sha256).await? {
        match there {
            Row::There => super::remove::drop_row(app, &file).await?,
            Row::Missing => app.blobs.forget(file.id).await.map_err(disk)?,
        }
        return taken_of(app, &twin).map(Ok);
    }
    app.blobs.adopt(file.id, "original").await.map_err(disk)?;
    file.kind = Some(probe.kind);
    file.sha256 = Some(sha256.to_vec());
    file.stage = match sender.kind {
        HolderKind::Case => Stage::Kept,
        HolderKind::Draft | HolderKind::Answer => Stage::Stored,
    };
    let refused = tx!(app.store, conn => { written(app, conn, sender, &file, there).await });
    let refused = match refused {
        Ok(refused) => refused,
        Err(e) => {
            // a holder that went meanwhile; what a broken database leaves behind, the sweep removes
            if matches!(e, Error::NotFound) {
                app.blobs.remove(file.id, "original").await.map_err(disk)?;
            }
            return Err(e);
        }
    };
    if let Some(why) = refused {
        app.blobs.remove(file.id, "original").await.map_err(disk)?;
        return Ok(Err(why));
    }
    app.nudge.notify_one();
    metrics::counter!("minsheng_evidence_total", "kind" => probe.kind.code()).increment(1);
    Ok(Ok(Taken {
        id: file.id,
        name,
        kind: probe.kind,
        bytes: file.bytes,
        sha256,
    }))
}

/// The same bytes from the same side with the same holder: sent twice, kept once.
async fn twin(app: &App, sender: &Sender, sha256: &[u8; 32]) -> Result<Option<File>> {
    let mut conn = app.store.conn().await?;
    let held = rows::held(&mut conn, sender.holder).await?;
    Ok(held
        .into_iter()
        .find(|f| f.uploader == sender.uploader && f.sha256.as_deref() == Some(&sha256[..])))
}

/// Looks at the sealed file on the disk, off the threads that serve requests.
async fn look(
    app: &App,
    file: &File,
    key: FileKey,
    hash: Option<[u8; 32]>,
) -> Result<Result<(Probe, [u8; 32]), Refusal>> {
    let path = app.blobs.incoming(file.id);
    let (id, bytes) = (file.id, file.bytes);
    let limits = app.config.evidence.clone();
    let _place = LOOKS.acquire().await.map_err(Error::internal)?;
    let (done, waiting) = oneshot::channel();
    let work = move || {
        let mut reader = Reader::new(std::fs::File::open(path)?, key.of(id, "original"), bytes);
        let hash = match hash {
            Some(hash) => hash,
            None => writer::hash(&mut reader)?,
        };
        Ok(probe(&mut reader, bytes, &limits).map(|found| (found, hash)))
    };
    // a thread of its own, gone with its memory when it is done: one of the pool's would keep some for each
    let look = std::thread::Builder::new().name("look".into());
    look.spawn(move || done.send(work())).map_err(disk)?;
    waiting.await.map_err(Error::internal)?.map_err(disk)
}

/// The row, where it belongs, the first line of its custody, and the work that follows.
async fn written(
    app: &App,
    conn: &mut Conn,
    sender: &Sender,
    file: &File,
    there: Row,
) -> Result<Option<Refusal>> {
    match there {
        Row::Missing => {
            if let Some(why) = place(app, conn, sender, file).await? {
                return Ok(Some(why));
            }
        }
        Row::There => {
            if !rows::holder_lock(conn, sender.kind, sender.holder).await? {
                return Err(Error::NotFound);
            }
            let kind = file.kind.ok_or_else(|| Error::internal("no kind"))?;
            let hash = file.sha256.as_deref().unwrap_or_default();
            if !rows::file_whole(conn, file.id, file.stage, kind, hash).await? {
                return Err(Error::NotFound);
            }
        }
    }
    let kind = file.kind.map_or("", FileKind::code);
    let mut line = custody(
        app,
        file.id,
        Custody::Received,
        Some(sender.uploader),
        format!("{kind} {} bytes", file.bytes),
    );
    line.staff = sender.staff.map(|s| s.0);
    rows::custody_insert(conn, &line).await?;
    if sender.kind == HolderKind::Case {
        to_case(app, conn, sender, file).await?;
    }
    enqueue(app, conn, JobKind::Evidence, file.id).await?;
    Ok(None)
}

/// A file that comes to a case which is there: the handler is told.
async fn to_case(app: &App, conn: &mut Conn, sender: &Sender, file: &File) -> Result<()> {
    let id = CaseId(sender.holder);
    rows::case_add(conn, id, file.id).await?;
    let case = cases::case_by_id(conn, id).await?.ok_or(Error::NotFound)?;
    let mut change = unchanged(&case)?;
    let actor = match sender.uploader {
        Uploader::Resident => "resident",
        Uploader::Trader => "trader",
        Uploader::Staff => "staff",
    };
    if sender.staff.is_none() {
        change.unread += 1;
    }
    let event = NewEvent {
        kind: EventKind::EvidenceAdded,
        actor,
        staff: sender.staff.map(|s| s.0),
        data: json!({ "file": file.id.simple().to_string() }),
    };
    let now = app.now();
    record(app, conn, &case, change, event, now).await?;
    let line = AuditLine {
        id: app.ids.next(),
        at: now,
        staff: sender.staff.map(|s| s.0),
        act: EventKind::EvidenceAdded.code(),
        case: Some(id.0),
        detail: format!("{} file {}", sender.uploader.code(), file.id.simple()),
        reason: None,
    };
    security::audit_insert(conn, &line).await
}
