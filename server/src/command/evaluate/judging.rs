//! The columns by which scores are judged: outcomes, and those whose groups are compared.
use super::super::Result;
use super::rows::{Rows, is_missing};
use super::spec::Spec;
use super::table::numbered;
use asagao_analytics::evaluate::Outcomes;
use std::collections::BTreeMap;

/// All that scores are judged by, and that none is made of.
#[derive(Debug)]
pub(super) struct Judging {
    pub(super) outcomes: Outcomes,
    /// The audited columns that the table has, with the names of their values.
    pub(super) audited: Vec<(String, Vec<String>)>,
    /// Lines of a file of labels whose row the table does not have.
    pub(super) labels_without_row: usize,
}

/// The most values of a column that is audited: beyond that they are no groups.
const MOST_GROUPS: usize = 50;

/// Reads them as the spec says; `labels` replaces the label column of the table.
pub(super) fn of(rows: &Rows, spec: &Spec, ids: &[String], labels: Option<&Rows>) -> Result<Judging> {
    let (labels, labels_without_row) = match (labels, &spec.label) {
        (Some(file), _) => from_file(file, spec, ids)?,
        (None, Some(name)) => {
            (rows.column(name)?.map(|column| from_column(rows, column)).transpose()?.unwrap_or(vec![None; ids.len()]), 0)
        }
        (None, None) => (vec![None; ids.len()], 0),
    };
    let (mut audited, mut audit) = (Vec::new(), Vec::new());
    for name in &spec.audit {
        if let Some(column) = rows.column(name)? {
            let cells = rows.cells(column).map(str::trim);
            let (values, numbers) = numbered(&cells.map(|cell| (!is_missing(cell)).then_some(cell)).collect::<Vec<_>>());
            if values.len() > MOST_GROUPS {
                let found = values.len();
                return Err(rows.wrong(&format!(
                    "the column {name} of `audit` has {found} different values: name one with groups, {MOST_GROUPS} at most"
                )));
            }
            audited.push((name.clone(), values));
            audit.push(numbers);
        }
    }
    Ok(Judging { outcomes: Outcomes { labels, audit }, audited, labels_without_row })
}

/// The label of each row of a file.
fn from_column(rows: &Rows, column: usize) -> Result<Vec<Option<bool>>> {
    let label = |(row, cell): (usize, &str)| {
        let cell = cell.trim();
        let number = cell.parse::<f64>().ok();
        if is_missing(cell) {
            Ok(None)
        } else if number == Some(1.0) || cell.eq_ignore_ascii_case("true") {
            Ok(Some(true))
        } else if number == Some(0.0) || cell.eq_ignore_ascii_case("false") {
            Ok(Some(false))
        } else {
            Err(rows.wrong_cell(row, column, "is no label; write 1 or 0, or leave the cell empty where the outcome is not known"))
        }
    };
    rows.cells(column).enumerate().map(label).collect()
}

/// The label of each row of the table from a file with ids and labels, and how many of its lines are of no row: a file may be of a whole year.
fn from_file(file: &Rows, spec: &Spec, ids: &[String]) -> Result<(Vec<Option<bool>>, usize)> {
    let column = |usual: &str, of_spec: Option<&String>| -> Result<usize> {
        let found = match of_spec {
            Some(name) => file.column(name)?,
            None => None,
        };
        let found = if found.is_some() { found } else { file.column(usual)? };
        found.ok_or_else(|| file.wrong(&format!("there is no column {usual}; the header of a file of labels is row,label")))
    };
    let (id, label) = (column("row", spec.id.as_ref())?, column("label", spec.label.as_ref())?);
    let place_of: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    let (mut labels, mut without_row) = (vec![None; ids.len()], 0);
    for (id_here, label) in file.ids(id)?.iter().zip(from_column(file, label)?) {
        match place_of.get(id_here.as_str()) {
            Some(place) => labels[*place] = label,
            None => without_row += 1,
        }
    }
    Ok((labels, without_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Rows {
        Rows::of("t.csv".into(), text.as_bytes()).expect("rows")
    }

    fn spec() -> Spec {
        toml::from_str("id = \"row\"\nlabel = \"left\"\naudit = [\"sex\", \"town\"]\n[domains]\na = [\"x\"]\n").expect("a spec")
    }

    fn read(table: &str, labels: Option<&str>) -> Result<Judging> {
        let table = rows(table);
        let ids = table.ids(0).expect("ids");
        of(&table, &spec(), &ids, labels.map(rows).as_ref())
    }

    #[test]
    fn labels_come_from_the_table_or_from_a_file_in_any_order() {
        let table = "row,x,left,sex\na,1,1,M\nb,2,0.0,\nc,3,,F\nd,4,TRUE,M\n";
        let found = read(table, None).expect("labels");
        assert_eq!(found.outcomes.labels, [Some(true), Some(false), None, Some(true)]);
        assert_eq!(found.audited, [("sex".into(), vec!["F".into(), "M".into()])]);
        assert_eq!(found.outcomes.audit, [[Some(1), None, Some(0), Some(1)]]);
        let found = read(table, Some("row,label\nd,0\na,false\n")).expect("labels");
        assert_eq!(found.outcomes.labels, [Some(false), None, None, Some(false)]);
        assert_eq!(read("row,x\na,1\n", None).expect("no labels").outcomes.labels, [None]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let table = "row,x\na,1\nb,2\n";
        let told = |labels: &str| read(table, Some(labels)).expect_err("it is wrong").to_string();
        let more = read(table, Some("row,label\nz,0\na,1\n")).expect("labels");
        assert_eq!((more.outcomes.labels, more.labels_without_row), (vec![Some(true), None], 1));
        assert!(told("row,label\na,1\na,0\n").contains("lines 2 and 3 have the same row, \"a\""));
        assert!(told("row,label\na,2\n").contains("line 2 (row 1), column label: \"2\" is no label"));
        assert!(told("id,label\na,1\n").contains("there is no column row"));
        let many = (0..51).map(|row| format!("{row},1,{row}")).collect::<Vec<_>>().join("\n");
        assert!(
            read(&format!("row,x,town\n{many}"), None).expect_err("no groups").to_string().contains("has 51 different values")
        );
        let of_table = read("row,x,left\na,1,yes\n", None).expect_err("it is wrong").to_string();
        assert!(of_table.contains("column left: \"yes\" is no label"), "{of_table}");
    }
}
