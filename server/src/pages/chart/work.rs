//! Submissions: filled in time, lower half filled late, outline not yet, dash not for this pupil.
use super::{Marks, axis::Axis, svg};
use crate::pages::day;
use crate::pages::record::{Work, WorkState};

/// The marks of work at its due days; what is due on one day shares its place.
#[must_use]
pub fn row(axis: &Axis, left: u32, top: u32, size: u32, work: &[Work]) -> String {
    let mut shapes = Marks::default();
    for (index, of) in work.iter().enumerate() {
        let Some(x) = axis.up_to(of.assignment.due_day) else { continue };
        let same = |other: &&Work| axis.up_to(other.assignment.due_day) == Some(x);
        let sharing = work.iter().filter(same).count();
        let before = work[..index].iter().filter(same).count();
        let slot = f64::from(axis.step()) / as_f64(sharing);
        let width = f64::from(size).min(slot - 1.0);
        let inset = if sharing == 1 { (f64::from(axis.cell()) - width) / 2.0 } else { 0.0 };
        mark(&mut shapes, of.state, f64::from(left + x) + inset + slot * as_f64(before), f64::from(top), width, f64::from(size));
    }
    shapes.svg()
}

/// The marks of work side by side, without an axis: a cell of the class's table.
#[must_use]
pub fn strip(work: &[Work]) -> String {
    let mut shapes = Marks::default();
    for (index, of) in work.iter().enumerate() {
        mark(&mut shapes, of.state, as_f64(index) * 11.0, 1.0, 9.0, 11.0);
    }
    let width = u32::try_from(work.len()).unwrap_or(0) * 11;
    svg("work", width.max(11), 13, &sentence(work), &shapes.svg())
}

/// A mark as a legend shows it.
#[must_use]
pub fn sample(state: WorkState) -> String {
    let mut shapes = Marks::default();
    mark(&mut shapes, state, 0.0, 1.0, 10.0, 11.0);
    format!("<svg class=\"chart\" aria-hidden=\"true\" width=\"10\" height=\"13\" viewBox=\"0 0 10 13\">{}</svg>", shapes.svg())
}

/// What is handed in, and what is not, in words.
#[must_use]
pub fn sentence(work: &[Work]) -> String {
    let (handed_in, due) = count(work);
    let named = |state: WorkState| {
        let of: Vec<String> = work
            .iter()
            .filter(|of| of.state == state)
            .map(|of| format!("{} {}", day::short(of.assignment.due_day), of.assignment.words()))
            .collect();
        if of.is_empty() { String::new() } else { format!("{}：{}。", state.words(), of.join("、")) }
    };
    let parts = [WorkState::Late, WorkState::Missing, WorkState::NotDueYet, WorkState::NotForPupil].map(named);
    format!("提出：{due}件のうち {handed_in}件。{}", parts.concat())
}

/// How many are handed in of how many that were due.
#[must_use]
pub fn count(work: &[Work]) -> (usize, usize) {
    let handed_in = work.iter().filter(|of| matches!(of.state, WorkState::OnTime | WorkState::Late)).count();
    let missing = work.iter().filter(|of| of.state == WorkState::Missing).count();
    (handed_in, handed_in + missing)
}

fn mark(shapes: &mut Marks, state: WorkState, x: f64, y: f64, width: f64, height: f64) {
    match state {
        WorkState::OnTime => shapes.fill("in-time", x, y, width, height),
        WorkState::Late => {
            shapes.outline("late-line", x, y, width, height);
            shapes.fill("in-time", x, y + height / 2.0, width, height / 2.0);
        }
        WorkState::Missing => shapes.outline("not-yet", x, y, width, height),
        WorkState::NotDueYet => shapes.outline("not-due", x, y, width, height),
        WorkState::NotForPupil => shapes.fill("not-for", x + 1.0, y + height / 2.0 - 0.75, width - 2.0, 1.5),
    }
}

/// A count of marks as a length: a class has few of them.
fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{count, row, sentence, strip};
    use crate::pages::chart::axis::Axis;
    use crate::pages::record::{Assignment, Work, WorkState};
    use chrono::NaiveDate;

    fn work(day: u32, title: &str, state: WorkState) -> Work {
        let due_day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        Work { assignment: Assignment { title: title.into(), lesson: None, due_day }, state }
    }

    #[test]
    fn only_what_was_due_counts() {
        let states = [WorkState::OnTime, WorkState::Late, WorkState::Missing, WorkState::NotDueYet, WorkState::NotForPupil];
        let work: Vec<Work> = states.into_iter().map(|state| work(20, "漢字<1>", state)).collect();
        assert_eq!(count(&work), (2, 3));
        assert!(sentence(&work).starts_with("提出：3件のうち 2件。遅れて提出：11/20 漢字<1>。"));
        assert!(strip(&work).contains("漢字&lt;1&gt;"));
        assert!(strip(&[]).contains("提出：0件のうち 0件。"));
    }

    #[test]
    fn work_of_a_lesson_says_which_lesson() {
        let mut of = work(20, "一次関数", WorkState::Missing);
        of.assignment.lesson = Some("数学".into());
        assert!(sentence(&[of.clone()]).ends_with("まだ：11/20 数学 一次関数。"));
        of.assignment.title = "数学ワーク".into();
        assert!(sentence(&[of]).ends_with("まだ：11/20 数学ワーク。"));
    }

    #[test]
    fn what_is_due_on_a_sunday_stands_at_the_last_school_day_and_shares_its_place() {
        let days = [20, 24].map(|day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
        let axis = Axis::new(&days, 11, 1, 5);
        let both = [work(20, "a", WorkState::OnTime), work(22, "b", WorkState::OnTime)];
        let drawn = row(&axis, 0, 0, 10, &both);
        assert!(drawn.contains("M0 0h5v10") && drawn.contains("M6 0h5v10"), "{drawn}");
        assert_eq!(row(&axis, 0, 0, 10, &[work(2, "before the axis", WorkState::OnTime)]), "");
    }
}
