//! Saving an assessment, and taking it back.
use super::{Assessment, MOST, find};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::marks::arithmetic::Viewpoint;
use crate::marks::member;
use crate::marks::reached::{self, Marked, term_closed};
use crate::marks::subject::SubjectKind;
use crate::marks::term::{self, Term};
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

/// An assessment as it is to be.
#[derive(InputObject, Clone, Debug)]
pub struct SaveAssessmentInput {
    /// The assessment's UUID, if you make it yourself or change one that is there: sent again with the same content it is stored once.
    pub id: Option<ID>,
    /// The class: the homeroom, or the lesson where the subject is one.
    pub class_id: ID,
    /// The number of the term.
    pub term: i32,
    /// The subject, such as `算数`: one of the class's `markSubjects` that is marked by points.
    pub subject: String,
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// When it was given: a day of the term.
    pub day: Day,
    /// The full points of 知識・技能, 1 to 1,000; leave it out where it is not looked at.
    pub knowledge_max: Option<i32>,
    /// The full points of 思考・判断・表現, 1 to 1,000.
    pub thinking_max: Option<i32>,
    /// The full points of 主体的に学習に取り組む態度, 1 to 1,000.
    pub attitude_max: Option<i32>,
    /// What its points count against those of the others, 1 to 100.
    #[graphql(default = 1)]
    pub weight: i32,
}

/// An assessment to take back.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawAssessmentInput {
    /// The assessment.
    pub assessment_id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of an assessment.
#[derive(SimpleObject, Default)]
pub struct AssessmentPayload {
    /// The assessment as it is now; null if nothing was changed.
    pub assessment: Option<Assessment>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

impl AssessmentPayload {
    fn of(done: Result<Assessment, UserError>) -> Self {
        match done {
            Ok(assessment) => AssessmentPayload { assessment: Some(assessment), user_errors: Vec::new() },
            Err(error) => AssessmentPayload { assessment: None, user_errors: vec![error] },
        }
    }
}

/// What may be done with assessments.
#[derive(Default)]
pub struct AssessmentMutation;

#[Object]
impl AssessmentMutation {
    /// Saves an assessment of a class (テスト・課題). A homeroom has its subjects' assessments; where the roster has the subject as a lesson of
    /// its own, the lesson has them. A pupil's marks count those of both.
    async fn save_assessment(&self, ctx: &Context<'_>, input: SaveAssessmentInput) -> Result<AssessmentPayload> {
        Ok(AssessmentPayload::of(save(Scope::with(ctx, Right::MarkWrite)?, &input).await?))
    }
    /// Takes an assessment back with its results: no mark counts them any more. What was recorded is kept.
    async fn withdraw_assessment(&self, ctx: &Context<'_>, input: WithdrawAssessmentInput) -> Result<AssessmentPayload> {
        Ok(AssessmentPayload::of(withdraw(Scope::with(ctx, Right::MarkWrite)?, &input).await?))
    }
}

/// What is wrong with a field.
fn wrong<T>(code: UserErrorCode, field: &str, message: &str) -> Result<T, UserError> {
    Err(UserError::new(code, field, message))
}

/// Saves an assessment, or says what is wrong with the input.
pub(crate) async fn save(scope: &Scope, input: &SaveAssessmentInput) -> Result<Result<Assessment, UserError>> {
    let own_id = match input.id.as_ref().map(|id| check::uuid(id, "id")).transpose() {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let (marked, term) = match reached::class_and_term(scope, Right::MarkWrite, (&input.class_id, input.term)).await? {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let asked = match checked(input, &marked, &term) {
        Ok(asked) => Assessment { id: own_id.unwrap_or_else(new_id), made_by: scope.holder(), ..asked },
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin("assessment saved").await?;
    tx.lock("class", &[marked.class.id]).await?;
    let held: Vec<Assessment> = tx.of_ids("SELECT * FROM assessment WHERE id IN (", &[asked.id]).await?;
    let held = held.into_iter().next();
    if held.as_ref().is_some_and(|held| held.class != asked.class || held.withdrawn) {
        return Ok(wrong(UserErrorCode::Conflict, "id", "this id is not free: make a new UUID for each assessment"));
    }
    let asked = Assessment { made_by: held.as_ref().map_or(asked.made_by, |held| held.made_by), ..asked };
    if held.as_ref() == Some(&asked) {
        return Ok(Ok(asked));
    }
    let closed = match &held {
        Some(held) => has_closed(&mut tx, held).await?,
        // A new one of a lesson is for those whose term is open.
        None if !marked.is_homeroom() => {
            let members: Vec<Uuid> =
                member::of_class(scope, &marked.class, &term).await?.iter().map(|member| member.pupil).collect();
            let closed = reached::closed(&mut tx, (asked.school, &term), &members).await?;
            !members.is_empty() && members.iter().all(|pupil| closed.contains(pupil))
        }
        None => false,
    };
    if closed || reached::class_is_closed(&mut tx, asked.class, &term).await? {
        return Ok(Err(term_closed("term")));
    }
    if let Some(viewpoint) = too_small(&mut tx, &asked).await? {
        let message = "a result is above these full points, or of a viewpoint that would go: correct the results first";
        return Ok(wrong(UserErrorCode::OutOfRange, field(viewpoint), message));
    }
    let sql = "SELECT count(*) FROM assessment WHERE class = $1 AND year = $2 AND term = $3 AND subject = $4 AND NOT withdrawn AND id <> $5";
    let (others,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(asked.class).bind(asked.year).bind(asked.term)
        .bind(&asked.subject).bind(asked.id).fetch_one(c).await?);
    if usize::try_from(others).is_ok_and(|others| others >= MOST) {
        return Ok(wrong(UserErrorCode::TooMany, "name", "the class has 60 assessments of this subject and term already"));
    }
    write(&mut tx, held.as_ref(), &asked).await?;
    tx.commit().await?;
    Ok(Ok(asked))
}

fn field(viewpoint: Viewpoint) -> &'static str {
    match viewpoint {
        Viewpoint::Knowledge => "knowledgeMax",
        Viewpoint::Thinking => "thinkingMax",
        Viewpoint::Attitude => "attitudeMax",
    }
}

fn checked(input: &SaveAssessmentInput, marked: &Marked, term: &Term) -> Result<Assessment, UserError> {
    let refused = |code, field: &str, message: &str| Err(UserError::new(code, field, message));
    let subject = marked.subject(&input.subject)?;
    if subject.kind == SubjectKind::Words {
        return refused(UserErrorCode::OutOfRange, "subject", "this subject is marked in words: write a remark");
    }
    if input.day.0 < term.begins || input.day.0 > term.ends {
        return refused(UserErrorCode::OutOfRange, "day", "the day is not in this term");
    }
    let maxima = [
        (Viewpoint::Knowledge, input.knowledge_max),
        (Viewpoint::Thinking, input.thinking_max),
        (Viewpoint::Attitude, input.attitude_max),
    ];
    if let Some((viewpoint, _)) = maxima.iter().find(|(_, most)| most.is_some_and(|most| !(1..=1_000).contains(&most))) {
        return refused(UserErrorCode::OutOfRange, field(*viewpoint), "full points are a whole number from 1 to 1,000");
    }
    if maxima.iter().all(|(_, most)| most.is_none()) {
        return refused(UserErrorCode::Empty, "knowledgeMax", "say the full points of one viewpoint at least");
    }
    if !(1..=100).contains(&input.weight) {
        return refused(UserErrorCode::OutOfRange, "weight", "the weight is a whole number from 1 to 100");
    }
    Ok(Assessment {
        id: Uuid::nil(),
        school: marked.class.school,
        class: marked.class.id,
        year: term.year,
        term: term.number,
        subject: subject.name,
        name: check::text(&input.name, 100, "name")?,
        day: input.day.0,
        knowledge_max: input.knowledge_max,
        thinking_max: input.thinking_max,
        attitude_max: input.attitude_max,
        weight: input.weight,
        made_by: Uuid::nil(),
        withdrawn: false,
    })
}

async fn withdraw(scope: &Scope, input: &WithdrawAssessmentInput) -> Result<Result<Assessment, UserError>> {
    let reason = match check::text(&input.reason, 500, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(Err(error)),
    };
    let Some(reached) = find(scope, Right::MarkWrite, id::parse(&input.assessment_id).unwrap_or_default()).await? else {
        return Ok(wrong(UserErrorCode::NotFound, "assessmentId", "there is no such assessment that you may take back"));
    };
    let Some(term) = term::find(scope, reached.year, reached.term).await? else {
        return Ok(wrong(UserErrorCode::OutOfRange, "assessmentId", "the year has no such term any more"));
    };
    let mut tx = scope.begin_because("assessment taken back", &reason).await?;
    tx.lock("class", &[reached.class]).await?;
    let held: Vec<Assessment> = tx.of_ids("SELECT * FROM assessment WHERE id IN (", &[reached.id]).await?;
    let before = held.into_iter().next().unwrap_or(reached);
    if has_closed(&mut tx, &before).await? || reached::class_is_closed(&mut tx, before.class, &term).await? {
        return Ok(Err(term_closed("assessmentId")));
    }
    let after = Assessment { withdrawn: true, ..before.clone() };
    write(&mut tx, Some(&before), &after).await?;
    tx.commit().await?;
    Ok(Ok(after))
}

/// Whether somebody who has a result of an assessment has the term closed. Whoever has is held, so that nobody closes it meanwhile.
async fn has_closed(tx: &mut Tx, assessment: &Assessment) -> Result<bool> {
    let sql = "SELECT DISTINCT pupil FROM assessment_result WHERE assessment = $1 ORDER BY pupil";
    let pupils: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(assessment.id).fetch_all(c).await?);
    tx.lock("pupil", &pupils.into_iter().map(|(pupil,)| pupil).collect::<Vec<_>>()).await?;
    let sql = "SELECT count(*) FROM term_report t WHERE t.school = $1 AND t.year = $2 AND t.term = $3 AND t.pupil IN
                   (SELECT r.pupil FROM assessment_result r WHERE r.assessment = $4)";
    let (closed,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(assessment.school).bind(assessment.year)
        .bind(assessment.term).bind(assessment.id).fetch_one(c).await?);
    Ok(closed > 0)
}

/// A viewpoint in which somebody has more than the full points would be.
async fn too_small(tx: &mut Tx, assessment: &Assessment) -> Result<Option<Viewpoint>> {
    let sql = "SELECT viewpoint, COALESCE(max(tenths), 0) FROM assessment_result
               WHERE assessment = $1 AND known_until = $2 AND state <> 'NONE' GROUP BY viewpoint";
    let rows: Vec<(Viewpoint, i32)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(assessment.id)
        .bind(crate::clock::not_replaced()).fetch_all(c).await?);
    let over = |(viewpoint, tenths): &(Viewpoint, i32)| assessment.most(*viewpoint).is_none_or(|most| *tenths > most * 10);
    Ok(rows.into_iter().find(over).map(|(viewpoint, _)| viewpoint))
}

async fn write(tx: &mut Tx, before: Option<&Assessment>, of: &Assessment) -> Result<()> {
    let sql = "INSERT INTO assessment (id, school, class, year, term, subject, name, day, knowledge_max, thinking_max, attitude_max,
                   weight, made_by, withdrawn)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
               ON CONFLICT (id) DO UPDATE SET term = excluded.term, subject = excluded.subject, name = excluded.name, day = excluded.day,
                   knowledge_max = excluded.knowledge_max, thinking_max = excluded.thinking_max, attitude_max = excluded.attitude_max,
                   weight = excluded.weight, withdrawn = excluded.withdrawn
               WHERE assessment.class = excluded.class";
    let change = Change::new(of.id, before, Some(of));
    on!(tx.change("assessment", &[change]).await?, c => sqlx::query(sql).bind(of.id).bind(of.school).bind(of.class).bind(of.year)
        .bind(of.term).bind(&of.subject).bind(&of.name).bind(of.day).bind(of.knowledge_max).bind(of.thinking_max)
        .bind(of.attitude_max).bind(of.weight).bind(of.made_by).bind(of.withdrawn).execute(c).await?.rows_affected());
    Ok(())
}
