//! Everybody can use it: axe-core, contrast in light, dark and 长者模式, four times enlarged, on the smallest phone.

use super::{
    page::{PHONE, Scripts, portal, visit},
    tour::{self, Inspector},
};
use minsheng::limits::Rate;

async fn every_public_page(senior: bool) {
    // the fourth message is one too many, so that the page that says so is looked at as well
    let t = portal(|c| c.limits.message = Rate::new(1, 3)).await;
    visit(&t, PHONE, Scripts::On, move |page| async move {
        if senior {
            page.go("/").await;
            page.follow("form[action='/senior'] button").await;
        }
        let mut inspector = Inspector::new(&page, senior);
        tour::public(&page, &mut inspector).await;
        inspector.end();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_page_light_and_dark_narrow_and_wide() {
    every_public_page(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_page_in_senior_mode() {
    every_public_page(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn senior_mode_is_a_button_that_needs_no_script_and_lasts() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::Off, |page| async move {
        const SIZE: &str = "getComputedStyle(document.querySelector('main p')).fontSize";
        page.go("/guide").await;
        page.follow("form[action='/senior'] button").await;
        assert_eq!(page.path().await, "/guide", "back where the button was");
        assert_eq!(page.eval_text("getComputedStyle(document.body).fontSize").await, "24.0012px");
        page.go("/file").await;
        assert!(page.eval_text(SIZE).await.starts_with("24") || page.eval_text(SIZE).await.starts_with("21"));
        // the hotline stays in reach, however far one has scrolled
        page.eval("scrollTo(0, document.body.scrollHeight)").await;
        page.until("(() => { const r = document.querySelector('.call a[href=\"tel:12315\"]').getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight })()").await;
        page.follow("form[action='/senior'] button").await;
        assert!(!page.has("html.senior").await);
    })
    .await;
}
