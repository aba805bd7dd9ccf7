//! The trader's copies of notices as the page draws them, each with the proof of how the trader was told, and the form
//! that records a telling.

use super::Typed;
use crate::{
    app::App,
    error::Result,
    kernel::{clock::china_date, words::Delivery},
    notices::{NoticeKind, chinese_date},
    store::{case::NoticeRow, traders::notices::Told},
    traders::{
        Way,
        flow::{self, NOTE_MAX},
    },
    web::{
        desk::{message, stamp},
        file::Choice,
        notice::unseal,
    },
};
use time::Date;

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
    /// The law wants the trader told of it, and nobody has.
    pub(super) owed: bool,
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
            let told: Vec<_> = lines.map(|t| line(app, t)).collect::<Result<_>>()?;
            let owed = told.is_empty() && row.form != NoticeKind::Invitation.form();
            let (id, at) = (row.id.simple().to_string(), row.at);
            let opened = unseal(app, row)?;
            Ok(Copy {
                id,
                title: opened.title,
                at: chinese_date(china_date(at)),
                text: opened.text,
                told,
                owed,
            })
        })
        .collect()
}

/// The form that records how the trader was told.
pub(super) struct TellForm {
    pub(super) notices: Vec<Choice>,
    pub(super) notice_error: String,
    pub(super) ways: Vec<Choice>,
    pub(super) way_error: String,
    pub(super) day: String,
    pub(super) day_error: String,
    pub(super) note: String,
    pub(super) note_error: String,
    pub(super) note_max: usize,
    pub(super) open: bool,
}

/// The form; `sends`: letters and short messages can be sent.
pub(super) fn tell_form(
    copies: &[Copy],
    typed: &Typed,
    today: Date,
    sends: (bool, bool),
) -> TellForm {
    const FORM: &str = "tell-trader";
    let v = |name| typed.get(FORM, name);
    let e = |name| message(&typed.errors, name);
    let chosen = match v("notice") {
        "" => copies.last().map_or("", |c| &c.id),
        id => id,
    };
    let can = |way: Way| match way {
        Way::Mail => sends.0,
        Way::Sms => sends.1,
        _ => true,
    };
    TellForm {
        notices: copies
            .iter()
            .rev()
            .map(|c| Choice {
                code: c.id.clone(),
                label: format!("{} {}", c.title, c.at),
                note: "",
                on: c.id == chosen,
            })
            .collect(),
        notice_error: e("notice"),
        ways: Way::ALL
            .iter()
            .copied()
            .filter(|w| can(*w))
            .map(|w| Choice {
                code: w.code().to_owned(),
                label: w.label().to_owned(),
                note: if w.is_sent() {
                    "由系统发送，送出后自动登记"
                } else {
                    ""
                },
                on: v("way") == w.code(),
            })
            .collect(),
        way_error: e("way"),
        day: if typed.form == FORM {
            v("day").to_owned()
        } else {
            today.to_string()
        },
        day_error: e("day"),
        note: v("note").to_owned(),
        note_error: e("note"),
        note_max: NOTE_MAX,
        open: typed.form == FORM,
    }
}
