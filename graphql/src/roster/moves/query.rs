//! Which moves somebody may read: an office those of its school, and those that are on their way to it.
use super::PupilMove;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{on, push_ids};
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::pupil::{self, Pupil};
use crate::scalar::Day;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "SELECT m.*, s.name AS school_name, c.name AS class_name, COALESCE(o.name, m.other_name) AS other,
             COALESCE(p.name, a.name) AS by_name,
             EXISTS (SELECT 1 FROM pupil_move x WHERE x.answers = m.id AND x.undone_at IS NULL) AS answered,
             m.kind IN ('TRANSFER_OUT', 'WITHDRAWAL', 'EXEMPTION', 'WHEREABOUTS_UNKNOWN', 'DEATH', 'GRADUATION')
                 AND EXISTS (SELECT 1 FROM pupil u WHERE u.id = m.pupil AND u.protected) AS destination_hidden,
             row_number() OVER (ORDER BY m.day DESC, m.at DESC, m.id DESC) AS place
         FROM pupil_move m JOIN school s ON s.id = m.school LEFT JOIN class c ON c.id = m.class
         LEFT JOIN school o ON o.id = m.other_school LEFT JOIN staff p ON p.id = m.recorded_by LEFT JOIN app a ON a.id = m.recorded_by "
    };
}

macro_rules! office {
    ($school:literal) => {
        concat!(
            $school,
            " IN (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3) "
        )
    };
}

/// What the office sees of a school: flattened into the school.
pub struct SchoolMoves(pub(crate) Uuid);

/// The register of comings and goings of a school.
#[Object]
impl SchoolMoves {
    /// The moves of the school's pupils (転入転出簿), the newest day first, undone ones among them. Null unless you are in its office.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn moves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, PupilMove>>> {
        let scope = Scope::with(ctx, Right::MoveWrite)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        if !super::plan::offices(scope, Right::MoveWrite).await?.contains(&self.0) {
            return Ok(None);
        }
        scope.looks_at_school(self.0, Right::MoveWrite);
        let rows = of_school(scope, self.0, after, limit).await?;
        Ok(Some(page::of(rows, limit, PupilMove::cursor)))
    }
    /// Pupils whom another school of the board has let go to this one and who are still to be taken in (`transferPupilIn`), by day. Null
    /// unless you are in its office.
    #[graphql(complexity = "20 + child_complexity")]
    async fn expected_pupils(&self, ctx: &Context<'_>) -> Result<Option<Vec<PupilMove>>> {
        let scope = Scope::with(ctx, Right::MoveWrite)?;
        if !super::plan::offices(scope, Right::MoveWrite).await?.contains(&self.0) {
            return Ok(None);
        }
        scope.looks_at_school(self.0, Right::MoveWrite);
        expected(scope, self.0).await.map(Some)
    }
}

/// What a pupil shows of their moves: flattened into the pupil.
pub struct PupilMoves(pub(crate) Uuid);

/// The moves of a pupil.
#[Object]
impl PupilMoves {
    /// The pupil's moves in the schools whose office you are in, the newest day first, undone ones among them.
    #[graphql(complexity = "10 + child_complexity")]
    async fn moves(&self, ctx: &Context<'_>) -> Result<Vec<PupilMove>> {
        of_pupil(Scope::with(ctx, Right::MoveWrite)?, self.0).await
    }
}

/// What a class shows of its guests: flattened into the class.
pub struct ClassGuests(pub(crate) Uuid);

/// The guests of a class.
#[Object]
impl ClassGuests {
    /// 交流で来る児童: pupils of a special-needs class who are guests here on a day and in the school today, by name. They are not among `pupils` and not counted.
    #[graphql(complexity = "10 + child_complexity")]
    async fn exchange_pupils(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today if not said.")] on: Option<Day>,
    ) -> Result<Vec<Pupil>> {
        let scope = Scope::with(ctx, Right::RosterRead)?;
        let guests = pupil::guests_of(scope, self.0, on.map_or_else(|| scope.today(), |day| day.0)).await?;
        guests.iter().for_each(|guest| scope.looks_at_pupil(guest.id, Right::RosterRead));
        Ok(guests)
    }
}

/// A school of the board, by name.
#[derive(SimpleObject, sqlx::FromRow, Clone, Debug)]
pub struct SchoolName {
    #[graphql(skip)]
    uuid: Uuid,
    /// The name.
    name: String,
    /// The UUID of the school.
    #[sqlx(skip)]
    id: ID,
}

/// What may be asked about moves.
#[derive(Default)]
pub struct MoveQuery;

#[Object]
impl MoveQuery {
    /// The names of all schools of the board: where a pupil may go. For those who record moves or prepare a next year.
    async fn board_schools(&self, ctx: &Context<'_>) -> Result<Vec<SchoolName>> {
        let scope = match Scope::with(ctx, Right::MoveWrite) {
            Ok(scope) => scope,
            Err(_) => Scope::with(ctx, Right::TurnoverWrite)?,
        };
        let sql = "SELECT id AS uuid, name FROM school ORDER BY code, name, id";
        let rows: Vec<SchoolName> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
        Ok(rows.into_iter().map(|school| SchoolName { id: id::of(school.uuid), ..school }).collect())
    }
    /// One move; null if there is none of this id in a school whose office you are in.
    async fn pupil_move(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PupilMove>> {
        let scope = Scope::with(ctx, Right::MoveWrite)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find(scope, id).await
    }
}

/// A move of a school whose office the viewer is in.
pub(super) async fn find(scope: &Scope, id: Uuid) -> Result<Option<PupilMove>> {
    let sql = concat!(columns!(), "WHERE m.id = $4 AND ", office!("m.school"));
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MoveWrite)).bind(scope.today())
        .bind(id).fetch_optional(c).await?))
}

async fn of_pupil(scope: &Scope, pupil: Uuid) -> Result<Vec<PupilMove>> {
    let sql = concat!(columns!(), "WHERE m.pupil = $4 AND ", office!("m.school"), "ORDER BY place");
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MoveWrite)).bind(scope.today())
        .bind(pupil).fetch_all(c).await?))
}

async fn of_school(scope: &Scope, school: Uuid, after: Cursor, limit: i64) -> Result<Vec<PupilMove>> {
    let sql = concat!(
        "SELECT * FROM (",
        columns!(),
        "WHERE m.school = $4 AND ",
        office!("m.school"),
        ") moves WHERE (place, id) > ($5, $6) ORDER BY place LIMIT $7"
    );
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MoveWrite)).bind(scope.today())
        .bind(school).bind(after.number).bind(after.id).bind(limit).fetch_all(c).await?))
}

async fn expected(scope: &Scope, school: Uuid) -> Result<Vec<PupilMove>> {
    let sql = concat!(
        columns!(),
        "WHERE m.other_school = $4 AND m.kind = 'TRANSFER_OUT' AND m.undone_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM pupil_move x WHERE x.answers = m.id AND x.undone_at IS NULL) AND ",
        office!("m.other_school"),
        "ORDER BY m.day, m.pupil_kana, m.id"
    );
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MoveWrite)).bind(scope.today())
        .bind(school).fetch_all(c).await?))
}

/// A move as it stands, for a write: one whose school, in this column, is one of these offices.
pub(super) async fn within_of(tx: &mut Tx, column: &str, offices: &BTreeSet<Uuid>, id: Uuid) -> Result<Option<PupilMove>> {
    Ok(on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(columns!());
        sql.push("WHERE m.id = ").push_bind(id).push(format!(" AND {column} IN "));
        push_ids(&mut sql, offices.iter().copied());
        sql.build_query_as().fetch_optional(c).await?
    }))
}

/// A move as it stands, of whatever school: for a write to which it belongs.
pub(super) async fn within(tx: &mut Tx, id: Uuid) -> Result<Option<PupilMove>> {
    let sql = concat!(columns!(), "WHERE m.id = $1");
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(id).fetch_optional(c).await?))
}

/// Whether a pupil's leaving of a school from a day on is recorded already.
pub(super) async fn left(tx: &mut Tx, pupil: Uuid, school: Uuid, since: NaiveDate) -> Result<bool> {
    let sql = "SELECT count(*) FROM pupil_move WHERE pupil = $1 AND school = $2 AND day >= $3 AND undone_at IS NULL AND kind IN
                   ('TRANSFER_OUT', 'WITHDRAWAL', 'EXEMPTION', 'WHEREABOUTS_UNKNOWN', 'DEATH', 'GRADUATION')";
    let (count,): (i64,) =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(school).bind(since).fetch_one(c).await?);
    Ok(count > 0)
}
