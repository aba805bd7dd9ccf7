//! Use cases of evidence: `receive` takes files in, whole or in pieces, `settle` ends that; `keep` makes them proof of a case; `make` looks for
//! malware and makes the copies; `open` shows them at the desk; `release` lets one out of quarantine by two persons;
//! `remove` and `sweep` let bytes go and compare storage and database.

mod keep;
mod make;
mod open;
mod receive;
mod release;
mod remove;
mod settle;
mod stream;
mod sweep;
mod writer;

pub use keep::{HandedIn, Held, handed_in, held, keep, marks};
pub use make::make;
pub use open::{Line, Opened, View, Waiting, open, open_original, view, views};
pub use receive::{Begun, Sender, Step, Taken, append, begin, places, progress, whole};
pub use release::{ask_release, decide_release};
pub use remove::{discard, remove};
pub use sweep::{SETTLED, Swept, light, sweep};

use super::{Custody, Uploader};
use crate::{
    app::App,
    error::{Error, Result},
    privacy::{Purpose, vault::FileKey},
    store::evidence::{CustodyRow, File},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is sealed in a file's row.
#[derive(Serialize, Deserialize)]
struct Secret {
    key: String,
    name: String,
}

/// Wraps a file's key, with its name.
fn wrap(app: &App, id: Uuid, key: &FileKey, name: &str) -> Result<Vec<u8>> {
    let secret = Secret {
        key: STANDARD.encode(&*key.bytes()),
        name: name.to_owned(),
    };
    let plain = serde_json::to_vec(&secret).map_err(Error::internal)?;
    Ok(app.sealer.seal(Purpose::Blob, id, &plain, app.dice.bytes()))
}

/// The key and the name of a file.
fn unwrap(app: &App, file: &File) -> Result<(FileKey, String)> {
    let plain = app
        .sealer
        .open(Purpose::Blob, file.id, &file.secret)
        .map_err(Error::internal)?;
    let secret: Secret = serde_json::from_slice(&plain).map_err(Error::internal)?;
    let key = STANDARD.decode(&secret.key).map_err(Error::internal)?;
    let key = FileKey::from_bytes(&key).ok_or_else(|| Error::internal("not a file key"))?;
    Ok((key, secret.name))
}

/// The name of a file as its sender gave it.
///
/// # Errors
/// It does not open.
pub fn name_of(app: &App, file: &File) -> Result<String> {
    if file.secret.is_empty() {
        return Ok(String::new());
    }
    unwrap(app, file).map(|(_, name)| name)
}

/// A line of the custody log of what somebody outside, or nobody, did.
fn custody(
    app: &App,
    file: Uuid,
    act: Custody,
    by: Option<Uploader>,
    detail: String,
) -> CustodyRow {
    CustodyRow {
        id: app.ids.next(),
        file,
        at: app.now(),
        act,
        uploader: by,
        staff: None,
        detail,
        reason: None,
    }
}
