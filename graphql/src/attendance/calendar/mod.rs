//! The school calendar (行事暦): on which days a grade has school, and why not.
pub mod change;
pub mod file;
mod known;
pub mod lay_out;
pub mod of_school;

use super::school_day::is_ordinary;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use async_graphql::Enum;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// What a day of the calendar is.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CalendarKind {
    /// 授業日 whatever the week says: a Saturday with school, a sports day on a Sunday.
    School,
    /// 行事: the day has a name and is as the week has it.
    Event,
    /// 長期休業: summer, winter, spring.
    Vacation,
    /// 学校の休業日: the day of the school's founding, of the prefecture.
    Holiday,
    /// 振替休業日: free for a Saturday or Sunday with school.
    Substitute,
    /// 臨時休業 of the whole grade or school, for an infection or the weather. A single class is closed by `closeClass` instead.
    Closure,
}

impl CalendarKind {
    /// Whether there is school; `None` where that is for the week to say.
    #[must_use]
    pub fn has_school(self) -> Option<bool> {
        match self {
            CalendarKind::School => Some(true),
            CalendarKind::Event => None,
            CalendarKind::Vacation | CalendarKind::Holiday | CalendarKind::Substitute | CalendarKind::Closure => Some(false),
        }
    }
}

/// What the calendar says of a day of a school, or of one grade.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct CalendarDay {
    pub(crate) id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The grade, such as `P5`; empty for the whole school.
    pub grade: String,
    /// The day.
    pub day: NaiveDate,
    /// Since when it is so.
    pub known_from: DateTime<Utc>,
    /// What it is; `None` where it was taken back.
    pub kind: Option<CalendarKind>,
    /// Its name, such as 運動会; may be empty.
    pub title: String,
    /// Why it was changed.
    pub reason: Option<String>,
    /// Who set it.
    pub set_by: Uuid,
    /// Whether it came with the year when that was laid out: nobody has set this very day.
    pub laid_out: bool,
}

/// The calendar of a school over some days.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    spans: Vec<(NaiveDate, NaiveDate)>,
    days: BTreeMap<NaiveDate, Vec<CalendarDay>>,
}

impl Calendar {
    fn add(&mut self, day: CalendarDay) {
        self.days.entry(day.day).or_default().push(day);
    }

    /// Whether the calendar says of a day what it is. Otherwise the register tells.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.spans.iter().any(|(begins, ends)| *begins <= day && day <= *ends)
    }

    /// Whether a class of some grades has school on a day; `None` where there is no calendar. A class of several grades (複式) has school
    /// when one of them has.
    #[must_use]
    pub fn has_school(&self, day: NaiveDate, grades: &str) -> Option<bool> {
        self.covers(day).then(|| grades.split(',').any(|grade| self.has_school_in(day, grade)))
    }

    /// Whether a pupil of a class has school on a day: by the pupil's own grade where the class has several and it is known, else by the
    /// class's.
    #[must_use]
    pub fn has_school_for(&self, day: NaiveDate, grades: &str, grade: Option<&str>) -> Option<bool> {
        self.has_school(day, grade.filter(|_| grades.contains(',')).unwrap_or(grades))
    }

    fn has_school_in(&self, day: NaiveDate, grade: &str) -> bool {
        let said = |of: &str| self.on(day).find(|row| row.grade == of)?.kind?.has_school();
        let of_grade = Some(grade).filter(|grade| !grade.is_empty()).and_then(said);
        of_grade.or_else(|| said("")).unwrap_or_else(|| is_ordinary(day))
    }

    /// What is said of a day, of the whole school and of single grades.
    pub(crate) fn on(&self, day: NaiveDate) -> impl Iterator<Item = &CalendarDay> {
        self.days.get(&day).into_iter().flatten().filter(|row| row.kind.is_some())
    }

    /// What a class of some grades reads on a day, the grade's own first.
    pub(crate) fn titles(&self, day: NaiveDate, grades: &str) -> Vec<&CalendarDay> {
        let of = |row: &&CalendarDay| row.grade.is_empty() || grades.split(',').any(|grade| grade == row.grade);
        let mut rows: Vec<&CalendarDay> = self.on(day).filter(of).collect();
        rows.sort_by_key(|row| row.grade.is_empty());
        rows
    }

    /// Every row over the days that were loaded, in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &CalendarDay> {
        self.days.values().flatten().filter(|row| row.kind.is_some())
    }
}

/// Loads the calendars of many schools over the same days at once. A calendar hangs at the school's door: it is no one's secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CalendarOf {
    /// The school.
    pub school: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

#[async_trait]
impl Loader<CalendarOf> for Scope {
    type Value = Arc<Calendar>;
    type Error = Error;

    async fn load(&self, keys: &[CalendarOf]) -> Result<HashMap<CalendarOf, Arc<Calendar>>> {
        let mut schools: HashMap<(NaiveDate, NaiveDate), Vec<Uuid>> = HashMap::new();
        keys.iter().for_each(|key| schools.entry((key.from, key.to)).or_default().push(key.school));
        let mut found = HashMap::new();
        for ((from, to), schools) in schools {
            for (school, calendar) in of_schools(self, &schools, (from, to)).await? {
                found.insert(CalendarOf { school, from, to }, Arc::new(calendar));
            }
        }
        Ok(found)
    }
}

/// The calendar of a school over some days, as it is now or as it was known at a time.
pub(crate) async fn of_school(
    scope: &Scope,
    school: Uuid,
    days: (NaiveDate, NaiveDate),
    at: Option<DateTime<Utc>>,
) -> Result<Calendar> {
    match at {
        Some(at) => known::of_school(scope, school, days, at).await,
        None => Ok(of_schools(scope, &[school], days).await?.remove(&school).unwrap_or_default()),
    }
}

/// Reads the rows of the calendars of some schools by whatever reads.
macro_rules! rows {
    ($reader:expr, $schools:expr, ($from:expr, $to:expr)) => {{
        let (schools, from, to): (&[Uuid], NaiveDate, NaiveDate) = ($schools, $from, $to);
        let rows: Vec<Row> = on!($reader, c => {
            // One statement: whoever takes attendance asks it.
            let mut sql = QueryBuilder::new(
                "SELECT y.school, y.begins, y.ends, d.id, d.grade, d.day, d.known_from, d.kind, d.title, d.reason, d.set_by, d.laid_out
                 FROM school_calendar y LEFT JOIN calendar_day d
                     ON d.school = y.school AND d.day >= y.begins AND d.day <= y.ends AND d.day >= ");
            sql.push_bind(from).push(" AND d.day <= ").push_bind(to).push(" AND d.known_until = ").push_bind(not_replaced());
            sql.push(" WHERE y.ends >= ").push_bind(from).push(" AND y.begins <= ").push_bind(to);
            sql.push(" AND y.school IN (");
            bind_ids(&mut sql, schools.iter().copied());
            sql.push(") ORDER BY d.day, d.grade").build_query_as().fetch_all(c).await?
        });
        rows
    }};
}

/// The calendar of a school over some days as it is now, for a write.
pub(crate) async fn within(tx: &mut Tx, school: Uuid, (from, to): (NaiveDate, NaiveDate)) -> Result<Calendar> {
    let rows = rows!(tx.connection(), &[school], (from, to));
    Ok(by_school(&[school], rows).remove(&school).unwrap_or_default())
}

async fn of_schools(scope: &Scope, schools: &[Uuid], (from, to): (NaiveDate, NaiveDate)) -> Result<HashMap<Uuid, Calendar>> {
    let rows = rows!(scope.read(), schools, (from, to));
    Ok(by_school(schools, rows))
}

fn by_school(schools: &[Uuid], rows: Vec<Row>) -> HashMap<Uuid, Calendar> {
    let mut calendars: HashMap<Uuid, Calendar> = schools.iter().map(|school| (*school, Calendar::default())).collect();
    for row in rows {
        let calendar = calendars.entry(row.school).or_default();
        if !calendar.spans.contains(&(row.begins, row.ends)) {
            calendar.spans.push((row.begins, row.ends));
        }
        row.day().into_iter().for_each(|day| calendar.add(day));
    }
    calendars
}

/// A year of a school with one of its days; without, where it has none.
#[derive(sqlx::FromRow)]
struct Row {
    school: Uuid,
    begins: NaiveDate,
    ends: NaiveDate,
    id: Option<Uuid>,
    grade: Option<String>,
    day: Option<NaiveDate>,
    known_from: Option<DateTime<Utc>>,
    kind: Option<CalendarKind>,
    title: Option<String>,
    reason: Option<String>,
    set_by: Option<Uuid>,
    laid_out: Option<bool>,
}

impl Row {
    fn day(self) -> Option<CalendarDay> {
        Some(CalendarDay {
            id: self.id?,
            school: self.school,
            grade: self.grade?,
            day: self.day?,
            known_from: self.known_from?,
            kind: self.kind,
            title: self.title?,
            reason: self.reason,
            set_by: self.set_by?,
            laid_out: self.laid_out?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn calendar(rows: &[(&str, &str, CalendarKind)]) -> Calendar {
        let mut calendar = Calendar { spans: vec![(day("2026-04-01"), day("2027-03-31"))], ..Calendar::default() };
        for (on, grade, kind) in rows {
            calendar.add(CalendarDay {
                id: Uuid::nil(),
                school: Uuid::nil(),
                grade: (*grade).to_owned(),
                day: day(on),
                known_from: DateTime::UNIX_EPOCH,
                kind: Some(*kind),
                title: String::new(),
                reason: None,
                set_by: Uuid::nil(),
                laid_out: false,
            });
        }
        calendar
    }

    #[test]
    fn without_a_word_the_week_and_the_national_holidays_decide() {
        let plain = calendar(&[]);
        assert_eq!(plain.has_school(day("2026-11-24"), "P5"), Some(true));
        assert_eq!(
            (plain.has_school(day("2026-11-23"), "P5"), plain.has_school(day("2026-11-21"), "P5")),
            (Some(false), Some(false))
        );
        assert_eq!(plain.has_school(day("2026-03-31"), "P5"), None, "another year has no calendar");
    }

    #[test]
    fn trap_1_a_grade_has_school_days_of_its_own() {
        let said = calendar(&[
            ("2026-10-17", "", CalendarKind::School),
            ("2026-10-19", "", CalendarKind::Substitute),
            ("2026-10-19", "P6", CalendarKind::School),
            ("2026-10-20", "P5", CalendarKind::Closure),
            ("2026-10-21", "P5", CalendarKind::Event),
        ]);
        let has = |on: &str, grades: &str| said.has_school(day(on), grades).expect("there is a calendar");
        assert!(has("2026-10-17", "P5") && !has("2026-10-19", "P5") && has("2026-10-19", "P6"));
        assert!(!has("2026-10-20", "P5") && has("2026-10-20", "P6") && has("2026-10-20", ""));
        assert!(has("2026-10-20", "P5,P6"), "a class of two grades meets when one of them does");
        assert!(has("2026-10-21", "P5"), "an event is no holiday");
    }
}
