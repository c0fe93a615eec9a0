//! From records to numbers: the school days around the beginning of a support, of the pupil and of those who may be compared.
use super::begun::WITHOUT_DAYS;
use crate::access::scope::Scope;
use crate::attendance::kind;
use crate::attendance::mark;
use crate::attendance::school_day;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::class::Class;
use crate::support::exclusion;
use asagao_analytics::effect::{AROUND, Around, Days, FEWEST_AROUND};
use chrono::{NaiveDate, TimeDelta};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// The numbers of a pupil and of everybody of the grade who had no support in that time: days absent, days with records.
pub(super) struct Gathered {
    pub(super) own: Vec<Around>,
    pub(super) others: Vec<Vec<Around>>,
}

/// Who leaves a class on a Friday and is in another from Monday on was never away.
const A_WEEKEND: TimeDelta = TimeDelta::days(3);

/// In so many days of the calendar there are 20 school days, but for a long vacation.
const SPAN: TimeDelta = TimeDelta::days(75);

/// Gathers what is known around a day; `None` where the pupil was in no homeroom of the school then, or is kept out of the analysis. The
/// others are of the whole grade, also where the viewer sees a class of it alone: nothing but a mean of five and more is told of them.
pub(super) async fn gather(scope: &Scope, (school, pupil): (Uuid, Uuid), since: NaiveDate) -> Result<Option<Gathered>> {
    let Some(class) = homeroom(scope, (school, pupil), since).await? else { return Ok(None) };
    let yesterday = scope.today() - TimeDelta::days(1);
    let days = school_day::between(scope, &class, since - SPAN, yesterday.min(since + SPAN)).await?;
    let (before, after): (Vec<NaiveDate>, Vec<NaiveDate>) = days.into_iter().partition(|day| *day < since);
    let before = &before[before.len().saturating_sub(AROUND)..];
    let after = &after[..after.len().min(AROUND)];
    if !exclusion::among(scope, &BTreeSet::from([pupil])).await?.is_empty() {
        return Ok(None);
    }
    if before.len() < FEWEST_AROUND || after.len() < FEWEST_AROUND {
        // So little is said that nobody needs to be read: it is told by the days alone.
        let days = |of: &[NaiveDate]| Days { so: 0, of: of.len() };
        let own = vec![Around { before: days(before), after: days(after) }; 2];
        return Ok(Some(Gathered { own, others: Vec::new() }));
    }
    let (from, to) = (before[0], after[after.len() - 1]);
    let mut stays = stays(scope, &class, (from, to)).await?;
    let pupils: BTreeSet<Uuid> = stays.keys().copied().collect();
    let kept_out: HashSet<Uuid> = exclusion::among(scope, &pupils).await?.into_iter().collect();
    // Who is supported later is not left out: that would leave those who did well without.
    let supported = supported(scope, school, (since - TimeDelta::days(WITHOUT_DAYS), since)).await?;
    let own = stays.remove(&pupil).and_then(|spans| spans.into_iter().find(|span| span.0 <= since && since <= span.1));
    let own = own.unwrap_or((since, since));
    stays.retain(|of, spans| {
        let throughout = spans.iter().any(|span| span.0 <= from && span.1 >= to);
        throughout && !kept_out.contains(of) && !supported.contains(of)
    });
    let pupils: Vec<Uuid> = stays.keys().copied().chain([pupil]).collect();
    let seen = Seen::of(scope, (school, &pupils), (from, to)).await?;
    let around = |of: Uuid, (begins, ends): (NaiveDate, NaiveDate)| {
        let there = |days: &[NaiveDate]| days.iter().copied().filter(|day| begins <= *day && *day <= ends).collect::<Vec<_>>();
        let (before, after) = (there(before), there(after));
        [Seen::absent, Seen::active]
            .map(|count| Around { before: count(&seen, of, &before), after: count(&seen, of, &after) })
            .to_vec()
    };
    Ok(Some(Gathered { own: around(pupil, own), others: stays.keys().map(|of| around(*of, (from, to))).collect() }))
}

/// What the records say of the pupils on the days.
struct Seen {
    /// Whether it was an absence; days that are excused are not among them.
    marks: HashMap<(Uuid, NaiveDate), bool>,
    away: HashSet<(Uuid, NaiveDate)>,
    active: HashSet<(Uuid, NaiveDate)>,
    /// Days on which anybody has records: on the others no app posted, or no device was in use, and nothing is known.
    recorded: HashSet<NaiveDate>,
}

impl Seen {
    async fn of(scope: &Scope, (school, pupils): (Uuid, &[Uuid]), (from, to): (NaiveDate, NaiveDate)) -> Result<Self> {
        let kinds: HashMap<String, (bool, bool)> =
            kind::all(scope).await?.into_iter().map(|kind| (kind.code.clone(), (kind.absent, kind.excused))).collect();
        let mut seen = Seen { marks: HashMap::new(), away: HashSet::new(), active: HashSet::new(), recorded: HashSet::new() };
        for mark in mark::known_at(scope, (school, pupils), (from, to), scope.now()).await? {
            let Some((absent, excused)) = kinds.get(&mark.kind).copied() else { continue };
            if !excused {
                seen.marks.insert((mark.pupil, mark.day), absent);
            }
            if absent || excused {
                seen.away.insert((mark.pupil, mark.day));
            }
        }
        for chunk in pupils.chunks(500) {
            let rows: Vec<(Uuid, NaiveDate)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new("SELECT DISTINCT pupil, day FROM daily_total WHERE interactions > 0 AND school = ");
                sql.push_bind(school).push(" AND day >= ").push_bind(from).push(" AND day <= ").push_bind(to).push(" AND pupil IN (");
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
            });
            seen.recorded.extend(rows.iter().map(|(_, day)| *day));
            seen.active.extend(rows);
        }
        Ok(seen)
    }

    fn absent(&self, pupil: Uuid, days: &[NaiveDate]) -> Days {
        let marks: Vec<bool> = days.iter().filter_map(|day| self.marks.get(&(pupil, *day)).copied()).collect();
        Days { so: marks.iter().filter(|absent| **absent).count(), of: marks.len() }
    }

    fn active(&self, pupil: Uuid, days: &[NaiveDate]) -> Days {
        let days = days.iter().filter(|day| self.recorded.contains(day));
        let (active, idle): (Vec<NaiveDate>, Vec<NaiveDate>) =
            days.copied().partition(|day| self.active.contains(&(pupil, *day)));
        let idle = idle.into_iter().filter(|day| !self.away.contains(&(pupil, *day))).count();
        Days { so: active.len(), of: active.len() + idle }
    }
}

/// The homeroom of a pupil in a school on a day.
async fn homeroom(scope: &Scope, (school, pupil): (Uuid, Uuid), day: NaiveDate) -> Result<Option<Class>> {
    let sql = "SELECT c.* FROM class c JOIN enrolment e ON e.class = c.id
               WHERE c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.pupil = $1 AND e.school = $2 AND e.begins <= $3 AND e.ends >= $3
                   AND e.known_until = $4 ORDER BY e.begins, e.id LIMIT 1";
    Ok(
        on!(scope.read(), c => sqlx::query_as(sql).bind(pupil).bind(school).bind(day).bind(not_replaced()).fetch_optional(c).await?),
    )
}

/// From when to when whoever was in the homerooms of the class's grades was there; what follows on the day before or over a weekend is one.
async fn stays(
    scope: &Scope,
    class: &Class,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<BTreeMap<Uuid, Vec<(NaiveDate, NaiveDate)>>> {
    let sql = "SELECT e.pupil, c.grades, e.begins, e.ends FROM class c JOIN enrolment e ON e.class = c.id
               WHERE c.school = $1 AND c.academic_year = $2 AND c.kind = 'HOMEROOM' AND c.special_needs = $3 AND e.kind = 'HOME'
                   AND e.begins <= $4 AND e.ends >= $5 AND e.known_until = $6 ORDER BY e.begins, e.id";
    let rows: Vec<(Uuid, String, NaiveDate, NaiveDate)> = on!(scope.read(), c => sqlx::query_as(sql).bind(class.school)
        .bind(class.academic_year).bind(class.special_needs).bind(to).bind(from).bind(not_replaced()).fetch_all(c).await?);
    let shares =
        |grades: &str| grades.split(',').any(|grade| !grade.is_empty() && class.grades.split(',').any(|own| own == grade));
    let mut found: BTreeMap<Uuid, Vec<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for (pupil, _, begins, ends) in rows.into_iter().filter(|(_, grades, ..)| *grades == class.grades || shares(grades)) {
        let spans = found.entry(pupil).or_default();
        match spans.last_mut().filter(|last| begins - last.1 <= A_WEEKEND) {
            Some(last) => last.1 = last.1.max(ends),
            None => spans.push((begins, ends)),
        }
    }
    Ok(found)
}

/// Who of a school was under support in some days, whoever may read of it: it is told of nobody.
async fn supported(scope: &Scope, school: Uuid, (from, to): (NaiveDate, NaiveDate)) -> Result<HashSet<Uuid>> {
    let sql = "SELECT pupil FROM support_action WHERE school = $1 AND day >= $2 AND day <= $3
               UNION SELECT pupil FROM support_sheet WHERE school = $1 AND begins <= $3 AND ends >= $2
               UNION SELECT pupil FROM support_plan WHERE school = $1 AND begins <= $3 AND ends >= $2";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(from).bind(to).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(pupil,)| pupil).collect())
}
