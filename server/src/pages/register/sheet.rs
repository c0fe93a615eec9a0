//! The rows of the register on sheets of paper: up to 45 pupils stand on one, more on two with the head repeated.
use super::data::{Count, OnDay, Row, State};

/// The most pupils of a sheet.
const MOST: usize = 45;
/// The height that the rows of a sheet have on A4, in pixels.
const HEIGHT: usize = 530;

/// One sheet.
pub(super) struct Sheet {
    pub(super) rows: Vec<Line>,
    /// How high its rows are: a class of the stylesheet.
    pub(super) rows_are: &'static str,
    /// Whether it is the last one, which has the sums.
    pub(super) last: bool,
    pub(super) number: usize,
    pub(super) of: usize,
}

/// A pupil's row.
pub(super) struct Line {
    pub(super) number: String,
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    pub(super) count: Count,
}

/// What is drawn in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Not in this class that day.
    Struck,
    /// 休業日.
    Hatched,
    /// Nothing is known of the day here, such as before the calendar begins.
    Unknown,
    /// Nothing yet.
    Blank,
    /// 未記入.
    Unmarked,
    /// A sign; empty for 出席.
    Sign(String),
}

impl Cell {
    fn of(day: &OnDay, state: State, sign: String) -> Self {
        match state {
            _ if !day.is_school_day && ![State::Ahead, State::NoRecord].contains(&state) => Cell::Hatched,
            State::NotEnrolled => Cell::Struck,
            State::NoSchool => Cell::Hatched,
            State::NoRecord => Cell::Unknown,
            State::Ahead => Cell::Blank,
            State::Unmarked => Cell::Unmarked,
            State::Marked => Cell::Sign(sign),
        }
    }

    /// What a file says of it.
    pub(super) fn text(&self) -> &str {
        match self {
            Cell::Struck => "＼",
            Cell::Hatched => "休",
            Cell::Unknown => "–",
            Cell::Blank => "",
            Cell::Unmarked => "未",
            Cell::Sign(sign) => sign,
        }
    }
}

impl Line {
    fn of(row: Row, days: &[OnDay]) -> Self {
        Line {
            number: row.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            name: row.name,
            cells: row.cells.into_iter().zip(days).map(|(said, day)| Cell::of(day, said.state, said.sign)).collect(),
            count: row.count,
        }
    }

    /// How long the name is: a class of the stylesheet. Ten characters and more need smaller type or two lines, fifteen always two lines.
    pub(super) fn length(&self) -> &'static str {
        match self.name.chars().count() {
            0..=9 => "",
            10..=14 => " long",
            _ => " longer",
        }
    }

    /// The name, which may break behind a ・ or at a space and nowhere else.
    pub(super) fn broken(&self) -> String {
        askama::filters::escape(&self.name, askama::filters::Html)
            .map(|name| name.to_string())
            .unwrap_or_default()
            .replace('・', "・<wbr>")
    }
}

/// The sheets of a register.
pub(super) fn sheets(rows: Vec<Row>, days: &[OnDay]) -> Vec<Sheet> {
    let lines: Vec<Line> = rows.into_iter().map(|row| Line::of(row, days)).collect();
    let of = lines.len().div_ceil(MOST).max(1);
    // Where nearly everybody has a very long name even 45 do not fit.
    let of = if of == 1 && height(&lines).is_none() { 2 } else { of };
    let size = lines.len().div_ceil(of).max(1);
    let mut sheets = Vec::new();
    let mut lines = lines.into_iter();
    for number in 1..=of {
        let rows: Vec<Line> = lines.by_ref().take(size).collect();
        sheets.push(Sheet { rows_are: height(&rows).unwrap_or("low"), rows, last: number == of, number, of });
    }
    sheets
}

/// The highest rows with which all of them stand on a sheet.
fn height(rows: &[Line]) -> Option<&'static str> {
    // Of a row, of one with a long name and of one with a longer, in tenths of a pixel, as in the stylesheet.
    let heights = [("high", [145, 200, 200]), ("middle", [126, 160, 160]), ("low", [106, 106, 160])];
    let of_row = |of: &[usize; 3], row: &Line| match row.length() {
        "" => of[0],
        " long" => of[1],
        _ => of[2],
    };
    let fits = |of: &[usize; 3]| rows.iter().map(|row| of_row(of, row)).sum::<usize>() <= HEIGHT * 10;
    heights.into_iter().find(|(_, of)| fits(of)).map(|(name, _)| name)
}
