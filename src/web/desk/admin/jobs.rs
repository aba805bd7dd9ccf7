//! The dead letters of the queue: what was given up and why, and one more try. No case, no address is named here.

use crate::{
    error::Error,
    jobs::queue::{JobKind, again},
    store::jobs as rows,
    web::{
        ctx::{Answer, Ctx, Pairs},
        desk::stamp,
        layout::Layout,
        pages::{page, see_other},
    },
};
use askama::Template;
use uuid::Uuid;

/// One job that was given up.
struct JobLine {
    id: String,
    kind: &'static str,
    at: String,
    attempts: i32,
    why: String,
}

#[derive(Template)]
#[template(path = "desk/jobs.html")]
struct JobsPage {
    l: Layout,
    done: &'static str,
    jobs: Vec<JobLine>,
}

/// `GET /desk/admin/jobs`.
pub async fn jobs(ctx: Ctx) -> Answer {
    let dead = {
        let mut conn = ctx.app.store.conn().await?;
        rows::jobs_dead(&mut conn).await?
    };
    page(&JobsPage {
        l: ctx.layout("没有送出的提醒", "jobs"),
        done: if ctx.param("done") == "again" {
            "已经排上，马上再试。"
        } else {
            ""
        },
        jobs: dead
            .into_iter()
            .map(|j| JobLine {
                id: j.id.simple().to_string(),
                kind: JobKind::from_code(&j.kind).map_or("其他", JobKind::label),
                at: j.finished_at.map(stamp).unwrap_or_default(),
                attempts: j.attempts,
                why: j.last_error,
            })
            .collect(),
    })
}

/// `POST /desk/admin/jobs`: one more round of tries.
pub async fn job_again(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let id = Uuid::try_parse(pairs.get("id")).map_err(|_| Error::NotFound)?;
    again(&ctx.app, actor, id).await?;
    Ok(see_other("/desk/admin/jobs?done=again"))
}
