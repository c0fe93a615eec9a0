//! 評価の規準: by which rule a school marks, by year and, where it is otherwise there, by grade and subject. Every version is kept; the newest
//! holds for terms that are open, and a closed term keeps the one that it was closed by.
mod save;

pub(crate) use save::save;
pub use save::{MarkSchemeMutation, SaveMarkSchemeInput};

use super::arithmetic::{MarkRule, RatingScale, proposal};
use super::term;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::school;
use crate::scalar::Timestamp;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A version of a school's rule.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct MarkScheme {
    pub(super) id: Uuid,
    pub(super) year: i32,
    pub(super) grade: String,
    pub(super) subject: String,
    pub(super) version: i32,
    rule: String,
    reason: String,
    made_at: DateTime<Utc>,
    #[sqlx(default)]
    by_name: Option<String>,
    #[sqlx(default)]
    holds: bool,
}

impl MarkScheme {
    /// The rule; `None` where the version takes those before it back.
    pub(super) fn rule(&self) -> Result<Option<MarkRule>> {
        if self.rule.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(&self.rule).map(Some).map_err(|error| {
            tracing::error!(%error, scheme = %self.id, "a rule of marking cannot be read");
            Error::Internal
        })
    }
}

/// A version of a school's rule of marking (評価の規準).
#[Object]
impl MarkScheme {
    /// The version's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The year of its April.
    async fn year(&self) -> i32 {
        self.year
    }
    /// The grade that it is for, such as `P5`; null for all.
    async fn grade(&self) -> Option<&str> {
        Some(self.grade.as_str()).filter(|grade| !grade.is_empty())
    }
    /// The subject that it is for; null for all. Of several that fit a pupil's subject the one of grade and subject holds, then that of the
    /// subject, then that of the grade, then that of all.
    async fn subject(&self) -> Option<&str> {
        Some(self.subject.as_str()).filter(|subject| !subject.is_empty())
    }
    /// The number of the version of this grade and subject, from 1.
    async fn version(&self) -> i32 {
        self.version
    }
    /// The rule; null for a version that takes the one before it back.
    #[graphql(name = "rule")]
    async fn shown_rule(&self) -> Result<Option<MarkRule>> {
        self.rule()
    }
    /// Whether it is the newest version.
    async fn holds(&self) -> bool {
        self.holds
    }
    /// Why it was made.
    async fn reason(&self) -> &str {
        &self.reason
    }
    /// Who made it; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.made_at.into()
    }
}

/// By which rule a mark was computed.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct MarkSchemeUsed {
    /// The version's UUID.
    pub scheme_id: ID,
    /// The number of the version.
    pub version: i32,
    /// The grade that the rule is for; null for all.
    pub grade: Option<String>,
    /// The subject that the rule is for; null for all.
    pub subject: Option<String>,
    /// From how many percent on a viewpoint is A.
    pub cut_a: i32,
    /// From how many percent on it is B.
    pub cut_b: i32,
}

/// The rules that hold in a school and year.
pub(super) struct Schemes(Vec<(MarkScheme, MarkRule)>);

impl Schemes {
    /// The rule for a subject in a grade: the most special one.
    pub(super) fn of(&self, grade: &str, subject: &str) -> Option<(&MarkRule, MarkSchemeUsed)> {
        let fits = |scheme: &MarkScheme| {
            (scheme.grade.is_empty() || scheme.grade == grade) && (scheme.subject.is_empty() || scheme.subject == subject)
        };
        let special = |scheme: &MarkScheme| (!scheme.subject.is_empty(), !scheme.grade.is_empty());
        let (scheme, rule) = self.0.iter().filter(|(scheme, _)| fits(scheme)).max_by_key(|(scheme, _)| special(scheme))?;
        let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let used = MarkSchemeUsed {
            scheme_id: id::of(scheme.id),
            version: scheme.version,
            grade: said(&scheme.grade),
            subject: said(&scheme.subject),
            cut_a: rule.cut_a,
            cut_b: rule.cut_b,
        };
        Some((rule, used))
    }
}

/// The rules that hold in a school and year. The caller has checked the school against the scope.
pub(super) async fn holding(scope: &Scope, school: Uuid, year: i32) -> Result<Schemes> {
    let sql = "SELECT s.* FROM mark_scheme s WHERE s.school = $1 AND s.year = $2 AND s.rule <> '' AND NOT EXISTS
                   (SELECT 1 FROM mark_scheme n WHERE n.school = s.school AND n.year = s.year AND n.grade = s.grade
                    AND n.subject = s.subject AND n.version > s.version)";
    let rows: Vec<MarkScheme> = on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(year).fetch_all(c).await?);
    let mut found = Vec::new();
    for scheme in rows {
        if let Some(rule) = scheme.rule()? {
            found.push((scheme, rule));
        }
    }
    Ok(Schemes(found))
}

/// What may be asked about rules of marking.
#[derive(Default)]
pub struct MarkSchemeQuery;

#[Object]
impl MarkSchemeQuery {
    /// The rules of marking of a school and year, every version, the newest first. Null where you read no marks of the school.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn mark_schemes(
        &self,
        ctx: &Context<'_>,
        school_id: ID,
        #[graphql(desc = "The year of its April, such as 2026; the running one if not said.")] year: Option<i32>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, MarkScheme>>> {
        let scope = Scope::with(ctx, Right::MarkRead)?;
        let school = id::parse(&school_id).unwrap_or_default();
        if !reads(scope, school).await? {
            return Ok(None);
        }
        let year = year.unwrap_or_else(|| term::school_year(scope.today()));
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = list(scope, (school, year), (after, limit)).await?;
        Ok(Some(page::of(rows, limit, |row| Cursor { number: -row.made_at.timestamp_millis(), id: row.id })))
    }

    /// A rule of marking to begin with: A from 80 %, B from 50 %. It holds nowhere before the school's office has saved it by
    /// `saveMarkScheme`. Null where you set no rule of the school.
    async fn mark_scheme_proposal(&self, ctx: &Context<'_>, school_id: ID) -> Result<Option<MarkRule>> {
        let scope = Scope::with(ctx, Right::MarkSchemeWrite)?;
        let found = school::reached(scope, Right::MarkSchemeWrite, id::parse(&school_id).unwrap_or_default()).await?;
        let Some(school) = found else { return Ok(None) };
        let scales = scales(scope, school.id, term::school_year(scope.today())).await?;
        let mut rule = proposal();
        // A primary school needs no scale of five, and the other way round.
        if !scales.is_empty() {
            rule.conversions.retain(|conversion| scales.contains(&conversion.scale));
        }
        Ok(Some(rule))
    }
}

/// Whether the viewer reads the marks of a class of the school today.
async fn reads(scope: &Scope, school: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM mark_reach m JOIN class c ON c.id = m.class
               WHERE m.holder = $1 AND m.right_to = $2 AND m.begins <= $3 AND m.ends >= $3 AND c.school = $4";
    let (classes,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MarkRead))
        .bind(scope.today()).bind(school).fetch_one(c).await?);
    Ok(classes > 0)
}

async fn list(scope: &Scope, (school, year): (Uuid, i32), (after, limit): (Cursor, i64)) -> Result<Vec<MarkScheme>> {
    let before = DateTime::from_timestamp_millis(after.number.checked_neg().unwrap_or(i64::MAX))
        .unwrap_or_else(crate::clock::not_replaced);
    let sql = "SELECT s.*, f.name AS by_name, NOT EXISTS
                   (SELECT 1 FROM mark_scheme n WHERE n.school = s.school AND n.year = s.year AND n.grade = s.grade
                    AND n.subject = s.subject AND n.version > s.version) AS holds
               FROM mark_scheme s LEFT JOIN staff f ON f.id = s.made_by
               WHERE s.school = $1 AND s.year = $2 AND (s.made_at < $3 OR (s.made_at = $3 AND s.id > $4))
               ORDER BY s.made_at DESC, s.id LIMIT $5";
    Ok(
        on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(year).bind(before).bind(after.id).bind(limit).fetch_all(c).await?),
    )
}

/// The scales that the grades of a school's homerooms of a year need.
async fn scales(scope: &Scope, school: Uuid, year: i32) -> Result<Vec<RatingScale>> {
    let sql = "SELECT DISTINCT c.grades FROM class c JOIN academic_year y ON y.id = c.academic_year
               WHERE c.school = $1 AND y.year = $2 AND c.kind = 'HOMEROOM' AND NOT c.withdrawn";
    let rows: Vec<(String,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(year).fetch_all(c).await?);
    let mut scales: Vec<RatingScale> =
        rows.iter().flat_map(|(grades,)| grades.split(',')).filter_map(RatingScale::of_grade).collect();
    scales.sort_unstable();
    scales.dedup();
    Ok(scales)
}

/// A rule as it is stored.
fn stored(rule: &MarkRule) -> String {
    serde_json::to_string(rule).expect("a rule is a plain struct of numbers and text")
}
