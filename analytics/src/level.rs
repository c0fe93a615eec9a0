//! From scores to levels, by what a school can look after.

use crate::rank::real;

/// How much a pupil may need somebody's eye.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nothing speaks for it.
    #[default]
    None,
    /// Worth having an eye on.
    Watch,
    /// Worth talking with the pupil soon.
    Support,
}

/// The score that must be passed to be named by the comparison: ranks alone always put somebody last, and this is the
/// distance from the middle, 0.5, within which nobody is.
const NAMED_ABOVE: f64 = 0.6;

/// The score that must be passed to be given support by the comparison alone.
const SUPPORT_ABOVE: f64 = 0.75;

/// What is known of somebody when levels are given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) score: f64,
    /// Of the class, and not lent for comparison.
    pub(crate) in_class: bool,
    /// Enrolled for long enough to be named by the comparison.
    pub(crate) settled: bool,
    /// A plain rule spoke.
    pub(crate) rule: bool,
}

/// The level of each pupil of the class; those lent for comparison have none.
///
/// The comparison names the highest scores, as many as `capacity` of the class, begun places counted whole, and only those
/// above 0.6; pupils with one score are named together or not at all. It passes over pupils who are not settled. Of those
/// named, support goes to those of whom a rule speaks as well, and to the first half of the places above 0.75; the others
/// are watched. A rule alone is enough to be watched.
pub(crate) fn levels(candidates: &[Candidate], capacity: f64) -> Vec<Level> {
    let class = candidates.iter().filter(|candidate| candidate.in_class).count();
    let named: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.in_class && candidate.settled).collect();
    let mut ranked: Vec<f64> = named.iter().map(|candidate| candidate.score).collect();
    ranked.sort_by(|a, b| b.total_cmp(a));
    let places = places(class, capacity);
    let place = |candidate: &Candidate| ranked.partition_point(|score| *score >= candidate.score);
    let level = |candidate: &Candidate| {
        if !candidate.in_class {
            return Level::None;
        }
        let named = candidate.settled && candidate.score > NAMED_ABOVE && place(candidate) <= places;
        let strong = candidate.score > SUPPORT_ABOVE && place(candidate) <= places.div_ceil(2);
        match (named, candidate.rule) {
            (true, rule) if rule || strong => Level::Support,
            (false, false) => Level::None,
            _ => Level::Watch,
        }
    };
    candidates.iter().map(level).collect()
}

/// A share of a number of pupils, begun places counted whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count, rounded, is a count")]
pub(crate) fn places(pupils: usize, share: f64) -> usize {
    // A little less, so that 7 % of 100 is 7 places and not 8 by a rounding error.
    (real(pupils) * share - 1e-9).ceil().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels_of(scores: &[f64], spoken: &[usize], capacity: f64) -> Vec<Level> {
        let candidate = |(number, &score): (usize, &f64)| Candidate { rule: spoken.contains(&number), ..plain(score) };
        levels(&scores.iter().enumerate().map(candidate).collect::<Vec<_>>(), capacity)
    }

    fn plain(score: f64) -> Candidate {
        Candidate { score, in_class: true, settled: true, rule: false }
    }

    #[test]
    fn no_more_are_named_than_the_school_can_look_after() {
        let scores = [0.9, 0.85, 0.8, 0.7, 0.65, 0.5, 0.4, 0.3, 0.2, 0.1];
        assert_eq!(levels_of(&scores, &[], 0.4)[..5], [Level::Support, Level::Support, Level::Watch, Level::Watch, Level::None]);
    }

    #[test]
    fn nobody_near_the_middle_is_named_however_much_room_there_is() {
        assert_eq!(levels_of(&[0.6, 0.55, 0.5, 0.45], &[], 1.0), [Level::None; 4]);
    }

    #[test]
    fn pupils_with_one_score_are_named_together_or_not_at_all() {
        assert_eq!(levels_of(&[0.7, 0.7, 0.7, 0.1, 0.1, 0.1], &[], 0.33), [Level::None; 6]);
        assert_eq!(levels_of(&[0.7, 0.7, 0.7, 0.1, 0.1, 0.1], &[], 0.5)[..3], [Level::Watch; 3]);
    }

    #[test]
    fn a_rule_alone_is_watched_and_with_the_comparison_supported() {
        let levels = levels_of(&[0.1, 0.65, 0.2, 0.3], &[0, 1], 0.25);
        assert_eq!(levels, [Level::Watch, Level::Support, Level::None, Level::None]);
    }

    #[test]
    fn a_pupil_who_has_just_come_or_is_lent_is_not_named() {
        let (come, lent) = (Candidate { settled: false, ..plain(0.9) }, Candidate { in_class: false, ..plain(0.9) });
        let found = levels(&[come, lent, plain(0.7), plain(0.1)], 0.15);
        assert_eq!(found, [Level::None, Level::None, Level::Watch, Level::None]);
    }

    #[test]
    fn a_begun_place_is_counted_whole() {
        assert_eq!([places(100, 0.07), places(30, 0.15), places(7, 1.0), places(0, 0.2)], [7, 5, 7, 0]);
    }
}
