//! Terms (学期) of a school year: the board sets two or three; where it has set none, the usual three hold.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use uuid::Uuid;

/// A term of a school year. Every day of the year is in one: holidays are in the term that they come before or after.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct Term {
    id: Uuid,
    /// The year of its April.
    pub year: i32,
    /// Its number in the year, from 1.
    pub number: i32,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
    /// How many terms the year has.
    #[sqlx(default)]
    #[serde(skip)]
    pub of_year: i64,
}

/// A term (学期) of a school year.
#[Object]
impl Term {
    /// The year of its April.
    async fn year(&self) -> i32 {
        self.year
    }
    /// Its number in the year, from 1: what `term` takes elsewhere.
    async fn number(&self) -> i32 {
        self.number
    }
    /// Its name: `1学期`, or `前期` and `後期` in a year of two.
    #[graphql(name = "name")]
    async fn shown_name(&self) -> String {
        self.name()
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day.
    async fn ends(&self) -> Day {
        Day(self.ends)
    }
    /// Whether the board has set it; false for the usual terms, which hold where nothing is set.
    async fn is_set(&self) -> bool {
        !self.id.is_nil()
    }
}

/// The first days of the usual three terms, with the summer holidays at the beginning of the second.
const USUAL: [(u32, u32); 3] = [(4, 1), (8, 1), (1, 1)];

impl Term {
    /// Its name: 1学期, or 前期 and 後期 in a year of two.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.of_year, self.number) {
            (2, 1) => "前期".to_owned(),
            (2, _) => "後期".to_owned(),
            (_, number) => format!("{number}学期"),
        }
    }

    /// The last day of the term that has come: today in the term that runs, its first day in one that has not begun.
    #[must_use]
    pub(crate) fn until(&self, today: NaiveDate) -> NaiveDate {
        self.ends.min(today).max(self.begins)
    }
}

/// The year of its April in which a day lies.
#[must_use]
pub fn school_year(day: NaiveDate) -> i32 {
    if day.month() < 4 { day.year() - 1 } else { day.year() }
}

fn april(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 4, 1).expect("every year of the calendar has a first of April")
}

/// The terms that begin on these days.
fn beginning(year: i32, begins: &[NaiveDate]) -> Vec<Term> {
    let ends = begins.iter().skip(1).copied().chain([april(year + 1)]).map(|next| next.pred_opt().unwrap_or(next));
    let of_year = i64::try_from(begins.len()).unwrap_or(0);
    let terms = (1..).zip(begins.iter().zip(ends));
    terms.map(|(number, (begins, ends))| Term { id: Uuid::nil(), year, number, begins: *begins, ends, of_year }).collect()
}

/// The usual terms of a school year, which hold where the board has set none.
#[must_use]
pub fn usual(year: i32) -> Vec<Term> {
    let first = |(month, day): (u32, u32)| NaiveDate::from_ymd_opt(if month < 4 { year + 1 } else { year }, month, day);
    beginning(year, &USUAL.into_iter().filter_map(first).collect::<Vec<_>>())
}

/// The terms of a school year, in their order. A term is no one's secret.
pub async fn of_year(scope: &Scope, year: i32) -> Result<Vec<Term>> {
    let sql = "SELECT t.*, (SELECT count(*) FROM term o WHERE o.year = t.year) AS of_year FROM term t WHERE t.year = $1 ORDER BY t.number";
    let set: Vec<Term> = on!(scope.read(), c => sqlx::query_as(sql).bind(year).fetch_all(c).await?);
    Ok(if set.is_empty() { usual(year) } else { set })
}

/// A term by its number.
pub(crate) async fn find(scope: &Scope, year: i32, number: i32) -> Result<Option<Term>> {
    Ok(of_year(scope, year).await?.into_iter().find(|term| term.number == number))
}

/// The term of a day.
pub async fn on_day(scope: &Scope, day: NaiveDate) -> Result<Term> {
    let terms = of_year(scope, school_year(day)).await?;
    let found = terms.into_iter().rev().find(|term| term.begins <= day);
    found.ok_or(Error::Internal)
}

/// The terms of a school year as they are to be.
#[derive(InputObject, Clone, Debug)]
pub struct SetTermsInput {
    /// The year of its April, such as 2026.
    pub year: i32,
    /// The first days of two or three terms, from 1 April on. A term ends the day before the next one, the last one on 31 March.
    pub begins: Vec<Day>,
    /// By which rule of the board (学校管理規則), or why they are changed; 1 to 500 characters.
    pub reason: String,
}

/// What became of the terms.
#[derive(SimpleObject, Default)]
pub struct SetTermsPayload {
    /// The terms as they are now; empty if nothing was changed.
    pub terms: Vec<Term>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about terms.
#[derive(Default)]
pub struct TermQuery;

#[Object]
impl TermQuery {
    /// The terms of a school year, in their order.
    async fn terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year of its April, such as 2026; the running one if not said.")] year: Option<i32>,
    ) -> Result<Vec<Term>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        of_year(scope, checked(year.unwrap_or_else(|| school_year(scope.today())))?).await
    }
}

/// A year of which there are records.
pub(crate) fn checked(year: i32) -> Result<i32> {
    let wrong = || Error::BadInput(format!("{year} is no school year: send the year of its April, such as 2026"));
    Some(year).filter(|year| (2000..2100).contains(year)).ok_or_else(wrong)
}

/// What may be done with terms.
#[derive(Default)]
pub struct TermMutation;

#[Object]
impl TermMutation {
    /// Sets the terms of a school year for every school of the board. Refused where a class has closed a term of the year (`IN_USE`), or
    /// where a term would go in which something was marked. What was marked already stays in the term of its number, whatever its day.
    async fn set_terms(&self, ctx: &Context<'_>, input: SetTermsInput) -> Result<SetTermsPayload> {
        let scope = Scope::with(ctx, Right::TermWrite)?;
        let refused = |error| Ok(SetTermsPayload { user_errors: vec![error], ..SetTermsPayload::default() });
        match set(scope, &input).await? {
            Ok(terms) => Ok(SetTermsPayload { terms, user_errors: Vec::new() }),
            Err(error) => refused(error),
        }
    }
}

async fn set(scope: &Scope, input: &SetTermsInput) -> Result<Result<Vec<Term>, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let year = input.year;
    if checked(year).is_err() {
        return wrong(UserErrorCode::OutOfRange, "year", "send the year of its April, such as 2026");
    }
    let begins: Vec<NaiveDate> = input.begins.iter().map(|day| day.0).collect();
    let in_order = begins.windows(2).all(|two| two[0] < two[1]) && begins.last().is_some_and(|last| *last < april(year + 1));
    if !(2..=3).contains(&begins.len()) || begins.first() != Some(&april(year)) || !in_order {
        let message = "send the first days of two or three terms in their order, the first on 1 April, all in the school year";
        return wrong(UserErrorCode::OutOfRange, "begins", message);
    }
    let reason = match check::text(&input.reason, 500, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin_because("terms set", &reason).await?;
    let sql = "SELECT t.* FROM term t WHERE t.year = $1 ORDER BY t.number";
    let before: Vec<Term> = on!(tx.connection(), c => sqlx::query_as(sql).bind(year).fetch_all(c).await?);
    let after: Vec<Term> = beginning(year, &begins)
        .into_iter()
        .map(|term| {
            let held = before.iter().find(|held| held.number == term.number);
            Term { id: held.map_or_else(new_id, |held| held.id), ..term }
        })
        .collect();
    let sql = "SELECT (SELECT count(*) FROM term_closing WHERE year = $1)
                   + (SELECT count(*) FROM assessment WHERE year = $1 AND term > $2 AND NOT withdrawn)
                   + (SELECT count(*) FROM term_remark WHERE year = $1 AND term > $2)";
    let most = i32::try_from(after.len()).unwrap_or(0);
    let (in_use,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(year).bind(most).fetch_one(c).await?);
    if in_use > 0 {
        let message = "a class has closed a term of this year, or was marked in a term that would go: the terms stay as they are";
        return wrong(UserErrorCode::InUse, "begins", message);
    }
    write(&mut tx, &before, &after).await?;
    tx.commit().await?;
    Ok(Ok(after))
}

async fn write(tx: &mut Tx, before: &[Term], after: &[Term]) -> Result<()> {
    let gone: Vec<&Term> = before.iter().filter(|held| after.iter().all(|term| term.id != held.id)).collect();
    for term in gone {
        let change = Change::new(term.id, Some(term), None);
        on!(tx.change("term", &[change]).await?, c => sqlx::query("DELETE FROM term WHERE id = $1").bind(term.id).execute(c).await?.rows_affected());
    }
    let same = |held: &Term, term: &Term| (held.begins, held.ends) == (term.begins, term.ends);
    for term in after {
        let held = before.iter().find(|held| held.id == term.id);
        if held.is_some_and(|held| same(held, term)) {
            continue;
        }
        let sql = "INSERT INTO term (id, year, number, begins, ends) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (id) DO UPDATE SET begins = excluded.begins, ends = excluded.ends";
        let change = Change::new(term.id, held, Some(term));
        on!(tx.change("term", &[change]).await?, c => sqlx::query(sql).bind(term.id).bind(term.year).bind(term.number)
            .bind(term.begins).bind(term.ends).execute(c).await?.rows_affected());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_terms_cover_the_year() {
        let terms = usual(2026);
        let days: Vec<_> = terms.iter().map(|term| (term.name(), term.begins.to_string(), term.ends.to_string())).collect();
        let day = |name: &str, begins: &str, ends: &str| (name.to_owned(), begins.to_owned(), ends.to_owned());
        assert_eq!(
            days,
            [
                day("1学期", "2026-04-01", "2026-07-31"),
                day("2学期", "2026-08-01", "2026-12-31"),
                day("3学期", "2027-01-01", "2027-03-31"),
            ]
        );
        let two = beginning(2026, &[april(2026), "2026-10-10".parse().unwrap()]);
        assert_eq!((two[0].name(), two[1].name(), two[0].ends.to_string()), ("前期".into(), "後期".into(), "2026-10-09".into()));
        assert_eq!((school_year("2027-03-31".parse().unwrap()), school_year(april(2027))), (2026, 2027));
    }
}
