//! Schools.
use super::class::{self, Class};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::attendance::calendar::of_school::SchoolShown;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::jobs::turnover::SchoolTurnover;
use crate::learning::of_school::SchoolLearningShown;
use crate::page::{self, Cursor};
use crate::roster::duties::SchoolStaff;
use crate::roster::moves::query::SchoolMoves;
use async_graphql::async_trait::async_trait;
use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A school of the board.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct School {
    /// The roster's id.
    pub id: Uuid,
    /// 学校コード, 13 characters; may be empty.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A school of the board.
#[Object]
impl School {
    /// The roster's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// 学校コード, 13 characters such as `B122210000019`; empty where the roster has none.
    async fn code(&self) -> &str {
        &self.code
    }
    /// The school's name.
    async fn name(&self) -> &str {
        &self.name
    }
    #[graphql(flatten)]
    async fn shown_staff(&self) -> SchoolStaff {
        SchoolStaff(self.id)
    }
    #[graphql(flatten)]
    async fn shown_turnover(&self) -> SchoolTurnover {
        SchoolTurnover(self.id)
    }
    #[graphql(flatten)]
    async fn shown_moves(&self) -> SchoolMoves {
        SchoolMoves(self.id)
    }
    /// The school's classes that you may see, homerooms and lessons of every year.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn classes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, Class>> {
        let scope = Scope::of(ctx)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = class::of_school(scope, self.id, after, limit).await?;
        Ok(page::of(rows, limit, Class::cursor))
    }
    #[graphql(flatten)]
    async fn shown_calendar(&self) -> SchoolShown {
        SchoolShown(self.clone())
    }
    #[graphql(flatten)]
    async fn shown_learning(&self) -> SchoolLearningShown {
        SchoolLearningShown(self.id)
    }
}

/// What may be asked about schools.
#[derive(Default)]
pub struct SchoolQuery;

#[Object]
impl SchoolQuery {
    /// The schools that your duties reach.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, School>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = list(scope, after, limit).await?;
        Ok(page::of(rows, limit, |school| Cursor { number: 0, id: school.id }))
    }

    /// One school; null if there is none of this id that you may see.
    async fn school(&self, ctx: &Context<'_>, id: ID) -> Result<Option<School>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find(scope, id).await
    }
}

/// A school that the viewer may see.
pub async fn find(scope: &Scope, school: Uuid) -> Result<Option<School>> {
    reached(scope, Right::SchoolRead, school).await
}

/// A school over which the viewer has a right.
pub(crate) async fn reached(scope: &Scope, right: Right, school: Uuid) -> Result<Option<School>> {
    let sql = "SELECT * FROM school WHERE id = $4 AND id IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)";
    let found = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today())
        .bind(school).fetch_optional(c).await?);
    Ok(found.inspect(|_| scope.looks_at_school(school, right)))
}

/// A school by its 学校コード or its id. Where several share a code, none is meant.
pub async fn of_code(scope: &Scope, code: &str) -> Result<Option<School>> {
    if let Ok(id) = Uuid::try_parse(code) {
        return find(scope, id).await;
    }
    let sql = "SELECT * FROM school WHERE code = $4 AND code <> '' AND id IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3) LIMIT 2";
    let mut found: Vec<School> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder())
        .bind(scope.over(Right::SchoolRead)).bind(scope.today()).bind(code).fetch_all(c).await?);
    if found.len() > 1 {
        return Err(Error::BadInput(format!("several schools have the code {code}: use the id of the one you mean")));
    }
    Ok(found.pop())
}

pub(crate) async fn list(scope: &Scope, after: Cursor, limit: i64) -> Result<Vec<School>> {
    let sql = "SELECT * FROM school WHERE id > $4 AND id IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
               ORDER BY id LIMIT $5";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::SchoolRead)).bind(scope.today())
        .bind(after.id).bind(limit).fetch_all(c).await?))
}

/// The schools with homerooms that run today, over which the viewer has a right.
pub async fn running(scope: &Scope, right: Right) -> Result<Vec<Uuid>> {
    let sql = "SELECT s.id FROM school s WHERE s.id IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
                   AND EXISTS (SELECT 1 FROM class c JOIN academic_year y ON y.id = c.academic_year
                       WHERE c.school = s.id AND c.kind = 'HOMEROOM' AND NOT c.withdrawn AND y.begins <= $3 AND y.ends >= $3)
               ORDER BY s.code, s.name, s.id";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right))
        .bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Every school over which the viewer has a right.
pub async fn of_board(scope: &Scope, right: Right) -> Result<Vec<Uuid>> {
    let sql = "SELECT s.id FROM school s WHERE s.id IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3) ORDER BY s.id";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right))
        .bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The names of some schools, which the caller has found by records that the viewer may see.
pub(crate) async fn names(scope: &Scope, schools: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if schools.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, name FROM school WHERE id IN (");
        bind_ids(&mut sql, schools.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().collect())
}

/// Loads the schools of many classes at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SchoolOf(pub(crate) Uuid);

#[async_trait]
impl Loader<SchoolOf> for Scope {
    type Value = School;
    type Error = Error;

    async fn load(&self, schools: &[SchoolOf]) -> Result<HashMap<SchoolOf, School>> {
        let rows: Vec<School> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM school WHERE id IN (SELECT school FROM school_reach WHERE holder = ");
            sql.push_bind(self.holder()).push(" AND right_to = ").push_bind(self.over(Right::SchoolRead));
            sql.push(" AND begins <= ").push_bind(self.today()).push(" AND ends >= ").push_bind(self.today());
            sql.push(") AND id IN (");
            bind_ids(&mut sql, schools.iter().map(|school| school.0));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        Ok(rows.into_iter().map(|school| (SchoolOf(school.id), school)).collect())
    }
}

/// Writes schools; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, schools: &[School]) -> Result<Put> {
    let difference = tx.compare("SELECT * FROM school WHERE id IN (", schools, |school| school.id).await?;
    if !difference.write.is_empty() {
        let sql = "INSERT INTO school (id, code, name) ";
        on!(tx.change("school", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, school| {
                row.push_bind(school.id).push_bind(school.code.clone()).push_bind(school.name.clone());
            }).push(" ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(difference.put)
}
