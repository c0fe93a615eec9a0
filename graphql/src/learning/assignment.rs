//! Assignments (課題): what a class is asked to hand in, and by when.
use super::activity::{MOST_ITEMS, RejectedItem, check, wrong_length};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::clock::{not_replaced, school_day};
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::class;
use crate::scalar::{Day, Timestamp};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// An assignment as it is known from some time on; a change replaces the row, so that an analysis can see what was known when.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The app's id for it: the `objectId` of what is handed in.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The class.
    pub class: Uuid,
    /// What it is called.
    pub title: String,
    /// Until when it is to be handed in.
    pub due_at: DateTime<Utc>,
    /// The school day of that.
    pub due_day: NaiveDate,
    /// What it counts against the others.
    pub weight: f64,
    /// The subject, else the name, of the lesson; `None` for a homeroom's, and where it is not asked for.
    #[sqlx(default)]
    #[serde(skip)]
    pub lesson: Option<String>,
}

/// Something that a class is asked to hand in.
#[Object]
impl Assignment {
    /// The app's UUID for it: the `objectId` of what is handed in.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.title
    }
    /// The subject, else the name, of the lesson that it was shared with; null where that is a homeroom.
    async fn lesson(&self) -> Option<&str> {
        self.lesson.as_deref()
    }
    /// Until when it is to be handed in.
    async fn due_at(&self) -> Timestamp {
        self.due_at.into()
    }
    /// The school day of that.
    async fn due_day(&self) -> Day {
        Day(self.due_day)
    }
}

/// Something that a class is asked to hand in.
#[derive(InputObject, Serialize, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentInput {
    /// A UUID made by the app. Sharing the same id again with other content changes the assignment.
    pub id: ID,
    /// The class, by the UUID of the roster.
    pub class_id: ID,
    /// What it is called, 1 to 200 characters.
    pub title: String,
    /// Until when it is to be handed in. Handed in at this very time is in time.
    pub due_at: Timestamp,
    /// What it counts against the other assignments, above 0 to 1,000; 1 if not said.
    pub weight: Option<f64>,
}

/// Assignments to share.
#[derive(InputObject)]
pub struct ShareAssignmentsInput {
    /// 1 to 1,000 assignments.
    pub assignments: Vec<AssignmentInput>,
}

/// What became of the assignments.
#[derive(SimpleObject, Default, Debug)]
pub struct ShareAssignmentsPayload {
    /// How many were new and are stored now.
    pub accepted: usize,
    /// How many were there with other content and are changed now; what was known before stays in the history.
    pub changed: usize,
    /// How many were there already with the same content; nothing to do.
    pub duplicates: usize,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with assignments.
#[derive(Default)]
pub struct AssignmentMutation;

#[Object]
impl AssignmentMutation {
    /// Shares assignments with classes (配布), 1 to 1,000 a call. A pupil hands one in by an activity SUBMITTED whose `objectId` is
    /// the assignment's id; its mark is that activity's score or the score of a later SCORED one.
    async fn share_assignments(&self, ctx: &Context<'_>, input: ShareAssignmentsInput) -> Result<ShareAssignmentsPayload> {
        let scope = Scope::with(ctx, Right::AssignmentWrite)?;
        if let Some(error) = wrong_length(input.assignments.len(), "assignments") {
            return Ok(ShareAssignmentsPayload { user_errors: vec![error], ..ShareAssignmentsPayload::default() });
        }
        share(scope, &input.assignments).await
    }
}

/// Shares assignments with their classes, in one transaction; what is wrong is refused item by item. At most a thousand.
pub async fn share(scope: &Scope, items: &[AssignmentInput]) -> Result<ShareAssignmentsPayload> {
    debug_assert!(items.len() <= MOST_ITEMS, "the caller splits longer lists");
    let mut payload = ShareAssignmentsPayload::default();
    let mut checked = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match check_item(item) {
            Ok(assignment) => checked.push((index, assignment)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.id, error)),
        }
    }
    let classes: HashSet<Uuid> = checked.iter().map(|(_, assignment)| assignment.class).collect();
    let classes: Vec<Uuid> = classes.into_iter().collect();
    let schools: HashMap<Uuid, Uuid> = class::reachable(scope, Right::AssignmentWrite, &classes)
        .await?
        .into_iter()
        .map(|class| (class.id, class.school))
        .collect();
    let mut tx = scope.begin("assignments shared").await?;
    tx.lock("class", &schools.keys().copied().collect::<Vec<_>>()).await?;
    let ids: Vec<Uuid> = checked.iter().map(|(_, assignment)| assignment.id).collect();
    let present: Vec<Assignment> = tx.of_ids(PRESENT, &ids).await?;
    let present: HashMap<Uuid, Uuid> = present.into_iter().map(|assignment| (assignment.id, assignment.class)).collect();
    let mut rows: HashMap<Uuid, Assignment> = HashMap::new();
    let mut order = Vec::new();
    for (index, mut assignment) in checked {
        let reached = schools.get(&assignment.class).copied();
        let taken = present.get(&assignment.id).is_some_and(|class| *class != assignment.class);
        let twice = rows.contains_key(&assignment.id);
        let error = match reached {
            _ if twice => Some((UserErrorCode::Conflict, "id", "this id is in the list before: send each assignment once")),
            Some(_) if taken => Some((UserErrorCode::Conflict, "id", "this id is not free: make a new UUID for each assignment")),
            Some(school) => {
                assignment.school = school;
                order.push(assignment.id);
                rows.insert(assignment.id, assignment);
                None
            }
            None => Some((UserErrorCode::NotFound, "classId", "there is no such class that you may share with")),
        };
        if let Some((code, field, message)) = error {
            payload.rejected.push(RejectedItem::new(index, &items[index].id, UserError::new(code, field, message)));
        }
    }
    let rows: Vec<Assignment> = order.iter().filter_map(|id| rows.remove(id)).collect();
    let put = put(&mut tx, &rows).await?;
    tx.commit().await?;
    payload.rejected.sort_by_key(|item| item.index);
    Ok(ShareAssignmentsPayload { accepted: put.new, changed: put.changed, duplicates: put.unchanged, ..payload })
}

fn check_item(item: &AssignmentInput) -> Result<Assignment, UserError> {
    let due_at = item.due_at.instant("dueAt")?;
    let weight = item.weight.unwrap_or(1.0);
    if !(weight > 0.0 && weight <= 1_000.0) {
        let message = format!("{weight} is not a weight above 0 to 1,000");
        return Err(UserError::new(UserErrorCode::OutOfRange, "weight", message));
    }
    if !(1970..=2999).contains(&chrono::Datelike::year(&due_at)) {
        return Err(UserError::new(UserErrorCode::OutOfRange, "dueAt", "the year is not from 1970 to 2999"));
    }
    Ok(Assignment {
        id: check::uuid(&item.id, "id")?,
        school: Uuid::nil(),
        class: check::uuid(&item.class_id, "classId")?,
        title: check::text(&item.title, 200, "title")?,
        due_at,
        due_day: school_day(due_at),
        weight,
        lesson: None,
    })
}

const PRESENT: &str = "SELECT id, school, class, title, due_at, due_day, weight FROM assignment
                       WHERE known_until = '9999-12-31T00:00:00+00:00' AND id IN (";

/// Writes assignments. One that was known otherwise is replaced from now on; what was known before stays known.
async fn put(tx: &mut Tx, assignments: &[Assignment]) -> Result<Put> {
    let difference = tx.compare(PRESENT, assignments, |assignment| assignment.id).await?;
    if difference.write.is_empty() {
        return Ok(difference.put);
    }
    let at = tx.at;
    on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("UPDATE assignment SET known_until = ");
        sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND id IN (");
        let mut list = sql.separated(", ");
        difference.write.iter().for_each(|assignment| { list.push_bind(assignment.id); });
        sql.push(")").build().persistent(false).execute(c).await?;
    });
    let sql = "INSERT INTO assignment (id, known_from, known_until, school, class, title, due_at, due_day, weight) ";
    on!(tx.change("assignment", &difference.changes).await?, c => QueryBuilder::new(sql)
        .push_values(&difference.write, |mut row, assignment| {
            row.push_bind(assignment.id).push_bind(at).push_bind(not_replaced()).push_bind(assignment.school)
                .push_bind(assignment.class).push_bind(&assignment.title).push_bind(assignment.due_at)
                .push_bind(assignment.due_day).push_bind(assignment.weight);
        }).push(" ON CONFLICT (id, known_from) DO UPDATE SET known_until = excluded.known_until, school = excluded.school,
                 class = excluded.class, title = excluded.title, due_at = excluded.due_at, due_day = excluded.due_day,
                 weight = excluded.weight")
          .build().persistent(false).execute(c).await?.rows_affected());
    Ok(difference.put)
}

/// The assignments of some classes that were due in some days and by a time, as they were known then. The caller has checked the classes
/// against the scope.
pub(crate) async fn due_between(
    scope: &Scope,
    classes: &[Uuid],
    days: (NaiveDate, NaiveDate),
    known_at: DateTime<Utc>,
) -> Result<Vec<Assignment>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, title, due_at, due_day, weight FROM assignment WHERE due_day >= ");
        sql.push_bind(days.0).push(" AND due_day <= ").push_bind(days.1);
        sql.push(" AND due_at <= ").push_bind(known_at).push(" AND known_from <= ").push_bind(known_at).push(" AND known_until > ").push_bind(known_at);
        sql.push(" AND class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(") ORDER BY due_at, id").build_query_as().fetch_all(c).await?
    }))
}

/// The assignments of some classes that are due in some days, as they are known now, with their lessons. The caller has checked the
/// classes against the scope.
pub(crate) async fn known_on(scope: &Scope, classes: &[Uuid], (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Assignment>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT a.id, a.school, a.class, a.title, a.due_at, a.due_day, a.weight,
                 CASE WHEN c.kind = 'SCHEDULED' THEN COALESCE(NULLIF(replace(c.subjects, ',', '・'), ''), c.name) END AS lesson
             FROM assignment a JOIN class c ON c.id = a.class WHERE a.due_day >= ");
        sql.push_bind(from).push(" AND a.due_day <= ").push_bind(to).push(" AND a.known_until = ").push_bind(not_replaced());
        sql.push(" AND a.class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(") ORDER BY a.due_at, a.id").build_query_as().fetch_all(c).await?
    }))
}
