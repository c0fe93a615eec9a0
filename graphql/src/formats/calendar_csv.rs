//! A school calendar as offices keep it in a spreadsheet: a line a day with 日, 学年, 種類 and 名前. Text to rows, each wrong cell known by
//! line and column.
use super::era_date::{self, DateError};
use super::people_csv::unguarded;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::fmt::{self, Display};
use unicode_normalization::UnicodeNormalization;

/// What a line says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<K> {
    /// The line in the file, from 1.
    pub line: u64,
    /// The day.
    pub day: NaiveDate,
    /// The grades, such as `P5`; empty for the whole school.
    pub grades: Vec<String>,
    /// What the day is.
    pub kind: K,
    /// Its name; may be empty.
    pub title: String,
}

/// A cell that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongCell {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column's name; empty for the line as a whole.
    pub column: &'static str,
    /// What stands there, at most 60 characters.
    pub value: String,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The file has no column of this name.
    NoColumn,
    /// The line cannot be read as values between commas.
    Unreadable,
    /// The file has more lines than are read.
    TooManyLines,
    /// It is no date, or an ambiguous one.
    Date(DateError),
    /// The school has no such grade.
    Grade,
    /// It is no kind of a day.
    Kind,
    /// Neither a kind nor a name is said.
    Nothing,
    /// The name is longer than 40 characters.
    TooLong,
    /// The day was said before, in this line.
    Twice(u64),
    /// No calendar is laid out for the day.
    Outside,
}

impl Wrong {
    /// What is wrong and what to write, in Japanese.
    #[must_use]
    pub fn japanese(&self) -> String {
        match self {
            Wrong::NoColumn => "この列がありません。1行目に 日・学年・種類・名前 と書いてください".into(),
            Wrong::Unreadable => "この行は読めません。引用符とコンマを確かめてください".into(),
            Wrong::TooManyLines => format!("{MOST_LINES}行までです。分けて読みこんでください"),
            Wrong::Date(error) => error.japanese(),
            Wrong::Grade => "この学校にない学年です。5年 のように書くか、全学年なら空けてください".into(),
            Wrong::Kind => "種類ではありません。授業日・行事・振替休業日・学校の休業日・臨時休業・長期休業・暦のとおり のどれかを書いてください".into(),
            Wrong::Nothing => "種類も名前もありません。元に戻すときは、種類に 暦のとおり と書いてください".into(),
            Wrong::TooLong => "40字までです".into(),
            Wrong::Twice(line) => format!("同じ日が{line}行目にあります。どちらかを消してください"),
            Wrong::Outside => "この日の行事暦がまだありません。先に、その年度をつくってください".into(),
        }
    }

    /// A stable name of what is wrong.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Wrong::NoColumn => "NO_COLUMN",
            Wrong::Unreadable => "UNREADABLE",
            Wrong::TooManyLines => "TOO_MANY",
            Wrong::Date(_) => "INVALID_DATE",
            Wrong::Grade => "UNKNOWN_GRADE",
            Wrong::Kind => "UNKNOWN_KIND",
            Wrong::Nothing => "EMPTY",
            Wrong::TooLong => "TOO_LONG",
            Wrong::Twice(_) => "TWICE",
            Wrong::Outside => "OUTSIDE",
        }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::NoColumn => f.write_str("this column is missing: name the columns 日, 学年, 種類, 名前 in the first line"),
            Wrong::Unreadable => f.write_str("the line cannot be read: check quotes and commas"),
            Wrong::TooManyLines => write!(f, "a file has at most {MOST_LINES} lines: send it in parts"),
            Wrong::Date(error) => error.fmt(f),
            Wrong::Grade => f.write_str("the school has no such grade: write 5年, or leave it empty for the whole school"),
            Wrong::Kind => f.write_str("this is no kind of a day: see the kinds of `importCalendar`"),
            Wrong::Nothing => f.write_str("neither a kind nor a name: write 暦のとおり to have the day as the week has it"),
            Wrong::TooLong => f.write_str("a name has at most 40 characters"),
            Wrong::Twice(line) => write!(f, "line {line} says the same day: keep one of them"),
            Wrong::Outside => f.write_str("no calendar is laid out for this day: lay out its school year first"),
        }
    }
}

/// The most lines that are read.
pub const MOST_LINES: usize = 1_000;
/// The columns with what they are called elsewhere.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("日", &["日付", "年月日", "月日", "date"]),
    ("学年", &["対象", "grade"]),
    ("種類", &["区分", "kind"]),
    ("名前", &["行事", "行事名", "名称", "内容", "title"]),
];

/// Reads a calendar. `kinds` has the words for what a day can be, and `event` what a day is that has only a name; `grades` are those of the
/// school.
pub fn read<K: Clone>(text: &str, kinds: &[(&str, K)], event: &K, grades: &[String]) -> (Vec<Row<K>>, Vec<WrongCell>) {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    // A table that was copied from a spreadsheet has tabs.
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).unwrap_or_default();
    let places = COLUMNS.map(|(name, others)| header.iter().position(|cell| is_called(cell, name, others)));
    let mut wrong = Vec::new();
    if places[0].is_none() {
        wrong.push(WrongCell { line: 1, column: COLUMNS[0].0, value: shortened(first), what: Wrong::NoColumn });
        return (Vec::new(), wrong);
    }
    let mut rows = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), line: 1, counted: 0 };
    for (count, record) in records.enumerate() {
        let line = lines.of(record.as_ref().map_or_else(csv::Error::position, csv::StringRecord::position));
        let told = |column, value: &str, what| WrongCell { line, column, value: shortened(value), what };
        if count == MOST_LINES {
            wrong.push(told("", "", Wrong::TooManyLines));
            break;
        }
        let Ok(record) = record else {
            wrong.push(told("", "", Wrong::Unreadable));
            continue;
        };
        let cells = places.map(|place| place.and_then(|at| record.get(at)).map(unguarded).unwrap_or_default());
        let [day, grade, kind, title] = cells.each_ref().map(|cell: &Cow<'_, str>| cell.trim());
        if [day, grade, kind, title].iter().all(|cell| cell.is_empty()) {
            continue;
        }
        let title_read = if title.chars().count() > 40 { Err(Wrong::TooLong) } else { Ok(title.to_owned()) };
        let read = (
            era_date::read(day).map_err(|error| told("日", day, Wrong::Date(error))),
            grades_of(grade, grades).map_err(|what| told("学年", grade, what)),
            kind_of(kind, title, kinds, event).map_err(|what| told("種類", kind, what)),
            title_read.map_err(|what| told("名前", title, what)),
        );
        match read {
            (Ok(day), Ok(grades), Ok(kind), Ok(title)) => rows.push(Row { line, day, grades, kind, title }),
            (day, grades, kind, title) => {
                wrong.extend(day.err().into_iter().chain(grades.err()).chain(kind.err()).chain(title.err()));
            }
        }
    }
    (rows, wrong)
}

/// Counts lines up to where a row begins. The reader's own count is of where the row before ended: one too few after CRLF or an empty line.
struct Lines<'a> {
    text: &'a [u8],
    line: u64,
    counted: usize,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let end = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.counted);
        let rest = self.text[end..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let passed = &self.text[self.counted..end + rest];
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.counted = end + rest;
        self.line
    }
}

fn is_called(cell: &str, name: &str, others: &[&str]) -> bool {
    let cell: String = cell.trim().nfkc().collect();
    cell == name || others.iter().any(|other| cell.eq_ignore_ascii_case(other))
}

fn shortened(value: &str) -> String {
    value.chars().take(60).collect()
}

fn kind_of<K: Clone>(kind: &str, title: &str, kinds: &[(&str, K)], event: &K) -> Result<K, Wrong> {
    if kind.is_empty() {
        return if title.is_empty() { Err(Wrong::Nothing) } else { Ok(event.clone()) };
    }
    let kind: String = kind.nfkc().collect();
    let found = kinds.iter().find(|(word, _)| *word == kind);
    found.map(|(_, of)| of.clone()).ok_or(Wrong::Kind)
}

/// The grades that a cell names: 5年, 5・6年, 中1, P5; none for the whole school.
fn grades_of(cell: &str, grades: &[String]) -> Result<Vec<String>, Wrong> {
    let cell: String = cell.nfkc().filter(|c| !c.is_whitespace()).collect();
    if ["", "全", "全学年", "全校"].contains(&cell.as_str()) {
        return Ok(Vec::new());
    }
    let one = |part: &str| {
        let part = part.trim_end_matches("生").trim_end_matches("年");
        let stage =
            [("小学校", "P"), ("小学", "P"), ("小", "P"), ("中学校", "J"), ("中学", "J"), ("中", "J"), ("P", "P"), ("J", "J")];
        let stage = stage.into_iter().find_map(|(word, letter)| Some((letter, part.strip_prefix(word)?)));
        let (letter, number) = stage.map_or((None, part), |(letter, number)| (Some(letter), number));
        let number: u32 = number.parse().map_err(|_| Wrong::Grade)?;
        // In a school of nine grades the seventh is the first of the junior high.
        let (letter, number) = if letter.is_none() && number > 6 { (Some("J"), number - 6) } else { (letter, number) };
        let named = |grade: &&String| grade[1..] == number.to_string() && letter.is_none_or(|letter| grade.starts_with(letter));
        // A bare number is of the primary school where there are both.
        let found = grades.iter().filter(named).max_by_key(|grade| grade.starts_with('P'));
        found.cloned().ok_or(Wrong::Grade)
    };
    let parts = cell.split(['・', '･', ',', '、', '/']).filter(|part| !part.is_empty());
    parts.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [(&str, Option<char>); 4] =
        [("授業日", Some('s')), ("行事", Some('e')), ("振替休業日", Some('f')), ("暦のとおり", None)];

    fn of(text: &str, grades: &[&str]) -> (Vec<Row<Option<char>>>, Vec<WrongCell>) {
        read(text, &KINDS, &Some('e'), &grades.iter().map(|grade| (*grade).to_owned()).collect::<Vec<_>>())
    }

    const PRIMARY: [&str; 6] = ["P1", "P2", "P3", "P4", "P5", "P6"];

    #[test]
    fn days_are_read_as_schools_write_them() {
        let text = "\u{feff}日付,曜日,学年,種類,名前\r\n2025-04-01,火,,授業日,\r\n2025/4/2,水,５年,行事,遠足\r\n\r\n\
                    令和7年4月3日,木,5・6年,,運動会\r\nR7.4.4,金,全学年,暦のとおり,\r\n";
        let (rows, wrong) = of(text, &PRIMARY);
        assert_eq!(wrong, []);
        let read: Vec<(u64, String, String, Option<char>)> =
            rows.iter().map(|row| (row.line, row.day.to_string(), row.grades.join(" "), row.kind)).collect();
        let row = |line, day: &str, grades: &str, kind| (line, day.to_owned(), grades.to_owned(), kind);
        assert_eq!(
            read,
            [
                row(2, "2025-04-01", "", Some('s')),
                row(3, "2025-04-02", "P5", Some('e')),
                row(5, "2025-04-03", "P5 P6", Some('e')),
                row(6, "2025-04-04", "", None),
            ]
        );
    }

    #[test]
    fn each_wrong_cell_is_told_by_line_and_column() {
        let text = "日,学年,種類,名前\n7.4.1,7年,お休み,x\n2025-02-30,,授業日,\n2025-04-05,,,\n2025-04-06,,行事,".to_owned()
            + &"長".repeat(41);
        let (rows, wrong) = of(&text, &PRIMARY);
        assert_eq!(rows, []);
        let told: Vec<(u64, &str, &str)> = wrong.iter().map(|cell| (cell.line, cell.column, cell.what.code())).collect();
        assert_eq!(
            told,
            [
                (2, "日", "INVALID_DATE"),
                (2, "学年", "UNKNOWN_GRADE"),
                (2, "種類", "UNKNOWN_KIND"),
                (3, "日", "INVALID_DATE"),
                (4, "種類", "EMPTY"),
                (5, "名前", "TOO_LONG"),
            ]
        );
        assert!(wrong[0].what.japanese().contains("2025-04-01"), "{}", wrong[0].what.japanese());
        assert_eq!(of("day,kind\n", &PRIMARY).1[0].what, Wrong::NoColumn);
    }

    #[test]
    fn a_grade_is_that_of_the_school() {
        let grade = |cell: &str, grades: &[&str]| {
            of(&format!("日\t学年\t種類\n2025-04-01\t{cell}\t授業日"), grades).0.pop().map(|row| row.grades.join(" "))
        };
        let both = ["P1", "P6", "J1", "J3"];
        assert_eq!(grade("1年", &["J1", "J2"]).as_deref(), Some("J1"));
        assert_eq!(
            (grade("1", &both).as_deref(), grade("中1", &both).as_deref(), grade("9年生", &both).as_deref()),
            (Some("P1"), Some("J1"), Some("J3"))
        );
        assert_eq!(grade("4年", &both), None);
    }
}
