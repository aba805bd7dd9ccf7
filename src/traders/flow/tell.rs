//! Telling the trader (C-25, C-30): the handler records that a copy was handed over, posted or read out, with its day.

use crate::{
    app::App,
    casework::{
        EventKind, Verb,
        flow::{Step, unchanged},
    },
    error::{Error, Result},
    intake::check::date,
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        words::Delivery,
    },
    privacy::Purpose,
    store::{
        case::NoticeRow,
        traders::notices::{self as rows, Told},
    },
    traders::Way,
    tx,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use uuid::Uuid;

/// Longest note about a telling, in characters.
pub const NOTE_MAX: usize = 200;

/// What the form says, as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telling<'a> {
    /// Which copy, its id.
    pub notice: &'a str,
    /// A code of [`Way`].
    pub way: &'a str,
    /// On which day.
    pub day: &'a str,
    /// To whom, with which number of the post, or why nobody can be told.
    pub note: &'a str,
}

/// What is sealed of a telling.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Secret {
    /// The handler's note.
    #[serde(default)]
    pub(super) note: String,
}

fn note_of(text: &str, way: Way) -> Result<&str> {
    let text = text.trim();
    let message = match way {
        Way::Nobody => "请写明为什么无法告知（至少 4 个字）",
        Way::Letter => "请写明寄到哪里、单号是多少（至少 4 个字）",
        _ => "请写明告知了谁（至少 4 个字）",
    };
    match text.chars().count() {
        0..4 => Err(Error::field("note", "required", message)),
        n if n > NOTE_MAX => Err(Error::field(
            "note",
            "too_long",
            format!("最多 {NOTE_MAX} 个字，现在有 {n} 个字"),
        )),
        _ => Ok(text),
    }
}

/// The day, not before the copy was made and not after today.
fn day_of(text: &str, notice: &NoticeRow, today: Date) -> Result<Date> {
    date(text)
        .filter(|d| (china_date(notice.at)..=today).contains(d))
        .ok_or_else(|| {
            let why = "请填告知的那一天，不能早于文书作出的日期，也不能晚于今天";
            Error::field("day", "out_of_range", why)
        })
}

/// Records that the trader was told of one of its copies.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] for another case's copy, a way that
/// the program sends itself, a day that cannot be, or no note.
pub async fn tell(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    telling: Telling<'_>,
) -> Result<()> {
    let way = Way::from_code(telling.way)
        .filter(|w| !w.is_sent())
        .ok_or_else(|| Error::field("way", "required", "请选择怎样告知的"))?;
    let note = note_of(telling.note, way)?;
    let wanted = Uuid::try_parse(telling.notice).unwrap_or_default();
    let step = Step::of(app, actor);
    let id = app.ids.next();
    let secret = serde_json::to_vec(&Secret {
        note: note.to_owned(),
    })
    .map_err(Error::internal)?;
    let secret = app
        .sealer
        .seal(Purpose::Notice, id, &secret, app.dice.bytes());
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::TellTrader, Act::Handle).await?;
        let notice = rows::notice(conn, case.id, wanted).await?
            .ok_or_else(|| Error::field("notice", "required", "请选择是哪一份文书"))?;
        let day = day_of(telling.day, &notice, app.today())?;
        let told = Told {
            id,
            notice: notice.id,
            case: case.id,
            way,
            state: Delivery::Sent,
            day,
            at: step.now,
            staff: actor.staff.0,
            content_hash: notice.body_hash.clone(),
            detail: String::new(),
            secret: secret.clone(),
        };
        rows::told_insert(conn, &told).await?;
        let data = json!({ "form": notice.form, "way": way, "on": day.to_string() });
        step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::TraderTold, data)).await
    })
}

/// The note of a telling, for who may read the case.
///
/// # Errors
/// The key ring lacks a key.
pub fn note_of_telling(app: &App, told: &Told) -> Result<String> {
    let plain = app
        .sealer
        .open(Purpose::Notice, told.id, &told.secret)
        .map_err(Error::internal)?;
    let secret: Secret = serde_json::from_slice(&plain).map_err(Error::internal)?;
    Ok(secret.note)
}
