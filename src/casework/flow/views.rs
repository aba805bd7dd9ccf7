//! Saved views 我的视图: the filters of the worklist under a name. Each person's own, in the person's order, at most
//! twenty; sealed, because filters hold what was searched for and a name may be anybody's. No line in the trail: a
//! bookmark changes no case and shows none.

use crate::{
    app::App,
    error::{Error, FieldError, Result},
    kernel::access::{Act, Actor},
    privacy::Purpose,
    store::{
        Conn,
        views::{self as rows, ViewRow},
    },
    tx,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most views of one person.
pub const VIEWS_MOST: usize = 20;

/// Longest name, in characters.
pub const VIEW_NAME_MAX: usize = 20;

/// A saved view, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its filters as the worklist's address has them, "" for none.
    pub query: String,
    place: i32,
}

/// What is sealed of it.
#[derive(Serialize, Deserialize)]
struct Body {
    name: String,
    query: String,
}

/// What is done to a view that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewMove<'a> {
    /// Gives it another name.
    Rename(&'a str),
    /// Puts it before the one that stands before it.
    Up,
    /// Takes it away.
    Remove,
}

fn sealed(app: &App, view: &SavedView) -> Result<ViewRow> {
    let body = Body {
        name: view.name.clone(),
        query: view.query.clone(),
    };
    let plain = serde_json::to_vec(&body).map_err(Error::internal)?;
    let nonce = app.dice.bytes();
    Ok(ViewRow {
        id: view.id,
        place: view.place,
        body: app.sealer.seal(Purpose::View, view.id, &plain, nonce),
    })
}

fn opened(app: &App, row: ViewRow) -> Result<SavedView> {
    let plain = app
        .sealer
        .open_text(Purpose::View, row.id, &row.body)
        .map_err(Error::internal)?;
    let body: Body = serde_json::from_str(&plain).map_err(Error::internal)?;
    Ok(SavedView {
        id: row.id,
        name: body.name,
        query: body.query,
        place: row.place,
    })
}

async fn all(app: &App, conn: &mut Conn, actor: &Actor) -> Result<Vec<SavedView>> {
    let most = u32::try_from(VIEWS_MOST).unwrap_or(u32::MAX);
    let rows = rows::views(conn, actor.staff, most).await?;
    rows.into_iter().map(|row| opened(app, row)).collect()
}

/// The views of a person in order.
///
/// # Errors
/// [`Error::NotFound`] for who sees no worklist; the database is away; the key ring lacks a key.
pub async fn views(app: &App, actor: &Actor) -> Result<Vec<SavedView>> {
    if !actor.may(Act::ViewCases) {
        return Err(Error::NotFound);
    }
    let mut conn = app.store.conn().await?;
    all(app, &mut conn, actor).await
}

/// A name without spaces that nobody sees.
fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name that fits beside those that are there.
fn named(name: &str, others: &[SavedView], own: Option<Uuid>) -> Result<String> {
    let name = tidy(name);
    match name.chars().count() {
        0 => return Err(Error::field("name", "required", "请给视图起个名字")),
        n if n > VIEW_NAME_MAX => {
            let long = FieldError::too_long("name", VIEW_NAME_MAX, n);
            return Err(Error::Invalid(vec![long]));
        }
        _ => {}
    }
    if others.iter().any(|v| Some(v.id) != own && v.name == name) {
        let message = "已经有一个视图叫这个名字，请换一个";
        return Err(Error::field("name", "taken", message));
    }
    Ok(name)
}

/// Keeps filters under a name, after those that are there. The same again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] for a name that is empty, too long or taken, or one view too many.
pub async fn view_save(app: &App, actor: &Actor, name: &str, query: &str) -> Result<()> {
    if !actor.may(Act::ViewCases) {
        return Err(Error::NotFound);
    }
    tx!(app.store, conn => {
        rows::views_lock(conn, actor.staff).await?;
        let there = all(app, conn, actor).await?;
        let again = tidy(name);
        if there.iter().any(|v| v.name == again && v.query == query) {
            return Ok(());
        }
        let name = named(name, &there, None)?;
        if there.len() >= VIEWS_MOST {
            let message = format!("最多保存 {VIEWS_MOST} 个视图，请先删掉不用的");
            return Err(Error::field("name", "too_many", message));
        }
        let view = SavedView {
            id: app.ids.next(),
            name,
            query: query.to_owned(),
            place: there.last().map_or(0, |v| v.place + 1),
        };
        rows::view_put(conn, actor.staff, &sealed(app, &view)?).await
    })
}

/// Renames, moves or removes a view of this person. What is gone already is not missed when it was to be removed.
///
/// # Errors
/// [`Error::NotFound`] for a view that is not this person's; [`Error::Invalid`] for a name that does not fit.
pub async fn view_move(app: &App, actor: &Actor, id: Uuid, to: ViewMove<'_>) -> Result<()> {
    tx!(app.store, conn => {
        rows::views_lock(conn, actor.staff).await?;
        let mut there = all(app, conn, actor).await?;
        let nth = there.iter().position(|v| v.id == id);
        match (to, nth) {
            (ViewMove::Remove, _) => rows::view_delete(conn, actor.staff, id).await,
            (_, None) => Err(Error::NotFound),
            (ViewMove::Rename(name), Some(nth)) => {
                there[nth].name = named(name, &there, Some(id))?;
                rows::view_put(conn, actor.staff, &sealed(app, &there[nth])?).await
            }
            // the first one has nowhere to go
            (ViewMove::Up, Some(0)) => Ok(()),
            (ViewMove::Up, Some(nth)) => {
                let (before, here) = (there[nth - 1].place, there[nth].place);
                (there[nth - 1].place, there[nth].place) = (here, before);
                for view in &there[nth - 1..=nth] {
                    rows::view_put(conn, actor.staff, &sealed(app, view)?).await?;
                }
                Ok(())
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: u128, name: &str) -> SavedView {
        SavedView {
            id: Uuid::from_u128(id),
            name: name.to_owned(),
            query: String::new(),
            place: 0,
        }
    }

    #[test]
    fn a_name_is_short_and_stands_once() {
        let there = [view(1, "华阳的"), view(2, "快到期")];
        assert_eq!(named("  新到 的 ", &there, None).unwrap(), "新到 的");
        assert_eq!(
            named("华阳的", &there, Some(Uuid::from_u128(1))).unwrap(),
            "华阳的",
            "its own name stays"
        );
        let long = "长".repeat(VIEW_NAME_MAX + 1);
        for (name, code) in [
            ("  ", "required"),
            ("快到期", "taken"),
            (&*long, "too_long"),
        ] {
            let refused = named(name, &there, Some(Uuid::from_u128(1)));
            assert!(
                matches!(&refused, Err(Error::Invalid(e)) if e[0].code == code),
                "{name}: {refused:?}"
            );
        }
    }
}
