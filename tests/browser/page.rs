//! One Chromium at the portal: opens pages, types, clicks and reads as a person would. Every wait is for a condition.

use crate::support::TestApp;
use base64::{Engine, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    wd::WebDriverCompatibleCommand,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// How long a condition may take before the test fails: machines under load are slow.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(40);

/// A setting of the browser, named by `ops/test`.
fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run the browser tests with ops/test"))
}

/// Whether the browser runs the pages' scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

/// What a person sees through.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    /// The page is laid out as a phone does it.
    pub phone: bool,
}

/// A small phone.
pub const PHONE: Window = Window {
    width: 360,
    height: 780,
    phone: true,
};
/// A laptop.
pub const WIDE: Window = Window {
    width: 1280,
    height: 900,
    phone: false,
};
/// 1280 pixels enlarged to 400 %.
pub const ENLARGED: Window = Window {
    width: 320,
    height: 225,
    phone: false,
};

/// A browser at the portal. Clones share one browser.
#[derive(Clone)]
pub struct Page {
    client: Client,
    base: Arc<str>,
}

/// Serves the portal on a free port of this computer; pages, cookies and the QR code know the address.
pub async fn portal(change: impl FnOnce(&mut minsheng::config::Config)) -> TestApp {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = TestApp::with(|c| {
        c.public_url = url;
        change(c);
    })
    .await;
    let service = app
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    app
}

/// A person opens a browser at the portal and does something. The browser is closed however that ends.
pub async fn visit<F>(
    t: &TestApp,
    window: Window,
    scripts: Scripts,
    journey: impl FnOnce(Page) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let client = open(scripts).await;
    let page = Page {
        client: client.clone(),
        base: t.app.config.public_url.as_str().into(),
    };
    page.window(window).await;
    let ended = tokio::spawn(journey(page)).await;
    let closed = client.close().await;
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic.into_panic());
    }
    closed.expect("the browser closes");
}

/// The driver gives each browser a profile of its own and takes it away: one that is named here leaves a
/// `chrome-headless-shell` without a page.
async fn open(scripts: Scripts) -> Client {
    let mut args: Vec<String> = [
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    .map(str::to_owned)
    .into();
    if scripts == Scripts::Off {
        args.push("--blink-settings=scriptEnabled=false".into());
    }
    // Chromium refuses its own sandbox to the superuser.
    if std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0) {
        args.push("--no-sandbox".into());
    }
    let options = json!({ "binary": setting("MINSHENG_TEST_CHROME"), "args": args });
    let wanted = json!({
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "implicit": 0, "pageLoad": 60_000, "script": 60_000 },
    });
    ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted.as_object().unwrap().clone())
        .connect(&setting("MINSHENG_TEST_WEBDRIVER"))
        .await
        .expect("Chromium opens")
}

/// A command of chromedriver that WebDriver does not know.
#[derive(Debug)]
struct Vendor(&'static str, Value);

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.1.to_string()))
    }
}

/// A CSS selector for a field by name.
fn named(name: &str) -> String {
    format!("[name=\"{name}\"]:not([type=hidden])")
}

impl Page {
    async fn devtools(&self, command: &str, params: Value) -> Value {
        let asked = self
            .client
            .issue_cmd(Vendor(
                "goog/cdp/execute",
                json!({ "cmd": command, "params": params }),
            ))
            .await;
        asked.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// The value of a JavaScript expression or promise. Works with the page's own scripts switched off, too.
    pub async fn eval(&self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.devtools("Runtime.evaluate", params).await;
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        answer["result"]["value"].clone()
    }

    pub async fn eval_text(&self, expression: &str) -> String {
        self.eval(expression)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Another size of window.
    pub async fn window(&self, w: Window) {
        let params = json!({ "width": w.width, "height": w.height, "deviceScaleFactor": 1, "mobile": w.phone });
        self.devtools("Emulation.setDeviceMetricsOverride", params)
            .await;
    }

    /// Dark or light, as the person's system has it.
    pub async fn dark(&self, on: bool) {
        let scheme = if on { "dark" } else { "light" };
        let params = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", params).await;
    }

    /// Opens an address and waits until its page has come: not every driver does.
    pub async fn go(&self, path: &str) {
        self.eval("window.left = 'not yet'").await;
        let address = format!("{}{path}", self.base);
        self.client.goto(&address).await.unwrap();
        self.until("window.left === undefined && document.readyState === 'complete'")
            .await;
    }

    /// Where the browser is, without the host.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.as_str()
            .strip_prefix(&*self.base)
            .unwrap_or(url.as_str())
            .to_owned()
    }

    pub async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// Everything that is to be read on the page.
    pub async fn text(&self) -> String {
        self.eval_text("document.body.innerText").await
    }

    pub async fn find(&self, css: &str) -> Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .every(GLANCE)
            .for_element(Locator::Css(css))
            .await
        {
            Ok(found) => found,
            Err(e) => panic!(
                "no {css} at {}: {e}\n{}",
                self.path().await,
                self.text().await
            ),
        }
    }

    /// The texts of all elements that match.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let list = self
            .eval(&format!(
                "[...document.querySelectorAll({})].map(e => e.innerText.trim())",
                json!(css)
            ))
            .await;
        list.as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn has(&self, css: &str) -> bool {
        self.eval(&format!("!!document.querySelector({})", json!(css)))
            .await
            == true
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        let began = Instant::now();
        // A page that is just being left has no answer.
        loop {
            let params = json!({ "expression": expression, "returnByValue": true });
            let asked = self.client.issue_cmd(Vendor(
                "goog/cdp/execute",
                json!({ "cmd": "Runtime.evaluate", "params": params }),
            ));
            if asked.await.is_ok_and(|v| v["result"]["value"] == true) {
                return;
            }
            if began.elapsed() > PATIENCE {
                panic!(
                    "never: {expression} at {}\n{}",
                    self.path().await,
                    self.text().await
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until the browser is at a path and its page is complete.
    pub async fn arrive(&self, path: &str) {
        self.until(&format!(
            "location.pathname === {} && document.readyState === 'complete'",
            json!(path)
        ))
        .await;
    }

    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        if let Err(e) = element.click().await {
            panic!("cannot click {css} at {}: {e}", self.path().await);
        }
    }

    /// Follows a link or sends a form, and waits until its page has come.
    pub async fn follow(&self, css: &str) {
        self.eval("window.left = 'not yet'").await;
        self.click(css).await;
        self.until("window.left === undefined && document.readyState === 'complete'")
            .await;
    }

    /// Sends the page's main form with its main button.
    pub async fn send(&self) {
        self.follow("main form[method=post]:not([action='/file/discard']) .btn:not([type=button], [formaction])")
            .await;
    }

    /// Opens the `<details>` around an element, if it is in a closed one.
    async fn uncover(&self, css: &str) {
        let closed = "details:not([open])";
        if self
            .eval(&format!(
                "!!document.querySelector({})?.closest({})",
                json!(css),
                json!(closed)
            ))
            .await
            == true
        {
            self.click(&format!("{closed}:has({css}) > summary")).await;
        }
    }

    /// Answers one field of a form, of whatever kind it is.
    pub async fn set(&self, name: &str, value: &str) {
        let css = named(name);
        self.uncover(&css).await;
        let field = self.find(&css).await;
        let kind = field.prop("type").await.unwrap().unwrap_or_default();
        match kind.as_str() {
            "radio" | "checkbox" => {
                let css = format!("{css}[value=\"{value}\"]");
                if !self.find(&css).await.is_selected().await.unwrap() {
                    self.click(&format!("label:has({css})")).await;
                }
                assert!(
                    self.find(&css).await.is_selected().await.unwrap(),
                    "{name}={value} stays unticked"
                );
            }
            "select-one" => self
                .find(&format!("{css} option[value=\"{value}\"]"))
                .await
                .click()
                .await
                .unwrap(),
            // How a date is typed depends on the language of the machine.
            "date" => {
                self.eval(&format!(
                    "document.querySelector({}).value = {}",
                    json!(css),
                    json!(value)
                ))
                .await;
            }
            _ => {
                field.clear().await.unwrap();
                field.send_keys(value).await.unwrap();
            }
        }
    }

    pub async fn fill(&self, pairs: &[(&str, &str)]) {
        for (name, value) in pairs {
            self.set(name, value).await;
        }
    }

    /// What a field holds.
    pub async fn value(&self, name: &str) -> String {
        self.eval_text(&format!(
            "document.querySelector({}).value",
            json!(named(name))
        ))
        .await
    }

    /// A picture of the whole page, PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let size =
            self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let clip =
            json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", shot).await;
        STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }

    /// Presses one key, wherever the focus is.
    pub async fn press(&self, key: impl Into<char>) {
        let value = key.into();
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Types, wherever the focus is.
    pub async fn type_here(&self, text: &str) {
        self.client
            .active_element()
            .await
            .unwrap()
            .send_keys(text)
            .await
            .unwrap();
    }

    /// Messages of the browser's console since it was last asked: broken scripts, what the policy of content refused.
    pub async fn console(&self) -> Vec<String> {
        let lines = self
            .client
            .issue_cmd(Vendor("se/log", json!({ "type": "browser" })))
            .await
            .unwrap();
        // An answer like 404 or 422 is a line as well, but no fault of the page.
        lines
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["message"].as_str().unwrap_or_default().to_owned())
            .filter(|m| !m.contains("the server responded with a status of 4"))
            .collect()
    }
}
