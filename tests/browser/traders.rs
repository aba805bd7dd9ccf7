//! A trader in a browser, on a phone without scripts: reads, answers, keeps the receipt; the resident then takes the
//! offer. And the inspector on every page of the trader's side, at the desk too.

use super::{
    page::{PHONE, Page, Scripts, portal, visit},
    residents::track,
    tour::Inspector,
};
use crate::support::{
    TestApp,
    desk::{PASSWORD, code, person, signed_in},
    steps::{Keys, act, complaint},
};
use minsheng::kernel::access::Role;

/// What a trader answers, with an offer.
pub const ANSWER: &[(&str, &str)] = &[
    ("stance", "partly"),
    ("explanation", "师傅上门看过，是接口没有拧紧"),
    ("offers", "yes"),
    ("what", "refund"),
    ("amount", "3000"),
    ("within", "7"),
    ("keep", "7"),
    ("person", "刘示店"),
    ("person_phone", "028-80000021"),
];

/// A complaint whose trader is invited, with the code.
async fn invited(t: &TestApp) -> (Keys, String) {
    let keys = complaint(t).await;
    let mut desk = signed_in(t, "inviter", Role::Handler, Some("market")).await;
    act(&mut desk, &keys, "accept", &[]).await.expect(303);
    let page = act(&mut desk, &keys, "invite", &[("due", "2026-12-01")]).await;
    let page = page.expect(200).text();
    let code = page.split("<dt>答复码</dt><dd class=\"num\">").nth(1);
    let code = code.unwrap().split('<').next().unwrap().to_owned();
    (keys, code)
}

async fn enter(page: &Page, keys: &Keys, code: &str) {
    page.go(&format!("/respond?n={}", keys.0)).await;
    assert_eq!(page.value("number").await, keys.0);
    page.set("code", code).await;
    page.send().await;
    page.arrive("/respond/case").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trader_answers_and_the_resident_takes_the_offer_without_scripts() {
    let t = portal(|_| {}).await;
    let (keys, code) = invited(&t).await;
    visit(&t, PHONE, Scripts::Off, |page| async move {
        enter(&page, &keys, &code).await;
        let read = page.text().await;
        assert!(
            read.contains("燃气热水器") && read.contains("2026年12月1日"),
            "{read}"
        );
        assert!(!read.contains("张示例"), "{read}");
        page.fill(ANSWER).await;
        page.follow(".btn[value=check]").await;
        assert!(page.text().await.contains("只给承办人看"));
        page.follow("button[value=back]").await;
        assert_eq!(page.value("person").await, "刘示店", "nothing is lost");
        page.follow(".btn[value=check]").await;
        page.follow("button[value=send]").await;
        page.arrive("/respond/receipt").await;
        assert!(page.text().await.contains("内容指纹"));
        track(&page, &keys).await;
        page.follow("a[href*='do=accept']").await;
        page.arrive("/track/offer").await;
        page.follow("button[value=accept]").await;
        page.arrive("/track/case").await;
        let settled = page.text().await;
        assert!(settled.contains("您和商家已经和解"), "{settled}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_traders_side_is_accessible() {
    let t = portal(|_| {}).await;
    let (keys, answer_code) = invited(&t).await;
    let fresh = complaint(&t).await;
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let digits = code(&t, &secret, "handler");
    visit(&t, PHONE, Scripts::On, |page| async move {
        let mut i = Inspector::new(&page, false);
        page.go("/respond").await;
        i.look("/respond").await;
        page.fill(&[
            ("number", "TS-2611-00001-1"),
            ("code", "1909 4668 5316 4130"),
        ])
        .await;
        page.send().await;
        i.look("/respond with a mistake").await;
        enter(&page, &keys, &answer_code).await;
        i.look("/respond/case").await;
        page.follow(".btn[value=check]").await;
        i.look("/respond/case with mistakes").await;
        page.fill(ANSWER).await;
        page.follow(".btn[value=check]").await;
        i.look("/respond/case to check").await;
        page.follow("button[value=send]").await;
        page.arrive("/respond/receipt").await;
        i.look("/respond/receipt").await;
        track(&page, &keys).await;
        i.look("/track/case with an offer").await;
        page.follow("a[href*='do=accept']").await;
        i.look("/track/offer").await;
        page.go("/desk/login").await;
        page.fill(&[("login", "handler"), ("password", PASSWORD)])
            .await;
        page.send().await;
        page.set("code", &digits).await;
        page.send().await;
        page.arrive("/desk").await;
        page.go(&format!("/desk/cases/{}/trader", keys.0)).await;
        i.look("trader, answered").await;
        page.go(&format!("/desk/cases/{}/trader", fresh.0)).await;
        i.look("trader, nobody invited").await;
        page.set("summary", "短").await;
        page.follow("form[action$='/invite'] button[value=send]")
            .await;
        i.look("trader, invitation with a mistake").await;
        page.set("summary", "").await;
        page.follow("form[action$='/invite'] button[value=send]")
            .await;
        i.look("trader, invited").await;
        i.end();
    })
    .await;
}
