//! The proof of a case on its owner's page: what the resident handed in, with hashes to compare, and more of it. What came
//! from the other side or from the desk is not shown.

use super::{current, tracked, view::case_page};
use crate::{
    app::App,
    casework,
    error::{Error, FieldError},
    evidence::{
        FileKind, HolderKind, Uploader,
        flow::{self, Sender},
    },
    receipts::{china_time, hex},
    store::case::Case,
    web::{
        ctx::{Answer, Ctx},
        pages::{see_other, status},
        upload::{self, Field, Place, Refused, Urls, size},
    },
};
use axum::{extract::Request, http::StatusCode};

/// The case that this browser tracks.
pub enum Tracked {}

impl Place for Tracked {
    async fn sender(ctx: &Ctx) -> Result<Sender, Error> {
        let (number, code) = tracked(ctx).ok_or(Error::NotFound)?;
        let case = casework::flow::track(&ctx.app, number, &code).await?;
        Ok(of(&case))
    }
}

const fn of(case: &Case) -> Sender {
    Sender {
        kind: HolderKind::Case,
        holder: case.id.0,
        uploader: Uploader::Resident,
        staff: None,
    }
}

/// A file that the resident handed in.
pub struct Proof {
    pub(super) name: String,
    /// Kind and length in words.
    pub(super) what: String,
    pub(super) at: String,
    pub(super) hash: String,
    /// Its time of keeping has passed.
    pub(super) gone: bool,
}

/// What the resident handed in, in its order.
pub(super) async fn proofs(app: &App, case: &Case) -> Result<Vec<Proof>, Error> {
    let files = flow::handed_in(app, case.id, Uploader::Resident).await?;
    Ok(files
        .into_iter()
        .map(|f| Proof {
            what: format!("{} · {}", f.kind.map_or("", FileKind::label), size(f.bytes)),
            at: china_time(f.at),
            hash: hex(&f.sha256),
            gone: f.gone,
            name: f.name,
        })
        .collect())
}

/// The file field of the page.
pub(super) async fn field(ctx: &Ctx, case: &Case, refused: Vec<Refused>) -> Result<Field, Error> {
    let held = flow::held(&ctx.app, case.id.0).await?;
    let urls = Urls::under("/track", "/track/case");
    let mut field = Field::new(ctx, HolderKind::Case, urls, &held, refused);
    // what the desk is just adding is the desk's
    let mine = |id: &str| {
        let own = held.iter().filter(|f| f.uploader == Uploader::Resident);
        own.into_iter().any(|f| f.id.simple().to_string() == id)
    };
    field.rows.retain(|r| mine(&r.id));
    Ok(field)
}

/// `POST /track/files`: adds files to the case, or gives back one that did not come whole.
pub async fn add(ctx: Ctx, request: Request) -> Answer {
    let found = current(&ctx).await?;
    let sender = found.as_ref().ok().map(|(_, _, case)| of(case));
    let sent = upload::read(&ctx, request, sender.as_ref()).await?;
    let (case, sender) = match (found, sender) {
        (Ok((_, _, case)), Some(sender)) => (case, sender),
        (Err(elsewhere), _) => return Ok(elsewhere),
        _ => return Ok(see_other("/track")),
    };
    let drop = uuid::Uuid::try_parse(sent.pairs.get(upload::DROP));
    if let Ok(id) = drop {
        flow::remove(&ctx.app, &sender, id).await?;
    }
    let mut errors = upload::errors(&sent.refused);
    if errors.is_empty() && sent.taken == 0 && drop.is_err() {
        let missing = FieldError::new(upload::FIELD, "required", "还没有选择文件，请先选择");
        errors.push(missing);
    }
    if errors.is_empty() {
        let to = format!("/track/case?added={}#proofs", sent.taken);
        return Ok(see_other(&to));
    }
    let mut template = case_page(&ctx, &case, String::new(), errors).await?;
    template.added = sent.taken;
    template.upload.refused = sent.refused;
    status(StatusCode::UNPROCESSABLE_ENTITY, &template)
}
