//! The columns by which rows are compared: ids, cohorts and features.
use super::super::{Failure, Result};
use super::rows::{Rows, is_missing};
use super::spec::{HigherIs, Spec};
use asagao_analytics::Table;
use asagao_analytics::evaluate::Features;

/// All that scores are made of.
#[derive(Debug)]
pub(super) struct Read {
    /// The id of each row.
    pub(super) ids: Vec<String>,
    /// What rows are compared by, and with whom.
    pub(super) features: Features,
    /// The domains by name with the columns that are used.
    pub(super) used: Vec<(String, Vec<String>)>,
    /// The columns of the spec that the table does not have.
    pub(super) passed_over: Vec<String>,
}

impl Read {
    /// Reads them as the spec says.
    pub(super) fn of(rows: &Rows, spec: &Spec) -> Result<Self> {
        let ids = match &spec.id {
            Some(id) => {
                let column = rows.column(id)?;
                rows.ids(column.ok_or_else(|| rows.wrong(&format!("there is no column {id}, which the spec names as the id")))?)?
            }
            None => (1..=rows.count()).map(|number| number.to_string()).collect(),
        };
        let mut passed_over = Vec::new();
        let mut present = |name: &String| -> Result<Option<usize>> {
            let column = rows.column(name)?;
            passed_over.extend(column.is_none().then(|| name.clone()));
            Ok(column)
        };
        let cohort_of = match &spec.cohort {
            Some(name) => present(name)?.map(|column| cohorts(rows, column)).transpose()?,
            None => None,
        };
        let (mut used, mut domain_of, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        for (domain, names) in &spec.domains {
            let mut found = Vec::new();
            for name in names {
                if let Some(column) = present(name)? {
                    columns.push(numbers(rows, column, spec.higher_is)?);
                    domain_of.push(used.len());
                    found.push(name.clone());
                }
            }
            if !found.is_empty() {
                used.push((domain.clone(), found));
            }
        }
        if columns.is_empty() {
            return Err(rows.wrong("it has none of the columns that the domains of the spec name"));
        }
        for name in spec.label.iter().chain(&spec.audit) {
            present(name)?;
        }
        let values: Vec<Vec<f64>> = (0..rows.count()).map(|row| columns.iter().map(|column| column[row]).collect()).collect();
        let table = Table::new(&values, &domain_of).map_err(|error| Failure::new(error.to_string()))?;
        let cohort_of = cohort_of.unwrap_or_else(|| vec![0; rows.count()]);
        let features = Features::new(table, &cohort_of).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Read { ids, features, used, passed_over })
    }
}

/// The number of each row's cohort, in the order of their names, so that the order of rows changes nothing.
fn cohorts(rows: &Rows, column: usize) -> Result<Vec<usize>> {
    if let Some(row) = rows.cells(column).position(is_missing) {
        return Err(rows.wrong_cell(row, column, "is no cohort; name the class of every row, or take `cohort` out of the spec"));
    }
    let cells: Vec<Option<&str>> = rows.cells(column).map(|cell| Some(cell.trim())).collect();
    Ok(numbered(&cells).1.into_iter().flatten().collect())
}

/// The values there are, in order, and the number of each cell's value among them.
pub(super) fn numbered(cells: &[Option<&str>]) -> (Vec<String>, Vec<Option<usize>>) {
    let mut values: Vec<&str> = cells.iter().copied().flatten().collect();
    values.sort_unstable();
    values.dedup();
    let number = |cell: &str| values.binary_search(&cell).expect("every cell's value is among them");
    let numbers = cells.iter().map(|cell| cell.map(number)).collect();
    (values.iter().map(|value| (*value).to_owned()).collect(), numbers)
}

/// The values of a feature, higher being better and `NaN` not observed.
fn numbers(rows: &Rows, column: usize, higher_is: HigherIs) -> Result<Vec<f64>> {
    let number = |(row, cell): (usize, &str)| {
        if is_missing(cell) {
            return Ok(f64::NAN);
        }
        match cell.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(if higher_is == HigherIs::Better { number } else { -number }),
            _ => {
                let what =
                    "is not a finite number; write a number such as 0.5, or leave the cell empty where nothing was observed";
                Err(rows.wrong_cell(row, column, what))
            }
        }
    };
    rows.cells(column).enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, spec: &str) -> Result<Read> {
        let spec: Spec = toml::from_str(spec).expect("a spec");
        Read::of(&Rows::of("t.csv".into(), text.as_bytes()).expect("rows"), &spec)
    }

    const SPEC: &str =
        "id = \"row\"\ncohort = \"class\"\nlabel = \"left\"\n[domains]\na = [\"x\", \"z\"]\nb = [\"y\"]\nc = [\"w\"]\n";

    #[test]
    fn what_the_table_lacks_is_passed_over_and_what_the_spec_does_not_name_is_ignored() {
        let read = read("row,x,note,y\n07,1,so,\n7,NaN,so,-2e3\n", SPEC).expect("a table");
        assert_eq!(read.ids, ["07", "7"]);
        assert_eq!(read.used, [("a".into(), vec!["x".into()]), ("b".into(), vec!["y".into()])]);
        assert_eq!(read.passed_over, ["class", "z", "w", "left"]);
        assert_eq!(read.features.cohorts(), [[0, 1]]);
    }

    #[test]
    fn cohorts_are_numbered_by_name_and_rows_without_ids_from_one() {
        let read = read("class,x\n2-B,1\n1-A,2\n2-B,3\n", "cohort = \"class\"\n[domains]\na = [\"x\"]\n").expect("a table");
        assert_eq!(read.features.cohorts(), [vec![1], vec![0, 2]]);
        assert_eq!(read.ids, ["1", "2", "3"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_row_and_column() {
        let told = |text: &str| read(text, SPEC).expect_err("it is wrong").to_string();
        for cell in ["abc", "inf", "-Infinity", "1e999", "1;5", "\"1,5\"", "１"] {
            let told = told(&format!("row,x\n1,2\n2,{cell}\n"));
            assert!(told.contains("t.csv line 3 (row 2), column x:") && told.contains("not a finite number"), "{told}");
        }
        assert!(told("id,x\n1,2\n").contains("there is no column row, which the spec names as the id"));
        assert!(told("row,v\n1,2\n").contains("none of the columns"));
        assert!(told("row,x,class\n1,2,\n").contains("line 2 (row 1), column class: \"\" is no cohort"));
        assert!(told("row,x,x\n1,2,3\n").contains("column x stands twice"));
    }

    #[test]
    fn a_model_is_given_the_features_alone() {
        let judged = "row,x,y,left\n1,1,2,0\n2,2,1,1\n";
        let turned = "row,x,y,left\n1,1,2,1\n2,2,1,0\n";
        let features = |text: &str| format!("{:?}", read(text, SPEC).expect("a table").features);
        assert_eq!(features(judged), features(turned));
    }
}
