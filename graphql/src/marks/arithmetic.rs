//! From points to a mark: numbers in, marks out. A better point, a lower cut-off or a better letter never gives a worse mark, and what is
//! missing is no zero: a viewpoint in which nothing was counted has no letter.
//!
//! 1. A viewpoint's percent is the sum of the points over the sum of the full points, each times the assessment's weight, over the
//!    assessments in which the pupil has points. Not taken (未受験) and excused count neither above nor below the line. It is cut off behind
//!    the first decimal, so that a percent that is shown as 79.9 is under 80.
//! 2. The letter is A from the cut-off of A on, B from that of B on, else C.
//! 3. 評定 comes from the three letters by a table, or from the mean of the three percents, weighted, by cut-offs.
mod conversion;

pub use conversion::{combinations, table_by_points};

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

/// A viewpoint (観点).
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Viewpoint {
    /// 知識・技能.
    Knowledge,
    /// 思考・判断・表現.
    Thinking,
    /// 主体的に学習に取り組む態度.
    Attitude,
}

impl Viewpoint {
    /// All three, in their order.
    pub const ALL: [Viewpoint; 3] = [Viewpoint::Knowledge, Viewpoint::Thinking, Viewpoint::Attitude];
}

/// A letter of a viewpoint, the better the greater.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// 「努力を要する」状況.
    C,
    /// 「おおむね満足できる」状況.
    B,
    /// 「十分満足できる」状況.
    A,
}

impl Letter {
    /// The best first.
    pub const ALL: [Letter; 3] = [Letter::A, Letter::B, Letter::C];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Letter::A => "A",
            Letter::B => "B",
            Letter::C => "C",
        }
    }

    /// The letter that is written so.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Letter::ALL.into_iter().find(|letter| letter.name() == name)
    }
}

/// From what to what 評定 goes.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RatingScale {
    /// 1 to 3, from the third grade of primary school on.
    Three,
    /// 1 to 5, in lower secondary school.
    Five,
}

impl RatingScale {
    /// The scale of a grade; none in the first two, and where the grade is not known.
    #[must_use]
    pub fn of_grade(grade: &str) -> Option<Self> {
        match grade {
            "P3" | "P4" | "P5" | "P6" => Some(RatingScale::Three),
            "J1" | "J2" | "J3" => Some(RatingScale::Five),
            _ => None,
        }
    }

    /// The best 評定.
    #[must_use]
    pub fn most(self) -> i32 {
        match self {
            RatingScale::Three => 3,
            RatingScale::Five => 5,
        }
    }
}

/// A number for each viewpoint.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(input_name = "ViewpointNumbersInput")]
pub struct ViewpointNumbers {
    /// 知識・技能.
    pub knowledge: i32,
    /// 思考・判断・表現.
    pub thinking: i32,
    /// 主体的に学習に取り組む態度.
    pub attitude: i32,
}

impl ViewpointNumbers {
    fn all(self) -> [i64; 3] {
        [self.knowledge, self.thinking, self.attitude].map(i64::from)
    }
}

/// A line of a table from letters to 評定.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[graphql(input_name = "RatingOfLettersInput")]
pub struct RatingOfLetters {
    /// Three letters in the order 知識・技能, 思考・判断・表現, 主体的に学習に取り組む態度, such as `ABB`.
    pub letters: String,
    /// The 評定 that they give.
    pub rating: i32,
}

/// How 評定 comes about: by a table, or by cut-offs.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[graphql(input_name = "RatingConversionInput")]
pub struct RatingConversion {
    /// For which grades.
    pub scale: RatingScale,
    /// By the letters: a line for each of the 27 combinations. Empty where it goes by `cuts`.
    #[graphql(default)]
    pub table: Vec<RatingOfLetters>,
    /// By the weighted mean of the percents: from how many percent on each 評定 is given, the best first, down to 2. Empty where it goes by
    /// `table`.
    #[graphql(default)]
    pub cuts: Vec<i32>,
}

/// How a school marks.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[graphql(input_name = "MarkRuleInput")]
pub struct MarkRule {
    /// From how many percent on a viewpoint is A.
    pub cut_a: i32,
    /// From how many percent on it is B.
    pub cut_b: i32,
    /// What the viewpoints count against one another where 評定 goes by percents, 0 to 100 each. One of weight 0 may be missing there.
    pub weights: ViewpointNumbers,
    /// How 評定 comes about, once a scale.
    pub conversions: Vec<RatingConversion>,
}

/// What was reached in a viewpoint and what could have been, added up with the weights of the assessments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The points, in weighted tenths.
    pub points: i64,
    /// The full points of the assessments that were counted, in the same.
    pub most: i64,
}

impl Sum {
    /// Tenths of a percent, cut off; `None` where nothing was counted.
    #[must_use]
    pub fn permille(self) -> Option<i64> {
        (self.most > 0).then(|| self.points * 1_000 / self.most)
    }
}

/// What is wrong with a rule: the field and what to do.
pub type Fault = (&'static str, String);

impl MarkRule {
    /// The letter of a viewpoint; `None` where nothing was counted.
    #[must_use]
    pub fn letter(&self, sum: Sum) -> Option<Letter> {
        let reached = sum.permille()?;
        let from = |cut: i32| reached >= i64::from(cut) * 10;
        Some(if from(self.cut_a) {
            Letter::A
        } else if from(self.cut_b) {
            Letter::B
        } else {
            Letter::C
        })
    }

    /// 評定 by letters and sums; `None` where a viewpoint that counts has none, or the rule has nothing for this scale.
    #[must_use]
    pub fn rating(&self, scale: RatingScale, letters: [Option<Letter>; 3], sums: [Sum; 3]) -> Option<i32> {
        let conversion = self.conversions.iter().find(|conversion| conversion.scale == scale)?;
        if conversion.cuts.is_empty() {
            let letters: String = letters.into_iter().map(|letter| letter.map(Letter::name)).collect::<Option<_>>()?;
            return conversion.of(&letters);
        }
        let (mut reached, mut weights) = (0, 0);
        for (sum, weight) in sums.into_iter().zip(self.weights.all()).filter(|(_, weight)| *weight > 0) {
            reached += sum.permille()? * weight;
            weights += weight;
        }
        let place = conversion.cuts.iter().position(|cut| reached >= i64::from(*cut) * 10 * weights);
        let below = i32::try_from(place.unwrap_or(conversion.cuts.len())).ok()?;
        Some(scale.most() - below)
    }

    /// What is wrong with the rule, if anything: it has to have a mark for everything, and a better one for nothing that is worse.
    pub fn check(&self) -> Result<(), Fault> {
        if !(0 < self.cut_b && self.cut_b < self.cut_a && self.cut_a <= 100) {
            return Err(("rule.cutB", "the cut-offs are percents from 1 to 100, that of A above that of B".into()));
        }
        let weights = self.weights.all();
        if weights.iter().any(|weight| !(0..=100).contains(weight)) || weights.iter().sum::<i64>() == 0 {
            return Err(("rule.weights", "the weights are from 0 to 100, and one at least is above 0".into()));
        }
        for (place, conversion) in self.conversions.iter().enumerate() {
            if self.conversions[..place].iter().any(|other| other.scale == conversion.scale) {
                return Err(("rule.conversions", "a scale stands there twice: send each once".into()));
            }
            conversion.check()?;
        }
        Ok(())
    }
}

/// What many schools begin with: A from 80 %, B from 50 %; 評定 by letters in primary school, by percents in lower secondary school. It
/// holds nowhere before a school has saved it.
#[must_use]
pub fn proposal() -> MarkRule {
    let three = RatingConversion { scale: RatingScale::Three, table: table_by_points(&[5, 2]), cuts: Vec::new() };
    let five = RatingConversion { scale: RatingScale::Five, table: Vec::new(), cuts: vec![90, 80, 50, 20] };
    let weights = ViewpointNumbers { knowledge: 1, thinking: 1, attitude: 1 };
    MarkRule { cut_a: 80, cut_b: 50, weights, conversions: vec![three, five] }
}

#[cfg(test)]
mod tests;
