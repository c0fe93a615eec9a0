//! OneRoster 1.2 CSV packages: files to rows. What refers to what is checked where rows meet records.
use super::table::{Problem, Row, Table};
use chrono::NaiveDate;
use uuid::Uuid;

/// A package, file by file.
#[derive(Debug, Default)]
pub struct Package {
    /// orgs.csv: districts and schools.
    pub orgs: Table,
    /// academicSessions.csv.
    pub academic_sessions: Table,
    /// classes.csv.
    pub classes: Table,
    /// users.csv.
    pub users: Table,
    /// roles.csv.
    pub roles: Table,
    /// enrollments.csv.
    pub enrollments: Table,
}

/// What a package has to hold, and the columns that its files need.
const FILES: [(&str, &[&str]); 6] = [
    ("orgs.csv", &["sourcedId", "name", "type"]),
    ("academicSessions.csv", &["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"]),
    ("classes.csv", &["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds"]),
    ("users.csv", &["sourcedId", "enabledUser", "givenName", "familyName"]),
    ("roles.csv", &["sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"]),
    ("enrollments.csv", &["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"]),
];

impl Package {
    /// Reads a package by a function that gives a file's bytes, `None` where there is no such file. What makes the package unreadable
    /// as a whole (a missing file or column, a delta) is an error with every such problem; problems of single rows come beside it.
    pub fn read(mut file: impl FnMut(&str) -> Option<Vec<u8>>) -> Result<(Package, Vec<Problem>), Vec<Problem>> {
        let (mut fatal, mut problems) = (Vec::new(), Vec::new());
        match file("manifest.csv") {
            Some(bytes) => check_manifest(&bytes, &mut fatal),
            None => fatal.push(missing("manifest.csv")),
        }
        let mut tables = FILES.map(|(name, required)| {
            if let Some(bytes) = file(name) {
                return Table::read(name, &bytes, required, &mut problems);
            }
            fatal.push(missing(name));
            Table::default()
        });
        let (whole, rows): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem: &Problem| problem.line <= 1);
        fatal.extend(whole);
        if !fatal.is_empty() {
            return Err(fatal);
        }
        let [orgs, academic_sessions, classes, users, roles, enrollments] = tables.each_mut().map(std::mem::take);
        Ok((Package { orgs, academic_sessions, classes, users, roles, enrollments }, rows))
    }
}

fn missing(file: &str) -> Problem {
    let message = "this file is missing: a package has manifest, orgs, academicSessions, classes, users, roles and enrollments";
    Problem { file: file.into(), line: 0, column: String::new(), value: String::new(), message: message.into() }
}

fn check_manifest(bytes: &[u8], fatal: &mut Vec<Problem>) {
    let table = Table::read("manifest.csv", bytes, &["propertyName", "value"], fatal);
    let mut version = false;
    for row in table.rows() {
        match (row.get("propertyName"), row.get("value")) {
            ("oneroster.version", value) => {
                version = true;
                if !["1.2", "1.2.1", "1.2_JP"].contains(&value) {
                    fatal.push(row.problem("value", "this version is not known here: export OneRoster 1.2, 1.2.1 or 1.2_JP"));
                }
            }
            (name, "delta") if name.starts_with("file.") => {
                fatal.push(row.problem("value", "changes alone (delta) cannot be read: export everything (bulk)"));
            }
            _ => {}
        }
    }
    if !version {
        let mut problem = missing("manifest.csv");
        problem.message = "oneroster.version is missing: this may be no OneRoster package".into();
        fatal.push(problem);
    }
}

/// A sourcedId, which is a UUID here.
pub fn uuid(row: &Row<'_>, column: &str) -> Result<Uuid, Problem> {
    parse(row, column, row.required(column)?)
}

/// The first of a list of sourcedIds in one cell.
pub fn first_uuid(row: &Row<'_>, column: &str) -> Result<Uuid, Problem> {
    parse(row, column, row.required(column)?.split(',').next().unwrap_or_default().trim())
}

/// The nil UUID stands for nobody and for no class, so it is nobody's id.
fn parse(row: &Row<'_>, column: &str, value: &str) -> Result<Uuid, Problem> {
    let id = Uuid::try_parse(value).ok().filter(|id| !id.is_nil());
    id.ok_or_else(|| row.problem(column, "this is no UUID: ids are kept as the roster's UUIDs"))
}

/// A date, `None` where the cell is empty.
pub fn date(row: &Row<'_>, column: &str) -> Result<Option<NaiveDate>, Problem> {
    let value = row.get(column);
    if value.is_empty() {
        return Ok(None);
    }
    let date = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().filter(|_| value.len() == 10);
    date.map(Some).ok_or_else(|| row.problem(column, "this is no date: write it like 2026-04-01"))
}

/// The value of the first of some spellings of a column.
#[must_use]
pub fn either<'a>(row: &Row<'a>, columns: &[&str]) -> &'a str {
    columns.iter().map(|column| row.get(column)).find(|value| !value.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, text: &'static str) -> Result<(Package, Vec<Problem>), Vec<Problem>> {
        let asked = name.to_owned();
        Package::read(move |file| {
            if file == asked {
                return Some(text.into());
            }
            if file == "manifest.csv" {
                return Some(b"propertyName,value\noneroster.version,1.2\n".into());
            }
            FILES.iter().find(|(known, _)| *known == file).map(|(_, columns)| format!("{}\n", columns.join(",")).into_bytes())
        })
    }

    #[test]
    fn a_missing_column_is_named_and_nothing_is_read() {
        let problems = package("users.csv", "sourcedId,enabledUser,givenName\n1,true,A\n").expect_err("a column is missing");
        assert_eq!((problems[0].file.as_str(), problems[0].column.as_str()), ("users.csv", "familyName"));
    }

    #[test]
    fn a_short_row_is_told_by_its_line_and_the_rest_is_read() {
        let text = "\u{feff}\"sourcedId\",\"name\",\"type\"\r\na,b\r\nc,d,school\r\n";
        let (package, problems) = package("orgs.csv", text).expect("readable");
        assert_eq!((problems[0].line, package.orgs.rows().count()), (2, 1));
    }

    #[test]
    fn the_word_null_means_empty() {
        let (package, _) = package("orgs.csv", "sourcedId,name,type\nNULL,b,school\n").expect("readable");
        assert_eq!(package.orgs.rows().next().expect("a row").get("sourcedId"), "");
    }
}
