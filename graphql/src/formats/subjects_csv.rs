//! Who people are at identity providers: a line a person with `id`, `provider` and `subject`. Text to rows, each wrong line known by its
//! number.
use std::collections::HashMap;
use uuid::Uuid;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: u64,
    /// The id of the roster.
    pub id: Uuid,
    /// The key of the provider.
    pub provider: String,
    /// What the provider calls the person.
    pub subject: String,
}

/// A line that cannot be taken: its number and what is wrong with it.
pub type Wrong = (u64, String);

/// The rows of a file, and the lines that are none. A file without its columns has a single wrong line, the first.
#[must_use]
pub fn read(text: &str) -> (Vec<Row>, Vec<Wrong>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return (Vec::new(), vec![(1, format!("the first line cannot be read: {error}"))]),
    };
    let at = |name: &str| names.iter().position(|column| column == name);
    let (Some(id), Some(provider), Some(subject)) = (at("id"), at("provider"), at("subject")) else {
        return (Vec::new(), vec![(1, "the first line names the columns: id, provider and subject".into())]);
    };
    let (mut rows, mut wrong, mut said) = (Vec::new(), Vec::new(), HashMap::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push((error.position().map_or(0, csv::Position::line), "the line cannot be read".into()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let of = |column: usize| record.get(column).unwrap_or_default().to_owned();
        let Ok(person) = Uuid::try_parse(&of(id)) else {
            wrong.push((line, format!("id: {:?} is no UUID of the roster", of(id))));
            continue;
        };
        if record.len() != names.len() {
            wrong.push((line, format!("{} columns were expected, {} are there", names.len(), record.len())));
        } else if let Some(before) = said.insert((person, of(provider)), line) {
            wrong.push((line, format!("id: the same person at the same provider is in line {before}")));
        } else {
            rows.push(Row { line, id: person, provider: of(provider), subject: of(subject) });
        }
    }
    (rows, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_person_or_says_what_is_wrong_with_it() {
        let one = "0a5a9a00-0000-4000-8000-000000000001";
        let text =
            format!("subject,id,provider\nabc,{one},google\nx,y,google\nabd,{one},google\nabe,{one}\n\"a,f\",{one},entra\n");
        let (rows, wrong) = read(&text);
        let read: Vec<_> = rows.iter().map(|row| (row.line, row.provider.as_str(), row.subject.as_str())).collect();
        assert_eq!(read, [(2, "google", "abc"), (6, "entra", "a,f")]);
        assert_eq!(wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(wrong[1].1.contains("line 2") && wrong[2].1.contains("3 columns"), "{wrong:?}");
        for text in ["", "id;provider;subject\n", "id,provider\n"] {
            assert_eq!(super::read(text).1.len(), 1, "{text:?}");
        }
    }
}
