//! The rows of one file as a stream, each with the line that it begins on.
use super::decode::Decoded;
use super::finding::{Finding, Rule, Severity};
use super::rules;
use crate::formats::text_encoding::Encoding;
use csv::{ByteRecord, StringRecord};
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Read, Result};

/// Far more than any row has; a quote that is never closed ends here and not in memory.
const MOST_OF_A_ROW: u64 = 1 << 20;

type Text = Decoded<Box<dyn Read + Send>>;

/// A file, row by row.
pub(super) struct Rows {
    file: &'static str,
    reader: csv::Reader<Lines<Text>>,
    bytes: ByteRecord,
    row: StringRecord,
    header: Vec<String>,
    /// Whether the last row was no text, so that it is in `bytes`.
    broken: bool,
    ended: bool,
}

impl Rows {
    pub(super) fn new(file: &'static str, text: Text) -> std::result::Result<Self, Box<Finding>> {
        let lines = Lines { inner: text, passed: 0, line: 1, after: b'\n', starts: VecDeque::new(), row: 0 };
        let mut reader = csv::ReaderBuilder::new().flexible(true).buffer_capacity(64 * 1024).from_reader(lines);
        let unreadable = |error: &csv::Error| Box::new(Finding::new(Severity::Error, of_error(error), file, 1));
        let header = reader.byte_headers().map_err(|error| unreadable(&error))?;
        let header = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        Ok(Rows { file, reader, bytes: ByteRecord::new(), row: StringRecord::new(), header, broken: false, ended: false })
    }

    /// The names of the columns as the file spells them.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// What the text so far is encoded in; `None` where it is ASCII.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.reader.get_ref().inner.encoding()
    }

    /// Whether a byte order mark stood at the beginning.
    pub(super) fn mark(&self) -> bool {
        self.reader.get_ref().inner.mark()
    }

    /// A cell of the last row, also of one that could not be used.
    pub(super) fn last(&self, at: usize) -> Option<&str> {
        if self.broken { self.bytes.get(at).and_then(|cell| std::str::from_utf8(cell).ok()) } else { self.row.get(at) }
    }

    /// The next row with its line; a row that is none is a finding.
    pub(super) fn next(&mut self) -> Option<std::result::Result<(u64, &StringRecord), Box<Finding>>> {
        if self.ended {
            return None;
        }
        let found = |rule, line| Some(Err(Box::new(Finding::new(Severity::Error, rule, self.file, line))));
        match self.reader.read_byte_record(&mut self.bytes) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                self.ended = true;
                let lines = self.reader.get_mut();
                let line = lines.line_at(lines.row);
                return found(of_error(&error), line);
            }
        }
        let begins = self.bytes.position().map_or(0, csv::Position::byte);
        let ends = self.reader.position().byte();
        let lines = self.reader.get_mut();
        let line = lines.line_at(begins);
        lines.row = ends;
        let empty = std::mem::take(&mut self.row);
        let mut bytes = empty.into_byte_record();
        std::mem::swap(&mut bytes, &mut self.bytes);
        match StringRecord::from_byte_record(bytes) {
            Ok(row) => (self.row, self.broken) = (row, false),
            Err(error) => {
                (self.bytes, self.broken) = (error.into_byte_record(), true);
                return found(&rules::TEXT_BROKEN, line);
            }
        }
        let text = self.row.as_slice();
        if text.contains('\0') {
            return found(&rules::NULL_CHARACTER, line);
        }
        if text.contains('\u{fffd}') {
            return found(&rules::TEXT_BROKEN, line);
        }
        if self.row.len() != self.header.len() {
            let message = format!("the row has {} values, the header {}", self.row.len(), self.header.len());
            let found = Finding::new(Severity::Error, &rules::ROW_LENGTH, self.file, line);
            return Some(Err(Box::new(found.because(message))));
        }
        Some(Ok((line, &self.row)))
    }
}

fn of_error(error: &csv::Error) -> &'static Rule {
    let csv::ErrorKind::Io(error) = error.kind() else { return &rules::ROW_UNREADABLE };
    match error.kind() {
        ErrorKind::QuotaExceeded => &rules::ROW_TOO_LONG,
        ErrorKind::FileTooLarge => &rules::FILE_TOO_LARGE,
        _ => &rules::UNREADABLE,
    }
}

/// Counts lines as bytes pass to the reader, whose own count is of where the row before ended: too few after CRLF and empty lines.
struct Lines<R> {
    inner: R,
    passed: u64,
    line: u64,
    /// The last byte.
    after: u8,
    /// Where lines with anything on them begin, and their numbers, from the row on that is being read.
    starts: VecDeque<(u64, u64)>,
    /// Where the row before ended.
    row: u64,
}

impl<R> Lines<R> {
    /// The line that the row stands on which begins at a byte, or behind the line ends there.
    fn line_at(&mut self, byte: u64) -> u64 {
        while self.starts.front().is_some_and(|(start, _)| *start < byte) {
            self.starts.pop_front();
        }
        self.starts.front().map_or(self.line, |(_, line)| *line)
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let after = std::mem::replace(&mut self.after, *byte);
            if *byte == b'\n' {
                self.line += 1;
            } else if matches!(after, b'\n' | b'\r') {
                self.line += u64::from(after == b'\r');
                if *byte != b'\r' {
                    self.starts.push_back((self.passed, self.line));
                }
            }
            self.passed += 1;
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.passed - self.row > MOST_OF_A_ROW {
            return Err(Error::from(ErrorKind::QuotaExceeded));
        }
        let read = self.inner.read(out)?;
        self.pass(&out[..read]);
        Ok(read)
    }
}
