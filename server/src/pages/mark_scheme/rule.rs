//! A rule as the API has it, as the form has it, and in words.
use crate::pages::csrf::Fields;
use serde::Deserialize;
use serde_json::{Value, json};

/// Three letters in whatever order, the best first.
const TRIPLES: [&str; 10] = ["AAA", "AAB", "AAC", "ABB", "ABC", "ACC", "BBB", "BBC", "BCC", "CCC"];
/// The scales with the best 評定, what they are called, and who has them.
pub(super) const SCALES: [(&str, usize, &str); 2] = [("THREE", 3, "3段階（小学校3年から）"), ("FIVE", 5, "5段階（中学校）")];

#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) cut_a: i32,
    pub(super) cut_b: i32,
    pub(super) weights: Weights,
    conversions: Vec<Conversion>,
}

#[derive(Deserialize, Clone, Default)]
pub(super) struct Weights {
    pub(super) knowledge: i32,
    pub(super) thinking: i32,
    pub(super) attitude: i32,
}

#[derive(Deserialize, Clone)]
pub(super) struct Conversion {
    scale: String,
    table: Vec<Line>,
    cuts: Vec<i32>,
}

#[derive(Deserialize, Clone)]
pub(super) struct Line {
    letters: String,
    rating: i32,
}

/// A scale of the form.
pub(super) struct Scale {
    pub(super) code: &'static str,
    pub(super) most: usize,
    pub(super) title: &'static str,
    pub(super) on: bool,
    pub(super) by_cuts: bool,
    pub(super) table: Vec<(&'static str, i32)>,
    pub(super) cuts: Vec<(usize, String)>,
}

impl Rule {
    /// The rule in words.
    pub(super) fn lines(&self) -> Vec<String> {
        let Weights { knowledge, thinking, attitude } = self.weights;
        let cuts = format!("観点：Aは{}％から、Bは{}％から、それより下はC", self.cut_a, self.cut_b);
        let conversions = self.conversions.iter().map(|conversion| {
            let (_, most, title) = SCALES.into_iter().find(|(code, ..)| *code == conversion.scale).unwrap_or(SCALES[0]);
            let how = if conversion.cuts.is_empty() {
                let rating =
                    |triple: &str| conversion.table.iter().find(|line| line.letters == triple).map_or(0, |line| line.rating);
                TRIPLES.map(|triple| format!("{triple}→{}", rating(triple))).join("　")
            } else {
                let of_cuts = (2..=most).rev().zip(&conversion.cuts).map(|(rating, cut)| format!("{rating}は{cut}％から"));
                let means = format!("3観点の重みつき平均（知{knowledge}：思{thinking}：態{attitude}）で、");
                means + &of_cuts.collect::<Vec<_>>().join("、")
            };
            format!("評定 {title}：{how}")
        });
        std::iter::once(cuts).chain(conversions).collect()
    }
}

impl Scale {
    pub(super) fn of((code, most, title): (&'static str, usize, &'static str), rule: &Rule) -> Self {
        let held = rule.conversions.iter().find(|conversion| conversion.scale == code);
        let rating = |triple: &str| {
            let line = held.and_then(|held| held.table.iter().find(|line| line.letters == triple));
            let points: usize = triple.bytes().map(|letter| usize::from(b'C' - letter)).sum();
            // Where nothing is held: what is offered goes by the points of the letters.
            let offered = 1 + points * (most - 1) / 6;
            line.map_or_else(|| i32::try_from(offered).unwrap_or(1), |line| line.rating)
        };
        let cut = |at: usize| held.and_then(|held| held.cuts.get(at)).map(ToString::to_string).unwrap_or_default();
        Scale {
            code,
            most,
            title,
            on: held.is_some(),
            by_cuts: held.is_some_and(|held| !held.cuts.is_empty()),
            table: TRIPLES.map(|triple| (triple, rating(triple))).into(),
            cuts: (0..most - 1).map(|at| (most - at, cut(at))).collect(),
        }
    }
}

impl Rule {
    pub(super) fn input(&self) -> Value {
        let Weights { knowledge, thinking, attitude } = self.weights;
        let line = |line: &Line| json!({ "letters": line.letters, "rating": line.rating });
        let conversions: Vec<Value> = self
            .conversions
            .iter()
            .map(|of| json!({ "scale": of.scale, "table": of.table.iter().map(line).collect::<Vec<_>>(), "cuts": of.cuts }))
            .collect();
        let weights = json!({ "knowledge": knowledge, "thinking": thinking, "attitude": attitude });
        json!({ "cutA": self.cut_a, "cutB": self.cut_b, "weights": weights, "conversions": conversions })
    }
}

/// The rule as it was typed. What is no number is refused as one that is out of range.
pub(super) fn rule(fields: &Fields) -> Value {
    let number = |name: &str| fields.get(name).trim().parse::<i32>().unwrap_or(-1);
    let conversions = SCALES.into_iter().filter(|(code, ..)| fields.is(&format!("on.{code}"), "1")).map(|(code, most, _)| {
        if fields.is(&format!("by.{code}"), "cuts") {
            let cuts: Vec<i32> = (2..=most).rev().map(|rating| number(&format!("{code}.cut.{rating}"))).collect();
            return json!({ "scale": code, "cuts": cuts });
        }
        let table: Vec<Value> = asagao_graphql::marks::arithmetic::combinations()
            .into_iter()
            .map(|letters| {
                let mut sorted = letters.clone().into_bytes();
                sorted.sort_unstable();
                let triple = String::from_utf8_lossy(&sorted).into_owned();
                json!({ "letters": letters, "rating": number(&format!("{code}.{triple}")) })
            })
            .collect();
        json!({ "scale": code, "table": table })
    });
    let weights = json!({ "knowledge": number("weight.0"), "thinking": number("weight.1"), "attitude": number("weight.2") });
    json!({ "cutA": number("cutA"), "cutB": number("cutB"), "weights": weights, "conversions": conversions.collect::<Vec<_>>() })
}
