//! Finding sheets, and what belongs to them by way of other records.
use super::child;
use super::level::SupportNoteLevel;
use super::reach::{ACTIONS, Access};
use super::{SheetRow, SupportSheet};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::page::Cursor;
use crate::support::action::{self, SupportAction};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::HashMap;
use uuid::Uuid;

/// Which sheets to look for.
#[derive(Clone, Copy)]
pub(crate) enum Which<'a> {
    /// Those of these ids.
    Ids(&'a [Uuid]),
    /// Those of these pupils.
    Pupils(&'a [Uuid]),
    /// The open ones to which the viewer is assigned today, after a cursor.
    Mine(Cursor, i64),
}

/// Sheets of which the viewer may know, the open ones first, the newest first.
pub(crate) async fn list(scope: &Scope, which: Which<'_>) -> Result<Vec<SupportSheet>> {
    if matches!(which, Which::Ids([]) | Which::Pupils([])) {
        return Ok(Vec::new());
    }
    let sheets: Vec<SupportSheet> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM (SELECT s.*, o.name AS by_name, ");
        sql.push(child::COLUMNS).push(", ");
        for (access, name) in [(Access::Read, "readable"), (Access::Write, "writable"), (Access::Lead, "leads")] {
            scope.push_support_sheet(&mut sql, access, "s");
            sql.push(format!(" AS {name}, "));
        }
        sql.push("row_number() OVER (ORDER BY s.ends DESC, s.begins DESC, s.id DESC) AS place FROM support_sheet s
                  JOIN pupil p ON p.id = s.pupil LEFT JOIN staff o ON o.id = s.opened_by");
        child::push_homeroom(&mut sql, scope.today());
        sql.push(" WHERE ");
        match which {
            Which::Ids(ids) => { sql.push("s.id IN ("); bind_ids(&mut sql, ids.iter().copied()); sql.push(")"); }
            Which::Pupils(ids) => { sql.push("s.pupil IN ("); bind_ids(&mut sql, ids.iter().copied()); sql.push(")"); }
            Which::Mine(..) => push_mine(&mut sql, scope, "s.id"),
        }
        sql.push(" AND (");
        scope.push_support_sheet(&mut sql, Access::Read, "s");
        for right in [Right::SupportRead, Right::SupportOpen] {
            sql.push(" OR ");
            scope.push_pupil_reach(&mut sql, right, "s");
        }
        sql.push(")) q");
        if let Which::Mine(after, limit) = which {
            sql.push(" WHERE (q.place, q.id) > (").push_bind(after.number).push(", ").push_bind(after.id);
            sql.push(") ORDER BY q.place LIMIT ").push_bind(limit);
        } else {
            sql.push(" ORDER BY q.place");
        }
        sql.build_query_as().fetch_all(c).await?
    });
    sheets.iter().for_each(|sheet| scope.looks_at_pupil(sheet.row.pupil, Right::SupportRead));
    Ok(sheets)
}

/// Continues a text with the condition that the viewer is assigned today to the open sheet of this id.
pub(crate) fn push_mine<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, sheet: &str)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    sql.push(format!(
        "{sheet} IN (SELECT m.sheet FROM support_assignment m JOIN support_sheet f ON f.id = m.sheet
        WHERE f.ends = '9999-12-31' AND m.staff = "
    ));
    sql.push_bind(scope.holder());
    sql.push(" AND m.begins <= ").push_bind(scope.today()).push(" AND m.ends >= ").push_bind(scope.today()).push(")");
}

/// A sheet of which the viewer may know.
pub(crate) async fn one(scope: &Scope, sheet: Uuid) -> Result<Option<SupportSheet>> {
    Ok(list(scope, Which::Ids(&[sheet])).await?.pop())
}

/// A write to a sheet with which the viewer may do this, or what stands against it. A sheet that is closed stays as it is.
pub(crate) async fn begin(scope: &Scope, access: Access, sheet: &ID, act: &str) -> Result<Result<(Tx, SheetRow), UserError>> {
    Ok(match begin_even_closed(scope, access, sheet, act).await? {
        Ok((_, row)) if !row.open() => {
            Err(UserError::new(UserErrorCode::NotReady, "sheetId", "the support sheet is closed: reopen it first"))
        }
        other => other,
    })
}

/// The same, also for what goes on after a sheet is closed: who may read it, and that they may not any more.
pub(crate) async fn begin_even_closed(
    scope: &Scope,
    access: Access,
    sheet: &ID,
    act: &str,
) -> Result<Result<(Tx, SheetRow), UserError>> {
    let not_found =
        || UserError::new(UserErrorCode::NotFound, "sheetId", "there is no such support sheet in which you may do this");
    let Some(found) = one(scope, id::parse(sheet).unwrap_or_default()).await? else { return Ok(Err(not_found())) };
    let may = match access {
        Access::Read | Access::ReadOwn => found.readable,
        Access::Write => found.writable,
        Access::Lead => found.leads,
    };
    if !may {
        return Ok(Err(not_found()));
    }
    let mut tx = scope.begin(act).await?;
    tx.lock("support_sheet", &[found.row.id]).await?;
    let row = tx.of_ids::<SheetRow>("SELECT * FROM support_sheet WHERE id IN (", &[found.row.id]).await?.pop();
    Ok(row.map(|row| (tx, row)).ok_or_else(not_found))
}

/// The sheets of a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SheetsOf(pub(crate) Uuid);

/// A sheet by its id, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SheetById(pub(crate) Uuid);

#[async_trait]
impl Loader<SheetsOf> for Scope {
    type Value = Vec<SupportSheet>;
    type Error = Error;

    async fn load(&self, pupils: &[SheetsOf]) -> Result<HashMap<SheetsOf, Vec<SupportSheet>>> {
        let ids: Vec<Uuid> = pupils.iter().map(|of| of.0).collect();
        let mut found: HashMap<SheetsOf, Vec<SupportSheet>> = HashMap::new();
        for sheet in list(self, Which::Pupils(&ids)).await? {
            found.entry(SheetsOf(sheet.row.pupil)).or_default().push(sheet);
        }
        Ok(found)
    }
}

#[async_trait]
impl Loader<SheetById> for Scope {
    type Value = SupportSheet;
    type Error = Error;

    async fn load(&self, sheets: &[SheetById]) -> Result<HashMap<SheetById, SupportSheet>> {
        let ids: Vec<Uuid> = sheets.iter().map(|of| of.0).collect();
        Ok(list(self, Which::Ids(&ids)).await?.into_iter().map(|sheet| (SheetById(sheet.row.id), sheet)).collect())
    }
}

/// What was done while a sheet was open, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionsOfSheet(pub(crate) Uuid);

#[async_trait]
impl Loader<ActionsOfSheet> for Scope {
    type Value = Vec<SupportAction>;
    type Error = Error;

    async fn load(&self, sheets: &[ActionsOfSheet]) -> Result<HashMap<ActionsOfSheet, Vec<SupportAction>>> {
        let ids: Vec<Uuid> = sheets.iter().map(|of| of.0).collect();
        let mut found: HashMap<ActionsOfSheet, Vec<SupportAction>> = HashMap::new();
        for action in action::list(self, "x.sheet", &ids).await? {
            found.entry(ActionsOfSheet(action.sheet.unwrap_or_default())).or_default().push(action);
        }
        Ok(found)
    }
}

/// Who reads the notes of a level.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct SupportReaders {
    /// The level.
    pub level: SupportNoteLevel,
    /// The staff by name, those of another school to which it was handed over included.
    pub names: Vec<String>,
}

/// Who reads a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReadersOf(pub(crate) Uuid);

#[async_trait]
impl Loader<ReadersOf> for Scope {
    type Value = Vec<SupportReaders>;
    type Error = Error;

    async fn load(&self, sheets: &[ReadersOf]) -> Result<HashMap<ReadersOf, Vec<SupportReaders>>> {
        let rows: Vec<(Uuid, SupportNoteLevel, String, Uuid)> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT DISTINCT s.id, v.level, t.name, t.id AS staff FROM support_sheet s
                 JOIN support_reach v ON v.pupil = s.pupil AND v.school = s.school AND v.right_to IN ('support:read', 'support:join')
                 JOIN staff t ON t.id = v.holder WHERE v.begins <= ");
            sql.push_bind(self.today()).push(" AND v.ends >= ").push_bind(self.today());
            sql.push(" AND v.enrolled <= ").push_bind(self.today()).push(" AND v.leaves >= ").push_bind(self.today());
            sql.push(" AND (v.sheet = s.id OR v.everywhere OR (v.sheet IS NULL AND EXISTS (SELECT 1 FROM support_share h WHERE h.sheet = s.id
                       AND (h.level = v.level OR v.level = 'SHAREABLE') AND h.begins <= ");
            sql.push_bind(self.today()).push(" AND h.ends >= ").push_bind(self.today());
            sql.push(" AND ((NOT v.handed AND h.class = v.class) OR (v.handed AND h.to_school = v.here))))) AND s.id IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_sheet(&mut sql, Access::Read, "s");
            sql.push(" ORDER BY t.name, staff").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<ReadersOf, Vec<SupportReaders>> = HashMap::new();
        for (sheet, level, name, _) in rows {
            let levels = found.entry(ReadersOf(sheet)).or_insert_with(|| {
                SupportNoteLevel::ALL.into_iter().map(|level| SupportReaders { level, names: Vec::new() }).collect()
            });
            if let Some(of) = levels.iter_mut().find(|of| of.level == level) {
                of.names.push(name);
            }
        }
        Ok(found)
    }
}

/// Whether a pupil has an open sheet in a school, within a write.
pub(crate) async fn open_of(tx: &mut Tx, pupil: Uuid, school: Uuid) -> Result<Option<SheetRow>> {
    let sql = "SELECT * FROM support_sheet WHERE pupil = $1 AND school = $2 AND ends = '9999-12-31'";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(school).fetch_optional(c).await?))
}

/// Whether an action is one that the viewer may read, of a pupil.
pub(super) async fn readable_action(scope: &Scope, action: Uuid, pupil: Uuid) -> Result<bool> {
    let found: Option<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT x.id FROM support_action x WHERE x.id = ");
        sql.push_bind(action).push(" AND x.pupil = ").push_bind(pupil).push(" AND ");
        scope.push_support_notes(&mut sql, Access::ReadOwn, ACTIONS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    Ok(found.is_some())
}
