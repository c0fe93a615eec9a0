//! Work handed in (提出): what became of a class's assignments for a pupil.
use super::activity::verb::ActivityVerb;
use super::assignment::{self, Assignment};
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};
use crate::roster::enrolment;
use crate::roster::span::Span;
use crate::scalar::Timestamp;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What became of an assignment for a pupil.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkState {
    /// Handed in by the due time.
    OnTime,
    /// Handed in after it.
    Late,
    /// Due and not handed in.
    Missing,
    /// Not due yet and not handed in.
    NotDueYet,
    /// The pupil was let off.
    NotForPupil,
}

/// What became of an assignment for a pupil.
#[derive(SimpleObject, Clone, Debug)]
pub struct Work {
    /// The assignment.
    pub assignment: Assignment,
    /// What became of it.
    pub state: WorkState,
    /// When it was first handed in; null while it is not.
    pub handed_in_at: Option<Timestamp>,
    /// The latest mark as a share of what can be reached, 0 to 1; null while there is none.
    pub score: Option<f64>,
}

/// The first time that a piece of work was handed in, and its latest mark.
#[derive(Clone, Copy, Default)]
pub(crate) struct HandedIn {
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) mark: Option<f64>,
    pub(crate) waived: bool,
}

#[derive(sqlx::FromRow)]
struct HandedInRow {
    pupil: Uuid,
    object_id: String,
    verb: ActivityVerb,
    occurred_at: DateTime<Utc>,
    mark: Option<f64>,
}

/// What was handed in and marked up to a day, as it was known at a time, by pupil and assignment. The caller has checked the assignments
/// against the scope.
pub(crate) async fn handed_in(
    scope: &Scope,
    assignments: &[Assignment],
    as_of: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<BTreeMap<(Uuid, Uuid), HandedIn>> {
    let mut found: BTreeMap<(Uuid, Uuid), HandedIn> = BTreeMap::new();
    for chunk in assignments.chunks(500) {
        let rows: Vec<HandedInRow> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT pupil, object_id, verb, occurred_at,
                     (score_raw - COALESCE(score_min, 0)) / (score_max - COALESCE(score_min, 0)) AS mark FROM activity
                 WHERE verb IN ('SUBMITTED', 'SCORED', 'WAIVED') AND day <= ");
            sql.push_bind(as_of).push(" AND received_at <= ").push_bind(known_at);
            sql.push(" AND (withdrawn_at IS NULL OR withdrawn_at > ").push_bind(known_at).push(") AND object_id IN (");
            let mut list = sql.separated(", ");
            chunk.iter().for_each(|assignment| { list.push_bind(assignment.id.to_string()); });
            sql.push(") ORDER BY occurred_at, id").build_query_as().persistent(false).fetch_all(c).await?
        });
        for row in rows {
            let Ok(assignment) = Uuid::try_parse(&row.object_id) else { continue };
            let work = found.entry((row.pupil, assignment)).or_default();
            work.waived |= row.verb == ActivityVerb::Waived;
            if row.verb == ActivityVerb::Submitted && work.at.is_none() {
                work.at = Some(row.occurred_at);
            }
            work.mark = row.mark.map(|mark| mark.clamp(0.0, 1.0)).or(work.mark);
        }
    }
    Ok(found)
}

/// The work that was due in some days of a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkOf(pub(crate) Span);

#[async_trait]
impl Loader<WorkOf> for Scope {
    type Value = Vec<Work>;
    type Error = Error;

    async fn load(&self, keys: &[WorkOf]) -> Result<HashMap<WorkOf, Vec<Work>>> {
        let mut found: HashMap<WorkOf, Vec<Work>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let enrolments = enrolment::of_learning(self, &pupils).await?;
            let classes: BTreeSet<Uuid> = enrolments.iter().map(|enrolment| enrolment.class).collect();
            let classes: Vec<Uuid> = classes.into_iter().collect();
            if classes.is_empty() {
                continue;
            }
            let assignments = assignment::known_on(self, &classes, (from, to)).await?;
            let handed_in = handed_in(self, &assignments, self.today(), self.now()).await?;
            for assignment in &assignments {
                let mut theirs: Vec<Uuid> = enrolments
                    .iter()
                    .filter(|enrolment| enrolment.class == assignment.class && enrolment.covers(assignment.due_day))
                    .map(|enrolment| enrolment.pupil)
                    .collect();
                theirs.sort_unstable();
                theirs.dedup();
                for pupil in theirs {
                    let handed_in = handed_in.get(&(pupil, assignment.id)).copied().unwrap_or_default();
                    let work = Work::of(assignment, handed_in, self.now());
                    found.entry(WorkOf(Span { pupil, from, to })).or_default().push(work);
                }
            }
        }
        Ok(found)
    }
}

impl Work {
    fn of(assignment: &Assignment, handed_in: HandedIn, now: DateTime<Utc>) -> Self {
        let state = match handed_in {
            HandedIn { at: Some(at), .. } if at <= assignment.due_at => WorkState::OnTime,
            HandedIn { at: Some(_), .. } => WorkState::Late,
            HandedIn { waived: true, .. } => WorkState::NotForPupil,
            _ if assignment.due_at > now => WorkState::NotDueYet,
            _ => WorkState::Missing,
        };
        let handed_in_at = handed_in.at.map(Timestamp::from);
        Work { assignment: assignment.clone(), state, handed_in_at, score: handed_in.mark }
    }

    /// Whether it counts among what was to be handed in by now.
    pub(crate) fn was_due(&self) -> bool {
        !matches!(self.state, WorkState::NotDueYet | WorkState::NotForPupil)
    }

    /// Whether it is handed in, in time or late.
    pub(crate) fn is_handed_in(&self) -> bool {
        matches!(self.state, WorkState::OnTime | WorkState::Late)
    }
}
