//! 申请重新办理: closed cases of which a resident asks that they be taken up again, soonest answered first; and what the page
//! of a case says of the end.

use super::{
    case_line::{Row, row},
    filter::{after_code, after_read},
};
use crate::{
    app::App,
    casework::{
        Proposal,
        flow::{self, REOPEN_HEAD, Request},
        standing::Standing,
    },
    error::Result,
    kernel::access::Actor,
    store::{
        case::MessageRow,
        lists::{self, PAGE},
    },
    web::{
        ctx::{Answer, Ctx},
        layout::Layout,
        pages::page,
    },
};
use askama::Template;
use uuid::Uuid;

/// Where the page is.
pub(super) const PATH: &str = "/desk/reopenings";

#[derive(Template)]
#[template(path = "desk/reopenings.html")]
struct ReopeningsPage {
    l: Layout,
    rows: Vec<Row>,
    next_href: String,
    first_href: &'static str,
}

/// Whose requests a person decides: those of the own department.
pub(super) fn whose(actor: &Actor) -> Option<Uuid> {
    Some(actor.department.map_or(Uuid::nil(), |d| d.0))
}

/// The messages of a case, opened; a request that waits gets the resident's own words.
pub(super) fn talk(
    app: &App,
    rows: Vec<MessageRow>,
    waits: &mut [(Proposal, Request)],
) -> Result<Vec<(MessageRow, String)>> {
    let talk = flow::open_messages(app, rows)?;
    let asked = waits.iter_mut().find(|w| w.0 == Proposal::Reopening);
    let reason = talk.iter().rev().find_map(|(m, text)| {
        let own = m.author == "resident";
        text.strip_prefix(REOPEN_HEAD).filter(|_| own)
    });
    if let (Some((_, asked)), Some(reason)) = (asked, reason) {
        reason.clone_into(&mut asked.text);
    }
    Ok(talk)
}

/// What the resident answered, for the hints of the page.
pub(super) fn rating(now: &Standing) -> Option<String> {
    let rating = now.after.rating?;
    Some(format!("居民评价：{}。", rating.words()))
}

/// `GET /desk/reopenings`: `after` pages.
pub async fn list(ctx: Ctx) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let reference = ctx.app.reference();
    let after = after_read(ctx.param("after"));
    let mut conn = ctx.app.store.conn().await?;
    let mut lines = lists::reopenings(&mut conn, whose(actor), after, PAGE).await?;
    drop(conn);
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    page(&ReopeningsPage {
        l: ctx.layout("申请重新办理", "day"),
        next_href: lines.last().filter(|_| more).map_or_else(String::new, |l| {
            format!("{PATH}?after={}", after_code(lists::key_after(l)))
        }),
        first_href: after.map_or("", |_| PATH),
        rows: lines
            .iter()
            .map(|l| row(l, &[], &reference, ctx.app.today(), false))
            .collect(),
    })
}
