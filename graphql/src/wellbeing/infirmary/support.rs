//! A visit to the infirmary from which a support sheet was opened, or that was added to one.
use super::{COLUMNS, InfirmaryVisit};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::support::sheet::SupportSheet;
use crate::support::sheet::find::{SheetById, SheetsOf};
use async_graphql::Context;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Whether the viewer has anything to do with support sheets: others see none of them.
fn knows_of_sheets(ctx: &Context<'_>) -> bool {
    let any = [Right::SupportRead, Right::SupportJoin, Right::SupportOpen];
    Scope::of(ctx).is_ok_and(|scope| any.iter().any(|right| scope.holds(*right)))
}

/// The sheet of a visit, as far as the viewer may know of it.
pub(super) async fn of_visit(ctx: &Context<'_>, visit: &InfirmaryVisit) -> Result<Option<SupportSheet>> {
    match visit.sheet.filter(|_| knows_of_sheets(ctx)) {
        Some(sheet) => ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetById(sheet)).await,
        None => Ok(None),
    }
}

/// The open sheet of the pupil of a visit in the visit's school, as far as the viewer may know of it.
pub(super) async fn open_of_pupil(ctx: &Context<'_>, visit: &InfirmaryVisit) -> Result<Option<SupportSheet>> {
    if !knows_of_sheets(ctx) {
        return Ok(None);
    }
    let sheets = ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetsOf(visit.pupil)).await?.unwrap_or_default();
    Ok(sheets.into_iter().find(|sheet| sheet.row.school == visit.school && sheet.row.open()))
}

/// A visit that the viewer may read.
pub(crate) async fn readable(scope: &Scope, visit: Uuid) -> Result<Option<InfirmaryVisit>> {
    if !scope.holds(Right::VisitRead) {
        return Ok(None);
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("v.withdrawn_at IS NULL AND v.id = ").push_bind(visit).push(" AND ");
        scope.push_pupil_reach(&mut sql, Right::VisitRead, "v");
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// Makes a visit one of a sheet; one that is another's already stays there.
pub(crate) async fn belong(tx: &mut Tx, visit: Uuid, sheet: Uuid) -> Result<()> {
    tx.lock("infirmary_visit", &[visit]).await?;
    let held = tx.of_ids::<InfirmaryVisit>("SELECT * FROM infirmary_visit WHERE id IN (", &[visit]).await?.pop();
    if let Some(held) = held.filter(|held| held.sheet.is_none() && held.withdrawn_at.is_none()) {
        let change = Change::new(visit, Some(&held), Some(&InfirmaryVisit { sheet: Some(sheet), ..held.clone() }));
        on!(tx.change("infirmary_visit", &[change]).await?, c => sqlx::query("UPDATE infirmary_visit SET sheet = $2 WHERE id = $1")
            .bind(visit).bind(sheet).execute(c).await?.rows_affected());
        tx.tell(Event::Health { school: held.school });
    }
    Ok(())
}

/// The visits of a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VisitsOfSheet(pub(crate) Uuid);

#[async_trait]
impl Loader<VisitsOfSheet> for Scope {
    type Value = Vec<InfirmaryVisit>;
    type Error = Error;

    /// The newest first; those that the viewer may read.
    async fn load(&self, sheets: &[VisitsOfSheet]) -> Result<HashMap<VisitsOfSheet, Vec<InfirmaryVisit>>> {
        let rows: Vec<InfirmaryVisit> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("v.withdrawn_at IS NULL AND v.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|sheet| sheet.0));
            sql.push(") AND ");
            self.push_pupil_reach(&mut sql, Right::VisitRead, "v");
            sql.push(" ORDER BY v.came_at DESC, v.id DESC").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<VisitsOfSheet, Vec<InfirmaryVisit>> = HashMap::new();
        rows.into_iter().for_each(|row| found.entry(VisitsOfSheet(row.sheet.unwrap_or_default())).or_default().push(row));
        Ok(found)
    }
}
