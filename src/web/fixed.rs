//! Pages that are the same for everybody but for the nonce of their script: rendered and packed once for each variant,
//! then only put together. Owns what is remembered and when it may be.

use super::{
    ctx::{Answer, CookieName, Ctx},
    pages,
    zip::Page,
};
use crate::error::Error;
use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// What the frame and the page differ by.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: &'static str,
    variant: &'static str,
    senior: bool,
    demo: bool,
}

/// The pages of one portal that were made before: as many as there are paths and variants in the program.
#[derive(Clone, Default)]
pub struct Fixed(Arc<RwLock<HashMap<Key, Arc<Page>>>>);

/// The page of a path that depends on nothing but the settings, the frame and, by name, a variant. Only for routes that
/// are compressed: the guard puts body and nonce in.
///
/// # Errors
/// The template fails: our own fault.
pub fn page<T: Template>(
    ctx: &Ctx,
    path: &'static str,
    variant: &'static str,
    template: impl FnOnce() -> T,
) -> Answer {
    // another spelling of the path stands in the frame as it was asked for
    if ctx.staff.is_some() || *ctx.path != *path {
        return pages::public(&template());
    }
    let key = Key {
        path,
        variant,
        senior: ctx.cookie(CookieName::Senior).as_deref() == Some("1"),
        demo: ctx.app.reference().demo,
    };
    let pages = &ctx.app.fixed.0;
    let made = {
        let pages = pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.get(&key).cloned()
    };
    let page = match made {
        Some(page) => page,
        None => {
            let template = template();
            let html = template.render().map_err(Error::internal)?;
            let Some(page) = Page::around(&html, &ctx.nonce) else {
                return pages::public(&template);
            };
            let mut pages = pages.write().unwrap_or_else(PoisonError::into_inner);
            pages.insert(key, Arc::clone(&page));
            page
        }
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, pages::PUBLIC);
    response.extensions_mut().insert(page);
    Ok(response)
}
