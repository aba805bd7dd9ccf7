//! Where the signed-in person is signed in, and how to end it there.

use super::stamp;
use crate::{
    identity::flow,
    web::{
        ctx::{Answer, CookieName, Ctx, Pairs},
        layout::Layout,
        pages::{page, see_other},
    },
};
use askama::Template;

/// One signed-in browser.
struct Session {
    id: String,
    device: String,
    since: String,
    last: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "desk/sessions.html")]
struct SessionsPage {
    l: Layout,
    sessions: Vec<Session>,
    done: String,
}

/// A browser's name in words that its owner recognises.
fn device(agent: &str) -> String {
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "安卓手机"),
        ("Windows", "Windows 电脑"),
        ("Mac OS", "苹果电脑"),
        ("Linux", "Linux 电脑"),
    ];
    const BROWSERS: [(&str, &str); 5] = [
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "火狐"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let named = |all: &[(&str, &'static str)]| {
        all.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (named(&SYSTEMS), named(&BROWSERS)) {
        (Some(system), Some(browser)) => format!("{system} · {browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "没有说明的设备".to_owned(),
        (None, None) => agent.to_owned(),
    }
}

/// `GET /desk/sessions`.
pub async fn list(ctx: Ctx) -> Answer {
    let cookie = ctx.cookie(CookieName::Desk).unwrap_or_default();
    let sessions = flow::sessions(&ctx.app, ctx.signed_in()?, &cookie).await?;
    page(&SessionsPage {
        l: ctx.layout("登录设备", "sessions"),
        sessions: sessions
            .into_iter()
            .map(|s| Session {
                id: s.id,
                device: device(&s.agent),
                since: stamp(s.since),
                last: stamp(s.last),
                here: s.here,
            })
            .collect(),
        done: if ctx.param("done") == "1" {
            "已经让它退出。".into()
        } else {
            String::new()
        },
    })
}

/// `POST /desk/sessions`: end one, or every other one.
pub async fn end(ctx: Ctx, pairs: Pairs) -> Answer {
    let cookie = ctx.cookie(CookieName::Desk).unwrap_or_default();
    let ended = flow::session_end(&ctx.app, ctx.signed_in()?, &cookie, pairs.get("id")).await?;
    Ok(see_other(if ended > 0 {
        "/desk/sessions?done=1"
    } else {
        "/desk/sessions"
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_as_people_call_them() {
        assert_eq!(
            device("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140"),
            "Windows 电脑 · Edge"
        );
        assert_eq!(
            device("Mozilla/5.0 (iPhone; CPU) MicroMessenger/8"),
            "iPhone · 微信"
        );
        assert_eq!(device("curl/8"), "curl/8");
        assert_eq!(device(""), "没有说明的设备");
    }
}
