//! Support on the timeline: spans with words inside; a short span puts its words to the left.
use super::{axis::Axis, escape};
use chrono::NaiveDate;
use std::fmt::Write;

/// The height of a line of spans with the space below it.
pub const LINE: u32 = 26;

/// What was going on from one day to another.
#[derive(Clone, Debug)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What it is.
    pub words: String,
    /// `flag` or `measure`: the class of its colours.
    pub class: &'static str,
}

/// The spans below each other wherever they or their words would touch, how many lines that took and how far to the right it reaches.
#[must_use]
pub fn row(axis: &Axis, left: u32, top: u32, spans: &[Span]) -> (String, u32, u32) {
    let mut svg = String::new();
    // Up to where each line is taken.
    let mut taken: Vec<u32> = Vec::new();
    let mut reaches = 0;
    for span in spans {
        let (Some(from), Some(to)) = (axis.from(span.from), axis.up_to(span.to)) else { continue };
        let (from, width) = if to < from { (to, axis.cell()) } else { (from, to - from + axis.cell()) };
        let from = from + left;
        let words = width_of(&span.words);
        let inside = words + 14 <= width;
        let begins = if inside { from } else { from.saturating_sub(words + 5) };
        // Words that have no room at the left go to the right.
        let right = !inside && from < left + words + 5;
        let (begins, ends) = if right { (from, from + width + words + 5) } else { (begins, from + width) };
        let line = taken.iter().position(|free| *free <= begins).unwrap_or_else(|| {
            taken.push(0);
            taken.len() - 1
        });
        taken[line] = ends + 6;
        reaches = reaches.max(ends);
        let y = top + u32::try_from(line).unwrap_or(0) * LINE;
        let class = span.class;
        let (anchor, x) = match (inside, right) {
            (true, _) => ("", from + 7),
            (false, false) => (" end", from - 5),
            (false, true) => ("", from + width + 5),
        };
        write!(
            svg,
            "<rect class=\"span {class}\" x=\"{}.5\" y=\"{y}.5\" width=\"{}\" height=\"20\" rx=\"3\"/>\
             <text class=\"span-words {class}{anchor}\" x=\"{x}\" y=\"{}\">{}</text>",
            from,
            width.saturating_sub(1),
            y + 15,
            escape(&span.words)
        )
        .expect("a string takes everything");
    }
    (svg, u32::try_from(taken.len()).unwrap_or(0), reaches)
}

/// About how wide words are at 12 px: a Japanese letter is a square.
fn width_of(words: &str) -> u32 {
    words.chars().map(|letter| if letter.is_ascii() { 7 } else { 12 }).sum()
}

#[cfg(test)]
mod tests {
    use super::{Span, row};
    use crate::pages::chart::axis::Axis;
    use chrono::{Datelike, Days, NaiveDate};

    fn days() -> Vec<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(2026, 11, 9).unwrap();
        (0..12).map(|day| first + Days::new(day)).filter(|day| day.weekday().num_days_from_monday() < 5).collect()
    }

    #[test]
    fn a_short_span_puts_its_words_to_the_left_and_lines_do_not_touch() {
        let days = days();
        let axis = Axis::new(&days, 15, 1, 4);
        let last = *days.last().unwrap();
        let spans = [
            Span { from: days[0], to: last, words: "気にかけたい".into(), class: "flag" },
            Span { from: last, to: last, words: "<電話>".into(), class: "measure" },
        ];
        let (drawn, lines, _) = row(&axis, 0, 0, &spans);
        assert_eq!(lines, 2);
        assert!(drawn.contains("measure end\""), "{drawn}");
        assert!(drawn.contains("&lt;電話&gt;"), "{drawn}");
    }

    #[test]
    fn what_is_not_on_the_axis_is_not_drawn() {
        let days = days();
        let axis = Axis::new(&days, 15, 1, 4);
        let before = NaiveDate::from_ymd_opt(2026, 4, 7).unwrap();
        assert_eq!(row(&axis, 0, 0, &[Span { from: before, to: before, words: "面談".into(), class: "measure" }]).1, 0);
    }
}
