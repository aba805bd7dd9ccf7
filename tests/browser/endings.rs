//! Every way in which a case can end, walked in a browser by the people whose it is: filed, handled at the desk by one
//! person and approved by another, and read by who filed it. Which ends there are is what the tables say.

use super::{
    desk::{confirm, open_act, sign_in, sign_out},
    page::{PHONE, Page, Scripts, WIDE, portal, visit},
    residents::{self, track},
};
use crate::support::{
    TestApp,
    desk::{code, person},
    filing::CONTACT,
    steps::{Keys, filed, filed_with},
};
use minsheng::{
    casework::{State, Verb, edges},
    kernel::{access::Role, words::CaseKind},
    store::case,
};
use std::sync::Arc;
use time::Duration;

/// The people of one walk, at one computer.
struct Walk {
    t: Arc<TestApp>,
    page: Page,
    handler: [u8; 20],
    supervisor: [u8; 20],
}

/// What a walk came to: the case; the letter that its filer finds open at the end ("" for none), what must be read
/// there, and what not.
struct Ended {
    keys: Keys,
    letter: &'static str,
    reads: &'static [&'static str],
    never: Vec<String>,
    /// What stands above, if it is not the name of the state.
    heading: Option<&'static str>,
}

fn ended(keys: Keys, letter: &'static str, reads: &'static [&'static str]) -> Ended {
    Ended {
        keys,
        letter,
        reads,
        never: Vec::new(),
        heading: None,
    }
}

impl Walk {
    /// Somebody of market supervision sits down at the desk, whoever sat there before.
    async fn desk(&self, role: Role) {
        let (login, secret) = match role {
            Role::Supervisor => ("supervisor", &self.supervisor),
            _ => ("handler", &self.handler),
        };
        // the same six digits are never taken twice
        self.t.app.clock.advance(Duration::minutes(1));
        let digits = code(&self.t, secret, login);
        self.page.window(WIDE).await;
        self.page.go("/desk").await;
        if self.page.has("form[action='/desk/logout']").await {
            sign_out(&self.page).await;
        }
        sign_in(&self.page, login, |_| digits).await;
        self.page.arrive("/desk").await;
    }

    /// Takes a step on the case's page: opens its form, fills it in, confirms it.
    async fn act(&self, keys: &Keys, verb: Verb, fields: &[(&str, &str)]) {
        let (page, verb) = (&self.page, verb.code());
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        open_act(page, verb).await;
        page.fill(fields).await;
        confirm(page, verb).await;
        self.done(verb).await;
    }

    async fn done(&self, what: &str) {
        let page = &self.page;
        let done = page.has(".notice.done[role=status]").await;
        assert!(done, "{what}\n{}", page.text().await);
    }

    /// Records that the trader was told of the end.
    async fn told(&self, keys: &Keys) {
        let page = &self.page;
        page.go(&format!("/desk/cases/{}", keys.0)).await;
        page.follow("#trader a").await;
        page.click("details:has(> form[action$='/tell-trader']) > summary")
            .await;
        let offered = page.texts("[name=notice] option:checked").await;
        assert!(offered[0].contains("终止调解"), "what is owed comes first");
        page.fill(&[
            ("way", "letter"),
            ("day", "2026-11-24"),
            ("note", "寄到店里，单号示例001"),
        ])
        .await;
        page.follow("form[action$='/tell-trader'] .btn").await;
        self.done("tell-trader").await;
    }

    /// The trader is invited at the desk, and offers something on a page of its own, with the code of the letter.
    async fn offered(&self, keys: &Keys) {
        let page = &self.page;
        page.go(&format!("/desk/cases/{}/trader", keys.0)).await;
        page.click("details:has(> form[action$='/invite']) > summary")
            .await;
        page.set("due", "2026-12-01").await;
        page.follow("form[action$='/invite'] button[value=send]")
            .await;
        let code = page.texts("dl.key dd").await.remove(1);
        page.window(PHONE).await;
        page.go(&format!("/respond?n={}", keys.0)).await;
        page.set("code", &code).await;
        page.send().await;
        page.arrive("/respond/case").await;
        page.fill(super::traders::ANSWER).await;
        page.follow(".btn[value=check]").await;
        page.follow("button[value=send]").await;
        page.arrive("/respond/receipt").await;
    }

    /// The resident opens the case on a phone.
    async fn track(&self, keys: &Keys) {
        self.page.window(PHONE).await;
        track(&self.page, keys).await;
    }

    /// The resident takes the case back.
    async fn takes_back(&self, keys: &Keys) {
        self.track(keys).await;
        let page = &self.page;
        page.click("#withdraw > summary").await;
        page.set("confirm", "yes").await;
        page.follow("#withdraw .btn").await;
        page.arrive("/track/case").await;
    }

    /// The resident reads how it ended: the state in big letters, and every notice opened.
    async fn reads(&self, how: &Ended, end: State) {
        self.track(&how.keys).await;
        let page = &self.page;
        let open = page.texts("[id^=notice-][open] > summary").await;
        let letter = open.first().map_or("", |title| title.as_str());
        assert!(letter.starts_with(how.letter), "{letter}");
        assert_eq!(letter.is_empty(), how.letter.is_empty(), "{letter}");
        while page.has("[id^=notice-]:not([open])").await {
            page.click("[id^=notice-]:not([open]) > summary").await;
        }
        let heading = how.heading.unwrap_or_else(|| end.label());
        assert_eq!(page.texts("section.now h1").await, [heading]);
        let who = page.texts("section.now dt").await.remove(0);
        assert_eq!(who, "谁办的", "nobody is at it any more");
        let read = page.text().await;
        for words in how.reads {
            assert!(read.contains(words), "{words}\n{read}");
        }
        for words in &how.never {
            assert!(!read.contains(words), "{words}\n{read}");
        }
        assert!(!read.contains("最迟 202"), "nothing runs any more\n{read}");
        assert_eq!(page.console().await, Vec::<String>::new());
    }

    /// The step that ended the case, by its history: from which state, which event, to which state.
    async fn last_step(&self, kind: CaseKind, number: &str) -> (State, &'static str, State) {
        let mut conn = self.t.app.store.conn().await.unwrap();
        let case = case::case(&mut conn, number).await.unwrap().unwrap();
        let (mut state, mut last) = (State::Submitted, None);
        for event in case::events(&mut conn, case.id).await.unwrap() {
            let mut rows = edges(kind).iter();
            let row = rows.find(|r| r.event == event.kind && r.from.contains(&state));
            if let Some(to) = row.and_then(|r| r.to) {
                last = Some((state, event.kind.code(), to));
                state = to;
            }
        }
        assert_eq!(case.state, state);
        last.expect("the case has moved")
    }
}

/// Walks one end in a portal of its own, and sees that the case ended by the step that the table has for it.
async fn walk<F>(
    (kind, from, verb, end): (CaseKind, State, Verb, State),
    journey: impl FnOnce(Arc<Walk>) -> F + Send + 'static,
) where
    F: Future<Output = Ended> + Send + 'static,
{
    let t = Arc::new(portal(|_| {}).await);
    let (_, handler) = person(&t, "handler", Role::Handler, Some("market")).await;
    let (_, supervisor) = person(&t, "supervisor", Role::Supervisor, Some("market")).await;
    let inside = t.clone();
    visit(&t, PHONE, Scripts::On, move |page| async move {
        let walk = Arc::new(Walk {
            t: inside,
            page,
            handler,
            supervisor,
        });
        let how = journey(walk.clone()).await;
        walk.reads(&how, end).await;
        let mut rows = edges(kind).iter();
        let row = rows.find(|r| r.verb == verb && r.from.contains(&from));
        let event = row.expect("a row of the table").event.code();
        let last = walk.last_step(kind, &how.keys.0).await;
        assert_eq!(last, (from, event, end));
    })
    .await;
}

/// One test for each walk, and the list of them.
macro_rules! walks {
    ($($name:ident: $kind:ident, $from:ident, $verb:ident => $end:ident;)*) => {
        const WALKED: &[(CaseKind, State, Verb, State)] =
            &[$((CaseKind::$kind, State::$from, Verb::$verb, State::$end),)*];
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let end = (CaseKind::$kind, State::$from, Verb::$verb, State::$end);
                walk(end, walks::$name).await;
            }
        )*
    };
}

walks! {
    a_complaint_is_refused: Complaint, Submitted, RefusalApprove => Refused;
    a_complaint_is_withdrawn: Complaint, Submitted, Withdraw => Withdrawn;
    a_complaint_is_settled_before_acceptance: Complaint, Submitted, Withdraw => Withdrawn;
    a_complaint_is_transferred: Complaint, Transferring, TransferReceipt => Transferred;
    a_complaint_is_agreed_and_closed: Complaint, Agreed, Close => Closed;
    a_complaint_is_terminated_and_closed: Complaint, Terminated, Close => Closed;
    an_accepted_complaint_is_withdrawn_and_closed: Complaint, Terminated, Close => Closed;
    an_accepted_complaint_is_settled_and_closed: Complaint, Terminated, Close => Closed;
    a_report_is_not_ours: Report, Submitted, NoAuthority => NoAuthority;
    a_report_was_made_before: Report, Submitted, Duplicate => Duplicate;
    a_report_is_merged: Report, Submitted, Merge => Merged;
    a_report_is_handed_over: Report, Transferring, TransferReceipt => Transferred;
    a_report_is_not_filed: Report, Verifying, NotFile => NotFiled;
    an_anonymous_report_is_decided_and_closed: Report, Decided, Close => Closed;
    a_report_is_decided_and_its_reporter_told: Report, Decided, Close => Closed;
}

#[test]
fn every_end_that_the_tables_know_is_walked() {
    for kind in CaseKind::ALL.iter().copied() {
        for row in edges(kind) {
            let Some(end) = row.to.filter(|to| !to.is_open()) else {
                continue;
            };
            let walked = WALKED
                .iter()
                .any(|w| (w.0, w.2, w.3) == (kind, row.verb, end) && row.from.contains(&w.1));
            assert!(walked, "{kind} {:?} {} to {end}", row.from, row.verb);
        }
        let closed = State::ALL.iter().filter(|s| !s.is_open());
        for end in closed {
            let known = edges(kind).iter().any(|r| r.to == Some(*end));
            let walked = WALKED.iter().any(|w| (w.0, w.3) == (kind, *end));
            assert_eq!(known, walked, "{kind} {end}");
        }
    }
}

mod walks {
    use super::*;

    const AWAY: &[(&str, &str)] = &[
        ("authority", "成都市锦江区市场监管局"),
        ("contact", "电话 12315，锦江区示例路1号"),
        ("transfer_reason", "商家的经营地址在锦江区"),
    ];
    const SIGNED_FOR: &[(&str, &str)] = &[
        ("received_on", "2026-11-24"),
        ("receipt_note", "锦江局签收，回执示例1号"),
    ];
    const TOLD: &[(&str, &str)] = &[("close_note", "投诉人网上查阅，商家已经告知")];

    async fn complaint(w: &Walk) -> Keys {
        filed(&w.t, "complaint").await.remove(0)
    }

    async fn report(w: &Walk, about: &[(&str, &str)]) -> Keys {
        filed_with(&w.t, "report", about).await.remove(0)
    }

    pub(super) async fn a_complaint_is_refused(w: Arc<Walk>) -> Ended {
        let keys = complaint(&w).await;
        w.desk(Role::Handler).await;
        let why = [
            ("ground", "c07_2"),
            ("refuse_reason", "同一纠纷法院已经立案审理"),
        ];
        w.act(&keys, Verb::Refuse, &why).await;
        w.desk(Role::Supervisor).await;
        w.act(&keys, Verb::RefusalApprove, &[]).await;
        ended(
            keys,
            "投诉不予受理决定书",
            &["这件没有受理", "同一纠纷法院已经立案审理", "仲裁"],
        )
    }

    pub(super) async fn a_complaint_is_withdrawn(w: Arc<Walk>) -> Ended {
        let keys = complaint(&w).await;
        w.takes_back(&keys).await;
        w.desk(Role::Handler).await;
        w.page.go(&format!("/desk/cases/{}", keys.0)).await;
        assert!(w.page.text().await.contains("已撤回") && !w.page.has("#act-accept").await);
        ended(keys, "", &["您已经撤回，这件不再办理", "您撤回了这件"])
    }

    pub(super) async fn a_complaint_is_settled_before_acceptance(w: Arc<Walk>) -> Ended {
        let keys = complaint(&w).await;
        w.desk(Role::Handler).await;
        w.offered(&keys).await;
        takes(&w, &keys).await;
        Ended {
            heading: Some("双方已和解"),
            ..ended(keys, "", &["您和商家已经和解", "双方和解，这件投诉结束"])
        }
    }

    /// The resident takes what the trader offered.
    async fn takes(w: &Walk, keys: &Keys) {
        w.track(keys).await;
        w.page.follow("a[href*='do=accept']").await;
        w.page.follow("button[value=accept]").await;
        w.page.arrive("/track/case").await;
    }

    pub(super) async fn a_complaint_is_transferred(w: Arc<Walk>) -> Ended {
        let keys = complaint(&w).await;
        away(&w, &keys, Verb::Transfer).await;
        Ended {
            never: vec!["回执示例1号".into()],
            ..ended(
                keys,
                "移送告知书",
                &["对方签收了", "成都市锦江区市场监管局"],
            )
        }
    }

    /// Asked for by one, approved by the other, signed for there.
    async fn away(w: &Walk, keys: &Keys, how: Verb) {
        w.desk(Role::Handler).await;
        w.act(keys, how, AWAY).await;
        w.desk(Role::Supervisor).await;
        w.act(keys, Verb::TransferApprove, &[]).await;
        w.desk(Role::Handler).await;
        w.act(keys, Verb::TransferReceipt, SIGNED_FOR).await;
    }

    /// This one is filed by hand, step by step.
    pub(super) async fn a_complaint_is_agreed_and_closed(w: Arc<Walk>) -> Ended {
        residents::fill(&w.page, "complaint", CONTACT).await;
        let keys = residents::submit(&w.page).await.remove(0);
        w.desk(Role::Handler).await;
        w.act(&keys, Verb::Accept, &[]).await;
        let consent = [
            ("consent", "both"),
            (
                "arrangement",
                "11月27日上午十点，华阳所调解室，调解人员李示例",
            ),
        ];
        w.act(&keys, Verb::Mediate, &consent).await;
        let agreement = [
            ("agreement_form", "document"),
            ("agreement", "商家七日内退还三千元"),
            ("recovered", "3000"),
        ];
        w.act(&keys, Verb::Agree, &agreement).await;
        w.act(&keys, Verb::Close, TOLD).await;
        ended(
            keys,
            "投诉调解书",
            &[
                "这件已经办结",
                "投诉受理决定书",
                "投诉调解通知书",
                "商家七日内退还三千元",
            ],
        )
    }

    async fn accepted(w: &Walk) -> Keys {
        let keys = complaint(w).await;
        w.desk(Role::Handler).await;
        w.act(&keys, Verb::Accept, &[]).await;
        keys
    }

    pub(super) async fn a_complaint_is_terminated_and_closed(w: Arc<Walk>) -> Ended {
        let keys = accepted(&w).await;
        let why = [
            ("termination", "c29_3"),
            ("terminate_reason", "商家一直不同意退款"),
        ];
        w.act(&keys, Verb::Terminate, &why).await;
        w.told(&keys).await;
        w.act(&keys, Verb::Close, TOLD).await;
        ended(
            keys,
            "投诉终止调解决定书",
            &["这件已经办结", "商家一直不同意退款", "向法院起诉"],
        )
    }

    /// C-30: who ended it at home still gets form 8, and the trader is told.
    async fn issued(w: &Walk, keys: &Keys) {
        w.desk(Role::Handler).await;
        w.act(keys, Verb::Issue, &[]).await;
        w.told(keys).await;
        w.act(keys, Verb::Close, TOLD).await;
    }

    pub(super) async fn an_accepted_complaint_is_withdrawn_and_closed(w: Arc<Walk>) -> Ended {
        let keys = accepted(&w).await;
        w.takes_back(&keys).await;
        issued(&w, &keys).await;
        ended(
            keys,
            "投诉终止调解决定书",
            &["这件已经办结", "您撤回了投诉，终止调解"],
        )
    }

    pub(super) async fn an_accepted_complaint_is_settled_and_closed(w: Arc<Walk>) -> Ended {
        let keys = accepted(&w).await;
        w.offered(&keys).await;
        takes(&w, &keys).await;
        issued(&w, &keys).await;
        ended(keys, "投诉终止调解决定书", &["您和商家已经和解"])
    }

    pub(super) async fn a_report_is_not_ours(w: Arc<Walk>) -> Ended {
        let keys = report(&w, &[]).await;
        w.desk(Role::Handler).await;
        let whose = [("competent", "锦江区市场监管局，电话 12315")];
        w.act(&keys, Verb::NoAuthority, &whose).await;
        ended(
            keys,
            "无处理权限告知书",
            &["这件不归我们管", "锦江区市场监管局，电话 12315"],
        )
    }

    pub(super) async fn a_report_was_made_before(w: Arc<Walk>) -> Ended {
        let first = report(&w, &[]).await;
        let keys = report(&w, &[]).await;
        w.desk(Role::Handler).await;
        w.act(&keys, Verb::Duplicate, &[("earlier", &first.0)])
            .await;
        Ended {
            never: vec![first.0],
            ..ended(keys, "", &["您以前就同一件事举报过", "这件不再另办"])
        }
    }

    pub(super) async fn a_report_is_merged(w: Arc<Walk>) -> Ended {
        let first = report(&w, &[]).await;
        let keys = report(&w, &[("goods", "取暖器")]).await;
        w.desk(Role::Handler).await;
        let with = [("same_reporter", "yes"), ("lead", first.0.as_str())];
        w.act(&keys, Verb::Merge, &with).await;
        w.track(&first).await;
        assert!(w.page.text().await.contains("收到补充的新情况"));
        Ended {
            never: vec![first.0],
            ..ended(keys, "", &["已经并入先前的举报一起核查"])
        }
    }

    pub(super) async fn a_report_is_handed_over(w: Arc<Walk>) -> Ended {
        let food = [("category", "g_food"), ("problem", "p_food_safety")];
        let keys = report(&w, &food).await;
        away(&w, &keys, Verb::HandOver).await;
        Ended {
            never: vec!["回执示例1号".into()],
            ..ended(
                keys,
                "移交告知书",
                &["对方签收了", "成都市锦江区市场监管局"],
            )
        }
    }

    /// 广告法53: whoever reports an advertisement is told.
    pub(super) async fn a_report_is_not_filed(w: Arc<Walk>) -> Ended {
        let keys = report(&w, &[("problem", "p_ad")]).await;
        w.desk(Role::Handler).await;
        w.act(&keys, Verb::Verify, &[]).await;
        w.desk(Role::Supervisor).await;
        let why = [
            ("not_filed", "r21_1"),
            ("not_file_reason", "当场改正了广告，没有造成后果"),
        ];
        w.act(&keys, Verb::NotFile, &why).await;
        ended(
            keys,
            "举报处理结果告知书",
            &["核查完了，依法没有立案", "当场改正了广告，没有造成后果"],
        )
    }

    async fn decided_and_closed(w: &Walk, keys: &Keys) {
        w.desk(Role::Handler).await;
        w.act(keys, Verb::Verify, &[]).await;
        w.desk(Role::Supervisor).await;
        w.act(keys, Verb::File, &[]).await;
        w.desk(Role::Handler).await;
        w.act(keys, Verb::Investigate, &[]).await;
        let decision = [("outcome", "penalty"), ("decision", "责令改正并处罚款")];
        w.act(keys, Verb::Decide, &decision).await;
        let note = [("close_note", "结案审批表已经填好")];
        w.act(keys, Verb::Close, &note).await;
    }

    /// This one is filed by hand, without a name. R-25: no law makes the office tell its result.
    pub(super) async fn an_anonymous_report_is_decided_and_closed(w: Arc<Walk>) -> Ended {
        residents::fill(&w.page, "report", &[("named", "anonymous")]).await;
        let keys = residents::submit(&w.page).await.remove(0);
        decided_and_closed(&w, &keys).await;
        Ended {
            never: vec!["责令改正并处罚款".into(), "告知书".into()],
            ..ended(keys, "", &["这件已经办结，谢谢您的举报"])
        }
    }

    pub(super) async fn a_report_is_decided_and_its_reporter_told(w: Arc<Walk>) -> Ended {
        let keys = report(&w, &[("problem", "p_ad")]).await;
        decided_and_closed(&w, &keys).await;
        ended(
            keys,
            "举报处理结果告知书",
            &["这件已经办结，谢谢您的举报", "责令改正并处罚款"],
        )
    }
}
