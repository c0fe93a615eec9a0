//! Who comes into a closed class, or leaves it: a closure holds of whoever is in the class on its days, whenever that becomes known.
use super::calendar::{self, Calendar};
use super::closure::ClassClosure;
use super::decide;
use super::mark::{self, AttendanceMark};
use super::school_day::is_ordinary;
use crate::access::tx::Tx;
use crate::clock::{new_id, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::enrolment::Enrolment;
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Whether a class is closed on a day. The caller has checked the class against the scope.
pub(crate) async fn is_closed(tx: &mut Tx, class: Uuid, day: NaiveDate) -> Result<bool> {
    let sql = "SELECT * FROM class_closure WHERE class = $1 AND begins <= $2 AND ends >= $2";
    let found: Vec<ClassClosure> = on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(day).fetch_all(c).await?);
    Ok(found.iter().any(|closure| closure.holds_on(day)))
}

/// A pupil's day.
type PupilDay = (Uuid, NaiveDate);

#[derive(sqlx::FromRow)]
struct Place {
    pupil: Uuid,
    class: Uuid,
    begins: NaiveDate,
    ends: NaiveDate,
    grade: Option<String>,
    grades: String,
}

/// Some days of a pupil on which an enrolment is other than before.
struct Touched {
    school: Uuid,
    pupil: Uuid,
    from: NaiveDate,
    to: NaiveDate,
}

impl Touched {
    fn new(of: &Enrolment, from: NaiveDate, to: NaiveDate) -> Self {
        Touched { school: of.school, pupil: of.pupil, from, to }
    }

    /// The days that are other between an enrolment as it was and as it is.
    fn by(before: Option<&Enrolment>, after: Option<&Enrolment>) -> Vec<Self> {
        if let (Some(before), Some(after)) = (before, after) {
            let what = |of: &Enrolment| (of.class, of.pupil, of.kind, of.grade.clone());
            if what(before) == what(after) {
                let (first, last) = (before.begins.max(after.begins), before.ends.min(after.ends));
                let earlier = Touched::new(after, before.begins.min(after.begins), first - Days::new(1));
                let later = Touched::new(after, last + Days::new(1), before.ends.max(after.ends));
                return [earlier, later].into_iter().filter(|of| of.from <= of.to).collect();
            }
        }
        [before, after].into_iter().flatten().map(|of| Touched::new(of, of.begins, of.ends)).collect()
    }
}

/// Brings the marks of closures to what the places of some pupils are now, on the days on which these are other than before: who is in a
/// closed class need not attend, and of who is not there any more holds what the homeroom had said, or nothing. What the office decided
/// of a single pupil stays.
pub(crate) async fn follow(tx: &mut Tx, changes: &[(Option<&Enrolment>, Option<&Enrolment>)]) -> Result<()> {
    let touched: Vec<Touched> = changes.iter().flat_map(|(before, after)| Touched::by(*before, *after)).collect();
    let (Some(from), Some(to)) = (touched.iter().map(|of| of.from).min(), touched.iter().map(|of| of.to).max()) else {
        return Ok(());
    };
    let schools: BTreeSet<Uuid> = touched.iter().map(|of| of.school).collect();
    let closures: Vec<ClassClosure> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM class_closure WHERE ends >= ");
        sql.push_bind(from).push(" AND begins <= ").push_bind(to).push(" AND school IN (");
        bind_ids(&mut sql, schools.iter().copied());
        sql.push(") ORDER BY id").build_query_as().fetch_all(c).await?
    });
    if closures.is_empty() {
        return Ok(());
    }
    let mut of_pupil: BTreeMap<Uuid, Vec<&Touched>> = BTreeMap::new();
    touched.iter().for_each(|of| of_pupil.entry(of.pupil).or_default().push(of));
    let pupils: BTreeSet<Uuid> = of_pupil.keys().copied().collect();
    let (mut wanted, mut held) = (wanted(tx, &closures, &pupils).await?, held(tx, &closures, &pupils).await?);
    for days in [&mut wanted, &mut held] {
        days.retain(|(pupil, day), _| of_pupil[pupil].iter().any(|of| of.from <= *day && *day <= of.to));
    }
    let of_id: HashMap<Uuid, &ClassClosure> = closures.iter().map(|closure| (closure.id, closure)).collect();
    let mut by_day: BTreeMap<(Uuid, NaiveDate), (Vec<AttendanceMark>, Vec<AttendanceMark>)> = BTreeMap::new();
    for ((pupil, day), closure) in &held {
        if wanted.get(&(*pupil, *day)) != Some(closure) {
            let closure = of_id[closure];
            let nothing = AttendanceMark { kind: None, office: false, closure: None, ..closure.mark(*pupil, *day, tx) };
            by_day.entry((closure.school, *day)).or_default().0.push(nothing);
        }
    }
    for ((pupil, day), closure) in &wanted {
        if held.get(&(*pupil, *day)) != Some(closure) {
            let closure = of_id[closure];
            by_day.entry((closure.school, *day)).or_default().1.push(closure.mark(*pupil, *day, tx));
        }
    }
    for ((school, day), (mut gone, come)) in by_day {
        decide::put_back(tx, (school, day), &mut gone).await?;
        let gone = gone.into_iter().map(|mark| AttendanceMark { id: new_id(), known_from: tx.at, marked_by: tx.actor, ..mark });
        let gone: Vec<AttendanceMark> = gone.collect();
        mark::replace(tx, school, day, &gone).await?;
        mark::insert(tx, &gone).await?;
        let pupils: Vec<Uuid> = come.iter().map(|mark| mark.pupil).collect();
        let before = mark::newest(tx, school, day, &pupils).await?;
        let decided = |mark: &AttendanceMark| before.get(&mark.pupil).is_some_and(|before| before.office);
        let come: Vec<AttendanceMark> = come.into_iter().filter(|mark| !decided(mark)).collect();
        mark::replace(tx, school, day, &come).await?;
        mark::insert(tx, &come).await?;
    }
    Ok(())
}

/// The days on which these pupils are in a class that is closed, with the closure.
async fn wanted(tx: &mut Tx, closures: &[ClassClosure], pupils: &BTreeSet<Uuid>) -> Result<BTreeMap<PupilDay, Uuid>> {
    let places: Vec<Place> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT e.pupil, e.class, e.begins, e.ends, e.grade, c.grades FROM enrolment e JOIN class c ON c.id = e.class");
        sql.push(" WHERE e.kind = 'HOME' AND e.known_until = ").push_bind(not_replaced()).push(" AND e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND e.class IN (");
        bind_ids(&mut sql, closures.iter().map(|closure| closure.class));
        sql.push(") ORDER BY e.begins, e.id").build_query_as().fetch_all(c).await?
    });
    let mut calendars: HashMap<Uuid, Calendar> = HashMap::new();
    let mut found = BTreeMap::new();
    for place in &places {
        for closure in closures.iter().filter(|closure| closure.class == place.class) {
            let (from, to) = (closure.begins.max(place.begins), closure.ends.min(place.ends));
            if from > to {
                continue;
            }
            let calendar = match calendars.entry(closure.id) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(free) => free.insert(calendar::within(tx, closure.school, (closure.begins, closure.ends)).await?),
            };
            let meets = |day: &NaiveDate| {
                let said = calendar.has_school_for(*day, &place.grades, place.grade.as_deref());
                closure.holds_on(*day) && said.unwrap_or_else(|| is_ordinary(*day))
            };
            let days = from.iter_days().take_while(|day| *day <= to).filter(meets);
            found.extend(days.map(|day| ((place.pupil, day), closure.id)));
        }
    }
    Ok(found)
}

/// The days of these pupils that are marked by a closure, with the closure.
async fn held(tx: &mut Tx, closures: &[ClassClosure], pupils: &BTreeSet<Uuid>) -> Result<BTreeMap<PupilDay, Uuid>> {
    let rows: Vec<(Uuid, NaiveDate, Uuid)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT pupil, day, closure FROM attendance_mark WHERE known_until = ");
        sql.push_bind(not_replaced()).push(" AND pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND closure IN (");
        bind_ids(&mut sql, closures.iter().map(|closure| closure.id));
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(pupil, day, closure)| ((pupil, day), closure)).collect())
}
