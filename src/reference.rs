//! Reference data in memory: what every form, dispatch and deadline needs, read once and again after a change, so that
//! no request computes it.

use crate::{
    error::Result,
    intake::check::Known,
    kernel::calendar::WorkCalendar,
    store::{
        Store, calendar,
        reference::{self, Category, Department, Street},
    },
    triage::rules::Rule,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Everything, immutable; replaced as a whole.
#[derive(Debug, Default)]
pub struct Reference {
    /// Departments and outside offices.
    pub departments: Vec<Department>,
    /// Streets.
    pub streets: Vec<Street>,
    /// Goods and services, then problems.
    pub categories: Vec<Category>,
    /// Dispatch rules in order.
    pub rules: Vec<Rule>,
    /// The work calendar.
    pub calendar: WorkCalendar,
    /// The database holds demo data.
    pub demo: bool,
    category_index: HashMap<String, usize>,
}

impl Reference {
    /// Reads everything.
    ///
    /// # Errors
    /// The database is away.
    pub async fn load(store: &Store) -> Result<Self> {
        let mut conn = store.conn().await?;
        let categories = reference::categories(&mut conn).await?;
        let years = calendar::years(&mut conn).await?;
        let days = calendar::days(&mut conn).await?;
        let category_index = categories
            .iter()
            .enumerate()
            .map(|(i, c)| (c.code.clone(), i))
            .collect();
        Ok(Self {
            departments: reference::departments(&mut conn).await?,
            streets: reference::streets(&mut conn).await?,
            rules: reference::rules(&mut conn).await?,
            calendar: WorkCalendar::from_rows(
                years,
                days.into_iter().map(|d| (d.day, d.is_off, d.name)),
            ),
            demo: reference::meta(&mut conn, "demo").await?.is_some(),
            categories,
            category_index,
        })
    }

    /// The category with this code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.category_index.get(code).map(|i| &self.categories[*i])
    }

    /// The name of a category, or its code when it is gone.
    #[must_use]
    pub fn category_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.category(code).map_or(code, |c| &c.name)
    }

    /// The name of a street, a dash when none.
    #[must_use]
    pub fn street_name(&self, code: Option<&str>) -> &str {
        code.and_then(|c| self.streets.iter().find(|s| s.code == c))
            .map_or("—", |s| &s.name)
    }

    /// The department with this id.
    #[must_use]
    pub fn department(&self, id: Option<Uuid>) -> Option<&Department> {
        id.and_then(|id| self.departments.iter().find(|d| d.id == id))
    }

    /// What a resident reads as the holder: a department, never a person.
    #[must_use]
    pub fn holder(&self, id: Option<Uuid>) -> &str {
        self.department(id)
            .map_or("受理岗（正在为您找对口部门）", |d| &d.name)
    }

    /// The department with this code that handles cases here.
    #[must_use]
    pub fn inside(&self, code: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.code == code && d.inside)
    }
}

impl Known for Reference {
    fn subject(&self, category: &str) -> Option<String> {
        self.category(category)
            .filter(|c| c.family != "problem")
            .and_then(|c| c.subject.clone())
    }

    fn problem(&self, code: &str) -> bool {
        self.category(code).is_some_and(|c| c.family == "problem")
    }

    fn street(&self, code: &str) -> bool {
        self.streets.iter().any(|s| s.code == code)
    }
}
