//! Results of assessments: points of a pupil in a viewpoint, or that it was not taken (未受験, which is no zero), or is not to be counted.
use super::arithmetic::Viewpoint;
use super::assessment::{self, Assessment};
use super::member;
use super::reached::{self, closed, term_closed};
use super::term;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::{RejectedItem, check, wrong_length};
use crate::scalar::Timestamp;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a result says.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResultState {
    /// Points.
    Points,
    /// 未受験: still to be taken. It is not counted, and it is no zero.
    NotTaken,
    /// Not to be counted for this pupil.
    Excused,
    /// Nothing is recorded any more.
    None,
}

/// A result of a pupil in a viewpoint.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct AssessmentResult {
    assessment: Uuid,
    pupil: Uuid,
    viewpoint: Viewpoint,
    known_from: DateTime<Utc>,
    state: ResultState,
    tenths: Option<i32>,
    #[sqlx(default)]
    by_name: Option<String>,
}

/// A result of a pupil in a viewpoint of an assessment.
#[Object]
impl AssessmentResult {
    /// The pupil.
    async fn pupil_id(&self) -> ID {
        id::of(self.pupil)
    }
    /// The viewpoint.
    async fn viewpoint(&self) -> Viewpoint {
        self.viewpoint
    }
    /// Points, or why there are none.
    async fn state(&self) -> ResultState {
        self.state
    }
    /// The points, to a tenth; null where the state is another.
    async fn points(&self) -> Option<f64> {
        self.tenths.map(|tenths| f64::from(tenths) / 10.0)
    }
    /// Who recorded it; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.known_from.into()
    }
}

/// A result to record.
#[derive(InputObject, Clone, Debug)]
pub struct AssessmentResultInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The viewpoint: one that the assessment looks at.
    pub viewpoint: Viewpoint,
    /// `POINTS` if not said; `NONE` takes the result away.
    #[graphql(default_with = "ResultState::Points")]
    pub state: ResultState,
    /// The points, 0 to the full points, to a tenth; only with the state `POINTS`.
    pub points: Option<f64>,
}

/// Results to record.
#[derive(InputObject, Clone, Debug)]
pub struct RecordResultsInput {
    /// The assessment.
    pub assessment_id: ID,
    /// 1 to 1,000 results.
    pub results: Vec<AssessmentResultInput>,
}

/// What became of the results.
#[derive(SimpleObject, Default, Debug)]
pub struct RecordResultsPayload {
    /// How many were new or other than before; what was recorded before stays in the history.
    pub recorded: usize,
    /// How many were there just so.
    pub unchanged: usize,
    /// Those that were not taken; the others are not affected. `TERM_CLOSED` where the pupil's term is closed.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with results.
#[derive(Default)]
pub struct ResultMutation;

#[Object]
impl ResultMutation {
    /// Records the results of an assessment, 1 to 1,000 a call, a whole grid or a part of it. Results that are not listed stay as they are.
    /// Sent again it changes nothing. Only for who was in the class in the term.
    async fn record_results(&self, ctx: &Context<'_>, input: RecordResultsInput) -> Result<RecordResultsPayload> {
        let scope = Scope::with(ctx, Right::MarkWrite)?;
        if let Some(error) = wrong_length(input.results.len(), "results") {
            return Ok(RecordResultsPayload { user_errors: vec![error], ..RecordResultsPayload::default() });
        }
        record(scope, &input).await
    }
}

type Key = (Uuid, Viewpoint);

/// What a result says.
type Said = (ResultState, Option<i32>);

/// Records the results of an assessment in one transaction; what is wrong is refused item by item. At most a thousand.
pub(crate) async fn record(scope: &Scope, input: &RecordResultsInput) -> Result<RecordResultsPayload> {
    let refused = |code, field: &str, message: &str| {
        let user_errors = vec![UserError::new(code, field, message)];
        Ok(RecordResultsPayload { user_errors, ..RecordResultsPayload::default() })
    };
    let id = id::parse(&input.assessment_id).unwrap_or_default();
    let Some(assessment) = assessment::find(scope, Right::MarkWrite, id).await? else {
        return refused(UserErrorCode::NotFound, "assessmentId", "there is no such assessment whose results you may record");
    };
    let marked = reached::class(scope, Right::MarkWrite, assessment.class).await?;
    let Some((marked, term)) = marked.zip(term::find(scope, assessment.year, assessment.term).await?) else {
        return refused(UserErrorCode::OutOfRange, "assessmentId", "the year has no such term any more");
    };
    let members = member::of_class(scope, &marked.class, &term).await?;
    let members: HashSet<Uuid> = members.into_iter().map(|member| member.pupil).collect();
    let mut payload = RecordResultsPayload::default();
    let mut wanted: Vec<(usize, Key, Said)> = Vec::new();
    let mut seen = HashSet::new();
    for (index, item) in input.results.iter().enumerate() {
        match checked(item, &assessment, &members) {
            Ok((key, said)) if seen.insert(key) => wanted.push((index, key, said)),
            Ok(_) => {
                let message = "this pupil's viewpoint is in the list before: send each once";
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", message);
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    if wanted.is_empty() {
        return Ok(payload);
    }
    let mut tx = scope.begin("results recorded").await?;
    // The assessment first, so that its full points stay what they were checked against.
    tx.lock("class", &[assessment.class]).await?;
    let pupils: HashSet<Uuid> = wanted.iter().map(|(_, (pupil, _), _)| *pupil).collect();
    let pupils: Vec<Uuid> = pupils.into_iter().collect();
    tx.lock("pupil", &pupils).await?;
    let now: Vec<Assessment> = tx.of_ids("SELECT * FROM assessment WHERE id IN (", &[assessment.id]).await?;
    if now.first() != Some(&assessment) {
        return refused(
            UserErrorCode::Conflict,
            "assessmentId",
            "the assessment has just been changed: read it and send the results again",
        );
    }
    let closed = closed(&mut tx, (assessment.school, &term), &pupils).await?;
    let held = held(&mut tx, assessment.id).await?;
    let mut changed: Vec<(Key, Said)> = Vec::new();
    for (index, key, said) in wanted {
        let before = held.get(&key).copied().unwrap_or((ResultState::None, None));
        if before == said {
            payload.unchanged += 1;
        } else if closed.contains(&key.0) {
            payload.rejected.push(RejectedItem::new(index, &input.results[index].pupil_id, term_closed("pupilId")));
        } else {
            changed.push((key, said));
        }
    }
    write(&mut tx, &assessment, &changed).await?;
    tx.commit().await?;
    payload.recorded = changed.len();
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
}

fn checked(item: &AssessmentResultInput, assessment: &Assessment, members: &HashSet<Uuid>) -> Result<(Key, Said), UserError> {
    let pupil = check::uuid(&item.pupil_id, "pupilId")?;
    if !members.contains(&pupil) {
        let message = "the pupil was not in this class in the term: check the id against the roster";
        return Err(UserError::new(UserErrorCode::NotFound, "pupilId", message));
    }
    let Some(most) = assessment.most(item.viewpoint) else {
        let message = "the assessment does not look at this viewpoint: give it full points first";
        return Err(UserError::new(UserErrorCode::NotFound, "viewpoint", message));
    };
    let wrong = |message: String| Err(UserError::new(UserErrorCode::OutOfRange, "points", message));
    let tenths = match (item.state, item.points) {
        (ResultState::Points, Some(points)) => {
            let tenths = (points * 10.0).round();
            if !(0.0..=f64::from(most)).contains(&points) || (points * 10.0 - tenths).abs() > 1e-6 {
                return wrong(format!("{points} is not from 0 to {most} in tenths"));
            }
            #[expect(clippy::cast_possible_truncation, reason = "at most ten thousand tenths, checked just before")]
            let tenths = tenths as i32;
            Some(tenths)
        }
        (ResultState::Points, None) => return wrong("say the points, or another state".to_owned()),
        (_, Some(_)) => return wrong("points come with the state POINTS alone".to_owned()),
        (_, None) => None,
    };
    Ok(((pupil, item.viewpoint), (item.state, tenths)))
}

/// What holds of an assessment.
async fn held(tx: &mut Tx, assessment: Uuid) -> Result<HashMap<Key, Said>> {
    let sql = "SELECT pupil, viewpoint, state, tenths FROM assessment_result WHERE assessment = $1 AND known_until = $2";
    let rows: Vec<(Uuid, Viewpoint, ResultState, Option<i32>)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(assessment).bind(not_replaced()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(pupil, viewpoint, state, tenths)| ((pupil, viewpoint), (state, tenths))).collect())
}

async fn write(tx: &mut Tx, assessment: &Assessment, changed: &[(Key, Said)]) -> Result<()> {
    let (at, actor) = (tx.at, tx.actor);
    for chunk in changed.chunks(300) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE assessment_result SET known_until = ");
            sql.push_bind(at).push(" WHERE assessment = ").push_bind(assessment.id).push(" AND known_until = ").push_bind(not_replaced());
            sql.push(" AND (pupil, viewpoint) IN ");
            sql.push_tuples(chunk, |mut row, ((pupil, viewpoint), _)| { row.push_bind(*pupil).push_bind(*viewpoint); });
            sql.build().persistent(false).execute(c).await?.rows_affected()
        });
        let sql = "INSERT INTO assessment_result (assessment, pupil, viewpoint, known_from, known_until, school, state, tenths, recorded_by) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, ((pupil, viewpoint), (state, tenths))| {
            row.push_bind(assessment.id).push_bind(*pupil).push_bind(*viewpoint).push_bind(at).push_bind(not_replaced())
                .push_bind(assessment.school).push_bind(*state).push_bind(*tenths).push_bind(actor);
        }).push(" ON CONFLICT (assessment, pupil, viewpoint, known_from) DO UPDATE SET known_until = excluded.known_until,
                 state = excluded.state, tenths = excluded.tenths, recorded_by = excluded.recorded_by")
          .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The results of an assessment, as a key to load those of many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResultsOf(pub(super) Uuid);

#[async_trait]
impl Loader<ResultsOf> for Scope {
    type Value = Vec<AssessmentResult>;
    type Error = Error;

    async fn load(&self, keys: &[ResultsOf]) -> Result<HashMap<ResultsOf, Vec<AssessmentResult>>> {
        let rows: Vec<AssessmentResult> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT r.assessment, r.pupil, r.viewpoint, r.known_from, r.state, r.tenths, COALESCE(s.name, p.name) AS by_name
                 FROM assessment_result r JOIN assessment a ON a.id = r.assessment
                 LEFT JOIN staff s ON s.id = r.recorded_by LEFT JOIN app p ON p.id = r.recorded_by
                 WHERE r.state <> 'NONE' AND r.known_until = ");
            sql.push_bind(not_replaced()).push(" AND a.class IN (SELECT m.class FROM mark_reach m WHERE m.holder = ");
            sql.push_bind(self.holder()).push(" AND m.right_to = ").push_bind(self.over(Right::MarkRead));
            sql.push(" AND m.begins <= ").push_bind(self.today()).push(" AND m.ends >= ").push_bind(self.today());
            sql.push(") AND r.assessment IN (");
            bind_ids(&mut sql, keys.iter().map(|key| key.0));
            sql.push(") ORDER BY r.assessment, r.pupil, r.viewpoint").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<ResultsOf, Vec<AssessmentResult>> = HashMap::new();
        rows.into_iter().for_each(|row| found.entry(ResultsOf(row.assessment)).or_default().push(row));
        Ok(found)
    }
}
