//! What was changed in registers after their last day was over: a sheet that was printed before says otherwise.
use super::of_month::RegisterRow;
use super::{Gathered, finished_at, replaced};
use crate::access::scope::Scope;
use crate::attendance::mark::AttendanceMark;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::Class;
use crate::scalar::{Day, Timestamp};
use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// One change to a register after its last day was over: of a pupil's mark, of a pupil's days in the class, or of the calendar.
#[derive(SimpleObject, Clone, Debug)]
pub struct RegisterCorrection {
    /// The day that was corrected, the first where it is more than one.
    pub day: Day,
    /// 出席番号 of the pupil; null for a change of the calendar.
    pub number: Option<i32>,
    /// The pupil's name; null for a change of the calendar.
    pub name: Option<String>,
    /// What stood there: the sign, 出席 or 未記入, the pupil's days in the class such as 在籍 or 11/20まで在籍, or what the calendar said.
    pub before: String,
    /// What stands there since.
    pub after: String,
    /// Who corrected it; null if it is nobody who is here by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why; null where nobody said.
    pub reason: Option<String>,
}

/// The most corrections that are listed; their number counts all.
const MOST: usize = 200;

/// Corrections with their times.
pub(super) type Timed = Vec<(DateTime<Utc>, RegisterCorrection)>;

/// What was changed in the registers of some classes of a school after their last day was over; nothing where that is still to come.
#[derive(Default)]
pub(super) struct Corrected<'a> {
    /// Every marking of the days of which one was made afterwards, the oldest first, by pupil.
    marks: HashMap<Uuid, BTreeMap<NaiveDate, Vec<&'a AttendanceMark>>>,
    /// Of pupils' days in a class, by class.
    places: HashMap<Uuid, Timed>,
    /// Of the calendar of the school, by day and grade, with what it said before.
    calendar: Vec<DayChanged>,
    finished: DateTime<Utc>,
}

/// What was changed in the registers of homerooms of a school. The caller has checked the classes against the scope.
pub(super) async fn of_classes<'a>(
    scope: &Scope,
    (school, classes): (Uuid, &[Class]),
    gathered: &'a Gathered,
) -> Result<Corrected<'a>> {
    let finished = finished_at(gathered.to);
    if scope.now() < finished {
        return Ok(Corrected::default());
    }
    let all = || gathered.marks.values().chain(&gathered.replaced);
    let anew = all().filter(|mark| mark.known_from >= finished);
    let anew: HashSet<(Uuid, NaiveDate)> = anew.map(|mark| (mark.pupil, mark.day)).collect();
    let mut marks: HashMap<Uuid, BTreeMap<NaiveDate, Vec<&AttendanceMark>>> = HashMap::new();
    for mark in all().filter(|mark| anew.contains(&(mark.pupil, mark.day))) {
        marks.entry(mark.pupil).or_default().entry(mark.day).or_default().push(mark);
    }
    marks.values_mut().flat_map(BTreeMap::values_mut).for_each(|of| of.sort_by_key(|mark| (mark.known_from, mark.id)));
    let ids: Vec<Uuid> = classes.iter().map(|class| class.id).collect();
    let places = replaced::of_classes(scope, &ids, gathered).await?;
    let calendar = calendar_of(scope, school, (gathered.from, gathered.to)).await?;
    Ok(Corrected { marks, places, calendar, finished })
}

impl Corrected<'_> {
    /// The version of a class's register and what was corrected, the newest first.
    pub(super) fn of_class(&self, class: &Class, gathered: &Gathered, rows: &[RegisterRow]) -> (usize, Vec<RegisterCorrection>) {
        let mut found: Timed = rows.iter().flat_map(|row| self.of_row(class, gathered, row)).collect();
        found.extend(self.places.get(&class.id).into_iter().flatten().cloned());
        found.extend(self.of_calendar(class));
        found.sort_by_key(|(at, correction)| (std::cmp::Reverse(*at), correction.day, correction.number));
        let version = 1 + found.iter().map(|(at, _)| at).collect::<BTreeSet<_>>().len();
        (version, found.into_iter().map(|(_, correction)| correction).take(MOST).collect())
    }

    /// What was corrected of the marks of a pupil on the days in a class.
    fn of_row(&self, class: &Class, gathered: &Gathered, row: &RegisterRow) -> Timed {
        let words = |mark: Option<&&AttendanceMark>| match mark {
            Some(mark) if mark.kind.is_some() => {
                Some(gathered.sign(mark)).filter(|sign| !sign.is_empty()).unwrap_or("出席".into())
            }
            _ => "未記入".to_owned(),
        };
        let here = |day: NaiveDate| gathered.class_on(row.pupil, day) == Some(class.id);
        let mut found = Timed::new();
        for (day, marks) in self.marks.get(&row.pupil).into_iter().flatten().filter(|(day, _)| here(**day)) {
            for (at, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.known_from >= self.finished) {
                let (before, after) = (words(at.checked_sub(1).and_then(|at| marks.get(at))), words(Some(mark)));
                if before != after {
                    let correction = RegisterCorrection {
                        day: Day(*day),
                        number: row.number,
                        name: Some(row.name.clone()),
                        before,
                        after,
                        by: mark.by_name.clone(),
                        at: mark.known_from.into(),
                        reason: mark.reason.clone(),
                    };
                    found.push((mark.known_from, correction));
                }
            }
        }
        found
    }

    /// What was corrected of the days of a class's grades.
    fn of_calendar(&self, class: &Class) -> Timed {
        let grades: Vec<&str> = class.grades.split(',').collect();
        let mine = |row: &&DayChanged| row.grade.is_empty() || grades.contains(&row.grade.as_str());
        let rows: Vec<&DayChanged> = self.calendar.iter().filter(mine).collect();
        let mut found = Timed::new();
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.known_from >= self.finished) {
            let former =
                at.checked_sub(1).map(|at| rows[at]).filter(|former| (former.day, &former.grade) == (row.day, &row.grade));
            let correction = RegisterCorrection {
                day: Day(row.day),
                number: None,
                name: None,
                before: former.map_or_else(|| "暦のとおり".to_owned(), DayChanged::words),
                after: row.words(),
                by: row.by_name.clone(),
                at: row.known_from.into(),
                reason: row.reason.clone(),
            };
            found.push((row.known_from, correction));
        }
        found
    }
}

#[derive(sqlx::FromRow)]
struct DayChanged {
    day: NaiveDate,
    grade: String,
    known_from: DateTime<Utc>,
    kind: Option<String>,
    title: String,
    reason: Option<String>,
    by_name: Option<String>,
}

impl DayChanged {
    fn words(&self) -> String {
        match (self.kind.as_deref(), self.title.as_str()) {
            (None, _) => "暦のとおり".to_owned(),
            (Some("SCHOOL"), "") => "授業日".to_owned(),
            (Some(_), "") => "休業日".to_owned(),
            (Some("SCHOOL"), title) => format!("授業日（{title}）"),
            (Some(_), title) => title.to_owned(),
        }
    }
}

/// The calendar of a school as it was when the last day was over and was changed since, by day and grade, the oldest first. A year that is
/// laid out or first set up is no correction of what was not there.
async fn calendar_of(scope: &Scope, school: Uuid, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<DayChanged>> {
    let sql = "SELECT d.day, d.grade, d.known_from, d.kind, d.title, d.reason, s.name AS by_name FROM calendar_day d
               LEFT JOIN staff s ON s.id = d.set_by
               WHERE d.school = $1 AND d.day >= $2 AND d.day <= $3 AND d.known_until > $4 AND d.known_from <= $5
                   AND EXISTS (SELECT 1 FROM school_calendar y WHERE y.school = d.school AND y.begins <= $3 AND y.ends >= $2
                       AND y.known_from < $4)
               ORDER BY d.day, d.grade, d.known_from";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(from).bind(to).bind(finished_at(to)).bind(not_replaced())
        .fetch_all(c).await?))
}
