//! The timeline: every kind of record that the viewer may see, on one axis of school days.
use super::range::Range;
use super::{Around, weekly};
use crate::pages::chart::axis::Axis;
use crate::pages::chart::learning::Scale;
use crate::pages::chart::support::{self, Span};
use crate::pages::chart::{Row, attendance, learning, mood, svg, text, work};
use crate::pages::day;
use chrono::{Datelike, NaiveDate};
use std::fmt::Write;

/// What the labels at the left take, and what the days may take beside them on a wide screen.
const LABELS: u32 = 104;
const WIDTH: u32 = 1160;
/// Where the first row begins, below months and days.
const TOP: u32 = 40;
/// How wide the name of a month is, and what names today.
const MONTH: u32 = 32;
const TODAY: u32 = 84;

/// The picture in two parts, so that the labels stay when the days are scrolled.
pub(super) struct Timeline {
    pub(in crate::pages) labels: String,
    pub(in crate::pages) plot: String,
}

/// The rows as they are drawn below each other.
pub(super) struct Drawing {
    pub(super) axis: Axis,
    top: u32,
    pub(super) labels: String,
    pub(super) plot: String,
    /// How far to the right words reach beyond the days.
    reaches: u32,
    sentences: Vec<String>,
}

impl Timeline {
    pub(super) fn of(around: &Around) -> Self {
        let pupil = around.pupil;
        let by_week = around.range == Range::Year;
        let mut drawing = Drawing::on(if by_week { weekly::axis(around.days, WIDTH) } else { axis(around.days) });
        if let Some(marks) = &pupil.attendance {
            if by_week {
                weekly::attendance(&mut drawing, around, marks);
            } else {
                let top = drawing.row("出欠", 48);
                drawing.plot += &attendance::signs(&drawing.axis, 0, top + 14, marks);
                let row = Row { left: 0, top: top + 19, height: 20 };
                drawing.plot += &attendance::row(&drawing.axis, row, marks, around.open());
            }
            drawing.sentences.push(attendance::sentence(&enrolled(around), marks, around.open()));
        }
        if let Some(of) = &pupil.learning {
            let (days, middle) = (around.learning(Some(of)), around.middle());
            let (scale, unit) = if by_week { (Scale::WEEK, "1週の件数") } else { (Scale::DAY, "1日の件数") };
            let top = drawing.row("学習の記録", 84);
            drawing.labels += &text("tick", 0, top + 40, unit);
            let row = Row { left: 0, top: top + 10, height: 64 };
            drawing.labels += &learning::numbers(LABELS - 6, row, scale);
            drawing.plot += &learning::grid(drawing.axis.width(), row, scale);
            drawing.plot += &if by_week {
                let axis = &drawing.axis;
                learning::row(axis, row, scale, &weekly::sums(axis, &days), &weekly::sums(axis, &middle))
            } else {
                learning::row(&drawing.axis, row, scale, &days, &middle)
            };
            drawing.sentences.push(learning::sentence(&enrolled(around), &days, around.today));
        }
        if let Some(of) = &pupil.work {
            let top = drawing.row("提出", 36);
            drawing.plot += &work::row(&drawing.axis, 0, top + 11, 13, of);
            let shown: Vec<_> = of
                .iter()
                .filter(|of| around.days.first().is_some_and(|first| of.assignment.due_day >= *first))
                .cloned()
                .collect();
            drawing.sentences.push(work::sentence(&shown));
        }
        if let Some(of) = pupil.tested.as_ref().filter(|of| !of.is_empty()) {
            let spans = of.iter().map(|of| Span { from: of.day, to: of.day, words: of.words(), class: "measure" });
            drawing.spans("テスト", &spans.collect::<Vec<_>>());
        }
        if let Some(of) = &pupil.moods {
            if by_week {
                weekly::moods(&mut drawing, of);
            } else {
                let top = drawing.row("心の天気", 36);
                // Where days stand closer than the pictures are wide, these are smaller.
                drawing.plot += &mood::row(&drawing.axis, 0, top + 10, drawing.axis.step().clamp(11, 16), of);
            }
            drawing.sentences.push(mood::sentence(&enrolled(around), of));
        }
        if let Some(of) = pupil.infirmary_visits.as_ref().filter(|of| !of.is_empty()) {
            let spans = of.iter().map(|of| Span { from: of.day, to: of.day, words: of.words().into(), class: "measure" });
            drawing.spans("保健室", &spans.collect::<Vec<_>>());
        }
        if pupil.support_flags.is_some() || pupil.support_actions.is_some() || around.supported() {
            drawing.spans("支援", &spans(around));
        }
        drawing.finish(around)
    }
}

impl Drawing {
    fn on(axis: Axis) -> Self {
        Drawing { axis, top: TOP, labels: String::new(), plot: String::new(), reaches: 0, sentences: Vec::new() }
    }

    /// Begins a row below a line and says where.
    pub(super) fn row(&mut self, name: &str, height: u32) -> u32 {
        let top = self.top;
        let (labels, width) = (LABELS, self.axis.width());
        write!(self.labels, "<path class=\"rule\" d=\"M0 {top}.5h{labels}\"/>").expect("a string takes everything");
        write!(self.plot, "<path class=\"rule\" d=\"M0 {top}.5h{width}\"/>").expect("a string takes everything");
        self.labels += &text("row-label", 0, top + 24, name);
        self.top += height;
        top
    }

    /// A row of what lasted, or was on a day.
    fn spans(&mut self, name: &str, spans: &[Span]) {
        let top = self.row(name, 36);
        let (drawn, lines, reaches) = support::row(&self.axis, 0, top + 9, spans);
        self.plot += &drawn;
        self.reaches = self.reaches.max(reaches);
        self.top = top + 12 + lines.max(1) * support::LINE;
        let from = |span: &Span| if span.from == span.to { "" } else { "から" };
        let named: Vec<String> =
            spans.iter().map(|span| format!("{}{} {}", day::short(span.from), from(span), span.words)).collect();
        let named = if named.is_empty() { "記録なし".to_owned() } else { named.join("、") };
        self.sentences.push(format!("{name}：{named}。"));
    }

    /// Puts weeks and months behind the rows.
    fn finish(self, around: &Around) -> Timeline {
        let (axis, height) = (&self.axis, self.top);
        let mut behind = String::new();
        let weeks = axis.weeks();
        let by_week = around.range == Range::Year;
        for (index, (_, x)) in weeks.iter().enumerate().filter(|_| !by_week) {
            let end = weeks.get(index + 1).map_or(axis.width(), |(_, next)| *next);
            if index % 2 == 0 {
                write!(behind, "<path class=\"week\" d=\"M{x} 20h{}v{}H{x}z\"/>", end - x, height - 20)
                    .expect("a string takes everything");
            }
        }
        let today = around.open().map_or(0, |_| TODAY);
        let width = axis.width().max(today);
        behind += &months(axis, height, width - today);
        behind += &before_enrolment(around, axis, height);
        let end = around.open().map_or(0, |_| 30);
        for (day, x) in weeks {
            if x + 20 + end <= axis.width() {
                behind += &text("tick", x + 2, 34, &day.day().to_string());
            }
        }
        if around.open().is_some() {
            let x = axis.width();
            write!(behind, "<path class=\"now-line\" d=\"M{x}.5 20v{}\"/>", height - 20).expect("a string takes everything");
            behind += &text("tick now", width, 14, &format!("きょう {}", day::short(around.today)));
        }
        let sentence =
            format!("{}の{}。{}", around.pupil.name, around.range.words(around.term, around.days.len()), self.sentences.concat());
        Timeline {
            labels: format!(
                "<svg class=\"chart labels\" aria-hidden=\"true\" width=\"{LABELS}\" height=\"{height}\" viewBox=\"0 0 {LABELS} {height}\">{}</svg>",
                self.labels
            ),
            plot: svg("plot", width.max(self.reaches) + 2, height, &sentence, &(behind + &self.plot)),
        }
    }
}

/// Days as wide as there is room for: up to sixty alike, those of a long term narrower, so that a term is on one sheet and screen.
fn axis(days: &[NaiveDate]) -> Axis {
    let weeks = u32::try_from(Axis::new(days, 15, 1, 0).weeks().len()).unwrap_or(0);
    let count = u32::try_from(days.len()).unwrap_or(0).max(1);
    let step = (WIDTH.saturating_sub(weeks * 4) / count).clamp(9, 19);
    let cell = (step - 1).min(15);
    Axis::new(days, cell, step - cell, 4)
}

fn enrolled(around: &Around) -> Vec<NaiveDate> {
    let from = around.pupil.enrolled_from;
    around.days.iter().filter(|day| from.is_none_or(|from| **day >= from)).copied().collect()
}

/// The months: their names stand before `free`.
fn months(axis: &Axis, height: u32, free: u32) -> String {
    let mut svg = String::new();
    let mut before = None;
    for (day, x) in axis.columns() {
        if before != Some(day.month()) {
            // A month of two or three days at the beginning has no room for its name beside the next one.
            let next = axis.columns().iter().find(|(of, at)| at > x && of.month() != day.month());
            if next.is_none_or(|(_, at)| at - x > 36) && x + MONTH <= free {
                svg += &text("month", x + 2, 14, &format!("{}月", day.month()));
            }
            write!(svg, "<path class=\"month-line\" d=\"M{x}.5 0v{height}\"/>").expect("a string takes everything");
            before = Some(day.month());
        }
    }
    svg
}

fn before_enrolment(around: &Around, axis: &Axis, height: u32) -> String {
    let Some(first) = around.pupil.enrolled_from.and_then(|from| axis.from(from)).filter(|x| *x > 0) else {
        return String::new();
    };
    let words = if first > 60 { text("tick", 8, TOP + 26, "在籍前") } else { String::new() };
    format!(
        "<pattern id=\"before\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/></pattern>\
         <rect class=\"before\" x=\"0\" y=\"{TOP}\" width=\"{first}\" height=\"{}\" fill=\"url(#before)\"/>{words}",
        height - TOP
    )
}

fn spans(around: &Around) -> Vec<Span> {
    let flags = around.pupil.support_flags.iter().flatten().map(|flag| {
        let about: Vec<&str> = flag.strongest.iter().map(|reason| reason.label.as_str()).take(2).collect();
        let about = if about.is_empty() { String::new() } else { format!("（{}）", about.join("・")) };
        Span {
            from: flag.since, to: flag.ended_on.unwrap_or(around.today), words: format!("気にかけたい{about}"), class: "flag"
        }
    });
    let actions = around.pupil.support_actions.iter().flatten().map(|action| {
        let to = action.next_on.map_or(action.day, |next| next.min(around.today));
        Span { from: action.day, to, words: action.kind.words().into(), class: "measure" }
    });
    let sheets = around.pupil.support_sheets.iter().flatten().map(|sheet| {
        let to = sheet.closed_on.unwrap_or(around.today);
        Span { from: sheet.opened_on, to, words: "支援シート".into(), class: "measure" }
    });
    let mut spans: Vec<Span> = flags.chain(sheets).chain(actions).collect();
    spans.sort_by_key(|span| span.from);
    let first = around.days.first().copied().unwrap_or(around.today);
    spans.retain(|span| span.to >= first);
    spans
}
