//! The receipt 回执: shown to the browser that filed, as page and picture; checked by anybody who has its token.

use super::{
    ctx::{Answer, CookieName, Ctx, Pairs},
    file::idempotency,
    layout::Layout,
    pages::{page, public, see_other, status},
};
use crate::{
    app::App,
    casework::deadline::{Adjust, ClockKind, compute, rule_for},
    error::{Error, FieldError},
    intake::{
        draft::DraftKey,
        flow::{self, Issued},
    },
    kernel::{clock::china_date, number::CaseNumber, words::CaseKind},
    notices::chinese_date,
    receipts::{self, keys::public_lines, picture, qr::Qr, sign},
};
use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use time::OffsetDateTime;
use tokio::sync::Semaphore;

/// Pictures drawn at once: each takes a core for some tens of milliseconds.
static PICTURES: Semaphore = Semaphore::const_new(2);

/// One case on the receipt.
pub struct ReceiptCase {
    pub(super) kind_label: &'static str,
    pub(super) number: String,
    pub(super) code: String,
    pub(super) department: String,
    pub(super) phone: String,
    pub(super) promise_text: String,
    pub(super) article: String,
    pub(super) received_text: String,
    pub(super) token: String,
    pub(super) picture_url: String,
    pub(super) qr_svg: String,
    pub(super) track_url: String,
    pub(super) clock_steps: Vec<String>,
    pub(super) provisional: bool,
    pub(super) after: Vec<String>,
    /// Name and SHA-256 of each file, as the signed receipt has them.
    pub(super) files: Vec<(String, String)>,
}

impl ReceiptCase {
    /// Without the link to the picture, which only the sender's browser may fetch.
    pub(super) fn without_picture(mut self) -> Self {
        self.picture_url = String::new();
        self
    }
}

#[derive(Template)]
#[template(path = "public/receipt.html")]
struct ReceiptPage {
    l: Layout,
    cases: Vec<ReceiptCase>,
    error: String,
    done: bool,
}

fn received(issued: &Issued) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(issued.received_unix).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn grouped(code: &str) -> String {
    code.as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn qr(app: &App, number: &str) -> Option<Qr> {
    let number = CaseNumber::parse(number).ok()?;
    Qr::of(&receipts::qr::track_url(&app.config.public_url, number)).ok()
}

fn promise(issued: &Issued) -> String {
    let clock = ClockKind::from_code(&issued.clock).unwrap_or(ClockKind::Acceptance);
    format!(
        "最迟 {} {}",
        chinese_date(issued.promised),
        crate::casework::promise(clock)
    )
}

fn receipt_case(app: &App, issued: &Issued) -> ReceiptCase {
    let reference = app.reference();
    let clock = ClockKind::from_code(&issued.clock).unwrap_or(ClockKind::Acceptance);
    let day = china_date(received(issued));
    let rule = rule_for(clock, day);
    let due = compute(day, rule.term, &Adjust::default(), &reference.calendar);
    let after = match issued.kind {
        CaseKind::Complaint => vec![
            "受理的话，会组织您和商家调解；不受理的话，会写明理由和别的办法。".to_owned(),
            match (app.mailer.is_some(), app.sms.is_some()) {
                (_, true) => "有新文书会发短信提醒您，内容写在「查进度」里。",
                (true, _) => {
                    "有消息会写在「查进度」里，请记得来看；留了邮箱的，有新文书会发邮件提醒您。"
                }
                _ => "有消息会写在「查进度」里，请记得来看。",
            }
            .to_owned(),
        ],
        CaseKind::Report => vec![
            "被举报的商家不会知道您是谁。".to_owned(),
            "工作人员有问题会在「查进度」里留言问您，请记得来看。".to_owned(),
        ],
    };
    ReceiptCase {
        kind_label: issued.kind.label(),
        number: issued.number.clone(),
        code: grouped(&issued.code),
        department: reference.holder(issued.department).to_owned(),
        phone: reference
            .department(issued.department)
            .map(|d| d.phone.clone())
            .unwrap_or_default(),
        promise_text: promise(issued),
        article: rule.article.to_owned(),
        received_text: receipts::china_time(received(issued)),
        token: issued.token.clone(),
        picture_url: format!("/file/receipt/{}.png", issued.number),
        qr_svg: qr(app, &issued.number)
            .map(|q| q.svg(&format!("查进度，编号 {}", issued.number)))
            .unwrap_or_default(),
        track_url: format!("{}/track", app.config.public_url.trim_end_matches('/')),
        clock_steps: due.steps.into_iter().map(|s| s.text).collect(),
        provisional: due.provisional,
        after,
        files: files(app, &issued.token),
    }
}

/// Name and SHA-256 of each file that a receipt names.
fn files(app: &App, token: &str) -> Vec<(String, String)> {
    let receipt = sign::verify(token, &app.signer.verifying()).ok();
    let marks = receipt.map(|r| r.files).unwrap_or_default();
    marks
        .iter()
        .map(|f| (f.name.clone(), receipts::hex(&f.sha256)))
        .collect()
}

/// The receipts as pages show them.
pub(super) fn receipt_cases(app: &App, issued: &[Issued]) -> Vec<ReceiptCase> {
    let mut cases: Vec<_> = issued.iter().map(|i| receipt_case(app, i)).collect();
    if cases.len() > 1 {
        // the complaint of the same story tells the trader what mediation needs
        for case in cases
            .iter_mut()
            .filter(|c| c.kind_label == CaseKind::Report.label())
        {
            case.after[0] =
                "举报内容不让商家知道；投诉要调解，商家只会知道调解必须用到的那一点。".to_owned();
        }
    }
    cases
}

fn key(ctx: &Ctx) -> Result<DraftKey, Error> {
    ctx.cookie(CookieName::Receipt)
        .as_deref()
        .and_then(DraftKey::read)
        .ok_or(Error::NotFound)
}

async fn issued(ctx: &Ctx) -> Result<Vec<Issued>, Error> {
    Ok(flow::repeated(&ctx.app, &idempotency(&key(ctx)?), None)
        .await?
        .cases)
}

/// `GET /file/receipt`.
pub async fn show(ctx: Ctx) -> Answer {
    let cases = match issued(&ctx).await {
        Ok(cases) => cases,
        Err(Error::NotFound | Error::Conflict(_)) => return Ok(see_other("/track")),
        Err(e) => return Err(e.into()),
    };
    page(&ReceiptPage {
        l: ctx.layout("已经收到了", "file"),
        cases: receipt_cases(&ctx.app, &cases),
        error: String::new(),
        done: false,
    })
}

/// `POST /file/receipt/done`: saved; the browser forgets the receipt.
pub async fn done(ctx: Ctx, pairs: Pairs) -> Answer {
    let cases = match issued(&ctx).await {
        Ok(cases) => cases,
        Err(Error::NotFound | Error::Conflict(_)) => return Ok(see_other("/track")),
        Err(e) => return Err(e.into()),
    };
    let saved = pairs.get("saved") == "yes";
    let template = ReceiptPage {
        l: ctx.layout(
            if saved {
                "已经收到了"
            } else {
                "错误：请先保存"
            },
            "file",
        ),
        cases: receipt_cases(&ctx.app, &cases),
        error: if saved {
            String::new()
        } else {
            "请先存好编号和查询码，再打勾".into()
        },
        done: saved,
    };
    if !saved {
        return status(StatusCode::UNPROCESSABLE_ENTITY, &template);
    }
    let mut response = page(&template)?;
    response.headers_mut().append(
        header::SET_COOKIE,
        ctx.set_cookie(CookieName::Receipt, "", Some(0)),
    );
    Ok(response)
}

/// `GET /file/receipt/{number}.png`: the receipt as one picture to keep.
pub async fn picture(ctx: Ctx, Path(name): Path<String>) -> Answer {
    let number = name.strip_suffix(".png").ok_or(Error::NotFound)?.to_owned();
    let issued = issued(&ctx)
        .await?
        .into_iter()
        .find(|i| i.number == number)
        .ok_or(Error::NotFound)?;
    let app = ctx.app.clone();
    let _place = PICTURES.acquire().await.map_err(Error::internal)?;
    let png = tokio::task::spawn_blocking(move || draw(&app, &issued))
        .await
        .map_err(Error::internal)??;
    let mut response = png.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    let disposition = format!("attachment; filename=\"{number}.png\"");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(Error::internal)?,
    );
    Ok(response)
}

fn draw(app: &App, issued: &Issued) -> Result<Vec<u8>, Error> {
    let reference = app.reference();
    let qr = qr(app, &issued.number).ok_or_else(|| Error::Internal("QR code".into()))?;
    let name = format!("{}　{}", app.config.site_name, app.config.district);
    let short: String = issued
        .token
        .chars()
        .rev()
        .take(16)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let facts = picture::PictureFacts {
        portal_name: &name,
        kind_label: issued.kind.label(),
        number: &issued.number,
        query_code: &grouped(&issued.code),
        received_text: &receipts::china_time(received(issued)),
        promise_text: &promise(issued),
        department: reference.holder(issued.department),
        verify_short: &short,
        qr: &qr,
        files: &files(app, &issued.token),
    };
    picture::render(&facts)
}

/// A labelled value.
pub struct Fact {
    label: &'static str,
    value: String,
}

/// The result of a check.
pub struct Verified {
    genuine: bool,
    heading: String,
    text: String,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "public/verify.html")]
struct VerifyPage {
    l: Layout,
    token: String,
    errors: Vec<FieldError>,
    error: String,
    result: Option<Verified>,
}

/// `GET /receipt/verify`.
pub async fn verify_form(ctx: Ctx) -> Answer {
    public(&VerifyPage {
        l: ctx.layout("核验回执凭证", ""),
        token: String::new(),
        errors: Vec::new(),
        error: String::new(),
        result: None,
    })
}

/// `POST /receipt/verify`.
pub async fn verify(ctx: Ctx, pairs: Pairs) -> Answer {
    let text: String = pairs.get("token").chars().take(20_000).collect();
    let result = match sign::find(&text) {
        None => Verified {
            genuine: false,
            heading: "这段文字里没有回执凭证".into(),
            text: "凭证以 MSR1. 开头，请把整段复制过来再试。".into(),
            facts: Vec::new(),
        },
        Some(token) => match sign::verify(&token, &ctx.app.signer.verifying()) {
            Ok(receipt) => genuine(&receipt),
            Err(e) => Verified {
                genuine: false,
                heading: "核验没有通过".into(),
                text: format!("{e}。它可能被改动过、没有复制完整，或者不是本网站发出的。"),
                facts: Vec::new(),
            },
        },
    };
    page(&VerifyPage {
        l: ctx.layout("核验回执凭证", ""),
        token: text,
        errors: Vec::new(),
        error: String::new(),
        result: Some(result),
    })
}

fn genuine(receipt: &receipts::Receipt) -> Verified {
    let files = receipt.files.iter().map(|f| Fact {
        label: "凭证文件",
        value: format!("{}　SHA-256：{}", f.name, receipts::hex(&f.sha256)),
    });
    Verified {
        genuine: true,
        heading: "这是本网站发出的回执".into(),
        text: "内容没有被改动过。".into(),
        facts: [
            Fact {
                label: "编号",
                value: receipt.number.to_string(),
            },
            Fact {
                label: "收到时间",
                value: receipts::china_time(receipt.received_at),
            },
            Fact {
                label: "承诺的日期",
                value: chinese_date(receipt.promised),
            },
            Fact {
                label: "内容指纹",
                value: receipts::hex(&receipt.content_hash),
            },
        ]
        .into_iter()
        .chain(files)
        .collect(),
    }
}

/// `GET /receipt/keys`: the public keys, to check a receipt without this site.
pub async fn keys(ctx: Ctx) -> Answer {
    let text = public_lines(&ctx.app.signer.verifying());
    let mut response = text.into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    Ok(response)
}
