//! A valid filing, step by step, and the whole wizard.

use super::client::{Answer, Client};

pub const START: &[(&str, &str)] = &[("way", "complaint"), ("age", "adult"), ("agreed", "yes")];
pub const WHOM: &[(&str, &str)] = &[
    ("trader_name", "成都示例电器有限公司华阳店"),
    ("trader_kind", "shop"),
    ("trader_address", "华阳街道示例路1号"),
    ("street", "510116003"),
];
pub const WHAT: &[(&str, &str)] = &[
    ("category", "g_appliance"),
    ("goods", "燃气热水器"),
    ("problem", "p_quality"),
    (
        "story",
        "11月8日在店里买了一台热水器，用了三天就漏水。\n联系三次都说等师傅，到今天没有人来。我的电话13800138000。",
    ),
    ("happened_on", "2026-11-11"),
    ("demands", "refund"),
    ("demands", "compensate"),
    ("injury", "no"),
];
pub const PROOF: &[(&str, &str)] = &[
    ("amount", "3600.50"),
    ("sale_channel", "on_site"),
    ("bought_on", "2026-11-08"),
    ("own_scheme", "failed"),
    ("proofs", "invoice"),
    ("brand", "示例牌"),
];
pub const CONTACT: &[(&str, &str)] = &[
    ("name", "张示例"),
    ("phone", "138 0013 8000"),
    ("address", "四川天府新区示例小区2栋"),
    ("publish", "yes"),
    ("entrust", "no"),
];

/// A copy of pairs with some replaced or added.
pub fn with<'a>(
    pairs: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut out: Vec<_> = pairs
        .iter()
        .copied()
        .filter(|(k, _)| more.iter().all(|(m, _)| m != k))
        .collect();
    out.extend_from_slice(more);
    out
}

/// Walks the wizard to the check page.
pub async fn fill(client: &mut Client, way: &str, contact: &[(&str, &str)]) {
    client
        .post("/file", &with(START, &[("way", way)]))
        .await
        .expect(303);
    for (path, pairs) in [
        ("/file/whom", WHOM),
        ("/file/what", WHAT),
        ("/file/proof", PROOF),
        ("/file/contact", contact),
    ] {
        client.post(path, pairs).await.expect(303);
    }
}

/// Walks the wizard and sends; the receipt page.
pub async fn file(client: &mut Client, way: &str, contact: &[(&str, &str)]) -> Answer {
    fill(client, way, contact).await;
    let sent = client.post("/file/check", &[]).await.expect(303);
    assert_eq!(sent.location(), "/file/receipt");
    client.get("/file/receipt").await.expect(200)
}

/// Every number and query code on a receipt page, in order.
pub fn keys(receipt: &Answer) -> Vec<(String, String)> {
    let page = receipt.text();
    page.split("<dt>编号</dt><dd class=\"num\">")
        .skip(1)
        .map(|part| {
            let number = part.split('<').next().unwrap().to_owned();
            let code = part
                .split("<dt>查询码</dt><dd class=\"num\">")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap();
            (number, code.to_owned())
        })
        .collect()
}
