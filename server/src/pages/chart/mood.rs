//! Mood as weather: four pictures of different outline. Never a line, never a mean; a day without an answer is a gap.
use super::{axis::Axis, svg};
use crate::pages::day;
use crate::pages::record::{Mood, Weather};
use chrono::NaiveDate;
use std::borrow::Borrow;
use std::fmt::Write;

/// The four pictures, once a page; charts point at them.
pub const PICTURES: &str = concat!(
    "<svg class=\"pictures\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">",
    "<symbol id=\"w-sunny\" viewBox=\"0 0 16 16\"><circle class=\"sun\" cx=\"8\" cy=\"8\" r=\"3\"/>",
    "<path class=\"sun\" d=\"M8 1v2M8 13v2M1 8h2M13 8h2M3.05 3.05l1.4 1.4M11.55 11.55l1.4 1.4M3.05 12.95l1.4-1.4M11.55 4.45l1.4-1.4\"/></symbol>",
    "<symbol id=\"w-cloudy\" viewBox=\"0 0 16 16\">",
    "<path class=\"cloud\" d=\"M4.6 12.6h6.9a2.75 2.75 0 0 0 .4-5.45A4 4 0 0 0 4.3 7.1a2.8 2.8 0 0 0 .3 5.5z\"/></symbol>",
    "<symbol id=\"w-rainy\" viewBox=\"0 0 16 16\">",
    "<path class=\"rain\" d=\"M4.6 9.6h6.9a2.75 2.75 0 0 0 .4-5.45A4 4 0 0 0 4.3 4.1a2.8 2.8 0 0 0 .3 5.5z\"/>",
    "<path class=\"drops\" d=\"M5.2 11.4l-1 3M8.4 11.4l-1 3M11.6 11.4l-1 3\"/></symbol>",
    "<symbol id=\"w-stormy\" viewBox=\"0 0 16 16\">",
    "<path class=\"storm\" d=\"M4.6 9.6h6.9a2.75 2.75 0 0 0 .4-5.45A4 4 0 0 0 4.3 4.1a2.8 2.8 0 0 0 .3 5.5z\"/>",
    "<path class=\"bolt\" d=\"M8.8 10.4H5.9l-1.3 3h2.1l-.9 2.4 4-3.6H7.7z\"/></symbol></svg>"
);

/// One picture, where words stand beside it.
#[must_use]
pub fn picture(weather: impl Borrow<Weather>, size: u32) -> String {
    format!(
        "<svg class=\"weather\" width=\"{size}\" height=\"{size}\" aria-hidden=\"true\"><use href=\"#{}\"/></svg>",
        id(*weather.borrow())
    )
}

/// The pictures of a row of days.
#[must_use]
pub fn row(axis: &Axis, left: u32, top: u32, size: u32, moods: &[Mood]) -> String {
    let mut svg = String::new();
    for (mood, weather) in moods.iter().filter_map(|mood| Some((mood, mood.weather?))) {
        let Some(x) = axis.x(mood.day) else { continue };
        // A picture may be wider than its day: it is put on the middle.
        let x = f64::from(left + x) + (f64::from(axis.cell()) - f64::from(size)) / 2.0;
        use_at(&mut svg, weather, x, top, size);
    }
    svg
}

/// The last days side by side, for a cell of the class's table: a day without an answer is a small dot.
#[must_use]
pub fn strip(days: &[NaiveDate], moods: &[Mood]) -> String {
    const STEP: u32 = 19;
    let mut body = String::new();
    let mut x = 0;
    for day in days {
        match moods.iter().find(|mood| mood.day == *day).and_then(|mood| mood.weather) {
            Some(weather) => use_at(&mut body, weather, f64::from(x), 0, 16),
            None => {
                write!(body, "<circle class=\"no-entry\" cx=\"{}\" cy=\"8\" r=\"1.2\"/>", x + 8)
                    .expect("a string takes everything");
            }
        }
        x += STEP;
    }
    svg("mood", x.max(STEP) - 3, 16, &sentence(days, moods), &body)
}

/// Each day's weather in words.
#[must_use]
pub fn sentence(days: &[NaiveDate], moods: &[Mood]) -> String {
    let said: Vec<String> = moods
        .iter()
        .filter(|mood| days.contains(&mood.day))
        .filter_map(|mood| Some(format!("{} {}", day::short(mood.day), mood.words()?)))
        .collect();
    match (said.len(), days.len() - said.len()) {
        (0, _) => "心の天気：入力なし。".into(),
        (_, 0) => format!("心の天気：{}。", said.join("、")),
        (_, none) => format!("心の天気：{}。入力なし {none}日。", said.join("、")),
    }
}

fn id(weather: Weather) -> &'static str {
    match weather {
        Weather::Sunny => "w-sunny",
        Weather::Cloudy => "w-cloudy",
        Weather::Rainy => "w-rainy",
        Weather::Stormy => "w-stormy",
    }
}

fn use_at(svg: &mut String, weather: Weather, x: f64, y: u32, size: u32) {
    let id = id(weather);
    write!(svg, "<use href=\"#{id}\" x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\"/>")
        .expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::{row, strip};
    use crate::pages::chart::axis::Axis;
    use crate::pages::record::{Mood, Weather};
    use chrono::NaiveDate;

    #[test]
    fn no_entry_and_a_skipped_day_are_a_dot_in_the_table_and_a_gap_on_an_axis() {
        let days = [18, 19, 20].map(|day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
        let said = |weather: Option<Weather>| weather.map(|_| "しとしと".to_owned());
        let moods =
            [(0, Some(Weather::Rainy)), (1, None)].map(|(at, weather)| Mood { day: days[at], weather, label: said(weather) });
        let cell = strip(&days, &moods);
        assert_eq!(cell.matches("no-entry").count(), 2);
        assert!(cell.contains("<title>心の天気：11/18 しとしと。入力なし 2日。</title>"), "{cell}");
        let axis = Axis::new(&days, 11, 1, 5);
        assert_eq!(row(&axis, 0, 0, 13, &moods).matches("<use").count(), 1);
    }
}
