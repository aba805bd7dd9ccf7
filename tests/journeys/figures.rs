//! Figures against a naive recount: cases that went every way, early, in time and late, counted while they went; every
//! number opens exactly its cases; whose cases they are; what leaves as a file.

use crate::support::{
    TestApp,
    client::Client,
    desk::{csrf, signed_in},
    filing::{self, CONTACT, PROOF, START, WHAT, WHOM, with},
};
use minsheng::{
    app::App,
    casework::{self, EventKind, deadline::ClockKind},
    figures::flow,
    kernel::{
        access::Role,
        clock::{Clock, china_date},
        words::CaseKind,
    },
    limits::Rate,
    store::{audit, case as rows},
};
use std::collections::BTreeMap;
use time::{Date, Duration, macros::date};

type Keys = (String, String);

/// A portal in which one browser and one telephone may do what here many do.
async fn portal() -> TestApp {
    TestApp::with(|c| {
        let free = Rate::new(600_000, 10_000);
        let l = &mut c.limits;
        (l.page, l.draft, l.submit, l.track, l.receipt) = (free, free, free, free, free);
        (l.phone, l.message) = (free, free);
    })
    .await
}

/// A filing at the present time of the app, with some answers of its own.
async fn file(t: &TestApp, way: &str, what: &[(&str, &str)], whom: &[(&str, &str)]) -> Vec<Keys> {
    let mut c = t.client();
    c.post("/file", &with(START, &[("way", way)]))
        .await
        .expect(303);
    for (path, pairs) in [
        ("/file/whom", with(WHOM, whom)),
        ("/file/what", with(WHAT, what)),
        ("/file/proof", PROOF.to_vec()),
        ("/file/contact", with(CONTACT, &[("named", "named")])),
    ] {
        c.post(path, &pairs).await.expect(303);
    }
    c.post("/file/check", &[]).await.expect(303);
    filing::keys(&c.get("/file/receipt").await.expect(200))
}

async fn complaint(t: &TestApp, what: &[(&str, &str)], whom: &[(&str, &str)]) -> Keys {
    file(t, "complaint", what, whom).await.remove(0)
}

/// People of a department on the day it is.
struct Office {
    handler: Client,
    supervisor: Client,
}

impl Office {
    async fn new(t: &TestApp, department: &str) -> Self {
        let day = china_date(t.app.now());
        let name = |who: &str| format!("{who}-{department}-{day}");
        let department = Some(department);
        Self {
            handler: signed_in(t, &name("h"), Role::Handler, department).await,
            supervisor: signed_in(t, &name("s"), Role::Supervisor, department).await,
        }
    }

    async fn act(&mut self, keys: &Keys, verb: &str, pairs: &[(&str, &str)]) {
        let head = matches!(
            verb,
            "refusal-approve" | "file" | "not-file" | "extension-grant"
        );
        let c = if head {
            &mut self.supervisor
        } else {
            &mut self.handler
        };
        let path = format!("/desk/cases/{}", keys.0);
        let version = c.get(&path).await.expect(200).field("version");
        let token = csrf();
        let base = [
            ("csrf", token.as_str()),
            ("version", &version),
            ("do", "send"),
        ];
        c.post(&format!("{path}/{verb}"), &with(&base, pairs))
            .await
            .expect(303);
    }

    async fn mediate(&mut self, keys: &Keys) {
        let arrangement = ("arrangement", "11月27日上午十点，华阳所调解室");
        self.act(keys, "mediate", &[("consent", "both"), arrangement])
            .await;
    }

    async fn terminate(&mut self, keys: &Keys, ground: &str) {
        let why = ("terminate_reason", "商家一直不同意退款");
        self.act(keys, "terminate", &[("termination", ground), why])
            .await;
    }
}

async fn withdraw(t: &TestApp, keys: &Keys) {
    let mut c = t.client();
    c.post("/track", &[("number", &keys.0), ("code", &keys.1)])
        .await
        .expect(303);
    c.post("/track/withdraw", &[("confirm", "yes")])
        .await
        .expect(303);
}

/// Cases that take every way over some months; the counter looks in now and then.
async fn history(t: &TestApp) -> Vec<Keys> {
    let go = |days| t.app.clock.advance(Duration::days(days));
    let house: &[(&str, &str)] = &[("category", "g_house"), ("goods", "新房")];
    let wanan: &[(&str, &str)] = &[("street", "510116018")];
    let mut all = Vec::new();
    for whom in [&[], wanan, &[], &[], &[], wanan, &[], &[]] {
        all.push(complaint(t, &[], whom).await);
    }
    let built = complaint(t, house, &[]).await;
    let mixed = file(t, "both", &[], &[]).await;
    let mut reports = Vec::new();
    for _ in 0..4 {
        reports.push(file(t, "report", &[], &[]).await.remove(0));
    }
    flow::count_all(&t.app).await.unwrap();
    go(2);
    let mut market = Office::new(t, "market").await;
    for keys in &all[..5] {
        market.act(keys, "accept", &[]).await;
    }
    let refuse = [("ground", "c07_4"), ("refuse_reason", "已经超过三年的时限")];
    market.act(&all[5], "refuse", &refuse).await;
    market.act(&all[5], "refusal-approve", &[]).await;
    withdraw(t, &all[6]).await;
    for keys in &reports[..2] {
        market.act(keys, "verify", &[]).await;
    }
    let competent = ("competent", "请向省药品监督管理局反映，电话 12315");
    market.act(&reports[3], "no-authority", &[competent]).await;
    flow::count_some(&t.app).await.unwrap();
    for keys in &all[..2] {
        market.mediate(keys).await;
    }
    let agreed = [
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
    ];
    market
        .act(
            &all[0],
            "agree",
            &with(&agreed, &[("recovered", "3,000.5")]),
        )
        .await;
    go(3);
    let mut market = Office::new(t, "market").await;
    market.act(&all[1], "agree", &agreed).await;
    market.act(&reports[0], "file", &[]).await;
    let why = ("extend_reason", "商家搬走了，要再找人");
    market
        .act(&reports[1], "extend", &[("extension", "15"), why])
        .await;
    market.act(&reports[1], "extension-grant", &[]).await;
    market.terminate(&all[2], "c29_3").await;
    withdraw(t, &all[3]).await;
    flow::count_all(&t.app).await.unwrap();
    // past every first term: one is decided late, the others are not decided
    go(20);
    let mut market = Office::new(t, "market").await;
    market.act(&all[7], "accept", &[]).await;
    let mut builders = Office::new(t, "construction").await;
    builders
        .act(
            &built,
            "return",
            &[("return_reason", "这是装修公司的合同纠纷")],
        )
        .await;
    let last = complaint(t, &[], wanan).await;
    flow::count_all(&t.app).await.unwrap();
    // past every mediation
    go(70);
    let mut market = Office::new(t, "market").await;
    market.terminate(&all[4], "c29_5").await;
    market
        .act(
            &reports[1],
            "not-file",
            &[
                ("not_filed", "r21_1"),
                ("not_file_reason", "轻微并且当场改正"),
            ],
        )
        .await;
    all.extend([built, last]);
    all.extend(mixed);
    all.extend(reports);
    for (keys, answers) in all
        .iter()
        .zip([("yes", "partly"), ("no", "yes")].iter().cycle())
    {
        let mut c = t.client();
        c.post("/track", &[("number", &keys.0), ("code", &keys.1)])
            .await
            .expect(303);
        // only what has ended can be rated
        let answers = [("responded", answers.0), ("solved", answers.1)];
        let said = c.post("/track/rate", &answers).await.status.as_u16();
        assert!(said == 303 || said == 409, "{said}");
    }
    all
}

/// Everything counted again from the events alone, another way than the program does.
#[derive(Debug, Default, PartialEq, Eq)]
struct Naive {
    numbers: BTreeMap<&'static str, i64>,
    days: BTreeMap<&'static str, Vec<i64>>,
}

impl Naive {
    fn add(&mut self, name: &'static str, n: i64) {
        *self.numbers.entry(name).or_default() += n;
    }

    fn get(&self, name: &str) -> i64 {
        self.numbers.get(name).copied().unwrap_or(0)
    }

    fn share(&self, of: &str, all: &str) -> String {
        let (of, all) = (self.get(of), self.get(all));
        if all == 0 {
            return String::new();
        }
        format!(
            "{:.1}",
            (of as f64 * 1000.0 / all as f64 + 1e-9).round() / 10.0
        )
    }

    fn rank(&self, name: &str, percent: usize) -> String {
        let mut days = self.days.get(name).cloned().unwrap_or_default();
        days.sort_unstable();
        match (days.len() * percent).div_ceil(100) {
            0 => String::new(),
            n => days[n - 1].to_string(),
        }
    }

    /// The row of the file that the portal should write.
    fn row(&self, name: &str) -> String {
        let n = |k: &str| self.get(k).to_string();
        let days = |k: &str| {
            let many = self.days.get(k).map_or(0, Vec::len).to_string();
            vec![self.rank(k, 50), self.rank(k, 90), many]
        };
        let rate = |of: &str, all: &str| vec![self.share(of, all), n(of), n(all)];
        let fen = self.get("fen");
        let mut out = vec![name.to_owned(), n("complaints"), n("reports")];
        out.extend([n("unanswered"), n("reopened")]);
        out.extend(rate("checked in time", "check due"));
        out.extend(rate("closed in time", "close due"));
        out.extend(rate("verified in time", "verify due"));
        out.extend(rate("verified", "verify due"));
        out.extend(rate("agreed", "mediated"));
        out.push(n("settled"));
        out.extend([format!("{}.{:02}", fen / 100, fen % 100), n("paid")]);
        out.extend(rate("construction", "complaints"));
        out.extend(days("check"));
        out.extend(days("close"));
        out.extend(days("verify"));
        out.extend(rate("rated", "rateable"));
        out.extend(rate("responded yes", "responded"));
        out.extend(rate("solved yes", "solved"));
        out.extend(rate("satisfied yes", "satisfied"));
        out.join(",")
    }
}

struct Wanted<'a> {
    from: Date,
    to: Date,
    department: Option<&'a str>,
    street: Option<&'a str>,
}

async fn recount(app: &App, all: &[Keys], want: &Wanted<'_>) -> Naive {
    let reference = app.reference();
    let today = app.today();
    let mut out = Naive::default();
    let mut conn = app.store.conn().await.unwrap();
    let inside = |day: Date| want.from <= day && day <= want.to;
    for (number, _) in all {
        let case = rows::case(&mut conn, number).await.unwrap().unwrap();
        let holder = reference
            .department(case.department)
            .map(|d| d.code.as_str());
        if want.department.is_some_and(|d| holder != Some(d))
            || want
                .street
                .is_some_and(|s| case.street.as_deref() != Some(s))
        {
            continue;
        }
        let past = rows::history(&mut conn, case.id).await.unwrap();
        let received = china_date(case.received_at);
        let clocks = casework::flow::stands(app, &mut conn, &case)
            .await
            .unwrap()
            .clocks;
        let clock = |kind| clocks.iter().find(|c| c.kind == kind);
        let on = |kinds: &[EventKind]| {
            let found = past.iter().find(|p| kinds.contains(&p.kind));
            found.map(|p| (china_date(p.at), p.data.clone()))
        };
        let complaint = case.kind == CaseKind::Complaint;
        if inside(received) {
            out.add(if complaint { "complaints" } else { "reports" }, 1);
            out.add(
                "construction",
                i64::from(complaint && case.subject == "construction"),
            );
        }
        let (first, decided, spared) = if complaint {
            let decided = on(&[EventKind::Accepted, EventKind::Refused]);
            (ClockKind::Acceptance, decided, on(&[EventKind::Withdrawn]))
        } else {
            let spared = [
                EventKind::Withdrawn,
                EventKind::NoAuthority,
                EventKind::Duplicate,
            ];
            (
                ClockKind::Verification,
                on(&[EventKind::Filed, EventKind::NotFiled]),
                on(&spared),
            )
        };
        let due = clock(first).unwrap().due.agency;
        if inside(due) && spared.as_ref().is_none_or(|(day, _)| *day > due) {
            let day = decided.map(|d| d.0);
            if day.is_some() || spared.is_some() || due < today {
                out.add(if complaint { "check due" } else { "verify due" }, 1);
            }
            let timely = day.is_some_and(|d| d <= due);
            out.add(
                if complaint {
                    "checked in time"
                } else {
                    "verified in time"
                },
                i64::from(timely),
            );
            if let Some(day) = day {
                let name = if complaint { "check" } else { "verify" };
                out.days
                    .entry(name)
                    .or_default()
                    .push((day - received).whole_days());
                out.add(if complaint { "checked" } else { "verified" }, 1);
            } else if due < today && spared.is_none() {
                out.add("unanswered", 1);
            }
        }
        let answers = [
            EventKind::Closed,
            EventKind::Refused,
            EventKind::NoAuthority,
            EventKind::Duplicate,
            EventKind::NotFiled,
        ];
        if on(&answers).is_some_and(|(day, _)| inside(day)) {
            out.add("rateable", 1);
            let said = on(&[EventKind::Rated]).map(|(_, data)| data);
            out.add("rated", i64::from(said.is_some()));
            for (name, yes) in [
                ("responded", "responded yes"),
                ("solved", "solved yes"),
                ("satisfied", "satisfied yes"),
            ] {
                let answer = said.as_ref().and_then(|s| s.get(name)?.as_str());
                out.add(name, i64::from(answer.is_some()));
                out.add(yes, i64::from(answer == Some("yes")));
            }
        }
        let result = on(&[EventKind::Agreed, EventKind::Terminated]);
        if let Some(mediation) = clock(ClockKind::Mediation).filter(|c| inside(c.due.agency)) {
            let due = mediation.due.agency;
            let timely = result.as_ref().is_some_and(|(day, _)| *day <= due);
            out.add("closed in time", i64::from(timely));
            out.add("close due", i64::from(result.is_some() || due < today));
        }
        if let Some((day, data)) = result.filter(|(day, _)| inside(*day)) {
            out.days
                .entry("close")
                .or_default()
                .push((day - received).whole_days());
            match data.get("ground").and_then(|g| g.as_str()) {
                None => {
                    out.add("agreed", 1);
                    out.add("mediated", 1);
                    out.add("paid", 1);
                    out.add("fen", data["fen"].as_i64().unwrap_or(0));
                }
                Some("c29_1" | "c29_6" | "c29_7") => {}
                Some(_) => out.add("mediated", 1),
            }
        }
    }
    out
}

async fn csv(c: &mut Client, path: &str) -> Vec<String> {
    let text = c.get(path).await.expect(200).text();
    let text = text.strip_prefix('\u{feff}').expect("Excel needs the mark");
    text.lines().map(str::to_owned).collect()
}

/// Every link to cases on a page, with the number of cases that it promises.
fn promises(page: &str) -> Vec<(String, i64)> {
    let mut out = Vec::new();
    for part in page.split("<a href=\"/desk/reports/cases?").skip(1) {
        let (href, rest) = part.split_once("\">").unwrap();
        let text = rest.split('<').next().unwrap();
        if let Ok(n) = text.trim_end_matches(" 件").parse() {
            let href = href.replace("&#38;", "&").replace("&amp;", "&");
            out.push((format!("/desk/reports/cases?{href}"), n));
        }
    }
    out
}

/// The numbers of the cases that a link opens, over all its pages.
async fn opened(c: &mut Client, href: &str) -> Vec<String> {
    let mut next = href.to_owned();
    let mut out = Vec::new();
    loop {
        let page = c.get(&next).await.expect(200).text();
        out.extend(
            page.split("<td class=\"num\"><a href=\"/desk/cases/")
                .skip(1)
                .map(|p| p.split('"').next().unwrap().to_owned()),
        );
        let Some(more) = page
            .split("rel=\"next\"")
            .next()
            .filter(|_| page.contains("rel=\"next\""))
        else {
            return out;
        };
        let link = more
            .rsplit("href=\"")
            .next()
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        next = link.replace("&#38;", "&").replace("&amp;", "&");
    }
}

#[tokio::test]
async fn figures_equal_a_naive_recount_and_every_number_opens_its_cases() {
    let t = portal().await;
    let all = history(&t).await;
    flow::count_all(&t.app).await.unwrap();
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let mut market = signed_in(&t, "market", Role::Supervisor, Some("market")).await;
    let mut builders = signed_in(&t, "builders", Role::Supervisor, Some("construction")).await;
    let months = [
        (
            "2026-03",
            "2027-02",
            date!(2026 - 03 - 01),
            date!(2027 - 02 - 28),
        ),
        (
            "2026-11",
            "2026-11",
            date!(2026 - 11 - 01),
            date!(2026 - 11 - 30),
        ),
        (
            "2026-12",
            "2026-12",
            date!(2026 - 12 - 01),
            date!(2026 - 12 - 31),
        ),
        (
            "2027-01",
            "2027-02",
            date!(2027 - 01 - 01),
            date!(2027 - 02 - 28),
        ),
    ];
    for (from, to, first, last) in months {
        for (client, department) in [
            (&mut intake, None),
            (&mut market, Some("market")),
            (&mut builders, Some("construction")),
        ] {
            for street in [None, Some("510116018")] {
                let narrow = street.map_or_else(String::new, |s| format!("&street={s}"));
                let query = format!("from={from}&to={to}{narrow}");
                let want = Wanted {
                    from: first,
                    to: last,
                    department,
                    street,
                };
                let naive = recount(&t.app, &all, &want).await;
                let file = csv(client, &format!("/desk/reports.csv?{query}")).await;
                assert_eq!(
                    file.last().unwrap(),
                    &naive.row("合计"),
                    "{query} {department:?}"
                );
                let page = client
                    .get(&format!("/desk/reports?{query}"))
                    .await
                    .expect(200)
                    .text();
                for (href, n) in promises(&page) {
                    let mut cases = opened(client, &href).await;
                    assert_eq!(cases.len(), usize::try_from(n).unwrap(), "{href}");
                    cases.sort();
                    cases.dedup();
                    assert_eq!(
                        cases.len(),
                        usize::try_from(n).unwrap(),
                        "a case stands once: {href}"
                    );
                    assert!(cases.iter().all(|c| all.iter().any(|k| k.0 == *c)));
                }
            }
        }
    }
    // what every figure is there for has happened in this history
    let want = Wanted {
        from: date!(2026 - 03 - 01),
        to: date!(2027 - 02 - 28),
        department: None,
        street: None,
    };
    let naive = recount(&t.app, &all, &want).await;
    for name in [
        "construction",
        "check due",
        "close due",
        "verify due",
        "verified",
        "agreed",
        "fen",
        "unanswered",
    ] {
        assert!(naive.get(name) > 0, "{name}: {naive:?}");
    }
    assert!(
        naive.get("checked in time") < naive.get("checked"),
        "a late one"
    );
    assert!(naive.get("closed in time") < naive.get("close due"));
}

#[tokio::test]
async fn counting_now_and_then_equals_counting_once() {
    let t = portal().await;
    history(&t).await;
    // two at once wait for each other and count nothing twice
    let (a, b) = tokio::join!(flow::count_all(&t.app), flow::count_all(&t.app));
    assert!(a.unwrap() + b.unwrap() > 0);
    assert_eq!(
        flow::count_all(&t.app).await.unwrap(),
        0,
        "nothing changed since"
    );
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let paths = ["month", "department", "street", "category"]
        .map(|by| format!("/desk/reports.csv?by={by}"));
    let mut grown = Vec::new();
    for path in &paths {
        grown.push(csv(&mut intake, path).await);
    }
    let mut conn = t.app.store.conn().await.unwrap();
    // another version of the derivation counts everything anew
    minsheng::store::figures::version_set(&mut conn, "0")
        .await
        .unwrap();
    drop(conn);
    assert!(flow::count_all(&t.app).await.unwrap() >= 16);
    for (path, grown) in paths.iter().zip(&grown) {
        assert_eq!(&csv(&mut intake, path).await, grown, "{path}");
    }
}

#[tokio::test]
async fn a_day_that_passes_makes_a_case_late_and_a_new_calendar_moves_it() {
    let t = portal().await;
    let keys = complaint(&t, &[], &[]).await;
    flow::count_all(&t.app).await.unwrap();
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let unanswered = "/desk/reports/cases?figure=unanswered&from=2026-12&to=2026-12";
    assert!(opened(&mut intake, unanswered).await.is_empty());
    let page = intake.get("/desk/reports").await.expect(200).text();
    assert!(page.contains("截至 2026-11-24 10:00"), "{page}");
    t.app.clock.advance(Duration::days(9));
    assert_eq!(
        flow::count_all(&t.app).await.unwrap(),
        0,
        "the last day is in time"
    );
    t.app.clock.advance(Duration::days(1));
    assert_eq!(flow::count_all(&t.app).await.unwrap(), 1);
    assert_eq!(flow::count_all(&t.app).await.unwrap(), 0, "once");
    let mut intake = signed_in(&t, "intake2", Role::Intake, None).await;
    assert_eq!(
        opened(&mut intake, unanswered).await,
        std::slice::from_ref(&keys.0)
    );
    // days off in the term: the due date moves behind today, the case is not late any more
    let json = r#"{"year":2026,"papers":["测试"],"days":[
        {"name":"试","date":"2026-12-01","isOffDay":true},{"name":"试","date":"2026-12-02","isOffDay":true},
        {"name":"试","date":"2026-12-03","isOffDay":true},{"name":"试","date":"2026-12-04","isOffDay":true}]}"#;
    minsheng::casework::calendar_flow::load_year(&t.app, None, json)
        .await
        .unwrap();
    flow::count_all(&t.app).await.unwrap();
    assert!(opened(&mut intake, unanswered).await.is_empty());
}

#[tokio::test]
async fn figures_and_cases_belong_to_those_who_may_see_them() {
    let t = portal().await;
    let keys = complaint(&t, &[], &[]).await;
    complaint(&t, &[("category", "g_house"), ("goods", "新房")], &[]).await;
    flow::count_all(&t.app).await.unwrap();
    let cases = "/desk/reports/cases?figure=complaints";
    for (role, department) in [
        (Role::Handler, Some("market")),
        (Role::Admin, None),
        (Role::Auditor, None),
    ] {
        let mut c = signed_in(&t, role.code(), role, department).await;
        for path in [
            "/desk/reports",
            "/desk/reports.csv",
            cases,
            "/desk/reports/cases.xlsx?figure=complaints",
        ] {
            c.get(path).await.expect(404);
        }
    }
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    for narrow in ["", "&department=construction", "&department=intake"] {
        let seen = opened(&mut head, &format!("{cases}{narrow}")).await;
        assert_eq!(
            seen,
            std::slice::from_ref(&keys.0),
            "the own department's only{narrow}"
        );
    }
    head.get("/desk/reports/cases?figure=x").await.expect(404);
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    assert_eq!(opened(&mut intake, cases).await.len(), 2);
    assert_eq!(
        opened(&mut intake, &format!("{cases}&department=market")).await,
        [keys.0]
    );
    let odd = "/desk/reports?from=x&to=2026-13&street=1&category=%00&by=z&department=nope";
    assert!(intake.get(odd).await.expect(200).text().contains("看不懂"));
}

#[tokio::test]
async fn what_leaves_as_a_file_names_nobody_and_is_noted() {
    let t = portal().await;
    let bad: &[(&str, &str)] = &[("trader_name", "=HYPERLINK(1)"), ("trader_kind", "shop")];
    complaint(&t, &[], bad).await;
    complaint(
        &t,
        &[],
        &[("trader_name", "李某某"), ("trader_kind", "unknown")],
    )
    .await;
    flow::count_all(&t.app).await.unwrap();
    let mut head = signed_in(&t, "head", Role::Supervisor, Some("market")).await;
    let answer = head
        .get("/desk/reports/cases.csv?figure=complaints")
        .await
        .expect(200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let text = answer.text();
    assert!(
        text.starts_with('\u{feff}') && text.contains("'=HYPERLINK(1)"),
        "{text}"
    );
    assert!(text.trim_end().ends_with("完，共 2 条"), "{text}");
    for personal in ["张示例", "13800138000", "李某某", "示例小区", "漏水"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
    for path in [
        "/desk/reports.xlsx",
        "/desk/reports/cases.xlsx?figure=complaints",
    ] {
        let answer = head.get(path).await.expect(200);
        assert_eq!(&answer.bytes[..4], b"PK\x03\x04", "{path}");
        assert!(
            answer.headers["content-disposition"]
                .to_str()
                .unwrap()
                .contains(".xlsx")
        );
    }
    let list = head.get("/desk/cases").await.expect(200).text();
    assert!(
        list.contains("/desk/cases.csv") && list.contains("/desk/cases.xlsx"),
        "{list}"
    );
    let text = head
        .get("/desk/cases.csv?kind=complaint&q=HYPERLINK")
        .await
        .expect(200)
        .text();
    assert!(
        text.contains("'=HYPERLINK(1)") && text.trim_end().ends_with("完，共 1 条"),
        "{text}"
    );
    assert!(!text.contains("漏水") && !text.contains("张示例"), "{text}");
    let book = head.get("/desk/cases.xlsx").await.expect(200);
    assert_eq!(&book.bytes[..4], b"PK\x03\x04");
    let mut handler = signed_in(&t, "handler", Role::Handler, Some("market")).await;
    handler.get("/desk/cases.csv").await.expect(404);
    assert!(
        !handler
            .get("/desk/cases")
            .await
            .expect(200)
            .text()
            .contains("cases.csv")
    );
    let mut conn = t.app.store.conn().await.unwrap();
    let trail = audit::page(&mut conn, &audit::Filter::default(), 10)
        .await
        .unwrap();
    let acts: Vec<&str> = trail
        .iter()
        .map(|l| l.act.as_str())
        .filter(|a| a.ends_with("_export"))
        .collect();
    assert_eq!(
        acts,
        [
            "cases_export",
            "cases_export",
            "cases_export",
            "figures_export",
            "cases_export"
        ]
    );
    assert!(
        trail.iter().all(|l| !l.detail.contains("HYPERLINK")),
        "what was searched for may be a name"
    );
    assert!(
        trail
            .iter()
            .any(|l| l.detail.contains("xlsx, complaints of, from 2025-12"))
    );
}

#[tokio::test]
async fn an_agreement_keeps_what_was_typed_when_the_amount_is_none() {
    let t = portal().await;
    let keys = complaint(&t, &[], &[]).await;
    let mut market = Office::new(&t, "market").await;
    market.act(&keys, "accept", &[]).await;
    market.mediate(&keys).await;
    let path = format!("/desk/cases/{}", keys.0);
    let version = market.handler.get(&path).await.expect(200).field("version");
    let token = csrf();
    let pairs = [
        ("csrf", token.as_str()),
        ("version", &version),
        ("do", "send"),
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
        ("recovered", "三千"),
    ];
    let page = market
        .handler
        .post(&format!("{path}/agree"), &pairs)
        .await
        .expect(422);
    let text = page.text();
    assert!(
        text.contains("金额请写成 3600") && text.contains("商家七日内退还三千元"),
        "{text}"
    );
    assert_eq!(page.field("recovered"), "三千");
}

#[tokio::test]
async fn the_counter_of_one_node_leaves_the_work_to_the_one_that_holds_the_lease() {
    let t = portal().await;
    complaint(&t, &[], &[]).await;
    let (one, two) = (t.app.ids.next(), t.app.ids.next());
    use minsheng::jobs::counter::pass;
    assert_eq!(pass(&t.app, one).await.unwrap(), Some(false));
    assert_eq!(pass(&t.app, two).await.unwrap(), None);
    let later = t
        .app
        .under(Clock::fixed(t.app.now() + Duration::minutes(1)));
    assert_eq!(pass(&later, two).await.unwrap(), Some(false));
}
