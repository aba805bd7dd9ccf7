//! Evidence at the desk: what a case page shows of each file, and one form of it as bytes. The original is opened with a
//! reason that stays in the audit trail; a report's only by who may know its reporter just now, for a file can
//! name who took it.

use super::{custody, name_of, stream::plain, unwrap};
use crate::{
    app::App,
    audit::Deed,
    casework::flow::{audit_line, free, open as open_case, open_led, reason_of},
    error::{Error, Result},
    evidence::{Copies, Custody, Facts, FileKind, Part, Scan, Stage, Uploader, opens},
    kernel::{
        access::{Act, Actor},
        words::CaseKind,
    },
    outside::scan::Content,
    privacy::Purpose,
    store::{
        Conn,
        case::Case,
        evidence::{self as rows, File, Release},
        reporter as requests, security,
    },
    tx,
};
use futures_util::StreamExt;
use time::OffsetDateTime;
use uuid::Uuid;

/// A request to let a file out that waits for another person.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who asks.
    pub asked_by: Uuid,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// Why.
    pub reason: String,
}

/// A line of the custody log.
#[derive(Debug, Clone)]
pub struct Line {
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What.
    pub act: Custody,
    /// Who.
    pub who: String,
    /// The reason, where there is one.
    pub reason: String,
}

/// A file as a case page shows it.
#[derive(Debug, Clone)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// Its name; a neutral one in a report, for a name can name who gave it.
    pub name: String,
    /// Its kind.
    pub kind: FileKind,
    /// Its length.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Where it stands.
    pub stage: Stage,
    /// Who handed it in.
    pub uploader: Uploader,
    /// When, UTC.
    pub at: OffsetDateTime,
    /// What the scanner said.
    pub scan: Scan,
    /// What it found.
    pub found: String,
    /// Whether copies were made.
    pub made: Copies,
    /// The kind of the clean copy.
    pub clean: Option<FileKind>,
    /// Pages drawn.
    pub pages: u16,
    /// The small picture may be shown.
    pub thumb: bool,
    /// The clean copy may be opened.
    pub clean_opens: bool,
    /// The original may be opened, as far as malware goes.
    pub original_opens: bool,
    /// What it says of itself.
    pub facts: Facts,
    /// Why there is no clean copy.
    pub note: String,
    /// A request to let it out.
    pub release: Option<Waiting>,
    /// Its custody log, oldest first.
    pub custody: Vec<Line>,
}

/// What is sealed of what was read in a file.
#[derive(Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Read {
    pub(super) facts: Facts,
    pub(super) note: String,
    /// Kind and plain length of each copy by the word of its form.
    pub(super) forms: std::collections::BTreeMap<String, (FileKind, u64)>,
}

pub(super) fn read_of(app: &App, file: &File) -> Result<Read> {
    let Some(sealed) = &file.facts else {
        return Ok(Read::default());
    };
    let plain = app
        .sealer
        .open(Purpose::Blob, file.id, sealed)
        .map_err(Error::internal)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

/// The name that the desk reads.
fn shown_name(app: &App, case: &Case, file: &File, place: usize) -> Result<String> {
    if case.kind == CaseKind::Report && file.uploader == Uploader::Resident {
        let ending = file.kind.map_or("", FileKind::extension);
        return Ok(format!("凭证{place}.{ending}"));
    }
    name_of(app, file)
}

/// The files of a case for its page, without their custody logs.
///
/// # Errors
/// The database is away.
pub async fn views(app: &App, conn: &mut Conn, case: &Case) -> Result<Vec<View>> {
    let files = rows::files_of(conn, case.id).await?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let waiting = rows::releases_of(conn, case.id).await?;
    let mut out = Vec::with_capacity(files.len());
    for (n, file) in files.iter().enumerate() {
        out.extend(one(app, case, file, n + 1, &waiting)?);
    }
    Ok(out)
}

/// One file of a case with its custody log.
///
/// # Errors
/// [`Error::NotFound`] for a file of no or another case.
pub async fn view(app: &App, conn: &mut Conn, case: &Case, id: Uuid) -> Result<View> {
    let files = rows::files_of(conn, case.id).await?;
    let place = files
        .iter()
        .position(|f| f.id == id)
        .ok_or(Error::NotFound)?;
    let waiting = rows::releases_of(conn, case.id).await?;
    let file = &files[place];
    let mut view = one(app, case, file, place + 1, &waiting)?.ok_or(Error::NotFound)?;
    view.custody = lines(app, conn, file).await?;
    Ok(view)
}

/// How a file is shown; `None` while it comes in.
fn one(
    app: &App,
    case: &Case,
    file: &File,
    place: usize,
    waiting: &[Release],
) -> Result<Option<View>> {
    let Some(kind) = file.kind else {
        return Ok(None);
    };
    let read = read_of(app, file)?;
    let there = file.stage == Stage::Kept;
    let copies = there && file.made == Copies::Done;
    let open = |part| opens(file.scan, part, file.clean_kind);
    let mut facts = read.facts;
    if case.kind == CaseKind::Report {
        // the make of a telephone tells colleagues apart and helps no case
        facts.camera = None;
    }
    let release = waiting.iter().find(|r| r.evidence_id == file.id);
    Ok(Some(View {
        id: file.id,
        name: shown_name(app, case, file, place)?,
        kind,
        bytes: file.bytes,
        sha256: crate::receipts::hex(file.sha256.as_deref().unwrap_or_default()),
        stage: file.stage,
        uploader: file.uploader,
        at: file.at,
        scan: file.scan,
        found: file.found.clone(),
        made: file.made,
        clean: file.clean_kind,
        pages: if copies && open(Part::Page(1)) {
            file.pages
        } else {
            0
        },
        thumb: copies && open(Part::Thumb) && read.forms.contains_key("thumb"),
        clean_opens: copies && file.clean_kind.is_some() && open(Part::Clean),
        original_opens: there && open(Part::Original),
        facts,
        note: read.note,
        release: match release {
            Some(r) => Some(Waiting {
                asked_by: r.asked_by,
                at: r.asked_at,
                reason: text(app, Purpose::Blob, file.id, &r.reason)?,
            }),
            None => None,
        },
        custody: Vec::new(),
    }))
}

fn text(app: &App, purpose: Purpose, owner: Uuid, sealed: &[u8]) -> Result<String> {
    let open = app.sealer.open_text(purpose, owner, sealed);
    open.map(|t| t.to_string()).map_err(Error::internal)
}

async fn lines(app: &App, conn: &mut Conn, file: &File) -> Result<Vec<Line>> {
    let rows = rows::custody(conn, file.id).await?;
    rows.into_iter()
        .map(|r| {
            let by = r.uploader.as_deref().and_then(Uploader::from_code);
            let reason = match &r.reason {
                Some(sealed) => text(app, Purpose::Audit, r.id, sealed)?,
                None => String::new(),
            };
            Ok(Line {
                at: r.at,
                act: Custody::from_code(&r.act)
                    .ok_or_else(|| Error::internal("unknown custody"))?,
                who: r
                    .staff
                    .unwrap_or_else(|| by.map_or("系统", Uploader::label).to_owned()),
                reason,
            })
        })
        .collect()
}

/// One form of a file, on its way out.
pub struct Opened {
    /// Its kind.
    pub kind: FileKind,
    /// A name that fits it.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its bytes.
    pub content: Content,
}

/// The kind and length of a form, `None` when there is none.
fn form(file: &File, read: &Read, part: Part) -> Option<(FileKind, u64)> {
    let kind = file.kind?;
    if part == Part::Original {
        return Some((kind, file.bytes));
    }
    read.forms.get(&part.code()).copied()
}

/// The plain bytes of a form of a file.
///
/// # Errors
/// [`Error::NotFound`] when the storage lacks it.
pub(super) async fn content(app: &App, file: &File, part: Part, bytes: u64) -> Result<Content> {
    let (key, _) = unwrap(app, file)?;
    let code = part.code();
    let source = app
        .blobs
        .get(file.id, &code)
        .await
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::NotFound,
            _ => Error::Unavailable(format!("evidence storage: {e}")),
        })?;
    Ok(plain(Box::pin(source), key.of(file.id, &code), bytes).boxed())
}

async fn sent(app: &App, case: &Case, file: &File, part: Part, place: usize) -> Result<Opened> {
    let read = read_of(app, file)?;
    let (kind, bytes) = form(file, &read, part).ok_or(Error::NotFound)?;
    let name = shown_name(app, case, file, place)?;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(s, _)| s);
    Ok(Opened {
        name: match part {
            Part::Original => name.clone(),
            Part::Page(n) => format!("{stem}-第{n}页.{}", kind.extension()),
            _ => format!("{stem}.{}", kind.extension()),
        },
        kind,
        bytes,
        content: content(app, file, part, bytes).await?,
    })
}

/// The file of a case, and its place among them.
async fn file_of(conn: &mut Conn, case: &Case, id: Uuid) -> Result<(File, usize)> {
    let files = rows::files_of(conn, case.id).await?;
    let place = files
        .iter()
        .position(|f| f.id == id)
        .ok_or(Error::NotFound)?;
    let file = files.into_iter().nth(place).ok_or(Error::NotFound)?;
    if file.stage != Stage::Kept {
        return Err(Error::NotFound);
    }
    Ok((file, place + 1))
}

/// A copy of a file, for who may see the case.
///
/// # Errors
/// Not visible, kept from the case; [`Error::NotFound`] for what is not there or still closed.
pub async fn open(app: &App, actor: &Actor, number: &str, id: Uuid, part: Part) -> Result<Opened> {
    let case = open_case(app, actor, number).await?;
    let (file, place) = {
        let mut conn = app.store.conn().await?;
        free(&mut conn, actor, &case).await?;
        file_of(&mut conn, &case, id).await?
    };
    if part == Part::Original || !opens(file.scan, part, file.clean_kind) {
        return Err(Error::NotFound);
    }
    sent(app, &case, &file, part, place).await
}

/// The original, with a reason; noted in the custody log and in the audit trail before the first byte goes out.
///
/// # Errors
/// Not visible, not allowed, kept from the case, no reason; [`Error::Conflict`] while it is in quarantine, or for a
/// reporter's file without a granted look at the reporter.
pub async fn open_original(
    app: &App,
    actor: &Actor,
    number: &str,
    id: Uuid,
    reason: &str,
) -> Result<Opened> {
    let case = open_led(app, actor, number).await?;
    if !actor.may(Act::Reveal) {
        return Err(Error::Forbidden);
    }
    let reason = reason_of(reason, "请写明为什么要打开原件")?;
    let (file, place) = tx!(app.store, conn => {
        free(conn, actor, &case).await?;
        let (file, place) = file_of(conn, &case, id).await?;
        if !opens(file.scan, Part::Original, file.clean_kind) {
            return Err(Error::Conflict("这份凭证还在隔离，查毒通过或者经两人放行以后才能打开原件"));
        }
        if case.kind == CaseKind::Report && file.uploader == Uploader::Resident {
            let asked = requests::requests(conn, case.id).await?;
            let now = app.now();
            if !asked.iter().any(|r| r.request.asker == actor.staff.0 && r.request.holds(now)) {
                return Err(Error::Conflict("举报人交来的原件可能暴露举报人，要先申请查看举报人身份并获批准，才能打开"));
            }
        }
        let mut line = custody(app, id, Custody::Opened, None, String::new());
        line.staff = Some(actor.staff.0);
        line.reason = Some(app.sealer.seal(Purpose::Audit, line.id, reason.as_bytes(), app.dice.bytes()));
        rows::custody_insert(conn, &line).await?;
        let mut audit = audit_line(app, actor, &case, Deed::EvidenceOriginal, Some(reason));
        audit.detail = format!("file {}", id.simple());
        security::audit_insert(conn, &audit).await?;
        Ok((file, place))
    })?;
    sent(app, &case, &file, Part::Original, place).await
}
