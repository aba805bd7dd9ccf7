//! The trader's copies of notices as the page draws them, each with the proof of how the trader was told.

use crate::{
    app::App,
    error::Result,
    kernel::{clock::china_date, words::Delivery},
    notices::chinese_date,
    store::{case::NoticeRow, traders::notices::Told},
    traders::{Way, flow},
    web::{desk::stamp, notice::unseal},
};

/// How the trader was told of a copy.
pub(super) struct ToldLine {
    pub(super) text: String,
    pub(super) note: String,
    pub(super) late: bool,
}

/// A copy of the trader's.
pub(super) struct Copy {
    pub(super) id: String,
    pub(super) title: &'static str,
    pub(super) at: String,
    pub(super) text: String,
    pub(super) told: Vec<ToldLine>,
}

fn line(app: &App, t: &Told) -> Result<ToldLine> {
    let hash: String = crate::receipts::hex(&t.content_hash)
        .chars()
        .take(16)
        .collect();
    let text = if t.way.is_sent() {
        let answer = match (t.state, &*t.detail) {
            (_, "") => String::new(),
            (Delivery::Failed, why) => format!("：{why}"),
            (_, answer) => format!(" · 对方应答 {answer}"),
        };
        format!(
            "{} {} {} · 内容指纹 {hash}{answer}",
            t.way,
            stamp(t.at),
            t.state
        )
    } else {
        format!(
            "{}，{} · 登记于 {} · 内容指纹 {hash}",
            t.way,
            chinese_date(t.day),
            stamp(t.at)
        )
    };
    Ok(ToldLine {
        text,
        note: flow::note_of_telling(app, t)?,
        late: t.state == Delivery::Failed || t.way == Way::Nobody,
    })
}

/// The copies, oldest first.
pub(super) fn copies(app: &App, notices: Vec<NoticeRow>, told: &[Told]) -> Result<Vec<Copy>> {
    notices
        .into_iter()
        .map(|row| {
            let lines = told.iter().filter(|t| t.notice == row.id);
            let told = lines.map(|t| line(app, t)).collect::<Result<_>>()?;
            let (id, at) = (row.id.simple().to_string(), row.at);
            let opened = unseal(app, row)?;
            Ok(Copy {
                id,
                title: opened.title,
                at: chinese_date(china_date(at)),
                text: opened.text,
                told,
            })
        })
        .collect()
}
