//! One JSON object a line.
use super::problem::Problem;
use serde::de::DeserializeOwned;
use std::io::{BufRead, ErrorKind};

/// The records of a file with their lines, from 1, a byte order mark or none before the first. Empty lines are passed over; a line that
/// cannot be read is a problem of its own. Where the file itself cannot be read on, that is the last problem.
pub fn read<T: DeserializeOwned>(file: String, lines: impl BufRead) -> impl Iterator<Item = (u64, Result<T, Problem>)> {
    let mut broken = false;
    let readable = lines.lines().take_while(move |line| {
        let go_on = !broken;
        broken = line.as_ref().is_err_and(|error| error.kind() != ErrorKind::InvalidData);
        go_on
    });
    readable.zip(1..).filter(|(line, _)| line.as_ref().map_or(true, |line| !line.trim().is_empty())).map(move |(line, number)| {
        let problem =
            |message: String| Problem { file: file.clone(), line: number, column: String::new(), value: String::new(), message };
        let record = line.map_err(|error| problem(format!("the line cannot be read: {error}"))).and_then(|line| {
            serde_json::from_str(line.trim_start_matches('\u{feff}'))
                .map_err(|error| problem(format!("this is no such record: {error}")))
        });
        (number, record)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Error, Read};

    struct Folder;

    impl Read for Folder {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::from(ErrorKind::IsADirectory))
        }
    }

    #[test]
    fn what_cannot_be_read_on_is_told_once() {
        assert_eq!(read::<u8>("folder".into(), BufReader::new(Folder)).count(), 1);
    }

    #[test]
    fn a_bad_line_is_told_by_its_number_and_the_rest_is_read() {
        let records: Vec<_> = read::<u8>("file".into(), "\u{feff}1\n\nx\n3\n".as_bytes()).collect();
        assert_eq!(
            records.iter().map(|(line, record)| (*line, record.is_ok())).collect::<Vec<_>>(),
            [(1, true), (3, false), (4, true)]
        );
    }
}
