//! The trader's side of the demo: invitations that wait, were answered, were taken or declined, each through the same use
//! cases as real ones.

use super::{demo::Stage, script::TraderSide};
use crate::{
    app::App,
    casework::flow,
    error::{Error, Result},
    kernel::{access::Actor, code::QueryCode, number::CaseNumber},
    store::traders::notices,
    traders::{
        Way,
        answer::Answer,
        flow::{self as traders, Made, Telling, Wish},
        usual_day,
    },
};
use time::OffsetDateTime;

impl Stage<'_> {
    /// Plays invitation, answer and decision, as far as the script goes; when the last of them happened.
    pub(super) async fn trader(
        &self,
        from: OffsetDateTime,
        side: &TraderSide,
    ) -> Result<OffsetDateTime> {
        let mut when = self.office_hours(from, 4);
        let made = self.invite(&self.at(when), side).await?;
        let Some(answer) = &side.answer else {
            return Ok(when);
        };
        when = self.office_hours(when, 26);
        let app = self.at(when);
        let what: Vec<&str> = answer
            .get("what")
            .map_or_else(Vec::new, |w| w.split(',').collect());
        let get = |name: &str| answer.get(name).map_or("", String::as_str);
        let answer = Answer::read(get, &what, app.today()).map_err(Error::Invalid)?;
        traders::answer(&app, made.number, &made.code, &answer).await?;
        if let Some(take) = side.takes {
            when = self.later(when, 19);
            self.decide(&self.at(when), take).await?;
        }
        Ok(when)
    }

    async fn invite(&self, app: &App, side: &TraderSide) -> Result<Made> {
        let (actor, version) = self.holder(app).await?;
        let case = flow::open(app, actor, &self.case.number).await?;
        let days = traders::days(app, &case);
        let due = usual_day(app.today(), &days).ok_or_else(|| Error::internal("no day"))?;
        let wish = Wish {
            due: &due.to_string(),
            summary: &side.summary,
            ..Wish::default()
        };
        traders::invite(app, actor, &self.case.number, version, wish).await
    }

    async fn decide(&self, app: &App, take: bool) -> Result<()> {
        let number = CaseNumber::parse(&self.case.number).map_err(|_| Error::internal("number"))?;
        let code = QueryCode::parse(&self.case.code).map_err(|_| Error::internal("query code"))?;
        let case = flow::track(app, number, &code).await?;
        let offered = traders::replies(app, &case).await?;
        let newest = offered.first().ok_or_else(|| Error::internal("no offer"))?;
        let id = newest.row.invitation.to_string();
        traders::decide(app, number, &code, &id, take).await
    }

    /// Records that the trader was told of its newest notice on the telephone.
    pub(super) async fn tell(
        &self,
        app: &App,
        actor: &Actor,
        number: &str,
        version: i32,
    ) -> Result<()> {
        let newest = {
            let case = flow::open(app, actor, number).await?;
            let mut conn = app.store.conn().await?;
            notices::notices(&mut conn, case.id).await?.pop()
        };
        let notice = newest.ok_or_else(|| Error::internal("nothing to tell"))?.id;
        let telling = Telling {
            notice: &notice.to_string(),
            way: Way::Phone.code(),
            day: &app.today().to_string(),
            note: "店长接听，已说明内容",
        };
        traders::tell(app, actor, number, version, telling).await
    }
}
