//! A CSV file whose columns are the fields of a record, in any order: a line a record, each wrong line known by its number.
use serde::de::DeserializeOwned;

/// A line that cannot be taken: its number and what is wrong with it.
pub type Wrong = (u64, String);

/// The records of a text by their lines, and the lines that are none.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> (Vec<(u64, T)>, Vec<Wrong>) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return (Vec::new(), vec![(1, format!("the first line cannot be read: {error}"))]),
    };
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let expected = format!("{} columns were expected, as the first line names them", names.len());
                wrong.push((error.position().map_or(0, csv::Position::line), expected));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        match record.deserialize(Some(&names)) {
            Ok(row) => rows.push((line, row)),
            Err(error) => wrong.push((line, said(&error))),
        }
    }
    (rows, wrong)
}

/// What is wrong with a line, without what stands in it.
fn said(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => "the line cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Row {
        name: String,
        kind: Kind,
        #[serde(default)]
        last: Option<u32>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Kind {
        One,
    }

    #[test]
    fn what_is_right_is_taken_and_what_is_wrong_is_told_by_its_line() {
        let (rows, wrong) = read::<Row>("kind,name\nONE, あおい \nTWO,れん\nONE\nONE,\"そう\nた\"\n");
        let row = |name: &str| Row { name: name.to_owned(), kind: Kind::One, last: None };
        assert_eq!(rows, [(2, row("あおい")), (5, row("そう\nた"))]);
        assert_eq!(wrong[0].0, 3, "{wrong:?}");
        assert!(wrong[0].1.contains("TWO") && wrong[0].1.contains("ONE"), "{wrong:?}");
        assert_eq!(wrong[1], (4, "2 columns were expected, as the first line names them".to_owned()));
        assert_eq!(read::<Row>("name\nあおい\n").1[0].0, 2, "a column is missing");
    }

    #[test]
    fn what_may_be_left_out_may_be_empty() {
        assert_eq!(read::<Row>("name,kind,last\na,ONE,\n").0[0].1.last, None);
    }
}
