//! Charts: plain data in, SVG out. What a mark looks like is in the stylesheet, by its class, so that print can change it.
pub mod attendance;
pub mod axis;
pub mod learning;
pub mod mood;
pub mod quality;
pub mod support;
pub mod work;

use std::fmt::Write;

/// The upper left corner and the height of a row of a chart.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// How far from the left the axis begins.
    pub left: u32,
    /// How far from the top the row begins.
    pub top: u32,
    /// The row's height.
    pub height: u32,
}

/// One picture with the sentence that stands for it.
#[must_use]
pub fn svg(class: &str, width: u32, height: u32, sentence: &str, body: &str) -> String {
    format!(
        "<svg class=\"chart {class}\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\
         <title>{}</title>{body}</svg>",
        escape(sentence)
    )
}

/// A word in a picture; `class` says its size, colour and anchor.
#[must_use]
pub fn text(class: &str, x: u32, y: u32, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(words))
}

/// Text as it may stand in markup.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Marks of one kind, drawn as one path: a strip of twenty days is four elements, not twenty.
#[derive(Default)]
struct Marks(Vec<(&'static str, String)>);

impl Marks {
    /// The path of a class, to be written on.
    fn of(&mut self, class: &'static str) -> &mut String {
        let place = self.0.iter().position(|(other, _)| *other == class).unwrap_or_else(|| {
            self.0.push((class, String::new()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }

    /// A filled box.
    fn fill(&mut self, class: &'static str, x: f64, y: f64, width: f64, height: f64) {
        let path = self.of(class);
        write!(path, "M{x} {y}h{width}v{height}h-{width}z").expect("a string takes everything");
    }

    /// A box whose line stays inside.
    fn outline(&mut self, class: &'static str, x: f64, y: f64, width: f64, height: f64) {
        self.fill(class, x + 0.75, y + 0.75, width - 1.5, height - 1.5);
    }

    /// A straight line.
    fn line(&mut self, class: &'static str, from: (f64, f64), to: (f64, f64)) {
        let path = self.of(class);
        write!(path, "M{} {}L{} {}", from.0, from.1, to.0, to.1).expect("a string takes everything");
    }

    fn svg(self) -> String {
        self.0.into_iter().fold(String::new(), |mut svg, (class, path)| {
            write!(svg, "<path class=\"{class}\" d=\"{path}\"/>").expect("a string takes everything");
            svg
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, svg, text};

    #[test]
    fn a_name_with_signs_of_markup_stays_text() {
        assert_eq!(escape("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
        assert!(svg("x", 1, 1, "</title><script>", "").contains("&lt;/title&gt;&lt;script&gt;"));
        assert!(text("t", 0, 0, "</text>").contains("&lt;/text&gt;"));
    }
}
