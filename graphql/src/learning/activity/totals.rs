//! Daily totals: what a pupil did in a class on a school day, kept in the transaction that stores the activities.
use super::insert::Row;
use super::times::{self, Times};
use super::verb::{ActivityVerb, ObjectKind, Place};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{Engine, bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, QueryBuilder, SqliteConnection};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use uuid::Uuid;

/// The sums of one pupil, class and school day.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct DailyTotal {
    /// The pupil.
    pub pupil: Uuid,
    /// The class; nil for none.
    pub class: Uuid,
    /// The school day, in Japan.
    pub day: NaiveDate,
    /// The school that the activities belong to.
    pub school: Uuid,
    /// How many activities.
    pub activities: i64,
    /// How many interactions of the pupil they stand for.
    pub interactions: i64,
    /// How long they took, in milliseconds.
    pub duration_ms: i64,
    /// Of the interactions, those at home.
    pub at_home: i64,
    /// Of the interactions, those with materials, books and videos.
    pub material: i64,
    /// … with quizzes and questions.
    pub quiz: i64,
    /// … with assignments.
    pub assignment: i64,
    /// … with discussions.
    pub discussion: i64,
    /// … with portals.
    pub portal: i64,
    /// … with other tools.
    pub tool: i64,
    /// When what of it was last done.
    #[sqlx(flatten)]
    pub times: Times,
}

impl DailyTotal {
    /// The sums alone, in the order of their columns.
    #[must_use]
    pub fn counts(&self) -> [i64; 10] {
        let DailyTotal {
            activities,
            interactions,
            duration_ms,
            at_home,
            material,
            quiz,
            assignment,
            discussion,
            portal,
            tool,
            ..
        } = *self;
        [activities, interactions, duration_ms, at_home, material, quiz, assignment, discussion, portal, tool]
    }

    /// Adds the sums of another total of the same pupil, class and day.
    pub(crate) fn merge(&mut self, other: &DailyTotal) {
        self.activities += other.activities;
        self.interactions += other.interactions;
        self.duration_ms += other.duration_ms;
        self.at_home += other.at_home;
        self.material += other.material;
        self.quiz += other.quiz;
        self.assignment += other.assignment;
        self.discussion += other.discussion;
        self.portal += other.portal;
        self.tool += other.tool;
        self.times.merge(other.times);
    }
}

/// What a pupil did in one class on one school day, added up.
#[Object]
impl DailyTotal {
    /// The school day, in Japan's time.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// The class; null for what belongs to no class.
    async fn class_id(&self) -> Option<ID> {
        (!self.class.is_nil()).then(|| id::of(self.class))
    }
    /// How many activities were posted.
    async fn activities(&self) -> i64 {
        self.activities
    }
    /// How many interactions of the pupil they stand for (the sum of `count`; what teachers did to the work is not in it).
    async fn interactions(&self) -> i64 {
        self.interactions
    }
    /// How long they took, in seconds.
    async fn duration_seconds(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a day's milliseconds are far under 2^53")]
        let milliseconds = self.duration_ms as f64;
        milliseconds / 1000.0
    }
    /// Of the interactions, those at home.
    async fn at_home(&self) -> i64 {
        self.at_home
    }
    /// Of the interactions, those with materials, books and videos.
    async fn material(&self) -> i64 {
        self.material
    }
    /// Of the interactions, those with quizzes and questions.
    async fn quiz(&self) -> i64 {
        self.quiz
    }
    /// Of the interactions, those with assignments, handing in included.
    async fn assignment(&self) -> i64 {
        self.assignment
    }
    /// Of the interactions, those in discussions.
    async fn discussion(&self) -> i64 {
        self.discussion
    }
    /// Of the interactions, those with start pages and portals.
    async fn portal(&self) -> i64 {
        self.portal
    }
    /// Of the interactions, those with other tools.
    async fn tool(&self) -> i64 {
        self.tool
    }
}

/// The totals in SQL, made anew from the activities: the same arithmetic as [`Deltas`], for recounts and for what was known at
/// another time. What follows is a condition on `a`, then [`GROUPED`].
pub(crate) static FROM_ACTIVITIES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    SELECT a.pupil, a.class, a.day, a.school, count(*) AS activities,
        CAST(sum(a.own) AS BIGINT) AS interactions,
        CAST(coalesce(sum(a.duration_ms), 0) AS BIGINT) AS duration_ms,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.place = 'HOME'), 0) AS BIGINT) AS at_home,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind IN ('MATERIAL', 'BOOK', 'VIDEO')), 0) AS BIGINT) AS material,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind IN ('QUIZ', 'QUESTION')), 0) AS BIGINT) AS quiz,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind = 'ASSIGNMENT'), 0) AS BIGINT) AS assignment,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind = 'DISCUSSION'), 0) AS BIGINT) AS discussion,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind = 'PORTAL'), 0) AS BIGINT) AS portal,
        CAST(coalesce(sum(a.own) FILTER (WHERE a.object_kind = 'TOOL'), 0) AS BIGINT) AS tool,
        {}
    FROM pupil_activity a WHERE ",
        times::FROM_ACTIVITIES
    )
});
/// One row a pupil, class, day and school.
pub(crate) const GROUPED: &str = " GROUP BY a.pupil, a.class, a.day, a.school";

/// What of an activity goes into the totals.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Counted {
    pub pupil: Uuid,
    pub id: Uuid,
    pub class: Uuid,
    pub verb: ActivityVerb,
    pub object_kind: ObjectKind,
    pub duration_ms: Option<i64>,
    pub interactions: i64,
    pub place: Option<Place>,
    pub occurred_at: DateTime<Utc>,
    pub day: NaiveDate,
    pub school: Uuid,
}

/// What a batch adds to the totals, added up before it is written.
#[derive(Default)]
pub(crate) struct Deltas(BTreeMap<(Uuid, Uuid, NaiveDate), DailyTotal>);

impl Deltas {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut deltas = Deltas::default();
        rows.for_each(|row| deltas.add(&row.counted));
        deltas
    }

    /// In the order of their keys.
    pub(super) fn into_totals(self) -> impl Iterator<Item = DailyTotal> {
        self.0.into_values()
    }

    pub(crate) fn add(&mut self, row: &Counted) {
        self.change(row, 1).times.merge(Times::of(row.verb, row.occurred_at));
    }

    /// Takes an activity back from the sums; the times are then to be made anew.
    pub(crate) fn take(&mut self, row: &Counted) {
        self.change(row, -1);
    }

    fn change(&mut self, row: &Counted, sign: i64) -> &mut DailyTotal {
        let total = self.0.entry((row.pupil, row.class, row.day)).or_insert_with(|| DailyTotal {
            pupil: row.pupil,
            class: row.class,
            day: row.day,
            school: row.school,
            activities: 0,
            interactions: 0,
            duration_ms: 0,
            at_home: 0,
            material: 0,
            quiz: 0,
            assignment: 0,
            discussion: 0,
            portal: 0,
            tool: 0,
            times: Times::default(),
        });
        let interactions = if row.verb.is_of_pupil() { sign * row.interactions } else { 0 };
        total.activities += sign;
        total.interactions += interactions;
        total.duration_ms += sign * row.duration_ms.unwrap_or(0);
        if row.place == Some(Place::Home) {
            total.at_home += interactions;
        }
        *match row.object_kind {
            ObjectKind::Material | ObjectKind::Book | ObjectKind::Video => &mut total.material,
            ObjectKind::Quiz | ObjectKind::Question => &mut total.quiz,
            ObjectKind::Assignment => &mut total.assignment,
            ObjectKind::Discussion => &mut total.discussion,
            ObjectKind::Portal => &mut total.portal,
            ObjectKind::Tool => &mut total.tool,
        } += interactions;
        total
    }
}

/// Adds a batch's deltas to the totals, in the order of their keys.
pub(crate) async fn apply(tx: &mut Tx, deltas: Deltas) -> Result<()> {
    add(tx, &deltas.0.into_values().collect::<Vec<_>>()).await
}

/// Adds to the totals, in the order given.
pub(crate) async fn add(tx: &mut Tx, deltas: &[DailyTotal]) -> Result<()> {
    let at = tx.at;
    match tx.connection() {
        Engine::Sqlite(c) => in_chunks(c, deltas, at).await?,
        Engine::Postgres(c) => by_columns(c, deltas, at).await?,
    }
    Ok(())
}

pub(super) const INSERT: &str =
    "INSERT INTO daily_total (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz,
                          assignment, discussion, portal, tool, changed_at, last_at, done_at, asked_at, answered_at) ";
pub(super) const OR_ADD: &str = " ON CONFLICT (pupil, class, day) DO UPDATE SET
                           activities = daily_total.activities + excluded.activities,
                           interactions = daily_total.interactions + excluded.interactions,
                           duration_ms = daily_total.duration_ms + excluded.duration_ms,
                           at_home = daily_total.at_home + excluded.at_home, material = daily_total.material + excluded.material,
                           quiz = daily_total.quiz + excluded.quiz, assignment = daily_total.assignment + excluded.assignment,
                           discussion = daily_total.discussion + excluded.discussion, portal = daily_total.portal + excluded.portal,
                           tool = daily_total.tool + excluded.tool, changed_at = excluded.changed_at,
                           last_at = CASE WHEN excluded.last_at < daily_total.last_at THEN daily_total.last_at
                               ELSE coalesce(excluded.last_at, daily_total.last_at) END,
                           done_at = CASE WHEN excluded.done_at < daily_total.done_at THEN daily_total.done_at
                               ELSE coalesce(excluded.done_at, daily_total.done_at) END,
                           asked_at = CASE WHEN excluded.asked_at < daily_total.asked_at THEN daily_total.asked_at
                               ELSE coalesce(excluded.asked_at, daily_total.asked_at) END,
                           answered_at = CASE WHEN excluded.answered_at < daily_total.answered_at THEN daily_total.answered_at
                               ELSE coalesce(excluded.answered_at, daily_total.answered_at) END";

async fn in_chunks(c: &mut SqliteConnection, deltas: &[DailyTotal], at: DateTime<Utc>) -> sqlx::Result<()> {
    const CHUNK: usize = 40;
    for chunk in deltas.chunks(CHUNK) {
        let mut sql = QueryBuilder::new(INSERT);
        sql.push_values(chunk, |mut bind, total| {
            bind.push_bind(total.pupil).push_bind(total.class).push_bind(total.day).push_bind(total.school);
            for count in total.counts() {
                bind.push_bind(count);
            }
            bind.push_bind(at);
            for time in total.times.each() {
                bind.push_bind(time);
            }
        });
        sql.push(OR_ADD).build().persistent(chunk.len() == CHUNK).execute(&mut *c).await?;
    }
    Ok(())
}

/// One statement for any number of totals: PostgreSQL takes each column as an array.
async fn by_columns(c: &mut PgConnection, deltas: &[DailyTotal], at: DateTime<Utc>) -> sqlx::Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{INSERT} SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::timestamptz[],
                 $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[]) {OR_ADD}"
        )
    });
    if deltas.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(SQL.as_str())
        .bind(deltas.iter().map(|total| total.pupil).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.class).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.day).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.school).collect::<Vec<_>>());
    for count in 0..10 {
        query = query.bind(deltas.iter().map(|total| total.counts()[count]).collect::<Vec<_>>());
    }
    query = query.bind(vec![at; deltas.len()]);
    for time in 0..4 {
        query = query.bind(deltas.iter().map(|total| total.times.each()[time]).collect::<Vec<_>>());
    }
    query.execute(c).await?;
    Ok(())
}

/// Removes totals of these pupils that nothing is left of, so that the table is what a recount would make.
pub(crate) async fn drop_empty(tx: &mut Tx, pupils: &[Uuid]) -> Result<()> {
    for chunk in pupils.chunks(500) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("DELETE FROM daily_total WHERE activities = 0 AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build().persistent(false).execute(c).await?;
        });
    }
    Ok(())
}

/// The totals of a pupil over some days, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TotalsOf(pub(crate) Span);

#[async_trait]
impl Loader<TotalsOf> for Scope {
    type Value = Vec<DailyTotal>;
    type Error = Error;

    async fn load(&self, keys: &[TotalsOf]) -> Result<HashMap<TotalsOf, Vec<DailyTotal>>> {
        let mut totals: HashMap<TotalsOf, Vec<DailyTotal>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            for total in of_pupils(self, &pupils, from, to).await? {
                totals.entry(TotalsOf(Span { pupil: total.pupil, from, to })).or_default().push(total);
            }
        }
        Ok(totals)
    }
}

/// The totals of pupils, of the learning that the viewer may read.
async fn of_pupils(scope: &Scope, pupils: &[Uuid], from: NaiveDate, to: NaiveDate) -> Result<Vec<DailyTotal>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT t.* FROM daily_total t WHERE t.day >= ");
        sql.push_bind(from).push(" AND t.day <= ").push_bind(to);
        sql.push(" AND ");
        scope.push_learning_reach_of(&mut sql, "t", pupils);
        sql.push(" AND t.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") ORDER BY t.pupil, t.day, t.class").build_query_as().fetch_all(c).await?
    }))
}
