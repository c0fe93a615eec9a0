//! Whose records an import may change: the board's all, a school's office its own school's.
use super::record::{Kept, Record};
use super::store;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashSet;
use uuid::Uuid;

/// The schools whose records may be changed; `None`: the whole board.
pub(super) struct Yours {
    schools: Option<HashSet<Uuid>>,
    today: NaiveDate,
}

impl Yours {
    pub(super) async fn of(scope: &Scope) -> Result<Self> {
        let all = store::over_board(scope).await?;
        let schools = if all { None } else { Some(store::schools(scope).await?.into_iter().collect()) };
        Ok(Yours { schools, today: scope.today() })
    }

    /// Whether it is the whole board's.
    pub(super) fn all(&self) -> bool {
        self.schools.is_none()
    }

    pub(super) fn has(&self, school: Uuid) -> bool {
        self.schools.as_ref().is_none_or(|schools| schools.contains(&school))
    }

    /// Whether records of a kind may be added: boards, schools and years are the board's.
    pub(super) fn may_add(&self, record: Record) -> bool {
        self.schools.is_none() || !matches!(record, Record::Board | Record::School | Record::AcademicYear)
    }

    /// Which of these stored records belong to somebody else.
    pub(super) async fn strange<T: Kept>(&self, tx: &mut Tx, stored: &[T]) -> Result<HashSet<Uuid>> {
        let Some(schools) = &self.schools else { return Ok(HashSet::new()) };
        let ids: Vec<Uuid> = stored.iter().map(Kept::id).collect();
        let of_people = match T::RECORD {
            Record::Pupil => self.elsewhere(tx, "pupil", "enrolment", &ids).await?,
            Record::Staff => self.elsewhere(tx, "holder", "duty", &ids).await?,
            _ => HashSet::new(),
        };
        let strange = |record: &&T| match T::RECORD {
            Record::Pupil | Record::Staff => of_people.contains(&record.id()),
            _ => record.place().school.is_none_or(|school| !schools.contains(&school)),
        };
        Ok(stored.iter().filter(strange).map(Kept::id).collect())
    }

    /// Those who are today, or will be, in other schools alone.
    pub(super) async fn elsewhere(
        &self,
        tx: &mut Tx,
        column: &'static str,
        table: &'static str,
        ids: &[Uuid],
    ) -> Result<HashSet<Uuid>> {
        let Some(schools) = self.schools.as_ref().filter(|_| !ids.is_empty()) else { return Ok(HashSet::new()) };
        let known = if table == "enrolment" { " AND known_until = " } else { "" };
        let rows: Vec<(Uuid, Option<Uuid>)> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(format!("SELECT DISTINCT {column}, school FROM {table} WHERE ends >= "));
            sql.push_bind(self.today).push(known);
            if !known.is_empty() {
                sql.push_bind(not_replaced());
            }
            sql.push(format!(" AND {column} IN ("));
            bind_ids(&mut sql, ids.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        let here = |school: &Option<Uuid>| school.is_some_and(|school| schools.contains(&school));
        let mine: HashSet<Uuid> = rows.iter().filter(|(_, school)| here(school)).map(|(id, _)| *id).collect();
        Ok(rows.into_iter().map(|(id, _)| id).filter(|id| !mine.contains(id)).collect())
    }
}
