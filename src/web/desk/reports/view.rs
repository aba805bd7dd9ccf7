//! What a page of figures shows, as its address says it: read, written back, turned into the store's scope. Pure. What
//! cannot be read is left out and named, never an error.

use crate::{
    figures::{By, Figure, Month, Part, Period, flow::Key},
    kernel::{access::Actor, words::halfwidth},
    reference::Reference,
    store::figures::Scope,
    web::desk::filter::encode,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt::Write as _;
use time::Date;
use uuid::Uuid;

/// The code of what waits at intake, where a department's would stand.
pub(super) const AT_INTAKE: &str = "intake";
/// The code of what lies in none of our streets.
pub(super) const OUTSIDE: &str = "outside";

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    /// The months.
    pub(super) period: Period,
    /// Only this department's, a code; not for who belongs to one.
    pub(super) department: Option<String>,
    /// Only this street's, a code.
    pub(super) street: Option<String>,
    /// Only this category's, a code.
    pub(super) category: Option<String>,
    /// What the table is split by.
    pub(super) by: By,
}

/// Which cases of a figure, and from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// The figure.
    pub(super) figure: Figure,
    /// Its part.
    pub(super) part: Part,
    /// Continue after this row.
    pub(super) after: Option<(Date, Uuid)>,
}

impl View {
    /// Reads the query of an address, with the labels of what could not be read. Without months: the last twelve.
    pub(super) fn read(
        query: &[(String, String)],
        actor: &Actor,
        known: &Reference,
        today: Date,
    ) -> (Self, Vec<&'static str>) {
        let this = Month::of(today);
        let own = actor.role.has_department();
        let mut view = Self {
            period: Period::year_to(this),
            department: None,
            street: None,
            category: None,
            by: if own { By::Month } else { By::Department },
        };
        let (mut from, mut to) = (None, None);
        let mut unread = Vec::new();
        for (name, value) in query {
            let value = halfwidth(value.trim());
            if value.is_empty() {
                continue;
            }
            let (fits, label) = match name.as_str() {
                "from" => {
                    from = Month::parse(&value);
                    (from.is_some(), "起始月份")
                }
                "to" => {
                    to = Month::parse(&value);
                    (to.is_some(), "截止月份")
                }
                "department" => {
                    let there = value == AT_INTAKE || known.inside(&value).is_some();
                    view.department = Some(value).filter(|_| there && !own);
                    (view.department.is_some(), "部门")
                }
                "street" => {
                    let there = value == OUTSIDE || known.streets.iter().any(|s| s.code == value);
                    view.street = Some(value).filter(|_| there);
                    (view.street.is_some(), "街道")
                }
                "category" => {
                    let found = known.category(&value).filter(|c| c.family != "problem");
                    view.category = found.map(|c| c.code.clone());
                    (view.category.is_some(), "类别")
                }
                "by" => match By::from_code(&value).filter(|b| !(own && *b == By::Department)) {
                    Some(by) => {
                        view.by = by;
                        (true, "")
                    }
                    None => (false, "分组"),
                },
                _ => continue,
            };
            if !fits && !unread.contains(&label) {
                unread.push(label);
            }
        }
        view.period = match (from, to) {
            (None, None) => view.period,
            (Some(from), None) => Period::new(from, this.max(from)),
            (None, Some(to)) => Period::year_to(to),
            (Some(from), Some(to)) => Period::new(from, to),
        };
        (view, unread)
    }

    /// Every choice, with its name in the address; the months always, so that a link keeps saying the same.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut out = vec![
            ("from", self.period.from.to_string()),
            ("to", self.period.to.to_string()),
        ];
        let mut push = |name: &'static str, value: &Option<String>| {
            out.extend(value.clone().map(|v| (name, v)))
        };
        push("department", &self.department);
        push("street", &self.street);
        push("category", &self.category);
        out.push(("by", self.by.code().to_owned()));
        out
    }

    /// The address of this view under a path.
    pub(super) fn href(&self, path: &str) -> String {
        written(path, &self.pairs())
    }

    /// The address of the cases behind a part of a figure.
    pub(super) fn cases_href(&self, path: &str, asked: &Asked) -> String {
        let mut pairs = vec![
            ("figure", asked.figure.code().to_owned()),
            ("part", asked.part.code().to_owned()),
        ];
        pairs.extend(self.pairs());
        pairs.extend(asked.after.map(|a| ("after", after_code(a))));
        written(path, &pairs)
    }

    /// Whether fewer cases are shown than the person may see.
    pub(super) fn narrowed(&self) -> bool {
        self.department.is_some() || self.street.is_some() || self.category.is_some()
    }

    /// The view narrowed to one row of its table, split by month from there.
    pub(super) fn row_of(&self, key: &Key, known: &Reference) -> Self {
        let mut view = self.clone();
        match key {
            Key::Month(month) => view.period = Period::new(*month, *month),
            Key::Department(id) => {
                view.department = Some(
                    known
                        .department(Some(*id))
                        .map_or_else(|| AT_INTAKE.to_owned(), |d| d.code.clone()),
                );
            }
            Key::Street(code) if code.is_empty() => view.street = Some(OUTSIDE.to_owned()),
            Key::Street(code) => view.street = Some(code.clone()),
            Key::Category(code) => view.category = Some(code.clone()),
        }
        view
    }

    /// The store's scope, before the person's own limits.
    pub(super) fn scope(&self, known: &Reference) -> Scope {
        let department = self
            .department
            .as_deref()
            .map(|code| known.inside(code).map_or(Uuid::nil(), |d| d.id));
        Scope {
            period: self.period,
            department,
            street: self.street.as_ref().map(|s| {
                if s == OUTSIDE {
                    String::new()
                } else {
                    s.clone()
                }
            }),
            category: self.category.clone(),
        }
    }

    /// The view in words of the audit trail.
    pub(super) fn detail(&self) -> String {
        let all: Vec<String> = self
            .pairs()
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        all.join(", ")
    }
}

impl Asked {
    /// Reads which cases are asked for: complaints received when nothing is said, `None` for a figure that is not known.
    pub(super) fn read(query: &[(String, String)]) -> Option<Self> {
        let find = |name: &str| {
            query
                .iter()
                .find(|(n, _)| n == name)
                .map_or("", |(_, v)| v.trim())
        };
        Some(Self {
            figure: match find("figure") {
                "" => Figure::Complaints,
                code => Figure::from_code(code)?,
            },
            part: Part::from_code(find("part")).unwrap_or(Part::Of),
            after: after_read(find("after")),
        })
    }
}

fn written(path: &str, pairs: &[(&'static str, String)]) -> String {
    let mut href = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs {
        let _ = write!(href, "{mark}{name}={}", encode(value));
        mark = '&';
    }
    href
}

fn after_code((day, id): (Date, Uuid)) -> String {
    let mut bytes = day.to_julian_day().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn after_read(code: &str) -> Option<(Date, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(code).ok()?;
    let (day, id) = bytes.split_first_chunk::<4>()?;
    let day = Date::from_julian_day(i32::from_be_bytes(*day)).ok()?;
    let near = (1971..=2999).contains(&day.year());
    Some((day, Uuid::from_slice(id).ok()?)).filter(|_| near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{StaffId, access::Role},
        web::ctx::url_pairs,
    };
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 24);

    fn read(role: Role, query: &str) -> (View, Vec<&'static str>) {
        let actor = Actor {
            staff: StaffId(Uuid::nil()),
            name: String::new(),
            role,
            department: None,
        };
        View::read(&url_pairs(query), &actor, &Reference::default(), TODAY)
    }

    #[test]
    fn a_view_survives_its_address() {
        let (view, unread) = read(
            Role::Intake,
            "from=2026-11&to=2026-09&street=outside&department=intake&by=street",
        );
        assert_eq!(unread, [] as [&str; 0]);
        assert_eq!(view.period.label(), "2026年9月至2026年11月");
        let href = view.href("/desk/reports");
        assert_eq!(
            read(Role::Intake, href.split_once('?').unwrap().1),
            (view.clone(), vec![])
        );
        let asked = Asked {
            figure: Figure::CheckRate,
            part: Part::All,
            after: Some((TODAY, Uuid::from_u128(7))),
        };
        let href = view.cases_href("/desk/reports/cases", &asked);
        let pairs = url_pairs(href.split_once('?').unwrap().1);
        assert_eq!(Asked::read(&pairs), Some(asked));
        assert_eq!(read(Role::Intake, href.split_once('?').unwrap().1).0, view);
    }

    #[test]
    fn without_months_it_is_the_last_twelve() {
        assert_eq!(
            read(Role::Intake, "").0.period.label(),
            "2025年12月至2026年11月"
        );
        assert_eq!(
            read(Role::Intake, "from=2026-10").0.period.label(),
            "2026年10月至2026年11月"
        );
        assert_eq!(
            read(Role::Intake, "to=2025-12").0.period.label(),
            "2025年1月至2025年12月"
        );
        assert_eq!(
            read(Role::Intake, "from=2027-01").0.period.label(),
            "2027年1月"
        );
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_named() {
        let (view, unread) = read(
            Role::Supervisor,
            "from=x&to=2026-13&department=intake&street=1&category=p_quality&by=department&z=1",
        );
        assert_eq!(view, read(Role::Supervisor, "").0);
        assert_eq!(
            unread,
            ["起始月份", "截止月份", "部门", "街道", "类别", "分组"],
            "a department's own people see that one only"
        );
        assert_eq!(Asked::read(&url_pairs("figure=x")), None);
        let asked = Asked::read(&url_pairs("figure=settled&part=x&after=%00")).unwrap();
        assert_eq!((asked.part, asked.after), (Part::Of, None));
    }
}
