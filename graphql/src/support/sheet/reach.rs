//! Who reaches what of a pupil's support, as conditions in SQL: the one place that knows levels, hand-overs and assignments.
use super::level::SupportPart;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use async_graphql::Context;
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

/// What somebody wants to do with a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading: by a duty, as far as it was handed over, or by being assigned.
    Read,
    /// Reading what is of the own school, without what another school handed over.
    ReadOwn,
    /// Writing in it: by a duty to which the sheet was given, or by being assigned.
    Write,
    /// Closing it, assigning people, handing it over: by a duty alone.
    Lead,
}

/// The rows of a table that are notes: which part of a sheet they are, in which column stands who wrote them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notes {
    /// The alias of the table.
    pub(crate) row: &'static str,
    /// The column of who wrote it.
    pub(crate) writer: &'static str,
    /// The part, which may depend on the row: an expression in SQL.
    pub(crate) part: &'static str,
}

impl Notes {
    /// Notes of one part.
    pub(crate) const fn of(row: &'static str, part: &'static str) -> Self {
        Notes { row, writer: "written_by", part }
    }
}

/// Actions, under the alias `x`.
pub(crate) const ACTIONS: Notes = Notes { row: "x", writer: "done_by", part: "'ACTIONS'" };

/// The scope of whoever has anything to do with support at all; others are `FORBIDDEN`.
pub(crate) fn scope_of<'a>(ctx: &Context<'a>) -> Result<&'a Scope> {
    let scope = Scope::of(ctx)?;
    let any = [Right::SupportRead, Right::SupportJoin, Right::SupportOpen];
    if any.iter().any(|right| scope.holds(*right)) { Ok(scope) } else { Err(Error::Forbidden(Right::SupportRead.name())) }
}

impl Scope {
    /// Continues a text with the condition that a note is one that the viewer may read, or write, today.
    pub(crate) fn push_support_notes<DB: Database>(&self, sql: &mut QueryBuilder<DB>, access: Access, notes: Notes)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        let Notes { row, writer, part } = notes;
        self.push_support(sql, access, row);
        sql.push(format!(
            "((v.sheet = {row}.sheet AND v.level = {row}.level) OR (v.sheet IS NULL AND ((NOT v.handed AND {row}.{writer} = "
        ));
        sql.push_bind(self.holder());
        sql.push(format!(
            ") OR (v.level = {row}.level AND (v.everywhere OR ({row}.sheet IS NULL AND (NOT v.handed OR {row}.level = 'SHAREABLE'))
              OR EXISTS (SELECT 1 FROM support_share h WHERE h.sheet = {row}.sheet AND (h.level = {row}.level OR {row}.level = 'SHAREABLE')
                  AND ',' || h.parts || ',' LIKE '%,' || {part} || ',%' AND "
        ));
        self.push_shared(sql);
        sql.push(")))))");
        if part == "'PLANS'" {
            // Outside of the school a plan is read with the guardians' consent, as long as it holds.
            sql.push(format!(
                " AND (NOT v.handed OR EXISTS (SELECT 1 FROM support_consent k WHERE k.plan = {row}.id AND k.withdrawn_on IS NULL))"
            ));
        }
        sql.push("))");
    }

    /// Continues a text with the condition that a sheet is one with which the viewer may do this today, whichever of its notes they read.
    pub(crate) fn push_support_sheet<DB: Database>(&self, sql: &mut QueryBuilder<DB>, access: Access, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        self.push_support(sql, access, row);
        sql.push(format!(
            "(v.sheet = {row}.id OR v.everywhere OR (v.sheet IS NULL AND EXISTS (SELECT 1 FROM support_share h WHERE h.sheet = {row}.id AND "
        ));
        self.push_shared(sql);
        sql.push("))))");
    }

    /// Begins the condition: rows of `support_reach` as `v` for a row's pupil and school, up to `AND `.
    fn push_support<DB: Database>(&self, sql: &mut QueryBuilder<DB>, access: Access, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        let (duty, joins) = match access {
            Access::Read | Access::ReadOwn => (Right::SupportRead, self.over(Right::SupportJoin)),
            Access::Write => (Right::SupportWrite, self.over(Right::SupportJoin)),
            Access::Lead => (Right::SupportWrite, "none"),
        };
        sql.push(format!(
            "EXISTS (SELECT 1 FROM support_reach v WHERE v.pupil = {row}.pupil AND v.school = {row}.school AND v.holder = "
        ));
        sql.push_bind(self.holder()).push(" AND v.right_to IN (").push_bind(self.over(duty)).push(", ").push_bind(joins);
        sql.push(") AND v.begins <= ").push_bind(self.today()).push(" AND v.ends >= ").push_bind(self.today());
        sql.push(" AND v.enrolled <= ").push_bind(self.today()).push(" AND v.leaves >= ").push_bind(self.today()).push(" AND ");
        if access != Access::Read {
            sql.push("NOT v.handed AND ");
        }
    }

    /// The share `h` is of today and to where the row `v` is.
    fn push_shared<DB: Database>(&self, sql: &mut QueryBuilder<DB>)
    where
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push("h.begins <= ").push_bind(self.today()).push(" AND h.ends >= ").push_bind(self.today());
        sql.push(" AND ((NOT v.handed AND h.class = v.class) OR (v.handed AND h.to_school = v.here))");
    }
}

/// The part of a section, by its year.
pub(crate) const OF_SECTION: &str = "CASE WHEN x.year = 0 THEN 'COMMON' ELSE 'BY_YEAR' END";

/// The parts as they are stored, each once.
pub(super) fn list(parts: &[SupportPart]) -> String {
    let named = SupportPart::ALL.iter().filter(|part| parts.contains(part)).map(|part| part.name());
    named.collect::<Vec<_>>().join(",")
}
