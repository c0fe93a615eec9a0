//! 保健室来室: who came, why, what was done, until when. What the nurse notes for themself alone is read by nobody else.
pub(crate) mod support;
mod write;

pub(crate) use write::record;
pub use write::{InfirmaryMutation, RecordInfirmaryVisitInput};

use super::word::{BoardWord, WordKind, WordOf};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::span::Span;
use crate::scalar::{Day, Timestamp};
use crate::support::sheet::SupportSheet;
use async_graphql::async_trait::async_trait;
use async_graphql::connection::Connection;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What became of a visit.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InfirmaryOutcome {
    /// 来室中: the pupil is there, and what is done is not said yet.
    Here,
    /// 休養: the pupil rests there.
    Rest,
    /// 教室へ: back to class.
    BackToClass,
    /// 早退・下校: sent home.
    SentHome,
    /// 医療機関へ: to a doctor or a hospital.
    Hospital,
}

impl InfirmaryOutcome {
    /// Whether the pupil is still there.
    fn stays(self) -> bool {
        matches!(self, InfirmaryOutcome::Here | InfirmaryOutcome::Rest)
    }
}

/// A visit to the infirmary.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct InfirmaryVisit {
    id: Uuid,
    pupil: Uuid,
    school: Uuid,
    day: NaiveDate,
    came_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    reason: String,
    outcome: InfirmaryOutcome,
    note: String,
    nurse_note: String,
    noted_by: Uuid,
    withdrawn_at: Option<DateTime<Utc>>,
    /// The support sheet that was opened from it, or to which it was added.
    pub(crate) sheet: Option<Uuid>,
    #[sqlx(default)]
    #[serde(skip)]
    pupil_name: String,
    #[sqlx(default)]
    #[serde(skip)]
    class_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
}

/// A visit to the infirmary.
#[Object]
impl InfirmaryVisit {
    /// The record's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The pupil.
    async fn pupil_id(&self) -> ID {
        id::of(self.pupil)
    }
    /// The pupil's name to show.
    async fn pupil_name(&self) -> &str {
        self.pupil_name.trim()
    }
    /// The pupil's homeroom that day; null where there was none.
    async fn class_name(&self) -> Option<&str> {
        self.class_name.as_deref()
    }
    /// The day.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// When the pupil came.
    async fn came_at(&self) -> Timestamp {
        self.came_at.into()
    }
    /// Until when the pupil stayed; null while the pupil is there, and where nobody noted it.
    async fn left_at(&self) -> Option<Timestamp> {
        self.left_at.map(Timestamp::from)
    }
    /// Why, in the board's words.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<BoardWord>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(WordOf(WordKind::VisitReason, self.reason.clone())).await
    }
    /// What became of it.
    async fn outcome(&self) -> InfirmaryOutcome {
        self.outcome
    }
    /// What was noted for everybody who may see the visit; null for nothing.
    async fn note(&self) -> Option<&str> {
        Some(self.note.as_str()).filter(|note| !note.is_empty())
    }
    /// What was noted for the nurse alone; null for nothing, and for everybody else.
    #[graphql(complexity = "5")]
    async fn nurse_note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let may = reach::of_pupil(ctx, self.pupil).await?.contains(&Right::VisitWrite);
        Ok(Some(self.nurse_note.as_str()).filter(|note| may && !note.is_empty()))
    }
    /// Who noted it.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// The support sheet (支援シート) that was opened from the visit, or to which it was added; null where there is none of which you may know.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_sheet(&self, ctx: &Context<'_>) -> Result<Option<SupportSheet>> {
        support::of_visit(ctx, self).await
    }
    /// The pupil's open support sheet in this school, to which the visit can be added (`addVisitToSupport`); null where there is none of which you
    /// may know.
    #[graphql(complexity = "10 + child_complexity")]
    async fn open_support_sheet(&self, ctx: &Context<'_>) -> Result<Option<SupportSheet>> {
        support::open_of_pupil(ctx, self).await
    }
}

impl InfirmaryVisit {
    /// Whose visit it is, in which school.
    pub(crate) fn place(&self) -> (Uuid, Uuid) {
        (self.pupil, self.school)
    }

    fn cursor(&self) -> Cursor {
        Cursor { number: -self.came_at.timestamp_millis(), id: self.id }
    }
}

/// What may be asked about visits.
#[derive(Default)]
pub struct InfirmaryQuery;

#[Object]
impl InfirmaryQuery {
    /// The visits to a school's infirmary on a day, of the pupils whose visits you may see; the newest first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn infirmary_visits(
        &self,
        ctx: &Context<'_>,
        school_id: ID,
        #[graphql(desc = "The day; today if not said.")] day: Option<Day>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, InfirmaryVisit>> {
        let scope = Scope::with(ctx, Right::VisitRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let day = day.map_or_else(|| scope.today(), |day| day.0);
        let before = match after.number {
            i64::MIN => (not_replaced(), Uuid::max()),
            millis => (DateTime::from_timestamp_millis(millis.saturating_neg()).unwrap_or_default(), after.id),
        };
        let school = id::parse(&school_id).unwrap_or_default();
        let rows: Vec<InfirmaryVisit> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("v.withdrawn_at IS NULL AND v.school = ").push_bind(school).push(" AND v.day = ").push_bind(day).push(" AND ");
            scope.push_pupil_reach(&mut sql, Right::VisitRead, "v");
            sql.push(" AND (v.came_at, v.id) < (").push_bind(before.0).push(", ").push_bind(before.1);
            sql.push(") ORDER BY v.came_at DESC, v.id DESC LIMIT ").push_bind(limit);
            sql.build_query_as().persistent(false).fetch_all(c).await?
        });
        rows.iter().for_each(|visit| scope.looks_at_pupil(visit.pupil, Right::VisitRead));
        Ok(page::of(rows, limit, InfirmaryVisit::cursor))
    }
}

const COLUMNS: &str = "SELECT v.*, s.name AS by_name,
         CASE WHEN p.preferred_family_name <> '' THEN p.preferred_family_name ELSE p.family_name END || ' ' ||
         CASE WHEN p.preferred_given_name <> '' THEN p.preferred_given_name ELSE p.given_name END AS pupil_name,
         (SELECT k.name FROM enrolment e JOIN class k ON k.id = e.class WHERE e.pupil = v.pupil AND e.school = v.school AND e.kind = 'HOME'
            AND k.kind = 'HOMEROOM' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= v.day AND e.ends >= v.day
            ORDER BY e.begins DESC LIMIT 1) AS class_name
     FROM infirmary_visit v JOIN pupil p ON p.id = v.pupil LEFT JOIN staff s ON s.id = v.noted_by WHERE ";

/// The visits of a pupil on some days, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VisitsOf(pub(crate) Span);

#[async_trait]
impl Loader<VisitsOf> for Scope {
    type Value = Vec<InfirmaryVisit>;
    type Error = Error;

    async fn load(&self, keys: &[VisitsOf]) -> Result<HashMap<VisitsOf, Vec<InfirmaryVisit>>> {
        let mut found: HashMap<VisitsOf, Vec<InfirmaryVisit>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let rows: Vec<InfirmaryVisit> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(COLUMNS);
                sql.push("v.withdrawn_at IS NULL AND v.day >= ").push_bind(from).push(" AND v.day <= ").push_bind(to).push(" AND ");
                self.push_pupil_reach(&mut sql, Right::VisitRead, "v");
                sql.push(" AND v.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") ORDER BY v.came_at, v.id").build_query_as().fetch_all(c).await?
            });
            rows.into_iter().for_each(|row| found.entry(VisitsOf(Span { pupil: row.pupil, from, to })).or_default().push(row));
        }
        Ok(found)
    }
}
