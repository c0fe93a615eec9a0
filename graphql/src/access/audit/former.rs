//! Those who are shown with a class in which they are no more: the class's entry is in the log of those alone who are in it.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Scope {
    /// What a class had in some days is looked at: whoever was in it then and is not today is in the entry by themselves.
    pub(crate) async fn looks_at_former(&self, class: Uuid, right: Right, (from, to): (NaiveDate, NaiveDate)) -> Result<()> {
        let sql = "SELECT DISTINCT e.pupil FROM enrolment e WHERE e.class = $1 AND e.known_until = $2 AND e.begins <= $4 AND e.ends >= $3
                       AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.class = e.class AND n.pupil = e.pupil
                           AND n.known_until = e.known_until AND n.begins <= $5 AND n.ends >= $5)";
        let rows: Vec<(Uuid,)> = on!(self.read(), c => sqlx::query_as(sql).bind(class).bind(not_replaced()).bind(from).bind(to)
            .bind(self.today()).fetch_all(c).await?);
        rows.into_iter().for_each(|(pupil,)| self.looks_at_pupil(pupil, right));
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
