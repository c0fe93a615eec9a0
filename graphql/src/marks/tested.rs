//! What a pupil reached in single assessments, by day: for a timeline. Who sees which subject is as with the marks.
use super::of_pupil::seen;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::Object;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// An assessment as one pupil did it: all viewpoints together.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct Tested {
    pupil: Uuid,
    school: Uuid,
    day: NaiveDate,
    subject: String,
    name: String,
    tenths: i64,
    most: i64,
    not_taken: bool,
    closed: bool,
}

/// An assessment as one pupil did it: all viewpoints together.
#[Object]
impl Tested {
    /// The day of the assessment.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// The subject.
    async fn subject(&self) -> &str {
        &self.subject
    }
    /// The assessment's name.
    async fn name(&self) -> &str {
        &self.name
    }
    /// The points of the viewpoints that have any, to a tenth; null where none has.
    async fn points(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "points are thousands at the most")]
        (self.most > 0).then(|| self.tenths as f64 / 10.0)
    }
    /// The most that could be reached in those viewpoints; 0 where none has points.
    async fn most(&self) -> i64 {
        self.most
    }
    /// Whether it is still to be taken (未受験), in whole or in part.
    async fn not_taken(&self) -> bool {
        self.not_taken
    }
}

/// What a pupil reached in the assessments of some days, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TestedIn(pub(crate) Span);

#[async_trait]
impl Loader<TestedIn> for Scope {
    type Value = Vec<Tested>;
    type Error = Error;

    /// By day. Pupils see what is of closed terms.
    async fn load(&self, keys: &[TestedIn]) -> Result<HashMap<TestedIn, Vec<Tested>>> {
        let mut found: HashMap<TestedIn, Vec<Tested>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let seen = seen(self, &pupils).await?;
            if seen.is_empty() {
                continue;
            }
            let rows: Vec<Tested> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(
                    "SELECT r.pupil, r.school, a.day, a.subject, a.name,
                         CAST(sum(CASE WHEN r.state = 'POINTS' THEN r.tenths ELSE 0 END) AS BIGINT) AS tenths,
                         CAST(sum(CASE WHEN r.state <> 'POINTS' THEN 0 WHEN r.viewpoint = 'KNOWLEDGE' THEN a.knowledge_max
                             WHEN r.viewpoint = 'THINKING' THEN a.thinking_max ELSE a.attitude_max END) AS BIGINT) AS most,
                         sum(CASE WHEN r.state = 'NOT_TAKEN' THEN 1 ELSE 0 END) > 0 AS not_taken,
                         EXISTS (SELECT 1 FROM term_report t WHERE t.pupil = r.pupil AND t.school = r.school
                             AND t.year = a.year AND t.term = a.term) AS closed
                     FROM assessment_result r JOIN assessment a ON a.id = r.assessment
                     WHERE NOT a.withdrawn AND r.state IN ('POINTS', 'NOT_TAKEN') AND r.known_until = ");
                sql.push_bind(not_replaced()).push(" AND a.day >= ").push_bind(from).push(" AND a.day <= ").push_bind(to);
                sql.push(" AND r.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") GROUP BY r.pupil, r.school, a.id, a.day, a.subject, a.name, a.year, a.term ORDER BY a.day, a.subject, a.name")
                    .build_query_as().fetch_all(c).await?
            });
            let own = self.viewer().kind.is_family();
            let is_seen =
                |row: &Tested| seen.get(&(row.pupil, row.school)).is_some_and(|of| of.here && of.includes(Some(&row.subject)));
            for row in rows.into_iter().filter(|row| is_seen(row) && (row.closed || !own)) {
                found.entry(TestedIn(Span { pupil: row.pupil, from, to })).or_default().push(row);
            }
        }
        Ok(found)
    }
}
