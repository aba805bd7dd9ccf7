//! What an inspector does on every page: nothing in the console, nothing that axe-core finds in light and dark, on a
//! phone and on a wide screen, nothing to scroll sideways. And the way past every page the public can see. With
//! MINSHENG_TEST_PICTURES=DIR a picture of each is kept, to be looked at.

use super::{
    page::{ENLARGED, PHONE, Page, WIDE},
    residents::{keys, track},
};
use crate::support::filing::{CONTACT, PROOF, START, WHAT, WHOM, with};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Looks at pages and notes what is wrong, page by page.
pub struct Inspector {
    page: Page,
    axe: String,
    senior: bool,
    /// What is wrong, and on which pages.
    findings: BTreeMap<String, Vec<String>>,
    looked: usize,
}

impl Inspector {
    pub fn new(page: &Page, senior: bool) -> Self {
        let file = std::env::var("MINSHENG_TEST_AXE")
            .expect("MINSHENG_TEST_AXE is not set; run with ops/test");
        let axe = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
        Self {
            page: page.clone(),
            axe,
            senior,
            findings: BTreeMap::new(),
            looked: 0,
        }
    }

    /// Looks at the page that is open.
    pub async fn look(&mut self, name: &str) {
        self.looked += 1;
        let page = self.page.clone();
        for line in page.console().await {
            self.note(name, format!("console: {line}"));
        }
        if page.eval("document.querySelectorAll('h1').length").await != 1 {
            self.note(name, "not one main heading".into());
        }
        for window in [ENLARGED, PHONE] {
            page.window(window).await;
            // what is cut off at a hidden edge, which no scrolling would show
            let cut = page
                .eval(
                    "[...document.querySelectorAll('body *')].filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) \
                     && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' … ')",
                )
                .await;
            if cut != "" {
                self.note(name, format!("cut off at {} px: {cut}", window.width));
            }
            // what stands out, unless it is in a part that scrolls by itself
            let wide = page
                .eval(
                    "(() => { const s = document.scrollingElement, over = s.scrollWidth - innerWidth; if (over <= 1) return ''; \
                     const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')); \
                     return over + ' px: ' + out.slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join(' … ') })()",
                )
                .await;
            if wide != "" {
                self.note(
                    name,
                    format!("scrolls sideways at {} px by {wide}", window.width),
                );
            }
        }
        self.check(name, "phone").await;
        page.dark(true).await;
        self.check(name, "dark").await;
        page.dark(false).await;
        page.window(WIDE).await;
        self.check(name, "wide").await;
        page.window(PHONE).await;
        page.console().await;
    }

    fn note(&mut self, name: &str, problem: String) {
        self.findings
            .entry(problem)
            .or_default()
            .push(name.to_owned());
    }

    async fn check(&mut self, page: &str, look: &str) {
        let name = &format!("{page}, {look}");
        if let Ok(folder) = std::env::var("MINSHENG_TEST_PICTURES") {
            let file = name
                .replace(['/', '?', '&', ' '], "_")
                .trim_start_matches('_')
                .to_owned();
            let senior = if self.senior { "senior-" } else { "" };
            std::fs::create_dir_all(&folder).unwrap();
            let picture = self.page.picture().await;
            std::fs::write(
                std::path::Path::new(&folder).join(format!("{senior}{file}.png")),
                picture,
            )
            .unwrap();
        }
        let options = json!({
            "runOnly": { "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
            // 长者模式 promises 7 : 1
            "rules": { "color-contrast-enhanced": { "enabled": self.senior } },
            "resultTypes": ["violations"],
        });
        let run = format!(
            "if (!window.axe) {{ {} }}\naxe.run(document, {options}).then(r => r.violations.map(v => v.id + ' (' + v.help + '): ' + \
             v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.any.concat(n.all, n.none).map(c => c.message).slice(0, 1)).join(' … ')))",
            self.axe
        );
        let Value::Array(found) = self.page.eval(&run).await else {
            panic!("axe gave no list at {name}")
        };
        for problem in found {
            self.note(name, problem.as_str().unwrap().to_owned());
        }
    }

    /// Fails with everything that was found.
    pub fn end(self) {
        assert!(self.looked > 3, "looked at {} pages only", self.looked);
        let lines: Vec<String> = self
            .findings
            .iter()
            .map(|(what, pages)| format!("{what}\n    {}", pages.join(" · ")))
            .collect();
        assert!(
            lines.is_empty(),
            "{} findings on {} pages:\n{}",
            lines.len(),
            self.looked,
            lines.join("\n")
        );
    }
}

/// Past every page of the public, mistakes and failures included. Needs a portal whose quota of messages is three.
pub async fn public(page: &Page, i: &mut Inspector) {
    for path in [
        "/",
        "/guide",
        "/guide/discipline",
        "/privacy",
        "/accessibility",
        "/api",
        "/file",
        "/file?way=both",
        "/file/resume",
        "/track",
        "/track?n=TS-2611-00001-9",
        "/respond",
        "/receipt/verify",
        "/no-such-page",
        "/file/discard",
    ] {
        page.go(path).await;
        i.look(path).await;
    }
    for (path, pairs) in [
        ("/file/resume", &[("code", "2222-2222-22")][..]),
        (
            "/track",
            &[
                ("number", "TS-2611-00001-1"),
                ("code", "1909 4668 5316 4130"),
            ][..],
        ),
        ("/receipt/verify", &[("token", "MSR1.nonsense")][..]),
    ] {
        page.go(path).await;
        page.fill(pairs).await;
        page.send().await;
        i.look(&format!("{path} with a mistake")).await;
    }
    wizard(page, i).await;
    let (keys, token) = receipt(page, i).await;
    page.go("/receipt/verify").await;
    page.set("token", &token).await;
    page.send().await;
    assert!(page.text().await.contains("这是本网站发出的回执"));
    i.look("/receipt/verify of a real receipt").await;
    for (key, name) in keys.iter().zip(["complaint", "report"]) {
        track(page, key).await;
        i.look(&format!("/track/case of a {name}")).await;
    }
    track(page, &keys[0]).await;
    page.set("text", " ").await;
    page.follow("form[action='/track/message'] .btn").await;
    i.look("/track/case, empty message").await;
    page.set("text", "商家今天又推到下周").await;
    page.follow("form[action='/track/message'] .btn").await;
    i.look("/track/case, message sent").await;
    page.click("#withdraw > summary").await;
    page.follow("form[action='/track/withdraw'] .btn").await;
    i.look("/track/case, withdrawal not confirmed").await;
    page.set("text", "再说一句").await;
    page.follow("form[action='/track/message'] .btn").await;
    let text = page.text().await;
    assert!(
        text.contains("12315") && text.contains("您刚才填的内容都还在"),
        "{text}"
    );
    i.look("429").await;
}

/// Each step as it comes, with every mistake, and with notices of danger and of another office.
async fn wizard(page: &Page, i: &mut Inspector) {
    page.go("/file").await;
    page.send().await;
    i.look("/file with mistakes").await;
    page.fill(&with(START, &[("way", "both")])).await;
    page.send().await;
    let hurt = with(
        WHAT,
        &[
            ("category", "s_post"),
            ("story", "新装的灶台漏气，满屋煤气味，有人头晕"),
            ("injury", "yes"),
            ("injury_consent", "yes"),
            ("injury_count", "1"),
        ],
    );
    let contact = with(CONTACT, &[("named", "named"), ("insider", "no")]);
    let steps: [(&str, &[(&str, &str)]); 4] = [
        ("whom", WHOM),
        ("what", &hurt),
        ("proof", PROOF),
        ("contact", &contact),
    ];
    for (step, pairs) in steps {
        page.arrive(&format!("/file/{step}")).await;
        i.look(&format!("/file/{step}")).await;
        page.send().await;
        i.look(&format!("/file/{step} with mistakes")).await;
        if step == "contact" {
            page.go("/file/check").await;
            i.look("/file/check, a step is missing").await;
            page.go("/file/contact").await;
        }
        page.fill(pairs).await;
        page.send().await;
        if step == "what" {
            page.arrive("/file/elsewhere").await;
            i.look("/file/elsewhere").await;
            page.click("main a.btn[href='/file/proof']").await;
        }
    }
    page.arrive("/file/check").await;
    i.look("/file/check").await;
    page.go("/file/what").await;
    i.look("/file/what with another office and danger").await;
    page.go("/file").await;
    i.look("/file with a draft").await;
    page.go("/").await;
    i.look("/ with a draft").await;
    page.go("/file/check").await;
}

async fn receipt(page: &Page, i: &mut Inspector) -> (Vec<(String, String)>, String) {
    page.send().await;
    page.arrive("/file/receipt").await;
    i.look("/file/receipt").await;
    let keys = keys(page).await;
    let token = page
        .eval_text("document.querySelector('#tok1').textContent.trim()")
        .await;
    page.send().await;
    i.look("/file/receipt, not saved").await;
    page.set("saved", "yes").await;
    page.send().await;
    i.look("/file/receipt, saved").await;
    (keys, token)
}
