//! A package as it is given away: every value in quotes, CRLF, UTF-8 without a byte order mark, the columns as the version spells them.
use super::columns::Column;
use super::manifest;
use super::{File, Version};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use csv::QuoteStyle;
use std::borrow::Cow;
use std::io::{Seek, Write};
use uuid::Uuid;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The files of the standard that are named in a manifest.
const NAMED: [&str; 21] = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
];

/// A row of a file.
pub trait Row {
    /// The file.
    const FILE: File;
    /// The values in the order of the file's columns, those that only one version has among them.
    fn cells(&self) -> Vec<Cow<'_, str>>;
}

/// A package being written, file after file.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
    version: Version,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a package that holds some files in full. What was made at the same time of the same records is the same to the byte.
    pub fn new(to: W, version: Version, files: &[File], made_at: NaiveDateTime) -> ZipResult<Self> {
        let number = |number: u32| u8::try_from(number).unwrap_or_default();
        let year = u16::try_from(made_at.year()).unwrap_or_default();
        let (month, day) = (number(made_at.month()), number(made_at.day()));
        let time = DateTime::from_date_and_time(
            year,
            month,
            day,
            number(made_at.hour()),
            number(made_at.minute()),
            number(made_at.second()),
        );
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(time.unwrap_or_default());
        let mut writer = Writer { zip: ZipWriter::new(to), options, version };
        writer.zip.start_file(manifest::NAME, options)?;
        let mut csv = quoted(&mut writer.zip);
        csv.write_record(["propertyName", "value"]).map_err(std::io::Error::from)?;
        let holds = |name: &str| files.iter().any(|file| file.name().strip_suffix(".csv") == Some(name));
        let properties = [("manifest.version".to_owned(), "1.0"), ("oneroster.version".to_owned(), version.name())];
        let files = NAMED.map(|name| (format!("file.{name}"), if holds(name) { "bulk" } else { "absent" }));
        let source = [("source.systemName".to_owned(), "Asagao"), ("source.systemCode".to_owned(), "asagao")];
        for (property, value) in properties.into_iter().chain(files).chain(source) {
            csv.write_record([property.as_str(), value]).map_err(std::io::Error::from)?;
        }
        csv.flush()?;
        drop(csv);
        Ok(writer)
    }

    /// Begins the next file; its rows follow, in lots.
    pub fn file<T: Row>(&mut self) -> ZipResult<()> {
        self.zip.start_file(T::FILE.name(), self.options)?;
        let header: Vec<_> = T::FILE.columns().iter().filter_map(|column| column.spelling(self.version)).collect();
        let mut csv = quoted(&mut self.zip);
        csv.write_record(header).map_err(std::io::Error::from)?;
        csv.flush()?;
        Ok(())
    }

    /// Writes rows of the file that was begun last.
    pub fn rows<'a, T: Row + 'a>(&mut self, rows: impl IntoIterator<Item = &'a T>) -> ZipResult<()> {
        let has = |column: &Column| column.spelling(self.version).is_some();
        let mut csv = quoted(&mut self.zip);
        for row in rows {
            let cells = row.cells();
            let cells = T::FILE.columns().iter().zip(&cells).filter(|(column, _)| has(column)).map(|(_, cell)| cell.as_bytes());
            csv.write_record(cells).map_err(std::io::Error::from)?;
        }
        csv.flush()?;
        Ok(())
    }

    /// Ends the package.
    pub fn finish(self) -> ZipResult<W> {
        self.zip.finish()
    }
}

fn quoted<W: Write>(to: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(csv::Terminator::CRLF).from_writer(to)
}

pub(super) fn id_or_empty(id: Option<Uuid>) -> Cow<'static, str> {
    id.map_or(Cow::Borrowed(""), |id| Cow::Owned(id.to_string()))
}

pub(super) fn day_or_empty(day: Option<NaiveDate>) -> Cow<'static, str> {
    day.map_or(Cow::Borrowed(""), |day| Cow::Owned(day.to_string()))
}
