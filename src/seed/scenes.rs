//! Scenes of the demo beside the lives of its cases: somebody asks who reported and another person decides; the risk
//! officer looks at alerts, and overlooks one; people keep views of the worklist. Played through the same use cases as real ones, each at its own time, and only once.

use super::cast::Cast;
use crate::{
    app::App,
    casework::{flow, reporter::Move},
    error::Result,
    kernel::{
        access::Actor,
        clock::{Clock, china_date},
        words::CaseKind,
    },
    signals::{self, Cause, Stage, Step},
    store::lists::{self, Filter, Part},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Why somebody had to know.
const WHY: [&str; 3] = [
    "举报人说手里有进货单，要约时间当面取",
    "要请举报人到现场指认仓库的位置",
    "想知道是不是同行举报的",
];

fn at(app: &App, at: OffsetDateTime) -> App {
    app.under(Clock::fixed(at))
}

/// Plays what was not played before.
///
/// # Errors
/// The database is away.
pub(super) async fn play(app: &App, cast: &Cast) -> Result<()> {
    if let Some(market) = app.reference().inside("market").map(|d| d.id) {
        reporters(app, cast, market).await?;
        views(app, cast, market).await?;
    }
    alerts(app, &cast.risk).await
}

/// One request was granted and used, one denied, one waits.
async fn reporters(app: &App, cast: &Cast, market: Uuid) -> Result<()> {
    let asker = cast.handler(market)?;
    let second = cast.supervisor(asker.department)?;
    let filter = Filter {
        department: Some(market),
        part: Part::Lead,
        kind: Some(CaseKind::Report.code().to_owned()),
        ..Filter::default()
    };
    let lines = {
        let mut conn = app.store.conn().await?;
        lists::worklist(&mut conn, &filter, lists::PAGE)
            .await?
            .lines
    };
    let now = app.now();
    let mut left = WHY.iter().enumerate();
    for line in lines.iter().rev() {
        let found = flow::reporter(app, asker, &line.number).await?;
        if !found.requests.is_empty() {
            return Ok(());
        }
        // asked some time after the receipt
        if !found.named || line.received_at > now - Duration::hours(30) {
            continue;
        }
        let Some((nth, why)) = left.next() else { break };
        let when = now - Duration::hours(if nth == 1 { 2 } else { 25 });
        flow::ask_reporter(&at(app, when), asker, &line.number, why).await?;
        if nth == 1 {
            continue;
        }
        let id = flow::reporter(app, asker, &line.number).await?.requests[0]
            .row
            .id;
        let later = at(app, when + Duration::minutes(18));
        let (step, words) = if nth == 0 {
            (Move::Grant, "")
        } else {
            (Move::Deny, "这不是办案的理由，请先用留言核实")
        };
        flow::decide_reporter(&later, second, &line.number, id, step, words).await?;
        if nth == 0 {
            let look = at(app, when + Duration::minutes(25));
            flow::view_reporter(&look, asker, &line.number, id).await?;
        }
    }
    Ok(())
}

/// Earlier alerts were acknowledged on their day and closed, but one; what came today waits.
async fn alerts(app: &App, risk: &Actor) -> Result<()> {
    let today = app.today();
    let waiting = signals::flow::list(app, risk, Stage::New, None).await?;
    let earlier: Vec<_> = waiting
        .iter()
        .filter(|a| china_date(a.raised_at) < today)
        .collect();
    if !signals::flow::list(app, risk, Stage::Closed, None)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    // the newest of the earlier ones was overlooked
    let looked = earlier.len().saturating_sub(1);
    for (nth, alert) in earlier.into_iter().take(looked).enumerate() {
        let seen = at(app, alert.raised_at + Duration::minutes(10));
        signals::flow::step(&seen, risk, alert.id, Step::Acknowledge, "").await?;
        let old = alert.raised_at < app.now() - Duration::days(3);
        if alert.cause == Cause::Injury && nth % 2 == 0 {
            let marked = at(app, alert.raised_at + Duration::minutes(50));
            signals::flow::step(&marked, risk, alert.id, Step::Defect, "").await?;
        } else if old {
            let done = at(app, alert.raised_at + Duration::hours(30));
            let note = "已电话核实，伤者已就医；承办部门当天到现场，商家停止销售这一批次。";
            signals::flow::step(&done, risk, alert.id, Step::Close, note).await?;
        }
    }
    Ok(())
}

/// Views that people of the demo keep; kept before, they stay as they are.
async fn views(app: &App, cast: &Cast, market: Uuid) -> Result<()> {
    let handler = cast.handler(market)?;
    let head = cast.supervisor(handler.department)?;
    for (who, name, query) in [
        (&cast.intake, "市场局已逾期", "department=market&due=late"),
        (&cast.intake, "全区紧急", "urgent=1"),
        (handler, "快到期的投诉", "kind=complaint&due=soon"),
        (handler, "我的新留言", "unread=1&mine=1"),
        (head, "调解中", "state=mediating"),
        (head, "没人办的", "nobody=1"),
    ] {
        flow::view_save(app, who, name, query).await?;
    }
    Ok(())
}
