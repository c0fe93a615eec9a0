//! Many rows as one: an analysis reads a row a pupil instead of one a day, because every row costs a database more than what is in it.
use crate::error::{Error, Result};
use chrono::NaiveDate;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};

/// The days of a group of rows, in no order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Days(pub(crate) Vec<NaiveDate>);

impl Days {
    /// The days of a column, as a column of a text that groups.
    pub(crate) fn of(column: &str) -> String {
        format!("string_agg(CAST({column} AS TEXT), ' ')")
    }
}

impl<DB: Database> Type<DB> for Days
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(of: &DB::TypeInfo) -> bool {
        String::compatible(of)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Days
where
    &'r str: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Days(<&str>::decode(value)?.split(' ').map(str::parse).collect::<Result<_, _>>()?))
    }
}

/// The day and the whole numbers of one line of such a text.
pub(crate) fn line<const NUMBERS: usize>(line: &str) -> Result<(NaiveDate, [i64; NUMBERS])> {
    let (day, rest) = line.split_once(' ').ok_or(Error::Internal)?;
    let mut numbers = [0; NUMBERS];
    let mut words = rest.split(' ');
    for number in &mut numbers {
        *number = words.next().and_then(|word| word.parse().ok()).ok_or(Error::Internal)?;
    }
    Ok((day.parse().map_err(|_| Error::Internal)?, numbers))
}
