//! School years (年度), 1 April to 31 March. Semesters and terms of a roster are parts of one.
use crate::access::history::former;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::scalar::Day;
use async_graphql::{ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A school year.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct AcademicYear {
    /// The roster's id.
    pub id: Uuid,
    /// Its title, such as 2026年度.
    pub title: String,
    /// The year of its April.
    pub year: i32,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
}

/// A school year (年度).
#[Object]
impl AcademicYear {
    /// The roster's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The title, such as `2026年度`.
    async fn title(&self) -> &str {
        &self.title
    }
    /// The number of the year, 2026 for 令和8年度.
    async fn year(&self) -> i32 {
        self.year
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day.
    async fn ends(&self) -> Day {
        Day(self.ends)
    }
}

/// The first day of a year, as it is now or as it was at a time. A year is no one's secret.
pub(crate) async fn begins(scope: &Scope, year: Uuid, at: Option<DateTime<Utc>>) -> Result<NaiveDate> {
    let now: AcademicYear =
        on!(scope.read(), c => sqlx::query_as("SELECT * FROM academic_year WHERE id = $1").bind(year).fetch_one(c).await?);
    let Some(at) = at else { return Ok(now.begins) };
    match former::changed_since(scope, "academic_year", &[year], at).await?.get(&year) {
        Some(Some(before)) => Ok(former::restored(&now, before)?.begins),
        Some(None) | None => Ok(now.begins),
    }
}

/// Writes years; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, years: &[AcademicYear]) -> Result<Put> {
    let difference = tx.compare("SELECT * FROM academic_year WHERE id IN (", years, |year| year.id).await?;
    if !difference.write.is_empty() {
        let sql = "INSERT INTO academic_year (id, title, year, begins, ends) ";
        on!(tx.change("academic_year", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, year| {
                row.push_bind(year.id).push_bind(year.title.clone()).push_bind(year.year).push_bind(year.begins)
                    .push_bind(year.ends);
            }).push(" ON CONFLICT (id) DO UPDATE SET title = excluded.title, year = excluded.year,
                     begins = excluded.begins, ends = excluded.ends")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(difference.put)
}
