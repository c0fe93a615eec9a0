//! How a pupil works together with others, and what came back from teachers. Counts beside one another, no rank.
use crate::access::scope::Scope;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What a pupil did together with others in some days, as far as apps told it.
#[derive(sqlx::FromRow, Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    pupil: Uuid,
    begun: i64,
    replies: i64,
    votes: i64,
    feedback: i64,
    last_feedback: Option<NaiveDate>,
}

/// What a pupil did together with others in some days, as far as apps told it. Nothing is no bad sign: much is said aloud.
#[Object]
impl Exchange {
    /// How many discussions, boards or comments the pupil began.
    async fn begun(&self) -> i64 {
        self.begun
    }
    /// How often the pupil answered somebody.
    async fn replies(&self) -> i64 {
        self.replies
    }
    /// How many stamps the pupil gave.
    async fn votes(&self) -> i64 {
        self.votes
    }
    /// What came back from teachers on the pupil's work: feedback and marks on what was handed in.
    async fn feedback(&self) -> Feedback {
        Feedback { count: self.feedback, last_on: self.last_feedback.map(Day) }
    }
}

/// What came back from teachers.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq)]
pub struct Feedback {
    /// How often.
    pub count: i64,
    /// The last day of it; null if there was none in these days.
    pub last_on: Option<Day>,
}

/// What a pupil did together with others in some days, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExchangeOf(pub(crate) Span);

#[async_trait]
impl Loader<ExchangeOf> for Scope {
    type Value = Exchange;
    type Error = Error;

    async fn load(&self, keys: &[ExchangeOf]) -> Result<HashMap<ExchangeOf, Exchange>> {
        let mut found = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let rows: Vec<Exchange> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new("SELECT a.pupil,
                         CAST(sum(CASE WHEN a.verb = 'CREATED' THEN a.interactions ELSE 0 END) AS BIGINT) AS begun,
                         CAST(sum(CASE WHEN a.verb = 'REPLIED' THEN a.interactions ELSE 0 END) AS BIGINT) AS replies,
                         CAST(sum(CASE WHEN a.verb = 'VOTED_UP' THEN a.interactions ELSE 0 END) AS BIGINT) AS votes,
                         CAST(sum(CASE WHEN a.verb IN ('RESPONDED', 'SCORED') THEN a.interactions ELSE 0 END) AS BIGINT) AS feedback,
                         max(CASE WHEN a.verb IN ('RESPONDED', 'SCORED') THEN a.day END) AS last_feedback
                     FROM activity a WHERE a.withdrawn_at IS NULL
                         AND (a.verb IN ('REPLIED', 'VOTED_UP', 'RESPONDED', 'SCORED') OR (a.verb = 'CREATED' AND a.object_kind = 'DISCUSSION'))
                         AND a.day >= ");
                sql.push_bind(from).push(" AND a.day <= ").push_bind(to).push(" AND a.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") AND ");
                self.push_learning_reach(&mut sql, "a");
                sql.push(" GROUP BY a.pupil").build_query_as().fetch_all(c).await?
            });
            found.extend(rows.into_iter().map(|row| (ExchangeOf(Span { pupil: row.pupil, from, to }), row)));
        }
        Ok(found)
    }
}
