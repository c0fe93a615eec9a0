//! 引継ぎ: giving a sheet to the next class or the next school, on purpose: up to which level, which parts, with whose consent. Nothing goes by itself.
pub mod give;

use super::level::{SupportNoteLevel, SupportPart};
use super::reach::Access;
use crate::access::scope::Scope;
use crate::clock::NO_END;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What was given to a class or another school.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportShare {
    id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    school: Uuid,
    class: Option<Uuid>,
    to_school: Option<Uuid>,
    level: SupportNoteLevel,
    parts: String,
    consent_by: String,
    consent_on: Option<NaiveDate>,
    consent_how: String,
    reason: String,
    begins: NaiveDate,
    ends: NaiveDate,
    given_by: Uuid,
    at: DateTime<Utc>,
    #[sqlx(default)]
    #[serde(skip)]
    to_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
}

/// 引継ぎ: what of a sheet was given to a class of the school, or to another school. The class in which it was opened has one, too.
#[Object]
impl SupportShare {
    /// The hand-over's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// To whom: the name of the class or of the school.
    async fn to(&self) -> Option<&str> {
        self.to_name.as_deref()
    }
    /// Whether it is to another school.
    async fn outside(&self) -> bool {
        self.to_school.is_some()
    }
    /// Up to which level: `SCHOOL_TEAM` is what the team reads and what may be shared, `SHAREABLE` that alone.
    async fn level(&self) -> SupportNoteLevel {
        self.level
    }
    /// Which parts.
    async fn parts(&self) -> Vec<SupportPart> {
        SupportPart::of_list(&self.parts)
    }
    /// Who agreed; null where nobody was asked, inside of the school.
    async fn consent_by(&self) -> Option<&str> {
        Some(self.consent_by.as_str()).filter(|by| !by.is_empty())
    }
    /// When.
    async fn consent_on(&self) -> Option<Day> {
        self.consent_on.map(Day)
    }
    /// How, such as 書面.
    async fn consent_how(&self) -> Option<&str> {
        Some(self.consent_how.as_str()).filter(|how| !how.is_empty())
    }
    /// Why it was given; may be empty.
    async fn reason(&self) -> &str {
        &self.reason
    }
    /// Since when.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day; null while it holds.
    async fn ends(&self) -> Option<Day> {
        (self.ends < NO_END).then_some(Day(self.ends))
    }
    /// Who gave it; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
}

/// A homeroom to which a sheet can be handed over.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct SupportClass {
    /// The class's UUID.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// The first day of the pupil in it.
    pub begins: Day,
}

/// The homerooms of the school in which a pupil is, or will be. The caller has checked the pupil's sheet.
pub(super) async fn classes(scope: &Scope, pupil: Uuid, school: Uuid) -> Result<Vec<SupportClass>> {
    let sql = "SELECT c.id, c.name, e.begins FROM class c JOIN enrolment e ON e.class = c.id WHERE e.pupil = $1 AND c.school = $2
               AND c.kind = 'HOMEROOM' AND NOT c.withdrawn AND e.kind = 'HOME' AND e.ends >= $3
               AND e.known_until = '9999-12-31T00:00:00+00:00' ORDER BY e.begins, c.id";
    let rows: Vec<(Uuid, String, NaiveDate)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(pupil).bind(school).bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(id, name, begins)| SupportClass { id: id::of(id), name, begins: Day(begins) }).collect())
}

/// What of a sheet was given to whom, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SharesOf(pub(crate) Uuid);

#[async_trait]
impl Loader<SharesOf> for Scope {
    type Value = Vec<SupportShare>;
    type Error = Error;

    async fn load(&self, sheets: &[SharesOf]) -> Result<HashMap<SharesOf, Vec<SupportShare>>> {
        let rows: Vec<SupportShare> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT h.*, COALESCE(c.name, t.name) AS to_name, o.name AS by_name FROM support_share h
                JOIN support_sheet s ON s.id = h.sheet LEFT JOIN class c ON c.id = h.class LEFT JOIN school t ON t.id = h.to_school
                LEFT JOIN staff o ON o.id = h.given_by WHERE h.ends >= h.begins AND h.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_sheet(&mut sql, Access::Read, "s");
            sql.push(" ORDER BY h.begins, h.at, h.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<SharesOf, Vec<SupportShare>> = HashMap::new();
        rows.into_iter().for_each(|of| found.entry(SharesOf(of.sheet)).or_default().push(of));
        Ok(found)
    }
}
