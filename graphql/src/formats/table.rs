//! A CSV file with a header, read row by row, each value known by file, line and column.
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// Something wrong in a file, told so that an office can mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column's name; empty for the row as a whole.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, ", {} = {:?}", self.column, self.value)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The rows of one file.
#[derive(Debug, Default)]
pub struct Table {
    file: String,
    columns: HashMap<String, usize>,
    rows: Vec<(u64, csv::StringRecord)>,
}

/// One row of a file.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table,
    line: u64,
    record: &'a csv::StringRecord,
}

impl Table {
    /// Reads a file in UTF-8, with or without a byte order mark, with LF or CRLF. Rows of another length than the header are problems
    /// of their own; a missing column is one of the whole file, and then nothing of it is read.
    pub fn read(file: &str, bytes: &[u8], required: &[&str], problems: &mut Vec<Problem>) -> Self {
        let mut table = Table { file: file.to_owned(), ..Table::default() };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count() as u64;
                let message = format!("line {line} is not UTF-8: save the file as UTF-8 (in Excel: CSV UTF-8)");
                problems.push(table.problem(0, "", "", message));
                return table;
            }
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        table.columns = header.iter().enumerate().map(|(at, name)| (name.trim().to_owned(), at)).collect();
        let missing: Vec<_> = required.iter().filter(|name| !table.columns.contains_key(**name)).collect();
        if !missing.is_empty() {
            for name in missing {
                let message = "this column is missing: export the file again with every column that OneRoster requires";
                problems.push(table.problem(1, name, "", message));
            }
            return table;
        }
        let mut lines = Lines { text: text.as_bytes(), line: 1, counted: 0 };
        for record in reader.into_records() {
            match record {
                Ok(record) => {
                    let line = lines.of(record.position());
                    if record.iter().any(|value| value.contains('\0')) {
                        problems.push(table.problem(line, "", "", "the row holds U+0000, which cannot be stored"));
                    } else if record.len() != header.len() {
                        let message =
                            format!("the row has {} values, the header {}: check quotes and commas", record.len(), header.len());
                        problems.push(table.problem(line, "", "", message));
                    } else {
                        table.rows.push((line, record));
                    }
                }
                Err(error) => {
                    let line = lines.of(error.position());
                    problems.push(table.problem(line, "", "", "the row cannot be read: check quotes and commas"));
                }
            }
        }
        table
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }

    fn problem(&self, line: u64, column: &str, value: &str, message: impl Into<String>) -> Problem {
        let value = value.chars().take(60).collect();
        Problem { file: self.file.clone(), line, column: column.to_owned(), value, message: message.into() }
    }
}

/// Counts lines up to where a row begins. The reader's own count is of where the row before ended: one too few after CRLF or an empty
/// line.
struct Lines<'a> {
    text: &'a [u8],
    line: u64,
    counted: usize,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let end = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.counted);
        let rest = self.text[end..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let passed = &self.text[self.counted..end + rest];
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.counted = end + rest;
        self.line
    }
}

impl<'a> Row<'a> {
    /// The value of a column; empty where the column is not there. `NULL` means empty.
    #[must_use]
    pub fn get(&self, column: &str) -> &'a str {
        let value = self.table.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or_default().trim();
        if value == "NULL" { "" } else { value }
    }

    /// The line in the file.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Something wrong in a column of this row.
    pub fn problem(&self, column: &str, message: impl Into<String>) -> Problem {
        self.table.problem(self.line, column, self.get(column), message)
    }

    /// The value of a column that must not be empty.
    pub fn required(&self, column: &str) -> Result<&'a str, Problem> {
        let value = self.get(column);
        if value.is_empty() { Err(self.problem(column, "this must not be empty")) } else { Ok(value) }
    }
}
