//! Saving a version of a rule, and taking a special rule back.
use super::{MarkScheme, scales, stored};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::marks::arithmetic::{MarkRule, RatingScale};
use crate::marks::subject::{self, SubjectKind};
use crate::marks::term;
use crate::roster::school;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

/// For whom a rule is.
#[derive(InputObject, Clone, Debug)]
pub struct SaveMarkSchemeInput {
    /// The school.
    pub school_id: ID,
    /// The year of its April, such as 2026; the running one if not said.
    pub year: Option<i32>,
    /// The grade, such as `P5`; leave it out for all.
    pub grade: Option<String>,
    /// The subject, such as `算数`; leave it out for all.
    pub subject: Option<String>,
    /// The rule.
    pub rule: MarkRule,
    /// Why, such as the decision of the staff; 1 to 500 characters.
    pub reason: String,
}

/// A special rule to take back.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawMarkSchemeInput {
    /// The school.
    pub school_id: ID,
    /// The year of its April; the running one if not said.
    pub year: Option<i32>,
    /// The grade; leave it out for all.
    pub grade: Option<String>,
    /// The subject; leave it out for all.
    pub subject: Option<String>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of a rule.
#[derive(SimpleObject, Default)]
pub struct MarkSchemePayload {
    /// The version that holds now; null if nothing was changed.
    pub scheme: Option<MarkScheme>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with rules of marking.
#[derive(Default)]
pub struct MarkSchemeMutation;

#[Object]
impl MarkSchemeMutation {
    /// Saves a version of a school's rule of marking. It holds at once for every open term of the year; a closed term keeps the version that
    /// it was closed by. Saving the rule that holds changes nothing.
    ///
    /// A rule has a result for everything: a line for each of the 27 combinations of letters or a cut-off for each 評定, for each scale that
    /// the school's grades need. A better letter or percent never gives a worse mark (`OUT_OF_RANGE` says where it would).
    async fn save_mark_scheme(&self, ctx: &Context<'_>, input: SaveMarkSchemeInput) -> Result<MarkSchemePayload> {
        save(Scope::with(ctx, Right::MarkSchemeWrite)?, input).await
    }

    /// Takes a rule of a grade or a subject back: from now on the more general one holds there, in open terms. A rule for all that is taken
    /// back leaves the school without any (`NO_SCHEME`) before another is saved.
    async fn withdraw_mark_scheme(&self, ctx: &Context<'_>, input: WithdrawMarkSchemeInput) -> Result<MarkSchemePayload> {
        let scope = Scope::with(ctx, Right::MarkSchemeWrite)?;
        let WithdrawMarkSchemeInput { school_id, year, grade, subject, reason } = input;
        match Of::check(scope, (&school_id, year), (grade, subject), &reason).await? {
            Ok(of) => of.write(scope, "rule of marking taken back", "").await,
            Err(error) => Ok(refused(error)),
        }
    }
}

/// Saves a version of a rule, or says what is wrong with it.
pub(crate) async fn save(scope: &Scope, input: SaveMarkSchemeInput) -> Result<MarkSchemePayload> {
    let SaveMarkSchemeInput { school_id, year, grade, subject, rule, reason } = input;
    let of = match Of::check(scope, (&school_id, year), (grade, subject), &reason).await? {
        Ok(of) => of,
        Err(error) => return Ok(refused(error)),
    };
    if let Err((field, message)) = rule.check() {
        return Ok(refused(UserError::new(UserErrorCode::OutOfRange, field, message)));
    }
    let needed = match RatingScale::of_grade(&of.grade) {
        Some(scale) => vec![scale],
        None if of.grade.is_empty() => scales(scope, of.school, of.year).await?,
        None => Vec::new(),
    };
    if let Some(missing) = needed.iter().find(|scale| rule.conversions.iter().all(|conversion| conversion.scale != **scale)) {
        let message = format!("the grades that it is for have 評定 of 1 to {}: say how it comes about", missing.most());
        return Ok(refused(UserError::new(UserErrorCode::OutOfRange, "rule.conversions", message)));
    }
    of.write(scope, "rule of marking saved", &stored(&rule)).await
}

fn refused(error: UserError) -> MarkSchemePayload {
    MarkSchemePayload { scheme: None, user_errors: vec![error] }
}

/// For whom a rule is, checked.
struct Of {
    school: Uuid,
    year: i32,
    grade: String,
    subject: String,
    reason: String,
}

impl Of {
    async fn check(
        scope: &Scope,
        (school, year): (&ID, Option<i32>),
        (grade, subject): (Option<String>, Option<String>),
        reason: &str,
    ) -> Result<Result<Self, UserError>> {
        let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
        let found = school::reached(scope, Right::MarkSchemeWrite, id::parse(school).unwrap_or_default()).await?;
        let Some(school) = found else {
            return wrong(UserErrorCode::NotFound, "schoolId", "there is no such school whose rules you may set");
        };
        let year = year.unwrap_or_else(|| term::school_year(scope.today()));
        if term::checked(year).is_err() {
            return wrong(UserErrorCode::OutOfRange, "year", "send the year of its April, such as 2026");
        }
        let grade = grade.unwrap_or_default();
        let is_grade = matches!(grade.as_bytes(), [b'P', b'1'..=b'6'] | [b'J', b'1'..=b'3']);
        if !grade.is_empty() && !is_grade {
            return wrong(UserErrorCode::OutOfRange, "grade", "a grade is P1 to P6 or J1 to J3; leave it out for all");
        }
        let subject = subject::name(subject.as_deref().unwrap_or_default()).to_owned();
        if subject::kind(&subject) == SubjectKind::Words {
            return wrong(UserErrorCode::OutOfRange, "subject", "this subject is marked in words: it has no rule");
        }
        if !subject.is_empty()
            && let Err(error) = check::text(&subject, 40, "subject")
        {
            return Ok(Err(error));
        }
        Ok(check::text(reason, 500, "reason").map(|reason| Of { school: school.id, year, grade, subject, reason }))
    }

    /// Writes a version, unless the newest says the same.
    async fn write(self, scope: &Scope, act: &str, rule: &str) -> Result<MarkSchemePayload> {
        let mut tx = scope.begin_because(act, &self.reason).await?;
        tx.lock("school", &[self.school]).await?;
        let newest = self.newest(&mut tx).await?;
        if let Some(same) = newest.as_ref().filter(|newest| newest.rule == rule) {
            return Ok(MarkSchemePayload { scheme: Some(same.clone()), user_errors: Vec::new() });
        }
        if newest.as_ref().is_none_or(|newest| newest.rule.is_empty()) && rule.is_empty() {
            let message = "there is no rule of this grade and subject that could be taken back";
            return Ok(refused(UserError::new(UserErrorCode::NotFound, "grade", message)));
        }
        let scheme = MarkScheme {
            id: new_id(),
            year: self.year,
            version: newest.map_or(1, |newest| newest.version + 1),
            rule: rule.to_owned(),
            grade: self.grade,
            subject: self.subject,
            reason: self.reason,
            made_at: tx.at,
            by_name: Some(scope.viewer().name.clone()),
            holds: true,
        };
        let sql = "INSERT INTO mark_scheme (id, school, year, grade, subject, version, rule, reason, made_by, made_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let actor = tx.actor;
        on!(tx.connection(), c => sqlx::query(sql).bind(scheme.id).bind(self.school).bind(scheme.year).bind(&scheme.grade)
            .bind(&scheme.subject).bind(scheme.version).bind(&scheme.rule).bind(&scheme.reason).bind(actor).bind(scheme.made_at)
            .execute(c).await?.rows_affected());
        tx.commit().await?;
        Ok(MarkSchemePayload { scheme: Some(scheme), user_errors: Vec::new() })
    }

    async fn newest(&self, tx: &mut Tx) -> Result<Option<MarkScheme>> {
        let sql = "SELECT s.*, f.name AS by_name, TRUE AS holds FROM mark_scheme s LEFT JOIN staff f ON f.id = s.made_by
                   WHERE s.school = $1 AND s.year = $2 AND s.grade = $3 AND s.subject = $4 ORDER BY s.version DESC LIMIT 1";
        Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(self.school).bind(self.year).bind(&self.grade).bind(&self.subject)
            .fetch_optional(c).await?))
    }
}
