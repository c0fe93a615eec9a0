//! The axis of every chart: school days only, weeks apart. Days without school do not exist on it.
use crate::pages::day;
use chrono::{Datelike, NaiveDate};
use std::fmt::Write;

/// School days side by side.
#[derive(Clone, Debug)]
pub struct Axis {
    columns: Vec<(NaiveDate, u32)>,
    cell: u32,
    step: u32,
}

impl Axis {
    /// An axis of these days, which ascend: a cell's width, the space between days and the more of it between weeks.
    #[must_use]
    pub fn new(days: &[NaiveDate], cell: u32, apart: u32, week: u32) -> Self {
        let step = cell + apart;
        let mut next = 0;
        let mut columns: Vec<(NaiveDate, u32)> = Vec::with_capacity(days.len());
        for &day in days {
            if columns.last().is_some_and(|(before, _)| before.iso_week() != day.iso_week()) {
                next += week;
            }
            columns.push((day, next));
            next += step;
        }
        Axis { columns, cell, step }
    }

    /// An axis of weeks: the days of a week share a place.
    #[must_use]
    pub fn weekly(days: &[NaiveDate], cell: u32, apart: u32) -> Self {
        let step = cell + apart;
        let mut columns: Vec<(NaiveDate, u32)> = Vec::with_capacity(days.len());
        for &day in days {
            let x = match columns.last() {
                Some((before, x)) if before.iso_week() == day.iso_week() => *x,
                Some((_, x)) => x + step,
                None => 0,
            };
            columns.push((day, x));
        }
        Axis { columns, cell, step }
    }

    /// The days with their places.
    #[must_use]
    pub fn columns(&self) -> &[(NaiveDate, u32)] {
        &self.columns
    }

    /// The place of a day; `None` where it is not on the axis.
    #[must_use]
    pub fn x(&self, day: NaiveDate) -> Option<u32> {
        self.columns.iter().find(|(of, _)| *of == day).map(|(_, x)| *x)
    }

    /// The place of the last school day up to a day: where something that falls on a Sunday is drawn.
    #[must_use]
    pub fn up_to(&self, day: NaiveDate) -> Option<u32> {
        self.columns.iter().rev().find(|(of, _)| *of <= day).map(|(_, x)| *x)
    }

    /// The place of the first school day from a day on.
    #[must_use]
    pub fn from(&self, day: NaiveDate) -> Option<u32> {
        self.columns.iter().find(|(of, _)| *of >= day).map(|(_, x)| *x)
    }

    /// How wide a day is.
    #[must_use]
    pub fn cell(&self) -> u32 {
        self.cell
    }

    /// From one day to the next.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// How wide all days are.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.columns.last().map_or(0, |(_, x)| x + self.cell)
    }

    /// The first school day of each week.
    #[must_use]
    pub fn weeks(&self) -> Vec<(NaiveDate, u32)> {
        let mut weeks: Vec<(NaiveDate, u32)> = Vec::new();
        for &(day, x) in &self.columns {
            if weeks.last().is_none_or(|(before, _)| before.iso_week() != day.iso_week()) {
                weeks.push((day, x));
            }
        }
        weeks
    }

    /// The ticks as words: each week's first day; `today` is named. A week too close to the next word goes without.
    #[must_use]
    pub fn ticks(&self, left: u32, y: u32, today: Option<NaiveDate>) -> String {
        let end = today.and_then(|today| self.x(today)).map(|x| left + x + self.cell);
        let mut svg = String::new();
        let mut free = 0;
        for (day, x) in self.weeks() {
            let x = left + x;
            if x < free
                || (end.is_none() && x + 28 > left + self.width() && free > 0)
                || end.is_some_and(|end| x + 34 > end.saturating_sub(32))
            {
                continue;
            }
            write!(svg, "<text class=\"tick\" x=\"{x}\" y=\"{y}\">{}</text>", day::short(day))
                .expect("a string takes everything");
            free = x + 36;
        }
        if let Some(end) = end {
            write!(svg, "<text class=\"tick now\" x=\"{end}\" y=\"{y}\">きょう</text>").expect("a string takes everything");
        }
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;
    use chrono::NaiveDate;

    fn november(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn weeks_are_apart_and_days_without_school_do_not_exist() {
        // Thursday, Friday; Monday is a holiday; Tuesday.
        let axis = Axis::new(&[november(19), november(20), november(24)], 8, 1, 3);
        assert_eq!(axis.x(november(19)), Some(0));
        assert_eq!(axis.x(november(20)), Some(9));
        assert_eq!(axis.x(november(23)), None);
        assert_eq!(axis.x(november(24)), Some(21));
        assert_eq!(axis.width(), 29);
        assert_eq!(axis.weeks(), [(november(19), 0), (november(24), 21)]);
    }

    #[test]
    fn what_falls_on_a_sunday_is_drawn_at_the_last_school_day() {
        let axis = Axis::new(&[november(20), november(24)], 8, 1, 3);
        assert_eq!(axis.up_to(november(22)), Some(0));
        assert_eq!(axis.from(november(22)), Some(12));
        assert_eq!(axis.up_to(november(19)), None);
        assert_eq!(axis.from(november(25)), None);
    }

    #[test]
    fn the_days_of_a_week_may_share_a_place() {
        let axis = Axis::weekly(&[november(19), november(20), november(24)], 15, 3);
        assert_eq!([19, 20, 24].map(|day| axis.x(november(day))), [Some(0), Some(0), Some(18)]);
        assert_eq!((axis.width(), axis.up_to(november(22))), (33, Some(0)));
    }

    #[test]
    fn an_axis_without_days_has_no_width() {
        let axis = Axis::new(&[], 8, 1, 3);
        assert_eq!(axis.width(), 0);
        assert_eq!(axis.ticks(0, 10, None), "");
    }
}
