//! Attendance: height says how much of the day is missing, colour only repeats it.
use super::{Marks, Row, axis::Axis, svg, text};
use crate::pages::day;
use crate::pages::record::{Mark, Place};
use chrono::NaiveDate;

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// In the classroom, all day.
    Present,
    /// Present in another place (別室 and the like).
    Elsewhere,
    /// Late, or left early.
    Part,
    /// Absent.
    Absent,
    /// 出停・忌引: not a day on which the pupil has to be there.
    Excused,
    /// Nobody has said yet.
    Unmarked,
}

impl Cell {
    /// The cell of a mark.
    #[must_use]
    pub fn of(mark: &Mark) -> Self {
        match mark {
            Mark { kind, .. } if kind.excused => Cell::Excused,
            Mark { kind, .. } if kind.absent => Cell::Absent,
            Mark { late: true, .. } | Mark { left_early: true, .. } => Cell::Part,
            Mark { place, .. } if *place != Place::Classroom => Cell::Elsewhere,
            _ => Cell::Present,
        }
    }
}

/// The cells of a row of days; a day without a mark stays empty, only `open` is drawn as waiting.
#[must_use]
pub fn row(axis: &Axis, row: Row, marks: &[Mark], open: Option<NaiveDate>) -> String {
    let mut shapes = Marks::default();
    for mark in marks {
        if let Some(x) = axis.x(mark.day) {
            cell(&mut shapes, Cell::of(mark), row.left + x, row.top, axis.cell(), row.height);
        }
    }
    if let Some(x) = open.filter(|open| marks.iter().all(|mark| mark.day != *open)).and_then(|open| axis.x(open)) {
        cell(&mut shapes, Cell::Unmarked, row.left + x, row.top, axis.cell(), row.height);
    }
    shapes.svg()
}

/// The signs of the register above the cells that have one.
#[must_use]
pub fn signs(axis: &Axis, left: u32, y: u32, marks: &[Mark]) -> String {
    let mut signs = String::new();
    for mark in marks {
        let Some(x) = axis.x(mark.day) else { continue };
        let sign = mark.sign();
        if !sign.is_empty() {
            signs.push_str(&text("sign", left + x + axis.cell() / 2, y, &sign));
        }
    }
    signs
}

/// A strip of pupils by number, forty in a line.
#[must_use]
pub fn by_number(pupils: &[(Option<u32>, Cell)], sentence: &str) -> String {
    const STEP: u32 = 10;
    // A number may be wider than its cell.
    let place = |index: u32| 4 + (index % 40) * STEP + (index % 40) / 5 * 2;
    let mut shapes = Marks::default();
    let mut numbers = String::new();
    let mut index = 0;
    for &(number, what) in pupils {
        let (x, y) = (place(index), index / 40 * 36);
        cell(&mut shapes, what, x, y, 8, 16);
        let last = index as usize + 1 == pupils.len();
        if let Some(number) = number.filter(|_| index % 5 == 4 || index % 40 == 0 || (last && index % 5 > 1)) {
            numbers.push_str(&text("tick mid", x + 4, y + 28, &number.to_string()));
        }
        index += 1;
    }
    let lines = index.div_ceil(40).max(1);
    let width = place(index.clamp(1, 40) - 1) + 8 + 6;
    svg("by-number", width, lines * 36 - 6, sentence, &(shapes.svg() + &numbers))
}

/// Each cell as a legend shows it, with its name.
#[must_use]
pub fn samples() -> Vec<(String, &'static str)> {
    let named = [
        (Cell::Present, "出席"),
        (Cell::Absent, "欠席"),
        (Cell::Part, "遅刻・早退"),
        (Cell::Excused, "出停・忌引"),
        (Cell::Elsewhere, "別室など（出席扱い）"),
        (Cell::Unmarked, "まだ印なし"),
    ];
    let sample = |(what, name)| {
        let mut shapes = Marks::default();
        cell(&mut shapes, what, 0, 0, 8, 14);
        (
            format!(
                "<svg class=\"chart\" aria-hidden=\"true\" width=\"8\" height=\"14\" viewBox=\"0 0 8 14\">{}</svg>",
                shapes.svg()
            ),
            name,
        )
    };
    named.into_iter().map(sample).collect()
}

/// The exceptions in words: 「出欠：11/17 遅刻、11/20 病欠。ほかは出席。」
#[must_use]
pub fn sentence(days: &[NaiveDate], marks: &[Mark], open: Option<NaiveDate>) -> String {
    let shown: Vec<&Mark> = marks.iter().filter(|mark| days.contains(&mark.day)).collect();
    let exceptions: Vec<String> = shown
        .iter()
        .filter(|mark| Cell::of(mark) != Cell::Present)
        .map(|mark| format!("{} {}", day::short(mark.day), mark.words()))
        .collect();
    let present = shown.len() - exceptions.len();
    let waits = open.is_some_and(|open| days.contains(&open) && shown.iter().all(|mark| mark.day != open));
    let gaps = days.iter().filter(|day| Some(**day) != open && shown.iter().all(|mark| mark.day != **day)).count();
    let exceptions = if exceptions.is_empty() { String::new() } else { exceptions.join("、") + "。" };
    let gaps = if gaps > 0 { format!("記録なし {gaps}日。") } else { String::new() };
    let waits = if waits { "きょうはまだ印なし。" } else { "" };
    format!("出欠：{exceptions}出席 {present}日。{gaps}{waits}")
}

fn cell(shapes: &mut Marks, cell: Cell, x: u32, top: u32, width: u32, height: u32) {
    let (x, top, width, height) = (f64::from(x), f64::from(top), f64::from(width), f64::from(height));
    let part = (height * 0.55).round();
    let foot = top + height;
    match cell {
        Cell::Present => shapes.fill("present", x, foot - 3.0, width, 3.0),
        Cell::Part => shapes.fill("part", x, foot - part, width, part),
        Cell::Absent => shapes.fill("absent", x, top, width, height),
        Cell::Elsewhere => shapes.outline("elsewhere", x, foot - part, width, part),
        Cell::Unmarked => shapes.outline("unmarked", x, top, width, height),
        Cell::Excused => {
            shapes.outline("excused", x, top, width, height);
            shapes.line("excused", (x + 1.0, foot - 1.0), (x + width - 1.0, top + 1.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, by_number, row, sentence};
    use crate::pages::chart::Row;
    use crate::pages::chart::axis::Axis;
    use crate::pages::record::{Kind, Mark, Place};
    use chrono::{DateTime, NaiveDate};

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn mark(on: u32, name: &str, absent: bool, excused: bool) -> Mark {
        let kind = Kind { name: name.into(), mark: String::new(), absent, excused };
        let at = DateTime::from_timestamp(0, 0).unwrap();
        Mark { day: day(on), kind, late: false, left_early: false, place: Place::Classroom, note: None, by: None, at }
    }

    #[test]
    fn a_day_without_a_mark_is_a_gap_and_only_the_open_day_waits() {
        let days = [day(18), day(19), day(20)];
        let axis = Axis::new(&days, 8, 1, 3);
        let at = Row { left: 0, top: 0, height: 20 };
        let drawn = row(&axis, at, &[mark(18, "出席", false, false)], Some(day(20)));
        assert_eq!(drawn.matches('M').count(), 2, "{drawn}");
        assert!(drawn.contains("class=\"unmarked\" d=\"M18.75"), "{drawn}");
        let sentence = sentence(&days, &[mark(18, "出席", false, false)], Some(day(20)));
        assert_eq!(sentence, "出欠：出席 1日。記録なし 1日。きょうはまだ印なし。");
    }

    #[test]
    fn the_height_says_what_the_colour_repeats() {
        let mut late = mark(19, "出席", false, false);
        late.late = true;
        assert_eq!(Cell::of(&late), Cell::Part);
        let mut elsewhere = mark(19, "出席", false, false);
        elsewhere.place = Place::OtherRoom;
        assert_eq!(Cell::of(&elsewhere), Cell::Elsewhere);
        assert_eq!(Cell::of(&mark(19, "病欠", true, false)), Cell::Absent);
        assert_eq!(Cell::of(&mark(19, "出停", false, true)), Cell::Excused);
    }

    #[test]
    fn the_strip_of_pupils_wraps_after_forty() {
        let pupils: Vec<_> = (1..=45).map(|number| (Some(number), Cell::Present)).collect();
        let strip = by_number(&pupils, "");
        assert!(strip.contains("height=\"66\""), "{strip}");
        assert!(by_number(&pupils[..36], "").contains("height=\"30\""));
        assert!(by_number(&[], "").contains("<svg"));
    }
}
