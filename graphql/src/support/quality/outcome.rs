//! What became of pupils in the 20 school days after an analysis, from the records made later.
use crate::access::scope::Scope;
use crate::attendance::kind;
use crate::attendance::mark;
use crate::attendance::school_day;
use crate::error::Result;
use crate::learning::{assignment, work::handed_in};
use crate::roster::class::{Class, ClassKind};
use crate::roster::enrolment;
use crate::support::cohort;
use asagao_analytics::Work;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// So many school days after an analysis are looked at.
const AFTER: usize = 20;

/// In so many days of the calendar there are that many, but for a long vacation; what there is by then is counted.
const SPAN: Days = Days::new(75);

/// No sooner than after so many days of the calendar are there that many.
pub(crate) const SOONEST: Days = Days::new(26);

/// Days to attend below which nothing is said of attendance.
const FEWEST_DAYS: usize = 10;

/// Pieces of work due below which nothing is said of work.
const FEWEST_DUE: usize = 2;

/// What is known of a pupil in the days after.
#[derive(Clone, Copy, Debug, Default)]
struct After {
    to_attend: usize,
    absent: usize,
    due: usize,
    missing: usize,
}

impl After {
    /// Whether the pupil had the outcome; `None` where too little is known.
    fn outcome(self) -> Option<bool> {
        let of_attendance = (self.to_attend >= FEWEST_DAYS).then_some(self.absent >= 3 && self.absent * 10 >= self.to_attend);
        let of_work = (self.due >= FEWEST_DUE).then_some(self.missing * 2 >= self.due);
        match (of_attendance, of_work) {
            (None, None) => None,
            (one, other) => Some(one == Some(true) || other == Some(true)),
        }
    }
}

/// Who of some pupils of a class had the outcome after a day; who is not among the answer is not known. `None` where the days have not passed.
/// The caller has checked the class against the scope.
pub(crate) async fn after(
    scope: &Scope,
    class: &Class,
    pupils: &[Uuid],
    as_of: NaiveDate,
) -> Result<Option<HashMap<Uuid, bool>>> {
    let yesterday = scope.today() - Days::new(1);
    let last = yesterday.min(as_of + SPAN);
    if last <= as_of {
        return Ok(None);
    }
    let mut days = school_day::between(scope, class, as_of + Days::new(1), last).await?;
    if days.len() < AFTER && yesterday < as_of + SPAN {
        return Ok(None);
    }
    days.truncate(AFTER);
    let (Some(from), Some(to)) = (days.first().copied(), days.last().copied()) else { return Ok(Some(HashMap::new())) };
    let mut found: HashMap<Uuid, After> = pupils.iter().map(|pupil| (*pupil, After::default())).collect();
    attended(scope, class, (from, to), &days, &mut found).await?;
    handed(scope, class, (from, to), &mut found).await?;
    Ok(Some(found.into_iter().filter_map(|(pupil, after)| Some((pupil, after.outcome()?))).collect()))
}

async fn attended(
    scope: &Scope,
    class: &Class,
    days: (NaiveDate, NaiveDate),
    school_days: &[NaiveDate],
    found: &mut HashMap<Uuid, After>,
) -> Result<()> {
    let pupils: Vec<Uuid> = found.keys().copied().collect();
    let kinds: HashMap<String, (bool, bool)> =
        kind::all(scope).await?.into_iter().map(|kind| (kind.code.clone(), (kind.absent, kind.excused))).collect();
    for mark in mark::known_at(scope, (class.school, &pupils), days, scope.now()).await? {
        let (Some((absent, false)), Some(after)) = (kinds.get(&mark.kind).copied(), found.get_mut(&mark.pupil)) else { continue };
        if school_days.binary_search(&mark.day).is_ok() {
            after.to_attend += 1;
            after.absent += usize::from(absent);
        }
    }
    Ok(())
}

async fn handed(scope: &Scope, class: &Class, days: (NaiveDate, NaiveDate), found: &mut HashMap<Uuid, After>) -> Result<()> {
    let memberships = enrolment::memberships_at(scope, class.school, &[class.id], scope.now()).await?;
    let counts = |of: &&enrolment::Membership| of.enrolment.class == class.id || of.class_kind == ClassKind::Scheduled;
    let classes: BTreeSet<Uuid> = memberships.iter().filter(counts).map(|of| of.enrolment.class).collect();
    if classes.is_empty() {
        return Ok(());
    }
    let classes: Vec<Uuid> = classes.into_iter().collect();
    let assignments = assignment::due_between(scope, &classes, days, scope.now()).await?;
    let handed_in = handed_in(scope, &assignments, days.1, scope.now()).await?;
    let mut of_pupil: HashMap<Uuid, Vec<&enrolment::Membership>> = HashMap::new();
    memberships.iter().for_each(|of| of_pupil.entry(of.enrolment.pupil).or_default().push(of));
    for (pupil, after) in found.iter_mut() {
        let Some(memberships) = of_pupil.get(pupil) else { continue };
        for assignment in &assignments {
            match cohort::work(*pupil, assignment, memberships, &handed_in, |_| 0) {
                Work::NotForPupil => {}
                Work::Missing => (after.due, after.missing) = (after.due + 1, after.missing + 1),
                Work::Submitted { .. } => after.due += 1,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_days_absent_or_work_missing_and_nothing_where_little_is_known() {
        let of = |to_attend, absent, due, missing| After { to_attend, absent, due, missing }.outcome();
        assert_eq!([of(20, 2, 0, 0), of(20, 3, 0, 0), of(10, 3, 0, 0)], [Some(false), Some(true), Some(true)]);
        assert_eq!([of(9, 9, 0, 0), of(9, 9, 1, 1)], [None, None], "nine days and one piece of work say nothing");
        assert_eq!([of(0, 0, 4, 1), of(0, 0, 4, 2), of(20, 0, 2, 1)], [Some(false), Some(true), Some(true)]);
        assert_eq!(of(20, 3, 4, 0), Some(true), "either is enough");
    }
}
