//! What a step would send can be read before it is sent, whole and word for word: the resident's notice, the trader's
//! copy, the letter to another authority. A preview changes nothing, and nothing is sent that it did not show.

use crate::support::{
    TestApp,
    client::Client,
    desk::{csrf, signed_in},
    filing::with,
    steps::{Keys, act, filed, filed_with, page, people, resident},
};
use minsheng::{
    casework::{Verb, cases::edges},
    kernel::{access::Role, words::CaseKind},
    limits::Rate,
};
use std::collections::BTreeSet;

/// The texts of the papers in a part of a page that begin with this tag.
fn papers(part: &str, tag: &str) -> Vec<String> {
    part.split(tag)
        .skip(1)
        .map(|p| {
            let p = &p[p.find('>').unwrap() + 1..];
            let text = p.split("</div>").next().unwrap();
            // what stands for a field is marked
            let mut plain = String::new();
            for piece in text.split("<mark") {
                match piece.strip_prefix(" data-mirror") {
                    Some(rest) => plain.push_str(&rest[rest.find('>').unwrap() + 1..]),
                    None => plain.push_str(piece),
                }
            }
            plain.replace("</mark>", "")
        })
        .collect()
}

/// Every paper that was made for the case so far.
async fn made(c: &mut Client, keys: &Keys) -> Vec<String> {
    let kept = "<div class=\"paper\"";
    let desk = page(c, keys).await.text();
    let desk = desk.split("<aside>").next().unwrap();
    let mut all = papers(desk, kept);
    let trader = c.get(&format!("/desk/cases/{}/trader", keys.0)).await;
    if trader.status.as_u16() == 200 {
        let text = trader.text();
        all.extend(papers(text.split("<aside>").next().unwrap(), kept));
    }
    all
}

/// The steps that were read before they were taken.
#[derive(Default)]
struct Read(BTreeSet<&'static str>);

impl Read {
    /// What the form of a step shows before it is sent.
    async fn preview(
        &self,
        c: &mut Client,
        keys: &Keys,
        verb: &str,
        pairs: &[(&str, &str)],
    ) -> Vec<String> {
        let version = page(c, keys).await.field("version");
        let token = csrf();
        let base = [
            ("csrf", token.as_str()),
            ("version", version.as_str()),
            ("do", "preview"),
        ];
        let path = format!("/desk/cases/{}/{verb}", keys.0);
        let shown = c.post(&path, &with(&base, pairs)).await.expect(200);
        assert_eq!(shown.field("version"), version, "{verb}: nothing happened");
        let text = shown.text();
        let form = text.split(&format!("id=\"act-{verb}\"")).nth(1).unwrap();
        let form = form.split("</form>").next().unwrap();
        papers(form, "<div class=\"paper\" tabindex")
    }

    /// Reads and takes a step: what was shown is what was made, this many papers.
    async fn step(
        &mut self,
        c: &mut Client,
        keys: &Keys,
        verb: Verb,
        pairs: &[(&str, &str)],
        count: usize,
    ) {
        let before = made(c, keys).await;
        let mut shown = self.preview(c, keys, verb.code(), pairs).await;
        assert_eq!(shown.len(), count, "{verb}: {shown:#?}");
        act(c, keys, verb.code(), pairs).await.expect(303);
        let mut fresh = made(c, keys).await;
        for old in before {
            let at = fresh.iter().position(|p| *p == old).unwrap();
            fresh.remove(at);
        }
        shown.sort();
        fresh.sort();
        assert_eq!(fresh, shown, "{verb}");
        self.0.insert(verb.code());
    }
}

#[tokio::test]
async fn every_step_that_sends_a_notice_shows_it_first_word_for_word() {
    // one person with one phone files all of it
    let t = TestApp::with(|c| {
        let many = Rate::new(600_000, 10_000);
        (c.limits.phone, c.limits.submit) = (many, many);
    })
    .await;
    let (mut handler, mut head) = people(&t).await;
    let mut intake = signed_in(&t, "intake", Role::Intake, None).await;
    let mut read = Read::default();
    mediated(&t, &mut read, &mut handler).await;
    left(&t, &mut read, &mut handler, &mut head, &mut intake).await;
    reported(&t, &mut read, &mut handler, &mut head).await;
    // by the tables themselves
    for kind in CaseKind::ALL {
        for edge in edges(*kind).iter().filter(|e| e.notice.is_some()) {
            let verb = edge.verb;
            assert!(read.0.contains(verb.code()), "{kind}: {verb} is not read");
        }
    }
}

/// Accepted, mediated here and elsewhere, agreed, terminated, withdrawn.
async fn mediated(t: &TestApp, read: &mut Read, h: &mut Client) {
    let keys = filed(t, "complaint").await.remove(0);
    let lacks = [
        ("materials_due", "2026-11-27"),
        ("materials", "身份证明的复印件"),
    ];
    read.step(h, &keys, Verb::Materials, &lacks, 1).await;
    act(h, &keys, "materials-done", &[]).await.expect(303);
    read.step(h, &keys, Verb::Accept, &[], 1).await;
    let arranged = [
        ("consent", "both"),
        ("arrangement", "11月27日上午十点，华阳所调解室"),
    ];
    read.step(h, &keys, Verb::Mediate, &arranged, 2).await;
    let body = [
        ("entrust_consent", "both"),
        ("entrusted_to", "天府新区消费者协会"),
        ("entrust_arrangement", "11月27日上午十点，消协调解室"),
    ];
    read.step(h, &keys, Verb::Entrust, &body, 2).await;
    // both sides read an agreement, and nobody outside learns of a report
    let told = [
        ("agreement_form", "document"),
        ("agreement", "商家退还三千元，消费者撤回举报"),
    ];
    let text = act(h, &keys, "agree", &told).await.expect(422).text();
    assert!(text.contains("不能提到举报"), "{text}");
    let agreed = [
        ("agreement_form", "document"),
        ("agreement", "商家七日内退还三千元"),
    ];
    read.step(h, &keys, Verb::Agree, &agreed, 2).await;

    let keys = filed(t, "complaint").await.remove(0);
    act(h, &keys, "accept", &[]).await.expect(303);
    let ground = [
        ("termination", "c29_3"),
        ("terminate_reason", "商家一直不同意退款"),
    ];
    read.step(h, &keys, Verb::Terminate, &ground, 2).await;

    let keys = filed(t, "complaint").await.remove(0);
    act(h, &keys, "accept", &[]).await.expect(303);
    let mut sender = resident(t, &keys).await;
    let withdrawn = sender.post("/track/withdraw", &[("confirm", "yes")]).await;
    withdrawn.expect(303);
    read.step(h, &keys, Verb::Issue, &[], 2).await;
}

/// Refused, sent to a department, to another authority.
async fn left(
    t: &TestApp,
    read: &mut Read,
    h: &mut Client,
    head: &mut Client,
    intake: &mut Client,
) {
    let keys = filed(t, "complaint").await.remove(0);
    let refusal = [
        ("ground", "c07_2"),
        ("refuse_reason", "同一纠纷法院已经立案审理"),
    ];
    let asked = read.preview(h, &keys, "refuse", &refusal).await;
    act(h, &keys, "refuse", &refusal).await.expect(303);
    let decided = read.preview(head, &keys, "refusal-approve", &[]).await;
    assert_eq!(
        decided, asked,
        "the second person reads what the first wrote"
    );
    read.step(head, &keys, Verb::RefusalApprove, &[], 1).await;

    let keys = filed(t, "complaint").await.remove(0);
    let to = [
        ("department", "construction"),
        ("dispatch_reason", "属于工程质量，归住建部门"),
    ];
    read.step(intake, &keys, Verb::Dispatch, &to, 1).await;

    let wanted = [
        ("authority", "成都市锦江区市场监管局"),
        ("contact", "电话 12315，锦江区示例路1号"),
        ("transfer_reason", "商家的经营地址在锦江区"),
    ];
    let food = [("category", "g_food"), ("problem", "p_food_safety")];
    for (more, ask) in [(&[][..], "transfer"), (&food[..], "hand-over")] {
        for way in ["complaint", "report"] {
            let keys = filed_with(t, way, more).await.remove(0);
            let asked = read.preview(h, &keys, ask, &wanted).await;
            act(h, &keys, ask, &wanted).await.expect(303);
            let decided = read.preview(head, &keys, "transfer-approve", &[]).await;
            assert_eq!(decided[..1], asked, "{ask}");
            let approve = Verb::TransferApprove;
            read.step(head, &keys, approve, &[], 2).await;
        }
    }
}

/// A report told of, filed, decided, not filed, not ours, to the police.
async fn reported(t: &TestApp, read: &mut Read, h: &mut Client, head: &mut Client) {
    let ad = [("problem", "p_ad")];
    let keys = filed_with(t, "report", &ad).await.remove(0);
    act(h, &keys, "verify", &[]).await.expect(303);
    let progress = [("progress", "已经责令商家先撤下广告，正在核查")];
    read.step(h, &keys, Verb::Tell, &progress, 1).await;
    read.step(head, &keys, Verb::File, &[], 1).await;
    act(h, &keys, "investigate", &[]).await.expect(303);
    let outcome = [("outcome", "penalty"), ("decision", "责令改正并处罚款")];
    read.step(h, &keys, Verb::Decide, &outcome, 1).await;

    let keys = filed_with(t, "report", &ad).await.remove(0);
    act(h, &keys, "verify", &[]).await.expect(303);
    let ground = [
        ("not_filed", "r21_1"),
        ("not_file_reason", "商家已经改正，没有造成后果"),
    ];
    read.step(head, &keys, Verb::NotFile, &ground, 1).await;

    // nothing is told that no law asks to be told
    let keys = filed(t, "report").await.remove(0);
    act(h, &keys, "verify", &[]).await.expect(303);
    let report = [
        ("team", "李示例、吴示例"),
        ("police", "四川天府新区公安分局"),
        ("crime_facts", "查获假冒热水器二百台，销售金额二十余万元"),
    ];
    act(h, &keys, "crime-report", &report).await.expect(303);
    read.step(head, &keys, Verb::CrimeApprove, &[], 1).await;
    let keys = filed(t, "report").await.remove(0);
    act(h, &keys, "verify", &[]).await.expect(303);
    read.step(head, &keys, Verb::NotFile, &ground, 0).await;

    let keys = filed(t, "report").await.remove(0);
    let told = [("competent", "请找城市管理部门，电话 12345")];
    read.step(h, &keys, Verb::NoAuthority, &told, 1).await;
}
