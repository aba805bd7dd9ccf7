//! What every page's frame shows, and the hashed addresses of stylesheet and script.

use super::{
    ctx::{CookieName, Ctx},
    desk::nav::Item,
    statics,
};
use std::sync::Arc;

/// The portal as a page names it.
#[derive(Debug, Clone)]
pub struct Site {
    /// Name.
    pub name: String,
    /// District.
    pub district: String,
    /// 网站标识码, may be empty.
    pub site_id: String,
    /// 「找错」, may be empty.
    pub report_error_url: String,
    /// Whether this portal is a published legal channel (rules §0.2).
    pub published_channel: bool,
}

/// Who is signed in, for the desk's header.
#[derive(Debug, Clone)]
pub struct StaffBadge {
    /// Name.
    pub name: String,
    /// Role in words.
    pub role_label: &'static str,
    /// Department, may be empty.
    pub department: String,
    /// The pages that the role may open.
    pub menu: Vec<&'static Item>,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Title of the page.
    pub title: String,
    /// Key of the current navigation item.
    pub nav: &'static str,
    /// 长者模式 is on.
    pub senior: bool,
    /// Script nonce.
    pub nonce: Arc<str>,
    /// The portal.
    pub site: Arc<Site>,
    /// Address of the stylesheet.
    pub css: &'static str,
    /// Address of the script.
    pub js: &'static str,
    /// Path of this page, for the senior switch.
    pub path: Arc<str>,
    /// Residents come over plain HTTP.
    pub insecure: bool,
    /// Form token of the desk.
    pub csrf: String,
    /// Who is signed in.
    pub staff: Option<StaffBadge>,
    /// Demo data.
    pub demo: bool,
}

impl Layout {
    /// The frame of this request's page.
    #[must_use]
    pub fn new(ctx: &Ctx, title: String, nav: &'static str, staff: Option<StaffBadge>) -> Self {
        Self {
            title,
            nav,
            senior: ctx.cookie(CookieName::Senior).as_deref() == Some("1"),
            nonce: ctx.nonce.0.clone(),
            site: Arc::clone(&ctx.app.site),
            css: &statics::CSS,
            js: &statics::JS,
            path: ctx.path.clone(),
            insecure: !ctx.app.config.secure(),
            csrf: ctx
                .staff
                .as_ref()
                .map(|s| s.csrf.clone())
                .unwrap_or_default(),
            staff,
            demo: ctx.app.reference().demo,
        }
    }
}
