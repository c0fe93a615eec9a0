//! Homerooms (学級): the list that a teacher begins the day with, and the one that a pupil belongs to.
use super::class::Class;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::page::{self, Cursor};
use async_graphql::async_trait::async_trait;
use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Object};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What may be asked about homerooms.
#[derive(Default)]
pub struct HomeroomQuery;

#[derive(sqlx::FromRow)]
struct Placed {
    #[sqlx(flatten)]
    class: Class,
    place: i64,
}

#[Object]
impl HomeroomQuery {
    /// The homerooms of the school years that run today whose pupils you may see, by school, grade and name.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn homerooms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, Class>> {
        let scope = Scope::with(ctx, Right::RosterRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = list(scope, Right::RosterRead, (scope.today(), None), (after, limit)).await?;
        let cursors: HashMap<Uuid, Cursor> =
            rows.iter().map(|row| (row.class.id, Cursor { number: row.place, id: row.class.id })).collect();
        let classes = rows.into_iter().map(|row| row.class).collect();
        Ok(page::of(classes, limit, |class: &Class| cursors[&class.id]))
    }
}

/// The homerooms of the school years that run on a day, of one school or of all, over which the viewer has a right today, by school, grade
/// and name.
pub(crate) async fn running_on(scope: &Scope, right: Right, of: (NaiveDate, Option<Uuid>), limit: i64) -> Result<Vec<Class>> {
    Ok(list(scope, right, of, (Cursor::START, limit)).await?.into_iter().map(|row| row.class).collect())
}

async fn list(
    scope: &Scope,
    right: Right,
    (day, school): (NaiveDate, Option<Uuid>),
    (after, limit): (Cursor, i64),
) -> Result<Vec<Placed>> {
    let sql = "SELECT * FROM
                   (SELECT c.*, row_number() OVER (ORDER BY s.code, s.name, s.id, c.grades, c.name, c.id) AS place
                    FROM class c JOIN school s ON s.id = c.school JOIN academic_year y ON y.id = c.academic_year
                    WHERE c.kind = 'HOMEROOM' AND y.begins <= $7 AND y.ends >= $7 AND ($8 OR c.school = $9) AND c.id IN
                        (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)) homerooms
               WHERE (place, id) > ($4, $5) ORDER BY place LIMIT $6";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today())
        .bind(after.number).bind(after.id).bind(limit).bind(day).bind(school.is_none()).bind(school.unwrap_or_default()).fetch_all(c).await?))
}

/// The homeroom of a pupil today.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Homeroom {
    #[sqlx(flatten)]
    pub(crate) class: Class,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    grade: Option<String>,
    pub(crate) year_ends: NaiveDate,
    pupil: Uuid,
}

impl Homeroom {
    /// The pupil's grade: the class's where it has one, else the one that is known of the pupil.
    pub(crate) fn grade(self) -> Option<String> {
        let one = !self.class.grades.is_empty() && !self.class.grades.contains(',');
        if one { Some(self.class.grades) } else { self.grade }
    }
}

/// Loads the homerooms of many pupils at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HomeroomOf(pub(crate) Uuid);

#[async_trait]
impl Loader<HomeroomOf> for Scope {
    type Value = Homeroom;
    type Error = Error;

    async fn load(&self, pupils: &[HomeroomOf]) -> Result<HashMap<HomeroomOf, Homeroom>> {
        let rows: Vec<Homeroom> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT c.*, e.begins, e.ends, e.grade, y.ends AS year_ends, e.pupil FROM enrolment e
                     JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM' JOIN academic_year y ON y.id = c.academic_year
                 WHERE e.kind = 'HOME' AND e.known_until = ");
            sql.push_bind(not_replaced());
            sql.push(" AND e.begins <= ").push_bind(self.today()).push(" AND e.ends >= ").push_bind(self.today());
            sql.push(" AND ");
            if self.viewer().kind.is_family() {
                self.push_pupil_reach(&mut sql, Right::RosterRead, "e");
            } else {
                sql.push("e.class IN ");
                self.push_reach(&mut sql, Right::SchoolRead);
            }
            sql.push(" AND e.pupil IN (");
            bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
            sql.push(") ORDER BY e.begins, e.id").build_query_as().fetch_all(c).await?
        });
        Ok(rows.into_iter().map(|row| (HomeroomOf(row.pupil), row)).collect())
    }
}
