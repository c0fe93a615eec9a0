//! Pages of a list: forward only, by the key of the last row seen.
use crate::error::{Error, Result};
use async_graphql::OutputType;
use async_graphql::connection::{Connection, CursorType, Edge};
use uuid::Uuid;

/// The most rows a page may have.
pub const MOST: i32 = 200;
/// The rows of a page when nobody says how many.
pub const USUAL: i32 = 50;

/// How many rows a page may come to, for what a field costs: what is refused anyway costs nothing, and nobody asks for more than a page has.
pub(crate) fn rows(first: Option<i32>) -> usize {
    usize::try_from(first.unwrap_or(USUAL).clamp(0, MOST)).unwrap_or_default()
}

/// Where a row stands in its list: the order number first, then the id, which no other row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What the list is ordered by.
    pub number: i64,
    /// Between rows of the same number.
    pub id: Uuid,
}

impl Cursor {
    /// Before every row.
    pub const START: Cursor = Cursor { number: i64::MIN, id: Uuid::nil() };
}

impl CursorType for Cursor {
    type Error = Error;

    fn decode_cursor(text: &str) -> Result<Self> {
        let unknown = || Error::BadInput("`after` is not a cursor of this list: send an `endCursor` back as it came".into());
        let (number, id) = text.split_once('.').ok_or_else(unknown)?;
        Ok(Cursor { number: number.parse().map_err(|_| unknown())?, id: id.parse().map_err(|_| unknown())? })
    }

    fn encode_cursor(&self) -> String {
        format!("{}.{}", self.number, self.id.simple())
    }
}

/// What to fetch: the rows after this one, and one more than was asked for.
pub(crate) fn bounds(after: Option<&str>, first: Option<i32>) -> Result<(Cursor, i64)> {
    let first = first.unwrap_or(USUAL);
    if first < 0 {
        return Err(Error::BadInput(format!("`first` is {first}: ask for 0 to {MOST} rows, and for the rest by `after`")));
    }
    Ok((after.map(Cursor::decode_cursor).transpose()?.unwrap_or(Cursor::START), i64::from(first.min(MOST)) + 1))
}

/// The page made of what was fetched.
pub(crate) fn of<T: OutputType>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> Cursor) -> Connection<Cursor, T> {
    let asked = usize::try_from(limit - 1).expect("bounds() gives at least one");
    let more = rows.len() > asked;
    rows.truncate(asked);
    let mut page = Connection::new(false, more);
    page.edges.extend(rows.into_iter().map(|row| Edge::new(cursor(&row), row)));
    page
}
