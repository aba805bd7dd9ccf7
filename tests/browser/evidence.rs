//! Files handed in with a browser: from a phone with and without scripts, over a line that breaks, and compared afterwards.

use super::{
    page::{PHONE, Page, Scripts, portal, visit},
    residents::{keys, track},
    tour::Inspector,
};
use crate::support::{
    filing::{CONTACT, PROOF, START, WHAT, WHOM},
    proof::{heic, photo, photo_of},
};
use minsheng::receipts::{hex, sha256};
use std::path::PathBuf;

/// A folder of files to choose from.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// The wizard up to the step with the files, everything typed.
async fn at_proof(page: &Page) {
    page.go("/file?way=complaint").await;
    page.fill(&START[1..]).await;
    page.send().await;
    for (step, pairs) in [("whom", WHOM), ("what", WHAT)] {
        page.arrive(&format!("/file/{step}")).await;
        page.fill(pairs).await;
        page.send().await;
    }
    page.arrive("/file/proof").await;
    page.fill(PROOF).await;
}

/// From the step with the files to the receipt.
async fn to_receipt(page: &Page) {
    page.send().await;
    page.arrive("/file/contact").await;
    page.fill(CONTACT).await;
    page.send().await;
    page.arrive("/file/check").await;
    assert!(page.text().await.contains("小票.jpg"));
    page.send().await;
    page.arrive("/file/receipt").await;
}

async fn choose(page: &Page, css: &str, path: &std::path::Path) {
    let field = page.find(css).await;
    field.send_keys(path.to_str().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_goes_with_scripts_and_is_compared_afterwards() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::On, |page| async move {
        let folder = Folder::new();
        let bytes = photo(1);
        let path = folder.put("小票.jpg", &bytes);
        at_proof(&page).await;
        choose(&page, "#files", &path).await;
        page.until("document.querySelector('[data-rows] li .done')?.textContent.includes('已上传')").await;
        page.until("!!document.querySelector('[data-rows] li canvas')").await;
        assert!(!page.has("[data-rows] progress").await);
        // one that is refused says why beside itself, and costs nothing
        choose(&page, "#files", &folder.put("IMG_1.heic", &heic())).await;
        page.until("document.querySelector('[data-rows] li .late')?.textContent.includes('兼容性最佳')").await;
        assert_eq!(page.value("order_no").await, "");
        assert_eq!(page.value("amount").await, "3600.50");
        let mut inspector = Inspector::new(&page, false);
        inspector.look("/file/proof with files").await;
        to_receipt(&page).await;
        let receipt = page.text().await;
        let hash = hex(&sha256(&bytes));
        assert!(receipt.contains("小票.jpg") && receipt.contains(&hash), "{receipt}");
        inspector.look("/file/receipt with files").await;
        let keys = keys(&page).await.remove(0);
        page.set("saved", "yes").await;
        page.send().await;
        track(&page, &keys).await;
        page.click("#verify summary").await;
        choose(&page, "#verify-file", &path).await;
        page.until("document.querySelector('[data-result]').textContent.includes('一样：就是交上来的「小票.jpg」')").await;
        choose(&page, "#verify-file", &folder.put("b.jpg", &photo(2))).await;
        page.until("document.querySelector('[data-result]').textContent.includes('都不一样')").await;
        inspector.look("/track/case with files").await;
        // more proof, sent when the button says so
        choose(&page, "#files", &folder.put("补充.jpg", &photo(3))).await;
        page.follow("[data-send]").await;
        page.arrive("/track/case").await;
        let case = page.text().await;
        assert!(case.contains("1 个文件已经交上来") && case.contains("补充.jpg"), "{case}");
        inspector.look("/track/case after more files").await;
        assert_eq!(page.console().await, Vec::<String>::new());
        inspector.end();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_goes_without_scripts() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::Off, |page| async move {
        let folder = Folder::new();
        at_proof(&page).await;
        page.set("order_no", "订单 2026-1").await;
        choose(&page, "#files", &folder.put("IMG_1.heic", &heic())).await;
        page.follow("[data-send]").await;
        assert!(page.title().await.starts_with("错误："));
        assert!(page.text().await.contains("兼容性最佳"));
        assert_eq!(page.value("order_no").await, "订单 2026-1");
        choose(&page, "#files", &folder.put("b.mp4", &vec![0; 6 << 20])).await;
        page.follow("[data-send]").await;
        assert!(
            page.text().await.contains("每个文件最多 5 MB"),
            "{}",
            page.text().await
        );
        assert_eq!(page.value("order_no").await, "订单 2026-1");
        choose(&page, "#files", &folder.put("小票.jpg", &photo(1))).await;
        page.follow("[data-send]").await;
        assert_eq!(page.texts("[data-rows] li b").await, ["小票.jpg"]);
        // what is chosen goes with the ordinary button as well
        choose(&page, "#files", &folder.put("合影.jpg", &photo(2))).await;
        to_receipt(&page).await;
        assert!(page.text().await.contains("合影.jpg"));
    })
    .await;
}

/// A line that carries the first piece and breaks in each further one.
const BREAK: &str = "(() => { window.broken = true; let pieces = 0; const send = XMLHttpRequest.prototype.send; \
    XMLHttpRequest.prototype.send = function (body) { send.call(this, body); \
    if (window.broken && body instanceof Blob && ++pieces > 1) this.abort(); }; })()";

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_costs_only_what_was_on_its_way() {
    let t = portal(|_| {}).await;
    visit(&t, PHONE, Scripts::On, |page| async move {
        let folder = Folder::new();
        let bytes = photo_of(1, 1150, 880);
        assert!((1_200_000..2_000_000).contains(&bytes.len()), "{}", bytes.len());
        at_proof(&page).await;
        // from the second piece on the line breaks while it is sent
        page.eval(BREAK).await;
        choose(&page, "#files", &folder.put("大图.jpg", &bytes)).await;
        page.until("[...document.querySelectorAll('[data-rows] button')].some(b => b.textContent.includes('继续上传'))").await;
        assert!(page.text().await.contains("没有传完"));
        page.eval("window.broken = false").await;
        page.click("[data-rows] li button").await;
        page.until("document.querySelector('[data-rows] li .done')?.textContent.includes('已上传')").await;
        assert_eq!(page.value("amount").await, "3600.50");
        // the server has it as it was, with the typed text
        page.go("/file/proof").await;
        assert!(page.texts("[data-rows] li").await[0].contains("已上传"));
    })
    .await;
}
