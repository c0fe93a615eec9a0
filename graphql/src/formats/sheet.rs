//! A table for people or machines, written once: its columns and rows of typed cells. How it becomes a file is in `people_csv` and `xlsx`,
//! for machines here.
use chrono::{NaiveDate, NaiveDateTime};
use std::borrow::Cow;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What it is, such as 「5年2組 名簿」: the sheet's name and the head of the printed page.
    pub title: String,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The rows from top to bottom; each has a cell for each column, or ends early.
    pub rows: Vec<Vec<Cell>>,
    /// Whether it is printed on A4 across, not upright.
    pub landscape: bool,
    /// When it was made, in the school's time.
    pub made_at: NaiveDateTime,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What stands above it.
    pub name: String,
    /// How wide it is in a spreadsheet, in digits; `None`: as wide as what it holds.
    pub width: Option<f64>,
}

impl Column {
    /// A column as wide as what it holds.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Column { name: name.into(), width: None }
    }

    /// A column of a width, in digits.
    #[must_use]
    pub fn wide(name: impl Into<String>, width: f64) -> Self {
        Column { name: name.into(), width: Some(width) }
    }
}

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, also of digits: a number of a school or a pupil stays as it is written.
    Text(String),
    /// A number to count with.
    Number(f64),
    /// A day.
    Day(NaiveDate),
}

impl Cell {
    /// The value as text; a day as 2025-04-01, which every spreadsheet and machine reads as that day.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Day(day) => Cow::Owned(day.to_string()),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Cell::Number(number.into())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Cell::Number(number)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Cell::Day(day)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

impl Sheet {
    /// The table as CSV for machines: UTF-8 without a byte order mark, each value just as it is.
    #[must_use]
    pub fn machine_csv(&self) -> Vec<u8> {
        self.csv(csv::Terminator::Any(b'\n'), |cell| cell.text())
    }

    pub(crate) fn csv<'a>(&'a self, end: csv::Terminator, text: impl Fn(&'a Cell) -> Cow<'a, str>) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).terminator(end).from_writer(Vec::new());
        let width = self.columns.len();
        let mut write = |record: &mut dyn Iterator<Item = Cow<'a, str>>| {
            let row: Vec<Cow<'a, str>> = record.chain(std::iter::repeat(Cow::Borrowed(""))).take(width).collect();
            writer.write_record(row.iter().map(|value| value.as_bytes())).expect("memory can be written to");
        };
        write(&mut self.columns.iter().map(|column| Cow::Borrowed(column.name.as_str())));
        for row in &self.rows {
            write(&mut row.iter().map(&text));
        }
        writer.into_inner().expect("memory can be written to")
    }
}
