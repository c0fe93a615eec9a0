//! Daily totals: what a pupil did in a class on a school day, kept in the transaction that stores the activities.
use super::insert::Row;
use super::times::{self, Times};
use super::verb::{ActivityVerb, ObjectKind, Place};
use crate::access::reached::push_learning_of_reached;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::{Among, on};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::span::Span;
use crate::scalar::Day;
use crate::written::{Asked, Plain, Write, shown};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
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

    #[expect(clippy::cast_precision_loss, reason = "a day's milliseconds are far under 2^53")]
    fn seconds(&self) -> f64 {
        self.duration_ms as f64 / 1000.0
    }

    /// Whether a recount finds the same. A total from before times were kept has none.
    pub(crate) fn says(&self, counted: &DailyTotal) -> bool {
        self.counts() == counted.counts() && (self.times == Times::default() || self.times == counted.times)
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
        self.seconds()
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

impl Plain for DailyTotal {
    const NAME: &'static str = "DailyTotal";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "day" => shown(|total| total.day),
            "classId" => shown(|total| (!total.class.is_nil()).then_some(total.class)),
            "activities" => shown(|total| total.activities),
            "interactions" => shown(|total| total.interactions),
            "durationSeconds" => shown(DailyTotal::seconds),
            "atHome" => shown(|total| total.at_home),
            "material" => shown(|total| total.material),
            "quiz" => shown(|total| total.quiz),
            "assignment" => shown(|total| total.assignment),
            "discussion" => shown(|total| total.discussion),
            "portal" => shown(|total| total.portal),
            "tool" => shown(|total| total.tool),
            _ => None,
        }
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
        *times::FROM_ACTIVITIES
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
    /// What rows add that came at a time.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>, at: DateTime<Utc>) -> Self {
        let mut deltas = Deltas::default();
        rows.for_each(|row| deltas.add(&row.counted, at));
        deltas
    }

    /// In the order of their keys.
    pub(super) fn into_totals(self) -> impl Iterator<Item = DailyTotal> {
        self.0.into_values()
    }

    /// Adds an activity that came at a time.
    pub(crate) fn add(&mut self, row: &Counted, at: DateTime<Utc>) {
        self.change(row, 1).times.merge(Times::of(row.verb, row.occurred_at, at));
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

/// The totals of pupils, of the learning that the viewer may read, by day.
async fn of_pupils(scope: &Scope, pupils: &[Uuid], from: NaiveDate, to: NaiveDate) -> Result<Vec<DailyTotal>> {
    let mut totals: Vec<DailyTotal> = on!(scope.read(), c => {
        let mut sql = scope.reached(Right::ActivityRead, pupils);
        sql.push("SELECT t.* FROM daily_total t WHERE t.day >= ").push_bind(from).push(" AND t.day <= ").push_bind(to).push(" AND ");
        push_learning_of_reached(&mut sql, "t");
        sql.push(" AND ");
        Among::push_among(&mut sql, "t.pupil", pupils);
        sql.build_query_as().fetch_all(c).await?
    });
    totals.sort_unstable_by_key(|total| (total.day, total.class));
    Ok(totals)
}
