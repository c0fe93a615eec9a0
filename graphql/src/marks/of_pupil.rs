//! What a pupil shows of their marks: whoever reaches the pupil's whole learning sees every subject, a subject teacher the own one, and the
//! pupil what is closed.
use super::card::TermMarks;
use super::closing;
use super::computed::{self, Of};
use super::subject;
use super::term::{self, Term};
use super::tested::{Tested, TestedIn};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Object};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The marks of a pupil.
pub struct PupilMarks(pub(crate) Uuid);

/// The marks of a pupil.
#[Object]
impl PupilMarks {
    /// The marks of a year's terms that have begun, in each school in which you see them. Pupils and their guardians see closed terms, what
    /// stands in them alone, also those of a former school; whoever else reads marks sees open terms as they stand now, and of a former school the
    /// closed terms that it has handed over (`handOverRecords`). Null without the right to see this pupil's marks.
    #[graphql(complexity = "20 + child_complexity * 3")]
    async fn term_marks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year of its April, such as 2026; the running one if not said.")] year: Option<i32>,
        #[graphql(desc = "The number of one term; all if not said.")] term: Option<i32>,
    ) -> Result<Option<Vec<TermMarks>>> {
        let Some(scope) = reach::over_pupil(ctx, Right::MarkRead, self.0).await? else { return Ok(None) };
        let year = term::checked(year.unwrap_or_else(|| term::school_year(scope.today())))?;
        let key = TermMarksOf { pupil: self.0, year };
        let found = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?;
        Ok(found.map(|found| found.into_iter().filter(|marks| term.is_none_or(|term| marks.term == term)).collect()))
    }
    /// What the pupil reached in the assessments of these days, by day, in the subjects that you see, in the school that the pupil is in.
    /// Pupils see those of their own closed terms. Null without the right to see this pupil's marks.
    #[graphql(complexity = "10 + child_complexity")]
    async fn tested(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<Tested>>> {
        let key = TestedIn(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::MarkRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
}

/// The marks of a pupil's year, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermMarksOf {
    pub(crate) pupil: Uuid,
    pub(crate) year: i32,
}

/// Which subjects of a pupil in a school are seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) all: bool,
    pub(crate) subjects: BTreeSet<String>,
    /// Whether the pupil is in that school today. If not, the school has handed its marks over: those of closed terms and no more.
    pub(crate) here: bool,
    /// The school's name.
    school_name: String,
}

impl Seen {
    pub(crate) fn includes(&self, subject: Option<&str>) -> bool {
        self.all || subject.is_some_and(|subject| self.subjects.contains(subject))
    }

    fn of(&self, mut marks: TermMarks) -> TermMarks {
        marks.marks.retain(|mark| self.includes(Some(&mark.subject)));
        marks.remarks.retain(|remark| self.includes(remark.subject.as_deref()));
        marks
    }
}

#[async_trait]
impl Loader<TermMarksOf> for Scope {
    type Value = Vec<TermMarks>;
    type Error = Error;

    async fn load(&self, keys: &[TermMarksOf]) -> Result<HashMap<TermMarksOf, Vec<TermMarks>>> {
        let mut found: HashMap<TermMarksOf, Vec<TermMarks>> = HashMap::new();
        let mut years: HashMap<i32, Vec<Uuid>> = HashMap::new();
        keys.iter().for_each(|key| years.entry(key.year).or_default().push(key.pupil));
        for (year, pupils) in years {
            let own = self.viewer().kind.is_family();
            let mut seen = seen(self, &pupils).await?;
            if own && !seen.is_empty() {
                add_own_former(self, year, &mut seen).await?;
            }
            let terms = term::of_year(self, year).await?;
            let name = |number: i32| terms.iter().find(|term| term.number == number).map_or_else(String::new, Term::name);
            let pupils: Vec<Uuid> = pupils.into_iter().filter(|of| seen.keys().any(|(pupil, _)| pupil == of)).collect();
            if pupils.is_empty() {
                continue;
            }
            found.extend(pupils.iter().map(|pupil| (TermMarksOf { pupil: *pupil, year }, Vec::new())));
            let mut closed = BTreeSet::new();
            for report in closing::reports(self, year, &pupils).await? {
                let Some(seen) = seen.get(&(report.pupil, report.school)) else { continue };
                closed.insert((report.pupil, report.school, report.term));
                let mut marks = TermMarks {
                    school_id: id::of(report.school),
                    school_name: seen.school_name.clone(),
                    year,
                    term: report.term,
                    term_name: name(report.term),
                    closed: true,
                    marks: report.kept.marks,
                    remarks: report.kept.remarks,
                };
                if own {
                    marks.for_pupils();
                }
                found.entry(TermMarksOf { pupil: report.pupil, year }).or_default().push(seen.of(marks));
            }
            if !own {
                for term in terms.iter().filter(|term| term.begins <= self.today()) {
                    let is_open = |pupil: Uuid, school: Uuid| !closed.contains(&(pupil, school, term.number));
                    for (pupil, marks) in open(self, term, &pupils, &seen, is_open).await? {
                        found.entry(TermMarksOf { pupil, year }).or_default().push(marks);
                    }
                }
            }
        }
        found.values_mut().for_each(|marks| marks.sort_by(|a, b| (a.term, &a.school_id.0).cmp(&(b.term, &b.school_id.0))));
        Ok(found)
    }
}

/// Which subjects of which pupils the viewer sees today, by pupil and school.
pub(crate) async fn seen(scope: &Scope, pupils: &[Uuid]) -> Result<HashMap<(Uuid, Uuid), Seen>> {
    let rows: Vec<(Uuid, Uuid, bool, bool, String, String)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT DISTINCT r.pupil, r.school, r.whole, EXISTS (SELECT 1 FROM enrolment n WHERE n.pupil = r.pupil AND n.school = r.school
                 AND n.kind = 'HOME' AND n.known_until = ");
        sql.push_bind(not_replaced()).push(" AND n.begins <= ").push_bind(scope.today()).push(" AND n.ends >= ").push_bind(scope.today());
        sql.push(
            ") AS here, s.name, CASE WHEN c.kind = 'SCHEDULED' THEN c.subjects ELSE '' END
             FROM pupil_reach r JOIN class c ON c.id = r.class JOIN school s ON s.id = r.school WHERE r.holder = ");
        sql.push_bind(scope.holder()).push(" AND r.right_to = ").push_bind(scope.over(Right::MarkRead));
        sql.push(" AND r.begins <= ").push_bind(scope.today()).push(" AND r.ends >= ").push_bind(scope.today());
        sql.push(" AND r.enrolled <= ").push_bind(scope.today()).push(" AND r.leaves >= ").push_bind(scope.today());
        sql.push(" AND r.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    let mut found: HashMap<(Uuid, Uuid), Seen> = HashMap::new();
    for (pupil, school, whole, here, name, subjects) in rows {
        let seen = found.entry((pupil, school)).or_default();
        seen.all |= whole;
        seen.here |= here;
        seen.school_name = name;
        seen.subjects.extend(subjects.split(',').map(subject::name).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    found.retain(|_, seen| seen.all || !seen.subjects.is_empty());
    Ok(found)
}

/// A pupil's own closed terms stay theirs, and their guardians', in whatever school they were closed.
async fn add_own_former(scope: &Scope, year: i32, seen: &mut HashMap<(Uuid, Uuid), Seen>) -> Result<()> {
    let own: BTreeSet<Uuid> = seen.keys().map(|(pupil, _)| *pupil).collect();
    let rows: Vec<(Uuid, Uuid, String)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT DISTINCT t.pupil, t.school, s.name FROM term_report t JOIN school s ON s.id = t.school WHERE t.year = ");
        sql.push_bind(year).push(" AND t.pupil IN (");
        bind_ids(&mut sql, own.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    for (pupil, school, school_name) in rows {
        seen.entry((pupil, school)).or_insert(Seen { all: true, school_name, ..Seen::default() });
    }
    Ok(())
}

/// The marks of an open term as they stand, of those who were in a homeroom of a school that the viewer sees.
async fn open(
    scope: &Scope,
    term: &Term,
    pupils: &[Uuid],
    seen: &HashMap<(Uuid, Uuid), Seen>,
    is_open: impl Fn(Uuid, Uuid) -> bool,
) -> Result<Vec<(Uuid, TermMarks)>> {
    let rows: Vec<(Uuid, Uuid, String)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT e.pupil, e.school, COALESCE(CASE WHEN k.grades = '' OR k.grades LIKE '%,%' THEN e.grade ELSE k.grades END, '')
             FROM enrolment e JOIN class k ON k.id = e.class WHERE e.kind = 'HOME' AND k.kind = 'HOMEROOM' AND e.known_until = ");
        sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(term.until(scope.today()));
        sql.push(" AND e.ends >= ").push_bind(term.begins).push(" AND e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") ORDER BY e.begins, e.id").build_query_as().fetch_all(c).await?
    });
    let mut schools: HashMap<Uuid, HashMap<Uuid, String>> = HashMap::new();
    for (pupil, school, grade) in rows {
        if seen.get(&(pupil, school)).is_some_and(|seen| seen.here) && is_open(pupil, school) {
            schools.entry(school).or_default().insert(pupil, grade);
        }
    }
    let mut found = Vec::new();
    for (school, graded) in schools {
        let graded: Vec<(Uuid, String)> = graded.into_iter().collect();
        let ids: Vec<Uuid> = graded.iter().map(|(pupil, _)| *pupil).collect();
        let of = Of { school, term, subject: None };
        let mut marks = computed::marks(scope, of, &graded).await?;
        let mut remarks = computed::remarks(scope, of, &ids).await?;
        for pupil in ids {
            let marks = TermMarks {
                school_id: id::of(school),
                school_name: seen.get(&(pupil, school)).map(|seen| seen.school_name.clone()).unwrap_or_default(),
                year: term.year,
                term: term.number,
                term_name: term.name(),
                closed: false,
                marks: marks.remove(&pupil).unwrap_or_default(),
                remarks: remarks.remove(&pupil).unwrap_or_default(),
            };
            let seen = seen.get(&(pupil, school)).map(|seen| seen.of(marks));
            found.extend(seen.map(|marks| (pupil, marks)));
        }
    }
    Ok(found)
}
