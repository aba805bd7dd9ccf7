//! A resident files and follows a case: on a phone without scripts, with scripts, with the keyboard alone.

use super::page::{PHONE, Page, Scripts, WIDE, portal, visit};
use crate::support::filing::{CONTACT, PROOF, START, WHAT, WHOM, with};
use fantoccini::key::Key;

/// What only a complaint is asked.
const COMPLAINTS_ONLY: &[&str] = &["demands", "own_scheme", "publish", "entrust"];

/// The wizard up to the page to check.
pub async fn fill(page: &Page, way: &str, contact: &[(&str, &str)]) {
    page.go("/").await;
    page.follow(&format!("a[href='/file?way={way}']")).await;
    assert!(
        page.eval(&format!(
            "document.querySelector('[name=way][value={way}]').checked"
        ))
        .await
            == true
    );
    page.fill(&START[1..]).await;
    page.send().await;
    for (step, pairs) in [
        ("whom", WHOM),
        ("what", WHAT),
        ("proof", PROOF),
        ("contact", contact),
    ] {
        page.arrive(&format!("/file/{step}")).await;
        for (name, value) in pairs {
            if way != "report" || !COMPLAINTS_ONLY.contains(name) {
                page.set(name, value).await;
            }
        }
        page.send().await;
    }
    page.arrive("/file/check").await;
}

/// Numbers and query codes of the receipt page.
pub async fn keys(page: &Page) -> Vec<(String, String)> {
    let texts = page.texts("dl.key dd").await;
    texts
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect()
}

/// From the page to check to the receipt that was saved.
pub async fn submit(page: &Page) -> Vec<(String, String)> {
    page.send().await;
    page.arrive("/file/receipt").await;
    let keys = keys(page).await;
    page.set("saved", "yes").await;
    page.send().await;
    assert!(
        page.has("a[href='/track']").await && !page.has("[name=saved]").await,
        "{}",
        page.text().await
    );
    keys
}

/// Opens a case on the tracking page.
pub async fn track(page: &Page, (number, code): &(String, String)) {
    page.go("/track").await;
    page.fill(&[("number", number), ("code", code)]).await;
    page.send().await;
    page.arrive("/track/case").await;
}

async fn file_and_follow(page: Page) {
    fill(&page, "complaint", CONTACT).await;
    let check = page.text().await;
    assert!(
        check.contains("燃气热水器") && check.contains("138 0013 8000"),
        "{check}"
    );
    let keys = submit(&page).await;
    assert_eq!(keys.len(), 1);
    page.follow("main a[href='/track']").await;
    track(&page, &keys[0]).await;
    let case = page.text().await;
    assert!(
        case.contains("最迟 2026年12月3日") && case.contains("市场监管"),
        "{case}"
    );
    page.set("text", "商家今天又推到下周").await;
    page.follow("form[action='/track/message'] .btn").await;
    assert!(page.path().await.starts_with("/track/case?written=1"));
    assert!(page.texts(".talk .mine").await[0].contains("商家今天又推到下周"));
    page.follow("form[action='/track/leave'] button").await;
    page.go("/track/case").await;
    page.arrive("/track").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_on_a_phone_without_scripts() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::Off, |page| async move {
        page.go("/").await;
        assert!(
            page.eval("document.documentElement.classList.contains('js')")
                .await
                == false,
            "scripts run"
        );
        file_and_follow(page).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_on_a_phone_with_scripts() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::On, |page| async move {
        file_and_follow(page.clone()).await;
        assert_eq!(page.console().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_of_one_story_without_and_with_scripts() {
    let t = portal(|_| {}).await;
    for scripts in [Scripts::Off, Scripts::On] {
        visit(&t, PHONE, scripts, |page| async move {
            fill(&page, "both", &with(CONTACT, &[("named", "named")])).await;
            let keys = submit(&page).await;
            assert_eq!(keys.len(), 2);
            assert!(
                keys[0].0.starts_with("TS-") && keys[1].0.starts_with("JB-"),
                "{keys:?}"
            );
            assert_ne!(keys[0].1, keys[1].1);
            track(&page, &keys[0]).await;
            assert!(
                page.text().await.contains("最迟 2026年12月3日"),
                "7 working days"
            );
            track(&page, &keys[1]).await;
            assert!(
                page.text().await.contains("最迟 2026年12月15日"),
                "15 working days"
            );
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_counted_and_saved_by_itself() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::On, |page| async move {
        page.go("/file").await;
        page.fill(START).await;
        page.send().await;
        page.arrive("/file/whom").await;
        page.fill(WHOM).await;
        page.send().await;
        page.arrive("/file/what").await;
        assert_eq!(page.texts(".count").await, ["已写 0 字，最多 4000 字"]);
        page.set("story", "用了三天就漏水，\n商家不管").await;
        assert_eq!(page.texts(".count").await, ["已写 13 字，最多 4000 字"]);
        page.until("document.querySelector('[data-saved]').textContent.includes('已自动保存')").await;
        // another page, without sending the form
        page.go("/").await;
        page.go("/file/what").await;
        assert_eq!(page.value("story").await, "用了三天就漏水，\n商家不管");
        // more than may be: the counter says by how much
        page.eval("(() => { const s = document.querySelector('#story'); s.value = '很'.repeat(4003); s.dispatchEvent(new Event('input', { bubbles: true })) })()").await;
        assert_eq!(page.texts(".count.over").await, ["超出 3 字，最多 4000 字"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_summed_up_above_and_the_summary_takes_the_focus() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::On, |page| async move {
        page.go("/file").await;
        page.send().await;
        assert!(
            page.title().await.starts_with("错误："),
            "{}",
            page.title().await
        );
        assert!(
            page.eval("document.activeElement.hasAttribute('data-errors')")
                .await
                == true
        );
        assert_eq!(page.texts("[data-errors] li").await.len(), 3);
        // each line leads to its field
        page.click("[data-errors] a[href='#age']").await;
        page.until("location.hash === '#age' && document.activeElement.id === 'age'")
            .await;
        page.fill(START).await;
        page.send().await;
        page.arrive("/file/whom").await;
        page.send().await;
        assert!(page.title().await.starts_with("错误："));
        assert!(
            page.eval("document.activeElement.hasAttribute('data-errors')")
                .await
                == true
        );
        page.go("/track").await;
        page.fill(&[("number", "TS-2611-00001-1"), ("code", "1234")])
            .await;
        page.send().await;
        assert!(page.title().await.starts_with("错误："));
        assert_eq!(
            page.value("number").await,
            "TS-2611-00001-1",
            "nothing typed is lost"
        );
        assert!(
            page.eval("document.activeElement.hasAttribute('data-errors')")
                .await
                == true
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_holds_back_only_who_has_not_saved_it() {
    let t = portal(|_| {}).await;
    // what the browser asks a page before it leaves: a page that answers is shown with a question
    const HELD: &str = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))";
    visit(&t, PHONE, Scripts::On, |page| async move {
        fill(&page, "complaint", CONTACT).await;
        assert!(page.eval(HELD).await == false, "only the receipt asks");
        page.send().await;
        page.arrive("/file/receipt").await;
        assert!(page.eval(HELD).await == true);
        page.send().await;
        assert!(
            page.title().await.starts_with("错误："),
            "the box is not ticked"
        );
        assert_eq!(keys(&page).await.len(), 1, "and the code is still shown");
        assert!(page.eval(HELD).await == true);
        page.set("saved", "yes").await;
        assert!(page.eval(HELD).await == false);
        page.send().await;
        page.until("!!document.querySelector(\"main a[href='/track']\")")
            .await;
        assert!(page.eval(HELD).await == false);
        page.go("/").await;
        page.arrive("/").await;
    })
    .await;
}

/// The field, link or button that has the focus, and whether that is to be seen.
const FOCUS: &str = "(() => { const e = document.activeElement; if (!e || e === document.body) return ''; \
    const seen = x => { const s = getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }; \
    const r = e.getBoundingClientRect(); \
    const inside = r.bottom > 0 && r.top < innerHeight && r.width > 0 && r.height > 0; \
    return (!inside ? 'UNSEEN (off the screen) ' : seen(e) || (e.closest('label') && seen(e.closest('label'))) ? '' : 'UNSEEN (no outline) ') + e.tagName + ' ' + (e.name || e.textContent.trim()) })()";

/// Goes on by Tab to a field or button; whatever is passed must show that it has the focus.
async fn tab_to(page: &Page, wanted: &str) {
    let mut passed = Vec::new();
    for _ in 0..80 {
        page.press(Key::Tab).await;
        let focus = page.eval_text(FOCUS).await;
        assert!(
            !focus.starts_with("UNSEEN"),
            "the focus is not to be seen: {focus}"
        );
        if focus
            .split_once(' ')
            .is_some_and(|(_, name)| name == wanted)
        {
            return;
        }
        passed.push(focus);
    }
    panic!(
        "Tab never reaches {wanted} at {}: {passed:?}",
        page.path().await
    );
}

/// Answers a field that has the focus, with keys only.
async fn key_in(page: &Page, name: &str, value: &str) {
    let kind = page.eval_text("document.activeElement.type").await;
    let here = "document.activeElement.value";
    match kind.as_str() {
        "radio" => {
            page.press(' ').await;
            for _ in 0..20 {
                if page.eval_text(here).await == value {
                    break;
                }
                page.press(Key::Down).await;
            }
            assert!(
                page.eval("document.activeElement.checked").await == true,
                "{name}"
            );
            assert_eq!(page.eval_text(here).await, value, "{name}");
        }
        "checkbox" => {
            for _ in 0..20 {
                if page.eval_text(here).await == value {
                    break;
                }
                page.press(Key::Tab).await;
            }
            page.press(' ').await;
            assert!(
                page.eval("document.activeElement.checked").await == true,
                "{name}"
            );
        }
        "select-one" => {
            for _ in 0..60 {
                if page.eval_text(here).await == value {
                    break;
                }
                page.press(Key::Down).await;
            }
            assert_eq!(page.eval_text(here).await, value, "{name}");
        }
        _ => page.type_here(value).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_wizard_with_the_keyboard_alone() {
    let t = portal(|_| {}).await;
    visit(&t, WIDE, Scripts::Off, |page| async move {
        page.go("/").await;
        page.press(Key::Tab).await;
        assert_eq!(
            page.eval_text(FOCUS).await,
            "A 跳到正文",
            "the first stop leads past the navigation"
        );
        page.press(Key::Enter).await;
        page.until("location.hash === '#main'").await;
        tab_to(&page, "查进度").await;
        page.go("/file").await;
        for (name, value) in START {
            tab_to(&page, name).await;
            key_in(&page, name, value).await;
        }
        // the dates are left out: what a date field shows depends on the machine's language
        let typed = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .copied()
                .filter(|(n, _)| !n.ends_with("_on") && *n != "brand")
                .collect::<Vec<_>>()
        };
        tab_to(&page, "开始填写").await;
        page.press(Key::Enter).await;
        for (step, pairs) in [
            ("whom", WHOM),
            ("what", WHAT),
            ("proof", PROOF),
            ("contact", CONTACT),
        ] {
            page.arrive(&format!("/file/{step}")).await;
            let mut last = "";
            for (name, value) in typed(pairs) {
                // the second box of the same question follows the first
                if name == last {
                    page.press(Key::Tab).await;
                } else {
                    tab_to(&page, name).await;
                }
                key_in(&page, name, value).await;
                last = name;
            }
            // Enter in a text field sends as well as the button does
            if step == "whom" {
                tab_to(&page, "还知道商家的电话或信用代码（选填）").await;
                page.press(Key::Enter).await;
                tab_to(&page, "trader_uscc").await;
            } else {
                tab_to(&page, "保存并继续").await;
            }
            page.press(Key::Enter).await;
        }
        page.arrive("/file/check").await;
        tab_to(&page, "确认提交").await;
        page.press(Key::Enter).await;
        page.arrive("/file/receipt").await;
        tab_to(&page, "saved").await;
        page.press(' ').await;
        tab_to(&page, "好了，完成").await;
        page.press(Key::Enter).await;
        page.until("!!document.querySelector(\"main a[href='/track']\")")
            .await;
    })
    .await;
}
