//! Whom and what a viewer reaches, as conditions of SQL: what stands in every statement that reads the records of a school.
use super::right::Right;
use super::scope::{Holder, Scope};
use crate::db::Among;
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

impl Scope {
    /// Continues a text with the classes over which the viewer has a right today, as a subquery.
    pub(crate) fn push_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push("(SELECT class FROM reach WHERE holder = ").push_bind(self.holder());
        sql.push(" AND right_to = ").push_bind(self.over(right));
        sql.push(" AND begins <= ").push_bind(self.today()).push(" AND ends >= ").push_bind(self.today()).push(")");
    }

    /// Continues a text with the condition that something may be posted for the pupil of a row in its class: of an app, that the class is in
    /// its reach; of a pupil, that it is themselves.
    pub(crate) fn push_posting_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right, pupil: &str, class: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        if self.viewer().kind == Holder::Pupil {
            sql.push(format!("{pupil} = ")).push_bind(self.holder());
            sql.push(" AND EXISTS (SELECT 1 FROM duty_right WHERE duty = 'PUPIL' AND right_to = ").push_bind(self.over(right));
            sql.push(")");
        } else {
            sql.push(format!("{class} IN "));
            self.push_reach(sql, right);
        }
    }

    /// Continues a text with the condition that a row's pupil is one over whom the viewer has a right today, in the row's school. What a
    /// pupil did in another school stays there.
    pub(crate) fn push_pupil_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push(format!("EXISTS (SELECT 1 FROM pupil_reach r WHERE r.pupil = {row}.pupil AND r.school = {row}.school AND "));
        self.push_today(sql);
        sql.push(" AND r.right_to = ").push_bind(self.over(right)).push(")");
    }

    /// Continues a text with the condition that a row of a pupil's learning is one that the viewer may read today: of a class that they
    /// reach, or of any lesson and of no class where the duty is for the pupil's whole learning in the school.
    pub(crate) fn push_learning_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push("EXISTS (SELECT 1 FROM pupil_reach r WHERE ");
        push_of_learning(sql, row);
        sql.push(" AND ");
        self.push_today(sql);
        sql.push(" AND r.right_to = ").push_bind(self.over(Right::ActivityRead)).push(")");
    }

    /// A text that begins with whom of these pupils the viewer reaches by a right today: it is looked for once, not for each row.
    pub(crate) fn reached<DB: Among>(&self, right: Right, pupils: &[Uuid]) -> QueryBuilder<DB>
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        let mut sql = QueryBuilder::new(
            "WITH reached AS MATERIALIZED (SELECT DISTINCT r.pupil, r.school, r.class, r.whole, r.year_begins FROM ",
        );
        self.push_reach_of(&mut sql, pupils, |sql| {
            sql.push("r.right_to = ").push_bind(self.over(right));
        });
        sql.push(") ");
        sql
    }

    /// Continues a text after `FROM` with the rows of `pupil_reach`, as `r`, by which the viewer reaches these pupils today, and that a condition
    /// holds of.
    pub(crate) fn push_reach_of<DB: Among>(
        &self,
        sql: &mut QueryBuilder<DB>,
        pupils: &[Uuid],
        condition: impl FnOnce(&mut QueryBuilder<DB>),
    ) where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        if DB::CLASSES_FIRST {
            sql.push("(SELECT DISTINCT e.class FROM enrolment e WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND ");
            DB::push_among(sql, "e.pupil", pupils);
            sql.push(" AND ((e.begins <= ").push_bind(self.today()).push(" AND e.ends >= ").push_bind(self.today());
            // What was handed over is of the classes in the school before.
            sql.push(
                ") OR EXISTS (SELECT 1 FROM hand_over h WHERE h.pupil = e.pupil AND h.from_school = e.school))) of_pupils
                          CROSS JOIN LATERAL (SELECT * FROM pupil_reach r WHERE r.class = of_pupils.class AND ",
            );
        } else {
            sql.push("pupil_reach r WHERE ");
        }
        DB::push_among(sql, "r.pupil", pupils);
        sql.push(" AND ");
        self.push_today(sql);
        sql.push(" AND ");
        condition(sql);
        if DB::CLASSES_FIRST {
            sql.push(" OFFSET 0) r");
        }
    }

    /// Continues the condition on `r`, a row of `pupil_reach`, that it is of the viewer and of today.
    fn push_today<DB: Database>(&self, sql: &mut QueryBuilder<DB>)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push("r.holder = ").push_bind(self.holder());
        sql.push(" AND r.begins <= ").push_bind(self.today()).push(" AND r.ends >= ").push_bind(self.today());
        sql.push(" AND r.enrolled <= ").push_bind(self.today()).push(" AND r.leaves >= ").push_bind(self.today());
    }
}

/// The condition that `m`, a row of a pupil in a school, is of somebody whom the viewer reaches there, in a text that began with
/// [`Scope::reached`].
pub(crate) const OF_REACHED: &str = "(m.pupil, m.school) IN (SELECT pupil, school FROM reached)";

/// Continues a text that began with [`Scope::reached`] with the condition that a row of a pupil's learning is one that the viewer may read.
pub(crate) fn push_learning_of_reached<DB: Database>(sql: &mut QueryBuilder<DB>, row: &str)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    sql.push("EXISTS (SELECT 1 FROM reached r WHERE ");
    push_of_learning(sql, row);
    sql.push(")");
}

/// Continues the condition that a row of a pupil's learning is within `r`, a row of `pupil_reach`.
fn push_of_learning<DB: Database>(sql: &mut QueryBuilder<DB>, row: &str)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    sql.push(format!(
        "r.pupil = {row}.pupil AND r.school = {row}.school AND (r.class = {row}.class OR (r.whole AND ({row}.class = "
    ));
    sql.push_bind(Uuid::nil()).push(format!(
        " OR EXISTS (SELECT 1 FROM class l JOIN academic_year y ON y.id = l.academic_year
              WHERE l.id = {row}.class AND l.kind = 'SCHEDULED' AND y.ends >= r.year_begins))))"
    ));
}
