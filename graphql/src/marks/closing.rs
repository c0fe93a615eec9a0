//! Closing a term (学期末の締め): a homeroom's marks and words are kept as they stand, and nothing changes them any more.
use super::card::{Kept, KeptDays, SubjectMark};
use super::computed::{self, Of};
use super::member::{self, Member};
use super::reached::{self, Marked, class_is_closed, closed};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::attendance::register::{Which, of_year};
use crate::clock::{new_id, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::scalar::Timestamp;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// That a homeroom's term is closed.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct TermClosing {
    id: Uuid,
    school: Uuid,
    class: Uuid,
    year: i32,
    pub(super) term: i32,
    closed_by: Uuid,
    at: DateTime<Utc>,
    gaps_accepted: bool,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
}

/// That a homeroom's term is closed.
#[Object]
impl TermClosing {
    /// The number of the term.
    #[graphql(name = "term")]
    async fn shown_term(&self) -> i32 {
        self.term
    }
    /// Who closed it; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
    /// Whether it was closed although marks were missing.
    async fn gaps_accepted(&self) -> bool {
        self.gaps_accepted
    }
}

/// A mark that a pupil lacks.
#[derive(SimpleObject, Clone, Debug)]
pub struct MarkGap {
    /// The pupil.
    pub pupil_id: ID,
    /// The name to show.
    pub name: String,
    /// 出席番号.
    pub number: Option<i32>,
    /// The subject.
    pub subject: String,
    /// What is missing: 知識・技能, 思考・判断・表現, 主体的に学習に取り組む態度, 評定.
    pub missing: Vec<&'static str>,
}

/// A term to close.
#[derive(InputObject, Clone, Debug)]
pub struct CloseTermInput {
    /// The homeroom.
    pub class_id: ID,
    /// The number of the term.
    pub term: i32,
    /// Whether to close it although pupils lack marks.
    #[graphql(default)]
    pub accept_gaps: bool,
}

/// What became of it.
#[derive(SimpleObject, Default)]
pub struct CloseTermPayload {
    /// The closing, also where it was closed before; null if it stays open.
    pub closing: Option<TermClosing>,
    /// The marks that are missing, by number and subject.
    pub gaps: Vec<MarkGap>,
    /// Why the term stays open: `NOT_READY` where marks are missing, `NO_SCHEME` where the school has no rule of marking.
    pub user_errors: Vec<UserError>,
}

/// What may be done with terms of classes.
#[derive(Default)]
pub struct ClosingMutation;

#[Object]
impl ClosingMutation {
    /// Closes a homeroom's term: marks, the rules that they come from, decisions, words and the days of attendance up to today are kept as they
    /// stand, also of those who have left. Afterwards nothing changes them: no result, no rule, no move, no import; whoever tries is answered
    /// `TERM_CLOSED`. A correction of the register goes on to be possible, and the card says then that the register has other numbers
    /// (`attendanceNow`). Closing again changes nothing.
    async fn close_term(&self, ctx: &Context<'_>, input: CloseTermInput) -> Result<CloseTermPayload> {
        close(Scope::with(ctx, Right::MarkClose)?, &input).await
    }
}

fn refused(code: UserErrorCode, field: &str, message: &str) -> CloseTermPayload {
    CloseTermPayload { user_errors: vec![UserError::new(code, field, message)], ..CloseTermPayload::default() }
}

async fn close(scope: &Scope, input: &CloseTermInput) -> Result<CloseTermPayload> {
    let (marked, term) = match reached::class_and_term(scope, Right::MarkClose, (&input.class_id, input.term)).await? {
        Ok(found) => found,
        Err(error) => return Ok(CloseTermPayload { user_errors: vec![error], ..CloseTermPayload::default() }),
    };
    if !marked.is_homeroom() {
        return Ok(refused(
            UserErrorCode::WrongClass,
            "classId",
            "a lesson has no report cards: close the terms of its homerooms",
        ));
    }
    if term.begins > scope.today() {
        return Ok(refused(UserErrorCode::InTheFuture, "term", "the term has not begun yet"));
    }
    let mut tx = scope.begin("term closed").await?;
    tx.lock("class", &[marked.class.id]).await?;
    if class_is_closed(&mut tx, marked.class.id, &term).await? {
        drop(tx);
        let before = of_class(scope, marked.class.id, term.year).await?.into_iter().find(|closing| closing.term == term.number);
        return Ok(CloseTermPayload { closing: before, ..CloseTermPayload::default() });
    }
    let mut members = member::of_class(scope, &marked.class, &term).await?;
    members.retain(|member| !member.elsewhere);
    let pupils: Vec<Uuid> = members.iter().map(|member| member.pupil).collect();
    tx.lock("pupil", &pupils).await?;
    // Whose term another class has closed keeps that.
    let done = closed(&mut tx, (marked.class.school, &term), &pupils).await?;
    members.retain(|member| !done.contains(&member.pupil));
    let of = Of { school: marked.class.school, term: &term, subject: None };
    let kept = gathered(scope, of, &members).await?;
    if kept.iter().flat_map(|(_, kept)| &kept.marks).any(|mark| mark.scheme.is_none()) {
        let message = "the school has no rule of marking for all of these subjects: the office saves one first (saveMarkScheme)";
        return Ok(refused(UserErrorCode::NoScheme, "classId", message));
    }
    let until = term.until(scope.today());
    let gaps: Vec<MarkGap> = kept
        .iter()
        .filter(|(member, _)| member.left(until).is_none())
        .flat_map(|(member, kept)| kept.marks.iter().filter_map(|mark| gap(member, mark)))
        .collect();
    if !gaps.is_empty() && !input.accept_gaps {
        let message = "pupils lack marks: see `gaps`, record or decide them, or close with `acceptGaps: true`";
        return Ok(CloseTermPayload { gaps, ..refused(UserErrorCode::NotReady, "acceptGaps", message) });
    }
    let closing = TermClosing {
        id: new_id(),
        school: marked.class.school,
        class: marked.class.id,
        year: term.year,
        term: term.number,
        closed_by: tx.actor,
        at: tx.at,
        gaps_accepted: !gaps.is_empty(),
        by_name: Some(scope.viewer().name.clone()),
    };
    write(&mut tx, &closing, (&marked, scope.today()), &kept).await?;
    tx.commit().await?;
    Ok(CloseTermPayload { closing: Some(closing), gaps, user_errors: Vec::new() })
}

fn gap(member: &Member, mark: &SubjectMark) -> Option<MarkGap> {
    let missing = mark.missing();
    let gap = || MarkGap {
        pupil_id: id::of(member.pupil),
        name: member.shown_name().to_owned(),
        number: member.number,
        subject: mark.subject.clone(),
        missing: missing.clone(),
    };
    (!missing.is_empty()).then(gap)
}

/// Whether today's attendance of any of these pupils was taken.
async fn is_taken(scope: &Scope, school: Uuid, pupils: &[Uuid]) -> Result<bool> {
    if pupils.is_empty() {
        return Ok(false);
    }
    let (marks,): (i64,) = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT count(*) FROM attendance_mark WHERE school = ");
        sql.push_bind(school).push(" AND day = ").push_bind(scope.today()).push(" AND known_until = ").push_bind(not_replaced());
        sql.push(" AND kind IS NOT NULL AND pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().fetch_one(c).await?
    });
    Ok(marks > 0)
}

/// What there is of each of some pupils.
async fn gathered<'a>(scope: &Scope, of: Of<'_>, members: &'a [Member]) -> Result<Vec<(&'a Member, Kept)>> {
    let graded: Vec<(Uuid, String)> = members.iter().map(|member| (member.pupil, member.grade().to_owned())).collect();
    let pupils: Vec<Uuid> = members.iter().map(|member| member.pupil).collect();
    let mut marks = computed::marks(scope, of, &graded).await?;
    let mut remarks = computed::remarks(scope, of, &pupils).await?;
    let mut until = of.term.until(scope.today());
    if until == scope.today() && until > of.term.begins && !is_taken(scope, of.school, &pupils).await? {
        // Today's attendance is still to be taken, and would change every card.
        until = until - Days::new(1);
    }
    let counts = of_year::of_pupils(scope, of.school, &pupils, (of.term.begins, until), Which::Holding).await?;
    let kept = |member: &'a Member| {
        let marks = marks.remove(&member.pupil).unwrap_or_default();
        let remarks = remarks.remove(&member.pupil).unwrap_or_default();
        let days = counts.get(&member.pupil).map(|count| KeptDays { until, count: *count });
        (member, Kept { marks, remarks, days })
    };
    Ok(members.iter().map(kept).collect())
}

async fn write(
    tx: &mut Tx,
    closing: &TermClosing,
    (marked, today): (&Marked, chrono::NaiveDate),
    kept: &[(&Member, Kept)],
) -> Result<()> {
    let sql = "INSERT INTO term_closing (id, school, class, year, term, closed_by, at, gaps_accepted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let change = Change::new(closing.id, None, Some(closing));
    on!(tx.change("term_closing", &[change]).await?, c => sqlx::query(sql).bind(closing.id).bind(closing.school).bind(closing.class)
        .bind(closing.year).bind(closing.term).bind(closing.closed_by).bind(closing.at).bind(closing.gaps_accepted)
        .execute(c).await?.rows_affected());
    let rows: Vec<(&Member, String)> = kept
        .iter()
        .map(|(member, kept)| (*member, serde_json::to_string(kept).expect("what is kept is plain structs of text and numbers")))
        .collect();
    for chunk in rows.chunks(100) {
        let sql = "INSERT INTO term_report (closing, pupil, school, class, year, term, day, number, content) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, (member, content)| {
            row.push_bind(closing.id).push_bind(member.pupil).push_bind(closing.school).push_bind(marked.class.id)
                .push_bind(closing.year).push_bind(closing.term).push_bind(today).push_bind(member.number).push_bind(content.clone());
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The terms of a year that a homeroom has closed. The caller has checked the class against the scope.
pub(super) async fn of_class(scope: &Scope, class: Uuid, year: i32) -> Result<Vec<TermClosing>> {
    let sql = "SELECT t.*, s.name AS by_name FROM term_closing t LEFT JOIN staff s ON s.id = t.closed_by
               WHERE t.class = $1 AND t.year = $2 ORDER BY t.term";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(class).bind(year).fetch_all(c).await?))
}

/// A closed term of a pupil in a school.
pub(super) struct Report {
    pub(super) pupil: Uuid,
    pub(super) school: Uuid,
    pub(super) term: i32,
    pub(super) kept: Kept,
}

/// The closed terms of a year of some pupils, in whatever school. The caller has checked the pupils against the scope, and leaves out
/// schools that the viewer does not reach.
pub(super) async fn reports(scope: &Scope, year: i32, pupils: &[Uuid]) -> Result<Vec<Report>> {
    let mut found = Vec::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid, Uuid, i32, String)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT pupil, school, term, content FROM term_report WHERE year = ");
            sql.push_bind(year).push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        for (pupil, school, term, content) in rows {
            let kept = serde_json::from_str(&content).map_err(|error| {
                tracing::error!(%error, "a closed term cannot be read");
                Error::Internal
            })?;
            found.push(Report { pupil, school, term, kept });
        }
    }
    Ok(found)
}
