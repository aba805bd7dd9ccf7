//! What the complainant reads of the trader's side, in plain words.

use crate::{
    intake::check::date,
    notices::{NoticeKind, chinese_date},
    store::case::Event,
};

/// The timeline's words for what concerns the trader; `None` for what stays in the office.
pub(super) fn event_words(e: &Event) -> Option<(String, String)> {
    use crate::casework::EventKind as E;
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
