//! What the viewer may do here: with one class, with one pupil. A right over something else opens nothing here.
use super::right::Right;
use super::scope::Scope;
use super::tx::Tx;
use crate::db::{Among, on};
use crate::error::{Error, Result};
use async_graphql::Context;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::iter;
use uuid::Uuid;

/// The rights over a class, or whether one of them is held, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RightsOverClass {
    class: Uuid,
    right: Option<Right>,
}

/// The rights over a pupil, or whether one of them is held, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RightsOverPupil {
    pupil: Uuid,
    right: Option<Right>,
}

/// The rights over what one school has of a pupil, as a key to load many at once. What was handed over of a former school is read by
/// fewer rights than the pupil's records here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RightsOverRecords {
    /// The pupil.
    pub(crate) pupil: Uuid,
    /// The school whose records they are.
    pub(crate) school: Uuid,
}

#[async_trait]
impl Loader<RightsOverClass> for Scope {
    type Value = BTreeSet<Right>;
    type Error = Error;

    async fn load(&self, keys: &[RightsOverClass]) -> Result<HashMap<RightsOverClass, BTreeSet<Right>>> {
        let rights = one_by_one(keys.iter().map(|key| key.right));
        let of_marks = rights.as_ref().is_none_or(|rights| rights.iter().any(|right| right.name().starts_with("mark:")));
        let rows: Vec<(Uuid, String)> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT DISTINCT class, right_to FROM reach WHERE right_to NOT LIKE 'mark:%' AND holder = ");
            let ids = distinct(keys.iter().map(|key| key.class));
            let classes = |sql: &mut QueryBuilder<_>, row: &str| {
                sql.push_bind(self.holder()).push(format!(" AND {row}begins <= ")).push_bind(self.today());
                sql.push(format!(" AND {row}ends >= ")).push_bind(self.today()).push(" AND ");
                Among::push_among(sql, &format!("{row}class"), &ids);
                sql.push(" AND ");
                push_rights(sql, row, rights.as_ref());
            };
            classes(&mut sql, "");
            if of_marks {
                // A subject teacher of a homeroom has no marks there.
                sql.push(" UNION ALL SELECT DISTINCT r.class, r.right_to FROM reach r JOIN mark_reach m ON m.holder = r.holder
                              AND m.class = r.class AND m.right_to = r.right_to WHERE r.right_to LIKE 'mark:%' AND m.holder = ");
                classes(&mut sql, "m.");
                sql.push(" AND r.holder = ");
                classes(&mut sql, "r.");
            }
            sql.build_query_as().fetch_all(c).await?
        });
        let found = self.narrowed(rows, |class| class);
        Ok(keys.iter().filter_map(|key| Some((*key, asked(found.get(&key.class)?, key.right)))).collect())
    }
}

#[async_trait]
impl Loader<RightsOverPupil> for Scope {
    type Value = BTreeSet<Right>;
    type Error = Error;

    async fn load(&self, keys: &[RightsOverPupil]) -> Result<HashMap<RightsOverPupil, BTreeSet<Right>>> {
        let rights = one_by_one(keys.iter().map(|key| key.right));
        let rows: Vec<(Uuid, String)> = on!(self.read(), c => {
            // A row a pupil: a teacher has some thirty rights over each of some forty.
            let mut sql = QueryBuilder::new("SELECT pupil, string_agg(right_to, ' ') FROM (SELECT DISTINCT r.pupil, r.right_to FROM ");
            let pupils = distinct(keys.iter().map(|key| key.pupil));
            self.push_reach_of(&mut sql, &pupils, |sql| push_rights(sql, "r.", rights.as_ref()));
            sql.push(") AS reached GROUP BY pupil").build_query_as().fetch_all(c).await?
        });
        let rows = rows.iter().flat_map(|(pupil, rights)| rights.split(' ').map(|right| (*pupil, right.to_owned())));
        let found = self.narrowed(rows, |pupil| pupil);
        Ok(keys.iter().filter_map(|key| Some((*key, asked(found.get(&key.pupil)?, key.right)))).collect())
    }
}

/// Each id once.
fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The rights that keys ask for; `None` where one of them asks for all.
fn one_by_one(rights: impl Iterator<Item = Option<Right>>) -> Option<BTreeSet<Right>> {
    rights.collect()
}

/// Continues a condition: of these rights alone, or of any. The list is filled up, so that there are few lengths of it.
fn push_rights<DB: Database>(sql: &mut QueryBuilder<DB>, row: &str, rights: Option<&BTreeSet<Right>>)
where
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
{
    let Some(rights) = rights else {
        sql.push("TRUE");
        return;
    };
    let names = rights.iter().map(|right| right.name()).chain(iter::repeat("none"));
    sql.push(format!("{row}right_to IN ("));
    let mut list = sql.separated(", ");
    names.take(rights.len().next_power_of_two().max(4)).for_each(|name| {
        list.push_bind(name);
    });
    sql.push(")");
}

/// Of what was found what a key asks for.
fn asked(found: &BTreeSet<Right>, right: Option<Right>) -> BTreeSet<Right> {
    match right {
        Some(right) => found.get(&right).copied().into_iter().collect(),
        None => found.clone(),
    }
}

#[async_trait]
impl Loader<RightsOverRecords> for Scope {
    type Value = BTreeSet<Right>;
    type Error = Error;

    async fn load(&self, records: &[RightsOverRecords]) -> Result<HashMap<RightsOverRecords, BTreeSet<Right>>> {
        let rows: Vec<(Uuid, Uuid, String)> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT DISTINCT r.pupil, r.school, r.right_to FROM ");
            let pupils = distinct(records.iter().map(|record| record.pupil));
            self.push_reach_of(&mut sql, &pupils, |sql| push_rights(sql, "r.", None));
            sql.build_query_as().fetch_all(c).await?
        });
        let rows = rows.into_iter().map(|(pupil, school, name)| (RightsOverRecords { pupil, school }, name));
        Ok(self.narrowed(rows, |records| records))
    }
}

impl Scope {
    /// What duties give, without what the viewer's token does not carry.
    fn narrowed<T, K: Eq + Hash>(
        &self,
        rows: impl IntoIterator<Item = (T, String)>,
        key: fn(T) -> K,
    ) -> HashMap<K, BTreeSet<Right>> {
        let mut found: HashMap<K, BTreeSet<Right>> = HashMap::new();
        for (of, name) in rows {
            if let Some(right) = Right::of_name(&name).filter(|right| self.holds(*right)) {
                found.entry(key(of)).or_default().insert(right);
            }
        }
        found
    }
}

/// The viewer's rights over a class.
pub(crate) async fn of_class(ctx: &Context<'_>, class: Uuid) -> Result<BTreeSet<Right>> {
    let key = RightsOverClass { class, right: None };
    Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
}

/// The viewer's rights over a pupil.
pub(crate) async fn of_pupil(ctx: &Context<'_>, pupil: Uuid) -> Result<BTreeSet<Right>> {
    let key = RightsOverPupil { pupil, right: None };
    Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
}

/// The viewer's rights over what a school has of a pupil.
pub(crate) async fn of_records(ctx: &Context<'_>, pupil: Uuid, school: Uuid) -> Result<BTreeSet<Right>> {
    let key = RightsOverRecords { pupil, school };
    Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
}

/// Whether the viewer has a right over a pupil today, in the course of a write.
pub(crate) async fn within(tx: &mut Tx, scope: &Scope, right: Right, pupil: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM pupil_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3
                   AND enrolled <= $3 AND leaves >= $3 AND pupil = $4";
    let (right, today) = (scope.over(right), scope.today());
    let (found,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(scope.holder()).bind(right).bind(today).bind(pupil)
        .fetch_one(c).await?);
    Ok(found > 0)
}

/// The scope of a field of a class that needs a right: `None`, which reads as null, without the right over this class.
pub(crate) async fn over_class<'a>(ctx: &Context<'a>, right: Right, class: Uuid) -> Result<Option<&'a Scope>> {
    let scope = Scope::with(ctx, right)?;
    let key = RightsOverClass { class, right: Some(right) };
    if !ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.is_some_and(|rights| rights.contains(&right)) {
        return Ok(None);
    }
    scope.looks_at_class(class, right);
    Ok(Some(scope))
}

/// The scope of a field of a pupil that needs a right: `None`, which reads as null, without the right over this pupil.
pub(crate) async fn over_pupil<'a>(ctx: &Context<'a>, right: Right, pupil: Uuid) -> Result<Option<&'a Scope>> {
    let scope = Scope::with(ctx, right)?;
    let key = RightsOverPupil { pupil, right: Some(right) };
    if !ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.is_some_and(|rights| rights.contains(&right)) {
        return Ok(None);
    }
    scope.looks_at_pupil(pupil, right);
    Ok(Some(scope))
}
