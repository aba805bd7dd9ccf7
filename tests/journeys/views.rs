//! Saved views of the worklist: kept, opened, renamed, moved, removed; each person's own.

use crate::support::{
    TestApp,
    client::Client,
    desk::{csrf, signed_in},
    filing::with,
};
use minsheng::{casework::flow::VIEWS_MOST, kernel::access::Role};

async fn save(c: &mut Client, name: &str, query: &str) -> crate::support::client::Answer {
    let token = csrf();
    let pairs = [("csrf", &*token), ("query", query), ("name", name)];
    c.post("/desk/views", &pairs).await
}

/// The own views as the worklist shows them: name and address.
async fn shown(c: &mut Client) -> Vec<(String, String)> {
    let page = c.get("/desk/cases?at_intake=0").await.expect(200).text();
    let strip = page.split("aria-label=\"我的视图\"").nth(1).unwrap_or("");
    let strip = strip.split("</ul>").next().unwrap();
    strip
        .split("<a href=\"")
        .skip(1)
        .filter_map(|a| {
            let (href, rest) = a.split_once('"')?;
            let label = rest.split_once('>')?.1.split('<').next()?;
            Some((label.to_owned(), href.replace("&#38;", "&")))
        })
        .filter(|(_, href)| href != "/desk/views")
        .collect()
}

/// The path of a view's form.
async fn path(c: &mut Client, name: &str) -> String {
    let page = c.get("/desk/views").await.expect(200).text();
    let row = page
        .split("<tr>")
        .find(|r| r.contains(&format!(">{name}</a>")));
    let action = row.unwrap().split("action=\"").nth(1).unwrap();
    action.split('"').next().unwrap().to_owned()
}

async fn change(
    c: &mut Client,
    path: &str,
    pairs: &[(&str, &str)],
) -> crate::support::client::Answer {
    let token = csrf();
    c.post(path, &with(&[("csrf", &token)], pairs)).await
}

fn names(all: &[(String, String)]) -> Vec<&str> {
    all.iter().map(|v| &*v.0).collect()
}

#[tokio::test]
async fn a_person_keeps_the_filters_of_the_worklist_under_a_name() {
    let t = TestApp::new().await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let page = c
        .get("/desk/cases?kind=complaint&due=late&q=%E7%81%AB%E9%94%85")
        .await;
    let query = page.expect(200).field("query");
    let kept = save(&mut c, " 火锅  逾期 ", &query).await.expect(303);
    let there = kept.location().to_owned();
    let page = c.get(&there).await.expect(200).text();
    assert!(page.contains("视图已经保存"), "{page}");
    assert!(
        !page.contains("action=\"/desk/views\""),
        "what is kept is not offered again"
    );
    let all = shown(&mut c).await;
    assert_eq!(names(&all), ["火锅 逾期"]);
    assert!(all[0].1.contains("kind=complaint") && all[0].1.contains("due=late"));
    // sent twice, it is there once; another view does not take its name
    save(&mut c, "火锅 逾期", &query).await.expect(303);
    assert_eq!(shown(&mut c).await.len(), 1);
    for (name, message) in [
        ("火锅 逾期", "已经有一个视图叫这个名字"),
        ("", "请给视图起个名字"),
        ("一二三四五六七八九十一二三四五六七八九十一", "最多 20 个字"),
    ] {
        let page = save(&mut c, name, "mine=1").await.expect(422).text();
        assert!(page.contains(message), "{page}");
        assert!(page.contains("value=\"mine=1\"") && page.contains("我承办"));
        assert!(page.contains(&format!("value=\"{name}\"")), "{page}");
    }
    // what cannot be read is not kept
    save(&mut c, "我的", "mine=1&sort=x&after=zzz&kind=no")
        .await
        .expect(303);
    save(&mut c, "新到的", "fresh=1").await.expect(303);
    let all = shown(&mut c).await;
    assert_eq!(
        names(&all),
        ["火锅 逾期", "我的", "新到的"],
        "in their order"
    );
    assert_eq!(all[1].1, "/desk/cases?mine=1");

    let last = path(&mut c, "新到的").await;
    change(&mut c, &last, &[("do", "up")]).await.expect(303);
    let wrong = change(&mut c, &last, &[("do", "rename"), ("name", "我的")]).await;
    let page = wrong.expect(422).text();
    assert!(
        page.contains("请换一个") && page.contains("aria-invalid"),
        "{page}"
    );
    change(&mut c, &last, &[("do", "rename"), ("name", "没人看过")])
        .await
        .expect(303);
    let first = path(&mut c, "火锅 逾期").await;
    // the first one stays the first; removed twice is removed
    change(&mut c, &first, &[("do", "up")]).await.expect(303);
    assert_eq!(
        names(&shown(&mut c).await),
        ["火锅 逾期", "没人看过", "我的"]
    );
    for _ in 0..2 {
        change(&mut c, &first, &[("do", "remove")])
            .await
            .expect(303);
    }
    assert_eq!(names(&shown(&mut c).await), ["没人看过", "我的"]);

    // nothing of it lies open in the database
    let mut conn = t.app.store.conn().await.unwrap();
    let bodies: Vec<Vec<u8>> = sqlx::query_scalar("SELECT body FROM saved_view")
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    for body in bodies {
        assert!(!String::from_utf8_lossy(&body).contains("mine"));
    }
}

#[tokio::test]
async fn views_are_each_persons_own_and_not_without_end() {
    let t = TestApp::new().await;
    let mut c = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    let mut other = signed_in(&t, "other", Role::Handler, Some("market")).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let mut auditor = signed_in(&t, "shen", Role::Auditor, None).await;
    for n in 0..VIEWS_MOST {
        save(&mut c, &format!("第{n}个"), &format!("q={n}"))
            .await
            .expect(303);
    }
    let full = save(&mut c, "再一个", "q=x").await.expect(422).text();
    assert!(full.contains("最多保存 20 个视图"), "{full}");
    assert_eq!(shown(&mut c).await.len(), VIEWS_MOST);
    assert!(shown(&mut other).await.is_empty());
    let mine = path(&mut c, "第3个").await;
    for (pairs, code) in [
        (&[("do", "rename"), ("name", "别人的")][..], 404),
        (&[("do", "up")][..], 404),
        // nothing to remove of one's own
        (&[("do", "remove")][..], 303),
    ] {
        change(&mut other, &mine, pairs).await.expect(code);
    }
    assert_eq!(names(&shown(&mut c).await)[3], "第3个");
    change(&mut c, "/desk/views/nonsense", &[])
        .await
        .expect(404);
    save(&mut auditor, "看看", "q=1").await.expect(404);
    // a department's filter is kept by intake, and its default is said aloud
    save(&mut intake, "市场局逾期", "department=market&due=late")
        .await
        .expect(303);
    save(&mut intake, "全部", "at_intake=0").await.expect(303);
    let all = shown(&mut intake).await;
    assert_eq!(all[0].1, "/desk/cases?department=market&due=late");
    assert_eq!(all[1].1, "/desk/cases?at_intake=0");
}
