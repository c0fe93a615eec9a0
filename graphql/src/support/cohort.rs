//! From records to numbers: what was known of a class at a time, as the analysis takes it.
use super::{exclusion, watermark};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::calendar::{self, Calendar};
use crate::attendance::kind::{self, AttendanceKind};
use crate::attendance::mark::{self, Marked};
use crate::attendance::school_day::{self, ByDay};
use crate::clock;
use crate::days;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::learning::activity::totals::{FROM_ACTIVITIES, GROUPED};
use crate::learning::assignment::{self, Assignment};
use crate::learning::work::{HandedIn, handed_in};
use crate::roster::academic_year;
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment::{self, Membership, MembershipKind};
use crate::wellbeing::mood;
use asagao_analytics as analytics;
use asagao_analytics::{EARLIER_SCHOOL_DAYS, WINDOW_SCHOOL_DAYS, Work};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What an analysis looks at: until which day, and what had been received by when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Horizon {
    /// The last school day that counts.
    pub as_of: NaiveDate,
    /// What was received or changed later is not seen.
    pub known_at: DateTime<Utc>,
    /// Whether that is the past, so that the kept totals do not serve and the activities are added up again.
    pub replay: bool,
}

/// A class with those it is compared with, in numbers.
pub(crate) struct Gathered {
    /// The pupils in the order of the numbers.
    pub pupils: Vec<Uuid>,
    /// The numbers.
    pub cohort: analytics::Cohort,
    /// The first school day of the window.
    pub from: Option<NaiveDate>,
    /// The latest time at which anything of it was received or changed.
    pub watermark: Option<DateTime<Utc>>,
    /// Pupils who would be in it, were they not kept out of the analysis since the time of knowledge.
    pub kept_out_since: Vec<Uuid>,
}

impl Horizon {
    /// The time of knowledge where that is the past.
    pub(super) fn past(self) -> Option<DateTime<Utc>> {
        self.replay.then_some(self.known_at)
    }
}

/// A class of fewer is compared with the grade of the school.
const SMALL_CLASS: usize = 15;

/// Gathers a class. The school's calendar says the school days of a homeroom; without one the register tells them; where nobody keeps it,
/// and for a lesson, a day on which anybody of the cohort did anything is one.
pub(crate) async fn gather(scope: &Scope, class: &Class, horizon: Horizon) -> Result<Gathered> {
    let class = &match horizon.past() {
        Some(at) => class::at(scope, class, at).await?,
        None => class.clone(),
    };
    let Members { classes, memberships, pupils, kept_out_since } = Members::of(scope, class, horizon).await?;
    let in_class: HashSet<Uuid> =
        memberships.iter().filter(|m| is_home(m, &[class.id], horizon.as_of)).map(|m| m.enrolment.pupil).collect();

    let year = academic_year::begins(scope, class.academic_year, horizon.past()).await?;
    let mut days = days_of(scope, class, (&classes, year), horizon).await?;
    let asked: HashSet<Uuid> = pupils.iter().copied().collect();
    days.retain(|day| asked.contains(&day.pupil));
    let marks = mark::known_at(scope, (class.school, &pupils), (year, horizon.as_of), horizon.known_at).await?;
    let calendar = calendar::of_school(scope, class.school, (year, horizon.as_of), horizon.past()).await?;
    let days_told: Vec<NaiveDate> =
        school_days(class, pupils.len(), &days, &marks, &calendar, horizon.as_of).into_iter().collect();
    let latest = |count: usize| &days_told[days_told.len().saturating_sub(count)..];
    let school_days = latest(WINDOW_SCHOOL_DAYS + EARLIER_SCHOOL_DAYS);
    let index: HashMap<NaiveDate, usize> = school_days.iter().enumerate().map(|(at, day)| (*day, at)).collect();
    let place = |day: NaiveDate| place_of(day, school_days);
    let (first, from) = (school_days.first().copied(), latest(WINDOW_SCHOOL_DAYS).first().copied());

    let counted = memberships.iter().filter(|m| counts_for(class, &classes, m)).map(|m| m.enrolment.class);
    let with_work: Vec<Uuid> = counted.collect::<BTreeSet<_>>().into_iter().collect();
    let assignments = match first {
        Some(from) => assignment::due_between(scope, &with_work, (from, horizon.as_of), horizon.known_at).await?,
        None => Vec::new(),
    };
    let read = watermark::Read { school: class.school, classes: &classes, with_work: &with_work, pupils: &pupils, year };
    let watermark = watermark::of(scope, &read, horizon).await?;
    let handed_in = handed_in(scope, &assignments, horizon.as_of, horizon.known_at).await?;
    let mut by_pupil: HashMap<Uuid, Vec<analytics::DayTotals>> = HashMap::new();
    for day in days {
        if let Some(at) = index.get(&day.day) {
            by_pupil.entry(day.pupil).or_default().push(day.numbers(*at));
        }
    }
    let mut attendance = attendance(scope, &marks, &index).await?;
    let moods = match first {
        Some(from) => mood::known_at(scope, (class.school, &pupils), (from, horizon.as_of), horizon.known_at).await?,
        None => Vec::new(),
    };
    let mut moods = by_pupil_in_order(moods.iter().filter_map(|mood| {
        let (at, low) = (*index.get(&mood.day)?, mood.low);
        Some((mood.pupil, analytics::MoodOn { day: at, low }))
    }));
    let mut of_pupil: HashMap<Uuid, Vec<&Membership>> = HashMap::new();
    memberships.iter().for_each(|membership| of_pupil.entry(membership.enrolment.pupil).or_default().push(membership));
    let histories = pupils.iter().map(|pupil| {
        let memberships = &of_pupil[pupil];
        let in_classes = |of: &&&Membership| classes.contains(&of.enrolment.class);
        let in_school = |of: &&&Membership| of.enrolment.kind == MembershipKind::Home;
        let work = assignments.iter().map(|assignment| work(*pupil, assignment, memberships, &handed_in, place)).collect();
        analytics::History {
            in_class: in_class.contains(pupil),
            first_day: since(memberships.iter().filter(in_classes), horizon.as_of, school_days),
            enrolled: since(memberships.iter().filter(in_school), horizon.as_of, school_days),
            days: by_pupil.remove(pupil).unwrap_or_default(),
            work,
            attendance: attendance.remove(pupil).unwrap_or_default(),
            moods: moods.remove(pupil).unwrap_or_default(),
        }
    });
    let cohort = analytics::Cohort {
        school_days: school_days.len(),
        pupils: histories.collect(),
        assignments: assignments.iter().map(|of| analytics::Assignment { weight: of.weight, due: place(of.due_day) }).collect(),
    };
    Ok(Gathered { pupils, cohort, from, watermark, kept_out_since })
}

/// The place of the first school day since which memberships reach to a day without a school day between them: who left and came back begins
/// anew.
fn since<'a>(memberships: impl Iterator<Item = &'a &'a Membership> + Clone, day: NaiveDate, school_days: &[NaiveDate]) -> usize {
    let place = |of: NaiveDate| school_days.partition_point(|other| *other < of);
    let spans = memberships.map(|of| (place(of.enrolment.begins), place(of.enrolment.ends.succ_opt().unwrap_or(NaiveDate::MAX))));
    let mut first = place(day);
    // What ends where another begins, or later, goes on with it.
    while let Some((begins, _)) = spans.clone().find(|(begins, ends)| *begins < first && *ends >= first) {
        first = begins;
    }
    first
}

/// The place of the first school day that is not before a day; of the last where there is none.
fn place_of(day: NaiveDate, school_days: &[NaiveDate]) -> usize {
    school_days.partition_point(|other| *other < day).min(school_days.len().saturating_sub(1))
}

fn school_days(
    class: &Class,
    size: usize,
    days: &[DayRow],
    marks: &[Marked],
    calendar: &Calendar,
    as_of: NaiveDate,
) -> BTreeSet<NaiveDate> {
    let (mut marked, mut active) = (ByDay::new(), ByDay::new());
    days.iter().for_each(|day| *active.entry(day.day).or_default() += 1);
    if class.kind == ClassKind::Homeroom {
        marks.iter().for_each(|mark| *marked.entry(mark.day).or_default() += 1);
    }
    let told = school_day::told_from(&marked, &active, size);
    // Records that begin in the middle of a year say nothing of the days before.
    let first = marked.keys().chain(active.keys()).min().copied().filter(|_| class.kind == ClassKind::Homeroom);
    let Some(first) = first else { return told };
    let said =
        first.iter_days().take_while(|day| *day <= as_of).filter(|day| calendar.has_school(*day, &class.grades) == Some(true));
    said.chain(told.iter().copied().filter(|day| !calendar.covers(*day))).collect()
}

/// What the register says of each pupil, by the place of the school day. Whether a day is an absence is for the kind's flags to say.
async fn attendance(
    scope: &Scope,
    marks: &[Marked],
    index: &HashMap<NaiveDate, usize>,
) -> Result<HashMap<Uuid, Vec<analytics::Attended>>> {
    let kinds: HashMap<String, AttendanceKind> =
        kind::all(scope).await?.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
    Ok(by_pupil_in_order(marks.iter().filter_map(|mark| {
        let (day, kind) = (*index.get(&mark.day)?, kinds.get(&mark.kind)?);
        let said = match kind {
            AttendanceKind { excused: true, .. } => analytics::Attendance::Excused,
            AttendanceKind { absent: true, .. } => analytics::Attendance::Absent,
            _ => analytics::Attendance::Present { late: mark.part },
        };
        Some((mark.pupil, analytics::Attended { day, mark: said }))
    })))
}

/// Rows by pupil, in the order in which they come.
fn by_pupil_in_order<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut found: HashMap<Uuid, Vec<T>> = HashMap::new();
    rows.for_each(|(pupil, row)| found.entry(pupil).or_default().push(row));
    found
}

/// Who is compared.
struct Members {
    /// The class itself, with its grade where it is small.
    classes: Vec<Uuid>,
    /// Every membership of the pupils of the classes, at whatever time.
    memberships: Vec<Membership>,
    /// Who is in the classes on the day and not kept out of the analysis, in the order of their ids.
    pupils: Vec<Uuid>,
    /// Who would be, were they not kept out since the time of knowledge.
    kept_out_since: Vec<Uuid>,
}

impl Members {
    async fn of(scope: &Scope, class: &Class, horizon: Horizon) -> Result<Self> {
        let alone = Members::among(scope, class, vec![class.id], horizon).await?;
        if alone.pupils.len() >= SMALL_CLASS {
            return Ok(alone);
        }
        let grade = class::of_same_grade(scope, Right::AnalysisRun, class, horizon.past()).await?;
        let classes = [class.id].into_iter().chain(grade.into_iter().map(|class| class.id)).collect();
        Members::among(scope, class, classes, horizon).await
    }

    async fn among(scope: &Scope, class: &Class, classes: Vec<Uuid>, horizon: Horizon) -> Result<Self> {
        let memberships = enrolment::memberships_at(scope, class.school, &classes, horizon.known_at).await?;
        let here = memberships.iter().filter(|m| is_home(m, &classes, horizon.as_of));
        let mut pupils: BTreeSet<Uuid> = here.map(|m| m.enrolment.pupil).collect();
        let mut kept_out_since = Vec::new();
        let mut kept_out = exclusion::among(scope, &pupils).await?;
        if let Some(at) = horizon.past() {
            let then = exclusion::among_at(scope, &pupils, at).await?;
            kept_out_since.extend(kept_out.iter().filter(|pupil| !then.contains(pupil)));
            kept_out.extend(then);
        }
        for kept_out in kept_out {
            pupils.remove(&kept_out);
        }
        Ok(Members { classes, memberships, pupils: pupils.into_iter().collect(), kept_out_since })
    }
}

/// Whether a membership makes its pupil one of the classes on a day. A guest is compared where the register is kept.
fn is_home(of: &Membership, classes: &[Uuid], day: NaiveDate) -> bool {
    of.enrolment.kind == MembershipKind::Home && classes.contains(&of.enrolment.class) && of.enrolment.covers(day)
}

/// Whether what belongs to a pupil's class counts here: for a lesson only the lesson itself, for a homeroom its own and every lesson,
/// but not another homeroom.
fn counts_for(class: &Class, cohort: &[Uuid], membership: &Membership) -> bool {
    cohort.contains(&membership.enrolment.class)
        || (class.kind == ClassKind::Homeroom && membership.class_kind == ClassKind::Scheduled)
}

struct DayRow {
    pupil: Uuid,
    day: NaiveDate,
    /// As [`TOTALS`] names them.
    totals: [i64; 3],
}

impl DayRow {
    #[expect(clippy::cast_precision_loss, reason = "a day's counts are far under 2^53")]
    fn numbers(&self, day: usize) -> analytics::DayTotals {
        let [interactions, duration_ms, quiz] = self.totals.map(|total| total as f64);
        analytics::DayTotals { day, interactions, minutes: duration_ms / 60_000.0, quiz }
    }
}

/// The totals of a day that are compared.
const TOTALS: &str = "sum(t.interactions), sum(t.duration_ms), sum(t.quiz)";

/// What the cohort's pupils did by pupil and day, from the first day of the class's year on. What was done in another school is not seen
/// here.
async fn days_of(scope: &Scope, class: &Class, (classes, year): (&[Uuid], NaiveDate), horizon: Horizon) -> Result<Vec<DayRow>> {
    let pupils: Vec<(Uuid, String)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT pupil, string_agg(line, ';') FROM (SELECT t.pupil, concat_ws(' ', t.day, ");
        sql.push(TOTALS).push(") AS line FROM ");
        if horizon.replay {
            sql.push("(").push(FROM_ACTIVITIES.as_str()).push("a.received_at <= ").push_bind(horizon.known_at);
            sql.push(" AND (a.withdrawn_at IS NULL OR a.withdrawn_at > ").push_bind(horizon.known_at).push(")");
            sql.push(GROUPED).push(")");
        } else {
            sql.push("daily_total");
        }
        sql.push(" t LEFT JOIN class c ON c.id = t.class WHERE t.interactions > 0 AND t.day <= ").push_bind(horizon.as_of);
        sql.push(" AND t.school = ").push_bind(class.school);
        sql.push(" AND t.day >= ").push_bind(year);
        sql.push(" AND t.pupil IN (SELECT pupil FROM enrolment WHERE class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")) AND (t.class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")");
        if class.kind == ClassKind::Homeroom {
            sql.push(" OR c.id IS NULL OR c.kind = 'SCHEDULED'");
        }
        sql.push(") GROUP BY t.pupil, t.day) AS of_day GROUP BY pupil").build_query_as().persistent(false).fetch_all(c).await?
    });
    let mut rows = Vec::new();
    for (pupil, lines) in pupils {
        for line in lines.split(';') {
            let (day, totals) = days::line(line)?;
            rows.push(DayRow { pupil, day, totals });
        }
    }
    rows.sort_unstable_by_key(|row| (row.pupil, row.day));
    Ok(rows)
}

/// What became of an assignment for a pupil; `place` tells the school day of a day.
pub(super) fn work(
    pupil: Uuid,
    assignment: &Assignment,
    memberships: &[&Membership],
    handed_in: &BTreeMap<(Uuid, Uuid), HandedIn>,
    place: impl Fn(NaiveDate) -> usize,
) -> Work {
    let due = |m: &&Membership| m.enrolment.class == assignment.class && m.enrolment.covers(assignment.due_day);
    if !memberships.iter().any(due) {
        return Work::NotForPupil;
    }
    let (at, mark) = match handed_in.get(&(pupil, assignment.id)) {
        Some(HandedIn { at: Some(at), mark, .. }) => (at, mark),
        Some(HandedIn { waived: true, .. }) => return Work::NotForPupil,
        _ => return Work::Missing,
    };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a school career are under 2^53")]
    let early = (assignment.due_at - *at).num_milliseconds() as f64;
    Work::Submitted { days_early: early / 86_400_000.0, score: *mark, on: place(clock::school_day(*at)) }
}
