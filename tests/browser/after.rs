//! A late case and an ended one in a browser: the resident hurries, rates and asks again, the supervisor decides; the
//! inspector looks at every page of it.

use super::{
    desk::{confirm, open_act, sign_in},
    page::{PHONE, Scripts, portal, visit},
    residents::track,
    tour::Inspector,
};
use crate::support::{
    desk::{code, person},
    steps::{act, complaint, people, told_on},
};
use minsheng::{jobs::escalate, kernel::access::Role};
use time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_late_case_is_hurried_and_an_ended_one_is_rated_and_taken_up_again() {
    let t = portal(|_| {}).await;
    let (late, keys) = (complaint(&t).await, complaint(&t).await);
    let (mut handler, _) = people(&t).await;
    act(&mut handler, &keys, "accept", &[]).await.expect(303);
    let ground = [
        ("termination", "c29_3"),
        ("terminate_reason", "双方差距太大，谈不成"),
    ];
    act(&mut handler, &keys, "terminate", &ground)
        .await
        .expect(303);
    told_on(&mut handler, &keys, &t.app.today().to_string()).await;
    let note = [("close_note", "两边都已经告知，办结归档")];
    act(&mut handler, &keys, "close", &note).await.expect(303);
    t.app.clock.advance(Duration::days(11));
    escalate::pass(&t.app).await.unwrap();
    let (_, secret) = person(&t, "boss", Role::Supervisor, Some("market")).await;
    let digits = code(&t, &secret, "boss");
    visit(&t, PHONE, Scripts::On, move |page| async move {
        let mut i = Inspector::new(&page, false);
        track(&page, &late).await;
        i.look("a late case").await;
        page.follow("#urge button").await;
        assert!(page.text().await.contains("您催过 1 次") && !page.has("#urge button").await);
        i.look("a late case, hurried").await;

        page.go("/track").await;
        track(&page, &keys).await;
        i.look("an ended case").await;
        page.follow("#rate button").await;
        assert!(page.has("[data-errors] a[href='#responded']").await);
        i.look("an ended case, nothing answered").await;
        page.click("input[name=solved][value=no]").await;
        page.follow("#rate button").await;
        assert!(page.text().await.contains("您的评价：没有解决"));
        page.click("#reopen-box > summary").await;
        page.follow("#reopen-box button").await;
        i.look("asking again without a reason").await;
        page.set("reopen", "说好退款，到今天没有退").await;
        page.follow("#reopen-box button").await;
        assert!(page.text().await.contains("您申请了重新办理"));
        i.look("asked again").await;

        sign_in(&page, "boss", |_| digits).await;
        page.arrive("/desk").await;
        i.look("/desk with a request").await;
        page.go("/desk/late").await;
        i.look("/desk/late").await;
        page.go("/desk/reopenings").await;
        i.look("/desk/reopenings").await;
        page.follow(&format!("a[href*='{}']", keys.0)).await;
        open_act(&page, "reopen-decline").await;
        i.look("case, declining").await;
        open_act(&page, "reopen-grant").await;
        confirm(&page, "reopen-grant").await;
        i.look("case, granted without a reason").await;
        page.set("reopen_reason", "退款没有到账属实，换人再调解")
            .await;
        confirm(&page, "reopen-grant").await;
        assert!(page.has(".notice.done[role=status]").await);
        page.go("/desk/reopenings").await;
        i.look("/desk/reopenings, none").await;
        track(&page, &keys).await;
        assert!(page.text().await.contains("同意重新办理"));
        i.end();
    })
    .await;
}
