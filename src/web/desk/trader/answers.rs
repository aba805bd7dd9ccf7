//! The trader's answers as the desk reads them, the contact person included.

use crate::{
    app::App,
    error::Result,
    notices::chinese_date,
    receipts::hex,
    store::case::Case,
    traders::{OfferState, flow},
    web::desk::stamp,
};

/// An answer.
pub(super) struct Shown {
    pub(super) at: String,
    pub(super) stance: &'static str,
    pub(super) explanation: String,
    pub(super) offer: String,
    pub(super) terms: String,
    pub(super) when: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) person: String,
    pub(super) hash: String,
}

/// The answers, newest first.
pub(super) async fn shown(app: &App, case: &Case) -> Result<Vec<Shown>> {
    let replies = flow::replies(app, case).await?;
    let shown = replies.into_iter().map(|r| {
        let (offer, terms, when) = match &r.answer.offer {
            None => Default::default(),
            Some(o) => (
                o.summary(),
                o.terms.clone(),
                format!(
                    "同意后 {} 天内做到，方案保留到 {}",
                    o.within,
                    chinese_date(o.until)
                ),
            ),
        };
        let state = match r.row.offer {
            // its day has passed, or the complaint has ended, and no sweep was here yet
            OfferState::Open if !r.undecided => "不能再选",
            state => state.label(),
        };
        Shown {
            at: stamp(r.row.at),
            stance: r.answer.stance.label(),
            explanation: r.answer.explanation,
            offer,
            terms,
            when,
            state,
            tone: match r.row.offer {
                OfferState::Accepted => "done",
                OfferState::Open if r.undecided => "soon",
                _ => "",
            },
            person: format!("{} {}", r.answer.person.name, r.answer.person.phone),
            hash: hex(&r.row.body_hash).chars().take(16).collect(),
        }
    });
    Ok(shown.collect())
}
