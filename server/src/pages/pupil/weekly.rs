//! 今年度: a column a week, with the days of the week below each other where each of them counts, and added up where counts are.
use super::Around;
use super::timeline::Drawing;
use crate::pages::chart::axis::Axis;
use crate::pages::chart::{Row, attendance, mood, text};
use crate::pages::record::{LearningDay, Mark, Mood};
use chrono::{Datelike, NaiveDate};

/// The days of a week; a Saturday has its line only where there was school on one.
const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
/// From the line of a weekday to the next one.
const LINE: u32 = 14;

/// Weeks as wide as there is room for.
pub(super) fn axis(days: &[NaiveDate], width: u32) -> Axis {
    let weeks = u32::try_from(Axis::weekly(days, 1, 0).weeks().len()).unwrap_or(0).max(1);
    let step = (width / weeks).clamp(17, 48);
    let cell = (step - 3).min(24);
    Axis::weekly(days, cell, step - cell)
}

/// The marks of each weekday in a line of its own.
pub(super) fn attendance(drawing: &mut Drawing, around: &Around, marks: &[Mark]) {
    let (top, days) = lines(drawing, "出欠");
    for (index, line) in days.into_iter().zip(top..) {
        let on = |day: NaiveDate| day.weekday().num_days_from_monday() == index;
        let marks: Vec<Mark> = marks.iter().filter(|mark| on(mark.day)).cloned().collect();
        let row = Row { left: 0, top: top + 8 + (line - top) * LINE, height: 12 };
        drawing.plot += &attendance::row(&drawing.axis, row, &marks, around.open().filter(|open| on(*open)));
    }
}

/// The pictures of each weekday in a line of its own: never a mean of them.
pub(super) fn moods(drawing: &mut Drawing, moods: &[Mood]) {
    let (top, days) = lines(drawing, "心の天気");
    for (index, line) in days.into_iter().zip(top..) {
        let of: Vec<Mood> = moods.iter().filter(|of| of.day.weekday().num_days_from_monday() == index).cloned().collect();
        drawing.plot += &mood::row(&drawing.axis, 0, top + 8 + (line - top) * LINE, 13, &of);
    }
}

/// What was counted in each week, at its first school day.
pub(super) fn sums(axis: &Axis, of: &[LearningDay]) -> Vec<LearningDay> {
    let weeks = axis.weeks().into_iter().filter_map(|(first, _)| {
        let within = of.iter().filter(|day| day.day.iso_week() == first.iso_week() && axis.x(day.day).is_some());
        let counts: Vec<u32> = within.map(|day| day.interactions).collect();
        // A week without any record is a gap, as a day is.
        (!counts.is_empty()).then(|| LearningDay { day: first, interactions: counts.iter().sum() })
    });
    weeks.collect()
}

/// Begins a row with a line for each weekday on which there was school; where it begins, and the weekdays.
fn lines(drawing: &mut Drawing, name: &str) -> (u32, Vec<u32>) {
    let school = |index: &u32| drawing.axis.columns().iter().any(|(day, _)| day.weekday().num_days_from_monday() == *index);
    let days: Vec<u32> = (0..7).filter(|index| *index < 5 || school(index)).collect();
    let count = u32::try_from(days.len()).unwrap_or(7);
    let top = drawing.row(name, count * LINE + 14);
    for (index, line) in days.iter().zip(0..) {
        drawing.labels += &text("tick", 84, top + 18 + line * LINE, WEEKDAYS[*index as usize]);
    }
    (top, days)
}
