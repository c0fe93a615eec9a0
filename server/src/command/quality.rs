//! `asagao quality`: how good the flags of a school year were, as JSON; with a file of attributes, whether groups are flagged alike.
use super::{Failure, Result};
use crate::config::Quality;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::jobs::quality::keep_up;
use asagao_graphql::jobs::quality_audit::{Audit, audit};
use asagao_graphql::roster::class::{self, Class};
use asagao_graphql::roster::school;
use asagao_graphql::support::quality::{AnalysisQuality, of_year};
use chrono::{Datelike, NaiveDate};
use csv::ReaderBuilder;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use uuid::Uuid;

/// All weeks of a year.
const EVERY_WEEK: usize = 60;

/// What is printed.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    year: i32,
    #[serde(flatten)]
    quality: AnalysisQuality,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_attribute: Option<Audit>,
}

/// Counts what has not been counted yet, and prints the figures.
pub(super) async fn run(scope: &Scope, asked: &Quality) -> Result {
    let report = report(scope, asked).await?;
    println!("{}", serde_json::to_string_pretty(&report).expect("a report has names for its keys"));
    Ok(ExitCode::SUCCESS)
}

/// Counts what has not been counted yet, and gives the figures.
pub async fn report(scope: &Scope, asked: &Quality) -> Result<Report> {
    let attributes = asked.attributes.as_deref().map(attributes).transpose()?;
    let today = scope.today();
    let year = asked.year.unwrap_or_else(|| today.year() - i32::from(today.month() < 4));
    let school = match &asked.school {
        Some(code) => {
            Some(school::of_code(scope, code).await?.ok_or_else(|| Failure::new(format!("there is no school {code}")))?.id)
        }
        None => None,
    };
    let april = |year| NaiveDate::from_ymd_opt(year, 4, 1).ok_or_else(|| Failure::new("--year is no year"));
    let days = (april(year)?, april(year + 1)?);
    let classes = homerooms(scope, school, days).await?;
    for class in &classes {
        keep_up(scope, class, EVERY_WEEK).await?;
    }
    let quality = of_year(scope, school, year).await?.ok_or_else(|| Failure::new("there is no such school"))?;
    let by_attribute = match attributes {
        Some(attributes) => Some(audit(scope, &classes, days, &attributes).await?),
        None => None,
    };
    Ok(Report { year, quality, by_attribute })
}

/// The homerooms of a school, or of all, in the year.
async fn homerooms(scope: &Scope, school: Option<Uuid>, (from, before): (NaiveDate, NaiveDate)) -> Result<Vec<Class>> {
    let schools = match school {
        Some(school) => vec![school],
        None => school::of_board(scope, Right::AnalysisRun).await?,
    };
    let day = scope.today().clamp(from, before.pred_opt().unwrap_or(before));
    let mut found = Vec::new();
    for school in schools {
        found.extend(class::homerooms_on(scope, Right::AnalysisRun, school, day).await?);
    }
    Ok(found)
}

/// The attributes of a file, by pupil.
fn attributes(path: &Path) -> Result<BTreeMap<Uuid, String>> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| Failure::new(format!("{name} cannot be read: {error}")))?;
    read(&bytes).map_err(|wrong| Failure::new(format!("{name}{wrong}")))
}

/// The attributes, or what is wrong with the file, without what stands in it.
fn read(bytes: &[u8]) -> std::result::Result<BTreeMap<Uuid, String>, String> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().from_reader(bytes);
    let at = |error: &csv::Error| {
        let line = error.position().map(|at| format!(" line {}", at.line())).unwrap_or_default();
        format!("{line}: the row cannot be read as CSV in UTF-8 with as many cells as the header")
    };
    let header = reader.headers().map_err(|error| at(&error))?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|column| column.trim() == name);
        found.ok_or_else(|| format!(": there is no column {name}; the first line is pupil,attribute"))
    };
    let (pupil, attribute) = (column("pupil")?, column("attribute")?);
    let mut found = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| at(&error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let id =
            Uuid::try_parse(row[pupil].trim()).map_err(|_| format!(" line {line}, column pupil: that is no id of a pupil"))?;
        let value = row[attribute].trim();
        if !value.is_empty() && found.insert(id, value.to_owned()).is_some() {
            return Err(format!(" line {line}, column pupil: the pupil has two rows"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0a5a9a00-0000-4000-8000-000000001007";

    #[test]
    fn what_is_wrong_with_a_file_is_told_by_its_line_and_not_by_its_content() {
        let told = |text: &str| read(text.as_bytes()).expect_err("it is wrong");
        assert_eq!(told("id,attribute\n"), ": there is no column pupil; the first line is pupil,attribute");
        assert_eq!(told("pupil,attribute\n花子,a\n"), " line 2, column pupil: that is no id of a pupil");
        assert_eq!(told(&format!("pupil,attribute\n{ONE},a\n{ONE},b\n")), " line 3, column pupil: the pupil has two rows");
        assert!(told(&format!("pupil,attribute\n{ONE}\n")).contains("line 2"));
        let found = read(format!("\u{feff}attribute,pupil\na,{ONE}\n,{ONE}\n").as_bytes()).expect("it is right");
        assert_eq!(found.into_values().collect::<Vec<_>>(), ["a"], "an empty cell is no attribute");
    }
}
