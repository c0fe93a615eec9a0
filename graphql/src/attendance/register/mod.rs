//! The register of a class (出席簿): what holds of each pupil on each day, and the days counted by `arithmetic`. A day counts for the class
//! in which the pupil's place is; a pupil of two homerooms (特別支援学級 and its 交流学級) stands in one register.
pub mod correction;
pub mod of_classes;
pub mod of_month;
pub mod of_year;
pub mod on_day;
mod replaced;

use super::arithmetic::Held;
use super::calendar::{self, Calendar};
use super::kind::{self, AttendanceKind};
use super::mark::{AttendanceMark, AttendancePlace, BY_NAME, FIELDS, FROM_NAMED};
use super::recognition::{self, AttendanceRecognition};
use super::school_day;
use crate::access::scope::Scope;
use crate::clock::{not_replaced, school_midnight};
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::class::{Class, ClassKind};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A pupil's place in a homeroom, with the pupil.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Place {
    pub(crate) pupil: Uuid,
    pub(crate) class: Uuid,
    pub(crate) number: Option<i32>,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    /// The pupil's own grade in a class of several, where it is known.
    pub(crate) grade: Option<String>,
    /// How many pupils ever were in the class: a 特別支援学級 has few.
    size: i64,
}

/// Some days of some pupils of a school, as the register has them.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    /// The last day that is counted: the days after it have not come.
    pub(crate) until: NaiveDate,
    pub(crate) places: HashMap<Uuid, Vec<Place>>,
    /// The homerooms that were asked for, and those of the places.
    pub(crate) homerooms: HashMap<Uuid, Class>,
    pub(crate) kinds: HashMap<String, AttendanceKind>,
    pub(crate) recognitions: Vec<AttendanceRecognition>,
    /// What holds, by pupil and day.
    pub(crate) marks: HashMap<(Uuid, NaiveDate), AttendanceMark>,
    /// What held at the end of the days and was replaced afterwards.
    pub(crate) replaced: Vec<AttendanceMark>,
    /// The school days of each class.
    pub(crate) school_days: HashMap<Uuid, BTreeSet<NaiveDate>>,
    pub(crate) calendar: Calendar,
}

/// From when on a change to these days corrects a register that was finished: the midnight after the last of them.
pub(crate) fn finished_at(to: NaiveDate) -> DateTime<Utc> {
    school_midnight(to + Days::new(1))
}

/// Which marks are gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All that hold, and those that were replaced after the days were over; with who made them.
    Every,
    /// All that hold, without who made them: for cells and sums.
    Holding,
    /// The few that are no plain attendance: days of plain attendance look as if nobody had marked them.
    Apart,
}

/// Gathers some days of these pupils in a school and in these homerooms of it, in which nobody need have been. The caller has checked the
/// classes and the pupils against the scope, and names nobody twice.
pub(crate) async fn gather(
    scope: &Scope,
    school: Uuid,
    classes: &[Class],
    pupils: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
    which: Which,
) -> Result<Gathered> {
    let until = to.min(scope.today());
    let calendar = calendar::of_school(scope, school, (from, to), None).await?;
    let places = places(scope, school, pupils, (from, to)).await?;
    let homerooms = homerooms(scope, school, classes, &places).await?;
    let school_days = school_day::of_homerooms(scope, &homerooms.values().collect::<Vec<_>>(), &calendar, (from, to)).await?;
    let (mut marks, mut replaced) = (HashMap::new(), Vec::new());
    for mark in marks_of(scope, school, pupils, (from, to), which).await? {
        if mark.replaced {
            replaced.push(mark.mark);
        } else {
            marks.insert((mark.mark.pupil, mark.mark.day), mark.mark);
        }
    }
    let kinds = kind::all(scope).await?.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
    let recognitions = recognition::of_pupils(scope, pupils).await?;
    Ok(Gathered { from, to, until, places, homerooms, kinds, recognitions, marks, replaced, school_days, calendar })
}

impl Gathered {
    /// The days, first and last included.
    pub(crate) fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let to = self.to;
        self.from.iter_days().take_while(move |day| *day <= to)
    }

    /// The class in whose register a pupil stands on a day. Of two homerooms at once it is the smaller one, which is the 特別支援学級; the
    /// other is the 交流学級.
    pub(crate) fn class_on(&self, pupil: Uuid, day: NaiveDate) -> Option<Uuid> {
        self.place_on(pupil, day).map(|place| place.class)
    }

    fn place_on(&self, pupil: Uuid, day: NaiveDate) -> Option<&Place> {
        let here = self.places.get(&pupil)?.iter().filter(|place| place.begins <= day && day <= place.ends);
        here.min_by_key(|place| (place.size, place.class))
    }

    /// Whether a pupil has school on a day: 授業日数 is a matter of the pupil's grade, and of the class where that is not known apart.
    pub(crate) fn has_school(&self, pupil: Uuid, day: NaiveDate) -> bool {
        let Some(place) = self.place_on(pupil, day) else { return false };
        let own = place.grade.as_deref().and_then(|grade| self.calendar.has_school(day, grade));
        own.unwrap_or_else(|| self.is_school_day(place.class, day))
    }

    /// Whether a class has school on a day.
    pub(crate) fn is_school_day(&self, class: Uuid, day: NaiveDate) -> bool {
        self.school_days.get(&class).is_some_and(|days| days.contains(&day))
    }

    /// What holds of a pupil's day in a register: the one of a class, or whichever it is.
    pub(crate) fn held(&self, pupil: Uuid, day: NaiveDate, class: Option<Uuid>) -> Held {
        let here = self.class_on(pupil, day);
        if here.is_none() || class.is_some_and(|class| here != Some(class)) || day > self.until || !self.has_school(pupil, day) {
            return Held::NotCounted;
        }
        self.marks.get(&(pupil, day)).map_or(Held::Unmarked, |mark| self.said(mark))
    }

    /// What a mark says, by the flags of its kind.
    pub(crate) fn said(&self, mark: &AttendanceMark) -> Held {
        match mark.kind.as_ref().and_then(|code| self.kinds.get(code)) {
            None => Held::Unmarked,
            Some(AttendanceKind { excused: true, .. }) => Held::Excused,
            Some(AttendanceKind { absent: true, .. }) => Held::Absent,
            Some(_) => Held::Present { late: mark.late, left_early: mark.left_early, elsewhere: is_elsewhere(mark.place) },
        }
    }

    /// The sign of a mark on paper.
    pub(crate) fn sign(&self, mark: &AttendanceMark) -> String {
        match self.said(mark) {
            Held::NotCounted | Held::Unmarked => String::new(),
            Held::Absent | Held::Excused => self.kinds[mark.kind.as_deref().unwrap_or_default()].mark.clone(),
            Held::Present { late, left_early, .. } => {
                let times =
                    [(late, "チ"), (left_early, "早")].iter().filter(|(on, _)| *on).map(|(_, sign)| *sign).collect::<String>();
                let plain = self.kinds[mark.kind.as_deref().unwrap_or_default()].mark.clone();
                match (times.is_empty(), mark.place == AttendancePlace::Classroom) {
                    (false, _) => times,
                    (true, true) => plain,
                    (true, false) => "○".to_owned(),
                }
            }
        }
    }

    /// Whether a mark of attendance elsewhere rests on a decision of the head.
    pub(crate) fn is_recognised(&self, mark: &AttendanceMark) -> bool {
        let of = |decided: &&AttendanceRecognition| decided.pupil == mark.pupil && decided.school == mark.school;
        self.recognitions.iter().filter(of).any(|decided| decided.covers(mark.place, mark.day))
    }
}

/// 出席扱い: attendance that was not in the room of the class. The nurse's room for an hour is no other place, but a whole day there is.
fn is_elsewhere(place: AttendancePlace) -> bool {
    place != AttendancePlace::Classroom
}

/// The pupils who were in each of some homerooms on any of some days. The caller has checked the classes against the scope.
pub(crate) async fn pupils_of(
    scope: &Scope,
    classes: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for chunk in classes.chunks(500) {
        let some: Vec<(Uuid, Uuid)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT DISTINCT class, pupil FROM enrolment WHERE kind = 'HOME' AND begins <= ");
            sql.push_bind(to).push(" AND ends >= ").push_bind(from).push(" AND known_until = ").push_bind(not_replaced());
            sql.push(" AND class IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        some.into_iter().for_each(|(class, pupil)| found.entry(class).or_default().push(pupil));
    }
    Ok(found)
}

async fn places(
    scope: &Scope,
    school: Uuid,
    pupils: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, Vec<Place>>> {
    let mut found: HashMap<Uuid, Vec<Place>> = HashMap::new();
    for chunk in pupils.chunks(500) {
        let some: Vec<Place> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "WITH here AS MATERIALIZED (SELECT e.id, e.pupil, e.class, e.number, e.begins, e.ends,
                     CASE WHEN c.grades LIKE '%,%' THEN e.grade END AS grade
                 FROM enrolment e JOIN class c ON c.id = e.class WHERE c.kind = ");
            sql.push_bind(ClassKind::Homeroom).push(" AND e.kind = 'HOME' AND e.school = ").push_bind(school);
            sql.push(" AND e.known_until = ").push_bind(not_replaced());
            sql.push(" AND e.begins <= ").push_bind(to).push(" AND e.ends >= ").push_bind(from).push(" AND e.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            // A class is counted once, not for each of its pupils.
            sql.push(")), sizes AS MATERIALIZED (SELECT o.class, count(*) AS size FROM enrolment o WHERE o.known_until = ");
            sql.push_bind(not_replaced()).push(" AND o.class IN (SELECT class FROM here) GROUP BY o.class)");
            sql.push(" SELECT h.pupil, h.class, h.number, h.begins, h.ends, h.grade, s.size
                       FROM here h JOIN sizes s ON s.class = h.class ORDER BY h.begins, h.id");
            sql.build_query_as().fetch_all(c).await?
        });
        some.into_iter().for_each(|place| found.entry(place.pupil).or_default().push(place));
    }
    Ok(found)
}

/// These homerooms of a school, and those of these places.
async fn homerooms(
    scope: &Scope,
    school: Uuid,
    classes: &[Class],
    places: &HashMap<Uuid, Vec<Place>>,
) -> Result<HashMap<Uuid, Class>> {
    let mut found: HashMap<Uuid, Class> = classes.iter().map(|class| (class.id, class.clone())).collect();
    let others: BTreeSet<Uuid> =
        places.values().flatten().map(|place| place.class).filter(|class| !found.contains_key(class)).collect();
    if !others.is_empty() {
        let some: Vec<Class> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM class WHERE school = ");
            sql.push_bind(school).push(" AND id IN (");
            bind_ids(&mut sql, others.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(some.into_iter().map(|class| (class.id, class)));
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Marked {
    #[sqlx(flatten)]
    mark: AttendanceMark,
    replaced: bool,
}

/// The text that reads the marks of so many pupils in a school ($1) from a day ($2) to a day ($3): those that hold, and those that were
/// replaced after a time ($4). Public so that a test can ask both databases how they would answer it.
#[must_use]
pub fn marks_sql(pupils: usize) -> String {
    marks_of_which(pupils, Which::Every)
}

fn marks_of_which(pupils: usize, which: Which) -> String {
    let (fields, rest) = match which {
        Which::Every => (format!("{BY_NAME} {FROM_NAMED}"), ""),
        Which::Holding => ("NULL AS by_name FROM attendance_mark m".into(), " AND m.known_until = '9999-12-31T00:00:00+00:00'"),
        Which::Apart => (format!("{BY_NAME} {FROM_NAMED}"), " AND (m.kind <> 'PRESENT' OR m.place <> 'CLASSROOM')"),
    };
    let pupils: Vec<String> = (5..5 + pupils).map(|nth| format!("${nth}")).collect();
    format!(
        "SELECT {FIELDS}, m.known_until <> '9999-12-31T00:00:00+00:00' AS replaced, {fields}
         WHERE m.school = $1 AND m.day >= $2 AND m.day <= $3 AND m.known_until > $4 AND m.pupil IN ({}){rest}",
        pupils.join(", ")
    )
}

async fn marks_of(
    scope: &Scope,
    school: Uuid,
    pupils: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
    which: Which,
) -> Result<Vec<Marked>> {
    let mut found = Vec::new();
    for chunk in pupils.chunks(500) {
        let some: Vec<Marked> = on!(scope.read(), c => {
            let mut query = sqlx::query_as(AssertSqlSafe(marks_of_which(chunk.len(), which)));
            query = query.bind(school).bind(from).bind(to).bind(finished_at(to));
            for pupil in chunk {
                query = query.bind(pupil);
            }
            query.persistent(false).fetch_all(c).await?
        });
        found.extend(some);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
