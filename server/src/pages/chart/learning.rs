//! Learning records: bars from zero on one scale, the class's middle as a pale step behind. A day without a record is a gap.
use super::{Marks, Row, axis::Axis};
use crate::pages::day;
use crate::pages::record::LearningDay;
use chrono::NaiveDate;

/// How high a count is drawn, the same for the whole class.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// So many fill the height; what is above is cut.
    full: u32,
    /// The counts that are written at the left.
    named: [u32; 3],
}

impl Scale {
    /// Of a day.
    pub const DAY: Scale = Scale { full: 16, named: [5, 10, 15] };
    /// Of a week.
    pub const WEEK: Scale = Scale { full: 80, named: [25, 50, 75] };

    fn height(self, count: u32, height: u32) -> f64 {
        (f64::from(count.min(self.full)) * f64::from(height) / f64::from(self.full) * 2.0).round() / 2.0
    }
}

/// The bars of a row of days with the class's middle behind.
#[must_use]
pub fn row(axis: &Axis, row: Row, scale: Scale, pupil: &[LearningDay], class: &[LearningDay]) -> String {
    let mut shapes = Marks::default();
    let foot = f64::from(row.top + row.height);
    let step = f64::from(axis.step());
    let space = step - f64::from(axis.cell());
    for of in class {
        let Some(x) = axis.x(of.day) else { continue };
        let (x, height) = (f64::from(row.left + x) - space / 2.0, scale.height(of.interactions, row.height));
        shapes.fill("median", x, foot - height, step, height);
        shapes.line("median-line", (x, foot - height), (x + step, foot - height));
    }
    let width = if axis.cell() > 6 { (f64::from(axis.cell()) * 0.6).round() } else { f64::from(axis.cell()) };
    let inset = ((f64::from(axis.cell()) - width) / 2.0).floor();
    for of in pupil {
        let Some(x) = axis.x(of.day) else { continue };
        let x = f64::from(row.left + x) + inset;
        if of.interactions == 0 {
            shapes.fill("zero", x, foot - 1.5, width, 1.5);
        } else {
            let height = scale.height(of.interactions, row.height).max(2.5);
            shapes.fill("bar-of", x, foot - height, width, height);
        }
    }
    shapes.svg()
}

/// The numbers at the left of a tall row.
#[must_use]
pub fn numbers(left: u32, row: Row, scale: Scale) -> String {
    let lines = scale.named.map(|count| {
        let y = f64::from(row.top + row.height) - scale.height(count, row.height);
        format!("<text class=\"tick end\" x=\"{left}\" y=\"{}\">{count}</text>", y + 4.0)
    });
    lines.concat()
}

/// Faint lines at the numbers of the scale.
#[must_use]
pub fn grid(width: u32, row: Row, scale: Scale) -> String {
    let mut lines = Marks::default();
    for count in scale.named {
        let y = f64::from(row.top + row.height) - scale.height(count, row.height);
        lines.line("grid", (0.0, y), (f64::from(width), y));
    }
    lines.svg()
}

/// What the bars say in words.
#[must_use]
pub fn sentence(days: &[NaiveDate], pupil: &[LearningDay], today: NaiveDate) -> String {
    let shown: Vec<&LearningDay> = pupil.iter().filter(|of| days.contains(&of.day)).collect();
    let total: u32 = shown.iter().map(|of| of.interactions).sum();
    let gaps: Vec<String> =
        days.iter().filter(|day| **day != today && shown.iter().all(|of| of.day != **day)).map(|day| day::short(*day)).collect();
    let gaps = match gaps.len() {
        0 => String::new(),
        1..=6 => format!("記録なし {}。", gaps.join("、")),
        count => format!("記録なし {count}日。"),
    };
    format!("学習の記録：記録のある日 {}日、合わせて {total}件。{gaps}", shown.len())
}

#[cfg(test)]
mod tests {
    use super::{Scale, row, sentence};
    use crate::pages::chart::Row;
    use crate::pages::chart::axis::Axis;
    use crate::pages::record::LearningDay;
    use chrono::NaiveDate;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn zero_is_a_stub_and_a_missing_day_is_a_gap() {
        let days = [day(16), day(17), day(18)];
        let axis = Axis::new(&days, 5, 1, 3);
        let of = [LearningDay { day: day(16), interactions: 0 }, LearningDay { day: day(18), interactions: 400 }];
        let drawn = row(&axis, Row { left: 0, top: 0, height: 16 }, Scale::DAY, &of, &[]);
        assert!(drawn.contains("class=\"zero\" d=\"M0 14.5h5v1.5h-5z\""), "{drawn}");
        assert!(drawn.contains("class=\"bar-of\" d=\"M12 0h5v16h-5z\""), "{drawn}");
        assert_eq!(drawn.matches('M').count(), 2, "{drawn}");
        assert_eq!(sentence(&days, &of, day(24)), "学習の記録：記録のある日 2日、合わせて 400件。記録なし 11/17。");
    }

    #[test]
    fn without_a_middle_of_the_class_nothing_is_drawn_behind() {
        let axis = Axis::new(&[day(16)], 5, 1, 3);
        let of = [LearningDay { day: day(16), interactions: 8 }];
        let at = Row { left: 0, top: 0, height: 16 };
        assert!(!row(&axis, at, Scale::DAY, &of, &[]).contains("median"));
        assert!(row(&axis, at, Scale::DAY, &of, &of).contains("median-line"));
    }
}
