//! The files of the wizard: they wait with the draft until it is sent. The step's text is kept with them, unjudged.

use super::{draft_gone, draft_key, step};
use crate::{
    error::Error,
    evidence::{
        HolderKind, Uploader,
        flow::{self as evidence, Held, Sender},
    },
    intake::{Step, flow},
    web::{
        ctx::{Answer, Ctx},
        pages::see_other,
        upload::{self, Field, Place, Refused, Urls},
    },
};
use axum::extract::Request;
use uuid::Uuid;

/// The draft of this browser.
pub enum Wizard {}

impl Place for Wizard {
    async fn sender(ctx: &Ctx) -> Result<Sender, Error> {
        let key = draft_key(ctx).ok_or(Error::NotFound)?;
        let open = flow::draft_open(&ctx.app, key).await?;
        Ok(of(open.key.id))
    }
}

const fn of(draft: Uuid) -> Sender {
    Sender {
        kind: HolderKind::Draft,
        holder: draft,
        uploader: Uploader::Resident,
        staff: None,
    }
}

/// The sender for a form: without a draft its files are read and dropped.
pub(super) async fn sender(ctx: &Ctx) -> Result<Option<Sender>, Error> {
    match Wizard::sender(ctx).await {
        Ok(sender) => Ok(Some(sender)),
        Err(Error::NotFound) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The file field of the step.
pub(super) fn field(ctx: &Ctx, held: &[Held], refused: Vec<Refused>) -> Field {
    let urls = Urls::under("/file", "/file/proof");
    Field::new(ctx, HolderKind::Draft, urls, held, refused)
}

/// The files that wait with a draft.
pub(super) async fn held(ctx: &Ctx, draft: Uuid) -> Result<Vec<Held>, Error> {
    evidence::held(&ctx.app, draft).await
}

/// `POST /file/files`: takes the chosen files, or gives one back, and shows the step again.
pub async fn take(ctx: Ctx, request: Request) -> Answer {
    let sender = sender(&ctx).await?;
    let sent = upload::read(&ctx, request, sender.as_ref()).await?;
    let Some(sender) = sender else {
        return draft_gone(&ctx, &sent.pairs);
    };
    if let Ok(id) = Uuid::try_parse(sent.pairs.get(upload::DROP)) {
        evidence::remove(&ctx.app, &sender, id).await?;
    }
    match step::keep(&ctx, Step::Proof, &sent).await? {
        Some(page) => Ok(page),
        None => Ok(see_other("/file/proof#files")),
    }
}
