//! What the complainant reads of the trader's side, in plain words, and the page on which an offer is taken or declined.

use super::current;
use crate::{
    app::App,
    casework::{EventKind, State, Verb, next},
    error::Result,
    intake::check::date,
    notices::{NoticeKind, chinese_date},
    receipts::{china_time, hex},
    store::{
        case::{Case, Event},
        traders as rows,
    },
    traders::{
        InvitationState, OfferState,
        flow::{self, Reply},
    },
    web::{
        ctx::{Answer, Ctx, Pairs},
        layout::Layout,
        pages::{page, see_other},
    },
};
use askama::Template;

/// The timeline's words for what concerns the trader; `None` for what stays in the office.
pub(super) fn event_words(e: &Event) -> Option<(String, String)> {
    use EventKind as E;
    let text = |name: &str| e.data.get(name).and_then(|v| v.as_str()).unwrap_or("");
    let form = e.data.get("form").and_then(serde_json::Value::as_i64);
    let (title, words) = match e.kind {
        E::TerminationIssued => ("发出终止调解决定书", "您和商家各一份。".to_owned()),
        E::TraderTold => {
            let kind = i32::try_from(form?)
                .ok()
                .and_then(NoticeKind::from_form)
                .filter(|k| *k != NoticeKind::Invitation)?;
            if text("way") == "nobody" {
                return Some((format!("{kind}没法交给商家"), String::new()));
            }
            return Some((format!("{kind}已告知商家"), String::new()));
        }
        E::TraderInvited => (
            "请商家答复",
            date(text("due")).map_or_else(String::new, |d| {
                format!("请商家在 {} 前答复您。", chinese_date(d))
            }),
        ),
        E::TraderAnswered => ("商家答复了", "答复写在这一页上。".to_owned()),
        E::TraderSilent => (
            "商家没有按时答复",
            "不影响法定期限，我们继续办理。".to_owned(),
        ),
        E::OfferAccepted => ("您同意了商家的方案", "双方和解，我们记下来了。".to_owned()),
        E::OfferDeclined => ("您没有同意商家的方案", "我们继续办理。".to_owned()),
        E::OfferLapsed => ("商家的方案过了期限", "我们继续办理。".to_owned()),
        _ => return None,
    };
    Some((title.to_owned(), words))
}

/// One answer of the trader.
pub struct ReplyView {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) stance: &'static str,
    pub(super) explanation: String,
    pub(super) offer: String,
    pub(super) terms: String,
    pub(super) when: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) undecided: bool,
    /// Name and SHA-256 of the files that came with it; the files themselves are the handler's to look at.
    pub(super) files: Vec<(String, String)>,
}

impl ReplyView {
    fn of(r: Reply) -> Self {
        let (offer, terms, when) = match &r.answer.offer {
            None => Default::default(),
            Some(o) => (
                o.summary(),
                o.terms.clone(),
                format!(
                    "您同意后 {} 天内做到。请在 {} 前决定。",
                    o.within,
                    chinese_date(o.until)
                ),
            ),
        };
        let (state, tone) = match (r.row.offer, r.undecided) {
            (OfferState::None, _) | (OfferState::Open, true) => ("", ""),
            (OfferState::Open | OfferState::Lapsed, _) => ("这个方案不能再选了", ""),
            (OfferState::Accepted, _) => ("您已经同意", "done"),
            (OfferState::Declined, _) => ("您没有同意", ""),
        };
        Self {
            id: r.row.invitation.simple().to_string(),
            at: china_time(r.row.at),
            stance: r.answer.stance.label(),
            explanation: r.answer.explanation,
            offer,
            terms,
            when,
            state,
            tone,
            undecided: r.undecided,
            files: r
                .answer
                .files
                .iter()
                .map(|f| (f.name.clone(), hex(&f.sha256)))
                .collect(),
        }
    }
}

/// The trader's side on the resident's page.
pub struct Side {
    pub(super) waiting: String,
    /// Said at the head of the page while an answer asks for a look or a decision, empty for none.
    pub(super) news: String,
    pub(super) replies: Vec<ReplyView>,
}

/// The trader's side of a complaint, `None` while nobody was invited.
pub(super) async fn side(app: &App, case: &Case) -> Result<Option<Side>> {
    let invitations = {
        let mut conn = app.store.conn().await?;
        rows::invitations(&mut conn, case.id).await?
    };
    let Some(newest) = invitations.first() else {
        return Ok(None);
    };
    let replies = flow::replies(app, case).await?;
    let waits = newest.state == InvitationState::Open
        && newest.due >= app.today()
        && next(case.kind, case.state, Verb::TraderAnswer).is_some();
    let news = match replies.first() {
        Some(r) if r.undecided => r.answer.offer.as_ref().map_or_else(String::new, |o| {
            let until = chinese_date(o.until);
            format!("商家答复了您，提出了方案，请在 {until} 前决定同意不同意。")
        }),
        Some(r) if r.row.offer == OfferState::None && case.state.is_open() && !waits => {
            "商家答复了您。".to_owned()
        }
        _ => String::new(),
    };
    Ok(Some(Side {
        news,
        waiting: if waits {
            format!(
                "我们请商家在 {} 前答复您。商家不知道您的姓名、电话和地址。",
                chinese_date(newest.due)
            )
        } else {
            String::new()
        },
        replies: replies.into_iter().map(ReplyView::of).collect(),
    }))
}

#[derive(Template)]
#[template(path = "public/offer.html")]
struct OfferPage {
    l: Layout,
    number: String,
    take: bool,
    reply: ReplyView,
    what_then: &'static str,
    /// Why one person cannot take it yet, empty for nothing.
    waits: &'static str,
}

/// `GET /track/offer`: the offer once more, before it is taken (`do=accept`) or declined.
pub async fn offer(ctx: Ctx) -> Answer {
    let case = match current(&ctx).await? {
        Ok((_, _, case)) => case,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wanted = ctx.param("id");
    let found = flow::replies(&ctx.app, &case).await?.into_iter();
    let Some(reply) = found
        .map(ReplyView::of)
        .find(|r| r.undecided && r.id == wanted)
    else {
        return Ok(see_other("/track/case#trader"));
    };
    let take = ctx.param("do") == "accept";
    page(&OfferPage {
        l: ctx.layout(
            if take {
                "同意商家的方案"
            } else {
                "不同意商家的方案"
            },
            "track",
        ),
        number: case.number.clone(),
        waits: if take {
            flow::taking_waits(&ctx.app, &case).await?.unwrap_or("")
        } else {
            ""
        },
        take,
        reply,
        what_then: match (take, next(case.kind, case.state, Verb::Withdraw)) {
            (false, _) => "不同意没有关系，我们继续办理，法定期限照走。",
            (true, Some(State::Terminated)) => {
                "同意后，双方就算和解了。调解随之终止，我们会把决定书发给您和商家。"
            }
            (true, _) => "同意后，双方就算和解了，这件投诉随之结束，我们不再办理。",
        },
    })
}

/// `POST /track/offer`.
pub async fn decide(ctx: Ctx, pairs: Pairs) -> Answer {
    let (number, code, _) = match current(&ctx).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let take = match pairs.get("choice") {
        "accept" => true,
        "decline" => false,
        _ => return Ok(see_other("/track/case#trader")),
    };
    flow::decide(&ctx.app, number, &code, pairs.get("id"), take).await?;
    Ok(see_other("/track/case#trader"))
}
