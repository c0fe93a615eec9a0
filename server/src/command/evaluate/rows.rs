//! A CSV file with a header, as text.
use super::super::{Failure, Result};
use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What a file of gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The rows of a file.
#[derive(Debug)]
pub(super) struct Rows {
    /// What the file is called in errors.
    name: String,
    header: Vec<String>,
    content: Vec<Row>,
}

/// One row.
#[derive(Debug)]
struct Row {
    /// The line on which it begins.
    line: u64,
    cells: StringRecord,
}

impl Rows {
    /// Reads a file, also a compressed one.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let unreadable = |error| Failure::new(format!("{name} cannot be read: {error}"));
        let mut bytes = std::fs::read(path).map_err(unreadable)?;
        if bytes.starts_with(&GZIP) {
            let mut plain = Vec::new();
            MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).map_err(unreadable)?;
            bytes = plain;
        }
        Rows::of(name, &bytes)
    }

    /// Reads text that is called `name` in errors.
    pub(super) fn of(name: String, bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
        let wrong = |error: &csv::Error| {
            let line = error.position().map(|at| format!(" line {}", at.line())).unwrap_or_default();
            Failure::new(match error.kind() {
                csv::ErrorKind::Utf8 { .. } => format!("{name}{line}: the text is not UTF-8; save the file as CSV UTF-8"),
                _ => format!("{name}{line}: {error}"),
            })
        };
        let header: Vec<String> =
            reader.headers().map_err(|error| wrong(&error))?.iter().map(|column| column.trim().to_owned()).collect();
        if header.is_empty() {
            return Err(Failure::new(format!("{name} is empty: the first line is a header with the names of the columns")));
        }
        let mut rows = Vec::new();
        for cells in reader.records() {
            let cells = cells.map_err(|error| wrong(&error))?;
            let line = cells.position().map_or(0, csv::Position::line);
            if cells.len() != header.len() {
                let (found, expected) = (cells.len(), header.len());
                return Err(Failure::new(format!(
                    "{name} line {line}: {found} cells for the {expected} columns of the header; give every row a cell for each \
                     column (a quotation mark that is not closed also looks so)"
                )));
            }
            rows.push(Row { line, cells });
        }
        if rows.is_empty() {
            return Err(Failure::new(format!("{name} has a header and no rows")));
        }
        Ok(Rows { name, header, content: rows })
    }

    pub(super) fn count(&self) -> usize {
        self.content.len()
    }

    /// The place of a column; `None` where there is none of that name. Refuses two of one name.
    pub(super) fn column(&self, column: &str) -> Result<Option<usize>> {
        let mut places = (0..self.header.len()).filter(|place| self.header[*place] == column);
        let first = places.next();
        match places.next() {
            Some(_) => Err(self.wrong(&format!("column {column} stands twice in the header; leave one of them out"))),
            None => Ok(first),
        }
    }

    /// The cells of a column, from the first row on.
    pub(super) fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.content.iter().map(move |row| &row.cells[column])
    }

    /// The ids in a column. Refuses empty ones and those that stand twice.
    pub(super) fn ids(&self, column: usize) -> Result<Vec<String>> {
        let mut first = BTreeMap::new();
        for (row, id) in self.cells(column).enumerate() {
            if id.trim().is_empty() {
                return Err(self.wrong_cell(row, column, "is empty; give every row an id"));
            }
            if let Some(before) = first.insert(id, row) {
                let (before, line) = (self.content[before].line, self.content[row].line);
                return Err(self.wrong(&format!(
                    "lines {before} and {line} have the same {}, \"{id}\"; give every row an id of its own",
                    self.header[column]
                )));
            }
        }
        Ok(self.cells(column).map(str::to_owned).collect())
    }

    /// What is wrong with the file.
    pub(super) fn wrong(&self, what: &str) -> Failure {
        Failure::new(format!("{}: {what}", self.name))
    }

    /// What is wrong with one cell.
    pub(super) fn wrong_cell(&self, row: usize, column: usize, what: &str) -> Failure {
        let (line, cell) = (self.content[row].line, &self.content[row].cells[column]);
        Failure::new(format!("{} line {line} (row {}), column {}: \"{cell}\" {what}", self.name, row + 1, self.header[column]))
    }
}

/// Whether nothing was observed.
pub(super) fn is_missing(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || cell.eq_ignore_ascii_case("nan") || cell.eq_ignore_ascii_case("na")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Rows> {
        Rows::of("t.csv".into(), text.as_bytes())
    }

    #[test]
    fn marks_of_order_and_ends_of_lines_do_not_matter() {
        let rows = read("\u{feff}row,x\r\n1,\"a,b\"\r\n\r\n2,c\r\n").expect("plain rows");
        assert_eq!(rows.column("row").expect("it stands once"), Some(0));
        assert_eq!(rows.cells(1).collect::<Vec<_>>(), ["a,b", "c"]);
        assert_eq!(rows.ids(0).expect("they differ"), ["1", "2"]);
    }

    #[test]
    fn what_is_no_table_is_told_with_its_line() {
        let told = |text: &[u8]| Rows::of("t.csv".into(), text).expect_err("it is no table").to_string();
        assert!(told(b"").contains("t.csv is empty"));
        assert!(told(b"row,x\n").contains("no rows"));
        assert!(told(b"row,x\n1,2\n2\n").contains("t.csv line 3: 1 cells for the 2 columns"));
        assert!(told(b"row,x\n1,2\n2,\x83\x41\n").contains("t.csv line 3: the text is not UTF-8"));
    }

    #[test]
    fn ids_are_there_and_differ() {
        let told = |text: &str| read(text).expect("rows").ids(0).expect_err("they do not").to_string();
        assert_eq!(
            told("row,x\n7,1\n8,1\n7,1\n"),
            "t.csv: lines 2 and 4 have the same row, \"7\"; give every row an id of its own"
        );
        assert!(told("row,x\n ,1\n").contains("t.csv line 2 (row 1), column row: \" \" is empty"));
        let twice = read("row,row\n1,2\n").expect("rows").column("row").expect_err("it stands twice").to_string();
        assert!(twice.contains("column row stands twice"), "{twice}");
    }
}
