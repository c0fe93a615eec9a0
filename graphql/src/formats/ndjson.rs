//! One JSON object a line.
use super::table::Problem;
use serde::de::DeserializeOwned;
use std::io::BufRead;

/// The records of a file with their lines, from 1. Empty lines are passed over; a line that cannot be read is a problem of its own.
pub fn read<T: DeserializeOwned>(file: String, lines: impl BufRead) -> impl Iterator<Item = (u64, Result<T, Problem>)> {
    lines.lines().zip(1..).filter(|(line, _)| line.as_ref().map_or(true, |line| !line.trim().is_empty())).map(
        move |(line, number)| {
            let problem = |message: String| Problem {
                file: file.clone(),
                line: number,
                column: String::new(),
                value: String::new(),
                message,
            };
            let record = line.map_err(|error| problem(format!("the line cannot be read: {error}"))).and_then(|line| {
                serde_json::from_str(&line).map_err(|error| problem(format!("this is no such record: {error}")))
            });
            (number, record)
        },
    )
}
