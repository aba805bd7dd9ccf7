//! The work calendar: which years are loaded, loading one, what that moved.

use crate::{
    casework::{calendar_flow, deadline::ClockKind},
    error::{Error, FieldError, Result},
    kernel::calendar::WorkCalendar,
    store::calendar as rows,
    web::{
        ctx::{Answer, Ctx, Pairs},
        desk::{cases::alarm, message, stamp, titled},
        layout::Layout,
        pages::{page, see_other, status},
    },
};
use askama::Template;
use axum::http::StatusCode;
use time::Date;
use uuid::Uuid;

/// A loaded year.
struct Year {
    year: i32,
    source: String,
    loaded_at: String,
    off: String,
    on: String,
    workdays: usize,
}

/// An earlier loading.
struct Load {
    href: String,
    year: i32,
    at: String,
    moved: i32,
}

/// A due date that a loading moved.
struct Moved {
    number: String,
    clock: &'static str,
    from: String,
    to: String,
    later: bool,
}

#[derive(Template)]
#[template(path = "desk/calendar.html")]
struct CalendarPage {
    l: Layout,
    alarm: String,
    done: String,
    errors: Vec<FieldError>,
    years: Vec<Year>,
    json: String,
    json_error: String,
    preview: String,
    loads: Vec<Load>,
    moved: Vec<Moved>,
}

/// Days as runs: `1/1–3、2/15–23、9/30–10/2`.
fn runs(days: impl Iterator<Item = Date>) -> String {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.1.next_day() == Some(day) => run.1 = day,
            _ => runs.push((day, day)),
        }
    }
    let short = |d: Date| format!("{}/{}", u8::from(d.month()), d.day());
    let words: Vec<String> = runs
        .into_iter()
        .map(
            |(from, to)| match (from == to, from.month() == to.month()) {
                (true, _) => short(from),
                (false, true) => format!("{}–{}", short(from), to.day()),
                (false, false) => format!("{}–{}", short(from), short(to)),
            },
        )
        .collect();
    words.join("、")
}

/// Working days of a year.
fn workdays(calendar: &WorkCalendar, year: i32) -> usize {
    (1..=time::util::days_in_year(year))
        .filter_map(|day| Date::from_ordinal_date(year, day).ok())
        .filter(|day| calendar.is_working(*day))
        .count()
}

async fn calendar_page(
    ctx: &Ctx,
    json: &str,
    preview: String,
    errors: Vec<FieldError>,
) -> Result<CalendarPage> {
    let reference = ctx.app.reference();
    let calendar = &reference.calendar;
    let load = Uuid::parse_str(ctx.param("load")).ok();
    let (loaded, loads, moves) = {
        let mut conn = ctx.app.store.conn().await?;
        let loaded = rows::years_loaded(&mut conn).await?;
        let loads = rows::loads(&mut conn).await?;
        let moves = match load {
            Some(load) => rows::moves(&mut conn, load).await?,
            None => Vec::new(),
        };
        (loaded, loads, moves)
    };
    let mut years: Vec<Year> = calendar
        .years()
        .map(|(year, source)| Year {
            year,
            source: source.to_owned(),
            loaded_at: loaded
                .iter()
                .find(|l| l.0 == year)
                .map(|l| stamp(l.1))
                .unwrap_or_default(),
            off: runs(calendar.rows(year).filter(|r| r.1).map(|r| r.0)),
            on: runs(calendar.rows(year).filter(|r| !r.1).map(|r| r.0)),
            workdays: workdays(calendar, year),
        })
        .collect();
    years.reverse();
    let done = loads.iter().find(|l| Some(l.id) == load).map(|l| {
        let cut = if moves.len() < usize::try_from(l.moved).unwrap_or(0) {
            "，下面列出前 500 个"
        } else {
            ""
        };
        format!(
            "{} 年的放假安排已于 {} 载入，变动 {} 个期限{cut}。",
            l.year,
            stamp(l.at),
            l.moved
        )
    });
    Ok(CalendarPage {
        l: ctx.layout(titled("工作日历", &errors), "calendar"),
        alarm: alarm(&reference, ctx.app.today()),
        done: done.unwrap_or_default(),
        years,
        json: json.to_owned(),
        json_error: message(&errors, "json"),
        errors,
        preview,
        loads: loads
            .into_iter()
            .map(|l| Load {
                href: format!("/desk/admin/calendar?load={}", l.id),
                year: l.year,
                at: stamp(l.at),
                moved: l.moved,
            })
            .collect(),
        moved: moves
            .into_iter()
            .map(|m| Moved {
                number: m.number,
                clock: ClockKind::from_code(&m.clock).map_or("期限", ClockKind::label),
                from: m.old_agency.to_string(),
                to: m.new_agency.to_string(),
                later: m.new_agency > m.old_agency,
            })
            .collect(),
    })
}

/// `GET /desk/admin/calendar`.
pub async fn calendar(ctx: Ctx) -> Answer {
    page(&calendar_page(&ctx, "", String::new(), Vec::new()).await?)
}

/// `POST /desk/admin/calendar`: load a year, or look at what that would move.
pub async fn calendar_load(ctx: Ctx, pairs: Pairs) -> Answer {
    let actor = &ctx.signed_in()?.actor;
    let json = pairs.get("json").trim();
    let result = if pairs.get("do") == "preview" {
        calendar_flow::preview_year(&ctx.app, actor, json)
            .await
            .map(Err)
    } else {
        calendar_flow::load_year(&ctx.app, Some(actor), json)
            .await
            .map(Ok)
    };
    match result {
        Ok(Ok(loaded)) => Ok(see_other(&format!(
            "/desk/admin/calendar?load={}",
            loaded.load
        ))),
        Ok(Err(p)) => {
            let words = format!(
                "载入 {} 年会变动 {} 个期限：提前 {} 个，推后 {} 个。现在还没有改。",
                p.year,
                p.earlier + p.later,
                p.earlier,
                p.later
            );
            page(&calendar_page(&ctx, json, words, Vec::new()).await?)
        }
        Err(Error::Invalid(errors)) => status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &calendar_page(&ctx, json, String::new(), errors).await?,
        ),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_as_the_notice_writes_them() {
        let calendar = WorkCalendar::official();
        let off = runs(calendar.rows(2026).filter(|r| r.1).map(|r| r.0));
        assert_eq!(
            off,
            "1/1–3、2/15–23、4/4–6、5/1–5、6/19–21、9/25–27、10/1–7"
        );
        let on = runs(calendar.rows(2026).filter(|r| !r.1).map(|r| r.0));
        assert_eq!(on, "1/4、2/14、2/28、5/9、9/20、10/10");
        assert_eq!(
            [2024, 2025, 2026].map(|y| workdays(&calendar, y)),
            [251, 248, 248]
        );
        assert_eq!(
            runs(calendar.rows(2025).filter(|r| r.1).map(|r| r.0).take(9)),
            "1/1、1/28–2/4"
        );
    }
}
