//! The worklist's view as its address says it: read, written back, turned into the store's filter, remembered as the list
//! that a case goes back to. What cannot be read is left out and named, never an error: a view is a link that people pass on.

use crate::{
    casework::State,
    kernel::{
        access::{Actor, Role},
        number::CaseNumber,
        words::{CaseKind, halfwidth, words},
    },
    reference::Reference,
    store::lists::{Filter, Part},
    web::ctx::{CookieName, Ctx, url_pairs},
};
use axum::{http::header, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt::Write as _;
use time::Date;
use uuid::Uuid;

words! {
    /// Which deadlines.
    Due {
        Today = "today", "今天到期";
        Late = "late", "已逾期";
        Soon = "soon", "快到期";
    }
}

/// Longest search text.
const TEXT_MAX: usize = 60;

/// What the worklist shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    /// Search text.
    pub(super) q: String,
    /// Only this kind.
    pub(super) kind: Option<CaseKind>,
    /// Only this state.
    pub(super) state: Option<State>,
    /// Only this street code.
    pub(super) street: Option<String>,
    /// Only this department's code; intake only.
    pub(super) department: Option<String>,
    /// Only these deadlines.
    pub(super) due: Option<Due>,
    /// Only urgent ones.
    pub(super) urgent: bool,
    /// Only those with messages that wait.
    pub(super) unread: bool,
    /// Only those with a request that waits for a second person.
    pub(super) waits: bool,
    /// Only those that nobody where they lie has looked at.
    pub(super) fresh: bool,
    /// Only those with a request that was sent back; for intake what departments gave back.
    pub(super) back: bool,
    /// Only those that the person handles.
    pub(super) mine: bool,
    /// Only those that nobody of the department handles yet.
    pub(super) nobody: bool,
    /// Only those that this person of the department handles.
    pub(super) handler: Option<Uuid>,
    /// Only what the department co-handles.
    pub(super) co: bool,
    /// Only those that departments returned twice or more (T-02).
    pub(super) often: bool,
    /// Only those that wait at intake; intake only.
    pub(super) at_intake: bool,
    /// Closed cases instead of open ones.
    pub(super) closed: bool,
    /// Continue after this row.
    pub(super) after: Option<(Date, Uuid)>,
}

/// The place in the list after which a page starts, as one opaque word.
pub(super) fn after_code((due, id): (Date, Uuid)) -> String {
    let mut bytes = due.to_julian_day().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn after_read(code: &str) -> Option<(Date, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(code).ok()?;
    let (day, id) = bytes.split_first_chunk::<4>()?;
    Some((
        Date::from_julian_day(i32::from_be_bytes(*day)).ok()?,
        Uuid::from_slice(id).ok()?,
    ))
}

impl View {
    /// Reads the query of an address, with the labels of what could not be read. An intake officer who asks for nothing
    /// gets what waits at intake.
    pub(super) fn read(
        query: &[(String, String)],
        actor: &Actor,
        known: &Reference,
    ) -> (Self, Vec<&'static str>) {
        let mut view = Self::default();
        let mut unread = Vec::new();
        let intake = actor.role == Role::Intake;
        let mut asked = false;
        for (name, value) in query {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let mut fits = |ok: bool, label: &'static str| {
                if !ok && !unread.contains(&label) {
                    unread.push(label);
                }
            };
            let yes = matches!(value, "1" | "yes");
            match name.as_str() {
                "q" => view.q = value.chars().take(TEXT_MAX).collect(),
                "kind" => fits(
                    {
                        view.kind = CaseKind::from_code(value);
                        view.kind.is_some()
                    },
                    "类型",
                ),
                "state" => fits(
                    {
                        view.state = State::from_code(value);
                        view.state.is_some()
                    },
                    "状态",
                ),
                "due" => fits(
                    {
                        view.due = Due::from_code(value);
                        view.due.is_some()
                    },
                    "期限",
                ),
                "street" => {
                    view.street = known
                        .streets
                        .iter()
                        .find(|s| s.code == value)
                        .map(|s| s.code.clone());
                    fits(view.street.is_some(), "街道");
                }
                "department" => {
                    view.department = known
                        .inside(value)
                        .filter(|_| intake)
                        .map(|d| d.code.clone());
                    fits(view.department.is_some(), "部门");
                }
                "urgent" => fits(
                    {
                        view.urgent = yes;
                        yes
                    },
                    "紧急",
                ),
                "unread" => fits(
                    {
                        view.unread = yes;
                        yes
                    },
                    "新留言",
                ),
                "waits" => fits(
                    {
                        view.waits = yes;
                        yes
                    },
                    "待审批",
                ),
                "fresh" => fits(
                    {
                        view.fresh = yes;
                        view.fresh
                    },
                    "新到",
                ),
                "back" => fits(
                    {
                        view.back = yes;
                        view.back
                    },
                    "被退回",
                ),
                "mine" => fits(
                    {
                        view.mine = yes && !intake;
                        view.mine
                    },
                    "我承办",
                ),
                "nobody" => fits(
                    {
                        view.nobody = yes && !intake;
                        view.nobody
                    },
                    "无人承办",
                ),
                "handler" => {
                    view.handler = Uuid::try_parse(value).ok().filter(|_| !intake);
                    fits(view.handler.is_some(), "承办人");
                }
                "co" => fits(
                    {
                        view.co = yes && !intake;
                        view.co
                    },
                    "协办",
                ),
                "often" => fits(
                    {
                        view.often = yes;
                        yes
                    },
                    "多次退回",
                ),
                "closed" => fits(
                    {
                        view.closed = yes;
                        yes
                    },
                    "已办结",
                ),
                "at_intake" => fits(
                    {
                        view.at_intake = yes && intake;
                        view.at_intake || matches!(value, "0" | "no")
                    },
                    "在受理岗",
                ),
                "after" => fits(
                    {
                        view.after = after_read(value);
                        view.after.is_some()
                    },
                    "页码",
                ),
                _ => continue,
            }
            asked = true;
        }
        view.at_intake |= intake && !asked;
        // a closed state lies among the closed cases
        view.closed |= view.state.is_some_and(|s| !s.is_open());
        (view, unread)
    }

    /// The address of this view.
    pub(super) fn href(&self) -> String {
        let mut href = "/desk/cases".to_owned();
        let mut mark = '?';
        for (name, value) in self.pairs() {
            let _ = write!(href, "{mark}{name}={}", encode(&value));
            mark = '&';
        }
        if mark == '?' {
            // said aloud, so that an intake officer gets everything and not the default
            href.push_str("?at_intake=0");
        }
        href
    }

    /// Every filter that is on, with its name in the address.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let mut push =
            |name: &'static str, value: Option<String>| out.extend(value.map(|v| (name, v)));
        let yes = |on: bool| on.then(|| "1".to_owned());
        push("q", Some(self.q.clone()).filter(|q| !q.is_empty()));
        push("kind", self.kind.map(|k| k.code().to_owned()));
        push("state", self.state.map(|s| s.code().to_owned()));
        push("street", self.street.clone());
        push("department", self.department.clone());
        push("due", self.due.map(|d| d.code().to_owned()));
        push("urgent", yes(self.urgent));
        push("unread", yes(self.unread));
        push("waits", yes(self.waits));
        push("fresh", yes(self.fresh));
        push("back", yes(self.back));
        push("mine", yes(self.mine));
        push("nobody", yes(self.nobody));
        push("handler", self.handler.map(|id| id.simple().to_string()));
        push("co", yes(self.co));
        push("often", yes(self.often));
        push("at_intake", yes(self.at_intake));
        push("closed", yes(self.closed));
        push("after", self.after.map(after_code));
        out
    }

    /// Whether a filter of the search form is on.
    pub(super) fn filtered(&self) -> bool {
        let form = ["q", "kind", "state", "street", "department", "handler"];
        self.pairs().iter().any(|(name, _)| form.contains(name))
    }

    /// The store's filter. Who belongs to a department sees that one only; nobody's department is nobody's list.
    pub(super) fn filter(
        &self,
        actor: &Actor,
        known: &Reference,
        today: Date,
        soon: Date,
    ) -> Filter {
        let department = match actor.role {
            Role::Intake => self
                .department
                .as_deref()
                .and_then(|c| known.inside(c))
                .map(|d| d.id),
            _ => Some(actor.department.map_or(Uuid::nil(), |d| d.0)),
        };
        let (due_from, due_by) = match self.due {
            None => (None, None),
            Some(Due::Today) => (Some(today), Some(today)),
            Some(Due::Late) => (None, today.previous_day()),
            Some(Due::Soon) => (today.next_day(), Some(soon)),
        };
        // a whole number is one case, wherever it stands; anything else is looked for in words
        let number = CaseNumber::parse(&self.q).ok().map(|n| n.to_string());
        let words = Some(halfwidth(&self.q)).filter(|q| number.is_none() && !q.is_empty());
        Filter {
            department,
            part: if self.co { Part::Co } else { Part::Both },
            at_intake: self.at_intake,
            closed: self.closed,
            kind: self.kind.map(|k| k.code().to_owned()),
            state: self.state.map(|s| s.code().to_owned()),
            street: self.street.clone(),
            due_by,
            due_from,
            urgent: self.urgent,
            unread: self.unread,
            waits: self.waits,
            fresh: self.fresh,
            back: self.back,
            assignee: self.mine.then_some(actor.staff.0).or(self.handler),
            nobody: self.nobody,
            often: self.often,
            number,
            text: words,
            after: self.after,
        }
    }
}

/// What the cookie of the list says when it was my day.
const DAY: &str = "day";

/// Remembers the list that a case is opened from: a view, or my day.
pub(super) fn remember(ctx: &Ctx, view: Option<&View>, response: &mut Response) {
    let list = view.map_or_else(
        || DAY.to_owned(),
        |v| v.href().split_once('?').map_or("", |(_, q)| q).to_owned(),
    );
    if ctx.cookie(CookieName::List).as_deref() != Some(list.as_str()) {
        response.headers_mut().append(
            header::SET_COOKIE,
            ctx.set_cookie(CookieName::List, &list, None),
        );
    }
}

/// The list to go back to, with its name: the one that was open last. A cookie is read like an address.
pub(super) fn back(ctx: &Ctx, actor: &Actor, known: &Reference) -> (String, &'static str) {
    match ctx.cookie(CookieName::List) {
        Some(list) if list == DAY => ("/desk".to_owned(), "今日"),
        Some(list) => (View::read(&url_pairs(&list), actor, known).0.href(), "案件"),
        None => ("/desk/cases".to_owned(), "案件"),
    }
}

/// Percent-encodes everything that is not plain.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::StaffId;
    use time::macros::date;

    fn actor(role: Role) -> Actor {
        Actor {
            staff: StaffId(Uuid::nil()),
            name: String::new(),
            role,
            department: None,
        }
    }

    fn read(role: Role, query: &str) -> (View, Vec<&'static str>) {
        View::read(&url_pairs(query), &actor(role), &Reference::default())
    }

    #[test]
    fn a_view_survives_its_address() {
        let key = (date!(2026 - 11 - 24), Uuid::from_u128(7));
        let view = View {
            q: "火锅 & 店".into(),
            kind: Some(CaseKind::Report),
            due: Some(Due::Soon),
            unread: true,
            waits: true,
            fresh: true,
            back: true,
            mine: true,
            nobody: true,
            handler: Some(Uuid::from_u128(9)),
            co: true,
            often: true,
            after: Some(key),
            ..View::default()
        };
        let href = view.href();
        let (back, unread) = read(Role::Handler, href.split_once('?').unwrap().1);
        assert_eq!((back, unread), (view, vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_named() {
        let (view, unread) = read(
            Role::Handler,
            "kind=x&state=nope&street=0&due=later&after=%00&urgent=x&sort=a",
        );
        assert_eq!(view, View::default());
        assert_eq!(unread, ["类型", "状态", "街道", "期限", "页码", "紧急"]);
        assert_eq!(
            read(Role::Handler, "department=market&at_intake=yes").1,
            ["部门", "在受理岗"],
            "intake only"
        );
        assert_eq!(
            read(Role::Intake, "mine=1&co=1&nobody=1&handler=9").1,
            ["我承办", "协办", "无人承办", "承办人"],
            "departments only"
        );
    }

    #[test]
    fn intake_begins_with_what_waits_and_may_ask_for_all() {
        assert!(read(Role::Intake, "").0.at_intake);
        assert!(read(Role::Intake, "done=dispatched").0.at_intake);
        assert!(!read(Role::Intake, "at_intake=no").0.at_intake);
        assert!(!read(Role::Intake, "q=x").0.at_intake);
        assert!(!read(Role::Handler, "").0.at_intake);
        assert_eq!(View::default().href(), "/desk/cases?at_intake=0");
    }

    #[test]
    fn nobodys_department_is_an_empty_list() {
        let today = date!(2026 - 11 - 24);
        let filter =
            View::default().filter(&actor(Role::Handler), &Reference::default(), today, today);
        assert_eq!(filter.department, Some(Uuid::nil()));
        let late = View {
            due: Some(Due::Late),
            ..View::default()
        };
        let filter = late.filter(&actor(Role::Intake), &Reference::default(), today, today);
        assert_eq!(
            (filter.department, filter.due_by),
            (None, Some(date!(2026 - 11 - 23)))
        );
    }
}
