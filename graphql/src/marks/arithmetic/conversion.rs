//! From letters to 評定 by a table, and what a table or cut-offs must be like.
use super::{Fault, Letter, RatingConversion, RatingOfLetters};

impl RatingConversion {
    pub(super) fn of(&self, letters: &str) -> Option<i32> {
        self.table.iter().find(|line| line.letters == letters).map(|line| line.rating)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        let most = self.scale.most();
        if self.table.is_empty() == self.cuts.is_empty() {
            return Err(("rule.conversions", "send either a table or cut-offs for each scale".into()));
        }
        if !self.cuts.is_empty() {
            let whole = i32::try_from(self.cuts.len()) == Ok(most - 1);
            let falling = self.cuts.windows(2).all(|two| two[0] > two[1]) && self.cuts.iter().all(|cut| (1..=100).contains(cut));
            let message = format!("send {} cut-offs from 1 to 100, each below the one before it", most - 1);
            return if whole && falling { Ok(()) } else { Err(("rule.conversions.cuts", message)) };
        }
        let all = combinations();
        if self.table.len() != all.len() {
            let missing: Vec<_> = all.iter().filter(|letters| self.of(letters).is_none()).cloned().collect();
            let message =
                format!("the table has a line for each of the 27 combinations once: {} are missing", missing.join(", "));
            return Err(("rule.conversions.table", message));
        }
        for letters in &all {
            let Some(rating) = self.of(letters).filter(|rating| (1..=most).contains(rating)) else {
                let message = format!("{letters} has no 評定 from 1 to {most}");
                return Err(("rule.conversions.table", message));
            };
            for better in better(letters) {
                if self.of(&better).is_some_and(|of_better| of_better < rating) {
                    let message =
                        format!("{better} is better than {letters} and gives less: a better letter never gives a worse 評定");
                    return Err(("rule.conversions.table", message));
                }
            }
        }
        Ok(())
    }
}

/// Every combination of three letters, the best first.
#[must_use]
pub fn combinations() -> Vec<String> {
    let names = || Letter::ALL.map(Letter::name).into_iter();
    names().flat_map(|a| names().flat_map(move |b| names().map(move |c| format!("{a}{b}{c}")))).collect()
}

/// The combinations with one letter better by a step.
pub(super) fn better(letters: &str) -> Vec<String> {
    let step = |letter: u8| (letter > b'A').then(|| letter - 1);
    let bytes = letters.as_bytes();
    let raised = (0..bytes.len()).filter_map(|at| {
        let mut raised = bytes.to_vec();
        raised[at] = step(bytes[at])?;
        String::from_utf8(raised).ok()
    });
    raised.collect()
}

/// A table that gives the same whichever viewpoints the letters are of: from how many points on (A 2, B 1, C 0) each 評定 is given, the best
/// first.
#[must_use]
pub fn table_by_points(cuts: &[usize]) -> Vec<RatingOfLetters> {
    let points = |letters: &str| letters.bytes().map(|letter| usize::from(b'C' - letter)).sum::<usize>();
    let rating = |letters: &str| 1 + cuts.iter().filter(|cut| points(letters) >= **cut).count();
    let line = |letters: String| RatingOfLetters { rating: i32::try_from(rating(&letters)).unwrap_or(1), letters };
    combinations().into_iter().map(line).collect()
}
