//! The files of a trader's answer: they wait with the invitation until the answer is sent.

use super::key;
use crate::{
    error::Error,
    evidence::{
        HolderKind, Uploader,
        flow::{self as evidence, Held, Sender},
    },
    traders::flow::{self, Entry, Open},
    web::{
        ctx::Ctx,
        upload::{Field, Place, Refused, Urls},
    },
};

/// The invitation that this browser answers.
pub enum Invited {}

impl Place for Invited {
    async fn sender(ctx: &Ctx) -> Result<Sender, Error> {
        let (number, code) = key(ctx).ok_or(Error::NotFound)?;
        match flow::enter(&ctx.app, number, &code).await? {
            Entry::Open(open) => Ok(of(&open)),
            _ => Err(Error::NotFound),
        }
    }
}

/// The trader of an open invitation.
pub(super) const fn of(open: &Open) -> Sender {
    Sender {
        kind: HolderKind::Answer,
        holder: open.invitation,
        uploader: Uploader::Trader,
        staff: None,
    }
}

/// The files that wait with an invitation.
pub(super) async fn held(ctx: &Ctx, open: &Open) -> Result<Vec<Held>, Error> {
    evidence::held(&ctx.app, open.invitation).await
}

/// The file field of the form.
pub(super) fn field(ctx: &Ctx, held: &[Held], refused: Vec<Refused>) -> Field {
    let urls = Urls::under("/respond", "/respond/case");
    Field::new(ctx, HolderKind::Answer, urls, held, refused)
}
