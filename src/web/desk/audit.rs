//! The auditor's page: the trail with its filters in the address, the state of the chain, the export.

use super::filter::encode;
use crate::{
    app::App,
    audit::{self, Deed, flow},
    casework::EventKind,
    error::{Error, Result},
    kernel::{
        clock::CHINA,
        number::CaseNumber,
        words::{Channel, halfwidth},
    },
    receipts::hex,
    store::{
        audit::{Filter, Shown},
        case, staff,
    },
    web::{
        ctx::{Answer, Ctx},
        file::Choice,
        layout::Layout,
        pages::page,
    },
};
use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt::Write as _;
use time::{Date, OffsetDateTime, macros::format_description};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// Lines a page shows.
const PAGE: usize = 50;
/// Lines read at once for the export.
const CHUNK: usize = 1000;
/// Most lines of one export.
const CAP: usize = 100_000;

/// What the page shows, as its address says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct View {
    from: Option<Date>,
    to: Option<Date>,
    staff: String,
    act: String,
    case: String,
    after: Option<(OffsetDateTime, Uuid)>,
}

fn after_code((at, id): (OffsetDateTime, Uuid)) -> String {
    let mut bytes = at.unix_timestamp_nanos().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn after_read(code: &str) -> Option<(OffsetDateTime, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(code).ok()?;
    let (at, id) = bytes.split_first_chunk::<16>()?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from_be_bytes(*at)).ok()?;
    let near = (1971..=2999).contains(&at.year());
    Some((at, Uuid::from_slice(id).ok()?)).filter(|_| near)
}

/// An instant to the second, time in China.
fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    let (h, m, s) = at.to_hms();
    format!("{} {h:02}:{m:02}:{s:02}", at.date())
}

/// Every act that can be asked for.
fn acts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let deeds = Deed::ALL.iter().map(|d| (d.code(), d.label()));
    deeds.chain(EventKind::ALL.iter().map(|k| (k.code(), k.label())))
}

impl View {
    /// Reads the query of an address, with the labels of what could not be read.
    fn read(query: &[(String, String)]) -> (Self, Vec<&'static str>) {
        let day = format_description!("[year]-[month]-[day]");
        let (mut view, mut unread) = (Self::default(), Vec::new());
        for (name, value) in query {
            let value = halfwidth(value.trim());
            if value.is_empty() {
                continue;
            }
            // no year that the store cannot compare
            let date = || {
                let date = Date::parse(&value, day).ok();
                date.filter(|d| (2000..=2999).contains(&d.year()))
            };
            let (fits, label) = match name.as_str() {
                "from" => {
                    view.from = date();
                    (view.from.is_some(), "起始日期")
                }
                "to" => {
                    view.to = date();
                    (view.to.is_some(), "截止日期")
                }
                "staff" => {
                    view.staff = value.to_ascii_lowercase();
                    let fits = view.staff.len() <= 40 && view.staff.is_ascii();
                    if !fits {
                        view.staff.clear();
                    }
                    (fits, "登录名")
                }
                "act" => {
                    let known = acts().any(|(code, _)| code == value);
                    view.act = if known { value } else { String::new() };
                    (known, "操作")
                }
                "case" => {
                    let number = CaseNumber::parse(&value).map(|n| n.to_string());
                    view.case = number.unwrap_or_default();
                    (!view.case.is_empty(), "案件编号")
                }
                "after" => {
                    view.after = after_read(&value);
                    (view.after.is_some(), "页码")
                }
                _ => continue,
            };
            if !fits && !unread.contains(&label) {
                unread.push(label);
            }
        }
        (view, unread)
    }

    /// Every filter that is on, with its name in the address.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        [
            ("from", self.from.map(|d| d.to_string()).unwrap_or_default()),
            ("to", self.to.map(|d| d.to_string()).unwrap_or_default()),
            ("staff", self.staff.clone()),
            ("act", self.act.clone()),
            ("case", self.case.clone()),
            ("after", self.after.map(after_code).unwrap_or_default()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    /// The address of this view under a path.
    fn href(&self, path: &str) -> String {
        let mut href = path.to_owned();
        for (i, (name, value)) in self.pairs().iter().enumerate() {
            let mark = if i == 0 { '?' } else { '&' };
            let _ = write!(href, "{mark}{name}={}", encode(value));
        }
        href
    }

    /// The view in words of the trail itself: who audits is audited.
    fn detail(&self) -> String {
        let all: Vec<String> = self
            .pairs()
            .iter()
            .filter(|(name, _)| *name != "after")
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        all.join(", ")
    }

    /// The store's filter, `None` when it names a person or a case that is not there.
    async fn filter(&self, app: &App) -> Result<Option<Filter>> {
        let start = |day: Date| day.midnight().assume_offset(CHINA);
        let mut filter = Filter {
            from: self.from.map(start),
            until: self.to.and_then(Date::next_day).map(start),
            act: Some(self.act.clone()).filter(|a| !a.is_empty()),
            after: self.after,
            ..Filter::default()
        };
        let mut conn = app.store.conn().await?;
        if !self.staff.is_empty() {
            let found = staff::staff_by_login(&mut conn, &self.staff).await?;
            let Some(found) = found else { return Ok(None) };
            filter.staff = Some(found.id.0);
        }
        if !self.case.is_empty() {
            let found = case::case(&mut conn, &self.case).await?;
            let Some(found) = found else { return Ok(None) };
            filter.case = Some(found.id.0);
        }
        Ok(Some(filter))
    }
}

/// A line.
struct Row {
    at: String,
    who: String,
    act: String,
    number: String,
    detail: String,
    reason: String,
    seq: String,
}

fn who(line: &Shown) -> String {
    match (&line.login, &line.staff_name) {
        (Some(login), Some(name)) => format!("{name}（{login}）"),
        // what came through a machine
        _ if line.act == EventKind::Submitted.code() => {
            let channel = line.detail.strip_prefix("channel ").unwrap_or("");
            match Channel::from_code(channel) {
                Some(Channel::Web) | None => "居民".to_owned(),
                Some(other) => other.label().to_owned(),
            }
        }
        // without a person: a step of a case is its resident's, everything else an operator's
        _ if EventKind::from_code(&line.act).is_some() => "居民".to_owned(),
        _ => "命令行".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditPage {
    l: Layout,
    sealed: String,
    waiting: String,
    anchor: String,
    anchor_bad: bool,
    notes: Vec<String>,
    from: String,
    to: String,
    staff: String,
    case: String,
    acts: Vec<Choice>,
    filtered: bool,
    rows: Vec<Row>,
    csv_href: String,
    next_href: String,
    first_href: String,
}

/// `GET /desk/audit`.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let (view, unread) = View::read(&ctx.query);
    let mut notes: Vec<String> = unread
        .iter()
        .map(|label| format!("「{label}」看不懂，已经忽略。"))
        .collect();
    let mut lines = match view.filter(&ctx.app).await? {
        Some(filter) => {
            let limit = u32::try_from(PAGE + 1).map_err(Error::internal)?;
            flow::read(&ctx.app, actor, &filter, limit, &view.detail()).await?
        }
        None => {
            notes.push("没有这个登录名或案件编号，请核对。".to_owned());
            Vec::new()
        }
    };
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let to = |after| View {
        after,
        ..view.clone()
    };
    let next = lines.last().filter(|_| more).map(|(l, _)| (l.at, l.id));
    let state = flow::state(&ctx.app).await?;
    page(&AuditPage {
        l: ctx.layout("审计留痕", "audit"),
        sealed: state.end.map_or_else(
            || "还没有封存".to_owned(),
            |e| format!("第 {} 条，{}", e.head.seq, instant(e.at)),
        ),
        waiting: state.unsealed.to_string(),
        anchor_bad: state.anchor.as_ref().is_some_and(|(_, holds)| !holds),
        anchor: state.anchor.map_or_else(
            || "还没有".to_owned(),
            |(a, holds)| {
                let verdict = if holds {
                    "签名有效"
                } else {
                    "签名不符"
                };
                let link = hex(&a.head.link[..8]);
                format!("{}，第 {} 条，{link}…，{verdict}", a.day, a.head.seq)
            },
        ),
        notes,
        acts: acts()
            .map(|(code, label)| Choice {
                code: code.to_owned(),
                label: label.to_owned(),
                note: "",
                on: code == view.act,
            })
            .collect(),
        filtered: !to(None).pairs().is_empty(),
        rows: lines
            .into_iter()
            .map(|(line, reason)| Row {
                at: instant(line.at),
                who: who(&line),
                act: audit::label(&line.act).to_owned(),
                number: line.number.unwrap_or_default(),
                detail: line.detail,
                reason,
                seq: line.seq.map(|n| n.to_string()).unwrap_or_default(),
            })
            .collect(),
        csv_href: to(None).href("/desk/audit.csv"),
        next_href: next.map_or_else(String::new, |n| to(Some(n)).href("/desk/audit")),
        first_href: if view.after.is_some() {
            to(None).href("/desk/audit")
        } else {
            String::new()
        },
        from: view.from.map(|d| d.to_string()).unwrap_or_default(),
        to: view.to.map(|d| d.to_string()).unwrap_or_default(),
        staff: view.staff,
        case: view.case,
    })
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Rows of cells as CSV.
fn table(rows: impl IntoIterator<Item = [String; 8]>) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.write_record(row.map(|c| cell(&c)))
            .map_err(Error::internal)?;
    }
    out.into_inner().map_err(Error::internal)
}

/// The last row: a file that was cut off lacks it.
fn last_row(text: String) -> [String; 8] {
    let mut row = <[String; 8]>::default();
    row[0] = text;
    row
}

const HEADING: [&str; 8] = [
    "时间",
    "登录名",
    "姓名",
    "操作",
    "案件编号",
    "说明",
    "有无理由",
    "封存序号",
];

fn csv_row(line: Shown) -> [String; 8] {
    [
        instant(line.at),
        line.login.unwrap_or_default(),
        line.staff_name.unwrap_or_default(),
        audit::label(&line.act).to_owned(),
        line.number.unwrap_or_default(),
        line.detail,
        if line.reason.is_some() { "有" } else { "" }.to_owned(),
        line.seq.map(|n| n.to_string()).unwrap_or_default(),
    ]
}

/// Writes the export piece by piece; who reads slowly holds no connection of the database meanwhile.
async fn pour(app: App, mut filter: Filter, mut to: DuplexStream) -> Result<()> {
    let (mut written, mut whole) = (0, false);
    while written < CAP && !whole {
        let limit = CHUNK.min(CAP - written);
        let lines = flow::export_next(
            &app,
            &filter,
            u32::try_from(limit).map_err(Error::internal)?,
        )
        .await?;
        whole = lines.len() < limit;
        written += lines.len();
        filter.after = lines.last().map(|l| (l.at, l.id));
        let bytes = table(lines.into_iter().map(csv_row))?;
        to.write_all(&bytes).await.map_err(Error::internal)?;
    }
    let end = if whole {
        format!("完，共 {written} 条")
    } else {
        format!("只导出最新的 {written} 条，更早的请缩小日期范围再导出")
    };
    let bytes = table([last_row(end)])?;
    to.write_all(&bytes).await.map_err(Error::internal)?;
    to.shutdown().await.map_err(Error::internal)
}

/// `GET /desk/audit.csv`: the same view as a file, newest first, noted in the trail.
pub async fn export(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let (view, _) = View::read(&ctx.query);
    let view = View {
        after: None,
        ..view
    };
    let filter = view.filter(&ctx.app).await?.ok_or(Error::NotFound)?;
    flow::export_begin(&ctx.app, actor, &view.detail()).await?;
    let (mut here, there) = tokio::io::duplex(64 * 1024);
    let mut head = "\u{feff}".as_bytes().to_vec();
    head.extend(table([HEADING.map(str::to_owned)])?);
    here.write_all(&head).await.map_err(Error::internal)?;
    let app = ctx.app.clone();
    tokio::spawn(async move {
        if let Err(e) = pour(app, filter, here).await {
            tracing::warn!(error = %e, "an audit export ended early");
        }
    });
    let mut response = Response::new(Body::from_stream(ReaderStream::new(there)));
    let name = format!("attachment; filename=\"audit-{}.csv\"", ctx.app.today());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).map_err(Error::internal)?,
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::ctx::url_pairs;
    use time::macros::{date, datetime};

    #[test]
    fn a_view_survives_its_address() {
        let view = View {
            from: Some(date!(2026 - 11 - 01)),
            staff: "li.wei".into(),
            act: "case_view".into(),
            after: Some((datetime!(2026-11-24 2:00:00.000001 UTC), Uuid::from_u128(7))),
            ..View::default()
        };
        let href = view.href("/desk/audit");
        let (back, unread) = View::read(&url_pairs(href.split_once('?').unwrap().1));
        assert_eq!((back, unread), (view.clone(), vec![]));
        assert_eq!(
            view.detail(),
            "from 2026-11-01, staff li.wei, act case_view"
        );
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_named() {
        let (view, unread) = View::read(&url_pairs(
            "from=0000-01-01&to=2026-13-01&staff=李&act=x&case=1&after=%00&y=1",
        ));
        assert_eq!(view, View::default());
        assert_eq!(
            unread,
            ["起始日期", "截止日期", "登录名", "操作", "案件编号", "页码"]
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(cell(bad), format!("'{bad}"));
        }
        assert_eq!(cell("普通"), "普通");
        let text =
            String::from_utf8(table([last_row("=HYPERLINK(\"x\")".into())]).unwrap()).unwrap();
        assert!(text.starts_with("\"'=HYPERLINK"), "{text}");
    }
}
