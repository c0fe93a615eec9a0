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
const NAMED_ABOVE: f64 = 0.62;

/// The score that must be passed to be given support by the comparison alone.
const SUPPORT_ABOVE: f64 = 0.78;

/// What is added to the score of who was named the school day before, so that nobody comes and goes at the line.
const KEPT_BY: f64 = 0.05;

/// What is known of somebody on one school day, when levels are given.
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

/// What somebody is given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Given {
    pub(crate) level: Level,
    /// Named by the comparison, and only because of the days before.
    pub(crate) held: bool,
    /// Where the comparison names: the score that must be passed for it, everybody else's staying as they are.
    pub(crate) limit: Option<f64>,
}

impl Given {
    /// What is given where a rule is all there is.
    pub(crate) fn by_rule(spoke: bool) -> Self {
        Given { level: if spoke { Level::Watch } else { Level::None }, ..Given::default() }
    }
}

/// Who is over a line on one school day.
struct Line {
    /// The score that must be passed.
    above: f64,
    /// How many may be over it.
    places: usize,
}

impl Line {
    /// Who is over it. The highest scores, as many as there are places. Equal scores are over it together or not at all: those that begin
    /// within the places, if no more than twice as many are over it then.
    fn over(&self, scores: &[Option<f64>]) -> Vec<bool> {
        let limit = self.limits(scores);
        scores.iter().map(|score| score.is_some_and(|score| score > limit(score))).collect()
    }

    /// The score that somebody with a score has to pass, everybody else's staying as they are.
    fn limits(&self, scores: &[Option<f64>]) -> impl Fn(f64) -> f64 {
        let mut ranked: Vec<f64> = scores.iter().copied().flatten().collect();
        ranked.sort_by(|a, b| b.total_cmp(a));
        let (above, places) = (self.above, self.places);
        move |own| {
            let at = |place: usize| ranked.get(place).copied().unwrap_or(f64::NEG_INFINITY);
            // How many without a place have a score.
            let level = |score: f64| ranked.iter().skip(places).filter(|other| other.total_cmp(&score).is_eq()).count();
            let Some(last) = places.checked_sub(1).map(at) else { return f64::INFINITY };
            // Who holds a place competes with those who are level with the last, or else with the first who holds none; who is as high as they
            // are shares the place, unless they are many.
            let rival = if level(last) > 0 { last } else { at(places) };
            let rival = match own >= last {
                true if level(rival) <= places => rival.next_down(),
                true => rival,
                false => last,
            };
            rival.max(above)
        }
    }
}

/// The scores of those who can be named, raised for those who were the day before.
fn kept(day: &[Candidate], before: &[bool]) -> Vec<Option<f64>> {
    let score = |(candidate, before): (&Candidate, &bool)| {
        (candidate.in_class && candidate.settled).then_some(candidate.score + if *before { KEPT_BY } else { 0.0 })
    };
    day.iter().zip(before).map(score).collect()
}

/// The level of each pupil of the class on the last of some school days, the earliest first; those lent for comparison have
/// none.
///
/// The comparison names the highest scores, as many as `capacity` of the class, begun places counted whole, and only those
/// above 0.62; pupils with one score at the last place are named together, up to twice as many, or not at all. It passes over pupils who are not settled. Who was
/// named the day before counts for 0.05 more, so that a place changes hands only where the difference is clear. Of those
/// named, support goes to those of whom a rule speaks as well, and by a line of the same kind to the first half of the places
/// above 0.78; the others are watched. A rule alone is enough to be watched.
pub(crate) fn levels(days: &[Vec<Candidate>], capacity: f64) -> Vec<Given> {
    let Some((today, earlier)) = days.split_last() else { return vec![] };
    let class = today.iter().filter(|candidate| candidate.in_class).count();
    let places = places(class, capacity);
    let named = Line { above: NAMED_ABOVE, places };
    let strong = Line { above: SUPPORT_ABOVE, places: places.div_ceil(2) };
    let nobody = vec![false; today.len()];
    let before = |line: &Line| earlier.iter().fold(nobody.clone(), |before, day| line.over(&kept(day, &before)));
    let (named_before, strong_before) = (before(&named), before(&strong));
    let scores = kept(today, &named_before);
    let (is_named, is_strong) = (named.over(&scores), strong.over(&kept(today, &strong_before)));
    let limits = named.limits(&scores);
    let given = |who: usize| {
        if !today[who].in_class {
            return Given::default();
        }
        let limit = scores[who].filter(|_| is_named[who]).map(&limits);
        Given {
            level: match (is_named[who], today[who].rule) {
                (true, rule) if rule || is_strong[who] => Level::Support,
                (false, false) => Level::None,
                _ => Level::Watch,
            },
            held: named_before[who] && limit.is_some_and(|limit| today[who].score <= limit),
            limit: limit.map(|limit| if named_before[who] { limit - KEPT_BY } else { limit }),
        }
    };
    (0..today.len()).map(given).collect()
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
        level(&[scores.iter().enumerate().map(candidate).collect()], capacity)
    }

    fn level(days: &[Vec<Candidate>], capacity: f64) -> Vec<Level> {
        levels(days, capacity).iter().map(|given| given.level).collect()
    }

    /// Whose level is not none on the last of some days.
    fn named(days: &[[f64; 4]], capacity: f64) -> Vec<usize> {
        let days: Vec<Vec<Candidate>> = days.iter().map(|day| day.map(plain).to_vec()).collect();
        let given = level(&days, capacity);
        (0..4).filter(|&who| given[who] > Level::None).collect()
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
        assert_eq!(levels_of(&[0.62, 0.55, 0.5, 0.45], &[], 1.0), [Level::None; 4]);
    }

    #[test]
    fn pupils_with_one_score_are_named_together_or_not_at_all() {
        assert_eq!(levels_of(&[0.7, 0.7, 0.7, 0.1, 0.1, 0.1], &[], 0.16), [Level::None; 6], "three at one place");
        let shared = levels_of(&[0.7, 0.7, 0.7, 0.1, 0.1, 0.1], &[], 0.33);
        assert_eq!(shared, [[Level::Watch; 3], [Level::None; 3]].concat(), "three at two places");
        assert_eq!(
            levels_of(&[0.9, 0.7, 0.7, 0.1, 0.1, 0.1], &[], 0.33)[..4],
            [Level::Support, Level::Watch, Level::Watch, Level::None]
        );
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
        let found = level(&[vec![come, lent, plain(0.7), plain(0.1)]], 0.15);
        assert_eq!(found, [Level::None, Level::None, Level::Watch, Level::None]);
    }

    #[test]
    fn who_was_named_the_day_before_keeps_the_place_until_the_difference_is_clear() {
        let (first, close, clear) = ([0.70, 0.69, 0.3, 0.2], [0.68, 0.69, 0.3, 0.2], [0.68, 0.74, 0.3, 0.2]);
        assert_eq!(named(&[first], 0.25), [0]);
        assert_eq!(named(&[close], 0.25), [1]);
        assert_eq!(named(&[first, close], 0.25), [0]);
        assert_eq!(named(&[first, close, clear], 0.25), [1]);
        // Near the threshold likewise, and gone for good once below.
        let (over, under, far) = ([0.63, 0.3, 0.3, 0.2], [0.60, 0.3, 0.3, 0.2], [0.56, 0.3, 0.3, 0.2]);
        assert_eq!(named(&[over, under], 0.25), [0]);
        assert_eq!(named(&[over, far, under], 0.25), [] as [usize; 0]);
    }

    #[test]
    fn who_is_kept_takes_a_place_like_anybody() {
        let found = named(&[[0.8, 0.7, 0.69, 0.1], [0.7, 0.66, 0.69, 0.1], [0.7, 0.66, 0.69, 0.1]], 0.5);
        assert_eq!(found, [0, 1]);
    }

    #[test]
    fn the_limit_is_where_the_name_goes() {
        let day = |scores: [f64; 4]| scores.map(plain).to_vec();
        let (before, today) = (day([0.8, 0.66, 0.3, 0.2]), day([0.8, 0.64, 0.63, 0.2]));
        let given = levels(&[before.clone(), today.clone()], 0.5);
        assert_eq!([given[0].held, given[1].held], [false, false]);
        for who in [0, 1] {
            let limit = given[who].limit.expect("named");
            let with = |score: f64| {
                let mut day = today.clone();
                day[who].score = score;
                levels(&[before.clone(), day], 0.5)[who].level > Level::None
            };
            assert!(with(limit.next_up()) && !with(limit));
        }
        assert_eq!(given[2], Given::default());
    }

    #[test]
    fn a_begun_place_is_counted_whole() {
        assert_eq!([places(100, 0.07), places(30, 0.15), places(7, 1.0), places(0, 0.2)], [7, 5, 7, 0]);
    }
}
