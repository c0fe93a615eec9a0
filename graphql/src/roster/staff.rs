//! Staff (教職員) and the viewer's own view of who they are.
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::access::token;
use crate::access::tx::{Put, Tx};
use crate::clock::NO_END;
use crate::db::on;
use crate::error::{Error, Result};
use crate::id;
use crate::roster::class::ClassOf;
use crate::roster::pupil::{self, Pupil};
use crate::roster::school::SchoolOf;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A member of staff. What they may do follows from their dated duties.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Staff {
    /// The roster's id.
    pub id: Uuid,
    /// The name to show.
    pub name: String,
    /// The name's reading; may be empty.
    pub kana: String,
    /// The e-mail address; may be empty.
    pub email: String,
}

/// Who is signed in.
pub struct Me(Vec<Duty>);

/// Who is signed in, and by which duties.
#[Object(name = "Viewer")]
impl Me {
    /// The id that the duties are held by.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        Ok(id::of(Scope::of(ctx)?.holder()))
    }
    /// The name of the person or the app.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(Scope::of(ctx)?.viewer().name.clone())
    }
    /// What the duties of today allow, narrowed by the token, such as `activity:write`.
    async fn rights(&self, ctx: &Context<'_>) -> Result<Vec<&'static str>> {
        Ok(Scope::of(ctx)?.viewer().rights.iter().map(|right| right.name()).collect())
    }
    /// The pupil who is signed in; null for staff and apps.
    async fn pupil(&self, ctx: &Context<'_>) -> Result<Option<Pupil>> {
        let scope = Scope::of(ctx)?;
        if scope.viewer().kind == Holder::Pupil { pupil::find(scope, scope.holder()).await } else { Ok(None) }
    }
    /// The duties of today.
    async fn duties(&self) -> &[Duty] {
        &self.0
    }
}

/// A duty: what somebody is, over whom, from when to when. Access ends with it.
#[Object]
impl Duty {
    /// The duty's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// What it is.
    async fn kind(&self) -> DutyKind {
        self.kind
    }
    /// The school; null for the whole board.
    async fn school_id(&self) -> Option<ID> {
        self.school.map(id::of)
    }
    /// The class; null for all classes.
    async fn class_id(&self) -> Option<ID> {
        self.class.map(id::of)
    }
    /// The school's name; null for the whole board.
    #[graphql(complexity = "5")]
    async fn school_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(school) = self.school else { return Ok(None) };
        let school = ctx.data_unchecked::<DataLoader<Scope>>().load_one(SchoolOf(school)).await?;
        Ok(school.map(|school| school.name))
    }
    /// The class's name; null for all classes.
    #[graphql(complexity = "5")]
    async fn class_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(class) = self.class else { return Ok(None) };
        let class = ctx.data_unchecked::<DataLoader<Scope>>().load_one(ClassOf(class)).await?;
        Ok(class.map(|class| class.name))
    }
    /// The grade, such as `P5`; null for all grades.
    async fn grade(&self) -> Option<&str> {
        (!self.grade.is_empty()).then_some(self.grade.as_str())
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day; null while no end is known.
    async fn ends(&self) -> Option<Day> {
        (self.ends < NO_END).then_some(Day(self.ends))
    }
}

/// What may be asked about oneself.
#[derive(Default)]
pub struct StaffQuery;

#[Object]
impl StaffQuery {
    /// Who you are here, and by which duties you see what you see.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Me> {
        Ok(Me(duty::of_viewer(Scope::of(ctx)?).await?))
    }
}

/// Adds a member of staff with a first duty.
pub async fn add(scope: &Scope, person: &Staff, duties: &[Duty]) -> Result<()> {
    let mut tx = scope.begin("staff added").await?;
    put(&mut tx, std::slice::from_ref(person)).await?;
    duty::put(&mut tx, duties).await?;
    tx.commit().await
}

/// A member of staff by id or e-mail address.
pub async fn find(scope: &Scope, who: &str) -> Result<Option<Staff>> {
    if !scope.holds(Right::AccessWrite) {
        return Ok(None);
    }
    let sql = "SELECT * FROM staff WHERE id = $1 OR (email = $2 AND email <> '') ORDER BY id LIMIT 2";
    let id = Uuid::try_parse(who).ok();
    let mut found: Vec<Staff> = on!(scope.read(), c => sqlx::query_as(sql).bind(id).bind(who).fetch_all(c).await?);
    if found.len() > 1 {
        return Err(Error::BadInput(format!("several people have the address {who:?}: use the id of the one you mean")));
    }
    Ok(found.pop())
}

/// Issues a token for a member of staff.
pub async fn issue_token(scope: &Scope, who: &str, rights: &[Right], expires_at: DateTime<Utc>) -> Result<String> {
    let Some(staff) = find(scope, who).await? else {
        return Err(Error::BadInput(format!("there is no member of staff {who:?}: `asagao staff add` adds one")));
    };
    let mut tx = scope.begin("token issued").await?;
    let secret = token::issue(&mut tx, staff.id, rights, expires_at).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Writes staff; one who is there already is changed.
pub(crate) async fn put(tx: &mut Tx, staff: &[Staff]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in staff.chunks(500) {
        let difference = tx.compare("SELECT * FROM staff WHERE id IN (", chunk, |person| person.id).await?;
        total += difference.put;
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO staff (id, name, kana, email) ";
        on!(tx.change("staff", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, person| {
                row.push_bind(person.id).push_bind(person.name.clone()).push_bind(person.kana.clone())
                    .push_bind(person.email.clone());
            }).push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, kana = excluded.kana, email = excluded.email")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(total)
}
