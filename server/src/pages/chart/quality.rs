//! How many flags there were week by week, and what share of some choices had the outcome.
use super::{Marks, svg, text};
use chrono::{Datelike, NaiveDate};
use std::fmt::Write;

/// A week with its flags; `None` where it is not told.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// The Monday.
    pub week: NaiveDate,
    /// 気にかけたい.
    pub watch: Option<u64>,
    /// Worth talking with soon.
    pub support: Option<u64>,
}

const LEFT: u32 = 34;
const TOP: u32 = 12;
const HEIGHT: u32 = 120;
const STEP: u32 = 22;
const WIDTH: f64 = 14.0;

/// Bars from zero, the one level on the other; what is not told is a dashed stub.
#[must_use]
pub fn weeks(bars: &[Bar]) -> String {
    let Some(last) = bars.last() else { return String::new() };
    let first = bars[0].week;
    let most = bars.iter().map(|of| of.watch.unwrap_or(0) + of.support.unwrap_or(0)).max().unwrap_or(0);
    let (line, full) = scale(most);
    let place = |week: NaiveDate| u32::try_from((week - first).num_weeks()).unwrap_or_default();
    // A year has no more than 53, and a picture without width is none.
    let width = (LEFT + (place(last.week) + 1) * STEP + 10).max(320);
    let foot = f64::from(TOP + HEIGHT);
    let height = |count: u64| as_f64(count) * f64::from(HEIGHT) / as_f64(full);
    let mut body = String::new();
    let mut lines = Marks::default();
    for step in 0..=full / line {
        let y = foot - height(step * line);
        lines.line("grid", (f64::from(LEFT), y), (f64::from(width), y));
        write!(body, "<text class=\"tick end\" x=\"{}\" y=\"{}\">{}</text>", LEFT - 6, y + 4.0, step * line)
            .expect("a string takes everything");
    }
    let mut shapes = Marks::default();
    let mut month = 0;
    for of in bars {
        let x = f64::from(LEFT + place(of.week) * STEP) + 4.0;
        let mut y = foot;
        for (class, count) in [("support-bar", of.support), ("watch-bar", of.watch)] {
            match count {
                Some(0) => {}
                Some(count) => {
                    y -= height(count);
                    shapes.fill(class, x, y, WIDTH, height(count));
                }
                None => {
                    y -= 7.0;
                    shapes.outline("untold-bar", x, y, WIDTH, 6.0);
                }
            }
        }
        if of.watch == Some(0) && of.support == Some(0) {
            shapes.fill("watch-bar", x, foot - 1.5, WIDTH, 1.5);
        }
        if of.week.month() != month {
            month = of.week.month();
            body += &text("tick", LEFT + place(of.week) * STEP + 4, TOP + HEIGHT + 16, &format!("{month}月"));
        }
    }
    let told = |count: Option<u64>| count.map_or_else(|| "示しません".to_owned(), |count| format!("{count}"));
    let sentence = format!(
        "週ごとの知らせの数。{}週のうち最後の週は、気にかけたい {}、早めに話したい {}",
        bars.len(),
        told(last.watch),
        told(last.support)
    );
    svg("weeks", width, TOP + HEIGHT + 24, &sentence, &(lines.svg() + &shapes.svg() + &body))
}

/// The distance of the lines and the count at the top.
fn scale(most: u64) -> (u64, u64) {
    let line =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000].into_iter().find(|line| most <= line * 5).unwrap_or(10_000);
    (line, most.div_ceil(line).max(1) * line)
}

#[expect(clippy::cast_precision_loss, reason = "counts of pupils are far under 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// What share of some choice had the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// What was chosen.
    pub label: &'static str,
    /// `None` where it is not told.
    pub share: Option<f64>,
    /// Whether it is what is judged, and not what it is judged beside.
    pub own: bool,
}

/// Bars from the left, one below the other, each with its number.
#[must_use]
pub fn shares(of: &[Share]) -> String {
    const NAMES: u32 = 236;
    const LONG: u32 = 380;
    let mut shapes = Marks::default();
    let mut body = String::new();
    let mut said = Vec::new();
    for (row, of) in (0_u32..).zip(of) {
        let top = row * 26 + 4;
        body += &text(if of.own { "own-label" } else { "label" }, 0, top + 14, of.label);
        let Some(share) = of.share else {
            body += &text("label", NAMES, top + 14, "示しません");
            said.push(format!("{}は示しません", of.label));
            continue;
        };
        let width = (share.clamp(0.0, 1.0) * f64::from(LONG) * 2.0).round() / 2.0;
        shapes.fill(if of.own { "own-bar" } else { "rule-bar" }, f64::from(NAMES), f64::from(top + 2), width.max(1.5), 15.0);
        write!(
            body,
            "<text class=\"{}\" x=\"{}\" y=\"{}\">{:.0}%</text>",
            if of.own { "own-label" } else { "label" },
            f64::from(NAMES) + width.max(1.5) + 7.0,
            top + 14,
            share * 100.0
        )
        .expect("a string takes everything");
        said.push(format!("{} {:.0}%", of.label, share * 100.0));
    }
    let rows = u32::try_from(of.len()).unwrap_or_default();
    let sentence = format!("その後も心配が続いた割合。{}", said.join("、"));
    svg("shares", NAMES + LONG + 56, rows * 26 + 6, &sentence, &(shapes.svg() + &body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(day: u32, watch: Option<u64>, support: Option<u64>) -> Bar {
        Bar { week: NaiveDate::from_ymd_opt(2026, 11, day).expect("a day"), watch, support }
    }

    #[test]
    fn a_level_stands_on_the_other_and_what_is_not_told_is_a_stub() {
        let drawn = weeks(&[week(2, Some(20), Some(10)), week(16, Some(40), None)]);
        assert!(drawn.contains("気にかけたい 40、早めに話したい 示しません"), "{drawn}");
        // 40 fill 120 pixels: 10 are 30 high, at the foot; 20 are 60 high, on them.
        assert!(drawn.contains("M38 102h14v30h-14z") && drawn.contains("M38 42h14v60h-14z"), "{drawn}");
        assert!(drawn.contains("M82"), "a week without an analysis is a gap: {drawn}");
        assert!(drawn.contains("untold-bar") && drawn.matches("11月").count() == 1, "{drawn}");
        assert_eq!(weeks(&[]), "");
    }

    #[test]
    fn the_scale_has_few_lines_and_room_for_the_most() {
        assert_eq!([0, 3, 5, 6, 43, 180].map(scale), [(1, 1), (1, 3), (1, 5), (2, 6), (10, 50), (50, 200)]);
    }

    #[test]
    fn a_share_that_is_not_told_is_said_so() {
        let drawn =
            shares(&[Share { label: "知らせ", share: Some(0.5), own: true }, Share { label: "欠席", share: None, own: false }]);
        assert!(drawn.contains("知らせ 50%、欠席は示しません") && drawn.contains("h190v15"), "{drawn}");
    }
}
