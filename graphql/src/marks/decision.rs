//! What a teacher decides beside a computed mark: both are kept, with who, when and why, and it can be taken back.
use super::arithmetic::{Letter, RatingScale, Viewpoint};
use super::card::SubjectMark;
use super::computed::{self, Of};
use super::member::{self, Member};
use super::reached::{self, closed, term_closed};
use super::subject::SubjectKind;
use super::term::Term;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{not_replaced, school_day};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::activity::{RejectedItem, check, wrong_length};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is decided.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MarkItem {
    /// The letter of 知識・技能.
    Knowledge,
    /// The letter of 思考・判断・表現.
    Thinking,
    /// The letter of 主体的に学習に取り組む態度.
    Attitude,
    /// 評定.
    Rating,
}

impl MarkItem {
    /// The letter of a viewpoint.
    pub(super) fn of(viewpoint: Viewpoint) -> Self {
        match viewpoint {
            Viewpoint::Knowledge => MarkItem::Knowledge,
            Viewpoint::Thinking => MarkItem::Thinking,
            Viewpoint::Attitude => MarkItem::Attitude,
        }
    }

    /// The name of the field that a history tells of.
    pub(crate) fn name(self) -> &'static str {
        match self {
            MarkItem::Knowledge => "knowledge",
            MarkItem::Thinking => "thinking",
            MarkItem::Attitude => "attitude",
            MarkItem::Rating => "rating",
        }
    }

    /// What is computed of it.
    fn computed(self, mark: &SubjectMark) -> Option<String> {
        let letter = |place: usize| mark.viewpoints[place].computed.map(|letter| letter.name().to_owned());
        match self {
            MarkItem::Knowledge => letter(0),
            MarkItem::Thinking => letter(1),
            MarkItem::Attitude => letter(2),
            MarkItem::Rating => mark.rating.as_ref()?.computed.map(|rating| rating.to_string()),
        }
    }

    /// What is decided of it.
    fn decided(self, mark: &SubjectMark) -> Option<(&str, &str)> {
        let decision = match self {
            MarkItem::Knowledge => mark.viewpoints[0].decision.as_ref(),
            MarkItem::Thinking => mark.viewpoints[1].decision.as_ref(),
            MarkItem::Attitude => mark.viewpoints[2].decision.as_ref(),
            MarkItem::Rating => mark.rating.as_ref()?.decision.as_ref(),
        };
        decision.map(|decision| (decision.value.as_str(), decision.reason.as_str()))
    }
}

/// A decision.
#[derive(InputObject, Clone, Debug)]
pub struct MarkDecisionInput {
    /// The pupil.
    pub pupil_id: ID,
    /// What is decided.
    pub item: MarkItem,
    /// `A`, `B` or `C`, or 評定 as `1` to `5`; null takes the decision back, so that what is computed stands again.
    pub value: Option<String>,
    /// Why, 1 to 500 characters; may be left out when a decision is taken back.
    pub reason: Option<String>,
}

/// Decisions over marks.
#[derive(InputObject, Clone, Debug)]
pub struct DecideMarksInput {
    /// The class: the homeroom, or the lesson of the subject.
    pub class_id: ID,
    /// The number of the term.
    pub term: i32,
    /// The subject.
    pub subject: String,
    /// 1 to 1,000 decisions.
    pub decisions: Vec<MarkDecisionInput>,
}

/// What became of the decisions.
#[derive(SimpleObject, Default)]
pub struct DecideMarksPayload {
    /// How many were new or other than before; what was decided before stays in the history.
    pub decided: usize,
    /// How many were there just so.
    pub unchanged: usize,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with decisions.
#[derive(Default)]
pub struct MarkDecisionMutation;

#[Object]
impl MarkDecisionMutation {
    /// Decides marks beside what is computed, 1 to 1,000 a call. Both are kept and shown; a result that comes in later changes what is computed
    /// and not what was decided. `NO_SCHEME` where the school has no rule of marking.
    async fn decide_marks(&self, ctx: &Context<'_>, input: DecideMarksInput) -> Result<DecideMarksPayload> {
        let scope = Scope::with(ctx, Right::MarkDecide)?;
        if let Some(error) = wrong_length(input.decisions.len(), "decisions") {
            return Ok(refused(error));
        }
        decide(scope, &input).await
    }
}

fn refused(error: UserError) -> DecideMarksPayload {
    DecideMarksPayload { user_errors: vec![error], ..DecideMarksPayload::default() }
}

/// A decision as it is to be.
struct Wanted {
    index: usize,
    pupil: Uuid,
    item: MarkItem,
    value: Option<String>,
    reason: String,
}

async fn decide(scope: &Scope, input: &DecideMarksInput) -> Result<DecideMarksPayload> {
    let (marked, term) = match reached::class_and_term(scope, Right::MarkDecide, (&input.class_id, input.term)).await? {
        Ok(found) => found,
        Err(error) => return Ok(refused(error)),
    };
    let subject = match marked.subject(&input.subject) {
        Ok(subject) if subject.kind == SubjectKind::Points => subject.name,
        Ok(_) => {
            let message = "this subject is marked in words: write a remark";
            return Ok(refused(UserError::new(UserErrorCode::OutOfRange, "subject", message)));
        }
        Err(error) => return Ok(refused(error)),
    };
    let members: HashMap<Uuid, Member> =
        member::of_class(scope, &marked.class, &term).await?.into_iter().map(|member| (member.pupil, member)).collect();
    let mut payload = DecideMarksPayload::default();
    let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
    for (index, item) in input.decisions.iter().enumerate() {
        match checked(index, item, &members) {
            Ok(of) if seen.insert((of.pupil, of.item)) => wanted.push(of),
            Ok(_) => {
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", "this is in the list before: send each once");
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    if wanted.is_empty() {
        return Ok(payload);
    }
    let pupils: HashSet<Uuid> = wanted.iter().map(|of: &Wanted| of.pupil).collect();
    let pupils: Vec<Uuid> = pupils.into_iter().collect();
    let mut tx = scope.begin("marks decided").await?;
    tx.lock("pupil", &pupils).await?;
    let closed = closed(&mut tx, (marked.class.school, &term), &pupils).await?;
    let of = Of { school: marked.class.school, term: &term, subject: Some(&subject) };
    let grade = |pupil: &Uuid| members.get(pupil).map_or("", Member::grade).to_owned();
    let marks = computed::marks(scope, of, &pupils.iter().map(|pupil| (*pupil, grade(pupil))).collect::<Vec<_>>()).await?;
    let mark = |pupil: &Uuid| marks.get(pupil).and_then(|marks| marks.first());
    if wanted.iter().any(|of| of.value.is_some() && mark(&of.pupil).is_none_or(|mark| mark.scheme.is_none())) {
        let message = "the school has no rule of marking for this year: the office saves one first (saveMarkScheme)";
        return Ok(refused(UserError::new(UserErrorCode::NoScheme, "subject", message)));
    }
    let mut changed = Vec::new();
    for of in wanted {
        let held = mark(&of.pupil).and_then(|mark| of.item.decided(mark));
        if held == of.value.as_deref().map(|value| (value, of.reason.as_str())) {
            payload.unchanged += 1;
        } else if closed.contains(&of.pupil) {
            payload.rejected.push(RejectedItem::new(of.index, &input.decisions[of.index].pupil_id, term_closed("pupilId")));
        } else {
            let computed = mark(&of.pupil).and_then(|mark| of.item.computed(mark));
            changed.push((of, computed));
        }
    }
    write(&mut tx, (marked.class.school, &term, &subject), &changed).await?;
    tx.commit().await?;
    payload.decided = changed.len();
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
}

fn checked(index: usize, item: &MarkDecisionInput, members: &HashMap<Uuid, Member>) -> Result<Wanted, UserError> {
    let pupil = check::uuid(&item.pupil_id, "pupilId")?;
    let Some(member) = members.get(&pupil) else {
        let message = "the pupil was not in this class in the term: check the id against the roster";
        return Err(UserError::new(UserErrorCode::NotFound, "pupilId", message));
    };
    let wrong = |message: String| Err(UserError::new(UserErrorCode::OutOfRange, "value", message));
    if let Some(value) = item.value.as_deref() {
        match (item.item, RatingScale::of_grade(member.grade())) {
            (MarkItem::Rating, None) => return wrong("there is no 評定 in this grade".to_owned()),
            (MarkItem::Rating, Some(scale)) => {
                let rating = value.parse::<i32>().ok().filter(|rating| (1..=scale.most()).contains(rating));
                if rating.is_none_or(|rating| rating.to_string() != value) {
                    return wrong(format!("評定 is 1 to {} in this grade", scale.most()));
                }
            }
            (_, _) if Letter::of_name(value).is_none() => return wrong("a letter is A, B or C".to_owned()),
            (_, _) => {}
        }
    }
    let reason = match (&item.value, item.reason.as_deref()) {
        (None, None) => String::new(),
        (_, reason) => check::text(reason.unwrap_or_default(), 500, "reason")?,
    };
    Ok(Wanted { index, pupil, item: item.item, value: item.value.clone(), reason })
}

async fn write(tx: &mut Tx, (school, term, subject): (Uuid, &Term, &str), changed: &[(Wanted, Option<String>)]) -> Result<()> {
    let (at, actor) = (tx.at, tx.actor);
    for chunk in changed.chunks(300) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE mark_decision SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND school = ").push_bind(school);
            sql.push(" AND year = ").push_bind(term.year).push(" AND term = ").push_bind(term.number);
            sql.push(" AND subject = ").push_bind(subject.to_owned()).push(" AND (pupil, item) IN ");
            sql.push_tuples(chunk, |mut row, (of, _)| { row.push_bind(of.pupil).push_bind(of.item); });
            sql.build().persistent(false).execute(c).await?.rows_affected()
        });
        let sql = "INSERT INTO mark_decision (pupil, school, year, term, subject, item, known_from, known_until, day, computed, decided,
                       reason, decided_by) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, (of, computed)| {
            row.push_bind(of.pupil).push_bind(school).push_bind(term.year).push_bind(term.number).push_bind(subject.to_owned())
                .push_bind(of.item).push_bind(at).push_bind(not_replaced()).push_bind(school_day(at)).push_bind(computed.clone())
                .push_bind(of.value.clone()).push_bind(of.reason.clone()).push_bind(actor);
        }).push(" ON CONFLICT (pupil, school, year, term, subject, item, known_from) DO UPDATE SET known_until = excluded.known_until,
                 computed = excluded.computed, decided = excluded.decided, reason = excluded.reason, decided_by = excluded.decided_by")
          .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}
