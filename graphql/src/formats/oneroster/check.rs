//! One row against the columns of its file: each value read once, and told where it is not what its column asks for.
use super::codes;
use super::columns::{Column, Kind, Need};
use super::finding::{Finding, Rule, Severity};
use super::rules;
use super::value::{Value, clean, date, flag, in_class, loose, number, uuid};
use super::version::Version;
use chrono::{DateTime, NaiveDate};
use csv::StringRecord;
use std::borrow::Cow;
use uuid::{Uuid, Variant};

/// More than any name or title.
const MOST_OF_A_TEXT: usize = 1_000;

/// Where the columns of a file are, and what is asked of them.
pub(super) struct Sheet {
    pub(super) file: &'static str,
    pub(super) version: Version,
    pub(super) delta: bool,
    pub(super) columns: &'static [Column],
    /// For each column of the standard where it stands in the file, and how it is spelled there.
    pub(super) places: Vec<Option<(usize, String)>>,
}

/// A row while it is checked.
pub(super) struct Checked<'a> {
    sheet: &'a Sheet,
    line: u64,
    row: &'a StringRecord,
    /// Whether the row says that its record is removed: then nothing but its id is asked for.
    pub(super) removed: bool,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Checked<'a> {
    pub(super) fn new(sheet: &'a Sheet, line: u64, row: &'a StringRecord) -> Self {
        let mut checked = Checked { sheet, line, row, removed: false, findings: Vec::new() };
        checked.removed = checked.cell(1) == "tobedeleted";
        checked
    }

    /// Every value in the order of the file's columns.
    pub(super) fn values<const N: usize>(&mut self) -> [Value<'a>; N] {
        std::array::from_fn(|at| self.value(at))
    }

    /// Whether the row can be used.
    pub(super) fn usable(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Warning)
    }

    /// Whether nothing stands in the row at all.
    pub(super) fn empty(&self) -> bool {
        self.row.iter().all(|value| clean(value).is_empty())
    }

    /// A finding in a column, by its place among the columns of the standard.
    pub(super) fn found(&mut self, severity: Severity, rule: &Rule, at: usize) {
        let spelled = self.sheet.places[at].as_ref().map_or(self.sheet.columns[at].name, |(_, spelled)| spelled);
        let finding = Finding::new(severity, rule, self.sheet.file, self.line).at(spelled, self.cell(at));
        self.findings.push(finding);
    }

    /// A rule that only the Japan profile has.
    pub(super) fn found_in_japan(&mut self, rule: &Rule, at: usize) {
        self.found(self.sheet.version.japanese_rule(), rule, at);
    }

    fn cell(&self, at: usize) -> &'a str {
        let place = self.sheet.places[at].as_ref();
        place.and_then(|(place, _)| self.row.get(*place)).map_or("", clean)
    }

    fn value(&mut self, at: usize) -> Value<'a> {
        let (cell, column) = (self.cell(at), &self.sheet.columns[at]);
        if cell.is_empty() {
            self.missing(at, column);
            return Value::Empty;
        }
        if self.removed && !matches!(column.kind, Kind::Own | Kind::Status | Kind::Modified) {
            return loose(column.kind, cell);
        }
        match column.kind {
            Kind::Own => self.own(at, cell),
            Kind::Id => self.id(at, cell),
            Kind::Ids => self.ids(at, cell),
            Kind::Text => self.text(at, cell),
            Kind::Kana => self.kana(at, cell),
            Kind::Day => self.one(at, &rules::NOT_A_DATE, date(cell).map(Value::Day)),
            Kind::Flag => self.one(at, &rules::NOT_A_FLAG, flag(cell).map(Value::Flag)),
            Kind::Year => self.one(at, &rules::NOT_A_YEAR, number(cell, 1900..=2999).map(Value::Number)),
            Kind::Number => self.kept_without(at, &rules::NOT_A_NUMBER, in_class(cell).map(Value::Number)),
            Kind::Word { known, japanese } => self.word(at, cell, known, japanese),
            Kind::Grades => self.grades(at, cell),
            Kind::SubjectCodes => self.subject_codes(at, cell),
            Kind::Status => self.status(at, cell),
            Kind::Modified => {
                if self.sheet.delta && DateTime::parse_from_rfc3339(cell).is_err() {
                    // When it was is not kept.
                    self.found(Severity::Warning, &rules::NOT_A_TIME, at);
                }
                self.only_in_delta(at)
            }
            Kind::Unread => Value::Empty,
            Kind::Vacant => {
                self.found_in_japan(&rules::MUST_BE_EMPTY, at);
                Value::Empty
            }
            Kind::Password => {
                let spelled = self.sheet.columns[at].name;
                self.findings
                    .push(Finding::new(Severity::Warning, &rules::PASSWORD, self.sheet.file, self.line).at(spelled, "…"));
                Value::Empty
            }
        }
    }

    fn missing(&mut self, at: usize, column: &Column) {
        let asked = match column.kind {
            Kind::Status | Kind::Modified if self.sheet.delta => Need::Must,
            Kind::Own => Need::Must,
            _ if self.removed => Need::May,
            // A column that is not there was told once, for the file.
            _ if self.sheet.places[at].is_none() => Need::May,
            _ => column.need,
        };
        match asked {
            Need::Must => self.found(Severity::Error, &rules::REQUIRED, at),
            Need::Should | Need::Japan => self.found_in_japan(&rules::REQUIRED, at),
            Need::May => {}
        }
    }

    fn one(&mut self, at: usize, rule: &Rule, value: Option<Value<'a>>) -> Value<'a> {
        value.unwrap_or_else(|| {
            self.found(Severity::Error, rule, at);
            Value::Empty
        })
    }

    /// What a row can do without: told, and passed over.
    fn kept_without(&mut self, at: usize, rule: &Rule, value: Option<Value<'a>>) -> Value<'a> {
        value.unwrap_or_else(|| {
            self.found(Severity::Warning, rule, at);
            Value::Empty
        })
    }

    /// A rule of the Japan profile for what stands in a column: no row is lost for one that may be empty.
    fn found_in_a_cell(&mut self, rule: &Rule, at: usize) {
        let optional = self.sheet.columns[at].need == Need::May;
        self.found(if optional { Severity::Warning } else { self.sheet.version.japanese_rule() }, rule, at);
    }

    fn own(&mut self, at: usize, cell: &str) -> Value<'a> {
        let id = uuid(cell);
        if self.sheet.version == Version::Jp
            && id.is_some_and(|id| id.get_version_num() != 4 || id.get_variant() != Variant::RFC4122)
        {
            self.found(Severity::Warning, &rules::NOT_A_UUID_V4, at);
        }
        self.one(at, &rules::NOT_A_UUID, id.map(Value::Id))
    }

    /// An id that has to be there must be one; another one that is none is passed over, and told.
    fn id(&mut self, at: usize, cell: &str) -> Value<'a> {
        if let Some(id) = uuid(cell) {
            return Value::Id(id);
        }
        let severity = match self.sheet.columns[at].need {
            Need::Must => Severity::Error,
            Need::Should | Need::Japan => self.sheet.version.japanese_rule(),
            Need::May => Severity::Warning,
        };
        self.found(severity, &rules::NOT_A_UUID, at);
        Value::Empty
    }

    fn ids(&mut self, at: usize, cell: &str) -> Value<'a> {
        let cells: Vec<_> = cell.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
        let ids: Vec<Uuid> = cells.iter().filter_map(|id| uuid(id)).collect();
        if ids.len() == cells.len() && !ids.is_empty() {
            return Value::Ids(ids);
        }
        let must = self.sheet.columns[at].need == Need::Must;
        self.found(if must { Severity::Error } else { Severity::Warning }, &rules::NOT_A_UUID, at);
        Value::Ids(ids)
    }

    fn text(&mut self, at: usize, cell: &'a str) -> Value<'a> {
        if cell.contains(['\n', '\r']) {
            self.found(Severity::Warning, &rules::LINE_BREAK, at);
        }
        if !cell.is_ascii() {
            if cell.contains(|c| matches!(c, '\u{ff66}'..='\u{ff9f}')) {
                self.found_in_a_cell(&rules::HALF_WIDTH_KANA, at);
            }
            if cell.contains(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')) {
                self.found(Severity::Warning, &rules::PRIVATE_CHARACTER, at);
            }
        }
        if cell.len() > MOST_OF_A_TEXT && cell.chars().count() > MOST_OF_A_TEXT {
            self.found(Severity::Error, &rules::TEXT_TOO_LONG, at);
        }
        Value::Text(Cow::Borrowed(cell))
    }

    fn kana(&mut self, at: usize, cell: &'a str) -> Value<'a> {
        let kana = |c| matches!(c, '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' | '\u{3000}' | ' ' | '゛' | '゜' | '\u{3099}' | '\u{309a}');
        if !cell.chars().all(kana) {
            self.found_in_a_cell(&rules::KANA_FULL_WIDTH, at);
        }
        self.text(at, cell)
    }

    fn word(&mut self, at: usize, cell: &'a str, known: &[&str], japanese: &[&str]) -> Value<'a> {
        if !known.contains(&cell) && !codes::is_extension(cell) {
            self.found_word(Severity::Error, &rules::WORD_UNKNOWN, at, known);
        } else if !japanese.contains(&cell) {
            self.found_word(self.sheet.version.japanese_rule(), &rules::WORD_NOT_JAPANESE, at, japanese);
        }
        Value::Text(Cow::Borrowed(cell))
    }

    fn found_word(&mut self, severity: Severity, rule: &Rule, at: usize, words: &[&str]) {
        self.found(severity, rule, at);
        self.findings.last_mut().expect("it was just put there").advice = format!("write one of {}", words.join(", "));
    }

    fn grades(&mut self, at: usize, cell: &str) -> Value<'a> {
        let grades: Vec<_> = cell.split(',').map(str::trim).filter(|grade| !grade.is_empty()).map(codes::grade).collect();
        if grades.iter().any(|grade| matches!(grade, codes::Grade::Seventh(_))) {
            self.found(Severity::Warning, &rules::GRADE_READ_AS_JUNIOR_HIGH, at);
        }
        if grades.iter().any(|grade| matches!(grade, codes::Grade::Unknown(_))) {
            self.found_in_a_cell(&rules::GRADE_UNKNOWN, at);
        }
        Value::Text(Cow::Owned(grades.into_iter().map(codes::Grade::name).collect::<Vec<_>>().join(",")))
    }

    fn subject_codes(&mut self, at: usize, cell: &str) -> Value<'a> {
        let codes: Vec<_> = cell.split(',').map(str::trim).collect();
        if !codes.iter().all(|code| codes::is_subject(code)) {
            self.found_in_a_cell(&rules::SUBJECT_CODE, at);
        }
        Value::Text(Cow::Owned(codes.join(",")))
    }

    fn status(&mut self, at: usize, cell: &str) -> Value<'a> {
        if !matches!(cell, "active" | "tobedeleted") {
            self.found_word(Severity::Error, &rules::WORD_UNKNOWN, at, &["active", "tobedeleted"]);
        }
        self.only_in_delta(at)
    }

    fn only_in_delta(&mut self, at: usize) -> Value<'a> {
        if !self.sheet.delta {
            self.found(Severity::Warning, &rules::STATUS_IN_BULK, at);
        }
        Value::Empty
    }

    /// That the last day is not before the first, by their places.
    pub(super) fn in_order(&mut self, first: Option<NaiveDate>, last: Option<NaiveDate>, at: usize) {
        if !self.removed && first.zip(last).is_some_and(|(first, last)| last < first) {
            self.found(Severity::Error, &rules::LAST_BEFORE_FIRST, at);
        }
    }

    /// That each subject has its code.
    pub(super) fn as_many(&mut self, subjects: &Value<'_>, codes: &Value<'_>, at: usize) {
        let count = |value: &Value<'_>| if let Value::Text(text) = value { text.split(',').count() } else { 0 };
        if !self.removed && count(codes) > 0 && count(subjects) != count(codes) {
            self.found_in_japan(&rules::SUBJECT_COUNT, at);
        }
    }
}
