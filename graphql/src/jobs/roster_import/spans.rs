//! From when to when places and duties go of which a package does not say it.
use super::facts::ClassFacts;
use super::read::Days;
use crate::access::scope::Scope;
use crate::clock::{NO_END, not_replaced};
use crate::db::on;
use crate::error::Result;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A first day that the package does not say: it is decided once, and then it is what is stored. Before any day that a school has to do
/// with; both databases order it first.
pub(super) const UNSAID: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date of the calendar");

/// From when to when places and duties go.
pub(super) struct Spans {
    today: NaiveDate,
    /// The year of each class, and the first day of whoever comes into it.
    classes: HashMap<Uuid, (Days, NaiveDate)>,
    /// The first day of duties over each school.
    schools: HashMap<Uuid, NaiveDate>,
    /// And over the board.
    board: NaiveDate,
}

impl Spans {
    pub(super) fn new(today: NaiveDate) -> Self {
        Spans { today, classes: HashMap::new(), schools: HashMap::new(), board: today }
    }

    /// Whoever comes with the first roster of a school's year is there from its beginning, and everybody later from today.
    pub(super) async fn find(
        &mut self,
        scope: &Scope,
        classes: &HashMap<Uuid, ClassFacts>,
        years: &HashMap<Uuid, Days>,
        first: bool,
    ) -> Result<()> {
        let known = if first { HashSet::new() } else { with_places(scope).await? };
        let begins =
            |(begins, ends): Days, known: bool| if known && (begins..=ends).contains(&self.today) { self.today } else { begins };
        for (id, class) in classes {
            self.classes.insert(*id, (class.days, begins(class.days, known.contains(&(class.school, class.year)))));
        }
        let running = years.values().filter(|(begins, ends)| (*begins..=*ends).contains(&self.today));
        let running = running.map(|(begins, _)| *begins).min().unwrap_or(self.today);
        for class in classes.values().filter(|class| class.days.0 <= self.today && self.today <= class.days.1) {
            let begins = if known.contains(&(class.school, class.year)) { self.today } else { running };
            self.schools.insert(class.school, begins);
        }
        self.board = if first { running } else { self.today };
        Ok(())
    }

    /// The first day of a place in a class, or of a duty over it, that is over on a day.
    pub(super) fn begins_in(&self, class: Uuid, ends: NaiveDate) -> NaiveDate {
        let Some(((year, _), begins)) = self.classes.get(&class) else { return self.today.min(ends) };
        if ends < *begins { *year } else { *begins }
    }

    /// The first day of a duty over a school, or over the board.
    pub(super) fn begins_at(&self, school: Option<Uuid>, ends: NaiveDate) -> NaiveDate {
        school.map_or(self.board, |school| self.schools.get(&school).copied().unwrap_or(self.today)).min(ends)
    }

    /// The year of a class; all days where that is not known.
    pub(super) fn year_of(&self, class: Uuid) -> Days {
        self.classes.get(&class).map_or((UNSAID, NO_END), |(year, _)| *year)
    }
}

/// The years of schools in whose classes there is somebody already.
async fn with_places(scope: &Scope) -> Result<HashSet<(Uuid, Uuid)>> {
    let sql = "SELECT s.id, y.id FROM school s CROSS JOIN academic_year y
               WHERE EXISTS (SELECT 1 FROM class c JOIN enrolment e ON e.class = c.id AND e.known_until = $1
                             WHERE c.school = s.id AND c.academic_year = y.id)";
    let rows: Vec<(Uuid, Uuid)> = on!(scope.read(), c => sqlx::query_as(sql).bind(not_replaced()).fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}
