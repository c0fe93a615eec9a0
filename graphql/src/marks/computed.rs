//! The marks of some pupils in a term, computed from what is recorded: so many statements however many pupils and subjects there are.
use super::arithmetic::{Letter, MarkRule, RatingScale, Sum, Viewpoint};
use super::card::{MarkDecision, RatingMark, SubjectMark, TermRemark, ViewpointMark};
use super::decision::MarkItem;
use super::scheme::{self, Schemes};
use super::subject;
use super::term::Term;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What was reached in a viewpoint, and how many results that are.
#[derive(Clone, Copy, Default)]
struct Reached {
    sum: Sum,
    counted: i32,
    not_taken: i32,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    pupil: Uuid,
    subject: String,
    viewpoint: Viewpoint,
    points: i64,
    most: i64,
    counted: i64,
    not_taken: i64,
}

#[derive(sqlx::FromRow)]
struct DecisionRow {
    pupil: Uuid,
    subject: String,
    item: MarkItem,
    known_from: DateTime<Utc>,
    computed: Option<String>,
    decided: String,
    reason: String,
    by_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RemarkRow {
    pupil: Uuid,
    subject: String,
    known_from: DateTime<Utc>,
    text: String,
    by_name: Option<String>,
}

/// A term in a school, of every subject or of one.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) school: Uuid,
    pub(super) term: &'a Term,
    pub(super) subject: Option<&'a str>,
}

/// The marks of pupils by subject, each with the grade; an empty grade where it is not known. The caller has checked the pupils against
/// the scope.
pub(super) async fn marks(scope: &Scope, of: Of<'_>, pupils: &[(Uuid, String)]) -> Result<HashMap<Uuid, Vec<SubjectMark>>> {
    let schemes = scheme::holding(scope, of.school, of.term.year).await?;
    let ids: Vec<Uuid> = pupils.iter().map(|(pupil, _)| *pupil).collect();
    let (mut reached, mut decisions) = (HashMap::new(), HashMap::new());
    for chunk in ids.chunks(500) {
        for row in sums(scope, of, chunk).await? {
            let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
            let sum = Sum { points: row.points, most: row.most };
            let here = Reached { sum, counted: count(row.counted), not_taken: count(row.not_taken) };
            let of_subject: &mut HashMap<String, HashMap<Viewpoint, Reached>> = reached.entry(row.pupil).or_default();
            of_subject.entry(row.subject).or_default().insert(row.viewpoint, here);
        }
        for row in decided(scope, of, chunk).await? {
            let decision = MarkDecision {
                value: row.decided,
                computed_then: row.computed,
                reason: row.reason,
                by: row.by_name,
                at: row.known_from.into(),
            };
            let of_subject: &mut HashMap<String, HashMap<MarkItem, MarkDecision>> = decisions.entry(row.pupil).or_default();
            of_subject.entry(row.subject).or_default().insert(row.item, decision);
        }
    }
    let mut found = HashMap::new();
    for (pupil, grade) in pupils {
        let reached = reached.remove(pupil).unwrap_or_default();
        let mut decisions = decisions.remove(pupil).unwrap_or_default();
        // What the grade has, and whatever else the pupil was marked in.
        let usual = subject::by_points(grade).filter(|_| !grade.is_empty()).map(str::to_owned);
        let names = usual.chain(reached.keys().cloned()).chain(decisions.keys().cloned()).chain(of.subject.map(str::to_owned));
        let names: BTreeSet<String> = names.filter(|name| of.subject.is_none_or(|wanted| wanted == name)).collect();
        let mut marks: Vec<SubjectMark> = names
            .into_iter()
            .map(|name| {
                let of_subject = reached.get(&name).cloned().unwrap_or_default();
                let decisions = decisions.remove(&name).unwrap_or_default();
                of_subject_in(&schemes, grade, name, &of_subject, decisions)
            })
            .collect();
        marks.sort_by(|a, b| (subject::place(&a.subject), &a.subject).cmp(&(subject::place(&b.subject), &b.subject)));
        found.insert(*pupil, marks);
    }
    Ok(found)
}

/// A pupil's marks in a subject.
fn of_subject_in(
    schemes: &Schemes,
    grade: &str,
    subject: String,
    reached: &HashMap<Viewpoint, Reached>,
    mut decisions: HashMap<MarkItem, MarkDecision>,
) -> SubjectMark {
    let found = schemes.of(grade, &subject);
    let rule: Option<&MarkRule> = found.as_ref().map(|(rule, _)| *rule);
    let of = |viewpoint: Viewpoint| reached.get(&viewpoint).copied().unwrap_or_default();
    let viewpoints: Vec<ViewpointMark> = Viewpoint::ALL
        .into_iter()
        .map(|viewpoint| {
            let Reached { sum, counted, not_taken } = of(viewpoint);
            let computed = rule.and_then(|rule| rule.letter(sum));
            let decision = decisions.remove(&MarkItem::of(viewpoint));
            let decided = decision.as_ref().and_then(|decision| Letter::of_name(&decision.value));
            ViewpointMark {
                viewpoint,
                percent: sum
                    .permille()
                    .and_then(|permille| i32::try_from(permille).ok())
                    .map(|permille| f64::from(permille) / 10.0),
                counted,
                not_taken,
                computed,
                decision,
                letter: decided.or(computed),
            }
        })
        .collect();
    let letters = [viewpoints[0].letter, viewpoints[1].letter, viewpoints[2].letter];
    let sums = Viewpoint::ALL.map(|viewpoint| of(viewpoint).sum);
    let rating = RatingScale::of_grade(grade).map(|scale| {
        let computed = rule.and_then(|rule| rule.rating(scale, letters, sums));
        let decision = decisions.remove(&MarkItem::Rating);
        let decided = decision.as_ref().and_then(|decision| decision.value.parse().ok());
        RatingMark { scale, computed, decision, rating: decided.or(computed) }
    });
    SubjectMark { subject, scheme: found.map(|(_, used)| used), viewpoints, rating }
}

async fn sums(scope: &Scope, of: Of<'_>, pupils: &[Uuid]) -> Result<Vec<SumRow>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT r.pupil, a.subject, r.viewpoint,
                 CAST(SUM(CASE WHEN r.state = 'POINTS' THEN r.tenths * a.weight ELSE 0 END) AS BIGINT) AS points,
                 CAST(SUM(CASE WHEN r.state = 'POINTS' THEN 10 * a.weight * CASE r.viewpoint WHEN 'KNOWLEDGE' THEN a.knowledge_max
                     WHEN 'THINKING' THEN a.thinking_max ELSE a.attitude_max END ELSE 0 END) AS BIGINT) AS most,
                 CAST(SUM(CASE WHEN r.state = 'POINTS' THEN 1 ELSE 0 END) AS BIGINT) AS counted,
                 CAST(SUM(CASE WHEN r.state = 'NOT_TAKEN' THEN 1 ELSE 0 END) AS BIGINT) AS not_taken
             FROM assessment_result r JOIN assessment a ON a.id = r.assessment WHERE r.known_until = ");
        sql.push_bind(not_replaced()).push(" AND NOT a.withdrawn AND a.school = ").push_bind(of.school);
        sql.push(" AND a.year = ").push_bind(of.term.year).push(" AND a.term = ").push_bind(of.term.number);
        if let Some(subject) = of.subject {
            sql.push(" AND a.subject = ").push_bind(subject.to_owned());
        }
        sql.push(" AND r.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") GROUP BY r.pupil, a.subject, r.viewpoint").build_query_as().fetch_all(c).await?
    }))
}

async fn decided(scope: &Scope, of: Of<'_>, pupils: &[Uuid]) -> Result<Vec<DecisionRow>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT d.pupil, d.subject, d.item, d.known_from, d.computed, d.decided, d.reason, s.name AS by_name
             FROM mark_decision d LEFT JOIN staff s ON s.id = d.decided_by WHERE d.decided IS NOT NULL AND d.known_until = ");
        sql.push_bind(not_replaced()).push(" AND d.school = ").push_bind(of.school);
        sql.push(" AND d.year = ").push_bind(of.term.year).push(" AND d.term = ").push_bind(of.term.number);
        if let Some(subject) = of.subject {
            sql.push(" AND d.subject = ").push_bind(subject.to_owned());
        }
        sql.push(" AND d.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    }))
}

/// What was written of pupils, the remark on the whole first. The caller has checked the pupils against the scope.
pub(super) async fn remarks(scope: &Scope, of: Of<'_>, pupils: &[Uuid]) -> Result<HashMap<Uuid, Vec<TermRemark>>> {
    let mut found: HashMap<Uuid, Vec<TermRemark>> = HashMap::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<RemarkRow> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT w.pupil, w.subject, w.known_from, w.text, s.name AS by_name
                 FROM term_remark w LEFT JOIN staff s ON s.id = w.written_by WHERE w.text <> '' AND w.known_until = ");
            sql.push_bind(not_replaced()).push(" AND w.school = ").push_bind(of.school);
            sql.push(" AND w.year = ").push_bind(of.term.year).push(" AND w.term = ").push_bind(of.term.number);
            if let Some(subject) = of.subject {
                sql.push(" AND w.subject = ").push_bind(subject.to_owned());
            }
            sql.push(" AND w.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY w.subject").build_query_as().fetch_all(c).await?
        });
        for row in rows {
            let subject = Some(row.subject).filter(|subject| !subject.is_empty());
            let remark = TermRemark { subject, text: row.text, by: row.by_name, at: row.known_from.into() };
            found.entry(row.pupil).or_default().push(remark);
        }
    }
    let place = |remark: &TermRemark| remark.subject.as_deref().map(subject::place);
    found.values_mut().for_each(|remarks| remarks.sort_by_key(place));
    Ok(found)
}
