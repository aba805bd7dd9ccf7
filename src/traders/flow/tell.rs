//! Telling the trader (C-25, C-30): the handler records that a copy was handed over, posted or read out, with its day;
//! or has it sent by electronic mail or short message, which counts when the other side took it.

use crate::{
    app::App,
    casework::{
        EventKind, Verb,
        flow::{Step, unchanged},
    },
    error::{Error, FieldError, Result},
    intake::check::date,
    kernel::{
        access::{Act, Actor},
        clock::china_date,
        identifiers::mobile,
        words::Delivery,
    },
    notices::NoticeKind,
    privacy::Purpose,
    receipts::sha256,
    store::{
        Conn,
        case::{Case, NoticeRow},
        jobs::{NewJob, job_insert},
        traders::notices::{self as rows, Told},
    },
    traders::{SMS_MAX, Way},
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
    /// On which day, for what the handler did.
    pub day: &'a str,
    /// To whom, with which number of the post, why nobody can be told; or the address that the program sends to.
    pub note: &'a str,
}

/// What is sealed of a telling.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Secret {
    /// The handler's note, or the address that it was sent to.
    pub(crate) note: String,
    /// The code of an invitation, until it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
}

impl Secret {
    /// Sealed for this telling.
    pub(crate) fn seal(&self, app: &App, id: Uuid) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(app
            .sealer
            .seal(Purpose::Trader, id, &plain, app.dice.bytes()))
    }

    /// Opened.
    pub(crate) fn open(app: &App, told: &Told) -> Result<Self> {
        let plain = app
            .sealer
            .open(Purpose::Trader, told.id, &told.secret)
            .map_err(Error::internal)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }
}

/// The note of a telling, for who may read the case.
///
/// # Errors
/// The key ring lacks a key.
pub fn note_of_telling(app: &App, told: &Told) -> Result<String> {
    Ok(Secret::open(app, told)?.note)
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
        n if n > NOTE_MAX => Err(Error::Invalid(vec![FieldError::too_long(
            "note", NOTE_MAX, n,
        )])),
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

/// An address that the program can send to.
pub(super) fn addressed(app: &App, way: Way, to: &str) -> Result<String> {
    let to = to.trim();
    let (field, found, why) = match way {
        Way::Mail => (
            "mail",
            (app.mailer.is_some() && validator::ValidateEmail::validate_email(&to))
                .then(|| to.to_owned()),
            "请核对电子邮箱",
        ),
        _ => (
            "phone",
            mobile(to).ok().filter(|_| app.sms.is_some()),
            "请填 11 位手机号码，座机收不了短信",
        ),
    };
    found.ok_or_else(|| Error::field(field, "address", why))
}

/// A letter of an invitation has no code any more, and a short message is short.
fn sendable(app: &App, notice: &NoticeRow, way: Way) -> Result<()> {
    if notice.form == NoticeKind::Invitation.form() {
        let why = "邀请函上的答复码只在发出邀请时能一起发。要重发，请撤回后重新邀请";
        return Err(Error::field("notice", "no_code", why));
    }
    let text = app
        .sealer
        .open_text(Purpose::Notice, notice.id, &notice.body)
        .map_err(Error::internal)?;
    if way == Way::Sms && text.chars().count() + app.config.site_name.chars().count() > SMS_MAX {
        let why = "这份文书太长，不能用短信发，请用电子邮件、邮寄或者当面交给";
        return Err(Error::field("way", "too_long", why));
    }
    Ok(())
}

/// Has a copy sent, in the caller's transaction; `code` stands in the letter of an invitation and is forgotten when it
/// is sent.
pub(super) async fn queue(
    step: &Step<'_>,
    conn: &mut Conn,
    case: &Case,
    notice: Uuid,
    way: Way,
    to: String,
    code: Option<String>,
) -> Result<()> {
    let app = step.app;
    let id = app.ids.next();
    let told = Told {
        id,
        notice,
        case: case.id,
        way,
        state: Delivery::Queued,
        day: app.today(),
        at: step.now,
        staff: step.actor.staff.0,
        // of what is sent, known when it is
        content_hash: sha256(&[]).to_vec(),
        detail: String::new(),
        secret: Secret { note: to, code }.seal(app, id)?,
    };
    rows::told_insert(conn, &told).await?;
    let job = NewJob {
        id: app.ids.next(),
        kind: way.job(),
        subject: id,
        dedup_key: format!("{}/{}", way.job(), id.simple()),
        priority: 0,
        due_at: step.now,
    };
    job_insert(conn, &job, step.now).await
}

/// Records that the trader was told of one of its copies, or has the copy sent.
///
/// # Errors
/// Not visible, not allowed, changed meanwhile, not lawful now; [`Error::Invalid`] for another case's copy, a day that
/// cannot be, no note, no address.
pub async fn tell(
    app: &App,
    actor: &Actor,
    number: &str,
    version: i32,
    telling: Telling<'_>,
) -> Result<()> {
    let way = Way::from_code(telling.way)
        .ok_or_else(|| Error::field("way", "required", "请选择怎样告知的"))?;
    let note = if way.is_sent() {
        // one field for both on this form
        addressed(app, way, telling.note).map_err(|e| match e {
            Error::Invalid(errors) => Error::field(
                "note",
                "address",
                errors
                    .into_iter()
                    .next()
                    .map_or_else(String::new, |e| e.message),
            ),
            other => other,
        })?
    } else {
        note_of(telling.note, way)?.to_owned()
    };
    let wanted = Uuid::try_parse(telling.notice).unwrap_or_default();
    let step = Step::of(app, actor);
    tx!(app.store, conn => {
        let (case, _) = step.begin(conn, number, version, Verb::TellTrader, Act::Handle).await?;
        let notice = rows::notice(conn, case.id, wanted).await?
            .ok_or_else(|| Error::field("notice", "required", "请选择是哪一份文书"))?;
        if way.is_sent() {
            sendable(app, &notice, way)?;
            queue(&step, conn, &case, notice.id, way, note.clone(), None).await
        } else {
            let id = app.ids.next();
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
                secret: Secret { note: note.clone(), code: None }.seal(app, id)?,
            };
            rows::told_insert(conn, &told).await?;
            let data = json!({ "form": notice.form, "way": way, "on": day.to_string() });
            step.finish(conn, &case, &unchanged(&case)?, step.event(EventKind::TraderTold, data)).await
        }
    })
}
