//! 凭证 at the desk: the card of a case page, a page for each file, and the bytes of its forms. Bytes come from an address
//! of their own under a policy that lets nothing in them run.

use super::{case_page, stamp, titled};
use crate::{
    casework::flow as cases,
    error::{Error, FieldError, Result},
    evidence::{
        Copies, FileKind, HolderKind, Part, Scan, Stage, Uploader,
        flow::{self, Opened, Sender, View},
    },
    kernel::{
        access::{Act, Actor},
        words::CaseKind,
    },
    store::case::Case,
    web::{
        ctx::{Answer, Ctx, Pairs},
        layout::Layout,
        pages::{page, see_other, status},
        upload::{self, size},
    },
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Path, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use std::fmt::Write as _;
use uuid::Uuid;

/// A file on the card of a case page.
pub(super) struct FileLine {
    pub(super) href: String,
    /// Address of the small picture, empty for none.
    pub(super) thumb: String,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) facts: Vec<String>,
    pub(super) tag: &'static str,
    pub(super) tone: &'static str,
}

/// What a photo says of itself, each a line.
fn facts(view: &View) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(taken) = &view.facts.taken {
        out.push(format!("拍摄时间 {taken}（照相机自己的时间）"));
    }
    if let Some((north, east)) = view.facts.place {
        out.push(format!("拍摄地点 北纬 {north:.5}，东经 {east:.5}"));
    }
    if let Some(camera) = &view.facts.camera {
        out.push(format!("拍摄设备 {camera}"));
    }
    if let Some(pages) = view.facts.pages {
        out.push(format!("共 {pages} 页"));
    }
    out
}

/// What stands in the way of a look, and its colour.
fn tag(view: &View) -> (&'static str, &'static str) {
    match (view.stage, view.scan, view.made) {
        (Stage::Removed, ..) => ("已到保存期限，文件已删除", ""),
        (_, Scan::Found, _) => ("发现病毒，已隔离", "late"),
        (_, Scan::Waiting, _) => ("等待查毒，暂时不能打开", "soon"),
        (.., Copies::Waiting) => ("正在制作可看的副本", "soon"),
        // a copy that was only repacked may still carry what the original does
        (_, Scan::Off, _) if !view.clean_opens && view.pages == 0 => ("没有查过毒，已隔离", "soon"),
        (.., Copies::None) => ("只有原件", ""),
        _ => ("", ""),
    }
}

fn href(number: &str, view: &View) -> String {
    format!("/desk/cases/{number}/evidence/{}", view.id.simple())
}

/// The files of a case for the card of its page.
pub(super) fn lines(number: &str, views: Vec<View>) -> Vec<FileLine> {
    views
        .into_iter()
        .map(|v| {
            let href = href(number, &v);
            let (tag, tone) = tag(&v);
            FileLine {
                thumb: if v.thumb {
                    format!("{href}/thumb")
                } else {
                    String::new()
                },
                kind: v.kind.label(),
                about: format!("{} · {} · {}", v.uploader, stamp(v.at), size(v.bytes)),
                facts: facts(&v),
                name: v.name,
                href,
                tag,
                tone,
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "desk/evidence.html")]
struct FilePage {
    l: Layout,
    number: String,
    case_href: String,
    href: String,
    name: String,
    about: String,
    sha256: String,
    facts: Vec<String>,
    /// The place on a map of the country, empty for none.
    map: String,
    tag: &'static str,
    tone: &'static str,
    found: String,
    note: String,
    picture: bool,
    sound: bool,
    film: bool,
    pages: Vec<u16>,
    /// The original can be asked for.
    original: bool,
    /// Why it cannot be asked for by this person.
    closed: &'static str,
    release: Option<(String, String)>,
    may_release: bool,
    may_decide: bool,
    reason: String,
    reason_error: String,
    open_form: &'static str,
    custody: Vec<(String, String)>,
    errors: Vec<FieldError>,
    conflict: String,
    done: &'static str,
}

/// A form of the page that was not carried out.
#[derive(Default)]
struct Typed {
    form: &'static str,
    reason: String,
    errors: Vec<FieldError>,
    conflict: &'static str,
}

fn done(word: &str) -> &'static str {
    match word {
        "release" => "已申请放行，等另一位同事决定。",
        "grant" => "已放行，可以打开了。",
        "deny" => "没有同意放行，文件留在隔离区。",
        _ => "",
    }
}

fn id_of(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound)
}

async fn build(ctx: &Ctx, actor: &Actor, case: &Case, id: Uuid, typed: Typed) -> Result<FilePage> {
    let view = {
        let mut conn = ctx.app.store.conn().await?;
        cases::free(&mut conn, actor, case).await?;
        flow::view(&ctx.app, &mut conn, case, id).await?
    };
    let (tag, tone) = tag(&view);
    let led = cases::side_of(actor, case) == crate::casework::Side::Lead;
    let handles = led && actor.may(Act::Handle);
    let quarantined = view.stage == Stage::Kept && !view.original_opens;
    let waits = view.release.as_ref();
    let own = waits.is_some_and(|w| w.asked_by == actor.staff.0);
    let error = typed.errors.first().map(|e| e.message.clone());
    Ok(FilePage {
        l: ctx.layout(
            titled(&format!("{} 凭证", case.number), &typed.errors),
            "cases",
        ),
        case_href: format!("/desk/cases/{}", case.number),
        href: href(&case.number, &view),
        about: format!(
            "{} · {} · {}提交 · {}",
            view.kind,
            size(view.bytes),
            view.uploader,
            stamp(view.at)
        ),
        sha256: view.sha256.clone(),
        facts: facts(&view),
        map: view
            .facts
            .place
            .map_or(String::new(), |(n, e)| format!("{n:.6},{e:.6}")),
        tag,
        tone,
        found: view.found.clone(),
        note: view.note.clone(),
        picture: view.clean_opens && view.clean.is_some_and(FileKind::is_picture),
        sound: view.clean_opens && matches!(view.kind, FileKind::Mp3 | FileKind::M4a),
        film: view.clean_opens && view.kind == FileKind::Mp4,
        pages: (1..=view.pages).collect(),
        original: led && actor.may(Act::Reveal) && view.original_opens,
        closed: match case.kind {
            _ if view.stage == Stage::Removed => "",
            _ if quarantined => "原件还在隔离区：查毒通过，或者经两个人放行，才能打开。",
            CaseKind::Report => "举报人交来的原件可能暴露举报人：要先申请查看举报人身份并获批准。",
            CaseKind::Complaint => "",
        },
        release: waits.map(|w| (stamp(w.at), w.reason.clone())),
        may_release: handles && quarantined && waits.is_none(),
        may_decide: handles && quarantined && waits.is_some() && !own,
        reason: typed.reason,
        reason_error: error.unwrap_or_default(),
        open_form: typed.form,
        custody: view
            .custody
            .iter()
            .map(|l| {
                let reason = if l.reason.is_empty() {
                    String::new()
                } else {
                    format!("：{}", l.reason)
                };
                (stamp(l.at), format!("{} {}{reason}", l.who, l.act))
            })
            .collect(),
        errors: typed.errors,
        conflict: typed.conflict.to_owned(),
        done: done(ctx.param("done")),
        name: view.name,
        number: case.number.clone(),
    })
}

/// `POST /desk/cases/{number}/evidence`: what somebody brought to the counter, or what the office itself has.
pub async fn add(ctx: Ctx, Path(number): Path<String>, request: Request) -> Answer {
    let signed = ctx.signed_in()?;
    let case = cases::open_led(&ctx.app, &signed.actor, &number).await?;
    {
        let mut conn = ctx.app.store.conn().await?;
        cases::free(&mut conn, &signed.actor, &case).await?;
    }
    let sender = Sender {
        kind: HolderKind::Case,
        holder: case.id.0,
        uploader: Uploader::Staff,
        staff: Some(signed.actor.staff),
    };
    let sent = upload::read(&ctx, request, Some(&sender)).await?;
    if sent.refused.is_empty() && sent.taken > 0 {
        return Ok(see_other(&format!(
            "/desk/cases/{}?done=evidence#evidence",
            case.number
        )));
    }
    let mut errors = upload::errors(&sent.refused);
    if errors.is_empty() {
        errors.push(FieldError::new(
            upload::FIELD,
            "required",
            "请先选好要收进案卷的文件",
        ));
    }
    let mut built = case_page::build(&ctx, &signed.actor, case, None, "").await?;
    case_page::with_errors(&mut built, errors);
    status(StatusCode::UNPROCESSABLE_ENTITY, &built)
}

/// `GET /desk/cases/{number}/evidence/{id}`.
pub async fn show(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let case = cases::open(&ctx.app, actor, &number).await?;
    page(&build(&ctx, actor, &case, id_of(&id)?, Typed::default()).await?)
}

/// A header's file name: plain for old programs, whole for the others.
fn disposition(how: &str, name: &str, kind: FileKind) -> HeaderValue {
    let mut long = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            long.push(char::from(byte));
        } else {
            let _ = write!(long, "%{byte:02X}");
        }
    }
    let text = format!(
        "{how}; filename=\"evidence.{}\"; filename*=UTF-8''{long}",
        kind.extension()
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// The bytes of a form. Nothing in them may run, load or be framed, whatever a browser takes them for.
fn bytes(opened: Opened, how: &str) -> Response {
    let name = disposition(how, &opened.name, opened.kind);
    let mut response = Response::new(Body::from_stream(opened.content));
    let headers = response.headers_mut();
    let mime = if how == "inline" {
        opened.kind.mime()
    } else {
        "application/octet-stream"
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(opened.bytes));
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-embedder-policy"),
        HeaderValue::from_static("require-corp"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /desk/cases/{number}/evidence/{id}/{part}`: a copy; only pictures, sound and film are shown in place.
pub async fn part(ctx: Ctx, Path((number, id, part)): Path<(String, String, String)>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let part = Part::from_code(&part).ok_or(Error::NotFound)?;
    let opened = flow::open(&ctx.app, actor, &number, id_of(&id)?, part).await?;
    let how = if opened.kind == FileKind::Pdf {
        "attachment"
    } else {
        "inline"
    };
    Ok(bytes(opened, how))
}

/// After a form of this page: the page again, or why it was not carried out.
async fn after(ctx: &Ctx, number: &str, id: Uuid, mut typed: Typed, result: Result<()>) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let code = match result {
        Ok(()) => {
            let to = format!(
                "/desk/cases/{number}/evidence/{}?done={}",
                id.simple(),
                typed.form
            );
            return Ok(see_other(&to));
        }
        Err(Error::Invalid(errors)) => {
            typed.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Error::Conflict(why)) => {
            typed.conflict = why;
            StatusCode::CONFLICT
        }
        Err(e) => return Err(e.into()),
    };
    let case = cases::open(&ctx.app, actor, number).await?;
    status(code, &build(ctx, actor, &case, id, typed).await?)
}

fn typed(form: &'static str, pairs: &Pairs) -> Typed {
    Typed {
        form,
        reason: pairs.get("reason").to_owned(),
        ..Typed::default()
    }
}

/// `POST …/original`: the original as a download, with its reason.
pub async fn original(
    ctx: Ctx,
    Path((number, id)): Path<(String, String)>,
    pairs: Pairs,
) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = id_of(&id)?;
    match flow::open_original(&ctx.app, actor, &number, id, pairs.get("reason")).await {
        Ok(opened) => Ok(bytes(opened, "attachment")),
        Err(e) => after(&ctx, &number, id, typed("original", &pairs), Err(e)).await,
    }
}

/// `POST …/release`: ask to let it out of quarantine.
pub async fn release(ctx: Ctx, Path((number, id)): Path<(String, String)>, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = id_of(&id)?;
    let result = flow::ask_release(&ctx.app, actor, &number, id, pairs.get("reason")).await;
    after(&ctx, &number, id, typed("release", &pairs), result).await
}

/// `POST …/release-grant`.
pub async fn grant(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    decide(&ctx, &number, &id, true).await
}

/// `POST …/release-deny`.
pub async fn deny(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Answer {
    decide(&ctx, &number, &id, false).await
}

async fn decide(ctx: &Ctx, number: &str, id: &str, grant: bool) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = id_of(id)?;
    let form = if grant { "grant" } else { "deny" };
    let result = flow::decide_release(&ctx.app, actor, number, id, grant).await;
    let typed = Typed {
        form,
        ..Typed::default()
    };
    after(ctx, number, id, typed, result).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let value = disposition("attachment", "小票\"; x=1\r\n.jpg", FileKind::Jpeg);
        let text = value.to_str().unwrap();
        assert!(text.starts_with("attachment; filename=\"evidence.jpg\"; filename*=UTF-8''%E5"));
        assert_eq!(text.matches('"').count(), 2);
    }
}
