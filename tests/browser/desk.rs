//! The desk in a browser: first sign-in, the worklist by keyboard, decisions that the resident then reads, and the
//! inspector on every page of the desk.

use super::{
    page::{PHONE, Page, Scripts, WIDE, portal, visit},
    residents::track,
    tour::Inspector,
};
use crate::support::{
    TestApp,
    desk::{self, code, person},
    filing::{self, CONTACT},
};
use fantoccini::key::Key;
use minsheng::{
    identity::{password, totp},
    kernel::{DepartmentId, StaffId, access::Role},
    store::staff::{self, Staff},
};

/// A case that waits at the market department.
async fn complaint(t: &TestApp) -> (String, String) {
    filing::keys(&filing::file(&mut t.client(), "complaint", CONTACT).await).remove(0)
}

/// Signs in with the password and the six digits that `digits` makes of the secret on the page (empty when none).
pub async fn sign_in(page: &Page, login: &str, digits: impl FnOnce(&str) -> String) {
    page.go("/desk").await;
    page.arrive("/desk/login").await;
    page.fill(&[("login", login), ("password", desk::PASSWORD)])
        .await;
    page.send().await;
    page.arrive("/desk/login/factor").await;
    let secret = if page.has("#secret").await {
        page.texts("#secret").await.remove(0)
    } else {
        String::new()
    };
    page.set("code", &digits(&secret)).await;
    page.send().await;
}

/// Leaves the desk.
pub async fn sign_out(page: &Page) {
    page.follow("form[action='/desk/logout'] button").await;
    page.arrive("/desk/login").await;
}

/// Opens one of the steps that the case allows, and before it the group of the seldom ones.
pub async fn open_act(page: &Page, verb: &str) {
    let act = format!("#act-{verb}");
    page.find(&act).await;
    if page.has(&format!("#more:not([open]) {act}")).await {
        page.click("#more > summary").await;
    }
    if !page.has(&format!("{act}[open]")).await {
        page.click(&format!("{act} > summary")).await;
    }
    page.until(&format!("document.querySelector('{act}').open"))
        .await;
}

/// Confirms the step that is open.
pub async fn confirm(page: &Page, verb: &str) {
    page.follow(&format!("#act-{verb} button[value=send]"))
        .await;
}

/// A handler of the market department who has not signed in yet.
async fn newcomer(t: &TestApp, login: &str) {
    let new = Staff {
        id: StaffId(t.app.ids.next()),
        login: login.to_owned(),
        name: "李示例".into(),
        role: Role::Handler,
        department: Some(DepartmentId(t.app.reference().inside("market").unwrap().id)),
        password_hash: password::hash(desk::PASSWORD.to_owned()).await.unwrap(),
        totp_secret: None,
        totp_step: 0,
        failed: 0,
        locked_until: None,
        disabled: false,
    };
    let mut conn = t.app.store.conn().await.unwrap();
    staff::staff_insert(&mut conn, &new, t.app.now())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sign_in_binds_a_phone_and_an_acceptance_reaches_the_resident() {
    let t = portal(|_| {}).await;
    let keys = complaint(&t).await;
    newcomer(&t, "handler").await;
    let now = u64::try_from(t.app.now().unix_timestamp()).unwrap();
    visit(&t, WIDE, Scripts::On, move |page| async move {
        sign_in(&page, "handler", |secret| {
            let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
            totp(secret.as_ref(), "handler", "民声")
                .unwrap()
                .generate(now)
                .to_string()
        })
        .await;
        page.arrive("/desk").await;
        page.follow(&format!("a[href*='{}']", keys.0)).await;
        let case = page.text().await;
        assert!(
            case.contains("138****8000") && !case.contains("13800138000"),
            "{case}"
        );
        open_act(&page, "accept").await;
        let preview = page.texts("#act-accept .paper").await.remove(0);
        assert!(
            preview.contains("受理") && preview.contains(&keys.0),
            "{preview}"
        );
        confirm(&page, "accept").await;
        assert!(
            page.has(".notice.done[role=status]").await,
            "{}",
            page.text().await
        );
        assert!(
            !page.has("#act-accept").await,
            "what is done is not offered again"
        );
        assert_eq!(page.console().await, Vec::<String>::new());
        track(&page, &keys).await;
        let seen = page.text().await;
        assert!(
            seen.contains("已受理") && seen.contains("投诉受理决定书"),
            "{seen}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_scripts_names_its_ground_and_the_other_ways() {
    let t = portal(|_| {}).await;
    let keys = complaint(&t).await;
    let (_, first) = person(&t, "handler", Role::Handler, Some("market")).await;
    let (_, second) = person(&t, "supervisor", Role::Supervisor, Some("market")).await;
    let codes = [code(&t, &first, "handler"), code(&t, &second, "supervisor")];
    visit(&t, WIDE, Scripts::Off, |page| async move {
        let [first, second] = codes;
        sign_in(&page, "handler", |_| first).await;
        page.arrive("/desk").await;
        page.follow(&format!("a[href*='{}']", keys.0)).await;
        open_act(&page, "refuse").await;
        confirm(&page, "refuse").await;
        assert!(
            page.has("[data-errors]").await && page.has("#act-refuse[open]").await,
            "open where the mistake is"
        );
        page.fill(&[
            ("ground", "c07_2"),
            ("refuse_reason", "同一纠纷法院已经立案审理"),
        ])
        .await;
        page.follow("#act-refuse button[value=preview]").await;
        let preview = page.texts("#act-refuse .paper").await.remove(0);
        assert!(preview.contains("同一纠纷法院已经立案审理"), "{preview}");
        confirm(&page, "refuse").await;
        sign_out(&page).await;
        sign_in(&page, "supervisor", |_| second).await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        open_act(&page, "refusal-approve").await;
        let paper = page.texts("#act-refusal-approve .paper").await.remove(0);
        assert!(paper.contains("同一纠纷法院已经立案审理"), "{paper}");
        confirm(&page, "refusal-approve").await;
        track(&page, &keys).await;
        let seen = page.text().await;
        assert!(
            seen.contains("投诉不予受理决定书")
                && seen.contains("同一纠纷法院已经立案审理")
                && seen.contains("仲裁"),
            "{seen}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_gives_back_and_intake_sends_on() {
    let t = portal(|_| {}).await;
    let keys = complaint(&t).await;
    let (_, handler) = person(&t, "handler", Role::Handler, Some("market")).await;
    let (_, intake) = person(&t, "intake", Role::Intake, None).await;
    let codes = [code(&t, &handler, "handler"), code(&t, &intake, "intake")];
    visit(&t, WIDE, Scripts::On, |page| async move {
        let [first, second] = codes;
        sign_in(&page, "handler", |_| first).await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        open_act(&page, "return").await;
        page.set("return_reason", "属于工程质量，不归我局").await;
        confirm(&page, "return").await;
        page.arrive("/desk").await; // the list that the case was reached from: my day
        assert!(
            !page.text().await.contains(&keys.0),
            "what was given back is gone from the list"
        );
        sign_out(&page).await;
        sign_in(&page, "intake", |_| second).await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        assert!(page.text().await.contains("属于工程质量"));
        open_act(&page, "dispatch").await;
        page.fill(&[
            ("department", "construction"),
            ("dispatch_reason", "新房渗水，住建主管"),
        ])
        .await;
        confirm(&page, "dispatch").await;
        track(&page, &keys).await;
        let seen = page.text().await;
        assert!(
            seen.contains("住房") && seen.contains("最迟 2026年12月3日"),
            "the clock went on: {seen}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worklist_by_keyboard() {
    let t = portal(|_| {}).await;
    for _ in 0..3 {
        complaint(&t).await;
    }
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let digits = code(&t, &secret, "handler");
    visit(&t, WIDE, Scripts::On, |page| async move {
        const ROW: &str = "String([...document.querySelectorAll('tbody tr')].findIndex(r => r.getAttribute('aria-selected') === 'true'))";
        sign_in(&page, "handler", |_| digits).await;
        page.go("/desk/cases").await;
        for (key, row) in [('j', "0"), ('j', "1"), ('j', "2"), ('j', "2"), ('k', "1")] {
            page.press(key).await;
            assert_eq!(page.eval_text(ROW).await, row, "after {key}");
        }
        let number = page.texts("tbody tr[aria-selected=true] a").await.remove(0);
        page.press('x').await;
        page.until("document.querySelector('tr[aria-selected=true] input').checked").await;
        assert_eq!(page.texts("[data-picked]").await, ["已勾选 1 件"]);
        page.press('x').await;
        page.until("!document.querySelector('tr[aria-selected=true] input').checked").await;
        page.press('o').await;
        page.arrive(&format!("/desk/cases/{number}")).await;
        page.press('u').await;
        page.arrive("/desk/cases").await;
        page.press('/').await;
        page.until("document.activeElement.matches('[data-search]')").await;
        page.type_here("jkjk").await;
        assert_eq!(page.value("q").await, "jkjk", "letters in a field are letters");
        page.press(Key::Enter).await;
        page.until("location.search.includes('q=jkjk')").await;
        assert!(page.text().await.contains("这里没有案件"));
        // the lists of the day go by the same keys
        page.go("/desk").await;
        page.press('j').await;
        page.until("document.querySelector('[data-row][aria-current=true] a') !== null").await;
        let first = page.texts("[data-row][aria-current=true] a").await.remove(0);
        page.press('o').await;
        page.arrive(&format!("/desk/cases/{first}")).await;
        page.press('?').await;
        page.until("document.querySelector('#keys').open").await;
        page.press(Key::Escape).await;
        page.until("!document.querySelector('#keys').open").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cases_are_taken_at_once_without_scripts() {
    let t = portal(|_| {}).await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(complaint(&t).await);
    }
    let (_, secret) = person(&t, "handler", Role::Handler, Some("market")).await;
    let digits = code(&t, &secret, "handler");
    visit(&t, WIDE, Scripts::Off, |page| async move {
        sign_in(&page, "handler", |_| digits).await;
        page.go("/desk/cases").await;
        for k in &keys[..2] {
            page.click(&format!("input[name=case][value='{}']", k.0))
                .await;
        }
        page.follow("#bulk button").await;
        let seen = page.text().await;
        assert!(
            seen.contains("请选择由谁承办") && seen.contains("我来办"),
            "{seen}"
        );
        page.click("#to option:nth-child(2)").await;
        page.follow("button[value=preview]").await;
        let seen = page.text().await;
        assert!(seen.contains("会改 2 件"), "{seen}");
        page.follow("button[value=send]").await;
        assert!(page.text().await.contains("办好 2 件"));
        page.follow("main .btn").await;
        page.arrive("/desk/cases").await;
        page.go("/desk/cases?mine=1").await;
        assert_eq!(page.texts("tbody tr").await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_desk_is_accessible() {
    let t = portal(|_| {}).await;
    let keys = complaint(&t).await;
    complaint(&t).await;
    let mut resident = t.client();
    resident
        .post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    resident
        .post("/track/message", &[("text", "请问什么时候能答复")])
        .await
        .expect(303);
    newcomer(&t, "newcomer").await;
    let mut codes = Vec::new();
    for (login, role, department) in [
        ("handler", Role::Handler, Some("market")),
        ("intake", Role::Intake, None),
        ("admin", Role::Admin, None),
    ] {
        let (_, secret) = person(&t, login, role, department).await;
        codes.push(code(&t, &secret, login));
    }
    visit(&t, PHONE, Scripts::On, |page| async move {
        let mut i = Inspector::new(&page, false);
        page.go("/desk/login").await;
        i.look("/desk/login").await;
        page.fill(&[("login", "newcomer"), ("password", desk::PASSWORD)])
            .await;
        page.send().await;
        assert!(page.has("#secret").await);
        i.look("/desk/login/factor, the first time").await;
        page.go("/desk/login").await;
        page.fill(&[("login", "nobody"), ("password", "nonsense")])
            .await;
        page.send().await;
        i.look("/desk/login with a mistake").await;
        page.fill(&[("login", "handler"), ("password", desk::PASSWORD)])
            .await;
        page.send().await;
        i.look("/desk/login/factor").await;
        page.set("code", "000000").await;
        page.send().await;
        i.look("/desk/login/factor with a mistake").await;
        page.set("code", &codes[0]).await;
        page.send().await;
        page.arrive("/desk").await;
        i.look("/desk").await;
        page.go("/desk/cases").await;
        i.look("/desk/cases").await;
        page.go("/desk/cases?q=nothing").await;
        i.look("/desk/cases, none").await;
        page.go("/desk/views").await;
        i.look("/desk/views, none").await;
        page.go("/desk/cases?kind=complaint").await;
        page.click(".kept summary").await;
        i.look("/desk/cases, to be kept").await;
        page.follow(".kept form button").await;
        i.look("/desk/views with a mistake").await;
        page.set("name", "本部门的投诉").await;
        page.follow("main form button").await;
        i.look("/desk/cases, kept").await;
        page.go("/desk/views").await;
        i.look("/desk/views").await;
        page.go("/desk/cases").await;
        page.follow("#bulk button").await;
        i.look("/desk/bulk with mistakes").await;
        page.go("/desk/cases").await;
        page.click("tbody input[name=case]").await;
        page.eval("(() => { const s = document.querySelector('#bulk select'); s.selectedIndex = 1; return 1 })()").await;
        page.follow("#bulk button").await;
        i.look("/desk/bulk, preview").await;
        page.follow("button[value=send]").await;
        i.look("/desk/bulk, result").await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        i.look("case").await;
        for verb in ["accept", "materials", "refuse", "return", "reply"] {
            open_act(&page, verb).await;
            i.look(&format!("case, {verb} open")).await;
        }
        open_act(&page, "refuse").await;
        confirm(&page, "refuse").await;
        i.look("case, refusal with mistakes").await;
        page.go(&format!("/desk/cases/{}/reveal", keys.0)).await;
        i.look("reveal").await;
        page.send().await;
        i.look("reveal with a mistake").await;
        page.set("reason", "电话约调解时间").await;
        page.send().await;
        i.look("revealed").await;
        page.go("/desk/sessions").await;
        i.look("/desk/sessions").await;
        page.go("/desk/cases/TS-2611-99999-9").await;
        i.look("404 at the desk").await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        open_act(&page, "accept").await;
        confirm(&page, "accept").await;
        i.look("case, accepted").await;
        sign_out(&page).await;
        sign_in(&page, "intake", |_| codes[1].clone()).await;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        i.look("case at intake").await;
        sign_out(&page).await;
        sign_in(&page, "admin", |_| codes[2].clone()).await;
        page.go("/desk/admin/calendar").await;
        i.look("/desk/admin/calendar").await;
        page.go("/desk/admin/rules").await;
        i.look("/desk/admin/rules").await;
        page.go("/desk/admin/rules?edit=new").await;
        i.look("/desk/admin/rules, a new one").await;
        page.go("/desk/admin/jobs").await;
        i.look("/desk/admin/jobs").await;
        i.end();
    })
    .await;
}
