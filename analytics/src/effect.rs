//! What changed for a pupil when a support began, beside pupils whose records were alike and who had none.
//!
//! A support begins when things are at their worst, and what is at its worst is mostly better a month later by itself: regression to the mean
//! (Galton 1886; Ashenfelter 1978 on training for those who had just lost their work). A before and an after alone would credit every support
//! with that. So the change is compared with that of the pupils who were nearest before (matching; Abadie and Imbens 2006), who fall back to
//! their own middles just the same: a difference in differences. The interval says how far a single pupil's change may lie from that of the
//! like by chance: the mean of a resample of them (bootstrap; Efron 1979) and the distance of one of them from it (Davison and Hinkley 1997,
//! *Bootstrap Methods*, 6.3.3).

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::draw::bag;
use crate::rank::real;

/// School days before and after the beginning that are looked at.
pub const AROUND: usize = 20;

/// Days known on either side below which nothing is said.
pub const FEWEST_AROUND: usize = 10;

/// How many of the nearest pupils are compared with; those as near as the last of them are taken in as well.
pub const NEAREST: usize = 8;

/// Comparable pupils below which nothing is said.
pub const FEWEST_ALIKE: usize = 5;

/// How far a comparable pupil may be away before, in any measure: three school days of twenty.
pub const FARTHEST: f64 = 0.15;

/// Resamples for the interval.
const RESAMPLES: usize = 2_000;

/// Always the same draws: the same records give the same interval.
const SEED: u64 = 20_160_401;

/// One day in twenty either way is chance whatever the others did.
const ONE_DAY: f64 = 0.05;

/// On how many days something was so, of how many on which it was known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Days {
    /// Days on which it was so.
    pub so: usize,
    /// Days on which it was known.
    pub of: usize,
}

impl Days {
    /// The share; `None` where too few days are known.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.of >= FEWEST_AROUND).then(|| real(self.so.min(self.of)) / real(self.of))
    }
}

/// One measure of one pupil before and after a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Around {
    /// Before it.
    pub before: Days,
    /// From it on.
    pub after: Days,
}

/// Why nothing is said of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Too few days of the pupil are known before the beginning.
    TooFewBefore,
    /// Too few days have passed, or are known, since.
    TooFewAfter,
    /// Too few pupils without support had records like these before.
    TooFewAlike,
}

/// What changed in one measure; shares of days, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The pupil's share before.
    pub before: f64,
    /// The pupil's share after.
    pub after: f64,
    /// The mean share of those compared with, before.
    pub alike_before: f64,
    /// The same after.
    pub alike_after: f64,
    /// How many were compared with.
    pub alike: usize,
    /// The pupil's change less that of those compared with, −2 to 2.
    pub difference: f64,
    /// Between which differences the middle 95 % lie by chance, around `difference`; never nearer to it than a day in twenty.
    pub interval: [f64; 2],
}

impl Effect {
    /// Whether chance alone may well have made the difference.
    #[must_use]
    pub fn may_be_chance(&self) -> bool {
        let [low, high] = self.interval;
        low <= 0.0 && high >= 0.0
    }
}

/// The effect in each measure. `own` is the pupil and `others` are those without support, each with one entry a measure, in the same order.
///
/// Who is alike is told by every measure that is known of the pupil before; it is the same for all of them, and what came after has no say in
/// it but that it has to be known. Give among the others also those who were supported later: to leave them out would leave those who did well
/// without.
#[must_use]
pub fn effects(own: &[Around], others: &[Vec<Around>]) -> Vec<Result<Effect, Unknown>> {
    (0..own.len()).map(|measure| effect(own, others, measure)).collect()
}

fn effect(own: &[Around], others: &[Vec<Around>], measure: usize) -> Result<Effect, Unknown> {
    let before = own[measure].before.share().ok_or(Unknown::TooFewBefore)?;
    let after = own[measure].after.share().ok_or(Unknown::TooFewAfter)?;
    let changes = alike(own, others, measure);
    if changes.len() < FEWEST_ALIKE {
        return Err(Unknown::TooFewAlike);
    }
    let mean = |of: fn(&(f64, f64)) -> f64| changes.iter().map(of).sum::<f64>() / real(changes.len());
    let (alike_before, alike_after) = (mean(|of| of.0), mean(|of| of.1));
    let difference = (after - before) - (alike_after - alike_before);
    let interval = interval(difference, &changes.iter().map(|(before, after)| after - before).collect::<Vec<_>>());
    Ok(Effect { before, after, alike_before, alike_after, alike: changes.len(), difference, interval })
}

/// The shares before and after of the nearest pupils, in an order that does not hang on how they came.
fn alike(own: &[Around], others: &[Vec<Around>], measure: usize) -> Vec<(f64, f64)> {
    let distance = |other: &Vec<Around>| {
        own.iter().zip(other).try_fold(0.0_f64, |farthest, (own, other)| match own.before.share() {
            Some(own) => Some(farthest.max((own - other.before.share()?).abs())),
            None => Some(farthest),
        })
    };
    let near = others.iter().filter_map(|other| {
        let distance = distance(other).filter(|distance| *distance <= FARTHEST + 1e-9)?;
        Some((distance, other[measure].before.share()?, other[measure].after.share()?))
    });
    let mut near: Vec<(f64, f64, f64)> = near.collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let last = near.get(NEAREST - 1).map_or(f64::INFINITY, |of| of.0 + 1e-9);
    near.into_iter().take_while(|of| of.0 <= last).map(|(_, before, after)| (before, after)).collect()
}

fn interval(difference: f64, changes: &[f64]) -> [f64; 2] {
    let count = changes.len();
    let mean = changes.iter().sum::<f64>() / real(count);
    // Distances from a mean that was made of themselves are a little too small.
    let widened = (real(count) / real(count - 1)).sqrt();
    let mut draws = Xoshiro256Plus::seed_from_u64(SEED);
    let mut resampled: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let rows = bag(count, count, &mut draws);
            let of_mean = rows.iter().map(|row| changes[*row]).sum::<f64>() / real(count) - mean;
            let one = bag(count, 1, &mut draws)[0];
            difference - of_mean - (changes[one] - mean) * widened
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    let outside = RESAMPLES / 40;
    [resampled[outside].min(difference - ONE_DAY), resampled[RESAMPLES - 1 - outside].max(difference + ONE_DAY)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn around(before: usize, after: usize) -> Around {
        Around { before: Days { so: before, of: 20 }, after: Days { so: after, of: 20 } }
    }

    fn others(of: &[(usize, usize)]) -> Vec<Vec<Around>> {
        of.iter().map(|(before, after)| vec![around(*before, *after)]).collect()
    }

    fn one(own: Around, others: &[Vec<Around>]) -> Result<Effect, Unknown> {
        effects(&[own], others)[0]
    }

    #[test]
    fn a_change_is_what_goes_beyond_that_of_the_alike() {
        let found =
            one(around(6, 2), &others(&[(6, 4), (5, 3), (6, 4), (7, 5), (6, 4), (0, 0), (20, 20)])).expect("five are alike");
        assert_eq!(found.alike, 5, "who is farther away than three days is not");
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(
            near(found.before, 0.3) && near(found.after, 0.1) && near(found.alike_before, 0.3) && near(found.alike_after, 0.2)
        );
        assert!(near(found.difference, -0.1), "{found:?}");
        let [low, high] = found.interval;
        assert!(near(low, -0.15) && near(high, -0.05), "they changed alike, so a day either way is left: {found:?}");
        assert!(!found.may_be_chance());
    }

    #[test]
    fn alike_who_scatter_make_the_interval_wide() {
        let found = one(around(6, 3), &others(&[(6, 0), (6, 9), (5, 2), (7, 8), (6, 4), (6, 1)])).expect("six are alike");
        assert!(found.may_be_chance() && found.interval[1] - found.interval[0] > 0.4, "{found:?}");
    }

    #[test]
    fn little_is_said_as_such() {
        let some = others(&[(6, 6); 5]);
        let few = |of: usize, after: usize| Around { before: Days { so: 0, of }, after: Days { so: 0, of: after } };
        assert_eq!(one(few(9, 20), &some), Err(Unknown::TooFewBefore));
        assert_eq!(one(few(20, 9), &some), Err(Unknown::TooFewAfter));
        assert_eq!(one(around(6, 6), &some[1..]), Err(Unknown::TooFewAlike));
        assert_eq!(one(around(10, 6), &some), Err(Unknown::TooFewAlike), "four days away are too far");
    }

    #[test]
    fn a_second_measure_has_a_say_in_who_is_alike() {
        let of = |second: usize| vec![around(6, 6), around(second, second)];
        let own = of(18);
        let pool: Vec<Vec<Around>> = [18, 17, 19, 16, 18, 10, 9].map(of).to_vec();
        assert_eq!(effects(&own, &pool)[0].expect("five").alike, 5);
        let unknown = vec![own[0], Around::default()];
        let found = effects(&unknown, &pool);
        assert_eq!((found[0].expect("all").alike, found[1]), (7, Err(Unknown::TooFewBefore)), "none, where it is not known");
    }

    #[test]
    fn those_as_near_as_the_last_are_taken_in() {
        assert_eq!(one(around(6, 6), &others(&[(6, 6); 12])).expect("enough").alike, 12);
        let mut pool = vec![(6, 6); 8];
        pool.extend([(7, 0); 4]);
        assert_eq!(one(around(6, 6), &others(&pool)).expect("enough").alike, 8);
    }

    /// A world in which support does nothing: everybody has a rate of their own, and who had a bad month gets support.
    #[test]
    fn what_falls_back_by_itself_is_no_effect() {
        let mut draws = Xoshiro256Plus::seed_from_u64(7);
        let mut month = |rate: usize| (0..20).filter(|_| bag(100, 1, &mut draws)[0] < rate).count();
        let mut school: Vec<(usize, usize)> = Vec::new();
        for pupil in 0..400 {
            let rate = 3 + (pupil % 8) * 3;
            school.push((month(rate), month(rate)));
        }
        let pool: Vec<(usize, usize)> = school.iter().copied().skip(200).collect();
        let (mut naive, mut compared, mut judged, mut struck) = (0.0, 0.0, 0, 0);
        for (before, after) in school.iter().take(200).filter(|(before, _)| *before >= 5) {
            if let Ok(found) = one(around(*before, *after), &others(&pool)) {
                naive += found.after - found.before;
                compared += found.difference;
                judged += 1;
                struck += usize::from(!found.may_be_chance());
            }
        }
        assert!(judged > 20, "{judged}");
        let (naive, compared) = (20.0 * naive / real(judged), 20.0 * compared / real(judged));
        assert!(naive < -1.0, "before and after alone, support seems to help by {naive} days");
        assert!(compared.abs() < naive.abs() / 2.0, "beside the alike there are {compared} days left");
        assert!(struck * 10 <= judged, "{struck} of {judged} are said to be more than chance");
    }

    fn pupil() -> impl Strategy<Value = Around> {
        (0_usize..=20, 0_usize..=20).prop_map(|(before, after)| around(before, after))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_order_of_the_others_changes_nothing(own in pupil(), pool in prop::collection::vec(pupil(), 0..30)) {
            let forward: Vec<Vec<Around>> = pool.iter().map(|of| vec![*of]).collect();
            let backward: Vec<Vec<Around>> = pool.iter().rev().map(|of| vec![*of]).collect();
            prop_assert_eq!(one(own, &forward), one(own, &backward));
        }

        #[test]
        fn what_is_said_holds_together(own in pupil(), pool in prop::collection::vec(pupil(), 0..30)) {
            let pool: Vec<Vec<Around>> = pool.into_iter().map(|of| vec![of]).collect();
            if let Ok(found) = one(own, &pool) {
                let [low, high] = found.interval;
                prop_assert!(low <= found.difference - ONE_DAY && high >= found.difference + ONE_DAY);
                prop_assert!(found.alike >= FEWEST_ALIKE && (found.alike_before - found.before).abs() <= FARTHEST + 1e-6);
                prop_assert!(found.difference.abs() <= 2.0);
            }
        }

        #[test]
        fn a_better_month_after_is_never_a_worse_effect(own in pupil(), pool in prop::collection::vec(pupil(), 5..30)) {
            let pool: Vec<Vec<Around>> = pool.into_iter().map(|of| vec![of]).collect();
            let fewer = Around { after: Days { so: own.after.so.saturating_sub(1), of: 20 }, ..own };
            if let (Ok(as_is), Ok(fewer)) = (one(own, &pool), one(fewer, &pool)) {
                prop_assert!(fewer.difference <= as_is.difference && fewer.interval[0] <= as_is.interval[0] + 1e-12);
            }
        }

        #[test]
        fn who_is_far_away_has_no_say(own in pupil(), pool in prop::collection::vec(pupil(), 0..30)) {
            let near = |of: &Around| own.before.so.abs_diff(of.before.so) <= 3;
            let all: Vec<Vec<Around>> = pool.iter().map(|of| vec![*of]).collect();
            let some: Vec<Vec<Around>> = pool.iter().filter(|of| near(of)).map(|of| vec![*of]).collect();
            prop_assert_eq!(one(own, &all), one(own, &some));
        }
    }
}
