//! What the people of the demo do after acceptance and verification, each step with its words: so that a visitor sees cases
//! on every lawful way, made by the same use cases as real ones.

use super::cast::Cast;
use crate::{
    app::App,
    casework::{
        Verb,
        flow::{self, Away, CrimeReport},
    },
    error::{Error, Result},
    kernel::access::Actor,
};

/// A step of the desk that is to be taken.
pub(super) struct Deed<'a> {
    pub app: &'a App,
    /// The handler of the case.
    pub actor: &'a Actor,
    pub number: &'a str,
    pub version: i32,
    /// The earlier report against the same trader.
    pub lead: &'a str,
}

impl Deed<'_> {
    /// Takes the step; what needs a second person is taken by the supervisor.
    pub(super) async fn take(&self, verb: Verb, cast: &Cast) -> Result<()> {
        let (app, actor, number, version) = (self.app, self.actor, self.number, self.version);
        let today = app.today().to_string();
        let second = || cast.supervisor(actor.department);
        let away = Away {
            authority: "成都市锦江区市场监管局",
            contact: "电话 12315，锦江区示例路1号",
            reason: "商家登记和实际经营的地址都在锦江区",
        };
        match verb {
            Verb::Mediate => {
                let plan = "本周五上午十点，华阳市场监管所调解室，调解人员李示例";
                flow::mediate(app, actor, number, version, "both", plan).await
            }
            Verb::Suspend => flow::suspend(app, actor, number, version, "c27").await,
            Verb::Agree => {
                let terms = "商家三日内赔偿六百元，双方再无争议";
                flow::agree(app, actor, number, version, "document", terms, "600").await
            }
            Verb::Entrust => {
                let plan = "下周二下午三点，消协调解室，联系人示例，电话 028-80000000";
                let body = "天府新区消费者协会";
                flow::entrust(app, actor, number, version, "both", body, plan).await
            }
            Verb::Clue => {
                let clue = "调解时发现店里陈列的同批次商品没有标明生产许可，进货票据也拿不出来";
                flow::clue(app, actor, number, version, &today, clue).await
            }
            Verb::Close => {
                let note = "双方当场签收调解书，已经履行完毕";
                flow::close(app, actor, number, version, note).await
            }
            Verb::CallBack => {
                let note = "投诉人说钱已经收到";
                flow::call_back(app, actor, number, version, "satisfied", note).await
            }
            Verb::Tell => {
                let words = "已经责令商家先撤下这则广告，正在核对宣传的依据";
                flow::tell(app, actor, number, version, words).await
            }
            Verb::File => flow::file(app, second()?, number, version).await,
            Verb::NotFile => {
                let why = "到店核查，陈列的都是正品，进货票据齐全";
                flow::not_file(app, second()?, number, version, "r21_0", why).await
            }
            Verb::Investigate => flow::investigate(app, actor, number, version).await,
            Verb::Extend => {
                let why = "商家搬走了，要再找到负责人核对票据";
                flow::ask_extension(app, actor, number, version, "15", "", why).await
            }
            Verb::Dispute => {
                let why = "门店登记在双流区，实际在华阳经营，两边都收到了投诉";
                flow::dispute(app, actor, number, version, "双流区市场监管局", why).await
            }
            Verb::Transfer | Verb::HandOver => {
                flow::ask_transfer(app, actor, number, version, verb, away).await
            }
            Verb::TransferApprove => {
                flow::decide_transfer(app, second()?, number, version, None).await
            }
            Verb::TransferReceipt => {
                let note = "对方收发室签收，回执示例一号";
                flow::transfer_received(app, actor, number, version, &today, note).await
            }
            Verb::CrimeReport => {
                let report = CrimeReport {
                    team: "李示例、吴示例".to_owned(),
                    police: "四川天府新区公安分局".to_owned(),
                    facts: "查获涉嫌假冒注册商标的首饰一批，账本记载销售金额二十余万元".to_owned(),
                };
                flow::crime_report(app, actor, number, version, report).await
            }
            Verb::CrimeApprove => flow::crime_decide(app, second()?, number, version, None).await,
            Verb::Merge => flow::merge(app, actor, number, version, "yes", self.lead).await,
            other => Err(Error::Internal(format!(
                "the demo has no words for {other}"
            ))),
        }
    }
}
