//! Those who are shown with a class in which they are no more: the class's entry is in the log of those alone who are in it.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Scope {
    /// What classes had in some days is looked at: whoever was in one of them then and is not today is in the entry by themselves.
    pub(crate) async fn looks_at_former(&self, classes: &[Uuid], right: Right, (from, to): (NaiveDate, NaiveDate)) -> Result<()> {
        for chunk in classes.chunks(500) {
            let rows: Vec<(Uuid,)> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new("SELECT DISTINCT e.pupil FROM enrolment e WHERE e.known_until = ");
                sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(to).push(" AND e.ends >= ").push_bind(from);
                sql.push(" AND e.class IN (");
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(") AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.class = e.class AND n.pupil = e.pupil
                               AND n.known_until = e.known_until AND n.begins <= ");
                sql.push_bind(self.today()).push(" AND n.ends >= ").push_bind(self.today()).push(")");
                sql.build_query_as().fetch_all(c).await?
            });
            rows.into_iter().for_each(|(pupil,)| self.looks_at_pupil(pupil, right));
        }
        Ok(())
    }

    /// These pupils are shown with a class: whoever of them is not in it today is in the entry by themselves.
    pub(crate) async fn shows_with_class(&self, class: Uuid, right: Right, mut pupils: BTreeSet<Uuid>) -> Result<()> {
        if pupils.is_empty() {
            return Ok(());
        }
        let sql = "SELECT DISTINCT pupil FROM enrolment WHERE class = $1 AND known_until = $2 AND begins <= $3 AND ends >= $3";
        let here: Vec<(Uuid,)> = on!(self.read(), c => sqlx::query_as(sql).bind(class).bind(not_replaced()).bind(self.today())
            .fetch_all(c).await?);
        pupils.retain(|pupil| !here.contains(&(*pupil,)));
        pupils.into_iter().for_each(|pupil| self.looks_at_pupil(pupil, right));
        Ok(())
    }
}
